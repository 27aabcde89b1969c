//! Tracks that are no two writings of one design.

use std::collections::BTreeSet;

use crate::evaluate::Evaluated;
use crate::evaluate::drift::is_bookkeeping;

/// Whether two databases, of which all is known, have tables and none of them in common: then what one of them gets says
/// nothing of the other.
pub fn are_unlike(one: &Evaluated, other: &Evaluated) -> bool {
    let is_known = |evaluated: &Evaluated| evaluated.gaps.is_empty() && evaluated.failures.is_empty();
    let (own, theirs) = (tables(one), tables(other));
    is_known(one) && is_known(other) && !own.is_empty() && !theirs.is_empty() && own.is_disjoint(&theirs)
}

/// The names of the tables, in lower case and without a schema in front.
fn tables(evaluated: &Evaluated) -> BTreeSet<String> {
    let names = evaluated.schema.tables.keys().map(|name| name.as_str().to_ascii_lowercase());
    let bare = names.map(|name| name.rsplit('.').next().map(str::to_owned).unwrap_or_default());
    bare.filter(|name| !is_bookkeeping(name)).collect()
}
