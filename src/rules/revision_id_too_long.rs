//! The rule `revision-id-too-long`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// Reports a new revision whose id does not fit into Alembic's version table. Its column holds 32 characters,
    /// unless `env.py` sets `version_table_column_type` or a revision widens `alembic_version.version_num`.
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
    /// - [Alembic: `version_table_column_type`](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure)
    "revision-id-too-long", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some((chain, limit)) = change.chain.as_ref().and_then(|chain| Some((chain, chain.id_limit?))) else {
            continue;
        };
        for revision in chain.added() {
            let Some(id) = revision.id.as_deref().filter(|id| id.chars().count() > limit) else { continue };
            let message = format!(
                "the id `{id}` has {} characters, and `alembic_version.version_num` on `{}` holds {limit}",
                id.chars().count(),
                change.track.name
            );
            let mut finding = Finding::new(&RULE, id, message, revision.location.clone());
            finding.track = Some(change.track.name.clone());
            finding.notes.push(format!(
                "{} refuses the longer text, so the upgrade to this revision rolls back",
                change.track.dialect.title()
            ));
            finding.help = format!(
                "shorten the id to {limit} characters, or set `version_table_column_type` in env.py and widen the column \
                 in an earlier revision"
            );
            findings.push(finding);
        }
    }
    findings
}
