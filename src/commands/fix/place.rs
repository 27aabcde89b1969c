//! The new file's way to the disk.

use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use crate::commands::Failure;

/// A directory of the repository that no link leads out of.
pub fn directory(root: &Path, path: &str) -> Result<PathBuf, Failure> {
    let refuse = |why: &str| {
        let path = crate::report::plain::line(path);
        Failure::Other(format!("nothing is written to `{path}`: {why}"))
    };
    let fail = |path: &Path, error: io::Error| Failure::File { path: path.to_owned(), error };
    let root = root.canonicalize().map_err(|error| fail(root, error))?;
    let mut directory = root.clone();
    for component in Path::new(path).components() {
        let Component::Normal(name) = component else { return Err(refuse("it is no plain path in the repository")) };
        if name.eq_ignore_ascii_case(".git") {
            return Err(refuse("it is git's own"));
        }
        directory.push(name);
        let found = directory.symlink_metadata().map_err(|error| fail(&directory, error))?;
        if !found.is_dir() {
            return Err(refuse("a link or a file is on the way to it"));
        }
    }
    let real = directory.canonicalize().map_err(|error| fail(&directory, error))?;
    if real.starts_with(&root) { Ok(real) } else { Err(refuse("it lies outside the repository")) }
}

/// The same, made where it is not there yet: its parent has to be.
pub fn made(root: &Path, path: &str) -> Result<PathBuf, Failure> {
    let Some((parent, name)) = path.rsplit_once('/') else { return directory(root, path) };
    let parent = directory(root, parent)?;
    let own = parent.join(name);
    let is_plain = Path::new(name).components().count() == 1 && own.file_name().is_some_and(|last| last == name);
    if is_plain && own.symlink_metadata().is_err() {
        std::fs::create_dir(&own).map_err(|error| Failure::File { path: own.clone(), error })?;
    }
    directory(root, path)
}

/// Puts another text in the place of a file that is there, whole or not at all.
pub fn replace(directory: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = directory.join(name);
    let fail = |error: io::Error| Failure::File { path: path.clone(), error };
    let found = path.symlink_metadata().map_err(fail)?;
    if !found.is_file() {
        return Err(fail(io::Error::from(io::ErrorKind::InvalidFilename)));
    }
    let mut file = tempfile::Builder::new().prefix(".parity-check-").tempfile_in(directory).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    std::fs::set_permissions(file.path(), found.permissions()).map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Writes a new file whole or not at all, and never over another.
pub fn write_new(directory: &Path, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = directory.join(name);
    let fail = |error: io::Error| Failure::File { path: path.clone(), error };
    let is_plain = Path::new(name).components().count() == 1 && path.file_name().is_some_and(|own| own == name);
    if !is_plain {
        return Err(fail(io::Error::from(io::ErrorKind::InvalidFilename)));
    }
    if path.symlink_metadata().is_ok() {
        return Err(fail(io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".parity-check-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What the user's mask leaves of it.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist_noclobber(&path).map_err(|error| fail(error.error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("repo/versions")).unwrap();
        std::fs::create_dir_all(root.path().join("repo/.git/hooks")).unwrap();
        let repo = root.path().join("repo");
        assert!(directory(&repo, "versions").is_ok());
        for path in ["../repo/versions", "/tmp", "versions/../..", ".git/hooks", "missing"] {
            assert!(directory(&repo, path).is_err(), "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path(), repo.join("link")).unwrap();
            assert!(directory(&repo, "link").is_err());
            assert!(directory(&repo, "link/repo").is_err());
        }
    }

    #[test]
    fn a_file_that_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        write_new(folder.path(), "a.py", "new").unwrap();
        assert!(write_new(folder.path(), "a.py", "newer").is_err());
        assert!(write_new(folder.path(), "../b.py", "x").is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("a.py")).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
