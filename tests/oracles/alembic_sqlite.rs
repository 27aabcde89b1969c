//! Evaluation beside the real thing: `alembic upgrade heads` on SQLite and our evaluation leave the same schema, or are
//! refused in the same words, for every project in `tests/alembic_idioms/` and every text in `tests/alembic_sqlite/`.
//!
//! Skipped where there is no Alembic, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does.

use std::path::{Path, PathBuf};

use crate::real_chain::{differences, evaluate, oracle, texts};
use parity_check::schema::sqlite;

/// Idioms for PostgreSQL that say something else on SQLite, or that are not computed there.
const NOT_TOLD: &[&str] = &[
    // Whether a table is dropped, a query of rows says.
    "connection_execute",
    // What other connections see and do is not followed.
    "definition_in_an_engine_of_its_own",
    "engine_of_its_own",
    // An environment variable decides.
    "helper_functions_and_constants",
    // What Python raises by itself is no refusal.
    "refused_raise_in_python",
];

/// Idioms and texts of which SQLAlchemy 2.0 and 2.1 make different things: what is evaluated is 2.0's.
const OF_A_VERSION: &[&str] = &[
    "table_comments_and_storage",
    "baseline_from_mapped_classes",
    "core_imports_by_name",
    "create_index_every_keyword",
    "create_table_postgresql_types",
    "operations_007",
    "operations_008",
    "operations_009",
    "operations_010",
    "operations_021",
    "operations_022",
];

#[test]
fn idioms_leave_what_sqlite_has() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_idioms");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_of_all = |path: &PathBuf| !OF_A_VERSION.iter().any(|name| path.ends_with(name));
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("versions").is_dir()).filter(is_of_all).collect();
    folders.sort();
    compare(&folders, NOT_TOLD);
}

#[test]
fn every_text_leaves_what_sqlite_has() {
    let root = tempfile::tempdir().unwrap();
    let mut folders = texts(root.path(), "tests/oracles/alembic_sqlite", &["operations.txt", "batches.txt"]);
    assert!(folders.len() >= 100, "there are {} texts", folders.len());
    folders.retain(|path| !OF_A_VERSION.iter().any(|name| path.ends_with(name)));
    compare(&folders, &[]);
}

fn compare(folders: &[PathBuf], not_told: &[&str]) {
    let Some(executed) = oracle(sqlite::DIALECT, folders) else { return };
    let mut failures = Vec::new();
    for (executed, found) in executed.iter().zip(&evaluate(sqlite::DIALECT, folders)) {
        let wrong = differences(executed, found);
        if not_told.contains(&found.name.as_str()) {
            assert!(!wrong.is_empty(), "{} is told by now", found.name);
        } else if !wrong.is_empty() {
            failures.push(format!("{}:\n    {}", found.name, wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}
