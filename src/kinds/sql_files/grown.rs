//! Files of upgrades that grow until they are released.

use std::collections::BTreeSet;

use crate::track::sql_files::history::History;
use crate::track::sql_files::{Matched, marks};
use crate::go::is_go;
use crate::schema::token;
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};

/// The words of the statements that old files got, where they upgrade a schema that is beside them: such a file grows until it
/// is released.
pub(super) fn grown(
    track: &Track,
    (old, head): (&History, &History),
    matched: &Matched,
    ends: &mut Ends<'_>,
) -> Result<BTreeSet<String>, ReadError> {
    let mut words = BTreeSet::new();
    if track.declared.is_empty() {
        return Ok(words);
    }
    let edited = matched.pairs.iter().map(|(before, after)| (&old.steps[*before], &head.steps[*after]));
    for (was, is) in edited.filter(|(was, is)| was.id != is.id && !is_go(&is.path)) {
        if is_released(&was.path, ends)? {
            continue;
        }
        let before = ends.base.text(&was.path)?.map(|source| statements(source.text())).unwrap_or_default();
        let Some(after) = ends.head.text(&is.path)? else { continue };
        let known: BTreeSet<String> = before.iter().map(|sql| token::normal(sql)).collect();
        for sql in statements(after.text()).iter().filter(|sql| !known.contains(&token::normal(sql))) {
            words.extend(token::tokens(sql).map(|token| token.value().to_ascii_lowercase()));
        }
    }
    Ok(words)
}

/// Whether any release has a file.
fn is_released(path: &str, ends: &Ends<'_>) -> Result<bool, ReadError> {
    let repository = ends.base.snapshot.repository();
    for release in ends.releases()?.trees() {
        if repository.snapshot(*release).entry(path)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The statements of what of a file runs.
fn statements(text: &str) -> Vec<String> {
    let upgrade = marks::upgrade(text).text;
    let mut rest = upgrade.as_str();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (statement, behind) = rest.split_at(token::statement_end(rest));
        found.push(statement.to_owned());
        rest = behind;
    }
    found
}
