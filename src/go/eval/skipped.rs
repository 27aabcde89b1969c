//! What statements of which it is not known whether they run leave open: nothing of the schema, or all that comes after them.

use super::{database, expressions, library, orm};
use crate::go::syntax::{Block, Expr, ExprKind, ForHead, Stmt, StmtKind};

/// What is not known any more once they are left out.
#[derive(Default)]
pub(super) struct Left<'s> {
    /// What they set, or have a call fill.
    pub set: Vec<&'s Expr>,
}

impl<'s> Left<'s> {
    /// Whether a schema is the same with them and without. `repeats`: it is the body of a loop that is left out as a whole.
    pub fn block(&mut self, block: &'s [Stmt], repeats: bool) -> bool {
        block.iter().all(|statement| self.statement(statement, repeats))
    }

    fn statement(&mut self, statement: &'s Stmt, repeats: bool) -> bool {
        match &statement.kind {
            StmtKind::Empty | StmtKind::Types(_) => true,
            StmtKind::Declare(variables) => {
                variables.iter().filter_map(|one| one.value.as_ref()).all(|value| self.expr(value))
            }
            StmtKind::Assign { targets, values, .. } => {
                self.set.extend(targets);
                values.iter().all(|value| self.expr(value))
            }
            StmtKind::Expr(expr) | StmtKind::Defer(expr) => self.expr(expr),
            StmtKind::Block(inner) => self.block(inner, repeats),
            StmtKind::If(branch) => {
                branch.init.iter().all(|init| self.statement(init, repeats))
                    && self.expr(&branch.condition)
                    && self.block(&branch.then, repeats)
                    && branch.otherwise.iter().all(|otherwise| self.statement(otherwise, repeats))
            }
            StmtKind::For(repeat) => {
                let head = match &repeat.head {
                    ForHead::Range { key, value, over } => {
                        self.set.extend(key.iter().chain(value));
                        self.expr(over)
                    }
                    ForHead::Clause { init, condition, update } => {
                        init.iter().chain(update).all(|inner| self.statement(inner, true))
                            && condition.iter().all(|condition| self.expr(condition))
                    }
                };
                head && self.block(&repeat.body, true)
            }
            StmtKind::Switch(switch) => {
                switch.init.iter().all(|init| self.statement(init, repeats))
                    && switch.cases.iter().all(|(_, body)| self.cases(body))
            }
            StmtKind::Break | StmtKind::Continue => repeats,
            // What is not followed has gone well. One that ends without an error may leave out what comes after it.
            StmtKind::Return(values) => values.last().is_some_and(is_an_error),
            StmtKind::Other => false,
        }
    }

    /// A case, which `break` ends and nothing else.
    fn cases(&mut self, body: &'s Block) -> bool {
        body.iter().all(|statement| matches!(statement.kind, StmtKind::Break) || self.statement(statement, false))
    }

    /// Whether nothing in an expression can change a schema: it calls no function of the package, and of a database only
    /// what is about rows.
    fn expr(&mut self, expr: &'s Expr) -> bool {
        match &expr.kind {
            ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Name(_) | ExprKind::Type(_) => true,
            ExprKind::Sum(terms) => terms.iter().all(|term| self.expr(term)),
            ExprKind::Binary(_, left, right) => self.expr(left) && self.expr(right),
            ExprKind::Unary("&", inner) if matches!(inner.kind, ExprKind::Name(_)) => {
                self.set.push(inner);
                true
            }
            ExprKind::Unary(_, inner) | ExprKind::Select(inner, _) | ExprKind::Convert(inner) => self.expr(inner),
            ExprKind::Index(list, index) => self.expr(list) && self.expr(index),
            ExprKind::Composite(_, elements) => elements.iter().all(|element| self.expr(&element.value)),
            ExprKind::Call(call) => {
                let is_plain = match &call.callee.kind {
                    ExprKind::Name(name) => library::is_builtin(name),
                    ExprKind::Select(operand, method) => {
                        let of_library = matches!(&operand.kind, ExprKind::Name(package) if library::is_plain(package));
                        of_library
                            || self.expr(operand)
                                && (orm::is_about_rows(method) || database::is_about_rows(method, &call.arguments))
                    }
                    _ => false,
                };
                is_plain && call.arguments.iter().all(|argument| self.expr(argument))
            }
            ExprKind::Function(_) | ExprKind::Other => false,
        }
    }
}

/// Whether what a function returns is surely an error: a variable that is called so, or one that is made here.
fn is_an_error(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name(name) => expressions::is_error_name(name),
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Select(operand, _) => {
                matches!(&operand.kind, ExprKind::Name(package) if matches!(&**package, "fmt" | "errors" | "xerrors"))
            }
            _ => false,
        },
        _ => false,
    }
}
