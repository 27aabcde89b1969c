//! Connections of SQLAlchemy's to a SQLite database: what it and Python's `sqlite3` below it do on one. There is no
//! transaction around a migration's definitions: each is there at once, unless a change of rows began one before it.

mod connection;
mod rows;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use self::connection::Connection;
use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::value::{Args, Instance, Unknown, Value};
use super::postgres::OF_OTHERS;
use super::refusals::Refusals;
use super::session::Session as _;
use super::sqlite3::{Session, Statement};
use crate::schema::database::{self, Refusal};
use crate::schema::model::Schema;
use crate::schema::sqlite::{Database, Params};
use crate::schema::token;

/// A database that the revisions of a chain work on.
#[derive(Debug)]
pub struct SqliteSession {
    below: Rc<Session>,
    pub refusals: Refusals,
    /// As it was when the migration began.
    saved: RefCell<Option<Database>>,
    savepoints: Cell<u32>,
    schema: RefCell<Option<Rc<Schema>>>,
}

/// Marks an exception that a library raises for what is in the database.
pub(super) const REFUSED: &str = "refused";

/// The code of SQLite's for rows that break a constraint.
const CONSTRAINT: i64 = 19;

/// What a definition costs beside its length.
const STATEMENT_STEPS: usize = 500;

/// Whether an exception is raised for what is in the database.
pub fn is_refusal(exception: &Instance<'_>) -> bool {
    exception.get(REFUSED).is_some()
}

impl SqliteSession {
    /// `rows` says why it is not known which rows there are, if so.
    pub fn new(database: Database, rows: Option<&Rc<Unknown>>) -> Rc<Self> {
        let below = Session::new(database);
        if let Some(why) = rows {
            below.forget_rows(why);
        }
        Rc::new(Self {
            below,
            refusals: Refusals::default(),
            saved: RefCell::default(),
            savepoints: Cell::default(),
            schema: RefCell::default(),
        })
    }

    fn changed(&self) {
        *self.schema.borrow_mut() = None;
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        let mut known = self.schema.borrow_mut();
        if known.is_none() {
            *known = self.below.database.borrow().snapshot().ok().map(Rc::new);
        }
        known.clone()
    }

    /// The rows of a query about the schema; none where it fails.
    pub fn ask(&self, sql: &str) -> Vec<Vec<crate::schema::sqlite::Value>> {
        let outcome = self.below.database.borrow_mut().execute(sql, Params::NONE);
        outcome.map(|outcome| outcome.rows).unwrap_or_default()
    }

    /// Sends a statement; fails with what the database says. Answers with the cursor.
    fn send<'a>(&self, vm: &mut Interpreter<'a>, given: Vec<Value<'a>>, many: bool) -> Eval<'a> {
        let cursor = self.below.row_cursor();
        let name = if many { "executemany" } else { "execute" };
        let sent = vm.call_method(&cursor, name, Args { positional: given, keyword: Vec::new() });
        self.changed();
        sent.map(|_| cursor)
    }

    /// Carries out a definition; fails where it is refused, whatever is left out now. What rows keep from being done is
    /// done where it is not known which rows there are.
    pub fn strictly<'a>(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        let result = self.send(vm, vec![Value::text(sql)], false).map(drop);
        match &result {
            Err(Stop::Raise(exception)) if self.is_about_rows(exception) && self.below.rows_unknown().is_some() => {
                for table in named_tables(sql) {
                    let _ = self.below.database.borrow_mut().execute(&format!("DELETE FROM {table}"), Params::NONE);
                }
                self.send(vm, vec![Value::text(sql)], false).map(drop)
            }
            _ => result,
        }
    }

    fn is_about_rows(&self, exception: &Rc<Instance<'_>>) -> bool {
        let code = exception.get("sqlite_errorcode").and_then(|code| code.as_int()).unwrap_or_default();
        code & 0xff == CONSTRAINT
            || message_of(exception).starts_with("Cannot add a ")
            || message_of(exception).starts_with("cannot add a ")
    }

    /// Takes up that a statement failed: it is left out, or in doubt, or SQLAlchemy raises what the database says.
    pub fn fail<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, stop: Stop<'a>) -> Eval<'a, ()> {
        let Stop::Raise(exception) = &stop else { return Err(stop) };
        let is_database = exception.class.is_named("DatabaseError") || exception.class.is_named("InterfaceError");
        if !is_database && !is_refusal(exception) {
            return Err(stop);
        }
        let message = message_of(exception);
        let missing = message
            .strip_prefix("no such table: ")
            .or_else(|| exception.class.is_named("NoSuchTableError").then_some(message.as_str()));
        if let Some(table) = missing {
            // The table in which Alembic keeps its own record can have any name.
            if table.contains("alembic_version") {
                return Ok(());
            }
            if self.below.database.borrow().open {
                let table = table.rsplit('.').next().unwrap_or(table);
                let why = vm.why(format!("needs the table `{table}`, {OF_OTHERS}"));
                vm.gap_about(&why, sql);
                return Ok(());
            }
        }
        if self.refusals.note(sql) {
            return Ok(());
        }
        if !is_database {
            return Err(stop);
        }
        let class = exception.class.name.to_string();
        vm.raise(&class, format!("(sqlite3.{class}) {message}"))
    }

    /// Raises what a library says about what is in the database.
    pub fn refuse<'a>(&self, vm: &mut Interpreter<'a>, class: &str, message: &str) -> Stop<'a> {
        let exception = vm.exception(class, vec![Value::text(message)]);
        exception.names.borrow_mut().insert(REFUSED.into(), Value::Bool(true));
        Stop::Raise(exception)
    }
}

impl super::session::Session for SqliteSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Connection { session: self, apart: false }))
    }

    fn database(&self) -> RefMut<'_, dyn database::Database> {
        self.below.database.borrow_mut()
    }

    fn restore(&self, saved: Box<dyn database::Database>) {
        self.below.restore(saved);
        self.changed();
    }

    fn begin(&self) {
        let mut database = self.below.database.borrow_mut();
        database.set_implicit_begin(true);
        *self.saved.borrow_mut() = database.fork().ok();
    }

    /// What a migration did stays, or all of it is taken back, as if it had not run.
    fn end(&self, commit: bool) -> Result<(), Refusal> {
        let ended = self.below.end(commit);
        if let (false, Some(saved)) = (commit, self.saved.take()) {
            *self.below.database.borrow_mut() = saved;
        }
        self.changed();
        ended
    }

    fn prepare(&self, sql: &str) {
        self.below.prepare(sql);
        self.changed();
    }

    fn log(&self) -> &RefCell<Vec<Statement>> {
        &self.below.log
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn rows_unknown(&self) -> Option<Rc<Unknown>> {
        self.below.rows_unknown()
    }

    fn finish(&self) -> Result<Box<dyn database::Database>, Refusal> {
        self.below.finish()
    }
}

/// What an exception was raised with.
fn message_of(exception: &Instance<'_>) -> String {
    match exception.get("args") {
        Some(Value::Tuple(args)) => args.items.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

/// The tables that a statement reads or changes, as it writes them.
fn named_tables(sql: &str) -> Vec<String> {
    let words: Vec<_> = token::tokens(sql).collect();
    let before = |word: &token::Token<'_>| ["from", "table", "on", "into", "update"].iter().any(|known| word.is(known));
    words.windows(2).filter(|pair| before(&pair[0])).map(|pair| pair[1].text.to_owned()).collect()
}
