//! Finds Alembic's environments and the folders of their revisions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Folders;
use crate::git::{EntryKind, Snapshot};
use crate::path;
use crate::track::ends::ReadError;
use crate::track::revision::{Revision, is_loaded};
use crate::track::{Dialect, Kind, Track};

/// Alembic's environments: an `env.py` with a `versions` folder or a `script.py.mako`, with the directories that an
/// `alembic.ini` gives it.
pub(super) fn tracks(folders: &Folders, snapshot: &Snapshot<'_>) -> Result<Vec<Track>, ReadError> {
    let inis = inis(folders, snapshot)?;
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        let Some(env) = entries.iter().find(|entry| entry.name == "env.py") else { continue };
        let ini = inis.iter().find(|ini| ini.script_location == *folder);
        let own = path::join(folder, "versions");
        // A template of an environment has no folder of versions.
        let plausible = ini.is_some() || entries.iter().any(|entry| entry.name == "versions");
        let Some(env) = snapshot.read_text(&path::join(folder, "env.py"), env)? else { continue };
        if !plausible || !env.text().contains("alembic") {
            continue;
        }
        let mut paths = ini.map(|ini| ini.versions.clone()).unwrap_or_default();
        let beside = ini.map_or(String::new(), |ini| ini.text.clone());
        let dialect = dialect_of_chain(&(env.text().to_owned() + &beside), folder);
        if paths.is_empty() {
            paths.push(own);
            let inner = Inner::read(&paths, folders, snapshot)?;
            if let Some(chains) = inner.of_dialects(&paths[0]) {
                tracks.extend(chains);
                continue;
            }
            if !inner.below.is_empty() && (inner.own.is_empty() || names_locations(folder, snapshot)?) {
                paths.extend(inner.linked());
            }
        }
        if ini.is_some_and(|ini| ini.recursive) {
            paths.extend(below(&paths, folders));
            paths.dedup();
        }
        let path = paths.remove(0);
        tracks.push(Track { more_paths: paths, ..Track::new("", Kind::Alembic, dialect, path) });
    }
    Ok(tracks)
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
            let dialect = dialect_of_name(folder.strip_prefix(versions)?.strip_prefix('/')?)?;
            Some(Track::new("", Kind::Alembic, dialect, folder.clone()))
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

fn dialect_of_name(name: &str) -> Option<Dialect> {
    match name.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" | "pg" | "psql" => Some(Dialect::Postgres),
        "mysql" | "mariadb" => Some(Dialect::Mysql),
        "sqlite" | "sqlite3" => Some(Dialect::Sqlite),
        _ => None,
    }
}

struct Ini {
    script_location: String,
    versions: Vec<String>,
    /// Alembic looks into the folders inside a versions directory too, which it does not by itself.
    recursive: bool,
    text: String,
}

/// What the `alembic.ini` files say, as far as it lies inside the repository. A path that is absolute where it runs
/// (`/app/migrations`) says nothing here.
fn inis(folders: &Folders, snapshot: &Snapshot<'_>) -> Result<Vec<Ini>, ReadError> {
    let mut inis = Vec::new();
    for (folder, entries) in folders {
        let names =
            entries.iter().filter(|entry| entry.name.contains("alembic") && entry.name.strip_suffix(".ini").is_some());
        for entry in names {
            let Some(source) = snapshot.read_text(&path::join(folder, &entry.name), entry)? else { continue };
            let value = |key: &str| ini_value(source.text(), key);
            let Some(script_location) = value("script_location").and_then(|path| inside(folder, &path)) else {
                continue;
            };
            let versions = value("version_locations").unwrap_or_default();
            let versions: Vec<String> =
                versions.split([' ', ',', ';', ':', '\n']).filter_map(|path| inside(folder, path)).collect();
            let recursive =
                value("recursive_version_locations").is_some_and(|value| value.eq_ignore_ascii_case("true"));
            inis.push(Ini { script_location, versions, recursive, text: source.text().to_owned() });
        }
    }
    Ok(inis)
}

/// The value of a key of the `[alembic]` section.
fn ini_value(text: &str, key: &str) -> Option<String> {
    let mut section = "";
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line;
        } else if section == "[alembic]"
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

/// A path of an `alembic.ini` in `folder`, from the repository's root; `None` for one that leads outside.
fn inside(folder: &str, path: &str) -> Option<String> {
    let path = path.trim().replace("%(here)s/", "").replace("%(here)s", "");
    if path.is_empty() && folder.is_empty() || path.starts_with('/') || path.contains('%') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!path.is_empty()).then(|| parts.join("/"))
}

fn dialect_of_chain(text: &str, folder: &str) -> Dialect {
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["postgres", "psycopg", "asyncpg"]) {
        Dialect::Postgres
    } else if has(&["mysql", "mariadb", "asyncmy"]) {
        Dialect::Mysql
    } else if has(&["sqlite:", "aiosqlite"]) || folder.to_ascii_lowercase().contains("sqlite") {
        Dialect::Sqlite
    } else {
        Dialect::Postgres
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_an_ini_are_taken_where_they_lead_into_the_repository() {
        assert_eq!(inside("api", "%(here)s/alembic").as_deref(), Some("api/alembic"));
        assert_eq!(inside("api", "../alembic/").as_deref(), Some("alembic"));
        assert_eq!(inside("", "alembic").as_deref(), Some("alembic"));
        for outside in ["/app/alembic", "../../x", "%(home)s/x"] {
            assert_eq!(inside("api", outside), None, "{outside}");
        }
    }
}
