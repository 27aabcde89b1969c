//! Statements without what makes no difference in a database that looks for names in its own schema.

use crate::schema::token::{Token, tokens};

/// A statement without the name of the schema in which names without one are, and without a guard against what is, or is
/// not, there. The bodies of functions stay as they are: who calls one may look elsewhere.
pub fn at_home(sql: &str) -> String {
    let all: Vec<Token<'_>> = tokens(sql).collect();
    let end = all.iter().position(|token| token.text.starts_with('$')).unwrap_or(all.len());
    let words = &all[..end];
    let is_guarded = words.first().is_some_and(|verb| ["create", "drop", "alter"].iter().any(|word| verb.is(word)));
    let (mut kept, mut from, mut at) = (String::new(), 0, 0);
    while at < words.len() {
        let is = |offset: usize, word: &str| words.get(at + offset).is_some_and(|token| token.is(word));
        let is_dot = words.get(at + 1).is_some_and(|token| token.is_symbol("."));
        let is_first = at == 0 || !words[at - 1].is_symbol(".");
        let left_out = match () {
            () if words[at].value() == "public" && is_dot && is_first => 2,
            () if is_guarded && is(0, "if") && is(1, "not") && is(2, "exists") => 3,
            () if is_guarded && is(0, "if") && is(1, "exists") => 2,
            () => 0,
        };
        if left_out > 0 {
            kept += sql.get(from..words[at].start).unwrap_or_default();
            from = words[at + left_out - 1].end();
        }
        at += left_out.max(1);
    }
    kept + sql.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_at_home_is_left_out() {
        assert_eq!(at_home("CREATE INDEX i ON public.names(name)"), "CREATE INDEX i ON names(name)");
        assert_eq!(at_home("CREATE SEQUENCE IF NOT EXISTS \"public\".s START 1"), "CREATE SEQUENCE  s START 1");
        assert_eq!(at_home("DROP VIEW IF EXISTS v"), "DROP VIEW  v");
        assert_eq!(at_home("SELECT a.public.b, 'public.c' FROM other.t"), "SELECT a.public.b, 'public.c' FROM other.t");
        let body = "CREATE FUNCTION f() RETURNS int AS $$ SELECT public.g() $$";
        assert_eq!(at_home(body), body);
    }
}
