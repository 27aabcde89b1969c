//! `install-hook`: puts a pre-push hook into the repository, and takes it away again. A hook that is somebody else's
//! is never touched.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Failure, PASSED, piped, tree_at};
use crate::cli::{CommonArgs, HookArgs};
use crate::git::{Repository, hooks_dir};
use crate::project::{self, Project, ProjectError};
use crate::track::ends::Modules;

const SCRIPT: &str = include_str!("pre-push.sh");
/// Stands in the script for the program that wrote it.
const INSTALLED_AS: &str = "@INSTALLED_AS@";
/// By this line's beginning a hook is known as this program's own.
const MARKER: &str = "# parity-check: this hook is written by `parity-check install-hook`";

#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error(
        "{} is there already and is not parity-check's, so it is left as it is: add this line to it by hand: \
         `parity-check --head HEAD || exit 1`", path.display()
    )]
    Foreign { path: PathBuf },
    #[error("{} is not parity-check's hook, so it is left as it is: remove it by hand if it has to go", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} is no folder that hooks can lie in ({error}): see `git config core.hooksPath`", path.display())]
    NoFolder { path: PathBuf, error: io::Error },
    #[error("cannot read {}: {error}; see who may read it", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}; see who may write to its folder", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot remove {}: {error}; see who may write to its folder", path.display())]
    Remove { path: PathBuf, error: io::Error },
    #[error("cannot tell where this program lies, for the hook to find it: {0}; run it by its full path")]
    Program(io::Error),
}

/// What lies where the hook goes.
enum Present {
    Nothing,
    Ours(String),
    Foreign,
}

pub fn run(arguments: &HookArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let folder = hooks_dir(&common.repo)?;
    if !arguments.uninstall {
        must_have_tracks(common)?;
    }
    let path = folder.join("pre-push");
    let done = if arguments.uninstall { uninstall(&path)? } else { install(&folder, &path)? };
    piped(writeln!(out, "{done}"))?;
    Ok(PASSED)
}

/// Fails where every push would be stopped because there is nothing to check. What is wrong with the configuration is told at
/// a push.
fn must_have_tracks(common: &CommonArgs) -> Result<(), Failure> {
    let repository = Repository::open(&common.repo)?;
    // Nothing is committed yet.
    let Ok(tree) = tree_at(&repository, None) else { return Ok(()) };
    let mut modules = Modules::new(repository.snapshot(tree));
    let Ok(config) = project::config(&modules.snapshot, common.config.as_deref()) else { return Ok(()) };
    match Project::tracks_at(&config, &mut modules) {
        Err(nothing @ ProjectError::NoTracks { .. }) => Err(nothing.into()),
        _ => Ok(()),
    }
}

/// Writes the hook and says what became of it; a hook of this program's own is brought up to date.
fn install(folder: &Path, path: &Path) -> Result<String, HookError> {
    let program = std::env::current_exe().map_err(HookError::Program)?;
    let script = SCRIPT.replace(INSTALLED_AS, &quoted(&program.to_string_lossy()));
    let shown = path.display();
    match present(path)? {
        Present::Foreign => Err(HookError::Foreign { path: path.to_owned() }),
        Present::Ours(text) if text == script && is_executable(path) => Ok(format!("{shown} is installed already")),
        Present::Ours(_) => {
            let file = written(folder, &script)?;
            file.persist(path).map_err(|error| HookError::Write { path: path.to_owned(), error: error.error })?;
            Ok(format!("{shown} is brought up to date"))
        }
        Present::Nothing => {
            let file = written(folder, &script)?;
            file.persist_noclobber(path).map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => HookError::Foreign { path: path.to_owned() },
                _ => HookError::Write { path: path.to_owned(), error: error.error },
            })?;
            Ok(format!("{shown} checks every push from now on; `parity-check install-hook --uninstall` takes it away"))
        }
    }
}

/// Removes the hook and says what became of it.
fn uninstall(path: &Path) -> Result<String, HookError> {
    match present(path)? {
        Present::Nothing => Ok(format!("{} is not there, so there is nothing to take away", path.display())),
        Present::Foreign => Err(HookError::NotOurs { path: path.to_owned() }),
        Present::Ours(_) => {
            fs::remove_file(path).map_err(|error| HookError::Remove { path: path.to_owned(), error })?;
            Ok(format!("{} is taken away", path.display()))
        }
    }
}

/// A link is somebody's arrangement, wherever it leads.
fn present(path: &Path) -> Result<Present, HookError> {
    let fail = |error| HookError::Read { path: path.to_owned(), error };
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Ok(Present::Foreign),
        Ok(_) => {}
        // A folder on the way that is none is told of when it is about to be written to.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Present::Nothing);
        }
        Err(error) => return Err(fail(error)),
    }
    let bytes = fs::read(path).map_err(fail)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) if text.lines().nth(1).is_some_and(|line| line.starts_with(MARKER)) => Present::Ours(text),
        _ => Present::Foreign,
    })
}

/// The whole script in a file beside where it goes, ready to be run.
fn written(folder: &Path, script: &str) -> Result<tempfile::NamedTempFile, HookError> {
    fs::create_dir_all(folder).map_err(|error| HookError::NoFolder { path: folder.to_owned(), error })?;
    let fail = |error| HookError::Write { path: folder.join("pre-push"), error };
    let mut file = tempfile::Builder::new().prefix(".parity-check-").tempfile_in(folder).map_err(fail)?;
    file.write_all(script.as_bytes()).map_err(fail)?;
    make_executable(file.as_file()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    Ok(file)
}

#[cfg(unix)]
fn make_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o777 == 0o755)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// One word of a shell's command, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_carries_the_line_that_it_is_known_by() {
        assert!(SCRIPT.lines().nth(1).unwrap().starts_with(MARKER));
        assert_eq!(SCRIPT.matches(INSTALLED_AS).count(), 1);
    }

    #[test]
    fn a_path_with_quotes_and_blanks_stays_one_word() {
        assert_eq!(quoted("/it's here/$HOME"), r"'/it'\''s here/$HOME'");
    }
}
