//! `dataclasses`, `enum`, `collections`, `contextlib`, `typing`: what gives classes and functions their behaviour.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;

use super::super::classes::{ABSTRACT, FIELD};
use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Class, Dict, Instance, Key, Names, Role, Value};
use super::functions::{decorator, same};
use super::{arg, items};

pub(super) fn dataclasses<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "dataclass" => Value::native("dataclass", |vm, args| match args.positional.first() {
            Some(Value::Class(class)) => Ok(Value::Class(as_dataclass(vm, class))),
            _ => Ok(Value::native("dataclass", |vm, args| match args.positional.first() {
                Some(Value::Class(class)) => Ok(Value::Class(as_dataclass(vm, class))),
                _ => arg(vm, &args, 0),
            })),
        }),
        "field" => Value::native("field", |vm, args| {
            let class = vm.new_class(FIELD, Role::Plain, Vec::new());
            Ok(Value::Instance(Rc::new(Instance {
                class,
                names: args.keyword.into_iter().collect::<Names<'_>>().into(),
            })))
        }),
        "asdict" => Value::native("asdict", |vm, args| match arg(vm, &args, 0)? {
            Value::Instance(instance) => {
                let names = instance.names.borrow().clone();
                Ok(Interpreter::text_dict(names.into_iter().map(|(name, value)| (name.into_owned(), value))))
            }
            other => Ok(other),
        }),
        "replace" => Value::native("replace", |vm, args| match arg(vm, &args, 0)? {
            Value::Instance(instance) => {
                let mut names = instance.names.borrow().clone();
                names.extend(args.keyword);
                Ok(Value::Instance(Rc::new(Instance { class: instance.class.clone(), names: names.into() })))
            }
            other => Ok(other),
        }),
        "fields" => Value::native("fields", |vm, args| {
            let class = match arg(vm, &args, 0)? {
                Value::Class(class) => class,
                Value::Instance(instance) => instance.class.clone(),
                other => return Ok(other),
            };
            let field = vm.new_class(FIELD, Role::Plain, Vec::new());
            let names = class.fields.borrow().clone();
            let all = names.iter().map(|name| {
                let names = Names::from_iter([("name".into(), Value::text(name.as_ref()))]);
                Value::Instance(Rc::new(Instance { class: field.clone(), names: names.into() }))
            });
            let all = all.collect();
            vm.new_list(all)
        }),
        "is_dataclass" => Value::native("is_dataclass", |vm, args| {
            Ok(Value::Bool(match arg(vm, &args, 0)? {
                Value::Class(class) => class.role == Role::Dataclass,
                Value::Instance(instance) => instance.class.role == Role::Dataclass,
                _ => false,
            }))
        }),
        _ => return Ok(None),
    }))
}

/// The same class, with its fields as arguments.
fn as_dataclass<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Rc<Class<'a>> {
    let made = Rc::new(Class {
        name: class.name.clone(),
        bases: class.bases.clone(),
        names: class.names.clone(),
        role: Role::Dataclass,
        location: class.location.clone(),
        open: class.open.clone(),
        fields: class.fields.clone(),
    });
    for value in made.names.borrow().values() {
        if let Value::Function(function) = value {
            *function.class.borrow_mut() = Some(made.clone());
        }
    }
    if let Some(known) = vm.classes.iter_mut().find(|known| Rc::ptr_eq(known, class)) {
        *known = made.clone();
    }
    made
}

pub(super) fn enumeration<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" | "ReprEnum" => {
            let name = match name {
                "StrEnum" => "StrEnum",
                "IntEnum" => "IntEnum",
                _ => "Enum",
            };
            Some(Value::Class(vm.new_class(name, Role::Enum, Vec::new())))
        }
        "auto" => Some(Value::native("auto", |_, _| Ok(Value::Ellipsis))),
        "unique" => Some(same()),
        _ => None,
    })
}

pub(super) fn collections<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(match name {
        "OrderedDict" => vm.builtin_class("dict").map(Value::Class),
        "deque" => vm.builtin_class("list").map(Value::Class),
        "defaultdict" => Some(Value::native("defaultdict", |vm, mut args| {
            let default = (!args.positional.is_empty()).then(|| args.positional.remove(0));
            let filled = match args.positional.first() {
                Some(from) => match vm.pairs(from)? {
                    Ok(pairs) => pairs.into_iter().map(|(key, value)| (Key(key), value)).collect(),
                    Err(why) => return Ok(Value::Unknown(why)),
                },
                None => IndexMap::new(),
            };
            let default = default.filter(|default| !matches!(default, Value::None));
            Ok(Value::Dict(Rc::new(Dict { items: filled.into(), default })))
        })),
        "Counter" => Some(Value::native("Counter", |vm, args| {
            let mut counts: IndexMap<Key<'_>, Value<'_>> = IndexMap::new();
            if let Some(over) = args.positional.first() {
                let values = match items(vm, over)? {
                    Ok(values) => values,
                    Err(unknown) => return Ok(unknown),
                };
                for value in values {
                    vm.hashable(&value)?;
                    let count = counts.entry(Key(value)).or_insert(Value::Int(0));
                    *count = Value::Int(count.as_int().unwrap_or(0) + 1);
                }
            }
            let zero = Value::native("zero", |_, _| Ok(Value::Int(0)));
            Ok(Value::Dict(Rc::new(Dict { items: counts.into(), default: Some(zero) })))
        })),
        "namedtuple" => Some(Value::native("namedtuple", |vm, args| {
            let fields: Vec<String> = match arg(vm, &args, 1)? {
                Value::Str(text) => text.replace(',', " ").split_whitespace().map(str::to_owned).collect(),
                other => match items(vm, &other)? {
                    Ok(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
                    Err(unknown) => return Ok(unknown),
                },
            };
            let class = named_tuple(vm, &args, fields);
            if let Some(defaults) = args.get("defaults").cloned()
                && let Ok(defaults) = items(vm, &defaults)?
            {
                let fields = class.fields.borrow();
                let from = fields.len().saturating_sub(defaults.len());
                class.names.borrow_mut().extend(fields[from..].iter().cloned().zip(defaults));
            }
            Ok(Value::Class(class))
        })),
        "ChainMap" | "UserDict" => Some(vm.unknown(format!("uses `collections.{name}`"))),
        _ => None,
    })
}

pub(super) fn contextlib<'a>(_vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "contextmanager" | "asynccontextmanager" => Value::native("contextmanager", |vm, args| {
            let function = arg(vm, &args, 0)?;
            if let Value::Function(function) = &function {
                function.context_manager.set(true);
            }
            Ok(function)
        }),
        "suppress" => {
            Value::native("suppress", |_, args| Ok(Value::Object(Rc::new(Manager::Suppress(args.positional)))))
        }
        "closing" | "aclosing" | "redirect_stdout" | "redirect_stderr" => same(),
        "nullcontext" => Value::native("nullcontext", |_, args| {
            Ok(args.positional.into_iter().next().unwrap_or_else(|| Value::Object(Rc::new(Manager::Null))))
        }),
        "ExitStack" | "AsyncExitStack" => {
            Value::native("ExitStack", |_, _| Ok(Value::Object(Rc::new(Manager::Stack(RefCell::default())))))
        }
        _ => return Ok(None),
    }))
}

/// A context manager of ours.
#[derive(Debug)]
enum Manager<'a> {
    Null,
    /// Swallows exceptions of these classes.
    Suppress(Vec<Value<'a>>),
    /// Calls these when it is left.
    Stack(RefCell<Vec<(Value<'a>, Args<'a>)>>),
}

impl<'a> Object<'a> for Manager<'a> {
    fn type_name(&self) -> &'static str {
        "contextmanager"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "enter_context" | "callback" | "close")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, mut args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(match (self, name) {
            (Self::Suppress(classes), "__swallows__") => match args.positional.first() {
                Some(Value::Instance(exception)) => {
                    let swallows = classes
                        .iter()
                        .any(|class| matches!(class, Value::Class(class) if exception.class.inherits(class)));
                    Some(Value::Bool(swallows))
                }
                _ => None,
            },
            (Self::Stack(_), "enter_context") => Some(arg(vm, &args, 0)?),
            (Self::Stack(calls), "callback" | "push") => {
                let function = arg(vm, &args, 0)?;
                args.positional.remove(0);
                calls.borrow_mut().push((function, args));
                Some(Value::None)
            }
            (Self::Stack(_), "close") => Some(Value::None),
            _ => None,
        })
    }

    fn exit(&self, vm: &mut Interpreter<'a>, _raised: bool) -> Eval<'a, bool> {
        if let Self::Stack(calls) = self {
            let calls = std::mem::take(&mut *calls.borrow_mut());
            for (function, args) in calls.into_iter().rev() {
                vm.call(&function, args)?;
            }
        }
        Ok(false)
    }
}

/// A class of tuples with names for their parts, called by its first argument.
fn named_tuple<'a>(vm: &Interpreter<'a>, args: &Args<'a>, fields: Vec<String>) -> Rc<Class<'a>> {
    let name = args.positional.first().and_then(Value::as_str).unwrap_or("tuple").to_owned();
    let class = vm.new_class(name, Role::NamedTuple, Vec::new());
    *class.fields.borrow_mut() = fields.into_iter().map(Into::into).collect();
    class
}

/// `NamedTuple("Row", [("name", str)])`, or with the fields by their names: a class.
pub(super) fn functional_tuple<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a> {
    let pairs = match args.positional.get(1).cloned() {
        Some(given) => match items(vm, &given)? {
            Ok(pairs) => pairs,
            Err(unknown) => return Ok(unknown),
        },
        None => {
            return Ok(Value::Class(named_tuple(
                vm,
                args,
                args.keyword.iter().map(|(name, _)| name.to_string()).collect(),
            )));
        }
    };
    let mut fields = Vec::new();
    for pair in pairs {
        if let Ok(parts) = items(vm, &pair)? {
            fields.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
        }
    }
    Ok(Value::Class(named_tuple(vm, args, fields)))
}

pub(super) fn typing<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "TYPE_CHECKING" => Value::Bool(false),
        "NamedTuple" => Value::Class(vm.new_class("NamedTuple", Role::NamedTuple, Vec::new())),
        "TypedDict" => return Ok(vm.builtin_class("dict").map(Value::Class)),
        "cast" => Value::native("cast", |vm, args| arg(vm, &args, 1)),
        "abstractmethod" => Value::native("abstractmethod", |vm, args| {
            let function = arg(vm, &args, 0)?;
            if let Value::Function(function) = &function {
                function.names.borrow_mut().insert(ABSTRACT.into(), Value::Bool(true));
            }
            Ok(function)
        }),
        "final" | "overload" | "runtime_checkable" | "override" | "no_type_check" => same(),
        "dataclass_transform" => decorator(),
        "get_type_hints" => Value::native("get_type_hints", |_, _| Ok(Value::dict(IndexMap::new()))),
        "SimpleNamespace" => Value::native("SimpleNamespace", |vm, args| {
            let class = vm.new_class("SimpleNamespace", Role::Plain, Vec::new());
            let names = args.keyword.into_iter().collect::<Names<'_>>();
            Ok(Value::Instance(Rc::new(Instance { class, names: names.into() })))
        }),
        "MappingProxyType" => same(),
        "TypeVar" | "ParamSpec" | "TypeVarTuple" => Value::native("TypeVar", |vm, args| {
            let name = args.positional.first().and_then(Value::as_str).unwrap_or("T").to_owned();
            Ok(Value::Class(vm.new_class(name, Role::Plain, Vec::new())))
        }),
        "NewType" => Value::native("NewType", |vm, args| {
            let name = args.positional.first().and_then(Value::as_str).unwrap_or("T").to_owned();
            let bases = match args.positional.get(1) {
                Some(Value::Class(of)) => of.lineage().collect(),
                _ => Vec::new(),
            };
            Ok(Value::Class(vm.new_class(name, Role::Plain, bases)))
        }),
        // Functions such as `get_args`, which ask what an annotation says.
        _ if name.starts_with(|first: char| first.is_ascii_lowercase()) => return Ok(None),
        // Types: they stand in annotations, among base classes, and in `isinstance`.
        _ => Value::Class(vm.new_class(name.to_owned(), Role::Plain, Vec::new())),
    }))
}
