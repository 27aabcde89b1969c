//! MySQL's text as tokens (<https://dev.mysql.com/doc/refman/8.4/en/lexical-structure.html>).

use std::borrow::Cow;

use super::Flavour;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in backquotes.
    Quoted,
    /// A text in either quote, with what introduces its character set.
    Text,
    /// A number, or bits in quotes.
    Number,
    /// `@x`, `@@session.x`, `?`.
    Variable,
    /// An operator or a bracket.
    Symbol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// The byte offset of its first character.
    pub start: usize,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword, given in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// What a name or a text says, without its quotes.
    pub fn value(&self) -> String {
        match self.kind {
            Kind::Quoted => self.inner('`').replace("``", "`"),
            Kind::Text => match self.text.find(['\'', '"']) {
                Some(at) => unescaped(&self.text[at..]),
                None => self.text.to_owned(),
            },
            _ => self.text.to_owned(),
        }
    }

    fn inner(&self, quote: char) -> &str {
        let inner = self.text.strip_prefix(quote).unwrap_or(self.text);
        inner.strip_suffix(quote).unwrap_or(inner)
    }
}

/// What a text in quotes says.
fn unescaped(quoted: &str) -> String {
    let mut said = String::with_capacity(quoted.len());
    let mut parts = quoted.chars();
    let quote = parts.next().unwrap_or('\'');
    while let Some(part) = parts.next() {
        if part == '\\' {
            match parts.next() {
                Some('n') => said.push('\n'),
                Some('t') => said.push('\t'),
                Some('r') => said.push('\r'),
                Some('0') => said.push('\0'),
                Some(other) => said.push(other),
                None => {}
            }
        } else if part == quote {
            // A doubled one stands for itself.
            if parts.next() != Some(quote) {
                break;
            }
            said.push(quote);
        } else {
            said.push(part);
        }
    }
    said
}

/// The tokens of a text, in order. Every text has some: what is no SQL is a symbol.
pub(super) fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += blank(&sql.as_bytes()[at..]);
        let rest = &sql[at..];
        let (kind, length) = scan(rest)?;
        let token = Token { kind, text: &rest[..length], start: at };
        at += length;
        Some(token)
    })
}

/// The number of bytes of white space and comments at the start.
pub(super) fn blank(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let line = |rest: &[u8]| rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        match &bytes[at..] {
            [b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'\x0b', ..] => at += 1,
            [b'#', rest @ ..] => at += 1 + line(rest),
            // Two dashes are a comment where a blank follows.
            [b'-', b'-'] => at += 2,
            [b'-', b'-', next, rest @ ..] if next.is_ascii_whitespace() || next.is_ascii_control() => {
                at += 2 + if *next == b'\n' { 0 } else { 1 + line(rest) };
            }
            [b'/', b'*', rest @ ..] => {
                at += 2 + rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 2);
            }
            _ => return at,
        }
    }
}

fn scan(text: &str) -> Option<(Kind, usize)> {
    const DOUBLE: &[&str] = &["->", "<=", ">=", "!=", "<>", "<<", ">>", "||", "&&", "::", ":="];
    let bytes = text.as_bytes();
    let first = text.chars().next()?;
    let next = bytes.get(1).copied().unwrap_or_default();
    Some(match first {
        '\'' | '"' => (Kind::Text, quoted(bytes)),
        '`' => (Kind::Quoted, quoted(bytes)),
        'n' | 'N' if next == b'\'' => (Kind::Text, 1 + quoted(&bytes[1..])),
        'x' | 'X' | 'b' | 'B' if next == b'\'' => (Kind::Number, 1 + quoted(&bytes[1..])),
        '0'..='9' => (Kind::Number, number(bytes)),
        '.' if next.is_ascii_digit() => (Kind::Number, number(bytes)),
        '@' => (Kind::Variable, variable(bytes)),
        '?' => (Kind::Variable, 1),
        '_' if introduces(text) => {
            let word = word(bytes);
            (Kind::Text, word + quoted(&bytes[word..]))
        }
        _ if is_word(first) => (Kind::Word, word(bytes)),
        '-' if text.starts_with("->>") => (Kind::Symbol, 3),
        '<' if text.starts_with("<=>") => (Kind::Symbol, 3),
        _ if DOUBLE.iter().any(|double| text.starts_with(double)) => (Kind::Symbol, 2),
        _ => (Kind::Symbol, first.len_utf8()),
    })
}

/// Whether it is the name of a character set with a text right after it: `_utf8mb4'x'`.
fn introduces(text: &str) -> bool {
    let name = word(text.as_bytes());
    matches!(text.as_bytes().get(name), Some(b'\'' | b'"'))
}

fn is_word(part: char) -> bool {
    part.is_ascii_alphanumeric() || part == '_' || part == '$' || !part.is_ascii()
}

fn word(bytes: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80;
    bytes.iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len())
}

/// A number; a word that begins with digits is a name.
fn number(bytes: &[u8]) -> usize {
    let mut at = word(bytes);
    let digits = bytes[..at].iter().all(u8::is_ascii_digit);
    if digits && bytes.get(at) == Some(&b'.') {
        at += 1 + word(&bytes[at + 1..]);
    }
    if matches!(bytes.get(at.wrapping_sub(1)), Some(b'e' | b'E')) && matches!(bytes.get(at), Some(b'+' | b'-')) {
        at += 1 + word(&bytes[at + 1..]);
    }
    at
}

fn variable(bytes: &[u8]) -> usize {
    let mut at = bytes.iter().position(|byte| *byte != b'@').unwrap_or(bytes.len());
    if matches!(bytes.get(at), Some(b'\'' | b'"' | b'`')) {
        return at + quoted(&bytes[at..]);
    }
    loop {
        at += word(&bytes[at..]);
        if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(|next| word(&[*next]) == 1) {
            at += 1;
        } else {
            return at;
        }
    }
}

/// The length of what stands in quotes. A missing quote ends with the text.
fn quoted(bytes: &[u8]) -> usize {
    closed(bytes).unwrap_or(bytes.len())
}

/// The same; `None` where nothing ends it.
fn closed(bytes: &[u8]) -> Option<usize> {
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            byte if byte != quote => at += 1,
            _ if bytes.get(at + 1) == Some(&quote) => at += 2,
            _ => return Some(at + 1),
        }
    }
    None
}

/// Where a text or a name begins that nothing ends.
pub(super) fn left_open(text: &str) -> Option<usize> {
    let last = tokens(text).last()?;
    let quote = last.text.find(['\'', '"', '`'])?;
    closed(&last.text.as_bytes()[quote..]).is_none().then_some(last.start)
}

/// The length of the comment, the text or the name in quotes that starts here; 0 where none does.
pub(super) fn opaque(text: &str) -> usize {
    match text.as_bytes() {
        [b'\'' | b'"' | b'`', ..] => quoted(text.as_bytes()),
        // What is after blanks is looked at anew.
        [b' ' | b'\t' | b'\n' | b'\r', ..] => 1,
        bytes => blank(bytes),
    }
}

/// The text in which comments that run are no comments any more, and the others blank. Nothing changes its place.
///
/// MariaDB leaves out what is for MySQL 5.7 and later, `/*M! … */` is MariaDB's alone
/// (<https://mariadb.com/kb/en/comment-syntax/>).
pub(super) fn without_comments(sql: &str, flavour: Flavour) -> Cow<'_, str> {
    if !sql.contains("/*!") && !sql.contains("/*M!") {
        return Cow::Borrowed(sql);
    }
    let bytes = sql.as_bytes();
    let mut made = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let mut depth = 0_u32;
    while at < bytes.len() {
        let rest = &sql[at..];
        let start = if rest.starts_with("/*!") {
            3
        } else if rest.starts_with("/*M!") {
            4
        } else {
            0
        };
        if start > 0 {
            let digits = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
            let digits = if digits >= 5 { digits.min(6) } else { 0 };
            let version: u32 = rest[start..start + digits].parse().unwrap_or_default();
            if runs(version, start == 4, flavour) {
                made.extend(std::iter::repeat_n(b' ', start + digits));
                at += start + digits;
                depth += 1;
            } else {
                let length = blank(&bytes[at..]).max(1);
                made.extend(bytes[at..at + length].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
                at += length;
            }
        } else if depth > 0 && rest.starts_with("*/") {
            made.extend(b"  ");
            at += 2;
            depth -= 1;
        } else {
            let length = opaque(rest);
            let length = if length > 0 { length } else { rest.chars().next().map_or(1, char::len_utf8) };
            let length = length.min(rest.len());
            made.extend(&bytes[at..at + length]);
            at += length;
        }
    }
    String::from_utf8(made).map_or(Cow::Borrowed(sql), Cow::Owned)
}

fn runs(version: u32, mariadb: bool, flavour: Flavour) -> bool {
    match flavour {
        Flavour::MariaDb => !(50_700..100_000).contains(&version),
        Flavour::MySql | Flavour::Unknown => !mariadb && version < 100_000,
    }
}
