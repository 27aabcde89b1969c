//! Files of the repository, read by name: SQL beside the migrations. Nothing else of a file system is there.

use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Value};
use super::arg;

/// A path, as text. Those of the repository are relative to its root.
#[derive(Debug)]
struct Path(String);

pub(super) fn path<'a>(text: impl Into<String>) -> Value<'a> {
    Value::Object(Rc::new(Path(text.into())))
}

pub(super) fn pathlib<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "Path" | "PurePath" | "PosixPath" | "PurePosixPath" => Some(Value::native("Path", |vm, args| {
            let mut joined = String::new();
            for part in &args.positional {
                match vm.str(part)? {
                    Value::Str(part) => joined = join(&joined, &part),
                    other => return Ok(other),
                }
            }
            Ok(path(joined))
        })),
        _ => Some(vm.unknown("depends on the file system")),
    })
}

impl<'a> Object<'a> for Path {
    fn type_name(&self) -> &'static str {
        "PosixPath"
    }

    fn printed(&self) -> Option<Value<'a>> {
        Some(Value::text(self.0.as_str()))
    }

    fn path(&self) -> Option<&str> {
        Some(&self.0)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "resolve"
                | "absolute"
                | "joinpath"
                | "read_text"
                | "read_bytes"
                | "exists"
                | "is_file"
                | "is_dir"
                | "glob"
                | "iterdir"
                | "open"
                | "with_suffix"
                | "with_name"
                | "expanduser"
                | "as_posix"
                | "rglob"
                | "mkdir"
        )
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        let last = self.0.rsplit('/').next().unwrap_or(&self.0);
        let cut = last.rfind('.').filter(|at| *at > 0).unwrap_or(last.len());
        Ok(Some(match name {
            "parent" => path(parent(&self.0)),
            "name" => Value::text(last),
            "stem" => Value::text(&last[..cut]),
            "suffix" => Value::text(&last[cut..]),
            "parents" => {
                let mut all = Vec::new();
                let mut at = self.0.as_str();
                while !at.is_empty() {
                    at = parent(at);
                    all.push(path(at));
                }
                all.push(path(""));
                vm.new_list(all)?
            }
            "parts" => Value::tuple(self.0.split('/').map(Value::text).collect()),
            _ => return Ok(None),
        }))
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if let Some(unknown) = args.positional.iter().find(|value| value.as_unknown().is_some()) {
            return Ok(Some(unknown.clone()));
        }
        Ok(Some(match name {
            "resolve" | "absolute" | "expanduser" => path(normal(&self.0)),
            "joinpath" | "__truediv__" => {
                let mut joined = self.0.clone();
                for part in &args.positional {
                    let part = vm.str(part)?;
                    joined = join(&joined, part.as_str().unwrap_or_default());
                }
                vm.allocate(joined.len())?;
                path(joined)
            }
            "read_text" => read(vm, &self.0)?,
            "read_bytes" => match read(vm, &self.0)? {
                Value::Str(text) => Value::Bytes(text.as_bytes().into()),
                other => other,
            },
            "open" => open(vm, &self.0)?,
            "exists" | "is_file" | "is_dir" => there(vm, &self.0),
            "glob" | "iterdir" | "rglob" => {
                let pattern = match name {
                    "iterdir" => "*".to_owned(),
                    _ => args.positional.first().and_then(Value::as_str).unwrap_or("*").to_owned(),
                };
                glob(vm, &self.0, &pattern)?
            }
            "with_suffix" | "with_name" => {
                let new = args.positional.first().and_then(Value::as_str).unwrap_or_default();
                let last = self.0.rsplit('/').next().unwrap_or(&self.0);
                let cut = last.rfind('.').filter(|at| *at > 0).unwrap_or(last.len());
                let new = if name == "with_name" { new.to_owned() } else { format!("{}{new}", &last[..cut]) };
                path(join(parent(&self.0), &new))
            }
            "as_posix" | "__str__" | "__fspath__" => Value::text(self.0.as_str()),
            "mkdir" => Value::None,
            "__format__" => Value::text(self.0.as_str()),
            _ => return Ok(None),
        }))
    }
}

fn read<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a> {
    let name = normal(name);
    match vm.file_text(&name) {
        Some(text) => vm.new_text(text),
        None => Ok(vm.unknown(format!("depends on the content of `{name}`, which is not in the repository"))),
    }
}

/// `open(path)`: an object to read from.
pub(super) fn open<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a> {
    Ok(match read(vm, name)? {
        Value::Str(text) => Value::Object(Rc::new(Open(text))),
        other => other,
    })
}

/// An open file.
#[derive(Debug)]
struct Open(Rc<str>);

impl<'a> Object<'a> for Open {
    fn type_name(&self) -> &'static str {
        "TextIOWrapper"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "read" | "readlines" | "close" | "write")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "read" => Value::Str(self.0.clone()),
            "readlines" => vm.new_list(self.lines())?,
            "close" | "write" => Value::None,
            _ => return Ok(None),
        }))
    }

    fn iterate(&self, _vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        Ok(Some(self.lines()))
    }
}

impl Open {
    fn lines<'a>(&self) -> Vec<Value<'a>> {
        self.0.split_inclusive('\n').map(Value::text).collect()
    }
}

fn there<'a>(vm: &mut Interpreter<'a>, name: &str) -> Value<'a> {
    let name = normal(name);
    if vm.file_text(&name).is_some() || vm.has_folder(&name) {
        return Value::Bool(true);
    }
    vm.unknown("depends on whether a file is there")
}

pub(super) fn exists<'a>() -> Value<'a> {
    Value::native("exists", |vm, args| {
        let name = arg(vm, &args, 0)?;
        Ok(match vm.str(&name)? {
            Value::Str(name) => there(vm, &name),
            other => other,
        })
    })
}

pub(super) fn list_directory<'a>() -> Value<'a> {
    Value::native("listdir", |vm, args| {
        let name = arg(vm, &args, 0)?;
        let Value::Str(name) = vm.str(&name)? else { return Ok(vm.unknown("depends on the files in a folder")) };
        vm.folders_listed = true;
        let names = vm.host.list(&normal(&name));
        vm.new_list(names.into_iter().map(Value::text).collect())
    })
}

/// Files of a folder that fit a pattern of `*` and `?`, in the order of their names.
fn glob<'a>(vm: &mut Interpreter<'a>, folder: &str, pattern: &str) -> Eval<'a> {
    let folder = normal(folder);
    vm.folders_listed = true;
    let mut names = vm.host.list(&folder);
    names.sort();
    vm.steps(names.len().saturating_mul(pattern.len() + 8))?;
    let Ok(matcher) = globset::Glob::new(pattern).map(|glob| glob.compile_matcher()) else {
        return vm.raise("ValueError", "Unacceptable pattern");
    };
    let found = names.into_iter().filter(|name| matcher.is_match(name));
    let found: Vec<_> = found.map(|name| path(join(&folder, &name))).collect();
    vm.new_list(found)
}

/// `a / b`.
pub(super) fn join(left: &str, right: &str) -> String {
    match (left, right) {
        (_, right) if right.starts_with('/') => right.to_owned(),
        ("", right) => right.to_owned(),
        (left, "") => left.to_owned(),
        (left, right) => format!("{}/{right}", left.trim_end_matches('/')),
    }
}

pub(super) fn parent(path: &str) -> &str {
    path.trim_end_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Without `.` and `..`.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}
