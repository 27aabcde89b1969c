//! From what one track does and the other doesn't to the steps of a revision.

use std::collections::BTreeSet;

use super::convert::Converter;
use super::keys::{column_of, constraint_name, drop_foreign_key, drop_unique};
use super::renames;
use super::step::Step;
use super::types::Enums;
use crate::evaluate::parity::{Difference, What};
use crate::schema::delta::{Attribute, Object};
use crate::schema::model::{Column, ForeignKey, Index, IndexTerm, Name, Schema, Table, Unique};

/// What a revision is to do.
#[derive(Debug, Default)]
pub struct Plan {
    pub steps: Vec<Planned>,
    /// What is left to do.
    pub by_hand: Vec<String>,
    pub notes: Vec<String>,
    /// The enum types that its steps may name.
    pub enums: Enums,
    /// Its renames are guessed: a reader is asked.
    pub asks: bool,
}

impl Plan {
    /// Takes another plan for the same database over, each step once.
    pub fn extend(&mut self, other: Self) {
        for planned in other.steps {
            if !self.steps.iter().any(|known| known.step == planned.step) {
                self.steps.push(planned);
            }
        }
        self.by_hand.extend(other.by_hand);
        self.notes.extend(other.notes);
        self.enums.extend(other.enums);
        self.asks |= other.asks;
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub step: Step,
    /// A fresh database has it already when the revision runs: it may only be done where it is not there.
    pub guarded: bool,
}

/// The schemas between which a plan is made.
#[derive(Debug)]
pub struct Planner<'s> {
    pub(super) convert: Converter<'s>,
    /// The track's deployed databases, as far as the plan has come.
    pub(super) target: Schema,
    /// The track's fresh databases.
    fresh: Schema,
    pub(super) phases: Phases,
}

/// Steps in the order of their sorts: what goes makes room first, tables come before their parts, and what holds rows
/// goes last.
#[derive(Debug, Default)]
pub(super) struct Phases {
    types: Vec<Step>,
    pub(super) drop_keys: Vec<Step>,
    tables: Vec<Step>,
    columns: Vec<Step>,
    alterations: Vec<Step>,
    pub(super) keys: Vec<Step>,
    drop_columns: Vec<Step>,
    drop_tables: Vec<Step>,
}

impl<'s> Planner<'s> {
    /// `target` is what the track's deployed databases have, after `renames`.
    pub fn new(convert: Converter<'s>, target: Schema, fresh: Schema) -> Self {
        Self { convert, target, fresh, phases: Phases::default() }
    }

    /// The plan that makes up for these differences.
    pub fn plan(mut self, renames: Vec<Step>, differences: &[Difference]) -> Plan {
        let (mut new_tables, mut gone) = (BTreeSet::new(), BTreeSet::new());
        for difference in differences {
            match (&difference.object, &difference.what) {
                (Object::Table(name), What::Added(_)) => drop(new_tables.insert(name.clone())),
                (Object::Table(name), What::Removed) => drop(gone.insert(name.clone())),
                _ => self.difference(difference),
            }
        }
        self.create_tables(new_tables);
        self.drop_tables(gone);
        let Phases { types, mut drop_keys, tables, columns, alterations, mut keys, drop_columns, drop_tables } =
            self.phases;
        // A foreign key needs the key that it refers to.
        drop_keys.sort_by_key(|step| !matches!(step, Step::DropForeignKey { .. }));
        keys.sort_by_key(|step| matches!(step, Step::AddForeignKey { .. }));
        let mut by_hand = self.convert.by_hand;
        let mut steps: Vec<Planned> = Vec::new();
        for step in renames {
            if step.is_done(&self.fresh) {
                by_hand.push(format!("a step that {step}: fresh databases have it done already"));
            } else {
                renames::apply(&step, &mut self.fresh);
                steps.push(Planned { step, guarded: false });
            }
        }
        let all = [types, drop_keys, tables, columns, alterations, keys, drop_columns, drop_tables];
        for step in all.into_iter().flatten() {
            // What is taken away first is made anew, though fresh databases have one of its name.
            let is_made_anew = steps.iter().any(|known| !known.guarded && known.step.makes_room_for(&step));
            let guarded = !is_made_anew && step.is_done(&self.fresh);
            if !steps.iter().any(|known| known.step == step) {
                steps.push(Planned { step, guarded });
            }
        }
        let enums = self.convert.source.enums.iter().chain(&self.target.enums);
        let enums = enums.map(|(name, values)| (name.clone(), values.clone())).collect();
        Plan { steps, by_hand, notes: self.convert.notes, enums, asks: false }
    }

    fn difference(&mut self, difference: &Difference) {
        let done = match (&difference.object, &difference.what) {
            (Object::Column { table, name }, What::Added(_)) => self.add_column(table, name),
            (Object::Column { table, name }, What::Removed) => self.drop_column(table, name),
            (Object::Column { table, name }, What::Differs { attribute, .. }) => self.alter(table, name, *attribute),
            (Object::Index { table, name }, What::Added(_)) => self.create_index(table, name),
            (Object::Index { table, name }, What::Differs { .. }) => {
                self.drop_like(table, name);
                self.create_index(table, name)
            }
            (Object::Index { table, name }, What::Removed) => self.drop_index(table, name),
            (Object::Unique { table, columns }, What::Added(_)) => self.add_unique(table, columns),
            (Object::Unique { table, columns }, What::Removed) => self.drop_unique(table, columns),
            (Object::ForeignKey { table, columns }, What::Added(_) | What::Differs { .. }) => {
                self.add_foreign_key(table, columns)
            }
            (Object::ForeignKey { table, columns }, What::Removed) => self.drop_foreign_key(table, columns),
            (Object::Check { table, expression }, What::Added(_)) => self.add_check(table, expression),
            (Object::Check { table, expression }, What::Removed) => self.drop_check(table, expression),
            (Object::Type(name), What::Differs { .. }) => self.add_values(name),
            _ => None,
        };
        if done.is_none() {
            self.convert.by_hand.push(said(difference));
        }
    }

    /// Both sides of a table that both have.
    pub(super) fn both(&self, name: &Name) -> Option<(&'s Table, &Table)> {
        Some((self.convert.source.tables.get(name)?, self.target.tables.get(name)?))
    }

    fn create_tables(&mut self, mut names: BTreeSet<Name>) {
        while !names.is_empty() {
            let waits = |name: &Name| {
                let table = self.convert.source.tables.get(name);
                table.is_some_and(|table| {
                    table.foreign_keys.iter().any(|key| key.table != *name && names.contains(&key.table))
                })
            };
            // In a circle somebody has to be the first.
            let next = names.iter().find(|name| !waits(name)).or_else(|| names.first()).cloned();
            let Some(name) = next else { return };
            names.remove(&name);
            let Some(table) = self.convert.source.tables.get(&name) else { continue };
            for column in &table.columns {
                self.make_type(&column.data_type);
            }
            let mut made = self.convert.table(table);
            for key in &table.foreign_keys {
                let key = self.convert.foreign_key(key);
                if self.can_refer(&key, Some(&made)) {
                    made.foreign_keys.push(key);
                } else if names.contains(&key.table) && !key.references.is_empty() {
                    let own = constraint_name(&name, &key.columns, "fkey");
                    self.phases.keys.push(Step::AddForeignKey { table: name.clone(), name: own, key });
                } else {
                    self.left_out(&name, &key);
                }
            }
            self.target.tables.insert(name, made.clone());
            self.phases.tables.push(Step::CreateTable(made));
        }
    }

    /// What refers to another table goes before it.
    fn drop_tables(&mut self, mut names: BTreeSet<Name>) {
        while !names.is_empty() {
            let is_free = |name: &&Name| {
                let others = self.target.tables.values().filter(|table| table.name != **name);
                !others.flat_map(|table| &table.foreign_keys).any(|key| key.table == **name)
            };
            let next = names.iter().find(is_free).or_else(|| names.first()).cloned();
            let Some(name) = next else { return };
            names.remove(&name);
            self.release(&name, None);
            if let Some(table) = self.target.tables.remove(&name) {
                self.phases.drop_tables.push(Step::DropTable(table));
            }
        }
    }

    /// Takes the foreign keys of other tables away that keep a table, or one of its columns, from being dropped.
    fn release(&mut self, name: &Name, column: Option<&Name>) {
        for table in self.target.tables.values_mut().filter(|table| table.name != *name) {
            let own = table.name.clone();
            let holds =
                |key: &ForeignKey| key.table == *name && column.is_none_or(|column| key.references.contains(column));
            let (gone, kept) = std::mem::take(&mut table.foreign_keys).into_iter().partition(holds);
            table.foreign_keys = kept;
            self.phases.drop_keys.extend(gone.into_iter().filter_map(|key| drop_foreign_key(&own, key)));
        }
    }

    fn add_column(&mut self, table: &Name, name: &Name) -> Option<()> {
        let (source, target) = self.both(table)?;
        let (found, own) = (source.column(name)?, target.name.clone());
        if found.primary_key.is_some() {
            self.convert.by_hand.push(format!("the primary key of `{table}`, which has `{name}` now"));
        }
        self.make_type(&found.data_type);
        let column = self.convert.column(source, found, false);
        self.convert.leave_checks_out(source, found);
        if column.needs_a_value() {
            let note =
                format!("`{table}.{name}` is NOT NULL without a default: PostgreSQL refuses it where there are rows");
            self.convert.notes.push(note);
        }
        self.target.tables.get_mut(table)?.columns.push(column.clone());
        self.phases.columns.push(Step::AddColumn { table: own, column });
        Some(())
    }

    fn drop_column(&mut self, table: &Name, name: &Name) -> Option<()> {
        if self.target.tables.get(table)?.column(name)?.primary_key.is_some() {
            return None;
        }
        self.release(table, Some(name));
        let found = self.target.tables.get_mut(table)?;
        let at = found.columns.iter().position(|column| column.name == *name)?;
        let own = found.name.clone();
        let column = found.columns.remove(at);
        // They would go with the column, and `downgrade()` is to bring them back.
        let is_part = |term: &IndexTerm| column_of(term) == Some(name);
        let indexes: Vec<Index> = found
            .indexes
            .values()
            .filter(|index| index.parts.iter().any(|part| is_part(&part.term)))
            .cloned()
            .collect();
        found.indexes.retain(|_, index| !indexes.contains(index));
        let (uniques, kept) =
            std::mem::take(&mut found.uniques).into_iter().partition(|one: &Unique| one.columns.contains(name));
        found.uniques = kept;
        let (keys, kept) = std::mem::take(&mut found.foreign_keys)
            .into_iter()
            .partition(|one: &ForeignKey| one.columns.contains(name));
        found.foreign_keys = kept;
        let drops = &mut self.phases.drop_keys;
        drops.extend(indexes.into_iter().map(|index| Step::DropIndex { table: own.clone(), index }));
        drops.extend(uniques.into_iter().filter_map(|unique| drop_unique(&own, unique)));
        drops.extend(keys.into_iter().filter_map(|key| drop_foreign_key(&own, key)));
        self.phases.drop_columns.push(Step::DropColumn { table: own, column });
        Some(())
    }

    fn alter(&mut self, table: &Name, name: &Name, attribute: Attribute) -> Option<()> {
        let (source, target) = self.both(table)?;
        let (wanted, from) = (source.column(name)?, target.column(name)?.clone());
        let own = target.name.clone();
        self.make_type(&wanted.data_type);
        let mut to = self.convert.column(source, wanted, false);
        let at = self.phases.alterations.iter().position(
            |step| matches!(step, Step::AlterColumn { table: known, to, .. } if *known == own && to.name == *name),
        );
        let mut known = from.clone();
        if let Some(Step::AlterColumn { to, .. }) = at.map(|at| self.phases.alterations.remove(at)) {
            known = to;
        }
        match attribute {
            Attribute::Type => known.data_type = std::mem::take(&mut to.data_type),
            Attribute::Nullability => known.nullable = to.nullable,
            Attribute::Default => known.default = to.default.take(),
            _ => return None,
        }
        if from.data_type == known.data_type && attribute == Attribute::Default && wanted.default.is_some() {
            // The literal has to fit the type that is there.
            known.default = self.default(wanted, &from).or(known.default);
        }
        if !known.nullable && from.nullable {
            let note = format!("`{table}.{name}` becomes NOT NULL: PostgreSQL refuses it where a row has none");
            self.convert.notes.push(note);
        }
        self.phases.alterations.push(Step::AlterColumn { table: own, from, to: known });
        Some(())
    }

    /// Makes the enum type of a column where the database has none of its name.
    fn make_type(&mut self, data_type: &str) {
        let Some((name, values)) = super::types::enum_of(data_type, &self.convert.source.enums) else { return };
        if !self.target.enums.contains_key(name) {
            self.target.enums.insert(name.clone(), values.to_vec());
            self.phases.types.push(Step::CreateType { name: name.clone(), values: values.to_vec() });
        }
    }

    /// The values that a type lacks; `None` where it has others that are to go.
    fn add_values(&mut self, name: &Name) -> Option<()> {
        let (wanted, known) = (self.convert.source.enums.get(name)?, self.target.enums.get(name)?);
        let new = |value: &&String| !known.contains(value);
        for (at, value) in wanted.iter().enumerate().filter(|(_, value)| new(value)) {
            let before = wanted[at..].iter().find(|other| known.contains(other)).cloned();
            self.phases.types.push(Step::AddValue { of: name.clone(), value: value.clone(), before });
        }
        known.iter().all(|value| wanted.contains(value)).then_some(())
    }

    fn default(&self, wanted: &Column, from: &Column) -> Option<String> {
        let written = wanted.default.as_ref().filter(|_| self.convert.dialect.is_loose())?;
        super::types::default(written, &from.data_type).ok().flatten()
    }
}

/// A difference as something to do.
pub fn said(difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.what {
        What::Added(_) => format!("{object} is to be added"),
        What::Removed => format!("{object} is to be removed"),
        What::Differs { attribute, on, not_on } => {
            format!("{} of {object} is to be `{on}`, not `{not_on}`", attribute.as_str())
        }
    }
}
