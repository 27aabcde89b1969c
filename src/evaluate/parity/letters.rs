//! Keys over texts whatever the case of their letters: MySQL compares texts so by itself, and other engines by an expression.

use std::sync::Arc;

use super::Side;
use crate::evaluate::Evaluated;
use crate::evaluate::outcome::Outcome;
use crate::schema::dialect::Dialect;
use crate::schema::model::{IndexTerm, Name, Table};

/// A side whose keys over `LOWER(x)` are keys over `x`, where one of both is MySQL's; `None` where it has none.
pub(super) fn folded(side: Side<'_>, other: Dialect) -> Option<Outcome> {
    let ignores_case = |dialect: Dialect| dialect.facts().types.ignores_case;
    let is_meant = ignores_case(other) || ignores_case(side.dialect);
    let outcome = side.outcome;
    let all = [&outcome.before, &outcome.after, &outcome.fresh];
    if !is_meant || !all.iter().any(|evaluated| evaluated.schema.tables.values().any(has_any)) {
        return None;
    }
    let mut outcome = outcome.clone();
    for evaluated in [&mut outcome.before, &mut outcome.after, &mut outcome.fresh] {
        fold(Arc::make_mut(evaluated));
    }
    Some(outcome)
}

fn has_any(table: &Table) -> bool {
    table.indexes.values().flat_map(|index| &index.parts).any(|part| column_of(table, &part.term).is_some())
}

fn fold(evaluated: &mut Evaluated) {
    for table in evaluated.schema.tables.values_mut().filter(|table| has_any(table)) {
        let bare = table.clone();
        for part in table.indexes.values_mut().flat_map(|index| &mut index.parts) {
            if let Some(name) = column_of(&bare, &part.term) {
                part.term = IndexTerm::Column(name);
            }
        }
    }
}

/// The column that `LOWER(x)` or `UPPER(x)` is about.
fn column_of(table: &Table, term: &IndexTerm) -> Option<Name> {
    let IndexTerm::Expression(text) = term else { return None };
    let lower = text.trim().to_ascii_lowercase();
    let mut inner = lower.as_str();
    while let Some(bare) = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        inner = bare.trim();
    }
    let inner = inner.strip_prefix("lower").or_else(|| inner.strip_prefix("upper"))?.trim();
    let inner = inner.strip_prefix('(')?.strip_suffix(')')?;
    let bare = inner.split("::").next().unwrap_or(inner);
    let name = bare.trim_matches(['(', ')', ' ', '"', '`']);
    table.column(&Name::from(name)).map(|column| column.name.clone())
}
