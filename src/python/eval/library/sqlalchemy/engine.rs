//! Engines: further connections, and what says to which database they lead.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, CONNECTS, Object};
use super::super::super::value::{Args, HOLE, Unknown, Value};
use super::dialect::DialectValue;
use crate::schema::dialect::Dialect;

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

/// Further methods of sessions: whatever they are given, it is rows that they change, read or forget.
pub(in super::super) const ROWS: [&str; 18] = [
    "bulk_insert_mappings",
    "bulk_save_objects",
    "bulk_update_mappings",
    "enable_relationship_loading",
    "expire",
    "expunge",
    "get_bind_names",
    "get_one",
    "in_nested_transaction",
    "is_modified",
    "merge",
    "merge_all",
    "merge_frozen_result",
    "prepare",
    "refresh",
    "remove",
    "scalar_one",
    "delete_all",
];

/// The address of the database that migrations run on, as far as Alembic's settings or a connection tell it, as an object and as
/// a text. It begins with the name of the database's dialect; what else it looks like is not known.
#[derive(Debug)]
struct Address {
    dialect: Option<Dialect>,
}

pub(in super::super) fn address<'a>(vm: &Interpreter<'a>) -> Value<'a> {
    let dialect = match &vm.database {
        Some(Value::Object(database)) => database.bind().map(Bind::dialect),
        _ => None,
    };
    Value::Object(Rc::new(Address { dialect }))
}

impl Address {
    /// Whether a text that addresses begin with, or have in them, is in this one; `None` where that is not known.
    fn says(&self, part: &str, at_the_start: bool) -> Option<bool> {
        let names = self.dialect?.sqlalchemy_names();
        let is_said = |name: &&str| if at_the_start { name.starts_with(part) } else { name.contains(part) };
        // Of several names it is the first that a connection tells of itself, too.
        if names.first().is_some_and(is_said) {
            return Some(true);
        }
        let scheme = part.split(['+', ':']).next().unwrap_or_default();
        let is_of = |dialect: &Dialect| dialect.sqlalchemy_names().iter().any(|name| name.starts_with(scheme));
        let may_be_own = scheme.is_empty() || self.dialect.as_ref().is_some_and(is_of);
        let is_scheme = at_the_start || ["oracle", "mssql"].contains(&scheme) || Dialect::ALL.iter().any(is_of);
        (!may_be_own && is_scheme).then_some(false)
    }
}

pub(super) fn is_address(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(object) if object.is_address())
}

impl<'a> Object<'a> for Address {
    fn type_name(&self) -> &'static str {
        "URL"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "replace"
                | "set"
                | "render_as_string"
                | "strip"
                | "removeprefix"
                | "update_query_dict"
                | "startswith"
                | "lower"
                | "get_backend_name"
        )
    }

    /// Another driver leads to the same database; another name leads elsewhere.
    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(Some(vm.unknown(CONNECTS)));
        }
        let names = self.dialect.map_or(&[][..], Dialect::sqlalchemy_names);
        match (name, args.positional.first(), names) {
            ("get_backend_name", _, [only, ..]) => return Ok(Some(Value::text(*only))),
            ("get_backend_name", ..) => return Ok(Some(vm.unknown(CONNECTS))),
            ("startswith", Some(wanted), _) => {
                let wanted = match wanted {
                    Value::Tuple(several) => several.items.clone(),
                    one => vec![one.clone()],
                };
                let answers: Vec<Option<bool>> = wanted.iter().map(|part| self.says(part.as_str()?, true)).collect();
                return Ok(Some(if answers.contains(&Some(true)) {
                    Value::Bool(true)
                } else if answers.iter().all(|answer| *answer == Some(false)) {
                    Value::Bool(false)
                } else {
                    vm.unknown(CONNECTS)
                }));
            }
            _ => {}
        }
        let is_driver =
            |value: &Value<'a>| value.as_str().is_none_or(|text| text.contains("postgres") || text.contains('+'));
        let stays = match name {
            "replace" => args.positional.iter().take(1).all(is_driver),
            "set" => args.positional.is_empty() && args.keyword.iter().all(|(key, _)| key == "drivername"),
            _ => true,
        };
        Ok(Some(if stays { address(vm) } else { vm.unknown(CONNECTS) }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        if <Self as Object<'a>>::has_method(self, name) {
            return Ok(None);
        }
        let names = self.dialect.map_or(&[][..], Dialect::sqlalchemy_names);
        Ok(Some(match (name, names) {
            // `postgresql`, or that with a driver behind it.
            ("drivername", [only, ..]) => {
                let why = vm.why(CONNECTS);
                Value::Unknown(Rc::new(Unknown { text: Some(format!("{only}{HOLE}").into()), ..(*why).clone() }))
            }
            _ => vm.unknown(CONNECTS),
        }))
    }

    fn contains(&self, item: &Value<'a>) -> Option<bool> {
        self.says(item.as_str()?, false)
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

/// `db.engine` of Flask-SQLAlchemy's: to which database it leads is not known, but its dialect is the one that migrations
/// are written for.
#[derive(Debug)]
struct OfApplication<'a> {
    elsewhere: Value<'a>,
    dialect: Dialect,
}

pub(super) fn of_application<'a>(vm: &Interpreter<'a>) -> Value<'a> {
    let Some(Value::Object(database)) = vm.database.clone() else { return vm.unknown("comes from SQLAlchemy") };
    let Some(bind) = database.bind() else { return vm.unknown("comes from SQLAlchemy") };
    let elsewhere = bind.another(false).unwrap_or_else(|| vm.unknown(ELSEWHERE));
    Value::Object(Rc::new(OfApplication { elsewhere, dialect: bind.dialect() }))
}

impl<'a> Object<'a> for OfApplication<'a> {
    fn type_name(&self) -> &'static str {
        "Engine"
    }

    fn is_database(&self) -> bool {
        matches!(&self.elsewhere, Value::Object(elsewhere) if elsewhere.is_database())
    }

    fn bind(&self) -> Option<&dyn Bind<'a>> {
        match &self.elsewhere {
            Value::Object(elsewhere) => elsewhere.bind(),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        CONNECTION.contains(&name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        vm.call_method(&self.elsewhere.clone(), name, args).map(Some)
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        match (name, self.dialect.sqlalchemy_names()) {
            ("dialect", _) => Ok(Some(Value::Object(Rc::new(DialectValue(self.dialect))))),
            ("name", [only]) => Ok(Some(Value::text(*only))),
            _ => vm.attribute(&self.elsewhere.clone(), name),
        }
    }
}

/// Why nothing is known of what an engine leads to.
pub(in super::super) const ELSEWHERE: &str = "depends on a database that is not known";
