//! The track kind `sql-files`: a directory of SQL files, each of them a migration.
//!
//! [`name`] takes a file's name apart, [`runner`] says who carries the files out and what that one minds, [`marks`] which
//! part of a file runs, [`history`] puts the files of one commit in order.

use std::collections::{BTreeSet, HashMap};

use super::Track;
use super::ends::{Ends, Modules, ReadError};
use crate::path;
use crate::schema::dialect::{Dialect, Named as Database};

pub mod code;
pub mod flyway;
pub mod history;
pub mod journal;
pub mod marks;
pub mod name;
pub mod named;
pub mod pattern;
pub mod reverse;
pub mod runner;
mod searched;
pub mod snapshots;
pub mod unread;

use history::{History, Step};
use name::Name;
use runner::Runner;

/// Whether a path can be a file of the track's: SQL in its folder or in one below it, for its database or for any.
pub fn is_own(track: &Track, path: &str) -> bool {
    let Some(below) = path::below(&track.path, path) else { return false };
    if below == journal::FILE {
        return true;
    }
    let name = path::name(below);
    // Goose runs migrations in Go, too.
    if Name::of_code(below).is_some() {
        return true;
    }
    if let Some(pattern) = &track.pattern {
        let is_for_another =
            |name: Name| name.database.is_some_and(|database| database != Database::Known(track.dialect));
        return match pattern.read(below) {
            Some(name) => !is_for_another(name),
            None => history::means_sql(name) && below.matches('/').count() <= pattern.depth(),
        };
    }
    let is_for_another = || {
        let name = Name::of_file(name.trim_end());
        name.is_some_and(|name| {
            !name.is_loose && name.database.is_some_and(|database| database != Database::Known(track.dialect))
        })
    };
    // `3.2.0/mysql/ddl.sql`
    let mut folders = below.split('/').rev().skip(1);
    let database = folders.next().and_then(split_database).map(|(_, _, database)| database);
    let is_within = match (below.matches('/').count(), database, folders.next()) {
        (0 | 1, ..) => true,
        (2, Some(database), Some(version)) => {
            database == Database::Known(track.dialect) && Name::of_folder(version).version.is_some()
        }
        _ => false,
    };
    (history::means_sql(name) || runner::before_any_ending(name).is_some()) && is_within && !is_for_another()
}

/// Which files at two commits are the same migration.
pub(crate) struct Matched {
    /// The positions in the old history and in the new one.
    pub pairs: Vec<(usize, usize)>,
    /// The positions in the new one of what is new.
    pub new: Vec<usize>,
    /// The positions in the old one of what is gone.
    pub gone: Vec<usize>,
}

impl Matched {
    /// The same name, then the same version, then the same bytes; where a journal has moments, the same moment.
    pub(crate) fn new(old: &History, new: &History) -> Self {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let has_moments = |history: &History| history.journal.as_ref().is_some_and(|journal| journal.broken.is_none());
        if let Some(journal) = old.journal.as_ref().filter(|_| has_moments(old) && has_moments(new)) {
            pair(&mut pairs, old, new, |step| Some(step.version.clone()));
            // What never ran where it should have may get a later moment.
            pair(&mut pairs, old, new, |step| journal.late.contains(&step.name).then(|| step.name.clone()));
        } else {
            pair(&mut pairs, old, new, |step| Some(step.name.clone()));
            pair(&mut pairs, old, new, |step| (!step.is_repeatable).then(|| (step.version.clone(), step.is_baseline)));
            pair(&mut pairs, old, new, |step| Some(step.id));
            // A change of runner gives every file another number, and may bring marks into it.
            if old.runner != new.runner {
                pair(&mut pairs, old, new, |step| {
                    Some(Name::of_folder(&step.name).slug).filter(|slug| !slug.is_empty())
                });
            }
        }
        pairs.sort_by_key(|(_, new)| *new);
        let (mut olds, mut news): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
        if new.runner == Runner::Popx {
            // What ran by the first 14 digits of a version has run, in how many files it may be since.
            let short = |at: &usize| old.steps[*at].key().len() == SHORT;
            for at in (0..old.steps.len()).filter(short).collect::<Vec<_>>() {
                let key = old.steps[at].key();
                let is_of = |step: &Step| step.key().len() > SHORT && step.key().starts_with(&key);
                let found = new.steps.iter().enumerate().filter(|(_, step)| is_of(step)).map(|(at, _)| at);
                let before = news.len();
                news.extend(found);
                if news.len() > before {
                    olds.insert(at);
                }
            }
        }
        Self {
            pairs,
            new: (0..new.steps.len()).filter(|at| !news.contains(at)).collect(),
            gone: (0..old.steps.len()).filter(|at| !olds.contains(at)).collect(),
        }
    }
}

/// How long popx's versions were once.
pub const SHORT: usize = 14;

/// Pairs what has one key, where no other has it.
fn pair<K: std::hash::Hash + Eq>(
    pairs: &mut Vec<(usize, usize)>,
    old: &History,
    new: &History,
    key: impl Fn(&Step) -> Option<K>,
) {
    let (olds, news): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
    let mut open: HashMap<K, Option<usize>> = HashMap::new();
    for (at, step) in old.steps.iter().enumerate().filter(|(at, _)| !olds.contains(at)) {
        if let Some(key) = key(step) {
            open.entry(key).and_modify(|known| *known = None).or_insert(Some(at));
        }
    }
    for (at, step) in new.steps.iter().enumerate().filter(|(at, _)| !news.contains(at)) {
        if let Some(before) = key(step).and_then(|key| open.get_mut(&key)?.take()) {
            pairs.push((before, at));
        }
    }
}

/// The names of head's steps that the merge base has.
pub fn known(track: &Track, base: &Track, old: &mut Modules<'_>, new: &mut Modules<'_>) -> BTreeSet<String> {
    let (Ok(before), Ok(after)) = (history::read(base, old), history::read(track, new)) else {
        return BTreeSet::new();
    };
    let matched = Matched::new(&before, &after);
    let is_known = |at: &usize| !matched.new.contains(at);
    (0..after.steps.len()).filter(is_known).map(|at| after.steps[at].name.clone()).collect()
}

/// Whether head's history is the merge base's, file by file, with new files after them.
pub fn only_adds(track: &Track, base: &Track, ends: &mut Ends<'_>) -> bool {
    let (Ok(before), Ok(after)) = (history::read(base, &mut ends.base), history::read(track, &mut ends.head)) else {
        return false;
    };
    let is_same = |(old, new): (&Step, &Step)| (old.id, &old.name, &old.version) == (new.id, &new.name, &new.version);
    before.steps.len() <= after.steps.len() && before.steps.iter().zip(&after.steps).all(is_same)
}

/// Whether a commit has a schema that a track's files upgrade.
pub fn has_snapshot(track: &Track, modules: &Modules<'_>) -> Result<bool, ReadError> {
    for file in &track.declared {
        if modules.snapshot.entry(&file.path)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first file of the track at one commit.
pub fn first_file(track: &Track, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
    Ok(history::read(track, modules)?.steps.first().map(|step| step.path.clone()))
}

/// What tracks that belong together have in common: their folder without the words that name the database, and without
/// its version in the folder after them (`postgresql/v12`).
pub fn family(track: &Track) -> String {
    let parts: Vec<&str> = track.path.split('/').collect();
    let Some(database) = parts.iter().rev().find_map(|part| split_database(part)).map(|(_, _, database)| database)
    else {
        return inner_family(&track.path).map_or_else(|| track.path.clone(), |(_, family)| family);
    };
    let mut left: Vec<String> = Vec::new();
    let mut follows = false;
    for part in parts {
        let named = split_database(part).filter(|(_, _, named)| *named == database);
        let bare = named.map_or_else(|| part.to_owned(), |(front, behind, _)| joined(front, behind));
        let number = part.strip_prefix(['v', 'V']).unwrap_or(part);
        let is_version = follows && number.split('.').all(|part| part.parse::<u32>().is_ok());
        follows = named.is_some();
        if !bare.is_empty() && !is_version {
            left.push(bare);
        }
    }
    left.join("/")
}

/// Whether a path names a version of its database in the folder after it: `postgresql/v12/versioned`.
pub fn names_version(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts.iter().rposition(|part| split_database(part).is_some());
    let next = at.and_then(|at| parts.get(at + 1));
    let number = next.map(|part| part.strip_prefix(['v', 'V']).unwrap_or(part));
    number.is_some_and(|number| number.split('.').all(|part| part.parse::<u32>().is_ok()))
}

/// The database that a path names inside of a word (`riverpgxv5/migration`, `gmysqlbackend`), and what tracks that belong
/// together have in common then.
pub fn inner_family(path: &str) -> Option<(Dialect, String)> {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    for part in parts.iter_mut().rev() {
        let lower = part.to_ascii_lowercase();
        let Some((dialect, word)) = Dialect::inside(&lower) else { continue };
        let (front, behind) = lower.split_once(word)?;
        // `pgxv5`: the version of a driver is nothing that the others share.
        let number = behind.strip_prefix('v').unwrap_or(behind);
        let behind = if number.bytes().all(|digit| digit.is_ascii_digit()) { "" } else { behind };
        *part = format!("{front}*{behind}");
        return Some((dialect, parts.join("/")));
    }
    None
}

fn joined(front: &str, behind: &str) -> String {
    let separators = ['-', '_', '.', ' '];
    let (front, behind) = (front.trim_end_matches(separators), behind.trim_start_matches(separators));
    let both = if front.is_empty() || behind.is_empty() { "" } else { "_" };
    format!("{front}{both}{behind}")
}

/// What stands before and after the word of a path's part that names a database.
pub fn split_database(part: &str) -> Option<(&str, &str, Database)> {
    let mut at = 0;
    let mut found = None;
    for word in part.split(['-', '_', '.', ' ']) {
        if let Some(database) = Database::of_word(word) {
            if found.is_some() {
                return None;
            }
            found = Some((&part[..at], &part[at + word.len()..], database));
        }
        at += word.len() + 1;
    }
    found
}
