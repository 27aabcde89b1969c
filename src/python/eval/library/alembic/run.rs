//! `op` and its batches on a database that Alembic has an implementation of its own for: each call is read as what that is
//! asked for.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::super::value::{Args, Value};
use super::super::sqlalchemy::ddl::TableName;
use super::implementation::Implementation;
use super::operation::{position, read};
use super::operations::{Given, Operations};

impl<'a> Operations<'a> {
    /// Carries out an operation that the implementation has its own way for; `None` where it has none.
    pub(super) fn run_by(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn Bind<'a>,
        implementation: &'static dyn Implementation,
        name: &str,
        args: &Args<'a>,
    ) -> Eval<'a, Option<Value<'a>>> {
        let in_batch = self.table.is_some();
        let key = if name == "rename_table" { "old_table_name" } else { "table_name" };
        let table = match (name, self.table(vm, &Given { args, shift: 0 }, position(name), key)?) {
            (_, Ok(table)) => table,
            // It needs no table.
            ("drop_index", Err(_)) => TableName::default(),
            ("create_foreign_key", Err(_)) => match self.table(vm, &Given { args, shift: 0 }, 1, "source_table")? {
                Ok(table) => table,
                Err(why) => {
                    vm.gap(&why);
                    return Ok(Some(Value::None));
                }
            },
            (_, Err(why)) => {
                vm.gap(&why);
                return Ok(Some(Value::None));
            }
        };
        let Some(read) = read(vm, name, args, &table, in_batch, implementation.compiler())? else { return Ok(None) };
        match (read, &self.batch) {
            (Err(why), _) => {
                let about = self.about(vm, name, args)?;
                vm.gap_about(&why, &about);
            }
            (Ok(operations), Some(batch)) => batch.ask(vm, operations)?,
            (Ok(operations), None) => {
                for operation in &operations {
                    implementation.carry_out(vm, bind, &table, operation)?;
                }
            }
        }
        Ok(Some(Value::None))
    }
}
