//! `ALTER TABLE`: all of its parts at once, as the servers carry them out, or none
//! (`mysql_prepare_alter_table` of `sql_table.cc`).

mod follow;

use self::follow::{altered_keys, rename_all, rename_referred, renamed_in};
use super::create::charset_of;
use super::error::Error;
use super::keys::{self, Wanted};
use super::parse::{Action, Alter, CheckDef, ColumnDef, ForeignDef, Initial, Place, Reader, Rule};
use super::state::{Column, Foreign, KeyKind, Table, same};
use super::{DataType, Database, Done, Flavour};

/// What an `ALTER TABLE` asks for, sorted.
#[derive(Default)]
struct Plan {
    changes: Vec<(Option<String>, ColumnDef, Place)>,
    renames: Vec<(String, String)>,
    dropped: Vec<String>,
    defaults: Vec<(String, Option<Initial>)>,
    wanted: Vec<Wanted>,
    foreign: Vec<(ForeignDef, bool)>,
    checks: Vec<CheckDef>,
    dropped_keys: Vec<String>,
    dropped_foreign: Vec<String>,
    dropped_checks: Vec<String>,
    renamed_keys: Vec<(String, String)>,
    rename_to: Option<String>,
    /// The columns that were dropped, once they are found.
    gone: Vec<String>,
    drops_primary: bool,
}

impl Database {
    pub(super) fn alter(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        reader.eat_any(&["online", "offline"]);
        reader.eat("ignore");
        if reader.eat("table") {
            let alter = reader.alter_table()?;
            return self.alter_table(alter);
        }
        self.alter_object(reader)
    }

    pub(super) fn alter_table(&mut self, alter: Alter) -> Done {
        let Some(table) = self.state.table(&alter.table).cloned() else {
            return match self.state.views.contains_key(&alter.table) {
                true => Err(Error::not_a_table(&alter.table, self.settings.flavour)),
                false if alter.if_exists => Ok(()),
                false => Err(self.missing(&alter.table)),
            };
        };
        let mut made = table.clone();
        let plan = self.plan(&mut made, alter.actions)?;
        self.carry_out_plan(&table, made, plan)
    }

    /// Sorts the parts of a statement; those that are there already, or not, are left out where it says so.
    fn plan(&self, table: &mut Table, actions: Vec<Action>) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        for action in actions {
            match action {
                Action::AddColumn { column, place, if_not_exists } => {
                    let planned = plan.changes.iter().any(|(_, def, _)| same(&def.name, &column.name));
                    if !(if_not_exists && (table.column(&column.name).is_some() || planned)) {
                        self.parts_of_column(&column, &mut plan.wanted, &mut plan.foreign, &mut plan.checks);
                        plan.changes.push((None, *column, place));
                    }
                }
                Action::Change { old, column, place, if_exists } => {
                    if !(if_exists && table.column(&old).is_none()) {
                        self.parts_of_column(&column, &mut plan.wanted, &mut plan.foreign, &mut plan.checks);
                        plan.changes.push((Some(old), *column, place));
                    }
                }
                Action::RenameColumn { old, new, if_exists } => {
                    if !(if_exists && table.column(&old).is_none()) {
                        plan.renames.push((old, new));
                    }
                }
                Action::DropColumn { name, if_exists } => {
                    if !(if_exists && table.column(&name).is_none()) {
                        plan.dropped.push(name);
                    }
                }
                Action::SetDefault { column, default, if_exists } => {
                    if !(if_exists && table.column(&column).is_none()) {
                        plan.defaults.push((column, default));
                    }
                }
                Action::AddRule(rule) => plan_rule(table, rule, &mut plan),
                Action::DropKey { name, if_exists } => {
                    if !(if_exists && table.key(&name).is_none()) {
                        plan.dropped_keys.push(name);
                    }
                }
                Action::DropPrimary => plan.drops_primary = true,
                Action::DropForeign { name, if_exists } => {
                    if !if_exists || table.foreign.iter().any(|foreign| same(&foreign.name, &name)) {
                        plan.dropped_foreign.push(name);
                    }
                }
                Action::DropConstraint { name, if_exists, check } => {
                    self.plan_constraint(table, name, if_exists, check, &mut plan)?;
                }
                Action::RenameKey { old, new, if_exists } => {
                    if !(if_exists && table.key(&old).is_none()) {
                        plan.renamed_keys.push((old, new));
                    }
                }
                Action::TouchKey { name } => {
                    if table.key(&name).is_none() {
                        return Err(Error::no_such_key(&name, &table.name));
                    }
                }
                Action::RenameTo(name) => plan.rename_to = Some(name),
                Action::Options(options) => {
                    table.engine = options.engine.or_else(|| table.engine.take());
                    if let Some(collation) = &options.collation {
                        table.charset = Some(options.charset.clone().unwrap_or_else(|| charset_of(collation)));
                        table.collation = options.collation;
                    } else if options.charset.is_some() {
                        (table.charset, table.collation) = (options.charset, None);
                    }
                }
                Action::Convert { charset, collation } => convert(table, charset, collation),
                Action::Nothing => {}
            }
        }
        Ok(plan)
    }

    /// `DROP CONSTRAINT` takes whichever has the name.
    fn plan_constraint(&self, table: &Table, name: String, if_exists: bool, check: bool, plan: &mut Plan) -> Done {
        let has_check = table.checks.iter().any(|known| same(&known.name, &name));
        let unnamed = self.settings.flavour == Flavour::Unknown && has_given_name(table, &name);
        if has_check {
            plan.dropped_checks.push(name);
        } else if unnamed {
            return Err(Error::unsupported(format!("drops `{name}`, whose name is the server's own")));
        } else if !check && table.foreign.iter().any(|known| same(&known.name, &name)) {
            plan.dropped_foreign.push(name);
        } else if !check && table.keys.iter().any(|key| key.kind == KeyKind::Unique && same(&key.name, &name)) {
            plan.dropped_keys.push(name);
        } else if !check
            && same(&name, "PRIMARY")
            && table.primary_key().is_some()
            && self.settings.flavour != Flavour::MariaDb
        {
            plan.drops_primary = true;
        } else if !if_exists {
            return Err(match (check, self.settings.flavour) {
                (_, Flavour::MariaDb) => Error::cannot_drop("CONSTRAINT", &name, self.settings.flavour),
                (true, _) => Error::new(3821, format!("Check constraint '{name}' is not found in the table.")),
                (false, _) => Error::new(3940, format!("Constraint '{name}' does not exist.")),
            });
        }
        Ok(())
    }

    fn carry_out_plan(&mut self, old: &Table, mut made: Table, mut plan: Plan) -> Done {
        let flavour = self.settings.flavour;
        Self::add_renames(old, &mut plan)?;
        let columns = self.altered_columns(old, &made, &mut plan)?;
        made.columns = columns;
        if let Some(name) = plan.dropped.first() {
            return Err(Error::cannot_drop("COLUMN", name, flavour));
        }
        if made.columns.is_empty() {
            return Err(Error::no_columns_left());
        }
        let gone: Vec<String> =
            old.columns.iter().filter(|column| plan.is_gone(column)).map(|column| column.name.clone()).collect();
        drop_foreign(&mut made, &plan, flavour)?;
        self.hold_dropped_columns(old, &made, &gone)?;
        made.foreign.retain(|foreign| !foreign.columns.iter().any(|column| gone.iter().any(|name| same(name, column))));
        made.keys = altered_keys(old, &made, &plan, &gone, flavour)?;
        self.alter_checks(&mut made, &plan, &gone)?;
        for foreign in &mut made.foreign {
            rename_all(&mut foreign.columns, &plan.renames);
            if foreign.table == old.name {
                rename_all(&mut foreign.references, &plan.renames);
            }
        }
        Self::no_column_twice(&made)?;
        let checks = std::mem::take(&mut plan.checks);
        keys::add(&mut made, std::mem::take(&mut plan.wanted), &self.settings)?;
        self.hold_defaults(&made)?;
        self.hold_generated(&made)?;
        self.add_checks(&mut made, checks)?;
        self.hold_needed_keys(old, &made, &plan)?;
        self.hold_changed_columns(old, &made, &plan)?;
        self.add_foreign(&mut made, std::mem::take(&mut plan.foreign))?;
        rename_referred(&mut self.state, &old.name, &plan.renames);
        let name = made.name.clone();
        self.replace(&old.name, made);
        match plan.rename_to {
            Some(new) if new != name => self.rename_table(&name, &new),
            _ => Ok(()),
        }
    }

    /// `RENAME COLUMN` is a `CHANGE` that keeps all else.
    fn add_renames(old: &Table, plan: &mut Plan) -> Done {
        for (from, _) in &plan.renames {
            if old.column(from).is_none() {
                return Err(Error::unknown_column(from, &old.name));
            }
        }
        for (from, def, _) in &plan.changes {
            if let Some(from) = from.as_ref().filter(|from| !same(from, &def.name) || **from != def.name) {
                plan.renames.push((from.clone(), def.name.clone()));
            }
        }
        Ok(())
    }

    /// The columns as they are afterwards. What was dropped is taken from the plan.
    fn altered_columns(&self, old: &Table, made: &Table, plan: &mut Plan) -> Result<Vec<Column>, Error> {
        let mut columns: Vec<Column> = Vec::new();
        let mut found = vec![false; plan.changes.len()];
        let mut dropped = vec![false; plan.dropped.len()];
        for column in &old.columns {
            if let Some(index) = plan.dropped.iter().position(|name| same(name, &column.name)) {
                dropped[index] = true;
                continue;
            }
            let is_of = |from: &Option<String>| from.as_ref().is_some_and(|from| same(from, &column.name));
            if let Some(index) = plan.changes.iter().position(|(from, ..)| is_of(from)) {
                found[index] = true;
                let (_, def, place) = &plan.changes[index];
                if matches!(place, Place::Same) {
                    columns.push(self.column_of(def.clone(), made)?);
                }
                continue;
            }
            let mut column = made.column(&column.name).unwrap_or(column).clone();
            if let Some((_, new)) = plan.renames.iter().find(|(from, _)| same(from, &column.name)) {
                column.name = new.clone();
            }
            columns.push(column);
        }
        for (index, (from, def, place)) in plan.changes.iter().enumerate() {
            if let Some(from) = from.as_ref().filter(|_| !found[index]) {
                return Err(Error::unknown_column(from, &old.name));
            }
            if from.is_some() && matches!(place, Place::Same) {
                continue;
            }
            let at = match place {
                Place::Same => columns.len(),
                Place::First => 0,
                Place::After(after) => match columns.iter().position(|known| same(&known.name, after)) {
                    Some(at) => at + 1,
                    None => return Err(Error::unknown_column(after, &old.name)),
                },
            };
            columns.insert(at, self.column_of(def.clone(), made)?);
        }
        for (name, default) in &plan.defaults {
            let new = plan.renames.iter().find(|(from, _)| same(from, name)).map_or(name, |(_, new)| new);
            let Some(column) = columns.iter_mut().find(|column| same(&column.name, new)) else {
                return Err(Error::unknown_column(name, &old.name));
            };
            column.default = match default {
                Some(Initial::Null) if !column.nullable => return Err(Error::invalid_default(name)),
                Some(Initial::Null) | None => None,
                Some(Initial::Value(value)) => Some(value.clone()),
            };
        }
        let names = std::mem::take(&mut plan.dropped);
        for (index, name) in names.iter().enumerate() {
            if !dropped[index] {
                plan.dropped.push(name.clone());
            }
        }
        plan.gone = names;
        Ok(columns)
    }

    /// No column goes that a foreign key needs.
    fn hold_dropped_columns(&self, old: &Table, made: &Table, gone: &[String]) -> Done {
        let has =
            |columns: &[String]| gone.iter().find(|name| columns.iter().any(|column| same(column, name))).cloned();
        for foreign in made.foreign.iter().filter(|foreign| !foreign.is_doubtful) {
            if let Some(column) = has(&foreign.columns) {
                return Err(Error::needed_column(&column, &foreign.name, None, self.settings.flavour));
            }
        }
        if !self.settings.foreign_key_checks {
            return Ok(());
        }
        for (child, foreign) in self.state.holding(&old.name).filter(|(child, _)| child.name != old.name) {
            if let Some(column) = has(&foreign.references) {
                return Err(Error::needed_column(&column, &foreign.name, Some(&child.name), self.settings.flavour));
            }
        }
        Ok(())
    }

    /// Foreign keys keep a key on both of their sides.
    fn hold_needed_keys(&self, old: &Table, made: &Table, plan: &Plan) -> Done {
        let needed = || match plan.dropped_keys.first() {
            Some(key) => Error::needed_index(key),
            None if self.settings.flavour == Flavour::MariaDb => Error::needed_primary(&old.name),
            None => Error::needed_index("PRIMARY"),
        };
        if made.foreign.iter().any(|foreign| !foreign.is_doubtful && !made.has_key_over(&foreign.columns)) {
            return Err(needed());
        }
        if !self.settings.foreign_key_checks {
            return Ok(());
        }
        for (child, foreign) in self.state.holding(&old.name) {
            if child.name == old.name && !made.foreign.iter().any(|own| own.name == foreign.name) {
                continue;
            }
            let mut references = foreign.references.clone();
            rename_all(&mut references, &plan.renames);
            if old.has_key_over(&foreign.references) && !made.has_key_over(&references) {
                return Err(needed());
            }
        }
        Ok(())
    }

    /// A column that a foreign key uses keeps its type.
    fn hold_changed_columns(&self, old: &Table, made: &Table, plan: &Plan) -> Done {
        for (from, def, _) in &plan.changes {
            let Some(from) = from else { continue };
            let (Some(before), Some(after)) = (old.column(from), made.column(&def.name)) else { continue };
            let uses = |foreign: &&Foreign| {
                !foreign.is_doubtful && foreign.columns.iter().any(|column| same(column, &def.name))
            };
            for foreign in made.foreign.iter().filter(uses) {
                let sets_null =
                    [&foreign.on_delete, &foreign.on_update].iter().any(|action| action.as_deref() == Some("SET NULL"));
                if sets_null && before.nullable && !after.nullable {
                    let message = format!(
                        "Column '{from}' cannot be NOT NULL: needed in a foreign key constraint '{}' SET NULL",
                        foreign.name
                    );
                    return Err(Error::new(1830, message));
                }
            }
            if !self.settings.foreign_key_checks
                || !is_other_type(&before.data_type, &after.data_type, self.settings.flavour)
            {
                continue;
            }
            if let Some(foreign) = made.foreign.iter().find(uses) {
                return Err(Error::used_column(from, &foreign.name, None));
            }
            let mut children = self.state.holding(&old.name);
            let child = children.find(|(_, foreign)| foreign.references.iter().any(|column| same(column, from)));
            if let Some((child, foreign)) = child {
                return Err(Error::used_column(from, &foreign.name, Some(&child.name)));
            }
        }
        Ok(())
    }

    /// Checks follow their columns, or keep them.
    fn alter_checks(&self, made: &mut Table, plan: &Plan, gone: &[String]) -> Done {
        for name in &plan.dropped_checks {
            made.checks.retain(|check| !same(&check.name, name));
        }
        let is_gone = |column: &String| gone.iter().any(|name| same(name, column));
        let is_changed = |column: &String| {
            plan.changes.iter().any(|(from, ..)| from.as_ref().is_some_and(|from| same(from, column)))
        };
        let mariadb = self.settings.flavour == Flavour::MariaDb;
        // The check of a column goes with it, and what names a dropped column alone.
        made.checks.retain(|check| match &check.of {
            Some(of) if is_gone(of) => false,
            Some(of) if mariadb && is_changed(of) => false,
            _ => !(check.columns.len() == 1 && check.columns.iter().all(is_gone)),
        });
        let renamed = |name: &String| plan.renames.iter().find(|(from, new)| same(from, name) && !same(from, new));
        for check in &mut made.checks {
            if let Some(column) = check.columns.iter().find(|column| is_gone(column)) {
                return Err(match self.settings.flavour {
                    Flavour::MariaDb => Error::unknown_column(column, "CHECK"),
                    _ => Error::new(
                        3959,
                        format!(
                            "Check constraint '{}' uses column '{column}', hence column cannot be dropped or renamed.",
                            check.name
                        ),
                    ),
                });
            }
            if let Some((column, _)) = check.columns.iter().find_map(renamed)
                && self.settings.flavour == Flavour::MySql
            {
                let message = format!(
                    "Check constraint '{}' uses column '{column}', hence column cannot be dropped or renamed.",
                    check.name
                );
                return Err(Error::new(3959, message));
            }
            rename_all(&mut check.columns, &plan.renames);
            check.expression = renamed_in(&check.expression, &plan.renames);
        }
        for column in &mut made.columns {
            if let Some(generated) = &mut column.generated {
                rename_all(&mut generated.columns, &plan.renames);
                generated.expression = renamed_in(&generated.expression, &plan.renames);
            }
        }
        Ok(())
    }
}

impl Plan {
    fn is_gone(&self, column: &Column) -> bool {
        self.gone.iter().any(|name| same(name, &column.name))
    }
}

fn plan_rule(table: &Table, rule: Rule, plan: &mut Plan) {
    match rule {
        Rule::Key(key) => {
            let is_there = key.name.as_ref().is_some_and(|name| table.key(name).is_some());
            if !(key.if_not_exists && is_there) {
                plan.wanted.push(Wanted::written(key));
            }
        }
        Rule::Foreign(def) => {
            let named = |name: &String| table.foreign.iter().any(|foreign| same(&foreign.name, name));
            if !(def.if_not_exists && def.name.as_ref().or(def.index.as_ref()).is_some_and(named)) {
                plan.wanted.push(Wanted::for_foreign(&def));
                plan.foreign.push((def, false));
            }
        }
        Rule::Check(check) => {
            let named = |name: &String| table.checks.iter().any(|known| same(&known.name, name));
            if !(check.if_not_exists && check.name.as_ref().is_some_and(named)) {
                plan.checks.push(check);
            }
        }
    }
}

/// Whether a name is one that a server gives to a check of this table without a name.
fn has_given_name(table: &Table, name: &str) -> bool {
    let lower = name.to_lowercase();
    let of_mysql = lower.starts_with(&format!("{}_chk_", table.name.to_lowercase()));
    let of_column = table.checks.iter().any(|check| check.of.as_ref().is_some_and(|of| same(of, name)));
    !table.checks.is_empty() && (of_mysql || lower.starts_with("constraint_") || of_column)
}

fn convert(table: &mut Table, charset: Option<String>, collation: Option<String>) {
    let charset = charset.or_else(|| collation.as_deref().map(charset_of));
    for column in table.columns.iter_mut().filter(|column| column.data_type.is_text()) {
        column.data_type.charset.clone_from(&charset);
        column.data_type.collation.clone_from(&collation);
    }
    (table.charset, table.collation) = (charset, collation);
}

fn drop_foreign(made: &mut Table, plan: &Plan, flavour: Flavour) -> Done {
    for name in &plan.dropped_foreign {
        let Some(at) = made.foreign.iter().position(|foreign| same(&foreign.name, name)) else {
            return Err(Error::cannot_drop("FOREIGN KEY", name, flavour));
        };
        made.foreign.remove(at);
    }
    Ok(())
}

/// Whether a column of a foreign key may not change so. MariaDB keeps it as it is; MySQL lets a text grow.
fn is_other_type(before: &DataType, after: &DataType, flavour: Flavour) -> bool {
    if flavour == Flavour::MariaDb {
        return before.to_string() != after.to_string() || before.charset != after.charset;
    }
    let shrinks = before.is(&["varchar"]) && after.arguments < before.arguments;
    before.name != after.name || before.unsigned != after.unsigned || shrinks
}
