//! How a track keeps its migrations, as far as it is data: what the configuration, the rules and the messages have to know.
//! What only one kind can do is in [`crate::kinds`].

use std::fmt;
use std::hash::{Hash, Hasher};

use super::{Declared, Track};
use crate::schema::dialect::Dialect;

/// A kind of track. Two are the same where they have one name.
#[derive(Clone, Copy)]
pub struct Kind(&'static Facts);

/// What is said of a kind.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Facts {
    /// As the configuration and the reports say it.
    pub name: &'static str,
    /// What one step of it is called, and what several are.
    pub nouns: (&'static str, &'static str),
    pub lies: Lies,
    pub shares: Shares,
    /// Whether its migrations are the entries of a list in code: a list or a dict in Python, a slice in Go.
    pub is_list: bool,
    /// Whether each of its steps names the one before it, so that they can be drawn.
    pub is_chain: bool,
    /// Whether it is text of SQL, so that what it does is what pairs it, and not how many steps it has.
    pub is_sql: bool,
    /// Whether it states what a database is to be like in place of telling steps: it is meant to be edited.
    pub is_state: bool,
    /// Whether an engine evaluates its migrations as a history.
    pub is_evaluated: bool,
    /// Whether a new migration with DDL demands one on its partner, whatever kind that is.
    pub leads: bool,
    /// What one that nobody named is called after.
    pub called: Called,
    /// What was looked for where none was found, as the part of a list; what is told by another kind's form has none.
    pub looked_for: Option<&'static str>,
    /// The optional keys that mean something in its table of the configuration, besides those that every track has.
    pub keys: &'static [&'static str],
    /// What its list is called where the configuration does not say.
    pub list: Option<&'static str>,
    pub version: VersionKey,
    /// Whether a track of it has one path and no more.
    pub has_one_path: bool,
    /// Its database where the configuration names none.
    pub usual: Usual,
    /// What begins a comment beside its migrations.
    pub comment: &'static str,
    /// What a database of it gets, as the end of a sentence about that database.
    pub applies: &'static str,
    /// What to do where it lacks a migration; `{path}` stands for where its migrations are.
    pub todo: &'static str,
    /// What is gone where it cannot be found any more; `{path}` as above. A list is called by its name.
    pub whole: &'static str,
    /// The databases for which `fix` writes migrations of it.
    pub written_for: &'static [Dialect],
    /// Whether a file that is neither its path nor lies right in it is its own all the same.
    pub owns: fn(&Track, &str) -> bool,
    /// Fails where a file cannot be what it is compared with.
    pub declares: fn(&Declared) -> Result<(), Wrong>,
}

/// Where the migrations of a track lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In one file, which code or the user names.
    InFile,
    /// A file each, in folders: what one of them is called.
    InFolder(&'static str),
}

/// What a track is called after where nobody named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    AfterDatabase,
    /// After what it migrates; with this word behind it where another has that name.
    AfterFolder(&'static str),
}

/// What several tracks of a kind may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shares {
    Nothing,
    /// A file, which tells them by their lists.
    File,
    /// A folder, in which each has the files of its database.
    Folder,
}

/// What the key `version` names for a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionKey {
    Nothing,
    /// A constant of the track's own file.
    Constant,
    /// A constant of any file, with that in front if need be.
    ConstantOfFile,
}

/// The database of a track of which nobody says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    Always(Dialect),
    /// The one that its path is named after, else SQLite.
    ByPath,
}

/// What is wrong with something that the configuration says, and the way out; each a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub help: String,
}

impl Wrong {
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl Kind {
    pub const fn of(facts: &'static Facts) -> Self {
        Self(facts)
    }

    pub fn facts(self) -> &'static Facts {
        self.0
    }

    /// The name that the configuration and the reports use.
    pub fn as_str(self) -> &'static str {
        self.0.name
    }

    pub fn is_list(self) -> bool {
        self.0.is_list
    }

    pub fn is_chain(self) -> bool {
        self.0.is_chain
    }

    pub fn is_sql(self) -> bool {
        self.0.is_sql
    }

    /// Whether each of its migrations is a file that is called as it is.
    pub fn has_a_file_each(self) -> bool {
        self.0.shares == Shares::Folder
    }

    pub fn is_state(self) -> bool {
        self.0.is_state
    }

    pub fn is_evaluated(self) -> bool {
        self.0.is_evaluated
    }

    /// Whether its steps are evaluated one after another as the chain says, beside models that should make them.
    pub fn has_models(self) -> bool {
        self.0.is_chain && self.0.is_evaluated
    }

    pub fn leads(self) -> bool {
        self.0.leads
    }

    /// Whether a key means something in the table of such a track.
    pub fn has_key(self, key: &str) -> bool {
        self.0.keys.contains(&key)
    }

    /// Whether its migrations lie in one file.
    pub fn is_file(self) -> bool {
        self.0.lies == Lies::InFile
    }

    /// What so many steps are called: "1 migration", "2 revisions".
    pub fn noun(self, count: usize) -> &'static str {
        let (one, several) = self.0.nouns;
        if count == 1 { one } else { several }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

/// No file elsewhere is a track's own.
pub fn owns_no_other(_: &Track, _: &str) -> bool {
    false
}

/// Any file may state the end result.
pub fn declares_anything(_: &Declared) -> Result<(), Wrong> {
    Ok(())
}
