//! `connection.begin_nested()`, and savepoints in SQL.

use std::cell::RefCell;
use std::rc::Rc;

use super::PgSession;
use crate::python::eval::interpreter::{Eval, Interpreter};
use crate::python::eval::object::Object;
use crate::python::eval::value::{Args, Value};
use crate::schema::postgres::Database;
use crate::schema::statement::Boundary;

/// `connection.begin_nested()`: what it did is taken back where an exception leaves it.
#[derive(Debug)]
pub(super) struct Savepoint {
    pub session: Rc<PgSession>,
    pub saved: RefCell<Option<Database>>,
}

impl Savepoint {
    fn take_back(&self) {
        if let Some(saved) = self.saved.borrow_mut().take() {
            *self.session.database.borrow_mut() = saved;
            self.session.aborted.set(false);
            self.session.changed();
        }
    }
}

impl<'a> Object<'a> for Savepoint {
    fn type_name(&self) -> &'static str {
        "NestedTransaction"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "commit" | "rollback" | "close")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match name {
            "rollback" if vm.doubt.is_none() => self.take_back(),
            "commit" | "close" | "rollback" => *self.saved.borrow_mut() = None,
            _ => return Ok(None),
        }
        Ok(Some(Value::None))
    }

    fn exit(&self, _vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        if raised {
            self.take_back();
        }
        Ok(false)
    }
}

impl PgSession {
    /// `SAVEPOINT a`, `ROLLBACK TO a`, `RELEASE a`; `false` for what begins or ends a whole transaction.
    pub(super) fn savepoint(&self, boundary: Boundary) -> bool {
        let mut savepoints = self.savepoints.borrow_mut();
        let known =
            |name: &str, savepoints: &[(String, Database)]| savepoints.iter().rposition(|(known, _)| known == name);
        match boundary {
            Boundary::Savepoint(name) => savepoints.push((name, self.database.borrow().clone())),
            Boundary::Release(name) => {
                let at = known(&name, &savepoints);
                savepoints.truncate(at.unwrap_or(usize::MAX));
            }
            Boundary::RollbackTo(name) => {
                if let Some(at) = known(&name, &savepoints) {
                    *self.database.borrow_mut() = savepoints[at].1.clone();
                    savepoints.truncate(at + 1);
                    self.aborted.set(false);
                    self.changed();
                }
            }
            Boundary::Begin | Boundary::Commit | Boundary::Rollback => return false,
        }
        true
    }
}
