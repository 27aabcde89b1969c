//! The rule `stale-suppression`.

use crate::finding::Finding;
use crate::change::Change;

declare_rule! {
    /// ## What it does
    /// Reports suppressions and exemptions that do not do what their author meant. One suppresses nothing, gives no
    /// reason, is past its date, names a rule that does not exist, or is misspelt.
    ///
    /// ## Why is this bad?
    /// A suppression is a hole in a required check. One that nothing needs any more lets the next mistake on that line
    /// through without a word; one without a reason or past its date is a promise that nobody keeps; and one that is
    /// misspelt suppresses nothing, though its author believes that it does.
    ///
    /// A comment without a reason or past its date is not honoured: the finding is shown again. A comment that
    /// suppresses nothing is reported only where the change added it.
    ///
    /// ## Example
    /// ```python
    /// MIGRATIONS = [
    ///     # parity: allow(mising-revision, until = 2026-01-31)
    ///     ("add_notes", _migrate_notes),
    /// ]
    /// ```
    ///
    /// ## Use instead
    /// The rule's name, and the reason. The date is optional, and the last day on which the comment holds. The comment
    /// stands on the line that the finding points to, or alone on the line above.
    /// ```python
    /// MIGRATIONS = [
    ///     # parity: allow(missing-revision, until = 2027-01-31) PostgreSQL gets it in #1402
    ///     ("add_notes", _migrate_notes),
    /// ]
    /// ```
    ///
    /// ## References
    /// - `parity-check rules` lists the names that an `allow(…)` takes
    "stale-suppression", Warning, check
}

/// Only the report knows what a comment suppresses: see [`crate::report::suppress`].
fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
