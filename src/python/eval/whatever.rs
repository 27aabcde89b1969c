//! What code does whatever is the case: an exception that is raised without a condition, a local name that is read before
//! anything binds it, a plain function that is called with what it does not take, a member that an enumeration has not.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::classes::DOUBTED;
use super::function::{Body, Function, Scope, ScopeKind};
use super::interpreter::Interpreter;
use super::module::Origin;
use super::sure::{BINDS_OTHERWISE, says_any};
use super::value::{Class, Instance, Role, Value};

impl<'a> Interpreter<'a> {
    /// Takes an exception for sure that code raises where it comes along whatever is the case.
    pub(super) fn note_own_raise(&mut self, exception: &Rc<Instance<'a>>) {
        if self.handled.is_empty() && !self.leaves_out && self.comes_here_whatever() {
            self.take_for_sure(exception, true);
        }
    }

    /// Whether no condition, loop or `try` stands between the functions that run now and the place that runs.
    fn comes_here_whatever(&self) -> bool {
        let mut frames = self.callers.iter().chain([&self.here]).flatten();
        self.doubt.is_none() && frames.all(|(module, range)| is_unconditional(module.body(), *range))
    }

    /// Whether a call that is made now, and is said to be made so, does not fit a function of the project: one that stands at
    /// the top of its module once, and that nothing wraps.
    pub(super) fn surely_misfits(&self, function: &Function<'a>) -> bool {
        let (Body::Block(body), Origin::File(file)) = (function.body, &function.scope.module.origin) else {
            return false;
        };
        let is_it = |statement: &&Stmt| match statement {
            Stmt::FunctionDef(one) => one.name.as_str() == function.name,
            _ => false,
        };
        let mut definitions = file.body().iter().filter(is_it);
        let is_plain = matches!((definitions.next(), definitions.next()), (Some(Stmt::FunctionDef(one)), None)
            if one.decorator_list.is_empty() && std::ptr::eq(one.body.as_ptr(), body.as_ptr()));
        let says_so = self.here.is_some_and(|(module, range)| {
            let text = &module.text()[std::ops::Range::<usize>::from(range)];
            let callee = text.split('(').next().unwrap_or_default().trim();
            callee.rsplit('.').next() == Some(&*function.name)
        });
        is_plain && says_so && !self.has_open_arguments()
    }

    /// Whether a name is local to the function that runs, and everything that binds it comes after the place that reads it.
    pub(super) fn is_read_too_early(name: &str, expression: &Expr, scope: &Rc<Scope<'a>>) -> bool {
        let Some(Body::Block(body)) = scope.function.as_ref().map(|function| function.body) else { return false };
        if scope.kind != ScopeKind::Function || scope.elsewhere.borrow().iter().any(|(known, _)| *known == name) {
            return false;
        }
        let mut search = Bindings { name, place: expression.range(), first: None, in_loop: false, is_declared: false };
        search.visit_body(body);
        let comes_later = search.first.is_some_and(|first| first >= expression.end());
        comes_later && !search.in_loop && !search.is_declared
    }

    /// Whether an enumeration of the project surely has no such member.
    pub(super) fn surely_has_no_member(&mut self, class: &Rc<Class<'a>>, name: &str) -> bool {
        if class.role != Role::Enum || name.starts_with('_') || ["name", "value", "mro"].contains(&name) {
            return false;
        }
        let is_known = class.lineage().all(|part| {
            let is_plain = part.open.is_none() && !part.names.borrow().contains_key(DOUBTED);
            let is_told = match &part.location {
                Some(place) => {
                    let text = place.source.text();
                    let before = text.get(..place.range.start).unwrap_or_default();
                    let above = before.lines().rev().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default();
                    let is_bare = !above.trim_start().starts_with(['@', ')']);
                    is_bare && !says_any(text, BINDS_OTHERWISE) && !text.contains("metaclass")
                }
                None => part.role == Role::Enum || matches!(&*part.name, "str" | "int" | "object"),
            };
            is_plain && is_told
        });
        // What else a text has is no member of it.
        let is_of_text =
            class.lineage().any(|part| part.location.is_none() && part.role == Role::Builtin) && self.of_a_text(name);
        is_known && !is_of_text
    }

    pub(super) fn of_a_text(&mut self, name: &str) -> bool {
        const MORE: &[&str] = &[
            "capitalize",
            "casefold",
            "center",
            "count",
            "endswith",
            "expandtabs",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "ljust",
            "lstrip",
            "maketrans",
            "partition",
            "removeprefix",
            "removesuffix",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "splitlines",
            "swapcase",
            "title",
            "translate",
            "zfill",
            "bit_length",
            "bit_count",
            "to_bytes",
            "from_bytes",
            "real",
            "imag",
            "numerator",
            "denominator",
            "conjugate",
            "as_integer_ratio",
            "is_integer",
            "format_map",
        ];
        MORE.contains(&name) || self.has_method(&Value::text(""), name)
    }
}

/// Whether a place in some statements is come to by whoever runs them to their end.
fn is_unconditional(body: &[Stmt], place: TextRange) -> bool {
    for statement in body {
        if statement.range().contains_range(place) {
            return match statement {
                Stmt::FunctionDef(function) => is_unconditional(&function.body, place),
                Stmt::With(with) => is_unconditional(&with.body, place),
                Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_) | Stmt::ClassDef(_) => {
                    false
                }
                _ => !is_in_condition(statement, place),
            };
        }
        if may_leave(statement) {
            return false;
        }
    }
    false
}

/// Whether a statement may end the function before its end.
fn may_leave(statement: &Stmt) -> bool {
    struct Search(bool);
    impl<'v> Visitor<'v> for Search {
        fn visit_stmt(&mut self, statement: &'v Stmt) {
            match statement {
                Stmt::Return(_) => self.0 = true,
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => visitor::walk_stmt(self, statement),
            }
        }
    }
    let mut search = Search(false);
    search.visit_stmt(statement);
    search.0
}

/// Whether a place in a statement is only come to where an expression around it has it so.
fn is_in_condition(statement: &Stmt, place: TextRange) -> bool {
    struct Search(TextRange, bool);
    impl<'v> Visitor<'v> for Search {
        fn visit_expr(&mut self, expression: &'v Expr) {
            let decides = matches!(
                expression,
                Expr::If(_)
                    | Expr::BoolOp(_)
                    | Expr::Lambda(_)
                    | Expr::ListComp(_)
                    | Expr::SetComp(_)
                    | Expr::DictComp(_)
                    | Expr::Generator(_)
            );
            self.1 |= decides && expression.range().contains_range(self.0);
            visitor::walk_expr(self, expression);
        }
    }
    let mut search = Search(place, false);
    search.visit_stmt(statement);
    search.1
}

/// Looks for the first place from which on a function may have a name.
struct Bindings<'n> {
    name: &'n str,
    place: TextRange,
    first: Option<TextSize>,
    /// The place is in a loop, which may come to it once more.
    in_loop: bool,
    /// It is said to be somebody else's name.
    is_declared: bool,
}

impl Bindings<'_> {
    fn bound(&mut self, name: &str, from: TextSize) {
        if name == self.name {
            self.first = Some(self.first.map_or(from, |first| first.min(from)));
        }
    }
}

impl<'v> Visitor<'v> for Bindings<'_> {
    fn visit_stmt(&mut self, statement: &'v Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.bound(&function.name, function.start()),
            Stmt::ClassDef(class) => return self.bound(&class.name, class.start()),
            Stmt::Global(global) => self.is_declared |= global.names.iter().any(|name| name.as_str() == self.name),
            Stmt::Nonlocal(other) => self.is_declared |= other.names.iter().any(|name| name.as_str() == self.name),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let own = alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str());
                    self.bound(own.split('.').next().unwrap_or(own), alias.start());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bound(alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str()), alias.start());
                }
            }
            // What is assigned is computed first.
            Stmt::Assign(assign) => {
                let is_bound = |target: &Expr| matches!(target, Expr::Name(name) if name.id.as_str() == self.name);
                if assign.targets.iter().all(is_bound) {
                    self.visit_expr(&assign.value);
                    let name = self.name;
                    return self.bound(name, assign.end());
                }
            }
            Stmt::For(_) | Stmt::While(_) => self.in_loop |= statement.range().contains_range(self.place),
            Stmt::Match(_) | Stmt::Try(_) => self.in_loop |= statement.range().contains_range(self.place),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'v Expr) {
        if let Expr::Name(name) = expression
            && !matches!(name.ctx, ExprContext::Load)
        {
            self.bound(&name.id, name.start());
        }
        if !matches!(expression, Expr::Lambda(_)) {
            visitor::walk_expr(self, expression);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Module;
    use crate::source::Source;

    fn is_reached(text: &str) -> bool {
        let module = Module::parse(&Source::new("a.py", text)).unwrap();
        let at = u32::try_from(text.find("HERE").unwrap()).unwrap();
        is_unconditional(module.body(), TextRange::at(TextSize::from(at), TextSize::from(4)))
    }

    #[test]
    fn what_no_condition_stands_before_is_reached() {
        for text in ["HERE", "def f():\n    a()\n    HERE", "def f():\n    with a:\n        x = g(HERE)"] {
            assert!(is_reached(text), "{text}");
        }
        for text in [
            "if a:\n    HERE",
            "def f():\n    if a:\n        return\n    HERE",
            "def f():\n    a and HERE",
            "try:\n    HERE\nexcept E: pass",
            "class A:\n    def f(self):\n        HERE",
            "for a in b:\n    HERE",
        ] {
            assert!(!is_reached(text), "{text}");
        }
    }
}
