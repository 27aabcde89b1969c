//! What the new migrations send to their databases, statement by statement.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use super::{Failure, PASSED, piped};
use crate::Request;
use crate::change::{Presence, TrackChange};
use crate::cli::{CommonArgs, SchemaFormat, SqlArgs};
use crate::config::Config;
use crate::evaluate::{Evaluated, Failure as Refused};
use crate::git::{Environment, HeadChoice};
use crate::kinds::{Here, keeper};
use crate::project::ProjectError;
use crate::python::eval::Sent;
use crate::report::{RangeSummary, plain};
use crate::schema::database::{Database, Setup};
use crate::schema::dialect::Dialect;
use crate::schema::literals::HOLE;
use crate::schema::token;
use crate::source::Location;
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};

pub fn run(arguments: &SqlArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let environment = Environment::from_process();
    let request = Request {
        repository: &common.repo,
        base: arguments.base.as_deref(),
        head: arguments.head.as_deref().map_or(HeadChoice::Unsaid, |head| HeadChoice::Committed(Some(head))),
        config: common.config.as_deref(),
        config_from_base: false,
        rules: &[],
        environment: &environment,
        today: jiff::Zoned::now().date(),
    };
    let tracks = chosen(crate::over(&request, tracks)?, arguments)?;
    let text = match arguments.format {
        SchemaFormat::Sql => text(&tracks),
        SchemaFormat::Json => json(&tracks)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

/// Why it is not known what a migration sends whose track no engine evaluates.
const NOT_EVALUATED: &str = "a track of this kind is not evaluated";

/// A track, and its new migrations in the order in which they run.
struct Told {
    track: Track,
    migrations: Vec<Migration>,
}

/// What one migration sends.
struct Migration {
    name: String,
    location: Location,
    sent: Vec<Sent>,
    /// Why the database refuses it, if so.
    refused: Vec<Refused>,
    /// It was carried out, so that what it does not send is known as well.
    is_evaluated: bool,
}

/// The tracks of head.
fn tracks(
    config: &Config,
    range: RangeSummary,
    ends: &mut Ends<'_>,
    _: jiff::civil::Date,
) -> Result<Vec<Told>, ProjectError> {
    ends.head.asked.transcript = true;
    let Some(judgement) = crate::find(config, range, ends)? else { return Ok(Vec::new()) };
    let project = &judgement.project;
    let is_there = |change: &&TrackChange| !matches!(change.presence, Presence::Lost(_));
    let changes = judgement.change.tracks.iter().filter(is_there);
    let told = changes
        .map(|change| Ok(Told { track: change.track.clone(), migrations: migrations(change, &project.tracks, ends)? }));
    told.collect()
}

fn migrations(change: &TrackChange, tracks: &[Track], ends: &mut Ends<'_>) -> Result<Vec<Migration>, ReadError> {
    if change.new.is_empty() {
        return Ok(Vec::new());
    }
    let evaluated = databases(change, tracks, ends)?;
    let mut migrations: Vec<Migration> =
        change.new.iter().map(|new| migration(&new.name, &new.location, &evaluated)).collect();
    // They run in another order than that of their names, as a chain does.
    let order: Vec<&str> = evaluated
        .iter()
        .flat_map(|evaluated| &evaluated.sent)
        .filter_map(|(by, _)| by.migration().map(|name| &**name))
        .collect();
    migrations.sort_by_key(|one| order.iter().position(|name| *name == one.name).unwrap_or(order.len()));
    Ok(migrations)
}

/// The databases that tell what new migrations send: a deployed one after its upgrade, then a new one for those that no deployed
/// one runs.
fn databases(change: &TrackChange, tracks: &[Track], ends: &mut Ends<'_>) -> Result<Vec<Arc<Evaluated>>, ReadError> {
    let track = &change.track;
    match &change.outcome {
        Some(outcome) => Ok(vec![outcome.after.clone(), outcome.fresh.clone()]),
        None if track.is_evaluated() => {
            let made = keeper(track.kind).fresh(Here { track, tracks, modules: &mut ends.head })?;
            Ok(made.into_iter().map(|made| made.evaluated).collect())
        }
        None => Ok(Vec::new()),
    }
}

fn migration(name: &str, location: &Location, evaluated: &[Arc<Evaluated>]) -> Migration {
    let is_its = |evaluated: &&Arc<Evaluated>| {
        evaluated.sent.iter().any(|(by, _)| by.migration().is_some_and(|own| **own == *name))
    };
    let of = evaluated.iter().find(is_its);
    let sent = of.iter().flat_map(|evaluated| &evaluated.sent);
    let sent = sent.filter(|(by, _)| by.migration().is_some_and(|own| **own == *name)).map(|(_, sent)| sent.clone());
    let failures = of.or(evaluated.first()).into_iter().flat_map(|evaluated| &evaluated.failures);
    let refused = failures.filter(|failure| failure.by.migration().is_some_and(|own| **own == *name)).cloned();
    Migration {
        name: name.to_owned(),
        location: location.clone(),
        sent: sent.collect(),
        refused: refused.collect(),
        is_evaluated: !evaluated.is_empty(),
    }
}

/// The tracks that are asked for.
fn chosen(tracks: Vec<Told>, arguments: &SqlArgs) -> Result<Vec<Told>, Failure> {
    let listed = |names: &mut dyn Iterator<Item = &str>| {
        names.map(|name| format!("`{}`", plain::line(name))).collect::<Vec<_>>().join(", ")
    };
    let dialect = match arguments.dialect.as_deref() {
        None => None,
        Some(name) => Some(Dialect::of_name(name).ok_or_else(|| {
            let all = listed(&mut Dialect::ALL.iter().map(|dialect| dialect.as_str()));
            Failure::Other(format!("`{}` is no database that is known; there are {all}", plain::line(name)))
        })?),
    };
    if let Some(name) = &arguments.track
        && !tracks.is_empty()
        && !tracks.iter().any(|told| told.track.name == *name)
    {
        let all = listed(&mut tracks.iter().map(|told| told.track.name.as_str()));
        return Err(Failure::Other(format!("there is no track `{}`; there are {all}", plain::line(name))));
    }
    let is_chosen = |told: &Told| {
        arguments.track.as_ref().is_none_or(|name| told.track.name == *name)
            && dialect.is_none_or(|dialect| told.track.dialect == dialect)
    };
    let chosen: Vec<Told> = tracks.into_iter().filter(is_chosen).collect();
    match chosen.iter().find(|told| !told.track.is_evaluated() && !told.migrations.is_empty()) {
        Some(told) if arguments.track.is_some() => {
            let (kind, title) = (told.track.kind.as_str(), told.track.database_title());
            Err(Failure::Other(format!("what a track of kind `{kind}` for {title} sends is not evaluated")))
        }
        _ => Ok(chosen),
    }
}

fn text(tracks: &[Told]) -> String {
    let new: Vec<&Told> = tracks.iter().filter(|told| !told.migrations.is_empty()).collect();
    if new.is_empty() {
        return comment("no migration is new");
    }
    new.into_iter().map(of_track).collect::<Vec<_>>().join("\n")
}

fn of_track(Told { track, migrations }: &Told) -> String {
    let (name, kind, title) = (&track.name, track.kind.as_str(), track.database_title());
    let mut text = comment(&format!("track {name} ({kind}, {title})"));
    let database = track.dialect.open(Setup { flavour: track.flavour, ..Setup::default() }).ok();
    for migration in migrations {
        text.push('\n');
        text += &comment(&format!("{} {}", track.kind.noun(1), migration.name));
        for failure in &migration.refused {
            text += &comment(&format!("{title} refuses it: {}", failure.error));
        }
        match (migration.is_evaluated, migration.sent.is_empty()) {
            (false, _) => text += &comment(&format!("{}: not known: {NOT_EVALUATED}", place(&migration.location))),
            (true, true) => text += &comment(&format!("{}: sends nothing", place(&migration.location))),
            (true, false) => {}
        }
        for sent in &migration.sent {
            text += &statement(sent, migration, database.as_deref());
        }
    }
    text
}

/// A statement behind a comment with its place; as a comment where it is not known, or where what follows would be part of it.
fn statement(sent: &Sent, migration: &Migration, database: Option<&dyn Database>) -> String {
    let at = place(own_place(sent, migration));
    let sql = sent.sql.as_deref();
    match (&sent.unknown, sql.and_then(|sql| ended(sql, database))) {
        (None, Some(ended)) => {
            let printed = plain::statement(&ended);
            let mut text = comment(&at);
            if printed.trim_end() != ended.trim_end().replace("\r\n", "\n") {
                text += &comment("characters in it that would act rather than show are written as escapes");
            }
            text + &printed
        }
        (None, None) => {
            comment(&format!("{at}: does not end, so that what follows would be part of it")) + &quoted(sql)
        }
        (Some(why), _) => comment(&format!("{at}: not known: {why}")) + &quoted(sql),
    }
}

/// Where a statement is sent: in the migration's own file, as far as it is sent from there.
fn own_place<'s>(sent: &'s Sent, migration: &'s Migration) -> &'s Location {
    let own = sent.places.iter().find(|place| place.path() == migration.location.path());
    own.or(sent.places.first()).unwrap_or(&migration.location)
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.path(), location.start().line)
}

/// A line that a database takes for a comment, whatever is in the text.
fn comment(text: &str) -> String {
    format!("-- {}\n", plain::line(text))
}

/// A statement as comments.
fn quoted(sql: Option<&str>) -> String {
    let lines = sql.unwrap_or_default().lines().map(|line| comment(&format!("  {}", shown(line))));
    lines.collect()
}

/// A text with a sign that people know for what is not known.
fn shown(text: &str) -> String {
    text.replace(HOLE, "…")
}

/// A statement with its end, so that the next one begins behind it; `None` where a quote or a comment in it is not closed.
fn ended(sql: &str, database: Option<&dyn Database>) -> Option<String> {
    const NEXT: &str = "SELECT 1";
    let sql = sql.trim_end();
    let whole = format!("{sql}\n;\n{NEXT}");
    let pieces = match database {
        Some(database) => database.split(&whole),
        None => return None,
    };
    // One that ends by itself leaves the added end to the next one.
    let is_next = |sql: &str| sql.trim_start_matches(|part: char| part == ';' || part.is_whitespace()) == NEXT;
    if !pieces.last().is_some_and(|(_, last)| is_next(last)) {
        return None;
    }
    let ends = token::tokens(sql).last().is_none_or(|last| last.is_symbol(";"));
    let last = sql.lines().last().unwrap_or_default();
    Some(match (ends, last.contains(['-', '#'])) {
        (true, _) => sql.to_owned(),
        // A comment may stand at the end of the line.
        (false, true) => format!("{sql}\n;"),
        (false, false) => format!("{sql};"),
    })
}

/// Version 1 of the list for programs. Its schema is `schemas/sql-v1.schema.json`.
#[derive(Serialize)]
struct Listing<'a> {
    version: u32,
    statements: Vec<StatementV1<'a>>,
}

#[derive(Serialize)]
struct StatementV1<'a> {
    track: &'a str,
    dialect: &'static str,
    migration: &'a str,
    path: &'a str,
    line: usize,
    /// With `…` for what of it is not known.
    sql: Option<String>,
    unknown: Option<&'a str>,
}

fn json(tracks: &[Told]) -> Result<String, Failure> {
    let statements = tracks.iter().flat_map(|told| {
        let migrations = told.migrations.iter();
        migrations.flat_map(move |migration| statements(&told.track, migration))
    });
    let listing = Listing { version: 1, statements: statements.collect() };
    let text = serde_json::to_string_pretty(&listing).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}

/// One object a statement, and one for a migration that is not evaluated.
fn statements<'a>(track: &'a Track, migration: &'a Migration) -> Vec<StatementV1<'a>> {
    let told = |location: &'a Location, sql: Option<String>, unknown: Option<&'a str>| StatementV1 {
        track: &track.name,
        dialect: track.dialect.as_str(),
        migration: &migration.name,
        path: location.path(),
        line: location.start().line,
        sql,
        unknown,
    };
    if !migration.is_evaluated {
        return vec![told(&migration.location, None, Some(NOT_EVALUATED))];
    }
    let sent = migration.sent.iter();
    sent.map(|sent| told(own_place(sent, migration), sent.sql.as_deref().map(shown), sent.unknown.as_deref())).collect()
}
