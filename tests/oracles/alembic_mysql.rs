//! Evaluation beside the real thing: `alembic upgrade heads` on MariaDB and our evaluation leave the same catalog, or are
//! refused in the same words, for every project in `tests/alembic_idioms/`, every text in `tests/alembic_mysql/`, and random
//! operations in random order.
//!
//! `PARITY_CHECK_SEED` gives other projects. Skipped where there is no Alembic, no `pymysql` or no `mariadbd`, unless
//! `PARITY_CHECK_MARIADB` demands them; `.ci/run` does.

mod operations;

use std::path::{Path, PathBuf};

use crate::real_chain::{Evaluated, evaluate, is_same, oracle, texts};
use parity_check::schema::mysql::DIALECT;
use serde_json::Value as Json;

/// Idioms for PostgreSQL that say something else on MySQL, or that are not computed there.
const NOT_TOLD: &[&str] = &[
    // Of statements about rows not every word is read.
    "backfill_in_chunks",
    "helpers_in_a_module",
    "inspector_from_engine_and_information_schema",
    "refused_raise_in_python",
    // Rows are not kept.
    "connection_execute",
    "refused_set_not_null_with_nulls",
    "refused_unique_violation",
    // Which driver it is, is not said, and some send several statements at once.
    "drop_tables_with_all_they_own",
    "drop_unnamed_constraints",
    "sql_files_beside_the_revision",
    // What Python raises by itself is no refusal.
    "enum_native_create_and_drop",
    "refused_create_existing_type",
    // An environment variable decides.
    "helper_functions_and_constants",
    // Both are refused, and the server finds something else first.
    "parts_heirs_and_numbers_as_written",
    "refused_generic_sqlite_calls",
    "refused_second_primary_key",
    "table_comments_and_storage",
    "refused_trigger_without_function",
    "views_triggers_functions",
    // What other databases there are is not known, nor every variable of the server.
    "refused_missing_schema",
    "search_path_and_schema_in_sql",
    "session_settings",
];

#[test]
fn idioms_leave_what_mariadb_has() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_idioms");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("versions").is_dir()).collect();
    folders.sort();
    compare(&folders, NOT_TOLD);
}

#[test]
fn every_text_leaves_what_mariadb_has() {
    let root = tempfile::tempdir().unwrap();
    let folders = texts(root.path(), "tests/oracles/alembic_mysql", &["operations.txt"]);
    assert!(folders.len() >= 100, "there are {} texts", folders.len());
    compare(&folders, &[]);
}

#[test]
fn random_operations_leave_what_mariadb_has() {
    let root = tempfile::tempdir().unwrap();
    let folders = operations::projects(root.path());
    compare(&folders, &[]);
}

fn compare(folders: &[PathBuf], not_told: &[&str]) {
    let Some(executed) = oracle(DIALECT, folders) else { return };
    let mut failures = Vec::new();
    for (executed, found) in executed.iter().zip(&evaluate(DIALECT, folders)) {
        let wrong = differences(executed, found);
        let is_not_told = not_told.contains(&found.name.as_str());
        if is_not_told && wrong.is_empty() {
            failures.push(format!("{} is told by now", found.name));
        } else if !is_not_told && !wrong.is_empty() {
            failures.push(format!("{}:\n    {}", found.name, wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}

/// In what a project is not what Alembic and MariaDB make of it.
fn differences(executed: &Json, found: &Evaluated) -> Vec<String> {
    let error = executed["error"]["message"].as_str();
    let gaps = if found.failure.is_some() { &[] } else { found.gaps.as_slice() };
    let mut wrong: Vec<String> = gaps.iter().map(|gap| format!("not computed: {gap}")).collect();
    match (error, &found.failure) {
        (Some(wanted), Some(said)) if is_same(wanted, said) || is_alike(wanted, said) => {}
        (None, None) => {
            let real: Vec<String> =
                executed["catalog"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect();
            let own = crate::mysql::catalog(found.state.as_ref().unwrap());
            let own = own.into_iter().filter(|line| !line.contains(" alembic_version"));
            // The catalog shows a backslash as a text writes it, and how much of a text a key takes goes by a character set
            // that nothing here says.
            let plain = |line: String| line.replace("\\\\", "\\").replace("(3072)", "(768)");
            let (real, own): (Vec<String>, Vec<String>) =
                (real.into_iter().map(plain).collect(), own.map(plain).collect());
            wrong.extend(crate::mysql::differences(&real, &own));
        }
        (wanted, said) => wrong.push(format!("MariaDB says {wanted:?}, and not {said:?}")),
    }
    wrong
}

/// Refusals of which MariaDB tells more, or tells it of files of its own.
fn is_alike(wanted: &str, said: &str) -> bool {
    const BEGINNINGS: [&str; 3] = ["You have an error in your SQL syntax", "Can't create table ", "Unknown data type"];
    let drops = |said: &str| said.starts_with("Cannot drop ") && said.contains("needed in a foreign key constraint");
    // Of a column in a foreign key the server says one thing or another by what else there is.
    let changes = |said: &str| {
        ["Cannot change column ", "Error on rename of ", "ALGORITHM=COPY is not supported"]
            .iter()
            .any(|beginning| said.starts_with(beginning))
    };
    drops(wanted) && drops(said)
        || changes(wanted) && changes(said)
        || BEGINNINGS.iter().any(|beginning| wanted.starts_with(beginning) && said.starts_with(beginning))
}
