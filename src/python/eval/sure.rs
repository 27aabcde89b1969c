//! Exceptions that Python raises whatever the evaluation does not know, and names that surely nothing binds.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, Pattern, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::function::Scope;
use super::interpreter::{Eval, Interpreter, Stop};
use super::module::{ModuleValue, Origin};
use super::value::{Instance, Value};
use crate::source::Location;

/// An exception that is sure, and the places that ran: the innermost first, then the calls that led there.
pub(super) struct Sure<'a> {
    exception: Rc<Instance<'a>>,
    places: Vec<Location>,
    /// The project's own code raises it.
    is_own: bool,
}

/// Words of a module that may bind names in ways that its syntax does not tell.
pub(super) const BINDS_OTHERWISE: &[&str] = &[
    "globals(",
    "exec(",
    "eval(",
    "builtins",
    "__dict__",
    "sys.modules",
    "setattr(",
    "locals(",
    "vars(",
    "_getframe(",
];

/// Whether a text says one of these words, and not as the end of a longer one or as somebody's method.
pub(super) fn says_any(text: &str, words: &[&str]) -> bool {
    let is_own = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '.')
    };
    words.iter().any(|word| text.match_indices(word).any(|(at, _)| word.starts_with('_') || is_own(at)))
}

/// What a module says that gives names to all others.
const BINDS_EVERYWHERE: &[&str] = &["builtins", "__builtin__", "gettext.install", "install_gettext"];

/// Names that every module has, in some version of Python or in a shell of it.
const EVERYWHERE: &str = "
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented
NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True
TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
UnicodeWarning UserWarning ValueError Warning WindowsError ZeroDivisionError _ __annotations__ __build_class__
__cached__ __class__ __debug__ __dict__ __doc__ __import__ __loader__ __name__ __package__ __path__ __spec__
abs aiter all anext any ascii basestring bin bool breakpoint bytearray bytes callable chr classmethod cmp
compile complex copyright credits delattr dict dir display divmod enumerate eval exec execfile exit file
filter float format frozenset get_ipython getattr globals hasattr hash help hex id input int isinstance
issubclass iter len license list locals long map max memoryview min next object oct open ord pow print
property quit range raw_input reduce reload repr reveal_locals reveal_type reversed round set setattr slice
sorted staticmethod str sum super tuple type unichr unicode vars xrange zip";

impl<'a> Interpreter<'a> {
    /// Raises an exception which real Python raises here, too. Where what fails is left out, it answers with a value that
    /// is not known.
    pub fn raise_surely(&mut self, class: &str, message: impl Into<String>) -> Eval<'a> {
        let message = message.into();
        if self.leaves_out {
            return Ok(self.unknown(format!("stops with {class}: {message}")));
        }
        let exception = self.exception(class, vec![Value::text(message)]);
        if self.doubt.is_none() {
            self.take_for_sure(&exception, false);
        }
        Err(Stop::Raise(exception))
    }

    pub(super) fn take_for_sure(&mut self, exception: &Rc<Instance<'a>>, is_own: bool) {
        self.sure = Some(Sure { exception: exception.clone(), places: self.places(), is_own });
    }

    /// Whether the project's own code raises an exception, whatever is the case.
    pub fn is_own_raise(&self, exception: &Rc<Instance<'a>>) -> bool {
        self.sure.as_ref().is_some_and(|sure| sure.is_own && Rc::ptr_eq(&sure.exception, exception))
    }

    /// Where an exception was raised that Python raises, too, with the calls that led there; `None` where it may be the
    /// evaluation that is at fault.
    pub fn surely_raised(&self, exception: &Rc<Instance<'a>>) -> Option<&[Location]> {
        let sure = self.sure.as_ref().filter(|sure| Rc::ptr_eq(&sure.exception, exception))?;
        Some(&sure.places)
    }

    /// Whether a module of the project surely binds no such name. It is the one that is meant where it is named from its own
    /// package, or by its path from where Python begins to look; a package may get modules that are made when it is built.
    pub(super) fn surely_binds_not(&mut self, module: &Value<'a>, name: &str, level: u32, parts: &[String]) -> bool {
        let Value::Module(module) = module else { return false };
        let Origin::File(file) = module.origin else { return false };
        let text = file.text();
        let is_told = !module.running.get() && module.untold().is_none() && !text.contains("__getattr__");
        let is_unbound = is_told
            && !says_any(text, BINDS_OTHERWISE)
            && !binds(file.body(), name, TextRange::empty(TextSize::of(text)));
        if !is_unbound || !self.is_meant(module, level, parts) {
            return false;
        }
        match file.source.path().strip_suffix("/__init__.py") {
            Some(folder) => self.surely_has_no_module(folder, name),
            None => true,
        }
    }

    /// Whether a revision surely has no function that upgrades.
    pub fn surely_has_no_upgrade(&self, module: &Rc<ModuleValue<'a>>) -> bool {
        let Origin::File(file) = module.origin else { return false };
        let text = file.text();
        module.untold().is_none()
            && !module.names.borrow().contains_key("upgrade")
            && !text.contains("__getattr__")
            && !says_any(text, BINDS_OTHERWISE)
            && !binds(file.body(), "upgrade", TextRange::empty(TextSize::of(text)))
    }

    /// Whether the call that is made now may pass more than is known of it: `f(*rest)`, `f(**options)`.
    pub(super) fn has_open_arguments(&self) -> bool {
        self.open_arguments
    }

    /// A name that is bound nowhere: Python stops, unless something binds it in a way that is not told by the text.
    pub(super) fn unbound(&mut self, name: &str, expression: &Expr, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        if Self::is_read_too_early(name, expression, scope) {
            let message = format!("cannot access local variable '{name}' where it is not associated with a value");
            return self.raise_surely("UnboundLocalError", message);
        }
        let message = format!("name '{name}' is not defined");
        if self.is_surely_unbound(name, expression, scope) {
            return self.raise_surely("NameError", message);
        }
        self.raise("NameError", message)
    }

    fn is_surely_unbound(&mut self, name: &str, expression: &Expr, scope: &Rc<Scope<'a>>) -> bool {
        let Some(module) = scope.syntax() else { return false };
        if EVERYWHERE.split_whitespace().any(|known| known == name)
            || says_any(module.text(), BINDS_OTHERWISE)
            || binds(module.body(), name, expression.range())
        {
            return false;
        }
        let mut everywhere = vec!["sitecustomize.py".to_owned(), "usercustomize.py".to_owned()];
        everywhere.extend(self.environment.clone());
        everywhere.extend(self.files.iter().filter(|(_, module)| module.is_some()).map(|(path, _)| path.clone()));
        everywhere.iter().all(|path| {
            let text = self.file_text(path).unwrap_or_default();
            !BINDS_EVERYWHERE.iter().any(|word| text.contains(word))
        })
    }
}

/// Whether a module binds a name where an expression at a place may see it, whatever it takes to come there.
fn binds(body: &[Stmt], name: &str, place: TextRange) -> bool {
    let mut search = Search { name, place: place.start(), global_alone: false, found: false };
    search.visit_body(body);
    search.found
}

/// Looks for what binds a name.
struct Search<'n> {
    name: &'n str,
    place: TextSize,
    /// Inside a function whose own names are not seen from the place.
    global_alone: bool,
    found: bool,
}

impl Search<'_> {
    fn bound(&mut self, name: &str) {
        self.found |= !self.global_alone && name == self.name;
    }

    /// A scope of its own: all of it where the place is inside, else what it says to be global.
    fn inner(&mut self, range: TextRange, walk: impl FnOnce(&mut Self)) {
        let outer = self.global_alone;
        self.global_alone |= !range.contains_inclusive(self.place);
        walk(self);
        self.global_alone = outer;
    }
}

impl<'v> Visitor<'v> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'v Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bound(&function.name);
                self.inner(function.range(), |search| {
                    function.parameters.iter().for_each(|parameter| search.bound(parameter.name()));
                    visitor::walk_stmt(search, statement);
                });
            }
            Stmt::ClassDef(class) => {
                self.bound(&class.name);
                self.inner(class.range(), |search| visitor::walk_stmt(search, statement));
            }
            Stmt::Global(global) => self.found |= global.names.iter().any(|name| name.as_str() == self.name),
            Stmt::Nonlocal(other) => self.found |= other.names.iter().any(|name| name.as_str() == self.name),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let own = alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str());
                    self.bound(own.split('.').next().unwrap_or(own));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bound(alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str()));
                    self.found |= alias.name.as_str() == "*";
                }
            }
            // What is imported for a type checker alone is not there when the program runs.
            Stmt::If(choice) if is_for_type_checkers(&choice.test) => {
                choice.elif_else_clauses.iter().for_each(|clause| self.visit_elif_else_clause(clause));
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'v Expr) {
        match expression {
            Expr::Name(name) if !matches!(name.ctx, ExprContext::Load) => self.bound(&name.id),
            Expr::Lambda(lambda) => self.inner(lambda.range(), |search| {
                let parameters = lambda.parameters.iter().flat_map(|parameters| parameters.iter());
                parameters.for_each(|parameter| search.bound(parameter.name()));
                visitor::walk_expr(search, expression);
            }),
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_except_handler(&mut self, handler: &'v ExceptHandler) {
        let ExceptHandler::ExceptHandler(caught) = handler;
        caught.name.iter().for_each(|name| self.bound(name));
        visitor::walk_except_handler(self, handler);
    }

    fn visit_type_param(&mut self, parameter: &'v TypeParam) {
        self.bound(parameter.name());
        visitor::walk_type_param(self, parameter);
    }

    fn visit_pattern(&mut self, pattern: &'v Pattern) {
        let own = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = own {
            self.bound(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}

fn is_for_type_checkers(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Module;
    use crate::source::Source;

    fn is_bound(text: &str) -> bool {
        let module = Module::parse(&Source::new("a.py", text)).unwrap();
        let at = u32::try_from(text.find("HERE").unwrap()).unwrap();
        binds(module.body(), "x", TextRange::at(TextSize::from(at), TextSize::from(4)))
    }

    #[test]
    fn whatever_may_bind_a_name_before_a_place_counts() {
        for text in [
            "import x\nHERE",
            "import x.y\nHERE",
            "from a import b as x\nHERE",
            "if a:\n    x = 1\nHERE",
            "def f():\n    HERE\nfor x in a: pass",
            "def f(x):\n    HERE",
            "def f(*x):\n    HERE",
            "def f():\n    global x\n    x = 1\nHERE",
            "try: a\nexcept E as x: HERE",
            "with a as x: HERE",
            "(x := 1)\nHERE",
            "g(lambda x: HERE)",
            "match a:\n    case [*x]: HERE",
            "class x: pass\nHERE",
            "[HERE for x in a]",
            "from a import *\nHERE",
        ] {
            assert!(is_bound(text), "{text}");
        }
    }

    #[test]
    fn a_method_of_somebody_binds_nothing() {
        assert!(!says_any("op.execute(a); session.exec(b); my_vars(c)", BINDS_OTHERWISE));
        assert!(says_any("globals().update(a)", BINDS_OTHERWISE) && says_any("m.__dict__[a] = b", BINDS_OTHERWISE));
    }

    #[test]
    fn what_another_function_binds_is_not_seen() {
        for text in [
            "def g():\n    import x\ndef f():\n    HERE",
            "def g(x): pass\nHERE",
            "import y.x\nHERE",
            "import x as y\nHERE",
            "if TYPE_CHECKING:\n    import x\nHERE",
            "x.y.HERE",
            "g(lambda x: 1, HERE)",
        ] {
            assert!(!is_bound(text), "{text}");
        }
    }
}
