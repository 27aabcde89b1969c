//! What a change does: plain values that each kind fills and that the rules judge.

use std::collections::BTreeSet;

use self::ignored::Ignored;
use self::numbers::VersionChange;
use self::stamps::Unstamped;
use self::stray::Stray;
use crate::evaluate::drift::Drift;
use crate::evaluate::models::ModelDrift;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::parity::Parity;
use crate::evaluate::territory::Trespass;
use crate::evaluate::{By, Missing};
use crate::source::{Location, Place};
use crate::track::chain::ChainChange;
use crate::track::{AddedDdl, Migration, Track, Unread};

pub mod history;
pub mod ignored;
pub mod numbers;
pub mod relaxed;
pub mod stamps;
pub mod stray;

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
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct TrackChange {
    pub track: Track,
    pub presence: Presence,
    /// Of a track that is lost: the folder that all of its files are in now.
    pub moved_to: Option<String>,
    /// Of one that is lost: nothing is left of it, nor of what runs it, anywhere.
    pub is_given_up: bool,
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
    pub chain: Option<ChainChange>,
    /// The tables and indexes that its files name; empty unless an exemption needs them.
    pub objects: BTreeSet<String>,
    /// What is wrong with the numbers of its migrations; `None` for tracks of other kinds, and where not read.
    pub versions: Option<VersionChange>,
    /// Files that its runner does not carry out.
    pub ignored: Vec<Ignored>,
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
    /// The names of those that are removed and that no database has run but one that was made from nothing with them.
    pub refused_later: BTreeSet<String>,
    /// A database of the newest release after its upgrade, where one of the merge base stops; `None` where releases tell
    /// nothing.
    pub of_release: Option<history::OfRelease>,
    /// New databases differ from deployed ones in the names of indexes alone.
    pub differs_in_names: bool,
    /// Where the list and the functions beside it do not fit together.
    pub strays: Vec<Stray>,
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

    /// Where the merge base keeps it, as far as that is known.
    pub fn path_at_base(&self) -> &str {
        self.base_path.as_deref().unwrap_or(&self.track.path)
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

    /// Whether something new of it may do anything: what it lacks may come from there.
    pub fn has_unknown(&self) -> bool {
        self.gaps.iter().any(|missing| missing.gap.sql.is_none())
    }

    /// Whether the change edits files of SQL that no release has, and no others: what they do is given to everybody with them.
    pub fn is_given_to_nobody(&self) -> bool {
        let is_unreleased = |edit: &history::Edit| self.unreleased.contains(&edit.name);
        self.track.kind.is_sql() && !self.edits.is_empty() && self.edits.iter().all(is_unreleased)
    }

    /// What a migration executed on a fresh database of the merge base.
    pub fn executed_before(&self, name: &str) -> Vec<&str> {
        let log = self.outcome.iter().flat_map(|outcome| &outcome.before.log);
        let own = log.filter(|ran| ran.by.migration().is_some_and(|by| **by == *name));
        own.map(|ran| &*ran.statement.sql).collect()
    }

    /// What new migrations execute on a new database that deployed ones never run.
    pub fn passed_by(&self) -> Vec<&str> {
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let is_new = |by: &By| by.migration().is_some_and(|name| self.new.iter().any(|new| *new.name == **name));
        let ran = |by: &By| outcome.after.log.iter().any(|ran| ran.by == *by);
        let own = outcome.fresh.log.iter().filter(|own| is_new(&own.by) && !ran(&own.by));
        own.map(|own| &*own.statement.sql).collect()
    }

    /// A track of which no file changed.
    pub fn untouched(track: Track) -> Self {
        Self {
            home: Place::file(&track.path),
            track,
            presence: Presence::Kept,
            moved_to: None,
            is_given_up: false,
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
            refused_later: BTreeSet::new(),
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
    /// What each new track lacks of one that was there: of each pair the new one comes first.
    pub newcomers: Vec<Parity>,
    /// What head's configuration asks for no more.
    pub relaxed: Vec<relaxed::Relaxation>,
}
