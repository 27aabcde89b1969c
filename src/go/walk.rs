//! Walks over the expressions of a file, those inside of others included.

use std::ops::Range;

use super::syntax::{Block, Expr, ExprKind, ForHead, Function, Stmt, StmtKind};

/// An expression, and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Found<'f> {
    pub expr: &'f Expr,
    /// What it is assigned to, or the field of a struct that it is given to; the innermost.
    pub named: Option<&'f str>,
    /// The function that it is an argument of.
    pub handed_to: Option<&'f str>,
    /// It is what its function returns, and not a part of that.
    pub is_returned: bool,
}

/// Visits the expressions of a function's body, outer ones before those inside of them.
pub fn function<'f>(function: &'f Function, visit: &mut dyn FnMut(Found<'f>)) {
    Walker { visit, is_inner: false }.block(&function.body);
}

/// Visits an expression and those inside of it.
pub fn expr<'f>(expr: &'f Expr, named: Option<&'f str>, visit: &mut dyn FnMut(Found<'f>)) {
    let found = Found { expr, named, handed_to: None, is_returned: false };
    Walker { visit, is_inner: false }.found(found);
}

struct Walker<'v, 'f> {
    visit: &'v mut dyn FnMut(Found<'f>),
    /// Inside of a function literal: what that returns is not what its function returns.
    is_inner: bool,
}

impl<'f> Walker<'_, 'f> {
    fn block(&mut self, block: &'f Block) {
        for statement in block {
            self.stmt(statement);
        }
    }

    fn stmt(&mut self, stmt: &'f Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Defer(expr) => self.plain(expr),
            StmtKind::Assign { targets, values, .. } => {
                for (at, value) in values.iter().enumerate() {
                    let named = targets.get(at).and_then(last_name);
                    self.found(Found { expr: value, named, handed_to: None, is_returned: false });
                }
            }
            StmtKind::Return(values) => {
                let is_returned = !self.is_inner;
                for value in values {
                    self.found(Found { expr: value, named: None, handed_to: None, is_returned });
                }
            }
            StmtKind::Declare(variables) => {
                for variable in variables {
                    if let Some(value) = &variable.value {
                        let named = Some(&*variable.name);
                        self.found(Found { expr: value, named, handed_to: None, is_returned: false });
                    }
                }
            }
            StmtKind::If(branch) => {
                branch.init.iter().for_each(|inner| self.stmt(inner));
                self.plain(&branch.condition);
                self.block(&branch.then);
                branch.otherwise.iter().for_each(|inner| self.stmt(inner));
            }
            StmtKind::For(repeat) => {
                match &repeat.head {
                    ForHead::Range { over, .. } => self.plain(over),
                    ForHead::Clause { init, condition, update } => {
                        init.iter().chain(update).for_each(|inner| self.stmt(inner));
                        if let Some(condition) = condition {
                            self.plain(condition);
                        }
                    }
                }
                self.block(&repeat.body);
            }
            StmtKind::Switch(switch) => {
                switch.init.iter().for_each(|inner| self.stmt(inner));
                switch.cases.iter().for_each(|(_, body)| self.block(body));
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Types(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Empty | StmtKind::Other => {}
        }
    }

    fn plain(&mut self, expr: &'f Expr) {
        self.found(Found { expr, named: None, handed_to: None, is_returned: false });
    }

    fn found(&mut self, found: Found<'f>) {
        (self.visit)(found);
        match &found.expr.kind {
            // `&x` is what `x` is.
            ExprKind::Unary("&", inner) | ExprKind::Convert(inner) => self.found(Found { expr: inner, ..found }),
            ExprKind::Unary(_, inner) | ExprKind::Select(inner, _) => self.plain(inner),
            ExprKind::Sum(terms) => terms.iter().for_each(|term| self.plain(term)),
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => {
                self.plain(left);
                self.plain(right);
            }
            ExprKind::Call(call) => {
                self.plain(&call.callee);
                let handed_to = last_name(&call.callee);
                for argument in &call.arguments {
                    self.found(Found { expr: argument, named: None, handed_to, is_returned: false });
                }
            }
            ExprKind::Composite(_, elements) => {
                for element in elements {
                    let named = element.key.as_ref().and_then(last_name);
                    self.found(Found { expr: &element.value, named, handed_to: None, is_returned: false });
                }
            }
            ExprKind::Function(function) => {
                let was_inner = std::mem::replace(&mut self.is_inner, true);
                self.block(&function.body);
                self.is_inner = was_inner;
            }
            ExprKind::Text(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Name(_)
            | ExprKind::Type(_)
            | ExprKind::Other => {}
        }
    }
}

/// The name at the end of `a`, `b.a` and `*a`.
fn last_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Select(_, name) => Some(name),
        ExprKind::Unary("*", inner) => last_name(inner),
        _ => None,
    }
}

/// The statements that are carried out before a place in a function is reached, as far as they stand beside it or beside
/// what is around it.
pub fn before<'f>(block: &'f Block, place: &Range<usize>, found: &mut Vec<&'f Stmt>) {
    around(block, place, found);
    found.retain(|statement| statement.range.end <= place.start);
}

/// The same, with the statements that the place is in, the outermost first.
pub fn around<'f>(block: &'f Block, place: &Range<usize>, found: &mut Vec<&'f Stmt>) {
    let reached = |statement: &&Stmt| statement.range.start <= place.start;
    for statement in block.iter().take_while(reached) {
        found.push(statement);
        if statement.range.end > place.start {
            inside(statement, place, found);
        }
    }
}

fn inside<'f>(statement: &'f Stmt, place: &Range<usize>, found: &mut Vec<&'f Stmt>) {
    let has = |block: &Block| {
        let inner = block.iter().find(|statement| statement.range.end > place.start);
        inner.is_some_and(|statement| statement.range.start <= place.start)
    };
    match &statement.kind {
        StmtKind::Block(inner) => around(inner, place, found),
        StmtKind::If(branch) => {
            found.extend(branch.init.iter().filter(|init| init.range.start <= place.start));
            if has(&branch.then) {
                around(&branch.then, place, found);
            } else if let Some(otherwise) = &branch.otherwise {
                inside(otherwise, place, found);
            }
        }
        StmtKind::For(repeat) => around(&repeat.body, place, found),
        StmtKind::Switch(switch) => {
            if let Some((_, body)) = switch.cases.iter().find(|(_, body)| has(body)) {
                around(body, place, found);
            }
        }
        _ => {}
    }
}
