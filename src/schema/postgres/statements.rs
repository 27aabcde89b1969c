//! Splits a text into statements and tells what each can do, before any is parsed.

use super::block::{self, Block};
use super::search_path::SearchPath;
use super::types::identifier;
use crate::schema::token::{self, Kind, Token};
use crate::source::has_word;

/// One statement of a text.
#[derive(Clone, Debug)]
pub struct Piece<'s> {
    pub text: &'s str,
    /// The byte offset of its first character.
    pub start: usize,
}

/// What a statement can do to a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: a query, rows, rights, settings.
    None,
    /// It has to be parsed.
    Definition,
    /// A function or procedure that is made or dropped.
    Routine {
        create: bool,
    },
    Trigger {
        name: String,
        table: String,
    },
    /// `SET search_path`, and what puts it back.
    SearchPath(SearchPath),
    /// A `DO` block.
    Block(Block),
    /// Something that is not followed: what it is.
    Unknown(&'static str),
}

/// The statements of a text. Semicolons in strings, comments and dollar quotes end none.
pub fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let bytes = sql.as_bytes();
    // The body of a function in standard SQL has statements of its own.
    let mut depth = 0_u32;
    while at < bytes.len() {
        let blank = token::blank(&bytes[at..]);
        if blank > 0 {
            at += blank;
            continue;
        }
        if let Some(end) = dollar_quote(&sql[at..]) {
            at += end;
            continue;
        }
        let Some(token) = token::tokens(&sql[at..]).next() else { break };
        // An escape string ends at a quote that no backslash stands before.
        if matches!(bytes[at], b'e' | b'E') && bytes.get(at + 1) == Some(&b'\'') {
            at += 1 + escaped(&bytes[at + 1..]);
            continue;
        }
        if token.is("atomic") {
            depth += 1;
        } else if token.is("end") {
            depth = depth.saturating_sub(1);
        } else if token.is_symbol(";") && depth == 0 {
            push(&mut pieces, sql, start, at);
            start = at + 1;
        }
        at += token.end().max(1);
    }
    push(&mut pieces, sql, start, sql.len());
    pieces
}

fn push<'s>(pieces: &mut Vec<Piece<'s>>, sql: &'s str, start: usize, end: usize) {
    let text = &sql[start..end];
    let blank = token::blank(text.as_bytes());
    if blank < text.len() {
        pieces.push(Piece { text: text[blank..].trim_end(), start: start + blank });
    }
}

/// The length of a text in dollar quotes that starts here.
pub(super) fn dollar_quote(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('$')?;
    let tag = rest.find('$')?;
    if !rest[..tag].chars().all(|part| part.is_alphanumeric() || part == '_') {
        return None;
    }
    if rest.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let tag = &text[..tag + 2];
    Some(text[tag.len()..].find(tag).map_or(text.len(), |end| tag.len() + end + tag.len()))
}

/// The length of a string with backslash escapes, its quotes included.
fn escaped(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

impl Piece<'_> {
    pub(super) fn effect(&self) -> Effect {
        let words: Vec<Token<'_>> = token::tokens(self.text).take(12).collect();
        let Some(first) = words.first() else { return Effect::None };
        let word = |index: usize, known: &str| words.get(index).is_some_and(|token| token.is(known));
        if first.is("do") {
            let read = block::read(self.text).filter(block::is_plain);
            return read.map_or(Effect::Unknown("a PL/pgSQL block"), Effect::Block);
        }
        if first.is("call") {
            return Effect::Unknown("a call of a procedure");
        }
        if first.is("execute") || first.is("import") {
            return Effect::Unknown("a statement that makes others");
        }
        if first.is("explain") {
            let makes = word(1, "analyze") && words.iter().any(|token| token.is("create") || token.is("into"));
            return if makes {
                Effect::Unknown("a statement that is carried out to be explained")
            } else {
                Effect::None
            };
        }
        let (create, drop) = (first.is("create"), first.is("drop"));
        if let Some(path) = SearchPath::of(self.text) {
            return Effect::SearchPath(path);
        }
        if !create && !drop && !first.is("alter") {
            return if (first.is("select") || first.is("with")) && selects_into(self.text) {
                Effect::Unknown("a SELECT INTO")
            } else {
                Effect::None
            };
        }
        let mut at = 1;
        if create && word(1, "or") && word(2, "replace") {
            at = 3;
        }
        for skipped in ["constraint", "trusted", "procedural"] {
            if create && word(at, skipped) {
                at += 1;
            }
        }
        let is = |known: &[&str]| known.iter().any(|known| word(at, known));
        if is(&["function", "procedure", "routine", "aggregate"]) {
            if first.is("alter") {
                let names = token::tokens(self.text).any(|token| token.is("rename") || token.is("schema"));
                return if names { Effect::Unknown("a rename of a function") } else { Effect::None };
            }
            return Effect::Routine { create };
        }
        if create && is(&["trigger"]) {
            let name = words.get(at + 1).map(name_of).unwrap_or_default();
            let mut tokens = token::tokens(self.text).skip_while(|token| !token.is("on"));
            tokens.next();
            return Effect::Trigger { name, table: self.name_from(tokens.next().as_ref()) };
        }
        let ignored = [
            "rule",
            "policy",
            "role",
            "user",
            "group",
            "database",
            "tablespace",
            "publication",
            "subscription",
            "statistics",
            "event",
            "language",
            "operator",
            "cast",
            "collation",
            "conversion",
            "text",
            "server",
            "access",
            "default",
            "system",
            "large",
            "transform",
            "trigger",
        ];
        if is(&ignored) && !(drop && is(&["trigger"])) {
            return Effect::None;
        }
        if is(&["foreign"]) {
            return Effect::Unknown("a foreign table");
        }
        // Their options change no column.
        if first.is("alter") && is(&["extension", "domain", "view", "materialized"]) {
            return if token::tokens(self.text).any(|token| token.is("rename")) {
                Effect::Unknown("a rename of a view or a domain")
            } else {
                Effect::None
            };
        }
        Effect::Definition
    }

    /// Whether it is a definition or does nothing to the schema.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.effect(), Effect::Definition | Effect::None | Effect::Routine { .. } | Effect::Trigger { .. })
    }

    /// A name that starts at a token, with what stands in front of its dots.
    fn name_from(&self, token: Option<&Token<'_>>) -> String {
        let Some(token) = token else { return String::new() };
        let mut name = name_of(token);
        let mut rest = token::tokens(&self.text[token.end()..]);
        while rest.next().is_some_and(|dot| dot.is_symbol(".")) {
            let Some(part) = rest.next() else { break };
            name = format!("{name}.{}", name_of(&part));
        }
        name
    }
}

fn name_of(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Quoted => token.value(),
        _ => identifier(token.text),
    }
}

/// Whether a query makes a table: `SELECT … INTO name FROM …`.
fn selects_into(text: &str) -> bool {
    let mut tokens = token::tokens(text);
    let mut depth = 0_i32;
    let first = token::tokens(text).next();
    if !first.is_some_and(|first| first.is("select")) {
        return false;
    }
    tokens.any(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is("into")
    })
}

/// The most operators between two commas.
pub(super) fn longest_chain(text: &str) -> usize {
    let (mut longest, mut chain) = (0, 0);
    for token in token::tokens(text) {
        match token.kind {
            Kind::Symbol if matches!(token.text, "," | ";") => chain = 0,
            Kind::Symbol if !matches!(token.text, "(" | ")" | ".") => chain += 1,
            Kind::Word if ["and", "or", "not", "union", "join", "is"].iter().any(|word| token.is(word)) => chain += 1,
            _ => {}
        }
        longest = longest.max(chain);
    }
    longest
}

/// A word of another dialect, which PostgreSQL would stumble over.
pub(super) fn foreign_word(text: &str) -> Option<String> {
    const FOREIGN: &[&str] = &["autoincrement", "auto_increment"];
    // Few texts have one anywhere.
    if !has_word(text, FOREIGN) {
        return None;
    }
    token::tokens(text)
        .find(|token| token.kind == Kind::Word && FOREIGN.iter().any(|word| token.is(word)))
        .map(|token| token.text.to_owned())
}
