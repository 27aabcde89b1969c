//! Statements about rows that a connection is given.

use super::super::connection::{Backend as _, Leads};
use super::super::session::Session as _;
use super::{SqliteSession, is_about_rows};
use crate::python::eval::interpreter::{Eval, Interpreter, Stop};
use crate::python::eval::value::Value;

/// How a value is written that is not known.
const ANY: &str = "$1";

impl SqliteSession {
    /// Holds a statement about rows against what is there: it is carried out where it says all that it does, else the names
    /// in it are looked up.
    pub(super) fn hold<'a>(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()> {
        if vm.doubt.is_some() {
            self.forget_rows(vm, Leads::Here);
            return Ok(());
        }
        let sql = sql.replace("SELECT FROM ", "SELECT 1 FROM ");
        if sql.starts_with("INSERT") && !sql.contains(ANY) {
            let sent = self.send(vm, vec![Value::text(sql.as_str())], false);
            return self.sent(vm, &sql, sent);
        }
        let asked = format!("EXPLAIN {}", sql.replace(ANY, "NULL"));
        let sent = self.send(vm, vec![Value::text(asked)], false);
        if !sql.starts_with("SELECT") {
            self.forget_rows(vm, Leads::Here);
        }
        self.sent(vm, &sql, sent)
    }

    /// What came of a statement about rows.
    pub(super) fn sent<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, sent: Eval<'a>) -> Eval<'a, ()> {
        match sent {
            Ok(_) => Ok(()),
            // Which rows there are is not known.
            Err(Stop::Raise(exception)) if is_about_rows(&exception) && self.below.rows_unknown().is_some() => Ok(()),
            Err(stop) => self.fail(vm, sql, stop),
        }
    }
}
