//! What code takes from other modules, name by name: of a module that imports half of the application for itself, a revision
//! may want one function.

use std::collections::{BTreeSet, HashSet};

use super::{MOST_MODULES, files_of, imported};
use crate::python::bindings::{Import, imports};
use crate::python::{Module, shape};
use crate::track::ends::{Ends, Modules, ReadError};

/// A file, and the name in it that is wanted; `None` for all of them.
type Want = (String, Option<String>);

/// The names that were met, and those that are still to be followed.
#[derive(Default)]
pub(super) struct Names {
    seen: HashSet<Want>,
    open: Vec<Want>,
    /// The modules that are met though they are not there any more.
    gone: HashSet<String>,
}

impl Names {
    pub(super) fn beside(gone: HashSet<String>) -> Self {
        Self { gone, ..Self::default() }
    }

    /// Takes up what a revision's `upgrade()` takes from modules of the project.
    pub(super) fn begin(&mut self, path: &str, text: &str, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        // Most import nothing of the project, and need not be parsed.
        if imported(text).is_empty() {
            return Ok(());
        }
        if let Ok(Some(module)) = modules.module(path) {
            self.follow(&module, Some("upgrade"), modules)?;
        }
        Ok(())
    }

    /// Whether one of the changed modules is met in which a wanted name comes out otherwise than at the merge base.
    pub(super) fn lead_to(&mut self, changed: &HashSet<String>, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        let mut next = 0;
        while let Some((path, name)) = self.open.get(next).cloned() {
            next += 1;
            if next > MOST_MODULES {
                return Ok(true);
            }
            // What does not parse is for whoever evaluates it to tell.
            let Ok(Some(module)) = ends.head.module(&path) else { return Ok(true) };
            if changed.contains(&path) {
                let Ok(Some(old)) = ends.base.module(&path) else { return Ok(true) };
                if !is_same(&old, &module, name.as_deref()) {
                    return Ok(true);
                }
            }
            self.follow(&module, name.as_deref(), &mut ends.head)?;
        }
        Ok(false)
    }

    /// Takes up what a name of a module needs of others.
    fn follow(&mut self, module: &Module, name: Option<&str>, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        let path = module.source.path();
        let all = imports(module);
        let bound = |import: &Import| import.local.split('.').next().unwrap_or_default().to_owned();
        let entries: Vec<&str> = name.into_iter().collect();
        // What is imported itself needs nothing else of the module.
        let is_passed_on = name.is_some_and(|name| all.iter().any(|import| bound(import) == name));
        let used = if is_passed_on { BTreeSet::new() } else { shape::names_used(module, &entries) };
        for import in all {
            let first = bound(&import);
            // Of a star it is not known what it brings.
            let is_used = first.is_empty() || name.is_none() || name == Some(&first) || used.contains(&first);
            if is_used {
                self.want(path, &import, name.filter(|_| first.is_empty()), modules)?;
            }
        }
        Ok(())
    }

    /// Takes up what an import leads to.
    fn want(
        &mut self,
        from: &str,
        import: &Import,
        starred: Option<&str>,
        modules: &mut Modules<'_>,
    ) -> Result<(), ReadError> {
        let name = import.name.as_deref().filter(|name| *name != "*");
        let inner: Vec<String> = import.module.iter().cloned().chain(name.map(str::to_owned)).collect();
        // A name may be a module of its own, all of which may be asked for.
        for (parts, wanted) in [(&inner, None), (&import.module, name.or(starred))] {
            for file in files_of(from, import.level, parts, modules) {
                if self.gone.contains(&file) || modules.snapshot.entry(&file)?.is_some() {
                    let want = (file, wanted.map(str::to_owned));
                    if self.seen.insert(want.clone()) {
                        self.open.push(want);
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Whether a name comes out of both modules alike, as far as they tell it themselves.
fn is_same(old: &Module, new: &Module, name: Option<&str>) -> bool {
    let brought = |module: &Module| {
        let mut all: Vec<String> = imports(module).iter().map(|import| format!("{import:?}")).collect();
        all.sort_unstable();
        all
    };
    name.is_some_and(|name| brought(old) == brought(new) && shape::does_the_same(old, new, &[name], &[]))
}
