//! The definition of a column (<https://dev.mysql.com/doc/refman/8.4/en/create-table.html>,
//! <https://mariadb.com/kb/en/create-table/>).

use super::key::{CheckDef, ForeignDef};
use super::{Parsed, Reader, expression};
use crate::schema::literals::quoted;
use crate::schema::mysql::Flavour;
use crate::schema::mysql::data_type::DataType;
use crate::schema::mysql::error::Error;
use crate::schema::mysql::lexer::Kind;
use crate::schema::mysql::state::{Fallback, Generated};

#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute that a column has or not")]
pub(in crate::schema::mysql) struct ColumnDef {
    pub name: String,
    pub data_type: DataType,
    /// What is said of nulls.
    pub nullable: Option<bool>,
    pub default: Option<Initial>,
    pub on_update: Option<(String, u64)>,
    pub auto_increment: bool,
    pub generated: Option<Generated>,
    pub primary: bool,
    pub unique: bool,
    pub invisible: bool,
    pub checks: Vec<CheckDef>,
    pub references: Option<ForeignDef>,
}

/// What `DEFAULT` says.
#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Initial {
    Null,
    Value(Fallback),
}

impl Reader<'_> {
    pub(super) fn column(&mut self) -> Parsed<ColumnDef> {
        let name = self.column_name()?;
        self.column_named(name)
    }

    pub(super) fn column_named(&mut self, name: String) -> Parsed<ColumnDef> {
        let serial = self.is("serial");
        let data_type = self.data_type()?;
        let mut made = ColumnDef { name, data_type, ..ColumnDef::default() };
        if serial {
            (made.nullable, made.auto_increment, made.unique) = (Some(false), true, true);
        }
        while self.attribute(&mut made)? {}
        if matches!(made.default, Some(Initial::Null)) && (made.nullable == Some(false) || made.primary) {
            return Err(Error::invalid_default(&made.name));
        }
        Ok(made)
    }

    /// Takes one attribute; whether there was one.
    fn attribute(&mut self, made: &mut ColumnDef) -> Parsed<bool> {
        if self.eat_all(&["not", "null"]) {
            made.nullable = Some(false);
        } else if self.eat("null") {
            made.nullable = Some(true);
        } else if self.eat("default") {
            made.default = Some(self.initial(&made.name)?);
        } else if self.eat_all(&["on", "update"]) {
            made.on_update = Some(self.clock()?.ok_or_else(|| self.syntax())?);
        } else if self.eat("auto_increment") {
            made.auto_increment = true;
        } else if self.eat_all(&["serial", "default", "value"]) {
            (made.nullable, made.auto_increment, made.unique) = (Some(false), true, true);
        } else if self.eat("unique") {
            self.eat("key");
            made.unique = true;
        } else if self.eat_all(&["primary", "key"]) || self.eat("key") {
            made.primary = true;
        } else if self.eat("comment") {
            self.text()?;
        } else if self.eat("collate") {
            made.data_type.collation = Some(self.collation()?);
        } else if self.is_any(&["constraint", "check"]) {
            let check = self.column_check(&made.name)?;
            made.checks.extend(check);
        } else if self.is("references") {
            let mut foreign = self.referenced()?;
            foreign.columns = vec![made.name.clone()];
            made.references = Some(foreign);
        } else if self.eat_all(&["generated", "always", "as"]) || self.is("as") && self.eat("as") {
            made.generated = Some(self.generated(&made.name)?);
        } else {
            return self.other_attribute(made);
        }
        Ok(true)
    }

    /// What changes no more than how a column is kept or shown.
    fn other_attribute(&mut self, made: &mut ColumnDef) -> Parsed<bool> {
        if self.eat("invisible") {
            made.invisible = true;
        } else if self.eat("visible") || self.eat("compressed") {
            if self.is_symbol("=") {
                self.option_value()?;
            }
        } else if self.eat_any(&["column_format", "storage", "engine_attribute", "secondary_engine_attribute"]) {
            self.option_value()?;
        } else if self.is("srid") && self.flavour() != Flavour::MariaDb {
            self.skip(1);
            self.number()?;
        } else if self.is_any(&["with", "without"]) && self.ahead(1).is_some_and(|next| next.is("system")) {
            self.skip(2);
            self.expect("versioning")?;
        } else if self.peek().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            && self.ahead(1).is_some_and(|next| next.is_symbol("="))
        {
            // An option of an engine of MariaDB's.
            self.skip(1);
            self.option_value()?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn generated(&mut self, column: &str) -> Parsed<Generated> {
        let (expression, columns) = self.expression()?;
        let stored = self.eat_any(&["stored", "persistent"]);
        if !stored {
            self.eat("virtual");
        } else if let Some(called) = expression::changing_call(&expression) {
            return Err(Error::changes_in_column(&called, column, self.flavour()));
        }
        Ok(Generated { expression, stored, columns })
    }

    fn column_check(&mut self, column: &str) -> Parsed<Option<CheckDef>> {
        let named = self.eat("constraint");
        let name = if named && !self.is("check") { Some(self.name()?) } else { None };
        if named && !self.is("check") {
            // A name for what has none: a key, NOT NULL.
            return Err(self.syntax());
        }
        if name.is_some() && self.flavour() == Flavour::MariaDb {
            // There the check of a column has no name.
            return Err(self.syntax());
        }
        let mut check = self.check(name)?;
        check.of = Some(column.to_owned());
        Ok(Some(check))
    }

    /// What follows `DEFAULT`.
    pub(super) fn initial(&mut self, column: &str) -> Parsed<Initial> {
        if self.eat("null") {
            return Ok(Initial::Null);
        }
        if let Some((text, digits)) = self.clock()? {
            return Ok(Initial::Value(Fallback::Clock { text, digits }));
        }
        let start = self.at;
        let sign = self.eat_symbol("-") || self.eat_symbol("+");
        let Some(token) = self.peek().copied() else { return Err(self.syntax()) };
        match token.kind {
            Kind::Number => {
                self.skip(1);
                let text = self.text_from(start).to_owned();
                self.no_more()?;
                Ok(literal(text.replace(' ', ""), text, false))
            }
            Kind::Text if !sign => {
                self.skip(1);
                let mut value = token.value();
                // Texts beside each other are one.
                while self.peek().is_some_and(|token| token.kind == Kind::Text) {
                    value.push_str(&self.text()?);
                }
                self.no_more()?;
                let text = quoted(&value);
                Ok(literal(value, text, true))
            }
            Kind::Word if token.is("true") || token.is("false") => {
                self.skip(1);
                let value = if token.is("true") { "1" } else { "0" };
                Ok(literal(value.to_owned(), value.to_owned(), false))
            }
            Kind::Symbol if token.is_symbol("(") => {
                let (text, _) = self.expression()?;
                self.only_known(&text, column)?;
                Ok(Initial::Value(plain(&text)))
            }
            Kind::Word | Kind::Quoted if !sign => self.called(column),
            _ => Err(self.syntax()),
        }
    }

    /// A literal ends there: neither server computes without brackets.
    fn no_more(&self) -> Parsed<()> {
        let operators = ["+", "-", "*", "/", "||", "::", "%", "->"];
        if operators.iter().any(|operator| self.is_symbol(operator)) { Err(self.syntax()) } else { Ok(()) }
    }

    /// A function that is called without brackets around it, which MariaDB alone takes.
    fn called(&mut self, column: &str) -> Parsed<Initial> {
        let is_call = self.ahead(1).is_some_and(|next| next.is_symbol("("));
        let is_next = self.are(&["next", "value", "for"]) || self.are(&["current_date"]) || self.are(&["current_user"]);
        if self.flavour() == Flavour::MySql || !(is_call || is_next) {
            return Err(self.syntax());
        }
        let start = self.at;
        if is_call {
            self.skip(1);
            self.brackets()?;
        } else if self.eat_all(&["next", "value", "for"]) {
            self.object()?;
        } else {
            self.skip(1);
        }
        let text = self.text_from(start).to_owned();
        self.no_more()?;
        self.only_known(&text, column)?;
        Ok(Initial::Value(Fallback::Expression(text)))
    }

    /// An expression that calls nothing that only other databases have.
    fn only_known(&self, text: &str, column: &str) -> Parsed<()> {
        let Some(called) = expression::foreign_call(text) else { return Ok(()) };
        Err(match self.flavour() {
            Flavour::MariaDb => {
                let message =
                    format!("Function or expression '`{called}`()' cannot be used in the DEFAULT clause of `{column}`");
                Error::new(1901, message)
            }
            _ => Error::new(
                3770,
                format!("Default value expression of column '{column}' contains a disallowed function: `{called}`."),
            ),
        })
    }

    /// The clock in one of its spellings, with its digits.
    fn clock(&mut self) -> Parsed<Option<(String, u64)>> {
        let bare = self.is_any(&["current_timestamp", "localtime", "localtimestamp"]);
        let called = self.is("now") && self.ahead(1).is_some_and(|next| next.is_symbol("("));
        if !bare && !called {
            return Ok(None);
        }
        let start = self.at;
        self.skip(1);
        let mut digits = 0;
        if self.eat_symbol("(") {
            if !self.is_symbol(")") {
                digits = self.number()?;
            }
            self.expect_symbol(")")?;
        }
        Ok(Some((self.text_from(start).to_owned(), digits)))
    }
}

fn literal(value: String, text: String, is_text: bool) -> Initial {
    Initial::Value(Fallback::Literal { value, text, is_text })
}

/// An expression in brackets, which may be no more than the clock.
fn plain(text: &str) -> Fallback {
    Fallback::Expression(text.to_owned())
}
