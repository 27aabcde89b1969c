//! The database of a list, whichever engine it is, and how its migrations reach it.

use std::rc::Rc;

use super::session::{Database, Session as Chain};
use crate::python::eval::{Below, Session, Statement, Value, driver_connection, driver_cursor};
use crate::schema::database::Refusal;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::sqlite::{self, Limits};
use crate::track::Track;

/// A database of a list.
#[derive(Debug)]
pub enum Base {
    Sqlite(Box<sqlite::Database>),
    /// One of those that chains have, too.
    Other(Box<Database>),
}

impl Base {
    /// An empty one for a track.
    pub fn new(track: &Track) -> Result<Self, Refusal> {
        if track.dialect != Dialect::Sqlite
            && let Ok(database) = Database::new(track.dialect, track.flavour, false)
        {
            return Ok(Self::Other(Box::new(database)));
        }
        Ok(Self::Sqlite(Box::new(sqlite::Database::new(Limits::default())?)))
    }

    /// A second one with the same content; where that can't be had, an empty one.
    pub fn fork(&self, track: &Track) -> Result<Self, Refusal> {
        match self {
            Self::Sqlite(database) => match database.fork() {
                Ok(database) => Ok(Self::Sqlite(Box::new(database))),
                // One that is used up is as good as none: its gap is known already.
                Err(_) => Self::new(track),
            },
            Self::Other(database) => match database.fork() {
                Ok(database) => Ok(Self::Other(Box::new(database))),
                Err(_) => Self::new(track),
            },
        }
    }
}

/// What migrations work on.
#[derive(Debug)]
pub(super) enum Store {
    Sqlite(Rc<Session>),
    Other(Chain),
}

/// A state to which a store can be put back.
pub(super) enum Saved {
    Sqlite(Box<sqlite::Database>),
    Other,
}

impl Store {
    pub fn new(base: Base) -> Self {
        match base {
            Base::Sqlite(database) => Self::Sqlite(Session::new(*database)),
            Base::Other(database) => {
                let session = Chain::new(*database);
                session.begin();
                Self::Other(session)
            }
        }
    }

    fn below(session: &Chain) -> Option<Below> {
        match session {
            Chain::Postgres(session) => Some(Below::Postgres(session.clone())),
            Chain::Mysql(session) => Some(Below::Mysql(session.clone())),
            Chain::Sqlite(_) => None,
        }
    }

    pub fn connection<'a>(&self) -> Value<'a> {
        match self {
            Self::Sqlite(session) => session.connection(),
            Self::Other(session) => Self::below(session).map_or(Value::None, driver_connection),
        }
    }

    pub fn cursor<'a>(&self) -> Value<'a> {
        match self {
            Self::Sqlite(session) => session.cursor(),
            Self::Other(session) => Self::below(session).map_or(Value::None, driver_cursor),
        }
    }

    pub fn save(&self) -> Option<Saved> {
        match self {
            Self::Sqlite(session) => session.database.borrow().fork().ok().map(|saved| Saved::Sqlite(Box::new(saved))),
            Self::Other(session) => {
                session.begin();
                Some(Saved::Other)
            }
        }
    }

    pub fn restore(&self, saved: Saved) {
        match (self, saved) {
            (Self::Sqlite(session), Saved::Sqlite(saved)) => *session.database.borrow_mut() = *saved,
            (Self::Other(session), _) => {
                session.end(false);
                session.begin();
            }
            _ => {}
        }
    }

    /// Ends a migration: what it did is kept or taken back; what the database says where it cannot be kept.
    pub fn end(&self, commit: bool) -> Option<String> {
        match self {
            Self::Sqlite(session) => {
                let mut database = session.database.borrow_mut();
                let ended = if commit { database.commit() } else { database.rollback() };
                let error = ended.err()?;
                let _ = database.rollback();
                Some(error.to_string())
            }
            Self::Other(session) => {
                // What MySQL defines is there whatever comes after it.
                let keeps = commit && !session.is_aborted() || matches!(session, Chain::Mysql(_));
                session.end(keeps);
                session.begin();
                None
            }
        }
    }

    pub fn take_log(&self) -> Vec<Statement> {
        match self {
            Self::Sqlite(session) => std::mem::take(&mut *session.log.borrow_mut()),
            Self::Other(session) => session.take_log(),
        }
    }

    /// The database without what was left open, and its schema; a clause that says why it is not known.
    pub fn finish(self, track: &Track) -> Result<(Base, Result<Schema, String>), Refusal> {
        match self {
            Self::Sqlite(session) => {
                let mut database = match Rc::try_unwrap(session) {
                    Ok(session) => session.database.into_inner(),
                    // Evaluated code may have kept a cursor in a cycle of its own objects.
                    Err(session) => session.database.replace(sqlite::Database::new(Limits::default())?),
                };
                // What was left open is lost when the connection closes.
                Ok(match database.rollback().and_then(|()| database.snapshot()) {
                    Ok(schema) => (Base::Sqlite(Box::new(database)), Ok(schema)),
                    // It is used up, and what it holds is not known.
                    Err(error) => (Base::new(track)?, Err(error.message)),
                })
            }
            Self::Other(session) => {
                session.end(matches!(session, Chain::Mysql(_)));
                Ok(match session.finish() {
                    Ok(database) => {
                        let schema = database.schema();
                        (Base::Other(Box::new(database)), Ok(schema))
                    }
                    Err(reason) => (Base::new(track)?, Err(reason)),
                })
            }
        }
    }
}
