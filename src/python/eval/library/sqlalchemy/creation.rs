//! What makes the tables, indexes and types that were declared: their order, their statements, and running those.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::super::operators::Known;
use super::super::super::value::{Args, Instance, Value};
use super::compiler::{self, Compiler};
use super::ddl::TableName;
use super::indexes;
use super::records::{column_records, column_type, indexes_beside, name_of_table, own_name, parts};
use super::tables::{self, Making, create_table};
use super::types;
use crate::schema::dialect::Dialect;
use crate::schema::model::Name;

/// Tables with those first that others refer to, as SQLAlchemy sorts them. What refers to each other stays as it is.
pub(super) fn in_order(tables: Vec<Value<'_>>) -> Vec<Value<'_>> {
    let mut left: Vec<(Option<String>, Vec<String>, Value<'_>)> = tables
        .into_iter()
        .map(|table| match &table {
            Value::Instance(record) => (own_name(record), targets(record), table),
            _ => (None, Vec::new(), table),
        })
        .collect();
    let mut sorted = Vec::with_capacity(left.len());
    let mut names: BTreeSet<String> = left.iter().filter_map(|(name, _, _)| name.clone()).collect();
    while !left.is_empty() {
        let waits = |(own, targets, _): &(Option<String>, Vec<String>, Value<'_>)| {
            targets.iter().any(|target| own.as_ref() != Some(target) && names.contains(target))
        };
        let next = left.iter().position(|one| !waits(one)).unwrap_or(0);
        let (name, _, table) = left.remove(next);
        name.map(|name| names.remove(&name));
        sorted.push(table);
    }
    sorted
}

/// The tables that a table's foreign keys name.
fn targets(table: &Instance<'_>) -> Vec<String> {
    let table_of = |text: &str| text.rsplit_once('.').map(|(table, _)| table.to_owned());
    let mut found = Vec::new();
    for part in parts(table) {
        let Value::Instance(part) = &part else { continue };
        if part.class.is_named("ForeignKeyConstraint") {
            let others = part.keyword("refcolumns").or_else(|| part.positional().get(1).cloned());
            if let Some(Value::List(others)) = others {
                found.extend(others.0.borrow().iter().filter_map(|other| table_of(other.as_str()?)));
            }
        }
        for key in part.positional() {
            if let Value::Instance(key) = &key
                && key.class.is_named("ForeignKey")
            {
                match key.positional().first() {
                    Some(Value::Instance(column)) => {
                        found.extend(column.get("table_name").and_then(|name| name.as_str().map(str::to_owned)));
                    }
                    Some(target) => found.extend(target.as_str().and_then(table_of)),
                    None => {}
                }
            }
        }
    }
    found
}

/// The parts of a table; a column that has a foreign key alone has the type of what that refers to.
pub(super) fn with_types<'a>(vm: &Interpreter<'a>, table: &Instance<'a>) -> Vec<Value<'a>> {
    let metadata = table.positional().get(1).cloned();
    let around = name_of_table(table).around;
    let referred = |target: &str| {
        let (other, column) = target.rsplit_once('.')?;
        let tables = vm.tables.iter().filter_map(|value| match value {
            Value::Instance(table) => Some(table),
            _ => None,
        });
        let is_it = |table: &&Rc<Instance<'a>>| {
            let same = table.positional().get(1).zip(metadata.as_ref()).is_some_and(|(one, other)| one.is(other));
            let name = name_of_table(table);
            same && (name.plain() == other || name.name == other && name.schema == around)
        };
        let found = column_records(tables.into_iter().find(is_it)?);
        column_type(found.iter().find(|found| own_name(found).as_deref() == Some(column))?)
    };
    let typed = |part: Value<'a>| {
        let Value::Instance(column) = &part else { return part };
        let keys = column.positional();
        let key = keys.iter().find_map(|key| match key {
            Value::Instance(key) if key.class.is_named("ForeignKey") => match key.positional().first()? {
                Value::Instance(other) if other.class.is_named("Column") => column_type(other),
                target => referred(target.as_str()?),
            },
            _ => None,
        });
        let (None, Some(data_type)) = (column_type(column), key) else { return part };
        let made = Instance { class: column.class.clone(), names: column.names.borrow().clone().into() };
        let args = keys.into_iter().chain([data_type]);
        made.names.borrow_mut().insert("args".into(), Value::tuple(args.collect()));
        Value::Instance(Rc::new(made))
    };
    parts(table).into_iter().map(typed).collect()
}

/// Does something under the naming convention of a table's `MetaData`.
pub(super) fn with_naming<'a, T>(
    vm: &mut Interpreter<'a>,
    table: &Instance<'a>,
    run: impl FnOnce(&mut Interpreter<'a>) -> Eval<'a, T>,
) -> Eval<'a, T> {
    let own = match table.positional().get(1) {
        Some(Value::Object(metadata)) => metadata.naming(),
        _ => None,
    };
    let outer = std::mem::replace(&mut vm.naming, own);
    let result = run(vm);
    vm.naming = outer;
    result
}

/// The compiler that writes what is declared.
fn own_compiler(dialect: Dialect) -> Option<&'static dyn Compiler> {
    compiler::of(dialect).filter(|own| own.writes_declared())
}

/// Everything that makes a table, by a compiler; inside, what it says where it cannot write that.
fn making_by<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
    name: &TableName,
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Result<Making, String>>> {
    Ok(compiler::declared(vm, table, compiler)?.map(|made| {
        let quoted = compiler.quoted(name);
        Ok(Making {
            enums: Vec::new(),
            table: compiler.create(&made, "")?,
            indexes: made.indexes.iter().map(|index| compiler.index(index, &quoted, "")).collect(),
            later: compiler.later(&made),
        })
    }))
}

/// Everything that makes a table.
pub(super) fn making<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
    dialect: Dialect,
) -> Eval<'a, Known<Making>> {
    let name = name_of_table(table);
    if let Some(own) = own_compiler(dialect) {
        let made = making_by(vm, table, &name, own)?;
        return Ok(made.and_then(|made| made.map_err(|_| vm.why("declares a table that cannot be written"))));
    }
    let made = with_naming(vm, table, |vm| {
        let mut parts = with_types(vm, table);
        parts.extend(indexes_beside(vm, table));
        create_table(vm, &name, &parts, dialect)
    })?;
    Ok(made.map(|mut making| {
        making.table += &tables::options(&|key| table.keyword(key), dialect);
        making
    }))
}

/// `table.create(bind)`; answers with the keys that are made when all tables are there.
pub(super) fn create<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
    bind: &Value<'a>,
    check: bool,
) -> Eval<'a, Vec<String>> {
    let Value::Object(object) = bind else { return Ok(Vec::new()) };
    let object = object.clone();
    let Some(bind) = object.bind() else { return Ok(Vec::new()) };
    let name = name_of_table(table);
    if check && bind.schema().is_some_and(|schema| schema.table(&name.name).is_some()) {
        return Ok(Vec::new());
    }
    vm.steps(vm.tables.len() + 16)?;
    let made = match own_compiler(bind.dialect()) {
        Some(own) => match making_by(vm, table, &name, own)? {
            Ok(Err(said)) => {
                bind.refuse(vm, &format!("CREATE TABLE {}", own.quoted(&name)), "CompileError", &said)?;
                return Ok(Vec::new());
            }
            Ok(Ok(made)) => Ok(made),
            Err(why) => Err(why),
        },
        None => making(vm, table, bind.dialect())?,
    };
    match made {
        Ok(mut making) => {
            if check {
                making.enums.retain(|native| !bind.has_type(&native.plain));
            }
            tables::make(vm, bind, &making).map(|()| making.later)
        }
        Err(why) => {
            vm.gap_about(&why, &format!("CREATE TABLE {}", name.quoted()));
            Ok(Vec::new())
        }
    }
}

/// `index.create(bind)`.
pub(super) fn create_index<'a>(
    vm: &mut Interpreter<'a>,
    index: &Rc<Instance<'a>>,
    bind: Option<&dyn Bind<'a>>,
    check: bool,
) -> Eval<'a, ()> {
    let of_column = || {
        let columns = index.positional();
        columns.iter().find_map(|column| match column {
            Value::Instance(column) => column.get("table"),
            _ => None,
        })
    };
    let (Some(Value::Instance(table)), Some(bind)) = (index.get("table").or_else(of_column), bind) else {
        return Ok(());
    };
    let name = name_of_table(&table);
    let known = || {
        let own = Name::new(own_name(index).unwrap_or_default());
        bind.schema().is_some_and(|schema| schema.tables.values().any(|table| table.indexes.contains_key(&own)))
    };
    if check && known() {
        return Ok(());
    }
    let made = with_naming(vm, &table, |vm| match own_compiler(bind.dialect()) {
        Some(own) => {
            let read = compiler::index(vm, index, &name, own)?;
            Ok(read.map(|index| own.index(&index, &own.quoted(&name), "")))
        }
        None => indexes::index(vm, index, &name, bind.dialect()),
    })?;
    match made {
        Ok(sql) => bind.define(vm, &sql),
        Err(why) => {
            vm.gap_about(&why, &format!("CREATE INDEX ON {}", name.quoted()));
            Ok(())
        }
    }
}

/// `enum.create(bind, checkfirst=…)` and `enum.drop(bind, checkfirst=…)`.
pub(super) fn enum_type<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, create: bool) -> Eval<'a> {
    // Without a bind it is the one of its metadata.
    let given = args.at(1, "bind").cloned().or_else(|| vm.database.clone());
    let (Some(record), Some(Value::Object(object))) = (args.positional.first().cloned(), given) else {
        return Ok(Value::None);
    };
    let Some(bind) = object.bind() else { return Ok(Value::None) };
    if !bind.dialect().facts().libraries.makes_enums {
        return Ok(Value::None);
    }
    let check = !matches!(args.at(2, "checkfirst"), Some(Value::Bool(false)));
    let native = match types::native_enum(vm, &record)? {
        Some(Ok(native)) => native,
        Some(Err(why)) => {
            vm.gap(&why);
            return Ok(Value::None);
        }
        None => return Ok(Value::None),
    };
    let known = bind.has_type(&native.plain);
    if create && !(check && known) {
        bind.define(vm, &native.create())?;
    } else if !create && (known || !check) {
        bind.define(vm, &format!("DROP TYPE {}", native.name))?;
    }
    Ok(Value::None)
}

/// `Sequence(name, …).create(bind)` and `.drop(bind)`, which ask first whether it is there unless they are told not to.
pub(super) fn sequence<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, create: bool) -> Eval<'a> {
    let (Some(Value::Instance(record)), Some(Value::Object(object))) = (args.positional.first(), args.at(1, "bind"))
    else {
        let why = vm.why(if create { "uses `Sequence.create`" } else { "uses `Sequence.drop`" });
        vm.gap(&why);
        return Ok(Value::None);
    };
    let (record, object) = (record.clone(), object.clone());
    // Others have none, and are sent nothing.
    let Some(bind) = object.bind().filter(|bind| bind.dialect().facts().tables.have_sequences) else {
        return Ok(Value::None);
    };
    let check = !matches!(args.at(2, "checkfirst"), Some(Value::Bool(false)));
    let name = name_of_table(&record).quoted();
    let guard = match (check, create) {
        (false, _) => "",
        (true, true) => "IF NOT EXISTS ",
        (true, false) => "IF EXISTS ",
    };
    if !create {
        bind.define(vm, &format!("DROP SEQUENCE {guard}{name}"))?;
        return Ok(Value::None);
    }
    let mut sql = format!("CREATE SEQUENCE {guard}{name}");
    let options =
        [("start", "START WITH"), ("increment", "INCREMENT BY"), ("minvalue", "MINVALUE"), ("maxvalue", "MAXVALUE")];
    for (at, (keyword, words)) in options.into_iter().enumerate() {
        match record.keyword(keyword).or_else(|| record.positional().get(at + 1).filter(|_| at < 2).cloned()) {
            Some(Value::Int(number)) => sql += &format!(" {words} {number}"),
            Some(Value::Unknown(why)) => vm.gap(&why),
            _ => {}
        }
    }
    bind.define(vm, &sql)?;
    Ok(Value::None)
}
