//! What a statement is about, by its first word, whatever database it is for. What only one takes is in the facts of that.

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
#[derive(Debug)]
pub struct Words {
    pub rows: &'static [&'static str],
    pub reads: &'static [&'static str],
    pub transaction: &'static [&'static str],
    pub control: &'static [&'static str],
}

/// Those of every dialect, where a statement may be of any.
const ANY: Words = Words {
    rows: &["insert", "update", "delete", "replace", "truncate", "copy", "merge"],
    reads: &["select", "with", "values", "explain", "show"],
    transaction: &["begin", "commit", "end", "rollback", "savepoint", "release", "start", "abort"],
    control: &["vacuum", "analyze", "pragma", "lock", "set", "reindex"],
};

impl Words {
    pub fn effect(&self, first: Token<'_>) -> Effect {
        match () {
            () if is(first, self.rows) => Effect::Rows,
            () if is(first, self.reads) => Effect::Reads,
            () if is(first, self.transaction) => Effect::Transaction,
            () if is(first, self.control) => Effect::Control,
            () => Effect::Schema,
        }
    }
}

/// Whether a token is one of these words.
pub fn is(token: Token<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| token.is(word))
}

/// The word that a statement begins with; `None` where it has none.
pub fn first_word(sql: &str) -> Option<Token<'_>> {
    token::tokens(sql).find(|token| !token.is_symbol(";"))
}

/// What a statement may change, whatever its dialect is.
pub fn effect(sql: &str) -> Effect {
    first_word(sql).map_or(Effect::Control, |first| ANY.effect(first))
}

/// The same as a database of one dialect takes it.
pub fn effect_on(sql: &str, dialect: Dialect) -> Effect {
    (dialect.facts().statements.effect)(sql)
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

/// Whether a statement is about who there is and who may do what, of which a schema has nothing.
pub fn is_about_rights(sql: &str) -> bool {
    let mut tokens = token::tokens(sql).filter(|token| !token.is_symbol(";"));
    let (Some(first), Some(second)) = (tokens.next(), tokens.next()) else { return false };
    match first {
        _ if is(first, &["grant", "revoke"]) => true,
        _ if is(first, &["alter"]) && second.is("default") => tokens.next().is_some_and(|third| third.is("privileges")),
        _ => is(first, &["create", "alter", "drop"]) && is(second, &["role", "user", "group"]),
    }
}

/// Whether a statement is about rows alone: it reads them or changes them.
pub fn is_about_rows(sql: &str) -> bool {
    matches!(effect(sql), Effect::Rows | Effect::Reads)
}

/// Whether a statement does nothing but say where a sequence goes on, which is a matter of rows.
pub fn restarts_a_sequence(sql: &str) -> bool {
    const OTHERS: [&str; 8] = ["increment", "owned", "rename", "owner", "as", "set", "minvalue", "maxvalue"];
    let words: Vec<Token<'_>> = token::tokens(sql).collect();
    let is_alter = matches!(words.as_slice(), [verb, what, ..] if verb.is("alter") && what.is("sequence"));
    is_alter
        && words.iter().any(|word| word.is("restart"))
        && !words.iter().any(|word| is(*word, &OTHERS) || word.is_symbol(";"))
}

/// Whether a text is a statement of SQL, and no name or description as `create users` and `drop the old index` are: it has
/// the words without which no dialect takes such a statement.
pub fn is_statement(text: &str) -> bool {
    // What is long enough to be one has them near its beginning, but for the `SET` of an `UPDATE`.
    let all: Vec<Token<'_>> = token::tokens(text).take(400).collect();
    let [first, second, rest @ ..] = all.as_slice() else { return false };
    let is = |words: &[&str]| words.iter().any(|word| second.is(word));
    let has = |words: &[&str]| rest.iter().any(|token| words.iter().any(|word| token.is(word)));
    let has_symbol = |symbol: &str| rest.iter().any(|token| token.is_symbol(symbol));
    // What is put into a text by code may be any part of it.
    let is_object = |token: &Token<'_>| OBJECTS.iter().any(|word| token.is(word));
    let is_put_together = text.contains(['{', '%', '$', '?']);
    match first.text.to_ascii_lowercase().as_str() {
        "create" if is(&["table"]) || has(&["table"]) && is(KINDS_OF_TABLES) => {
            is_put_together || has_symbol("(") || has(&["as", "like", "select", "of"])
        }
        "create" if is(&["index", "fulltext", "spatial"]) => is_put_together || has_symbol("("),
        "create" if is(&["unique"]) => is_put_together || has(&["index"]) && has_symbol("("),
        "create" if is(&["view", "trigger", "rule", "policy", "function", "procedure"]) => {
            is_put_together || has(&["as", "on", "begin", "return", "returns"])
        }
        "create" if is(&["or"]) => has(&["replace"]),
        // An account is described as often as it is made.
        "create" | "alter" | "drop" if is(&["user", "role", "group"]) => {
            is_put_together
                || rest.len() == 1 && !rest.iter().any(is_object)
                || has(&["if", "with", "identified", "password", "login", "set", "rename", "superuser", "nologin"])
        }
        "alter" if is(&["table"]) => is_put_together || rest.len() > 2,
        "create" | "alter" => is_object(second) && !rest.is_empty(),
        "drop" => {
            is_object(second)
                && rest.first().is_some_and(|name| !["on", "for", "from", "of", "the"].iter().any(|word| name.is(word)))
        }
        "insert" => is(&["into", "or", "ignore", "low_priority", "high_priority", "delayed"]) || has(&["values"]),
        "replace" => is(&["into"]) || has(&["values"]),
        "update" => has(&["set"]),
        "delete" => is(&["from"]) || has(&["from"]) && has(&["using", "join", "where"]),
        "with" => has(&["as"]) && has_symbol("(") || is(&["recursive"]),
        "begin" => {
            second.is_symbol(";") || is(&["transaction", "work", "immediate", "deferred", "exclusive", "concurrent"])
        }
        "comment" => is(&["on"]),
        "truncate" | "lock" => is(&["table"]),
        "rename" => is(&["table"]) && has(&["to"]),
        "merge" => is(&["into"]),
        "select" | "pragma" | "reindex" => true,
        _ => false,
    }
}

/// What may stand between `CREATE` and `TABLE`.
const KINDS_OF_TABLES: &[&str] = &["temp", "temporary", "unlogged", "virtual", "global", "local", "foreign"];

/// Sorts of objects that are made, altered and dropped, by the word that follows the verb.
const OBJECTS: &[&str] = &[
    "table",
    "index",
    "view",
    "trigger",
    "type",
    "schema",
    "database",
    "extension",
    "sequence",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "materialized",
    "temp",
    "temporary",
    "recursive",
    "constraint",
    "domain",
    "rule",
    "policy",
    "cast",
    "collation",
    "event",
    "foreign",
    "operator",
    "publication",
    "subscription",
    "server",
    "statistics",
    "tablespace",
    "text",
    "access",
    "conversion",
    "default",
    "language",
    "owned",
    "system",
    "definer",
    "algorithm",
    "sql",
];

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
    use crate::schema::{mysql, postgres, sqlite};

    #[test]
    fn what_a_statement_may_change_is_told_by_its_first_word() {
        assert_eq!(effect("; -- a\n CREATE TABLE a (id INT)"), Effect::Schema);
        assert_eq!(effect("INSERT INTO a VALUES (1)"), Effect::Rows);
        assert_eq!(effect("ROLLBACK TO a"), Effect::Transaction);
        assert_eq!(effect(""), Effect::Control);
        assert_eq!(effect_on("SET x = 1", mysql::DIALECT), Effect::Schema);
        assert_eq!(effect_on("(SELECT 1)", mysql::DIALECT), Effect::Reads);
        assert_eq!(effect_on("TRUNCATE a", sqlite::DIALECT), Effect::Schema);
        assert_eq!(effect_on("SET search_path TO a", postgres::DIALECT), Effect::Schema);
        assert_eq!(effect_on("SELECT 1 INTO a FROM b", postgres::DIALECT), Effect::Schema);
        assert_eq!(effect_on("COMMENT ON TABLE a IS 'b'", postgres::DIALECT), Effect::Control);
    }

    #[test]
    fn a_rollback_to_a_savepoint_ends_no_transaction() {
        assert_eq!(boundary("ROLLBACK"), Some(Boundary::Rollback));
        assert_eq!(boundary("ROLLBACK TRANSACTION TO SAVEPOINT A;"), Some(Boundary::RollbackTo("a".to_owned())));
        assert_eq!(boundary("START SLAVE"), None);
        assert_eq!(boundary("BEGIN IMMEDIATE"), Some(Boundary::Begin));
    }

    #[test]
    fn a_description_is_no_statement() {
        for text in [
            "create users",
            "create user table",
            "create table users",
            "create index on users",
            "create unique index for emails",
            "alter users",
            "alter table users",
            "drop legacy column",
            "drop index on email",
            "drop",
            "insert default roles",
            "update settings",
            "update user emails",
            "delete stale rows",
            "replace tokens by hashes",
            "with foreign keys",
            "begin again",
            "comment columns",
            "rename users",
            "init",
            "0001_init",
            "",
        ] {
            assert!(!is_statement(text), "{text}");
        }
    }

    #[test]
    fn a_statement_of_any_dialect_is_one() {
        for text in [
            "CREATE TABLE users (id INT)",
            "create table if not exists users(id int)",
            "CREATE TEMP TABLE a AS SELECT 1",
            "CREATE UNLOGGED TABLE a (b INT)",
            "CREATE VIRTUAL TABLE a USING fts5(b)",
            "CREATE TABLE a LIKE b",
            "CREATE UNIQUE INDEX a ON b (c)",
            "CREATE INDEX CONCURRENTLY ON a (b)",
            "CREATE OR REPLACE VIEW a AS SELECT 1",
            "CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT 1; END",
            "CREATE TYPE a AS ENUM ('b')",
            "CREATE TYPE a",
            "CREATE EXTENSION pgcrypto",
            "CREATE SCHEMA a",
            "CREATE USER a WITH PASSWORD 'b'",
            "CREATE ROLE a",
            "CREATE DEFINER=`a`@`b` PROCEDURE c() BEGIN END",
            "ALTER TABLE a ADD b",
            "ALTER TABLE `a` DROP `b`",
            "alter table {table} add column b int",
            "ALTER TYPE a ADD VALUE 'b'",
            "DROP TABLE a",
            "DROP INDEX IF EXISTS a",
            "INSERT INTO a VALUES (1)",
            "INSERT OR IGNORE INTO a SELECT 1",
            "REPLACE INTO a VALUES (1)",
            "UPDATE a SET b = 1",
            "DELETE FROM a",
            "DELETE a FROM a JOIN b ON a.c = b.c",
            "WITH a AS (SELECT 1) DELETE FROM b",
            "SELECT 1",
            "PRAGMA foreign_keys = ON",
            "BEGIN TRANSACTION",
            "BEGIN; DROP TABLE a; COMMIT;",
            "COMMENT ON TABLE a IS 'b'",
            "TRUNCATE TABLE a",
            "RENAME TABLE a TO b",
            "CREATE TABLE {name}",
            "-- first\nCREATE TABLE a (b INT)",
        ] {
            assert!(is_statement(text), "{text}");
        }
    }
}
