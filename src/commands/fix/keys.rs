//! The indexes, unique constraints and foreign keys of a plan.

use super::plan::Planner;
use super::step::Step;
use crate::schema::model::{ForeignKey, Index, IndexTerm, Name, Schema, Table, Unique};

/// PostgreSQL cuts longer names off (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html>).
const LONGEST_NAME: usize = 63;

impl Planner<'_> {
    pub(super) fn left_out(&mut self, table: &Name, key: &ForeignKey) {
        let known = self.target.tables.contains_key(&key.table);
        let why = if known { "its columns there are no key" } else { "PostgreSQL has no such table" };
        self.convert.by_hand.push(format!("the foreign key of `{table}` to `{}`: {why}", key.table));
    }

    /// Whether the columns that a key refers to are there, and are a key.
    pub(super) fn can_refer(&self, key: &ForeignKey, own: Option<&Table>) -> bool {
        let own = own.filter(|table| table.name == key.table);
        let Some(other) = own.or_else(|| self.target.tables.get(&key.table)) else { return false };
        let is_same = |columns: &[&Name]| {
            columns.len() == key.references.len() && columns.iter().all(|column| key.references.contains(column))
        };
        let by_index = |index: &Index| {
            let columns: Option<Vec<&Name>> = index.parts.iter().map(|part| column_of(&part.term)).collect();
            index.unique && index.predicate.is_none() && columns.is_some_and(|columns| is_same(&columns))
        };
        !key.references.is_empty()
            && (is_same(&other.primary_key())
                || other.uniques.iter().any(|unique| is_same(&unique.columns.iter().collect::<Vec<_>>()))
                || other.indexes.values().any(by_index))
    }

    pub(super) fn create_index(&mut self, table: &Name, name: &Name) -> Option<()> {
        let (source, target) = self.both(table)?;
        let own = target.name.clone();
        let index = source.indexes.get(name)?;
        let is_taken =
            |schema: &Schema| schema.tables.values().any(|known| known.name != own && known.indexes.contains_key(name));
        if name.as_str().len() > LONGEST_NAME || is_taken(&self.target) {
            return None;
        }
        let index = self.convert.index(index);
        self.phases.keys.push(Step::CreateIndex { table: own, index });
        Some(())
    }

    /// Takes away what stands where an index is to be: one of its name, or one of its columns that is unique where it is
    /// not, or the other way round.
    pub(super) fn drop_like(&mut self, table: &Name, name: &Name) {
        let Some((source, target)) = self.both(table) else { return };
        let Some(index) = source.indexes.get(name) else { return };
        let columns: Vec<Option<&Name>> = index.parts.iter().map(|part| column_of(&part.term)).collect();
        let own = target.name.clone();
        let is_like = |known: &&Index| {
            let theirs: Vec<Option<&Name>> = known.parts.iter().map(|part| column_of(&part.term)).collect();
            known.name == *name || theirs == columns && known.predicate.is_some() == index.predicate.is_some()
        };
        let steps: Vec<Step> = target
            .indexes
            .values()
            .filter(is_like)
            .map(|index| Step::DropIndex { table: own.clone(), index: index.clone() })
            .collect();
        let same = |unique: &&Unique| unique.columns.iter().map(Some).collect::<Vec<_>>() == columns;
        let uniques = target.uniques.iter().filter(same).filter(|_| !index.unique && index.predicate.is_none());
        let uniques: Vec<Step> = uniques.filter_map(|unique| drop_unique(&own, unique.clone())).collect();
        self.phases.drop_keys.extend(steps.into_iter().chain(uniques));
    }

    pub(super) fn drop_index(&mut self, table: &Name, name: &Name) -> Option<()> {
        let is_it = |step: &Step| matches!(step, Step::DropIndex { index, .. } if index.name == *name);
        if self.phases.drop_keys.iter().any(is_it) {
            return Some(());
        }
        let target = self.target.tables.get(table)?;
        let own = target.name.clone();
        let index = target.indexes.get(name)?.clone();
        self.phases.drop_keys.push(Step::DropIndex { table: own, index });
        Some(())
    }

    pub(super) fn add_unique(&mut self, table: &Name, columns: &[Name]) -> Option<()> {
        let (source, target) = self.both(table)?;
        let own = target.name.clone();
        let Some(unique) = source.uniques.iter().find(|unique| unique.columns == columns) else {
            // An index says it as well.
            let is_it = |index: &&Index| index.unique && index.predicate.is_none() && covers(index, columns);
            let name = source.indexes.values().find(is_it)?.name.clone();
            return self.create_index(table, &name);
        };
        let name = unique.name.clone().unwrap_or_else(|| constraint_name(table, columns, "key"));
        let unique = Unique { name: Some(name.clone()), columns: columns.to_vec(), ..Unique::default() };
        self.phases.keys.push(Step::AddUnique { table: own, name, unique });
        Some(())
    }

    pub(super) fn drop_unique(&mut self, table: &Name, columns: &[Name]) -> Option<()> {
        let is_it = |step: &Step| matches!(step, Step::DropUnique { table: own, unique, .. } if own == table && unique.columns == columns);
        if self.phases.drop_keys.iter().any(is_it) {
            return Some(());
        }
        let target = self.target.tables.get(table)?;
        let own = target.name.clone();
        if let Some(unique) = target.uniques.iter().find(|unique| unique.columns == columns) {
            self.phases.drop_keys.push(drop_unique(&own, unique.clone())?);
            return Some(());
        }
        let is_same = |index: &&Index| index.unique && index.predicate.is_none() && covers(index, columns);
        let index = target.indexes.values().find(is_same)?.clone();
        self.phases.drop_keys.push(Step::DropIndex { table: own, index });
        Some(())
    }

    pub(super) fn add_foreign_key(&mut self, table: &Name, columns: &[Name]) -> Option<()> {
        let (source, target) = self.both(table)?;
        let own = target.name.clone();
        let found = source.foreign_keys.iter().find(|key| key.columns == columns)?;
        // The one that is to go elsewhere.
        let old = target.foreign_keys.iter().find(|key| key.columns == columns);
        let old = old.and_then(|key| drop_foreign_key(&own, key.clone()));
        let key = self.convert.foreign_key(found);
        if !self.can_refer(&key, None) && !self.convert.source.tables.contains_key(&key.table) {
            self.left_out(table, &key);
            return Some(());
        }
        self.phases.drop_keys.extend(old);
        let name = key.name.clone().unwrap_or_else(|| constraint_name(table, columns, "fkey"));
        self.phases.keys.push(Step::AddForeignKey { table: own, name, key });
        Some(())
    }
}

impl Planner<'_> {
    pub(super) fn drop_foreign_key(&mut self, table: &Name, columns: &[Name]) -> Option<()> {
        let is_it = |step: &Step| matches!(step, Step::DropForeignKey { table: own, key, .. } if own == table && key.columns == columns);
        // Where its other table goes, it has been released.
        if self.phases.drop_keys.iter().any(is_it)
            || self
                .target
                .tables
                .get(table)
                .is_some_and(|own| own.foreign_keys.iter().all(|key| key.columns != columns))
        {
            return Some(());
        }
        let target = self.target.tables.get(table)?;
        let key = target.foreign_keys.iter().find(|key| key.columns == columns)?.clone();
        self.phases.drop_keys.push(drop_foreign_key(&target.name.clone(), key)?);
        Some(())
    }

    pub(super) fn add_check(&mut self, table: &Name, expression: &str) -> Option<()> {
        let (source, target) = self.both(table)?;
        let check = source.checks.iter().find(|check| check.expression == expression)?.clone();
        let name = check.name.clone().unwrap_or_else(|| constraint_name(table, &[], "check"));
        self.phases.keys.push(Step::AddCheck { table: target.name.clone(), name, check });
        Some(())
    }

    pub(super) fn drop_check(&mut self, table: &Name, expression: &str) -> Option<()> {
        let target = self.target.tables.get(table)?;
        let check = target.checks.iter().find(|check| check.expression == expression)?.clone();
        let name = check.name.clone()?;
        self.phases.drop_keys.push(Step::DropCheck { table: target.name.clone(), name, check });
        Some(())
    }
}

pub(super) fn column_of(term: &IndexTerm) -> Option<&Name> {
    match term {
        IndexTerm::Column(name) => Some(name),
        IndexTerm::Expression(_) => None,
    }
}

/// Whether an index is over these columns, in their order.
fn covers(index: &Index, columns: &[Name]) -> bool {
    index.parts.iter().map(|part| column_of(&part.term)).eq(columns.iter().map(Some))
}

pub(super) fn drop_unique(table: &Name, unique: Unique) -> Option<Step> {
    Some(Step::DropUnique { table: table.clone(), name: unique.name.clone()?, unique })
}

pub(super) fn drop_foreign_key(table: &Name, key: ForeignKey) -> Option<Step> {
    Some(Step::DropForeignKey { table: table.clone(), name: key.name.clone()?, key })
}

/// The name that PostgreSQL itself would choose.
pub(super) fn constraint_name(table: &Name, columns: &[Name], ending: &str) -> Name {
    let columns: Vec<&str> = columns.iter().map(Name::as_str).collect();
    let mut name = std::iter::once(table.as_str()).chain(columns).collect::<Vec<_>>().join("_");
    while name.len() + 1 + ending.len() > LONGEST_NAME {
        name.pop();
    }
    Name::new(format!("{name}_{ending}"))
}
