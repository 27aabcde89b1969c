//! Lists of migrations in files of any name: where no name tells of a track, the texts have to.

use std::ops::ControlFlow;

use super::{Folders, golang, walk};
use super::{histories, python_lists_of};
use crate::folders::{FolderCache, is_skipped};
use crate::git::{EntryKind, Snapshot};
use crate::go::is_go;
use crate::path;
use crate::track::Track;
use crate::track::ddl::is_python;
use crate::track::ends::{Ends, Modules, ReadError};

/// How many files are read at most: where names tell nothing, a check must stay as quick.
const MOST: usize = 3000;

/// Whether a changed file of Python or Go speaks of a list of migrations, whatever it is called.
pub fn is_changed(ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let changed: Vec<String> =
        ends.changed.iter().map(|change| change.path.clone()).filter(|path| is_code(path)).collect();
    for path in changed {
        for modules in [&mut ends.head, &mut ends.base] {
            if let Ok(Some(source)) = modules.text(&path)
                && speaks(&path, source.text())
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The lists in a tree, whatever their files are called; only where nothing was found by names.
pub(super) fn lists(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<Vec<Track>, ReadError> {
    let mut files = Vec::new();
    let mut folders = Folders::new();
    let snapshot = modules.snapshot;
    walk(&snapshot, known, &mut |folder, entries| {
        folders.insert(folder.to_owned(), entries);
        Ok(ControlFlow::Continue(()))
    })?;
    for folder in folders.keys() {
        files.extend(code_in(&snapshot, folder)?);
        if files.len() > MOST {
            return Ok(Vec::new());
        }
    }
    let mut tracks = Vec::new();
    for path in files {
        let Ok(Some(source)) = modules.text(&path) else { continue };
        if !speaks(&path, source.text()) {
            continue;
        }
        if is_go(&path) {
            tracks.extend(golang::slice_anywhere(&path, modules)?);
        } else if !histories::names(&path, source.text(), modules).is_empty() {
            tracks.extend(python_lists_of(path::folder(&path), &path, &folders, modules)?);
        }
    }
    Ok(tracks)
}

/// The files of Python and Go in a folder that are no tests.
fn code_in(snapshot: &Snapshot<'_>, folder: &str) -> Result<Vec<String>, ReadError> {
    let entries = snapshot.list(folder)?.into_iter();
    let files = entries.filter(|entry| entry.kind == EntryKind::File && !is_skipped(&entry.name));
    Ok(files.map(|entry| path::join(folder, &entry.name)).filter(|path| is_code(path)).collect())
}

fn is_code(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_test = name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py";
    is_go(path) || is_python(path) && !is_test
}

/// Whether a text may have a list of migrations: what is asked before it is parsed.
fn speaks(path: &str, text: &str) -> bool {
    let has = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    if is_go(path) {
        return golang::speaks_of_lists(text);
    }
    (has("IGRATIONS") || has("igrations")) && has("execute") && !has("op.execute")
}
