//! `sqlite3`, and the libraries that wrap it: connections and cursors on a database in memory.

mod cursor;
mod execution;
mod parameters;
mod rows;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use self::cursor::{Handle, Role};
use self::rows::Factory;
use super::super::interpreter::{Eval, Interpreter};
use super::super::value::{Unknown, Value};
use crate::schema::sqlite::{self, Database};
use crate::source::Location;

/// A database that evaluated code works on, and what it did to its schema.
#[derive(Debug)]
pub struct Session {
    pub database: RefCell<Database>,
    /// The statements that may have changed the schema, in their order.
    pub log: RefCell<Vec<Statement>>,
    /// Why the rows in it are not known, if so. Its schema is.
    rows_unknown: RefCell<Option<Rc<Unknown>>>,
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
        Rc::new(Self { database: database.into(), log: RefCell::default(), rows_unknown: RefCell::default() })
    }

    /// Why it is not known which rows it has, if so.
    pub fn rows_unknown(&self) -> Option<Rc<Unknown>> {
        self.rows_unknown.borrow().clone()
    }

    /// From here on it is not known which rows it has.
    pub fn forget_rows(&self, why: &Rc<Unknown>) {
        self.rows_unknown.borrow_mut().get_or_insert_with(|| why.clone());
    }

    /// A connection to it.
    pub fn connection<'a>(self: &Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self.clone(), Role::Connection)))
    }

    /// A cursor on it whose rows can be read by the names of their columns.
    pub fn row_cursor<'a>(self: &Rc<Self>) -> Value<'a> {
        let cursor = Handle::new(self.clone(), Role::Cursor);
        *cursor.factory.borrow_mut() = Factory::Row;
        Value::Object(Rc::new(cursor))
    }

    /// A cursor on it.
    pub fn cursor<'a>(self: &Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self.clone(), Role::Cursor)))
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
