//! What follows the columns of a table when these get other names or go: its keys, expressions, foreign keys of others.

use super::Plan;
use crate::schema::mysql::Flavour;
use crate::schema::mysql::error::Error;
use crate::schema::mysql::lexer::{Kind, tokens};
use crate::schema::mysql::state::{Foreign, Key, KeyKind, Part, State, Table, Term, same};

/// The keys that a table has already, as they are afterwards.
pub(super) fn altered_keys(
    old: &Table,
    made: &Table,
    plan: &Plan,
    gone: &[String],
    flavour: Flavour,
) -> Result<Vec<Key>, Error> {
    let mut keys = Vec::new();
    for name in &plan.dropped_keys {
        if old.key(name).is_none() || same(name, "PRIMARY") {
            return Err(Error::cannot_drop("INDEX", name, flavour));
        }
    }
    if plan.drops_primary && old.primary_key().is_none() {
        return Err(Error::cannot_drop("INDEX", "PRIMARY", flavour));
    }
    for (from, _) in &plan.renamed_keys {
        if old.key(from).is_none() {
            return Err(Error::no_such_key(from, &old.name));
        }
    }
    for key in &old.keys {
        let is_dropped = plan.dropped_keys.iter().any(|name| same(name, &key.name));
        if is_dropped || (plan.drops_primary && key.kind == KeyKind::Primary) {
            continue;
        }
        let mut parts: Vec<Part> = Vec::new();
        for part in &key.parts {
            let lost = match &part.term {
                Term::Column { name, .. } => gone.iter().find(|gone| same(gone, name)),
                Term::Expression { columns, .. } => {
                    gone.iter().find(|gone| columns.iter().any(|column| same(column, gone)))
                }
            };
            match (lost, &part.term) {
                (None, _) => parts.push(renamed_part(part, made, &plan.renames)),
                (Some(column), Term::Expression { .. }) => {
                    let message = format!(
                        "Column '{column}' has a functional index dependency and cannot be dropped or renamed."
                    );
                    return Err(Error::new(3837, message));
                }
                (Some(column), Term::Column { .. }) => {
                    let is_unique = matches!(key.kind, KeyKind::Unique | KeyKind::Primary);
                    if is_unique && key.parts.len() > 1 && flavour == Flavour::MariaDb {
                        return Err(Error::key_column(column));
                    }
                }
            }
        }
        let name = plan.renamed_keys.iter().find(|(from, _)| same(from, &key.name)).map_or(&key.name, |(_, new)| new);
        if !parts.is_empty() {
            if keys.iter().any(|known: &Key| same(&known.name, name)) {
                return Err(Error::duplicate_key(name));
            }
            keys.push(Key { name: name.clone(), parts, ..key.clone() });
        }
    }
    Ok(keys)
}

/// A part of a key whose column has another name now, or a type that its length does not fit.
fn renamed_part(part: &Part, made: &Table, renames: &[(String, String)]) -> Part {
    let mut part = part.clone();
    match &mut part.term {
        Term::Column { name, length } => {
            if let Some((_, new)) = renames.iter().find(|(from, _)| same(from, name)) {
                *name = new.clone();
            }
            let data_type = made.column(name).map(|column| &column.data_type);
            let fits = data_type.is_some_and(|data_type| {
                let most = data_type.arguments.first().copied().filter(|_| !data_type.is_lob());
                (data_type.is_text() || data_type.is_bytes() || data_type.is_lob())
                    && most.is_none_or(|most| length.is_none_or(|length| length < most))
            });
            if !fits {
                *length = None;
            }
        }
        Term::Expression { text, columns } => {
            rename_all(columns, renames);
            *text = renamed_in(text, renames);
        }
    }
    part
}

pub(super) fn rename_all(columns: &mut [String], renames: &[(String, String)]) {
    for column in columns {
        if let Some((_, new)) = renames.iter().find(|(from, _)| same(from, column)) {
            *column = new.clone();
        }
    }
}

/// An expression in which columns have their new names.
pub(super) fn renamed_in(expression: &str, renames: &[(String, String)]) -> String {
    if renames.is_empty() {
        return expression.to_owned();
    }
    let mut made = String::with_capacity(expression.len());
    let mut at = 0;
    for token in tokens(expression) {
        made.push_str(&expression[at..token.start]);
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted);
        let new = renames.iter().find(|(from, _)| is_name && same(from, &token.value()));
        match new {
            Some((_, new)) => made.push_str(&format!("`{}`", new.replace('`', "``"))),
            None => made.push_str(token.text),
        }
        at = token.end();
    }
    made.push_str(&expression[at..]);
    made
}

/// Foreign keys of other tables follow the columns that they refer to.
pub(super) fn rename_referred(state: &mut State, table: &str, renames: &[(String, String)]) {
    if renames.is_empty() {
        return;
    }
    let children: Vec<String> = state.referring(table).map(|(child, _)| child.name.clone()).collect();
    for child in children {
        let Some(child) = state.table_mut(&child) else { continue };
        let own = |foreign: &&mut Foreign| foreign.table == table;
        for foreign in child.foreign.iter_mut().filter(own) {
            rename_all(&mut foreign.references, renames);
        }
    }
}
