//! The `CREATE` statements that SQLite keeps, split into what its pragmas don't tell.
//!
//! SQLite has accepted the text, so that this reader only has to find its way, not to judge.

use crate::schema::model::{Check, ForeignKey, Generated, Index, IndexPart, IndexTerm, Name, Unique, VirtualTable};
use crate::schema::token::{Kind, Token, closes_at, split_commas, tokens, unwrapped};

/// What the text of a `CREATE TABLE` says beyond types, nullability, defaults and the primary key's columns.
#[derive(Debug, Default)]
pub struct TableText {
    pub columns: Vec<ColumnText>,
    pub uniques: Vec<Unique>,
    pub foreign_keys: Vec<ForeignKey>,
    pub checks: Vec<Check>,
    pub primary_key_conflict: Option<String>,
    pub autoincrement: bool,
    pub without_rowid: bool,
    pub strict: bool,
}

#[derive(Debug, Default)]
pub struct ColumnText {
    pub name: Name,
    pub collation: Option<Name>,
    pub generated: Option<Generated>,
}

/// Reads tokens from left to right.
struct Cursor<'t, 'a> {
    sql: &'a str,
    tokens: &'t [Token<'a>],
}

impl<'t, 'a> Cursor<'t, 'a> {
    fn take(&mut self) -> Option<&'t Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn eat(&mut self, keyword: &str) -> bool {
        let found = self.tokens.first().is_some_and(|token| token.is(keyword));
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    /// All of the keywords in a row, or none of them.
    fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let found = keywords.len() <= self.tokens.len()
            && keywords.iter().zip(self.tokens).all(|(keyword, token)| token.is(keyword));
        if found {
            self.tokens = &self.tokens[keywords.len()..];
        }
        found
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.tokens.first().is_some_and(|token| token.is_symbol(symbol));
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn name(&mut self) -> Option<Name> {
        self.take().map(|token| Name::new(token.value()))
    }

    /// What stands between the bracket here and the one that closes it; nothing where there is none.
    fn group(&mut self) -> &'t [Token<'a>] {
        if !self.tokens.first().is_some_and(|token| token.is_symbol("(")) {
            return &[];
        }
        let end = closes_at(self.tokens).unwrap_or(self.tokens.len() - 1);
        let inner = self.tokens.get(1..end).unwrap_or_default();
        self.tokens = &self.tokens[end + 1..];
        inner
    }

    fn expression(&mut self) -> String {
        text_of(self.sql, self.group())
    }

    /// `ON CONFLICT …`; the default, `ABORT`, is none.
    fn conflict(&mut self) -> Option<String> {
        if !self.eat_all(&["on", "conflict"]) {
            return None;
        }
        self.take().map(|token| token.text.to_ascii_uppercase()).filter(|resolution| resolution != "ABORT")
    }

    /// The name after `CREATE … <what>`, without the database before it.
    fn created_name(&mut self, what: &str) -> Name {
        while self.take().is_some_and(|token| !token.is(what)) {}
        self.eat_all(&["if", "not", "exists"]);
        let mut name = self.name().unwrap_or_default();
        if self.eat_symbol(".") {
            name = self.name().unwrap_or_default();
        }
        name
    }
}

/// The text that tokens cover, without brackets around the whole of it.
fn text_of(sql: &str, tokens: &[Token]) -> String {
    match unwrapped(tokens) {
        [first, .., last] => sql[first.start..last.end()].to_owned(),
        [only] => only.text.to_owned(),
        [] => String::new(),
    }
}

/// Reads a `CREATE TABLE`.
pub fn table(sql: &str) -> TableText {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut cursor = Cursor { sql, tokens: &tokens };
    cursor.created_name("table");
    let body = cursor.group();
    let mut table = TableText::default();
    for definition in split_commas(body) {
        let mut cursor = Cursor { sql, tokens: definition };
        let is_constraint =
            ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| definition[0].is(word));
        if is_constraint {
            table.constraints(&mut cursor);
        } else {
            table.column(&mut cursor);
        }
    }
    for token in cursor.tokens {
        table.without_rowid |= token.is("rowid");
        table.strict |= token.is("strict");
    }
    table
}

impl TableText {
    /// A column and what is attached to it. Its type needs no reading: no word of it begins a constraint.
    fn column(&mut self, cursor: &mut Cursor) {
        let mut column = ColumnText { name: cursor.name().unwrap_or_default(), ..ColumnText::default() };
        let mut label = None;
        while !cursor.tokens.is_empty() {
            if cursor.eat("constraint") {
                label = cursor.name();
                continue;
            }
            if cursor.eat("default") {
                skip_default(cursor);
            } else if cursor.eat_all(&["not", "null"]) || cursor.eat("null") {
                cursor.conflict();
            } else if cursor.eat_all(&["primary", "key"]) {
                let _ = cursor.eat("asc") || cursor.eat("desc");
                self.primary_key_conflict = cursor.conflict();
                self.autoincrement |= cursor.eat("autoincrement");
            } else if cursor.eat("unique") {
                let columns = vec![column.name.clone()];
                self.uniques.push(Unique {
                    name: label.take(),
                    columns,
                    conflict: cursor.conflict(),
                    ..Unique::default()
                });
            } else if cursor.eat("check") {
                self.check(label.take(), cursor);
            } else if cursor.eat("references") {
                self.reference(label.take(), vec![column.name.clone()], cursor);
            } else if cursor.eat("collate") {
                column.collation = cursor.name().filter(|name| *name != Name::from("BINARY"));
            } else if cursor.eat("as") {
                let expression = cursor.expression();
                let stored = cursor.eat("stored");
                column.generated = Some(Generated { expression, stored });
            } else if cursor.group().is_empty() {
                cursor.take();
            }
            label = None;
        }
        self.columns.push(column);
    }

    /// Constraints of the table: SQLite lets the commas between them be left out.
    fn constraints(&mut self, cursor: &mut Cursor) {
        let mut label = None;
        while !cursor.tokens.is_empty() {
            if cursor.eat("constraint") {
                label = cursor.name();
            } else if cursor.eat_all(&["primary", "key"]) {
                self.autoincrement |= cursor.group().last().is_some_and(|token| token.is("autoincrement"));
                self.primary_key_conflict = cursor.conflict();
            } else if cursor.eat("unique") {
                let columns = names(cursor.group());
                self.uniques.push(Unique {
                    name: label.take(),
                    columns,
                    conflict: cursor.conflict(),
                    ..Unique::default()
                });
            } else if cursor.eat("check") {
                self.check(label.take(), cursor);
            } else if cursor.eat_all(&["foreign", "key"]) {
                let columns = names(cursor.group());
                cursor.eat("references");
                self.reference(label.take(), columns, cursor);
            } else {
                cursor.take();
            }
        }
    }

    fn check(&mut self, name: Option<Name>, cursor: &mut Cursor) {
        let expression = cursor.expression();
        cursor.conflict();
        self.checks.push(Check { name, expression });
    }

    /// What follows `REFERENCES`.
    fn reference(&mut self, name: Option<Name>, columns: Vec<Name>, cursor: &mut Cursor) {
        let table = cursor.name().unwrap_or_default();
        let references = names(cursor.group());
        let mut key = ForeignKey { name, columns, table, references, ..ForeignKey::default() };
        loop {
            if cursor.eat_all(&["on", "delete"]) {
                key.on_delete = action(cursor);
            } else if cursor.eat_all(&["on", "update"]) {
                key.on_update = action(cursor);
            } else if cursor.eat("match") || cursor.eat_all(&["on", "insert"]) {
                cursor.take();
            } else if cursor.eat_all(&["not", "deferrable"]) {
                let _ = cursor.eat_all(&["initially", "deferred"]) || cursor.eat_all(&["initially", "immediate"]);
                key.deferred = false;
            } else if cursor.eat("deferrable") {
                key.deferred = cursor.eat_all(&["initially", "deferred"]);
                cursor.eat_all(&["initially", "immediate"]);
            } else {
                break;
            }
        }
        self.foreign_keys.push(key);
    }
}

fn skip_default(cursor: &mut Cursor) {
    if !cursor.group().is_empty() {
        return;
    }
    let sign = cursor.eat_symbol("-") || cursor.eat_symbol("+");
    if cursor.take().is_some_and(|token| token.is_symbol("(")) && sign {
        cursor.take();
    }
}

/// The action of a foreign key; `NO ACTION` is none.
fn action(cursor: &mut Cursor) -> Option<String> {
    let first = cursor.take()?.text.to_ascii_uppercase();
    match first.as_str() {
        "SET" => Some(format!("SET {}", cursor.take()?.text.to_ascii_uppercase())),
        "NO" => {
            cursor.take();
            None
        }
        _ => Some(first),
    }
}

fn names(tokens: &[Token]) -> Vec<Name> {
    split_commas(tokens).map(|part| Name::new(part[0].value())).collect()
}

/// Reads a `CREATE INDEX`.
pub fn index(sql: &str) -> Index {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut cursor = Cursor { sql, tokens: &tokens };
    let unique = tokens.get(1).is_some_and(|token| token.is("unique"));
    let name = cursor.created_name("index");
    cursor.eat("on");
    cursor.name();
    let parts = split_commas(cursor.group()).map(|part| index_part(sql, part)).collect();
    let predicate = cursor.eat("where").then(|| {
        let end = cursor.tokens.iter().rposition(|token| !token.is_symbol(";")).map_or(0, |last| last + 1);
        text_of(sql, &cursor.tokens[..end])
    });
    Index { name, unique, parts, predicate, ..Index::default() }
}

fn index_part(sql: &str, mut tokens: &[Token]) -> IndexPart {
    let mut part = IndexPart { term: IndexTerm::Expression(String::new()), collation: None, descending: false };
    if let [rest @ .., order] = tokens
        && (order.is("asc") || order.is("desc"))
    {
        part.descending = order.is("desc");
        tokens = rest;
    }
    if let [rest @ .., collate, name] = tokens
        && collate.is("collate")
    {
        part.collation = Some(Name::new(name.value()));
        tokens = rest;
    }
    part.term = match unwrapped(tokens) {
        [name] if matches!(name.kind, Kind::Word | Kind::Quoted | Kind::Text) => {
            IndexTerm::Column(Name::new(name.value()))
        }
        expression => IndexTerm::Expression(text_of(sql, expression)),
    };
    part
}

/// Reads a `CREATE VIRTUAL TABLE`.
pub fn virtual_table(sql: &str) -> VirtualTable {
    let tokens: Vec<Token> = tokens(sql).collect();
    let mut cursor = Cursor { sql, tokens: &tokens };
    let name = cursor.created_name("table");
    cursor.eat("using");
    let module = cursor.name().unwrap_or_default();
    let arguments = split_commas(cursor.group()).map(|part| text_of(sql, part)).collect();
    VirtualTable { name, module, arguments }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_of_columns_and_tables_are_found_in_any_spelling() {
        let text = table(
            "CREATE TABLE \"a b\" (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the id, with a comma\n\
             [x y] VARCHAR(10, 2) NOT NULL ON CONFLICT IGNORE DEFAULT (1 + (2)) COLLATE nocase UNIQUE,\n\
             z DOUBLE PRECISION DEFAULT -1 CHECK (z > 0) REFERENCES q (r) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,\n\
             g TEXT GENERATED ALWAYS AS (lower(\"x y\")) STORED,\n\
             CONSTRAINT u UNIQUE (\"x y\", z COLLATE nocase DESC) ON CONFLICT REPLACE\n\
             FOREIGN KEY (z, g) REFERENCES p ON UPDATE CASCADE ON DELETE NO ACTION,\n\
             CHECK ((z IN (1, 2)))) STRICT, WITHOUT ROWID",
        );
        assert!(text.autoincrement && text.strict && text.without_rowid);
        assert_eq!(text.columns.len(), 4);
        assert_eq!(text.columns[1].collation, Some(Name::from("NOCASE")));
        assert_eq!(text.columns[3].generated, Some(Generated { expression: "lower(\"x y\")".into(), stored: true }));
        assert_eq!(text.uniques.len(), 2);
        assert_eq!(text.uniques[1].columns, [Name::from("x y"), Name::from("z")]);
        assert_eq!(text.uniques[1].conflict.as_deref(), Some("REPLACE"));
        assert_eq!(text.foreign_keys.len(), 2);
        assert_eq!(text.foreign_keys[0].on_delete.as_deref(), Some("SET NULL"));
        assert!(text.foreign_keys[0].deferred);
        assert_eq!(text.foreign_keys[1].on_update.as_deref(), Some("CASCADE"));
        assert_eq!(text.foreign_keys[1].on_delete, None);
        assert_eq!(text.checks.iter().map(|c| c.expression.as_str()).collect::<Vec<_>>(), ["z > 0", "z IN (1, 2)"]);
    }

    #[test]
    fn an_index_has_its_terms_and_its_condition() {
        let index = index(
            "CREATE UNIQUE INDEX main.i ON t (a COLLATE nocase DESC, lower(b), 'c' ASC, (d + 1)) WHERE (a IS NOT NULL);",
        );
        assert!(index.unique);
        assert_eq!(index.name, Name::from("I"));
        assert_eq!(index.predicate.as_deref(), Some("a IS NOT NULL"));
        assert_eq!(index.parts.len(), 4);
        assert!(index.parts[0].descending && index.parts[0].collation == Some(Name::from("NOCASE")));
        assert_eq!(index.parts[1].term, IndexTerm::Expression("lower(b)".into()));
        assert_eq!(index.parts[2].term, IndexTerm::Column(Name::from("c")));
        assert_eq!(index.parts[3].term, IndexTerm::Expression("d + 1".into()));
    }

    #[test]
    fn a_virtual_table_has_its_module_and_arguments() {
        let table = virtual_table("CREATE VIRTUAL TABLE n USING fts5(title, body, tokenize = 'porter ascii')");
        assert_eq!(table.module, Name::from("FTS5"));
        assert_eq!(table.arguments, ["title", "body", "tokenize = 'porter ascii'"]);
    }

    #[test]
    fn text_that_is_no_sql_is_read_without_a_panic() {
        for sql in ["", "(", "CREATE TABLE", "CREATE TABLE t(", "CREATE TABLE t((),,)", "CREATE INDEX i ON t(,", ")))"]
        {
            let _ = (table(sql), index(sql), virtual_table(sql));
        }
    }
}
