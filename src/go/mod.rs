//! Go source as a syntax tree. The only module that names the parser's crates; it never runs what it reads.

mod convert;
pub mod eval;
pub mod goose;
pub mod lists;
pub mod package;
pub mod syntax;
pub mod texts;
mod walk;

use std::ops::{ControlFlow, Range};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use crate::source::{Location, Source};

pub use self::package::Package;
pub use self::syntax::File;

/// Larger files are refused: a schema's history is far smaller, and the cost of a check must stay bounded.
pub const MAX_BYTES: usize = 8 << 20;
/// How often the parser may report its progress before it is stopped: text that is no Go at all makes it try many ways.
/// A usual file needs less than one report for every hundred bytes.
const MAX_REPORTS: usize = 20_000;

/// Why a file could not be read as Go.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// A clause without a full stop.
    pub message: String,
    pub location: Location,
}

impl File {
    /// Parses a file; fails on the first syntax error, and on a file that is too large.
    pub fn parse(source: &Source) -> Result<Self, SyntaxError> {
        let tree = tree(source)?;
        if let Some(error) = first_error(&tree) {
            return Err(describe(source, error));
        }
        Ok(convert::file(source, &tree))
    }

    /// What can be understood of a file, whatever its errors; `None` where that is nothing.
    pub fn parse_leniently(source: &Source) -> Option<Self> {
        tree(source).ok().map(|tree| convert::file(source, &tree))
    }
}

/// Whether a file's name says that it is Go, and no test.
pub fn is_go(path: &str) -> bool {
    path.strip_suffix(".go").is_some_and(|stem| !stem.ends_with("_test"))
}

fn tree(source: &Source) -> Result<Tree, SyntaxError> {
    let refuse = |message: String| SyntaxError { message, location: Location::line(source, 1, "") };
    let text = source.text();
    if text.len() > MAX_BYTES {
        return Err(refuse(format!("it is larger than {} MiB, the most that is read as Go", MAX_BYTES >> 20)));
    }
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_go::LANGUAGE.into()).is_err() {
        return Err(refuse("the grammar does not fit the parser".to_owned()));
    }
    let mut reports = 0_usize;
    let allowed = MAX_REPORTS + text.len() / 10;
    let mut watch = |_: &ParseState| {
        reports += 1;
        if reports > allowed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let mut read = |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
    parser
        .parse_with_options(&mut read, None, Some(options))
        .ok_or_else(|| refuse("reading it takes longer than a check may take".to_owned()))
}

/// The first node that is no Go, in the order of the text. Walks without recursion, into what holds errors alone.
fn first_error(tree: &Tree) -> Option<Node<'_>> {
    let root = tree.root_node();
    if !root.has_error() {
        return None;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Some(root);
            }
        }
    }
}

fn describe(source: &Source, node: Node<'_>) -> SyntaxError {
    let range: Range<usize> = node.byte_range();
    let text = source.text().get(range.clone()).unwrap_or_default();
    let message = match text.split_whitespace().next() {
        _ if node.is_missing() => format!("`{}` is missing", node.kind()),
        Some(word) => format!("`{}` is not expected", word.chars().take(40).collect::<String>()),
        None => "it ends too early".to_owned(),
    };
    // An error may reach to the end of the file; where it begins is enough.
    let line = source.line_range(source.line_at(range.start));
    let range = range.start..range.end.min(line.end.max(range.start));
    SyntaxError { message, location: Location::new(source, range, "does not parse here") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<File, SyntaxError> {
        File::parse(&Source::new("m.go", text))
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let error = parse("package a\n\nvar x = []int{1, 2\nfunc f() {}\n").unwrap_err();
        assert!((3..=4).contains(&error.location.start().line), "{error:?}");
        let error = parse("package a\nvar x = = 1\n").unwrap_err();
        assert_eq!(error.location.start().line, 2, "{error:?}");
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_parse() {
        assert!(parse("\u{feff}package a\r\n\r\nvar x = 1\r\n").is_ok());
    }

    #[test]
    fn deep_nesting_is_read_without_recursion_beyond_its_bound() {
        let deep = 20_000;
        for text in [
            "(".repeat(deep),
            "{".repeat(deep),
            "[".repeat(deep) + &"]".repeat(deep),
            "-".repeat(deep) + "1",
            "a".to_owned() + &".b".repeat(deep),
            "f".to_owned() + &"()".repeat(deep),
            "1".to_owned() + &" + 1".repeat(deep),
            "1".to_owned() + &" * 1".repeat(deep),
            "(".repeat(deep) + "1" + &")".repeat(deep),
            "func() {".repeat(deep) + &"}".repeat(deep),
            "[]a{".repeat(deep) + &"}".repeat(deep),
        ] {
            let source = Source::new("m.go", format!("package a\nvar x = {text}\n"));
            let _ = File::parse(&source);
            let _ = File::parse_leniently(&source);
        }
        let blocks = "if a {".repeat(deep) + &"}".repeat(deep);
        let chain = "if a {} else ".repeat(deep) + "{}";
        for text in [blocks, chain] {
            let _ = File::parse_leniently(&Source::new("m.go", format!("package a\nfunc f() {{ {text} }}\n")));
        }
    }

    #[test]
    fn tests_are_no_part_of_a_package() {
        assert!(is_go("db/migrations.go") && !is_go("db/migrations_test.go") && !is_go("db/go.mod"));
    }
}
