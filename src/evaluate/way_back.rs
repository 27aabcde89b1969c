//! What comes of a new migration that is taken back: whether its way back is carried out, and whether it leads back.

use super::drift::{is_bookkeeping, table_of};
use super::{By, Failure, is_named};
use crate::schema::delta::{self, Attribute, Change, Kind, Level, Object};
use crate::schema::model::{Column, IndexPart, IndexTerm, Name, Schema, Table};
use crate::schema::token::{self, Token};
use crate::source::Location;

/// A migration whose way back does not lead back.
#[derive(Clone, Debug)]
pub struct Undone {
    pub by: By,
    /// Where the way back begins.
    pub place: Location,
    pub comes: Comes,
}

#[derive(Clone, Debug)]
pub enum Comes {
    /// It fails.
    Fails(Failure),
    /// The schema is another one than before the migration: what turns that into this.
    Elsewhere(Vec<Change>),
}

/// A migration and its way back.
#[derive(Debug)]
pub struct Round<'r> {
    pub before: &'r Schema,
    /// After the migration.
    pub between: &'r Schema,
    /// After its way back.
    pub after: &'r Schema,
    /// The definitions that the migration sent.
    pub forth: &'r [&'r str],
    /// Those of its way back.
    pub back: &'r [&'r str],
}

impl Round<'_> {
    /// In what the schema differs from the one before, as far as nobody means it so. A way back without a definition is
    /// empty by intent.
    pub fn differences(&self) -> Vec<Change> {
        if self.back.is_empty() {
            return Vec::new();
        }
        let mut changes = delta::diff(self.before, self.after, Level::Full);
        if !changes.is_empty() {
            let forth = delta::diff(self.before, self.between, Level::Full);
            changes.retain(|change| self.counts(change, &forth));
        }
        changes
    }

    /// Whether a difference counts, beside what the migration changed.
    fn counts(&self, change: &Change, forth: &[Change]) -> bool {
        if table_of(&change.object).is_some_and(|table| self.is_of_others(table)) {
            return false;
        }
        if self.is_by_copies() && !is_coarse(change) {
            return false;
        }
        match &change.kind {
            Kind::Added { .. } => self.stays(&change.object, forth),
            Kind::Removed { .. } => self.is_lost(&change.object, forth),
            Kind::Changed { attribute, .. } => self.is_other(&change.object, *attribute),
        }
    }

    /// Whether a table is Alembic's own, or something else made it and may have given it more than is known.
    fn is_of_others(&self, table: &Name) -> bool {
        let all = [self.before, self.between, self.after];
        is_bookkeeping(table.as_str())
            || all.iter().any(|schema| schema.tables.get(table).is_some_and(|table| table.open))
    }

    /// Whether tables are made anew by Alembic's batches: what a copy does not carry over is lost by that, and not by what is
    /// written.
    fn is_by_copies(&self) -> bool {
        self.forth.iter().chain(self.back).any(|sql| sql.contains("_alembic_tmp_"))
    }

    /// Whether the migration made it, and its way back leaves it.
    fn stays(&self, object: &Object, forth: &[Change]) -> bool {
        if let Object::Check { table, .. } = object {
            return self.count_of_checks(table).is_some_and(|(before, after)| after > before);
        }
        // What comes by itself with something else is nobody's to take away.
        let is_own = match object {
            Object::Index { name, .. } => self.forth.iter().any(|sql| is_named(sql, name.as_str())),
            _ => true,
        };
        is_own && forth.iter().any(|change| change.object == *object && matches!(change.kind, Kind::Added { .. }))
    }

    /// Whether it was there before and is gone. What a migration only makes where it is not there is its own to take away.
    fn is_lost(&self, object: &Object, forth: &[Change]) -> bool {
        if let Object::Check { table, .. } = object {
            return self.count_of_checks(table).is_some_and(|(before, after)| after < before);
        }
        let names = super::drift::names(object);
        let column = if let Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
        let is_said = |sql: &&str| {
            makes_what_is_missing(sql) && names.iter().copied().chain(column).all(|name| is_named(sql, name))
        };
        let is_taken = |change: &Change| change.object == *object && matches!(change.kind, Kind::Removed { .. });
        forth.iter().any(is_taken) || !self.forth.iter().any(is_said)
    }

    /// How many checks a table has before and after: one may be written in other words.
    fn count_of_checks(&self, table: &Name) -> Option<(usize, usize)> {
        let count = |schema: &Schema| Some(schema.tables.get(table)?.checks.len());
        Some((count(self.before)?, count(self.after)?))
    }

    /// Whether something of an object is another thing, and not only written in other words.
    fn is_other(&self, object: &Object, attribute: Attribute) -> bool {
        match (object, attribute) {
            (Object::Column { table, name }, _) => self.is_other_column(table, name, attribute),
            (Object::PrimaryKey { .. }, Attribute::Columns) | (Object::Index { .. }, Attribute::Unique) => true,
            (Object::Index { table, name }, Attribute::Columns) => {
                let has_expression = |schema: &Schema| {
                    let index = schema.tables.get(table).and_then(|table| table.indexes.get(name));
                    let is_expression = |part: &IndexPart| matches!(part.term, IndexTerm::Expression(_));
                    index.is_none_or(|index| index.parts.iter().any(is_expression))
                };
                !has_expression(self.before) && !has_expression(self.after)
            }
            _ => false,
        }
    }

    fn is_other_column(&self, table: &Name, name: &Name, attribute: Attribute) -> bool {
        let column = |schema: &'_ Schema| -> Option<Column> {
            schema.tables.get(table).and_then(|table: &Table| table.column(name)).cloned()
        };
        let (Some(before), Some(after)) = (column(self.before), column(self.after)) else { return false };
        // What was there has lost its values with the column, so that it may not be able to forbid that there is none.
        let is_made_anew = column(self.between).is_none();
        match attribute {
            Attribute::Type => true,
            Attribute::Nullability => !is_made_anew,
            Attribute::Default => {
                !is_made_anew && are_other_values(before.default.as_deref(), after.default.as_deref())
            }
            _ => false,
        }
    }
}

/// Whether a statement makes something only where it is not there.
fn makes_what_is_missing(sql: &str) -> bool {
    let words: Vec<Token<'_>> = token::tokens(sql).collect();
    words.windows(3).any(|words| words[0].is("if") && words[1].is("not") && words[2].is("exists"))
}

/// Whether a change is one of a whole table, of a column or of an index.
fn is_coarse(change: &Change) -> bool {
    let is_whole = matches!(change.object, Object::Table(_) | Object::Column { .. } | Object::Index { .. });
    is_whole && !matches!(change.kind, Kind::Changed { .. })
}

/// Whether one default is there and the other is not, or both are plain values.
fn are_other_values(before: Option<&str>, after: Option<&str>) -> bool {
    let is_plain = |text: &str| {
        let inner = text.trim_matches('\'');
        text.parse::<f64>().is_ok() || text.len() == inner.len() + 2 && !inner.contains('\'')
    };
    match (before, after) {
        (Some(before), Some(after)) => is_plain(before) && is_plain(after),
        _ => true,
    }
}
