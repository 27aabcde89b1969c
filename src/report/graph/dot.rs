//! A chain for Graphviz: an arrow goes from each revision to what follows it.

use std::fmt::Write as _;

use super::{counts, lines, short};
use crate::report::plain;
use crate::track::graph::{Graph, Mark, Node, What};

/// One drawing with a box for each chain.
pub fn text(graphs: &[Graph]) -> String {
    let mut out = String::from("digraph chains {\n  rankdir=BT;\n  node [shape=box, style=rounded, fontname=sans];\n");
    for (number, graph) in graphs.iter().enumerate() {
        let title = quoted(&format!("{}: {}", short(&graph.track), counts(graph)));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={title};");
        for (index, node) in graph.nodes.iter().enumerate() {
            let _ = writeln!(out, "    t{number}r{index} [label={}{}];", quoted(&lines(node).join("\n")), look(node));
        }
        for (index, node) in graph.nodes.iter().enumerate() {
            for parent in &node.parents {
                let _ = writeln!(out, "    t{number}r{parent} -> t{number}r{index};");
            }
            for need in &node.needs {
                let _ = writeln!(out, "    t{number}r{need} -> t{number}r{index} [style=dotted];");
            }
        }
        out.push_str("  }\n");
    }
    out + "}\n"
}

fn look(node: &Node) -> &'static str {
    match node.what {
        _ if node.is_broken() => ", color=red, style=dashed",
        _ if node.is(&Mark::New) => ", color=darkgreen, penwidth=2",
        What::Folded { .. } => ", shape=plaintext",
        _ if node.is(&Mark::Head) => ", penwidth=2",
        _ => "",
    }
}

/// A string of Graphviz: lines of our own are parted by its `\n`, and nothing else in it acts.
fn quoted(text: &str) -> String {
    let line = |line: &str| plain::line(line).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.split('\n').map(line).collect::<Vec<_>>().join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::graph;
    use super::*;

    #[test]
    fn every_revision_has_a_node_and_every_parent_an_edge() {
        insta::assert_snapshot!(text(&[graph(&[("a", "None"), ("b", "('a', 'gone')")], &["a"])]));
    }

    #[test]
    fn a_label_ends_where_it_should() {
        assert_eq!(quoted("a\"b\\\u{1b} &lt;"), r#""a\"b\\\\u{1b} &amp;lt;""#);
    }
}
