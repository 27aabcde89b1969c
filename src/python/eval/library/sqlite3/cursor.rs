//! Connections and cursors: their methods and attributes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, CONNECTS, Object};
use super::super::super::value::{Args, Unknown, Value};
use super::super::session::Session as _;
use super::super::sqlalchemy::dialect::DialectValue;
use super::Session;
use super::rows::Factory;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::sqlite;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Connection,
    Cursor,
}

/// A connection or a cursor. Its clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Handle<'a>(Rc<State<'a>>);

impl<'a> std::ops::Deref for Handle<'a> {
    type Target = State<'a>;

    fn deref(&self) -> &State<'a> {
        &self.0
    }
}

#[derive(Debug)]
pub(super) struct State<'a> {
    pub session: Rc<Session>,
    pub role: Role,
    pub factory: RefCell<Factory<'a>>,
    pub columns: RefCell<Rc<[String]>>,
    pub rows: RefCell<VecDeque<Vec<sqlite::Value>>>,
    /// Why the rows of the last statement are not known, if so.
    pub unknown: RefCell<Option<Rc<Unknown>>>,
    pub rowcount: Cell<i64>,
    /// Whether its driver counts the rows of a query, too, as most of those of servers do; `None` where that depends on it.
    pub counts_queries: Cell<Option<bool>>,
    pub lastrowid: Cell<Option<i64>>,
}

impl Handle<'_> {
    pub(super) fn new(session: Rc<Session>, role: Role) -> Self {
        Self(Rc::new(State {
            session,
            role,
            factory: RefCell::new(Factory::Tuple),
            columns: RefCell::new(Rc::new([])),
            rows: RefCell::default(),
            unknown: RefCell::default(),
            rowcount: Cell::new(-1),
            counts_queries: Cell::new(Some(false)),
            lastrowid: Cell::new(None),
        }))
    }

    /// A cursor like this one.
    pub(super) fn another(&self) -> Self {
        let made = Self::new(self.session.clone(), Role::Cursor);
        *made.factory.borrow_mut() = self.factory.borrow().clone();
        made
    }
}

impl<'a> Bind<'a> for Handle<'a> {
    fn dialect(&self) -> Dialect {
        sqlite::DIALECT
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        self.session.database.borrow().snapshot().ok().map(Rc::new)
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
                None if self.counts_queries.get().is_none() => vm.unknown(CONNECTS),
                None => Value::Int(self.rowcount.get()),
            },
            "lastrowid" => match self.unknown.borrow().clone() {
                Some(why) => Value::Unknown(why),
                None => self.lastrowid.get().map_or(Value::None, Value::Int),
            },
            "connection" => vm.database.clone().unwrap_or_else(|| self.session.clone().connection()),
            "dialect" => Value::Object(Rc::new(DialectValue(sqlite::DIALECT))),
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
