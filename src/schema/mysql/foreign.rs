//! Foreign keys (<https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>).

use super::error::Error;
use super::parse::ForeignDef;
use super::settings::is_elsewhere;
use super::state::{Check, Foreign, Table, same};
use super::{Database, Done, Flavour};

impl Database {
    /// Adds foreign keys to a table that has its columns and keys. Of those written on a column nothing is refused where
    /// some servers do not heed them.
    pub(super) fn add_foreign(&self, table: &mut Table, defs: Vec<(ForeignDef, bool)>) -> Done {
        if !table.keeps_foreign_keys() {
            return Ok(());
        }
        for (def, inline) in defs {
            let lenient = inline && self.settings.flavour == Flavour::Unknown;
            match self.foreign_of(table, def) {
                Ok(foreign) => table.foreign.push(Foreign { is_doubtful: lenient, ..foreign }),
                Err(_) if lenient => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn foreign_of(&self, table: &Table, def: ForeignDef) -> Result<Foreign, Error> {
        let flavour = self.settings.flavour;
        let own = if flavour == Flavour::MySql { None } else { def.index };
        let name = def.name.or(own).unwrap_or_else(|| next_name(table));
        if let Some(missing) = def.columns.iter().find(|column| table.column(column).is_none()) {
            return Err(Error::key_column(missing));
        }
        if !def.references.is_empty() && def.references.len() != def.columns.len() {
            let message =
                format!("Incorrect foreign key definition for '{name}': Key reference and table reference don't match");
            return Err(Error::new(1239, message));
        }
        let is_taken = table.foreign.iter().any(|foreign| same(&foreign.name, &name))
            || self.state.tables.values().any(|other| {
                other.name != table.name && other.foreign.iter().any(|foreign| same(&foreign.name, &name))
            });
        if is_taken {
            return Err(Error::duplicate_foreign(&table.name, &name, flavour));
        }
        let foreign = Foreign {
            name,
            columns: def.columns.iter().map(|column| spelled(table, column)).collect(),
            table: def.table,
            references: def.references,
            on_delete: def.on_delete,
            on_update: def.on_update,
            is_doubtful: false,
        };
        self.hold_checked(table, &foreign)?;
        self.hold_foreign(table, &foreign)?;
        Ok(foreign)
    }

    /// What a check holds is changed by no foreign key.
    pub(super) fn hold_checked(&self, table: &Table, foreign: &Foreign) -> Done {
        let sets = |action: &Option<String>| action.as_deref().is_some_and(|action| action.starts_with("SET"));
        let changes = foreign.on_update.is_some() || sets(&foreign.on_delete);
        let is_checked =
            |check: &&Check| check.columns.iter().any(|name| foreign.columns.iter().any(|own| same(own, name)));
        let Some(check) = table.checks.iter().find(is_checked).filter(|_| changes) else { return Ok(()) };
        let column = check.columns.iter().find(|name| foreign.columns.iter().any(|own| same(own, name)));
        let column = column.map(String::as_str).unwrap_or_default();
        Err(match self.settings.flavour {
            Flavour::MariaDb => Error::new(
                1901,
                format!("Function or expression '{column}' cannot be used in the CHECK clause of `{}`", check.name),
            ),
            _ => Error::new(
                3823,
                format!(
                    "Column '{column}' cannot be used in a check constraint '{}': needed in a foreign key constraint '{}' \
                     referential action.",
                    check.name, foreign.name
                ),
            ),
        })
    }

    /// Whether a foreign key fits the columns on both of its sides.
    pub(super) fn hold_foreign(&self, table: &Table, foreign: &Foreign) -> Done {
        let refused = |code, message| Err(Error::foreign(&table.name, code, message, self.settings.flavour));
        let (name, parent_name) = (&foreign.name, &foreign.table);
        let sets_null =
            [&foreign.on_delete, &foreign.on_update].iter().any(|action| action.as_deref() == Some("SET NULL"));
        let not_null = foreign.columns.iter().find(|name| table.column(name).is_some_and(|column| !column.nullable));
        if let Some(column) = not_null.filter(|_| sets_null) {
            let message =
                format!("Column '{column}' cannot be NOT NULL: needed in a foreign key constraint '{name}' SET NULL");
            return refused(1830, message);
        }
        if is_elsewhere(parent_name) {
            return Ok(());
        }
        let parent = if *parent_name == table.name { Some(table) } else { self.state.table(parent_name) };
        let Some(parent) = parent else {
            if !self.settings.foreign_key_checks {
                return Ok(());
            }
            let error = Error::no_referenced_table(&table.name, parent_name, self.settings.flavour);
            return Err(self.unless_elsewhere(parent_name, error));
        };
        if foreign.references.is_empty() {
            let message =
                format!("Incorrect foreign key definition for '{name}': Key reference and table reference don't match");
            return refused(1239, message);
        }
        if let Some(missing) = foreign.references.iter().find(|column| parent.column(column).is_none()) {
            let message = format!(
                "Failed to add the foreign key constraint. Missing column '{missing}' for constraint '{name}' in the \
                 referenced table '{parent_name}'"
            );
            return refused(3734, message);
        }
        self.hold_types(table, foreign, parent)?;
        if self.settings.foreign_key_checks && !parent.has_key_over(&foreign.references) {
            let message = format!(
                "Failed to add the foreign key constraint. Missing index for constraint '{name}' in the referenced table \
                 '{parent_name}'"
            );
            return refused(1822, message);
        }
        Ok(())
    }

    /// Whether the columns on both sides are of types that fit.
    pub(super) fn hold_types(&self, table: &Table, foreign: &Foreign, parent: &Table) -> Done {
        if !self.settings.foreign_key_checks {
            return Ok(());
        }
        for (own, referenced) in foreign.columns.iter().zip(&foreign.references) {
            let (Some(one), Some(other)) = (table.column(own), parent.column(referenced)) else { continue };
            if one.data_type.refers_to(&other.data_type, self.settings.charset.as_deref()) == Some(false) {
                let message = format!(
                    "Referencing column '{own}' and referenced column '{referenced}' in foreign key constraint '{}' are \
                     incompatible.",
                    foreign.name
                );
                return Err(Error::foreign(&table.name, 3780, message, self.settings.flavour));
            }
        }
        Ok(())
    }
}

/// A column as its table spells it.
fn spelled(table: &Table, column: &str) -> String {
    table.column(column).map_or_else(|| column.to_owned(), |column| column.name.clone())
}

/// The name that a foreign key without one gets.
fn next_name(table: &Table) -> String {
    let start = format!("{}_ibfk_", table.name);
    let number = |foreign: &Foreign| foreign.name.strip_prefix(&start).and_then(|number| number.parse::<u32>().ok());
    let last = table.foreign.iter().filter_map(number).max().unwrap_or(0);
    format!("{start}{}", last + 1)
}
