//! What no deployed database got past at the merge base, so that a change may write it in any other way.

use std::collections::{BTreeSet, HashSet};

use super::Edited;
use crate::change::TrackChange;
use crate::evaluate::{Failure, chain};
use crate::track::chain::ChainChange;
use crate::track::ends::Ends;
use crate::track::revision::Revision;

/// The migrations that no database has run, by their names at the merge base: those that every database refuses, and of a
/// chain what comes after one that the change repairs.
pub fn stuck(change: &TrackChange) -> HashSet<String> {
    let name = |failure: &Failure| failure.by.migration().map(ToString::to_string);
    let mut stuck: HashSet<String> = HashSet::new();
    let mut still: HashSet<String> = HashSet::new();
    if let Some(outcome) = &change.outcome {
        stuck.extend(outcome.before.failures.iter().filter_map(name));
        still.extend(outcome.fresh.failures.iter().filter_map(name));
    }
    if let Some(outcome) = &change.outcome {
        stuck.extend(outcome.before.too_long.iter().map(|long| long.id.clone()));
    }
    let Some(chain) = &change.chain else { return stuck };
    stuck.extend(of_chain(chain));
    let repaired: HashSet<&str> = stuck.difference(&still).map(String::as_str).collect();
    let after = followers(chain, &repaired);
    stuck.extend(after);
    stuck
}

/// Of the revisions that are removed, those that only a database has run which was made from nothing with them: one that had
/// come as far as before them is stopped there, as by a type that Alembic makes once in a run.
pub fn refused_later(change: &TrackChange, ends: &mut Ends<'_>) -> BTreeSet<String> {
    let none = BTreeSet::new();
    let removed = change.edits.iter().filter(|edit| edit.what == Edited::Removed).map(|edit| edit.name.clone());
    let removed: BTreeSet<String> = removed.collect();
    let (Some(of_chain), Some(outcome)) = (&change.chain, &change.outcome) else { return none };
    if removed.is_empty() || !outcome.before.failures.is_empty() {
        return none;
    }
    let base = &of_chain.base;
    let is_kept = |revision: &Revision| revision.id.as_ref().is_some_and(|id| !removed.contains(id));
    let kept: Vec<bool> = base.revisions.iter().map(|revision| is_kept(revision)).collect();
    let deployed = chain::fresh_part(base, &mut ends.base, &kept);
    if !deployed.is_certain() {
        return none;
    }
    let known = base.revisions.iter().filter(|revision| is_kept(revision)).filter_map(|revision| revision.id.clone());
    let upgraded = chain::upgraded(base, &mut ends.base, &deployed, &known.collect());
    let refused =
        upgraded.evaluated.failures.iter().find_map(|failure| failure.by.migration().map(ToString::to_string));
    let Some(refused) = refused.filter(|name| removed.contains(name)) else { return none };
    let after = followers(of_chain, &HashSet::from([refused.as_str()]));
    after.into_iter().chain([refused]).filter(|name| removed.contains(name)).collect()
}

/// Revisions at which Alembic itself stops because they do not parse.
fn of_chain(chain: &ChainChange) -> impl Iterator<Item = String> {
    let is_same = |old: &&str, new: &Revision| new.location.source.text() == *old;
    let head = chain.head.by_id();
    chain.base.revisions.iter().filter_map(move |revision| {
        let id = revision.id.as_deref()?;
        let text = revision.location.source.text();
        // What the change leaves alone need not be parsed.
        let is_kept = head.get(id).is_some_and(|new| is_same(&text, new));
        let is_broken = || !is_kept && !text.is_empty() && revision.module().is_none();
        is_broken().then(|| id.to_owned())
    })
}

/// What comes after any of these at the merge base.
fn followers(chain: &ChainChange, these: &HashSet<&str>) -> Vec<String> {
    if these.is_empty() {
        return Vec::new();
    }
    let base = &chain.base;
    let is_one = |at: usize| base.revisions[at].id.as_deref().is_some_and(|id| these.contains(id));
    let mut is_after = vec![false; base.revisions.len()];
    let mut found = Vec::new();
    for at in base.order() {
        is_after[*at] = base.before()[*at].iter().any(|parent| is_after[*parent] || is_one(*parent));
        if is_after[*at] {
            found.extend(base.revisions[*at].id.clone());
        }
    }
    found
}
