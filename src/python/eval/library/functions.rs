//! `functools`, `itertools`, `json`, `textwrap` and their like: functions of values.

use std::rc::Rc;

use indexmap::IndexMap;

use super::super::formatting::float_text;
use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Key, Value};
use super::{arg, items};

/// Calls a function with arguments that were given before.
#[derive(Debug)]
struct Partial<'a> {
    function: Value<'a>,
    args: Args<'a>,
}

impl<'a> Object<'a> for Partial<'a> {
    fn type_name(&self) -> &'static str {
        "partial"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "func").then(|| self.function.clone()))
    }

    fn calls(&self) -> Option<(Value<'a>, usize, Vec<String>)> {
        let names = self.args.keyword.iter().map(|(name, _)| name.to_string());
        Some((self.function.clone(), self.args.positional.len(), names.collect()))
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let mut all = self.args.clone();
        all.positional.extend(args.positional);
        for (name, value) in args.keyword {
            all.keyword.retain(|(known, _)| *known != name);
            all.keyword.push((name, value));
        }
        vm.call(&self.function, all).map(Some)
    }
}

/// Answers with its first argument: a decorator that changes nothing we compute.
pub(super) fn same<'a>() -> Value<'a> {
    Value::native("same", |vm, args| arg(vm, &args, 0))
}

/// A decorator with arguments that changes nothing we compute; without arguments it is applied at once.
pub(super) fn decorator<'a>() -> Value<'a> {
    Value::native("decorator", |_, args| match args.positional.first() {
        Some(function @ (Value::Function(_) | Value::Class(_))) => Ok(function.clone()),
        _ => Ok(same()),
    })
}

pub(super) fn functools<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "wraps" => Value::native("wraps", |_, _| Ok(same())),
        "lru_cache" | "cache" | "total_ordering" | "singledispatch" => decorator(),
        "update_wrapper" => same(),
        "partial" => Value::native("partial", |vm, mut args| {
            let function = arg(vm, &args, 0)?;
            args.positional.remove(0);
            Ok(Value::Object(Rc::new(Partial { function, args })))
        }),
        "cached_property" => return Ok(vm.builtin_named("property")),
        "reduce" => Value::native("reduce", |vm, args| {
            let function = arg(vm, &args, 0)?;
            let over = arg(vm, &args, 1)?;
            let mut values = match items(vm, &over)? {
                Ok(values) => values.into_iter(),
                Err(unknown) => return Ok(unknown),
            };
            let Some(mut total) = args.positional.get(2).cloned().or_else(|| values.next()) else {
                return vm.raise("TypeError", "reduce() of empty iterable with no initial value");
            };
            for value in values {
                total = vm.call(&function, Args { positional: vec![total, value], keyword: Vec::new() })?;
            }
            Ok(total)
        }),
        _ => return Ok(None),
    }))
}

pub(super) fn itertools<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "chain" => Value::Object(Rc::new(Chain)),
        "product" => Value::native("product", |vm, args| {
            let mut rows: Vec<Vec<Value<'_>>> = vec![Vec::new()];
            let times = args.get("repeat").and_then(Value::as_int).unwrap_or(1);
            for _ in 0..times.clamp(0, 16) {
                for over in &args.positional {
                    let values = match items(vm, over)? {
                        Ok(values) => values,
                        Err(unknown) => return Ok(unknown),
                    };
                    vm.allocate(rows.len().saturating_mul(values.len()).saturating_mul(64))?;
                    rows = rows
                        .iter()
                        .flat_map(|row| {
                            values.iter().map(move |value| [&row[..], std::slice::from_ref(value)].concat())
                        })
                        .collect();
                }
            }
            Ok(Value::iterator(rows.into_iter().map(Value::tuple).collect()))
        }),
        "islice" => Value::native("islice", |vm, args| {
            let over = arg(vm, &args, 0)?;
            let bounds: Vec<usize> = args.positional[1..]
                .iter()
                .map(|bound| bound.as_int().and_then(|bound| usize::try_from(bound).ok()).unwrap_or(usize::MAX))
                .collect();
            let (from, to) = match bounds.as_slice() {
                [to] => (0, *to),
                [from, to, ..] => (*from, *to),
                [] => (0, usize::MAX),
            };
            match items(vm, &over)? {
                Ok(values) => Ok(Value::iterator(values.into_iter().take(to).skip(from).collect())),
                Err(unknown) => Ok(unknown),
            }
        }),
        "repeat" => Value::native("repeat", |vm, args| {
            let times = args.at(1, "times").and_then(Value::as_int).and_then(|times| usize::try_from(times).ok());
            let Some(times) = times else { return Ok(vm.unknown("repeats without end")) };
            vm.allocate(times.saturating_mul(size_of::<Value<'_>>()))?;
            let value = arg(vm, &args, 0)?;
            Ok(Value::iterator(vec![value; times]))
        }),
        "zip_longest" => Value::native("zip_longest", |vm, args| {
            let fill = args.get("fillvalue").cloned().unwrap_or(Value::None);
            let mut columns = Vec::new();
            for over in &args.positional {
                match items(vm, over)? {
                    Ok(values) => columns.push(values),
                    Err(unknown) => return Ok(unknown),
                }
            }
            let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
            vm.allocate(longest.saturating_mul(columns.len()).saturating_mul(32))?;
            let row = |at: usize| columns.iter().map(|column| column.get(at).unwrap_or(&fill).clone()).collect();
            Ok(Value::iterator((0..longest).map(|at| Value::tuple(row(at))).collect()))
        }),
        "combinations" | "permutations" => match name {
            "combinations" => Value::native("combinations", |vm, args| choose(vm, &args, true)),
            _ => Value::native("permutations", |vm, args| choose(vm, &args, false)),
        },
        "count" | "cycle" => vm.unknown("goes on without end"),
        _ => return Ok(None),
    }))
}

/// `combinations(items, count)`, or `permutations`.
fn choose<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, ordered: bool) -> Eval<'a> {
    let over = arg(vm, args, 0)?;
    let values = match items(vm, &over)? {
        Ok(values) => values,
        Err(unknown) => return Ok(unknown),
    };
    let count = args.at(1, "r").and_then(Value::as_int).and_then(|count| usize::try_from(count).ok());
    let count = count.unwrap_or(values.len());
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..count.min(values.len() + 1) {
        let mut longer = Vec::new();
        for row in &rows {
            let from = if ordered { row.last().map_or(0, |last| last + 1) } else { 0 };
            for index in from..values.len() {
                if !row.contains(&index) {
                    vm.allocate(8 * (row.len() + 4))?;
                    longer.push([&row[..], &[index]].concat());
                }
            }
        }
        rows = longer;
    }
    let rows = rows.into_iter().map(|row| Value::tuple(row.into_iter().map(|index| values[index].clone()).collect()));
    Ok(Value::iterator(rows.collect()))
}

/// `itertools.chain`, which is called and has `from_iterable`.
#[derive(Debug)]
struct Chain;

impl<'a> Object<'a> for Chain {
    fn type_name(&self) -> &'static str {
        "chain"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "from_iterable"
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name != "from_iterable" {
            return Ok(None);
        }
        let over = arg(vm, &args, 0)?;
        match items(vm, &over)? {
            Ok(positional) => self.call(vm, Args { positional, keyword: Vec::new() }),
            Err(unknown) => Ok(Some(unknown)),
        }
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let mut all = Vec::new();
        for over in &args.positional {
            match items(vm, over)? {
                Ok(values) => all.extend(values),
                Err(unknown) => return Ok(Some(unknown)),
            }
        }
        Ok(Some(Value::iterator(all)))
    }
}

pub(super) fn operator<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    #[derive(Debug)]
    struct Getter<'a> {
        keys: Vec<Value<'a>>,
        attribute: bool,
    }
    impl<'a> Object<'a> for Getter<'a> {
        fn type_name(&self) -> &'static str {
            "operator.getter"
        }
        fn has_method(&self, _name: &str) -> bool {
            false
        }
        fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
            Ok(None)
        }
        fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
            let from = arg(vm, &args, 0)?;
            let mut found = Vec::new();
            for key in &self.keys {
                found.push(match key.as_str() {
                    Some(name) if self.attribute => match vm.attribute(&from, name)? {
                        Some(value) => value,
                        None => vm.no_attribute(&from, name)?,
                    },
                    _ => vm.item(&from, key)?,
                });
            }
            Ok(Some(if found.len() == 1 { found.swap_remove(0) } else { Value::tuple(found) }))
        }
    }
    Ok(match name {
        "itemgetter" => Some(Value::native("itemgetter", |_, args| {
            Ok(Value::Object(Rc::new(Getter { keys: args.positional, attribute: false })))
        })),
        "attrgetter" => Some(Value::native("attrgetter", |_, args| {
            Ok(Value::Object(Rc::new(Getter { keys: args.positional, attribute: true })))
        })),
        _ => None,
    })
}

pub(super) fn copy<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "copy" => Some(Value::native("copy", |vm, args| {
            let value = arg(vm, &args, 0)?;
            duplicate(vm, &value, 1)
        })),
        "deepcopy" => Some(Value::native("deepcopy", |vm, args| {
            let value = arg(vm, &args, 0)?;
            duplicate(vm, &value, 50)
        })),
        _ => None,
    })
}

fn duplicate<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, depth: u32) -> Eval<'a> {
    vm.step()?;
    vm.allocate(size_of::<Value<'_>>())?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(value.clone()) };
    let copy = match value {
        Value::List(list) => {
            let mut copy = Vec::new();
            for item in list.0.borrow().clone() {
                copy.push(duplicate(vm, &item, depth)?);
            }
            Value::list(copy)
        }
        Value::Dict(dict) => {
            let mut copy = IndexMap::new();
            for (key, item) in dict.items.borrow().clone() {
                copy.insert(key, duplicate(vm, &item, depth)?);
            }
            Value::dict(copy)
        }
        Value::Set(set) => Value::set(set.items.borrow().clone()),
        other => other.clone(),
    };
    if let Some(why) = vm.taint_of(value) {
        vm.taint(&copy, &why);
    }
    Ok(copy)
}

pub(super) fn textwrap<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "dedent" => Some(Value::native("dedent", |vm, args| match arg(vm, &args, 0)? {
            Value::Str(text) => vm.new_text(dedent(&text)),
            other => Ok(other),
        })),
        "indent" => Some(Value::native("indent", |vm, args| {
            let (text, prefix) = (arg(vm, &args, 0)?, arg(vm, &args, 1)?);
            let (Some(text), Some(prefix)) = (text.as_str(), prefix.as_str()) else { return Ok(text) };
            vm.allocate(text.len() + text.lines().count().saturating_mul(prefix.len()))?;
            let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{prefix}{line}") };
            Ok(Value::text(text.split_inclusive('\n').map(line).collect::<String>()))
        })),
        _ => None,
    })
}

/// Without the white space that all lines begin with.
fn dedent(text: &str) -> String {
    let mut margin: Option<&str> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let shared = margin
            .map_or(indent.len(), |margin| margin.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count());
        margin = Some(&indent[..shared]);
    }
    let margin = margin.unwrap_or_default();
    let cut = |line: &str| {
        if line.trim().is_empty() {
            line.trim_start_matches([' ', '\t', '\r']).to_owned()
        } else {
            line.strip_prefix(margin).unwrap_or(line).to_owned()
        }
    };
    text.split_inclusive('\n').map(cut).collect()
}

pub(super) fn string<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "ascii_lowercase" => Some(Value::text("abcdefghijklmnopqrstuvwxyz")),
        "ascii_uppercase" => Some(Value::text("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        "digits" => Some(Value::text("0123456789")),
        _ => None,
    })
}

pub(super) fn importlib<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok((name == "import_module").then(|| Value::native("import_module", |vm, args| vm.import_by_name(&args))))
}

pub(super) fn asyncio<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        // A coroutine has run by the time that it is handed on.
        "run" | "create_task" | "shield" | "wait_for" | "to_thread" => same(),
        "iscoroutinefunction" | "isawaitable" | "iscoroutine" => {
            Value::native("iscoroutine", |_, _| Ok(Value::Bool(false)))
        }
        "isclass" => {
            Value::native("isclass", |vm, args| Ok(Value::Bool(matches!(arg(vm, &args, 0)?, Value::Class(_)))))
        }
        "isfunction" => {
            Value::native("isfunction", |vm, args| Ok(Value::Bool(matches!(arg(vm, &args, 0)?, Value::Function(_)))))
        }
        "sleep" => Value::native("sleep", |_, _| Ok(Value::None)),
        // Alembic is run by its command.
        "get_running_loop" if vm.setup.running => {
            Value::native("get_running_loop", |vm, _| vm.raise("RuntimeError", "no running event loop"))
        }
        "get_event_loop" | "new_event_loop" => {
            Value::native("loop", |_, _| Ok(Value::Object(Rc::new(super::system::Silent("loop")))))
        }
        "Lock" | "Semaphore" => Value::native("Lock", |_, _| Ok(Value::Object(Rc::new(super::system::Silent("Lock"))))),
        _ => vm.unknown("depends on how the program runs"),
    }))
}

pub(super) fn json<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "dumps" => Some(Value::native("dumps", |vm, args| {
            let value = arg(vm, &args, 0)?;
            match to_json(vm, &value, 50)? {
                Ok(json) => {
                    let style = match JsonStyle::of(vm, &args)? {
                        Ok(style) => style,
                        Err(unknown) => return Ok(unknown),
                    };
                    let mut text = String::new();
                    style.write(&json, 0, &mut text);
                    vm.new_text(text)
                }
                Err(unknown) => Ok(unknown),
            }
        })),
        "loads" => Some(Value::native("loads", |vm, args| {
            let text = match arg(vm, &args, 0)? {
                Value::Bytes(bytes) => Value::text(String::from_utf8_lossy(&bytes).into_owned()),
                other => other,
            };
            let Some(text) = text.as_str() else { return Ok(text) };
            match serde_json::from_str::<serde_json::Value>(text) {
                Ok(json) => from_json(vm, &json),
                Err(error) => vm.raise("JSONDecodeError", error.to_string()),
            }
        })),
        "JSONDecodeError" => vm.exception_class("JSONDecodeError").map(Value::Class),
        _ => None,
    })
}

/// How `json.dumps` writes.
struct JsonStyle {
    comma: String,
    colon: String,
    indent: Option<String>,
    ascii: bool,
    sorted: bool,
}

impl JsonStyle {
    fn of<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Result<Self, Value<'a>>> {
        let indent = match args.get("indent") {
            None | Some(Value::None) => None,
            Some(Value::Str(text)) => Some(text.to_string()),
            Some(other) => match other.as_int() {
                Some(width) => Some(" ".repeat(usize::try_from(width.clamp(0, 64)).unwrap_or(0))),
                None => return Ok(Err(vm.unknown("writes JSON in a way that is not computed"))),
            },
        };
        let known = ["indent", "separators", "ensure_ascii", "sort_keys", "default"];
        if args.keyword.iter().any(|(name, _)| !known.contains(&&**name)) {
            return Ok(Err(vm.unknown("writes JSON in a way that is not computed")));
        }
        let truth = |value: Option<&Value<'a>>, default: bool| match value {
            Some(Value::Bool(value)) => *value,
            _ => default,
        };
        let mut style = Self {
            comma: if indent.is_some() { "," } else { ", " }.to_owned(),
            colon: ": ".to_owned(),
            indent,
            ascii: truth(args.get("ensure_ascii"), true),
            sorted: truth(args.get("sort_keys"), false),
        };
        if let Some(Value::Tuple(separators)) = args.get("separators")
            && let [Value::Str(comma), Value::Str(colon)] = separators.items.as_slice()
        {
            (style.comma, style.colon) = (comma.to_string(), colon.to_string());
        }
        Ok(Ok(style))
    }

    fn write(&self, json: &serde_json::Value, depth: usize, text: &mut String) {
        use serde_json::Value as Json;
        let line = |text: &mut String, depth: usize| {
            if let Some(indent) = &self.indent {
                text.push('\n');
                text.push_str(&indent.repeat(depth));
            }
        };
        match json {
            Json::Array(items) if !items.is_empty() => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index > 0 { &self.comma } else { "" });
                    line(text, depth + 1);
                    self.write(item, depth + 1, text);
                }
                line(text, depth);
                text.push(']');
            }
            Json::Object(items) if !items.is_empty() => {
                let mut items: Vec<_> = items.iter().collect();
                if self.sorted {
                    items.sort_by(|a, b| a.0.cmp(b.0));
                }
                text.push('{');
                for (index, (key, item)) in items.into_iter().enumerate() {
                    text.push_str(if index > 0 { &self.comma } else { "" });
                    line(text, depth + 1);
                    self.write(&Json::String(key.clone()), depth + 1, text);
                    text.push_str(&self.colon);
                    self.write(item, depth + 1, text);
                }
                line(text, depth);
                text.push('}');
            }
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (None, Some(number)) => text.push_str(&float_text(number)),
                _ => text.push_str(&number.to_string()),
            },
            Json::String(plain) => {
                let quoted = serde_json::to_string(plain).unwrap_or_default();
                for part in quoted.chars() {
                    let mut units = [0; 2];
                    match part {
                        part if self.ascii && !part.is_ascii() => {
                            for unit in part.encode_utf16(&mut units) {
                                text.push_str(&format!("\\u{unit:04x}"));
                            }
                        }
                        part => text.push(part),
                    }
                }
            }
            other => text.push_str(&other.to_string()),
        }
    }
}

/// A value as JSON.
fn to_json<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    depth: u32,
) -> Eval<'a, Result<serde_json::Value, Value<'a>>> {
    use serde_json::Value as Json;
    vm.step()?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(Err(vm.unknown("nests deeply"))) };
    if let Some(why) = vm.taint_of(value) {
        return Ok(Err(Value::Unknown(why)));
    }
    Ok(Ok(match value {
        Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Str(text) => {
            vm.allocate(text.len())?;
            Json::String(text.to_string())
        }
        Value::List(_) | Value::Tuple(_) => {
            let mut all = Vec::new();
            for item in vm.iterate(value)?.unwrap_or_default() {
                match to_json(vm, &item, depth)? {
                    Ok(item) => all.push(item),
                    Err(unknown) => return Ok(Err(unknown)),
                }
            }
            Json::Array(all)
        }
        Value::Dict(dict) => {
            let mut all = serde_json::Map::new();
            for (key, item) in dict.items.borrow().clone() {
                let key = vm.str(&key.0)?;
                match to_json(vm, &item, depth)? {
                    Ok(item) => all.insert(key.as_str().unwrap_or_default().to_owned(), item),
                    Err(unknown) => return Ok(Err(unknown)),
                };
            }
            Json::Object(all)
        }
        Value::Unknown(_) => return Ok(Err(value.clone())),
        other => {
            let message = format!("Object of type {} is not JSON serializable", other.type_name());
            return vm.raise("TypeError", message);
        }
    }))
}

fn from_json<'a>(vm: &mut Interpreter<'a>, json: &serde_json::Value) -> Eval<'a> {
    use serde_json::Value as Json;
    vm.step()?;
    vm.allocate(32)?;
    Ok(match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(0.0)),
        },
        Json::String(text) => Value::text(text.as_str()),
        Json::Array(values) => {
            let mut all = Vec::new();
            for value in values {
                all.push(from_json(vm, value)?);
            }
            Value::list(all)
        }
        Json::Object(values) => {
            let mut all = IndexMap::new();
            for (key, value) in values {
                all.insert(Key(Value::text(key.as_str())), from_json(vm, value)?);
            }
            Value::dict(all)
        }
    })
}
