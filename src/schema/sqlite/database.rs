//! SQLite behind the interface that all engines have.

use super::{DIALECT, Database, ErrorClass, Limits, Params, SqlError, Value};
use crate::schema::database::{self, Answer, Budget, Engine, Refusal, Setup, Unknown};
use crate::schema::model::Schema;
use crate::schema::statement::{Effect, effect, effect_on};
use crate::schema::token::{self, Token};
use crate::source::has_word;

/// An empty database for statements that begin and end transactions themselves.
pub fn open(setup: Setup) -> Result<Box<dyn database::Database>, Refusal> {
    let usual = Limits::default();
    let limits = match setup.budget {
        Budget::List => usual,
        Budget::Chain => Limits { operations: usual.operations * 10, time: usual.time * 2, ..usual },
    };
    let mut database = Database::new(limits)?;
    database.set_implicit_begin(false);
    database.open = setup.open;
    Ok(Box::new(database))
}

impl From<SqlError> for Refusal {
    fn from(error: SqlError) -> Self {
        Self { kind: error.kind(), message: error.message }
    }
}

/// What SQLite says of a statement within a transaction (`vacuum.c`, `pragma.c`). Of a change of the journal's mode it says
/// something where the database has another mode alone.
fn runs_alone(sql: &str) -> Option<&'static str> {
    let words: Vec<Token<'_>> = token::tokens(sql).take(6).collect();
    match words.as_slice() {
        [first, ..] if first.is("vacuum") => Some("cannot VACUUM from within a transaction"),
        [first, what, sets, _, ..] | [first, _, _, what, sets, _] if first.is("pragma") && what.is("synchronous") => {
            let is_set = sets.is_symbol("=") || sets.is_symbol("(");
            is_set.then_some("Safety level may not be changed inside a transaction")
        }
        _ => None,
    }
}

impl database::Database for Database {
    fn engine(self: Box<Self>) -> Engine {
        Engine::Sqlite(self)
    }

    fn fork(&self) -> Result<Box<dyn database::Database>, Refusal> {
        let copy = Database::fork(self)?;
        Ok(Box::new(Self { implicit_begin: self.implicit_begin, rows_unknown: self.rows_unknown, ..copy }))
    }

    fn beside(&self) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(Database::new(*self.guard.limits())?))
    }

    fn begin(&mut self) {
        // It fails within a transaction alone, and then one is open.
        let _ = Database::execute(self, "BEGIN", Params::NONE);
    }

    fn end(&mut self, commit: bool) -> Result<(), Refusal> {
        let ended = if commit { self.commit() } else { self.rollback() };
        ended.map_err(|error| {
            let _ = self.rollback();
            error.into()
        })
    }

    fn runs_alone(&self, sql: &str) -> Option<String> {
        runs_alone(sql).map(str::to_owned)
    }

    fn execute(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer {
        let effect = effect(sql);
        // Each migration is in a transaction already, and has all settings that make a difference but one.
        if matches!(effect, Effect::Transaction | Effect::Control) && !sets_how_tables_are_renamed(sql) {
            return Answer::Done { effect, rows: Vec::new() };
        }
        self.carry_out(sql, parameters, effect)
    }

    fn query(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer {
        let effect = effect(sql);
        if effect == Effect::Transaction || effect == Effect::Control && !reads_settings(sql) {
            return Answer::Done { effect, rows: Vec::new() };
        }
        let rows_unknown = self.rows_unknown;
        match self.carry_out(sql, parameters, effect) {
            Answer::Done { .. } if rows_unknown && parameters.is_some() && !reads_schema(sql) => {
                Answer::Unknown(Unknown::new("depends on the rows of a table"))
            }
            answer => answer,
        }
    }

    fn columns(&mut self, table: &str) -> Option<Vec<String>> {
        let sql = format!("PRAGMA table_info(\"{}\")", table.replace('"', "\"\""));
        let rows = Database::execute(self, &sql, Params::NONE).ok()?.rows;
        let name = |row: Vec<Value>| match row.into_iter().nth(1) {
            Some(Value::Text(name)) => Some(name),
            _ => None,
        };
        Some(rows.into_iter().filter_map(name).collect())
    }

    fn snapshot(&self) -> Result<Schema, Refusal> {
        Ok(Database::snapshot(self)?)
    }

    fn is_open(&self) -> bool {
        self.open
    }
}

impl Database {
    fn carry_out(&mut self, sql: &str, parameters: Option<&[Value]>, effect: Effect) -> Answer {
        let Some(parameters) = parameters else {
            return self.unless_rows(effect, || Unknown::new("is given a value that the text does not tell"));
        };
        let error = match Database::execute(self, sql, Params::Positional(parameters)) {
            Ok(outcome) => return Answer::Done { effect, rows: outcome.rows },
            Err(error) => error,
        };
        // What the program registers on its connection is not here.
        if let Some(needs) = error.needs() {
            return self.unless_rows(effect, || Unknown::new(needs));
        }
        // Nothing tells what comes of that.
        if error.is_of_catalog() {
            // The catalog has the names of tables as texts.
            let about = Some(sql.replace('\'', " "));
            return Answer::Unknown(Unknown { reason: "writes into SQLite's catalog itself".to_owned(), about });
        }
        match error.class {
            ErrorClass::Denied | ErrorClass::Exhausted => Answer::Unknown(Unknown::new(error.message)),
            // Other drivers bind by other rules.
            ErrorClass::Programming => self.unless_rows(effect, || Unknown::new(OF_DRIVERS)),
            ErrorClass::Interface | ErrorClass::Value => Answer::Unknown(Unknown::new(OF_DRIVERS)),
            _ => Answer::Refused(error.into()),
        }
    }

    /// What it is not known of a statement; where that is about rows, it leaves the schema as it is.
    fn unless_rows(&mut self, effect: Effect, unknown: impl FnOnce() -> Unknown) -> Answer {
        if effect != Effect::Rows {
            return Answer::Unknown(unknown());
        }
        self.rows_unknown = true;
        Answer::Done { effect, rows: Vec::new() }
    }
}

/// Why it is not known what comes of a text that SQLite itself takes no notice of.
const OF_DRIVERS: &str = "executes a statement in a way that is not followed";

/// Whether a statement is a `PRAGMA`, whose rows say how a database is set up.
fn reads_settings(sql: &str) -> bool {
    effect_on(sql, DIALECT) == Effect::Reads
}

/// Whether a statement says what becomes of the references to a table that is renamed.
fn sets_how_tables_are_renamed(sql: &str) -> bool {
    has_word(sql, &["legacy_alter_table"])
}

/// Whether a query asks for tables and columns alone, which is known whatever the rows are.
pub fn reads_schema(sql: &str) -> bool {
    has_word(sql, &["sqlite_master", "sqlite_schema", "sqlite_temp_master", "pragma", "sqlite_version"])
        || sql.to_ascii_lowercase().contains("pragma_")
}
