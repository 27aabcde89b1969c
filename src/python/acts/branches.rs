//! Conditions that ask which database it is.

use ruff_python_ast::{BoolOp, CmpOp, Expr, Stmt, StmtIf, UnaryOp};

use super::Acts;
use crate::python::bindings::elements;

impl<'a> Acts<'a> {
    /// The statements of a body that are reached on the database that is asked about.
    pub(super) fn reached(&mut self, body: &'a [Stmt]) -> Vec<&'a Stmt> {
        let mut reached = Vec::new();
        for statement in body {
            if let Stmt::If(choice) = statement
                && let Some(branch) = self.branch(choice)
            {
                let inner = self.reached(branch);
                let ends = inner.last().is_some_and(|last| matches!(last, Stmt::Return(_) | Stmt::Raise(_)));
                reached.extend(inner);
                if ends {
                    break;
                }
            } else {
                reached.push(statement);
            }
        }
        reached
    }

    /// The branch that is taken, where the text tells.
    fn branch(&mut self, choice: &'a StmtIf) -> Option<&'a [Stmt]> {
        if self.holds(&choice.test)? {
            return Some(&choice.body);
        }
        for clause in &choice.elif_else_clauses {
            match &clause.test {
                None => return Some(&clause.body),
                Some(test) if self.holds(test)? => return Some(&clause.body),
                Some(_) => {}
            }
        }
        Some(&[])
    }

    /// Whether a condition holds; `None` where it asks for something else than the database's name.
    fn holds(&mut self, test: &'a Expr) -> Option<bool> {
        if let Some(value) = self.follow(test) {
            self.depth += 1;
            let holds = if self.depth < super::DEEPEST { self.holds(value) } else { None };
            self.depth -= 1;
            return holds;
        }
        match test {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => self.holds(&unary.operand).map(|holds| !holds),
            Expr::BoolOp(logic) => {
                let decides = logic.op == BoolOp::Or;
                let mut all = Some(!decides);
                for value in &logic.values {
                    match self.holds(value) {
                        Some(holds) if holds == decides => return Some(decides),
                        Some(_) => {}
                        None => all = None,
                    }
                }
                all
            }
            Expr::Compare(comparison) => {
                let ([op], [right]) = (&*comparison.ops, &*comparison.comparators) else { return None };
                let (name, other) = if self.is_name(&comparison.left) {
                    (true, right)
                } else {
                    (self.is_name(right), &*comparison.left)
                };
                let is_one = name.then(|| self.names_it(other))??;
                match op {
                    CmpOp::Eq | CmpOp::In | CmpOp::Is => Some(is_one),
                    CmpOp::NotEq | CmpOp::NotIn | CmpOp::IsNot => Some(!is_one),
                    _ => None,
                }
            }
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else { return None };
                let is_start = method.attr.as_str() == "startswith" && self.is_name(&method.value);
                is_start.then(|| call.arguments.args.first().and_then(|start| self.names_it(start)))?
            }
            _ => None,
        }
    }

    /// Whether an expression is the name of the database's dialect.
    fn is_name(&mut self, expression: &'a Expr) -> bool {
        let text = self.text(expression);
        text.ends_with(".dialect.name") || text.ends_with(".engine.name")
    }

    /// Whether a text, or one of several, is a name of the database.
    fn names_it(&mut self, expression: &'a Expr) -> Option<bool> {
        let texts = elements(expression).map_or_else(|| vec![expression], |all| all.iter().collect());
        let mut is_one = false;
        for text in texts {
            let text = self.text(text);
            let name = text.strip_prefix('\'')?.strip_suffix('\'')?;
            is_one |= self.dialect.contains(&name);
        }
        Some(is_one)
    }
}
