//! Finds the changes between two schemas.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attribute, Change, Kind, Level, Object};
use crate::schema::model::{Column, Index, Name, Schema, Table};
use crate::schema::{form, render, types};

/// An attribute, and its two values for a reader.
type Difference = (Attribute, String, String);

/// What turns `before` into `after`: tables by name with their columns in order, then virtual tables, views, triggers.
/// Formatting, the order of columns and constraints, and the names of constraints don't count.
pub fn diff(before: &Schema, after: &Schema, level: Level) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, sides) in paired(&before.tables, &after.tables) {
        match sides {
            (Some(old), Some(new)) => TableDiff { before, after, old, new, level, changes: &mut changes }.run(),
            (None, _) => changes.push(added(Object::Table(name.clone()), String::new())),
            (_, None) => changes.push(removed(Object::Table(name.clone()), String::new())),
        }
    }
    if level == Level::Full {
        diff_virtual_tables(before, after, &mut changes);
        for (name, (old, new)) in paired(&before.views, &after.views) {
            let (old, new) = (old.map(|view| view.sql.as_str()), new.map(|view| view.sql.as_str()));
            changes.extend(text_change(Object::View(name.clone()), old, new));
        }
        for (name, (old, new)) in paired(&before.enums, &after.enums) {
            let said =
                |labels: &Vec<String>| labels.iter().map(|label| format!("'{label}'")).collect::<Vec<_>>().join(", ");
            let (old, new) = (old.map(said), new.map(said));
            changes.extend(text_change(Object::Type(name.clone()), old.as_deref(), new.as_deref()));
        }
        for (name, (old, new)) in paired(&before.triggers, &after.triggers) {
            let table = new.or(old).map(|trigger| trigger.table.clone()).unwrap_or_default();
            let (old, new) = (old.map(|trigger| trigger.sql.as_str()), new.map(|trigger| trigger.sql.as_str()));
            changes.extend(text_change(Object::Trigger { name: name.clone(), table }, old, new));
        }
    }
    changes
}

/// Whether nothing turns the one into the other.
pub fn equivalent(left: &Schema, right: &Schema, level: Level) -> bool {
    diff(left, right, level).is_empty()
}

/// The entries of two maps by key, in its order. The key is spelled as in the second where it has one.
fn paired<'a, T>(
    before: &'a BTreeMap<Name, T>,
    after: &'a BTreeMap<Name, T>,
) -> impl Iterator<Item = (&'a Name, (Option<&'a T>, Option<&'a T>))> {
    let names: BTreeSet<&Name> = after.keys().chain(before.keys()).collect();
    names.into_iter().map(|name| (name, (before.get(name), after.get(name))))
}

fn added(object: Object, definition: String) -> Change {
    Change { object, kind: Kind::Added { definition } }
}

fn removed(object: Object, definition: String) -> Change {
    Change { object, kind: Kind::Removed { definition } }
}

fn changed(object: Object, (attribute, before, after): Difference) -> Change {
    Change { object, kind: Kind::Changed { attribute, before, after } }
}

fn text_change(object: Object, old: Option<&str>, new: Option<&str>) -> Option<Change> {
    match (old, new) {
        (Some(old), Some(new)) => (form::definition(old) != form::definition(new))
            .then(|| changed(object, (Attribute::Definition, old.to_owned(), new.to_owned()))),
        (None, Some(new)) => Some(added(object, new.to_owned())),
        (Some(old), None) => Some(removed(object, old.to_owned())),
        (None, None) => None,
    }
}

fn diff_virtual_tables(before: &Schema, after: &Schema, changes: &mut Vec<Change>) {
    let definition = render::virtual_table_definition;
    for (name, sides) in paired(&before.virtual_tables, &after.virtual_tables) {
        let object = Object::VirtualTable(name.clone());
        match sides {
            (Some(old), Some(new)) => {
                if old.module != new.module || form::arguments(old) != form::arguments(new) {
                    changes.push(changed(object, (Attribute::Definition, definition(old), definition(new))));
                }
            }
            (None, Some(new)) => changes.push(added(object, definition(new))),
            (Some(old), None) => changes.push(removed(object, definition(old))),
            (None, None) => {}
        }
    }
}

/// The comparison of two states of one table.
struct TableDiff<'a> {
    before: &'a Schema,
    after: &'a Schema,
    old: &'a Table,
    new: &'a Table,
    level: Level,
    changes: &'a mut Vec<Change>,
}

impl TableDiff<'_> {
    fn run(mut self) {
        self.columns();
        if self.level == Level::Full {
            self.primary_key();
            self.options();
            self.constraints();
            self.indexes();
        }
    }

    fn name(&self) -> Name {
        self.new.name.clone()
    }

    fn columns(&mut self) {
        let table = self.name();
        let object = |column: &Column| Object::Column { table: table.clone(), name: column.name.clone() };
        for column in &self.new.columns {
            let Some(old) = self.old.column(&column.name) else {
                self.changes.push(added(object(column), render::column_definition(column)));
                continue;
            };
            let differences = self.column_differences(old, column);
            self.changes.extend(differences.into_iter().map(|difference| changed(object(column), difference)));
        }
        let gone = self.old.columns.iter().filter(|column| self.new.column(&column.name).is_none());
        self.changes.extend(gone.map(|column| removed(object(column), render::column_definition(column))));
    }

    fn column_differences(&self, old: &Column, new: &Column) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut check = |differs: bool, attribute, show: &dyn Fn(&Column) -> String| {
            if differs {
                found.push((attribute, show(old), show(new)));
            }
        };
        let type_differs = match self.level {
            Level::Names => false,
            _ if types::is_unknown(&old.data_type) || types::is_unknown(&new.data_type) => false,
            Level::Coarse => types::coarse(&old.data_type) != types::coarse(&new.data_type),
            Level::Full => form::data_type(&old.data_type) != form::data_type(&new.data_type),
        };
        check(type_differs, Attribute::Type, &|column| column.data_type.clone());
        if self.level < Level::Full {
            return found;
        }
        // A column that becomes the row's own number may not be null any more: the primary key's change says that.
        let keyed = old.nullable == new.nullable && old.primary_key.is_some() != new.primary_key.is_some();
        let nullable = !keyed && form::nullable(self.old, old) != form::nullable(self.new, new);
        check(nullable, Attribute::Nullability, &|column| if column.nullable { "NULL" } else { "NOT NULL" }.to_owned());
        let is_known = |column: &Column| !types::is_unknown_default(column.default.as_deref());
        let default_differs = is_known(old) && is_known(new) && form::default(old) != form::default(new);
        check(default_differs, Attribute::Default, &|column| {
            column.default.clone().unwrap_or_else(|| "NULL".to_owned())
        });
        let generated = form::generated(self.old, old.generated.as_ref());
        check(generated != form::generated(self.new, new.generated.as_ref()), Attribute::Generated, &|column| {
            let Some(generated) = &column.generated else { return "none".to_owned() };
            format!("({}) {}", generated.expression, generated.storage())
        });
        check(old.collation != new.collation, Attribute::Collation, &|column| {
            column.collation.as_ref().map_or("BINARY", Name::as_str).to_owned()
        });
        found
    }

    fn primary_key(&mut self) {
        let object = Object::PrimaryKey { table: self.name() };
        let (old, new) = (self.old.primary_key(), self.new.primary_key());
        if old != new {
            let (old, new) = (render::names(old), render::names(new));
            self.changes.push(match (old.is_empty(), new.is_empty()) {
                (true, _) => added(object, new),
                (_, true) => removed(object, old),
                _ => changed(object, (Attribute::Columns, old, new)),
            });
        } else if self.old.primary_key_conflict != self.new.primary_key_conflict {
            let said = |table: &Table| table.primary_key_conflict.as_deref().unwrap_or("ABORT").to_owned();
            self.changes.push(changed(object, (Attribute::OnConflict, said(self.old), said(self.new))));
        }
    }

    fn options(&mut self) {
        let said = |on: bool| if on { "yes" } else { "no" }.to_owned();
        for (attribute, old, new) in [
            (Attribute::Autoincrement, self.old.autoincrement, self.new.autoincrement),
            (Attribute::WithoutRowid, self.old.without_rowid, self.new.without_rowid),
            (Attribute::Strict, self.old.strict, self.new.strict),
        ] {
            if old != new {
                self.changes.push(changed(Object::Table(self.name()), (attribute, said(old), said(new))));
            }
        }
    }

    fn constraints(&mut self) {
        let table = self.name();
        let uniques = Unmatched::of(&self.old.uniques, &self.new.uniques, |old, new| {
            old.columns == new.columns && old.conflict == new.conflict && old.options == new.options
        });
        self.changes.extend(uniques.changes(
            render::unique_definition,
            |old, new| old.columns == new.columns,
            |unique| Object::Unique { table: table.clone(), columns: unique.columns.clone() },
        ));
        let keys = Unmatched::of(&self.old.foreign_keys, &self.new.foreign_keys, |old, new| {
            form::foreign_key(self.before, old) == form::foreign_key(self.after, new)
        });
        self.changes.extend(keys.changes(
            render::foreign_key_definition,
            |old, new| old.columns == new.columns,
            |key| Object::ForeignKey { table: table.clone(), columns: key.columns.clone() },
        ));
        let checks = Unmatched::of(&self.old.checks, &self.new.checks, |old, new| {
            form::expression(self.old, &old.expression) == form::expression(self.new, &new.expression)
        });
        // One that is left on each side is the same one, rewritten.
        let single = checks.old.len() == 1 && checks.new.len() == 1;
        self.changes.extend(checks.changes(
            render::check_definition,
            |old, new| single || (old.name.is_some() && old.name == new.name),
            |check| Object::Check { table: table.clone(), expression: check.expression.clone() },
        ));
    }

    fn indexes(&mut self) {
        let definition =
            |index: &Index| format!("{}{}", if index.unique { "UNIQUE " } else { "" }, render::index_definition(index));
        for (name, sides) in paired(&self.old.indexes, &self.new.indexes) {
            let object = Object::Index { table: self.name(), name: name.clone() };
            match sides {
                (Some(old), Some(new)) => {
                    let differences = self.index_differences(old, new);
                    self.changes.extend(differences.into_iter().map(|difference| changed(object.clone(), difference)));
                }
                (None, Some(new)) if new.by_itself => {}
                (None, Some(new)) => self.changes.push(added(object, definition(new))),
                (Some(old), None) => self.changes.push(removed(object, definition(old))),
                (None, None) => {}
            }
        }
    }

    fn index_differences(&self, old: &Index, new: &Index) -> Vec<Difference> {
        let mut found = Vec::new();
        if form::index_parts(self.old, old) != form::index_parts(self.new, new) {
            found.push((Attribute::Columns, render::index_terms(old), render::index_terms(new)));
        }
        if old.unique != new.unique {
            let said = |index: &Index| if index.unique { "UNIQUE" } else { "not UNIQUE" }.to_owned();
            found.push((Attribute::Unique, said(old), said(new)));
        }
        if form::predicate(self.old, old) != form::predicate(self.new, new) {
            let said = |index: &Index| index.predicate.clone().unwrap_or_else(|| "none".to_owned());
            found.push((Attribute::Predicate, said(old), said(new)));
        }
        if found.is_empty() && old.options != new.options {
            found.push((Attribute::Definition, render::index_definition(old), render::index_definition(new)));
        }
        found
    }
}

/// The entries of two lists that have no equal in the other; each entry has one partner at the most.
struct Unmatched<'a, T> {
    old: Vec<&'a T>,
    new: Vec<&'a T>,
}

impl<'a, T> Unmatched<'a, T> {
    fn of(before: &'a [T], after: &'a [T], equal: impl Fn(&T, &T) -> bool) -> Self {
        let mut new: Vec<&T> = after.iter().collect();
        let mut old = Vec::new();
        for entry in before {
            match new.iter().position(|candidate| equal(entry, candidate)) {
                Some(index) => drop(new.remove(index)),
                None => old.push(entry),
            }
        }
        Self { old, new }
    }

    /// A pair of the same identity is one entry that changed.
    fn changes(
        self,
        definition: impl Fn(&T) -> String,
        same: impl Fn(&T, &T) -> bool,
        object: impl Fn(&T) -> Object,
    ) -> Vec<Change> {
        let Self { old, mut new } = self;
        let mut changes = Vec::new();
        for before in old {
            changes.push(match new.iter().position(|after| same(before, after)) {
                Some(index) => {
                    let after = new.remove(index);
                    changed(object(after), (Attribute::Definition, definition(before), definition(after)))
                }
                None => removed(object(before), definition(before)),
            });
        }
        changes.extend(new.into_iter().map(|after| added(object(after), definition(after))));
        changes
    }
}
