//! What is wrong with the numbers of migrations.

use crate::source::Location;

/// The constant that says how far a database has to be moved.
#[derive(Clone, Debug)]
pub struct VersionConstant {
    pub name: String,
    /// As it is written.
    pub value: String,
    pub location: Location,
}

/// What is wrong with the numbers at both ends.
#[derive(Clone, Debug)]
pub struct VersionChange {
    pub head: Vec<Problem>,
    pub base: Vec<Problem>,
}

/// What is wrong with the numbers.
#[derive(Clone, Debug)]
pub enum Problem {
    /// Nothing leads to this number. Of scripts, the step that is missing.
    Gap { missing: String, next: String, step: Option<Step>, location: Location },
    /// It comes after one that is higher, in a slice whose numbers have to increase.
    Decreasing { number: i64, before: i64, first: Location, location: Location },
    /// Two have the same number.
    Repeat {
        number: i64,
        first: Location,
        location: Location,
        /// What comes of it, and what to do.
        why: &'static str,
        help: &'static str,
    },
    /// The constant is not the highest number, as it is to be written.
    Constant { highest: String, last: Location, constant: VersionConstant, is_behind: bool },
    /// Two scripts begin at one version.
    SameStart { from: String, first: Location, location: Location },
    /// A script leads to its own version, or to one before it.
    Backwards { from: String, to: String, location: Location },
    /// The name of a script's file says other versions than its constants: "1 to 2".
    Disagreement { file: String, stated: String, location: Location },
}

/// A step between two versions that a script should make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: String,
    pub to: String,
    /// What its file would be called beside the others; `None` where their names say no versions.
    pub file: Option<String>,
    /// The script that was found begins where the step does, and leads too far.
    pub is_begun: bool,
}

impl Problem {
    /// What tells it from others, wherever it stands.
    pub fn key(&self) -> String {
        match self {
            Self::Gap { missing, .. } => format!("gap {missing}"),
            Self::Decreasing { number, before, .. } => format!("decreasing {number} {before}"),
            Self::Repeat { number, .. } => format!("repeat {number}"),
            Self::Constant { highest, constant, .. } => format!("{} {} {highest}", constant.name, constant.value),
            Self::SameStart { from, .. } => format!("from {from} twice"),
            Self::Backwards { from, to, .. } => format!("back {from} {to}"),
            Self::Disagreement { file, stated, .. } => format!("{file} {stated}"),
        }
    }
}
