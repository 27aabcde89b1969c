//! The repository at one commit as evaluated code sees it.

use std::rc::Rc;

use crate::git::EntryKind;
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
}
