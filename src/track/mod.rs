//! Tracks, their migrations, and what a change does to them: plain values that the rules judge.

use std::collections::BTreeSet;

use self::kind::{Kind, Shares};
use self::origin::Origin;
use crate::evaluate::Missing;
use crate::evaluate::drift::Drift;
use crate::evaluate::models::ModelDrift;
use crate::evaluate::outcome::{Case, Outcome};
use crate::evaluate::parity::Parity;
use crate::evaluate::stamps::Unstamped;
use crate::evaluate::territory::Trespass;
use crate::finding::Place;
use crate::git::ChangedFile;
use crate::path;
use crate::pattern::Pattern;
use crate::schema::delta::Level;
use crate::schema::mysql::Flavour;
use crate::source::Location;

use crate::schema::dialect::Dialect;

pub mod alembic;
pub mod chain;
pub mod ddl;
pub mod ends;
pub mod feeders;
pub mod footprint;
pub mod go_packages;
pub mod go_registration;
pub mod go_slice;
pub mod graph;
pub mod history;
pub mod kind;
pub mod models;
pub mod origin;
pub mod packages;
pub mod python_list;
pub mod registration;
pub mod relaxed;
pub mod revision;
pub mod schema_file;
pub mod sql_files;
pub mod version_scripts;
pub mod versions;

/// One ordered history of migrations for one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    pub name: String,
    pub kind: Kind,
    pub dialect: Dialect,
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
            flavour: Flavour::Unknown,
            path: path.into(),
            more_paths: Vec::new(),
            environment: None,
            continues_elsewhere: false,
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
        self.kind.is_evaluated()
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

/// A file that the migration tool would not load, by what it should be.
#[derive(Clone, Debug)]
pub enum Unloadable {
    Revision(Unread),
    Script(Unread),
    /// What lists the files that are to be run.
    Journal(Unread),
}

impl Unloadable {
    pub fn unread(&self) -> &Unread {
        match self {
            Self::Revision(unread) | Self::Script(unread) | Self::Journal(unread) => unread,
        }
    }
}

/// A name or an id that a second migration of a list has.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// What it is of a migration: "name" or "id".
    pub what: &'static str,
    pub text: String,
    pub first: Location,
    pub location: Location,
    /// The merge base has it, too.
    pub pre_existing: bool,
    /// What comes of it, where that is known.
    pub note: Option<String>,
}

/// What a reader should know of how a track was read.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub said: Vec<String>,
    /// The files of the merge base that could not be read though the change is about them, and why.
    pub unread_at_base: Vec<(String, String)>,
}

impl Notes {
    /// What is no finding.
    pub fn push(&mut self, note: String) {
        self.said.push(note);
    }

    /// Something of the merge base that is not known, so that head alone has to answer.
    pub fn unread_at_base(&mut self, path: &str, reason: impl std::fmt::Display) {
        self.unread_at_base.push((path.to_owned(), format!("{reason}")));
    }
}

/// Whether a track was there before and is there now.
#[derive(Clone, Debug)]
pub enum Presence {
    /// At both ends of the range.
    Kept,
    /// The merge base has no such track.
    New,
    /// The merge base has it and head does not: the place where it was.
    Lost(Location),
}

/// What a change does to one track.
#[derive(Clone, Debug)]
pub struct TrackChange {
    pub track: Track,
    pub presence: Presence,
    /// Of a track that is lost: the folder that all of its files are in now.
    pub moved_to: Option<String>,
    /// A file of the track changed, so that it was judged.
    pub touched: bool,
    /// Where the merge base keeps it; `None` where it has none, or where that was not read.
    pub base_path: Option<String>,
    /// How many migrations head has; `None` where the track was not read, because no file of it changed.
    pub migrations: Option<usize>,
    /// The migrations that head has and the merge base has not, in head's order.
    pub new: Vec<Migration>,
    pub ddl: Vec<AddedDdl>,
    /// Files that the migration tool would not load.
    pub invalid: Vec<Unloadable>,
    /// Parts of the history that could not be read from the text.
    pub unread: Vec<Unread>,
    /// What of the merge base could not be read, so that head alone was judged; the places are head's.
    pub unread_at_base: Vec<Unread>,
    /// The migrations that no other follows; more than one only in a broken chain. Empty where not read.
    pub heads: Vec<String>,
    /// The chain on the merge result; `None` where no file of it changed, and for tracks that are no chains.
    pub chain: Option<chain::ChainChange>,
    /// The tables and indexes that its files name; empty unless an exemption needs them.
    pub objects: BTreeSet<String>,
    /// What is wrong with the numbers of its migrations; `None` for tracks of other kinds, and where not read.
    pub versions: Option<versions::VersionChange>,
    /// Files that its runner does not carry out.
    pub ignored: Vec<sql_files::Ignored>,
    /// Names and ids that several of its migrations have.
    pub repeated: Vec<Repeated>,
    /// The words, in lower case, of what head's old files of upgrades say besides, where no release has the files.
    pub grown: BTreeSet<String>,
    /// How its migrations and its declared schemas differ; `None` where that was not compared.
    pub drift: Option<Drift>,
    /// How the models beside a chain and its revisions differ in what they change; `None` where that was not compared.
    pub models: Option<ModelDrift>,
    /// What the change does to the track's databases; `None` where that was not evaluated.
    pub outcome: Option<Outcome>,
    /// What could not be computed in something that this change brings.
    pub gaps: Vec<Missing>,
    /// What the change does to migrations that the merge base has.
    pub edits: Vec<history::Edit>,
    /// The names of those that no release has, in a project that tags its releases.
    pub unreleased: BTreeSet<String>,
    /// A database of the newest release after its upgrade, where one of the merge base stops; `None` where releases tell
    /// nothing.
    pub of_release: Option<history::OfRelease>,
    /// New databases differ from deployed ones in the names of indexes alone.
    pub differs_in_names: bool,
    /// Where the list and the functions beside it do not fit together.
    pub strays: Vec<registration::Stray>,
    /// What the change does to tables that are not the track's own.
    pub trespasses: Vec<Trespass>,
    /// New revisions that Alembic cannot note.
    pub unstamped: Vec<Unstamped>,
    /// The configuration changed, too.
    pub configured_anew: bool,
    /// Where a finding stands of which no place is known: the first line of a file that the track has or had.
    pub home: Place,
}

impl TrackChange {
    /// A place, or the track's own where that is nowhere.
    pub fn place(&self, location: &Location) -> Place {
        Place::of(location).unwrap_or_else(|| self.home.clone())
    }

    /// Says where its migrations are listed.
    pub fn settle(&mut self, location: Option<&Location>) {
        if let Some(place) = location.and_then(Place::of) {
            self.home = place;
        }
    }

    /// Where a migration stands, as far as its name tells.
    pub fn place_of(&self, migration: &str) -> Option<&Location> {
        let new = self.new.iter().find(|one| one.name == migration).map(|one| &one.location);
        let old = || {
            let revisions = &self.chain.as_ref()?.head.revisions;
            let found = revisions.iter().find(|revision| revision.id.as_deref() == Some(migration))?;
            Some(&found.location)
        };
        new.or_else(old)
    }

    /// Whether it has something new that the other would have to have too.
    pub fn demands(&self, other: &Self) -> bool {
        // Of two chains that are both evaluated it is known what they do.
        let is_known = self.track.is_evaluated() && other.track.is_evaluated();
        let leads = self.track.kind.leads() || self.track.kind == other.track.kind && !is_known;
        let both_there = matches!(self.presence, Presence::Kept) && matches!(other.presence, Presence::Kept);
        leads && both_there && other.new.is_empty() && !self.ddl.is_empty() && !self.new.is_empty()
    }

    /// The chain to evaluate; `None` for tracks that are no chains, and where it was not read.
    pub fn case<'c>(&'c self, tracks: &'c [Track], changed: &'c [ChangedFile]) -> Option<Case<'c>> {
        let new = self.new.iter().map(|migration| migration.name.as_str()).collect();
        let chain = self.chain.as_ref()?;
        Some(Case { track: &self.track, chain, new, tracks, changed })
    }

    /// A track of which no file changed.
    pub fn untouched(track: Track) -> Self {
        Self {
            home: Place::file(&track.path),
            track,
            presence: Presence::Kept,
            moved_to: None,
            touched: false,
            base_path: None,
            migrations: None,
            new: Vec::new(),
            ddl: Vec::new(),
            invalid: Vec::new(),
            unread: Vec::new(),
            unread_at_base: Vec::new(),
            heads: Vec::new(),
            chain: None,
            objects: BTreeSet::new(),
            versions: None,
            ignored: Vec::new(),
            repeated: Vec::new(),
            grown: BTreeSet::new(),
            drift: None,
            models: None,
            outcome: None,
            gaps: Vec::new(),
            edits: Vec::new(),
            unreleased: BTreeSet::new(),
            of_release: None,
            differs_in_names: false,
            strays: Vec::new(),
            trespasses: Vec::new(),
            unstamped: Vec::new(),
            configured_anew: false,
        }
    }
}

/// What a change does to every track of a project.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub tracks: Vec<TrackChange>,
    /// Pairs of tracks, by index, that must stay in parity: each pair's first track leads where the kinds differ.
    pub pairs: Vec<(usize, usize)>,
    /// Of the pairs whose tracks were evaluated: what the one does and the other doesn't.
    pub parities: Vec<Parity>,
    /// What head's configuration asks for no more.
    pub relaxed: Vec<relaxed::Relaxation>,
}
