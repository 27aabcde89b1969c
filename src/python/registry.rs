//! The functions that a module defines, and whether anything speaks of them.

use std::collections::HashSet;
use std::ops::Range;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_parameter, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Parameter, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::Module;
use super::bindings::each_top_level;

/// A function of a module's top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// The whole of it.
    pub range: Range<usize>,
    /// Its name.
    pub named: Range<usize>,
    pub parameters: Vec<String>,
    /// A decorator may register it.
    pub decorated: bool,
    /// Its body does something with one of its parameters.
    pub acts: bool,
}

/// The functions of a module's top level, in their order.
pub fn functions(module: &Module) -> Vec<Function> {
    let mut found = Vec::new();
    each_top_level(module.body(), &mut |statement| {
        if let Stmt::FunctionDef(function) = statement {
            found.push(self::function(function));
        }
    });
    found
}

fn function(function: &StmtFunctionDef) -> Function {
    let parameters: Vec<String> =
        function.parameters.iter_source_order().map(|parameter| parameter.name().to_string()).collect();
    let mut names = Names::default();
    function.body.iter().for_each(|statement| names.visit_stmt(statement));
    Function {
        acts: names.loaded.iter().any(|(name, _)| parameters.iter().any(|parameter| parameter == name)),
        name: function.name.to_string(),
        range: function.range().into(),
        named: function.name.range().into(),
        parameters,
        decorated: !function.decorator_list.is_empty(),
    }
}

/// A class at the top of a module.
#[derive(Debug)]
pub struct TopClass {
    pub name: String,
    pub range: Range<usize>,
    /// The place of its name.
    pub named: Range<usize>,
    /// The code of its only base; `None` where it has none, several or a metaclass.
    pub base: Option<String>,
    pub decorated: bool,
}

/// The classes at the top of a module, in their order.
pub fn classes(module: &Module) -> Vec<TopClass> {
    let class = |statement: &Stmt| {
        let Stmt::ClassDef(class) = statement else { return None };
        let base = match (class.bases(), class.keywords()) {
            ([base], []) => module.text().get(Range::<usize>::from(base.range())).map(str::to_owned),
            _ => None,
        };
        Some(TopClass {
            name: class.name.to_string(),
            range: class.range().into(),
            named: class.name.range().into(),
            base,
            decorated: !class.decorator_list.is_empty(),
        })
    };
    module.body().iter().filter_map(class).collect()
}

/// Whether code or a text of the module speaks of a name outside `own`.
pub fn mentions(module: &Module, name: &str, own: &Range<usize>) -> bool {
    if !module.text().contains(name) {
        return false;
    }
    let is_part = |part: char| part.is_alphanumeric() || part == '_';
    let has = |text: &str| text.split(|part| !is_part(part)).any(|word| word == name);
    let outside = module.tokens().filter(|token| token.end <= own.start || token.start >= own.end);
    outside.filter_map(|token| module.text().get(token)).any(has)
}

/// The built-in names that are no exceptions (<https://docs.python.org/3/library/functions.html>).
const BUILTINS: &[&str] = &[
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "zip",
    "Ellipsis",
    "NotImplemented",
    "KeyboardInterrupt",
    "SystemExit",
    "StopIteration",
    "GeneratorExit",
];

fn is_builtin(name: &str) -> bool {
    let is_exception = ["Error", "Exception", "Warning", "Iteration"].iter().any(|ending| name.ends_with(ending));
    BUILTINS.contains(&name) || is_exception || name.starts_with("__")
}

/// The names that code asks for, and those that it binds anywhere.
#[derive(Debug, Default)]
pub struct Names {
    /// With their places, in the order of the text.
    loaded: Vec<(String, Range<usize>)>,
    bound: HashSet<String>,
    /// There is a `from m import *`, or the code makes names by calls.
    open: bool,
}

impl Names {
    pub fn of(module: &Module) -> Self {
        let mut names = Self::default();
        module.body().iter().for_each(|statement| names.visit_stmt(statement));
        names.loaded.sort_by_key(|(_, place)| place.start);
        names
    }

    /// The names that code inside a range asks for.
    pub fn loaded_in(&self, range: &Range<usize>) -> impl Iterator<Item = (&str, Range<usize>)> {
        let first = self.loaded.partition_point(|(_, place)| place.start < range.start);
        let end = range.end;
        let inside = self.loaded[first..].iter().take_while(move |(_, place)| place.start < end);
        inside.map(|(name, place)| (name.as_str(), place.clone()))
    }

    /// Whether nothing in the module can be meant by a name that its code asks for.
    pub fn leaves_undefined(&self, name: &str) -> bool {
        !self.open && !self.bound.contains(name) && !is_builtin(name)
    }

    /// Whether nothing in the module can be meant by a name that is imported from it.
    pub fn lacks(&self, name: &str) -> bool {
        // A module may answer for names that it does not have (PEP 562).
        !self.open && !self.bound.contains(name) && !self.bound.contains("__getattr__")
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let mut bind = |name: &str| {
            self.bound.insert(name.split('.').next().unwrap_or(name).to_owned());
        };
        match statement {
            Stmt::FunctionDef(function) => bind(&function.name),
            Stmt::ClassDef(class) => bind(&class.name),
            Stmt::Import(import) => {
                import.names.iter().for_each(|alias| bind(alias.asname.as_ref().unwrap_or(&alias.name)));
            }
            Stmt::ImportFrom(import) => {
                import.names.iter().for_each(|alias| bind(alias.asname.as_ref().unwrap_or(&alias.name)));
                self.open |= import.names.iter().any(|alias| alias.name.as_str() == "*");
            }
            Stmt::Try(attempt) => {
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    handler.name.iter().for_each(|name| bind(name));
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.open |= matches!(name.id.as_str(), "globals" | "exec" | "setattr" | "vars");
            match name.ctx {
                ExprContext::Load => self.loaded.push((name.id.to_string(), name.range().into())),
                _ => drop(self.bound.insert(name.id.to_string())),
            }
        }
        walk_expr(self, expression);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.bound.insert(parameter.name.to_string());
        walk_parameter(self, parameter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn module(text: &str) -> Module {
        Module::parse(&Source::new("m.py", text)).unwrap()
    }

    #[test]
    fn a_function_is_told_with_its_parameters() {
        let module = module("@keep\ndef a(cursor, *, conn=None): cursor.execute('x')\n\n\ndef b(cursor): pass\n");
        let found = functions(&module);
        assert_eq!(found[0].parameters, ["cursor", "conn"]);
        assert_eq!((found[0].decorated, found[0].acts), (true, true));
        assert_eq!((found[1].decorated, found[1].acts), (false, false));
    }

    #[test]
    fn a_name_is_mentioned_by_code_and_texts_and_not_by_comments() {
        let text = "def a(): a()\n# a\nx = 'call a now'\n";
        let module = module(text);
        let own = 0..12;
        assert!(mentions(&module, "a", &own));
        assert!(!mentions(&self::module("def a(): a()\n# a\nab = 1\n"), "a", &own));
    }

    #[test]
    fn names_that_nothing_binds_are_undefined() {
        let names = |text: &str| {
            let names = Names::of(&module(text));
            let whole = 0..text.len();
            let loaded = names.loaded_in(&whole);
            loaded.filter(|(name, _)| names.leaves_undefined(name)).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("def a(c): pass\nL = [a, b, c]\n"), ["b"]);
        assert_eq!(names("import d.e\nfrom f import g as h\nL = [d, h, g]\n"), ["g"]);
        assert!(names("from x import *\nL = [b]\n").is_empty());
        assert!(names("for a in (1,):\n    with b() as c:\n        L = [a, c]\n").contains(&"b".to_owned()));
        assert!(names("L = [(lambda cursor: cursor), *[x for x in ()]]\n").is_empty());
    }
}
