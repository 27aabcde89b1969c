//! The rule `revision-id-too-long`.

use super::failing_migration;
use crate::change::stamps::Unstamped;
use crate::finding::Finding;
use crate::change::{Change, TrackChange};

declare_rule! {
    /// ## What it does
    /// Reports a new revision whose id does not fit into Alembic's version table. Its column holds 32 characters, unless
    /// `env.py` or a revision before it makes it wider. Where the chain is evaluated, it is as wide as it is when the
    /// revision has been carried out: on a new database, and on one that runs the merge base.
    ///
    /// ## Why is this bad?
    /// The revision itself runs, and then Alembic cannot note that it did: PostgreSQL refuses the longer text, the
    /// upgrade rolls back, and an application that upgrades when it starts does not start. SQLite stores any length, so
    /// that nothing shows before the deployment.
    ///
    /// ## Example
    /// ```python
    /// revision = "0009_agent_ownership_public_channel_model"  # 41 characters
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// revision = "0009_public_channel_model"
    /// ```
    ///
    /// ## References
    /// - [Alembic: `DefaultImpl.version_table_impl`](https://alembic.sqlalchemy.org/en/latest/api/ddl.html#alembic.ddl.impl.DefaultImpl.version_table_impl)
    "revision-id-too-long", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    change.tracks.iter().flat_map(|track| track.unstamped.iter().filter_map(|one| finding(track, one))).collect()
}

fn finding(change: &TrackChange, Unstamped { long, fresh, deployed }: &Unstamped) -> Option<Finding> {
    let revision = change.chain.as_ref()?.added().find(|revision| revision.id.as_ref() == Some(&long.id))?;
    let (id, limit) = (&long.id, long.width);
    let only = match (fresh, deployed) {
        (true, false) => " on a new database",
        (false, true) => " on one that runs the merge base",
        _ => "",
    };
    let message = format!(
        "the id `{id}` has {} characters, and `{}.version_num` on `{}` holds {limit}{only}",
        id.chars().count(),
        long.table,
        change.track.name
    );
    let mut finding = Finding::new(&RULE, id, message, revision.location.clone());
    finding.track = Some(change.track.name.clone());
    finding.notes.push(format!(
        "{} refuses the longer text, so the upgrade to this revision rolls back",
        change.track.database_title()
    ));
    failing_migration::weaken_assumed(&change.track, &mut finding);
    if long.later.is_some() {
        finding.notes.push("a revision after this one makes the column wide enough, which is too late for it".to_owned());
    }
    finding.help = format!(
        "shorten the id to {limit} characters, or widen `{}.version_num` in an earlier revision or in env.py, before the \
         migrations run",
        long.table
    );
    Some(finding)
}
