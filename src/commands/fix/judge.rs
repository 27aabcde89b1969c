//! What the check finds, as far as a new revision would make up for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::file::Directory;
use super::renames;
use super::step::Step;
use crate::change::{Change, TrackChange, Unloadable};
use crate::compare::databases;
use crate::config::Config;
use crate::evaluate::models::compare::How;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::parity::{self, Difference, Parity, Side, What};
use crate::finding::{Cause, Finding};
use crate::git::EntryKind;
use crate::kinds::keeper;
use crate::path;
use crate::project::ProjectError;
use crate::report::{RangeSummary, Report, Reported, exempt};
use crate::rules::{missing_revision, model_drift, standing, track_drift};
use crate::schema::delta::Object;
use crate::schema::model::Schema;
use crate::track::chain::ChainChange;
use crate::track::ends::Ends;
use crate::track::sql_files::{history, journal};
use crate::track::{Track, ddl};
use crate::verdict;

/// What one track lacks that another one does.
#[derive(Debug)]
pub struct Lack {
    /// The track that lacks it.
    pub track: Track,
    /// The track that does it.
    pub on: Track,
    /// The names of what is new there.
    pub migrations: Vec<String>,
    pub differences: Vec<Difference>,
    /// What both do is known, whether it changes anything or not.
    pub is_computed: bool,
    /// Why the two could not be compared, or only in part.
    pub unknown: Vec<String>,
    /// What a revision would be made from; `None` where none can be written.
    pub material: Option<Material>,
}

/// What a revision is made from.
#[derive(Debug)]
pub struct Material {
    /// As the other track makes it.
    pub source: Schema,
    /// The track's deployed databases, after the renames.
    pub target: Schema,
    /// Its fresh ones.
    pub fresh: Schema,
    pub renames: Vec<Step>,
    /// Nothing but the models says that they are renames.
    pub are_guessed: bool,
    /// Types must be the same on both.
    pub exact: bool,
    pub form: Form,
}

/// What a new migration looks like.
#[derive(Debug)]
pub enum Form {
    /// A revision of Alembic's.
    Revision(Box<Revisions>),
    /// A file of SQL.
    File(Box<Directory>),
}

/// The chain that a revision is for.
#[derive(Debug)]
pub struct Revisions {
    pub chain: ChainChange,
    /// The names of all files beside the revisions, in small letters.
    pub files: BTreeSet<String>,
    /// The text of `script.py.mako`.
    pub template: Option<String>,
}

/// What a change leaves to write.
#[derive(Debug)]
pub enum Verdict {
    /// What every pair of tracks lacks, in the order of the pairs.
    Lacks(Vec<Lack>),
    Nothing(Vec<Why>),
}

/// Why there is nothing to write, as a clause.
#[derive(Debug, PartialEq, Eq)]
pub enum Why {
    InOrder(String),
    /// Something is left to do first.
    Left(String),
}

pub fn lacks(config: &Config, range: RangeSummary, ends: &mut Ends<'_>, today: Date) -> Result<Verdict, ProjectError> {
    let Some(judgement) = crate::find(config, range, ends)? else {
        return Ok(Verdict::Nothing(vec![Why::InOrder(IN_STEP.to_owned())]));
    };
    let change = judgement.change.clone();
    let is_off =
        |finding: &&Finding| finding.cause.is_lack() && config.severities.get(finding.rule.name) == Some(&None);
    let off = judgement.findings.iter().filter(is_off).map(|finding| finding.rule.name).collect();
    let report = judgement.report(config, ends, today)?;
    let mut lacks = Vec::new();
    for (first, second) in &change.pairs {
        for (on, to) in [(*first, *second), (*second, *first)] {
            let case = Case { config, change: &change, report: &report, pair: (*first, *second), on, to, today };
            lacks.extend(case.lack(ends)?);
        }
    }
    for (at, track) in change.tracks.iter().enumerate() {
        let known: Vec<&Lack> = lacks.iter().filter(|lack: &&Lack| lack.track.name == track.track.name).collect();
        let found = of_models(at, track, &report, &known, ends)?;
        lacks.extend(found);
    }
    Ok(if lacks.is_empty() { Verdict::Nothing(why_nothing(&change, &report, &off)) } else { Verdict::Lacks(lacks) })
}

/// What a chain lacks of what its models say, beside what it lacks of others anyway.
fn of_models(
    at: usize,
    track: &TrackChange,
    report: &Report,
    known: &[&Lack],
    ends: &mut Ends<'_>,
) -> Result<Option<Lack>, ProjectError> {
    let Some(models) = &track.models else { return Ok(None) };
    let is_known = |object: &Object| {
        known.iter().flat_map(|lack| &lack.differences).any(|difference| difference.object == *object)
    };
    let mut lack = Lack {
        track: track.track.clone(),
        on: Track { name: "the models".to_owned(), ..track.track.clone() },
        migrations: Vec::new(),
        differences: Vec::new(),
        is_computed: true,
        unknown: Vec::new(),
        material: None,
    };
    let mut renames = Vec::new();
    for found in models.differences.iter().filter(|found| !is_known(&found.object)) {
        let own = model_drift::cause(track, found);
        let Some(finding) = reported(report, |cause| *cause == own) else { continue };
        let what = match &found.how {
            How::Missing(definition) if !found.is_dropped => What::Added(definition.clone()),
            How::Extra(_) if found.is_dropped => What::Removed,
            How::Differs { attribute, stated, made } => {
                What::Differs { attribute: *attribute, on: stated.clone(), not_on: made.clone() }
            }
            How::Renamed(to) if let Object::Column { table, name } = &found.object => {
                renames.push(Step::RenameColumn { table: table.clone(), from: name.clone(), to: to.clone() });
                continue;
            }
            // What the models lack is written there.
            How::Renamed(_) | How::Missing(_) | How::Extra(_) => {
                lack.unknown.push(format!("{}: {}", finding.message, finding.help));
                continue;
            }
        };
        let parts = found.parts.iter().map(|part| (part, What::Added(String::new())));
        for (object, what) in std::iter::once((&found.object, what)).chain(parts) {
            lack.differences.push(Difference {
                on: at,
                not_on: at,
                object: object.clone(),
                what,
                by: None,
                place: None,
                other: None,
                theirs: None,
                is_weak: found.weak,
            });
        }
    }
    if lack.differences.is_empty() && lack.unknown.is_empty() && renames.is_empty() {
        return Ok(None);
    }
    if standing::has_writer(&track.track) && !models.is_by_engine {
        let mut target = models.made.clone();
        renames.retain(|step| renames::take_over(step, &models.stated, &mut lack.differences, &mut target));
        renames.extend(renames::guessed(&models.stated, &mut lack.differences, &mut target));
        lack.material = revisions(track, ends)?.map(|revisions| Material {
            source: models.stated.clone(),
            target,
            fresh: models.fresh.clone(),
            renames,
            are_guessed: true,
            exact: true,
            form: Form::Revision(Box::new(revisions)),
        });
    }
    Ok(Some(lack))
}

/// The finding that counts and that comes from what is meant.
fn reported(report: &Report, is_meant: impl Fn(&Cause) -> bool) -> Option<&Finding> {
    report.counting().flat_map(Reported::all).find(|finding| is_meant(&finding.cause))
}

/// Why nothing is lacking: there is no pair, nobody asks for it, or what cannot be read hides it. `off` are the rules that
/// would say that something is, and that are off.
fn why_nothing(change: &Change, report: &Report, off: &BTreeSet<&str>) -> Vec<Why> {
    let is_of_models = |one: &Reported| matches!(one.finding.cause, Cause::Models { .. });
    if change.pairs.is_empty() && !report.findings.iter().any(is_of_models) {
        return verdict::unpaired(&report.tracks).map(Why::InOrder).into_iter().collect();
    }
    let mut why = Vec::new();
    for reported in &report.findings {
        let (rule, place) = (reported.finding.rule.name, &reported.finding.primary);
        let at = format!("`{rule}` at {}:{}", place.path(), place.start().line);
        match &reported.suppressed {
            Some(reason) if reported.finding.cause.is_lack() => {
                let how = if reported.exempt { "exempt" } else { "suppressed" };
                why.push(Why::InOrder(format!("{at} is {how}: {reason}")));
            }
            None if reported.finding.cause == Cause::Hides && !reported.finding.pre_existing => {
                why.push(Why::Left(format!("{at}: {}", reported.finding.message)));
            }
            _ => {}
        }
    }
    why.extend(off.iter().map(|rule| Why::InOrder(format!("`{rule}` is off in the configuration"))));
    if why.is_empty() {
        why.push(Why::InOrder(IN_STEP.to_owned()));
        // What is not compared may be lacking all the same.
        why.extend(change.parities.iter().flat_map(|parity| parity.notes.iter().cloned()).map(Why::InOrder));
    }
    why
}

const IN_STEP: &str = "no track lacks what another one does";

/// One direction of one pair.
struct Case<'c> {
    config: &'c Config,
    change: &'c Change,
    report: &'c Report,
    pair: (usize, usize),
    on: usize,
    to: usize,
    today: Date,
}

impl Case<'_> {
    fn lack(&self, ends: &mut Ends<'_>) -> Result<Option<Lack>, ProjectError> {
        let (Some(on), Some(to)) = (self.change.tracks.get(self.on), self.change.tracks.get(self.to)) else {
            return Ok(None);
        };
        let parity = self.change.parities.iter().find(|parity| parity.pair == self.pair);
        let demanded = self.is_demanded(on, to);
        let differences: Vec<Difference> = parity
            .into_iter()
            .flat_map(|parity| &parity.differences)
            .filter(|difference| self.is_wanted(on, to, difference))
            .cloned()
            .collect();
        if differences.is_empty() && !demanded {
            return Ok(None);
        }
        let mut lack = Lack {
            track: to.track.clone(),
            on: on.track.clone(),
            migrations: on.new.iter().map(|migration| migration.name.clone()).collect(),
            is_computed: is_computed(on) && (!to.touched || is_computed(to)),
            unknown: unknown(on, to, parity),
            differences,
            material: None,
        };
        // What a new revision of a chain for several databases does, it does on all of them.
        let is_for_several = self.change.tracks.iter().any(|other| other.track.is_twin_of(&to.track));
        if standing::has_writer(&to.track) && !is_for_several {
            lack.material = self.material(on, to, &mut lack.differences, ends)?;
        }
        Ok(Some(lack))
    }

    /// Whether types must be the same, and not only keep the same.
    fn is_exact(&self) -> bool {
        self.config.exact.contains(&self.pair)
    }

    /// Whether the check asks for a whole revision.
    fn is_demanded(&self, on: &TrackChange, to: &TrackChange) -> bool {
        // Of several tracks that have what one lacks the first one says so.
        let is_from = |name: &String| *name == on.track.name || missing_revision::lacks_all(on, to);
        let is_meant =
            |cause: &Cause| matches!(cause, Cause::Step { on, not_on } if *not_on == to.track.name && is_from(on));
        reported(self.report, is_meant).is_some()
    }

    /// Whether the check reports a difference of this direction, or would if it did not ask for the whole revision.
    fn is_wanted(&self, on: &TrackChange, to: &TrackChange, difference: &Difference) -> bool {
        if (difference.on, difference.not_on) != (self.on, self.to) {
            return false;
        }
        let demands = |on: &TrackChange, to: &TrackChange| on.demands(to) || missing_revision::lacks_all(on, to);
        if demands(on, to) || demands(to, on) {
            return (self.is_demanded(on, to) || self.is_demanded(to, on)) && !self.is_exempt(on, to, difference);
        }
        let own = track_drift::cause(difference);
        reported(self.report, |cause| *cause == own).is_some()
    }

    fn is_exempt(&self, on: &TrackChange, to: &TrackChange, difference: &Difference) -> bool {
        let subjects = track_drift::subjects(on, to, difference);
        exempt::of_all(&self.config.exemptions, &subjects, self.today).is_some()
    }

    /// What differs still after renames: nothing that was there before them and is not wanted.
    fn after_renames(
        &self,
        (on, source): (&TrackChange, &Outcome),
        (to, target): (&TrackChange, &Outcome),
        wanted: &[Difference],
        ends: &mut Ends<'_>,
    ) -> Vec<Difference> {
        let sides = [(self.on, on, source), (self.to, to, target)].map(|(index, change, outcome)| Side {
            index,
            name: &change.track.name,
            dialect: change.track.dialect,
            outcome,
        });
        let [one, other] = sides;
        let again = parity::compare(one, other, self.is_exact(), &mut ends.head).differences;
        let is_same = |one: &Difference, other: &Difference| one.object == other.object && one.what == other.what;
        let stays = |found: &Difference| {
            let mut before = self.change.parities.iter().flat_map(|parity| &parity.differences);
            let is_old = before.any(|known| is_same(known, found));
            let is_wanted = || wanted.iter().any(|known| is_same(known, found));
            found.on == self.on && if is_old { is_wanted() } else { !self.is_exempt(on, to, found) }
        };
        again.into_iter().filter(stays).collect()
    }

    fn material(
        &self,
        on: &TrackChange,
        to: &TrackChange,
        differences: &mut Vec<Difference>,
        ends: &mut Ends<'_>,
    ) -> Result<Option<Material>, ProjectError> {
        if !self.change.parities.iter().any(|parity| parity.pair == self.pair) {
            return Ok(None);
        }
        let source = databases::beside(on, to, &self.report.tracks, ends)?;
        let mut target = databases::beside(to, on, &self.report.tracks, ends)?.into_owned();
        let schema = &mut Arc::make_mut(&mut target.after).schema;
        let renames = renames::find(&source.after.log, differences, schema);
        if !renames.is_empty() {
            *differences = self.after_renames((on, &source), (to, &target), differences, ends);
        }
        let form = if to.track.kind.has_a_file_each() {
            Form::File(Box::new(directory(on, to, ends)?))
        } else {
            let Some(revisions) = revisions(to, ends)? else { return Ok(None) };
            Form::Revision(Box::new(revisions))
        };
        Ok(Some(Material {
            source: source.after.schema.clone(),
            target: target.after.schema.clone(),
            fresh: target.fresh.schema.clone(),
            renames,
            are_guessed: false,
            exact: self.is_exact(),
            form,
        }))
    }
}

/// The chain that a new revision continues; `None` for a track that is none.
fn revisions(to: &TrackChange, ends: &mut Ends<'_>) -> Result<Option<Revisions>, ProjectError> {
    let Some(chain) = keeper(to.track.kind).merged(&to.track, ends)? else { return Ok(None) };
    let folder = to.track.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let template = ends.head.text(&format!("{folder}script.py.mako"))?.map(|source| source.text().to_owned());
    let mut files = BTreeSet::new();
    for modules in [&ends.head, &ends.tip] {
        let listed = modules.snapshot.list(&to.track.path)?;
        files.extend(listed.iter().map(|entry| entry.name.to_ascii_lowercase()));
    }
    Ok(Some(Revisions { chain, files, template }))
}

/// The directory that a new file goes into.
fn directory(on: &TrackChange, to: &TrackChange, ends: &mut Ends<'_>) -> Result<Directory, ProjectError> {
    let folder = &to.track.path;
    let own = history::read(&to.track, &mut ends.head)?;
    let mut files = BTreeSet::new();
    for modules in [&ends.head, &ends.tip] {
        for entry in modules.snapshot.list(folder)? {
            if entry.kind == EntryKind::Directory {
                let inside = modules.snapshot.list_tree(entry.id, folder)?;
                files.extend(inside.into_iter().map(|file| path::join(&entry.name, &file.name)));
            } else {
                files.insert(entry.name);
            }
        }
    }
    let others = on.new.iter().filter_map(|migration| {
        let below = path::below(&on.track.path, migration.location.path());
        below.filter(|path| ddl::is_sql(path)).map(str::to_owned)
    });
    let journal = ends.head.text(&path::join(folder, journal::FILE))?.map(|source| source.text().to_owned());
    Ok(Directory { own, others: others.collect(), files, journal })
}

fn is_computed(change: &TrackChange) -> bool {
    change.outcome.as_ref().is_some_and(|outcome| !outcome.after.is_partial())
}

/// Why two tracks could not be compared, or only in part.
fn unknown(on: &TrackChange, to: &TrackChange, parity: Option<&Parity>) -> Vec<String> {
    let mut found: Vec<String> = parity.into_iter().flat_map(|parity| parity.notes.iter().cloned()).collect();
    for change in [on, to] {
        let gaps = change.gaps.iter().map(|missing| &missing.gap).map(|gap| (&gap.location, &gap.reason));
        let unread = change
            .unread
            .iter()
            .chain(change.invalid.iter().map(Unloadable::unread))
            .map(|unread| (&unread.location, &unread.reason));
        let track = &change.track.name;
        found.extend(gaps.chain(unread).map(|(place, reason)| {
            format!("not known of `{track}`: {}:{}: {reason}", place.path(), place.start().line)
        }));
    }
    found.dedup();
    found
}
