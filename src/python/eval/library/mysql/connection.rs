//! `op.get_bind()` on MySQL: its methods and attributes.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, Object};
use super::super::super::operators::forget_text;
use super::super::super::value::{Args, Value};
use super::super::arg;
use super::super::sqlalchemy::engine::{CONNECTION, address};
use super::super::sqlalchemy::statement;
use super::super::sqlalchemy::types::DialectValue;
use super::super::sqlite3::Session;
use super::{Effect, MysqlSession, effect, parameters};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::mysql::{Answer, Cell, Error, Flavour};
use crate::schema::sqlite::{Database as Rows, Limits};

/// A connection, an engine, a session: all of them lead to the same database.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub session: Rc<MysqlSession>,
}

const OF_ROWS: &str = "depends on the rows of a database";

/// How a value is written that is not known.
const ANY: &str = "$1";

impl Connection {
    /// Executes whatever it is given; answers with its rows.
    fn execute<'a>(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a> {
        let given = arg(vm, args, 0)?;
        let parameters =
            args.positional.get(1).or_else(|| args.get("parameters")).or_else(|| args.get("params")).cloned();
        let sql = match &given {
            Value::Object(object) => match object.sql() {
                Some(sql) => sql,
                None => {
                    let texts = object.statements(vm, parameters.as_ref())?;
                    texts.unwrap_or_default().iter().try_for_each(|sql| self.rows(vm, sql))?;
                    return Ok(vm.unknown(OF_ROWS));
                }
            },
            other => other.clone(),
        };
        if let Value::Object(object) = &given
            && let Some(name) = object.parameters().first()
            && parameters.is_none()
            && args.get(name).is_none()
            && vm.doubt.is_none()
            && !self.session.refusals.lenient.get()
        {
            return vm.raise("StatementError", format!("A value is required for bind parameter '{name}'"));
        }
        match sql {
            Value::Str(sql) => self.text(vm, &sql, parameters.as_ref()),
            Value::Unknown(why) => {
                let plain = forget_text(&why);
                match why.text.as_deref() {
                    Some(text) if effect(text) != Effect::Schema => {}
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

    fn text<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, given: Option<&Value<'a>>) -> Eval<'a> {
        vm.steps(sql.len() / 32)?;
        match effect(sql) {
            Effect::Schema => {
                let bound = parameters::bound(sql, given).unwrap_or_else(|| sql.to_owned());
                self.session.define(vm, &bound)?;
                Ok(vm.unknown("is the result of a definition"))
            }
            Effect::Control => Ok(Value::None),
            effect => {
                let bound = parameters::bound(sql, given);
                if effect == Effect::Reads
                    && vm.doubt.is_none()
                    && let Some(answer) = bound.as_deref().and_then(|sql| self.session.database.borrow().answer(sql))
                {
                    return self.answered(vm, &answer);
                }
                // Of a query of the catalog that is not followed nothing is refused.
                if !sql.to_ascii_lowercase().contains("information_schema") {
                    self.session.hold(vm, bound.as_deref().unwrap_or(sql))?;
                }
                Ok(vm.unknown(OF_ROWS))
            }
        }
    }

    /// A cursor on the rows of an answer.
    fn answered<'a>(&self, vm: &mut Interpreter<'a>, answer: &Answer) -> Eval<'a> {
        let cell = |cell: &Cell| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
        };
        let width = answer.rows.first().map_or(answer.columns.len(), Vec::len).max(1);
        let name = |at: usize| answer.columns.get(at).map_or_else(|| format!("column_{at}"), Clone::clone);
        let named = |cells: Vec<String>| {
            let cells = cells.into_iter().enumerate();
            let cells = cells.map(|(at, cell)| format!("{cell} AS \"{}\"", name(at).replace('"', "\"\"")));
            format!("SELECT {}", cells.collect::<Vec<_>>().join(", "))
        };
        let queries: Vec<String> = if answer.rows.is_empty() {
            vec![named(vec!["NULL".to_owned(); width]) + " WHERE 0"]
        } else {
            answer.rows.iter().map(|row| named(row.iter().map(cell).collect())).collect()
        };
        vm.steps(answer.rows.len() * 16)?;
        let Ok(rows) = Rows::new(Limits::default()) else { return Ok(vm.unknown(OF_ROWS)) };
        let cursor = Session::new(rows).row_cursor();
        // So many selects does SQLite join.
        if queries.len() > MOST_ROWS {
            return Ok(vm.unknown(OF_ROWS));
        }
        let args = Args { positional: vec![Value::text(queries.join(" UNION ALL "))], keyword: Vec::new() };
        vm.call_method(&cursor, "execute", args)
    }
}

/// So many rows an answer has at most.
const MOST_ROWS: usize = 400;

impl<'a> Bind<'a> for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    fn flavour(&self) -> Option<Flavour> {
        Some(self.session.database.borrow().settings.flavour)
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        Some(self.session.schema())
    }

    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        self.session.define(vm, sql)
    }

    fn refuse(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        self.session.refuse(vm, sql, class, said)
    }

    /// What a library makes is written with other quotes and with marks for what is not known.
    fn rows(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        let sql = sql.replace("SELECT FROM ", "SELECT 1 FROM ").replace('"', "`").replace(ANY, "NULL");
        self.session.hold(vm, &sql)
    }

    fn another(&self, same: bool) -> Option<Value<'a>> {
        // What is defined is seen by all.
        same.then(|| Value::Object(Rc::new(self.clone())))
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
        let own = || Value::Object(Rc::new(self.clone()));
        Ok(Some(match name {
            "execute" | "exec_driver_sql" | "stream" => self.execute(vm, &args)?,
            "scalar" | "scalars" => {
                let result = self.execute(vm, &args)?;
                if result.as_unknown().is_some() { result } else { vm.call_method(&result, name, Args::default())? }
            }
            "begin_nested" if vm.doubt.is_none() => {
                let number = self.session.savepoints.get() + 1;
                self.session.savepoints.set(number);
                let (session, sent) = (self.session.clone(), self.session.sent.get());
                Value::Object(Rc::new(Savepoint { session, name: format!("sa_savepoint_{number}"), sent }))
            }
            "begin_nested" | "execution_options" | "connect" | "begin" | "get_bind" | "connection" | "bind"
            | "raw_connection" | "cursor" => own(),
            "run_sync" => {
                let mut args = args;
                let function = arg(vm, &args, 0)?;
                args.positional[0] = own();
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
            | "dispose" => Value::None,
            "query" => statement::query(vm, own(), &args)?,
            "get" => {
                let of = Args { positional: args.positional.iter().take(1).cloned().collect(), keyword: Vec::new() };
                let asked = statement::query(vm, own(), &of)?;
                vm.call_method(&asked, "first", Args::default())?
            }
            "in_transaction" => Value::Bool(true),
            "get_isolation_level" => vm.unknown("depends on a connection's settings"),
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "dialect" => Value::Object(Rc::new(DialectValue(Dialect::Mysql))),
            "engine" | "connection" | "bind" | "sync_engine" | "sync_connection" => {
                Value::Object(Rc::new(self.clone()))
            }
            "name" => Value::text("mysql"),
            "url" => address(vm),
            "driver" => vm.unknown("depends on how a program connects"),
            _ => return Ok(None),
        }))
    }
}

/// `connection.begin_nested()`: gone with the first definition, which takes it by surprise at its end.
#[derive(Debug)]
struct Savepoint {
    session: Rc<MysqlSession>,
    name: String,
    /// How many definitions were sent before it.
    sent: u32,
}

impl Savepoint {
    fn end<'a>(&self, vm: &mut Interpreter<'a>, verb: &str) -> Eval<'a, ()> {
        if vm.doubt.is_some() || self.session.sent.get() == self.sent {
            return Ok(());
        }
        let sql = format!("{verb} SAVEPOINT {}", self.name);
        self.session.refused(vm, &sql, &Error::no_such_savepoint(&self.name))
    }
}

impl<'a> Object<'a> for Savepoint {
    fn type_name(&self) -> &'static str {
        "NestedTransaction"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "commit" | "rollback" | "close")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match name {
            "commit" => self.end(vm, "RELEASE")?,
            "rollback" | "close" => self.end(vm, "ROLLBACK TO")?,
            _ => return Ok(None),
        }
        Ok(Some(Value::None))
    }

    fn exit(&self, vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        self.end(vm, if raised { "ROLLBACK TO" } else { "RELEASE" })?;
        Ok(false)
    }
}
