//! Alembic's operations on SQLite: what its implementation sends, and what it refuses
//! (<https://alembic.sqlalchemy.org/en/latest/batch.html>).

mod order;
mod recreate;

pub(super) use self::recreate::recreate;
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::sqlalchemy::compiler::sqlite::{Sqlite, identifier};
use super::super::sqlalchemy::compiler::{Compiler, Options};
use super::super::sqlalchemy::ddl::{TableName, literal};
use super::batch::Batch;
use super::implementation::Implementation;
use super::operation::{Change, Operation};

/// What Alembic says of a constraint that a table is to get or lose where it stands.
const NO_SUPPORT: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which \
                          allows for SQLite migrations using a copy-and-move strategy.";

#[derive(Debug)]
pub(super) struct SqliteImpl;

impl Implementation for SqliteImpl {
    fn compiler(&self) -> &'static dyn Compiler {
        &Sqlite
    }

    fn recreates(&self, operation: &Operation) -> bool {
        match operation {
            Operation::AddColumn { column, .. } => {
                column.default.as_ref().is_some_and(|default| default.is_expression)
                    || column.computed.as_ref().is_some_and(|computed| computed.persisted == Some(true))
            }
            Operation::CreateIndex { .. } | Operation::DropIndex { .. } => false,
            _ => true,
        }
    }

    fn carry_out<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn Bind<'a>,
        table: &TableName,
        operation: &Operation,
    ) -> Eval<'a, ()> {
        let (quoted, bare) = (Sqlite.quoted(table), identifier(&table.name));
        let alter = format!("ALTER TABLE {quoted}");
        match operation {
            Operation::AddColumn { column, guard, inline, .. } => {
                let specification = match Sqlite.specification(column, &[], Options::default()) {
                    Ok(specification) => specification,
                    Err(said) => {
                        let sql = format!("{alter} ADD COLUMN {}", identifier(&column.name));
                        return bind.refuse(vm, &sql, "CompileError", &said);
                    }
                };
                let checks = Sqlite.checks(column);
                bind.define(vm, &format!("{alter} ADD COLUMN {guard}{specification}{inline}{checks}"))
            }
            Operation::DropColumn { name, guard, .. } => {
                bind.define(vm, &format!("{alter} DROP COLUMN {guard}{}", identifier(name)))
            }
            Operation::AlterColumn(change) => alter_column(vm, bind, &alter, change),
            // What a type brings along is left out with a warning.
            Operation::AddConstraint(constraint) if constraint.of_type.is_some() => Ok(()),
            Operation::DropConstraint { of_type: true, .. } => Ok(()),
            Operation::AddConstraint(_) | Operation::DropConstraint { .. } => {
                if let Some(why) = vm.doubt.clone() {
                    vm.gap_about(&why, &alter);
                    return Ok(());
                }
                vm.raise_surely("NotImplementedError", NO_SUPPORT).map(drop)
            }
            Operation::CreateIndex { index, guard } => bind.define(vm, &Sqlite.index(index, &bare, guard)),
            Operation::DropIndex { name, guard } => bind.define(vm, &format!("DROP INDEX {guard}{}", identifier(name))),
            Operation::Comment(comment) => {
                let comment = comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
                bind.define(vm, &format!("COMMENT ON TABLE {quoted} IS {comment}"))
            }
            Operation::DropTable { guard } => bind.define(vm, &format!("DROP TABLE {guard}{quoted}")),
            Operation::RenameTable { new } => bind.define(vm, &format!("{alter} RENAME TO {}", identifier(new))),
        }
    }
}

fn alter_column<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, alter: &str, change: &Change) -> Eval<'a, ()> {
    let column = format!("{alter} ALTER COLUMN {}", identifier(&change.name));
    match change.nullable {
        Some(true) => bind.define(vm, &format!("{column} DROP NOT NULL"))?,
        Some(false) => bind.define(vm, &format!("{column} SET NOT NULL"))?,
        None => {}
    }
    match &change.default {
        Some(Some(default)) => bind.define(vm, &format!("{column} SET DEFAULT {}", default.sql()))?,
        Some(None) => bind.define(vm, &format!("{column} DROP DEFAULT"))?,
        None => {}
    }
    if let Some(data_type) = &change.data_type {
        match &data_type.sql {
            Ok(sql) => bind.define(vm, &format!("{column} TYPE {sql}"))?,
            Err(said) => return bind.refuse(vm, &column, "CompileError", said),
        }
    }
    if change.comments {
        let said = "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteDDLCompiler object> can't render element of type \
                    <class 'alembic.ddl.base.ColumnComment'>";
        return bind.refuse(vm, &column, "CompileError", said);
    }
    match &change.new_name {
        Some(new) => {
            let (old, new) = (identifier(&change.name), identifier(new));
            bind.define(vm, &format!("{alter} RENAME COLUMN {old} TO {new}"))
        }
        None => Ok(()),
    }
}
