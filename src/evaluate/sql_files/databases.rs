//! Which databases a track of SQL files has, and what each starts from: files alone, or a snapshot beside them.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::super::memory::{Subject, remembered};
use super::super::sql_part::{self, Piece};
use super::super::{By, Evaluated, Form, fork, open};
use super::{Built, Names, Run};
use crate::evaluate::drift;
use crate::python::eval::Transcript;
use crate::schema::database::{Answer, Refusal, Setup};
use crate::schema::delta::{self, Level};
use crate::schema::model::Name;
use crate::schema::token;
use crate::source::{Location, Source};
use crate::track::ends::Modules;
use crate::track::sql_files::history;
use crate::track::sql_files::{marks, snapshots};
use crate::track::{Declared, Track, ddl};

/// A fresh database: every file from nothing, or the snapshot where the files only upgrade what that made.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Rc<Built>, Refusal> {
    let subject = || Subject::Fresh(track.clone());
    // The folder's tree has every file in it.
    let files = |_: &Built| {
        let declared = track.declared.iter().map(|file| file.path.clone());
        Some(declared.chain([track.path.clone()]).collect())
    };
    remembered(modules, |memory| &mut memory.sql_files, subject, files, |modules| build(track, modules))
}

fn build(track: &Track, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    if track.kind.is_state() {
        return Ok(schema(Run::new(track.dialect, open(track)?, BTreeSet::new()), track, modules));
    }
    let built = Run::new(track.dialect, open(track)?, BTreeSet::new()).steps(track, modules, &BTreeSet::new());
    let evaluated = &built.evaluated;
    let upgrades_only = evaluated.schema.tables.is_empty() || !built.elsewhere.is_empty();
    let is_snapshot = |file: &&Declared| ddl::is_sql(&file.path);
    if let Some(whole) = latest(track, &built, modules)? {
        return Ok(Built { is_of_snapshot: true, ..whole });
    }
    if upgrades_only && let Some(file) = track.declared.iter().find(is_snapshot) {
        return Ok(Built { is_of_snapshot: true, ..declared(track, file, modules)? });
    }
    if !evaluated.failures.is_empty() {
        // Upgrades that make tables anew do not run from nothing either; a snapshot that does is what new databases get.
        for file in track.declared.iter().filter(is_snapshot) {
            let whole = declared(track, file, modules)?;
            if whole.evaluated.failures.is_empty() && !whole.evaluated.schema.tables.is_empty() {
                return Ok(Built { is_of_snapshot: true, ..whole });
            }
        }
    }
    Ok(built)
}

/// What the newest snapshot beside folders of versions makes, or the schema of the newest version beside upgrades, where it
/// has tables that none of these files is about: those upgrade only.
fn latest(track: &Track, built: &Built, modules: &mut Modules<'_>) -> Result<Option<Built>, Refusal> {
    let Ok(history) = history::read(track, modules) else { return Ok(None) };
    let are_folders = history.steps.iter().all(|step| step.name.contains('/'));
    if history.steps.is_empty() || !are_folders && !snapshots::are_versioned(track) {
        return Ok(None);
    }
    let is_latest = |file: &&Declared| file.path.to_ascii_lowercase().ends_with("latest.sql");
    let newest = if are_folders { track.declared.iter().find(is_latest) } else { track.declared.first() };
    let Some(file) = newest else { return Ok(None) };
    let whole = declared(track, file, modules)?;
    let is_new = |name: &Name| !built.evaluated.schema.tables.contains_key(name);
    let upgrades_only = whole.evaluated.schema.tables.keys().any(is_new) && whole.evaluated.failures.is_empty();
    Ok(upgrades_only.then_some(whole))
}

/// A database of a snapshot with what the files beside it made and the snapshot forgot, where head's has it: systems that
/// were upgraded have it. `None` where there is nothing of the kind.
pub fn with_forgotten(
    (track, base): (&Track, &Track),
    before: &Built,
    old: &mut Modules<'_>,
    new: &mut Modules<'_>,
) -> Result<Option<Built>, Refusal> {
    let mut forgotten = Vec::new();
    for file in &track.declared {
        let stated = declared(track, file, new)?;
        let changes = delta::diff(&before.evaluated.schema, &stated.evaluated.schema, Level::Full);
        let added = changes.into_iter().filter(|change| matches!(change.kind, delta::Kind::Added { .. }));
        forgotten.extend(added.map(|change| change.object));
    }
    if forgotten.is_empty() {
        return Ok(None);
    }
    let made = Run::new(base.dialect, open(base)?, BTreeSet::new()).steps(base, old, &BTreeSet::new());
    forgotten.retain(|object| made.evaluated.schema.has(object));
    let is_about = |sql: &str| forgotten.iter().any(|object| names_all(sql, object));
    let mut database = fork(&*before.database, base)?;
    let mut has_more = false;
    for ran in made.evaluated.log.iter().filter(|ran| is_about(&ran.statement.sql)) {
        has_more |= matches!(database.execute(&ran.statement.sql, Some(&[])), Answer::Done { .. });
    }
    let Some(schema) = database.snapshot().ok().filter(|_| has_more) else { return Ok(None) };
    let evaluated = Evaluated { schema, ..Evaluated::clone(&before.evaluated) };
    let elsewhere = before.elsewhere.clone();
    Ok(Some(Built { database, evaluated: Arc::new(evaluated), elsewhere, is_of_snapshot: true }))
}

/// Whether a statement names an object of a schema, and of a column its table, too.
fn names_all(sql: &str, object: &delta::Object) -> bool {
    let column = if let delta::Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
    let mut names = drift::names(object).into_iter().chain(column);
    names.all(|name| token::tokens(sql).any(|token| token.value().eq_ignore_ascii_case(name)))
}

/// A fresh database as far as the words ask for it that somebody noted; `None` where nobody did, where they do not tell what
/// that is, and where anything is wrong with it.
pub fn part(track: &Track, modules: &mut Modules<'_>) -> Result<Option<Built>, Refusal> {
    let Some(wanted) = modules.wanted.clone() else { return Ok(None) };
    let Ok(history) = history::read(track, modules) else { return Ok(None) };
    let mut run = Run::new(track.dialect, track.dialect.open(Setup::default())?, BTreeSet::new());
    run.opens_transaction = history.runner.facts().opens_transaction;
    run.history = Some(history.clone());
    let mut files = Vec::new();
    for step in history.of_new() {
        let Ok(Some(source)) = modules.text(&step.path) else { return Ok(None) };
        let upgrade = marks::upgrade(source.text());
        let pieces = run.pieces(&upgrade, modules);
        files.push((step, source, upgrade, pieces));
    }
    let read = |pieces: &Vec<(usize, String)>| pieces.iter().map(|(_, sql)| Piece::read(sql)).collect();
    let told: Vec<Vec<Piece>> = files.iter().map(|(_, _, _, pieces)| read(pieces)).collect();
    let Some(chosen) = sql_part::chosen(&wanted, &told) else { return Ok(None) };
    for ((step, source, upgrade, pieces), chosen) in files.into_iter().zip(chosen) {
        let pieces: Vec<(usize, String)> =
            pieces.into_iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen).map(|(piece, _)| piece).collect();
        if !pieces.is_empty() {
            let by = By::Migration(Arc::from(step.name.as_str()));
            let in_transaction = run.begins_transaction(&source, modules);
            run.carry_out(&source, (&upgrade, pieces), &by, in_transaction, modules);
        }
    }
    let built = run.built(&track.path);
    Ok(Some(built).filter(Built::is_sound))
}

/// A deployed database after its upgrade: the files that the merge base has not.
pub fn upgraded(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
) -> Result<Built, Refusal> {
    upgraded_with(track, modules, deployed, (known, Names::new()))
}

/// The same, with what is new in old files of named statements: of each of those the names that have run.
pub fn upgraded_with(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    (known, grown): (&BTreeSet<String>, Names),
) -> Result<Built, Refusal> {
    let mut run = Run::new(track.dialect, fork(&*deployed.database, track)?, deployed.elsewhere.clone());
    run.deployed = Some(Arc::clone(&deployed.evaluated));
    run.known_by_snapshot = deployed.is_of_snapshot.then(|| known.clone());
    run.grown = grown;
    Ok(run.steps(track, modules, known))
}

/// A database that a schema made, after a start that carries head's schema out on it.
pub fn again(track: &Track, modules: &mut Modules<'_>, deployed: &Built) -> Result<Built, Refusal> {
    let mut run = Run::new(track.dialect, fork(&*deployed.database, track)?, deployed.elsewhere.clone());
    run.deployed = Some(Arc::clone(&deployed.evaluated));
    Ok(schema(run, track, modules))
}

/// Carries a schema out, statement by statement.
fn schema(mut run: Run, track: &Track, modules: &mut Modules<'_>) -> Built {
    let by = By::Migration(track.path.as_str().into());
    run.goes_on = true;
    run.transcript = Transcript::new(modules.asked.transcript);
    match modules.text(&track.path) {
        Ok(Some(source)) => run.file(&source, &by, false, modules),
        _ => {
            let place = Location::line(&Source::new(track.path.as_str(), ""), 1, "");
            run.gap("is no text in UTF-8 that could be read", &place, None);
            run.end(&by, false);
        }
    }
    run.built(&track.path)
}

/// What a snapshot says alone.
pub fn declared(track: &Track, which: &Declared, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let by = By::File(which.path.as_str().into());
    let mut run = Run::new(track.dialect, open(track)?, BTreeSet::new());
    let source = modules.text(&which.path).ok().flatten();
    run.evaluated.form = Some(if source.is_some() { Form::Sql } else { Form::Nothing });
    if let Some(source) = source {
        run.file(&source, &by, false, modules);
    }
    Ok(run.built(&which.path))
}
