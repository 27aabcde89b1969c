//! The rule `unevaluated`.

use crate::evaluate::Missing;
use crate::finding::Finding;
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
        findings.extend(track.gaps.iter().map(|missing| computed(track, missing)));
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

/// What a migration or a declared schema does with something that is not known.
fn computed(track: &TrackChange, missing: &Missing) -> Finding {
    let what = &missing.by;
    let gap = &missing.gap;
    // Where no code runs, it is the migration that is meant.
    let of_migration = || missing.by.migration().and_then(|name| track.place_of(name));
    let location = Some(gap.place()).filter(|place| !place.path().is_empty()).or_else(of_migration);
    let place = location.map_or_else(|| track.home.clone(), |location| track.place(location));
    let key = format!("{what} {}", gap.reason);
    let message = format!("what {what} makes of the schema is not known: it {}", gap.reason);
    let mut finding = Finding::new(&RULE, key, message, place);
    finding.track = Some(track.track.name.clone());
    finding.relate(&gap.origin, "it begins here");
    finding.notes.push("the tables that it names are not compared".to_owned());
    finding.help = "let the schema depend on the text of the migrations alone".to_owned();
    finding
}
