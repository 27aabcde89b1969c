//! What the database computes: SQL as text, and the expressions and statements that SQLAlchemy makes of Python.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{CmpOp, Operator, UnaryOp};

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Role, Unknown, Value};
use super::uses::{self, Keeps, Source, Use};

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
        matches!(name, "bindparams" | "params" | "columns" | "execution_options" | "label" | "desc" | "asc" | "compile")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name == "bindparams" || name == "params" {
            let sql = match &self.sql {
                Value::Str(sql) => {
                    let filled = with_values(sql, &args);
                    // Where one of its values is not known, no more is known of it than what it is about.
                    if parameters(&filled).is_empty() || args.keyword.is_empty() {
                        Value::text(filled)
                    } else {
                        let why = vm.why("is given a value that is not known");
                        Value::Unknown(Rc::new(Unknown { text: Some(filled.into()), ..(*why).clone() }))
                    }
                }
                other => other.clone(),
            };
            return Ok(Some(Value::Object(Rc::new(Self { sql, bound: true }))));
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

/// A text with those of its parameters filled in that are given as plain values.
fn with_values(sql: &str, args: &Args<'_>) -> String {
    let mut sql = sql.to_owned();
    for (name, value) in &args.keyword {
        let written = match value {
            Value::Str(text) => super::ddl::literal(text),
            Value::Int(number) => number.to_string(),
            Value::None => "NULL".to_owned(),
            _ => continue,
        };
        for at in
            places(&sql).into_iter().rev().filter(|(_, found)| *found == **name).map(|(at, _)| at).collect::<Vec<_>>()
        {
            sql.replace_range(at..=at + name.len(), &written);
        }
    }
    sql
}

/// The names that a text has as parameters: `(?<![:\w\\]):(\w+)(?!:)`, as SQLAlchemy reads them.
fn parameters(sql: &str) -> Vec<String> {
    places(sql).into_iter().map(|(_, name)| name).collect()
}

/// The same, each with where its colon stands.
fn places(sql: &str) -> Vec<(usize, String)> {
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
            found.push((at, name));
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
    table: Option<Rc<Source>>,
    /// The columns that it names.
    uses: Rc<[Use]>,
    /// `column("name", type)`: what its type sends as it is.
    keeps: Keeps,
}

impl Expression {
    pub fn value<'a>(sql: Option<String>) -> Value<'a> {
        Self::with_uses(sql, Vec::new())
    }

    pub fn with_uses<'a>(sql: Option<String>, uses: Vec<Use>) -> Value<'a> {
        Value::Object(Rc::new(Self { sql: sql.map(Rc::from), uses: uses.into(), ..Self::default() }))
    }

    /// `column("name", …)`.
    pub fn column<'a>(name: &str, keeps: Keeps) -> Value<'a> {
        Value::Object(Rc::new(Self { sql: Some(name.into()), keeps, ..Self::default() }))
    }

    /// `table("name", …)`.
    pub fn table<'a>(source: Source) -> Value<'a> {
        Value::Object(Rc::new(Self { table: Some(Rc::new(source)), ..Self::default() }))
    }

    /// The same with other SQL, and with what a call names.
    fn made<'a>(&self, vm: &mut Interpreter<'a>, sql: Option<String>, args: &Args<'a>) -> Eval<'a> {
        let mut uses = self.uses.to_vec();
        uses.extend(uses::of_args(vm, args)?);
        Ok(Self::with_uses(sql, uses))
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
        !matches!(name, "c" | "columns")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if self.table.is_some() && matches!(name, "select" | "insert" | "update" | "delete") {
            let own = Value::Object(Rc::new(self.clone()));
            let args = Args { positional: vec![own], keyword: Vec::new() };
            return super::statement::begin(vm, name, &args).map(Some);
        }
        let sql = match name {
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
                self.sql.as_deref().zip(texts).map(|(sql, texts)| format!("{sql} IN ({})", texts.join(", ")))
            }
            "desc" => self.with(" DESC"),
            "asc" => self.with(" ASC"),
            "nulls_last" | "nullslast" => self.with(" NULLS LAST"),
            "nulls_first" | "nullsfirst" => self.with(" NULLS FIRST"),
            "label" | "self_group" | "collate" => self.sql.as_deref().map(str::to_owned),
            "isnot" | "is_not" => self.with(" IS NOT NULL"),
            "is_" => self.with(" IS NULL"),
            "all" | "first" | "scalar" | "one" | "one_or_none" | "count" | "fetchall" | "fetchone" | "scalars"
            | "scalar_one" | "scalar_one_or_none" | "mappings" | "yield_per" => {
                return Ok(Some(vm.unknown("depends on the rows of a database")));
            }
            _ => None,
        };
        self.made(vm, sql, &args).map(Some)
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "c" | "columns" => {
                let table = self.table.as_ref().map(|source| source.table.clone());
                Some(Value::Object(Rc::new(Columns { table })))
            }
            "name" if self.sql.is_some() => self.sql.clone().map(Value::Str),
            _ => None,
        })
    }

    fn item(&self, _vm: &mut Interpreter<'a>, _index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(Self::value(None)))
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        self.made(vm, None, &args).map(Some)
    }

    fn sql(&self) -> Option<Value<'a>> {
        self.sql.clone().map(Value::Str)
    }

    fn uses(&self) -> Cow<'_, [Use]> {
        Cow::Borrowed(&self.uses)
    }

    fn source(&self) -> Option<Rc<Source>> {
        self.table.clone()
    }

    fn keeps(&self) -> Keeps {
        self.keeps
    }

    fn is_expression(&self) -> bool {
        true
    }
}

/// Whether the database computes a value.
fn is_expression(value: &Value<'_>) -> bool {
    match value {
        Value::Object(object) => object.is_expression(),
        Value::Instance(record) => record.class.role == Role::Record && record.class.is_named("Column"),
        _ => false,
    }
}

/// The SQL of an expression, where it is kept.
fn written(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Object(object) => object.sql()?.as_str().map(str::to_owned),
        Value::Instance(column) => super::records::future_name(column),
        _ => None,
    }
}

/// `desc(column)`: an expression with its order behind it. A text is the name of a column.
pub(in super::super) fn ordered<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, order: &str) -> Eval<'a> {
    let given = super::super::arg(vm, args, 0)?;
    let mut found = Vec::new();
    uses::note(vm, &given, &mut found)?;
    let sql = match &given {
        Value::Str(name) => Some(super::ddl::identifier(name)),
        value => written(value),
    };
    Ok(Expression::with_uses(sql.map(|sql| format!("{sql}{order}")), found))
}

/// `~expression` and `-expression`; `None` where it is none.
pub(in super::super) fn unary<'a>(
    vm: &mut Interpreter<'a>,
    op: UnaryOp,
    value: &Value<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    let sign = match op {
        UnaryOp::Invert => "NOT ",
        UnaryOp::USub => "-",
        UnaryOp::UAdd | UnaryOp::Not => return Ok(None),
    };
    if !is_expression(value) {
        return Ok(None);
    }
    let mut found = Vec::new();
    uses::note(vm, value, &mut found)?;
    let sql = written(value).map(|sql| format!("{sign}({sql})"));
    Ok(Some(Expression::with_uses(sql, found)))
}

/// `one & other` and `one | other` as an expression; `None` where no side is one.
pub(in super::super) fn conjunction<'a>(
    vm: &mut Interpreter<'a>,
    op: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    let word = match op {
        Operator::BitAnd => "AND",
        Operator::BitOr => "OR",
        _ => return Ok(None),
    };
    if !is_expression(left) && !is_expression(right) {
        return Ok(None);
    }
    let sql = written(left).zip(written(right)).map(|(left, right)| format!("({left}) {word} ({right})"));
    let mut found = Vec::new();
    uses::note(vm, left, &mut found)?;
    uses::note(vm, right, &mut found)?;
    Ok(Some(Expression::with_uses(sql, found)))
}

/// `column > 5` as an expression; `None` where no side is one.
pub(in super::super) fn comparison<'a>(
    vm: &mut Interpreter<'a>,
    op: CmpOp,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    if !is_expression(left) && !is_expression(right) {
        return Ok(None);
    }
    let word = match op {
        CmpOp::Eq => "=",
        CmpOp::NotEq => "!=",
        CmpOp::Lt => "<",
        CmpOp::LtE => "<=",
        CmpOp::Gt => ">",
        CmpOp::GtE => ">=",
        _ => return Ok(None),
    };
    let side = |value: &Value<'a>| match value {
        Value::Object(_) | Value::Instance(_) => written(value),
        Value::Str(text) => Some(super::ddl::literal(text)),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    let sql = side(left).zip(side(right)).map(|(left, right)| format!("{left} {word} {right}"));
    let mut found = Vec::new();
    uses::note(vm, left, &mut found)?;
    uses::note(vm, right, &mut found)?;
    Ok(Some(Expression::with_uses(sql, found)))
}

/// The names and types of the columns that `table("name", column(…), …)` is given.
pub(super) fn light_columns(args: &Args<'_>) -> Vec<(String, Keeps)> {
    let column = |value: &Value<'_>| match value {
        Value::Object(object) => Some((object.sql()?.as_str()?.to_owned(), object.keeps())),
        Value::Instance(record) => {
            let keeps = Keeps::of(super::records::column_type(record).as_ref());
            super::records::own_name(record).map(|name| (name, keeps))
        }
        _ => None,
    };
    args.positional.iter().skip(1).filter_map(column).collect()
}

/// The columns of a table that only names what it needs, or of a query.
#[derive(Debug)]
struct Columns {
    /// `None` where it is no table's own.
    table: Option<Rc<str>>,
}

/// The columns of a query.
pub(super) fn columns_of_query<'a>() -> Value<'a> {
    Value::Object(Rc::new(Columns { table: None }))
}

impl Columns {
    fn column<'a>(&self, name: &str) -> Value<'a> {
        let Some(table) = &self.table else { return Expression::value(None) };
        let used = Use { table: table.clone(), column: super::ddl::identifier(name).into() };
        Expression::with_uses(Some(name.to_owned()), vec![used])
    }
}

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
        Ok(Some(self.column(name)))
    }

    fn item(&self, _vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(index.as_str().map_or_else(|| Expression::value(None), |name| self.column(name))))
    }
}

/// The functions that the standard writes without brackets.
const BARE: [&str; 9] = [
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SESSION_USER",
    "SYSDATE",
    "USER",
];

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
        let used = uses::of_args(vm, &args)?;
        for value in &args.positional {
            let text = match value {
                Value::Object(object) => object.sql(),
                Value::Str(text) => Some(Value::text(super::ddl::literal(text))),
                Value::Int(_) | Value::Float(_) => Some(vm.str(value)?),
                Value::Instance(column) if column.class.is_named("Column") => {
                    super::records::future_name(column).map(|name| Value::text(super::ddl::identifier(&name)))
                }
                _ => None,
            };
            match text.as_ref().and_then(Value::as_str) {
                Some(text) => given.push(text.to_owned()),
                None => return Ok(Some(Expression::with_uses(None, used))),
            }
        }
        let bare = BARE.iter().find(|bare| bare.eq_ignore_ascii_case(name));
        let text = bare.map_or_else(|| format!("{name}({})", given.join(", ")), |bare| (*bare).to_owned());
        Ok(Some(Expression::with_uses(Some(text), used)))
    }
}
