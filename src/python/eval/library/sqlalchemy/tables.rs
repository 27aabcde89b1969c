//! Tables of SQLAlchemy as the statements that make them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Args, Instance, Key, Value};
use super::columns::{self, Around, is_key};
use super::compiler::is_general;
use super::constraints::{constraint, is_made_later};
use super::ddl::{TableName, column_names, identifier, known, list, names_of};
use super::indexes;
use super::naming::{self, Subject};
use super::records::own_name;
use super::types::NativeEnum;
use crate::schema::dialect::Dialect;

/// What makes a table, in order.
#[derive(Debug, Default)]
pub(in super::super) struct Making {
    pub enums: Vec<NativeEnum>,
    pub table: String,
    /// Indexes of its columns.
    pub indexes: Vec<String>,
    /// Keys of it that are made when all tables are there.
    pub later: Vec<String>,
}

/// Everything that makes a table of these parts.
pub(in super::super) fn create_table<'a>(
    vm: &mut Interpreter<'a>,
    table: &TableName,
    parts: &[Value<'a>],
    dialect: Dialect,
) -> Eval<'a, Known<Making>> {
    let records: Vec<Rc<Instance<'a>>> = {
        let mut records = Vec::new();
        for part in parts {
            match part {
                Value::Instance(record) => records.push(record.clone()),
                Value::Unknown(why) => return Ok(Err(forget_text(why))),
                _ => {}
            }
        }
        records
    };
    let records = known!(each_once(vm, with_names(&records), table)?);
    let mut key = Vec::new();
    for record in records.iter().filter(|record| record.class.is_named("PrimaryKeyConstraint")) {
        key.extend(known!(names_of(vm, &record.positional())?));
    }
    let own_key: Vec<String> = records
        .iter()
        .filter(|record| record.class.is_named("Column") && is_key(record))
        .filter_map(|record| own_name(record))
        .collect();
    let mut foreign = Vec::new();
    for record in records.iter().filter(|record| record.class.is_named("ForeignKeyConstraint")) {
        let own = record.keyword("columns").or_else(|| record.positional().first().cloned()).unwrap_or(Value::None);
        foreign.extend(known!(column_names(vm, &own)?));
    }
    let around = Around { key: &key, key_length: key.len().max(own_key.len()), foreign: &foreign };
    let mut making = Making::default();
    let mut lines = Vec::new();
    let mut constraints = Vec::new();
    for record in &records {
        if record.class.is_named("Column") {
            let column = known!(columns::column(vm, record, table, around, dialect)?);
            lines.push(format!("{} {}", identifier(&column.name), column.spec));
            constraints.extend(column.constraints);
            making.indexes.extend(column.indexes);
            making.later.extend(column.later);
            making.enums.extend(column.enums);
        } else if record.class.is_named("Index") {
            making.indexes.push(known!(indexes::index(vm, record, table, dialect)?));
        } else {
            let made = known!(constraint(vm, record, table, &[])?);
            let is_key = record.class.is_named("ForeignKeyConstraint");
            let later = if is_key && is_made_later(vm, record, dialect) { &mut making.later } else { &mut constraints };
            later.extend(made);
        }
    }
    if key.is_empty() && !own_key.is_empty() {
        let subject = Subject { kind: "pk", table, columns: &own_key, referred: None };
        constraints.insert(0, format!("{}PRIMARY KEY ({})", known!(naming::label(vm, subject, None)), list(&own_key)));
    }
    lines.extend(constraints);
    making.later = making.later.iter().map(|key| format!("ALTER TABLE {} ADD {key}", table.quoted())).collect();
    let guard = if table.if_not_exists { "IF NOT EXISTS " } else { "" };
    making.table = format!("CREATE TABLE {guard}{} (\n    {}\n)", table.quoted(), lines.join(",\n    "));
    Ok(Ok(making))
}

/// The parts of a table, of which no two columns have one name: before 2.0 a later one took the place of the first, since
/// then it is refused.
fn each_once<'a>(
    vm: &mut Interpreter<'a>,
    records: Vec<Rc<Instance<'a>>>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Rc<Instance<'a>>>>> {
    let mut parts: Vec<Rc<Instance<'a>>> = Vec::new();
    for record in records {
        let name = own_name(&record).filter(|_| record.class.is_named("Column"));
        let is_it = |known: &Rc<Instance<'a>>| known.class.is_named("Column") && own_name(known) == name;
        let Some(first) = name.as_ref().and_then(|_| parts.iter().position(is_it)) else {
            parts.push(record);
            continue;
        };
        if !vm.may_have_sqlalchemy_before((2, 0)) {
            let name = name.unwrap_or_default();
            let message = format!("A column with name '{name}' is already present in table '{}'.", table.name);
            let left_out = vm.raise_surely("DuplicateColumnError", message)?;
            return Ok(Err(left_out.as_unknown().map_or_else(|| vm.why("has a column twice"), forget_text)));
        }
        parts[first] = record;
    }
    Ok(Ok(parts))
}

/// What a table of PostgreSQL says after its columns: its parents, and how it is divided.
pub(in super::super) fn options<'a>(option: &dyn Fn(&str) -> Option<Value<'a>>, dialect: Dialect) -> String {
    let mut text = String::new();
    if !is_general(dialect) {
        return text;
    }
    match option("postgresql_inherits") {
        Some(Value::Str(parent)) => text += &format!(" INHERITS ({})", identifier(&parent)),
        Some(Value::Tuple(parents)) => {
            let parents: Vec<String> = parents.items.iter().filter_map(Value::as_str).map(identifier).collect();
            text += &format!(" INHERITS ({})", parents.join(", "));
        }
        _ => {}
    }
    if let Some(Value::Str(by)) = option("postgresql_partition_by") {
        text += &format!(" PARTITION BY {by}");
    }
    text
}

/// The parts of a table, whose constraints name columns by `key` where those have one, with the columns' own names.
pub(super) fn with_names<'a>(records: &[Rc<Instance<'a>>]) -> Vec<Rc<Instance<'a>>> {
    let keys: Vec<(String, String)> = records
        .iter()
        .filter(|record| record.class.is_named("Column"))
        .filter_map(|record| Some((record.keyword("key")?.as_str()?.to_owned(), own_name(record)?)))
        .collect();
    if keys.is_empty() {
        return records.to_vec();
    }
    let renamed = |record: &Rc<Instance<'a>>| {
        if record.class.is_named("Column") {
            return record.clone();
        }
        let args = record.positional().into_iter().map(|value| {
            let known = value.as_str().and_then(|text| keys.iter().find(|(key, _)| key == text));
            known.map_or(value.clone(), |(_, name)| Value::text(name.as_str()))
        });
        let made = Instance { class: record.class.clone(), names: record.names.borrow().clone().into() };
        made.names.borrow_mut().insert("args".into(), Value::tuple(args.collect()));
        Rc::new(made)
    };
    records.iter().map(renamed).collect()
}

/// Sends what makes a table to its database.
pub(in super::super) fn make<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, making: &Making) -> Eval<'a, ()> {
    for native in making.enums.iter().filter(|native| native.creates) {
        if bind.needs_enum(&native.plain) {
            bind.define(vm, &native.create())?;
        }
    }
    bind.define(vm, &making.table)?;
    making.indexes.iter().try_for_each(|index| bind.define(vm, index))
}

/// `UniqueConstraint(table.c.name)` outside of the table.
pub(in super::super) fn attach_constraint<'a>(vm: &mut Interpreter<'a>, made: &Value<'a>) {
    let Value::Instance(constraint) = made else { return };
    if !["UniqueConstraint", "PrimaryKeyConstraint", "ForeignKeyConstraint"].contains(&&*constraint.class.name) {
        return;
    }
    let table = match constraint.positional().first() {
        Some(Value::Instance(column)) if column.class.is_named("Column") => column.get("table"),
        _ => None,
    };
    if let Some(Value::Instance(table)) = &table
        && vm.doubt.is_none()
    {
        super::records::add_part(table, made.clone());
    }
}

/// `table.to_metadata(metadata)`: the same table in another `MetaData`.
pub(super) fn to_metadata<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let (Some(Value::Instance(table)), Some(metadata)) = (args.positional.first(), args.at(1, "metadata")) else {
        return Ok(vm.unknown("copies a table to a metadata that is not known"));
    };
    let copied = |part: &Value<'a>| match part {
        Value::Instance(part) => {
            Value::Instance(Rc::new(Instance { class: part.class.clone(), names: part.names.borrow().clone().into() }))
        }
        other => other.clone(),
    };
    let mut parts: Vec<Value<'a>> = table.positional().iter().map(copied).collect();
    if let Some(own) = parts.get_mut(1) {
        *own = metadata.clone();
    }
    if let (Some(own), Some(name)) = (parts.first_mut(), args.get("name")) {
        *own = name.clone();
    }
    parts.extend(super::records::indexes_beside(vm, table));
    let mut names = table.names.borrow().clone();
    names.insert("args".into(), Value::tuple(parts));
    if let Some(schema) = args.at(2, "schema") {
        let mut keywords = table.keywords();
        keywords.insert(Key(Value::text("schema")), schema.clone());
        names.insert("kwargs".into(), Value::dict(keywords));
    }
    let made = Rc::new(Instance { class: table.class.clone(), names: names.into() });
    for column in super::records::column_records(&made) {
        super::records::settle(&column, &made);
    }
    let made = Value::Instance(made);
    vm.tables.push(made.clone());
    Ok(made)
}

/// `table.append_constraint(…)`, `table.append_column(…)`.
pub(super) fn append<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    if let (Some(table @ Value::Instance(record)), Some(part)) = (args.positional.first(), args.positional.get(1))
        && vm.may_change(table)
    {
        super::records::add_part(record, part.clone());
    }
    Ok(Value::None)
}
