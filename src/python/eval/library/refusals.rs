//! What a database refuses of what the revisions of a chain ask of it, and how that is taken.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::object::Object;
use super::super::value::{Args, Instance, Value};
use crate::schema::database::{Refusal, RefusalKind, Sort, Thing};

/// Where an exception keeps the refusal that it is raised for: no code can have an attribute of that name.
const REFUSAL: &str = "<refusal>";

/// A refusal as something that an exception has.
#[derive(Debug)]
struct Refused(Refusal);

impl<'a> Object<'a> for Refused {
    fn type_name(&self) -> &'static str {
        "object"
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn refusal(&self) -> Option<&Refusal> {
        Some(&self.0)
    }
}

/// Notes what an exception is raised for.
pub(super) fn note(exception: &Instance<'_>, refusal: Refusal) {
    exception.names.borrow_mut().insert(REFUSAL.into(), Value::Object(Rc::new(Refused(refusal))));
}

/// What a library raises for what is in a database.
pub(super) fn by_library<'a>(vm: &mut Interpreter<'a>, class: &str, said: &str) -> Stop<'a> {
    let kind = match class {
        "NoSuchTableError" => RefusalKind::missing(Sort::Table, said),
        "ValueError" if said.starts_with("No such ") => RefusalKind::missing(Sort::Constraint, said),
        _ => RefusalKind::Other,
    };
    let exception = vm.exception(class, vec![Value::text(said)]);
    note(&exception, Refusal { kind, message: format!("{class}: {said}") });
    Stop::Raise(exception)
}

/// The refusal of a database, or of a library for what is in it, that an exception is raised for.
pub fn refusal_of(exception: &Instance<'_>) -> Option<Refusal> {
    match exception.names.borrow().get(REFUSAL) {
        Some(Value::Object(object)) => object.refusal().cloned(),
        _ => None,
    }
}

/// Whether a table of Alembic's own is missing, which can have any name: it makes that itself.
pub(super) fn is_of_alembic(kind: &RefusalKind) -> bool {
    matches!(kind, RefusalKind::Missing(Thing { sort: Sort::Table | Sort::Dropped, name, .. }) if name.contains("alembic"))
}

#[derive(Debug, Default)]
pub struct Refusals {
    /// Statements that fail are left out, so that what comes after them is still known.
    pub lenient: Cell<bool>,
    /// The statement that was refused last.
    pub refused: RefCell<Option<String>>,
    /// The statements that were left out because they fail.
    pub left_out: RefCell<Vec<String>>,
}

impl Refusals {
    /// Notes a statement that is refused; whether it is left out.
    pub fn note(&self, sql: &str) -> bool {
        *self.refused.borrow_mut() = Some(sql.to_owned());
        if self.lenient.get() {
            self.left_out.borrow_mut().push(sql.to_owned());
        }
        self.lenient.get()
    }

    /// The statements that were left out because they fail, as one text.
    pub fn left_out(&self) -> String {
        self.left_out.borrow().join(";\n")
    }
}
