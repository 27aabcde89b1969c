//! One mistake, one finding: what follows from a finding, or is about the same thing, is told with it.
//!
//! Suppressions come first, so that what a comment or an exemption allows takes no part, and what it does not allow is
//! still told. Then, in this order:
//!
//! 1. What a finding explains goes with it, whatever the order of the rules.
//! 2. Migrations that several tracks lack are one `missing-revision`.
//! 3. One edit of many old migrations of a track is one `edited-history`.
//! 4. Findings about one thing of a schema are one: the gravest first, and of those the one whose rule is first in
//!    [`PRECEDENCE`]. It keeps its rule, its place and its fingerprint, and gets the places and the to-do of all.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Reported;
use crate::finding::{Explained, Finding, Note, Standing, Which};
use crate::rules::{edited_history, missing_revision};
use crate::schema::token::tokens;
use crate::source::has_name;

/// Of rules that may speak of one thing, whose finding a reader should see.
const PRECEDENCE: [&str; 3] = ["missing-revision", "track-drift", "schema-drift"];

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
        for explained in main.finding.explains.clone() {
            for list in [&mut done, &mut open] {
                let is_meant =
                    |other: &mut Reported| covers(&explained, &main.finding, &other.finding) && may_take(&main, other);
                let told: Vec<Reported> = list.extract_if(.., is_meant).collect();
                for other in told {
                    take_with_note(&mut main, other, &explained.note);
                }
            }
        }
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
        Note::Nothing => None,
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
            one.rule.name == missing_revision::RULE.name
                && two.rule.name == one.rule.name
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

/// The words that an edit takes away, and those that it puts there.
type Words = (BTreeSet<String>, BTreeSet<String>);

/// What is common to edits that are one: what they take away and what they put there, or that nothing but the texts differs.
fn cause(finding: &Finding) -> Option<Words> {
    let diff = finding.diff.as_deref().filter(|_| finding.rule.name == edited_history::RULE.name)?;
    if finding.message.ends_with(edited_history::OTHER_TEXT) {
        return Some((BTreeSet::new(), BTreeSet::new()));
    }
    let words = |sign: char| -> BTreeSet<String> {
        let lines = diff.lines().filter_map(|line| line.strip_prefix(sign));
        lines
            .flat_map(|line| tokens(line).map(|token| token.value().to_ascii_lowercase()).collect::<Vec<_>>())
            .collect()
    };
    let (gone, new) = (words('-'), words('+'));
    let (only_gone, only_new): (BTreeSet<String>, BTreeSet<String>) =
        (gone.difference(&new).cloned().collect(), new.difference(&gone).cloned().collect());
    // What only moves words around tells itself apart by all of them.
    Some(if only_gone.is_empty() && only_new.is_empty() { (gone, new) } else { (only_gone, only_new) })
}

/// Edits of old migrations of one track that are one edit.
fn edits(found: Vec<Reported>) -> Vec<Reported> {
    let mut joined = Vec::new();
    for other in found {
        let own = cause(&other.finding);
        let is_same = |(main, its, _): &&mut (Reported, Option<Words>, Vec<String>)| {
            own.is_some()
                && *its == own
                && main.finding.track == other.finding.track
                && main.severity == other.severity
                && main.finding.pre_existing == other.finding.pre_existing
        };
        let Some((main, _, names)) = joined.iter_mut().find(is_same) else {
            joined.push((other, own, Vec::new()));
            continue;
        };
        names.extend(other.finding.message.split('`').nth(1).map(str::to_owned));
        take(main, other);
    }
    let told = joined.into_iter().map(|(mut main, _, names)| {
        if !names.is_empty() {
            let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            main.finding.notes.push(format!("the same edit is in {}", listed.join(", ")));
            main.finding.message = format!("{}, and {} more by the same edit", main.finding.message, names.len());
        }
        main
    });
    told.collect()
}

/// What a forgotten revision brings along: the message names what is missing and where, the help all that is to be done.
fn complete_step(main: &mut Reported) {
    let mut standings: Vec<Standing> = Vec::new();
    for standing in main.parts.iter().filter_map(|part| part.standing.as_ref()) {
        match standings.iter_mut().find(|known| is_same_thing(known, standing)) {
            Some(known) => known.extend(standing),
            None => standings.push(standing.clone()),
        }
    }
    if main.finding.rule.name != missing_revision::RULE.name {
        return;
    }
    let mut invalid = main.parts.iter().filter(|part| part.rule.name == "invalid-revision");
    if let Some(first) = invalid.next() {
        // The file is there: it is to become what it should be.
        main.finding.message = format!("{}: {}", main.finding.message, first.message);
        main.finding.help.clone_from(&first.help);
        main.finding.notes.extend(invalid.map(|other| other.message.clone()));
    }
    if standings.is_empty() {
        return;
    }
    let [standing] = standings.as_mut_slice() else {
        let (message, help) = missing_revision::with_more(&main.finding, &standings);
        (main.finding.message, main.finding.help) = (message, help);
        return;
    };
    let (message, help) = missing_revision::with_one(&main.finding, standing);
    (main.finding.message, main.finding.help) = (message, help);
}

fn is_same_thing(one: &Standing, other: &Standing) -> bool {
    one.object == other.object
        && one.attribute == other.attribute
        && one.tracks.iter().any(|track| other.tracks.contains(track))
}

/// Findings about one thing of a schema, whatever their rules.
fn about_the_same(mut found: Vec<Reported>) -> Vec<Reported> {
    let rank = |reported: &Reported| PRECEDENCE.iter().position(|rule| *rule == reported.finding.rule.name);
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
