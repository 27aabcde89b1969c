//! Columns of SQLAlchemy as a table's definition writes them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Instance, Unknown, Value};
use super::super::connection::OF_ROWS;
use super::compiler::is_general;
use super::constraints::{constraint, foreign_key, is_made_later};
use super::ddl::{TableName, condition, identifier, known, literal, sql_of, text_of};
use super::naming::{self, Subject};
use super::records::{is_part, own_name};
use super::types::{self, NativeEnum};
use super::{companions, compiler};
use crate::schema::dialect::Dialect;
use crate::schema::types::{UNKNOWN_DEFAULT, UNKNOWN_TYPE};

/// A column as a table's definition has it.
#[derive(Debug, Default)]
pub(in super::super) struct ColumnText {
    pub name: String,
    /// The type and what follows it.
    pub spec: String,
    pub primary_key: bool,
    /// Constraints of the column, as the table's definition writes them.
    pub constraints: Vec<String>,
    pub indexes: Vec<String>,
    /// Keys that are made when all tables are there (`use_alter`).
    pub later: Vec<String>,
    pub enums: Vec<NativeEnum>,
}

/// What stands around a column.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Around<'t> {
    /// The columns of the primary key that the table's own constraint names.
    pub key: &'t [String],
    /// How many columns the primary key has.
    pub key_length: usize,
    /// The columns that the table's own foreign keys are on.
    pub foreign: &'t [String],
}

/// Whether a column says that it is part of the primary key.
pub(super) fn is_key(record: &Instance<'_>) -> bool {
    record.flag("primary_key") == Some(true)
}

/// Writes a column.
pub(in super::super) fn column<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    table: &TableName,
    around: Around<'_>,
    dialect: Dialect,
) -> Eval<'a, Known<ColumnText>> {
    let Some(name) = own_name(record) else { return Ok(Err(vm.why("has a column without a name"))) };
    let mut made = ColumnText { name: name.clone(), ..ColumnText::default() };
    let args = record.positional();
    let first_is_name = args.first().is_some_and(|first| text_of(first).is_some());
    let rest: Vec<Value<'a>> = args.into_iter().skip(usize::from(first_is_name)).collect();
    let part = |wanted: &str| {
        rest.iter().find_map(|value| match value {
            Value::Instance(record) if record.class.is_named(wanted) => Some(record.clone()),
            _ => None,
        })
    };
    let data_type = record.keyword("type_").or_else(|| rest.iter().find(|value| !is_part(value)).cloned());
    let data_type = match data_type {
        Some(data_type) => data_type,
        // That of a key is the type of what it refers to, which may be anywhere.
        None if vm.keys_later => vm.unknown("has a column without a type"),
        None => return Ok(Err(vm.why("has a column without a type"))),
    };
    if dialect.facts().libraries.makes_enums
        && let Some(native) = types::native_enum(vm, &data_type)?
    {
        made.enums.push(known!(native));
    }
    // Of a type that is not known the column is known, and all else of its table.
    let written = types::sql(vm, &data_type, dialect)?.unwrap_or_else(|_| identifier(UNKNOWN_TYPE));
    made.primary_key = is_key(record) || around.key.contains(&name);
    let default = match record.keyword("server_default") {
        Some(Value::Unknown(why)) if !is_of_rows(&why, dialect) => return Ok(Err(forget_text(&why))),
        Some(Value::Instance(given)) if given.class.is_named("Identity") || given.class.is_named("Computed") => None,
        Some(value) => known!(server_default(vm, &value, dialect)?),
        None => None,
    };
    let given = |wanted: &str| {
        part(wanted).or_else(|| match record.keyword("server_default") {
            Some(Value::Instance(given)) if given.class.is_named(wanted) => Some(given),
            _ => None,
        })
    };
    let (identity, computed) = (given("Identity"), given("Computed"));
    let has_key = part("ForeignKey").is_some() || around.foreign.contains(&name);
    let auto = match record.keyword("autoincrement") {
        Some(Value::Bool(value)) => Some(value),
        _ => None,
    };
    let counts = made.primary_key
        && is_general(dialect)
        && !fills(record)
        && identity.is_none()
        && default.is_none()
        && part("Sequence").is_none()
        && auto != Some(false)
        && (auto == Some(true) || (around.key_length == 1 && !has_key));
    let counted = match written.as_str() {
        "INTEGER" => Some("SERIAL"),
        "BIGINT" => Some("BIGSERIAL"),
        "SMALLINT" => Some("SMALLSERIAL"),
        _ => None,
    };
    made.spec = match counted.filter(|_| counts) {
        Some(serial) => serial.to_owned(),
        None => written,
    };
    if let Some(default) = default {
        made.spec += &format!(" DEFAULT {default}");
    }
    if let Some(computed) = computed {
        let expression = match computed.positional().first() {
            Some(value) => known!(condition(vm, value)?),
            None => String::new(),
        };
        let stored = is_general(dialect) || computed.flag("persisted") == Some(true);
        made.spec += &format!(" GENERATED ALWAYS AS ({expression}){}", if stored { " STORED" } else { "" });
    }
    if let Some(identity) = &identity
        && is_general(dialect)
    {
        let always = is_always(identity);
        made.spec += if always { " GENERATED ALWAYS AS IDENTITY" } else { " GENERATED BY DEFAULT AS IDENTITY" };
        let options = identity_options(identity, "");
        if !options.is_empty() {
            made.spec += &format!(" ({})", options.join(" "));
        }
    }
    let nullable = record.flag("nullable").unwrap_or(!made.primary_key && identity.is_none());
    if !nullable && identity.is_none() {
        made.spec += " NOT NULL";
    }
    for value in &rest {
        let Value::Instance(part) = value else { continue };
        if part.class.is_named("ForeignKey") {
            let key = known!(foreign_key(vm, part, table, std::slice::from_ref(&name))?);
            if is_made_later(vm, part, dialect) { made.later.push(key) } else { made.constraints.push(key) }
        } else if part.class.is_named("CheckConstraint") {
            let check = constraint(vm, part, table, std::slice::from_ref(&name))?;
            made.constraints.push(known!(check).unwrap_or_default());
        }
    }
    if let Some(check) = types::check(vm, &data_type, &name)? {
        if vm.naming.is_some() {
            return Ok(Err(vm.why("has a check of its type, which the naming convention names")));
        }
        made.constraints.push(known!(check));
    }
    let (unique, index) = (record.flag("unique") == Some(true), record.flag("index") == Some(true));
    if is_general(dialect) {
        made.indexes.extend(companions::spatial_index(&data_type, table, &name));
        made.constraints.extend(companions::spatial_checks(&data_type, &name));
    }
    if index {
        let subject = Subject { kind: "ix", table, columns: std::slice::from_ref(&name), referred: None };
        let index = known!(naming::name(vm, subject, None)).unwrap_or_default();
        let unique = if unique { "UNIQUE " } else { "" };
        made.indexes.push(format!(
            "CREATE {unique}INDEX {} ON {} ({})",
            identifier(&index),
            table.quoted(),
            identifier(&name)
        ));
    } else if unique {
        let subject = Subject { kind: "uq", table, columns: std::slice::from_ref(&name), referred: None };
        let label = known!(naming::label(vm, subject, None));
        made.constraints.push(format!("{label}UNIQUE ({})", identifier(&name)));
    }
    Ok(Ok(made))
}

/// The options of an identity as SQL, each with a word in front.
pub(in super::super) fn identity_options(identity: &Instance<'_>, word: &str) -> Vec<String> {
    let args = identity.positional();
    let given = |index: usize, name: &str| identity.keyword(name).or_else(|| args.get(index).cloned());
    let number = |index, name, words: &str| {
        given(index, name)
            .filter(|value| !matches!(value, Value::Bool(_)))
            .and_then(|value| value.as_int())
            .map(|value| format!("{words} {value}"))
    };
    let flag =
        |index, name, words: &str| matches!(given(index, name), Some(Value::Bool(true))).then(|| words.to_owned());
    let parts = [
        number(3, "increment", "INCREMENT BY"),
        number(4, "minvalue", "MINVALUE"),
        number(5, "maxvalue", "MAXVALUE"),
        flag(6, "nominvalue", "NO MINVALUE"),
        flag(7, "nomaxvalue", "NO MAXVALUE"),
        number(2, "start", "START WITH"),
        number(9, "cache", "CACHE"),
        flag(8, "cycle", "CYCLE"),
    ];
    parts.into_iter().flatten().map(|part| format!("{word}{part}")).collect()
}

/// Makes a column that is added the primary key at once, where it says that it is one.
pub(in super::super) fn with_primary_key(record: &Instance<'_>, statements: &mut [String]) {
    if let (true, Some(added)) = (is_key(record), statements.first_mut()) {
        *added += " PRIMARY KEY";
    }
}

/// Whether an identity takes no value that is given.
pub(in super::super) fn is_always(identity: &Instance<'_>) -> bool {
    identity.flag("always") == Some(true) || matches!(identity.positional().first(), Some(Value::Bool(true)))
}

/// Whether a default is what a row says, so that it is there and fits, and no more is known of it.
fn is_of_rows(why: &Unknown, dialect: Dialect) -> bool {
    is_general(dialect) && why.reason == OF_ROWS
}

/// A default that the database applies; `None` where the value is none.
pub(in super::super) fn server_default<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    dialect: Dialect,
) -> Eval<'a, Known<Option<String>>> {
    Ok(Ok(match value {
        Value::None => None,
        Value::Unknown(why) if is_of_rows(why, dialect) => Some(UNKNOWN_DEFAULT.to_owned()),
        Value::Instance(record) if record.class.is_named("FetchedValue") => None,
        Value::Instance(record) if record.class.is_named("DefaultClause") => {
            let inner = record.positional().first().cloned().unwrap_or(Value::None);
            return server_default(vm, &inner, dialect);
        }
        Value::Bool(value) => Some(truth(*value, dialect).to_owned()),
        Value::Int(_) | Value::Float(_) => Some(vm.str(value)?.as_str().unwrap_or_default().to_owned()),
        _ => match text_of(value) {
            Some(text) => Some(literal(&known!(text))),
            None => match sql_of(value) {
                Some(sql) => {
                    let sql = known!(sql);
                    // `true()` and `false()` are written by dialect.
                    Some(word(&sql, dialect).map_or(sql, str::to_owned))
                }
                None => return Ok(Err(vm.why("has a default that is computed"))),
            },
        },
    }))
}

fn truth(value: bool, dialect: Dialect) -> &'static str {
    let sql = if value { "true" } else { "false" };
    word(sql, dialect).unwrap_or(sql)
}

/// What a constant or a function of SQLAlchemy's is called in a database, where that is something else.
fn word(sql: &str, dialect: Dialect) -> Option<&'static str> {
    compiler::of(dialect).and_then(|own| own.word(sql))
}

/// Whether Python gives a column the values that are not said, so that the database does not count them.
pub(super) fn fills(record: &Instance<'_>) -> bool {
    ["default", "insert_default"]
        .into_iter()
        .filter_map(|name| record.keyword(name))
        .any(|value| !matches!(value, Value::None | Value::Ellipsis))
}
