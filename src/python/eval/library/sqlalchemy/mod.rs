//! SQLAlchemy, as far as it declares tables: what is called is kept as it was called, for others to read.

pub(super) mod columns;
pub(super) mod companions;
pub(super) mod compiler;
pub(super) mod constraints;
mod creation;
pub(super) mod ddl;
mod definitions;
pub(super) mod dialect;
pub(super) mod engine;
pub(super) mod expression;
pub(super) mod indexes;
mod inspector;
mod metadata;
pub(super) mod names;
pub(super) mod naming;
pub(super) mod orm;
pub(super) mod records;
pub(super) mod statement;
pub(super) mod tables;
pub(super) mod types;
pub(super) mod uses;

use std::cell::RefCell;
use std::rc::Rc;

use self::expression::{Expression, Functions, Text};
use self::orm::bases;
use self::orm::mapping::DeclaredAttribute;
use self::uses::Source;
use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Role, Value};
use super::arg;
use super::functions::decorator;

/// The modules of SQLAlchemy and its companions that are known, at whatever depth.
const INNER: &[&str] = &[
    "orm",
    "ext",
    "dialects",
    "sql",
    "engine",
    "exc",
    "types",
    "schema",
    "future",
    "asyncio",
    "declarative",
    "postgresql",
    "sqlite",
    "mysql",
    "reflection",
    "pool",
    "util",
    "event",
    "sqlalchemy",
    "expression",
    "functions",
    "elements",
    "base",
    "automap",
    "mutable",
    "hybrid",
    "associationproxy",
    "sqltypes",
    "session",
    "decl_api",
    "ltree",
    "compiler",
    "default",
    "json",
    "ranges",
    "array",
    "hstore",
    "type_api",
    "ddl",
    "interfaces",
    "mssql",
    "oracle",
];

/// Whether a dotted name is a module of SQLAlchemy.
pub(super) fn is_module(dotted: &str) -> bool {
    let top = dotted.split('.').next().unwrap_or(dotted);
    if !matches!(top, "sqlalchemy" | "flask_sqlalchemy") {
        return false;
    }
    dotted.split('.').skip(1).all(|part| INNER.contains(&part))
}

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "MetaData" => Value::native("MetaData", |vm, args| Ok(metadata::made(vm, &args))),
        "conv" => Value::native("conv", |vm, args| {
            let name = arg(vm, &args, 0)?;
            vm.finished_names.extend(name.as_str().map(str::to_owned));
            Ok(name)
        }),
        "Table" => Value::native("Table", |vm, args| {
            let class = vm.record_class("Table");
            let args = records::with_reflected(vm, args)?;
            let table = vm.call(&Value::Class(class), args)?;
            vm.tables.push(table.clone());
            Ok(table)
        }),
        "mapped_column" | "Column" => Value::Class(vm.record_class("Column")),
        "declarative_base" => Value::native("declarative_base", bases::declarative_base),
        "automap_base" => Value::native("automap_base", bases::automap_base),
        "DeclarativeBase" | "DeclarativeBaseNoMeta" => Value::Class(bases::base(vm)),
        // A mixin, and no base of models by itself.
        "MappedAsDataclass" => Value::Class(vm.named_class("MappedAsDataclass")),
        "has_inherited_table" => Value::native("has_inherited_table", |vm, args| match arg(vm, &args, 0)? {
            Value::Class(class) => {
                let mut is_mapped = false;
                for base in class.lineage().skip(1) {
                    is_mapped |= orm::mapping::is_mapped(vm, &base)?;
                }
                Ok(Value::Bool(is_mapped))
            }
            _ => Ok(vm.unknown("asks for a table above a class that is not known")),
        }),
        "Mapped" => Value::Class(vm.named_class("Mapped")),
        "DynamicMapped" => Value::Class(vm.named_class("DynamicMapped")),
        "WriteOnlyMapped" => Value::Class(vm.named_class("WriteOnlyMapped")),
        // `MutableDict.as_mutable(JSON)` is the type, watched for changes of its values.
        "Mutable" | "MutableDict" | "MutableList" | "MutableSet" => {
            let class = vm.named_class("Mutable");
            let same = Value::native("as_mutable", |vm, args| arg(vm, &args, 0));
            class.names.borrow_mut().insert("as_mutable".into(), same);
            Value::Class(class)
        }
        "registry" => Value::native("registry", bases::registry),
        "SQLAlchemy" => Value::native("SQLAlchemy", bases::flask),
        // A statement is its text.
        "text" | "literal_column" | "DDL" => {
            Value::native("text", |vm, args| arg(vm, &args, 0).map(|text| Text::value(text.plain().into_owned())))
        }
        "quoted_name" => Value::native("quoted_name", |vm, args| {
            let given = arg(vm, &args, 0)?;
            let bare = matches!(args.at(1, "quote"), Some(Value::Bool(false)));
            // Without quotes the database folds it.
            Ok(match given.as_str() {
                Some(name) if bare => Value::text(name.to_lowercase()),
                _ => given,
            })
        }),
        "literal" => Value::native("literal", |vm, args| {
            let given = arg(vm, &args, 0)?;
            let text = match &given {
                Value::Str(text) => Some(ddl::literal(text)),
                Value::Int(_) | Value::Float(_) => vm.str(&given)?.as_str().map(str::to_owned),
                _ => None,
            };
            Ok(Expression::value(text))
        }),
        "CreateSequence" => {
            Value::native("CreateSequence", |vm, args| definitions::definition(vm, "CREATE SEQUENCE", &args))
        }
        "CreateSchema" => Value::native("CreateSchema", |vm, args| definitions::definition(vm, "CREATE SCHEMA", &args)),
        "DropTable" => Value::native("DropTable", |vm, args| definitions::definition(vm, "DROP TABLE", &args)),
        "DropSequence" => Value::native("DropSequence", |vm, args| definitions::definition(vm, "DROP SEQUENCE", &args)),
        "DropSchema" => Value::native("DropSchema", |vm, args| definitions::definition(vm, "DROP SCHEMA", &args)),
        "DropIndex" => Value::native("DropIndex", |vm, args| definitions::definition(vm, "DROP INDEX", &args)),
        "CreateTable" | "CreateIndex" => vm.unknown("executes a DDL object of SQLAlchemy"),
        "column" => Value::native("column", |vm, args| {
            let keeps = uses::Keeps::of(args.at(1, "type_"));
            Ok(arg(vm, &args, 0)?
                .as_str()
                .map_or_else(|| Expression::value(None), |name| Expression::column(name, keeps)))
        }),
        "table" => Value::native("table", |_, args| {
            let schema = args.get("schema").and_then(|schema| schema.as_str().map(str::to_owned));
            let Some(name) = args.positional.first().and_then(Value::as_str) else {
                return Ok(Expression::value(None));
            };
            let name = ddl::TableName { name: name.to_owned(), schema, if_not_exists: false, around: None };
            Ok(Expression::table(Source::light(&name.quoted(), expression::light_columns(&args))))
        }),
        "func" => Value::Object(Rc::new(Functions)),
        // `sqlalchemy.sql.functions` has some of them by their names.
        "now" => Value::native("now", |vm, args| Ok(Functions.method(vm, "now", args)?.unwrap_or(Value::None))),
        "current_timestamp" => Value::native("current_timestamp", |vm, args| {
            Ok(Functions.method(vm, "current_timestamp", args)?.unwrap_or(Value::None))
        }),
        "true" => Value::native("true", |_, _| Ok(Expression::value(Some("true".to_owned())))),
        "false" => Value::native("false", |_, _| Ok(Expression::value(Some("false".to_owned())))),
        "null" => Value::native("null", |_, _| Ok(Expression::value(Some("NULL".to_owned())))),
        "select" => Value::native("select", |vm, args| statement::begin(vm, "select", &args)),
        "insert" => Value::native("insert", |vm, args| statement::begin(vm, "insert", &args)),
        "update" => Value::native("update", |vm, args| statement::begin(vm, "update", &args)),
        "delete" => Value::native("delete", |vm, args| statement::begin(vm, "delete", &args)),
        "and_" | "or_" | "not_" | "cast" | "case" | "exists" | "distinct" | "bindparam" | "union" | "union_all"
        | "extract" | "over" | "tuple_" | "type_coerce" | "values" | "within_group" | "aliased" | "join"
        | "joinedload" | "selectinload" | "array" | "aggregate_order_by" => Value::native("expression", |vm, args| {
            let found = uses::of_args(vm, &args)?;
            Ok(Expression::with_uses(None, found))
        }),
        "desc" => Value::native("desc", |vm, args| expression::ordered(vm, &args, " DESC")),
        "asc" => Value::native("asc", |vm, args| expression::ordered(vm, &args, "")),
        "nullslast" | "nulls_last" => {
            Value::native("nulls_last", |vm, args| expression::ordered(vm, &args, " NULLS LAST"))
        }
        "nullsfirst" | "nulls_first" => {
            Value::native("nulls_first", |vm, args| expression::ordered(vm, &args, " NULLS FIRST"))
        }
        "inspect" => Value::native("inspect", |vm, args| {
            let of = arg(vm, &args, 0)?;
            Ok(inspect(vm, of))
        }),
        "Inspector" => Value::Object(Rc::new(Inspectors)),
        "Session" | "AsyncSession" => Value::native("Session", |vm, args| {
            let bind = args.at(0, "bind").cloned();
            Ok(match bind {
                Some(Value::Object(object)) if object.bind().is_some() => Value::Object(object),
                _ => vm.unknown("comes from SQLAlchemy"),
            })
        }),
        "scoped_session" | "async_scoped_session" => {
            Value::native("scoped_session", |vm, args| match args.at(0, "session_factory").cloned() {
                Some(factory) => Ok(factory),
                None => Ok(vm.unknown("comes from SQLAlchemy")),
            })
        }
        "sessionmaker" | "async_sessionmaker" => Value::native("sessionmaker", |vm, args| {
            let bind = args.at(0, "bind").cloned();
            let session = match bind {
                Some(Value::Object(object)) if object.bind().is_some() => Value::Object(object),
                _ => vm.unknown("comes from SQLAlchemy"),
            };
            Ok(Value::Object(Rc::new(Maker(RefCell::new(session)))))
        }),
        "declared_attr" => Value::Object(Rc::new(DeclaredAttribute)),
        "validates" | "hybrid_property" | "reconstructor" | "declarative_mixin" | "listens_for" => bases::passes(),
        "relationship" | "backref" | "synonym" | "dynamic_loader" | "association_proxy" | "query_expression" => {
            Value::native("relationship", bases::no_column)
        }
        "deferred" | "column_property" => Value::native("deferred", bases::of_column),
        "composite" => Value::Class(vm.record_class("Composite")),
        "event" => Value::Object(Rc::new(Events)),
        "listen" => Value::native("listen", |vm, args| {
            listen(vm, &args);
            Ok(Value::None)
        }),
        "as_declarative" => Value::native("as_declarative", bases::as_declarative),
        "create_engine" | "create_async_engine" | "engine_from_config" | "async_engine_from_config" => {
            Value::native("create_engine", engine::create)
        }
        "make_url" => Value::native("make_url", |vm, args| {
            let given = arg(vm, &args, 0)?;
            Ok(if engine::is_address(&given) { given } else { vm.unknown("comes from SQLAlchemy") })
        }),
        "Engine" | "AsyncEngine" | "Connection" | "URL" | "__version__" => vm.unknown("comes from SQLAlchemy"),
        _ if name.ends_with("Error") => match vm.exception_class(name) {
            Some(class) => Value::Class(class),
            None => return Ok(vm.exception_class("SQLAlchemyError").map(Value::Class)),
        },
        _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
            match KNOWN.iter().copied().find(|known| *known == name).or_else(|| types::known_name(name)) {
                Some(known) => Value::Class(types::class_of(vm, known)),
                None => Value::Class(vm.new_class(name.to_owned(), Role::Record, Vec::new())),
            }
        }
        _ => return Ok(None),
    }))
}

/// Classes that are told apart by what they are, not only by their name.
const KNOWN: &[&str] = &[
    "ForeignKey",
    "ForeignKeyConstraint",
    "PrimaryKeyConstraint",
    "UniqueConstraint",
    "CheckConstraint",
    "Index",
    "Computed",
    "Identity",
    "Sequence",
    "FetchedValue",
    "DefaultClause",
    "ExcludeConstraint",
];

/// `sqlalchemy.event`: what listens does so while the application runs.
#[derive(Debug)]
struct Events;

impl<'a> Object<'a> for Events {
    fn type_name(&self) -> &'static str {
        "event"
    }

    fn has_method(&self, _name: &str) -> bool {
        true
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name == "listen" {
            listen(vm, &args);
        }
        Ok(Some(if name == "listens_for" { vm.call(&decorator(), args)? } else { Value::None }))
    }
}

/// `event.listen(target, identifier, function)`: of the connection that migrations run on it may change what is executed.
fn listen<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) {
    let identifier = args.at(1, "identifier").and_then(Value::as_str);
    let changes = matches!(identifier, Some("before_execute" | "before_cursor_execute"))
        && matches!(args.get("retval"), Some(Value::Bool(true)));
    if args.at(0, "target").is_some_and(metadata::is_bind) && changes {
        let why = vm.why("changes statements before they are executed");
        vm.gap(&why);
    }
}

/// `inspect(bind)`; of anything else it is not known.
fn inspect<'a>(vm: &mut Interpreter<'a>, of: Value<'a>) -> Value<'a> {
    match &of {
        Value::Object(object) if object.bind().is_some() => inspector::inspector(of),
        _ => vm.unknown("comes from SQLAlchemy"),
    }
}

/// `Inspector.from_engine(bind)`.
#[derive(Debug)]
struct Inspectors;

impl<'a> Object<'a> for Inspectors {
    fn type_name(&self) -> &'static str {
        "Inspector"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "from_engine"
    }

    fn method(&self, vm: &mut Interpreter<'a>, _name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let of = arg(vm, &args, 0)?;
        Ok(Some(inspect(vm, of)))
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let of = arg(vm, &args, 0)?;
        Ok(Some(inspect(vm, of)))
    }
}

/// `sessionmaker(bind=…)`: every session works on the connection that it, `configure` or the call is given.
#[derive(Debug)]
struct Maker<'a>(RefCell<Value<'a>>);

impl<'a> Maker<'a> {
    /// The session that a call with these arguments makes.
    fn session(&self, args: &Args<'a>) -> Value<'a> {
        match args.get("bind") {
            Some(Value::Object(given)) if given.bind().is_some() => Value::Object(given.clone()),
            _ => self.0.borrow().clone(),
        }
    }
}

impl<'a> Object<'a> for Maker<'a> {
    fn type_name(&self) -> &'static str {
        "sessionmaker"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "begin" | "configure")
            || matches!(&*self.0.borrow(), Value::Object(session) if session.has_method(name))
    }

    /// One that is scoped is used like a session.
    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let session = self.session(&args);
        match (session, name) {
            (session, "configure") => {
                *self.0.borrow_mut() = session;
                Ok(Some(Value::None))
            }
            (Value::Object(session), name) if name != "begin" => session.method(vm, name, args),
            (session, _) => Ok(Some(session)),
        }
    }

    fn call(&self, _vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(self.session(&args)))
    }
}
