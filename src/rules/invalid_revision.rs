//! The rule `invalid-revision`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// To be written.
    "invalid-revision", Error, check
}

fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
