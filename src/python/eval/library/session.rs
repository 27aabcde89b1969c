//! What whoever evaluates code asks of the session that the code has on a database, whichever database it is.

use std::cell::{RefCell, RefMut};
use std::fmt::Debug;
use std::rc::Rc;

use super::super::value::{Unknown, Value};
use super::driver::DriverSession;
use super::mysql::MysqlSession;
use super::postgres::PgSession;
use super::refusals::Refusals;
use super::sqlite::SqliteSession;
use super::sqlite3::{self, Statement};
use super::unfollowed::UnfollowedSession;
use crate::schema::database::{Database, Engine, Refusal};

/// A session on a database that evaluated code works on.
pub trait Session: Debug {
    /// A connection for evaluated code.
    fn connection<'a>(self: Rc<Self>) -> Value<'a>;

    /// A cursor on it, as drivers have them.
    fn cursor<'a>(self: Rc<Self>) -> Value<'a> {
        self.connection()
    }

    fn database(&self) -> RefMut<'_, dyn Database>;

    /// Puts another database of the same engine in its place.
    fn restore(&self, saved: Box<dyn Database>);

    /// Begins a migration.
    fn begin(&self);

    /// Ends it: what it did stays, or is taken back. Says what the database says where it cannot be kept.
    fn end(&self, commit: bool) -> Result<(), Refusal>;

    /// Carries out what is no migration.
    fn prepare(&self, sql: &str);

    /// The statements that may have changed the schema, in their order.
    fn log(&self) -> &RefCell<Vec<Statement>>;

    fn refusals(&self) -> &Refusals;

    /// Whether a statement failed in the transaction, so that it takes no other.
    fn is_aborted(&self) -> bool {
        false
    }

    /// A statement was refused because an extension is missing that nothing in the repository speaks of.
    fn missed_extension(&self) -> bool {
        false
    }

    /// Why it is not known which rows there are, if so.
    fn rows_unknown(&self) -> Option<Rc<Unknown>> {
        None
    }

    /// Whether a definition waits for the end of its transaction, as Alembic says of its dialects.
    fn transactional_ddl(&self) -> bool {
        false
    }

    /// From here on statements are sent so, and what was done so far is there for good.
    fn set_up(&self, _manner: &Manner) {}

    /// A driver commits each statement at once from here on, or not any more.
    fn set_autocommit(&self, _on: bool) {}

    /// The database, without what was left open. Evaluated code may have kept a connection in a cycle of its own objects, which
    /// then leads to an empty one.
    fn finish(self: Rc<Self>) -> Result<Box<dyn Database>, Refusal>;
}

/// How the environment of migrations, and the driver that it names, send statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Manner {
    /// Each migration is committed before the next one begins (`transaction_per_migration`).
    pub commits_each: bool,
    /// Each statement is committed at once.
    pub autocommits: bool,
    /// The server prepares each text.
    pub prepares: bool,
    /// The driver begins another transaction after one that a statement ended.
    pub reopens: bool,
    /// The driver sends one statement at a time.
    pub single: bool,
}

/// A session as SQLAlchemy has it; `rows` says why it is not known which rows there are, if so.
pub fn session(database: Box<dyn Database>, rows: Option<&Rc<Unknown>>) -> Rc<dyn Session> {
    match database.engine() {
        Engine::Sqlite(database) => SqliteSession::new(*database, rows),
        Engine::Postgres(database) => PgSession::new(*database),
        Engine::Mysql(database) => MysqlSession::new(*database),
        Engine::Other(database) => UnfollowedSession::new(database),
    }
}

/// A session as a driver of the database has it.
pub fn driver_session(database: Box<dyn Database>) -> Rc<dyn Session> {
    match database.engine() {
        Engine::Sqlite(database) => sqlite3::Session::driven(*database),
        Engine::Postgres(database) => DriverSession::new(PgSession::new(*database)),
        Engine::Mysql(database) => DriverSession::new(MysqlSession::new(*database)),
        Engine::Other(database) => UnfollowedSession::new(database),
    }
}
