//! Modules: those of the repository, and those of ours.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use super::function::{Scope, ScopeKind};
use super::interpreter::{Eval, Interpreter, Stop};
use super::value::{Instance, Names, Unknown, Value};
use crate::python::bindings::{self, blocks};
use crate::python::{Module, fresh};
use crate::source::Location;

/// A module as evaluated code sees it.
pub struct ModuleValue<'a> {
    /// Its dotted name, as far as an import named it.
    pub name: String,
    pub origin: Origin<'a>,
    pub names: RefCell<Names<'a>>,
    /// Whether its body runs now, so that what it will bind is not there yet.
    pub running: Cell<bool>,
    /// Why its body did not come to its end: "fails to load (…)".
    pub failure: RefCell<Option<Rc<Unknown>>>,
    /// The exception with which its body surely stops.
    pub raised: RefCell<Option<Rc<Instance<'a>>>>,
}

/// Where a module comes from.
#[derive(Clone, Debug)]
pub enum Origin<'a> {
    /// A file of the repository.
    File(&'a Module),
    /// A folder of the repository without an `__init__.py`.
    Folder(String),
    /// Ours: this answers what its attributes are.
    Library(Attributes),
    /// Outside the repository, and not known.
    Outside(Rc<Unknown>),
}

/// Answers with a module's attribute of this name; `None` where it has none.
pub type Attributes = for<'v> fn(&mut Interpreter<'v>, &str) -> Eval<'v, Option<Value<'v>>>;

impl<'a> ModuleValue<'a> {
    pub fn new(name: impl Into<String>, origin: Origin<'a>) -> Rc<Self> {
        let (names, running, failure) = (RefCell::default(), Cell::new(false), RefCell::default());
        Rc::new(Self { name: name.into(), origin, names, running, failure, raised: RefCell::default() })
    }

    /// Stops with the exception with which its body surely stops, if so.
    pub fn loaded(&self) -> Eval<'a, ()> {
        self.raised.borrow().clone().map_or(Ok(()), |exception| Err(Stop::Raise(exception)))
    }

    /// What an `upgrade(engine_name)` chooses from, one function for each of several databases, those aside that do nothing.
    /// `None` where the module's `upgrade` takes no name, or has nothing to choose from.
    pub fn upgrades_of_engines(&self) -> Option<Vec<Value<'a>>> {
        let names = self.names.borrow();
        let Some(Value::Function(upgrade)) = names.get("upgrade") else { return None };
        let first = upgrade.parameters?.iter_non_variadic_params().next()?;
        if first.default.is_some() {
            return None;
        }
        let functions = names.iter().filter_map(|(name, value)| match value {
            Value::Function(function) if name.starts_with("upgrade_") => Some(function.clone()),
            _ => None,
        });
        let functions: Vec<_> = functions.collect();
        let busy = functions.iter().filter(|function| !function.body.does_nothing());
        (!functions.is_empty()).then(|| busy.cloned().map(Value::Function).collect())
    }

    /// The first line of what it says of a name of its own: a list, a function.
    pub fn place_of(&self, name: &str) -> Option<Location> {
        let Origin::File(syntax) = self.origin else { return None };
        let start = bindings::binding(syntax, name)?.range.start;
        Some(Location::line(&syntax.source, syntax.source.line_at(start), ""))
    }

    /// Why names that it does not have may be missing; `None` where it has none besides those that are known.
    pub fn untold(&self) -> Option<Rc<Unknown>> {
        let star = || self.names.borrow().get("*").and_then(|star| star.as_unknown().cloned());
        self.failure.borrow().clone().or_else(star)
    }
}

impl std::fmt::Debug for ModuleValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "module {}", self.name)
    }
}

impl<'a> Interpreter<'a> {
    /// What a function of the module, the one that is named if any is, binds to a name, or to an attribute of it: for lists that are only made while the
    /// program runs. The function itself is not run: of its arguments those are known that a call in one of the `callers`
    /// names by keyword and that are plain names there. `None` where no function binds it.
    pub fn value_in_function(
        &mut self,
        module: &Rc<ModuleValue<'a>>,
        (scope, name): (Option<&str>, &str),
        callers: &[Rc<ModuleValue<'a>>],
    ) -> Eval<'a, Option<Value<'a>>> {
        let Origin::File(syntax) = module.origin else { return Ok(None) };
        let Some((function, value)) = binding_in_function(syntax.body(), (scope, name), 8) else { return Ok(None) };
        let scope = Scope::of_module(module).inner(ScopeKind::Function);
        let given = callers.iter().chain([module]).find_map(|caller| arguments(caller, &function.name));
        for parameter in &*function.parameters {
            let name = parameter.name().as_str();
            let known = given.iter().flatten().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            let value = known.unwrap_or_else(|| self.unknown("is only known while the program runs"));
            scope.names.borrow_mut().insert(name.into(), value);
        }
        self.expr(value, &scope).map(Some)
    }

    /// What expressions of a module are where it has been loaded; without those that are only known in a function.
    pub fn values_at(&mut self, module: &Rc<ModuleValue<'a>>, places: &[Range<usize>]) -> Vec<Value<'a>> {
        let Origin::File(syntax) = module.origin else { return Vec::new() };
        let scope = Scope::of_module(module);
        let mut values = Vec::new();
        for expression in fresh::at(syntax, places) {
            let of_class = match expression {
                Expr::Attribute(attribute) => self
                    .classes
                    .iter()
                    .rev()
                    .find_map(|class| class.names.borrow().get(attribute.attr.as_str()).cloned()),
                _ => None,
            };
            match of_class.map_or_else(|| self.expr(expression, &scope), Ok) {
                Ok(value) => values.push(value),
                Err(_) => self.recover(),
            }
        }
        values
    }
}

/// What the first call of a function in a module passes by keyword, as far as it is a name of the module.
fn arguments<'a>(caller: &Rc<ModuleValue<'a>>, function: &str) -> Option<Vec<(String, Value<'a>)>> {
    let Origin::File(syntax) = caller.origin else { return None };
    let mut finder = CallFinder { function, found: None };
    finder.visit_body(syntax.body());
    let names = caller.names.borrow();
    let keywords = finder.found?.arguments.keywords.iter();
    let known = keywords.filter_map(|keyword| match (&keyword.arg, &keyword.value) {
        (Some(parameter), Expr::Name(name)) => Some((parameter.to_string(), names.get(name.id.as_str())?.clone())),
        _ => None,
    });
    Some(known.collect())
}

/// Finds the first call of a function by its name.
struct CallFinder<'f, 'a> {
    function: &'f str,
    found: Option<&'a ExprCall>,
}

impl<'a> Visitor<'a> for CallFinder<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.found.is_some() {
            return;
        }
        if let Expr::Call(call) = expression {
            let is_it = match &*call.func {
                Expr::Name(name) => name.id.as_str() == self.function,
                Expr::Attribute(attribute) => attribute.attr.as_str() == self.function,
                _ => false,
            };
            if is_it {
                self.found = Some(call);
                return;
            }
        }
        visitor::walk_expr(self, expression);
    }
}

/// The function that binds a name first, and the value.
fn binding_in_function<'a>(
    body: &'a [Stmt],
    (scope, name): (Option<&str>, &str),
    depth: u32,
) -> Option<(&'a StmtFunctionDef, &'a Expr)> {
    let depth = depth.checked_sub(1)?;
    body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) => {
            let is_it = scope.is_none_or(|scope| scope == function.name.as_str());
            let own = if is_it { binding(&function.body, name, depth) } else { None };
            let own = own.map(|value| (function, value));
            own.or_else(|| binding_in_function(&function.body, (scope, name), depth))
        }
        Stmt::ClassDef(class) => binding_in_function(&class.body, (scope, name), depth),
        _ => None,
    })
}

/// The value that a block binds to a name.
fn binding<'a>(body: &'a [Stmt], name: &str, depth: u32) -> Option<&'a Expr> {
    let depth = depth.checked_sub(1)?;
    let is_target = |target: &Expr| match target {
        Expr::Name(target) => target.id.as_str() == name,
        Expr::Attribute(target) => target.attr.as_str() == name,
        _ => false,
    };
    body.iter().find_map(|statement| match statement {
        Stmt::Assign(assign) => assign.targets.iter().any(is_target).then_some(&*assign.value),
        Stmt::AnnAssign(assign) if is_target(&assign.target) => assign.value.as_deref(),
        _ => blocks(statement).into_iter().find_map(|block| binding(block, name, depth)),
    })
}
