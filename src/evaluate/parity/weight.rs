//! Which differences of two columns are by force or by intent so often that they are a warning.
//!
//! Nullability and defaults alone part in 7 % of the steps of projects that keep several dialects. Each difference is true;
//! what breaks something is where one database refuses a row that the other takes, and where a change alters on one side
//! what was alike before.

use super::keys::is_forced;
use super::{Dialects, Difference, Side, What};
use crate::schema::delta::{Attribute, Object};
use crate::schema::model::{Column, Schema, Table};
use crate::schema::types;

/// How much a difference in nullability or a default alone counts on a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Never more than a warning.
    Lax,
    /// What is by force or by intent so often is a warning.
    #[default]
    Usual,
    /// As every other difference.
    Strict,
}

impl Weight {
    pub const ALL: [(&str, Self); 3] = [("lax", Self::Lax), ("usual", Self::Usual), ("strict", Self::Strict)];

    /// Weighs a difference as the pair wants it.
    pub fn apply(self, difference: &mut Difference) {
        let is_meant =
            matches!(difference.what, What::Differs { attribute: Attribute::Nullability | Attribute::Default, .. });
        match self {
            Self::Lax if is_meant => difference.is_weak = true,
            Self::Strict if is_meant => difference.is_weak = false,
            _ => {}
        }
    }
}

/// Whether a difference is by force or by intent: SQLite cannot add a column that must not be NULL, MySQL has no index with a
/// condition, and what stands for "nothing" is written in many ways. `is_late` where a column of SQLite's came after its
/// table.
pub(super) fn is_weak(on: &Side<'_>, not_on: &Side<'_>, object: &Object, what: &What, is_late: bool) -> bool {
    let (Object::Column { table, name }, What::Differs { attribute, .. }) = (object, what) else {
        return is_weak_key(on, not_on, object) || is_weak_constraint(on, not_on, object);
    };
    let get = |schema: &Schema| schema.tables.get(table).and_then(|table: &Table| table.column(name).cloned());
    let (Some(own), Some(their)) = (get(&on.outcome.after.schema), get(&not_on.outcome.after.schema)) else {
        return false;
    };
    if on.dialect == not_on.dialect {
        return false;
    }
    let is_filled = is_never(on, &own) || is_never(not_on, &their);
    if is_filled && matches!(attribute, Attribute::Default | Attribute::Nullability) {
        return true;
    }
    let was_there = |side: &Side<'_>| get(&side.outcome.before.schema).is_some();
    if was_there(on) && was_there(not_on) {
        // SQLite cannot give a column another type, and keeps a fraction in one for whole numbers.
        let whole = |side: &Side<'_>, column: &Column| {
            side.dialect.affinity(&column.data_type) == Some(types::Affinity::Integer)
        };
        let number = |side: &Side<'_>, column: &Column| types::has_fractions(&column.data_type, side.dialect);
        let is_kept =
            |one: (&Side<'_>, &Column), other: (&Side<'_>, &Column)| whole(one.0, one.1) && number(other.0, other.1);
        let is_bare = own.default.is_none() && is_nothing(&their) || their.default.is_none() && is_nothing(&own);
        // Apart from that, what one of them changes was alike or was not: the change is what is told.
        return match attribute {
            Attribute::Type => is_kept((on, &own), (not_on, &their)) || is_kept((not_on, &their), (on, &own)),
            Attribute::Default => is_bare,
            _ => false,
        };
    }
    let is_laxer = |side: &Side<'_>, strict: &Column| {
        let had_table = is_late || side.outcome.before.schema.tables.contains_key(table);
        // It refuses both: a column that must not be NULL without a default, and a default that is computed.
        let is_refused = strict.default.is_none() || is_computed(strict);
        !side.dialect.facts().tables.adds_any_column && had_table && !strict.nullable && is_refused
    };
    match attribute {
        Attribute::Nullability => {
            let (strict, side) = if own.nullable { (&their, on) } else { (&own, not_on) };
            is_laxer(side, strict)
        }
        Attribute::Default => {
            let (bare, given, side) = if own.default.is_none() { (&own, &their, not_on) } else { (&their, &own, on) };
            if bare.default.is_some() {
                return false;
            }
            is_laxer(side, bare) || is_nothing(given) || is_filler(side, given)
        }
        Attribute::Type => {
            // Digits beyond the numbers of SQLite's are kept by a text alone.
            let is_text = |side: &Side<'_>, column: &Column| {
                side.dialect.affinity(&column.data_type) == Some(types::Affinity::Text)
            };
            let is_long = |side: &Side<'_>, column: &Column| types::is_beyond_sqlite(&column.data_type, side.dialect);
            is_text(on, &own) && is_long(not_on, &their) || is_text(not_on, &their) && is_long(on, &own)
        }
        _ => false,
    }
}

/// The same for an index or a unique constraint.
fn is_weak_key(on: &Side<'_>, not_on: &Side<'_>, object: &Object) -> bool {
    let Some(name) = super::drift::table_of(object) else { return false };
    let (on_tables, their_tables) = (&on.outcome.after.schema.tables, &not_on.outcome.after.schema.tables);
    let (Some(own), Some(their)) = (on_tables.get(name), their_tables.get(name)) else { return false };
    is_forced(object, own, their, Dialects { on: on.dialect, not_on: not_on.dialect, exact: false })
}

/// Whether a default is no constant.
fn is_computed(column: &Column) -> bool {
    super::default_form(column.default.as_deref()).is_some_and(|form| form == super::COMPUTED)
}

/// The same for a key of the table or a foreign key.
fn is_weak_constraint(on: &Side<'_>, not_on: &Side<'_>, object: &Object) -> bool {
    if on.dialect == not_on.dialect {
        return false;
    }
    match object {
        Object::PrimaryKey { table } => {
            // In SQLite a column that counts by itself has to be the primary key; elsewhere another one may tell rows apart.
            let get = |side: &Side<'_>| side.outcome.after.schema.tables.get(table).cloned();
            let (Some(own), Some(their)) = (get(on), get(not_on)) else { return false };
            let counts = |side: &Side<'_>, table: &Table| {
                side.dialect.facts().tables.counts_in_keys_alone && table.autoincrement
            };
            let has_key = |table: &Table| {
                !table.primary_key().is_empty()
                    || !table.uniques.is_empty()
                    || table.indexes.values().any(|index| index.unique)
            };
            counts(on, &own) && has_key(&their) || counts(not_on, &their) && has_key(&own)
        }
        Object::ForeignKey { .. } => {
            let has_any = |side: &Side<'_>| {
                side.outcome.before.schema.tables.values().any(|table| !table.foreign_keys.is_empty())
            };
            // A project may leave them out where SQLite does not enforce them by itself.
            !not_on.dialect.facts().tables.enforces_foreign_keys && has_any(on) && !has_any(not_on)
        }
        _ => false,
    }
}

/// Whether MySQL says of a moment that there is none by one that never was, `'0000-00-00 00:00:00'`.
fn is_never(side: &Side<'_>, column: &Column) -> bool {
    let text = column.default.as_deref().unwrap_or_default().trim_start_matches(['(', '\'', ' ']);
    side.dialect.facts().types.has_zero_dates && ["0000-", "1000-01-01"].iter().any(|start| text.starts_with(start))
}

/// Whether a moment that never was stands in a default of MySQL's: there a `TIMESTAMP NOT NULL` has to have one.
fn is_filler(side: &Side<'_>, column: &Column) -> bool {
    let is_moment = ["timestamp", "datetime", "date"]
        .iter()
        .any(|word| column.data_type.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let text = column.default.as_deref().unwrap_or_default().trim_start_matches(['(', '\'', ' ']);
    let is_old = ["0000-", "1000-", "1970-", "1971-", "2000-01-01"].iter().any(|start| text.starts_with(start));
    side.dialect.facts().types.has_zero_dates && !column.nullable && is_moment && is_old
}

/// What stands in a default that every row has another of.
const MADE: [&str; 12] = [
    "now",
    "current_",
    "localtime",
    "strftime",
    "datetime",
    "unixepoch",
    "clock_timestamp",
    "julianday",
    "uuid",
    "random",
    "nextval",
    "sysdate",
];

/// A default that stands for a missing value, or that every row has another of: an empty text, an empty object or list, the
/// clock, a made id.
pub(in crate::evaluate) fn is_nothing(column: &Column) -> bool {
    let Some(default) = &column.default else { return true };
    let bare = default.split("::").next().unwrap_or(default).trim().trim_matches(['(', ')', ' ']);
    let lower = bare.to_ascii_lowercase();
    let said = super::default_form(Some(default));
    let is_empty = said.is_some_and(|said| matches!(said.as_str(), "" | "{}" | "[]"))
        || matches!(lower.as_str(), "json_object()" | "json_array()");
    is_empty || MADE.iter().any(|word| lower.contains(word))
}
