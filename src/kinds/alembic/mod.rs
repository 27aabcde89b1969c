//! The kind `alembic`: revision files in the versions directories of an Alembic environment.

use std::sync::Arc;

use self::case::Case;
use super::{Around, Head, Heads, Here, Made};
use crate::evaluate::program::Program;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::chain;
use crate::path;
use crate::git::EntryKind;
use crate::schema::{dialect, postgres};
use crate::track::chain::{Chain, ChainChange};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, owns_no_other};
use crate::track::revision::{Revision, is_loaded};
use crate::change::{Notes, TrackChange};
use crate::track::{Declared, Track, Unread, alembic, ddl, models};

mod case;
mod change;
mod edits;
mod find;
pub mod part;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "alembic",
    nouns: ("revision", "revisions"),
    lies: Lies::InFolder("revision"),
    shares: Shares::Nothing,
    is_list: false,
    is_chain: true,
    is_sql: false,
    is_state: false,
    is_evaluated: true,
    leads: false,
    called: Called::AfterDatabase,
    looked_for: Some("Alembic's `env.py` or `alembic.ini` beside a versions directory"),
    keys: &["dialects", "parked"],
    list: None,
    version: VersionKey::Nothing,
    has_one_path: false,
    usual: Usual::Always(dialect::USUAL_OF_CHAINS),
    comment: "#",
    applies: "applies revision files only",
    todo: "add a revision that does the same to `{path}/`",
    whole: "the revisions in `{path}/`",
    written_for: &[postgres::DIALECT],
    owns: owns_no_other,
    declares,
};

/// What states a schema beside a chain: tables of SQLAlchemy in a Python file.
fn declares(file: &Declared) -> Result<(), Wrong> {
    if ddl::is_python(&file.path) {
        return Ok(());
    }
    let message = format!("`{}` declares no schema that an `{}` track is compared with", file.path, FACTS.name);
    Err(Wrong::new(message, "name a Python file with tables of SQLAlchemy: `app/models.py`"))
}

#[derive(Debug)]
pub struct Keeper;

impl Program for Keeper {}

impl super::Keeper for Keeper {
    fn kind(&self) -> Kind {
        KIND
    }

    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        Ok(alembic::first_file(track, modules)?.is_some())
    }

    fn first_file(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
        alembic::first_file(track, modules)
    }

    fn must_parse(&self, track: &Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        alembic::must_parse(track, modules)
    }

    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        Ok(heads_of(track, &*alembic::chain(track, modules)?))
    }

    fn chain(&self, track: &Track, modules: &Modules<'_>) -> Result<Chain, ReadError> {
        Ok(Arc::unwrap_or_clone(alembic::chain(track, modules)?))
    }

    fn holds_steps(&self, _: &Track, folder: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
        let entries = match modules.snapshot.list(folder) {
            Err(error) if error.is_not_text() => return Ok(false),
            entries => entries?,
        };
        let is_file = |entry: &crate::git::Entry| entry.kind != EntryKind::Directory && is_loaded(&entry.name);
        // The newest is read first: it is the likeliest one.
        for entry in entries.into_iter().rev().filter(is_file) {
            // What cannot be read, or does not parse, may be one.
            let Some(source) = modules.snapshot.read_text(&path::join(folder, &entry.name), &entry)? else {
                return Ok(true);
            };
            if source.text().contains("down_revision") || Revision::read(&source).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn may_take_from(&self, track: &Track, path: &str) -> bool {
        !track.declared.is_empty() && ddl::is_python(path)
    }

    fn is_fed(&self, track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        models::or_feeders_may_have_changed(track, ends)
    }

    fn stays(&self, track: &Track, _: &[Track], ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        Ok(ends.head.snapshot.list(&track.path).map(|_| false)?)
    }

    fn silent(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Unread>, ReadError> {
        find::astray::settings(track, &modules.snapshot)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        change::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        edits::edits(change, ends)
    }

    fn open_heads(&self, track: &Track, ends: &Ends<'_>) -> Result<Vec<String>, ReadError> {
        alembic::heads(track, ends)
    }

    fn merged(&self, track: &Track, ends: &Ends<'_>) -> Result<Option<ChainChange>, ReadError> {
        alembic::merged(track, ends).map(Some)
    }

    fn outcome(
        &self,
        around: Around<'_>,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Option<Outcome>, ReadError> {
        let Some(case) = Case::of(around) else { return Ok(None) };
        case.outcome(old, new)
    }

    fn whole_outcome(
        &self,
        around: Around<'_>,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Option<Outcome>, ReadError> {
        let Some(case) = Case::of(around) else { return Ok(None) };
        case.whole(old, new)
    }

    fn untouched(&self, track: &Track, tracks: &[Track], ends: &mut Ends<'_>) -> Result<Option<Outcome>, ReadError> {
        case::untouched(track, tracks, ends)
    }

    fn fresh(&self, here: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        let chain = alembic::chain(here.track, here.modules)?;
        if !chain.runs() {
            return Ok(None);
        }
        let built = chain::fresh_among(&chain, here.track, here.tracks, here.modules)?;
        let evaluated = built.evaluated.clone();
        Ok(Some(Made { evaluated, sql: Some(Box::new(move || built.to_sql())) }))
    }

    fn upgraded(&self, old: Here<'_, '_>, new: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        let base = alembic::chain(old.track, old.modules)?;
        let deployed = chain::fresh_among(&base, old.track, old.tracks, old.modules)?;
        let head = alembic::chain(new.track, new.modules)?;
        let built = chain::upgraded(&head, new.modules, &deployed, &deployed.ids);
        let evaluated = super::with_gaps(built.evaluated.clone(), &deployed.evaluated);
        Ok(Some(Made { evaluated, sql: Some(Box::new(move || built.to_sql())) }))
    }

    fn beside(&self, change: &TrackChange, other: &TrackChange, here: Here<'_, '_>) -> Result<Outcome, ReadError> {
        let read = if change.touched { alembic::chain } else { alembic::untouched_chain };
        let chain = read(here.track, here.modules)?;
        if !chain::is_shared(here.track, here.tracks)
            && let Some(other) = &other.outcome
            && let Some(part) = part::fresh(&chain, here.modules, &other.before.schema, &other.after.schema)
        {
            return Ok(part);
        }
        let built = chain::fresh_among(&chain, here.track, here.tracks, here.modules)?;
        Ok(Outcome::unchanged(built.evaluated.clone()))
    }
}

/// The heads of a chain.
pub(super) fn heads_of(track: &Track, chain: &Chain) -> Heads {
    if !chain.is_known() {
        return Heads::Computed(format!("`{}` computes an id or a parent, so its heads are not known", track.name));
    }
    let head = |revision: &&Revision| {
        let path = revision.location.path().to_owned();
        Some(Head { id: revision.id.clone()?, path })
    };
    Heads::Known(chain.heads().iter().filter_map(head).collect())
}
