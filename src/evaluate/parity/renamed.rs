//! Tables and columns that a change renames on both tracks: what differed under the old name is no news under the new one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Dialects, Object, Side, What, tables};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::renames::Renames;
use crate::schema::model::{Name, Schema, Table};

/// New names by old ones, for each table.
type Names = BTreeMap<Name, BTreeMap<Name, Name>>;

/// Two sides as if the columns that both rename had been called so before; `None` where there are none. How one of them says
/// it is enough: the other may make its table anew.
pub(super) fn columns(first: Side<'_>, second: Side<'_>) -> Option<[Outcome; 2]> {
    let sides = [first, second];
    let mut names = Names::new();
    for side in sides {
        let renames = Renames::of(&side.outcome.after, &side.outcome.before.schema);
        for (table, old, new) in renames.columns().filter(|named| sides.iter().all(|side| moves(side.outcome, *named)))
        {
            names.entry(table.clone()).or_default().insert(old.clone(), new.clone());
        }
    }
    (!names.is_empty()).then(|| sides.map(|side| called(side.outcome, &names)))
}

/// Whether a table has a column under one name before, and under another afterwards.
fn moves(outcome: &Outcome, (table, old, new): (&Name, &Name, &Name)) -> bool {
    let has = |schema: &Schema, has: &Name, not: &Name| {
        schema.tables.get(table).is_some_and(|table| table.column(has).is_some() && table.column(not).is_none())
    };
    has(&outcome.before.schema, old, new) && has(&outcome.after.schema, new, old)
}

fn called(outcome: &Outcome, names: &Names) -> Outcome {
    let mut outcome = outcome.clone();
    let before = Arc::make_mut(&mut outcome.before);
    for (table, names) in names {
        before.schema.rename_columns(table, names);
    }
    outcome
}

/// A new table as it was called on both tracks before, where it has the columns of one that both lose.
pub(super) fn before<'s>(
    own: &Table,
    (old, now): (&'s Schema, &Schema),
    (other_old, other_now): (&'s Schema, &Schema),
) -> Option<(&'s Table, &'s Table)> {
    let has_all = |table: &Table| table.columns.iter().all(|column| own.column(&column.name).is_some());
    let is_lost = |table: &&Table| !now.tables.contains_key(&table.name) && !other_now.tables.contains_key(&table.name);
    let lost = old.tables.values().filter(is_lost).filter(|table| !table.columns.is_empty() && has_all(table));
    let mut both = lost.filter_map(|table| Some((table, other_old.tables.get(&table.name)?)));
    both.next().filter(|_| both.next().is_none())
}

/// Leaves out what differed under the old name already, whatever the index is called that it is about.
pub(super) fn without_old(found: &mut Vec<(Object, What)>, (own, their): (&Table, &Table), dialects: Dialects) {
    let mut known = Vec::new();
    tables(own, their, dialects, None, &mut known);
    let about = |object: &Object| match object {
        Object::Column { name, .. } => format!("column {}", name.as_str().to_ascii_lowercase()),
        Object::Unique { columns, .. } => format!("unique {columns:?}"),
        Object::ForeignKey { columns, .. } => format!("foreign key {columns:?}"),
        Object::Check { expression, .. } => format!("check {expression}"),
        Object::Index { .. } => "index".to_owned(),
        Object::PrimaryKey { .. } => "primary key".to_owned(),
        _ => String::new(),
    };
    found.retain(|(object, what)| {
        let wanted = about(object);
        wanted.is_empty() || !known.iter().any(|(old, said)| about(old) == wanted && said == what)
    });
}
