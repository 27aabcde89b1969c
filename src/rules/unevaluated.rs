//! The rule `unevaluated`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// Says which part of a history could not be read, and why.
    ///
    /// ## Why is this bad?
    /// The project's code is never run, so a list that code puts together while it runs may hold entries that the text
    /// does not tell. What is not read is not judged, and a green check should not hide that.
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
        for unread in &track.unread {
            let message = format!("part of `{}` was not judged: {}", track.track.path, unread.reason);
            let key = unread.location.source.text().get(unread.location.range.clone()).unwrap_or_default();
            let mut finding = Finding::new(&RULE, key, message, unread.location.clone());
            finding.track = Some(track.track.name.clone());
            finding.help = "write it out in the text, so that it can be read without running it".to_owned();
            findings.push(finding);
        }
    }
    findings
}
