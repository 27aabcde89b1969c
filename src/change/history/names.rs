//! The names that keys and checks have.

use std::collections::BTreeSet;

use crate::schema::model::{Name, Schema, Table};

/// The names of the keys and checks of every table.
pub fn constraint_names(schema: &Schema) -> BTreeSet<(&Name, &Name)> {
    schema.tables.iter().flat_map(|(table, own)| names_of_table(own).map(move |name| (table, name))).collect()
}

fn names_of_table(table: &Table) -> impl Iterator<Item = &Name> {
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_ref());
    let foreign = table.foreign_keys.iter().filter_map(|key| key.name.as_ref());
    let checks = table.checks.iter().filter_map(|check| check.name.as_ref());
    uniques.chain(foreign).chain(checks)
}
