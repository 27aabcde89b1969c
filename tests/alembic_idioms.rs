//! Evaluation beside the real thing: `alembic upgrade heads` on a PostgreSQL server and our model make the same catalog,
//! for every project in `tests/alembic_idioms/`.
//!
//! Skipped where there is no PostgreSQL, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;
mod postgres;

use std::path::{Path, PathBuf};

use postgres::{Evaluated, differences, evaluate, oracle};

/// Refusals that only a run shows: they depend on rows, on Python, or on a statement that only PostgreSQL parses.
const NOT_SEEN: &[&str] = &[
    "refused_deferred_at_commit",
    "refused_enum_value_used_before_commit",
    "refused_not_null_without_default",
    "refused_raise_in_a_do_block",
    "refused_raise_in_python",
    "refused_set_not_null_with_nulls",
    "refused_syntax_error",
    "refused_unique_violation",
    "refused_update_of_missing_column",
    "refused_view_over_missing_column",
];

/// Idioms that are not computed: that is said, and nothing else is claimed of them.
const NOT_COMPUTED: &[&str] = &[
    // A table is dropped where a query of rows says so.
    "connection_execute",
    "create_table_like_and_as",
    "definition_in_an_engine_of_its_own",
    // It depends on an environment variable.
    "helper_functions_and_constants",
    "partitions",
    "search_path_and_schema_in_sql",
];

fn folders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_idioms");
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
    for ((folder, executed), Evaluated { name, state, failure, gaps }) in folders.iter().zip(&executed).zip(&found) {
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
    for (executed, Evaluated { name, state, failure, gaps }) in executed.iter().zip(&evaluate(&folders)) {
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
