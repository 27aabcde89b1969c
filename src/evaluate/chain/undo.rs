//! Takes a revision back on a copy of the database that it leaves.

use super::super::session::{is_refused, on_copy};
use super::super::way_back::{Comes, Round, Undone};
use super::super::{By, Failure, How, drift, is_named};
use super::run::{NAMED, Run, by};
use crate::python::eval::{ABORTED, Args, Fuel, Session, Statement, Stop, Value, refusal_of};
use crate::schema::database::RefusalKind;
use crate::schema::model::Schema;
use crate::source::Location;
use crate::track::revision::Revision;

/// What is known before a revision is carried out.
pub(super) struct Eve {
    schema: Schema,
    /// How many definitions had been sent.
    log: usize,
}

/// What came of a way back.
enum Back {
    Fails(Failure),
    Leads(Schema, Vec<Statement>),
}

impl<'a> Run<'_, 'a> {
    /// What is to be known before a revision that is taken back afterwards; `None` where it is not asked for, and where it is
    /// not known what the database is.
    pub(super) fn eve(&self, is_asked: bool) -> Option<Eve> {
        if !is_asked || *self.several || self.doubts().any(|sql| sql.is_none()) {
            return None;
        }
        Some(Eve { schema: self.session.database().snapshot().ok()?, log: self.evaluated.log.len() })
    }

    /// Of each gap, the statement that it is about.
    fn doubts(&self) -> impl Iterator<Item = Option<&str>> {
        let gaps = self.doubts.0.iter().chain(&self.evaluated.gaps).map(|missing| &missing.gap);
        gaps.chain(self.doubts.1).chain(&*self.consequences).map(|gap| gap.sql.as_deref())
    }

    /// Runs the way back of a revision that has been carried out, and notes where it does not lead back. What is not known, or
    /// is meant so, is left aside.
    pub(super) fn undo(&mut self, revision: &Revision, tables: &[String], eve: &Eve) {
        let by = by(revision);
        let is_troubled = self.evaluated.gaps.iter().any(|missing| missing.by == by)
            || self.evaluated.failures.iter().any(|failure| failure.by == by);
        if is_troubled || *self.several {
            return;
        }
        let Ok(mut between) = self.session.database().snapshot() else { return };
        let Some(own) = on_copy(self.session) else { return };
        let (gaps, transcript) = (std::mem::take(&mut self.vm.gaps), std::mem::take(&mut self.vm.transcript));
        let database = self.vm.database.replace(own.clone().connection());
        let found = self.way_back(revision.location.path());
        let came = found.and_then(|(way, place)| Some((self.back(&way, &*own, &by)?, place)));
        self.vm.recover();
        self.vm.forget_stopped();
        (self.vm.gaps, self.vm.transcript, self.vm.database) = (gaps, transcript, database);
        // A connection that was taken before leads to the database itself.
        if !self.session.log().borrow().is_empty() {
            return;
        }
        let Some((back, place)) = came else { return };
        let comes = match back {
            Back::Fails(failure) => Comes::Fails(failure),
            Back::Leads(mut after, log) => {
                let mut before = eve.schema.clone();
                for table in tables {
                    for schema in [&mut before, &mut between, &mut after] {
                        schema.tables.remove(&table.as_str().into());
                    }
                }
                let forth: Vec<&str> = self.evaluated.log[eve.log..].iter().map(|ran| &*ran.statement.sql).collect();
                let back: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
                let round = Round { before: &before, between: &between, after: &after, forth: &forth, back: &back };
                let mut changes = round.differences();
                let doubts: Vec<&str> = self.doubts().flatten().collect();
                changes.retain(|change| {
                    let names = drift::names(&change.object);
                    !names.iter().any(|name| doubts.iter().any(|sql| is_named(sql, name)))
                });
                if changes.is_empty() {
                    return;
                }
                Comes::Elsewhere(changes)
            }
        };
        self.evaluated.undone.push(Undone { by, place, comes });
    }

    /// The function that takes a revision back, and where it begins.
    fn way_back(&mut self, path: &str) -> Option<(Value<'a>, Location)> {
        let module = self.vm.run_file(path).ok()??;
        if module.upgrades_of_engines().is_some() {
            return None;
        }
        let way = module.names.borrow().get("downgrade").filter(|way| matches!(way, Value::Function(_)))?.clone();
        Some((way, module.place_of("downgrade")?))
    }

    /// Runs it on a database of its own; `None` where not all of it is known, and where it refuses to go back.
    fn back(&mut self, way: &Value<'a>, own: &dyn Session, by: &By) -> Option<Back> {
        own.begin();
        self.vm.refuel(Fuel::default());
        let keyword = self.vm.setup.passed.clone();
        let result = self.vm.call(way, Args { positional: Vec::new(), keyword }).map(|_| ());
        let result = match result {
            Ok(()) if own.is_aborted() => self.vm.raise("InternalError", ABORTED),
            result => result,
        };
        if !self.vm.gaps.is_empty() {
            return None;
        }
        match result {
            Ok(()) => {
                own.end(true).ok()?;
                let schema = own.database().snapshot().ok()?;
                Some(Back::Leads(schema, own.log().take()))
            }
            Err(Stop::Abandon(_)) => None,
            Err(Stop::Raise(exception)) => {
                let kind = refusal_of(&exception).map(|refusal| refusal.kind).unwrap_or_default();
                // What rows are there is not known, and whoever raises an exception does not want to go back.
                if kind == RefusalKind::Rows || self.vm.surely_raised(&exception).is_some() || !is_refused(&exception) {
                    return None;
                }
                let error = self.error_text(&exception);
                let refused = own.refusals().refused.take();
                let may_have_another_name = self.vm.has_unknown_naming() && kind.misses(&NAMED);
                if may_have_another_name || self.is_in_doubt(&error, refused.as_deref()) {
                    return None;
                }
                let (places, how) = (self.vm.places(), How::Refused);
                Some(Back::Fails(Failure { by: by.clone(), error, kind, places, how }))
            }
        }
    }
}
