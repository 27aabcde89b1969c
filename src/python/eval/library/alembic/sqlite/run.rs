//! `op` and its batches on SQLite: each call is read as what Alembic's implementation is asked for.

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::object::Bind;
use super::super::super::super::value::{Args, Value};
use super::super::super::sqlalchemy::ddl::TableName;
use super::super::operations::{Given, Operations};
use super::{carry_out, read};

impl<'a> Operations<'a> {
    /// Carries out an operation that SQLite has its own way for; `None` where it has none.
    pub(in super::super) fn run_on_sqlite(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn Bind<'a>,
        name: &str,
        args: &Args<'a>,
    ) -> Eval<'a, Option<Value<'a>>> {
        let in_batch = self.table.is_some();
        let index = usize::from(!matches!(
            name,
            "add_column" | "drop_column" | "alter_column" | "create_table_comment" | "drop_table_comment"
        ));
        let table = match (name, self.table(vm, &Given { args, shift: 0 }, index, "table_name")?) {
            (_, Ok(table)) => table,
            // It needs no table.
            ("drop_index", Err(_)) => TableName::default(),
            (_, Err(_)) if name == "drop_table" || name == "rename_table" => return Ok(None),
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
        let Some(read) = read(vm, name, args, &table, in_batch)? else { return Ok(None) };
        match (read, &self.batch) {
            (Err(why), _) => {
                let about = self.about(vm, name, args)?;
                vm.gap_about(&why, &about);
            }
            (Ok(operations), Some(batch)) => batch.ask(vm, operations)?,
            (Ok(operations), None) => {
                for operation in &operations {
                    carry_out(vm, bind, &table, operation)?;
                }
            }
        }
        Ok(Some(Value::None))
    }
}
