//! The partial evaluator: runs Python's meaning on a syntax tree, without Python.
//!
//! It is total: fuel bounds its steps, its memory and its depth, and what the text does not tell is
//! [`Unknown`](value::Unknown), with the reason and the place where that began. An unknown value is harmless until it
//! decides what a database's schema becomes; then the evaluation has a [`Gap`].

mod builtins;
mod calls;
mod classes;
mod containers;
mod exceptions;
mod expressions;
mod function;
mod imports;
mod interpreter;
mod library;
mod matching;
mod module;
mod operators;
mod statements;
mod text;
mod value;

pub use self::classes::{ANNOTATIONS, PLACE};
pub use self::calls::{Parameter, Signature};
pub use self::interpreter::{Eval, Fuel, Gap, Interpreter, Modules, Shelf, Stop};
pub use self::library::sqlite3::{Session, Statement};
pub use self::module::ModuleValue;
pub use self::value::{Args, Class, Instance, Unknown, Value};
