//! Types as SQLAlchemy's compiler writes them for MySQL, and those that it can't write.

use std::rc::Rc;

use super::super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::super::value::{Instance, Value};
use super::super::super::types;
use super::super::{NO_TYPE, foreign, is_no_type};
use super::identifier;
use crate::schema::mysql::DIALECT;
use crate::schema::types::UNKNOWN_TYPE;

/// A type as SQL; else what the compiler says.
pub(super) fn sql<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>> {
    Ok(match types::sql(vm, value, DIALECT)? {
        Err(_) if is_no_type(value) => Err(NO_TYPE.to_owned()),
        // Of a type that is not known the column is known, and all else of its table.
        Err(_) => Ok(identifier(UNKNOWN_TYPE)),
        Ok(sql) => match foreign(value, &sql, |_| false) {
            Some(name) => Err(format!(
                "Compiler <sqlalchemy.dialects.mysql.base.MySQLTypeCompiler object> can't render element of type {name}"
            )),
            None => match without_length(&sql) {
                // What a type of the project's own gives its base when it is made is not seen.
                Some(_) if makes_itself(value) => Ok(identifier(UNKNOWN_TYPE)),
                Some(name) => Err(format!("{name} requires a length on dialect mysql")),
                None => Ok(sql),
            },
        },
    })
}

/// Whether a type is one of the project's own, whose objects are made by a function of its own.
fn makes_itself(value: &Value<'_>) -> bool {
    let class = match value {
        Value::Class(class) => class,
        Value::Instance(record) => &record.class,
        _ => return false,
    };
    class.location.is_some() && matches!(class.find("__init__"), Some(Value::Function(_)))
}

/// The name of a type that is refused without a length.
fn without_length(sql: &str) -> Option<&'static str> {
    let is = |name: &str| sql.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if is("NATIONAL VARCHAR") {
        Some("NVARCHAR")
    } else if is("VARCHAR") {
        Some("VARCHAR")
    } else {
        None
    }
}

/// A type by the name of its class; `None` where it is written as everywhere.
pub(super) fn written(vm: &Interpreter<'_>, name: &str, record: &Rc<Instance<'_>>) -> Option<String> {
    let args = record.positional();
    let number = |index: usize, key: &str| {
        record.keyword(key).or_else(|| args.get(index).cloned()).and_then(|value| value.as_int())
    };
    let sized = |name: &str, length: Option<i64>| match length {
        Some(length) => format!("{name}({length})"),
        None => name.to_owned(),
    };
    let whole = |name: &str| {
        let width = record.keyword("display_width").or_else(|| args.first().cloned());
        signed(record, sized(name, width.and_then(|width| width.as_int())))
    };
    let numeric = |name: &str| {
        let digits = match (number(0, "precision"), number(1, "scale")) {
            (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
            (precision, _) => sized(name, precision),
        };
        signed(record, digits)
    };
    // A fraction of one argument is of a length that these do not write.
    let fraction = |name: &str| match (number(0, "precision"), number(1, "scale")) {
        (Some(precision), Some(scale)) => signed(record, format!("{name}({precision}, {scale})")),
        _ => signed(record, name.to_owned()),
    };
    let chars = |name: &str| charset(record, sized(name, number(0, "length")));
    let moment = |name: &str| sized(name, number(1, "fsp").filter(|digits| *digits > 0));
    Some(match name {
        "Integer" | "SmallInteger" | "BigInteger" => {
            return Some(
                match name {
                    "Integer" => "INTEGER",
                    "SmallInteger" => "SMALLINT",
                    _ => "BIGINT",
                }
                .to_owned(),
            );
        }
        "INTEGER" | "INT" => whole("INTEGER"),
        "BIGINT" | "SMALLINT" | "MEDIUMINT" | "TINYINT" => whole(name),
        "Boolean" | "BOOLEAN" | "BOOL" => "BOOL".to_owned(),
        "String" | "VARCHAR" | "Unicode" => chars("VARCHAR"),
        "NVARCHAR" => chars("NATIONAL VARCHAR"),
        "CHAR" => chars("CHAR"),
        "NCHAR" => chars("NATIONAL CHAR"),
        "Text" | "TEXT" | "UnicodeText" => chars("TEXT"),
        "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" => charset(record, name.to_owned()),
        "BINARY" | "VARBINARY" => sized(name, number(0, "length")),
        "LargeBinary" | "BLOB" => sized("BLOB", number(0, "length")),
        "PickleType" => "BLOB".to_owned(),
        "DateTime" => "DATETIME".to_owned(),
        "DATETIME" | "TIMESTAMP" | "TIME" => moment(name),
        "Time" => "TIME".to_owned(),
        "Date" | "DATE" => "DATE".to_owned(),
        "Interval" => "DATETIME".to_owned(),
        "YEAR" => sized("YEAR", number(0, "display_width")),
        "BIT" => sized("BIT", number(0, "length")),
        "Float" | "FLOAT" => match number(1, "scale") {
            Some(_) => fraction("FLOAT"),
            None => signed(record, sized("FLOAT", number(0, "precision"))),
        },
        "Double" | "DOUBLE" => fraction("DOUBLE"),
        "REAL" => fraction("REAL"),
        "Numeric" | "NUMERIC" => numeric("NUMERIC"),
        "DECIMAL" => numeric("DECIMAL"),
        "Uuid" if vm.is_mariadb() && record.flag("native_uuid") != Some(false) => "UUID".to_owned(),
        "Uuid" => "CHAR(32)".to_owned(),
        "UUID" | "PGUUID" => "UUID".to_owned(),
        "SET" => enumerated("SET", record)?,
        _ => return None,
    })
}

/// With `UNSIGNED` and `ZEROFILL`.
fn signed(record: &Instance<'_>, mut text: String) -> String {
    for (key, word) in [("unsigned", " UNSIGNED"), ("zerofill", " ZEROFILL")] {
        if record.flag(key) == Some(true) {
            text += word;
        }
    }
    text
}

/// With its character set and its collation.
fn charset(record: &Instance<'_>, mut text: String) -> String {
    // An empty one is none.
    let named = |key: &str| record.keyword(key)?.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(charset) = named("charset") {
        text += &format!(" CHARACTER SET {charset}");
    }
    match named("collation") {
        Some(collation) => text + " COLLATE " + &collation,
        None => text,
    }
}

/// `SET('a','b')`; `None` where its words are not known.
fn enumerated(name: &str, record: &Instance<'_>) -> Option<String> {
    let words: Option<Vec<String>> = record.positional().iter().map(|word| word.as_str().map(super::literal)).collect();
    Some(format!("{name}({})", words?.join(",")))
}
