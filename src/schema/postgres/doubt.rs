//! What statements that are not carried out leave unknown: the names that they make, alter or drop. Nothing is refused for
//! the sake of such a name.

use std::collections::BTreeSet;

use imbl::OrdSet;

use super::error::{ErrorClass, PgError, is_reserved};
use super::state::{LONGEST_NAME, State, cut};
use super::types::identifier;
use crate::schema::token::{self, Kind, Token};

/// Of what is not known because something before it is not.
pub const LEFT_UNKNOWN: &str = "which a statement before it leaves unknown";

/// Names without their schemas. What a database is does not depend on them.
#[derive(Clone, Debug, Default)]
pub struct Doubt(OrdSet<String>);

impl PartialEq for Doubt {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Doubt {}

impl Doubt {
    /// Notes what a statement names that is not carried out.
    pub fn note(&mut self, sql: &str) {
        self.0.extend(subjects(sql));
    }

    /// Notes everything that a text says.
    pub fn note_all(&mut self, text: &str) {
        self.0.extend(said(text));
    }

    /// Notes that an object is there, or is not, for certain.
    pub fn settle(&mut self, name: &str) {
        self.0.remove(super::bare(name));
    }

    pub fn has(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(super::bare(name))
    }

    /// Whether a name is in doubt, or begins with one that is: `users_pkey` goes with `users`.
    fn touches(&self, name: &str) -> bool {
        self.has(name)
            || name.match_indices('_').any(|(at, _)| name.get(..at).is_some_and(|start| self.0.contains(start)))
    }
}

impl State {
    /// What a refusal is worth: nothing is said for certain where the statement, or what depends on its objects, is about a
    /// name in doubt.
    pub(super) fn weigh(&self, sql: &str, error: PgError) -> PgError {
        if self.doubt.0.is_empty() || error.class == ErrorClass::Unsupported || error.kind.is_of_grammar() {
            return error;
        }
        let mut names = subjects(sql);
        names.extend(led(sql));
        let told = words(&error.message).into_iter().map(|(_, word)| word.to_owned());
        let touched = names.iter().cloned().chain(told).find(|name| self.doubt.touches(name));
        let cause = touched.or_else(|| match error.class {
            ErrorClass::Dependency => self.dependents(&names).into_iter().find(|name| self.doubt.has(name)),
            _ => None,
        });
        match cause {
            Some(name) => PgError::unsupported(format!("needs `{name}`, {LEFT_UNKNOWN}")),
            None => error,
        }
    }

    /// The tables and views that need one of these.
    fn dependents(&self, names: &BTreeSet<String>) -> Vec<String> {
        let tables = self.tables.iter().filter(|(_, table)| {
            names.iter().any(|name| table.refers_to(name))
                || table.columns.iter().any(|column| names.contains(column.data_type.trim_end_matches("[]")))
        });
        let views = self.views.iter().filter(|(_, view)| view.reads.iter().any(|read| names.contains(read)));
        tables.map(|(name, _)| name.clone()).chain(views.map(|(name, _)| name.clone())).collect()
    }
}

fn name_of(token: &Token<'_>) -> Option<String> {
    let name = match token.kind {
        Kind::Quoted => token.value(),
        Kind::Word => identifier(token.text),
        _ => return None,
    };
    Some(cut(&name, LONGEST_NAME).to_owned())
}

/// The names that a statement makes, alters or drops; of a block, everything that it says.
fn subjects(sql: &str) -> BTreeSet<String> {
    const NOISE: &[&str] = &[
        "or",
        "replace",
        "global",
        "local",
        "temp",
        "temporary",
        "unlogged",
        "unique",
        "constraint",
        "recursive",
        "materialized",
        "foreign",
        "concurrently",
        "if",
        "not",
        "exists",
        "only",
    ];
    /// What comes after one of these is made, moved or renamed, too.
    const LEAD: &[&str] = &["on", "to", "partition", "constraint", "into", "inherit", "index", "identity"];
    let is_noise = |token: &Token<'_>| NOISE.iter().any(|word| token.is(word));
    let mut tokens = token::tokens(sql);
    let Some(first) = tokens.next() else { return BTreeSet::new() };
    if !["create", "alter", "drop", "select", "with"].iter().any(|verb| first.is(verb)) {
        return said(sql);
    }
    let rest: Vec<Token<'_>> = tokens.collect();
    // `CREATE SCHEMA AUTHORIZATION me CREATE TABLE t (…)` makes what it says.
    if first.is("create") && rest.first().is_some_and(|kind| kind.is("schema")) {
        return said(sql);
    }
    let mut found = BTreeSet::new();
    let mut at = 0;
    if first.is("create") || first.is("alter") || first.is("drop") {
        while rest.get(at).is_some_and(&is_noise) {
            at += 1;
        }
        // The kind of the object.
        at += 1;
        while rest.get(at).is_some_and(&is_noise) {
            at += 1;
        }
        // A list of names, each of which may have a schema.
        while let Some(name) = rest.get(at).and_then(name_of) {
            found.insert(name);
            match rest.get(at + 1) {
                Some(next) if next.is_symbol(".") || (next.is_symbol(",") && first.is("drop")) => at += 2,
                _ => break,
            }
        }
    }
    for (index, token) in rest.iter().enumerate() {
        if !LEAD.iter().any(|word| token.is(word)) {
            continue;
        }
        let mut at = index + 1;
        while rest.get(at).is_some_and(|token| is_noise(token) || token.is("of") || token.is("table")) {
            at += 1;
        }
        while let Some(name) = rest.get(at).and_then(name_of) {
            found.insert(name);
            if !rest.get(at + 1).is_some_and(|dot| dot.is_symbol(".")) {
                break;
            }
            at += 2;
        }
    }
    found
}

/// The objects that a text may be about: what stands where a name of one is due, in its strings too, and what a string
/// says as a whole.
fn said(text: &str) -> BTreeSet<String> {
    let mut names = led(text);
    let parts: Vec<&str> = text.split('\'').collect();
    for (at, part) in parts.iter().enumerate().skip(1) {
        let is_name = !part.is_empty() && part.chars().all(|one| one.is_alphanumeric() || one == '_');
        // The columns that a query of the catalog looks for are none.
        let before = parts[at - 1].trim_end().trim_end_matches('=').trim_end().to_lowercase();
        let is_column = before.ends_with("column_name") || before.ends_with("attname");
        if is_name && !is_column {
            names.insert(part.to_lowercase());
            names.insert(part.trim_end_matches('_').to_lowercase());
        }
    }
    names
}

/// The words of a text that follow one after which an object's name stands.
fn led(text: &str) -> BTreeSet<String> {
    const LEADS: &[&str] = &[
        "table",
        "index",
        "view",
        "sequence",
        "type",
        "schema",
        "domain",
        "extension",
        "function",
        "procedure",
        "trigger",
        "policy",
        "constraint",
        "column",
        "into",
        "from",
        "join",
        "update",
        "references",
        "on",
        "to",
        "exists",
        "only",
        "of",
        "partition",
        "inherits",
        "inherit",
        "concurrently",
        "call",
    ];
    /// What may stand there and is no name.
    const OTHERS: &[&str] = &[
        "if",
        "exists",
        "only",
        "concurrently",
        "partition",
        "of",
        "column",
        "constraint",
        "data",
        "set",
        "update",
        "delete",
        "table",
        "cascade",
        "by",
        "range",
        "list",
        "type",
        "schema",
        "value",
        "owner",
        "rename",
        "add",
        "drop",
        "alter",
        "for",
        "public",
        "pg_catalog",
        "information_schema",
    ];
    let is_any = |word: &str, known: &[&str]| known.iter().any(|one| word.eq_ignore_ascii_case(one));
    let mut found = BTreeSet::new();
    let (mut is_due, mut was_name, mut end) = (false, false, 0);
    for (at, word) in words(text) {
        let gap = text[end..at].trim().trim_matches('"');
        let follows = gap == "." || gap == "," && was_name || gap.is_empty() && is_due;
        was_name = follows && !is_any(word, OTHERS) && !is_reserved(word);
        if was_name {
            // Whether it stands in quotes decides which of them it is.
            found.insert(cut(&word.to_lowercase(), LONGEST_NAME).to_owned());
            found.insert(cut(word, LONGEST_NAME).to_owned());
            // `'part_' || number`
            found.insert(word.trim_end_matches('_').to_lowercase());
        }
        is_due = is_any(word, LEADS) || follows && is_any(word, &["if", "not", "exists"]);
        end = at + word.len();
    }
    found
}

/// The words of a text and where they begin.
fn words(text: &str) -> Vec<(usize, &str)> {
    let is_between = |part: char| !(part.is_alphanumeric() || part == '_');
    let mut start = 0;
    let mut found = Vec::new();
    for part in text.split_inclusive(is_between) {
        let word = part.trim_end_matches(is_between);
        if !word.is_empty() {
            found.push((start, word));
        }
        start += part.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_about_the_names_that_it_makes_alters_or_drops() {
        for (sql, expected) in [
            ("CREATE UNLOGGED TABLE IF NOT EXISTS s.t (id INT, CONSTRAINT k PRIMARY KEY (id))", &["k", "s", "t"][..]),
            ("ALTER TABLE ONLY t RENAME TO u", &["t", "u"]),
            ("DROP TABLE IF EXISTS a, b CASCADE", &["a", "b"]),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", &["i", "t"]),
            ("ALTER TABLE p ATTACH PARTITION p1 DEFAULT", &["p", "p1"]),
            ("SELECT a INTO TABLE u FROM v", &["u"]),
            (
                "DO $$ BEGIN FOR r IN SELECT 1 LOOP EXECUTE 'ALTER TABLE ' || r || ' ADD COLUMN z int'; END LOOP; END $$",
                &["z"],
            ),
            (
                "DO $$ BEGIN ALTER TABLE public.a ADD COLUMN b int; PERFORM 1 FROM pg_x WHERE column_name = 'id'; END $$",
                &["a", "b", "pg_x"],
            ),
        ] {
            let found: Vec<String> = subjects(sql).into_iter().collect();
            assert_eq!(found, expected, "{sql}");
        }
    }
}
