//! Whether the models beside a chain and its revisions change alike: what a change does to the declared tables beside what it
//! does to databases. Names alone are compared: a model says less of a type than a database keeps.

use std::sync::Arc;

use super::drift::{self, Difference, Drift};
use super::outcome::Outcome;
use super::{Evaluated, Form, lifecycle};
use crate::schema::delta::{self, Change, Kind, Level, Object};
use crate::schema::model::{Schema, Table};
use crate::schema::sqlite::SqlError;
use crate::track::ends::{Ends, Modules};
use crate::track::{Declared, Track};

/// Compares what head changes of the declared tables with what its revisions change.
pub fn drift(track: &Track, outcome: &Outcome, ends: &mut Ends<'_>) -> Result<Drift, SqlError> {
    let mut drift = Drift::default();
    let before = Stated::read(track, &mut ends.base)?;
    let after = Stated::read(track, &mut ends.head)?;
    if let Some((path, reason)) = before.unknown.or(after.unknown.clone()) {
        drift.notes.push(format!("`{path}` is not compared with the revisions of `{}`: {reason}", track.name));
        return Ok(drift);
    }
    let (fresh, deployed) = (&outcome.fresh, &outcome.after);
    for mut change in changes(&before.schema, &after.schema, &outcome.before, deployed) {
        let names = drift::names(&change.object);
        if [fresh, deployed].iter().any(|database| names.iter().any(|name| database.is_in_doubt(name))) {
            continue;
        }
        let is_declared = has(&after.schema, &change.object);
        let differs = |database: &Evaluated| has(&database.schema, &change.object) != is_declared;
        let (in_fresh, in_deployed) = (differs(fresh), differs(deployed));
        if !in_fresh && !in_deployed {
            continue;
        }
        let definition = match &change.kind {
            Kind::Added { definition } | Kind::Removed { definition } => {
                definition.replace(lifecycle::ANY_TYPE, "").trim().to_owned()
            }
            Kind::Changed { .. } => continue,
        };
        change.kind = if is_declared { Kind::Removed { definition } } else { Kind::Added { definition } };
        let Some((declared, evaluated)) = after.file_of(&change.object).or_else(|| after.files.first()) else {
            continue;
        };
        drift.differences.push(Difference {
            declared: declared.clone(),
            by_migrations: drift::said(deployed, &change.object, &mut ends.head).0,
            by_declared: drift::declared_at(&change.object, evaluated),
            table_declared: drift::table_of(&change.object)
                .and_then(|table| drift::declared_at(&Object::Table(table.clone()), evaluated)),
            by: drift::said(deployed, &change.object, &mut ends.head).1,
            is_dropped: has(&before.schema, &change.object),
            // Whoever runs the models asks the database for what they say.
            is_executed: true,
            agreeing: Vec::new(),
            elsewhere: Vec::new(),
            fresh: in_fresh,
            deployed: in_deployed,
            pre_existing: false,
            change,
        });
    }
    Ok(drift)
}

/// What head changes of tables and columns, on either side: each once. Tables that no model has are nobody's to compare.
fn changes(before: &Schema, after: &Schema, old: &Evaluated, new: &Evaluated) -> Vec<Change> {
    let mut changes = delta::diff(before, after, Level::Names);
    for change in delta::diff(&old.schema, &new.schema, Level::Names) {
        let is_declared = drift::table_of(&change.object).is_some_and(|table| after.tables.contains_key(table));
        if is_declared && !changes.iter().any(|known| known.object == change.object) {
            changes.push(change);
        }
    }
    // What the databases have of a table that they do not know is for nobody to tell.
    changes.retain(|change| match &change.object {
        Object::Table(_) => true,
        Object::Column { table, .. } => new.schema.tables.contains_key(table),
        _ => false,
    });
    changes
}

fn has(schema: &Schema, object: &Object) -> bool {
    let column = |table: &Table| match object {
        Object::Column { name, .. } => table.column(name).is_some(),
        _ => true,
    };
    drift::table_of(object).and_then(|table| schema.tables.get(table)).is_some_and(column)
}

/// What the declared files say at one end.
#[derive(Debug, Default)]
struct Stated {
    /// The tables of all files.
    schema: Schema,
    files: Vec<(String, Arc<Evaluated>)>,
    /// A file whose tables are not known, and why.
    unknown: Option<(String, String)>,
}

impl Stated {
    fn read(track: &Track, modules: &mut Modules<'_>) -> Result<Self, SqlError> {
        let mut stated = Self::default();
        for file in &track.declared {
            if modules.snapshot.entry(&file.path).is_ok_and(|entry| entry.is_none()) {
                continue;
            }
            let evaluated = lifecycle::declared(track, file, modules)?.evaluated.clone();
            stated.unknown = stated.unknown.or_else(|| unknown(file, &evaluated));
            for (name, table) in &evaluated.schema.tables {
                stated.schema.tables.entry(name.clone()).or_insert_with(|| table.clone());
            }
            stated.files.push((file.path.clone(), evaluated));
        }
        Ok(stated)
    }

    /// The file that declares an object's table.
    fn file_of(&self, object: &Object) -> Option<&(String, Arc<Evaluated>)> {
        let table = drift::table_of(object)?;
        self.files.iter().find(|(_, evaluated)| evaluated.schema.tables.contains_key(table))
    }
}

/// Why the tables of a file are not known.
fn unknown(file: &Declared, evaluated: &Evaluated) -> Option<(String, String)> {
    let reason = match evaluated.form {
        Some(Form::Tables) => evaluated.gaps.iter().find(|missing| missing.gap.sql.is_none())?.gap.reason.clone(),
        _ => "it has no tables of SQLAlchemy".to_owned(),
    };
    Some((file.path.clone(), reason))
}
