//! Declared schemas: files that state the end result, as SQL, as a function that executes it, or as tables of a library.

use std::rc::Rc;

use super::entry;
use super::tables;
use crate::python::eval::{Args, Eval, Interpreter, ModuleValue, Session, Value};
use crate::python::fresh;
use crate::schema::model::Schema;
use crate::schema::render;
use crate::schema::statement::is_statement;

/// What a declared schema does, once its file has been read.
#[derive(Clone, Debug)]
pub enum Declared<'a> {
    /// A function that creates everything.
    Function(Value<'a>),
    /// Statements, in their order.
    Statements(Vec<Rc<str>>),
    /// Tables of SQLAlchemy.
    Tables(Box<Schema>),
    /// Nothing that creates a table.
    Nothing,
}

/// Finds what creates the schema in a module.
pub fn find<'a>(vm: &mut Interpreter<'a>, module: &Rc<ModuleValue<'a>>, entry: Option<&str>) -> Eval<'a, Declared<'a>> {
    let names = module.names.borrow().clone();
    if let Some(entry) = entry {
        return Ok(match names.get(entry) {
            Some(value) => as_declared(vm, value)?,
            None => Declared::Nothing,
        });
    }
    if tables::are_in(module)
        && let Some(schema) = tables::schema(vm)
    {
        return Ok(Declared::Tables(Box::new(schema)));
    }
    let functions: Vec<(&str, &Value<'a>)> = names
        .iter()
        .filter(|(_, value)| matches!(value, Value::Function(function) if function.scope_is(module)))
        .map(|(name, value)| (name.as_ref(), value))
        .collect();
    let best =
        functions.iter().filter_map(|(name, value)| Some((fresh::rank(name)?, value))).min_by_key(|(rank, _)| *rank);
    if let Some((_, function)) = best {
        return Ok(Declared::Function((*function).clone()));
    }
    let mut statements = Vec::new();
    for (name, value) in &names {
        // Data that takes a schema down, or moves it on, is no statement of the end result.
        if !crate::source::has_word(name, &["drop", "migrat", "upgrade"]) {
            gather(vm, value, &mut statements, 4)?;
        }
    }
    Ok(if statements.is_empty() { Declared::Nothing } else { Declared::Statements(statements) })
}

fn as_declared<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Declared<'a>> {
    if let Value::Function(_) | Value::Bound(_) | Value::Object(_) = value {
        return Ok(Declared::Function(value.clone()));
    }
    let mut statements = Vec::new();
    gather(vm, value, &mut statements, 4)?;
    Ok(if statements.is_empty() { Declared::Nothing } else { Declared::Statements(statements) })
}

/// The statements in these values, in their order.
pub fn of_values<'a>(vm: &mut Interpreter<'a>, values: &[Value<'a>]) -> Eval<'a, Declared<'a>> {
    let mut statements = Vec::new();
    for value in values {
        gather(vm, value, &mut statements, 4)?;
    }
    Ok(if statements.is_empty() { Declared::Nothing } else { Declared::Statements(statements) })
}

/// The statements in a value, in their order.
fn gather<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, found: &mut Vec<Rc<str>>, depth: u32) -> Eval<'a, ()> {
    vm.step()?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    match value {
        Value::Str(text) if is_statement(text) && !found.contains(text) => {
            found.push(text.clone());
        }
        Value::List(_) | Value::Tuple(_) => {
            for item in vm.iterate(value)?.unwrap_or_default() {
                gather(vm, &item, found, depth)?;
            }
        }
        Value::Dict(dict) => {
            let values: Vec<Value<'a>> = dict.items.borrow().values().cloned().collect();
            for item in values {
                gather(vm, &item, found, depth)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Carries a declared schema out on a database.
pub(super) fn apply<'a>(
    vm: &mut Interpreter<'a>,
    declared: &Declared<'a>,
    session: &Rc<dyn Session>,
    connection: &Value<'a>,
) -> Eval<'a, ()> {
    match declared {
        Declared::Function(function) => {
            let args = entry::arguments(vm, function, session, connection);
            vm.call(function, args)?;
        }
        Declared::Statements(statements) => {
            for sql in statements {
                let args = Args { positional: vec![Value::Str(sql.clone())], keyword: Vec::new() };
                vm.call_method(connection, "executescript", args)?;
            }
        }
        Declared::Tables(schema) => {
            for table in schema.tables.values() {
                let sql = render::create_table(table).replacen("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1);
                let sql = sql.replace(&format!(" {}", tables::ANY_TYPE), "");
                let args = Args { positional: vec![Value::text(sql)], keyword: Vec::new() };
                vm.call_method(connection, "execute", args)?;
            }
        }
        Declared::Nothing => {}
    }
    Ok(())
}
