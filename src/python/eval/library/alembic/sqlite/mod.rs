//! Alembic's operations on SQLite: what its implementation sends, and what it refuses
//! (<https://alembic.sqlalchemy.org/en/latest/batch.html>).

mod batch;
mod operation;
mod order;
mod recreate;
mod run;

pub(super) use self::batch::Batch;
use self::operation::{Operation, read};
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::sqlalchemy::ddl::{TableName, literal};
use super::super::sqlalchemy::sqlite::{self as model, identifier};

/// What Alembic says of a constraint that a table is to get or lose where it stands.
const NO_SUPPORT: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which \
                          allows for SQLite migrations using a copy-and-move strategy.";

/// Does what an operation does to a table that stays where it is.
pub(super) fn carry_out<'a>(
    vm: &mut Interpreter<'a>,
    bind: &dyn Bind<'a>,
    table: &TableName,
    operation: &Operation,
) -> Eval<'a, ()> {
    let (quoted, bare) = (model::quoted(table), identifier(&table.name));
    let alter = format!("ALTER TABLE {quoted}");
    match operation {
        Operation::AddColumn { column, guard, inline, .. } => {
            let specification = match column.specification(&[], model::Options::default()) {
                Ok(specification) => specification,
                Err(said) => {
                    return refuse(vm, bind, &format!("{alter} ADD COLUMN {}", identifier(&column.name)), &said);
                }
            };
            bind.define(vm, &format!("{alter} ADD COLUMN {guard}{specification}{inline}{}", column.checks()))
        }
        Operation::DropColumn { name, guard, .. } => {
            bind.define(vm, &format!("{alter} DROP COLUMN {guard}{}", identifier(name)))
        }
        Operation::AlterColumn(change) => {
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
                    Err(said) => return refuse(vm, bind, &column, said),
                }
            }
            if change.comments {
                let said = "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteDDLCompiler object> can't render element of type \
                            <class 'alembic.ddl.base.ColumnComment'>";
                return refuse(vm, bind, &column, said);
            }
            match &change.new_name {
                Some(new) => {
                    let (old, new) = (identifier(&change.name), identifier(new));
                    bind.define(vm, &format!("{alter} RENAME COLUMN {old} TO {new}"))
                }
                None => Ok(()),
            }
        }
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
        Operation::CreateIndex { index, guard } => bind.define(vm, &index.create(&bare, guard)),
        Operation::DropIndex { name, guard } => bind.define(vm, &format!("DROP INDEX {guard}{}", identifier(name))),
        Operation::Comment(comment) => {
            let comment = comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
            bind.define(vm, &format!("COMMENT ON TABLE {quoted} IS {comment}"))
        }
    }
}

/// Raises what the compiler says; where such statements are left out, this one is.
fn refuse<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, sql: &str, said: &str) -> Eval<'a, ()> {
    if let Some(why) = vm.doubt.clone() {
        vm.gap_about(&why, sql);
        return Ok(());
    }
    let Some(session) = bind.sqlite() else { return Ok(()) };
    let stop = session.refuse(vm, "CompileError", said);
    session.fail(vm, sql, stop)
}

/// `op.create_table(…)`.
pub(super) fn create_table<'a>(
    vm: &mut Interpreter<'a>,
    bind: &dyn Bind<'a>,
    table: &model::Table,
    guard: &str,
) -> Eval<'a, ()> {
    match table.create(guard) {
        Ok(sql) => bind.define(vm, &sql)?,
        Err(said) => return refuse(vm, bind, &format!("CREATE TABLE {}", identifier(&table.name)), &said),
    }
    table.indexes.iter().try_for_each(|index| bind.define(vm, &index.create(&identifier(&table.name), "")))
}
