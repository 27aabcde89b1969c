//! The repository: the only module that names `git2`. It reads objects and writes nothing to the repository.

use std::cell::RefCell;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, ObjectType, Oid};

use self::tree::Listings;
use crate::source::Source;

mod diff;
mod error;
mod hooks;
mod links;
mod log;
mod range;
mod releases;
mod scratch;
mod tree;
mod uncommitted;

pub use diff::{ChangedFile, LineSet, added_lines};
pub use error::GitError;
pub use hooks::hooks_dir;
pub use log::{Parent, Step, When};
pub use range::{Environment, HeadChoice, choose_base, choose_head, head_id, must_differ, tree_to_judge};
pub use releases::Releases;
pub use scratch::ScratchRepository;

/// Larger files are refused rather than read: no schema history comes near it, and memory must stay bounded.
const MAX_FILE_BYTES: usize = 16 << 20;

/// A repository, opened for reading.
pub struct Repository {
    inner: git2::Repository,
    path: PathBuf,
    listings: RefCell<Listings>,
}

/// A commit or a tree, by its id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(Oid);

/// A commit and the tree it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    pub id: ObjectId,
    pub tree: ObjectId,
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Directory,
    Link,
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its own name, without the directories it lies in.
    pub name: String,
    pub id: ObjectId,
    pub kind: EntryKind,
}

/// All files as they are at one end of the range.
#[derive(Clone, Copy)]
pub struct Snapshot<'repo> {
    repository: &'repo Repository,
    tree: ObjectId,
}

impl Repository {
    /// Opens the repository that `start` lies in: a work tree, a linked one, a folder inside, or a bare repository.
    pub fn open(start: &Path) -> Result<Self, GitError> {
        // As git itself does, objects that are read are not hashed again: their compression has a checksum of its own,
        // and hashing would cost more than the whole check.
        git2::opts::strict_hash_verification(false);
        let flags = git2::RepositoryOpenFlags::empty();
        let inner = git2::Repository::open_ext(start, flags, std::iter::empty::<&Path>())
            .map_err(|error| GitError::from_open(start, &error))?;
        let path = inner.workdir().unwrap_or_else(|| inner.path()).to_owned();
        Ok(Self { inner, path, listings: RefCell::default() })
    }

    /// The work tree's root, or the repository itself where it is bare.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The work tree's root; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The commit that a branch, a tag, an id or an expression such as `HEAD~3` names.
    pub fn commit(&self, name: &str) -> Result<Commit, GitError> {
        let object = self.inner.revparse_single(name).map_err(|error| self.unknown_revision(name, &error))?;
        let commit = object.peel_to_commit().map_err(|error| match error.code() {
            ErrorCode::InvalidSpec | ErrorCode::Peel => GitError::NoCommit { name: name.to_owned() },
            _ => self.unreadable(name, &error),
        })?;
        Ok(Commit { id: ObjectId(commit.id()), tree: ObjectId(commit.tree_id()) })
    }

    /// Whether `name` can be resolved to a commit.
    fn has_commit(&self, name: &str) -> bool {
        self.commit(name).is_ok()
    }

    /// The best common ancestor, as `git diff base...head` takes it. Fails in a shallow clone whose cut could hide
    /// the right one: a wrong merge base judges the wrong change.
    pub fn merge_base(&self, base: Commit, head: Commit) -> Result<Commit, GitError> {
        let shallow = self.inner.is_shallow();
        let id = self.inner.merge_base(base.id.0, head.id.0).map_err(|error| match error.code() {
            ErrorCode::NotFound if shallow => GitError::Shallow { id: base.id },
            ErrorCode::NotFound if error.class() == ErrorClass::Odb => self.unreadable("the history", &error),
            ErrorCode::NotFound => GitError::NoMergeBase { base: base.id, head: head.id },
            _ => self.unreadable("the history", &error),
        })?;
        if shallow && id != base.id.0 && id != head.id.0 && self.crosses_the_cut(base, head, id)? {
            return Err(GitError::Shallow { id: base.id });
        }
        self.commit(&id.to_string())
    }

    /// Whether a walk from either end down to the merge base meets a commit whose parents a shallow clone left out.
    fn crosses_the_cut(&self, base: Commit, head: Commit, merge_base: Oid) -> Result<bool, GitError> {
        let cut = self.cut();
        let walk = || -> Result<bool, git2::Error> {
            let mut walk = self.inner.revwalk()?;
            walk.push(base.id.0)?;
            walk.push(head.id.0)?;
            walk.hide(merge_base)?;
            for id in walk {
                if cut.contains(&id?) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        walk().map_err(|error| self.unreadable("the history", &error))
    }

    /// The commits whose parents a shallow clone left out.
    fn cut(&self) -> Vec<Oid> {
        let list = std::fs::read_to_string(self.inner.commondir().join("shallow")).unwrap_or_default();
        list.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).collect()
    }

    pub fn snapshot(&self, tree: ObjectId) -> Snapshot<'_> {
        Snapshot { repository: self, tree }
    }

    fn unreadable(&self, what: &str, error: &git2::Error) -> GitError {
        let partial = self.inner.config().is_ok_and(|config| {
            config.get_string("extensions.partialclone").is_ok()
                || config.get_bool("remote.origin.promisor").unwrap_or_default()
        });
        GitError::from_read(what, error, partial, self.inner.is_shallow())
    }

    fn unknown_revision(&self, name: &str, error: &git2::Error) -> GitError {
        // A reference that is there leads to an object that is not: it is the repository that is damaged.
        let is_known =
            || self.inner.resolve_reference_from_short_name(name).is_ok_and(|found| found.target().is_some());
        if error.class() == ErrorClass::Odb && error.code() != ErrorCode::NotFound || is_known() {
            return self.unreadable(name, error);
        }
        if name == "HEAD" && self.inner.head().is_err_and(|error| error.code() == ErrorCode::UnbornBranch) {
            return GitError::NoCommits { path: self.path.clone() };
        }
        let known = self.inner.references().into_iter().flat_map(|mut references| {
            let names = references.names().filter_map(Result::ok).map(str::to_owned).collect::<Vec<_>>();
            names.into_iter()
        });
        GitError::unknown_revision(name, known, self.inner.is_shallow())
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("path", &self.path).finish_non_exhaustive()
    }
}

impl fmt::Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("tree", &self.tree).finish_non_exhaustive()
    }
}

impl ObjectId {
    /// The first seven digits, for sentences.
    pub fn short(self) -> String {
        self.0.to_string().chars().take(7).collect()
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a snapshot is, for another thread to open it again.
#[derive(Clone, Debug)]
pub struct Address {
    git_folder: PathBuf,
    pub tree: ObjectId,
}

impl Address {
    /// Opens the repository a second time. A tree that was only put together in memory is not in it.
    pub fn open(&self) -> Result<Repository, GitError> {
        let inner =
            git2::Repository::open(&self.git_folder).map_err(|error| GitError::from_open(&self.git_folder, &error))?;
        let repository = Repository { inner, path: self.git_folder.clone(), listings: RefCell::default() };
        repository.inner.find_tree(self.tree.0).map_err(|error| repository.unreadable("a tree", &error))?;
        Ok(repository)
    }
}

impl Snapshot<'_> {
    /// Whether both have the same files.
    pub fn repository(&self) -> &Repository {
        self.repository
    }

    pub fn tree(&self) -> ObjectId {
        self.tree
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.tree == other.tree
    }

    pub fn address(&self) -> Address {
        Address { git_folder: self.repository.inner.path().to_owned(), tree: self.tree }
    }

    /// The entry at a path, or `None` where nothing is there.
    pub fn entry(&self, path: &str) -> Result<Option<Entry>, GitError> {
        self.repository.entry_below(self.tree, path)
    }

    /// What a directory holds, in git's order; empty where there is no such directory. Fails where a link or a
    /// submodule stands in its place: what it holds is not in this repository's tree.
    pub fn list(&self, directory: &str) -> Result<Vec<Entry>, GitError> {
        match self.entry(directory)? {
            Some(entry) if entry.kind == EntryKind::Directory => self.list_tree(entry.id, directory),
            Some(entry) if entry.kind != EntryKind::File => Err(refusal(directory, entry.kind)),
            _ => Ok(Vec::new()),
        }
    }

    /// What the tree of this id holds, in git's order; `path` is for messages.
    pub fn list_tree(&self, id: ObjectId, path: &str) -> Result<Vec<Entry>, GitError> {
        self.list_wanted(id, path, |_| true)
    }

    /// The folders in the tree of this id and the files whose names are wanted: a name costs more to keep than to look
    /// at.
    pub fn list_wanted(&self, id: ObjectId, path: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Entry>, GitError> {
        self.repository.list_wanted(id, path, wanted)
    }

    /// The text of the file at a path; `None` where nothing is there.
    ///
    /// Fails on what is no text: a directory, a link, a submodule, a Git LFS pointer, bytes that are not UTF-8, a file
    /// beyond the size limit, an object that is missing or corrupt.
    pub fn source(&self, path: &str) -> Result<Option<Source>, GitError> {
        match self.entry(path)? {
            Some(entry) => self.read(path, &entry).map(Some),
            None => Ok(None),
        }
    }

    /// The text of an entry whose path is known. Fails as [`Self::source`] does.
    pub fn read(&self, path: &str, entry: &Entry) -> Result<Source, GitError> {
        if entry.kind == EntryKind::File {
            let header = self.database(path)?.read_header(entry.id.0);
            let (size, sort) = header.map_err(|error| self.repository.unreadable(path, &error))?;
            if sort != ObjectType::Blob || size > MAX_FILE_BYTES && self.is_shorter(path, entry.id)? {
                return Err(damaged(path));
            }
            check_size(path, size)?;
        }
        self.read_merged(path, entry)
    }

    /// The same for a file of the base branch, which has been merged: its size is not asked for before it is read, which
    /// takes as long as reading it.
    pub fn read_merged(&self, path: &str, entry: &Entry) -> Result<Source, GitError> {
        if entry.kind != EntryKind::File {
            return Err(refusal(path, entry.kind));
        }
        let refuse = |reason: &str| GitError::NotText { path: path.to_owned(), reason: reason.to_owned() };
        let bytes = self.blob(path, entry.id)?;
        if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
            return Err(refuse("it is a Git LFS pointer; keep it in git itself, or run `git lfs pull` first"));
        }
        // An object that lies about its length is filled up with zeros: only then is it hashed.
        let is_suspect = std::str::from_utf8(&bytes).is_err() || memchr::memchr(0, &bytes).is_some();
        if is_suspect && Oid::hash_object(ObjectType::Blob, &bytes).is_ok_and(|id| id != entry.id.0) {
            return Err(damaged(path));
        }
        let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
        Ok(Source::new(path, text))
    }

    /// The same, with `None` for what is no text: for files that need not be any of ours.
    pub fn read_text(&self, path: &str, entry: &Entry) -> Result<Option<Source>, GitError> {
        match self.read(path, entry) {
            Ok(source) => Ok(Some(source)),
            Err(error) if error.is_not_text() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text of a file of the base branch, where that is wanted: most are only looked over. Fails as [`Self::source`] does.
    pub fn pick(
        &self,
        path: &str,
        entry: &Entry,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Source>, GitError> {
        if entry.kind == EntryKind::File {
            let database = self.database(path)?;
            let object = database.read(entry.id.0).map_err(|error| self.repository.unreadable(path, &error))?;
            let text = std::str::from_utf8(object.data());
            if object.kind() == ObjectType::Blob && text.is_ok_and(|text| !is_wanted(text)) {
                return Ok(None);
            }
        }
        self.read_merged(path, entry).map(Some)
    }

    fn blob(&self, path: &str, id: ObjectId) -> Result<Vec<u8>, GitError> {
        let database = self.database(path)?;
        let object = database.read(id.0).map_err(|error| self.repository.unreadable(path, &error))?;
        if object.kind() != ObjectType::Blob {
            return Err(damaged(path));
        }
        check_size(path, object.len())?;
        Ok(object.data().to_vec())
    }

    /// Whether an object that claims to be larger than a text that is read is not: its header is damaged then.
    fn is_shorter(&self, path: &str, id: ObjectId) -> Result<bool, GitError> {
        let database = self.database(path)?;
        // What lies in a pack cannot be read bit by bit, and has a checksum.
        let Ok((mut reader, ..)) = database.reader(id.0) else { return Ok(false) };
        let read = std::io::copy(&mut (&mut reader).take(MAX_FILE_BYTES as u64 + 1), &mut std::io::sink());
        Ok(read.map_or(true, |read| read <= MAX_FILE_BYTES as u64))
    }

    fn database(&self, path: &str) -> Result<git2::Odb<'_>, GitError> {
        self.repository.inner.odb().map_err(|error| self.repository.unreadable(path, &error))
    }
}

/// A file whose object is of another type, or of another length, than it says.
fn damaged(path: &str) -> GitError {
    let reason = "its object is not what its id says; the repository is damaged: run `git fsck`".to_owned();
    GitError::Unreadable { what: format!("`{path}`"), reason }
}

/// Refuses what is larger than a text that is read.
fn check_size(path: &str, size: usize) -> Result<(), GitError> {
    if size <= MAX_FILE_BYTES {
        return Ok(());
    }
    let reason = format!("it has {size} bytes, and {MAX_FILE_BYTES} is the most that is read");
    Err(GitError::NotText { path: path.to_owned(), reason })
}

/// Why an entry of this kind has no text.
fn refusal(path: &str, kind: EntryKind) -> GitError {
    let reason = match kind {
        EntryKind::File => "it is a file",
        EntryKind::Directory => "it is a directory",
        EntryKind::Link => "it is a symbolic link, and links are not followed; put the file itself there",
        EntryKind::Submodule => "it is a submodule, whose files are in another repository; check that one",
    };
    GitError::NotText { path: path.to_owned(), reason: reason.to_owned() }
}
