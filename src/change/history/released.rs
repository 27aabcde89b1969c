//! Which of the edited migrations nobody was given: no release has them.

use std::collections::BTreeSet;

use super::{Edit, Edited};
use crate::change::TrackChange;
use crate::folders::Search;
use crate::git::{GitError, ObjectId};
use crate::path;
use crate::track::ends::{Ends, ReadError};
use crate::track::revision::Revision;

/// The names of the edited migrations that no release tag has; empty where the project has no releases to go by.
pub fn unreleased(change: &TrackChange, ends: &Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut left: BTreeSet<String> = change.edits.iter().map(|edit| edit.name.clone()).collect();
    if left.is_empty() {
        return Ok(left);
    }
    let releases = ends.base.snapshot.repository().releases_before(ends.merge_base)?;
    let Some(newest) = releases.first() else { return Ok(BTreeSet::new()) };
    if !has_track(change, *newest, ends) {
        // Where it has not even the track, it says nothing of it; a directory of which it has no file is younger.
        let is_younger = change.track.kind.has_a_file_each() && !has_any_file(change, *newest, ends);
        return Ok(if is_younger { left } else { BTreeSet::new() });
    }
    for release in releases {
        left.retain(|name| !is_in(change, name, release, ends));
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
    let Some(newest) = repository.releases_before(ends.merge_base)?.first().copied() else { return Ok(()) };
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

/// How many folders of a release are searched.
const MOST_FOLDERS: usize = 20_000;

/// Whether a release has a file anywhere that is called like one of the edited ones. What cannot be read has it.
fn has_any_file(change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let own = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let wanted: BTreeSet<String> = change.edits.iter().map(|edit| own(&edit.name)).collect();
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let search = Search { most_folders: MOST_FOLDERS, ..Search::own() };
    let found = search.any::<GitError>(&snapshot, |_, entry| {
        let stem = entry.name.trim_end_matches(".sql").trim_end_matches(".up");
        Ok(wanted.contains(stem))
    });
    found.ok().flatten().unwrap_or(true)
}

fn base_path(change: &TrackChange) -> &str {
    change.base_path.as_deref().unwrap_or(&change.track.path)
}

fn has_track(change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let has = |path: &str| matches!(snapshot.entry(path), Ok(Some(_)));
    let path = base_path(change);
    // A folder of upgrades may be new beside a schema that is not.
    has(path) || change.track.kind.has_a_file_each() && !path::folder(path).is_empty() && has(path::folder(path))
}

/// Whether a release has a migration: its file, or in a list its name. What cannot be read has it.
fn is_in(change: &TrackChange, name: &str, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    if let Some(chain) = &change.chain {
        let by_id = chain.base.by_id();
        let Some(revision) = by_id.get(name) else { return true };
        let own = revision.location.path();
        // A file may have moved between the folders of its chain since.
        let file = own.rsplit('/').next().unwrap_or(own);
        let folders = change.track.directories().map(|folder| path::join(folder, file));
        return folders.chain([own.to_owned()]).any(|path| !matches!(snapshot.entry(&path), Ok(None)));
    }
    if change.track.kind.has_a_file_each() {
        const ENDINGS: [&str; 4] = [".sql", ".up.sql", "/up.sql", "/migration.sql"];
        let stem = path::join(base_path(change), name);
        return ENDINGS.iter().any(|ending| !matches!(snapshot.entry(&format!("{stem}{ending}")), Ok(None)));
    }
    match snapshot.source(base_path(change)) {
        Ok(Some(source)) => source.text().contains(name),
        Ok(None) => false,
        Err(_) => true,
    }
}
