//! The house has floors: no module looks up, each outside crate that does one job is named by one module, and which kind a
//! track is of is nobody's question but its own folder's.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the crate, from the ground up. One may use itself and what is below it.
const FLOORS: [&str; 25] = [
    "path", "threads", "pattern", "severity", "source", "git", "folders", "schema", "python", "go", "track",
    "evaluate", "change", "kinds", "finding", "rules", "report", "config", "project", "compare", "verdict", "cli",
    "commands", "lib", "main",
];

/// The crates that do one job, and where they may be named.
const FENCES: [(&str, &[&str]); 12] = [
    ("git2", &["git"]),
    ("ruff_python_ast", &["python"]),
    ("ruff_python_parser", &["python"]),
    ("ruff_text_size", &["python"]),
    ("tree_sitter", &["go"]),
    ("tree_sitter_go", &["go"]),
    ("rusqlite", &["schema/sqlite"]),
    ("sqlparser", &["schema/postgres", "schema/mysql"]),
    ("annotate_snippets", &["report"]),
    ("indicatif", &["commands"]),
    ("tempfile", &["commands"]),
    ("typed_arena", &["python"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code of each file below `src`, by its path there, without comments and without the tests at its end.
fn code() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        (path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"), code.join("\n"))
    };
    paths.into_iter().map(read).collect()
}

/// The module of the crate that a file belongs to.
fn module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

fn floor(module: &str) -> usize {
    let found = FLOORS.iter().position(|known| *known == module);
    found.unwrap_or_else(|| panic!("`{module}` has no floor yet: put it into FLOORS"))
}

/// The names that a text puts behind `sign`.
fn named<'t>(text: &'t str, sign: &'t str) -> impl Iterator<Item = &'t str> {
    let is_part = |part: char| part.is_alphanumeric() || part == '_';
    text.match_indices(sign).filter(move |(at, _)| !text[..*at].ends_with(is_part)).map(move |(at, _)| {
        let rest = &text[at + sign.len()..];
        &rest[..rest.find(|part| !is_part(part)).unwrap_or(rest.len())]
    })
}

#[test]
fn no_module_looks_up() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        let own = floor(module(&path));
        for other in named(&text, "crate::").filter(|name| !name.is_empty()) {
            // What `lib` has at its top is the whole check.
            let is_entry = ["run", "run_step", "over", "find", "Request", "Learned"].contains(&other);
            let other = if is_entry { "lib" } else { other };
            if floor(other) > own && !(is_entry && module(&path) == "commands") {
                wrong.push(format!("{path} names crate::{other}"));
            }
        }
        assert!(!text.contains("use crate::{"), "{path}: one `use` for each module, so that this test can read it");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_outside_thing_has_one_owner() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        for (name, owners) in FENCES {
            let names_it = text.contains(&format!("{name}::"));
            if names_it && !owners.iter().any(|owner| path.starts_with(owner)) {
                wrong.push(format!("{path} names {name}, which is for {owners:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The constant `KIND` of a kind makes tracks, in its own folder and where tracks are found. Elsewhere it could only be asked
/// for.
#[test]
fn nobody_asks_which_kind_a_track_is_of() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        // A report that tests print has tracks, too.
        let makes_tracks = path.starts_with("kinds/") || path == "report/testing.rs";
        if !makes_tracks && text.contains("::KIND") {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "ask `kind.facts()` or `kinds::keeper(kind)`: {wrong:#?}");
}

/// Whoever finds tracks, compares them or writes what they lack asks their kinds: what one of them does is in its own folder.
#[test]
fn nobody_but_kinds_knows_a_kind_by_name() {
    let files = code();
    let list = files["kinds/mod.rs"].rsplit("kinds! {").next().unwrap();
    let kinds: Vec<&str> =
        list[..list.find('}').unwrap()].split(',').map(str::trim).filter(|kind| !kind.is_empty()).collect();
    assert!(kinds.len() > 1, "{list}");
    // A report that tests print has tracks. A declared schema may be a constant, which is looked for as a version's is.
    let may = ["report/testing.rs", "project/held.rs"];
    let is_own = |path: &str| kinds.iter().any(|kind| path.starts_with(&format!("kinds/{kind}/")));
    let mut wrong = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !is_own(path) && !may.contains(&path.as_str())) {
        let of_kinds = if path.starts_with("kinds/") { "super::" } else { "kinds::" };
        let named = named(text, of_kinds).chain(named(text, "kinds::"));
        wrong.extend(named.filter(|name| kinds.contains(name)).map(|name| format!("{path} names {name}")));
    }
    assert!(wrong.is_empty(), "ask `kinds::keeper(kind)`: {wrong:#?}");
}

#[test]
fn every_floor_is_lived_on() {
    let files = code();
    for known in FLOORS {
        assert!(files.keys().any(|path| module(path) == known), "nothing is in `{known}` any more");
    }
}

#[test]
fn what_contributing_points_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let places = text.split('`').filter(|part| part.starts_with("src/") && !part.contains(['<', ' ']));
    let gone: Vec<&str> = places.filter(|place| !root.join(place).exists()).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}
