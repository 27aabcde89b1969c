//! Types as SQLAlchemy's compiler writes them for SQLite, and those that it can't write.

use super::super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::super::value::Value;
use super::super::super::ddl::identifier;
use super::super::super::types;
use super::super::{NO_TYPE, foreign, is_no_type};
use crate::schema::dialect::Dialect;
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

/// A type as SQL; else what the compiler says.
pub(super) fn sql<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>> {
    Ok(match types::sql(vm, value, Dialect::Sqlite)? {
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
