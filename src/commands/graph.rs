//! The chains as drawings.

use std::collections::HashSet;
use std::io::Write;

use super::{Failure, PASSED, colored, commit_at, piped, tree_at};
use crate::cli::{CommonArgs, GraphArgs, GraphFormat};
use crate::config::Config;
use crate::git::{Commit, Environment, GitError, HeadChoice, Repository, choose_base};
use crate::kinds::{self, keeper};
use crate::project::{self, Project, ProjectError};
use crate::report::graph::{dot, mermaid, tree};
use crate::report::plain;
use crate::track::Track;
use crate::track::ends::Modules;
use crate::track::graph::Graph;

pub fn run(arguments: &GraphArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&common.repo)?;
    let commit = commit_at(&repository, arguments.at.as_deref())?;
    let tree = tree_at(&repository, arguments.at.as_deref())?;
    let mut modules = Modules::new(repository.snapshot(tree));
    let config = project::config(&modules.snapshot, common.config.as_deref())?;
    project::verify_at(&config, &mut modules)?;
    let base = base(&repository, arguments, &config, commit)?;
    let mut graphs = Vec::new();
    for track in chosen(Project::tracks_at(&config, &mut modules)?, arguments.wanted())? {
        let known = match base {
            Some(base) => Some(ids(&repository, &config, base, &track)?),
            None => None,
        };
        let chain = keeper(track.kind).chain(&track, &modules)?;
        let graph = Graph::new(track.name, &chain, known.as_ref()).parked_at(track.parked.as_deref());
        graphs.push(if arguments.all { graph } else { graph.folded() });
    }
    let text = match arguments.format {
        GraphFormat::Text => {
            let color = colored(common.color, &std::io::stdout());
            graphs.iter().map(|graph| tree::text(graph, color)).collect::<Vec<_>>().join("\n")
        }
        GraphFormat::Mermaid => mermaid::block(&graphs, arguments.all),
        GraphFormat::Dot => dot::text(&graphs),
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

/// What is new is new since this commit. Where nobody names one and none can be told, nothing is marked.
fn base(
    repository: &Repository,
    arguments: &GraphArgs,
    config: &Config,
    head: Commit,
) -> Result<Option<Commit>, GitError> {
    let choice = HeadChoice::Committed(Some(arguments.at.as_deref().unwrap_or("HEAD")));
    let (named, configured) = (arguments.base.as_deref(), config.base.as_deref());
    match choose_base(repository, named, configured, choice, head, &Environment::default()) {
        Ok((_, base)) => Ok(Some(base)),
        Err(error) if named.is_some() => Err(error),
        Err(_) => Ok(None),
    }
}

/// The chains that are meant.
fn chosen(tracks: Vec<Track>, name: Option<&str>) -> Result<Vec<Track>, Failure> {
    let names: Vec<String> = tracks.iter().map(|track| format!("`{}`", plain::line(&track.name))).collect();
    let names = names.join(", ");
    if let Some(name) = name {
        let track = tracks.into_iter().find(|track| track.name == name);
        let name = plain::line(name);
        return match track {
            Some(track) if track.kind.is_chain() => Ok(vec![track]),
            Some(track) => {
                let kind = track.kind.as_str();
                let chains = kinds::all().filter(|kind| kind.is_chain()).map(|kind| format!("`{}`", kind.as_str()));
                let chains = chains.collect::<Vec<_>>().join(" and ");
                let message = format!("`{name}` is a track of kind `{kind}`: only {chains} are chains");
                Err(Failure::Other(message))
            }
            None => Err(Failure::Other(format!("there is no track `{name}`; there are {names}"))),
        };
    }
    let chains: Vec<Track> = tracks.into_iter().filter(|track| track.kind.is_chain()).collect();
    if chains.is_empty() {
        return Err(Failure::Other(format!("no track is a chain; there are {names}")));
    }
    Ok(chains)
}

/// The ids that a chain has at a commit. Where its directory is not there it has moved: then those of every chain.
fn ids(repository: &Repository, config: &Config, at: Commit, track: &Track) -> Result<HashSet<String>, ProjectError> {
    let mut modules = Modules::new(repository.snapshot(at.tree));
    let of = |track: &Track, modules: &Modules<'_>| -> Result<HashSet<String>, ProjectError> {
        let chain = keeper(track.kind).chain(track, modules)?;
        Ok(chain.revisions.iter().filter_map(|revision| revision.id.clone()).collect())
    };
    let own = of(track, &modules)?;
    if !own.is_empty() {
        return Ok(own);
    }
    let tracks = match Project::tracks_at(config, &mut modules) {
        Ok(tracks) => tracks,
        Err(ProjectError::NoTracks { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut all = HashSet::new();
    for chain in tracks.iter().filter(|other| other.kind == track.kind) {
        all.extend(of(chain, &modules)?);
    }
    Ok(all)
}
