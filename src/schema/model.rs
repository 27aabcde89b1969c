//! The schema of a database as a plain value, whatever engine made it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::delta::Object;
use super::token::{self, Kind};

/// A name as it was spelled. Two names are equal where they differ in the case of ASCII letters only.
#[derive(Clone, Debug, Default)]
pub struct Name(String);

impl Name {
    pub fn new(spelled: impl Into<String>) -> Self {
        Self(spelled.into())
    }

    /// As it was spelled, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl From<&str> for Name {
    fn from(spelled: &str) -> Self {
        Self::new(spelled)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a database holds, its rows aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    pub tables: BTreeMap<Name, Table>,
    pub virtual_tables: BTreeMap<Name, VirtualTable>,
    pub views: BTreeMap<Name, View>,
    pub triggers: BTreeMap<Name, Trigger>,
    /// The types of PostgreSQL that list their values, with those in their order.
    pub enums: BTreeMap<Name, Vec<String>>,
}

/// A table. Constraints stand in the order of their text, wherever it wrote them: on a column or after all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Table {
    pub name: Name,
    /// In the order in which the database has them.
    pub columns: Vec<Column>,
    pub indexes: BTreeMap<Name, Index>,
    pub uniques: Vec<Unique>,
    pub foreign_keys: Vec<ForeignKey>,
    pub checks: Vec<Check>,
    /// Of the primary key: what a row that breaks it does, if not to fail.
    pub primary_key_conflict: Option<String>,
    pub autoincrement: bool,
    pub without_rowid: bool,
    pub strict: bool,
    /// The table whose rows it keeps, where it is a part of one.
    pub partition_of: Option<Name>,
    /// Something else made it, so that it may have more than is known.
    pub open: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub name: Name,
    /// As it was declared; empty where the declaration has none.
    pub data_type: String,
    /// Whether `NOT NULL` is absent. A primary key's column can be nullable in SQLite.
    pub nullable: bool,
    /// The expression as it was written, without brackets around it.
    pub default: Option<String>,
    /// Its position in the primary key, from 1.
    pub primary_key: Option<u32>,
    pub generated: Option<Generated>,
    /// `None` where it is the database's own.
    pub collation: Option<Name>,
}

impl Column {
    /// Whether a new row needs a value for it: it takes no NULL, and the database has none of its own for it.
    pub fn needs_a_value(&self) -> bool {
        !self.nullable && self.default.is_none() && self.generated.is_none()
    }
}

/// A column that is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    pub expression: String,
    /// Kept in the table, not computed when it is read.
    pub stored: bool,
}

/// An index that has a name of its own; those that carry a constraint are listed as that constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pub name: Name,
    pub unique: bool,
    pub parts: Vec<IndexPart>,
    /// The condition of a partial index.
    pub predicate: Option<String>,
    pub options: IndexOptions,
    /// The database made it for a foreign key and keeps it without that: nobody asked for it.
    pub by_itself: bool,
}

/// What an index of PostgreSQL has besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexOptions {
    /// `gin`, `gist`, …; `None` where it is a B-tree.
    pub method: Option<String>,
    /// For each part its operator class, where one is named.
    pub classes: Vec<Option<String>>,
    /// For each part whether nulls come first, where its order does not say so by itself.
    pub nulls_first: Vec<Option<bool>>,
    /// Columns that it keeps besides those that it is sorted by.
    pub include: Vec<Name>,
    pub nulls_not_distinct: bool,
}

impl IndexOptions {
    /// Whether there is nothing that an index of any engine has not.
    pub fn is_plain(&self) -> bool {
        self.method.is_none()
            && self.classes.iter().all(Option::is_none)
            && self.nulls_first.iter().all(Option::is_none)
            && self.include.is_empty()
            && !self.nulls_not_distinct
    }
}

/// One column or expression of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPart {
    pub term: IndexTerm,
    /// `None` where it is that of the column.
    pub collation: Option<Name>,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexTerm {
    Column(Name),
    Expression(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unique {
    pub name: Option<Name>,
    pub columns: Vec<Name>,
    /// What a row that breaks it does, if not to fail: `IGNORE`, `REPLACE`.
    pub conflict: Option<String>,
    pub options: KeyOptions,
}

/// What a unique constraint of PostgreSQL has besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyOptions {
    pub nulls_not_distinct: bool,
    pub include: Vec<Name>,
    /// Whether it can be checked when the transaction ends, and is so by itself.
    pub deferrable: bool,
    pub deferred: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKey {
    pub name: Option<Name>,
    pub columns: Vec<Name>,
    pub table: Name,
    /// Empty where it is the other table's primary key.
    pub references: Vec<Name>,
    /// `CASCADE`, `SET NULL`, …; `None` for `NO ACTION`.
    pub on_delete: Option<String>,
    pub on_update: Option<String>,
    /// It can be checked when the transaction ends.
    pub deferrable: bool,
    /// Checked when the transaction ends.
    pub deferred: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    pub name: Option<Name>,
    pub expression: String,
}

/// A table that a module of the database keeps; the tables in which it does so are not listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VirtualTable {
    pub name: Name,
    pub module: Name,
    /// The text of each argument.
    pub arguments: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub name: Name,
    /// The whole `CREATE VIEW` as the database keeps it.
    pub sql: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trigger {
    pub name: Name,
    /// The table or view it is on.
    pub table: Name,
    /// The whole `CREATE TRIGGER` as the database keeps it.
    pub sql: String,
}

impl Generated {
    /// The keyword that says when it is computed.
    pub fn storage(&self) -> &'static str {
        if self.stored { "STORED" } else { "VIRTUAL" }
    }
}

impl Schema {
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(&Name::from(name))
    }

    /// Gives columns of a table other names, by their old ones, wherever its keys, indexes and expressions and the foreign
    /// keys of others say them.
    pub fn rename_columns(&mut self, table: &Name, names: &BTreeMap<Name, Name>) {
        if let Some(own) = self.tables.get_mut(table) {
            own.rename_columns(names);
        }
        let keys = self.tables.values_mut().flat_map(|table| &mut table.foreign_keys);
        for key in keys.filter(|key| key.table == *table) {
            key.references.iter_mut().for_each(|name| rename(names, name));
        }
    }

    /// Whether it has a table, view or trigger, a column or an index, by its name; of anything else it is not told.
    pub fn has(&self, object: &Object) -> bool {
        match object {
            Object::Table(name) => self.tables.contains_key(name),
            Object::VirtualTable(name) => self.virtual_tables.contains_key(name),
            Object::View(name) => self.views.contains_key(name),
            Object::Trigger { name, .. } => self.triggers.contains_key(name),
            Object::Column { table, name } => self.tables.get(table).is_some_and(|table| table.column(name).is_some()),
            Object::Index { table, name } => {
                self.tables.get(table).is_some_and(|table| table.indexes.contains_key(name))
            }
            _ => false,
        }
    }
}

fn rename(names: &BTreeMap<Name, Name>, name: &mut Name) {
    if let Some(other) = names.get(name) {
        *name = other.clone();
    }
}

/// An expression in which columns have their new names.
fn renamed_in(names: &BTreeMap<Name, Name>, text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for token in token::tokens(text).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) {
        if let Some(other) = names.get(&Name::new(token.value())) {
            made.push_str(&text[at..token.start]);
            made.push_str(other.as_str());
            at = token.end();
        }
    }
    made.push_str(&text[at..]);
    made
}

impl Table {
    pub fn column(&self, name: &Name) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// The column that is the row's own number in SQLite (<https://www.sqlite.org/lang_createtable.html#rowid>).
    pub fn rowid_alias(&self) -> Option<&Column> {
        let mut keys = self.columns.iter().filter(|column| column.primary_key.is_some());
        let only = keys.next().filter(|_| keys.next().is_none() && !self.without_rowid)?;
        only.data_type.eq_ignore_ascii_case("INTEGER").then_some(only)
    }

    fn rename_columns(&mut self, names: &BTreeMap<Name, Name>) {
        self.columns.iter_mut().for_each(|column| rename(names, &mut column.name));
        for part in self.indexes.values_mut().flat_map(|index| &mut index.parts) {
            match &mut part.term {
                IndexTerm::Column(name) => rename(names, name),
                IndexTerm::Expression(text) => *text = renamed_in(names, text),
            }
        }
        self.uniques.iter_mut().flat_map(|unique| &mut unique.columns).for_each(|name| rename(names, name));
        self.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(|name| rename(names, name));
        let generated = self.columns.iter_mut().filter_map(|column| column.generated.as_mut());
        let texts = generated.map(|generated| &mut generated.expression);
        let texts = texts.chain(self.indexes.values_mut().filter_map(|index| index.predicate.as_mut()));
        for text in texts.chain(self.checks.iter_mut().map(|check| &mut check.expression)) {
            *text = renamed_in(names, text);
        }
    }

    /// The primary key's columns in its order; empty where there is none.
    pub fn primary_key(&self) -> Vec<&Name> {
        let mut columns: Vec<&Column> = self.columns.iter().filter(|column| column.primary_key.is_some()).collect();
        columns.sort_by_key(|column| column.primary_key);
        columns.into_iter().map(|column| &column.name).collect()
    }
}
