//! Which of the edited migrations nobody was given: no release has them.

use std::collections::BTreeSet;

use crate::git::ObjectId;
use crate::path;
use crate::track::ends::{Ends, ReadError};
use crate::track::{Kind, TrackChange};

/// The names of the edited migrations that no release tag has; empty where the project has no releases to go by.
pub fn unreleased(change: &TrackChange, ends: &Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut left: BTreeSet<String> = change.edits.iter().map(|edit| edit.name.clone()).collect();
    if left.is_empty() {
        return Ok(left);
    }
    let releases = ends.base.snapshot.repository().releases_before(ends.merge_base)?;
    // Where the newest has not even the track, releases say nothing of it.
    if !releases.first().is_some_and(|newest| has_track(change, *newest, ends)) {
        return Ok(BTreeSet::new());
    }
    for release in releases {
        left.retain(|name| !is_in(change, name, release, ends));
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}

fn base_path(change: &TrackChange) -> &str {
    change.base_path.as_deref().unwrap_or(&change.track.path)
}

fn has_track(change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    matches!(snapshot.entry(base_path(change)), Ok(Some(_)))
}

/// Whether a release has a migration: its file, or in a list its name. What cannot be read has it.
fn is_in(change: &TrackChange, name: &str, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    if change.track.kind == Kind::Alembic {
        let Some(chain) = &change.chain else { return true };
        let by_id = chain.base.by_id();
        let Some(revision) = by_id.get(name) else { return true };
        let own = revision.location.path();
        // A file may have moved between the folders of its chain since.
        let file = own.rsplit('/').next().unwrap_or(own);
        let folders = change.track.directories().map(|folder| path::join(folder, file));
        return folders.chain([own.to_owned()]).any(|path| !matches!(snapshot.entry(&path), Ok(None)));
    }
    if change.track.kind == Kind::SqlFiles {
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
