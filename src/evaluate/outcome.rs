//! What a change does to the databases of one track: as they were deployed, after their upgrade, and made afresh.

use std::sync::{Arc, OnceLock};

use super::part::Part;
use super::{Evaluated, Failure, How};
use crate::schema::database::{RefusalKind, Sort, Thing};
use crate::schema::delta::{self, Level};

/// The databases of a track around a change.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// As the merge base makes it.
    pub before: Arc<Evaluated>,
    /// The same after the migrations that are new in head.
    pub after: Arc<Evaluated>,
    /// A new one, as head makes it.
    pub fresh: Arc<Evaluated>,
    /// What is known, where only a part of the track was evaluated.
    pub part: Option<Arc<Part>>,
    /// Found when it is first asked for: it takes both schemas whole.
    converges: OnceLock<bool>,
}

/// A migration that a database refuses.
#[derive(Clone, Debug)]
pub struct Refused<'o> {
    pub failure: &'o Failure,
    /// A new installation stops there.
    pub fresh: bool,
    /// A system that runs the merge base stops there.
    pub deployed: bool,
    /// The merge base has it, too.
    pub pre_existing: bool,
}

impl Outcome {
    /// That of a database to which nothing happens.
    pub fn unchanged(database: Arc<Evaluated>) -> Self {
        Self::new(database.clone(), database.clone(), database)
    }

    /// That of a whole track.
    pub fn new(before: Arc<Evaluated>, after: Arc<Evaluated>, fresh: Arc<Evaluated>) -> Self {
        Self { before, after, fresh, part: None, converges: OnceLock::new() }
    }

    /// The same, of a part of the track.
    #[must_use]
    pub fn of_part(self, part: Part) -> Self {
        Self { part: Some(Arc::new(part)), ..self }
    }

    /// Whether a new database and a deployed one come out the same.
    pub fn converges(&self) -> bool {
        *self.converges.get_or_init(|| delta::equivalent(&self.fresh.schema, &self.after.schema, Level::Full))
    }

    /// What is refused, each once: on fresh databases, on deployed ones, or on both.
    pub fn refusals(&self) -> Vec<Refused<'_>> {
        let is_same = |one: &Failure, other: &Failure| one.by == other.by && one.error == other.error;
        let mut found: Vec<Refused<'_>> = Vec::new();
        let is_of_another = self.before.failures.iter().any(is_of_another_database);
        for failure in &self.fresh.failures {
            let pre_existing =
                self.before.failures.iter().any(|known| is_same(known, failure) || stops_alike(known, failure));
            // What can't be loaded stops whoever has run it already, too.
            let deployed = failure.how == How::NotLoaded;
            found.push(Refused { failure, fresh: true, deployed, pre_existing });
        }
        for failure in &self.after.failures {
            match found.iter_mut().find(|known| is_same(known.failure, failure)) {
                Some(known) => known.deployed = true,
                None => found.push(Refused { failure, fresh: false, deployed: true, pre_existing: false }),
            }
        }
        if is_of_another {
            found.retain(|refusal| refusal.pre_existing);
        }
        found
    }
}

/// Whether a migration stopped before where it stops now, and for the same reason: only what is missing there first is
/// another column, say.
fn stops_alike(known: &Failure, failure: &Failure) -> bool {
    let is_same = match (&known.kind, &failure.kind) {
        (RefusalKind::Missing(one), RefusalKind::Missing(other)) => one.sort == other.sort,
        _ => false,
    };
    is_same && known.by == failure.by && known.how == failure.how
}

/// Whether an old revision says what the database never took: words of SQLite's or MySQL's. Then nobody runs the chain there,
/// whatever its settings say.
fn is_of_another_database(failure: &Failure) -> bool {
    let said = &failure.error;
    // Of the second the name is MySQL's own for every primary key.
    match &failure.kind {
        RefusalKind::Foreign => true,
        RefusalKind::Missing(Thing { sort: Sort::Constraint, name, .. }) if name == "PRIMARY" => true,
        // What Alembic and SQLAlchemy say where they write for SQLite.
        _ => {
            said.starts_with("NotImplementedError: No support for ALTER of constraints in SQLite")
                || said.contains("SQLiteTypeCompiler")
        }
    }
}

/// Two evaluations in a row as one.
pub fn after_all(before: &Evaluated, after: &Evaluated) -> Evaluated {
    let mut all = after.clone();
    all.log.splice(0..0, before.log.iter().cloned());
    all.read.splice(0..0, before.read.iter().cloned());
    all.gaps.splice(0..0, before.gaps.iter().cloned());
    all.failures.splice(0..0, before.failures.iter().cloned());
    all.too_long.splice(0..0, before.too_long.iter().cloned());
    all
}
