//! The house has floors: no module looks up, each outside crate that does one job is named by one module, and of which kind a
//! track is, or for which database, is nobody's question but that of their own folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use parity_check::schema::dialect::Dialect;

/// Every module of the crate, from the ground up. One may use itself and what is below it.
const FLOORS: [&str; 25] = [
    "path", "threads", "pattern", "severity", "source", "git", "folders", "schema", "python", "go", "track",
    "evaluate", "change", "kinds", "finding", "rules", "report", "config", "project", "compare", "verdict", "cli",
    "commands", "lib", "main",
];

/// The crates that do one job, and where they may be named.
const FENCES: [(&str, &[&str]); 13] = [
    ("cpu_time", &["threads"]),
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

/// Where a database may be named beside its own folder, and why.
const NAMES_DIALECTS: [(&str, &str); 8] = [
    ("schema/mod.rs", "the registry"),
    ("schema/dialect.rs", "which one is usual where nothing says it"),
    ("python/eval/library/sqlalchemy/compiler/", "SQLAlchemy's compilers, a folder for each"),
    ("python/eval/library/sqlite", "what drivers and SQLAlchemy do on a database of SQLite's"),
    ("python/eval/library/postgres", "the same of PostgreSQL's"),
    ("python/eval/library/mysql/", "the same of MySQL's"),
    ("commands/fix/types.rs", "a dictionary from the types of one into those of the other"),
    ("report/testing.rs", "a report that tests print"),
];

/// The constant `DIALECT` of a database makes tracks and sessions, in its own folder and where its libraries are. Elsewhere it
/// could only be asked for, and a name is as good as the constant. A kind of track says which databases are usual for it.
#[test]
fn nobody_asks_which_database_it_is() {
    let names = Dialect::ALL.into_iter().flat_map(|dialect| [dialect.as_str(), dialect.sqlalchemy_name()]);
    let names = names.map(|name| format!("\"{name}\"")).chain(["USUAL", "dialect::USUAL"].map(str::to_owned));
    let asked: Vec<String> = names.flat_map(|name| [format!("== {name}"), format!("!= {name}")]).collect();
    let folders = Dialect::ALL.map(|dialect| format!("schema/{}/", dialect.as_str()));
    let places: Vec<&str> =
        NAMES_DIALECTS.iter().map(|(place, _)| *place).chain(folders.iter().map(String::as_str)).collect();
    let is_own = |path: &str| places.iter().any(|place| path.starts_with(place));
    let mut wrong = Vec::new();
    for (path, text) in code().into_iter().filter(|(path, _)| !is_own(path)) {
        let is_kind = path.starts_with("kinds/") && path.ends_with("/mod.rs");
        for line in text.lines().map(str::trim) {
            let is_fact = is_kind && ["usual:", "written_for:"].iter().any(|fact| line.starts_with(fact));
            let is_asked = line.contains("dialect") && asked.iter().any(|asked| line.contains(asked));
            if is_asked || line.contains("DIALECT") && !is_fact {
                wrong.push(format!("{path}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "ask `dialect.facts()`: {wrong:#?}");
}

#[test]
fn every_place_that_may_name_a_database_does() {
    let files = code();
    for (place, why) in NAMES_DIALECTS {
        let is_one = |(path, text): (&String, &String)| path.starts_with(place) && text.contains("DIALECT");
        assert!(files.iter().any(is_one), "nothing in `{place}` names one any more ({why})");
    }
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
