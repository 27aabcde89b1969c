//! Whether two tracks gain and lose the same: their deltas, compared by what they do and not by what they are called.

use std::sync::Arc;

use super::drift::{self, is_bookkeeping};
use super::outcome::Outcome;
use crate::schema::delta::{self, Attribute, Kind, Level, Object};
use crate::schema::model::{Column, ForeignKey, IndexTerm, Name, Schema, Table};
use crate::schema::types;
use crate::source::Location;
use crate::track::Dialect;
use crate::track::ends::Modules;

pub mod whole;

/// What two tracks do differently.
#[derive(Clone, Debug)]
pub struct Parity {
    /// The two tracks, by index.
    pub pair: (usize, usize),
    pub differences: Vec<Difference>,
    /// What a reader should know besides.
    pub notes: Vec<String>,
}

/// One thing that the one track does and the other doesn't.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The track that does it, by index.
    pub on: usize,
    /// The other one.
    pub not_on: usize,
    pub object: Object,
    pub what: What,
    /// The migration that does it.
    pub by: Option<Arc<str>>,
    pub place: Option<Location>,
    /// Where the other track makes the table.
    pub other: Option<Location>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// With its definition.
    Added(String),
    Removed,
    /// Both have it: what it is on the one, and on the other.
    Differs {
        attribute: Attribute,
        on: String,
        not_on: String,
    },
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'o> {
    pub index: usize,
    pub name: &'o str,
    pub dialect: Dialect,
    pub outcome: &'o Outcome,
}

impl Side<'_> {
    fn is_in_doubt(&self, name: &str) -> bool {
        self.outcome.before.is_in_doubt(name) || self.outcome.after.is_in_doubt(name)
    }

    fn is_partial(&self) -> bool {
        self.outcome.before.is_partial() || self.outcome.after.is_partial()
    }
}

/// Compares what a change does to two tracks.
/// `exact` where types must be the same, and not only keep the same.
pub fn compare(first: Side<'_>, second: Side<'_>, exact: bool, modules: &mut Modules<'_>) -> Parity {
    let mut parity = Parity { pair: (first.index, second.index), differences: Vec::new(), notes: Vec::new() };
    for side in [first, second] {
        if side.is_partial() {
            let unknown = side.outcome.after.gaps.iter().chain(&side.outcome.before.gaps);
            let missing = unknown.into_iter().find(|missing| missing.gap.sql.is_none());
            let why = missing.map(|missing| format!(": {} {}", missing.by, missing.gap.reason));
            parity.notes.push(format!(
                "what `{}` and `{}` do is not compared{}",
                first.name,
                second.name,
                why.unwrap_or_default()
            ));
            return parity;
        }
    }
    for (on, not_on) in [(first, second), (second, first)] {
        for (object, what) in one_way(&on, &not_on, exact) {
            let is_known = |known: &Difference| {
                known.object == object
                    && match (&known.what, &what) {
                        (What::Differs { attribute: one, .. }, What::Differs { attribute: other, .. }) => one == other,
                        _ => false,
                    }
            };
            if parity.differences.iter().any(is_known) {
                continue;
            }
            let (place, by) = drift::said(&on.outcome.after, &object, modules);
            let table = drift::table_of(&object).cloned();
            let other = table.and_then(|table| {
                let evaluated = &not_on.outcome.fresh;
                drift::said(evaluated, &Object::Table(table), modules).0
            });
            parity.differences.push(Difference { on: on.index, not_on: not_on.index, object, what, by, place, other });
        }
    }
    let in_doubt = |name: &str| first.is_in_doubt(name) || second.is_in_doubt(name);
    parity.differences.retain(|difference| !drift::names(&difference.object).iter().any(|name| in_doubt(name)));
    parity
}

/// The engines of the two sides, and how closely their types are compared.
#[derive(Clone, Copy, Debug)]
struct Dialects {
    on: Dialect,
    not_on: Dialect,
    exact: bool,
}

/// What `on` does that `not_on` has not afterwards.
fn one_way(on: &Side<'_>, not_on: &Side<'_>, exact: bool) -> Vec<(Object, What)> {
    let (before, after) = (&on.outcome.before.schema, &on.outcome.after.schema);
    let (other_before, other) = (&not_on.outcome.before.schema, &not_on.outcome.after.schema);
    let dialects = Dialects { on: on.dialect, not_on: not_on.dialect, exact };
    let mut found = Vec::new();
    for change in delta::diff(before, after, Level::Full) {
        let object = change.object;
        let table = drift::table_of(&object).cloned();
        if table.as_ref().is_some_and(|table| is_bookkeeping(table.as_str())) {
            continue;
        }
        let both = |name: &Name| Some((after.tables.get(name)?, other.tables.get(name)?));
        match (&object, &change.kind) {
            (Object::Table(name), Kind::Added { .. }) => match both(name) {
                Some((own, their)) => {
                    tables(own, their, dialects, other_before.tables.get(name), &mut found);
                }
                None => found.push((object, What::Added(String::new()))),
            },
            (Object::Table(name), Kind::Removed { .. }) => {
                if other.tables.contains_key(name) && other_before.tables.contains_key(name) {
                    found.push((object, What::Removed));
                }
            }
            (Object::View(name), Kind::Added { .. }) => {
                if !other.views.contains_key(name) {
                    found.push((object, What::Added(String::new())));
                }
            }
            (Object::View(name), Kind::Removed { .. }) => {
                if other.views.contains_key(name) {
                    found.push((object, What::Removed));
                }
            }
            _ => {
                // A table that the other track never had is no news.
                let Some((own, their)) = table.as_ref().and_then(both) else { continue };
                part(&object, &change.kind, (before, own), (other_before, their), dialects, &mut found);
            }
        }
    }
    found
}

/// A change to a part of a table that both tracks have.
fn part(
    object: &Object,
    kind: &Kind,
    (before, own): (&Schema, &Table),
    (other_before, their): (&Schema, &Table),
    dialects: Dialects,
    found: &mut Vec<(Object, What)>,
) {
    match (object, kind) {
        (Object::Column { name, .. }, Kind::Added { definition }) => match (own.column(name), their.column(name)) {
            (Some(one), Some(other)) => columns(own, one, other, dialects, found),
            _ => found.push((object.clone(), What::Added(definition.clone()))),
        },
        (Object::Column { table, name }, Kind::Removed { .. }) => {
            let had = other_before.tables.get(table).is_some_and(|table| table.column(name).is_some());
            if had && their.column(name).is_some() {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::Column { table, name }, Kind::Changed { attribute, .. }) => {
            let (Some(one), Some(other)) = (own.column(name), their.column(name)) else { return };
            let mut now = Vec::new();
            columns(own, one, other, dialects, &mut now);
            let mut then = Vec::new();
            let old = |schema: &Schema| schema.tables.get(table).cloned();
            if let (Some(old_own), Some(old_their)) = (old(before), old(other_before))
                && let (Some(one), Some(other)) = (old_own.column(name), old_their.column(name))
            {
                columns(&old_own, one, other, dialects, &mut then);
            }
            // What differed before is no news.
            now.retain(|(_, what)| {
                let is = |known: &What| matches!(known, What::Differs { attribute: known, .. } if known == attribute);
                is(what) && !then.iter().any(|(_, known)| is(known))
            });
            found.extend(now);
        }
        (Object::Index { name, .. }, Kind::Added { .. } | Kind::Changed { .. }) => {
            if let Some(index) = own.indexes.get(name) {
                keys(own, their, &Key::of(index), name, found);
            }
        }
        (Object::Unique { columns, .. }, Kind::Added { .. }) => {
            let key = Key { unique: true, parts: columns.iter().map(lower).collect(), partial: false };
            if !has_key(their, &key) {
                found.push((object.clone(), What::Added(String::new())));
            }
        }
        (Object::Index { table, name }, Kind::Removed { .. }) => {
            let old = before.tables.get(table).and_then(|table| table.indexes.get(name));
            let Some(index) = old else { return };
            let key = Key::of(index);
            let had = other_before.tables.get(table).is_some_and(|table| has_key(table, &key));
            if had && has_key(their, &key) && !has_key(own, &key) {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::Unique { table, columns }, Kind::Removed { .. }) => {
            let key = Key { unique: true, parts: columns.iter().map(lower).collect(), partial: false };
            let had = other_before.tables.get(table).is_some_and(|table| has_key(table, &key));
            if had && has_key(their, &key) && !has_key(own, &key) {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::ForeignKey { columns, .. }, Kind::Added { .. }) => {
            let key = own.foreign_keys.iter().find(|key| key.columns == *columns);
            if let Some(key) = key
                && !has_foreign_key(their, key)
            {
                found.push((object.clone(), What::Added(format!("to `{}`", key.table))));
            }
        }
        _ => {}
    }
}

/// Two tables, of which one or both are new.
fn tables(own: &Table, their: &Table, dialects: Dialects, old: Option<&Table>, found: &mut Vec<(Object, What)>) {
    for column in &own.columns {
        match their.column(&column.name) {
            Some(other) => columns(own, column, other, dialects, found),
            None => {
                let object = Object::Column { table: own.name.clone(), name: column.name.clone() };
                let definition = crate::schema::render::column_definition(column);
                found.push((object, What::Added(definition)));
            }
        }
    }
    // Where the other track had the table before, it is not this change that made its keys.
    if old.is_some() {
        return;
    }
    for (name, index) in &own.indexes {
        keys(own, their, &Key::of(index), name, found);
    }
    for unique in &own.uniques {
        let key = Key { unique: true, parts: unique.columns.iter().map(lower).collect(), partial: false };
        if !has_key(their, &key) {
            let object = Object::Unique { table: own.name.clone(), columns: unique.columns.clone() };
            found.push((object, What::Added(String::new())));
        }
    }
    for key in &own.foreign_keys {
        let there = key.columns.iter().all(|column| their.column(column).is_some());
        if there && !has_foreign_key(their, key) {
            let object = Object::ForeignKey { table: own.name.clone(), columns: key.columns.clone() };
            found.push((object, What::Added(format!("to `{}`", key.table))));
        }
    }
}

/// A column that both have.
fn columns(table: &Table, one: &Column, other: &Column, dialects: Dialects, found: &mut Vec<(Object, What)>) {
    let object = || Object::Column { table: table.name.clone(), name: one.name.clone() };
    let mut differs = |attribute: Attribute, on: String, not_on: String| {
        found.push((object(), What::Differs { attribute, on, not_on }));
    };
    let fits = if dialects.exact { types::same } else { types::interchangeable };
    if !fits(&one.data_type, dialects.on, &other.data_type, dialects.not_on) {
        differs(Attribute::Type, one.data_type.clone(), other.data_type.clone());
    }
    let is_key = one.primary_key.is_some() || other.primary_key.is_some();
    if one.nullable != other.nullable && !is_key {
        let word = |column: &Column| if column.nullable { "NULL" } else { "NOT NULL" }.to_owned();
        differs(Attribute::Nullability, word(one), word(other));
    }
    let (own, their) = (default_form(one.default.as_deref()), default_form(other.default.as_deref()));
    if own != their && !is_key {
        let text = |column: &Column| column.default.clone().unwrap_or_else(|| "none".to_owned());
        differs(Attribute::Default, text(one), text(other));
    }
}

/// A default as far as dialects agree on it: a literal, or that something is computed.
fn default_form(default: Option<&str>) -> Option<String> {
    use crate::schema::token::{Kind, tokens};
    let text = default?.trim();
    let mut text = text;
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    let literal = text.split("::").next().unwrap_or(text).trim();
    let all: Vec<_> = tokens(literal).collect();
    Some(match all.as_slice() {
        // SQLite takes a name in double quotes that is none for a text.
        [only] if matches!(only.kind, Kind::Text | Kind::Quoted) => number(&only.value()),
        [only] if only.kind == Kind::Literal => number(only.text),
        [sign, only] if sign.is_symbol("-") && only.kind == Kind::Literal => number(&format!("-{}", only.text)),
        [only] if only.is("true") => "1".to_owned(),
        [only] if only.is("false") => "0".to_owned(),
        [only] if only.is("null") => return None,
        // What the one calls `CURRENT_TIMESTAMP` the other calls `now()`.
        _ => "\u{1a}".to_owned(),
    })
}

/// Numbers are equal whatever zeros they are written with, and so are the words for a truth value.
fn number(text: &str) -> String {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" => "1".to_owned(),
        "false" | "f" => "0".to_owned(),
        other => match other.parse::<f64>() {
            Ok(number) => number.to_string(),
            Err(_) => text.to_owned(),
        },
    }
}

/// What an index or a unique constraint does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    unique: bool,
    parts: Vec<String>,
    partial: bool,
}

impl Key {
    fn of(index: &crate::schema::model::Index) -> Self {
        let parts = index.parts.iter().map(|part| match &part.term {
            IndexTerm::Column(name) => lower(name),
            // Dialects write expressions in their own ways.
            IndexTerm::Expression(_) => "\u{1a}".to_owned(),
        });
        Self { unique: index.unique, parts: parts.collect(), partial: index.predicate.is_some() }
    }
}

fn lower(name: &Name) -> String {
    name.as_str().to_ascii_lowercase()
}

fn all_keys(table: &Table) -> impl Iterator<Item = Key> {
    let constraints = table.uniques.iter().map(|unique| Key {
        unique: true,
        parts: unique.columns.iter().map(lower).collect(),
        partial: false,
    });
    let primary: Vec<String> = table.primary_key().into_iter().map(lower).collect();
    let primary = (!primary.is_empty()).then_some(Key { unique: true, parts: primary, partial: false });
    table.indexes.values().map(Key::of).chain(constraints).chain(primary)
}

fn has_key(table: &Table, key: &Key) -> bool {
    all_keys(table).any(|known| known == *key)
}

/// An index that the one has: whether the other has one that does the same, whatever its name.
fn keys(own: &Table, their: &Table, key: &Key, name: &Name, found: &mut Vec<(Object, What)>) {
    if has_key(their, key) {
        return;
    }
    let object = Object::Index { table: own.name.clone(), name: name.clone() };
    let listed = |key: &Key| format!("({})", key.parts.join(", "));
    let word = |key: &Key| if key.unique { "UNIQUE" } else { "not UNIQUE" }.to_owned();
    let like = all_keys(their).find(|known| known.parts == key.parts && known.partial == key.partial);
    let named = their.indexes.get(name).map(Key::of);
    found.push((
        object,
        match (like, named) {
            (Some(like), _) => What::Differs { attribute: Attribute::Unique, on: word(key), not_on: word(&like) },
            (None, Some(named)) if named.parts != key.parts => {
                What::Differs { attribute: Attribute::Columns, on: listed(key), not_on: listed(&named) }
            }
            (None, Some(_)) => What::Differs {
                attribute: Attribute::Predicate,
                on: if key.partial { "a condition" } else { "none" }.to_owned(),
                not_on: if key.partial { "none" } else { "a condition" }.to_owned(),
            },
            (None, None) => What::Added(listed(key)),
        },
    ));
}

fn has_foreign_key(table: &Table, key: &ForeignKey) -> bool {
    table.foreign_keys.iter().any(|known| known.columns == key.columns && known.table == key.table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_equal_where_dialects_say_the_same() {
        let form = |text: &str| default_form(Some(text));
        assert_eq!(form("'x'"), form("'x'::character varying"));
        assert_eq!(form("\"x\""), form("'x'"));
        assert_eq!(form("1"), form("true"));
        assert_eq!(form("0"), form("'0'"));
        assert_eq!(form("0.0"), form("0"));
        assert_eq!(form("CURRENT_TIMESTAMP"), form("now()"));
        assert_eq!(form("(datetime('now'))"), form("now()"));
        assert_ne!(form("'a'"), form("'b'"));
        assert_ne!(form("1"), default_form(None));
        assert_eq!(form("NULL"), default_form(None));
    }
}
