//! The bodies of procedures: their statements one after the other, and their conditions where the catalog tells them.

use super::{DEEPEST, Kept, Value};
use crate::schema::mysql::error::Error;
use crate::schema::mysql::lexer::{Kind, Token, tokens};
use crate::schema::mysql::parse::Reader;
use crate::schema::mysql::{Database, Done};

/// What may stand in front of a body: it tells how it is called.
const BETWEEN: &[&str] = &[
    "language",
    "sql",
    "not",
    "deterministic",
    "contains",
    "no",
    "reads",
    "modifies",
    "data",
    "security",
    "definer",
    "invoker",
    "comment",
];

/// A body that is carried out.
struct Program<'b> {
    text: &'b str,
    tokens: Vec<Token<'b>>,
    at: usize,
    /// A handler goes on after an error.
    goes_on: bool,
    /// Nothing more of it runs.
    left: bool,
}

impl<'b> Program<'b> {
    fn is(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(word))
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The text up to a word or a symbol outside of brackets, which is taken, too.
    fn until(&mut self, end: &str) -> &'b str {
        let start = self.at;
        let mut depth = 0_i32;
        while let Some(token) = self.tokens.get(self.at) {
            depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
            if depth == 0 && (token.is(end) || token.is_symbol(end)) {
                break;
            }
            self.at += 1;
        }
        let (first, last) = (self.tokens.get(start), self.tokens.get(self.at.wrapping_sub(1)));
        let text = match (first, last) {
            (Some(first), Some(last)) if start < self.at => &self.text[first.start..last.end()],
            _ => "",
        };
        self.at += 1;
        text
    }
}

impl Database {
    /// `CALL p(…)`.
    pub(in crate::schema::mysql) fn call(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        let name = reader.object()?;
        let arguments = if reader.is_symbol("(") { reader.brackets()? } else { "" };
        let Some(body) = self.state.routines.get(&format!("PROCEDURE {}", name.to_lowercase())).cloned() else {
            return Err(self.unless_elsewhere(&name, Error::no_such_routine("PROCEDURE", &name)));
        };
        let outer = self.session.variables.clone();
        if self.session.depth >= DEEPEST {
            return Err(Error::unsupported("calls procedures deeper than a check allows"));
        }
        let Some(start) = self.bind(&body, arguments) else { return Err(self.not_followed(&name, &body)) };
        self.session.depth += 1;
        let text = &body[start..];
        let mut program = Program { text, tokens: tokens(text).collect(), at: 0, goes_on: false, left: false };
        let done = self.step(&mut program, true);
        self.session.depth -= 1;
        let inner = std::mem::replace(&mut self.session.variables, outer);
        // Those of the session are the caller's, too.
        for (name, value) in inner.into_iter().filter(|(name, _)| name.starts_with('@')) {
            self.session.variables.insert(name, value);
        }
        match done {
            Err(error) if error.is_unsupported() => Err(self.not_followed(&name, &body)),
            Err(error) => {
                self.is_partly_done = true;
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    /// A block that stands alone, which MariaDB has: `BEGIN NOT ATOMIC … END`, `IF … THEN … END IF`.
    pub(in crate::schema::mysql) fn block(&mut self, text: &str) -> Done {
        let mut program = Program { text, tokens: tokens(text).collect(), at: 0, goes_on: false, left: false };
        self.session.depth += 1;
        let done = self.step(&mut program, true);
        self.session.depth -= 1;
        if done.as_ref().is_err_and(|error| !error.is_unsupported()) {
            self.is_partly_done = true;
        }
        done
    }

    fn not_followed(&mut self, name: &str, body: &str) -> Error {
        let about = self.about.take().unwrap_or_default();
        self.about = Some(format!("{body}; {about}"));
        Error::unsupported(format!("calls `{name}`, whose definitions are not followed"))
    }

    /// Gives the parameters of a procedure their values; where its body begins.
    fn bind(&mut self, text: &str, arguments: &str) -> Option<usize> {
        let all: Vec<Token<'_>> = tokens(text).collect();
        let open = all.iter().position(|token| token.is("procedure"))?;
        let open = open + all[open..].iter().position(|token| token.is_symbol("("))?;
        let mut depth = 0_i32;
        let close = open
            + all[open..].iter().position(|token| {
                depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
                depth == 0
            })?;
        let mut names = Vec::new();
        for (index, token) in all.iter().enumerate().take(close).skip(open + 1) {
            let is_first = index == open + 1 || all[index - 1].is_symbol(",");
            if is_first && (token.is("out") || token.is("inout")) {
                return None;
            }
            let is_in = index > 0 && all[index - 1].is("in");
            if is_in || is_first && !token.is("in") && matches!(token.kind, Kind::Word | Kind::Quoted) {
                names.push(token.value().to_lowercase());
            }
        }
        let values: Vec<Option<Value>> = self.rows_of(&format!("SELECT {arguments}")).map_or_else(
            || vec![None; names.len()],
            |rows| rows.into_iter().next().unwrap_or_default().into_iter().map(Some).collect(),
        );
        for (index, name) in names.into_iter().enumerate() {
            let value = values.get(index).cloned().flatten();
            let value = value.map_or_else(|| Kept::Unknown(arguments.to_owned()), Kept::Known);
            self.session.variables.insert(name, value);
        }
        let is_between = |token: &Token<'_>| token.kind == Kind::Text || BETWEEN.iter().any(|word| token.is(word));
        all[close + 1..].iter().find(|token| !is_between(token)).map(|token| token.start)
    }

    /// One statement of a body; where it does not run, it is only read.
    fn step(&mut self, program: &mut Program<'_>, runs: bool) -> Done {
        let runs = runs && !program.left;
        self.burn()?;
        let is_label = program.tokens.get(program.at + 1).is_some_and(|token| token.is_symbol(":"));
        if is_label {
            program.at += 2;
        }
        if program.eat("begin") {
            if program.eat("not") {
                program.eat("atomic");
            }
            while !program.is_at_end() && !program.is("end") {
                self.step(program, runs)?;
            }
            program.until(";");
            Ok(())
        } else if program.is("declare") {
            self.declared(program, runs)
        } else if program.eat("if") {
            self.branches(program, runs)
        } else if program.is_any(&["loop", "while", "repeat", "case", "open", "fetch", "close"]) {
            if runs {
                return Err(Error::unsupported("has a loop, which is not followed"));
            }
            Self::skipped(program);
            Ok(())
        } else if program.is_any(&["leave", "return", "iterate"]) {
            program.left |= runs;
            program.until(";");
            Ok(())
        } else {
            let text = program.until(";");
            if !runs || text.is_empty() {
                return Ok(());
            }
            let before = self.state.clone();
            match self.carry_out(text) {
                Err(error) if error.is_unsupported() => Err(error),
                Err(error) => {
                    self.state = before;
                    if program.goes_on { Ok(()) } else { Err(error) }
                }
                Ok(()) => Ok(()),
            }
        }
    }

    /// Reads over a loop.
    fn skipped(program: &mut Program<'_>) {
        let mut depth = 0_u32;
        while let Some(token) = program.tokens.get(program.at) {
            let opens = ["loop", "while", "repeat", "case", "if", "begin"].iter().any(|word| token.is(word));
            let ended = program.at > 0 && program.tokens[program.at - 1].is("end");
            if opens && !ended {
                depth += 1;
            } else if token.is("end") {
                depth = depth.saturating_sub(1);
            } else if token.is_symbol(";") && depth == 0 {
                program.at += 1;
                return;
            }
            program.at += 1;
        }
    }

    fn declared(&mut self, program: &mut Program<'_>, runs: bool) -> Done {
        program.at += 1;
        let handler = program.tokens.get(program.at + 1).is_some_and(|token| token.is("handler"));
        if handler {
            let goes_on = program.is("continue");
            program.until("for");
            // What it is for: names, numbers and texts with commas.
            while program.tokens.get(program.at).is_some_and(|token| {
                token.is_symbol(",")
                    || token.kind == Kind::Text
                    || token.kind == Kind::Number
                    || ["sqlexception", "sqlwarning", "not", "found", "sqlstate", "value"]
                        .iter()
                        .any(|word| token.is(word))
            }) {
                program.at += 1;
            }
            program.goes_on |= goes_on && runs;
            return self.step(program, false);
        }
        let text = program.until(";");
        if !runs {
            return Ok(());
        }
        let all: Vec<Token<'_>> = tokens(text).collect();
        let default = all.iter().find(|token| token.is("default")).map_or("NULL", |token| &text[token.end()..]);
        for (index, token) in all.iter().enumerate() {
            let is_name = index == 0 || all[index - 1].is_symbol(",");
            if !is_name || !matches!(token.kind, Kind::Word | Kind::Quoted) {
                break;
            }
            self.assign(&token.value(), default);
            if !all.get(index + 1).is_some_and(|next| next.is_symbol(",")) {
                break;
            }
        }
        Ok(())
    }

    /// `IF … THEN … ELSEIF … ELSE … END IF`.
    fn branches(&mut self, program: &mut Program<'_>, runs: bool) -> Done {
        let mut is_done = !runs;
        loop {
            let condition = program.until("then");
            let holds = if is_done {
                false
            } else {
                let Some(value) = self.computed(condition) else {
                    return Err(Error::unsupported("depends on what a query returns"));
                };
                value.truth() == Some(true)
            };
            while !program.is_at_end() && !program.is_any(&["elseif", "else", "end"]) {
                self.step(program, holds)?;
            }
            is_done |= holds;
            if program.eat("elseif") {
                continue;
            }
            if program.eat("else") {
                while !program.is_at_end() && !program.is("end") {
                    self.step(program, !is_done)?;
                }
            }
            program.until(";");
            return Ok(());
        }
    }
}
