//! Indexes by a statement of their own, views, triggers and routines.

use super::drop::OUTSIDE;
use super::error::Error;
use super::lexer::{Kind, tokens};
use super::parse::{Action, Alter, KeyDef, Reader, Rule};
use super::state::{KeyKind, Trigger, View};
use super::{Database, Done, Flavour};

impl Database {
    /// `CREATE` of what is no table; `text` is the whole statement.
    pub(super) fn create_object(&mut self, reader: &mut Reader<'_>, or_replace: bool, text: &str) -> Done {
        reader.eat_any(&["online", "offline"]);
        let kind = if reader.eat("unique") {
            KeyKind::Unique
        } else if reader.eat("fulltext") {
            KeyKind::Fulltext
        } else if reader.is("spatial") && reader.ahead(1).is_some_and(|next| next.is("index")) && reader.eat("spatial")
        {
            KeyKind::Spatial
        } else {
            KeyKind::Plain
        };
        if reader.eat("index") {
            return self.create_index(reader, kind, or_replace);
        }
        if kind != KeyKind::Plain {
            return Err(reader.syntax());
        }
        Self::skip_definer(reader)?;
        if reader.eat("view") {
            return self.create_view(reader, or_replace, text);
        }
        if reader.eat("trigger") {
            return self.create_trigger(reader, or_replace, text);
        }
        reader.eat("aggregate");
        for kind in ["procedure", "function", "event", "sequence", "package"] {
            if reader.eat(kind) {
                return self.create_routine(reader, kind, or_replace, text);
            }
        }
        if reader.eat_any(&["database", "schema"]) || reader.is_any(OUTSIDE) { Ok(()) } else { Err(reader.syntax()) }
    }

    /// `ALGORITHM = …`, `DEFINER = …`, `SQL SECURITY …`.
    fn skip_definer(reader: &mut Reader<'_>) -> Done {
        loop {
            if reader.eat("algorithm") || reader.eat("definer") {
                reader.expect_eq()?;
                reader.skip(1);
                // `user@host`, or a function with empty brackets.
                while reader.peek().is_some_and(|token| {
                    token.kind == Kind::Variable || token.is_symbol("@") || token.is_symbol("(") || token.is_symbol(")")
                }) {
                    let at = reader.is_symbol("@") || reader.peek().is_some_and(|token| token.text == "@");
                    reader.skip(1);
                    if at {
                        reader.skip(1);
                    }
                }
            } else if reader.eat_all(&["sql", "security"]) {
                reader.skip(1);
            } else {
                return Ok(());
            }
        }
    }

    fn create_index(&mut self, reader: &mut Reader<'_>, kind: KeyKind, or_replace: bool) -> Done {
        let mariadb = self.settings.flavour != Flavour::MySql;
        let if_not_exists = mariadb && reader.if_not_exists();
        let name = reader.name()?;
        reader.index_type()?;
        reader.expect("on")?;
        let table = reader.object()?;
        let parts = reader.key_parts()?;
        reader.index_options()?;
        while reader.eat_any(&["algorithm", "lock", "wait", "nowait"]) {
            if !reader.is_at_end() {
                reader.option_value()?;
            }
        }
        reader.expect_end()?;
        if or_replace && self.state.table(&table).is_some_and(|known| known.key(&name).is_some()) {
            self.alter_by(table.clone(), Action::DropKey { name: name.clone(), if_exists: true })?;
        }
        let key = KeyDef { name: Some(name), kind, parts, if_not_exists };
        self.alter_by(table, Action::AddRule(Rule::Key(key)))
    }

    pub(super) fn alter_by(&mut self, table: String, action: Action) -> Done {
        self.alter_table(Alter { table, if_exists: false, actions: vec![action] })
    }

    fn create_view(&mut self, reader: &mut Reader<'_>, or_replace: bool, text: &str) -> Done {
        let if_not_exists = reader.if_not_exists();
        let name = reader.object()?;
        let mut columns = None;
        if reader.is_symbol("(") {
            let list = reader.brackets()?;
            let named = tokens(list).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
            columns = Some(named.map(|token| token.value()).collect());
        }
        reader.expect("as")?;
        if self.state.tables.contains_key(&name) {
            let replaced =
                if or_replace { Error::new(1347, format!("'{name}' is not VIEW")) } else { Error::table_exists(&name) };
            return if if_not_exists { Ok(()) } else { Err(replaced) };
        }
        if self.state.views.contains_key(&name) && !or_replace {
            return if if_not_exists { Ok(()) } else { Err(Error::table_exists(&name)) };
        }
        let found = self.query(reader.rest())?;
        self.state.views.insert(name, View { sql: text.to_owned(), columns: columns.or(found) });
        Ok(())
    }

    fn create_trigger(&mut self, reader: &mut Reader<'_>, or_replace: bool, text: &str) -> Done {
        let if_not_exists = reader.if_not_exists();
        let name = reader.object()?;
        if !reader.eat_any(&["before", "after"]) || !reader.eat_any(&["insert", "update", "delete"]) {
            return Err(reader.syntax());
        }
        while reader.eat("or") {
            if self.settings.flavour == Flavour::MySql || !reader.eat_any(&["insert", "update", "delete"]) {
                return Err(reader.syntax());
            }
        }
        reader.expect("on")?;
        let table = reader.object()?;
        if !reader.eat_all(&["for", "each", "row"]) || reader.is_at_end() || reader.is_any(&["execute", "when"]) {
            return Err(reader.syntax());
        }
        if self.state.triggers.contains_key(&name) && !or_replace {
            return if if_not_exists { Ok(()) } else { Err(Error::trigger_exists(&name, self.settings.flavour)) };
        }
        let Some(of) = self.state.table(&table) else {
            return Err(if self.state.views.contains_key(&table) {
                Error::not_a_table(&table, self.settings.flavour)
            } else {
                self.missing(&table)
            });
        };
        let body: Vec<_> = tokens(reader.rest()).collect();
        for part in body.windows(3) {
            let row = part[0].is("new") || part[0].is("old");
            if row && part[1].is_symbol(".") && of.column(&part[2].value()).is_none() {
                return Err(Error::unknown_column(&part[2].value(), &part[0].text.to_ascii_uppercase()));
            }
        }
        self.state.triggers.insert(name, Trigger { table, sql: text.to_owned() });
        Ok(())
    }

    fn create_routine(&mut self, reader: &mut Reader<'_>, kind: &str, or_replace: bool, text: &str) -> Done {
        reader.eat("body");
        let if_not_exists = reader.if_not_exists();
        let name = reader.object()?;
        let kind = kind.to_ascii_uppercase();
        if matches!(kind.as_str(), "PROCEDURE" | "FUNCTION") {
            // A function of a library has no brackets.
            if !reader.is_symbol("(") && !reader.are(&["returns"]) {
                return Err(reader.syntax());
            }
            let of_postgres = tokens(reader.rest()).any(|token| token.text.starts_with("$$") || token.is("plpgsql"));
            if of_postgres {
                return Err(reader.syntax());
            }
        }
        let key = format!("{kind} {}", name.to_lowercase());
        if self.state.routines.contains_key(&key) && !or_replace {
            return if if_not_exists {
                Ok(())
            } else if matches!(kind.as_str(), "PROCEDURE" | "FUNCTION") {
                Err(Error::routine_exists(&kind, &name))
            } else {
                Err(Error::unsupported(format!("makes `{name}`, which is there")))
            };
        }
        self.state.routines.insert(key, text.to_owned());
        Ok(())
    }

    /// `ALTER` of what is no table.
    pub(super) fn alter_object(&mut self, reader: &mut Reader<'_>) -> Done {
        Self::skip_definer(reader)?;
        if reader.eat("view") {
            reader.if_exists();
            let name = reader.object()?;
            if !self.state.views.contains_key(&name) {
                return Err(self.missing(&name));
            }
            return Err(Error::unsupported("changes what a view is"));
        }
        let known = ["procedure", "function", "event", "sequence", "database", "schema"];
        if reader.is_any(&known) || reader.is_any(OUTSIDE) { Ok(()) } else { Err(reader.syntax()) }
    }
}
