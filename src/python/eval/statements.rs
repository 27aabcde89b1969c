//! Statements.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtFor, StmtIf, StmtWhile, UnaryOp};
use ruff_text_size::Ranged;

use super::attributes::SETTING;
use super::classes::ATTRIBUTE;
use super::function::{Body, Function, Scope, ScopeKind, yields};
use super::interpreter::{Eval, Flow, Interpreter, Stop};
use super::library;
use super::value::{Args, Names, Role, Unknown, Value};

impl<'a> Interpreter<'a> {
    /// Runs statements in their order.
    pub(super) fn block(&mut self, body: &'a [Stmt], scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        for (index, statement) in body.iter().enumerate() {
            match self.statement(statement, scope)? {
                Flow::Next => {}
                Flow::Maybe { why, function } => {
                    let rest = self.in_doubt(&why, |vm| vm.block(&body[index + 1..], scope))?;
                    // Whatever the rest does, the function may have been left before it.
                    let function =
                        function || matches!(rest, Some(Flow::Return(_) | Flow::Maybe { function: true, .. }));
                    return Ok(Flow::Maybe { why, function });
                }
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &'a Stmt, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        self.enter()?;
        let before = self.here;
        if let Some(module) = scope.syntax() {
            self.here = Some((module, statement.range()));
        }
        let flow = self.run_statement(statement, scope);
        // Where an exception came from is asked for after it was raised.
        if flow.is_ok() {
            self.here = before;
        }
        self.depth -= 1;
        flow
    }

    fn run_statement(&mut self, statement: &'a Stmt, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        match statement {
            Stmt::Expr(expression) => {
                self.expr(&expression.value, scope)?;
            }
            Stmt::Assign(assign) => {
                let value = self.expr(&assign.value, scope)?;
                for target in &assign.targets {
                    self.assign(target, value.clone(), scope)?;
                }
            }
            Stmt::AnnAssign(assign) => {
                if scope.kind == ScopeKind::Class
                    && let Expr::Name(name) = &*assign.target
                {
                    self.annotate(name.id.as_str(), &assign.annotation, scope);
                }
                if let Some(value) = &assign.value {
                    let value = self.expr(value, scope)?;
                    self.assign(&assign.target, value, scope)?;
                }
            }
            Stmt::AugAssign(assign) => {
                let old = self.expr(&assign.target, scope)?;
                let value = self.expr(&assign.value, scope)?;
                let new = self.in_place(assign.op, old, value)?;
                self.assign(&assign.target, new, scope)?;
            }
            Stmt::If(branch) => return self.if_statement(branch, scope),
            Stmt::For(each) => return self.for_statement(each, scope),
            Stmt::While(each) => return self.while_statement(each, scope),
            Stmt::Return(result) => {
                let value = match &result.value {
                    Some(value) => self.expr(value, scope)?,
                    None => Value::None,
                };
                return Ok(Flow::Return(value));
            }
            Stmt::Break(_) => return Ok(Flow::Break),
            Stmt::Continue(_) => return Ok(Flow::Continue),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
            // Python looks at what it stands for when somebody asks.
            Stmt::TypeAlias(alias) => {
                let mark = self.mark();
                let value = match self.expr(&alias.value, scope) {
                    Err(Stop::Raise(_)) => {
                        self.reset(mark);
                        self.unknown("stands for a type that is not followed")
                    }
                    value => value?,
                };
                self.assign(&alias.name, value, scope)?;
            }
            Stmt::FunctionDef(function) => self.define(function, scope)?,
            Stmt::ClassDef(class) => {
                let value = self.define_class(class, scope)?;
                self.bind(scope, class.name.as_str(), value);
            }
            Stmt::With(with) => return self.with_items(&with.items, &with.body, scope),
            Stmt::Try(attempt) => return self.try_statement(attempt, scope),
            Stmt::Raise(raise) => return self.raise_statement(raise, scope),
            Stmt::Assert(assert) => return self.assert_statement(assert, scope),
            Stmt::Import(import) => self.import(import, scope)?,
            Stmt::ImportFrom(import) => self.import_from(import, scope)?,
            Stmt::Global(global) => {
                scope.elsewhere.borrow_mut().extend(global.names.iter().map(|name| (name.as_str(), true)));
            }
            Stmt::Nonlocal(nonlocal) => {
                scope.elsewhere.borrow_mut().extend(nonlocal.names.iter().map(|name| (name.as_str(), false)));
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete(target, scope)?;
                }
            }
            Stmt::Match(choice) => return self.match_statement(choice, scope),
        }
        Ok(Flow::Next)
    }

    fn define(&mut self, function: &'a ruff_python_ast::StmtFunctionDef, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        let defaults = self.defaults(&function.parameters, scope)?;
        let made = Function {
            name: function.name.as_str().into(),
            parameters: Some(&function.parameters),
            returns: function.returns.as_deref(),
            body: Body::Block(&function.body),
            defaults,
            scope: scope.clone(),
            generator: yields(&function.body),
            context_manager: false.into(),
            names: Names::default().into(),
            class: None.into(),
        };
        let mut value = Value::Function(Rc::new(made));
        for decorator in function.decorator_list.iter().rev() {
            let decorator = self.expr(&decorator.expression, scope)?;
            // What an unknown decorator makes of a function is unknown, but such functions are still called by name: it
            // is taken for one that registers or logs.
            if decorator.as_unknown().is_none() {
                value = self.call(&decorator, Args { positional: vec![value], keyword: Vec::new() })?;
            }
        }
        self.bind(scope, function.name.as_str(), value);
        Ok(())
    }

    pub(super) fn defaults(
        &mut self,
        parameters: &'a ruff_python_ast::Parameters,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Names<'a>> {
        let mut defaults = Names::default();
        let all = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        for parameter in all {
            if let Some(default) = &parameter.default {
                let value = self.expr(default, scope)?;
                defaults.insert(parameter.parameter.name.as_str().into(), value);
            }
        }
        Ok(defaults)
    }

    fn if_statement(&mut self, branch: &'a StmtIf, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        let first = std::iter::once((Some(&*branch.test), &branch.body));
        let more = branch.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body));
        let clauses: Vec<(Option<&'a Expr>, &'a [Stmt])> =
            first.chain(more).map(|(test, body)| (test, &**body)).collect();
        self.clauses(&clauses, scope)
    }

    fn clauses(&mut self, clauses: &[(Option<&'a Expr>, &'a [Stmt])], scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        for (index, (test, body)) in clauses.iter().enumerate() {
            let Some(test) = test else { return self.block(body, scope) };
            match self.condition(test, scope)? {
                Ok(true) => return self.block(body, scope),
                Ok(false) => {}
                Err(why) => match self.guard(&why, test, body) {
                    Some(true) => return self.block(body, scope),
                    Some(false) => {}
                    None => return self.undecided(&why, body, &clauses[index + 1..], scope),
                },
            }
        }
        Ok(Flow::Next)
    }

    /// Whether a condition that a deployment decides holds where its block does nothing but give up: it does not, so that
    /// something is to be said of the migration, unless that contradicts what was taken for so of the same condition.
    fn guard(&mut self, why: &Unknown, condition: &'a Expr, body: &[Stmt]) -> Option<bool> {
        if !is_decided_outside(why) || !gives_up(body) {
            return None;
        }
        let (asked, is_negated) = match condition {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => (&*unary.operand, true),
            other => (other, false),
        };
        let (module, _) = self.here.as_ref()?;
        let text = module.text().get(std::ops::Range::<usize>::from(asked.range()))?.to_owned();
        let holds = *self.guards.entry(text).or_insert(is_negated);
        Some(holds != is_negated)
    }

    /// An `if` whose condition is not known: a branch that refuses to go on is not taken, else both are in doubt.
    fn undecided(
        &mut self,
        why: &Rc<Unknown>,
        body: &'a [Stmt],
        rest: &[(Option<&'a Expr>, &'a [Stmt])],
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Flow<'a>> {
        if refuses(body) {
            return self.clauses(rest, scope);
        }
        if let [(None, other)] = rest
            && refuses(other)
        {
            return self.block(body, scope);
        }
        let one = self.in_doubt(why, |vm| vm.block(body, scope))?;
        let other = self.in_doubt(why, |vm| vm.clauses(rest, scope))?;
        let flows = [one, other];
        let leaves =
            |flow: &Option<Flow<'a>>| matches!(flow, Some(Flow::Return(_) | Flow::Maybe { function: true, .. }));
        let stays = |flow: &Option<Flow<'a>>| matches!(flow, None | Some(Flow::Next));
        if flows.iter().all(stays) {
            return Ok(Flow::Next);
        }
        Ok(Flow::Maybe { why: why.clone(), function: flows.iter().any(leaves) })
    }

    fn for_statement(&mut self, each: &'a StmtFor, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        let over = self.expr(&each.iter, scope)?;
        let mut items = match self.iterate(&over)? {
            Ok(items) => items.into_iter(),
            Err(why) => {
                let item = Value::Unknown(why.clone());
                let flow = self.in_doubt(&why, |vm| {
                    vm.assign(&each.target, item, scope)?;
                    vm.block(&each.body, scope)
                })?;
                let function = matches!(flow, Some(Flow::Return(_) | Flow::Maybe { function: true, .. }));
                return Ok(if function { Flow::Maybe { why, function } } else { Flow::Next });
            }
        };
        while let Some(item) = items.next() {
            self.step()?;
            self.assign(&each.target, item, scope)?;
            match self.block(&each.body, scope)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Maybe { why, mut function } => {
                    for item in items.by_ref() {
                        self.step()?;
                        let flow = self.in_doubt(&why, |vm| {
                            vm.assign(&each.target, item, scope)?;
                            vm.block(&each.body, scope)
                        })?;
                        function |= matches!(flow, Some(Flow::Return(_) | Flow::Maybe { function: true, .. }));
                    }
                    return Ok(if function { Flow::Maybe { why, function } } else { Flow::Next });
                }
            }
        }
        self.block(&each.orelse, scope)
    }

    fn while_statement(&mut self, each: &'a StmtWhile, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        loop {
            self.step()?;
            let why = match self.condition(&each.test, scope)? {
                Ok(false) => return self.block(&each.orelse, scope),
                Ok(true) => match self.block(&each.body, scope)? {
                    Flow::Next | Flow::Continue => continue,
                    Flow::Break => return Ok(Flow::Next),
                    Flow::Return(value) => return Ok(Flow::Return(value)),
                    Flow::Maybe { why, function: true } => return Ok(Flow::Maybe { why, function: true }),
                    Flow::Maybe { why, .. } => why,
                },
                Err(why) => why,
            };
            // How often it runs is not known: once shows what it may do.
            let flow = self.in_doubt(&why, |vm| vm.block(&each.body, scope))?;
            let function = matches!(flow, Some(Flow::Return(_) | Flow::Maybe { function: true, .. }));
            return Ok(if function { Flow::Maybe { why, function } } else { Flow::Next });
        }
    }

    /// Binds the names of a target, or changes what it names.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value<'a>, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        match target {
            Expr::Name(name) => {
                if let (ScopeKind::Class, Value::Instance(record)) = (scope.kind, &value)
                    && record.class.role == Role::Record
                {
                    let attribute = Value::text(name.id.as_str());
                    record.names.borrow_mut().entry(ATTRIBUTE.into()).or_insert(attribute);
                }
                self.bind(scope, name.id.as_str(), value);
            }
            Expr::Tuple(targets) => self.unpack(&targets.elts, &value, scope)?,
            Expr::List(targets) => self.unpack(&targets.elts, &value, scope)?,
            Expr::Starred(starred) => self.assign(&starred.value, value, scope)?,
            Expr::Attribute(attribute) => {
                let object = self.expr(&attribute.value, scope)?;
                self.set_attribute(&object, attribute.attr.as_str().into(), value)?;
            }
            Expr::Subscript(subscript) => {
                let container = self.expr(&subscript.value, scope)?;
                let index = self.expr(&subscript.slice, scope)?;
                self.set_item(&container, index, value)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value<'a>, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        let items = match self.iterate(value)? {
            Ok(items) => items,
            Err(why) => {
                for target in targets {
                    self.assign(target, Value::Unknown(why.clone()), scope)?;
                }
                return Ok(());
            }
        };
        let star = targets.iter().position(|target| matches!(target, Expr::Starred(_)));
        let fits = if star.is_some() { items.len() + 1 >= targets.len() } else { items.len() == targets.len() };
        if !fits {
            let message = if items.len() > targets.len() {
                format!("too many values to unpack (expected {})", targets.len())
            } else {
                format!("not enough values to unpack (expected {}, got {})", targets.len(), items.len())
            };
            return self.raise("ValueError", message);
        }
        let Some(star) = star else {
            for (target, item) in targets.iter().zip(items) {
                self.assign(target, item, scope)?;
            }
            return Ok(());
        };
        let after = targets.len() - star - 1;
        let mut items = items;
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(star);
        let middle = self.new_list(middle)?;
        for (target, item) in targets.iter().zip(items.into_iter().chain([middle]).chain(tail)) {
            self.assign(target, item, scope)?;
        }
        Ok(())
    }

    fn delete(&mut self, target: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        match target {
            Expr::Name(name) => {
                scope.remove(name.id.as_str());
            }
            Expr::Tuple(targets) => {
                for target in &targets.elts {
                    self.delete(target, scope)?;
                }
            }
            Expr::Subscript(subscript) => {
                let container = self.expr(&subscript.value, scope)?;
                let index = self.expr(&subscript.slice, scope)?;
                self.delete_item(&container, &index)?;
            }
            Expr::Attribute(attribute) => {
                if let Value::Instance(instance) = self.expr(&attribute.value, scope)? {
                    instance.names.borrow_mut().shift_remove(attribute.attr.as_str());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn assert_statement(
        &mut self,
        assert: &'a ruff_python_ast::StmtAssert,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Flow<'a>> {
        if let Ok(false) = self.condition(&assert.test, scope)? {
            let message = match &assert.msg {
                Some(message) => vec![self.expr(message, scope)?],
                None => Vec::new(),
            };
            let exception = self.exception("AssertionError", message);
            return Err(Stop::Raise(exception));
        }
        Ok(Flow::Next)
    }
}

/// Whether where the program runs decides something.
fn is_decided_outside(why: &Unknown) -> bool {
    why.reason == SETTING || why.reason == library::VARIABLE
}

/// Whether a block does nothing but end its function, so that a migration is either carried out or not at all: where it is
/// not, nothing is to be said of it.
fn gives_up(body: &[Stmt]) -> bool {
    let is_silent = |statement: &Stmt| match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(expression) => matches!(&*expression.value, Expr::StringLiteral(_) | Expr::Call(_)),
        _ => false,
    };
    match body.split_last() {
        Some((Stmt::Return(end), before)) => {
            let is_bare = end.value.as_deref().is_none_or(|value| matches!(value, Expr::NoneLiteral(_)));
            is_bare && before.len() < 3 && before.iter().all(is_silent)
        }
        _ => false,
    }
}

/// Whether a block ends by refusing to go on: with `raise`, or by leaving the process.
fn refuses(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Raise(_)) => true,
        Some(Stmt::Expr(expression)) => match &*expression.value {
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
                Expr::Attribute(attribute) => {
                    matches!(attribute.attr.as_str(), "exit" | "_exit" | "abort")
                        && matches!(&*attribute.value, Expr::Name(name) if matches!(name.id.as_str(), "sys" | "os"))
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}
