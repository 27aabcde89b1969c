//! Tracks that a change brings beside one that was there: their databases are to begin with what that one's have.

use std::sync::Arc;

use crate::change::{Presence, TrackChange};
use crate::evaluate::Evaluated;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::parity::{self, Difference, Parity, Side, What};
use crate::kinds::{Here, keeper};
use crate::project::Project;
use crate::schema::delta::Object;
use crate::track::ends::{Ends, ReadError};

/// What each new directory of SQL files lacks of one that was there, of what both make of new databases.
pub fn newcomers(project: &Project, tracks: &[TrackChange], ends: &mut Ends<'_>) -> Result<Vec<Parity>, ReadError> {
    let mut found: Vec<Parity> = Vec::new();
    for (first, second) in &project.pairs {
        for (at, other) in [(*first, *second), (*second, *first)] {
            let (Some(new), Some(old)) = (tracks.get(at), tracks.get(other)) else { continue };
            let is_known = found.iter().any(|parity| parity.pair.0 == at);
            if is_known || !is_meant(new, old) || had_a_schema(new, ends)? {
                continue;
            }
            let mut whole = |change: &TrackChange| {
                let here = Here { track: &change.track, tracks: &project.tracks, modules: &mut ends.head };
                Ok::<_, ReadError>(keeper(change.track.kind).fresh(here)?.map(|made| made.evaluated))
            };
            let (Some(own), Some(theirs)) = (whole(new)?, whole(old)?) else { continue };
            if !own.failures.is_empty() || !theirs.failures.is_empty() {
                continue;
            }
            let (own, theirs) = (from_nothing(own), from_nothing(theirs));
            let left = Side { index: at, name: &new.track.name, dialect: new.track.dialect, outcome: &own };
            let right = Side { index: other, name: &old.track.name, dialect: old.track.dialect, outcome: &theirs };
            let mut parity = parity::compare(left, right, false, &mut ends.head);
            if !parity.notes.is_empty() || parity::unlike::are_unlike(&own.after, &theirs.after) {
                continue;
            }
            parity.differences.retain(|difference| difference.not_on == at && is_needed(difference));
            found.push(parity);
        }
    }
    Ok(found)
}

/// Whether a track is new beside one that was there, and both are files of SQL of which it is known what they do.
fn is_meant(new: &TrackChange, old: &TrackChange) -> bool {
    let is_known = |change: &TrackChange| change.track.kind.is_sql() && change.track.is_evaluated();
    let is_new = matches!(new.presence, Presence::New) && matches!(old.presence, Presence::Kept);
    is_new && is_known(new) && is_known(old)
}

/// Whether a database was there before its first upgrade: a snapshot of its schema was.
fn had_a_schema(new: &TrackChange, ends: &Ends<'_>) -> Result<bool, ReadError> {
    for file in &new.track.declared {
        if ends.base.snapshot.entry(&file.path)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a program would miss it: without an index that is not unique everything works as before.
fn is_needed(difference: &Difference) -> bool {
    match (&difference.object, &difference.what) {
        (Object::Table(_) | Object::Column { .. }, What::Added(_)) => true,
        (Object::Index { .. } | Object::Unique { .. }, What::Added(said)) => said.starts_with("UNIQUE"),
        _ => false,
    }
}

fn from_nothing(made: Arc<Evaluated>) -> Outcome {
    Outcome::new(Arc::new(Evaluated::default()), made.clone(), made)
}
