//! What `env.py` says to Alembic: `context.configure(…)`, and the table in which Alembic notes which revisions a database has.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::super::operators::Known;
use super::super::super::value::{Args, Class, Instance, Role, Unknown, Value};
use super::super::postgres::PgSession;
use super::super::session::Session as _;
use super::super::sqlalchemy::ddl::{TableName, identifier, text_of};
use super::super::sqlalchemy::{self, compiler, types};
use super::operations;
use crate::schema::dialect::USUAL_OF_CHAINS;
use crate::schema::postgres::Database;

/// What an environment has said so far.
#[allow(clippy::struct_excessive_bools, reason = "each is told by itself")]
#[derive(Debug, Default)]
pub struct Setup<'a> {
    /// It runs now: what it connects to is the database of the migrations.
    pub running: bool,
    /// `context.run_migrations()` was reached.
    pub reached: bool,
    /// `context.configure(…)` was called.
    pub configured: bool,
    /// What that was given, the last value of each name.
    options: Vec<(Cow<'a, str>, Value<'a>)>,
    /// What `context.run_migrations(…)` hands to each `upgrade`.
    pub passed: Vec<(Cow<'a, str>, Value<'a>)>,
    /// Alembic's own table, as a `Table` of SQLAlchemy.
    table: Option<Value<'a>>,
    /// The files that it loaded, and whether a migration loads one of them, too.
    pub files: HashSet<String>,
    pub is_used: bool,
}

/// The table in which Alembic notes revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTable {
    pub schema: Option<String>,
    pub name: String,
    /// The statement that makes it.
    pub sql: String,
}

/// The name of Alembic's own table where nothing gives it another.
const DEFAULT_NAME: &str = "alembic_version";

/// What an implementation of Alembic's makes the table with.
const MAKER: &str = "version_table_impl";

/// Why an environment is not followed further: what comes next are the migrations.
const MIGRATIONS: &str = "runs the migrations";

impl<'a> Setup<'a> {
    /// What `context.configure` was given under a name.
    pub fn option(&self, name: &str) -> Option<Value<'a>> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn set(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.options.retain(|(known, _)| *known != name);
        self.options.push((name, value));
    }
}

/// `context.configure(…)`.
pub(super) fn configure<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, ()> {
    vm.setup.configured = true;
    for (name, value) in &args.keyword {
        vm.setup.set(name.clone(), value.clone());
    }
    if let Some(metadata) = vm.setup.option("target_metadata") {
        vm.naming = match &metadata {
            Value::Object(metadata) => metadata.naming(),
            _ => None,
        };
    }
    vm.setup.table = Some(table(vm)?);
    Ok(())
}

/// `context.run_migrations()`: nothing of the environment is of interest after that.
pub(super) fn run_migrations<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, ()> {
    if !vm.setup.running || vm.doubt.is_some() {
        return Ok(());
    }
    vm.setup.reached = true;
    vm.setup.passed = args.keyword;
    let reason = Cow::Borrowed(MIGRATIONS);
    Err(Stop::Abandon(Rc::new(Unknown { reason, location: vm.place(), text: None })))
}

/// An attribute of Alembic's context that the environment decides.
pub(super) fn context_attribute<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "version_table" => vm.setup.option(name).unwrap_or_else(|| Value::text(DEFAULT_NAME)),
        "version_table_schema" => vm.setup.option(name).unwrap_or(Value::None),
        "_version" => match vm.setup.table.clone() {
            Some(table) => table,
            None => {
                let made = table(vm)?;
                vm.setup.table = Some(made.clone());
                made
            }
        },
        "opts" => {
            let known = vm.setup.options.clone().into_iter();
            Interpreter::text_dict(known.map(|(name, value)| (name.into_owned(), value)))
        }
        _ => return Ok(None),
    }))
}

/// A class of `alembic.ddl`, which makes the table and can be replaced in that.
pub(super) fn implementation<'a>(vm: &mut Interpreter<'a>, name: &str) -> Option<Value<'a>> {
    let name = match name {
        "DefaultImpl" => "DefaultImpl",
        "PostgresqlImpl" => "PostgresqlImpl",
        "SQLiteImpl" => "SQLiteImpl",
        "MySQLImpl" => "MySQLImpl",
        _ => return None,
    };
    if let Some(known) = vm.builtins.get(name) {
        return Some(known.clone());
    }
    let bases = match name {
        "DefaultImpl" => Vec::new(),
        _ => match implementation(vm, "DefaultImpl") {
            Some(Value::Class(default)) => default.lineage().collect(),
            _ => Vec::new(),
        },
    };
    let class = vm.new_class(name, Role::Plain, bases);
    if name == "DefaultImpl" {
        class.names.borrow_mut().insert(MAKER.into(), Value::native(MAKER, default_table));
    }
    let class = Value::Class(class);
    vm.builtins.insert(name, class.clone());
    Some(class)
}

/// `DefaultImpl.version_table_impl`.
fn default_table<'a>(vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a> {
    let name = args.get("version_table").cloned().unwrap_or_else(|| Value::text(DEFAULT_NAME));
    let text = Value::Class(types::class_of(vm, "String"));
    let length = Args { positional: vec![Value::Int(32)], keyword: Vec::new() };
    let data_type = vm.call(&text, length)?;
    let column = Args {
        positional: vec![Value::text("version_num"), data_type],
        keyword: vec![("nullable".into(), Value::Bool(false))],
    };
    let column = call(vm, "Column", column)?;
    let metadata = call(vm, "MetaData", Args::default())?;
    let schema = args.get("version_table_schema").cloned().unwrap_or(Value::None);
    let class = Value::Class(vm.record_class("Table"));
    vm.call(&class, Args { positional: vec![name, metadata, column], keyword: vec![("schema".into(), schema)] })
}

fn call<'a>(vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a> {
    match sqlalchemy::module(vm, name)? {
        Some(callee) => vm.call(&callee, args),
        None => Ok(Value::None),
    }
}

/// The class that Alembic takes for the database: the last one that says that it is for that.
fn chosen<'a>(vm: &mut Interpreter<'a>) -> Option<Rc<Class<'a>>> {
    let dialect = operations::dialect(vm).unwrap_or(USUAL_OF_CHAINS);
    let Some(Value::Class(default)) = implementation(vm, "DefaultImpl") else { return None };
    let known = dialect;
    let is_for_it = |class: &&Rc<Class<'a>>| {
        let dialect = class.names.borrow().get("__dialect__").and_then(|dialect| dialect.as_str().map(str::to_owned));
        dialect.is_some_and(|name| types::is_dialect(&name, known)) && class.inherits(&default)
    };
    if let Some(own) = vm.classes.iter().rev().find(is_for_it) {
        return Some(own.clone());
    }
    match implementation(vm, dialect.facts().libraries.implementation) {
        Some(Value::Class(class)) => Some(class),
        _ => None,
    }
}

/// The table as Alembic makes it for the options that it has.
fn table<'a>(vm: &mut Interpreter<'a>) -> Eval<'a> {
    let Some(class) = chosen(vm) else { return Ok(Value::None) };
    let Some(maker) = class.find(MAKER) else { return Ok(Value::None) };
    let given =
        |name: &str, default: Value<'a>| (Cow::Owned(name.to_owned()), vm.setup.option(name).unwrap_or(default));
    let keyword = vec![
        given("version_table", Value::text(DEFAULT_NAME)),
        given("version_table_schema", Value::None),
        given("version_table_pk", Value::Bool(true)),
    ];
    let own = Value::Instance(Rc::new(Instance { class, names: std::cell::RefCell::default() }));
    match vm.call(&maker, Args { positional: vec![own], keyword }) {
        Err(Stop::Raise(_)) => Ok(vm.unknown("makes Alembic's table in a way that is not followed")),
        made => made,
    }
}

impl<'a> Interpreter<'a> {
    /// Alembic's own table; `None` where its name, its place or its column is not known.
    pub fn version_table(&mut self) -> Option<VersionTable> {
        let known = match self.setup.table.clone() {
            Some(table) => Ok(table),
            None => table(self),
        };
        let Ok(Value::Instance(record)) = known else { return None };
        let record = Value::Instance(record);
        let name = self.known_text(&record, "name")??;
        let schema = self.known_text(&record, "schema")?.filter(|schema| !schema.is_empty());
        let columns = self.attribute(&record, "c").ok().flatten()?;
        let column = self.attribute(&columns, "version_num").ok().flatten()?;
        let data_type = self.attribute(&column, "type").ok().flatten()?;
        let data_type = match &data_type {
            Value::Class(_) => self.call(&data_type, Args::default()).ok()?,
            _ => data_type,
        };
        let length = match &data_type {
            Value::Instance(own) => own.get("length").and_then(|length| length.as_int()),
            _ => None,
        };
        let dialect = operations::dialect(self).unwrap_or(USUAL_OF_CHAINS);
        let written: Known<String> = match length {
            Some(length) => Ok(format!("VARCHAR({length})")),
            None => types::sql(self, &data_type, dialect).ok()?,
        };
        let table = TableName { name: name.clone(), schema: schema.clone(), if_not_exists: true, around: None };
        let key = format!("{name}_pkc");
        let (quoted, key) = match compiler::of(dialect) {
            Some(own) => (own.quoted(&table), own.identifier(&key)),
            None => (table.quoted(), identifier(&key)),
        };
        let sql = format!(
            "CREATE TABLE IF NOT EXISTS {quoted} (version_num {} NOT NULL, CONSTRAINT {key} PRIMARY KEY (version_num))",
            written.ok()?
        );
        Some(VersionTable { schema, name, sql })
    }

    /// The names of the tables that `target_metadata` makes in an empty database.
    pub fn model_tables(&mut self) -> Vec<String> {
        let Some(given) = self.setup.option("target_metadata") else { return Vec::new() };
        let several = match &given {
            Value::Object(_) => None,
            other => self.iterate(other).ok().and_then(Result::ok),
        };
        let known = self.gaps.len();
        let session = PgSession::new(Database::default());
        session.refusals.lenient.set(true);
        for metadata in several.unwrap_or_else(|| vec![given]) {
            let bind = Args { positional: vec![session.clone().connection()], keyword: Vec::new() };
            if self.call_method(&metadata, "create_all", bind).is_err() {
                self.recover();
            }
        }
        self.gaps.truncate(known);
        let database = session.database.borrow();
        database.state().tables.keys().cloned().collect()
    }

    /// A text that an attribute is, or that there is none; `None` where that is not known.
    #[allow(clippy::option_option, reason = "not known, and known to be nothing")]
    fn known_text(&mut self, of: &Value<'a>, name: &str) -> Option<Option<String>> {
        match self.attribute(of, name).ok().flatten() {
            Some(Value::None) | None => Some(None),
            Some(value) => text_of(&value)?.ok().map(Some),
        }
    }
}
