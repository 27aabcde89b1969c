//! What code does, without how it is written: for telling a copy from a new piece.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr as walk_expr_mut};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, Parameters, Stmt, StmtAssign, Suite, UnaryOp, WithItem};
use ruff_text_size::Ranged;

use super::Module;

/// The tokens of a top-level function's body, without comments, docstrings and white space. Empty where they do not
/// tell what it does: where the module has no such function, where its body does nothing (`pass`, `...`, a bare
/// `return`), where it holds no text of its own, and where it asks which file it is in, as in
/// `op.execute(Path(__file__).with_suffix(".sql").read_text())`.
pub fn of_function(module: &Module, name: &str) -> String {
    let function = module.body().iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        _ => None,
    });
    let Some(function) = function else { return String::new() };
    let acting: Vec<&Stmt> = function.body.iter().filter(|statement| !is_idle(statement)).collect();
    let shape = acting.iter().map(|statement| tokens(module, statement.range().into())).collect::<Vec<_>>().join("\n");
    let asks_where = shape.split(' ').any(|token| matches!(token, "__file__" | "__name__" | "revision"));
    let has_text = shape.contains(['\'', '"']);
    if asks_where || !has_text { String::new() } else { shape }
}

/// Whether two modules do the same where they are entered by these functions: with what these name of the module, and
/// without comments, docstrings, formatting, annotations and log messages. A module that has none of the functions is
/// entered by everything that it defines for others. Names that are left out are free to mean something else.
pub fn does_the_same(one: &Module, other: &Module, entries: &[&str], left_out: &[&str]) -> bool {
    let (one, other) = (reached(one, entries, left_out), reached(other, entries, left_out));
    let same = |(mine, theirs): ((&String, &Suite), (&String, &Suite))| {
        mine.0 == theirs.0
            && mine.1.len() == theirs.1.len()
            && mine.1.iter().zip(theirs.1).all(|(a, b)| ComparableStmt::from(a) == ComparableStmt::from(b))
    };
    one.len() == other.len() && one.iter().zip(&other).all(same)
}

/// A number that is the same for modules which do the same in this sense; `None` for one that does nothing.
pub fn of_module(module: &Module, entries: &[&str], left_out: &[&str]) -> Option<u64> {
    let acts = |body: &Suite| match body.as_slice() {
        [Stmt::FunctionDef(function)] => !function.body.iter().all(is_idle),
        body => !body.is_empty(),
    };
    let reached = reached(module, entries, left_out);
    let mut hasher = DefaultHasher::new();
    for (name, body) in &reached {
        name.hash(&mut hasher);
        body.iter().map(ComparableStmt::from).for_each(|statement| statement.hash(&mut hasher));
    }
    reached.values().any(acts).then(|| hasher.finish())
}

/// The names that some entries of a module reach, its own and others; all of its top level where none is given or known.
pub fn names_used(module: &Module, entries: &[&str]) -> BTreeSet<String> {
    let mut named = Named::default();
    if entries.is_empty() {
        named.visit_body(module.body());
    }
    for body in reached(module, entries, &[]).values() {
        named.visit_body(body);
    }
    named.0
}

/// What a module's top level binds to each name that its entries reach, stripped of what does nothing.
fn reached(module: &Module, entries: &[&str], left_out: &[&str]) -> BTreeMap<String, Suite> {
    let definitions = definitions(module);
    let mut open: Vec<&str> = entries.iter().copied().filter(|name| definitions.contains_key(name)).collect();
    if open.is_empty() {
        let is_code = |one: &&Stmt| matches!(one, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        let own = definitions.iter().filter(|(name, found)| !name.starts_with('_') && found.iter().any(is_code));
        open = own.map(|(name, _)| *name).collect();
    }
    let mut seen: BTreeSet<&str> = open.iter().copied().collect();
    let mut found = BTreeMap::new();
    while let Some(name) = open.pop() {
        let mut body: Suite = definitions.get(name).into_iter().flatten().map(|one| (*one).clone()).collect();
        strip(&mut body);
        body.iter_mut().for_each(|statement| OneWay.visit_stmt(statement));
        let mut named = Named::default();
        named.visit_body(&body);
        for word in &named.0 {
            if let Some((known, _)) = definitions.get_key_value(word.as_str())
                && !left_out.contains(known)
                && seen.insert(known)
            {
                open.push(known);
            }
        }
        found.insert(name.to_owned(), body);
    }
    found
}

/// The names that code reads or binds.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'a> Visitor<'a> for Named {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.0.insert(name.id.to_string());
        }
        walk_expr(self, expression);
    }
}

/// The statements of a module's top level that bind each name: functions, classes and assignments.
fn definitions(module: &Module) -> BTreeMap<&str, Vec<&Stmt>> {
    let mut found: BTreeMap<&str, Vec<&Stmt>> = BTreeMap::new();
    super::bindings::each_top_level(module.body(), &mut |statement| {
        let target = match statement {
            Stmt::FunctionDef(function) => Some(function.name.as_str()),
            Stmt::ClassDef(class) => Some(class.name.as_str()),
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [Expr::Name(name)] => Some(name.id.as_str()),
                _ => None,
            },
            Stmt::AnnAssign(assign) => match &*assign.target {
                Expr::Name(name) if assign.value.is_some() => Some(name.id.as_str()),
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = target {
            found.entry(name).or_default().push(statement);
        }
    });
    found
}

/// Takes away what does nothing to a database: docstrings, log messages, annotations.
fn strip(body: &mut Suite) {
    body.retain(|statement| !is_silent(statement));
    if body.iter().any(|statement| within(statement).is_some()) {
        for statement in std::mem::take(body) {
            match within(&statement) {
                Some(inner) => body.extend(inner.iter().cloned()),
                None => body.push(statement),
            }
        }
        strip(body);
        return;
    }
    for statement in body.iter_mut() {
        match statement {
            Stmt::FunctionDef(function) => {
                function.returns = None;
                strip_annotations(&mut function.parameters);
                strip(&mut function.body);
            }
            Stmt::ClassDef(class) => strip(&mut class.body),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = assign.value.take() {
                    *statement = Stmt::Assign(StmtAssign {
                        node_index: assign.node_index.clone(),
                        range: assign.range,
                        targets: vec![(*assign.target).clone()],
                        value,
                    });
                }
            }
            _ => blocks_mut(statement).into_iter().for_each(strip),
        }
    }
}

/// The block of `with connection:`, which ends a transaction and does nothing else.
fn within(statement: &Stmt) -> Option<&Suite> {
    let Stmt::With(with) = statement else { return None };
    let is_bare = |item: &WithItem| {
        item.optional_vars.is_none() && matches!(item.context_expr, Expr::Name(_) | Expr::Attribute(_))
    };
    (!with.is_async && with.items.iter().all(is_bare)).then_some(&with.body)
}

/// Writes what can be written in two ways in one of them: `not a in b` as `a not in b`.
struct OneWay;

impl Transformer for OneWay {
    fn visit_expr(&self, expression: &mut Expr) {
        walk_expr_mut(self, expression);
        let Expr::UnaryOp(not) = &*expression else { return };
        let (UnaryOp::Not, Expr::Compare(compare)) = (not.op, &*not.operand) else { return };
        let opposite = match &*compare.ops {
            [CmpOp::In] => CmpOp::NotIn,
            [CmpOp::Is] => CmpOp::IsNot,
            _ => return,
        };
        let mut compare = compare.clone();
        compare.ops = Box::from([opposite]);
        *expression = Expr::Compare(compare);
    }
}

fn strip_annotations(parameters: &mut Parameters) {
    let named = [&mut parameters.posonlyargs, &mut parameters.args, &mut parameters.kwonlyargs];
    for parameter in named.into_iter().flatten() {
        parameter.parameter.annotation = None;
    }
    for parameter in [&mut parameters.vararg, &mut parameters.kwarg].into_iter().flatten() {
        parameter.annotation = None;
    }
}

/// Whether a statement does nothing that stays: idle, an annotation without a value, or a message to a log.
fn is_silent(statement: &Stmt) -> bool {
    const LOGS: [&str; 6] = ["logger", "_logger", "log", "_log", "logging", "LOG"];
    let call = match statement {
        Stmt::AnnAssign(assign) => return assign.value.is_none(),
        Stmt::Expr(expression) => match &*expression.value {
            Expr::Call(call) => call,
            _ => return is_idle(statement),
        },
        _ => return matches!(statement, Stmt::Pass(_)),
    };
    match &*call.func {
        Expr::Name(name) => name.id.as_str() == "print",
        Expr::Attribute(method) => matches!(&*method.value, Expr::Name(name) if LOGS.contains(&name.id.as_str())),
        _ => false,
    }
}

/// The blocks of a compound statement, to be changed.
fn blocks_mut(statement: &mut Stmt) -> Vec<&mut Suite> {
    match statement {
        Stmt::If(test) => {
            let clauses = test.elif_else_clauses.iter_mut().map(|clause| &mut clause.body);
            std::iter::once(&mut test.body).chain(clauses).collect()
        }
        Stmt::Try(attempt) => {
            let handlers = attempt.handlers.iter_mut().map(|handler| match handler {
                ExceptHandler::ExceptHandler(handler) => &mut handler.body,
            });
            let rest = [&mut attempt.orelse, &mut attempt.finalbody];
            std::iter::once(&mut attempt.body).chain(handlers).chain(rest).collect()
        }
        Stmt::With(with) => vec![&mut with.body],
        Stmt::For(each) => vec![&mut each.body, &mut each.orelse],
        Stmt::While(repeat) => vec![&mut repeat.body, &mut repeat.orelse],
        Stmt::Match(switch) => switch.cases.iter_mut().map(|case| &mut case.body).collect(),
        _ => Vec::new(),
    }
}

fn is_idle(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Return(value) => value.value.is_none(),
        Stmt::Expr(expression) => {
            matches!(&*expression.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

fn tokens(module: &Module, range: Range<usize>) -> String {
    let text = module.text();
    let inside = module.tokens().filter(|token| token.start >= range.start && token.end <= range.end);
    inside.filter_map(|token| text.get(token)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn shape(body: &str) -> String {
        let text = format!("def upgrade():\n    {body}\n");
        of_function(&Module::parse(&Source::new("m.py", text)).unwrap(), "upgrade")
    }

    #[test]
    fn comments_docstrings_and_formatting_do_not_matter() {
        assert_eq!(shape("op.drop_table('a')"), shape("'''Doc'''\n    op.drop_table( 'a' )  # why"));
        assert_ne!(shape("op.drop_table('a')"), shape("op.drop_table('b')"));
    }

    fn same(one: &str, other: &str) -> bool {
        let module = |text: &str| Module::parse(&Source::new("m.py", text)).unwrap();
        does_the_same(&module(one), &module(other), &["migrate"], &["TO_VERSION"])
    }

    const MIGRATE: &str = "TO_VERSION = 2\nNAME = 'age'\ndef _add(doc):\n    doc[NAME] = 0\n\
                           def applies_to(doc):\n    return True\n\
                           def migrate(doc):\n    if 'age' not in doc:\n        _add(doc)\n    return doc\n";

    #[test]
    fn what_changes_nothing_is_the_same() {
        let written_anew = r#"
import logging
logger = logging.getLogger()
TO_VERSION: int = 3
NAME: str = "age"


def _add(doc: dict) -> None:
    """Adds it."""
    doc[NAME] = 0


def applies_to(doc):
    return False


def migrate(
    doc: dict,
) -> dict:
    """Doc."""
    # why
    doc: dict
    if ("age" not in doc):
        logger.info("adds")
        _add(doc,)
    return doc
"#;
        assert!(same(MIGRATE, MIGRATE) && same(MIGRATE, written_anew));
    }

    #[test]
    fn what_can_be_written_in_two_ways_is_the_same() {
        let written = |body: &str| format!("def migrate(db):\n{body}");
        let same = |one: &str, other: &str| same(&written(one), &written(other));
        assert!(same("    if not 'a' in db.t:\n        db.x('a')\n", "    if 'a' not in db.t:\n        db.x('a')\n"));
        assert!(!same("    if not 'a' in db.t:\n        db.x('a')\n", "    if 'a' in db.t:\n        db.x('a')\n"));
        assert!(same("    with db.conn:\n        db.x('a')\n", "    db.x('a')\n"));
        assert!(!same("    with db.batch('t'):\n        db.x('a')\n", "    db.x('a')\n"));
        assert!(!same("    with db.conn as c:\n        c.x('a')\n", "    c.x('a')\n"));
    }

    #[test]
    fn what_does_something_else_is_not_the_same() {
        let edits =
            [("= 0", "= 1"), ("= 'age'", "= 'size'"), ("not in", "in"), ("_add(doc)\n    return", "pass\n    return")];
        for (from, to) in edits {
            assert!(MIGRATE.contains(from) && !same(MIGRATE, &MIGRATE.replace(from, to)), "{from}");
        }
        let by_name = |value: u8| format!("def upgrade_to_2(doc):\n    doc['a'] = {value}\n");
        assert!(same(&by_name(1), &by_name(1)) && !same(&by_name(1), &by_name(2)));
    }

    #[test]
    fn a_function_that_is_only_a_stub_does_nothing() {
        let shape =
            |text: &str| of_module(&Module::parse(&Source::new("m.py", text)).unwrap(), &["migrate"], &["TO_VERSION"]);
        assert_eq!(shape("def migrate(doc):\n    'Doc'\n    pass\n"), None);
        assert_eq!(shape("X = 1\n"), None);
        assert!(shape(MIGRATE).is_some() && shape(MIGRATE) != shape(&MIGRATE.replace("= 0", "= 1")));
        assert_eq!(shape(MIGRATE), shape(&MIGRATE.replace("TO_VERSION = 2", "TO_VERSION = 3  # now")));
    }

    #[test]
    fn a_body_that_does_not_say_what_it_does_has_no_shape() {
        for body in
            ["pass", "...", "return", "'''Doc'''", "run(revision)", "op.execute(sql_of(__file__, '.sql'))", "go()"]
        {
            assert_eq!(shape(body), "", "{body}");
        }
    }
}
