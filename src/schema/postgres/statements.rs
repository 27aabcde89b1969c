//! Splits a text into statements and tells what each can do, before any is parsed.

use crate::schema::token::{self, Kind, Token};

use super::types::identifier;

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
        name: String,
        create: bool,
    },
    Trigger {
        name: String,
        table: String,
    },
    /// A `DO` block whose statements may fail without harm.
    Guarded(Vec<String>),
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
fn dollar_quote(text: &str) -> Option<usize> {
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
            return block(self.text).map_or(Effect::Unknown("a PL/pgSQL block"), Effect::Guarded);
        }
        if first.is("call") {
            return Effect::Unknown("a call of a procedure");
        }
        if first.is("execute") || first.is("import") {
            return Effect::Unknown("a statement that makes others");
        }
        let (create, drop) = (first.is("create"), first.is("drop"));
        if !create && !drop && !first.is("alter") {
            return match first.is("select") || first.is("with") {
                true if selects_into(self.text) => Effect::Unknown("a SELECT INTO"),
                _ => Effect::None,
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
                return Effect::None;
            }
            let mut from = at + 1;
            if word(from, "if") {
                from += 2;
            }
            let name = self.name_from(words.get(from));
            return Effect::Routine { name, create };
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
        // `ALTER SEQUENCE … OWNED BY` and its siblings change no column.
        if first.is("alter") && is(&["sequence", "extension", "domain", "view", "materialized"]) {
            return match token::tokens(self.text).any(|token| token.is("rename")) {
                true => Effect::Unknown("a rename that is not followed"),
                false => Effect::None,
            };
        }
        Effect::Definition
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

/// The statements of `DO $$ BEGIN …; EXCEPTION WHEN duplicate_… THEN NULL; END $$`, which may fail without harm.
fn block(text: &str) -> Option<Vec<String>> {
    let open = text.find('$')?;
    let length = dollar_quote(&text[open..])?;
    let quoted = &text[open..open + length];
    let tag = quoted[1..].find('$')? + 2;
    let body = quoted.get(tag..quoted.len().checked_sub(tag)?)?.trim();
    let mut first = token::tokens(body);
    let begin = first.next().filter(|token| token.is("begin"))?;
    let handler = token::tokens(body).find(|token| token.is("exception"))?;
    let conditions: Vec<Token<'_>> =
        token::tokens(&body[handler.end()..]).take_while(|token| !token.is_symbol(";")).collect();
    let known = |token: &Token<'_>| {
        ["when", "or", "then", "null", "others"].iter().any(|word| token.is(word))
            || token.text.to_ascii_lowercase().starts_with("duplicate_")
            || token.text.to_ascii_lowercase().starts_with("undefined_")
    };
    if !conditions.iter().all(known) {
        return None;
    }
    let after = body[handler.end()..].matches(';').count();
    if after > 2 {
        return None;
    }
    let inner = &body[begin.end()..handler.start];
    let statements = pieces(inner);
    let plain =
        |piece: &Piece<'_>| matches!(piece.effect(), Effect::Definition | Effect::None | Effect::Routine { .. });
    let is_control = |piece: &Piece<'_>| {
        token::tokens(piece.text).next().is_some_and(|first| {
            ["if", "for", "while", "loop", "perform", "raise", "execute", "declare", "begin", "case", "return"]
                .iter()
                .any(|word| first.is(word))
        })
    };
    statements
        .iter()
        .all(|piece| plain(piece) && !is_control(piece))
        .then(|| statements.iter().map(|piece| piece.text.to_owned()).collect())
}

/// A word of another dialect, which PostgreSQL would stumble over.
pub(super) fn foreign_word(text: &str) -> Option<String> {
    const FOREIGN: &[&str] = &["AUTOINCREMENT", "AUTO_INCREMENT"];
    token::tokens(text)
        .find(|token| token.kind == Kind::Word && FOREIGN.iter().any(|word| token.is(word)))
        .map(|token| token.text.to_owned())
}
