//! The model of PostgreSQL behind the interface that all engines have.

use std::collections::BTreeSet;

use super::{Database, ErrorClass, PgError, pieces, plain_text, runs_alone, search_path};
use crate::schema::database::{self, Adopted, Answer, Elsewhere, Engine, OF_QUERY, Refusal, Setup, Unknown, Value};
use crate::schema::model::Schema;
use crate::schema::statement::effect;

/// An empty database.
#[expect(clippy::unnecessary_wraps, reason = "other engines may fail to open one")]
pub fn open(setup: Setup) -> Result<Box<dyn database::Database>, Refusal> {
    Ok(Box::new(Database { open: setup.open, ..Database::default() }))
}

impl From<PgError> for Refusal {
    fn from(error: PgError) -> Self {
        Self { kind: error.kind, message: error.message }
    }
}

impl database::Database for Database {
    fn engine(self: Box<Self>) -> Engine {
        Engine::Postgres(self)
    }

    fn fork(&self) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(self.clone()))
    }

    /// With the schemas that it has.
    fn beside(&self) -> Result<Box<dyn database::Database>, Refusal> {
        database::Database::fork(self)
    }

    fn begin(&mut self) {
        Database::begin(self);
    }

    fn end(&mut self, commit: bool) -> Result<(), Refusal> {
        if commit {
            self.commit();
            self.end_transaction();
        } else {
            self.rollback();
        }
        Ok(())
    }

    fn split(&self, text: &str) -> Vec<(usize, String)> {
        let plain = plain_text(text);
        let is_as_it_was = plain.len() == text.len();
        // Of a text that had to be put right, the places are not known.
        let start = |start| if is_as_it_was { start } else { 0 };
        pieces(&plain).iter().map(|piece| (start(piece.start), piece.text.to_owned())).collect()
    }

    fn runs_alone(&self, sql: &str) -> Option<String> {
        let what = pieces(sql).first().and_then(runs_alone)?;
        Some(format!("{what} cannot run inside a transaction block"))
    }

    fn execute(&mut self, sql: &str, _parameters: Option<&[Value]>) -> Answer {
        match Database::execute(self, sql) {
            Ok(()) => Answer::Done { effect: effect(sql), rows: Vec::new() },
            Err(error) if error.class == ErrorClass::Unsupported => Answer::Unknown(Unknown::new(error.message)),
            Err(error) => Answer::Refused(error.into()),
        }
    }

    fn query(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer {
        match database::Database::execute(self, sql, parameters) {
            Answer::Done { .. } | Answer::Unknown(_) => Answer::Unknown(Unknown::new(OF_QUERY)),
            refused @ Answer::Refused(_) => refused,
        }
    }

    fn snapshot(&self) -> Result<Schema, Refusal> {
        Ok(Database::snapshot(self))
    }

    fn to_sql(&self, without: &[String]) -> String {
        Database::to_sql(self, without)
    }

    fn width(&self, table: &str, column: &str) -> Option<Option<usize>> {
        Database::width(self, table, column)
    }

    fn is_open(&self) -> bool {
        self.open
    }

    fn elsewhere(&self) -> Elsewhere {
        self.elsewhere.clone()
    }

    fn set_elsewhere(&mut self, elsewhere: Elsewhere) {
        self.elsewhere = elsewhere;
    }

    fn adopted(&self) -> BTreeSet<Adopted> {
        self.adopted.clone()
    }

    fn settle(&mut self, said: &[&str], doubts: &[Option<&str>]) {
        if let Some(path) = said.iter().rev().find_map(|sql| search_path(sql)) {
            self.start_in(&path);
        }
        for doubt in doubts {
            let text = doubt.map(str::to_ascii_lowercase);
            let speaks_of = |word: &str| text.as_deref().is_none_or(|text| text.contains(word));
            if speaks_of("schema") || speaks_of("search_path") {
                self.open_schemas();
            }
            // What has no schema in front may be anywhere.
            self.open |= text.is_some() && speaks_of("search_path");
        }
    }

    fn add_to_schema(&mut self, schema: Option<&str>, table: &str) -> String {
        if let Some(schema) = schema {
            self.add_schema(schema);
        }
        let home = self.state.home.as_deref().unwrap_or("public");
        schema.filter(|schema| *schema != home).map_or_else(|| table.to_owned(), |schema| format!("{schema}.{table}"))
    }

    fn home(&self) -> Option<&str> {
        self.state.home.as_deref()
    }

    fn end_transaction(&mut self) {
        Database::end_transaction(self);
    }

    fn set_misses_extensions(&mut self, misses: bool) {
        self.misses_extensions = misses;
    }

    fn is_plain(&self) -> bool {
        self.state.moment.is_plain()
    }

    fn has_new_labels(&self) -> bool {
        self.state.moment.has_new_labels()
    }

    fn deploy(&mut self) {
        Database::end_transaction(self);
        self.state.moment.forget_rows();
    }
}
