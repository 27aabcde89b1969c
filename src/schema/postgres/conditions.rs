//! Conditions of checks and expressions of indexes that PostgreSQL does not take, or in brackets alone.

use sqlparser::ast::{self, Expr};

use super::error::PgError;
use super::expressions;

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
