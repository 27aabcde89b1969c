//! What a change does to a list of migrations in Python.

use std::collections::{BTreeSet, HashSet};
use crate::track::ends::{Ends, ReadError};
use super::repeated;
use crate::change::{Notes, Presence, TrackChange};
use crate::track::python_list::{DEFAULT_LIST, has_file, imported_files, is_own_sql, read, renamed, run_in_groups};
use crate::track::{AddedDdl, Migration, Track, Unread, ddl, origin};
use crate::git::{ChangedFile, LineSet, added_lines};
use crate::path;
use crate::python::bindings::{Import, imports, module_stem};
use crate::python::lists::{self, List, newcomers};
use crate::source::{Location, Source};

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    parse_changed(track, ends)?;
    let mut change = TrackChange::untouched(track.clone());
    if !may_have_moved(track, ends)?
        && !declared_may_have_moved(track, ends)?
        && !gains_a_module(track, ends)?
        && !runner_may_have_moved(track, ends)
    {
        return Ok(change);
    }
    let name = track.list.as_deref().unwrap_or(DEFAULT_LIST);
    ends.head.take_failures();
    let head = read(&mut ends.head, &track.path, name)?;
    // An imported file that this change breaks is as bad as a broken list; one that was broken before is not its doing.
    for (path, error) in ends.head.take_failures() {
        if is_fatal(&error) || ends.change_of(&path).is_some() {
            return Err(error);
        }
    }
    let base = read_base(track, name, head.as_ref(), ends, notes)?;
    let Some(head) = head else {
        if let Some((_, list)) = base {
            let place = list.location.or_else(|| list.entries.into_iter().next().map(|entry| entry.location));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
            change.touched = true;
        }
        return Ok(change);
    };
    change.migrations = Some(head.entries.len());
    change.settle(head.location.as_ref());
    if ends.list_objects {
        change.objects = objects(track, ends)?;
    }
    change.unread = unread(&head, base.as_ref().map(|(_, list)| list), ends);
    change.touched = true;
    if let Some((_, base)) = &base
        && !base.unread.is_empty()
        && head.unread.is_empty()
    {
        // Every entry would look new. Which of them are is for nobody to tell from the text.
        let reason = "the merge base puts this list together by code, so which entries are new is not known".to_owned();
        change.unread.extend(head.location.clone().map(|location| Unread { reason, location }));
        return Ok(change);
    }
    let Some((base_path, base)) = base else {
        change.presence = Presence::New;
        change.new = migrations(&head, &List::default(), false);
        return Ok(change);
    };
    change.base_path = Some(base_path.clone());
    change.repeated = repeated::repeated(&head, &base, || run_in_groups(track, &mut ends.head));
    let are_renamed = !renamed(track, &base, &head, &mut ends.head).is_empty();
    change.new = migrations(&head, &base, are_renamed);
    if !change.new.is_empty() {
        change.ddl = added_ddl(track, &base_path, ends)?;
    }
    Ok(change)
}

/// A changed file of the track must parse, whether or not the verdict hangs on it: what does not parse would be
/// judged by nobody.
fn parse_changed(track: &Track, ends: &mut Ends<'_>) -> Result<(), ReadError> {
    for path in track.files() {
        let changed = ends.change_of(path).is_some_and(|change| change.new.is_some());
        if changed && ddl::is_python(path) {
            ends.head.module(path)?;
        }
    }
    Ok(())
}

/// Whether the repository is at fault and not one file: then nothing that was read can be relied on.
fn is_fatal(error: &ReadError) -> bool {
    matches!(error, ReadError::Git(error) if !error.is_not_text())
}

/// Whether the list, or what its entries do, can differ between the ends: its file changed, one that it takes entries
/// from, or SQL that they may read.
fn may_have_moved(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    if ends.change_of(&track.path).is_some() {
        return Ok(true);
    }
    let Some(source) = ends.head.text(&track.path)? else { return Ok(false) };
    let may_be_read = |file: &ChangedFile| file.old.is_some() && is_own_sql(track, &file.path);
    if source.text().contains(".sql") && ends.changed.iter().any(may_be_read) {
        return Ok(true);
    }
    let may_be_imported = |path: &str| ddl::is_python(path) && may_import(&source, path);
    if !ends.changed.iter().any(|change| may_be_imported(&change.path)) {
        return Ok(false);
    }
    let changed = changed_paths(ends);
    Ok(!imported_files(&track.path, &mut ends.head, &changed)?.is_empty())
}

/// Whether a module is new in a folder that the list takes modules from: it may be meant for the list.
fn gains_a_module(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let folder = |path: &str| path::folder(path).to_owned();
    let own = folder(&track.path);
    let is_new = |change: &&ChangedFile| change.old.is_none() && ddl::is_python(&change.path);
    let new = ends.changed.iter().filter(is_new).map(|change| folder(&change.path));
    let new: BTreeSet<String> = new.filter(|path| *path != own && path.starts_with(&own)).collect();
    if new.is_empty() {
        return Ok(false);
    }
    let Some(module) = ends.head.module(&track.path)? else { return Ok(false) };
    let from_there = |import: &Import| {
        let files = import.files(&track.path);
        files.iter().any(|file| new.contains(&folder(file)) && has_file(&ends.head, file))
    };
    Ok(imports(&module).iter().any(from_there))
}

/// Whether a declared schema can differ between the ends: its file changed, or one that it imports.
pub fn declared_may_have_moved(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    for declared in &track.declared {
        let path = declared.path.as_str();
        if ends.change_of(path).is_some() {
            return Ok(true);
        }
        let Some(source) = ends.head.text(path)? else { continue };
        let may_be_imported = |path: &str| ddl::is_python(path) && may_import(&source, path);
        if !ddl::is_python(path) || !ends.changed.iter().any(|change| may_be_imported(&change.path)) {
            continue;
        }
        let changed = changed_paths(ends);
        if !imported_files(path, &mut ends.head, &changed)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a module beside the list that runs it can differ between the ends: it may make new databases.
fn runner_may_have_moved(track: &Track, ends: &mut Ends<'_>) -> bool {
    let own = path::folder(&track.path);
    let is_beside = |path: &str| [own, path::folder(own)].contains(&path::folder(path)) && ddl::is_python(path);
    let changed = ends.changed.iter().filter(|file| file.new.is_some() && file.old.is_some());
    let changed: Vec<String> = changed.map(|file| file.path.clone()).filter(|path| is_beside(path)).collect();
    changed.iter().any(|path| origin::speaks_of(track, path, &mut ends.head))
}

/// Whether a file may be imported by the list's, directly or through modules beside it: a look at the text that spares
/// the parser. Files beside the list are always taken for candidates.
fn may_import(list: &Source, path: &str) -> bool {
    let folder = path::folder(list.path());
    if path.starts_with(folder) {
        return true;
    }
    let path = module_stem(path);
    let name = path::name(path);
    let is_import = |line: &str| line.starts_with("import ") || line.starts_with("from ");
    list.text().match_indices(name).any(|(at, _)| is_import(list.line(list.line_at(at)).trim_start()))
        || list.text().contains("import (")
}

fn changed_paths(ends: &Ends<'_>) -> BTreeSet<String> {
    ends.changed.iter().map(|change| change.path.clone()).collect()
}

/// The merge base's list and the file it was in: at the same path, or in a changed file that had entries which head's
/// list has, when the list moved. Where the base cannot be read, head alone is to answer.
fn read_base(
    track: &Track,
    name: &str,
    head: Option<&List>,
    ends: &mut Ends<'_>,
    notes: &mut Notes,
) -> Result<Option<(String, List)>, ReadError> {
    ends.base.take_failures();
    let list = read(&mut ends.base, &track.path, name);
    for (path, error) in ends.base.take_failures() {
        if is_fatal(&error) {
            return Err(error);
        }
        if ends.change_of(&path).is_some() {
            notes.unread_at_base(&path, error);
            return Ok(None);
        }
    }
    let failed = match list {
        Ok(Some(list)) => return Ok(Some((track.path.clone(), list))),
        Ok(None) => None,
        Err(ReadError::Git(error)) if !error.is_not_text() => return Err(error.into()),
        Err(error) => Some(error),
    };
    let head: HashSet<&str> = head.iter().flat_map(|list| &list.entries).map(|entry| entry.name.as_str()).collect();
    let candidates: Vec<String> = ends
        .changed_in_base()
        .filter(|change| ddl::is_python(&change.path) && change.path != track.path)
        .map(|change| change.path.clone())
        .collect();
    let mut best: Option<(usize, String, List)> = None;
    for path in candidates {
        let Ok(Some(module)) = ends.base.module(&path) else { continue };
        let Some(list) =
            lists::lists(&module, &mut ends.base).remove(name).or_else(|| lists::list(&module, name, &mut ends.base))
        else {
            continue;
        };
        let shared = list.entries.iter().filter(|entry| head.contains(entry.name.as_str())).count();
        // One that head still has in its place has not moved here.
        let now = read(&mut ends.head, &path, name).ok().flatten().unwrap_or_default();
        let stays =
            |entry: &lists::Entry| now.entries.iter().any(|own| own.name == entry.name && own.location.path() == path);
        if list.entries.iter().filter(|entry| stays(entry)).count() >= shared {
            continue;
        }
        if shared > best.as_ref().map_or(0, |(shared, ..)| *shared) {
            best = Some((shared, path, list));
        }
    }
    if let (None, Some(error)) = (&best, failed) {
        notes.unread_at_base(&track.path, error);
    }
    Ok(best.map(|(_, path, list)| (path, list)))
}

/// What head's list has and the base's has not. Of several new ones with one name the first stands for all.
fn migrations(head: &List, base: &List, places_decide: bool) -> Vec<Migration> {
    let known = |list: &List| list.entries.iter().map(|entry| (entry.name.clone(), entry.code())).collect::<Vec<_>>();
    let mut seen = HashSet::new();
    let new = head.entries.iter().zip(newcomers(&known(base), &known(head), places_decide)).filter(|(_, new)| *new);
    new.map(|(entry, _)| entry)
        .filter(|entry| seen.insert(entry.name.as_str()))
        .map(|entry| Migration { name: entry.name.clone(), location: entry.location.clone() })
        .collect()
}

/// The parts of head's list that cannot be read, where this change can have moved something in them: their file
/// changed, the list's did, or the merge base's list has no such part.
fn unread(list: &List, base: Option<&List>, ends: &Ends<'_>) -> Vec<Unread> {
    let text = |location: &Location| location.source.text().get(location.range.clone()).map(str::to_owned);
    let before: HashSet<Option<String>> =
        base.iter().flat_map(|list| &list.unread).map(|(_, location)| text(location)).collect();
    let list_changed = list.location.as_ref().is_some_and(|location| ends.change_of(location.path()).is_some());
    let concerns = |location: &Location| {
        list_changed || ends.change_of(location.path()).is_some() || !before.contains(&text(location))
    };
    let parts = list.unread.iter().filter(|(_, location)| concerns(location));
    parts.map(|(reason, location)| Unread { reason: reason.clone(), location: location.clone() }).collect()
}

/// The DDL keywords on added lines of the track's files: the list's own, the declared schemas, changed modules that the
/// list's file imports, and changed SQL files beside it, which migrations read by their names.
fn added_ddl(track: &Track, base_path: &str, ends: &mut Ends<'_>) -> Result<Vec<AddedDdl>, ReadError> {
    let mut files: Vec<String> = track.files().map(str::to_owned).collect();
    let changed = changed_paths(ends);
    let imported = imported_files(&track.path, &mut ends.head, &changed)?;
    let read = changed.iter().filter(|path| is_own_sql(track, path)).cloned();
    for file in imported.into_iter().chain(read) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    ddl_in(track, base_path, files, ends, on_lines)
}

/// The DDL keywords on the added lines of those files that changed, as `read` finds them in a text.
pub fn ddl_in(
    track: &Track,
    base_path: &str,
    files: impl IntoIterator<Item = String>,
    ends: &mut Ends<'_>,
    mut read: impl FnMut(&Source, &LineSet, &mut Ends<'_>) -> Result<Vec<AddedDdl>, ReadError>,
) -> Result<Vec<AddedDdl>, ReadError> {
    let mut found = Vec::new();
    for path in files {
        let Some(change) = ends.change_of(&path) else { continue };
        if change.new.is_none() {
            continue;
        }
        let before = if change.old.is_some() { Some(path.clone()) } else { moved_from(track, base_path, &path, ends) };
        let Some(source) = ends.head.source(&path)? else { continue };
        let lines = match before {
            Some(before) => match ends.base.source(&before) {
                Ok(old) => added_lines(old.as_ref().map_or("", Source::text), source.text())?,
                Err(error) if error.is_not_text() => LineSet::all(),
                Err(error) => return Err(error.into()),
            },
            None => LineSet::all(),
        };
        found.extend(read(&source, &lines, ends)?);
    }
    Ok(found)
}

/// Where a file that is new at its path was before: beside the list, when that moved, under the name it still has.
pub fn moved_from(track: &Track, base_path: &str, path: &str, ends: &Ends<'_>) -> Option<String> {
    if path == track.path {
        return (base_path != track.path).then(|| base_path.to_owned());
    }
    let name = path.rsplit('/').next()?;
    let gone = |change: &&ChangedFile| change.old.is_some() && change.new.is_none();
    let same_name = |change: &&ChangedFile| change.path.rsplit('/').next() == Some(name);
    ends.changed.iter().filter(gone).find(same_name).map(|change| change.path.clone())
}

/// The DDL keywords on these lines of a Python or SQL file.
pub fn on_lines(source: &Source, lines: &LineSet, ends: &mut Ends<'_>) -> Result<Vec<AddedDdl>, ReadError> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let mentions = if ddl::is_python(source.path()) {
        ends.head.module(source.path())?.map(|module| ddl::in_python(&module, lines)).unwrap_or_default()
    } else {
        ddl::mentions_on(source, lines).map_err(ReadError::Syntax)?
    };
    Ok(mentions.into_iter().map(|mention| mention.added(source)).collect())
}

/// Every table and index that the track's files name in DDL at head.
fn objects(track: &Track, ends: &mut Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut objects = BTreeSet::new();
    for path in track.files() {
        let Some(source) = ends.head.source(path)? else { continue };
        let mentions = on_lines(&source, &LineSet::all(), ends)?;
        objects.extend(mentions.into_iter().flat_map(|mention| mention.objects));
    }
    Ok(objects)
}
