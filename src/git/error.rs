//! Why a repository could not be read, and the way out.

use crate::path;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode};

use super::ObjectId;

/// Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("{} is in no git repository; run this inside one, or name it with `--repo`", path.display())]
    NotARepository { path: PathBuf },
    #[error(
        "the repository at {} belongs to another user, and git trusts it only when told to: \
         `git config --global --add safe.directory {}`", path.display(), path.display()
    )]
    NotOwned { path: PathBuf },
    #[error("the repository at {} cannot be opened: {reason}", path.display())]
    NotOpened { path: PathBuf, reason: String },
    #[error("unknown revision `{name}`{hint}")]
    UnknownRevision { name: String, hint: String },
    #[error("`{name}` names an object that is no commit; name a branch, a tag or a commit")]
    NoCommit { name: String },
    #[error(
        "the clone is shallow and its history ends before the merge base with {}: fetch all of it, with \
         `fetch-depth: 0` in actions/checkout or `git fetch --unshallow`", id.short()
    )]
    Shallow { id: ObjectId },
    #[error(
        "the clone is shallow, and base and head are both its commit {}, so there is nothing to compare: fetch the \
         history, with `fetch-depth: 0` in actions/checkout or `git fetch --unshallow`", id.short()
    )]
    ShallowHead { id: ObjectId },
    #[error(
        "{} and {} have no common ancestor, so there is no change to judge: name another base with `--base`",
        base.short(), head.short()
    )]
    NoMergeBase { base: ObjectId, head: ObjectId },
    #[error("{what} cannot be read: {reason}")]
    Unreadable { what: String, reason: String },
    #[error("`{path}` cannot be read as text: {reason}")]
    NotText { path: String, reason: String },
    #[error("no base to compare with: {reason}; name one with `--base`, or set `base` in parity.toml")]
    NoBase { reason: String },
    #[error("the CI event at {} cannot be used: {reason}; name the base with `--base`", path.display())]
    Event { path: PathBuf, reason: String },
    #[error("the repository at {} has no commit on its branch yet: commit something first, or name a commit with `--head`", path.display())]
    NoCommits { path: PathBuf },
    #[error("a bare repository has no {what}; name a commit with `--head` instead")]
    Bare { what: &'static str },
}

impl GitError {
    /// Whether one file is at fault and not the repository.
    pub fn is_not_text(&self) -> bool {
        matches!(self, Self::NotText { .. })
    }

    pub(super) fn from_open(path: &Path, error: &git2::Error) -> Self {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        match error.code() {
            ErrorCode::NotFound => Self::NotARepository { path },
            ErrorCode::Owner => Self::NotOwned { path },
            _ => Self::NotOpened { path, reason: error.message().to_owned() },
        }
    }

    pub(super) fn from_read(what: &str, error: &git2::Error, partial: bool, shallow: bool) -> Self {
        let missing = error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Odb;
        let reason = match (missing, partial, shallow) {
            (true, true, _) => format!(
                "{}; this is a partial clone, and nothing is fetched here: clone without `--filter`, or run \
                 `git fetch --refetch --filter=blob:limit=16m`",
                error.message()
            ),
            (true, _, true) => {
                format!(
                    "{}; the clone is shallow: use `fetch-depth: 0`, or run `git fetch --unshallow`",
                    error.message()
                )
            }
            (true, ..) => format!("{}; the repository is damaged: run `git fsck`", error.message()),
            _ => format!("{}; run `git fsck` to see what is damaged", error.message()),
        };
        Self::Unreadable { what: what.to_owned(), reason }
    }

    /// Names known references that are spelt alike, or that only lack the remote's name in front.
    pub(super) fn unknown_revision(name: &str, known: impl Iterator<Item = String>, shallow: bool) -> Self {
        let mut near: Vec<(f64, String)> = known
            .filter_map(|full| {
                let short = ["refs/heads/", "refs/tags/", "refs/remotes/"]
                    .iter()
                    .find_map(|prefix| full.strip_prefix(prefix))?
                    .to_owned();
                let tail = short.rsplit('/').next().unwrap_or(&short);
                let likeness =
                    strsim::jaro_winkler(name, &short).max(if tail == path::name(name) { 0.95 } else { 0.0 });
                (likeness > 0.8).then_some((likeness, short))
            })
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.truncate(3);
        let mut hint = match near.as_slice() {
            [] => String::from("; see `git branch --all` and `git tag` for what there is"),
            some => {
                let names: Vec<String> = some.iter().map(|(_, name)| format!("`{name}`")).collect();
                format!("; did you mean {}?", names.join(" or "))
            }
        };
        if shallow {
            hint.push_str(if near.is_empty() { "; the" } else { " The" });
            hint.push_str(" clone is shallow: with `fetch-depth: 0` in actions/checkout all of the history is here");
        } else if near.is_empty() {
            hint.push_str("; `git fetch` brings what the remote has");
        }
        Self::UnknownRevision { name: name.to_owned(), hint }
    }
}
