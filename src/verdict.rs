//! Puts a report together: what was judged, what was found, and the line that says so.

use std::ops::Range;

use jiff::civil::Date;

use crate::change::relaxed::Relaxed;
use crate::change::{Change, Presence, TrackChange};
use crate::config::{self, Config, FILE_NAME};
use crate::finding::{Finding, Rule};
use crate::git::{ChangedFile, LineSet, added_lines};
use crate::go::is_go;
use crate::kinds::detect;
use crate::project::{Project, ProjectError};
use crate::report::suppress::{self, Allow};
use crate::report::{self, Judged, RangeSummary, Report, Reported, Severities, exempt};
use crate::rules::{lost_track, relaxed_configuration};
use crate::schema::token;
use crate::source::Source;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::graph::Graph;
use crate::track::{Track, ddl};

/// The report of a change that touched no file of any track; `tracks` are those that are watched, as far as they are known.
pub fn untouched(range: RangeSummary, changed: usize, tracks: Vec<Track>, config: &Config) -> Report {
    let verdict = match changed {
        0 if range.base.id == range.head.id => "base and head are the same commit: nothing to judge".to_owned(),
        0 => "nothing changed since the merge base: nothing to judge".to_owned(),
        1 => "no watched file changed (1 file did): nothing to judge".to_owned(),
        count => format!("no watched file changed ({count} files did): nothing to judge"),
    };
    let (findings, judged, chains, unjudged) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let note = match detect::pairs(&tracks) {
        // What is configured is told of when it is judged.
        _ if !config.tracks.is_empty() => None,
        Err(reason) => Some(ProjectError::Ambiguous { reason }.to_string()),
        Ok(pairs) if pairs.is_empty() => unpaired(&tracks),
        Ok(_) => None,
    };
    let notes = note.into_iter().collect();
    Report {
        range,
        tracks,
        findings,
        judged,
        untouched: true,
        notes,
        chains,
        verdict,
        configuration: path(config),
        unjudged,
    }
}

/// What was judged, before the configuration and the comments have their say.
#[derive(Debug)]
pub struct Judgement {
    pub range: RangeSummary,
    pub project: Project,
    pub change: Change,
    pub notes: Vec<String>,
    /// In the order of the rules.
    pub findings: Vec<Finding>,
}

impl Judgement {
    /// Whether the change has nothing to do with any track, as it turned out.
    pub fn is_untouched(&self) -> bool {
        let is_own = |change: &TrackChange| change.touched || change.models.is_some();
        self.change.relaxed.is_empty() && !self.change.tracks.iter().any(is_own)
    }

    /// The report of a change that was judged.
    pub fn report(self, config: &Config, ends: &mut Ends<'_>, today: Date) -> Result<Report, ReadError> {
        let severities = severities(config, &self.change);
        let mut reported = report::apply_severities(self.findings, &severities);
        let allows = allows(&self.project, &reported, ends)?;
        let mut stale = suppress::apply(&mut reported, &allows, today);
        stale.extend(exempt::apply(&mut reported, &config.exemptions, &self.change, today));
        reported.extend(report::apply_severities(stale, &severities));
        let mut reported = report::join(reported);
        report::sort(&mut reported);
        let chains = self.change.tracks.iter().filter_map(|change| broken_chain(change, &reported)).collect();
        let judged = self.change.tracks.iter().filter_map(judged).collect();
        let unjudged: Vec<String> = self.change.tracks.iter().filter_map(unjudged).collect();
        let verdict = verdict(&self.change.tracks, &unjudged);
        let mut notes = self.notes;
        let has_models = self
            .change
            .tracks
            .iter()
            .filter_map(|change| change.models.as_ref())
            .any(|models| models.unknown.is_none());
        let is_alone = self.project.pairs.is_empty() && !has_models;
        notes.extend(if is_alone { unpaired(&self.project.tracks) } else { None });
        let (range, tracks, findings) = (self.range, self.project.tracks, reported);
        let configuration = path(config);
        let untouched = false;
        Ok(Report { range, tracks, findings, judged, untouched, notes, chains, verdict, configuration, unjudged })
    }
}

/// The suppressions in the changed files of the tracks, and in files that findings are in.
fn allows(project: &Project, reported: &[Reported], ends: &mut Ends<'_>) -> Result<Vec<Allow>, ReadError> {
    let found = reported.iter().map(|one| one.finding.primary.path().to_owned());
    let changed = ends.changed.iter().filter(|file| file.new.is_some()).map(|file| file.path.clone());
    let is_own =
        |path: &String| config::is_configuration(path) || project.tracks.iter().any(|track| track.has_file(path));
    let changed = changed.filter(is_own);
    let mut paths: Vec<String> = changed.chain(found).collect();
    paths.sort();
    paths.dedup();
    let mut allows = Vec::new();
    for path in paths {
        let Some((source, comments)) = commented(&path, &mut ends.head) else { continue };
        let added = added(ends.change_of(&path).cloned().as_ref(), &source, &mut ends.base)?;
        allows.extend(marked(suppress::parse_allows(&source, comments), &added));
    }
    Ok(allows)
}

/// A file that may ask for suppressions, and its comments by the language that it is in. What does not parse is no place for
/// a comment to be honoured in; it has findings of its own.
fn commented(path: &str, head: &mut Modules<'_>) -> Option<(Source, Vec<Range<usize>>)> {
    let asks = |source: &Source| source.text().contains("parity:");
    if is_go(path) {
        let file = head.go_file(path).ok().flatten().filter(|file| asks(&file.source))?;
        return Some((file.source.clone(), file.comments.clone()));
    }
    if ddl::is_python(path) {
        let module = head.module(path).ok().flatten().filter(|module| asks(&module.source))?;
        return Some((module.source.clone(), module.comments().collect()));
    }
    let source = head.text(path).ok().flatten().filter(asks)?;
    let comments = if config::is_configuration(path) { config::comments } else { token::comments };
    let comments = comments(source.text());
    Some((source, comments))
}

/// Whether a rule is on, as far as the configuration and whoever runs the check say.
pub fn counts(config: &Config, rule: &Rule) -> bool {
    config.asked_for.get(rule.name).or_else(|| config.severities.get(rule.name)).is_none_or(Option::is_some)
}

/// The severities that count: a change that lowers the rules about what it takes from its own check is still told of it.
fn severities(config: &Config, change: &Change) -> Severities {
    let mut severities = config.severities.clone();
    for relaxation in &change.relaxed {
        if let Relaxed::Rule { rule, from, .. } = &relaxation.what
            && [relaxed_configuration::RULE.name, lost_track::RULE.name].contains(rule)
        {
            severities.insert(rule, *from);
        }
    }
    severities.extend(config.asked_for.iter().map(|(rule, severity)| (*rule, *severity)));
    severities
}

/// Says of each suppression whether the change added it.
fn marked(mut allows: Vec<Allow>, added: &LineSet) -> Vec<Allow> {
    for allow in &mut allows {
        allow.added = added.contains(allow.location.start().line);
    }
    allows
}

/// The lines that the change added to a file.
fn added(change: Option<&ChangedFile>, head: &Source, base: &mut Modules<'_>) -> Result<LineSet, ReadError> {
    let Some(change) = change else { return Ok(LineSet::default()) };
    let Some(old) = &change.old else { return Ok(LineSet::all()) };
    match base.snapshot.read(&change.path, old) {
        Ok(old) => Ok(added_lines(old.text(), head.text())?),
        Err(error) if error.is_not_text() => Ok(LineSet::all()),
        Err(error) => Err(error.into()),
    }
}

/// The chain of a track as a drawing, where a finding that nobody suppressed is about how its revisions follow each
/// other.
fn broken_chain(change: &TrackChange, reported: &[Reported]) -> Option<Graph> {
    let name = &change.track.name;
    let is_about = |reported: &Reported| {
        let finding = &reported.finding;
        reported.suppressed.is_none() && finding.is_of_order && finding.track.as_ref() == Some(name)
    };
    let chain = change.chain.as_ref().filter(|_| reported.iter().any(is_about))?;
    let known = chain.tip.revisions.iter().filter_map(|revision| revision.id.clone()).collect();
    Some(Graph::new(name, &chain.merged, Some(&known)).parked_at(change.track.parked.as_deref()).folded())
}

fn judged(change: &TrackChange) -> Option<Judged> {
    Some(Judged {
        track: change.track.name.clone(),
        kind: change.track.kind,
        migrations: change.migrations?,
        new_migrations: change.new.len(),
    })
}

/// Says that none of these tracks has a partner, so that a green check is not taken for more than it is.
pub fn unpaired(tracks: &[Track]) -> Option<String> {
    match tracks {
        [] => None,
        [only] => {
            let models = if only.kind.has_models() { ", but for the models that its environment names" } else { "" };
            Some(format!(
                "only one track was found, `{}` ({}): there is no other to compare it with{models}",
                only.name, only.path
            ))
        }
        several => Some(format!(
            "none of the {} tracks is paired with another: a [[parity]] in {} says which must stay in step",
            several.len(),
            FILE_NAME
        )),
    }
}

/// The file that the configuration is in.
fn path(config: &Config) -> Option<String> {
    config.source.as_ref().map(|source| source.path().to_owned())
}

/// Why nothing that a touched track does was compared; `None` where something was, and for kinds whose migrations are told
/// by their numbers.
fn unjudged(change: &TrackChange) -> Option<String> {
    let track = &change.track;
    let name = &track.name;
    if !change.touched || matches!(change.presence, Presence::Lost(_)) {
        return None;
    }
    if let Some(outside) = track.outside {
        return Some(format!("nothing on `{name}` was compared: what it does is not evaluated for {}", outside.title));
    }
    if !track.is_evaluated() {
        return None;
    }
    let fresh = &change.outcome.as_ref()?.fresh;
    let is_empty = fresh.schema.tables.is_empty() && fresh.schema.views.is_empty();
    let missing = fresh.gaps.iter().find(|missing| is_empty || missing.gap.sql.is_none())?;
    Some(format!("nothing on `{name}` was compared: {} {}", missing.by, missing.gap.reason))
}

/// "85 migrations on sqlite, 1 new; 17 revisions on postgres, none new".
fn verdict(tracks: &[TrackChange], unjudged: &[String]) -> String {
    let parts = tracks.iter().map(|change| {
        let (name, kind) = (&change.track.name, change.track.kind);
        let models = match &change.models {
            Some(models) if models.unknown.is_some() => {
                format!(", not compared with its models ({})", models.unknown.as_deref().unwrap_or_default())
            }
            Some(models) if models.tables == 1 => ", compared with 1 table of models".to_owned(),
            Some(models) => format!(", compared with {} tables of models", models.tables),
            None => String::new(),
        };
        let Some(count) = change.migrations.filter(|_| change.touched || change.models.is_none()) else {
            return format!("{} on {name} untouched{models}", kind.noun(2));
        };
        if kind.is_state() {
            let changed = if change.new.is_empty() { "unchanged" } else { "changed" };
            return format!("{} on {name} {changed}", kind.noun(1));
        }
        let new = if change.new.is_empty() { "none".to_owned() } else { change.new.len().to_string() };
        format!("{count} {} on {name}, {new} new{models}", kind.noun(count))
    });
    parts.chain(unjudged.iter().cloned()).collect::<Vec<_>>().join("; ")
}
