//! What a database refuses of what the revisions of a chain ask of it, and how that is taken.

use std::cell::{Cell, RefCell};

#[derive(Debug, Default)]
pub struct Refusals {
    /// Statements that fail are left out, so that what comes after them is still known.
    pub lenient: Cell<bool>,
    /// The statement that was refused last.
    pub refused: RefCell<Option<String>>,
    /// The statements that were left out because they fail.
    pub left_out: RefCell<Vec<String>>,
}

impl Refusals {
    /// Notes a statement that is refused; whether it is left out.
    pub fn note(&self, sql: &str) -> bool {
        *self.refused.borrow_mut() = Some(sql.to_owned());
        if self.lenient.get() {
            self.left_out.borrow_mut().push(sql.to_owned());
        }
        self.lenient.get()
    }

    /// The statements that were left out because they fail, as one text.
    pub fn left_out(&self) -> String {
        self.left_out.borrow().join(";\n")
    }
}
