//! The comments of a TOML file.

use std::ops::Range;

/// The byte range of every comment, from its `#` to the end of its line. What stands in a string is none.
pub fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(next) = rest.find(['#', '"', '\'']) else { break };
        at += next;
        let rest = &rest[next..];
        if rest.starts_with('#') {
            let end = rest.find('\n').unwrap_or(rest.len());
            found.push(at..at + end);
            at += end;
        } else {
            at += string_length(rest);
        }
    }
    found
}

/// The length of the string that a text begins with: of one quote, or of three; a line ends one that is not closed.
fn string_length(text: &str) -> usize {
    let quote = if text.starts_with('"') { "\"" } else { "'" };
    let triple = quote.repeat(3);
    let (delimiter, has_lines) = if text.starts_with(&triple) { (triple.as_str(), true) } else { (quote, false) };
    let mut at = delimiter.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(delimiter) {
            return at + delimiter.len();
        }
        let length = |text: &str| text.chars().next().map_or(0, char::len_utf8);
        match rest.as_bytes().first() {
            Some(b'\n') if !has_lines => return at,
            Some(b'\\') if quote == "\"" => at += 1 + length(&rest[1..]),
            _ => at += length(rest),
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_begins_outside_of_strings() {
        let text = "a = \"# no\" # one\nb = '''\n# no\n''' # two\nc = '\\' # three\nd = \"\\\"# no\" #\ne = \"open # no\n# five";
        let found: Vec<&str> = comments(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["# one", "# two", "# three", "#", "# five"]);
        assert!(comments("a = \"é\\").is_empty());
    }
}
