//! One mistake, one finding: what follows from a finding, or is about the same thing, is told with it.
//!
//! Suppressions come first, so that what a comment or an exemption allows takes no part, and what it does not allow is
//! still told. Then, in this order:
//!
//! 1. What a finding explains goes with it, whatever the order of the rules.
//! 2. Migrations that several tracks lack are one `missing-revision`.
//! 3. One edit of many old migrations of a track is one `edited-history`.
//! 4. Findings about one thing of a schema are one: the gravest first, and of those the one whose rule comes first among
//!    the rules. It keeps its rule, its place and its fingerprint, and gets the places and the to-do of all.

use std::cmp::Reverse;

use super::Reported;
use crate::finding::{Cause, Explained, Finding, Note, Standing, Which};
use crate::rules::{RULES, standing};
use crate::source::has_name;

/// Joins the findings that have one cause. Those that are suppressed stay as they are.
pub fn join(found: Vec<Reported>) -> Vec<Reported> {
    let (open, mut suppressed): (Vec<Reported>, Vec<Reported>) =
        found.into_iter().partition(|reported| reported.suppressed.is_none());
    let mut joined = about_the_same(edits(steps(explained(open))));
    joined.append(&mut suppressed);
    joined
}

/// Whether one may go with another: a warning hides no error, and what is old tells nothing of what is new.
fn may_take(main: &Reported, other: &Reported) -> bool {
    main.finding.pre_existing == other.finding.pre_existing && main.severity <= other.severity
}

fn explained(found: Vec<Reported>) -> Vec<Reported> {
    let mut all: Vec<Option<Reported>> = found.into_iter().map(Some).collect();
    for at in 0..all.len() {
        let Some(mut main) = all[at].take() else { continue };
        let mut tries = Vec::new();
        for explained in main.finding.explains.clone() {
            for one in &mut all {
                let is_meant =
                    |other: &mut Reported| covers(&explained, &main.finding, &other.finding) && may_take(&main, other);
                let Some(other) = one.take_if(is_meant) else { continue };
                if let Note::Try = explained.note {
                    tries.push((other.finding.message.clone(), other.finding.help.clone()));
                }
                take_with_note(&mut main, other, &explained.note);
            }
        }
        of_tries(&mut main.finding, tries);
        complete_step(&mut main);
        all[at] = Some(main);
    }
    all.into_iter().flatten().collect()
}

/// Whether a finding follows from another as that says.
fn covers(explained: &Explained, main: &Finding, other: &Finding) -> bool {
    if other.rule.name != explained.rule {
        return false;
    }
    match &explained.which {
        Which::All => other.track == main.track,
        Which::Key(key) => other.track == main.track && other.key == *key,
        Which::Any(key) => other.key == *key,
        Which::In(path) => other.track == main.track && other.primary.path() == path,
        Which::Lacking(text) => other.standing.as_ref().is_some_and(|standing| {
            let is_named = standing.object.name().is_some_and(|name| has_name(text, name));
            standing.lacking == main.track && standing.attribute.is_none() && is_named
        }),
        Which::Made { on, by } => {
            let made = other.standing.as_ref().and_then(|standing| standing.made.as_ref());
            made.is_some_and(|(track, name)| track == on && by.contains(name))
        }
    }
}

fn take_with_note(main: &mut Reported, other: Reported, note: &Note) {
    let note = match note {
        Note::Nothing | Note::Try => None,
        Note::Own => Some(other.finding.message.clone()),
        Note::Text(text) => Some(text.clone()),
    };
    main.finding.notes.extend(note.filter(|note| !main.finding.notes.contains(note)));
    take(main, other);
}

/// Takes a finding over, with its places.
fn take(main: &mut Reported, mut other: Reported) {
    for (location, _) in other.finding.locations() {
        main.finding.relate(location, &location.label);
    }
    main.finding.subjects.extend(other.finding.subjects.iter().cloned());
    main.parts.append(&mut other.parts);
    main.parts.push(other.finding);
}

/// The migrations that one track has and several others lack.
fn steps(found: Vec<Reported>) -> Vec<Reported> {
    let mut joined = Joined::default();
    for other in found {
        let is_same = |main: &Reported| {
            let (one, two) = (&main.finding, &other.finding);
            one.key == two.key && one.primary.is_same(&two.primary) && may_take(main, &other)
        };
        let is_step = matches!(other.finding.cause, Cause::Step { .. });
        let Some(main) = joined.find(is_step, is_same) else {
            joined.push(other, is_step);
            continue;
        };
        let track = other.finding.track.clone().unwrap_or_default();
        main.finding.notes.push(format!("`{track}` lacks it, too"));
        main.finding.help = format!("{}; {}", main.finding.help, other.finding.help);
        take(main, other);
    }
    joined.all
}

/// Findings of which some may take others that come after them.
#[derive(Default)]
struct Joined {
    all: Vec<Reported>,
    /// The places of those: the others are not asked, for there may be very many.
    takers: Vec<usize>,
}

impl Joined {
    /// The first that takes another one, which may be told with those.
    fn find(&mut self, is_one: bool, is_same: impl Fn(&Reported) -> bool) -> Option<&mut Reported> {
        let at = self.takers.iter().filter(|_| is_one).find(|at| self.all.get(**at).is_some_and(&is_same))?;
        self.all.get_mut(*at)
    }

    fn push(&mut self, one: Reported, may_take: bool) {
        if may_take {
            self.takers.push(self.all.len());
        }
        self.all.push(one);
    }
}

/// Edits of old migrations of one track that are one edit.
fn edits(found: Vec<Reported>) -> Vec<Reported> {
    let mut joined = Joined::default();
    for other in found {
        let Cause::Edit { how: Some(how), .. } = &other.finding.cause else {
            joined.push(other, false);
            continue;
        };
        let is_same = |main: &Reported| {
            matches!(&main.finding.cause, Cause::Edit { how: Some(its), .. } if its == how)
                && main.finding.track == other.finding.track
                && main.severity == other.severity
                && main.finding.pre_existing == other.finding.pre_existing
        };
        match joined.find(true, is_same) {
            Some(main) => take(main, other),
            None => joined.push(other, true),
        }
    }
    for main in &mut joined.all {
        let names: Vec<String> = main.parts.iter().filter_map(|part| same_edit(&main.finding, part)).collect();
        if !names.is_empty() {
            main.finding.notes.push(format!("the same edit is in {}", names.join(", ")));
            main.finding.message = format!("{}, and {} more by the same edit", main.finding.message, names.len());
        }
    }
    joined.all
}

/// The migration that another finding is about, where it is the same edit.
fn same_edit(main: &Finding, other: &Finding) -> Option<String> {
    match (&main.cause, &other.cause) {
        (Cause::Edit { how: Some(own), .. }, Cause::Edit { migration, how: Some(how) }) if own == how => {
            Some(format!("`{migration}`"))
        }
        _ => None,
    }
}

/// What is there already of what a finding asks for: it is to become what it should be.
fn of_tries(main: &mut Finding, tries: Vec<(String, String)>) {
    let mut tries = tries.into_iter();
    if let Some((message, help)) = tries.next() {
        main.message = format!("{}: {message}", main.message);
        main.help = help;
        main.notes.extend(tries.map(|(message, _)| message));
    }
}

/// What a forgotten revision brings along: the message names what is missing and where, the help all that is to be done.
fn complete_step(main: &mut Reported) {
    let mut standings: Vec<Standing> = Vec::new();
    // What models ask of the same track is said by the message already.
    let lacking = main.finding.track.clone();
    let is_said = |part: &&Finding| {
        let is_of_models = matches!(part.cause, Cause::Models { .. });
        is_of_models && part.standing.as_ref().is_some_and(|standing| standing.lacking == lacking)
    };
    for standing in main.parts.iter().filter(|part| !is_said(part)).filter_map(|part| part.standing.as_ref()) {
        match standings.iter_mut().find(|known| is_same_thing(known, standing)) {
            Some(known) => known.extend(standing),
            None => standings.push(standing.clone()),
        }
    }
    if !matches!(main.finding.cause, Cause::Step { .. }) {
        return;
    }
    let (message, help) = match standings.as_slice() {
        [] => return,
        [standing] => standing::with_one(&main.finding, standing),
        several => standing::with_more(&main.finding, several),
    };
    (main.finding.message, main.finding.help) = (message, help);
}

fn is_same_thing(one: &Standing, other: &Standing) -> bool {
    one.object == other.object
        && one.attribute == other.attribute
        && one.tracks.iter().any(|track| other.tracks.contains(track))
}

/// Findings about one thing of a schema, whatever their rules.
fn about_the_same(mut found: Vec<Reported>) -> Vec<Reported> {
    let rank = |reported: &Reported| RULES.iter().position(|rule| rule.name == reported.finding.rule.name);
    // The sort is stable: among equals the first comes first.
    found.sort_by_key(|reported| (reported.severity, rank(reported), Reverse(reported.finding.standing.is_some())));
    let mut joined = Joined::default();
    for other in found {
        let is_same = |main: &Reported| match (&main.finding.standing, &other.finding.standing) {
            (Some(one), Some(two)) => is_same_thing(one, two) && may_take(main, &other),
            _ => false,
        };
        let stands = other.finding.standing.is_some();
        match joined.find(stands, is_same) {
            Some(main) => combine(main, other),
            None => joined.push(other, stands),
        }
    }
    joined.all
}

/// One finding about what two are about: where it is and where it is missing, and what is to be done everywhere.
fn combine(main: &mut Reported, other: Reported) {
    let (Some(mut standing), Some(known)) = (main.finding.standing.clone(), other.finding.standing.as_ref()) else {
        return;
    };
    standing.extend(known);
    main.finding.message = standing.message();
    main.finding.help = match standing.attribute {
        None => standing.todos().join("; "),
        Some(_) if main.finding.help.contains(&other.finding.help) => main.finding.help.clone(),
        Some(_) => format!("{}; {}", main.finding.help, other.finding.help),
    };
    for note in &other.finding.notes {
        if !main.finding.notes.contains(note) {
            main.finding.notes.push(note.clone());
        }
    }
    main.finding.standing = Some(standing);
    take(main, other);
}
