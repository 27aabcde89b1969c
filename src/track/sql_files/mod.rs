//! The track kind `sql-files`: a directory of SQL files, each of them a migration.
//!
//! [`name`] takes a file's name apart, [`runner`] says who carries the files out and what that one minds, [`marks`] which
//! part of a file runs, [`history`] puts the files of one commit in order, and [`edits`] tells what a change does to old ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ends::{Ends, Modules, ReadError};
use super::{AddedDdl, Migration, Notes, Presence, Repeated, Track, TrackChange, Unloadable, Unread, ddl};
use crate::detect;
use crate::evaluate::drift;
use crate::git::{ChangedFile, LineSet};
use crate::go::is_go;
use crate::path;
use crate::schema::dialect::{Dialect, Named as Database};
use crate::schema::token::tokens;
use crate::source::{Location, Source};

pub mod code;
pub mod edits;
pub mod flyway;
mod grown;
pub mod history;
pub mod journal;
pub mod marks;
pub mod name;
pub mod named;
pub mod pattern;
pub mod runner;
mod searched;

use grown::grown;
use history::{History, Step, first_line};
use name::Name;
use runner::{Below, Order, Runner};

/// A file that deployed databases, or all of them, never run.
#[derive(Clone, Debug)]
pub struct Ignored {
    pub path: String,
    /// A clause: "its name has a blank at its end".
    pub why: String,
    /// What follows, in one sentence without a full stop.
    pub what: String,
    pub help: String,
    pub location: Location,
    pub spared: Spared,
    /// The names of the migrations that keep deployed databases from running it, because they have run these.
    pub passed_by: Vec<String>,
    pub pre_existing: bool,
}

/// The databases that never run a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spared {
    New,
    Deployed,
    All,
}

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    if !is_touched(track, ends) {
        return Ok(change);
    }
    let head = history::read(track, &mut ends.head)?;
    let base = base_track(track, &head, ends)?;
    let old = match &base {
        Some(base) => Some(history::read(base, &mut ends.base)?),
        None => None,
    };
    change.touched = true;
    change.migrations = Some(head.steps.len());
    if let Some(step) = head.steps.first() {
        change.settle(Some(&step.location(&mut ends.head)?));
    }
    change.invalid = invalid(&head, old.as_deref()).into_iter().map(Unloadable::Journal).collect();
    let (Some(base), Some(old)) = (base, old) else {
        if head.steps.is_empty() {
            return Ok(TrackChange::untouched(track.clone()));
        }
        change.presence = Presence::New;
        change.new = migrations(head.steps.iter(), ends)?;
        change.ignored = ignored(&head, None, &[], ends)?;
        return Ok(change);
    };
    if head.steps.is_empty() && head.skipped.is_empty() {
        if let Some(step) = old.steps.first() {
            change.presence = Presence::Lost(step.location(&mut ends.base)?);
        }
        return Ok(change);
    }
    change.base_path = Some(base.path.clone());
    let matched = Matched::new(&old, &head);
    let new: Vec<&Step> = matched.new.iter().map(|at| &head.steps[*at]).collect();
    change.new = migrations(new.iter().copied(), ends)?;
    // No database that is there gets a baseline.
    for step in new.iter().filter(|step| !step.is_baseline) {
        change.ddl.extend(ddl_of(step, &mut ends.head)?);
    }
    if ends.list_objects {
        change.objects = objects(&head, ends)?;
    }
    let tip =
        if ends.tip.snapshot.is_same(&ends.base.snapshot) { old.clone() } else { history::read(&base, &mut ends.tip)? };
    change.repeated = repeated(&head, &tip.steps, ends)?;
    change.grown = grown(track, (&old, &head), &matched, ends)?;
    let mut below = new_below(&head, &new, &old, &tip.steps);
    if !below.is_empty() && runs_late_ones(head.runner, &mut ends.head)? {
        below.clear();
    }
    // What is put back as a release has it has run where it should.
    let mut late = Vec::new();
    for one in below {
        if !edits::is_as_released(one.step, (track, &base.path), ends)? {
            late.push(one);
        }
    }
    let below = late;
    change.ignored = ignored(&head, Some(&old), &below, ends)?;
    change.ignored.extend(under_baseline(&head, &new, &old, ends)?);
    for missing in head.journal.iter().flat_map(|journal| &journal.broken) {
        notes.push(format!("`{}` cannot be read: {}", missing.1.path(), missing.0));
    }
    Ok(change)
}

/// Whether a changed file is one of the track's.
fn is_touched(track: &Track, ends: &Ends<'_>) -> bool {
    ends.changed.iter().any(|file| is_own(track, &file.path) || track.declared.iter().any(|one| one.path == file.path))
}

/// Whether a path can be a file of the track's: SQL in its folder or in one below it, for its database or for any.
pub fn is_own(track: &Track, path: &str) -> bool {
    let Some(below) = path::below(&track.path, path) else { return false };
    if below == journal::FILE {
        return true;
    }
    let name = below.rsplit('/').next().unwrap_or(below);
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
    history::means_sql(name) && below.matches('/').count() <= 1 && !is_for_another()
}

/// Where the merge base keeps the track: at the same path, or in another folder with the same files.
fn base_track(track: &Track, head: &History, ends: &mut Ends<'_>) -> Result<Option<Track>, ReadError> {
    if !history::read(track, &mut ends.base)?.steps.is_empty() {
        return Ok(Some(track.clone()));
    }
    let tracks = detect::sql_tracks(&mut ends.base, &mut ends.folders)?;
    let mut best: Option<(usize, Track)> = None;
    for other in tracks.into_iter().filter(|other| other.dialect == track.dialect) {
        // One that is still where it was is another.
        if !history::read(&other, &mut ends.head)?.steps.is_empty() {
            continue;
        }
        let old = history::read(&other, &mut ends.base)?;
        let shared = Matched::new(&old, head).pairs.len();
        if shared > best.as_ref().map_or(0, |(shared, _)| *shared) {
            best = Some((shared, Track { declared: other.declared, path: other.path, ..track.clone() }));
        }
    }
    Ok(best.map(|(_, track)| track))
}

/// The folder that a directory's files are in now, each as it was; `None` where one of them is nowhere.
pub fn moved_to(old: &Track, ends: &Ends<'_>) -> Option<String> {
    let is_lost = |file: &&ChangedFile| file.new.is_none() && path::below(&old.path, &file.path).is_some();
    let mut target = None;
    for file in ends.changed.iter().filter(is_lost) {
        let id = file.old.as_ref()?.id;
        let below = path::below(&old.path, &file.path)?;
        let is_it = |other: &&ChangedFile| {
            other.old.is_none() && other.new.as_ref().is_some_and(|entry| entry.id == id) && other.path.ends_with(below)
        };
        let found = ends.changed.iter().find(is_it)?;
        target = Some(found.path.strip_suffix(below)?.trim_end_matches('/').to_owned());
    }
    target
}

/// The track as the merge base has it in a folder of its own, with the snapshots that are there: they move with it, and may
/// get another name.
pub fn at_base(track: &Track, path: &str, ends: &mut Ends<'_>) -> Result<Track, ReadError> {
    let base = Track { path: path.to_owned(), ..track.clone() };
    let mut is_there = true;
    for file in &track.declared {
        is_there &= ends.base.snapshot.entry(&file.path)?.is_some();
    }
    if is_there && !track.declared.is_empty() {
        return Ok(base);
    }
    let before = detect::sql_tracks(&mut ends.base, &mut ends.folders)?;
    let known = before.into_iter().find(|old| old.path == path && old.dialect == track.dialect);
    Ok(known.map_or_else(|| base.clone(), |old| Track { declared: old.declared, ..base.clone() }))
}

/// What deployed databases lack may come from a file that is no new migration by its name: an upgrade that no release has yet
/// and that grows, or one that gets its number later.
pub fn settle(change: &mut TrackChange, ends: &mut Ends<'_>) -> Result<(), ReadError> {
    if repairs(change) {
        change.ignored.retain(|ignored| ignored.spared != Spared::Deployed);
    }
    let Some(drift) = change.drift.as_mut().filter(|drift| !drift.differences.is_empty()) else { return Ok(()) };
    let track = &change.track;
    let is_new = |path: &str| change.new.iter().any(|migration| migration.location.path() == path);
    let is_other =
        |path: &str| is_own(track, path) && !is_new(path) && !track.declared.iter().any(|file| file.path == path);
    let paths = ends.changed.iter().filter(|file| file.new.is_some() && is_other(&file.path));
    let paths: Vec<String> = paths.map(|file| file.path.clone()).collect();
    let mut said = HashSet::new();
    for path in paths {
        if let Some(source) = ends.head.text(&path)? {
            said.extend(tokens(source.text()).map(|token| token.value().to_ascii_lowercase()));
        }
    }
    let is_there = |difference: &drift::Difference| {
        let names = drift::names(&difference.change.object);
        difference.deployed && !difference.fresh && names.iter().any(|name| said.contains(&name.to_ascii_lowercase()))
    };
    drift.differences.retain(|difference| !is_there(difference));
    Ok(())
}

/// Whether no new database gets past some old file at the merge base, and each one does at head: then what deployed databases
/// skip they had run before it was lost.
fn repairs(change: &TrackChange) -> bool {
    change.outcome.as_ref().is_some_and(|outcome| {
        !outcome.before.failures.is_empty() && outcome.fresh.failures.is_empty() && outcome.fresh.gaps.is_empty()
    })
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
const SHORT: usize = 14;

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

fn migrations<'s>(steps: impl Iterator<Item = &'s Step>, ends: &mut Ends<'_>) -> Result<Vec<Migration>, ReadError> {
    steps.map(|step| Ok(Migration { name: step.name.clone(), location: step.location(&mut ends.head)? })).collect()
}

/// The DDL keywords in the part of a file that runs.
fn ddl_of(step: &Step, modules: &mut Modules<'_>) -> Result<Vec<AddedDdl>, ReadError> {
    if is_go(&step.path) {
        let Ok(Some(file)) = modules.go_file(&step.path) else { return Ok(Vec::new()) };
        let mentions = ddl::in_go(&file, &LineSet::all(), &[]);
        return Ok(mentions.into_iter().map(|mention| mention.added(&file.source)).collect());
    }
    let Some(source) = modules.text(&step.path)? else { return Ok(Vec::new()) };
    let shown = Source::new(source.path(), marks::upgrade(source.text()).text);
    let mentions = ddl::mentions_on(&shown, &LineSet::all()).map_err(ReadError::Syntax)?;
    Ok(mentions.into_iter().map(|mention| mention.added(&source)).collect())
}

fn objects(head: &History, ends: &mut Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut objects = BTreeSet::new();
    for step in &head.steps {
        objects.extend(ddl_of(step, &mut ends.head)?.into_iter().flat_map(|mention| mention.objects));
    }
    Ok(objects)
}

/// What stops the runner before it carries anything out.
fn invalid(head: &History, old: Option<&History>) -> Vec<Unread> {
    let Some(journal) = &head.journal else { return Vec::new() };
    let was_missing = |tag: &str| {
        old.and_then(|old| old.journal.as_ref())
            .is_some_and(|journal| journal.missing.iter().any(|(known, _)| known == tag))
    };
    let missing = journal.missing.iter().filter(|(tag, _)| !was_missing(tag)).map(|(tag, place)| Unread {
        reason: format!("its entry `{tag}` has no file `{tag}.sql`"),
        location: place.clone(),
    });
    let broken =
        journal.broken.iter().map(|(reason, place)| Unread { reason: reason.clone(), location: place.clone() });
    broken.chain(missing).collect()
}

/// Versions that two files have, where the runner minds.
fn repeated(head: &History, tip: &[Step], ends: &mut Ends<'_>) -> Result<Vec<Repeated>, ReadError> {
    if !head.runner.facts().refuses_twice {
        return Ok(Vec::new());
    }
    let is_of_head = |step: &Step| head.steps.iter().any(|own| own.path == step.path);
    let base: BTreeSet<&str> = tip.iter().map(|step| step.path.as_str()).collect();
    // What the base branch got since belongs to the result of the merge.
    let others = tip.iter().filter(|step| !is_of_head(step) && !gone_at_head(step, ends));
    // A baseline may have the number of the last one that it stands for.
    let is_counted = |step: &&Step| !step.is_repeatable && !step.is_baseline;
    let all: Vec<&Step> = head.steps.iter().chain(others).filter(is_counted).collect();
    let by_number = head.runner.facts().order == Order::Number;
    let key = |step: &Step| if by_number { (step.numbers.clone(), String::new()) } else { (Vec::new(), step.key()) };
    let mut seen: BTreeMap<(Vec<u128>, String), Vec<&Step>> = BTreeMap::new();
    for step in all {
        seen.entry(key(step)).or_default().push(step);
    }
    let mut found = Vec::new();
    for mut steps in seen.into_values() {
        without_beaten(&mut steps, head.runner);
        if steps.len() < 2 {
            continue;
        }
        let newest = steps.iter().rposition(|step| !base.contains(step.path.as_str())).unwrap_or(steps.len() - 1);
        let other = steps.iter().enumerate().find(|(at, _)| *at != newest).map_or(steps[0], |(_, step)| *step);
        let pre_existing = steps.iter().all(|step| base.contains(step.path.as_str()));
        let place = |step: &Step, ends: &mut Ends<'_>| {
            if is_of_head(step) { step.location(&mut ends.head) } else { step.location(&mut ends.tip) }
        };
        found.push(Repeated {
            what: "number",
            text: steps[newest].version.clone(),
            first: place(other, ends)?,
            location: place(steps[newest], ends)?,
            pre_existing,
            note: head
                .runner
                .says_of_twice()
                .map(|said| format!("{} refuses to start: it says `{said}`", head.runner.facts().name)),
        });
    }
    Ok(found)
}

/// Takes out what popx never runs: the file for all databases where there is one for this alone.
fn without_beaten(steps: &mut Vec<&Step>, runner: Runner) {
    let is_own = |step: &&Step| {
        let name = step.path.rsplit('/').next().and_then(Name::of_file);
        name.is_some_and(|name| name.database.is_some() && !name.is_loose)
    };
    if runner == Runner::Popx && steps.iter().any(is_own) {
        steps.retain(is_own);
    }
}

/// Whether a file that the tip of base has was taken away, or renamed, by the change.
fn gone_at_head(step: &Step, ends: &Ends<'_>) -> bool {
    ends.change_of(&step.path).is_some_and(|file| file.old.is_some() && file.new.is_none())
}

/// A new step that sorts below some that deployed databases have.
struct Late<'s> {
    step: &'s Step,
    highest: String,
    passed_by: Vec<String>,
}

/// The new steps that sort below one that deployed databases have.
fn new_below<'s>(head: &'s History, new: &[&'s Step], old: &History, tip: &[Step]) -> Vec<Late<'s>> {
    let facts = head.runner.facts();
    if !matches!(facts.below, Below::Skipped | Below::Refused) {
        return Vec::new();
    }
    if let (Some(journal), Some(old)) = (&head.journal, &old.journal) {
        // An entry without its file stopped drizzle.
        let is_missing = |tag: &str| old.missing.iter().any(|(missing, _)| missing == tag);
        let run = old.when.iter().filter(|(tag, _)| !is_missing(tag));
        let Some((highest, latest)) = run.max_by_key(|(_, when)| **when) else { return Vec::new() };
        let is_late = |step: &&&Step| journal.when.get(&step.name).is_some_and(|when| when <= latest);
        let late = new.iter().filter(is_late).map(|step| {
            let when = journal.when.get(&step.name);
            let later = old.when.iter().filter(|(tag, other)| !is_missing(tag) && when <= Some(*other));
            Late { step, highest: highest.clone(), passed_by: later.map(|(tag, _)| tag.clone()).collect() }
        });
        return late.collect();
    }
    let known = old.steps.iter().chain(tip).filter(|step| !step.is_repeatable && !step.is_baseline);
    let is_above = |one: &Step, other: &Step| match facts.order {
        Order::Name => one.name > other.name,
        _ => one.numbers > other.numbers,
    };
    let known: Vec<&Step> = known.collect();
    let highest = known.iter().copied().reduce(|best, step| if is_above(step, best) { step } else { best });
    let Some(highest) = highest else { return Vec::new() };
    let is_counted = |step: &Step| !step.is_repeatable && !step.is_unordered && !step.is_baseline;
    let is_below = |step: &&&Step| is_counted(step) && is_above(highest, step);
    let late = new.iter().filter(is_below).map(|step| {
        let above = known.iter().filter(|other| is_above(other, step));
        Late { step, highest: highest.name.clone(), passed_by: above.map(|other| other.name.clone()).collect() }
    });
    late.collect()
}

/// The new files that a new database never runs: the baseline that it gets stands for all up to its number, and is as it was.
fn under_baseline(
    head: &History,
    new: &[&Step],
    old: &History,
    ends: &mut Ends<'_>,
) -> Result<Vec<Ignored>, ReadError> {
    let Some(baseline) = head.baseline() else { return Ok(Vec::new()) };
    if !old.steps.iter().any(|step| step.id == baseline.id && step.name == baseline.name) {
        return Ok(Vec::new());
    }
    let is_under = |step: &&&Step| !step.is_repeatable && !step.is_baseline && step.numbers <= baseline.numbers;
    let found = new.iter().filter(is_under).map(|step| {
        Ok(Ignored {
            path: step.path.clone(),
            why: format!("the baseline `{}` stands for all up to its version", baseline.name),
            what: "Flyway runs the newest baseline on a new database, and of the others what comes after it".to_owned(),
            help: format!("give it a version above that of `{}`", baseline.name),
            location: step.location(&mut ends.head)?,
            spared: Spared::New,
            passed_by: Vec::new(),
            pre_existing: false,
        })
    });
    found.collect()
}

/// Whether the project tells its runner to run what sorts below the last one that has run.
fn runs_late_ones(runner: Runner, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    match runner {
        Runner::Flyway => flyway::runs_late_ones(modules),
        Runner::Goose => code::goose_runs_late_ones(modules),
        _ => Ok(false),
    }
}

/// The files that deployed databases never run, or no database.
fn ignored(
    head: &History,
    old: Option<&History>,
    below: &[Late<'_>],
    ends: &mut Ends<'_>,
) -> Result<Vec<Ignored>, ReadError> {
    let runner = head.runner.facts().name;
    let mut found = Vec::new();
    for skipped in &head.skipped {
        let pre_existing = old.is_some_and(|old| old.skipped.iter().any(|known| known.path == skipped.path));
        found.push(Ignored {
            path: skipped.path.clone(),
            why: skipped.reason.clone(),
            what: if runner.is_empty() {
                "the configuration gives the form of the names that are run".to_owned()
            } else {
                format!("{runner} {}", head.runner.what_of_skipped())
            },
            help: "rename it as the others are named".to_owned(),
            location: first_line(&skipped.path, &mut ends.head)?,
            spared: Spared::All,
            passed_by: Vec::new(),
            pre_existing,
        });
    }
    for step in head.journal.iter().flat_map(|journal| &journal.unlisted) {
        let known = old.and_then(|old| old.journal.as_ref());
        let pre_existing = known.is_some_and(|old| old.unlisted.iter().any(|known| known.path == step.path));
        found.push(Ignored {
            path: step.path.clone(),
            why: format!("`{}` does not list it", journal::FILE),
            what: format!("{runner} runs what its journal lists, and nothing else"),
            help: "let `drizzle-kit generate` write it, or add its entry to the journal".to_owned(),
            location: step.location(&mut ends.head)?,
            spared: Spared::All,
            passed_by: Vec::new(),
            pre_existing,
        });
    }
    for late in below {
        let (step, highest) = (late.step, &late.highest);
        let is_skipped = head.runner.facts().below == Below::Skipped;
        let is_journal = head.journal.is_some();
        found.push(Ignored {
            path: step.path.clone(),
            why: if is_journal {
                format!("its `when` is no later than that of `{highest}`, which deployed databases have run")
            } else {
                format!("it sorts below `{highest}`, which deployed databases have run")
            },
            what: if is_skipped {
                format!("{runner} runs what comes after the last one that has run, and skips this without a word")
            } else {
                format!("{runner} stops with an error where one below the last is missing")
            },
            help: if is_journal {
                format!("give its entry in `{}` a `when` that is later", journal::FILE)
            } else {
                format!("give it a version above `{highest}`")
            },
            location: step.location(&mut ends.head)?,
            spared: Spared::Deployed,
            passed_by: late.passed_by.clone(),
            pre_existing: false,
        });
    }
    Ok(found)
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

/// The database that a path names inside of a word (`riverpgxv5/migration`, `gmysqlbackend`), and what tracks that belong
/// together have in common then.
pub fn inner_family(path: &str) -> Option<(Dialect, String)> {
    const INNER: [(&str, Dialect); 8] = [
        ("sqlite3", Dialect::Sqlite),
        ("sqlite", Dialect::Sqlite),
        ("postgresql", Dialect::Postgres),
        ("postgres", Dialect::Postgres),
        ("pgsql", Dialect::Postgres),
        ("pgx", Dialect::Postgres),
        ("mysql", Dialect::Mysql),
        ("mariadb", Dialect::Mysql),
    ];
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    for part in parts.iter_mut().rev() {
        let lower = part.to_ascii_lowercase();
        let Some((word, dialect)) = INNER.iter().find(|(word, _)| lower.contains(word)) else { continue };
        let (front, behind) = lower.split_once(word)?;
        // `pgxv5`: the version of a driver is nothing that the others share.
        let number = behind.strip_prefix('v').unwrap_or(behind);
        let behind = if number.bytes().all(|digit| digit.is_ascii_digit()) { "" } else { behind };
        *part = format!("{front}*{behind}");
        return Some((*dialect, parts.join("/")));
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
