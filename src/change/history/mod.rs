//! What a change does to migrations that deployed databases have run already.

use std::collections::{BTreeSet, HashSet};

use crate::change::TrackChange;
use crate::evaluate::outcome::Refused;
use crate::evaluate::{By, Missing, replay};
use crate::schema::token::{normal, tokens};
use crate::schema::types::are_alike_but_for_unknown;
use crate::source::Location;
use crate::track::chain::ChainChange;
use crate::track::ends::{Ends, ReadError};

mod apart;
pub mod effects;
pub mod highest;
pub mod names;
mod released;
mod repair;
mod rows;

use effects::CaughtUp;
pub use effects::{Executed, converges, differs_in_names, does_otherwise};
pub use highest::goes_by_the_highest;
pub use released::{OfRelease, has_track, unreleased};
pub use repair::refused_later;
pub use rows::mended_for_rows;

/// One migration that the merge base has and that the change touches.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What it is told by at the merge base.
    pub name: String,
    pub what: Edited,
    /// Where it stands at head; where it stood, if it is gone.
    pub location: Location,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    Removed,
    /// It has another name or id now.
    Renamed(String),
    /// It has another number now.
    Renumbered {
        from: String,
        to: String,
    },
    /// It comes after one that it came before.
    Reordered(String),
    /// It is new, and comes before this one, which the merge base has: what new and deployed databases have then differs.
    Inserted(String),
    /// It is new, and its number is below that of this one: who goes by the highest number that a database has never runs it.
    Below(String),
    /// The same in a list that tells its migrations by their places: this one and those after it move on by a place.
    Shifted(String),
    /// It follows other revisions now.
    Reparented {
        from: Vec<String>,
        to: Vec<String>,
    },
    /// It does something else: what it executed, and what it executes.
    Effect {
        before: Vec<String>,
        after: Vec<String>,
    },
    /// It is as it was, and does something else because of what it takes from other files: what it executed, and what it
    /// executes.
    Fed {
        before: Vec<String>,
        after: Vec<String>,
    },
    /// It and others are as they were, and the environment gives other names to what they make: what they executed, and what
    /// they execute.
    Named {
        revisions: Vec<String>,
        before: Vec<String>,
        after: Vec<String>,
    },
    /// It does what it did, and its runner compares the text: what that was, and what it is.
    Checked {
        runner: &'static str,
        before: String,
        after: String,
    },
    /// It does something else, by its text: what it said, and what it says.
    Text {
        before: String,
        after: String,
    },
}

impl Edited {
    /// What it executed and what it executes, where that is what differs.
    pub fn statements(&self) -> Option<(&[String], &[String])> {
        match self {
            Self::Effect { before, after } | Self::Fed { before, after } => Some((before, after)),
            _ => None,
        }
    }

    /// Whether it does something else only where a column's type was not known before.
    pub fn is_of_unknown_type(&self) -> bool {
        let Some((before, after)) = self.statements() else { return false };
        before.len() == after.len()
            && before.iter().zip(after).all(|(was, is)| normal(was) == normal(is) || are_alike_but_for_unknown(was, is))
    }

    /// The same edit of a migration that is written as it was.
    #[must_use]
    pub fn fed(self) -> Self {
        match self {
            Self::Effect { before, after } => Self::Fed { before, after },
            other => other,
        }
    }
}

/// Of the edits of a track's history, in head's order, those that mean something to a database that is there.
pub fn that_matter(mut edits: Vec<Edit>, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let stuck = repair::stuck(change);
    edits.retain(|edit| !stuck.contains(edit.name.as_str()));
    released::leave_as_released(&mut edits, change, ends)?;
    if let Some(caught) = change.outcome.as_ref().and_then(|outcome| CaughtUp::of(change, outcome)) {
        edits.retain(|edit| !caught.up_to(edit));
    }
    Ok(apart::without_harmless(without_rewritten(edits, change), change, ends))
}

/// Whether deployed databases refuse a new migration for what removed ones have made there: it is written in their place.
pub fn is_in_place_of_removed(change: &TrackChange, refusal: &Refused<'_>) -> bool {
    let Some(outcome) = &change.outcome else { return false };
    if refusal.fresh || refusal.pre_existing {
        return false;
    }
    if change.chain.as_ref().is_some_and(|chain| strands(chain, &change.edits)) {
        return true;
    }
    let Some(thing) = refusal.failure.kind.existing() else { return false };
    let removed: HashSet<&str> =
        change.edits.iter().filter(|edit| edit.what == Edited::Removed).map(|edit| &*edit.name).collect();
    let is_of_removed = |by: &By| by.migration().is_some_and(|name| removed.contains(&**name));
    let made = outcome.before.log.iter().filter(|ran| is_of_removed(&ran.by));
    made.flat_map(|ran| tokens(&ran.statement.sql)).any(|token| thing.is_or_is_of(&token.value()))
}

/// Whether every database that has all of the merge base stands on a revision that is gone: Alembic does not get to any other.
fn strands(chain: &ChainChange, edits: &[Edit]) -> bool {
    let heads = chain.base.heads();
    !heads.is_empty() && heads.iter().all(|head| head.id.as_deref().is_some_and(|id| is_removed(edits, id)))
}

/// Whether the migration of this name is gone.
fn is_removed(edits: &[Edit], name: &str) -> bool {
    edits.iter().any(|edit| edit.what == Edited::Removed && edit.name == name)
}

/// Whether an edit is part of removing others: it follows none of them any more, or makes itself what they made.
pub fn is_of_removal(change: &TrackChange, edit: &Edit) -> bool {
    let was_below = |edit: &Edit| match &edit.what {
        Edited::Reparented { from, .. } => !from.is_empty() && from.iter().all(|id| is_removed(&change.edits, id)),
        _ => false,
    };
    let of_the_same = |other: &&Edit| other.name == edit.name;
    match &edit.what {
        Edited::Reparented { .. } => was_below(edit),
        Edited::Effect { .. } | Edited::Text { .. } => {
            converges(change) && change.edits.iter().filter(of_the_same).any(was_below)
        }
        _ => false,
    }
}

/// Whether removed migrations are done by one that came after them, so that no database which has run all of them is apart
/// from a new one.
pub fn is_squash(change: &TrackChange) -> bool {
    let is_follower = |edit: &Edit| matches!(edit.what, Edited::Reparented { .. }) && is_of_removal(change, edit);
    let others = || change.edits.iter().filter(|edit| edit.what != Edited::Removed);
    let Some(chain) = &change.chain else { return false };
    let is_kept = |id: &str| !is_removed(&change.edits, id);
    let heads = chain.base.heads();
    let has_all_heads = heads.iter().all(|head| head.id.as_deref().is_some_and(is_kept));
    // What is not known of one that both have, and that comes after all that is removed, is the same at both.
    let (old, new) = (chain.base.by_id(), chain.head.by_id());
    let stays = |missing: &Missing| {
        let does_else = |edit: &Edit| !matches!(edit.what, Edited::Reparented { .. });
        let is_edited = |name: &str| change.edits.iter().any(|edit| edit.name == name && does_else(edit));
        let name = missing.by.migration().filter(|name| !is_edited(name));
        name.is_some_and(|name| old.contains_key(&**name) && new.contains_key(&**name))
    };
    let is_known = change.outcome.as_ref().is_some_and(|outcome| {
        [&outcome.before, &outcome.fresh].iter().all(|one| one.gaps.iter().all(stays) && one.failures.is_empty())
    });
    // One that is there under another id has no fewer beside it.
    let is_shorter = chain.head.revisions.len() < chain.base.revisions.len();
    is_shorter
        && has_all_heads
        && is_known
        && converges(change)
        && others().any(is_follower)
        && others().all(|edit| is_of_removal(change, edit))
}

/// More than that are not looked at once more: for each, the whole schema is told twice.
const MOST_REWRITTEN: usize = 50;

/// Leaves out those that do the same to the schema by other statements: several alterations that became one, a guard.
fn without_rewritten(mut edits: Vec<Edit>, change: &TrackChange) -> Vec<Edit> {
    let Some(outcome) = &change.outcome else { return edits };
    let may_be: BTreeSet<&str> = edits.iter().filter(|edit| may_do_the_same(edit)).map(|edit| &*edit.name).collect();
    if may_be.is_empty() || may_be.len() > MOST_REWRITTEN {
        return edits;
    }
    let steps = |evaluated| replay::steps(evaluated, &may_be, change.track.dialect);
    let (Some(before), Some(after)) = (steps(&outcome.before), steps(&outcome.fresh)) else { return edits };
    let is_same = |name: &str| match (before.get(name), after.get(name)) {
        (Some(before), Some(after)) => before.does_the_same(after),
        _ => false,
    };
    let rewritten: HashSet<String> = may_be.into_iter().filter(|name| is_same(name)).map(str::to_owned).collect();
    edits.retain(|edit| edit.what.statements().is_none() || !rewritten.contains(&edit.name));
    edits
}

/// Whether the schema tells all of what an edit changes.
pub fn may_do_the_same(edit: &Edit) -> bool {
    let executed = edit.what.statements().map(|(before, after)| [before, after].concat()).unwrap_or_default();
    changes_only(edit, |sql| replay::is_all_schema(sql) || replay::is_of_copy(sql, &executed))
}

/// Whether each statement that an edit adds or takes away is one of these.
pub fn changes_only(edit: &Edit, is_meant: impl Fn(&str) -> bool) -> bool {
    let Some((before, after)) = edit.what.statements() else { return false };
    let forms = |statements: &[String]| statements.iter().map(|sql| normal(sql)).collect::<HashSet<_>>();
    let (before, after) = (forms(before), forms(after));
    before.symmetric_difference(&after).all(|sql| is_meant(sql))
}

/// What is not known any more of migrations that the merge base has, in files that the change touches, where their text does
/// not tell either whether they do something else.
pub fn newly_unknown(change: &TrackChange, ends: &Ends<'_>) -> Vec<Missing> {
    let Some(outcome) = &change.outcome else { return Vec::new() };
    let known: HashSet<&By> = outcome.before.gaps.iter().chain(&change.gaps).map(|missing| &missing.by).collect();
    let new: HashSet<&str> = change.new.iter().map(|migration| migration.name.as_str()).collect();
    let is_old = |by: &By| by.migration().is_some_and(|name| !name.is_empty() && !new.contains(&**name));
    let is_news = |missing: &&Missing| {
        let touched = ends.change_of(missing.gap.location.path()).is_some();
        // An edit of what nobody was given is let be, so that what is not known of it is to be said.
        let is_edit =
            |name: &str| change.edits.iter().any(|edit| edit.name == name) && !change.unreleased.contains(name);
        let is_edited = missing.by.migration().is_some_and(|name| is_edit(name));
        touched && is_old(&missing.by) && !known.contains(&missing.by) && !is_edited
    };
    outcome.fresh.gaps.iter().filter(is_news).cloned().collect()
}
