//! The defaults of columns: what each is, and which a column can't take.

use sqlparser::ast::{self, Expr};

use super::error::PgError;
use super::object;
use super::state::{State, UserType};
use super::types::{self, Family, family};
use crate::schema::types::is_unknown_default;

/// The text of a column's default; `NULL` is none. A literal in quotes is what the column's type reads in it: of a number or
/// a boolean, PostgreSQL keeps the value and not how it was written.
pub(super) fn default_of(data_type: &str, value: &Expr) -> Option<String> {
    let mut inner = value;
    while let Expr::Nested(nested) = inner {
        inner = nested;
    }
    // A cast to what the column is anyway, as `pg_dump` writes one behind each literal, changes nothing.
    let is_cast = matches!(inner, Expr::Cast { expr, data_type: to, .. }
        if matches!(&**expr, Expr::Value(literal) if matches!(literal.value, ast::Value::SingleQuotedString(_)))
            && is_of_type(&to.to_string(), data_type));
    let mut value = value;
    if let (true, Expr::Cast { expr, .. }) = (is_cast, inner) {
        (inner, value) = (expr, expr);
    }
    if let Expr::Value(literal) = inner
        && let ast::Value::SingleQuotedString(text) = &literal.value
        && let Some(read) = read_literal(data_type, text)
    {
        return Some(read);
    }
    let text = value.to_string();
    (!text.eq_ignore_ascii_case("null")).then_some(text)
}

/// Whether a literal that is cast to one type is what a column of another reads in it: of one type, or of those that keep a
/// text as it is.
fn is_of_type(cast: &str, own: &str) -> bool {
    let cast = types::canonical(cast, &State::default()).unwrap_or_else(|_| cast.to_ascii_lowercase());
    let keeps_texts = |name: &str| matches!(name, "text" | "character varying");
    let (plain, base) = (types::base(&cast), types::base(own));
    cast == own || cast == plain && (plain == base || keeps_texts(&plain) && keeps_texts(&base))
}

/// What a type reads in a literal, as it is written without quotes; `None` where it is not written so.
fn read_literal(data_type: &str, text: &str) -> Option<String> {
    let trimmed = text.trim();
    match family(data_type) {
        Family::Boolean => {
            let lower = trimmed.to_ascii_lowercase();
            if BOOLEANS.0.contains(&lower.as_str()) {
                Some("true".to_owned())
            } else {
                BOOLEANS.1.contains(&lower.as_str()).then(|| "false".to_owned())
            }
        }
        Family::Integer => trimmed.parse::<i64>().ok().map(|number| number.to_string()),
        Family::Number => {
            let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
            let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            (is_plain(whole) && is_plain(fraction)).then(|| trimmed.to_owned())
        }
        _ => None,
    }
}

/// The words for true and for false.
const BOOLEANS: (&[&str], &[&str]) = (
    &["true", "tru", "tr", "t", "yes", "ye", "y", "on", "1"],
    &["false", "fals", "fal", "fa", "f", "no", "n", "off", "of", "0"],
);

/// A default whose column becomes another type: a text has in quotes what a number was without them.
pub(super) fn default_of_type(default: &str, old: &str, new: &str) -> Option<String> {
    let was_bare = matches!(family(old), Family::Integer | Family::Number | Family::Boolean);
    let is_literal = default.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (was_bare && is_literal && family(new) == Family::Text).then(|| format!("'{default}'"))
}

/// Refuses a default that its column can't take.
pub(super) fn check_default(column: &str, data_type: &str, value: &Expr, state: &State) -> Result<(), PgError> {
    let mut value = value;
    while let Expr::Nested(inner) = value {
        value = inner;
    }
    let mismatch = |of: &str| {
        let own = types::base(data_type);
        let message = format!("column \"{column}\" is of type {own} but default expression is of type {of}");
        Err(PgError::mismatch(message))
    };
    let kind = family(data_type);
    let is_array = data_type.ends_with("[]");
    let negated = matches!(value, Expr::UnaryOp { .. });
    if let Expr::UnaryOp { expr, .. } = value {
        value = expr;
    }
    match value {
        // A value that is not known is one that fits.
        _ if is_unknown_default(Some(&value.to_string())) => Ok(()),
        Expr::Value(literal) => match &literal.value {
            ast::Value::Number(number, _) => {
                let of = if number.contains('.') { "numeric" } else { "integer" };
                match kind {
                    Family::Other if is_array => mismatch(of),
                    Family::Integer | Family::Number | Family::Text | Family::Other => Ok(()),
                    _ => mismatch(of),
                }
            }
            ast::Value::Boolean(_) if !negated => match kind {
                Family::Other if is_array => mismatch("boolean"),
                Family::Boolean | Family::Text | Family::Other => Ok(()),
                _ => mismatch("boolean"),
            },
            ast::Value::SingleQuotedString(text) => match state.types.get(data_type) {
                Some(UserType::Enum(labels)) if !labels.contains(text) => {
                    let message = format!("invalid input value for enum {data_type}: \"{text}\"");
                    Err(PgError { condition: "InvalidTextRepresentation", ..PgError::mismatch(message) })
                }
                _ => check_literal(data_type, text),
            },
            _ => Ok(()),
        },
        Expr::Function(function) => {
            check_function(function)?;
            check_sequence(function, state)?;
            check_answer(column, data_type, function)
        }
        _ => Ok(()),
    }
}

/// A literal in quotes takes the type of its column.
pub(super) fn check_literal(data_type: &str, text: &str) -> Result<(), PgError> {
    let trimmed = text.trim();
    // PostgreSQL reads many forms of moments; words are none of them but these.
    let is_moment = || {
        const WORDS: &[&str] = &["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs"];
        let lower = trimmed.to_ascii_lowercase();
        // Brackets are blanks to PostgreSQL: `now()` is the word alone.
        let mut parts = lower.split(|part: char| !part.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
        lower.bytes().any(|byte| byte.is_ascii_digit()) || parts.any(|part| WORDS.contains(&part))
    };
    // `[0:1]={a,b}` says the bounds first.
    let is_array = trimmed.starts_with('{') || trimmed.starts_with('[') && trimmed.contains('=');
    if data_type.ends_with("[]") && !is_array {
        let message = format!("malformed array literal: \"{text}\"");
        return Err(PgError { condition: "InvalidTextRepresentation", ..PgError::mismatch(message) });
    }
    if family(data_type) == Family::Moment && trimmed.starts_with("0000-") {
        let message = format!("date/time field value out of range: \"{text}\"");
        return Err(PgError { condition: "DatetimeFieldOverflow", ..PgError::mismatch(message) });
    }
    let base = types::base(data_type);
    let fits = match family(data_type) {
        Family::Integer => trimmed.parse::<i64>().is_ok(),
        // There are other forms of numbers, all of them with digits.
        Family::Number => trimmed.parse::<f64>().is_ok() || trimmed.bytes().any(|byte| byte.is_ascii_digit()),
        Family::Boolean => {
            let lower = trimmed.to_ascii_lowercase();
            BOOLEANS.0.contains(&lower.as_str()) || BOOLEANS.1.contains(&lower.as_str())
        }
        Family::Json => serde_json::from_str::<serde_json::Value>(trimmed).is_ok(),
        Family::Moment | Family::Time => is_moment(),
        Family::Uuid => trimmed.bytes().filter(u8::is_ascii_hexdigit).count() == 32,
        Family::Text | Family::Binary | Family::Other => true,
    };
    if fits {
        return Ok(());
    }
    let what = match base.as_str() {
        "timestamp without time zone" => "timestamp",
        "time without time zone" => "time",
        "jsonb" => "json",
        other => other,
    };
    let message = format!("invalid input syntax for type {what}: \"{text}\"");
    let is_time = matches!(family(data_type), Family::Moment | Family::Time) && !base.starts_with("interval");
    let condition = if is_time { "InvalidDatetimeFormat" } else { "InvalidTextRepresentation" };
    Err(PgError { condition, ..PgError::mismatch(message) })
}

/// Refuses what a function of PostgreSQL answers with where a column can't take it.
fn check_answer(column: &str, data_type: &str, function: &ast::Function) -> Result<(), PgError> {
    let of = match object(&function.name).as_str() {
        "now" | "current_timestamp" | "statement_timestamp" | "clock_timestamp" | "transaction_timestamp" => {
            "timestamp with time zone"
        }
        "localtimestamp" => "timestamp without time zone",
        "current_date" => "date",
        "gen_random_uuid" | "uuid_generate_v4" => "uuid",
        _ => return Ok(()),
    };
    // Of moments, one turns into the other.
    let is_moment = |kind: Family| matches!(kind, Family::Moment | Family::Time);
    let kind = family(data_type);
    let is_open = kind == Family::Other && !data_type.ends_with("[]");
    if is_open || types::assignable(of, data_type) || is_moment(kind) && is_moment(family(of)) {
        return Ok(());
    }
    let own = types::base(data_type);
    let message = format!("column \"{column}\" is of type {own} but default expression is of type {of}");
    Err(PgError::mismatch(message))
}

/// Refuses numbers from a sequence that is not there.
pub(super) fn check_sequence(function: &ast::Function, state: &State) -> Result<(), PgError> {
    if !matches!(object(&function.name).as_str(), "nextval" | "setval" | "currval") {
        return Ok(());
    }
    let Some(given) = super::expressions::arguments(function).next() else { return Ok(()) };
    // A text is only looked up when a row comes.
    let named = match given {
        Expr::Cast { expr, data_type, .. } if data_type.to_string().eq_ignore_ascii_case("regclass") => expr,
        named => named,
    };
    let Expr::Value(literal) = named else { return Ok(()) };
    let ast::Value::SingleQuotedString(text) = &literal.value else { return Ok(()) };
    let name = super::own(&types::identifier(text));
    let is_there = state.has_relation(&name) || state.has_relation(&format!("pg_temp.{name}"));
    if is_there { Ok(()) } else { Err(PgError::undefined("relation", &name)) }
}

/// Functions that only other databases have.
fn check_function(function: &ast::Function) -> Result<(), PgError> {
    const FOREIGN: &[&str] =
        &["datetime", "strftime", "julianday", "unixepoch", "randomblob", "hex", "last_insert_rowid", "ifnull"];
    let name = object(&function.name);
    if !FOREIGN.contains(&name.as_str()) {
        return Ok(());
    }
    let arguments = match &function.args {
        ast::FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| {
                let text = argument.to_string();
                if text.starts_with('\'') {
                    "unknown"
                } else if text.parse::<i64>().is_ok() {
                    "integer"
                } else {
                    "text"
                }
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    };
    Err(PgError::undefined_function(format!("function {name}({arguments}) does not exist")))
}
