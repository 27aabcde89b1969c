//! What a revision may touch, told from its text where that is plain: with it, the revisions that others depend on are
//! found without evaluating any.
//!
//! Names are kept as hashes: two that are taken for one only make a revision seem to touch more.

use std::hash::BuildHasher as _;

use foldhash::HashSet;
use foldhash::fast::FixedState;

mod operations;
mod sql;

pub use self::operations::of_revision;

/// A name in lower case, cut as PostgreSQL cuts it (`NAMEDATALEN - 1`).
pub type Key = u64;

const LONGEST_NAME: usize = 63;

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
    /// It may take something away that others refer to, or change it.
    pub takes_away: bool,
    /// One of the names is as PostgreSQL makes them up by itself, for an index or a constraint of any table.
    pub may_be_anybodys: bool,
    /// It adds plain columns and does nothing else.
    pub only_adds_columns: bool,
}

/// The names that matter to somebody.
#[derive(Debug, Default)]
pub struct Names {
    objects: HashSet<Key>,
    columns: HashSet<Key>,
    /// Those that are taken away or changed: then who refers to them matters, too.
    changed: HashSet<Key>,
    /// Tables of which every column matters.
    whole: HashSet<Key>,
}

impl Names {
    /// Adds what a revision touches; answers whether any of it is new.
    pub fn add(&mut self, footprint: &Footprint) -> bool {
        let before = (self.objects.len(), self.columns.len(), self.changed.len());
        self.objects.extend(footprint.names.iter().chain(&footprint.reads).chain(&footprint.uses));
        self.columns.extend(&footprint.columns);
        if footprint.takes_away {
            self.changed.extend(&footprint.names);
        }
        before != (self.objects.len(), self.columns.len(), self.changed.len())
    }

    /// Whether a revision does something to them.
    pub fn need(&self, footprint: &Footprint) -> bool {
        let columns = || {
            let is_column = footprint.columns.iter().any(|key| self.columns.contains(key));
            is_column || footprint.names.iter().any(|key| self.whole.contains(key))
        };
        footprint.names.iter().any(|key| self.objects.contains(key)) && (!footprint.only_adds_columns || columns())
            || footprint.reads.iter().any(|key| self.changed.contains(key))
    }

    /// Adds a column; without its name, a whole table.
    pub fn add_part(&mut self, table: &str, column: Option<&str>) {
        self.objects.insert(key(table));
        match column {
            Some(column) => self.columns.insert(key(column)),
            None => self.whole.insert(key(table)),
        };
    }

    pub fn has(&self, name: &str) -> bool {
        self.objects.contains(&key(name))
    }

    pub fn has_column(&self, name: &str) -> bool {
        self.columns.contains(&key(name))
    }
}

pub fn key(name: &str) -> Key {
    let folded = name.to_lowercase();
    let mut end = LONGEST_NAME.min(folded.len());
    while !folded.is_char_boundary(end) {
        end -= 1;
    }
    FixedState::default().hash_one(&folded[..end])
}

/// Every word of a file: what it touches is among them, unless it puts names together.
pub fn of_words(text: &str) -> Footprint {
    let keys: HashSet<Key> = words(text).map(key).collect();
    let keys: Vec<Key> = keys.into_iter().collect();
    let may_be_anybodys = words(text).any(is_made_up);
    Footprint { names: keys.clone(), columns: keys, takes_away: true, may_be_anybodys, ..Footprint::default() }
}

/// Whether a name ends as those that PostgreSQL makes up (`ChooseIndexName`, `ChooseConstraintName`).
fn is_made_up(name: &str) -> bool {
    let name = name.trim_end_matches(|character: char| character.is_ascii_digit());
    ["_pkey", "_fkey", "_key", "_seq", "_idx", "_check", "_excl"].iter().any(|end| name.ends_with(end))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').filter(|word| !word.is_empty())
}
