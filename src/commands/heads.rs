//! The heads of every chain, as `alembic heads` lists them, and the highest version of scripts; where a project has
//! neither, the last entry of each list.

use std::io::Write;

use serde::Serialize;

use super::{Failure, PASSED, piped, tree_at};
use crate::cli::{HeadsArgs, ListFormat};
use crate::evaluate::golang;
use crate::git::Repository;
use crate::project::{self, Project};
use crate::report::plain;
use crate::source::Location;
use crate::track::ends::{Modules, ReadError};
use crate::track::revision::Revision;
use crate::track::{Kind, Track, alembic, python_list, sql_files, version_scripts};

/// Version-stable names, apart from the types that the check works with.
#[derive(Serialize)]
struct Listing<'a> {
    tracks: Vec<TrackHeads<'a>>,
}

#[derive(Serialize)]
struct TrackHeads<'a> {
    name: &'a str,
    kind: &'static str,
    path: &'a str,
    heads: Vec<&'a str>,
}

pub fn run(arguments: &HeadsArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&arguments.project.repo)?;
    let tree = tree_at(&repository, arguments.at.as_deref())?;
    let mut modules = Modules::new(repository.snapshot(tree));
    let config = project::config(&modules.snapshot, arguments.project.config.as_deref())?;
    project::verify_at(&config, &mut modules)?;
    let tracks = Project::tracks_at(&config, &mut modules)?;
    let has_chain = tracks.iter().any(|track| !track.kind.is_list());
    let wanted = tracks.iter().filter(|track| track.kind.is_list() != has_chain);
    let found: Vec<(&Track, Vec<Head>)> =
        wanted.map(|track| Ok((track, heads(track, &mut modules)?))).collect::<Result<_, Failure>>()?;
    let text = match arguments.format {
        ListFormat::Text => text(&found),
        ListFormat::Json => json(&found)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

/// What no other migration of a track follows.
struct Head {
    id: String,
    path: String,
}

fn heads(track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Head>, Failure> {
    let chain = match track.kind {
        Kind::Alembic => alembic::chain(track, modules)?,
        Kind::VersionScripts => version_scripts::highest(track, modules)?.into(),
        Kind::PythonList | Kind::PythonVersions | Kind::GoSlice | Kind::SqlFiles => return last(track, modules),
        Kind::SchemaFile => return Ok(vec![Head { id: track.path.clone(), path: track.path.clone() }]),
    };
    if !chain.is_known() {
        let message = format!("`{}` computes an id or a parent, so its heads are not known", track.name);
        return Err(Failure::Other(message));
    }
    let head = |revision: &Revision| {
        let path = revision.location.path().to_owned();
        Some(Head { id: revision.id.clone()?, path })
    };
    Ok(chain.heads().into_iter().filter_map(head).collect())
}

/// The entry of a list that comes last: the one with the highest number in a dict of versions.
fn last(track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Head>, Failure> {
    let entries: Vec<(String, Location)> = if track.kind == Kind::GoSlice {
        let list = golang::list(track, modules)?.unwrap_or_default();
        must_be_read(track, list.unread.is_empty())?;
        golang::names(&list).into_iter().zip(list.elements.into_iter().map(|element| element.location)).collect()
    } else if track.kind == Kind::SqlFiles {
        let history = sql_files::history::read(track, modules)?;
        let steps = history.steps.iter().filter(|step| !step.is_repeatable);
        steps.map(|step| Ok((step.name.clone(), step.location(modules)?))).collect::<Result<_, ReadError>>()?
    } else {
        let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
        let list = python_list::read(modules, &track.path, name)?.unwrap_or_default();
        must_be_read(track, list.unread.is_empty())?;
        list.entries.into_iter().map(|entry| (entry.name, entry.location)).collect()
    };
    let last = match track.kind {
        Kind::PythonVersions => entries.into_iter().max_by_key(|(name, _)| name.parse::<i64>().ok()),
        _ => entries.into_iter().next_back(),
    };
    Ok(last.map(|(id, place)| Head { id, path: place.path().to_owned() }).into_iter().collect())
}

fn must_be_read(track: &Track, is_read: bool) -> Result<(), Failure> {
    if is_read {
        return Ok(());
    }
    Err(Failure::Other(format!("code puts the list of `{}` together, so its last entry is not known", track.name)))
}

fn text(found: &[(&Track, Vec<Head>)]) -> String {
    let mut text = String::new();
    for (track, heads) in found {
        let name = plain::line(&track.name);
        if heads.is_empty() {
            text.push_str(&format!("{name}: no {}\n", if track.kind.is_list() { "migration" } else { "head" }));
        }
        for head in heads {
            text.push_str(&format!("{name}: {} ({})\n", plain::line(&head.id), plain::line(&head.path)));
        }
    }
    text
}

fn json(found: &[(&Track, Vec<Head>)]) -> Result<String, Failure> {
    let tracks = found.iter().map(|(track, heads)| TrackHeads {
        name: &track.name,
        kind: track.kind.as_str(),
        path: &track.path,
        heads: heads.iter().map(|head| head.id.as_str()).collect(),
    });
    let text = serde_json::to_string_pretty(&Listing { tracks: tracks.collect() }).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}
