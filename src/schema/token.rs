//! SQL text as tokens, and the forms in which two spellings of the same SQL are equal.
//!
//! The lexical rules are SQLite's (<https://www.sqlite.org/lang_expr.html>, `tokenize.c`), which is the most lenient
//! dialect: text of the others passes through with its meaning kept.

use std::fmt::Write as _;

/// What a token is, as far as comparing and splitting needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a bare identifier: SQL alone cannot tell which.
    Word,
    /// An identifier in `"…"`, `` `…` `` or `[…]`.
    Quoted,
    /// A `'…'` literal.
    Text,
    /// A number, a blob literal or a variable.
    Literal,
    /// An operator or a bracket.
    Symbol,
}

/// One token of a text; comments and white space are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// The byte offset of its first character.
    pub start: usize,
}

impl Token<'_> {
    /// The byte offset after its last character.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword, given in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// What a name or a string literal says, without its quotes.
    pub fn value(&self) -> String {
        let inner = || self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default();
        match (self.kind, self.text.as_bytes().first()) {
            (Kind::Quoted, Some(b'[')) => inner().to_owned(),
            (Kind::Quoted, Some(b'`')) => inner().replace("``", "`"),
            (Kind::Quoted, _) => inner().replace("\"\"", "\""),
            (Kind::Text, _) => inner().replace("''", "'"),
            _ => self.text.to_owned(),
        }
    }
}

/// The tokens of a text, lazily and in order. Every byte sequence has some: what is no SQL is a symbol.
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += blank(&sql.as_bytes()[at..]);
        let rest = &sql[at..];
        if rest.is_empty() {
            return None;
        }
        let (kind, length) = scan(rest.as_bytes());
        let token = Token { kind, text: &rest[..length], start: at };
        at += length;
        Some(token)
    })
}

/// Where the comments of a text are.
pub fn comments(sql: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'-', b'-', ..] => {
                let end = at + memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                found.push(at..end);
                at = end;
            }
            [b'/', b'*', rest @ ..] => {
                let end = memchr::memmem::find(rest, b"*/").map_or(bytes.len(), |end| at + 2 + end + 2);
                found.push(at..end);
                at = end;
            }
            [b' ' | b'\t' | b'\n' | b'\r' | b'\x0c', ..] => at += 1,
            rest => at += scan(rest).1,
        }
    }
    found
}

/// The number of bytes of white space and comments at the start.
pub fn blank(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match &bytes[at..] {
            [b' ' | b'\t' | b'\n' | b'\r' | b'\x0c', ..] => at += 1,
            [b'-', b'-', rest @ ..] => at += 2 + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', rest @ ..] => {
                at += 2 + rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 2);
            }
            _ => return at,
        }
    }
}

/// Operators of two characters; all others have one, `->>` aside.
const DOUBLE: &[[u8; 2]] = &[*b"->", *b"<=", *b">=", *b"==", *b"!=", *b"<>", *b"<<", *b">>", *b"||", *b"::"];

/// The kind and length of the token that starts here; `bytes` is not empty.
fn scan(bytes: &[u8]) -> (Kind, usize) {
    match bytes {
        [b'\'', ..] => (Kind::Text, quoted(bytes, b'\'')),
        [b'"', ..] => (Kind::Quoted, quoted(bytes, b'"')),
        [b'`', ..] => (Kind::Quoted, quoted(bytes, b'`')),
        [b'[', ..] => (Kind::Quoted, bytes.iter().position(|b| *b == b']').map_or(bytes.len(), |end| end + 1)),
        [b'x' | b'X', b'\'', ..] => (Kind::Literal, 1 + quoted(&bytes[1..], b'\'')),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => (Kind::Literal, number(bytes)),
        [b'?' | b'$' | b'@' | b':' | b'#', next, ..] if is_word(*next) => (Kind::Literal, 1 + word(&bytes[1..])),
        [first, ..] if is_word(*first) => (Kind::Word, word(bytes)),
        [b'-', b'>', b'>', ..] => (Kind::Symbol, 3),
        [first, second, ..] if DOUBLE.contains(&[*first, *second]) => (Kind::Symbol, 2),
        _ => (Kind::Symbol, 1),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !is_word(*b)).unwrap_or(bytes.len())
}

/// The length of a quoted token; a doubled quote stands for itself, and a missing one ends with the text.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

fn number(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let exponent = matches!(byte, b'+' | b'-')
            && at > 0
            && matches!(bytes[at - 1], b'e' | b'E')
            && !matches!(bytes, [b'0', b'x' | b'X', ..]);
        if !(is_word(*byte) || *byte == b'.' || exponent) {
            break;
        }
        at += 1;
    }
    at
}

/// The byte offset at which the first statement ends: after its `;`, or at the end of the text. The body of a trigger
/// is part of its statement.
pub fn statement_end(sql: &str) -> usize {
    let mut words: Vec<Token> = Vec::with_capacity(4);
    let mut last: [Option<Token>; 2] = [None, None];
    for token in tokens(sql) {
        if token.is_symbol(";") {
            if words.is_empty() {
                continue;
            }
            // SQLite's own `sqlite3_complete`: a trigger ends with `; END ;`.
            let closed = last[1].is_some_and(|t| t.is("end")) && last[0].is_some_and(|t| t.is_symbol(";"));
            if !is_trigger(&words) || closed {
                return token.end();
            }
        } else if words.len() < 6 {
            words.push(token);
        }
        last = [last[1], Some(token)];
    }
    sql.len()
}

/// Whether the first words of a statement begin a `CREATE TRIGGER`.
fn is_trigger(words: &[Token]) -> bool {
    let mut words = words.iter().peekable();
    let mut skip = |keywords: &[&str]| words.next_if(|t| keywords.iter().any(|k| t.is(k))).is_some();
    if skip(&["explain"]) && skip(&["query"]) {
        skip(&["plan"]);
    }
    if !skip(&["create"]) {
        return false;
    }
    if skip(&["or"]) {
        skip(&["replace"]);
    }
    skip(&["temp", "temporary"]);
    skip(&["trigger"])
}

/// A form of an expression or a statement that is equal for two spellings of the same SQL: case of keywords and names,
/// quoting, white space, comments, `IF NOT EXISTS`, brackets around the whole, and a `;` at the end don't count.
pub fn normal(sql: &str) -> String {
    normal_with(sql, &|_| true)
}

/// As [`normal`], where a name in `"…"` that `is_name` doesn't know is a string, as SQLite takes it for one.
pub fn normal_with(sql: &str, is_name: &dyn Fn(&str) -> bool) -> String {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut text = String::with_capacity(sql.len());
    for token in significant(&tokens) {
        if !text.is_empty() {
            text.push(' ');
        }
        if token.text.starts_with('"') && !is_name(&token.value()) {
            text.push_str(&super::literals::quoted(&token.value()));
        } else {
            push_normal(&mut text, token);
        }
    }
    text
}

/// The tokens that carry meaning.
fn significant<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = &'t Token<'a>> {
    let mut tokens = tokens;
    while let [rest @ .., last] = tokens
        && last.is_symbol(";")
    {
        tokens = rest;
    }
    let tokens = unwrapped(tokens);
    let mut skip = 0_usize;
    tokens.iter().enumerate().filter_map(move |(index, token)| {
        if skip == 0
            && let [a, b, c, ..] = &tokens[index..]
            && a.is("if")
            && b.is("not")
            && c.is("exists")
        {
            skip = 3;
        }
        let keep = skip == 0;
        skip = skip.saturating_sub(1);
        keep.then_some(token)
    })
}

/// The parts between commas that stand in no bracket.
pub fn split_commas<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = &'t [Token<'a>]> {
    let mut depth = 0_usize;
    tokens
        .split(move |token| {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && token.is_symbol(",")
        })
        .filter(|part| !part.is_empty())
}

/// The tokens without the brackets that enclose all of them.
pub fn unwrapped<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let [first, inner @ .., last] = tokens
        && first.is_symbol("(")
        && last.is_symbol(")")
        && closes_at(tokens) == Some(tokens.len() - 1)
    {
        tokens = inner;
    }
    tokens
}

/// The index of the bracket that closes the one at the start.
pub fn closes_at(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn push_normal(text: &mut String, token: &Token) {
    match token.kind {
        Kind::Word => text.extend(token.text.chars().map(|c| c.to_ascii_lowercase())),
        // A name that needs its quotes keeps them, so that it can't be taken for several tokens.
        Kind::Quoted => {
            let name = token.value().to_ascii_lowercase();
            if !name.is_empty() && name.bytes().all(is_word) {
                text.push_str(&name);
            } else {
                let _ = write!(text, "\"{}\"", name.replace('"', "\"\""));
            }
        }
        Kind::Literal => text.push_str(&token.text.to_ascii_lowercase()),
        Kind::Symbol => text.push_str(match token.text {
            "==" => "=",
            "<>" => "!=",
            symbol => symbol,
        }),
        Kind::Text => text.push_str(token.text),
    }
}

/// Lays out SQL for a reader: one blank between tokens, a new line before each clause; comments are gone.
pub fn pretty(sql: &str) -> String {
    const CLAUSES: &[&str] = &[
        "begin", "end", "from", "group", "having", "limit", "order", "select", "set", "union", "values", "when",
        "where",
    ];
    let mut text = String::with_capacity(sql.len());
    let mut previous: Option<Token> = None;
    let mut depth = 0_usize;
    let mut cases = 0_usize;
    let is_definition = tokens(sql).next().is_some_and(|first| first.is("alter"));
    for token in tokens(sql) {
        // `CASE … WHEN … END` is an expression, not a clause.
        let of_case = cases > 0 && (token.is("when") || token.is("end"));
        // `ON DELETE SET NULL` and `ALTER COLUMN a SET NOT NULL` are parts of a definition.
        let of_definition =
            token.is("set") && (is_definition || previous.is_some_and(|p| p.is("delete") || p.is("update")));
        let is_clause = CLAUSES.iter().any(|word| token.is(word));
        let clause = depth == 0 && !of_case && !of_definition && is_clause;
        let new_line = previous.is_some_and(|p| clause || (p.is_symbol(";") && depth == 0) || p.is("begin"));
        if new_line {
            text.push('\n');
        } else if previous.is_some_and(|p| is_spaced(&p, &token)) {
            text.push(' ');
        }
        text.push_str(token.text);
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if token.is("case") => cases += 1,
            _ if of_case && token.is("end") => cases -= 1,
            _ => {}
        }
        previous = Some(token);
    }
    text
}

/// Whether a blank stands between two tokens.
fn is_spaced(left: &Token, right: &Token) -> bool {
    let tight_after = ["(", "."].iter().any(|s| left.is_symbol(s));
    let tight_before = [")", ".", ",", ";"].iter().any(|s| right.is_symbol(s));
    // A function's bracket is tight; that of `IN (` and of `VALUES (` is not.
    let call = right.is_symbol("(")
        && matches!(left.kind, Kind::Word | Kind::Quoted)
        && !["and", "as", "from", "in", "not", "on", "or", "select", "values", "when", "where", "check", "then"]
            .iter()
            .any(|word| left.is(word));
    !(tight_after || tight_before || call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_change_the_normal_form() {
        for (left, right) in [
            ("CHECK(a IN ('x'))", "check ( \"A\" in\n('x') ) -- why"),
            ("((datetime('now')))", "DATETIME ( 'now' )"),
            ("CREATE TRIGGER IF NOT EXISTS t", "create /* here */ trigger [t];"),
            ("a == 1 and b <> 2", "A = 1 AND b != 2"),
            ("x'AB'", "X'ab'"),
            ("1E5", "1e5"),
        ] {
            assert_eq!(normal(left), normal(right), "{left}");
        }
    }

    #[test]
    fn meaning_changes_the_normal_form() {
        for (left, right) in [
            ("'A'", "'a'"),
            ("(a) + (b)", "a + b"),
            ("a b", "\"a b\""),
            ("a", "'a'"),
            ("a - -b", "a --b"),
            ("json -> 'a'", "json ->> 'a'"),
        ] {
            assert_ne!(normal(left), normal(right), "{left}");
        }
    }

    #[test]
    fn a_statement_ends_where_sqlite_ends_it() {
        for (first, rest) in [
            ("SELECT 1;", " SELECT 2"),
            (";; SELECT ';' ;", ";"),
            ("CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;", "SELECT 3;"),
            ("create temp trigger a begin select case when 1 then 2 end; end ;", ""),
            ("CREATE TABLE t(\"a;b\", [c;d], `e;f`) -- ;\n;", "x"),
            ("SELECT 1 /* ; */", ""),
        ] {
            let sql = format!("{first}{rest}");
            assert_eq!(&sql[..statement_end(&sql)], first);
        }
    }

    #[test]
    fn any_text_has_tokens() {
        for text in ["'open", "\"open", "[open", "/* open", "é ü 🦀 \u{0}", "?", "$", "0x", "1e+", "-", ":"] {
            let _ = tokens(text).map(|t| t.value()).collect::<Vec<_>>();
            let _ = (normal(text), pretty(text), statement_end(text));
        }
    }
}
