//! The database of a chain, and the session that its revisions have on it, whichever engine it is.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::python::eval::{Instance, PgSession, SqliteSession, Statement, Unknown, Value, is_refusal};
use crate::schema::model::Schema;
use crate::schema::postgres::{Adopted, Elsewhere};
use crate::schema::{postgres, render, sqlite};
use crate::track::Dialect;

/// The database of a chain as its revisions leave it.
#[derive(Debug)]
pub enum Database {
    Postgres(Box<postgres::Database>),
    Sqlite {
        database: Box<sqlite::Database>,
        schema: Box<Schema>,
        /// Others make tables in it, too.
        open: bool,
        /// Why it is not known which rows it has, if so.
        rows: Option<Rc<Unknown>>,
    },
}

/// How much the revisions of one chain may cost: they are many more than those of a list.
fn limits() -> sqlite::Limits {
    let usual = sqlite::Limits::default();
    sqlite::Limits { operations: usual.operations * 10, time: usual.time * 2, ..usual }
}

impl Database {
    /// An empty one; `open` where others make tables in it, too.
    pub fn new(dialect: Dialect, open: bool) -> Result<Self, String> {
        if dialect == Dialect::Sqlite {
            let database = sqlite::Database::new(limits()).map_err(|error| error.message)?;
            return Ok(Self::Sqlite { database: Box::new(database), schema: Box::default(), open, rows: None });
        }
        let mut database = postgres::Database::default();
        database.open = open;
        Ok(Self::Postgres(Box::new(database)))
    }

    /// A second one with the same content.
    pub fn fork(&self) -> Result<Self, String> {
        Ok(match self {
            Self::Postgres(database) => Self::Postgres(database.clone()),
            Self::Sqlite { database, schema, open, rows } => {
                let database = database.fork().map_err(|error| error.message)?;
                Self::Sqlite { database: Box::new(database), schema: schema.clone(), open: *open, rows: rows.clone() }
            }
        })
    }

    /// The model of PostgreSQL, where it is that.
    pub fn postgres(&self) -> Option<&postgres::Database> {
        match self {
            Self::Postgres(database) => Some(database),
            Self::Sqlite { .. } => None,
        }
    }

    /// Whether others make tables in it, too.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Postgres(database) => database.open,
            Self::Sqlite { open, .. } => *open,
        }
    }

    /// Which tables that are not in it something else may have made, where that is told apart.
    pub fn elsewhere(&self) -> Elsewhere {
        match self {
            Self::Postgres(database) => database.elsewhere.clone(),
            Self::Sqlite { .. } => Elsewhere::None,
        }
    }

    /// What of those is taken for there.
    pub fn adopted(&self) -> BTreeSet<Adopted> {
        match self {
            Self::Postgres(database) => database.adopted.clone(),
            Self::Sqlite { .. } => BTreeSet::new(),
        }
    }

    pub fn schema(&self) -> Schema {
        match self {
            Self::Postgres(database) => database.snapshot(),
            Self::Sqlite { schema, .. } => (**schema).clone(),
        }
    }

    /// Every statement that makes it, without tables that are Alembic's own.
    pub fn to_sql(&self, without: &[String]) -> String {
        match self {
            Self::Postgres(database) => database.to_sql(without),
            Self::Sqlite { schema, .. } => {
                let mut schema = (**schema).clone();
                for table in without {
                    schema.tables.remove(&table.as_str().into());
                }
                render::to_sql(&schema)
            }
        }
    }
}

/// What revisions work on.
#[derive(Clone, Debug)]
pub(super) enum Session {
    Postgres(Rc<PgSession>),
    Sqlite(Rc<SqliteSession>),
}

impl Session {
    pub fn new(database: Database) -> Self {
        match database {
            Database::Postgres(database) => Self::Postgres(PgSession::new(*database)),
            Database::Sqlite { database, open, rows, .. } => Self::Sqlite(SqliteSession::new(*database, open, rows)),
        }
    }

    /// A session of its own on a database like this one's: with the schemas that it has on PostgreSQL, empty on SQLite. `None`
    /// where none can be made.
    pub fn beside(&self, dialect: Dialect) -> Option<Self> {
        match self {
            Self::Postgres(session) => Some(Self::Postgres(PgSession::new(session.database.borrow().clone()))),
            Self::Sqlite(_) => Some(Self::new(Database::new(dialect, false).ok()?)),
        }
    }

    /// Goes on where a statement is refused.
    pub fn be_lenient(&self) {
        match self {
            Self::Postgres(session) => session.lenient.set(true),
            Self::Sqlite(session) => session.lenient.set(true),
        }
    }

    /// A connection for evaluated code.
    pub fn connection<'a>(&self) -> Value<'a> {
        match self {
            Self::Postgres(session) => session.connection(),
            Self::Sqlite(session) => session.connection(),
        }
    }

    /// Begins a migration.
    pub fn begin(&self) {
        match self {
            Self::Postgres(session) => session.begin(),
            Self::Sqlite(session) => session.begin(),
        }
    }

    /// Ends it: what it did stays, or is taken back.
    pub fn end(&self, commit: bool) {
        match self {
            Self::Postgres(session) => session.end(commit),
            Self::Sqlite(session) => session.end(commit),
        }
    }

    /// Statements that fail are left out from here on, or not any more.
    pub fn set_lenient(&self, lenient: bool) {
        match self {
            Self::Postgres(session) => session.lenient.set(lenient),
            Self::Sqlite(session) => session.lenient.set(lenient),
        }
    }

    pub fn is_lenient(&self) -> bool {
        match self {
            Self::Postgres(session) => session.lenient.get(),
            Self::Sqlite(session) => session.lenient.get(),
        }
    }

    /// Whether a statement failed in the transaction, so that it takes no other.
    pub fn is_aborted(&self) -> bool {
        match self {
            Self::Postgres(session) => session.aborted.get(),
            Self::Sqlite(_) => false,
        }
    }

    /// The statement that was refused last.
    pub fn take_refused(&self) -> Option<String> {
        match self {
            Self::Postgres(session) => session.refused.take(),
            Self::Sqlite(session) => session.refused.take(),
        }
    }

    pub fn clear_left_out(&self) {
        match self {
            Self::Postgres(session) => session.left_out.borrow_mut().clear(),
            Self::Sqlite(session) => session.left_out.borrow_mut().clear(),
        }
    }

    /// The statements that were left out because they fail, as one text.
    pub fn left_out(&self) -> String {
        match self {
            Self::Postgres(session) => session.left_out.borrow().join(";\n"),
            Self::Sqlite(session) => session.left_out.borrow().join(";\n"),
        }
    }

    pub fn take_log(&self) -> Vec<Statement> {
        match self {
            Self::Postgres(session) => std::mem::take(&mut *session.log.borrow_mut()),
            Self::Sqlite(session) => session.take_log(),
        }
    }

    /// A statement was refused because an extension is missing that nothing in the repository speaks of.
    pub fn missed_extension(&self) -> bool {
        match self {
            Self::Postgres(session) => session.missed_extension.get(),
            Self::Sqlite(_) => false,
        }
    }

    /// Whether an exception is a refusal of the database, and not a mistake in what was evaluated.
    pub fn is_refused(exception: &Instance<'_>) -> bool {
        is_refusal(exception)
            || exception.class.is_named("SQLAlchemyError") && !exception.class.is_named("NoSuchTableError")
    }

    /// The database as it is now; a clause that says why it is not known any more.
    pub fn finish(self) -> Result<Database, String> {
        match self {
            Self::Postgres(session) => Ok(Database::Postgres(Box::new(match Rc::try_unwrap(session) {
                Ok(session) => session.database.into_inner(),
                // Evaluated code may have kept a connection in a cycle of its own objects.
                Err(session) => session.database.borrow().clone(),
            }))),
            Self::Sqlite(session) => {
                let (schema, database) = session.finish().map_err(|error| error.message)?;
                let (database, schema) = (Box::new(database), Box::new(schema));
                Ok(Database::Sqlite { database, schema, open: session.open.get(), rows: session.rows_unknown() })
            }
        }
    }
}
