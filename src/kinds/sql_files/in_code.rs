//! Migrations beside a directory's files of SQL that are written in code which is not followed.

use std::sync::Arc;

use crate::evaluate::{By, Missing};
use crate::git::ChangedFile;
use crate::path;
use crate::python::eval::Gap;
use crate::source::Location;
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};
use crate::track::sql_files::name::{Name, Part};

/// The ones that the change brings: Flyway's on the Java virtual machine, which lie in the package that is called as the folder
/// of the files is, and refinery's in Rust.
pub fn new_ones(track: &Track, ends: &mut Ends<'_>) -> Result<Vec<Missing>, ReadError> {
    let is_new = |file: &&ChangedFile| file.old.is_none() && file.new.is_some() && is_migration(track, &file.path);
    let paths: Vec<String> = ends.changed.iter().filter(is_new).map(|file| file.path.clone()).collect();
    let mut found = Vec::new();
    for path in paths {
        let Some(source) = ends.head.text(&path)? else { continue };
        let place = Location::line(&source, 1, "");
        let reason = "is written in a language that is not followed".to_owned();
        let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
        found.push(Missing { gap, by: By::Migration(Arc::from(stem(&path))) });
    }
    Ok(found)
}

/// Whether a file of this path is one of a track's migrations in code.
fn is_migration(track: &Track, file: &str) -> bool {
    let (folder, name) = (path::folder(file), path::name(file));
    let is_named = || {
        let name = Name::of_folder(stem(file));
        stem(file).contains("__") && (name.version.is_some() || name.part == Part::Repeatable)
    };
    let is_within = match name.rsplit_once('.') {
        Some((_, "java" | "kt" | "groovy" | "scala")) => folder == track.path || is_package(track, folder),
        Some((_, "rs")) => folder == track.path,
        _ => false,
    };
    is_within && is_named()
}

/// Whether a folder of code is on the class path what the folder of a track is: `src/main/java/db/migration/mysql`.
fn is_package(track: &Track, folder: &str) -> bool {
    let (_, within) = track.path.split_once("resources/").unwrap_or_default();
    !within.is_empty() && folder.strip_suffix(within).is_some_and(|front| front.ends_with('/'))
}

fn stem(file: &str) -> &str {
    let name = path::name(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
