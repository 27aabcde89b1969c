//! Finds Python files with lists of named migrations.

use std::collections::BTreeSet;

use super::{KIND, Keeper};
use crate::git::{EntryKind, Snapshot};
use crate::kinds::KEEPERS;
use crate::kinds::detect::{DECLARED, Finder, Folders, Listed, Search, dialect_of_list, has_ending, has_sign};
use crate::path;
use crate::source::has_word;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::kind::Kind;
use crate::track::{Declared, Track, ddl};

mod effects;
mod histories;

impl Finder for Keeper {
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        let is_beside_chains = search.has(Kind::has_models)?;
        // Where a file is named after migrations, nobody looks for a list in a file of a more general name.
        let mut tracks = lists_in(search, ListFile::ByName)?;
        if tracks.is_empty() {
            tracks = lists_in(search, ListFile::Perhaps)?;
        }
        tracks.retain(|list| !effects::is_for_something_else(list, search.modules));
        tracks.retain(|list| !is_beside_chains || effects::may_alter_a_schema(list, search.modules));
        Ok(tracks)
    }

    /// The entries of a list may be files of SQL.
    fn is_likely(&self, path: &str) -> bool {
        (has_ending(path, "py") || ddl::is_sql(path)) && has_sign(path)
    }

    fn is_telling(&self, folder: &str, name: &str) -> bool {
        DECLARED.contains(&name) || list_file(folder, name).is_some()
    }

    fn is_in_folder(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!lists_in(search, ListFile::ByName)?.is_empty())
    }

    fn is_among(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!lists_in(search, ListFile::Perhaps)?.is_empty())
    }

    /// A changed file of Python or SQL lies in a folder, or not far below one, that has a file named after migrations: the
    /// list in that may take its entries from the changed one, whatever it is called.
    fn is_beside(&self, ends: &Ends<'_>) -> Result<bool, ReadError> {
        let mut seen = BTreeSet::new();
        let is_code = |path: &str| ddl::is_python(path) || ddl::is_sql(path);
        for change in ends.changed.iter().filter(|change| is_code(&change.path)) {
            let mut folder = change.path.as_str();
            for _ in 0..3 {
                folder = path::folder(folder);
                if !seen.insert(folder) {
                    break;
                }
                let entries = ends.head.snapshot.list(folder)?;
                if entries.iter().any(|entry| list_file(folder, &entry.name) == Some(ListFile::ByName)) {
                    return Ok(true);
                }
                if folder.is_empty() {
                    break;
                }
            }
        }
        Ok(false)
    }

    fn may_hold(&self, path: &str) -> bool {
        let name = path::name(path);
        let is_test = name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py";
        ddl::is_python(path) && !is_test
    }

    fn speaks(&self, text: &str) -> bool {
        let has = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
        (has("IGRATIONS") || has("igrations")) && has("execute") && !has("op.execute")
    }

    fn find_in(&self, path: &str, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        lists_of(path::folder(path), path, search)
    }

    fn count_in(&self, path: &str, modules: &mut Modules<'_>) -> Result<usize, ReadError> {
        let Some(source) = modules.text(path)? else { return Ok(0) };
        Ok(histories::names(path, source.text(), modules).len())
    }
}

/// The lists in files whose names speak so clearly for one.
fn lists_in(search: &mut Search<'_, '_>, wanted: ListFile) -> Result<Vec<Track>, ReadError> {
    let mut tracks = Vec::new();
    for (folder, entries) in search.folders {
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
            if list_file(folder, &entry.name) == Some(wanted) {
                tracks.extend(lists_of(folder, &path::join(folder, &entry.name), search)?);
            }
        }
    }
    Ok(tracks)
}

/// The histories that a file has.
fn lists_of(folder: &str, path: &str, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
    let (folders, modules) = (search.folders, &mut *search.modules);
    let Some(source) = modules.text(path)? else { return Ok(Vec::new()) };
    let lists = histories::names(path, source.text(), modules);
    let mut tracks = Vec::new();
    for list in &lists {
        let dialect = dialect_of_list(source.text());
        let declared = declared(folder, folders, path, &modules.snapshot)?;
        let declared = declared.into_iter().map(Declared::detected).collect();
        let list = Some(list.clone());
        let track = Track { list, declared, ..Track::new("", KIND, dialect, path) };
        tracks.push(taken(Listed { track: &track, lists: &lists, folder, folders }, modules)?.unwrap_or(track));
    }
    Ok(tracks)
}

/// A list as a track of the kind that it is told to be by more than its form.
fn taken(listed: Listed<'_>, modules: &mut Modules<'_>) -> Result<Option<Track>, ReadError> {
    for keeper in KEEPERS {
        if let Some(track) = keeper.take_list(listed, modules)? {
            return Ok(Some(track));
        }
    }
    Ok(None)
}

/// How a file's name speaks for a list of migrations in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ListFile {
    ByName,
    Perhaps,
}

fn list_file(folder: &str, name: &str) -> Option<ListFile> {
    const BY_NAME: [&str; 2] = ["migrat", "upgrade"];
    const PERHAPS: [&str; 6] = ["database", "sqlite", "schema", "storage", "store", "versions"];
    const IN_PACKAGE: [&str; 8] = ["__init__", "registry", "runner", "list", "steps", "all", "index", "main"];
    let stem = name.strip_suffix(".py")?;
    let is_test = stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest";
    if is_test || folder.ends_with("versions") {
        return None;
    }
    let in_package = || folder.rsplit('/').next().is_some_and(|name| name.contains("migrat"));
    if has_word(stem, &BY_NAME) || IN_PACKAGE.contains(&stem) && in_package() {
        return Some(ListFile::ByName);
    }
    (has_word(stem, &PERHAPS) || stem.eq_ignore_ascii_case("db")).then_some(ListFile::Perhaps)
}

/// The names ending in "migrations" that lines of a text assign to: `MIGRATIONS = …`, `DB_MIGRATIONS: list = …`,
/// `migrations += …`.
fn assigned(text: &str) -> BTreeSet<&str> {
    const ENDING: &str = "migrations";
    let is_list = |name: &str| {
        let front = name.len().checked_sub(ENDING.len()).and_then(|length| name.split_at_checked(length));
        front.is_some_and(|(front, ending)| {
            ending.eq_ignore_ascii_case(ENDING) && (front.is_empty() || front.ends_with('_'))
        })
    };
    let assigned = |line: &'_ str| {
        let rest = line.trim_start();
        let rest = match rest.strip_prefix(':') {
            Some(annotated) => &annotated[annotated.find('=')?..],
            None => rest.strip_prefix('+').unwrap_or(rest),
        };
        rest.strip_prefix('=').filter(|value| !value.starts_with('=')).map(drop)
    };
    let names = text.lines().filter_map(|line| {
        let line = line.trim_start_matches([' ', '\t']);
        let end = line.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_')?;
        let (name, rest) = line.split_at(end);
        (is_list(name) && assigned(rest).is_some()).then_some(name)
    });
    names.collect()
}

/// The schema files beside a list; for a package of migrations those beside the package too.
fn declared(folder: &str, folders: &Folders, list: &str, snapshot: &Snapshot<'_>) -> Result<Vec<String>, ReadError> {
    let mut beside = vec![folder];
    let (above, own) = folder.rsplit_once('/').unwrap_or(("", folder));
    if own.contains("migrat") {
        beside.push(above);
    }
    let mut declared = Vec::new();
    for folder in beside {
        for entry in folders.get(folder).into_iter().flat_map(|entries| entries.iter()) {
            let path = path::join(folder, &entry.name);
            if entry.kind != EntryKind::File || path == list || !DECLARED.contains(&entry.name.as_str()) {
                continue;
            }
            // A `models.py` is many things; only SQLAlchemy's states a schema.
            let states_schema = entry.name != "models.py"
                || snapshot.read_text(&path, entry)?.is_some_and(|source| source.text().contains("sqlalchemy"));
            if states_schema {
                declared.push(path);
            }
        }
    }
    Ok(declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_told_by_the_name_that_a_line_assigns_to() {
        let text = "MIGRATIONS = [\n_DB_MIGRATIONS: list[tuple] = []\r\n\tmigrations += [1]\n    schema_migrations = (\n\
                    X_MIGRATIONS=\nMIGRATIONS_B = 1\nALLMIGRATIONS = 1\nA_MIGRATIONS == 1\nB_MIGRATIONS: list\n\
                    # C_MIGRATIONS = 1\nD_MIGRATIONS.append(x)\nE_MIGRATIONS[0] = 1\nmigrations";
        let names = ["MIGRATIONS", "X_MIGRATIONS", "_DB_MIGRATIONS", "migrations", "schema_migrations"];
        assert_eq!(assigned(text).into_iter().collect::<Vec<_>>(), names);
        assert!(assigned("é_MIGRATIONS = 1\nmigrationé = 1").is_empty());
    }
}
