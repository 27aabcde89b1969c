//! Where git looks for a repository's hooks.

use std::path::{Path, PathBuf};

use git2::ErrorCode;

use super::{GitError, Repository};

/// The folder that git runs hooks from in the repository that `start` lies in; it need not exist yet.
///
/// That is `core.hooksPath` where it is set, a relative one being meant from the work tree's root (from the repository
/// where that is bare), else `hooks` in the repository, which all its work trees share.
pub fn hooks_dir(start: &Path) -> Result<PathBuf, GitError> {
    let repository = Repository::open(start)?;
    let config = repository.inner.config();
    match config.and_then(|config| config.get_path("core.hooksPath")) {
        Ok(path) => Ok(repository.path().join(path)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(repository.inner.commondir().join("hooks")),
        Err(error) => Err(repository.unreadable("core.hooksPath", &error)),
    }
}
