//! What expressions and statements of SQLAlchemy name of a database: tables, and columns of them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, Class, Instance, Role, Value};
use super::ddl::identifier;
use super::orm::mapping;
use super::records;

/// A column, and the table that it is named with, as SQL writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub table: Rc<str>,
    pub column: Rc<str>,
}

/// Which values a column's type sends as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeps {
    /// `None` is null.
    pub nulls: bool,
    pub texts: bool,
    pub numbers: bool,
}

impl Keeps {
    /// What is kept by a type, or where none is said.
    pub(in super::super) fn of(data_type: Option<&Value<'_>>) -> Self {
        const NUMBERS: &[&str] = &["Integer", "SmallInteger", "BigInteger"];
        const TEXTS: &[&str] = &["String", "Text", "Unicode", "UnicodeText"];
        const OTHERS: &[&str] = &["Boolean", "DateTime", "Date", "Float", "Numeric", "Uuid", "UUID", "LargeBinary"];
        let name = match data_type {
            None => return Self { nulls: true, texts: true, numbers: true },
            Some(Value::Class(class)) => class.name.clone(),
            Some(Value::Instance(data_type)) => data_type.class.name.clone(),
            Some(_) => return Self::default(),
        };
        let (texts, numbers) = (TEXTS.contains(&&*name), NUMBERS.contains(&&*name));
        Self { nulls: texts || numbers || OTHERS.contains(&&*name), texts, numbers }
    }
}

/// A column that a table is declared with.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub name: Rc<str>,
    /// Python gives it a value where a statement does not.
    pub filled: bool,
    /// The database gives it one.
    pub served: bool,
    pub keeps: Keeps,
    /// It is part of the table's key.
    pub key: bool,
}

/// A table as a statement knows it.
#[derive(Clone, Debug)]
pub struct Source {
    pub table: Rc<str>,
    pub(super) columns: Vec<Declared>,
}

impl Source {
    /// A table that only names what it needs.
    pub(in super::super) fn light(table: &str, columns: impl IntoIterator<Item = (String, Keeps)>) -> Self {
        let declared = |(name, keeps): (String, Keeps)| Declared {
            name: identifier(&name).into(),
            filled: false,
            served: true,
            keeps,
            key: false,
        };
        Self { table: table.into(), columns: columns.into_iter().map(declared).collect() }
    }

    /// All of its columns.
    pub(super) fn uses(&self) -> impl Iterator<Item = Use> {
        self.columns.iter().map(|column| Use { table: self.table.clone(), column: column.name.clone() })
    }

    pub(super) fn column(&self, name: &str) -> Option<&Declared> {
        let name = identifier(name);
        self.columns.iter().find(|column| *column.name == *name)
    }
}

/// The table that a value stands for: a `Table`, a mapped class, `table("name", …)`. `None` where it stands for none, or
/// where not everything of it is known.
pub(super) fn source<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Option<Rc<Source>>> {
    match value {
        Value::Object(object) => Ok(object.source()),
        Value::Instance(record) if record.class.is_named("Table") => Ok(Some(Rc::new(of_table(record)))),
        Value::Class(class) if class.is_named("DeclarativeBase") => of_class(vm, class),
        _ => Ok(None),
    }
}

fn of_table(record: &Instance<'_>) -> Source {
    let columns = records::column_records(record).into_iter().filter_map(|column| declared(&column)).collect();
    Source { table: records::name_of_table(record).quoted().into(), columns }
}

fn declared(column: &Instance<'_>) -> Option<Declared> {
    let given = |name: &str| column.keyword(name).is_some_and(|value| !matches!(value, Value::None));
    let is_key = column.flag("primary_key") == Some(true);
    Some(Declared {
        name: identifier(&records::own_name(column)?).into(),
        filled: given("default") || given("insert_default"),
        served: given("server_default") || is_key,
        keeps: Keeps::of(records::column_type(column).as_ref()),
        key: is_key,
    })
}

fn of_class<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Eval<'a, Option<Rc<Source>>> {
    let declared = match class.find("__table__") {
        Some(Value::Instance(record)) => Some(Value::Instance(record)),
        Some(_) => None,
        None if mapping::extends_another(class) => None,
        None => mapping::table(vm, class)?,
    };
    Ok(match declared {
        Some(Value::Instance(record)) => Some(Rc::new(of_table(&record))),
        _ => None,
    })
}

/// The table and name of a column; `None` where its table is not known.
pub(super) fn of_column<'a>(vm: &mut Interpreter<'a>, column: &Rc<Instance<'a>>) -> Eval<'a, Option<Use>> {
    let name = records::own_name(column);
    if let (Some(Value::Instance(table)), Some(name)) = (column.get("table"), name.as_deref()) {
        return Ok(Some(Use {
            table: records::name_of_table(&table).quoted().into(),
            column: identifier(name).into(),
        }));
    }
    vm.steps(vm.classes.len())?;
    for class in vm.classes.clone() {
        if !class.is_named("DeclarativeBase") || !class.names.borrow().contains_key("__tablename__") {
            continue;
        }
        let attribute = class.names.borrow().iter().find_map(|(attribute, value)| match value {
            Value::Instance(own) if Rc::ptr_eq(own, column) => Some(attribute.to_string()),
            _ => None,
        });
        let Some(attribute) = attribute else { continue };
        let Some(source) = of_class(vm, &class)? else { return Ok(None) };
        let name = name.unwrap_or(attribute);
        return Ok(source.column(&name).map(|column| Use { table: source.table.clone(), column: column.name.clone() }));
    }
    Ok(None)
}

/// Notes what a value names.
pub(super) fn note<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, found: &mut Vec<Use>) -> Eval<'a, ()> {
    vm.step()?;
    match value {
        Value::Object(object) => found.extend(object.uses().iter().cloned()),
        Value::Instance(record) if record.class.role == Role::Record && record.class.is_named("Column") => {
            found.extend(of_column(vm, record)?);
        }
        Value::Instance(record) if record.class.is_named("Table") => found.extend(of_table(record).uses()),
        Value::Class(class) if class.is_named("DeclarativeBase") => {
            if let Some(source) = of_class(vm, class)? {
                found.extend(source.uses());
            }
        }
        Value::List(list) => {
            for item in list.0.borrow().clone() {
                note(vm, &item, found)?;
            }
        }
        Value::Tuple(tuple) => {
            for item in &tuple.items {
                note(vm, item, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What the arguments of a call name.
pub(super) fn of_args<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Vec<Use>> {
    let mut found = Vec::new();
    for value in &args.positional {
        note(vm, value, &mut found)?;
    }
    for (_, value) in &args.keyword {
        note(vm, value, &mut found)?;
    }
    Ok(found)
}
