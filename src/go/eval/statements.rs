//! What statements do.

use std::rc::Rc;

use super::expressions::is_error_name;
use super::value::{Cell, Handle, Rows, Scope, Struct, Unknown, Value};
use super::{Eval, Frame, Interpreter, skipped, stop, unknown, zero};
use crate::go::syntax::{Block, Expr, ExprKind, For, ForHead, If, Stmt, StmtKind, Switch, Variable};

/// How a statement ends.
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

impl Interpreter<'_> {
    /// Carries a block out in a scope of its own.
    pub(super) fn block(&mut self, block: &Block, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        let frame = Frame { file: Rc::clone(&frame.file), scope: Scope::inside(Some(&frame.scope)) };
        for statement in block {
            match self.stmt(statement, &frame, deferred)? {
                Flow::Next => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    fn stmt(&mut self, stmt: &Stmt, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        self.enter(frame, &stmt.range)?;
        let flow = self.stmt_kind(stmt, frame, deferred);
        self.leave();
        flow
    }

    fn stmt_kind(&mut self, stmt: &Stmt, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        match &stmt.kind {
            StmtKind::Expr(expr) => drop(self.expr(expr, frame)?),
            StmtKind::Assign { declares, operator, targets, values } => {
                self.assign(*declares, operator, targets, values, frame)?;
            }
            StmtKind::Declare(variables) => self.declare(variables, frame)?,
            StmtKind::Types(types) => frame.scope.types.borrow_mut().extend(types.iter().cloned()),
            StmtKind::If(branch) => return self.branch(branch, frame, deferred),
            StmtKind::For(repeat) => return self.repeat(repeat, frame, deferred),
            StmtKind::Switch(switch) => return self.switch(switch, frame, deferred),
            StmtKind::Return(values) => {
                let mut results = Vec::with_capacity(values.len());
                for value in values {
                    results.push(self.expr(value, frame)?);
                }
                return Ok(Flow::Return(match <[Value; 1]>::try_from(results) {
                    Ok([only]) => only,
                    Err(several) => Value::Tuple(Rc::new(several)),
                }));
            }
            StmtKind::Block(block) => return self.block(block, frame, deferred),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Defer(expr) => self.defer(expr, frame, deferred)?,
            StmtKind::Empty => {}
            StmtKind::Other => {
                return Err(stop("has a statement that is not followed", frame.file.location(&stmt.range)));
            }
        }
        Ok(Flow::Next)
    }

    /// A call at the end of a function: only one of a function that stands there does something to a schema.
    fn defer(&mut self, expr: &Expr, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<()> {
        if let ExprKind::Call(call) = &expr.kind
            && let ExprKind::Function(_) = &call.callee.kind
        {
            let callee = self.expr(&call.callee, frame)?;
            deferred.push((frame.clone(), Rc::new(callee)));
        }
        Ok(())
    }

    /// Carries out what a statement declares, and nothing else; what cannot be followed of it is not known.
    pub(super) fn declared(&mut self, stmt: &Stmt, frame: &Frame) {
        let mut deferred = Vec::new();
        let names: Vec<Rc<str>> = match &stmt.kind {
            StmtKind::Types(_) => Vec::new(),
            StmtKind::Declare(variables) => variables.iter().map(|variable| Rc::clone(&variable.name)).collect(),
            StmtKind::Assign { targets, .. } => {
                let name = |target: &Expr| match &target.kind {
                    ExprKind::Name(name) => Some(Rc::clone(name)),
                    _ => None,
                };
                targets.iter().filter_map(name).collect()
            }
            _ => return,
        };
        if let Err(super::Stop(why)) = self.stmt(stmt, frame, &mut deferred) {
            for name in &names {
                frame.scope.declare(name, Value::Unknown(Rc::clone(&why)));
            }
        }
    }

    fn declare(&mut self, variables: &[Variable], frame: &Frame) -> Eval<()> {
        for variable in variables {
            let value = match &variable.value {
                Some(value) => self.expr(value, frame)?.last(),
                None => zero(variable.declared.as_ref(), frame.file.location(&variable.range)),
            };
            frame.scope.declare(&variable.name, value);
        }
        Ok(())
    }

    fn assign(&mut self, declares: bool, operator: &str, targets: &[Expr], values: &[Expr], frame: &Frame) -> Eval<()> {
        let mut results = Vec::with_capacity(targets.len());
        for value in values {
            results.push(self.expr(value, frame)?);
        }
        if targets.len() > 1 && results.len() == 1 {
            results = spread(results.remove(0), targets);
        }
        for (target, mut value) in targets.iter().zip(results) {
            if targets.len() == 1 {
                value = value.last();
            }
            match operator {
                "=" => {}
                "+=" => {
                    let before = self.expr(target, frame)?.last();
                    value = match (&before, &value) {
                        (Value::Int(one), Value::Int(other)) => one.checked_add(*other).map(Value::Int),
                        _ => None,
                    }
                    .map_or_else(|| self.joined(&[before, value], target, frame), Ok)?;
                }
                _ => value = unknown("is computed in a way that is not followed", frame.file.location(&target.range)),
            }
            self.store(declares, target, value, frame);
        }
        Ok(())
    }

    fn store(&mut self, declares: bool, target: &Expr, value: Value, frame: &Frame) {
        match &target.kind {
            ExprKind::Name(name) => {
                let own = frame.scope.names.borrow().get(name).cloned();
                match if declares { own } else { self.variable(name, frame) } {
                    Some(cell) => *cell.borrow_mut() = value,
                    None => frame.scope.declare(name, value),
                }
            }
            ExprKind::Unary("*", inner) => {
                if let ExprKind::Name(name) = &inner.kind
                    && let Some(cell) = self.variable(name, frame)
                    && let Value::Pointer(cell) = &*cell.borrow()
                {
                    *cell.borrow_mut() = value;
                }
            }
            ExprKind::Select(operand, field) => {
                if let Some(cell) = self.root(operand, frame) {
                    set_field(&cell, field, value, frame.file.location(&target.range));
                }
            }
            ExprKind::Index(operand, index) => {
                let Some(cell) = self.root(operand, frame) else { return };
                let key = self.expr(index, frame).map_or(Value::Nil, Value::last);
                set_element(&cell, key, value);
            }
            _ => {}
        }
    }

    /// The variable that `a` of `a.b = …` is.
    fn root(&mut self, operand: &Expr, frame: &Frame) -> Option<Cell> {
        let ExprKind::Name(name) = &operand.kind else { return None };
        self.variable(name, frame)
    }

    fn branch(&mut self, branch: &If, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        let frame = Frame { file: Rc::clone(&frame.file), scope: Scope::inside(Some(&frame.scope)) };
        if let Some(init) = &branch.init {
            self.stmt(init, &frame, deferred)?;
        }
        match self.expr(&branch.condition, &frame)?.last() {
            Value::Bool(true) => self.block(&branch.then, &frame, deferred),
            Value::Bool(false) => match &branch.otherwise {
                Some(otherwise) => self.stmt(otherwise, &frame, deferred),
                None => Ok(Flow::Next),
            },
            undecided => {
                let why = reason(undecided, &branch.condition, &frame);
                self.skip(&branch.then, &why, &frame)?;
                if let Some(otherwise) = &branch.otherwise {
                    self.skip(std::slice::from_ref(otherwise), &why, &frame)?;
                }
                Ok(Flow::Next)
            }
        }
    }

    /// Leaves statements out of which it is not known whether they run. Fails where that decides what the database gets.
    fn skip(&mut self, block: &[Stmt], why: &Rc<Unknown>, frame: &Frame) -> Eval<()> {
        let mut left = skipped::Left::default();
        if !left.block(block, false) {
            return Err(super::Stop(Rc::clone(why)));
        }
        for target in left.set {
            self.store(false, target, Value::Unknown(Rc::clone(why)), frame);
        }
        Ok(())
    }

    /// The same of what is repeated nobody knows how often.
    fn skip_loop(&mut self, block: &[Stmt], why: &Rc<Unknown>, frame: &Frame) -> Eval<()> {
        let mut left = skipped::Left::default();
        if !left.block(block, true) {
            return Err(super::Stop(Rc::clone(why)));
        }
        for target in left.set {
            self.store(false, target, Value::Unknown(Rc::clone(why)), frame);
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &For, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        let frame = Frame { file: Rc::clone(&frame.file), scope: Scope::inside(Some(&frame.scope)) };
        let (init, condition, update) = match &repeat.head {
            ForHead::Range { key, value, over } => {
                return self.range((key.as_ref(), value.as_ref()), over, &repeat.body, &frame, deferred);
            }
            ForHead::Clause { init, condition, update } => (init, condition, update),
        };
        if let Some(init) = init {
            self.stmt(init, &frame, deferred)?;
        }
        loop {
            if let Some(condition) = condition {
                match self.expr(condition, &frame)?.last() {
                    Value::Bool(true) => {}
                    Value::Bool(false) => return Ok(Flow::Next),
                    undecided => {
                        self.skip_loop(&repeat.body, &reason(undecided, condition, &frame), &frame)?;
                        return Ok(Flow::Next);
                    }
                }
            }
            match self.block(&repeat.body, &frame, deferred)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
            if let Some(update) = update {
                self.stmt(update, &frame, deferred)?;
            }
            // A loop without anything in it takes steps, too.
            self.step(&frame.file.location(&(0..0)))?;
        }
    }

    fn range(
        &mut self,
        (key, value): (Option<&Expr>, Option<&Expr>),
        over: &Expr,
        body: &Block,
        frame: &Frame,
        deferred: &mut Vec<(Frame, Rc<Value>)>,
    ) -> Eval<Flow> {
        let items: Vec<(Value, Value)> = match self.expr(over, frame)?.last() {
            Value::List(items) => (0..).map(Value::Int).zip(items.iter().cloned()).collect(),
            Value::Map(items) if items.len() < 2 => items.to_vec(),
            Value::Map(_) => {
                let why =
                    unknown("goes over a map, whose order is another one every time", frame.file.location(&over.range));
                self.skip_loop(body, &reason(why, over, frame), frame)?;
                return Ok(Flow::Next);
            }
            Value::Nil => Vec::new(),
            Value::Int(count) if (0..=100_000).contains(&count) => {
                (0..count).map(|at| (Value::Int(at), Value::Nil)).collect()
            }
            undecided => {
                self.skip_loop(body, &reason(undecided, over, frame), frame)?;
                return Ok(Flow::Next);
            }
        };
        for (at, item) in items {
            let inner = Frame { file: Rc::clone(&frame.file), scope: Scope::inside(Some(&frame.scope)) };
            for (target, value) in [(key, at), (value, item)] {
                if let Some(target) = target {
                    self.store(true, target, value, &inner);
                }
            }
            self.step(&frame.file.location(&over.range))?;
            match self.block(body, &inner, deferred)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
        Ok(Flow::Next)
    }

    fn switch(&mut self, switch: &Switch, frame: &Frame, deferred: &mut Vec<(Frame, Rc<Value>)>) -> Eval<Flow> {
        let frame = Frame { file: Rc::clone(&frame.file), scope: Scope::inside(Some(&frame.scope)) };
        if let Some(init) = &switch.init {
            self.stmt(init, &frame, deferred)?;
        }
        let subject = match &switch.subject {
            Some(subject) => self.expr(subject, &frame)?.last(),
            None => Value::Bool(true),
        };
        let mut chosen = switch.cases.iter().find(|(values, _)| values.is_none()).map(|(_, body)| body);
        'cases: for (values, body) in &switch.cases {
            for value in values.iter().flatten() {
                let candidate = self.expr(value, &frame)?.last();
                match subject.equals(&candidate) {
                    Some(true) => {
                        chosen = Some(body);
                        break 'cases;
                    }
                    Some(false) => {}
                    None => {
                        let undecided = if matches!(subject, Value::Unknown(_)) { subject } else { candidate };
                        let why = reason(undecided, value, &frame);
                        for (_, body) in &switch.cases {
                            self.skip(body, &why, &frame)?;
                        }
                        return Ok(Flow::Next);
                    }
                }
            }
        }
        match chosen {
            Some(body) => match self.block(body, &frame, deferred)? {
                Flow::Break => Ok(Flow::Next),
                other => Ok(other),
            },
            None => Ok(Flow::Next),
        }
    }
}

/// Why something is not decided.
fn reason(undecided: Value, expr: &Expr, frame: &Frame) -> Rc<Unknown> {
    match undecided {
        Value::Unknown(why) => why,
        _ => Rc::new(Unknown {
            reason: "depends on a condition that is not followed".to_owned(),
            location: frame.file.location(&expr.range),
            text: None,
        }),
    }
}

/// One value for several targets: the results of a call, as far as they are told apart.
fn spread(value: Value, targets: &[Expr]) -> Vec<Value> {
    match value {
        Value::Tuple(parts) if parts.len() == targets.len() => parts.to_vec(),
        // `value, found := map[key]`, `value, ok := x.(T)`
        value @ (Value::Text(_) | Value::Int(_) | Value::Function(_) | Value::List(_)) if targets.len() == 2 => {
            vec![value, Value::Bool(true)]
        }
        other => {
            // `tx, err := db.Begin()`: what is not followed has gone well.
            let is_error =
                |target: &Expr| matches!(&target.kind, ExprKind::Name(name) if is_error_name(name) && &**name != "_");
            let one = |target: &Expr| {
                if matches!(other, Value::Handle(Handle::Database)) && is_error(target) {
                    Value::Nil
                } else {
                    other.clone()
                }
            };
            targets.iter().map(one).collect()
        }
    }
}

fn set_field(cell: &Cell, field: &Rc<str>, value: Value, location: crate::source::Location) {
    let inner = match &*cell.borrow() {
        Value::Pointer(inner) => Some(Rc::clone(inner)),
        _ => None,
    };
    let cell = inner.as_ref().unwrap_or(cell);
    if let Value::Struct(known) = &mut *cell.borrow_mut() {
        let own: &mut Struct = Rc::make_mut(known);
        match own.fields.iter_mut().find(|(name, ..)| name.as_ref() == Some(field)) {
            Some(found) => found.1 = value,
            None => own.fields.push((Some(Rc::clone(field)), value, location)),
        }
    }
}

fn set_element(cell: &Cell, key: Value, value: Value) {
    match (&mut *cell.borrow_mut(), key) {
        (Value::List(items), Value::Int(at)) => {
            if let Some(item) = usize::try_from(at).ok().and_then(|at| Rc::make_mut(items).get_mut(at)) {
                *item = value;
            }
        }
        (Value::Map(items), key) => {
            let items = Rc::make_mut(items);
            match items.iter_mut().find(|(known, _)| known.equals(&key) == Some(true)) {
                Some(item) => item.1 = value,
                None => items.push((key, value)),
            }
        }
        _ => {}
    }
}

impl Rows {
    /// The row that was taken last.
    pub(super) fn current(&self) -> Option<&Vec<Value>> {
        self.rows.get(self.taken.get().checked_sub(1)?)
    }
}
