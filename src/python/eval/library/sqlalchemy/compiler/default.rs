//! Defaults as SQLAlchemy writes them: on SQLite and where MySQL has them, an expression stands in brackets.

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::{Known, forget_text};
use super::super::super::super::value::Value;
use super::super::ddl::{known, sql_of, text_of};
use super::Compiler;

/// What a database applies where a row says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super::super) struct DefaultText {
    sql: String,
    /// It is an expression and no plain text of Python's.
    pub is_expression: bool,
    /// SQLAlchemy computes it; it is no text of a project's own.
    pub is_function: bool,
}

impl DefaultText {
    /// A default that is `None` where the value is none.
    pub fn of<'a>(
        vm: &mut Interpreter<'a>,
        value: &Value<'a>,
        compiler: &dyn Compiler,
    ) -> Eval<'a, Known<Option<Self>>> {
        let expression = |sql: String, is_function| Some(Self { sql, is_expression: true, is_function });
        let word = |sql: &str| compiler.word(sql).unwrap_or(sql).to_owned();
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
                return Self::of(vm, &inner, compiler);
            }
            Value::Bool(value) => expression(word(if *value { "true" } else { "false" }), false),
            Value::Int(_) | Value::Float(_) => {
                expression(vm.str(value)?.as_str().unwrap_or_default().to_owned(), false)
            }
            _ => match text_of(value) {
                Some(text) => {
                    Some(Self { sql: compiler.literal(&known!(text)), is_expression: false, is_function: false })
                }
                None => match sql_of(value) {
                    Some(sql) => {
                        let sql = known!(sql);
                        // A text is sent as it stands; what SQLAlchemy computes it writes by dialect.
                        let is_text = matches!(value, Value::Object(object) if object.type_name() == "TextClause");
                        let is_constant = matches!(sql.as_str(), "true" | "false" | "NULL");
                        let version = (2, 1);
                        if is_text {
                            expression(sql, vm.has_sqlalchemy(version))
                        } else {
                            expression(word(&sql), !is_constant)
                        }
                    }
                    None => return Ok(Err(vm.why("has a default that is computed"))),
                },
            },
        }))
    }

    /// A default that a table has, as Alembic takes it over: what seems to be an expression gets brackets.
    pub fn reflected(sql: &str) -> Self {
        let is_digit = matches!(sql.as_bytes(), [digit] if digit.is_ascii_digit() || *digit == b'.');
        let stands_in = |open: char, close: char| sql.len() > 2 && sql.starts_with(open) && sql.ends_with(close);
        let is_plain = sql.is_empty() || is_digit || stands_in('\'', '\'') || stands_in('(', ')');
        let sql = if is_plain { sql.to_owned() } else { format!("({sql})") };
        Self { sql, is_expression: true, is_function: false }
    }

    /// ` DEFAULT …` of SQLite.
    pub fn clause(&self) -> String {
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
