//! Tracks that a change takes away by intent, with what belongs to them.

use std::collections::HashSet;

use crate::git::{Entry, EntryKind, Snapshot};
use crate::kinds::detect;
use crate::path;
use crate::python::settings::{HERE, Ini};
use crate::schema::dialect::{Dialect, Named};
use crate::track::ends::{Ends, ReadError};
use crate::track::{Track, alembic};

/// Whether the change takes away all that a track is, with what runs it, and moves none of it.
pub(super) fn is_given_up(track: &Track, others: &[Track], ends: &Ends<'_>) -> Result<bool, ReadError> {
    if track.kind.is_list() {
        let is_alone = others.is_empty() || !had_a_partner(track, others);
        return Ok(is_alone && goes_with_its_program(track, ends)? && !moves(track, others, ends));
    }
    if !track.kind.has_a_file_each() && !track.kind.has_models() {
        return Ok(false);
    }
    // Where others are left, the project has not given its databases up: only one whose driver goes along may, or what no other
    // kept step with, and then with an environment of its own, which says that it was a database of its own.
    let is_apart = || track.environment.is_some() && !had_a_partner(track, others);
    if !others.is_empty() && !is_apart() && !loses_driver(track.dialect, ends)? {
        return Ok(false);
    }
    for path in track.directories().chain(track.environment.as_deref()) {
        if ends.head.snapshot.entry(path)?.is_some() {
            return Ok(false);
        }
    }
    if let Some(environment) = &track.environment
        && is_named_still(path::folder(environment), &ends.head.snapshot)?
    {
        return Ok(false);
    }
    Ok(!moves(track, others, ends))
}

/// Whether the folder of a list is gone with one around it, which held a program of its own: a service.
fn goes_with_its_program(track: &Track, ends: &Ends<'_>) -> Result<bool, ReadError> {
    let own = path::folder(&track.path);
    let around = path::folder(own);
    if around.is_empty() {
        return Ok(false);
    }
    let is_gone = ends.head.snapshot.entry(around)?.is_none();
    let is_code = |entry: &Entry| entry.kind == EntryKind::File;
    Ok(is_gone && ends.base.snapshot.list(around)?.iter().any(is_code))
}

/// Whether files that a track loses are somewhere else now, by their names.
fn moves(track: &Track, others: &[Track], ends: &Ends<'_>) -> bool {
    let name = |path: &str| path::name(path).to_owned();
    let own = ends.changed.iter().filter(|file| file.new.is_none() && track.has_file(&file.path));
    let gone: HashSet<String> = own.map(|file| name(&file.path)).collect();
    // Files of other databases may have the same names.
    let is_other = |path: &str| others.iter().any(|other| other.has_file(path));
    let is_new = |path: &str| gone.contains(&name(path)) && !is_other(path);
    ends.changed.iter().any(|file| file.old.is_none() && is_new(&file.path))
}

/// Whether a manifest named a driver of a database at the merge base, and none does any more of those that changed.
fn loses_driver(dialect: Dialect, ends: &Ends<'_>) -> Result<bool, ReadError> {
    const MANIFESTS: [&str; 8] = [
        "go.mod",
        "Cargo.toml",
        "package.json",
        "pyproject.toml",
        "requirements.txt",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
    ];
    let is_manifest = |path: &str| MANIFESTS.iter().any(|name| path.rsplit('/').next() == Some(name));
    let mut is_lost = false;
    for file in ends.changed.iter().filter(|file| is_manifest(&file.path)) {
        let before = ends.base.snapshot.source(&file.path)?;
        let after = ends.head.snapshot.source(&file.path)?;
        if after.is_some_and(|after| names_driver(after.text(), dialect)) {
            return Ok(false);
        }
        is_lost |= before.is_some_and(|before| names_driver(before.text(), dialect));
    }
    Ok(is_lost)
}

/// Whether a manifest asks for a driver of a database. What another package needs is no evidence.
fn names_driver(manifest: &str, dialect: Dialect) -> bool {
    let is_driver = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric());
        let is_named = words.any(|word| Named::of_word(word) == Some(Named::Known(dialect)));
        is_named || Dialect::of_go_drivers(&[line]) == Some(dialect)
    };
    manifest.lines().filter(|line| !line.contains("// indirect")).any(is_driver)
}

/// Whether a track and one of those that are left would have to keep step, or may have to.
fn had_a_partner(track: &Track, others: &[Track]) -> bool {
    let all: Vec<Track> = [track].into_iter().chain(others).cloned().collect();
    detect::pairs(&all).map_or(true, |pairs| pairs.iter().any(|(first, second)| *first == 0 || *second == 0))
}

/// Whether an ini file beside or above a folder still says that Alembic's environment is there.
fn is_named_still(environment: &str, snapshot: &Snapshot<'_>) -> Result<bool, ReadError> {
    for source in alembic::settings_above(path::folder(environment), snapshot)? {
        let Some(ini) = Ini::parse(source.text()) else { continue };
        let is_it = |section: &str| {
            let location = ini.settings(section, None).text("script_location").unwrap_or_default();
            let location = location.trim_start_matches(HERE).trim_matches('/').trim_start_matches("./");
            !location.is_empty() && path::join(path::folder(source.path()), location) == environment
        };
        if ini.sections().any(is_it) {
            return Ok(true);
        }
    }
    Ok(false)
}
