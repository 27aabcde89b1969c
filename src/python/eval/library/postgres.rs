//! Connections to a PostgreSQL database: what SQLAlchemy and its drivers do on one.

mod rows;
mod savepoint;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use self::savepoint::Savepoint;
use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::object::{Bind, Object};
use super::super::operators::forget_text;
use super::super::value::{Args, Value};
use super::arg;
use super::refusals::Refusals;
use super::sqlalchemy::engine::{CONNECTION, ELSEWHERE, address};
use super::sqlalchemy::statement;
use super::sqlalchemy::types::DialectValue;
use super::sqlite3::{Session, Statement};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::postgres::{Database, ErrorClass, PgError, catalog, pieces, plain_text};
use crate::schema::token;

/// A database that evaluated code works on, and what it did to its schema.
#[derive(Debug, Default)]
pub struct PgSession {
    pub database: RefCell<Database>,
    /// The statements that may have changed the schema, in their order.
    pub log: RefCell<Vec<Statement>>,
    pub refusals: Refusals,
    /// A transaction is open, as it is while a migration runs.
    pub in_transaction: Cell<bool>,
    /// A statement failed in it, so that it takes no other.
    pub aborted: Cell<bool>,
    savepoints: RefCell<Vec<(String, Database)>>,
    /// What sessions insert when they are flushed.
    pending: RefCell<Vec<String>>,
    /// Native enums that were met in this run.
    enums: RefCell<BTreeSet<String>>,
    schema: RefCell<Option<Rc<Schema>>>,
    /// Whether each migration is committed before the next one begins (`transaction_per_migration`).
    pub commits_each: Cell<bool>,
    /// A statement was refused because an extension is missing that nothing in the repository speaks of.
    pub missed_extension: Cell<bool>,
    /// Each statement is committed at once, so that none is in a transaction.
    pub autocommits: Cell<bool>,
    /// The driver has the server prepare each text, which then is one statement.
    pub prepares: Cell<bool>,
    /// The driver begins another transaction after one that a statement ended (psycopg 3); the others do not notice.
    pub reopens: Cell<bool>,
    /// No transaction is open, so that what a statement did is there for good.
    commits_at_once: Cell<bool>,
    /// As the database was when the first transaction began.
    first: RefCell<Database>,
    /// The schema that other connections see.
    seen: RefCell<Option<Rc<Schema>>>,
}

impl PgSession {
    pub fn new(database: Database) -> Rc<Self> {
        Rc::new(Self { first: database.clone().into(), database: database.into(), ..Self::default() })
    }

    /// A connection to it.
    pub fn connection<'a>(self: &Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Connection { session: self.clone(), leads: Leads::Here }))
    }

    /// The database as another connection sees it: without what is not committed yet.
    fn committed(&self) -> Database {
        if self.commits_each.get() { self.database.borrow().committed() } else { self.first.borrow().clone() }
    }

    /// What was done so far is there for good, before the first transaction of a migration.
    pub fn begin_here(&self) {
        *self.first.borrow_mut() = self.database.borrow().clone();
        *self.refusals.refused.borrow_mut() = None;
        self.refusals.left_out.borrow_mut().clear();
        self.changed();
    }

    fn changed(&self) {
        *self.schema.borrow_mut() = None;
    }

    /// Begins the transaction of a migration.
    pub fn begin(&self) {
        *self.seen.borrow_mut() = None;
        self.pending.borrow_mut().clear();
        let mut database = self.database.borrow_mut();
        database.begin();
        self.in_transaction.set(!self.autocommits.get());
        self.commits_at_once.set(self.autocommits.get());
        self.aborted.set(false);
    }

    /// A statement was carried out.
    fn carried_out(&self) {
        if self.commits_at_once.get() {
            self.database.borrow_mut().end_transaction();
        }
    }

    /// Ends it.
    pub fn end(&self, commit: bool) {
        let mut database = self.database.borrow_mut();
        if commit {
            database.commit();
        } else {
            database.rollback();
        }
        if self.commits_each.get() || self.autocommits.get() {
            database.end_transaction();
        }
        drop(database);
        self.in_transaction.set(false);
        self.aborted.set(false);
        self.changed();
    }
}

/// A connection, an engine, a session: all of them lead to the same database.
#[derive(Clone, Debug)]
struct Connection {
    session: Rc<PgSession>,
    leads: Leads,
}

/// Where a connection leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// It is the one that migrations run on.
    Here,
    /// To the same database: it sees what is committed, and has transactions of its own.
    Apart,
    /// To a database that is not known; it may be the same.
    Elsewhere,
}

/// What a text can do, by the first word of its statements.
fn changes_schema(sql: &str) -> bool {
    pieces(&plain_text(sql)).iter().any(|piece| {
        let first = token::tokens(piece.text).next();
        first.is_some_and(|first| {
            ["create", "alter", "drop", "do", "call", "execute", "import"].iter().any(|word| first.is(word))
        }) || (first.is_some_and(|first| first.is("set")) && piece.text.to_ascii_lowercase().contains("search_path"))
            || piece.text.to_ascii_lowercase().contains(" into ") && first.is_some_and(|first| first.is("select"))
    })
}

/// What a definition costs beside its length: it is parsed, and the catalog is searched.
const STATEMENT_STEPS: usize = 500;

/// What a query or a statement of a block costs: for each query the catalog is laid out.
const ACTION_STEPS: usize = 2_000;

/// Of what is missing and may be made by somebody else.
pub const OF_OTHERS: &str = "which no revision of this chain makes";

/// What PostgreSQL says when a statement comes after one that failed.
pub const ABORTED: &str = "current transaction is aborted, commands ignored until end of transaction block";

impl Connection {
    /// Executes whatever it is given; answers with its rows.
    fn execute<'a>(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a> {
        let given = arg(vm, args, 0)?;
        let sql = match &given {
            Value::Object(object) => match object.sql() {
                Some(sql) => sql,
                None => {
                    let parameters = args.positional.get(1).or_else(|| args.get("parameters")).cloned();
                    self.change_rows(vm, &**object, parameters.as_ref())?;
                    return Ok(vm.unknown("depends on the rows of a database"));
                }
            },
            other => other.clone(),
        };
        if let Value::Object(object) = &given
            && let Some(name) = object.parameters().first()
            && args.positional.len() < 2
            && args.get("parameters").is_none()
            && args.get("params").is_none()
            // Until SQLAlchemy 2.0 each could be given by its own name.
            && args.get(name).is_none()
            && vm.doubt.is_none()
            && !self.session.refusals.lenient.get()
        {
            let message = format!("A value is required for bind parameter '{name}'");
            return vm.raise("StatementError", message);
        }
        match sql {
            Value::Str(sql) => {
                vm.steps(sql.len() / 32)?;
                if changes_schema(&sql) {
                    self.define(vm, &sql)?;
                    return Ok(vm.unknown("is the result of a definition"));
                }
                self.query(vm, &sql, args)
            }
            Value::Unknown(why) => {
                let plain = forget_text(&why);
                if !self.is_apart() {
                    self.session.database.borrow_mut().forget_rows();
                }
                match why.text.as_deref() {
                    Some(text) if !changes_schema(text) && starts_with_word(text) => {}
                    Some(text) => {
                        vm.gap_about(&plain, text);
                        self.session.database.borrow_mut().may_have_run(text);
                    }
                    None => vm.gap(&plain),
                }
                Ok(Value::Unknown(plain))
            }
            other => Ok(vm.unknown(format!("executes a {}", other.type_name()))),
        }
    }

    fn query<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, args: &Args<'a>) -> Eval<'a> {
        let first = token::tokens(sql).next();
        let alone = token::tokens(sql).filter(|token| !token.is_symbol(";")).count() == 1;
        if alone && !self.is_apart() && first.is_some_and(|first| first.is("commit") || first.is("rollback")) {
            self.session.in_transaction.set(false);
            self.session.commits_at_once.set(!self.session.reopens.get());
            self.session.aborted.set(false);
            self.session.database.borrow_mut().end_transaction();
            return Ok(Value::None);
        }
        if !self.is_apart() && first.is_some_and(|first| first.is("begin") || first.is("start")) {
            self.session.commits_at_once.set(false);
        }
        if vm.doubt.is_none() && !self.is_apart() && self.savepoint(sql) {
            return Ok(Value::None);
        }
        self.refuse_aborted(vm)?;
        let called = self.session.database.borrow().called_definition(sql);
        if let Some((name, text)) = called {
            let why = vm.why(format!("calls `{name}`, whose definitions are not followed"));
            vm.gap_about(&why, &text);
            self.session.database.borrow_mut().may_have_run(&format!("CALL {text}"));
        }
        self.hold(vm, sql)?;
        let elsewhere = self.leads == Leads::Elsewhere;
        let rows = vm.unknown(if elsewhere { ELSEWHERE } else { "depends on the rows of a database" });
        if elsewhere || vm.doubt.is_some() {
            return Ok(rows);
        }
        let prepared = if self.is_apart() {
            catalog::prepare(self.session.committed().state(), sql)
        } else {
            catalog::prepare(self.session.database.borrow().state(), sql)
        };
        let Some(prepared) = prepared else { return Ok(rows) };
        let Some(catalog) = prepared.database() else { return Ok(rows) };
        let cursor = Session::new(catalog).row_cursor();
        let mut given = vec![Value::text(prepared.query)];
        given.extend(args.positional.get(1).or_else(|| args.get("parameters")).cloned());
        let result = vm.call_method(&cursor, "execute", Args { positional: given, keyword: Vec::new() });
        match result {
            Ok(result) => Ok(result),
            // The catalog has more than is kept here.
            Err(Stop::Raise(_)) => Ok(rows),
            Err(stop) => Err(stop),
        }
    }

    fn is_apart(&self) -> bool {
        self.leads != Leads::Here
    }

    /// Whether others make tables in the database, too, so that one which is not known may be there.
    fn is_shared(&self) -> bool {
        self.session.database.borrow().open
    }

    fn refuse_aborted<'a>(&self, vm: &mut Interpreter<'a>) -> Eval<'a, ()> {
        if self.session.aborted.get() && !self.is_apart() && !self.session.refusals.lenient.get() {
            let message = format!("(psycopg2.errors.InFailedSqlTransaction) {ABORTED}");
            return vm.raise("InternalError", message);
        }
        Ok(())
    }

    fn refused<'a>(&self, vm: &mut Interpreter<'a>, error: &PgError) -> Eval<'a, ()> {
        if self.session.refusals.lenient.get() {
            return Ok(());
        }
        if self.session.in_transaction.get() {
            self.session.aborted.set(true);
        }
        vm.raise(error.class.python_name(), format!("(psycopg2.errors.{}) {}", error.condition, error.message))
    }
}

/// The table or type that is missing and that something else may make; types of another database are none.
fn of_others(error: &PgError) -> Option<(&'static str, &str)> {
    const FOREIGN: &[&str] = &[
        "datetime",
        "blob",
        "tinyint",
        "mediumint",
        "mediumtext",
        "longtext",
        "tinytext",
        "double",
        "number",
        "nvarchar",
        "varchar2",
        "clob",
        "string",
        "year",
    ];
    if error.condition == "UndefinedTable" {
        return Some(("table", error.message.split('"').nth(1).unwrap_or_default()));
    }
    let name = error.message.strip_prefix("type \"")?.strip_suffix("\" does not exist")?;
    (!FOREIGN.contains(&name)).then_some(("type", name))
}

fn starts_with_word(text: &str) -> bool {
    text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic())
}

impl<'a> Bind<'a> for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        if self.leads == Leads::Elsewhere {
            return None;
        }
        if self.is_apart() {
            let mut seen = self.session.seen.borrow_mut();
            return Some(seen.get_or_insert_with(|| Rc::new(self.session.committed().snapshot())).clone());
        }
        let mut known = self.session.schema.borrow_mut();
        Some(known.get_or_insert_with(|| Rc::new(self.session.database.borrow().snapshot())).clone())
    }

    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        if self.is_apart() {
            // It may be taken back, or wait for ever for what is not committed.
            if self.session.database.borrow().would_change(sql) {
                let what = if self.leads == Leads::Apart {
                    "on a connection of its own"
                } else {
                    "of a database that is not known"
                };
                let why = vm.why(format!("changes the schema {what}"));
                vm.gap_about(&why, sql);
                self.session.database.borrow_mut().may_have_run(sql);
            }
            return Ok(());
        }
        if let Some(why) = vm.doubt.clone() {
            if self.session.database.borrow().would_change(sql) {
                vm.gap_about(&why, sql);
                self.session.database.borrow_mut().may_have_run(sql);
            }
            self.session.database.borrow_mut().forget_rows_of(sql);
            return Ok(());
        }
        self.refuse_aborted(vm)?;
        let plain = plain_text(sql);
        let pieces = pieces(&plain);
        self.refuse_together(vm, &pieces)?;
        // In a text of several statements, those before the one that fails are done.
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                vm.steps(STATEMENT_STEPS)?;
            }
            let (result, actions) = {
                let result = self.carry_out(vm, piece);
                (result, std::mem::take(&mut self.session.database.borrow_mut().actions))
            };
            vm.steps(actions * ACTION_STEPS)?;
            match result {
                Ok(()) => {
                    let statement = Statement { sql: piece.text.into(), places: vm.places() };
                    self.session.log.borrow_mut().push(statement);
                    self.session.changed();
                    self.session.carried_out();
                }
                Err(error) if error.class == ErrorClass::Unsupported => {
                    let why = vm.why(error.message);
                    vm.gap_about(&why, piece.text);
                }
                // The table in which Alembic keeps its own record can have any name.
                Err(error) if error.condition == "UndefinedTable" && error.message.contains("alembic") => {}
                Err(error) => {
                    if let Some((kind, name)) = of_others(&error).filter(|_| self.is_shared()) {
                        let why = vm.why(format!("needs the {kind} `{name}`, {OF_OTHERS}"));
                        vm.gap_about(&why, piece.text);
                        continue;
                    }
                    self.session.refusals.note(piece.text);
                    self.refused(vm, &error)?;
                }
            }
        }
        Ok(())
    }

    fn rows(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        if self.leads == Leads::Elsewhere {
            return Ok(());
        }
        if vm.doubt.is_some() {
            // Rows may be filled or taken away.
            self.session.database.borrow_mut().forget_rows();
            return Ok(());
        }
        self.refuse_aborted(vm)?;
        self.hold(vm, sql)
    }

    fn has_type(&self, name: &str) -> bool {
        self.session.database.borrow().state().types.contains_key(name)
    }

    fn enums(&self) -> Vec<(String, Vec<String>)> {
        self.session.database.borrow().enums()
    }

    fn primary_key(&self, table: &str) -> Option<String> {
        self.session.database.borrow().primary_key_name(table)
    }

    fn needs_enum(&self, name: &str) -> bool {
        self.session.enums.borrow_mut().insert(name.to_owned())
    }

    fn another(&self, same: bool) -> Option<Value<'a>> {
        let leads = if same { Leads::Apart } else { Leads::Elsewhere };
        Some(Value::Object(Rc::new(Self { session: self.session.clone(), leads })))
    }

    fn autocommit(&self, enter: bool) {
        // What came before is there for good.
        let mut database = self.session.database.borrow_mut();
        database.commit();
        database.end_transaction();
        *self.session.first.borrow_mut() = database.clone();
        *self.session.seen.borrow_mut() = None;
        if !enter {
            database.begin();
        }
        self.session.in_transaction.set(!enter);
        self.session.commits_at_once.set(enter);
    }
}

impl<'a> Object<'a> for Connection {
    fn type_name(&self) -> &'static str {
        "Connection"
    }

    fn is_database(&self) -> bool {
        true
    }

    fn bind(&self) -> Option<&dyn Bind<'a>> {
        Some(self)
    }

    fn has_method(&self, name: &str) -> bool {
        CONNECTION.contains(&name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "execute" | "exec_driver_sql" | "stream" => self.execute(vm, &args)?,
            "scalar" => {
                let result = self.execute(vm, &args)?;
                if result.as_unknown().is_some() { result } else { vm.call_method(&result, "scalar", Args::default())? }
            }
            "scalars" => {
                let result = self.execute(vm, &args)?;
                if result.as_unknown().is_some() {
                    result
                } else {
                    vm.call_method(&result, "scalars", Args::default())?
                }
            }
            "begin_nested" if self.is_apart() => Value::Object(Rc::new(self.clone())),
            "begin_nested" => {
                let saved = self.session.database.borrow().clone();
                Value::Object(Rc::new(Savepoint { session: self.session.clone(), saved: RefCell::new(Some(saved)) }))
            }
            "execution_options" => {
                let level = args.get("isolation_level").and_then(Value::as_str);
                if level.is_some_and(|level| level.eq_ignore_ascii_case("autocommit")) && !self.is_apart() {
                    self.session.in_transaction.set(false);
                    self.session.commits_at_once.set(true);
                    self.session.database.borrow_mut().end_transaction();
                }
                Value::Object(Rc::new(self.clone()))
            }
            "connect" | "begin" | "get_bind" | "connection" | "bind" | "raw_connection" => {
                Value::Object(Rc::new(self.clone()))
            }
            "run_sync" => {
                let mut args = args;
                let function = arg(vm, &args, 0)?;
                args.positional[0] = Value::Object(Rc::new(self.clone()));
                vm.call(&function, args)?
            }
            "commit" | "flush" => {
                self.flush(vm)?;
                let mut database = self.session.database.borrow_mut();
                database.end_transaction();
                // Objects of a session may have been changed.
                database.forget_rows();
                Value::None
            }
            "rollback" | "close" | "expunge_all" => {
                self.session.pending.borrow_mut().clear();
                Value::None
            }
            "add" | "add_all" | "bulk_save_objects" | "merge" => {
                self.add(vm, &args)?;
                Value::None
            }
            "delete" | "bulk_update_mappings" => {
                self.session.database.borrow_mut().forget_rows();
                Value::None
            }
            "refresh" | "expire_all" | "dispose" | "bulk_insert_mappings" => Value::None,
            "query" => {
                // What waits is sent before anything is asked.
                self.flush(vm)?;
                self.session.database.borrow_mut().forget_rows();
                statement::query(vm, Value::Object(Rc::new(self.clone())), &args)?
            }
            "get" => {
                let of = Args { positional: args.positional.iter().take(1).cloned().collect(), keyword: Vec::new() };
                let asked = statement::query(vm, Value::Object(Rc::new(self.clone())), &of)?;
                vm.call_method(&asked, "first", Args::default())?
            }
            "in_transaction" => Value::Bool(self.session.in_transaction.get()),
            "get_isolation_level" => vm.unknown("depends on a connection's settings"),
            "cursor" => Value::Object(Rc::new(self.clone())),
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "dialect" | "name" if self.leads == Leads::Elsewhere => vm.unknown(ELSEWHERE),
            "dialect" => Value::Object(Rc::new(DialectValue(Dialect::Postgres))),
            "engine" | "connection" | "bind" | "sync_engine" | "sync_connection" => {
                Value::Object(Rc::new(self.clone()))
            }
            "name" => Value::text("postgresql"),
            "url" if self.leads != Leads::Elsewhere => address(vm),
            "url" => vm.unknown(ELSEWHERE),
            "driver" => vm.unknown("depends on how a program connects"),
            _ => return Ok(None),
        }))
    }
}
