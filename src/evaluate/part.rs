//! What is known of a database of which only a part was evaluated.

use foldhash::HashSet;

use super::drift::table_of;
use crate::schema::delta::{self, Level, Object};
use crate::schema::model::Schema;
use crate::track::footprint::{self, Key, Names};

/// The objects of which everything is known.
#[derive(Debug, Default)]
pub struct Part {
    pub names: Names,
    /// Tables some of whose columns were left out.
    pub without_columns: HashSet<Key>,
}

impl Part {
    /// Whether what changes between two schemas, of another track, can be looked up here.
    pub fn knows(&self, before: &Schema, after: &Schema) -> bool {
        delta::diff(before, after, Level::Full).iter().all(|change| match &change.object {
            Object::View(name) => self.names.has(name.as_str()),
            Object::Column { table, name } => self.names.has(table.as_str()) && self.names.has_column(name.as_str()),
            object => table_of(object).is_some_and(|table| {
                let is_whole = !self.without_columns.contains(&footprint::key(table.as_str()));
                self.names.has(table.as_str()) && is_whole
            }),
        })
    }
}
