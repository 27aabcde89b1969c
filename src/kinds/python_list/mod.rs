//! The kind `python-list`: `MIGRATIONS = [("name", fn), …]` in a Python file.

use std::sync::Arc;

use super::{Head, Heads};
use crate::evaluate::program::{Program, Deployed};
use crate::evaluate::{Evaluated, lifecycle, origin};
use crate::python::bindings::names;
use crate::python::lists::{self, Entry};
use crate::kinds::near::nearest;
use crate::schema::sqlite;
use crate::schema::database::Refusal;
use crate::source::Location;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::Edit;
use crate::track::kind::{Called, Facts, Kind, Lies, Shares, Usual, VersionKey, Wrong, declares_anything, owns_no_other};
use crate::track::origin::Origin;
use crate::track::python_list::{self, DEFAULT_LIST};
use crate::change::stray::Stray;
use crate::change::{Notes, TrackChange};
use crate::track::{Track, Unread, ddl};

pub mod change;
pub mod edits;
mod find;
pub mod registration;
mod repeated;

pub const KIND: Kind = Kind::of(&FACTS);

static FACTS: Facts = Facts {
    name: "python-list",
    nouns: ("migration", "migrations"),
    lies: Lies::InFile,
    shares: Shares::File,
    is_list: true,
    is_chain: false,
    is_sql: false,
    is_state: false,
    is_evaluated: true,
    leads: true,
    called: Called::AfterDatabase,
    looked_for: Some(
        "a Python file with a list of named migrations (such as `MIGRATIONS = [(\"name\", fn)]`)",
    ),
    keys: &["list", "compare"],
    list: Some(DEFAULT_LIST),
    version: VersionKey::Nothing,
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

impl Program for Keeper {
    fn history(
        &self,
        track: &Track,
        modules: &mut Modules<'_>,
    ) -> Result<(Arc<Evaluated>, Option<Origin>), Refusal> {
        let built = lifecycle::fresh(track, modules)?;
        Ok((built.evaluated.clone(), Some(built.origin.clone())))
    }

    fn deployed(
        &self,
        track: &Track,
        base: &Track,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Deployed, Refusal> {
        let before = lifecycle::fresh(base, old)?;
        let origin = match origin::at_head(track, &before.origin, new) {
            Some(origin) => origin,
            None => lifecycle::fresh(track, new)?.origin.clone(),
        };
        let track = Track { origin: Some(origin.clone()), ..track.clone() };
        let upgraded = lifecycle::upgraded(&track, new, &before.database, &before.entries)?;
        let origins = Some((origin, before.origin.clone()));
        Ok(Deployed { before: before.evaluated.clone(), upgraded: upgraded.evaluated, origins })
    }
}

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

    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError> {
        heads(track, modules, |entries| entries.into_iter().next_back())
    }

    fn may_list(&self, file: &str) -> bool {
        ddl::is_python(file)
    }

    fn no_list(&self, track: &Track, modules: Option<&mut Modules<'_>>) -> Wrong {
        no_list("list", track, modules)
    }

    fn may_take_from(&self, track: &Track, path: &str) -> bool {
        may_take_from(track, path)
    }

    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
        change::change(track, ends, notes)
    }

    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
        edits::edits(change, ends)
    }

    fn strays(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
        registration::strays(change, ends)
    }

    fn silent(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Unread>, ReadError> {
        silent(track, modules)
    }
}

/// The name of a track's list.
fn list_name(track: &Track) -> &str {
    track.list.as_deref().unwrap_or(DEFAULT_LIST)
}

pub(super) fn has_list(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    Ok(python_list::read(modules, &track.path, list_name(track))?.is_some())
}

pub(super) fn list_place(track: &Track, modules: &mut Modules<'_>) -> Result<Option<Location>, ReadError> {
    let Some(name) = &track.list else { return Ok(None) };
    Ok(python_list::read(modules, &track.path, name)?.and_then(|list| list.location))
}

pub(super) fn may_take_from(track: &Track, path: &str) -> bool {
    ddl::is_python(path) || python_list::is_own_sql(track, path)
}

/// The one entry that is picked.
pub(super) fn heads(
    track: &Track,
    modules: &mut Modules<'_>,
    pick: fn(Vec<Entry>) -> Option<Entry>,
) -> Result<Heads, ReadError> {
    let list = python_list::read(modules, &track.path, list_name(track))?.unwrap_or_default();
    if !list.unread.is_empty() {
        return Ok(Heads::of_computed_list(track));
    }
    let head = pick(list.entries).map(|entry| Head { id: entry.name, path: entry.location.path().to_owned() });
    Ok(Heads::Known(head.into_iter().collect()))
}

/// Says that a file has no `sort` of this name, and which it has.
pub(super) fn no_list(sort: &str, track: &Track, modules: Option<&mut Modules<'_>>) -> Wrong {
    let (path, name) = (&track.path, list_name(track));
    let known = modules.map(|modules| list_names(path, modules)).unwrap_or_default();
    let near = nearest(name, known.iter().map(String::as_str));
    let help = match (near, known.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, [only]) => format!("it has `{only}`: say so with `list = {only:?}`"),
        (None, _) => "name the list of migrations in that file with `list`, or the file that has it".to_owned(),
    };
    Wrong::new(format!("`{path}` has no {sort} `{name}`"), help)
}

/// The lists that a Python file has, but for empty ones.
fn list_names(path: &str, modules: &mut Modules<'_>) -> Vec<String> {
    let Ok(Some(module)) = modules.module(path) else { return Vec::new() };
    let bound = names(&module);
    let lists = lists::lists(&module, modules);
    let lists = lists.into_iter().filter(|(name, list)| bound.contains(name) && !list.entries.is_empty());
    lists.map(|(name, _)| name).collect()
}

/// The entries for which a list that is still in its place is not taken for one of migrations any more.
pub(super) fn silent(track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Unread>, ReadError> {
    let Some(name) = &track.list else { return Ok(Vec::new()) };
    let list = python_list::read(modules, &track.path, name)?.unwrap_or_default();
    let silent = list.entries.into_iter().filter(|entry| !entry.acts);
    let unread = silent.map(|entry| {
        let reason = format!("its entry `{}` names no function that the file has, and is no SQL", entry.name);
        Unread { reason, location: entry.location }
    });
    Ok(unread.collect())
}
