//! The heads of every chain, as `alembic heads` lists them, and the highest version of scripts.

use std::io::Write;

use serde::Serialize;

use super::{Failure, PASSED, piped};
use crate::cli::{HeadsArgs, ListFormat};
use crate::git::Repository;
use crate::project::{self, Project, ProjectError};
use crate::report::plain;
use crate::track::chain::Chain;
use crate::track::ends::Modules;
use crate::track::{Kind, Track, alembic, version_scripts};

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
    let commit = repository.commit(&arguments.at)?;
    let mut modules = Modules::new(repository.snapshot(commit.tree));
    let config = project::config(&modules.snapshot, arguments.project.config.as_deref())?;
    let tracks = Project::tracks_at(&config, &mut modules)?;
    let chains: Vec<(&Track, Chain)> = tracks
        .iter()
        .filter_map(|track| match track.kind {
            Kind::Alembic => Some((track, alembic::chain(track, &modules))),
            Kind::VersionScripts => Some((track, version_scripts::highest(track, &modules))),
            Kind::PythonList | Kind::PythonVersions | Kind::GoSlice => None,
        })
        .map(|(track, chain)| Ok((track, chain?)))
        .collect::<Result<_, ProjectError>>()?;
    for (track, chain) in &chains {
        if !chain.is_known() {
            let message = format!("`{}` computes an id or a parent, so its heads are not known", track.name);
            return Err(Failure::Other(message));
        }
    }
    let text = match arguments.format {
        ListFormat::Text => text(&chains),
        ListFormat::Json => json(&chains)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

fn text(chains: &[(&Track, Chain)]) -> String {
    let mut text = String::new();
    for (track, chain) in chains {
        let heads = chain.heads();
        if heads.is_empty() {
            text.push_str(&format!("{}: no head\n", plain::line(&track.name)));
        }
        for head in heads {
            let id = head.id.as_deref().unwrap_or_default();
            let (name, id, path) = (plain::line(&track.name), plain::line(id), plain::line(head.location.path()));
            text.push_str(&format!("{name}: {id} ({path})\n"));
        }
    }
    text
}

fn json(chains: &[(&Track, Chain)]) -> Result<String, Failure> {
    let tracks = chains.iter().map(|(track, chain)| TrackHeads {
        name: &track.name,
        kind: track.kind.as_str(),
        path: &track.path,
        heads: chain.heads().into_iter().filter_map(|head| head.id.as_deref()).collect(),
    });
    let text = serde_json::to_string_pretty(&Listing { tracks: tracks.collect() }).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}
