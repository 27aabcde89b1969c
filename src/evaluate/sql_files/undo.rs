//! Takes a file back on a copy of the database that it leaves.

use super::super::way_back::{Comes, Round, Undone};
use super::super::{By, Evaluated, drift};
use super::Run;
use crate::schema::database::RefusalKind;
use crate::schema::model::Schema;
use crate::source::{Location, Source};
use crate::track::ends::Modules;
use crate::track::sql_files::{named, reverse};

/// What is known before a file that is taken back afterwards.
pub(super) struct Eve {
    schema: Schema,
    /// How many definitions had been sent.
    log: usize,
    /// How many tables something else was known to make.
    elsewhere: usize,
}

impl Run {
    /// What is to be known before a file that is taken back afterwards; `None` where that is not asked for.
    pub(super) fn eve(&self, by: &By) -> Option<Eve> {
        let is_grown = by.migration().is_some_and(|name| self.grown.contains_key(&**name));
        if !self.undoes || is_grown {
            return None;
        }
        let (log, elsewhere) = (self.evaluated.log.len(), self.elsewhere.len());
        Some(Eve { schema: self.database.snapshot().ok()?, log, elsewhere })
    }

    /// Runs the way back of a file that has been carried out, and notes where it does not lead back. What is not known is left
    /// aside.
    pub(super) fn undo(&mut self, source: &Source, by: &By, eve: &Eve, modules: &mut Modules<'_>) {
        let evaluated = &self.evaluated;
        let is_troubled = evaluated.gaps.iter().any(|missing| missing.by == *by)
            || evaluated.failures.iter().any(|failure| failure.by == *by)
            || self.elsewhere.len() > eve.elsewhere;
        if is_troubled || named::sections(source.text()).is_some() {
            return;
        }
        let Some((back, way)) = reverse::way_back(source, modules) else { return };
        let (Ok(between), Ok(mut copy)) = (self.database.snapshot(), self.database.fork()) else { return };
        copy.end_transaction();
        let pieces = self.pieces(&way, modules);
        let place = pieces.iter().find_map(|(start, sql)| {
            let blank = crate::schema::token::tokens(sql).next()?.start;
            Some(Location::new(&back, start + blank..start + sql.trim_end().len(), ""))
        });
        let Some(place) = place else { return };
        let in_transaction = self.begins_transaction(&back, modules);
        // What it comes to is noted nowhere else.
        let database = std::mem::replace(&mut self.database, copy);
        let evaluated = std::mem::take(&mut self.evaluated);
        let transcript = std::mem::take(&mut self.transcript);
        let elsewhere = self.elsewhere.clone();
        self.carry_out(&back, (&way, pieces), by, in_transaction, modules);
        let after = self.database.snapshot();
        let told = std::mem::replace(&mut self.evaluated, evaluated);
        self.database = database;
        self.transcript = transcript;
        let is_known = self.elsewhere.len() == elsewhere.len();
        self.elsewhere = elsewhere;
        if let Some(comes) = after.ok().filter(|_| is_known).and_then(|after| self.comes(eve, &between, &after, told)) {
            self.evaluated.undone.push(Undone { by: by.clone(), place, comes });
        }
    }

    /// What a way back comes to, where that is known and is not as it should be.
    fn comes(&self, eve: &Eve, between: &Schema, after: &Schema, told: Evaluated) -> Option<Comes> {
        if let Some(failure) = told.failures.into_iter().next() {
            let is_sure = failure.kind != RefusalKind::Rows && told.gaps.len() == 1 && !self.has_doubts();
            return is_sure.then_some(Comes::Fails(failure));
        }
        if !told.gaps.is_empty() {
            return None;
        }
        let forth: Vec<&str> = self.evaluated.log[eve.log..].iter().map(|ran| &*ran.statement.sql).collect();
        let back: Vec<&str> = told.log.iter().map(|ran| &*ran.statement.sql).collect();
        let mut changes = Round { before: &eve.schema, between, after, forth: &forth, back: &back }.differences();
        let deployed = self.deployed.iter();
        changes.retain(|change| {
            let names = drift::names(&change.object);
            let is_known = |name: &&str| {
                !self.elsewhere.contains(&name.to_ascii_lowercase())
                    && !self.evaluated.is_in_doubt(name)
                    && !deployed.clone().any(|deployed| deployed.is_in_doubt(name))
            };
            names.iter().all(is_known)
        });
        (!changes.is_empty()).then_some(Comes::Elsewhere(changes))
    }

    /// Whether anything of the database is not known.
    fn has_doubts(&self) -> bool {
        let deployed = self.deployed.iter().any(|deployed| !deployed.gaps.is_empty());
        deployed || !self.evaluated.gaps.is_empty() || !self.elsewhere.is_empty()
    }
}
