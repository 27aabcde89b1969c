//! The repository at one commit as evaluated code sees it.

use std::rc::Rc;

use crate::folders::Walk;
use crate::git::{EntryKind, GitError};
use crate::python::{Module, eval};
use crate::track::ends::Modules;

impl eval::Modules for Modules<'_> {
    /// What cannot be read is as if it were not there: then what depends on it is not known.
    fn module(&mut self, path: &str) -> Option<Rc<Module>> {
        Self::module(self, path).ok().flatten()
    }

    fn has_folder(&mut self, path: &str) -> bool {
        !path.is_empty() && matches!(self.snapshot.entry(path), Ok(Some(entry)) if entry.kind == EntryKind::Directory)
    }

    fn package_roots(&mut self, name: &str) -> Vec<String> {
        Self::package_roots(self, name)
    }

    fn text(&mut self, path: &str) -> Option<String> {
        self.source(path).ok().flatten().map(|source| source.text().to_owned())
    }

    fn list(&mut self, path: &str) -> Vec<String> {
        let entries = self.snapshot.list(path).unwrap_or_default();
        entries.into_iter().map(|entry| entry.name).collect()
    }

    fn mentions(&mut self, name: &str, besides: &dyn Fn(&str) -> bool) -> bool {
        mentions_any(self, &[name], besides)
    }

    fn keeps_transcript(&self) -> bool {
        self.asked.transcript
    }
}

/// Whether a file of the repository, those aside that `besides` names, has one of these words.
pub(super) fn mentions_any(modules: &Modules<'_>, names: &[&str], besides: &dyn Fn(&str) -> bool) -> bool {
    let search = Walk { is_skipped: |name| OF_OTHERS.contains(&name), ..Walk::own() };
    let mut left = MOST_SEARCHED;
    let found = search.any::<GitError>(&modules.snapshot, |path, entry| {
        if left == 0 || besides(path) {
            return Ok(false);
        }
        left -= 1;
        // What is no text says nothing.
        let text = modules.snapshot.read_text(path, entry).ok().flatten();
        Ok(text.is_some_and(|source| names.iter().any(|name| has_whole_word(source.text(), name))))
    });
    found.ok().flatten().unwrap_or(false)
}

/// The most files that are searched for a name.
const MOST_SEARCHED: usize = 20_000;

/// Folders of code that others wrote.
const OF_OTHERS: &[&str] = &["node_modules", "vendor", "site-packages", ".venv", "venv"];

/// Whether a text has a name, with nothing before and after it that could be part of a longer one. Other tools write `_`
/// for `-`.
fn has_whole_word(text: &str, name: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    [name.to_owned(), name.replace('-', "_")].iter().any(|name| {
        memchr::memmem::find_iter(bytes, name.as_bytes()).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            !is_part(before) && !is_part(bytes.get(at + name.len()))
        })
    })
}
