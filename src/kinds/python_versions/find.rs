//! Tells a dict of numbered callables from a list of named ones, and finds the stores beside it.

use std::collections::HashSet;

use super::{KIND, Keeper, change};
use crate::git::EntryKind;
use crate::kinds::detect::{Finder, Folders, Listed, Search};
use crate::kinds::python_list;
use crate::path;
use crate::python::fresh::speakers;
use crate::source::words;
use crate::track::ends::{Modules, ReadError};
use crate::track::{Declared, Track, ddl};

impl Finder for Keeper {
    /// They are found as lists: `take_list` tells which of those are none.
    fn find(&self, _: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        Ok(Vec::new())
    }

    /// What lists are likely to be is likely for these, too.
    fn is_likely(&self, _: &str) -> bool {
        false
    }

    fn take_list(&self, listed: Listed<'_>, modules: &mut Modules<'_>) -> Result<Option<Track>, ReadError> {
        if !change::is_one(listed.track, modules)? {
            return Ok(None);
        }
        let mut track = Track { kind: KIND, ..listed.track.clone() };
        let stores = stores(listed.folder, listed.folders, (&track, listed.lists), modules)?;
        track.declared.extend(stores);
        Ok(Some(track))
    }

    fn count_in(&self, path: &str, modules: &mut Modules<'_>) -> Result<usize, ReadError> {
        python_list::Keeper.count_in(path, modules)
    }
}

/// The files beside a dict of versions that declare tables of SQLAlchemy, whatever they are called; of several histories in
/// one module those that speak of this one, and of no other.
fn stores(
    folder: &str,
    folders: &Folders,
    (track, lists): (&Track, &[String]),
    modules: &mut Modules<'_>,
) -> Result<Vec<Declared>, ReadError> {
    let mut found = Vec::new();
    let runners = runners(track, lists, modules)?;
    for entry in folders.get(folder).into_iter().flat_map(|entries| entries.iter()) {
        let path = path::join(folder, &entry.name);
        if entry.kind != EntryKind::File || !ddl::is_python(&path) || track.files().any(|own| own == path) {
            continue;
        }
        let Some(source) = modules.snapshot.read_text(&path, entry)? else { continue };
        let text = source.text();
        let words: HashSet<&str> = words(text).map(|(_, word)| word).collect();
        let speaks_of = |list: &String| {
            runners.iter().any(|(known, names)| known == list && names.iter().any(|name| words.contains(name.as_str())))
        };
        let is_own = track.list.as_ref().is_some_and(speaks_of) || !lists.iter().any(speaks_of);
        if is_own && text.contains("sqlalchemy") && (text.contains("Table(") || text.contains("__tablename__")) {
            found.push(Declared::detected(path));
        }
    }
    Ok(found)
}

/// By what names other modules know each of several histories: the functions that run it, and the list where it has a name
/// of its own.
fn runners(
    track: &Track,
    lists: &[String],
    modules: &mut Modules<'_>,
) -> Result<Vec<(String, Vec<String>)>, ReadError> {
    let Some(module) = modules.module(&track.path)?.filter(|_| lists.len() > 1) else { return Ok(Vec::new()) };
    let names = lists.iter().map(|list| {
        let names = match list.split_once('.') {
            Some((scope, _)) => speakers(&module, scope).into_iter().chain([scope.to_owned()]).collect(),
            None => speakers(&module, list).into_iter().chain([list.clone()]).collect(),
        };
        (list.clone(), names)
    });
    Ok(names.collect())
}
