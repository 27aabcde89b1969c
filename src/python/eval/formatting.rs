//! How values are written as text: `str`, `repr`, `format`, `%` and f-strings.

use std::rc::Rc;

use ruff_python_ast::{ConversionFlag, FStringPart, InterpolatedStringElement};

use super::format_spec::Spec;
use super::function::Scope;
use super::interpreter::{Eval, Interpreter};
use super::value::{Args, HOLE, MAX_NESTING, Role, Unknown, Value};

/// Why the text of an object is not known that another library prints.
pub(super) const PRINTED: &str = "depends on how an object is printed";

impl<'a> Interpreter<'a> {
    /// `str(value)`.
    pub fn str(&mut self, value: &Value<'a>) -> Eval<'a> {
        match value {
            Value::Str(_) | Value::Unknown(_) => Ok(value.clone()),
            Value::Instance(instance) => {
                if let Some(method) = instance.class.find("__str__") {
                    return self.call(&method, Args { positional: vec![value.clone()], keyword: Vec::new() });
                }
                match instance.class.role {
                    Role::Exception => self.exception_text(instance),
                    Role::Enum if instance.class.is_named("StrEnum") => {
                        Ok(instance.get("value").unwrap_or(Value::None))
                    }
                    Role::Record if instance.class.find("__repr__").is_none() => {
                        super::library::record_text(self, value)
                    }
                    _ => self.repr(value),
                }
            }
            // What a database is reached by is as good as its text.
            Value::Object(object) if object.is_address() => Ok(value.clone()),
            Value::Object(object) => Ok(match object.printed() {
                Some(text) => text,
                None => self.unknown(PRINTED),
            }),
            _ => self.repr(value),
        }
    }

    /// `repr(value)`.
    pub fn repr(&mut self, value: &Value<'a>) -> Eval<'a> {
        let mut text = String::new();
        let mut unknown = None;
        self.write(value, &mut text, &mut unknown, MAX_NESTING)?;
        Ok(finish(text, unknown))
    }

    fn write(
        &mut self,
        value: &Value<'a>,
        text: &mut String,
        unknown: &mut Option<Rc<Unknown>>,
        depth: u32,
    ) -> Eval<'a, ()> {
        self.step()?;
        self.allocate(16)?;
        let Some(depth) = depth.checked_sub(1) else {
            text.push_str("...");
            return Ok(());
        };
        let (open, items, close) = match value {
            Value::None => return push(text, "None"),
            Value::Ellipsis => return push(text, "Ellipsis"),
            Value::Bool(true) => return push(text, "True"),
            Value::Bool(false) => return push(text, "False"),
            Value::Int(value) => return push(text, &value.to_string()),
            Value::Float(value) => return push(text, &float_text(*value)),
            Value::Str(value) => {
                self.allocate(value.len())?;
                return push(text, &quoted(value));
            }
            Value::Bytes(bytes) => return push(text, &format!("b{}", quoted(&String::from_utf8_lossy(bytes)))),
            Value::Unknown(why) => {
                push_hole(value, text);
                *unknown = unknown.take().or(Some(why.clone()));
                return Ok(());
            }
            Value::List(list) => ("[", list.0.borrow().clone(), "]"),
            Value::Tuple(tuple) if tuple.items.len() == 1 => ("(", tuple.items.clone(), ",)"),
            Value::Tuple(tuple) => ("(", tuple.items.clone(), ")"),
            Value::Set(set) if set.items.borrow().is_empty() => return push(text, "set()"),
            Value::Set(set) => ("{", set.items.borrow().iter().map(|key| key.0.clone()).collect(), "}"),
            Value::Dict(dict) => {
                let items: Vec<_> =
                    dict.items.borrow().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
                text.push('{');
                for (index, (key, value)) in items.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    self.write(key, text, unknown, depth)?;
                    text.push_str(": ");
                    self.write(value, text, unknown, depth)?;
                }
                text.push('}');
                return Ok(());
            }
            Value::Class(class) => return push(text, &format!("<class '{}'>", class.name)),
            Value::Instance(instance) => {
                if let Some(method) = instance.class.find("__repr__") {
                    let result = self.call(&method, Args { positional: vec![value.clone()], keyword: Vec::new() })?;
                    if let Value::Str(result) = result {
                        text.push_str(&result);
                    }
                    return Ok(());
                }
                match instance.class.role {
                    Role::Exception => {
                        let args = instance.get("args").unwrap_or(Value::None);
                        text.push_str(&instance.class.name);
                        return self.write(&args, text, unknown, depth);
                    }
                    Role::Enum => {
                        let name = instance.get("name").unwrap_or(Value::None);
                        return push(text, &format!("{}.{}", instance.class.name, name.as_str().unwrap_or_default()));
                    }
                    Role::Record => {
                        push_hole(value, text);
                        *unknown = unknown.take().or_else(|| Some(self.why(PRINTED)));
                        return Ok(());
                    }
                    // It has the place in memory in it.
                    _ => {
                        push_hole(value, text);
                        *unknown = unknown.take().or_else(|| Some(self.why(PRINTED)));
                        return Ok(());
                    }
                }
            }
            Value::Object(object) => {
                match object.printed() {
                    Some(Value::Str(known)) => text.push_str(&known),
                    _ => {
                        push_hole(value, text);
                        *unknown = unknown.take().or_else(|| Some(self.why(PRINTED)));
                    }
                }
                return Ok(());
            }
            _ => return push(text, &format!("<{}>", value.type_name())),
        };
        text.push_str(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            self.write(item, text, unknown, depth)?;
        }
        text.push_str(close);
        Ok(())
    }

    /// `format(value, spec)`.
    pub(super) fn format_value(&mut self, value: &Value<'a>, spec: &str) -> Eval<'a> {
        if let Value::Unknown(_) = value {
            return Ok(value.clone());
        }
        if spec.is_empty() {
            return self.str(value);
        }
        if let Value::Instance(instance) = value
            && let Some(method) = instance.class.find("__format__")
        {
            return self
                .call(&method, Args { positional: vec![value.clone(), Value::text(spec)], keyword: Vec::new() });
        }
        if let Value::Object(object) = value {
            let args = Args { positional: vec![Value::text(spec)], keyword: Vec::new() };
            if let Some(text) = object.clone().method(self, "__format__", args)? {
                return Ok(text);
            }
        }
        let Some(spec) = Spec::parse(spec) else { return self.raise("ValueError", "Invalid format specifier") };
        self.allocate(spec.width.saturating_add(spec.precision.unwrap_or(0)))?;
        let number = value.as_number().filter(|_| !matches!(value, Value::Str(_)));
        let (body, numeric) = match (spec.kind, number) {
            (Some('f' | 'F'), Some(number)) => {
                (spec.grouped(&format!("{number:.*}", spec.precision.unwrap_or(6))), true)
            }
            (Some('%'), Some(number)) => (format!("{:.*}%", spec.precision.unwrap_or(6), number * 100.0), true),
            (Some('x'), _) if value.as_int().is_some() => (format!("{:x}", value.as_int().unwrap_or(0)), true),
            (Some('X'), _) if value.as_int().is_some() => (format!("{:X}", value.as_int().unwrap_or(0)), true),
            (Some('b'), _) if value.as_int().is_some() => (format!("{:b}", value.as_int().unwrap_or(0)), true),
            (Some('o'), _) if value.as_int().is_some() => (format!("{:o}", value.as_int().unwrap_or(0)), true),
            (Some('d') | None, Some(_)) if value.as_int().is_some() => {
                (spec.grouped(&value.as_int().unwrap_or(0).to_string()), true)
            }
            (None, Some(number)) => match spec.precision {
                Some(precision) => (format!("{number:.precision$}"), true),
                None => (spec.grouped(&float_text(number)), true),
            },
            (Some('s') | None, _) => match self.str(value)? {
                Value::Str(text) => match spec.precision {
                    Some(most) => (text.chars().take(most).collect(), false),
                    None => (text.to_string(), false),
                },
                other => return Ok(other),
            },
            _ => return Ok(self.unknown("is formatted in a way that is not computed")),
        };
        self.new_text(spec.pad(&body, numeric))
    }

    /// `format % value`.
    pub(super) fn percent(&mut self, format: &str, value: &Value<'a>) -> Eval<'a> {
        let items = match value {
            Value::Tuple(tuple) => tuple.items.clone(),
            _ => vec![value.clone()],
        };
        let mut items = items.into_iter();
        let mut text = String::new();
        let mut unknown = None;
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(more) = rest.strip_prefix('%') {
                text.push('%');
                rest = more;
                continue;
            }
            let mut item = None;
            if let Some(named) = rest.strip_prefix('(')
                && let Some(end) = named.find(')')
            {
                let key = Value::text(&named[..end]);
                item = Some(self.item(value, &key)?);
                rest = &named[end + 1..];
            }
            let flags = rest.len()
                - rest
                    .trim_start_matches(['-', '+', ' ', '0', '#', '.', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
                    .len();
            let (spec, after) = rest.split_at(flags);
            let Some(kind) = after.chars().next() else { return self.raise("ValueError", "incomplete format") };
            rest = &after[kind.len_utf8()..];
            let Some(item) = item.or_else(|| items.next()) else {
                return self.raise("TypeError", "not enough arguments for format string");
            };
            let left = spec.contains('-');
            let spec: String = spec.chars().filter(|flag| !matches!(flag, '-' | '#')).collect();
            let written = match kind {
                'r' | 'a' => self.repr(&item)?,
                's' => {
                    let item = self.str(&item)?;
                    let align = if left || spec.is_empty() || spec.starts_with('.') { "" } else { ">" };
                    self.format_value(&item, &format!("{align}{spec}"))?
                }
                'd' | 'i' | 'u' => {
                    let item = match &item {
                        #[allow(clippy::cast_possible_truncation, reason = "as Python does")]
                        Value::Float(number) => Value::Int(*number as i64),
                        other => other.clone(),
                    };
                    let align = if left { "<" } else { "" };
                    self.format_value(&item, &format!("{align}{spec}d"))?
                }
                'f' | 'F' | 'x' | 'X' | 'o' => self.format_value(&item, &format!("{spec}{kind}"))?,
                _ => self.unknown("is formatted in a way that is not computed"),
            };
            match written {
                Value::Str(part) => text.push_str(&part),
                other => {
                    push_hole(&other, &mut text);
                    unknown = unknown.or(other.as_unknown().cloned());
                }
            }
            self.allocate(text.len() / 8)?;
        }
        text.push_str(rest);
        if items.next().is_some() && matches!(value, Value::Tuple(_)) {
            return self.raise("TypeError", "not all arguments converted during string formatting");
        }
        self.allocate(text.len())?;
        Ok(finish(text, unknown))
    }

    /// `format.format(…)`.
    pub(super) fn format_method(&mut self, format: &str, args: &Args<'a>, map: Option<&Value<'a>>) -> Eval<'a> {
        let mut text = String::new();
        let mut unknown = None;
        let mut next = 0;
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if rest.starts_with(brace) {
                text.push_str(brace);
                rest = &rest[1..];
                continue;
            }
            let Some(end) = field_end(rest) else { return self.raise("ValueError", "Single '{' in format string") };
            let field = &rest[..end];
            rest = &rest[end + 1..];
            let (path, spec) = field.split_once(':').unwrap_or((field, ""));
            let (path, conversion) = path.split_once('!').unwrap_or((path, ""));
            let spec = if spec.contains('{') {
                match self.format_method(spec, args, map)? {
                    Value::Str(spec) => spec.to_string(),
                    _ => String::new(),
                }
            } else {
                spec.to_owned()
            };
            let item = self.format_field(path, args, map, &mut next)?;
            let item = match conversion {
                "r" | "a" => self.repr(&item)?,
                "s" => self.str(&item)?,
                _ => item,
            };
            match self.format_value(&item, &spec)? {
                Value::Str(part) => {
                    self.allocate(part.len())?;
                    text.push_str(&part);
                }
                other => {
                    push_hole(&other, &mut text);
                    unknown = unknown.or(other.as_unknown().cloned());
                }
            }
        }
        text.push_str(rest);
        self.allocate(text.len())?;
        Ok(finish(text, unknown))
    }

    fn format_field(&mut self, path: &str, args: &Args<'a>, map: Option<&Value<'a>>, next: &mut usize) -> Eval<'a> {
        let first = path.find(['.', '[']).unwrap_or(path.len());
        let (name, mut path) = path.split_at(first);
        let found = match (name.parse::<usize>(), map) {
            (_, Some(map)) => Some(self.item(map, &Value::text(name))?),
            (Ok(index), None) => args.positional.get(index).cloned(),
            (Err(_), None) if name.is_empty() => {
                *next += 1;
                args.positional.get(*next - 1).cloned()
            }
            (Err(_), None) => match args.get(name) {
                Some(value) => Some(value.clone()),
                None => return self.raise("KeyError", name),
            },
        };
        let Some(mut value) = found else {
            return self.raise("IndexError", "Replacement index out of range for positional args tuple");
        };
        while !path.is_empty() {
            if let Some(more) = path.strip_prefix('.') {
                let end = more.find(['.', '[']).unwrap_or(more.len());
                value = match self.attribute(&value, &more[..end])? {
                    Some(value) => value,
                    None => return self.no_attribute(&value, &more[..end]),
                };
                path = &more[end..];
            } else {
                let Some(more) = path.strip_prefix('[') else {
                    let message = "Only '.' or '[' may follow ']' in format field specifier";
                    return self.raise("ValueError", message);
                };
                let end = more.find(']').unwrap_or(more.len());
                let key = more[..end].parse::<i64>().map_or_else(|_| Value::text(&more[..end]), Value::Int);
                value = self.item(&value, &key)?;
                path = more.get(end + 1..).unwrap_or_default();
            }
        }
        Ok(value)
    }

    pub(super) fn f_string(&mut self, parts: &'a [FStringPart], scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let mut text = String::new();
        let mut unknown = None;
        for part in parts {
            match part {
                FStringPart::Literal(literal) => text.push_str(&literal.value),
                FStringPart::FString(string) => {
                    self.interpolate(&string.elements, scope, &mut text, &mut unknown)?;
                }
            }
        }
        self.allocate(text.len())?;
        Ok(finish(text, unknown))
    }

    fn interpolate(
        &mut self,
        elements: &'a ruff_python_ast::InterpolatedStringElements,
        scope: &Rc<Scope<'a>>,
        text: &mut String,
        unknown: &mut Option<Rc<Unknown>>,
    ) -> Eval<'a, ()> {
        for element in elements {
            let element = match element {
                InterpolatedStringElement::Literal(literal) => {
                    text.push_str(&literal.value);
                    continue;
                }
                InterpolatedStringElement::Interpolation(element) => element,
            };
            let value = self.expr(&element.expression, scope)?;
            if let Some(debug) = &element.debug_text {
                text.push_str(debug.as_str());
            }
            let value = match element.conversion {
                ConversionFlag::None if element.debug_text.is_some() && element.format_spec.is_none() => {
                    self.repr(&value)?
                }
                ConversionFlag::None => value,
                ConversionFlag::Str => self.str(&value)?,
                ConversionFlag::Ascii | ConversionFlag::Repr => self.repr(&value)?,
            };
            let mut spec = String::new();
            if let Some(format) = &element.format_spec {
                self.interpolate(&format.elements, scope, &mut spec, unknown)?;
            }
            match self.format_value(&value, &spec)? {
                Value::Str(part) => {
                    self.allocate(part.len())?;
                    text.push_str(&part);
                }
                other => {
                    push_hole(&other, text);
                    *unknown = unknown.take().or(other.as_unknown().cloned());
                }
            }
        }
        Ok(())
    }
}

/// A text from its parts: known, or with what of it is known.
pub(super) fn finish<'a>(text: String, unknown: Option<Rc<Unknown>>) -> Value<'a> {
    match unknown {
        None => Value::text(text),
        Some(why) => Value::Unknown(Rc::new(Unknown { text: Some(text.into()), ..(*why).clone() })),
    }
}

/// Adds what is known of a value that is not.
pub(super) fn push_hole(value: &Value<'_>, text: &mut String) {
    match value.as_unknown().and_then(|unknown| unknown.text.clone()) {
        Some(known) => text.push_str(&known),
        None => text.push(HOLE),
    }
}

fn push<'a>(text: &mut String, part: &str) -> Eval<'a, ()> {
    text.push_str(part);
    Ok(())
}

/// Where a replacement field ends: its `}`.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| match byte {
        b'{' => {
            depth += 1;
            false
        }
        b'}' if depth == 0 => true,
        b'}' => {
            depth -= 1;
            false
        }
        _ => false,
    })
}

/// A number as Python writes it.
pub(super) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(("+", exponent), |exponent| ("-", exponent));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    format!("{value:?}")
}

/// A text as Python's `repr` writes it.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for part in text.chars() {
        match part {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            part if part == quote => quoted.extend(['\\', part]),
            part if part.is_control() && u32::from(part) < 256 => {
                quoted.push_str(&format!("\\x{:02x}", u32::from(part)));
            }
            part => quoted.push(part),
        }
    }
    quoted.push(quote);
    quoted
}
