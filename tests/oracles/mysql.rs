//! A real MariaDB beside the model of it.

use std::path::Path;
use std::process::Command;

use parity_check::schema::mysql::{Column, Database, ErrorClass, Flavour, Key, KeyKind, State, Term, pieces};

use crate::common::oracles;

/// A statement and what MariaDB says of it: `ok`, or the code and the message.
pub struct Answer {
    pub statement: String,
    pub said: String,
}

/// What MariaDB makes of one list of statements.
pub struct Found {
    pub said: Vec<String>,
    pub catalog: Vec<String>,
}

pub fn database(flavour: Flavour) -> Database {
    let mut database = Database::default();
    database.settings.flavour = flavour;
    database.settings.charset = Some("utf8mb4".to_owned());
    database
}

/// What MariaDB says of each list in a database of its own; `None` where it is not there.
pub fn oracle(lists: &[Vec<String>]) -> Option<Vec<Found>> {
    if !oracles::are_there("python3", oracles::MARIADB) {
        return None;
    }
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("lists.json");
    std::fs::write(&path, serde_json::to_string(lists).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/mysql/oracle.py");
    let output = Command::new("python3").arg("-B").arg(script).arg(&path).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let found = text.lines().map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        Found { said: texts(&value["said"]), catalog: texts(&value["catalog"]) }
    });
    let found: Vec<Found> = found.collect();
    assert_eq!(found.len(), lists.len());
    Some(found)
}

/// What the model says in the same form; `None` where it does not know.
pub fn said(database: &mut Database, statement: &str) -> Option<String> {
    let pieces = pieces(statement);
    let [piece] = pieces.as_slice() else { panic!("one statement: {statement}: {pieces:?}") };
    match database.statement(piece) {
        Ok(()) => Some("ok".to_owned()),
        Err(error) if error.class == ErrorClass::Unsupported => None,
        Err(error) => Some(format!("{}: {}", error.code, error.message)),
    }
}

/// Those of which MariaDB says more, or says it of files of its own.
const BY_CODE: &[&str] = &["1005", "1025", "1064", "1239", "1553", "1701", "1829", "1832", "1833", "1901", "4161"];

/// In what an answer of the model is wrong.
pub fn compare(wanted: &str, found: Option<&str>) -> Option<String> {
    let code = |said: &str| said.split(':').next().unwrap_or_default().to_owned();
    match found {
        Some("ok") | None if wanted != "ok" => None,
        Some(found) if found == wanted => None,
        Some(found) if code(found) == code(wanted) && BY_CODE.contains(&code(found).as_str()) => None,
        found => Some(format!("{wanted:?} says MariaDB, and the model {found:?}")),
    }
}

/// Lines that only one of two has.
pub fn differences(real: &[String], own: &[String]) -> Vec<String> {
    let real: Vec<String> = real.iter().map(|line| plain(line)).collect();
    let own: Vec<String> = own.iter().map(|line| plain(line)).collect();
    let missing = real.iter().filter(|line| !own.contains(line)).map(|line| format!("only MariaDB: {line}"));
    let more = own.iter().filter(|line| !real.contains(line)).map(|line| format!("only the model: {line}"));
    missing.chain(more).collect()
}

/// A line in which a default is told in one form.
fn plain(line: &str) -> String {
    let Some((start, default)) = line.split_once(" default ") else { return line.to_owned() };
    let (default, end) = match default.find(" auto_increment").or_else(|| default.find(" on update")) {
        Some(at) => default.split_at(at),
        None => (default, ""),
    };
    let mut default = default.to_lowercase().replace(['`', ' '], "");
    if let Some(inner) = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        default = inner.replace("''", "'").replace("\\'", "'");
    }
    while let Some(inner) = default.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        default = inner.to_owned();
    }
    let clock =
        ["current_timestamp", "now", "localtimestamp", "localtime"].iter().any(|name| default.starts_with(name));
    if clock {
        default = "now".to_owned();
    } else if ["current_date", "current_date()"].contains(&default.as_str()) {
        default = "curdate()".to_owned();
    } else if let Ok(number) = default.parse::<f64>() {
        default = number.to_string();
    }
    format!("{start} default {}{end}", default.trim_end_matches("00:00:00"))
}

/// What a database has, in lines as the oracle writes them.
pub fn catalog(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, table) in state.tables.iter().filter(|(_, table)| !table.temporary) {
        lines.push(format!("table {name}"));
        for (index, column) in table.columns.iter().enumerate() {
            lines.push(format!("column {name} {:03} {}", index + 1, self::column(column)));
        }
        lines.extend(table.keys.iter().map(|key| format!("key {name} {}", self::key(key))));
        for foreign in &table.foreign {
            let action =
                |action: &Option<String>| action.clone().filter(|action| action != "SET DEFAULT").unwrap_or_default();
            lines.push(format!(
                "foreign {name} {} {} to {} {} [{}] [{}]",
                foreign.name,
                foreign.columns.join(","),
                foreign.table,
                foreign.references.join(","),
                action(&foreign.on_delete),
                action(&foreign.on_update)
            ));
        }
        lines.extend(table.checks.iter().map(|check| format!("check {name} {}", check.name)));
    }
    lines.extend(state.views.keys().map(|name| format!("view {name}")));
    lines.extend(state.triggers.iter().map(|(name, trigger)| format!("trigger {name} on {}", trigger.table)));
    lines.extend(state.routines.keys().map(|name| name.to_lowercase()));
    lines.sort();
    lines
}

fn column(column: &Column) -> String {
    let mut line =
        format!("{} {} {}", column.name, column.data_type, if column.nullable { "null" } else { "not null" });
    if let Some(default) = &column.default {
        line += &format!(" default {}", default.text());
    }
    if column.auto_increment {
        line += " auto_increment";
    }
    if column.on_update.is_some() {
        line += " on update";
    }
    match &column.generated {
        Some(generated) if generated.stored => line += " stored",
        Some(_) => line += " virtual",
        None => {}
    }
    line
}

fn key(key: &Key) -> String {
    let kind = match key.kind {
        KeyKind::Primary => "primary",
        KeyKind::Unique => "unique",
        KeyKind::Plain => "plain",
        KeyKind::Fulltext => "fulltext",
        KeyKind::Spatial => "spatial",
    };
    let parts = key.parts.iter().map(|part| {
        let term = match &part.term {
            Term::Column { name, length: Some(length) } => format!("{name}({length})"),
            Term::Column { name, length: None } => name.clone(),
            Term::Expression { text, .. } => format!("({text})"),
        };
        format!("{term}{}", if part.descending { " desc" } else { "" })
    });
    format!("{} {kind} {}", key.name, parts.collect::<Vec<_>>().join(","))
}
