//! What a change does to the databases of a long chain, told from a part of it: the revisions that the new ones depend on.
//!
//! A part answers only where nothing is wrong. A refusal, a gap or an edit has the whole chain evaluated.

use std::collections::HashMap;
use std::sync::Arc;


use crate::evaluate::chain::{self, Built};
use crate::evaluate::drift::table_of;
use super::case::Case;
use crate::evaluate::outcome::{self, Outcome};
use crate::evaluate::part::Part;
use crate::schema::delta::{self, Level, Object};
use crate::schema::model::Schema;
use crate::threads::shared_out;
use crate::track::alembic::DEFAULT_ID_LENGTH;
use crate::track::chain::Chain;
use crate::track::ends::Modules;
use crate::track::footprint::{self, Footprint, Names};
use crate::track::revision::Revision;

/// Shorter chains are evaluated whole: that takes less than a blink.
pub const LONG: usize = 1_000;

/// The outcome of a change that only adds revisions to a long chain; `None` where a part of it does not tell.
pub fn outcome(case: &Case<'_>, old: &mut Modules<'_>, here: &mut Modules<'_>) -> Option<Outcome> {
    let base = &case.chain.base;
    // At other commits much is known of the whole already.
    if base.revisions.len() < LONG || old.memory.is_some() {
        return None;
    }
    let added = added(case)?;
    // What widens Alembic's table need not be part of it.
    if added.iter().any(|revision| revision.id.as_ref().is_some_and(|id| id.chars().count() > DEFAULT_ID_LENGTH)) {
        return None;
    }
    let mut names = Names::default();
    for revision in added {
        names.add(&footprint::of_revision(text(revision))?);
    }
    let (needed, part) = needed(base, names)?;
    let before = chain::fresh_part(base, old, &needed);
    if !is_enough(&before) || !case.keeps(&before) {
        return None;
    }
    let after = chain::upgraded(&case.chain.head, here, &before, &case.known());
    // A way back may touch what its revision does not.
    if !after.is_certain() || !after.is_told_as(&before) || !after.evaluated.undone.is_empty() {
        return None;
    }
    let fresh = Arc::new(outcome::after_all(&before.evaluated, &after.evaluated));
    Some(Outcome::new(before.evaluated, after.evaluated, fresh).of_part(part))
}

/// What a long chain makes of the objects that change between two schemas, of another track.
pub fn fresh(chain: &Chain, modules: &mut Modules<'_>, before: &Schema, after: &Schema) -> Option<Outcome> {
    if chain.revisions.len() < LONG || modules.memory.is_some() || !chain.runs() {
        return None;
    }
    let mut names = Names::default();
    for change in delta::diff(before, after, Level::Full) {
        match &change.object {
            Object::View(name) => names.add_part(name.as_str(), None)?,
            Object::Column { table, name } => names.add_part(table.as_str(), Some(name.as_str()))?,
            object => names.add_part(table_of(object)?.as_str(), None)?,
        }
    }
    let (needed, part) = needed(chain, names)?;
    let built = chain::fresh_part(chain, modules, &needed);
    let tells = is_enough(&built) && part.knows(before, after);
    let fresh = built.evaluated;
    tells.then(|| Outcome::unchanged(fresh).of_part(part))
}

fn text(revision: &Revision) -> &str {
    revision.location.source.text()
}

/// The revisions that head has besides those of the base, where it has all of those as they are.
fn added<'c>(case: &'c Case<'_>) -> Option<Vec<&'c Revision>> {
    let (base, head) = (&case.chain.base, &case.chain.head);
    let known: HashMap<&str, &Arc<Revision>> =
        base.revisions.iter().map(|revision| (revision.location.path(), revision)).collect();
    let mut added = Vec::new();
    let mut kept = 0;
    for revision in &head.revisions {
        match known.get(revision.location.path()) {
            Some(old) if Arc::ptr_eq(old, revision) => kept += 1,
            None if revision.id.as_deref().is_some_and(|id| case.new.contains(id)) => added.push(&**revision),
            _ => return None,
        }
    }
    (kept == base.revisions.len() && !added.is_empty()).then_some(added)
}

/// Whether nothing is wrong with a part, and its names do not depend on what else there is.
fn is_enough(built: &Built) -> bool {
    built.is_certain() && !built.has_naming
}

/// Of each revision of a chain, by path order, whether these names depend on it; `None` where they do on most of them, or
/// where the text of one does not tell what it touches.
fn needed(chain: &Chain, mut names: Names) -> Option<(Vec<bool>, Part)> {
    let read = |part: &[Arc<Revision>]| -> Vec<Footprint> {
        part.iter().map_while(|revision| footprint::of_revision(text(revision))).collect()
    };
    let footprints = shared_out(&chain.revisions, read);
    if footprints.len() != chain.revisions.len() {
        return None;
    }
    let mut needed = vec![false; footprints.len()];
    loop {
        let mut grown = false;
        for (is_needed, footprint) in needed.iter_mut().zip(&footprints) {
            if !*is_needed && names.need(footprint) {
                *is_needed = true;
                grown |= names.add(footprint);
            }
        }
        if needed.iter().filter(|needed| **needed).count() > chain.revisions.len() / 2 {
            return None;
        }
        if !grown {
            break;
        }
    }
    let left_out = footprints.iter().zip(&needed).filter(|(_, needed)| !**needed);
    let of_columns = left_out.filter_map(|(found, _)| found.only_adds_columns.then_some(found));
    let without_columns = of_columns.flat_map(|found| &found.names).copied().collect();
    Some((needed, Part { names, without_columns }))
}
