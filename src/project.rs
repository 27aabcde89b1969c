//! What is to be checked: the tracks and pairs of a project, from its configuration or by detection.

use std::path::{Path, PathBuf};

use crate::config::{Config, ConfigError, FILE_NAME, PYPROJECT};
use crate::evaluate::parity::weight::Weight;
use crate::folders::FolderCache;
use crate::git::{GitError, Snapshot};
use crate::kinds::{detect, keeper};
use crate::source::Source;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::sql_files::family;
use crate::track::{self, Track};

mod elsewhere;
mod held;
mod relaxation;

pub use relaxation::relaxations;

/// The tracks of a project and what is demanded of them.
#[derive(Debug, Default)]
pub struct Project {
    pub tracks: Vec<Track>,
    pub pairs: Vec<(usize, usize)>,
    /// Of those, the ones whose types must be the same and not only keep the same.
    pub exact: Vec<(usize, usize)>,
    /// Of those, the ones on which nullability and defaults alone count for more or for less.
    pub weights: Vec<((usize, usize), Weight)>,
    /// Tracks that detection finds at the merge base and nowhere at head.
    pub gone: Vec<Track>,
}

/// Why it is not known what to check.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the configuration {} cannot be read: {error}", path.display())]
    ConfigFile { path: PathBuf, error: std::io::Error },
    /// With what there is that is not read, a sentence for each without a full stop.
    #[error("no tracks found{}{}", if seen.is_empty() { "" } else { "; " }, seen.join("; "))]
    NoTracks { seen: Vec<String> },
    #[error("{reason}; say which belong together in {FILE_NAME} (`parity-check init` writes one to begin with)")]
    Ambiguous { reason: String },
}

impl ProjectError {
    /// Nothing that is read was found in a tree.
    pub fn no_tracks(snapshot: &Snapshot<'_>) -> Result<Self, GitError> {
        Ok(Self::NoTracks { seen: elsewhere::told(snapshot)? })
    }
}

impl From<GitError> for ProjectError {
    fn from(error: GitError) -> Self {
        Self::Read(error.into())
    }
}

/// The configuration: the file that the user names, else the snapshot's own; the default where there is none.
pub fn config(snapshot: &Snapshot<'_>, named: Option<&Path>) -> Result<Config, ProjectError> {
    if let Some(path) = named {
        let text =
            std::fs::read_to_string(path).map_err(|error| ProjectError::ConfigFile { path: path.to_owned(), error })?;
        let source = Source::new(path.display().to_string(), text);
        let config = if path.file_name().is_some_and(|name| name == PYPROJECT) {
            Config::parse_pyproject(&source)?.unwrap_or_default()
        } else {
            Config::parse(&source)?
        };
        return Ok(Config { is_foreign: true, ..config });
    }
    if let Some(source) = snapshot.source(FILE_NAME)? {
        return Ok(Config::parse(&source)?);
    }
    match snapshot.source(PYPROJECT) {
        Ok(Some(source)) => Ok(Config::parse_pyproject(&source)?.unwrap_or_default()),
        // Somebody else's file, unless it names us: what it is does not matter then.
        Ok(None) => Ok(Config::default()),
        Err(error) if error.is_not_text() => Ok(Config::default()),
        Err(error) => Err(error.into()),
    }
}

/// Why there is no base: where the configuration names one that is not there, it points into that.
pub fn base_error(error: GitError, config: &Config) -> ProjectError {
    match (&error, &config.base_location) {
        (GitError::UnknownRevision { name, .. }, Some(location)) if config.base.as_ref() == Some(name) => {
            ConfigError { message: error.to_string(), help: None, location: location.clone() }.into()
        }
        _ => error.into(),
    }
}

/// Fails where the configuration names what neither end holds.
pub fn verify(config: &Config, ends: &mut Ends<'_>) -> Result<(), ProjectError> {
    held::verify(config, ends)?.map_or(Ok(()), |error| Err(error.into()))
}

/// Fails where the configuration names what a commit does not hold.
pub fn verify_at(config: &Config, modules: &mut Modules<'_>) -> Result<(), ProjectError> {
    held::verify_at(config, modules)?.map_or(Ok(()), |error| Err(error.into()))
}

/// Whether a changed file can be one of a track's, told by its name before anything else is read. Where none can, it
/// still takes a track to have something that was left alone.
pub fn may_be_touched(config: &Config, ends: &mut Ends<'_>) -> Result<bool, ProjectError> {
    if !config.tracks.is_empty() {
        let is_own = |path: &str| {
            detect::is_likely(path)
                || config.tracks.iter().any(|configured| {
                    let track = &configured.track;
                    let imports = keeper(track.kind).may_take_from(track, path);
                    imports || track.files().any(|own| own == path) || is_inside(track, path)
                })
        };
        if ends.changed.iter().any(|change| is_own(&change.path)) {
            return Ok(true);
        }
        for configured in &config.tracks {
            if keeper(configured.track.kind).is_fed(&configured.track, ends)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let is_likely = ends.changed.iter().any(|change| detect::is_likely(&change.path));
    if is_likely || detect::is_beside(ends)? || detect::is_changed_anywhere(ends)? || detect::feeds_a_chain(ends)? {
        return Ok(true);
    }
    if !has_tracks(ends)? {
        return Err(ProjectError::no_tracks(&ends.head.snapshot)?);
    }
    Ok(false)
}

/// Whether head has a track at all, where nothing changed that one is told by: where the merge base has one, head has it.
fn has_tracks(ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let trees = [ends.base.snapshot.address().tree, ends.head.snapshot.address().tree];
    if let Some(memory) = &ends.head.memory
        && trees.iter().any(|tree| memory.borrow().with_tracks.contains(tree))
    {
        memory.borrow_mut().with_tracks.extend(trees);
        return Ok(true);
    }
    let found = detect::any(&mut ends.head, &mut ends.folders)?;
    if let Some(memory) = ends.head.memory.as_ref().filter(|_| found) {
        memory.borrow_mut().with_tracks.extend(trees);
    }
    Ok(found)
}

fn is_inside(track: &Track, path: &str) -> bool {
    track.directories().any(|own| path == own || path.strip_prefix(own).is_some_and(|rest| rest.starts_with('/')))
}

impl Project {
    /// How much nullability and defaults alone count on a pair.
    pub fn weight(&self, pair: (usize, usize)) -> Weight {
        self.weights
            .iter()
            .find(|(known, _)| *known == pair || *known == (pair.1, pair.0))
            .map(|(_, weight)| *weight)
            .unwrap_or_default()
    }

    /// The configured tracks, or the detected ones.
    pub fn at_head(config: &Config, ends: &mut Ends<'_>) -> Result<Self, ProjectError> {
        let mut project = if config.tracks.is_empty() { Self::detected(ends)? } else { Self::configured(config)? };
        detect::flavour::settle(&mut project.tracks, &ends.head.snapshot)?;
        Ok(project)
    }

    /// The tracks at one commit, configured or detected.
    pub fn tracks_at(config: &Config, modules: &mut Modules<'_>) -> Result<Vec<Track>, ProjectError> {
        let mut tracks: Vec<Track> = match config.tracks.as_slice() {
            [] => detect::tracks(modules, &mut FolderCache::new())?,
            tracks => tracks.iter().map(|configured| configured.track.clone()).collect(),
        };
        detect::flavour::settle(&mut tracks, &modules.snapshot)?;
        if tracks.is_empty() { Err(ProjectError::no_tracks(&modules.snapshot)?) } else { Ok(tracks) }
    }

    fn configured(config: &Config) -> Result<Self, ProjectError> {
        let tracks: Vec<Track> = config.tracks.iter().map(|configured| configured.track.clone()).collect();
        let pairs = match config.pairs.as_slice() {
            [] => detect::pairs(&tracks).map_err(|reason| ProjectError::Ambiguous { reason })?,
            pairs => pairs.to_vec(),
        };
        let (exact, weights) = (config.exact.clone(), config.weights.clone());
        Ok(Self { tracks, pairs, exact, weights, gone: Vec::new() })
    }

    fn detected(ends: &mut Ends<'_>) -> Result<Self, ProjectError> {
        let mut tracks = detect::tracks(&mut ends.head, &mut ends.folders)?;
        let gone = Self::gone(&tracks, ends)?;
        // What nothing leads to any more is watched no more.
        let is_left =
            |track: &Track| track.kind.has_models() && gone.iter().any(|old| old.environment == track.environment);
        tracks.retain(|track| !is_left(track));
        if tracks.is_empty() && gone.is_empty() {
            return Err(ProjectError::no_tracks(&ends.head.snapshot)?);
        }
        let pairs = detect::pairs(&tracks).map_err(|reason| ProjectError::Ambiguous { reason })?;
        Ok(Self { tracks, pairs, gone, ..Self::default() })
    }

    /// Whether a directory of SQL files was taken away together with all that it was kept beside, and its database has
    /// other files that are watched: an older set that was given up.
    fn is_replaced(
        old: &Track,
        (before, tracks): (&[Track], &[Track]),
        ends: &mut Ends<'_>,
    ) -> Result<bool, ProjectError> {
        let is_other = |track: &Track| track.kind.is_sql() && track.dialect == old.dialect && track.path != old.path;
        if !old.kind.is_sql() || !tracks.iter().any(is_other) || keeper(old.kind).moved_to(old, ends).is_some() {
            return Ok(false);
        }
        let is_beside = |track: &&Track| track.kind.is_sql() && family(track) == family(old);
        for track in before.iter().filter(is_beside) {
            if track::sql_files::first_file(track, &mut ends.head)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a file that the change touches had more lists of migrations than it has.
    fn loses_a_history(tracks: &[Track], ends: &mut Ends<'_>) -> Result<bool, ProjectError> {
        let is_changed = |track: &&Track| track.is_list_of(track) && ends.change_of(&track.path).is_some();
        let changed: Vec<&Track> = tracks.iter().filter(is_changed).collect();
        for track in changed {
            let count = tracks.iter().filter(|other| other.is_list_of(track)).count();
            if keeper(track.kind).count_in(&track.path, &mut ends.base)? > count {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the change lets settings lead elsewhere, though a chain is where it was: who runs it finds nothing there.
    fn is_led_away_from(old: &Track, ends: &mut Ends<'_>) -> Result<bool, ProjectError> {
        if !old.kind.has_models() || !ends.changed.iter().any(|file| file.path.strip_suffix(".ini").is_some()) {
            return Ok(false);
        }
        let keeper = keeper(old.kind);
        let is_there = keeper.is_there(old, &mut ends.head)?;
        Ok(is_there
            && !keeper.silent(old, &mut ends.head)?.is_empty()
            && keeper.silent(old, &mut ends.base)?.is_empty())
    }

    /// The merge base's tracks whose own files changed and that no track at head can be the continuation of.
    fn gone(tracks: &[Track], ends: &mut Ends<'_>) -> Result<Vec<Track>, ProjectError> {
        let is_known = |path: &str| {
            tracks
                .iter()
                .any(|track| track.directories().any(|own| path == own || path.starts_with(&format!("{own}/"))))
        };
        let is_elsewhere =
            ends.changed_in_base().any(|change| detect::is_likely(&change.path) && !is_known(&change.path));
        if !is_elsewhere && !Self::loses_a_history(tracks, ends)? {
            return Ok(Vec::new());
        }
        let before = detect::tracks(&mut ends.base, &mut ends.folders)?;
        let is_same = |old: &Track, track: &Track| {
            // Several databases may have their files in one folder.
            let may_be = !old.kind.has_a_file_each() || old.dialect == track.dialect;
            old.kind == track.kind && old.path == track.path && may_be
        };
        let is_own = |old: &Track, track: &Track| is_same(old, track) && old.list == track.list;
        let is_new = |track: &&Track| !before.iter().any(|old| is_same(old, track));
        let mut moved_to: Vec<&Track> = tracks.iter().filter(is_new).collect();
        // A list of another name in its place is the same one, where that is not another's.
        let no_others = |track: &&Track| !before.iter().any(|old| is_own(old, track));
        let mut renamed_to: Vec<&Track> = tracks.iter().filter(no_others).collect();
        let mut gone = Vec::new();
        let all: Vec<Track> = before.clone();
        for old in before {
            if Self::is_led_away_from(&old, ends)? {
                gone.push(old);
                continue;
            }
            if tracks.iter().any(|track| is_own(&old, track)) {
                continue;
            }
            if let Some(index) = renamed_to.iter().position(|track| is_same(&old, track)) {
                renamed_to.remove(index);
                continue;
            }
            // What is still in its place but cannot be read is no lost track: it is not known what it is.
            if keeper(old.kind).stays(&old, tracks, ends)? {
                continue;
            }
            let is_like =
                |track: &&Track| track.kind == old.kind && (!old.kind.is_sql() || track.dialect == old.dialect);
            match moved_to.iter().position(is_like) {
                Some(index) => drop(moved_to.remove(index)),
                None if Self::is_replaced(&old, (&all, tracks), ends)? => {}
                None => gone.push(old),
            }
        }
        Ok(gone)
    }
}
