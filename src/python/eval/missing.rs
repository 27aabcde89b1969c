//! Attributes that a value does not have, for sure or as far as is kept of it here.

use std::rc::Rc;

use super::above::SUPER;
use super::interpreter::{Eval, Interpreter};
use super::library;
use super::module::Origin;
use super::value::{Args, Class, Value};

impl<'a> Interpreter<'a> {
    /// What comes of an attribute that is not there: an exception, or a value that is not known where there may be more.
    pub(super) fn no_attribute(&mut self, object: &Value<'a>, name: &str) -> Eval<'a> {
        let is_sure = library::surely_lacks(object, name);
        let message = match object {
            Value::Module(module) => format!("module '{}' has no attribute '{name}'", module.name),
            Value::Class(class) => format!("type object '{}' has no attribute '{name}'", class.name),
            _ => format!("'{}' object has no attribute '{name}'", object.type_name()),
        };
        if is_sure {
            let meant = library::meant(object, name).map(|meant| format!(". Did you mean: '{meant}'?"));
            let message = message + &meant.unwrap_or_default();
            return self.raise_surely("AttributeError", message);
        }
        if let Value::Class(class) = object
            && self.surely_has_no_member(class, name)
        {
            return self.raise_surely("AttributeError", message);
        }
        if self.may_have_more(object, name) {
            let found = self.unknown(format!("uses `{}.{name}`", name_of_kind(object)));
            // Whatever is done by the driver's own connection is done to the database.
            if let (Value::Object(object), Value::Unknown(why)) = (object, &found)
                && object.is_database()
                && name.ends_with("connection")
            {
                self.gap(why);
            }
            return Ok(found);
        }
        self.raise("AttributeError", message)
    }

    /// Calls a method that is not followed: what is not known of a library's object does anything with a database that it is
    /// given, and a database may do with a definition what it says.
    pub(super) fn call_unfollowed(&mut self, receiver: &Value<'a>, name: &str, args: Args<'a>) -> Eval<'a> {
        let found = self.no_attribute(receiver, name)?;
        let (Value::Object(object), Value::Unknown(why)) = (receiver, &found) else { return self.call(&found, args) };
        if object.is_database() && !library::is_about_rows(name) {
            for given in args.values() {
                match definition_in(given) {
                    Some(Some(sql)) => self.gap_about(why, &sql),
                    Some(None) => self.gap(why),
                    None => {}
                }
            }
        }
        self.call(&found, args)
    }

    /// Whether a value has more attributes than are kept of it here: Python's own, and what a library makes.
    fn may_have_more(&mut self, object: &Value<'a>, name: &str) -> bool {
        let is_of_library = |class: &Rc<Class<'a>>| {
            class.lineage().any(|part| part.open.is_some() || part.location.is_none() && part.name != "object")
        };
        match object {
            Value::Object(object) => object.type_name() != SUPER,
            Value::Native(_) | Value::Iterator(_) | Value::Range(_) | Value::Slice(_) | Value::Ellipsis => true,
            Value::Class(class) => is_of_library(class) || name.starts_with("__"),
            Value::Instance(instance) => is_of_library(&instance.class) || name.starts_with("__"),
            Value::Function(_) => name.starts_with("__"),
            Value::Module(module) => matches!(module.origin, Origin::Library(_)),
            Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_) => self.of_a_text(name),
            _ => false,
        }
    }
}

/// What stands in a message for the object that has no attribute.
fn name_of_kind(object: &Value<'_>) -> String {
    match object {
        Value::Module(module) => module.name.clone(),
        Value::Class(class) => class.name.to_string(),
        _ => object.type_name(),
    }
}

/// Whether a value may define something in a database that it is handed to, and by what text where that is known.
#[allow(clippy::option_option, reason = "nothing, something, and a text")]
fn definition_in(value: &Value<'_>) -> Option<Option<String>> {
    const DEFINES: [&str; 8] = ["create", "alter", "drop", "do", "call", "rename", "comment", "import"];
    let defines = |sql: &str| {
        let first = crate::schema::token::tokens(sql).next();
        first.is_some_and(|first| DEFINES.iter().any(|word| first.is(word)))
    };
    match value {
        Value::Str(sql) => defines(sql).then(|| Some(sql.to_string())),
        Value::Object(object) if object.type_name() == "MetaData" => Some(None),
        Value::Object(object) => match object.sql()? {
            Value::Str(sql) => defines(&sql).then(|| Some(sql.to_string())),
            _ => Some(None),
        },
        Value::Function(_) | Value::Bound(_) | Value::Method(_) | Value::Native(_) | Value::Unknown(_) => Some(None),
        _ => None,
    }
}
