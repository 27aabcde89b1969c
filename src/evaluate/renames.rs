//! The tables and columns that new migrations rename: what was apart before is apart under the new names.

use std::collections::HashMap;

use super::Evaluated;
use super::models::compare::{Apart, How};
use crate::schema::delta::Object;
use crate::schema::model::{Name, Schema};
use crate::schema::token::{self, Token};

/// New names by old ones.
#[derive(Debug, Default)]
pub struct Renames {
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

    /// Those of one statement; `None` where it has none.
    pub fn in_statement(sql: &str) -> Option<Self> {
        let mut found = Self::default();
        found.take_up(sql);
        (!found.tables.is_empty() || !found.columns.is_empty()).then_some(found)
    }

    /// An object as it was called before one statement.
    pub fn undone(&self, object: Object) -> Object {
        let old_column = |table: &Name, name: Name| {
            let known = self.columns.iter().find(|((of, _), new)| of == table && **new == name);
            known.map_or(name, |((_, old), _)| old.clone())
        };
        called(object, |table, columns| {
            let columns = columns.into_iter().map(|column| old_column(&table, column)).collect();
            let old = self.tables.iter().find(|(_, new)| **new == table).map(|(old, _)| old.clone());
            (old.unwrap_or(table), columns)
        })
    }

    /// The table, by its last name, the old name and the new one of each column.
    pub fn columns(&self) -> impl Iterator<Item = (&Name, &Name, &Name)> {
        self.columns.iter().map(|((table, old), new)| (table, old, new))
    }

    fn take_up(&mut self, sql: &str) {
        // Most statements of a long log rename nothing.
        let first = token::tokens(sql).next();
        if !first.is_some_and(|first| first.is("alter") || first.is("rename")) {
            return;
        }
        let tokens: Vec<Token<'_>> = token::tokens(sql).filter(|token| !token.is_symbol(";")).collect();
        match tokens.as_slice() {
            [alter, word, rest @ ..] if alter.is("alter") && word.is("table") => {
                let Some((table, actions)) = altered(rest) else { return };
                token::split_commas(actions).for_each(|action| self.take_up_action(&table, action));
            }
            [rename, word, rest @ ..] if rename.is("rename") && word.is("table") => {
                for pair in token::split_commas(rest) {
                    if let [old, to, new] = pair
                        && to.is("to")
                    {
                        self.rename_table(name(old), name(new));
                    }
                }
            }
            _ => {}
        }
    }

    fn take_up_action(&mut self, table: &Name, action: &[Token<'_>]) {
        match action {
            [rename, to, .., new] if rename.is("rename") && to.is("to") => self.rename_table(table.clone(), name(new)),
            [rename, column, old, to, new] if rename.is("rename") && column.is("column") && to.is("to") => {
                self.rename_column(table, name(old), name(new));
            }
            [rename, old, to, new] if rename.is("rename") && to.is("to") => {
                self.rename_column(table, name(old), name(new));
            }
            [change, column, old, new, _, ..] if change.is("change") && column.is("column") => {
                self.rename_column(table, name(old), name(new));
            }
            [change, old, new, _, ..] if change.is("change") => self.rename_column(table, name(old), name(new)),
            _ => {}
        }
    }

    /// A column that is renamed twice comes from its first name.
    fn rename_column(&mut self, table: &Name, old: Name, new: Name) {
        if old == new {
            return;
        }
        let known = self.columns.iter_mut().find(|((of, _), last)| of == table && **last == old);
        match known {
            Some((_, last)) => *last = new,
            None => drop(self.columns.insert((table.clone(), old), new)),
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
        called(object, |table, columns| {
            let table = self.table(table);
            let columns = columns.into_iter().map(|column| self.column(&table, column)).collect();
            (table, columns)
        })
    }

    fn table(&self, name: Name) -> Name {
        self.tables.get(&name).cloned().unwrap_or(name)
    }

    fn column(&self, table: &Name, name: Name) -> Name {
        self.columns.get(&(table.clone(), name.clone())).cloned().unwrap_or(name)
    }
}

/// An object with other names for its table and the columns of that.
fn called(object: Object, names: impl Fn(Name, Vec<Name>) -> (Name, Vec<Name>)) -> Object {
    let table_alone = |table: Name| names(table, Vec::new()).0;
    match object {
        Object::Table(name) => Object::Table(table_alone(name)),
        Object::Column { table, name } => {
            let (table, mut columns) = names(table, vec![name.clone()]);
            Object::Column { table, name: columns.pop().unwrap_or(name) }
        }
        Object::PrimaryKey { table } => Object::PrimaryKey { table: table_alone(table) },
        Object::Index { table, name } => Object::Index { table: table_alone(table), name },
        Object::Unique { table, columns } => {
            let (table, columns) = names(table, columns);
            Object::Unique { table, columns }
        }
        Object::ForeignKey { table, columns } => {
            let (table, columns) = names(table, columns);
            Object::ForeignKey { table, columns }
        }
        Object::Check { table, expression } => Object::Check { table: table_alone(table), expression },
        Object::Trigger { name, table } => Object::Trigger { name, table: table_alone(table) },
        other @ (Object::VirtualTable(_) | Object::View(_) | Object::Type(_)) => other,
    }
}

fn name(token: &Token<'_>) -> Name {
    Name::new(token.value())
}

/// The table that an `ALTER TABLE` is about, without the name of its schema, and what it does to it.
fn altered<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(Name, &'t [Token<'a>])> {
    let is_noise = |token: &Token<'_>| ["if", "exists", "only"].iter().any(|word| token.is(word));
    let at = tokens.iter().position(|token| !is_noise(token))?;
    match tokens.get(at..)? {
        [_, dot, table, rest @ ..] if dot.is_symbol(".") => Some((name(table), rest)),
        [table, rest @ ..] => Some((name(table), rest)),
        [] => None,
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
            "ALTER TABLE c RENAME COLUMN k TO l, CHANGE COLUMN `m` n BIGINT (20), CHANGE l o TEXT;",
            "RENAME TABLE e TO f, g TO h",
            "ALTER TABLE app.f RENAME i TO j",
        ] {
            renames.take_up(sql);
        }
        let column = |table: &str, name: &str| Object::Column { table: table.into(), name: name.into() };
        assert_eq!(renames.object(column("a", "x")), column("c", "y"));
        assert_eq!(renames.object(column("a", "p")), column("c", "q"));
        assert_eq!(renames.object(column("d", "x")), column("d", "x"));
        assert_eq!(renames.object(column("a", "k")), column("c", "o"));
        assert_eq!(renames.object(column("a", "m")), column("c", "n"));
        assert_eq!(renames.object(column("e", "i")), column("f", "j"));
    }
}
