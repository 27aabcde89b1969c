//! Tracks in files of any name: where no name tells of a track, the texts have to.

use super::{KEEPERS, Search};
use crate::folders::is_skipped;
use crate::git::{EntryKind, Snapshot};
use crate::path;
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};

/// How many files are read at most: where names tell nothing, a check must stay as quick.
const MOST: usize = 3000;

/// Whether a changed file speaks of a track in it, whatever it is called.
pub fn is_changed(ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let changed: Vec<String> =
        ends.changed.iter().map(|change| change.path.clone()).filter(|path| may_hold(path)).collect();
    for path in changed {
        for modules in [&mut ends.head, &mut ends.base] {
            if let Ok(Some(source)) = modules.text(&path)
                && KEEPERS.iter().any(|keeper| keeper.may_hold(&path) && keeper.speaks(source.text()))
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The tracks in a tree, whatever their files are called; only where nothing was found by names.
pub(super) fn tracks(search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
    let mut files = Vec::new();
    let snapshot = search.modules.snapshot;
    for folder in search.folders.keys() {
        files.extend(held_in(&snapshot, folder)?);
        if files.len() > MOST {
            return Ok(Vec::new());
        }
    }
    let mut tracks = Vec::new();
    for path in files {
        let Ok(Some(source)) = search.modules.text(&path) else { continue };
        for keeper in KEEPERS.iter().filter(|keeper| keeper.may_hold(&path) && keeper.speaks(source.text())) {
            tracks.extend(keeper.find_in(&path, search)?);
        }
    }
    Ok(tracks)
}

/// The files in a folder that may hold a track.
fn held_in(snapshot: &Snapshot<'_>, folder: &str) -> Result<Vec<String>, ReadError> {
    let entries = snapshot.list(folder)?.into_iter();
    let files = entries.filter(|entry| entry.kind == EntryKind::File && !is_skipped(&entry.name));
    Ok(files.map(|entry| path::join(folder, &entry.name)).filter(|path| may_hold(path)).collect())
}

fn may_hold(path: &str) -> bool {
    KEEPERS.iter().any(|keeper| keeper.may_hold(path))
}
