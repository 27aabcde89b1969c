//! What a change does to the databases of a chain: as they were deployed, after their upgrade, and made afresh.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::part;
use crate::evaluate::chain::{self, Built};
use crate::evaluate::outcome::{Outcome, after_all};
use crate::evaluate::Evaluated;
use crate::folders::FolderCache;
use crate::git::ChangedFile;
use crate::kinds::{Around, detect};
use crate::schema::model::{Column, Name, Table};
use crate::schema::database::{Adopted, Elsewhere};
use crate::schema::types::UNKNOWN_TYPE;
use crate::source::has_name;
use crate::track::chain::{Chain, ChainChange};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::revision::Revision;
use crate::track::{Track, alembic};

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

impl<'c> Case<'c> {
    /// The chain of a track to evaluate; `None` for tracks that are no chains, and where it was not read.
    pub fn of(Around { change, tracks, changed }: Around<'c>) -> Option<Self> {
        let new = change.new.iter().map(|migration| migration.name.as_str()).collect();
        let chain = change.chain.as_ref()?;
        Some(Self { track: &change.track, chain, new, tracks, changed })
    }

    /// What the change does to the chain's databases: told from a part of it where that is enough.
    pub fn outcome(&self, old: &mut Modules<'_>, here: &mut Modules<'_>) -> Result<Option<Outcome>, ReadError> {
        let part = if chain::is_shared(self.track, self.tracks) || self.changes_environment() {
            None
        } else { part::outcome(self, &mut *old, &mut *here) };
        // What is refused on an embedded database may be meant for a server, as the old revisions tell.
        let is_sure =
            |part: &Outcome| !self.track.dialect.facts().is_embedded || part.after.failures.is_empty();
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
        if !siblings && before.makes_nothing() && after.misses_tables() {
            // An empty revision is how a database that something else made is put under a chain.
            before = chain::fresh_elsewhere(&base, old, &Elsewhere::Any);
            after = chain::upgraded(head, here, &before, &self.known());
        }
        if !siblings && after.missed_tables().any(|table| before.missed_tables().any(|known| known == table)) {
            // A revision that is put below the others makes what they need: whoever got past them has it by other means.
            let beside = chain::fresh_elsewhere(&base, old, &Elsewhere::Any);
            after = chain::upgraded(head, here, &beside, &self.known());
        }
        if !siblings && self.notes_elsewhere(&before, here) {
            // Alembic finds none of them in its new table, and carries all of them out once more.
            after = chain::upgraded(head, here, &before, &BTreeSet::new());
        }
        let mut alone = None;
        if !siblings && !after.evaluated.failures.is_empty() {
            // An old revision that is edited may show which of several databases a setting leaves.
            let fresh = chain::fresh(head, here, before.database.is_open());
            after = chain::upgraded_like(head, here, (&before, &fresh), &self.known()).unwrap_or(after);
            alone = Some(fresh);
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
                Elsewhere::None => {
                    alone.unwrap_or_else(|| chain::fresh(head, here, before.database.is_open())).evaluated.clone()
                }
                elsewhere => chain::fresh_elsewhere(head, here, &elsewhere).evaluated.clone(),
            }
        };
        let before = with_adopted(&before, &after.database.adopted());
        Ok(Some(Outcome::new(before, after.evaluated, fresh)))
    }

    fn changes_environment(&self) -> bool {
        self.changed.iter().any(|file| Some(file.path.as_str()) == self.track.environment.as_deref())
    }

    /// Whether head's environment lets Alembic note revisions in another table than the one that deployed databases have, and
    /// does nothing with that one.
    fn notes_elsewhere(&self, before: &Built, here: &mut Modules<'_>) -> bool {
        if !self.changes_environment() {
            return false;
        }
        let fresh = chain::fresh(&self.chain.head, here, before.database.is_open());
        let (Some(old), Some(new)) = (&before.version_table, &fresh.version_table) else { return false };
        let own = old.rsplit('.').next().unwrap_or(old);
        old != new && (new.ends_with(own) || !has_name(&fresh.evaluated.surroundings.text, own))
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

