//! Tables, columns and keys of one track as PostgreSQL has them.

use super::types::{self, Habits};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Column, ForeignKey, Generated, Index, IndexTerm, Name, Schema, Table};
use crate::schema::token;

/// Turns what one track has into what the other is to have.
#[derive(Debug)]
pub struct Converter<'s> {
    /// That of the one track.
    pub dialect: Dialect,
    pub own: Dialect,
    /// As the one track makes it.
    pub source: &'s Schema,
    /// As the other track makes it, on which the project's habits are read.
    pub target: &'s Schema,
    /// Types must be the same on both, and not only keep the same.
    pub exact: bool,
    /// What cannot be said in PostgreSQL.
    pub by_hand: Vec<String>,
    /// What a reader should look at.
    pub notes: Vec<String>,
}

impl Converter<'_> {
    /// Whether both are for one database, so that all of it is kept as it is written.
    fn is_one(&self) -> bool {
        self.dialect == self.own
    }

    /// A column, which is `new` where its whole table is.
    pub fn column(&mut self, table: &Table, column: &Column, new: bool) -> Column {
        let place = format!("`{}.{}`", table.name, column.name);
        let data_type = self.data_type(table, column, new);
        let default = match &column.default {
            Some(written) if !self.is_one() => types::default(written, &data_type).unwrap_or_else(|()| {
                self.by_hand.push(format!("the default of {place}: `{written}` is not PostgreSQL's"));
                None
            }),
            default => default.clone(),
        };
        let generated = column.generated.as_ref().map(|generated| {
            self.kept("value", &place, &generated.expression);
            Generated { expression: generated.expression.clone(), stored: true }
        });
        let collation = match &column.collation {
            Some(collation) if !self.is_one() => {
                self.notes.push(format!("the collation `{collation}` of {place} is left out: it is SQLite's"));
                None
            }
            collation => collation.clone(),
        };
        let primary_key = column.primary_key.filter(|_| new);
        let nullable = column.nullable && primary_key.is_none();
        Column { name: column.name.clone(), data_type, nullable, default, primary_key, generated, collation }
    }

    /// Says which checks speak of a column that is added alone: they are not written.
    pub fn leave_checks_out(&mut self, table: &Table, column: &Column) {
        let has = |text: &str| token::tokens(text).any(|token| column.name == Name::new(token.value()));
        for check in table.checks.iter().filter(|check| has(&check.expression)) {
            self.notes.push(format!("the check of `{}` is left out: `{}`", table.name, check.expression));
        }
    }

    fn data_type(&self, table: &Table, column: &Column, new: bool) -> String {
        if self.is_one() {
            return column.data_type.clone();
        }
        let refers = table.foreign_keys.iter().find(|key| key.columns == [column.name.clone()]);
        if let Some(found) = refers.and_then(|key| self.referred(key)).filter(|_| !self.exact) {
            return found;
        }
        let counts = new && refers.is_none() && table.rowid_alias().is_some_and(|alias| alias.name == column.name);
        let habits = Habits { sqlite: self.source, postgres: self.target, exact: self.exact };
        if counts {
            return habits.key();
        }
        habits.data_type(table.name.as_str(), &column.data_type)
    }

    /// The type of the column that a key of one column refers to: a key of another type is refused.
    fn referred(&self, key: &ForeignKey) -> Option<String> {
        let other = self.target.tables.get(&key.table)?;
        let named = self.references(key);
        let [only] = named.as_slice() else { return None };
        let data_type = other.column(only)?.data_type.replace("serial", "integer");
        let data_type = data_type.replace("biginteger", "bigint").replace("smallinteger", "smallint");
        Some(data_type.split(" GENERATED ").next().unwrap_or_default().to_owned())
    }

    /// The columns that a key refers to, also where it does not name them.
    pub fn references(&self, key: &ForeignKey) -> Vec<Name> {
        if !key.references.is_empty() {
            return key.references.clone();
        }
        let table = self.source.tables.get(&key.table).or_else(|| self.target.tables.get(&key.table));
        table.map(|table| table.primary_key().into_iter().cloned().collect()).unwrap_or_default()
    }

    /// A foreign key with all its columns named.
    pub fn foreign_key(&self, key: &ForeignKey) -> ForeignKey {
        ForeignKey { references: self.references(key), ..key.clone() }
    }

    /// An index. Expressions are kept as they are written.
    pub fn index(&mut self, index: &Index) -> Index {
        let mut index = index.clone();
        if self.is_one() {
            return index;
        }
        let place = format!("`{}`", index.name);
        for part in &mut index.parts {
            if let IndexTerm::Expression(expression) = &part.term {
                self.kept("expression", &place, expression);
            }
            if let Some(collation) = part.collation.take() {
                self.notes.push(format!("the collation `{collation}` of {place} is left out: it is SQLite's"));
            }
        }
        if let Some(predicate) = &index.predicate {
            self.kept("condition", &place, predicate);
        }
        index
    }

    fn kept(&mut self, what: &str, place: &str, expression: &str) {
        if !self.is_one() {
            let note = format!(
                "the {what} of {place} is kept as it is written: see whether PostgreSQL takes it: `{expression}`"
            );
            self.notes.push(note);
        }
    }

    /// A whole table, without its foreign keys.
    pub fn table(&mut self, table: &Table) -> Table {
        let columns = table.columns.iter().map(|column| self.column(table, column, true)).collect();
        let indexes = table.indexes.iter().map(|(name, index)| (name.clone(), self.index(index))).collect();
        let uniques =
            table.uniques.iter().map(|unique| crate::schema::model::Unique { conflict: None, ..unique.clone() });
        let mut made =
            Table { name: table.name.clone(), columns, indexes, uniques: uniques.collect(), ..Table::default() };
        if self.is_one() {
            made.checks = table.checks.clone();
        } else {
            for check in &table.checks {
                let note = format!("the check of `{}` is left out: `{}`", table.name, check.expression);
                self.notes.push(note);
            }
        }
        made
    }
}
