//! Why a command could not be carried out, as a person reads it.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use super::hook::HookError;
use crate::config::{ConfigError, FILE_NAME};
use crate::git::GitError;
use crate::kinds::detect;
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
    #[error("{0}")]
    Other(String),
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Self::Project(error.into())
    }
}

impl Failure {
    /// Where the failure is, and the way out where the message itself does not say it, in one line or several.
    pub fn place(&self) -> (Option<&Location>, Option<Cow<'_, str>>) {
        const SYNTAX: &str = "fix the syntax first: a file that cannot be loaded cannot be judged";
        match self {
            Self::Project(ProjectError::Config(ConfigError { location, help, .. })) => {
                (Some(location), help.as_deref().map(Cow::Borrowed))
            }
            Self::Project(ProjectError::Read(ReadError::Syntax(error))) => (Some(&error.location), Some(SYNTAX.into())),
            Self::Project(ProjectError::Read(ReadError::GoSyntax(error))) => {
                (Some(&error.location), Some(SYNTAX.into()))
            }
            Self::Project(ProjectError::NoTracks { .. }) => (None, Some(layouts().into())),
            _ => (None, None),
        }
    }
}

/// What is found without a configuration, and how to name what is not.
fn layouts() -> String {
    let found = detect::looked_for().join("\n- ");
    format!(
        "these layouts are found without a configuration:\n- {found}\nanother one is named in {FILE_NAME}, a table for each \
         track:\n[track.sqlite]\nkind = \"python-list\"\nmigrations = \"app/db/steps.py\"\nall kinds and keys: \
         {}/blob/main/docs/configuration.md",
        env!("CARGO_PKG_REPOSITORY")
    )
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Project(error.into())
    }
}
