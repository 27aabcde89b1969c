//! Tables as SQLAlchemy's compilers write them for SQLite (<https://docs.sqlalchemy.org/en/20/dialects/sqlite.html>).

mod reflect;
mod types;

use std::rc::Rc;

pub(in super::super::super) use self::reflect::{missing_target, primary_key_name, reflect};
use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::value::{Instance, Value};
use super::super::ddl;
use super::{Autoincrement, Column, Compiler, Index, Options, Table};
use crate::schema::dialect::Dialect;
use crate::schema::sqlite::DIALECT;

/// Words that SQLAlchemy quotes for SQLite, besides those that it quotes for PostgreSQL.
const RESERVED: &[&str] = &[
    "add",
    "after",
    "alter",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "by",
    "cascade",
    "commit",
    "conflict",
    "cross",
    "database",
    "delete",
    "detach",
    "drop",
    "each",
    "escape",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "glob",
    "if",
    "ignore",
    "immediate",
    "indexed",
    "insert",
    "instead",
    "isnull",
    "of",
    "offset",
    "plan",
    "pragma",
    "query",
    "raise",
    "reindex",
    "rename",
    "replace",
    "restrict",
    "row",
    "rollback",
    "savepoint",
    "set",
    "temp",
    "temporary",
    "transaction",
    "trigger",
    "unique",
    "update",
    "vacuum",
    "view",
    "virtual",
    "abort",
    "action",
    "release",
    "returning",
    "nothing",
    "over",
    "window",
];

/// A name as a statement for SQLite writes it.
pub(in super::super::super) fn identifier(name: &str) -> String {
    if RESERVED.contains(&name) { format!("\"{name}\"") } else { ddl::identifier(name) }
}

fn on_conflict(resolution: Option<&String>) -> String {
    resolution.map(|resolution| format!(" ON CONFLICT {resolution}")).unwrap_or_default()
}

/// SQLite's compilers.
#[derive(Debug)]
pub(in super::super::super) struct Sqlite;

/// Whether the key stands with the column, because it counts there.
fn counts(column: &Column, key: &[String], options: Options) -> bool {
    let is_whole = matches!(column.data_type.sql.as_deref(), Ok("INTEGER" | "BIGINT" | "SMALLINT"));
    options.autoincrement && is_whole && key == [column.name.clone()] && !column.refers
}

impl Compiler for Sqlite {
    fn dialect(&self) -> Dialect {
        DIALECT
    }

    fn identifier(&self, name: &str) -> String {
        identifier(name)
    }

    fn word(&self, sql: &str) -> Option<&'static str> {
        Some(match sql {
            "true" => "1",
            "false" => "0",
            "now()" => "CURRENT_TIMESTAMP",
            _ => return None,
        })
    }

    /// What refers to another schema is left out; there is one alone here.
    fn has_schemas(&self) -> bool {
        false
    }

    fn has_enums(&self) -> bool {
        false
    }

    fn written(&self, _vm: &Interpreter<'_>, name: &str, record: &Rc<Instance<'_>>) -> Option<String> {
        types::written(name, record)
    }

    fn writes_declared(&self) -> bool {
        false
    }

    fn type_sql<'a>(&self, vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>> {
        types::sql(vm, value)
    }

    fn specification(&self, column: &Column, key: &[String], options: Options) -> Result<String, String> {
        let data_type = column.data_type.sql.as_ref().map_err(Clone::clone)?;
        let mut text = format!("{} {data_type}", identifier(&column.name));
        if let Some(default) = &column.default {
            text += &default.clause();
        }
        let [not_null, primary_key, _] = &column.conflicts;
        if !column.nullable {
            text += &format!(" NOT NULL{}", on_conflict(not_null.as_ref()));
        }
        if column.primary_key && column.autoincrement == Autoincrement::Yes && key.len() > 1 {
            return Err("SQLite does not support autoincrement for composite primary keys".to_owned());
        }
        if counts(column, key, options) {
            text += &format!(" PRIMARY KEY{} AUTOINCREMENT", on_conflict(primary_key.as_ref()));
        }
        if let Some(computed) = &column.computed {
            text += &format!(" GENERATED ALWAYS AS ({})", computed.expression);
            text += match computed.persisted {
                Some(true) => " STORED",
                Some(false) => " VIRTUAL",
                None => "",
            };
        }
        Ok(text)
    }

    fn index(&self, index: &Index, table: &str, guard: &str) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let part = |part: &Result<String, String>| match part {
            Ok(column) => identifier(column),
            Err(sql) => sql.clone(),
        };
        let parts: Vec<String> = index.parts.iter().map(part).collect();
        let mut text =
            format!("CREATE {unique}INDEX {guard}{} ON {table} ({})", identifier(&index.name), parts.join(", "));
        if let Some(predicate) = &index.predicate {
            text += &format!(" WHERE {predicate}");
        }
        text
    }

    fn create(&self, table: &Table, guard: &str) -> Result<String, String> {
        let key = table.key();
        let mut lines = Vec::new();
        let mut stands = false;
        for column in &table.columns {
            stands |= counts(column, &key, table.options);
            let of_table = |said: String| format!("(in table '{}', column '{}'): {said}", table.name, column.name);
            let specification = self.specification(column, &key, table.options).map_err(of_table)?;
            lines.push(specification + &self.checks(column));
        }
        lines.extend(self.lines(table, stands));
        let mut options = Vec::new();
        if table.options.without_rowid {
            options.push("WITHOUT ROWID");
        }
        if table.options.strict {
            options.push("STRICT");
        }
        let options = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
        let schema = table.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
        let name = identifier(&table.name);
        Ok(format!("CREATE TABLE {guard}{schema}{name} (\n    {}\n){options}", lines.join(",\n    ")))
    }
}
