//! Connections and cursors as drivers of PostgreSQL and MySQL have them: `psycopg2`, `psycopg`, `asyncpg`, `pymysql` and their
//! like. What they send goes the way that SQLAlchemy's statements go.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::{Bind, Object};
use super::super::value::{Args, Value};
use super::arg;
use super::mysql::parameters;
use super::refusals::Refusals;
use super::session::Session;
use super::sqlite3::Statement;
use crate::schema::database::{Database, Refusal};

/// The modules of drivers, and what is part of them.
const MODULES: [&str; 11] = [
    "psycopg2",
    "psycopg",
    "asyncpg",
    "pymysql",
    "MySQLdb",
    "mysql.connector",
    "mariadb",
    "aiomysql",
    "asyncmy",
    "aiopg",
    "psycopg_pool",
];

/// Whether a dotted name is a module of one of them.
pub(super) fn is_module(dotted: &str) -> bool {
    let is_of = |module: &str| dotted.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    MODULES.iter().any(|module| is_of(module)) || dotted == "mysql"
}

/// What a module has: its exceptions and ways to connect, where a driver's connection is what migrations run on.
pub(super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    const PARTS: [&str; 9] =
        ["errors", "err", "exceptions", "extras", "extensions", "sql", "rows", "connector", "cursors"];
    if PARTS.contains(&name) {
        return Ok(None);
    }
    let is_driver = matches!(&vm.database, Some(Value::Object(object)) if object.type_name() == TYPE);
    if !is_driver {
        return Ok(Some(vm.unknown("depends on a driver, which is not in the repository")));
    }
    if matches!(name, "connect" | "create_pool") {
        return Ok(vm.database.clone());
    }
    // What is told apart by SQLSTATE is of one family here.
    let known = match name {
        "Error" | "PostgresError" | "MySQLError" => "sqlite3.Error",
        "DatabaseError" | "InterfaceError" | "DataError" | "OperationalError" | "IntegrityError" | "InternalError"
        | "ProgrammingError" | "NotSupportedError" => name,
        "InFailedSqlTransaction" | "InFailedSQLTransactionError" => "InternalError",
        _ if ["Duplicate", "Undefined", "SyntaxError", "PostgresSyntaxError", "WrongObject", "Ambiguous"]
            .iter()
            .any(|start| name.starts_with(start)) =>
        {
            "ProgrammingError"
        }
        _ => return Ok(Some(vm.unknown("depends on a driver, which is not in the repository"))),
    };
    Ok(vm.exception_class(known).map(Value::Class))
}

const TYPE: &str = "connection";

/// A session of a driver's on a database that SQLAlchemy's statements go to as well.
#[derive(Debug)]
pub(super) struct DriverSession {
    below: Rc<dyn Session>,
}

impl DriverSession {
    /// A transaction is open from here on.
    pub(super) fn new(below: Rc<dyn Session>) -> Rc<Self> {
        below.begin();
        Rc::new(Self { below })
    }
}

impl Session for DriverSession {
    fn connection<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Driver::new(self, false)))
    }

    fn cursor<'a>(self: Rc<Self>) -> Value<'a> {
        Value::Object(Rc::new(Driver::new(self, true)))
    }

    fn database(&self) -> RefMut<'_, dyn Database> {
        self.below.database()
    }

    fn restore(&self, saved: Box<dyn Database>) {
        self.below.restore(saved);
        self.below.begin();
    }

    fn begin(&self) {
        self.below.begin();
    }

    /// What comes next is in another transaction.
    fn end(&self, commit: bool) -> Result<(), Refusal> {
        // One that failed is rolled back, whatever is asked for; definitions that wait for no transaction are there whatever
        // comes after them.
        let keeps = commit && !self.below.is_aborted() || !self.below.transactional_ddl();
        self.below.end(keeps)?;
        self.below.begin();
        Ok(())
    }

    fn prepare(&self, sql: &str) {
        self.below.prepare(sql);
    }

    fn log(&self) -> &RefCell<Vec<Statement>> {
        self.below.log()
    }

    fn refusals(&self) -> &Refusals {
        self.below.refusals()
    }

    fn set_autocommit(&self, on: bool) {
        self.below.set_autocommit(on);
    }

    fn finish(self: Rc<Self>) -> Result<Box<dyn Database>, Refusal> {
        self.below.end(!self.below.transactional_ddl())?;
        self.below.clone().finish()
    }
}

/// A connection or a cursor: each has the rows of its own last statement.
#[derive(Clone, Debug)]
struct Driver<'a> {
    session: Rc<DriverSession>,
    connection: Value<'a>,
    last: Rc<RefCell<Option<Value<'a>>>>,
    is_cursor: bool,
}

impl<'a> Driver<'a> {
    fn new(session: Rc<DriverSession>, is_cursor: bool) -> Self {
        let connection = session.below.clone().connection();
        Self { session, connection, last: Rc::default(), is_cursor }
    }

    /// Carries a statement out with its values in it.
    fn execute(&self, vm: &mut Interpreter<'a>, args: &Args<'a>, many: bool) -> Eval<'a, ()> {
        let given = match arg(vm, args, 0)? {
            // What psycopg puts together (<https://www.psycopg.org/psycopg3/docs/api/sql.html>).
            Value::Instance(composed) if composed.class.find("as_string").is_some() => {
                vm.call_method(&Value::Instance(composed), "as_string", Args::default())?
            }
            Value::Instance(_) => vm.unknown("executes an object that is not followed"),
            given => given,
        };
        let values = match args.positional.len() {
            0 | 1 => ["args", "params", "vars", "parameters"].iter().find_map(|name| args.get(name)).cloned(),
            2 => args.positional.get(1).cloned(),
            // Each value is an argument of its own.
            _ => Some(Value::tuple(args.positional[1..].to_vec())),
        };
        self.tell(vm, &given, values.as_ref());
        let sent = match given.as_str() {
            Some(sql) if many => Value::text(parameters::blank(sql)),
            Some(sql) => {
                let bound = parameters::bound(sql, values.as_ref()).unwrap_or_else(|| parameters::blank(sql));
                Value::text(bound)
            }
            None => given,
        };
        let args = Args { positional: vec![sent], keyword: Vec::new() };
        // It is told as it was given.
        let transcript = std::mem::take(&mut vm.transcript);
        let result = vm.call_method(&self.connection, "exec_driver_sql", args);
        vm.transcript = transcript;
        *self.last.borrow_mut() = Some(result?);
        Ok(())
    }

    /// Notes a statement that is executed, for a reader.
    fn tell(&self, vm: &mut Interpreter<'a>, given: &Value<'a>, values: Option<&Value<'a>>) {
        match (given, self.bind()) {
            (Value::Str(sql), Some(bind)) => vm.sends_with(sql, values, bind.dialect()),
            (Value::Unknown(why), _) => vm.sends_in_part(&why.reason, why.text.as_deref()),
            _ => {}
        }
    }

    /// Rows of the last statement.
    fn rows(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a> {
        let last = self.last.borrow().clone();
        match last {
            None | Some(Value::None) => Ok(Value::None),
            Some(unknown @ Value::Unknown(_)) => Ok(unknown),
            Some(result) => vm.call_method(&result, name, Args::default()),
        }
    }

    /// Ends the transaction; what comes next is in another one.
    fn end(&self, commit: bool) {
        // Neither of the two says no.
        let _ = self.session.end(commit);
    }
}

impl<'a> Object<'a> for Driver<'a> {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn is_database(&self) -> bool {
        true
    }

    fn bind(&self) -> Option<&dyn Bind<'a>> {
        match &self.connection {
            Value::Object(connection) => connection.bind(),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "execute"
                | "executemany"
                | "executescript"
                | "fetchone"
                | "fetchall"
                | "fetchmany"
                | "fetch"
                | "fetchrow"
                | "fetchval"
                | "cursor"
                | "commit"
                | "rollback"
                | "close"
                | "begin"
                | "transaction"
                | "acquire"
                | "connection"
                | "set_session"
                | "set_isolation_level"
                | "ping"
                | "mogrify"
        )
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let another = |is_cursor| Value::Object(Rc::new(Driver::new(self.session.clone(), is_cursor)));
        Ok(Some(match name {
            "execute" | "executescript" | "executemany" => {
                self.execute(vm, &args, name == "executemany")?;
                Value::Object(Rc::new(self.clone()))
            }
            "fetchone" | "fetchall" | "fetchmany" => self.rows(vm, name)?,
            "fetch" | "fetchrow" | "fetchval" => {
                self.execute(vm, &args, false)?;
                self.rows(
                    vm,
                    match name {
                        "fetch" => "fetchall",
                        "fetchrow" => "fetchone",
                        _ => "scalar",
                    },
                )?
            }
            "cursor" => another(true),
            "acquire" | "connection" => another(false),
            "commit" | "rollback" => {
                if vm.doubt.is_none() {
                    self.end(name == "commit");
                }
                Value::None
            }
            "begin" | "transaction" => vm.call_method(&self.connection, "begin_nested", Args::default())?,
            "close" | "set_session" | "set_isolation_level" | "ping" => Value::None,
            "mogrify" => vm.unknown("is written by a driver"),
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "rowcount" | "description" | "lastrowid" | "statusmessage" => {
                vm.unknown("depends on the rows of a database")
            }
            "closed" => Value::Int(0),
            "autocommit" => Value::Bool(false),
            "connection" => Value::Object(Rc::new(Driver::new(self.session.clone(), false))),
            _ if name.ends_with("Error") => return module(vm, name),
            _ => return Ok(None),
        }))
    }

    fn set_attribute(&self, _vm: &mut Interpreter<'a>, name: &str, value: Value<'a>) -> Eval<'a, ()> {
        if let ("autocommit", Value::Bool(autocommits)) = (name, value) {
            self.session.set_autocommit(autocommits);
        }
        Ok(())
    }

    fn iterate(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        let rows = self.rows(vm, "fetchall")?;
        Ok(match &rows {
            Value::None => Some(Vec::new()),
            _ => vm.iterate(&rows)?.ok(),
        })
    }

    /// The block of a connection is a transaction.
    fn exit(&self, vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        if !self.is_cursor && vm.doubt.is_none() {
            self.end(!raised);
        }
        Ok(false)
    }
}
