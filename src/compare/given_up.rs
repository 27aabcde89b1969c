//! Tracks that a change takes away by intent, with what belongs to them.

use std::collections::HashSet;

use crate::schema::dialect::{Dialect, Named};
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};

/// Whether the change takes away all that a track is, with what runs it, and moves none of it. Where other tracks are left,
/// it is with the driver of its database that the project gives it up.
pub(super) fn is_given_up(track: &Track, others: &[Track], ends: &Ends<'_>) -> Result<bool, ReadError> {
    if !track.kind.has_a_file_each() && !track.kind.has_models() {
        return Ok(false);
    }
    if !others.is_empty() && !loses_driver(track.dialect, ends)? {
        return Ok(false);
    }
    for path in track.directories().chain(track.environment.as_deref()) {
        if ends.head.snapshot.entry(path)?.is_some() {
            return Ok(false);
        }
    }
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let own = ends.changed.iter().filter(|file| file.new.is_none() && track.has_file(&file.path));
    let gone: HashSet<String> = own.map(|file| name(&file.path)).collect();
    // Files of other databases may have the same names.
    let is_other = |path: &str| others.iter().any(|other| other.has_file(path));
    let is_new = |path: &str| gone.contains(&name(path)) && !is_other(path);
    Ok(!ends.changed.iter().any(|file| file.old.is_none() && is_new(&file.path)))
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
