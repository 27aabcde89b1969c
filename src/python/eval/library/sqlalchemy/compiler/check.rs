//! The checks that types bring along, where they are asked for.

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::Known;
use super::super::super::super::value::{Role, Value};
use super::super::naming::{self, Subject};
use super::super::types;
use super::{Compiler, TableName};

type Check = (Option<String>, String);

/// The check of a truth value or an enum: its name, and its condition with `?` for the column.
pub(super) fn check<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    table: &TableName,
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Option<Check>>> {
    Ok(match asked(vm, value, compiler)? {
        None => Ok(None),
        Some(Err(why)) => Err(why),
        Some(Ok((Some(name), condition))) => {
            let subject = Subject { kind: "ck", table, columns: &[], referred: None };
            naming::name(vm, subject, Some(Ok(name))).map(|name| Some((name, condition)))
        }
        Some(Ok((None, condition))) => Ok(Some((None, condition))),
    })
}

fn asked<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, compiler: &dyn Compiler) -> Eval<'a, Option<Known<Check>>> {
    let Value::Instance(record) = value else { return Ok(None) };
    let is_enum = record.class.is_named("Enum");
    if record.class.role != Role::Record
        || !(is_enum || record.class.is_named("Boolean"))
        || record.flag("create_constraint") != Some(true)
        || is_enum && compiler.has_enums() && record.flag("native_enum") != Some(false)
    {
        return Ok(None);
    }
    let given = record.keyword("name").and_then(|name| name.as_str().map(str::to_owned));
    if !is_enum {
        let name = given.or_else(|| record.positional().get(1).and_then(|name| name.as_str().map(str::to_owned)));
        return Ok(Some(Ok((name, "? IN (0, 1)".to_owned()))));
    }
    Ok(Some(types::labels(vm, record)?.map(|(labels, own)| {
        let labels: Vec<String> = labels.iter().map(|label| compiler.literal(label)).collect();
        (given.or(own.map(|own| own.to_lowercase())), format!("? IN ({})", labels.join(", ")))
    })))
}
