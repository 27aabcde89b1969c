//! What counts between SQL files and the schemas beside them: keys in other forms, what a dump writes otherwise, what is by
//! intent so often that it is a warning.

use super::{Deployed, table_of};
use crate::evaluate::parity::{self, weight};
use crate::schema::delta::{Attribute, Change, Kind, Object};
use crate::schema::model::Schema;
use crate::schema::{token, types};
use crate::track::Declared;

/// Whether a key that one side has is there on the other side in another form, or under another name.
pub(super) fn is_one(change: &Change, stated: &Schema, database: &Schema) -> bool {
    let Some(table) = table_of(&change.object) else { return false };
    let (Some(stated), Some(made)) = (stated.tables.get(table), database.tables.get(table)) else { return false };
    match &change.kind {
        // What a dump writes is what the database made of an expression.
        Kind::Changed {
            attribute: Attribute::Default | Attribute::Predicate | Attribute::Generated,
            before,
            after,
        } => bare(before) == bare(after),
        Kind::Added { .. } => parity::is_kept_otherwise(&change.object, made, stated),
        Kind::Removed { .. } => parity::is_kept_otherwise(&change.object, stated, made),
        Kind::Changed { .. } => false,
    }
}

/// Whether a schema that nobody named did not keep up before: it is a dump of somebody's.
pub(super) fn lags(file: &Declared, (old, stated): (&[Change], Option<&Schema>), deployed: Option<&Deployed>) -> bool {
    let Some(deployed) = deployed.filter(|_| file.detected) else { return false };
    // One that is new has kept up with nothing yet.
    let Some(stated) = stated else { return true };
    old.iter().any(|change| !is_one(change, stated, &deployed.before.schema))
}

/// An expression without its brackets and casts.
fn bare(expression: &str) -> Vec<String> {
    let mut left = Vec::new();
    let mut tokens = token::tokens(expression).peekable();
    while let Some(token) = tokens.next() {
        if token.is_symbol("::") || token.is_symbol(":") {
            while tokens.next_if(|token| token.is_symbol(":")).is_some() {}
            let is_type = |token: &token::Token<'_>| matches!(token.kind, token::Kind::Word | token::Kind::Quoted);
            tokens.next_if(is_type);
            while tokens.next_if(|token| token.is("varying") || token.is("precision")).is_some() {}
        } else if !token.is_symbol("(") && !token.is_symbol(")") {
            left.push(token.value().to_ascii_lowercase());
        }
    }
    left
}

/// Whether two types keep the same, apart from how much of it.
pub(super) fn is_of_one_kind(change: &Change) -> bool {
    match &change.kind {
        Kind::Changed { attribute: Attribute::Type, before, after } => types::coarse(before) == types::coarse(after),
        _ => false,
    }
}

/// Whether a default that stands for a missing value, or that every row has another of, is beside none.
pub(super) fn is_nothing_beside_none(change: &Change, stated: &Schema, database: &Schema) -> bool {
    let (Object::Column { table, name }, Kind::Changed { attribute: Attribute::Default, .. }) =
        (&change.object, &change.kind)
    else {
        return false;
    };
    let column = |schema: &Schema| schema.tables.get(table).and_then(|table| table.column(name).cloned());
    let (Some(one), Some(other)) = (column(stated), column(database)) else { return false };
    one.default.is_none() && weight::is_nothing(&other) || other.default.is_none() && weight::is_nothing(&one)
}
