//! Evaluation beside the real thing: `alembic upgrade heads` on SQLite and our evaluation leave the same schema, or are
//! refused in the same words, for every project in `tests/alembic_idioms/` and every text in `tests/alembic_sqlite/`.
//!
//! Skipped where there is no Alembic, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;
mod sqlite_chain;

use std::path::{Path, PathBuf};

use sqlite_chain::{differences, evaluate, oracle};

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_idioms");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_of_all = |path: &PathBuf| !OF_A_VERSION.iter().any(|name| path.ends_with(name));
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("versions").is_dir()).filter(is_of_all).collect();
    folders.sort();
    compare(&folders, NOT_TOLD);
}

/// What every text below begins with.
const BASE: &str = "\
op.create_table(\"depots\", sa.Column(\"id\", sa.Integer(), primary_key=True), sa.Column(\"code\", sa.String(12), nullable=False))
op.create_table(
    \"parcels\",
    sa.Column(\"id\", sa.Integer(), primary_key=True),
    sa.Column(\"depot_id\", sa.Integer(), nullable=False),
    sa.Column(\"label\", sa.String(40), nullable=False),
    sa.Column(\"weight\", sa.Float()),
    sa.Column(\"remark\", sa.Text()),
    sa.Column(\"state\", sa.String(10), nullable=False, server_default=\"new\"),
    sa.Column(\"sent\", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column(\"noted_at\", sa.DateTime(), server_default=sa.func.now()),
    sa.ForeignKeyConstraint([\"depot_id\"], [\"depots.id\"], name=\"fk_parcels_depot\"),
    sa.UniqueConstraint(\"label\", name=\"uq_parcels_label\"),
)
op.create_index(\"ix_parcels_depot_id\", \"parcels\", [\"depot_id\"])";

/// A revision with a body.
fn revision(id: &str, parent: Option<&str>, body: &str) -> String {
    let parent = parent.map_or_else(|| "None".to_owned(), |parent| format!("\"{parent}\""));
    let body = body.trim().lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    format!(
        "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import mysql, postgresql, sqlite\n\n\
         revision = \"{id}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n{body}"
    )
}

#[test]
fn every_text_leaves_what_sqlite_has() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_sqlite");
    let root = tempfile::tempdir().unwrap();
    let mut folders = Vec::new();
    for file in ["operations.txt", "batches.txt"] {
        let text = std::fs::read_to_string(own.join(file)).unwrap();
        for (number, body) in text.split("---\n").enumerate() {
            let folder = root.path().join(format!("{}_{:03}", file.trim_end_matches(".txt"), number + 1));
            std::fs::create_dir_all(folder.join("versions")).unwrap();
            let body = match body.strip_prefix("# naming ").and_then(|rest| rest.split_once('\n')) {
                Some((naming, body)) => {
                    std::fs::write(
                        folder.join("own.py"),
                        format!("import sqlalchemy as sa\n\nmetadata = sa.MetaData(naming_convention={naming})\n"),
                    )
                    .unwrap();
                    let env = "import own\nfrom alembic import context\n\ntarget_metadata = own.metadata\ncontext.configure(target_metadata=target_metadata)\n";
                    std::fs::write(folder.join("env.py"), env).unwrap();
                    body
                }
                None => body,
            };
            std::fs::write(folder.join("versions/r1.py"), revision("r1", None, BASE)).unwrap();
            std::fs::write(folder.join("versions/r2.py"), revision("r2", Some("r1"), body)).unwrap();
            folders.push(folder);
        }
    }
    assert!(folders.len() >= 100, "there are {} texts", folders.len());
    folders.retain(|path| !OF_A_VERSION.iter().any(|name| path.ends_with(name)));
    compare(&folders, &[]);
}

fn compare(folders: &[PathBuf], not_told: &[&str]) {
    let Some(executed) = oracle(folders) else { return };
    let mut failures = Vec::new();
    for (executed, found) in executed.iter().zip(&evaluate(folders)) {
        let wrong = differences(executed, found);
        if not_told.contains(&found.name.as_str()) {
            assert!(!wrong.is_empty(), "{} is told by now", found.name);
        } else if !wrong.is_empty() {
            failures.push(format!("{}:\n    {}", found.name, wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}
