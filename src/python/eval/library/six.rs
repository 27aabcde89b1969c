//! `six`: what Python 2 and 3 have under different names, as Python 3 has it (<https://six.readthedocs.io/>).

use super::super::interpreter::{Eval, Interpreter};
use super::super::value::{Args, Value};
use super::arg;

/// Python's own classes and functions that `six` and `six.moves` have, each with its name there.
const BUILTINS: &[(&str, &str)] = &[
    ("text_type", "str"),
    ("binary_type", "bytes"),
    ("unichr", "chr"),
    ("range", "range"),
    ("xrange", "range"),
    ("map", "map"),
    ("filter", "filter"),
    ("zip", "zip"),
];

const NOT_FOLLOWED: &str = "uses a part of `six` that is not followed";

/// Tuples of classes for `isinstance`.
const CLASSES: &[(&str, &str)] = &[("string_types", "str"), ("integer_types", "int")];

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    let of_builtins =
        |table: &[(&str, &'static str)]| table.iter().find(|(known, _)| *known == name).map(|(_, to)| *to);
    if let Some(builtin) = of_builtins(BUILTINS) {
        let class = vm.builtin_class(builtin).map(Value::Class);
        return Ok(Some(class.or_else(|| vm.builtin_named(builtin)).unwrap_or_else(|| vm.unknown(NOT_FOLLOWED))));
    }
    if let Some(class) = of_builtins(CLASSES) {
        return Ok(vm.builtin_class(class).map(|class| Value::tuple(vec![Value::Class(class)])));
    }
    Ok(Some(match name {
        "iteritems" | "viewitems" => Value::native("iteritems", |vm, args| of_mapping(vm, &args, "items")),
        "iterkeys" | "viewkeys" => Value::native("iterkeys", |vm, args| of_mapping(vm, &args, "keys")),
        "itervalues" | "viewvalues" => Value::native("itervalues", |vm, args| of_mapping(vm, &args, "values")),
        "PY2" => Value::Bool(false),
        "PY3" | "PY34" => Value::Bool(true),
        "u" => Value::native("u", |vm, args| arg(vm, &args, 0)),
        "python_2_unicode_compatible" => super::functions::same(),
        // A module, which is asked for by its own name.
        "moves" => return Ok(None),
        _ => vm.unknown(NOT_FOLLOWED),
    }))
}

/// What a method of a mapping answers with.
fn of_mapping<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, method: &str) -> Eval<'a> {
    let mapping = arg(vm, args, 0)?;
    vm.call_method(&mapping, method, Args::default())
}
