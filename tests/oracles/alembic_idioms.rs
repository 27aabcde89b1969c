//! Evaluation beside the real thing: `alembic upgrade heads` on a PostgreSQL server and our model make the same catalog,
//! for every project in `tests/alembic_idioms/`.
//!
//! Skipped where there is no PostgreSQL, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does.

use std::path::{Path, PathBuf};

use crate::postgres::{Evaluated, differences, evaluate, oracle};

/// Refusals that only a run shows: they depend on rows, on Python, or on a statement that only PostgreSQL parses.
const NOT_SEEN: &[&str] = &[
    "refused_enum_value_used_before_commit",
    // An extension, `btree_gin`, has such an operator class: a new chain does not tell that nobody makes it.
    "refused_gin_index_over_text",
    "refused_deferred_at_commit",
    "refused_raise_in_a_do_block",
    "refused_raise_in_python",
    "refused_syntax_error",
    "refused_unique_violation",
];

/// Idioms that are not computed: that is said, and nothing else is claimed of them.
const NOT_COMPUTED: &[&str] = &[
    // A table is dropped where a query of rows says so.
    "connection_execute",
    "create_table_like_and_as",
    "definition_in_an_engine_of_its_own",
    // It depends on an environment variable.
    "helper_functions_and_constants",
    "search_path_and_schema_in_sql",
];

fn folders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_idioms");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("versions").is_dir()).collect();
    folders.sort();
    folders
}

/// What an exception says, without the class that stands in front.
fn without_class(error: &str) -> &str {
    match error.split_once(": ") {
        Some((class, said)) if class.ends_with("Error") && !class.contains(' ') => said,
        _ => error,
    }
}

#[test]
fn the_model_has_the_catalog_that_postgresql_has() {
    let folders = folders();
    assert!(folders.len() >= 40, "the corpus has {} cases", folders.len());
    let Some(executed) = oracle(&folders) else { return };
    let found = evaluate(&folders);
    let mut failures = Vec::new();
    for ((folder, executed), Evaluated { name, state, failure, gaps, .. }) in folders.iter().zip(&executed).zip(&found)
    {
        assert_eq!(folder.file_name().unwrap().to_str().unwrap(), name);
        let error = executed["error"]["message"].as_str();
        if NOT_SEEN.contains(&name.as_str()) {
            assert!(failure.is_none() && error.is_some(), "{name} is seen by now: {failure:?}");
            continue;
        }
        if NOT_COMPUTED.contains(&name.as_str()) {
            assert!(!gaps.is_empty(), "{name} is computed by now");
            continue;
        }
        let gaps = if failure.is_some() { &[] } else { gaps.as_slice() };
        let mut wrong = gaps.iter().map(|gap| format!("not computed: {gap}")).collect::<Vec<_>>();
        match (error, failure) {
            (Some(wanted), Some(found)) if found.contains(wanted) || wanted.contains(without_class(found)) => {}
            (None, None) => wrong.extend(differences(&executed["schema"], state)),
            (wanted, found) => wrong.push(format!("PostgreSQL says {wanted:?}, the model {found:?}")),
        }
        if !wrong.is_empty() {
            failures.push(format!("{name}:\n    {}", wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}

/// Folders of one's own, named in `PARITY_CHECK_PROJECTS` with colons between them: each holds `versions/` and whatever
/// the revisions import.
#[test]
fn projects_that_are_named_have_the_catalog_that_postgresql_has() {
    let Some(named) = std::env::var_os("PARITY_CHECK_PROJECTS") else { return };
    let folders: Vec<PathBuf> = std::env::split_paths(&named).collect();
    let executed = oracle(&folders).expect("PostgreSQL is there");
    let mut failures = Vec::new();
    for (executed, Evaluated { name, state, failure, gaps, .. }) in executed.iter().zip(&evaluate(&folders)) {
        let wrong = differences(&executed["schema"], state);
        println!(
            "{name}: {} tables; {} gaps; PostgreSQL: {}; the model: {failure:?}",
            state.tables.len(),
            gaps.len(),
            executed["error"]
        );
        for gap in gaps {
            println!("    {gap}");
        }
        failures.extend(wrong.iter().map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Idioms whose databases are printed without something that PostgreSQL tells apart.
const PRINTED_IN_PART: &[&str] = &[
    // Its defaults were read before their columns had another type.
    "alter_type_widen_in_place",
    // Its type is not that of PostgreSQL.
    "autoincrement_rules",
    // Null is a default, too.
    "column_server_defaults",
    // A check is not valid for the rows that are there.
    "create_constraints_later",
    // Classes of operators and the share that is filled.
    "create_index_every_keyword",
    // A collation that a column gets later is not kept.
    "table_comments_and_storage",
    // A number in quotes is kept as the number that it is.
    "bare_revisions",
];

/// What a project's database is printed as, as a project of one revision.
fn printed(folder: &Path, sql: &str, into: &Path) -> PathBuf {
    let project = into.join(folder.file_name().unwrap());
    std::fs::create_dir_all(project.join("versions")).unwrap();
    std::fs::write(project.join("versions/printed.sql"), sql).unwrap();
    let revision = "from pathlib import Path\n\nfrom alembic import op\n\nrevision = \"1\"\ndown_revision = None\n\n\n\
                    def upgrade():\n    text = Path(__file__).with_name(\"printed.sql\").read_text()\n    \
                    if text:\n        op.get_bind().exec_driver_sql(text.replace(\"%\", \"%%\"))\n";
    std::fs::write(project.join("versions/1.py"), revision).unwrap();
    project
}

#[test]
fn what_is_printed_of_a_database_makes_it_again() {
    let folders = folders();
    let Some(executed) = oracle(&folders) else { return };
    let scratch = tempfile::tempdir().unwrap();
    let found = evaluate(&folders);
    let whole: Vec<usize> =
        (0..folders.len()).filter(|at| found[*at].failure.is_none() && found[*at].gaps.is_empty()).collect();
    assert!(whole.len() >= 40, "{} projects are printed", whole.len());
    let projects: Vec<PathBuf> =
        whole.iter().map(|at| printed(&folders[*at], &found[*at].sql, scratch.path())).collect();
    let again = oracle(&projects).unwrap();
    let mut failures = Vec::new();
    for (at, again) in whole.iter().zip(&again) {
        let (name, sql) = (&found[*at].name, &found[*at].sql);
        let is_told = executed[*at]["error"].is_null() && !PRINTED_IN_PART.contains(&name.as_str());
        if is_told && executed[*at]["schema"] != again["schema"] {
            failures.push(format!(
                "{name}: {}\n{} becomes\n{}\n{sql}",
                again["error"], executed[*at]["schema"], again["schema"]
            ));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), whole.len(), failures.join("\n\n"));
}
