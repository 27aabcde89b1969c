//! The rule `multiple-heads`.

use std::collections::HashSet;

use super::wording::{list, quoted};
use crate::finding::Finding;
use crate::track::revision::Revision;
use crate::track::chain::ChainChange;
use crate::change::{Change, Presence};
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Reports a chain that would have more than one head after the merge. Judged is the merge of head into the tip of
    /// base as it is now, so two changes that each add a revision on one parent are told before the second is merged.
    /// Branches that are told apart by `branch_labels` are several heads by intent.
    ///
    /// ## Why is this bad?
    /// `alembic upgrade head` stops with "Multiple head revisions are present" and applies nothing at all. The two
    /// files merge without a conflict, and the checks of each change alone are green.
    ///
    /// ## Example
    /// ```python
    /// # 0005_a.py, merged meanwhile      # 0005_b.py, in this change
    /// revision = "0005_a"                # revision = "0005_b"
    /// down_revision = "0004"             # down_revision = "0004"
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # 0005_b.py
    /// revision = "0005_b"
    /// down_revision = "0005_a"
    /// ```
    ///
    /// ## References
    /// - [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
    "multiple-heads", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(chain) = change.chain.as_ref().filter(|chain| chain.merged.is_known()) else { continue };
        // Where a parked chain ends is for `parked-chain`.
        if matches!(change.presence, Presence::Kept | Presence::New) && change.track.parked.is_none() {
            findings.extend(finding(&change.track, chain));
        }
    }
    findings
}

fn finding(track: &Track, chain: &ChainChange) -> Option<Finding> {
    let heads = chain.merged.heads();
    if !chain.merged.heads_clash() {
        return None;
    }
    let before = chain.tip.heads();
    let added: HashSet<&str> = chain.added().filter_map(|revision| revision.id.as_deref()).collect();
    let is_added = |head: &&Revision| head.id.as_deref().is_some_and(|id| added.contains(id));
    let names: Vec<String> = heads.iter().map(|head| quoted(head.id.as_deref().unwrap_or_default())).collect();
    let message = format!(
        "{} on `{}`: {}; `alembic upgrade head` cannot resolve a target and applies nothing",
        if chain.conflict { format!("{} heads", heads.len()) } else { format!("{} heads after the merge", heads.len()) },
        track.name,
        list(&names)
    );
    let first = heads.iter().position(is_added).unwrap_or_default();
    let label = |head: &Revision| if is_added(&head) { "a head, new in this change" } else { "a head" };
    let primary = heads[first];
    let key = heads.iter().filter_map(|head| head.id.as_deref()).collect::<Vec<_>>().join(",");
    let mut finding = Finding::new(&RULE, key, message, primary.parents_location.clone().labelled(label(primary)));
    let others = heads.iter().enumerate().filter(|(index, _)| *index != first).map(|(_, head)| *head);
    finding.related = others.map(|head| head.parents_location.clone().labelled(label(head))).collect();
    finding.track = Some(track.name.clone());
    finding.is_of_order = true;
    // Heads that labels told apart are no trouble that base has.
    finding.pre_existing = before.len() >= heads.len() && chain.tip.heads_clash();
    if chain.conflict {
        finding.notes.push("head and base both changed a revision, so head alone was judged".to_owned());
    }
    if chain.tip.heads_clash() {
        // Nothing that runs there needs one head alone.
        finding.weak = true;
        finding.notes.push("base has several heads already, so what upgrades there takes more than one".to_owned());
    }
    finding.help = repair(chain, &added, &before);
    Some(finding)
}

/// The one line that puts the change behind what base has, or the merge revision that joins the heads.
fn repair(chain: &ChainChange, added: &HashSet<&str>, before: &[&Revision]) -> String {
    let is_added = |id: &str| added.contains(id);
    let first = chain.added().filter(|revision| !revision.parents.iter().any(|parent| is_added(parent)));
    match (first.collect::<Vec<_>>().as_slice(), before) {
        ([first], [head]) if !chain.conflict => {
            let head = head.id.as_deref().unwrap_or_default();
            format!("set `down_revision = {head:?}` in `{}`", first.location.path())
        }
        _ => "put one behind the other with `down_revision`, or join them: `alembic merge heads`".to_owned(),
    }
}
