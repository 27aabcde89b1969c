//! Two whole databases of different tracks, compared as two deltas are.

use std::sync::Arc;

use super::{Side, What, one_way};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{Evaluated, drift};
use crate::schema::delta::{Change, Kind, Object};
use crate::schema::dialect::Dialect;

/// What turns the first database into the second, by table, as far as the engines of two tracks can be compared.
/// `exact` where types must be the same, and not only keep the same.
pub fn differences(first: (&Arc<Evaluated>, Dialect), second: (&Arc<Evaluated>, Dialect), exact: bool) -> Vec<Change> {
    // A database that begins with nothing is all delta.
    let [one, other] =
        [first, second].map(|(evaluated, _)| Outcome::new(Arc::default(), Arc::clone(evaluated), Arc::default()));
    let one = Side { index: 0, name: "", dialect: first.1, outcome: &one };
    let other = Side { index: 1, name: "", dialect: second.1, outcome: &other };
    let here = one_way(&one, &other, exact).into_iter().filter_map(|(object, what)| gone(object, what));
    let mut changes: Vec<Change> = here.collect();
    for (object, what) in one_way(&other, &one, exact) {
        let change = come(object, what);
        changes.extend(change.filter(|change| !changes.iter().any(|known| is_same(known, change))));
    }
    // What is known of a part only is said to be so, and is no difference.
    let in_doubt = |side: &Side<'_>, name: &str| !side.is_partial() && side.is_in_doubt(name);
    changes.retain(|change| {
        !drift::names(&change.object).iter().any(|name| in_doubt(&one, name) || in_doubt(&other, name))
    });
    changes.sort_by_cached_key(|change| table_of(&change.object));
    changes
}

/// Something that the first alone has, or has otherwise.
fn gone(object: Object, what: What) -> Option<Change> {
    let kind = match what {
        What::Added(definition) => Kind::Removed { definition },
        What::Differs { attribute, on, not_on } => Kind::Changed { attribute, before: on, after: not_on },
        What::Removed => return None,
    };
    Some(Change { object, kind })
}

/// Something that the second alone has, or has otherwise.
fn come(object: Object, what: What) -> Option<Change> {
    let kind = match what {
        What::Added(definition) => Kind::Added { definition },
        What::Differs { attribute, on, not_on } => Kind::Changed { attribute, before: not_on, after: on },
        What::Removed => return None,
    };
    Some(Change { object, kind })
}

/// Whether both say that one attribute differs.
fn is_same(one: &Change, other: &Change) -> bool {
    let attribute = |change: &Change| match &change.kind {
        Kind::Changed { attribute, .. } => Some(*attribute),
        _ => None,
    };
    one.object == other.object && attribute(one).is_some() && attribute(one) == attribute(other)
}

fn table_of(object: &Object) -> String {
    drift::names(object).last().map(|name| name.to_ascii_lowercase()).unwrap_or_default()
}
