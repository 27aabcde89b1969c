//! `op.invoke(ops.AddColumnOp(…))`: operations as objects, Alembic's own and those that a project registers
//! (<https://alembic.sqlalchemy.org/en/latest/api/operations.html>).

use std::collections::HashMap;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Class, Value};
use super::operations::Operations;
use crate::python::bindings::{imports, module_files};

/// Alembic's classes, each with the operation that one of its objects is.
const OBJECTS: &[(&str, &str)] = &[
    ("AddColumnOp", "add_column"),
    ("AlterColumnOp", "alter_column"),
    ("BulkInsertOp", "bulk_insert"),
    ("CreateCheckConstraintOp", "create_check_constraint"),
    ("CreateForeignKeyOp", "create_foreign_key"),
    ("CreateIndexOp", "create_index"),
    ("CreatePrimaryKeyOp", "create_primary_key"),
    ("CreateTableCommentOp", "create_table_comment"),
    ("CreateTableOp", "create_table"),
    ("CreateUniqueConstraintOp", "create_unique_constraint"),
    ("DropColumnOp", "drop_column"),
    ("DropConstraintOp", "drop_constraint"),
    ("DropIndexOp", "drop_index"),
    ("DropTableCommentOp", "drop_table_comment"),
    ("DropTableOp", "drop_table"),
    ("ExecuteSQLOp", "execute"),
    ("RenameTableOp", "rename_table"),
];

/// What an object calls the arguments of `alter_column`.
const MODIFIED: &[(&str, &str)] = &[
    ("modify_nullable", "nullable"),
    ("modify_comment", "comment"),
    ("modify_server_default", "server_default"),
    ("modify_name", "new_column_name"),
    ("modify_type", "type_"),
];

/// The operations that evaluated code has registered.
#[derive(Default)]
pub(in super::super::super) struct Registered<'a> {
    /// The class of each, and the method of it that is the operation.
    by_name: HashMap<String, (Value<'a>, String)>,
    /// What carries out the objects of a class.
    implementations: Vec<(Rc<Class<'a>>, Value<'a>)>,
    /// Whether the modules that the environment imports were looked through.
    is_complete: bool,
}

/// The class of an operation as an object.
pub(super) fn class(name: &str) -> Option<&'static str> {
    OBJECTS.iter().map(|(class, _)| *class).find(|class| *class == name)
}

/// `Operations`, on which others are registered.
pub(super) fn operations_class<'a>(vm: &mut Interpreter<'a>) -> Value<'a> {
    let class = vm.record_class("Operations");
    let mut names = class.names.borrow_mut();
    if names.is_empty() {
        names.insert(
            "register_operation".into(),
            Value::native("register_operation", |_, args| {
                let text = |index, name| args.at(index, name).and_then(Value::as_str).map(str::to_owned);
                let name = text(0, "name").unwrap_or_default();
                let method = text(1, "sourcename").unwrap_or_else(|| name.clone());
                Ok(Value::Object(Rc::new(Decorator::Operation { name, method })))
            }),
        );
        names.insert(
            "implementation_for".into(),
            Value::native("implementation_for", |_, args| {
                Ok(match args.at(0, "op_cls") {
                    Some(Value::Class(class)) => Value::Object(Rc::new(Decorator::Implementation(class.clone()))),
                    _ => super::super::functions::same(),
                })
            }),
        );
    }
    drop(names);
    Value::Class(class)
}

/// `@Operations.register_operation("name")` and `@Operations.implementation_for(Class)`.
enum Decorator<'a> {
    Operation { name: String, method: String },
    Implementation(Rc<Class<'a>>),
}

impl std::fmt::Debug for Decorator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decorator")
    }
}

impl<'a> Object<'a> for Decorator<'a> {
    fn type_name(&self) -> &'static str {
        "function"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let decorated = super::super::arg(vm, &args, 0)?;
        match self {
            Self::Operation { name, method } => {
                vm.operations.by_name.insert(name.clone(), (decorated.clone(), method.clone()));
            }
            Self::Implementation(class) => {
                vm.operations.implementations.push((class.clone(), decorated.clone()));
            }
        }
        Ok(Some(decorated))
    }
}

/// Carries out an operation that the project registers; `None` where none of this name is found.
pub(super) fn registered<'a>(vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
    if !vm.operations.by_name.contains_key(name) {
        complete(vm)?;
    }
    let Some((class, method)) = vm.operations.by_name.get(name).cloned() else { return Ok(None) };
    let Some(method) = vm.attribute(&class, &method)? else { return Ok(None) };
    let mut args = args.clone();
    args.positional.insert(0, Value::Object(Rc::new(Operations::default())));
    vm.call(&method, args).map(Some)
}

/// Runs the modules that the environment imports and that register operations.
fn complete<'a>(vm: &mut Interpreter<'a>) -> Eval<'a, ()> {
    if std::mem::replace(&mut vm.operations.is_complete, true) {
        return Ok(());
    }
    let Some(path) = vm.environment.clone() else { return Ok(()) };
    let Some(environment) = vm.read_module(&path) else { return Ok(()) };
    let mut files = Vec::new();
    for import in imports(&environment) {
        let mut parts = import.module.clone();
        files.extend(module_files(&path, import.level, &parts));
        parts.extend(import.name.clone());
        files.extend(module_files(&path, import.level, &parts));
    }
    for file in files {
        if vm.file_text(&file).is_some_and(|text| text.contains("register_operation")) {
            // What it can't compute is said where an operation of it is used.
            let _ = vm.run_file(&file);
        }
    }
    Ok(())
}

/// `op.invoke(object)`; `false` where it is not known what that does.
pub(super) fn invoke<'a>(operations: &Operations<'a>, vm: &mut Interpreter<'a>, object: &Value<'a>) -> Eval<'a, bool> {
    let Value::Instance(instance) = object else { return Ok(false) };
    let known = OBJECTS.iter().find(|(class, _)| *class == &*instance.class.name && instance.class.location.is_none());
    if let Some((_, name)) = known {
        let Some(args) = arguments(vm, name, instance)? else { return Ok(false) };
        operations.run(vm, name, &args)?;
        return Ok(true);
    }
    let lineage: Vec<Rc<Class<'a>>> = instance.class.lineage().collect();
    let implementation = lineage.iter().find_map(|class| {
        let known = vm.operations.implementations.iter().rev().find(|(known, _)| Rc::ptr_eq(known, class));
        known.map(|(_, implementation)| implementation.clone())
    });
    let Some(implementation) = implementation else { return Ok(false) };
    let positional = vec![Value::Object(Rc::new(Operations::default())), object.clone()];
    vm.call(&implementation, Args { positional, keyword: Vec::new() })?;
    Ok(true)
}

/// What an operation is called with that an object stands for.
fn arguments<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    object: &super::super::super::value::Instance<'a>,
) -> Eval<'a, Option<Args<'a>>> {
    let mut args = Args { positional: object.positional(), keyword: Vec::new() };
    if let Some(Value::Dict(keywords)) = object.get("kwargs") {
        for (key, value) in &*keywords.items.borrow() {
            let key = key.0.as_str().unwrap_or_default();
            let own = MODIFIED.iter().find(|(modified, _)| *modified == key).map_or(key, |(_, own)| *own);
            args.keyword.push((own.to_owned().into(), value.clone()));
        }
    }
    if name == "create_table" {
        let Some(columns) = args.at(1, "columns").cloned() else { return Ok(Some(args)) };
        let Ok(columns) = vm.iterate(&columns)? else { return Ok(None) };
        args.positional.truncate(1);
        if args.positional.is_empty() {
            args.positional.extend(args.get("table_name").cloned());
        }
        args.keyword.retain(|(name, _)| !matches!(&**name, "columns" | "table_name"));
        args.positional.extend(columns);
    }
    Ok(Some(args))
}

/// The names that an operation is given, for what it does when nothing more is known of it; `None` where there are none.
pub(super) fn named<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Option<String>> {
    let mut names = Vec::new();
    for value in args.values() {
        collect(vm, value, &mut names, 4)?;
    }
    Ok((!names.is_empty()).then(|| names.join(" ")))
}

fn collect<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, names: &mut Vec<String>, depth: u32) -> Eval<'a, ()> {
    vm.step()?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    let inner = match value {
        Value::Str(text) => {
            names.push(text.to_string());
            return Ok(());
        }
        Value::Instance(instance) => instance.names.borrow().values().cloned().collect(),
        Value::Dict(dict) => dict.items.borrow().values().cloned().collect(),
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => vm.iterate(value)?.unwrap_or_default(),
        _ => return Ok(()),
    };
    inner.iter().try_for_each(|value| collect(vm, value, names, depth))
}
