//! Tables that a declared schema makes with SQLAlchemy: `Table` and declarative classes, read from what was called.

use std::rc::Rc;

use crate::python::eval::{ANNOTATIONS, Class, Instance, Interpreter, ModuleValue, PLACE, Value};
use crate::schema::model::{Column, Index, IndexPart, IndexTerm, Name, Schema, Table};
use crate::source::Location;

/// Stands for a type that the declaration does not say: that of a foreign key, or one of the project's own.
pub const ANY_TYPE: &str = "?";

/// The schema of all tables that were declared; `None` where none was.
pub fn schema(vm: &mut Interpreter<'_>) -> Option<Schema> {
    let mut schema = Schema::default();
    for table in vm.tables.clone() {
        if let Value::Instance(table) = &table {
            add_core(table, &mut schema);
        }
    }
    for class in vm.classes.clone() {
        add_class(&class, &mut schema);
    }
    for index in &vm.indexes {
        add_index_beside(index, &mut schema);
    }
    (!schema.tables.is_empty()).then_some(schema)
}

/// Where each table is declared.
pub fn locations(vm: &Interpreter<'_>) -> Vec<(Name, Location)> {
    let classes = vm.classes.iter().filter_map(|class| Some((Name::new(table_name(class)?), class.location.clone()?)));
    let tables = vm.tables.iter().filter_map(|value| {
        let Value::Instance(instance) = value else { return None };
        let name = instance.positional().first()?.as_str()?.to_owned();
        Some((Name::new(name), place(instance)?))
    });
    classes.chain(tables).collect()
}

/// Whether a module declares tables, or imports what does.
pub fn are_in(module: &ModuleValue<'_>) -> bool {
    module.names.borrow().values().any(|value| match value {
        Value::Class(class) => table_name(class).is_some(),
        Value::Instance(instance) => instance.class.name == "Table",
        _ => false,
    })
}

fn place(record: &Instance<'_>) -> Option<Location> {
    match record.get(PLACE) {
        Some(Value::Unknown(unknown)) => Some(unknown.location.clone()),
        _ => None,
    }
}

/// `Table("name", metadata, Column(…), …)`.
fn add_core(record: &Instance<'_>, schema: &mut Schema) {
    let args = record.positional();
    let Some(name) = args.first().and_then(Value::as_str) else { return };
    let mut table = Table { name: Name::new(name), ..Table::default() };
    for part in args.iter().skip(1) {
        add_part(part, None, &mut table);
    }
    add_table(table, schema);
}

/// An `Index` that stands beside its table and names the table's columns.
fn add_index_beside(index: &Value<'_>, schema: &mut Schema) {
    let Value::Instance(record) = index else { return };
    let owner = record.positional().iter().find_map(|part| match part {
        Value::Instance(column) => column.get("table_name")?.as_str().map(Name::new),
        _ => None,
    });
    if let Some(table) = owner.and_then(|owner| schema.tables.get_mut(&owner)) {
        add_part(index, None, table);
    }
}

fn add_table(table: Table, schema: &mut Schema) {
    if !table.columns.is_empty() {
        schema.tables.entry(table.name.clone()).or_insert(table);
    }
}

/// A class with `__tablename__`.
fn add_class(class: &Rc<Class<'_>>, schema: &mut Schema) {
    let Some(name) = table_name(class) else { return };
    let mut table = Table { name: Name::new(name), ..Table::default() };
    // Columns of a class stand before those of what it inherits from; the nearest wins.
    for ancestor in class.lineage() {
        let annotations = annotations(&ancestor);
        let names = ancestor.names.borrow();
        for (attribute, annotation) in &annotations {
            if !names.contains_key(attribute.as_str())
                && let Some((data_type, nullable)) = mapped(annotation)
            {
                add_column(Column { name: Name::new(attribute), data_type, nullable, ..Column::default() }, &mut table);
            }
        }
        for (attribute, value) in names.iter() {
            let annotation = annotations.iter().find(|(name, _)| name == attribute).map(|(_, text)| text.as_str());
            add_part(value, Some((attribute, annotation)), &mut table);
        }
    }
    if let Some(Value::Tuple(args)) = class.find("__table_args__") {
        for part in &args.items {
            add_part(part, None, &mut table);
        }
    }
    if let Some(Value::Instance(core)) = class.find("__table__") {
        add_core(&core, schema);
        return;
    }
    add_table(table, schema);
}

fn table_name(class: &Rc<Class<'_>>) -> Option<String> {
    let is_abstract = matches!(class.names.borrow().get("__abstract__"), Some(Value::Bool(true)));
    if is_abstract {
        return None;
    }
    let name = class.find("__tablename__")?;
    Some(name.as_str()?.to_owned())
}

/// The names with annotations in the body of a class.
fn annotations(class: &Class<'_>) -> Vec<(String, String)> {
    let Some(Value::Tuple(all)) = class.names.borrow().get(ANNOTATIONS).cloned() else { return Vec::new() };
    let pair = |value: &Value<'_>| match value {
        Value::Tuple(pair) => Some((pair.items.first()?.as_str()?.to_owned(), pair.items.get(1)?.as_str()?.to_owned())),
        _ => None,
    };
    all.items.iter().filter_map(pair).collect()
}

/// A column or an index of a table; `attribute` is what a class calls it, with its annotation.
fn add_part(value: &Value<'_>, attribute: Option<(&str, Option<&str>)>, table: &mut Table) {
    let Value::Instance(record) = value else { return };
    match &*record.class.name {
        "Column" => {
            let args = record.positional();
            let mut rest = args.iter();
            let given = record.keyword("name").or_else(|| args.first().cloned());
            let name = match given.as_ref().and_then(Value::as_str) {
                Some(name) => {
                    if args.first().is_some_and(|first| first.as_str().is_some()) {
                        rest.next();
                    }
                    name.to_owned()
                }
                None => match attribute {
                    Some((name, _)) => name.to_owned(),
                    None => return,
                },
            };
            let declared = record.keyword("type_");
            let data_type = declared.iter().chain(rest).find_map(data_type);
            let annotated = attribute.and_then(|(_, annotation)| mapped(annotation?));
            let is_true = |name: &str| matches!(record.keyword(name), Some(Value::Bool(true)));
            let primary_key = is_true("primary_key").then_some(1);
            let nullable = match record.keyword("nullable") {
                Some(Value::Bool(nullable)) => nullable,
                _ => annotated.as_ref().is_none_or(|(_, nullable)| *nullable) && primary_key.is_none(),
            };
            let data_type =
                data_type.or(annotated.map(|(data_type, _)| data_type)).unwrap_or_else(|| ANY_TYPE.to_owned());
            add_column(Column { name: Name::new(name), data_type, nullable, primary_key, ..Column::default() }, table);
        }
        "Index" => {
            let args = record.positional();
            let Some(name) = args.first().and_then(Value::as_str) else { return };
            let unique = matches!(record.keyword("unique"), Some(Value::Bool(true)));
            let columns = args.iter().skip(1).filter_map(|part| match part {
                Value::Instance(column) => column.positional().first()?.as_str().map(str::to_owned),
                part => part.as_str().map(str::to_owned),
            });
            let parts = columns
                .map(|name| IndexPart { term: IndexTerm::Column(Name::new(name)), collation: None, descending: false })
                .collect();
            table.indexes.insert(Name::new(name), Index { name: Name::new(name), unique, parts, ..Index::default() });
        }
        _ => {}
    }
}

fn add_column(column: Column, table: &mut Table) {
    if table.column(&column.name).is_none() {
        table.columns.push(column);
    }
}

/// The SQL type that a type of SQLAlchemy stands for; `None` for what is no type.
fn data_type(value: &Value<'_>) -> Option<String> {
    let class = match value {
        Value::Class(class) => class,
        Value::Instance(instance) => &instance.class,
        Value::Unknown(_) => return Some(ANY_TYPE.to_owned()),
        _ => return None,
    };
    // A type of the project's own stores what its `impl` stores.
    if let Some(stored) = class.find("impl") {
        return data_type(&stored);
    }
    class.lineage().find_map(|class| sql_type(&class.name)).map(str::to_owned)
}

/// The names of SQLAlchemy's types (<https://docs.sqlalchemy.org/en/20/core/type_basics.html>) as SQL.
fn sql_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "Integer" | "INTEGER" | "SmallInteger" | "SMALLINT" | "INT" | "TINYINT" | "MEDIUMINT" | "OID" => "INTEGER",
        "BigInteger" | "BIGINT" => "BIGINT",
        "Boolean" | "BOOLEAN" => "BOOLEAN",
        "String" | "Unicode" | "VARCHAR" | "NVARCHAR" | "CHAR" | "NCHAR" | "CITEXT" | "Enum" | "ENUM" => "VARCHAR",
        "Text" | "UnicodeText" | "TEXT" | "CLOB" | "LONGTEXT" | "MEDIUMTEXT" => "TEXT",
        "Float" | "FLOAT" | "REAL" | "Double" | "DOUBLE" | "DOUBLE_PRECISION" => "REAL",
        "Numeric" | "NUMERIC" | "DECIMAL" | "Decimal" => "NUMERIC",
        "DateTime" | "DATETIME" | "TIMESTAMP" | "Interval" | "INTERVAL" => "DATETIME",
        "Date" | "DATE" => "DATE",
        "Time" | "TIME" => "TIME",
        "LargeBinary" | "BLOB" | "BINARY" | "VARBINARY" | "BYTEA" | "PickleType" => "BLOB",
        "JSON" | "JSONB" | "ARRAY" | "HSTORE" => "JSON",
        "Uuid" | "UUID" => "UUID",
        "TypeDecorator" | "UserDefinedType" | "NullType" | "TypeEngine" => ANY_TYPE,
        _ => return None,
    })
}

/// The type in `Mapped[…]`, and whether it may be null; `None` for what is no column, such as a relationship.
fn mapped(annotation: &str) -> Option<(String, bool)> {
    let annotation = annotation.trim_matches(['"', '\'']);
    let start = annotation.find("Mapped[")?;
    let inner = annotation[start + "Mapped[".len()..].strip_suffix(']')?.trim();
    let optional = inner.strip_prefix("Optional[").or_else(|| inner.strip_prefix("typing.Optional["));
    let (inner, nullable) = match optional {
        Some(inner) => (inner.strip_suffix(']')?, true),
        None => (inner, false),
    };
    let parts: Vec<&str> = inner.split('|').map(str::trim).collect();
    let nullable = nullable || parts.contains(&"None");
    let python = parts.iter().find(|part| **part != "None")?.trim_matches(['"', '\'']);
    let data_type = match python.rsplit('.').next().unwrap_or(python) {
        "int" => "INTEGER",
        "str" => "VARCHAR",
        "bool" => "BOOLEAN",
        "float" => "REAL",
        "bytes" => "BLOB",
        "Decimal" => "NUMERIC",
        "datetime" => "DATETIME",
        "date" => "DATE",
        "time" | "timedelta" => "TIME",
        "UUID" => "UUID",
        python if python.starts_with("dict") || python.starts_with("Dict") => "JSON",
        _ => return None,
    };
    Some((data_type.to_owned(), nullable))
}
