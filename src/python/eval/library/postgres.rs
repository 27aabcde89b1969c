//! Connections to a PostgreSQL database: what SQLAlchemy and its drivers do on one.

mod rows;
mod savepoint;

use std::cell::{Cell, RefCell, RefMut};
use std::collections::BTreeSet;
use std::rc::Rc;

use self::savepoint::Savepoint;
use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::operators::forget_text;
use super::super::value::{Args, Unknown, Value};
use super::connection::{Backend, Connection, Leads, OF_ROWS};
use super::refusals::{self, Refusals, is_of_alembic};
use super::session::Manner;
use super::sqlalchemy::engine::ELSEWHERE;
use super::sqlite3::{Session, Statement};
use crate::schema::database::{self, Engine, Refusal, RefusalKind, Sort, Thing};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::postgres;
use crate::schema::postgres::{Database, ErrorClass, PgError, catalog, pieces, plain_text};
use crate::schema::statement::{Boundary, Effect, boundary, effect_on, is_about_rights, restarts_a_sequence};
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

    /// The database as another connection sees it: without what is not committed yet.
    fn committed(&self) -> Database {
        if self.commits_each.get() { self.database.borrow().committed() } else { self.first.borrow().clone() }
    }

    fn changed(&self) {
        *self.schema.borrow_mut() = None;
    }

    /// A statement was carried out.
    fn carried_out(&self) {
        if self.commits_at_once.get() {
            self.database.borrow_mut().end_transaction();
        }
    }
}

impl super::session::Session for PgSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Connection::value(self)
    }

    fn database(&self) -> RefMut<'_, dyn database::Database> {
        self.database.borrow_mut()
    }

    fn restore(&self, saved: Box<dyn database::Database>) {
        if let Engine::Postgres(saved) = saved.engine() {
            *self.database.borrow_mut() = *saved;
        }
        self.changed();
    }

    fn begin(&self) {
        *self.seen.borrow_mut() = None;
        self.pending.borrow_mut().clear();
        let mut database = self.database.borrow_mut();
        database.begin();
        self.in_transaction.set(!self.autocommits.get());
        self.commits_at_once.set(self.autocommits.get());
        self.aborted.set(false);
    }

    fn end(&self, commit: bool) -> Result<(), Refusal> {
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
        Ok(())
    }

    fn prepare(&self, sql: &str) {
        let _ = self.database.borrow_mut().execute(sql);
        self.changed();
    }

    fn log(&self) -> &RefCell<Vec<Statement>> {
        &self.log
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn is_aborted(&self) -> bool {
        self.aborted.get()
    }

    fn missed_extension(&self) -> bool {
        self.missed_extension.get()
    }

    fn transactional_ddl(&self) -> bool {
        true
    }

    fn set_up(&self, manner: &Manner) {
        self.commits_each.set(manner.commits_each);
        self.autocommits.set(manner.autocommits);
        self.prepares.set(manner.prepares);
        self.reopens.set(manner.reopens);
        *self.first.borrow_mut() = self.database.borrow().clone();
        *self.refusals.refused.borrow_mut() = None;
        self.refusals.left_out.borrow_mut().clear();
        self.changed();
    }

    fn set_autocommit(&self, on: bool) {
        self.autocommits.set(on);
        self.in_transaction.set(!on);
    }

    fn finish(self: Rc<Self>) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(self.database.take()))
    }
}

/// Whether a statement of a text may change the schema.
fn changes_schema(sql: &str) -> bool {
    let changes = |text| effect_on(text, postgres::DIALECT) == Effect::Schema && !is_about_rights(text);
    pieces(&plain_text(sql)).iter().any(|piece| changes(piece.text))
}

/// What a definition costs beside its length: it is parsed, and the catalog is searched.
const STATEMENT_STEPS: usize = 500;

/// What a query or a statement of a block costs: for each query the catalog is laid out.
const ACTION_STEPS: usize = 2_000;

/// Of what is missing and may be made by somebody else.
pub const OF_OTHERS: &str = "which no revision of this chain makes";

/// What PostgreSQL says when a statement comes after one that failed.
pub const ABORTED: &str = "current transaction is aborted, commands ignored until end of transaction block";

impl PgSession {
    fn query<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str, given: Option<&Value<'a>>) -> Eval<'a> {
        let boundary = boundary(sql);
        let alone = token::tokens(sql).filter(|token| !token.is_symbol(";")).count() == 1;
        let ends = alone && matches!(boundary, Some(Boundary::Commit | Boundary::Rollback));
        if ends && leads == Leads::Here {
            self.in_transaction.set(false);
            self.commits_at_once.set(!self.reopens.get());
            self.aborted.set(false);
            self.database.borrow_mut().end_transaction();
            return Ok(Value::None);
        }
        if leads == Leads::Here && boundary == Some(Boundary::Begin) {
            self.commits_at_once.set(false);
        }
        if vm.doubt.is_none() && leads == Leads::Here && boundary.is_some_and(|boundary| self.savepoint(boundary)) {
            return Ok(Value::None);
        }
        self.refuse_aborted(vm, leads)?;
        let called = self.database.borrow().called_definition(sql);
        if let Some((name, text)) = called {
            let why = vm.why(format!("calls `{name}`, whose definitions are not followed"));
            vm.gap_about(&why, &text);
            self.database.borrow_mut().may_have_run(&format!("CALL {text}"));
        }
        self.hold(vm, leads, sql)?;
        let elsewhere = leads == Leads::Elsewhere;
        let rows = vm.unknown(if elsewhere { ELSEWHERE } else { OF_ROWS });
        if elsewhere || vm.doubt.is_some() {
            return Ok(rows);
        }
        let prepared = if leads == Leads::Here {
            catalog::prepare(self.database.borrow().state(), sql)
        } else {
            catalog::prepare(self.committed().state(), sql)
        };
        let Some(prepared) = prepared else { return Ok(rows) };
        let Some(catalog) = prepared.database() else { return Ok(rows) };
        // What asyncpg counts of a query depends on its version.
        let cursor = Session::new(catalog).answer_cursor((!self.prepares.get()).then_some(true));
        let mut positional = vec![Value::text(prepared.query)];
        positional.extend(given.cloned());
        let result = vm.call_method(&cursor, "execute", Args { positional, keyword: Vec::new() });
        match result {
            Ok(result) => Ok(result),
            // The catalog has more than is kept here.
            Err(Stop::Raise(_)) => Ok(rows),
            Err(stop) => Err(stop),
        }
    }

    fn refuse_aborted<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads) -> Eval<'a, ()> {
        if self.aborted.get() && leads == Leads::Here && !self.refusals.lenient.get() {
            let text = format!("(psycopg2.errors.InFailedSqlTransaction) {ABORTED}");
            let exception = vm.exception("InternalError", vec![Value::text(text)]);
            refusals::note(&exception, Refusal::other(ABORTED));
            return Err(Stop::Raise(exception));
        }
        Ok(())
    }

    fn refused<'a>(&self, vm: &mut Interpreter<'a>, error: PgError) -> Eval<'a, ()> {
        if self.refusals.lenient.get() {
            return Ok(());
        }
        if self.in_transaction.get() {
            self.aborted.set(true);
        }
        let text = format!("(psycopg2.errors.{}) {}", error.condition, error.message);
        let exception = vm.exception(error.class.python_name(), vec![Value::text(text)]);
        refusals::note(&exception, error.into());
        Err(Stop::Raise(exception))
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
    let RefusalKind::Missing(Thing { sort, name, .. }) = &error.kind else { return None };
    match sort {
        Sort::Table | Sort::Dropped => Some(("table", name)),
        Sort::Type if !FOREIGN.contains(&name.as_str()) => Some(("type", name)),
        _ => None,
    }
}

fn starts_with_word(text: &str) -> bool {
    text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic())
}

impl Backend for PgSession {
    fn dialect(&self) -> Dialect {
        postgres::DIALECT
    }

    fn another(&self, same: bool) -> Option<Leads> {
        Some(if same { Leads::Apart } else { Leads::Elsewhere })
    }

    fn schema(&self, leads: Leads) -> Option<Rc<Schema>> {
        if leads == Leads::Elsewhere {
            return None;
        }
        if leads != Leads::Here {
            let mut seen = self.seen.borrow_mut();
            return Some(seen.get_or_insert_with(|| Rc::new(self.committed().snapshot())).clone());
        }
        let mut known = self.schema.borrow_mut();
        Some(known.get_or_insert_with(|| Rc::new(self.database.borrow().snapshot())).clone())
    }

    fn text<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str, given: Option<&Value<'a>>) -> Eval<'a> {
        if changes_schema(sql) {
            self.define(vm, leads, sql)?;
            return Ok(vm.unknown("is the result of a definition"));
        }
        self.query(vm, leads, sql, given)
    }

    fn in_part<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, why: &Rc<Unknown>) -> Eval<'a, ()> {
        self.forget_rows(vm, leads);
        let plain = forget_text(why);
        match why.text.as_deref() {
            Some(text) if (!changes_schema(text) || restarts_a_sequence(text)) && starts_with_word(text) => {}
            Some(text) => {
                vm.gap_about(&plain, text);
                self.database.borrow_mut().may_have_run(text);
            }
            None => vm.gap(&plain),
        }
        Ok(())
    }

    fn define<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()> {
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        if leads != Leads::Here {
            // It may be taken back, or wait for ever for what is not committed.
            if self.database.borrow().would_change(sql) {
                let what = if leads == Leads::Apart {
                    "on a connection of its own"
                } else {
                    "of a database that is not known"
                };
                let why = vm.why(format!("changes the schema {what}"));
                vm.gap_about(&why, sql);
                self.database.borrow_mut().may_have_run(sql);
            }
            return Ok(());
        }
        if let Some(why) = vm.doubt.clone() {
            if self.database.borrow().would_change(sql) {
                vm.gap_about(&why, sql);
                self.database.borrow_mut().may_have_run(sql);
            }
            self.database.borrow_mut().forget_rows_of(sql);
            return Ok(());
        }
        self.refuse_aborted(vm, leads)?;
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
                (result, std::mem::take(&mut self.database.borrow_mut().actions))
            };
            vm.steps(actions * ACTION_STEPS)?;
            match result {
                Ok(()) => {
                    let statement = Statement { sql: piece.text.into(), places: vm.places() };
                    self.log.borrow_mut().push(statement);
                    self.changed();
                    self.carried_out();
                }
                Err(error) if error.class == ErrorClass::Unsupported => {
                    let why = vm.why(error.message);
                    vm.gap_about(&why, piece.text);
                }
                // The table in which Alembic keeps its own record can have any name.
                Err(error) if is_of_alembic(&error.kind) => {}
                Err(error) => {
                    // One that is not known may be there where others make tables, too.
                    let is_shared = self.database.borrow().open;
                    if let Some((kind, name)) = of_others(&error).filter(|_| is_shared) {
                        let why = vm.why(format!("needs the {kind} `{name}`, {OF_OTHERS}"));
                        vm.gap_about(&why, piece.text);
                        continue;
                    }
                    self.refusals.note(piece.text);
                    self.refused(vm, error)?;
                }
            }
        }
        Ok(())
    }

    fn rows<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()> {
        if leads == Leads::Elsewhere {
            return Ok(());
        }
        if vm.doubt.is_some() {
            // Rows may be filled or taken away.
            self.database.borrow_mut().forget_rows();
            return Ok(());
        }
        self.refuse_aborted(vm, leads)?;
        self.hold(vm, leads, sql)
    }

    fn has_type(&self, name: &str) -> bool {
        self.database.borrow().state().types.contains_key(name)
    }

    fn enums(&self) -> Vec<(String, Vec<String>)> {
        self.database.borrow().enums()
    }

    fn primary_key(&self, table: &str) -> Option<String> {
        self.database.borrow().primary_key_name(table)
    }

    fn needs_enum(&self, name: &str) -> bool {
        self.enums.borrow_mut().insert(name.to_owned())
    }

    fn forget_rows(&self, _vm: &Interpreter<'_>, leads: Leads) {
        if leads == Leads::Here {
            self.database.borrow_mut().forget_rows();
        }
    }

    fn refuse<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        let why = vm.why(format!("stops with {class}: {said}"));
        vm.gap_about(&why, sql);
        Ok(())
    }

    fn flush<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads) -> Eval<'a, ()> {
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        pending.iter().try_for_each(|sql| self.rows(vm, leads, sql))
    }

    fn unit_of_work<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, name: &str, args: &Args<'a>) -> Eval<'a, ()> {
        match name {
            "commit" | "flush" => {
                self.flush(vm, leads)?;
                let mut database = self.database.borrow_mut();
                database.end_transaction();
                // Objects of a session may have been changed.
                database.forget_rows();
            }
            "rollback" | "close" | "expunge_all" => self.pending.borrow_mut().clear(),
            "add" | "add_all" | "bulk_save_objects" | "merge" => self.add(vm, args)?,
            "delete" | "bulk_update_mappings" => self.database.borrow_mut().forget_rows(),
            "query" => {
                // What waits is sent before anything is asked.
                self.flush(vm, leads)?;
                self.database.borrow_mut().forget_rows();
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_nested<'a>(self: Rc<Self>, _vm: &mut Interpreter<'a>) -> Option<Value<'a>> {
        let saved = RefCell::new(Some(self.database.borrow().clone()));
        Some(Value::Object(Rc::new(Savepoint { session: self, saved })))
    }

    fn leave_transaction(&self) {
        self.in_transaction.set(false);
        self.commits_at_once.set(true);
        self.database.borrow_mut().end_transaction();
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction.get()
    }

    fn autocommit(&self, enter: bool) {
        // What came before is there for good.
        let mut database = self.database.borrow_mut();
        database.commit();
        database.end_transaction();
        *self.first.borrow_mut() = database.clone();
        *self.seen.borrow_mut() = None;
        if !enter {
            database.begin();
        }
        self.in_transaction.set(!enter);
        self.commits_at_once.set(enter);
    }
}
