//! Directories of SQL files: whatever one side of a pair lacks is told, and what real engines make of the files is what the
//! check makes of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common;
use crate::common::Files;
use parity_check::evaluate::sql_files;
use parity_check::folders::FolderCache;
use parity_check::git::{Environment, HeadChoice, Repository};
use parity_check::kinds;
use parity_check::kinds::detect;
use parity_check::schema::dialect::Dialect;
use parity_check::schema::model::Schema;
use parity_check::schema::sqlite;
use parity_check::track::Track;
use parity_check::track::ends::Modules;
use parity_check::track::sql_files::{history, marks};

const SQLITE: &str = "db/migrations/sqlite";
const POSTGRES: &str = "db/migrations/postgres";

const OLD_SQLITE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nick TEXT, fax TEXT);\n";
const OLD_POSTGRES: &str = "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, nick TEXT, fax TEXT);\n";

/// The same in two dialects: each statement, and each column, stands on a line of its own.
const NEW_SQLITE: &str = "CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    budget REAL DEFAULT 0.5,
    size INTEGER NOT NULL DEFAULT 3,
    state TEXT DEFAULT 'new',
    is_open BOOLEAN DEFAULT 1,
    made DATETIME DEFAULT CURRENT_TIMESTAMP,
    logo BLOB
);
CREATE UNIQUE INDEX teams_title ON teams (title);
CREATE INDEX teams_state ON teams (state, size);
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    team INTEGER NOT NULL REFERENCES teams (id),
    person INTEGER,
    joined TIMESTAMP
);
CREATE UNIQUE INDEX members_once ON members (team, person);
ALTER TABLE users ADD COLUMN age INTEGER;
ALTER TABLE users ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE users DROP COLUMN fax;
ALTER TABLE users RENAME COLUMN nick TO alias;
CREATE UNIQUE INDEX users_alias ON users (alias);
";

const NEW_POSTGRES: &str = "CREATE TABLE teams (
    id SERIAL PRIMARY KEY,
    title TEXT NOT NULL,
    budget DOUBLE PRECISION DEFAULT 0.5,
    size INTEGER NOT NULL DEFAULT 3,
    state VARCHAR(20) DEFAULT 'new',
    is_open BOOLEAN DEFAULT TRUE,
    made TIMESTAMPTZ DEFAULT now(),
    logo BYTEA
);
CREATE UNIQUE INDEX teams_title ON teams (title);
CREATE INDEX teams_state ON teams (state, size);
CREATE TABLE members (
    id SERIAL PRIMARY KEY,
    team INTEGER NOT NULL REFERENCES teams (id),
    person INTEGER,
    joined TIMESTAMP
);
CREATE UNIQUE INDEX members_once ON members (team, person);
ALTER TABLE users ADD COLUMN age INTEGER;
ALTER TABLE users ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE users DROP COLUMN fax;
ALTER TABLE users RENAME COLUMN nick TO alias;
CREATE UNIQUE INDEX users_alias ON users (alias);
";

/// What stands on a line, and what stands there instead.
const ALTERED: &[(&str, &str)] = &[
    ("title TEXT NOT NULL", "title TEXT"),
    ("size INTEGER NOT NULL DEFAULT 3", "size INTEGER NOT NULL DEFAULT 4"),
    ("DEFAULT 'new'", "DEFAULT 'old'"),
    ("age INTEGER", "age TEXT"),
    ("person INTEGER", "people INTEGER"),
    ("CREATE UNIQUE INDEX teams_title", "CREATE INDEX teams_title"),
    ("ON teams (state, size)", "ON teams (size, state)"),
    ("ON members (team, person)", "ON members (team)"),
    (" REFERENCES teams (id)", ""),
    ("RENAME COLUMN nick TO alias", "RENAME COLUMN nick TO other"),
    ("ON users (alias)", "ON users (name)"),
    ("DROP COLUMN fax", "DROP COLUMN name"),
];

fn base() -> Files {
    [(SQLITE, OLD_SQLITE), (POSTGRES, OLD_POSTGRES)]
        .into_iter()
        .map(|(folder, text)| (format!("{folder}/0001_users.up.sql"), text.as_bytes().to_vec()))
        .collect()
}

fn head(sqlite: &str, postgres: &str) -> Files {
    let mut files = base();
    files.insert(format!("{SQLITE}/0002_teams.up.sql"), sqlite.as_bytes().to_vec());
    files.insert(format!("{POSTGRES}/0002_teams.up.sql"), postgres.as_bytes().to_vec());
    files
}

/// A text without one of its statements, or of the columns of its tables.
fn without(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let is_statement = line.ends_with(';') && !line.starts_with(')');
        let is_column = line.starts_with("    ") && !line.contains("PRIMARY KEY");
        if !is_statement && !is_column {
            continue;
        }
        let kept: Vec<&str> =
            text.lines().enumerate().filter(|(other, _)| *other != at).map(|(_, line)| line).collect();
        // No comma stands before a bracket that closes.
        found.push((format!("without `{}`", line.trim()), kept.join("\n").replace(",\n)", "\n)") + "\n"));
    }
    found
}

fn altered(text: &str) -> Vec<(String, String)> {
    let found = ALTERED.iter().filter(|(old, _)| text.contains(old));
    found.map(|(old, new)| (format!("`{new}` for `{old}`"), text.replacen(old, new, 1))).collect()
}

#[test]
fn whatever_one_side_lacks_or_does_otherwise_is_told() {
    let mut cases: Vec<(String, Files)> = vec![("as it is".to_owned(), head(NEW_SQLITE, NEW_POSTGRES))];
    for (what, text) in without(NEW_POSTGRES).into_iter().chain(altered(NEW_POSTGRES)) {
        cases.push((format!("postgres {what}"), head(NEW_SQLITE, &text)));
    }
    for (what, text) in without(NEW_SQLITE).into_iter().chain(altered(NEW_SQLITE)) {
        cases.push((format!("sqlite {what}"), head(&text, NEW_POSTGRES)));
    }
    assert!(cases.len() > 60, "{} mutants", cases.len());
    let named: Vec<(String, Files)> =
        cases.iter().enumerate().map(|(at, (_, files))| (format!("case{at}"), files.clone())).collect();
    let repository = common::import_additions(&base(), &named);
    let mut silent = Vec::new();
    for (at, (what, _)) in cases.iter().enumerate() {
        let report = common::check(
            repository.path(),
            Some("main"),
            HeadChoice::Committed(Some(&format!("case{at}"))),
            &Environment::default(),
        )
        .unwrap();
        let rules = common::rules(&report);
        if at == 0 {
            assert!(rules.is_empty(), "{rules:?}");
        } else if rules.is_empty() {
            silent.push(what.clone());
        }
    }
    assert!(silent.is_empty(), "nothing is said of {silent:#?}");
}

/// Fixtures of which the server alone does not decide what happens: Flyway leaves files out on new databases, a driver stops a
/// transaction that is left open, and what fills a table that a program makes is let be.
const OF_OTHERS: &[&str] = &[
    "sql_files_of_flyway_above_a_baseline_pass",
    "sql_files_of_flyway_above_a_baseline_that_forget_a_database_drift",
    "sql_files_of_flyway_below_a_baseline_are_not_run_on_new_databases",
    "sql_files_of_flyway_with_a_baseline_for_new_databases_pass",
    "sql_files_of_golang_migrate_that_leave_a_transaction_open_fail",
    "sql_files_that_change_rows_of_a_table_that_no_file_makes_pass",
    "sql_files_that_fill_a_table_which_a_program_makes_are_not_known_there",
];

/// The tracks of SQL files that fixtures have at head, each with its fixture.
fn tracks(dialect: Dialect) -> Vec<(String, Track, Files)> {
    let is_ours = |fixture: &&common::Fixture| {
        fixture.name.starts_with("sql_files_") && !OF_OTHERS.contains(&fixture.name.as_str())
    };
    let fixtures: Vec<&common::Fixture> = common::fixtures().iter().filter(is_ours).collect();
    let trees: Vec<(&str, Files, Files)> =
        fixtures.iter().map(|fixture| (fixture.name.as_str(), Files::default(), fixture.end("head"))).collect();
    let repository = common::import(&trees);
    let repository = Repository::open(repository.path()).unwrap();
    let mut found = Vec::new();
    for (name, _, files) in &trees {
        let commit = repository.commit(&format!("{name}/head")).unwrap();
        let mut modules = Modules::new(repository.snapshot(commit.tree));
        let tracks = detect::tracks(&mut modules, &mut FolderCache::new()).unwrap();
        let own = tracks.into_iter().filter(|track| track.kind == kinds::sql_files::KIND && track.dialect == dialect);
        found.extend(own.map(|track| ((*name).to_owned(), track, files.clone())));
    }
    found
}

/// What the check makes of a new database: its schema, the first refusal, and whether all of it is known.
struct Made {
    schema: Schema,
    failure: Option<String>,
    is_known: bool,
    /// What runs of each file, in its order.
    texts: Vec<String>,
}

fn made(track: &Track, files: &Files) -> Made {
    let repository = common::import(&[("one", Files::default(), files.clone())]);
    let repository = Repository::open(repository.path()).unwrap();
    let commit = repository.commit("one/head").unwrap();
    let mut modules = Modules::new(repository.snapshot(commit.tree));
    // Where files only upgrade what a snapshot made, nothing runs from nothing.
    let alone = Track { declared: Vec::new(), ..track.clone() };
    let built = sql_files::fresh(&alone, &mut modules).unwrap();
    let history = history::read(track, &mut modules).unwrap();
    let texts = history.steps.iter().map(|step| {
        let source = modules.text(&step.path).unwrap().unwrap();
        marks::upgrade(source.text()).text
    });
    let texts: Vec<String> = texts.collect();
    let failure = built.evaluated.failures.first().map(|failure| failure.error.clone());
    // Code is no text for a database, and a transaction that the runner opens is not there.
    let is_code = history.steps.iter().any(|step| Path::new(&step.path).extension().is_some_and(|end| end == "go"));
    // So is what the runner itself refuses.
    let is_of_runner = |failure: &String| {
        ["a transaction within", "no transaction is", "Flyway: "].iter().any(|said| failure.contains(said))
    };
    let is_framed =
        texts.iter().any(|text| text.trim_start().starts_with("COMMIT")) || failure.as_ref().is_some_and(is_of_runner);
    let mut gaps = built.evaluated.gaps.iter();
    // What stops is told of by what it is refused for.
    let is_known = gaps.all(|missing| missing.gap.reason.starts_with("stops with ")) && !is_code && !is_framed;
    Made { texts, schema: built.evaluated.schema.clone(), failure, is_known }
}

fn told(schema: &Schema) -> String {
    parity_check::schema::render::to_sql(schema)
}

/// Each track for PostgreSQL as a chain of revisions that execute its files: what PostgreSQL makes of that, and what our
/// model makes of it, is what the check makes of the files.
#[test]
fn postgresql_makes_the_same_of_the_files() {
    let tracks = tracks(parity_check::schema::postgres::DIALECT);
    assert!(tracks.len() >= 60, "{} tracks", tracks.len());
    let folder = tempfile::tempdir().unwrap();
    let mut projects: Vec<PathBuf> = Vec::new();
    let mut expected = Vec::new();
    for (at, (name, track, files)) in tracks.iter().enumerate() {
        let made = made(track, files);
        if !made.is_known {
            continue;
        }
        let project = folder.path().join(format!("p{at}"));
        std::fs::create_dir_all(project.join("versions")).unwrap();
        for (step, text) in made.texts.iter().enumerate() {
            let parent = if step == 0 { "None".to_owned() } else { format!("\"r{}\"", step - 1) };
            let sql = serde_json::to_string(&text.replace('%', "%%")).unwrap();
            let is_blank = text.split(';').all(|piece| piece.trim().is_empty());
            let body = if is_blank { "pass".to_owned() } else { format!("op.get_bind().exec_driver_sql({sql})") };
            let revision = format!(
                "from alembic import op\n\nrevision = \"r{step}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n    {body}\n"
            );
            std::fs::write(project.join(format!("versions/r{step}.py")), revision).unwrap();
        }
        projects.push(project);
        expected.push((name, made));
    }
    let Some(executed) = crate::postgres::oracle(&projects) else { return };
    let mut wrong = Vec::new();
    for ((name, made), (executed, own)) in
        expected.iter().zip(executed.iter().zip(crate::postgres::evaluate(&projects)))
    {
        let error = executed["error"]["message"].as_str();
        match (error, &made.failure) {
            (Some(said), Some(failure)) if failure.contains(said) || said.contains(failure.as_str()) => continue,
            (None, None) => {}
            (said, failure) => {
                // An index that is made beside the transaction is refused in one, which this way to run it has.
                if !said.is_some_and(|said| said.contains("CONCURRENTLY")) {
                    wrong.push(format!("{name}: PostgreSQL says {said:?}, the check {failure:?}"));
                }
                continue;
            }
        }
        wrong.extend(
            crate::postgres::differences(&executed["schema"], &own.state)
                .into_iter()
                .map(|one| format!("{name}: {one}")),
        );
        let mut schema = own.state.schema();
        schema.tables.remove(&"alembic_version".into());
        if told(&schema) != told(&made.schema) {
            wrong.push(format!("{name}: the files make\n{}and the chain\n{}", told(&made.schema), told(&schema)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What CPython's `sqlite3`, which is another version, makes of the files: the same tables and columns, the same refusals.
#[test]
fn another_sqlite_makes_the_same_of_the_files() {
    const SCRIPT: &str = "import json, sqlite3, sys\nfor line in sys.stdin:\n    db = sqlite3.connect(':memory:')\n    error = None\n    \
        try:\n        for text in json.loads(line): db.executescript(text)\n    except sqlite3.Error as e: error = str(e)\n    \
        tables = [r[0] for r in db.execute(\"select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by lower(name)\")]\n    \
        print(json.dumps([error, {t: [[c[1], c[2], c[3], c[4]] for c in db.execute(f'pragma table_info(\"{t}\")')] for t in tables}]))\n";
    let tracks = tracks(sqlite::DIALECT);
    assert!(tracks.len() >= 60, "{} tracks", tracks.len());
    let made: Vec<(String, Made)> = tracks
        .iter()
        .map(|(name, track, files)| (name.clone(), made(track, files)))
        .filter(|(_, made)| made.is_known)
        .collect();
    let mut process = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let lines: Vec<String> = made.iter().map(|(_, made)| serde_json::to_string(&made.texts).unwrap()).collect();
    process.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), made.len());
    let mut wrong = Vec::new();
    for ((name, made), line) in made.iter().zip(text.lines()) {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        let failure = made.failure.as_deref().map(|failure| failure.trim_end_matches(" (SQLite before 3.53)"));
        if answer[0].as_str() != failure {
            wrong.push(format!("{name}: SQLite says {}, the check {failure:?}", answer[0]));
            continue;
        }
        if failure.is_some() {
            continue;
        }
        let own: serde_json::Map<String, serde_json::Value> = made
            .schema
            .tables
            .values()
            .map(|table| {
                let columns = table.columns.iter().filter(|column| column.generated.is_none()).map(|column| {
                    serde_json::json!([column.name.as_str(), column.data_type, i32::from(!column.nullable)])
                });
                (table.name.as_str().to_owned(), columns.collect())
            })
            .collect();
        let real = answer[1].as_object().unwrap().iter().map(|(name, columns)| {
            let columns = columns.as_array().unwrap().iter();
            (name.clone(), columns.map(|column| serde_json::json!([column[0], column[1], column[2]])).collect())
        });
        let real: serde_json::Map<String, serde_json::Value> = real.collect();
        if own != real {
            wrong.push(format!("{name}: SQLite has {real:?}, the check {own:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
