//! The commits of a range, as `git log --first-parent` lists them.

use git2::{ErrorCode, Oid};

use super::{Commit, GitError, ObjectId, Repository};

/// A commit of a branch, and what it was committed on.
#[derive(Clone, Debug)]
pub struct Step {
    pub commit: Commit,
    pub parent: Parent,
    /// The first line of its message; bytes that are not UTF-8 are replaced.
    pub subject: String,
    pub committed: When,
}

/// What a commit was made on: its first parent, or where it takes the main branch into another one its second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Here(Commit),
    /// It is the first commit of all.
    None,
    /// A shallow clone has left it out.
    LeftOut,
}

/// A moment as a commit says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Since 1970.
    pub seconds: i64,
    /// East of Greenwich.
    pub offset_minutes: i32,
}

impl Repository {
    /// The commits from `to` down along first parents, the newest first: those that `from` does not have, and at most
    /// so many.
    pub fn first_parents(&self, from: Option<Commit>, to: Commit, most: usize) -> Result<Vec<Step>, GitError> {
        let unreadable = |error: git2::Error| self.unreadable("the history", &error);
        let ids = || -> Result<Vec<Oid>, git2::Error> {
            let mut walk = self.inner.revwalk()?;
            walk.simplify_first_parent()?;
            walk.push(to.id.0)?;
            if let Some(from) = from {
                walk.hide(from.id.0)?;
            }
            walk.take(most).collect()
        };
        let ids = ids().map_err(unreadable)?;
        ids.into_iter().map(|id| self.step(id)).collect()
    }

    fn step(&self, id: Oid) -> Result<Step, GitError> {
        let unreadable = |error: git2::Error| self.unreadable("the history", &error);
        let commit = self.inner.find_commit(id).map_err(unreadable)?;
        let subject = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
        // Of a branch that took the main one in and then became it, the main one is the second parent.
        let before = usize::from(commit.parent_count() == 2 && takes_the_main_branch_in(&subject));
        let parent = match commit.parent(before) {
            Ok(parent) => Parent::Here(Commit { id: ObjectId(parent.id()), tree: ObjectId(parent.tree_id()) }),
            Err(_) if commit.parent_count() == 0 && !self.cut().contains(&id) => Parent::None,
            Err(error) if self.cut().contains(&id) && error.code() == ErrorCode::NotFound => Parent::LeftOut,
            Err(error) => return Err(unreadable(error)),
        };
        let time = commit.committer().when();
        Ok(Step {
            commit: Commit { id: ObjectId(id), tree: ObjectId(commit.tree_id()) },
            parent,
            subject,
            committed: When { seconds: time.seconds(), offset_minutes: time.offset_minutes() },
        })
    }
}

/// Whether a merge says that it brings the main branch into another one, in git's own words: `Merge branch 'main' into x`,
/// `Merge remote-tracking branch 'origin/main' into x`.
fn takes_the_main_branch_in(subject: &str) -> bool {
    const MAIN: [&str; 4] = ["main", "master", "trunk", "develop"];
    let named =
        ["Merge branch '", "Merge remote-tracking branch '"].iter().find_map(|start| subject.strip_prefix(start));
    let Some((branch, into)) = named.and_then(|rest| rest.split_once('\'')) else { return false };
    let own = |branch: &str| branch.rsplit('/').next().map(str::to_owned).unwrap_or_default();
    let into = into.rsplit_once(" into ").map(|(_, into)| into.trim_matches('\''));
    MAIN.contains(&own(branch).as_str()) && into.is_some_and(|into| !MAIN.contains(&own(into).as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_of_the_main_branch_into_another_says_so() {
        for subject in ["Merge branch 'main' into x", "Merge remote-tracking branch 'origin/master' into a/b"] {
            assert!(takes_the_main_branch_in(subject), "{subject}");
        }
        for subject in
            ["Merge branch 'x'", "Merge branch 'x' into main", "Merge branch 'main' of host:a", "Merge main into x"]
        {
            assert!(!takes_the_main_branch_in(subject), "{subject}");
        }
    }
}
