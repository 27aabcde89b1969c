//! The kind `sql-files`: a folder of SQL files for one database, by the convention of their runner.

use std::rc::Rc;
use std::sync::Arc;

use super::{Head, Heads, Here, Made};
use crate::evaluate::program::{Program, Deployed};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::sql_files::{self as databases, Built};
use crate::evaluate::Evaluated;
use crate::schema::{postgres, sqlite};
use crate::schema::database::Refusal;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::{Edit, OfRelease};
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, declares_anything};
use crate::track::origin::Origin;
use crate::track::sql_files::{self, history};
use crate::change::{Notes, TrackChange};
use crate::track::{Declared, Track};

pub mod change;
mod edits;
mod find;
mod grown;
mod in_code;
mod released;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "sql-files",
    nouns: ("migration", "migrations"),
    lies: Lies::InFolder("migration script"),
    shares: Shares::Folder,
    is_list: false,
    is_chain: false,
    is_sql: true,
    is_state: false,
    is_evaluated: true,
    leads: false,
    called: Called::AfterDatabase,
    looked_for: Some(
        "numbered SQL files under a name for each of several databases (`migrations/sqlite/0001_x.sql`, \
         `migrations/postgres/0001_x.sql`)",
    ),
    keys: &["pattern", "compare"],
    list: None,
    version: VersionKey::Nothing,
    has_one_path: true,
    usual: Usual::ByPath,
    comment: "--",
    applies: "applies the files of its own directory only",
    todo: "add a file that does the same to `{path}/`",
    whole: "the SQL files in `{path}/`",
    written_for: &[sqlite::DIALECT, postgres::DIALECT],
    owns: sql_files::is_own,
    declares: declares_anything,
};

#[derive(Debug)]
pub struct Keeper;

impl Program for Keeper {
    fn history(
        &self,
        track: &Track,
        modules: &mut Modules<'_>,
    ) -> Result<(Arc<Evaluated>, Option<Origin>), Refusal> {
        Ok((databases::fresh(track, modules)?.evaluated.clone(), None))
    }

    fn deployed(
        &self,
        track: &Track,
        base: &Track,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Deployed, Refusal> {
        let before = before(track, base, old, new)?;
        upgraded(track, base, &before, old, new)
    }

    /// Where the change only adds files; of what it depends on alone where that is enough.
    fn grown(&self, track: &Track, base: &Track, ends: &mut Ends<'_>) -> Result<Option<Deployed>, Refusal> {
        if !sql_files::only_adds(track, base, ends) {
            return Ok(None);
        }
        if let Some(before) = databases::part(base, &mut ends.base)? {
            let known = sql_files::known(track, base, &mut ends.base, &mut ends.head);
            let upgraded = databases::upgraded(track, &mut ends.head, &before, &known)?;
            if upgraded.is_sound() {
                let (before, upgraded) = (before.evaluated, upgraded.evaluated);
                return Ok(Some(Deployed { before, upgraded, origins: None }));
            }
        }
        let before = databases::fresh(base, &mut ends.base)?;
        if before.is_of_snapshot {
            return Ok(None);
        }
        upgraded(track, base, &before, &mut ends.base, &mut ends.head).map(Some)
    }

    fn declared(&self, track: &Track, file: &Declared, modules: &mut Modules<'_>) -> Result<Arc<Evaluated>, Refusal> {
        Ok(databases::declared(track, file, modules)?.evaluated)
    }
}

/// A database, with the statements that make it as its engine writes them.
pub(super) fn made(built: Rc<Built>) -> Made {
    Made { evaluated: built.evaluated.clone(), sql: Some(Box::new(move || built.to_sql())) }
}

/// A database of the merge base, before and after what is new since.
fn upgraded(
    track: &Track,
    base: &Track,
    before: &Built,
    old: &mut Modules<'_>,
    new: &mut Modules<'_>,
) -> Result<Deployed, Refusal> {
    let upgraded = after((track, base), before, old, new)?;
    let before = before.with_tables_of(&upgraded);
    Ok(Deployed { before, upgraded: upgraded.evaluated, origins: None })
}

/// The same database after what is new since.
fn after(
    (track, base): (&Track, &Track),
    before: &Built,
    old: &mut Modules<'_>,
    new: &mut Modules<'_>,
) -> Result<Built, Refusal> {
    let known = sql_files::known(track, base, old, new);
    let grown = sql_files::named::grown(track, base, old, new);
    databases::upgraded_with(track, new, before, (&known, grown))
}

/// A database as the merge base makes it: of a snapshot, with what that forgot.
fn before(track: &Track, base: &Track, old: &mut Modules<'_>, new: &mut Modules<'_>) -> Result<Rc<Built>, Refusal> {
    let before = databases::fresh(base, old)?;
    if before.is_of_snapshot
        && let Some(whole) = databases::with_forgotten((track, base), &before, old, new)?
    {
        return Ok(Rc::new(whole));
    }
    Ok(before)
}

impl super::Keeper for Keeper {
    fn kind(&self) -> Kind {
        KIND
    }

    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        Ok(sql_files::first_file(track, modules)?.is_some())
    }

    fn first_file(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
        sql_files::first_file(track, modules)
    }

    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        let history = history::read(track, modules)?;
        let last = history.steps.iter().rfind(|step| !step.is_repeatable);
        Ok(Heads::Known(last.map(|step| Head { id: step.name.clone(), path: step.path.clone() }).into_iter().collect()))
    }

    fn holds_steps(&self, track: &Track, folder: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
        history::has_steps(track, folder, modules)
    }

    fn fresh(&self, here: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        Ok(Some(made(databases::fresh(here.track, here.modules)?)))
    }

    fn upgraded(&self, old: Here<'_, '_>, new: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        let before = before(new.track, old.track, old.modules, new.modules)?;
        let after = after((new.track, old.track), &before, old.modules, new.modules)?;
        let evaluated = super::with_gaps(after.evaluated.clone(), &before.evaluated);
        Ok(Some(Made { evaluated, ..made(Rc::new(after)) }))
    }

    fn may_take_from(&self, track: &Track, path: &str) -> bool {
        sql_files::is_own(track, path)
    }

    fn stays(&self, track: &Track, _: &[Track], ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        // It is there, and has lost what it was compared with; or its upgrades are taken away, where the schema that they
        // begin with stays.
        Ok(sql_files::first_file(track, &mut ends.head)?.is_some() || sql_files::has_snapshot(track, &ends.head)?)
    }

    fn moved_to(&self, track: &Track, ends: &Ends<'_>) -> Option<String> {
        change::moved_to(track, ends)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        change::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        edits::edits(change, ends)
    }

    fn at_base(&self, track: &Track, path: &str, ends: &mut Ends<'_>) -> Result<Track, ReadError> {
        change::at_base(track, path, ends)
    }

    fn of_release(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Option<OfRelease>, ReadError> {
        released::upgraded_from_release(change, ends)
    }

    fn settle(&self, change: &mut TrackChange, ends: &mut Ends<'_>) -> Result<(), ReadError> {
        change::settle(change, ends)
    }

    fn beside(&self, _: &TrackChange, _: &TrackChange, mut here: Here<'_, '_>) -> Result<Outcome, ReadError> {
        of_files(&mut here)
    }
}

/// The databases of a track that the change leaves alone: of what the change asks for alone, where that is enough.
pub(super) fn of_files(here: &mut Here<'_, '_>) -> Result<Outcome, ReadError> {
    Ok(Outcome::unchanged(match databases::part(here.track, here.modules)? {
        Some(part) => part.evaluated,
        None => databases::fresh(here.track, here.modules)?.evaluated.clone(),
    }))
}
