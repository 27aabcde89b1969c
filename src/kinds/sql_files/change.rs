//! What a change does to a directory of SQL files.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use crate::path;
use crate::track::ends::{Ends, Modules, ReadError};
use super::Keeper;
use super::edits::is_as_released;
use super::grown::grown;
use super::in_code;
use crate::change::history::{Edit, Edited};
use crate::change::ignored::{Ignored, Spared};
use crate::change::{Notes, Presence, Repeated, TrackChange, Unloadable};
use crate::track::sql_files::history::{self, History, Step, first_line};
use crate::track::sql_files::name::Name;
use crate::track::sql_files::runner::{Below, Order, Runner};
use crate::track::sql_files::{Matched, code, flyway, is_own, journal, marks, snapshots};
use crate::track::{AddedDdl, Migration, Track, Unread, ddl};
use crate::kinds::detect;
use crate::evaluate::drift;
use crate::git::{ChangedFile, LineSet};
use crate::go::is_go;
use crate::schema::delta::Object;
use crate::schema::token::tokens;
use crate::source::{Location, Source};
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
        if !is_as_released(one.step, (track, &base.path), ends)? {
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

/// How much a folder of the merge base is like one of head: what stays as it was tells more than names that both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    unchanged: usize,
    shared: usize,
    has_name: bool,
}

/// Where the merge base keeps the track: at the same path, or in another folder with the same files.
fn base_track(track: &Track, head: &History, ends: &mut Ends<'_>) -> Result<Option<Track>, ReadError> {
    // Before its first upgrade it has the schema that this begins with.
    let has_schema = || snapshots::are_versioned(track) && matches!(snapshots::at(track, &ends.base), Ok(Some(_)));
    if has_schema() || !history::read(track, &mut ends.base)?.steps.is_empty() {
        return Ok(Some(track.clone()));
    }
    let tracks = detect::tracks_of(&Keeper, &mut ends.base, &mut ends.folders)?;
    let mut best: Option<(Likeness, Track)> = None;
    for other in tracks.into_iter().filter(|other| other.dialect == track.dialect) {
        // One that is still where it was is another.
        if !history::read(&other, &mut ends.head)?.steps.is_empty() {
            continue;
        }
        let old = history::read(&other, &mut ends.base)?;
        let pairs = Matched::new(&old, head).pairs;
        let is_as_it_was = |(was, is): &&(usize, usize)| old.steps[*was].id == head.steps[*is].id;
        let likeness = Likeness {
            unchanged: pairs.iter().filter(is_as_it_was).count(),
            shared: pairs.len(),
            has_name: path::name(&other.path) == path::name(&track.path),
        };
        if likeness.shared > 0 && best.as_ref().is_none_or(|(most, _)| likeness > *most) {
            best = Some((likeness, Track { declared: other.declared, path: other.path, ..track.clone() }));
        }
    }
    Ok(best.map(|(_, track)| track))
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
    if snapshots::are_versioned(track)
        && let Some(base) = snapshots::at(&base, &ends.base)?
    {
        return Ok(base);
    }
    let before = detect::tracks_of(&Keeper, &mut ends.base, &mut ends.folders)?;
    let known = before.into_iter().find(|old| old.path == path && old.dialect == track.dialect);
    Ok(known.map_or_else(|| base.clone(), |old| Track { declared: old.declared, ..base.clone() }))
}

/// What deployed databases lack may come from a file that is no new migration by its name: an upgrade that no release has yet
/// and that grows, or one that gets its number later.
pub fn settle(change: &mut TrackChange, ends: &mut Ends<'_>) -> Result<(), ReadError> {
    change.gaps.extend(in_code::new_ones(&change.track, ends)?);
    if repairs(change) {
        change.ignored.retain(|ignored| ignored.spared != Spared::Deployed);
    }
    let Some(drift) = change.drift.as_mut().filter(|drift| !drift.differences.is_empty()) else { return Ok(()) };
    // What no release has made, no database has to lose.
    let is_undone = |edit: &&Edit| edit.what == Edited::Removed && change.unreleased.contains(&edit.name);
    for edit in change.edits.iter().filter(is_undone) {
        let text = marks::upgrade(edit.location.source.text()).text;
        let says = |name: &str| tokens(&text).any(|token| token.value().eq_ignore_ascii_case(name));
        let only_deployed = drift.differences.iter().filter(|difference| difference.deployed && !difference.fresh);
        let is_of_it = |object: &Object| {
            let column = if let Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
            drift::names(object).into_iter().chain(column).all(says)
        };
        let undone = only_deployed.filter(|difference| is_of_it(&difference.change.object));
        let undone: Vec<_> =
            undone.map(|difference| (difference.declared.clone(), difference.change.object.clone())).collect();
        drift.weak.extend(undone);
    }
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
    let before = old.and_then(|old| old.journal.as_ref());
    let has = |known: &[(String, Location)], tag: &str| known.iter().any(|(known, _)| known == tag);
    let is_new = |(tag, _): &&(String, Location)| !before.is_some_and(|old| has(&old.missing, tag));
    let missing = journal.missing.iter().filter(is_new).map(|(tag, place)| Unread {
        reason: format!("its entry `{tag}` has no file `{tag}.sql`"),
        location: place.clone(),
    });
    let is_new = |(tag, _): &&(String, Location)| !before.is_some_and(|old| has(&old.twice, tag));
    let twice = journal.twice.iter().filter(is_new).map(|(tag, place)| Unread {
        reason: format!("its entry `{tag}` stands there twice, so that drizzle runs `{tag}.sql` twice"),
        location: place.clone(),
    });
    let broken =
        journal.broken.iter().map(|(reason, place)| Unread { reason: reason.clone(), location: place.clone() });
    broken.chain(missing).chain(twice).collect()
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

/// The new steps that sort below one that deployed databases have.
fn new_below<'s>(head: &'s History, new: &[&'s Step], old: &History, tip: &[Step]) -> Vec<Late<'s>> {
    let facts = head.runner.facts();
    if !matches!(facts.below, Below::Skipped | Below::Refused) && !head.is_by_release() {
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
        let is_skipped = head.runner.facts().below == Below::Skipped || head.is_by_release();
        let runner = if head.is_by_release() { "a program that begins with a whole schema" } else { runner };
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

/// Whether no new database gets past some old file at the merge base, and each one does at head: then what deployed databases
/// skip they had run before it was lost.
fn repairs(change: &TrackChange) -> bool {
    change.outcome.as_ref().is_some_and(|outcome| {
        !outcome.before.failures.is_empty() && outcome.fresh.failures.is_empty() && outcome.fresh.gaps.is_empty()
    })
}

/// A new step that sorts below some that deployed databases have.
struct Late<'s> {
    step: &'s Step,
    highest: String,
    passed_by: Vec<String>,
}
