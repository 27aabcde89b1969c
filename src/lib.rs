//! Stops the merge when a schema change reaches one database track and not the other.

use std::cell::{OnceCell, RefCell};
use std::path::Path;
use std::rc::Rc;

pub mod change;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod config;
pub mod evaluate;
pub mod finding;
pub mod folders;
pub mod git;
pub mod go;
pub mod kinds;
pub mod path;
pub mod pattern;
pub mod project;
pub mod python;
pub mod report;
pub mod rules;
pub mod schema;
pub mod severity;
pub mod source;
pub mod threads;
pub mod track;
pub mod verdict;

use config::Config;
use folders::FolderCache;
use git::{Commit, Environment, HeadChoice, Repository};
use kinds::detect;
use project::{Project, ProjectError};
use report::{RangeSummary, Report, Revision};
use severity::Severity;
use track::ends::{Ends, Modules};
use track::memory::Memory;
use verdict::Judgement;

/// What to check.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub repository: &'a Path,
    pub base: Option<&'a str>,
    pub head: HeadChoice<'a>,
    /// A configuration file to use instead of the repository's own.
    pub config: Option<&'a Path>,
    /// Whether the merge base's configuration counts and not head's.
    pub config_from_base: bool,
    /// Severities that go before those of the configuration; `None` where a rule is off.
    pub rules: &'a [(&'static str, Option<Severity>)],
    pub environment: &'a Environment,
    /// The day that dates in suppressions are held against.
    pub today: jiff::civil::Date,
}

/// Runs the whole check: from two commits to a report. Fails where it could not be carried out.
pub fn run(request: &Request<'_>) -> Result<Report, ProjectError> {
    over(request, judge)
}

/// Opens what a request is about and hands it on: the configuration, the commits, both ends, and the day.
pub(crate) fn over<T>(
    request: &Request<'_>,
    then: impl FnOnce(&Config, RangeSummary, &mut Ends<'_>, jiff::civil::Date) -> Result<T, ProjectError>,
) -> Result<T, ProjectError> {
    let repository = Repository::open(request.repository)?;
    let choice = request.head.in_surroundings(&repository, request.environment);
    let is_by_hand = choice == HeadChoice::Unsaid;
    let (head_name, head) = git::choose_head(&repository, choice, request.environment)?;
    let (choice, tree) = git::tree_to_judge(&repository, head, choice, request.environment)?;
    let choose_base = |config: &Config| -> Result<_, ProjectError> {
        let configured = config.base.as_deref();
        let chosen = git::choose_base(&repository, request.base, configured, choice, head, request.environment);
        let (name, base) = chosen.map_err(|error| project::base_error(error, config))?;
        Ok((name, base, repository.merge_base(base, head)?))
    };
    let at = if request.config_from_base { choose_base(&Config::default())?.2.tree } else { tree };
    let mut config = project::config(&repository.snapshot(at), request.config)?;
    config.asked_for.extend(request.rules.iter().copied());
    let (base_name, base, merge_base) = choose_base(&config)?;
    git::must_differ(&repository, &(base_name.clone(), base), &(head_name.clone(), head), choice)?;
    let range = RangeSummary {
        base: Revision { name: base_name, id: base.id.to_string() },
        head: Revision { name: head_name, id: git::head_id(head, choice) },
        merge_base: merge_base.id.to_string(),
    };
    let changed = repository.changed_files(merge_base.tree, tree)?;
    let mut ends = Ends {
        merge_base: merge_base.id,
        base: Modules::new(repository.snapshot(merge_base.tree)),
        head: Modules::new(repository.snapshot(tree)),
        tip: Modules::new(repository.snapshot(base.tree)),
        is_configured_anew: config::is_configuration_among(&changed),
        changed,
        folders: FolderCache::new(),
        list_objects: !config.exemptions.is_empty(),
        is_by_hand,
        fed: Vec::new(),
        releases: OnceCell::new(),
    };
    project::verify(&config, &mut ends)?;
    then(&config, range, &mut ends, request.today)
}

/// What is learned at one step of a history and helps at the next.
#[derive(Debug, Default)]
pub struct Learned {
    folders: FolderCache,
    evaluated: Rc<RefCell<Memory>>,
}

/// Runs the check over what one commit did to its parent, as it would have run with the parent as the base.
pub fn run_step(
    repository: &Repository,
    parent: Commit,
    commit: Commit,
    config: Option<&Path>,
    today: jiff::civil::Date,
    learned: &mut Learned,
) -> Result<Report, ProjectError> {
    let config = project::config(&repository.snapshot(commit.tree), config)?;
    let revision = |commit: Commit| Revision { name: commit.id.to_string(), id: commit.id.to_string() };
    let range = RangeSummary { base: revision(parent), head: revision(commit), merge_base: parent.id.to_string() };
    let modules = |commit: Commit| Modules::with_memory(repository.snapshot(commit.tree), &learned.evaluated);
    let changed = repository.changed_files(parent.tree, commit.tree)?;
    let mut ends = Ends {
        merge_base: parent.id,
        base: modules(parent),
        head: modules(commit),
        tip: modules(parent),
        is_configured_anew: config::is_configuration_among(&changed),
        changed,
        folders: std::mem::take(&mut learned.folders),
        list_objects: !config.exemptions.is_empty(),
        is_by_hand: false,
        fed: Vec::new(),
        releases: OnceCell::new(),
    };
    // Another file than the commit's own speaks of today's repository, and not of its past.
    if !config.is_foreign {
        project::verify(&config, &mut ends)?;
    }
    let report = judge(&config, range, &mut ends, today);
    learned.folders = ends.folders;
    report
}

/// The report of a change that touches nothing. Whoever runs the check by hand is told what is watched, though it takes a
/// moment to find out.
fn untouched(config: &Config, range: RangeSummary, ends: &mut Ends<'_>) -> Result<Report, ProjectError> {
    let tracks = match config.tracks.as_slice() {
        [] if ends.is_by_hand => detect::tracks(&mut ends.head, &mut ends.folders)?,
        tracks => tracks.iter().map(|configured| configured.track.clone()).collect(),
    };
    Ok(verdict::untouched(range, ends.changed.len(), tracks, config))
}

/// From the changed files to what is found, before the configuration and the comments have their say. `None` where no file
/// changed that a track can have.
pub(crate) fn find(
    config: &Config,
    range: RangeSummary,
    ends: &mut Ends<'_>,
) -> Result<Option<Judgement>, ProjectError> {
    let relaxed = project::relaxations(config, ends)?;
    if relaxed.is_empty() && !project::may_be_touched(config, ends)? {
        return Ok(None);
    }
    let project = Project::at_head(config, ends)?;
    // Nothing is taken back where nobody wants to know.
    ends.head.asked.way_back = verdict::counts(config, &rules::downgrade_drift::RULE);
    let (mut change, notes) = compare::compare(&project, ends)?;
    change.relaxed = relaxed;
    let findings = rules::check(&change);
    Ok(Some(Judgement { range, project, change, notes, findings }))
}

/// From the changed files to the report.
fn judge(
    config: &Config,
    range: RangeSummary,
    ends: &mut Ends<'_>,
    today: jiff::civil::Date,
) -> Result<Report, ProjectError> {
    match find(config, range.clone(), ends)? {
        None => untouched(config, range, ends),
        Some(judgement) if judgement.is_untouched() => {
            Ok(verdict::untouched(range, ends.changed.len(), judgement.project.tracks, config))
        }
        Some(judgement) => Ok(judgement.report(config, ends, today)?),
    }
}
