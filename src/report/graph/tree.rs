//! A chain as a tree for a terminal: one line a revision, and a line more where branches part or meet.

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::{MAX_NAMES, counts, marks, message, short};
use crate::report::plain;
use crate::track::graph::{Graph, Mark, Node, What};

/// Wider drawings are told in words: what has no lane left names the revision that it follows.
const MAX_LANES: usize = 24;

const BOLD: Style = Style::new().effects(Effects::BOLD);
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().effects(Effects::DIMMED);

/// The drawing of one chain, with a line break at its end.
pub fn text(graph: &Graph, color: bool) -> String {
    let mut out = painted(&format!("{}: {}", short(&graph.track), counts(graph)), BOLD, color) + "\n";
    let mut lanes = Lanes::default();
    for (index, node) in graph.nodes.iter().enumerate() {
        let (column, joined) = lanes.enter(index);
        out.push_str(&joined);
        let before = lanes.row(column, glyph(node));
        let (forked, told) = lanes.leave(index, column, &node.parents);
        let told = told.iter().map(|parent| graph.nodes[*parent].name());
        out.push_str(&format!("{before} {}\n{forked}", described(node, told, color)));
    }
    out
}

fn glyph(node: &Node) -> char {
    match node.what {
        What::Revision { .. } => '●',
        What::Missing { .. } => '✗',
        What::Folded { .. } => '┊',
    }
}

/// The words beside a node.
fn described(node: &Node, told: impl ExactSizeIterator<Item = String>, color: bool) -> String {
    let mut marks = marks(node);
    let more = told.len().saturating_sub(MAX_NAMES);
    marks.extend(told.take(MAX_NAMES).map(|name| format!("follows {}", short(&name))));
    if more > 0 {
        marks.push(format!("and {more} more"));
    }
    let style = match node.what {
        _ if node.is_broken() => RED,
        _ if node.is(&Mark::New) => GREEN,
        What::Folded { .. } => DIM,
        _ if node.is(&Mark::Head) => BOLD,
        _ => Style::new(),
    };
    let mut text = painted(&short(&node.name()), style, color);
    if !marks.is_empty() {
        text.push_str(&format!(" {}", painted(&format!("({})", marks.join(", ")), style, color)));
    }
    let message = message(node);
    if !message.is_empty() {
        text.push_str(&format!(" {}", plain::line(&short(message))));
    }
    text
}

/// Text made safe, in a style where colour is wanted.
fn painted(text: &str, style: Style, color: bool) -> String {
    let text = plain::line(text);
    if color && style != Style::new() { format!("{style}{text}{style:#}") } else { text }
}

/// The lines that run down beside the revisions, each towards the node that it waits for.
#[derive(Default)]
struct Lanes(Vec<Option<usize>>);

impl Lanes {
    /// The column of a node, and the row in which other lanes that lead to it meet there.
    fn enter(&mut self, node: usize) -> (usize, String) {
        let leading: Vec<usize> = (0..self.0.len()).filter(|lane| self.0[*lane] == Some(node)).collect();
        let (Some(&column), Some(&last)) = (leading.first(), leading.last()) else {
            return (self.free(0), String::new());
        };
        let joined = if last > column { self.bend(column, last, &leading, ['┴', '╯']) } else { String::new() };
        for lane in leading {
            self.0[lane] = None;
        }
        self.0[column] = Some(node);
        self.trim();
        (column, joined)
    }

    /// The row of a node.
    fn row(&self, column: usize, glyph: char) -> String {
        let width = self.0.len().max(column + 1);
        let cell = |lane: usize| match self.0.get(lane) {
            _ if lane == column => glyph,
            Some(Some(_)) => '│',
            _ => ' ',
        };
        spaced((0..width).map(cell))
    }

    /// Sends lanes to the parents; answers with the row in which they part, and the parents that get none.
    fn leave(&mut self, node: usize, column: usize, parents: &[usize]) -> (String, Vec<usize>) {
        let mut told = Vec::new();
        let mut opened = Vec::new();
        self.set(column, None);
        for parent in parents {
            let lane = if opened.is_empty() { column } else { self.free(column + 1) };
            // In a circle a parent may be above.
            if *parent <= node || lane >= MAX_LANES {
                told.push(*parent);
                continue;
            }
            self.set(lane, Some(*parent));
            opened.push(lane);
        }
        self.trim();
        let last = opened.iter().copied().max().unwrap_or(column);
        let forked = if last > column { self.bend(column, last, &opened, ['┬', '╮']) } else { String::new() };
        (forked, told)
    }

    /// A row that ties lanes to the one at `column`, which is the leftmost of them.
    fn bend(&self, column: usize, last: usize, tied: &[usize], [through, end]: [char; 2]) -> String {
        let mut row = String::new();
        for lane in 0..self.0.len().max(last + 1) {
            let is_running = matches!(self.0.get(lane), Some(Some(_)));
            row.push(match lane {
                _ if lane == column => '├',
                _ if lane == last => end,
                _ if tied.contains(&lane) => through,
                _ if (column..last).contains(&lane) => {
                    if is_running {
                        '┼'
                    } else {
                        '─'
                    }
                }
                _ => {
                    if is_running {
                        '│'
                    } else {
                        ' '
                    }
                }
            });
            row.push(if (column..last).contains(&lane) { '─' } else { ' ' });
        }
        row.trim_end().to_owned() + "\n"
    }

    /// The first lane from here on that leads nowhere; it may be one beyond the last.
    fn free(&self, from: usize) -> usize {
        (from..self.0.len()).find(|lane| self.0[*lane].is_none()).unwrap_or(self.0.len().max(from))
    }

    fn set(&mut self, lane: usize, node: Option<usize>) {
        if lane >= self.0.len() {
            self.0.resize(lane + 1, None);
        }
        self.0[lane] = node;
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&None) {
            self.0.pop();
        }
    }
}

fn spaced(cells: impl Iterator<Item = char>) -> String {
    let mut row = String::new();
    for cell in cells {
        row.push(cell);
        row.push(' ');
    }
    row.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, many};
    use super::*;

    #[test]
    fn a_straight_chain_is_one_line_a_revision() {
        let graph = graph(&[("a", "None"), ("b", "'a'"), ("c", "'b'")], &["a", "b"]);
        let expected = "postgres: 3 revisions, 1 head, 1 new\n● c (head, new) Do c\n● b Do b\n● a (base) Do a\n";
        assert_eq!(text(&graph, false), expected);
    }

    #[test]
    fn branches_part_and_meet() {
        let graph = graph(
            &[
                ("a", "None"),
                ("b", "'a'"),
                ("c", "'b'"),
                ("d", "'b'"),
                ("e", "'d'"),
                ("f", "('c', 'e')"),
                ("g", "'gone'"),
                ("h", "'d'"),
            ],
            &[],
        );
        insta::assert_snapshot!(text(&graph, false));
    }

    #[test]
    fn lanes_cross_where_they_must() {
        let graph = graph(
            &[("a", "None"), ("b", "None"), ("x", "('a', 'b')"), ("y", "('b', 'a')"), ("z", "('a', 'b', 'y')")],
            &[],
        );
        insta::assert_snapshot!(text(&graph, false));
    }

    #[test]
    fn a_circle_says_what_comes_again() {
        let graph = graph(&[("a", "'b'"), ("b", "'a'")], &[]);
        insta::assert_snapshot!(text(&graph, false));
    }

    #[test]
    fn very_many_heads_and_very_many_parents_stay_narrow() {
        let heads = text(&many(5_000, |n| if n == 0 { "None".into() } else { "'r00000'".into() }), false);
        assert!(heads.lines().all(|line| line.chars().count() < 200), "{heads}");
        assert!(heads.contains("(head, follows r00000)"), "{heads}");
        let all: Vec<String> = (0..5_000).map(|n| format!("'r{n:05}'")).collect();
        let parents = |n: usize| if n == 5_000 { format!("[{}]", all.join(", ")) } else { "None".into() };
        let merge = text(&many(5_001, parents), false);
        assert!(merge.lines().all(|line| line.chars().count() < 300), "{merge}");
    }

    #[test]
    fn text_from_the_repository_is_only_text() {
        let evil = r"::error::x\x1b[31m\n##[error]x\u202e";
        let graph = graph(&[(evil, "None"), ("b", "'##'")], &[]);
        let shown = text(&graph, false);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("##["), "{shown:?}");
        assert_eq!(shown.lines().count(), 4, "{shown}");
        assert!(text(&graph, true).contains('\u{1b}'));
    }
}
