//! Carries out statements on the database in memory, as far as they are known.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::super::operators::forget_text;
use super::super::super::value::{Args, Unknown, Value};
use super::super::arg;
use super::super::refusals;
use super::Statement;
use super::cursor::Handle;
use super::parameters::Parameters;
use crate::schema::database;
use crate::schema::sqlite;
use crate::schema::sqlite::{Database, ErrorClass, Outcome, Params, SqlError, reads_schema};
use crate::schema::statement::{Effect, effect_on};
use crate::schema::token;

/// What a statement may change. One that begins with `WITH` may change rows.
fn effect(sql: &str) -> Effect {
    let is_with = || token::tokens(sql).find(|token| !token.is_symbol(";")).is_some_and(|first| first.is("with"));
    match effect_on(sql, sqlite::DIALECT) {
        Effect::Reads if is_with() => Effect::Rows,
        effect => effect,
    }
}

impl<'a> Handle<'a> {
    pub(super) fn execute(&self, vm: &mut Interpreter<'a>, args: &Args<'a>, many: bool) -> Eval<'a, ()> {
        self.rows.borrow_mut().clear();
        *self.unknown.borrow_mut() = None;
        let given = arg(vm, args, 0)?;
        let is_driven = self.session.is_driven;
        let is_text = matches!(given, Value::Object(_));
        let given = match &given {
            Value::Object(object) if object.is_expression() && object.sql().is_none() => {
                if is_driven {
                    vm.sends_rows(None, false);
                }
                // A statement on rows that a library makes.
                self.rows_unknown(&vm.why("reads rows"));
                return Ok(());
            }
            Value::Object(object) => object.sql().unwrap_or(Value::None),
            _ => given,
        };
        let sql = match given {
            Value::Str(sql) => sql,
            Value::Unknown(why) => {
                if is_driven {
                    vm.sends_in_part(&why.reason, why.text.as_deref());
                }
                self.execute_unknown(vm, &why);
                return Ok(());
            }
            other => {
                let message = format!("execute() argument 1 must be str, not {}", other.type_name());
                return vm.raise("TypeError", message);
            }
        };
        vm.steps(sql.len() / 32)?;
        if is_driven {
            let given = args.at(1, "parameters").cloned();
            if is_text {
                vm.sends_text(&sql, given.as_ref(), sqlite::DIALECT);
            } else {
                vm.sends_with(&sql, given.as_ref(), sqlite::DIALECT);
            }
        }
        let effect = effect(&sql);
        let sets = match self.parameters(vm, args, many)? {
            Ok(sets) => sets,
            Err(why) => {
                match effect {
                    Effect::Schema => vm.gap(&why),
                    Effect::Rows => self.rows_unknown(&why),
                    _ => *self.unknown.borrow_mut() = Some(why),
                }
                return Ok(());
            }
        };
        if let Some(why) = vm.doubt.clone() {
            match effect {
                Effect::Schema => {
                    if self.changes_schema(&sql) {
                        vm.gap_about(&why, &sql);
                    }
                    return Ok(());
                }
                Effect::Rows => {
                    self.rows_unknown(&why);
                    return Ok(());
                }
                _ => {}
            }
        }
        let rows_unknown = self.session.rows_unknown.borrow().clone();
        let mut sets = sets.iter().map(Parameters::borrowed);
        let result = {
            let mut database = self.session.database.borrow_mut();
            if many {
                database.execute_many(&sql, sets)
            } else {
                database.execute(&sql, sets.next_back().unwrap_or(Params::NONE))
            }
        };
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => return self.failed(vm, &sql, effect, error),
        };
        if effect == Effect::Schema {
            self.log(vm, &sql);
        }
        if let Some(why) = rows_unknown
            && !outcome.columns.is_empty()
            && !reads_schema(&sql)
        {
            *self.unknown.borrow_mut() = Some(why);
        }
        self.keep(vm, outcome)
    }

    fn keep(&self, vm: &mut Interpreter<'a>, outcome: Outcome) -> Eval<'a, ()> {
        vm.allocate(outcome.rows.len() * outcome.columns.len() * 32)?;
        let counted = i64::try_from(outcome.rows.len()).ok().filter(|_| self.counts_queries.get() == Some(true));
        self.rowcount.set(counted.unwrap_or(outcome.rowcount));
        *self.columns.borrow_mut() = outcome.columns.into();
        *self.rows.borrow_mut() = outcome.rows.into();
        if outcome.lastrowid.is_some() {
            self.lastrowid.set(outcome.lastrowid);
        }
        Ok(())
    }

    fn log(&self, vm: &Interpreter<'a>, sql: &str) {
        self.session.log.borrow_mut().push(Statement { sql: sql.into(), places: vm.places() });
    }

    pub(super) fn rows_unknown(&self, why: &Rc<Unknown>) {
        let mut known = self.session.rows_unknown.borrow_mut();
        if known.is_none() {
            *known = Some(forget_text(why));
        }
        *self.unknown.borrow_mut() = Some(forget_text(why));
    }

    /// A statement of which at most a part is known.
    fn execute_unknown(&self, vm: &mut Interpreter<'a>, why: &Rc<Unknown>) {
        let known = why.text.clone();
        let plain = forget_text(why);
        match known.as_deref().map(|text| (text, effect(text))) {
            Some((_, Effect::Rows)) => self.rows_unknown(&plain),
            Some((text, Effect::Reads | Effect::Transaction | Effect::Control))
                if text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic()) =>
            {
                *self.unknown.borrow_mut() = Some(plain);
            }
            Some((text, _)) => vm.gap_about(&plain, text),
            None => vm.gap(&plain),
        }
        *self.unknown.borrow_mut() = Some(forget_text(why));
    }

    /// Whether a statement would change the schema: it is tried, and taken back.
    fn changes_schema(&self, sql: &str) -> bool {
        let mut database = self.session.database.borrow_mut();
        let version = |database: &mut Database| match database.execute("PRAGMA schema_version", Params::NONE) {
            Ok(outcome) => outcome.rows.into_iter().flatten().next(),
            Err(_) => None,
        };
        let before = version(&mut database);
        if database.execute("SAVEPOINT parity_check", Params::NONE).is_err() {
            return true;
        }
        let result = database.execute(sql, Params::NONE);
        let changed = result.is_ok() && version(&mut database) != before;
        let _ = database.execute("ROLLBACK TO parity_check", Params::NONE);
        let _ = database.execute("RELEASE parity_check", Params::NONE);
        changed
    }

    /// The exception of a statement that SQLite refused.
    fn failed(&self, vm: &mut Interpreter<'a>, sql: &str, effect: Effect, error: SqlError) -> Eval<'a, ()> {
        // What an extension or the application adds to SQLite is not here.
        if let Some(reason) = error.needs() {
            let why = vm.why(reason);
            match effect {
                Effect::Schema => vm.gap_about(&why, sql),
                _ => self.rows_unknown(&why),
            }
            return Ok(());
        }
        raise(vm, error)
    }

    pub(super) fn execute_script(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, ()> {
        let sql = match arg(vm, args, 0)? {
            Value::Str(sql) => sql,
            Value::Unknown(why) => {
                if self.session.is_driven {
                    vm.sends_in_part(&why.reason, why.text.as_deref());
                }
                match &why.text {
                    Some(text) => vm.gap_about(&forget_text(&why), &text.clone()),
                    None => vm.gap(&why),
                }
                return Ok(());
            }
            other => {
                return vm
                    .raise("TypeError", format!("executescript() argument must be str, not {}", other.type_name()));
            }
        };
        vm.steps(sql.len() / 32)?;
        if self.session.is_driven {
            for (_, statement) in database::Database::split(&*self.session.database.borrow(), &sql) {
                vm.sends(&statement);
            }
        }
        if let Some(why) = vm.doubt.clone() {
            vm.gap_about(&why, &sql);
            return Ok(());
        }
        let result = self.session.database.borrow_mut().execute_script(&sql);
        // What ran before the statement that failed stays.
        self.log(vm, &sql);
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.failed(vm, &sql, Effect::Schema, error),
        }
    }

    pub(super) fn end(&self, vm: &mut Interpreter<'a>, commit: bool) -> Eval<'a, ()> {
        if vm.doubt.is_some() {
            return Ok(());
        }
        let mut database = self.session.database.borrow_mut();
        let result = if commit { database.commit() } else { database.rollback() };
        drop(database);
        result.or_else(|error| raise(vm, error))
    }
}

/// Raises what `sqlite3` would raise; gives up where the engine did.
pub(super) fn raise<'a, T>(vm: &mut Interpreter<'a>, error: SqlError) -> Eval<'a, T> {
    match error.class {
        ErrorClass::Denied => vm.abandon(error.message),
        ErrorClass::Exhausted => vm.abandon(error.message),
        class => {
            let name = class.python_name().unwrap_or("DatabaseError");
            let exception = vm.exception(name, vec![Value::text(error.message.as_str())]);
            exception.names.borrow_mut().insert("sqlite_errorcode".into(), Value::Int(i64::from(error.code)));
            refusals::note(&exception, error.into());
            Err(Stop::Raise(exception))
        }
    }
}
