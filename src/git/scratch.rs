//! A repository of our own to write to: the demonstration's. Nothing here touches a repository that is checked.

use std::path::Path;

use git2::{FileMode, Oid, Signature, Time};

use super::{GitError, ObjectId};

/// A new repository whose commits are the same on every machine.
pub struct ScratchRepository(git2::Repository);

impl std::fmt::Debug for ScratchRepository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ScratchRepository").field(&self.0.path()).finish()
    }
}

impl ScratchRepository {
    /// Makes a repository in an empty folder.
    pub fn create(folder: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::init_bare(folder).map_err(|error| GitError::from_open(folder, &error))?;
        Ok(Self(inner))
    }

    /// Commits these files, and no others, on these parents.
    pub fn commit(&self, files: &[(&str, &str)], message: &str, parents: &[ObjectId]) -> Result<ObjectId, GitError> {
        let write = || -> Result<Oid, git2::Error> {
            let mut tree = git2::build::TreeUpdateBuilder::new();
            for (path, text) in files {
                tree.upsert(*path, self.0.blob(text.as_bytes())?, FileMode::Blob);
            }
            let empty = self.0.find_tree(self.0.treebuilder(None)?.write()?)?;
            let tree = self.0.find_tree(tree.create_updated(&self.0, &empty)?)?;
            let when = Time::new(1_700_000_000, 0);
            let author = Signature::new("parity-check demo", "demo@localhost", &when)?;
            let parents = parents.iter().map(|parent| self.0.find_commit(parent.0)).collect::<Result<Vec<_>, _>>()?;
            let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
            self.0.commit(None, &author, &author, message, &tree, &parents)
        };
        let id = write().map_err(|error| GitError::from_read("the demonstration", &error, false, false))?;
        Ok(ObjectId(id))
    }
}
