//! Texts: their methods, and how values are written as text.

use std::rc::Rc;

use super::expressions::{finish, push_hole};
use super::interpreter::{Eval, Interpreter};
use super::value::{Args, Key, MAX_NESTING, Role, Unknown, Value};

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
                    _ => self.repr(value),
                }
            }
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
                    _ => return push(text, &format!("<{} object>", instance.class.name)),
                }
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
    fn format_method(&mut self, format: &str, args: &Args<'a>, map: Option<&Value<'a>>) -> Eval<'a> {
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

    /// A method of a text; `None` where texts have none of this name.
    #[allow(clippy::too_many_lines, reason = "one line or two for each method")]
    pub(super) fn text_method(&mut self, text: &Rc<str>, name: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !matches!(name, "join" | "format" | "format_map")
            && let Some(why) = args.values().find_map(Value::as_unknown)
        {
            return Ok(Some(Value::Unknown(super::operators::forget_text(why))));
        }
        self.steps(text.len() / 256)?;
        let first = args.positional.first();
        let word = first.and_then(Value::as_str);
        let count = |index: usize, name: &str| args.at(index, name).and_then(Value::as_int);
        let pair = |text: (&str, &str, &str)| {
            Value::tuple(vec![Value::text(text.0), Value::text(text.1), Value::text(text.2)])
        };
        Ok(Some(match (name, word) {
            ("lower", _) => self.new_text(text.to_lowercase())?,
            ("casefold", _) => self.new_text(text.to_lowercase().replace('ß', "ss"))?,
            ("upper", _) => self.new_text(text.to_uppercase())?,
            ("capitalize", _) => {
                let mut parts = text.chars();
                let first: String = parts.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
                self.new_text(first + &parts.as_str().to_lowercase())?
            }
            ("title", _) => self.new_text(title(text))?,
            ("swapcase", _) => {
                let swap = |part: char| {
                    if part.is_uppercase() { part.to_lowercase().to_string() } else { part.to_uppercase().to_string() }
                };
                self.new_text(text.chars().map(swap).collect())?
            }
            ("strip" | "lstrip" | "rstrip", set) => {
                let set: Option<Vec<char>> = set.map(|set| set.chars().collect());
                let strips = |part: char| set.as_ref().map_or(part.is_whitespace(), |set| set.contains(&part));
                let stripped = match name {
                    "strip" => text.trim_matches(strips),
                    "lstrip" => text.trim_start_matches(strips),
                    _ => text.trim_end_matches(strips),
                };
                self.new_text(stripped.to_owned())?
            }
            ("startswith" | "endswith", _) => {
                let candidates = match first {
                    Some(Value::Tuple(tuple)) => tuple.items.clone(),
                    Some(one) => vec![one.clone()],
                    None => Vec::new(),
                };
                let tests =
                    |part: &str| if name == "startswith" { text.starts_with(part) } else { text.ends_with(part) };
                Value::Bool(candidates.iter().filter_map(Value::as_str).any(tests))
            }
            ("removeprefix", Some(part)) => Value::text(text.strip_prefix(part).unwrap_or(text)),
            ("removesuffix", Some(part)) => Value::text(text.strip_suffix(part).unwrap_or(text)),
            ("replace", Some(old)) => {
                let new = args.positional.get(1).and_then(Value::as_str).unwrap_or_default();
                let most = count(2, "count").and_then(|most| usize::try_from(most).ok());
                let found = if old.is_empty() { text.len() + 1 } else { text.matches(old).count() };
                self.allocate(text.len() + found.min(most.unwrap_or(found)) * new.len())?;
                Value::text(match most {
                    Some(most) => text.replacen(old, new, most),
                    None => text.replace(old, new),
                })
            }
            ("split" | "rsplit", separator) => {
                let most = count(1, "maxsplit").and_then(|most| usize::try_from(most).ok());
                let separator = separator.or_else(|| args.get("sep").and_then(Value::as_str));
                if separator == Some("") {
                    return self.raise("ValueError", "empty separator");
                }
                let parts = split(text, separator, most, name == "rsplit");
                self.allocate(text.len() + parts.len() * 32)?;
                Value::list(parts.into_iter().map(Value::text).collect())
            }
            ("splitlines", _) => {
                let keep = matches!(args.at(0, "keepends"), Some(Value::Bool(true)));
                let lines = text.split_inclusive('\n').map(|line| {
                    if keep {
                        Value::text(line)
                    } else {
                        Value::text(line.trim_end_matches('\n').trim_end_matches('\r'))
                    }
                });
                let lines: Vec<_> = lines.collect();
                self.allocate(text.len())?;
                self.new_list(lines)?
            }
            ("partition", Some(separator)) => match text.split_once(separator) {
                Some((before, after)) => pair((before, separator, after)),
                None => pair((text, "", "")),
            },
            ("rpartition", Some(separator)) => match text.rsplit_once(separator) {
                Some((before, after)) => pair((before, separator, after)),
                None => pair(("", "", text)),
            },
            ("join", _) => return self.join(text, first).map(Some),
            ("format", _) => return self.format_method(text, args, None).map(Some),
            ("format_map", _) => return self.format_method(text, args, first).map(Some),
            ("find" | "index" | "rfind" | "rindex", Some(part)) => {
                let from = super::items::bound(count(1, "start").unwrap_or(0), text.chars().count());
                let skipped: usize = text.chars().take(from).map(char::len_utf8).sum();
                let rest = &text[skipped..];
                let at = if name.starts_with('r') { rest.rfind(part) } else { rest.find(part) };
                match at {
                    Some(at) => Value::Int(i64::try_from(from + rest[..at].chars().count()).unwrap_or(0)),
                    None if name.ends_with("find") => Value::Int(-1),
                    None => return self.raise("ValueError", "substring not found"),
                }
            }
            ("count", Some(part)) => {
                let found = if part.is_empty() { text.chars().count() + 1 } else { text.matches(part).count() };
                Value::Int(i64::try_from(found).unwrap_or(0))
            }
            ("isdigit" | "isdecimal" | "isnumeric", _) => {
                Value::Bool(!text.is_empty() && text.chars().all(char::is_numeric))
            }
            ("isalpha", _) => Value::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
            ("isalnum", _) => Value::Bool(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
            ("isspace", _) => Value::Bool(!text.is_empty() && text.chars().all(char::is_whitespace)),
            ("isupper", _) => {
                Value::Bool(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))
            }
            ("islower", _) => {
                Value::Bool(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))
            }
            ("isidentifier", _) => {
                let begins = text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
                Value::Bool(begins && text.chars().all(|part| part.is_alphanumeric() || part == '_'))
            }
            ("ljust" | "rjust" | "center" | "zfill", _) => {
                let width = usize::try_from(count(0, "width").unwrap_or(0)).unwrap_or(0);
                let fill = args.positional.get(1).and_then(Value::as_str).and_then(|fill| fill.chars().next());
                self.allocate(width.saturating_mul(4))?;
                let align = match name {
                    "ljust" => '<',
                    "center" => '^',
                    _ => '>',
                };
                let fill = if name == "zfill" { '0' } else { fill.unwrap_or(' ') };
                let spec = Spec { fill, align: Some(align), width, ..Spec::default() };
                Value::text(match text.strip_prefix(['-', '+']) {
                    Some(rest) if name == "zfill" => {
                        let spec = Spec { width: width.saturating_sub(1), ..spec };
                        format!("{}{}", &text[..1], spec.pad(rest, false))
                    }
                    _ => spec.pad(text, false),
                })
            }
            ("encode", _) => Value::Bytes(text.as_bytes().into()),
            ("expandtabs", _) => self.new_text(text.replace('\t', "        "))?,
            ("translate", _) => return self.translate(text, first).map(Some),
            _ => return Ok(None),
        }))
    }

    fn join(&mut self, separator: &str, items: Option<&Value<'a>>) -> Eval<'a> {
        let Some(items) = items else { return self.raise("TypeError", "join() takes exactly one argument") };
        let items = match self.iterate(items)? {
            Ok(items) => items,
            Err(why) => return Ok(finish(super::value::HOLE.to_string(), Some(why))),
        };
        let mut text = String::new();
        let mut unknown = None;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(separator);
            }
            match item {
                Value::Str(part) => text.push_str(part),
                Value::Unknown(why) => {
                    push_hole(item, &mut text);
                    unknown = unknown.or(Some(why.clone()));
                }
                _ => {
                    let message = format!("sequence item {index}: expected str instance, {} found", item.type_name());
                    return self.raise("TypeError", message);
                }
            }
            self.allocate(separator.len() + 8)?;
        }
        self.allocate(text.len())?;
        Ok(finish(text, unknown))
    }

    /// `str.maketrans(…)`.
    pub(super) fn make_translation(&mut self, args: &Args<'a>) -> Eval<'a> {
        let code = |part: char| Value::Int(i64::from(u32::from(part)));
        let mut table = indexmap::IndexMap::new();
        if let [Value::Str(from), Value::Str(to), ..] = args.positional.as_slice() {
            let pairs = from.chars().zip(to.chars()).map(|(from, to)| (Key(code(from)), code(to)));
            table.extend(pairs);
        }
        if let Some(Value::Str(gone)) = args.positional.get(2) {
            table.extend(gone.chars().map(|part| (Key(code(part)), Value::None)));
        }
        if let [dict] = args.positional.as_slice()
            && let Ok(pairs) = self.pairs(dict)?
        {
            let keyed = pairs.into_iter().map(|(key, value)| match key.as_str().and_then(|key| key.chars().next()) {
                Some(part) => (Key(code(part)), value),
                None => (Key(key), value),
            });
            table.extend(keyed);
        }
        Ok(Value::dict(table))
    }

    fn translate(&mut self, text: &str, table: Option<&Value<'a>>) -> Eval<'a> {
        let Some(table) = table else { return Ok(Value::text(text)) };
        let pairs = match self.pairs(table)? {
            Ok(pairs) => pairs,
            Err(why) => return Ok(Value::Unknown(why)),
        };
        self.steps(text.len().saturating_mul(pairs.len()) / 16)?;
        let mut translated = String::new();
        for part in text.chars() {
            let key = Value::Int(i64::from(u32::from(part)));
            match pairs.iter().find(|(known, _)| known.equals(&key)) {
                Some((_, Value::Str(new))) => translated.push_str(new),
                Some((_, Value::None)) => {}
                Some((_, new)) => {
                    let new = new.as_int().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
                    translated.extend(new);
                }
                None => translated.push(part),
            }
        }
        self.new_text(translated)
    }

    /// A method of a text of which a part is not known, where that keeps what is known.
    pub(super) fn unknown_text_method(&mut self, unknown: &Rc<Unknown>, name: &str) -> Option<Value<'a>> {
        let text = unknown.text.as_ref()?;
        let text = match name {
            "strip" => text.trim(),
            "rstrip" => text.trim_end(),
            "lstrip" => text.trim_start(),
            "format" | "replace" | "lower" | "upper" => text,
            _ => return None,
        };
        Some(finish(text.to_owned(), Some(unknown.clone())))
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

fn title(text: &str) -> String {
    let mut inside = false;
    let mut result = String::with_capacity(text.len());
    for part in text.chars() {
        match (part.is_alphabetic(), inside) {
            (true, false) => result.extend(part.to_uppercase()),
            (true, true) => result.extend(part.to_lowercase()),
            (false, _) => result.push(part),
        }
        inside = part.is_alphabetic();
    }
    result
}

fn split<'t>(text: &'t str, separator: Option<&str>, most: Option<usize>, from_right: bool) -> Vec<&'t str> {
    match (separator, most) {
        (Some(separator), None) => text.split(separator).collect(),
        (Some(separator), Some(most)) if from_right => {
            let mut parts: Vec<&str> = text.rsplitn(most.saturating_add(1), separator).collect();
            parts.reverse();
            parts
        }
        (Some(separator), Some(most)) => text.splitn(most.saturating_add(1), separator).collect(),
        (None, None) => text.split_whitespace().collect(),
        (None, Some(most)) => {
            let mut parts = Vec::new();
            let mut rest = text.trim();
            while !rest.is_empty() {
                let cut = if from_right { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
                match cut {
                    Some(at) if parts.len() < most => {
                        let (left, right) = rest.split_at(at);
                        let (part, remaining) =
                            if from_right { (right.trim(), left.trim()) } else { (left, right.trim_start()) };
                        parts.push(part);
                        rest = remaining;
                    }
                    _ => {
                        parts.push(rest);
                        break;
                    }
                }
            }
            if from_right {
                parts.reverse();
            }
            parts
        }
    }
}

/// A format specification: `[[fill]align][sign][0][width][,][.precision][type]`.
#[derive(Clone, Copy, Default)]
struct Spec {
    fill: char,
    align: Option<char>,
    plus: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(text: &str) -> Option<Self> {
        let mut spec = Self { fill: ' ', ..Self::default() };
        let parts: Vec<char> = text.chars().collect();
        let is_align = |part: Option<&char>| part.is_some_and(|part| matches!(part, '<' | '>' | '^' | '='));
        let mut at = 0;
        if is_align(parts.get(1)) {
            spec.fill = parts[0];
            spec.align = Some(parts[1]);
            at = 2;
        } else if is_align(parts.first()) {
            spec.align = Some(parts[0]);
            at = 1;
        }
        if let Some('+' | '-' | ' ') = parts.get(at) {
            spec.plus = parts[at] == '+';
            at += 1;
        }
        if parts.get(at) == Some(&'#') {
            at += 1;
        }
        if parts.get(at) == Some(&'0') {
            if spec.align.is_none() {
                spec.fill = '0';
                spec.align = Some('=');
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let from = *at;
            while parts.get(*at).is_some_and(char::is_ascii_digit) {
                *at += 1;
            }
            parts[from..*at].iter().collect::<String>().parse::<usize>().ok()
        };
        spec.width = number(&mut at).unwrap_or(0);
        if let Some(mark @ (',' | '_')) = parts.get(at) {
            spec.grouping = Some(*mark);
            at += 1;
        }
        if parts.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(number(&mut at)?);
        }
        spec.kind = parts.get(at).copied();
        (at + 1 >= parts.len()).then_some(spec)
    }

    fn grouped(self, digits: &str) -> String {
        let Some(mark) = self.grouping else { return digits.to_owned() };
        let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        match rest {
            Some(rest) => format!("{sign}{grouped}.{rest}"),
            None => format!("{sign}{grouped}"),
        }
    }

    fn pad(self, body: &str, numeric: bool) -> String {
        let body = if self.plus && numeric && !body.starts_with('-') { format!("+{body}") } else { body.to_owned() };
        let length = body.chars().count();
        let missing = self.width.saturating_sub(length);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(if numeric { '>' } else { '<' }) {
            '<' => body + &fill(missing),
            '^' => fill(missing / 2) + &body + &fill(missing - missing / 2),
            '=' => match body.strip_prefix(['-', '+']) {
                Some(digits) => format!("{}{}{digits}", &body[..1], fill(missing)),
                None => fill(missing) + &body,
            },
            _ => fill(missing) + &body,
        }
    }
}
