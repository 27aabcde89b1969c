//! What a module assigns at its top level, and where it imports from: read from the syntax tree alone.

use std::collections::HashMap;
use std::ops::Range;

use ruff_python_ast::{Expr, Number, Stmt};
use ruff_text_size::Ranged;

use super::Module;

/// The value of an assignment, as far as its text tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    None,
    Text(String),
    /// A list, tuple or set of strings alone.
    Texts(Vec<String>),
    Int(i64),
    /// Anything that would have to be computed.
    Other,
}

/// A name that a module binds.
#[derive(Clone, Debug)]
pub struct Binding {
    pub value: Constant,
    /// The whole statement.
    pub range: Range<usize>,
}

/// The last top-level binding of `name`, in blocks such as `if` and `try` too; `None` where the module has none.
pub fn binding(module: &Module, name: &str) -> Option<Binding> {
    binding_in(module.body(), name)
}

fn binding_in(body: &[Stmt], name: &str) -> Option<Binding> {
    let mut found = None;
    each_top_level(body, &mut |statement| {
        let value = match bound(statement, name) {
            Some(Bound::Expression(value)) => constant(value),
            Some(Bound::Untold) => Constant::Other,
            None => return,
        };
        found = Some(Binding { value, range: statement.range().into() });
    });
    found
}

/// The expression that the last top-level assignment of `name` has; `None` where there is none, and where what binds it is
/// no assignment.
pub(super) fn value_of<'a>(module: &'a Module, name: &str) -> Option<&'a Expr> {
    let mut found = None;
    each_top_level(module.body(), &mut |statement| match bound(statement, name) {
        Some(Bound::Expression(value)) => found = Some(value),
        Some(Bound::Untold) => found = None,
        None => {}
    });
    found
}

/// What each class of the module's top level binds as one of these names, in their order; classes that bind none of them
/// are left out.
pub fn class_bindings<const N: usize>(module: &Module, names: [&str; N]) -> Vec<[Option<Binding>; N]> {
    let mut found = Vec::new();
    each_top_level(module.body(), &mut |statement| {
        if let Stmt::ClassDef(class) = statement {
            let bound = names.map(|name| binding_in(&class.body, name));
            if bound.iter().any(Option::is_some) {
                found.push(bound);
            }
        }
    });
    found
}

/// Whether a module may have names that its text does not tell: by `from m import *`, by a function that makes them up,
/// or by a class that inherits them.
pub fn has_untold_names(module: &Module) -> bool {
    let mut untold = false;
    each_top_level(module.body(), &mut |statement| {
        untold |= match statement {
            Stmt::ImportFrom(import) => import.names.iter().any(|alias| alias.name.as_str() == "*"),
            Stmt::FunctionDef(function) => function.name.as_str() == "__getattr__",
            Stmt::ClassDef(class) => class.arguments.as_ref().is_some_and(|arguments| !arguments.args.is_empty()),
            _ => false,
        };
    });
    untold
}

/// Every name that a top-level assignment of the module binds.
pub fn names(module: &Module) -> Vec<String> {
    let mut found = Vec::new();
    each_top_level(module.body(), &mut |statement| {
        let targets: &[Expr] = match statement {
            Stmt::Assign(assign) => &assign.targets,
            Stmt::AnnAssign(assign) => std::slice::from_ref(&*assign.target),
            _ => &[],
        };
        let bound = targets.iter().filter_map(|target| match target {
            Expr::Name(name) => Some(name.id.to_string()),
            _ => None,
        });
        found.extend(bound);
    });
    found
}

/// The functions of a module's top level, by name, with the range of each.
pub fn functions(module: &Module) -> HashMap<String, Range<usize>> {
    let mut found = HashMap::new();
    each_top_level(module.body(), &mut |statement| {
        if let Stmt::FunctionDef(function) = statement {
            found.insert(function.name.to_string(), statement.range().into());
        }
    });
    found
}

/// Calls `visit` for every statement that runs when the module is loaded, outside functions and classes.
pub(super) fn each_top_level<'a>(body: &'a [Stmt], visit: &mut dyn FnMut(&'a Stmt)) {
    for statement in body {
        visit(statement);
        for block in blocks(statement) {
            each_top_level(block, visit);
        }
    }
}

/// The blocks of a compound statement that runs in the same scope.
pub(super) fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::If(test) => {
            let clauses = test.elif_else_clauses.iter().map(|clause| &clause.body[..]);
            std::iter::once(&test.body[..]).chain(clauses).collect()
        }
        Stmt::Try(attempt) => {
            let mut blocks = vec![&attempt.body[..]];
            for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                blocks.push(&handler.body);
            }
            blocks.extend([&attempt.orelse[..], &attempt.finalbody[..]]);
            blocks
        }
        Stmt::With(with) => vec![&with.body[..]],
        Stmt::For(each) => vec![&each.body[..], &each.orelse[..]],
        Stmt::While(repeat) => vec![&repeat.body[..], &repeat.orelse[..]],
        _ => Vec::new(),
    }
}

/// What a statement binds a name to.
enum Bound<'a> {
    Expression(&'a Expr),
    /// What no expression of this statement tells: a function, a class, an import.
    Untold,
}

fn bound<'a>(statement: &'a Stmt, name: &str) -> Option<Bound<'a>> {
    let untold = |is_bound: bool| is_bound.then_some(Bound::Untold);
    match statement {
        Stmt::Assign(assign) => assign.targets.iter().find_map(|target| unpack(target, &assign.value, name)),
        Stmt::AnnAssign(assign) => unpack(&assign.target, assign.value.as_deref()?, name),
        Stmt::FunctionDef(function) => untold(function.name.as_str() == name),
        Stmt::ClassDef(class) => untold(class.name.as_str() == name),
        Stmt::ImportFrom(import) => untold(import.names.iter().any(|alias| local_name(alias).as_str() == name)),
        Stmt::Import(import) => untold(import.names.iter().any(|alias| local_name(alias).as_str() == name)),
        _ => None,
    }
}

fn local_name(alias: &ruff_python_ast::Alias) -> &ruff_python_ast::Identifier {
    alias.asname.as_ref().unwrap_or(&alias.name)
}

fn unpack<'a>(target: &'a Expr, value: &'a Expr, name: &str) -> Option<Bound<'a>> {
    if let Expr::Name(target) = target {
        return (target.id.as_str() == name).then_some(Bound::Expression(value));
    }
    let values = elements(value);
    elements(target)?.iter().enumerate().find_map(|(index, target)| match values.and_then(|values| values.get(index)) {
        Some(value) => unpack(target, value, name),
        None => matches!(target, Expr::Name(target) if target.id.as_str() == name).then_some(Bound::Untold),
    })
}

/// What a list, tuple or set display holds.
pub(super) fn elements(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::List(list) => Some(&list.elts),
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::Set(set) => Some(&set.elts),
        _ => None,
    }
}

pub(super) fn constant(expression: &Expr) -> Constant {
    match expression {
        Expr::NoneLiteral(_) => Constant::None,
        Expr::StringLiteral(string) => Constant::Text(string.value.to_str().to_owned()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_i64().map_or(Constant::Other, Constant::Int),
            _ => Constant::Other,
        },
        _ => {
            let texts = elements(expression).map(|elements| {
                let texts = elements.iter().map(|element| match element {
                    Expr::StringLiteral(string) => Some(string.value.to_str().to_owned()),
                    _ => None,
                });
                texts.collect::<Option<Vec<_>>>()
            });
            texts.flatten().map_or(Constant::Other, Constant::Texts)
        }
    }
}

/// One name that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name it has here; empty for `from m import *`.
    pub local: String,
    /// The dots in front of `from .m import n`.
    pub level: u32,
    /// The module's parts: `["db", "steps"]`.
    pub module: Vec<String>,
    /// The name inside that module; `None` where the module itself is what is imported.
    pub name: Option<String>,
}

impl Import {
    /// The files that it may mean for the file at `path`: first those of a name that is a module itself.
    pub fn files(&self, path: &str) -> Vec<String> {
        let name = self.name.iter().filter(|name| *name != "*");
        let inner: Vec<String> = self.module.iter().chain(name).cloned().collect();
        [&inner, &self.module].into_iter().flat_map(|parts| module_files(path, self.level, parts)).collect()
    }
}

/// Every import of a module, those inside functions too, in source order.
pub fn imports(module: &Module) -> Vec<Import> {
    let mut imports = Vec::new();
    collect_imports(module.body(), &mut imports);
    imports
}

fn collect_imports(body: &[Stmt], imports: &mut Vec<Import>) {
    for statement in body {
        match statement {
            Stmt::Import(import) => imports.extend(import.names.iter().map(|alias| {
                let parts: Vec<String> = alias.name.as_str().split('.').map(str::to_owned).collect();
                let local = alias.asname.as_ref().map_or_else(|| parts.join("."), |name| name.as_str().to_owned());
                Import { local, level: 0, module: parts, name: None }
            })),
            Stmt::ImportFrom(import) => {
                let text = import.module.as_ref().map_or("", |module| module.as_str());
                let parts: Vec<String> = text.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
                imports.extend(import.names.iter().map(|alias| {
                    let star = alias.name.as_str() == "*";
                    let local = if star { String::new() } else { local_name(alias).as_str().to_owned() };
                    let name = Some(alias.name.as_str().to_owned());
                    Import { local, level: import.level, module: parts.clone(), name }
                }));
            }
            Stmt::FunctionDef(function) => collect_imports(&function.body, imports),
            Stmt::ClassDef(class) => collect_imports(&class.body, imports),
            _ => blocks(statement).into_iter().for_each(|block| collect_imports(block, imports)),
        }
    }
}

/// The path of a module without what a file of Python's ends with: that of a package is its folder.
pub fn module_stem(path: &str) -> &str {
    path.strip_suffix("/__init__.py").or_else(|| path.strip_suffix(".py")).unwrap_or(path)
}

/// The files that an import of `parts` may mean for the file at `path`, the likeliest first: relative ones by the
/// file's own package, absolute ones from each folder above the file taken for a root of `sys.path`.
pub fn module_files(path: &str, level: u32, parts: &[String]) -> Vec<String> {
    let folders: Vec<&str> = path.split('/').collect();
    let folders = &folders[..folders.len().saturating_sub(1)];
    let roots: Vec<&[&str]> = if level == 0 {
        (0..=folders.len()).rev().map(|length| &folders[..length]).collect()
    } else {
        let up = usize::try_from(level).unwrap_or(usize::MAX) - 1;
        folders.len().checked_sub(up).map(|length| &folders[..length]).into_iter().collect()
    };
    let mut files = Vec::new();
    for root in roots {
        let stem = root.iter().copied().chain(parts.iter().map(String::as_str)).collect::<Vec<_>>().join("/");
        // A package comes before a module of its name.
        if !stem.is_empty() {
            files.push(format!("{stem}/__init__.py"));
        }
        if !parts.is_empty() {
            files.push(format!("{stem}.py"));
        }
    }
    files
}

/// The last part of `a.b.c`.
pub fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn value(text: &str, name: &str) -> Option<Constant> {
        binding(&Module::parse(&Source::new("m.py", text)).unwrap(), name).map(|binding| binding.value)
    }

    #[test]
    fn every_spelling_of_an_assignment_binds() {
        let a = Some(Constant::Text("a".to_owned()));
        assert_eq!(value("revision = 'a'", "revision"), a);
        assert_eq!(value("revision: str = \"a\"", "revision"), a);
        assert_eq!(value("x = revision = 'a'", "revision"), a);
        assert_eq!(value("revision, down_revision = 'a', None", "revision"), a);
        assert_eq!(value("revision, down_revision = 'a', None", "down_revision"), Some(Constant::None));
        assert_eq!(value("try:\n    revision = 'a'\nexcept E: pass", "revision"), a);
        assert_eq!(
            value("down_revision = ('a', 'b')", "down_revision").map(|v| matches!(v, Constant::Texts(_))),
            Some(true)
        );
        assert_eq!(value("revision = f()", "revision"), Some(Constant::Other));
        assert_eq!(value("from x import revision", "revision"), Some(Constant::Other));
        assert_eq!(value("revision: str", "revision"), None);
        assert_eq!(value("def f():\n    revision = 'a'", "revision"), None);
        assert_eq!(value("# revision = 'a'\n'''revision = 1'''", "revision"), None);
    }

    #[test]
    fn classes_bind_names_of_their_own() {
        let module = |text: &str| Module::parse(&Source::new("m.py", text)).unwrap();
        let text = "class A:\n    low = 1\n    high: int = 2\nclass B:\n    other = 1\nclass C:\n    high = 3\n";
        let found = class_bindings(&module(text), ["low", "high"]);
        let values: Vec<Vec<Option<Constant>>> =
            found.into_iter().map(|bound| bound.map(|one| one.map(|one| one.value)).to_vec()).collect();
        let int = |value| Some(Constant::Int(value));
        assert_eq!(values, [vec![int(1), int(2)], vec![None, int(3)]]);
        assert!(!has_untold_names(&module(text)));
        for text in ["from m import *", "def __getattr__(name): ...", "class A(Base): ..."] {
            assert!(has_untold_names(&module(text)), "{text}");
        }
    }

    #[test]
    fn an_import_is_looked_for_beside_the_file_and_above_it() {
        // Of a package and a module of one name Python takes the package.
        let parts = ["db".to_owned(), "steps".to_owned()];
        assert_eq!(
            module_files("src/db/migrations.py", 0, &parts),
            [
                "src/db/db/steps/__init__.py",
                "src/db/db/steps.py",
                "src/db/steps/__init__.py",
                "src/db/steps.py",
                "db/steps/__init__.py",
                "db/steps.py"
            ]
        );
        assert_eq!(module_files("src/db/migrations.py", 2, &parts[1..]), ["src/steps/__init__.py", "src/steps.py"]);
        assert!(module_files("m.py", 9, &parts).is_empty());
    }
}
