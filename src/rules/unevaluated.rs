//! The rule `unevaluated`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// To be written.
    "unevaluated", Warning, check
}

fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
