//! Connections of SQLAlchemy's to a SQLite database: what it and Python's `sqlite3` below it do on one. There is no
//! transaction around a migration's definitions: each is there at once, unless a change of rows began one before it.

mod connection;
mod rows;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::value::{Args, Instance, Unknown, Value};
use super::connection::Connection;
use super::postgres::OF_OTHERS;
use super::refusals::{self, Refusals, refusal_of};
use super::session::Session as _;
use super::sqlite3::{Session, Statement};
use crate::schema::database::{self, Refusal, RefusalKind};
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

/// What a definition costs beside its length.
const STATEMENT_STEPS: usize = 500;

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

    fn snapshot(&self) -> Option<Rc<Schema>> {
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
            Err(Stop::Raise(exception)) if is_about_rows(exception) && self.below.rows_unknown().is_some() => {
                for table in named_tables(sql) {
                    let _ = self.below.database.borrow_mut().execute(&format!("DELETE FROM {table}"), Params::NONE);
                }
                self.send(vm, vec![Value::text(sql)], false).map(drop)
            }
            _ => result,
        }
    }

    /// The same, for a reader of what is sent as well.
    pub fn sends_strictly<'a>(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        vm.sends(sql);
        self.strictly(vm, sql)
    }

    /// Takes up that a statement failed: it is left out, or in doubt, or SQLAlchemy raises what the database says.
    pub fn fail<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, stop: Stop<'a>) -> Eval<'a, ()> {
        let Stop::Raise(exception) = &stop else { return Err(stop) };
        let Some(refusal) = refusal_of(exception) else { return Err(stop) };
        if let Some(table) = refusal.kind.missing_table() {
            // Alembic makes its own record itself.
            if table.contains("alembic_version") {
                return Ok(());
            }
            if self.below.database.borrow().open {
                let why = vm.why(format!("needs the table `{table}`, {OF_OTHERS}"));
                vm.gap_about(&why, sql);
                return Ok(());
            }
        }
        if self.refusals.note(sql) {
            return Ok(());
        }
        let is_database = exception.class.is_named("DatabaseError") || exception.class.is_named("InterfaceError");
        if !is_database {
            return Err(stop);
        }
        let class = &exception.class.name;
        let exception = vm.exception(class, vec![Value::text(format!("(sqlite3.{class}) {}", refusal.message))]);
        refusals::note(&exception, refusal);
        Err(Stop::Raise(exception))
    }
}

impl super::session::Session for SqliteSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Connection::value(self)
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

    fn finish(self: Rc<Self>) -> Result<Box<dyn database::Database>, Refusal> {
        let below = match Rc::try_unwrap(self) {
            Ok(session) => session.below,
            Err(session) => session.below.clone(),
        };
        below.finish()
    }
}

/// Whether rows that are there keep a statement from being done.
fn is_about_rows(exception: &Instance<'_>) -> bool {
    refusal_of(exception).is_some_and(|refusal| refusal.kind == RefusalKind::Rows)
}

/// The tables that a statement reads or changes, as it writes them.
fn named_tables(sql: &str) -> Vec<String> {
    let words: Vec<_> = token::tokens(sql).collect();
    let before = |word: &token::Token<'_>| ["from", "table", "on", "into", "update"].iter().any(|known| word.is(known));
    words.windows(2).filter(|pair| before(&pair[0])).map(|pair| pair[1].text.to_owned()).collect()
}
