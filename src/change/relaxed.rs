//! What a change takes from its own check: how head's configuration asks for less than the merge base's.

use jiff::civil::Date;

use crate::severity::Severity;
use crate::source::Location;
use crate::track::kind::Kind;

/// One thing that is asked for no more, and where head's configuration says so.
#[derive(Clone, Debug)]
pub struct Relaxation {
    pub what: Relaxed,
    pub location: Location,
}

/// What is asked for no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relaxed {
    /// A rule counts for less, or is off.
    Rule { rule: &'static str, from: Option<Severity>, to: Option<Severity> },
    /// An exemption is for everything, or for more than one that it stands in for.
    Exemption { track: String, pattern: String, instead_of: Option<String> },
    /// An exemption holds for longer.
    Until { track: String, pattern: String, until: Option<Date> },
    /// Two tracks need not stay in step.
    Pair { one: String, other: String },
    /// The types of two tracks need not be the same.
    Exact { one: String, other: String },
    /// Nullability and defaults of two tracks count for less.
    Defaults { one: String, other: String },
    /// A track is not watched any more.
    Track(Left),
    /// Migrations that are still there are read no more.
    Path { track: String, path: String, instead: String },
    /// A list that is still there is read no more.
    List { track: String, list: String, path: String },
    /// A schema that is still there is compared no more.
    Declared { track: String, path: String },
    /// Declared schemas are compared less closely.
    Compare { track: String },
    /// What its migrations do is not evaluated any more.
    Evaluated { track: String, kind: Kind, dialect: &'static str },
    /// A track may touch more tables.
    Territory { track: String },
    /// A chain that was closed may grow again.
    Parked { track: String },
    /// Changes are compared with what they stand on themselves.
    Base { base: String },
    /// What the merge base asked for cannot be read.
    Unknown { reason: String },
}

/// A track that the merge base had watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub track: String,
    pub kind: Kind,
    pub path: String,
    /// Its migrations are still there, and somebody had asked for it, or had another track kept in step with it.
    pub is_lost: bool,
    /// Its migrations are still there.
    pub is_there: bool,
}
