//! Finds a project's tracks where no configuration names them: in what order the kinds are asked, and what serves several of
//! them. What one kind looks for is in its own folder, as its [`Finder`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::{KEEPERS, Keeper, keeper};
use crate::folders::{FolderCache, is_skipped};
use crate::git::{Entry, EntryKind, Snapshot};
use crate::path;
use crate::schema::dialect::{self, Dialect};
use crate::schema::outside::Outside;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::kind::Kind;
use crate::track::sql_files::family;
use crate::track::{Track, ddl};

mod anywhere;
pub mod flavour;
mod naming;
pub mod sql;

pub use anywhere::is_changed as is_changed_anywhere;

/// How the tracks of one kind are found. Names come first: only likely files are read.
pub trait Finder {
    /// The tracks of this kind, sorted by path. What the kinds before it have found is in the search.
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError>;

    /// Whether a change to the file at this path, in lower case, can change what such a track is or does.
    fn is_likely(&self, path: &str) -> bool;

    /// Whether a file of this name can tell something of such a track. The search shows no others.
    fn is_telling(&self, _folder: &str, _name: &str) -> bool {
        false
    }

    /// Whether the one folder of this search shows such a track: what is asked of each folder in turn where it is enough to
    /// know that there is one.
    fn is_in_folder(&self, _: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// Whether all folders show such a track where none has by itself.
    fn is_among(&self, search: &mut Search<'_, '_>) -> Result<bool, ReadError> {
        Ok(!self.find(search)?.is_empty())
    }

    /// Whether a changed file may be part of such a track for what lies beside it, whatever it is called.
    fn is_beside(&self, _: &Ends<'_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// Whether a file may hold such a track whatever it is called, by its path.
    fn may_hold(&self, _path: &str) -> bool {
        false
    }

    /// Whether the text of such a file speaks of one: what is asked before it is parsed.
    fn speaks(&self, _text: &str) -> bool {
        false
    }

    /// The tracks in such a file.
    fn find_in(&self, _path: &str, _: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        Ok(Vec::new())
    }

    /// A list in Python as a track of this kind, for kinds that are told from others by more than the list's form.
    fn take_list(&self, _: Listed<'_>, _: &mut Modules<'_>) -> Result<Option<Track>, ReadError> {
        Ok(None)
    }

    /// Whether a track of this kind is generated from another one, so that it says nothing of its own.
    fn is_copy(&self, _: &Track, _found: &[Track], _: &mut Modules<'_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// How many tracks a file has.
    fn count_in(&self, _path: &str, _: &mut Modules<'_>) -> Result<usize, ReadError> {
        Ok(0)
    }
}

/// A search for tracks in one tree.
#[derive(Debug)]
pub struct Search<'s, 'repo> {
    /// The folders that are searched.
    pub folders: &'s Folders,
    /// What was found before.
    pub found: Vec<Track>,
    pub modules: &'s mut Modules<'repo>,
    /// The tracks of kinds that were asked before it was their turn.
    early: Vec<(Kind, Vec<Track>)>,
}

/// What folders hold that can tell something of a track, by their paths.
pub type Folders = BTreeMap<String, Rc<[Entry]>>;

/// A list of migrations in Python, as a track.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'l> {
    pub track: &'l Track,
    /// The names of all lists that its file has.
    pub lists: &'l [String],
    pub folder: &'l str,
    pub folders: &'l Folders,
}

impl<'s, 'repo> Search<'s, 'repo> {
    fn new(folders: &'s Folders, modules: &'s mut Modules<'repo>) -> Self {
        Self { folders, found: Vec::new(), modules, early: Vec::new() }
    }

    /// Whether there is a track of such a kind, which may not have had its turn: those are asked now, and not again.
    pub fn has(&mut self, is_such: fn(Kind) -> bool) -> Result<bool, ReadError> {
        for keeper in KEEPERS.iter().filter(|keeper| is_such(keeper.kind())) {
            if !self.early.iter().any(|(known, _)| *known == keeper.kind()) {
                let tracks = keeper.find(self)?;
                self.early.push((keeper.kind(), tracks));
            }
        }
        let is_early = self.early.iter().any(|(kind, tracks)| is_such(*kind) && !tracks.is_empty());
        Ok(is_early || self.found.iter().any(|track| is_such(track.kind)))
    }

    /// Finds the tracks of all kinds of which this holds, in the order of their lines in `kinds!`.
    fn find_all(&mut self, is_such: impl Fn(Kind) -> bool) -> Result<(), ReadError> {
        for keeper in KEEPERS.iter().filter(|keeper| is_such(keeper.kind())) {
            let early = self.early.iter().position(|(kind, _)| *kind == keeper.kind());
            let mut tracks = match early {
                Some(at) => self.early.swap_remove(at).1,
                None => keeper.find(self)?,
            };
            self.found.append(&mut tracks);
        }
        Ok(())
    }

    /// Leaves out tracks that are generated from others, which would be told of twice.
    fn leave_out_copies(&mut self) -> Result<(), ReadError> {
        let mut kept = Vec::new();
        for track in &self.found {
            if !keeper(track.kind).is_copy(track, &self.found, self.modules)? {
                kept.push(track.clone());
            }
        }
        self.found = kept;
        Ok(())
    }
}

/// A database, and whether it was only chosen among several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub dialect: Dialect,
    pub is_assumed: bool,
    /// The one that it is instead, where no engine is for that.
    pub outside: Option<&'static Outside>,
}

impl Told {
    /// One that nothing says for certain.
    pub fn assumed(dialect: Dialect) -> Self {
        Self { is_assumed: true, ..dialect.into() }
    }
}

impl From<Dialect> for Told {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, is_assumed: false, outside: None }
    }
}

/// What is looked for, for whoever is told that nothing was found.
pub fn looked_for() -> Vec<&'static str> {
    super::all().filter_map(|kind| kind.facts().looked_for).collect()
}

/// Files beside a list that state the end result.
pub const DECLARED: [&str; 6] = ["schema.py", "tables.py", "models.py", "ddl.py", "schema.sql", "latest.sql"];

/// The tracks in a tree, by their kinds in the order of `kinds!`, those of one kind sorted by path.
pub fn tracks(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<Vec<Track>, ReadError> {
    let folders = folders(&modules.snapshot, known)?;
    let mut search = Search::new(&folders, modules);
    search.find_all(|kind| !kind.is_state())?;
    search.leave_out_copies()?;
    if search.found.is_empty() {
        search.found = anywhere::tracks(&mut search)?;
    }
    // Beside migrations such a file states what they come to.
    if search.found.is_empty() {
        search.find_all(Kind::is_state)?;
    }
    let mut tracks = search.found;
    naming::name(&mut tracks);
    Ok(tracks)
}

/// The tracks of one kind in a tree, without names, as if there were no others.
pub fn tracks_of(
    keeper: &dyn Keeper,
    modules: &mut Modules<'_>,
    known: &mut FolderCache,
) -> Result<Vec<Track>, ReadError> {
    let folders = folders(&modules.snapshot, known)?;
    keeper.find(&mut Search::new(&folders, modules))
}

/// Whether a change to the file at this path can change what a track is or does. Detection is only worth its cost
/// where one such file changed.
pub fn is_likely(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    // Settings may be those of a tool that runs migrations, or our own.
    has_ending(&path, "toml") || KEEPERS.iter().any(|keeper| keeper.is_likely(&path))
}

/// Whether a file's name ends in this, behind a dot.
pub fn has_ending(path: &str, wanted: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == wanted)
}

/// Whether a path, in lower case, has a word that is used where migrations are.
pub fn has_sign(path: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "migrat", "alembic", "version", "revision", "schema", "upgrade", "tables", "models", "ddl", "database", "db",
        "sqlite", "stor",
    ];
    SIGNS.iter().any(|sign| path.contains(sign))
}

/// Whether a changed file may be part of a track for what lies beside it, whatever it is called.
pub fn is_beside(ends: &Ends<'_>) -> Result<bool, ReadError> {
    for keeper in KEEPERS {
        if keeper.is_beside(ends)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a changed file of Python or SQL is one that the steps of a chain import or read, or a step itself, wherever it lies.
pub fn feeds_a_chain(ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let is_code = |path: &str| (ddl::is_python(path) || ddl::is_sql(path)) && !path.split('/').any(is_skipped);
    if !ends.changed.iter().any(|change| is_code(&change.path)) {
        return Ok(false);
    }
    let folders = folders(&ends.head.snapshot, &mut ends.folders)?;
    for keeper in KEEPERS.iter().filter(|keeper| keeper.kind().has_models()) {
        for track in keeper.find(&mut Search::new(&folders, &mut ends.head))? {
            if ends.changed.iter().any(|change| track.has_file(&change.path)) || keeper.is_fed(&track, ends)? {
                return Ok(true);
            }
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
        ([], several @ [(first, _), _, ..]) | (several @ [(first, _), _, ..], [])
            if are_twins(several.iter().map(|(_, track)| *track))
                || are_side_by_side(chains.iter().map(|(_, chain)| *chain)) && lists.is_empty() =>
        {
            Ok(several.iter().skip(1).map(|(other, _)| (*first, *other)).collect())
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
    // SQL for one database or for several that belong together, and a list or a chain for another.
    let others = lists.iter().chain(&chains).copied().collect::<Vec<_>>();
    let of_sql: Vec<(usize, &Track)> = open().filter(|(_, track)| track.kind.is_sql()).collect();
    let are_together = of_families.len() == of_sql.len() * of_sql.len().saturating_sub(1) / 2;
    if let [(other, its)] = others.as_slice()
        && are_together
        && of_sql.iter().all(|(_, one)| one.dialect != its.dialect)
    {
        of_families.extend(of_sql.iter().map(|(sql, _)| (*other, *sql)));
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
        .map(|(at, track)| (at, family(track), track))
        .collect();
    let dialects: BTreeSet<&str> = of_sql.iter().map(|(_, _, track)| track.dialect.as_str()).collect();
    let is_one_each = dialects.len() == of_sql.len();
    let mut pairs = Vec::new();
    for (index, (at, own, track)) in of_sql.iter().enumerate() {
        for (other, their, its) in &of_sql[index + 1..] {
            if track.dialect != its.dialect && (own == their || is_one_each) {
                pairs.push((*at, *other));
            }
        }
    }
    pairs
}

/// Whether chains are those of one environment, in folders side by side, each for another database.
fn are_side_by_side<'t>(chains: impl Iterator<Item = &'t Track> + Clone) -> bool {
    let folders: BTreeSet<&str> = chains.clone().map(|chain| path::folder(&chain.path)).collect();
    folders.len() == 1 && are_one_each(chains)
}

/// Whether the paths of tracks differ in the name of the database alone, each being for another one.
fn are_twins<'t>(tracks: impl Iterator<Item = &'t Track> + Clone) -> bool {
    let families: BTreeSet<String> = tracks.clone().map(family).collect();
    families.len() == 1 && tracks.clone().all(|track| !families.contains(&track.path)) && are_one_each(tracks)
}

fn are_one_each<'t>(tracks: impl Iterator<Item = &'t Track> + Clone) -> bool {
    let dialects: BTreeSet<&str> = tracks.clone().map(|track| track.dialect.as_str()).collect();
    dialects.len() == tracks.count()
}

/// Whether the tree has a track at all. Stops at the first, and looks in the likeliest folders first: where it has one
/// this costs a few folders, whatever the size of the repository.
pub fn any(modules: &mut Modules<'_>, known: &mut FolderCache) -> Result<bool, ReadError> {
    let snapshot = modules.snapshot;
    let mut found = false;
    let mut seen = Folders::new();
    walk(&snapshot, known, &mut |path, entries| {
        let mut folder = Folders::from([(path.to_owned(), entries)]);
        for keeper in KEEPERS {
            found = found || keeper.is_in_folder(&mut Search::new(&folder, modules))?;
        }
        seen.append(&mut folder);
        Ok(if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let (states, steps): (Vec<&dyn Keeper>, Vec<&dyn Keeper>) =
        KEEPERS.iter().partition(|keeper| keeper.kind().is_state());
    // Lists are searched for in files of general names, which are many and long: they are read last.
    for keeper in steps.into_iter().rev() {
        found = found || keeper.is_among(&mut Search::new(&seen, modules))?;
    }
    found = found || !anywhere::tracks(&mut Search::new(&seen, modules))?.is_empty();
    for keeper in states {
        found = found || keeper.is_among(&mut Search::new(&seen, modules))?;
    }
    Ok(found)
}

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
    KEEPERS.iter().any(|keeper| keeper.is_telling(folder, name))
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

/// The database that code in Python works on: an embedded one that it names, or the only server; the usual one where it does
/// not say that.
pub fn dialect_of_list(text: &str) -> Dialect {
    let text = text.to_ascii_lowercase();
    let is_said = |dialect: &Dialect| dialect.facts().signs.python.iter().any(|word| text.contains(word));
    let found: Vec<Dialect> = Dialect::ALL.into_iter().filter(is_said).collect();
    match (found.iter().find(|dialect| dialect.facts().is_embedded), found.as_slice()) {
        (Some(one), _) | (None, [one]) => *one,
        _ => dialect::USUAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
