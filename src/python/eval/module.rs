//! Modules: those of the repository, and those of ours.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::interpreter::{Eval, Interpreter};
use super::value::{Names, Unknown, Value};
use crate::python::Module;

/// A module as evaluated code sees it.
pub struct ModuleValue<'a> {
    /// Its dotted name, as far as an import named it.
    pub name: String,
    pub origin: Origin<'a>,
    pub names: RefCell<Names<'a>>,
    /// Whether its body has run, or runs.
    pub started: Cell<bool>,
}

/// Where a module comes from.
#[derive(Clone, Debug)]
pub enum Origin<'a> {
    /// A file of the repository.
    File(&'a Module),
    /// A folder of the repository without an `__init__.py`.
    Folder(String),
    /// Ours: this answers what its attributes are.
    Library(Attributes),
    /// Outside the repository, and not known.
    Outside(Rc<Unknown>),
}

/// Answers with a module's attribute of this name; `None` where it has none.
pub type Attributes = for<'v> fn(&mut Interpreter<'v>, &str) -> Eval<'v, Option<Value<'v>>>;

impl<'a> ModuleValue<'a> {
    pub fn new(name: impl Into<String>, origin: Origin<'a>) -> Rc<Self> {
        Rc::new(Self { name: name.into(), origin, names: RefCell::default(), started: Cell::new(false) })
    }
}

impl std::fmt::Debug for ModuleValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "module {}", self.name)
    }
}
