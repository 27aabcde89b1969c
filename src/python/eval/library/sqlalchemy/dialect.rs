//! `bind.dialect` and what hangs on it.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Value};
use super::compiler::{self, Compiler};
use super::ddl::identifier;
use crate::schema::dialect::Dialect;
use crate::schema::mysql::Flavour;

/// What it answers as an inspector does.
const INSPECTED: [&str; 10] = [
    "has_table",
    "has_index",
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_indexes",
    "get_unique_constraints",
    "get_check_constraints",
    "get_table_names",
    "get_view_names",
];

/// `bind.dialect`.
#[derive(Debug)]
pub(in super::super) struct DialectValue(pub Dialect);

impl<'a> Object<'a> for DialectValue {
    fn type_name(&self) -> &'static str {
        "Dialect"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "type_descriptor" | "has_table") || name.starts_with("get_") || name.starts_with("has_")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "type_descriptor" => args.positional.into_iter().next(),
            // The connection comes first.
            _ if INSPECTED.contains(&name) => {
                let mut args = args;
                let given = match args.keyword.iter().position(|(keyword, _)| keyword == "connection") {
                    Some(at) => Some(args.keyword.remove(at).1),
                    None => (!args.positional.is_empty()).then(|| args.positional.remove(0)),
                };
                let Some(given) = given else { return Ok(Some(vm.unknown(format!("uses `dialect.{name}`")))) };
                let inspector = super::inspect(vm, given);
                Some(vm.call_method(&inspector, name, args)?)
            }
            // It reads the catalog, in words of its own.
            _ if name.starts_with("get_") || name.starts_with("has_") => {
                Some(vm.unknown(format!("uses `dialect.{name}`")))
            }
            _ => None,
        })
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "name" => Some(Value::text(self.0.sqlalchemy_name())),
            "identifier_preparer" => Some(Value::Object(Rc::new(Preparer(self.0)))),
            "supports_native_enum" => Some(Value::Bool(compiler::of(self.0).is_none_or(Compiler::has_enums))),
            "default_schema_name" => match self.0.own_schema() {
                Some(name) => Some(Value::text(name)),
                None => Some(vm.unknown("depends on the name of a database")),
            },
            "is_mariadb" if self.0.facts().signs.server.is_some() => match vm.flavour() {
                Some(Flavour::MariaDb) => Some(Value::Bool(true)),
                Some(Flavour::MySql) => Some(Value::Bool(false)),
                _ => Some(vm.unknown("depends on whether the server is MySQL or MariaDB")),
            },
            "is_mariadb" => Some(Value::Bool(false)),
            _ => Some(vm.unknown(format!("uses `dialect.{name}`"))),
        })
    }
}

/// `dialect.identifier_preparer`.
#[derive(Debug)]
struct Preparer(Dialect);

impl<'a> Object<'a> for Preparer {
    fn type_name(&self) -> &'static str {
        "IdentifierPreparer"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "quote" | "quote_identifier" | "format_table" | "format_column" | "quote_schema")
    }

    fn method(&self, _vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let Some(given) = args.positional.first() else { return Ok(None) };
        let text = match given {
            Value::Str(text) => text.to_string(),
            Value::Instance(record) => match super::records::own_name(record) {
                Some(name) => name,
                None => return Ok(None),
            },
            _ => return Ok(Some(given.clone())),
        };
        if let Some(prepared) = compiler::of(self.0).and_then(|own| own.prepared(&text)) {
            return Ok(Some(Value::text(prepared)));
        }
        Ok(Some(Value::text(match name {
            "quote_identifier" => format!("\"{}\"", text.replace('"', "\"\"")),
            _ => identifier(&text),
        })))
    }
}
