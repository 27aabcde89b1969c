//! Tables as SQLAlchemy reads them back from SQLite: by pragmas, and by regular expressions over the text that made them,
//! which see less than SQLite does.

use std::sync::LazyLock;

use fancy_regex::Regex;

use super::super::super::super::super::interpreter::Interpreter;
use super::super::super::super::super::operators::Known;
use super::super::super::super::sqlite::SqliteSession;
use super::super::super::naming::{self, Subject};
use super::super::{
    Autoincrement, Column, Computed, Constraint, DataType, DefaultText, Index, NO_TYPE, Options, Rule, Table, TableName,
};
use super::identifier;
use crate::schema::sqlite::Value;
use crate::schema::types::UNKNOWN_TYPE;

/// A pattern that is known to be one.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(KEY, r#"(?i)CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+PRIMARY\s+KEY"#);
pattern!(UNIQUE, r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?UNIQUE\s*\((.+?)\)"#);
pattern!(
    INLINE_UNIQUE,
    r#"(?i)(?:(".+?")|(?:[\[`])?([a-z0-9_]+)(?:[\]`])?)[\t ]+[a-z0-9_]+(?:[\t ]+[a-z0-9_]+)*?[\t ]+UNIQUE"#
);
pattern!(
    FOREIGN,
    r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?FOREIGN\s+KEY\s*\(\s*(.+?)\s*\)\s+REFERENCES\s+(?:(?:"(.+?)")|([a-z0-9_]+))\s*\(\s*((?:"[^"]+"|[a-z0-9_]+)(?:(?:\s*,\s*|\s+)(?:"[^"]+"|[a-z0-9_]+))*\s*)\)\s*((?:ON\s+(?:DELETE|UPDATE)\s+(?:SET\s+NULL|SET\s+DEFAULT|CASCADE|RESTRICT|NO\s+ACTION)\s*)*)((?:NOT\s+)?DEFERRABLE)?(?:\s+INITIALLY\s+(DEFERRED|IMMEDIATE))?"#
);
pattern!(
    CHECK,
    r#"(?i)(?<![A-Za-z0-9_])(?:CONSTRAINT\s+("(?:[^"]|"")+"|'(?:[^']|'')+'|\[[^\]]+\]|`[^`]+`|\S+)\s+)?CHECK\s*\("#
);
pattern!(SIGNATURE, r#"(?i)(?:"(.+?)")|([a-z0-9_]+)"#);
pattern!(WHERE, r"(?i)\)\s+where\s+(.+)");
pattern!(TYPE, r"^([\w ]+)(\(.*?\))?");

/// The groups of every match of a pattern.
fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> Vec<(usize, Vec<Option<String>>)> {
    let Some(pattern) = pattern.as_ref() else { return Vec::new() };
    let mut all = Vec::new();
    for found in pattern.captures_iter(text).map_while(Result::ok) {
        let end = found.get(0).map_or(0, |whole| whole.end());
        all.push((end, (0..found.len()).map(|at| found.get(at).map(|group| group.as_str().to_owned())).collect()));
    }
    all
}

fn group(groups: &[Option<String>], at: usize) -> Option<String> {
    groups.get(at).cloned().flatten()
}

/// The first of two groups that matched.
fn either(groups: &[Option<String>], at: usize) -> Option<String> {
    group(groups, at).or_else(|| group(groups, at + 1))
}

/// The names of a list of columns.
fn signature(text: &str) -> Vec<String> {
    matches(&SIGNATURE, text).iter().filter_map(|(_, groups)| either(groups, 1)).collect()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table or a view as SQLAlchemy reads it back; `None` where there is none of this name. What has no name is called by the
/// naming convention that holds now.
pub(in super::super::super::super) fn reflect(
    vm: &Interpreter<'_>,
    session: &SqliteSession,
    name: &TableName,
) -> Known<Option<Table>> {
    let literal = name.name.replace('\'', "''");
    let master = "SELECT sql FROM (SELECT * FROM sqlite_master UNION ALL SELECT * FROM sqlite_temp_master)";
    let found = session.ask(&format!("{master} WHERE name = '{literal}' AND type IN ('table', 'view')"));
    let Some(sql) = found.first().and_then(|row| text(row.first())) else { return Ok(None) };
    let mut made = Table { name: name.name.clone(), options: options(&sql), ..Table::default() };
    let mut key = Vec::new();
    for row in session.ask(&format!("PRAGMA table_xinfo({})", quote(&name.name))) {
        let hidden = number(row.get(6));
        if hidden == 1 {
            continue;
        }
        let column = column(&row, hidden, &sql);
        let position = number(row.get(5));
        if position > 0 {
            key.push((position, column.name.clone()));
        }
        made.columns.push(column);
    }
    key.sort();
    let key: Vec<String> = key.into_iter().map(|(_, name)| name).collect();
    let named = |kind, columns: &[String], referred: Option<(&str, &[String])>, given: Option<String>| {
        naming::name(vm, Subject { kind, table: name, columns, referred }, given.map(Ok))
    };
    if !key.is_empty() {
        let given = matches(&KEY, &sql).first().and_then(|(_, groups)| either(groups, 1));
        let given = named("pk", &key, None, given)?;
        made.constraints.push(Constraint::new(given, Rule::Primary(key)));
    }
    for (given, columns, table, references, suffix) in foreign_keys(session, name, &sql) {
        let given = named("fk", &columns, Some((&table, &references)), given)?;
        for column in made.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
            column.refers = true;
        }
        made.constraints.push(Constraint::new(given, Rule::Foreign { columns, table, references, suffix }));
    }
    let (indexes, mut automatic) = indexes(session, name);
    made.indexes = indexes;
    for (given, columns) in uniques(&sql) {
        if let Some(at) = automatic.iter().position(|known| *known == columns) {
            automatic.remove(at);
            let given = named("uq", &columns, None, given)?;
            made.constraints.push(Constraint::new(given, Rule::Unique(columns)));
        }
    }
    for (given, condition) in checks(&sql) {
        // One without a name may be a type's, and is left behind.
        if given.is_none() && naming::form(vm, "ck").is_none() {
            continue;
        }
        let given = named("ck", &[], None, given)?;
        made.constraints.push(Constraint::new(given, Rule::Check(condition)));
    }
    Ok(Some(made))
}

/// A table that is missing among those which a table's foreign keys lead to: each of them is read back, too.
pub(in super::super::super::super) fn missing_target(session: &SqliteSession, table: &str) -> Option<String> {
    let mut left = vec![table.to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(table) = left.pop() {
        if !seen.insert(table.to_ascii_lowercase()) {
            continue;
        }
        let literal = table.replace('\'', "''");
        let found =
            format!("SELECT 1 FROM sqlite_master WHERE lower(name) = lower('{literal}') AND type IN ('table', 'view')");
        if session.ask(&found).is_empty() {
            return Some(table);
        }
        let keys = session.ask(&format!("PRAGMA foreign_key_list({})", quote(&table)));
        left.extend(keys.iter().filter_map(|row| text(row.get(2))));
    }
    None
}

/// The name of a table's primary key.
pub(in super::super::super::super) fn primary_key_name(session: &SqliteSession, table: &str) -> Option<String> {
    let table = table.replace('\'', "''");
    let found = session.ask(&format!("SELECT sql FROM sqlite_master WHERE name = '{table}' AND type = 'table'"));
    let sql = found.first().and_then(|row| text(row.first()))?;
    matches(&KEY, &sql).first().and_then(|(_, groups)| either(groups, 1))
}

fn options(sql: &str) -> Options {
    let after = sql.rsplit_once(')').map_or("", |(_, after)| after).to_ascii_uppercase();
    let words: Vec<&str> = after.split([',', ' ', '\n', '\t']).filter(|word| !word.is_empty()).collect();
    Options { autoincrement: false, without_rowid: words.contains(&"ROWID"), strict: words.contains(&"STRICT") }
}

fn column(row: &[Value], hidden: i64, sql: &str) -> Column {
    let name = text(row.get(1)).unwrap_or_default();
    let mut data_type = text(row.get(2)).unwrap_or_default().to_ascii_uppercase();
    let computed = (hidden >= 2).then(|| {
        if let Some(at) = data_type.find("GENERATED ALWAYS") {
            data_type = data_type[..at].trim().to_owned();
        }
        let pattern = format!(
            r"(?i){}[^,]*\s+GENERATED\s+ALWAYS\s+AS\s+\((.*)\)\s*(?:virtual|stored)?",
            fancy_regex::escape(&name)
        );
        let found = Regex::new(&pattern).ok().and_then(|pattern| {
            let found = pattern.captures(sql).ok()??;
            found.get(1).map(|expression| expression.as_str().to_owned())
        });
        Computed { expression: found.map(|text| closed(&text)).unwrap_or_default(), persisted: Some(hidden == 3) }
    });
    Column {
        data_type: DataType { sql: resolved(&data_type), check: None },
        nullable: number(row.get(3)) == 0,
        default: text(row.get(4)).map(|default| DefaultText::reflected(&default)),
        primary_key: number(row.get(5)) > 0,
        computed,
        checks: Vec::new(),
        refers: false,
        autoincrement: Autoincrement::Auto,
        filled: false,
        unique: false,
        index: false,
        conflicts: [None, None, None],
        name,
    }
}

/// An expression up to the bracket that closes it, where a pattern took too much.
fn closed(text: &str) -> String {
    let mut depth = 0_i32;
    for (at, part) in text.char_indices() {
        depth += i32::from(part == '(') - i32::from(part == ')');
        if depth < 0 {
            return text[..at].to_owned();
        }
    }
    text.to_owned()
}

/// A type as it comes back: by its name, else by its affinity.
fn resolved(data_type: &str) -> Result<String, String> {
    if data_type.trim_matches('"').eq_ignore_ascii_case(UNKNOWN_TYPE) {
        return Ok(identifier(UNKNOWN_TYPE));
    }
    let found = matches(&TYPE, data_type);
    let groups = found.first().map(|(_, groups)| groups.as_slice()).unwrap_or_default();
    let (base, given) = (group(groups, 1).unwrap_or_default(), group(groups, 2).unwrap_or_default());
    let numbers: Vec<&str> = given.split(|part: char| !part.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let sized = |name: &str, most: usize| match numbers.len() {
        0 => name.to_owned(),
        count if count <= most => format!("{name}({})", numbers.join(", ")),
        _ => name.to_owned(),
    };
    Ok(match base.as_str() {
        "BOOL" | "BOOLEAN" => "BOOLEAN".to_owned(),
        "INT" | "INTEGER" => "INTEGER".to_owned(),
        "DATE" | "DATE_CHAR" => "DATE".to_owned(),
        "DATETIME" | "DATETIME_CHAR" => "DATETIME".to_owned(),
        "TIME" | "TIME_CHAR" => "TIME".to_owned(),
        "BIGINT" | "SMALLINT" | "BLOB" | "DOUBLE" | "FLOAT" | "JSON" | "REAL" | "TIMESTAMP" => base,
        "DECIMAL" | "NUMERIC" => sized(&base, 2),
        "CHAR" | "TEXT" | "VARCHAR" | "NVARCHAR" | "NCHAR" => sized(&base, 1),
        _ if base.contains("INT") => "INTEGER".to_owned(),
        _ if ["CHAR", "CLOB", "TEXT"].iter().any(|part| base.contains(part)) => sized("TEXT", 1),
        _ if base.contains("BLOB") || base.is_empty() => {
            return Err(NO_TYPE.to_owned());
        }
        _ if ["REAL", "FLOA", "DOUB"].iter().any(|part| base.contains(part)) => "REAL".to_owned(),
        _ => sized("NUMERIC", 2),
    })
}

type ForeignKey = (Option<String>, Vec<String>, String, Vec<String>, String);

/// The foreign keys: those whose text is found with their names and actions, the others without.
fn foreign_keys(session: &SqliteSession, name: &TableName, sql: &str) -> Vec<ForeignKey> {
    let mut known: Vec<(i64, Vec<String>, String, Vec<String>)> = Vec::new();
    for row in session.ask(&format!("PRAGMA foreign_key_list({})", quote(&name.name))) {
        let (id, table) = (number(row.first()), text(row.get(2)).unwrap_or_default());
        let (own, other) = (text(row.get(3)).unwrap_or_default(), text(row.get(4)));
        if !known.iter().any(|(number, ..)| *number == id) {
            let implied = if other.is_none() { primary_key(session, &table) } else { Vec::new() };
            known.push((id, Vec::new(), table, implied));
        }
        if let Some((_, columns, _, references)) = known.iter_mut().find(|(number, ..)| *number == id) {
            columns.push(own);
            references.extend(other);
        }
    }
    // Of equal ones it tells the last.
    let mut told: Vec<(i64, Vec<String>, String, Vec<String>)> = Vec::new();
    for key in known {
        told.retain(|other| (&other.1, &other.2, &other.3) != (&key.1, &key.2, &key.3));
        told.push(key);
    }
    let mut known = told;
    let mut found = Vec::new();
    for (_, groups) in matches(&FOREIGN, sql) {
        let columns = signature(&group(&groups, 3).unwrap_or_default());
        let table = either(&groups, 4).unwrap_or_default();
        let references = group(&groups, 6).map_or_else(|| columns.clone(), |list| signature(&list));
        let is_it =
            |one: &(i64, Vec<String>, String, Vec<String>)| one.1 == columns && one.2 == table && one.3 == references;
        let Some(at) = known.iter().position(is_it) else { continue };
        known.remove(at);
        found.push((either(&groups, 1), columns, table, references, actions(&groups)));
    }
    found.extend(
        known.into_iter().map(|(_, columns, table, references)| (None, columns, table, references, String::new())),
    );
    found
}

fn actions(groups: &[Option<String>]) -> String {
    let text = group(groups, 7).unwrap_or_default().to_ascii_uppercase();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let action = |what: &str| {
        let (_, rest) = words.split_once(&format!("ON {what} "))?;
        let action = rest.split(" ON ").next().unwrap_or_default().trim();
        (!action.is_empty() && action != "NO ACTION").then(|| format!(" ON {what} {action}"))
    };
    let mut text = [action("DELETE"), action("UPDATE")].into_iter().flatten().collect::<String>();
    if let Some(deferrable) = group(groups, 8) {
        text += if deferrable.to_ascii_uppercase().contains("NOT") { " NOT DEFERRABLE" } else { " DEFERRABLE" };
    }
    if let Some(initially) = group(groups, 9) {
        text += &format!(" INITIALLY {}", initially.to_ascii_uppercase());
    }
    text
}

fn primary_key(session: &SqliteSession, table: &str) -> Vec<String> {
    let rows = session.ask(&format!("PRAGMA table_xinfo({})", quote(table)));
    let mut key: Vec<(i64, String)> = rows
        .iter()
        .map(|row| (number(row.get(5)), text(row.get(1)).unwrap_or_default()))
        .filter(|(at, _)| *at > 0)
        .collect();
    key.sort();
    key.into_iter().map(|(_, name)| name).collect()
}

/// The indexes that have names of their own and are on columns alone, and the columns of those that SQLite makes.
fn indexes(session: &SqliteSession, name: &TableName) -> (Vec<Index>, Vec<Vec<String>>) {
    let (mut found, mut automatic) = (Vec::new(), Vec::new());
    for row in session.ask(&format!("PRAGMA index_list({})", quote(&name.name))) {
        let own = text(row.get(1)).unwrap_or_default();
        let parts = session.ask(&format!("PRAGMA index_info({})", quote(&own)));
        let columns: Option<Vec<String>> = parts.iter().map(|part| text(part.get(2))).collect();
        let Some(columns) = columns else { continue };
        if own.starts_with("sqlite_autoindex") {
            automatic.push(columns);
            continue;
        }
        let predicate = if number(row.get(4)) > 0 {
            let sql =
                format!("SELECT sql FROM sqlite_master WHERE name = '{}' AND type = 'index'", own.replace('\'', "''"));
            let sql = session.ask(&sql).first().and_then(|row| text(row.first())).unwrap_or_default();
            matches(&WHERE, &sql).first().and_then(|(_, groups)| group(groups, 1))
        } else {
            None
        };
        let parts = columns.into_iter().map(Ok).collect();
        found.push(Index { name: own, unique: number(row.get(2)) > 0, parts, predicate, ..Index::default() });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    (found, automatic)
}

fn uniques(sql: &str) -> Vec<(Option<String>, Vec<String>)> {
    let of_table = matches(&UNIQUE, sql);
    let of_table =
        of_table.iter().map(|(_, groups)| (either(groups, 1), signature(&group(groups, 3).unwrap_or_default())));
    let inline = matches(&INLINE_UNIQUE, sql);
    let inline = inline.iter().map(|(_, groups)| (None, signature(&either(groups, 1).unwrap_or_default())));
    of_table.chain(inline).collect()
}

fn checks(sql: &str) -> Vec<(Option<String>, String)> {
    let found = matches(&CHECK, sql);
    let mut checks: Vec<(Option<String>, String)> = found
        .iter()
        .filter_map(|(end, groups)| {
            let condition = enclosed(&sql[*end..])?;
            let name = group(groups, 1).map(|name| unquoted(&name));
            Some((name, condition.trim().to_owned()))
        })
        .collect();
    checks.sort_by(|one, other| one.0.as_deref().unwrap_or("~").cmp(other.0.as_deref().unwrap_or("~")));
    checks
}

/// What stands before the bracket that closes here; quoted text is passed over.
fn enclosed(text: &str) -> Option<&str> {
    let (mut depth, mut quoted) = (1_i32, None);
    for (at, part) in text.char_indices() {
        match (quoted, part) {
            (Some(end), part) if part == end => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quoted = Some(part),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(&text[..at]);
                }
            }
            _ => {}
        }
    }
    None
}

fn unquoted(name: &str) -> String {
    let inner = |open: char, close: char| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let found = inner('"', '"').or_else(|| inner('\'', '\'')).or_else(|| inner('`', '`')).or_else(|| inner('[', ']'));
    found.unwrap_or(name).to_owned()
}
