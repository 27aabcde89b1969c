//! Finds directories of migration scripts: `v1_to_v2.py` and its like.

use std::collections::BTreeSet;

use super::{Folders, dialect_of_list};
use crate::git::EntryKind;
use crate::kinds;
use crate::kinds::version_scripts::{change as version_scripts, name};
use crate::path;
use crate::source::has_word;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::{Track, ddl};

/// The directories of scripts among `folders`, by path. One that another track is in is that track's.
pub(super) fn tracks(folders: &Folders, others: &[Track], modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        let mut steps = entries.iter().filter(|entry| entry.kind == EntryKind::File && name::is_step(&entry.name));
        let is_taken = |other: &Track| other.has_file(&path::join(folder, "v1_to_v2.py")) || is_in(other, folder);
        if steps.next().is_none() || others.iter().any(is_taken) || !version_scripts::is_one(folder, modules)? {
            continue;
        }
        let dialect = dialect_of_list(&version_scripts::text(folder, modules)?);
        tracks.push(Track::new(String::new(), kinds::version_scripts::KIND, dialect, folder.clone()));
    }
    Ok(tracks)
}

/// Whether a track's list is a file of this folder.
fn is_in(track: &Track, folder: &str) -> bool {
    track.kind.is_list() && path::folder(&track.path) == folder
}

/// Whether a changed Python file lies beside scripts, or beside a folder of them that is named after migrations: it may
/// have the constant that is their highest version, whatever it is called.
pub fn is_above_scripts(ends: &Ends<'_>) -> Result<bool, ReadError> {
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

/// Names tracks by the folder of their scripts: what they migrate is often no database. `taken` are names that others
/// have.
pub(super) fn name(index: usize, paths: &[Vec<String>], taken: &BTreeSet<String>) -> String {
    let told = super::naming::telling_name(index, paths);
    let told = if told.is_empty() { kinds::version_scripts::KIND.as_str().to_owned() } else { told };
    if taken.contains(&told) { format!("{told}-scripts") } else { told }
}

/// The path of a folder of scripts up to what tells it from others.
pub(super) fn telling_path(path: &str) -> &str {
    let (above, own) = path.rsplit_once('/').unwrap_or(("", path));
    if above.is_empty() || !has_word(own, &["migrat", "upgrade"]) { path } else { above }
}
