//! Which entries of a list are new to whoever has run another.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::places;

/// Of each entry that a list has now, whether it is new to a database that has run `known`. Both are names, each with what
/// tells it from another entry of that name: two branches may take one number.
///
/// Where places decide what has run, an entry under another name at its place is the one that has.
pub fn newcomers(known: &[(String, String)], now: &[(String, String)], places_decide: bool) -> Vec<bool> {
    let renamed = if places_decide { places::renamed(&names_of(known), &names_of(now)) } else { BTreeSet::new() };
    let mut left: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, code) in known.iter().rev() {
        left.entry(name).or_default().push(code);
    }
    let names: HashSet<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let mut new: Vec<bool> = Vec::with_capacity(now.len());
    for (name, code) in now {
        let own = left.get_mut(name.as_str());
        let at = own.as_ref().and_then(|codes| codes.iter().rposition(|known| known == code));
        if let (Some(codes), Some(at)) = (own, at) {
            codes.remove(at);
        }
        new.push(at.is_none() && !(code.is_empty() && names.contains(name.as_str())));
    }
    // What is written otherwise is still the one that has run, where no other of its name is.
    for ((name, _), new) in now.iter().zip(&mut new) {
        if *new && left.get_mut(name.as_str()).is_some_and(|codes| codes.pop().is_some()) {
            *new = false;
        }
    }
    new.iter_mut().enumerate().filter(|(at, _)| renamed.contains(at)).for_each(|(_, new)| *new = false);
    new
}

fn names_of(list: &[(String, String)]) -> Vec<&str> {
    list.iter().map(|(name, _)| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(known: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<bool> {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect()
        };
        newcomers(&owned(known), &owned(now), false)
    }

    #[test]
    fn of_two_with_one_name_the_one_that_is_written_otherwise_is_new() {
        assert_eq!(new(&[("1", "a"), ("2", "b")], &[("1", "a"), ("2", "d"), ("2", "b")]), [false, true, false]);
        assert_eq!(new(&[("2", "b")], &[("2", "b"), ("2", "b")]), [false, true]);
        assert_eq!(new(&[], &[("2", "b"), ("2", "d")]), [true, true]);
    }

    #[test]
    fn one_under_another_name_at_its_place_has_run_where_places_decide() {
        let known = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
        let now =
            [("a".to_owned(), "1".to_owned()), ("B".to_owned(), "3".to_owned()), ("c".to_owned(), "4".to_owned())];
        assert_eq!(newcomers(&known, &now, true), [false, false, true]);
        assert_eq!(newcomers(&known, &now, false), [false, true, true]);
        // One that was moved is no other.
        let moved = [("b".to_owned(), "2".to_owned()), ("c".to_owned(), "4".to_owned())];
        assert_eq!(newcomers(&known, &moved, true), [false, true]);
    }

    #[test]
    fn one_that_is_written_anew_is_not_new() {
        assert_eq!(new(&[("1", "a"), ("2", "b")], &[("1", "A"), ("2", "B"), ("3", "c")]), [false, false, true]);
        assert_eq!(new(&[("2", "b"), ("2", "d")], &[("2", "B"), ("2", "d"), ("2", "e")]), [false, false, true]);
    }
}
