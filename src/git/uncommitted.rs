//! The index and the work tree as trees that exist in memory alone.

use std::path::Path;

use git2::{ErrorCode, Index, IndexAddOption, IndexEntry, IndexEntryExtendedFlag};

use super::{GitError, ObjectId, Repository};

/// The files that a check may read. Others are left as the index has them: hashing them would only cost time.
const READ: [&str; 6] = ["*.py", "*.sql", "*.go", "*.ini", "*.toml", "*.mako"];

/// The flag of an entry whose file is not in the work tree on purpose.
const SKIP_WORKTREE: u16 = IndexEntryExtendedFlag::SKIP_WORKTREE.bits();

impl Repository {
    /// The tree of what is staged. Nothing is written: new objects live in memory as long as the repository is open.
    /// `index` names another index than the repository's own, from the work tree's root.
    pub fn staged_tree(&self, index: Option<&Path>) -> Result<ObjectId, GitError> {
        self.tree_of_index("staged changes", false, index)
    }

    /// The tree of the files as they are in the work tree, without those that git ignores.
    pub fn worktree_tree(&self) -> Result<ObjectId, GitError> {
        self.tree_of_index("work tree", true, None)
    }

    fn tree_of_index(&self, what: &'static str, with_files: bool, index: Option<&Path>) -> Result<ObjectId, GitError> {
        if self.inner.is_bare() {
            return Err(GitError::Bare { what });
        }
        let tree = || -> Result<git2::Oid, git2::Error> {
            let database = self.inner.odb()?;
            // A backend in memory with the highest priority takes every object that is written from here on.
            let _in_memory = database.add_new_mempack_backend(1_000)?;
            let mut index = match index {
                Some(path) => Index::open(&self.path.join(path))?,
                None => self.inner.index()?,
            };
            if with_files {
                // What a sparse checkout leaves out is not there, and not deleted either.
                let left_out = index.iter().filter(|entry| entry.flags_extended & SKIP_WORKTREE != 0);
                let left_out: Vec<IndexEntry> = left_out.collect();
                index.add_all(READ, IndexAddOption::DEFAULT, None)?;
                index.update_all(READ, None)?;
                left_out.iter().try_for_each(|entry| index.add(entry))?;
            }
            index.write_tree_to(&self.inner)
        };
        let id = tree().map_err(|error| match error.code() {
            ErrorCode::Unmerged => GitError::Unreadable {
                what: "the index".to_owned(),
                reason: "it has unresolved conflicts; resolve them first".to_owned(),
            },
            _ => self.unreadable(what, &error),
        })?;
        Ok(ObjectId(id))
    }
}
