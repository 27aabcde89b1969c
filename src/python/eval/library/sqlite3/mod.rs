//! `sqlite3`, and the libraries that wrap it: connections and cursors on a database in memory.

mod cursor;
mod execution;
mod parameters;
mod rows;

use std::cell::{RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

use self::cursor::{Handle, Role};
use self::rows::Factory;
use super::super::interpreter::{Eval, Interpreter};
use super::super::value::{Unknown, Value};
use super::refusals::Refusals;
use crate::schema::database::{self, Engine, Refusal};
use crate::schema::sqlite::{self, Database, Limits, Params};
use crate::source::Location;

/// A database that evaluated code works on, and what it did to its schema.
#[derive(Debug)]
pub struct Session {
    pub database: RefCell<Database>,
    /// The statements that may have changed the schema, in their order.
    pub log: RefCell<Vec<Statement>>,
    /// Why the rows in it are not known, if so. Its schema is.
    rows_unknown: RefCell<Option<Rc<Unknown>>>,
    refusals: Refusals,
    /// Migrations send their statements to it themselves, and no library in between does.
    is_driven: bool,
}

/// A statement that may have changed the schema.
#[derive(Clone, Debug)]
pub struct Statement {
    pub sql: Arc<str>,
    /// Where it was executed: the innermost place first, then the calls that led there.
    pub places: Vec<Location>,
}

impl Session {
    pub fn new(database: Database) -> Rc<Self> {
        Self::set_up(database, false)
    }

    /// One that migrations work on with Python's driver.
    pub fn driven(database: Database) -> Rc<Self> {
        Self::set_up(database, true)
    }

    fn set_up(mut database: Database, is_driven: bool) -> Rc<Self> {
        database.set_implicit_begin(true);
        Rc::new(Self {
            database: database.into(),
            log: RefCell::default(),
            rows_unknown: RefCell::default(),
            refusals: Refusals::default(),
            is_driven,
        })
    }

    /// From here on it is not known which rows it has.
    pub fn forget_rows(&self, why: &Rc<Unknown>) {
        self.rows_unknown.borrow_mut().get_or_insert_with(|| why.clone());
    }

    /// A cursor on it whose rows can be read by the names of their columns.
    pub fn row_cursor<'a>(self: &Rc<Self>) -> Value<'a> {
        let cursor = Handle::new(self.clone(), Role::Cursor);
        *cursor.factory.borrow_mut() = Factory::Row;
        Value::Object(Rc::new(cursor))
    }

    /// One for the answer that a server gives: whether its driver counts the rows, where that is known.
    pub fn answer_cursor<'a>(self: &Rc<Self>, counts: Option<bool>) -> Value<'a> {
        let cursor = Handle::new(self.clone(), Role::Cursor);
        *cursor.factory.borrow_mut() = Factory::Row;
        cursor.counts_queries.set(counts);
        Value::Object(Rc::new(cursor))
    }
}

impl super::session::Session for Session {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self, Role::Connection)))
    }

    fn cursor<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self, Role::Cursor)))
    }

    fn database(&self) -> RefMut<'_, dyn database::Database> {
        self.database.borrow_mut()
    }

    fn restore(&self, saved: Box<dyn database::Database>) {
        if let Engine::Sqlite(saved) = saved.engine() {
            *self.database.borrow_mut() = *saved;
        }
    }

    /// A change of rows begins a transaction.
    fn begin(&self) {}

    fn end(&self, commit: bool) -> Result<(), Refusal> {
        self.database().end(commit)
    }

    fn prepare(&self, sql: &str) {
        let _ = self.database.borrow_mut().execute(sql, Params::NONE);
    }

    fn log(&self) -> &RefCell<Vec<Statement>> {
        &self.log
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn rows_unknown(&self) -> Option<Rc<Unknown>> {
        self.rows_unknown.borrow().clone()
    }

    /// What was left open is lost when the connection closes.
    fn finish(self: Rc<Self>) -> Result<Box<dyn database::Database>, Refusal> {
        let mut database = match Rc::try_unwrap(self) {
            Ok(session) => session.database.into_inner(),
            Err(session) => session.database.replace(Database::new(Limits::default())?),
        };
        database.rollback()?;
        Ok(Box::new(database))
    }
}

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "Error" => return Ok(vm.exception_class("sqlite3.Error").map(Value::Class)),
        "Warning" => return Ok(vm.exception_class("sqlite3.Warning").map(Value::Class)),
        "Row" => Value::native("sqlite3.Row", |_, _| Ok(Value::None)),
        "Connection" | "Cursor" => Value::Class(match name {
            "Connection" => vm.named_class("Connection"),
            _ => vm.named_class("Cursor"),
        }),
        "connect" => Value::native("connect", |vm, args| {
            if args.positional.first().and_then(Value::as_str) == Some(":memory:") {
                return Ok(vm.unknown("opens a database of its own"));
            }
            match &vm.database {
                Some(database) => Ok(database.clone()),
                None => Ok(vm.unknown("opens a database")),
            }
        }),
        "sqlite_version_info" => {
            Value::tuple(sqlite::version().into_iter().map(|part| Value::Int(i64::from(part))).collect())
        }
        "sqlite_version" => Value::text(sqlite::version().map(|part| part.to_string()).join(".")),
        "PARSE_DECLTYPES" => Value::Int(1),
        "PARSE_COLNAMES" => Value::Int(2),
        "register_adapter" | "register_converter" | "enable_callback_tracebacks" => {
            Value::native("register", |_, _| Ok(Value::None))
        }
        "dbapi2" | "core" => return Ok(None),
        _ => return Ok(vm.exception_class(name).map(Value::Class)),
    }))
}
