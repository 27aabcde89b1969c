//! The methods of texts.

use std::rc::Rc;

use indexmap::IndexMap;

use super::format_spec::Spec;
use super::formatting::{finish, push_hole};
use super::interpreter::{Eval, Interpreter};
use super::items::bound;
use super::operators::forget_text;
use super::value::{Args, HOLE, Key, Unknown, Value};

impl<'a> Interpreter<'a> {
    /// A method of a text; `None` where texts have none of this name.
    #[allow(clippy::too_many_lines, reason = "one line or two for each method")]
    pub(super) fn text_method(&mut self, text: &Rc<str>, name: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !matches!(name, "join" | "format" | "format_map")
            && let Some(why) = args.values().find_map(Value::as_unknown)
        {
            return Ok(Some(Value::Unknown(forget_text(why))));
        }
        self.steps(text.len() / 32)?;
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
                let from = bound(count(1, "start").unwrap_or(0), text.chars().count());
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
            Err(why) => return Ok(finish(HOLE.to_string(), Some(why))),
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
        let mut table = IndexMap::new();
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
