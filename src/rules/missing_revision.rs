//! The rule `missing-revision`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// To be written.
    "missing-revision", Error, check
}

fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
