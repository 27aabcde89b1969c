//! The bases of declarative classes: `DeclarativeBase`, `declarative_base()`, `registry`, Flask-SQLAlchemy's `db.Model`,
//! `SQLModel`.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::object::Object;
use super::super::super::super::value::{Args, Class, Names, Role, Value};
use super::super::super::arg;
use super::super::super::functions::decorator;
use super::super::{engine, metadata, module};

/// The class that all mapped classes inherit from, whatever made their base.
pub(in super::super) const BASE: &str = "DeclarativeBase";

/// Marks what inherits from a base of Flask-SQLAlchemy's, which gives tables their names.
pub(super) const FLASK: &str = "<flask>";

/// Marks a base of a project's own, which is no mapped class whatever it says.
pub(super) const OWN_BASE: &str = "<base>";

/// What SQLAlchemy calls the table of types for annotations, on a base or in a registry.
pub(super) const TYPE_MAP: &str = "type_annotation_map";

/// `DeclarativeBase`.
pub(in super::super) fn base<'a>(vm: &mut Interpreter<'a>) -> Rc<Class<'a>> {
    let class = vm.named_class(BASE);
    let has = class.names.borrow().contains_key("metadata");
    if !has {
        let mut names = class.names.borrow_mut();
        names.insert("metadata".into(), metadata::plain());
        names.insert("__init_subclass__".into(), Value::native("__init_subclass__", own_metadata));
    }
    class
}

/// `SQLModel`.
pub(in super::super) fn sqlmodel<'a>(vm: &mut Interpreter<'a>) -> Rc<Class<'a>> {
    if let Some(Value::Class(known)) = vm.builtins.get("SQLModel") {
        return known.clone();
    }
    let base = base(vm);
    let class = vm.new_class("SQLModel", Role::Plain, vec![base]);
    class.names.borrow_mut().insert("metadata".into(), metadata::plain());
    vm.builtins.insert("SQLModel", Value::Class(class.clone()));
    class
}

/// Gives a base class that does not say otherwise a `MetaData` of its own, or that of its registry.
fn own_metadata<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    if let Some(Value::Class(class)) = args.positional.first() {
        let is_first = class.bases.iter().all(|base| base.name == BASE || !base.is_named(BASE));
        if is_first {
            class.names.borrow_mut().insert(OWN_BASE.into(), Value::Bool(true));
        }
        let has = |part: &Rc<Class<'a>>| part.name != BASE && part.names.borrow().contains_key("metadata");
        if !class.lineage().any(|part| has(&part)) {
            let of_registry = match class.find("registry") {
                Some(registry @ Value::Object(_)) => vm.attribute(&registry, "metadata")?,
                _ => None,
            };
            let own = of_registry.unwrap_or_else(metadata::plain);
            class.names.borrow_mut().insert("metadata".into(), own);
        }
    }
    Ok(Value::None)
}

/// A base with a `MetaData`, and what else was said of it.
fn made_base<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, own: Option<Value<'a>>) -> Value<'a> {
    let mut bases: Vec<Rc<Class<'a>>> = Vec::new();
    if let Some(Value::Class(class)) = args.get("cls") {
        bases.extend(class.lineage());
    }
    let base = base(vm);
    let role = base.role;
    bases.push(base);
    let class = vm.new_class("Base", role, bases);
    let given = args.get("metadata").filter(|given| matches!(given, Value::Object(_))).cloned();
    let mut names = class.names.borrow_mut();
    names.insert("metadata".into(), given.or(own).unwrap_or_else(metadata::plain));
    names.insert(OWN_BASE.into(), Value::Bool(true));
    if let Some(map) = args.get(TYPE_MAP) {
        names.insert(TYPE_MAP.into(), map.clone());
    }
    drop(names);
    Value::Class(class)
}

/// `declarative_base(…)`.
pub(in super::super) fn declarative_base<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    // Before 2.0 the engine came first.
    let given = match args.at(0, "metadata") {
        Some(given @ Value::Object(object)) if object.type_name() == "MetaData" => Some(given.clone()),
        _ => args.at(1, "metadata").cloned(),
    };
    Ok(made_base(vm, &args, given.filter(|given| matches!(given, Value::Object(_)))))
}

/// `automap_base(…)`: its classes are those of the tables that the database has when it is prepared, which makes none.
pub(in super::super) fn automap_base<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let made = declarative_base(vm, args)?;
    if let Value::Class(class) = &made {
        let mut names = class.names.borrow_mut();
        names.insert("prepare".into(), Value::native("prepare", |_, _| Ok(Value::None)));
        names.insert("classes".into(), vm.unknown("depends on the tables of a database"));
    }
    Ok(made)
}

/// `@as_declarative(…)`: makes a base of a class.
#[derive(Debug)]
struct AsDeclarative<'a> {
    metadata: Option<Value<'a>>,
    types: Option<Value<'a>>,
}

pub(in super::super) fn as_declarative<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let metadata = args.get("metadata").filter(|given| matches!(given, Value::Object(_))).cloned();
    Ok(Value::Object(Rc::new(AsDeclarative { metadata, types: args.get(TYPE_MAP).cloned() })))
}

impl<'a> Object<'a> for AsDeclarative<'a> {
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
        let Value::Class(class) = arg(vm, &args, 0)? else { return Ok(args.positional.into_iter().next()) };
        let given = class.names.borrow().get("metadata").cloned();
        let own = self.metadata.clone().or(given).unwrap_or_else(metadata::plain);
        let made = under_base(vm, &class);
        let mut names = made.names.borrow_mut();
        names.insert("metadata".into(), own);
        names.insert(OWN_BASE.into(), Value::Bool(true));
        if let Some(types) = &self.types {
            names.insert(TYPE_MAP.into(), types.clone());
        }
        drop(names);
        Ok(Some(Value::Class(made)))
    }
}

/// A class as it is when it inherits from `DeclarativeBase`, in its own place.
fn under_base<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Rc<Class<'a>> {
    let mut bases = class.bases.clone();
    bases.push(base(vm));
    let made = Rc::new(Class {
        name: class.name.clone(),
        bases,
        names: class.names.clone(),
        role: class.role,
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

/// `registry(…)`.
#[derive(Debug)]
struct Registry<'a> {
    metadata: Value<'a>,
    types: Option<Value<'a>>,
}

pub(in super::super) fn registry<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let given = args.get("metadata").filter(|given| matches!(given, Value::Object(_))).cloned();
    let metadata = given.unwrap_or_else(metadata::plain);
    Ok(Value::Object(Rc::new(Registry { metadata, types: args.get(TYPE_MAP).cloned() })))
}

impl<'a> Registry<'a> {
    /// `@registry.mapped`: the class with what a base would give it.
    fn map(&self, vm: &mut Interpreter<'a>, class: &Value<'a>) -> Value<'a> {
        let Value::Class(class) = class else { return class.clone() };
        let made = under_base(vm, class);
        let mut names = made.names.borrow_mut();
        names.insert("metadata".into(), self.metadata.clone());
        if let Some(types) = &self.types {
            names.insert(TYPE_MAP.into(), types.clone());
        }
        drop(names);
        Value::Class(made)
    }
}

impl<'a> Object<'a> for Registry<'a> {
    fn type_name(&self) -> &'static str {
        "registry"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "generate_base" | "mapped" | "mapped_as_dataclass" | "configure" | "map_imperatively" | "map_declaratively"
        )
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "generate_base" => {
                let made = made_base(vm, &args, Some(self.metadata.clone()));
                if let (Value::Class(class), Some(types)) = (&made, &self.types) {
                    class.names.borrow_mut().insert(TYPE_MAP.into(), types.clone());
                }
                made
            }
            "mapped" | "mapped_as_dataclass" | "map_declaratively" => match args.positional.first() {
                Some(class) => self.map(vm, &class.clone()),
                None => Value::Object(Rc::new(Self { metadata: self.metadata.clone(), types: self.types.clone() })),
            },
            "configure" | "map_imperatively" => Value::None,
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "metadata" => Some(self.metadata.clone()),
            TYPE_MAP => self.types.clone(),
            _ => None,
        })
    }

    /// `@registry.mapped_as_dataclass()`.
    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let class = arg(vm, &args, 0)?;
        Ok(Some(self.map(vm, &class)))
    }
}

/// Flask-SQLAlchemy's `db`: everything under one name.
#[derive(Debug)]
struct Flask<'a> {
    metadata: Value<'a>,
    model: RefCell<Value<'a>>,
}

/// `SQLAlchemy(…)`.
pub(in super::super) fn flask<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let given = args.get("model_class").cloned();
    let of_class = match &given {
        Some(Value::Class(class)) => class.lineage().find_map(|part| {
            let own = part.name != BASE;
            part.names.borrow().get("metadata").filter(|_| own).cloned()
        }),
        _ => None,
    };
    let metadata = args.get("metadata").cloned().filter(|given| matches!(given, Value::Object(_))).or(of_class);
    let metadata = metadata.unwrap_or_else(metadata::plain);
    let base = base(vm);
    let mut bases: Vec<Rc<Class<'a>>> = Vec::new();
    if let Some(Value::Class(class)) = &given {
        bases.extend(class.lineage().filter(|part| !Rc::ptr_eq(part, &base)));
    }
    bases.push(base);
    let model = vm.new_class("Model", Role::Plain, bases);
    let mut names = Names::default();
    names.insert("metadata".into(), metadata.clone());
    names.insert(FLASK.into(), Value::Bool(true));
    // It has no table, though a class that it is made of may have columns.
    names.insert(OWN_BASE.into(), Value::Bool(true));
    names.insert("query".into(), vm.unknown("depends on the rows of a database"));
    *model.names.borrow_mut() = names;
    Ok(Value::Object(Rc::new(Flask { metadata, model: RefCell::new(Value::Class(model)) })))
}

impl<'a> Object<'a> for Flask<'a> {
    fn type_name(&self) -> &'static str {
        "SQLAlchemy"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "init_app" | "Table")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, mut args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name == "Table" {
            let is_given = args.positional.get(1).is_some_and(|given| match given {
                Value::Object(object) => object.type_name() == "MetaData",
                _ => false,
            });
            if !is_given && args.get("metadata").is_none() {
                args.positional.insert(1.min(args.positional.len()), self.metadata.clone());
            }
        }
        match self.attribute(vm, name)? {
            Some(callee) => vm.call(&callee, args).map(Some),
            None => Ok(Some(Value::None)),
        }
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        match name {
            "Model" => Ok(Some(self.model.borrow().clone())),
            "metadata" => Ok(Some(self.metadata.clone())),
            "engine" => Ok(Some(engine::of_application(vm))),
            "session" => Ok(Some(vm.unknown("comes from SQLAlchemy"))),
            "create_all" | "drop_all" | "init_app" => Ok(None),
            _ => module(vm, name),
        }
    }
}

/// `relationship(…)` and the like: no column.
pub(in super::super) fn no_column<'a>(_vm: &mut Interpreter<'a>, _args: Args<'a>) -> Eval<'a> {
    Ok(Value::None)
}

/// `deferred(column)`, `column_property(column)`: the column, where it is one.
pub(in super::super) fn of_column<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let given = args.positional.into_iter().next();
    Ok(given
        .filter(|given| matches!(given, Value::Instance(record) if record.class.is_named("Column")))
        .unwrap_or(Value::None))
}

/// `@declarative_mixin` and the like.
pub(in super::super) fn passes<'a>() -> Value<'a> {
    decorator()
}
