//! What the newest release's databases make of a change.

use crate::change::TrackChange;
use crate::change::history::{OfRelease, has_track};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::sql_files as databases;
use crate::git::Releases;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::sql_files;
use super::change::at_base;

/// A database of the newest release after its upgrade to head, where one of the merge base stops at something: what nobody
/// was given stops nobody. `None` where nothing stops, and where releases tell nothing.
pub fn upgraded_from_release(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Option<OfRelease>, ReadError> {
    let stops = change.outcome.iter().flat_map(Outcome::refusals).any(|refusal| !refusal.fresh);
    if !stops {
        return Ok(None);
    }
    if *ends.releases()? == Releases::Untagged {
        return Ok(None);
    }
    let Some(newest) = ends.newest_release()? else { return Ok(Some(OfRelease::default())) };
    if !has_track(change, newest, ends) {
        return Ok(None);
    }
    let track = &change.track;
    let old = at_base(track, change.path_at_base(), ends)?;
    let mut release = Modules::new(ends.base.snapshot.repository().snapshot(newest));
    let deployed = databases::fresh(&old, &mut release)?;
    if !deployed.is_sound() {
        return Ok(None);
    }
    let known = sql_files::known(track, &old, &mut release, &mut ends.head);
    let upgraded = databases::upgraded(track, &mut ends.head, &deployed, &known)?.evaluated;
    // What was edited since is as it was given out.
    let mut is_restored = true;
    for file in ends.changed.iter().filter(|file| file.old.is_some() && sql_files::is_own(track, &file.path)) {
        let given_out = release.snapshot.entry(&file.path)?.map(|entry| entry.id);
        is_restored &= given_out == file.new.as_ref().map(|entry| entry.id);
    }
    Ok(Some(OfRelease { upgraded, is_restored }))
}

