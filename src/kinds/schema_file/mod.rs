//! The kind `schema-file`: one SQL file that states the whole schema, and that a program carries out at every start.

use std::rc::Rc;
use std::sync::Arc;

use super::{Head, Heads, Here, Made};
use crate::evaluate::program::Program;
use crate::evaluate::drift::Drift;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{Evaluated, schema_file as starts, sql_files as databases};
use crate::schema::database::Refusal;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, owns_no_other};
use crate::track::origin::Origin;
use crate::change::{Notes, TrackChange};
use crate::kinds::schema_file::change as schema_file;
use crate::track::{Declared, Track};

mod change;
mod find;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "schema-file",
    nouns: ("schema file", "schema files"),
    lies: Lies::InFile,
    shares: Shares::Nothing,
    is_list: false,
    is_chain: false,
    is_sql: true,
    is_state: true,
    is_evaluated: true,
    leads: false,
    called: Called::AfterDatabase,
    looked_for: Some(
        "a schema for each of several databases (`schema_sqlite.sql`, `schema_postgres.sql`, with `IF NOT \
         EXISTS`)",
    ),
    keys: &[],
    list: None,
    version: VersionKey::Nothing,
    has_one_path: true,
    usual: Usual::ByPath,
    comment: "--",
    applies: "gets what its own schema says only",
    todo: "let `{path}` say the same",
    whole: "the schema `{path}`",
    written_for: &[],
    owns: owns_no_other,
    declares: declares_itself,
};

/// A schema is what it is compared with.
fn declares_itself(_: &Declared) -> Result<(), Wrong> {
    let message = format!("a track of kind `{}` declares its schema itself", FACTS.name);
    Err(Wrong::new(message, "take it away: the file of `migrations` is the schema"))
}

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

    fn declared(&self, track: &Track, file: &Declared, modules: &mut Modules<'_>) -> Result<Arc<Evaluated>, Refusal> {
        Ok(databases::declared(track, file, modules)?.evaluated)
    }
}

impl super::Keeper for Keeper {
    fn kind(&self) -> Kind {
        KIND
    }

    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        schema_file::is_file(track, modules)
    }

    fn heads(&self, track: &Track, _: &mut Modules<'_>) -> Result<Heads, ReadError> {
        Ok(Heads::Known(vec![Head { id: track.path.clone(), path: track.path.clone() }]))
    }

    fn stays(&self, track: &Track, tracks: &[Track], ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        // It states what migrations come to from now on, or they do instead of it.
        Ok(schema_file::is_file(track, &ends.head)? || tracks.iter().any(|other| other.dialect == track.dialect))
    }

    fn moved_to(&self, track: &Track, ends: &Ends<'_>) -> Option<String> {
        crate::kinds::sql_files::change::moved_to(track, ends)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, _: &mut Notes) -> Result<TrackChange, ReadError> {
        schema_file::change(track, ends)
    }

    /// It is meant to be edited.
    fn edits(&self, _: &TrackChange, _: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        Ok(Vec::new())
    }

    fn fresh(&self, here: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        Ok(Some(super::sql_files::made(databases::fresh(here.track, here.modules)?)))
    }

    fn upgraded(&self, old: Here<'_, '_>, new: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        let deployed = databases::fresh(old.track, old.modules)?;
        Ok(Some(super::sql_files::made(Rc::new(databases::again(new.track, new.modules, &deployed)?))))
    }

    fn beside(&self, _: &TrackChange, _: &TrackChange, mut here: Here<'_, '_>) -> Result<Outcome, ReadError> {
        super::sql_files::of_files(&mut here)
    }

    fn drift(
        &self,
        track: &Track,
        base: Option<&Track>,
        ends: &mut Ends<'_>,
    ) -> Result<(Drift, Option<Outcome>), Refusal> {
        starts::drift(track, base, ends)
    }
}
