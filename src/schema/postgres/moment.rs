//! What is known of rows and of the open transaction: what a database is does not depend on it.

use imbl::{OrdMap, OrdSet};

use super::print::Spelled;
use super::state::State;
use super::{PgError, bare};
use crate::schema::token::{self, Kind};

/// What is known for the moment. Two databases that differ in it alone are the same.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// Tables that surely have rows, and those of their columns that are null in one of these.
    rows: OrdMap<String, OrdSet<String>>,
    /// Types that the open transaction makes.
    new_types: OrdSet<String>,
    /// Labels that it adds to types which were there before: until it ends, nothing may use them.
    new_labels: OrdSet<(String, String)>,
    /// The project made casts or operators of its own, so that types may go together which do not by themselves.
    own_casts: bool,
    /// How things were written.
    pub(super) spelled: Spelled,
}

impl PartialEq for Moment {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Moment {}

impl Moment {
    /// Whether nothing of it can have a fresh database fail where a deployed one does not.
    pub fn is_plain(&self) -> bool {
        self.rows.is_empty() && self.new_labels.is_empty()
    }

    /// The transaction ends: what it made is there for everybody.
    pub fn end_transaction(&mut self) {
        self.new_types.clear();
        self.new_labels.clear();
    }

    pub fn forget_rows(&mut self) {
        self.rows.clear();
    }

    pub fn note_casts(&mut self) {
        self.own_casts = true;
    }

    pub fn has_own_casts(&self) -> bool {
        self.own_casts
    }

    pub fn has_rows(&self, table: &str) -> bool {
        self.rows.contains_key(table)
    }

    pub fn is_null(&self, table: &str, column: &str) -> bool {
        self.rows.get(table).is_some_and(|nulls| nulls.contains(column))
    }

    pub fn forget_table(&mut self, table: &str) {
        self.rows.remove(table);
    }

    pub fn has_new_labels(&self) -> bool {
        !self.new_labels.is_empty()
    }

    /// Notes a row, and the columns that are null in it.
    pub fn note_row(&mut self, table: &str, nulls: impl IntoIterator<Item = String>) {
        let mut known = self.rows.get(table).cloned().unwrap_or_default();
        known.extend(nulls);
        self.rows.insert(table.to_owned(), known);
    }

    /// An update may have filled a column.
    pub fn note_update(&mut self, table: &str, column: &str) {
        if let Some(nulls) = self.rows.get_mut(table) {
            nulls.remove(column);
        }
    }

    /// Forgets the rows of the tables that a statement names, and of those that refer to them: it may take some away.
    pub fn forget(&mut self, sql: &str, state: &State) {
        if self.rows.is_empty() {
            return;
        }
        let words: Vec<String> = token::tokens(sql)
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            .map(|token| token.value().to_lowercase())
            .collect();
        // What calls a function of the project's own may do anything.
        if state.routines.keys().any(|name| words.iter().any(|word| *word == bare(name).to_lowercase())) {
            self.rows.clear();
            return;
        }
        let is_named = |table: &str| words.iter().any(|word| *word == bare(table).to_lowercase());
        let mut gone: Vec<String> = state.tables.keys().filter(|table| is_named(table)).cloned().collect();
        let mut at = 0;
        while let Some(table) = gone.get(at).cloned() {
            let others = state.tables.iter().filter(|(name, other)| other.refers_to(&table) && !gone.contains(name));
            let others: Vec<String> = others.map(|(name, _)| name.clone()).collect();
            gone.extend(others);
            at += 1;
        }
        for table in gone {
            self.rows.remove(&table);
        }
    }

    pub fn note_type(&mut self, name: &str) {
        self.new_types.insert(name.to_owned());
        // One that had the name before is another.
        let others = self.new_labels.iter().filter(|(of, _)| of != name);
        self.new_labels = others.cloned().collect();
    }

    pub fn note_label(&mut self, of: &str, label: &str) {
        if !self.new_types.contains(of) {
            self.new_labels.insert((of.to_owned(), label.to_owned()));
        }
    }

    pub fn rename_type(&mut self, old: &str, new: &str) {
        if self.new_types.remove(old).is_some() {
            self.new_types.insert(new.to_owned());
        }
        let renamed =
            |(of, label): &(String, String)| (if of == old { new.to_owned() } else { of.clone() }, label.clone());
        self.new_labels = self.new_labels.iter().map(renamed).collect();
    }

    /// Refuses a label that the open transaction added.
    pub fn check_label(&self, of: &str, label: &str) -> Result<(), PgError> {
        if self.new_labels.contains(&(of.to_owned(), label.to_owned())) {
            return Err(PgError::unsafe_label(label, bare(of)));
        }
        Ok(())
    }
}
