//! The kind `go-slice`: `var migrations = []migration{{1, "users", up}}` in a Go file.

use std::sync::Arc;

use super::{Head, Heads};
use crate::evaluate::program::{Program, Deployed};
use crate::evaluate::{Evaluated, golang};
use crate::go::is_go;
use crate::schema::sqlite;
use crate::schema::database::Refusal;
use crate::source::Location;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, owns_no_other};
use crate::track::origin::Origin;
use crate::change::stray::Stray;
use crate::change::{Notes, TrackChange};
use crate::kinds::go_slice::{registration as go_registration, change as go_slice};
use crate::track::{Declared, Track, ddl};

mod change;
mod find;
mod generated;
mod registration;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "go-slice",
    nouns: ("migration", "migrations"),
    lies: Lies::InFile,
    shares: Shares::Nothing,
    is_list: true,
    is_chain: false,
    is_sql: false,
    is_state: false,
    is_evaluated: true,
    leads: true,
    called: Called::AfterDatabase,
    looked_for: Some("a Go file with a slice of migrations (`var migrations = []migration{…}`)"),
    keys: &["list", "compare"],
    list: None,
    version: VersionKey::Nothing,
    has_one_path: false,
    usual: Usual::Always(sqlite::DIALECT),
    comment: "//",
    applies: "applies the entries of its own list only",
    todo: "add an entry to `{path}` that does the same",
    whole: "the slice of migrations in `{path}`",
    written_for: &[],
    owns: owns_no_other,
    declares,
};

/// What states a schema beside migrations in Go: a file of SQL, or a text in a Go file.
fn declares(file: &Declared) -> Result<(), Wrong> {
    if ddl::is_sql(&file.path) && file.entry.is_none() || is_go(&file.path) && file.entry.is_some() {
        return Ok(());
    }
    let message = format!("`{}` declares no schema that a `{}` track is compared with", file.path, FACTS.name);
    Err(Wrong::new(message, "name a file of SQL, or a constant of a Go file: `schema.go:schema`"))
}

#[derive(Debug)]
pub struct Keeper;

impl Program for Keeper {
    fn history(
        &self,
        track: &Track,
        modules: &mut Modules<'_>,
    ) -> Result<(Arc<Evaluated>, Option<Origin>), Refusal> {
        Ok((golang::fresh(track, modules)?.evaluated, None))
    }

    fn deployed(
        &self,
        track: &Track,
        base: &Track,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Deployed, Refusal> {
        let before = golang::fresh(base, old)?;
        let known = go_slice::known(track, base, old, new);
        let upgraded = golang::upgraded(track, new, &before, &known)?;
        Ok(Deployed { before: before.evaluated, upgraded: upgraded.evaluated, origins: None })
    }

    fn may_only_upgrade(&self) -> bool {
        true
    }

    fn declared(&self, track: &Track, file: &Declared, modules: &mut Modules<'_>) -> Result<Arc<Evaluated>, Refusal> {
        Ok(golang::declared(track, file, modules)?.evaluated)
    }
}

impl super::Keeper for Keeper {
    fn kind(&self) -> Kind {
        KIND
    }

    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        Ok(golang::list(track, modules)?.is_some())
    }

    fn list_place(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Option<Location>, ReadError> {
        Ok(golang::list(track, modules)?.and_then(|list| list.location))
    }

    fn must_parse(&self, track: &Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        modules.go_file(&track.path).map(drop)
    }

    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        let list = golang::list(track, modules)?.unwrap_or_default();
        if !list.unread.is_empty() {
            return Ok(Heads::of_computed_list(track));
        }
        let newest = golang::names(&list).into_iter().zip(&list.elements).next_back();
        let head = newest.map(|(id, element)| Head { id, path: element.location.path().to_owned() });
        Ok(Heads::Known(head.into_iter().collect()))
    }

    fn may_list(&self, file: &str) -> bool {
        is_go(file)
    }

    fn no_list(&self, track: &Track, _: Option<&mut Modules<'_>>) -> Wrong {
        let named = track.list.as_ref().map(|list| format!(" `{list}`")).unwrap_or_default();
        let help = "name a Go file with a slice of migrations: `var migrations = []migration{{1, \"users\", up}}`; where it \
                    has another name, say it with `list`";
        Wrong::new(format!("`{}` has no slice of migrations{named}", track.path), help)
    }

    fn may_take_from(&self, _: &Track, path: &str) -> bool {
        is_go(path)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        go_slice::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        go_slice::edits(change, ends)
    }

    fn strays(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
        go_registration::strays(change, ends)
    }
}
