//! What code does, without how it is written: for telling a copy from a new piece.

use std::ops::Range;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Module;

/// The tokens of a top-level function's body, without comments, docstrings and white space. Empty where the module has
/// no such function, and where its body does nothing: `pass`, `...`, a bare `return`.
pub fn of_function(module: &Module, name: &str) -> String {
    let function = module.body().iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        _ => None,
    });
    let Some(function) = function else { return String::new() };
    let acting: Vec<&Stmt> = function.body.iter().filter(|statement| !is_idle(statement)).collect();
    acting.iter().map(|statement| tokens(module, statement.range().into())).collect::<Vec<_>>().join("\n")
}

fn is_idle(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Return(value) => value.value.is_none(),
        Stmt::Expr(expression) => {
            matches!(&*expression.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

fn tokens(module: &Module, range: Range<usize>) -> String {
    let text = module.text();
    let inside = module.tokens().filter(|token| token.start >= range.start && token.end <= range.end);
    inside.filter_map(|token| text.get(token)).collect::<Vec<_>>().join(" ")
}
