//! What the statements of SQLAlchemy are written of: names, literals, conditions and lists of columns.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::Value;
use super::records::own_name;

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

/// Options of a table.
#[derive(Debug, Default)]
pub(in super::super) struct TableName {
    pub name: String,
    pub schema: Option<String>,
    pub if_not_exists: bool,
    /// Where the tables are that it refers to without a schema: in that of its `MetaData`.
    pub around: Option<String>,
}

impl TableName {
    /// As a statement writes it.
    pub fn quoted(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", identifier(schema), identifier(&self.name)),
            None => identifier(&self.name),
        }
    }

    /// With its schema in front, as strings of SQLAlchemy write it.
    pub fn plain(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The name of a table that it refers to.
    pub fn referred(&self, table: &str) -> String {
        match &self.around {
            Some(schema) if !table.contains('.') => format!("{schema}.{table}"),
            _ => table.to_owned(),
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

pub(in super::super) use crate::schema::literals::quoted as literal;

pub(super) fn list(names: &[String]) -> String {
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
pub(super) fn sql_of(value: &Value<'_>) -> Option<Known<String>> {
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

pub(super) fn names_of<'a>(vm: &mut Interpreter<'a>, items: &[Value<'a>]) -> Eval<'a, Known<Vec<String>>> {
    let mut names = Vec::new();
    for item in items {
        match item {
            Value::Instance(record) if record.class.is_named("Column") => match own_name(record) {
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
