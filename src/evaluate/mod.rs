//! What a track's migrations and declared schemas make of a database: evaluated from their text, never run.

pub mod chain;
pub mod declared;
pub mod drift;
mod entry;
pub mod environment;
pub mod golang;
mod host;
pub mod lifecycle;
pub mod memory;
pub mod models;
pub mod origin;
pub mod outcome;
pub mod parity;
pub mod part;
pub mod program;
mod renames;
pub mod replay;
pub mod schema_file;
pub mod session;
mod settings;
pub mod sql_files;
pub mod sql_part;
mod tables;
pub mod territory;
pub mod way_back;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::python::eval::{Gap, Sent, Statement, Transcript};
use crate::schema::database::{Database, Refusal, RefusalKind, Setup};
use crate::schema::delta::Object;
use crate::schema::model::{Name, Schema};
use crate::schema::token::{self, Kind};
use crate::source::{Location, has_name};
use crate::track::Track;

use self::way_back::Undone;

/// A schema, and how it came about.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    pub schema: Schema,
    /// The statements that may have changed it, in their order.
    pub log: Vec<Ran>,
    /// Every statement that migrations send, in their order; empty unless somebody wants to read them.
    pub sent: Vec<(By, Sent)>,
    /// The files, besides modules, that migrations looked into.
    pub read: Vec<(By, String)>,
    /// What could not be computed and decides what the schema becomes.
    pub gaps: Vec<Missing>,
    /// The reasons among those that are about a table which others make.
    pub of_others: BTreeSet<String>,
    /// Migrations that were refused.
    pub failures: Vec<Failure>,
    /// Of a declared schema: what it is.
    pub form: Option<Form>,
    /// Where tables are declared that no statement makes.
    pub places: Vec<(Name, Location)>,
    /// Revisions that were carried out and whose ids do not fit in Alembic's table.
    pub too_long: Vec<TooLong>,
    /// New migrations whose way back does not lead back; empty unless somebody asks.
    pub undone: Vec<Undone>,
    /// Of a chain: what its environment tells it.
    pub surroundings: Surroundings,
}

/// A revision that Alembic can't note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub id: String,
    /// Alembic's table, and how many characters its column held when the revision was to be noted.
    pub table: String,
    pub width: usize,
    /// How many it holds after all revisions, where that is more; `Some(None)` where nothing bounds it.
    #[allow(clippy::option_option, reason = "a column that is no wider, and one without a bound")]
    pub later: Option<Option<usize>>,
}

/// What an environment tells the revisions of its chain.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Everything that they can depend on, to be compared.
    pub text: String,
    /// Where it says that.
    pub place: Option<Location>,
}

/// What a declared schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// SQL, or a function that executes it.
    Sql,
    /// Tables of SQLAlchemy, which say less: their types are those of a library.
    Tables,
    /// Nothing was found in it that makes a table.
    Nothing,
}

/// A statement, and what executed it.
#[derive(Clone, Debug)]
pub struct Ran {
    pub statement: Statement,
    pub by: By,
}

/// What executes statements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// A migration, by its name.
    Migration(Arc<str>),
    /// A whole file, by its path: a declared schema, or a list that can't be read.
    File(Arc<str>),
}

impl By {
    /// The migration's name.
    pub fn migration(&self) -> Option<&Arc<str>> {
        match self {
            Self::Migration(name) => Some(name),
            Self::File(_) => None,
        }
    }
}

/// As it is called in a sentence.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Migration(name) => write!(f, "the migration `{name}`"),
            Self::File(path) => write!(f, "`{path}`"),
        }
    }
}

/// How it begins where something may well work that fails without what is not known.
pub const AFTER_UNKNOWN: &str = "comes after something that is not known";

/// Something that could not be computed, in a migration or a declared schema.
#[derive(Clone, Debug)]
pub struct Missing {
    pub gap: Gap,
    pub by: By,
}

/// A migration that its database refused.
#[derive(Clone, Debug)]
pub struct Failure {
    pub by: By,
    /// The exception's class and its text.
    pub error: String,
    /// Why the database refuses it, where it is that.
    pub kind: RefusalKind,
    /// Where it was raised, then the calls that led there.
    pub places: Vec<Location>,
    pub how: How,
}

impl Failure {
    /// A refusal of the database.
    fn of(by: &By, refusal: Refusal, places: Vec<Location>) -> Self {
        let Refusal { kind, message } = refusal;
        Self { by: by.clone(), error: message, kind, places, how: How::Refused }
    }
}

/// How a migration comes to fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// A database, or a library, refuses something.
    #[default]
    Refused,
    /// Python stops before a database is asked, whatever is the case.
    Stopped,
    /// The project's own code raises an exception, whatever is the case.
    Raised,
    /// Its file can't even be loaded, and whoever loads all of them gets no further.
    NotLoaded,
}

/// An empty database for a track.
fn open(track: &Track) -> Result<Box<dyn Database>, Refusal> {
    track.dialect.open(Setup { flavour: track.flavour, ..Setup::default() })
}

/// A second one with the same content. One that is used up is as good as none: its gap is known already.
fn fork(database: &dyn Database, track: &Track) -> Result<Box<dyn Database>, Refusal> {
    database.fork().or_else(|_| open(track))
}

/// Whether a statement names this. What sends other statements has them in its texts.
fn is_named(sql: &str, name: &str) -> bool {
    const SENDERS: [&str; 6] = ["do", "execute", "prepare", "set", "select", "call"];
    let sends = token::tokens(sql).next().is_some_and(|first| SENDERS.iter().any(|word| first.is(word)));
    token::tokens(sql).any(|token| match token.kind {
        Kind::Word | Kind::Quoted => token.value().eq_ignore_ascii_case(name),
        Kind::Text => sends && has_name(&token.value(), name),
        _ => false,
    })
}

impl Evaluated {
    /// Notes what somebody executed and what could not be computed of it.
    fn note(&mut self, by: &By, log: Vec<Statement>, gaps: Vec<Gap>) {
        self.log.extend(log.into_iter().map(|statement| Ran { statement, by: by.clone() }));
        self.gaps.extend(gaps.into_iter().map(|gap| Missing { gap, by: by.clone() }));
    }

    /// Notes what somebody sent, for a reader.
    fn note_sent(&mut self, by: &By, transcript: &mut Transcript) {
        self.sent.extend(transcript.take().into_iter().map(|sent| (by.clone(), sent)));
    }

    /// Whether the schema is only known in part, in a way that does not say which part.
    pub fn is_partial(&self) -> bool {
        self.gaps.iter().any(|missing| missing.gap.sql.is_none())
    }

    /// Whether it has something; `None` where that is not known: of what is in doubt, of a part of a table that is not
    /// there, and of what has another name in every database.
    pub fn has(&self, object: &Object) -> Option<bool> {
        let table = drift::table_of(object);
        let is_told = match object {
            Object::Table(_) => true,
            Object::Column { table, .. } | Object::Index { table, .. } => self.schema.tables.contains_key(table),
            _ => false,
        };
        // Of a table that something else made it may be there all the same.
        let is_open =
            |schema: &Schema| table.and_then(|table| schema.tables.get(table)).is_some_and(|table| table.open);
        if is_open(&self.schema) && !self.schema.has(object) {
            return None;
        }
        let is_in_doubt = self.is_partial() || table.is_some_and(|table| self.is_in_doubt(table.as_str()));
        (is_told && !is_in_doubt).then(|| self.schema.has(object))
    }

    /// Whether a gap is about a statement that names this table or index.
    pub fn is_in_doubt(&self, name: &str) -> bool {
        self.gaps.iter().any(|missing| missing.gap.sql.as_deref().is_none_or(|sql| is_named(sql, name)))
    }
}
