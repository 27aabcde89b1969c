//! What calling a built-in type makes: `int("1")`, `list(items)`, `type(value)`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::interpreter::{Eval, Interpreter};
use super::value::{Args, Class, Dict, RangeValue, Role, Set, Value};

impl<'a> Interpreter<'a> {
    /// Calls a built-in type: converts.
    pub(super) fn convert(&mut self, class: &Rc<Class<'a>>, args: Args<'a>) -> Eval<'a> {
        let first = args.positional.first().cloned();
        match (&*class.name, first) {
            ("str", None) => Ok(Value::text("")),
            ("str", Some(value)) => self.str(&value),
            ("bool", value) => Ok(match self.truth(&value.unwrap_or(Value::None))? {
                Ok(truth) => Value::Bool(truth),
                Err(why) => Value::Unknown(why),
            }),
            ("int", value) => self.to_int(value.as_ref(), args.positional.get(1)),
            ("float", value) => self.to_float(value.as_ref()),
            ("list", None) => Ok(Value::list(Vec::new())),
            ("tuple", None) => Ok(Value::tuple(Vec::new())),
            ("list" | "tuple", Some(value)) => match self.iterate(&value)? {
                Ok(items) if &*class.name == "list" => self.new_list(items),
                Ok(items) => Ok(Value::tuple(items)),
                Err(why) => Ok(Value::Unknown(why)),
            },
            ("set" | "frozenset", value) => {
                let items = match value {
                    Some(value) => match self.iterate(&value)? {
                        Ok(items) => items,
                        Err(why) => return Ok(Value::Unknown(why)),
                    },
                    None => Vec::new(),
                };
                let set = self.new_set(items)?;
                match (&set, &*class.name) {
                    (Value::Set(inner), "frozenset") if self.taint_of(&set).is_none() => {
                        Ok(Value::Set(Rc::new(Set { items: inner.items.clone(), frozen: true })))
                    }
                    _ => Ok(set),
                }
            }
            ("dict", value) => {
                let dict = Value::Dict(Rc::new(Dict { items: IndexMap::new().into(), default: None }));
                let update = Args { positional: value.into_iter().collect(), keyword: args.keyword };
                let doubt = self.doubt.take();
                let updated = self.call_method(&dict, "update", update);
                self.doubt = doubt;
                updated.map(|_| dict)
            }
            ("range", Some(first)) => {
                let bounds: Vec<i64> = args.positional.iter().filter_map(Value::as_int).collect();
                if bounds.len() != args.positional.len() {
                    let why = Self::first_unknown(&args.positional);
                    return match why {
                        Some(why) => Ok(Value::Unknown(why)),
                        None => self.raise(
                            "TypeError",
                            format!("'{}' object cannot be interpreted as an integer", first.type_name()),
                        ),
                    };
                }
                let (from, to, by) = match *bounds.as_slice() {
                    [end] => (0, end, 1),
                    [start, end] => (start, end, 1),
                    [start, end, step, ..] => (start, end, step),
                    [] => (0, 0, 1),
                };
                if by == 0 {
                    return self.raise("ValueError", "range() arg 3 must not be zero");
                }
                Ok(Value::Range(Rc::new(RangeValue { start: from, stop: to, step: by })))
            }
            ("type", Some(value)) if args.positional.len() == 1 => Ok(self.class_of(&value)),
            ("type", Some(_)) => self.class_by_call(&args),
            ("bytes", Some(Value::Str(text))) => Ok(Value::Bytes(text.as_bytes().into())),
            ("bytes", Some(Value::Bytes(bytes))) => Ok(Value::Bytes(bytes)),
            ("object", _) => {
                let class = self.new_class("object", Role::Plain, Vec::new());
                self.instantiate(&class, Args::default())
            }
            (name, _) => Ok(self.unknown(format!("makes a `{name}`"))),
        }
    }

    fn to_int(&mut self, value: Option<&Value<'a>>, base: Option<&Value<'a>>) -> Eval<'a> {
        Ok(match value {
            None => Value::Int(0),
            Some(Value::Unknown(why)) => Value::Unknown(why.clone()),
            #[allow(clippy::cast_possible_truncation, reason = "as Python does")]
            Some(Value::Float(number)) => Value::Int(*number as i64),
            Some(Value::Str(text)) => {
                let base = base.and_then(Value::as_int).and_then(|base| u32::try_from(base).ok()).unwrap_or(10);
                let digits = text.trim().replace('_', "");
                let digits = match base {
                    16 => digits.trim_start_matches("0x").to_owned(),
                    _ => digits,
                };
                match i64::from_str_radix(&digits, base.clamp(2, 36)) {
                    Ok(number) => Value::Int(number),
                    Err(_) => {
                        let shown = self.repr(&Value::Str(text.clone()))?;
                        let shown = shown.as_str().unwrap_or_default().to_owned();
                        return self
                            .raise("ValueError", format!("invalid literal for int() with base {base}: {shown}"));
                    }
                }
            }
            Some(other) => match other.as_int() {
                Some(number) => Value::Int(number),
                None => {
                    let message =
                        format!("int() argument must be a string or a real number, not '{}'", other.type_name());
                    return self.raise("TypeError", message);
                }
            },
        })
    }

    fn to_float(&mut self, value: Option<&Value<'a>>) -> Eval<'a> {
        Ok(match value {
            None => Value::Float(0.0),
            Some(Value::Unknown(why)) => Value::Unknown(why.clone()),
            Some(Value::Str(text)) => match text.trim().parse() {
                Ok(number) => Value::Float(number),
                Err(_) => return self.raise("ValueError", format!("could not convert string to float: '{text}'")),
            },
            Some(other) => match other.as_number() {
                Some(number) => Value::Float(number),
                None => return self.raise("TypeError", "float() argument must be a string or a real number"),
            },
        })
    }
}
