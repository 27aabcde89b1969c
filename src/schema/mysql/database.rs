//! The model of MySQL and MariaDB behind the interface that all engines have.

use super::facts::DIALECT;
use super::{Database, Error, pieces};
use crate::schema::database::{self, Answer, Engine, OF_QUERY, Refusal, Setup, Unknown, Value, without_tables};
use crate::schema::model::Schema;
use crate::schema::render;
use crate::schema::statement::effect;
use crate::schema::token;

/// Words with which a part of a routine begins, and no statement beside it.
const BODIES: [&str; 8] = ["end", "declare", "if", "elseif", "else", "while", "loop", "leave"];

/// An empty database.
#[expect(clippy::unnecessary_wraps, reason = "other engines may fail to open one")]
pub fn open(setup: Setup) -> Result<Box<dyn database::Database>, Refusal> {
    let mut database = Database { open: setup.open, ..Database::default() };
    database.settings.flavour = setup.flavour;
    Ok(Box::new(database))
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { kind: error.kind, message: error.message }
    }
}

impl database::Database for Database {
    fn engine(self: Box<Self>) -> Engine {
        Engine::Mysql(self)
    }

    fn fork(&self) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(self.clone()))
    }

    fn beside(&self) -> Result<Box<dyn database::Database>, Refusal> {
        open(Setup { flavour: self.settings.flavour, ..Setup::default() })
    }

    /// No definition heeds a transaction, and rows are not kept.
    fn begin(&mut self) {}

    /// What it defines is kept whatever comes after it.
    fn end(&mut self, _commit: bool) -> Result<(), Refusal> {
        Ok(())
    }

    fn split(&self, text: &str) -> Vec<(usize, String)> {
        let plain = self.plain_text(text);
        pieces(&plain).iter().map(|piece| (piece.start, piece.text.to_owned())).collect()
    }

    fn split_block(&self, text: &str) -> Vec<(usize, String)> {
        let split = database::Database::split(self, text);
        let is_of_body = |sql: &str| {
            let first = token::tokens(sql).next();
            first.is_some_and(|first| BODIES.contains(&first.value().to_ascii_lowercase().as_str()))
        };
        if split.iter().any(|(_, sql)| is_of_body(sql)) { vec![(0, text.to_owned())] } else { split }
    }

    fn execute(&mut self, sql: &str, _parameters: Option<&[Value]>) -> Answer {
        match Database::execute(self, sql) {
            Ok(()) => Answer::Done { effect: effect(sql), rows: Vec::new() },
            Err(error) if error.is_unsupported() => {
                Answer::Unknown(Unknown { reason: error.message, about: self.about().map(str::to_owned) })
            }
            Err(error) => Answer::Refused(error.into()),
        }
    }

    fn query(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer {
        match database::Database::execute(self, sql, parameters) {
            Answer::Done { .. } => Answer::Unknown(Unknown::new(OF_QUERY)),
            answer => answer,
        }
    }

    fn snapshot(&self) -> Result<Schema, Refusal> {
        Ok(Database::snapshot(self))
    }

    fn to_sql(&self, without: &[String]) -> String {
        render::to_sql_on(&without_tables(Database::snapshot(self), without), DIALECT)
    }

    fn width(&self, table: &str, column: &str) -> Option<Option<usize>> {
        Database::width(self, table, column)
    }

    fn is_open(&self) -> bool {
        self.open
    }
}
