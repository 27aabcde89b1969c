//! Classes: what defines them, what calling them makes, and what is an instance of them.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{Expr, StmtClassDef};

use super::exceptions::new_exception;
use super::function::{Scope, ScopeKind};
use super::interpreter::{Eval, Interpreter, Stop};
use super::object::Object;
use super::operators::{Known, forget_text};
use super::value::{Args, Class, Instance, Key, Names, Role, Tuple, Unknown, Value};
use super::wrappers::{is_wrapper, unwrap_method};
use crate::source::Location;

/// Whether a class that is not known may well make an object of its own out of a dict: the annotation of the field names
/// another type.
fn becomes_another<'a>(class: &Rc<Class<'a>>, field: &str, given: &Value<'a>) -> bool {
    const PLAIN: &[&str] = &["dict", "Dict", "Mapping", "Any", "object"];
    if !matches!(given, Value::Dict(_)) {
        return false;
    }
    let annotation = class.lineage().find_map(|class| match class.names.borrow().get(ANNOTATIONS) {
        Some(Value::Tuple(pairs)) => pairs.items.iter().find_map(|pair| match pair {
            Value::Tuple(pair) if pair.items[0].as_str() == Some(field) => pair.items[1].as_str().map(str::to_owned),
            _ => None,
        }),
        _ => None,
    });
    annotation.is_some_and(|annotation| !PLAIN.iter().any(|plain| annotation.contains(plain)))
}

impl<'a> Interpreter<'a> {
    /// Takes up a base of a class, with everything that it derives from, and what sort of class that makes it.
    fn inherit(&mut self, base: &Rc<Class<'a>>, bases: &mut Vec<Rc<Class<'a>>>, role: &mut Role) -> Eval<'a, ()> {
        if base.role != Role::Plain && base.role != Role::Builtin && *role == Role::Plain {
            *role = base.role;
        }
        let lineage = base.bases.len() + 1;
        self.steps(lineage * (bases.len() + lineage) / 64)?;
        self.allocate(lineage * size_of::<Rc<Class<'_>>>())?;
        for ancestor in base.lineage() {
            if !bases.iter().any(|known| Rc::ptr_eq(known, &ancestor)) {
                bases.push(ancestor);
            }
        }
        Ok(())
    }

    pub(super) fn define_class(&mut self, class: &'a StmtClassDef, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let mut bases: Vec<Rc<Class<'a>>> = Vec::new();
        let mut open = None;
        let mut role = Role::Plain;
        for base in class.bases() {
            match self.expr(base, scope)? {
                // What such a class adds to Flask-SQLAlchemy's own makes no tables.
                Value::Native(native) if native.name == "SQLAlchemy" => return Ok(Value::Native(native)),
                Value::Class(base) => self.inherit(&base, &mut bases, &mut role)?,
                Value::Unknown(why) => open = Some(why),
                Value::Native(native) if native.name == "namedtuple" => role = Role::NamedTuple,
                Value::Object(object) => open = object.standard_type().map(|(_, why)| why).or(open),
                // A class of a library, of which calling it is followed alone.
                Value::Native(native) => open = Some(self.why(format!("inherits from `{}`", native.name))),
                // What is taken for a module of a library is a class of it.
                Value::Module(module) => open = Some(self.why(format!("inherits from `{}`", module.name))),
                _ => {}
            }
        }
        let inner = scope.inner(ScopeKind::Class);
        self.block(&class.body, &inner)?;
        let location = scope.syntax().map(|module| module.location(&class.name, ""));
        let mut names = std::mem::take(&mut *inner.names.borrow_mut());
        if self.doubt.is_some() {
            names.insert(DOUBTED.into(), Value::Bool(true));
        }
        let is_table = |keyword: &&ruff_python_ast::Keyword| {
            keyword.arg.as_ref().is_some_and(|name| name == "table")
                && matches!(&keyword.value, Expr::BooleanLiteral(value) if value.value)
        };
        if class.keywords().iter().any(|keyword| is_table(&keyword)) {
            names.insert(IS_TABLE.into(), Value::Bool(true));
        }
        let made = self.made_class(class.name.as_str().into(), (bases, open), names, (role, location));
        let mut value = Value::Class(made.clone());
        let keyword = class.keywords().iter().filter_map(|keyword| Some((keyword.arg.as_ref()?, &keyword.value)));
        let mut given_by_name = Vec::new();
        for (name, given) in keyword {
            given_by_name.push((name.as_str().into(), self.expr(given, scope)?));
        }
        self.tell_bases(&made, given_by_name)?;
        for decorator in class.decorator_list.iter().rev() {
            let decorator = self.expr(&decorator.expression, scope)?;
            if decorator.as_unknown().is_none() {
                value = self.call(&decorator, Args { positional: vec![value], keyword: Vec::new() })?;
            }
        }
        Ok(value)
    }

    /// A class of what its body binds.
    fn made_class(
        &mut self,
        name: Cow<'a, str>,
        (bases, open): (Vec<Rc<Class<'a>>>, Option<Rc<Unknown>>),
        names: Names<'a>,
        (role, location): (Role, Option<Location>),
    ) -> Rc<Class<'a>> {
        let fields = match names.get(FIELDS) {
            Some(Value::Tuple(fields)) => {
                fields.items.iter().filter_map(|field| Some(field.as_str()?.to_owned().into())).collect()
            }
            _ => Vec::new(),
        };
        let inherited = bases.iter().rev().flat_map(|base| base.fields.borrow().clone());
        let mut all: Vec<Cow<'a, str>> = Vec::new();
        for field in inherited.chain(fields) {
            if !all.contains(&field) {
                all.push(field);
            }
        }
        let made = Rc::new(Class { name, bases, names: names.into(), role, location, open, fields: all.into() });
        for value in made.names.borrow().values() {
            adopt(value, &made);
        }
        if role == Role::Enum {
            self.make_members(&made);
        }
        self.classes.push(made.clone());
        made
    }

    /// Calls the `__init_subclass__` of the nearest base that has one.
    fn tell_bases(&mut self, made: &Rc<Class<'a>>, keyword: Vec<(Cow<'a, str>, Value<'a>)>) -> Eval<'a, ()> {
        let hook = made.bases.iter().find_map(|base| base.names.borrow().get("__init_subclass__").cloned());
        if let Some(hook) = hook {
            self.call(&unwrap_method(hook), Args { positional: vec![Value::Class(made.clone())], keyword })?;
        }
        Ok(())
    }

    /// `type(name, bases, names)`.
    pub(super) fn class_by_call(&mut self, args: &Args<'a>) -> Eval<'a> {
        let [Value::Str(name), above, bound, ..] = args.positional.as_slice() else {
            return Ok(self.unknown("makes a class in a way that is not followed"));
        };
        let above = match self.iterate(above)? {
            Ok(above) => above,
            Err(why) => return Ok(Value::Unknown(why)),
        };
        let bound = match self.pairs(bound)? {
            Ok(bound) => bound,
            Err(why) => return Ok(Value::Unknown(why)),
        };
        let mut bases: Vec<Rc<Class<'a>>> = Vec::new();
        let (mut open, mut role) = (None, Role::Plain);
        for base in &above {
            match base {
                Value::Class(base) => self.inherit(base, &mut bases, &mut role)?,
                Value::Unknown(why) => open = Some(why.clone()),
                _ => {}
            }
        }
        let names: Names<'a> =
            bound.into_iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned().into(), value))).collect();
        let place = self.place();
        let made = self.made_class(name.to_string().into(), (bases, open), names, (role, Some(place)));
        self.tell_bases(&made, args.keyword.clone())?;
        Ok(Value::Class(made))
    }

    /// A name with an annotation in the body of a class.
    pub(super) fn annotate(&mut self, name: &'a str, annotation: &'a Expr, scope: &Rc<Scope<'a>>) {
        let text = scope.syntax().map(|module| {
            let range = ruff_text_size::Ranged::range(annotation);
            module.text()[std::ops::Range::<usize>::from(range)].to_owned()
        });
        let text = text.unwrap_or_default();
        let mut names = scope.names.borrow_mut();
        {
            let kept = Value::Object(Rc::new(Annotation { expression: annotation, scope: scope.clone() }));
            let (key, item) = (ANNOTATIONS, Value::tuple(vec![Value::text(name), Value::text(text.clone()), kept]));
            let mut items = match names.get(key) {
                Some(Value::Tuple(items)) => items.items.clone(),
                _ => Vec::new(),
            };
            items.push(item);
            names.insert(key.into(), Value::tuple(items));
        }
        if !text.starts_with("ClassVar") && !text.starts_with("typing.ClassVar") {
            let mut items = match names.get(FIELDS) {
                Some(Value::Tuple(items)) => items.items.clone(),
                _ => Vec::new(),
            };
            items.push(Value::text(name));
            names.insert(FIELDS.into(), Value::tuple(items));
        }
    }

    /// Makes a class of ours.
    pub fn new_class(&self, name: impl Into<Cow<'a, str>>, role: Role, bases: Vec<Rc<Class<'a>>>) -> Rc<Class<'a>> {
        Rc::new(Class {
            name: name.into(),
            bases,
            names: Names::default().into(),
            role,
            location: None,
            open: None,
            fields: Vec::new().into(),
        })
    }

    /// A class of ours that is always the same.
    pub(super) fn named_class(&mut self, name: &'static str) -> Rc<Class<'a>> {
        if let Some(Value::Class(class)) = self.builtins.get(name) {
            return class.clone();
        }
        let class = self.new_class(name, Role::Plain, Vec::new());
        self.builtins.insert(name, Value::Class(class.clone()));
        class
    }

    /// The same for one whose instances keep their arguments.
    pub(super) fn record_class(&mut self, name: &'static str) -> Rc<Class<'a>> {
        if let Some(Value::Class(class)) = self.builtins.get(name) {
            return class.clone();
        }
        let class = self.new_class(name, Role::Record, Vec::new());
        self.builtins.insert(name, Value::Class(class.clone()));
        class
    }

    /// The same for one that inherits from another.
    pub(super) fn record_class_under(&mut self, name: &'static str, base: &Rc<Class<'a>>) -> Rc<Class<'a>> {
        if let Some(Value::Class(class)) = self.builtins.get(name) {
            return class.clone();
        }
        let class = self.new_class(name, Role::Record, base.lineage().collect());
        self.builtins.insert(name, Value::Class(class.clone()));
        class
    }

    /// Calls a class.
    pub(super) fn instantiate(&mut self, class: &Rc<Class<'a>>, args: Args<'a>) -> Eval<'a> {
        self.allocate(size_of::<Instance<'_>>() + 64)?;
        match class.role {
            Role::Exception => {
                let exception = new_exception(class.clone(), args.positional.clone());
                let value = Value::Instance(exception);
                if let Some(init) = own_init(class) {
                    let mut args = args;
                    args.positional.insert(0, value.clone());
                    self.call(&init, args)?;
                }
                Ok(value)
            }
            Role::Builtin => self.convert(class, args),
            // `NamedTuple("Row", name=str)`: a class.
            Role::NamedTuple if class.name == "NamedTuple" && class.location.is_none() => {
                super::library::functional_tuple(self, &args)
            }
            Role::NamedTuple => {
                let values = self.field_values(class, args)?;
                Ok(Value::Tuple(Rc::new(Tuple {
                    items: values.into_iter().map(|(_, value)| value).collect(),
                    class: Some(class.clone()),
                })))
            }
            Role::Dataclass if own_init(class).is_none() => {
                let values = self.field_values(class, args)?;
                let instance = Rc::new(Instance { class: class.clone(), names: Names::from_iter(values).into() });
                let value = Value::Instance(instance);
                if let Some(method) = class.find("__post_init__") {
                    self.call(&method, Args { positional: vec![value.clone()], keyword: Vec::new() })?;
                }
                Ok(value)
            }
            // `Enum("Colour", "RED GREEN")`: a class.
            Role::Enum if self.enum_members(class).is_empty() && args.at(1, "names").is_some() => {
                self.functional_enum(class, &args)
            }
            Role::Enum => self.enum_member(class, args.positional.first()),
            Role::Record => {
                if class.location.is_none()
                    && let Some(left_out) = super::library::check_record(self, &class.name, &args)?
                {
                    return Ok(left_out);
                }
                let mut names = Names::default();
                names.insert("args".into(), Value::tuple(args.positional));
                let keyword = args.keyword.into_iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value));
                names.insert("kwargs".into(), Value::dict(keyword.collect()));
                names.insert(
                    PLACE.into(),
                    Value::Unknown(Rc::new(Unknown { reason: "".into(), location: self.place(), text: None })),
                );
                let record = Rc::new(Instance { class: class.clone(), names: names.into() });
                let made = Value::Instance(record.clone());
                self.run_own_init(&record)?;
                if class.name == "Index" {
                    self.indexes.push(made.clone());
                }
                super::library::attach_constraint(self, &made);
                Ok(made)
            }
            Role::Plain if class.is_named("ABC") && is_abstract(class) => {
                self.raise("TypeError", format!("Can't instantiate abstract class {}", class.name))
            }
            Role::Plain | Role::Dataclass => {
                let instance = Rc::new(Instance { class: class.clone(), names: Names::default().into() });
                let value = Value::Instance(instance);
                match class.find("__init__") {
                    Some(init) => {
                        let mut args = args;
                        args.positional.insert(0, value.clone());
                        self.call(&init, args)?;
                    }
                    None => {
                        // A base class that is not known keeps its arguments as attributes more often than not.
                        if let Some(why) = class.lineage().find_map(|class| class.open.clone())
                            && let Value::Instance(instance) = &value
                        {
                            let kept = args.keyword.into_iter().map(|(name, given)| {
                                let made = becomes_another(class, &name, &given);
                                (name, if made { Value::Unknown(why.clone()) } else { given })
                            });
                            instance.names.borrow_mut().extend(kept);
                        } else if class.is_named("DeclarativeBase")
                            && let Value::Instance(instance) = &value
                        {
                            // The constructor of a mapped class sets what it is given.
                            instance.names.borrow_mut().extend(args.keyword);
                        }
                    }
                }
                Ok(value)
            }
        }
    }

    /// Runs what a class of the project says of its arguments before the class of the library has them: a type that is
    /// always made with a length.
    fn run_own_init(&mut self, record: &Rc<Instance<'a>>) -> Eval<'a, ()> {
        let Some(init) = own_init(&record.class).filter(|_| record.class.location.is_some()) else { return Ok(()) };
        let mut positional = vec![Value::Instance(record.clone())];
        positional.extend(record.positional());
        let keyword = record.keywords().into_iter();
        let keyword = keyword.filter_map(|(key, value)| Some((key.0.as_str()?.to_owned().into(), value))).collect();
        let mark = self.mark();
        match self.call(&init, Args { positional, keyword }) {
            // What it says is not followed: the arguments are as they were given.
            Err(Stop::Raise(_)) => self.reset(mark),
            done => drop(done?),
        }
        Ok(())
    }

    fn field_values(&mut self, class: &Rc<Class<'a>>, args: Args<'a>) -> Eval<'a, Vec<(Cow<'a, str>, Value<'a>)>> {
        let fields = class.fields.borrow().clone();
        let spread = self.spread(&args);
        if args.positional.len() > fields.len() {
            let message = format!("{}.__init__() takes {} positional arguments", class.name, fields.len());
            return self.raise("TypeError", message);
        }
        let mut values: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let given = args.positional.get(index).or_else(|| args.get(field)).cloned();
            let value = match given {
                Some(value) => value,
                None => match class.find(field) {
                    Some(Value::Instance(default)) if default.class.name == FIELD => {
                        match (default.get("default"), default.get("default_factory")) {
                            (_, Some(factory)) => self.call(&factory, Args::default())?,
                            (Some(value), None) => value,
                            (None, None) => return self.missing(class, field),
                        }
                    }
                    Some(value) => value,
                    None => match &spread {
                        Some(value) => value.clone(),
                        None => return self.missing(class, field),
                    },
                },
            };
            values.push((field.clone(), value));
        }
        Ok(values)
    }

    fn missing<T>(&mut self, class: &Rc<Class<'a>>, field: &str) -> Eval<'a, T> {
        self.raise("TypeError", format!("{}.__init__() missing 1 required argument: '{field}'", class.name))
    }

    /// The class of a value, as `type(value)` answers.
    pub(super) fn class_of(&mut self, value: &Value<'a>) -> Value<'a> {
        match value {
            Value::Instance(instance) => Value::Class(instance.class.clone()),
            Value::Tuple(tuple) if tuple.class.is_some() => tuple.class.clone().map_or(Value::None, Value::Class),
            Value::Unknown(why) => Value::Unknown(forget_text(why)),
            _ => {
                let name = value.type_name();
                self.builtin_class(&name).map_or_else(|| self.unknown("asks for a type"), Value::Class)
            }
        }
    }

    /// `isinstance(value, class)`.
    pub(super) fn is_instance(&mut self, value: &Value<'a>, class: &Value<'a>) -> Eval<'a, Known<bool>> {
        if let Some(why) = Self::first_unknown([value, class]) {
            return Ok(Err(why));
        }
        Ok(match class {
            Value::Tuple(classes) => {
                for class in &classes.items {
                    match self.is_instance(value, class)? {
                        Ok(false) => {}
                        other => return Ok(other),
                    }
                }
                Ok(false)
            }
            Value::None => Ok(matches!(value, Value::None)),
            Value::Class(class) => match self.class_of(value) {
                Value::Class(_) if matches!(value, Value::Tuple(_)) && class.name == "tuple" => Ok(true),
                Value::Class(own) => Ok(own.inherits(class)
                    || class.name == "object"
                    || (matches!(value, Value::Bool(_)) && class.name == "int")
                    || abstract_match(value, &class.name)),
                _ => Ok(matches!(value, Value::Object(object) if object.type_name() == class.name)),
            },
            // Of what a library or the project makes it is not known whether it is one.
            Value::Object(class) => match class.standard_type() {
                Some((_, why)) if matches!(value, Value::Object(_) | Value::Instance(_)) => Err(why),
                _ => Ok(false),
            },
            _ => Ok(false),
        })
    }
}

fn own_init<'a>(class: &Rc<Class<'a>>) -> Option<Value<'a>> {
    class.find("__init__").filter(|init| matches!(init, Value::Function(_)))
}

/// Tells the functions of a class what class they are in.
fn adopt<'a>(value: &Value<'a>, class: &Rc<Class<'a>>) {
    match value {
        Value::Function(function) => *function.class.borrow_mut() = Some(class.clone()),
        Value::Instance(wrapper) if is_wrapper(&wrapper.class) => {
            if let Some(inner) = wrapper.get("function") {
                adopt(&inner, class);
            }
        }
        // A decorator of the project's own keeps the function that it stands over.
        Value::Instance(kept) if kept.class.location.is_some() => {
            for value in kept.names.borrow().values() {
                if let Value::Function(function) = value {
                    function.class.borrow_mut().get_or_insert_with(|| class.clone());
                }
            }
        }
        _ => {}
    }
}

/// Whether a value fits one of the abstract classes of `collections.abc`.
fn abstract_match(value: &Value<'_>, class: &str) -> bool {
    match class {
        "Callable" => matches!(value, Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Class(_)),
        "Mapping" | "MutableMapping" => matches!(value, Value::Dict(_)),
        "Sequence" => matches!(value, Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Range(_)),
        "Iterable" => matches!(
            value,
            Value::List(_)
                | Value::Tuple(_)
                | Value::Str(_)
                | Value::Set(_)
                | Value::Dict(_)
                | Value::Iterator(_)
                | Value::Range(_)
        ),
        _ => false,
    }
}

/// Whether a class leaves a method to those that inherit from it.
fn is_abstract(class: &Rc<Class<'_>>) -> bool {
    let names: Vec<String> = class
        .lineage()
        .flat_map(|one| one.names.borrow().keys().map(ToString::to_string).collect::<Vec<_>>())
        .collect();
    names.iter().any(|name| match class.find(name).map(unwrap_method) {
        Some(Value::Function(function)) => function.names.borrow().contains_key(ABSTRACT),
        _ => false,
    })
}

/// Marks a function under `@abstractmethod`.
pub(super) const ABSTRACT: &str = "<abstract>";
/// What stands behind the colon of a name in the body of a class, for those who look into it.
#[derive(Clone)]
pub(super) struct Annotation<'a> {
    pub expression: &'a Expr,
    pub scope: Rc<Scope<'a>>,
}

impl Annotation<'_> {
    pub fn location(&self) -> Option<Location> {
        let module = self.scope.syntax()?;
        Some(Location::new(&module.source, ruff_text_size::Ranged::range(self.expression).into(), ""))
    }
}

impl std::fmt::Debug for Annotation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Annotation")
    }
}

impl<'a> Object<'a> for Annotation<'a> {
    fn type_name(&self) -> &'static str {
        "annotation"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn annotation(&self) -> Option<Annotation<'a>> {
        Some(self.clone())
    }
}

/// Marks a class of which it is not known whether it is defined.
pub(super) const DOUBTED: &str = "<doubted>";
/// Marks a class with `table=True` behind its bases.
pub(super) const IS_TABLE: &str = "<table>";
/// Where a class keeps the names and annotations of its body, and a record the place of its call.
pub const ANNOTATIONS: &str = "<annotations>";
pub(super) const FIELDS: &str = "<fields>";
pub const PLACE: &str = "<place>";
/// Where a record keeps what the body of a class calls it.
pub(super) const ATTRIBUTE: &str = "<attribute>";
/// The class of `dataclasses.field(…)`.
pub(super) const FIELD: &str = "<field>";
