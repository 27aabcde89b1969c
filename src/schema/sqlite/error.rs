//! What SQLite refused, in the words and the classes of Python's `sqlite3`.

use rusqlite::ffi;

use crate::schema::database::{OF_EXTENSION, RefusalKind, Sort};

/// The class of an error: the exception that `sqlite3` would raise, or a limit of this engine that no code can catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    Operational,
    Integrity,
    Programming,
    Database,
    Data,
    Interface,
    Internal,
    /// Python's own `ValueError`.
    Value,
    /// The engine doesn't carry this out: it would leave the database in memory.
    Denied,
    /// A limit of the engine is reached. The database is not usable any further.
    Exhausted,
}

impl ErrorClass {
    /// The name of the Python exception; `None` where evaluated code must not be able to catch it.
    pub fn python_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Operational => "OperationalError",
            Self::Integrity => "IntegrityError",
            Self::Programming => "ProgrammingError",
            Self::Database => "DatabaseError",
            Self::Data => "DataError",
            Self::Interface => "InterfaceError",
            Self::Internal => "InternalError",
            Self::Value => "ValueError",
            Self::Denied | Self::Exhausted => return None,
        })
    }
}

/// A statement that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SqlError {
    pub class: ErrorClass,
    /// `str(e)` in Python; for a denial or a limit, a clause in a user's words.
    pub message: String,
    /// SQLite's extended result code (`e.sqlite_errorcode`); 0 where the error isn't SQLite's.
    pub code: i32,
}

impl SqlError {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), code: 0 }
    }

    /// What a statement needs that is not in SQLite itself: an extension or the program may bring it. A clause without its
    /// subject.
    pub fn needs(&self) -> Option<String> {
        const SIGNS: [(&str, &str); 5] = [
            ("no such module: ", OF_EXTENSION),
            ("no such function: ", "needs the function of its own,"),
            // Under the name of one that SQLite has.
            ("wrong number of arguments to function ", "needs the function of its own,"),
            ("no such collation sequence: ", "needs the collation of its own,"),
            ("no such tokenizer: ", "needs the tokenizer of its own,"),
        ];
        let named = |(sign, what): &(&str, &str)| {
            let name = self.message.strip_prefix(sign)?;
            Some(format!("{what} `{}`", name.trim_end_matches("()")))
        };
        SIGNS.iter().find_map(named)
    }

    /// Why it is refused. SQLite tells most of that by its message alone.
    pub fn kind(&self) -> RefusalKind {
        const MISSING: [(&str, Sort); 3] =
            [("no such table: ", Sort::Table), ("no such index: ", Sort::Index), ("no such column: ", Sort::Column)];
        let missing =
            |(sign, sort): &(&str, Sort)| self.message.strip_prefix(sign).map(|name| RefusalKind::missing(*sort, name));
        if let Some(kind) = MISSING.iter().find_map(missing) {
            return kind;
        }
        let says = |words: &str| self.message.contains(words);
        match () {
            () if says("duplicate column") => RefusalKind::exists(Sort::Column, self.last_word()),
            () if says("already exists") => {
                let sort = if says("index") { Sort::Index } else { Sort::Table };
                RefusalKind::exists(sort, self.last_word())
            }
            () if self.message.starts_with("near \"") && says("\": syntax error") => RefusalKind::Foreign,
            () if self.code & 0xff == ffi::SQLITE_CONSTRAINT => RefusalKind::Rows,
            () if self.message.starts_with("Cannot add a ") || self.message.starts_with("cannot add a ") => {
                RefusalKind::Rows
            }
            () => RefusalKind::Other,
        }
    }

    /// The name that stands at the end of what SQLite says, or before `already exists`.
    fn last_word(&self) -> &str {
        let front = self.message.strip_suffix(" already exists").unwrap_or(&self.message);
        front.rsplit(' ').next().unwrap_or(front).trim_matches(['"', '`', '\'', '[', ']'])
    }

    /// Whether a statement writes into SQLite's own tables: with `PRAGMA writable_schema` it could.
    pub fn is_of_catalog(&self) -> bool {
        self.message.ends_with("may not be modified")
    }

    /// `index` counts from 1; `type_name` is the Python type of the value that SQLite cannot hold.
    pub fn unsupported_parameter(index: usize, type_name: &str) -> Self {
        let message = format!("Error binding parameter {index}: type '{type_name}' is not supported");
        Self::new(ErrorClass::Programming, message)
    }

    pub(super) fn programming(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Programming, message)
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Denied, message)
    }

    pub(super) fn exhausted(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Exhausted, message)
    }
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error;
        match error {
            Error::SqliteFailure(error, message) => {
                Self::from_code(error.extended_code, message.unwrap_or_else(|| error.to_string()))
            }
            Error::SqlInputError { error, msg, .. } => Self::from_code(error.extended_code, msg),
            other => Self::new(ErrorClass::Interface, other.to_string()),
        }
    }
}

impl SqlError {
    /// CPython's `get_exception_class` (Modules/_sqlite/util.c), with the limits of this engine set apart.
    fn from_code(code: i32, message: String) -> Self {
        let class = match code & 0xff {
            ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => ErrorClass::Internal,
            ffi::SQLITE_ERROR
            | ffi::SQLITE_PERM
            | ffi::SQLITE_ABORT
            | ffi::SQLITE_BUSY
            | ffi::SQLITE_LOCKED
            | ffi::SQLITE_READONLY
            | ffi::SQLITE_IOERR
            | ffi::SQLITE_CANTOPEN
            | ffi::SQLITE_PROTOCOL
            | ffi::SQLITE_EMPTY
            | ffi::SQLITE_SCHEMA => ErrorClass::Operational,
            ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => ErrorClass::Integrity,
            ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => ErrorClass::Interface,
            ffi::SQLITE_NOMEM => return Self::exhausted("it needs more memory than a check may use"),
            ffi::SQLITE_FULL => return Self::exhausted("its database grows larger than a check allows"),
            ffi::SQLITE_TOOBIG => return Self::exhausted("a value or a statement is larger than a check allows"),
            ffi::SQLITE_INTERRUPT => return Self::exhausted("a statement runs longer than a check may take"),
            _ => ErrorClass::Database,
        };
        Self { class, message, code }
    }
}
