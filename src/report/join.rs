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
    let mut open = found;
    let mut done: Vec<Reported> = Vec::new();
    while !open.is_empty() {
        let mut main = open.remove(0);
        let mut tries = Vec::new();
        for explained in main.finding.explains.clone() {
            for list in [&mut done, &mut open] {
                let is_meant =
                    |other: &mut Reported| covers(&explained, &main.finding, &other.finding) && may_take(&main, other);
                let told: Vec<Reported> = list.extract_if(.., is_meant).collect();
                for other in told {
                    if let Note::Try = explained.note {
                        tries.push((other.finding.message.clone(), other.finding.help.clone()));
                    }
                    take_with_note(&mut main, other, &explained.note);
                }
            }
        }
        of_tries(&mut main.finding, tries);
        complete_step(&mut main);
        done.push(main);
    }
    done
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
    let mut joined: Vec<Reported> = Vec::new();
    for other in found {
        let is_same = |main: &&mut Reported| {
            let (one, two) = (&main.finding, &other.finding);
            matches!(one.cause, Cause::Step { .. })
                && matches!(two.cause, Cause::Step { .. })
                && one.key == two.key
                && one.primary.is_same(&two.primary)
                && may_take(main, &other)
        };
        let Some(main) = joined.iter_mut().find(is_same) else {
            joined.push(other);
            continue;
        };
        let track = other.finding.track.clone().unwrap_or_default();
        main.finding.notes.push(format!("`{track}` lacks it, too"));
        main.finding.help = format!("{}; {}", main.finding.help, other.finding.help);
        take(main, other);
    }
    joined
}

/// Edits of old migrations of one track that are one edit.
fn edits(found: Vec<Reported>) -> Vec<Reported> {
    let mut joined: Vec<(Reported, Vec<String>)> = Vec::new();
    for other in found {
        let Cause::Edit { migration, how: Some(how) } = &other.finding.cause else {
            joined.push((other, Vec::new()));
            continue;
        };
        let is_same = |(main, _): &&mut (Reported, Vec<String>)| {
            matches!(&main.finding.cause, Cause::Edit { how: Some(its), .. } if its == how)
                && main.finding.track == other.finding.track
                && main.severity == other.severity
                && main.finding.pre_existing == other.finding.pre_existing
        };
        match joined.iter_mut().find(is_same) {
            Some((main, names)) => {
                names.push(format!("`{migration}`"));
                take(main, other);
            }
            None => joined.push((other, Vec::new())),
        }
    }
    let told = joined.into_iter().map(|(mut main, names)| {
        if !names.is_empty() {
            main.finding.notes.push(format!("the same edit is in {}", names.join(", ")));
            main.finding.message = format!("{}, and {} more by the same edit", main.finding.message, names.len());
        }
        main
    });
    told.collect()
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
    let mut joined: Vec<Reported> = Vec::new();
    for other in found {
        let is_same = |main: &&mut Reported| match (&main.finding.standing, &other.finding.standing) {
            (Some(one), Some(two)) => is_same_thing(one, two) && may_take(main, &other),
            _ => false,
        };
        match joined.iter_mut().find(is_same) {
            Some(main) => combine(main, other),
            None => joined.push(other),
        }
    }
    joined
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
