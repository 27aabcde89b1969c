//! Words at which PostgreSQL surely stumbles, because another database has them: what its grammar has in no place where
//! they stand. Of a statement that only might be wrong, nothing is said.

mod definition;
mod quotes;

use self::definition::Near;
pub(super) use self::quotes::left_open;
use super::PgError;
use super::error::is_reserved;
use super::statements::dollar_quote;
use crate::schema::token::{self, Kind, Token};

/// The words that PostgreSQL's statements begin with, and those that later versions may add.
const VERBS: &str = "abort alter analyse analyze begin call checkpoint close cluster comment commit copy create \
    deallocate declare delete discard do drop end execute explain fetch grant import insert listen load lock merge move \
    notify prepare reassign refresh reindex release repack reset revoke rollback savepoint security select set show start \
    table truncate unlisten update vacuum values wait with";

/// What stands behind `CREATE`, `ALTER` and `DROP`.
const KINDS: &str = "access aggregate cast collation constraint conversion database default domain event extension foreign \
    function global group index large language local materialized operator or owned policy procedural procedure property \
    publication recursive role routine rule schema sequence server statistics subscription system table tables tablespace \
    temp temporary text transform trigger trusted type unique unlogged user variable view";

/// The error that a statement surely gives because of a word of another database.
pub(super) fn refused(text: &str) -> Option<PgError> {
    if let Some(error) = begins_with_no_word(text) {
        return Some(error);
    }
    // Quotes of PostgreSQL's own hide what looks like words.
    if text.contains('\\') || text.char_indices().any(|(at, part)| part == '$' && dollar_quote(&text[at..]).is_some()) {
        return None;
    }
    let tokens: Vec<Token<'_>> = token::tokens(text).take(MOST_TOKENS).collect();
    let statement = Statement { tokens: &tokens };
    let ends_too_soon = || tokens.last().is_some_and(|last| last.text.starts_with('`')).then_some(Near::End);
    Some(match statement.stumbles().or_else(ends_too_soon)? {
        Near::End => PgError::cut_short(),
        // Backquotes and hashes are tokens of their own.
        Near::Token(near) => PgError::syntax(if near.text.starts_with(['`', '#']) { &near.text[..1] } else { near.text }),
    })
}

/// The error of what begins with a sign, as no statement does. A query may be in brackets, and what a program fills in or a
/// client is told is none of PostgreSQL's.
fn begins_with_no_word(text: &str) -> Option<PgError> {
    const FILLED_IN: [char; 8] = ['(', '{', '$', '%', ':', '@', '?', '\\'];
    const OPERATOR: [char; 16] = ['+', '-', '*', '/', '<', '>', '=', '~', '!', '#', '^', '&', '|', '`', '?', '@'];
    let first = token::tokens(text).find(|token| !token.is_symbol(";"))?;
    if first.kind == Kind::Word || first.text.starts_with(FILLED_IN) {
        return None;
    }
    let rest = &text[first.start..];
    let operator = rest.find(|sign| !OPERATOR.contains(&sign)).unwrap_or(rest.len());
    Some(PgError::syntax(if operator > 0 { &rest[..operator] } else { first.text }))
}

/// What `CREATE … IF NOT EXISTS` is not for.
const UNGUARDED: &[&str] =
    &["type", "view", "trigger", "policy", "function", "procedure", "role", "user", "database", "domain"];

/// So many tokens are looked at: what comes later in a longer statement is data.
const MOST_TOKENS: usize = 20_000;

struct Statement<'t, 's> {
    tokens: &'t [Token<'s>],
}

impl<'t, 's> Statement<'t, 's> {
    fn is(&self, index: usize, word: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(word))
    }

    fn any(&self, index: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(index, word))
    }

    fn get(&self, index: usize) -> Option<&'t Token<'s>> {
        self.tokens.get(index)
    }

    /// Where it stumbles first: at a word, or in a definition.
    fn stumbles(&self) -> Option<Near<'t, 's>> {
        let at = |near: &Near<'t, 's>| match near {
            Near::Token(token) => token.start,
            Near::End => usize::MAX,
        };
        let word = self.stumbles_at().or_else(|| self.runs_on()).map(Near::Token);
        // Of backquotes nothing else is read.
        let definition = if self.has_backquote() { None } else { self.stumbles_in_definition() };
        let is_read = self.tokens.len() < MOST_TOKENS && !self.has_statements_inside();
        let bracket = if is_read { self.left_open() } else { None };
        word.into_iter().chain(definition).chain(bracket).min_by_key(at)
    }

    /// Whether semicolons stand in a part of it: the actions of a rule, the body of a routine.
    fn has_statements_inside(&self) -> bool {
        self.tokens.iter().take(4).any(|token| ["rule", "function", "procedure"].iter().any(|word| token.is(word)))
    }

    fn has_backquote(&self) -> bool {
        self.tokens.iter().any(|token| token.text.starts_with('`'))
    }

    fn stumbles_in_definition(&self) -> Option<Near<'t, 's>> {
        if self.tokens.len() >= MOST_TOKENS {
            return None;
        }
        match () {
            () if self.is(0, "create") => {
                let kinds = ["temp", "temporary", "unlogged", "local", "global", "unique"];
                let at = (1..4).find(|at| !self.any(*at, &kinds))?;
                if self.is(at, "index") {
                    let on = (at..self.tokens.len().min(at + 9)).find(|at| self.is(*at, "on"))?;
                    let mut open = self.name_end(if self.is(on + 1, "only") { on + 2 } else { on + 1 });
                    open += if self.is(open, "using") { 2 } else { 0 };
                    return if self.get(open)?.is_symbol("(") { self.index_list(open) } else { None };
                }
                let name = if self.is(at + 1, "if") { at + 4 } else { at + 1 };
                let open = self.name_end(name);
                if self.is(at, "table") && self.get(open)?.is_symbol("(") { self.elements(open) } else { None }
            }
            () if self.is(0, "alter") && self.is(1, "table") => {
                self.action_starts().into_iter().find_map(|at| self.stumbles_in_action(at))
            }
            () => None,
        }
    }

    /// A second statement where a semicolon is missing, or has become a colon.
    fn runs_on(&self) -> Option<&'t Token<'s>> {
        let kinds = ["temp", "temporary", "unlogged", "unique", "index", "table"];
        let is_plain = match () {
            () if self.is(0, "create") => self.any(1, &kinds),
            () if self.is(0, "alter") => self.is(1, "table"),
            () => self.any(0, &["drop", "insert", "update", "delete"]),
        };
        if !is_plain {
            return None;
        }
        let begins_another = |at: &usize| match () {
            () if self.any(*at, &["alter", "create", "drop"]) => self.is(at + 1, "table"),
            () if self.is(*at, "insert") => self.is(at + 1, "into"),
            () if self.is(*at, "update") => self.is(at + 2, "set"),
            () => self.is(0, "drop") && self.is(*at, "drop"),
        };
        let is_colon = |at: &usize| {
            let is_followed = self.get(at + 1).is_some_and(|next| next.is_symbol("="));
            self.any(0, &["create", "alter", "drop"]) && self.tokens[*at].is_symbol(":") && !is_followed
        };
        self.outside().skip(2).find(|at| begins_another(at) || is_colon(at)).and_then(|at| self.get(at))
    }

    fn stumbles_at(&self) -> Option<&'t Token<'s>> {
        let first = self.get(0)?;
        if first.kind == Kind::Word && !VERBS.split_whitespace().any(|verb| first.is(verb)) {
            return Some(first);
        }
        if self.any(0, &["create", "alter", "drop"])
            && let Some(kind) = self.misspelt_kind()
        {
            return Some(kind);
        }
        if let Some(quote) = self.backquote() {
            return Some(quote);
        }
        if let Some(form) = self.form_of_text() {
            return Some(form);
        }
        match () {
            () if self.is(0, "insert") => self.insert(),
            () if self.is(0, "update") => self.update(),
            () if self.is(0, "delete") => self.delete(),
            () if self.is(0, "create") => self.create(),
            () if self.is(0, "alter") => self.alter(),
            () if self.is(0, "drop") => self.drop(),
            () if self.any(0, &["begin", "commit", "end", "rollback", "abort"]) => self.boundary(),
            // `LOCK TABLES t WRITE`
            () if self.is(0, "lock") && self.is(1, "tables") => {
                self.get(2).filter(|next| matches!(next.kind, Kind::Word | Kind::Quoted) && !next.is("in"))
            }
            () => None,
        }
    }

    /// What no statement makes, alters or drops, and is a slip of the pen for what one does, or has a blank that is none to
    /// PostgreSQL. Newer versions may know others.
    fn misspelt_kind(&self) -> Option<&'t Token<'s>> {
        const OFTEN: [&str; 9] =
            ["table", "index", "view", "unique", "trigger", "function", "sequence", "schema", "extension"];
        let kind = self.get(1).filter(|kind| kind.kind == Kind::Word)?;
        let word = kind.text.to_lowercase();
        if KINDS.split_whitespace().any(|known| word == known) {
            return None;
        }
        let is_slip = || OFTEN.iter().any(|known| strsim::damerau_levenshtein(known, &word) == 1);
        (word.contains(char::is_whitespace) || is_slip()).then_some(kind)
    }

    /// Backquotes, which are operators: where a name is due, the first of them is one too many, and else what comes after
    /// the second.
    fn backquote(&self) -> Option<&'t Token<'s>> {
        let at = self.tokens.iter().position(|token| token.text.starts_with('`'))?;
        let before = at.checked_sub(1).and_then(|before| self.get(before))?;
        let words = ["table", "into", "update", "from", "join", "exists", "column", "set", "on", "index", "add"];
        let is_due = words.iter().any(|word| before.is(word))
            || [".", ","].contains(&before.text)
            || before.text == "(" && (self.is(0, "create") || self.is(0, "insert"));
        if is_due { self.get(at) } else { self.get(at + 1) }
    }

    /// The form that a text is normalized to is a word of the grammar, and no text: `normalize(x, 'nfc')`.
    fn form_of_text(&self) -> Option<&'t Token<'s>> {
        let calls = (0..self.tokens.len()).filter(|at| {
            let is_bare = at.checked_sub(1).is_none_or(|before| self.tokens[before].text != ".");
            let is_word = self.tokens[*at].kind == Kind::Word && self.is(*at, "normalize");
            is_word && is_bare && self.get(at + 1).is_some_and(|next| next.text == "(")
        });
        calls.filter_map(|at| self.second_argument(at + 1)).find(|form| form.kind == Kind::Text)
    }

    /// What the second argument of a call begins with, from its bracket on.
    fn second_argument(&self, open: usize) -> Option<&'t Token<'s>> {
        let mut depth = 0_i32;
        for at in open..self.tokens.len() {
            match self.tokens[at].text {
                "(" => depth += 1,
                ")" if depth == 1 => return None,
                ")" => depth -= 1,
                "," if depth == 1 => return self.get(at + 1),
                _ => {}
            }
        }
        None
    }

    /// A bare name of a table that is a reserved word.
    fn table(&self, index: usize) -> Option<&'t Token<'s>> {
        let name = self.get(index)?;
        (name.kind == Kind::Word && is_reserved(name.text)).then_some(name)
    }

    /// `INSERT OR IGNORE`, `INSERT IGNORE`, `INSERT INTO t SET …`, `ON DUPLICATE KEY UPDATE`.
    fn insert(&self) -> Option<&'t Token<'s>> {
        if !self.is(1, "into") {
            return self.get(1);
        }
        if let Some(name) = self.table(2) {
            return Some(name);
        }
        let open = self.name_end(2);
        if self.is(open, "set") {
            return self.get(open);
        }
        if self.get(open).is_some_and(|token| token.is_symbol("("))
            && let Some(reserved) = self.list(open)
        {
            return Some(reserved);
        }
        let duplicate = (1..self.tokens.len()).find(|at| self.is(*at - 1, "on") && self.is(*at, "duplicate"));
        duplicate.and_then(|at| self.get(at))
    }

    /// A reserved word as a name in a list of names.
    fn list(&self, open: usize) -> Option<&'t Token<'s>> {
        let mut at = open;
        loop {
            let name = self.get(at + 1)?;
            let after = self.get(at + 2)?;
            let is_alone = [",", ")"].contains(&after.text);
            // A query in brackets is no list.
            if name.kind == Kind::Word && is_reserved(name.text) {
                return is_alone.then_some(name);
            }
            if after.text != "," {
                return None;
            }
            at += 2;
        }
    }

    /// The index after a name of one or more parts.
    fn name_end(&self, at: usize) -> usize {
        let mut at = at;
        while self.get(at + 1).is_some_and(|token| token.is_symbol(".")) {
            at += 2;
        }
        at + 1
    }

    /// `UPDATE OR IGNORE t`, `UPDATE user SET`, `SET order = 1`, `… LIMIT 1`.
    fn update(&self) -> Option<&'t Token<'s>> {
        let at = if self.is(1, "only") { 2 } else { 1 };
        if self.is(at, "or") {
            return self.get(at);
        }
        if let Some(name) = self.table(at) {
            return Some(name);
        }
        let set = self.outside().find(|at| self.is(*at, "set"))?;
        if let Some(name) = self.table(set + 1).filter(|_| self.get(set + 2).is_some_and(|token| token.text == "=")) {
            return Some(name);
        }
        self.limit()
    }

    /// `DELETE FROM user`, `DELETE t WHERE …`, `… LIMIT 1`.
    fn delete(&self) -> Option<&'t Token<'s>> {
        if !self.is(1, "from") {
            return self.get(1);
        }
        let at = if self.is(2, "only") { 3 } else { 2 };
        self.table(at).or_else(|| self.limit())
    }

    /// `LIMIT` or `ORDER BY` at the end of what changes rows.
    fn limit(&self) -> Option<&'t Token<'s>> {
        let at = self.outside().skip(1).find(|at| {
            self.is(*at, "limit") && !self.is(*at - 1, "set") || self.is(*at, "order") && self.is(*at + 1, "by")
        })?;
        self.get(at)
    }

    /// The indexes of the tokens that stand in no bracket.
    fn outside(&self) -> impl Iterator<Item = usize> {
        let mut depth = 0_i32;
        let outside: Vec<usize> = self
            .tokens
            .iter()
            .enumerate()
            .filter_map(|(index, token)| {
                match token.text {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => return (depth == 0).then_some(index),
                }
                None
            })
            .collect();
        outside.into_iter()
    }

    /// `IF NOT EXISTS` where there is none: PostgreSQL takes `IF` for a name.
    fn guard(&self, at: usize) -> Option<&'t Token<'s>> {
        (self.is(at, "if") && self.is(at + 1, "not") && self.is(at + 2, "exists")).then(|| self.get(at + 1))?
    }

    fn create(&self) -> Option<&'t Token<'s>> {
        let mut at = 1;
        if self.is(1, "or") && self.is(2, "replace") {
            at = 3;
        }
        if self.any(at, &["virtual", "fulltext", "spatial"]) {
            return self.get(at);
        }
        while self.any(at, &["temp", "temporary", "unlogged", "recursive", "constraint", "local", "global"]) {
            at += 1;
        }
        if self.any(at, UNGUARDED) {
            return self.guard(at + 1).or_else(|| if self.is(at, "trigger") { self.body(at) } else { None });
        }
        if self.is(at, "table") {
            return self.create_table(at + 1);
        }
        if self.is(at, "unique") || self.is(at, "index") {
            return self.create_index(at);
        }
        None
    }

    /// The body of a trigger, which only other databases write into it.
    fn body(&self, at: usize) -> Option<&'t Token<'s>> {
        let end = (at..self.tokens.len()).find(|at| self.any(*at, &["begin", "execute", "when"]))?;
        self.get(end).filter(|token| token.is("begin"))
    }

    fn create_table(&self, at: usize) -> Option<&'t Token<'s>> {
        let at = if self.is(at, "if") && self.is(at + 1, "not") { at + 3 } else { at };
        if let Some(name) = self.table(at) {
            return Some(name);
        }
        let open = self.name_end(at);
        if !self.get(open)?.is_symbol("(") {
            return self.get(open).filter(|token| token.is("if"));
        }
        let mut depth = 0_i32;
        for index in open..self.tokens.len() {
            let token = self.get(index)?;
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 1
                && (index == open || token.is_symbol(","))
                && let Some(name) = self.column(index + 1)
            {
                return Some(name);
            }
            if depth == 0 {
                return self.table_options(index + 1);
            }
        }
        None
    }

    /// `WITHOUT ROWID`, `STRICT`, `ENGINE=InnoDB` after the columns of a table.
    fn table_options(&self, at: usize) -> Option<&'t Token<'s>> {
        const FOREIGN: &[&str] = &[
            "strict",
            "engine",
            "auto_increment",
            "charset",
            "character",
            "collate",
            "comment",
            "default",
            "row_format",
            "type",
        ];
        if self.is(at, "without") {
            return self.get(at + 1).filter(|token| token.is("rowid"));
        }
        if self.any(at, FOREIGN) { self.get(at) } else { None }
    }

    /// A column that is called like a reserved word. What can begin a constraint is none.
    fn column(&self, at: usize) -> Option<&'t Token<'s>> {
        const CONSTRAINTS: &[&str] = &["constraint", "check", "unique", "primary", "foreign", "exclude", "like"];
        let name = self.get(at)?;
        let is_name = name.kind == Kind::Word && is_reserved(name.text);
        let has_type = self.get(at + 1).is_some_and(|next| next.kind == Kind::Word);
        (is_name && has_type && !CONSTRAINTS.iter().any(|word| name.is(word))).then_some(name)
    }

    /// `CREATE INDEX IF NOT EXISTS ON t`, `CREATE INDEX i ON user (…)`, `… (order)`.
    fn create_index(&self, at: usize) -> Option<&'t Token<'s>> {
        let mut at = if self.is(at, "unique") { at + 2 } else { at + 1 };
        at += usize::from(self.is(at, "concurrently"));
        if self.is(at, "if") {
            at += 3;
            if self.is(at, "on") {
                return self.get(at);
            }
        }
        if self.any(at + 1, &["using", "if"]) {
            return self.get(at + 1);
        }
        let on = (at..self.tokens.len().min(at + 6)).find(|at| self.is(*at, "on"))?;
        let name = if self.is(on + 1, "only") { on + 2 } else { on + 1 };
        if let Some(table) = self.table(name) {
            return Some(table);
        }
        let open = self.name_end(name);
        if self.get(open)?.is_symbol("(") { self.list(open) } else { None }
    }

    fn alter(&self) -> Option<&'t Token<'s>> {
        if self.is(1, "type") {
            let at = self.name_end(2);
            return (self.is(at, "drop") && self.is(at + 1, "value")).then(|| self.get(at + 1))?;
        }
        if !self.is(1, "table") {
            return None;
        }
        let mut at = if self.is(2, "if") { 4 } else { 2 };
        at += usize::from(self.is(at, "only"));
        if self.is(at, "all") {
            return None;
        }
        if let Some(name) = self.table(at) {
            return Some(name);
        }
        self.action_starts().into_iter().find_map(|at| self.action(at))
    }

    /// Where the actions of an `ALTER TABLE` begin; none for every table of a tablespace.
    fn action_starts(&self) -> Vec<usize> {
        let mut at = if self.is(2, "if") { 4 } else { 2 };
        at += usize::from(self.is(at, "only"));
        if self.is(at, "all") {
            return Vec::new();
        }
        let mut first = self.name_end(at);
        first += usize::from(self.get(first).is_some_and(|star| star.is_symbol("*")));
        let commas = self.outside().filter(|at| *at > first && self.tokens[*at].is_symbol(","));
        std::iter::once(first).chain(commas.map(|at| at + 1)).collect()
    }

    /// One action of an `ALTER TABLE`.
    fn action(&self, at: usize) -> Option<&'t Token<'s>> {
        let has_column = usize::from(self.is(at + 1, "column"));
        match () {
            () if self.is(at, "add") && self.is(at + 1, "constraint") => self.guard(at + 2),
            () if self.is(at, "add") => {
                let mut name = at + 1 + has_column;
                if self.is(name, "if") && self.is(name + 1, "not") {
                    name += 3;
                }
                // Without `COLUMN`, a constraint may begin here.
                if has_column == 0 { self.column(name) } else { self.column_after_its_word(name) }
            }
            () => None,
        }
    }

    fn column_after_its_word(&self, at: usize) -> Option<&'t Token<'s>> {
        self.table(at).filter(|_| self.get(at + 1).is_some_and(|next| next.kind == Kind::Word))
    }

    /// `COMMIT:`, `BEGIN IMMEDIATE`, and a `;` that is missing. The end of a body in another language may have words of its own.
    fn boundary(&self) -> Option<&'t Token<'s>> {
        let next = self.get(1)?;
        let known: &[&str] = match () {
            () if self.is(0, "begin") => {
                &["work", "transaction", "isolation", "read", "not", "deferrable", "atomic"]
            }
            () if self.is(0, "commit") => &["work", "transaction", "and", "prepared"],
            () => return (next.kind != Kind::Word).then_some(next),
        };
        (!known.iter().any(|word| next.is(word))).then_some(next)
    }

    /// `IF` behind what it is to guard, of which the first token is here.
    fn guard_behind(&self, from: usize) -> Option<&'t Token<'s>> {
        let is_name = |at: usize| [",", "."].contains(&self.tokens[at - 1].text) || self.is(at - 1, "on");
        let behind = self.outside().find(|at| *at > from && self.is(*at, "if") && !is_name(*at));
        behind.and_then(|at| self.get(at))
    }

    /// `DROP TABLE user`, `DROP INDEX i ON t`, `DROP INDEX i IF EXISTS`.
    fn drop(&self) -> Option<&'t Token<'s>> {
        let mut at = 2;
        at += usize::from(self.is(at, "concurrently"));
        if self.is(at, "if") {
            at += 2;
        }
        let is_of_one_word = self.any(1, UNGUARDED) || self.any(1, &["table", "index", "sequence", "schema", "extension"]);
        if let Some(guard) = self.guard_behind(at).filter(|_| is_of_one_word) {
            return Some(guard);
        }
        if self.any(1, &["table", "view"]) {
            return self.table(at);
        }
        if self.is(1, "index") {
            let after = self.name_end(at);
            return self.get(after).filter(|token| token.is("on"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(sql: &str) -> Option<String> {
        refused(sql).and_then(|error| error.message.split('"').nth(1).map(str::to_owned))
    }

    #[test]
    fn words_of_other_databases_are_stumbled_over_where_postgresql_does() {
        for (sql, word) in [
            ("PRAGMA foreign_keys = ON", "PRAGMA"),
            ("REPLACE INTO users (id) VALUES (1)", "REPLACE"),
            ("UPDTE users SET id = 1", "UPDTE"),
            ("INSERT OR IGNORE INTO users (id) VALUES (1)", "OR"),
            ("INSERT IGNORE INTO users (id) VALUES (1)", "IGNORE"),
            ("INSERT INTO users SET name = 'x'", "SET"),
            ("INSERT INTO users (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1", "DUPLICATE"),
            ("INSERT INTO users (order) VALUES (1)", "order"),
            ("INSERT INTO `users` (id) VALUES (1)", "`"),
            ("UPDATE OR IGNORE users SET id = 1", "OR"),
            ("UPDATE users SET order = 1", "order"),
            ("UPDATE users SET id = 1 LIMIT 1", "LIMIT"),
            ("UPDATE users SET name = normalize(lower(name), 'nfc')", "'nfc'"),
            ("CREATE INDEX ix ON users (normalize(name, 'NFKC'))", "'NFKC'"),
            ("DELETE FROM users ORDER BY id", "ORDER"),
            ("DELETE users WHERE id = 1", "users"),
            ("DELETE FROM user", "user"),
            ("CREATE TABLE user (id int)", "user"),
            ("CREATE TABLE t (order int)", "order"),
            ("CREATE TABLE t (id int, user text)", "user"),
            ("CREATE TABLE t (id int) WITHOUT ROWID", "ROWID"),
            ("CREATE TABLE t (id int) STRICT", "STRICT"),
            ("CREATE TABLE t (id int) ENGINE=InnoDB", "ENGINE"),
            ("CREATE TABLE t (id int unsigned)", "unsigned"),
            ("CREATE TYPE IF NOT EXISTS m AS ENUM ('a')", "NOT"),
            ("CREATE VIEW IF NOT EXISTS v AS SELECT 1", "NOT"),
            ("CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON users BEGIN SELECT 1", "NOT"),
            ("CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW BEGIN SELECT 1", "BEGIN"),
            ("CREATE VIRTUAL TABLE v USING fts5(a)", "VIRTUAL"),
            ("CREATE INDEX IF NOT EXISTS ON users (id)", "ON"),
            ("CREATE INDEX ix ON user (id)", "user"),
            ("CREATE INDEX ix ON users (order)", "order"),
            ("ALTER TABLE users ADD CONSTRAINT IF NOT EXISTS ck CHECK (age > 0)", "NOT"),
            ("ALTER TABLE users ADD COLUMN user int", "user"),
            ("ALTER TABLE users MODIFY name text", "MODIFY"),
            ("ALTER TABLE users ALTER COLUMN name text", "text"),
            ("ALTER TABLE users ALTER COLUMN name NOT NULL", "NOT"),
            ("ALTER TABLE users RENAME COLUMN IF EXISTS name TO nam", "EXISTS"),
            ("ALTER TABLE users DROP FOREIGN KEY fk", "FOREIGN"),
            ("ALTER TYPE mood DROP VALUE 'a'", "VALUE"),
            ("DROP INDEX ix ON users", "ON"),
            ("DROP INDEX ix IF EXISTS", "IF"),
            ("DROP TABLE a, b IF EXISTS CASCADE", "IF"),
            ("DROP FUNCTION f(int) IF EXISTS", "IF"),
            ("CREATE TABLE t IF NOT EXISTS (id int)", "IF"),
            ("CREATE INDEX ix IF NOT EXISTS ON users (id)", "IF"),
            ("ALTER TABLE users IF EXISTS ADD COLUMN x text", "IF"),
            ("ALTER TABLE users ADD COLUMN x text IF NOT EXISTS", "IF"),
            ("ALTER TABLE users DROP COLUMN x IF EXISTS", "IF"),
            ("CREATE TABLE t (a int, UNIQUE (a) WHERE a > 0)", "WHERE"),
            ("ALTER TABLE users ADD CONSTRAINT u UNIQUE (a) WHERE a > 0", "WHERE"),
            ("COMMIT:", ":"),
            ("BEGIN:\nCREATE TABLE t (a int)", ":"),
            ("BEGIN CREATE TABLE t (a int)", "CREATE"),
            ("CREATE TABLE t (a int DEFAULT, b int)", ","),
            ("CREATE TABLE t (a int NOT NULL, b int,)", ")"),
            ("CREATE TABLE t (a int(11) unsigned)", "("),
            ("DROP TABLE user", "user"),
        ] {
            assert_eq!(near(sql).as_deref(), Some(word), "{sql}");
        }
    }

    #[test]
    fn what_postgresql_takes_is_let_be() {
        for sql in [
            "INSERT INTO users (id, name) VALUES (1, 'PRAGMA `x`') ON CONFLICT DO NOTHING",
            "INSERT INTO users SELECT * FROM t ORDER BY id LIMIT 1",
            "UPDATE users SET name = normalize(coalesce(name, 'x'), NFC), a = own.normalize(name, 'x'), b = normalize(b)",
            "INSERT INTO \"user\" (\"order\") VALUES (1)",
            "INSERT INTO t VALUES ($$ `x` $$)",
            "UPDATE ONLY users SET id = (SELECT id FROM t ORDER BY id LIMIT 1)",
            "DELETE FROM ONLY users USING t WHERE t.id = users.id",
            "CREATE TABLE t (id int, unsigned boolean, CHECK (id > 0), UNIQUE (id), LIKE u)",
            "CREATE TABLE IF NOT EXISTS t (value int, type text, key text, name text, date date)",
            "CREATE TABLE t (id int) WITHOUT OIDS",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON ONLY t USING btree (a, b DESC)",
            "CREATE INDEX ON t (a)",
            "ALTER TABLE t ADD if int, ADD COLUMN IF NOT EXISTS b int, ALTER b TYPE bigint, ALTER COLUMN b SET NOT NULL",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ADD PRIMARY KEY (a), ALTER CONSTRAINT c DEFERRABLE",
            "ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b",
            "ALTER TABLE t RENAME COLUMN if TO x",
            "CREATE TRIGGER t AFTER INSERT ON begin_log EXECUTE FUNCTION f()",
            "DROP INDEX IF EXISTS a, b CASCADE",
            "DROP TABLE IF EXISTS a CASCADE",
            "DROP MATERIALIZED VIEW IF EXISTS v",
            "DROP TRIGGER IF EXISTS t ON if",
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "COMMIT AND CHAIN",
            "END LOOP",
            "CREATE TABLE t (a int, UNIQUE (a, b) INCLUDE (c), EXCLUDE USING gist (a WITH =) WHERE (a > 0))",
            "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i",
        ] {
            assert_eq!(near(sql), None, "{sql}");
        }
    }
}
