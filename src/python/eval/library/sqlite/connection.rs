//! `op.get_bind()` on SQLite: its methods and attributes.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, Object};
use super::super::super::operators::forget_text;
use super::super::super::value::{Args, Value};
use super::super::arg;
use super::super::sqlalchemy::compiler::sqlite::primary_key_name;
use super::super::sqlalchemy::engine::{CONNECTION, ELSEWHERE, address};
use super::super::sqlalchemy::statement;
use super::super::sqlalchemy::types::DialectValue;
use super::SqliteSession;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::sqlite::Params;
use crate::schema::token;

/// A connection, an engine, a session: all of them lead to the same database.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub session: Rc<SqliteSession>,
    /// It is not the one that migrations run on, and sees what is committed alone.
    pub apart: bool,
}

/// What a statement does, by its first word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Schema,
    Rows,
    Reads,
    /// Transactions, settings, upkeep.
    Control,
}

fn effect(sql: &str) -> Effect {
    let Some(first) = token::tokens(sql).find(|token| !token.is_symbol(";")) else { return Effect::Control };
    let is = |words: &[&str]| words.iter().any(|word| first.is(word));
    match () {
        () if is(&["insert", "update", "delete", "replace"]) => Effect::Rows,
        () if is(&["select", "with", "values", "explain", "pragma"]) => Effect::Reads,
        () if is(&[
            "begin",
            "commit",
            "end",
            "rollback",
            "savepoint",
            "release",
            "vacuum",
            "analyze",
            "reindex",
            "attach",
            "detach",
        ]) =>
        {
            Effect::Control
        }
        // Words that SQLite does not know are refused there.
        () => Effect::Schema,
    }
}

/// Whether a query asks for the schema and not for rows.
fn reads_schema(sql: &str) -> bool {
    crate::source::has_word(sql, &["sqlite_master", "sqlite_schema", "sqlite_temp_master", "pragma", "sqlite_version"])
        || sql.to_ascii_lowercase().contains("pragma_")
}

const OF_ROWS: &str = "depends on the rows of a database";

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
                    match object.statements(vm, parameters.as_ref())? {
                        Some(texts) if !self.apart => texts.iter().try_for_each(|sql| self.session.rows(vm, sql))?,
                        _ => self.session.forget_rows(vm),
                    }
                    return Ok(vm.unknown(OF_ROWS));
                }
            },
            other => other.clone(),
        };
        if let Value::Object(object) = &given
            && let Some(name) = object.parameters().first()
            && parameters.is_none()
            && vm.doubt.is_none()
            && !self.session.refusals.lenient.get()
        {
            return vm.raise("StatementError", format!("A value is required for bind parameter '{name}'"));
        }
        match sql {
            Value::Str(sql) => self.text(vm, &sql, parameters),
            Value::Unknown(why) => {
                if self.apart {
                    return Ok(Value::Unknown(forget_text(&why)));
                }
                self.session.send(vm, vec![Value::Unknown(why.clone())], false)?;
                Ok(Value::Unknown(forget_text(&why)))
            }
            other => Ok(vm.unknown(format!("executes a {}", other.type_name()))),
        }
    }

    fn text<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, parameters: Option<Value<'a>>) -> Eval<'a> {
        vm.steps(sql.len() / 32)?;
        let effect = effect(sql);
        if self.apart {
            if effect == Effect::Schema {
                self.define(vm, sql)?;
            }
            return Ok(vm.unknown(OF_ROWS));
        }
        if effect == Effect::Schema && parameters.is_none() {
            self.define(vm, sql)?;
            return Ok(vm.unknown("is the result of a definition"));
        }
        if effect == Effect::Control && vm.doubt.is_some() {
            return Ok(Value::None);
        }
        let many = matches!(&parameters, Some(Value::List(_)));
        let mut given = vec![Value::text(sql)];
        given.extend(parameters);
        match self.session.send(vm, given, many) {
            Ok(cursor) if effect == Effect::Reads && reads_schema(sql) => Ok(cursor),
            sent => {
                self.session.sent(vm, sql, sent)?;
                Ok(vm.unknown(OF_ROWS))
            }
        }
    }

    /// `connection.begin_nested()`.
    fn savepoint<'a>(&self, vm: &mut Interpreter<'a>) -> Eval<'a> {
        if self.apart || vm.doubt.is_some() {
            return Ok(Value::Object(Rc::new(self.clone())));
        }
        let number = self.session.savepoints.get() + 1;
        self.session.savepoints.set(number);
        let name = format!("sa_savepoint_{number}");
        self.session.prepare(&format!("SAVEPOINT {name}"));
        Ok(Value::Object(Rc::new(Savepoint { session: self.session.clone(), name })))
    }
}

impl<'a> Bind<'a> for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn schema(&self) -> Option<Rc<Schema>> {
        // Another connection sees what is committed, which is everything where no change of rows began a transaction.
        let is_told = !self.apart || !self.session.below.database.borrow().in_transaction();
        if is_told { self.session.schema() } else { None }
    }

    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        if self.apart {
            let why = vm.why("changes the schema on a connection of its own");
            vm.gap_about(&why, sql);
            return Ok(());
        }
        match self.session.strictly(vm, sql) {
            Ok(()) => Ok(()),
            Err(stop) => self.session.fail(vm, sql, stop),
        }
    }

    fn refuse(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        if let Some(why) = vm.doubt.clone() {
            vm.gap_about(&why, sql);
            return Ok(());
        }
        let stop = self.session.refuse(vm, class, said);
        self.session.fail(vm, sql, stop)
    }

    fn rows(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        if self.apart { Ok(()) } else { self.session.rows(vm, sql) }
    }

    fn primary_key(&self, table: &str) -> Option<String> {
        primary_key_name(&self.session, table)
    }

    fn another(&self, same: bool) -> Option<Value<'a>> {
        same.then(|| Value::Object(Rc::new(Self { session: self.session.clone(), apart: true })))
    }

    fn autocommit(&self, enter: bool) {
        let mut database = self.session.below.database.borrow_mut();
        let _ = database.commit();
        database.set_implicit_begin(!enter);
    }

    fn sqlite(&self) -> Option<&SqliteSession> {
        (!self.apart).then_some(&*self.session)
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
            "scalar" | "scalars" => {
                let result = self.execute(vm, &args)?;
                if result.as_unknown().is_some() { result } else { vm.call_method(&result, name, Args::default())? }
            }
            "begin_nested" => self.savepoint(vm)?,
            "execution_options" => {
                let level = args.get("isolation_level").and_then(Value::as_str);
                if level.is_some_and(|level| level.eq_ignore_ascii_case("autocommit")) && !self.apart {
                    self.autocommit(true);
                }
                Value::Object(Rc::new(self.clone()))
            }
            "connect" | "begin" | "get_bind" | "connection" | "bind" | "raw_connection" | "cursor" => {
                Value::Object(Rc::new(self.clone()))
            }
            "run_sync" => {
                let mut args = args;
                let function = arg(vm, &args, 0)?;
                args.positional[0] = Value::Object(Rc::new(self.clone()));
                vm.call(&function, args)?
            }
            "commit" | "rollback" => {
                if !self.apart && vm.doubt.is_none() {
                    let mut database = self.session.below.database.borrow_mut();
                    let _ = if name == "commit" { database.commit() } else { database.rollback() };
                    drop(database);
                    self.session.changed();
                }
                Value::None
            }
            "add"
            | "add_all"
            | "bulk_save_objects"
            | "merge"
            | "delete"
            | "bulk_insert_mappings"
            | "bulk_update_mappings"
            | "flush" => {
                self.session.forget_rows(vm);
                Value::None
            }
            "close" | "expunge_all" | "refresh" | "expire_all" | "dispose" => Value::None,
            "query" => {
                self.session.forget_rows(vm);
                statement::query(vm, Value::Object(Rc::new(self.clone())), &args)?
            }
            "get" => {
                let of = Args { positional: args.positional.iter().take(1).cloned().collect(), keyword: Vec::new() };
                let asked = statement::query(vm, Value::Object(Rc::new(self.clone())), &of)?;
                vm.call_method(&asked, "first", Args::default())?
            }
            "in_transaction" => Value::Bool(true),
            "get_isolation_level" => vm.unknown("depends on a connection's settings"),
            _ => return Ok(None),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "dialect" => Value::Object(Rc::new(DialectValue(Dialect::Sqlite))),
            "engine" | "connection" | "bind" | "sync_engine" | "sync_connection" => {
                Value::Object(Rc::new(self.clone()))
            }
            "name" => Value::text("sqlite"),
            "url" if !self.apart => address(vm),
            "url" => vm.unknown(ELSEWHERE),
            "driver" => vm.unknown("depends on how a program connects"),
            _ => return Ok(None),
        }))
    }
}

/// `connection.begin_nested()`: what it did is taken back where an exception leaves it.
#[derive(Debug)]
struct Savepoint {
    session: Rc<SqliteSession>,
    name: String,
}

impl Savepoint {
    fn end(&self, vm: &Interpreter<'_>, commit: bool) {
        if vm.doubt.is_some() {
            return;
        }
        let mut database = self.session.below.database.borrow_mut();
        if !commit {
            let _ = database.execute(&format!("ROLLBACK TO {}", self.name), Params::NONE);
        }
        let _ = database.execute(&format!("RELEASE {}", self.name), Params::NONE);
        drop(database);
        self.session.changed();
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
            "commit" => self.end(vm, true),
            "rollback" | "close" => self.end(vm, false),
            _ => return Ok(None),
        }
        Ok(Some(Value::None))
    }

    fn exit(&self, vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        self.end(vm, !raised);
        Ok(false)
    }
}
