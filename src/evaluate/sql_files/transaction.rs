//! Files that begin and end transactions.

use crate::schema::token;
use crate::source::Location;
use crate::track::Dialect;

/// The transaction that a file of SQLite's is in: there one cannot begin inside of another.
pub(super) struct Transaction {
    is_meant: bool,
    is_open: bool,
    /// What began it, where the file did, or what ended the runner's.
    place: Option<Location>,
}

impl Transaction {
    pub(super) fn new(dialect: Dialect, is_open: bool) -> Self {
        Self { is_meant: dialect == Dialect::Sqlite, is_open, place: None }
    }

    /// What SQLite says of a statement that begins or ends a transaction where it cannot.
    pub(super) fn refuses(&mut self, sql: &str, place: &Location) -> Option<&'static str> {
        let mut tokens = token::tokens(sql).filter(|token| !token.is_symbol(";"));
        let (first, second) = (tokens.next()?, tokens.next());
        let is_back = first.is("rollback") && !second.is_some_and(|token| token.is("to"));
        match () {
            () if !self.is_meant => None,
            () if first.is("begin") && self.is_open => Some(WITHIN),
            () if first.is("begin") => {
                (self.is_open, self.place) = (true, Some(place.clone()));
                None
            }
            () if (first.is("commit") || first.is("end") || is_back) && !self.is_open => Some(NONE_ACTIVE),
            () if first.is("commit") || first.is("end") || is_back => {
                (self.is_open, self.place) = (false, Some(place.clone()));
                None
            }
            () => None,
        }
    }

    /// What SQLite says to the runner after the file, and where the reason stands.
    pub(super) fn ends(self, was_open: bool) -> Option<(&'static str, Location)> {
        let place = self.place.filter(|_| self.is_meant && self.is_open != was_open)?;
        Some((if was_open { NONE_ACTIVE } else { WITHIN }, place))
    }
}

const WITHIN: &str = "cannot start a transaction within a transaction";
const NONE_ACTIVE: &str = "cannot commit - no transaction is active";
