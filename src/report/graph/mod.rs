//! Drawings of a chain: for a terminal, for a page on GitHub, for Graphviz.

use crate::track::graph::{Graph, Mark, Node, What};

pub mod dot;
pub mod mermaid;
pub mod tree;

/// What a node may say of itself is cut at so many characters.
const MAX_CHARS: usize = 72;
/// Of many marks or names, so many are written.
const MAX_NAMES: usize = 4;

fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => text[..at].to_owned() + "…",
        None => text.to_owned(),
    }
}

/// The marks of a node as words. What a folded stretch is marked with is in its name.
fn marks(node: &Node) -> Vec<String> {
    if matches!(node.what, What::Folded { .. }) {
        return Vec::new();
    }
    let mut marks: Vec<String> = node.marks.iter().map(|mark| short(&mark.to_string())).collect();
    // The marks of our own come first and are few; branches and dependencies may be many.
    let own = node.marks.iter().take_while(|mark| !matches!(mark, Mark::Label(_) | Mark::Needs(_))).count();
    let more = marks.len().saturating_sub(own + MAX_NAMES);
    if more > 0 {
        marks.truncate(own + MAX_NAMES);
        marks.push(format!("and {more} more"));
    }
    marks
}

fn message(node: &Node) -> &str {
    match &node.what {
        What::Revision { message, .. } => message,
        _ => "",
    }
}

fn lines(node: &Node) -> Vec<String> {
    let marks = marks(node);
    let mut lines = vec![short(&node.name())];
    if !marks.is_empty() {
        lines.push(format!("({})", marks.join(", ")));
    }
    let message = message(node);
    if !message.is_empty() {
        lines.push(short(message));
    }
    lines
}

/// "17 revisions, 1 head, 2 new".
fn counts(graph: &Graph) -> String {
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let mut parts = vec![plural(graph.revisions, "revision")];
    match graph.heads {
        Some(0) if graph.revisions > 0 => parts.push("no head".to_owned()),
        Some(0) => {}
        Some(heads) => parts.push(plural(heads, "head")),
        None => parts.push("its heads are not known, because an id or a parent is computed".to_owned()),
    }
    if graph.new > 0 {
        parts.push(format!("{} new", graph.new));
    }
    parts.join(", ")
}

#[cfg(test)]
pub(super) mod testing {
    use std::collections::HashSet;
    use std::sync::Arc;

    use super::Graph;
    use crate::source::Source;
    use crate::track::chain::Chain;
    use crate::track::revision::Revision;

    /// A chain of revisions, each an id and what `down_revision` is; those not in `base` are new.
    pub fn graph(revisions: &[(&str, &str)], base: &[&str]) -> Graph {
        let read = |(id, parent): &(&str, &str)| {
            let text = format!("\"\"\"Do {id}\"\"\"\nrevision = \"{id}\"\ndown_revision = {parent}\n");
            Arc::new(Revision::parse(&Source::new("a.py", text)).unwrap())
        };
        let base: HashSet<String> = base.iter().map(|id| (*id).to_owned()).collect();
        let chain = Chain::new(revisions.iter().map(read).collect());
        Graph::new("postgres", &chain, (!base.is_empty()).then_some(&base))
    }

    pub fn many(count: usize, parent: impl Fn(usize) -> String) -> Graph {
        let owned: Vec<(String, String)> = (0..count).map(|n| (format!("r{n:05}"), parent(n))).collect();
        let revisions: Vec<(&str, &str)> = owned.iter().map(|(id, parent)| (id.as_str(), parent.as_str())).collect();
        graph(&revisions, &[])
    }
}
