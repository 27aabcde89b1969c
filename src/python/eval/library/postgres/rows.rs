//! Statements about rows that a connection is given.

use super::super::connection::Leads;
use super::super::sqlalchemy::statement::addition;
use super::{PgSession, STATEMENT_STEPS};
use crate::python::eval::interpreter::{Eval, Interpreter};
use crate::python::eval::value::{Args, Value};
use crate::schema::postgres::{ErrorClass, PgError, Piece, pieces, plain_text, runs_alone};

impl PgSession {
    /// Holds statements about rows against the catalog.
    pub(super) fn hold<'a>(&self, vm: &mut Interpreter<'a>, leads: Leads, sql: &str) -> Eval<'a, ()> {
        if leads != Leads::Here {
            return Ok(());
        }
        if vm.doubt.is_some() {
            // Whether it runs is not known.
            self.database.borrow_mut().forget_rows_of(sql);
            return Ok(());
        }
        vm.steps(STATEMENT_STEPS + sql.len() / 8)?;
        let plain = plain_text(sql);
        let pieces = pieces(&plain);
        self.refuse_together(vm, &pieces)?;
        for piece in &pieces {
            match self.carry_out(vm, piece) {
                Err(error) if error.class != ErrorClass::Unsupported => {
                    *self.refusals.refused.borrow_mut() = Some(piece.text.to_owned());
                    self.refused(vm, error)?;
                }
                _ => self.carried_out(),
            }
        }
        Ok(())
    }

    /// Carries out a statement; an extension that it needs is there where the repository speaks of it.
    pub(super) fn carry_out(&self, vm: &mut Interpreter<'_>, piece: &Piece<'_>) -> Result<(), PgError> {
        let result = self.database.borrow_mut().statement(piece);
        let result = match result {
            Err(PgError { extension: Some(extension), .. }) if vm.is_mentioned(extension) => {
                // Whoever writes of it makes it: an image, a script, the guide for installations.
                let mut database = self.database.borrow_mut();
                database.assume(extension);
                database.statement(piece)
            }
            result => result,
        };
        if matches!(result, Err(PgError { extension: Some(_), .. })) {
            self.missed_extension.set(true);
        }
        result
    }

    /// Refuses a text whose statements can't be sent as they are.
    pub(super) fn refuse_together<'a>(&self, vm: &mut Interpreter<'a>, pieces: &[Piece<'_>]) -> Eval<'a, ()> {
        if self.refusals.lenient.get() {
            return Ok(());
        }
        if pieces.len() > 1 && self.prepares.get() {
            let error = PgError::malformed("cannot insert multiple commands into a prepared statement");
            return self.refused(vm, error);
        }
        if self.in_transaction.get()
            && let Some(what) = pieces.iter().find_map(runs_alone)
        {
            return self.refused(vm, PgError::in_transaction(what));
        }
        Ok(())
    }

    /// `session.add(object)`, `session.add_all(objects)`: sent when the session is flushed.
    pub(super) fn add<'a>(&self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, ()> {
        if vm.doubt.is_some() {
            return Ok(());
        }
        for given in &args.positional {
            let objects = match given {
                Value::List(list) => list.0.borrow().clone(),
                one => vec![one.clone()],
            };
            for object in objects {
                let sql = addition(vm, &object)?;
                self.pending.borrow_mut().extend(sql);
            }
        }
        Ok(())
    }
}
