//! Finds a project's tracks where no configuration names them. Names come first: only likely files are read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::folders::{FolderCache, is_skipped};
use crate::git::{Entry, EntryKind, Snapshot};
use crate::go::is_go;
use crate::kinds;
use crate::kinds::python_versions::change as versions;
use crate::kinds::version_scripts::name::is_step;
use crate::path;
use crate::python::fresh::speakers;
use crate::schema::dialect::Dialect;
use crate::source::{has_word, words};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::{Declared, Track, ddl, models};

mod anywhere;
mod chains;
mod deployment;
mod dialects;
mod effects;
pub mod flavour;
mod golang;
mod histories;
mod locations;
mod naming;
mod schema_files;
mod scripts;
mod sql_files;

pub use anywhere::is_changed as is_list_changed;
pub use scripts::is_above_scripts;

/// What was looked for, for a message that says that nothing was found.
pub const LOOKED_FOR: &str = "a Python file with a list of named migrations (such as `MIGRATIONS = [(\"name\", fn)]`), a Go \
                              file with a slice of them (`var migrations = []migration{{…}}`), Alembic's `env.py` or \
                              `alembic.ini` beside a versions directory, a folder of scripts such as `v1_to_v2.py` with \
                              `FROM_VERSION` and `TO_VERSION`, numbered SQL files under a name for each of several databases \
                              (`migrations/sqlite/0001_x.sql`, `migrations/postgres/0001_x.sql`), and schemas of which there is \
                              one for each (`schema_sqlite.sql`, `schema_postgres.sql`, with `IF NOT EXISTS`)";

/// Files beside a list that state the end result.
const DECLARED: [&str; 6] = ["schema.py", "tables.py", "models.py", "ddl.py", "schema.sql", "latest.sql"];

/// The tracks in a tree, those of one kind sorted by path: lists of migrations first, Alembic chains after them,
/// scripts last.
pub fn tracks(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<Vec<Track>, ReadError> {
    let folders = folders(&modules.snapshot, known)?;
    let mut found = chains::tracks(&folders, &modules.snapshot)?;
    let mut tracks = python_lists(&folders, modules)?;
    tracks.retain(|list| found.is_empty() || effects::may_alter_a_schema(list, modules));
    tracks.append(&mut golang::slices(&folders, modules)?);
    tracks.append(&mut found);
    let mut found = scripts::tracks(&folders, &tracks, modules)?;
    tracks.append(&mut found);
    let mut of_sql = sql_files::tracks(&folders, modules)?;
    let mut lists = Vec::new();
    for track in tracks {
        if !kinds::go_slice::generated::is_generated_from(&track, &of_sql, modules)? {
            lists.push(track);
        }
    }
    tracks = lists;
    if let ([partner], true) = (tracks.as_slice(), of_sql.is_empty()) {
        of_sql.extend(sql_files::beside(&folders, partner, modules)?);
    }
    tracks.append(&mut of_sql);
    if tracks.is_empty() {
        tracks = anywhere::lists(modules, known)?;
    }
    // Beside migrations such a file states what they come to.
    if tracks.is_empty() {
        tracks = schema_files::tracks(&folders, modules)?;
    }
    naming::name(&mut tracks);
    Ok(tracks)
}

/// The directories of SQL files in a tree.
pub fn sql_tracks(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<Vec<Track>, ReadError> {
    let folders = folders(&modules.snapshot, known)?;
    sql_files::tracks(&folders, modules)
}

/// The files in a tree that state a schema for each of several databases.
pub fn schema_tracks(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<Vec<Track>, ReadError> {
    let folders = folders(&modules.snapshot, known)?;
    schema_files::tracks(&folders, modules)
}

/// Whether a change to the file at this path can change what a track is or does. Detection is only worth its cost
/// where one such file changed.
pub fn is_likely(path: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "migrat", "alembic", "version", "revision", "schema", "upgrade", "tables", "models", "ddl", "database", "db",
        "sqlite", "stor",
    ];
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let ending = |wanted: &str| name.rsplit_once('.').is_some_and(|(_, ending)| ending == wanted);
    let read = ["py", "sql", "ini", "toml"].into_iter().any(ending) || is_go(name);
    let by_name = name == "env.py" || is_step(name);
    if sql_files::is_likely(&path) {
        return true;
    }
    read && (SIGNS.iter().any(|sign| path.contains(sign)) || by_name || ending("toml"))
}

/// Whether a changed file of Python or SQL lies in a folder, or not far below one, that has a file named after migrations: the
/// list in that may take its entries from the changed one, whatever it is called.
pub fn is_beside_a_list(ends: &Ends<'_>) -> Result<bool, ReadError> {
    let mut seen = BTreeSet::new();
    let is_code = |path: &str| ddl::is_python(path) || is_go(path) || ddl::is_sql(path);
    for change in ends.changed.iter().filter(|change| is_code(&change.path)) {
        if is_go(&change.path) {
            // A package is one folder.
            let folder = path::folder(&change.path);
            let entries = ends.head.snapshot.list(folder)?;
            if entries.iter().any(|entry| golang::is_named_after_migrations(&entry.name)) {
                return Ok(true);
            }
            continue;
        }
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

/// Whether a changed file of Python or SQL is one that revisions of a chain import or read, wherever it lies.
pub fn feeds_a_chain(ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let is_code = |path: &str| (ddl::is_python(path) || ddl::is_sql(path)) && !path.split('/').any(is_skipped);
    if !ends.changed.iter().any(|change| is_code(&change.path)) {
        return Ok(false);
    }
    let folders = folders(&ends.head.snapshot, &mut ends.folders)?;
    for track in chains::tracks(&folders, &ends.head.snapshot)? {
        if models::or_feeders_may_have_changed(&track, ends)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which tracks belong together, by their indexes; an error names the ways it could be.
pub fn pairs(tracks: &[Track]) -> Result<Vec<(usize, usize)>, String> {
    // What is parked keeps step with nothing.
    let open = || tracks.iter().enumerate().filter(|(_, track)| track.parked.is_none());
    // Of several histories in one file the first is the one that is known.
    let is_first = |at: usize, track: &Track| !tracks[..at].iter().any(|other| other.is_list_of(track));
    let lists = open().filter(|(at, track)| track.kind.is_list() && is_first(*at, track));
    let lists: Vec<(usize, &Track)> = lists.collect();
    let chains: Vec<(usize, &Track)> = open().filter(|(_, track)| track.kind.has_models()).collect();
    let mut of_families = families(tracks);
    let scripts: Vec<(usize, &Track)> =
        open().filter(|(_, track)| track.kind.is_chain() && !track.kind.has_models()).collect();
    let found = match (lists.as_slice(), chains.as_slice()) {
        ([], [(chain, _)]) if let [(scripts, _)] = scripts.as_slice() => Ok(vec![(*scripts, *chain)]),
        ([], [(first, _), others @ ..]) if !others.is_empty() && are_twins(chains.iter().map(|(_, chain)| *chain)) => {
            Ok(others.iter().map(|(other, _)| (*first, *other)).collect())
        }
        ([], _) | (_, []) => Ok::<_, String>(Vec::new()),
        ([(list, _)], [(chain, _)]) => Ok(vec![(*list, *chain)]),
        _ => {
            let list = |tracks: &[(usize, &Track)]| {
                tracks.iter().map(|(_, track)| format!("`{}`", track.path)).collect::<Vec<_>>().join(", ")
            };
            Err(format!(
                "the tracks could be paired in more than one way: {} of migrations in {}, {} in {}",
                if lists.len() == 1 { "a list".to_owned() } else { format!("{} lists", lists.len()) },
                list(&lists),
                if chains.len() == 1 {
                    "an Alembic chain".to_owned()
                } else {
                    format!("{} Alembic chains", chains.len())
                },
                list(&chains),
            ))
        }
    };
    of_families.extend(found?);
    if of_families.is_empty() {
        // SQL for one database, and a list or a chain for another.
        let others = lists.iter().chain(&chains).copied().collect::<Vec<_>>();
        let of_sql: Vec<(usize, &Track)> = open().filter(|(_, track)| track.kind.is_sql()).collect();
        if let ([(sql, one)], [(other, its)]) = (of_sql.as_slice(), others.as_slice())
            && one.dialect != its.dialect
        {
            of_families.push((*other, *sql));
        }
    }
    Ok(of_families)
}

/// Directories of SQL files that belong together, each with each: those whose folders differ in the name of the database
/// alone, or all where there is one for each database.
fn families(tracks: &[Track]) -> Vec<(usize, usize)> {
    let of_sql: Vec<(usize, String, &Track)> = tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| track.kind.is_sql())
        .map(|(at, track)| (at, crate::track::sql_files::family(track), track))
        .collect();
    let dialects: BTreeSet<&str> = of_sql.iter().map(|(_, _, track)| track.dialect.as_str()).collect();
    let is_one_each = dialects.len() == of_sql.len();
    let mut pairs = Vec::new();
    for (index, (at, family, track)) in of_sql.iter().enumerate() {
        for (other, its_family, its) in &of_sql[index + 1..] {
            if track.dialect != its.dialect && (family == its_family || is_one_each) {
                pairs.push((*at, *other));
            }
        }
    }
    pairs
}

/// Whether chains are those of one environment, in folders side by side, each for another database.
fn are_twins<'t>(chains: impl Iterator<Item = &'t Track> + Clone) -> bool {
    let folders: BTreeSet<&str> = chains.clone().map(|chain| path::folder(&chain.path)).collect();
    let dialects: BTreeSet<&str> = chains.clone().map(|chain| chain.dialect.as_str()).collect();
    folders.len() == 1 && dialects.len() == chains.count()
}

/// Whether the tree has a track at all. Stops at the first, and looks in the likeliest folders first: where it has one
/// this costs a few folders, whatever the size of the repository.
pub fn any(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<bool, ReadError> {
    let snapshot = modules.snapshot;
    let mut found = false;
    let mut seen = Folders::new();
    walk(&snapshot, known, &mut |path, entries| {
        let mut folder = Folders::from([(path.to_owned(), entries)]);
        found = !chains::tracks(&folder, &snapshot)?.is_empty()
            || !lists_in(&folder, ListFile::ByName, modules)?.is_empty()
            || golang::any(&folder, modules)?
            || !scripts::tracks(&folder, &[], modules)?.is_empty();
        // Directories of SQL files are told by others beside them.
        seen.append(&mut folder);
        Ok(if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    // Files of a more general name are many and long: they are read last.
    Ok(found
        || !chains::tracks(&seen, &snapshot)?.is_empty()
        || !lists_in(&seen, ListFile::Perhaps, modules)?.is_empty()
        || !sql_files::tracks(&seen, modules)?.is_empty()
        || !anywhere::lists(modules, known)?.is_empty()
        || !schema_files::tracks(&seen, modules)?.is_empty())
}

/// What folders hold that can tell something of a track, by their paths.
type Folders = BTreeMap<String, Rc<[Entry]>>;

type Visit<'a> = dyn FnMut(&str, Rc<[Entry]>) -> Result<ControlFlow<()>, ReadError> + 'a;

/// Visits every folder that may be the project's own code, the likeliest first.
fn walk(snapshot: &Snapshot<'_>, known: &mut FolderCache, visit: &mut Visit<'_>) -> Result<(), ReadError> {
    let Some(root) = snapshot.entry("")? else { return Ok(()) };
    let mut open = BinaryHeap::from([(0, Reverse(0_usize), Reverse(String::new()), root.id)]);
    while let Some((_, Reverse(depth), Reverse(path), id)) = open.pop() {
        let key = (path, id);
        let entries = match known.get(&key) {
            Some(entries) => Rc::clone(entries),
            None => Rc::from(snapshot.list_wanted(id, &key.0, |name| is_telling(&key.0, name))?),
        };
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Directory) {
            if !is_skipped(&entry.name) {
                open.push((
                    likelihood(&entry.name.to_ascii_lowercase()),
                    Reverse(depth + 1),
                    Reverse(path::join(&key.0, &entry.name)),
                    entry.id,
                ));
            }
        }
        let next = visit(&key.0, Rc::clone(&entries))?;
        known.insert(key, entries);
        if next.is_break() {
            break;
        }
    }
    Ok(())
}

/// Whether a file of this name can tell something of a track.
fn is_telling(folder: &str, name: &str) -> bool {
    let of_alembic =
        matches!(name, "env.py" | "script.py.mako" | "pyproject.toml") || name.strip_suffix(".ini").is_some();
    of_alembic
        || DECLARED.contains(&name)
        || list_file(folder, name).is_some()
        || golang::is_telling(folder, name)
        || is_step(name)
        || sql_files::is_telling(name)
}

/// How soon to look into a folder of this name: where migrations are, where a backend is, elsewhere.
fn likelihood(name: &str) -> u8 {
    const LIKELY: [&str; 12] =
        ["src", "backend", "server", "app", "api", "db", "database", "core", "lib", "oss", "storage", "persistence"];
    match name {
        _ if name.contains("migrat") || name.contains("alembic") => 2,
        _ if LIKELY.contains(&name) || name.contains("database") || name.contains("postgres") => 1,
        _ => 0,
    }
}

/// Every folder of the tree that may be the project's own code, by path.
fn folders(snapshot: &Snapshot<'_>, known: &mut FolderCache) -> Result<Folders, ReadError> {
    let mut folders = Folders::new();
    walk(snapshot, known, &mut |path, entries| {
        folders.insert(path.to_owned(), entries);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(folders)
}

/// Python files with a list of named migrations.
fn python_lists(folders: &Folders, modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    // Where a file is named after migrations, nobody looks for a list in a file of a more general name.
    let by_name = lists_in(folders, ListFile::ByName, modules)?;
    if by_name.is_empty() { lists_in(folders, ListFile::Perhaps, modules) } else { Ok(by_name) }
}

/// The lists in files whose names speak so clearly for one.
fn lists_in(folders: &Folders, wanted: ListFile, modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut tracks = Vec::new();
    for (folder, entries) in folders {
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
            if list_file(folder, &entry.name) == Some(wanted) {
                tracks.extend(python_lists_of(folder, &path::join(folder, &entry.name), folders, modules)?);
            }
        }
    }
    Ok(tracks)
}

/// The histories that a file has.
fn python_lists_of(
    folder: &str,
    path: &str,
    folders: &Folders,
    modules: &mut Modules<'_>,
) -> Result<Vec<Track>, ReadError> {
    let Some(source) = modules.text(path)? else { return Ok(Vec::new()) };
    let lists = histories::names(path, source.text(), modules);
    let mut tracks = Vec::new();
    for list in &lists {
        let dialect = dialect_of_list(source.text());
        let declared = declared(folder, folders, path, &modules.snapshot)?;
        let declared = declared.into_iter().map(Declared::detected).collect();
        let list = Some(list.clone());
        let mut track = Track { list, declared, ..Track::new("", kinds::python_list::KIND, dialect, path) };
        if versions::is_one(&track, modules)? {
            track.kind = kinds::python_versions::KIND;
            track.declared.extend(stores(folder, folders, (&track, &lists), modules)?);
        }
        tracks.push(track);
    }
    Ok(tracks)
}

/// The names of the lists of migrations that a file has.
pub fn histories(path: &str, modules: &mut Modules<'_>) -> Result<Vec<String>, ReadError> {
    let Some(source) = modules.text(path)? else { return Ok(Vec::new()) };
    Ok(histories::names(path, source.text(), modules))
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

fn dialect_of_list(text: &str) -> Dialect {
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let (postgres, mysql) = (
        has(&["psycopg", "asyncpg"]),
        has(&["pymysql", "mysqldb", "mysql.connector", "aiomysql", "asyncmy", "import mariadb"]),
    );
    match (postgres, mysql) {
        _ if has(&["sqlite", "pragma"]) => Dialect::Sqlite,
        (true, false) => Dialect::Postgres,
        (false, true) => Dialect::Mysql,
        _ => Dialect::Sqlite,
    }
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

    #[test]
    fn likely_files_are_told_by_name() {
        for path in [
            "src/db/migrations.py",
            "internal/store/users.go",
            "a/alembic/versions/0001.py",
            "alembic.ini",
            "x/schema.sql",
            "parity.toml",
        ] {
            assert!(is_likely(path), "{path}");
        }
        for path in [
            "internal/store/users_test.go",
            "cmd/main.go",
            "README.md",
            "src/main.py",
            "src/migrations/README.md",
            "web/app.ts",
        ] {
            assert!(!is_likely(path), "{path}");
        }
    }
}
