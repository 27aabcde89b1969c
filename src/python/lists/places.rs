//! Lists of bare SQL texts: where the code that runs them counts, nothing but its place tells one.

use std::collections::BTreeMap;

use super::List;
use crate::schema::token::is_statement;

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
