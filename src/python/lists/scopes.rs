//! Lists that functions and classes bind: a module may keep several histories under one name.

use std::collections::BTreeSet;
use std::ops::Range;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::{List, Loader, Module, Reader, places};
use crate::python::bindings::blocks;

/// What is nested deeper is no list of a program.
const DEEPEST: usize = 8;

/// The list that a function or a class of this name binds: `migrate_tasks.migrations`.
pub(super) fn list(module: &Module, scope: &str, name: &str, loader: &mut dyn Loader) -> Option<List> {
    let body = body(module.body(), scope, DEEPEST)?;
    let mut reader = Reader::new(module, loader, 0);
    reader.block(module.body());
    reader.lists.remove(name);
    reader.wanted = Some(name.to_owned());
    reader.block(body);
    let mut list = reader.lists.remove(name)?;
    if places::are_counted(module.text(), name) {
        places::apply(&mut list, &reader.texts);
    }
    Some(list)
}

/// The functions and classes that bind a name, in the order of the text.
pub fn binding(module: &Module, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(module.body(), name, DEEPEST, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|scope| seen.insert(scope.clone()));
    found
}

/// Where the function or class of this name stands.
pub fn place(module: &Module, scope: &str) -> Option<Range<usize>> {
    fn find(body: &[Stmt], scope: &str, depth: usize) -> Option<Range<usize>> {
        let depth = depth.checked_sub(1)?;
        body.iter().find_map(|statement| match inner(statement) {
            Some((own, _)) if own == scope => Some(statement.range().into()),
            Some((_, body)) => find(body, scope, depth),
            None => blocks(statement).into_iter().find_map(|block| find(block, scope, depth)),
        })
    }
    find(module.body(), scope, DEEPEST)
}

fn collect(body: &[Stmt], name: &str, depth: usize, found: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for statement in body {
        match inner(statement) {
            Some((scope, body)) => {
                if binds(body, name, depth) {
                    found.push(scope.to_owned());
                }
                collect(body, name, depth, found);
            }
            None => blocks(statement).into_iter().for_each(|block| collect(block, name, depth, found)),
        }
    }
}

fn binds(body: &[Stmt], name: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is_it = |target: &Expr| matches!(target, Expr::Name(target) if target.id.as_str() == name);
    body.iter().any(|statement| match statement {
        Stmt::Assign(assign) => assign.targets.iter().any(is_it),
        Stmt::AnnAssign(assign) => assign.value.is_some() && is_it(&assign.target),
        _ => blocks(statement).into_iter().any(|block| binds(block, name, depth)),
    })
}

fn body<'m>(body: &'m [Stmt], scope: &str, depth: usize) -> Option<&'m [Stmt]> {
    let depth = depth.checked_sub(1)?;
    body.iter().find_map(|statement| match inner(statement) {
        Some((own, body)) if own == scope => Some(body),
        Some((_, inside)) => self::body(inside, scope, depth),
        None => blocks(statement).into_iter().find_map(|block| self::body(block, scope, depth)),
    })
}

/// The name and the body of a function or a class.
fn inner(statement: &Stmt) -> Option<(&str, &[Stmt])> {
    match statement {
        Stmt::FunctionDef(function) => Some((function.name.as_str(), &function.body)),
        Stmt::ClassDef(class) => Some((class.name.as_str(), &class.body)),
        _ => None,
    }
}
