//! Whether a change keeps to the tables that its track owns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::drift::{self, is_bookkeeping};
use super::outcome::Outcome;
use super::{Evaluated, Missing};
use crate::schema::delta::{self, Change, Kind, Level, Object};
use crate::schema::model::Name;
use crate::schema::postgres;
use crate::source::Location;
use crate::track::ends::Modules;
use crate::track::{Territory, Track};

/// Something that a change does to a table which is not its track's own.
#[derive(Clone, Debug)]
pub struct Trespass {
    pub table: String,
    pub act: Act,
    /// The migration that does it.
    pub by: Option<Arc<str>>,
    pub place: Option<Location>,
}

impl Trespass {
    /// Whether this is the statement that could not be carried out.
    pub fn is_about(&self, missing: &Missing) -> bool {
        let at = &missing.gap.location;
        self.place.as_ref().is_some_and(|place| place.path() == at.path() && place.range == at.range)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is altered: what of it, in words; empty where that is not known.
    Alters(Vec<String>),
    Makes,
    Drops,
    /// A foreign key of this table leads to it.
    RefersFrom(String),
}

/// What a change does outside its track's territory, by table.
pub fn trespasses(track: &Track, outcome: &Outcome, modules: &mut Modules<'_>) -> Vec<Trespass> {
    let Some(territory) = &track.territory else { return Vec::new() };
    let mut found = altered(territory, outcome, modules);
    found.extend(unknown(territory, &outcome.after, &found));
    found.extend(referred(territory, outcome, modules));
    found
}

/// By what the schema gains and loses.
fn altered(territory: &Territory, outcome: &Outcome, modules: &mut Modules<'_>) -> Vec<Trespass> {
    let mut by_table: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for change in delta::diff(&outcome.before.schema, &outcome.after.schema, Level::Full) {
        let name = match &change.object {
            Object::View(name) => Some(name),
            object => drift::table_of(object),
        };
        let Some(name) = name.map(Name::as_str) else { continue };
        if !is_bookkeeping(name) && !territory.has(name) {
            by_table.entry(name.to_owned()).or_default().push(change);
        }
    }
    let of_table = |(table, changes): (String, Vec<Change>)| {
        let first = &changes.first()?.object;
        let said = drift::said(&outcome.after, first, modules);
        let is_whole = |change: &&Change| matches!(change.object, Object::Table(_) | Object::View(_));
        let act = match changes.iter().find(is_whole).map(|change| &change.kind) {
            Some(Kind::Added { .. }) => Act::Makes,
            Some(Kind::Removed { .. }) => Act::Drops,
            _ => Act::Alters(changes.iter().map(|change| change.object.to_string()).collect()),
        };
        Some(Trespass { table, act, by: said.1, place: said.0 })
    };
    by_table.into_iter().filter_map(of_table).collect()
}

/// By statements about tables that other tracks make, which the track's own database therefore does not have.
fn unknown(territory: &Territory, after: &Evaluated, known: &[Trespass]) -> Vec<Trespass> {
    let mut found: Vec<Trespass> = Vec::new();
    for missing in &after.gaps {
        let Some(sql) = &missing.gap.sql else { continue };
        // Names stand in other quotes where it is MySQL's.
        for table in postgres::altered_tables(&sql.replace('`', "\"")) {
            let is_known = |trespass: &Trespass| trespass.table.eq_ignore_ascii_case(&table);
            if territory.has(&table) || known.iter().any(is_known) || found.iter().any(is_known) {
                continue;
            }
            let by = missing.by.migration().cloned();
            let place = Some(missing.gap.location.clone());
            found.push(Trespass { table, act: Act::Alters(Vec::new()), by, place });
        }
    }
    found
}

/// By foreign keys that the track's own tables gain.
fn referred(territory: &Territory, outcome: &Outcome, modules: &mut Modules<'_>) -> Vec<Trespass> {
    let mut found = Vec::new();
    let (before, after) = (&outcome.before.schema.tables, &outcome.after.schema.tables);
    for (name, table) in after.iter().filter(|(name, _)| territory.has(name.as_str())) {
        let old = before.get(name).map_or(&[][..], |table| table.foreign_keys.as_slice());
        for key in &table.foreign_keys {
            let is_same = old.iter().any(|known| known.columns == key.columns && known.table == key.table);
            if is_same || territory.may_refer_to(key.table.as_str()) {
                continue;
            }
            let object = Object::ForeignKey { table: name.clone(), columns: key.columns.clone() };
            let (place, by) = drift::said(&outcome.after, &object, modules);
            let act = Act::RefersFrom(name.as_str().to_owned());
            found.push(Trespass { table: key.table.as_str().to_owned(), act, by, place });
        }
    }
    found
}
