//! Files of named statements: each stands below a line `-- name: x`, and its runner records it by that name, so that an old
//! file may get new ones.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Matched, history};
use crate::schema::token::normal;
use crate::track::Track;
use crate::track::ends::Modules;

/// The statements of a file by their names, with where they stand; `None` where a part of it has no name.
pub fn sections(text: &str) -> Option<Vec<(String, Range<usize>)>> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(name) = name_of(line) {
            found.push((name.to_owned(), end..end));
        } else if let Some((_, section)) = found.last_mut() {
            section.end = end;
        } else if !line.trim().is_empty() && !line.trim_start().starts_with("--") {
            return None;
        }
        at = end;
    }
    (!found.is_empty()).then_some(found)
}

/// The only word after `-- name:`. What a generator of queries reads has more of them: `-- name: GetUser :one`.
fn name_of(line: &str) -> Option<&str> {
    let mut words = line.trim().strip_prefix("--")?.trim_start().strip_prefix("name:")?.split_whitespace();
    words.next().filter(|_| words.next().is_none())
}

/// The names that a file had, where all that a newer one does is to add others.
fn names_before(old: &str, new: &str) -> Option<BTreeSet<String>> {
    let read = |text: &str| -> Option<BTreeMap<String, String>> {
        let sections = sections(text)?.into_iter();
        Some(sections.map(|(name, range)| (name, normal(text.get(range).unwrap_or_default()))).collect())
    };
    let (old, new) = (read(old)?, read(new)?);
    let is_kept = old.iter().all(|(name, sql)| new.get(name) == Some(sql));
    (is_kept && new.len() > old.len()).then(|| old.into_keys().collect())
}

/// Whether all that a newer text of a file does is to add statements of other names.
pub fn only_adds(old: &str, new: &str) -> bool {
    names_before(old, new).is_some()
}

/// The old files that got statements of new names, by their names at head, with the names that they had.
pub fn grown(
    track: &Track,
    base: &Track,
    old: &mut Modules<'_>,
    new: &mut Modules<'_>,
) -> BTreeMap<String, BTreeSet<String>> {
    let (Ok(before), Ok(after)) = (history::read(base, old), history::read(track, new)) else { return BTreeMap::new() };
    let mut grown = BTreeMap::new();
    for (was, is) in Matched::new(&before, &after).pairs {
        let (was, is) = (&before.steps[was], &after.steps[is]);
        if was.id == is.id {
            continue;
        }
        let (Ok(Some(old)), Ok(Some(new))) = (old.text(&was.path), new.text(&is.path)) else { continue };
        if let Some(names) = names_before(old.text(), new.text()) {
            grown.insert(is.name.clone(), names);
        }
    }
    grown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_named_statements_may_grow() {
        let old = "-- name: a\n\nCREATE TABLE a (id int);\n";
        let new = "-- name: a\nCREATE TABLE a (id int);\n\n-- name: b\nALTER TABLE a ADD COLUMN b int;\n";
        assert!(only_adds(old, new) && !only_adds(new, old) && !only_adds(old, old));
        assert!(!only_adds(old, &new.replace("id int", "id text")));
        let sections = sections(new).unwrap();
        assert_eq!(&new[sections[1].1.clone()], "ALTER TABLE a ADD COLUMN b int;\n");
        assert_eq!(super::sections("CREATE TABLE a (id int);\n-- name: b\n"), None);
        assert_eq!(super::sections("-- name: GetUser :one\nSELECT 1;\n"), None);
    }
}
