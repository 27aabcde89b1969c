//! Statements that change no schema and need what they name: comments, rights, policies, rules, names of triggers.

use super::error::PgError;
use super::state::LONGEST_NAME;
use super::types::identifier;
use super::{Database, bare, cut, own};
use crate::schema::token::{self, Kind, Token};

/// What is read of a statement.
struct Words<'t> {
    tokens: Vec<Token<'t>>,
}

impl Words<'_> {
    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(word))
    }

    fn any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    fn find(&self, from: usize, word: &str) -> Option<usize> {
        (from..self.tokens.len()).find(|at| self.is(*at, word))
    }

    /// The parts of a name that begins here, and the index after it.
    fn name(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut parts = Vec::new();
        let mut at = at;
        loop {
            let token = self.tokens.get(at)?;
            let part = match token.kind {
                Kind::Quoted => token.value(),
                Kind::Word => identifier(token.text),
                _ => return None,
            };
            parts.push(cut(&part, LONGEST_NAME).to_owned());
            if !self.tokens.get(at + 1).is_some_and(|dot| dot.is_symbol(".")) {
                return Some((parts, at + 1));
            }
            at += 2;
        }
    }
}

impl Database {
    /// Refuses a statement that names what is not there, and carries out the new name of a trigger.
    pub(super) fn check_presence(&mut self, sql: &str) -> Result<(), PgError> {
        const VERBS: [&str; 8] = ["comment", "grant", "revoke", "create", "alter", "drop", "refresh", "reindex"];
        let first = token::tokens(sql).next();
        if !first.is_some_and(|first| VERBS.iter().any(|verb| first.is(verb))) {
            return Ok(());
        }
        let words = Words { tokens: token::tokens(sql).collect() };
        match () {
            () if words.is(0, "comment") && words.is(1, "on") => self.check_comment(&words),
            () if words.any(0, &["grant", "revoke"]) => self.check_rights(&words),
            () if words.is(1, "policy") => self.check_policy(&words),
            () if words.is(1, "rule") => self.check_rewrite_rule(&words),
            () if words.is(0, "alter") && words.is(1, "trigger") => self.rename_trigger(&words),
            () if words.is(0, "alter") && words.any(1, &["view", "materialized"]) => {
                let at = if words.is(1, "materialized") { 3 } else { 2 };
                if words.is(at, "if") { Ok(()) } else { self.check_relation(&words, at) }
            }
            () if words.is(0, "refresh") && words.is(1, "materialized") => {
                if words.is(3, "concurrently") {
                    self.check_refresh(&words)
                } else {
                    self.check_relation(&words, 3)
                }
            }
            () if words.is(0, "reindex") && words.any(1, &["table", "index"]) => {
                let at = if words.is(2, "concurrently") { 3 } else { 2 };
                self.check_relation(&words, at)
            }
            () => Ok(()),
        }
    }

    /// Refuses a relation that is not there.
    fn check_relation(&self, words: &Words<'_>, at: usize) -> Result<(), PgError> {
        let Some((parts, _)) = words.name(at) else { return Ok(()) };
        self.has_named(&parts).map(|_| ())
    }

    /// The name of a relation that is there. Others may have made it where not all is known.
    fn has_named(&self, parts: &[String]) -> Result<Option<String>, PgError> {
        let said = parts.join(".");
        let name = self.temporary_or(own(&said));
        if self.state.has_relation(&name) {
            return Ok(Some(name));
        }
        let is_of_system = name.starts_with("pg_") || name.starts_with("information_schema.");
        if !self.is_whole() || is_of_system || parts.len() > 2 || self.check_schema(&said).is_err() {
            return Ok(None);
        }
        Err(PgError::undefined("relation", &said))
    }

    /// Refuses to refresh a view while others read it that has no index.
    fn check_refresh(&self, words: &Words<'_>) -> Result<(), PgError> {
        let Some((parts, _)) = words.name(4) else { return Ok(()) };
        let Some(name) = self.has_named(&parts)? else { return Ok(()) };
        let is_known = self.state.views.get(&name).is_some_and(|view| view.materialized);
        if !is_known || self.state.indexes.iter().any(|(_, owner)| *owner == name) {
            return Ok(());
        }
        let whole = if name.contains('.') { name } else { format!("public.{name}") };
        Err(PgError::not_ready(format!("cannot refresh materialized view \"{whole}\" concurrently")))
    }

    fn check_comment(&self, words: &Words<'_>) -> Result<(), PgError> {
        match () {
            () if words.any(2, &["table", "index", "view", "sequence"]) => self.check_relation(words, 3),
            () if words.is(2, "materialized") => self.check_relation(words, 4),
            () if words.is(2, "column") => {
                let Some((mut parts, _)) = words.name(3) else { return Ok(()) };
                let Some(column) = parts.pop().filter(|_| !parts.is_empty()) else { return Ok(()) };
                let Some(table) = self.has_named(&parts)? else { return Ok(()) };
                self.check_column(&table, &column, &parts.join("."))
            }
            () if words.is(2, "constraint") => {
                let Some((constraint, on)) = words.name(3) else { return Ok(()) };
                // Those of domains are not kept.
                if !words.is(on, "on") || words.is(on + 1, "domain") {
                    return Ok(());
                }
                let Some((parts, _)) = words.name(on + 1) else { return Ok(()) };
                let Some(table) = self.has_named(&parts)? else { return Ok(()) };
                match self.state.tables.get(&table) {
                    Some(found) if !found.open && found.constraint(&constraint.join(".")).is_none() => {
                        Err(PgError::undefined_constraint(&constraint.join("."), bare(&table)))
                    }
                    _ => Ok(()),
                }
            }
            () => Ok(()),
        }
    }

    /// `said` is the table as the statement names it.
    fn check_column(&self, table: &str, column: &str, said: &str) -> Result<(), PgError> {
        match self.state.tables.get(table) {
            Some(found) if found.column(column).is_none() && !found.open => {
                Err(PgError::undefined_column(said, column))
            }
            _ => Ok(()),
        }
    }

    fn check_rights(&self, words: &Words<'_>) -> Result<(), PgError> {
        const OTHERS: [&str; 14] = [
            "all",
            "database",
            "domain",
            "foreign",
            "function",
            "language",
            "large",
            "parameter",
            "procedure",
            "routine",
            "schema",
            "tablespace",
            "type",
            "functions",
        ];
        let mut depth = 0_i32;
        let on = words.tokens.iter().position(|token| {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0 && token.is("on")
        });
        let Some(on) = on.filter(|on| !words.any(on + 1, &OTHERS)) else { return Ok(()) };
        let mut at = on + 1 + usize::from(words.any(on + 1, &["table", "sequence"]));
        while let Some((parts, after)) = words.name(at) {
            self.has_named(&parts)?;
            if !words.tokens.get(after).is_some_and(|comma| comma.is_symbol(",")) {
                break;
            }
            at = after + 1;
        }
        Ok(())
    }

    /// `CREATE POLICY p ON t`, `ALTER POLICY p ON t`, `DROP POLICY IF EXISTS p ON t`.
    fn check_policy(&mut self, words: &Words<'_>) -> Result<(), PgError> {
        let if_exists = words.is(2, "if");
        let at = if if_exists { 4 } else { 2 };
        let Some((policy, on)) = words.name(at) else { return Ok(()) };
        if if_exists || !words.is(on, "on") {
            return Ok(());
        }
        let Some((parts, after)) = words.name(on + 1) else { return Ok(()) };
        let table = self.has_named(&parts)?;
        let policy = policy.join(".");
        if words.is(0, "create") {
            self.state.policies.note(&policy);
            return Ok(());
        }
        let is_open = table.as_ref().and_then(|table| self.state.tables.get(table)).is_none_or(|table| table.open);
        if !is_open && !self.state.policies.may_have(&policy) {
            let message = format!("policy \"{policy}\" for table \"{}\" does not exist", bare(&parts.join(".")));
            return Err(PgError { condition: "UndefinedObject", ..PgError::wrong_type(message) });
        }
        if words.is(after, "rename")
            && let Some((new, _)) = words.name(after + 2)
        {
            self.state.policies.note(&new.join("."));
        }
        Ok(())
    }

    /// `CREATE RULE r AS ON INSERT TO t`, `DROP RULE r ON t`.
    fn check_rewrite_rule(&self, words: &Words<'_>) -> Result<(), PgError> {
        if words.is(2, "if") {
            return Ok(());
        }
        let lead = if words.is(0, "create") { "to" } else { "on" };
        match words.find(3, lead) {
            Some(at) => self.check_relation(words, at + 1),
            None => Ok(()),
        }
    }

    /// `ALTER TRIGGER tr ON t RENAME TO other`.
    fn rename_trigger(&mut self, words: &Words<'_>) -> Result<(), PgError> {
        let Some((trigger, on)) = words.name(2) else { return Ok(()) };
        let Some((parts, after)) = words.name(on + 1) else { return Ok(()) };
        let Some(table) = self.has_named(&parts)? else { return Ok(()) };
        let trigger = trigger.join(".");
        let renamed = words.is(after, "rename").then(|| words.name(after + 2)).flatten();
        let Some((new, _)) = renamed else { return Ok(()) };
        let new = new.join(".");
        let Some(found) = self.state.table_mut(&table) else { return Ok(()) };
        if found.triggers.contains_key(&new) {
            return Err(PgError::duplicate_on("trigger", &new, bare(&table)));
        }
        match found.triggers.remove(&trigger) {
            Some(text) => {
                found.triggers.insert(new, text);
                Ok(())
            }
            None if found.open => Ok(()),
            None => {
                let message = format!("trigger \"{trigger}\" for table \"{}\" does not exist", bare(&table));
                Err(PgError { condition: "UndefinedObject", ..PgError::wrong_type(message) })
            }
        }
    }
}
