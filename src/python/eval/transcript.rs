//! What migrations send to a database, statement by statement, kept for whoever wants to read it.

use std::sync::Arc;

use super::value::HOLE;
use crate::schema::types::{UNKNOWN_DEFAULT, UNKNOWN_TYPE};
use crate::source::Location;

/// A statement that a migration sends, or of which that is not known.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its text, with a character of its own (U+FFFC) for what of it is not known; `None` where all of it is not.
    pub sql: Option<Arc<str>>,
    /// Why it is not known what it is, or whether it is sent; `None` where both are known.
    pub unknown: Option<String>,
    /// Where it is sent: the innermost place first, then the calls that led there.
    pub places: Vec<Location>,
}

/// The statements that were sent since the last migration ended. Nothing is kept where nobody asks for it: old migrations have
/// any number of them.
#[derive(Debug, Default)]
pub struct Transcript {
    is_kept: bool,
    sent: Vec<Sent>,
}

impl Transcript {
    pub fn new(is_kept: bool) -> Self {
        Self { is_kept, sent: Vec::new() }
    }

    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Notes a statement that is sent.
    pub fn sends(&mut self, sql: &str, places: Vec<Location>) {
        let holed = without_unknown(sql);
        let unknown = holed.contains(HOLE).then(|| "a part of it is not known".to_owned());
        self.push(Some(&holed), unknown, places);
    }

    /// Notes that it is not known what is sent, or whether the statement is.
    pub fn may_send(&mut self, why: &str, sql: Option<&str>, places: Vec<Location>) {
        let holed = sql.map(without_unknown);
        self.push(holed.as_deref(), Some(why.to_owned()), places);
    }

    /// Notes what could not be computed, where nothing that stands at the same place tells of it already: of a statement that
    /// is sent it is no matter what comes of it.
    pub fn leaves(&mut self, why: &str, sql: Option<&str>, places: Vec<Location>) {
        let is_told = |sent: &Sent| match (sent.places.first(), places.first()) {
            (Some(one), Some(other)) => one.range == other.range && one.path() == other.path(),
            _ => false,
        };
        if !self.sent.last().is_some_and(is_told) {
            self.may_send(why, sql, places);
        }
    }

    fn push(&mut self, sql: Option<&str>, unknown: Option<String>, places: Vec<Location>) {
        if self.is_kept {
            self.sent.push(Sent { sql: sql.map(|sql| Arc::from(sql.trim())), unknown, places });
        }
    }

    pub fn take(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.sent)
    }
}

/// A statement with the sign for what is not known in place of the names that stand for that where it is evaluated.
fn without_unknown(sql: &str) -> String {
    let hole = HOLE.to_string();
    let types = ['"', '`'].map(|quote| format!("{quote}{UNKNOWN_TYPE}{quote}"));
    let names = types.into_iter().chain([UNKNOWN_DEFAULT.to_owned()]);
    names.fold(sql.to_owned(), |sql, name| if sql.contains(&name) { sql.replace(&name, &hole) } else { sql })
}
