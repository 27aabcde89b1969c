//! `DO` blocks in PL/pgSQL, as far as they are definitions under conditions on the catalog.

use super::statements::{dollar_quote, pieces};
use crate::schema::token::{self, Token};

/// What a block does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub steps: Vec<Step>,
    /// Its exceptions are caught and nothing is done about them.
    pub forgiving: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Sql(String),
    If { query: String, negated: bool, then: Vec<Step>, otherwise: Vec<Step> },
}

/// Reads a `DO` statement; `None` where it does something else.
pub(super) fn read(text: &str) -> Option<Block> {
    let open = text.find('$')?;
    let length = dollar_quote(&text[open..])?;
    let quoted = &text[open..open + length];
    let tag = quoted[1..].find('$')? + 2;
    let body = quoted.get(tag..quoted.len().checked_sub(tag)?)?;
    let tokens: Vec<Token<'_>> = token::tokens(body).collect();
    let begin = tokens.iter().position(|token| token.is("begin"))?;
    // Variables may hold anything.
    if begin != 0 {
        return None;
    }
    let end = tokens.iter().rposition(|token| token.is("end"))?;
    let handler = tokens.iter().position(|token| token.is("exception")).filter(|at| *at < end);
    let last = handler.unwrap_or(end);
    let forgiving = match handler {
        Some(at) => {
            let conditions = &tokens[at + 1..end];
            let is_known = |token: &Token<'_>| {
                ["when", "or", "then", "null", "others"].iter().any(|word| token.is(word))
                    || token.is_symbol(";")
                    || token.text.to_ascii_lowercase().starts_with("duplicate_")
                    || token.text.to_ascii_lowercase().starts_with("undefined_")
            };
            if !conditions.iter().all(is_known) {
                return None;
            }
            true
        }
        None => false,
    };
    let mut reader = Reader { body, tokens: &tokens[..last], at: 1 };
    let steps = reader.steps(8)?;
    (reader.at == last).then_some(Block { steps, forgiving })
}

struct Reader<'t> {
    body: &'t str,
    tokens: &'t [Token<'t>],
    at: usize,
}

impl Reader<'_> {
    fn is(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(word))
    }

    /// Steps up to `END`, `ELSE` or the end of the block.
    fn steps(&mut self, depth: u32) -> Option<Vec<Step>> {
        let depth = depth.checked_sub(1)?;
        let mut steps = Vec::new();
        while self.at < self.tokens.len() && !self.is("end") && !self.is("else") && !self.is("elsif") {
            if self.is("if") {
                steps.push(self.condition(depth)?);
                continue;
            }
            let start = self.tokens.get(self.at)?;
            let end = self.tokens[self.at..].iter().position(|token| token.is_symbol(";"))? + self.at;
            let text = &self.body[start.start..self.tokens[end].start];
            let is_control = [
                "for", "while", "loop", "perform", "raise", "execute", "declare", "begin", "case", "return", "foreach",
            ]
            .iter()
            .any(|word| start.is(word));
            let assigns = self.tokens.get(self.at + 1).is_some_and(|token| token.is_symbol(":"));
            if start.is("raise") && self.tokens.get(self.at + 1).is_some_and(|level| level.is("notice")) {
                self.at = end + 1;
                continue;
            }
            if start.is("null") {
                self.at = end + 1;
                continue;
            }
            if is_control || assigns {
                return None;
            }
            steps.push(Step::Sql(text.to_owned()));
            self.at = end + 1;
        }
        Some(steps)
    }

    /// `IF [NOT] EXISTS (query) THEN … [ELSE …] END IF;`.
    fn condition(&mut self, depth: u32) -> Option<Step> {
        self.at += 1;
        let negated = self.is("not");
        self.at += usize::from(negated);
        if !self.is("exists") {
            return None;
        }
        self.at += 1;
        let open = self.tokens.get(self.at).filter(|token| token.is_symbol("("))?;
        let mut level = 0_i32;
        let close = self.tokens[self.at..].iter().position(|token| {
            match token.text {
                "(" => level += 1,
                ")" => level -= 1,
                _ => {}
            }
            level == 0
        })? + self.at;
        let query = self.body[open.end()..self.tokens[close].start].trim().to_owned();
        self.at = close + 1;
        if !self.is("then") {
            return None;
        }
        self.at += 1;
        let then = self.steps(depth)?;
        let otherwise = if self.is("else") {
            self.at += 1;
            self.steps(depth)?
        } else {
            Vec::new()
        };
        let tail = self.tokens.get(self.at..self.at + 3)?;
        if !(tail[0].is("end") && tail[1].is("if") && tail[2].is_symbol(";")) {
            return None;
        }
        self.at += 3;
        Some(Step::If { query, negated, then, otherwise })
    }
}

/// Whether every statement of a block is one that the model can carry out.
pub(super) fn is_plain(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Sql(sql) => pieces(sql).iter().all(super::statements::Piece::is_plain),
        Step::If { then, otherwise, .. } => is_plain(then) && is_plain(otherwise),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_on_the_catalog_are_read() {
        let block = read(
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE (true)) THEN CREATE TYPE a AS ENUM ('x;'); ELSE NULL; END IF; END $$",
        )
        .unwrap();
        let [Step::If { query, negated: true, then, otherwise }] = block.steps.as_slice() else { panic!("{block:?}") };
        assert_eq!(query, "SELECT 1 FROM pg_type WHERE (true)");
        assert_eq!(then, &[Step::Sql("CREATE TYPE a AS ENUM ('x;')".to_owned())]);
        assert!(otherwise.is_empty());
        assert!(read("DO $$ DECLARE a INT; BEGIN NULL; END $$").is_none());
        assert!(read("DO $$ BEGIN EXECUTE 'x'; END $$").is_none());
    }
}
