//! Connections to a MySQL or MariaDB database: what SQLAlchemy and its drivers do on one. A definition is there at once, and
//! commits what came before it.

mod connection;
pub(super) mod parameters;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::value::Value;
use super::connection::Connection;
use super::postgres::OF_OTHERS;
use super::refusals::{self, Refusals, is_of_alembic};
use super::session::Manner;
use super::sqlite3::Statement;
use crate::schema::database::{self, Engine, Refusal};
use crate::schema::model::Schema;
use crate::schema::mysql;
use crate::schema::mysql::{Database, Error, Flavour, pieces};
use crate::schema::statement::{Effect, effect_on};

/// A database that the revisions of a chain work on.
#[derive(Debug, Default)]
pub struct MysqlSession {
    pub database: RefCell<Database>,
    /// The statements that may have changed the schema, in their order.
    pub log: RefCell<Vec<Statement>>,
    pub refusals: Refusals,
    /// The driver sends one statement at a time.
    pub single: Cell<bool>,
    /// How many texts of definitions were sent: each ends the transaction, and its savepoints with it.
    sent: Cell<u32>,
    savepoints: Cell<u32>,
    /// As it was when the migration began.
    saved: RefCell<Option<Database>>,
    schema: RefCell<Option<Rc<Schema>>>,
}

/// What a definition costs beside its length: it is read, and the catalog is searched.
const STATEMENT_STEPS: usize = 500;

fn effect(sql: &str) -> Effect {
    effect_on(sql, mysql::DIALECT)
}

impl MysqlSession {
    pub fn new(database: Database) -> Rc<Self> {
        Rc::new(Self { database: database.into(), ..Self::default() })
    }

    fn changed(&self) {
        *self.schema.borrow_mut() = None;
    }

    /// What it holds, as its catalog lists it.
    fn catalog(&self) -> Rc<Schema> {
        let mut known = self.schema.borrow_mut();
        known.get_or_insert_with(|| Rc::new(self.database.borrow().catalog())).clone()
    }

    /// Takes up that a statement was not carried out.
    fn failed<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, error: &Error) -> Eval<'a, ()> {
        self.changed();
        if let Some(table) = &error.of_others {
            let why = vm.why(format!("needs the table `{table}`, {OF_OTHERS}"));
            vm.gap_about(&why, sql);
            return Ok(());
        }
        if error.is_unsupported() {
            let why = vm.why(error.message.clone());
            vm.gap_about(&why, sql);
            return Ok(());
        }
        // The table in which Alembic keeps its own record can have any name.
        if is_of_alembic(&error.kind) {
            return Ok(());
        }
        self.refused(vm, sql, error)
    }

    /// Raises what the server says, as SQLAlchemy does for PyMySQL; where such statements are left out, this one is.
    fn refused<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, error: &Error) -> Eval<'a, ()> {
        if self.refusals.note(sql) {
            return Ok(());
        }
        let class = error.class.python_name();
        let (code, message) = (Value::Int(i64::from(error.code)), Value::text(error.message.as_str()));
        let shown = vm.repr(&Value::tuple(vec![code.clone(), message.clone()]))?;
        let driver = vm.exception(class, vec![code, message]);
        let text = format!("(pymysql.err.{class}) {}", shown.as_str().unwrap_or_default());
        let exception = vm.exception(class, vec![Value::text(text)]);
        refusals::note(&driver, error.clone().into());
        refusals::note(&exception, error.clone().into());
        exception.names.borrow_mut().insert("orig".into(), Value::Instance(driver));
        Err(Stop::Raise(exception))
    }

    /// Holds a statement about rows against the catalog.
    fn hold<'a>(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        if vm.doubt.is_some() {
            return Ok(());
        }
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        let plain = self.database.borrow().plain_text(sql).into_owned();
        let pieces = pieces(&plain);
        if let (true, Some(second)) = (self.single.get(), pieces.get(1)) {
            return self.refused(vm, sql, &Error::several(second.text));
        }
        for piece in pieces {
            let result = self.database.borrow_mut().statement(&piece);
            match result {
                Err(error) if !error.is_unsupported() => self.failed(vm, piece.text, &error)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a text would change what is there, as far as that is known.
    fn would_change(&self, sql: &str) -> bool {
        let mut database = self.database.borrow().clone();
        let done = database.execute(sql);
        done.is_err() || database.state() != self.database.borrow().state()
    }
}

impl super::session::Session for MysqlSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Connection::value(self)
    }

    fn database(&self) -> RefMut<'_, dyn database::Database> {
        self.database.borrow_mut()
    }

    fn restore(&self, saved: Box<dyn database::Database>) {
        if let Engine::Mysql(saved) = saved.engine() {
            *self.database.borrow_mut() = *saved;
        }
        self.changed();
    }

    fn begin(&self) {
        *self.saved.borrow_mut() = Some(self.database.borrow().clone());
    }

    /// What a migration did stays, or all of it is taken back, as if it had not run.
    fn end(&self, commit: bool) -> Result<(), Refusal> {
        if let (false, Some(saved)) = (commit, self.saved.take()) {
            *self.database.borrow_mut() = saved;
        }
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

    fn set_up(&self, manner: &Manner) {
        self.single.set(manner.single);
    }

    fn finish(self: Rc<Self>) -> Result<Box<dyn database::Database>, Refusal> {
        Ok(Box::new(self.database.take()))
    }
}

impl Interpreter<'_> {
    /// Which server migrations run on, where it is MySQL or MariaDB.
    pub(in crate::python::eval) fn flavour(&self) -> Option<Flavour> {
        match &self.database {
            Some(Value::Object(object)) => object.bind()?.flavour(),
            _ => None,
        }
    }

    /// Whether that is surely MariaDB.
    pub(in crate::python::eval) fn is_mariadb(&self) -> bool {
        self.flavour() == Some(Flavour::MariaDb)
    }
}
