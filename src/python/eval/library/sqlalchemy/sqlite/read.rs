//! Declared tables, columns and constraints as what SQLite gets of them.

use std::rc::Rc;

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::{Known, forget_text};
use super::super::super::super::value::{Instance, Value};
use super::super::constraints::{KeyParts, deferral, foreign_target, key_parts};
use super::super::ddl::{condition, known, names_of, text_of};
use super::super::naming::{self, Subject};
use super::super::records::{name_of_table, own_name, with_naming, with_types};
use super::super::tables::with_names;
use super::{Column, Computed, Constraint, DataType, DefaultText, Index, Options, Rule, Table, TableName, data_type};

/// A column, and what its declaration gives its table.
#[derive(Debug)]
pub(in super::super::super) struct Declared {
    pub column: Column,
    pub constraints: Vec<Constraint>,
    pub index: Option<Index>,
}

/// What a column is declared with besides its type.
const PARTS: [&str; 7] =
    ["ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue", "DefaultClause"];

/// Reads a column.
pub(in super::super::super) fn column<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
) -> Eval<'a, Known<Declared>> {
    let Some(name) = own_name(record) else { return Ok(Err(vm.why("has a column without a name"))) };
    let args = record.positional();
    let first_is_name = args.first().is_some_and(|first| text_of(first).is_some());
    let rest: Vec<Value<'a>> = args.into_iter().skip(usize::from(first_is_name)).collect();
    let is_part = |value: &Value<'a>| match value {
        Value::Instance(record) => PARTS.iter().any(|known| record.class.is_named(known)),
        Value::Object(_) => true,
        _ => false,
    };
    let part = |wanted: &str| {
        let is_it = |value: &Value<'a>| match value {
            Value::Instance(record) if record.class.is_named(wanted) => Some(record.clone()),
            _ => None,
        };
        rest.iter().find_map(is_it).or_else(|| record.keyword("server_default").as_ref().and_then(is_it))
    };
    let given = record.keyword("type_").or_else(|| rest.iter().find(|value| !is_part(value)).cloned());
    let refers = part("ForeignKey").is_some();
    let data_type = match given {
        Some(given) => known!(data_type(vm, &given, table)?),
        // It has that of what it refers to.
        None if refers => return Ok(Err(vm.why("has a column without a type"))),
        None => {
            let said = "Can't generate DDL for NullType(); did you forget to specify a type on this Column?";
            DataType { sql: Err(said.to_owned()), check: None }
        }
    };
    let primary_key = record.flag("primary_key") == Some(true);
    let default = match record.keyword("server_default").or_else(|| part("DefaultClause").map(Value::Instance)) {
        Some(value) => known!(DefaultText::of(vm, &value)?),
        None => None,
    };
    let computed = match part("Computed") {
        Some(computed) => {
            let expression = match computed.positional().first().cloned().or_else(|| computed.keyword("sqltext")) {
                Some(value) => known!(condition(vm, &value)?),
                None => String::new(),
            };
            let persisted = computed.flag("persisted").or(match computed.positional().get(1) {
                Some(Value::Bool(persisted)) => Some(*persisted),
                _ => None,
            });
            Some(Computed { expression, persisted })
        }
        None => None,
    };
    let own = [name.clone()];
    let subject = |kind| Subject { kind, table, columns: &own, referred: None };
    let (mut constraints, mut checks) = (Vec::new(), Vec::new());
    for value in &rest {
        let Value::Instance(part) = value else { continue };
        if part.class.is_named("ForeignKey") {
            constraints.push(known!(foreign(vm, part, table, &own)?));
        } else if part.class.is_named("CheckConstraint") {
            let given = part.keyword("name").as_ref().and_then(text_of);
            let label = known!(naming::name(vm, subject("ck"), given));
            let sql = part.positional().first().cloned().or_else(|| part.keyword("sqltext")).unwrap_or(Value::None);
            checks.push((label, known!(condition(vm, &sql)?)));
        }
    }
    let (unique, index) = (record.flag("unique") == Some(true), record.flag("index") == Some(true));
    let conflict = |key: &str| {
        record.keyword(&format!("sqlite_on_conflict_{key}")).and_then(|value| value.as_str().map(str::to_owned))
    };
    let conflicts = [conflict("not_null"), conflict("primary_key"), conflict("unique")];
    let index = if index {
        let name = known!(naming::name(vm, subject("ix"), None)).unwrap_or_default();
        Some(Index { name, unique, parts: vec![Ok(own[0].clone())], predicate: None })
    } else {
        if unique {
            let name = known!(naming::name(vm, subject("uq"), None));
            let conflict = conflicts[2].clone();
            constraints.push(Constraint { conflict, ..Constraint::new(name, Rule::Unique(own.to_vec())) });
        }
        None
    };
    let unknown = |key: &str| match record.keyword(key) {
        Some(Value::Unknown(why)) => Some(forget_text(&why)),
        _ => None,
    };
    if let Some(why) = ["nullable", "primary_key", "unique", "index"].into_iter().find_map(unknown) {
        return Ok(Err(why));
    }
    let nullable = record.flag("nullable").unwrap_or(!primary_key && part("Identity").is_none());
    let index_flag = index.is_some();
    let column = Column {
        name,
        data_type,
        nullable,
        default,
        primary_key,
        computed,
        checks,
        refers,
        autoincrement: record.flag("autoincrement") == Some(true),
        unique,
        index: index_flag,
        conflicts,
    };
    Ok(Ok(Declared { column, constraints, index }))
}

/// The constraint that a column's type makes.
pub(in super::super::super) fn constraints_of_type(data_type: &DataType, column: &str) -> Option<Constraint> {
    let (name, check) = data_type.check.clone()?;
    let rule = Rule::Check(check.replace('?', &super::identifier(column)));
    Some(Constraint { of_type: Some(column.to_owned()), ..Constraint::new(name, rule) })
}

/// `ForeignKey("other.id", …)` on a column.
fn foreign<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    own: &[String],
) -> Eval<'a, Known<Constraint>> {
    let target = known!(foreign_target(vm, record)?);
    let Some((other, column)) = target.rsplit_once('.') else {
        return Ok(Err(vm.why("refers to a table without a column")));
    };
    Ok(foreign_key(vm, record, table, own, (other, &[column.to_owned()])))
}

fn foreign_key<'a>(
    vm: &mut Interpreter<'a>,
    record: &Instance<'a>,
    table: &TableName,
    own: &[String],
    (other, references): (&str, &[String]),
) -> Known<Constraint> {
    let subject = Subject { kind: "fk", table, columns: own, referred: Some((other, references)) };
    let name = naming::name(vm, subject, record.keyword("name").as_ref().and_then(text_of))?;
    let suffix = foreign_suffix(|key| record.keyword(key));
    // What refers to another schema is left out; there is one alone here.
    let other = other.rsplit('.').next().unwrap_or(other).to_owned();
    let rule = Rule::Foreign { columns: own.to_vec(), table: other, references: references.to_vec(), suffix };
    Ok(Constraint::new(name, rule))
}

/// ` ON DELETE … ON UPDATE …` and what follows, by the options of these names.
pub(in super::super::super) fn foreign_suffix<'a>(option: impl Fn(&str) -> Option<Value<'a>>) -> String {
    let mut text = String::new();
    for (key, words) in [("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE")] {
        if let Some(action) = option(key).as_ref().and_then(Value::as_str) {
            text += &format!(" {words} {action}");
        }
    }
    text + &deferral(option)
}

/// A constraint of a table; `None` for what is none.
fn constraint<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
) -> Eval<'a, Known<Option<Constraint>>> {
    let args = record.positional();
    let given = record.keyword("name").as_ref().and_then(text_of);
    let conflict = record.keyword("sqlite_on_conflict").and_then(|value| value.as_str().map(str::to_owned));
    let made = match &*record.class.name {
        "PrimaryKeyConstraint" | "UniqueConstraint" => {
            let mut names = Vec::new();
            for name in known!(names_of(vm, &args)?) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let is_key = record.class.is_named("PrimaryKeyConstraint");
            let subject = Subject { kind: if is_key { "pk" } else { "uq" }, table, columns: &names, referred: None };
            let name = known!(naming::name(vm, subject, given));
            Constraint::new(name, if is_key { Rule::Primary(names) } else { Rule::Unique(names) })
        }
        "ForeignKeyConstraint" => {
            let KeyParts { own, target, others } = known!(key_parts(vm, record, &args)?);
            known!(foreign_key(vm, record, table, &own, (&target, &others)))
        }
        "CheckConstraint" => {
            let subject = Subject { kind: "ck", table, columns: &[], referred: None };
            let name = known!(naming::name(vm, subject, given));
            let sql = args.first().cloned().or_else(|| record.keyword("sqltext")).unwrap_or(Value::None);
            Constraint::new(name, Rule::Check(known!(condition(vm, &sql)?)))
        }
        _ => return Ok(Ok(None)),
    };
    Ok(Ok(Some(Constraint { conflict, ..made })))
}

/// `Index("name", "column", …)`.
fn index<'a>(vm: &mut Interpreter<'a>, record: &Rc<Instance<'a>>, table: &TableName) -> Eval<'a, Known<Index>> {
    let args = record.positional();
    let name = record.keyword("name").as_ref().or(args.first()).and_then(text_of);
    Index::read(vm, name, table, args.get(1..).unwrap_or_default(), &|key| record.keyword(key))
}

impl Index {
    /// Reads an index with these options.
    pub fn read<'a>(
        vm: &mut Interpreter<'a>,
        name: Option<Known<String>>,
        table: &TableName,
        columns: &[Value<'a>],
        option: &dyn Fn(&str) -> Option<Value<'a>>,
    ) -> Eval<'a, Known<Self>> {
        let mut parts = Vec::new();
        for column in columns {
            let plain = match column {
                Value::Instance(record) if record.class.is_named("Column") => own_name(record).map(Ok),
                _ => text_of(column),
            };
            parts.push(match plain {
                Some(name) => Ok(known!(name)),
                None => Err(known!(condition(vm, column)?)),
            });
        }
        let labels: Vec<String> = parts.iter().filter_map(|part| part.as_ref().ok()).cloned().collect();
        let subject = Subject { kind: "ix", table, columns: &labels, referred: None };
        let name = known!(naming::name(vm, subject, name)).unwrap_or_default();
        let predicate = match option("sqlite_where") {
            None | Some(Value::None) => None,
            Some(value) => Some(known!(condition(vm, &value)?)),
        };
        let unique = matches!(option("unique"), Some(Value::Bool(true)));
        Ok(Ok(Self { name, unique, parts, predicate }))
    }
}

/// Reads a table of these parts.
pub(in super::super::super) fn table<'a>(
    vm: &mut Interpreter<'a>,
    name: &TableName,
    parts: &[Value<'a>],
    option: &dyn Fn(&str) -> Option<Value<'a>>,
) -> Eval<'a, Known<Table>> {
    let mut records = Vec::new();
    for part in parts {
        match part {
            Value::Instance(record) => records.push(record.clone()),
            Value::Unknown(why) => return Ok(Err(forget_text(why))),
            _ => {}
        }
    }
    let is_set = |key: &str, value: bool| matches!(option(key), Some(Value::Bool(given)) if given == value);
    let options = Options {
        autoincrement: is_set("sqlite_autoincrement", true),
        without_rowid: is_set("sqlite_with_rowid", false),
        strict: is_set("sqlite_strict", true),
    };
    let mut made = Table { name: name.name.clone(), schema: name.schema.clone(), options, ..Table::default() };
    let mut unspecified = Vec::new();
    for record in with_names(&records) {
        if record.class.is_named("Column") {
            let declared = known!(column(vm, &record, name)?);
            if record.flag("nullable").is_none() {
                unspecified.push(declared.column.name.clone());
            }
            made.columns.push(declared.column);
            made.constraints.extend(declared.constraints);
            made.indexes.extend(declared.index);
        } else if record.class.is_named("Index") {
            made.indexes.push(known!(index(vm, &record, name)?));
        } else {
            made.constraints.extend(known!(constraint(vm, &record, name)?));
        }
    }
    let is_key = |constraint: &Constraint| matches!(&constraint.rule, Rule::Primary(columns) if !columns.is_empty());
    if !made.constraints.iter().any(is_key) {
        let key = made.key();
        if !key.is_empty() {
            let subject = Subject { kind: "pk", table: name, columns: &key, referred: None };
            let label = known!(naming::name(vm, subject, None));
            made.constraints.insert(0, Constraint::new(label, Rule::Primary(key)));
        }
    }
    let key = made.key();
    let foreign: Vec<String> = made
        .constraints
        .iter()
        .filter(|constraint| matches!(constraint.rule, Rule::Foreign { .. }))
        .flat_map(Constraint::columns)
        .collect();
    for column in &mut made.columns {
        if key.contains(&column.name) {
            column.primary_key = true;
            column.nullable &= !unspecified.contains(&column.name);
        }
        column.refers |= foreign.contains(&column.name);
    }
    Ok(Ok(made))
}

/// Reads a `Table`.
pub(in super::super::super) fn declared<'a>(
    vm: &mut Interpreter<'a>,
    table: &Rc<Instance<'a>>,
) -> Eval<'a, Known<Table>> {
    let name = name_of_table(table);
    with_naming(vm, table, |vm| {
        let parts = with_types(vm, table);
        self::table(vm, &name, &parts, &|key| table.keyword(key))
    })
}
