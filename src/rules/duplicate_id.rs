//! The rule `duplicate-id`.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::track::Change;
use crate::track::chain::Chain;

declare_rule! {
    /// ## What it does
    /// Reports revision files of one chain that have the same id. Judged is the merge of head into the tip of base.
    ///
    /// ## Why is this bad?
    /// Alembic warns "Revision … is present more than once" and keeps one of them, whichever it happens to read last.
    /// What the other one does never reaches the database.
    ///
    /// ## Example
    /// ```python
    /// # 0005_a.py                        # 0005_b.py, copied from it
    /// revision = "5c1e90"                # revision = "5c1e90"
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # 0005_b.py
    /// revision = "77d0b2"
    /// down_revision = "5c1e90"
    /// ```
    ///
    /// ## References
    /// - [Alembic: create a migration script](https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script)
    "duplicate-id", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(chain) = &change.chain else { continue };
        let before = counts(&chain.tip);
        for group in chain.merged.duplicates() {
            let id = group[0].id.as_deref().unwrap_or_default();
            let is_old = |path: &str| chain.tip.revisions.iter().any(|one| one.location.path() == path);
            let newest = group.iter().position(|one| !is_old(one.location.path())).unwrap_or(group.len() - 1);
            let message = format!("{} revisions on `{}` have the id `{id}`", group.len(), change.track.name);
            let mut finding = Finding::new(&RULE, id, message, group[newest].location.clone());
            let others = group.iter().enumerate().filter(|(index, _)| *index != newest);
            finding.related = others.map(|(_, one)| one.location.clone().labelled("has it too")).collect();
            finding.track = Some(change.track.name.clone());
            finding.pre_existing = before.get(id).is_some_and(|count| *count >= group.len());
            finding.notes.push("Alembic keeps one of them and never runs the other".to_owned());
            finding.help = "give the newer one an id of its own, and let it follow the other".to_owned();
            findings.push(finding);
        }
    }
    findings
}

fn counts(chain: &Chain) -> HashMap<&str, usize> {
    let duplicates = chain.duplicates().into_iter();
    duplicates.filter_map(|group| Some((group.first()?.id.as_deref()?, group.len()))).collect()
}
