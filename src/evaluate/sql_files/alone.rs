//! Statements that no transaction may hold, and texts of several statements that are one transaction.

use std::ops::Range;

use super::Run;
use crate::schema::database::{Refusal, RefusalKind};
use crate::schema::token;
use crate::track::ends::Modules;
use crate::track::sql_files::runner::Runner;
use crate::track::sql_files::{code, flyway, marks};

/// A statement of a file, with where it begins.
type Piece = (usize, String);

/// How the statements of a file reach their database.
pub(super) struct Sending {
    /// The parts of the text that are sent as one each, and are a transaction each if they have several statements.
    as_one: Vec<Range<usize>>,
    /// Where the statements begin, empty ones aside.
    begins: Vec<usize>,
    /// The statements are of both sorts: some that no transaction may hold, and others.
    is_mixed: bool,
}

impl Sending {
    /// Whether a statement is one of several that are sent as one.
    fn is_among_others(&self, start: usize) -> bool {
        let part = self.as_one.iter().find(|part| part.contains(&start));
        part.is_some_and(|part| self.begins.iter().filter(|begin| part.contains(begin)).count() > 1)
    }
}

impl Run {
    pub(super) fn sending(&self, upgrade: &marks::Upgrade, pieces: &[Piece]) -> Sending {
        let runner = self.runner();
        let as_one = match (self.dialect.facts().transactions.hold_texts, runner.facts().sends_whole) {
            (false, _) => Vec::new(),
            (true, true) => std::iter::once(0..upgrade.text.len()).collect(),
            (true, false) => upgrade.whole.clone(),
        };
        let says = |(_, sql): &&Piece| token::tokens(sql).any(|token| !token.is_symbol(";"));
        let statements: Vec<&Piece> = pieces.iter().filter(says).collect();
        let alone = || statements.iter().filter(|(_, sql)| self.is_alone_for_flyway(sql)).count();
        let is_mixed = runner == Runner::Flyway && !matches!(alone(), alone if alone == 0 || alone == statements.len());
        Sending { as_one, begins: statements.iter().map(|(start, _)| *start).collect(), is_mixed }
    }

    /// Whether Flyway takes a statement for one that no transaction may hold.
    fn is_alone_for_flyway(&self, sql: &str) -> bool {
        self.database.runs_alone(sql).is_some() || flyway::keeps_alone(sql)
    }

    /// What is said of a statement that has to run alone where it is in a transaction, or beside others.
    pub(super) fn refuses_beside(
        &self,
        (start, sql): &Piece,
        in_transaction: bool,
        sending: &Sending,
        modules: &mut Modules<'_>,
    ) -> Option<Refusal> {
        if sending.is_mixed && self.is_alone_for_flyway(sql) && !flyway::mixes(modules).unwrap_or(true) {
            return Some(Refusal { kind: RefusalKind::Unread, message: flyway::MIXED.to_owned() });
        }
        let said = self.database.runs_alone(sql)?;
        let mut is_held = in_transaction;
        if !is_held && sending.is_among_others(*start) {
            let is_parted =
                self.runner() == Runner::GolangMigrate && code::golang_migrate_parts_texts(modules).unwrap_or(true);
            is_held = !is_parted;
        }
        is_held.then_some(Refusal { kind: RefusalKind::Held, message: said })
    }
}
