//! The SQL that a plain revision has.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::{Footprint, key, note_name, words};
use crate::schema::token::{self, Kind, Token};

/// What reaches further than the words of a statement, or hides some of them.
static FAR: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "do execute cascade function procedure trigger perform call select search_path extension inherit \
    inherits like partition rule schema database owned"
        .split_whitespace()
        .collect()
});

/// Notes what SQL touches that is carried out.
pub fn executed(text: &str, found: &mut Footprint) -> Option<()> {
    found.only_adds_columns = false;
    let tokens = tokens(text)?;
    tokens.split(|token| token.is_symbol(";")).filter(|tokens| !tokens.is_empty()).try_for_each(|statement| {
        let words = || statement.iter().filter(|token| is_word(token)).map(|token| key(&token.value()));
        found.columns.extend(words());
        match statement[0].text.to_ascii_lowercase().as_str() {
            "create" | "alter" | "drop" => Definition::of(statement).note(found),
            // These are about rows.
            "insert" | "update" | "delete" | "truncate" | "comment" => {
                found.uses.extend(words());
                let into = statement.iter().position(|token| token.is("into")).map(|at| &statement[at + 1..]);
                let name = into.unwrap_or_default().iter().take_while(|token| is_word(token) || token.is_symbol("."));
                found.fills.extend(name.filter(|token| is_word(token)).map(|token| key(&token.value())));
                Some(())
            }
            _ => None,
        }
    })
}

/// Notes what a part of a definition touches: a default, a condition.
pub fn expression(text: &str, found: &mut Footprint) -> Option<()> {
    let mut is_cast = false;
    for token in tokens(text)? {
        let value = token.value();
        found.columns.extend(words(&value).map(key));
        if is_cast || token.kind == Kind::Text {
            found.reads.extend(words(&value).map(key));
        }
        is_cast = token.is_symbol("::") || is_cast && token.is_symbol(".");
    }
    Some(())
}

/// The tokens of SQL; `None` where PostgreSQL's own quotes, arrays and comments in comments make others of it.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let is_plain = text.is_ascii() && !text.contains(['\\', '$', '[', '`']) && !text.contains("/*");
    is_plain.then(|| token::tokens(text).collect())
}

fn is_word(token: &Token<'_>) -> bool {
    matches!(token.kind, Kind::Word | Kind::Quoted)
}

/// What a statement defines.
#[derive(Clone, Copy, PartialEq)]
enum Defines {
    NewTable,
    /// A change of one.
    Table,
    Index,
    Other,
}

/// What the next word names.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    Name,
    Column,
    Type,
    /// A table that is referred to.
    Referred,
    /// Whatever stands there.
    Any,
}

/// What a word is.
#[derive(Clone, Copy)]
enum Sort {
    Name,
    Column,
    /// A type, or a table that is referred to.
    Refers,
}

/// A statement that defines something. Its words are names, but for those that say what a table or an index consists of.
struct Definition<'s> {
    statement: &'s [Token<'s>],
    defines: Defines,
    /// How many brackets are open.
    depth: usize,
    due: Due,
    /// The name of what is defined came already.
    is_named: bool,
}

impl<'s> Definition<'s> {
    fn of(statement: &'s [Token<'s>]) -> Self {
        let lead = || statement.iter().take_while(|token| token.kind == Kind::Word && is_keyword(token.text));
        let leads = |keyword: &str| lead().any(|token| token.is(keyword));
        let defines = if leads("index") && statement[0].is("create") {
            Defines::Index
        } else if !leads("table") || statement[0].is("drop") {
            Defines::Other
        } else if statement[0].is("create") {
            Defines::NewTable
        } else {
            Defines::Table
        };
        Self { statement, defines, depth: 0, due: Due::Any, is_named: false }
    }

    fn note(mut self, found: &mut Footprint) -> Option<()> {
        let mut sort = Sort::Name;
        for (at, token) in self.statement.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| &self.statement[at]);
            match token.kind {
                // What stands in quotes may be a name again: that of a sequence in a default.
                Kind::Text => found.reads.extend(words(&token.value()).map(key)),
                Kind::Literal | Kind::Symbol => self.symbol(token)?,
                Kind::Word | Kind::Quoted => {
                    let word = token.value();
                    let is_bare = token.kind == Kind::Word;
                    if is_bare && is_far(&word, before)? {
                        continue;
                    }
                    found.takes_away |= ["drop", "rename", "type", "set"].iter().any(|keyword| token.is(keyword));
                    let is_part = before.is_some_and(|before| before.is_symbol("."));
                    if is_part && !self.is_named || is_part && is_bare && is_keyword(&word) {
                        return None;
                    }
                    if is_bare && is_keyword(&word) {
                        self.keyword(&word.to_ascii_lowercase(), before, self.statement.get(at + 1))?;
                        continue;
                    }
                    // All parts of a name are of one sort.
                    if !is_part {
                        sort = self.word(before.is_some_and(|before| before.is_symbol("::")));
                    }
                    match sort {
                        Sort::Name => note_name(&word, &mut found.names, &mut found.stems)?,
                        Sort::Refers => note_name(&word, &mut found.reads, &mut Vec::new())?,
                        Sort::Column => {}
                    }
                }
            }
        }
        self.is_named.then_some(())
    }

    fn symbol(&mut self, token: &Token<'_>) -> Option<()> {
        match token.text {
            "(" => self.depth += 1,
            ")" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let separates = matches!(token.text, "(" | ",");
        if separates && !self.is_named {
            return None;
        }
        match self.defines {
            Defines::NewTable if separates && self.depth == 1 => self.due = Due::Column,
            // The next one of a list.
            Defines::Other if token.text == "," && self.depth == 0 => self.due = Due::Name,
            _ => {}
        }
        Some(())
    }

    fn keyword(&mut self, word: &str, before: Option<&Token<'_>>, next: Option<&Token<'_>>) -> Option<()> {
        if !self.is_named {
            return self.lead(word);
        }
        let is = |token: Option<&Token<'_>>, keywords: [&str; 2]| {
            token.is_some_and(|token| keywords.iter().any(|keyword| token.is(keyword)))
        };
        // `IF [NOT] EXISTS`, and no column that is called like a part of it.
        let is_guard = match word {
            "if" => is(next, ["not", "exists"]),
            "not" => is(before, ["if", "if"]),
            "exists" => is(before, ["if", "not"]),
            _ => true,
        };
        if self.due == Due::Column && (!is_guard || self.defines == Defines::NewTable && word == "if") {
            return None;
        }
        let alters = self.defines == Defines::Table && self.depth == 0;
        match (self.due, word) {
            (_, "constraint" | "to") => self.due = Due::Name,
            (_, "references") => self.due = Due::Referred,
            (_, "if" | "not" | "exists" | "only") => {}
            (Due::Column, "primary" | "unique" | "foreign" | "check" | "exclude") => self.due = Due::Any,
            (Due::Column, "column") if alters => {}
            // A column may be called like a keyword.
            (Due::Column, _) => self.due = Due::Type,
            (_, "add" | "column" | "drop" | "alter" | "rename") if alters => self.due = Due::Column,
            (_, "type") if alters => self.due = Due::Type,
            (_, "on") if self.defines == Defines::Index && self.depth == 0 => self.due = Due::Name,
            (Due::Name | Due::Referred, _) => return None,
            (Due::Type, "set" | "using") if alters => self.due = Due::Any,
            (Due::Type, _) if !TYPES.contains(word) => return None,
            (Due::Type, _) => self.due = Due::Any,
            (Due::Any, _) if self.defines == Defines::Other => {
                let is_known = TYPES.contains(word) || OTHER_WORDS.contains(word);
                return is_known.then_some(());
            }
            (Due::Any, _) => {}
        }
        Some(())
    }

    /// A keyword before the name of what is defined.
    fn lead(&mut self, word: &str) -> Option<()> {
        let is_object = matches!(word, "table" | "index" | "type");
        let may_stand = match self.due {
            // `CREATE UNIQUE INDEX`
            Due::Any => is_object || matches!(word, "create" | "alter" | "drop" | "unique"),
            _ => matches!(word, "if" | "not" | "exists" | "only" | "concurrently" | "on"),
        };
        if is_object {
            self.due = Due::Name;
        }
        may_stand.then_some(())
    }

    /// What a word is that is no keyword.
    fn word(&mut self, is_cast: bool) -> Sort {
        self.is_named = true;
        let after = if self.due == Due::Column { Due::Type } else { Due::Any };
        match std::mem::replace(&mut self.due, after) {
            _ if is_cast => Sort::Refers,
            Due::Name => Sort::Name,
            Due::Referred | Due::Type => Sort::Refers,
            Due::Column => Sort::Column,
            Due::Any => match (self.defines, self.depth) {
                (Defines::NewTable, 1) | (Defines::Table, 0) => Sort::Refers,
                (Defines::NewTable | Defines::Table | Defines::Index, 1..) => Sort::Column,
                _ => Sort::Name,
            },
        }
    }
}

/// Whether a word is the action of a foreign key; `None` where it reaches further than the words of its statement.
fn is_far(word: &str, before: Option<&Token<'_>>) -> Option<bool> {
    let word = word.to_ascii_lowercase();
    if word == "cascade" && before.is_some_and(|before| before.is("delete") || before.is("update")) {
        return Some(true);
    }
    (!FAR.contains(word.as_str())).then_some(false)
}

/// Words that are hardly ever names: without them, every statement would have something to do with every other.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "action add all alter and any array as asc between bigint bigserial boolean btree by bytea cascade case char \
    character check collate column comment concurrently conflict constraint create current_timestamp \
    date default deferrable deferred delete desc distinct double drop else end enum exists false float \
    for foreign from gen_random_uuid generated gin hash identity if in index initially insert int \
    integer into is json jsonb key no not now null numeric on only or order precision primary real \
    references rename restrict serial set smallint table text then time timestamp timestamptz to true \
    type unique update using uuid value values varchar when where with"
        .split_whitespace()
        .collect()
});

/// Those of them that are types.
static TYPES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "bigint bigserial boolean bytea char character date double float int integer json jsonb numeric real serial smallint \
    text time timestamp timestamptz uuid varchar"
        .split_whitespace()
        .collect()
});

/// Those that stand in definitions of types and the like.
static OTHER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "as enum add value rename drop alter set default not null check for identity by restrict"
        .split_whitespace()
        .collect()
});

pub fn is_keyword(word: &str) -> bool {
    COMMON.contains(word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::footprint::Key;

    fn sorted(mut keys: Vec<Key>) -> Vec<Key> {
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    #[test]
    fn the_names_that_sql_defines_are_told_from_what_they_consist_of() {
        for (sql, names, reads) in [
            (
                "CREATE TABLE IF NOT EXISTS s.t (id SERIAL, type TEXT, m mood DEFAULT 'low'::level)",
                &["s", "t"][..],
                &["mood", "low", "level"][..],
            ),
            (
                "CREATE TABLE t (a INT, b NUMERIC(8, 3), CONSTRAINT k UNIQUE (a, b), FOREIGN KEY (a) REFERENCES s.u (x))",
                &["t", "k"],
                &["s", "u"],
            ),
            ("CREATE TABLE t (n INT DEFAULT nextval('q'), CHECK (n > low))", &["t"], &["nextval", "q"]),
            (
                "ALTER TABLE ONLY t ADD COLUMN IF NOT EXISTS c mood, DROP COLUMN d, ALTER COLUMN e TYPE kind USING e::kind",
                &["t"],
                &["mood", "e", "kind"],
            ),
            ("ALTER TABLE t ADD c mood, ADD CONSTRAINT k CHECK (c > 0)", &["t", "k"], &["mood"]),
            ("ALTER TABLE t RENAME COLUMN a TO b", &["t", "b"], &[]),
            ("ALTER TABLE t RENAME TO u", &["t", "u"], &[]),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING gin (a, lower(b)) WHERE c IS NULL",
                &["i", "s", "t", "c"],
                &[],
            ),
            ("CREATE TYPE mood AS ENUM ('low')", &["mood"], &["low"]),
            ("ALTER TABLE t DROP CONSTRAINT IF EXISTS k", &["t", "k"], &[]),
            ("DROP TABLE IF EXISTS a, b; DROP INDEX i", &["a", "b", "i"], &[]),
        ] {
            let mut found = Footprint::default();
            assert_eq!(executed(sql, &mut found), Some(()), "{sql}");
            let keys = |names: &[&str]| sorted(names.iter().map(|name| key(name)).collect());
            assert_eq!(sorted(found.names), keys(names), "{sql}");
            assert_eq!(sorted(found.reads), keys(reads), "{sql}");
        }
    }

    #[test]
    fn names_that_are_keywords_are_left_to_evaluation() {
        for sql in [
            "CREATE TABLE action (id INT)",
            "CREATE TABLE IF NOT EXISTS hash (id INT)",
            "ALTER TABLE IF EXISTS hash ADD COLUMN x INT",
            "CREATE TYPE key AS ENUM ('a')",
            "DROP TYPE IF EXISTS hash",
            "DROP TABLE a, hash",
            "CREATE TABLE t (id INT, h hash)",
            "ALTER TABLE t ADD COLUMN h hash",
            "ALTER TABLE t ALTER COLUMN h TYPE hash",
            "ALTER TABLE t RENAME TO hash",
            "CREATE INDEX hash ON t (x)",
            "CREATE TABLE t (id INT, if mood)",
            "CREATE TABLE t (id INT, exists mood)",
            "ALTER TABLE t ADD COLUMN if mood",
            "CREATE TABLE t (x TEXT[])",
            "CREATE TABLE \"a b\" (id INT)",
        ] {
            assert_eq!(executed(sql, &mut Footprint::default()), None, "{sql}");
        }
    }
}
