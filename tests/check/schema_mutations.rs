//! Every part of a declared schema in turn is dropped, renamed or retyped: each such change is caught.

use crate::common;
use crate::common::Files;
use parity_check::git::{Environment, HeadChoice};

const MIGRATIONS: &str = r#"
import sqlite3

def _users(cursor, conn):
    cursor.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER DEFAULT 0)")
    cursor.execute("CREATE INDEX users_name ON users (name)")

def _teams(cursor, conn):
    cursor.execute("""
        CREATE TABLE teams (
            id INTEGER PRIMARY KEY,
            owner INTEGER REFERENCES users (id),
            title TEXT
        )
    """)
    for column in ("owner", "title"):
        cursor.execute(f"CREATE INDEX teams_{column} ON teams ({column})")

def _score(cursor, conn):
    cursor.execute("PRAGMA table_info(users)")
    if "score" not in {row[1] for row in cursor.fetchall()}:
        cursor.execute("ALTER TABLE users ADD COLUMN score REAL")
    cursor.execute("""
        CREATE TRIGGER users_kept BEFORE DELETE ON users BEGIN
            SELECT RAISE(ABORT, 'users are kept');
        END
    """)

MIGRATIONS = [("users", _users), ("teams", _teams), ("score", _score)]
"#;

const SCHEMA: &str = r#"
STATEMENTS = [
    """
    CREATE TABLE IF NOT EXISTS users (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        age INTEGER DEFAULT 0,
        score REAL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS teams (
        id INTEGER PRIMARY KEY,
        owner INTEGER REFERENCES users (id),
        title TEXT
    )
    """,
    "CREATE INDEX IF NOT EXISTS users_name ON users (name)",
    "CREATE INDEX IF NOT EXISTS teams_owner ON teams (owner)",
    "CREATE INDEX IF NOT EXISTS teams_title ON teams (title)",
    "CREATE TRIGGER IF NOT EXISTS users_kept BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'users are kept'); END",
]

def init_schema(cursor, conn):
    for statement in STATEMENTS:
        cursor.execute(statement)
"#;

/// The schema without a line, and without the comma that would end it.
fn without(line: &str) -> String {
    let cut = SCHEMA.replace(&format!("{line}\n"), "");
    assert_ne!(cut, SCHEMA, "{line}");
    cut.replace(",\n    )", "\n    )")
}

fn with(old: &str, new: &str) -> String {
    let changed = SCHEMA.replacen(old, new, 1);
    assert_ne!(changed, SCHEMA, "{old}");
    changed
}

/// Each mutant with a name for it.
fn mutants() -> Vec<(String, String)> {
    let mut mutants = Vec::new();
    let columns = [
        ("        name TEXT NOT NULL,", "name", "TEXT", "BLOB"),
        ("        age INTEGER DEFAULT 0,", "age", "INTEGER", "TEXT"),
        ("        score REAL", "score", "REAL", "INTEGER"),
        ("        owner INTEGER REFERENCES users (id),", "owner", "INTEGER", "TEXT"),
        ("        title TEXT", "title", "TEXT", "INTEGER"),
    ];
    for (line, name, old, new) in columns {
        // An index on a column that is not there would end the declared schema with an error of its own.
        let indexes = |text: String| {
            let mentions = |line: &&str| line.contains("CREATE INDEX") && line.contains(&format!("({name})"));
            text.lines().filter(|line| !mentions(line)).collect::<Vec<_>>().join("\n")
        };
        mutants.push((format!("drop_column_{name}"), indexes(without(line))));
        let renamed = line.replace(&format!(" {name} "), &format!(" {name}_x "));
        mutants.push((format!("rename_column_{name}"), indexes(with(line, &renamed))));
        mutants.push((format!("retype_column_{name}"), with(line, &line.replacen(old, new, 1))));
    }
    mutants.push(("retype_key".to_owned(), with("id INTEGER PRIMARY KEY", "id TEXT PRIMARY KEY")));
    mutants.push(("nullable".to_owned(), with("name TEXT NOT NULL", "name TEXT")));
    mutants.push(("default".to_owned(), with("DEFAULT 0", "DEFAULT 1")));
    mutants.push(("no_default".to_owned(), with(" DEFAULT 0", "")));
    mutants.push(("no_reference".to_owned(), with(" REFERENCES users (id)", "")));
    for index in ["users_name", "teams_owner", "teams_title"] {
        let line = SCHEMA.lines().find(|line| line.contains(&format!("EXISTS {index} "))).unwrap();
        mutants.push((format!("drop_index_{index}"), without(line)));
        mutants
            .push((format!("rename_index_{index}"), with(&format!("EXISTS {index} "), &format!("EXISTS {index}_x "))));
        mutants.push((
            format!("unique_index_{index}"),
            with(&format!("INDEX IF NOT EXISTS {index}"), &format!("UNIQUE INDEX IF NOT EXISTS {index}")),
        ));
    }
    let trigger = SCHEMA.lines().find(|line| line.contains("TRIGGER")).unwrap();
    mutants.push(("drop_trigger".to_owned(), without(trigger)));
    mutants.push(("rename_trigger".to_owned(), with("EXISTS users_kept", "EXISTS users_kept_x")));
    mutants.push(("another_trigger".to_owned(), with("RAISE(ABORT, 'users are kept')", "RAISE(IGNORE)")));
    mutants
}

#[test]
fn every_mutant_of_a_declared_schema_is_caught() {
    let mutants = mutants();
    let tree = |schema: &str| -> Files {
        [("db/migrations.py", MIGRATIONS), ("db/schema.py", schema)]
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect()
    };
    let mut trees: Vec<(&str, Files, Files)> =
        mutants.iter().map(|(name, schema)| (name.as_str(), tree(SCHEMA), tree(schema))).collect();
    let touched = format!("{SCHEMA}\n# The same.\n");
    trees.push(("unmutated", tree(SCHEMA), tree(&touched)));
    let repository = common::import(&trees);
    let drifts = |name: &str| {
        let (base, head) = (format!("{name}/base"), format!("{name}/head"));
        let choice = HeadChoice::Committed(Some(&head));
        let report = common::check(repository.path(), Some(&base), choice, &Environment::default()).unwrap();
        assert!(!report.passes(false) || report.findings.is_empty(), "{name}: only warnings");
        !report.findings.is_empty() && common::rules(&report).iter().all(|rule| *rule == "schema-drift")
    };
    assert!(!drifts("unmutated"), "the unmutated schema is not silent");
    let missed: Vec<&str> = mutants.iter().map(|(name, _)| name.as_str()).filter(|name| !drifts(name)).collect();
    assert!(missed.is_empty(), "{} of {} mutants pass: {missed:?}", missed.len(), mutants.len());
}
