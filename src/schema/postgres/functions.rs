//! Functions of PostgreSQL that SQLite has not, for queries on the catalog.

use std::fmt::Write as _;

use super::error::shown;
use crate::schema::literals;
use crate::schema::sqlite::{Database, SqlError, Value};

/// Makes them known to a database.
pub(super) fn install(database: &mut Database) -> Result<(), SqlError> {
    database.add_function("quote_ident", |given| match given {
        [value] => text(value).map(|name| name.as_deref().map(shown_alone)),
        _ => None,
    })?;
    for name in ["quote_literal", "quote_nullable"] {
        database.add_function(name, |given| match given {
            [value] => text(value).map(|text| text.as_deref().map(quoted)),
            _ => None,
        })?;
    }
    database.add_function("format", format)
}

/// A value as text; `None` where it has none that is certain, and `Some(None)` for null.
#[allow(clippy::option_option, reason = "null is a value, too")]
fn text(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::Text(text) => Some(Some(text.clone())),
        Value::Integer(number) => Some(Some(number.to_string())),
        Value::Real(_) | Value::Blob(_) => None,
    }
}

/// A name is quoted as a whole, its dots too.
fn shown_alone(name: &str) -> String {
    if name.contains('.') { format!("\"{}\"", name.replace('"', "\"\"")) } else { shown(name) }
}

fn quoted(text: &str) -> String {
    let plain = literals::quoted(text);
    if text.contains('\\') { format!("E{}", plain.replace('\\', "\\\\")) } else { plain }
}

/// The longest text that is made: far more than a statement that is parsed.
const LONGEST: usize = 1 << 20;

/// `format('… %I … %L … %1$s', …)`.
#[allow(clippy::option_option, reason = "null is a value, too")]
fn format(given: &[Value]) -> Option<Option<String>> {
    let Some(template) = text(given.first()?)? else { return Some(None) };
    let mut made = String::new();
    let mut next = 1;
    let mut rest = template.as_str();
    while let Some(at) = rest.find('%') {
        if made.len() > LONGEST {
            return None;
        }
        made.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && rest[digits..].starts_with('$') {
            next = rest[..digits].parse().ok()?;
            rest = &rest[digits + 1..];
        }
        let kind = rest.chars().next()?;
        rest = &rest[1..];
        if kind == '%' {
            made.push('%');
            continue;
        }
        let value = text(given.get(next)?)?;
        next += 1;
        match (kind, value) {
            ('s', value) => made.push_str(&value.unwrap_or_default()),
            ('I', Some(name)) => made.push_str(&shown_alone(&name)),
            ('L', value) => {
                let _ = write!(made, "{}", value.as_deref().map_or_else(|| "NULL".to_owned(), quoted));
            }
            _ => return None,
        }
    }
    made.push_str(rest);
    Some(Some(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_quotes_names_and_texts() {
        let texts = |texts: &[&str]| texts.iter().map(|text| Value::Text((*text).to_owned())).collect::<Vec<_>>();
        let made = |given: &[&str]| format(&texts(given)).flatten();
        assert_eq!(made(&["DROP TABLE %I", "Users"]).as_deref(), Some("DROP TABLE \"Users\""));
        assert_eq!(made(&["%I %L %s 100%%", "order", "it's", "x"]).as_deref(), Some("\"order\" 'it''s' x 100%"));
        assert_eq!(made(&["%2$I.%1$I", "a", "b"]).as_deref(), Some("b.a"));
        assert_eq!(made(&["%I"]), None);
        assert_eq!(made(&["%10s", "a"]), None);
    }
}
