//! The rule `invalid-revision`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// Reports a file in a versions directory that Alembic would not load as a revision. It does not parse, it assigns
    /// no `revision`, or it assigns no `down_revision`. Judged are files that are new in the change, and files that
    /// were a revision before it.
    ///
    /// ## Why is this bad?
    /// Alembic loads every Python file of the directory before it does anything. One that it cannot load stops every
    /// command, `alembic upgrade head` included, with "Could not determine revision id from filename", so nothing is
    /// applied at all.
    ///
    /// ## Example
    /// ```python
    /// # migrations/versions/0002_users_age.py
    /// def upgrade():
    ///     op.add_column("users", sa.Column("age", sa.Integer()))
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # migrations/versions/0002_users_age.py
    /// revision = "0002_users_age"
    /// down_revision = "0001_baseline"
    ///
    /// def upgrade():
    ///     op.add_column("users", sa.Column("age", sa.Integer()))
    /// ```
    ///
    /// A helper module belongs into another directory.
    ///
    /// ## References
    /// - [Alembic: the migration environment](https://alembic.sqlalchemy.org/en/latest/tutorial.html#the-migration-environment)
    "invalid-revision", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for track in &change.tracks {
        for unread in &track.invalid {
            let path = unread.location.path();
            let message = format!("`{path}` would not be loaded as a revision: {}", unread.reason);
            let mut finding = Finding::new(&RULE, "", message, unread.location.clone());
            finding.track = Some(track.track.name.clone());
            finding.notes.push(
                "Alembic loads every Python file of the directory first, and stops at one that is no revision".to_owned(),
            );
            finding.help = "assign `revision` and `down_revision` at the top of the file, or move it out of the \
                            versions directory"
                .to_owned();
            findings.push(finding);
        }
    }
    findings
}
