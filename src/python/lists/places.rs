//! Lists of bare SQL texts: where the code that runs them counts, nothing but its place tells one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::List;
use crate::schema::statement::is_statement;

/// What the entry at a place is told by, from 0.
pub fn name(at: usize) -> String {
    format!("#{}", at + 1)
}

/// Whether code tells the entries of its list by their places: it counts them, takes them by an index, or keeps how many
/// have run.
pub fn are_counted(code: &str, list: &str) -> bool {
    let signs = [format!("enumerate({list}"), format!("len({list})"), format!("{list}[")];
    code.contains("user_version") || signs.iter().any(|sign| code.contains(sign.as_str()))
}

/// Whether the place of an entry decides whether it has run, whatever it is called: the code keeps how many have run, or takes
/// what comes after some.
pub fn decide(code: &str, list: &str) -> bool {
    let sign = format!("{list}[");
    let is_slice = |at: usize| code[at + sign.len()..].split(']').next().is_some_and(|index| index.contains(':'));
    code.contains("user_version") || code.match_indices(&sign).any(|(at, _)| is_slice(at))
}

/// The places at which an entry has another name than it had, and was not moved: neither name is elsewhere in the other list.
pub fn renamed<T: AsRef<str>>(old: &[T], new: &[T]) -> BTreeSet<usize> {
    let all = |names: &'_ [T]| -> HashSet<String> { names.iter().map(|name| name.as_ref().to_owned()).collect() };
    let (before, after) = (all(old), all(new));
    let is_renamed = |(was, is): (&T, &T)| !after.contains(was.as_ref()) && !before.contains(is.as_ref());
    old.iter().zip(new).enumerate().filter(|(_, pair)| is_renamed(*pair)).map(|(at, _)| at).collect()
}

/// Calls entries by their places where they are SQL and nothing else; `texts` are the module's constants.
pub(super) fn apply(list: &mut List, texts: &BTreeMap<String, String>) {
    let is_sql = |name: &str| {
        let text = texts.get(name).map_or(name, String::as_str);
        // What an f-string begins with tells it, too.
        is_statement(text.trim_start_matches(['f', 'F', '"', '\'']))
    };
    if !list.unread.is_empty() || !list.entries.iter().all(|entry| is_sql(&entry.name)) {
        return;
    }
    for (at, entry) in list.entries.iter_mut().enumerate() {
        entry.name = name(at);
        entry.acts = true;
    }
}
