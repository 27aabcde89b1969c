//! The tokens of plain Python.

use std::borrow::Cow;

/// A token; comments and line breaks in brackets are none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A name or a keyword.
    Name(&'a str),
    Text(Cow<'a, str>),
    /// A string of another sort: its value is not in the text, or is no text.
    Opaque,
    Number,
    Symbol(u8),
    /// The beginning of a line that is not blank, by its indentation.
    Line(usize),
    End,
}

pub(super) struct Tokens<'a> {
    pub text: &'a str,
    at: usize,
    open: usize,
    is_line_start: bool,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: 0, is_line_start: true }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// How many bytes from here on are like that.
    fn run(&self, is: impl Fn(u8) -> bool) -> usize {
        // An escape at the end leads behind it.
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len())
    }

    /// The next token; `None` for what takes the parser to understand.
    pub fn token(&mut self) -> Option<Token<'a>> {
        loop {
            let blank = self.run(|byte| byte == b' ');
            self.at += blank;
            let Some(byte) = self.byte(0) else {
                return (self.open == 0).then_some(Token::End);
            };
            match byte {
                b'#' => {
                    self.at += self.run(|byte| !matches!(byte, b'\n' | b'\r'));
                }
                b'\r' if self.byte(1) == Some(b'\n') => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.is_line_start = self.open == 0;
                }
                _ if self.is_line_start => {
                    self.is_line_start = false;
                    return Some(Token::Line(blank));
                }
                b'"' | b'\'' => return self.string(b""),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => return self.word(),
                b'0'..=b'9' => {
                    self.at += self.run(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
                    return Some(Token::Number);
                }
                b'\\' | b'\t' | b'\x0c' | b'\r' | 0 | 0x80.. => return None,
                _ => {
                    self.at += 1;
                    match byte {
                        b'(' | b'[' | b'{' => self.open += 1,
                        b')' | b']' | b'}' => self.open = self.open.checked_sub(1)?,
                        _ => {}
                    }
                    return Some(Token::Symbol(byte));
                }
            }
        }
    }

    fn word(&mut self) -> Option<Token<'a>> {
        let start = self.at;
        self.at += self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let word = &self.text[start..self.at];
        match self.byte(0) {
            Some(b'"' | b'\'') => self.string(word.as_bytes()),
            // A name may go on with any letter.
            Some(0x80..) => None,
            _ => Some(Token::Name(word)),
        }
    }

    /// A string, with what stands in front of it.
    fn string(&mut self, prefix: &[u8]) -> Option<Token<'a>> {
        let quote = self.byte(0)?;
        let is_long = self.byte(1) == Some(quote) && self.byte(2) == Some(quote);
        let width = if is_long { 3 } else { 1 };
        self.at += width;
        let start = self.at;
        loop {
            self.at += self.run(|byte| byte != quote && !matches!(byte, b'\\' | b'\n'));
            match self.byte(0)? {
                b'\\' => self.at += 2,
                b'\n' if is_long => self.at += 1,
                b'\n' => return None,
                _ if !is_long || self.byte(1) == Some(quote) && self.byte(2) == Some(quote) => break,
                _ => self.at += 1,
            }
        }
        let content = self.text.get(start..self.at)?;
        self.at += width;
        match prefix {
            b"" | b"u" | b"U" => Some(unescaped(content).map_or(Token::Opaque, Token::Text)),
            b"r" | b"R" => Some(Token::Text(Cow::Borrowed(content))),
            b"b" | b"B" => Some(Token::Opaque),
            // In braces there may be quotes of the same sort: then this was not the end.
            b"f" | b"F" => {
                let is_simple = |part: &str| !part.contains(['(', '[', '{', '"', '\'', '+', '\\']);
                let mut parts = content.split('{').skip(1);
                let closes = |part: &str| part.split_once('}').is_some_and(|(inside, _)| is_simple(inside));
                parts.all(closes).then_some(Token::Opaque)
            }
            _ => None,
        }
    }
}

/// What a string says; `None` where it has escapes that a name or SQL hardly has.
fn unescaped(content: &str) -> Option<Cow<'_, str>> {
    if !content.contains('\\') {
        return Some(Cow::Borrowed(content));
    }
    let mut text = String::with_capacity(content.len());
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            '\n' => {}
            plain @ ('\\' | '\'' | '"') => text.push(plain),
            _ => return None,
        }
    }
    Some(Cow::Owned(text))
}
