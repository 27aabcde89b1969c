//! Statements that change no column and name some: comments, policies, triggers, and what refreshes a view.

use sqlparser::ast::{self, Expr};

use super::error::PgError;
use super::expressions;
use super::{Database, own};
use crate::schema::token::{self, Kind, Token};

impl Database {
    /// Refuses a comment on a column that is not there, and a view that can't be refreshed while others read it.
    pub(super) fn check_beside(&self, sql: &str) -> Result<(), PgError> {
        let tokens: Vec<Token<'_>> = token::tokens(sql).take(16).collect();
        let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
        if is(0, "comment") && is(1, "on") && is(2, "column") {
            return self.check_comment(&path(tokens.get(3..).unwrap_or_default()));
        }
        if is(0, "refresh") && is(1, "materialized") && is(2, "view") && is(3, "concurrently") {
            return self.check_refresh(&path(tokens.get(4..).unwrap_or_default()));
        }
        Ok(())
    }

    fn check_comment(&self, path: &[String]) -> Result<(), PgError> {
        let Some((column, table)) = path.split_last() else { return Ok(()) };
        let name = self.temporary_or(own(&table.join(".")));
        match self.state.tables.get(&name) {
            Some(table) if !table.open && !table.columns.is_empty() && table.column(column).is_none() => {
                Err(PgError::undefined_column(super::bare(&name), column))
            }
            _ => Ok(()),
        }
    }

    fn check_refresh(&self, path: &[String]) -> Result<(), PgError> {
        let name = own(&path.join("."));
        let is_known = self.state.views.get(&name).is_some_and(|view| view.materialized);
        if !is_known || self.state.indexes.iter().any(|(_, owner)| *owner == name) {
            return Ok(());
        }
        let whole = if name.contains('.') { name } else { format!("public.{name}") };
        Err(PgError::not_ready(format!("cannot refresh materialized view \"{whole}\" concurrently")))
    }

    /// Refuses a trigger for a column that is not there: `BEFORE UPDATE OF a, b ON t`.
    pub(super) fn check_trigger_columns(&self, table: &str, sql: &str) -> Result<(), PgError> {
        let name = self.temporary_or(own(table));
        let Some(found) = self.state.tables.get(&name).filter(|table| !table.open) else { return Ok(()) };
        let tokens: Vec<Token<'_>> = token::tokens(sql).take_while(|token| !token.is("on")).collect();
        let Some(of) = tokens.windows(2).position(|pair| pair[0].is("update") && pair[1].is("of")) else {
            return Ok(());
        };
        for column in tokens.get(of + 2..).unwrap_or_default().iter().take_while(|token| !token.is("or")) {
            let Some(column) = name_of(column) else { continue };
            if found.column(&column).is_none() {
                return Err(PgError::undefined_column(super::bare(&name), &column));
            }
        }
        Ok(())
    }
}

/// Refuses a query in the condition of a check.
pub(super) fn check_condition(condition: &Expr) -> Result<(), PgError> {
    let mut has_query = false;
    expressions::each(condition, &mut |part| {
        has_query |= matches!(part, Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. });
    });
    if has_query {
        return Err(PgError::not_supported("cannot use subquery in check constraint".to_owned()));
    }
    Ok(())
}

/// Refuses an expression of an index that has to stand in brackets.
pub(super) fn check_brackets(expression: &Expr) -> Result<(), PgError> {
    match expression {
        Expr::BinaryOp { op, .. } => Err(PgError::syntax(&op.to_string())),
        Expr::Cast { kind: ast::CastKind::DoubleColon, .. } => Err(PgError::syntax("::")),
        _ => Ok(()),
    }
}

fn name_of(token: &Token<'_>) -> Option<String> {
    match token.kind {
        Kind::Word => Some(token.text.to_lowercase()),
        Kind::Quoted => Some(token.value()),
        _ => None,
    }
}

/// The parts of a name with dots that stands in front.
fn path(tokens: &[Token<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for pair in tokens.chunks(2) {
        let Some(name) = pair.first().and_then(name_of) else { break };
        found.push(name);
        if !pair.get(1).is_some_and(|dot| dot.is_symbol(".")) {
            break;
        }
    }
    found
}
