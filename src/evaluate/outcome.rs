//! What a change does to the databases of one track: as they were deployed, after their upgrade, and made afresh.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::chain::Built;
use super::part::Part;
use super::{Evaluated, Failure, How, chain, part};
use crate::detect::{self, FolderCache};
use crate::git::ChangedFile;
use crate::kinds::{Here, keeper};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Column, Name, Table};
use crate::schema::postgres::{Adopted, Elsewhere};
use crate::schema::types::UNKNOWN_TYPE;
use crate::track::chain::{Chain, ChainChange};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::revision::Revision;
use crate::track::{Track, TrackChange, alembic};

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
}

/// A migration that a database refuses.
#[derive(Clone, Debug)]
pub struct Refusal<'o> {
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
        Self { before: database.clone(), after: database.clone(), fresh: database, part: None }
    }

    /// What is refused, each once: on fresh databases, on deployed ones, or on both.
    pub fn refusals(&self) -> Vec<Refusal<'_>> {
        let is_same = |one: &Failure, other: &Failure| one.by == other.by && one.error == other.error;
        let mut found: Vec<Refusal<'_>> = Vec::new();
        let is_of_another = self.before.failures.iter().any(is_of_another_database);
        for failure in &self.fresh.failures {
            let pre_existing = self.before.failures.iter().any(|known| is_same(known, failure));
            // What can't be loaded stops whoever has run it already, too.
            let deployed = failure.how == How::NotLoaded;
            found.push(Refusal { failure, fresh: true, deployed, pre_existing });
        }
        for failure in &self.after.failures {
            match found.iter_mut().find(|known| is_same(known.failure, failure)) {
                Some(known) => known.deployed = true,
                None => found.push(Refusal { failure, fresh: false, deployed: true, pre_existing: false }),
            }
        }
        if is_of_another {
            found.retain(|refusal| refusal.pre_existing);
        }
        found
    }
}

/// Whether an old revision says what the database never took: words of SQLite's or MySQL's. Then nobody runs the chain there,
/// whatever its settings say.
fn is_of_another_database(failure: &Failure) -> bool {
    let said = &failure.error;
    said.starts_with("NotImplementedError: No support for ALTER of constraints in SQLite")
        || said.contains("SQLiteTypeCompiler")
        || said.contains("constraint \"PRIMARY\"")
        || said.ends_with("syntax error at or near \"`\"")
        || said.starts_with("near \"") && said.contains("\": syntax error")
}

/// A chain around a change.
#[derive(Debug)]
pub struct Case<'c> {
    pub track: &'c Track,
    pub chain: &'c ChainChange,
    /// The names of the revisions that deployed databases have not run, under this or another id.
    pub new: BTreeSet<&'c str>,
    /// All tracks of the project.
    pub tracks: &'c [Track],
    /// What the change touches.
    pub changed: &'c [ChangedFile],
}

impl Case<'_> {
    /// What the change does to the chain's databases: told from a part of it where that is enough.
    pub fn outcome(&self, old: &mut Modules<'_>, here: &mut Modules<'_>) -> Result<Option<Outcome>, ReadError> {
        let part =
            if chain::is_shared(self.track, self.tracks) { None } else { part::outcome(self, &mut *old, &mut *here) };
        // What is refused on SQLite may be meant for another database, as the old revisions tell.
        let is_sure = |part: &Outcome| self.track.dialect != Dialect::Sqlite || part.after.failures.is_empty();
        match part.filter(is_sure) {
            Some(part) => Ok(Some(part)),
            None => self.whole(old, here),
        }
    }

    /// The same of all of it. `None` where the merge base has none of it.
    pub fn whole(&self, old: &mut Modules<'_>, here: &mut Modules<'_>) -> Result<Option<Outcome>, ReadError> {
        let (track, tracks, head) = (self.track, self.tracks, &self.chain.head);
        let Some(base) = base_chain(track, self.chain, old)? else { return Ok(None) };
        let siblings = chain::is_shared(track, tracks);
        let mut before = chain::fresh_among(&base, track, tracks, old)?;
        // Where head makes all its tables itself, nobody else made the one that the merge base missed.
        if !siblings && before.misses_tables() && chain::fresh(head, here, false).misses_tables() {
            before = chain::fresh_elsewhere(&base, old, &Elsewhere::Any);
        }
        let mut after = chain::upgraded(head, here, &before, &self.known());
        if !siblings && before.elsewhere() == Elsewhere::None && after.misses_tables() {
            // The application makes the tables of its models, and the chain began later.
            let beside = chain::fresh_elsewhere(&base, old, &Elsewhere::Any);
            if after.missed_tables().any(|table| beside.models.iter().any(|known| known == table)) {
                after = chain::upgraded(head, here, &beside, &self.known());
                before = beside;
            }
        }
        if !siblings && !after.evaluated.failures.is_empty() {
            // An old revision that is edited may show which of several databases a setting leaves.
            let fresh = chain::fresh(head, here, before.database.is_open());
            after = chain::upgraded_like(head, here, (&before, &fresh), &self.known()).unwrap_or(after);
        }
        let keeps = self.keeps(&before) && after.is_told_as(&before);
        // An extension that is missing there is missing on new databases as well.
        let fails_alike = after.missed_extension && before.evaluated.failures.is_empty();
        let fresh = if keeps && after.is_like_fresh && (after.evaluated.failures.is_empty() || fails_alike) {
            Arc::new(after_all(&before.evaluated, &after.evaluated))
        } else if siblings {
            chain::fresh_among(head, track, tracks, here)?.evaluated.clone()
        } else {
            match before.elsewhere() {
                Elsewhere::None => chain::fresh(head, here, before.database.is_open()).evaluated.clone(),
                elsewhere => chain::fresh_elsewhere(head, here, &elsewhere).evaluated.clone(),
            }
        };
        let before = with_adopted(&before, &after.database.adopted());
        Ok(Some(Outcome { before, after: after.evaluated, fresh, part: None }))
    }

    /// The revisions that deployed databases have run.
    pub fn known(&self) -> BTreeSet<String> {
        let ids = self.chain.head.revisions.iter().filter_map(|revision| revision.id.clone());
        ids.filter(|id| !self.new.contains(id.as_str())).collect()
    }

    /// Whether head has every file that decides what a database is as the merge base has it: then a fresh database is the
    /// deployed one after its upgrade.
    pub fn keeps(&self, before: &Built) -> bool {
        let is_covered = |revision: &Arc<Revision>| {
            revision.id.as_ref().is_some_and(|id| self.new.contains(id.as_str()) || before.ids.contains(id))
        };
        let is_changed = |path: &String| self.changed.iter().any(|file| file.path == *path);
        // Where projects lie decides what an import means.
        let moves_packages = self.changed.iter().any(|file| file.path.ends_with("pyproject.toml"));
        !moves_packages
            && self.chain.head.revisions.iter().all(is_covered)
            && before.own_files.as_ref().is_some_and(|files| !files.iter().any(is_changed))
    }
}

/// A database with what an upgrade showed that it has of what something else made: it was there before.
fn with_adopted(before: &Built, adopted: &BTreeSet<Adopted>) -> Arc<Evaluated> {
    let known = before.database.adopted();
    let mut found = adopted.difference(&known).peekable();
    if found.peek().is_none() {
        return before.evaluated.clone();
    }
    let mut evaluated = Evaluated::clone(&before.evaluated);
    for (name, column) in found {
        let name = Name::from(name.as_str());
        let tables = &mut evaluated.schema.tables;
        let table = tables.entry(name.clone()).or_insert_with(|| Table { name, open: true, ..Table::default() });
        table.columns.extend(column.as_ref().map(|column| Column {
            name: Name::from(column.as_str()),
            data_type: UNKNOWN_TYPE.to_owned(),
            nullable: true,
            ..Column::default()
        }));
    }
    Arc::new(evaluated)
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

/// The chain as the merge base has it, wherever that keeps it.
fn base_chain<'c>(
    track: &Track,
    change: &'c ChainChange,
    old: &mut Modules<'_>,
) -> Result<Option<Cow<'c, Chain>>, ReadError> {
    if !change.base.revisions.is_empty() {
        return Ok(Some(Cow::Borrowed(&change.base)));
    }
    let head = &change.head;
    let ids: Vec<&str> = head.revisions.iter().filter_map(|revision| revision.id.as_deref()).collect();
    for other in detect::tracks(old, &mut FolderCache::new())? {
        if other.kind == track.kind {
            let chain = alembic::chain(&other, old)?;
            if chain.revisions.iter().any(|revision| revision.id.as_deref().is_some_and(|id| ids.contains(&id))) {
                return Ok(Some(Cow::Owned(Arc::unwrap_or_clone(chain))));
            }
        }
    }
    Ok(None)
}

/// A deployed database of a track after its upgrade: as the merge base makes it, where the change leaves the track alone.
/// `None` where no engine evaluates it.
pub fn deployed(
    change: &TrackChange,
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<Option<Arc<Evaluated>>, ReadError> {
    let track = &change.track;
    if let Some(outcome) = change.outcome.as_ref().filter(|outcome| outcome.part.is_none()) {
        return Ok(Some(outcome.after.clone()));
    }
    if !track.is_evaluated() {
        return Ok(None);
    }
    let modules = if change.touched { &mut ends.head } else { &mut ends.base };
    Ok(keeper(track.kind).fresh(Here { track, tracks, modules })?.map(|made| made.evaluated))
}

/// The databases of a chain that the change leaves alone. `None` where Alembic would not even order it.
pub fn untouched(track: &Track, tracks: &[Track], ends: &mut Ends<'_>) -> Result<Option<Outcome>, ReadError> {
    let modules = &mut ends.base;
    let chain = alembic::untouched_chain(track, modules)?;
    if !chain.runs() {
        return Ok(None);
    }
    let mut built = chain::fresh_among(&chain, track, tracks, modules)?;
    if !chain::is_shared(track, tracks) && built.misses_tables() {
        built = chain::fresh_elsewhere(&chain, modules, &Elsewhere::Any);
    }
    Ok(Some(Outcome::unchanged(built.evaluated.clone())))
}

/// What the change does to a track's databases, as far as it takes to compare it with `other`: as it was evaluated. Where the
/// change leaves the track alone, nothing happens to a deployed database, which is as the merge base makes it: what its old
/// migrations would make of files that did change, new databases alone get to see.
pub fn beside<'c>(
    change: &'c TrackChange,
    other: &TrackChange,
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<Cow<'c, Outcome>, ReadError> {
    let track = &change.track;
    if let Some(outcome) = &change.outcome {
        let is_known = |part: &Arc<Part>| {
            other.outcome.as_ref().is_none_or(|other| part.knows(&other.before.schema, &other.after.schema))
        };
        if outcome.part.as_ref().is_none_or(is_known) {
            return Ok(Cow::Borrowed(outcome));
        }
        let whole = match change.case(tracks, &ends.changed) {
            Some(case) => case.whole(&mut ends.base, &mut ends.head)?,
            None => None,
        };
        return Ok(whole.map_or(Cow::Borrowed(outcome), Cow::Owned));
    }
    let here = Here { track, tracks, modules: &mut ends.base };
    Ok(Cow::Owned(keeper(track.kind).beside(change, other, here)?))
}
