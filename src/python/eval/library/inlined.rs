//! What a connection is given with a statement, written into it for a reader.

use super::super::interpreter::Interpreter;
use super::super::value::{HOLE, Value};
use crate::schema::dialect::Dialect;
use crate::schema::literals::{Given, Literal, OTHER_SIGNS, has_named_sign, inlined};

impl<'a> Interpreter<'a> {
    /// Notes a text that is sent, once for each set of values that it is given.
    pub(super) fn sends_with(&mut self, sql: &str, given: Option<&Value<'a>>, dialect: Dialect) {
        if !self.transcript.is_kept() {
            return;
        }
        let Some(given) = given.filter(|given| !matches!(given, Value::None)) else { return self.sends(sql) };
        for set in sets(given) {
            match set.and_then(|set| inlined(sql, &set, dialect)) {
                Some(sql) => self.sends(&sql),
                None => self.sends_in_part(OTHER_SIGNS, Some(sql)),
            }
        }
    }

    /// The same of one of SQLAlchemy's texts, in which a colon begins a parameter.
    pub(super) fn sends_text(&mut self, sql: &str, given: Option<&Value<'a>>, dialect: Dialect) {
        if given.is_none() && self.transcript.is_kept() && has_named_sign(sql) {
            return self.sends_in_part("has a parameter whose value is not known", Some(sql));
        }
        self.sends_with(sql, given, dialect);
    }

    /// The same of a statement about rows that SQLAlchemy writes. Of most no more is computed than what they name: those are
    /// told by how they begin.
    pub(super) fn sends_rows(&mut self, sql: Option<&str>, is_told: bool) {
        if !self.transcript.is_kept() {
            return;
        }
        match sql {
            Some(sql) if is_told && !sql.contains(ANY) => self.sends(sql),
            _ => {
                let begun = sql.map(beginning);
                self.sends_in_part("is a statement that SQLAlchemy writes, which is not followed", begun.as_deref());
            }
        }
    }
}

/// How a value is written that is not known.
const ANY: &str = "$1";

/// The words of a statement about rows up to the table that it changes, or reads.
fn beginning(sql: &str) -> String {
    let words: Vec<&str> = sql.split(' ').collect();
    match words.as_slice() {
        ["SELECT", ..] => format!("SELECT {HOLE}"),
        ["UPDATE", table, ..] => format!("UPDATE {table} {HOLE}"),
        [verb, word, table, ..] => format!("{verb} {word} {table} {HOLE}"),
        _ => HOLE.to_string(),
    }
}

/// The sets of values, one for each time that a statement is sent; `None` for one that is not known.
fn sets(given: &Value<'_>) -> Vec<Option<Given>> {
    let is_set = |value: &Value<'_>| matches!(value, Value::Dict(_) | Value::Tuple(_) | Value::List(_));
    match given {
        Value::List(list) if !list.0.borrow().is_empty() && list.0.borrow().iter().all(is_set) => {
            list.0.borrow().iter().map(set).collect()
        }
        one => vec![set(one)],
    }
}

fn set(given: &Value<'_>) -> Option<Given> {
    Some(match given {
        Value::Dict(dict) => {
            let items = dict.items.borrow();
            let named = items.iter().map(|(key, value)| Some((key.0.as_str()?.to_owned(), literal(value))));
            Given::Named(named.collect::<Option<_>>()?)
        }
        Value::Tuple(tuple) => Given::Listed(tuple.items.iter().map(literal).collect()),
        Value::List(list) => Given::Listed(list.0.borrow().iter().map(literal).collect()),
        _ => return None,
    })
}

/// A value as a statement writes it; `None` where that is not known.
pub(super) fn literal(value: &Value<'_>) -> Option<Literal> {
    Some(match &*value.plain() {
        Value::None => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Int(number) => Literal::Integer(*number),
        Value::Float(number) if number.is_finite() => Literal::Real(*number),
        Value::Str(text) => Literal::Text(text.to_string()),
        Value::Bytes(bytes) => Literal::Bytes(bytes.to_vec()),
        _ => return None,
    })
}
