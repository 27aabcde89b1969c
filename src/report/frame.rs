//! The places of a finding as source frames, one for each file, the primary place's file first.

use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};

use super::plain;
use crate::finding::Finding;
use crate::source::{Location, Source};

/// Related places that are shown unless all are asked for.
pub const MAX_RELATED: usize = 5;
/// Longer source lines are cut, and a place beyond that is named, not shown.
const MAX_LINE_CHARS: usize = 1_000;
/// Of a place over several lines, so many after its first can be shown.
const SHOWN_AFTER_START: usize = 5;

/// The source frames of a finding, at most `related` of its related places among them. Frames are for `width` columns.
pub fn elements(finding: &Finding, related: usize, width: usize) -> Vec<Element<'static>> {
    let mut files: Vec<Vec<(&Location, bool)>> = Vec::new();
    for (location, primary) in finding.locations().take(related.saturating_add(1)) {
        match files.iter_mut().find(|file| same_file(&file[0].0.source, &location.source)) {
            Some(file) => file.push((location, primary)),
            None => files.push(vec![(location, primary)]),
        }
    }
    files.iter().flat_map(|places| file_elements(places, width)).collect()
}

/// The frame of one place.
pub fn of_place(place: &Location, width: usize) -> Vec<Element<'static>> {
    file_elements(&[(place, true)], width)
}

/// One path can stand for two texts: a file at the merge base and at head.
fn same_file(left: &Source, right: &Source) -> bool {
    left.path() == right.path() && left.text() == right.text()
}

fn file_elements(places: &[(&Location, bool)], width: usize) -> Vec<Element<'static>> {
    let (shown, named): (Vec<_>, Vec<_>) = places.iter().copied().partition(|(location, _)| can_show(location));
    let origins = named.into_iter().map(|(location, _)| {
        let start = location.start();
        Origin::path(plain::line(location.path())).line(start.line).char_column(start.column).into()
    });
    let mut elements: Vec<Element<'static>> = origins.collect();
    if !shown.is_empty() {
        elements.push(snippet(&shown, width).into());
    }
    elements
}

fn can_show(location: &Location) -> bool {
    !location.source.text().is_empty() && location.start().column <= MAX_LINE_CHARS
}

fn snippet(places: &[(&Location, bool)], width: usize) -> Snippet<'static, Annotation<'static>> {
    let source = &places[0].0.source;
    let ranges: Vec<Range<usize>> = places.iter().map(|(location, _)| visible_range(location, width)).collect();
    let excerpt = Excerpt::new(source, &ranges);
    let annotations = places.iter().zip(&ranges).map(|((location, primary), range)| {
        let kind = if *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!location.label.is_empty()).then(|| plain::line(&location.label));
        kind.span(excerpt.map(range.start)..excerpt.map(range.end)).label(label)
    });
    let annotations: Vec<_> = annotations.collect();
    Snippet::source(excerpt.text)
        .line_start(excerpt.first_line)
        .path(plain::line(source.path()))
        .annotations(annotations)
}

/// The range to underline: without white space at its end, and no wider than a screen.
fn visible_range(location: &Location, width: usize) -> Range<usize> {
    let Range { start, end } = location.range;
    let text = location.source.text()[start..end].trim_end();
    let most = width.saturating_sub(24).max(20);
    let cut = text.char_indices().nth(most).filter(|_| !text.contains('\n')).map_or(text.len(), |(at, _)| at);
    start..start + cut
}

/// The lines around some ranges with every character made printable, and where in them the ranges' ends now are.
struct Excerpt {
    text: String,
    first_line: usize,
    /// Offsets in the source and in `text`, sorted.
    offsets: Vec<(usize, usize)>,
}

impl Excerpt {
    fn new(source: &Source, ranges: &[Range<usize>]) -> Self {
        let mut lines = BTreeSet::new();
        for range in ranges {
            let (start, end) = (source.line_at(range.start), source.line_at(range.end));
            // A renderer also shows the one line that lies between two that it must show.
            lines.extend(start.saturating_sub(1).max(1)..=end.min(start + SHOWN_AFTER_START));
            lines.extend(end.saturating_sub(1).max(1)..=end + 1);
        }
        let first_line = ranges.iter().map(|range| source.line_at(range.start)).min().unwrap_or(1);
        let last_line = ranges.iter().map(|range| source.line_at(range.end)).max().unwrap_or(1);
        let mut offsets: Vec<_> = ranges.iter().flat_map(|range| [range.start, range.end]).map(|at| (at, 0)).collect();
        offsets.sort_unstable();
        let mut excerpt = Self { text: String::new(), first_line, offsets };
        let mut mapped = 0;
        for line in first_line..=last_line {
            if line > first_line {
                excerpt.text.push('\n');
            }
            if lines.contains(&line) {
                mapped = excerpt.push_line(source, line, mapped);
            }
        }
        excerpt
    }

    /// Adds a line; `mapped` offsets are known before it, and the number that are known after it is returned.
    fn push_line(&mut self, source: &Source, line: usize, mut mapped: usize) -> usize {
        let range = source.line_range(line);
        let line_at = self.text.len();
        for (count, (at, c)) in source.text()[range.clone()].char_indices().enumerate() {
            mapped = self.map_up_to(range.start + at, mapped);
            if count == MAX_LINE_CHARS {
                self.text.push('…');
                break;
            }
            // A byte order mark is no part of what a reader sees, nor of what an editor counts.
            if c != '\u{feff}' || range.start + at > 0 {
                let c = plain::source_char(c, &self.text[line_at..]);
                self.text.push(c);
            }
        }
        // Places in a line break or in what was cut off are at the end of what is shown.
        let next = source.line_range(line + 1).start.max(range.end + 1);
        self.map_up_to(next - 1, mapped)
    }

    fn map_up_to(&mut self, source_offset: usize, mut mapped: usize) -> usize {
        while self.offsets.get(mapped).is_some_and(|(at, _)| *at <= source_offset) {
            self.offsets[mapped].1 = self.text.len();
            mapped += 1;
        }
        mapped
    }

    fn map(&self, source_offset: usize) -> usize {
        let index = self.offsets.partition_point(|(at, _)| *at < source_offset);
        self.offsets.get(index).map_or(self.text.len(), |(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use annotate_snippets::{Group, Level, Renderer};

    use super::*;
    use crate::rules::RULES;

    fn render(finding: &Finding, width: usize) -> String {
        let group = Group::with_level(Level::ERROR).elements(elements(finding, MAX_RELATED, width));
        Renderer::plain().term_width(width).render(&[group])
    }

    fn at(source: &Source, range: Range<usize>) -> Finding {
        Finding::new(RULES[0], "key", "message", Location::new(source, range, "here"))
    }

    fn at_text(source: &Source, text: &str) -> Finding {
        let start = source.text().find(text).unwrap();
        at(source, start..start + text.len())
    }

    #[test]
    fn escapes_and_bidi_characters_of_a_source_line_stay_out_of_the_terminal_and_the_underline_fits() {
        let source = Source::new("a\x1b[2J.py", "é = '\x1b]0;\u{202e}x\u{9b}##[error]'; target = 1\r\nnext");
        let shown = render(&at_text(&source, "target"), 100);
        assert!(!shown.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}')), "{shown:?}");
        assert!(!shown.contains("##["), "{shown}");
        assert!(shown.contains(r"a\u{1b}[2J.py:1:25"), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let code = lines.iter().position(|line| line.contains("target")).unwrap();
        let width_before = |line: &str, what| line[..line.find(what).unwrap()].chars().count();
        // The full-width bracket takes two columns.
        assert_eq!(width_before(lines[code], "target") + 1, width_before(lines[code + 1], "^^^^^^"), "{shown}");
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let source = Source::new("a.py", format!("x = [{}]", "'a', ".repeat(100_000)));
        let whole = render(&at(&source, 0..source.text().len()), 100);
        assert!(whole.lines().all(|line| line.chars().count() < 140), "{whole}");
        let far = render(&at(&source, 300_000..300_003), 100);
        assert!(far.contains("a.py:1:300001"), "{far}");
    }

    #[test]
    fn a_byte_order_mark_is_not_shown() {
        let source = Source::new("a.py", "\u{feff}a = 1\n");
        assert!(render(&at_text(&source, "a = 1"), 80).contains("1 | a = 1\n"));
    }

    #[test]
    fn no_combination_of_places_breaks_the_frame() {
        let text = "\u{feff}a\r\n\r\n\tbc é\x1b\n\n  x = '表'\n\u{301}\n)\n# c\n}\nend";
        let source = Source::new("a.py", text);
        let boundaries: Vec<usize> = (0..=text.len()).collect();
        let mut state = 7_usize;
        let mut next = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for start in &boundaries {
            for end in &boundaries {
                render(&at(&source, *start..*end), 80);
            }
        }
        for _ in 0..3_000 {
            let mut finding = at(&source, next(text.len() + 1)..next(text.len() + 1));
            for _ in 0..next(5) {
                let range = next(text.len() + 1)..next(text.len() + 1);
                finding.related.push(Location::new(&source, range, ["", "a label"][next(2)]));
            }
            render(&finding, 10 + next(100));
        }
    }

    #[test]
    fn an_empty_file_is_named() {
        let source = Source::new("gone.py", "");
        assert!(render(&at(&source, 0..0), 80).contains("--> gone.py:1:1"));
    }
}
