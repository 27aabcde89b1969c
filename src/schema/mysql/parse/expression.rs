//! What an expression names.

use super::words;
use super::{Parsed, Reader};
use crate::schema::mysql::lexer::{Kind, Token, tokens};

/// The columns that an expression names, each once, in its order. What could be a word of the language is left out.
pub(super) fn columns(text: &str) -> Vec<String> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let mut found: Vec<String> = Vec::new();
    for (index, token) in all.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| all.get(before));
        let after = all.get(index + 1);
        let is_bare = token.kind == Kind::Word && !words::is_reserved(token.text) && !words::is_noise(token.text);
        let is_call = after.is_some_and(|after| after.is_symbol("("));
        let is_table = after.is_some_and(|after| after.is_symbol("."));
        let is_other = before.is_some_and(|before| {
            ["as", "using", "collate", "interval"].iter().any(|word| before.is(word)) || before.is_symbol("@")
        });
        let is_column = token.kind == Kind::Quoted || (is_bare && !is_call);
        if is_column && !is_table && !is_other {
            let name = token.value();
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// Functions that only other databases have.
const FOREIGN: &[&str] = &[
    "datetime",
    "gen_random_uuid",
    "julianday",
    "nextval",
    "randomblob",
    "strftime",
    "timezone",
    "to_timestamp",
    "unixepoch",
    "uuid_generate_v4",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
];

/// A function that neither server has, where a text calls one. MariaDB has `nextval`.
pub(super) fn foreign_call(text: &str) -> Option<String> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let is_foreign = |name: &Token<'_>| name.kind == Kind::Word && FOREIGN.iter().any(|known| name.is(known));
    let found = all.windows(2).find(|pair| is_foreign(&pair[0]) && pair[1].is_symbol("(") && !pair[0].is("nextval"));
    found.map(|pair| pair[0].text.to_owned())
}

impl Reader<'_> {
    /// A condition or a computation in brackets: its text and its columns.
    pub(super) fn expression(&mut self) -> Parsed<(String, Vec<String>)> {
        let start = self.at;
        let text = self.brackets()?.to_owned();
        if text.is_empty() {
            self.at = start + 1;
            return Err(self.syntax());
        }
        if let Some(offset) = tokens(&text).position(|token| token.is("ilike") || token.is_symbol("~*")) {
            self.at = start + 1 + offset;
            return Err(self.syntax());
        }
        let columns = columns(&text);
        Ok((text, columns))
    }
}
