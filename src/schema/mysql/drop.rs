//! `DROP`, `RENAME TABLE` and `TRUNCATE`.

use super::error::Error;
use super::parse::{Action, Reader};
use super::settings::is_elsewhere;
use super::{Database, Done, Flavour};

/// Things that are no part of a schema here.
pub(super) const OUTSIDE: &[&str] = &[
    "user",
    "role",
    "server",
    "tablespace",
    "logfile",
    "undo",
    "spatial",
    "resource",
    "instance",
    "prepare",
    "aggregate",
    "library",
];

impl Database {
    pub(super) fn drop(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        let temporary = reader.eat("temporary");
        if reader.eat_any(&["table", "tables"]) {
            return self.drop_tables(reader, temporary);
        }
        reader.eat_any(&["online", "offline"]);
        if reader.eat("index") {
            return self.drop_index(reader);
        }
        if reader.eat("view") {
            return self.drop_views(reader);
        }
        if reader.eat("trigger") {
            return self.drop_trigger(reader);
        }
        for kind in ["procedure", "function", "event", "sequence", "package"] {
            if reader.eat(kind) {
                return self.drop_routine(reader, kind);
            }
        }
        if reader.eat_any(&["database", "schema"]) {
            return Err(Error::unsupported("drops a database"));
        }
        if reader.is_any(OUTSIDE) { Ok(()) } else { Err(reader.syntax()) }
    }

    fn drop_tables(&mut self, reader: &mut Reader<'_>, temporary: bool) -> Done {
        let if_exists = reader.if_exists();
        let mut names = vec![reader.object()?];
        while reader.eat_symbol(",") {
            names.push(reader.object()?);
        }
        reader.eat_any(&["restrict", "cascade"]);
        reader.expect_end()?;
        // MySQL drops all of them or none, MariaDB one after the other as far as it can.
        let one_by_one = self.settings.flavour == Flavour::MariaDb;
        let also: &[String] = if one_by_one { &[] } else { &names };
        let mut refused = None;
        for name in &names {
            let outcome = match self.state.table(name) {
                Some(table) if temporary && !table.temporary && if_exists => Ok(()),
                Some(table) if temporary && !table.temporary => Err(Error::unknown_table(name)),
                Some(_) => self.drop_table(name, also),
                None => self.not_dropped(name, if_exists).map_or(Ok(()), Err),
            };
            if let Err(error) = outcome {
                refused = refused.or(Some(error));
            }
        }
        self.is_partly_done = one_by_one;
        refused.map_or(Ok(()), Err)
    }

    /// Why a table that is not there can't be dropped.
    fn not_dropped(&self, name: &str, if_exists: bool) -> Option<Error> {
        if self.state.views.contains_key(name) && self.settings.flavour == Flavour::MariaDb {
            return (!if_exists).then(|| Error::new(1965, format!("'{name}' is a view")));
        }
        if if_exists {
            return None;
        }
        Some(self.unless_elsewhere(name, Error::unknown_table(name)))
    }

    fn drop_index(&mut self, reader: &mut Reader<'_>) -> Done {
        if reader.are(&["if", "exists"]) && self.settings.flavour == Flavour::MySql {
            return Err(reader.syntax());
        }
        let if_exists = reader.if_exists();
        let primary = reader.is("primary");
        let name =
            if primary { reader.next().map(|token| token.value()).unwrap_or_default() } else { reader.name()? };
        reader.expect("on")?;
        let table = reader.object()?;
        let is_primary = primary || name.eq_ignore_ascii_case("primary");
        let action = if is_primary { Action::DropPrimary } else { Action::DropKey { name, if_exists } };
        self.alter_by(table, action)
    }

    fn drop_views(&mut self, reader: &mut Reader<'_>) -> Done {
        let if_exists = reader.if_exists();
        loop {
            let name = reader.object()?;
            if self.state.views.remove(&name).is_none() && !if_exists {
                return Err(self.unless_elsewhere(&name, Error::unknown_view(&name, self.settings.flavour)));
            }
            if !reader.eat_symbol(",") {
                break;
            }
        }
        reader.eat_any(&["restrict", "cascade"]);
        reader.expect_end()
    }

    fn drop_trigger(&mut self, reader: &mut Reader<'_>) -> Done {
        let if_exists = reader.if_exists();
        let name = reader.object()?;
        reader.expect_end()?;
        if self.state.triggers.remove(&name).is_none() && !if_exists {
            return Err(self.unless_elsewhere(&name, Error::no_such_trigger()));
        }
        Ok(())
    }

    fn drop_routine(&mut self, reader: &mut Reader<'_>, kind: &str) -> Done {
        reader.eat("body");
        let if_exists = reader.if_exists();
        let name = reader.object()?;
        let kind = kind.to_ascii_uppercase();
        let key = format!("{kind} {}", name.to_lowercase());
        if self.state.routines.remove(&key).is_some() || if_exists {
            return Ok(());
        }
        match kind.as_str() {
            "PROCEDURE" | "FUNCTION" => Err(self.unless_elsewhere(&name, Error::no_such_routine(&kind, &name))),
            _ => Err(Error::unsupported(format!("drops `{name}`, which no statement makes"))),
        }
    }

    pub(super) fn rename(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        if reader.is("user") {
            return Ok(());
        }
        if !reader.eat_any(&["table", "tables"]) {
            return Err(reader.syntax());
        }
        let mut if_exists = false;
        if self.settings.flavour != Flavour::MySql {
            if_exists = reader.if_exists();
        }
        loop {
            let old = reader.object()?;
            reader.expect("to")?;
            let new = reader.object()?;
            let is_there = self.state.has_relation(&old);
            if is_there || !if_exists {
                self.rename_table(&old, &new)?;
            }
            if !reader.eat_symbol(",") {
                return reader.expect_end();
            }
        }
    }

    /// A table, or a view, gets another name; foreign keys and triggers follow it.
    pub(super) fn rename_table(&mut self, old: &str, new: &str) -> Done {
        if is_elsewhere(new) {
            return Err(Error::unsupported(format!("moves `{old}` to another database")));
        }
        if !self.state.has_relation(old) {
            return Err(self.missing(old));
        }
        if self.state.has_relation(new) {
            return Err(Error::table_exists(new));
        }
        if let Some(view) = self.state.views.remove(old) {
            self.state.views.insert(new.to_owned(), view);
            return Ok(());
        }
        let Some(mut table) = self.state.table(old).cloned() else { return Err(self.missing(old)) };
        new.clone_into(&mut table.name);
        let (generated, made) = (format!("{old}_ibfk_"), format!("{new}_ibfk_"));
        for foreign in &mut table.foreign {
            if let Some(number) = foreign.name.strip_prefix(&generated) {
                foreign.name = format!("{made}{number}");
            }
        }
        self.replace(old, table);
        let children: Vec<String> = self.state.referring(old).map(|(child, _)| child.name.clone()).collect();
        for child in children {
            let Some(child) = self.state.table_mut(&child) else { continue };
            for foreign in child.foreign.iter_mut().filter(|foreign| foreign.table == old) {
                new.clone_into(&mut foreign.table);
            }
        }
        let triggers: Vec<String> = self.state.triggers.keys().cloned().collect();
        for trigger in triggers {
            if let Some(trigger) = self.state.triggers.get_mut(&trigger).filter(|trigger| trigger.table == old) {
                new.clone_into(&mut trigger.table);
            }
        }
        Ok(())
    }

    pub(super) fn truncate(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        reader.eat("table");
        let name = reader.object()?;
        if reader.eat_any(&["wait", "nowait"]) {
            return Ok(());
        }
        // PostgreSQL has more to say.
        reader.expect_end()?;
        if !self.state.tables.contains_key(&name) {
            return Err(self.missing(&name));
        }
        if self.settings.foreign_key_checks
            && let Some((child, foreign)) = self.state.holding(&name).find(|(child, _)| child.name != name)
        {
            let message = format!(
                "Cannot truncate a table referenced in a foreign key constraint (`{}`, CONSTRAINT `{}`)",
                child.name, foreign.name
            );
            return Err(Error::new(1701, message));
        }
        Ok(())
    }
}
