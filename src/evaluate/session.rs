//! A database as migrations leave it, and the sessions that evaluated code has on it, whichever database it is.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::python::eval::{self, Instance, Session, Unknown, refusal_of};
use crate::schema::database::{Database, Refusal, Setup};
use crate::schema::dialect::{Dialect, stand_in};
use crate::schema::model::Schema;

/// A database as migrations leave it.
#[derive(Debug)]
pub struct Base {
    database: Box<dyn Database>,
    /// Why it is not known which rows it has, if so.
    rows: Option<Rc<Unknown>>,
}

impl Deref for Base {
    type Target = dyn Database;

    fn deref(&self) -> &Self::Target {
        &*self.database
    }
}

impl DerefMut for Base {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.database
    }
}

impl Base {
    /// An empty one.
    pub fn new(dialect: Dialect, setup: Setup) -> Result<Self, Refusal> {
        Ok(Self::of(dialect.open(setup)?))
    }

    pub fn of(database: Box<dyn Database>) -> Self {
        Self { database, rows: None }
    }

    /// An empty one where none can be had.
    pub fn lost() -> Self {
        Self::of(stand_in())
    }

    /// A second one with the same content.
    pub fn fork(&self) -> Result<Self, Refusal> {
        Ok(Self { database: self.database.fork()?, rows: self.rows.clone() })
    }

    /// A session as SQLAlchemy has it.
    pub fn session(self) -> Rc<dyn Session> {
        eval::session(self.database, self.rows.as_ref())
    }

    /// A session as a driver has it: it begins with rows that are known.
    pub fn driver_session(self) -> Rc<dyn Session> {
        eval::driver_session(self.database)
    }

    /// What a session leaves, and its schema; fails where it is not known any more.
    pub fn after(session: Rc<dyn Session>) -> Result<(Self, Schema), Refusal> {
        let rows = session.rows_unknown();
        let database = session.finish()?;
        let schema = database.snapshot()?;
        Ok((Self { database, rows }, schema))
    }
}

/// A session of its own on a database like the one of another session: with the schemas that it has, but without tables.
/// `None` where none can be made.
pub(super) fn beside(session: &dyn Session) -> Option<Rc<dyn Session>> {
    let database = session.database().beside().ok()?;
    Some(eval::session(database, None))
}

/// A session of its own on a copy of a session's database, after the end of its transaction. `None` where none can be made.
pub(super) fn on_copy(session: &dyn Session) -> Option<Rc<dyn Session>> {
    let mut copy = session.database().fork().ok()?;
    copy.end_transaction();
    Some(eval::session(copy, session.rows_unknown().as_ref()))
}

/// Whether an exception is a refusal of the database, and not a mistake in what was evaluated.
pub(super) fn is_refused(exception: &Instance<'_>) -> bool {
    refusal_of(exception).is_some()
        || exception.class.is_named("SQLAlchemyError") && !exception.class.is_named("NoSuchTableError")
}
