//! Alembic's operations on MySQL and MariaDB: a column that changes is stated anew as a whole
//! (<https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.alter_column>).

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::sqlalchemy::compiler::mysql::{Mysql, identifier, literal, whole};
use super::super::sqlalchemy::compiler::{Compiler, DataType, Options};
use super::super::sqlalchemy::ddl::TableName;
use super::implementation::Implementation;
use super::operation::{Change, Kind, Operation};

/// What Alembic says of a constraint that goes and is of no kind.
const NO_KIND: &str = "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type";

/// What it says where a column's type is not told.
const NO_TYPE: &str = "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.";

/// The table of an index of which it is not said.
const NO_TABLE: &str = "no_table";

#[derive(Debug)]
pub(super) struct MysqlImpl;

impl Implementation for MysqlImpl {
    fn compiler(&self) -> &'static dyn Compiler {
        &Mysql
    }

    fn carry_out<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn Bind<'a>,
        table: &TableName,
        operation: &Operation,
    ) -> Eval<'a, ()> {
        let quoted = Mysql.quoted(table);
        let alter = format!("ALTER TABLE {quoted}");
        match operation {
            Operation::AddColumn { column, guard, inline, .. } => {
                let key: &[String] = if column.primary_key { std::slice::from_ref(&column.name) } else { &[] };
                let specification = match Mysql.specification(column, key, Options::default()) {
                    Ok(specification) => specification,
                    Err(said) => {
                        let sql = format!("{alter} ADD COLUMN {}", identifier(&column.name));
                        return bind.refuse(vm, &sql, "CompileError", &said);
                    }
                };
                let checks = Mysql.checks(column);
                bind.define(vm, &format!("{alter} ADD COLUMN {guard}{specification}{inline}{checks}"))
            }
            Operation::DropColumn { name, guard, .. } => {
                bind.define(vm, &format!("{alter} DROP COLUMN {guard}{}", identifier(name)))
            }
            Operation::AlterColumn(change) => alter_column(vm, bind, &alter, change),
            Operation::AddConstraint(constraint) => {
                bind.define(vm, &format!("{alter} ADD {}", Mysql.constraint(constraint)))
            }
            // The check of a type is left alone.
            Operation::DropConstraint { of_type: true, .. } => Ok(()),
            Operation::DropConstraint { name, kind, .. } => {
                let name = identifier(name.as_deref().unwrap_or("None"));
                let what = match kind {
                    Some(Kind::Foreign) => format!("FOREIGN KEY {name}"),
                    Some(Kind::Primary) => "PRIMARY KEY".to_owned(),
                    Some(Kind::Unique) => format!("INDEX {name}"),
                    // Either server is sent what it understands.
                    Some(Kind::Check) => format!("CONSTRAINT {name}"),
                    None => return surely(vm, bind, &alter, "NotImplementedError", NO_KIND),
                };
                bind.define(vm, &format!("{alter} DROP {what}"))
            }
            Operation::CreateIndex { index, guard } => bind.define(vm, &Mysql.index(index, &quoted, guard)),
            Operation::DropIndex { name, guard } => {
                let on = if table.name.is_empty() { NO_TABLE.to_owned() } else { quoted };
                bind.define(vm, &format!("DROP INDEX {guard}{} ON {on}", identifier(name)))
            }
            Operation::Comment(comment) => {
                let comment = literal(comment.as_deref().unwrap_or_default());
                bind.define(vm, &format!("{alter} COMMENT {comment}"))
            }
            Operation::DropTable { guard } => bind.define(vm, &format!("DROP TABLE {guard}{quoted}")),
            Operation::RenameTable { new } => {
                let new = TableName { name: new.clone(), schema: table.schema.clone(), ..TableName::default() };
                bind.define(vm, &format!("{alter} RENAME TO {}", Mysql.quoted(&new)))
            }
        }
    }
}

/// Raises what the implementation says whatever the database has.
fn surely<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
    if let Some(why) = vm.doubt.clone() {
        vm.gap_about(&why, sql);
        return Ok(());
    }
    vm.raise_surely(class, said)?;
    // Where such stops are left out, so is the statement.
    bind.refuse(vm, sql, class, said)
}

/// `CHANGE` where the column gets another name or keeps a moment, `MODIFY` where anything but its default changes, else
/// `ALTER COLUMN … SET DEFAULT`. What a column is not said to have been, it is not any more.
fn alter_column<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, alter: &str, change: &Change) -> Eval<'a, ()> {
    let old = identifier(&change.name);
    let data_type = change.data_type.as_ref().or(change.existing.data_type.as_ref());
    let sets_moment = data_type.is_some_and(is_moment) && !matches!(change.default, Some(None));
    let words = if change.new_name.is_some() || sets_moment {
        let new = change.new_name.as_deref().map_or_else(|| old.clone(), identifier);
        format!("CHANGE {old} {new}")
    } else if change.nullable.is_some() || change.data_type.is_some() || change.counts.is_some() || change.comments {
        format!("MODIFY {old}")
    } else {
        return match &change.default {
            Some(Some(default)) => {
                bind.define(vm, &format!("{alter} ALTER COLUMN {old} SET DEFAULT {}", default.sql()))
            }
            Some(None) => bind.define(vm, &format!("{alter} ALTER COLUMN {old} DROP DEFAULT")),
            None => Ok(()),
        };
    };
    let Some(data_type) = data_type else {
        return surely(vm, bind, &format!("{alter} {old}"), "CommandError", NO_TYPE);
    };
    let sql = match &data_type.sql {
        Ok(sql) => sql,
        Err(said) => return bind.refuse(vm, &format!("{alter} {old}"), "CompileError", said),
    };
    let existing = &change.existing;
    let nullable = change.nullable.or(existing.nullable).unwrap_or(true);
    let counts = change.counts.or(existing.counts).unwrap_or(false);
    let default = change.default.as_ref().map_or(existing.default.as_ref(), Option::as_ref);
    bind.define(vm, &format!("{alter} {words} {}", whole(sql, nullable, counts, default)))
}

fn is_moment(data_type: &DataType) -> bool {
    let sql = data_type.sql.as_deref().unwrap_or_default();
    sql.starts_with("DATETIME") || sql.starts_with("TIMESTAMP")
}
