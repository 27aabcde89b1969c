//! What a revision adds before any model has it: a way to work, where it is in nobody's way meanwhile.

use super::compare::{Apart, How};
use super::drift;
use super::stated::Stated;
use crate::schema::delta::Object;
use crate::schema::model::Schema;

/// Whether revisions alone add something that statements which do not know of it get past: a table, a column that fills
/// itself, an index that refuses no row, a value of an enum. What a change of models and revisions makes at once, and
/// not alike, is none of these: there the model is at hand, and says otherwise.
pub(super) fn is_ahead(apart: &Apart, stated: (&Stated, &Stated), made: (&Schema, &Schema)) -> bool {
    let How::Extra(_) = &apart.how else { return false };
    let table = drift::table_of(&apart.object);
    let is_new_on_both = table.is_some_and(|table| {
        !stated.0.tables.contains_key(table)
            && stated.1.tables.contains_key(table)
            && !made.0.tables.contains_key(table)
    });
    let own = table.and_then(|table| made.1.tables.get(table));
    !is_new_on_both
        && match &apart.object {
            Object::Table(_) | Object::Type(_) => true,
            Object::Column { name, .. } => own.and_then(|own| own.column(name)).is_some_and(|column| {
                let fills_itself = column.nullable || column.default.is_some() || column.generated.is_some();
                fills_itself && column.primary_key.is_none()
            }),
            Object::Index { name, .. } => own.and_then(|own| own.indexes.get(name)).is_some_and(|index| !index.unique),
            _ => false,
        }
}
