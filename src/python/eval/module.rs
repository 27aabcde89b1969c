//! Modules: those of the repository, and those of ours.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};

use super::function::{Scope, ScopeKind};
use super::interpreter::{Eval, Interpreter};
use super::value::{Names, Unknown, Value};
use crate::python::Module;
use crate::python::bindings::blocks;

/// A module as evaluated code sees it.
pub struct ModuleValue<'a> {
    /// Its dotted name, as far as an import named it.
    pub name: String,
    pub origin: Origin<'a>,
    pub names: RefCell<Names<'a>>,
    /// Whether its body has run, or runs.
    pub started: Cell<bool>,
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
        Rc::new(Self { name: name.into(), origin, names: RefCell::default(), started: Cell::new(false) })
    }
}

impl std::fmt::Debug for ModuleValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "module {}", self.name)
    }
}

impl<'a> Interpreter<'a> {
    /// What a function of the module binds to a name, or to an attribute of it: for lists that are only made while the
    /// program runs. The function itself is not run, so that its arguments are not known. `None` where none binds it.
    pub fn value_in_function(&mut self, module: &Rc<ModuleValue<'a>>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        let Origin::File(syntax) = module.origin else { return Ok(None) };
        let Some((parameters, value)) = binding_in_function(syntax.body(), name, 8) else { return Ok(None) };
        let scope = Scope::of_module(module).inner(ScopeKind::Function);
        for parameter in parameters {
            let unknown = self.unknown("is only known while the program runs");
            scope.names.borrow_mut().insert(parameter.into(), unknown);
        }
        self.expr(value, &scope).map(Some)
    }
}

/// The parameters of the function that binds a name first, and the value.
fn binding_in_function<'a>(body: &'a [Stmt], name: &str, depth: u32) -> Option<(Vec<&'a str>, &'a Expr)> {
    let depth = depth.checked_sub(1)?;
    body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) => {
            let parameters = || function.parameters.iter().map(|parameter| parameter.name().as_str()).collect();
            let own = binding(&function.body, name, depth).map(|value| (parameters(), value));
            own.or_else(|| binding_in_function(&function.body, name, depth))
        }
        Stmt::ClassDef(class) => binding_in_function(&class.body, name, depth),
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
