//! Columns that a project spells in one way on one database and in another way on the other: `objectType` beside `object_type`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Side;
use crate::evaluate::outcome::Outcome;
use crate::schema::model::{Name, Schema};

/// A side with its columns as the other side spells them, where columns that both have had at the merge base show that the
/// two spell them differently; `None` where none do.
pub(super) fn alike(side: Side<'_>, other: Side<'_>) -> Option<Outcome> {
    let is_usual =
        side.dialect != other.dialect && !others(&side.outcome.before.schema, &other.outcome.before.schema).is_empty();
    if !is_usual {
        return None;
    }
    let mut outcome = side.outcome.clone();
    let theirs = [&other.outcome.before, &other.outcome.after, &other.outcome.fresh];
    for (own, their) in [&mut outcome.before, &mut outcome.after, &mut outcome.fresh].into_iter().zip(theirs) {
        let names = others(&own.schema, &their.schema);
        for (table, names) in names {
            Arc::make_mut(own).schema.rename_columns(&table, &names);
        }
    }
    Some(outcome)
}

/// The columns of each table that the other one has under the same words alone, with its spelling.
fn others(own: &Schema, their: &Schema) -> BTreeMap<Name, BTreeMap<Name, Name>> {
    let words = |name: &Name| name.as_str().replace('_', "").to_ascii_lowercase();
    let mut found = BTreeMap::new();
    for (name, table) in &own.tables {
        let Some(other) = their.tables.get(name) else { continue };
        let alone = other.columns.iter().filter(|column| table.column(&column.name).is_none());
        let alone: Vec<&Name> = alone.map(|column| &column.name).collect();
        let missing = table.columns.iter().filter(|column| other.column(&column.name).is_none());
        let spelled: BTreeMap<Name, Name> = missing
            .filter_map(|column| {
                let wanted = words(&column.name);
                let spelled = alone.iter().find(|name| words(name) == wanted)?;
                Some((column.name.clone(), Name::clone(spelled)))
            })
            .collect();
        if !spelled.is_empty() {
            found.insert(name.clone(), spelled);
        }
    }
    found
}
