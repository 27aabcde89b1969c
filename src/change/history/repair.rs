//! What no deployed database got past at the merge base, so that a change may write it in any other way.

use std::collections::HashSet;

use crate::change::TrackChange;
use crate::evaluate::Failure;
use crate::track::chain::ChainChange;
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
