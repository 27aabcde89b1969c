//! Finds slices of migrations in Go files: by the names of the files first, then by their bytes, then by their syntax.

use std::collections::BTreeSet;

use super::generated::is_generated_from;
use super::{KIND, Keeper};
use crate::git::EntryKind;
use crate::go::lists::{Bare, Candidate, are_counted, longest};
use crate::go::{File, Package, is_go, texts};
use crate::kinds::detect::{Finder, Folders, Search, Told, has_sign};
use crate::path;
use crate::schema::dialect::{self, Dialect, Named as Database};
use crate::source::{Source, has_word};
use crate::track::Track;
use crate::track::ends::{Ends, Modules, ReadError};

impl Finder for Keeper {
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        slices(search.folders, search.modules)
    }

    fn is_likely(&self, path: &str) -> bool {
        is_go(path) && has_sign(path)
    }

    fn is_telling(&self, folder: &str, name: &str) -> bool {
        rank(folder, name).is_some()
    }

    fn is_in_folder(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!self.find(search)?.is_empty())
    }

    /// A folder is searched by itself: all of them have been.
    fn is_among(&self, _: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// A package is one folder: a changed file lies beside one that is named after migrations.
    fn is_beside(&self, ends: &Ends<'_>) -> Result<bool, ReadError> {
        for change in ends.changed.iter().filter(|change| is_go(&change.path)) {
            let entries = ends.head.snapshot.list(path::folder(&change.path))?;
            if entries.iter().any(|entry| is_named_after_migrations(&entry.name)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_copy(&self, track: &Track, found: &[Track], modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        is_generated_from(track, found, modules)
    }

    fn may_hold(&self, path: &str) -> bool {
        is_go(path)
    }

    fn speaks(&self, text: &str) -> bool {
        speaks_of_lists(text)
    }

    fn find_in(&self, path: &str, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        Ok(slice_anywhere(path, search.modules)?.into_iter().collect())
    }
}

/// How soon a file is looked into, by its name; `None` for one that is not.
fn rank(folder: &str, name: &str) -> Option<u8> {
    const FOLDERS: [&str; 6] = ["db", "database", "store", "storage", "migrat", "repository"];
    const NAMES: [&str; 9] = [
        "upgrade.go",
        "upgrades.go",
        "db.go",
        "database.go",
        "store.go",
        "storage.go",
        "schema.go",
        "init.go",
        "sql.go",
    ];
    if !is_go(name) {
        return None;
    }
    if is_named_after_migrations(name) {
        return Some(0);
    }
    let last = folder.rsplit('/').next().unwrap_or_default();
    if last.contains("migrat") {
        return Some(1);
    }
    let is_store = FOLDERS.iter().any(|word| last.contains(word)) || Dialect::named_inside(last).is_some();
    let is_database = || name.strip_suffix(".go").is_some_and(|stem| Database::of_word(stem).is_some());
    if NAMES.contains(&name)
        || is_database()
        || is_store && has_word(name, &["schema", "upgrade", "store", "init", "version", "ddl"])
    {
        return Some(2);
    }
    // Any file of a package for a database may hand a list to the library that runs it.
    is_store.then_some(LIBRARY)
}

/// The rank of files that are told by a library alone.
const LIBRARY: u8 = 3;

/// The rank of files that nothing tells but their text.
const ANYWHERE: u8 = 4;

/// Libraries that are handed lists of migrations.
const LIBRARIES: [&str; 4] = ["gormigrate", "xormigrate", "rubenv/sql-migrate", "/darwin\""];

/// Whether a file's name speaks for a list of migrations in it.
fn is_named_after_migrations(name: &str) -> bool {
    is_go(name) && has_word(name, &["migrat"])
}

/// The slices of all folders, one of each: that in the file which is named best, the longest of those. Where that file is
/// named after a database, those for other databases are tracks of their own.
fn slices(folders: &Folders, modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        let mut found: Vec<(u8, std::cmp::Reverse<usize>, Option<Dialect>, Track)> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
            let Some(rank) = rank(folder, &entry.name) else { continue };
            let path = path::join(folder, &entry.name);
            let memory = modules.memory.clone();
            if memory.as_ref().is_some_and(|memory| memory.borrow().without_lists.contains(&(entry.id, rank))) {
                continue;
            }
            let found_here = slice(&path, rank, modules)?;
            if let (Slice::None, Some(memory)) = (&found_here, memory) {
                memory.borrow_mut().without_lists.insert((entry.id, rank));
            }
            let Slice::Found(track, count) = found_here else { continue };
            found.push((rank, std::cmp::Reverse(count), named_database(&entry.name), *track));
        }
        // The first of several that are alike.
        found.sort_by_key(|(rank, count, ..)| (*rank, *count));
        let mut seen: Vec<Option<Dialect>> = Vec::new();
        for (_, _, named, track) in found {
            let is_another = seen.iter().all(Option::is_some) && named.is_some() && !seen.contains(&named);
            if seen.is_empty() || is_another {
                seen.push(named);
                tracks.push(track);
            }
        }
    }
    Ok(tracks)
}

/// The database that a path names.
fn named_database(path: &str) -> Option<Dialect> {
    let by_word = || match path.split(['/', '_', '-', '.']).find_map(Database::of_word)? {
        Database::Known(dialect) => Some(dialect),
        Database::Other(_) => None,
    };
    Dialect::ALL.into_iter().find(|dialect| has_word(path, &[dialect.as_str()])).or_else(by_word)
}

/// The slice of a file that speaks of them, whatever the file is called.
fn slice_anywhere(path: &str, modules: &mut Modules<'_>) -> Result<Option<Track>, ReadError> {
    Ok(match slice(path, ANYWHERE, modules)? {
        Slice::Found(track, _) => Some(*track),
        Slice::None | Slice::OfNoTrack => None,
    })
}

/// Whether a text imports a library that is handed lists of migrations.
fn names_library(text: &str) -> bool {
    LIBRARIES.iter().any(|library| memchr::memmem::find(text.as_bytes(), library.as_bytes()).is_some())
}

/// Whether a text hands lists of migrations to a library, or calls a variable after them: then its file may be called anything.
fn speaks_of_lists(text: &str) -> bool {
    const LISTS: [&str; 4] = ["igrations = []", "igrations = [...]", "igrations = map[int", "migList = []"];
    names_library(text) || LISTS.iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// What a file has of slices.
enum Slice {
    /// The longest one, with how many elements it has.
    Found(Box<Track>, usize),
    /// None, as its text alone tells.
    None,
    /// One that the other files of the package make none of ours.
    OfNoTrack,
}

fn slice(path: &str, rank: u8, modules: &mut Modules<'_>) -> Result<Slice, ReadError> {
    let Some(source) = modules.text(path)? else { return Ok(Slice::None) };
    if rank == ANYWHERE && !speaks_of_lists(source.text())
        || !speaks_of_slices(source.text())
        || rank == LIBRARY && !names_library(source.text())
    {
        return Ok(Slice::None);
    }
    let track = |list: Option<String>, told: Told| {
        let track = Track::new(String::new(), KIND, told.dialect, path.to_owned());
        Box::new(Track { list, is_dialect_assumed: told.is_assumed, ..track })
    };
    // A file that does not parse is still a track where its name and its text say so: an error, not a silence.
    let file = match modules.go_file(path) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(Slice::None),
        Err(_) => {
            let telling = is_named_after_migrations(path::name(path));
            let says = source.text().contains("igrations = []");
            return Ok(if telling && says {
                Slice::Found(track(None, dialect::USUAL.into()), 0)
            } else {
                Slice::None
            });
        }
    };
    let Some(Candidate { name, count, bare, .. }) = longest(&file) else { return Ok(Slice::None) };
    // An empty slice is told by its names alone.
    let file_name = path::name(path);
    if count == 0 && !is_named_after_migrations(file_name) && !file_name.starts_with("migrat") {
        return Ok(Slice::OfNoTrack);
    }
    let Some(package) = modules.go_package(path)? else { return Ok(Slice::OfNoTrack) };
    if !is_about_a_database(&package) {
        return Ok(Slice::OfNoTrack);
    }
    if bare == Some(Bare::Name) && !are_counted(&package, &name) {
        return Ok(Slice::OfNoTrack);
    }
    let dialect = dialect(&package, &file, modules)?;
    Ok(Slice::Found(track(Some(name.to_string()), dialect), count))
}

/// Whether a package speaks of a database at all: other things have lists of migrations, too.
fn is_about_a_database(package: &Package) -> bool {
    const SIGNS: [&str; 8] = ["sql", "SQL", "orm\"", "Exec(", "xorm", "darwin", "ALTER ", "CREATE "];
    let has = |text: &str| SIGNS.iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some());
    package.sources().any(|source| has(source.text()))
}

/// Whether a text has a slice and speaks of migrations: what is asked before it is parsed.
fn speaks_of_slices(text: &str) -> bool {
    let has = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    // `[]migration{`, `[...]migration{`, `map[int]func(*sql.Tx) error{`, `Migrations{`
    let has_list = has("[]") || has("[...]") || has("map[int") || has("igrations{");
    has_list && (has("igration") || has("igrat") && has("[]string{")) || has("pgrade") && has("func(") && has("[")
}

/// The database that a package is for: by the driver that it imports, else by the names of its folders, else by the only
/// one that its module needs, else by those of the packages that it imports, else by what its SQL says. Where its module
/// needs several and none of that tells, it is assumed.
fn dialect(package: &Package, file: &File, modules: &mut Modules<'_>) -> Result<Told, ReadError> {
    let path = file.source.path();
    let texts: Vec<&str> = package.sources().map(Source::text).collect();
    let by_path = named_database(path);
    if let Some(only) = Dialect::of_go_drivers(&texts).or(by_path) {
        return Ok(only.into());
    }
    let mut folder = path::folder(path);
    let module = loop {
        let module = modules.text(&path::join(folder, "go.mod"))?;
        if module.is_some() || folder.is_empty() {
            break module;
        }
        folder = path::folder(folder);
    };
    let Some(module) = module else { return Ok(by_words(file).unwrap_or(dialect::USUAL).into()) };
    let needed = needed(module.text());
    if let Some(only) = Dialect::of_go_drivers(&needed) {
        return Ok(only.into());
    }
    let imported = imported(&texts, (module.text(), folder), modules)?;
    let imported: Vec<&str> = imported.iter().map(Source::text).collect();
    if let Some(only) = Dialect::of_go_drivers(&imported).or_else(|| by_words(file)) {
        return Ok(only.into());
    }
    let is_assumed = needed.iter().any(|line| Dialect::of_go_drivers(&[line]).is_some());
    Ok(Told { is_assumed, ..dialect::USUAL.into() })
}

/// What a `go.mod` needs for the module's own code: what others need is none of its choice.
fn needed(module: &str) -> Vec<&str> {
    module.lines().filter(|line| !line.contains("// indirect")).collect()
}

/// The files of the module's packages that texts import.
fn imported(texts: &[&str], (module, root): (&str, &str), modules: &mut Modules<'_>) -> Result<Vec<Source>, ReadError> {
    let own = module.lines().find_map(|line| line.strip_prefix("module "));
    let Some(own) = own.map(|name| name.trim().trim_matches('"')) else { return Ok(Vec::new()) };
    let quoted = texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.split('"').nth(1));
    let folders: BTreeSet<String> = quoted
        .filter_map(|name| name.strip_prefix(own)?.strip_prefix('/'))
        .map(|below| path::join(root, below))
        .collect();
    let mut found = Vec::new();
    for folder in folders {
        for entry in modules.snapshot.list(&folder)? {
            if entry.kind == EntryKind::File && is_go(&entry.name) && !entry.name.ends_with("_test.go") {
                found.extend(modules.text(&path::join(&folder, &entry.name))?);
            }
        }
    }
    Ok(found)
}

/// The database whose own words the SQL of a file has most of; `None` where it has none.
fn by_words(file: &File) -> Option<Dialect> {
    let texts: Vec<String> = texts::read(file).into_iter().map(|text| text.text.to_ascii_lowercase()).collect();
    Dialect::by_words(&texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::postgres;

    fn is_telling(folder: &str, name: &str) -> bool {
        Keeper.is_telling(folder, name)
    }

    #[test]
    fn files_are_looked_into_by_their_names() {
        for (folder, name) in [("internal/db", "migrations.go"), ("store", "db_migrate.go"), ("", "schema.go")] {
            assert!(is_telling(folder, name), "{folder}/{name}");
        }
        assert!(is_telling("db/migrations", "list.go") && is_telling("storage", "version.go"));
        assert_eq!(rank("db", "users.go"), Some(LIBRARY));
        for (folder, name) in [("db", "migrations_test.go"), ("api", "handlers.go"), ("db", "m.py")] {
            assert!(!is_telling(folder, name), "{folder}/{name}");
        }
    }

    #[test]
    fn the_words_of_its_sql_say_which_database_a_file_is_for() {
        let by_words = |text: &str| by_words(&File::parse(&Source::new("m.go", text)).unwrap());
        assert_eq!(by_words("package a\nvar x = `created TIMESTAMPTZ, id BIGSERIAL`"), Some(postgres::DIALECT));
        assert_eq!(by_words("package a\n// as in PostgreSQL\nvar x = `id INTEGER`"), None);
    }
}
