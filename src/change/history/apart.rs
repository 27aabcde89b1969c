//! Edits of revisions after something that is not known, told once more by what they do to a database that has whatever
//! they need: another way to write the same, what a new revision brings to deployed databases, what no database took.

use std::collections::BTreeSet;

use super::effects::{CaughtUp, Executed, does_otherwise};
use super::names::constraint_names;
use super::{Edit, Edited, may_do_the_same};
use crate::change::TrackChange;
use crate::evaluate::chain::{self, Built};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{Evaluated, Failure};
use crate::schema::delta::{self, Level};
use crate::track::chain::ChainChange;
use crate::track::ends::Ends;

/// More than that are left as they are: each is carried out twice.
const MOST: usize = 50;

/// Leaves out those that part no new database from a deployed one.
pub(super) fn without_harmless(mut edits: Vec<Edit>, change: &TrackChange, ends: &mut Ends<'_>) -> Vec<Edit> {
    let Some(chain) = change.chain.as_ref().filter(|_| change.track.dialect.facts().tables.knows_elsewhere) else {
        return edits;
    };
    let told: BTreeSet<String> = edits.iter().filter(|edit| is_told(edit)).map(|edit| edit.name.clone()).collect();
    if change.outcome.is_none() || told.is_empty() || told.len() > MOST {
        return edits;
    }
    let mut all = None;
    edits.retain(|edit| {
        if !is_told(edit) || is_rewritten(edit, chain, ends) {
            return !is_told(edit);
        }
        let all = all.get_or_insert_with(|| {
            let outcome = together(&told, change, chain, ends)?;
            Some((CaughtUp::of(change, &outcome)?, outcome))
        });
        !all.as_ref().is_some_and(|(caught, outcome)| is_brought(edit, caught, outcome))
    });
    edits
}

/// Whether it does something else by its own statements or its own text.
fn is_told(edit: &Edit) -> bool {
    matches!(edit.what, Edited::Effect { .. } | Edited::Text { .. })
}

/// Whether a revision alone makes the same of the same, or is one that its database refused whatever it found.
fn is_rewritten(edit: &Edit, chain: &ChainChange, ends: &mut Ends<'_>) -> bool {
    let own = BTreeSet::from([edit.name.as_str()]);
    let before = chain::apart(&chain.base, &mut ends.base, &own, None).evaluated;
    // What it misses may be what a revision before it makes.
    let is_refused = |failure: &Failure| matches!(edit.what, Edited::Text { .. }) && failure.kind.lacking().is_none();
    if before.failures.first().is_some_and(|failure| !is_refused(failure)) {
        return false;
    }
    let after = chain::apart(&chain.head, &mut ends.head, &own, None).evaluated;
    if !after.failures.is_empty() || !before.failures.is_empty() {
        return after.failures.is_empty();
    }
    by_statements(edit, &before, &after).is_some_and(|edit| {
        may_do_the_same(&edit)
            && delta::equivalent(&before.schema, &after.schema, Level::Full)
            && constraint_names(&before.schema) == constraint_names(&after.schema)
    })
}

/// The edit as what the revision executes tells it. `None` where that is the same, for what it does otherwise goes with
/// something that is not known then, and where a part is not known.
fn by_statements(edit: &Edit, before: &Evaluated, after: &Evaluated) -> Option<Edit> {
    let (before, after) = (Executed::new(before), Executed::new(after));
    let is_known = before.is_known(&edit.name) && after.is_known(&edit.name);
    let what = does_otherwise((&before, &edit.name), (&after, &edit.name)).filter(|_| is_known)?;
    Some(Edit { what, ..edit.clone() })
}

/// What becomes of databases by the edited revisions and the new ones alone. `None` where there are no new ones.
fn together(
    told: &BTreeSet<String>,
    change: &TrackChange,
    chain: &ChainChange,
    ends: &mut Ends<'_>,
) -> Option<Outcome> {
    let new: BTreeSet<&str> = change.new.iter().map(|migration| migration.name.as_str()).collect();
    let edited: BTreeSet<&str> = told.iter().map(String::as_str).collect();
    if new.is_empty() {
        return None;
    }
    let before = chain::apart(&chain.base, &mut ends.base, &edited, None);
    let after = chain::apart(&chain.head, &mut ends.head, &new, Some(&before));
    let fresh = chain::apart(&chain.head, &mut ends.head, &edited.union(&new).copied().collect(), None);
    let is_certain = [&before, &after, &fresh].into_iter().all(Built::is_certain);
    is_certain.then(|| Outcome::new(before.evaluated, after.evaluated, fresh.evaluated))
}

/// Whether the new revisions bring deployed databases to what an edited one makes.
fn is_brought(edit: &Edit, caught: &CaughtUp, outcome: &Outcome) -> bool {
    by_statements(edit, &outcome.before, &outcome.fresh).is_some_and(|edit| caught.up_to(&edit))
}
