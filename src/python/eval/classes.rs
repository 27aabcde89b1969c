//! Classes, instances and attributes.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{Expr, StmtClassDef};

use super::exceptions::new_exception;
use super::function::{Scope, ScopeKind};
use super::interpreter::{Eval, Interpreter};
use super::module::Origin;
use super::operators::{Known, forget_text};
use super::value::{Args, Class, Instance, Key, Names, Role, Tuple, Unknown, Value};

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
    pub(super) fn define_class(&mut self, class: &'a StmtClassDef, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let mut bases: Vec<Rc<Class<'a>>> = Vec::new();
        let mut open = None;
        let mut role = Role::Plain;
        for base in class.bases() {
            match self.expr(base, scope)? {
                Value::Class(base) => {
                    if base.role != Role::Plain && base.role != Role::Builtin && role == Role::Plain {
                        role = base.role;
                    }
                    for ancestor in base.lineage() {
                        if !bases.iter().any(|known| Rc::ptr_eq(known, &ancestor)) {
                            bases.push(ancestor);
                        }
                    }
                }
                Value::Unknown(why) => open = Some(why),
                Value::Native(native) if native.name == "namedtuple" => role = Role::NamedTuple,
                _ => {}
            }
        }
        let inner = scope.inner(ScopeKind::Class);
        self.block(&class.body, &inner)?;
        let location = scope.syntax().map(|module| module.location(&class.name, ""));
        let names = std::mem::take(&mut *inner.names.borrow_mut());
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
        let made = Rc::new(Class {
            name: class.name.as_str().into(),
            bases,
            names: names.into(),
            role,
            location,
            open,
            fields: all.into(),
        });
        for value in made.names.borrow().values() {
            adopt(value, &made);
        }
        if role == Role::Enum {
            self.make_members(&made);
        }
        self.classes.push(made.clone());
        let mut value = Value::Class(made.clone());
        if let Some(hook) = made.bases.iter().find_map(|base| base.names.borrow().get("__init_subclass__").cloned()) {
            let keyword = class.keywords().iter().filter_map(|keyword| Some((keyword.arg.as_ref()?, &keyword.value)));
            let mut args = Args { positional: vec![value.clone()], keyword: Vec::new() };
            for (name, given) in keyword {
                let given = self.expr(given, scope)?;
                args.keyword.push((name.as_str().into(), given));
            }
            let hook = unwrap_method(hook);
            self.call(&hook, args)?;
        }
        for decorator in class.decorator_list.iter().rev() {
            let decorator = self.expr(&decorator.expression, scope)?;
            if decorator.as_unknown().is_none() {
                value = self.call(&decorator, Args { positional: vec![value], keyword: Vec::new() })?;
            }
        }
        Ok(value)
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
            let (key, item) = (ANNOTATIONS, Value::tuple(vec![Value::text(name), Value::text(text.clone())]));
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
            names: Names::new().into(),
            role,
            location: None,
            open: None,
            fields: Vec::new().into(),
        })
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
            Role::Enum => self.enum_member(class, args.positional.first()),
            Role::Record => {
                let mut names = Names::new();
                names.insert("args".into(), Value::tuple(args.positional));
                let keyword = args.keyword.into_iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value));
                names.insert("kwargs".into(), Value::dict(keyword.collect()));
                names.insert(
                    PLACE.into(),
                    Value::Unknown(Rc::new(Unknown { reason: "".into(), location: self.place(), text: None })),
                );
                let made = Value::Instance(Rc::new(Instance { class: class.clone(), names: names.into() }));
                if class.name == "Index" {
                    self.indexes.push(made.clone());
                }
                Ok(made)
            }
            Role::Plain if class.is_named("ABC") && is_abstract(class) => {
                self.raise("TypeError", format!("Can't instantiate abstract class {}", class.name))
            }
            Role::Plain | Role::Dataclass => {
                let instance = Rc::new(Instance { class: class.clone(), names: Names::new().into() });
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
                        }
                    }
                }
                Ok(value)
            }
        }
    }

    fn field_values(&mut self, class: &Rc<Class<'a>>, args: Args<'a>) -> Eval<'a, Vec<(Cow<'a, str>, Value<'a>)>> {
        let fields = class.fields.borrow().clone();
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
                    None => return self.missing(class, field),
                },
            };
            values.push((field.clone(), value));
        }
        Ok(values)
    }

    fn missing<T>(&mut self, class: &Rc<Class<'a>>, field: &str) -> Eval<'a, T> {
        self.raise("TypeError", format!("{}.__init__() missing 1 required argument: '{field}'", class.name))
    }

    /// Makes the members of an enumeration out of what its body binds.
    fn make_members(&mut self, class: &Rc<Class<'a>>) {
        let plain: Vec<(Cow<'a, str>, Value<'a>)> = class
            .names
            .borrow()
            .iter()
            .filter(|(name, value)| !name.starts_with('_') && !matches!(value, Value::Function(_)))
            .filter(|(_, value)| !matches!(value, Value::Instance(inner) if is_wrapper(&inner.class)))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut known: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for (index, (name, value)) in plain.into_iter().enumerate() {
            let value = match value {
                // `auto()`
                Value::Ellipsis if class.is_named("StrEnum") => Value::text(name.to_lowercase()),
                Value::Ellipsis => Value::Int(i64::try_from(index).unwrap_or(0) + 1),
                value => value,
            };
            // A second name for one value is the same member.
            if let Some((_, member)) = known.iter().find(|(other, _)| other.equals(&value)) {
                class.names.borrow_mut().insert(name, member.clone());
                continue;
            }
            let kept = value.clone();
            let names = Names::from_iter([("name".into(), Value::text(name.as_ref())), ("value".into(), value)]);
            let member = Rc::new(Instance { class: class.clone(), names: names.into() });
            known.push((kept, Value::Instance(member.clone())));
            class.names.borrow_mut().insert(name, Value::Instance(member));
        }
    }

    pub(super) fn enum_members(&self, class: &Rc<Class<'a>>) -> Vec<Value<'a>> {
        let is_member =
            |value: &Value<'a>| matches!(value, Value::Instance(member) if Rc::ptr_eq(&member.class, class));
        let mut members: Vec<Value<'a>> = Vec::new();
        for value in class.names.borrow().values().filter(|value| is_member(value)) {
            if !members.iter().any(|known| known.is(value)) {
                members.push(value.clone());
            }
        }
        members
    }

    fn enum_member(&mut self, class: &Rc<Class<'a>>, wanted: Option<&Value<'a>>) -> Eval<'a> {
        let Some(wanted) = wanted else { return self.raise("TypeError", "a value is missing") };
        if let Value::Unknown(why) = wanted {
            return Ok(Value::Unknown(why.clone()));
        }
        let members = self.enum_members(class);
        let found = members.into_iter().find(|member| match member {
            Value::Instance(instance) => instance.get("value").is_some_and(|value| value.equals(wanted)),
            _ => false,
        });
        match found {
            Some(member) => Ok(member),
            None => self.raise("ValueError", format!("not a valid {}", class.name)),
        }
    }

    /// Reads an attribute; `None` where there is none.
    pub fn attribute(&mut self, object: &Value<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match object {
            Value::Unknown(why) => Some(Value::Unknown(forget_text(why))),
            Value::Module(module) => self.module_attribute(module, name)?,
            Value::Instance(instance) => return self.instance_attribute(object, instance, name),
            Value::Class(class) => return self.class_attribute(object, class, name),
            Value::Object(object_value) => {
                let object_value = object_value.clone();
                match object_value.attribute(self, name)? {
                    Some(value) => Some(value),
                    None if object_value.has_method(name) => {
                        Some(Value::Method(Rc::new((object.clone(), name.to_owned()))))
                    }
                    None => None,
                }
            }
            Value::Function(function) => match name {
                "__name__" | "__qualname__" => Some(Value::text(function.name.as_ref())),
                "__doc__" => Some(Value::None),
                "__module__" => Some(Value::text(function.scope.module.name.as_str())),
                "__wrapped__" => function.names.borrow().get(name).cloned(),
                _ => function.names.borrow().get(name).cloned(),
            },
            Value::Bound(bound) => match name {
                "__self__" => Some(bound.0.clone()),
                "__func__" => Some(bound.1.clone()),
                _ => self.attribute(&bound.1.clone(), name)?,
            },
            Value::Native(native) if name == "__name__" => Some(Value::text(native.name)),
            Value::Native(_) => None,
            Value::Tuple(tuple) => match &tuple.class {
                Some(class) => {
                    let index = class.fields.borrow().iter().position(|field| field == name);
                    match index.and_then(|index| tuple.items.get(index)) {
                        Some(value) => Some(value.clone()),
                        None if name == "_fields" => {
                            let fields = class.fields.borrow();
                            Some(Value::tuple(fields.iter().map(|field| Value::text(field.as_ref())).collect()))
                        }
                        None if name == "_replace" => {
                            let receiver = object.clone();
                            let replace = Value::native("_replace", |_, args| {
                                let Some(Value::Tuple(tuple)) = args.positional.first() else { return Ok(Value::None) };
                                let Some(class) = &tuple.class else { return Ok(Value::None) };
                                let fields = class.fields.borrow().clone();
                                let items = fields.iter().zip(&tuple.items);
                                let items = items.map(|(field, old)| args.get(field).unwrap_or(old).clone()).collect();
                                Ok(Value::Tuple(Rc::new(Tuple { items, class: Some(class.clone()) })))
                            });
                            Some(Value::Bound(Rc::new((receiver, replace))))
                        }
                        None if name == "_asdict" => {
                            let fields = class.fields.borrow().clone().into_iter();
                            let pairs = fields.zip(tuple.items.clone());
                            let items = pairs.map(|(field, value)| (Key(Value::text(field.as_ref())), value));
                            let items = Value::dict(items.collect());
                            Some(Value::Method(Rc::new((items, "copy".to_owned()))))
                        }
                        None => class.find(name).map(|method| bind_to(object, method)),
                    }
                }
                None => builtin_method(object, name),
            },
            Value::Int(_) | Value::Bool(_) | Value::Float(_) if name == "real" => Some(object.clone()),
            _ if name == "__class__" => Some(self.class_of(object)),
            _ => builtin_method(object, name),
        })
    }

    fn instance_attribute(
        &mut self,
        object: &Value<'a>,
        instance: &Rc<Instance<'a>>,
        name: &str,
    ) -> Eval<'a, Option<Value<'a>>> {
        if let Some(value) = instance.get(name) {
            return Ok(Some(value));
        }
        if let Some(value) = instance.class.find(name) {
            if let Value::Instance(wrapper) = &value {
                let function = wrapper.get("function").unwrap_or(Value::None);
                match &*wrapper.class.name {
                    "property" | "cached_property" => {
                        let args = Args { positional: vec![object.clone()], keyword: Vec::new() };
                        return self.call(&function, args).map(Some);
                    }
                    "staticmethod" => return Ok(Some(function)),
                    "classmethod" => {
                        let class = Value::Class(instance.class.clone());
                        return Ok(Some(Value::Bound(Rc::new((class, function)))));
                    }
                    _ => {}
                }
            }
            return Ok(Some(bind_to(object, value)));
        }
        if instance.class.role == Role::Record
            && let Some(value) = super::library::record_attribute(self, instance, name)?
        {
            return Ok(Some(value));
        }
        match name {
            "__class__" => return Ok(Some(Value::Class(instance.class.clone()))),
            "__dict__" => {
                let names = instance.names.borrow();
                let items = names.iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value.clone()));
                return Ok(Some(Value::dict(items.collect())));
            }
            "_value_" => return Ok(instance.get("value")),
            _ => {}
        }
        if instance.class.role == Role::Exception
            && matches!(
                name,
                "add_note"
                    | "with_traceback"
                    | "__cause__"
                    | "__context__"
                    | "__suppress_context__"
                    | "__notes__"
                    | "__traceback__"
                    | "sqlite_errorcode"
                    | "sqlite_errorname"
                    | "orig"
            )
        {
            return Ok(Some(match name {
                "add_note" => Value::native("add_note", |_, _| Ok(Value::None)),
                "with_traceback" => {
                    let same = Value::native("with_traceback", |_, args| {
                        Ok(args.positional.into_iter().next().unwrap_or(Value::None))
                    });
                    Value::Bound(Rc::new((object.clone(), same)))
                }
                "__suppress_context__" => Value::Bool(false),
                _ => Value::None,
            }));
        }
        if let Some(method) = instance.class.find("__getattr__") {
            let args = Args { positional: vec![object.clone(), Value::text(name)], keyword: Vec::new() };
            return self.call(&method, args).map(Some);
        }
        // A member of `class Status(str, Enum)` is a text, too.
        if instance.class.role == Role::Enum
            && let Some(value) = instance.get("value")
            && !name.starts_with('_')
        {
            return self.attribute(&value, name);
        }
        Ok(instance.class.lineage().find_map(|class| class.open.clone()).map(Value::Unknown))
    }

    fn class_attribute(
        &mut self,
        object: &Value<'a>,
        class: &Rc<Class<'a>>,
        name: &str,
    ) -> Eval<'a, Option<Value<'a>>> {
        if let Some(value) = class.find(name) {
            if let Value::Instance(wrapper) = &value {
                match &*wrapper.class.name {
                    "staticmethod" => return Ok(wrapper.get("function")),
                    "classmethod" => {
                        let function = wrapper.get("function").unwrap_or(Value::None);
                        return Ok(Some(Value::Bound(Rc::new((object.clone(), function)))));
                    }
                    _ => {}
                }
            }
            return Ok(Some(value));
        }
        Ok(match name {
            "__name__" | "__qualname__" => Some(Value::text(class.name.as_ref())),
            "__doc__" => Some(Value::None),
            "__mro__" => Some(Value::tuple(class.lineage().map(Value::Class).collect())),
            "__module__" => Some(Value::text("")),
            "__members__" if class.role == Role::Enum => {
                let members = self.enum_members(class).into_iter().filter_map(|member| match &member {
                    Value::Instance(instance) => Some((Key(instance.get("name")?), member.clone())),
                    _ => None,
                });
                Some(Value::dict(members.collect()))
            }
            "_fields" => {
                let fields = class.fields.borrow();
                Some(Value::tuple(fields.iter().map(|field| Value::text(field.as_ref())).collect()))
            }
            "__subclasses__" => {
                let inner = self.classes.iter().filter(|other| {
                    !Rc::ptr_eq(other, class) && other.bases.first().is_some_and(|base| Rc::ptr_eq(base, class))
                });
                let inner = Value::list(inner.cloned().map(Value::Class).collect());
                Some(Value::Method(Rc::new((inner, "copy".to_owned()))))
            }
            "fromkeys" if class.name == "dict" => Some(Value::native("fromkeys", |vm, args| {
                let value = args.positional.get(1).cloned().unwrap_or(Value::None);
                match args.positional.first() {
                    Some(keys) => vm.from_keys(keys, &value),
                    None => Ok(Value::None),
                }
            })),
            "maketrans" if class.name == "str" => {
                Some(Value::native("maketrans", |vm, args| vm.make_translation(&args)))
            }
            _ if class.role == Role::Builtin && !name.starts_with("__") => {
                Some(Value::Object(Rc::new(Unbound(name.to_owned()))))
            }
            "__init__" => Some(Value::native("__init__", |_, _| Ok(Value::None))),
            _ => class.lineage().find_map(|class| class.open.clone()).map(Value::Unknown),
        })
    }

    /// `object.name = value`.
    pub(super) fn set_attribute(&mut self, object: &Value<'a>, name: Cow<'a, str>, value: Value<'a>) -> Eval<'a, ()> {
        let value = self.doubt.clone().map_or(value, Value::Unknown);
        self.allocate(2 * size_of::<Value<'_>>())?;
        match object {
            Value::Instance(instance) => {
                if let Some(Value::Instance(property)) = instance.class.find(&name)
                    && property.class.name == "property"
                    && let Some(set) = property.get("set")
                {
                    self.call(&set, Args { positional: vec![object.clone(), value], keyword: Vec::new() })?;
                    return Ok(());
                }
                if let Some(method) = instance.class.find("__setattr__") {
                    let args = Args {
                        positional: vec![object.clone(), Value::text(name.as_ref()), value],
                        keyword: Vec::new(),
                    };
                    self.call(&method, args)?;
                    return Ok(());
                }
                instance.names.borrow_mut().insert(name, value);
            }
            Value::Class(class) => {
                class.names.borrow_mut().insert(name, value);
            }
            Value::Module(module) => {
                module.names.borrow_mut().insert(name, value);
            }
            Value::Function(function) => {
                function.names.borrow_mut().insert(name, value);
            }
            Value::Object(object) => object.clone().set_attribute(self, &name, value)?,
            _ => {}
        }
        Ok(())
    }

    /// `super()` in a method.
    pub(super) fn super_object(&mut self, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let scope = scope.skip_comprehensions();
        let class = scope.function.as_ref().and_then(|function| function.class.borrow().clone());
        let receiver = scope.names.borrow().first().map(|(_, value)| value.clone());
        let (Some(class), Some(receiver)) = (class, receiver) else {
            return self.raise("RuntimeError", "super(): no arguments");
        };
        // An instance of the same object, whose class is the one above.
        let lineage: Vec<Rc<Class<'a>>> = match &receiver {
            Value::Instance(instance) => instance.class.lineage().collect(),
            Value::Class(class) => class.lineage().collect(),
            _ => Vec::new(),
        };
        let above: Vec<Rc<Class<'a>>> =
            lineage.into_iter().skip_while(|candidate| !Rc::ptr_eq(candidate, &class)).skip(1).collect();
        let open = class.open.clone().or_else(|| above.iter().find_map(|class| class.open.clone()));
        Ok(Value::Object(Rc::new(Super { above, receiver, open })))
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
            _ => Ok(false),
        })
    }

    fn module_attribute(
        &mut self,
        module: &Rc<super::module::ModuleValue<'a>>,
        name: &str,
    ) -> Eval<'a, Option<Value<'a>>> {
        if let Some(value) = module.names.borrow().get(name) {
            return Ok(Some(value.clone()));
        }
        match &module.origin {
            Origin::Outside(why) => Ok(Some(Value::Unknown(why.clone()))),
            Origin::Library(attributes) => {
                let value = attributes(self, name)?;
                if let Some(value) = &value {
                    module.names.borrow_mut().insert(name.to_owned().into(), value.clone());
                    return Ok(Some(value.clone()));
                }
                match self.submodule(module, name)? {
                    Some(inner) => Ok(Some(inner)),
                    None if name.starts_with("__") => Ok(None),
                    // Python has more than we know.
                    None => Ok(Some(self.unknown(format!("uses `{}.{name}`", module.name)))),
                }
            }
            Origin::File(file) => match name {
                "__name__" => Ok(Some(Value::text(module.name.as_str()))),
                "__file__" => Ok(Some(Value::text(file.source.path()))),
                "__doc__" => Ok(Some(Value::None)),
                "__dict__" => {
                    let names = module.names.borrow();
                    let items = names.iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value.clone()));
                    Ok(Some(Value::dict(items.collect())))
                }
                _ => match self.submodule(module, name)? {
                    Some(value) => Ok(Some(value)),
                    // Packages above a module are not run, so that modules may come in another order than in Python.
                    None if module.running.get() && !name.starts_with("__") => {
                        let reason = format!("uses `{}.{name}` while that module is being loaded", module.name);
                        Ok(Some(self.unknown(reason)))
                    }
                    None => Ok(module.names.borrow().get("*").cloned()),
                },
            },
            Origin::Folder(_) => self.submodule(module, name),
        }
    }
}

/// `super()`: looks attributes up above a class.
#[derive(Debug)]
struct Super<'a> {
    above: Vec<Rc<Class<'a>>>,
    receiver: Value<'a>,
    open: Option<Rc<Unknown>>,
}

impl<'a> super::object::Object<'a> for Super<'a> {
    fn type_name(&self) -> &'static str {
        "super"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match self.attribute(vm, name)? {
            Some(callee) => vm.call(&callee, args).map(Some),
            None => Ok(None),
        }
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        for class in &self.above {
            let Some(value) = class.names.borrow().get(name).cloned() else { continue };
            return Ok(Some(match &value {
                Value::Instance(wrapper) if is_wrapper(&wrapper.class) => match &*wrapper.class.name {
                    "staticmethod" => wrapper.get("function").unwrap_or(Value::None),
                    _ => bind_to(&self.receiver, wrapper.get("function").unwrap_or(Value::None)),
                },
                _ => bind_to(&self.receiver, value),
            }));
        }
        if let Value::Instance(instance) = &self.receiver
            && instance.class.role == Role::Exception
            && name == "__init__"
        {
            let receiver = Value::Instance(instance.clone());
            return Ok(Some(Value::Bound(Rc::new((
                receiver,
                Value::native("__init__", |_, args| {
                    let mut positional = args.positional.into_iter();
                    if let Some(Value::Instance(exception)) = positional.next() {
                        exception.names.borrow_mut().insert("args".into(), Value::tuple(positional.collect()));
                    }
                    Ok(Value::None)
                }),
            )))));
        }
        Ok(match (name.starts_with("__"), &self.open) {
            (true, _) => Some(Value::native("__init__", |_, _| Ok(Value::None))),
            (false, Some(why)) => Some(Value::Unknown(why.clone())),
            (false, None) => None,
        })
    }
}

/// A method bound to its receiver; other values as they are.
fn bind_to<'a>(receiver: &Value<'a>, value: Value<'a>) -> Value<'a> {
    match value {
        Value::Function(_) => Value::Bound(Rc::new((receiver.clone(), value))),
        other => other,
    }
}

/// `str.lower`, to be called with a text.
#[derive(Debug)]
struct Unbound(String);

impl<'a> super::object::Object<'a> for Unbound {
    fn type_name(&self) -> &'static str {
        "method_descriptor"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn call(&self, vm: &mut Interpreter<'a>, mut args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if args.positional.is_empty() {
            return vm.raise("TypeError", format!("unbound method {}() needs an argument", self.0));
        }
        let receiver = args.positional.remove(0);
        vm.call_method(&receiver, &self.0, args).map(Some)
    }
}

fn builtin_method<'a>(object: &Value<'a>, name: &str) -> Option<Value<'a>> {
    let plain = matches!(
        object,
        Value::Str(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Bytes(_) | Value::Tuple(_)
    );
    (plain && !name.starts_with("__")).then(|| Value::Method(Rc::new((object.clone(), name.to_owned()))))
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
        _ => {}
    }
}

fn is_wrapper(class: &Class<'_>) -> bool {
    matches!(&*class.name, "property" | "cached_property" | "staticmethod" | "classmethod")
}

fn unwrap_method(value: Value<'_>) -> Value<'_> {
    match &value {
        Value::Instance(wrapper) if is_wrapper(&wrapper.class) => wrapper.get("function").unwrap_or(Value::None),
        _ => value,
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
/// Where a class keeps the names and annotations of its body, and a record the place of its call.
pub const ANNOTATIONS: &str = "<annotations>";
pub(super) const FIELDS: &str = "<fields>";
pub const PLACE: &str = "<place>";
/// The class of `dataclasses.field(…)`.
pub(super) const FIELD: &str = "<field>";
