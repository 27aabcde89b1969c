//! The rule `unevaluated`.

use super::wording::{list, quoted};
use crate::evaluate::{By, Missing};
use crate::finding::{Finding, Place};
use crate::python::eval::Gap;
use crate::track::{Change, Presence, TrackChange, Unread};

declare_rule! {
    /// ## What it does
    /// Says which part of a history could not be read or computed, and why.
    ///
    /// ## Why is this bad?
    /// The project's code is never run. A list that code puts together while it runs may hold entries that the text
    /// does not tell, and a migration that asks an environment variable, the clock or the network what to do has no one
    /// schema. What is not known is not judged, and a green check should not hide that.
    ///
    /// ## Example
    /// ```python
    /// MIGRATIONS = discover(Path(__file__).parent)
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// MIGRATIONS = [
    ///     ("users", users.migrate),
    ///     ("users_age", users_age.migrate),
    /// ]
    /// ```
    ///
    /// ## References
    /// - The README's section on what is read.
    "unevaluated", Warning, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for track in &change.tracks {
        // Why a track is lost is said with that.
        let unread = track.unread.iter().filter(|_| !matches!(track.presence, Presence::Lost(_)));
        for unread in unread {
            let message = format!("part of `{}` was not judged: {}", track.track.path, unread.reason);
            let key = unread.location.source.text().get(unread.location.range.clone()).unwrap_or_default();
            let mut finding = Finding::new(&RULE, key, message, unread.location.clone());
            finding.track = Some(track.track.name.clone());
            finding.help = "write it out in the text, so that it can be read without running it".to_owned();
            findings.push(finding);
        }
        findings.extend(track.unread_at_base.iter().map(|unread| base_unread(track, unread)));
        findings.extend(causes(&track.gaps).iter().map(|missing| computed(track, missing)));
    }
    findings
}

/// A part of the history that the merge base does not tell.
fn base_unread(track: &TrackChange, unread: &Unread) -> Finding {
    let name = &track.track.name;
    let message = format!("what the merge base has of `{name}` is not known, so head alone was judged: {}", unread.reason);
    let mut finding = Finding::new(&RULE, format!("base {}", unread.reason), message, unread.location.clone());
    finding.track = Some(name.clone());
    finding.notes.push("which migrations are new, and what was edited, cannot be told without it".to_owned());
    finding.help = "merge the repair of the file first, and what else the change does after it".to_owned();
    finding
}

/// What could not be computed, by its cause: what is said of it, and where that begins.
fn causes(gaps: &[Missing]) -> Vec<Vec<&Missing>> {
    let mut causes: Vec<Vec<&Missing>> = Vec::new();
    for missing in gaps {
        let is_same = |known: &&mut Vec<&Missing>| known.first().is_some_and(|first| is_one_cause(&first.gap, &missing.gap));
        match causes.iter_mut().find(is_same) {
            Some(known) => known.push(missing),
            None => causes.push(vec![missing]),
        }
    }
    causes
}

fn is_one_cause(one: &Gap, other: &Gap) -> bool {
    let (start, its) = (&one.origin, &other.origin);
    one.reason == other.reason && start.path() == its.path() && start.range == its.range
}

/// What migrations or a declared schema do with something that is not known.
fn computed(track: &TrackChange, all: &[&Missing]) -> Finding {
    let reason = all.first().map(|missing| missing.gap.reason.as_str()).unwrap_or_default();
    let first = all.first().map(|missing| missing.by.to_string()).unwrap_or_default();
    let mut others: Vec<String> = Vec::new();
    for missing in all.iter().filter(|missing| missing.by.to_string() != first) {
        let name = match &missing.by {
            By::Migration(name) | By::File(name) => quoted(name),
        };
        if !others.contains(&name) {
            others.push(name);
        }
    }
    let message = match others.len() {
        0 => format!("{first} {reason}: what it makes of the schema is not known"),
        1 => format!("{first} {reason}, as {} does: what they make of the schema is not known", list(&others)),
        _ => format!("{first} {reason}, as {} do: what they make of the schema is not known", list(&others)),
    };
    let mut places = all.iter().map(|missing| place(track, missing));
    let primary = places.next().unwrap_or_else(|| track.home.clone());
    let mut finding = Finding::new(&RULE, format!("{first} {reason}"), message, primary);
    finding.track = Some(track.track.name.clone());
    for place in places {
        finding.relate(&place, "here, too");
    }
    if let Some(missing) = all.first() {
        finding.relate(&missing.gap.origin, "it begins here");
    }
    let is_about_tables = all.iter().all(|missing| missing.gap.sql.is_some());
    finding.notes.push(if is_about_tables {
        "the tables that it names are not compared".to_owned()
    } else {
        format!("what `{}` makes of the schema is not compared", track.track.name)
    });
    finding.help = "let the text tell what happens to the schema: SQL, or operations that the migration tool itself has; or \
                    say why it may stay unknown: `parity: allow(unevaluated) <reason>` in a comment on this line"
        .to_owned();
    finding
}

/// Where something was to be done with what is not known; where no code runs, it is the migration that is meant.
fn place(track: &TrackChange, missing: &Missing) -> Place {
    let of_migration = || missing.by.migration().and_then(|name| track.place_of(name));
    let location = Some(missing.gap.place()).filter(|place| !place.path().is_empty()).or_else(of_migration);
    location.map_or_else(|| track.home.clone(), |location| track.place(location))
}
