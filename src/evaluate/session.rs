//! The database of a chain, and the session that its revisions have on it, whichever engine it is.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::python::eval::{
    Instance, MysqlSession, PgSession, Refusals, SqliteSession, Statement, Unknown, Value, is_refusal,
};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::mysql::Flavour;
use crate::schema::postgres::{Adopted, Elsewhere};
use crate::schema::{mysql, postgres, render, sqlite};

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
    Mysql(Box<mysql::Database>),
}

/// How much the revisions of one chain may cost: they are many more than those of a list.
fn limits() -> sqlite::Limits {
    let usual = sqlite::Limits::default();
    sqlite::Limits { operations: usual.operations * 10, time: usual.time * 2, ..usual }
}

impl Database {
    /// An empty one; `open` where others make tables in it, too.
    pub fn new(dialect: Dialect, flavour: Flavour, open: bool) -> Result<Self, String> {
        Ok(match dialect {
            Dialect::Sqlite => {
                let database = sqlite::Database::new(limits()).map_err(|error| error.message)?;
                Self::Sqlite { database: Box::new(database), schema: Box::default(), open, rows: None }
            }
            Dialect::Mysql => {
                let mut database = mysql::Database::default();
                database.settings.flavour = flavour;
                database.open = open;
                Self::Mysql(Box::new(database))
            }
            Dialect::Postgres => {
                let mut database = postgres::Database::default();
                database.open = open;
                Self::Postgres(Box::new(database))
            }
        })
    }

    /// A second one with the same content.
    pub fn fork(&self) -> Result<Self, String> {
        Ok(match self {
            Self::Postgres(database) => Self::Postgres(database.clone()),
            Self::Mysql(database) => Self::Mysql(database.clone()),
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
            _ => None,
        }
    }

    /// Whether others make tables in it, too.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Postgres(database) => database.open,
            Self::Mysql(database) => database.open,
            Self::Sqlite { open, .. } => *open,
        }
    }

    /// Which tables that are not in it something else may have made, where that is told apart.
    pub fn elsewhere(&self) -> Elsewhere {
        match self {
            Self::Postgres(database) => database.elsewhere.clone(),
            _ => Elsewhere::None,
        }
    }

    /// What of those is taken for there.
    pub fn adopted(&self) -> BTreeSet<Adopted> {
        match self {
            Self::Postgres(database) => database.adopted.clone(),
            _ => BTreeSet::new(),
        }
    }

    pub fn schema(&self) -> Schema {
        match self {
            Self::Postgres(database) => database.snapshot(),
            Self::Mysql(database) => database.snapshot(),
            Self::Sqlite { schema, .. } => (**schema).clone(),
        }
    }

    /// Every statement that makes it, without tables that are Alembic's own.
    pub fn to_sql(&self, without: &[String]) -> String {
        match self {
            Self::Postgres(database) => database.to_sql(without),
            Self::Sqlite { .. } | Self::Mysql(_) => {
                let mut schema = self.schema();
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
pub enum Session {
    Postgres(Rc<PgSession>),
    Sqlite(Rc<SqliteSession>),
    Mysql(Rc<MysqlSession>),
}

impl Session {
    pub fn new(database: Database) -> Self {
        match database {
            Database::Postgres(database) => Self::Postgres(PgSession::new(*database)),
            Database::Sqlite { database, open, rows, .. } => Self::Sqlite(SqliteSession::new(*database, open, rows)),
            Database::Mysql(database) => Self::Mysql(MysqlSession::new(*database)),
        }
    }

    /// A session of its own on a database like this one's: with the schemas that it has on PostgreSQL, empty on others. `None`
    /// where none can be made.
    pub fn beside(&self) -> Option<Self> {
        match self {
            Self::Postgres(session) => Some(Self::Postgres(PgSession::new(session.database.borrow().clone()))),
            Self::Sqlite(_) => Some(Self::new(Database::new(Dialect::Sqlite, Flavour::default(), false).ok()?)),
            Self::Mysql(session) => {
                let flavour = session.database.borrow().settings.flavour;
                Some(Self::new(Database::new(Dialect::Mysql, flavour, false).ok()?))
            }
        }
    }

    /// A connection for evaluated code.
    pub fn connection<'a>(&self) -> Value<'a> {
        match self {
            Self::Postgres(session) => session.connection(),
            Self::Sqlite(session) => session.connection(),
            Self::Mysql(session) => session.connection(),
        }
    }

    /// Begins a migration.
    pub fn begin(&self) {
        match self {
            Self::Postgres(session) => session.begin(),
            Self::Sqlite(session) => session.begin(),
            Self::Mysql(session) => session.begin(),
        }
    }

    /// Ends it: what it did stays, or is taken back.
    pub fn end(&self, commit: bool) {
        match self {
            Self::Postgres(session) => session.end(commit),
            Self::Sqlite(session) => session.end(commit),
            Self::Mysql(session) => session.end(commit),
        }
    }

    fn refusals(&self) -> &Refusals {
        match self {
            Self::Postgres(session) => &session.refusals,
            Self::Sqlite(session) => &session.refusals,
            Self::Mysql(session) => &session.refusals,
        }
    }

    /// Statements that fail are left out from here on, or not any more.
    pub fn set_lenient(&self, lenient: bool) {
        self.refusals().lenient.set(lenient);
    }

    pub fn is_lenient(&self) -> bool {
        self.refusals().lenient.get()
    }

    /// Whether a statement failed in the transaction, so that it takes no other.
    pub fn is_aborted(&self) -> bool {
        match self {
            Self::Postgres(session) => session.aborted.get(),
            _ => false,
        }
    }

    /// The statement that was refused last.
    pub fn take_refused(&self) -> Option<String> {
        self.refusals().refused.take()
    }

    pub fn clear_left_out(&self) {
        self.refusals().left_out.borrow_mut().clear();
    }

    /// The statements that were left out because they fail, as one text.
    pub fn left_out(&self) -> String {
        self.refusals().left_out.borrow().join(";\n")
    }

    pub fn take_log(&self) -> Vec<Statement> {
        match self {
            Self::Postgres(session) => std::mem::take(&mut *session.log.borrow_mut()),
            Self::Sqlite(session) => session.take_log(),
            Self::Mysql(session) => std::mem::take(&mut *session.log.borrow_mut()),
        }
    }

    /// A statement was refused because an extension is missing that nothing in the repository speaks of.
    pub fn missed_extension(&self) -> bool {
        match self {
            Self::Postgres(session) => session.missed_extension.get(),
            _ => false,
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
            Self::Mysql(session) => Ok(Database::Mysql(Box::new(session.database.borrow().clone()))),
        }
    }
}
