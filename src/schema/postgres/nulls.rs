//! Columns that a table with rows cannot be given.

use crate::schema::token::{Token, tokens};

/// What fills a column by itself, or may.
const FILLS: [&str; 5] = ["default", "generated", "serial", "bigserial", "smallserial"];

/// What is added to a table and is no column.
const NO_COLUMN: [&str; 6] = ["constraint", "unique", "primary", "check", "foreign", "exclude"];

/// The table and the column, where a statement does nothing but add one that may not be null and that nothing fills: a table
/// with rows refuses it ("contains null values"), an empty one takes it.
pub fn refuses_rows(sql: &str) -> Option<(String, String)> {
    let words: Vec<Token<'_>> = tokens(sql).filter(|token| !token.is_symbol(";")).collect();
    let is_alter = matches!(words.as_slice(), [verb, what, ..] if verb.is("alter") && what.is("table"));
    let add = words.iter().position(|word| word.is("add")).filter(|_| is_alter)?;
    let table = words.get(add.checked_sub(1)?)?.value();
    let mut rest = &words[add + 1..];
    for besides in ["column", "if", "not", "exists"] {
        if let Some((_, after)) = rest.split_first().filter(|(first, _)| first.is(besides)) {
            rest = after;
        }
    }
    let (column, said) = rest.split_first()?;
    let is = |word: &Token<'_>, one_of: &[&str]| one_of.iter().any(|known| word.is(known));
    let is_null_refused = said.windows(2).any(|pair| pair[0].is("not") && pair[1].is("null"));
    let is_alone = !is(column, &NO_COLUMN) && !has_more(said) && !said.iter().any(|word| is(word, &FILLS));
    (is_null_refused && is_alone).then(|| (table, column.value()))
}

/// Whether a comma outside of brackets begins another action.
fn has_more(words: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    words.iter().any(|word| {
        if word.is_symbol("(") {
            depth += 1;
        } else if word.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && word.is_symbol(",")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_without_a_value_is_refused_where_there_are_rows() {
        let of = |sql| refuses_rows(sql).map(|(table, column)| format!("{table}.{column}"));
        assert_eq!(of("ALTER TABLE a.t ADD COLUMN \"on\" BOOLEAN NOT NULL").as_deref(), Some("t.on"));
        assert_eq!(of("alter table t add n numeric(3, 2) not null;").as_deref(), Some("t.n"));
        assert_eq!(of("ALTER TABLE t ADD COLUMN n INT NOT NULL DEFAULT 0"), None);
        assert_eq!(of("ALTER TABLE t ADD COLUMN n SERIAL NOT NULL"), None);
        assert_eq!(of("ALTER TABLE t ADD COLUMN n INT"), None);
        assert_eq!(of("ALTER TABLE t ADD COLUMN n INT NOT NULL, ALTER n SET DEFAULT 1"), None);
        assert_eq!(of("ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL)"), None);
        assert_eq!(of("CREATE TABLE t (n INT NOT NULL)"), None);
    }
}
