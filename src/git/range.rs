//! Which commits to compare, from what the user, the configuration, the CI event or pre-commit says.

use std::path::PathBuf;

use serde_json::Value;

use super::{Commit, GitError, ObjectId, Repository};

/// What the surroundings say, read from environment variables once, so that everything after is a pure function.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub github_event_name: Option<String>,
    pub github_event_path: Option<PathBuf>,
    pub pre_commit_from: Option<String>,
    pub pre_commit_to: Option<String>,
    /// `GIT_INDEX_FILE`, which git sets for hooks of `git commit -a`.
    pub index_file: Option<PathBuf>,
    /// CI or a hook runs the program, and nobody by hand.
    pub is_automatic: bool,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadChoice<'a> {
    Committed(Option<&'a str>),
    Staged,
    Worktree,
    /// Nobody says: by hand what the work tree has, in CI and in hooks the commits.
    Unsaid,
}

impl HeadChoice<'_> {
    /// What is judged in these surroundings.
    #[must_use]
    pub fn in_surroundings(self, repository: &Repository, environment: &Environment) -> Self {
        match self {
            Self::Unsaid if environment.tells_commits() || repository.work_tree().is_none() => Self::Committed(None),
            choice => choice,
        }
    }
}

/// A name and the commit it stands for.
pub type Named = (String, Commit);

impl Environment {
    /// Reads the process's environment variables.
    pub fn from_process() -> Self {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            github_event_name: read("GITHUB_EVENT_NAME"),
            github_event_path: read("GITHUB_EVENT_PATH").map(PathBuf::from),
            pre_commit_from: read("PRE_COMMIT_FROM_REF"),
            pre_commit_to: read("PRE_COMMIT_TO_REF"),
            index_file: read("GIT_INDEX_FILE").map(PathBuf::from),
            // Git says where its programs lie to whatever it runs.
            is_automatic: ["GITHUB_ACTIONS", "CI", "PRE_COMMIT", "GIT_EXEC_PATH"]
                .into_iter()
                .any(|name| read(name).is_some_and(|value| !["0", "false"].contains(&value.as_str()))),
        }
    }

    /// Whether it is commits that are to be judged where nobody says otherwise.
    fn tells_commits(&self) -> bool {
        let event = self.github_event_name.is_some() && self.github_event_path.is_some();
        self.is_automatic || event || self.pre_commit_to.is_some() || self.pre_commit_from.is_some()
    }
}

/// The commit to judge: the one named, the CI event's, pre-commit's, else HEAD. For what is staged or in the work tree
/// it is HEAD, which that comes after.
pub fn choose_head(
    repository: &Repository,
    choice: HeadChoice<'_>,
    environment: &Environment,
) -> Result<Named, GitError> {
    let name = match choice {
        HeadChoice::Committed(Some(name)) => name.to_owned(),
        HeadChoice::Staged | HeadChoice::Worktree | HeadChoice::Unsaid => "HEAD".to_owned(),
        HeadChoice::Committed(None) => match Event::read(environment)? {
            Some(event) => return event.head(repository),
            None => environment.pre_commit_to.clone().unwrap_or_else(|| "HEAD".to_owned()),
        },
    };
    let commit = repository.commit(&name)?;
    Ok((name, commit))
}

/// The commit to compare with: the one named, the configuration's, the CI event's, pre-commit's, else the remote's
/// default branch.
///
/// A configured base that already holds head (a push to the base branch itself) leaves nothing to judge, so that a CI
/// event's own base goes before it.
pub fn choose_base(
    repository: &Repository,
    named: Option<&str>,
    configured: Option<&str>,
    choice: HeadChoice<'_>,
    head: Commit,
    environment: &Environment,
) -> Result<Named, GitError> {
    let resolve = |name: String| repository.commit(&name).map(|commit| (name, commit));
    if let Some(name) = named {
        return resolve(name.to_owned());
    }
    let event = match choice {
        HeadChoice::Committed(None) => Event::read(environment)?,
        _ => None,
    };
    if let Some(name) = configured {
        let base = resolve(name.to_owned())?;
        let holds_head = || repository.merge_base(base.1, head).is_ok_and(|commit| commit.id == head.id);
        if event.is_none() || !holds_head() {
            return Ok(base);
        }
    }
    if let Some(event) = event {
        return event.base(repository, head);
    }
    if let (HeadChoice::Committed(None), Some(from)) = (choice, &environment.pre_commit_from)
        && !is_zeros(from)
    {
        return resolve(from.clone());
    }
    match repository.default_branch() {
        Some(name) => resolve(name),
        // Without a remote, what is not committed is still a change to the last commit.
        None if !matches!(choice, HeadChoice::Committed(_)) => Ok(("HEAD".to_owned(), head)),
        None => Err(GitError::NoBase { reason: "no remote has a default branch here".to_owned() }),
    }
}

impl Repository {
    /// The remote's default branch, as `origin/main`: what the remote says it is, else the usual names; a repository
    /// without a remote answers with a local one.
    fn default_branch(&self) -> Option<String> {
        let remotes = self.inner.remotes().ok()?;
        let mut remotes: Vec<String> = remotes.iter().filter_map(|name| Some(name.ok()??.to_owned())).collect();
        remotes.sort_by_key(|name| (name != "upstream", name != "origin"));
        for remote in &remotes {
            let head = self.inner.find_reference(&format!("refs/remotes/{remote}/HEAD"));
            let target = head.ok().and_then(|head| head.symbolic_target().ok().flatten().map(str::to_owned));
            let usual = ["main", "master", "dev", "develop", "trunk"].map(|name| format!("{remote}/{name}"));
            let target = target.and_then(|target| Some(target.strip_prefix("refs/remotes/")?.to_owned()));
            if let Some(name) = target.into_iter().chain(usual).find(|name| self.has_commit(name)) {
                return Some(name);
            }
        }
        ["main", "master"].map(str::to_owned).into_iter().find(|name| remotes.is_empty() && self.has_commit(name))
    }
}

/// The payload that a GitHub runner leaves in a file
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).
struct Event {
    name: String,
    path: PathBuf,
    payload: Value,
}

impl Event {
    fn read(environment: &Environment) -> Result<Option<Self>, GitError> {
        let (Some(name), Some(path)) = (&environment.github_event_name, &environment.github_event_path) else {
            return Ok(None);
        };
        let fail = |reason: String| GitError::Event { path: path.clone(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
        let payload = serde_json::from_str(&text).map_err(|error| fail(error.to_string()))?;
        Ok(Some(Self { name: name.clone(), path: path.clone(), payload }))
    }

    fn field(&self, pointer: &str) -> Option<&str> {
        self.payload.pointer(pointer).and_then(Value::as_str).filter(|value| !value.is_empty())
    }

    fn head(&self, repository: &Repository) -> Result<Named, GitError> {
        let pointer = match self.name.as_str() {
            "pull_request" | "pull_request_target" | "pull_request_review" => "/pull_request/head/sha",
            "merge_group" => "/merge_group/head_sha",
            "push" => "/after",
            _ => return repository.commit("HEAD").map(|commit| ("HEAD".to_owned(), commit)),
        };
        let id = self.field(pointer).ok_or_else(|| self.lacks(pointer))?;
        self.commit(repository, id)
    }

    fn base(&self, repository: &Repository, head: Commit) -> Result<Named, GitError> {
        let pointer = match self.name.as_str() {
            "pull_request" | "pull_request_target" | "pull_request_review" => "/pull_request/base/sha",
            "merge_group" => "/merge_group/base_sha",
            "push" => "/before",
            _ => return self.default_branch(repository),
        };
        let id = self.field(pointer).ok_or_else(|| self.lacks(pointer))?;
        if self.name != "push" {
            return self.commit(repository, id);
        }
        // A new branch has nothing before it, and a forced push leaves a commit that no ref holds any more.
        match self.commit(repository, id) {
            Ok(base) if !is_zeros(id) => Ok(base),
            _ => {
                let base = self.default_branch(repository)?;
                if base.1.id == head.id {
                    let reason = format!("the commit before the push, {id}, is not in this clone");
                    return Err(GitError::Event { path: self.path.clone(), reason });
                }
                Ok(base)
            }
        }
    }

    fn commit(&self, repository: &Repository, id: &str) -> Result<Named, GitError> {
        let full_id = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !full_id {
            return Err(GitError::Event { path: self.path.clone(), reason: format!("`{id}` is no commit id") });
        }
        match repository.commit(id) {
            Ok(commit) => Ok((id.to_owned(), commit)),
            Err(GitError::UnknownRevision { .. }) => Err(GitError::Event {
                path: self.path.clone(),
                reason: format!("its commit {id} is not in this clone: use `fetch-depth: 0` in actions/checkout"),
            }),
            Err(error) => Err(error),
        }
    }

    fn default_branch(&self, repository: &Repository) -> Result<Named, GitError> {
        let told = self.field("/repository/default_branch").map(|name| format!("origin/{name}"));
        let name = told.filter(|name| repository.has_commit(name)).or_else(|| repository.default_branch());
        let name = name.ok_or_else(|| GitError::NoBase {
            reason: "the remote's default branch is not in this clone: use `fetch-depth: 0`".to_owned(),
        })?;
        repository.commit(&name).map(|commit| (name, commit))
    }

    fn lacks(&self, pointer: &str) -> GitError {
        let field = pointer.trim_start_matches('/').replace('/', ".");
        let reason = format!("its {} payload has no `{field}`", self.name);
        GitError::Event { path: self.path.clone(), reason }
    }
}

fn is_zeros(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte == b'0')
}

/// The tree that is judged: head's, or that of what is not committed; and which of them it is where nobody said.
pub fn tree_to_judge<'a>(
    repository: &Repository,
    head: Commit,
    choice: HeadChoice<'a>,
    environment: &Environment,
) -> Result<(HeadChoice<'a>, ObjectId), GitError> {
    let tree = match choice {
        HeadChoice::Committed(_) => head.tree,
        HeadChoice::Staged => repository.staged_tree(environment.index_file.as_deref())?,
        HeadChoice::Worktree | HeadChoice::Unsaid => repository.worktree_tree()?,
    };
    Ok(match choice {
        HeadChoice::Unsaid if tree == head.tree => (HeadChoice::Committed(None), tree),
        HeadChoice::Unsaid => (HeadChoice::Worktree, tree),
        choice => (choice, tree),
    })
}

/// Fails where base and head are one commit only because a shallow clone has no other.
pub fn must_differ(
    repository: &Repository,
    base: &Named,
    head: &Named,
    choice: HeadChoice<'_>,
) -> Result<(), GitError> {
    let is_committed = matches!(choice, HeadChoice::Committed(_));
    // Who names one and the same twice knows what is compared.
    let is_named_twice = choice == HeadChoice::Committed(Some(&base.0));
    if is_committed && base.1.id == head.1.id && !is_named_twice && repository.inner.is_shallow() {
        return Err(GitError::ShallowHead { id: head.1.id });
    }
    Ok(())
}

/// What a report calls that tree: the commit's id, `index` or `worktree`.
pub fn head_id(head: Commit, choice: HeadChoice<'_>) -> String {
    match choice {
        HeadChoice::Committed(_) => head.id.to_string(),
        HeadChoice::Staged => "index".to_owned(),
        HeadChoice::Worktree | HeadChoice::Unsaid => "worktree".to_owned(),
    }
}
