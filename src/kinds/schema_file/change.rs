//! The track kind `schema-file`: one SQL file that states the whole schema, and that a program carries out at every start.
//!
//! Its migration is its own change. What `IF NOT EXISTS` leaves alone on deployed databases is told in
//! [`crate::evaluate::schema_file`].

use std::collections::BTreeSet;

use crate::change::{Presence, TrackChange};
use crate::git::{ChangedFile, EntryKind, LineSet, added_lines};
use crate::kinds::detect;
use super::Keeper;
use crate::path;
use crate::schema::token::{normal, tokens};
use crate::track::ends::{Ends, ReadError};
use crate::track::{Migration, Track, ddl, sql_files};
use crate::source::{Location, Source};

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    change.grown = words_below(track, ends)?;
    if ends.change_of(&track.path).is_none() {
        return Ok(change);
    }
    change.touched = true;
    let Some(head) = ends.head.source(&track.path)? else {
        // One that only the merge base has is lost; one that nobody has is an error of the configuration.
        if let Some(source) = ends.base.text(&track.path)? {
            change.migrations = Some(0);
            change.presence = Presence::Lost(Location::line(&source, 1, ""));
        }
        return Ok(change);
    };
    change.migrations = Some(1);
    change.settle(Some(&sql_files::history::first_line(&track.path, &mut ends.head)?));
    let Some(base_path) = base_path(track, ends)? else {
        change.presence = Presence::New;
        change.new = vec![Migration { name: track.path.clone(), location: Location::line(&head, 1, "") }];
        return Ok(change);
    };
    let base = match ends.base.text(&base_path)? {
        Some(base) => base,
        None => Source::new(base_path.as_str(), ""),
    };
    change.base_path = Some(base_path);
    if normal(base.text()) == normal(head.text()) {
        return Ok(change);
    }
    let lines = added_lines(base.text(), head.text())?;
    let mentions = ddl::mentions_on(&head, &lines).map_err(ReadError::Syntax)?;
    change.ddl = mentions.into_iter().map(|mention| mention.added(&head)).collect();
    // A comment that allows it stands above the statement.
    let of_statement = change.ddl.first().map(|ddl| ddl.location.start().line);
    let is_added = |(at, line): (usize, &str)| (lines.contains(at + 1) && !line.trim().is_empty()).then_some(at + 1);
    let first = of_statement.or_else(|| head.text().lines().enumerate().find_map(is_added));
    let location = Location::line(&head, first.unwrap_or(1), "");
    change.new = vec![Migration { name: track.path.clone(), location }];
    if ends.list_objects {
        let all = ddl::mentions_on(&head, &LineSet::all()).map_err(ReadError::Syntax)?;
        change.objects = all.into_iter().flat_map(|mention| mention.objects).collect();
    }
    Ok(change)
}

/// The words of the new files of SQL in folders below that of a schema: they upgrade what it made.
fn words_below(track: &Track, ends: &mut Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let folder = path::folder(&track.path);
    let is_below = |file: &&ChangedFile| {
        let below = path::below(folder, &file.path).filter(|below| below.contains('/') && !folder.is_empty());
        file.old.is_none() && below.is_some() && ddl::is_sql(&file.path)
    };
    let paths: Vec<String> = ends.changed.iter().filter(is_below).map(|file| file.path.clone()).collect();
    let mut words = BTreeSet::new();
    for path in paths {
        if let Some(source) = ends.head.text(&path)? {
            let upgrade = sql_files::marks::upgrade(source.text()).text;
            words.extend(tokens(&upgrade).map(|token| token.value().to_ascii_lowercase()));
        }
    }
    Ok(words)
}

/// Where the merge base keeps it: at the same path, or at one that is gone since.
fn base_path(track: &Track, ends: &mut Ends<'_>) -> Result<Option<String>, ReadError> {
    if is_file(track, &ends.base)? {
        return Ok(Some(track.path.clone()));
    }
    let before = detect::tracks_of(&Keeper, &mut ends.base, &mut ends.folders)?;
    let is_gone = |path: &str| ends.change_of(path).is_some_and(|file| file.old.is_some() && file.new.is_none());
    let moved = before.into_iter().find(|old| old.dialect == track.dialect && is_gone(&old.path));
    Ok(moved.map(|old| old.path))
}

/// Whether a commit has the file.
pub fn is_file(track: &Track, modules: &crate::track::ends::Modules<'_>) -> Result<bool, ReadError> {
    Ok(modules.snapshot.entry(&track.path)?.is_some_and(|entry| entry.kind == EntryKind::File))
}
