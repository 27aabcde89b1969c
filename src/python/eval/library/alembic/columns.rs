//! Operations on columns, as the statements that Alembic sends.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Args, Instance, Value};
use super::super::sqlalchemy::columns::{self, Around, server_default};
use super::super::sqlalchemy::ddl::{TableName, condition, identifier, known, text_of};
use super::super::sqlalchemy::types;
use crate::schema::dialect::Dialect;
use crate::schema::types::UNKNOWN_TYPE;

/// What adds a column.
pub(super) fn add_column<'a>(
    vm: &mut Interpreter<'a>,
    table: &TableName,
    column: &Rc<Instance<'a>>,
    guard: &str,
    dialect: Dialect,
) -> Eval<'a, Known<Vec<String>>> {
    let made = known!(columns::column(vm, column, table, Around { key: &[], key_length: 1, foreign: &[] }, dialect)?);
    let quoted = table.quoted();
    let mut statements =
        vec![format!("ALTER TABLE {quoted} ADD COLUMN {guard}{} {}", identifier(&made.name), made.spec)];
    if !dialect.facts().tables.adds_constraints {
        // It takes them with the column alone.
        return Ok(Ok(statements));
    }
    let constraints = made.constraints.iter().chain(&made.later);
    statements.extend(constraints.map(|constraint| format!("ALTER TABLE {quoted} ADD {constraint}")));
    statements.extend(made.indexes);
    Ok(Ok(statements))
}

/// What alters a column.
pub(super) fn alter_column<'a>(
    vm: &mut Interpreter<'a>,
    table: &TableName,
    column: &str,
    args: &Args<'a>,
    dialect: Dialect,
) -> Eval<'a, Known<Vec<String>>> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", table.quoted(), identifier(column));
    let mut statements = Vec::new();
    let existing = match args.get("existing_server_default") {
        Some(Value::Instance(record)) if record.class.is_named("Identity") => Some(record.clone()),
        _ => None,
    };
    let is_computed =
        |name: &str| matches!(args.get(name), Some(Value::Instance(record)) if record.class.is_named("Computed"));
    let changes_default = !matches!(args.get("server_default"), None | Some(Value::Bool(false)));
    if is_computed("server_default") || changes_default && is_computed("existing_server_default") {
        let message = "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing \
                       column is not supported.";
        vm.raise_surely("CompileError", message)?;
        return Ok(Ok(statements));
    }
    match args.get("type_").cloned() {
        None | Some(Value::None) => {}
        Some(data_type) => {
            let written = types::sql(vm, &data_type, dialect)?.unwrap_or_else(|_| identifier(UNKNOWN_TYPE));
            let using = match args.get("postgresql_using").cloned() {
                None | Some(Value::None) => String::new(),
                Some(using) => format!(" USING {}", known!(condition(vm, &using)?)),
            };
            statements.push(format!("{alter} TYPE {written}{using}"));
        }
    }
    match args.get("nullable") {
        Some(Value::Bool(true)) => statements.push(format!("{alter} DROP NOT NULL")),
        Some(Value::Bool(false)) => statements.push(format!("{alter} SET NOT NULL")),
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(why))),
        _ => {}
    }
    match args.get("server_default").cloned() {
        None | Some(Value::Bool(false)) => {}
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(&why))),
        Some(Value::Instance(record)) if record.class.is_named("Identity") => {
            statements.push(alter_identity(&alter, &record, existing.as_ref()));
        }
        Some(Value::None) if existing.is_some() => statements.push(format!("{alter} DROP IDENTITY")),
        Some(value) => match known!(server_default(vm, &value, dialect)?) {
            Some(default) => statements.push(format!("{alter} SET DEFAULT {default}")),
            None => statements.push(format!("{alter} DROP DEFAULT")),
        },
    }
    if let Some(new) = args.get("new_column_name").and_then(text_of) {
        let (table, old, new) = (table.quoted(), identifier(column), identifier(&known!(new)));
        statements.push(format!("ALTER TABLE {table} RENAME COLUMN {old} TO {new}"));
    }
    Ok(Ok(statements))
}

/// What gives a column an identity, or changes the one that it has.
fn alter_identity(alter: &str, identity: &Instance<'_>, existing: Option<&Rc<Instance<'_>>>) -> String {
    let how = |identity: &Instance<'_>| if columns::is_always(identity) { "ALWAYS" } else { "BY DEFAULT" };
    let Some(existing) = existing else {
        let options = columns::identity_options(identity, "");
        let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
        return format!("{alter} ADD GENERATED {} AS IDENTITY{options}", how(identity));
    };
    let known = columns::identity_options(existing, "SET ");
    let mut parts: Vec<String> = columns::identity_options(identity, "SET ");
    parts.retain(|part| !known.contains(part));
    if how(identity) != how(existing) {
        parts.insert(0, format!("SET GENERATED {}", how(identity)));
    }
    format!("{alter} {}", parts.join(" "))
}
