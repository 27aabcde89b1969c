//! Tables that a change renames on both tracks: what differed under the old name is no news under the new one.

use super::{Dialects, Object, What, tables};
use crate::schema::model::{Schema, Table};

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
