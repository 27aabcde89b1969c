//! The rule `unevaluated`.

use super::wording::{list, quoted};
use crate::evaluate::{AFTER_UNKNOWN, By, Missing};
use crate::finding::{Cause, Finding};
use crate::source::Place;
use crate::python::eval::Gap;
use crate::schema::postgres::LEFT_UNKNOWN;
use crate::schema::token::tokens;
use crate::change::{Change, Presence, TrackChange};
use crate::track::Unread;

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
        let roots = roots(&track.gaps);
        let first: Vec<&Missing> =
            track.gaps.iter().zip(&roots).filter(|(_, root)| root.is_none()).map(|(missing, _)| missing).collect();
        findings.extend(causes(&first).iter().map(|cause| {
            let is_meant = |root: Option<usize>| {
                root.is_some_and(|root| cause.iter().any(|one| std::ptr::eq(*one, &raw const track.gaps[root])))
            };
            let following: Vec<&Missing> =
                track.gaps.iter().zip(&roots).filter(|(_, root)| is_meant(**root)).map(|(missing, _)| missing).collect();
            computed(track, cause, &following)
        }));
    }
    for finding in &mut findings {
        finding.cause = Cause::Hides;
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
fn causes<'m>(gaps: &[&'m Missing]) -> Vec<Vec<&'m Missing>> {
    let mut causes: Vec<Vec<&Missing>> = Vec::new();
    for missing in gaps.iter().copied() {
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

/// Of each of these the one without which it would be known, where that is one of them, too.
fn roots(gaps: &[Missing]) -> Vec<Option<usize>> {
    let mut roots: Vec<Option<usize>> = Vec::with_capacity(gaps.len());
    for (at, missing) in gaps.iter().enumerate() {
        let cause = gaps[..at].iter().position(|cause| follows_from(missing, cause));
        roots.push(cause.map(|cause| roots[cause].unwrap_or(cause)));
    }
    roots
}

/// Whether something is only not known because another thing is not.
fn follows_from(missing: &Missing, cause: &Missing) -> bool {
    let reason = &missing.gap.reason;
    if !reason.starts_with(AFTER_UNKNOWN) && !reason.ends_with(LEFT_UNKNOWN) {
        return false;
    }
    let Some(sql) = &cause.gap.sql else { return true };
    let mut named = reason.split(['"', '`']).skip(1).step_by(2).map(|name| name.rsplit('.').next().unwrap_or(name));
    named.any(|name| tokens(sql).any(|token| token.value().eq_ignore_ascii_case(name)))
}

/// What migrations or a declared schema do with something that is not known, and what is not known for that alone.
fn computed(track: &TrackChange, all: &[&Missing], following: &[&Missing]) -> Finding {
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
    for missing in following {
        finding.relate(&place(track, missing), "so that this is not known either");
    }
    if let Some(missing) = all.first() {
        finding.relate(&missing.gap.origin, "it begins here");
    }
    let is_about_tables = all.iter().chain(following).all(|missing| missing.gap.sql.is_some());
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
