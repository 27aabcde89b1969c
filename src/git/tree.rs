//! Trees as git stores them: what a folder holds, and what a path leads to.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use git2::{ObjectType, Oid};

use super::{Entry, EntryKind, GitError, ObjectId, Repository};

/// The trees that were searched, so that each is read once however many of its entries are asked for.
#[derive(Debug, Default)]
pub(super) struct Listings {
    known: HashMap<ObjectId, Rc<Listing>>,
    bytes: usize,
}

/// What is kept of them at the most; beyond that it begins anew.
const MOST_BYTES: usize = 16 << 20;

/// One tree, with where each of its entries begins.
#[derive(Debug)]
struct Listing {
    data: Vec<u8>,
    starts: Vec<usize>,
}

impl Listing {
    /// `None` where the object is no tree as git writes it.
    fn parse(data: &[u8]) -> Option<Self> {
        let mut starts = Vec::new();
        let mut rest = data;
        while !rest.is_empty() {
            starts.push(data.len() - rest.len());
            rest = RawEntry::first(rest)?.rest;
        }
        Some(Self { data: data.to_vec(), starts })
    }

    fn find(&self, name: &[u8]) -> Option<RawEntry<'_>> {
        // A folder is sorted as if its name ended with a slash, so that a name has two places where it can be.
        [0, b'/'].into_iter().find_map(|end| {
            let order = |start: &usize| match self.data.get(*start..).and_then(RawEntry::first) {
                Some(entry) => entry.key().cmp(name.iter().copied().chain([end])),
                None => Ordering::Less,
            };
            let at = self.starts.binary_search_by(order).ok()?;
            RawEntry::first(&self.data[self.starts[at]..])
        })
    }
}

impl Repository {
    /// The entry at a path below a tree, or `None` where nothing is there.
    pub(super) fn entry_below(&self, root: ObjectId, path: &str) -> Result<Option<Entry>, GitError> {
        let mut entry = Entry { name: String::new(), id: root, kind: EntryKind::Directory };
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if entry.kind != EntryKind::Directory {
                return Ok(None);
            }
            let what = if entry.id == root { "the root folder" } else { path };
            let listing = self.listing(entry.id, what)?;
            let Some(found) = listing.find(part.as_bytes()) else { return Ok(None) };
            let Some(kind) = found.kind else { return Ok(None) };
            entry = Entry { name: part.to_owned(), id: found.id, kind };
        }
        Ok(Some(entry))
    }

    fn listing(&self, id: ObjectId, path: &str) -> Result<Rc<Listing>, GitError> {
        if let Some(known) = self.listings.borrow().known.get(&id) {
            return Ok(known.clone());
        }
        let listing = self.tree_data(id, path, |data| Listing::parse(data).map(Rc::new))?;
        let mut listings = self.listings.borrow_mut();
        if listings.bytes > MOST_BYTES {
            *listings = Listings::default();
        }
        listings.bytes += listing.data.len();
        listings.known.insert(id, listing.clone());
        Ok(listing)
    }

    /// The folders in the tree of this id and the files whose names are wanted, in git's order.
    pub(super) fn list_wanted(
        &self,
        id: ObjectId,
        path: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Entry>, GitError> {
        self.tree_data(id, path, |data| {
            let mut rest = data;
            let mut entries = Vec::new();
            while !rest.is_empty() {
                let raw = RawEntry::first(rest)?;
                rest = raw.rest;
                let name = String::from_utf8_lossy(raw.name);
                if let Some(kind) = raw.kind.filter(|kind| *kind == EntryKind::Directory || wanted(&name)) {
                    entries.push(Entry { name: name.into_owned(), id: raw.id, kind });
                }
            }
            Some(entries)
        })
    }

    /// What is read from the bytes of a tree; `path` is for messages.
    fn tree_data<T>(&self, id: ObjectId, path: &str, read: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, GitError> {
        let unreadable = |error: git2::Error| self.unreadable(path, &error);
        let database = self.inner.odb().map_err(unreadable)?;
        let object = database.read(id.0).map_err(unreadable)?;
        let is_tree = object.kind() == ObjectType::Tree;
        is_tree.then(|| read(object.data())).flatten().ok_or_else(|| {
            let reason = "its tree is damaged; run `git fsck`".to_owned();
            GitError::Unreadable { what: format!("`{path}`"), reason }
        })
    }
}

/// An entry of a tree object as git stores it.
struct RawEntry<'tree> {
    kind: Option<EntryKind>,
    name: &'tree [u8],
    id: ObjectId,
    /// What follows it.
    rest: &'tree [u8],
}

impl<'tree> RawEntry<'tree> {
    /// The mode in octal, a space, the name, a zero, the 20 bytes of the id.
    fn first(tree: &'tree [u8]) -> Option<Self> {
        let space = memchr::memchr(b' ', tree)?;
        let zero = space + memchr::memchr(0, &tree[space..])?;
        let id = Oid::from_bytes(tree.get(zero + 1..zero + 21)?).ok()?;
        let mode = i32::from_str_radix(str::from_utf8(&tree[..space]).ok()?, 8).ok()?;
        let (name, rest) = (&tree[space + 1..zero], &tree[zero + 21..]);
        Some(Self { kind: kind_of(mode), name, id: ObjectId(id), rest })
    }

    /// What git sorts it by.
    fn key(&self) -> impl Iterator<Item = u8> {
        let end = if self.kind == Some(EntryKind::Directory) { b'/' } else { 0 };
        self.name.iter().copied().chain([end])
    }
}

/// An entry as libgit2 tells it.
pub(super) fn entry_of(entry: &git2::TreeEntry<'_>) -> Option<Entry> {
    let kind = kind_of(entry.filemode())?;
    Some(Entry { name: String::from_utf8_lossy(entry.name_bytes()).into_owned(), id: ObjectId(entry.id()), kind })
}

/// What a mode of git's stands for; `None` for one that git does not write.
fn kind_of(mode: i32) -> Option<EntryKind> {
    match mode & 0o170_000 {
        0o100_000 => Some(EntryKind::File),
        0o040_000 => Some(EntryKind::Directory),
        0o120_000 => Some(EntryKind::Link),
        0o160_000 => Some(EntryKind::Submodule),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str)]) -> Vec<u8> {
        entries.iter().fold(Vec::new(), |mut data, (mode, name)| {
            data.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            data.extend_from_slice(&[7; 20]);
            data
        })
    }

    #[test]
    fn an_entry_is_found_among_names_that_begin_alike() {
        // In git's order, in which `a` is a folder: `a-b` < `a.py` < `a/` < `a0`.
        let data = tree(&[("100644", "a-b"), ("100644", "a.py"), ("40000", "a"), ("100755", "a0"), ("120000", "b")]);
        let listing = Listing::parse(&data).unwrap();
        let kind = |name: &str| listing.find(name.as_bytes()).and_then(|entry| entry.kind);
        assert_eq!(kind("a-b"), Some(EntryKind::File));
        assert_eq!(kind("a.py"), Some(EntryKind::File));
        assert_eq!(kind("a"), Some(EntryKind::Directory));
        assert_eq!(kind("a0"), Some(EntryKind::File));
        assert_eq!(kind("b"), Some(EntryKind::Link));
        for name in ["", "a/", "a1", "c"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        assert!(Listing::parse(b"100644 a\0short").is_none());
        assert!(Listing::parse(b"rubbish").is_none());
        assert!(Listing::parse(b"").is_some());
    }
}
