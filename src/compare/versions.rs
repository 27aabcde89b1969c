//! Folders for several versions of one database: the newer ones get what the older ones cannot do.

use crate::change::TrackChange;
use crate::evaluate::parity::{Difference, Parity, What};
use crate::track::sql_files::family;

/// Leaves out what a track does not get where another version of the same database does: it is no other database that was
/// forgotten.
pub fn leave_to_other_versions(parities: &mut [Parity], tracks: &[TrackChange]) {
    let of = |parity: &Parity| parity.differences.iter().map(|one| is_met(one, parities, tracks)).collect();
    let met: Vec<Vec<bool>> = parities.iter().map(of).collect();
    for (parity, met) in parities.iter_mut().zip(met) {
        let mut met = met.into_iter();
        parity.differences.retain(|_| !met.next().unwrap_or_default());
    }
}

/// Whether a track gets no new file, and one for another version of its database does what is missing.
fn is_met(difference: &Difference, parities: &[Parity], tracks: &[TrackChange]) -> bool {
    let Some(lacks) = tracks.get(difference.not_on).filter(|lacks| lacks.new.is_empty() && lacks.track.kind.is_sql())
    else {
        return false;
    };
    let Some(has) = tracks.get(difference.on) else { return false };
    let is_version = |at: usize| {
        at != difference.not_on
            && tracks.get(at).is_some_and(|other| is_other_version(other, lacks) && !other.new.is_empty())
    };
    // Where one database alone has an older version, that was forgotten.
    let is_usual = tracks.iter().any(|other| is_other_version(other, has) && other.new.is_empty());
    let does = |parity: &Parity| {
        let is_pair = [(0, 1), (1, 0)].iter().any(|(on, other)| {
            let pair = [parity.pair.0, parity.pair.1];
            pair[*on] == difference.on && is_version(pair[*other])
        });
        let is_same = |one: &Difference| one.on == difference.on && one.object == difference.object;
        is_pair && !parity.differences.iter().any(is_same)
    };
    is_usual && !matches!(difference.what, What::Differs { .. }) && parities.iter().any(does)
}

/// Whether two tracks are for versions of one database.
fn is_other_version(one: &TrackChange, other: &TrackChange) -> bool {
    let (one, other) = (&one.track, &other.track);
    one.path != other.path && one.dialect == other.dialect && one.kind == other.kind && family(one) == family(other)
}
