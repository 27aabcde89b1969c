//! The SQL that a plain revision has.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::{Footprint, is_made_up, key, words};
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
    // Only PostgreSQL knows these quotes, and comments in comments.
    if text.contains(['\\', '$']) || text.contains("/*") {
        return None;
    }
    let tokens: Vec<Token<'_>> = token::tokens(text).collect();
    tokens.split(|token| token.is_symbol(";")).filter(|tokens| !tokens.is_empty()).try_for_each(|statement| {
        let words = || statement.iter().filter(|token| is_word(token)).map(|token| key(&token.value()));
        found.columns.extend(words());
        match statement[0].text.to_lowercase().as_str() {
            "create" | "alter" | "drop" => Definition::of(statement).note(found),
            // These are about rows.
            "insert" | "update" | "delete" | "truncate" | "comment" => {
                found.uses.extend(words());
                Some(())
            }
            _ => None,
        }
    })
}

/// Notes what a part of a definition touches: a default, a condition.
pub fn expression(text: &str, found: &mut Footprint) {
    let mut is_cast = false;
    for token in token::tokens(text) {
        let value = token.value();
        found.columns.extend(words(&value).map(key));
        if is_cast || token.kind == Kind::Text {
            found.reads.extend(words(&value).map(key));
        }
        is_cast = token.is_symbol("::") || is_cast && token.is_symbol(".");
    }
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

/// What a word names.
#[derive(Clone, Copy)]
enum Role {
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
    /// The next name is that of a column.
    column_comes: bool,
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
        Self { statement, defines, depth: 0, column_comes: false, is_named: false }
    }

    fn note(mut self, found: &mut Footprint) -> Option<()> {
        let mut role = Role::Name;
        for (at, token) in self.statement.iter().enumerate() {
            match token.kind {
                // What stands in quotes may be a name again: that of a sequence in a default.
                Kind::Text => found.reads.extend(words(&token.value()).map(key)),
                Kind::Literal | Kind::Symbol => self.symbol(token),
                Kind::Word | Kind::Quoted => {
                    let before = at.checked_sub(1).map(|at| &self.statement[at]);
                    let word = token.value().to_lowercase();
                    let is_bare = token.kind == Kind::Word;
                    let is_action = word == "cascade" && follows(before, "delete update");
                    if is_bare && !is_action && FAR.contains(word.as_str()) {
                        return None;
                    }
                    found.takes_away |= is_bare && matches!(word.as_str(), "drop" | "rename" | "type" | "set");
                    if is_bare && is_keyword(&word) {
                        self.keyword(&word, before)?;
                        continue;
                    }
                    // All parts of a name are of one role.
                    if before.is_none_or(|before| !before.is_symbol(".")) {
                        role = self.role(before);
                    }
                    match role {
                        Role::Name => {
                            found.may_be_anybodys |= is_made_up(&word);
                            found.names.push(key(&word));
                        }
                        Role::Refers => found.reads.push(key(&word)),
                        Role::Column => {}
                    }
                    self.is_named = true;
                }
            }
        }
        Some(())
    }

    fn symbol(&mut self, token: &Token<'_>) {
        match token.text {
            "(" => self.depth += 1,
            ")" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.column_comes |= self.defines == Defines::NewTable && self.depth == 1 && matches!(token.text, "(" | ",");
    }

    fn keyword(&mut self, word: &str, before: Option<&Token<'_>>) -> Option<()> {
        // A name that is a keyword could not be told from one.
        let may_stand = ["if", "only", "delete", "update", "conflict", "concurrently"].contains(&word);
        let is_part = before.is_some_and(|before| before.is_symbol("."));
        if is_part || follows(before, "table references on constraint to") && !may_stand {
            return None;
        }
        let ends = ["constraint", "primary", "unique", "foreign", "check", "exclude", "to"].contains(&word);
        if ends || self.defines == Defines::NewTable && self.column_comes {
            self.column_comes = false;
        } else if self.defines == Defines::Table && self.depth == 0 && self.is_named {
            self.column_comes |= ["add", "column", "drop", "alter", "rename"].contains(&word);
        }
        Some(())
    }

    fn role(&mut self, before: Option<&Token<'_>>) -> Role {
        let of_columns = match self.defines {
            Defines::NewTable => self.depth == 1,
            Defines::Table => self.depth == 0 && self.is_named,
            Defines::Index | Defines::Other => false,
        };
        if follows(before, "references") || before.is_some_and(|before| before.is_symbol("::")) {
            Role::Refers
        } else if follows(before, "constraint to") {
            Role::Name
        } else if std::mem::take(&mut self.column_comes) {
            Role::Column
        } else if of_columns {
            Role::Refers
        } else if self.depth > 0 && self.defines != Defines::Other {
            Role::Column
        } else {
            Role::Name
        }
    }
}

/// Whether a word comes after one of these keywords.
fn follows(before: Option<&Token<'_>>, keywords: &str) -> bool {
    before.is_some_and(|before| keywords.split_whitespace().any(|keyword| before.is(keyword)))
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
            ("DROP TABLE IF EXISTS a, b; DROP INDEX i", &["a", "b", "i"], &[]),
        ] {
            let mut found = Footprint::default();
            assert_eq!(executed(sql, &mut found), Some(()), "{sql}");
            let keys = |names: &[&str]| sorted(names.iter().map(|name| key(name)).collect());
            assert_eq!(sorted(found.names), keys(names), "{sql}");
            assert_eq!(sorted(found.reads), keys(reads), "{sql}");
        }
    }
}
