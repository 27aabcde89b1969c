//! `super()`: what a class has above it, for a receiver.

use std::rc::Rc;

use super::attributes::{bind_to, descriptor_method};
use super::function::Scope;
use super::interpreter::{Eval, Interpreter};
use super::object::Object;
use super::value::{Args, Class, Key, Role, Unknown, Value};
use super::wrappers::is_wrapper;

impl<'a> Interpreter<'a> {
    /// `super()` in a method.
    pub(super) fn super_object(&mut self, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let scope = scope.skip_comprehensions();
        let class = scope.function.as_ref().and_then(|function| function.class.borrow().clone());
        let receiver = scope.names.borrow().first().map(|(_, value)| value.clone());
        let (Some(class), Some(receiver)) = (class, receiver) else {
            return self.raise("RuntimeError", "super(): no arguments");
        };
        Ok(Self::above(&class, receiver))
    }

    /// `super(Class, self)`.
    pub(super) fn super_of(&mut self, args: &Args<'a>) -> Eval<'a> {
        Ok(match args.positional.as_slice() {
            [Value::Class(class), receiver @ (Value::Instance(_) | Value::Class(_))] => {
                Self::above(class, receiver.clone())
            }
            _ => self.unknown("uses `super` in a way that is not followed"),
        })
    }

    /// What a receiver has above a class.
    fn above(class: &Rc<Class<'a>>, receiver: Value<'a>) -> Value<'a> {
        // An instance of the same object, whose class is the one above.
        let lineage: Vec<Rc<Class<'a>>> = match &receiver {
            Value::Instance(instance) => instance.class.lineage().collect(),
            Value::Class(class) => class.lineage().collect(),
            _ => Vec::new(),
        };
        let above: Vec<Rc<Class<'a>>> =
            lineage.into_iter().skip_while(|candidate| !Rc::ptr_eq(candidate, class)).skip(1).collect();
        let open = class.open.clone().or_else(|| above.iter().find_map(|class| class.open.clone()));
        Value::Object(Rc::new(Super { above, receiver, open }))
    }
}

/// The type of what `super()` answers with.
pub(super) const SUPER: &str = "super";

/// `super()`: looks attributes up above a class.
#[derive(Debug)]
struct Super<'a> {
    above: Vec<Rc<Class<'a>>>,
    receiver: Value<'a>,
    open: Option<Rc<Unknown>>,
}

impl<'a> Object<'a> for Super<'a> {
    fn type_name(&self) -> &'static str {
        SUPER
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

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        for class in &self.above {
            let Some(value) = class.names.borrow().get(name).cloned() else { continue };
            if let (Some(get), owner @ Value::Class(_)) = (descriptor_method(&value, "__get__"), &self.receiver) {
                let positional = vec![value, Value::None, owner.clone()];
                return vm.call(&get, Args { positional, keyword: Vec::new() }).map(Some);
            }
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
        if name == "__init__"
            && let Value::Instance(instance) = &self.receiver
            && instance.class.role == Role::Record
        {
            return Ok(Some(Value::Bound(Rc::new((self.receiver.clone(), Value::native("__init__", keep_arguments))))));
        }
        Ok(match (name, &self.open) {
            ("__setattr__", _) => {
                let set = Value::native("__setattr__", set_plainly);
                Some(Value::Bound(Rc::new((self.receiver.clone(), set))))
            }
            ("__init__" | "__init_subclass__" | "__post_init__" | "__set_name__" | "__delattr__" | "__exit__", _) => {
                Some(Value::native("__init__", |_, _| Ok(Value::None)))
            }
            (_, Some(why)) => Some(Value::Unknown(why.clone())),
            (_, None) if name.starts_with("__") => {
                Some(Value::native("method", |vm, _| Ok(vm.unknown("calls what Python's own class does"))))
            }
            (_, None) => None,
        })
    }
}

/// `object.__setattr__(instance, name, value)`.
pub(super) fn set_plainly<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    if let [Value::Instance(instance), Value::Str(name), value] = args.positional.as_slice() {
        instance.names.borrow_mut().insert(name.to_string().into(), value.clone());
    }
    Ok(Value::None)
}

/// `super().__init__(…)` of a class that a library reads the arguments of.
fn keep_arguments<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let mut positional = args.positional.into_iter();
    if let Some(Value::Instance(record)) = positional.next() {
        let keyword = args.keyword.into_iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value));
        let mut names = record.names.borrow_mut();
        names.insert("args".into(), Value::tuple(positional.collect()));
        names.insert("kwargs".into(), Value::dict(keyword.collect()));
    }
    Ok(Value::None)
}
