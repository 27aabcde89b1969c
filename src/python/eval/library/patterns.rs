//! `re`, on a backtracking matcher with a limit.

use std::cell::OnceCell;
use std::rc::Rc;

use fancy_regex::{Regex, RegexBuilder};

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::operators::forget_text;
use super::super::value::{Args, Value};
use super::arg;

type Captures<'t> = fancy_regex::Captures<'t, str>;

/// The steps that one search may take back.
const BACKTRACK_LIMIT: usize = 100_000;
/// How many steps it takes to search with a pattern that may go back so often.
const COST_OF_BACKTRACKING: usize = 5_000;
/// The longest text that is searched.
const MAX_TEXT: usize = 1 << 20;

const IGNORECASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOTALL: i64 = 16;
const VERBOSE: i64 = 64;

pub(super) fn re<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "IGNORECASE" | "I" => Value::Int(IGNORECASE),
        "MULTILINE" | "M" => Value::Int(MULTILINE),
        "DOTALL" | "S" => Value::Int(DOTALL),
        "VERBOSE" | "X" => Value::Int(VERBOSE),
        "ASCII" | "A" | "UNICODE" | "U" | "NOFLAG" => Value::Int(0),
        "compile" => Value::native("compile", |vm, args| {
            let flags = args.at(1, "flags").cloned();
            let pattern = arg(vm, &args, 0)?;
            compile(vm, &pattern, flags.as_ref())
        }),
        "escape" => Value::native("escape", |vm, args| match arg(vm, &args, 0)? {
            Value::Str(text) => {
                let special = |part: char| "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(part);
                let escaped = text.chars().flat_map(|part| special(part).then_some('\\').into_iter().chain([part]));
                vm.new_text(escaped.collect())
            }
            other => Ok(other),
        }),
        "search" => Value::native("search", |vm, args| through(vm, "search", args, 2)),
        "match" => Value::native("match", |vm, args| through(vm, "match", args, 2)),
        "fullmatch" => Value::native("fullmatch", |vm, args| through(vm, "fullmatch", args, 2)),
        "findall" => Value::native("findall", |vm, args| through(vm, "findall", args, 2)),
        "finditer" => Value::native("finditer", |vm, args| through(vm, "finditer", args, 2)),
        "split" => Value::native("split", |vm, args| through(vm, "split", args, 3)),
        "sub" => Value::native("sub", |vm, args| through(vm, "sub", args, 4)),
        "subn" => Value::native("subn", |vm, args| through(vm, "subn", args, 4)),
        "error" | "PatternError" => return Ok(vm.exception_class("ValueError").map(Value::Class)),
        "Pattern" | "Match" => return Ok(vm.builtin_class("object").map(Value::Class)),
        _ => return Ok(None),
    }))
}

/// `re.name(pattern, …)`: compiles, then calls the pattern's method. `flags` stands at this position.
fn through<'a>(vm: &mut Interpreter<'a>, name: &str, mut args: Args<'a>, flags: usize) -> Eval<'a> {
    let given = args.at(flags, "flags").cloned();
    args.keyword.retain(|(name, _)| name != "flags");
    args.positional.truncate(flags);
    let pattern = arg(vm, &args, 0)?;
    let pattern = compile(vm, &pattern, given.as_ref())?;
    args.positional.remove(0);
    vm.call_method(&pattern, name, args)
}

fn compile<'a>(vm: &mut Interpreter<'a>, pattern: &Value<'a>, flags: Option<&Value<'a>>) -> Eval<'a> {
    let text = match pattern {
        Value::Object(_) | Value::Unknown(_) => return Ok(pattern.clone()),
        Value::Str(text) => text.clone(),
        _ => return vm.raise("TypeError", "first argument must be string or compiled pattern"),
    };
    let flags = flags.and_then(Value::as_int).unwrap_or(0);
    Ok(Value::Object(Rc::new(Pattern { text, flags, regex: OnceCell::new() })))
}

/// Whether a pattern has something that is matched by trying: a look around, a group that is named again.
fn goes_back(pattern: &str) -> bool {
    const SIGNS: [&str; 7] = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P=", "(?("];
    let numbered = || pattern.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && (b'1'..=b'9').contains(&pair[1]));
    SIGNS.iter().any(|sign| pattern.contains(sign)) || numbered()
}

fn build(pattern: &str, flags: i64) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(1 << 20)
        .delegate_dfa_size_limit(1 << 20)
        .case_insensitive(flags & IGNORECASE != 0)
        .multi_line(flags & MULTILINE != 0)
        .dot_matches_new_line(flags & DOTALL != 0)
        .verbose_mode(flags & VERBOSE != 0)
        .build()
        .ok()
}

/// Python's spelling of a pattern as the matcher's: `$` is before a line break at the end, too, and `\Z` is the end.
fn translate(pattern: &str, multiline: bool) -> String {
    let mut translated = String::with_capacity(pattern.len() + 8);
    let mut parts = pattern.chars().peekable();
    let mut class = false;
    while let Some(part) = parts.next() {
        match part {
            '\\' => match parts.next() {
                Some('Z') => translated.push_str("\\z"),
                Some(escaped) => translated.extend(['\\', escaped]),
                None => translated.push('\\'),
            },
            '[' if class => translated.push_str("\\["),
            '[' => {
                class = true;
                translated.push('[');
                if parts.peek() == Some(&'^') {
                    translated.extend(parts.next());
                }
                // A bracket that comes first is a member.
                if parts.peek() == Some(&']') {
                    parts.next();
                    translated.push_str("\\]");
                }
            }
            ']' => {
                class = false;
                translated.push(']');
            }
            // Operators on classes are none of Python's.
            '&' | '~' if class => translated.extend(['\\', part]),
            '$' if !class && !multiline => translated.push_str("(?=\\n?\\z)"),
            part => translated.push(part),
        }
    }
    translated
}

#[derive(Debug)]
struct Pattern {
    text: Rc<str>,
    flags: i64,
    /// Made when it is first used: most patterns of a module have nothing to do with its schema.
    regex: OnceCell<Option<Regex>>,
}

impl<'a> Object<'a> for Pattern {
    fn type_name(&self) -> &'static str {
        "Pattern"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "search" | "match" | "fullmatch" | "findall" | "finditer" | "split" | "sub" | "subn")
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "pattern").then(|| Value::Str(self.text.clone())))
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(None);
        }
        let subject = args.at(usize::from(name.starts_with("sub")), "string").cloned().unwrap_or(Value::None);
        let text = match &subject {
            Value::Str(text) => text.clone(),
            Value::Unknown(why) => return Ok(Some(Value::Unknown(forget_text(why)))),
            _ => return vm.raise("TypeError", "expected string or bytes-like object"),
        };
        if text.len() > MAX_TEXT {
            return vm.abandon("searches a longer text than a check allows");
        }
        vm.steps(text.len() / 4 + if goes_back(&self.text) { COST_OF_BACKTRACKING } else { 16 })?;
        if self.regex.get().is_none() {
            vm.steps(self.text.len() * 16)?;
        }
        let Some(regex) =
            self.regex.get_or_init(|| build(&translate(&self.text, self.flags & MULTILINE != 0), self.flags))
        else {
            return Ok(Some(vm.unknown("uses a regular expression that is not computed")));
        };
        Ok(Some(match name {
            "search" => self.first(vm, regex, &text, |_| true)?,
            "match" => self.first(vm, regex, &text, |found| found.get(0).is_some_and(|whole| whole.start() == 0))?,
            "fullmatch" => self.full(vm, &text)?,
            "sub" => self.substitute(vm, regex, &text, &args)?.0,
            "subn" => {
                let (text, count) = self.substitute(vm, regex, &text, &args)?;
                Value::tuple(vec![text, Value::Int(count)])
            }
            _ => {
                let all = match Self::all(vm, regex, &text)? {
                    Ok(all) => all,
                    Err(unknown) => return Ok(Some(unknown)),
                };
                match name {
                    "finditer" => Value::iterator(all.iter().map(|found| Self::found(regex, &text, found)).collect()),
                    "split" => split(vm, &text, &all, &args)?,
                    _ => {
                        let values = all.iter().map(findall_item).collect();
                        vm.new_list(values)?
                    }
                }
            }
        }))
    }
}

impl Pattern {
    fn gave_up<'a>(vm: &mut Interpreter<'a>) -> Eval<'a> {
        vm.steps(BACKTRACK_LIMIT)?;
        Ok(vm.unknown("uses a regular expression that takes too long"))
    }

    fn first<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        regex: &Regex,
        text: &Rc<str>,
        fits: fn(&Captures<'_>) -> bool,
    ) -> Eval<'a> {
        Ok(match regex.captures(&**text) {
            Ok(Some(found)) if fits(&found) => Self::found(regex, text, &found),
            Ok(_) => Value::None,
            Err(_) => Self::gave_up(vm)?,
        })
    }

    fn full<'a>(&self, vm: &mut Interpreter<'a>, text: &Rc<str>) -> Eval<'a> {
        // Other alternatives may match as a whole where the first one does not.
        let pattern = format!("\\A(?:{})\\z", translate(&self.text, self.flags & MULTILINE != 0));
        let Some(whole) = build(&pattern, self.flags) else { return Self::gave_up(vm) };
        Ok(match whole.captures(&**text) {
            Ok(Some(found)) => Self::found(&whole, text, &found),
            Ok(None) => Value::None,
            Err(_) => Self::gave_up(vm)?,
        })
    }

    fn all<'a, 't>(
        vm: &mut Interpreter<'a>,
        regex: &Regex,
        text: &'t str,
    ) -> Eval<'a, Result<Vec<Captures<'t>>, Value<'a>>> {
        let mut all = Vec::new();
        for found in regex.captures_iter(text) {
            vm.step()?;
            vm.allocate(64)?;
            match found {
                Ok(found) => all.push(found),
                Err(_) => return Ok(Err(Self::gave_up(vm)?)),
            }
        }
        Ok(Ok(all))
    }

    fn found<'a>(regex: &Regex, text: &Rc<str>, found: &Captures<'_>) -> Value<'a> {
        let groups = (0..found.len()).map(|index| found.get(index).map(|group| (group.start(), group.end()))).collect();
        let names = regex.capture_names().map(|name| name.map(str::to_owned)).collect();
        Value::Object(Rc::new(Match { text: text.clone(), groups, names }))
    }

    fn substitute<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        regex: &Regex,
        text: &Rc<str>,
        args: &Args<'a>,
    ) -> Eval<'a, (Value<'a>, i64)> {
        let replacement = args.at(0, "repl").cloned().unwrap_or(Value::None);
        let most = args.at(2, "count").and_then(Value::as_int).filter(|count| *count > 0).unwrap_or(i64::MAX);
        let all = match Self::all(vm, regex, text)? {
            Ok(all) => all,
            Err(unknown) => return Ok((unknown, 0)),
        };
        let mut result = String::new();
        let mut at = 0;
        let mut count = 0;
        for found in all {
            if count >= most {
                break;
            }
            let Some(whole) = found.get(0) else { continue };
            result.push_str(&text[at..whole.start()]);
            match &replacement {
                Value::Str(template) => expand(template, &found, &mut result),
                Value::Unknown(why) => return Ok((Value::Unknown(why.clone()), 0)),
                function => {
                    let found = Self::found(regex, text, &found);
                    match vm.call(function, Args { positional: vec![found], keyword: Vec::new() })? {
                        Value::Str(part) => result.push_str(&part),
                        Value::Unknown(why) => return Ok((Value::Unknown(why), 0)),
                        _ => {}
                    }
                }
            }
            vm.allocate(result.len() - at.min(result.len()))?;
            at = whole.end();
            count += 1;
        }
        result.push_str(&text[at..]);
        Ok((vm.new_text(result)?, count))
    }
}

/// A replacement with `\1` and `\g<name>`.
fn expand(template: &str, found: &Captures<'_>, result: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(named) = rest.strip_prefix("g<")
            && let Some(end) = named.find('>')
        {
            let group = match named[..end].parse() {
                Ok(index) => found.get(index),
                Err(_) => found.name(&named[..end]),
            };
            result.push_str(group.map_or("", |group| group.as_str()));
            rest = &named[end + 1..];
            continue;
        }
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        if digits > 0 {
            let digits = digits.min(2);
            let group = rest[..digits].parse().ok().and_then(|index| found.get(index));
            result.push_str(group.map_or("", |group| group.as_str()));
            rest = &rest[digits..];
            continue;
        }
        let Some(escaped) = rest.chars().next() else { break };
        match escaped {
            'n' => result.push('\n'),
            't' => result.push('\t'),
            other => result.push(other),
        }
        rest = &rest[escaped.len_utf8()..];
    }
    result.push_str(rest);
}

fn findall_item<'a>(found: &Captures<'_>) -> Value<'a> {
    let text = |index: usize| Value::text(found.get(index).map_or("", |group| group.as_str()));
    match found.len() {
        1 => text(0),
        2 => text(1),
        groups => Value::tuple((1..groups).map(text).collect()),
    }
}

fn split<'a>(vm: &mut Interpreter<'a>, text: &str, all: &[Captures<'_>], args: &Args<'a>) -> Eval<'a> {
    let most = args.at(1, "maxsplit").and_then(Value::as_int).filter(|most| *most > 0);
    let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut at = 0;
    for found in all.iter().take(most) {
        let Some(whole) = found.get(0) else { continue };
        parts.push(Value::text(&text[at..whole.start()]));
        for group in 1..found.len() {
            parts.push(found.get(group).map_or(Value::None, |group| Value::text(group.as_str())));
        }
        at = whole.end();
    }
    parts.push(Value::text(&text[at..]));
    vm.allocate(text.len())?;
    vm.new_list(parts)
}

/// What a search found.
#[derive(Debug)]
struct Match {
    text: Rc<str>,
    groups: Vec<Option<(usize, usize)>>,
    names: Vec<Option<String>>,
}

impl Match {
    fn group<'a>(&self, index: usize) -> Value<'a> {
        match self.groups.get(index).copied().flatten() {
            Some((start, end)) => Value::text(&self.text[start..end]),
            None => Value::None,
        }
    }

    fn group_or<'a>(&self, index: usize, default: &Value<'a>) -> Value<'a> {
        match self.group(index) {
            Value::None => default.clone(),
            found => found,
        }
    }

    fn index(&self, wanted: &Value<'_>) -> Option<usize> {
        let index = match wanted {
            Value::Str(name) => self.names.iter().position(|known| known.as_deref() == Some(&**name)),
            other => other.as_int().and_then(|index| usize::try_from(index).ok()),
        };
        index.filter(|index| *index < self.groups.len())
    }
}

impl<'a> Object<'a> for Match {
    fn type_name(&self) -> &'static str {
        "Match"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "group" | "groups" | "groupdict" | "start" | "end" | "span")
    }

    fn item(&self, vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        match self.index(index) {
            Some(index) => Ok(Some(self.group(index))),
            None => vm.raise("IndexError", "no such group"),
        }
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let at = |byte: usize| Value::Int(i64::try_from(self.text[..byte].chars().count()).unwrap_or(0));
        Ok(Some(match name {
            "group" => {
                let mut found = Vec::new();
                for wanted in &args.positional {
                    match self.index(wanted) {
                        Some(index) => found.push(self.group(index)),
                        None => return vm.raise("IndexError", "no such group"),
                    }
                }
                match found.len() {
                    0 => self.group(0),
                    1 => found.swap_remove(0),
                    _ => Value::tuple(found),
                }
            }
            "groups" => {
                let default = args.at(0, "default").cloned().unwrap_or(Value::None);
                Value::tuple((1..self.groups.len()).map(|index| self.group_or(index, &default)).collect())
            }
            "groupdict" => {
                let default = args.at(0, "default").cloned().unwrap_or(Value::None);
                let named = self.names.iter().enumerate();
                let named = named.filter_map(|(index, name)| Some((name.clone()?, self.group_or(index, &default))));
                Interpreter::text_dict(named)
            }
            "start" | "end" | "span" => {
                let index = args.positional.first().and_then(|wanted| self.index(wanted)).unwrap_or(0);
                match self.groups.get(index).copied().flatten() {
                    Some((start, end)) => match name {
                        "start" => at(start),
                        "end" => at(end),
                        _ => Value::tuple(vec![at(start), at(end)]),
                    },
                    None => Value::Int(-1),
                }
            }
            _ => return Ok(None),
        }))
    }
}
