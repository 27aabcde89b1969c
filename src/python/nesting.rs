//! How deep a file nests and how much there is of it, told before it is parsed: the parser, everything that walks a tree
//! and its destructor do so recursively, and a stack that overflows, or memory that ends, ends the whole process.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::{Lexer, lex};

/// Deeper nesting is refused. CPython's own compiler gives up at a few hundred levels.
const MAX_NESTING: usize = 3_000;

/// Longer files are refused: a tree takes about 75 bytes for each token.
const MAX_TOKENS: usize = 1_500_000;

/// So many levels may stand between a bracket and the part that a comma ends: a tuple, a `yield`, a `*`.
const OF_BRACKET: usize = 4;

/// Why a file is not parsed, and the number of the line at which it is too much; `None` for one that is.
pub(super) fn refusal(text: &str) -> Option<(String, usize)> {
    // Each level takes a character at the least.
    let reason = if text.len() <= MAX_NESTING { None } else { excess(text) }?;
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).chain([text.len()]).collect();
    Some((reason, ends.partition_point(|end| excess(&text[..*end]).is_none()) + 1))
}

fn excess(text: &str) -> Option<String> {
    let mut lexer: Lexer<'_> = lex(text, Mode::Module);
    let mut depth = Depth::default();
    for count in 0_usize.. {
        match lexer.next_token() {
            TokenKind::EndOfFile => break,
            kind => depth.count(kind),
        }
        if depth.total() > MAX_NESTING {
            return Some(format!("it nests more than {MAX_NESTING} levels deep"));
        }
        if count > MAX_TOKENS {
            return Some(format!("it has more than {MAX_TOKENS} words and signs, the most that is read as Python"));
        }
    }
    None
}

/// An upper bound from the tokens: each can add one level at the most, and they end with what they are part of.
#[derive(Debug, Default)]
struct Depth {
    /// Of the line that is open, then of each bracket that is open in it.
    levels: Vec<Level>,
    indents: usize,
    sum: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    tokens: usize,
    /// How many parameters of lambdas are open, in which a comma ends nothing.
    lambdas: usize,
}

impl Depth {
    fn total(&self) -> usize {
        self.sum + self.indents
    }

    fn count(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Newline => {
                self.levels.clear();
                self.sum = 0;
            }
            TokenKind::Comma | TokenKind::Semi => self.part(),
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.add();
                self.levels.push(Level::default());
                self.add();
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if self.levels.len() > 1 {
                    self.sum -= self.levels.pop().unwrap_or_default().tokens;
                }
            }
            TokenKind::Lambda => {
                self.add();
                self.level().lambdas += 1;
            }
            TokenKind::Colon => {
                self.add();
                let level = self.level();
                level.lambdas = level.lambdas.saturating_sub(1);
            }
            // Strings in a row are siblings, and so are the pieces between them.
            TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment => {}
            _ => self.add(),
        }
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn add(&mut self) {
        self.level().tokens += 1;
        self.sum += 1;
    }

    /// A comma ends what stands before it, but for the bracket around both.
    fn part(&mut self) {
        let level = self.level();
        if level.lambdas == 0 {
            let left = level.tokens.min(OF_BRACKET);
            let ended = level.tokens - left;
            level.tokens = left;
            self.sum -= ended;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sources that nest so deep in one sort of way, most of which no parser takes.
    fn deep(levels: usize) -> Vec<String> {
        let nested = |open: &str, close: &str| format!("x = {}1{}", open.repeat(levels), close.repeat(levels));
        let mut found = vec![
            "(".repeat(levels),
            nested("[", "]"),
            nested("[0, ", "]"),
            nested("(yield 0, ", ")"),
            nested("f(a, *", ")"),
            nested("{0: 1, 2: ", "}"),
            nested("a[0, ", "]"),
            nested("-", ""),
            nested("not ", ""),
            nested("await ", ""),
            nested("2 ** ", ""),
            nested("lambda: ", ""),
            nested("lambda a, b=", ""),
            nested("lambda a, b=", ": 1"),
            nested("1 if a else ", ""),
            nested("f\"{", "}\""),
            format!("x = a{}", ".b".repeat(levels)),
            format!("x = f{}", "()".repeat(levels)),
            format!("x = 1{}", " + 1".repeat(levels)),
            format!("match x:\n  case {}{}: pass", "[".repeat(levels), "]".repeat(levels)),
        ];
        if levels < 10_000 {
            let block = (0..levels).fold(String::new(), |text, level| text + &" ".repeat(level) + "if a:\n");
            found.push(block + &" ".repeat(levels) + "pass\n");
        }
        found
    }

    #[test]
    fn nesting_of_every_sort_is_told() {
        for levels in [MAX_NESTING + 1, 200_000] {
            for text in deep(levels) {
                assert!(refusal(&text).is_some(), "{}", &text[..40]);
            }
        }
    }

    #[test]
    fn what_nests_as_deep_as_people_write_is_none_of_it() {
        for text in deep(100) {
            assert_eq!(excess(&text), None, "{}", &text[..40]);
        }
    }

    #[test]
    fn the_line_is_told_in_which_it_gets_too_deep() {
        let text = "a = 1\n".repeat(1_000) + "x = [\n" + &"[".repeat(MAX_NESTING) + "\n1\n";
        assert_eq!(refusal(&text).map(|(_, line)| line), Some(1_002));
    }

    #[test]
    fn a_file_of_very_many_words_is_refused() {
        let text = "x = 1\n".repeat(MAX_TOKENS / 4 + 10);
        assert!(refusal(&text).is_some_and(|(reason, _)| reason.contains("words and signs")));
    }
}
