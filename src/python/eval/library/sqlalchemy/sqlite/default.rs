//! Defaults as SQLAlchemy writes them for SQLite: an expression stands in brackets there.

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::{Known, forget_text};
use super::super::super::super::value::Value;
use super::super::ddl::{known, literal, sql_of, text_of};

/// What a database applies where a row says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super::super) struct DefaultText {
    sql: String,
    /// It is an expression and no plain text of Python's.
    pub is_expression: bool,
}

impl DefaultText {
    /// A default that is `None` where the value is none.
    pub fn of<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Known<Option<Self>>> {
        let expression = |sql: String| Some(Self { sql, is_expression: true });
        Ok(Ok(match value {
            Value::None => None,
            Value::Unknown(why) => return Ok(Err(forget_text(why))),
            Value::Instance(record)
                if ["FetchedValue", "Identity", "Computed"].iter().any(|class| record.class.is_named(class)) =>
            {
                None
            }
            Value::Instance(record) if record.class.is_named("DefaultClause") => {
                let inner = record.positional().first().cloned().unwrap_or(Value::None);
                return Self::of(vm, &inner);
            }
            Value::Bool(value) => expression(if *value { "1" } else { "0" }.to_owned()),
            Value::Int(_) | Value::Float(_) => expression(vm.str(value)?.as_str().unwrap_or_default().to_owned()),
            _ => match text_of(value) {
                Some(text) => Some(Self { sql: literal(&known!(text)), is_expression: false }),
                None => match sql_of(value) {
                    Some(sql) => {
                        let sql = known!(sql);
                        // A text is sent as it stands; what SQLAlchemy computes it writes by dialect.
                        let is_text = matches!(value, Value::Object(object) if object.type_name() == "TextClause");
                        expression(match sql.as_str() {
                            _ if is_text => sql,
                            "true" => "1".to_owned(),
                            "false" => "0".to_owned(),
                            "now()" => "CURRENT_TIMESTAMP".to_owned(),
                            _ => sql,
                        })
                    }
                    None => return Ok(Err(vm.why("has a default that is computed"))),
                },
            },
        }))
    }

    /// A default that a table has, as Alembic takes it over: what seems to be an expression gets brackets.
    pub(super) fn reflected(sql: &str) -> Self {
        let is_digit = matches!(sql.as_bytes(), [digit] if digit.is_ascii_digit() || *digit == b'.');
        let stands_in = |open: char, close: char| sql.len() > 2 && sql.starts_with(open) && sql.ends_with(close);
        let is_plain = sql.is_empty() || is_digit || stands_in('\'', '\'') || stands_in('(', ')');
        Self { sql: if is_plain { sql.to_owned() } else { format!("({sql})") }, is_expression: true }
    }

    /// ` DEFAULT …`.
    pub(super) fn clause(&self) -> String {
        let starts = self.sql.trim_start().starts_with(['\'', '"', '(']);
        let is_word = |part: char| part.is_alphanumeric() || part == '_';
        if !starts && !self.sql.chars().all(is_word) {
            return format!(" DEFAULT ({})", self.sql);
        }
        format!(" DEFAULT {}", self.sql)
    }

    /// As it stands in an `ALTER COLUMN`.
    pub fn sql(&self) -> &str {
        &self.sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back_stands_in_brackets_where_alembic_sees_an_expression() {
        for (read, written) in [
            ("CURRENT_TIMESTAMP", " DEFAULT (CURRENT_TIMESTAMP)"),
            ("'new'", " DEFAULT 'new'"),
            ("0", " DEFAULT 0"),
            ("10", " DEFAULT (10)"),
            ("''", " DEFAULT ('')"),
            ("-1", " DEFAULT (-1)"),
            ("'a' || 'b'", " DEFAULT 'a' || 'b'"),
        ] {
            assert_eq!(DefaultText::reflected(read).clause(), written);
        }
    }
}
