//! What comes last on each track: the heads of a chain, as `alembic heads` lists them, the highest version, the last entry or file.

use std::io::Write;

use serde::Serialize;

use super::{Failure, PASSED, piped, tree_at};
use crate::cli::{CommonArgs, HeadsArgs, ListFormat};
use crate::git::Repository;
use crate::kinds::{Heads, keeper};
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
    /// `None` where code computes what comes last.
    heads: Option<Vec<&'a str>>,
}

pub fn run(arguments: &HeadsArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&common.repo)?;
    let tree = tree_at(&repository, arguments.at.as_deref())?;
    let mut modules = Modules::new(repository.snapshot(tree));
    let config = project::config(&modules.snapshot, common.config.as_deref())?;
    project::verify_at(&config, &mut modules)?;
    let tracks = Project::tracks_at(&config, &mut modules)?;
    let found: Vec<(&Track, Heads)> = tracks
        .iter()
        .map(|track| Ok((track, keeper(track.kind).heads(track, &mut modules)?)))
        .collect::<Result<_, Failure>>()?;
    let unknown = found.iter().map(|(_, heads)| match heads {
        Heads::Known(_) => None,
        Heads::Computed(why) => Some(why),
    });
    if let Some(Some(why)) = unknown.reduce(Option::and) {
        return Err(Failure::Other(why.clone()));
    }
    let text = match arguments.format {
        ListFormat::Text => text(&found),
        ListFormat::Json => json(&found)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

fn text(found: &[(&Track, Heads)]) -> String {
    let mut text = String::new();
    for (track, heads) in found {
        let name = plain::line(&track.name);
        match heads {
            Heads::Computed(why) => text.push_str(&format!("{name}: not known: {}\n", plain::line(why))),
            Heads::Known(heads) if heads.is_empty() => text.push_str(&format!("{name}: no {}\n", track.kind.noun(1))),
            Heads::Known(heads) => {
                for head in heads {
                    text.push_str(&format!("{name}: {} ({})\n", plain::line(&head.id), plain::line(&head.path)));
                }
            }
        }
    }
    text
}

fn json(found: &[(&Track, Heads)]) -> Result<String, Failure> {
    let tracks = found.iter().map(|(track, heads)| TrackHeads {
        name: &track.name,
        kind: track.kind.as_str(),
        path: &track.path,
        heads: match heads {
            Heads::Known(heads) => Some(heads.iter().map(|head| head.id.as_str()).collect()),
            Heads::Computed(_) => None,
        },
    });
    let text = serde_json::to_string_pretty(&Listing { tracks: tracks.collect() }).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}
