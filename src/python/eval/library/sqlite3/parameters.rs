//! Values of Python as the parameters of a statement.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::forget_text;
use super::super::super::value::{Args, Unknown, Value};
use super::cursor::Handle;
use super::execution::raise;
use crate::schema::sqlite::{self, Params, SqlError};

/// The values bound to one statement.
pub(super) enum Parameters {
    Positional(Vec<sqlite::Value>),
    Named(Vec<(String, sqlite::Value)>),
}

impl Parameters {
    pub(super) fn borrowed(&self) -> Params<'_> {
        match self {
            Self::Positional(values) => Params::Positional(values),
            Self::Named(values) => Params::Named(values),
        }
    }
}

impl<'a> Handle<'a> {
    pub(super) fn parameters(
        &self,
        vm: &mut Interpreter<'a>,
        args: &Args<'a>,
        many: bool,
    ) -> Eval<'a, Result<Vec<Parameters>, Rc<Unknown>>> {
        let Some(given) = args.at(1, "parameters").cloned() else {
            return Ok(Ok(if many { Vec::new() } else { vec![Parameters::Positional(Vec::new())] }));
        };
        let sets = match (many, given) {
            (true, given) => match vm.iterate(&given)? {
                Ok(sets) => sets,
                Err(why) => return Ok(Err(why)),
            },
            (false, given) => vec![given],
        };
        let mut all = Vec::with_capacity(sets.len());
        for set in sets {
            match Self::parameter_set(vm, &set)? {
                Ok(set) => all.push(set),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(all))
    }

    fn parameter_set(vm: &mut Interpreter<'a>, set: &Value<'a>) -> Eval<'a, Result<Parameters, Rc<Unknown>>> {
        if let Value::Dict(_) = set {
            let pairs = match vm.pairs(set)? {
                Ok(pairs) => pairs,
                Err(why) => return Ok(Err(why)),
            };
            let mut named = Vec::new();
            for (index, (key, value)) in pairs.into_iter().enumerate() {
                match stored(vm, index, &value)? {
                    Ok(value) => named.push((key.as_str().unwrap_or_default().to_owned(), value)),
                    Err(why) => return Ok(Err(why)),
                }
            }
            return Ok(Ok(Parameters::Named(named)));
        }
        let values = match vm.iterate(set)? {
            Ok(values) => values,
            Err(why) => return Ok(Err(why)),
        };
        let mut positional = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            match stored(vm, index, value)? {
                Ok(value) => positional.push(value),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(Parameters::Positional(positional)))
    }
}

/// A Python value as SQLite stores it.
fn stored<'a>(
    vm: &mut Interpreter<'a>,
    index: usize,
    value: &Value<'a>,
) -> Eval<'a, Result<sqlite::Value, Rc<Unknown>>> {
    Ok(Ok(match value {
        Value::None => sqlite::Value::Null,
        Value::Bool(value) => sqlite::Value::Integer(i64::from(*value)),
        Value::Int(value) => sqlite::Value::Integer(*value),
        Value::Float(value) => sqlite::Value::Real(*value),
        Value::Str(text) => sqlite::Value::Text(text.to_string()),
        Value::Bytes(bytes) => sqlite::Value::Blob(bytes.to_vec()),
        Value::Unknown(why) => return Ok(Err(forget_text(why))),
        // A member of `class Status(str, Enum)`.
        Value::Instance(instance) if instance.get("value").is_some() => {
            return stored(vm, index, &instance.get("value").unwrap_or(Value::None));
        }
        other => return raise(vm, SqlError::unsupported_parameter(index + 1, &other.type_name())),
    }))
}
