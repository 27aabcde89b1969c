//! Reads each track at both ends of the range: from changed files to what the change does.

use std::borrow::Cow;

use crate::change::history::Edited;
use crate::change::{Change, Notes, Presence, TrackChange, history, stamps};
use crate::evaluate::drift::{self, Drift};
use crate::evaluate::models::{self, ModelDrift};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::parity::{self, Parity, Side};
use crate::evaluate::{By, Missing, territory};
use crate::git::EntryKind;
use crate::kinds::{Around, detect, keeper};
use crate::project::Project;
use crate::schema::delta::{self, Level};
use crate::schema::postgres::OF_ELSEWHERE;
use crate::source::{Location, Place, has_name};
use crate::threads::{beside, work_on};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::{self, Track, Unread};

mod custom;
pub mod databases;
mod given_up;
mod newcomers;
mod versions;
mod wanted;

/// What the change does to every track, and what a reader should know besides.
pub fn compare(project: &Project, ends: &mut Ends<'_>) -> Result<(Change, Vec<String>), ReadError> {
    let mut notes = Vec::new();
    let mut tracks = Vec::new();
    for track in &project.tracks {
        let mut told = Notes::default();
        let mut change = keeper(track.kind).change(track, ends, &mut told)?;
        notes.append(&mut told.said);
        change.unread_at_base = unread_at_base(&change, told.unread_at_base, ends)?;
        // One whose base could not be read has a finding that says so.
        if matches!(change.presence, Presence::New) && change.unread_at_base.is_empty() {
            notes.push(is_new_note(track));
        }
        if change.home.source.text().is_empty() {
            change.home = home(&change, ends)?;
        }
        tracks.push(change);
    }
    evaluate(project, &mut tracks, ends, &mut notes)?;
    for change in tracks.iter_mut().filter(|change| change.track.kind.has_models()) {
        change.models = models_drift(change, &project.tracks, ends)?;
    }
    for change in &mut tracks {
        change.unstamped = stamps::unstamped(change, ends)?;
        if change.touched && matches!(change.presence, Presence::Kept) {
            change.edits = history::that_matter(keeper(change.track.kind).edits(change, ends)?, change, ends)?;
            change.unreleased = history::unreleased(change, ends)?;
            change.refused_later = history::refused_later(change, ends);
            change.of_release = keeper(change.track.kind).of_release(change, ends)?;
            change.differs_in_names = history::differs_in_names(change);
            change.strays = keeper(change.track.kind).strays(change, ends)?;
            change.gaps.extend(history::newly_unknown(change, ends));
            if let Some(outcome) = &change.outcome {
                change.trespasses = territory::trespasses(&change.track, outcome, &mut ends.head);
                // A table that is not there because it is another's is said already.
                let trespasses = &change.trespasses;
                change.gaps.retain(|missing| !trespasses.iter().any(|trespass| trespass.is_about(missing)));
            }
        }
    }
    for change in &mut tracks {
        keeper(change.track.kind).settle(change, ends)?;
    }
    for (at, change) in tracks.iter_mut().enumerate() {
        let is_paired = project.pairs.iter().any(|(first, second)| *first == at || *second == at);
        if !is_paired && change.track.declared.is_empty() {
            leave_others_alone(change);
        }
    }
    leave_to_other_chains(project, &mut tracks, ends)?;
    elsewhere(project, &mut tracks, ends)?;
    let parities = parities(project, &tracks, ends, &mut notes)?;
    notes.extend(parities.iter().flat_map(|parity| parity.notes.iter().cloned()));
    let newcomers = newcomers::newcomers(project, &tracks, ends)?;
    for change in newcomers.iter().filter_map(|parity| tracks.get(parity.pair.0)) {
        notes.retain(|note| *note != is_new_note(&change.track));
    }
    for (at, change) in tracks.iter_mut().enumerate() {
        leave_to_parity(at, change, &parities);
    }
    for (first, second) in &project.pairs {
        read_heads(*first, *second, &mut tracks, ends)?;
    }
    say_once(&mut tracks);
    for track in &project.gone {
        let is_given_up = given_up::is_given_up(track, &project.tracks, ends)?;
        tracks.push(TrackChange { is_given_up, ..lost(track, ends)? });
    }
    Ok((Change { tracks, pairs: project.pairs.clone(), parities, newcomers, relaxed: Vec::new() }, notes))
}

/// What is said of a track that only head has.
fn is_new_note(track: &Track) -> String {
    format!(
        "the track `{}` ({}) is new in this change: there is nothing to compare it with yet",
        track.name, track.path
    )
}

/// Of a chain that is evaluated for several databases: what its files are is said of the first alone, what it does to a
/// database of each.
fn say_once(tracks: &mut [TrackChange]) {
    for at in 1..tracks.len() {
        let (before, rest) = tracks.split_at_mut(at);
        let Some(change) = rest.first_mut() else { continue };
        let Some(first) = before.iter().find(|first| first.track.is_twin_of(&change.track)) else { continue };
        change.presence = Presence::Kept;
        change.chain = None;
        change.invalid.clear();
        change.unread.clear();
        change.unread_at_base.clear();
        change.repeated.clear();
        change.unstamped.retain(|own| !first.unstamped.iter().any(|known| known.long.id == own.long.id));
        let is_said = |edit: &history::Edit| first.edits.iter().any(|known| known.name == edit.name);
        change.edits.retain(|edit| !is_said(edit));
        let said = |missing: &Missing| {
            let same = |known: &Missing| (&known.by, &known.gap.reason) == (&missing.by, &missing.gap.reason);
            first.gaps.iter().any(same)
        };
        change.gaps.retain(|missing| !said(missing));
    }
}

/// What of the merge base could not be read, each at the place of head that has to answer alone: the list, or the file.
fn unread_at_base(
    change: &TrackChange,
    files: Vec<(String, String)>,
    ends: &mut Ends<'_>,
) -> Result<Vec<Unread>, ReadError> {
    let track = &change.track;
    let mut unread = Vec::new();
    for (path, reason) in files {
        let list = keeper(track.kind).list_place(track, &mut ends.head)?;
        let file = || -> Result<Option<Location>, ReadError> {
            let is_file = ends.head.snapshot.entry(&path)?.is_some_and(|entry| entry.kind == EntryKind::File);
            let source = if is_file { ends.head.snapshot.source(&path)? } else { None };
            Ok(source.map(|source| Location::line(&source, 1, "")))
        };
        let location = match list {
            Some(place) => Some(place),
            None => file()?.or_else(|| change.new.first().map(|new| new.location.clone())),
        };
        unread.extend(location.map(|location| Unread { reason, location: location.labelled("judged alone") }));
    }
    Ok(unread)
}

/// A baseline that takes its tables from elsewhere shows new databases what deployed ones lack: where a pair tells that, it
/// is one mistake, and not an edit of the baseline besides.
fn leave_to_parity(at: usize, change: &mut TrackChange, parities: &[Parity]) {
    let Some(outcome) = &change.outcome else { return };
    let told: Vec<&delta::Object> = parities
        .iter()
        .flat_map(|parity| &parity.differences)
        .filter(|difference| difference.not_on == at)
        .map(|difference| &difference.object)
        .collect();
    let apart = delta::diff(&outcome.after.schema, &outcome.fresh.schema, Level::Full);
    if !apart.is_empty() && apart.iter().all(|change| told.contains(&&change.object)) {
        change.edits.retain(|edit| !matches!(edit.what, Edited::Fed { .. }));
    }
}

/// Where nothing keeps step with a list, what tables of others are like is nobody's question: the last line says what was
/// compared.
fn leave_others_alone(change: &mut TrackChange) {
    let Some(outcome) = &change.outcome else { return };
    let of_others = &outcome.fresh.of_others;
    change.gaps.retain(|missing| !of_others.contains(&missing.gap.reason));
}

/// Evaluates every track that the change touches and that an engine knows: the chains on a thread of their own while the
/// lists are.
fn evaluate(
    project: &Project,
    tracks: &mut [TrackChange],
    ends: &mut Ends<'_>,
    notes: &mut Vec<String>,
) -> Result<(), ReadError> {
    let places = |wanted: fn(&TrackChange) -> bool| -> Vec<usize> {
        tracks.iter().enumerate().filter(|(_, change)| wanted(change)).map(|(at, _)| at).collect()
    };
    let (lists, chains) = (places(is_evaluable), places(is_evaluable_chain));
    let wanted = wanted::wanted(tracks, ends)?;
    (ends.base.wanted, ends.head.wanted) = (wanted.clone(), wanted);
    let (drifts, outcomes) = {
        let all: &[TrackChange] = tracks;
        let (address, changed) = (ends.address(), ends.changed.clone());
        let around = |at: usize| Around { change: &all[at], tracks: &project.tracks, changed: &changed };
        let evaluate_chains = |old: &mut Modules<'_>, new: &mut Modules<'_>| {
            let outcomes = chains.iter().map(|at| {
                work_on(format!("evaluating the track `{}`", all[*at].track.name));
                keeper(all[*at].track.kind).outcome(around(*at), old, new)
            });
            outcomes.collect::<Result<Vec<_>, ReadError>>()
        };
        let evaluate_lists = |ends: &mut Ends<'_>| {
            lists.iter().map(|at| drift(&all[*at], &project.tracks, ends)).collect::<Result<Vec<_>, ReadError>>()
        };
        let (aside, drifts) = if lists.is_empty() || chains.is_empty() || ends.head.memory.is_some() {
            (None, evaluate_lists(ends)?)
        } else {
            let (aside, drifts) = beside(|| address.open(evaluate_chains), || evaluate_lists(ends));
            (aside.flatten(), drifts?)
        };
        let outcomes = match aside {
            Some(outcomes) => outcomes?,
            None => evaluate_chains(&mut ends.base, &mut ends.head)?,
        };
        (drifts, outcomes)
    };
    for (at, (drift, outcome)) in lists.into_iter().zip(drifts) {
        let change = &mut tracks[at];
        notes.extend(drift.notes.iter().cloned());
        change.gaps.clone_from(&drift.gaps);
        // What the text does not tell of the list is said already.
        let path = change.track.path.clone();
        let is_list = |by: &By| match by {
            By::Migration(name) => name.is_empty(),
            By::File(known) => **known == *path,
        };
        let is_read = change.unread.is_empty();
        change.gaps.retain(|missing| is_read || !is_list(&missing.by));
        // What the base does not tell either, of the whole list, is no news.
        let known = outcome.as_ref().map(|outcome| outcome.before.gaps.clone()).unwrap_or_default();
        let is_known =
            |missing: &Missing| known.iter().any(|old| old.by == missing.by && old.gap.reason == missing.gap.reason);
        change.gaps.retain(|missing| missing.by.migration().is_some() || !is_known(missing));
        change.drift = Some(drift);
        change.outcome = outcome;
    }
    for (at, outcome) in chains.into_iter().zip(outcomes) {
        if let Some(outcome) = &outcome {
            tracks[at].gaps = drift::gaps(&outcome.fresh, Some(&outcome.after), ends);
            // What goes with a table that was there before the chain is nobody's to repair.
            tracks[at].gaps.retain(|missing| !missing.gap.reason.ends_with(OF_ELSEWHERE));
        }
        tracks[at].outcome = outcome;
    }
    Ok(())
}

/// Tells of what a declared schema alone has whether the tracks that its own is paired with have it: they are to get it,
/// too.
fn elsewhere(project: &Project, tracks: &mut [TrackChange], ends: &mut Ends<'_>) -> Result<(), ReadError> {
    let is_meant = |difference: &drift::Difference| {
        let is_alone = matches!(difference.change.kind, delta::Kind::Removed { .. });
        is_alone && !difference.is_dropped && !difference.pre_existing
    };
    for (first, second) in &project.pairs {
        for (at, other) in [(*first, *second), (*second, *first)] {
            let drifts = tracks.get(at).and_then(|change| change.drift.as_ref());
            if !drifts.is_some_and(|drift| drift.differences.iter().any(is_meant)) {
                continue;
            }
            let Some(partner) = tracks.get(other).filter(|change| matches!(change.presence, Presence::Kept)) else {
                continue;
            };
            let Some(database) = databases::deployed(partner, &project.tracks, ends)? else { continue };
            let differences = tracks[at].drift.iter_mut().flat_map(|drift| &mut drift.differences);
            for difference in differences.filter(|difference| is_meant(difference)) {
                difference.elsewhere.extend(database.has(&difference.change.object).map(|has| (other, has)));
            }
        }
    }
    Ok(())
}

/// Where several chains of a project are for one sort of database, what the models say of a table that another one knows is for
/// both to make: nobody tells which.
fn leave_to_other_chains(project: &Project, tracks: &mut [TrackChange], ends: &mut Ends<'_>) -> Result<(), ReadError> {
    for at in 0..tracks.len() {
        let differs = tracks[at].models.as_ref().is_some_and(|models| !models.differences.is_empty());
        let own = tracks[at].track.clone();
        if !differs {
            continue;
        }
        let is_other = |other: &&TrackChange| {
            let track = &other.track;
            track.kind == own.kind && track.dialect == own.dialect && track.path != own.path && track.is_evaluated()
        };
        let mut known = Vec::new();
        for other in tracks.iter().filter(is_other) {
            let outcome = match &other.outcome {
                Some(outcome) => Some(outcome.clone()),
                None => keeper(other.track.kind).untouched(&other.track, &project.tracks, ends)?,
            };
            known.extend(outcome.map(|outcome| outcome.after));
        }
        if let Some(models) = &mut tracks[at].models {
            models.differences.retain(|difference| {
                drift::table_of(&difference.object)
                    .is_none_or(|table| !known.iter().any(|other| other.schema.tables.contains_key(table)))
            });
        }
    }
    Ok(())
}

/// How the models beside a chain and its revisions differ in what they change; `None` where there are no models that are
/// known, where neither they nor the chain change, and where the revisions are not evaluated.
fn models_drift(change: &TrackChange, tracks: &[Track], ends: &mut Ends<'_>) -> Result<Option<ModelDrift>, ReadError> {
    let track = &change.track;
    if !track.is_evaluated() || !matches!(change.presence, Presence::Kept) || track.parked.is_some() {
        return Ok(None);
    }
    let is_changed = change
        .outcome
        .as_ref()
        .is_some_and(|outcome| !delta::equivalent(&outcome.before.schema, &outcome.after.schema, Level::Full));
    let is_touched = track::models::may_have_changed(track, ends)?;
    if !is_changed && !is_touched {
        return Ok(None);
    }
    let models = match models::change(track, is_touched, ends)? {
        models::Read::Nothing => return Ok(None),
        models::Read::Unknown(_) if !track::models::has_models(track, ends)? => return Ok(None),
        models::Read::Unknown(why) => return Ok(Some(ModelDrift::unknown(why))),
        models::Read::Known(models) => models,
    };
    if !is_changed && models.is_none() {
        return Ok(Some(models.unchanged()));
    }
    let outcome = match &change.outcome {
        // A part of a chain was chosen by what the revisions do, not by what the models say.
        Some(outcome) if outcome.part.is_some() => {
            let around = Around { change, tracks, changed: &ends.changed };
            keeper(track.kind).whole_outcome(around, &mut ends.base, &mut ends.head)?
        }
        Some(outcome) => Some(outcome.clone()),
        None if change.touched => None,
        None => keeper(track.kind).untouched(track, tracks, ends)?,
    };
    match outcome {
        Some(outcome) => {
            let is_assumed = models.is_assumed();
            let files = models.files();
            let mut drift = models::drift(track, *models, &outcome, ends)?;
            // Who names the models as a declared schema has promised that they say all.
            if track.declared.is_empty() && drift.differences.iter().any(|one| drift.may_come_first(one)) {
                drift.revisions_first = custom::revisions_first(track, &files, ends)?;
            }
            if !drift.differences.is_empty() {
                let chain = keeper(track.kind).merged(track, ends)?;
                drift.is_by_engine = chain.is_some_and(|chain| chain.head.is_by_engine());
            }
            // What nobody said is no news where it is not known.
            if is_assumed && drift.unknown.is_some() {
                return Ok(None);
            }
            leave_to_revisions_of_nobody(&mut drift, tracks, ends)?;
            Ok(Some(drift))
        }
        None => Ok(None),
    }
}

/// A table that revisions name which are in no track that was found, such as a plugin's, is theirs: what they do to it is
/// not known, and where the change touches them they may well do what the models say.
fn leave_to_revisions_of_nobody(
    drift: &mut ModelDrift,
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<(), ReadError> {
    if drift.differences.is_empty() {
        return Ok(());
    }
    let found = track::models::revisions_of_nobody(tracks, &ends.head)?;
    let naming = |difference: &models::Difference, is_touched: bool| {
        let table = drift::table_of(&difference.object);
        let names = |text: &str| table.is_some_and(|table| has_name(text, table.as_str()));
        let mut of_these = found.iter().filter(|file| !is_touched || ends.change_of(file.path()).is_some());
        of_these.any(|file| names(file.text()))
    };
    drift.differences.retain(|difference| !naming(difference, true));
    for difference in &mut drift.differences {
        difference.weak |= naming(difference, false);
    }
    Ok(())
}

/// Compares the deltas of every pair of tracks of which the change touches at least one.
fn parities(
    project: &Project,
    tracks: &[TrackChange],
    ends: &mut Ends<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Parity>, ReadError> {
    let mut parities = Vec::new();
    for (first, second) in &project.pairs {
        let (Some(one), Some(other)) = (tracks.get(*first), tracks.get(*second)) else { continue };
        let both_there = matches!(one.presence, Presence::Kept) && matches!(other.presence, Presence::Kept);
        let unknown = [one, other].into_iter().find(|change| !change.track.is_evaluated());
        if let Some(unknown) = unknown.filter(|_| both_there && !(one.new.is_empty() && other.new.is_empty())) {
            let (kind, dialect) = (unknown.track.kind.as_str(), unknown.track.database_title());
            notes.push(format!(
                "what `{}` and `{}` do is not compared: a track of kind `{kind}` is not evaluated for {dialect}",
                one.track.name, other.track.name
            ));
        }
        let has_outcome = |change: &TrackChange| !change.touched || change.outcome.is_some();
        if unknown.is_some()
            || !both_there
            || !(one.touched || other.touched)
            || !has_outcome(one)
            || !has_outcome(other)
        {
            continue;
        }
        let changes = |change: &TrackChange| {
            change.outcome.as_ref().is_some_and(|outcome| {
                let after = if change.is_given_to_nobody() { &outcome.fresh } else { &outcome.after };
                !delta::equivalent(&outcome.before.schema, &after.schema, Level::Full)
            })
        };
        if !changes(one) && !changes(other) {
            continue;
        }
        let here = as_given_out(one, databases::beside(one, other, &project.tracks, ends)?);
        let there = as_given_out(other, databases::beside(other, one, &project.tracks, ends)?);
        let left = Side { index: *first, name: &one.track.name, dialect: one.track.dialect, outcome: &here };
        let right = Side { index: *second, name: &other.track.name, dialect: other.track.dialect, outcome: &there };
        let exact = project.exact.contains(&(*first, *second));
        let mut found = parity::compare(left, right, exact, &mut ends.head);
        if !found.differences.is_empty() && databases::are_unlike((one, &here), (other, &there), &project.tracks, ends)?
        {
            found.differences.clear();
            found.are_unlike = true;
            let (one, other) = (&one.track.name, &other.track.name);
            found
                .notes
                .push(format!("`{one}` and `{other}` have no table in common, so that what they do is not compared"));
        }
        let weight = project.weight((*first, *second));
        found.differences.iter_mut().for_each(|difference| weight.apply(difference));
        parities.push(found);
    }
    versions::leave_to_other_versions(&mut parities, tracks);
    Ok(parities)
}

/// What a change does to the databases of a track, as everybody gets to see it: what it edits and nobody was given, all get
/// as it is now.
fn as_given_out<'c>(change: &TrackChange, outcome: Cow<'c, Outcome>) -> Cow<'c, Outcome> {
    // What a file that is refused was to do is in doubt there, and all else is known.
    if !change.is_given_to_nobody() || outcome.part.is_some() {
        return outcome;
    }
    let Outcome { before, fresh, .. } = outcome.into_owned();
    Cow::Owned(Outcome::new(before, fresh.clone(), fresh))
}

fn is_evaluable_chain(change: &TrackChange) -> bool {
    // What Alembic would not even order has findings of its own.
    let runs = change.chain.as_ref().is_some_and(|chain| chain.merged.runs());
    let is_known = change.track.is_evaluated() && matches!(change.presence, Presence::Kept);
    change.track.kind.has_models() && runs && change.touched && is_known
}

/// Whether a list's migrations can be evaluated, and compared with its declared schemas.
fn is_evaluable(change: &TrackChange) -> bool {
    let is_list = !change.track.kind.is_chain();
    is_list && change.track.is_evaluated() && change.touched && !matches!(change.presence, Presence::Lost(_))
}

fn drift(change: &TrackChange, tracks: &[Track], ends: &mut Ends<'_>) -> Result<(Drift, Option<Outcome>), ReadError> {
    let track = &change.track;
    work_on(format!("evaluating the track `{}`", track.name));
    let base = match &change.base_path {
        Some(path) => Some(keeper(track.kind).at_base(track, path, ends)?),
        // A list that moved into another name or form is no new track to the databases that it made.
        None => detect::tracks(&mut ends.base, &mut ends.folders)?
            .into_iter()
            .filter(|old| !tracks.iter().any(|other| other.path == old.path && other.list == old.list))
            .find(|old| old.kind == track.kind && old.path == track.path)
            .map(|old| Track { declared: track.declared.clone(), ..old }),
    };
    Ok(keeper(track.kind).drift(track, base.as_ref(), ends)?)
}

/// The first line of a file that a track has, or that it had.
fn home(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Place, ReadError> {
    let known = match &change.presence {
        Presence::Lost(location) => Place::of(location),
        _ => change.new.first().and_then(|migration| Place::of(&migration.location)),
    };
    let track = &change.track;
    let chain =
        change.chain.iter().flat_map(|chain| [&chain.head, &chain.base]).flat_map(|chain| &chain.revisions).next();
    let path = match chain {
        _ if track.kind.is_file() => Some(track.path.clone()),
        Some(revision) => Some(revision.location.path().to_owned()),
        None => None,
    };
    let touched = || ends.changed.iter().map(|file| &file.path).find(|path| track.has_file(path)).cloned();
    let path = path.or_else(touched).unwrap_or_else(|| track.path.clone());
    Ok(match known {
        Some(place) => place,
        None => first_line(&path, ends)?.unwrap_or_else(|| Place::file(&path)),
    })
}

/// The first line of a file of head's, or of the merge base's where that alone has it.
fn first_line(path: &str, ends: &mut Ends<'_>) -> Result<Option<Place>, ReadError> {
    for snapshot in [&ends.head.snapshot, &ends.base.snapshot] {
        match snapshot.source(path) {
            Ok(None) => {}
            Ok(Some(source)) => return Ok(Place::of(&Location::line(&source, 1, ""))),
            Err(error) if error.is_not_text() => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// The heads of a chain are read only where a finding will name them: the pair's other track has something new, and
/// this one has not.
fn read_heads(first: usize, second: usize, tracks: &mut [TrackChange], ends: &Ends<'_>) -> Result<(), ReadError> {
    for (from, to) in [(first, second), (second, first)] {
        let (Some(source), Some(target)) = (tracks.get(from), tracks.get(to)) else { continue };
        if source.demands(target) {
            tracks[to].heads = keeper(target.track.kind).open_heads(&target.track, ends)?;
        }
    }
    Ok(())
}

/// A track that only the merge base has.
fn lost(track: &Track, ends: &mut Ends<'_>) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    change.migrations = Some(0);
    change.touched = true;
    let path = keeper(track.kind).first_file(track, &mut ends.base)?.unwrap_or_else(|| track.path.clone());
    let list = keeper(track.kind).list_place(track, &mut ends.base)?;
    let first_line = ends.base.snapshot.source(&path)?.map(|source| Location::line(&source, 1, ""));
    if let Some(location) = list.or(first_line) {
        change.presence = Presence::Lost(location);
    }
    change.home = home(&change, ends)?;
    change.unread = keeper(track.kind).silent(track, &mut ends.head)?;
    change.moved_to = keeper(track.kind).moved_to(track, ends);
    Ok(change)
}
