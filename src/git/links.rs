//! Symbolic links: where a path leads inside the tree.

use std::collections::VecDeque;

use super::{Entry, EntryKind, GitError, Snapshot};
use crate::path;

/// How many links a path may lead over: those that lead around in a circle lead nowhere.
const MOST_LINKS: usize = 40;

/// A longer text is no path.
const LONGEST: usize = 255;

impl Snapshot<'_> {
    /// The path of what another one leads to over symbolic links, itself where there is none on the way. `None` where
    /// nothing is there, or where a link leads out of the repository.
    pub fn real_path(&self, path: &str) -> Result<Option<String>, GitError> {
        self.followed(path, MOST_LINKS)
    }

    fn followed(&self, path: &str, most: usize) -> Result<Option<String>, GitError> {
        let mut open: VecDeque<String> = path.split('/').map(str::to_owned).collect();
        let mut real = String::new();
        let mut left = most;
        while let Some(part) = open.pop_front() {
            match part.as_str() {
                "" | "." => continue,
                ".." if real.is_empty() => return Ok(None),
                ".." => {
                    real.truncate(path::folder(&real).len());
                    continue;
                }
                _ => {}
            }
            let next = path::join(&real, &part);
            let Some(entry) = self.entry(&next)? else { return Ok(None) };
            let Some(target) = self.target(&next, &entry, left)? else {
                real = next;
                continue;
            };
            left = match left.checked_sub(1) {
                Some(left) if !target.is_empty() && !target.starts_with('/') => left,
                _ => return Ok(None),
            };
            for part in target.split('/').rev() {
                open.push_front(part.to_owned());
            }
        }
        Ok(Some(real))
    }

    /// Where a link leads; `None` for what is no link.
    fn target(&self, path: &str, entry: &Entry, left: usize) -> Result<Option<String>, GitError> {
        match entry.kind {
            EntryKind::Link => match self.blob(path, entry.id) {
                Ok(bytes) => Ok(Some(String::from_utf8(bytes).unwrap_or_default())),
                Err(error) if error.is_not_text() => Ok(Some(String::new())),
                Err(error) => Err(error),
            },
            // Where a file system has no links, git writes a file with the path, and that is committed again.
            EntryKind::File if left > 0 => {
                let size = self.database(path)?.read_header(entry.id.0).map_or(usize::MAX, |(size, _)| size);
                if size > LONGEST {
                    return Ok(None);
                }
                let Ok(text) = self.read(path, entry).map(|source| source.text().to_owned()) else { return Ok(None) };
                let is_path =
                    text.contains('/') && !text.contains(|one: char| one.is_whitespace() || "'\"#(=".contains(one));
                let leads = is_path && self.followed(&path::join(path::folder(path), &text), left / 2)?.is_some();
                Ok(leads.then_some(text))
            }
            _ => Ok(None),
        }
    }
}
