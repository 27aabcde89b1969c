//! What the SQLite that is built in understands and the ones that systems ship do not.
//!
//! SQLite 3.53 (April 2026) adds and drops constraints of a table that exists (<https://sqlite.org/lang_altertable.html>).
//! A migration that needs it stops on every system before it, and is written that way by mistake, from another database.

use crate::schema::token::{Token, tokens};

/// What SQLite before 3.53 says of a statement that the newest takes; `None` where it takes it, too.
pub(super) fn too_new(sql: &str) -> Option<String> {
    let mut words = tokens(sql).skip_while(|token| token.is_symbol(";")).peekable();
    if !(words.next()?.is("alter") && words.next()?.is("table")) {
        return None;
    }
    words.next()?;
    if words.next_if(|token| token.is_symbol(".")).is_some() {
        words.next()?;
    }
    let is_one = |token: &Token<'_>, known: &[&str]| known.iter().any(|word| token.is(word));
    let action = words.next()?;
    let at = if action.is("alter") {
        action
    } else if is_one(&action, &["add", "drop"]) {
        words.next().filter(|token| is_one(token, &["constraint", "check"]))?
    } else {
        return None;
    };
    Some(format!("near \"{}\": syntax error (SQLite before 3.53)", at.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_of_a_table_that_exists_are_new() {
        for (sql, near) in [
            ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "ALTER"),
            ("alter table main.t alter a drop not null", "alter"),
            ("ALTER TABLE \"t\" ADD CONSTRAINT c CHECK (a > 1)", "CONSTRAINT"),
            ("ALTER TABLE t DROP CONSTRAINT c", "CONSTRAINT"),
            ("ALTER TABLE t ADD CHECK (a > 1)", "CHECK"),
        ] {
            assert_eq!(too_new(sql), Some(format!("near \"{near}\": syntax error (SQLite before 3.53)")), "{sql}");
        }
        for sql in [
            "ALTER TABLE t ADD COLUMN a",
            "ALTER TABLE t DROP COLUMN a",
            "ALTER TABLE t RENAME TO u",
            "CREATE TABLE t (a)",
        ] {
            assert_eq!(too_new(sql), None, "{sql}");
        }
    }
}
