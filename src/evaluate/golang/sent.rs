//! What code in Go sends to a database, and what comes back.

use std::sync::Arc;

use crate::go::eval::{Answer, Request, Value};
use crate::python::eval::{Statement, Transcript};
use crate::schema::database::{self, Database};
use crate::schema::dialect::Dialect;
use crate::schema::literals::{Given, Literal, OTHER_SIGNS, inlined};
use crate::schema::statement::Effect;
use crate::schema::token;

/// What is noted of statements that are sent.
pub struct Noted<'r> {
    /// Those that may have changed the schema.
    pub log: &'r mut Vec<Statement>,
    /// All of them, for a reader who asks for them.
    pub transcript: &'r mut Transcript,
    pub dialect: Dialect,
}

impl Noted<'_> {
    fn sends(&mut self, sql: &str, request: &Request<'_>) {
        if !self.transcript.is_kept() || token::tokens(sql).next().is_none() {
            return;
        }
        let places = request.places.to_vec();
        if request.parameters.is_empty() {
            return self.transcript.sends(sql, places);
        }
        let given = Given::Listed(request.parameters.iter().map(literal).collect());
        match inlined(sql, &given, self.dialect) {
            Some(sql) => self.transcript.sends(&sql, places),
            None => self.transcript.may_send(OTHER_SIGNS, Some(sql), places),
        }
    }
}

/// A value as a statement writes it; `None` where it is not known.
fn literal(value: &Value) -> Option<Literal> {
    Some(match value {
        Value::Nil => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Int(number) => Literal::Integer(*number),
        Value::Text(text) => Literal::Text(text.to_string()),
        _ => return None,
    })
}

/// Sends every statement of a text to a database, up to the first that it refuses. Those that may have changed the schema
/// are noted, and all of them for a reader who asks for them.
pub fn send(database: &mut dyn Database, request: &Request<'_>, noted: &mut Noted<'_>) -> Answer {
    let mut rows = Vec::new();
    let parameters: Option<Vec<database::Value>> = request.parameters.iter().map(bound).collect();
    for (_, sql) in database.split(request.sql) {
        noted.sends(&sql, request);
        let answer = if request.is_query {
            database.query(&sql, parameters.as_deref())
        } else {
            database.execute(&sql, parameters.as_deref())
        };
        match answer {
            database::Answer::Done { effect, rows: found } => {
                rows = found;
                if effect == Effect::Schema {
                    noted.log.push(Statement { sql: Arc::from(sql.trim()), places: request.places.to_vec() });
                }
            }
            database::Answer::Refused(refusal) => return Answer::Refused(refusal),
            database::Answer::Unknown(unknown) => return Answer::Unknown(unknown.reason),
        }
    }
    Answer::Rows(rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect())
}

/// What a value of Go's is to a database; `None` where it is not known.
fn bound(value: &Value) -> Option<database::Value> {
    Some(match value {
        Value::Nil => database::Value::Null,
        Value::Bool(value) => database::Value::Integer(i64::from(*value)),
        Value::Int(value) => database::Value::Integer(*value),
        Value::Text(text) => database::Value::Text(text.to_string()),
        _ => return None,
    })
}

fn value(value: database::Value) -> Value {
    match value {
        database::Value::Null => Value::Nil,
        database::Value::Integer(value) => Value::Int(value),
        database::Value::Text(text) => Value::text(text),
        // Nothing that a migration decides on is kept as one.
        database::Value::Real(value) => Value::text(value.to_string()),
        database::Value::Blob(_) => Value::text(""),
    }
}
