//! The rule `stale-suppression`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// To be written.
    "stale-suppression", Warning, check
}

fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
