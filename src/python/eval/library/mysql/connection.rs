//! What SQLAlchemy does on a connection to MySQL or MariaDB.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::operators::forget_text;
use super::super::super::value::{Args, Unknown, Value};
use super::super::connection::{Backend, Leads, OF_ROWS};
use super::super::refusals::by_library;
use super::super::sqlite3::{Session, Statement};
use super::{MysqlSession, STATEMENT_STEPS, effect, parameters};
use crate::schema::dialect::Dialect;
use crate::schema::literals::quoted;
use crate::schema::model::Schema;
use crate::schema::mysql;
use crate::schema::mysql::{Answer, Cell, Error, Flavour, pieces};
use crate::schema::sqlite::{Database as Rows, Limits};
use crate::schema::statement::Effect;

/// How a value is written that is not known.
const ANY: &str = "$1";

impl MysqlSession {
    /// A cursor on the rows of an answer.
    fn answered<'a>(&self, vm: &mut Interpreter<'a>, answer: &Answer) -> Eval<'a> {
        let cell = |cell: &Cell| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => quoted(text),
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
        let cursor = Session::new(rows).answer_cursor(Some(true));
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

impl Backend for MysqlSession {
    fn dialect(&self) -> Dialect {
        mysql::DIALECT
    }

    fn flavour(&self) -> Option<Flavour> {
        Some(self.database.borrow().settings.flavour)
    }

    /// What is defined is seen by all.
    fn another(&self, same: bool) -> Option<Leads> {
        same.then_some(Leads::Here)
    }

    fn schema(&self, _leads: Leads) -> Option<Rc<Schema>> {
        Some(self.catalog())
    }

    fn text<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str, given: Option<&Value<'a>>) -> Eval<'a> {
        match effect(sql) {
            Effect::Schema => {
                let bound = parameters::bound(sql, given).unwrap_or_else(|| sql.to_owned());
                self.define(vm, leads, &bound)?;
                Ok(vm.unknown("is the result of a definition"))
            }
            Effect::Transaction | Effect::Control => Ok(Value::None),
            effect => {
                let bound = parameters::bound(sql, given);
                if effect == Effect::Reads
                    && vm.doubt.is_none()
                    && let Some(answer) = bound.as_deref().and_then(|sql| self.database.borrow().answer(sql))
                {
                    return self.answered(vm, &answer);
                }
                // Of a query of the catalog that is not followed nothing is refused.
                if !sql.to_ascii_lowercase().contains("information_schema") {
                    self.hold(vm, bound.as_deref().unwrap_or(sql))?;
                }
                Ok(vm.unknown(OF_ROWS))
            }
        }
    }

    fn in_part<'a>(&self, vm: &mut Interpreter<'a>, _leads: Leads, why: &Rc<Unknown>) -> Eval<'a, ()> {
        let plain = forget_text(why);
        match why.text.as_deref() {
            Some(text) if effect(text) != Effect::Schema => {}
            Some(text) => {
                vm.gap_about(&plain, text);
                self.database.borrow_mut().may_have_run(text);
            }
            None => vm.gap(&plain),
        }
        Ok(())
    }

    fn define<'a>(&self, vm: &mut Interpreter<'a>, _leads: Leads, sql: &str) -> Eval<'a, ()> {
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        if let Some(why) = vm.doubt.clone() {
            if self.would_change(sql) {
                vm.gap_about(&why, sql);
                self.database.borrow_mut().may_have_run(sql);
            }
            return Ok(());
        }
        self.sent.set(self.sent.get() + 1);
        let plain = self.database.borrow().plain_text(sql).into_owned();
        let pieces = pieces(&plain);
        if let (true, Some(second)) = (self.single.get(), pieces.get(1)) {
            return self.refused(vm, sql, &Error::several(second.text));
        }
        // In a text of several statements, those before the one that fails are done.
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                vm.steps(STATEMENT_STEPS)?;
            }
            let result = self.database.borrow_mut().statement(piece);
            match result {
                Ok(()) => {
                    let statement = Statement { sql: piece.text.into(), places: vm.places() };
                    self.log.borrow_mut().push(statement);
                    self.changed();
                }
                Err(error) => self.failed(vm, piece.text, &error)?,
            }
        }
        Ok(())
    }

    /// What a library makes is written with other quotes and with marks for what is not known.
    fn rows<'a>(&self, vm: &mut Interpreter<'a>, _leads: Leads, sql: &str) -> Eval<'a, ()> {
        let sql = sql.replace("SELECT FROM ", "SELECT 1 FROM ").replace('"', "`").replace(ANY, "NULL");
        self.hold(vm, &sql)
    }

    fn refuse<'a>(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        if let Some(why) = vm.doubt.clone() {
            vm.gap_about(&why, sql);
            return Ok(());
        }
        if self.refusals.note(sql) {
            return Ok(());
        }
        Err(by_library(vm, class, said))
    }

    fn begin_nested<'a>(self: Rc<Self>, vm: &mut Interpreter<'a>) -> Option<Value<'a>> {
        if vm.doubt.is_some() {
            return None;
        }
        let number = self.savepoints.get() + 1;
        self.savepoints.set(number);
        let sent = self.sent.get();
        Some(Value::Object(Rc::new(Savepoint { session: self, name: format!("sa_savepoint_{number}"), sent })))
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
