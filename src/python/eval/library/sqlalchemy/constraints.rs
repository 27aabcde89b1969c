//! Constraints of SQLAlchemy as a table's definition writes them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::Known;
use super::super::super::value::{Instance, Value};
use super::ddl::{TableName, column_names, condition, identifier, known, list, names_of, text_of};
use super::naming::{self, Subject};
use super::records::own_name;
use crate::schema::dialect::Dialect;

/// What a `ForeignKeyConstraint` says.
pub(super) struct KeyParts {
    pub own: Vec<String>,
    /// The table that it refers to.
    pub target: String,
    /// The columns there.
    pub others: Vec<String>,
}

pub(super) fn key_parts<'a>(
    vm: &mut Interpreter<'a>,
    record: &Instance<'a>,
    args: &[Value<'a>],
) -> Eval<'a, Known<KeyParts>> {
    let own = record.keyword("columns").or_else(|| args.first().cloned()).unwrap_or(Value::None);
    let other = record.keyword("refcolumns").or_else(|| args.get(1).cloned()).unwrap_or(Value::None);
    let (own, other) = (known!(column_names(vm, &own)?), known!(column_names(vm, &other)?));
    let target = other.first().and_then(|first| first.rsplit_once('.')).map(|(target, _)| target.to_owned());
    let Some(target) = target else { return Ok(Err(vm.why("refers to a table without a column"))) };
    let others = other.iter().map(|name| name.rsplit('.').next().unwrap_or_default().to_owned()).collect();
    Ok(Ok(KeyParts { own, target, others }))
}

/// A constraint as a table's definition writes it; `None` for what is none.
pub(in super::super) fn constraint<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    columns: &[String],
) -> Eval<'a, Known<Option<String>>> {
    let args = record.positional();
    let given = record.keyword("name").as_ref().and_then(text_of);
    let subject = |kind, columns| Subject { kind, table, columns, referred: None };
    Ok(Ok(Some(match &*record.class.name {
        "PrimaryKeyConstraint" => {
            let names = once(known!(names_of(vm, &args)?));
            if names.is_empty() {
                return Ok(Ok(None));
            }
            let label = known!(naming::label(vm, subject("pk", &names), given));
            format!("{label}PRIMARY KEY ({})", list(&names))
        }
        "UniqueConstraint" => {
            let names = once(known!(names_of(vm, &args)?));
            let label = known!(naming::label(vm, subject("uq", &names), given));
            let nulls = match record.keyword("postgresql_nulls_not_distinct") {
                Some(Value::Bool(true)) => "NULLS NOT DISTINCT ",
                _ => "",
            };
            format!("{label}UNIQUE {nulls}({}){}", list(&names), deferral(|key| record.keyword(key)))
        }
        "ForeignKeyConstraint" => {
            let KeyParts { own, target, others } = known!(key_parts(vm, record, &args)?);
            known!(references(vm, record, table, &own, (&target, &others)))
        }
        "CheckConstraint" => {
            let name = given;
            let given = args.first().cloned().or_else(|| record.keyword("sqltext")).unwrap_or(Value::None);
            let label = known!(naming::label(vm, subject("ck", columns), name));
            format!("{label}CHECK ({})", known!(condition(vm, &given)?))
        }
        "ExcludeConstraint" => {
            let using = record.keyword("using").and_then(|value| value.as_str().map(str::to_owned));
            let mut parts = Vec::new();
            for pair in &args {
                let items = known!(vm.iterate(pair)?);
                let [column, operator] = items.as_slice() else { continue };
                let column = known!(names_of(vm, std::slice::from_ref(column))?);
                let operator = operator.as_str().unwrap_or_default();
                parts.push(format!("{} WITH {operator}", column.join(", ")));
            }
            let label = known!(naming::label(vm, subject("ex", &[]), given));
            format!("{label}EXCLUDE USING {} ({})", using.as_deref().unwrap_or("gist"), parts.join(", "))
        }
        _ => return Ok(Ok(None)),
    })))
}

/// Whether a foreign key is left out where its table is made, and made when all tables are there: where a database can add
/// constraints to a table.
pub(super) fn is_made_later(vm: &Interpreter<'_>, record: &Instance<'_>, dialect: Dialect) -> bool {
    dialect.facts().tables.adds_constraints && (vm.keys_later || record.flag("use_alter") == Some(true))
}

/// What `ForeignKey("other.id", …)` refers to.
pub(super) fn foreign_target<'a>(vm: &mut Interpreter<'a>, record: &Rc<Instance<'a>>) -> Eval<'a, Known<String>> {
    let given = record.positional().first().cloned().or_else(|| record.keyword("column"));
    Ok(Ok(match &given {
        Some(Value::Instance(column)) if column.class.is_named("Column") => {
            match (column.get("table"), column.get("table_name"), own_name(column)) {
                (Some(Value::Instance(table)), _, Some(name)) => {
                    format!("{}.{name}", super::records::name_of_table(&table).plain())
                }
                (_, Some(Value::Str(table)), Some(name)) => format!("{table}.{name}"),
                _ => return Ok(Err(vm.why("refers to a column whose table is not known"))),
            }
        }
        Some(value) => match text_of(value) {
            Some(text) => known!(text),
            None => return Ok(Err(vm.why("refers to something that is computed"))),
        },
        None => return Ok(Err(vm.why("refers to nothing"))),
    }))
}

/// `ForeignKey("other.id", …)` on a column.
pub(super) fn foreign_key<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    own: &TableName,
    columns: &[String],
) -> Eval<'a, Known<String>> {
    let target = known!(foreign_target(vm, record)?);
    let Some((table, column)) = target.rsplit_once('.') else {
        return Ok(Err(vm.why("refers to a table without a column")));
    };
    Ok(references(vm, record, own, columns, (table, &[column.to_owned()])))
}

fn references(
    vm: &Interpreter<'_>,
    record: &Instance<'_>,
    own: &TableName,
    columns: &[String],
    (table, others): (&str, &[String]),
) -> Known<String> {
    let name = |key: &str| record.keyword(key).and_then(|value| value.as_str().map(str::to_owned));
    let subject = Subject { kind: "fk", table: own, columns, referred: Some((table, others)) };
    let named = naming::label(vm, subject, record.keyword("name").as_ref().and_then(text_of))?;
    let table: Vec<String> = own.referred(table).split('.').map(identifier).collect();
    let mut text = format!("{named}FOREIGN KEY({}) REFERENCES {} ({})", list(columns), table.join("."), list(others));
    for (key, words) in [("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE")] {
        if let Some(action) = name(key) {
            text += &format!(" {words} {action}");
        }
    }
    Ok(text + &deferral(|key| record.keyword(key)))
}

/// `DEFERRABLE INITIALLY DEFERRED`, by the options of these names.
pub(in super::super) fn deferral<'a>(option: impl Fn(&str) -> Option<Value<'a>>) -> String {
    let mut text = String::new();
    match option("deferrable") {
        Some(Value::Bool(true)) => text += " DEFERRABLE",
        Some(Value::Bool(false)) => text += " NOT DEFERRABLE",
        _ => {}
    }
    if let Some(initially) = option("initially").as_ref().and_then(Value::as_str) {
        text += &format!(" INITIALLY {initially}");
    }
    text
}

/// Names without those that are there already: a key of SQLAlchemy takes no column twice.
fn once(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}
