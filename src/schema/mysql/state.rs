//! What a database of MySQL holds, as its statements see it.

use std::rc::Rc;

use imbl::{OrdMap, OrdSet};

use super::data_type::DataType;

/// The longest name, in characters (<https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html>).
pub const LONGEST_NAME: usize = 64;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// By name, as it is spelled: two that differ in case are two tables where a server has it so.
    pub tables: OrdMap<String, Rc<Table>>,
    pub views: OrdMap<String, View>,
    /// By name, with their tables and texts.
    pub triggers: OrdMap<String, Trigger>,
    /// `PROCEDURE p`, `FUNCTION f`, `EVENT e`, `SEQUENCE s`, with their texts; names in small letters.
    pub routines: OrdMap<String, String>,
    /// Names that statements which are not carried out may have made, altered or dropped, in small letters.
    pub doubt: OrdSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub sql: String,
    /// `None` where they are not known.
    pub columns: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trigger {
    pub table: String,
    pub sql: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub keys: Vec<Key>,
    pub foreign: Vec<Foreign>,
    pub checks: Vec<Check>,
    pub charset: Option<String>,
    pub collation: Option<String>,
    /// In small letters; `None` where it is the server's own, which is InnoDB.
    pub engine: Option<String>,
    pub temporary: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub data_type: DataType,
    pub nullable: bool,
    /// As it was written; `None` where there is none or it is `NULL`.
    pub default: Option<Fallback>,
    /// With the clock that a change of the row sets it to.
    pub on_update: Option<String>,
    pub auto_increment: bool,
    pub generated: Option<Generated>,
    pub invisible: bool,
}

/// What a column is where a row says nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// What a text, a number, bits or a truth value says; the text that it was written in.
    Literal {
        value: String,
        text: String,
        is_text: bool,
    },
    /// The clock, with its digits of a second.
    Clock {
        text: String,
        digits: u64,
    },
    Expression(String),
}

impl Fallback {
    pub fn text(&self) -> &str {
        match self {
            Self::Literal { text, .. } | Self::Clock { text, .. } | Self::Expression(text) => text,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    pub expression: String,
    pub stored: bool,
    /// The columns that it is computed from.
    pub columns: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyKind {
    Primary,
    Unique,
    #[default]
    Plain,
    Fulltext,
    Spatial,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// `PRIMARY` for a primary key.
    pub name: String,
    pub kind: KeyKind,
    pub parts: Vec<Part>,
    /// InnoDB made it for a foreign key, and drops it when another one serves.
    pub implicit: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub term: Term,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    Column { name: String, length: Option<u64> },
    Expression { text: String, columns: Vec<String> },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    pub name: String,
    pub columns: Vec<String>,
    pub table: String,
    pub references: Vec<String>,
    pub on_delete: Option<String>,
    pub on_update: Option<String>,
    /// Written on a column, where it is not known which server it is: MySQL before 9 heeds none of those, so that nothing is
    /// refused for its sake.
    pub is_doubtful: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    pub name: String,
    pub expression: String,
    pub columns: Vec<String>,
    /// The column that it was written on: it goes with that one.
    pub of: Option<String>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| same(&column.name, name))
    }

    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| same(&column.name, name))
    }

    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| same(&key.name, name))
    }

    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == KeyKind::Primary)
    }

    /// Whether a key begins with these columns, whole and in this order: one that a foreign key can use.
    pub fn has_key_over(&self, columns: &[String]) -> bool {
        self.keys.iter().any(|key| key.serves(columns))
    }

    /// Whether its engine keeps foreign keys.
    pub fn keeps_foreign_keys(&self) -> bool {
        self.engine.as_deref().is_none_or(|engine| matches!(engine, "innodb" | "ndb" | "ndbcluster"))
    }
}

impl Key {
    /// The columns of which it is, whole or in part; none for an expression.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match &part.term {
            Term::Column { name, .. } => Some(name.as_str()),
            Term::Expression { .. } => None,
        })
    }

    pub fn serves(&self, columns: &[String]) -> bool {
        let is_sorted = !matches!(self.kind, KeyKind::Fulltext | KeyKind::Spatial);
        is_sorted
            && self.parts.len() >= columns.len()
            && self
                .parts
                .iter()
                .zip(columns)
                .all(|(part, column)| matches!(&part.term, Term::Column { name, length: None } if same(name, column)))
    }
}

impl State {
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(Rc::as_ref)
    }

    pub fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.get_mut(name).map(Rc::make_mut)
    }

    pub fn put(&mut self, table: Table) {
        self.tables.insert(table.name.clone(), Rc::new(table));
    }

    /// The foreign keys of other tables and its own that refer to a table, each with the table that has it.
    pub fn referring<'s>(&'s self, table: &'s str) -> impl Iterator<Item = (&'s Table, &'s Foreign)> {
        self.tables
            .values()
            .flat_map(|child| child.foreign.iter().map(move |foreign| (child.as_ref(), foreign)))
            .filter(move |(_, foreign)| foreign.table == table)
    }

    /// Those of them that every server keeps.
    pub fn holding<'s>(&'s self, table: &'s str) -> impl Iterator<Item = (&'s Table, &'s Foreign)> {
        self.referring(table).filter(|(_, foreign)| !foreign.is_doubtful)
    }

    /// Whether a table or a view has the name.
    pub fn has_relation(&self, name: &str) -> bool {
        self.tables.contains_key(name) || self.views.contains_key(name)
    }
}

/// Names of columns, keys and constraints are the same in any case.
pub fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
}
