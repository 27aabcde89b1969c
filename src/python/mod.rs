//! Python source as a syntax tree. The only module that names the parser's crates; it never runs what it reads.

pub mod acts;
pub mod addresses;
pub mod bindings;
pub mod eval;
pub mod fresh;
pub mod header;
pub mod idle;
pub mod lists;
mod nesting;
pub mod plain;
pub mod registry;
pub mod settings;
pub mod shape;
pub mod texts;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use crate::source::{Location, Source};

/// Larger Python files are refused: a schema's history is far smaller, and the cost of a check must stay bounded.
pub const MAX_BYTES: usize = 8 << 20;

/// A parsed file. It has no syntax errors.
#[derive(Debug)]
pub struct Module {
    pub source: Source,
    parsed: Parsed<ModModule>,
}

/// Why a file is no module.
#[derive(Debug, Clone)]
pub struct SyntaxError {
    /// A clause without a full stop.
    pub message: String,
    pub location: Location,
}

impl Module {
    /// Parses a file; fails on the first syntax error, and on a file that is too large or nested too deeply.
    pub fn parse(source: &Source) -> Result<Self, SyntaxError> {
        let text = source.text();
        if text.len() > MAX_BYTES {
            let message = format!("it is larger than {} MiB, the most that is read as Python", MAX_BYTES >> 20);
            return Err(SyntaxError { message, location: Location::line(source, 1, "") });
        }
        if let Some((message, line)) = nesting::refusal(text) {
            let start = source.line_range(line).start;
            return Err(SyntaxError { message, location: Location::new(source, start..start, "") });
        }
        let parsed = parse_unchecked(text, ParseOptions::from(ruff_python_parser::Mode::Module)).try_into_module();
        let Some(parsed) = parsed else {
            return Err(SyntaxError { message: "it is no module".to_owned(), location: Location::line(source, 1, "") });
        };
        if let Some(error) = parsed.errors().first() {
            let range = std::ops::Range::<usize>::from(error.location);
            let message = error.error.to_string();
            return Err(SyntaxError { message, location: Location::new(source, range, "does not parse here") });
        }
        Ok(Self { source: source.clone(), parsed })
    }

    pub fn body(&self) -> &[Stmt] {
        self.parsed.suite()
    }

    /// How much there is of it: a tree takes about 75 bytes for each token.
    pub fn size(&self) -> usize {
        self.parsed.tokens().len()
    }

    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The ranges of the tokens that mean something: no comments, no line breaks, no indentation.
    fn tokens(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let layout = |kind: TokenKind| {
            matches!(
                kind,
                TokenKind::Comment
                    | TokenKind::Newline
                    | TokenKind::NonLogicalNewline
                    | TokenKind::Indent
                    | TokenKind::Dedent
                    | TokenKind::EndOfFile
            )
        };
        self.parsed.tokens().iter().filter(move |token| !layout(token.kind())).map(|token| token.range().into())
    }

    /// The byte ranges of the comments, each from its `#`, in their order.
    pub fn comments(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let comments = self.parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
        comments.map(|token| token.range().into())
    }

    pub fn location(&self, node: &impl Ranged, label: impl Into<String>) -> Location {
        Location::new(&self.source, node.range().into(), label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Module, SyntaxError> {
        Module::parse(&Source::new("m.py", text))
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let error = parse("a = 1\nb = (\n").unwrap_err();
        assert!(error.location.start().line >= 2, "{error:?}");
    }

    #[test]
    fn nesting_of_every_sort_is_refused_before_it_overflows_the_stack() {
        let deep = 200_000;
        for text in [
            "(".repeat(deep),
            "[".repeat(deep) + &"]".repeat(deep),
            "x = ".to_owned() + &"-".repeat(deep) + "1",
            "x = ".to_owned() + &"not ".repeat(deep) + "1",
            "x = a".to_owned() + &".b".repeat(deep),
            "x = f".to_owned() + &"()".repeat(deep),
            "x = 1".to_owned() + &" + 1".repeat(deep),
            "x = ".to_owned() + &"lambda: ".repeat(deep) + "1",
            "x = ".to_owned() + &"1 if a else ".repeat(deep) + "1",
        ] {
            assert!(parse(&text).is_err(), "{}", &text[..20]);
        }
    }

    #[test]
    fn long_flat_code_is_not_deep() {
        assert!(parse(&format!("x = [{}]", "('a', f(1)),\n".repeat(20_000))).is_ok());
        assert!(parse(&format!("x = ({})", "'a'\n".repeat(20_000))).is_ok());
        assert!(parse(&"x = f(a.b)\n".repeat(20_000)).is_ok());
        assert!(parse(&format!("x = {{{}}}", "'a': 'b',\n".repeat(20_000))).is_ok());
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_parse() {
        assert!(parse("\u{feff}a = 1\r\nb = 2\r\n").is_ok());
    }
}
