//! Defaults of columns, as far as two engines agree on what they say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::schema::dialect::Dialect;
use crate::schema::model::Column;
use crate::schema::token::{Kind, Token, tokens};
use crate::schema::types;

/// What a default is the default of, as far as its value depends on that: what one of two columns says, the other means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant {
    is_document: bool,
    is_moment: bool,
    is_binary: bool,
}

impl Meant {
    pub(super) fn by(columns: [(&Column, Dialect); 2]) -> Self {
        let any = |is_such: fn(&str, Dialect) -> bool| {
            columns.iter().any(|(column, dialect)| is_such(&column.data_type, *dialect))
        };
        Self {
            is_document: any(|data_type, _| data_type.to_ascii_lowercase().contains("json")),
            is_moment: any(types::keeps_moments),
            is_binary: any(types::keeps_bytes),
        }
    }

    /// What a default says by [`default_form`], as a value of what is meant.
    pub(super) fn form(self, default: Option<&str>) -> Option<String> {
        let form = if self.is_binary { default.and_then(binary) } else { None };
        let form = form.or_else(|| default_form(default))?;
        Some(match () {
            () if self.is_document => compact(&form),
            () if self.is_moment && is_day(&form) => format!("{form} 00:00:00"),
            () => form,
        })
    }
}

/// The bytes that MySQL's `0x00ff` says, which is a number where no bytes are kept.
fn binary(default: &str) -> Option<String> {
    let digits = default.trim().trim_matches(['(', ')']).strip_prefix("0x")?;
    bytes(&format!("x'{digits}'"))
}

/// A document without what is blank between its parts, and in one order.
fn compact(form: &str) -> String {
    let parsed = serde_json::from_str::<Value>(form).ok().filter(|value| value.is_object() || value.is_array());
    parsed.map_or_else(|| form.to_owned(), |value| in_order(value).to_string())
}

/// A document whose keys are in the order of their names.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_order).collect(),
        Value::Object(parts) => {
            let sorted: BTreeMap<String, Value> = parts.into_iter().collect();
            sorted.into_iter().map(|(key, value)| (key, in_order(value))).collect()
        }
        plain => plain,
    }
}

/// Whether a text is a date without a time.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts[0].len() == 4 && parts.iter().all(is_number)
}

/// What is worked out of constants: `60 * 60`, `+5`, `-(1)`; `None` for what is no whole number.
fn worked_out(all: &[Token<'_>]) -> Option<i128> {
    let (value, rest) = sum(all)?;
    rest.is_empty().then_some(value)
}

type Rest<'a, 's> = &'a [Token<'s>];

fn sum<'a, 's>(all: Rest<'a, 's>) -> Option<(i128, Rest<'a, 's>)> {
    let (mut value, mut rest) = product(all)?;
    while let [sign, behind @ ..] = rest
        && (sign.is_symbol("+") || sign.is_symbol("-"))
    {
        let (next, left) = product(behind)?;
        value = if sign.is_symbol("+") { value.checked_add(next)? } else { value.checked_sub(next)? };
        rest = left;
    }
    Some((value, rest))
}

fn product<'a, 's>(all: Rest<'a, 's>) -> Option<(i128, Rest<'a, 's>)> {
    let (mut value, mut rest) = factor(all)?;
    while let [sign, behind @ ..] = rest
        && (sign.is_symbol("*") || sign.is_symbol("/"))
    {
        let (next, left) = factor(behind)?;
        // Engines differ in what they make of a fraction.
        let divided = |value: i128| value.checked_rem(next).filter(|left| *left == 0).map(|_| value / next);
        value = if sign.is_symbol("*") { value.checked_mul(next)? } else { divided(value)? };
        rest = left;
    }
    Some((value, rest))
}

fn factor<'a, 's>(all: Rest<'a, 's>) -> Option<(i128, Rest<'a, 's>)> {
    let (first, rest) = all.split_first()?;
    match () {
        () if first.is_symbol("+") => factor(rest),
        () if first.is_symbol("-") => factor(rest).and_then(|(value, left)| Some((value.checked_neg()?, left))),
        () if first.is_symbol("(") => {
            let (value, left) = sum(rest)?;
            let (last, left) = left.split_first()?;
            last.is_symbol(")").then_some((value, left))
        }
        () if first.kind == Kind::Literal => {
            let lower = first.text.to_ascii_lowercase();
            let value = match lower.strip_prefix("0x") {
                Some(digits) => i128::from_str_radix(digits, 16).ok()?,
                None => lower.parse().ok()?,
            };
            Some((value, rest))
        }
        () => None,
    }
}

/// What PostgreSQL's `E'it\'s'` says.
fn unescaped(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix(['e', 'E'])?.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                // What is told by a number is rare.
                other if other.is_ascii_digit() || matches!(other, 'x' | 'u' | 'U') => return None,
                other => other,
            },
            '\'' => letters.next().filter(|next| *next == '\'')?,
            other => other,
        });
    }
    Some(text)
}

/// Whether a default is an empty list: `{}` of PostgreSQL's arrays is `[]` where a list is kept as JSON.
pub(super) fn is_list(column: &Column, form: Option<&str>) -> bool {
    match form {
        Some("[]") => true,
        Some("{}") => column.data_type.ends_with("[]"),
        Some(COMPUTED) => {
            column.data_type.ends_with("[]") && {
                let text = column.default.as_deref().unwrap_or_default().to_ascii_lowercase();
                text.starts_with("array[]")
            }
        }
        _ => false,
    }
}

/// A default as far as dialects agree on it: a literal, or that something is computed.
pub(in crate::evaluate) fn default_form(default: Option<&str>) -> Option<String> {
    let text = default?.trim();
    let mut text = text;
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    if let Some(said) = unescaped(text.split("::").next().unwrap_or(text).trim()) {
        return Some(number(&said));
    }
    let literal = text.split("::").next().unwrap_or(text).trim();
    if let Some(document) = empty_document(literal) {
        return Some(document.to_owned());
    }
    if let Some(bytes) = bytes(literal) {
        return Some(bytes);
    }
    if let Some(bits) = bits(literal) {
        return Some(bits);
    }
    let all: Vec<_> = tokens(literal).collect();
    Some(match all.as_slice() {
        // A literal is cast to what its column is.
        [cast, open, only, to, ..]
            if cast.is("cast") && open.is_symbol("(") && to.is("as") && only.kind == Kind::Text =>
        {
            number(&only.value())
        }
        // SQLite takes a name in double quotes that is none for a text.
        [only] if matches!(only.kind, Kind::Text | Kind::Quoted) => number(&only.value()),
        [only] if only.kind == Kind::Literal => match worked_out(&all) {
            Some(value) => number(&value.to_string()),
            None => number(only.text),
        },
        [sign, only] if sign.is_symbol("-") && only.kind == Kind::Literal => number(&format!("-{}", only.text)),
        [sign, only] if sign.is_symbol("+") && only.kind == Kind::Literal => number(only.text),
        [only] if only.is("true") => "1".to_owned(),
        [only] if only.is("false") => "0".to_owned(),
        [only] if only.is("null") => return None,
        [first, .., only] if first.is("timestamp") && only.kind == Kind::Text => number(&only.value()),
        // What the one calls `CURRENT_TIMESTAMP` the other calls `now()`.
        all => worked_out(all).map_or_else(|| COMPUTED.to_owned(), |value| number(&value.to_string())),
    })
}

/// What a call makes that puts an empty document together: MySQL takes none as a literal.
fn empty_document(text: &str) -> Option<&'static str> {
    const CALLS: [(&str, &str); 6] = [
        ("json_array", "[]"),
        ("json_build_array", "[]"),
        ("jsonb_build_array", "[]"),
        ("json_object", "{}"),
        ("json_build_object", "{}"),
        ("jsonb_build_object", "{}"),
    ];
    let name = text.strip_suffix(')')?.trim_end().strip_suffix('(')?.trim_end();
    CALLS.iter().find(|(call, _)| name.eq_ignore_ascii_case(call)).map(|(_, document)| *document)
}

/// What stands for a default that is no literal.
pub(super) const COMPUTED: &str = "\u{1a}";

/// The number that bits say, MySQL's `b'1'` and `0b1`.
fn bits(literal: &str) -> Option<String> {
    let quoted = |text: &str| text.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
    let digits = match literal.strip_prefix(['b', 'B']) {
        Some(text) => quoted(text)?,
        None => literal.strip_prefix("0b")?.to_owned(),
    };
    u64::from_str_radix(&digits, 2).ok().map(|number| number.to_string())
}

/// What bytes say that are written in hexadecimal digits, SQLite's `X'7B7D'` or PostgreSQL's `'\\x7b7d'`: a text where they
/// are one, for a document is kept as bytes here and as a text there.
fn bytes(literal: &str) -> Option<String> {
    let inner = |text: &'_ str| text.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
    let digits = match literal.strip_prefix(['x', 'X']) {
        Some(quoted) => inner(quoted)?,
        None => inner(literal)?.strip_prefix("\\x")?.to_owned(),
    };
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Vec<u8> = pairs.collect::<Option<_>>()?;
    Some(String::from_utf8(bytes).unwrap_or_else(|_| digits.to_ascii_lowercase()))
}

/// A moment without the zeros after its seconds, and without the ways to say that it is of no other zone; `None` for a text
/// that is none.
fn moment(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("epoch") {
        return Some("1970-01-01 00:00:00".to_owned());
    }
    let (day, time) = text.split_once([' ', 'T'])?;
    let is_of = |text: &str, parts: usize, sign: char| {
        text.split(sign).count() == parts
            && text.chars().all(|letter| letter.is_ascii_digit() || letter == sign || letter == '.')
    };
    let zones = ["+00:00", "+0000", "+00", "Z"];
    let time = zones.iter().find_map(|zone| time.strip_suffix(zone)).unwrap_or(time).trim_end();
    let time = if time.contains('.') { time.trim_end_matches('0').trim_end_matches('.') } else { time };
    (is_of(day, 3, '-') && is_of(time, 3, ':')).then(|| format!("{day} {time}"))
}

/// Numbers are equal whatever zeros they are written with, and so are the words for a truth value.
fn number(text: &str) -> String {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" => "1".to_owned(),
        "false" | "f" => "0".to_owned(),
        other => match other.parse::<f64>() {
            Ok(number) => number.to_string(),
            Err(_) => moment(text).unwrap_or_else(|| text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_equal_where_dialects_say_the_same() {
        let form = |text: &str| default_form(Some(text));
        assert_eq!(form("'x'"), form("'x'::character varying"));
        assert_eq!(form("\"x\""), form("'x'"));
        assert_eq!(form("1"), form("true"));
        assert_eq!(form("0"), form("'0'"));
        assert_eq!(form("0.0"), form("0"));
        assert_eq!(form("CURRENT_TIMESTAMP"), form("now()"));
        assert_eq!(form("(datetime('now'))"), form("now()"));
        assert_eq!(form("'2000-01-01 00:00:00+00'"), form("'2000-01-01T00:00:00.000000+00:00'"));
        assert_ne!(form("'2000-01-01 00:00:00'"), form("'2000-01-01 00:00:01'"));
        assert_eq!(form("TIMESTAMP WITH TIME ZONE 'epoch'"), form("'1970-01-01 00:00:00.000'"));
        assert_eq!((form("b'1'"), form("0b0")), (form("true"), form("false")));
        assert_ne!(form("B'1'"), form("false"));
        assert_eq!(form("(CAST('[]' AS JSON))"), form("'[]'::jsonb"));
        assert_ne!(form("CAST('{}' AS JSON)"), form("'[]'"));
        assert_eq!(form("X'7B7D'"), form("'{}'::jsonb"));
        assert_eq!(form("x''"), form("'\\x'::bytea"));
        assert_eq!(form("'\\xDEADBEEF'::bytea"), form("X'deadbeef'"));
        assert_ne!(form("X'00'"), form("X'01'"));
        assert_ne!(form("'a'"), form("'b'"));
        assert_ne!(form("1"), default_form(None));
        assert_eq!(form("NULL"), default_form(None));
        assert_eq!(form("(JSON_ARRAY())"), form("'[]'::jsonb"));
        assert_eq!(form("json_object()"), form("'{}'"));
        assert_ne!(form("JSON_ARRAY()"), form("JSON_OBJECT()"));
        assert_ne!(form("JSON_ARRAY(1)"), form("JSON_ARRAY()"));
        assert_eq!(form("E'it\\'s'"), form("'it''s'"));
        assert_ne!(form("E'it\\'s'"), form("'its'"));
        assert_eq!(form("+5"), form("5"));
        assert_eq!(form("0x10"), form("16"));
        assert_eq!(form("(60*60)"), form("3600"));
        assert_eq!(form("60 * (60 + 1) - 60"), form("3600"));
        assert_ne!(form("60*60"), form("360"));
        assert_eq!(form("7/2"), form("now()"));
    }
}
