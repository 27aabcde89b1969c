//! Connections, engines and sessions of SQLAlchemy's, whichever database they lead to: their methods and attributes.

use std::rc::Rc;

use super::super::interpreter::{Eval, Interpreter};
use super::super::object::{Bind, Object};
use super::super::operators::forget_text;
use super::super::value::{Args, Unknown, Value};
use super::arg;
use super::session::Session;
use super::sqlalchemy::dialect::DialectValue;
use super::sqlalchemy::engine::{CONNECTION, ELSEWHERE, address};
use super::sqlalchemy::statement;
use super::sqlite::SqliteSession;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::mysql::Flavour;

/// Why nothing is known of what a query returns.
pub(super) const OF_ROWS: &str = "depends on the rows of a database";

/// The methods of a session that have it send statements about the rows of objects.
const SENDS_OBJECTS: [&str; 7] =
    ["add", "add_all", "bulk_save_objects", "merge", "delete", "bulk_insert_mappings", "bulk_update_mappings"];

/// Where a connection leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// It is the one that migrations run on.
    Here,
    /// To the same database: it sees what is committed, and has transactions of its own.
    Apart,
    /// To a database that is not known; it may be the same.
    Elsewhere,
}

/// What SQLAlchemy and a driver do otherwise on each database.
pub(super) trait Backend: Session {
    fn dialect(&self) -> Dialect;

    /// Which server it is, where its dialect is MySQL's.
    fn flavour(&self) -> Option<Flavour> {
        None
    }

    /// Where another connection leads: to the same database, or to one that is not known; `None` where it is not followed.
    fn another(&self, same: bool) -> Option<Leads>;

    /// What a connection sees; `None` where that is not known.
    fn schema(&self, leads: Leads) -> Option<Rc<Schema>>;

    /// Carries out a text; answers with its rows.
    fn text<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str, given: Option<&Value<'a>>) -> Eval<'a>;

    /// Takes up a text of which at most a part is known.
    fn in_part<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, why: &Rc<Unknown>) -> Eval<'a, ()>;

    /// Carries out a definition.
    fn define<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()>;

    /// Holds a statement about rows that a library makes against what is there.
    fn rows<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()>;

    /// Rows may be changed in a way that is not followed.
    fn forget_rows(&self, _vm: &Interpreter<'_>, _leads: Leads) {}

    /// Takes up what a library refuses to write, in these words.
    fn refuse<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()>;

    /// Sends what objects of a session wait for.
    fn flush<'a>(&self, _vm: &mut Interpreter<'a>, _leads: Leads) -> Eval<'a, ()> {
        Ok(())
    }

    /// Takes up that a session is told to keep, to send or to forget objects, or that a transaction ends.
    fn unit_of_work<'a>(
        &self,
        _vm: &mut Interpreter<'a>,
        _leads: Leads,
        _name: &str,
        _args: &Args<'a>,
    ) -> Eval<'a, ()> {
        Ok(())
    }

    /// `connection.begin_nested()`; `None` where it is not known whether that happens.
    fn begin_nested<'a>(self: Rc<Self>, vm: &mut Interpreter<'a>) -> Option<Value<'a>>;

    /// `execution_options(isolation_level="AUTOCOMMIT")`.
    fn leave_transaction(&self) {}

    /// Enters or leaves a part without a transaction.
    fn autocommit(&self, _enter: bool) {}

    fn in_transaction(&self) -> bool {
        true
    }

    /// Whether it has a type of this name.
    fn has_type(&self, _name: &str) -> bool {
        false
    }

    /// The labels of its enum types.
    fn enums(&self) -> Vec<(String, Vec<String>)> {
        Vec::new()
    }

    /// The name of a table's primary key.
    fn primary_key(&self, _table: &str) -> Option<String> {
        None
    }

    /// Whether a native enum has to be made before the first table that uses it in this run; asks only once.
    fn needs_enum(&self, _name: &str) -> bool {
        false
    }

    /// The session on a SQLite database that SQLAlchemy reads tables back from.
    fn sqlite(&self) -> Option<&SqliteSession> {
        None
    }
}

/// A connection, an engine, a session: all of them lead to the same database.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    backend: Rc<dyn Backend>,
    leads: Leads,
    /// It is the driver's own, or a cursor of that.
    is_driver: bool,
}

impl Connection {
    /// One that migrations run on.
    pub(super) fn value<'a>(backend: Rc<dyn Backend>) -> Value<'a> {
        Value::Object(Rc::new(Self { backend, leads: Leads::Here, is_driver: false }))
    }

    fn own<'a>(&self) -> Value<'a> {
        Value::Object(Rc::new(self.clone()))
    }

    /// What it is of a driver.
    fn driver<'a>(&self) -> Value<'a> {
        Value::Object(Rc::new(Self { is_driver: true, ..self.clone() }))
    }

    /// Whether SQLAlchemy surely takes no plain text: since 2.0 it has to be a `text(…)`. Of a connection that is handed to a
    /// list of migrations it is not known whose it is.
    fn refuses_texts(&self, vm: &mut Interpreter<'_>) -> bool {
        !self.is_driver && vm.environment.is_some() && !vm.setup.running && vm.has_sqlalchemy((2, 0))
    }

    /// Executes whatever it is given; answers with its rows.
    fn execute<'a>(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a> {
        let given = arg(vm, args, 0)?;
        let parameters =
            args.positional.get(1).or_else(|| args.get("parameters")).or_else(|| args.get("params")).cloned();
        let sql = match &given {
            Value::Object(object) => match object.sql() {
                Some(sql) => sql,
                None => {
                    self.change_rows(vm, &**object, parameters.as_ref())?;
                    return Ok(vm.unknown(OF_ROWS));
                }
            },
            other => other.clone(),
        };
        if let Value::Object(object) = &given
            && let Some(name) = object.parameters().first()
            && parameters.is_none()
            // Until SQLAlchemy 2.0 each could be given by its own name.
            && args.get(name).is_none()
            && vm.doubt.is_none()
            && !self.backend.refusals().lenient.get()
        {
            return vm.raise("StatementError", format!("A value is required for bind parameter '{name}'"));
        }
        match sql {
            Value::Str(sql) => {
                vm.steps(sql.len() / 32)?;
                self.tell(vm, &given, &sql, parameters.as_ref());
                self.backend.text(vm, self.leads, &sql, parameters.as_ref())
            }
            Value::Unknown(why) => {
                vm.sends_in_part(&why.reason, why.text.as_deref());
                self.backend.in_part(vm, self.leads, &why)?;
                Ok(Value::Unknown(forget_text(&why)))
            }
            other => Ok(vm.unknown(format!("executes a {}", other.type_name()))),
        }
    }

    /// Notes a text that is executed, for a reader.
    fn tell<'a>(&self, vm: &mut Interpreter<'a>, given: &Value<'a>, sql: &str, parameters: Option<&Value<'a>>) {
        if self.leads == Leads::Elsewhere {
            vm.sends_in_part(ELSEWHERE, Some(sql));
        } else if let Value::Object(_) = given {
            vm.sends_text(sql, parameters, self.backend.dialect());
        } else {
            vm.sends_with(sql, parameters, self.backend.dialect());
        }
    }

    /// Executes a statement of SQLAlchemy's, which changes rows in a way that is known or in any.
    fn change_rows<'a>(
        &self,
        vm: &mut Interpreter<'a>,
        statement: &dyn Object<'a>,
        parameters: Option<&Value<'a>>,
    ) -> Eval<'a, ()> {
        self.backend.flush(vm, self.leads)?;
        let statements = statement.statements(vm, parameters)?;
        let last = statements.as_ref().and_then(|texts| texts.last());
        vm.sends_rows(last.map(String::as_str), statement.is_told(parameters));
        match statements {
            Some(texts) => texts.iter().try_for_each(|sql| self.backend.rows(vm, self.leads, sql)),
            None => {
                self.backend.forget_rows(vm, self.leads);
                Ok(())
            }
        }
    }

    fn savepoint<'a>(&self, vm: &mut Interpreter<'a>) -> Value<'a> {
        let made = if self.leads == Leads::Here { self.backend.clone().begin_nested(vm) } else { None };
        made.unwrap_or_else(|| self.own())
    }
}

impl<'a> Bind<'a> for Connection {
    fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    fn flavour(&self) -> Option<Flavour> {
        self.backend.flavour()
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        self.backend.schema(self.leads)
    }

    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        vm.sends(sql);
        self.backend.define(vm, self.leads, sql)
    }

    fn refuse(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        self.backend.refuse(vm, sql, class, said)
    }

    fn rows(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        self.backend.rows(vm, self.leads, sql)
    }

    fn has_type(&self, name: &str) -> bool {
        self.backend.has_type(name)
    }

    fn enums(&self) -> Vec<(String, Vec<String>)> {
        self.backend.enums()
    }

    fn primary_key(&self, table: &str) -> Option<String> {
        self.backend.primary_key(table)
    }

    fn needs_enum(&self, name: &str) -> bool {
        self.backend.needs_enum(name)
    }

    fn another(&self, same: bool) -> Option<Value<'a>> {
        let leads = self.backend.another(same)?;
        Some(Value::Object(Rc::new(Self { leads, ..self.clone() })))
    }

    fn autocommit(&self, enter: bool) {
        self.backend.autocommit(enter);
    }

    fn sqlite(&self) -> Option<&SqliteSession> {
        if self.leads == Leads::Here { self.backend.sqlite() } else { None }
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
            "execute" | "stream" | "scalar" | "scalars"
                if matches!(args.positional.first(), Some(Value::Str(_))) && self.refuses_texts(vm) =>
            {
                let text = args.positional.first().and_then(Value::as_str).unwrap_or_default();
                let message = format!("Not an executable object: '{text}'");
                vm.raise_surely("ObjectNotExecutableError", message)?
            }
            "execute" | "exec_driver_sql" | "stream" => self.execute(vm, &args)?,
            "scalar" | "scalars" => {
                let result = self.execute(vm, &args)?;
                if result.as_unknown().is_some() { result } else { vm.call_method(&result, name, Args::default())? }
            }
            "begin_nested" => self.savepoint(vm),
            "execution_options" => {
                let level = args.get("isolation_level").and_then(Value::as_str);
                let leaves = level.is_some_and(|level| level.eq_ignore_ascii_case("autocommit"));
                if leaves && self.leads == Leads::Here {
                    self.backend.leave_transaction();
                }
                self.own()
            }
            "connect" | "begin" | "get_bind" | "connection" | "bind" => self.own(),
            "raw_connection" | "cursor" => self.driver(),
            "run_sync" => {
                let mut args = args;
                let function = arg(vm, &args, 0)?;
                args.positional[0] = self.own();
                vm.call(&function, args)?
            }
            "commit"
            | "rollback"
            | "add"
            | "add_all"
            | "bulk_save_objects"
            | "merge"
            | "delete"
            | "flush"
            | "bulk_insert_mappings"
            | "bulk_update_mappings"
            | "close"
            | "expunge_all"
            | "refresh"
            | "expire_all"
            | "dispose" => {
                if SENDS_OBJECTS.contains(&name) {
                    vm.sends_in_part(&format!("what `{name}()` of a session sends is not followed"), None);
                }
                self.backend.unit_of_work(vm, self.leads, name, &args)?;
                Value::None
            }
            "query" => {
                self.backend.unit_of_work(vm, self.leads, name, &args)?;
                statement::query(vm, self.own(), &args)?
            }
            "get" => {
                let of = Args { positional: args.positional.iter().take(1).cloned().collect(), keyword: Vec::new() };
                let asked = statement::query(vm, self.own(), &of)?;
                vm.call_method(&asked, "first", Args::default())?
            }
            "in_transaction" => Value::Bool(self.backend.in_transaction()),
            "get_isolation_level" => vm.unknown("depends on a connection's settings"),
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "dialect" | "name" | "url" if self.leads == Leads::Elsewhere => vm.unknown(ELSEWHERE),
            "dialect" => Value::Object(Rc::new(DialectValue(self.backend.dialect()))),
            "engine" | "bind" | "sync_engine" | "sync_connection" => self.own(),
            "connection" => self.driver(),
            "name" => Value::text(self.backend.dialect().sqlalchemy_names()[0]),
            "url" => address(vm),
            "driver" => vm.unknown("depends on how a program connects"),
            _ => return Ok(None),
        }))
    }
}
