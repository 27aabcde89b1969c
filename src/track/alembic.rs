//! The track kind `alembic`: revision files in a versions directory.
//!
//! What counts as a revision follows `alembic.script.base` of Alembic 1.19: every `.py` file of the directory is
//! loaded but `__init__.py` and those that start with `.#`, and one without a `revision` is an error unless its name is
//! an id of the oldest style.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::ends::{Ends, Modules, ReadError};
use super::{Migration, Presence, Track, TrackChange, Unread};
use crate::git::{Entry, EntryKind};
use crate::python::bindings::{Constant, binding};
use crate::python::{Module, shape};
use crate::source::Location;

/// A revision file, as far as its text tells what Alembic would load.
#[derive(Clone, Debug)]
pub struct Revision {
    /// `None` where the id is computed.
    pub id: Option<String>,
    /// The ids that it follows; empty for a base.
    pub parents: Vec<String>,
    pub location: Location,
    /// What `upgrade()` does, without comments, docstrings and formatting; empty where it does nothing.
    pub upgrade: String,
}

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Vec<String>) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    let touched = ends.changed.iter().any(|file| is_revision_path(track, &file.path));
    let head = files(track, &ends.head)?;
    if !touched {
        change.migrations = Some(head.len());
        return Ok(change);
    }
    let base = match files(track, &ends.base) {
        Err(ReadError::Git(error)) if error.is_not_text() => {
            notes.push(format!("the merge base: {error}; its revisions are not known"));
            BTreeMap::new()
        }
        files => files?,
    };
    change.migrations = Some(head.len());
    if head.is_empty() {
        if let Some((path, entry)) = base.first_key_value() {
            let place = ends.base.snapshot.read(path, entry).map(|source| Location::line(&source, 1, "was here"));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
        }
        return Ok(change);
    }
    let mut new = Vec::new();
    for (path, entry) in head.iter().filter(|(path, _)| !base.contains_key(*path)) {
        match load(path, entry, &mut ends.head)? {
            Ok(revision) => new.push(revision),
            Err(unread) => change.invalid.push(unread),
        }
    }
    for (path, entry) in head.iter().filter(|(path, entry)| base.get(*path).is_some_and(|old| old.id != entry.id)) {
        if let Err(unread) = load(path, entry, &mut ends.head)? {
            let before = load(path, &base[path], &mut ends.base);
            if matches!(before, Ok(Ok(_))) {
                change.invalid.push(unread);
            }
        }
    }
    if new.is_empty() {
        return Ok(change);
    }
    let known = Known::read(&base, ends, notes)?;
    if known.revisions == 0 {
        change.presence = Presence::New;
    }
    change.new = net_new(new, &known);
    Ok(change)
}

/// What the merge base has, in the directory or in files that are gone from wherever they were.
#[derive(Default)]
struct Known {
    ids: HashSet<String>,
    upgrades: HashSet<String>,
    revisions: usize,
}

impl Known {
    fn read(base: &BTreeMap<String, Entry>, ends: &mut Ends<'_>, notes: &mut Vec<String>) -> Result<Self, ReadError> {
        let gone = ends.changed.iter().filter(|file| file.new.is_none() && !base.contains_key(&file.path));
        let moved = gone.filter_map(|file| Some((file.path.clone(), file.old.clone()?)));
        let mut paths: BTreeMap<String, Entry> = moved.filter(|(path, _)| is_loaded(path)).collect();
        paths.extend(base.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        let mut known = Self::default();
        for (path, entry) in paths {
            let revision = match load(&path, &entry, &mut ends.base) {
                Ok(Ok(revision)) => revision,
                Ok(Err(unread)) if base.contains_key(&path) => {
                    notes.push(format!("the merge base: `{path}` is no revision: {}", unread.reason));
                    continue;
                }
                Err(ReadError::Git(error)) if !error.is_not_text() => return Err(error.into()),
                Err(error) if base.contains_key(&path) => {
                    notes.push(format!("the merge base: {error}; what it does is not known"));
                    continue;
                }
                _ => continue,
            };
            known.revisions += 1;
            known.ids.extend(revision.id);
            if !revision.upgrade.is_empty() {
                known.upgrades.insert(revision.upgrade);
            }
        }
        Ok(known)
    }
}

/// Those that the merge base has neither by their id nor by what they do: a renamed or copied file is nothing new.
fn net_new(revisions: Vec<Revision>, known: &Known) -> Vec<Migration> {
    let is_known = |revision: &Revision| {
        revision.id.as_ref().is_some_and(|id| known.ids.contains(id)) || known.upgrades.contains(&revision.upgrade)
    };
    let new = revisions.into_iter().filter(|revision| !is_known(revision));
    new.map(|revision| Migration {
        name: revision.id.unwrap_or_else(|| stem(revision.location.path()).to_owned()),
        location: revision.location,
    })
    .collect()
}

/// The ids that no other revision follows, sorted. `None` where a revision's id is computed or cannot be read.
pub fn heads(track: &Track, modules: &mut Modules<'_>) -> Result<Option<Vec<String>>, ReadError> {
    let mut ids = BTreeSet::new();
    let mut followed = HashSet::new();
    for (path, entry) in files(track, modules)? {
        let revision = match load(&path, &entry, modules) {
            Ok(Ok(revision)) => revision,
            Ok(Err(_)) => continue,
            // An old file that cannot be read may be the head or what comes before it.
            Err(ReadError::Git(error)) if error.is_not_text() => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(id) = revision.id else { return Ok(None) };
        ids.insert(id);
        followed.extend(revision.parents);
    }
    Ok(Some(ids.into_iter().filter(|id| !followed.contains(id)).collect()))
}

/// The path of a revision file, for a place to point to.
pub fn first_file(track: &Track, modules: &Modules<'_>) -> Result<Option<String>, ReadError> {
    Ok(files(track, modules)?.into_keys().next())
}

/// The files that Alembic would load, by path.
fn files(track: &Track, modules: &Modules<'_>) -> Result<BTreeMap<String, Entry>, ReadError> {
    let mut files = BTreeMap::new();
    for directory in track.directories() {
        for entry in modules.snapshot.list(directory)? {
            let path = if directory.is_empty() { entry.name.clone() } else { format!("{directory}/{}", entry.name) };
            if entry.kind != EntryKind::Directory && is_loaded(&path) {
                files.insert(path, entry);
            }
        }
    }
    Ok(files)
}

fn is_revision_path(track: &Track, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    track.directories().any(|directory| directory == folder) && is_loaded(path)
}

/// Whether Alembic loads a file of this name.
fn is_loaded(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".py").is_some() && !name.starts_with("__init__") && !name.starts_with(".#")
}

/// A revision, or why Alembic would not load the file as one. Fails on what is no text: whether Alembic would load what
/// a link leads to, or text in another encoding, is not known.
fn load(path: &str, entry: &Entry, modules: &mut Modules<'_>) -> Result<Result<Revision, Unread>, ReadError> {
    let source = modules.snapshot.read(path, entry)?;
    Ok(match Module::parse(&source) {
        Ok(module) => revision(&module),
        Err(error) => Err(Unread { reason: format!("it does not parse: {}", error.message), location: error.location }),
    })
}

/// Reads a revision from its syntax tree.
pub fn revision(module: &Module) -> Result<Revision, Unread> {
    let source = &module.source;
    let first_line = || Location::line(source, 1, "");
    let name = stem(source.path());
    let legacy = !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9'));
    let (id, location) = match binding(module, "revision") {
        Some(bound) => {
            let location = Location::new(source, bound.range, "");
            match bound.value {
                Constant::Text(id) => (Some(id), location),
                Constant::None => {
                    return Err(Unread { reason: "its `revision` is None".to_owned(), location });
                }
                _ => (None, location),
            }
        }
        // `alembic.script.base.Script._from_filename`: an id of the oldest style is taken from the file's name.
        None if legacy => (Some(name.to_owned()), first_line()),
        None => {
            return Err(Unread { reason: "it assigns no `revision`".to_owned(), location: first_line() });
        }
    };
    let parents = match binding(module, "down_revision").map(|bound| bound.value) {
        Some(Constant::Text(parent)) => vec![parent],
        Some(Constant::Texts(parents)) => parents,
        Some(_) => Vec::new(),
        None => return Err(Unread { reason: "it assigns no `down_revision`".to_owned(), location }),
    };
    Ok(Revision { id, parents, location, upgrade: shape::of_function(module, "upgrade") })
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".py").unwrap_or(name)
}
