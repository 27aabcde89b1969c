//! What the files of a project tell a runner, whichever of them it stands in.

use crate::detect;
use crate::git::EntryKind;
use crate::path;
use crate::track::ends::{Modules, ReadError};

/// How many folders are looked into.
const MOST_FOLDERS: usize = 20_000;

/// Whether the text of any file says something, of those whose names say that they may; of so many at most.
pub(super) fn any_file(
    modules: &mut Modules<'_>,
    most: usize,
    may_say: impl Fn(&str) -> bool,
    says: impl Fn(&str) -> bool,
) -> Result<bool, ReadError> {
    let mut open = vec![String::new()];
    let (mut folders, mut files) = (MOST_FOLDERS, most);
    while let Some(folder) = open.pop() {
        for entry in modules.snapshot.list(&folder)? {
            let path = path::join(&folder, &entry.name);
            match entry.kind {
                EntryKind::Directory if !detect::is_skipped(&entry.name) => open.push(path),
                EntryKind::File if files > 0 && may_say(&entry.name) => {
                    files -= 1;
                    let source = modules.text(&path)?;
                    if source.is_some_and(|source| says(source.text())) {
                        return Ok(true);
                    }
                }
                _ => {}
            }
        }
        folders -= 1;
        if folders == 0 {
            break;
        }
    }
    Ok(false)
}
