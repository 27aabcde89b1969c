//! Columns, keys and actions of tables as other databases write them, and those that are cut short.

use super::Statement;
use crate::schema::postgres::error::is_reserved;
use crate::schema::token::{Kind, Token};

/// Where a statement stumbles.
#[derive(Clone, Copy, Debug)]
pub(super) enum Near<'t, 's> {
    Token(&'t Token<'s>),
    End,
}

/// The words that begin a constraint where a column could be.
const CONSTRAINTS: [&str; 7] = ["constraint", "check", "unique", "primary", "foreign", "exclude", "like"];

/// Types that take nothing in brackets.
const PLAIN_TYPES: [&str; 7] = ["int", "integer", "smallint", "bigint", "real", "boolean", "precision"];

/// Words that other databases have after the type of a column, and PostgreSQL has nowhere there.
const OPTIONS: [&str; 9] =
    ["unsigned", "signed", "zerofill", "auto_increment", "autoincrement", "after", "first", "comment", "charset"];

/// Words that come after a default's value, never in front of it.
const AFTER_A_DEFAULT: [&str; 6] = ["not", "primary", "unique", "check", "references", "constraint"];

/// What other databases do to a table besides its columns and keys.
const ACTIONS: [&str; 14] = [
    "algorithm",
    "auto_increment",
    "change",
    "character",
    "charset",
    "collate",
    "comment",
    "convert",
    "default",
    "engine",
    "if",
    "lock",
    "modify",
    "order",
];

/// Words that begin a statement of their own, and none of what can be done to a table: a comma stands where the one before
/// should have ended.
const STATEMENTS: [&str; 9] =
    ["commit", "copy", "create", "delete", "grant", "insert", "select", "truncate", "update"];

impl<'t, 's> Statement<'t, 's> {
    /// The end of a statement that leaves a bracket open. One that closes nothing may be the rest of a rule's actions.
    pub(super) fn left_open(&self) -> Option<Near<'t, 's>> {
        // An index of an array is read as a quoted name: a text in it may end elsewhere than it seems to.
        if self.tokens.iter().any(|token| token.text.starts_with('[')) {
            return None;
        }
        let mut depth = 0_i32;
        for token in self.tokens {
            match token.text {
                "(" => depth += 1,
                ")" if depth == 0 => return None,
                ")" => depth -= 1,
                _ => {}
            }
        }
        (depth > 0).then_some(Near::End)
    }

    /// The token at an index, or the end of the statement.
    pub(super) fn near(&self, at: usize) -> Near<'t, 's> {
        self.get(at).map_or(Near::End, Near::Token)
    }

    fn is_symbol(&self, at: usize, symbol: &str) -> bool {
        self.get(at).is_some_and(|token| token.is_symbol(symbol))
    }

    /// Whether a part of a list ends here.
    fn ends(&self, at: usize) -> bool {
        self.get(at).is_none_or(|token| [",", ")"].contains(&token.text))
    }

    /// The index after a part of a list that begins here: that of the comma or bracket, or after the last token.
    fn part_end(&self, from: usize) -> usize {
        let mut depth = 0_i32;
        for at in from..self.tokens.len() {
            match self.tokens[at].text {
                "(" => depth += 1,
                ")" | "," if depth == 0 => return at,
                ")" => depth -= 1,
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// The columns and constraints of a new table, the bracket that opens them being here.
    pub(super) fn elements(&self, open: usize) -> Option<Near<'t, 's>> {
        let mut at = open + 1;
        // Nothing at all is a table without columns.
        if self.is_symbol(at, ")") {
            return None;
        }
        // Columns without types are the names of those that a query gives.
        if self.ends(at + 1) {
            return None;
        }
        loop {
            if self.ends(at) {
                return Some(self.near(at));
            }
            let end = self.part_end(at);
            let begins_constraint = CONSTRAINTS.iter().any(|word| self.is(at, word));
            let near = if begins_constraint { self.constraint(at, end) } else { self.column_definition(at, end) };
            if near.is_some() || !self.is_symbol(end, ",") {
                return near;
            }
            at = end + 1;
        }
    }

    /// The definition of a column.
    fn column_definition(&self, at: usize, end: usize) -> Option<Near<'t, 's>> {
        let name = self.get(at)?;
        // A hash is an operator, and begins no comment.
        if name.kind == Kind::Symbol && name.text == "(" || name.text.starts_with('#') {
            return Some(self.near(at));
        }
        let is_word = |at: usize, words: &[&str]| words.iter().any(|word| self.is(at, word));
        // A type is due.
        if at + 1 >= end || self.is_symbol(at + 1, "(") || is_word(at + 1, &AFTER_A_DEFAULT) {
            return Some(self.near(at + 1));
        }
        if is_word(at + 1, &["default", "null"]) {
            return Some(self.near(at + 1));
        }
        // `FULLTEXT KEY k (a)`
        if is_word(at, &["fulltext", "spatial"]) && is_word(at + 1, &["key", "index"]) && !self.ends(at + 2) {
            return Some(self.near(at + 2));
        }
        let mut depth = 0_i32;
        for index in at + 1..end {
            let token = self.get(index)?;
            if depth == 0
                && let Some(near) = self.option(at, index, end)
            {
                return Some(near);
            }
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// A token of a column's definition that stands in no bracket.
    fn option(&self, start: usize, at: usize, end: usize) -> Option<Near<'t, 's>> {
        let is_word = |at: usize, words: &[&str]| words.iter().any(|word| self.is(at, word));
        let is_type = at == start + 1 || at == start + 2 && self.is(at, "precision");
        if is_type {
            let takes_nothing = is_word(at, &PLAIN_TYPES) && self.is_symbol(at + 1, "(");
            return takes_nothing.then(|| self.near(at + 1));
        }
        let before = self.get(at - 1)?;
        let may_name = ["constraint", "collate", "references", "default", "storage", "compression"];
        let is_name = before.kind == Kind::Symbol && ![")", "]"].contains(&before.text) || is_word(at - 1, &may_name);
        let computes = || (start..at).any(|at| is_word(at, &["default", "generated", "check"]));
        if self.get(at)?.text.starts_with('#') && !computes() {
            return Some(self.near(at));
        }
        if is_word(at, &OPTIONS) && !is_name {
            return Some(self.near(at));
        }
        if self.is(at, "character") && self.is(at + 1, "set") && !is_name {
            return Some(self.near(at));
        }
        // A guard stands before the name.
        if self.is(at, "if") && !is_name {
            return Some(self.near(at));
        }
        let refers = || (start..at).any(|at| self.is(at, "references"));
        if self.is(at, "on") && self.is(at + 1, "update") && !refers() {
            return Some(self.near(at));
        }
        if self.is(at, "unique") && is_word(at + 1, &["key", "index"]) {
            return Some(self.near(at + 1));
        }
        let is_default = self.is(at, "default") && !is_word(at - 1, &["set", "by"]);
        (is_default && (at + 1 >= end || is_word(at + 1, &AFTER_A_DEFAULT))).then(|| self.near(at + 1))
    }

    /// `[CONSTRAINT name] UNIQUE KEY (…)`, `PRIMARY KEY (a(10))`, `FOREIGN KEY name (…)`, `UNIQUE (a) WHERE …`.
    fn constraint(&self, at: usize, end: usize) -> Option<Near<'t, 's>> {
        let kind = if self.is(at, "constraint") { at + 2 } else { at };
        let list = match () {
            () if self.is(kind, "unique") => kind + 1,
            () if (self.is(kind, "primary") || self.is(kind, "foreign")) && self.is(kind + 1, "key") => kind + 2,
            () => return None,
        };
        if self.is(kind, "unique") && self.is(list, "nulls") {
            return None;
        }
        if self.is(list, "using") && !self.is(kind, "foreign") {
            return (!self.is(list + 1, "index")).then(|| self.near(list + 1));
        }
        if !self.is_symbol(list, "(") {
            return Some(self.near(list));
        }
        let mut name = list + 1;
        loop {
            if self.ends(name) {
                return Some(self.near(name));
            }
            let after = self.get(name + 1)?;
            if after.is_symbol("(") || after.is("asc") || after.is("desc") {
                return Some(self.near(name + 1));
            }
            if !after.is_symbol(",") {
                break;
            }
            name += 2;
        }
        let closed = (list + 1..end).find(|at| self.is_symbol(*at, ")"))?;
        let after = closed + 1;
        if after < end && self.is(after, "using") && !self.is(after + 1, "index") {
            return Some(self.near(after + 1));
        }
        // Only an index has a condition.
        (after < end && self.is(after, "where")).then(|| self.near(after))
    }

    /// One action of an `ALTER TABLE`.
    pub(super) fn stumbles_in_action(&self, at: usize) -> Option<Near<'t, 's>> {
        if self.ends(at) || self.get(at).is_some_and(|token| token.text.starts_with('#')) {
            return Some(self.near(at));
        }
        let end = self.part_end(at);
        let second = at + 1 + usize::from(self.is(at + 1, "column"));
        match () {
            () if ACTIONS.iter().chain(&STATEMENTS).any(|word| self.is(at, word)) => Some(self.near(at)),
            () if self.is(at, "add") => self.added(at, end),
            () if self.is(at, "drop") => self.dropped(second),
            () if self.is(at, "rename") => self.renamed(at),
            () if self.is(at, "alter") && !self.is(at + 1, "constraint") => self.altered(second),
            () if (self.is(at, "disable") || self.is(at, "enable")) && self.is(at + 1, "keys") => {
                Some(self.near(at + 1))
            }
            () => None,
        }
    }

    fn added(&self, at: usize, end: usize) -> Option<Near<'t, 's>> {
        let has_column = self.is(at + 1, "column");
        let mut name = at + 1 + usize::from(has_column);
        if !has_column && CONSTRAINTS.iter().any(|word| self.is(name, word)) {
            return self.constraint(name, end);
        }
        if self.is(name, "if") && self.is(name + 1, "not") {
            name += 3;
        }
        if name >= end { Some(self.near(name)) } else { self.column_definition(name, end) }
    }

    /// `DROP INDEX i`, `DROP CHECK c`: after a name comes nothing but how.
    fn dropped(&self, at: usize) -> Option<Near<'t, 's>> {
        let is_constraint = self.is(at, "constraint");
        let mut name = at + usize::from(is_constraint);
        if self.is(name, "if") && self.is(name + 1, "exists") {
            name += 2;
        }
        let named = self.get(name)?;
        if named.kind == Kind::Word && is_reserved(named.text) || named.is_symbol("(") {
            return Some(self.near(name));
        }
        let after = name + 1;
        let is_done = self.ends(after) || self.is(after, "cascade") || self.is(after, "restrict");
        (!is_done).then(|| self.near(after))
    }

    /// `RENAME INDEX i TO j`, `RENAME u`.
    fn renamed(&self, at: usize) -> Option<Near<'t, 's>> {
        if self.is(at + 1, "to") {
            return None;
        }
        if self.is(at + 1, "as") {
            return Some(self.near(at + 1));
        }
        let has_word = self.is(at + 1, "column") || self.is(at + 1, "constraint");
        let after = at + 2 + usize::from(has_word);
        (!self.is(after, "to")).then(|| self.near(after))
    }

    /// `ALTER c TEXT`, `ALTER COLUMN c SET NULL`, `ALTER COLUMN c TYPE`.
    fn altered(&self, name: usize) -> Option<Near<'t, 's>> {
        const ACTIONS: [&str; 9] = ["set", "drop", "type", "add", "reset", "restart", "using", "collate", "options"];
        let action = name + 1;
        if self.get(name)?.kind == Kind::Symbol {
            return None;
        }
        let word = self.get(action).filter(|word| word.kind == Kind::Word)?;
        if !ACTIONS.iter().any(|known| word.is(known)) {
            return Some(self.near(action));
        }
        let sets_nothing = (self.is(action, "set") || self.is(action, "drop")) && self.is(action + 1, "null");
        if sets_nothing {
            return Some(self.near(action + 1));
        }
        if self.is(action, "type") || self.is(action, "set") && self.is(action + 1, "data") {
            let data_type = if self.is(action, "type") { action + 1 } else { action + 3 };
            return if self.ends(data_type) { Some(self.near(data_type)) } else { self.new_type(data_type) };
        }
        let has_no_default = self.is(action, "set") && self.is(action + 1, "default") && self.ends(action + 2);
        has_no_default.then(|| self.near(action + 2))
    }

    /// `TYPE bigint(20)`, `TYPE int unsigned`.
    fn new_type(&self, at: usize) -> Option<Near<'t, 's>> {
        if PLAIN_TYPES.iter().any(|word| self.is(at, word)) && self.is_symbol(at + 1, "(") {
            return Some(self.near(at + 1));
        }
        let after = if self.is_symbol(at + 1, "(") { self.part_end(at + 2) + 1 } else { at + 1 };
        let is_foreign = OPTIONS.iter().any(|word| self.is(after, word));
        let is_set = self.is(after, "character") && self.is(after + 1, "set");
        (is_foreign || is_set || self.is(after, "not") || self.is(after, "null")).then(|| self.near(after))
    }

    /// What comes after the list of an index, the bracket that opens the list being here.
    pub(super) fn index_list(&self, open: usize) -> Option<Near<'t, 's>> {
        let mut at = open + 1;
        loop {
            if self.ends(at) {
                return Some(self.near(at));
            }
            at = self.part_end(at);
            if !self.is_symbol(at, ",") {
                break;
            }
            at += 1;
        }
        let is_foreign =
            ["using", "comment", "algorithm", "lock", "key_block_size"].iter().any(|word| self.is(at + 1, word));
        is_foreign.then(|| self.near(at + 1))
    }
}
