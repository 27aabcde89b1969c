//! Decides who makes the tables of a new database, from what a track's text says and from what its migrations do.

use std::sync::Arc;

use super::drift::is_bookkeeping;
use super::lifecycle::{self, Built};
use super::{Evaluated, Failure, Missing};
use crate::python::eval::Gap;
use crate::schema::database::Refusal;
use crate::schema::model::{Name, Schema};
use crate::source::{Location, Source};
use crate::track::Track;
use crate::track::ends::Modules;
use crate::track::origin::{self, Maker, Origin};

/// A fresh database of a track of which it is not known yet who makes it.
pub(super) fn settled(track: &Track, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let by = |origin: Origin| Track { origin: Some(origin), ..track.clone() };
    let maker = origin::maker(track, modules);
    let made = match &maker {
        Some(maker) => Some(lifecycle::made(track, maker, modules)?.evaluated.schema.clone()),
        None => None,
    };
    let made = maker.zip(made).filter(|(_, made)| own_tables(made).next().is_some());
    if let Some((maker, made)) = &made
        && maker.is_certain
    {
        let alone = Track { declared: Vec::new(), ..by(Origin::Migrations) };
        let alone = lifecycle::build_fresh(&alone, modules)?;
        if own_tables(&alone.evaluated.schema).all(|table| made.tables.contains_key(table)) {
            return lifecycle::build_fresh(&by(Origin::Declared(Some(maker.clone()))), modules);
        }
    }
    let built = lifecycle::build_fresh(&by(Origin::Migrations), modules)?;
    let fails = fails(&built.evaluated);
    let lacks = built.needed.iter().any(|table| !has_table(&built.evaluated.schema, table));
    if let Some((maker, made)) = made {
        let is_needed = built.needed.iter().any(|table| has_table(&made, table));
        let makes_none = built.needed.is_empty() && own_tables(&built.evaluated.schema).next().is_none();
        if !built.entries.is_empty() && (is_needed && (fails || lacks) || makes_none) {
            return on_others(track, maker, modules);
        }
    }
    if fails && !built.needed.is_empty() {
        let stated = stated(track, modules)?;
        if built.needed.iter().any(|table| has_table(&stated, table)) {
            return lifecycle::build_fresh(&by(Origin::Declared(None)), modules);
        }
    }
    if lacks {
        return Ok(Built { origin: Origin::Unknown, ..built });
    }
    Ok(built)
}

/// A list that does not make its tables itself: it runs on what `maker` made, unless it fails there.
fn on_others(track: &Track, maker: Maker, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let by = |origin: Origin| Track { origin: Some(origin), ..track.clone() };
    let on = lifecycle::build_fresh(&by(Origin::MigrationsOn(maker.clone())), modules)?;
    if !fails(&on.evaluated) {
        return Ok(on);
    }
    lifecycle::build_fresh(&by(Origin::Declared(Some(maker))), modules)
}

/// Who makes new databases at head, where `before` made those of the merge base. `None` where head alone tells.
pub fn at_head(track: &Track, before: &Origin, modules: &mut Modules<'_>) -> Option<Origin> {
    let own = origin::maker(track, modules);
    match (before, own) {
        (Origin::Declared(Some(_)), Some(own)) => Some(Origin::Declared(Some(own))),
        (_, Some(own)) if own.is_certain => None,
        (Origin::MigrationsOn(_), Some(own)) => Some(Origin::MigrationsOn(own)),
        (Origin::Declared(Some(_)) | Origin::MigrationsOn(_), None) | (Origin::Migrations, _) => {
            Some(Origin::Migrations)
        }
        (Origin::Declared(None), _) => Some(Origin::Declared(None)),
        (Origin::Unknown, None) => Some(Origin::Unknown),
        (Origin::Unknown, Some(_)) => None,
    }
}

/// What the declared schemas make together.
fn stated(track: &Track, modules: &mut Modules<'_>) -> Result<Schema, Refusal> {
    let mut all = Schema::default();
    for file in &track.declared {
        let stated = lifecycle::declared(track, file, modules)?;
        all.tables.extend(stated.evaluated.schema.tables.clone());
    }
    Ok(all)
}

/// The tables of a schema but those in which it is recorded what has run.
fn own_tables(schema: &Schema) -> impl Iterator<Item = &Name> {
    schema.tables.keys().filter(|table| !is_bookkeeping(table.as_str()))
}

fn has_table(schema: &Schema, table: &str) -> bool {
    schema.tables.contains_key(&Name::from(table))
}

fn fails(evaluated: &Evaluated) -> bool {
    evaluated.failures.iter().any(|failure| failure.by.migration().is_some())
}

/// Of a track of which nothing tells who makes its tables: what fails on a new database as it did at the merge base is no
/// news, and what lacks a table that no migration makes is not known.
pub(super) fn without_old_failures(evaluated: &Arc<Evaluated>, before: &Evaluated) -> Arc<Evaluated> {
    let mut kept = Evaluated::clone(evaluated);
    let is_old = |failure: &Failure| before.failures.iter().any(|old| old.by == failure.by);
    let nowhere = || Location::new(&Source::new("", ""), 0..0, "");
    for failure in std::mem::take(&mut kept.failures) {
        match table_missed_by(&failure) {
            Some(table) => {
                let reason = format!("needs the table `{table}`, which no migration before it is known to make");
                let place = failure.places.first().cloned().unwrap_or_else(nowhere);
                let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
                kept.gaps.push(Missing { gap, by: failure.by });
            }
            None if is_old(&failure) => {}
            None => kept.failures.push(failure),
        }
    }
    Arc::new(kept)
}

/// The table that a migration failed for.
fn table_missed_by(failure: &Failure) -> Option<String> {
    let (_, table) = failure.error.split_once("no such table: ")?;
    Some(table.rsplit('.').next().unwrap_or(table).to_owned())
}
