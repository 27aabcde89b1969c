//! Reads each track at both ends of the range: from changed files to what the change does.

use crate::detect;
use crate::evaluate::drift::{self, Drift};
use crate::project::Project;
use crate::source::Location;
use crate::track::ends::{Ends, ReadError};
use crate::track::{Change, Dialect, Kind, Presence, Track, TrackChange, alembic, python_list, versions};

/// What the change does to every track, and what a reader should know besides.
pub fn compare(project: &Project, ends: &mut Ends<'_>) -> Result<(Change, Vec<String>), ReadError> {
    let mut notes = Vec::new();
    let mut tracks = Vec::new();
    for track in &project.tracks {
        let told = notes.len();
        let mut change = match track.kind {
            Kind::PythonList => python_list::change(track, ends, &mut notes)?,
            Kind::PythonVersions => versions::change(track, ends, &mut notes)?,
            Kind::Alembic => alembic::change(track, ends, &mut notes)?,
        };
        // One whose base could not be read has its note already.
        if matches!(change.presence, Presence::New) && notes.len() == told {
            notes.push(format!(
                "the track `{}` ({}) is new in this change: there is nothing to compare it with yet",
                track.name, track.path
            ));
        }
        if is_evaluable(&change) {
            let drift = drift(&change, ends)?;
            notes.extend(drift.notes.iter().cloned());
            change.drift = Some(drift);
        }
        tracks.push(change);
    }
    for (first, second) in &project.pairs {
        read_heads(*first, *second, &mut tracks, ends)?;
    }
    for track in &project.gone {
        tracks.push(lost(track, ends)?);
    }
    Ok((Change { tracks, pairs: project.pairs.clone() }, notes))
}

/// Whether a track's migrations and declared schemas are to be compared, and can be.
fn is_evaluable(change: &TrackChange) -> bool {
    let track = &change.track;
    let has_schema = track.kind == Kind::PythonList && track.dialect == Dialect::Sqlite && !track.declared.is_empty();
    has_schema && change.touched && !matches!(change.presence, Presence::Lost(_))
}

fn drift(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Drift, ReadError> {
    let track = &change.track;
    let base = match &change.base_path {
        Some(path) => Some(Track { path: path.clone(), ..track.clone() }),
        // A list that moved into another name or form is no new track to the databases that it made.
        None => detect::tracks(&mut ends.base, &mut ends.folders)?
            .into_iter()
            .find(|old| old.kind == track.kind && old.path == track.path)
            .map(|old| Track { declared: track.declared.clone(), ..old }),
    };
    Ok(drift::drift(&change.track, base.as_ref(), ends)?)
}

/// The heads of a chain are read only where a finding will name them: the pair's other track has something new, and
/// this one has not.
fn read_heads(first: usize, second: usize, tracks: &mut [TrackChange], ends: &Ends<'_>) -> Result<(), ReadError> {
    for (from, to) in [(first, second), (second, first)] {
        let (Some(source), Some(target)) = (tracks.get(from), tracks.get(to)) else { continue };
        let asks = !source.ddl.is_empty() && target.new.is_empty() && target.track.kind == Kind::Alembic;
        if asks {
            let heads = alembic::heads(&target.track, ends)?;
            tracks[to].heads = heads;
        }
    }
    Ok(())
}

/// A track that only the merge base has.
fn lost(track: &Track, ends: &mut Ends<'_>) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    change.migrations = Some(0);
    change.touched = true;
    let path = match track.kind {
        Kind::PythonList | Kind::PythonVersions => track.path.clone(),
        Kind::Alembic => alembic::first_file(track, &ends.base)?.unwrap_or_else(|| track.path.clone()),
    };
    let list = match (&track.list, track.kind) {
        (Some(name), Kind::PythonList | Kind::PythonVersions) => {
            python_list::read(&mut ends.base, &path, name)?.and_then(|list| list.location)
        }
        _ => None,
    };
    let first_line = ends.base.snapshot.source(&path)?.map(|source| Location::line(&source, 1, ""));
    if let Some(location) = list.or(first_line) {
        change.presence = Presence::Lost(location);
    }
    Ok(change)
}
