//! What definitions are guarded with: queries of `information_schema`, `SHOW`, variables, statements made from texts, and the
//! bodies of procedures, as far as they can be computed from the catalog alone.

mod body;
mod catalog;
mod show;
mod values;

use imbl::OrdMap;

pub use self::show::{Answer, Cell};
pub(super) use self::values::Value;
use super::error::Error;
use super::lexer::{Kind, Token, tokens};
use super::parse::Reader;
use super::{Database, Done};

/// What a session keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Variables, those of a session with their `@`, in small letters.
    variables: OrdMap<String, Kept>,
    prepared: OrdMap<String, Kept>,
    /// How deep in procedures the statement is.
    depth: u32,
    /// What was left to do when the outermost statement began.
    fuel: u32,
}

/// A value, or the text that it would come from.
#[derive(Clone, Debug)]
enum Kept {
    Known(Value),
    Unknown(String),
}

/// The most statements that one text makes.
const FUEL: u32 = 5_000;

/// The deepest call.
const DEEPEST: u32 = 16;

impl Database {
    /// Keeps what a variable is set to.
    pub(super) fn assign(&mut self, name: &str, expression: &str) {
        let value = match self.computed(expression) {
            Some(value) => Kept::Known(value),
            None => Kept::Unknown(self.origin(expression)),
        };
        self.session.variables.insert(name.to_lowercase(), value);
    }

    pub(super) fn has_variable(&self, name: &str) -> bool {
        self.session.variables.contains_key(&name.to_lowercase())
    }

    /// A text with all that its variables come from, where these are not known.
    fn origin(&self, text: &str) -> String {
        let mut made = text.to_owned();
        for token in tokens(text) {
            match self.session.variables.get(&token.text.to_lowercase()) {
                Some(Kept::Unknown(from)) if made.len() + from.len() < 1 << 16 => made += &format!("; {from}"),
                Some(Kept::Known(Value::Text(said))) => made += &format!("; {said}"),
                _ => {}
            }
        }
        made
    }

    /// `SELECT … INTO @x`: the query without what it is kept in, and the names of that.
    pub(super) fn select_into(&mut self, text: &str) -> bool {
        let all: Vec<Token<'_>> = tokens(text).collect();
        let mut depth = 0_i32;
        let into = all.iter().position(|token| {
            depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
            depth == 0 && token.is("into")
        });
        let Some(into) = into else { return false };
        let mut names = Vec::new();
        let mut end = into + 1;
        while let Some(name) =
            all.get(end).filter(|token| matches!(token.kind, Kind::Variable | Kind::Word | Kind::Quoted))
        {
            names.push(name.value());
            end += 1;
            if !all.get(end).is_some_and(|token| token.is_symbol(",")) {
                break;
            }
            end += 1;
        }
        let is_file = names
            .first()
            .is_none_or(|name| name.eq_ignore_ascii_case("outfile") || name.eq_ignore_ascii_case("dumpfile"));
        if is_file {
            return false;
        }
        let rest = all.get(end).map_or("", |token| &text[token.start..]);
        let query = format!("{} {rest}", &text[..all[into].start]);
        let row = self.rows_of(&query).map(|rows| rows.into_iter().next());
        for (index, name) in names.iter().enumerate() {
            let value = match &row {
                Some(Some(row)) => row.get(index).cloned().map(Kept::Known),
                // Without a row, what was there stays.
                Some(None) => continue,
                None => None,
            };
            let value = value.unwrap_or_else(|| Kept::Unknown(text.to_owned()));
            self.session.variables.insert(name.to_lowercase(), value);
        }
        true
    }

    /// `PREPARE s FROM @x`.
    pub(super) fn prepare(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        let name = reader.name()?.to_lowercase();
        reader.expect("from")?;
        let Some(token) = reader.next() else { return Err(reader.syntax()) };
        let kept = match token.kind {
            Kind::Text => Kept::Known(Value::Text(token.value())),
            Kind::Variable => match self.session.variables.get(&token.text.to_lowercase()) {
                Some(kept) => kept.clone(),
                None => Kept::Unknown(token.text.to_owned()),
            },
            _ => Kept::Unknown(token.text.to_owned()),
        };
        self.session.prepared.insert(name, kept);
        Ok(())
    }

    /// `EXECUTE s`.
    pub(super) fn execute_prepared(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        if reader.eat("immediate") {
            let text = reader.rest().to_owned();
            return match self.computed(&text) {
                Some(Value::Text(text)) => self.made(&text),
                _ => Err(self.not_known(self.origin(&text))),
            };
        }
        let name = reader.name()?.to_lowercase();
        match self.session.prepared.get(&name).cloned() {
            Some(Kept::Known(Value::Text(text))) if reader.is_at_end() => self.made(&text),
            Some(Kept::Known(Value::Null)) => Err(Error::syntax("NULL", 1)),
            Some(Kept::Unknown(from)) => Err(self.not_known(from)),
            Some(Kept::Known(value)) => Err(self.not_known(value.text())),
            None => {
                let message = format!("Unknown prepared statement handler ({name}) given to EXECUTE");
                Err(Error::new(1243, message))
            }
        }
    }

    /// Carries out a statement that a text says.
    fn made(&mut self, text: &str) -> Done {
        if self.session.depth >= DEEPEST {
            return Err(self.not_known(text.to_owned()));
        }
        self.session.depth += 1;
        let done = self.carry_out(text.trim().trim_end_matches(';'));
        self.session.depth -= 1;
        if done.as_ref().is_err_and(Error::is_unsupported) {
            self.about = Some(text.to_owned());
        }
        done
    }

    /// A statement is not known; what it could be about is.
    fn not_known(&mut self, from: String) -> Error {
        self.about = Some(from);
        Error::unsupported("carries out a statement that is made from what is not known")
    }

    /// Begins a statement that nothing surrounds.
    pub(super) fn refuel(&mut self) {
        if self.session.depth == 0 {
            self.session.fuel = FUEL;
        }
    }

    fn burn(&mut self) -> Done {
        match self.session.fuel.checked_sub(1) {
            Some(left) => {
                self.session.fuel = left;
                Ok(())
            }
            None => Err(Error::unsupported("has more statements than a check allows")),
        }
    }
}
