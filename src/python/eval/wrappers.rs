//! `property`, `staticmethod` and `classmethod`.

use std::rc::Rc;

use super::interpreter::{Eval, Interpreter};
use super::library::arg;
use super::value::{Args, Class, Instance, Names, Role, Value};

/// A method in a class that is called otherwise than with its instance.
pub(super) fn wrapper<'a>(vm: &mut Interpreter<'a>, name: &'static str, args: &Args<'a>) -> Eval<'a> {
    let function = arg(vm, args, 0)?;
    let class = vm.new_class(name, Role::Plain, Vec::new());
    let mut names = Names::default();
    names.insert("function".into(), function);
    let made = Rc::new(Instance { class, names: names.into() });
    // `@x.setter` makes the same property with one more function.
    for (name, key) in [("setter", "set"), ("getter", "function"), ("deleter", "delete")] {
        let keep: for<'v> fn(&mut Interpreter<'v>, Args<'v>) -> Eval<'v> = match key {
            "set" => |vm, args| extend_property(vm, &args, "set"),
            "function" => |vm, args| extend_property(vm, &args, "function"),
            _ => |vm, args| extend_property(vm, &args, "delete"),
        };
        let bound = Value::Bound(Rc::new((Value::Instance(made.clone()), Value::native(name, keep))));
        made.names.borrow_mut().insert(name.into(), bound);
    }
    Ok(Value::Instance(made))
}

/// A property with another function in this role.
fn extend_property<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, key: &'static str) -> Eval<'a> {
    let [Value::Instance(property), function] = args.positional.as_slice() else { return arg(vm, args, 0) };
    let getter = property.get("function").unwrap_or(Value::None);
    let made = wrapper(vm, "property", &Args { positional: vec![getter], keyword: Vec::new() })?;
    if let Value::Instance(made) = &made {
        for (name, value) in property.names.borrow().iter() {
            if matches!(&**name, "set" | "delete") {
                made.names.borrow_mut().insert(name.clone(), value.clone());
            }
        }
        made.names.borrow_mut().insert(key.into(), function.clone());
    }
    Ok(made)
}

pub(super) fn is_wrapper(class: &Class<'_>) -> bool {
    matches!(&*class.name, "property" | "cached_property" | "staticmethod" | "classmethod")
}

pub(super) fn unwrap_method(value: Value<'_>) -> Value<'_> {
    match &value {
        Value::Instance(wrapper) if is_wrapper(&wrapper.class) => wrapper.get("function").unwrap_or(Value::None),
        _ => value,
    }
}
