//! The one way to a database, whichever engine it is.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::rc::Rc;

use super::model::{Name, Schema};
use super::mysql::{self, Flavour};
use super::statement::Effect;
use super::token;
use super::{postgres, render, sqlite};

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

/// The first words of why a table is not known that an extension of one engine keeps.
pub const OF_EXTENSION: &str = "needs the SQLite extension";

/// Why the rows of a model are not known: it keeps none.
pub(super) const OF_QUERY: &str = "depends on what a query returns";

/// What a database refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub kind: RefusalKind,
    /// In the database's words.
    pub message: String,
}

/// Why a database refuses a statement, as far as anybody decides by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RefusalKind {
    #[default]
    Other,
    /// What the statement needs is not there.
    Missing(Thing),
    /// What the statement makes is there already.
    Exists(Thing),
    /// Rows that are there keep it from being done.
    Rows,
    /// It has words or marks that another database's statements have.
    Foreign,
    /// It is none of the database's statements, whatever there is.
    Syntax,
    /// The transaction is still open that a text begins.
    LeftOpen,
    /// No transaction may hold it, and one does.
    Held,
    /// Who runs the text does not read it, so that no database sees it.
    Unread,
}

/// Something that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub sort: Sort,
    /// As the database says it: a schema may stand in front. What has none is called
    /// after its table, if the database says that: a primary key.
    pub name: String,
    /// The table that it is part of, where the database says that.
    pub of: Option<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Table,
    /// What else a `DROP` of PostgreSQL's names: a view, a sequence.
    Dropped,
    Column,
    Index,
    Constraint,
    Type,
    Schema,
    Extension,
    /// A trigger, a routine, an operator class.
    Other,
}

impl Thing {
    /// Whether it, or the table that it is part of, has this name.
    pub fn is_or_is_of(&self, name: &str) -> bool {
        self.name == name || self.of.as_deref() == Some(name)
    }
}

impl RefusalKind {
    pub fn missing(sort: Sort, name: impl Into<String>) -> Self {
        Self::Missing(Thing { sort, name: name.into(), of: None })
    }

    pub fn exists(sort: Sort, name: impl Into<String>) -> Self {
        Self::Exists(Thing { sort, name: name.into(), of: None })
    }

    /// What is not there.
    pub fn lacking(&self) -> Option<&Thing> {
        match self {
            Self::Missing(thing) => Some(thing),
            _ => None,
        }
    }

    /// What is there already.
    pub fn existing(&self) -> Option<&Thing> {
        match self {
            Self::Exists(thing) => Some(thing),
            _ => None,
        }
    }

    /// The table that is missing, without its schema.
    pub fn missing_table(&self) -> Option<&str> {
        match self {
            Self::Missing(Thing { sort: Sort::Table, name, .. }) => Some(name.rsplit('.').next().unwrap_or(name)),
            _ => None,
        }
    }

    /// Whether the text alone is to blame, so that nothing need be known of what there is.
    pub fn is_of_grammar(&self) -> bool {
        matches!(self, Self::Foreign | Self::Syntax | Self::Unread)
    }

    /// Whether something of one of these sorts is missing.
    pub fn misses(&self, sorts: &[Sort]) -> bool {
        matches!(self, Self::Missing(thing) if sorts.contains(&thing.sort))
    }
}

impl Refusal {
    /// One that nobody decides by.
    pub fn other(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Other, message: message.into() }
    }
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

/// Which tables that are not here something else may have made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    #[default]
    None,
    /// Whatever a statement needs.
    Any,
    /// These.
    Named(Rc<BTreeSet<String>>),
}

/// A table that is taken for there, or one of its columns.
pub type Adopted = (String, Option<String>);

/// Which engine a database is, for what is written for one alone: drivers.
#[derive(Debug)]
pub enum Engine {
    Sqlite(Box<sqlite::Database>),
    Postgres(Box<postgres::Database>),
    Mysql(Box<mysql::Database>),
    /// One that no driver is followed for.
    Other(Box<dyn Database>),
}

/// A schema without some of its tables.
pub fn without_tables(mut schema: Schema, without: &[String]) -> Schema {
    for table in without {
        schema.tables.remove(&table.as_str().into());
    }
    schema
}

/// A database that statements are carried out on.
pub trait Database: Debug {
    fn engine(self: Box<Self>) -> Engine;

    /// A second one with the same content; fails where this one is used up.
    fn fork(&self) -> Result<Box<dyn Database>, Refusal>;

    /// An empty one that is set up alike and has what surrounds tables, but that nobody else makes tables in.
    fn beside(&self) -> Result<Box<dyn Database>, Refusal>;

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

    /// The same of a text that is sent as one: it may be the body of a routine, which is part of its statement.
    fn split_block(&self, text: &str) -> Vec<(usize, String)> {
        self.split(text)
    }

    /// What the database says of a statement that no transaction may hold; `None` for any other.
    fn runs_alone(&self, _sql: &str) -> Option<String> {
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
    fn snapshot(&self) -> Result<Schema, Refusal>;

    /// Every statement that makes it, in an order in which they run, without some tables.
    fn to_sql(&self, without: &[String]) -> String {
        render::to_sql(&without_tables(self.snapshot().unwrap_or_default(), without))
    }

    /// How many characters a column holds: `Some(None)` where nothing bounds it, `None` where it is not there, or where the
    /// database keeps a text of any length whatever its column says.
    #[allow(clippy::option_option, reason = "a column that is not there, and one without a bound")]
    fn width(&self, _table: &str, _column: &str) -> Option<Option<usize>> {
        None
    }

    /// Whether others make tables in it, too, so that one which is not known may be there.
    fn is_open(&self) -> bool;

    /// Which tables that are not in it something else may have made, where that is told apart.
    fn elsewhere(&self) -> Elsewhere {
        Elsewhere::None
    }

    fn set_elsewhere(&mut self, _elsewhere: Elsewhere) {}

    /// What of those is taken for there.
    fn adopted(&self) -> BTreeSet<Adopted> {
        BTreeSet::new()
    }

    /// Takes up where names lie from the first migration on, by the statements that said so before it and by those that may
    /// have, where their text is known.
    fn settle(&mut self, _said: &[&str], _doubts: &[Option<&str>]) {}

    /// Notes that somebody else has made a schema; the name by which a table in it is known.
    fn add_to_schema(&mut self, _schema: Option<&str>, table: &str) -> String {
        table.to_owned()
    }

    /// The schema of names without one, where that is not the usual one.
    fn home(&self) -> Option<&str> {
        None
    }

    /// The transaction really ended: what it made can be used by all that follows.
    fn end_transaction(&mut self) {}

    /// Whether an extension that is not there is missing; else somebody else has made it.
    fn set_misses_extensions(&mut self, _misses: bool) {}

    /// Whether nothing is known of rows or of its transaction that a deployed database need not share.
    fn is_plain(&self) -> bool {
        true
    }

    /// Whether labels were added that may not be used before the transaction ends.
    fn has_new_labels(&self) -> bool {
        false
    }

    /// Becomes what others have, who ran its program since: rows came and went, and every transaction ended.
    fn deploy(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::dialect::Dialect;

    /// Every database with a table in it, but for those that know of no statement what comes of it.
    fn databases() -> impl Iterator<Item = (Dialect, Box<dyn Database>)> {
        Dialect::ALL.into_iter().filter_map(|dialect| {
            let mut database = dialect.open(Setup::default()).unwrap();
            let answer = database.execute("CREATE TABLE a (id INT)", Some(&[]));
            if matches!(answer, Answer::Unknown(_)) {
                return None;
            }
            assert!(matches!(answer, Answer::Done { effect: Effect::Schema, .. }), "{answer:?}");
            Some((dialect, database))
        })
    }

    #[test]
    fn three_databases_know_what_comes_of_a_statement() {
        assert!(databases().count() >= 3);
    }

    fn kind(database: &mut dyn Database, sql: &str) -> RefusalKind {
        match database.execute(sql, Some(&[])) {
            Answer::Refused(refusal) => refusal.kind,
            other => panic!("{sql}: {other:?}"),
        }
    }

    #[test]
    fn every_database_says_why_it_refuses() {
        for (dialect, mut database) in databases() {
            let mut kind = |sql: &str| kind(&mut *database, sql);
            assert_eq!(kind("CREATE TABLE a (id INT)"), RefusalKind::exists(Sort::Table, "a"), "{dialect:?}");
            let known = kind("ALTER TABLE a ADD COLUMN id INT");
            let known = known.existing().map(|thing| (thing.sort, thing.name.as_str()));
            assert_eq!(known, Some((Sort::Column, "id")), "{dialect:?}");
            assert_eq!(kind("ALTER TABLE b ADD COLUMN c INT").missing_table(), Some("b"), "{dialect:?}");
            assert_eq!(kind("CREATE INDEX i ON b (id)").missing_table(), Some("b"), "{dialect:?}");
            assert!(kind("CREATE TABLE c (id INT,)").is_of_grammar(), "{dialect:?}");
        }
    }

    #[test]
    fn a_fork_has_what_was_there_and_goes_its_own_way() {
        for (dialect, database) in databases() {
            let mut fork = database.fork().unwrap();
            let dropped = fork.execute("DROP TABLE a", Some(&[]));
            assert!(matches!(dropped, Answer::Done { .. }), "{dropped:?}");
            assert_eq!(fork.snapshot().unwrap().tables.len(), 0, "{dialect:?}");
            assert_eq!(database.snapshot().unwrap().tables.len(), 1, "{dialect:?}");
        }
    }

    #[test]
    fn statements_have_the_places_where_they_begin() {
        for (dialect, database) in databases() {
            let text = "CREATE TABLE b (c TEXT DEFAULT ';'); DROP TABLE b;";
            let statements = database.split(text);
            let at = text.find("DROP").unwrap();
            let begins = statements.iter().any(|(start, sql)| start + sql.find("DROP").unwrap_or(text.len()) == at);
            assert!(begins, "{dialect:?}: {statements:?}");
        }
    }
}
