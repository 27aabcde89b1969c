//! Go's own functions and packages, as far as migrations use them.

use std::rc::Rc;

use super::value::{Error, Struct, Value};
use super::{Eval, Frame, Interpreter, unknown};
use crate::go::syntax::{Call, Expr, ExprKind, Type};
use crate::source::Location;

/// Whether nothing of a package of this name reaches a database.
pub(super) fn is_plain(package: &str) -> bool {
    const PACKAGES: [&str; 22] = [
        "fmt", "log", "slog", "strings", "strconv", "errors", "time", "os", "filepath", "path", "context", "sort",
        "slices", "bytes", "json", "math", "unicode", "regexp", "logger", "zap", "uuid", "logrus",
    ];
    PACKAGES.contains(&package)
}

pub(super) fn is_builtin(name: &str) -> bool {
    ["len", "append", "make", "new", "cap", "min", "max", "copy", "delete", "panic"].contains(&name) || is_type(name)
}

/// Whether a name without a package in front is one of Go's types, so that a call is a conversion.
pub(super) fn is_type(name: &str) -> bool {
    const TYPES: [&str; 14] = [
        "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "any",
        "bool", "error",
    ];
    TYPES.contains(&name)
}

impl Interpreter<'_> {
    pub(super) fn builtin(&mut self, name: &str, call: &Call, frame: &Frame, here: Location) -> Eval<Value> {
        if let ("make" | "new", Some(Expr { kind: ExprKind::Type(kind), .. })) = (name, call.arguments.first()) {
            return Ok(match kind {
                Type::Map(_) => Value::Map(Rc::default()),
                Type::Slice(_) => Value::List(Rc::default()),
                Type::Named(_) if name == "new" => match self.named(kind, frame) {
                    Some(of) if of.declared.is_some() => {
                        Value::Struct(Rc::new(Struct { of: Some(of), fields: Vec::new(), location: here }))
                    }
                    _ => unknown("is made in a way that is not followed", here),
                },
                _ => unknown("is made in a way that is not followed", here),
            });
        }
        let arguments = self.arguments(call, frame)?;
        Ok(match (name, arguments.as_slice()) {
            ("len", [Value::List(items)]) => count(items.len()),
            ("len", [Value::Map(items)]) => count(items.len()),
            ("len", [Value::Text(text)]) => count(text.len()),
            ("len", [Value::Nil]) => Value::Int(0),
            ("append", [Value::List(items), more @ ..]) => {
                self.allocate((items.len() + more.len()) * 32, &here)?;
                Value::List(Rc::new(items.iter().chain(more).cloned().collect()))
            }
            ("append", [Value::Nil, more @ ..]) => Value::List(Rc::new(more.to_vec())),
            ("append" | "len", [Value::Unknown(why), ..]) => Value::Unknown(Rc::clone(why)),
            ("len" | "cap", [_]) => unknown("depends on a length that is not known", here),
            ("panic", _) => return Err(super::stop("may panic", here)),
            _ => return Self::unresolved(name, &arguments, here),
        })
    }

    fn unresolved(name: &str, arguments: &[Value], here: Location) -> Eval<Value> {
        use super::value::Handle;
        let reason = format!("calls `{name}`, which is not found in the package");
        if arguments.iter().any(|value| matches!(value, Value::Handle(Handle::Database))) {
            return Err(super::stop(reason, here));
        }
        Ok(unknown(reason, here))
    }

    /// A function of Go's library; `None` where it is none that is known.
    pub(super) fn library(
        &mut self,
        package: &str,
        name: &str,
        arguments: &[Value],
        call: &Call,
        frame: &Frame,
    ) -> Eval<Option<Value>> {
        let here = || frame.file.location(&(call.callee.range.clone()));
        Ok(match (package, name, arguments) {
            ("fmt", "Sprintf", [format, rest @ ..]) => Some(self.formatted(format, rest, &call.callee, frame)?),
            ("fmt", "Sprint", _) => Some(self.joined(arguments, &call.callee, frame)?),
            ("fmt", "Errorf", [format, rest @ ..]) => {
                let text = self.formatted(format, rest, &call.callee, frame)?;
                Some(wrapped(text.shown().unwrap_or_default(), rest))
            }
            ("errors", "New", [text]) => Some(wrapped(text.shown().unwrap_or_default(), &[])),
            ("errors", "Wrap" | "Wrapf" | "WithMessage", [error, ..]) => Some(error.clone()),
            ("errors", "Join", _) => {
                Some(arguments.iter().find(|one| matches!(one, Value::Error(_))).cloned().unwrap_or(Value::Nil))
            }
            ("errors", "Is" | "As", [error, wanted]) => match (error, wanted) {
                (Value::Nil, _) => Some(Value::Bool(false)),
                (Value::Error(one), Value::Error(wanted)) => Some(Value::Bool(one.text.contains(&wanted.text))),
                _ => None,
            },
            ("fs" | "iofs", "ReadFile", [Value::Files(from), path]) => Some(self.read_file(from, path, here())),
            // Conversions to gormigrate's types of functions.
            (_, "MigrateFunc" | "RollbackFunc" | "InitSchemaFunc", [function]) => Some(function.clone()),
            ("context", _, _) => Some(Value::Handle(super::value::Handle::Other)),
            ("path" | "filepath", "Join", parts) => joined_path(parts),
            ("slices", "Concat", lists) => Some(self.concatenated(lists, here())?),
            ("slices", "Contains", [Value::List(items), wanted]) => items
                .iter()
                .map(|item| item.equals(wanted))
                .try_fold(false, |any, one| Some(any || one?))
                .map(Value::Bool),
            // What a list is sorted by is its order already, or the numbers tell.
            ("sort" | "slices", "Slice" | "SliceStable" | "SortFunc" | "Sort", _) => Some(Value::Nil),
            ("strconv", "Itoa", [Value::Int(value)]) => Some(Value::text(value.to_string())),
            ("strings", "Join", [Value::List(items), separator]) => {
                let mut parts = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    parts.extend((at > 0).then(|| separator.clone()));
                    parts.push(item.clone());
                }
                Some(self.joined(&parts, &call.callee, frame)?)
            }
            // Bytes are kept as texts.
            ("strings" | "bytes", _, _) => {
                let made = strings(name, arguments);
                if let Some(Value::Text(text)) = &made {
                    self.allocate(text.len(), &here())?;
                }
                made
            }
            _ => None,
        })
    }

    /// The text of an embedded file, and no error.
    pub(super) fn read_file(&mut self, from: &str, path: &Value, here: Location) -> Value {
        let text = match path {
            Value::Text(path) => match self.host.embedded(from, path) {
                Some(text) => Value::text(text),
                None => unknown(format!("reads `{path}`, which is no text beside it"), here),
            },
            Value::Unknown(why) => Value::Unknown(Rc::clone(why)),
            _ => unknown("reads a file whose name is not in the text", here),
        };
        Value::Tuple(Rc::new(vec![text, Value::Nil]))
    }

    /// Lists one after the other; not known where one of them is not.
    fn concatenated(&mut self, lists: &[Value], here: Location) -> Eval<Value> {
        let mut all = Vec::new();
        for list in lists {
            match list {
                Value::List(items) => all.extend(items.iter().cloned()),
                Value::Nil => {}
                Value::Unknown(why) => return Ok(Value::Unknown(Rc::clone(why))),
                _ => return Ok(unknown("is put together in a way that is not followed", here)),
            }
        }
        self.allocate(all.len() * 32, &here)?;
        Ok(Value::List(Rc::new(all)))
    }

    /// `fmt.Sprintf`, for the verbs that print a value as it is.
    fn formatted(&mut self, format: &Value, arguments: &[Value], at: &Expr, frame: &Frame) -> Eval<Value> {
        let Value::Text(format) = format else { return Ok(format.clone()) };
        let mut arguments = arguments.iter();
        let mut parts = Vec::new();
        let mut rest: &str = format;
        while let Some(percent) = rest.find('%') {
            parts.push(Value::text(&rest[..percent]));
            let verb = rest[percent + 1..].chars().next();
            rest = rest.get(percent + 1 + verb.map_or(0, char::len_utf8)..).unwrap_or_default();
            let value = match verb {
                Some('%') => Value::text("%"),
                Some('s' | 'v' | 'd' | 'w') => {
                    let given = arguments.next().cloned().unwrap_or(Value::Nil);
                    given.shown().map_or(given, Value::text)
                }
                Some('q') => match arguments.next() {
                    Some(Value::Text(text)) => Value::text(format!("{text:?}")),
                    _ => unknown("is formatted in a way that is not followed", frame.file.location(&at.range)),
                },
                _ => {
                    // A width or a flag: which argument belongs to what comes after it is not told any more.
                    let why = unknown("is formatted in a way that is not followed", frame.file.location(&at.range));
                    parts.push(why);
                    return self.joined(&parts, at, frame);
                }
            };
            parts.push(value);
        }
        parts.push(Value::text(rest));
        self.joined(&parts, at, frame)
    }
}

/// An error that is about the same refusal as the one that it wraps.
fn wrapped(text: String, about: &[Value]) -> Value {
    let refusal = about.iter().find_map(|value| match value {
        Value::Error(error) => error.refusal.clone(),
        _ => None,
    });
    Value::Error(Rc::new(Error { text, refusal }))
}

/// Parts of a path with `/` between them; `None` where that is not all that has to be done.
fn joined_path(parts: &[Value]) -> Option<Value> {
    let parts = parts.iter().map(|part| part.as_text().map(|text| &**text)).collect::<Option<Vec<&str>>>()?;
    let is_plain = |part: &&str| !part.split('/').any(|part| matches!(part, "." | ".."));
    let trimmed = parts.iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty());
    parts.iter().all(is_plain).then(|| Value::text(trimmed.collect::<Vec<_>>().join("/")))
}

fn count(length: usize) -> Value {
    Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn strings(name: &str, arguments: &[Value]) -> Option<Value> {
    let texts: Vec<&str> = arguments.iter().map_while(|value| value.as_text().map(|text| &**text)).collect();
    Some(match (name, texts.as_slice(), arguments.len()) {
        ("Contains", [text, part], 2) => Value::Bool(text.contains(part)),
        ("HasPrefix", [text, part], 2) => Value::Bool(text.starts_with(part)),
        ("HasSuffix", [text, part], 2) => Value::Bool(text.ends_with(part)),
        ("EqualFold", [one, other], 2) => Value::Bool(one.to_lowercase() == other.to_lowercase()),
        ("ToLower", [text], 1) => Value::text(text.to_lowercase()),
        ("ToUpper", [text], 1) => Value::text(text.to_uppercase()),
        ("TrimSpace", [text], 1) => Value::text(text.trim()),
        ("TrimSuffix", [text, part], 2) => Value::text(text.strip_suffix(part).unwrap_or(text)),
        ("TrimPrefix", [text, part], 2) => Value::text(text.strip_prefix(part).unwrap_or(text)),
        ("ReplaceAll", [text, old, new], 3)
            if !old.is_empty() && text.len().saturating_mul(new.len().max(1)) < 1 << 20 =>
        {
            Value::text(text.replace(old, new))
        }
        ("Split", [text, separator], 2) if !separator.is_empty() => {
            Value::List(Rc::new(text.split(separator).map(Value::text).collect()))
        }
        _ => return None,
    })
}
