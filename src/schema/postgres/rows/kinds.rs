//! The types of expressions, as far as they are certain, and which of them do not go together.

use sqlparser::ast::{self, Expr};

use super::super::state::{Column, State, UserType};
use super::super::types::{self, Family, family};
use super::super::{PgError, object};
use super::expressions::{Literal, literal};
use super::names::{Resolver, Scope};

/// Functions that answer with a text, whatever they are given.
const TEXTS: &[&str] = &[
    "lower",
    "upper",
    "initcap",
    "concat",
    "concat_ws",
    "format",
    "md5",
    "btrim",
    "ltrim",
    "rtrim",
    "lpad",
    "rpad",
    "replace",
    "translate",
    "repeat",
    "split_part",
    "to_char",
    "string_agg",
    "array_to_string",
    "regexp_replace",
    "quote_literal",
    "quote_ident",
];

/// What values are that do not turn into each other, and that no operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Boolean,
    Moment,
    Uuid,
    Json,
    Binary,
    Enum,
}

fn kind(data_type: &str, state: &State) -> Option<Kind> {
    match state.types.get(data_type) {
        Some(UserType::Enum(_)) => return Some(Kind::Enum),
        Some(UserType::Other(_)) => return None,
        None => {}
    }
    Some(match family(data_type) {
        Family::Integer | Family::Number => Kind::Number,
        // One of an extension has operators of its own.
        Family::Text if data_type == "citext" => return None,
        Family::Text => Kind::Text,
        Family::Boolean => Kind::Boolean,
        Family::Moment => Kind::Moment,
        Family::Uuid => Kind::Uuid,
        Family::Json => Kind::Json,
        Family::Binary => Kind::Binary,
        Family::Time | Family::Other => return None,
    })
}

impl<'s> Resolver<'s> {
    /// The type of an expression; `None` where it is not certain, and of a literal in quotes, which takes any.
    pub(super) fn type_of(&self, expression: &Expr, scope: &Scope<'_, 's>) -> Option<String> {
        if let Some(found) = self.column_type(expression, scope) {
            return Some(found.to_owned());
        }
        match expression {
            Expr::Nested(inner) => self.type_of(inner, scope),
            Expr::Cast { data_type, .. } => types::canonical(&data_type.to_string(), self.state).ok(),
            Expr::Value(_) | Expr::UnaryOp { .. } => match literal(expression)? {
                Literal::Typed(of) => Some(of.to_owned()),
                _ => None,
            },
            Expr::Trim { .. } => Some("text".to_owned()),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
                self.common_type(results, scope)
            }
            Expr::Function(function) => self.type_of_call(function, scope),
            _ => None,
        }
    }

    fn type_of_call(&self, function: &ast::Function, scope: &Scope<'_, 's>) -> Option<String> {
        let name = object(&function.name);
        // One of the project's own may take other arguments, and answer otherwise.
        if self.state.has_routine(&name) {
            return None;
        }
        let given = || super::super::expressions::arguments(function);
        match name.as_str() {
            // Of a range they are its bounds.
            "lower" | "upper" => {
                let is_text = |argument: &Expr| match self.type_of(argument, scope) {
                    Some(found) => kind(&found, self.state) == Some(Kind::Text),
                    None => matches!(literal(argument), Some(Literal::Text(_))),
                };
                given().next().is_some_and(is_text).then(|| "text".to_owned())
            }
            "coalesce" => self.common_type(given(), scope),
            "count" => Some("bigint".to_owned()),
            name if TEXTS.contains(&name) => Some("text".to_owned()),
            _ => None,
        }
    }

    /// The type that several results have together: literals in quotes alone are a text.
    fn common_type<'e>(&self, results: impl Iterator<Item = &'e Expr>, scope: &Scope<'_, 's>) -> Option<String> {
        let mut common: Option<String> = None;
        let mut has_text = false;
        for result in results {
            match literal(result) {
                Some(Literal::Null) => {}
                Some(Literal::Text(_)) => has_text = true,
                _ => {
                    let found = self.type_of(result, scope)?;
                    if common.as_ref().is_some_and(|common| *common != found) {
                        return None;
                    }
                    common = Some(found);
                }
            }
        }
        common.or_else(|| has_text.then(|| "text".to_owned()))
    }

    /// Whether values of two types surely have nothing to do with each other.
    pub(super) fn surely_differ(&self, one: &str, other: &str) -> bool {
        if self.is_of_labels() || self.state.moment.has_own_casts() {
            return false;
        }
        match (kind(one, self.state), kind(other, self.state)) {
            (Some(Kind::Enum), Some(Kind::Enum)) => one != other,
            (Some(one), Some(other)) => one != other,
            _ => false,
        }
    }

    /// Refuses results of a `CASE` that are of no common type.
    pub(super) fn results_of_case(
        &self,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&Expr>,
        scope: &Scope<'_, 's>,
    ) -> Result<(), PgError> {
        // The last one is looked at first.
        let results = otherwise.into_iter().chain(conditions.iter().map(|when| &when.result));
        let mut first: Option<String> = None;
        for result in results {
            let Some(found) = self.type_of(result, scope) else { continue };
            match &first {
                Some(first) if self.surely_differ(first, &found) => {
                    let (one, other) = (types::base(first), types::base(&found));
                    return Err(PgError::mismatch(format!("CASE types {one} and {other} cannot be matched")));
                }
                Some(_) => {}
                None => first = Some(found),
            }
        }
        Ok(())
    }

    /// Refuses an expression that a column can't take, whatever it is in a row.
    pub(super) fn check_fits(&self, column: &Column, value: &Expr, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        if literal(value).is_some() {
            return Ok(());
        }
        let Some(found) = self.type_of(value, scope) else { return Ok(()) };
        let takes = kind(&column.data_type, self.state);
        // Everything has a text.
        if takes == Some(Kind::Text) || !self.surely_differ(&column.data_type, &found) {
            return Ok(());
        }
        let (name, own, found) = (&column.name, types::base(&column.data_type), types::base(&found));
        let message = format!("column \"{name}\" is of type {own} but expression is of type {found}");
        Err(PgError::mismatch(message))
    }

    /// Refuses a column among results that is neither grouped nor part of an aggregate.
    pub(super) fn check_grouped(&self, select: &ast::Select, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        let ast::GroupByExpr::Expressions(groups, modifiers) = &select.group_by else { return Ok(()) };
        let [only] = scope.relations.as_slice() else { return Ok(()) };
        let Some(table) = only.table.filter(|table| only.columns.is_none() && !table.open) else { return Ok(()) };
        let column = |expression: &Expr| self.column_of(only, expression);
        let grouped: Option<Vec<String>> = groups.iter().map(column).collect();
        let Some(grouped) = grouped.filter(|_| modifiers.is_empty() && !self.is_of_labels()) else { return Ok(()) };
        let sums = |item: &ast::SelectItem| expression_of(item).is_some_and(|item| self.is_aggregate(item));
        if grouped.is_empty() && !select.projection.iter().any(sums) {
            return Ok(());
        }
        // A key stands for its whole row.
        if table.primary_key().is_some_and(|key| key.iter().all(|part| grouped.contains(part))) {
            return Ok(());
        }
        let loose = select.projection.iter().filter_map(expression_of).filter_map(column);
        match loose.into_iter().find(|column| !grouped.contains(column)) {
            Some(column) => {
                let name = &only.name;
                Err(PgError::grouping(format!(
                    "column \"{name}.{column}\" must appear in the GROUP BY clause or be used in an aggregate function"
                )))
            }
            None => Ok(()),
        }
    }

    /// The column of a relation that an expression is.
    fn column_of(&self, relation: &super::names::Relation<'s>, expression: &Expr) -> Option<String> {
        let name = match expression {
            Expr::Identifier(name) if !self.is_variable(&super::super::ident(name)) => name,
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [of, name] if super::super::ident(of) == relation.name => name,
                _ => return None,
            },
            _ => return None,
        };
        let name = super::super::ident(name);
        relation.table?.column(&name).map(|column| column.name.clone())
    }

    /// Whether an expression is a plain aggregate.
    fn is_aggregate(&self, expression: &Expr) -> bool {
        const PLAIN: &[&str] = &["count", "sum", "avg", "min", "max", "array_agg", "string_agg", "bool_and", "bool_or"];
        let Expr::Function(function) = expression else { return false };
        let name = object(&function.name);
        function.over.is_none() && PLAIN.contains(&name.as_str()) && !self.state.has_routine(&name)
    }
}

fn expression_of(item: &ast::SelectItem) -> Option<&Expr> {
    match item {
        ast::SelectItem::UnnamedExpr(expression) | ast::SelectItem::ExprWithAlias { expr: expression, .. } => {
            Some(expression)
        }
        _ => None,
    }
}
