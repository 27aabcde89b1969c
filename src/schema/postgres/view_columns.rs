//! The columns of a view: what its query answers with, as far as that is plain.

use sqlparser::ast::{self, Expr, SelectItem, SetExpr, TableFactor};

use super::error::PgError;
use super::expressions::type_of;
use super::state::{Column, State, Table};
use super::{Database, ident, object};

/// A column's name, and its type where that is known.
pub type ViewColumn = (String, Option<String>);

/// A table or view that a query reads, by the name that it has there.
struct Source {
    name: String,
    columns: Vec<ViewColumn>,
}

impl Database {
    /// The columns that a query answers with, in their order; `None` where they are not plain.
    pub(super) fn columns_of(&self, query: &ast::Query) -> Option<Vec<ViewColumn>> {
        if query.with.is_some() {
            return None;
        }
        columns_of_body(&query.body, self)
    }

    /// Refuses a view in the place of one whose columns it moves, renames or loses.
    pub(super) fn check_replaced(old: &[ViewColumn], new: &[ViewColumn]) -> Result<(), PgError> {
        if new.len() < old.len() {
            return Err(PgError::invalid_table("cannot drop columns from view".to_owned()));
        }
        for ((before, old_type), (after, new_type)) in old.iter().zip(new) {
            if before != after {
                let message = format!("cannot change name of view column \"{before}\" to \"{after}\"");
                return Err(PgError::invalid_table(message));
            }
            if let (Some(old_type), Some(new_type)) = (old_type, new_type)
                && old_type != new_type
            {
                let message =
                    format!("cannot change data type of view column \"{before}\" from {old_type} to {new_type}");
                return Err(PgError::invalid_table(message));
            }
        }
        Ok(())
    }
}

fn columns_of_body(body: &SetExpr, database: &Database) -> Option<Vec<ViewColumn>> {
    match body {
        SetExpr::Select(select) => columns_of_select(select, database),
        SetExpr::Query(query) => database.columns_of(query),
        // The types of both sides make those of the whole.
        SetExpr::SetOperation { left, .. } => {
            Some(columns_of_body(left, database)?.into_iter().map(|(name, _)| (name, None)).collect())
        }
        _ => None,
    }
}

fn columns_of_select(select: &ast::Select, database: &Database) -> Option<Vec<ViewColumn>> {
    let mut sources = Vec::new();
    // Where one source is not known, a star is not either.
    let mut all_known = true;
    for from in &select.from {
        for factor in std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)) {
            match source(factor, database) {
                Some(source) => sources.push(source),
                None => all_known = false,
            }
        }
        // Columns that are joined by their names stand there once, and in front.
        let merges = |join: &ast::Join| {
            use ast::{JoinConstraint as Constraint, JoinOperator as Operator};
            matches!(
                &join.join_operator,
                Operator::Join(Constraint::Using(_) | Constraint::Natural)
                    | Operator::Inner(Constraint::Using(_) | Constraint::Natural)
                    | Operator::Left(Constraint::Using(_) | Constraint::Natural)
                    | Operator::LeftOuter(Constraint::Using(_) | Constraint::Natural)
                    | Operator::Right(Constraint::Using(_) | Constraint::Natural)
                    | Operator::RightOuter(Constraint::Using(_) | Constraint::Natural)
                    | Operator::FullOuter(Constraint::Using(_) | Constraint::Natural)
            )
        };
        all_known &= !from.joins.iter().any(merges);
    }
    let mut found = Vec::new();
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expression) => {
                found.push((name_of(expression)?, typed(expression, &sources, &database.state)));
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                found.push((ident(alias), typed(expr, &sources, &database.state)));
            }
            SelectItem::Wildcard(_) if all_known => {
                found.extend(sources.iter().flat_map(|source| source.columns.iter().cloned()));
            }
            SelectItem::QualifiedWildcard(ast::SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let name = object(name);
                found.extend(sources.iter().find(|source| source.name == name)?.columns.iter().cloned());
            }
            _ => return None,
        }
    }
    Some(found)
}

fn source(factor: &TableFactor, database: &Database) -> Option<Source> {
    let TableFactor::Table { name, alias, args: None, .. } = factor else { return None };
    let known = database.temporary_or(object(name));
    if database.state.doubt.has(&known) {
        return None;
    }
    let mut columns: Vec<ViewColumn> = match database.state.tables.get(&known) {
        Some(table) => {
            table.columns.iter().map(|column| (column.name.clone(), Some(column.data_type.clone()))).collect()
        }
        None => database.state.views.get(&known)?.output.clone()?,
    };
    let mut own = super::bare(&known).to_owned();
    if let Some(alias) = alias {
        own = ident(&alias.name);
        for (column, given) in columns.iter_mut().zip(&alias.columns) {
            column.0 = ident(&given.name);
        }
    }
    Some(Source { name: own, columns })
}

/// The name that a column has without `AS` (`FigureColname`); `None` where that is not plain.
fn name_of(expression: &Expr) -> Option<String> {
    Some(match expression {
        Expr::Identifier(name) => ident(name),
        Expr::CompoundIdentifier(parts) => ident(parts.last()?),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => name_of(inner)?,
        Expr::Function(function) => super::bare(&object(&function.name)).to_owned(),
        Expr::Cast { expr, .. } => name_of(expr).filter(|name| name != "?column?")?,
        Expr::Value(value) => match &value.value {
            ast::Value::Boolean(_) => "bool".to_owned(),
            _ => "?column?".to_owned(),
        },
        Expr::BinaryOp { .. } | Expr::UnaryOp { .. } | Expr::IsNull(_) | Expr::IsNotNull(_) => "?column?".to_owned(),
        _ => return None,
    })
}

/// The type of an expression over several sources.
fn typed(expression: &Expr, sources: &[Source], state: &State) -> Option<String> {
    let of = |source: &Source, name: &str| {
        source.columns.iter().find(|(known, _)| known == name).and_then(|(_, data_type)| data_type.clone())
    };
    match expression {
        Expr::Identifier(name) => {
            let name = ident(name);
            let mut having = sources.iter().filter(|source| source.columns.iter().any(|(known, _)| *known == name));
            let only = having.next().filter(|_| having.next().is_none())?;
            of(only, &name)
        }
        Expr::CompoundIdentifier(parts) => {
            let [.., table, column] = parts.as_slice() else { return None };
            let table = ident(table);
            of(sources.iter().find(|source| source.name == table)?, &ident(column))
        }
        Expr::Nested(inner) => typed(inner, sources, state),
        // A text in quotes is a text at the end.
        Expr::Value(value) if matches!(value.value, ast::Value::SingleQuotedString(_)) => Some("text".to_owned()),
        _ => {
            let columns = sources.iter().flat_map(|source| &source.columns).filter_map(|(name, data_type)| {
                Some(std::rc::Rc::new(Column {
                    name: name.clone(),
                    data_type: data_type.clone()?,
                    ..Column::default()
                }))
            });
            type_of(expression, &Table { columns: columns.collect(), ..Table::default() }, state)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_its_columns_when_it_is_replaced() {
        let mut database = Database::default();
        database.execute("CREATE TABLE t (id INT, a TEXT, b DATE); CREATE VIEW v AS SELECT id, a FROM t").unwrap();
        for (query, expected) in [
            ("SELECT id, a, b FROM t", ""),
            ("SELECT t.*, 1 AS n FROM t", ""),
            ("SELECT id FROM t", "cannot drop columns from view"),
            ("SELECT id, b, a FROM t", "cannot change name of view column \"a\" to \"b\""),
            ("SELECT id, lower(a) FROM t", "cannot change name of view column \"a\" to \"lower\""),
            ("SELECT id, b AS a FROM t", "cannot change data type of view column \"a\" from text to date"),
            ("WITH x AS (SELECT 1) SELECT * FROM x", ""),
        ] {
            let mut trial = database.clone();
            let said = trial.execute(&format!("CREATE OR REPLACE VIEW v AS {query}")).err();
            assert_eq!(said.map(|error| error.message).unwrap_or_default(), expected, "{query}");
        }
    }
}
