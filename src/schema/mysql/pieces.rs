//! Splits a text into statements, as the `mysql` client and drivers do.

use super::lexer::{Kind, Token, blank, opaque, tokens};

/// One statement of a text.
#[derive(Clone, Debug)]
pub struct Piece<'s> {
    pub text: &'s str,
    /// The byte offset of its first character.
    pub start: usize,
}

/// The statements of a text. `DELIMITER` is the client's own and none of them; without it, the body of a routine or a
/// trigger is part of its statement.
pub fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut delimiter = ";";
    let mut at = sql.strip_prefix('\u{feff}').map_or(0, |rest| sql.len() - rest.len());
    while at < sql.len() {
        at += plain_blank(&sql[at..]);
        let rest = &sql[at..];
        if let Some((chosen, length)) = chosen_delimiter(rest) {
            delimiter = chosen;
            at += length;
            continue;
        }
        let end = if delimiter == ";" { statement_end(rest) } else { delimited_end(rest, delimiter) };
        let text = rest[..end].trim_end();
        if tokens(text).next().is_some() || text.contains("/*!") || text.contains("/*M!") {
            let start = at + (text.len() - text.trim_start().len());
            pieces.push(Piece { text: text.trim_start(), start });
        }
        at += end;
        if sql[at..].starts_with(delimiter) {
            at += delimiter.len();
        }
    }
    pieces
}

/// White space and comments, but for a comment that runs.
fn plain_blank(text: &str) -> usize {
    let length = blank(text.as_bytes());
    match ["/*!", "/*M!"].iter().filter_map(|mark| text[..length].find(mark)).min() {
        Some(mark) => mark,
        None => length,
    }
}

/// What a `DELIMITER` line chooses, and its length.
fn chosen_delimiter(text: &str) -> Option<(&str, usize)> {
    let word = text.get(..9).filter(|word| word.eq_ignore_ascii_case("delimiter"))?;
    let line = text.lines().next()?;
    let chosen = line.get(word.len()..).filter(|rest| rest.starts_with([' ', '\t']))?.split_whitespace().next()?;
    Some((chosen, line.len()))
}

fn delimited_end(text: &str, delimiter: &str) -> usize {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(delimiter) {
            return at;
        }
        let length = opaque(rest);
        at += if length > 0 { length } else { rest.chars().next().map_or(1, char::len_utf8) };
    }
    text.len()
}

/// The offset of the semicolon that ends the first statement, or the end of the text.
fn statement_end(text: &str) -> usize {
    let mut body = Body::default();
    for token in tokens(text) {
        if token.is_symbol(";") && body.depth == 0 {
            return token.start;
        }
        body.take(&token);
    }
    text.len()
}

/// Whether a text ends within the body of a routine. One that is whole ends with `END`, or with a label behind it.
pub(super) fn is_cut(text: &str) -> bool {
    let mut body = Body::default();
    let mut last = [false; 2];
    for token in tokens(text) {
        body.take(&token);
        last = [last[1], token.is("end")];
    }
    body.is_routine && body.depth > 0 && !last.contains(&true)
}

/// How deep in the blocks of a body a statement is.
#[derive(Default)]
struct Body {
    words: usize,
    is_routine: bool,
    depth: u32,
    /// Whether a statement begins here.
    begins: bool,
    ends: bool,
}

impl Body {
    fn take(&mut self, token: &Token<'_>) {
        const ROUTINES: [&str; 5] = ["procedure", "function", "trigger", "event", "package"];
        const BLOCKS: [&str; 4] = ["if", "loop", "while", "repeat"];
        let is = |words: &[&str]| words.iter().any(|word| token.is(word));
        self.words += 1;
        // `BEGIN NOT ATOMIC` is a block of MariaDB's, `BEGIN;` a transaction.
        if self.words == 2 && token.is("not") && self.ends {
            (self.is_routine, self.depth) = (true, 1);
        }
        if self.words <= 12 && is(&ROUTINES) && self.begins {
            self.is_routine = true;
        }
        if self.words == 1 {
            self.begins = token.is("create") || token.is("alter");
            self.ends = token.is("begin");
            return;
        }
        if !self.is_routine {
            return;
        }
        if self.words <= 12 && is(&ROUTINES) {
            (self.begins, self.ends) = (false, false);
            return;
        }
        if self.ends {
            self.ends = false;
            if is(&BLOCKS) || token.is("case") {
                return;
            }
        }
        if token.is("begin") || token.is("case") || self.begins && is(&BLOCKS) {
            self.depth += 1;
        } else if token.is("end") {
            self.depth = self.depth.saturating_sub(1);
            self.ends = true;
        }
        self.begins = token.is_symbol(";")
            || token.is_symbol(":")
            || token.kind == Kind::Word && is(&["begin", "then", "else", "do", "loop", "repeat", "row", "atomic"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        let pieces = pieces(sql);
        for piece in &pieces {
            assert_eq!(&sql[piece.start..piece.start + piece.text.len()], piece.text);
        }
        pieces.into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn quotes_and_comments_end_no_statement() {
        assert_eq!(texts("a 'x;\\';' b; c `;`; -- ;\n# ;\n/* ; */ d \";\" ;"), ["a 'x;\\';' b", "c `;`", "d \";\""]);
        assert_eq!(texts("\u{feff}SELECT 1; ;; -- end"), ["SELECT 1"]);
        assert_eq!(texts("/*!40101 SET x = 1 */; SELECT 5--2;"), ["/*!40101 SET x = 1 */", "SELECT 5--2"]);
    }

    #[test]
    fn a_body_is_part_of_its_statement() {
        let procedure = "CREATE DEFINER=`a`@`%` PROCEDURE p(x INT) BEGIN IF x THEN SELECT 1; ELSE SELECT CASE x WHEN 1 THEN 2 END; \
                         END IF; WHILE x DO SET x = IF(x, 0, 1); END WHILE; END";
        assert_eq!(texts(&format!("{procedure}; SELECT 1")), [procedure, "SELECT 1"]);
        let trigger = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF";
        assert_eq!(texts(&format!("{trigger}; DROP TRIGGER t;")), [trigger, "DROP TRIGGER t"]);
        let plain = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1";
        assert_eq!(texts(&format!("{plain}; SELECT 1")), [plain, "SELECT 1"]);
        assert_eq!(texts("BEGIN; DROP TABLE IF EXISTS a; COMMIT"), ["BEGIN", "DROP TABLE IF EXISTS a", "COMMIT"]);
    }

    #[test]
    fn a_body_that_is_cut_is_told() {
        assert!(is_cut("CREATE PROCEDURE p() BEGIN UPDATE a SET b = 1") && is_cut("CREATE PROCEDURE p() BEGIN"));
        for whole in ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "CREATE PROCEDURE p() x: BEGIN SELECT 1; END x", "BEGIN"] {
            assert!(!is_cut(whole), "{whole}");
        }
    }

    #[test]
    fn a_delimiter_of_the_client_is_no_statement() {
        let sql = "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER ;\nSELECT 2;";
        assert_eq!(texts(sql), ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 2"]);
        assert_eq!(texts("delimiter //\nSELECT 1; SELECT 2 //"), ["SELECT 1; SELECT 2"]);
    }

    #[test]
    fn any_text_has_pieces() {
        for text in
            ["'open", "`open", "/* open", "/*! open", "DELIMITER", "DELIMITER ", "é ü 🦀 \u{0}", "--", "@", "\\'", "x'"]
        {
            let _ = texts(text);
        }
    }
}
