//! MySQL and MariaDB as one model: statements are read and applied to the catalog, and what both refuse is refused in their
//! words. Where a project says which of the two it has, what that one refuses is refused, too. Rows are not kept.
//!
//! A definition commits by itself: nothing of it is rolled back.

mod alter;
mod create;
mod data_type;
pub(super) mod database;
mod defaults;
mod doubt;
mod drop;
mod error;
mod facts;
mod foreign;
mod guard;
mod keys;
mod lexer;
mod objects;
mod parse;
mod pieces;
mod rows;
mod settings;
mod snapshot;
mod state;

use std::borrow::Cow;

pub use self::data_type::DataType;
pub use self::error::{Error, ErrorClass};
pub use self::facts::DIALECT;
pub use self::guard::{Answer, Cell};
use self::parse::Reader;
pub use self::pieces::{Piece, pieces};
pub use self::settings::{Flavour, Settings};
pub use self::state::{Check, Column, Fallback, Foreign, Key, KeyKind, LONGEST_NAME, Part, State, Table, Term};
use super::model::Schema;

type Done = Result<(), Error>;

/// A database.
#[derive(Clone, Debug, Default)]
pub struct Database {
    state: State,
    pub settings: Settings,
    /// Tables that are not here may be there: others make them, too.
    pub open: bool,
    /// Of a statement that is refused a part is done all the same.
    is_partly_done: bool,
    session: guard::Session,
    /// What the statement that was not carried out may be about, besides what it says.
    about: Option<String>,
}

/// The longest statement that is read: some work grows with its square.
const LONGEST_STATEMENT: usize = 1 << 20;

impl Database {
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The schema as it is; temporary tables are none of it.
    pub fn snapshot(&self) -> Schema {
        snapshot::schema(&self.state, false)
    }

    /// The same with the indexes that InnoDB makes for foreign keys, as the catalog lists them.
    pub fn catalog(&self) -> Schema {
        snapshot::schema(&self.state, true)
    }

    /// How many characters a column holds: `Some(None)` where nothing bounds it, `None` where it is not there.
    #[allow(clippy::option_option, reason = "a column that is not there, and one without a bound")]
    pub fn width(&self, table: &str, column: &str) -> Option<Option<usize>> {
        let column = self.state.table(table)?.column(column)?;
        let length = column.data_type.arguments.first().filter(|_| column.data_type.is(&["varchar", "char"]));
        Some(length.and_then(|length| usize::try_from(*length).ok()))
    }

    /// A text in which comments that run are none, and all others stay; it is as long as it was.
    pub fn plain_text<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        lexer::without_comments(sql, self.settings.flavour)
    }

    /// Carries out a text of one or more statements; the first that fails ends it, and what came before it stays.
    pub fn execute(&mut self, sql: &str) -> Done {
        pieces(sql).into_iter().try_for_each(|piece| self.statement(&piece))
    }

    /// Carries out one statement of a text: all of it or nothing.
    pub fn statement(&mut self, piece: &Piece<'_>) -> Done {
        let text = lexer::without_comments(piece.text, self.settings.flavour);
        let before = self.state.clone();
        (self.is_partly_done, self.about) = (false, None);
        self.refuel();
        let Err(error) = self.carry_out(&text) else { return Ok(()) };
        if !std::mem::take(&mut self.is_partly_done) {
            self.state = before;
        }
        let error = self.weigh(&text, error);
        if error.is_unsupported() {
            self.doubt(&text);
            if let Some(about) = self.about.clone() {
                self.doubt(&about);
            }
        }
        Err(error)
    }

    /// What the statement before, which was not carried out, may be about besides what it says.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    fn carry_out(&mut self, text: &str) -> Done {
        if text.len() > LONGEST_STATEMENT {
            return match lexer::tokens(text).next() {
                Some(first) if first.is("insert") || first.is("replace") => Ok(()),
                _ => Err(Error::unsupported("has a statement that is longer than a check allows")),
            };
        }
        let settings = self.settings.clone();
        let mut reader = Reader::new(text, &settings);
        let Some(first) = reader.peek().copied() else { return Ok(()) };
        if let Some(start) = lexer::left_open(text) {
            let line = text[..start].matches('\n').count() + 1;
            return Err(Error::syntax(text[start..].trim_end(), line));
        }
        if pieces::is_cut(text) {
            return Err(Error::syntax("", text.lines().count()));
        }
        let word = if first.kind == lexer::Kind::Word { first.text.to_ascii_lowercase() } else { String::new() };
        match word.as_str() {
            "create" => self.create(&mut reader, text),
            "alter" => self.alter(&mut reader),
            "drop" => self.drop(&mut reader),
            "rename" => self.rename(&mut reader),
            "truncate" => self.truncate(&mut reader),
            "set" => {
                self.set(text);
                Ok(())
            }
            "use" => self.use_database(&mut reader),
            "call" => self.call(&mut reader),
            "begin" if reader.are(&["begin", "not", "atomic"]) && settings.flavour != Flavour::MySql => {
                self.block(text)
            }
            "begin" | "start" | "commit" | "end" | "do" => plain(&mut reader, &word),
            "if" if settings.flavour != Flavour::MySql => self.block(text),
            "case" | "loop" | "while" | "repeat" | "for" if settings.flavour != Flavour::MySql => {
                Err(Error::unsupported("has a block of statements, which is not followed"))
            }
            "prepare" => self.prepare(&mut reader),
            "execute" => self.execute_prepared(&mut reader),
            "select" | "insert" | "update" | "delete" | "replace" | "with" | "values" | "table" => {
                self.rows(text, &mut reader)
            }
            _ if first.is_symbol("(") => self.rows(text, &mut reader),
            _ if IGNORED.contains(&word.as_str()) => Ok(()),
            _ => Err(reader.syntax()),
        }
    }
}

/// Statements that change no schema.
const IGNORED: &[&str] = &[
    "analyze",
    "binlog",
    "cache",
    "change",
    "check",
    "checksum",
    "clone",
    "close",
    "deallocate",
    "declare",
    "desc",
    "describe",
    "explain",
    "fetch",
    "flush",
    "get",
    "grant",
    "handler",
    "help",
    "import",
    "install",
    "kill",
    "load",
    "lock",
    "open",
    "optimize",
    "purge",
    "release",
    "repair",
    "reset",
    "resignal",
    "restart",
    "return",
    "revoke",
    "rollback",
    "savepoint",
    "show",
    "shutdown",
    "signal",
    "stop",
    "uninstall",
    "unlock",
    "xa",
];

/// A statement that begins or ends a transaction, or does nothing.
fn plain(reader: &mut Reader<'_>, word: &str) -> Done {
    reader.skip(1);
    match word {
        "begin" | "commit" => {
            reader.eat("work");
            if word == "commit" {
                reader.eat_all(&["and", "no", "chain"]);
                reader.eat_all(&["and", "chain"]);
                reader.eat_all(&["no", "release"]);
                reader.eat("release");
            }
            reader.expect_end()
        }
        "start" if reader.is_any(&["transaction", "slave", "replica", "group_replication", "all"]) => Ok(()),
        "do" if !reader.is_at_end() && !reader.rest().starts_with('$') => Ok(()),
        _ => Err(reader.syntax()),
    }
}
