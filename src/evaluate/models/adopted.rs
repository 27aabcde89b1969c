//! Tables that the revisions of a chain alter and none of them makes: what made them is taken to be what the models of the merge
//! base state.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compare::{Apart, How};
use super::drift;
use super::stated::Stated;
use crate::evaluate::Evaluated;
use crate::schema::delta::{Attribute, Object};
use crate::schema::model::{ForeignKey, Name, Table};
use crate::schema::{token, types};

/// The databases around a change, in which such tables are as the models of the merge base state them.
pub struct Adopted<'e> {
    pub old: Arc<Evaluated>,
    pub new: Arc<Evaluated>,
    /// The upgraded database as the revisions alone tell it.
    told: &'e Evaluated,
    /// Every name in the statements of the new revisions.
    said: BTreeSet<String>,
}

/// What a difference is worth by what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// Revisions tell it.
    Told,
    /// One side was only taken to be as the models of the merge base had it.
    Assumed,
    /// The new revisions speak of what was only assumed, so what became of it is not known.
    Nothing,
}

impl<'e> Adopted<'e> {
    pub fn new(old: &Arc<Evaluated>, new: &'e Arc<Evaluated>, before: &Stated) -> Self {
        let ran = new.log.iter().filter(|ran| !old.log.iter().any(|known| known.by == ran.by));
        let statements = ran.map(|ran| &*ran.statement.sql);
        // What is not there by what revisions tell is spoken of in a statement that could not be carried out.
        let gaps = new.gaps.iter().filter(|missing| !old.gaps.iter().any(|known| known.by == missing.by));
        let statements = statements.chain(gaps.filter_map(|missing| missing.gap.sql.as_deref()));
        let said = statements.flat_map(|sql| token::tokens(sql).map(|token| token.value().to_lowercase())).collect();
        Self { old: completed(old, before, &BTreeSet::new()), new: completed(new, before, &said), told: new, said }
    }

    /// What a difference between the models and the upgraded database is worth.
    pub fn worth(&self, apart: &Apart) -> Worth {
        let table = drift::table_of(&apart.object).and_then(|table| self.told.schema.tables.get(table));
        let Some(table) = table.filter(|table| table.open) else { return Worth::Told };
        let is_told = match &apart.object {
            Object::Column { name, .. } => {
                let is_known = table.columns.iter().any(|one| one.name == *name && !types::is_unknown(&one.data_type));
                is_known && (!is_about_nulls(&apart.how) || self.tells_nulls(table, name))
            }
            Object::Unique { columns, .. } => table.uniques.iter().any(|unique| unique.columns == *columns),
            Object::ForeignKey { columns, .. } => table.foreign_keys.iter().any(|key| key.columns == *columns),
            Object::Index { name, .. } => table.indexes.contains_key(name),
            _ => true,
        };
        let names: Vec<&Name> = match &apart.object {
            Object::Column { name, .. } | Object::Index { name, .. } => vec![name],
            Object::Unique { columns, .. } | Object::ForeignKey { columns, .. } => columns.iter().collect(),
            _ => Vec::new(),
        };
        match (&apart.how, is_told) {
            (_, true) => Worth::Told,
            (How::Missing(_), false) if !names.iter().any(|name| self.is_said(name)) => Worth::Told,
            (_, false) if names.iter().any(|name| self.is_said(name)) => Worth::Nothing,
            (_, false) => Worth::Assumed,
        }
    }

    /// Whether a statement says of a column whether it may be null: one that adds it, or one that speaks of nulls.
    fn tells_nulls(&self, table: &Table, column: &Name) -> bool {
        self.told.log.iter().any(|ran| {
            let words: BTreeSet<String> =
                token::tokens(&ran.statement.sql).map(|token| token.value().to_lowercase()).collect();
            let names = |name: &Name| {
                let name = name.as_str().to_lowercase();
                words.contains(name.rsplit('.').next().unwrap_or_default())
            };
            names(&table.name) && names(column) && (words.contains("add") || words.contains("null"))
        })
    }

    fn is_said(&self, name: &Name) -> bool {
        self.said.contains(&name.as_str().to_lowercase())
    }
}

fn is_about_nulls(how: &How) -> bool {
    matches!(how, How::Differs { attribute: Attribute::Nullability, .. })
}

/// A database in which such tables have what the models state, but for what new revisions speak of.
fn completed(database: &Arc<Evaluated>, before: &Stated, said: &BTreeSet<String>) -> Arc<Evaluated> {
    let open: Vec<&Name> =
        database.schema.tables.iter().filter(|(_, table)| table.open).map(|(name, _)| name).collect();
    if open.is_empty() {
        return database.clone();
    }
    let mut evaluated = Evaluated::clone(database);
    for name in open {
        let Some(stated) = before.schema.tables.get(name) else { continue };
        let Some(table) = evaluated.schema.tables.get_mut(name) else { continue };
        complete(table, stated, said);
    }
    Arc::new(evaluated)
}

/// Adds what a table has by the models to what revisions tell of it.
fn complete(table: &mut Table, stated: &Table, said: &BTreeSet<String>) {
    let is_said = |name: &Name| said.contains(&name.as_str().to_lowercase());
    for column in stated.columns.iter().filter(|column| !is_said(&column.name)) {
        match table.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) if types::is_unknown(&known.data_type) => *known = column.clone(),
            Some(_) => {}
            None => table.columns.push(column.clone()),
        }
    }
    let more = |known: &[ForeignKey]| {
        let new = stated.foreign_keys.iter().filter(|key| !known.iter().any(|known| known.columns == key.columns));
        new.filter(|key| !key.columns.iter().any(is_said)).cloned().collect::<Vec<_>>()
    };
    let foreign_keys = more(&table.foreign_keys);
    table.foreign_keys.extend(foreign_keys);
    for unique in stated.uniques.iter().filter(|unique| !unique.columns.iter().any(is_said)) {
        if !table.uniques.iter().any(|known| known.columns == unique.columns) {
            table.uniques.push(unique.clone());
        }
    }
    for (name, index) in stated.indexes.iter().filter(|(name, _)| !is_said(name)) {
        table.indexes.entry(name.clone()).or_insert_with(|| index.clone());
    }
    table.open = false;
}
