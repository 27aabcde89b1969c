//! Files that state a whole schema beside files of upgrades, and whose names say so there alone.

use super::name::{Name, Version};
use super::split_database;
use crate::path;
use crate::schema::dialect::{Dialect, Named as Database};
use crate::track::ends::{Modules, ReadError};
use crate::track::{Declared, Track};

/// The version of which a file states the whole schema: `schema-0.7.0-mysql.sql`. One number alone is a step's.
pub fn version_of(name: &str) -> Option<Version> {
    let first = name.split(['_', '-', '.']).next().unwrap_or_default();
    let version = Name::of_file(name)?.version.filter(|version| version.numbers.len() > 1);
    version.filter(|_| first.eq_ignore_ascii_case("schema"))
}

/// Whether a file is an upgrade by the first word of its name: `upgrade-0.7.0-to-0.8.0.sql`.
pub fn is_upgrade(name: &str) -> bool {
    let first = name.split(['_', '-', '.']).next().unwrap_or_default();
    first.eq_ignore_ascii_case("upgrade") && Name::of_file(name).is_some_and(|name| name.version.is_some())
}

/// Whether a file beside such upgrades makes what they begin with: `app-mysql-init.sql`.
pub fn is_initial(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".sql") else { return false };
    let is_database = |word: &&str| Database::of_word(word).is_some();
    let words: Vec<&str> = stem.split(['.', '_', '-']).filter(|word| !word.is_empty() && !is_database(word)).collect();
    let ends = [words.first(), words.last()];
    words.len() <= 2 && ends.into_iter().flatten().any(|word| word.eq_ignore_ascii_case("init"))
}

/// The database that a file's name names, wherever it does.
pub fn database_in(name: &str) -> Option<Database> {
    split_database(name.strip_suffix(".sql")?).map(|(_, _, database)| database)
}

/// Of the files in a folder, the schema of the newest version for a database.
pub fn newest<'n>(names: impl Iterator<Item = &'n str>, dialect: Dialect) -> Option<&'n str> {
    let is_own = |name: &str| database_in(name).is_none_or(|database| database == Database::Known(dialect));
    let versioned = names.filter(|name| is_own(name)).filter_map(|name| Some((version_of(name)?.numbers, name)));
    versioned.max().map(|(_, name)| name)
}

/// Whether a track's snapshots are schemas of each version.
pub fn are_versioned(track: &Track) -> bool {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned).unwrap_or_default();
    track.declared.iter().any(|file| version_of(&name(&file.path)).is_some())
}

/// A track with the schema of the newest version that a commit has, in place of that of another commit; `None` where it has
/// none.
pub fn at(track: &Track, modules: &Modules<'_>) -> Result<Option<Track>, ReadError> {
    let entries = modules.snapshot.list(&track.path)?;
    let Some(name) = newest(entries.iter().map(|entry| entry.name.as_str()), track.dialect) else { return Ok(None) };
    Ok(Some(Track { declared: vec![Declared::detected(path::join(&track.path, name))], ..track.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_of_a_version_is_no_upgrade() {
        assert_eq!(version_of("schema-0.7.0-mysql.sql").map(|version| version.numbers), Some(vec![0, 7, 0]));
        assert!(version_of("schema-7.sql").is_none() && version_of("upgrade-0.7.0-to-0.8.0.sql").is_none());
        assert!(is_upgrade("upgrade-0.7.0-to-0.8.0.sql") && !is_upgrade("upgrade.sql"));
        let names = ["schema-0.9.0-mysql.sql", "schema-0.10.0-mysql.sql", "schema-0.11.0-postgresql.sql"];
        assert_eq!(newest(names.into_iter(), crate::schema::mysql::DIALECT), Some("schema-0.10.0-mysql.sql"));
    }

    #[test]
    fn what_installs_a_database_is_told_by_its_name() {
        assert!(is_initial("app-mysql-init.sql") && is_initial("init_pgsql.sql") && is_initial("init.sql"));
        assert!(!is_initial("app-mysql.sql") && !is_initial("add-init-flag-to-users.sql"));
    }
}
