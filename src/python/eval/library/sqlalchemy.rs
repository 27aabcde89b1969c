//! SQLAlchemy, as far as it declares tables: what is called is kept as it was called, for others to read.

use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::value::{Args, Class, Object, Role, Value};
use super::arg;
use super::functions::{decorator, same};
use super::system::Silent;

/// Whether a dotted name is a module of SQLAlchemy.
pub(super) fn is_module(dotted: &str) -> bool {
    let top = dotted.split('.').next().unwrap_or(dotted);
    matches!(top, "sqlalchemy" | "flask_sqlalchemy")
}

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "MetaData" => Value::native("MetaData", |_, _| Ok(Value::Object(Rc::new(MetaData)))),
        "Table" => Value::native("Table", |vm, args| {
            let class = vm.record_class("Table");
            let table = vm.call(&Value::Class(class), args)?;
            vm.tables.push(table.clone());
            Ok(table)
        }),
        "mapped_column" | "Column" => Value::Class(vm.record_class("Column")),
        "declarative_base" | "automap_base" => Value::native("declarative_base", |vm, _| Ok(Value::Class(base(vm)))),
        "DeclarativeBase" | "DeclarativeBaseNoMeta" | "MappedAsDataclass" => Value::Class(base(vm)),
        "Mapped" | "DynamicMapped" | "WriteOnlyMapped" => Value::Class(vm.named_class("Mapped")),
        "registry" => Value::native("registry", |_, _| Ok(Value::Object(Rc::new(Registry)))),
        "SQLAlchemy" => Value::native("SQLAlchemy", |_, _| Ok(Value::Object(Rc::new(Flask)))),
        // A statement is its text.
        "text" | "literal_column" => Value::native("text", |vm, args| arg(vm, &args, 0)),
        "declared_attr" | "validates" | "hybrid_property" | "reconstructor" | "declarative_mixin" | "listens_for" => {
            decorator()
        }
        "relationship" | "backref" | "synonym" | "column_property" | "composite" | "deferred" | "dynamic_loader"
        | "association_proxy" => Value::native("relationship", |_, _| Ok(Value::None)),
        "event" => Value::Object(Rc::new(Silent("event"))),
        "as_declarative" => Value::native("as_declarative", |_, _| Ok(same())),
        "true"
        | "false"
        | "null"
        | "func"
        | "select"
        | "insert"
        | "update"
        | "delete"
        | "and_"
        | "or_"
        | "not_"
        | "create_engine"
        | "create_async_engine"
        | "sessionmaker"
        | "async_sessionmaker"
        | "scoped_session"
        | "Session"
        | "AsyncSession"
        | "Engine"
        | "AsyncEngine"
        | "Connection"
        | "engine_from_config"
        | "inspect"
        | "make_url"
        | "URL"
        | "__version__" => vm.unknown("comes from SQLAlchemy"),
        _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
            match KNOWN.iter().find(|known| **known == name) {
                Some(known) => Value::Class(vm.record_class(known)),
                None => Value::Class(vm.new_class(name.to_owned(), Role::Record, Vec::new())),
            }
        }
        _ => return Ok(None),
    }))
}

/// Classes that are told apart by what they are, not only by their name.
const KNOWN: &[&str] = &[
    "ForeignKey",
    "ForeignKeyConstraint",
    "PrimaryKeyConstraint",
    "UniqueConstraint",
    "CheckConstraint",
    "Index",
    "Computed",
    "Identity",
    "Sequence",
    "FetchedValue",
    "DDL",
    "ExcludeConstraint",
];

/// The base of declarative classes.
fn base<'a>(vm: &mut Interpreter<'a>) -> Rc<Class<'a>> {
    let class = vm.named_class("DeclarativeBase");
    let has = class.names.borrow().contains_key("metadata");
    if !has {
        class.names.borrow_mut().insert("metadata".into(), Value::Object(Rc::new(MetaData)));
    }
    class
}

/// `MetaData`: its tables are known by who made them.
#[derive(Debug)]
struct MetaData;

impl<'a> Object<'a> for MetaData {
    fn type_name(&self) -> &'static str {
        "MetaData"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "reflect" | "clear")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(None);
        }
        if matches!(name, "create_all" | "drop_all")
            && let Value::Unknown(why) = vm.unknown("makes its tables with SQLAlchemy")
        {
            vm.gap(&why);
        }
        Ok(Some(Value::None))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(matches!(name, "tables" | "sorted_tables" | "naming_convention" | "bind")
            .then(|| vm.unknown("comes from SQLAlchemy")))
    }
}

/// `registry()`.
#[derive(Debug)]
struct Registry;

impl<'a> Object<'a> for Registry {
    fn type_name(&self) -> &'static str {
        "registry"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "generate_base" | "mapped" | "mapped_as_dataclass" | "configure")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "generate_base" => Value::Class(base(vm)),
            "mapped" | "mapped_as_dataclass" => vm.call(&decorator(), args)?,
            "configure" => Value::None,
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "metadata").then(|| Value::Object(Rc::new(MetaData))))
    }
}

/// Flask-SQLAlchemy's `db`: everything under one name.
#[derive(Debug)]
struct Flask;

impl<'a> Object<'a> for Flask {
    fn type_name(&self) -> &'static str {
        "SQLAlchemy"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "init_app")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match self.attribute(vm, name)? {
            Some(callee) => vm.call(&callee, args).map(Some),
            None => Ok(Some(Value::None)),
        }
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        match name {
            "Model" => Ok(Some(Value::Class(base(vm)))),
            "metadata" => Ok(Some(Value::Object(Rc::new(MetaData)))),
            "session" | "engine" => Ok(Some(vm.unknown("comes from SQLAlchemy"))),
            _ => module(vm, name),
        }
    }
}
