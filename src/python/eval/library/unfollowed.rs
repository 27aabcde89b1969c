//! A session on a database for which no library is followed: what code does on a connection to it is not known.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Value};
use super::refusals::Refusals;
use super::session::Session;
use super::sqlite3::Statement;
use crate::schema::database::{Database, Refusal};

/// What is said of all that is done on such a connection.
const NOT_FOLLOWED: &str = "uses a connection to a database for which no library is followed";

#[derive(Debug)]
pub(super) struct UnfollowedSession {
    database: RefCell<Box<dyn Database>>,
    log: RefCell<Vec<Statement>>,
    refusals: Refusals,
}

impl UnfollowedSession {
    pub(super) fn new(database: Box<dyn Database>) -> Rc<Self> {
        Rc::new(Self { database: RefCell::new(database), log: RefCell::default(), refusals: Refusals::default() })
    }
}

impl Session for UnfollowedSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Unfollowed))
    }

    fn database(&self) -> RefMut<'_, dyn Database> {
        RefMut::map(self.database.borrow_mut(), |database| &mut **database)
    }

    fn restore(&self, saved: Box<dyn Database>) {
        self.database.replace(saved);
    }

    fn begin(&self) {
        self.database.borrow_mut().begin();
    }

    fn end(&self, commit: bool) -> Result<(), Refusal> {
        self.database.borrow_mut().end(commit)
    }

    fn prepare(&self, sql: &str) {
        // What comes of it is not known.
        let _ = self.database.borrow_mut().execute(sql, Some(&[]));
    }

    fn log(&self) -> &RefCell<Vec<Statement>> {
        &self.log
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn finish(self: Rc<Self>) -> Result<Box<dyn Database>, Refusal> {
        match Rc::try_unwrap(self) {
            Ok(session) => Ok(session.database.into_inner()),
            Err(session) => session.database.borrow().fork(),
        }
    }
}

#[derive(Debug)]
struct Unfollowed;

impl<'a> Object<'a> for Unfollowed {
    fn type_name(&self) -> &'static str {
        "Connection"
    }

    fn has_method(&self, _name: &str) -> bool {
        true
    }

    fn method(&self, vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let why = vm.why(NOT_FOLLOWED);
        vm.gap(&why);
        Ok(Some(Value::Unknown(why)))
    }
}
