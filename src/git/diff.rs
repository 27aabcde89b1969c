//! What differs between two trees and between two texts.

use std::cmp::Ordering;

use git2::{DiffOptions, Oid, Tree};

use super::tree::entry_of;
use super::{Entry, EntryKind, GitError, ObjectId, Repository};
use crate::path;

/// A file that differs between two trees. A renamed file is one that is gone and one that is new.
#[derive(Clone, Debug)]
pub struct ChangedFile {
    /// The path from the repository's root; bytes that are not UTF-8 are replaced.
    pub path: String,
    pub old: Option<Entry>,
    pub new: Option<Entry>,
}

impl Repository {
    /// The files that differ between two trees, in path order.
    ///
    /// A walk of our own: libgit2's diff of two trees visits every folder, and this one only those that differ.
    pub fn changed_files(&self, old: ObjectId, new: ObjectId) -> Result<Vec<ChangedFile>, GitError> {
        let mut changed = Vec::new();
        let mut open = vec![(String::new(), Some(old.0), Some(new.0))];
        while let Some((folder, old, new)) = open.pop() {
            if old == new {
                continue;
            }
            let tree = |id: Option<Oid>| id.map(|id| self.inner.find_tree(id)).transpose();
            let trees = tree(old).and_then(|old| Ok((old, tree(new)?)));
            let (old, new) = trees.map_err(|error| self.unreadable(&folder, &error))?;
            for (name, old, new) in differing(old.as_ref(), new.as_ref()) {
                let path = path::join(&folder, &name);
                let folder_id = |entry: &Option<Entry>| {
                    entry.as_ref().filter(|entry| entry.kind == EntryKind::Directory).map(|entry| entry.id.0)
                };
                let (old_folder, new_folder) = (folder_id(&old), folder_id(&new));
                let (old, new) = (old.filter(|_| old_folder.is_none()), new.filter(|_| new_folder.is_none()));
                if old_folder.is_some() || new_folder.is_some() {
                    open.push((path.clone(), old_folder, new_folder));
                }
                if old.is_some() || new.is_some() {
                    changed.push(ChangedFile { path, old, new });
                }
            }
        }
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changed)
    }
}

/// The entries in which two folders differ, by name, with what each has. Both are in git's order, so that one pass is
/// enough; where one is not, too much differs and nothing is missed.
fn differing(old: Option<&Tree<'_>>, new: Option<&Tree<'_>>) -> Vec<(String, Option<Entry>, Option<Entry>)> {
    let mut old = old.into_iter().flat_map(Tree::iter).peekable();
    let mut new = new.into_iter().flat_map(Tree::iter).peekable();
    let mut found = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return found,
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        if let (Some(before), Some(after)) = (&before, &after)
            && before.id() == after.id()
            && before.filemode() == after.filemode()
        {
            continue;
        }
        let name = after.as_ref().or(before.as_ref()).map(|entry| String::from_utf8_lossy(entry.name_bytes()));
        let name = name.unwrap_or_default().into_owned();
        found.push((name, before.as_ref().and_then(entry_of), after.as_ref().and_then(entry_of)));
    }
}

/// 1-based numbers of lines of a new text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet(Vec<std::ops::Range<usize>>);

impl LineSet {
    /// Every line of a text.
    pub fn all() -> Self {
        let every = 1..usize::MAX;
        Self(vec![every])
    }

    pub fn contains(&self, line: usize) -> bool {
        self.0.iter().any(|run| run.contains(&line))
    }

    /// Whether one of these lines is in the set.
    pub fn meets(&self, lines: std::ops::Range<usize>) -> bool {
        self.0.iter().any(|run| run.start < lines.end && lines.start < run.end)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The lines that `new` adds to `old`, as `git diff` shows them with a `+`.
pub fn added_lines(old: &str, new: &str) -> Result<LineSet, GitError> {
    if old == new {
        return Ok(LineSet::default());
    }
    let (skipped, old, new) = trim(old, new);
    let unreadable =
        |error: git2::Error| GitError::Unreadable { what: "a diff".to_owned(), reason: error.message().to_owned() };
    let mut options = DiffOptions::new();
    options.context_lines(0).force_text(true);
    let patch = git2::Patch::from_buffers(old.as_bytes(), None, new.as_bytes(), None, Some(&mut options))
        .map_err(unreadable)?;
    let mut runs = Vec::new();
    for index in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(index).map_err(unreadable)?;
        let start = hunk.new_start() as usize + skipped;
        if hunk.new_lines() > 0 {
            runs.push(start..start + hunk.new_lines() as usize);
        }
    }
    Ok(LineSet(runs))
}

/// Lines that are kept around what differs, so that the diff can still settle where it likes best.
const KEPT: usize = 64;

/// Cuts off the lines that both texts begin and end with, but for a few, and counts those cut off in front: most
/// changes to a long file are small.
fn trim<'a>(old: &'a str, new: &'a str) -> (usize, &'a str, &'a str) {
    let common = common_front(old.as_bytes(), new.as_bytes());
    let starts: Vec<usize> = memchr::memchr_iter(b'\n', &old.as_bytes()[..common]).map(|at| at + 1).collect();
    let skipped = starts.len().saturating_sub(KEPT);
    let front = skipped.checked_sub(1).map_or(0, |last| starts[last]);
    let (old, new) = (&old[front..], &new[front..]);
    let common = common_back(old.as_bytes(), new.as_bytes());
    let tail = &old.as_bytes()[old.len() - common..];
    // The first line of the common end may be whole in one text and part of a line in the other.
    let back = memchr::memchr_iter(b'\n', tail).nth(KEPT).map_or(0, |at| common - at - 1);
    (skipped, &old[..old.len() - back], &new[..new.len() - back])
}

/// Bytes that are compared at once.
const STEP: usize = 64;

/// How many bytes two texts begin with alike.
fn common_front(a: &[u8], b: &[u8]) -> usize {
    let steps = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    steps + a[steps..].iter().zip(&b[steps..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts end with alike.
fn common_back(a: &[u8], b: &[u8]) -> usize {
    let steps = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    let rest = a[..a.len() - steps].iter().rev().zip(b[..b.len() - steps].iter().rev());
    steps + rest.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(old: &str, new: &str) -> Vec<usize> {
        let set = added_lines(old, new).unwrap();
        (1..20).filter(|line| set.contains(*line)).collect()
    }

    #[test]
    fn only_new_and_changed_lines_are_added() {
        assert_eq!(added("a\nb\nc\n", "a\nx\nb\nc2\n"), [2, 4]);
        assert_eq!(added("a\nb\n", "a\n"), [0; 0]);
        assert_eq!(added("", "a\nb\n"), [1, 2]);
        assert_eq!(added("a\n", "a\n"), [0; 0]);
    }

    #[test]
    fn a_small_change_in_a_long_text_is_found_where_it_is() {
        let lines: Vec<String> = (0..500).map(|line| format!("é line {line}\n")).collect();
        let old = lines.concat();
        for at in [0, 1, 63, 64, 65, 250, 435, 436, 499] {
            let mut changed = lines.clone();
            changed.insert(at, "new\n".to_owned());
            let set = added_lines(&old, &changed.concat()).unwrap();
            let found: Vec<usize> = (1..=501).filter(|line| set.contains(*line)).collect();
            assert_eq!(found, [at + 1]);
        }
        assert!(added_lines(&old, &lines[..400].concat()).unwrap().is_empty());
        let twice = added_lines(&old, &(old.clone() + &old)).unwrap();
        assert_eq!((1..=1000).filter(|line| twice.contains(*line)).count(), 500);
    }

    #[test]
    fn a_missing_last_line_break_is_like_git_sees_it() {
        assert_eq!(added("a", "a\nb"), [1, 2]);
    }
}
