//! Files that a runner does not carry out.

use crate::source::Location;

/// A file that deployed databases, or all of them, never run.
#[derive(Clone, Debug)]
pub struct Ignored {
    pub path: String,
    /// A clause: "its name has a blank at its end".
    pub why: String,
    /// What follows, in one sentence without a full stop.
    pub what: String,
    pub help: String,
    pub location: Location,
    pub spared: Spared,
    /// The names of the migrations that keep deployed databases from running it, because they have run these.
    pub passed_by: Vec<String>,
    pub pre_existing: bool,
}

/// The databases that never run a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spared {
    New,
    Deployed,
    All,
}
