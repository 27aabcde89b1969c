//! `os`, `sys`, `logging`: what surrounds the process. None of it is known, and most of it is harmless.

use crate::path;
use std::rc::Rc;

use super::super::attributes::is_schema;
use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::object::Object;
use super::super::value::{Args, Value};
use super::arg;

pub(super) fn os<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "environ" | "environb" => vm.unknown(VARIABLE),
        "getenv" => Value::native("getenv", |vm, args| Ok(variable(vm, &args))),
        "path" => return Ok(None),
        "sep" => Value::text("/"),
        "linesep" => Value::text("\n"),
        "name" => Value::text("posix"),
        "fspath" => Value::native("fspath", |vm, args| {
            let path = arg(vm, &args, 0)?;
            vm.str(&path)
        }),
        "makedirs" | "mkdir" | "remove" | "unlink" | "rename" | "replace" | "chmod" | "fsync" | "close" => {
            Value::native("os", |_, _| Ok(Value::None))
        }
        "PathLike" => vm.builtin_class("object").map_or(Value::None, Value::Class),
        "getpid" | "getuid" => Value::native("getpid", |vm, _| Ok(vm.unknown("depends on the process"))),
        "listdir" => super::files::list_directory(),
        "_exit" | "abort" => Value::native("_exit", |vm, args| {
            let exit = vm.exception("SystemExit", args.positional);
            Err(Stop::Raise(exit))
        }),
        _ => vm.unknown("depends on the machine that it runs on"),
    }))
}

/// `getenv("NAME", default)`, `environ.get("NAME", default)`.
pub(in super::super) fn variable<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Value<'a> {
    match args.at(1, "default") {
        Some(default) if is_schema(default) => default.clone(),
        _ => vm.unknown(VARIABLE),
    }
}

/// Why the value of an environment variable is not known.
pub(in super::super) const VARIABLE: &str = "depends on an environment variable";

pub(super) fn os_path<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "join" => Value::native("join", |vm, args| {
            if let Some(unknown) = args.positional.iter().find(|part| part.as_unknown().is_some()) {
                return Ok(unknown.clone());
            }
            let mut joined = String::new();
            for part in &args.positional {
                let part = vm.str(part)?;
                joined = super::files::join(&joined, part.as_str().unwrap_or_default());
            }
            vm.new_text(joined)
        }),
        "dirname" => on_text(|path| super::files::parent(path).to_owned()),
        "basename" => on_text(|path| path::name(path).to_owned()),
        "abspath" | "realpath" | "normpath" | "expanduser" => on_text(super::files::normal),
        "splitext" => Value::native("splitext", |vm, args| {
            let path = arg(vm, &args, 0)?;
            let path = vm.str(&path)?;
            let path = path.as_str().unwrap_or_default();
            let name = path::name(path);
            let cut = name.rfind('.').filter(|at| *at > 0).map_or(path.len(), |at| path.len() - name.len() + at);
            Ok(Value::tuple(vec![Value::text(&path[..cut]), Value::text(&path[cut..])]))
        }),
        "exists" | "isfile" | "isdir" => super::files::exists(),
        "sep" => Value::text("/"),
        _ => vm.unknown("depends on the file system"),
    }))
}

fn on_text<'a>(run: fn(&str) -> String) -> Value<'a> {
    // One native for each function, told apart by what it makes of a path.
    #[derive(Debug)]
    struct OnText(fn(&str) -> String);
    impl<'a> Object<'a> for OnText {
        fn type_name(&self) -> &'static str {
            "function"
        }
        fn has_method(&self, _name: &str) -> bool {
            false
        }
        fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
            Ok(None)
        }
        fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
            let value = arg(vm, &args, 0)?;
            Ok(Some(match vm.str(&value)? {
                Value::Str(text) => vm.new_text((self.0)(&text))?,
                other => other,
            }))
        }
    }
    Value::Object(Rc::new(OnText(run)))
}

pub(super) fn sys<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "exit" => Value::native("exit", |vm, args| {
            let exit = vm.exception("SystemExit", args.positional);
            Err(Stop::Raise(exit))
        }),
        "version_info" => {
            Value::tuple(vec![Value::Int(3), Value::Int(13), Value::Int(0), Value::text("final"), Value::Int(0)])
        }
        "path" => Value::list(Vec::new()),
        "modules" => Interpreter::text_dict([]),
        "stdout" | "stderr" | "stdin" => Value::Object(Rc::new(Silent("stream"))),
        "maxsize" => Value::Int(i64::MAX),
        "exc_info" => Value::native("exc_info", |_, _| Ok(Value::tuple(vec![Value::None, Value::None, Value::None]))),
        _ => vm.unknown("depends on the machine that it runs on"),
    }))
}

/// A logger, a stream, an event loop: every method does nothing.
#[derive(Debug)]
pub(super) struct Silent(pub &'static str);

impl<'a> Object<'a> for Silent {
    fn type_name(&self) -> &'static str {
        self.0
    }

    fn has_method(&self, name: &str) -> bool {
        !name.starts_with("__")
    }

    fn method(&self, _vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "isEnabledFor" | "hasHandlers" | "isatty" => Some(Value::Bool(false)),
            "getChild" | "bind" => Some(Value::Object(Rc::new(Silent(self.0)))),
            _ if name.starts_with("__") => None,
            _ => Some(Value::None),
        })
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "handlers" => Some(Value::list(Vec::new())),
            "level" => Some(Value::Int(0)),
            "name" => Some(Value::text("")),
            _ => None,
        })
    }

    fn call(&self, _vm: &mut Interpreter<'a>, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Value::None))
    }
}

pub(super) fn logging<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "getLogger" => Value::native("getLogger", |_, _| Ok(Value::Object(Rc::new(Silent("Logger"))))),
        "DEBUG" => Value::Int(10),
        "INFO" => Value::Int(20),
        "WARNING" | "WARN" => Value::Int(30),
        "ERROR" => Value::Int(40),
        "CRITICAL" => Value::Int(50),
        "Logger" | "LoggerAdapter" | "Handler" | "Formatter" | "Filter" | "StreamHandler" => {
            vm.builtin_class("object").map_or(Value::None, Value::Class)
        }
        _ => Value::Object(Rc::new(Silent("logging"))),
    }))
}

pub(super) fn silent<'a>(_vm: &mut Interpreter<'a>, _name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(Value::native("silent", |_, _| Ok(Value::None))))
}
