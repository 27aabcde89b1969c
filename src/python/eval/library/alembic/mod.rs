//! Alembic: `op`, `context`, and what revisions ask them.

mod batch;
mod columns;
pub mod environment;
pub(super) mod extensions;
mod implementation;
mod ini;
mod invoke;
mod legacy;
mod misuse;
mod mysql;
mod operation;
mod operations;
mod run;
mod script;
mod sqlite;

use std::rc::Rc;

pub(in super::super) use self::invoke::Registered;
use self::operations::Operations;
use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Value};
use super::sqlalchemy::dialect::DialectValue;
use super::sqlalchemy::engine::address;

/// Whether a dotted name is a module of Alembic.
pub(super) fn is_module(dotted: &str) -> bool {
    const INNER: &[&str] = &[
        "op",
        "context",
        "util",
        "config",
        "script",
        "runtime",
        "migration",
        "operations",
        "ddl",
        "environment",
        "autogenerate",
        "base",
        "ops",
        "impl",
        "postgresql",
        "sqlite",
        "mysql",
    ];
    let mut parts = dotted.split('.');
    parts.next() == Some("alembic") && parts.all(|part| INNER.contains(&part))
}

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    let op = || Value::Object(Rc::new(Operations::default()));
    Ok(Some(match name {
        "op" => op(),
        "context" => Value::Object(Rc::new(Context)),
        "Operations" => invoke::operations_class(vm),
        "BatchOperations" => Value::Class(vm.record_class("BatchOperations")),
        "MigrateOperation" => Value::Class(vm.named_class("MigrateOperation")),
        "CommandError" => return Ok(vm.exception_class("CommandError").map(Value::Class)),
        _ if let Some(class) = invoke::class(name) => Value::Class(vm.record_class(class)),
        _ if name.ends_with("Impl") => return Ok(environment::implementation(vm, name)),
        _ if operations::NAMES.contains(&name) => Value::Method(Rc::new((op(), name.to_owned()))),
        _ => return Ok(None),
    }))
}

/// `alembic.context`, and what `op.get_context()` answers with.
#[derive(Debug)]
struct Context;

impl<'a> Object<'a> for Context {
    fn type_name(&self) -> &'static str {
        "MigrationContext"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "is_offline_mode"
                | "get_x_argument"
                | "get_bind"
                | "get_context"
                | "autocommit_block"
                | "begin_transaction"
                | "execute"
                | "get_tag_argument"
                | "configure"
                | "run_migrations"
                | "_ensure_version_table"
        )
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "is_offline_mode" => Value::Bool(false),
            "configure" => {
                environment::configure(vm, &args)?;
                Value::None
            }
            "run_migrations" => {
                environment::run_migrations(vm, args)?;
                Value::None
            }
            // What a tenant's schema is called, and the like, is said where it is run.
            "get_x_argument" if vm.setup.running => vm.unknown("depends on the arguments that Alembic is run with"),
            "get_x_argument" => match args.get("as_dictionary").or_else(|| args.positional.first()) {
                Some(Value::Bool(true)) => Interpreter::text_dict([]),
                _ => vm.new_list(Vec::new())?,
            },
            // It is there before the first revision.
            "get_tag_argument" | "_ensure_version_table" => Value::None,
            "get_bind" => operations::bind(vm),
            "get_context" | "begin_transaction" => Value::Object(Rc::new(Self)),
            "autocommit_block" => {
                operations::autocommit(vm, true);
                Value::Object(Rc::new(AutocommitBlock))
            }
            "execute" => Operations::default().run(vm, "execute", &args)?,
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "bind" | "connection" => operations::bind(vm),
            "dialect" => match operations::dialect(vm) {
                Some(dialect) => Value::Object(Rc::new(DialectValue(dialect))),
                None => vm.unknown("depends on the database"),
            },
            "as_sql" => Value::Bool(false),
            "impl" | "migration_context" => Value::Object(Rc::new(Self)),
            "config" => Value::Object(Rc::new(Config)),
            "script" => Value::Object(Rc::new(script::Script)),
            _ => return environment::context_attribute(vm, name),
        }))
    }
}

/// `context.config`.
#[derive(Debug)]
struct Config;

impl<'a> Object<'a> for Config {
    fn type_name(&self) -> &'static str {
        "Config"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "get_main_option" | "get_section" | "get_section_option" | "set_main_option")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let wanted = args.positional.last().and_then(Value::as_str);
        if let Some(known) = ini::setting(vm, name, &args)? {
            return Ok(Some(known));
        }
        Ok(Some(match name {
            "get_main_option" | "get_section_option" if wanted == Some("sqlalchemy.url") => address(vm),
            "get_section" if vm.setup.running => {
                let section = Interpreter::text_dict([("sqlalchemy.url".to_owned(), address(vm))]);
                let why = vm.why("depends on Alembic's settings");
                vm.taint(&section, &why);
                section
            }
            "get_section" if vm.database.is_some() => address(vm),
            "set_main_option" => Value::None,
            _ => vm.unknown("depends on Alembic's settings"),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        if name == "attributes" && vm.setup.running {
            // What a program puts there that runs Alembic itself; the command puts nothing there.
            return Ok(Some(Interpreter::text_dict([])));
        }
        Ok((!<Self as Object<'a>>::has_method(self, name)).then(|| vm.unknown("depends on Alembic's settings")))
    }
}

/// `with op.get_context().autocommit_block():`.
#[derive(Debug)]
struct AutocommitBlock;

impl<'a> Object<'a> for AutocommitBlock {
    fn type_name(&self) -> &'static str {
        "autocommit_block"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn exit(&self, vm: &mut Interpreter<'a>, _raised: bool) -> Eval<'a, bool> {
        operations::autocommit(vm, false);
        Ok(false)
    }
}
