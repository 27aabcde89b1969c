//! The names and literals in expressions.

use sqlparser::ast::{
    self, BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, UnaryOperator, Value,
};

use super::super::defaults::{check_literal, check_sequence};
use super::super::error::shown;
use super::super::expressions::arguments;
use super::super::state::{State, UserType};
use super::super::types::{self, Family, family};
use super::super::{PgError, ident, object};
use super::names::{Found, Resolver, Scope};

/// Functions that take a whole row of any table, so that `t.count` is `count(t)`. A cast is not written so: `t.text` and
/// `t.name` are refused.
const OF_ROWS: &[&str] = &[
    "count",
    "row_to_json",
    "to_json",
    "to_jsonb",
    "array_agg",
    "json_agg",
    "jsonb_agg",
    "pg_typeof",
    "num_nulls",
    "num_nonnulls",
    "concat",
    "hash_record",
    "record_out",
    "record_send",
    "quote_literal",
    "quote_nullable",
    "json_build_array",
    "jsonb_build_array",
    "json_build_object",
    "jsonb_build_object",
    "pg_column_size",
    "pg_collation_for",
    // Of later versions and of extensions.
    "any_value",
    "hstore",
    "st_asgeojson",
    "st_asmvt",
];

/// What a literal is, before it meets a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal<'e> {
    Null,
    Default,
    /// Its type: `integer`, `numeric`, `boolean`.
    Typed(&'static str),
    Text(&'e str),
}

/// The literal that an expression is.
pub(super) fn literal(expression: &Expr) -> Option<Literal<'_>> {
    match expression {
        Expr::Nested(inner) => literal(inner),
        Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("default") => {
            Some(Literal::Default)
        }
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => {
            literal(expr).filter(|inner| matches!(inner, Literal::Typed("integer" | "numeric")))
        }
        Expr::Value(value) => match &value.value {
            Value::Null => Some(Literal::Null),
            Value::Boolean(_) => Some(Literal::Typed("boolean")),
            Value::Number(number, _) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Literal::Typed(if number.parse::<i32>().is_ok() { "integer" } else { "bigint" }))
            }
            Value::Number(..) => Some(Literal::Typed("numeric")),
            Value::SingleQuotedString(text) => Some(Literal::Text(text)),
            _ => None,
        },
        _ => None,
    }
}

/// Refuses a text that a type can't read.
pub(super) fn check_text(data_type: &str, text: &str, state: &State) -> Result<(), PgError> {
    match state.types.get(data_type) {
        Some(UserType::Enum(labels)) => {
            if !labels.iter().any(|label| label == text) {
                let message = format!("invalid input value for enum {}: \"{text}\"", shown(data_type));
                return Err(PgError::invalid_text(message));
            }
            state.moment.check_label(data_type, text)
        }
        Some(UserType::Other(_)) => Ok(()),
        None => {
            if let Some(element) = data_type.strip_suffix("[]") {
                return check_labels(element, text, state);
            }
            match family(data_type) {
                Family::Integer | Family::Boolean | Family::Uuid => check_literal(data_type, text),
                _ => Ok(()),
            }
        }
    }
}

/// `'{a, b}'` of an enum: a label that may not be used yet.
fn check_labels(element: &str, text: &str, state: &State) -> Result<(), PgError> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    inner.split(',').try_for_each(|label| state.moment.check_label(element, label.trim().trim_matches('"')))
}

impl<'s> Resolver<'s> {
    /// Follows the names in an expression, and holds its literals against the columns that they are compared with.
    pub(super) fn expression(&mut self, expression: &Expr, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        match expression {
            Expr::Identifier(name) => self.bare(name, scope),
            Expr::CompoundIdentifier(parts) => self.dotted(parts, scope),
            // `f(a := 1)`: the name of an argument.
            Expr::BinaryOp { op: BinaryOperator::Assignment, right, .. } => self.expression(right, scope),
            Expr::BinaryOp { left, op, right } => {
                self.expression(left, scope)?;
                self.expression(right, scope)?;
                self.comparison(left, op, right, scope)
            }
            Expr::InList { expr, list, negated } => {
                self.expression(expr, scope)?;
                let op = if *negated { BinaryOperator::NotEq } else { BinaryOperator::Eq };
                for item in list {
                    self.expression(item, scope)?;
                    self.comparison(expr, &op, item, scope)?;
                }
                Ok(())
            }
            Expr::Cast { expr, data_type, .. } => {
                self.expression(expr, scope)?;
                match (literal(expr), types::canonical(&data_type.to_string(), self.state)) {
                    (Some(Literal::Text(text)), Ok(data_type)) => check_text(&data_type, text, self.state),
                    _ => Ok(()),
                }
            }
            Expr::Subquery(query) | Expr::Exists { subquery: query, .. } => self.query(query, Some(scope)),
            Expr::InSubquery { expr, subquery, .. } => {
                self.expression(expr, scope)?;
                self.query(subquery, Some(scope))
            }
            Expr::Function(function) => self.function(function, scope),
            Expr::Case { operand, conditions, else_result, .. } => {
                if let Some(operand) = operand {
                    self.expression(operand, scope)?;
                }
                for when in conditions {
                    self.expression(&when.condition, scope)?;
                    self.expression(&when.result, scope)?;
                }
                else_result.iter().try_for_each(|otherwise| self.expression(otherwise, scope))?;
                self.results_of_case(conditions, else_result.as_deref(), scope)
            }
            _ => inner(expression).into_iter().try_for_each(|part| self.expression(part, scope)),
        }
    }

    fn bare(&self, name: &Ident, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        let folded = ident(name);
        if let Some(holder) = scope.holder(name).filter(|_| !self.is_variable(&folded)) {
            self.need(holder, &folded);
        }
        match scope.bare(name) {
            Found::Missing if !self.lets_be(&folded) => Err(PgError::unknown_column(&folded)),
            _ => Ok(()),
        }
    }

    fn dotted(&self, parts: &[Ident], scope: &Scope<'_, 's>) -> Result<(), PgError> {
        let [relation, column] = parts else { return Ok(()) };
        let name = ident(relation);
        let Some(found) = scope.relation(relation) else {
            // A relation without a name that is known may be it, and so may a column of a composite type be.
            let is_open = scope.is_open() || self.lets_be(&name) || matches!(name.as_str(), "old" | "new");
            if is_open || matches!(scope.bare(relation), Found::Column(_)) {
                return Ok(());
            }
            let own = self.state.tables.get(&name);
            let is_renamed = own.is_some_and(|table| scope.has_under_another_name(table));
            return Err(PgError::no_such_entry(&name, is_renamed));
        };
        let folded = ident(column);
        let may_be_called = || OF_ROWS.contains(&folded.as_str()) || self.state.routines.contains_key(&folded);
        match found.part(column) {
            Found::Column(_) => {
                self.need(found, &folded);
                Ok(())
            }
            Found::Missing if !may_be_called() && !self.lets_be(&name) => {
                Err(PgError::unknown_column_of(&name, &folded))
            }
            _ => Ok(()),
        }
    }

    fn function(&mut self, function: &ast::Function, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        self.arguments_of(function, scope)?;
        if self.is_of_labels() {
            return Ok(());
        }
        if self.has_all_tables() {
            check_sequence(function, self.state)?;
        }
        let given = arguments(function).map(|argument| self.type_of(argument, scope));
        self.state.check_function(function, given)
    }

    /// Follows what a function is given.
    fn arguments_of(&mut self, function: &ast::Function, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        match &function.args {
            FunctionArguments::List(list) => {
                self.arguments(&list.args, scope)?;
                for clause in &list.clauses {
                    if let ast::FunctionArgumentClause::OrderBy(order) = clause {
                        order.iter().try_for_each(|order| self.expression(&order.expr, scope))?;
                    }
                }
            }
            FunctionArguments::Subquery(query) => self.query(query, Some(scope))?,
            FunctionArguments::None => {}
        }
        if let Some(filter) = &function.filter {
            self.expression(filter, scope)?;
        }
        if let Some(ast::WindowType::WindowSpec(window)) = &function.over {
            window.partition_by.iter().try_for_each(|part| self.expression(part, scope))?;
            window.order_by.iter().try_for_each(|order| self.expression(&order.expr, scope))?;
        }
        Ok(())
    }

    pub(super) fn arguments(&mut self, arguments: &[FunctionArg], scope: &Scope<'_, 's>) -> Result<(), PgError> {
        arguments.iter().try_for_each(|argument| match argument {
            FunctionArg::Named { arg: FunctionArgExpr::Expr(expression), .. }
            | FunctionArg::ExprNamed { arg: FunctionArgExpr::Expr(expression), .. }
            | FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => self.expression(expression, scope),
            _ => Ok(()),
        })
    }

    /// The type of a column that an expression is.
    pub(super) fn column_type(&self, expression: &Expr, scope: &Scope<'_, 's>) -> Option<&'s str> {
        let found = match expression {
            Expr::Nested(inner) => return self.column_type(inner, scope),
            Expr::Identifier(name) if !self.is_variable(&ident(name)) => scope.bare(name),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [relation, column] => scope.relation(relation)?.part(column),
                _ => return None,
            },
            _ => return None,
        };
        match found {
            Found::Column(data_type) => Some(data_type),
            _ => None,
        }
    }

    /// Refuses a comparison of a column with a literal that it has no operator for.
    fn comparison(&self, left: &Expr, op: &BinaryOperator, right: &Expr, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        if !matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq) {
            return Ok(());
        }
        let op = op.to_string();
        let differ = |one: &str, other: &str| {
            Err(PgError::undefined_function(format!("operator does not exist: {one} {op} {other}")))
        };
        let (data_type, value, turned) = match (self.column_type(left, scope), self.column_type(right, scope)) {
            (Some(data_type), None) => (data_type, literal(right), false),
            (None, Some(data_type)) => (data_type, literal(left), true),
            _ => (NO_TYPE, None, false),
        };
        if value.is_none() {
            return match (self.type_of(left, scope), self.type_of(right, scope)) {
                (Some(one), Some(other)) if self.surely_differ(&one, &other) => {
                    differ(&types::base(&one), &types::base(&other))
                }
                _ => Ok(()),
            };
        }
        match value {
            Some(Literal::Text(text)) => check_text(data_type, text, self.state),
            Some(Literal::Typed(of)) if !compares(data_type, of, self.state) => {
                let own = types::base(data_type);
                if turned { differ(of, &own) } else { differ(&own, of) }
            }
            _ => Ok(()),
        }
    }
}

/// Of what is no column.
const NO_TYPE: &str = "";

/// Whether there is an operator for a column and a literal without quotes.
fn compares(data_type: &str, of: &str, state: &State) -> bool {
    let is_enum = matches!(state.types.get(data_type), Some(UserType::Enum(_)));
    match family(data_type) {
        Family::Integer | Family::Number => of != "boolean",
        Family::Boolean => of == "boolean",
        Family::Text | Family::Uuid => false,
        _ => !is_enum,
    }
}

/// The parts of an expression in which names mean what they mean in the whole.
fn inner(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner)
        | Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::Extract { expr: inner, .. }
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. }
        | Expr::AtTimeZone { timestamp: inner, .. }
        | Expr::CompoundFieldAccess { root: inner, .. } => vec![inner],
        Expr::IsDistinctFrom(one, other)
        | Expr::IsNotDistinctFrom(one, other)
        | Expr::AnyOp { left: one, right: other, .. }
        | Expr::AllOp { left: one, right: other, .. }
        | Expr::Like { expr: one, pattern: other, .. }
        | Expr::ILike { expr: one, pattern: other, .. }
        | Expr::SimilarTo { expr: one, pattern: other, .. }
        | Expr::Position { expr: one, r#in: other } => vec![one, other],
        Expr::Between { expr, low, high, .. } => vec![expr, low, high],
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            [Some(expr), substring_from.as_ref(), substring_for.as_ref()]
                .into_iter()
                .flatten()
                .map(|part| &**part)
                .collect()
        }
        Expr::Trim { expr, trim_what, .. } => {
            [Some(expr), trim_what.as_ref()].into_iter().flatten().map(|part| &**part).collect()
        }
        Expr::Tuple(parts) => parts.iter().collect(),
        Expr::Array(array) => array.elem.iter().collect(),
        _ => Vec::new(),
    }
}

/// The name of an assigned column.
pub(super) fn target(name: &ast::ObjectName) -> Option<String> {
    (name.0.len() == 1).then(|| object(name))
}
