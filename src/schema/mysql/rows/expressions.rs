//! The names in expressions.

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::names::{Resolver, Scope};
use crate::schema::mysql::Done;

impl<'d> Resolver<'d> {
    /// Follows the names in an expression; of kinds that are not listed nothing is said.
    pub(super) fn expression(&mut self, expression: &Expr, scope: &Scope<'_, 'd>, clause: &str) -> Done {
        match expression {
            Expr::Identifier(name) => Self::bare(name, scope, clause),
            Expr::CompoundIdentifier(parts) => Self::dotted(parts, scope, clause),
            Expr::BinaryOp { left, right, .. } => {
                self.expression(left, scope, clause)?;
                self.expression(right, scope, clause)
            }
            Expr::UnaryOp { expr, .. }
            | Expr::Nested(expr)
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsTrue(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsFalse(expr)
            | Expr::IsNotFalse(expr)
            | Expr::Cast { expr, .. } => self.expression(expr, scope, clause),
            Expr::Between { expr, low, high, .. } => {
                [expr, low, high].into_iter().try_for_each(|part| self.expression(part, scope, clause))
            }
            Expr::Like { expr, pattern, .. } => {
                self.expression(expr, scope, clause)?;
                self.expression(pattern, scope, clause)
            }
            Expr::InList { expr, list, .. } => {
                self.expression(expr, scope, clause)?;
                list.iter().try_for_each(|item| self.expression(item, scope, clause))
            }
            Expr::InSubquery { expr, subquery, .. } => {
                self.expression(expr, scope, clause)?;
                self.query(subquery, Some(scope))
            }
            Expr::Exists { subquery, .. } | Expr::Subquery(subquery) => self.query(subquery, Some(scope)),
            Expr::Case { operand, conditions, else_result, .. } => {
                let ends = operand.iter().chain(else_result).map(|part| &**part);
                let parts = ends.chain(conditions.iter().flat_map(|when| [&when.condition, &when.result]));
                parts.collect::<Vec<_>>().into_iter().try_for_each(|part| self.expression(part, scope, clause))
            }
            Expr::Function(function) => {
                let FunctionArguments::List(list) = &function.args else { return Ok(()) };
                for argument in &list.args {
                    // A bare word may be a unit: `TIMESTAMPDIFF(SECOND, a, b)`.
                    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument
                        && !matches!(argument, Expr::Identifier(_))
                    {
                        self.expression(argument, scope, clause)?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
