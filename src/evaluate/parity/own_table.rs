//! Columns that one track adds to a table, and the other one, in the same change, keeps in a table of their own.

use std::collections::BTreeSet;

use super::{Difference, Side, What};
use crate::schema::delta::Object;
use crate::schema::model::{IndexTerm, Name, Table};

/// A table of its own, and what it is in place of.
struct Apart<'o> {
    /// The track that has the table of its own, by index.
    on: usize,
    own: &'o Name,
    /// The table that has the columns on the other track.
    shared: &'o Name,
    columns: BTreeSet<Name>,
}

/// Fewer columns than that may have one name by chance: a moment at which something was made.
const LEAST: usize = 2;

/// Makes one difference, a warning, of a table of its own and of the columns that the other track has elsewhere; a sentence
/// for each that says where these are.
pub(super) fn join(differences: &mut Vec<Difference>, first: &Side<'_>, second: &Side<'_>) -> Vec<String> {
    let found: Vec<Apart<'_>> =
        [(first, second), (second, first)].into_iter().flat_map(|(on, other)| apart(differences, on, other)).collect();
    let mut notes = Vec::new();
    for apart in found {
        let other = [first, second].into_iter().find(|side| side.index != apart.on);
        if let Some(other) = other {
            notes
                .push(format!("`{}` gets what is new in `{}` as columns of `{}`", other.name, apart.own, apart.shared));
        }
        let shared_now = other.and_then(|side| side.outcome.after.schema.tables.get(apart.shared));
        differences.retain_mut(|difference| {
            if difference.on == apart.on {
                difference.is_weak |= matches!(&difference.object, Object::Table(name) if name == apart.own);
                return true;
            }
            // What the other one adds is told with the table.
            let is_told = match &difference.object {
                Object::Column { table, name } => table == apart.shared && apart.columns.contains(name),
                Object::Index { table, name } => {
                    table == apart.shared && shared_now.is_some_and(|shared| is_over(shared, name, &apart.columns))
                }
                _ => false,
            };
            !(is_told && matches!(difference.what, What::Added(_)))
        });
    }
    notes
}

/// Whether an index is over one of these columns.
fn is_over(table: &Table, index: &Name, columns: &BTreeSet<Name>) -> bool {
    let parts = table.indexes.get(index).into_iter().flat_map(|index| &index.parts);
    parts.into_iter().any(|part| matches!(&part.term, IndexTerm::Column(name) if columns.contains(name)))
}

/// The tables that `on` alone makes and that have what `other` adds to one which both have: all that is added there is here,
/// and hardly anything is here that is not there.
fn apart<'o>(differences: &[Difference], on: &Side<'o>, other: &Side<'o>) -> Vec<Apart<'o>> {
    let (tables, others) = (&on.outcome.after.schema.tables, &other.outcome.after.schema.tables);
    let is_made = |name: &Name| {
        let is_it = |difference: &Difference| {
            difference.on == on.index
                && matches!(difference.what, What::Added(_))
                && matches!(&difference.object, Object::Table(table) if table == name)
        };
        differences.iter().any(is_it)
    };
    let mut found = Vec::new();
    for (own, table) in tables.iter().filter(|(name, _)| is_made(name)) {
        for (shared, there) in others.iter().filter(|(name, _)| tables.contains_key(*name)) {
            let added = differences.iter().filter_map(|difference| match (&difference.object, &difference.what) {
                (Object::Column { table, name }, What::Added(_)) if table == shared && difference.on == other.index => {
                    Some(name.clone())
                }
                _ => None,
            });
            let columns: BTreeSet<Name> = added.collect();
            let has_all = columns.iter().all(|name| table.column(name).is_some());
            let known = table.columns.iter().filter(|column| there.column(&column.name).is_some()).count();
            if columns.len() >= LEAST && has_all && known * 4 >= table.columns.len() * 3 {
                found.push(Apart { on: on.index, own, shared, columns });
            }
        }
    }
    found
}
