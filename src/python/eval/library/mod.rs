//! The modules of Python's library that migrations use, as far as they decide what a schema becomes.

pub mod alembic;
mod classes;
mod connection;
pub mod driver;
mod files;
mod functions;
mod inlined;
pub mod mysql;
mod patterns;
pub mod postgres;
pub mod refusals;
pub mod session;
mod signatures;
mod sqlalchemy;
pub mod sqlite;
pub mod sqlite3;
pub(super) mod standard_types;
mod system;
mod unfollowed;

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Operator, UnaryOp};

use super::interpreter::{Eval, Interpreter};
use super::module::{Attributes, Origin};
use super::value::{Args, Class, Instance, Value};

pub(super) use self::alembic::Registered;
pub(super) use self::sqlalchemy::naming::Convention;
pub(super) use self::sqlalchemy::orm::mapping::Mapping;
pub use self::sqlalchemy::orm::models::{
    Asked, ModelPart, ModelTable, Models as DeclaredModels, Part, PartSort, Target,
};
pub(super) use self::sqlalchemy::types::decorated_enum;
pub(super) use self::sqlalchemy::uses::{Keeps, Source, Use};
pub(super) use self::system::{VARIABLE, variable};

/// A module of ours.
pub(super) fn module(dotted: &str) -> Option<Attributes> {
    Some(match dotted {
        "os" => system::os,
        "os.path" | "posixpath" => system::os_path,
        "sys" => system::sys,
        "logging" => system::logging,
        "warnings" | "traceback" | "gc" | "atexit" => system::silent,
        "re" => patterns::re,
        "json" => functions::json,
        "functools" => functions::functools,
        "itertools" => functions::itertools,
        "operator" => functions::operator,
        "copy" => functions::copy,
        "textwrap" => functions::textwrap,
        "string" => functions::string,
        "importlib" => functions::importlib,
        "inspect" | "asyncio" => functions::asyncio,
        "contextlib" => classes::contextlib,
        "collections" => classes::collections,
        "dataclasses" => classes::dataclasses,
        "enum" => classes::enumeration,
        "typing" | "typing_extensions" | "collections.abc" | "abc" | "types" => classes::typing,
        "pathlib" => files::pathlib,
        "sqlite3" | "sqlite3.dbapi2" | "aiosqlite" | "pysqlite3" | "sqlcipher3" => sqlite3::module,
        _ if driver::is_module(dotted) => driver::module,
        _ if alembic::extensions::is_module(dotted) => alembic::extensions::module,
        "sqlmodel" | "sqlmodel.sql" | "sqlmodel.sql.sqltypes" => sqlalchemy::companions::sqlmodel,
        "oslo_db.sqlalchemy.types" => sqlalchemy::companions::oslo,
        "social_sqlalchemy" | "social_sqlalchemy.storage" => sqlalchemy::companions::social,
        _ if sqlalchemy::companions::is_module(dotted) => sqlalchemy::companions::module,
        _ if sqlalchemy::is_module(dotted) => sqlalchemy::module,
        _ if alembic::is_module(dotted) => alembic::module,
        _ => return None,
    })
}

/// The part of a module of a library that models inherit from, in Python.
pub(super) fn stub(dotted: &str) -> Option<&'static str> {
    Some(match dotted {
        // The package has its adapter under a name of its own.
        "fastapi_users_db_sqlalchemy" | "fastapi_users.db" => include_str!("stubs/fastapi_users_db_sqlalchemy.py"),
        "fastapi_users_db_sqlalchemy.access_token" => include_str!("stubs/fastapi_users_db_sqlalchemy_access_token.py"),
        "sqlalchemy_utils.models" => include_str!("stubs/sqlalchemy_utils_models.py"),
        "six" => include_str!("stubs/six.py"),
        "six.moves" => include_str!("stubs/six_moves.py"),
        "psycopg.sql" | "psycopg2.sql" => include_str!("stubs/psycopg_sql.py"),
        _ => return None,
    })
}

/// Whether a module of a library surely has no attribute of this name, whatever its version.
pub(super) fn surely_lacks(object: &Value<'_>, name: &str) -> bool {
    match object {
        Value::Module(module) => {
            matches!(module.origin, Origin::Library(_)) && sqlalchemy::names::lacks(&module.name, name)
        }
        _ => false,
    }
}

/// The name that is meant by one which a module of a library does not have.
pub(super) fn meant(object: &Value<'_>, name: &str) -> Option<&'static str> {
    match object {
        Value::Module(module) => sqlalchemy::names::nearest(&module.name, name),
        _ => None,
    }
}

/// Stops where a constructor of a library is given what it does not take: with a value where such stops are left out.
pub(super) fn check_record<'a>(vm: &mut Interpreter<'a>, class: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
    signatures::check_record(vm, class, args)
}

/// The known name that is meant by one which is nearly the same. What only adds to a known name may be one to come.
fn misspelt<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = match name.len() {
        0..4 => return None,
        4..7 => 1,
        _ => 2,
    };
    let adds = |known: &str| name.get(..known.len()).is_some_and(|front| front.eq_ignore_ascii_case(known));
    let near = known.filter(|known| !adds(known)).map(|known| (strsim::damerau_levenshtein(name, known), known));
    near.min().filter(|(distance, _)| *distance <= most).map(|(_, known)| known)
}

/// `str(value)` of a record: a type of SQLAlchemy's as it writes it for no database.
pub(super) fn record_text<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a> {
    sqlalchemy::types::printed(vm, value)
}

/// An attribute that a class has by what a library makes of it.
pub(super) fn mapped_attribute<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    name: &str,
) -> Eval<'a, Option<Value<'a>>> {
    if name == "__table__" {
        sqlalchemy::orm::mapping::own_table(vm, class)
    } else if name.starts_with("__") {
        Ok(None)
    } else {
        sqlalchemy::orm::mapping::attribute(vm, class, name)
    }
}

/// What `@declared_attr` makes for a class; any other value is as it is.
pub(super) fn declared_attribute<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>, value: Value<'a>) -> Eval<'a> {
    sqlalchemy::orm::building::resolved(vm, class, value)
}

/// A constraint over columns of a table that is made already belongs to that table.
pub(super) fn attach_constraint<'a>(vm: &mut Interpreter<'a>, made: &Value<'a>) {
    sqlalchemy::tables::attach_constraint(vm, made);
}

/// What a library does where an attribute of a class is set.
pub(super) fn class_attribute_set<'a>(vm: &Interpreter<'a>, class: &Rc<Class<'a>>, name: &str, value: &Value<'a>) {
    sqlalchemy::records::attach(vm, class, name, value);
}

/// A comparison that the database makes, as an expression; `None` where Python makes it.
pub(super) fn comparison<'a>(
    vm: &mut Interpreter<'a>,
    op: CmpOp,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    sqlalchemy::expression::comparison(vm, op, left, right)
}

/// `column & ~other` as an expression; `None` where Python computes it.
pub(super) fn conjunction<'a>(
    vm: &mut Interpreter<'a>,
    op: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    sqlalchemy::expression::conjunction(vm, op, left, right)
}

/// `~column.in_(…)`, `-column` as an expression; `None` where it is none of the database's.
pub(super) fn unary<'a>(vm: &mut Interpreter<'a>, op: UnaryOp, value: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
    sqlalchemy::expression::unary(vm, op, value)
}

/// `open(name)` of a file of the repository.
pub(super) fn open_file<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a> {
    files::open(vm, name)
}

/// An attribute of an instance that a library made.
pub(super) fn record_attribute<'a>(
    vm: &mut Interpreter<'a>,
    record: &Rc<Instance<'a>>,
    name: &str,
) -> Eval<'a, Option<Value<'a>>> {
    sqlalchemy::records::attribute(vm, record, name)
}

/// Whether a module is part of Python, so that a file of the repository with this name is not meant.
pub(super) fn is_standard(top: &str) -> bool {
    matches!(
        top,
        "argparse"
            | "asyncio"
            | "base64"
            | "bisect"
            | "calendar"
            | "concurrent"
            | "csv"
            | "ctypes"
            | "datetime"
            | "decimal"
            | "email"
            | "errno"
            | "fcntl"
            | "fractions"
            | "getpass"
            | "glob"
            | "gzip"
            | "hashlib"
            | "heapq"
            | "hmac"
            | "html"
            | "http"
            | "io"
            | "locale"
            | "math"
            | "multiprocessing"
            | "os"
            | "pickle"
            | "pkgutil"
            | "platform"
            | "pprint"
            | "queue"
            | "random"
            | "secrets"
            | "select"
            | "shlex"
            | "shutil"
            | "signal"
            | "socket"
            | "ssl"
            | "stat"
            | "statistics"
            | "struct"
            | "subprocess"
            | "sys"
            | "tempfile"
            | "threading"
            | "time"
            | "timeit"
            | "unittest"
            | "urllib"
            | "uuid"
            | "weakref"
            | "xml"
            | "zipfile"
            | "zlib"
            | "zoneinfo"
    )
}

/// What `typing.NamedTuple` makes where it is called.
pub(super) fn functional_tuple<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a> {
    classes::functional_tuple(vm, args)
}

/// A path without `.` and `..`.
pub(super) fn normal_path(path: &str) -> String {
    files::normal(path)
}

/// `functools.reduce`.
pub(super) fn reduce<'a>(vm: &mut Interpreter<'a>) -> Option<Value<'a>> {
    functions::functools(vm, "reduce").ok().flatten()
}

/// Whether a method of a connection or a session that is not followed touches rows alone.
pub(super) fn is_about_rows(name: &str) -> bool {
    sqlalchemy::engine::ROWS.contains(&name)
}

/// In a user's words, what depends on a module that is not computed.
pub(super) fn reason(dotted: &str) -> Option<&'static str> {
    Some(match dotted.split('.').next().unwrap_or(dotted) {
        "datetime" | "time" | "calendar" | "zoneinfo" => "depends on the clock",
        "random" | "secrets" | "uuid" => "depends on chance",
        "socket" | "urllib" | "http" | "requests" | "httpx" | "aiohttp" => "depends on the network",
        "subprocess" | "multiprocessing" => "depends on another program",
        "platform" | "getpass" => "depends on the machine",
        _ => return None,
    })
}

/// The argument at a position.
pub(super) fn arg<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>, index: usize) -> Eval<'a> {
    match args.positional.get(index) {
        Some(value) => Ok(value.clone()),
        // It may be one of those that are given by their names.
        None if !args.keyword.is_empty() => Ok(vm.unknown("is called in a way that is not followed")),
        None => vm.raise("TypeError", "an argument is missing"),
    }
}

/// The items of an argument, or the unknown that it is.
pub(super) fn items<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<Vec<Value<'a>>, Value<'a>>> {
    Ok(vm.iterate(value)?.map_err(Value::Unknown))
}
