//! Classes of Python's library of whose objects nothing is computed, but which say of a column what it keeps: `datetime`,
//! `Decimal`, `UUID`.

use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Unknown, Value};

/// One of those classes. What is done with it is not known, for the reason for which its module is not.
#[derive(Debug)]
struct StandardType {
    name: &'static str,
    why: Rc<Unknown>,
}

/// A class of a module by its name; `None` where it is none of those.
pub(in super::super) fn find<'a>(module: &str, name: &str, why: &Rc<Unknown>) -> Option<Value<'a>> {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("datetime", &["datetime", "date", "time", "timedelta"]),
        ("decimal", &["Decimal"]),
        ("uuid", &["UUID"]),
        ("ipaddress", &["IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network"]),
    ];
    let (_, names) = KNOWN.iter().find(|(known, _)| *known == module)?;
    let name = names.iter().find(|known| **known == name)?;
    Some(Value::Object(Rc::new(StandardType { name, why: why.clone() })))
}

impl<'a> Object<'a> for StandardType {
    fn type_name(&self) -> &'static str {
        "type"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Value::Unknown(self.why.clone())))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "__name__" | "__qualname__" => Value::text(self.name),
            _ => Value::Unknown(self.why.clone()),
        }))
    }

    fn call(&self, _vm: &mut Interpreter<'a>, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Value::Unknown(self.why.clone())))
    }

    fn standard_type(&self) -> Option<(&'static str, Rc<Unknown>)> {
        Some((self.name, self.why.clone()))
    }
}
