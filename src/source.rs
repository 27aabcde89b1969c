//! A file's text at one commit, and places in it.

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

/// A text file as it stands at one commit. Cheap to clone: the text is shared.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: String,
    text: String,
    /// Found when the first place is asked for: most texts are only read.
    line_starts: OnceLock<Vec<usize>>,
}

/// A place in a text: `line` and `column` count from 1, a column is one Unicode scalar value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub line: usize,
    pub column: usize,
}

impl Source {
    /// `path` is relative to the repository's root, with `/` between its parts.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { path: path.into(), text: text.into(), line_starts: OnceLock::new() }))
    }

    fn line_starts(&self) -> &[usize] {
        self.0.line_starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text().as_bytes());
            std::iter::once(0).chain(breaks.map(|at| at + 1)).collect()
        })
    }

    pub fn path(&self) -> &str {
        &self.0.path
    }

    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The 1-based line that the byte at `offset` lies on.
    pub fn line_at(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset).max(1)
    }

    /// The byte range of a 1-based line, without its line break; empty where the file has no such line.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let starts = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return self.text().len()..self.text().len();
        };
        let end = starts.get(line).map_or(self.text().len(), |next| next - 1);
        let line_text = self.text()[start..end].trim_end_matches('\r');
        start..start + line_text.len()
    }

    /// The text of a 1-based line, without its line break.
    pub fn line(&self, line: usize) -> &str {
        &self.text()[self.line_range(line)]
    }

    pub fn point(&self, offset: usize) -> Point {
        let offset = self.floor_char_boundary(offset);
        let line = self.line_at(offset);
        let start = self.line_starts()[line - 1];
        Point { line, column: self.text()[start..offset].chars().count() + 1 }
    }

    fn floor_char_boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text().len());
        while !self.text().is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// A range of a source that a finding points to, and what it says there.
#[derive(Clone, Debug)]
pub struct Location {
    pub source: Source,
    pub range: Range<usize>,
    /// What the reader should see in this place; may be empty.
    pub label: String,
}

impl Location {
    pub fn new(source: &Source, range: Range<usize>, label: impl Into<String>) -> Self {
        let end = source.floor_char_boundary(range.end);
        let start = source.floor_char_boundary(range.start).min(end);
        Self { source: source.clone(), range: start..end, label: label.into() }
    }

    /// The whole of one line, from its first character that is not white space.
    pub fn line(source: &Source, line: usize, label: impl Into<String>) -> Self {
        let range = source.line_range(line);
        let indent = source.text()[range.clone()].len() - source.text()[range.clone()].trim_start().len();
        Self::new(source, range.start + indent..range.end, label)
    }

    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn path(&self) -> &str {
        self.source.path()
    }

    /// Whether another one is the same place, whatever is to be seen there.
    pub fn is_at(&self, other: &Self) -> bool {
        self.path() == other.path() && self.range == other.range
    }

    pub fn start(&self) -> Point {
        self.source.point(self.range.start)
    }

    pub fn end(&self) -> Point {
        self.source.point(self.range.end)
    }
}

/// Whether one name is likely to be a slip of the pen for the other.
pub fn is_near(one: &str, other: &str) -> bool {
    let distance = strsim::damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase());
    distance > 0 && distance <= 2 && distance * 3 <= one.len().min(other.len())
}

/// Whether a text has a whole word, in any case.
pub fn has_name(text: &str, name: &str) -> bool {
    let mut words = text.split(|part: char| !part.is_alphanumeric() && part != '_');
    words.any(|word| word.eq_ignore_ascii_case(name))
}

/// Whether `text` has one of these lower-case words, in any case.
///
/// A regular expression says the same, but takes longer to compile than a whole check without findings lasts.
pub fn has_word(text: &str, words: &[&str]) -> bool {
    // A bit for each letter that a word begins with: nearly every place of a short name is passed over by that alone.
    let firsts = words.iter().filter_map(|word| word.bytes().next());
    let letters = firsts.fold(0_u32, |letters, first| letters | 1 << (first & 31));
    let bytes = text.as_bytes();
    let mut places = (0..bytes.len()).filter(|&at| letters >> (bytes[at] & 31) & 1 == 1);
    let begins = |at: usize, word: &&str| {
        bytes[at..].get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    places.any(|at| words.iter().any(|word| begins(at, word)))
}

/// A place in a file: what a finding points to. What is evaluated may be nowhere, a finding may not.
#[derive(Clone, Debug)]
pub struct Place(Location);

impl Place {
    /// `None` where the location is in no file.
    pub fn of(location: &Location) -> Option<Self> {
        if location.path().is_empty() {
            return None;
        }
        let text = location.source.text();
        let end = text.trim_end_matches(['\n', '\r']).len();
        // Behind the last line break there is no line.
        let is_behind = location.range.start > end && location.range.start == text.len();
        let range = if is_behind { end..end } else { location.range.clone() };
        Some(Self(Location { range, ..location.clone() }))
    }

    /// The first line of a file of which no more is known; of the folder that all is in where even that has no name.
    pub fn file(path: &str) -> Self {
        let path = if path.is_empty() { "." } else { path };
        Self(Location::line(&Source::new(path, ""), 1, ""))
    }

    #[must_use]
    pub fn labelled(self, label: impl Into<String>) -> Self {
        Self(self.0.labelled(label))
    }

    pub fn is_same(&self, other: &Location) -> bool {
        self.path() == other.path() && self.range == other.range
    }
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self::of(&location).unwrap_or_else(|| Self::file(""))
    }
}

impl Deref for Place {
    type Target = Location;

    fn deref(&self) -> &Location {
        &self.0
    }
}

/// The words of a text, each with where it begins: names, numbers, keywords.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |part: char| part.is_alphanumeric() || part == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_part)?;
        let end = text[start..].find(|part| !is_part(part)).map_or(text.len(), |end| start + end);
        at = end;
        Some((start, &text[start..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case() {
        assert!(has_word("un été CREATE TEMP TABLE", &["temp"]) && !has_word("4emp été tem", &["temp"]));
        assert!(has_word("notes_Migration", &["upgrade", "migrat"]) && !has_word("migra", &["upgrade", "migrat"]));
        assert!(!has_word("", &["a"]));
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = Source::new("a.py", "é = 1\r\nüx = 2\n");
        assert_eq!(source.point(source.text().find("x =").unwrap()), Point { line: 2, column: 2 });
        assert_eq!(source.line(1), "é = 1");
    }

    #[test]
    fn a_line_that_is_not_there_is_empty() {
        let source = Source::new("a.py", "one");
        assert_eq!(source.line(0), "");
        assert_eq!(source.line(7), "");
        assert_eq!(source.line_at(3), 1);
    }

    #[test]
    fn a_range_inside_a_character_is_moved_to_its_start() {
        let source = Source::new("a.py", "é");
        let location = Location::new(&source, 1..9, "");
        assert_eq!(location.range, 0..2);
    }
}
