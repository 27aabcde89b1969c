//! What Python's built-in names mean: types and functions.

use std::rc::Rc;

use indexmap::IndexMap;

use super::function::Scope;
use super::interpreter::{Eval, Interpreter, Stop};
use super::library::{arg, items};
use super::value::{Args, Class, Role, Value};
use super::wrappers::wrapper;

const TYPES: &[&str] = &[
    "object",
    "str",
    "int",
    "float",
    "bool",
    "bytes",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "range",
    "type",
    "NoneType",
    "bytearray",
    "complex",
    "slice",
    "memoryview",
    "function",
    "module",
];

impl<'a> Interpreter<'a> {
    /// A built-in type.
    pub(super) fn builtin_class(&mut self, name: &str) -> Option<Rc<Class<'a>>> {
        let name = TYPES.iter().find(|known| **known == name)?;
        if let Some(Value::Class(class)) = self.builtins.get(name) {
            return Some(class.clone());
        }
        let class = self.new_class(*name, Role::Builtin, Vec::new());
        self.builtins.insert(name, Value::Class(class.clone()));
        Some(class)
    }

    /// A built-in function by its name.
    pub(super) fn builtin_named(&mut self, name: &str) -> Option<Value<'a>> {
        function(name)
    }

    /// What a name means that nobody bound.
    pub(super) fn builtin(&mut self, name: &str, scope: &Rc<Scope<'a>>) -> Option<Value<'a>> {
        // Python 2 has other names for some.
        let name = match name {
            "xrange" => "range",
            "unicode" | "basestring" => "str",
            "long" => "int",
            "unichr" => "chr",
            other => other,
        };
        match name {
            "__name__" => return Some(Value::text(scope.module.name.as_str())),
            "__file__" => return scope.syntax().map(|module| Value::text(module.source.path())),
            "__doc__" | "__spec__" | "__package__" => return Some(Value::None),
            "__builtins__" | "__loader__" => return Some(self.unknown("looks into the interpreter")),
            "NotImplemented" => return Some(Value::Ellipsis),
            _ => {}
        }
        if let Some(class) = self.builtin_class(name) {
            return Some(Value::Class(class));
        }
        if let Some(native) = function(name) {
            return Some(native);
        }
        if let Some(class) =
            self.exception_class(name).filter(|class| !class.is_named("Error") && !class.is_named("SQLAlchemyError"))
        {
            return Some(Value::Class(class));
        }
        match name {
            "EnvironmentError" | "IOError" => self.exception_class("OSError").map(Value::Class),
            "open" | "input" | "eval" | "exec" | "compile" | "breakpoint" | "aiter" | "anext" => Some(match name {
                "open" => Value::native("open", |vm, args| {
                    let given = args.positional.first().cloned().unwrap_or(Value::None);
                    if matches!(given, Value::Object(_)) {
                        return vm.call_method(&given, "open", Args::default());
                    }
                    let name = given.as_str().unwrap_or("a file").to_owned();
                    if name.contains('/') {
                        return super::library::open_file(vm, &name);
                    }
                    Ok(vm.unknown(format!("depends on the content of `{name}`")))
                }),
                _ => self.unknown(format!("calls `{name}`")),
            }),
            "reduce" => super::library::reduce(self),
            "raw_input" | "execfile" | "cmp" | "buffer" | "intern" | "apply" | "file" | "reload" => {
                Some(self.unknown(format!("calls `{name}` of Python 2")))
            }
            _ => None,
        }
    }

    /// The items of an argument, or the unknown that it is.
    fn items_of(&mut self, args: &Args<'a>, index: usize) -> Eval<'a, Result<Vec<Value<'a>>, Value<'a>>> {
        let value = arg(self, args, index)?;
        items(self, &value)
    }

    fn extreme(&mut self, args: Args<'a>, wanted: std::cmp::Ordering) -> Eval<'a> {
        let items = match args.positional.len() {
            1 => match self.items_of(&args, 0)? {
                Ok(items) => items,
                Err(unknown) => return Ok(unknown),
            },
            _ => args.positional.clone(),
        };
        let key = args.get("key").cloned();
        let mut best: Option<(Value<'a>, Value<'a>)> = None;
        for item in items {
            let by = match &key {
                Some(key) => self.call(key, Args { positional: vec![item.clone()], keyword: Vec::new() })?,
                None => item.clone(),
            };
            let better = match &best {
                None => true,
                Some((known, _)) => match self.order(&by, known)? {
                    Ok(order) => order == Some(wanted),
                    Err(why) => return Ok(Value::Unknown(why)),
                },
            };
            if better {
                best = Some((by, item));
            }
        }
        match (best, args.get("default")) {
            (Some((_, item)), _) => Ok(item),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => self.raise("ValueError", "arg is an empty sequence"),
        }
    }

    /// Truth of all or of any: as far as known.
    fn quantify(&mut self, args: &Args<'a>, any: bool) -> Eval<'a> {
        let items = match self.items_of(args, 0)? {
            Ok(items) => items,
            Err(unknown) => return Ok(unknown),
        };
        let mut unknown = None;
        for item in &items {
            match self.truth(item)? {
                Ok(truth) if truth == any => return Ok(Value::Bool(any)),
                Ok(_) => {}
                Err(why) => unknown = Some(why),
            }
        }
        Ok(unknown.map_or(Value::Bool(!any), Value::Unknown))
    }

    fn next_item(&mut self, args: &Args<'a>) -> Eval<'a> {
        let Some(over) = args.positional.first().cloned() else {
            return self.raise("TypeError", "next() needs an iterator");
        };
        let item = match &over {
            Value::Iterator(iterator) => {
                let at = iterator.next.get();
                let item = iterator.items.borrow().get(at).cloned();
                iterator.next.set(at + 1);
                item
            }
            Value::Unknown(why) => return Ok(Value::Unknown(why.clone())),
            Value::Object(object) => object
                .clone()
                .method(self, "__next__", Args::default())?
                .filter(|item| !matches!(item, Value::Ellipsis)),
            Value::Instance(_) => match self.attribute(&over, "__next__")? {
                Some(method) => Some(self.call(&method, Args::default())?),
                None => None,
            },
            _ => return self.raise("TypeError", format!("'{}' object is not an iterator", over.type_name())),
        };
        match (item, args.positional.get(1)) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => {
                let stop = self.exception("StopIteration", Vec::new());
                Err(Stop::Raise(stop))
            }
        }
    }

    fn zip(&mut self, args: &Args<'a>) -> Eval<'a> {
        // `zip(pairs, pairs)` on one iterator takes from it by turns.
        if let [first @ Value::Iterator(_), rest @ ..] = args.positional.as_slice()
            && !rest.is_empty()
            && rest.iter().all(|other| other.is(first))
        {
            return Ok(match self.iterate(first)? {
                Ok(items) => {
                    let rows = items.chunks_exact(args.positional.len()).map(|row| Value::tuple(row.to_vec()));
                    Value::iterator(rows.collect())
                }
                Err(why) => Value::Unknown(why),
            });
        }
        let mut all = Vec::new();
        for index in 0..args.positional.len() {
            match self.items_of(args, index)? {
                Ok(items) => all.push(items),
                Err(unknown) => return Ok(unknown),
            }
        }
        let shortest = all.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..shortest).map(|row| Value::tuple(all.iter().map(|items| items[row].clone()).collect()));
        let rows: Vec<_> = rows.collect();
        self.allocate(shortest * all.len() * size_of::<Value<'_>>())?;
        Ok(Value::iterator(rows))
    }

    fn map_or_filter(&mut self, args: &Args<'a>, keeps: bool) -> Eval<'a> {
        let Some(function) = args.positional.first().cloned() else {
            return self.raise("TypeError", "a function is missing");
        };
        let mut columns = Vec::new();
        for index in 1..args.positional.len() {
            match self.items_of(args, index)? {
                Ok(items) => columns.push(items),
                Err(unknown) => return Ok(unknown),
            }
        }
        let shortest = columns.iter().map(Vec::len).min().unwrap_or(0);
        let mut results = Vec::with_capacity(shortest);
        for row in 0..shortest {
            self.step()?;
            let positional: Vec<_> = columns.iter().map(|items| items[row].clone()).collect();
            let item = positional.first().cloned().unwrap_or(Value::None);
            let result = match function {
                Value::None => item.clone(),
                _ => self.call(&function, Args { positional, keyword: Vec::new() })?,
            };
            if !keeps {
                results.push(result);
                continue;
            }
            match self.truth(&result)? {
                Ok(true) => results.push(item),
                Ok(false) => {}
                Err(why) => return Ok(Value::Unknown(why)),
            }
        }
        Ok(Value::iterator(results))
    }

    fn get_attribute(&mut self, args: &Args<'a>) -> Eval<'a> {
        let [object, name, default @ ..] = args.positional.as_slice() else {
            return self.raise("TypeError", "getattr expected at least 2 arguments");
        };
        if let Some(why) = name.as_unknown() {
            return Ok(Value::Unknown(why.clone()));
        }
        let name = name.as_str().unwrap_or_default().to_owned();
        match (self.attribute(object, &name)?, default.first()) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => self.no_attribute(object, &name),
        }
    }

    fn length(&mut self, value: &Value<'a>) -> Eval<'a> {
        if let Some(why) = self.taint_of(value).or_else(|| value.as_unknown().cloned()) {
            return Ok(Value::Unknown(super::operators::forget_text(&why)));
        }
        let length = match value {
            Value::Str(text) => {
                self.steps(text.len() / 32)?;
                text.chars().count()
            }
            Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => list.0.borrow().len(),
            Value::Tuple(tuple) => tuple.items.len(),
            Value::Set(set) => set.items.borrow().len(),
            Value::Dict(dict) => dict.items.borrow().len(),
            Value::Range(range) => usize::try_from(range.length()).unwrap_or(usize::MAX),
            Value::Object(object) => match object.length() {
                Some(length) => length,
                None => return self.raise("TypeError", format!("object of type '{}' has no len()", value.type_name())),
            },
            Value::Instance(instance) => match instance.class.find("__len__") {
                Some(method) => {
                    return self.call(&method, Args { positional: vec![value.clone()], keyword: Vec::new() });
                }
                None => return self.raise("TypeError", format!("object of type '{}' has no len()", value.type_name())),
            },
            Value::Class(class) if class.role == Role::Enum => self.enum_members(class).len(),
            _ => return self.raise("TypeError", format!("object of type '{}' has no len()", value.type_name())),
        };
        Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
    }
}

#[allow(clippy::too_many_lines, reason = "a line or two for each function")]
fn function<'a>(name: &str) -> Option<Value<'a>> {
    Some(match name {
        "print" => Value::native("print", |_, _| Ok(Value::None)),
        "len" => Value::native("len", |vm, args| {
            let value = arg(vm, &args, 0)?;
            vm.length(&value)
        }),
        "isinstance" => Value::native("isinstance", |vm, args| {
            let [value, class] = args.positional.as_slice() else {
                return vm.raise("TypeError", "isinstance expected 2 arguments");
            };
            Ok(match vm.is_instance(value, class)? {
                Ok(is) => Value::Bool(is),
                Err(why) => Value::Unknown(why),
            })
        }),
        "issubclass" => Value::native("issubclass", |vm, args| {
            Ok(match args.positional.as_slice() {
                [Value::Class(class), Value::Class(other)] => Value::Bool(class.inherits(other)),
                [Value::Class(class), Value::Tuple(others)] => Value::Bool(
                    others.items.iter().any(|other| matches!(other, Value::Class(other) if class.inherits(other))),
                ),
                _ => vm.unknown("asks what a class inherits from"),
            })
        }),
        "callable" => Value::native("callable", |vm, args| {
            let value = arg(vm, &args, 0)?;
            Ok(match &value {
                Value::Unknown(_) => value,
                Value::Instance(instance) => Value::Bool(instance.class.find("__call__").is_some()),
                _ => Value::Bool(matches!(
                    value,
                    Value::Function(_) | Value::Bound(_) | Value::Method(_) | Value::Native(_) | Value::Class(_)
                )),
            })
        }),
        "getattr" => Value::native("getattr", |vm, args| vm.get_attribute(&args)),
        "hasattr" => Value::native("hasattr", |vm, args| {
            let [object, name] = args.positional.as_slice() else {
                return vm.raise("TypeError", "hasattr expected 2 arguments");
            };
            if let Value::Unknown(_) = object {
                return Ok(object.clone());
            }
            let name = name.as_str().unwrap_or_default().to_owned();
            Ok(match vm.attribute(object, &name)? {
                Some(Value::Unknown(why)) => Value::Unknown(why),
                Some(Value::Method(method)) if !vm.has_method(&method.0, &method.1) => Value::Bool(false),
                found => Value::Bool(found.is_some()),
            })
        }),
        "setattr" => Value::native("setattr", |vm, args| {
            if let [object, Value::Str(name), value] = args.positional.as_slice() {
                vm.set_attribute(object, name.to_string().into(), value.clone())?;
            }
            Ok(Value::None)
        }),
        "sorted" => Value::native("sorted", |vm, args| match vm.items_of(&args, 0)? {
            Ok(items) => match vm.sorted(items, &args)? {
                Ok(items) => vm.new_list(items),
                Err(why) => Ok(Value::Unknown(why)),
            },
            Err(unknown) => Ok(unknown),
        }),
        "reversed" => Value::native("reversed", |vm, args| match vm.items_of(&args, 0)? {
            Ok(mut items) => {
                items.reverse();
                Ok(Value::iterator(items))
            }
            Err(unknown) => Ok(unknown),
        }),
        "enumerate" => Value::native("enumerate", |vm, args| {
            let start = args.at(1, "start").and_then(Value::as_int).unwrap_or(0);
            match vm.items_of(&args, 0)? {
                Ok(items) => {
                    vm.allocate(items.len() * 3 * size_of::<Value<'_>>())?;
                    let numbered =
                        (start..).zip(items).map(|(index, item)| Value::tuple(vec![Value::Int(index), item]));
                    Ok(Value::iterator(numbered.collect()))
                }
                Err(unknown) => Ok(unknown),
            }
        }),
        "zip" => Value::native("zip", |vm, args| vm.zip(&args)),
        "map" => Value::native("map", |vm, args| vm.map_or_filter(&args, false)),
        "filter" => Value::native("filter", |vm, args| vm.map_or_filter(&args, true)),
        "iter" => Value::native("iter", |vm, args| {
            if let Some(value @ Value::Iterator(_)) = args.positional.first() {
                return Ok(value.clone());
            }
            // `iter(function, last)`: what the function yields, up to that value.
            if let [function, last] = args.positional.as_slice() {
                let mut found = Vec::new();
                loop {
                    let value = vm.call(function, Args::default())?;
                    match vm.equal(&value, last)? {
                        Ok(true) => return Ok(Value::iterator(found)),
                        Ok(false) => {
                            vm.allocate(size_of::<Value<'_>>())?;
                            found.push(value);
                        }
                        Err(why) => return Ok(Value::Unknown(why)),
                    }
                }
            }
            match vm.items_of(&args, 0)? {
                Ok(items) => Ok(Value::iterator(items)),
                Err(unknown) => Ok(unknown),
            }
        }),
        "next" => Value::native("next", |vm, args| vm.next_item(&args)),
        "any" => Value::native("any", |vm, args| vm.quantify(&args, true)),
        "all" => Value::native("all", |vm, args| vm.quantify(&args, false)),
        "sum" => Value::native("sum", |vm, args| {
            let mut total = args.at(1, "start").cloned().unwrap_or(Value::Int(0));
            match vm.items_of(&args, 0)? {
                Ok(items) => {
                    for item in items {
                        total = vm.binary(ruff_python_ast::Operator::Add, &total, &item)?;
                    }
                    Ok(total)
                }
                Err(unknown) => Ok(unknown),
            }
        }),
        "min" => Value::native("min", |vm, args| vm.extreme(args, std::cmp::Ordering::Less)),
        "max" => Value::native("max", |vm, args| vm.extreme(args, std::cmp::Ordering::Greater)),
        "abs" => Value::native("abs", |vm, args| {
            Ok(match arg(vm, &args, 0)? {
                Value::Float(number) => Value::Float(number.abs()),
                Value::Unknown(why) => Value::Unknown(why),
                other => match other.as_int().and_then(i64::checked_abs) {
                    Some(number) => Value::Int(number),
                    None => return vm.raise("TypeError", "bad operand type for abs()"),
                },
            })
        }),
        "round" => Value::native("round", |vm, args| {
            let value = arg(vm, &args, 0)?;
            let digits = args.at(1, "ndigits").and_then(Value::as_int);
            Ok(match (value.as_number(), digits) {
                #[allow(clippy::cast_possible_truncation, reason = "as Python does")]
                (Some(number), None) => Value::Int(number.round_ties_even() as i64),
                (Some(number), Some(digits)) => {
                    let scale = 10_f64.powi(i32::try_from(digits.clamp(-300, 300)).unwrap_or(0));
                    Value::Float((number * scale).round_ties_even() / scale)
                }
                _ => value,
            })
        }),
        "divmod" => Value::native("divmod", |vm, args| {
            let [a, b] = args.positional.as_slice() else {
                return vm.raise("TypeError", "divmod expected 2 arguments");
            };
            let whole = vm.binary(ruff_python_ast::Operator::FloorDiv, a, b)?;
            let rest = vm.binary(ruff_python_ast::Operator::Mod, a, b)?;
            Ok(Value::tuple(vec![whole, rest]))
        }),
        "pow" => Value::native("pow", |vm, args| {
            let [a, b, ..] = args.positional.as_slice() else {
                return vm.raise("TypeError", "pow expected 2 arguments");
            };
            vm.binary(ruff_python_ast::Operator::Pow, a, b)
        }),
        "repr" | "ascii" => Value::native("repr", |vm, args| {
            let value = arg(vm, &args, 0)?;
            vm.repr(&value)
        }),
        "format" => Value::native("format", |vm, args| {
            let value = arg(vm, &args, 0)?;
            let spec = args.positional.get(1).and_then(Value::as_str).unwrap_or_default().to_owned();
            vm.format_value(&value, &spec)
        }),
        "chr" => Value::native("chr", |vm, args| {
            let code = arg(vm, &args, 0)?.as_int().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
            match code {
                Some(part) => Ok(Value::text(part.to_string())),
                None => vm.raise("ValueError", "chr() arg not in range(0x110000)"),
            }
        }),
        "ord" => {
            Value::native("ord", |vm, args| match arg(vm, &args, 0)?.as_str().and_then(|text| text.chars().next()) {
                Some(part) => Ok(Value::Int(i64::from(u32::from(part)))),
                None => vm.raise("TypeError", "ord() expected a character"),
            })
        }
        "hex" => Value::native("hex", |vm, args| {
            Ok(match arg(vm, &args, 0)?.as_int() {
                Some(number) => Value::text(format!("{number:#x}")),
                None => vm.unknown("is a number that is not known"),
            })
        }),
        "hash" => Value::native("hash", |vm, _| Ok(vm.unknown("depends on a hash"))),
        "id" => Value::native("id", |vm, _| Ok(vm.unknown("depends on an address in memory"))),
        "property" => Value::native("property", |vm, args| wrapper(vm, "property", &args)),
        "staticmethod" => Value::native("staticmethod", |vm, args| wrapper(vm, "staticmethod", &args)),
        "classmethod" => Value::native("classmethod", |vm, args| wrapper(vm, "classmethod", &args)),
        "super" => Value::native("super", |vm, args| vm.super_of(&args)),
        "locals" => Value::native("locals", |_, _| Ok(Value::dict(IndexMap::new()))),
        "globals" => Value::native("globals", |_, _| Ok(Value::dict(IndexMap::new()))),
        "vars" => Value::native("vars", |_, _| Ok(Value::dict(IndexMap::new()))),
        "dir" => Value::native("dir", |vm, args| {
            let names: Vec<String> = match args.positional.first() {
                Some(Value::Module(module)) => module.names.borrow().keys().map(ToString::to_string).collect(),
                Some(Value::Instance(instance)) => {
                    let class = instance
                        .class
                        .lineage()
                        .flat_map(|class| class.names.borrow().keys().map(ToString::to_string).collect::<Vec<_>>());
                    instance.names.borrow().keys().map(ToString::to_string).chain(class).collect()
                }
                Some(Value::Class(class)) => class.names.borrow().keys().map(ToString::to_string).collect(),
                _ => return Ok(vm.unknown("asks what names there are")),
            };
            let mut names = names;
            names.sort();
            vm.new_list(names.into_iter().map(Value::text).collect())
        }),
        "delattr" => Value::native("delattr", |_, args| {
            if let [Value::Instance(instance), Value::Str(name)] = args.positional.as_slice() {
                instance.names.borrow_mut().shift_remove(&**name);
            }
            Ok(Value::None)
        }),
        "exit" | "quit" => Value::native("exit", |vm, args| {
            let exit = vm.exception("SystemExit", args.positional);
            Err(Stop::Raise(exit))
        }),
        "__import__" => Value::native("__import__", |vm, args| vm.import_by_name(&args)),
        _ => return None,
    })
}
