//! A real Alembic on SQLite beside the evaluation of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use parity_check::evaluate::chain;
use parity_check::git::Repository;
use parity_check::schema::model::Schema;
use parity_check::schema::sqlite::{Database, Limits};
use parity_check::track::ends::Modules;
use parity_check::track::{Dialect, Kind, Track, alembic};
use serde_json::Value as Json;

use super::common;

/// What evaluation makes of one folder.
pub struct Evaluated {
    pub name: String,
    pub schema: Schema,
    /// The first refusal.
    pub failure: Option<String>,
    pub gaps: Vec<String>,
}

/// What Alembic and SQLite make of each folder; `None` where Alembic is not there.
pub fn oracle(folders: &[PathBuf]) -> Option<Vec<Json>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_sqlite/oracle.py");
    let needed = std::env::var_os("PARITY_CHECK_POSTGRES").is_some();
    let is_there = Command::new("python3").args(["-c", "import alembic"]).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        assert!(!needed, "alembic is needed");
        return None;
    }
    let mut process = Command::new("python3")
        .args(["-B".as_ref(), script.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 runs");
    let list: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    let mut input = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(list.join("\n").as_bytes()));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the oracle failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), folders.len());
    Some(answers)
}

/// Evaluates each folder as the project that it is.
pub fn evaluate(folders: &[PathBuf]) -> Vec<Evaluated> {
    let trees: Vec<(&str, common::Files, common::Files)> = folders
        .iter()
        .map(|folder| (folder.file_name().unwrap().to_str().unwrap(), common::Files::default(), common::files(folder)))
        .collect();
    let repository = common::import(&trees);
    let repository = Repository::open(repository.path()).unwrap();
    let track = Track::new("sqlite", Kind::Alembic, Dialect::Sqlite, "versions");
    let one = |(name, _, _): &(&str, common::Files, common::Files)| {
        let commit = repository.commit(&format!("{name}/head")).unwrap();
        let mut modules = Modules::new(repository.snapshot(commit.tree));
        let built = chain::fresh(&alembic::chain(&track, &modules).unwrap(), &mut modules, false);
        let gap = |missing: &parity_check::evaluate::Missing| {
            format!("{:?} {}: {}", missing.by, missing.gap.location.start().line, missing.gap.reason)
        };
        Evaluated {
            name: (*name).to_owned(),
            schema: sorted(built.evaluated.schema.clone()),
            failure: built.evaluated.failures.first().map(|failure| failure.error.clone()),
            gaps: built.evaluated.gaps.iter().map(gap).collect(),
        }
    };
    trees.iter().map(one).collect()
}

/// The schema that the statements of a database make again.
fn schema(statements: &Json) -> Schema {
    let mut database = Database::new(Limits::default()).unwrap();
    for sql in statements.as_array().into_iter().flatten() {
        let _ = database.execute_script(sql.as_str().unwrap_or_default());
    }
    sorted(database.snapshot().unwrap())
}

/// With constraints in an order of their own: SQLAlchemy keeps those of a table that it reads back in a set.
fn sorted(mut schema: Schema) -> Schema {
    for table in schema.tables.values_mut() {
        table.uniques.sort_by_key(|unique| format!("{unique:?}"));
        table.foreign_keys.sort_by_key(|key| format!("{key:?}"));
        table.checks.sort_by_key(|check| format!("{check:?}"));
    }
    schema
}

/// In what a project is not what Alembic and SQLite make of it.
pub fn differences(executed: &Json, found: &Evaluated) -> Vec<String> {
    let error = executed["error"]["message"].as_str();
    let gaps = if found.failure.is_some() { &[] } else { found.gaps.as_slice() };
    let mut wrong: Vec<String> = gaps.iter().map(|gap| format!("not computed: {gap}")).collect();
    match (error, &found.failure) {
        (Some(wanted), Some(said)) if is_same(wanted, said) => {}
        (None, None) => {
            let wanted = schema(&executed["sql"]);
            for (name, table) in &wanted.tables {
                match found.schema.tables.get(name) {
                    Some(own) if own == table => {}
                    own => wrong.push(format!("SQLite has\n{table:?}\nand not\n{own:?}")),
                }
            }
            let (names, own): (Vec<_>, Vec<_>) = (wanted.tables.keys().collect(), found.schema.tables.keys().collect());
            if names != own || wanted.views != found.schema.views || wanted.triggers != found.schema.triggers {
                wrong
                    .push(format!("SQLite has {names:?} {:?}, and not {own:?} {:?}", wanted.views, found.schema.views));
            }
        }
        (wanted, said) => wrong.push(format!("SQLite says {wanted:?}, and not {said:?}")),
    }
    wrong
}

/// Whether two refusals say the same, classes and addresses aside.
fn is_same(wanted: &str, said: &str) -> bool {
    let said = match said.split_once(": ") {
        Some((class, rest)) if class.ends_with("Error") && !class.contains(' ') => rest,
        _ => said,
    };
    let said = said.strip_suffix(" (SQLite before 3.53)").unwrap_or(said).trim_matches('\'');
    let address = wanted.find(" object at 0x").map(|at| at + " object".len());
    let wanted = match address {
        Some(at) => format!("{}{}", &wanted[..at], wanted[at..].find('>').map_or("", |end| &wanted[at + end..])),
        None => wanted.to_owned(),
    };
    let wanted = wanted.trim_matches('\'');
    wanted.contains(said) || said.contains(wanted)
}
