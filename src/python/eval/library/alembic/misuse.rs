//! Operations that Alembic does not have, and arguments that it does not take: Python stops there.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, Value};
use super::super::sqlalchemy::compiler::is_general;
use super::super::{misspelt, signatures};
use super::operations::{NAMES, dialect};

/// Operations on whole tables, which a batch has in old versions alone: there they fail, too, for want of what they name.
const NOT_IN_A_BATCH: &[&str] = &["create_table", "drop_table", "rename_table", "bulk_insert"];

/// Stops where Alembic has no such operation, or where it takes other arguments.
pub(super) fn stops<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    in_batch: bool,
    args: &Args<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    let is_missing = if in_batch { NOT_IN_A_BATCH.contains(&name) } else { false };
    let meant = if NAMES.contains(&name) { None } else { misspelt(name, NAMES.iter().copied()) };
    if is_missing || meant.is_some() {
        let owner = if in_batch { "'BatchOperations' object" } else { "module 'alembic.op'" };
        let meant = meant.map(|meant| format!(". Did you mean: '{meant}'?")).unwrap_or_default();
        return vm.raise_surely("AttributeError", format!("{owner} has no attribute '{name}'{meant}")).map(Some);
    }
    if let Some(message) = signatures::operation(vm, name, in_batch, args) {
        return vm.raise_surely("TypeError", message).map(Some);
    }
    let column = args.at(usize::from(!in_batch), "column");
    if name == "add_column" && matches!(column, Some(Value::Str(_))) {
        return vm.raise_surely("AttributeError", "'str' object has no attribute 'table'").map(Some);
    }
    let own = dialect(vm).filter(|dialect| dialect.facts().libraries.alters_columns_itself);
    if name == "alter_column"
        && args.get("name").is_some()
        && let Some(own) = own
    {
        let implementation = format!("alembic.ddl.{}.{}", own.sqlalchemy_name(), own.facts().libraries.implementation);
        let message = format!("{implementation}.alter_column() got multiple values for keyword argument 'name'");
        return vm.raise_surely("TypeError", message).map(Some);
    }
    if name == "alter_column"
        && let Some(default) = args.get("server_default").filter(|default| !matches!(default, Value::Bool(false)))
        && let Some(message) = signatures::no_default(default)
    {
        return vm.raise_surely("ArgumentError", message).map(Some);
    }
    let kind = args.at(if in_batch { 1 } else { 2 }, "type_").and_then(Value::as_str);
    if name == "drop_constraint"
        && kind.is_some_and(|kind| !["check", "foreignkey", "primary", "unique"].contains(&kind))
    {
        let message = "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None";
        return vm.raise_surely("TypeError", message).map(Some);
    }
    Ok(None)
}

/// Stops where a place is asked for among the columns of a table that stays where it is.
pub(super) fn stops_in_place<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
    let is_given = |name: &str| args.get(name).is_some_and(|value| !matches!(value, Value::None));
    if !dialect(vm).is_some_and(is_general) || !is_given("insert_before") && !is_given("insert_after") {
        return Ok(None);
    }
    let message = "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'";
    vm.raise_surely("CommandError", message).map(Some)
}
