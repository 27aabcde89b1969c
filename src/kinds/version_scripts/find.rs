//! Finds directories of migration scripts: `v1_to_v2.py` and its like.

use std::collections::BTreeSet;

use super::{KIND, Keeper, change as version_scripts, name};
use crate::git::EntryKind;
use crate::kinds::detect::{Finder, Folders, Search, dialect_of_list};
use crate::path;
use crate::source::has_word;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::{Track, ddl};

impl Finder for Keeper {
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        tracks(search.folders, &search.found, search.modules)
    }

    fn is_likely(&self, path: &str) -> bool {
        path.rsplit('/').next().is_some_and(name::is_step)
    }

    fn is_telling(&self, _: &str, name: &str) -> bool {
        name::is_step(name)
    }

    fn is_in_folder(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!self.find(search)?.is_empty())
    }

    /// A folder is searched by itself: all of them have been.
    fn is_among(&self, _: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    fn is_beside(&self, ends: &Ends<'_>) -> Result<bool, ReadError> {
        is_above_scripts(ends)
    }
}

/// The directories of scripts among `folders`, by path. One that another track is in is that track's.
fn tracks(folders: &Folders, others: &[Track], modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        let mut steps = entries.iter().filter(|entry| entry.kind == EntryKind::File && name::is_step(&entry.name));
        let is_taken = |other: &Track| other.has_file(&path::join(folder, "v1_to_v2.py")) || is_in(other, folder);
        if steps.next().is_none() || others.iter().any(is_taken) || !version_scripts::is_one(folder, modules)? {
            continue;
        }
        let dialect = dialect_of_list(&version_scripts::text(folder, modules)?);
        tracks.push(Track::new(String::new(), KIND, dialect, folder.clone()));
    }
    Ok(tracks)
}

/// Whether a track's list is a file of this folder.
fn is_in(track: &Track, folder: &str) -> bool {
    track.kind.is_list() && path::folder(&track.path) == folder
}

/// Whether a changed Python file lies beside scripts, or beside a folder of them that is named after migrations: it may
/// have the constant that is their highest version, whatever it is called.
fn is_above_scripts(ends: &Ends<'_>) -> Result<bool, ReadError> {
    let mut seen = BTreeSet::new();
    for change in ends.changed.iter().filter(|change| ddl::is_python(&change.path)) {
        let folder = path::folder(&change.path);
        if !seen.insert(folder) {
            continue;
        }
        for entry in ends.head.snapshot.list(folder)? {
            let is_scripts = match entry.kind {
                EntryKind::File => name::is_step(&entry.name),
                EntryKind::Directory if has_word(&entry.name, &["migrat", "upgrade"]) => {
                    let inside = ends.head.snapshot.list_wanted(entry.id, &entry.name, name::is_step)?;
                    inside.iter().any(|entry| entry.kind == EntryKind::File)
                }
                _ => false,
            };
            if is_scripts {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
