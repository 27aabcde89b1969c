//! Definitions of MySQL and MariaDB, read as they read them. What neither understands is a syntax error; what is not known
//! here is nobody's mistake.

mod alter;
mod collation;
mod column;
mod data_type;
mod expression;
mod key;
mod table;
mod words;

pub(super) use self::alter::{Action, Alter, Place};
pub(super) use self::column::{ColumnDef, Initial};
pub(super) use self::expression::{is_foreign, surely_foreign_call};
pub(super) use self::key::{CheckDef, ForeignDef, KeyDef, Rule};
pub(super) use self::table::{Content, CreateTable, Element, Options};
pub(super) use self::words::is_reserved;

use super::error::Error;
use super::lexer::{Kind, Token, tokens};
use super::state::LONGEST_NAME;
use super::{Flavour, Settings};

pub(super) type Parsed<T> = Result<T, Error>;

/// Reads the tokens of one statement.
pub(super) struct Reader<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    settings: &'a Settings,
}

impl<'a> Reader<'a> {
    pub fn new(sql: &'a str, settings: &'a Settings) -> Self {
        Self { sql, tokens: tokens(sql).collect(), at: 0, settings }
    }

    pub fn flavour(&self) -> Flavour {
        self.settings.flavour
    }

    pub fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    /// The token that comes so many after the next one.
    pub fn ahead(&self, by: usize) -> Option<&Token<'a>> {
        self.tokens.get(self.at + by)
    }

    pub fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    pub fn are(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(index, word)| self.ahead(index).is_some_and(|token| token.is(word)))
    }

    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.tokens.len());
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied();
        self.at += usize::from(token.is_some());
        token
    }

    /// Takes a word where it is the next one.
    pub fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.skip(usize::from(found));
        found
    }

    /// Takes words where they are the next ones.
    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let found = self.are(words);
        self.skip(if found { words.len() } else { 0 });
        found
    }

    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    pub fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.skip(usize::from(found));
        found
    }

    pub fn expect(&mut self, word: &str) -> Parsed<()> {
        if self.eat(word) { Ok(()) } else { Err(self.syntax()) }
    }

    pub fn expect_symbol(&mut self, symbol: &str) -> Parsed<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.syntax()) }
    }

    pub fn expect_eq(&mut self) -> Parsed<()> {
        self.expect_symbol("=")
    }

    pub fn expect_end(&self) -> Parsed<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.syntax()) }
    }

    /// Neither server understands the next word.
    pub fn syntax(&self) -> Error {
        let start = self.peek().map_or(self.sql.len(), |token| token.start);
        let line = self.sql[..start].matches('\n').count() + 1;
        Error::syntax(self.sql[start..].trim_end(), line)
    }

    fn unknown_type(&self, name: &str) -> Error {
        let start = self.peek().map_or(self.sql.len(), |token| token.start);
        let line = self.sql[..start].matches('\n').count() + 1;
        Error::unknown_type(name, self.sql[start..].trim_end(), line, self.flavour())
    }

    /// The text from one token to the one before the next.
    fn text_from(&self, start: usize) -> &'a str {
        match (self.tokens.get(start), self.tokens.get(self.at.wrapping_sub(1))) {
            (Some(first), Some(last)) if start < self.at => &self.sql[first.start..last.end()],
            _ => "",
        }
    }

    /// The text from the next token on.
    pub fn rest(&self) -> &'a str {
        self.peek().map_or("", |token| self.sql[token.start..].trim_end())
    }

    /// `IF EXISTS`.
    pub fn if_exists(&mut self) -> bool {
        self.eat_all(&["if", "exists"])
    }

    /// `IF NOT EXISTS`.
    pub fn if_not_exists(&mut self) -> bool {
        self.eat_all(&["if", "not", "exists"])
    }

    /// `IF [NOT] EXISTS` where only MariaDB has it.
    fn mariadb_only(&mut self, words: &[&str]) -> Parsed<bool> {
        if self.are(words) && self.flavour() == Flavour::MySql {
            return Err(self.syntax());
        }
        Ok(self.eat_all(words))
    }

    /// Whether the next token can be a name.
    pub fn is_name(&self) -> bool {
        self.peek().is_some_and(|token| match token.kind {
            Kind::Quoted => true,
            Kind::Word => !words::is_reserved(token.text),
            Kind::Text => self.settings.ansi_quotes && token.text.starts_with('"'),
            // A name may begin with digits.
            Kind::Number => {
                token.text.contains(|part: char| part.is_alphabetic() || part == '_') && is_bare(token.text)
            }
            _ => false,
        })
    }

    /// A name: of a column, a key, a constraint.
    pub fn name(&mut self) -> Parsed<String> {
        if !self.is_name() {
            return Err(self.syntax());
        }
        let name = self.next().map(|token| token.value()).unwrap_or_default();
        if name.chars().count() > LONGEST_NAME {
            return Err(Error::name_too_long(&name));
        }
        Ok(name)
    }

    /// What comes after a dot, which may be a keyword.
    fn name_after_dot(&mut self) -> Parsed<String> {
        match self.peek().map(|token| token.kind) {
            Some(Kind::Word | Kind::Number) => Ok(self.next().map(|token| token.value()).unwrap_or_default()),
            _ => self.name(),
        }
    }

    /// The name of a table, a view, a routine: with its database in front where that is not the current one.
    pub fn object(&mut self) -> Parsed<String> {
        let first = self.name().map_err(|error| match error.code {
            1059 => Error::incorrect_table_name(error.message.split('\'').nth(1).unwrap_or_default()),
            _ => error,
        })?;
        if !self.eat_symbol(".") {
            return Ok(self.settings.own(&first));
        }
        let second = self.name_after_dot()?;
        Ok(self.settings.qualified(&first, &second))
    }

    /// A name of a column, which may have its table in front.
    fn column_name(&mut self) -> Parsed<String> {
        let mut name = self.name()?;
        while self.eat_symbol(".") {
            name = self.name_after_dot()?;
        }
        Ok(name)
    }

    /// A list of things in brackets.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect_symbol("(")?;
        let mut found = vec![one(self)?];
        while self.eat_symbol(",") {
            found.push(one(self)?);
        }
        self.expect_symbol(")")?;
        Ok(found)
    }

    /// Skips what is in brackets; the text between them.
    pub fn brackets(&mut self) -> Parsed<&'a str> {
        let start = self.at + 1;
        self.expect_symbol("(")?;
        let mut depth = 1_usize;
        loop {
            let Some(token) = self.next() else { return Err(self.syntax()) };
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
            } else if token.is_symbol("::") {
                self.at -= 1;
                return Err(self.syntax());
            }
            if depth == 0 {
                self.at -= 1;
                let text = self.text_from(start);
                self.at += 1;
                return Ok(text);
            }
        }
    }

    fn number(&mut self) -> Parsed<u64> {
        let found = self.peek().filter(|token| token.kind == Kind::Number).and_then(|token| token.text.parse().ok());
        match found {
            Some(number) => {
                self.skip(1);
                Ok(number)
            }
            None => Err(self.syntax()),
        }
    }

    /// A text in quotes.
    fn text(&mut self) -> Parsed<String> {
        match self.peek() {
            Some(token) if token.kind == Kind::Text => {
                let value = token.value();
                self.skip(1);
                Ok(value)
            }
            _ => Err(self.syntax()),
        }
    }

    /// The value of an option: a word, a name, a text, a number.
    pub fn option_value(&mut self) -> Parsed<String> {
        self.eat_symbol("=");
        match self.peek().map(|token| token.kind) {
            Some(Kind::Symbol) | None => Err(self.syntax()),
            _ => Ok(self.next().map(|token| token.value()).unwrap_or_default()),
        }
    }
}

fn is_bare(text: &str) -> bool {
    text.chars().all(|part| part.is_alphanumeric() || matches!(part, '_' | '$')) && !text.starts_with("0x")
}
