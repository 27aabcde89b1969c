//! Types as SQLAlchemy's compiler writes them for SQLite, and those that it can't write.

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::Known;
use super::super::super::super::value::{Role, Value};
use super::super::ddl::{identifier, literal};
use super::super::naming::{self, Subject};
use super::super::types;
use super::{DataType, TableName};
use crate::schema::types::UNKNOWN_TYPE;
use crate::track::Dialect;

/// Types of PostgreSQL's and MySQL's own, for which the compiler has no words.
const FOREIGN: &[&str] = &[
    "ARRAY",
    "BIT",
    "BIT VARYING",
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DATEMULTIRANGE",
    "DATERANGE",
    "DOMAIN",
    "HSTORE",
    "INET",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "INTERVAL",
    "JSONB",
    "JSONPATH",
    "LONGBLOB",
    "LONGTEXT",
    "MACADDR",
    "MACADDR8",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "MONEY",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "SET",
    "TINYBLOB",
    "TINYINT",
    "TINYTEXT",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
    "YEAR",
];

/// The type of a column, with the check that it makes there.
pub(in super::super::super) fn data_type<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    table: &TableName,
) -> Eval<'a, Known<DataType>> {
    let written = types::sql(vm, value, Dialect::Sqlite)?;
    let sql = match written {
        // Of a type that is not known the column is known, and all else of its table.
        Err(_) if is_none(value) => {
            Err("Can't generate DDL for NullType(); did you forget to specify a type on this Column?".to_owned())
        }
        Err(_) => Ok(identifier(UNKNOWN_TYPE)),
        Ok(sql) => match foreign(value, &sql) {
            Some(name) => Err(format!(
                "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object> can't render element of type {name}"
            )),
            None => Ok(sql),
        },
    };
    let check = match check(vm, value)? {
        None => None,
        Some(Err(why)) => return Ok(Err(why)),
        Some(Ok((Some(name), condition))) => {
            let subject = Subject { kind: "ck", table, columns: &[], referred: None };
            match naming::name(vm, subject, Some(Ok(name))) {
                Ok(name) => Some((name, condition)),
                Err(why) => return Ok(Err(why)),
            }
        }
        Some(Ok((None, condition))) => Some((None, condition)),
    };
    Ok(Ok(DataType { sql, check }))
}

fn is_none(value: &Value<'_>) -> bool {
    let class = match value {
        Value::Class(class) => class,
        Value::Instance(record) => &record.class,
        _ => return false,
    };
    class.location.is_none() && class.name == "NullType"
}

/// The name of a type that the compiler can't write. A type of a project's own that says its SQL is written so.
fn foreign(value: &Value<'_>, sql: &str) -> Option<&'static str> {
    let class = match value {
        Value::Class(class) => class.clone(),
        Value::Instance(record) => record.class.clone(),
        _ => return None,
    };
    if class.find("get_col_spec").is_some() {
        return None;
    }
    if sql.ends_with("[]") {
        return Some("ARRAY");
    }
    let base = sql.split('(').next().unwrap_or(sql).trim();
    FOREIGN.iter().find(|known| **known == base).copied()
}

type Check = (Option<String>, String);

/// The check of a truth value or an enum, where it is asked for.
fn check<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Option<Known<Check>>> {
    let Value::Instance(record) = value else { return Ok(None) };
    let is_enum = record.class.is_named("Enum");
    if record.class.role != Role::Record
        || !(is_enum || record.class.is_named("Boolean"))
        || record.flag("create_constraint") != Some(true)
    {
        return Ok(None);
    }
    let given = record.keyword("name").and_then(|name| name.as_str().map(str::to_owned));
    if !is_enum {
        let name = given.or_else(|| record.positional().get(1).and_then(|name| name.as_str().map(str::to_owned)));
        return Ok(Some(Ok((name, "? IN (0, 1)".to_owned()))));
    }
    Ok(Some(types::labels(vm, record)?.map(|(labels, own)| {
        let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
        (given.or(own.map(|own| own.to_lowercase())), format!("? IN ({})", labels.join(", ")))
    })))
}
