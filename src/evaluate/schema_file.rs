//! The databases of a track whose schema is one SQL file: new ones, and deployed ones that a start carries it out on once more.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::drift::{self, Difference, Drift};
use super::outcome::Outcome;
use super::{Evaluated, sql_files};
use crate::schema::database::Refusal;
use crate::schema::delta::{self, Attribute, Change, Kind, Level, Object};
use crate::schema::token::{self, Token};
use crate::track::Track;
use crate::track::ends::{Ends, Modules};

/// What the change does to new databases, and what of that never reaches deployed ones.
pub fn drift(track: &Track, base: Option<&Track>, ends: &mut Ends<'_>) -> Result<(Drift, Option<Outcome>), Refusal> {
    let built = sql_files::fresh(track, &mut ends.head)?;
    let fresh = built.evaluated.clone();
    let mut drift = Drift {
        tables: fresh.schema.tables.len(),
        columns: fresh.schema.tables.values().map(|table| table.columns.len()).sum(),
        ..Drift::default()
    };
    let Some(base) = base else {
        drift.gaps = drift::gaps(&fresh, None, ends);
        return Ok((drift, None));
    };
    let deployed = sql_files::fresh(base, &mut ends.base)?;
    let before = deployed.evaluated.clone();
    let mut after = Evaluated::clone(&fresh);
    after.failures.clear();
    if is_for_every_start(base, &mut ends.base) && is_for_every_start(track, &mut ends.head) {
        let again = sql_files::again(track, &mut ends.head, &deployed)?;
        let known: Vec<&String> = before.failures.iter().map(|failure| &failure.error).collect();
        let failures = again.evaluated.failures.iter().filter(|failure| !known.contains(&&failure.error));
        after.failures = failures.cloned().collect();
        drift.differences = left_behind(track, &fresh, &again.evaluated, &before, ends);
        // Where nobody said that the file is carried out at every start, its words do.
        if track.is_detected {
            let weak = drift.differences.iter().map(|one| (one.declared.clone(), one.change.object.clone()));
            drift.weak = weak.collect();
        }
    }
    let known = |missing: &super::Missing| before.gaps.iter().any(|old| old.gap.reason == missing.gap.reason);
    drift.gaps = fresh.gaps.iter().filter(|missing| !known(missing)).cloned().collect();
    Ok((drift, Some(Outcome::new(before, Arc::new(after), fresh))))
}

/// What new databases have and a deployed one has not after a start: a column that the file adds to a table which is there.
fn left_behind(
    track: &Track,
    fresh: &Evaluated,
    again: &Evaluated,
    before: &Evaluated,
    ends: &mut Ends<'_>,
) -> Vec<Difference> {
    if fresh.is_partial() || again.is_partial() {
        return Vec::new();
    }
    let counts = |change: &Change| match (&change.object, &change.kind) {
        (Object::Column { .. } | Object::Unique { .. }, Kind::Removed { .. }) => true,
        (Object::Column { .. }, Kind::Changed { attribute, .. }) => {
            matches!(attribute, Attribute::Type | Attribute::Nullability)
        }
        _ => false,
    };
    let mut found = Vec::new();
    for change in delta::diff(&fresh.schema, &again.schema, Level::Full).into_iter().filter(counts) {
        let Some(table) = drift::table_of(&change.object).cloned() else { continue };
        let in_doubt = |name: &&str| fresh.is_in_doubt(name) || again.is_in_doubt(name);
        if drift::names(&change.object).iter().any(in_doubt) || !before.schema.tables.contains_key(&table) {
            continue;
        }
        if let Object::Column { name, .. } = &change.object
            && is_altered_elsewhere(track, table.as_str(), name.as_str(), ends)
        {
            continue;
        }
        let stated = |object: &Object, ends: &mut Ends<'_>| drift::said(fresh, object, &mut ends.head).0;
        found.push(Difference {
            declared: track.path.clone(),
            by_migrations: None,
            by_declared: stated(&change.object, ends),
            table_declared: stated(&Object::Table(table), ends),
            by: None,
            is_dropped: false,
            is_executed: true,
            agreeing: Vec::new(),
            elsewhere: Vec::new(),
            change,
            fresh: false,
            deployed: true,
            pre_existing: false,
        });
    }
    found
}

/// Whether a file is one that may be carried out on a database which it made: it makes tables where they are not there, and
/// takes none away that it makes.
pub fn is_for_every_start(track: &Track, modules: &mut Modules<'_>) -> bool {
    modules.text(&track.path).ok().flatten().is_some_and(|source| is_guarded(source.text()))
}

/// The same of a text. What it takes away if it is there, and does not make after that, no start misses.
pub fn is_guarded(text: &str) -> bool {
    const BETWEEN: [&str; 4] = ["temp", "temporary", "unlogged", "virtual"];
    let tokens: Vec<Token<'_>> = token::tokens(text).collect();
    let (mut made, mut gone) = (0, BTreeSet::new());
    for (at, first) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        if first.is("drop") && rest.first().is_some_and(|token| token.is("table")) {
            let guard = ["if", "exists"];
            if rest.len() < 4 || !guard.iter().zip(&rest[1..]).all(|(word, token)| token.is(word)) {
                return false;
            }
            gone.insert(rest[3].value().to_ascii_lowercase());
            continue;
        }
        if !first.is("create") {
            continue;
        }
        let skipped = rest.iter().take_while(|token| BETWEEN.iter().any(|word| token.is(word))).count();
        let Some(rest) = rest.get(skipped..).filter(|rest| rest.first().is_some_and(|token| token.is("table"))) else {
            continue;
        };
        let guard = ["if", "not", "exists"];
        let name = rest.get(4).map(|name| name.value().to_ascii_lowercase());
        let is_made_anew = name.is_some_and(|name| gone.contains(&name));
        if !guard.iter().zip(&rest[1..]).all(|(word, token)| token.is(word)) || rest.len() < 4 || is_made_anew {
            return false;
        }
        made += 1;
    }
    made > 0
}

/// How many of the other files of a change are searched.
const MOST_SEARCHED: usize = 300;

/// Whether another file of the change alters the table, so that deployed databases get the column from there.
fn is_altered_elsewhere(track: &Track, table: &str, column: &str, ends: &mut Ends<'_>) -> bool {
    let (table, column) = (table.to_ascii_lowercase(), column.to_ascii_lowercase());
    let paths: Vec<String> = ends
        .changed
        .iter()
        .filter(|file| file.new.is_some() && file.path != track.path)
        .map(|file| file.path.clone())
        .take(MOST_SEARCHED)
        .collect();
    paths.iter().any(|path| {
        let Ok(Some(source)) = ends.head.text(path) else { return false };
        let text = source.text().to_ascii_lowercase();
        // In SQL it is one statement; code may put it together.
        let adds = text.contains("alter table") || text.contains("add column") || text.contains("addcolumn");
        adds && text.contains(&table) && text.contains(&column)
    })
}

#[cfg(test)]
mod tests {
    use super::is_guarded;

    #[test]
    fn a_file_for_every_start_makes_what_is_not_there_and_takes_nothing_away() {
        assert!(is_guarded("CREATE TABLE IF NOT EXISTS a (x);\ncreate index i on a (x);"));
        assert!(is_guarded("-- CREATE TABLE b (x)\nCREATE TEMP TABLE if not exists a (x)"));
        assert!(!is_guarded("CREATE TABLE IF NOT EXISTS a (x); CREATE TABLE b (x);"));
        assert!(!is_guarded("DROP TABLE IF EXISTS a; CREATE TABLE IF NOT EXISTS a (x);"));
        assert!(is_guarded("DROP TABLE IF EXISTS b; CREATE TABLE IF NOT EXISTS a (x);"));
        assert!(!is_guarded("DROP TABLE b; CREATE TABLE IF NOT EXISTS a (x);"));
        assert!(!is_guarded("SELECT 1") && !is_guarded("CREATE TABLE IF NOT"));
    }
}
