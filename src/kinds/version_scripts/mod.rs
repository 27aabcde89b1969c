//! The kind `version-scripts`: a folder of scripts such as `v1_to_v2.py`, with `FROM_VERSION` and `TO_VERSION`. What their
//! numbers say is judged, and not what they do.

use super::alembic::heads_of;
use super::Heads;
use crate::evaluate::program::Program;
use crate::kinds::near;
use crate::schema::sqlite;
use crate::track::chain::Chain;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, declares_anything, owns_no_other};
use crate::change::{Notes, TrackChange};
use crate::track::Track;

pub mod change;
pub mod constant;
mod find;
pub mod name;
mod script;
mod steps;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "version-scripts",
    nouns: ("migration", "migrations"),
    lies: Lies::InFolder("migration script"),
    shares: Shares::Nothing,
    is_list: false,
    is_chain: true,
    is_sql: false,
    is_state: false,
    is_evaluated: false,
    leads: true,
    called: Called::AfterFolder("scripts"),
    looked_for: Some("a folder of scripts such as `v1_to_v2.py` with `FROM_VERSION` and `TO_VERSION`"),
    keys: &["version", "compare"],
    list: None,
    version: VersionKey::ConstantOfFile,
    has_one_path: true,
    usual: Usual::Always(sqlite::DIALECT),
    comment: "#",
    applies: "applies the scripts of its own directory only",
    todo: "add a script that does the same to `{path}/`",
    whole: "the migration scripts in `{path}/`",
    written_for: &[],
    owns: owns_no_other,
    declares: declares_anything,
};

#[derive(Debug)]
pub struct Keeper;

impl Program for Keeper {}

impl super::Keeper for Keeper {
    fn kind(&self) -> Kind {
        KIND
    }

    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        Ok(change::first_file(track, modules)?.is_some())
    }

    fn first_file(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
        change::first_file(track, modules)
    }

    fn must_parse(&self, track: &Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        modules.module(&track.path).map(drop)
    }

    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        Ok(heads_of(track, &change::highest(track, modules)?))
    }

    fn chain(&self, track: &Track, modules: &Modules<'_>) -> Result<Chain, ReadError> {
        change::chain(track, modules)
    }

    fn holds_steps(&self, _: &Track, folder: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
        change::has_scripts(folder, modules)
    }

    fn misnamed_constant(
        &self,
        track: &Track,
        at: &mut [&mut Modules<'_>],
        is_whole: bool,
    ) -> Result<Option<Wrong>, ReadError> {
        let Some((path, name)) = constant::configured(track) else { return Ok(None) };
        if let Some(wrong) = path.map(|path| near::missing(path, at)).transpose()?.flatten() {
            return Ok(Some(wrong));
        }
        if !is_whole {
            return Ok(None);
        }
        for modules in at.iter_mut() {
            if constant::may_exist(track, modules)? {
                return Ok(None);
            }
        }
        let near = at.first_mut().map(|modules| &mut **modules);
        Ok(Some(match path {
            Some(path) => constant::misnamed(path, name, near),
            None => Wrong::new(
                format!("`version` names `{name}`, which no Python file in `{}/` or a folder above it has", track.path),
                "name its file, too: `schema.py:CURRENT_SCHEMA_VERSION`",
            ),
        }))
    }

    fn may_take_from(&self, track: &Track, path: &str) -> bool {
        change::is_above(track, path)
    }

    fn stays(&self, track: &Track, _: &[Track], ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        Ok(ends.head.snapshot.list(&track.path).map(|_| false)?)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        change::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        change::edits(change, ends)
    }
}
