//! `sqlite3`, and the libraries that wrap it: connections and cursors on a database in memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::object::{Bind, Object};
use super::super::operators::forget_text;
use super::super::value::{Args, Unknown, Value};
use super::arg;
use super::sqlalchemy::types::DialectValue;
use crate::schema::model::Schema;
use crate::schema::sqlite::{self, Database, ErrorClass, Outcome, Params, SqlError};
use crate::schema::token;
use crate::source::Location;
use crate::track::Dialect;

/// A database that evaluated code works on, and what it did to its schema.
#[derive(Debug)]
pub struct Session {
    pub database: RefCell<Database>,
    /// The statements that may have changed the schema, in their order.
    pub log: RefCell<Vec<Statement>>,
    /// Why the rows in it are not known, if so. Its schema is.
    rows_unknown: RefCell<Option<Rc<Unknown>>>,
}

/// A statement that may have changed the schema.
#[derive(Clone, Debug)]
pub struct Statement {
    pub sql: Arc<str>,
    /// Where it was executed: the innermost place first, then the calls that led there.
    pub places: Vec<Location>,
}

impl Session {
    pub fn new(database: Database) -> Rc<Self> {
        Rc::new(Self { database: database.into(), log: RefCell::default(), rows_unknown: RefCell::default() })
    }

    /// A connection to it.
    pub fn connection<'a>(self: &Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self.clone(), Role::Connection)))
    }

    /// A cursor on it whose rows can be read by the names of their columns.
    pub fn row_cursor<'a>(self: &Rc<Self>) -> Value<'a> {
        let cursor = Handle::new(self.clone(), Role::Cursor);
        *cursor.factory.borrow_mut() = Factory::Row;
        Value::Object(Rc::new(cursor))
    }

    /// A cursor on it.
    pub fn cursor<'a>(self: &Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Handle::new(self.clone(), Role::Cursor)))
    }
}

pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    Ok(Some(match name {
        "Error" => return Ok(vm.exception_class("sqlite3.Error").map(Value::Class)),
        "Warning" => return Ok(vm.exception_class("sqlite3.Warning").map(Value::Class)),
        "Row" => Value::native("sqlite3.Row", |_, _| Ok(Value::None)),
        "Connection" | "Cursor" => Value::Class(match name {
            "Connection" => vm.named_class("Connection"),
            _ => vm.named_class("Cursor"),
        }),
        "connect" => Value::native("connect", |vm, args| {
            if args.positional.first().and_then(Value::as_str) == Some(":memory:") {
                return Ok(vm.unknown("opens a database of its own"));
            }
            match &vm.database {
                Some(database) => Ok(database.clone()),
                None => Ok(vm.unknown("opens a database")),
            }
        }),
        "sqlite_version_info" => {
            Value::tuple(sqlite::version().into_iter().map(|part| Value::Int(i64::from(part))).collect())
        }
        "sqlite_version" => Value::text(sqlite::version().map(|part| part.to_string()).join(".")),
        "PARSE_DECLTYPES" => Value::Int(1),
        "PARSE_COLNAMES" => Value::Int(2),
        "register_adapter" | "register_converter" | "enable_callback_tracebacks" => {
            Value::native("register", |_, _| Ok(Value::None))
        }
        "dbapi2" | "core" => return Ok(None),
        _ => return Ok(vm.exception_class(name).map(Value::Class)),
    }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Connection,
    Cursor,
}

/// How rows are handed out.
#[derive(Clone, Debug)]
enum Factory<'a> {
    Tuple,
    Row,
    /// A function of the checked code.
    Call(Value<'a>),
}

/// A connection or a cursor. Its clones are the same one.
#[derive(Clone, Debug)]
struct Handle<'a>(Rc<State<'a>>);

impl<'a> std::ops::Deref for Handle<'a> {
    type Target = State<'a>;

    fn deref(&self) -> &State<'a> {
        &self.0
    }
}

#[derive(Debug)]
struct State<'a> {
    session: Rc<Session>,
    role: Role,
    factory: RefCell<Factory<'a>>,
    columns: RefCell<Rc<[String]>>,
    rows: RefCell<VecDeque<Vec<sqlite::Value>>>,
    /// Why the rows of the last statement are not known, if so.
    unknown: RefCell<Option<Rc<Unknown>>>,
    rowcount: Cell<i64>,
    lastrowid: Cell<Option<i64>>,
}

/// What a statement does, by its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Schema,
    Rows,
    /// A transaction, a pragma, a query.
    None,
}

fn effect(sql: &str) -> Effect {
    let first = token::tokens(sql).find(|token| !token.is_symbol(";"));
    let Some(first) = first else { return Effect::None };
    let is = |words: &[&str]| words.iter().any(|word| first.is(word));
    match () {
        () if is(&["create", "alter", "drop"]) => Effect::Schema,
        () if is(&["insert", "update", "delete", "replace", "with"]) => Effect::Rows,
        () => Effect::None,
    }
}

/// Whether a query asks for the schema and not for rows.
fn reads_schema(sql: &str) -> bool {
    crate::source::has_word(sql, &["sqlite_master", "sqlite_schema", "sqlite_temp_master", "pragma"])
}

impl<'a> Handle<'a> {
    fn new(session: Rc<Session>, role: Role) -> Self {
        Self(Rc::new(State {
            session,
            role,
            factory: RefCell::new(Factory::Tuple),
            columns: RefCell::new(Rc::new([])),
            rows: RefCell::default(),
            unknown: RefCell::default(),
            rowcount: Cell::new(-1),
            lastrowid: Cell::new(None),
        }))
    }

    /// A cursor like this one.
    fn another(&self) -> Self {
        let made = Self::new(self.session.clone(), Role::Cursor);
        *made.factory.borrow_mut() = self.factory.borrow().clone();
        made
    }

    fn execute(&self, vm: &mut Interpreter<'a>, args: &Args<'a>, many: bool) -> Eval<'a, ()> {
        self.rows.borrow_mut().clear();
        *self.unknown.borrow_mut() = None;
        let given = arg(vm, args, 0)?;
        let given = match &given {
            Value::Object(object) if object.is_expression() && object.sql().is_none() => {
                // A statement on rows that a library makes.
                self.rows_unknown(&vm.why("reads rows"));
                return Ok(());
            }
            Value::Object(object) => object.sql().unwrap_or(Value::None),
            _ => given,
        };
        let sql = match given {
            Value::Str(sql) => sql,
            Value::Unknown(why) => {
                self.execute_unknown(vm, &why);
                return Ok(());
            }
            other => {
                let message = format!("execute() argument 1 must be str, not {}", other.type_name());
                return vm.raise("TypeError", message);
            }
        };
        vm.steps(sql.len() / 32)?;
        let effect = effect(&sql);
        let sets = match self.parameters(vm, args, many)? {
            Ok(sets) => sets,
            Err(why) => {
                match effect {
                    Effect::Schema => vm.gap(&why),
                    Effect::Rows => self.rows_unknown(&why),
                    Effect::None => *self.unknown.borrow_mut() = Some(why),
                }
                return Ok(());
            }
        };
        if let Some(why) = vm.doubt.clone() {
            match effect {
                Effect::Schema => {
                    if self.changes_schema(&sql) {
                        vm.gap_about(&why, &sql);
                    }
                    return Ok(());
                }
                Effect::Rows => {
                    self.rows_unknown(&why);
                    return Ok(());
                }
                Effect::None => {}
            }
        }
        let rows_unknown = self.session.rows_unknown.borrow().clone();
        let mut sets = sets.iter().map(Parameters::borrowed);
        let result = {
            let mut database = self.session.database.borrow_mut();
            if many {
                database.execute_many(&sql, sets)
            } else {
                database.execute(&sql, sets.next_back().unwrap_or(Params::NONE))
            }
        };
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => return self.failed(vm, &sql, effect, error),
        };
        if effect == Effect::Schema {
            self.log(vm, &sql);
        }
        if let Some(why) = rows_unknown
            && !outcome.columns.is_empty()
            && !reads_schema(&sql)
        {
            *self.unknown.borrow_mut() = Some(why);
        }
        self.keep(vm, outcome)
    }

    fn keep(&self, vm: &mut Interpreter<'a>, outcome: Outcome) -> Eval<'a, ()> {
        vm.allocate(outcome.rows.len() * outcome.columns.len() * 32)?;
        *self.columns.borrow_mut() = outcome.columns.into();
        *self.rows.borrow_mut() = outcome.rows.into();
        self.rowcount.set(outcome.rowcount);
        if outcome.lastrowid.is_some() {
            self.lastrowid.set(outcome.lastrowid);
        }
        Ok(())
    }

    fn log(&self, vm: &Interpreter<'a>, sql: &str) {
        self.session.log.borrow_mut().push(Statement { sql: sql.into(), places: vm.places() });
    }

    fn rows_unknown(&self, why: &Rc<Unknown>) {
        let mut known = self.session.rows_unknown.borrow_mut();
        if known.is_none() {
            *known = Some(forget_text(why));
        }
        *self.unknown.borrow_mut() = Some(forget_text(why));
    }

    /// A statement of which at most a part is known.
    fn execute_unknown(&self, vm: &mut Interpreter<'a>, why: &Rc<Unknown>) {
        let known = why.text.clone();
        let plain = forget_text(why);
        match known.as_deref().map(|text| (text, effect(text))) {
            Some((_, Effect::Rows)) => self.rows_unknown(&plain),
            Some((text, Effect::None)) if text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic()) => {
                *self.unknown.borrow_mut() = Some(plain);
            }
            Some((text, _)) => vm.gap_about(&plain, text),
            None => vm.gap(&plain),
        }
        *self.unknown.borrow_mut() = Some(forget_text(why));
    }

    /// Whether a statement would change the schema: it is tried, and taken back.
    fn changes_schema(&self, sql: &str) -> bool {
        let mut database = self.session.database.borrow_mut();
        let version = |database: &mut Database| match database.execute("PRAGMA schema_version", Params::NONE) {
            Ok(outcome) => outcome.rows.into_iter().flatten().next(),
            Err(_) => None,
        };
        let before = version(&mut database);
        if database.execute("SAVEPOINT parity_check", Params::NONE).is_err() {
            return true;
        }
        let result = database.execute(sql, Params::NONE);
        let changed = result.is_ok() && version(&mut database) != before;
        let _ = database.execute("ROLLBACK TO parity_check", Params::NONE);
        let _ = database.execute("RELEASE parity_check", Params::NONE);
        changed
    }

    /// The exception of a statement that SQLite refused.
    fn failed(&self, vm: &mut Interpreter<'a>, sql: &str, effect: Effect, error: SqlError) -> Eval<'a, ()> {
        // What an extension or the application adds to SQLite is not here.
        for (start, what) in [("no such module: ", "SQLite extension"), ("no such function: ", "function of its own,")]
        {
            if let Some(name) = error.message.strip_prefix(start) {
                let reason = format!("needs the {what} `{name}`");
                let why = vm.why(reason);
                match effect {
                    Effect::Schema => vm.gap_about(&why, sql),
                    _ => self.rows_unknown(&why),
                }
                return Ok(());
            }
        }
        raise(vm, error)
    }

    fn parameters(
        &self,
        vm: &mut Interpreter<'a>,
        args: &Args<'a>,
        many: bool,
    ) -> Eval<'a, Result<Vec<Parameters>, Rc<Unknown>>> {
        let Some(given) = args.at(1, "parameters").cloned() else {
            return Ok(Ok(if many { Vec::new() } else { vec![Parameters::Positional(Vec::new())] }));
        };
        let sets = match (many, given) {
            (true, given) => match vm.iterate(&given)? {
                Ok(sets) => sets,
                Err(why) => return Ok(Err(why)),
            },
            (false, given) => vec![given],
        };
        let mut all = Vec::with_capacity(sets.len());
        for set in sets {
            match Self::parameter_set(vm, &set)? {
                Ok(set) => all.push(set),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(all))
    }

    fn parameter_set(vm: &mut Interpreter<'a>, set: &Value<'a>) -> Eval<'a, Result<Parameters, Rc<Unknown>>> {
        if let Value::Dict(_) = set {
            let pairs = match vm.pairs(set)? {
                Ok(pairs) => pairs,
                Err(why) => return Ok(Err(why)),
            };
            let mut named = Vec::new();
            for (index, (key, value)) in pairs.into_iter().enumerate() {
                match stored(vm, index, &value)? {
                    Ok(value) => named.push((key.as_str().unwrap_or_default().to_owned(), value)),
                    Err(why) => return Ok(Err(why)),
                }
            }
            return Ok(Ok(Parameters::Named(named)));
        }
        let values = match vm.iterate(set)? {
            Ok(values) => values,
            Err(why) => return Ok(Err(why)),
        };
        let mut positional = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            match stored(vm, index, value)? {
                Ok(value) => positional.push(value),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(Parameters::Positional(positional)))
    }

    fn execute_script(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, ()> {
        let sql = match arg(vm, args, 0)? {
            Value::Str(sql) => sql,
            Value::Unknown(why) => {
                match &why.text {
                    Some(text) => vm.gap_about(&forget_text(&why), &text.clone()),
                    None => vm.gap(&why),
                }
                return Ok(());
            }
            other => {
                return vm
                    .raise("TypeError", format!("executescript() argument must be str, not {}", other.type_name()));
            }
        };
        vm.steps(sql.len() / 32)?;
        if let Some(why) = vm.doubt.clone() {
            vm.gap_about(&why, &sql);
            return Ok(());
        }
        let result = self.session.database.borrow_mut().execute_script(&sql);
        // What ran before the statement that failed stays.
        self.log(vm, &sql);
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.failed(vm, &sql, Effect::Schema, error),
        }
    }

    fn end(&self, vm: &mut Interpreter<'a>, commit: bool) -> Eval<'a, ()> {
        if vm.doubt.is_some() {
            return Ok(());
        }
        let mut database = self.session.database.borrow_mut();
        let result = if commit { database.commit() } else { database.rollback() };
        drop(database);
        result.or_else(|error| raise(vm, error))
    }

    /// The next row as the factory makes it.
    fn next_row(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Option<Value<'a>>> {
        let Some(row) = self.rows.borrow_mut().pop_front() else { return Ok(None) };
        let mut values = Vec::with_capacity(row.len());
        for value in row {
            values.push(python(vm, value)?);
        }
        let factory = self.factory.borrow().clone();
        Ok(Some(match factory {
            Factory::Tuple => Value::tuple(values),
            Factory::Row => Value::Object(Rc::new(Row { columns: self.columns.borrow().clone(), values })),
            Factory::Call(function) => {
                let cursor = self.another();
                *cursor.columns.borrow_mut() = self.columns.borrow().clone();
                let positional = vec![Value::Object(Rc::new(cursor)), Value::tuple(values)];
                vm.call(&function, Args { positional, keyword: Vec::new() })?
            }
        }))
    }

    fn all_rows(&self, vm: &mut Interpreter<'a>, most: usize) -> Eval<'a, Vec<Value<'a>>> {
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = self.next_row(vm)?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    fn fetch(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a> {
        if let Some(why) = self.unknown.borrow().clone() {
            return Ok(Value::Unknown(why));
        }
        Ok(match name {
            "fetchone" | "first" | "one" | "one_or_none" => self.next_row(vm)?.unwrap_or(Value::None),
            "__next__" => self.next_row(vm)?.unwrap_or(Value::Ellipsis),
            "scalar" | "scalar_one" | "scalar_one_or_none" => match self.next_row(vm)? {
                Some(row) => vm.item(&row, &Value::Int(0))?,
                None => Value::None,
            },
            "scalars" => {
                let mut values = Vec::new();
                for row in self.all_rows(vm, usize::MAX)? {
                    values.push(vm.item(&row, &Value::Int(0))?);
                }
                vm.new_list(values)?
            }
            "fetchmany" => {
                let most = args.at(0, "size").and_then(Value::as_int).unwrap_or(1);
                let rows = self.all_rows(vm, usize::try_from(most).unwrap_or(0))?;
                vm.new_list(rows)?
            }
            _ => {
                let rows = self.all_rows(vm, usize::MAX)?;
                vm.new_list(rows)?
            }
        })
    }
}

impl<'a> Bind<'a> for Handle<'a> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        self.session.database.borrow_mut().snapshot().ok().map(Rc::new)
    }

    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        let args = Args { positional: vec![Value::text(sql)], keyword: Vec::new() };
        self.another().execute(vm, &args, false)
    }
}

impl<'a> Object<'a> for Handle<'a> {
    fn type_name(&self) -> &'static str {
        match self.role {
            Role::Connection => "Connection",
            Role::Cursor => "Cursor",
        }
    }

    fn is_database(&self) -> bool {
        true
    }

    fn bind(&self) -> Option<&dyn Bind<'a>> {
        Some(self)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "execute"
                | "executemany"
                | "executescript"
                | "cursor"
                | "commit"
                | "rollback"
                | "close"
                | "fetchone"
                | "fetchall"
                | "fetchmany"
                | "create_function"
                | "begin"
                | "connect"
                | "execute_fetchall"
        )
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "execute" | "executemany" | "executescript" | "execute_fetchall" | "execute_insert" | "exec_driver_sql" => {
                // A connection makes a cursor for each statement.
                let target = if self.role == Role::Connection { self.another() } else { self.clone() };
                match name {
                    "executemany" => target.execute(vm, &args, true)?,
                    "executescript" => target.execute_script(vm, &args)?,
                    _ => target.execute(vm, &args, false)?,
                }
                match name {
                    "execute_fetchall" => target.fetch(vm, "fetchall", &args)?,
                    _ => Value::Object(Rc::new(target)),
                }
            }
            "cursor" => Value::Object(Rc::new(self.another())),
            // An engine, a pool or a session: what it opens is the same database.
            "connect" | "begin" | "raw_connection" | "acquire" | "connection" | "get_bind" => {
                Value::Object(Rc::new(self.clone()))
            }
            "commit" | "rollback" => {
                self.end(vm, name == "commit")?;
                Value::None
            }
            "fetchone" | "fetchall" | "fetchmany" | "__next__" | "scalar" | "scalar_one" | "scalars" | "first"
            | "one" | "one_or_none" | "all" | "scalar_one_or_none" => self.fetch(vm, name, &args)?,
            "close"
            | "set_trace_callback"
            | "create_collation"
            | "enable_load_extension"
            | "load_extension"
            | "set_progress_handler"
            | "set_authorizer"
            | "interrupt"
            | "create_function"
            | "create_aggregate"
            | "dispose" => Value::None,
            "backup" => {
                self.rows_unknown(&vm.why("copies the database"));
                Value::None
            }
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "description" => {
                let columns = self.columns.borrow().clone();
                if columns.is_empty() {
                    return Ok(Some(Value::None));
                }
                vm.allocate(columns.len() * 256)?;
                let one = |name: &String| {
                    let mut items = vec![Value::text(name.as_str())];
                    items.extend(std::iter::repeat_n(Value::None, 6));
                    Value::tuple(items)
                };
                Value::tuple(columns.iter().map(one).collect())
            }
            "rowcount" => match self.unknown.borrow().clone() {
                Some(why) => Value::Unknown(why),
                None => Value::Int(self.rowcount.get()),
            },
            "lastrowid" => match self.unknown.borrow().clone() {
                Some(why) => Value::Unknown(why),
                None => self.lastrowid.get().map_or(Value::None, Value::Int),
            },
            "connection" => vm.database.clone().unwrap_or_else(|| self.session.connection()),
            "dialect" => Value::Object(Rc::new(DialectValue(Dialect::Sqlite))),
            "engine" => Value::Object(Rc::new(self.clone())),
            "in_transaction" => Value::Bool(self.session.database.borrow().in_transaction()),
            "total_changes" => {
                let changes = self.session.database.borrow().total_changes();
                Value::Int(i64::try_from(changes).unwrap_or(i64::MAX))
            }
            "row_factory" => match &*self.factory.borrow() {
                Factory::Tuple => Value::None,
                Factory::Row => Value::native("sqlite3.Row", |_, _| Ok(Value::None)),
                Factory::Call(function) => function.clone(),
            },
            "isolation_level" => Value::text(""),
            "arraysize" => Value::Int(1),
            // A connection has the exceptions of its module.
            _ if name.ends_with("Error") => return Ok(vm.exception_class(name).map(Value::Class)),
            _ => return Ok(None),
        }))
    }

    fn set_attribute(&self, _vm: &mut Interpreter<'a>, name: &str, value: Value<'a>) -> Eval<'a, ()> {
        match name {
            "row_factory" => {
                *self.factory.borrow_mut() = match value {
                    Value::None => Factory::Tuple,
                    Value::Native(native) if native.name == "sqlite3.Row" => Factory::Row,
                    function => Factory::Call(function),
                };
            }
            "isolation_level" => {
                let implicit = !matches!(value, Value::None);
                self.session.database.borrow_mut().set_implicit_begin(implicit);
            }
            _ => {}
        }
        Ok(())
    }

    fn iterate(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        if let Some(why) = self.unknown.borrow().clone() {
            return Ok(Some(vec![Value::Unknown(why)]));
        }
        self.all_rows(vm, usize::MAX).map(Some)
    }

    fn exit(&self, vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        if self.role == Role::Connection {
            self.end(vm, !raised)?;
        }
        Ok(false)
    }
}

/// The values bound to one statement.
enum Parameters {
    Positional(Vec<sqlite::Value>),
    Named(Vec<(String, sqlite::Value)>),
}

impl Parameters {
    fn borrowed(&self) -> Params<'_> {
        match self {
            Self::Positional(values) => Params::Positional(values),
            Self::Named(values) => Params::Named(values),
        }
    }
}

/// A Python value as SQLite stores it.
fn stored<'a>(
    vm: &mut Interpreter<'a>,
    index: usize,
    value: &Value<'a>,
) -> Eval<'a, Result<sqlite::Value, Rc<Unknown>>> {
    Ok(Ok(match value {
        Value::None => sqlite::Value::Null,
        Value::Bool(value) => sqlite::Value::Integer(i64::from(*value)),
        Value::Int(value) => sqlite::Value::Integer(*value),
        Value::Float(value) => sqlite::Value::Real(*value),
        Value::Str(text) => sqlite::Value::Text(text.to_string()),
        Value::Bytes(bytes) => sqlite::Value::Blob(bytes.to_vec()),
        Value::Unknown(why) => return Ok(Err(forget_text(why))),
        // A member of `class Status(str, Enum)`.
        Value::Instance(instance) if instance.get("value").is_some() => {
            return stored(vm, index, &instance.get("value").unwrap_or(Value::None));
        }
        other => return raise(vm, SqlError::unsupported_parameter(index + 1, &other.type_name())),
    }))
}

fn python<'a>(vm: &mut Interpreter<'a>, value: sqlite::Value) -> Eval<'a> {
    Ok(match value {
        sqlite::Value::Null => Value::None,
        sqlite::Value::Integer(value) => Value::Int(value),
        sqlite::Value::Real(value) => Value::Float(value),
        sqlite::Value::Text(text) => vm.new_text(text)?,
        sqlite::Value::Blob(bytes) => Value::Bytes(bytes.into()),
    })
}

/// Raises what `sqlite3` would raise; gives up where the engine did.
fn raise<'a, T>(vm: &mut Interpreter<'a>, error: SqlError) -> Eval<'a, T> {
    match error.class {
        ErrorClass::Denied => vm.abandon(error.message),
        ErrorClass::Exhausted => vm.abandon(error.message),
        class => {
            let name = class.python_name().unwrap_or("DatabaseError");
            let exception = vm.exception(name, vec![Value::text(error.message)]);
            exception.names.borrow_mut().insert("sqlite_errorcode".into(), Value::Int(i64::from(error.code)));
            Err(Stop::Raise(exception))
        }
    }
}

/// A row that is read by position and by name.
#[derive(Debug)]
struct Row<'a> {
    columns: Rc<[String]>,
    values: Vec<Value<'a>>,
}

impl<'a> Object<'a> for Row<'a> {
    fn type_name(&self) -> &'static str {
        "Row"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "keys"
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "keys" => Some(vm.new_list(self.columns.iter().map(|name| Value::text(name.as_str())).collect())?),
            _ => None,
        })
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        if name == "_mapping" {
            return Ok(Some(Value::Object(Rc::new(Self {
                columns: self.columns.clone(),
                values: self.values.clone(),
            }))));
        }
        let at = self.columns.iter().position(|known| known.eq_ignore_ascii_case(name));
        Ok(at.and_then(|at| self.values.get(at)).cloned())
    }

    fn item(&self, vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        if let Some(name) = index.as_str() {
            let at = self.columns.iter().position(|known| known.eq_ignore_ascii_case(name));
            return match at {
                Some(at) => Ok(Some(self.values[at].clone())),
                None => vm.raise("IndexError", "No item with that key"),
            };
        }
        vm.item(&Value::tuple(self.values.clone()), index).map(Some)
    }

    fn iterate(&self, _vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        Ok(Some(self.values.clone()))
    }

    fn length(&self) -> Option<usize> {
        Some(self.values.len())
    }
}
