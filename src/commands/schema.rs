//! The schema that a track's migrations or a declared schema make, and how two of them differ.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{FOUND, Failure, PASSED, piped, tree_at};
use crate::cli::{CommonArgs, SchemaArgs, SchemaFormat};
use crate::config::Config;
use crate::evaluate::models::compare::{self, Manner};
use crate::evaluate::models::stated::{self, Reading, Stated};
use crate::evaluate::parity::whole;
use crate::evaluate::{By, Evaluated, drift};
use crate::git::Repository;
use crate::kinds::{Here, Made, keeper};
use crate::project::{self, Project};
use crate::report::exempt::Exemption;
use crate::report::{exempt, plain};
use crate::schema::delta::{self, Change, Level};
use crate::schema::render;
use crate::track::ends::{Modules, ReadError};
use crate::track::{Declared, Track};

pub fn run(arguments: &SchemaArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let place = Place { repository: &Repository::open(&common.repo)?, arguments, common };
    if let [before, after] = arguments.diff.as_slice() {
        let before = place.operand(before)?;
        let after = place.operand(after)?;
        let differences = place.differences(&before, &after)?;
        return differ(&differences, arguments.format, out);
    }
    let (evaluated, made_by) = match &arguments.upgraded_from {
        Some(base) => place.upgraded(base)?,
        None => {
            let wanted = Wanted::Track(arguments.wanted());
            let Operand { evaluated, made_by, .. } = place.at(arguments.at.as_deref(), wanted)?;
            (evaluated, made_by)
        }
    };
    let text = match arguments.format {
        SchemaFormat::Sql => sql(&evaluated, made_by),
        SchemaFormat::Json => json(&evaluated)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

/// What is asked for at one commit.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// A track's fresh database; the only one where no name is given.
    Track(Option<&'a str>),
    Declared(&'a str),
    /// The models beside a chain, by its name; the only one where no name is given.
    Models(Option<&'a str>),
}

/// What `--diff` calls the models beside a chain.
const MODELS: &str = "models";

/// What is compared: a database, and the track that makes it or that it is declared for.
struct Operand {
    track: Track,
    evaluated: Arc<Evaluated>,
    /// What makes it, where its engine says more than the schema that all of them share.
    made_by: Option<String>,
    /// What models state, where it is that.
    models: Option<Box<Stated>>,
}

/// What turns one schema into another, and what a reader should know besides.
struct Differences {
    changes: Vec<Change>,
    /// What is not known of either.
    unknown: Vec<String>,
    /// What is different by intent.
    exempt: Vec<String>,
}

struct Place<'a> {
    repository: &'a Repository,
    arguments: &'a SchemaArgs,
    common: &'a CommonArgs,
}

impl Place<'_> {
    /// `None` for what is read where nobody names a commit.
    fn config(&self, revision: Option<&str>) -> Result<Config, Failure> {
        let snapshot = self.repository.snapshot(tree_at(self.repository, revision)?);
        Ok(project::config(&snapshot, self.common.config.as_deref())?)
    }

    /// Opens the repository at a commit, and reads its tracks.
    fn open(&self, revision: Option<&str>) -> Result<(Modules<'_>, Vec<Track>), Failure> {
        let mut modules = Modules::new(self.repository.snapshot(tree_at(self.repository, revision)?));
        let config = self.config(revision)?;
        project::verify_at(&config, &mut modules)?;
        let tracks = Project::tracks_at(&config, &mut modules)?;
        Ok((modules, tracks))
    }

    fn at(&self, revision: Option<&str>, wanted: Wanted<'_>) -> Result<Operand, Failure> {
        let (mut modules, tracks) = self.open(revision)?;
        let (track, (evaluated, made_by)) = match wanted {
            Wanted::Models(name) => return models(&tracks, name, &mut modules),
            Wanted::Track(name) => {
                let track = choose(&tracks, name)?;
                (track, fresh(track, &tracks, &mut modules)?)
            }
            Wanted::Declared(path) => {
                let (track, file) = choose_declaring(&tracks, path)?;
                let evaluated = keeper(track.kind).declared(track, file, &mut modules).map_err(ReadError::from)?;
                let sql = render::to_sql_on(&evaluated.schema, track.dialect);
                (track, (evaluated, Some(sql)))
            }
        };
        Ok(Operand { track: track.clone(), evaluated, made_by, models: None })
    }

    /// A database as `base` builds it, after what is new since.
    fn upgraded(&self, base: &str) -> Result<(Arc<Evaluated>, Option<String>), Failure> {
        let name = self.arguments.wanted();
        let (mut old, old_tracks) = self.open(Some(base))?;
        let (mut new, new_tracks) = self.open(self.arguments.at.as_deref())?;
        let (old_track, track) = (choose(&old_tracks, name)?, choose(&new_tracks, name)?);
        keeper(track.kind).must_parse(track, &mut new)?;
        if track.kind != old_track.kind {
            let (kind, old) = (track.kind.as_str(), old_track.kind.as_str());
            let name = plain::line(&track.name);
            return Err(Failure::Other(format!("`{name}` is of kind `{kind}`, and at the base of `{old}`")));
        }
        let old = Here { track: old_track, tracks: &old_tracks, modules: &mut old };
        let new = Here { track, tracks: &new_tracks, modules: &mut new };
        known(track, keeper(track.kind).upgraded(old, new)?)
    }

    /// An operand of `--diff`: a track, a declared file, a commit, or the first two with `@commit` behind them.
    fn operand(&self, text: &str) -> Result<Operand, Failure> {
        let (_, tracks) = self.open(self.arguments.at.as_deref())?;
        let is_models = |name: &str| name == MODELS && !tracks.iter().any(|track| track.name == name);
        let wanted = |name: &str| -> Option<bool> {
            if tracks.iter().any(|track| track.name == name) {
                return Some(true);
            }
            let declares = |track: &Track| track.declared.iter().any(|file| file.path == name);
            tracks.iter().any(declares).then_some(false)
        };
        let here = self.arguments.at.as_deref();
        let (name, revision) = text.rsplit_once('@').map_or((text, here), |(name, revision)| (name, Some(revision)));
        if is_models(name) {
            return self.at(revision, Wanted::Models(self.arguments.wanted()));
        }
        match (wanted(text), wanted(name)) {
            (Some(true), _) => self.at(here, Wanted::Track(Some(text))),
            (Some(false), _) => self.at(here, Wanted::Declared(text)),
            (None, Some(true)) => self.at(revision, Wanted::Track(Some(name))),
            (None, Some(false)) => self.at(revision, Wanted::Declared(name)),
            (None, None) => self.at(Some(text), Wanted::Track(self.arguments.wanted())),
        }
    }

    /// What turns the one into the other: all that a database keeps, and between two tracks what the check compares.
    fn differences(&self, before: &Operand, after: &Operand) -> Result<Differences, Failure> {
        let mut unknown = not_known(&before.evaluated);
        unknown.extend(not_known(&after.evaluated));
        let (one, other) = (&before.track, &after.track);
        let of_models = match (&before.models, &after.models) {
            (Some(models), None) => Some((models, &after.evaluated, false)),
            (None, Some(models)) => Some((models, &before.evaluated, true)),
            _ => None,
        };
        if let Some((stated, database, is_reversed)) = of_models {
            let manner = Manner::of(one, stated);
            let changes = compare::apart(stated, database, manner);
            let changes = changes.into_iter().filter_map(|apart| apart.change(is_reversed)).collect();
            return Ok(Differences { changes, unknown, exempt: Vec::new() });
        }
        if one.name == other.name && one.dialect == other.dialect {
            let changes = delta::diff(&before.evaluated.schema, &after.evaluated.schema, Level::Full);
            return Ok(Differences { changes, unknown, exempt: Vec::new() });
        }
        let config = self.config(self.arguments.at.as_deref())?;
        let index = |track: &Track| config.tracks.iter().position(|configured| configured.track.name == track.name);
        let pair = index(one).zip(index(other));
        let is_exact = pair
            .is_some_and(|(one, other)| config.exact.contains(&(one, other)) || config.exact.contains(&(other, one)));
        let sides = [(&before.evaluated, one.dialect), (&after.evaluated, other.dialect)];
        let changes = whole::differences(sides[0], sides[1], is_exact);
        let today = jiff::Zoned::now().date();
        let mut exempt = Vec::new();
        let changes = changes.into_iter().filter(|change| {
            let having: &[&Track] = match &change.kind {
                delta::Kind::Added { .. } => &[other],
                delta::Kind::Removed { .. } => &[one],
                delta::Kind::Changed { .. } => &[one, other],
            };
            let names = drift::names(&change.object);
            let by = |track: &&Track| exempt::of_object(&config.exemptions, &track.name, &names, today);
            let by: Option<Vec<&Exemption>> = having.iter().map(by).collect();
            let Some(first) = by.as_deref().and_then(<[_]>::first) else { return true };
            exempt.push(format!("{} is exempt: {}", change.object, first.reason));
            false
        });
        let changes = changes.collect();
        Ok(Differences { changes, unknown, exempt })
    }
}

/// The models beside a chain.
fn models(tracks: &[Track], name: Option<&str>, modules: &mut Modules<'_>) -> Result<Operand, Failure> {
    let is_chain = |track: &&Track| track.kind.has_models() && name.is_none_or(|name| track.name == name);
    let chains: Vec<&Track> = tracks.iter().filter(is_chain).collect();
    let [track] = chains.as_slice() else {
        let why = if chains.is_empty() {
            "no chain has models"
        } else {
            "several chains have models: choose one with --track"
        };
        return Err(Failure::Other(why.to_owned()));
    };
    match stated::read(track, modules, &[], &[])?.0 {
        Reading::Known(stated) => {
            let evaluated = Evaluated { schema: stated.schema.clone(), ..Evaluated::default() };
            let track = Track::clone(track);
            Ok(Operand { track, evaluated: Arc::new(evaluated), made_by: None, models: Some(stated) })
        }
        Reading::Nothing => {
            Err(Failure::Other(format!("the environment of `{}` names no models", plain::line(&track.name))))
        }
        Reading::Unknown(why) => Err(Failure::Other(format!(
            "the models of `{}` are not known: that {}",
            plain::line(&track.name),
            plain::line(&why)
        ))),
    }
}

/// A track's fresh database, and what makes it where its engine says so.
fn fresh(
    track: &Track,
    tracks: &[Track],
    modules: &mut Modules<'_>,
) -> Result<(Arc<Evaluated>, Option<String>), Failure> {
    keeper(track.kind).must_parse(track, modules)?;
    known(track, keeper(track.kind).fresh(Here { track, tracks, modules })?)
}

/// What was made, and what makes it; an error where that is not known.
fn known(track: &Track, made: Option<Made>) -> Result<(Arc<Evaluated>, Option<String>), Failure> {
    let Some(Made { evaluated, sql }) = made else {
        let name = plain::line(&track.name);
        return Err(Failure::Other(format!("what `{name}` makes is not known: its migrations have no order")));
    };
    let sql = sql.map_or_else(|| render::to_sql_on(&evaluated.schema, track.dialect), |sql| sql());
    Ok((evaluated, Some(sql)))
}

/// The track that is meant.
fn choose<'t>(tracks: &'t [Track], name: Option<&str>) -> Result<&'t Track, Failure> {
    let evaluable = |track: &&Track| track.is_evaluated();
    let names = |tracks: &mut dyn Iterator<Item = &Track>| {
        tracks.map(|track| format!("`{}`", plain::line(&track.name))).collect::<Vec<_>>().join(", ")
    };
    let Some(name) = name else {
        let mut found = tracks.iter().filter(evaluable);
        return match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => {
                let all = names(&mut tracks.iter());
                Err(Failure::Other(format!("no track has a schema that can be evaluated; there are {all}")))
            }
            _ => {
                let all = names(&mut tracks.iter().filter(evaluable));
                Err(Failure::Other(format!("several tracks have a schema: {all}; choose one with --track")))
            }
        };
    };
    match tracks.iter().find(|track| track.name == name) {
        Some(track) if evaluable(&track) => Ok(track),
        Some(track) => {
            let (kind, dialect) = (track.kind.as_str(), track.database_title());
            Err(Failure::Other(format!("the schema of a track of kind `{kind}` for {dialect} is not evaluated")))
        }
        None => {
            let (name, all) = (plain::line(name), names(&mut tracks.iter()));
            Err(Failure::Other(format!("there is no track `{name}`; there are {all}")))
        }
    }
}

fn choose_declaring<'t>(tracks: &'t [Track], path: &str) -> Result<(&'t Track, &'t Declared), Failure> {
    let files = |track: &'t Track| track.declared.iter().map(move |file| (track, file));
    tracks.iter().flat_map(files).find(|(_, file)| file.path == path).ok_or_else(|| {
        Failure::Other(format!("`{}` is no declared schema of any track at that commit", plain::line(path)))
    })
}

/// What is not known of a schema, one line each.
fn not_known(evaluated: &Evaluated) -> Vec<String> {
    let by = |by: &By| match by {
        By::Migration(name) => format!("migration `{}`", plain::line(name)),
        By::File(path) => format!("`{}`", plain::line(path)),
    };
    let gaps = evaluated.gaps.iter().map(|missing| {
        let (place, reason) = (missing.gap.place(), &missing.gap.reason);
        let at = format!("{}:{}", plain::line(place.path()), place.start().line);
        format!("{} at {at}: {}", by(&missing.by), plain::line(reason))
    });
    let failures =
        evaluated.failures.iter().map(|failure| format!("{} failed: {}", by(&failure.by), plain::line(&failure.error)));
    gaps.chain(failures).collect()
}

/// Lines as comments of SQL.
fn comments(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| text + "-- " + line + "\n")
}

fn sql(evaluated: &Evaluated, made_by: Option<String>) -> String {
    let mut text = comments(&not_known(evaluated));
    text.push_str(&plain::lines(&made_by.unwrap_or_else(|| render::to_sql(&evaluated.schema))));
    text
}

fn json(evaluated: &Evaluated) -> Result<String, Failure> {
    let mut value = render::to_json(&evaluated.schema);
    let missing = not_known(evaluated);
    if let (Value::Object(map), false) = (&mut value, missing.is_empty()) {
        map.insert("unevaluated".to_owned(), json!(missing));
    }
    let text = serde_json::to_string_pretty(&value).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}

fn differ(differences: &Differences, format: SchemaFormat, out: &mut dyn Write) -> Result<u8, Failure> {
    let Differences { changes, unknown, exempt } = differences;
    let text = match format {
        SchemaFormat::Sql => {
            let exempt: Vec<String> = exempt.iter().map(|exempt| plain::line(exempt)).collect();
            let changes: String = changes.iter().map(|change| plain::lines(&shown(change))).collect();
            comments(unknown) + &comments(&exempt) + &changes
        }
        SchemaFormat::Json => {
            let changes: Vec<Value> = changes.iter().map(change_json).collect();
            let value = json!({ "changes": changes, "unevaluated": unknown });
            plain::json(&serde_json::to_string_pretty(&value).map_err(std::io::Error::from)?) + "\n"
        }
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(if changes.is_empty() { PASSED } else { FOUND })
}

fn shown(change: &Change) -> String {
    let mut text = format!("{change}\n");
    if let Some(diff) = change.text_diff() {
        text.extend(diff.lines().map(|line| format!("    {line}\n")));
    }
    text
}

fn change_json(change: &Change) -> Value {
    let (kind, before, after) = match &change.kind {
        delta::Kind::Added { definition } => ("added", None, Some(definition)),
        delta::Kind::Removed { definition } => ("removed", Some(definition), None),
        delta::Kind::Changed { before, after, .. } => ("changed", Some(before), Some(after)),
    };
    let attribute = match &change.kind {
        delta::Kind::Changed { attribute, .. } => Some(attribute.as_str()),
        _ => None,
    };
    json!({ "object": change.object.to_string(), "kind": kind, "attribute": attribute, "before": before, "after": after })
}
