//! Edits of what every database that is in use refuses, though an empty one takes it.

use super::Edit;
use crate::schema::dialect::Dialect;
use crate::schema::token::{normal, tokens};

/// The table and the column, where a migration added one that no table with rows takes, and the edit does nothing but mend
/// that: only databases whose table was empty got past it.
pub fn mended_for_rows(edit: &Edit, dialect: Dialect) -> Option<(String, String)> {
    let (before, after) = edit.what.statements()?;
    let refuses_rows = dialect.facts().statements.refuses_rows;
    let makes = |table: &str, sql: &String| {
        let mut words = tokens(sql);
        words.next().is_some_and(|word| word.is("create")) && words.any(|word| word.value() == table)
    };
    let refused = before.iter().find_map(|sql| refuses_rows(sql))?;
    // A table that it has made itself has none.
    let is_new = before.iter().any(|sql| makes(&refused.0, sql));
    let is_mended = !after.iter().any(|sql| refuses_rows(sql).is_some());
    let forms = |statements: &[String]| statements.iter().map(|sql| normal(sql)).collect::<Vec<_>>();
    let (old, new) = (forms(before), forms(after));
    let is_about = |sql: &String| tokens(sql).any(|word| word.value() == refused.1);
    let others = |own: &[String], its: &[String]| own.iter().all(|sql| its.contains(sql) || is_about(sql));
    (!is_new && is_mended && others(&old, &new) && others(&new, &old)).then_some(refused)
}
