//! Types as SQLAlchemy's compiler writes them for SQLite, and those that it can't write.

use std::rc::Rc;

use super::super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::super::value::{Instance, Value};
use super::super::super::ddl::identifier;
use super::super::super::types;
use super::super::{NO_TYPE, foreign, is_no_type};
use crate::schema::sqlite::DIALECT;
use crate::schema::types::UNKNOWN_TYPE;

/// Types of MySQL's own, for which the compiler has no words.
const OF_MYSQL: &[&str] = &[
    "BIT",
    "LONGBLOB",
    "LONGTEXT",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "SET",
    "TINYBLOB",
    "TINYINT",
    "TINYTEXT",
    "YEAR",
];

/// A type by the name of its class; `None` where it is written as everywhere.
pub(super) fn written(name: &str, record: &Rc<Instance<'_>>) -> Option<String> {
    let length = || record.keyword("length").or_else(|| record.positional().first().cloned())?.as_int();
    Some(match name {
        "Text" | "TEXT" | "UnicodeText" => match length() {
            Some(length) => format!("TEXT({length})"),
            None => "TEXT".to_owned(),
        },
        "Float" | "FLOAT" => "FLOAT".to_owned(),
        "Double" => "DOUBLE".to_owned(),
        // One in capitals is what it is called, whatever the database has.
        "UUID" | "PGUUID" => "UUID".to_owned(),
        _ => return None,
    })
}

/// A type as SQL; else what the compiler says.
pub(super) fn sql<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>> {
    Ok(match types::sql(vm, value, DIALECT)? {
        Err(_) if is_no_type(value) => Err(NO_TYPE.to_owned()),
        // Of a type that is not known the column is known, and all else of its table.
        Err(_) => Ok(identifier(UNKNOWN_TYPE)),
        Ok(sql) => match foreign(value, &sql, |base| OF_MYSQL.contains(&base)) {
            Some(name) => Err(format!(
                "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object> can't render element of type {name}"
            )),
            None => Ok(sql),
        },
    })
}
