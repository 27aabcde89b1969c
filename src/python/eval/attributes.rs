//! Attributes: what `object.name` is, of instances, classes, modules and all else.

use std::borrow::Cow;
use std::rc::Rc;

use super::above::set_plainly;
use super::imports::module_name;
use super::interpreter::{Eval, Interpreter};
use super::library::{self, record_attribute};
use super::module::{ModuleValue, Origin};
use super::object::Object;
use super::operators::forget_text;
use super::value::{Args, Class, Instance, Key, Role, Tuple, Unknown, Value};

impl<'a> Interpreter<'a> {
    /// Reads an attribute; `None` where there is none.
    pub fn attribute(&mut self, object: &Value<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match object {
            // Called through a name or a `with`, it is called as any other: see `call_method`.
            Value::Unknown(_) if self.leads_to_database(name) => {
                Some(Value::Method(Rc::new((object.clone(), name.to_owned()))))
            }
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
                _ => match function.names.borrow().get(name).cloned() {
                    // What SQLAlchemy's `hybrid_property` makes of a function has these.
                    None if matches!(
                        name,
                        "setter" | "deleter" | "expression" | "comparator" | "update_expression"
                    ) =>
                    {
                        Some(Value::native("setter", |vm, args| library::arg(vm, &args, 0)))
                    }
                    None if name == "inplace" => Some(object.clone()),
                    found => found,
                },
            },
            Value::Bound(bound) => match name {
                "__self__" => Some(bound.0.clone()),
                "__func__" => Some(bound.1.clone()),
                _ => self.attribute(&bound.1.clone(), name)?,
            },
            Value::Native(native) if name == "__name__" => Some(Value::text(native.name)),
            // It stands for a class or a function of a library, which has more than is kept of it here.
            Value::Native(native) if !name.starts_with("__") => {
                Some(self.unknown(format!("uses `{}.{name}`", native.name)))
            }
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
        let name = private_name(&instance.class, name).unwrap_or(name);
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
            // One that sets as well: what only gets is often a cache.
            if descriptor_method(&value, "__set__").is_some()
                && let Some(get) = descriptor_method(&value, "__get__")
            {
                let class = Value::Class(instance.class.clone());
                return self
                    .call(&get, Args { positional: vec![value, object.clone(), class], keyword: Vec::new() })
                    .map(Some);
            }
            if is_setting(&instance.class, &value, name) && !is_schema(&value) {
                return Ok(Some(self.unknown(SETTING)));
            }
            return Ok(Some(bind_to(object, value)));
        }
        if instance.class.role == Role::Record
            && let Some(value) = record_attribute(self, instance, name)?
        {
            return Ok(Some(value));
        }
        if let Some(stored) = library::decorated_enum(instance)
            && let Some(value) = record_attribute(self, &stored, name)?
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
        Ok(self.of_base(&instance.class, name))
    }

    /// An attribute that a class has from a base of which not all is known; `None` where it has none.
    fn of_base(&self, class: &Rc<Class<'a>>, name: &str) -> Option<Value<'a>> {
        if let Some(why) = class.lineage().find_map(|class| class.open.clone()) {
            return Some(Value::Unknown(why));
        }
        // A class of a library has more than what is kept of it here.
        let is_of_library = |part: Rc<Class<'a>>| part.location.is_none() && part.role == Role::Record;
        let is_more = !name.starts_with("__") && class.lineage().any(is_of_library);
        is_more.then(|| self.unknown(format!("uses `{}.{name}`", class.name)))
    }

    fn class_attribute(
        &mut self,
        object: &Value<'a>,
        class: &Rc<Class<'a>>,
        name: &str,
    ) -> Eval<'a, Option<Value<'a>>> {
        let name = private_name(class, name).unwrap_or(name);
        if let Some(value) = class.find(name) {
            if let Value::Instance(wrapper) = &value {
                // A descriptor of the project's.
                if wrapper.class.location.is_some()
                    && let Some(get) = wrapper.class.find("__get__")
                {
                    let positional = vec![value.clone(), Value::None, object.clone()];
                    return self.call(&get, Args { positional, keyword: Vec::new() }).map(Some);
                }
                // What a mixin says, a class that is mapped has of its own.
                if wrapper.class.is_named("Column") && !class.names.borrow().contains_key(name)
                    || wrapper.class.name == "declared_attr"
                {
                    if let Some(own) = library::mapped_attribute(self, class, name)? {
                        return Ok(Some(own));
                    }
                    return library::declared_attribute(self, class, value).map(Some);
                }
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
            "__module__" => {
                let path = class.location.as_ref().map(|place| place.path().to_owned()).unwrap_or_default();
                Some(Value::text(module_name(&path)))
            }
            "__dict__" => {
                let names = class.names.borrow();
                let items = names.iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value.clone()));
                Some(Value::dict(items.collect()))
            }
            "mro" => {
                let lineage = Value::list(class.lineage().map(Value::Class).collect());
                Some(Value::Method(Rc::new((lineage, "copy".to_owned()))))
            }
            "__members__" if class.role == Role::Enum => {
                let members = self.enum_members(class).into_iter().filter_map(|member| match &member {
                    Value::Instance(instance) => Some((Key(instance.get("name")?), member.clone())),
                    _ => None,
                });
                Some(Value::dict(members.collect()))
            }
            "_member_names_" if class.role == Role::Enum => {
                let names = self.enum_members(class).into_iter().filter_map(|member| match &member {
                    Value::Instance(instance) => instance.get("name"),
                    _ => None,
                });
                Some(Value::list(names.collect()))
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
            "__setattr__" => Some(Value::native("__setattr__", set_plainly)),
            // A type whose values are watched is stored as it is.
            "as_mutable" if class.lineage().any(|part| part.location.is_none() && part.name.starts_with("Mutable")) => {
                Some(Value::native("as_mutable", |vm, args| library::arg(vm, &args, 0)))
            }
            _ => match library::mapped_attribute(self, class, name)? {
                Some(column) => Some(column),
                None => self.of_base(class, name),
            },
        })
    }

    fn module_attribute(&mut self, module: &Rc<ModuleValue<'a>>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        if let Some(value) = module.names.borrow().get(name) {
            return Ok(Some(value.clone()));
        }
        match &module.origin {
            Origin::Outside(why) if name == SETTINGS => Ok(Some(self.settings_class(&why.clone()))),
            Origin::Outside(why) => {
                let known = library::standard_types::find(&module.name, name, why);
                if let Some(known) = &known {
                    module.names.borrow_mut().insert(name.to_owned().into(), known.clone());
                }
                Ok(Some(known.unwrap_or_else(|| Value::Unknown(why.clone()))))
            }
            Origin::Library(_) if library::surely_lacks(&Value::Module(module.clone()), name) => Ok(None),
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
                "__path__" if let Some(folder) = file.source.path().strip_suffix("/__init__.py") => {
                    Ok(Some(Value::list(vec![Value::text(folder)])))
                }
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
            Origin::Folder(folder) if name == "__path__" => Ok(Some(Value::list(vec![Value::text(folder.as_str())]))),
            Origin::Folder(_) => self.submodule(module, name),
        }
    }

    /// Whether a built-in value has a method of this name.
    pub(super) fn has_method(&mut self, value: &Value<'a>, name: &str) -> bool {
        let known: &[&str] = match value {
            Value::Str(_) => {
                &["lower", "upper", "strip", "split", "join", "format", "replace", "startswith", "endswith", "encode"]
            }
            Value::List(_) => {
                &["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "copy", "index", "count"]
            }
            Value::Dict(_) => &["keys", "values", "items", "get", "pop", "setdefault", "update", "copy", "clear"],
            Value::Set(_) => &["add", "discard", "remove", "update", "union", "pop"],
            Value::Object(object) => return object.has_method(name),
            _ => &[],
        };
        known.contains(&name)
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
                if let Some(descriptor) = instance.class.find(&name)
                    && let Some(set) = descriptor_method(&descriptor, "__set__")
                {
                    self.call(&set, Args { positional: vec![descriptor, object.clone(), value], keyword: Vec::new() })?;
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
                library::class_attribute_set(self, &class.clone(), &name, &value);
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
}

/// What the body of a class calls `__name`, and everybody else `_Class__name`.
fn private_name<'n>(class: &Rc<Class<'_>>, name: &'n str) -> Option<&'n str> {
    let inner = name.strip_prefix('_')?;
    class.lineage().find_map(|part| {
        let private = inner.strip_prefix(part.name.trim_start_matches('_'))?;
        (private.starts_with("__") && !private.ends_with("__")).then_some(private)
    })
}

/// A method bound to its receiver; other values as they are.
pub(super) fn bind_to<'a>(receiver: &Value<'a>, value: Value<'a>) -> Value<'a> {
    match value {
        Value::Function(_) => Value::Bound(Rc::new((receiver.clone(), value))),
        other => other,
    }
}

/// `str.lower`, to be called with a text.
#[derive(Debug)]
struct Unbound(String);

impl<'a> Object<'a> for Unbound {
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

/// The class of settings that take their values from where the program runs (`pydantic_settings`).
const SETTINGS: &str = "BaseSettings";

/// Why such a setting is not known: its default is none of its value.
pub(super) const SETTING: &str = "depends on a setting that a deployment makes";

/// A method of a descriptor of the project's own.
pub(super) fn descriptor_method<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    match value {
        Value::Instance(descriptor) if descriptor.class.location.is_some() => descriptor.class.find(name),
        _ => None,
    }
}

/// Whether what a class has under a name is the default of a setting.
fn is_setting<'a>(class: &Rc<Class<'a>>, value: &Value<'a>, name: &str) -> bool {
    let is_value = !matches!(value, Value::Function(_) | Value::Native(_) | Value::Class(_) | Value::Bound(_));
    // A part of the settings has settings of its own.
    let is_part = matches!(value, Value::Instance(part) if part.class.is_named(SETTINGS));
    is_value && !is_part && !name.starts_with("__") && name != "model_config" && class.is_named(SETTINGS)
}

/// Whether a default is the name of the schema in which tables lie that say nothing of one. Whatever a deployment calls
/// that, it is called so wherever its name is asked for.
pub(super) fn is_schema(default: &Value<'_>) -> bool {
    default.as_str() == Some("public")
}

impl<'a> Interpreter<'a> {
    /// `BaseSettings`, of which nothing else is known.
    fn settings_class(&mut self, why: &Rc<Unknown>) -> Value<'a> {
        if let Some(known) = self.builtins.get(SETTINGS) {
            return known.clone();
        }
        let class = Rc::new(Class {
            name: SETTINGS.into(),
            bases: Vec::new(),
            names: std::cell::RefCell::default(),
            role: Role::Plain,
            location: None,
            open: Some(why.clone()),
            fields: std::cell::RefCell::default(),
        });
        self.builtins.insert(SETTINGS, Value::Class(class.clone()));
        Value::Class(class)
    }
}
