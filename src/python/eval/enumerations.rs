//! Enumerations: what makes their members, by a class or by a call, and which of them a value is.

use std::borrow::Cow;
use std::rc::Rc;

use super::interpreter::{Eval, Interpreter};
use super::value::{Args, Class, Instance, Names, Role, Value};
use super::wrappers::is_wrapper;

impl<'a> Interpreter<'a> {
    /// Makes the members of an enumeration out of what its body binds.
    pub(super) fn make_members(&mut self, class: &Rc<Class<'a>>) {
        let plain: Vec<(Cow<'a, str>, Value<'a>)> = class
            .names
            .borrow()
            .iter()
            // What is kept of its body under inner names, such as its annotations, is none of them either.
            .filter(|(name, value)| !name.starts_with(['_', '<']) && !matches!(value, Value::Function(_)))
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

    /// An enumeration that is made by a call: its name, then names of members in a text, a list, pairs or a dict.
    pub(super) fn functional_enum(&mut self, base: &Rc<Class<'a>>, args: &Args<'a>) -> Eval<'a> {
        let given = args.at(1, "names").cloned().unwrap_or(Value::None);
        if let Some(why) = Self::first_unknown([&given]) {
            return Ok(Value::Unknown(why));
        }
        let items = match &given {
            Value::Str(text) => text.replace(',', " ").split_whitespace().map(Value::text).collect(),
            Value::Dict(dict) => {
                let items = dict.items.borrow();
                items.iter().map(|(key, value)| Value::tuple(vec![key.0.clone(), value.clone()])).collect()
            }
            other => match self.iterate(other)? {
                Ok(items) => items,
                Err(why) => return Ok(Value::Unknown(why)),
            },
        };
        let name = args.positional.first().and_then(Value::as_str).unwrap_or_default().to_owned();
        let made = self.new_class(name, Role::Enum, base.lineage().collect());
        for item in items {
            self.step()?;
            let (name, value) = match &item {
                Value::Str(name) => (name.clone(), Value::Ellipsis),
                Value::Tuple(pair) => match pair.items.as_slice() {
                    [Value::Str(name), value] => (name.clone(), value.clone()),
                    _ => return Ok(self.unknown("makes an enumeration in a way that is not followed")),
                },
                _ => return Ok(self.unknown("makes an enumeration in a way that is not followed")),
            };
            made.names.borrow_mut().insert(name.to_string().into(), value);
        }
        self.make_members(&made);
        self.classes.push(made.clone());
        Ok(Value::Class(made))
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

    pub(super) fn enum_member(&mut self, class: &Rc<Class<'a>>, wanted: Option<&Value<'a>>) -> Eval<'a> {
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
}
