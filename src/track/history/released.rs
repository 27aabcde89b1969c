//! Which migrations nobody was given: no release has them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::detect;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{Evaluated, sql_files as databases};
use crate::git::{EntryKind, ObjectId, Releases};
use crate::path;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::{TrackChange, sql_files};

/// The names of the migrations that findings are about and that no release tag has; empty where the project has no releases
/// to go by.
pub fn unreleased(change: &TrackChange, ends: &Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let edited = change.edits.iter().map(|edit| &edit.name);
    let passed = change.ignored.iter().flat_map(|ignored| &ignored.passed_by);
    let mut left: BTreeSet<String> = edited.chain(passed).cloned().collect();
    if left.is_empty() {
        return Ok(left);
    }
    let releases = match ends.base.snapshot.repository().releases_before(ends.merge_base)? {
        Releases::Untagged => return Ok(BTreeSet::new()),
        Releases::Tagged(releases) => releases,
    };
    let Some(newest) = releases.first() else { return Ok(left) };
    if !has_track(change, *newest, ends) {
        // Where it has not even the track, it says nothing of it; one of which it has no file and no word is younger.
        let is_known = if change.track.kind.has_a_file_each() { has_any_file } else { has_any_word };
        return Ok(if is_known(&left, change, *newest, ends) { BTreeSet::new() } else { left });
    }
    for release in releases {
        left.retain(|name| !is_in(change, name, release, ends));
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}

/// A database of the newest release after its upgrade to head, where one of the merge base stops at something: what nobody
/// was given stops nobody. `None` where nothing stops, and where releases tell nothing.
pub fn upgraded_from_release(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Option<OfRelease>, ReadError> {
    let stops = change.outcome.iter().flat_map(Outcome::refusals).any(|refusal| !refusal.fresh);
    if !stops || !change.track.kind.has_a_file_each() || change.track.kind.is_chain() {
        return Ok(None);
    }
    let repository = ends.base.snapshot.repository();
    let newest = match repository.releases_before(ends.merge_base)? {
        Releases::Untagged => return Ok(None),
        Releases::Tagged(releases) => releases.first().copied(),
    };
    let Some(newest) = newest else { return Ok(Some(OfRelease::default())) };
    if !has_track(change, newest, ends) {
        return Ok(None);
    }
    let track = &change.track;
    let old = sql_files::at_base(track, base_path(change), ends)?;
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

/// A database of the newest release after its upgrade to head; an empty one before the first release.
#[derive(Clone, Debug, Default)]
pub struct OfRelease {
    pub upgraded: Arc<Evaluated>,
    /// Every old file that the change touches is as the release has it.
    pub is_restored: bool,
}

/// How many folders of a release are searched.
const MOST_FOLDERS: usize = 20_000;
/// How many files of code of a release are searched.
const MOST_FILES: usize = 5_000;

/// Whether a release has a file of code anywhere that says one of these names. What cannot be read does.
fn has_any_word(names: &BTreeSet<String>, change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let ending = change.track.path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let mut open = vec![String::new()];
    let mut left = MOST_FILES;
    while let Some(folder) = open.pop() {
        let Ok(entries) = snapshot.list(&folder) else { return true };
        for entry in entries {
            let path = path::join(&folder, &entry.name);
            match entry.kind {
                EntryKind::Directory if !detect::is_skipped(&entry.name) => open.push(path),
                EntryKind::File if entry.name.rsplit_once('.').is_some_and(|(_, end)| end == ending) => {
                    if left == 0 {
                        return true;
                    }
                    left -= 1;
                    let Ok(source) = snapshot.read_text(&path, &entry) else { return true };
                    let says = |name: &String| source.as_ref().is_some_and(|source| source.text().contains(name));
                    if names.iter().any(says) {
                        return true;
                    }
                }
                _ => {}
            }
        }
    }
    false
}

/// Whether a release has a file anywhere that is called like one of these. What cannot be read has it.
fn has_any_file(names: &BTreeSet<String>, _: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let own = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let wanted: BTreeSet<String> = names.iter().map(|name| own(name)).collect();
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let mut open = vec![String::new()];
    let mut left = MOST_FOLDERS;
    while let Some(folder) = open.pop() {
        let Ok(entries) = snapshot.list(&folder) else { return true };
        for entry in entries {
            let stem = entry.name.trim_end_matches(".sql").trim_end_matches(".up");
            if wanted.contains(stem) {
                return true;
            }
            if entry.kind == EntryKind::Directory && !detect::is_skipped(&entry.name) {
                open.push(path::join(&folder, &entry.name));
            }
        }
        left -= 1;
        if left == 0 {
            return true;
        }
    }
    false
}

fn base_path(change: &TrackChange) -> &str {
    change.base_path.as_deref().unwrap_or(&change.track.path)
}

fn has_track(change: &TrackChange, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    let has = |path: &str| matches!(snapshot.entry(path), Ok(Some(_)));
    let path = base_path(change);
    // A folder of upgrades may be new beside a schema that is not.
    has(path) || change.track.kind.has_a_file_each() && !path::folder(path).is_empty() && has(path::folder(path))
}

/// Whether a release has a migration: its file, or in a list its name. What cannot be read has it.
fn is_in(change: &TrackChange, name: &str, release: ObjectId, ends: &Ends<'_>) -> bool {
    let snapshot = ends.base.snapshot.repository().snapshot(release);
    if let Some(chain) = &change.chain {
        let by_id = chain.base.by_id();
        let Some(revision) = by_id.get(name) else { return true };
        let own = revision.location.path();
        // A file may have moved between the folders of its chain since.
        let file = own.rsplit('/').next().unwrap_or(own);
        let folders = change.track.directories().map(|folder| path::join(folder, file));
        return folders.chain([own.to_owned()]).any(|path| !matches!(snapshot.entry(&path), Ok(None)));
    }
    if change.track.kind.has_a_file_each() {
        const ENDINGS: [&str; 4] = [".sql", ".up.sql", "/up.sql", "/migration.sql"];
        let stem = path::join(base_path(change), name);
        return ENDINGS.iter().any(|ending| !matches!(snapshot.entry(&format!("{stem}{ending}")), Ok(None)));
    }
    // A list in Go may have its elements in other files of its package.
    let own = change.edits.iter().find(|edit| edit.name == name).map(|edit| edit.location.path());
    own.into_iter().chain([base_path(change)]).any(|path| match snapshot.source(path) {
        Ok(source) => source.is_some_and(|source| source.text().contains(name)),
        Err(_) => true,
    })
}
