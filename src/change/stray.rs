//! Lists of migrations and the functions beside them that do not fit together.

use crate::source::Location;

/// A function without an entry, or an entry without a function.
#[derive(Clone, Debug)]
pub struct Stray {
    pub name: String,
    pub what: Misfit,
    pub location: Location,
    pub pre_existing: bool,
}

#[derive(Clone, Debug)]
pub enum Misfit {
    /// It looks like the functions that are registered, and nothing speaks of it: one of those.
    Unregistered { like: String },
    /// It is made as this registered one is, by its base, its parameters or its type, and nothing names it.
    Unnamed { like: String },
    /// An entry names it, and nothing defines it.
    Undefined {
        entry: String,
        /// What the language makes of it: a clause without a full stop.
        what_happens: &'static str,
    },
    /// An entry names it before it is defined.
    DefinedLater { entry: String },
    /// An entry names it, and the module that it is imported from has no such name.
    NotInModule { entry: String, module: String },
}
