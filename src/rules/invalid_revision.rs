//! The rule `invalid-revision`.

use super::broken_chain;
use crate::change::{Change, TrackChange, Unloadable};
use crate::finding::{Cause, Explained, Finding, Note, Which};
use crate::source::has_name;
use crate::track::Unread;
use crate::track::chain::Chain;
use crate::track::revision::Revision;

declare_rule! {
    /// ## What it does
    /// Reports a file in a versions directory that Alembic would not load as a revision. It does not parse, it assigns
    /// no `revision`, or it assigns no `down_revision`, or its id has one of the characters `@`, `-`, `+` and `:`, which
    /// Alembic refuses. Judged are files that are new in the change, and files that
    /// were a revision before it.
    ///
    /// For a directory of migration scripts (`v1_to_v2.py`): a script that does not parse, or that lacks a name which all
    /// the others have, or the template (`_template.py`). The names are `FROM_VERSION`, `TO_VERSION`, `applies_to` and
    /// `migrate`, in the spellings that are about. What no other script has, none needs, so that a project without
    /// `applies_to` is asked for none.
    ///
    /// ## Why is this bad?
    /// Alembic loads every Python file of the directory before it does anything. One that it cannot load stops every
    /// command, `alembic upgrade head` included, with "Could not determine revision id from filename", so nothing is
    /// applied at all. What runs the scripts of a directory asks each for the same names, and stops at the first that
    /// lacks one.
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
        findings.extend(track.invalid.iter().map(|invalid| match invalid {
            Unloadable::Revision(unread) => no_revision(track, unread),
            Unloadable::Script(unread) => incomplete(track, unread),
            Unloadable::Journal(unread) => unreadable_journal(track, unread),
        }));
    }
    for finding in &mut findings {
        finding.cause = Cause::Hides;
    }
    findings
}

/// A Python file among revisions that is none.
fn no_revision(track: &TrackChange, unread: &Unread) -> Finding {
    let message = format!("`{}` would not be loaded as a revision: {}", unread.location.path(), unread.reason);
    let mut finding = Finding::new(&RULE, "", message, unread.location.clone());
    finding.track = Some(track.track.name.clone());
    finding.notes.push(
        "Alembic loads every Python file of the directory first, and stops at one that is no revision".to_owned(),
    );
    if let Some(chain) = &track.chain {
        finding.explains.extend(what_follows(&chain.merged, unread));
    }
    finding.help = "assign a `revision` that Alembic takes and a `down_revision` at the top of the file, or move it out of \
                    the versions directory"
        .to_owned();
    finding
}

/// What is wrong with a chain for want of a file that is none of its revisions as it is.
fn what_follows(chain: &Chain, unread: &Unread) -> Vec<Explained> {
    let missing: Vec<(&Revision, &str)> = chain.dangling();
    let own = missing.iter().filter(|(_, id)| has_name(unread.location.source.text(), id));
    let mut found: Vec<Explained> = own
        .map(|(revision, id)| {
            let which = Which::Key(broken_chain::key(revision, id));
            Explained { rule: broken_chain::RULE.name, which, note: Note::Own }
        })
        .collect();
    if !found.is_empty() {
        found.extend(broken_chain::heads_of_broken(chain, missing.len()));
    }
    found
}

fn unreadable_journal(track: &TrackChange, unread: &Unread) -> Finding {
    let message = format!("`{}` stops every migration of `{}`: {}", unread.location.path(), track.track.name, unread.reason);
    let mut finding = Finding::new(&RULE, unread.reason.as_str(), message, unread.location.clone());
    finding.track = Some(track.track.name.clone());
    finding.notes.push("drizzle reads the journal and every file that it lists before it runs any".to_owned());
    finding.help = "add the file that the entry names, or take the entry away".to_owned();
    finding
}

fn incomplete(track: &TrackChange, unread: &Unread) -> Finding {
    let message = format!("`{}` would not run as a migration script: {}", unread.location.path(), unread.reason);
    let mut finding = Finding::new(&RULE, "", message, unread.location.clone());
    finding.track = Some(track.track.name.clone());
    finding.notes.push("what runs the scripts asks each of them for the same names".to_owned());
    finding.help = "complete it as the others are; a file that is no script gets a name that starts with `_`".to_owned();
    finding
}
