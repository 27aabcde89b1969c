//! Finds directories of SQL files: those that are kept once for each of several databases, side by side.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{KIND, Keeper};
use crate::git::{Entry, EntryKind};
use crate::kinds::detect::sql::{are_alike, holds_no_history, made_in, starts_an_image};
use crate::kinds::detect::{Finder, Folders, Search, has_sign};
use crate::path;
use crate::schema::dialect::{self, Dialect, Named as Database};
use crate::schema::token;
use crate::track::ends::{Modules, ReadError};
use crate::track::sql_files::history::{self, is_snapshot};
use crate::track::sql_files::journal::FILE as JOURNAL;
use crate::track::sql_files::name::{Name, Part, Version};
use crate::track::sql_files::snapshots::{self, database_in};
use crate::track::sql_files::{family, inner_family, marks, names_version, split_database};
use crate::track::{Declared, Track, ddl};

impl Finder for Keeper {
    /// Directories that are kept beside one another; where there are none, the one that goes with the only other track.
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        let mut found = tracks(search.folders, search.modules)?;
        if let ([partner], true) = (search.found.as_slice(), found.is_empty()) {
            found.extend(beside(search.folders, partner, search.modules)?);
        }
        Ok(found)
    }

    fn is_likely(&self, path: &str) -> bool {
        may_be_step(path) || ddl::is_sql(path) && has_sign(path)
    }

    fn is_telling(&self, _: &str, name: &str) -> bool {
        ddl::is_sql(name)
    }
}

/// What folders of upgrades are called beside the files that make a new database.
const UPGRADES: [&str; 6] = ["upgrade", "upgrades", "update", "updates", "patch", "patches"];

/// Whether the numbered files of a folder install a new database, one after the other: what upgrades it lies in a folder of
/// its own among them.
fn is_install(folder: &str, folders: &Folders) -> bool {
    let own = path::name(folder).to_ascii_lowercase();
    let upgrades = |name: &str| {
        let entries = folders.get(path::join(folder, name).as_str());
        let mut names =
            entries.into_iter().flat_map(|entries| entries.iter()).filter_map(|entry| Name::of_file(&entry.name));
        names.any(|name| name.version.is_some())
    };
    !own.contains("migrat") && UPGRADES.iter().any(|name| upgrades(name))
}

/// Whether a file of a folder that installs a database makes its tables: `001-create-schema.sql`.
fn installs(name: &str) -> bool {
    let Some(name) = Name::of_file(name) else { return false };
    name.version.is_some() && name.slug.to_ascii_lowercase().split(['-', '_', '.']).any(|word| word == "schema")
}

/// Whether a changed file of this path, in lower case, can be a migration or a snapshot by its name.
fn may_be_step(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if path.ends_with(JOURNAL) {
        return true;
    }
    let Some(file) = Name::of_file(name.trim_end()) else { return false };
    // A schema for one of several databases, whatever it is called.
    if path.trim_end_matches(".sql").split('/').any(|part| split_database(part).is_some()) {
        return true;
    }
    let is_version = || Name::of_folder(path::name(folder)).version.is_some();
    file.version.is_some() || file.part != Part::Whole || is_snapshot(name) || is_version()
}

/// The tracks of all directories that belong to one another, each beside the others of its family.
fn tracks(folders: &Folders, modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut families: BTreeMap<String, Vec<Track>> = BTreeMap::new();
    let mut unnamed: Vec<String> = Vec::new();
    for base in bases(folders) {
        match database_of(&base) {
            Some(Database::Known(dialect)) => {
                let track = Track::new("", KIND, dialect, base);
                families.entry(family(&track)).or_default().push(track);
            }
            Some(Database::Other(_)) => {}
            None => {
                let told = history::databases(&base, modules)?;
                // Files for all of them, and some for one: that there is another database is told by the files for one.
                let named = told.named.len();
                if named >= 2 || named == 1 && told.others {
                    let tracks = told.named.iter().map(|dialect| Track::new("", KIND, *dialect, base.clone()));
                    families.entry(base.clone()).or_default().extend(tracks);
                } else {
                    unnamed.push(base);
                }
            }
        }
    }
    name_by_inner_words(&mut unnamed, &mut families);
    for base in unnamed {
        adopt(base, &mut families, modules)?;
    }
    let mut found: Vec<Vec<Track>> = Vec::new();
    let mut alone: Vec<Track> = Vec::new();
    for (_, mut tracks) in families {
        tracks = one_for_each(&tracks);
        let mut live = Vec::new();
        for track in tracks {
            if is_history(&track, modules)? {
                live.push(track);
            }
        }
        without_abandoned(&mut live, modules)?;
        let dialects: BTreeSet<&str> = live.iter().map(|track| track.dialect.as_str()).collect();
        if dialects.len() >= 2 && !is_copy(&live, &found, modules)? {
            found.push(live);
        } else if let [_] = live.as_slice() {
            alone.append(&mut live);
        }
    }
    if found.is_empty() {
        found.push(of_one_database(&alone, modules)?);
    }
    let found = without_parts(found, modules)?;
    let mut tracks: Vec<Track> = found.into_iter().flatten().collect();
    for track in &mut tracks {
        track.declared = snapshots(track, folders).into_iter().map(Declared::detected).collect();
        without_strangers(track, modules)?;
    }
    with_one_snapshot_each(&mut tracks, modules)?;
    Ok(tracks)
}

/// Puts folders together that name their databases inside of words alone, where there are several: `riverpgxv5/migration`
/// beside `riversqlite/migration`.
fn name_by_inner_words(unnamed: &mut Vec<String>, families: &mut BTreeMap<String, Vec<Track>>) {
    let mut found: BTreeMap<String, Vec<Track>> = BTreeMap::new();
    for base in unnamed.iter() {
        if let Some((dialect, family)) = inner_family(base) {
            found.entry(family).or_default().push(Track::new("", KIND, dialect, base.clone()));
        }
    }
    found.retain(|_, tracks| tracks.iter().map(|track| track.dialect.as_str()).collect::<BTreeSet<_>>().len() > 1);
    let is_found = |base: &String| found.values().flatten().any(|track| track.path == *base);
    unnamed.retain(|base| !is_found(base));
    families.extend(found);
}

/// The folders that can hold a track's files: with files of SQL in them, or in folders of versions.
fn bases(folders: &Folders) -> BTreeSet<String> {
    let mut bases = BTreeSet::new();
    for (folder, entries) in folders {
        let is_file = |entry: &&Entry| entry.kind == EntryKind::File;
        let numbered = entries.iter().filter(is_file).filter_map(|entry| Name::of_file(&entry.name));
        let mut numbered = numbered.filter(|name| !matches!(name.part, Part::Down | Part::Undo)).peekable();
        if numbered.peek().is_none() {
            continue;
        }
        let own = path::name(folder);
        let is_version = !folder.is_empty() && Name::of_folder(own).version.is_some();
        if let Some(above) = above_versions(folder, folders) {
            bases.insert(above.to_owned());
            continue;
        }
        let base = if is_version { path::folder(folder) } else { folder.as_str() };
        let has_version = is_version || numbered.any(|name| name.version.is_some());
        let is_history = !base.split('/').any(holds_no_history) && !starts_an_image(base);
        if has_version && is_history && !is_install(folder, folders) {
            bases.insert(base.to_owned());
        }
    }
    bases
}

/// The folder above those of versions in which each database has a folder of its own, where there are several:
/// `upgrade/3.1.0/mysql`, `upgrade/3.2.0/mysql`.
fn above_versions<'f>(folder: &'f str, folders: &Folders) -> Option<&'f str> {
    let is_database = |name: &str| split_database(name).is_some_and(|(front, behind, _)| front.is_empty() && behind.is_empty());
    let (within, own) = folder.rsplit_once('/').filter(|(_, own)| is_database(own))?;
    let (above, version) = within.rsplit_once('/').unwrap_or(("", within));
    let is_version = |name: &str| Name::of_folder(name).version.is_some();
    if !is_version(version) || above.split('/').any(holds_no_history) {
        return None;
    }
    let has_it = |entry: &&crate::git::Entry| {
        let inside = path::join(above, &entry.name);
        entry.kind == EntryKind::Directory && is_version(&entry.name) && folders.contains_key(&path::join(&inside, own))
    };
    (folders.get(above)?.iter().filter(has_it).count() > 1).then_some(above)
}

/// The database that a folder is named after, by the innermost part that names one.
fn database_of(folder: &str) -> Option<Database> {
    folder.rsplit('/').find_map(split_database).map(|(_, _, database)| database)
}

/// Puts a folder that names no database beside those that do and lie in it or next to it: `migrations/postgres` below
/// `migrations`, `migrations_postgres` beside it.
fn adopt(
    base: String,
    families: &mut BTreeMap<String, Vec<Track>>,
    modules: &mut Modules<'_>,
) -> Result<(), ReadError> {
    let Some(taken) = families.get(&base) else { return Ok(()) };
    let taken: Vec<Dialect> = taken.iter().map(|track| track.dialect).collect();
    let free: Vec<Dialect> = Dialect::ALL.into_iter().filter(|dialect| !taken.contains(dialect)).collect();
    let probe = Track::new("", KIND, dialect::USUAL, base.clone());
    let mut texts = Vec::new();
    for step in history::read(&probe, modules)?.steps.iter().take(LOOKED_AT) {
        texts.extend(modules.text(&step.path)?.map(|source| source.text().to_ascii_lowercase()));
    }
    let told = Dialect::of_words(&texts);
    let Some(dialect) = Some(told).filter(|told| free.contains(told)) else { return Ok(()) };
    families.entry(base.clone()).or_default().push(Track::new("", KIND, dialect, base));
    Ok(())
}

/// How many files of a directory are read to see whether they are about a schema.
const LOOKED_AT: usize = 4;

/// One track for each database: where two folders are named after one, nobody can tell which it is, unless each is for a
/// version of it.
fn one_for_each(tracks: &[Track]) -> Vec<Track> {
    let others = |track: &Track| tracks.iter().filter(|other| other.dialect == track.dialect).cloned().collect::<Vec<_>>();
    let is_told = |track: &&Track| {
        let alike = others(track);
        alike.len() == 1 || alike.iter().all(|track| names_version(&track.path))
    };
    tracks.iter().filter(is_told).cloned().collect()
}

/// Whether a directory is a history of a schema: its first files make or alter something.
fn is_history(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    const SIGNS: [&str; 5] = ["create ", "alter ", "drop ", "rename ", "insert "];
    let history = history::read(track, modules)?;
    for step in history.steps.iter().take(LOOKED_AT) {
        // What can't be read may be one: an error, not a silence.
        let Some(source) = modules.text(&step.path)? else { return Ok(true) };
        let text = marks::upgrade(source.text()).text.to_ascii_lowercase();
        if SIGNS[..4].iter().any(|sign| text.contains(sign)) {
            return Ok(true);
        }
    }
    // Upgrades may begin with rows; beside a snapshot they are one.
    Ok(!history.steps.is_empty() && has_snapshot(track, modules)?)
}

fn has_snapshot(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let mut found = false;
    for folder in [track.path.as_str(), path::folder(&track.path)] {
        found |= modules.snapshot.list(folder)?.iter().any(|entry| is_snapshot(&entry.name));
    }
    Ok(found)
}

/// Leaves out what was given up: where all tracks have stamps, one that got nothing for more than a year while another got
/// several files after that year. A year in which nobody needed anything gives nothing up.
fn without_abandoned(tracks: &mut Vec<Track>, modules: &mut Modules<'_>) -> Result<(), ReadError> {
    const YEAR: u32 = 10_000;
    const SEVERAL: usize = 5;
    let mut all: Vec<Vec<u32>> = Vec::new();
    for track in tracks.iter() {
        let steps = &history::read(track, modules)?.steps;
        let days = steps.iter().filter(|step| !step.is_repeatable).map(|step| Version::parse(&step.version)?.day());
        let Some(days) = days.collect::<Option<Vec<u32>>>() else { return Ok(()) };
        all.push(days);
    }
    let is_given_up = |days: &Vec<u32>| {
        let last = days.iter().copied().max().unwrap_or_default();
        all.iter().any(|other| other.iter().filter(|day| **day > last + YEAR).count() >= SEVERAL)
    };
    let live: Vec<bool> = all.iter().map(|days| !is_given_up(days)).collect();
    let mut live = live.into_iter();
    tracks.retain(|_| live.next().unwrap_or(true));
    Ok(())
}

/// Whether tracks have the very files of others that were found already.
fn is_copy(tracks: &[Track], found: &[Vec<Track>], modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let mut ids = Vec::new();
    for track in tracks {
        ids.push(modules.snapshot.entry(&track.path)?.map(|entry| entry.id));
    }
    for others in found {
        let mut all = others.len() == tracks.len();
        for (id, track) in ids.iter().zip(others) {
            all &= modules.snapshot.entry(&track.path)?.map(|entry| entry.id) == *id;
        }
        if all {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Directories whose paths do not tell that they belong together, and whose tables do: one for each database, and at least
/// half of the tables that the first files of the smaller one make are made by the other.
fn of_one_database(tracks: &[Track], modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let tracks = one_for_each(tracks);
    let mut made: Vec<BTreeSet<String>> = Vec::new();
    for track in &tracks {
        let mut names = BTreeSet::new();
        for step in history::read(track, modules)?.steps.iter().take(LOOKED_AT) {
            if let Some(source) = modules.text(&step.path)? {
                names.extend(made_in(&marks::upgrade(source.text()).text));
            }
        }
        made.push(names);
    }
    let is_alike =
        |at: usize| made.iter().enumerate().any(|(other, names)| other != at && are_alike(&made[at], names, 2));
    let alike: Vec<bool> = (0..tracks.len()).map(is_alike).collect();
    Ok(tracks.into_iter().zip(alike).filter(|(_, alike)| *alike).map(|(track, _)| track).collect())
}

/// How many files of a chain are searched for the names of tables.
const SEARCHED: usize = 300;

/// The directory of SQL files for another database that belongs to a list or a chain: its first files make tables that the
/// code names, too.
fn beside(folders: &Folders, partner: &Track, modules: &mut Modules<'_>) -> Result<Option<Track>, ReadError> {
    let is_code = partner.kind.is_list() || partner.kind.has_models();
    let of_partner = if partner.kind.has_models() { partner.path.as_str() } else { path::folder(&partner.path) };
    let mut words: Option<HashSet<String>> = None;
    let mut found = Vec::new();
    for base in bases(folders).into_iter().filter(|_| is_code) {
        // What lies with the code is read by it, if it is not called after another database.
        let is_with_it = base == of_partner || path::below(of_partner, &base).is_some();
        if base.is_empty() || is_with_it && !is_for_another(&base, of_partner, partner) {
            continue;
        }
        let probe = Track::new("", KIND, dialect::USUAL, base.clone());
        let mut texts = Vec::new();
        for step in history::read(&probe, modules)?.steps.iter().take(LOOKED_AT) {
            if let Some(source) = modules.text(&step.path)? {
                texts.push(marks::upgrade(source.text()).text.to_ascii_lowercase());
            }
        }
        let dialect = match database_of(&base) {
            Some(Database::Known(dialect)) => dialect,
            Some(Database::Other(_)) => continue,
            None => Dialect::of_words(&texts),
        };
        let made: BTreeSet<String> = texts.iter().flat_map(|text| made_in(text)).collect();
        if dialect == partner.dialect || made.is_empty() {
            continue;
        }
        if words.is_none() {
            words = Some(words_of(partner, modules)?);
        }
        let shared = made.iter().filter(|name| words.as_ref().is_some_and(|words| words.contains(*name))).count();
        if shared >= 2 && shared * 2 >= made.len() {
            found.push(Track::new("", KIND, dialect, base));
        }
    }
    Ok(match found.len() {
        1 => found.pop(),
        _ => None,
    })
}

/// Whether what lies in the folder of a list is called after another database than the list's.
fn is_for_another(base: &str, of_list: &str, list: &Track) -> bool {
    let below = path::below(of_list, base).unwrap_or_default();
    let named = database_of(below);
    list.kind.is_list() && named.is_some_and(|database| database != Database::Known(list.dialect))
}

/// The words in the texts of a list's file, or of a chain's, in lower case.
fn words_of(partner: &Track, modules: &mut Modules<'_>) -> Result<HashSet<String>, ReadError> {
    let mut paths = vec![partner.path.clone()];
    if partner.kind.has_models() {
        let files = modules.snapshot.list(&partner.path)?.into_iter().filter(|entry| ddl::is_python(&entry.name));
        paths = files.take(SEARCHED).map(|entry| path::join(&partner.path, &entry.name)).collect();
    }
    let mut words = HashSet::new();
    for path in paths {
        let Some(source) = modules.text(&path)? else { continue };
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        words.extend(source.text().split(|letter| !is_part(letter)).map(str::to_ascii_lowercase));
    }
    Ok(words)
}

/// Leaves out directories that feed one beside them, or were copied from it: each of their files has its like there.
fn without_parts(found: Vec<Vec<Track>>, modules: &mut Modules<'_>) -> Result<Vec<Vec<Track>>, ReadError> {
    let parent = |tracks: &[Track]| tracks.first().map(|track| path::folder(&family(track)).to_owned());
    let mut parts = Vec::new();
    for (at, tracks) in found.iter().enumerate() {
        let beside: Vec<&Vec<Track>> =
            found.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, tracks)| tracks).collect();
        let mut is_part = false;
        for others in beside.iter().filter(|others| parent(others) == parent(tracks)) {
            let mut all = true;
            for track in tracks {
                let same = others.iter().find(|other| other.dialect == track.dialect);
                all &= match same {
                    Some(other) => is_part_of(track, other, modules)?,
                    None => false,
                };
            }
            is_part |= all;
        }
        parts.push(is_part);
    }
    Ok(found.into_iter().zip(parts).filter(|(_, is_part)| !is_part).map(|(tracks, _)| tracks).collect())
}

/// Whether a larger track has all the files of a smaller one, by their names.
fn is_part_of(track: &Track, other: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let mut names = |track: &Track| -> Result<BTreeSet<String>, ReadError> {
        let steps = &history::read(track, modules)?.steps;
        Ok(steps.iter().map(|step| step.name.rsplit('/').next().unwrap_or(&step.name).to_owned()).collect())
    };
    let (own, theirs) = (names(track)?, names(other)?);
    Ok(own.len() * 2 <= theirs.len() && own.is_subset(&theirs))
}

/// The files that state the whole schema of a track: in its folder, and beside it where they name its database.
fn snapshots(track: &Track, folders: &Folders) -> Vec<String> {
    let names_it = database_of(&track.path) == Some(Database::Known(track.dialect));
    let is_upgrades = track.path.rsplit('/').next().is_some_and(|own| UPGRADES.contains(&&*own.to_ascii_lowercase()));
    let names = |folder: &str| -> Vec<&str> {
        let entries = folders.get(folder).into_iter().flat_map(|entries| entries.iter());
        entries.filter(|entry| entry.kind == EntryKind::File).map(|entry| entry.name.as_str()).collect()
    };
    let beside = names(&track.path);
    let has_upgrades = beside.iter().any(|name| snapshots::is_upgrade(name));
    let newest = snapshots::newest(beside.into_iter(), track.dialect);
    // `database/app_mysql.sql` above `database/upgrade`, where it is the only one for the database.
    let mut for_it = names(path::folder(&track.path));
    for_it.retain(|name| database_in(name) == Some(Database::Known(track.dialect)));
    // What is for MariaDB beside MySQL's is no track of its own.
    if for_it.len() > 1 {
        for_it.retain(|name| !name.contains("mariadb"));
    }
    let whole = if let [only] = for_it.as_slice() { Some(*only) } else { None };
    let of = |folder: &str, named: bool| {
        let entries = folders.get(folder).into_iter().flat_map(|entries| entries.iter());
        let states_all = |name: &str| {
            let is_above = is_upgrades && folder != track.path.as_str();
            is_snapshot(name)
                || is_above && (installs(name) || Some(name) == whole)
                || has_upgrades && folder == track.path && (snapshots::is_initial(name) || Some(name) == newest)
        };
        let files = entries.filter(|entry| entry.kind == EntryKind::File && states_all(&entry.name));
        let own = files.filter(|entry| match database_in(&entry.name) {
            Some(database) => database == Database::Known(track.dialect),
            None => !named,
        });
        own.map(|entry| path::join(folder, &entry.name)).collect::<Vec<_>>()
    };
    let mut found = of(&track.path, !names_it);
    // `pgsql/schema.sql` above `pgsql/upgrades`.
    let above = path::folder(&track.path);
    let above_names_it = database_of(above) == Some(Database::Known(track.dialect));
    found.extend(of(above, !above_names_it));
    found
}

/// How many upgrades are searched for tables of a snapshot.
const UPGRADES_SEARCHED: usize = 50;

/// Leaves out what is a snapshot by its place alone, if it makes no table that an upgrade is about.
fn without_strangers(track: &mut Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
    let mut kept = Vec::new();
    for file in std::mem::take(&mut track.declared) {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let mut is_kept = is_snapshot(name) || installs(name) || snapshots::version_of(name).is_some();
        if !is_kept && let Some(source) = modules.text(&file.path)? {
            let made: HashSet<String> = made_in(source.text()).into_iter().collect();
            for step in history::read(track, modules)?.steps.iter().rev().take(UPGRADES_SEARCHED) {
                let text = modules.text(&step.path)?;
                let mut said = text.iter().flat_map(|source| token::tokens(source.text()));
                is_kept |= said.any(|token| made.contains(&token.value().to_ascii_lowercase()));
            }
        }
        if is_kept {
            kept.push(file);
        }
    }
    track.declared = kept;
    Ok(())
}

/// A snapshot that several directories for one database lie beside belongs to the one that got a file last, where their
/// numbers tell which that is.
fn with_one_snapshot_each(tracks: &mut [Track], modules: &mut Modules<'_>) -> Result<(), ReadError> {
    let all: Vec<Track> = tracks.to_vec();
    let mut last = |track: &Track| -> Result<Vec<u128>, ReadError> {
        let steps = &history::read(track, modules)?.steps;
        Ok(steps.iter().map(|step| step.numbers.clone()).max().unwrap_or_default())
    };
    for track in tracks {
        let mut kept = Vec::new();
        for file in std::mem::take(&mut track.declared) {
            let is_rival = |other: &&Track| {
                other.dialect == track.dialect
                    && other.path != track.path
                    && other.declared.iter().any(|one| one.path == file.path)
            };
            let mut is_of_another = false;
            for rival in all.iter().filter(is_rival) {
                is_of_another |= last(rival)? > last(track)?;
            }
            if !is_of_another {
                kept.push(file);
            }
        }
        track.declared = kept;
    }
    Ok(())
}
