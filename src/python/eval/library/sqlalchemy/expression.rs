//! What the database computes: SQL as text, and the expressions and statements that SQLAlchemy makes of Python.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, Object, Value};

/// `text("…")`: the SQL as it stands, or why it is not known.
#[derive(Debug)]
pub(in super::super) struct Text<'a>(pub Value<'a>);

impl<'a> Text<'a> {
    pub fn value(sql: Value<'a>) -> Value<'a> {
        Value::Object(Rc::new(Self(sql)))
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
        let text = vm.str(&self.0)?;
        Ok(match (name, text.as_str()) {
            ("desc", Some(sql)) => Some(Self::value(Value::text(format!("{sql} DESC")))),
            ("compile", _) => Some(self.0.clone()),
            _ if <Self as Object<'a>>::has_method(self, name) => Some(Self::value(self.0.clone())),
            _ => None,
        })
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "text").then(|| self.0.clone()))
    }

    fn sql(&self) -> Option<Value<'a>> {
        Some(self.0.clone())
    }
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

    fn method(&self, _vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "desc" => Self::value(self.with(" DESC")),
            "asc" => Self::value(self.with(" ASC")),
            "nulls_last" | "nullslast" => Self::value(self.with(" NULLS LAST")),
            "nulls_first" | "nullsfirst" => Self::value(self.with(" NULLS FIRST")),
            "label" | "self_group" | "collate" => Self::value(self.sql.as_deref().map(str::to_owned)),
            "isnot" | "is_not" => Self::value(self.with(" IS NOT NULL")),
            "is_" => Self::value(self.with(" IS NULL")),
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
        let bare = matches!(name, "current_timestamp" | "current_date" | "current_time" | "localtimestamp" | "current_user");
        let text = if bare { name.to_ascii_uppercase() } else { format!("{name}({})", given.join(", ")) };
        Ok(Some(Expression::value(Some(text))))
    }
}
