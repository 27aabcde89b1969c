//! Walks over the folders of a tree.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::git::{Entry, EntryKind, GitError, ObjectId, Snapshot};
use crate::path;

/// What folders hold, at any commit: most are alike at both ends of a range.
pub type FolderCache = HashMap<(String, ObjectId), Rc<[Entry]>>;

/// Folders that hold other people's code, or code that is there to be tested.
const SKIPPED: [&str; 21] = [
    "node_modules",
    "vendor",
    "third_party",
    "venv",
    "env",
    "site-packages",
    "__pycache__",
    "build",
    "dist",
    "target",
    "test",
    "tests",
    "testing",
    "testdata",
    "fixtures",
    "examples",
    "example",
    "docs",
    "doc",
    "templates",
    "static",
];

/// Whether a folder of this name holds other people's code, or code that is there to be tested.
pub fn is_skipped(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with('.') || SKIPPED.contains(&name.as_str())
}

/// Which files of a tree are shown.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Whether a folder of this name is left out, with all below it.
    pub is_skipped: fn(&str) -> bool,
    pub most_folders: usize,
}

impl Walk {
    /// Of the project's own code. No project has so many folders; a tree that names itself over and over has.
    pub fn own() -> Self {
        Self { is_skipped, most_folders: 200_000 }
    }

    /// Shows each file, with its path, until somebody has seen enough, and says whether no folder was left. Links and
    /// submodules are not followed.
    pub fn each<E: From<GitError>>(
        self,
        snapshot: &Snapshot<'_>,
        mut see: impl FnMut(&str, &Entry) -> Result<ControlFlow<()>, E>,
    ) -> Result<bool, E> {
        let mut open = vec![String::new()];
        let mut left = self.most_folders;
        while let Some(folder) = open.pop() {
            if left == 0 {
                return Ok(false);
            }
            left -= 1;
            for entry in snapshot.list(&folder)? {
                let path = path::join(&folder, &entry.name);
                match entry.kind {
                    EntryKind::Directory if !(self.is_skipped)(&entry.name) => open.push(path),
                    EntryKind::File if see(&path, &entry)?.is_break() => return Ok(true),
                    _ => {}
                }
            }
        }
        Ok(true)
    }

    /// Whether any file is one that `is_it` tells; `None` where there are more folders than are looked into.
    pub fn any<E: From<GitError>>(
        self,
        snapshot: &Snapshot<'_>,
        mut is_it: impl FnMut(&str, &Entry) -> Result<bool, E>,
    ) -> Result<Option<bool>, E> {
        let mut found = false;
        let is_all = self.each(snapshot, |path, entry| {
            found = is_it(path, entry)?;
            Ok::<_, E>(if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(if found || is_all { Some(found) } else { None })
    }
}
