//! A real Alembic on a real database beside the evaluation of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use parity_check::evaluate::chain;
use parity_check::git::Repository;
use parity_check::kinds;
use parity_check::schema::database::{self, Engine};
use parity_check::schema::dialect::Dialect;
use parity_check::schema::model::Schema;
use parity_check::schema::mysql;
use parity_check::schema::mysql::{Flavour, State};
use parity_check::schema::sqlite::{Database, Limits};
use parity_check::track::ends::Modules;
use parity_check::track::{Track, alembic};
use serde_json::Value as Json;

use crate::common;
use crate::common::oracles::{self, Needed};

/// What evaluation makes of one folder.
pub struct Evaluated {
    pub name: String,
    pub schema: Schema,
    /// What MySQL's model has, where it is that.
    pub state: Option<State>,
    /// The first refusal.
    pub failure: Option<String>,
    pub gaps: Vec<String>,
}

/// Servers that start beside each other on a small machine take longer than anybody waits for them.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What Alembic and the database make of each folder; `None` where one of them is not there.
pub fn oracle(dialect: Dialect, folders: &[PathBuf]) -> Option<Vec<Json>> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/oracles/alembic_{}/oracle.py", dialect.as_str()));
    let is_there = |needed: Needed| oracles::are_there("python3", needed);
    let has_server = dialect == mysql::DIALECT;
    let server = if has_server { oracles::MARIADB } else { oracles::POSTGRES };
    let alembic = Needed { check: "import alembic", ..server };
    if !is_there(alembic) || has_server && !is_there(oracles::MARIADB) {
        return None;
    }
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut process = Command::new("python3")
        .args(["-B".as_ref(), script.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let list: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    let mut input = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(list.join("\n").as_bytes()));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let end: Vec<&str> = said.lines().rev().take(20).collect();
    assert!(output.status.success(), "the oracle failed: {}", end.into_iter().rev().collect::<Vec<_>>().join("\n"));
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), folders.len());
    Some(answers)
}

/// Evaluates each folder as the project that it is.
pub fn evaluate(dialect: Dialect, folders: &[PathBuf]) -> Vec<Evaluated> {
    let trees: Vec<(&str, common::Files, common::Files)> = folders
        .iter()
        .map(|folder| (folder.file_name().unwrap().to_str().unwrap(), common::Files::default(), common::files(folder)))
        .collect();
    let repository = common::import(&trees);
    let repository = Repository::open(repository.path()).unwrap();
    let track = Track::new(dialect.as_str(), kinds::alembic::KIND, dialect, "versions");
    let track = Track { flavour: Flavour::MariaDb, ..track };
    let one = |(name, _, _): &(&str, common::Files, common::Files)| {
        let commit = repository.commit(&format!("{name}/head")).unwrap();
        let mut modules = Modules::new(repository.snapshot(commit.tree));
        let built = chain::fresh(&alembic::chain(&track, &modules).unwrap(), &mut modules, false);
        let gap = |missing: &parity_check::evaluate::Missing| {
            format!("{:?} {}: {}", missing.by, missing.gap.location.start().line, missing.gap.reason)
        };
        Evaluated {
            name: (*name).to_owned(),
            state: match (*built.database).fork().map(database::Database::engine) {
                Ok(Engine::Mysql(database)) => Some(database.state().clone()),
                _ => None,
            },
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

/// What every text begins with.
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
pub fn revision(id: &str, parent: Option<&str>, body: &str) -> String {
    let parent = parent.map_or_else(|| "None".to_owned(), |parent| format!("\"{parent}\""));
    let body = body.trim().lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    format!(
        "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import mysql, postgresql, sqlite\n\n\
         revision = \"{id}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n{body}"
    )
}

/// A project for each text of some files in a folder of tests, below `root`. A text may begin with the naming convention of its
/// environment.
pub fn texts(root: &Path, folder: &str, files: &[&str]) -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(own.join(file)).unwrap();
        for (number, body) in text.split("---\n").enumerate() {
            let folder = root.join(format!("{}_{:03}", file.trim_end_matches(".txt"), number + 1));
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
    folders
}

/// Whether two refusals say the same, classes and addresses aside.
pub fn is_same(wanted: &str, said: &str) -> bool {
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
