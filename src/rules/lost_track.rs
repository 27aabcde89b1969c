//! The rule `lost-track`.

use crate::finding::Finding;
use crate::track::Change;

declare_rule! {
    /// ## What it does
    /// To be written.
    "lost-track", Error, check
}

fn check(_change: &Change) -> Vec<Finding> {
    Vec::new()
}
