//! What the files of a project tell a runner, whichever of them it stands in.

use crate::folders::Walk;
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
    let search = Walk { most_folders: MOST_FOLDERS, ..Walk::own() };
    let (snapshot, mut left) = (modules.snapshot, most);
    let found: Result<_, ReadError> = search.any(&snapshot, |path, entry| {
        if left == 0 || !may_say(&entry.name) {
            return Ok(false);
        }
        left -= 1;
        Ok(modules.text(path)?.is_some_and(|source| says(source.text())))
    });
    Ok(found?.unwrap_or(false))
}
