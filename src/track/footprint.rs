//! What a revision may touch, told from its text where that is plain: with it, the revisions that others depend on are
//! found without evaluating any.
//!
//! Names are kept as hashes: two that are taken for one only make a revision seem to touch more.

use std::hash::BuildHasher as _;

use foldhash::HashSet;
use foldhash::fast::FixedState;

use crate::schema::postgres::{LONGEST_NAME, cut};
use crate::source;

mod operations;
mod sql;

pub use self::operations::of_revision;

/// A name in lower case, cut as PostgreSQL cuts it.
pub type Key = u64;

/// What a revision may touch.
#[derive(Debug, Default)]
pub struct Footprint {
    /// Tables, indexes, constraints and types that it makes or changes.
    pub names: Vec<Key>,
    /// Columns that it names.
    pub columns: Vec<Key>,
    /// Tables, types and sequences that it only refers to.
    pub reads: Vec<Key>,
    /// What its changes of rows name.
    pub uses: Vec<Key>,
    /// The tables that get rows.
    pub fills: Vec<Key>,
    /// It may take something away that others refer to, or change it.
    pub takes_away: bool,
    /// What the names begin with, up to each `_`: what nobody names is called after its table, and could be another's.
    pub stems: Vec<Key>,
    /// It adds plain columns and does nothing else.
    pub only_adds_columns: bool,
}

/// The names that matter to somebody.
#[derive(Debug, Default)]
pub struct Names {
    objects: HashSet<Key>,
    stems: HashSet<Key>,
    columns: HashSet<Key>,
    /// Those that are taken away or changed: then who refers to them matters, too.
    changed: HashSet<Key>,
    /// Tables of which every column matters.
    whole: HashSet<Key>,
}

impl Names {
    /// Adds what a revision touches; answers whether any of it is new.
    pub fn add(&mut self, footprint: &Footprint) -> bool {
        let before = self.counts();
        self.objects.extend(footprint.names.iter().chain(&footprint.reads).chain(&footprint.uses));
        self.stems.extend(&footprint.stems);
        self.columns.extend(&footprint.columns);
        // A row has a value for every column.
        self.whole.extend(&footprint.fills);
        if footprint.takes_away {
            self.changed.extend(&footprint.names);
            self.whole.extend(&footprint.names);
        }
        before != self.counts()
    }

    fn counts(&self) -> [usize; 5] {
        [&self.objects, &self.stems, &self.columns, &self.changed, &self.whole].map(HashSet::len)
    }

    /// Whether a revision does something to them.
    pub fn need(&self, footprint: &Footprint) -> bool {
        let any = |keys: &[Key], known: &HashSet<Key>| keys.iter().any(|key| known.contains(key));
        if any(&footprint.reads, &self.changed) {
            return true;
        }
        if footprint.only_adds_columns {
            let is_column = any(&footprint.columns, &self.columns) && any(&footprint.names, &self.objects);
            return is_column || any(&footprint.names, &self.whole);
        }
        // Columns that come later are held against the rows that are there.
        if any(&footprint.fills, &self.objects) {
            return true;
        }
        let is_called_alike = any(&footprint.names, &self.stems) || any(&footprint.stems, &self.objects);
        any(&footprint.names, &self.objects) || is_called_alike
    }

    /// Adds a column; without its name, a whole table. `None` for a name that no revision is told by, such as one with a
    /// schema.
    pub fn add_part(&mut self, table: &str, column: Option<&str>) -> Option<()> {
        let mut names = Vec::new();
        note_name(table, &mut names, &mut Vec::new())?;
        self.objects.extend(&names);
        match column {
            Some(column) => drop(self.columns.insert(key(column))),
            None => self.whole.extend(&names),
        }
        Some(())
    }

    pub fn has(&self, name: &str) -> bool {
        self.objects.contains(&key(name))
    }

    pub fn has_column(&self, name: &str) -> bool {
        self.columns.contains(&key(name))
    }
}

pub fn key(name: &str) -> Key {
    FixedState::default().hash_one(cut(name, LONGEST_NAME).to_ascii_lowercase())
}

/// From so many bytes on, a name may be what PostgreSQL or SQLAlchemy shortened: it does not begin with its table's then.
const SHORTENED: usize = 60;

/// Adds a name; `None` for one that is not plain, that may have been shortened, or that SQL has as a keyword: it could not
/// be told from that elsewhere.
fn note_name(name: &str, names: &mut Vec<Key>, stems: &mut Vec<Key>) -> Option<()> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_plain || name.is_empty() || name.len() >= SHORTENED || sql::is_keyword(name) {
        return None;
    }
    names.push(key(name));
    for own in [Some(name), name.strip_prefix("ix_")].into_iter().flatten() {
        stems.extend(own.match_indices('_').map(|(at, _)| key(&own[..at])));
    }
    stems.extend(name.strip_prefix("ix_").map(key));
    Some(())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    source::words(text).map(|(_, word)| word)
}
