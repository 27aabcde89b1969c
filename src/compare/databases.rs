//! The databases of a track, as far as it takes to compare it with another one.

use std::borrow::Cow;
use std::sync::Arc;

use crate::change::TrackChange;
use crate::evaluate::Evaluated;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::parity::unlike;
use crate::evaluate::part::Part;
use crate::kinds::{Around, Here, keeper};
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};

/// A deployed database of a track after its upgrade: as the merge base makes it, where the change leaves the track alone.
/// `None` where no engine evaluates it.
pub fn deployed(
    change: &TrackChange,
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<Option<Arc<Evaluated>>, ReadError> {
    let track = &change.track;
    if let Some(outcome) = change.outcome.as_ref().filter(|outcome| outcome.part.is_none()) {
        return Ok(Some(outcome.after.clone()));
    }
    if !track.is_evaluated() {
        return Ok(None);
    }
    let modules = if change.touched { &mut ends.head } else { &mut ends.base };
    Ok(keeper(track.kind).fresh(Here { track, tracks, modules })?.map(|made| made.evaluated))
}

/// What the change does to a track's databases, as far as it takes to compare it with `other`: as it was evaluated. Where the
/// change leaves the track alone, nothing happens to a deployed database, which is as the merge base makes it: what its old
/// migrations would make of files that did change, new databases alone get to see.
pub fn beside<'c>(
    change: &'c TrackChange,
    other: &TrackChange,
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<Cow<'c, Outcome>, ReadError> {
    let track = &change.track;
    if let Some(outcome) = &change.outcome {
        let is_known = |part: &Arc<Part>| {
            other.outcome.as_ref().is_none_or(|other| part.knows(&other.before.schema, &other.after.schema))
        };
        if outcome.part.as_ref().is_none_or(is_known) {
            return Ok(Cow::Borrowed(outcome));
        }
        let around = Around { change, tracks, changed: &ends.changed };
        let whole = keeper(track.kind).whole_outcome(around, &mut ends.base, &mut ends.head)?;
        return Ok(whole.map_or(Cow::Borrowed(outcome), Cow::Owned));
    }
    let here = Here { track, tracks, modules: &mut ends.base };
    Ok(Cow::Owned(keeper(track.kind).beside(change, other, here)?))
}

/// Whether two tracks are no two writings of one design: all that they make, at both ends of the change.
pub fn are_unlike(
    (first, here): (&TrackChange, &Outcome),
    (second, there): (&TrackChange, &Outcome),
    tracks: &[Track],
    ends: &mut Ends<'_>,
) -> Result<bool, ReadError> {
    // What was evaluated, perhaps of a part, tells most pairs.
    if !unlike::are_unlike(&here.before, &there.before) || !unlike::are_unlike(&here.after, &there.after) {
        return Ok(false);
    }
    let mut whole = |change: &TrackChange| {
        keeper(change.track.kind).fresh(Here { track: &change.track, tracks, modules: &mut ends.head })
    };
    let (own, theirs) = (whole(first)?, whole(second)?);
    Ok(own.zip(theirs).is_some_and(|(own, theirs)| unlike::are_unlike(&own.evaluated, &theirs.evaluated)))
}
