//! The rows that an `INSERT` spells out, held against the keys and the conditions of their table.

use sqlparser::ast::{self, BinaryOperator, Expr, SelectItem, SetExpr, TableFactor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::super::state::{Column, Rule, State, Table};
use super::super::types::{Family, family};
use super::super::{PgError, bare, ident, object};
use super::expressions::{Literal, literal};

/// Refuses rows of which two have one key, or that a condition refuses. `given` are the columns that are written.
pub(super) fn check(
    name: &str,
    table: &Table,
    given: &[String],
    insert: &ast::Insert,
    rows: &[&[Expr]],
) -> Result<(), PgError> {
    let conditions = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::Check { expression, .. } => Some((constraint.name.as_str(), choice(expression)?)),
        _ => None,
    });
    for (constraint, Choice { column, labels }) in conditions {
        let Some(at) = given.iter().position(|given| *given == column) else { continue };
        if !table.column(&column).is_some_and(is_exact) {
            continue;
        }
        for value in rows.iter().filter_map(|row| row.get(at)) {
            if matches!(literal(value), Some(Literal::Text(text)) if !labels.iter().any(|label| label == text)) {
                return Err(PgError::check_violation(bare(name), constraint));
            }
        }
    }
    // One that is there already may be what is wanted.
    if insert.on.is_some() {
        return Ok(());
    }
    for (constraint, key) in keys(table) {
        let places: Option<Vec<usize>> = key.iter().map(|part| given.iter().position(|given| given == part)).collect();
        let Some(places) = places else { continue };
        let mut seen: Vec<Vec<String>> = Vec::new();
        for row in rows.iter().take(MOST_ROWS) {
            let values: Option<Vec<String>> = places.iter().map(|at| plain(row.get(*at)?)).collect();
            let Some(values) = values else { continue };
            if seen.contains(&values) {
                return Err(PgError::not_unique(constraint));
            }
            seen.push(values);
        }
    }
    Ok(())
}

/// So many rows are compared with each other.
const MOST_ROWS: usize = 300;

/// The keys of a table that hold at once, by their names.
fn keys(table: &Table) -> impl Iterator<Item = (&str, Vec<String>)> {
    let constraints = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::PrimaryKey(key) | Rule::Unique(key) if !constraint.options.deferrable => {
            Some((constraint.name.as_str(), key.clone()))
        }
        _ => None,
    });
    let is_plain = |index: &&super::super::Index| {
        index.unique && index.predicate.is_none() && index.parts.iter().all(|part| part.is_column)
    };
    let indexes = table.indexes.iter().filter(is_plain);
    constraints
        .chain(indexes.map(|index| (index.name.as_str(), index.parts.iter().map(|part| part.text.clone()).collect())))
}

/// A literal that equals itself; a null equals nothing.
fn plain(value: &Expr) -> Option<String> {
    match literal(value)? {
        Literal::Text(_) | Literal::Typed(_) => Some(value.to_string()),
        Literal::Null | Literal::Default => None,
    }
}

/// `column IN ('a', 'b')`.
struct Choice {
    column: String,
    labels: Vec<String>,
}

/// What a condition lets a column be, where it is nothing but such a list.
fn choice(expression: &str) -> Option<Choice> {
    let dialect = PostgreSqlDialect {};
    let parsed = Parser::new(&dialect).try_with_sql(expression).and_then(|mut parser| parser.parse_expr()).ok()?;
    let text = |value: &Expr| match literal(value)? {
        Literal::Text(text) => Some(text.to_owned()),
        _ => None,
    };
    let mut parsed = &parsed;
    while let Expr::Nested(inner) = parsed {
        parsed = inner;
    }
    let (column, labels) = match parsed {
        Expr::InList { expr, list, negated: false } => (expr, list.iter().map(text).collect::<Option<Vec<_>>>()?),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => (left, vec![text(right)?]),
        _ => return None,
    };
    match &**column {
        Expr::Identifier(name) => Some(Choice { column: ident(name), labels }),
        _ => None,
    }
}

/// Whether texts are the same in a column only where they are spelled the same.
fn is_exact(column: &Column) -> bool {
    family(&column.data_type) == Family::Text
        && (column.data_type == "text" || column.data_type.starts_with("character varying"))
}

/// Whether an `INSERT … SELECT` takes all rows of a table that surely has some.
pub(super) fn taken_from(insert: &ast::Insert, state: &State) -> bool {
    let Some(source) = &insert.source else { return false };
    let SetExpr::Select(select) = &*source.body else { return false };
    let [from] = select.from.as_slice() else { return false };
    let TableFactor::Table { name, args: None, .. } = &from.relation else { return false };
    let is_all = from.joins.is_empty()
        && select.selection.is_none()
        && select.having.is_none()
        && select
            .projection
            .iter()
            .all(|item| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. }))
        && source.with.is_none()
        && source.limit_clause.is_none()
        && source.fetch.is_none();
    is_all && state.moment.has_rows(&object(name))
}
