//! The kind `python-versions`: `{1: fn, 2: fn}` beside `CURRENT_SCHEMA_VERSION = 2` in a Python file. What its numbers say is
//! judged, and not what its functions do.

use super::python_list::edits::edits;
use super::python_list::{registration, has_list, heads, list_place, may_take_from, no_list, silent};
use super::Heads;
use crate::evaluate::program::Program;
use crate::schema::sqlite;
use crate::source::Location;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, declares_anything, owns_no_other};
use crate::track::python_list::DEFAULT_LIST;
use crate::change::stray::Stray;
use crate::kinds::version_scripts::constant as named;
use crate::change::{Notes, TrackChange};
use crate::kinds::python_versions::change as versions;
use crate::track::{Track, Unread, ddl};

pub mod change;
mod constant;
mod find;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "python-versions",
    nouns: ("migration", "migrations"),
    lies: Lies::InFile,
    shares: Shares::File,
    is_list: true,
    is_chain: false,
    is_sql: false,
    is_state: false,
    is_evaluated: false,
    leads: true,
    called: Called::AfterDatabase,
    looked_for: None,
    keys: &["list", "version", "compare"],
    list: Some(DEFAULT_LIST),
    version: VersionKey::Constant,
    has_one_path: false,
    usual: Usual::Always(sqlite::DIALECT),
    comment: "#",
    applies: "applies the entries of its own list only",
    todo: "add an entry to `{path}` that does the same",
    whole: "the list in `{path}`",
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
        has_list(track, modules)
    }

    fn list_place(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Option<Location>, ReadError> {
        list_place(track, modules)
    }

    fn must_parse(&self, track: &Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        modules.module(&track.path).map(drop)
    }

    /// The entry with the highest number.
    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        heads(track, modules, |entries| entries.into_iter().max_by_key(|entry| entry.name.parse::<i64>().ok()))
    }

    fn may_list(&self, file: &str) -> bool {
        ddl::is_python(file)
    }

    fn no_list(&self, track: &Track, modules: Option<&mut Modules<'_>>) -> Wrong {
        no_list("dict or list", track, modules)
    }

    fn misnamed_constant(
        &self,
        track: &Track,
        at: &mut [&mut Modules<'_>],
        is_whole: bool,
    ) -> Result<Option<Wrong>, ReadError> {
        let Some(name) = track.version.as_deref() else { return Ok(None) };
        let may_have = if is_whole { named::may_have } else { named::may_say };
        for modules in at.iter_mut() {
            if may_have(&track.path, name, modules)? {
                return Ok(None);
            }
        }
        Ok(Some(named::misnamed(&track.path, name, at.first_mut().map(|modules| &mut **modules))))
    }

    fn may_take_from(&self, track: &Track, path: &str) -> bool {
        may_take_from(track, path)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        versions::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        edits(change, ends)
    }

    fn strays(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
        registration::strays(change, ends)
    }

    fn silent(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Unread>, ReadError> {
        silent(track, modules)
    }
}
