//! The tables and columns that new migrations rename: what was apart before is apart under the new names.

use std::collections::HashMap;

use super::compare::{Apart, How};
use crate::evaluate::Evaluated;
use crate::schema::delta::Object;
use crate::schema::model::{Name, Schema};
use crate::schema::token::{self, Token};

/// New names by old ones.
#[derive(Debug, Default)]
pub(super) struct Renames {
    tables: HashMap<Name, Name>,
    /// By the new name of the table.
    columns: HashMap<(Name, Name), Name>,
}

impl Renames {
    /// Those that statements executed on a deployed database make, of what it had.
    pub fn of(upgrade: &Evaluated, before: &Schema) -> Self {
        let mut found = Self::default();
        for ran in &upgrade.log {
            found.take_up(&ran.statement.sql);
        }
        found.tables.retain(|old, _| before.tables.contains_key(old));
        found
    }

    fn take_up(&mut self, sql: &str) {
        let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
        let [alter, table, rest @ ..] = tokens.as_slice() else { return };
        if !alter.is("alter") || !table.is("table") {
            return;
        }
        let Some(at) = rest.iter().position(|token| token.is("rename")) else { return };
        let names: Vec<Name> = rest[at + 1..].iter().map(|token| Name::from(&*token.value())).collect();
        let Some(table) = at.checked_sub(1).map(|before| Name::from(&*rest[before].value())) else { return };
        let is = |token: Option<&Token<'_>>, word: &str| token.is_some_and(|token| token.is(word));
        match &rest[at + 1..] {
            [first, ..] if first.is("to") && names.len() > 1 => {
                self.rename_table(table, names[names.len() - 1].clone());
            }
            [first, ..] if first.is("column") && names.len() == 4 && is(rest.get(at + 3), "to") => {
                self.columns.insert((table, names[1].clone()), names[3].clone());
            }
            [_, to, _] if to.is("to") => {
                self.columns.insert((table, names[0].clone()), names[2].clone());
            }
            _ => {}
        }
    }

    /// A table that is renamed twice comes from its first name.
    fn rename_table(&mut self, old: Name, new: Name) {
        let first = self.tables.iter().find(|(_, known)| **known == old).map(|(first, _)| first.clone());
        let columns = std::mem::take(&mut self.columns);
        let moved = columns
            .into_iter()
            .map(|((table, column), to)| ((if table == old { new.clone() } else { table }, column), to));
        self.columns = moved.collect();
        self.tables.insert(first.unwrap_or(old), new);
    }

    /// What is apart at the merge base, as it is called after the upgrade.
    pub fn apply(&self, apart: Apart) -> Apart {
        let how = match apart.how {
            How::Renamed(name) => How::Renamed(self.tables.get(&name).cloned().unwrap_or(name)),
            other => other,
        };
        Apart { object: self.object(apart.object), how, ..apart }
    }

    fn object(&self, object: Object) -> Object {
        let all = |table: &Name, columns: Vec<Name>| columns.into_iter().map(|one| self.column(table, one)).collect();
        match object {
            Object::Table(name) => Object::Table(self.table(name)),
            Object::Column { table, name } => {
                let table = self.table(table);
                Object::Column { name: self.column(&table, name), table }
            }
            Object::PrimaryKey { table } => Object::PrimaryKey { table: self.table(table) },
            Object::Index { table, name } => Object::Index { table: self.table(table), name },
            Object::Unique { table, columns } => {
                let table = self.table(table);
                Object::Unique { columns: all(&table, columns), table }
            }
            Object::ForeignKey { table, columns } => {
                let table = self.table(table);
                Object::ForeignKey { columns: all(&table, columns), table }
            }
            Object::Check { table, expression } => Object::Check { table: self.table(table), expression },
            Object::Trigger { name, table } => Object::Trigger { name, table: self.table(table) },
            other @ (Object::VirtualTable(_) | Object::View(_) | Object::Type(_)) => other,
        }
    }

    fn table(&self, name: Name) -> Name {
        self.tables.get(&name).cloned().unwrap_or(name)
    }

    fn column(&self, table: &Name, name: Name) -> Name {
        self.columns.get(&(table.clone(), name.clone())).cloned().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_renamed_is_called_by_its_last_name() {
        let mut renames = Renames::default();
        for sql in [
            "ALTER TABLE a RENAME TO b",
            "ALTER TABLE b RENAME x TO y",
            "ALTER TABLE b RENAME TO c",
            "ALTER TABLE IF EXISTS c RENAME COLUMN \"p\" TO \"q\"",
            "ALTER TABLE c ADD COLUMN rename INTEGER",
        ] {
            renames.take_up(sql);
        }
        let column = |table: &str, name: &str| Object::Column { table: table.into(), name: name.into() };
        assert_eq!(renames.object(column("a", "x")), column("c", "y"));
        assert_eq!(renames.object(column("a", "p")), column("c", "q"));
        assert_eq!(renames.object(column("d", "x")), column("d", "x"));
    }
}
