//! A real PostgreSQL beside the model of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use parity_check::evaluate::chain;
use parity_check::git::Repository;
use parity_check::kinds;
use parity_check::schema::database::{self, Engine};
use parity_check::schema::postgres;
use parity_check::schema::postgres::{Identity, Rule, State, Table};
use parity_check::track::ends::Modules;
use parity_check::track::{Track, alembic};
use serde_json::Value as Json;

use crate::common::{self, oracles};

/// What evaluation makes of one folder.
pub struct Evaluated {
    pub name: String,
    pub state: State,
    /// The first refusal.
    pub failure: Option<String>,
    pub gaps: Vec<String>,
    /// What makes it again.
    pub sql: String,
}

/// What Alembic and PostgreSQL make of each folder; `None` where they are not there.
pub fn oracle(folders: &[PathBuf]) -> Option<Vec<Json>> {
    oracle_of("python3", folders)
}

/// The same by what some Python has installed.
pub fn oracle_of(python: &str, folders: &[PathBuf]) -> Option<Vec<Json>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_idioms/oracle.py");
    if !oracles::are_there(python, oracles::POSTGRES) {
        return None;
    }
    let mut process = Command::new(python)
        .args(["-B".as_ref(), script.as_os_str(), "--stdin".as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 runs");
    let list: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    process.stdin.take().unwrap().write_all(list.join("\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
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
    let one = |(name, _, _): &(&str, common::Files, common::Files)| {
        let commit = repository.commit(&format!("{name}/head")).unwrap();
        let mut modules = Modules::new(repository.snapshot(commit.tree));
        let built = chain::fresh(&alembic::chain(&track(), &modules).unwrap(), &mut modules, false);
        Evaluated {
            name: (*name).to_owned(),
            state: match (*built.database).fork().map(database::Database::engine) {
                Ok(Engine::Postgres(database)) => database.state().clone(),
                other => panic!("it is for PostgreSQL: {other:?}"),
            },
            sql: built.to_sql(),
            failure: built.evaluated.failures.first().map(|failure| failure.error.clone()),
            gaps: built
                .evaluated
                .gaps
                .iter()
                .map(|missing| {
                    format!("{:?} {}: {}", missing.by, missing.gap.location.start().line, missing.gap.reason)
                })
                .collect(),
        }
    };
    trees.iter().map(one).collect()
}

fn track() -> Track {
    Track::new("postgres", kinds::alembic::KIND, postgres::DIALECT, "versions")
}

/// In what a catalog and the model differ.
pub fn differences(wanted: &Json, state: &State) -> Vec<String> {
    let mut found = Vec::new();
    let empty = serde_json::Map::new();
    let tables = wanted["tables"].as_object().unwrap_or(&empty);
    let own: Vec<&String> = state
        .tables
        .iter()
        .filter(|(name, table)| *name != "alembic_version" && !table.temporary)
        .map(|(name, _)| name)
        .collect();
    compare("tables", tables.keys().cloned().collect(), own.into_iter().cloned().collect(), &mut found);
    for (name, wanted) in tables {
        if let Some(table) = state.tables.get(name) {
            table_differences(name, wanted, table, &mut found);
        }
    }
    let keys = |value: &Json| value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    let enums =
        |user: &&String| matches!(state.types.get(*user), Some(parity_check::schema::postgres::UserType::Enum(_)));
    compare("enums", keys(&wanted["enums"]), state.types.keys().filter(enums).cloned().collect(), &mut found);
    for (name, labels) in wanted["enums"].as_object().unwrap_or(&empty) {
        if let Some(parity_check::schema::postgres::UserType::Enum(own)) = state.types.get(name) {
            compare(&format!("labels of {name}"), texts(labels), own.clone(), &mut found);
        }
    }
    compare("views", sorted(texts(&wanted["views"])), state.views.keys().cloned().collect(), &mut found);
    let free = state.sequences.iter().filter(|(_, sequence)| sequence.owner.is_none()).map(|(name, _)| name.clone());
    compare("sequences", sorted(texts(&wanted["sequences"])), free.collect(), &mut found);
    let triggers = wanted["triggers"].as_array().into_iter().flatten();
    let triggers = triggers.map(|trigger| trigger["name"].as_str().unwrap_or_default().to_owned());
    let own = state.tables.values().flat_map(|table| table.triggers.keys().cloned());
    compare("triggers", sorted(triggers.collect()), sorted(own.collect()), &mut found);
    found
}

#[allow(clippy::needless_pass_by_value, reason = "callers collect what they compare")]
fn compare(what: &str, wanted: Vec<String>, found: Vec<String>, differences: &mut Vec<String>) {
    if wanted != found {
        differences.push(format!("{what}: PostgreSQL has {wanted:?}, the model {found:?}"));
    }
}

fn texts(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

fn table_differences(name: &str, wanted: &Json, table: &Table, found: &mut Vec<String>) {
    let columns = wanted["columns"].as_array().into_iter().flatten().map(|column| {
        let default = column["default"]
            .as_str()
            .map(|text| default(text, column["type"].as_str().unwrap_or_default()))
            .filter(|text| !text.is_empty());
        format!(
            "{} {}{}{}{}{}",
            column["name"].as_str().unwrap_or_default(),
            column["type"].as_str().unwrap_or_default(),
            if column["nullable"] == true { "" } else { " not null" },
            default.filter(|text| text != "null").map(|text| format!(" default {text}")).unwrap_or_default(),
            column["identity"].as_str().map(|how| format!(" identity {how}")).unwrap_or_default(),
            if column["generated"].is_null() { "" } else { " generated" },
        )
    });
    let own = table.columns.iter().map(|column| {
        let default =
            column.default.as_deref().map(|text| default(text, &column.data_type)).filter(|text| !text.is_empty());
        let identity = column.identity.map(|identity| match identity {
            Identity::Always => " identity ALWAYS",
            Identity::ByDefault => " identity BY DEFAULT",
        });
        format!(
            "{} {}{}{}{}{}",
            column.name,
            column.data_type,
            if column.nullable { "" } else { " not null" },
            default.map(|text| format!(" default {text}")).unwrap_or_default(),
            identity.unwrap_or_default(),
            if column.generated.is_some() { " generated" } else { "" },
        )
    });
    compare(&format!("columns of {name}"), columns.collect(), own.collect(), found);
    let mut constraints = Vec::new();
    if let Some(key) = wanted["primary_key"].as_object() {
        let name = key["name"].as_str().unwrap_or_default();
        constraints.push(format!("{name} primary key {:?}", texts(&key["columns"])));
    }
    for unique in wanted["uniques"].as_array().into_iter().flatten() {
        constraints.push(format!("{} unique {:?}", unique["name"].as_str().unwrap(), texts(&unique["columns"])));
    }
    for key in wanted["foreign_keys"].as_array().into_iter().flatten() {
        let action =
            |name: &str| key[name].as_str().filter(|action| *action != "NO ACTION").unwrap_or_default().to_owned();
        constraints.push(format!(
            "{} foreign {:?} {} {:?} [{}] [{}]",
            key["name"].as_str().unwrap(),
            texts(&key["columns"]),
            key["table"].as_str().unwrap(),
            texts(&key["references"]),
            action("on_delete"),
            action("on_update"),
        ));
    }
    for check in wanted["checks"].as_array().into_iter().flatten() {
        constraints.push(format!("{} check", check["name"].as_str().unwrap()));
    }
    let own = table.constraints.iter().filter_map(|constraint| {
        let name = &constraint.name;
        Some(match &constraint.rule {
            Rule::PrimaryKey(columns) => format!("{name} primary key {columns:?}"),
            Rule::Unique(columns) => format!("{name} unique {columns:?}"),
            Rule::Foreign(foreign) => format!(
                "{name} foreign {:?} {} {:?} [{}] [{}]",
                foreign.columns,
                foreign.table,
                foreign.references,
                foreign.on_delete.as_deref().unwrap_or_default(),
                foreign.on_update.as_deref().unwrap_or_default(),
            ),
            Rule::Check { .. } => format!("{name} check"),
            Rule::Exclude { .. } => return None,
        })
    });
    compare(&format!("constraints of {name}"), sorted(constraints), sorted(own.collect()), found);
    let indexes = wanted["indexes"].as_array().into_iter().flatten().map(|index| {
        let columns = texts(&index["columns"]);
        let known = |column: &String| if table.column(column).is_some() { column.clone() } else { "(…)".to_owned() };
        format!(
            "{} {}{} {:?}{}",
            index["name"].as_str().unwrap(),
            if index["unique"] == true { "unique " } else { "" },
            index["method"].as_str().unwrap(),
            columns.iter().map(known).collect::<Vec<_>>(),
            if index["predicate"].is_null() { "" } else { " where" },
        )
    });
    let own = table.indexes.iter().map(|index| {
        let parts: Vec<String> =
            index.parts.iter().map(|part| if part.is_column { part.text.clone() } else { "(…)".to_owned() }).collect();
        format!(
            "{} {}{} {parts:?}{}",
            index.name,
            if index.unique { "unique " } else { "" },
            index.method,
            if index.predicate.is_some() { " where" } else { "" },
        )
    });
    compare(&format!("indexes of {name}"), sorted(indexes.collect()), sorted(own.collect()), found);
}

/// A default without its casts and brackets, and the words for a truth value in one form.
fn default(text: &str, data_type: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("::") {
        plain.push_str(&rest[..at]);
        rest = rest[at + 2..].trim_start_matches(|part: char| part.is_alphanumeric() || " _[]\".".contains(part));
        if rest.starts_with('(') {
            rest = rest.split_once(')').map_or("", |(_, rest)| rest);
        }
    }
    plain.push_str(rest);
    let plain = plain.to_lowercase().replace([' ', '\n'], "");
    let mut plain = plain.as_str();
    while let Some(inner) = plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        plain = inner;
    }
    let plain = plain.strip_prefix("e'").map_or(plain, |rest| rest).replace('\'', "");
    let plain = plain.replace("\\\\", "\\");
    let plain = if data_type.starts_with("time") { plain.trim_end_matches(":00").to_owned() } else { plain };
    match (data_type, plain.as_str()) {
        ("boolean", "1" | "t" | "yes" | "on") => "true".to_owned(),
        (_, "null") => String::new(),
        ("boolean", "0" | "f" | "no" | "off") => "false".to_owned(),
        _ => plain,
    }
}
