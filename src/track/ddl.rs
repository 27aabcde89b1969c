//! DDL keywords in SQL text and in SQLAlchemy code.

use std::collections::HashSet;
use std::ops::Range;

use super::AddedDdl;
use crate::git::LineSet;
use crate::go;
use crate::python::texts::{self, Call, Text, UNKNOWN};
use crate::python::{Module, SyntaxError};
use crate::source::{Location, Source, has_word};

/// A DDL keyword in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// As the rule names it: `CREATE TABLE`, `Column(`.
    pub keyword: &'static str,
    /// The tables and indexes it is about, as far as the text says so.
    pub objects: Vec<String>,
    /// The keyword alone; it may lie over several lines.
    pub range: Range<usize>,
}

impl Mention {
    /// As what the change adds to a file.
    pub fn added(self, source: &Source) -> AddedDdl {
        AddedDdl { keyword: self.keyword, objects: self.objects, location: Location::new(source, self.range, "") }
    }
}

/// SQLAlchemy's schema constructs.
const CONSTRUCTS: [(&str, &str); 9] = [
    ("Column", "Column("),
    ("mapped_column", "mapped_column("),
    ("Table", "Table("),
    ("Index", "Index("),
    ("UniqueConstraint", "UniqueConstraint("),
    ("PrimaryKeyConstraint", "PrimaryKeyConstraint("),
    ("ForeignKey", "ForeignKey("),
    ("ForeignKeyConstraint", "ForeignKeyConstraint("),
    ("CheckConstraint", "CheckConstraint("),
];

/// The DDL keywords of a file that lie on some of its lines, in source order. Python files must parse; every other file
/// is taken for SQL.
pub fn mentions_on(source: &Source, lines: &LineSet) -> Result<Vec<Mention>, SyntaxError> {
    if is_python(source.path()) {
        return Ok(in_python(&Module::parse(source)?, lines));
    }
    let temporary = temporary_tables(&tokens(source.text())).into_iter().collect();
    let mut mentions = in_sql(&[Text::of_file(source.text())], &temporary);
    mentions.retain(|mention| is_on(source, &mention.range, lines));
    Ok(mentions)
}

/// The DDL keywords of a module that lie on some of its lines, in source order.
pub fn in_python(module: &Module, lines: &LineSet) -> Vec<Mention> {
    let source = &module.source;
    let found = texts::read(module);
    let touched = |text: &&Text| is_on(source, &text.source_range(0..text.text.len().max(1)), lines);
    // A temporary table may be made in a text on other lines.
    let temporary = found.strings.iter().filter(|text| has_word(&text.text, &["temp"]));
    let temporary = temporary.flat_map(|text| temporary_tables(&tokens(&text.text))).collect();
    let touched: Vec<Text> = found.strings.iter().filter(touched).cloned().collect();
    let mut mentions = in_sql(&touched, &temporary);
    mentions.extend(found.calls.iter().filter_map(construct));
    mentions.retain(|mention| is_on(source, &mention.range, lines));
    mentions.sort_by_key(|mention| (mention.range.start, mention.range.end));
    mentions
}

/// The DDL keywords of a Go file that lie on some of its lines, in source order. What the names of migrations say, by their
/// places, is none.
pub fn in_go(file: &go::File, lines: &LineSet, labels: &[Range<usize>]) -> Vec<Mention> {
    let source = &file.source;
    let mut texts = go::texts::read(file);
    texts.retain(|text| {
        let range = text.source_range(0..text.text.len().max(1));
        !labels.iter().any(|label| label.start <= range.start && range.end <= label.end)
    });
    let temporary = texts.iter().filter(|text| has_word(&text.text, &["temp"]));
    let temporary = temporary.flat_map(|text| temporary_tables(&tokens(&text.text))).collect();
    texts.retain(|text| is_on(source, &text.source_range(0..text.text.len().max(1)), lines));
    let mut mentions = in_sql(&texts, &temporary);
    mentions.retain(|mention| is_on(source, &mention.range, lines));
    mentions.sort_by_key(|mention| (mention.range.start, mention.range.end));
    mentions
}

/// Whether a place lies on one of these lines.
fn is_on(source: &Source, range: &Range<usize>, lines: &LineSet) -> bool {
    let (first, last) = (source.line_at(range.start), source.line_at(range.end.saturating_sub(1)));
    lines.meets(first..last + 1)
}

/// Whether a file's name says that it is SQL.
pub fn is_sql(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "sql")
}

/// Whether a file's name says that it is Python.
pub fn is_python(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "py" | "pyi" | "pyw"))
}

fn construct(call: &Call) -> Option<Mention> {
    let (_, keyword) = CONSTRUCTS.iter().find(|(name, _)| *name == call.name)?;
    let objects = if matches!(call.name.as_str(), "Table" | "Index") { call.first.clone() } else { None };
    Some(Mention { keyword, objects: objects.into_iter().collect(), range: call.range.clone() })
}

fn in_sql(texts: &[Text], temporary: &HashSet<String>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for text in texts {
        for statement in tokens(&text.text).split(|token| token.text == ";") {
            in_statement(statement, temporary, text, &mut mentions);
        }
    }
    mentions
}

fn in_statement(tokens: &[Token<'_>], temporary: &HashSet<String>, text: &Text, mentions: &mut Vec<Mention>) {
    let mut table = None;
    for at in 0..tokens.len() {
        let Some((keyword, length)) = keyword(&tokens[at..]) else { continue };
        let rest = &tokens[at + length..];
        let objects = match keyword {
            "ADD COLUMN" | "DROP COLUMN" | "RENAME COLUMN" | "RENAME TO" => table.clone().into_iter().collect(),
            _ => objects(rest),
        };
        if keyword == "ALTER TABLE" {
            table = objects.first().cloned();
        }
        if objects.iter().any(|object| temporary.contains(&object.to_lowercase()) || object == "temp") {
            continue;
        }
        let range = text.source_range(tokens[at].range.start..tokens[at + length - 1].range.end);
        mentions.push(Mention { keyword, objects, range });
    }
}

/// Keywords of two words.
const PAIRS: [(&str, &str, &str); 9] = [
    ("ALTER", "TABLE", "ALTER TABLE"),
    ("ADD", "COLUMN", "ADD COLUMN"),
    ("DROP", "COLUMN", "DROP COLUMN"),
    ("DROP", "TABLE", "DROP TABLE"),
    ("DROP", "INDEX", "DROP INDEX"),
    ("DROP", "TRIGGER", "DROP TRIGGER"),
    ("DROP", "VIEW", "DROP VIEW"),
    ("RENAME", "COLUMN", "RENAME COLUMN"),
    ("RENAME", "TO", "RENAME TO"),
];

/// The keyword that a token list begins with, and how many tokens it takes.
fn keyword(tokens: &[Token<'_>]) -> Option<(&'static str, usize)> {
    let word = |index: usize| tokens.get(index).filter(|token| token.bare).map(|token| token.text);
    let is = |index: usize, wanted: &str| word(index).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
    // `f"CREATE {unique}INDEX"`: what is not known may be the word in between, or nothing.
    let skip = |wanted: &[&str]| 1 + usize::from(wanted.iter().any(|wanted| is(1, wanted)));
    let unknown = |index: usize| is(index, UNKNOWN.encode_utf8(&mut [0; 4]));
    if is(0, "CREATE") {
        let at = if unknown(1) { 2 } else { skip(&["UNIQUE", "VIRTUAL", "MATERIALIZED"]) };
        let at = if is(1, "OR") && is(2, "REPLACE") { 3 } else { at };
        let created = [
            ("TABLE", "CREATE TABLE"),
            ("INDEX", "CREATE INDEX"),
            ("TRIGGER", "CREATE TRIGGER"),
            ("VIEW", "CREATE VIEW"),
        ];
        let (_, keyword) = created.iter().find(|(name, _)| is(at, name))?;
        let keyword = match (*keyword, is(1, "VIRTUAL"), is(1, "UNIQUE")) {
            ("CREATE TABLE", true, _) => "CREATE VIRTUAL TABLE",
            ("CREATE INDEX", _, true) => "CREATE UNIQUE INDEX",
            (keyword, ..) => keyword,
        };
        return Some((keyword, at + 1));
    }
    PAIRS.iter().find(|(first, second, _)| is(0, first) && is(1, second)).map(|(_, _, keyword)| (*keyword, 2))
}

/// The name after a keyword, and the table after `ON`; a name that is not known is left out.
fn objects(rest: &[Token<'_>]) -> Vec<String> {
    let words = ["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"];
    let skipped = rest.iter().take_while(|token| token.bare && words.iter().any(|word| token.is(word))).count();
    let mut names = Vec::new();
    let mut push = |token: Option<&Token<'_>>| {
        names.extend(
            token.filter(|token| !token.text.contains(UNKNOWN) && token.is_name()).map(|token| token.text.to_owned()),
        );
    };
    push(rest.get(skipped));
    let on = rest.iter().take(16).position(|token| token.bare && token.is("ON"));
    push(on.and_then(|on| rest.get(on + 1)));
    names
}

/// Lower-cased names that `CREATE TEMP TABLE` makes: they are no schema, and neither is what happens to them.
fn temporary_tables(tokens: &[Token<'_>]) -> Vec<String> {
    let is = |token: &Token<'_>, word: &str| token.bare && token.is(word);
    let creates = |window: &[Token<'_>]| {
        let temporary = is(&window[1], "TEMP") || is(&window[1], "TEMPORARY");
        is(&window[0], "CREATE") && temporary && (is(&window[2], "TABLE") || is(&window[2], "VIEW"))
    };
    let found = tokens.windows(3).enumerate().filter(|(_, window)| creates(window));
    found.flat_map(|(at, _)| objects(&tokens[at + 3..]).into_iter().take(1)).map(|name| name.to_lowercase()).collect()
}

/// A word, a name or a sign of SQL; comments and string literals leave none.
#[derive(Clone, Debug)]
struct Token<'text> {
    /// Without the quotes of a quoted name.
    text: &'text str,
    range: Range<usize>,
    /// A word without quotes: only such a one is a keyword.
    bare: bool,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    fn is_name(&self) -> bool {
        !self.bare || self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// Splits SQL as SQLite's tokenizer does (<https://www.sqlite.org/lang_comment.html>), in one pass, so that a quote
/// inside a comment opens nothing and neither does a comment sign inside a string. A quote that is never closed is
/// taken for a sign: half a statement must not hide the keywords after it.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        let end = match character {
            '-' if rest.starts_with("--") => at + rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => at + rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            '\'' => closing(rest, '\'').map_or(at + 1, |end| at + end),
            '"' | '`' | '[' => {
                let close = if character == '[' { ']' } else { character };
                match closing(rest, close) {
                    Some(end) => {
                        let name = &text[at + 1..at + end - 1];
                        tokens.push(Token { text: name, range: at..at + end, bare: false });
                        at + end
                    }
                    None => at + 1,
                }
            }
            _ if is_word(character) => {
                let length = rest.find(|next: char| !is_word(next)).unwrap_or(rest.len());
                tokens.push(Token { text: &rest[..length], range: at..at + length, bare: true });
                at + length
            }
            _ => {
                let length = character.len_utf8();
                if !character.is_whitespace() {
                    tokens.push(Token { text: &rest[..length], range: at..at + length, bare: true });
                }
                at + length
            }
        };
        at = end;
    }
    tokens
}

/// The offset behind the quote that closes the one `text` begins with; a doubled quote closes nothing.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        let end = at + text[at..].find(quote)?;
        if quote == ']' || !text[end + 1..].starts_with(quote) {
            return Some(end + 1);
        }
        at = end + 2;
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(python: &str) -> Vec<&'static str> {
        mentions_on(&Source::new("m.py", python), &LineSet::all())
            .unwrap()
            .into_iter()
            .map(|mention| mention.keyword)
            .collect()
    }

    fn sql(text: &str) -> Vec<&'static str> {
        mentions_on(&Source::new("m.sql", text), &LineSet::all())
            .unwrap()
            .into_iter()
            .map(|mention| mention.keyword)
            .collect()
    }

    #[test]
    fn every_keyword_of_the_rule_is_found_in_any_case_and_white_space() {
        for (text, keyword) in [
            ("create\n  table t (a)", "CREATE TABLE"),
            ("CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE VIRTUAL TABLE"),
            ("CREATE INDEX i ON t(a)", "CREATE INDEX"),
            ("Create Unique Index i ON t(a)", "CREATE UNIQUE INDEX"),
            ("CREATE TRIGGER g", "CREATE TRIGGER"),
            ("CREATE VIEW v", "CREATE VIEW"),
            ("ALTER\tTABLE t", "ALTER TABLE"),
            ("ADD COLUMN a", "ADD COLUMN"),
            ("DROP COLUMN a", "DROP COLUMN"),
            ("DROP TABLE t", "DROP TABLE"),
            ("DROP INDEX t", "DROP INDEX"),
            ("DROP TRIGGER t", "DROP TRIGGER"),
            ("DROP VIEW t", "DROP VIEW"),
            ("RENAME COLUMN a", "RENAME COLUMN"),
            ("RENAME TO b", "RENAME TO"),
            ("CREATE /* new */ TABLE t", "CREATE TABLE"),
        ] {
            assert_eq!(sql(text), [keyword], "{text}");
        }
    }

    #[test]
    fn every_sqlalchemy_construct_of_the_rule_is_found() {
        for (name, keyword) in CONSTRUCTS {
            assert_eq!(keywords(&format!("x = {name}('a')")), [keyword]);
            assert_eq!(keywords(&format!("x = sa.{name} ('a')")), [keyword]);
        }
        assert!(keywords("x = MyColumn('a'); y = Column; z = 'Column('").is_empty());
    }

    #[test]
    fn comments_strings_and_names_are_no_ddl() {
        for text in [
            "-- CREATE TABLE t",
            "/* DROP TABLE t */",
            "SELECT 'CREATE TABLE t'",
            "INSERT INTO log VALUES ('it''s an ALTER TABLE x')",
            "SELECT \"DROP TABLE\" FROM t",
            "SELECT created_at, table_name FROM t",
            "UPDATE t SET create_table = 1",
        ] {
            assert!(sql(text).is_empty(), "{text}");
        }
        assert!(keywords("# CREATE TABLE t\nx = 1  # ALTER TABLE t\n'''DROP TABLE t'''\n").is_empty());
    }

    #[test]
    fn signs_inside_each_other_hide_nothing() {
        assert_eq!(sql("SELECT '--'; CREATE TABLE t (a)"), ["CREATE TABLE"]);
        assert_eq!(sql("-- it's a comment\nCREATE TABLE t (a)"), ["CREATE TABLE"]);
        assert_eq!(sql("SELECT '/*'; DROP TABLE t; SELECT '*/'"), ["DROP TABLE"]);
        assert_eq!(sql("don't forget: CREATE TABLE t"), ["CREATE TABLE"]);
    }

    #[test]
    fn a_keyword_split_over_pieces_is_found_where_its_pieces_are() {
        let text = "x = (\n    'ALTER '\n    'TABLE t'\n)\n";
        let mention = &mentions_on(&Source::new("m.py", text), &LineSet::all()).unwrap()[0];
        assert_eq!(mention.keyword, "ALTER TABLE");
        assert_eq!(&text[mention.range.clone()], "ALTER '\n    'TABLE");
        assert_eq!(keywords("x = f'CREATE {unique}INDEX i ON t(a)'"), ["CREATE INDEX"]);
        assert_eq!(keywords("x = 'CREATE ' + kind + ' TABLE t'"), ["CREATE TABLE"]);
    }

    #[test]
    fn temporary_tables_are_no_schema_and_neither_is_what_happens_to_them() {
        let text = "CREATE TEMP TABLE work AS SELECT 1; CREATE INDEX i ON work(a); ALTER TABLE work ADD COLUMN b; \
                    DROP TABLE IF EXISTS work; CREATE TABLE temp.other (a); CREATE TEMPORARY VIEW v AS SELECT 1";
        assert!(sql(text).is_empty(), "{:?}", sql(text));
        assert_eq!(sql("CREATE TEMP TABLE work (a); DROP TABLE kept"), ["DROP TABLE"]);
    }

    #[test]
    fn an_object_is_named_with_its_table() {
        let source = Source::new("m.sql", "CREATE INDEX IF NOT EXISTS \"by name\" ON users(name)");
        assert_eq!(mentions_on(&source, &LineSet::all()).unwrap()[0].objects, ["by name", "users"]);
        let source = Source::new("m.sql", "ALTER TABLE users ADD COLUMN a TEXT");
        assert!(mentions_on(&source, &LineSet::all()).unwrap().iter().all(|mention| mention.objects == ["users"]));
    }
}
