//! Statements that the SQL parser does not know, in words that it does.

use crate::schema::token::{self, Token};

/// A statement that is left of one, after what holds no column is taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rewritten {
    Sql(String),
    /// `ALTER TABLE t ALTER COLUMN c DROP IDENTITY`.
    DropIdentity {
        table: String,
        column: String,
        if_exists: bool,
    },
    /// What holds no column needs its table, and maybe a column of it: `ALTER TABLE t ALTER COLUMN c SET STORAGE PLAIN`.
    Needs {
        table: String,
        column: Option<String>,
        if_exists: bool,
    },
    /// `ALTER TABLE t ALTER COLUMN c SET GENERATED ALWAYS SET START WITH 5`.
    SetIdentity {
        table: String,
        column: String,
        /// `None` where that stays as it is.
        always: Option<bool>,
    },
    /// `ALTER TABLE t ALTER COLUMN c TYPE text COLLATE "C"`, after the type is set.
    Collate {
        table: String,
        column: String,
        collation: String,
    },
    /// What a new sequence says of its numbers.
    SequenceOptions {
        sequence: String,
        options: String,
    },
    /// `ALTER TABLE t ATTACH PARTITION child …`, `ALTER TABLE child INHERIT t`.
    Attach {
        table: String,
        child: String,
        is_partition: bool,
        if_exists: bool,
    },
    /// `ALTER TABLE t DETACH PARTITION child`, `ALTER TABLE child NO INHERIT t`.
    Detach {
        table: String,
        child: String,
        is_partition: bool,
        if_exists: bool,
    },
    /// `ALTER TABLE t SET SCHEMA s`.
    SetSchema {
        table: String,
        schema: String,
        if_exists: bool,
    },
    RenameSequence {
        old: String,
        new: String,
        if_exists: bool,
    },
    RenameIndex {
        old: String,
        new: String,
        if_exists: bool,
    },
    /// Options of a sequence, which has to be there.
    AlterSequence {
        sequence: String,
        if_exists: bool,
    },
    OwnSequence {
        sequence: String,
        owner: String,
        if_exists: bool,
    },
    /// `CREATE TABLE t (LIKE other INCLUDING ALL)`.
    Like {
        /// The same with the defaults alone, if they are copied.
        create: String,
        table: String,
        other: String,
        copied: Copied,
    },
}

/// What a table gets of another besides its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(super) struct Copied {
    pub defaults: bool,
    pub checks: bool,
    pub indexes: bool,
    pub identity: bool,
    pub generated: bool,
}

impl Copied {
    /// Takes what a word names, or leaves it; `None` for a word that is none of these.
    fn set(&mut self, word: &str, is_copied: bool) -> Option<()> {
        match word.to_ascii_lowercase().as_str() {
            "all" => {
                let of = is_copied;
                *self = Self { defaults: of, checks: of, indexes: of, identity: of, generated: of };
            }
            "defaults" => self.defaults = is_copied,
            "constraints" => self.checks = is_copied,
            "indexes" => self.indexes = is_copied,
            "identity" => self.identity = is_copied,
            "generated" => self.generated = is_copied,
            // They hold no column.
            "comments" | "storage" | "statistics" | "compression" => {}
            _ => return None,
        }
        Some(())
    }
}

/// A comment in a comment is one of PostgreSQL's own; every comment of such a text becomes blank.
pub(super) fn without_nested_comments(sql: &str) -> Option<String> {
    let open = sql.find("/*")?;
    if !sql[open + 2..].contains("/*") {
        return None;
    }
    let bytes = sql.as_bytes();
    let mut text = Vec::with_capacity(bytes.len());
    let (mut at, mut depth) = (0, 0_u32);
    while at < bytes.len() {
        let pair = bytes.get(at..at + 2).unwrap_or_default();
        match (depth, pair) {
            (_, b"/*") => depth += 1,
            (1.., b"*/") => depth -= 1,
            (0, _) => {
                // A string is taken as a whole, and so is a comment to the end of the line.
                let end = match bytes[at] {
                    quote @ (b'\'' | b'"') => {
                        bytes[at + 1..].iter().position(|byte| *byte == quote).map_or(bytes.len(), |end| at + end + 2)
                    }
                    b'-' if pair == b"--" => {
                        bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end)
                    }
                    _ => at + 1,
                };
                text.extend_from_slice(&bytes[at..end]);
                at = end;
                continue;
            }
            _ => {
                text.push(if bytes[at] == b'\n' { b'\n' } else { b' ' });
                at += 1;
                continue;
            }
        }
        text.extend_from_slice(b"  ");
        at += 2;
    }
    String::from_utf8(text).ok()
}

/// Rewrites a statement; `None` where nothing is known to help.
pub(super) fn rewrite(sql: &str) -> Option<Vec<Rewritten>> {
    let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token| token.is(word));
    if is(0, "drop") && is(1, "index") && is(2, "concurrently") {
        let rest = &sql[tokens[2].end()..];
        return Some(vec![Rewritten::Sql(format!("DROP INDEX {rest}"))]);
    }
    if is(0, "create") && is(1, "sequence") {
        let at = if is(2, "if") { 5 } else { 2 };
        let name = sql.get(tokens.get(at)?.start..name_end(&tokens, at)?)?;
        let guard = if at == 5 { "IF NOT EXISTS " } else { "" };
        let mut parts = vec![Rewritten::Sql(format!("CREATE SEQUENCE {guard}{name}"))];
        parts.extend(sequence_options(sql, &tokens, name));
        return Some(parts);
    }
    if is(0, "create")
        && let Some(like) = table_like(sql, &tokens)
    {
        return Some(vec![like]);
    }
    if is(0, "create") && is(1, "materialized") {
        return materialized_view(sql, &tokens).map(|sql| vec![Rewritten::Sql(sql)]);
    }
    if is(0, "alter") && is(1, "sequence") {
        let if_exists = is(2, "if");
        let at = if if_exists { 4 } else { 2 };
        let end = name_end(&tokens, at)?;
        let name = sql.get(tokens.get(at)?.start..end)?.to_owned();
        let rest: Vec<&Token<'_>> = tokens.iter().filter(|token| token.start >= end).collect();
        let after = |word: &str| rest.iter().position(|token| token.is(word)).and_then(|at| rest.get(at + 1));
        if rest.first().is_some_and(|token| token.is("rename")) {
            let new = sql[after("to")?.start..].trim_end_matches(';').trim().to_owned();
            return Some(vec![Rewritten::RenameSequence { old: name, new, if_exists }]);
        }
        if rest.first().is_some_and(|token| token.is("owned")) {
            let owner = sql[after("by")?.start..].trim_end_matches(';').trim().to_owned();
            return Some(vec![Rewritten::OwnSequence { sequence: name, owner, if_exists }]);
        }
        return Some(vec![Rewritten::AlterSequence { sequence: name, if_exists }]);
    }
    if is(0, "alter") && is(1, "index") && is(2, "if") {
        let end = name_end(&tokens, 4)?;
        let old = sql.get(tokens.get(4)?.start..end)?.to_owned();
        let rest: Vec<&Token<'_>> = tokens.iter().filter(|token| token.start >= end).collect();
        let renames = rest.first().is_some_and(|token| token.is("rename"));
        let new = rest.get(2).filter(|_| renames).map(|new| new.text.to_owned());
        return Some(new.map(|new| Rewritten::RenameIndex { old, new, if_exists: true }).into_iter().collect());
    }
    (is(0, "alter") && is(1, "table")).then(|| alter_table(sql, &tokens)).flatten()
}

/// A table that has nothing but what another has: `CREATE TABLE t (LIKE other INCLUDING ALL)`.
fn table_like(sql: &str, tokens: &[Token<'_>]) -> Option<Rewritten> {
    let open = tokens.windows(2).position(|pair| pair[0].is_symbol("(") && pair[1].is("like"))?;
    let word = tokens[..open].iter().position(|token| token.is("table"))?;
    let is_guarded = tokens.get(word + 1)?.is("if");
    let table = sql.get(tokens.get(if is_guarded { word + 4 } else { word + 1 })?.start..tokens.get(open - 1)?.end())?;
    let end = name_end(tokens, open + 2)?;
    let other = sql.get(tokens.get(open + 2)?.start..end)?;
    let mut options = tokens.iter().filter(|token| token.start >= end);
    let mut copied = Copied::default();
    loop {
        let token = options.next()?;
        match () {
            () if token.is("including") => copied.set(options.next()?.text, true)?,
            () if token.is("excluding") => copied.set(options.next()?.text, false)?,
            () if token.is_symbol(")") => break,
            () => return None,
        }
    }
    if options.any(|token| !token.is_symbol(";")) {
        return None;
    }
    let defaults = if copied.defaults { " INCLUDING DEFAULTS" } else { "" };
    let create = format!("{}{defaults})", &sql[..end]);
    Some(Rewritten::Like { create, table: table.to_owned(), other: other.to_owned(), copied })
}

/// What stands behind the name of a new sequence, in whatever order, and the column that it goes with.
fn sequence_options(sql: &str, tokens: &[Token<'_>], name: &str) -> Vec<Rewritten> {
    let end = tokens.iter().position(|token| token.is_symbol(";")).map_or(sql.len(), |at| tokens[at].start);
    let begin = sql.find(name).map_or(end, |at| at + name.len()).min(end);
    let by = tokens.windows(2).position(|pair| pair[0].is("owned") && pair[1].is("by"));
    let Some(at) = by else {
        let options = sql[begin..end].trim_end().to_owned();
        return vec![Rewritten::SequenceOptions { sequence: name.to_owned(), options }];
    };
    let owner_end = name_end(tokens, at + 2).unwrap_or(end);
    let options = format!("{}{}", &sql[begin..tokens[at].start], &sql[owner_end..end]).trim_end().to_owned();
    let owner = sql[tokens[at + 1].end()..owner_end].trim().to_owned();
    let mut parts = vec![Rewritten::SequenceOptions { sequence: name.to_owned(), options }];
    if !owner.eq_ignore_ascii_case("none") {
        parts.push(Rewritten::OwnSequence { sequence: name.to_owned(), owner, if_exists: false });
    }
    parts
}

/// `CREATE MATERIALIZED VIEW` without where it is kept and without whether it is filled; `None` where it says neither.
fn materialized_view(sql: &str, tokens: &[Token<'_>]) -> Option<String> {
    let body = tokens.iter().position(|token| token.is("as"))?;
    let place = tokens[..body].iter().position(|token| token.is("tablespace"));
    let last = tokens.iter().rev().find(|token| !token.is_symbol(";"))?;
    let filling = if last.is("data") { tokens.iter().rposition(|token| token.is("with")) } else { None };
    if place.is_none() && filling.is_none() {
        return None;
    }
    let head = &sql[..tokens[place.unwrap_or(body)].start];
    let rest = &sql[tokens[body].start..filling.map_or(sql.len(), |at| tokens[at].start)];
    Some(format!("{head}{rest}"))
}

/// The byte offset after a name of one or more parts.
fn name_end(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut at = at;
    while tokens.get(at + 1).is_some_and(|token| token.is_symbol(".")) {
        at += 2;
    }
    Some(tokens.get(at)?.end())
}

/// The parts of a list that commas separate.
fn actions<'t, 's>(tokens: &'t [Token<'s>]) -> Vec<&'t [Token<'s>]> {
    let mut actions = Vec::new();
    let (mut depth, mut from) = (0_i32, 0);
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                actions.push(&tokens[from..index]);
                from = index + 1;
            }
            _ => {}
        }
    }
    actions.push(&tokens[from..]);
    actions
}

/// Every action of an `ALTER TABLE` as a statement of its own.
fn alter_table(sql: &str, tokens: &[Token<'_>]) -> Option<Vec<Rewritten>> {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token| token.is(word));
    let mut at = 2;
    let if_exists = is(at, "if");
    if if_exists {
        at += 2;
    }
    if is(at, "only") {
        at += 1;
    }
    let start = tokens.get(at)?.start;
    let end = name_end(tokens, at)?;
    let (head, name) = (&sql[..end], sql[start..end].to_owned());
    let first = tokens.iter().position(|token| token.start >= end)?;
    let mut made = Vec::new();
    for action in actions(&tokens[first..]) {
        let text = |from: usize, to: usize| sql.get(action.get(from)?.start..action.get(to)?.end()).map(str::to_owned);
        let is = |index: usize, word: &str| action.get(index).is_some_and(|token| token.is(word));
        if is(0, "set") && is(1, "schema") {
            made.push(Rewritten::SetSchema { table: name.clone(), schema: text(2, 2)?, if_exists });
            continue;
        }
        let named = |from: usize| Some(sql.get(action.get(from)?.start..name_end(action, from)?)?.to_owned());
        if (is(0, "attach") || is(0, "detach")) && is(1, "partition") {
            let (table, child, is_partition) = (name.clone(), named(2)?, true);
            made.push(if is(0, "attach") {
                Rewritten::Attach { table, child, is_partition, if_exists }
            } else {
                Rewritten::Detach { table, child, is_partition, if_exists }
            });
            continue;
        }
        if is(0, "inherit") {
            made.push(Rewritten::Attach { table: named(1)?, child: name.clone(), is_partition: false, if_exists });
            continue;
        }
        if is(0, "no") && is(1, "inherit") {
            made.push(Rewritten::Detach { table: named(2)?, child: name.clone(), is_partition: false, if_exists });
            continue;
        }
        let harmless = (is(0, "set") && !is(1, "data"))
            || ["reset", "cluster", "replica", "owner", "enable", "disable", "force"].iter().any(|word| is(0, word));
        if harmless {
            made.push(Rewritten::Needs { table: name.clone(), column: None, if_exists });
            continue;
        }
        if is(0, "alter") {
            let column = if is(1, "column") { 2 } else { 1 };
            let is_storage = is(column + 1, "set")
                && (["statistics", "storage", "compression"].iter().any(|word| is(column + 2, word))
                    || action.get(column + 2).is_some_and(|token| token.is_symbol("(")));
            if is_storage || is(column + 1, "reset") {
                let has_number = action.get(column).is_some_and(|token| token.kind == token::Kind::Literal);
                let column = if has_number { None } else { text(column, column) };
                made.push(Rewritten::Needs { table: name.clone(), column, if_exists });
                continue;
            }
            let options = ["generated", "increment", "start", "minvalue", "maxvalue", "cache", "cycle", "no"];
            let sets_option = is(column + 1, "set") && options.iter().any(|word| is(column + 2, word));
            if sets_option || is(column + 1, "restart") {
                let generated = action.iter().position(|token| token.is("generated"));
                let always = generated.map(|at| is(at + 1, "always"));
                made.push(Rewritten::SetIdentity { table: name.clone(), column: text(column, column)?, always });
                continue;
            }
            if is(column + 1, "drop") && is(column + 2, "identity") {
                let column = text(column, column)?;
                let if_exists = is(action.len() - 1, "exists");
                made.push(Rewritten::DropIdentity { table: name.clone(), column, if_exists });
                continue;
            }
        }
        let mut collation = None;
        let mut kept = String::new();
        let mut skip = 0;
        let mut last = action.first()?.start;
        for (index, token) in action.iter().enumerate() {
            if index < skip {
                last = token.end();
                continue;
            }
            if token.is("collate") && is(0, "alter") {
                let dotted = action.get(index + 2).is_some_and(|token| token.is_symbol("."));
                skip = index + if dotted { 4 } else { 2 };
                collation = text(skip - 1, skip - 1);
                last = token.end();
                continue;
            }
            kept.push_str(&sql[last..token.start]);
            kept.push_str(token.text);
            last = token.end();
        }
        made.push(Rewritten::Sql(format!("{head} {kept}")));
        if let Some(collation) = collation {
            let column = if is(1, "column") { 2 } else { 1 };
            made.push(Rewritten::Collate { table: name.clone(), column: text(column, column)?, collation });
        }
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alter_table_falls_into_its_actions() {
        let sql = "ALTER TABLE a.t ADD COLUMN b NUMERIC(1, 2), ALTER c SET STATISTICS 5, ALTER COLUMN d TYPE TEXT COLLATE \"C\"";
        let wanted = ["ALTER TABLE a.t ADD COLUMN b NUMERIC(1, 2)", "ALTER TABLE a.t ALTER COLUMN d TYPE TEXT"];
        let mut wanted: Vec<Rewritten> = wanted.iter().map(|sql| Rewritten::Sql((*sql).to_owned())).collect();
        let needed = Rewritten::Needs { table: "a.t".to_owned(), column: Some("c".to_owned()), if_exists: false };
        wanted.insert(1, needed);
        let (table, column, collation) = ("a.t".to_owned(), "d".to_owned(), "\"C\"".to_owned());
        wanted.push(Rewritten::Collate { table, column, collation });
        assert_eq!(rewrite(sql), Some(wanted));
        let identity = rewrite("ALTER TABLE t ALTER COLUMN c DROP IDENTITY IF EXISTS").unwrap();
        assert_eq!(
            identity,
            [Rewritten::DropIdentity { table: "t".to_owned(), column: "c".to_owned(), if_exists: true }]
        );
    }

    #[test]
    fn a_table_like_another_gets_what_it_says() {
        let sql = "CREATE TABLE IF NOT EXISTS a.t (LIKE a.u INCLUDING ALL EXCLUDING indexes INCLUDING COMMENTS);";
        let copied = Copied { defaults: true, checks: true, indexes: false, identity: true, generated: true };
        let create = "CREATE TABLE IF NOT EXISTS a.t (LIKE a.u INCLUDING DEFAULTS)".to_owned();
        let (table, other) = ("a.t".to_owned(), "a.u".to_owned());
        assert_eq!(rewrite(sql), Some(vec![Rewritten::Like { create, table, other, copied }]));
        assert_eq!(rewrite("CREATE TABLE t (LIKE u INCLUDING WHAT)"), None);
        assert_eq!(rewrite("CREATE TABLE t (LIKE u INCLUDING ALL, x int)"), None);
    }

    #[test]
    fn comments_in_comments_become_blank() {
        assert_eq!(
            without_nested_comments("a /* b /* c */ d; */ 'x/*'").as_deref(),
            Some("a                    'x/*'")
        );
        assert_eq!(without_nested_comments("a /* b */"), None);
    }
}
