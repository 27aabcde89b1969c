//! Files that begin and end transactions.

use crate::schema::dialect::Dialect;
use crate::schema::statement::{Boundary, boundary};
use crate::schema::token;
use crate::source::Location;

/// Whether a file has a statement that a transaction of the runner's means something to.
pub(super) fn is_meant(text: &str) -> bool {
    let mut is_first = true;
    token::tokens(text).any(|token| {
        let begins = std::mem::replace(&mut is_first, token.is_symbol(";"));
        begins && ["begin", "commit", "rollback", "vacuum"].iter().any(|word| token.is(word))
    })
}

/// The transaction that a file is in.
pub(super) struct Transaction {
    dialect: Dialect,
    is_open: bool,
    /// What began it, where the file did, or what ended the runner's.
    place: Option<Location>,
}

impl Transaction {
    pub(super) fn new(dialect: Dialect, is_open: bool) -> Self {
        Self { dialect, is_open, place: None }
    }

    /// What SQLite says of a statement that begins or ends a transaction where it cannot: there one cannot begin inside of
    /// another. PostgreSQL lets it be.
    pub(super) fn refuses(&mut self, sql: &str, place: &Location) -> Option<&'static str> {
        let begins = match boundary(sql)? {
            Boundary::Begin => true,
            Boundary::Commit | Boundary::Rollback => false,
            Boundary::Savepoint(_) | Boundary::Release(_) | Boundary::RollbackTo(_) => return None,
        };
        match self.dialect {
            Dialect::Sqlite if begins && self.is_open => return Some(WITHIN),
            Dialect::Sqlite if !begins && !self.is_open => return Some(NONE_ACTIVE),
            Dialect::Sqlite | Dialect::Postgres => (self.is_open, self.place) = (begins, Some(place.clone())),
            Dialect::Mysql => {}
        }
        None
    }

    /// What SQLite says to the runner after the file, and where the reason stands.
    pub(super) fn ends(self, was_open: bool) -> Option<(&'static str, Location)> {
        let place = self.place.filter(|_| self.dialect == Dialect::Sqlite && self.is_open != was_open)?;
        Some((if was_open { NONE_ACTIVE } else { WITHIN }, place))
    }

    /// The statement that begins a transaction of PostgreSQL's which the file does not end.
    pub(super) fn left_open(&self) -> Option<&Location> {
        self.place.as_ref().filter(|_| self.dialect == Dialect::Postgres && self.is_open)
    }
}

/// What `lib/pq` says where it is to begin a transaction on a connection that is in one.
pub(super) const LEFT_OPEN: &str = "lib/pq: unexpected transaction status in transaction";

const WITHIN: &str = "cannot start a transaction within a transaction";
const NONE_ACTIVE: &str = "cannot commit - no transaction is active";
