//! Finds files that state a whole schema, kept once for each of several databases: `schema_sqlite.sql` beside
//! `schema_postgres.sql`, `sqlite/schema.sql` beside `postgres/schema.sql`.

use std::collections::{BTreeMap, BTreeSet};

use super::{KIND, Keeper};
use crate::evaluate::schema_file::is_guarded;
use crate::git::EntryKind;
use crate::kinds::detect::sql::{are_alike, holds_no_history, made_in};
use crate::kinds::detect::{Finder, Folders, Search, has_sign};
use crate::path;
use crate::schema::dialect::Named as Database;
use crate::source::Source;
use crate::track::ends::{Modules, ReadError};
use crate::track::sql_files::name::{Name, Part};
use crate::track::sql_files::{family, split_database};
use crate::track::{Track, ddl};

impl Finder for Keeper {
    fn find(&self, search: &mut Search<'_, '_>) -> Result<Vec<Track>, ReadError> {
        tracks(search.folders, search.modules)
    }

    fn is_likely(&self, path: &str) -> bool {
        ddl::is_sql(path) && has_sign(path)
    }

    fn is_telling(&self, _: &str, name: &str) -> bool {
        ddl::is_sql(name)
    }
}

/// As many files are read at most.
const MOST: usize = 100;

/// The tracks of files whose paths differ in the name of the database alone, that make the same tables, and that can be
/// carried out at every start.
fn tracks(folders: &Folders, modules: &mut Modules<'_>) -> Result<Vec<Track>, ReadError> {
    let mut families: BTreeMap<String, Vec<Track>> = BTreeMap::new();
    for (folder, entries) in folders {
        if folder.split('/').any(holds_no_history) {
            continue;
        }
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File && ddl::is_sql(&entry.name)) {
            let path = path::join(folder, &entry.name);
            let is_step = Name::of_file(&entry.name)
                .is_some_and(|name| name.version.is_some() || matches!(name.part, Part::Down | Part::Undo));
            if let Some(Database::Known(dialect)) = database_of(&path).filter(|_| !is_step) {
                let track = Track { is_detected: true, ..Track::new("", KIND, dialect, path) };
                families.entry(family(&track)).or_default().push(track);
            }
        }
    }
    let mut found = Vec::new();
    let mut left = MOST;
    for (_, tracks) in families {
        let dialects: BTreeSet<&str> = tracks.iter().map(|track| track.dialect.as_str()).collect();
        if dialects.len() < 2 || dialects.len() != tracks.len() || tracks.len() > left {
            continue;
        }
        left -= tracks.len();
        let mut made = Vec::new();
        for track in &tracks {
            let source = modules.text(&track.path)?;
            let text = source.as_ref().map(Source::text).filter(|text| is_guarded(text));
            made.push(text.map(|text| made_in(text).into_iter().collect::<BTreeSet<String>>()));
        }
        let Some(made) = made.into_iter().collect::<Option<Vec<_>>>() else { continue };
        let first = made.first().cloned().unwrap_or_default();
        if made.iter().all(|names| are_alike(&first, names, 1)) {
            found.extend(tracks);
        }
    }
    Ok(found)
}

/// The database that a path is named after, by its innermost part that names one.
fn database_of(path: &str) -> Option<Database> {
    let stem = path.strip_suffix(".sql").unwrap_or(path);
    stem.rsplit('/').find_map(split_database).map(|(_, _, database)| database)
}
