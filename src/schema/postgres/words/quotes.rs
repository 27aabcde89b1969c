//! Texts, names and comments that nothing ends.

use crate::schema::postgres::PgError;
use crate::schema::postgres::statements::dollar_quote;

/// The error of a statement that ends within a text, a name in quotes or a comment.
pub(in crate::schema::postgres) fn left_open(text: &str) -> Option<PgError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut is_within_word = false;
    while at < bytes.len() {
        let rest = &text[at..];
        let (what, length) = match &bytes[at..] {
            [b'-', b'-', ..] => ("", Some(rest.find('\n').unwrap_or(rest.len()))),
            [b'/', b'*', ..] => ("/* comment", comment(rest)),
            [b'e' | b'E', b'\'', ..] if !is_within_word => ("quoted string", escaped(rest)),
            [b'\'', ..] => ("quoted string", quoted(rest, '\'')),
            [b'"', ..] => ("quoted identifier", quoted(rest, '"')),
            [b'$', ..] if !is_within_word && dollar_quote(rest).is_some() => ("dollar-quoted string", dollars(rest)),
            _ => ("", rest.chars().next().map(char::len_utf8)),
        };
        let Some(length) = length else {
            let near = if what.starts_with('/') { rest } else { rest.lines().next().unwrap_or(rest) };
            return Some(PgError::left_open(what, near));
        };
        is_within_word = rest.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_' || sign == '$');
        at += length.max(1);
    }
    None
}

/// The length of a comment, of which each may hold others; `None` where it is not ended, as of the other lengths.
fn comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_u32, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The length of what ends at the next quote that is not doubled: a doubled one is the end of one and the beginning of another.
fn quoted(text: &str, quote: char) -> Option<usize> {
    text[1..].find(quote).map(|end| end + 2)
}

/// The length of a text in which a backslash takes the meaning from what comes after it.
fn escaped(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length of a text in dollar quotes.
fn dollars(text: &str) -> Option<usize> {
    let length = dollar_quote(text)?;
    let tag = &text[..text[1..].find('$')? + 2];
    (length >= 2 * tag.len() && text[..length].ends_with(tag)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::left_open;

    #[test]
    fn what_is_left_open_is_told() {
        for text in [
            "SELECT 'it''s', E'it\\'s', \"a\"\"b\", $$a'b$$, $x$ $$ $x$, a$b$c, 1 -- it's",
            "SELECT '\\' /* it's /* nested */ $$ */",
            "SELECT $1, a LIKE'b'",
        ] {
            assert!(left_open(text).is_none(), "{text}");
        }
        for (text, said) in [
            ("ALTER TABLE a ADD b TEXT DEFAULT 'x", "unterminated quoted string at or near \"'x\""),
            ("SELECT E'it\\'", "unterminated quoted string at or near \"E'it\\'\""),
            ("SELECT \"a", "unterminated quoted identifier at or near \"\"a\""),
            ("DO $$ BEGIN", "unterminated dollar-quoted string at or near \"$$ BEGIN\""),
            ("SELECT 1 /* /* */", "unterminated /* comment at or near \"/* /* */\""),
        ] {
            assert_eq!(left_open(text).map(|error| error.message).as_deref(), Some(said));
        }
    }
}
