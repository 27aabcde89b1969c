//! Which migrations nobody was given: no release has them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Edit, Edited};
use crate::change::TrackChange;
use crate::evaluate::Evaluated;
use crate::folders::Walk;
use crate::git::{GitError, ObjectId, Releases};
use crate::path;
use crate::track::ends::{Ends, ReadError};
use crate::track::revision::Revision;

/// The names of the migrations that findings are about and that no release tag has; empty where the project has no releases
/// to go by.
pub fn unreleased(change: &TrackChange, ends: &Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let edited = change.edits.iter().map(|edit| &edit.name);
    let passed = change.ignored.iter().flat_map(|ignored| &ignored.passed_by);
    let mut left: BTreeSet<String> = edited.chain(passed).cloned().collect();
    if left.is_empty() {
        return Ok(left);
    }
    let releases = match ends.releases()? {
        Releases::Untagged => return Ok(BTreeSet::new()),
        Releases::Tagged(releases) => releases,
    };
    let Some(newest) = releases.first() else { return Ok(left) };
    if !has_track(change, *newest, ends) {
        // Where it has not even the track, it says nothing of it; one of which it has no file and no word is younger.
        let is_known = if change.track.kind.has_a_file_each() {
            has_any_file(&left, *newest, ends)
        } else {
            has_any_word(&left, change, *newest, ends)
        };
        return Ok(if is_known { BTreeSet::new() } else { left });
    }
    let revisions = change.chain.as_ref().map(|chain| chain.base.by_id());
    for release in releases {
        left.retain(|name| !is_in((change, revisions.as_ref()), name, *release, ends));
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}

/// Leaves out the revisions that follow again what they follow in the newest release: what came between is undone, and
/// the databases that were given it are as they were.
pub(super) fn leave_as_released(edits: &mut Vec<Edit>, change: &TrackChange, ends: &Ends<'_>) -> Result<(), ReadError> {
    let Some(chain) = &change.chain else { return Ok(()) };
    if !edits.iter().any(|edit| matches!(edit.what, Edited::Reparented { .. })) {
        return Ok(());
    }
    let repository = ends.base.snapshot.repository();
    let Some(newest) = ends.newest_release()? else { return Ok(()) };
    let snapshot = repository.snapshot(newest);
    let base = chain.base.by_id();
    let parents = |name: &str| {
        let source = snapshot.source(base.get(name)?.location.path()).ok()??;
        Revision::read(&source).ok().filter(|old| old.id.as_deref() == Some(name)).map(|old| old.parents)
    };
    edits.retain(|edit| match &edit.what {
        Edited::Reparented { to, .. } => parents(&edit.name).is_none_or(|released| released != *to),
        _ => true,
    });
    Ok(())
}

/// A database of the newest release after its upgrade to head; an empty one before the first release.
#[derive(Clone, Debug, Default)]
pub struct OfRelease {
    pub upgraded: Arc<Evaluated>,
    /// Every old file that the change touches is as the release has it.
    pub is_restored: bool,
}

/// How many folders of a release are searched.
const MOST_FOLDERS: usize = 20_000;
/// How many files of code of a release are searched.
const MOST_FILES: usize = 5_000;

/// Whether a release has a file of code anywhere that says one of these names. What cannot be read does.
fn has_any_word(names: &BTreeSet<String>, change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let ending = change.track.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let mut left = MOST_FILES;
    let found = Walk::own().any::<GitError>(&snapshot, |path, entry| {
        if entry.name.rsplit_once('.').is_none_or(|(_, end)| end != ending) {
            return Ok(false);
        }
        if left == 0 {
            return Ok(true);
        }
        left -= 1;
        let source = snapshot.read_text(path, entry)?;
        Ok(names.iter().any(|name| source.as_ref().is_some_and(|source| source.text().contains(name))))
    });
    found.ok().flatten().unwrap_or(true)
}

/// Whether a release has a file anywhere that is called like one of these. What cannot be read has it.
fn has_any_file(names: &BTreeSet<String>, release: ObjectId, ends: &Ends<'_>) -> bool {
    let own = |name: &str| path::name(name).to_owned();
    let wanted: BTreeSet<String> = names.iter().map(|name| own(name)).collect();
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let search = Walk { most_folders: MOST_FOLDERS, ..Walk::own() };
    let found = search.any::<GitError>(&snapshot, |_, entry| {
        let stem = entry.name.trim_end_matches(".sql").trim_end_matches(".up");
        Ok(wanted.contains(stem))
    });
    found.ok().flatten().unwrap_or(true)
}

pub fn has_track(change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let has = |path: &str| matches!(snapshot.entry(path), Ok(Some(_)));
    let path = change.path_at_base();
    // A folder of upgrades may be new beside a schema that is not.
    has(path) || change.track.kind.has_a_file_each() && !path::folder(path).is_empty() && has(path::folder(path))
}

/// Whether a release has a migration: its file, or in a list its name. What cannot be read has it.
fn is_in(
    (change, revisions): (&TrackChange, Option<&HashMap<&str, &Revision>>),
    name: &str,
    release: ObjectId,
    ends: &Ends<'_>,
) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    if let Some(revisions) = revisions {
        let Some(revision) = revisions.get(name) else { return true };
        let own = revision.location.path();
        // A file may have moved between the folders of its chain since.
        let file = path::name(own);
        let folders = change.track.directories().map(|folder| path::join(folder, file));
        return folders.chain([own.to_owned()]).any(|path| !matches!(snapshot.entry(&path), Ok(None)));
    }
    if change.track.kind.has_a_file_each() {
        const ENDINGS: [&str; 4] = [".sql", ".up.sql", "/up.sql", "/migration.sql"];
        let stem = path::join(change.path_at_base(), name);
        return ENDINGS.iter().any(|ending| !matches!(snapshot.entry(&format!("{stem}{ending}")), Ok(None)));
    }
    // A list in Go may have its elements in other files of its package.
    let own = change.edits.iter().find(|edit| edit.name == name).map(|edit| edit.location.path());
    own.into_iter().chain([change.path_at_base()]).any(|path| match snapshot.source(path) {
        Ok(source) => source.is_some_and(|source| source.text().contains(name)),
        Err(_) => true,
    })
}
