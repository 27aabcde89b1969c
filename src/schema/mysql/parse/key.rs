//! Keys, foreign keys and checks, on a column, in a table and alone.

use super::expression::changing_call;
use super::{Parsed, Reader};
use crate::schema::mysql::Flavour;
use crate::schema::mysql::error::Error;
use crate::schema::mysql::state::{KeyKind, Part, Term};

#[derive(Clone, Debug, Default)]
pub(in crate::schema::mysql) struct KeyDef {
    pub name: Option<String>,
    pub kind: KeyKind,
    pub parts: Vec<Part>,
    pub if_not_exists: bool,
}

#[derive(Clone, Debug, Default)]
pub(in crate::schema::mysql) struct ForeignDef {
    pub name: Option<String>,
    /// The name of its index, where it is given one.
    pub index: Option<String>,
    pub columns: Vec<String>,
    pub table: String,
    pub references: Vec<String>,
    pub on_delete: Option<String>,
    pub on_update: Option<String>,
    pub if_not_exists: bool,
}

#[derive(Clone, Debug, Default)]
pub(in crate::schema::mysql) struct CheckDef {
    pub name: Option<String>,
    pub expression: String,
    pub columns: Vec<String>,
    pub of: Option<String>,
    pub if_not_exists: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Rule {
    Key(KeyDef),
    Foreign(ForeignDef),
    Check(CheckDef),
}

impl Reader<'_> {
    /// A key or a constraint of a table, where one begins here.
    pub(super) fn rule(&mut self) -> Parsed<Option<Rule>> {
        let constraint = self.eat("constraint");
        let mut if_not_exists = constraint && self.if_not_exists();
        let kinds = ["primary", "unique", "foreign", "check"];
        let name = if constraint && !self.is_any(&kinds) { Some(self.name()?) } else { None };
        if self.is("check") {
            let mut check = self.check(name)?;
            check.if_not_exists = if_not_exists;
            return Ok(Some(Rule::Check(check)));
        }
        if self.eat("foreign") {
            self.expect("key")?;
            if_not_exists |= self.mariadb_only(&["if", "not", "exists"])?;
            return Ok(Some(Rule::Foreign(self.foreign(name, if_not_exists)?)));
        }
        let kind = if self.eat("primary") {
            self.expect("key")?;
            KeyKind::Primary
        } else if self.eat("unique") {
            self.eat_any(&["key", "index"]);
            KeyKind::Unique
        } else if !constraint && self.eat("fulltext") {
            self.eat_any(&["key", "index"]);
            KeyKind::Fulltext
        } else if !constraint && self.eat("spatial") {
            self.eat_any(&["key", "index"]);
            KeyKind::Spatial
        } else if !constraint && self.is_any(&["key", "index"]) {
            self.skip(1);
            KeyKind::Plain
        } else if constraint {
            return Err(self.syntax());
        } else {
            return Ok(None);
        };
        if_not_exists |= self.mariadb_only(&["if", "not", "exists"])?;
        let own = if self.is_name() && !self.is("using") && !self.is("type") { Some(self.name()?) } else { None };
        self.index_type()?;
        let parts = self.key_parts()?;
        self.index_options()?;
        let name = match kind {
            KeyKind::Primary => None,
            _ => own.or(name),
        };
        Ok(Some(Rule::Key(KeyDef { name, kind, parts, if_not_exists })))
    }

    /// `USING BTREE`.
    pub fn index_type(&mut self) -> Parsed<()> {
        while self.eat("using") || self.is("type") && self.eat("type") {
            if !self.eat_any(&["btree", "hash", "rtree"]) {
                return Err(self.syntax());
            }
        }
        Ok(())
    }

    pub fn index_options(&mut self) -> Parsed<()> {
        loop {
            if self.is("using") {
                self.index_type()?;
            } else if self.eat("comment") {
                self.text()?;
            } else if self.eat_any(&["key_block_size", "engine_attribute", "secondary_engine_attribute", "clustering"])
            {
                self.option_value()?;
            } else if self.eat_all(&["with", "parser"]) {
                self.name()?;
            } else if self.eat_any(&["visible", "invisible", "ignored"]) || self.eat_all(&["not", "ignored"]) {
            } else {
                return Ok(());
            }
        }
    }

    /// The columns of a key in brackets.
    pub fn key_parts(&mut self) -> Parsed<Vec<Part>> {
        self.list(|reader| {
            let term = if reader.is_symbol("(") {
                if reader.flavour() == Flavour::MariaDb {
                    return Err(reader.syntax());
                }
                let (text, columns) = reader.expression()?;
                Term::Expression { text, columns }
            } else {
                let name = reader.name()?;
                let length = if reader.is_symbol("(") { reader.prefix()? } else { None };
                Term::Column { name, length }
            };
            let descending = reader.eat("desc");
            if !descending {
                reader.eat("asc");
            }
            Ok(Part { term, descending })
        })
    }

    fn prefix(&mut self) -> Parsed<Option<u64>> {
        let length = self.list(Self::number)?;
        match length.as_slice() {
            [length] => Ok(Some(*length)),
            _ => Err(self.syntax()),
        }
    }

    fn foreign(&mut self, name: Option<String>, mut if_not_exists: bool) -> Parsed<ForeignDef> {
        if_not_exists |= self.mariadb_only(&["if", "not", "exists"])?;
        let index = if self.is_name() { Some(self.name()?) } else { None };
        let columns = self.list(Self::name)?;
        if !self.is("references") {
            return Err(self.syntax());
        }
        let made = self.referenced()?;
        Ok(ForeignDef { name, index, columns, if_not_exists, ..made })
    }

    /// `REFERENCES t (c) ON DELETE CASCADE`.
    pub(super) fn referenced(&mut self) -> Parsed<ForeignDef> {
        self.expect("references")?;
        let table = self.object()?;
        let references = if self.is_symbol("(") { self.list(Self::name)? } else { Vec::new() };
        let mut made = ForeignDef { table, references, ..ForeignDef::default() };
        if self.eat("match") && !self.eat_any(&["full", "partial", "simple"]) {
            return Err(self.syntax());
        }
        while self.is("on") && self.ahead(1).is_some_and(|next| next.is("delete") || next.is("update")) {
            // `ON UPDATE CURRENT_TIMESTAMP` is an attribute of the column.
            if self.ahead(1).is_some_and(|next| next.is("update")) && self.ahead(2).is_some_and(is_clock) {
                break;
            }
            self.skip(1);
            let delete = self.eat("delete");
            if !delete {
                self.expect("update")?;
            }
            let action = self.action()?;
            if delete {
                made.on_delete = action;
            } else {
                made.on_update = action;
            }
        }
        Ok(made)
    }

    /// What happens to the rows that refer; `None` where nothing may, which both words for it say.
    fn action(&mut self) -> Parsed<Option<String>> {
        if self.eat("restrict") || self.eat_all(&["no", "action"]) {
            Ok(None)
        } else if self.eat("cascade") {
            Ok(Some("CASCADE".to_owned()))
        } else if self.eat_all(&["set", "null"]) {
            Ok(Some("SET NULL".to_owned()))
        } else if self.eat_all(&["set", "default"]) {
            Ok(Some("SET DEFAULT".to_owned()))
        } else {
            Err(self.syntax())
        }
    }

    pub(super) fn check(&mut self, name: Option<String>) -> Parsed<CheckDef> {
        self.expect("check")?;
        let (expression, columns) = self.expression()?;
        if let Some(called) = changing_call(&expression) {
            return Err(Error::changes_in_check(&called, name.as_deref(), self.flavour()));
        }
        if self.flavour() != Flavour::MariaDb && !self.eat("enforced") {
            self.eat_all(&["not", "enforced"]);
        }
        Ok(CheckDef { name, expression, columns, of: None, if_not_exists: false })
    }
}

fn is_clock(token: &crate::schema::mysql::lexer::Token<'_>) -> bool {
    ["current_timestamp", "now", "localtime", "localtimestamp"].iter().any(|word| token.is(word))
}
