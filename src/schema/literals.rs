//! Values written into the text of a statement, for whoever reads it without the program that binds them.

use super::dialect::Dialect;
use super::token::{self, Kind, Token};

/// How a database has values written in a statement.
#[derive(Debug)]
pub struct Literals {
    pub text: fn(&str) -> String,
    pub bytes: fn(&[u8]) -> String,
    /// What is false, and what is true.
    pub truth: [&'static str; 2],
}

/// What is said where the two do not go together.
pub const OTHER_SIGNS: &str = "is given other values than it has signs for";

/// What stands in a text for what of it is not known.
pub const HOLE: char = '\u{fffc}';

/// A value that a statement is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values that a statement is given; `None` for those that are not known.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    Listed(Vec<Option<Literal>>),
    Named(Vec<(String, Option<Literal>)>),
}

impl Literal {
    /// As a statement of a database writes it.
    pub fn written(&self, dialect: Dialect) -> String {
        let literals = &dialect.facts().statements.literals;
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Bool(value) => literals.truth[usize::from(*value)].to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("{number:?}"),
            Self::Text(text) => (literals.text)(text),
            Self::Bytes(bytes) => (literals.bytes)(bytes),
        }
    }
}

/// A text in quotes, which are doubled in it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Bytes as the digits of their numbers.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A sign that a value is bound to.
enum Sign<'t> {
    /// The next one of a list.
    Next,
    /// The one at this place of a list, from one on.
    At(usize),
    Named(&'t str),
}

/// A statement with the values that it is given written in the places of their signs (`?`, `$1`, `:name`, `%s`, `%(name)s`), and a
/// character of its own (U+FFFC) in the place of those that are not known. `None` where a sign has no value, or a value no sign.
pub fn inlined(sql: &str, given: &Given, dialect: Dialect) -> Option<String> {
    let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
    let written =
        |value: &Option<Literal>| value.as_ref().map_or_else(|| HOLE.to_string(), |value| value.written(dialect));
    let (mut text, mut end, mut next, mut used) = (String::new(), 0, 0, 0);
    let mut at = 0;
    while at < tokens.len() {
        let Some((sign, length)) = sign(&tokens[at..], given) else {
            at += 1;
            continue;
        };
        let value = match (sign, given) {
            (Sign::Next, Given::Listed(values)) => {
                next += 1;
                values.get(next - 1)?
            }
            (Sign::At(place), Given::Listed(values)) => values.get(place.checked_sub(1)?)?,
            (Sign::Named(name), Given::Named(values)) => {
                values.iter().find(|(own, _)| own == name).map(|(_, value)| value)?
            }
            _ => return None,
        };
        used += 1;
        text += sql.get(end..tokens[at].start)?;
        text += &written(value);
        at += length;
        end = tokens[at - 1].end();
    }
    text += sql.get(end..)?;
    let is_whole = match given {
        // One that is given by its place may be meant twice.
        Given::Listed(values) => next == values.len() || next == 0 && used > 0,
        Given::Named(_) => true,
    };
    is_whole.then_some(text)
}

/// The sign that these tokens begin with, and how many of them it is.
fn sign<'t>(tokens: &[Token<'t>], given: &Given) -> Option<(Sign<'t>, usize)> {
    let is_list = matches!(given, Given::Listed(_));
    let touches = |at: usize| at + 1 < tokens.len() && tokens[at].end() == tokens[at + 1].start;
    match tokens {
        [first, ..] if first.is_symbol("?") && is_list => Some((Sign::Next, 1)),
        [first, ..] if first.kind == Kind::Literal => literal_sign(first.text, is_list).map(|sign| (sign, 1)),
        [first, second, ..] if first.is_symbol("%") && second.text == "s" && touches(0) && is_list => {
            Some((Sign::Next, 2))
        }
        [first, open, name, close, kind, ..]
            if first.is_symbol("%")
                && open.is_symbol("(")
                && close.is_symbol(")")
                && kind.text == "s"
                && (0..4).all(touches)
                && !is_list =>
        {
            Some((Sign::Named(name.text), 5))
        }
        _ => None,
    }
}

/// The same of one token: `$1`, `?1`, `@p1`, `:name`, `$name`, `@name`.
fn literal_sign(text: &str, is_list: bool) -> Option<Sign<'_>> {
    let name = text.strip_prefix(['$', '?', '@', ':'])?;
    let place = name.strip_prefix('p').filter(|_| text.starts_with('@')).unwrap_or(name).parse();
    match (place, is_list) {
        (Ok(place), true) => Some(Sign::At(place)),
        (Err(_), false) if name.starts_with(|first: char| first.is_alphabetic() || first == '_') => {
            Some(Sign::Named(name))
        }
        _ => None,
    }
}

/// Whether a statement has a parameter by its name: `:name`.
pub fn has_named_sign(sql: &str) -> bool {
    let is_sign = |token: &Token<'_>| {
        token.kind == Kind::Literal && token.text.starts_with(':') && literal_sign(token.text, false).is_some()
    };
    token::tokens(sql).any(|token| is_sign(&token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{mysql, postgres, sqlite};

    fn listed(values: &[Literal]) -> Given {
        Given::Listed(values.iter().cloned().map(Some).collect())
    }

    fn text(text: &str) -> Literal {
        Literal::Text(text.to_owned())
    }

    #[test]
    fn values_stand_where_their_signs_stood() {
        let given = listed(&[text("it's"), Literal::Integer(5)]);
        let inlined = |sql: &str| inlined(sql, &given, postgres::DIALECT);
        let expected = "UPDATE a SET b = 'it''s' WHERE c = 5 AND d = '?'";
        for sql in ["UPDATE a SET b = ? WHERE c = ? AND d = '?'", "UPDATE a SET b = %s WHERE c = %s AND d = '?'"] {
            assert_eq!(inlined(sql).as_deref(), Some(expected));
        }
        assert_eq!(inlined("SELECT $2, $1, $2").as_deref(), Some("SELECT 5, 'it''s', 5"));
        assert_eq!(inlined("SELECT ?"), None);
        assert_eq!(inlined("SELECT ?, ?, ?"), None);
    }

    #[test]
    fn values_are_found_by_their_names() {
        let given = Given::Named(vec![("a".to_owned(), Some(Literal::Bool(true))), ("b".to_owned(), None)]);
        let inlined = |sql: &str| inlined(sql, &given, postgres::DIALECT);
        assert_eq!(inlined("SELECT :a, :b::text, ':a'").as_deref(), Some("SELECT true, \u{fffc}::text, ':a'"));
        assert_eq!(inlined("SELECT %(a)s").as_deref(), Some("SELECT true"));
        assert_eq!(inlined("SELECT :c"), None);
    }

    #[test]
    fn every_database_has_values_written_in_its_way() {
        let all =
            [text(r"a\'b"), Literal::Bool(false), Literal::Bytes(vec![0, 255]), Literal::Real(1.0), Literal::Null];
        let written = |dialect| all.iter().map(|value| value.written(dialect)).collect::<Vec<_>>().join(" ");
        assert_eq!(written(sqlite::DIALECT), r"'a\''b' 0 X'00ff' 1.0 NULL");
        assert_eq!(written(postgres::DIALECT), r"'a\''b' false '\x00ff'::bytea 1.0 NULL");
        assert_eq!(written(mysql::DIALECT), r"'a\\''b' false X'00ff' 1.0 NULL");
    }

    #[test]
    fn a_parameter_by_its_name_is_told_from_a_cast_and_a_slice() {
        assert!(has_named_sign("SELECT :a"));
        assert!(!has_named_sign("SELECT a::text, b[1:2], ':c' -- :d"));
    }
}
