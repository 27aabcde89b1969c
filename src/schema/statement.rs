//! What a statement is about, by its first word. The one place that lists these words.

use super::dialect::Dialect;
use super::token::{self, Token};

/// What a statement may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Schema,
    Rows,
    /// It changes nothing.
    Reads,
    /// It begins or ends a transaction or a part of one.
    Transaction,
    /// It changes settings, or what else is no schema.
    Control,
}

/// The first words of statements. Whatever begins with another one may change the schema.
struct Words {
    rows: &'static [&'static str],
    reads: &'static [&'static str],
    transaction: &'static [&'static str],
    control: &'static [&'static str],
}

/// Those of every dialect, where a statement may be of any.
const ANY: Words = Words {
    rows: &["insert", "update", "delete", "replace", "truncate", "copy", "merge"],
    reads: &["select", "with", "values", "explain", "show"],
    transaction: &["begin", "commit", "end", "rollback", "savepoint", "release", "start", "abort"],
    control: &["vacuum", "analyze", "pragma", "lock", "set", "reindex"],
};

/// Words that SQLite does not know are refused there, as a definition is.
const SQLITE: Words = Words {
    rows: &["insert", "update", "delete", "replace"],
    reads: &["select", "with", "values", "explain", "pragma"],
    transaction: &["begin", "commit", "end", "rollback", "savepoint", "release"],
    control: &["vacuum", "analyze", "reindex", "attach", "detach"],
};

/// The same of MySQL. It reads settings as it reads definitions; a block of MariaDB's begins with `BEGIN NOT ATOMIC`.
const MYSQL: Words = Words {
    rows: &["insert", "update", "delete", "replace", "load"],
    reads: &["select", "with", "values", "table", "explain", "show", "describe", "desc"],
    transaction: &["commit", "rollback", "savepoint", "release", "start"],
    control: &["lock", "unlock", "analyze", "optimize"],
};

/// PostgreSQL's own: it has more words that change no schema than that do.
const POSTGRES_DEFINITIONS: [&str; 7] = ["create", "alter", "drop", "do", "call", "execute", "import"];

impl Words {
    fn effect(&self, first: Token<'_>) -> Effect {
        match () {
            () if is(first, self.rows) => Effect::Rows,
            () if is(first, self.reads) => Effect::Reads,
            () if is(first, self.transaction) => Effect::Transaction,
            () if is(first, self.control) => Effect::Control,
            () => Effect::Schema,
        }
    }
}

fn is(token: Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

/// What a statement may change, whatever its dialect is.
pub fn effect(sql: &str) -> Effect {
    let first = token::tokens(sql).find(|token| !token.is_symbol(";"));
    first.map_or(Effect::Control, |first| ANY.effect(first))
}

/// The same as a database of one dialect takes it.
pub fn effect_on(sql: &str, dialect: Dialect) -> Effect {
    let mut tokens = token::tokens(sql).filter(|token| !token.is_symbol(";"));
    let Some(first) = tokens.find(|token| dialect != Dialect::Mysql || !token.is_symbol("(")) else {
        return Effect::Control;
    };
    match dialect {
        Dialect::Sqlite => SQLITE.effect(first),
        Dialect::Mysql => MYSQL.effect(first),
        Dialect::Postgres => match ANY.effect(first) {
            _ if is(first, &POSTGRES_DEFINITIONS) || decides_names(sql, first) => Effect::Schema,
            Effect::Schema => Effect::Control,
            effect => effect,
        },
    }
}

/// Whether a statement of PostgreSQL's that is no definition decides what is in the schema: where names lie, or a table that is
/// made of a query.
fn decides_names(sql: &str, first: Token<'_>) -> bool {
    let says = |words: &str| sql.to_ascii_lowercase().contains(words);
    first.is("set") && says("search_path") || first.is("select") && says(" into ")
}

/// Whether a statement changes rows, and can change nothing else.
pub fn changes_rows(sql: &str) -> bool {
    const CHANGES: [&str; 4] = ["insert", "update", "delete", "merge"];
    let is_with = || {
        let mut tokens = token::tokens(sql);
        tokens.next().is_some_and(|first| first.is("with")) && tokens.any(|token| is(token, &CHANGES))
    };
    effect(sql) == Effect::Rows || is_with()
}

/// Whether a statement is about rows alone: it reads them or changes them.
pub fn is_about_rows(sql: &str) -> bool {
    matches!(effect(sql), Effect::Rows | Effect::Reads)
}

/// What a statement does to the transaction that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Boundary {
    Begin,
    Commit,
    Rollback,
    /// The names are in lower case.
    Savepoint(String),
    Release(String),
    RollbackTo(String),
}

/// What a statement does to the transaction that it is in; `None` where that is nothing.
pub fn boundary(sql: &str) -> Option<Boundary> {
    let words: Vec<Token<'_>> = token::tokens(sql).filter(|token| !token.is_symbol(";")).collect();
    let (first, second) = (*words.first()?, words.get(1));
    let second_is = |word: &str| second.is_some_and(|token| token.is(word));
    let name = || words.last().map(|token| token.value().to_ascii_lowercase()).unwrap_or_default();
    Some(match () {
        () if first.is("begin") || first.is("start") && second_is("transaction") => Boundary::Begin,
        () if first.is("commit") || first.is("end") => Boundary::Commit,
        () if first.is("rollback") && words.iter().any(|token| token.is("to")) => Boundary::RollbackTo(name()),
        () if first.is("rollback") || first.is("abort") => Boundary::Rollback,
        () if first.is("savepoint") => Boundary::Savepoint(name()),
        () if first.is("release") => Boundary::Release(name()),
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_statement_may_change_is_told_by_its_first_word() {
        assert_eq!(effect("; -- a\n CREATE TABLE a (id INT)"), Effect::Schema);
        assert_eq!(effect("INSERT INTO a VALUES (1)"), Effect::Rows);
        assert_eq!(effect("ROLLBACK TO a"), Effect::Transaction);
        assert_eq!(effect(""), Effect::Control);
        assert_eq!(effect_on("SET x = 1", Dialect::Mysql), Effect::Schema);
        assert_eq!(effect_on("(SELECT 1)", Dialect::Mysql), Effect::Reads);
        assert_eq!(effect_on("TRUNCATE a", Dialect::Sqlite), Effect::Schema);
        assert_eq!(effect_on("SET search_path TO a", Dialect::Postgres), Effect::Schema);
        assert_eq!(effect_on("SELECT 1 INTO a FROM b", Dialect::Postgres), Effect::Schema);
        assert_eq!(effect_on("COMMENT ON TABLE a IS 'b'", Dialect::Postgres), Effect::Control);
    }

    #[test]
    fn a_rollback_to_a_savepoint_ends_no_transaction() {
        assert_eq!(boundary("ROLLBACK"), Some(Boundary::Rollback));
        assert_eq!(boundary("ROLLBACK TRANSACTION TO SAVEPOINT A;"), Some(Boundary::RollbackTo("a".to_owned())));
        assert_eq!(boundary("START SLAVE"), None);
        assert_eq!(boundary("BEGIN IMMEDIATE"), Some(Boundary::Begin));
    }
}
