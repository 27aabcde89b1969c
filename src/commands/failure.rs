//! Why a command could not be carried out, as a person reads it.

use std::io;
use std::path::PathBuf;

use super::hook::HookError;
use crate::config::ConfigError;
use crate::git::GitError;
use crate::project::ProjectError;
use crate::source::Location;
use crate::track::ends::ReadError;

/// Every failure names the place and the way out; it is shown on standard error, and the exit code is 2.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Hook(#[from] HookError),
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    #[error("cannot write {}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(
        "no tracks found, so `parity-check init` writes nothing: looked for {}",
        crate::kinds::detect::looked_for()
    )]
    NothingFound,
    #[error("{0}")]
    Other(String),
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Self::Project(error.into())
    }
}

impl Failure {
    /// Where the failure is, and the way out where the message itself does not say it.
    pub fn place(&self) -> (Option<&Location>, Option<&str>) {
        match self {
            Self::Project(ProjectError::Config(ConfigError { location, help, .. })) => {
                (Some(location), help.as_deref())
            }
            Self::Project(ProjectError::Read(ReadError::Syntax(error))) => {
                (Some(&error.location), Some("fix the syntax first: a file that Python cannot load cannot be judged"))
            }
            Self::Project(ProjectError::Read(ReadError::GoSyntax(error))) => {
                (Some(&error.location), Some("fix the syntax first: a file that Go cannot compile cannot be judged"))
            }
            Self::NothingFound => (
                None,
                Some(
                    "where migrations are kept otherwise, write a parity.toml by hand, with a table for each track: \
                     `[track.sqlite]`, then `kind = \"python-list\"` and `migrations = \"app/db/steps.py\"`; the README's \
                     section on configuration has all kinds and keys",
                ),
            ),
            _ => (None, None),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Project(error.into())
    }
}
