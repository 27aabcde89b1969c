//! What a statement is about, by its first word. The one place that lists these words.

use super::token;

/// What a statement may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Schema,
    Rows,
    /// It changes nothing.
    Reads,
    /// It begins or ends a transaction, or changes settings and what else is no schema.
    Control,
}

/// The first words of statements. Whatever begins with another one may change the schema.
struct Words {
    rows: &'static [&'static str],
    reads: &'static [&'static str],
    control: &'static [&'static str],
}

/// Those of every dialect.
const ALL: Words = Words {
    rows: &["insert", "update", "delete", "replace", "truncate", "copy"],
    reads: &["select", "with", "values", "explain", "show"],
    control: &[
        "begin",
        "commit",
        "end",
        "rollback",
        "savepoint",
        "release",
        "start",
        "vacuum",
        "analyze",
        "pragma",
        "lock",
        "abort",
        "set",
        "reindex",
    ],
};

/// What a statement may change, whatever its dialect is.
pub fn effect(sql: &str) -> Effect {
    let Some(first) = token::tokens(sql).find(|token| !token.is_symbol(";")) else { return Effect::Control };
    let is = |words: &[&str]| words.iter().any(|word| first.is(word));
    match () {
        () if is(ALL.rows) => Effect::Rows,
        () if is(ALL.reads) => Effect::Reads,
        () if is(ALL.control) => Effect::Control,
        () => Effect::Schema,
    }
}

/// Whether a statement changes rows, and can change nothing else.
pub fn changes_rows(sql: &str) -> bool {
    const CHANGES: [&str; 4] = ["insert", "update", "delete", "merge"];
    let is_with = || {
        let mut tokens = token::tokens(sql);
        tokens.next().is_some_and(|first| first.is("with"))
            && tokens.any(|token| CHANGES.iter().any(|word| token.is(word)))
    };
    effect(sql) == Effect::Rows || is_with()
}
