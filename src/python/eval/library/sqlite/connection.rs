//! What SQLAlchemy does on a connection to SQLite.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Unknown, Value};
use super::super::connection::{Backend, Leads, OF_ROWS};
use super::super::refusals::by_library;
use super::super::session::Session as _;
use super::super::sqlalchemy::compiler::sqlite::primary_key_name;
use super::SqliteSession;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::sqlite;
use crate::schema::sqlite::{Params, reads_schema};
use crate::schema::statement::{Effect, effect_on};

impl Backend for SqliteSession {
    fn dialect(&self) -> Dialect {
        sqlite::DIALECT
    }

    fn another(&self, same: bool) -> Option<Leads> {
        same.then_some(Leads::Apart)
    }

    fn schema(&self, leads: Leads) -> Option<Rc<Schema>> {
        // Another connection sees what is committed, which is everything where no change of rows began a transaction.
        let is_told = leads == Leads::Here || !self.below.database.borrow().in_transaction();
        if is_told { self.snapshot() } else { None }
    }

    fn text<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str, given: Option<&Value<'a>>) -> Eval<'a> {
        let effect = effect_on(sql, sqlite::DIALECT);
        if leads != Leads::Here {
            if effect == Effect::Schema {
                self.define(vm, leads, sql)?;
            }
            return Ok(vm.unknown(OF_ROWS));
        }
        if effect == Effect::Schema && given.is_none() {
            self.define(vm, leads, sql)?;
            return Ok(vm.unknown("is the result of a definition"));
        }
        if matches!(effect, Effect::Transaction | Effect::Control) && vm.doubt.is_some() {
            return Ok(Value::None);
        }
        let many = matches!(given, Some(Value::List(_)));
        let mut positional = vec![Value::text(sql)];
        positional.extend(given.cloned());
        match self.send(vm, positional, many) {
            Ok(cursor) if effect == Effect::Reads && reads_schema(sql) => Ok(cursor),
            sent => {
                self.sent(vm, sql, sent)?;
                Ok(vm.unknown(OF_ROWS))
            }
        }
    }

    fn in_part<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, why: &Rc<Unknown>) -> Eval<'a, ()> {
        if leads == Leads::Here {
            self.send(vm, vec![Value::Unknown(why.clone())], false)?;
        }
        Ok(())
    }

    fn define<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()> {
        if leads != Leads::Here {
            let why = vm.why("changes the schema on a connection of its own");
            vm.gap_about(&why, sql);
            return Ok(());
        }
        match self.strictly(vm, sql) {
            Ok(()) => Ok(()),
            Err(stop) => self.fail(vm, sql, stop),
        }
    }

    fn rows<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()> {
        if leads == Leads::Here {
            return self.hold(vm, sql);
        }
        self.forget_rows(vm, leads);
        Ok(())
    }

    fn forget_rows(&self, vm: &Interpreter<'_>, _leads: Leads) {
        self.below.forget_rows(&vm.why("changes rows in a way that is not followed"));
    }

    fn refuse<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        if let Some(why) = vm.doubt.clone() {
            vm.gap_about(&why, sql);
            return Ok(());
        }
        let stop = by_library(vm, class, said);
        self.fail(vm, sql, stop)
    }

    fn unit_of_work<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, name: &str, _args: &Args<'a>) -> Eval<'a, ()> {
        match name {
            "commit" | "rollback" if leads == Leads::Here && vm.doubt.is_none() => {
                // What cannot be kept is missed by whoever needs it.
                let _ = self.below.end(name == "commit");
                self.changed();
            }
            "add"
            | "add_all"
            | "bulk_save_objects"
            | "merge"
            | "delete"
            | "bulk_insert_mappings"
            | "bulk_update_mappings"
            | "flush"
            | "query" => {
                self.forget_rows(vm, leads);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_nested<'a>(self: Rc<Self>, vm: &mut Interpreter<'a>) -> Option<Value<'a>> {
        if vm.doubt.is_some() {
            return None;
        }
        let number = self.savepoints.get() + 1;
        self.savepoints.set(number);
        let name = format!("sa_savepoint_{number}");
        self.prepare(&format!("SAVEPOINT {name}"));
        Some(Value::Object(Rc::new(Savepoint { session: self, name })))
    }

    fn leave_transaction(&self) {
        self.autocommit(true);
    }

    fn autocommit(&self, enter: bool) {
        let mut database = self.below.database.borrow_mut();
        let _ = database.commit();
        database.set_implicit_begin(!enter);
    }

    fn primary_key(&self, table: &str) -> Option<String> {
        primary_key_name(self, table)
    }

    fn sqlite(&self) -> Option<&SqliteSession> {
        Some(self)
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
