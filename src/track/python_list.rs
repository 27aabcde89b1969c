//! The track kind `python-list`: `MIGRATIONS = [("name", fn), …]` in a Python file.

use std::collections::BTreeSet;

use super::ends::{Modules, ReadError};
use super::{Track, ddl, origin};
use crate::path;
use crate::python::bindings::imports;
use crate::python::lists::{self, List, places};
use crate::source::{Location, has_word};

/// The list's name where the configuration gives none.
pub const DEFAULT_LIST: &str = "MIGRATIONS";

/// Those of `changed` that the module at `path` imports, directly or through its imports.
pub fn imported_files(
    path: &str,
    modules: &mut Modules<'_>,
    changed: &BTreeSet<String>,
) -> Result<BTreeSet<String>, ReadError> {
    Ok(reached_files(path, modules, changed)?.0)
}

/// The files beside the module at `path` that it imports, directly or through its imports; none where it can't be read.
pub fn files_beside(path: &str, modules: &mut Modules<'_>) -> Vec<String> {
    reached_files(path, modules, &BTreeSet::new()).map(|(_, beside)| beside).unwrap_or_default()
}

/// Those of `changed` that a module imports, and all that it imports from beside it.
fn reached_files(
    path: &str,
    modules: &mut Modules<'_>,
    changed: &BTreeSet<String>,
) -> Result<(BTreeSet<String>, Vec<String>), ReadError> {
    let mut found = BTreeSet::new();
    let mut beside = Vec::new();
    let mut seen = BTreeSet::from([path.to_owned()]);
    let mut open = vec![path.to_owned()];
    let folder = path::folder(path).to_owned();
    while let Some(path) = open.pop() {
        // Only the list's own module must be readable; what it imports may be anything.
        let module = match modules.module(&path) {
            Ok(Some(module)) => module,
            Err(error) if seen.len() == 1 => return Err(error),
            _ => continue,
        };
        for import in imports(&module) {
            for file in import.files(module.source.path()) {
                if changed.contains(&file) {
                    found.insert(file.clone());
                }
                // Further imports are followed beside the list alone: an application's whole graph is not its own.
                if file.starts_with(&folder) && seen.insert(file.clone()) && has_file(modules, &file) {
                    beside.push(file.clone());
                    open.push(file);
                }
            }
        }
    }
    Ok((found, beside))
}

pub fn has_file(modules: &Modules<'_>, path: &str) -> bool {
    modules.snapshot.entry(path).is_ok_and(|entry| entry.is_some())
}

/// The list at a path; `None` where the file or the list is not there.
pub fn read(modules: &mut Modules<'_>, path: &str, name: &str) -> Result<Option<List>, ReadError> {
    let Some(module) = modules.module(path)? else { return Ok(None) };
    Ok(lists::list(&module, name, modules))
}

/// The places of entries that have another name than they had and have run all the same: what runs the list goes by places.
pub fn renamed(track: &Track, old: &List, new: &List, modules: &mut Modules<'_>) -> BTreeSet<usize> {
    let names = |list: &'_ List| -> Vec<String> { list.entries.iter().map(|entry| entry.name.clone()).collect() };
    let (old, new) = (names(old), names(new));
    let found = places::renamed(&old, &new);
    // Whoever runs the list is looked for only where that matters.
    if found.is_empty() || places_decide(track, modules) { found } else { BTreeSet::new() }
}

/// Whether the place of an entry decides whether it has run, whatever it is called, as the code says that runs the list.
pub fn places_decide(track: &Track, modules: &mut Modules<'_>) -> bool {
    is_said_by_runner(track, modules, places::decide)
}

/// Whether all entries of one number are run together, as that code says.
pub fn run_in_groups(track: &Track, modules: &mut Modules<'_>) -> bool {
    is_said_by_runner(track, modules, places::run_in_groups)
}

/// Whether something is so of a text that runs the list of this name: of the list's own module, else of one beside it.
fn is_said_by_runner(track: &Track, modules: &mut Modules<'_>, is_so: fn(&str, &str) -> bool) -> bool {
    let says = |path: &str, modules: &mut Modules<'_>| {
        let text = modules.text(path).ok().flatten();
        text.is_some_and(|source| is_so(source.text(), track.bare_list()))
    };
    let is_run_here = |modules: &mut Modules<'_>| {
        let text = modules.text(&track.path).ok().flatten();
        text.is_some_and(|source| source.text().matches(track.bare_list()).count() > 1)
    };
    says(&track.path, modules)
        || !is_run_here(modules) && origin::runners_beside(track, modules).iter().any(|path| says(path, modules))
}

/// Whether a path is that of a SQL file in the list's folder or below it, and not in another database's part of that.
pub fn is_own_sql(track: &Track, path: &str) -> bool {
    let folder = path::folder(&track.path);
    let Some(inside) = path.strip_prefix(folder).filter(|_| ddl::is_sql(path)) else { return false };
    // Below the repository's root is everything, so that the path itself has to speak for it.
    let below = if folder.is_empty() { has_word(path, &["migrat", "sql/"]) } else { inside.starts_with('/') };
    below && !has_word(inside, &["postgres", "pgsql", "mysql", "mariadb", "/pg/"])
}

/// Of the rest of a line, so much goes with an entry: others may stand on it, too.
const REST_OF_LINE: usize = 400;

/// The text of an entry whose place is that of its number: to the comma after it or the bracket around it, and the rest
/// of its line.
pub fn entry_text(location: &Location) -> String {
    let text = location.source.text();
    let rest = text.get(location.range.start..).unwrap_or_default();
    let mut depth = 0_i32;
    let end = rest.char_indices().find(|(_, part)| {
        match part {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        depth < 0 || (depth == 0 && *part == ',')
    });
    let end = location.range.start + end.map_or(rest.len(), |(at, _)| at);
    let line = location.source.line_range(location.source.line_at(location.range.start));
    let rest = text.floor_char_boundary(end.max(line.end.min(end + REST_OF_LINE)));
    text.get(location.range.start..rest).unwrap_or_default().to_owned()
}
