//! Files that begin and end transactions.

use crate::schema::dialect::{Dialect, Transactions};
use crate::schema::statement::{Boundary, boundary};
use crate::schema::token;
use crate::source::Location;

/// Whether a file has a statement that a transaction of the runner's means something to.
pub(super) fn is_meant(text: &str) -> bool {
    let mut is_first = true;
    token::tokens(text).any(|token| {
        let begins = std::mem::replace(&mut is_first, token.is_symbol(";"));
        begins && ["begin", "commit", "rollback", "vacuum"].iter().any(|word| token.is(word)) || token.is("synchronous")
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

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// What the database says of a statement that begins or ends a transaction where it cannot, if it is strict in that: there
    /// one cannot begin inside of another.
    pub(super) fn refuses(&mut self, sql: &str, place: &Location) -> Option<&'static str> {
        let begins = match boundary(sql)? {
            Boundary::Begin => true,
            Boundary::Commit | Boundary::Rollback => false,
            Boundary::Savepoint(_) | Boundary::Release(_) | Boundary::RollbackTo(_) => return None,
        };
        let Transactions { hold_definitions, strict, .. } = &self.dialect.facts().transactions;
        match strict {
            Some(strict) if begins && self.is_open => return Some(strict.begins_within),
            Some(strict) if !begins && !self.is_open => return Some(strict.none_to_end),
            // Where definitions commit by themselves, it makes no difference to them.
            _ if *hold_definitions => (self.is_open, self.place) = (begins, Some(place.clone())),
            _ => {}
        }
        None
    }

    /// What a strict database says to the runner after the file, and where the reason stands.
    pub(super) fn ends(self, was_open: bool) -> Option<(&'static str, Location)> {
        let strict = self.dialect.facts().transactions.strict.as_ref()?;
        let place = self.place.filter(|_| self.is_open != was_open)?;
        Some((if was_open { strict.none_to_end } else { strict.begins_within }, place))
    }

    /// What the driver in Go says after a file that does not end a transaction which it begins, and the statement that does.
    pub(super) fn left_open(&self) -> Option<(&'static str, &Location)> {
        let said = self.dialect.facts().transactions.left_open?;
        self.place.as_ref().filter(|_| self.is_open).map(|place| (said, place))
    }
}
