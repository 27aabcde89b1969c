//! Tables that something else has made: `create_all`, a program of old, a dump. A chain that alters what it does not make
//! tells that they are there, and of what they have no more than it names.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::error::PgError;
use super::state::{Column, Table, UserType};
use super::{Database, bare, own};
use crate::schema::database::{Elsewhere, RefusalKind, Sort, Thing};
use crate::schema::token::{self, Kind};
use crate::schema::types::UNKNOWN_TYPE;

/// Of what goes with such a table and is not known.
pub const OF_ELSEWHERE: &str = "which was there before the chain";

impl Database {
    /// Takes for there what a statement needs of what something else made; whether it is worth trying again.
    pub(super) fn adopts(&mut self, sql: &str, error: &PgError) -> bool {
        if self.elsewhere == Elsewhere::None {
            return false;
        }
        if let RefusalKind::Missing(Thing { sort, name, .. }) = &error.kind {
            match sort {
                Sort::Table | Sort::Dropped => return self.adopt_table(sql, &own(name)),
                Sort::Type if self.elsewhere == Elsewhere::Any => return self.adopt_type(name),
                _ => {}
            }
        }
        let named = error.message.split('"').nth(1).unwrap_or_default();
        match error.condition {
            "UndefinedColumn" => self.adopt_column(sql, &error.message),
            // The chain makes it, later than it needs it.
            "DuplicateTable" if self.is_open(&own(named)) && sql_begins(sql, "create", &["table"]) => {
                self.state.tables.remove(&own(named)).is_some()
            }
            // A statement that may not have been carried out has named it before.
            "DuplicateColumn" => {
                let table = error.message.split('"').nth(3).unwrap_or_default();
                let found = self.state.tables.iter().find(|(name, found)| found.open && bare(name) == table);
                let Some(name) = found.map(|(name, _)| name.clone()) else { return false };
                if self.elsewhere != Elsewhere::Any && !self.queried.contains(&(name.clone(), Some(named.to_owned()))) {
                    return false;
                }
                let is_taken = |column: &Column| column.name == named && column.data_type == UNKNOWN_TYPE;
                let Some(table) = self.state.table_mut(&name) else { return false };
                let before = table.columns.len();
                table.columns.retain(|column| !is_taken(column));
                table.columns.len() < before
            }
            _ => false,
        }
    }

    fn adopt_type(&mut self, name: &str) -> bool {
        let is_new = !self.state.types.contains_key(name) && !name.is_empty();
        if is_new {
            self.state.types.insert(name.to_owned(), UserType::Other(String::new()));
        }
        is_new
    }

    /// What a statement is refused for that may go with a table which something else made, so that it is not known.
    pub(super) fn of_elsewhere(&self, sql: &str, error: PgError) -> PgError {
        let has_some = || self.state.tables.values().any(|table| table.open);
        if self.elsewhere == Elsewhere::None || !has_some() {
            return error;
        }
        let (named, table) = (error.message.split('"').nth(1), error.message.split('"').nth(3));
        // The message names no schema.
        let is_it = |name: &str, table: &str| {
            let schema = name.strip_suffix(table).and_then(|schema| schema.strip_suffix('.'));
            name == own(table) || schema.is_some_and(|schema| token::tokens(sql).any(|word| word.value() == schema))
        };
        let of_table =
            table.is_some_and(|table| self.state.tables.iter().any(|(name, known)| known.open && is_it(name, table)));
        let is_free = ["index", "sequence", "view", "materialized"].iter().any(|kind| {
            sql_begins(sql, "drop", &[kind]) || sql_begins(sql, "alter", &[kind]) || error.message.starts_with(kind)
        });
        let is_missing = matches!(error.condition, "UndefinedObject" | "UndefinedTable") && (of_table || is_free);
        if !is_missing {
            return error;
        }
        PgError::unsupported(format!("needs `{}`, {OF_ELSEWHERE}", named.unwrap_or_default()))
    }

    fn is_open(&self, name: &str) -> bool {
        self.state.tables.get(name).is_some_and(|table| table.open)
    }

    fn adopt_table(&mut self, sql: &str, name: &str) -> bool {
        let may_be = match &self.elsewhere {
            Elsewhere::None => false,
            Elsewhere::Any => true,
            Elsewhere::Named(names) => names.contains(name),
        };
        let is_table = !["sequence", "index", "view", "materialized"]
            .iter()
            .any(|kind| sql_begins(sql, "drop", &[kind]) || sql_begins(sql, "alter", &[kind]));
        if !may_be || !is_table || name.is_empty() || self.state.has_relation(name) {
            return false;
        }
        self.state.tables.insert(name.to_owned(), Rc::new(Table { open: true, ..Table::default() }));
        self.adopted.insert((name.to_owned(), None));
        true
    }

    /// A column that such a table has: of the one that a message names, else of the first that the statement names.
    fn adopt_column(&mut self, sql: &str, message: &str) -> bool {
        let mut quoted = message.split('"').skip(1).step_by(2);
        let column = match quoted.next() {
            Some(column) => column.to_owned(),
            // `column t.a does not exist`
            None => message.split(' ').nth(1).and_then(|path| path.rsplit('.').next()).unwrap_or_default().to_owned(),
        };
        let relation = quoted.next().map(str::to_owned);
        let words: BTreeSet<String> = token::tokens(sql)
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            .map(|token| token.value().to_lowercase())
            .collect();
        let is_meant = |name: &str, table: &Table| {
            table.open
                && table.column(&column).is_none()
                && match &relation {
                    Some(relation) => bare(name) == relation || name == relation,
                    None => words.contains(&bare(name).to_lowercase()),
                }
        };
        let found = self.state.tables.iter().find(|(name, table)| is_meant(name, table));
        let Some(name) = found.map(|(name, _)| name.clone()).filter(|_| !column.is_empty()) else { return false };
        let Some(table) = self.state.table_mut(&name) else { return false };
        let adopted = Column {
            name: column.clone(),
            data_type: UNKNOWN_TYPE.to_owned(),
            nullable: true,
            local: true,
            ..Column::default()
        };
        table.columns.push(Rc::new(adopted));
        if sql_begins(sql, "select", &[]) {
            self.queried.insert((name.clone(), Some(column.clone())));
        }
        self.adopted.insert((name, Some(column)));
        true
    }
}

/// Whether a statement begins with a verb and, after words that do not matter, one of these kinds, where there are any.
fn sql_begins(sql: &str, verb: &str, kinds: &[&str]) -> bool {
    const NOISE: [&str; 4] = ["temporary", "temp", "unlogged", "unique"];
    let mut tokens = token::tokens(sql);
    let is_verb = tokens.next().is_some_and(|first| first.is(verb));
    let kind = tokens.find(|token| !NOISE.iter().any(|word| token.is(word)));
    is_verb && (kinds.is_empty() || kind.is_some_and(|kind| kinds.iter().any(|word| kind.is(word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_chain_needs_of_a_table_that_it_does_not_make_is_there() {
        let mut database = Database { open: true, elsewhere: Elsewhere::Any, ..Database::default() };
        for sql in [
            "ALTER TABLE users ADD COLUMN plan TEXT NOT NULL",
            "ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(80)",
            "ALTER TABLE users ADD CONSTRAINT uq UNIQUE (email, plan)",
            "CREATE INDEX ix ON users (lower(nick))",
            "CREATE TABLE notes (id SERIAL PRIMARY KEY, user_id INTEGER REFERENCES users (id))",
            "UPDATE users SET plan = old_plan",
            "ALTER TABLE users DROP COLUMN old_plan",
            "ALTER TABLE teams RENAME TO groups",
        ] {
            assert_eq!(database.execute(sql), Ok(()), "{sql}");
        }
        let names: Vec<&str> =
            database.state.tables["users"].columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["plan", "name", "email", "nick", "id"]);
        assert!(database.state.tables["groups"].open);
        let refused = database.execute("ALTER TABLE users ADD COLUMN plan TEXT").unwrap_err();
        assert_eq!(refused.condition, "DuplicateColumn");
        let unknown = database.execute("ALTER TABLE users DROP CONSTRAINT ck").unwrap_err();
        assert!(unknown.message.ends_with(OF_ELSEWHERE), "{unknown}");
        database.elsewhere = Elsewhere::Named(Rc::default());
        assert_eq!(database.execute("ALTER TABLE users DROP COLUMN born"), Ok(()));
        assert_eq!(database.execute("ALTER TABLE usr ADD COLUMN a TEXT").unwrap_err().condition, "UndefinedTable");
    }
}
