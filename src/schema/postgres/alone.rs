//! Statements that no transaction block may hold.

use super::statements::Piece;
use crate::schema::token;

/// What PostgreSQL calls a statement that only runs on its own; `None` for any other.
pub fn runs_alone(piece: &Piece<'_>) -> Option<&'static str> {
    let words: Vec<_> = token::tokens(piece.text).take(6).collect();
    let is = |index: usize, word: &str| words.get(index).is_some_and(|token| token.is(word));
    let has = |word: &str| token::tokens(piece.text).any(|token| token.is(word));
    match () {
        () if is(0, "create")
            && (is(1, "index") && is(2, "concurrently") || is(2, "index") && is(3, "concurrently")) =>
        {
            Some("CREATE INDEX CONCURRENTLY")
        }
        () if is(0, "drop") && is(1, "index") && is(2, "concurrently") => Some("DROP INDEX CONCURRENTLY"),
        () if is(0, "vacuum") => Some("VACUUM"),
        () if is(0, "create") && is(1, "database") => Some("CREATE DATABASE"),
        () if is(0, "drop") && is(1, "database") => Some("DROP DATABASE"),
        () if is(0, "create") && is(1, "tablespace") => Some("CREATE TABLESPACE"),
        () if is(0, "drop") && is(1, "tablespace") => Some("DROP TABLESPACE"),
        () if is(0, "alter") && is(1, "system") => Some("ALTER SYSTEM"),
        () if is(0, "alter") && is(1, "database") && is(3, "set") && is(4, "tablespace") => {
            Some("ALTER DATABASE SET TABLESPACE")
        }
        () if is(0, "alter") && is(1, "table") && has("detach") && has("concurrently") => {
            Some("ALTER TABLE ... DETACH CONCURRENTLY")
        }
        () if is(0, "reindex") && has("concurrently") => Some("REINDEX CONCURRENTLY"),
        () if is(0, "reindex") && is(1, "database") => Some("REINDEX DATABASE"),
        () if is(0, "reindex") && is(1, "system") => Some("REINDEX SYSTEM"),
        () if is(0, "reindex") && is(1, "schema") => Some("REINDEX SCHEMA"),
        () if is(0, "cluster") && words.len() == 1 => Some("CLUSTER"),
        () if is(0, "discard") && is(1, "all") => Some("DISCARD ALL"),
        () => None,
    }
}
