//! Tracks, their migrations, and what a change does to them: plain values that the rules judge.

use self::kind::{Kind, Shares};
use self::origin::Origin;
use crate::path;
use crate::pattern::Pattern;
use crate::schema::delta::Level;
use crate::schema::dialect::Dialect;
use crate::schema::mysql::Flavour;
use crate::schema::outside::Outside;
use crate::source::Location;

pub mod alembic;
pub mod chain;
pub mod ddl;
pub mod ends;
pub mod feeders;
pub mod footprint;
pub mod go_packages;
pub mod graph;
pub mod kind;
pub mod memory;
pub mod models;
pub mod origin;
pub mod packages;
pub mod python_list;
pub mod revision;
pub mod sql_files;

/// One ordered history of migrations for one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    pub name: String,
    pub kind: Kind,
    pub dialect: Dialect,
    /// The project asks for drivers of several databases, and nothing says which of them it is.
    pub is_dialect_assumed: bool,
    /// Which database it is for instead, where no engine is for that: nothing of it is evaluated then.
    pub outside: Option<&'static Outside>,
    /// Which server of the dialect it is, where the project says that.
    pub flavour: Flavour,
    /// Where its migrations are: a file, or a directory without a slash at its end.
    pub path: String,
    /// Further directories with migrations of the same history: Alembic's other `version_locations`.
    pub more_paths: Vec<String>,
    /// The `env.py` that an Alembic chain is run by, where Alembic's settings tell it.
    pub environment: Option<String>,
    /// Alembic's settings name folders of revisions that are not in the repository.
    pub continues_elsewhere: bool,
    /// The name of the list or dict in a `python-list` or `python-versions` track, and of the slice in a `go-slice` track:
    /// there the longest of the file, where it is not configured.
    pub list: Option<String>,
    /// The constant with the highest version in a `python-versions` or `version-scripts` track, with its file in front
    /// (`schema.py:NAME`) if need be; found by its name where it is not configured.
    pub version: Option<String>,
    /// Files that state the end result, such as `schema.py`.
    pub declared: Vec<Declared>,
    /// How closely those are compared with the migrations; by what they are where it is not configured.
    pub compare: Option<Level>,
    /// The revision at which the chain ends: nothing may follow it.
    pub parked: Option<String>,
    /// The tables that are its own; `None` where nobody says.
    pub territory: Option<Territory>,
    /// Who makes the tables of its new databases; `None` until somebody has asked.
    pub origin: Option<Origin>,
    /// Of a `sql-files` track: the form of its files' names, where the configuration describes it.
    pub pattern: Option<sql_files::pattern::Pattern>,
    /// Of a `schema-file` track: nobody said that it is one.
    pub is_detected: bool,
}

/// What a track may touch of a database that it shares with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territory {
    /// The tables that it may make, alter and drop.
    pub owns: Vec<Pattern>,
    /// The tables of others that its foreign keys may lead to; `None` where all may be.
    pub may_reference: Option<Vec<Pattern>>,
}

impl Territory {
    pub fn has(&self, table: &str) -> bool {
        self.owns.iter().any(|pattern| pattern.matches(table))
    }

    pub fn may_refer_to(&self, table: &str) -> bool {
        let listed = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.matches(table));
        self.has(table) || self.may_reference.as_ref().is_none_or(listed)
    }
}

/// A file that states the end result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub path: String,
    /// What in it makes the schema: a function, a list, a text. Found by its name where it is not configured.
    pub entry: Option<String>,
    /// Nobody said that it is one.
    pub detected: bool,
}

impl Declared {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), entry: None, detected: false }
    }

    /// One that was found by its name.
    pub fn detected(path: impl Into<String>) -> Self {
        Self { detected: true, ..Self::new(path) }
    }
}

impl Track {
    /// A track of which no more is known than where it is.
    pub fn new(name: impl Into<String>, kind: Kind, dialect: Dialect, path: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind,
            dialect,
            outside: None,
            flavour: Flavour::Unknown,
            path: path.into(),
            more_paths: Vec::new(),
            environment: None,
            continues_elsewhere: false,
            is_dialect_assumed: false,
            list: None,
            version: None,
            declared: Vec::new(),
            compare: None,
            parked: None,
            territory: None,
            origin: None,
            pattern: None,
            is_detected: false,
        }
    }

    /// Whether both are one chain, evaluated for two databases.
    pub fn is_twin_of(&self, other: &Self) -> bool {
        self.kind.is_chain()
            && self.kind == other.kind
            && self.dialect != other.dialect
            && (&self.path, &self.more_paths) == (&other.path, &other.more_paths)
    }

    /// Whether there is an engine that evaluates its migrations as a history.
    pub fn is_evaluated(&self) -> bool {
        self.kind.is_evaluated() && self.outside.is_none()
    }

    /// What its database is called where tracks are named.
    pub fn database(&self) -> &'static str {
        self.outside.map_or(self.dialect.as_str(), |outside| outside.name)
    }

    /// The own name of its database, for sentences.
    pub fn database_title(&self) -> &'static str {
        self.outside.map_or(self.dialect.title(), |outside| outside.title)
    }

    /// The files whose text is the track's: the one with its migrations and the declared schemas.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.path.as_str()).chain(self.declared.iter().map(|declared| declared.path.as_str()))
    }

    /// Whether a file is the track's own, by its path.
    pub fn has_file(&self, path: &str) -> bool {
        if (self.kind.facts().owns)(self, path) {
            return true;
        }
        let folder = path::folder(path);
        self.files().any(|own| own == path) || self.directories().any(|own| own == folder)
    }

    /// Whether both are lists of one file.
    pub fn is_list_of(&self, other: &Self) -> bool {
        let may_share = |track: &Self| track.kind.facts().shares == Shares::File;
        may_share(self) && may_share(other) && self.path == other.path
    }

    /// The list's name as code says it, without that of the function or class that binds it.
    pub fn bare_list(&self) -> &str {
        let list = self.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
        list.rsplit('.').next().unwrap_or(list)
    }

    /// Every directory with migrations.
    pub fn directories(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.path.as_str()).chain(self.more_paths.iter().map(String::as_str))
    }
}

/// One step of a track.
#[derive(Clone, Debug)]
pub struct Migration {
    /// What it is told by: an entry's name, a revision's id.
    pub name: String,
    pub location: Location,
}

/// A DDL keyword on a line that the change added.
#[derive(Clone, Debug)]
pub struct AddedDdl {
    /// The keyword as the rule names it: `CREATE TABLE`, `Column(`.
    pub keyword: &'static str,
    /// The tables and indexes it is about, as far as the text says so.
    pub objects: Vec<String>,
    pub location: Location,
}

/// A file, or a part of one, that could not be read as what it should be.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Why, in a user's words; a clause without a full stop.
    pub reason: String,
    pub location: Location,
}
