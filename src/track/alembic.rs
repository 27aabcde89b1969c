//! The track kind `alembic`: revision files in a versions directory.
//!
//! What counts as a revision follows `alembic.script.base` of Alembic 1.19: every `.py` file of the directory is
//! loaded but `__init__.py` and those that start with `.#`, and one without a `revision` is an error unless its name is
//! an id of the oldest style.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::chain::{Chain, ChainChange};
use super::ends::{Ends, Modules, ReadError};
use super::{Dialect, Migration, Presence, Track, TrackChange, Unread};
use crate::git::{Entry, EntryKind, ObjectId};
use crate::python::bindings::{Constant, binding};
use crate::python::{Module, shape};
use crate::source::{Location, Source};

/// A revision file, as far as its text tells what Alembic would load.
#[derive(Clone, Debug)]
pub struct Revision {
    /// `None` where the id is computed.
    pub id: Option<String>,
    /// The ids that it follows; empty for a base.
    pub parents: Vec<String>,
    /// The parents are not in the text.
    pub computed_parents: bool,
    pub depends_on: Vec<String>,
    pub labels: Vec<String>,
    /// Where the id is assigned.
    pub location: Location,
    /// Where the parents are assigned.
    pub parents_location: Location,
    /// What `upgrade()` does, without comments, docstrings and formatting; empty where it does nothing.
    pub upgrade: String,
}

impl Revision {
    /// A file that may be a revision, of which nothing is known.
    fn unreadable(path: &str) -> Self {
        let location = Location::line(&Source::new(path, ""), 1, "");
        Self {
            id: None,
            parents: Vec::new(),
            computed_parents: true,
            depends_on: Vec::new(),
            labels: Vec::new(),
            parents_location: location.clone(),
            location,
            upgrade: String::new(),
        }
    }
}

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Vec<String>) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    let head = files(track, &ends.head)?;
    change.migrations = Some(head.len());
    if !ends.changed.iter().any(|file| is_revision_path(track, &file.path)) {
        return Ok(change);
    }
    change.touched = true;
    let base = match files(track, &ends.base) {
        Err(ReadError::Git(error)) if error.is_not_text() => {
            notes.push(format!("the merge base: {error}; its revisions are not known"));
            BTreeMap::new()
        }
        files => files?,
    };
    if head.is_empty() {
        if let Some((path, entry)) = base.first_key_value() {
            let place = ends.base.snapshot.read(path, entry).map(|source| Location::line(&source, 1, "was here"));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
        }
        return Ok(change);
    }
    let mut loader = Loader::default();
    let mut new = Vec::new();
    for (path, entry) in &head {
        let Some(old) = base.get(path) else {
            match loader.load(path, entry, &ends.head)? {
                Ok(revision) => new.push(revision),
                Err(unread) => change.invalid.push(unread),
            }
            continue;
        };
        if old.id != entry.id
            && let Err(unread) = loader.load(path, entry, &ends.head)?
            && matches!(loader.load(path, old, &ends.base), Ok(Ok(_)))
        {
            change.invalid.push(unread);
        }
    }
    if !new.is_empty() {
        let known = Known::read(&base, ends, &mut loader, notes)?;
        if known.revisions == 0 {
            change.presence = Presence::New;
        }
        change.new = net_new(new, &known);
    }
    let chain = chain_change(track, ends, &mut loader)?;
    change.unread = chain.added().filter_map(computed).collect();
    change.chain = Some(chain);
    Ok(change)
}

/// What keeps a revision's place in the chain from being known.
fn computed(revision: &Revision) -> Option<Unread> {
    let reason = "its `down_revision` is computed, so the order of the chain is not known".to_owned();
    revision.computed_parents.then(|| Unread { reason, location: revision.parents_location.clone() })
}

/// Reads revisions, each text once.
#[derive(Default)]
struct Loader {
    loaded: HashMap<(String, ObjectId), Result<Revision, Unread>>,
}

impl Loader {
    /// A revision, or why Alembic would not load the file as one.
    fn load(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Result<Revision, Unread>, ReadError> {
        let key = (path.to_owned(), entry.id);
        if let Some(known) = self.loaded.get(&key) {
            return Ok(known.clone());
        }
        let loaded = load(path, entry, from)?;
        self.loaded.insert(key, loaded.clone());
        Ok(loaded)
    }

    /// The chain of these files, without those that are no revisions.
    fn chain(&mut self, files: &BTreeMap<String, Entry>, from: &Modules<'_>) -> Result<Chain, ReadError> {
        let mut revisions = Vec::new();
        for (path, entry) in files {
            match self.load(path, entry, from) {
                Ok(revision) => revisions.extend(revision),
                // An old file that cannot be read may be the head, or what comes before it.
                Err(ReadError::Git(error)) if error.is_not_text() => revisions.push(Revision::unreadable(path)),
                Err(error) => return Err(error),
            }
        }
        Ok(Chain { revisions })
    }
}

/// The chain as it will be when head is merged into the tip of base, beside the one at that tip.
fn chain_change(track: &Track, ends: &Ends<'_>, loader: &mut Loader) -> Result<ChainChange, ReadError> {
    let read = |modules: &Modules<'_>| match files(track, modules) {
        Err(ReadError::Git(error)) if error.is_not_text() => Ok(BTreeMap::new()),
        files => files,
    };
    let (base, head, tip) = (read(&ends.base)?, files(track, &ends.head)?, read(&ends.tip)?);
    let paths: BTreeSet<&String> = base.keys().chain(head.keys()).chain(tip.keys()).collect();
    let mut merged = BTreeMap::new();
    let mut conflict = false;
    for path in paths {
        let id = |files: &BTreeMap<String, Entry>| files.get(path).map(|entry| entry.id);
        let (at_base, at_head, at_tip) = (id(&base), id(&head), id(&tip));
        let side = if at_head == at_base { &tip } else { &head };
        conflict |= at_head != at_base && at_tip != at_base && at_head != at_tip;
        if let Some(entry) = side.get(path) {
            merged.insert(path.clone(), entry.clone());
        }
    }
    let merged = if conflict { head } else { merged };
    let merged = loader.chain(&merged, &ends.head)?;
    let id_limit = id_limit(track, &merged, ends)?;
    Ok(ChainChange { tip: loader.chain(&tip, &ends.tip)?, merged, id_limit, conflict })
}

/// How long an id may be: what the column of Alembic's version table holds. `None` where nothing bounds it.
///
/// The column has 32 characters (`alembic.ddl.impl.DefaultImpl.version_table_impl`) unless `env.py` sets
/// `version_table_column_type` or a revision widens it. SQLite does not enforce it.
fn id_limit(track: &Track, chain: &Chain, ends: &Ends<'_>) -> Result<Option<usize>, ReadError> {
    if track.dialect == Dialect::Sqlite {
        return Ok(None);
    }
    let folder = track.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let env = if folder.is_empty() { "env.py".to_owned() } else { format!("{folder}/env.py") };
    let env = match ends.head.snapshot.source(&env) {
        Ok(source) => source,
        Err(error) if error.is_not_text() => None,
        Err(error) => return Err(error.into()),
    };
    let env = env.filter(|source| source.text().contains("version_table_column_type"));
    let widening = chain
        .revisions
        .iter()
        .map(|revision| revision.location.source.text())
        .filter(|text| text.contains("alembic_version") && text.contains("version_num"));
    let texts: Vec<&str> = env.iter().map(Source::text).chain(widening).collect();
    if texts.is_empty() {
        return Ok(Some(DEFAULT_ID_LENGTH));
    }
    let lengths = texts.iter().flat_map(|text| LENGTH.captures_iter(text));
    // A type without a length, such as `Text()`, bounds nothing.
    Ok(lengths.filter_map(|found| found.get(1)?.as_str().parse().ok()).max())
}

/// The column `version_num` as Alembic makes it.
const DEFAULT_ID_LENGTH: usize = 32;

/// The length in `String(255)`, `VARCHAR(255)`, `String(length=255)`.
#[allow(clippy::expect_used, reason = "the pattern is a constant, and a test compiles it")]
static LENGTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:String|VARCHAR|CHARACTER VARYING)\s*\(\s*(?:length\s*=\s*)?(\d+)\s*\)")
        .expect("a pattern that compiles")
});

/// What the merge base has, in the directory or in files that are gone from wherever they were.
#[derive(Default)]
struct Known {
    ids: HashSet<String>,
    upgrades: HashSet<String>,
    revisions: usize,
}

impl Known {
    fn read(
        base: &BTreeMap<String, Entry>,
        ends: &Ends<'_>,
        loader: &mut Loader,
        notes: &mut Vec<String>,
    ) -> Result<Self, ReadError> {
        let gone = ends.changed.iter().filter(|file| file.new.is_none() && !base.contains_key(&file.path));
        let moved = gone.filter_map(|file| Some((file.path.clone(), file.old.clone()?)));
        let mut paths: BTreeMap<String, Entry> = moved.filter(|(path, _)| is_loaded(path)).collect();
        paths.extend(base.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        let mut known = Self::default();
        for (path, entry) in paths {
            let revision = match loader.load(&path, &entry, &ends.base) {
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

/// The ids that no other revision follows when head is merged, sorted. Empty where an id or a parent is computed.
pub fn heads(track: &Track, ends: &Ends<'_>) -> Result<Vec<String>, ReadError> {
    let chain = chain_change(track, ends, &mut Loader::default())?.merged;
    let heads = if chain.is_known() { chain.heads() } else { Vec::new() };
    Ok(heads.into_iter().filter_map(|head| head.id.clone()).collect())
}

/// The chain at one commit, without files that are no revisions.
pub fn chain(track: &Track, modules: &Modules<'_>) -> Result<Chain, ReadError> {
    Loader::default().chain(&files(track, modules)?, modules)
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
fn load(path: &str, entry: &Entry, modules: &Modules<'_>) -> Result<Result<Revision, Unread>, ReadError> {
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
    let Some(down) = binding(module, "down_revision") else {
        return Err(Unread { reason: "it assigns no `down_revision`".to_owned(), location });
    };
    let computed_parents = down.value == Constant::Other;
    let names = |name: &str| binding(module, name).map_or(Vec::new(), |bound| texts(bound.value));
    Ok(Revision {
        id,
        parents: texts(down.value),
        computed_parents,
        depends_on: names("depends_on"),
        labels: names("branch_labels"),
        location,
        parents_location: Location::new(source, down.range, ""),
        upgrade: shape::of_function(module, "upgrade"),
    })
}

fn texts(value: Constant) -> Vec<String> {
    match value {
        Constant::Text(text) => vec![text],
        Constant::Texts(texts) => texts,
        Constant::None | Constant::Int(_) | Constant::Other => Vec::new(),
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".py").unwrap_or(name)
}
