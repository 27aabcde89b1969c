//! Settings of Alembic's that lead away from an environment or its revisions, though these are where they were.

use super::locations::{Named, Place};
use super::revisions;
use crate::git::{EntryKind, Snapshot};
use crate::kinds::detect::Folders;
use crate::path;
use crate::python::settings::{HERE, Ini};
use crate::source::{Location, Source};
use crate::track::ends::ReadError;
use crate::track::{Track, Unread, alembic};

/// The settings beside or above an environment that name a folder where none is, or folders without a revision.
pub(in super::super) fn settings(track: &Track, snapshot: &Snapshot<'_>) -> Result<Vec<Unread>, ReadError> {
    let Some(environment) = track.environment.as_deref().map(path::folder) else { return Ok(Vec::new()) };
    let folders = Folders::new();
    let mut found = Vec::new();
    for source in alembic::settings_above(environment, snapshot)? {
        let Some(ini) = Ini::parse(source.text()) else { continue };
        let file = source.path();
        let place = Place { folder: path::folder(file), folders: &folders, snapshot };
        for section in ini.sections() {
            let settings = ini.settings(section, None);
            let Some(location) = settings.text("script_location") else { continue };
            // What a package is called, and what is outside of the repository, may be anywhere.
            if location.contains([':', '%', '$', '~']) || location.starts_with("..") {
                continue;
            }
            match place.named(&settings, source.text())? {
                None if is_inside(&location) => {
                    let reason = format!("`{file}` leads to an environment where none is");
                    found.extend(unread(&source, "script_location", reason));
                }
                Some(named) if named.folder == environment && leads_to_nothing(&named, snapshot)? => {
                    let reason = format!("`{file}` leads to folders that hold no revision");
                    found.extend(unread(&source, "version_locations", reason));
                }
                _ => {}
            }
        }
    }
    Ok(found)
}

/// Whether a location is one of the repository's: an absolute path is where it runs, but for the folder of the settings.
fn is_inside(location: &str) -> bool {
    !location.starts_with('/') || location.starts_with(HERE)
}

/// Whether no folder that the settings name holds a revision, and none of them is elsewhere.
fn leads_to_nothing(named: &Named, snapshot: &Snapshot<'_>) -> Result<bool, ReadError> {
    let Some(versions) = named.versions.as_ref().filter(|versions| !versions.is_empty() && !named.elsewhere) else {
        return Ok(false);
    };
    for folder in versions {
        let is_folder = snapshot.entry(folder)?.is_some_and(|entry| entry.kind == EntryKind::Directory);
        if is_folder && !revisions(folder, snapshot)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// At the line of an option.
fn unread(source: &Source, option: &str, reason: String) -> Option<Unread> {
    let is_it = |line: &str| line.trim_start().to_lowercase().starts_with(option);
    let at = source.text().lines().position(is_it)?;
    Some(Unread { reason, location: Location::line(source, at + 1, "leads nowhere") })
}
