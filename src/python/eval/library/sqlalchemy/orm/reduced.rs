//! A table of which something is not known, without that: a default, a key, a condition takes no more with it than itself.

use std::rc::Rc;

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::value::{Instance, Key, Value};
use super::super::creation;
use super::super::records::{self, own_name};
use super::mapping::Doubt;
use crate::schema::dialect::Dialect;

/// What is left of a table where what can't be written is left out, and what of it is not known for that reason; `None` where
/// nothing is left.
pub(super) fn reduced<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
    dialect: Dialect,
) -> Eval<'a, Option<(Rc<Instance<'a>>, Doubt)>> {
    let all = table.positional();
    let is_column = |part: &Value<'a>| matches!(part, Value::Instance(part) if part.class.is_named("Column"));
    // The name and the metadata stand in front.
    let front: Vec<Value<'a>> = all.iter().take(2).cloned().collect();
    let mut doubt = Doubt::default();
    let mut kept = front.clone();
    for part in all.iter().skip(2).filter(|part| is_column(part)) {
        vm.steps(64)?;
        let Value::Instance(column) = part else { continue };
        match writable(vm, table, (&front, column), dialect)? {
            Some((column, has_all_keys)) => {
                if !has_all_keys {
                    doubt.keys = Some("has a key that is computed");
                }
                kept.push(Value::Instance(column));
            }
            None => doubt.columns.extend(own_name(column)),
        }
    }
    // A copy of the table is not the one that indexes beside it belong to.
    let beside = records::indexes_beside(vm, table);
    for part in all.iter().skip(2).filter(|part| !is_column(part)).chain(&beside) {
        vm.steps(64)?;
        kept.push(part.clone());
        if is_written(vm, &with_parts(table, kept.clone()), dialect)? {
            continue;
        }
        kept.pop();
        // A condition is not compared.
        if !matches!(part, Value::Instance(part) if part.class.is_named("CheckConstraint")) {
            doubt.keys = Some("has arguments that are computed");
        }
    }
    let left = with_parts(table, kept);
    Ok(is_written(vm, &left, dialect)?.then_some((left, doubt)))
}

/// A column as far as it can be written, and whether it has all of its keys; `None` where its type can't.
fn writable<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
    (front, column): (&[Value<'a>], &Rc<Instance<'a>>),
    dialect: Dialect,
) -> Eval<'a, Option<(Rc<Instance<'a>>, bool)>> {
    let without_default = || {
        let mut keywords = column.keywords();
        keywords.shift_remove(&Key(Value::text("server_default")));
        changed(column, column.positional(), Some(keywords))
    };
    let without_keys = |column: &Rc<Instance<'a>>| {
        let is_key = |part: &Value<'a>| matches!(part, Value::Instance(part) if part.class.is_named("ForeignKey"));
        let parts = column.positional().into_iter().filter(|part| !is_key(part)).collect();
        changed(column, parts, None)
    };
    let plain = without_default();
    let tries =
        [(column.clone(), true), (plain.clone(), true), (without_keys(column), false), (without_keys(&plain), false)];
    for (column, has_all_keys) in tries {
        let mut parts = front.to_vec();
        parts.push(Value::Instance(column.clone()));
        if is_written(vm, &with_parts(table, parts), dialect)? {
            return Ok(Some((column, has_all_keys)));
        }
    }
    Ok(None)
}

fn is_written<'a>(vm: &mut Interpreter<'a>, table: &Rc<Instance<'a>>, dialect: Dialect) -> Eval<'a, bool> {
    Ok(creation::making(vm, table, dialect)?.is_ok())
}

fn with_parts<'a>(table: &Rc<Instance<'a>>, parts: Vec<Value<'a>>) -> Rc<Instance<'a>> {
    changed(table, parts, None)
}

/// A copy of a record with other arguments.
fn changed<'a>(
    record: &Rc<Instance<'a>>,
    positional: Vec<Value<'a>>,
    keywords: Option<indexmap::IndexMap<Key<'a>, Value<'a>>>,
) -> Rc<Instance<'a>> {
    let mut names = record.names.borrow().clone();
    names.insert("args".into(), Value::tuple(positional));
    if let Some(keywords) = keywords {
        names.insert("kwargs".into(), Value::dict(keywords));
    }
    Rc::new(Instance { class: record.class.clone(), names: names.into() })
}
