//! What Alembic's implementations do otherwise than the general one. A database is a folder beside this file and a line in
//! `of`; PostgreSQL's operations are written where they are read.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::sqlalchemy::compiler::{Compiler, Table};
use super::super::sqlalchemy::ddl::TableName;
use super::operation::Operation;
use super::{mysql, sqlite};
use crate::schema::dialect::Dialect;

pub(super) trait Implementation: std::fmt::Debug {
    fn compiler(&self) -> &'static dyn Compiler;

    /// Whether a batch that may decide it makes its table anew for this.
    fn recreates(&self, _operation: &Operation) -> bool {
        false
    }

    /// Does what an operation does to a table that stays where it is.
    fn carry_out<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn Bind<'a>,
        table: &TableName,
        operation: &Operation,
    ) -> Eval<'a, ()>;
}

/// The implementation for a database.
pub(super) fn of(dialect: Dialect) -> Option<&'static dyn Implementation> {
    let all: [&'static dyn Implementation; 2] = [&sqlite::SqliteImpl, &mysql::MysqlImpl];
    all.into_iter().find(|own| own.compiler().dialect() == dialect)
}

/// `op.create_table(…)`.
pub(super) fn create_table<'a>(
    vm: &mut Interpreter<'a>,
    bind: &dyn Bind<'a>,
    table: &Table,
    guard: &str,
    compiler: &dyn Compiler,
) -> Eval<'a, ()> {
    let name = TableName { name: table.name.clone(), schema: table.schema.clone(), ..TableName::default() };
    let quoted = compiler.quoted(&name);
    match compiler.create(table, guard) {
        Ok(sql) => bind.define(vm, &sql)?,
        Err(said) => return bind.refuse(vm, &format!("CREATE TABLE {quoted}"), "CompileError", &said),
    }
    // SQLite's indexes have the schema of their table in front of their own name.
    let own = if compiler.has_schemas() { quoted } else { compiler.identifier(&table.name) };
    table.indexes.iter().try_for_each(|index| bind.define(vm, &compiler.index(index, &own, "")))
}
