//! What tracks are called that nobody named.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::has_word;
use crate::track::Track;
use crate::track::kind::{Called, Shares};

/// Names tracks by their dialect, and where that is not enough by the folders that tell them apart.
pub(super) fn name(tracks: &mut [Track]) {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    // What follows the first history of a file is called after that.
    let first: Vec<Option<usize>> =
        (0..tracks.len()).map(|at| tracks[..at].iter().position(|other| other.is_list_of(&tracks[at]))).collect();
    let named = tracks.iter().zip(&first).filter(|(_, first)| first.is_none()).map(|(track, _)| track);
    for track in named.filter(|track| track.kind.facts().called == Called::AfterDatabase) {
        *counts.entry(track.database()).or_default() += 1;
    }
    let unique: Vec<bool> = tracks.iter().map(|track| counts.get(track.database()) == Some(&1)).collect();
    let paths: Vec<Vec<String>> = tracks.iter().map(telling_parts).collect();
    let is_beside = |index: usize, other: usize| {
        let (track, other_track) = (&tracks[index], &tracks[other]);
        index != other
            && track.kind.facts().shares == Shares::Folder
            && other_track.kind == track.kind
            && track.path == other_track.path
    };
    let shares_a_folder: Vec<bool> =
        (0..tracks.len()).map(|index| (0..tracks.len()).any(|other| is_beside(index, other))).collect();
    let mut taken = BTreeSet::new();
    for index in 0..tracks.len() {
        let of_first = first[index].map(|first| tracks[first].name.clone());
        let track = &mut tracks[index];
        track.name = match (of_first, track.kind.facts().called) {
            (Some(first), _) => another_name(&first, track, &taken),
            (None, Called::AfterFolder(word)) => name_of_folder(index, &paths, (track, word), &taken),
            (None, Called::AfterDatabase) if unique[index] => track.database().to_owned(),
            (None, Called::AfterDatabase) => telling_name(index, &paths),
        };
        if taken.contains(&track.name) || shares_a_folder[index] && !unique[index] {
            // Several databases may have their files in one folder.
            track.name = format!("{}-{}", track.name, track.database());
        }
        taken.insert(track.name.clone());
    }
}

/// The name of a further history of a file: the first one's, with what its list or function is called after.
fn another_name(first: &str, track: &Track, taken: &BTreeSet<String>) -> String {
    let list = track.list.as_deref().unwrap_or_default();
    let own = list.split('.').next().unwrap_or(list).to_ascii_lowercase();
    let is_telling = |word: &&str| !word.is_empty() && !word.contains("migrat") && !["run", "apply"].contains(word);
    let words: Vec<&str> = own.split('_').filter(is_telling).collect();
    let base = if words.is_empty() { first.to_owned() } else { format!("{first}-{}", words.join("-")) };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let mut names = (!words.is_empty()).then(|| base.clone()).into_iter().chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or(base)
}

/// The last part of a path, with the first part in front that tells it from others which end alike.
fn telling_name(index: usize, paths: &[Vec<String>]) -> String {
    let own = &paths[index];
    let Some(last) = own.last() else { return String::new() };
    let alike = paths.iter().enumerate().filter(|(other, path)| *other != index && path.last() == Some(last));
    let differing: BTreeSet<usize> = alike
        .filter_map(|(_, path)| {
            let differs = |at: &usize| own.get(*at) != path.get(*at);
            (0..own.len().max(path.len())).find(differs)
        })
        .collect();
    let front = differing.into_iter().filter_map(|at| own.get(at)).filter(|part| *part != last);
    front.chain([last]).cloned().collect::<Vec<_>>().join("-")
}

/// The name of a track that is called after its folder: what such a one migrates is often no database. `taken` are names
/// that others have.
fn name_of_folder(
    index: usize,
    paths: &[Vec<String>],
    (track, word): (&Track, &str),
    taken: &BTreeSet<String>,
) -> String {
    let told = telling_name(index, paths);
    let told = if told.is_empty() { track.kind.as_str().to_owned() } else { told };
    if taken.contains(&told) { format!("{told}-{word}") } else { told }
}

/// The path of a folder of migrations up to what tells it from others.
fn telling_path(path: &str) -> &str {
    let (above, own) = path.rsplit_once('/').unwrap_or(("", path));
    if above.is_empty() || !has_word(own, &["migrat", "upgrade"]) { path } else { above }
}

/// The parts of a path that can tell a track from others.
fn telling_parts(track: &Track) -> Vec<String> {
    let path = match track.kind.facts().called {
        Called::AfterFolder(_) => telling_path(&track.path),
        Called::AfterDatabase => track.path.as_str(),
    };
    let endings = ["/versions", ".py", ".go"];
    let path = endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;
    use crate::schema::dialect::Dialect;
    use crate::schema::{mysql, postgres, sqlite};

    fn names(paths: &[(&str, Dialect)]) -> Vec<String> {
        let mut tracks: Vec<Track> =
            paths.iter().map(|(path, dialect)| Track::new("", kinds::alembic::KIND, *dialect, *path)).collect();
        name(&mut tracks);
        tracks.into_iter().map(|track| track.name).collect()
    }

    #[test]
    fn tracks_are_named_by_what_tells_them_apart() {
        let (postgres, sqlite) = (postgres::DIALECT, sqlite::DIALECT);
        assert_eq!(names(&[("db/migrations.py", sqlite), ("db/alembic/versions", postgres)]), ["sqlite", "postgres"]);
        assert_eq!(
            names(&[
                ("api/ee/db/core/versions", postgres),
                ("api/oss/db/core/versions", postgres),
                ("api/oss/db/core_oss/versions", postgres)
            ]),
            ["ee-core", "oss-core", "core_oss"]
        );
        assert_eq!(names(&[("a/m/versions", postgres), ("a/b/m/versions", postgres)]), ["m", "b-m"]);
    }

    #[test]
    fn tracks_of_one_folder_are_named_after_their_databases_too() {
        let (mysql, postgres, sqlite) = (mysql::DIALECT, postgres::DIALECT, sqlite::DIALECT);
        let track = |path: &str, dialect| Track::new("", kinds::sql_files::KIND, dialect, path);
        let mut tracks = vec![
            track("networks/sql", sqlite),
            track("networks/sql", postgres),
            track("store/sql", sqlite),
            track("store/sql", postgres),
            track("store/sql", mysql),
        ];
        name(&mut tracks);
        let names: Vec<&str> = tracks.iter().map(|track| track.name.as_str()).collect();
        let expected =
            ["networks-sql-sqlite", "networks-sql-postgres", "store-sql-sqlite", "store-sql-postgres", "mysql"];
        assert_eq!(names, expected);
    }

    #[test]
    fn scripts_are_named_by_what_they_migrate_and_never_as_another_track() {
        let scripts = |path: &str| Track::new("", kinds::version_scripts::KIND, sqlite::DIALECT, path);
        let list = Track::new("", kinds::python_list::KIND, sqlite::DIALECT, "db/migrations.py");
        let mut tracks = vec![list, scripts("notes/_migrations"), scripts("sqlite/upgrades"), scripts("migrations")];
        name(&mut tracks);
        let names: Vec<&str> = tracks.iter().map(|track| track.name.as_str()).collect();
        assert_eq!(names, ["sqlite", "notes", "sqlite-scripts", "migrations"]);
    }
}
