//! What a change does to a chain of revisions.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use crate::track::ends::{Ends, ReadError};
use crate::track::revision::{Revision, is_loaded};
use crate::change::{Notes, Presence, TrackChange, Unloadable};
use crate::kinds::python_list::change::declared_may_have_moved;
use crate::schema::dialect::Dialect;
use crate::track::alembic::{Files, Loader, Standing, allowed, chain_change, files, is_beside, is_revision_path};
use crate::track::{AddedDdl, Migration, Track, Unread, feeders};
use crate::git::Entry;
use crate::python::{Module, acts};
use crate::source::Location;

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    let head = Rc::new(files(track, &ends.head)?);
    change.migrations = Some(head.len());
    change.configured_anew = ends.is_configured_anew;
    let may_be_parked = track.parked.is_some() && change.configured_anew;
    let is_own = |path: &str| is_revision_path(track, path) || track.is_evaluated() && is_beside(track, path);
    let is_fed = |ends: &mut Ends<'_>| Ok::<_, ReadError>(track.is_evaluated() && feeders::change(track, ends)?);
    let is_touched = ends.changed.iter().any(|file| is_own(&file.path) || head.contains_key(&file.path));
    if !may_be_parked && !is_touched && !is_fed(ends)? && !declared_may_have_moved(track, ends)? {
        return Ok(change);
    }
    change.touched = true;
    let base = match files(track, &ends.base) {
        Err(ReadError::Git(error)) if error.is_not_text() => {
            notes.unread_at_base(&track.path, error);
            Files::new()
        }
        files => files?,
    };
    let base = Rc::new(base);
    if head.is_empty() {
        if let Some((path, entry)) = base.first_key_value() {
            let place = ends.base.snapshot.read(path, entry).map(|source| Location::line(&source, 1, "was here"));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
        }
        return Ok(change);
    }
    let mut loader = Loader::of(track);
    let mut new = Vec::new();
    for (path, entry) in &*head {
        let Some(old) = base.get(path) else {
            match allowed(loader.parse(path, entry, &ends.head)?) {
                Ok(revision) => new.push(revision),
                Err(unread) => change.invalid.push(Unloadable::Revision(unread)),
            }
            continue;
        };
        if old.id != entry.id
            && let Err(unread) = allowed(loader.parse(path, entry, &ends.head)?)
            && loader.read(path, old, &ends.base).is_ok_and(|loaded| allowed(loaded).is_ok())
        {
            change.invalid.push(Unloadable::Revision(unread));
        }
    }
    let mut added = None;
    if !new.is_empty() {
        let known = Known::read(&base, ends, &mut loader, notes)?;
        if known.revisions.is_empty() {
            change.presence = Presence::New;
        }
        added = Some((new, known));
    }
    let chain = chain_change(track, ends, (base, head), &mut loader)?;
    if let Some((new, known)) = added {
        let ids = chain.head.revisions.iter().filter_map(|revision| revision.id.as_deref()).collect();
        change.new = net_new(&new, &known, &ids);
        change.ddl = change.new.iter().filter_map(|new| added_ddl(&new.location, track.dialect)).collect();
    }
    change.unread = chain.added().filter_map(computed).collect();
    change.chain = Some(chain);
    Ok(change)
}

/// What a new revision does to the schema first, as its text tells it.
fn added_ddl(location: &Location, dialect: Dialect) -> Option<AddedDdl> {
    let module = Module::parse(&location.source).ok()?;
    let (keyword, table) = acts::first_of_schema(&acts::of_function(&module, "upgrade", dialect.sqlalchemy_names())?)?;
    Some(AddedDdl { keyword, objects: table.into_iter().collect(), location: location.clone() })
}

/// What keeps a revision's place in the chain from being known.
fn computed(revision: &Revision) -> Option<Unread> {
    let (name, location, unknown) = if revision.computed_parents {
        ("down_revision", &revision.parents_location, "the order of the chain")
    } else if revision.computed_depends_on {
        ("depends_on", &revision.depends_on_location, "the order of the chain")
    } else if revision.computed_labels {
        ("branch_labels", &revision.location, "the branch that it begins")
    } else {
        return None;
    };
    let reason = format!("its `{name}` is computed, so {unknown} is not known");
    Some(Unread { reason, location: location.clone() })
}

/// What the merge base has, in the directory or in files that are gone from wherever they were.
#[derive(Default)]
struct Known {
    revisions: Vec<Arc<Revision>>,
}

impl Known {
    fn read(
        base: &BTreeMap<String, Entry>,
        ends: &Ends<'_>,
        loader: &mut Loader<'_>,
        notes: &mut Notes,
    ) -> Result<Self, ReadError> {
        let gone = ends.changed.iter().filter(|file| file.new.is_none() && !base.contains_key(&file.path));
        let moved = gone.filter_map(|file| Some((file.path.clone(), file.old.clone()?)));
        let mut paths: Files = moved.filter(|(path, _)| is_loaded(path)).collect();
        paths.extend(base.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        loader.read_many(&paths, &ends.base, Standing::Merged);
        let mut known = Self::default();
        // What was broken before and is left so is no news.
        let is_touched = |path: &str| ends.change_of(path).is_some();
        for (path, entry) in paths {
            let revision = match loader.read(&path, &entry, &ends.base) {
                Ok(Ok(revision)) => revision,
                Ok(Err(unread)) if base.contains_key(&path) => {
                    if is_touched(&path) {
                        notes.unread_at_base(&path, format!("`{path}` is no revision there: {}", unread.reason));
                    }
                    continue;
                }
                Err(ReadError::Git(error)) if !error.is_not_text() => return Err(error.into()),
                Err(error) if base.contains_key(&path) => {
                    if is_touched(&path) {
                        notes.unread_at_base(&path, error);
                    }
                    continue;
                }
                _ => continue,
            };
            known.revisions.push(revision);
        }
        Ok(known)
    }

    /// Whether a file is a revision of the merge base under another name or id: one with that id, or one that does the same
    /// in the place of one that head has no more. What does the same as one that is still there runs after it, and is new.
    fn has(&self, revision: &Revision, ids: &HashSet<&str>) -> bool {
        if revision.id.is_some() && self.revisions.iter().any(|known| known.id == revision.id) {
            return true;
        }
        let is_gone = |known: &&Arc<Revision>| known.id.as_deref().is_none_or(|id| !ids.contains(id));
        let gone: Vec<&Arc<Revision>> = self.revisions.iter().filter(is_gone).collect();
        if gone.is_empty() {
            return false;
        }
        let upgrade = revision.upgrade();
        if upgrade.is_empty() {
            return false;
        }
        // A copy has every word of it, and most others lack one: that spares parsing them.
        let words = || upgrade.split(|character: char| character.is_whitespace() || matches!(character, '\'' | '"'));
        let may_be = |known: &&&Arc<Revision>| {
            let text = known.location.source.text();
            words().all(|word| text.contains(word))
        };
        gone.iter().filter(may_be).any(|known| known.upgrade() == upgrade)
    }
}

/// Those of new files that are no revisions of the merge base under another name or id.
fn net_new(revisions: &[Arc<Revision>], known: &Known, ids: &HashSet<&str>) -> Vec<Migration> {
    let new = revisions.iter().filter(|revision| !known.has(revision, ids));
    new.map(|revision| Migration {
        name: revision.id.clone().unwrap_or_else(|| revision.stem().to_owned()),
        location: revision.location.clone(),
    })
    .collect()
}
