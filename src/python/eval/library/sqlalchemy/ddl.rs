//! Tables, columns, constraints and indexes of SQLAlchemy as the statements that make them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Instance, Value};
use super::naming::{self, Subject};
use super::types::{self, NativeEnum};
use crate::track::Dialect;

/// Takes what is known, or answers with why it is not.
macro_rules! known {
    ($value:expr) => {
        match $value {
            Ok(value) => value,
            Err(why) => return Ok(Err(why)),
        }
    };
}
pub(in super::super) use known;

/// What makes a table, in order.
#[derive(Debug, Default)]
pub(in super::super) struct Making {
    pub enums: Vec<NativeEnum>,
    pub table: String,
    /// Indexes of its columns.
    pub indexes: Vec<String>,
}

/// The longest name that PostgreSQL has.
pub(in super::super) const LONGEST_NAME: usize = 63;

/// Options of a table.
#[derive(Debug, Default)]
pub(in super::super) struct TableName {
    pub name: String,
    pub schema: Option<String>,
    pub if_not_exists: bool,
}

impl TableName {
    /// As a statement writes it.
    pub fn quoted(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", identifier(schema), identifier(&self.name)),
            None => identifier(&self.name),
        }
    }

    pub fn label(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}_{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A name as a statement writes it: quoted where it has to be.
pub(in super::super) fn identifier(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "cross",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "index",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "join",
        "key",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
        "type",
        "interval",
        "timestamp",
        "date",
        "time",
        "trigger",
        "set",
        "position",
        "map",
    ];
    let plain = name.chars().enumerate().all(|(index, part)| {
        part.is_ascii_lowercase() || part == '_' || (index > 0 && (part.is_ascii_digit() || part == '$'))
    });
    if plain && !name.is_empty() && !RESERVED.contains(&name) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(in super::super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}

/// A text, or why it is not known; `None` for what is no text.
pub(in super::super) fn text_of(value: &Value<'_>) -> Option<Known<String>> {
    match value {
        Value::Str(text) => Some(Ok(text.to_string())),
        Value::Unknown(why) => Some(Err(forget_text(why))),
        Value::Instance(_) => value.plain().as_str().map(|text| Ok(text.to_owned())),
        _ => None,
    }
}

/// The SQL that a value is, where it is an expression of the database.
fn sql_of(value: &Value<'_>) -> Option<Known<String>> {
    match value {
        Value::Object(object) => match object.sql()? {
            Value::Str(text) => Some(Ok(text.to_string())),
            Value::Unknown(why) => Some(Err(forget_text(&why))),
            _ => None,
        },
        _ => None,
    }
}

/// A condition: a text, or an expression.
pub(in super::super) fn condition<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Known<String>> {
    match text_of(value).or_else(|| sql_of(value)) {
        Some(found) => Ok(found),
        None => Ok(Err(vm.why("has a condition that is computed"))),
    }
}

/// The columns that a constraint or an index names.
pub(in super::super) fn column_names<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Known<Vec<String>>> {
    let items = match value {
        Value::Str(_) => vec![value.clone()],
        _ => known!(vm.iterate(value)?),
    };
    names_of(vm, &items)
}

fn names_of<'a>(vm: &mut Interpreter<'a>, items: &[Value<'a>]) -> Eval<'a, Known<Vec<String>>> {
    let mut names = Vec::new();
    for item in items {
        match item {
            Value::Instance(record) if record.class.is_named("Column") => match super::records::own_name(record) {
                Some(name) => names.push(name),
                None => return Ok(Err(vm.why("has a column without a name"))),
            },
            _ => match text_of(item).or_else(|| sql_of(item)) {
                Some(found) => names.push(known!(found)),
                None => return Ok(Err(vm.why("has a list of columns that is computed"))),
            },
        }
    }
    Ok(Ok(names))
}

/// A default that the database applies; `None` where the value is none.
pub(in super::super) fn server_default<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    dialect: Dialect,
) -> Eval<'a, Known<Option<String>>> {
    Ok(Ok(match value {
        Value::None => None,
        Value::Instance(record) if record.class.is_named("FetchedValue") => None,
        Value::Instance(record) if record.class.is_named("DefaultClause") => {
            let inner = record.positional().first().cloned().unwrap_or(Value::None);
            return server_default(vm, &inner, dialect);
        }
        Value::Bool(value) => Some(truth(*value, dialect).to_owned()),
        Value::Int(_) | Value::Float(_) => Some(vm.str(value)?.as_str().unwrap_or_default().to_owned()),
        _ => match text_of(value) {
            Some(text) => Some(literal(&known!(text))),
            None => match sql_of(value) {
                Some(sql) => {
                    let sql = known!(sql);
                    // `true()` and `false()` are written by dialect.
                    Some(match (sql.as_str(), dialect) {
                        ("true", Dialect::Sqlite) => "1".to_owned(),
                        ("false", Dialect::Sqlite) => "0".to_owned(),
                        ("now()", Dialect::Sqlite) => "CURRENT_TIMESTAMP".to_owned(),
                        _ => sql,
                    })
                }
                None => return Ok(Err(vm.why("has a default that is computed"))),
            },
        },
    }))
}

fn truth(value: bool, dialect: Dialect) -> &'static str {
    match (value, dialect) {
        (true, Dialect::Sqlite) => "1",
        (false, Dialect::Sqlite) => "0",
        (true, _) => "true",
        (false, _) => "false",
    }
}

/// A column as a table's definition has it.
#[derive(Debug, Default)]
pub(in super::super) struct ColumnText {
    pub name: String,
    /// The type and what follows it.
    pub spec: String,
    pub primary_key: bool,
    /// Constraints of the column, as the table's definition writes them.
    pub constraints: Vec<String>,
    pub indexes: Vec<String>,
    pub enums: Vec<NativeEnum>,
}

/// What stands around a column.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Around<'t> {
    /// The columns of the primary key that the table's own constraint names.
    pub key: &'t [String],
    /// How many columns the primary key has.
    pub key_length: usize,
    /// The columns that the table's own foreign keys are on.
    pub foreign: &'t [String],
}

/// Whether a column says that it is part of the primary key.
fn is_key(record: &Instance<'_>) -> bool {
    record.flag("primary_key") == Some(true)
}

/// Writes a column.
pub(in super::super) fn column<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    around: Around<'_>,
    dialect: Dialect,
) -> Eval<'a, Known<ColumnText>> {
    let Some(name) = super::records::own_name(record) else { return Ok(Err(vm.why("has a column without a name"))) };
    let mut made = ColumnText { name: name.clone(), ..ColumnText::default() };
    let args = record.positional();
    let first_is_name = args.first().is_some_and(|first| text_of(first).is_some());
    let rest: Vec<Value<'a>> = args.into_iter().skip(usize::from(first_is_name)).collect();
    let part = |wanted: &str| {
        rest.iter().find_map(|value| match value {
            Value::Instance(record) if record.class.is_named(wanted) => Some(record.clone()),
            _ => None,
        })
    };
    let is_part = |value: &Value<'a>| match value {
        Value::Instance(record) => {
            ["ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue", "DefaultClause"]
                .iter()
                .any(|known| record.class.is_named(known))
        }
        Value::Object(_) => true,
        _ => false,
    };
    let data_type = record.keyword("type_").or_else(|| rest.iter().find(|value| !is_part(value)).cloned());
    let Some(data_type) = data_type else { return Ok(Err(vm.why("has a column without a type"))) };
    if dialect == Dialect::Postgres
        && let Some(native) = types::native_enum(vm, &data_type)?
    {
        made.enums.push(known!(native));
    }
    let written = known!(types::sql(vm, &data_type, dialect)?);
    made.primary_key = is_key(record) || around.key.contains(&name);
    let default = match record.keyword("server_default") {
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(&why))),
        Some(Value::Instance(given)) if given.class.is_named("Identity") || given.class.is_named("Computed") => None,
        Some(value) => known!(server_default(vm, &value, dialect)?),
        None => None,
    };
    let given = |wanted: &str| {
        part(wanted).or_else(|| match record.keyword("server_default") {
            Some(Value::Instance(given)) if given.class.is_named(wanted) => Some(given),
            _ => None,
        })
    };
    let (identity, computed) = (given("Identity"), given("Computed"));
    let has_key = part("ForeignKey").is_some() || around.foreign.contains(&name);
    let auto = match record.keyword("autoincrement") {
        Some(Value::Bool(value)) => Some(value),
        _ => None,
    };
    let counts = made.primary_key
        && dialect == Dialect::Postgres
        && identity.is_none()
        && default.is_none()
        && part("Sequence").is_none()
        && auto != Some(false)
        && (auto == Some(true) || (around.key_length == 1 && !has_key));
    let counted = match written.as_str() {
        "INTEGER" => Some("SERIAL"),
        "BIGINT" => Some("BIGSERIAL"),
        "SMALLINT" => Some("SMALLSERIAL"),
        _ => None,
    };
    made.spec = match counted.filter(|_| counts) {
        Some(serial) => serial.to_owned(),
        None => written,
    };
    if let Some(default) = default {
        made.spec += &format!(" DEFAULT {default}");
    }
    if let Some(computed) = computed {
        let expression = match computed.positional().first() {
            Some(value) => known!(condition(vm, value)?),
            None => String::new(),
        };
        let stored = dialect == Dialect::Postgres || computed.flag("persisted") == Some(true);
        made.spec += &format!(" GENERATED ALWAYS AS ({expression}){}", if stored { " STORED" } else { "" });
    }
    if let Some(identity) = &identity
        && dialect == Dialect::Postgres
    {
        let always =
            identity.flag("always") == Some(true) || matches!(identity.positional().get(2), Some(Value::Bool(true)));
        made.spec += if always { " GENERATED ALWAYS AS IDENTITY" } else { " GENERATED BY DEFAULT AS IDENTITY" };
    }
    let nullable = record.flag("nullable").unwrap_or(!made.primary_key && identity.is_none());
    if !nullable && identity.is_none() {
        made.spec += " NOT NULL";
    }
    for value in &rest {
        let Value::Instance(part) = value else { continue };
        if part.class.is_named("ForeignKey") {
            made.constraints.push(known!(foreign_key(vm, part, table, std::slice::from_ref(&name))?));
        } else if part.class.is_named("CheckConstraint") {
            let check = constraint(vm, part, table, std::slice::from_ref(&name))?;
            made.constraints.push(known!(check).unwrap_or_default());
        }
    }
    if let Some(check) = types::check(vm, &data_type, &name)? {
        if vm.naming.is_some() {
            return Ok(Err(vm.why("has a check of its type, which the naming convention names")));
        }
        made.constraints.push(known!(check));
    }
    let (unique, index) = (record.flag("unique") == Some(true), record.flag("index") == Some(true));
    if index {
        let subject = Subject { kind: "ix", table, columns: std::slice::from_ref(&name), referred: None };
        let index = known!(naming::name(vm, subject, None)).unwrap_or_default();
        let unique = if unique { "UNIQUE " } else { "" };
        made.indexes.push(format!(
            "CREATE {unique}INDEX {} ON {} ({})",
            identifier(&index),
            table.quoted(),
            identifier(&name)
        ));
    } else if unique {
        let subject = Subject { kind: "uq", table, columns: std::slice::from_ref(&name), referred: None };
        let label = known!(naming::label(vm, subject, None));
        made.constraints.push(format!("{label}UNIQUE ({})", identifier(&name)));
    }
    Ok(Ok(made))
}

/// `ForeignKey("other.id", …)` on a column.
fn foreign_key<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    own: &TableName,
    columns: &[String],
) -> Eval<'a, Known<String>> {
    let target = match record.positional().first() {
        Some(Value::Instance(column)) if column.class.is_named("Column") => {
            match (column.get("table_name"), super::records::own_name(column)) {
                (Some(Value::Str(table)), Some(name)) => format!("{table}.{name}"),
                _ => return Ok(Err(vm.why("refers to a column whose table is not known"))),
            }
        }
        Some(value) => match text_of(value) {
            Some(text) => known!(text),
            None => return Ok(Err(vm.why("refers to something that is computed"))),
        },
        None => return Ok(Err(vm.why("refers to nothing"))),
    };
    let Some((table, column)) = target.rsplit_once('.') else {
        return Ok(Err(vm.why("refers to a table without a column")));
    };
    Ok(references(vm, record, own, columns, (table, &[column.to_owned()])))
}

fn references(
    vm: &Interpreter<'_>,
    record: &Instance<'_>,
    own: &TableName,
    columns: &[String],
    (table, others): (&str, &[String]),
) -> Known<String> {
    let name = |key: &str| record.keyword(key).and_then(|value| value.as_str().map(str::to_owned));
    let subject = Subject { kind: "fk", table: own, columns, referred: Some((table, others)) };
    let named = naming::label(vm, subject, record.keyword("name").as_ref().and_then(text_of))?;
    let table: Vec<String> = table.split('.').map(identifier).collect();
    let mut text = format!("{named}FOREIGN KEY({}) REFERENCES {} ({})", list(columns), table.join("."), list(others));
    for (key, words) in [("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE")] {
        if let Some(action) = name(key) {
            text += &format!(" {words} {action}");
        }
    }
    Ok(text + &deferral(|key| record.keyword(key)))
}

/// `DEFERRABLE INITIALLY DEFERRED`, by the options of these names.
pub(in super::super) fn deferral<'a>(option: impl Fn(&str) -> Option<Value<'a>>) -> String {
    let mut text = String::new();
    match option("deferrable") {
        Some(Value::Bool(true)) => text += " DEFERRABLE",
        Some(Value::Bool(false)) => text += " NOT DEFERRABLE",
        _ => {}
    }
    if let Some(initially) = option("initially").as_ref().and_then(Value::as_str) {
        text += &format!(" INITIALLY {initially}");
    }
    text
}

/// Names without those that are there already: a key of SQLAlchemy takes no column twice.
fn once(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// A constraint as a table's definition writes it; `None` for what is none.
pub(in super::super) fn constraint<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    columns: &[String],
) -> Eval<'a, Known<Option<String>>> {
    let args = record.positional();
    let given = record.keyword("name").as_ref().and_then(text_of);
    let subject = |kind, columns| Subject { kind, table, columns, referred: None };
    Ok(Ok(Some(match &*record.class.name {
        "PrimaryKeyConstraint" => {
            let names = once(known!(names_of(vm, &args)?));
            if names.is_empty() {
                return Ok(Ok(None));
            }
            let label = known!(naming::label(vm, subject("pk", &names), given));
            format!("{label}PRIMARY KEY ({})", list(&names))
        }
        "UniqueConstraint" => {
            let names = once(known!(names_of(vm, &args)?));
            let label = known!(naming::label(vm, subject("uq", &names), given));
            format!("{label}UNIQUE ({}){}", list(&names), deferral(|key| record.keyword(key)))
        }
        "ForeignKeyConstraint" => {
            let own = record.keyword("columns").or_else(|| args.first().cloned()).unwrap_or(Value::None);
            let other = record.keyword("refcolumns").or_else(|| args.get(1).cloned()).unwrap_or(Value::None);
            let (own, other) = (known!(column_names(vm, &own)?), known!(column_names(vm, &other)?));
            let target = other.first().and_then(|first| first.rsplit_once('.')).map(|(target, _)| target.to_owned());
            let Some(target) = target else { return Ok(Err(vm.why("refers to a table without a column"))) };
            let others: Vec<String> =
                other.iter().map(|name| name.rsplit('.').next().unwrap_or_default().to_owned()).collect();
            known!(references(vm, record, table, &own, (&target, &others)))
        }
        "CheckConstraint" => {
            let name = given;
            let given = args.first().cloned().or_else(|| record.keyword("sqltext")).unwrap_or(Value::None);
            let label = known!(naming::label(vm, subject("ck", columns), name));
            format!("{label}CHECK ({})", known!(condition(vm, &given)?))
        }
        "ExcludeConstraint" => {
            let using = record.keyword("using").and_then(|value| value.as_str().map(str::to_owned));
            let mut parts = Vec::new();
            for pair in &args {
                let items = known!(vm.iterate(pair)?);
                let [column, operator] = items.as_slice() else { continue };
                let column = known!(names_of(vm, std::slice::from_ref(column))?);
                let operator = operator.as_str().unwrap_or_default();
                parts.push(format!("{} WITH {operator}", column.join(", ")));
            }
            let label = known!(naming::label(vm, subject("ex", &[]), given));
            format!("{label}EXCLUDE USING {} ({})", using.as_deref().unwrap_or("gist"), parts.join(", "))
        }
        _ => return Ok(Ok(None)),
    })))
}

/// The parts of a table, whose constraints name columns by `key` where those have one, with the columns' own names.
fn with_names<'a>(records: &[Rc<Instance<'a>>]) -> Vec<Rc<Instance<'a>>> {
    let keys: Vec<(String, String)> = records
        .iter()
        .filter(|record| record.class.is_named("Column"))
        .filter_map(|record| Some((record.keyword("key")?.as_str()?.to_owned(), super::records::own_name(record)?)))
        .collect();
    if keys.is_empty() {
        return records.to_vec();
    }
    let renamed = |record: &Rc<Instance<'a>>| {
        if record.class.is_named("Column") {
            return record.clone();
        }
        let args = record.positional().into_iter().map(|value| {
            let known = value.as_str().and_then(|text| keys.iter().find(|(key, _)| key == text));
            known.map_or(value.clone(), |(_, name)| Value::text(name.as_str()))
        });
        let made = Instance { class: record.class.clone(), names: record.names.borrow().clone().into() };
        made.names.borrow_mut().insert("args".into(), Value::tuple(args.collect()));
        Rc::new(made)
    };
    records.iter().map(renamed).collect()
}

/// Everything that makes a table of these parts.
pub(in super::super) fn create_table<'a>(
    vm: &mut Interpreter<'a>,
    table: &TableName,
    parts: &[Value<'a>],
    dialect: Dialect,
) -> Eval<'a, Known<Making>> {
    let records: Vec<Rc<Instance<'a>>> = {
        let mut records = Vec::new();
        for part in parts {
            match part {
                Value::Instance(record) => records.push(record.clone()),
                Value::Unknown(why) => return Ok(Err(forget_text(why))),
                _ => {}
            }
        }
        records
    };
    let records = with_names(&records);
    let mut key = Vec::new();
    for record in records.iter().filter(|record| record.class.is_named("PrimaryKeyConstraint")) {
        key.extend(known!(names_of(vm, &record.positional())?));
    }
    let own_key: Vec<String> = records
        .iter()
        .filter(|record| record.class.is_named("Column") && is_key(record))
        .filter_map(|record| super::records::own_name(record))
        .collect();
    let mut foreign = Vec::new();
    for record in records.iter().filter(|record| record.class.is_named("ForeignKeyConstraint")) {
        let own = record.keyword("columns").or_else(|| record.positional().first().cloned()).unwrap_or(Value::None);
        foreign.extend(known!(column_names(vm, &own)?));
    }
    let around = Around { key: &key, key_length: key.len().max(own_key.len()), foreign: &foreign };
    let mut making = Making::default();
    let mut lines = Vec::new();
    let mut constraints = Vec::new();
    for record in &records {
        if record.class.is_named("Column") {
            let column = known!(column(vm, record, table, around, dialect)?);
            lines.push(format!("{} {}", identifier(&column.name), column.spec));
            constraints.extend(column.constraints);
            making.indexes.extend(column.indexes);
            making.enums.extend(column.enums);
        } else if record.class.is_named("Index") {
            making.indexes.push(known!(index(vm, record, table, dialect)?));
        } else {
            constraints.extend(known!(constraint(vm, record, table, &[])?));
        }
    }
    if key.is_empty() && !own_key.is_empty() {
        let subject = Subject { kind: "pk", table, columns: &own_key, referred: None };
        constraints.insert(0, format!("{}PRIMARY KEY ({})", known!(naming::label(vm, subject, None)), list(&own_key)));
    }
    lines.extend(constraints);
    let guard = if table.if_not_exists { "IF NOT EXISTS " } else { "" };
    making.table = format!("CREATE TABLE {guard}{} (\n    {}\n)", table.quoted(), lines.join(",\n    "));
    Ok(Ok(making))
}

/// `Index("name", "column", …)` of a table.
pub(in super::super) fn index<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let args = record.positional();
    let name = match record.keyword("name").as_ref().or(args.first()).and_then(text_of) {
        Some(name) => Some(known!(name)),
        None => None,
    };
    create_index(vm, name.as_deref(), table, args.get(1..).unwrap_or_default(), &|key| record.keyword(key), dialect)
}

/// Writes a `CREATE INDEX` with these options.
pub(in super::super) fn create_index<'a>(
    vm: &mut Interpreter<'a>,
    name: Option<&str>,
    table: &TableName,
    columns: &[Value<'a>],
    option: &dyn Fn(&str) -> Option<Value<'a>>,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let own = |key: &str| option(&format!("{}_{key}", types::dialect_name(dialect)));
    let is_set = |value: Option<Value<'a>>| matches!(value, Some(Value::Bool(true)));
    let mut parts = Vec::new();
    let mut labels = Vec::new();
    for column in columns {
        let plain = match column {
            Value::Instance(record) if record.class.is_named("Column") => super::records::own_name(record).map(Ok),
            _ => text_of(column),
        };
        match plain {
            Some(name) => {
                let name = known!(name);
                parts.push(identifier(&name));
                labels.push(name);
            }
            None => {
                let sql = known!(condition(vm, column)?);
                // An expression stands in brackets, whoever wrote it.
                let word = |text: &str| text.chars().all(|part| part.is_alphanumeric() || "_\"".contains(part));
                let bare = sql.split_whitespace().next().is_some_and(word) && sql.split_whitespace().skip(1).all(&word);
                let call = sql.ends_with(')') && sql.split('(').next().is_some_and(word);
                parts.push(if bare || call || sql.starts_with('(') { sql } else { bracketed(&sql) });
            }
        }
    }
    let subject = Subject { kind: "ix", table, columns: &labels, referred: None };
    let made_name = known!(naming::name(vm, subject, name.map(|name| Ok(name.to_owned()))));
    let made_name = identifier(&made_name.unwrap_or_default());
    let mut text = "CREATE ".to_owned();
    if is_set(option("unique")) {
        text += "UNIQUE ";
    }
    text += "INDEX ";
    if is_set(own("concurrently")) {
        text += "CONCURRENTLY ";
    }
    if is_set(option("if_not_exists")) {
        text += "IF NOT EXISTS ";
    }
    text += &format!("{made_name} ON {}", table.quoted());
    if let Some(method) = own("using").and_then(|value| value.as_str().map(str::to_owned)) {
        text += &format!(" USING {method}");
    }
    text += &format!(" ({})", parts.join(", "));
    if let Some(include) = own("include") {
        text += &format!(" INCLUDE ({})", list(&known!(column_names(vm, &include)?)));
    }
    match own("where") {
        None | Some(Value::None) => {}
        Some(value) => text += &format!(" WHERE {}", known!(condition(vm, &value)?)),
    }
    Ok(Ok(text))
}

/// An expression in brackets, with its order behind them.
fn bracketed(sql: &str) -> String {
    let upper = sql.to_ascii_uppercase();
    for order in [" DESC", " ASC", " NULLS LAST", " NULLS FIRST"] {
        if upper.ends_with(order) {
            let at = sql.len() - order.len();
            return format!("{}{}", bracketed(&sql[..at]), &sql[at..]);
        }
    }
    if sql.starts_with('(') || (sql.ends_with(')') && !sql.contains(' ')) { sql.to_owned() } else { format!("({sql})") }
}

/// Sends what makes a table to its database.
pub(in super::super) fn make<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, making: &Making) -> Eval<'a, ()> {
    for native in making.enums.iter().filter(|native| native.creates) {
        if bind.needs_enum(&native.plain) {
            bind.define(vm, &native.create())?;
        }
    }
    bind.define(vm, &making.table)?;
    making.indexes.iter().try_for_each(|index| bind.define(vm, index))
}
