//! Functions of the evaluated code, and the scopes in which names are bound.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Parameters, Stmt};

use super::interpreter::Flow;
use super::module::ModuleValue;
use super::value::{Class, Names, Value};

/// A function or a lambda.
pub struct Function<'a> {
    pub name: Cow<'a, str>,
    pub parameters: Option<&'a Parameters>,
    /// What it says that it returns.
    pub returns: Option<&'a Expr>,
    pub body: Body<'a>,
    /// The values of the defaults, by the parameter's name.
    pub defaults: Names<'a>,
    /// Where it was made: the scope that its free names are looked up in.
    pub scope: Rc<Scope<'a>>,
    pub generator: bool,
    /// `def` with `@contextmanager` over it.
    pub context_manager: Cell<bool>,
    /// What was assigned to its attributes.
    pub names: RefCell<Names<'a>>,
    /// The class in whose body it stands, for `super()`.
    pub class: RefCell<Option<Rc<Class<'a>>>>,
}

impl<'a> Function<'a> {
    /// Whether it was defined in this module, not imported into it.
    pub fn scope_is(&self, module: &Rc<ModuleValue<'a>>) -> bool {
        Rc::ptr_eq(&self.scope.module, module)
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    Block(&'a [Stmt]),
    Expression(&'a Expr),
}

impl Body<'_> {
    /// Whether it is a docstring and `pass` alone.
    pub fn does_nothing(&self) -> bool {
        let is_idle = |statement: &Stmt| match statement {
            Stmt::Pass(_) => true,
            Stmt::Expr(statement) => matches!(&*statement.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
            _ => false,
        };
        matches!(self, Self::Block(body) if body.iter().all(is_idle))
    }

    /// Where it stands in memory: equal for every function that was made of it.
    pub fn address(&self) -> usize {
        match self {
            Self::Block(body) => body.as_ptr() as usize,
            Self::Expression(expression) => std::ptr::from_ref(*expression) as usize,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Function,
    Class,
    Comprehension,
}

/// One scope at run time. A module's names are the module's own.
pub struct Scope<'a> {
    pub kind: ScopeKind,
    pub module: Rc<ModuleValue<'a>>,
    pub names: RefCell<Names<'a>>,
    pub outer: Option<Rc<Scope<'a>>>,
    /// Names declared `global` or `nonlocal`; `true` for `global`.
    pub elsewhere: RefCell<Vec<(&'a str, bool)>>,
    /// Where the values go that a generator yields.
    pub sink: RefCell<Sink<'a>>,
    /// The function that runs in it.
    pub function: Option<Rc<Function<'a>>>,
}

/// Where the values go that a generator yields.
pub enum Sink<'a> {
    /// It is no generator.
    None,
    /// It runs to its end, and what it yields is kept.
    Collect(Vec<Value<'a>>),
    /// It is a context manager: the body of a `with` statement runs where it yields.
    With(Box<WithBody<'a>>),
    /// The body of the `with` statement has run, and this came of it.
    Done(Flow<'a>),
}

/// The rest of a `with` statement.
pub struct WithBody<'a> {
    pub target: Option<&'a Expr>,
    /// Further context managers of the same statement.
    pub more: &'a [ruff_python_ast::WithItem],
    pub body: &'a [Stmt],
    pub scope: Rc<Scope<'a>>,
}

impl<'a> Scope<'a> {
    pub fn of_module(module: &Rc<ModuleValue<'a>>) -> Rc<Self> {
        Rc::new(Self::new(ScopeKind::Module, module.clone(), None, None))
    }

    pub fn inner(self: &Rc<Self>, kind: ScopeKind) -> Rc<Self> {
        Rc::new(Self::new(kind, self.module.clone(), Some(self.clone()), self.function.clone()))
    }

    pub fn of_call(function: &Rc<Function<'a>>) -> Rc<Self> {
        let outer = function.scope.clone();
        Rc::new(Self::new(ScopeKind::Function, outer.module.clone(), Some(outer), Some(function.clone())))
    }

    fn new(
        kind: ScopeKind,
        module: Rc<ModuleValue<'a>>,
        outer: Option<Rc<Self>>,
        function: Option<Rc<Function<'a>>>,
    ) -> Self {
        Self {
            kind,
            module,
            names: RefCell::default(),
            outer,
            elsewhere: RefCell::default(),
            sink: RefCell::new(Sink::None),
            function,
        }
    }

    /// The value that a name has here; `None` where it is bound nowhere but perhaps among the built-ins.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        let mut scope = self;
        let mut first = true;
        loop {
            if scope.kind == ScopeKind::Module {
                return scope.module.names.borrow().get(name).cloned();
            }
            // The body of a class is no scope for the functions in it.
            if first || scope.kind != ScopeKind::Class {
                if scope.elsewhere.borrow().iter().any(|(known, global)| *known == name && *global) {
                    return scope.module.names.borrow().get(name).cloned();
                }
                if let Some(value) = scope.names.borrow().get(name) {
                    return Some(value.clone());
                }
            }
            first = first && scope.kind == ScopeKind::Comprehension;
            let Some(outer) = &scope.outer else { return scope.module.names.borrow().get(name).cloned() };
            scope = outer;
        }
    }

    /// Binds a name where Python would bind it from here; answers with the scope that has it now.
    pub fn set(self: &Rc<Self>, name: Cow<'a, str>, value: Value<'a>) {
        self.with_home(&name.clone(), |names| {
            names.insert(name, value);
        });
    }

    /// Unbinds a name; `false` where it is not bound.
    pub fn remove(self: &Rc<Self>, name: &str) -> bool {
        self.with_home(name, |names| names.shift_remove(name).is_some())
    }

    fn with_home<T>(self: &Rc<Self>, name: &str, run: impl FnOnce(&mut Names<'a>) -> T) -> T {
        let declared = self.elsewhere.borrow().iter().find(|(known, _)| *known == name).map(|(_, global)| *global);
        match declared {
            None if self.kind != ScopeKind::Module => run(&mut self.names.borrow_mut()),
            Some(false) => {
                let mut scope = self.outer.as_ref();
                while let Some(candidate) = scope {
                    if candidate.kind == ScopeKind::Function && candidate.names.borrow().contains_key(name) {
                        return run(&mut candidate.names.borrow_mut());
                    }
                    scope = candidate.outer.as_ref();
                }
                run(&mut self.names.borrow_mut())
            }
            _ => run(&mut self.module.names.borrow_mut()),
        }
    }

    /// The innermost scope that is not a comprehension's: where `:=` binds.
    pub fn skip_comprehensions(self: &Rc<Self>) -> Rc<Self> {
        let mut scope = self;
        while let (ScopeKind::Comprehension, Some(outer)) = (scope.kind, &scope.outer) {
            scope = outer;
        }
        scope.clone()
    }
}

/// Whether a function with this body is a generator.
pub fn yields(body: &[Stmt]) -> bool {
    struct Search(bool);
    impl<'v> Visitor<'v> for Search {
        fn visit_stmt(&mut self, statement: &'v Stmt) {
            if !self.0 && !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expression: &'v Expr) {
            match expression {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                Expr::Lambda(_) => {}
                _ if self.0 => {}
                _ => walk_expr(self, expression),
            }
        }
    }
    let mut search = Search(false);
    search.visit_body(body);
    search.0
}

macro_rules! debug_by_name {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

debug_by_name!(Function, Scope, Sink, WithBody);
