//! `CreateSequence(…)`, `DropTable(…)` and the like, as statements.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, Value};
use super::ddl::identifier;
use super::records::{name_of_table, own_name};

/// `CreateSequence(Sequence("name"), if_not_exists=True)` and the like, as the statement that it is.
pub(super) fn definition<'a>(vm: &mut Interpreter<'a>, words: &str, args: &Args<'a>) -> Eval<'a> {
    let name = match args.positional.first() {
        Some(Value::Str(name)) => Some(identifier(name)),
        Some(Value::Instance(record)) if record.positional().iter().all(|part| part.as_unknown().is_none()) => {
            Some(name_of_table(record).quoted()).filter(|_| own_name(record).is_some())
        }
        _ => None,
    };
    let Some(name) = name else { return Ok(vm.unknown("executes a DDL object of SQLAlchemy")) };
    let guard = |flag: &str, guard: &'static str| match args.get(flag) {
        Some(Value::Bool(true)) => Some(guard),
        None | Some(Value::Bool(false) | Value::None) => Some(""),
        _ => None,
    };
    let create = words.starts_with("CREATE");
    let exists = if create { guard("if_not_exists", " IF NOT EXISTS") } else { guard("if_exists", " IF EXISTS") };
    let (Some(exists), Some(cascade)) = (exists, guard("cascade", " CASCADE")) else {
        return Ok(vm.unknown("executes a DDL object of SQLAlchemy"));
    };
    Ok(super::expression::Text::value(Value::text(format!("{words}{exists} {name}{cascade}"))))
}
