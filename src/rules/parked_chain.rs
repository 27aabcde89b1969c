//! The rule `parked-chain`.

use std::collections::HashSet;

use super::wording::{list, quoted};
use crate::finding::Finding;
use crate::track::chain::{Chain, ChainChange};
use crate::track::revision::Revision;
use crate::change::{Change, Presence, TrackChange};

declare_rule! {
    /// ## What it does
    /// Reports a revision that comes after the one at which its chain is parked, and a parked chain that does not end
    /// there. A track is parked by `parked = "<revision>"` in the configuration. Judged is the merge of head into the tip
    /// of base.
    ///
    /// ## Why is this bad?
    /// A chain is parked when another one takes over: its databases were moved, and nothing upgrades them by the old
    /// chain any more. What lands there reaches nobody, or only the installations that should have been left alone.
    ///
    /// ## Example
    /// ```toml
    /// [track.core-old]
    /// kind = "alembic"
    /// migrations = "core_old/versions"
    /// parked = "9f3c1a"
    /// ```
    /// ```python
    /// # core_old/versions/b27e04_plans.py
    /// revision = "b27e04"
    /// down_revision = "9f3c1a"
    /// ```
    ///
    /// ## Use instead
    /// Write the revision for the chain that took over.
    ///
    /// ## References
    /// - [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
    "parked-chain", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let (Some(parked), Some(chain)) = (&change.track.parked, &change.chain) else { continue };
        if matches!(change.presence, Presence::Lost(_)) || !chain.merged.is_known() {
            continue;
        }
        let later = later(parked, chain);
        if later.is_empty() {
            findings.extend(another_end(change, parked, chain));
        }
        findings.extend(later.into_iter().map(|revision| added(change, parked, revision)));
    }
    for finding in &mut findings {
        finding.is_of_order = true;
    }
    findings
}

/// The revisions that the change adds and that the parked one does not stand on.
fn later<'c>(parked: &str, chain: &'c ChainChange) -> Vec<&'c Revision> {
    let Some(before) = ancestors(parked, &chain.merged) else { return Vec::new() };
    chain.added().filter(|revision| revision.id.as_deref().is_some_and(|id| !before.contains(id))).collect()
}

/// A revision and all that come before it; `None` where no file has it.
fn ancestors<'c>(id: &str, chain: &'c Chain) -> Option<HashSet<&'c str>> {
    let start = chain.revisions.iter().position(|revision| revision.id.as_deref() == Some(id))?;
    let before = chain.before();
    let mut seen = HashSet::from([start]);
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        open.extend(before[at].iter().filter(|parent| seen.insert(**parent)));
    }
    Some(seen.into_iter().filter_map(|at| chain.revisions[at].id.as_deref()).collect())
}

fn added(change: &TrackChange, parked: &str, revision: &Revision) -> Finding {
    let id = revision.id.as_deref().unwrap_or_default();
    let name = &change.track.name;
    let message = format!("revision `{id}` is added to `{name}`, which is parked at `{parked}`");
    let mut finding = Finding::new(&RULE, id, message, revision.location.clone());
    finding.track = Some(name.clone());
    finding.notes.push("nothing upgrades databases by a parked chain any more".to_owned());
    finding.help = "write it for the chain that took over, or take `parked` from the configuration".to_owned();
    finding
}

/// The chain does not end at the parked revision, or not there alone.
fn another_end(change: &TrackChange, parked: &str, chain: &ChainChange) -> Option<Finding> {
    let heads = chain.merged.heads();
    let ids: Vec<&str> = heads.iter().filter_map(|head| head.id.as_deref()).collect();
    if ids == [parked] {
        return None;
    }
    let other = heads.iter().find(|head| head.id.as_deref() != Some(parked)).or(heads.first())?;
    let name = &change.track.name;
    let names: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    let message = if chain.merged.by_id().contains_key(parked) {
        let noun = if ids.len() == 1 { "head is" } else { "heads are" };
        format!("`{name}` is parked at `{parked}`, and its {noun} {}", list(&names))
    } else {
        format!("`{name}` is parked at `{parked}`, which none of its revisions is")
    };
    let mut finding = Finding::new(&RULE, format!("heads {}", ids.join(",")), message, other.location.clone());
    finding.track = Some(name.clone());
    let before: Vec<&str> = chain.tip.heads().iter().filter_map(|head| head.id.as_deref()).collect();
    finding.pre_existing = before == ids && !change.configured_anew;
    finding.notes.push("what comes after the parked revision is not judged any more".to_owned());
    finding.help = match ids.as_slice() {
        [head] => format!("park it at its head: `parked = {head:?}`"),
        _ => "join the heads, and park it at the one that is left".to_owned(),
    };
    Some(finding)
}
