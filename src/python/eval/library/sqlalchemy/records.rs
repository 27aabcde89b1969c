//! The attributes and methods of tables, columns, indexes and types that were declared.

use std::rc::Rc;

use indexmap::IndexMap;

use super::super::super::classes::ATTRIBUTE;
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, Object};
use super::super::super::value::{Args, Class, Instance, Key, Value};
use super::compiler;
use super::creation;
use super::ddl::{TableName, text_of};
use super::expression::Expression;
use super::metadata;
use super::naming::Subject;
use super::statement;
use super::tables;
use super::types;
use super::uses;
use crate::schema::dialect::{Dialect, USUAL_OF_CHAINS};
use crate::schema::model::Name;

/// The name of a column, a table or an index.
pub(in super::super) fn own_name(record: &Instance<'_>) -> Option<String> {
    let first = record.positional().into_iter().next();
    let given = record.keyword("name").or(first)?;
    text_of(&given)?.ok()
}

/// The name that a column has, or will have once its class is mapped.
pub(super) fn future_name(column: &Instance<'_>) -> Option<String> {
    own_name(column).or_else(|| column.get(ATTRIBUTE)?.as_str().map(str::to_owned))
}

/// The name of a column that a constraint or an index says: a text, or the column itself.
pub(super) fn name_of_column(part: &Value<'_>) -> Option<String> {
    match part {
        Value::Str(name) => Some(name.to_string()),
        Value::Instance(column) if column.class.is_named("Column") => future_name(column),
        _ => None,
    }
}

/// The parts of a table: `Table("name", metadata, …)`.
pub(super) fn parts<'a>(record: &Instance<'a>) -> Vec<Value<'a>> {
    record.positional().into_iter().skip(1).collect()
}

pub(super) fn name_of_table(record: &Instance<'_>) -> TableName {
    let around = match record.positional().get(1) {
        Some(Value::Object(metadata)) => metadata.default_schema().map(str::to_owned),
        _ => None,
    };
    let schema = record.keyword("schema").and_then(|schema| schema.as_str().map(str::to_owned));
    TableName {
        name: own_name(record).unwrap_or_default(),
        schema: schema.or_else(|| around.clone()),
        if_not_exists: false,
        around,
    }
}

/// Lets a column know its table.
pub(super) fn settle<'a>(column: &Instance<'a>, table: &Rc<Instance<'a>>) {
    let mut names = column.names.borrow_mut();
    names.insert("table_name".into(), Value::text(name_of_table(table).plain()));
    names.insert("table".into(), Value::Instance(table.clone()));
}

/// `Model.column = Column(…)`: adds a column to the table of a class that is mapped already.
pub(in super::super) fn attach<'a>(vm: &Interpreter<'a>, class: &Rc<Class<'a>>, name: &str, value: &Value<'a>) {
    let Value::Instance(column) = value else { return };
    let known = vm.mappings.get(&(Rc::as_ptr(class) as usize)).and_then(|(_, mapping)| mapping.clone());
    if !column.class.is_named("Column") || vm.doubt.is_some() {
        return;
    }
    let Some(table) = known.and_then(|mapping| mapping.table.clone()) else { return };
    if own_name(column).is_none() {
        let mut args = column.positional();
        args.insert(0, Value::text(name));
        column.names.borrow_mut().insert("args".into(), Value::tuple(args));
    }
    settle(column, &table);
    add_part(&table, value.clone());
}

/// Gives a table one more column, constraint or index.
pub(super) fn add_part<'a>(table: &Instance<'a>, part: Value<'a>) {
    let mut parts = table.positional();
    parts.push(part);
    table.names.borrow_mut().insert("args".into(), Value::tuple(parts));
}

/// Whether an argument of a column is no type.
pub(super) fn is_part(value: &Value<'_>) -> bool {
    const PARTS: [&str; 7] =
        ["ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue", "DefaultClause"];
    match value {
        Value::Instance(record) => PARTS.iter().any(|known| record.class.is_named(known)),
        Value::Object(_) => true,
        _ => false,
    }
}

/// A name as statements for a database write it.
fn quoted(bind: &dyn Bind<'_>, name: &TableName) -> String {
    compiler::of(bind.dialect()).map_or_else(|| name.quoted(), |own| own.quoted(name))
}

/// What an attribute of a record is; `None` where it has none of this name.
pub(in super::super::super) fn attribute<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    name: &str,
) -> Eval<'a, Option<Value<'a>>> {
    let receiver = || Value::Instance(record.clone());
    let bound = |method: Value<'a>| Some(Value::Bound(Rc::new((receiver(), method))));
    Ok(match (&*record.class.name, name) {
        ("Table", "name" | "fullname" | "key") => own_name(record).map(Value::text),
        ("Table", "schema") => Some(record.keyword("schema").unwrap_or(Value::None)),
        ("Table", "c" | "columns") => Some(columns(record)),
        ("Table" | "Column" | "Index" | "UniqueConstraint" | "ForeignKeyConstraint" | "CheckConstraint", "info") => {
            Some(record.keyword("info").unwrap_or_else(|| Value::dict(IndexMap::new())))
        }
        ("Table", "metadata") => record.positional().get(1).cloned(),
        ("Table", "primary_key") => {
            let keys = column_records(record).into_iter().filter(|column| column.flag("primary_key") == Some(true));
            Some(collection(keys.collect()))
        }
        ("Table", "indexes") => {
            let indexes = indexes(vm, record);
            let set = indexes.into_iter().map(Key).collect();
            Some(Value::set(set))
        }
        ("Table", "foreign_key_constraints") if is_reflected(record) => reflected_keys(vm, record)?,
        ("Table", "foreign_keys" | "constraints" | "foreign_key_constraints") => {
            Some(vm.unknown("asks a table of SQLAlchemy's for its constraints"))
        }
        ("Table", "to_metadata" | "tometadata") => bound(Value::native("to_metadata", tables::to_metadata)),
        ("Table", "append_constraint" | "append_column") => bound(Value::native("append", tables::append)),
        ("Table", "create") => bound(Value::native("create", |vm, args| {
            let Some(Value::Instance(record)) = args.positional.first() else { return Ok(Value::None) };
            let metadata = record.positional().get(1).cloned();
            let Some(bind) = metadata::bind_of(vm, args.at(1, "bind"), metadata.as_ref())? else {
                return Ok(Value::None);
            };
            let check = matches!(args.at(2, "checkfirst"), Some(Value::Bool(true)));
            creation::create(vm, &record.clone(), &bind, check)?;
            Ok(Value::None)
        })),
        ("Table", "drop") => bound(Value::native("drop", |vm, args| {
            let Some(Value::Instance(record)) = args.positional.first() else { return Ok(Value::None) };
            let metadata = record.positional().get(1).cloned();
            let Some(Value::Object(bind)) = metadata::bind_of(vm, args.at(1, "bind"), metadata.as_ref())? else {
                return Ok(Value::None);
            };
            let check = matches!(args.at(2, "checkfirst"), Some(Value::Bool(true)));
            let table = name_of_table(record);
            if let Some(bind) = bind.bind() {
                let known = bind.schema().is_some_and(|schema| schema.table(&table.name).is_some());
                if !check || known {
                    bind.define(vm, &format!("DROP TABLE {}", quoted(bind, &table)))?;
                }
            }
            Ok(Value::None)
        })),
        ("Table", "select" | "insert" | "update" | "delete") => {
            let made = match name {
                "insert" => Value::native("insert", |vm, args| statement::begin(vm, "insert", &args)),
                "update" => Value::native("update", |vm, args| statement::begin(vm, "update", &args)),
                "delete" => Value::native("delete", |vm, args| statement::begin(vm, "delete", &args)),
                _ => Value::native("select", |vm, args| statement::begin(vm, "select", &args)),
            };
            bound(made)
        }
        ("Table", "alias" | "join" | "outerjoin" | "count") => {
            Some(Value::native("statement", |_, _| Ok(Expression::value(None))))
        }
        ("Column", "name" | "key") => own_name(record).map(Value::text),
        ("Column", "type") => Some(match column_type(record) {
            // `Column("a", String)` has an instance of the class.
            Some(class @ Value::Class(_)) => vm.call(&class, Args::default())?,
            Some(data_type) => data_type,
            None => vm.unknown("has a column without a type"),
        }),
        ("Column", "primary_key") => Some(Value::Bool(record.flag(name) == Some(true))),
        ("Column", "unique" | "index") => Some(record.flag(name).map_or(Value::None, Value::Bool)),
        ("Column", "nullable") => {
            let key = record.flag("primary_key") == Some(true);
            Some(Value::Bool(record.flag(name).unwrap_or(!key)))
        }
        ("Column", "server_default" | "default" | "comment") => Some(record.keyword(name).unwrap_or(Value::None)),
        ("Column", "copy" | "_copy") => Some(Value::Bound(Rc::new((
            receiver(),
            Value::native("copy", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))),
        )))),
        ("Column", "table") => record.get("table"),
        // What a column is compared with or called for becomes part of a query.
        ("Column", _) if !name.starts_with("__") => {
            let used = uses::of_column(vm, record)?;
            let column = Expression::with_uses(future_name(record), used.into_iter().collect());
            Some(Value::Method(Rc::new((column, name.to_owned()))))
        }
        ("Index", "name") => own_name(record).map(Value::text),
        ("Index", "table") => Some(record.get("table").unwrap_or(Value::None)),
        ("Index", "unique") => Some(Value::Bool(record.flag(name) == Some(true))),
        ("Index", "create") => bound(Value::native("create", |vm, args| {
            let (Some(Value::Instance(index)), Some(Value::Object(bind))) =
                (args.positional.first(), args.at(1, "bind"))
            else {
                return Ok(Value::None);
            };
            let (index, bind) = (index.clone(), bind.clone());
            let check = matches!(args.at(2, "checkfirst"), Some(Value::Bool(true)));
            creation::create_index(vm, &index, bind.bind(), check)?;
            Ok(Value::None)
        })),
        ("Index", "drop") => bound(Value::native("drop", |vm, args| {
            let (Some(Value::Instance(index)), Some(Value::Object(bind))) =
                (args.positional.first(), args.at(1, "bind"))
            else {
                return Ok(Value::None);
            };
            let (name, bind) = (own_name(index).unwrap_or_default(), bind.clone());
            if let Some(bind) = bind.bind() {
                let name = quoted(bind, &TableName { name, ..TableName::default() });
                let of_table = match index.get("table") {
                    Some(Value::Instance(table)) if bind.dialect().facts().indexes.belong_to_tables => {
                        format!(" ON {}", quoted(bind, &name_of_table(&table)))
                    }
                    _ => String::new(),
                };
                bind.define(vm, &format!("DROP INDEX {name}{of_table}"))?;
            }
            Ok(Value::None)
        })),
        ("Sequence", "create") => bound(Value::native("create", |vm, args| creation::sequence(vm, &args, true))),
        ("Sequence", "drop") => bound(Value::native("drop", |vm, args| creation::sequence(vm, &args, false))),
        ("Sequence", "name") => own_name(record).map(Value::text),
        ("Enum" | "ENUM", "create") => bound(Value::native("create", |vm, args| creation::enum_type(vm, &args, true))),
        ("Enum" | "ENUM", "drop") => bound(Value::native("drop", |vm, args| creation::enum_type(vm, &args, false))),
        // Where it says none, that of its tables may hold.
        ("Enum" | "ENUM", "schema") if record.keyword("metadata").is_none() => {
            Some(record.keyword("schema").unwrap_or(Value::None))
        }
        ("Enum" | "ENUM", "name") => Some(record.keyword("name").unwrap_or(Value::None)),
        ("Enum" | "ENUM", "enums") => {
            let labels = record.positional();
            Some(vm.new_list(labels)?)
        }
        (_, "compile") if is_type(record) => bound(Value::native("compile", |vm, args| {
            let Some(record) = args.positional.first().cloned() else { return Ok(Value::None) };
            let dialect = match args.at(1, "dialect") {
                Some(value) => {
                    let value = value.clone();
                    let name = vm.attribute(&value, "name")?;
                    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
                    Dialect::ALL.into_iter().find(|dialect| types::is_dialect(&name, *dialect))
                }
                None => None,
            };
            Ok(match types::sql(vm, &record, dialect.unwrap_or(USUAL_OF_CHAINS))? {
                Ok(text) => Value::text(text),
                Err(why) => Value::Unknown(why),
            })
        })),
        (_, "with_variant") if is_type(record) => bound(Value::native("with_variant", |vm, args| {
            let class = Value::Class(vm.record_class("Variant"));
            vm.call(&class, args)
        })),
        (_, "evaluates_none" | "as_generic") if is_type(record) => {
            bound(Value::native("same", |_, args| Ok(args.positional.into_iter().next().unwrap_or(Value::None))))
        }
        (_, "length" | "precision" | "scale" | "timezone" | "name") if is_type(record) => {
            Some(record.keyword(name).or_else(|| record.positional().first().cloned()).unwrap_or(Value::None))
        }
        (_, "name") => Some(record.keyword("name").unwrap_or(Value::None)),
        _ => None,
    })
}

fn is_type(record: &Instance<'_>) -> bool {
    !matches!(
        &*record.class.name,
        "Table"
            | "Column"
            | "Index"
            | "ForeignKey"
            | "ForeignKeyConstraint"
            | "PrimaryKeyConstraint"
            | "UniqueConstraint"
            | "CheckConstraint"
    )
}

pub(super) fn column_records<'a>(table: &Instance<'a>) -> Vec<Rc<Instance<'a>>> {
    parts(table)
        .into_iter()
        .filter_map(|part| match part {
            Value::Instance(column) if column.class.is_named("Column") => Some(column),
            _ => None,
        })
        .collect()
}

pub(in super::super) fn column_type<'a>(record: &Instance<'a>) -> Option<Value<'a>> {
    record.keyword("type_").or_else(|| {
        let args = record.positional();
        let named = args.first().is_some_and(|first| first.as_str().is_some());
        args.into_iter()
            .skip(usize::from(named))
            .find(|value| !is_part(value) && matches!(value, Value::Class(_) | Value::Instance(_)))
    })
}

/// `table.c`: its columns by name, each of which knows its table.
fn columns<'a>(table: &Rc<Instance<'a>>) -> Value<'a> {
    let columns = column_records(table);
    for column in columns.iter().filter(|column| column.get("table").is_none()) {
        settle(column, table);
    }
    collection(columns)
}

/// The arguments of a table with the columns that it has in the database, where it is to be read from there.
pub(super) fn with_reflected<'a>(vm: &mut Interpreter<'a>, mut args: Args<'a>) -> Eval<'a, Args<'a>> {
    let is_asked = matches!(args.get("autoload"), Some(Value::Bool(true)));
    let bind = args.get("autoload_with").cloned().or_else(|| vm.database.clone().filter(|_| is_asked));
    let (Some(Value::Object(bind)), Some(name)) = (bind, args.positional.first().and_then(Value::as_str)) else {
        return Ok(args);
    };
    let Some(schema) = bind.bind().and_then(Bind::schema) else { return Ok(args) };
    let Some(table) = schema.table(name) else { return Ok(args) };
    let own: Vec<Name> = args
        .positional
        .iter()
        .skip(1)
        .filter_map(|part| match part {
            Value::Instance(column) if column.class.is_named("Column") => own_name(column).map(Name::new),
            _ => None,
        })
        .collect();
    for column in table.columns.iter().filter(|column| !own.contains(&column.name)) {
        let data_type = types::reflected(vm, &column.data_type)?;
        let class = Value::Class(vm.record_class("Column"));
        let positional = vec![Value::text(column.name.as_str()), data_type];
        let column = vm.call(&class, Args { positional, keyword: Vec::new() })?;
        args.positional.push(column);
    }
    Ok(args)
}

/// Whether a table is read back from the database.
fn is_reflected(table: &Instance<'_>) -> bool {
    table.keyword("autoload_with").is_some() || table.flag("autoload") == Some(true)
}

/// The foreign keys of a table that is read back; `None` where it is not known which.
fn reflected_keys<'a>(vm: &mut Interpreter<'a>, table: &Instance<'a>) -> Eval<'a, Option<Value<'a>>> {
    let bind = table.keyword("autoload_with").or_else(|| vm.database.clone());
    let Some(Value::Object(bind)) = bind else { return Ok(None) };
    let name = name_of_table(table);
    let name = name.schema.map_or_else(|| name.name.clone(), |schema| format!("{schema}.{}", name.name));
    let Some(schema) = bind.bind().and_then(Bind::schema) else { return Ok(None) };
    let Some(found) = schema.table(&name) else { return Ok(None) };
    let mut keys = Vec::new();
    for key in &found.foreign_keys {
        let names = |names: &[Name]| Value::list(names.iter().map(|name| Value::text(name.as_str())).collect());
        let others: Vec<Name> = key
            .references
            .iter()
            .map(|column| Name::new(format!("{}.{}", key.table.as_str(), column.as_str())))
            .collect();
        let class = Value::Class(vm.record_class("ForeignKeyConstraint"));
        let own = key.name.as_ref().map_or(Value::None, |name| Value::text(name.as_str()));
        let args = Args { positional: vec![names(&key.columns), names(&others)], keyword: vec![("name".into(), own)] };
        keys.push(vm.call(&class, args)?);
    }
    Ok(Some(vm.new_list(keys)?))
}

fn collection(columns: Vec<Rc<Instance<'_>>>) -> Value<'_> {
    let named = columns.into_iter().filter_map(|column| Some((own_name(&column)?, Value::Instance(column))));
    Value::Object(Rc::new(Columns(named.collect())))
}

#[derive(Debug)]
struct Columns<'a>(IndexMap<String, Value<'a>>);

impl<'a> Object<'a> for Columns<'a> {
    fn type_name(&self) -> &'static str {
        "ColumnCollection"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "keys" | "values" | "items" | "get" | "contains_column") && !self.0.contains_key(name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if let Some(column) = self.0.get(name).cloned() {
            return vm.call(&column, args).map(Some);
        }
        Ok(Some(match name {
            "keys" => vm.new_list(self.0.keys().map(|name| Value::text(name.as_str())).collect())?,
            "values" => vm.new_list(self.0.values().cloned().collect())?,
            "items" => {
                let pair = |(name, column): (&String, &Value<'a>)| {
                    Value::tuple(vec![Value::text(name.as_str()), column.clone()])
                };
                vm.new_list(self.0.iter().map(pair).collect())?
            }
            "get" => {
                let key = args.positional.first().and_then(Value::as_str).unwrap_or_default();
                self.0.get(key).cloned().or_else(|| args.positional.get(1).cloned()).unwrap_or(Value::None)
            }
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        let known = self.0.get(name).cloned();
        // A mixin or an event may have added others.
        Ok(known.or_else(|| {
            (!<Self as Object<'a>>::has_method(self, name)).then(|| Expression::value(Some(name.to_owned())))
        }))
    }

    fn item(&self, vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        match index.as_str() {
            Some(name) => match self.0.get(name) {
                Some(column) => Ok(Some(column.clone())),
                None => vm.raise("KeyError", name.to_owned()),
            },
            None => Ok(None),
        }
    }

    fn iterate(&self, _vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        Ok(Some(self.0.values().cloned().collect()))
    }

    fn contains(&self, item: &Value<'a>) -> Option<bool> {
        item.as_str().map(|name| self.0.contains_key(name))
    }

    fn length(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The indexes of a table, those of its columns included, each of which knows its table.
fn indexes<'a>(vm: &mut Interpreter<'a>, table: &Rc<Instance<'a>>) -> Vec<Value<'a>> {
    if let Some(Value::List(known)) = table.get("indexes_made") {
        return known.0.borrow().clone();
    }
    let name = name_of_table(table);
    let mut found = Vec::new();
    for part in parts(table) {
        let Value::Instance(record) = &part else { continue };
        if record.class.is_named("Index") {
            record.names.borrow_mut().insert("table".into(), Value::Instance(table.clone()));
            found.push(part.clone());
        } else if record.class.is_named("Column") && record.flag("index") == Some(true) {
            let column = own_name(record).unwrap_or_default();
            let class = Value::Class(vm.record_class("Index"));
            let label = creation::with_naming(vm, table, |vm| {
                let columns = [column.clone()];
                let subject = Subject { kind: "ix", table: &name, columns: &columns, referred: None };
                Ok(super::naming::name(vm, subject, None))
            });
            let Ok(Ok(Some(label))) = label else { continue };
            let mut args = Args { positional: vec![Value::text(label), Value::text(column)], keyword: Vec::new() };
            if record.flag("unique") == Some(true) {
                args.keyword.push(("unique".into(), Value::Bool(true)));
            }
            if let Ok(Value::Instance(index)) = vm.call(&class, args) {
                index.names.borrow_mut().insert("table".into(), Value::Instance(table.clone()));
                found.push(Value::Instance(index));
            }
        }
    }
    for index in indexes_beside(vm, table) {
        let Value::Instance(record) = &index else { continue };
        if !found.iter().any(|known| known.is(&index)) {
            record.names.borrow_mut().insert("table".into(), Value::Instance(table.clone()));
            found.push(index.clone());
        }
    }
    table.names.borrow_mut().insert("indexes_made".into(), Value::list(found.clone()));
    found
}

/// The indexes that stand beside a table and name its columns.
pub(super) fn indexes_beside<'a>(vm: &Interpreter<'a>, table: &Rc<Instance<'a>>) -> Vec<Value<'a>> {
    let own = parts(table);
    let name = name_of_table(table).quoted();
    let is_of_it = |part: &Value<'a>| match part {
        Value::Instance(column) => {
            matches!(column.get("table"), Some(Value::Instance(owner)) if Rc::ptr_eq(&owner, table))
        }
        Value::Object(expression) => expression.uses().iter().any(|used| *used.table == *name),
        _ => false,
    };
    let is_beside = |index: &&Value<'a>| match index {
        Value::Instance(record) => {
            let names_it =
                matches!(record.keyword("_table"), Some(Value::Instance(owner)) if Rc::ptr_eq(&owner, table));
            names_it || record.positional().iter().any(is_of_it)
        }
        _ => false,
    };
    vm.indexes.iter().filter(|index| !own.iter().any(|part| part.is(index))).filter(is_beside).cloned().collect()
}

/// Whether two values are the same table: by themselves, or by what a mapped class calls its own.
pub(super) fn is_same_table<'a>(one: &Value<'a>, other: &Value<'a>) -> bool {
    let name = |value: &Value<'a>| match value {
        Value::Instance(record) => own_name(record),
        _ => None,
    };
    one.is(other) || name(one).is_some() && name(one) == name(other)
}
