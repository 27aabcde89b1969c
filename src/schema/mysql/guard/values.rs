//! Expressions whose value the catalog tells.

use std::cmp::Ordering;

use sqlparser::ast::{
    self, BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, SelectItem, SetExpr, Statement,
    TableFactor, UnaryOperator,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use super::Kept;
use super::catalog::{self, Row};
use crate::schema::mysql::Database;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::schema::mysql) enum Value {
    Null,
    Number(i64),
    Text(String),
    /// The name of the schema's own database, which is not known.
    Database,
}

impl Value {
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Null | Self::Database => String::new(),
        }
    }

    /// Whether it counts as true; `None` for `NULL`.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => None,
            Self::Number(number) => Some(*number != 0),
            Self::Text(text) => Some(text.trim().parse::<f64>().is_ok_and(|number| number != 0.0)),
            Self::Database => Some(false),
        }
    }

    fn of(truth: bool) -> Self {
        Self::Number(i64::from(truth))
    }

    /// How two compare; `None` where one is `NULL`.
    fn order(&self, other: &Self) -> Option<Ordering> {
        let number = |text: &str| text.trim().parse::<i64>().unwrap_or(0);
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            // A migration that names a database means its own.
            (Self::Database, _) | (_, Self::Database) => Some(Ordering::Equal),
            (Self::Number(one), Self::Number(other)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(one.to_lowercase().cmp(&other.to_lowercase())),
            (Self::Number(one), Self::Text(other)) => Some(one.cmp(&number(other))),
            (Self::Text(one), Self::Number(other)) => Some(number(one).cmp(other)),
        }
    }
}

/// What the number of rows is called in the one row of a query that counts them.
const COUNT: &str = "count(*)";

/// The longest text that is parsed.
const LONGEST: usize = 16 << 10;

impl Database {
    /// What an expression is; `None` where it is not known.
    pub(in crate::schema::mysql) fn computed(&self, text: &str) -> Option<Value> {
        self.rows_of(&format!("SELECT {text}"))?.into_iter().next()?.into_iter().next()
    }

    /// The rows of a query; `None` where they are not known.
    pub(in crate::schema::mysql) fn rows_of(&self, query: &str) -> Option<Vec<Vec<Value>>> {
        if query.len() > LONGEST {
            return None;
        }
        let parsed = Parser::parse_sql(&MySqlDialect {}, query).ok()?;
        match parsed.as_slice() {
            [Statement::Query(query)] if !self.is_doubtful(query) => self.rows_of_query(query),
            _ => None,
        }
    }

    /// Whether a query asks for what is in doubt, or what others may have made.
    fn is_doubtful(&self, query: &ast::Query) -> bool {
        let text = query.to_string().to_lowercase();
        let names = || self.state.doubt.iter().filter(|name| !name.is_empty());
        text.contains("information_schema") && (self.open || names().any(|name| text.contains(name.as_str())))
    }

    fn rows_of_query(&self, query: &ast::Query) -> Option<Vec<Vec<Value>>> {
        let SetExpr::Select(select) = &*query.body else { return None };
        let is_grouped = !matches!(&select.group_by, ast::GroupByExpr::Expressions(groups, _) if groups.is_empty());
        if query.with.is_some() || is_grouped || select.having.is_some() || select.into.is_some() {
            return None;
        }
        let rows = match select.from.as_slice() {
            [] => vec![Row::new()],
            [only] if only.joins.is_empty() => self.rows_of_factor(&only.relation)?,
            _ => return None,
        };
        let mut kept = Vec::new();
        for row in rows {
            let holds = match &select.selection {
                Some(condition) => self.value(condition, &row)?.truth() == Some(true),
                None => true,
            };
            if holds {
                kept.push(row);
            }
        }
        if !select.from.is_empty()
            && select.projection.iter().any(|item| item.to_string().to_lowercase().contains("count("))
        {
            kept = vec![vec![(COUNT, Value::Number(i64::try_from(kept.len()).ok()?))]];
        }
        kept.iter().map(|row| select.projection.iter().map(|item| self.item(item, row)).collect()).collect()
    }

    /// The rows of a query with the names of their columns; `None` where they are not known.
    pub(super) fn answer_of(&self, query: &str) -> Option<(Vec<String>, Vec<Vec<Value>>)> {
        let parsed = Parser::parse_sql(&MySqlDialect {}, query).ok().filter(|_| query.len() <= LONGEST)?;
        let [Statement::Query(query)] = parsed.as_slice() else { return None };
        if self.is_doubtful(query) {
            return None;
        }
        let SetExpr::Select(select) = &*query.body else { return None };
        let name = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.value.clone()),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().map(|name| name.value.clone()),
            SelectItem::UnnamedExpr(expr) => Some(expr.to_string()),
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            // What a table has besides is not kept here.
            _ => None,
        };
        let names: Option<Vec<String>> = select.projection.iter().map(name).collect();
        let mut rows = self.rows_of_query(query)?;
        if let Some(ast::LimitClause::LimitOffset { limit: Some(limit), offset: None, .. }) = &query.limit_clause {
            rows.truncate(limit.to_string().parse().ok()?);
        }
        Some((names.unwrap_or_default(), rows))
    }

    fn item(&self, item: &SelectItem, row: &Row) -> Option<Value> {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => self.value(expr, row),
            // Whatever it is, it is there.
            SelectItem::Wildcard(_) => Some(Value::Number(1)),
            _ => None,
        }
    }

    fn rows_of_factor(&self, factor: &TableFactor) -> Option<Vec<Row>> {
        let TableFactor::Table { name, args: None, .. } = factor else { return None };
        let parts: Vec<String> = name.0.iter().filter_map(|part| Some(part.as_ident()?.value.to_lowercase())).collect();
        match parts.as_slice() {
            [only] if only == "dual" => Some(vec![Row::new()]),
            [database, table] if database == "information_schema" => catalog::rows(&self.state, table),
            _ => None,
        }
    }

    fn value(&self, expr: &Expr, row: &Row) -> Option<Value> {
        match expr {
            Expr::Value(value) => literal(&value.value),
            Expr::Identifier(name) if name.quote_style == Some('"') => Some(Value::Text(name.value.clone())),
            Expr::Identifier(name) => self.named(&name.value, row),
            Expr::CompoundIdentifier(parts) => self.named(&parts.last()?.value, row),
            Expr::Nested(inner) => self.value(inner, row),
            Expr::UnaryOp { op: UnaryOperator::Not | UnaryOperator::BangNot, expr } => {
                Some(negated(&self.value(expr, row)?))
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match self.value(expr, row)? {
                Value::Number(number) => Some(Value::Number(number.checked_neg()?)),
                _ => None,
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, row),
            Expr::IsNull(inner) => Some(Value::of(self.value(inner, row)? == Value::Null)),
            Expr::IsNotNull(inner) => Some(Value::of(self.value(inner, row)? != Value::Null)),
            Expr::IsTrue(inner) => Some(Value::of(self.value(inner, row)?.truth() == Some(true))),
            Expr::InList { expr, list, negated: not } => {
                let value = self.value(expr, row)?;
                let mut found = false;
                for item in list {
                    found |= value.order(&self.value(item, row)?) == Some(Ordering::Equal);
                }
                Some(Value::of(found != *not))
            }
            Expr::Like { expr, pattern, negated: not, escape_char: None, .. } => {
                let (value, pattern) = (self.value(expr, row)?, self.value(pattern, row)?);
                Some(Value::of(like(&value.text().to_lowercase(), &pattern.text().to_lowercase()) != *not))
            }
            Expr::Exists { subquery, negated: not } => {
                Some(Value::of(self.rows_of_query(subquery)?.is_empty() == *not))
            }
            Expr::Subquery(query) => Some(
                self.rows_of_query(query)?
                    .into_iter()
                    .next()
                    .map_or(Value::Null, |row| row.into_iter().next().unwrap_or(Value::Null)),
            ),
            Expr::Case { operand: None, conditions, else_result, .. } => {
                for when in conditions {
                    if self.value(&when.condition, row)?.truth() == Some(true) {
                        return self.value(&when.result, row);
                    }
                }
                else_result.as_ref().map_or(Some(Value::Null), |other| self.value(other, row))
            }
            Expr::Function(function) => self.function(function, row),
            Expr::Cast { expr, .. } => self.value(expr, row),
            _ => None,
        }
    }

    /// A column of the row, or a variable.
    fn named(&self, name: &str, row: &Row) -> Option<Value> {
        let lower = name.to_lowercase();
        if let Some((_, value)) = row.iter().find(|(column, _)| *column == lower) {
            return Some(value.clone());
        }
        match self.session.variables.get(&lower) {
            Some(Kept::Known(value)) => Some(value.clone()),
            None if lower.starts_with('@') && !lower.starts_with("@@") => Some(Value::Null),
            Some(Kept::Unknown(_)) | None => None,
        }
    }

    fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr, row: &Row) -> Option<Value> {
        let (one, other) = (self.value(left, row), self.value(right, row));
        let truth = |value: &Option<Value>| value.as_ref().map(Value::truth);
        match op {
            BinaryOperator::And => match (truth(&one), truth(&other)) {
                (Some(Some(false)), _) | (_, Some(Some(false))) => Some(Value::of(false)),
                (Some(Some(true)), Some(Some(true))) => Some(Value::of(true)),
                (Some(_), Some(_)) => Some(Value::Null),
                _ => None,
            },
            BinaryOperator::Or => match (truth(&one), truth(&other)) {
                (Some(Some(true)), _) | (_, Some(Some(true))) => Some(Value::of(true)),
                (Some(Some(false)), Some(Some(false))) => Some(Value::of(false)),
                (Some(_), Some(_)) => Some(Value::Null),
                _ => None,
            },
            BinaryOperator::Plus | BinaryOperator::Minus => match (one?, other?) {
                (Value::Number(one), Value::Number(other)) if *op == BinaryOperator::Plus => {
                    Some(Value::Number(one.checked_add(other)?))
                }
                (Value::Number(one), Value::Number(other)) => Some(Value::Number(one.checked_sub(other)?)),
                _ => None,
            },
            _ => {
                let (one, other) = (one?, other?);
                let Some(order) = one.order(&other) else { return Some(Value::Null) };
                Some(Value::of(match op {
                    BinaryOperator::Eq => order == Ordering::Equal,
                    BinaryOperator::NotEq => order != Ordering::Equal,
                    BinaryOperator::Gt => order == Ordering::Greater,
                    BinaryOperator::GtEq => order != Ordering::Less,
                    BinaryOperator::Lt => order == Ordering::Less,
                    BinaryOperator::LtEq => order != Ordering::Greater,
                    _ => return None,
                }))
            }
        }
    }

    fn function(&self, function: &ast::Function, row: &Row) -> Option<Value> {
        let name = function.name.to_string().to_lowercase();
        let is_plain = matches!(&function.args, FunctionArguments::List(list) if list.duplicate_treatment.is_none());
        let arguments: Vec<&Expr> = match &function.args {
            FunctionArguments::List(_) if name == "count" => Vec::new(),
            FunctionArguments::None => Vec::new(),
            FunctionArguments::List(list) => list.args.iter().map(argument).collect::<Option<_>>()?,
            FunctionArguments::Subquery(query) => {
                return (name == "exists").then(|| Some(Value::of(!self.rows_of_query(query)?.is_empty()))).flatten();
            }
        };
        let value = |index: usize| self.value(arguments.get(index)?, row);
        match (name.as_str(), arguments.len()) {
            ("count", _) if is_plain => row.iter().find(|(name, _)| *name == COUNT).map(|(_, value)| value.clone()),
            ("database" | "schema", 0) => Some(Value::Database),
            ("if", 3) => value(if value(0)?.truth() == Some(true) { 1 } else { 2 }),
            ("ifnull", 2) => match value(0)? {
                Value::Null => value(1),
                known => Some(known),
            },
            ("coalesce", count) => {
                (0..count).map(value).find(|value| *value != Some(Value::Null)).unwrap_or(Some(Value::Null))
            }
            ("isnull", 1) => Some(Value::of(value(0)? == Value::Null)),
            ("concat", count) => {
                let mut text = String::new();
                for index in 0..count {
                    match value(index)? {
                        Value::Null => return Some(Value::Null),
                        Value::Database => return None,
                        known => text += &known.text(),
                    }
                }
                Some(Value::Text(text))
            }
            ("lower" | "lcase", 1) => Some(Value::Text(value(0)?.text().to_lowercase())),
            ("upper" | "ucase", 1) => Some(Value::Text(value(0)?.text().to_uppercase())),
            _ => None,
        }
    }
}

fn argument(argument: &FunctionArg) -> Option<&Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}

fn negated(value: &Value) -> Value {
    value.truth().map_or(Value::Null, |truth| Value::of(!truth))
}

fn literal(value: &ast::Value) -> Option<Value> {
    Some(match value {
        ast::Value::Number(text, _) => Value::Number(text.parse().ok()?),
        ast::Value::SingleQuotedString(text) | ast::Value::DoubleQuotedString(text) => Value::Text(text.clone()),
        ast::Value::Boolean(truth) => Value::of(*truth),
        ast::Value::Null => Value::Null,
        _ => return None,
    })
}

/// `LIKE`, with `%` and `_`.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(of) {
            Some('%') => {
                star = Some((of + 1, at));
                of += 1;
            }
            Some(part) if *part == '_' || *part == text[at] => {
                at += 1;
                of += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    (of, at) = (back, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|part| *part == '%')
}
