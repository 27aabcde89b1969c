//! What the database computes: SQL as text, and the expressions and statements that SQLAlchemy makes of Python.

use std::rc::Rc;

use ruff_python_ast::CmpOp;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Value};

/// `text("…")`: the SQL as it stands, or why it is not known.
#[derive(Debug)]
pub(in super::super) struct Text<'a> {
    sql: Value<'a>,
    /// `bindparams` was called, which gives it some or all of its parameters.
    bound: bool,
}

impl<'a> Text<'a> {
    pub fn value(sql: Value<'a>) -> Value<'a> {
        Value::Object(Rc::new(Self { sql, bound: false }))
    }
}

impl<'a> Object<'a> for Text<'a> {
    fn type_name(&self) -> &'static str {
        "TextClause"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "bindparams" | "columns" | "execution_options" | "label" | "desc" | "asc" | "compile")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name == "bindparams" {
            return Ok(Some(Value::Object(Rc::new(Self { sql: self.sql.clone(), bound: true }))));
        }
        let text = vm.str(&self.sql)?;
        Ok(match (name, text.as_str()) {
            ("desc", Some(sql)) => Some(Self::value(Value::text(format!("{sql} DESC")))),
            ("compile", _) => Some(self.sql.clone()),
            _ if <Self as Object<'a>>::has_method(self, name) => {
                Some(Value::Object(Rc::new(Self { sql: self.sql.clone(), bound: self.bound })))
            }
            _ => None,
        })
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "text").then(|| self.sql.clone()))
    }

    fn parameters(&self) -> Vec<String> {
        match &self.sql {
            Value::Str(text) if !self.bound => parameters(text),
            _ => Vec::new(),
        }
    }

    /// A colon that a backslash stands before begins no parameter.
    fn sql(&self) -> Option<Value<'a>> {
        Some(match &self.sql {
            Value::Str(text) if text.contains("\\:") => Value::text(text.replace("\\:", ":")),
            other => other.clone(),
        })
    }
}

/// The names that a text has as parameters: `(?<![:\w\\]):(\w+)(?!:)`, as SQLAlchemy reads them.
fn parameters(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = None;
    let rest = sql.char_indices().peekable();
    for (at, part) in rest {
        let starts =
            part == ':' && !before.is_some_and(|before: char| before == ':' || before == '\\' || is_word(before));
        before = Some(part);
        if !starts {
            continue;
        }
        let name: String = sql[at + 1..].chars().take_while(|part| is_word(*part)).collect();
        let after = sql[at + 1 + name.len()..].chars().next();
        if !name.is_empty() && after != Some(':') {
            found.push(name);
        }
    }
    found
}

fn is_word(part: char) -> bool {
    part.is_alphanumeric() || part == '_'
}

/// An expression or a statement on rows. Its text is kept where it is simple, as in a default or an index.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Expression {
    pub sql: Option<Rc<str>>,
    /// It stands for a table, so that its attributes are columns.
    pub table: bool,
}

impl Expression {
    pub fn value<'a>(sql: Option<String>) -> Value<'a> {
        Value::Object(Rc::new(Self { sql: sql.map(Rc::from), table: false }))
    }

    /// `table("name", …)`.
    pub fn table<'a>() -> Value<'a> {
        Value::Object(Rc::new(Self { sql: None, table: true }))
    }

    fn with(&self, suffix: &str) -> Option<String> {
        self.sql.as_deref().map(|sql| format!("{sql}{suffix}"))
    }
}

impl<'a> Object<'a> for Expression {
    fn type_name(&self) -> &'static str {
        "ClauseElement"
    }

    fn has_method(&self, name: &str) -> bool {
        !(self.table && matches!(name, "c" | "columns"))
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "in_" => {
                let items = match args.positional.first() {
                    Some(items) => vm.iterate(&items.clone())?.unwrap_or_default(),
                    None => Vec::new(),
                };
                let texts: Option<Vec<String>> = items
                    .iter()
                    .map(|item| match item {
                        Value::Str(text) => Some(super::ddl::literal(text)),
                        Value::Int(number) => Some(number.to_string()),
                        _ => None,
                    })
                    .collect();
                Self::value(
                    self.sql.as_deref().zip(texts).map(|(sql, texts)| format!("{sql} IN ({})", texts.join(", "))),
                )
            }
            "desc" => Self::value(self.with(" DESC")),
            "asc" => Self::value(self.with(" ASC")),
            "nulls_last" | "nullslast" => Self::value(self.with(" NULLS LAST")),
            "nulls_first" | "nullsfirst" => Self::value(self.with(" NULLS FIRST")),
            "label" | "self_group" | "collate" => Self::value(self.sql.as_deref().map(str::to_owned)),
            "isnot" | "is_not" => Self::value(self.with(" IS NOT NULL")),
            "is_" => Self::value(self.with(" IS NULL")),
            "all" | "first" | "scalar" | "one" | "one_or_none" | "count" | "fetchall" | "fetchone" | "scalars"
            | "scalar_one" | "scalar_one_or_none" | "mappings" | "yield_per" => {
                return Ok(Some(vm.unknown("depends on the rows of a database")));
            }
            _ => Self::value(None),
        }))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "c" | "columns" if self.table => Some(Value::Object(Rc::new(Columns))),
            _ => None,
        })
    }

    fn item(&self, _vm: &mut Interpreter<'a>, _index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Self::value(None)))
    }

    fn call(&self, _vm: &mut Interpreter<'a>, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Self::value(None)))
    }

    fn sql(&self) -> Option<Value<'a>> {
        self.sql.clone().map(Value::Str)
    }

    fn is_expression(&self) -> bool {
        true
    }
}

/// `column > 5` as an expression; `None` where no side is one.
pub(in super::super) fn comparison<'a>(op: CmpOp, left: &Value<'a>, right: &Value<'a>) -> Option<Value<'a>> {
    let is_expression = |value: &Value<'a>| matches!(value, Value::Object(object) if object.is_expression());
    if !is_expression(left) && !is_expression(right) {
        return None;
    }
    let word = match op {
        CmpOp::Eq => "=",
        CmpOp::NotEq => "!=",
        CmpOp::Lt => "<",
        CmpOp::LtE => "<=",
        CmpOp::Gt => ">",
        CmpOp::GtE => ">=",
        _ => return None,
    };
    let side = |value: &Value<'a>| match value {
        Value::Object(object) => object.sql()?.as_str().map(str::to_owned),
        Value::Str(text) => Some(super::ddl::literal(text)),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    let sql = side(left).zip(side(right)).map(|(left, right)| format!("{left} {word} {right}"));
    Some(Expression::value(sql))
}

/// The columns of a table that only names what it needs.
#[derive(Debug)]
struct Columns;

impl<'a> Object<'a> for Columns {
    fn type_name(&self) -> &'static str {
        "ColumnCollection"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Expression::value(None)))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Expression::value(Some(name.to_owned()))))
    }

    fn item(&self, _vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Expression::value(index.as_str().map(str::to_owned))))
    }
}

/// `func`: every attribute is a function of the database.
#[derive(Debug)]
pub(super) struct Functions;

impl<'a> Object<'a> for Functions {
    fn type_name(&self) -> &'static str {
        "func"
    }

    fn has_method(&self, _name: &str) -> bool {
        true
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let mut given = Vec::new();
        for value in &args.positional {
            let text = match value {
                Value::Object(object) => object.sql(),
                Value::Str(text) => Some(Value::text(format!("'{}'", text.replace('\'', "''")))),
                Value::Int(_) | Value::Float(_) => Some(vm.str(value)?),
                _ => None,
            };
            match text.as_ref().and_then(Value::as_str) {
                Some(text) => given.push(text.to_owned()),
                None => return Ok(Some(Expression::value(None))),
            }
        }
        let bare =
            matches!(name, "current_timestamp" | "current_date" | "current_time" | "localtimestamp" | "current_user");
        let text = if bare { name.to_ascii_uppercase() } else { format!("{name}({})", given.join(", ")) };
        Ok(Some(Expression::value(Some(text))))
    }
}
