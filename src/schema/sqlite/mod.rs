//! SQLite itself, in memory, with the behaviour of Python's `sqlite3` around it. The only module that names its crate.
//!
//! Semantics are those of CPython 3.11 with its default, legacy isolation: a transaction begins by itself before an
//! `INSERT`, `UPDATE`, `DELETE` or `REPLACE`, and before nothing else. Results are read whole when a statement runs.

pub(super) mod database;
mod ddl;
mod error;
mod facts;
mod grammar;
mod guard;
mod snapshot;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Statement};

pub use self::database::reads_schema;
pub use self::error::{ErrorClass, SqlError};
pub use self::facts::{DIALECT, affinity};
use self::guard::Guard;
pub use self::guard::Limits;
pub use super::database::Value;
use super::model::Schema;
use super::token;

/// The release of SQLite that runs here: 3.50.2 is `[3, 50, 2]`.
pub fn version() -> [u16; 3] {
    let number = rusqlite::version_number();
    [number / 1_000_000, number / 1_000 % 1_000, number % 1_000].map(|part| u16::try_from(part).unwrap_or(0))
}

/// What is bound to the placeholders of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Params<'a> {
    /// A sequence: by position, whatever the placeholders are called.
    Positional(&'a [Value]),
    /// A mapping: by name, without `:`, `@` or `$`.
    Named(&'a [(String, Value)]),
}

impl Params<'_> {
    pub const NONE: Self = Self::Positional(&[]);
}

/// What a cursor knows after a statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The names of the result's columns; empty where the statement has no result (`description is None`).
    pub columns: Vec<String>,
    /// All rows of the result.
    pub rows: Vec<Vec<Value>>,
    /// `cursor.rowcount`.
    pub rowcount: i64,
    /// The new `cursor.lastrowid`; `None` where the statement leaves it as it was.
    pub lastrowid: Option<i64>,
}

/// A database in memory and the one connection to it.
pub struct Database {
    connection: Connection,
    guard: Arc<Guard>,
    implicit_begin: bool,
    /// Rows were changed in a way that is not known.
    rows_unknown: bool,
    /// Others make tables in it, too.
    pub open: bool,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("guard", &self.guard).finish_non_exhaustive()
    }
}

impl Database {
    /// An empty database; fails only where SQLite cannot get memory.
    pub fn new(limits: Limits) -> Result<Self, SqlError> {
        let mut connection = Connection::open_in_memory()?;
        let guard = Guard::install(&mut connection, limits)?;
        Ok(Self { connection, guard, implicit_begin: true, rows_unknown: false, open: false })
    }

    /// A second database with the same content and a budget of its own. Fails in a transaction.
    pub fn fork(&self) -> Result<Self, SqlError> {
        if self.in_transaction() {
            return Err(SqlError::programming("a database can't be copied in a transaction"));
        }
        let mut copy = Self::new(*self.guard.limits())?;
        let step = Backup::new(&self.connection, &mut copy.connection)?.step(-1)?;
        if step != StepResult::Done {
            return Err(SqlError::new(ErrorClass::Operational, "database is locked"));
        }
        copy.open = self.open;
        Ok(copy)
    }

    /// Whether a transaction begins by itself before a change of rows: `isolation_level` is not `None`.
    pub fn set_implicit_begin(&mut self, on: bool) {
        self.implicit_begin = on;
    }

    /// Makes a function known that takes any number of values. What it has no answer for is an error, and `Some(None)` is
    /// null.
    #[allow(clippy::option_option, reason = "null is a value, too")]
    pub fn add_function(
        &mut self,
        name: &str,
        function: fn(&[Value]) -> Option<Option<String>>,
    ) -> Result<(), SqlError> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        self.connection.create_scalar_function(name, -1, flags, move |context| {
            let given: Vec<Value> = (0..context.len()).map(|index| owned(context.get_raw(index))).collect();
            function(&given).ok_or_else(|| rusqlite::Error::UserFunctionError("it has no answer".into()))
        })?;
        Ok(())
    }

    pub fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// `connection.total_changes`.
    pub fn total_changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// Commits; nothing outside a transaction.
    pub fn commit(&mut self) -> Result<(), SqlError> {
        self.end_transaction("COMMIT")
    }

    /// Rolls back; nothing outside a transaction.
    pub fn rollback(&mut self) -> Result<(), SqlError> {
        self.end_transaction("ROLLBACK")
    }

    fn end_transaction(&self, sql: &str) -> Result<(), SqlError> {
        if !self.in_transaction() {
            return Ok(());
        }
        self.guard.watch(sql, || Ok(self.connection.execute_batch(sql)?))
    }

    /// `cursor.execute`: runs the one statement that the text holds.
    pub fn execute(&mut self, sql: &str, params: Params<'_>) -> Result<Outcome, SqlError> {
        self.guard.watch(sql, || self.run(sql, std::iter::once(params), false))
    }

    /// `cursor.executemany`: runs the statement once for each set of parameters; a result is dropped.
    pub fn execute_many<'p>(
        &mut self,
        sql: &str,
        params: impl IntoIterator<Item = Params<'p>>,
    ) -> Result<Outcome, SqlError> {
        self.guard.watch(sql, || self.run(sql, params.into_iter(), true))
    }

    /// `cursor.executescript`: commits, then runs every statement of the text outside any implicit transaction.
    pub fn execute_script(&mut self, sql: &str) -> Result<(), SqlError> {
        if sql.contains('\0') {
            return Err(SqlError::new(ErrorClass::Value, "embedded null character"));
        }
        self.check_length(sql)?;
        self.commit()?;
        self.guard.watch(sql, || {
            let mut rest = sql;
            while !rest.is_empty() {
                let (statement, tail) = rest.split_at(token::statement_end(rest));
                self.run_in_script(statement)?;
                rest = tail;
            }
            Ok(())
        })
    }

    /// The schema as this connection sees it, changes that are not committed included.
    pub fn snapshot(&self) -> Result<Schema, SqlError> {
        self.guard.watch("", || snapshot::snapshot(&self.connection))
    }

    fn run_in_script(&self, sql: &str) -> Result<(), SqlError> {
        if self.is_vacuum(sql)? {
            return Ok(());
        }
        let Some(mut statement) = self.prepare(sql)? else { return Ok(()) };
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// `_pysqlite_query_execute` of CPython.
    fn run<'p>(&self, sql: &str, sets: impl Iterator<Item = Params<'p>>, many: bool) -> Result<Outcome, SqlError> {
        self.check_length(sql)?;
        if sql.contains('\0') {
            return Err(SqlError::programming("the query contains a null character"));
        }
        // Most texts are one statement without a semicolon, and need no look at every token.
        let end = if memchr::memchr(b';', sql.as_bytes()).is_some() { token::statement_end(sql) } else { sql.len() };
        let (first, tail) = sql.split_at(end);
        let prepared = self.prepare(first)?;
        if token::blank(tail.as_bytes()) < tail.len() {
            return Err(SqlError::programming("You can only execute one statement at a time."));
        }
        let mut outcome = Outcome { rowcount: -1, ..Outcome::default() };
        let Some(mut statement) = prepared else { return Ok(outcome) };
        if many && statement.readonly() {
            return Err(SqlError::programming("executemany() can only execute DML statements."));
        }
        let changes_rows = is_dml(first);
        if changes_rows {
            outcome.rowcount = 0;
            if self.implicit_begin && !self.in_transaction() {
                self.connection.execute_batch("BEGIN ")?;
            }
        }
        outcome.columns = statement.column_names().map(str::to_owned).collect();
        for params in sets {
            bind(&mut statement, params)?;
            if self.is_vacuum(first)? {
                continue;
            }
            let rows = self.fetch(&mut statement)?;
            if changes_rows {
                outcome.rowcount += i64::try_from(self.connection.changes()).unwrap_or(i64::MAX);
            }
            if !many {
                outcome.rows = rows;
            }
        }
        if !many {
            outcome.lastrowid = Some(self.connection.last_insert_rowid());
        }
        Ok(outcome)
    }

    /// `None` where the text holds no statement.
    fn prepare(&self, sql: &str) -> Result<Option<Statement<'_>>, SqlError> {
        let prepared = Batch::new(&self.connection, sql).next();
        let is_grammar = match &prepared {
            Ok(statement) => statement.is_some(),
            Err(error) => error.to_string().contains("syntax error"),
        };
        match grammar::too_new(sql).filter(|_| is_grammar) {
            Some(message) => Err(SqlError::new(ErrorClass::Operational, message)),
            None => Ok(prepared?),
        }
    }

    /// SQLite copies a database to a temporary file to compact it; here that is refused, or has nothing to do.
    fn is_vacuum(&self, sql: &str) -> Result<bool, SqlError> {
        // Nothing else begins with this letter, a comment or a semicolon.
        if !sql.trim_start().starts_with(['v', 'V', '-', '/', ';']) {
            return Ok(false);
        }
        let mut tokens = token::tokens(sql).skip_while(|token| token.is_symbol(";"));
        if !tokens.next().is_some_and(|token| token.is("vacuum")) {
            return Ok(false);
        }
        if tokens.any(|token| token.is("into")) {
            return Err(SqlError::denied("it writes a copy of the database to a file (`VACUUM INTO`)"));
        }
        if self.in_transaction() {
            return Err(SqlError::new(ErrorClass::Operational, "cannot VACUUM from within a transaction"));
        }
        Ok(true)
    }

    fn check_length(&self, sql: &str) -> Result<(), SqlError> {
        if sql.len() > self.guard.limits().sql_bytes as usize {
            return Err(SqlError::exhausted("a statement is longer than a check allows"));
        }
        Ok(())
    }

    /// Steps the statement to its end.
    fn fetch(&self, statement: &mut Statement<'_>) -> Result<Vec<Vec<Value>>, SqlError> {
        // `rusqlite` asserts that SQLite had the memory to hand out a value.
        let fetched = catch_unwind(AssertUnwindSafe(|| fetch(statement, self.guard.limits().result_bytes)));
        fetched.unwrap_or_else(|_| Err(SqlError::exhausted("it needs more memory than a check may use")))
    }
}

fn fetch(statement: &mut Statement<'_>, mut budget: usize) -> Result<Vec<Vec<Value>>, SqlError> {
    let width = statement.column_count();
    let mut fetched = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(width);
        for index in 0..width {
            let value = match row.get_ref(index)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Integer(value),
                ValueRef::Real(value) => Value::Real(value),
                ValueRef::Text(bytes) => Value::Text(decode(row, index, bytes)?),
                ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
            };
            let heap = match &value {
                Value::Text(text) => text.len(),
                Value::Blob(bytes) => bytes.len(),
                _ => 0,
            };
            budget = budget
                .checked_sub(heap + size_of::<Value>())
                .ok_or_else(|| SqlError::exhausted("a result is larger than a check allows"))?;
            values.push(value);
        }
        fetched.push(values);
    }
    Ok(fetched)
}

fn decode(row: &rusqlite::Row<'_>, index: usize, bytes: &[u8]) -> Result<String, SqlError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| {
        let column = row.as_ref().column_name(index).unwrap_or_default().to_owned();
        let text = String::from_utf8_lossy(bytes);
        let message = format!("Could not decode to UTF-8 column '{column}' with text '{text}'");
        SqlError::new(ErrorClass::Operational, message)
    })
}

/// `bind_parameters` of CPython, with its messages.
fn bind(statement: &mut Statement<'_>, params: Params<'_>) -> Result<(), SqlError> {
    let wanted = statement.parameter_count();
    match params {
        Params::Positional(values) => {
            if values.len() != wanted {
                let message = format!(
                    "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {} \
                     supplied.",
                    values.len()
                );
                return Err(SqlError::programming(message));
            }
            for (index, value) in values.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, borrowed(value))?;
            }
        }
        Params::Named(values) => {
            for index in 1..=wanted {
                let Some(name) = statement.parameter_name(index).map(|name| name[1..].to_owned()) else {
                    let message =
                        format!("Binding {index} has no name, but you supplied a dictionary (which has only names).");
                    return Err(SqlError::programming(message));
                };
                let Some((_, value)) = values.iter().rev().find(|(key, _)| *key == name) else {
                    let message = format!("You did not supply a value for binding parameter :{name}.");
                    return Err(SqlError::programming(message));
                };
                statement.raw_bind_parameter(index, borrowed(value))?;
            }
        }
    }
    Ok(())
}

fn borrowed(value: &Value) -> rusqlite::types::ToSqlOutput<'_> {
    rusqlite::types::ToSqlOutput::Borrowed(match value {
        Value::Null => ValueRef::Null,
        Value::Integer(value) => ValueRef::Integer(*value),
        Value::Real(value) => ValueRef::Real(*value),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

/// Whether CPython takes the statement for a change of rows: by its first letters alone.
fn is_dml(sql: &str) -> bool {
    let start = &sql.as_bytes()[token::blank(sql.as_bytes())..];
    ["insert", "update", "delete", "replace"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes())))
}
