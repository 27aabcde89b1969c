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

/// Functions that only other databases have, and that something else may be called, too.
const FOREIGN: &[&str] = &["datetime", "timezone", "to_timestamp"];

/// Functions that only other databases have, and after which nothing else is called.
const SURELY_FOREIGN: &[&str] = &[
    "clock_timestamp",
    "date_trunc",
    "gen_random_uuid",
    "julianday",
    "randomblob",
    "statement_timestamp",
    "strftime",
    "string_agg",
    "transaction_timestamp",
    "unixepoch",
    "uuid_generate_v4",
];

/// A function that neither server has, where a text calls one.
pub(super) fn foreign_call(text: &str) -> Option<String> {
    called(text, FOREIGN).or_else(|| called(text, SURELY_FOREIGN))
}

/// The same in a statement, where the name of a table or of a type may stand before a bracket, too.
pub(in crate::schema::mysql) fn surely_foreign_call(text: &str) -> Option<String> {
    called(text, SURELY_FOREIGN)
}

fn called(text: &str, names: &[&str]) -> Option<String> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    // `CAST(a AS DATETIME(6))` calls nothing.
    let is_type = |at: usize| at.checked_sub(1).is_some_and(|before| all[before].is("as"));
    let is_one = |at: &usize| {
        let is_name = all[*at].kind == Kind::Word && names.iter().any(|known| all[*at].is(known));
        is_name && !is_type(*at) && all.get(at + 1).is_some_and(|next| next.is_symbol("("))
    };
    (0..all.len()).find(is_one).map(|at| all[at].text.to_owned())
}

/// A function that an expression calls and that gives something else each time, so that neither a check nor a column that is
/// stored may depend on it.
pub(super) fn changing_call(text: &str) -> Option<String> {
    const CLOCKS: [&str; 5] = ["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"];
    const CALLED: [&str; 13] = [
        "connection_id",
        "curdate",
        "current_user",
        "curtime",
        "last_insert_id",
        "now",
        "rand",
        "sysdate",
        "user",
        "utc_date",
        "utc_time",
        "utc_timestamp",
        "uuid",
    ];
    let bare = || tokens(text).find(|token| CLOCKS.iter().any(|clock| token.is(clock)));
    called(text, &CALLED).or_else(|| bare().map(|clock| clock.text.to_owned())).map(|name| name.to_lowercase())
}

/// Whether an expression of another database stumbles here: over `x::text`, `ILIKE`, `AT TIME ZONE` outside of a `CAST`, an
/// interval without its unit, `EXTRACT(EPOCH …)`, `IS DISTINCT FROM`.
pub(in crate::schema::mysql) fn is_foreign(all: &[Token<'_>], at: usize) -> bool {
    let is = |at: usize, word: &str| all.get(at).is_some_and(|token| token.is(word));
    let is_symbol = |at: usize, symbol: &str| all.get(at).is_some_and(|token| token.is_symbol(symbol));
    let before = |back: usize, word: &str| at.checked_sub(back).is_some_and(|at| is(at, word));
    match () {
        () if is_symbol(at, "::") || is_symbol(at, "~") && is_symbol(at + 1, "*") || is(at, "ilike") => true,
        () if is(at, "at") && is(at + 1, "time") && is(at + 2, "zone") => !is_cast(&all[..at]),
        () if is(at, "epoch") => is(at + 1, "from") && before(2, "extract"),
        () if is(at, "distinct") => is(at + 1, "from") && (before(1, "is") || before(1, "not") && before(2, "is")),
        () => {
            // A unit is a word.
            let value = at.checked_sub(1).and_then(|at| all.get(at)).filter(|_| before(2, "interval"));
            let is_text = value.is_some_and(|value| value.kind == Kind::Text);
            is_text && all.get(at).is_none_or(|unit| unit.kind != Kind::Word)
        }
    }
}

/// Whether the bracket that is open at the end is that of a `CAST`.
fn is_cast(before: &[Token<'_>]) -> bool {
    let mut depth = 0_i32;
    for (at, token) in before.iter().enumerate().rev() {
        match token.text {
            ")" => depth += 1,
            "(" if depth == 0 => return at.checked_sub(1).is_some_and(|name| before[name].is("cast")),
            "(" => depth -= 1,
            _ => {}
        }
    }
    false
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
        let all: Vec<Token<'_>> = tokens(&text).collect();
        if let Some(offset) = (0..=all.len()).find(|at| is_foreign(&all, *at)) {
            self.at = start + 1 + offset;
            return Err(self.syntax());
        }
        let columns = columns(&text);
        Ok((text, columns))
    }
}
