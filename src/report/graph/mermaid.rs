//! A chain in Mermaid, as GitHub draws it: an arrow goes from each revision to what follows it.
//!
//! Labels are quoted, and in them everything but letters, digits and spaces is written as `#…;`: neither Mermaid, nor
//! the Markdown that it reads in labels, nor the page around it takes a part of them for more than text.

use std::fmt::Write as _;

use super::{counts, lines, short};
use crate::report::plain;
use crate::track::graph::{Graph, Mark, Node, What};

/// Mermaid draws no more than 500 edges, and no text of more than 50,000 characters.
const MAX_EDGES: usize = 400;
const MAX_BYTES: usize = 40_000;

/// Colours that can be read on a light and on a dark page.
const CLASSES: &str = "  classDef broken fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-dasharray:4\n  \
                       classDef new fill:#d1fae5,stroke:#059669,color:#064e3b\n  \
                       classDef head stroke-width:3px\n  classDef folded stroke-dasharray:4\n";

/// The drawing in a block of code for a page in Markdown. Of chains that are too long to be drawn the newest revisions
/// are, and how many more there are; `whole` draws all, for a page that allows more. At most 45 kB otherwise.
pub fn block(graphs: &[Graph], whole: bool) -> String {
    let mut room =
        if whole { Room { edges: usize::MAX, bytes: usize::MAX } } else { Room { edges: MAX_EDGES, bytes: MAX_BYTES } };
    let mut out = format!("```mermaid\nflowchart BT\n{CLASSES}");
    for (number, graph) in graphs.iter().enumerate() {
        let title = label(&[format!("{}: {}", short(&graph.track), counts(graph))]);
        let head = format!("  subgraph t{number} [\"{title}\"]\n");
        if !room.take(0, head.len()) {
            break;
        }
        out.push_str(&head);
        let drawn = draw(number, graph, &mut room);
        out.push_str(&drawn);
        out.push_str("  end\n");
    }
    out + "```\n"
}

/// What may still be drawn.
struct Room {
    edges: usize,
    bytes: usize,
}

impl Room {
    /// Takes what a node needs, where there is so much.
    fn take(&mut self, edges: usize, bytes: usize) -> bool {
        match (self.edges.checked_sub(edges), self.bytes.checked_sub(bytes)) {
            (Some(edges), Some(bytes)) => {
                *self = Self { edges, bytes };
                true
            }
            _ => false,
        }
    }
}

/// An edge's line has at most so many bytes.
const EDGE_BYTES: usize = 40;

fn draw(number: usize, graph: &Graph, room: &mut Room) -> String {
    let mut out = String::new();
    let mut drawn = 0;
    for (index, node) in graph.nodes.iter().enumerate() {
        let line = format!("    t{number}r{index}[\"{}\"]{}\n", label(&lines(node)), class(node));
        let edges = node.parents.len() + node.needs.len();
        if !room.take(edges, line.len() + edges * EDGE_BYTES) {
            break;
        }
        out.push_str(&line);
        drawn += 1;
    }
    let rest = graph.nodes.len() - drawn;
    if rest > 0 {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    t{number}r{drawn}[\"and {rest} more, too many to be drawn\"]:::folded");
    }
    for (index, node) in graph.nodes.iter().enumerate().take(drawn) {
        let mut to_rest = false;
        for parent in &node.parents {
            // All that is not drawn is one node.
            let from = (*parent).min(drawn);
            if from < drawn || !std::mem::replace(&mut to_rest, true) {
                let _ = writeln!(out, "    t{number}r{from} --> t{number}r{index}");
            }
        }
        for need in node.needs.iter().filter(|need| **need < drawn) {
            let _ = writeln!(out, "    t{number}r{need} -.-> t{number}r{index}");
        }
    }
    out
}

fn class(node: &Node) -> &'static str {
    match node.what {
        _ if node.is_broken() => ":::broken",
        _ if node.is(&Mark::New) => ":::new",
        What::Folded { .. } => ":::folded",
        _ if node.is(&Mark::Head) => ":::head",
        _ => "",
    }
}

/// Lines as one label.
fn label(lines: &[String]) -> String {
    lines.iter().map(|line| escape(&plain::line(line))).collect::<Vec<_>>().join("<br>")
}

/// An underscore or a dash between letters stays: it is in most names, and nothing there.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let before_word = chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            c if c.is_alphanumeric() || c == ' ' => out.push(c),
            '_' | '-' if in_word && before_word => out.push(c),
            // Writing to a string cannot fail.
            c => drop(write!(out, "#{};", u32::from(c))),
        }
        in_word = c.is_alphanumeric();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{graph, many};
    use super::*;

    #[test]
    fn heads_gaps_and_new_revisions_have_their_looks() {
        insta::assert_snapshot!(block(&[graph(&[("a_1", "None"), ("b", "('a_1', 'gone')")], &["a_1"])], false));
    }

    #[test]
    fn nothing_in_a_label_acts() {
        let evil = "\"]\n```\n%%{init: {}}%% --> `x` <b>1. _y_ a_b a-b www.x.y #quot; style:#1;";
        let shown = label(&[evil.to_owned()]);
        assert!(!shown.contains(['"', ']', '`', '%', '>', '<', '.', ':', '&', '\n']), "{shown}");
        assert!(shown.contains("a_b a-b") && shown.contains("#95;y#95;"), "{shown}");
    }

    #[test]
    fn a_long_chain_is_cut_to_what_is_drawn_on_github() {
        let straight = |n: usize| if n == 0 { "None".to_owned() } else { format!("'r{:05}'", n - 1) };
        let heads = |n: usize| if n == 0 { "None".to_owned() } else { "'r00000'".to_owned() };
        for graph in [many(3_000, straight), many(3_000, heads)] {
            let shown = block(std::slice::from_ref(&graph), false);
            assert!(shown.len() < 50_000 && shown.matches("-->").count() <= 500, "{}", shown.len());
            assert!(shown.contains("more, too many to be drawn"), "{shown}");
            assert!(!block(&[graph], true).contains("too many"));
        }
    }
}
