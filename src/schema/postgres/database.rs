//! The model of PostgreSQL behind the interface that all engines have.

use super::{Database, ErrorClass, PgError, pieces, plain_text, runs_alone};
use crate::schema::database::{self, Answer, Kind, OF_QUERY, Refusal, Setup, Unknown, Value};
use crate::schema::model::Schema;
use crate::schema::statement::effect;

/// An empty database.
#[expect(clippy::unnecessary_wraps, reason = "other engines may fail to open one")]
pub fn open(setup: Setup) -> Result<Box<dyn database::Database>, Refusal> {
    Ok(Box::new(Database { open: setup.open, ..Database::default() }))
}

impl From<PgError> for Refusal {
    fn from(error: PgError) -> Self {
        Self { kind: Kind::Other, message: error.message }
    }
}

impl database::Database for Database {
    fn fork(&self) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(self.clone()))
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

    fn runs_alone(&self, sql: &str) -> Option<&'static str> {
        pieces(sql).first().and_then(runs_alone)
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

    fn snapshot(&mut self) -> Result<Schema, Refusal> {
        Ok(Database::snapshot(self))
    }
}
