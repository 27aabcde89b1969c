//! The heads of every chain, as `alembic heads` lists them, and the highest version of scripts; where a project has
//! neither, the last entry of each list.

use std::io::Write;

use serde::Serialize;

use super::{Failure, PASSED, piped, tree_at};
use crate::cli::{HeadsArgs, ListFormat};
use crate::git::Repository;
use crate::kinds::{Head, Heads, keeper};
use crate::project::{self, Project};
use crate::report::plain;
use crate::track::Track;
use crate::track::ends::Modules;

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

fn heads(track: &Track, modules: &mut Modules<'_>) -> Result<Vec<Head>, Failure> {
    match keeper(track.kind).heads(track, modules)? {
        Heads::Known(heads) => Ok(heads),
        Heads::Computed(why) => Err(Failure::Other(why)),
    }
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
