//! The one way to a database, whichever engine it is.

use std::fmt::Debug;

use super::model::{Name, Schema};
use super::mysql::Flavour;
use super::statement::Effect;
use super::token;

/// A value that is bound to a statement, or that a row has.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// What came of a statement.
#[derive(Debug)]
pub enum Answer {
    /// It is carried out: what it may have changed, and its rows.
    Done {
        effect: Effect,
        rows: Vec<Vec<Value>>,
    },
    Refused(Refusal),
    Unknown(Unknown),
}

/// Why it is not known what comes of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// A clause in a user's words.
    pub reason: String,
    /// What the statement may be about besides what it says: it may make another one from a text.
    pub about: Option<String>,
}

impl Unknown {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), about: None }
    }
}

/// Why the rows of a model are not known: it keeps none.
pub(super) const OF_QUERY: &str = "depends on what a query returns";

/// What a database refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub kind: Kind,
    /// In the database's words.
    pub message: String,
}

/// Why a database refuses a statement, as far as anybody decides by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Other,
}

/// How a database is set up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup {
    /// Which of the two servers it is, where its dialect is MySQL's.
    pub flavour: Flavour,
    /// Others make tables in it, too.
    pub open: bool,
    pub budget: Budget,
}

/// How much the migrations of a database may cost.
#[derive(Clone, Copy, Debug, Default)]
pub enum Budget {
    #[default]
    List,
    /// The revisions of a chain are many more than the entries of a list.
    Chain,
}

/// A database that statements are carried out on.
pub trait Database: Debug {
    /// A second one with the same content; fails where this one is used up.
    fn fork(&self) -> Result<Box<dyn Database>, Refusal>;

    /// Begins the transaction of a migration.
    fn begin(&mut self);

    /// Ends it; what the database says where it cannot be kept.
    fn end(&mut self, commit: bool) -> Result<(), Refusal>;

    /// The statements of a text as the database tells them apart, each with the byte offset where it begins.
    fn split(&self, text: &str) -> Vec<(usize, String)> {
        let mut statements = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = start + token::statement_end(&text[start..]);
            statements.push((start, text[start..end].to_owned()));
            start = end;
        }
        statements
    }

    /// What the database calls a statement that no transaction may hold; `None` for any other.
    fn runs_alone(&self, _sql: &str) -> Option<&'static str> {
        None
    }

    /// Carries one statement out. `None` in place of its parameters says that their values are not known.
    fn execute(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer;

    /// The same of one whose rows are asked for.
    fn query(&mut self, sql: &str, parameters: Option<&[Value]>) -> Answer;

    /// The columns of a table, none where it is not there; `None` where that is not known.
    fn columns(&mut self, table: &str) -> Option<Vec<String>> {
        let schema = self.snapshot().ok()?;
        let table = schema.tables.get(&Name::from(table));
        let columns = table.into_iter().flat_map(|table| &table.columns);
        Some(columns.map(|column| column.name.to_string()).collect())
    }

    /// The schema as it is, changes that are not committed included; fails where the database is used up.
    fn snapshot(&mut self) -> Result<Schema, Refusal>;
}
