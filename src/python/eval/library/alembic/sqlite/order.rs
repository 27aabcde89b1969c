//! The order of a table's columns after a batch, as Alembic sorts them.

/// Names in an order in which the first of each pair comes before the second, and else as they stand; `None` where there is
/// no such order.
pub(super) fn sorted(names: &[String], pairs: &[(String, String)]) -> Option<Vec<String>> {
    let mut todo: Vec<&String> = names.iter().collect();
    let mut sorted = Vec::with_capacity(names.len());
    while !todo.is_empty() {
        let waits = |name: &&String| {
            pairs.iter().any(|(before, after)| after == *name && before != after && todo.contains(&before))
        };
        let (later, next): (Vec<&String>, Vec<&String>) = todo.iter().copied().partition(waits);
        if next.is_empty() {
            return None;
        }
        sorted.extend(next.into_iter().cloned());
        todo = later;
    }
    Some(sorted)
}

/// The pairs that say where a new column stands among those that are there.
pub(super) fn place(
    column: &str,
    before: Option<&str>,
    after: Option<&str>,
    existing: &[String],
    known: &[(String, String)],
    is_partial: bool,
) -> Option<Vec<(String, String)>> {
    let (mut before, mut after) = (before.map(str::to_owned), after.map(str::to_owned));
    let at = |name: &str| existing.iter().position(|known| known == name);
    if !is_partial {
        match (&before, &after) {
            (None, Some(after)) => {
                before = match at(after) {
                    Some(at) => existing.get(at + 1).cloned(),
                    // It stands behind one that is new, too.
                    None => Some(known.iter().rev().find(|(first, _)| first == after)?.1.clone()),
                };
            }
            (Some(before), None) => {
                after = match at(before) {
                    Some(at) => at.checked_sub(1).and_then(|at| existing.get(at)).cloned(),
                    None => Some(known.iter().rev().find(|(_, second)| second == before)?.0.clone()),
                };
            }
            _ => {}
        }
    }
    let mut pairs = Vec::new();
    pairs.extend(before.clone().map(|before| (column.to_owned(), before)));
    pairs.extend(after.clone().map(|after| (after, column.to_owned())));
    if !is_partial && before.is_none() && after.is_none() {
        pairs.extend(existing.last().map(|last| (last.clone(), column.to_owned())));
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_nothing_comes_first() {
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(sorted(&names, &[pair("c", "a"), pair("d", "b")]).unwrap().join(""), "cdab");
        assert_eq!(sorted(&names, &[pair("a", "b"), pair("b", "a")]), None);
    }
}
