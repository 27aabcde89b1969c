//! SQLAlchemy, as far as it declares tables: what is called is kept as it was called, for others to read.

pub(super) mod columns;
pub(super) mod companions;
pub(super) mod constraints;
pub(super) mod ddl;
mod definitions;
pub(super) mod engine;
pub(super) mod expression;
pub(super) mod indexes;
mod inspector;
mod mapped;
pub(super) mod names;
pub(super) mod naming;
pub(super) mod records;
pub(super) mod sqlite;
pub(super) mod statement;
pub(super) mod tables;
pub(super) mod types;
pub(super) mod uses;

use std::cell::RefCell;
use std::rc::Rc;

use self::expression::{Expression, Functions, Text};
use self::naming::Convention;
use self::uses::Source;
use super::super::interpreter::{Eval, Interpreter};
use super::super::object::Object;
use super::super::value::{Args, Class, Role, Value};
use super::arg;
use super::functions::{decorator, same};

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
        "MetaData" => Value::native("MetaData", |vm, args| {
            let given = args.at(3, "naming_convention").cloned();
            let naming = given.map(|given| Rc::new(Convention::of(vm, &given)));
            Ok(Value::Object(Rc::new(MetaData { naming: RefCell::new(naming) })))
        }),
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
        "declarative_base" | "automap_base" => Value::native("declarative_base", |vm, args| {
            let base = base(vm);
            let own = vm.new_class("Base", base.role, vec![base]);
            let metadata = match args.at(0, "metadata") {
                Some(given @ Value::Object(_)) => given.clone(),
                _ => Value::Object(Rc::new(MetaData::default())),
            };
            own.names.borrow_mut().insert("metadata".into(), metadata);
            Ok(Value::Class(own))
        }),
        "DeclarativeBase" | "DeclarativeBaseNoMeta" | "MappedAsDataclass" => Value::Class(base(vm)),
        "Mapped" | "DynamicMapped" | "WriteOnlyMapped" => Value::Class(vm.named_class("Mapped")),
        // `MutableDict.as_mutable(JSON)` is the type, watched for changes of its values.
        "Mutable" | "MutableDict" | "MutableList" | "MutableSet" => {
            let class = vm.named_class("Mutable");
            let same = Value::native("as_mutable", |vm, args| arg(vm, &args, 0));
            class.names.borrow_mut().insert("as_mutable".into(), same);
            Value::Class(class)
        }
        "registry" => Value::native("registry", |_, _| Ok(Value::Object(Rc::new(Registry)))),
        "SQLAlchemy" => Value::native("SQLAlchemy", |_, _| Ok(Value::Object(Rc::new(Flask)))),
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
            let typed = args.at(1, "type_").is_some();
            Ok(arg(vm, &args, 0)?
                .as_str()
                .map_or_else(|| Expression::value(None), |name| Expression::column(name, typed)))
        }),
        "table" => Value::native("table", |_, args| {
            let schema = args.get("schema").and_then(|schema| schema.as_str().map(str::to_owned));
            let Some(name) = args.positional.first().and_then(Value::as_str) else {
                return Ok(Expression::value(None));
            };
            let name = ddl::TableName { name: name.to_owned(), schema, if_not_exists: false };
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
        "desc" | "asc" | "nullslast" | "nulls_last" => Value::native("ordered", |vm, args| {
            let given = arg(vm, &args, 0)?;
            Ok(given)
        }),
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
        "scoped_session" | "async_scoped_session" => Value::native("scoped_session", |vm, args| arg(vm, &args, 0)),
        "sessionmaker" | "async_sessionmaker" => Value::native("sessionmaker", |vm, args| {
            let bind = args.at(0, "bind").cloned();
            let session = match bind {
                Some(Value::Object(object)) if object.bind().is_some() => Value::Object(object),
                _ => vm.unknown("comes from SQLAlchemy"),
            };
            Ok(Value::Object(Rc::new(Maker(RefCell::new(session)))))
        }),
        "declared_attr" => Value::Object(Rc::new(mapped::DeclaredAttribute)),
        "validates" | "hybrid_property" | "reconstructor" | "declarative_mixin" | "listens_for" => decorator(),
        "relationship" | "backref" | "synonym" | "column_property" | "composite" | "deferred" | "dynamic_loader"
        | "association_proxy" => Value::native("relationship", |_, _| Ok(Value::None)),
        "event" => Value::Object(Rc::new(Events)),
        "as_declarative" => Value::native("as_declarative", |_, _| Ok(same())),
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

/// The base of declarative classes.
fn base<'a>(vm: &mut Interpreter<'a>) -> Rc<Class<'a>> {
    let class = vm.named_class("DeclarativeBase");
    let has = class.names.borrow().contains_key("metadata");
    if !has {
        let mut names = class.names.borrow_mut();
        names.insert("metadata".into(), Value::Object(Rc::new(MetaData::default())));
        names.insert("__init_subclass__".into(), Value::native("__init_subclass__", own_metadata));
    }
    class
}

impl MetaData {
    /// Its tables, those of mapped classes included.
    fn tables<'a>(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Vec<Value<'a>>> {
        let is_mine = |value: &Value<'a>| match value {
            Value::Object(own) => std::ptr::addr_eq(Rc::as_ptr(own), std::ptr::from_ref(self)),
            _ => false,
        };
        let mut tables = vm.tables.clone();
        tables.retain(|table| match table {
            Value::Instance(record) => record.positional().get(1).is_some_and(is_mine),
            _ => false,
        });
        let own = vm.classes.iter().find_map(|class| class.find("metadata").filter(is_mine));
        if let Some(own) = own {
            for table in mapped::tables(vm, &own)? {
                // What has made them once knows them already.
                if !tables.iter().any(|known| records::is_same_table(known, &table)) {
                    vm.tables.push(table.clone());
                    tables.push(table);
                }
            }
        }
        Ok(tables)
    }
}

/// Gives a base class that does not say otherwise a `MetaData` of its own.
fn own_metadata<'a>(_vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    if let Some(Value::Class(class)) = args.positional.first() {
        let has = |part: &Rc<Class<'a>>| part.name != "DeclarativeBase" && part.names.borrow().contains_key("metadata");
        if !class.lineage().any(|part| has(&part)) {
            class.names.borrow_mut().insert("metadata".into(), Value::Object(Rc::new(MetaData::default())));
        }
    }
    Ok(Value::None)
}

/// `MetaData`: its tables are known by who made them.
#[derive(Debug, Default)]
struct MetaData {
    naming: RefCell<Option<Rc<Convention>>>,
}

impl<'a> Object<'a> for MetaData {
    fn type_name(&self) -> &'static str {
        "MetaData"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "reflect" | "clear")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(None);
        }
        let bind = args.at(0, "bind").cloned();
        let is_bind = matches!(&bind, Some(Value::Object(object)) if object.bind().is_some());
        match (name, bind) {
            ("create_all", Some(bind)) if is_bind => {
                let only = match args.at(1, "tables") {
                    Some(tables) => Some(vm.iterate(&tables.clone())?),
                    None => None,
                };
                if let Some(Err(why)) = only {
                    vm.gap(&why);
                    return Ok(Some(Value::None));
                }
                let mut tables = self.tables(vm)?;
                // They are sorted, and each is looked for in the database.
                vm.steps(tables.len() * (16 + tables.len() / 16))?;
                if let Some(Ok(only)) = only {
                    tables.retain(|table| only.iter().any(|known| records::is_same_table(known, table)));
                }
                let mut later = Vec::new();
                for table in records::in_order(tables) {
                    if let Value::Instance(record) = &table {
                        later.extend(records::create(vm, record, &bind, true)?);
                    }
                }
                if let Value::Object(object) = &bind
                    && let Some(bind) = object.clone().bind()
                {
                    later.iter().try_for_each(|key| bind.define(vm, key))?;
                }
            }
            ("create_all" | "drop_all", _) => {
                let why = vm.why("makes its tables with SQLAlchemy");
                vm.gap(&why);
            }
            _ => {}
        }
        Ok(Some(Value::None))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(matches!(name, "tables" | "sorted_tables" | "naming_convention" | "bind")
            .then(|| vm.unknown("comes from SQLAlchemy")))
    }

    fn set_attribute(&self, vm: &mut Interpreter<'a>, name: &str, value: Value<'a>) -> Eval<'a, ()> {
        if name == "naming_convention" {
            *self.naming.borrow_mut() = Some(Rc::new(Convention::of(vm, &value)));
        }
        Ok(())
    }

    fn naming(&self) -> Option<Rc<Convention>> {
        self.naming.borrow().clone()
    }
}

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
        Ok(Some(if name == "listens_for" { vm.call(&decorator(), args)? } else { Value::None }))
    }
}

/// `registry()`.
#[derive(Debug)]
struct Registry;

impl<'a> Object<'a> for Registry {
    fn type_name(&self) -> &'static str {
        "registry"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "generate_base" | "mapped" | "mapped_as_dataclass" | "configure")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "generate_base" => Value::Class(base(vm)),
            "mapped" | "mapped_as_dataclass" => vm.call(&decorator(), args)?,
            "configure" => Value::None,
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "metadata").then(|| Value::Object(Rc::new(MetaData::default()))))
    }
}

/// Flask-SQLAlchemy's `db`: everything under one name.
#[derive(Debug)]
struct Flask;

impl<'a> Object<'a> for Flask {
    fn type_name(&self) -> &'static str {
        "SQLAlchemy"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "init_app")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match self.attribute(vm, name)? {
            Some(callee) => vm.call(&callee, args).map(Some),
            None => Ok(Some(Value::None)),
        }
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        match name {
            "Model" => Ok(Some(Value::Class(base(vm)))),
            "metadata" => Ok(Some(Value::Object(Rc::new(MetaData::default())))),
            "session" | "engine" => Ok(Some(vm.unknown("comes from SQLAlchemy"))),
            _ => module(vm, name),
        }
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
