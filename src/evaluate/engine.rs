//! The database that statements are carried out on, whichever it is: those of migrations in Go, and those that were noted.

use crate::go::eval::Value;
use crate::schema::dialect::Dialect;
use crate::schema::model::{Name, Schema};
use crate::schema::mysql::{self, ErrorClass as MyClass};
use crate::schema::postgres::{self, ErrorClass as PgClass};
use crate::schema::sqlite::{self, ErrorClass, Limits, Params, SqlError};
use crate::schema::token;
use crate::track::Track;

/// What came of a statement.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is carried out; whether it may have changed the schema, and its rows.
    Done { schema: bool, rows: Vec<Vec<Value>> },
    /// In the database's words.
    Refused(String),
    /// A clause in a user's words.
    Unknown(String),
}

#[derive(Debug)]
pub(super) enum Engine {
    Sqlite {
        database: Box<sqlite::Database>,
        /// Rows were changed in a way that is not known.
        rows_unknown: bool,
    },
    Postgres(Box<postgres::Database>),
    Mysql(Box<mysql::Database>),
    /// No engine knows the dialect: statements are noted.
    None,
}

/// Why it is not known what a statement does to SQLite's own table of the schema.
pub(super) const WRITES_THE_CATALOG: &str = "writes into SQLite's catalog itself";

/// What a statement is about, by its first word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Schema,
    Rows,
    Reads,
    /// It begins or ends a transaction, or changes what is no schema.
    Nothing,
}

fn effect(sql: &str) -> Effect {
    const ROWS: [&str; 6] = ["insert", "update", "delete", "replace", "truncate", "copy"];
    const READS: [&str; 5] = ["select", "with", "values", "explain", "show"];
    const NOTHING: [&str; 14] = [
        "begin",
        "commit",
        "end",
        "rollback",
        "savepoint",
        "release",
        "start",
        "vacuum",
        "analyze",
        "pragma",
        "lock",
        "abort",
        "set",
        "reindex",
    ];
    let Some(first) = token::tokens(sql).find(|token| !token.is_symbol(";")) else { return Effect::Nothing };
    let is = |words: &[&str]| words.iter().any(|word| first.is(word));
    if is(&ROWS) {
        Effect::Rows
    } else if is(&READS) {
        Effect::Reads
    } else if is(&NOTHING) {
        Effect::Nothing
    } else {
        Effect::Schema
    }
}

/// Whether a statement changes rows, and can change nothing else.
pub(super) fn changes_rows(sql: &str) -> bool {
    const CHANGES: [&str; 4] = ["insert", "update", "delete", "merge"];
    let is_with = || {
        let mut tokens = token::tokens(sql);
        tokens.next().is_some_and(|first| first.is("with"))
            && tokens.any(|token| CHANGES.iter().any(|word| token.is(word)))
    };
    effect(sql) == Effect::Rows || is_with()
}

impl Engine {
    /// An empty one for a track.
    pub(super) fn of(track: &Track) -> Result<Self, SqlError> {
        let mut engine = Self::new(track.dialect)?;
        if let Self::Mysql(database) = &mut engine {
            database.settings.flavour = track.flavour;
        }
        Ok(engine)
    }

    pub(super) fn new(dialect: Dialect) -> Result<Self, SqlError> {
        Ok(match dialect {
            Dialect::Sqlite => {
                let mut database = sqlite::Database::new(Limits::default())?;
                database.set_implicit_begin(false);
                Self::Sqlite { database: Box::new(database), rows_unknown: false }
            }
            Dialect::Postgres => Self::Postgres(Box::default()),
            Dialect::Mysql => Self::Mysql(Box::default()),
        })
    }

    /// A second database with the same content.
    pub(super) fn fork(&self, dialect: Dialect) -> Result<Self, SqlError> {
        match self {
            Self::Sqlite { database, rows_unknown } => match database.fork() {
                Ok(mut database) => {
                    database.set_implicit_begin(false);
                    Ok(Self::Sqlite { database: Box::new(database), rows_unknown: *rows_unknown })
                }
                // One that is used up is as good as none: its gap is known already.
                Err(_) => Self::new(dialect),
            },
            Self::Postgres(database) => Ok(Self::Postgres(database.clone())),
            Self::Mysql(database) => Ok(Self::Mysql(database.clone())),
            Self::None => Ok(Self::None),
        }
    }

    /// Begins the transaction of a migration.
    pub(super) fn begin(&mut self) {
        match self {
            Self::Sqlite { database, .. } => drop(database.execute("BEGIN", Params::NONE)),
            Self::Postgres(database) => database.begin(),
            Self::Mysql(database) => database.begin(),
            Self::None => {}
        }
    }

    /// Ends it; what the database says where it cannot be kept.
    pub(super) fn end(&mut self, commit: bool) -> Option<String> {
        match self {
            Self::Sqlite { database, .. } => {
                let ended = if commit { database.commit() } else { database.rollback() };
                let message = ended.err().map(|error| error.message)?;
                let _ = database.rollback();
                Some(message)
            }
            Self::Postgres(database) => {
                if commit {
                    database.commit();
                    database.end_transaction();
                } else {
                    database.rollback();
                }
                None
            }
            // What it defines is kept whatever comes after it.
            Self::Mysql(database) => {
                if commit {
                    database.commit();
                } else {
                    database.rollback();
                }
                None
            }
            Self::None => None,
        }
    }

    /// The statements of a text, as the database tells them apart.
    pub(super) fn split(&self, text: &str) -> Vec<String> {
        self.split_at(text).into_iter().map(|(_, statement)| statement).collect()
    }

    /// The same, each with the byte offset where it begins.
    pub(super) fn split_at(&self, text: &str) -> Vec<(usize, String)> {
        if let Self::Postgres(_) = self {
            let plain = postgres::plain_text(text);
            let is_as_it_was = plain.len() == text.len();
            let pieces = postgres::pieces(&plain);
            // Of a text that had to be put right, the places are not known.
            return pieces
                .iter()
                .map(|piece| (if is_as_it_was { piece.start } else { 0 }, piece.text.to_owned()))
                .collect();
        }
        if let Self::Mysql(database) = self {
            let plain = database.plain_text(text);
            return mysql::pieces(&plain).iter().map(|piece| (piece.start, piece.text.to_owned())).collect();
        }
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
    pub(super) fn runs_alone(&self, sql: &str) -> Option<&'static str> {
        let Self::Postgres(_) = self else { return None };
        postgres::pieces(sql).first().and_then(postgres::runs_alone)
    }

    /// Carries one statement out.
    pub(super) fn execute(&mut self, sql: &str, parameters: &[Value], is_query: bool) -> Outcome {
        let effect = effect(sql);
        let done = |rows| Outcome::Done { schema: effect == Effect::Schema, rows };
        match self {
            Self::Sqlite { database, rows_unknown } => {
                // Each migration is in a transaction already, and has all settings that make a difference.
                let reads_settings = is_query && token::tokens(sql).next().is_some_and(|first| first.is("pragma"));
                if effect == Effect::Nothing && !reads_settings {
                    return done(Vec::new());
                }
                let values: Option<Vec<sqlite::Value>> = parameters.iter().map(bound).collect();
                let Some(values) = values else {
                    *rows_unknown |= effect == Effect::Rows;
                    return match effect {
                        Effect::Rows => done(Vec::new()),
                        _ => Outcome::Unknown("is given a value that the text does not tell".to_owned()),
                    };
                };
                match database.execute(sql, Params::Positional(&values)) {
                    Ok(_) if is_query && *rows_unknown && !reads_schema(sql) => {
                        Outcome::Unknown("depends on the rows of a table".to_owned())
                    }
                    Ok(outcome) => {
                        done(outcome.rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect())
                    }
                    // What the program registers on its connection is not here.
                    Err(error) if let Some(needs) = error.needs() => match effect {
                        Effect::Rows => {
                            *rows_unknown = true;
                            done(Vec::new())
                        }
                        _ => Outcome::Unknown(needs),
                    },
                    // With `PRAGMA writable_schema` it would, and nothing tells what comes of that.
                    Err(error) if error.message.ends_with("may not be modified") => {
                        Outcome::Unknown(WRITES_THE_CATALOG.to_owned())
                    }
                    Err(error) => match error.class {
                        ErrorClass::Denied | ErrorClass::Exhausted => Outcome::Unknown(error.message),
                        // Other drivers bind by other rules.
                        ErrorClass::Programming if effect == Effect::Rows => {
                            *rows_unknown = true;
                            done(Vec::new())
                        }
                        ErrorClass::Programming | ErrorClass::Interface | ErrorClass::Value => {
                            Outcome::Unknown("executes a statement in a way that is not followed".to_owned())
                        }
                        _ => Outcome::Refused(error.message),
                    },
                }
            }
            Self::Postgres(database) => match database.execute(sql) {
                Ok(()) if is_query => Outcome::Unknown("depends on what a query returns".to_owned()),
                Err(error) if is_query && error.class == PgClass::Unsupported => {
                    Outcome::Unknown("depends on what a query returns".to_owned())
                }
                Ok(()) => done(Vec::new()),
                Err(error) if error.class == PgClass::Unsupported => Outcome::Unknown(error.message),
                Err(error) => Outcome::Refused(error.message),
            },
            Self::Mysql(database) => match database.execute(sql) {
                Ok(()) if is_query => Outcome::Unknown("depends on what a query returns".to_owned()),
                Ok(()) => done(Vec::new()),
                Err(error) if error.class == MyClass::Unsupported => Outcome::Unknown(error.message),
                Err(error) => Outcome::Refused(error.message),
            },
            Self::None if is_query => Outcome::Unknown("depends on what a query returns".to_owned()),
            Self::None => done(Vec::new()),
        }
    }

    /// What a statement that was not carried out may be about besides what it says: it may make another one from a text.
    pub(super) fn about(&self) -> Option<String> {
        match self {
            Self::Mysql(database) => database.about().map(str::to_owned),
            _ => None,
        }
    }

    /// The columns of a table, none where it is not there; `None` where that is not known.
    pub(super) fn columns(&mut self, table: &str) -> Option<Vec<String>> {
        let Self::Sqlite { database, .. } = self else {
            let schema = self.snapshot().ok()?;
            let table = schema.tables.get(&Name::from(table));
            let columns = table.into_iter().flat_map(|table| &table.columns);
            return Some(columns.map(|column| column.name.to_string()).collect());
        };
        let sql = format!("PRAGMA table_info(\"{}\")", table.replace('"', "\"\""));
        let rows = database.execute(&sql, Params::NONE).ok()?.rows;
        let name = |row: Vec<sqlite::Value>| match row.into_iter().nth(1) {
            Some(sqlite::Value::Text(name)) => Some(name),
            _ => None,
        };
        Some(rows.into_iter().filter_map(name).collect())
    }

    /// The schema as it is; a clause that says why it is not known.
    pub(super) fn snapshot(&mut self) -> Result<Schema, String> {
        match self {
            Self::Sqlite { database, .. } => database.snapshot().map_err(|error| error.message),
            Self::Postgres(database) => Ok(database.snapshot()),
            Self::Mysql(database) => Ok(database.snapshot()),
            Self::None => Ok(Schema::default()),
        }
    }
}

/// Whether a query asks for tables and columns alone, which is known whatever the rows are.
fn reads_schema(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    ["sqlite_master", "sqlite_schema", "pragma"].iter().any(|sign| lower.contains(sign))
}

fn bound(value: &Value) -> Option<sqlite::Value> {
    Some(match value {
        Value::Nil => sqlite::Value::Null,
        Value::Bool(value) => sqlite::Value::Integer(i64::from(*value)),
        Value::Int(value) => sqlite::Value::Integer(*value),
        Value::Text(text) => sqlite::Value::Text(text.to_string()),
        _ => return None,
    })
}

fn value(value: sqlite::Value) -> Value {
    match value {
        sqlite::Value::Null => Value::Nil,
        sqlite::Value::Integer(value) => Value::Int(value),
        sqlite::Value::Text(text) => Value::text(text),
        // Nothing that a migration decides on is kept as one.
        sqlite::Value::Real(value) => Value::text(value.to_string()),
        sqlite::Value::Blob(_) => Value::text(""),
    }
}
