//! Engines: further connections, and what says to which database they lead.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Value};

/// The methods of a connection or a session that are followed, whichever database it leads to.
pub(in super::super) const CONNECTION: [&str; 19] = [
    "execute",
    "exec_driver_sql",
    "scalar",
    "scalars",
    "commit",
    "rollback",
    "begin",
    "begin_nested",
    "connect",
    "execution_options",
    "get_bind",
    "run_sync",
    "close",
    "flush",
    "add",
    "add_all",
    "query",
    "cursor",
    "in_transaction",
];

/// The address of the database that migrations run on, as far as Alembic's settings or a connection tell it. What it
/// looks like is not known.
#[derive(Debug)]
struct Address;

pub(in super::super) fn address<'a>() -> Value<'a> {
    Value::Object(Rc::new(Address))
}

pub(super) fn is_address(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(object) if object.is_address())
}

impl<'a> Object<'a> for Address {
    fn type_name(&self) -> &'static str {
        "URL"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "replace" | "set" | "render_as_string" | "strip" | "removeprefix" | "update_query_dict")
    }

    /// Another driver leads to the same database; another name leads elsewhere.
    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(Some(vm.unknown("depends on how a program connects")));
        }
        let is_driver =
            |value: &Value<'a>| value.as_str().is_none_or(|text| text.contains("postgres") || text.contains('+'));
        let stays = match name {
            "replace" => args.positional.iter().take(1).all(is_driver),
            "set" => args.positional.is_empty() && args.keyword.iter().all(|(key, _)| key == "drivername"),
            _ => true,
        };
        Ok(Some(if stays { address() } else { vm.unknown("depends on how a program connects") }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((!<Self as Object<'a>>::has_method(self, name)).then(|| vm.unknown("depends on how a program connects")))
    }

    fn is_address(&self) -> bool {
        true
    }
}

/// `create_engine(url)`: a connection of its own, to the migrations' database where the address is the one of that.
pub(super) fn create<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    if vm.setup.running
        && let Some(database) = vm.database.clone()
    {
        vm.note_options(&args)?;
        // An environment connects to the database that it migrates.
        return Ok(database);
    }
    let given = args.at(0, "url").or_else(|| args.get("configuration"));
    // The module is searched for the call.
    let length = vm.here.map_or(0, |(module, _)| module.text().len());
    vm.steps(64 + length / 16)?;
    let is_known = given.is_some_and(is_address) || vm.is_given_the_migrations_address();
    let engine = match &vm.database {
        Some(Value::Object(database)) => database.clone().bind().and_then(|bind| bind.another(is_known)),
        _ => None,
    };
    Ok(engine.unwrap_or_else(|| vm.unknown(ELSEWHERE)))
}

/// Why nothing is known of what an engine leads to.
pub(in super::super) const ELSEWHERE: &str = "depends on a database that is not known";
