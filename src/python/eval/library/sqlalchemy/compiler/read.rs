//! Declared tables, columns and constraints as what a database gets of them.

use std::rc::Rc;

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::operators::{Known, forget_text};
use super::super::super::super::value::{Instance, Value};
use super::super::columns::fills;
use super::super::constraints::{KeyParts, deferral, foreign_target, is_made_later, key_parts};
use super::super::creation::{with_naming, with_types};
use super::super::ddl::{condition, known, names_of, text_of};
use super::super::naming::{self, Subject};
use super::super::records::{indexes_beside, name_of_table, own_name};
use super::super::tables::with_names;
use super::{
    Autoincrement, Column, Compiler, Computed, Constraint, DataType, DefaultText, Given, Index, NO_TYPE, Options, Rule,
    Table, TableName, data_type,
};

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
    compiler: &dyn Compiler,
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
        Some(given) => known!(data_type(vm, &given, table, compiler)?),
        // It has that of what it refers to.
        None if refers => return Ok(Err(vm.why("has a column without a type"))),
        None => DataType { sql: Err(NO_TYPE.to_owned()), check: None },
    };
    let primary_key = record.flag("primary_key") == Some(true);
    let default = match record.keyword("server_default").or_else(|| part("DefaultClause").map(Value::Instance)) {
        Some(value) => known!(DefaultText::of(vm, &value, compiler)?),
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
            constraints.push(known!(foreign(vm, part, table, &own, compiler)?));
        } else if part.class.is_named("CheckConstraint") {
            let given = part.keyword("name").as_ref().and_then(text_of);
            let label = known!(naming::name(vm, subject("ck"), given));
            let sql = part.positional().first().cloned().or_else(|| part.keyword("sqltext")).unwrap_or(Value::None);
            checks.push((label, known!(condition(vm, &sql)?)));
        }
    }
    let (unique, index) = (record.flag("unique") == Some(true), record.flag("index") == Some(true));
    let conflict = |key: &str| {
        let name = format!("{}_on_conflict_{key}", compiler.name());
        record.keyword(&name).and_then(|value| value.as_str().map(str::to_owned))
    };
    let conflicts = [conflict("not_null"), conflict("primary_key"), conflict("unique")];
    let index = if index {
        let name = known!(naming::name(vm, subject("ix"), None)).unwrap_or_default();
        Some(Index { name, unique, parts: vec![Ok(own[0].clone())], ..Index::default() })
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
        autoincrement: match record.keyword("autoincrement") {
            Some(Value::Bool(true)) => Autoincrement::Yes,
            Some(Value::Bool(false)) => Autoincrement::No,
            Some(Value::Str(text)) if &*text == "ignore_fk" => Autoincrement::IgnoreForeign,
            _ if fills(record) => Autoincrement::No,
            _ => Autoincrement::Auto,
        },
        filled: record.keyword("default").is_some_and(|default| !matches!(default, Value::None)),
        unique,
        index: index_flag,
        conflicts,
    };
    Ok(Ok(Declared { column, constraints, index }))
}

/// The constraint that a column's type makes.
pub(in super::super::super) fn constraints_of_type(
    data_type: &DataType,
    column: &str,
    compiler: &dyn Compiler,
) -> Option<Constraint> {
    let (name, check) = data_type.check.clone()?;
    let rule = Rule::Check(check.replace('?', &compiler.identifier(column)));
    Some(Constraint { of_type: Some(column.to_owned()), ..Constraint::new(name, rule) })
}

/// `ForeignKey("other.id", …)` on a column.
fn foreign<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    own: &[String],
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Constraint>> {
    let target = known!(foreign_target(vm, record)?);
    let Some((other, column)) = target.rsplit_once('.') else {
        return Ok(Err(vm.why("refers to a table without a column")));
    };
    Ok(foreign_key(vm, record, table, own, (other, &[column.to_owned()]), compiler))
}

fn foreign_key<'a>(
    vm: &mut Interpreter<'a>,
    record: &Instance<'a>,
    table: &TableName,
    own: &[String],
    (other, references): (&str, &[String]),
    compiler: &dyn Compiler,
) -> Known<Constraint> {
    let subject = Subject { kind: "fk", table, columns: own, referred: Some((other, references)) };
    let name = naming::name(vm, subject, record.keyword("name").as_ref().and_then(text_of))?;
    let suffix = foreign_suffix(|key| record.keyword(key));
    let bare = other.rsplit('.').next().filter(|_| !compiler.has_schemas());
    let other = bare.unwrap_or(other).to_owned();
    let rule = Rule::Foreign { columns: own.to_vec(), table: other, references: references.to_vec(), suffix };
    // Where a table can get constraints later, one may wait for that.
    let later = is_made_later(vm, record, compiler.dialect());
    Ok(Constraint { later, ..Constraint::new(name, rule) })
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
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Option<Constraint>>> {
    let args = record.positional();
    let given = record.keyword("name").as_ref().and_then(text_of);
    let conflict = format!("{}_on_conflict", compiler.name());
    let conflict = record.keyword(&conflict).and_then(|value| value.as_str().map(str::to_owned));
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
            known!(foreign_key(vm, record, table, &own, (&target, &others), compiler))
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
pub(in super::super::super) fn index<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Index>> {
    let args = record.positional();
    let name = record.keyword("name").as_ref().or(args.first()).and_then(text_of);
    Index::read(vm, name, table, args.get(1..).unwrap_or_default(), &|key| record.keyword(key), compiler)
}

impl Index {
    /// Reads an index with these options.
    pub fn read<'a>(
        vm: &mut Interpreter<'a>,
        name: Option<Known<String>>,
        table: &TableName,
        columns: &[Value<'a>],
        option: Given<'_, 'a>,
        compiler: &dyn Compiler,
    ) -> Eval<'a, Known<Self>> {
        let mut parts = Vec::new();
        for column in columns {
            let plain = match column {
                Value::Instance(record) if record.class.is_named("Column") => own_name(record).map(Ok),
                _ => text_of(column),
            };
            parts.push(match plain {
                Some(name) => Ok(known!(name)),
                None => {
                    let is_text = matches!(column, Value::Object(object) if object.type_name() == "TextClause");
                    Err(compiler.index_part(known!(condition(vm, column)?), is_text))
                }
            });
        }
        let labels: Vec<String> = parts.iter().filter_map(|part| part.as_ref().ok()).cloned().collect();
        let subject = Subject { kind: "ix", table, columns: &labels, referred: None };
        let name = known!(naming::name(vm, subject, name)).unwrap_or_default();
        let predicate = match option(&format!("{}_where", compiler.name())) {
            None | Some(Value::None) => None,
            Some(value) => Some(known!(condition(vm, &value)?)),
        };
        let unique = matches!(option("unique"), Some(Value::Bool(true)));
        let options = compiler.index_options(option, columns);
        Ok(Ok(Self { name, unique, parts, predicate, options }))
    }
}

/// Reads a table of these parts.
pub(in super::super::super) fn table<'a>(
    vm: &mut Interpreter<'a>,
    name: &TableName,
    parts: &[Value<'a>],
    option: Given<'_, 'a>,
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Table>> {
    let mut records = Vec::new();
    for part in parts {
        match part {
            Value::Instance(record) => records.push(record.clone()),
            Value::Unknown(why) => return Ok(Err(forget_text(why))),
            _ => {}
        }
    }
    let is_set = |key: &str, value: bool| {
        let name = format!("{}_{key}", compiler.name());
        matches!(option(&name), Some(Value::Bool(given)) if given == value)
    };
    let options = Options {
        autoincrement: is_set("autoincrement", true),
        without_rowid: is_set("with_rowid", false),
        strict: is_set("strict", true),
    };
    let (own, schema, words) = (name.name.clone(), name.schema.clone(), compiler.words(option));
    let mut made = Table { name: own, schema, options, words, ..Table::default() };
    // What stands by itself was there before what columns make of themselves.
    let mut of_columns = Vec::new();
    let mut unspecified = Vec::new();
    for record in with_names(&records) {
        if record.class.is_named("Column") {
            let declared = known!(column(vm, &record, name, compiler)?);
            if record.flag("nullable").is_none() {
                unspecified.push(declared.column.name.clone());
            }
            made.columns.push(declared.column);
            of_columns.extend(declared.constraints);
            made.indexes.extend(declared.index);
        } else if record.class.is_named("Index") {
            made.indexes.push(known!(index(vm, &record, name, compiler)?));
        } else {
            made.constraints.extend(known!(constraint(vm, &record, name, compiler)?));
        }
    }
    made.constraints.append(&mut of_columns);
    let is_key = |constraint: &Constraint| matches!(&constraint.rule, Rule::Primary(columns) if !columns.is_empty());
    if !made.constraints.iter().any(is_key) {
        let mut key = made.key();
        // The one that counts stands first.
        let counts = |name: &String| {
            let is_it = |column: &Column| column.name == *name && column.autoincrement == Autoincrement::Yes;
            made.columns.iter().any(is_it)
        };
        key.sort_by_key(|name| !counts(name));
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
    compiler: &dyn Compiler,
) -> Eval<'a, Known<Table>> {
    let name = name_of_table(table);
    with_naming(vm, table, |vm| {
        let mut parts = with_types(vm, table);
        parts.extend(indexes_beside(vm, table));
        self::table(vm, &name, &parts, &|key| table.keyword(key), compiler)
    })
}
