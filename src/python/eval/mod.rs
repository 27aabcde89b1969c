//! The partial evaluator: runs Python's meaning on a syntax tree, without Python.
//!
//! It is total: fuel bounds its steps, its memory and its depth, and what the text does not tell is
//! [`Unknown`], with the reason and the place where that began. An unknown value is harmless until it
//! decides what a database's schema becomes; then the evaluation has a [`Gap`].

// Natives are told apart in tables, by type and by name: what stands in one table has one signature, takes its arguments
// as a call passes them, and says what it does in one arm, whether another arm does the same or not.
#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "one table, one signature"
)]
#![allow(clippy::match_same_arms, clippy::too_many_lines, reason = "a table has an arm for each name")]
#![allow(clippy::wrong_self_convention, reason = "named after what they do in Python")]

mod above;
mod attributes;
mod builtins;
mod calls;
mod classes;
mod collections;
mod comprehensions;
mod conversions;
mod enumerations;
mod environment;
mod exceptions;
mod expressions;
mod format_spec;
mod formatting;
mod function;
mod imports;
mod interpreter;
mod items;
mod library;
mod matching;
mod missing;
mod module;
mod object;
mod operators;
mod places;
mod statements;
mod sure;
mod text;
pub mod transcript;
mod value;
mod versions;
mod whatever;
mod wrappers;

pub use self::calls::{Parameter, Signature};
pub use self::classes::{ANNOTATIONS, PLACE};
pub use self::interpreter::{Eval, Fuel, Gap, Interpreter, Modules, Shelf, Stop};
pub use self::library::alembic::environment::VersionTable;
pub use self::library::postgres::{ABORTED, OF_OTHERS};
pub use self::library::refusals::refusal_of;
pub use self::library::session::{Manner, Session, driver_session, session};
pub use self::library::sqlite3::Statement;
pub use self::library::{Asked, DeclaredModels, ModelPart, ModelTable, Part, PartSort, Target};
pub use self::module::ModuleValue;
pub use self::transcript::{Sent, Transcript};
pub use self::value::{Args, Class, Instance, Unknown, Value};
