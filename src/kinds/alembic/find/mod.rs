//! Finds Alembic's environments and the folders of their revisions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::locations::Named;
use self::said::Said;
use super::{KIND, Keeper};
use crate::git::{EntryKind, Snapshot};
use crate::kinds::detect::{Finder, Folders, Search, Told, has_ending, has_sign};
use crate::path;
use crate::schema::dialect::Dialect;
use crate::track::Track;
use crate::track::ends::ReadError;
use crate::track::revision::{Revision, is_loaded};

pub(super) mod astray;
mod deployment;
mod dialects;
mod locations;
mod said;

impl Finder for Keeper {
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        tracks(search.folders, &search.modules.snapshot)
    }

    fn is_likely(&self, path: &str) -> bool {
        let is_read = || has_ending(path, "py") || has_ending(path, "ini");
        path.rsplit('/').next() == Some("env.py") || is_read() && has_sign(path)
    }

    fn is_telling(&self, _: &str, name: &str) -> bool {
        matches!(name, "env.py" | "script.py.mako" | "pyproject.toml") || name.strip_suffix(".ini").is_some()
    }

    fn is_in_folder(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!self.find(search)?.is_empty())
    }
}

/// Alembic's environments: an `env.py` with a `versions` folder, or one that Alembic's settings name, with the directories
/// that those give it. Several sections can give one environment several chains.
fn tracks(folders: &Folders, snapshot: &Snapshot<'_>) -> Result<Vec<Track>, ReadError> {
    let named = locations::named(folders, snapshot)?;
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        if !entries.iter().any(|entry| entry.name == "env.py") {
            continue;
        }
        let Some(environment) = snapshot.real_path(&path::join(folder, "env.py"))? else { continue };
        let named: Vec<&Named> = named.iter().filter(|named| named.folder == *folder).collect();
        let own = path::join(folder, "versions");
        let own = snapshot.real_path(&own)?.unwrap_or(own);
        // A template of an environment has no folder of versions.
        let plausible = !named.is_empty() || snapshot.entry(&own)?.is_some();
        let Some(entry) = snapshot.entry(&environment)? else { continue };
        let Some(env) = snapshot.read_text(&environment, &entry)? else { continue };
        // One that Alembic's settings name may leave all of it to a helper.
        if !plausible || named.is_empty() && !env.text().contains("alembic") {
            continue;
        }
        let chains = chains(&named, &own);
        let told = match said::by(&env, named.first().copied(), folder, snapshot)? {
            Said::Plainly(told) => told,
            Said::AsDefault(default) => {
                dialects::of_surroundings(&env, std::slice::from_ref(&own), snapshot, Some(default))?
            }
            Said::Nothing => dialects::of_surroundings(&env, std::slice::from_ref(&own), snapshot, None)?,
        };
        if chains.is_empty() {
            let mut paths = vec![own];
            let inner = Inner::read(&paths, folders, snapshot)?;
            if let Some(chains) = inner.of_dialects(&paths[0]) {
                let with_environment = |track| Track { environment: Some(environment.clone()), ..track };
                tracks.extend(chains.into_iter().map(with_environment));
                continue;
            }
            if !inner.below.is_empty() && (inner.own.is_empty() || names_locations(folder, snapshot)?) {
                paths.extend(inner.linked());
            }
            tracks.extend(track(paths, told, &environment, false));
            continue;
        }
        for chain in &chains {
            let paths = chain.versions.clone().unwrap_or_else(|| vec![own.clone()]);
            let by_url = chain.url.as_deref().and_then(dialect_of_url).filter(|_| chains.len() > 1);
            tracks.extend(track(paths, by_url.map_or(told, Told::from), &environment, chain.elsewhere));
        }
    }
    tracks.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(tracks)
}

/// The chains of one environment where a section names folders of revisions: one for each section, without what is part
/// of another one.
fn chains<'n>(named: &[&'n Named], own: &str) -> Vec<&'n Named> {
    if named.iter().all(|named| named.versions.is_none()) {
        return Vec::new();
    }
    let folders = |named: &Named| -> BTreeSet<String> {
        named.versions.clone().unwrap_or_else(|| vec![own.to_owned()]).into_iter().collect()
    };
    let all: Vec<(&Named, BTreeSet<String>)> = named.iter().map(|named| (*named, folders(named))).collect();
    let is_part = |at: usize, own: &BTreeSet<String>| {
        let covers = |(index, (_, other)): (usize, &(&Named, BTreeSet<String>))| {
            index != at && own.is_subset(other) && (own.len() < other.len() || index < at)
        };
        all.iter().enumerate().any(covers)
    };
    let whole = all.iter().enumerate().filter(|(at, (_, folders))| !is_part(*at, folders));
    whole.map(|(_, (named, _))| *named).collect()
}

fn track(mut paths: Vec<String>, told: Told, environment: &str, elsewhere: bool) -> Option<Track> {
    let path = if paths.is_empty() { return None } else { paths.remove(0) };
    let environment = Some(environment.to_owned());
    let track = Track::new("", KIND, told.dialect, path);
    let Told { is_assumed: is_dialect_assumed, outside, .. } = told;
    let continues_elsewhere = elsewhere;
    Some(Track { is_dialect_assumed, outside, more_paths: paths, environment, continues_elsewhere, ..track })
}

/// The dialect that the address of a database begins with.
fn dialect_of_url(url: &str) -> Option<Dialect> {
    dialect_of_scheme(url.split_once(':')?.0)
}

/// The dialect of an address's scheme, without its driver: `mysql+pymysql`.
fn dialect_of_scheme(scheme: &str) -> Option<Dialect> {
    Dialect::of_scheme(scheme.split('+').next().unwrap_or(scheme))
}

/// The folders inside these, at any depth.
fn below(paths: &[String], folders: &Folders) -> Vec<String> {
    let is_inside = |folder: &&String| paths.iter().any(|path| folder.starts_with(&format!("{path}/")));
    folders.keys().filter(is_inside).cloned().collect()
}

/// Whether code beside an environment, or beside its folder, says where revisions are.
fn names_locations(folder: &str, snapshot: &Snapshot<'_>) -> Result<bool, ReadError> {
    for folder in [folder, path::folder(folder)] {
        for entry in
            snapshot.list(folder)?.iter().filter(|entry| entry.kind == EntryKind::File && is_loaded(&entry.name))
        {
            let source = snapshot.read_text(&path::join(folder, &entry.name), entry)?;
            if source.is_some_and(|source| source.text().contains("version_locations")) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The revisions in a versions directory and in the folders inside it, by folder. Alembic does not look into those by
/// itself: where they have revisions, the project's code names them (`version_locations`).
struct Inner {
    own: Vec<Revision>,
    below: BTreeMap<String, Vec<Revision>>,
}

impl Inner {
    fn read(paths: &[String], folders: &Folders, snapshot: &Snapshot<'_>) -> Result<Self, ReadError> {
        let mut inner = Self { own: Vec::new(), below: BTreeMap::new() };
        for folder in below(paths, folders) {
            let found = revisions(&folder, snapshot)?;
            if !found.is_empty() {
                inner.below.insert(folder, found);
            }
        }
        if let Some(folder) = paths.first().filter(|_| !inner.below.is_empty()) {
            inner.own = revisions(folder, snapshot)?;
        }
        Ok(inner)
    }

    /// A chain for each dialect, where the versions directory has nothing but folders that are named after one.
    fn of_dialects(&self, versions: &str) -> Option<Vec<Track>> {
        if !self.own.is_empty() || self.below.len() < 2 {
            return None;
        }
        let track = |folder: &String| {
            let dialect = Dialect::of_scheme(folder.strip_prefix(versions)?.strip_prefix('/')?)?;
            Some(Track::new("", KIND, dialect, folder.clone()))
        };
        self.below.keys().map(track).collect()
    }

    /// The folders whose revisions are of one chain with those above: they follow one of these, or one of these follows
    /// them. Without revisions above it is all of them.
    fn linked(&self) -> Vec<String> {
        if self.own.is_empty() {
            return self.below.keys().cloned().collect();
        }
        // The folders that have an id, and those that name it.
        let (mut having, mut naming) = (Places::new(), Places::new());
        for (folder, revisions) in &self.below {
            for revision in revisions {
                having.entry(revision.id.as_deref().unwrap_or_default()).or_default().push(folder);
                for id in revision.parents.iter().chain(&revision.depends_on) {
                    naming.entry(id).or_default().push(folder);
                }
            }
        }
        let mut linked: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&Revision> = self.own.iter().collect();
        while let Some(revision) = open.pop() {
            let following = revision.id.as_deref().and_then(|id| naming.remove(id));
            let followed = revision.parents.iter().chain(&revision.depends_on);
            let followed: Vec<Vec<&str>> = followed.filter_map(|id| having.remove(id.as_str())).collect();
            for folder in following.into_iter().chain(followed).flatten() {
                if linked.insert(folder) {
                    open.extend(&self.below[folder]);
                }
            }
        }
        linked.into_iter().map(str::to_owned).collect()
    }
}

/// Ids, and folders.
type Places<'f> = HashMap<&'f str, Vec<&'f str>>;

/// The revisions that Alembic would load from a folder.
fn revisions(folder: &str, snapshot: &Snapshot<'_>) -> Result<Vec<Revision>, ReadError> {
    let mut found = Vec::new();
    for entry in snapshot.list(folder)? {
        if entry.kind != EntryKind::File || !is_loaded(&entry.name) {
            continue;
        }
        if let Some(source) = snapshot.read_text(&path::join(folder, &entry.name), &entry)?
            && let Ok(revision) = Revision::read(&source)
        {
            found.push(revision);
        }
    }
    Ok(found)
}
