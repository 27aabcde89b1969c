//! Indexes of SQLAlchemy as the statements that make them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::Known;
use super::super::super::value::{Instance, Value};
use super::ddl::{TableName, column_names, condition, identifier, known, list, text_of};
use super::naming::{self, Subject};
use super::records::own_name;
use crate::schema::dialect::Dialect;

/// `Index("name", "column", …)` of a table.
pub(super) fn index<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let args = record.positional();
    let name = match record.keyword("name").as_ref().or(args.first()).and_then(text_of) {
        Some(name) => Some(known!(name)),
        None => None,
    };
    create_index(vm, name.as_deref(), table, args.get(1..).unwrap_or_default(), &|key| record.keyword(key), dialect)
}

/// Writes a `CREATE INDEX` with these options.
pub(in super::super) fn create_index<'a>(
    vm: &mut Interpreter<'a>,
    name: Option<&str>,
    table: &TableName,
    columns: &[Value<'a>],
    option: &dyn Fn(&str) -> Option<Value<'a>>,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let own = |key: &str| option(&format!("{}_{key}", dialect.sqlalchemy_name()));
    let is_set = |value: Option<Value<'a>>| matches!(value, Some(Value::Bool(true)));
    let mut parts = Vec::new();
    let mut labels = Vec::new();
    let classes = own("ops");
    let class = |name: &str| match &classes {
        Some(Value::Dict(classes)) => {
            let items = classes.items.borrow();
            let found = items.iter().find(|(key, _)| key.0.as_str() == Some(name));
            found.and_then(|(_, class)| class.as_str().map(|class| format!(" {class}"))).unwrap_or_default()
        }
        _ => String::new(),
    };
    for column in columns {
        let plain = match column {
            Value::Instance(record) if record.class.is_named("Column") => own_name(record).map(Ok),
            _ => text_of(column),
        };
        match plain {
            Some(name) => {
                let name = known!(name);
                parts.push(format!("{}{}", identifier(&name), class(&name)));
                labels.push(name);
            }
            None => {
                let sql = known!(condition(vm, column)?);
                // An expression stands in brackets, whoever wrote it.
                let word = |text: &str| text.chars().all(|part| part.is_alphanumeric() || "_\"".contains(part));
                let bare = sql.split_whitespace().next().is_some_and(word) && sql.split_whitespace().skip(1).all(&word);
                let call = sql.ends_with(')') && sql.split('(').next().is_some_and(word);
                parts.push(if bare || call || sql.starts_with('(') { sql } else { bracketed(&sql) });
            }
        }
    }
    let subject = Subject { kind: "ix", table, columns: &labels, referred: None };
    let made_name = known!(naming::name(vm, subject, name.map(|name| Ok(name.to_owned()))));
    let made_name = identifier(&made_name.unwrap_or_default());
    let mut text = "CREATE ".to_owned();
    if is_set(option("unique")) {
        text += "UNIQUE ";
    }
    text += "INDEX ";
    if is_set(own("concurrently")) {
        text += "CONCURRENTLY ";
    }
    if is_set(option("if_not_exists")) {
        text += "IF NOT EXISTS ";
    }
    text += &format!("{made_name} ON {}", table.quoted());
    if let Some(method) = own("using").and_then(|value| value.as_str().map(str::to_owned)) {
        text += &format!(" USING {method}");
    }
    text += &format!(" ({})", parts.join(", "));
    if let Some(include) = own("include") {
        text += &format!(" INCLUDE ({})", list(&known!(column_names(vm, &include)?)));
    }
    if is_set(own("nulls_not_distinct")) {
        text += " NULLS NOT DISTINCT";
    }
    match own("where") {
        None | Some(Value::None) => {}
        Some(value) => text += &format!(" WHERE {}", known!(condition(vm, &value)?)),
    }
    Ok(Ok(text))
}

/// An expression in brackets, with its order behind them.
fn bracketed(sql: &str) -> String {
    let upper = sql.to_ascii_uppercase();
    for order in [" DESC", " ASC", " NULLS LAST", " NULLS FIRST"] {
        if upper.ends_with(order) {
            let at = sql.len() - order.len();
            return format!("{}{}", bracketed(&sql[..at]), &sql[at..]);
        }
    }
    if sql.starts_with('(') || (sql.ends_with(')') && !sql.contains(' ')) { sql.to_owned() } else { format!("({sql})") }
}
