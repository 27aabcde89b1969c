//! Names and numbers that several entries of a list have.

use std::collections::{HashMap, HashSet};

use crate::python::lists::{Entry, List};
use crate::change::Repeated;

/// Names and numbers that a second entry has. Data that a runner understands has no names. `run_in_groups`: whether the
/// code runs all entries of one number together, which is asked only where that matters.
pub(super) fn repeated(head: &List, base: &List, run_in_groups: impl FnOnce() -> bool) -> Vec<Repeated> {
    let mut found = named_twice(head, base);
    if found.iter().any(|repeated| is_release(&repeated.text)) && run_in_groups() {
        let has = |list: &List, name: &str| list.entries.iter().filter(|entry| entry.name == name).count();
        // What comes to a number that databases have noted is never run on those.
        found.retain(|repeated| {
            let (name, old) = (&repeated.text, has(base, &repeated.text));
            !is_release(name) || old > 0 && old < has(head, name)
        });
    }
    if counts_up(base) {
        found.extend(numbered_twice(head));
    }
    found
}

fn named_twice(head: &List, base: &List) -> Vec<Repeated> {
    let before: HashSet<&str> =
        twice(base, |entry| Some(&*entry.name)).into_iter().map(|(_, second)| second.name.as_str()).collect();
    let known: HashSet<&str> = base.entries.iter().map(|entry| entry.name.as_str()).collect();
    // Where the numbers are those of releases, each may have several.
    let are_groups = before.iter().filter(|name| is_release(name)).count() > 1;
    let is_allowed = |name: &str| is_release(name) && are_groups && !before.contains(name);
    let are_two_new = |name: &str| is_release(name) && !known.contains(name) && !before.is_empty();
    let is_fine = |name: &str| is_allowed(name) || are_two_new(name);
    let second = twice(head, |entry| Some(&*entry.name)).into_iter().filter(|(_, second)| !is_fine(&second.name));
    second
        .map(|(first, second)| Repeated {
            what: if is_number(&second.name) { "number" } else { "name" },
            text: second.name.clone(),
            first: first.location.clone(),
            location: second.location.clone(),
            pre_existing: before.contains(second.name.as_str()),
            note: None,
        })
        .collect()
}

/// The same of numbers that stand beside names.
fn numbered_twice(head: &List) -> Vec<Repeated> {
    let is_named = |(first, second): &(&Entry, &Entry)| !is_number(&second.name) && first.name != second.name;
    let second = twice(head, |entry| entry.number).into_iter().filter(is_named);
    second
        .map(|(first, second)| Repeated {
            what: "number",
            text: second.number.map(|number| number.to_string()).unwrap_or_default(),
            first: first.location.clone(),
            location: second.location.clone(),
            pre_existing: false,
            note: None,
        })
        .collect()
}

/// Whether every entry has a number, each a higher one than the one before.
fn counts_up(list: &List) -> bool {
    let numbers: Option<Vec<i64>> = list.entries.iter().map(|entry| entry.number).collect();
    numbers.is_some_and(|numbers| !numbers.is_empty() && numbers.is_sorted_by(|one, next| one < next))
}

fn is_number(name: &str) -> bool {
    name.parse::<i64>().is_ok()
}

/// Whether a name is a number, or that of a release: `1.2`, `v2.0.1`.
fn is_release(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    is_number(name) || name.strip_prefix('v').unwrap_or(name).split('.').all(is_part)
}

/// The entries that have what one before them has, with that.
fn twice<'l, T: Eq + std::hash::Hash>(
    list: &'l List,
    of: impl Fn(&'l Entry) -> Option<T>,
) -> Vec<(&'l Entry, &'l Entry)> {
    let mut seen: HashMap<T, &Entry> = HashMap::new();
    let acting = list.entries.iter().filter(|entry| entry.acts);
    acting.filter_map(|entry| seen.insert(of(entry)?, entry).map(|first| (first, entry))).collect()
}
