//! A chain as a drawing: its revisions newest first, who follows whom, and what is to be seen of each.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::chain::Chain;
use super::revision::Revision;

/// So many revisions stay on either side of a stretch that is folded.
const KEPT: usize = 3;
/// A stretch is folded where that hides at least so many.
const WORTH_FOLDING: usize = 6;

/// The chain of one track, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The track's name.
    pub track: String,
    /// Children before their parents; only in a circle does a parent come first.
    pub nodes: Vec<Node>,
    /// How many revisions there are, drawn or folded.
    pub revisions: usize,
    /// How many of them nothing follows; `None` where an id or a parent is computed, so that it is not known.
    pub heads: Option<usize>,
    /// How many are new since the base.
    pub new: usize,
}

/// What stands in one place of the drawing.
#[derive(Clone, Debug)]
pub struct Node {
    pub what: What,
    pub marks: Vec<Mark>,
    /// The nodes that it follows, by their index.
    pub parents: Vec<usize>,
    /// The nodes that it depends on besides, by their index.
    pub needs: Vec<usize>,
}

/// What a node stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `name` is its id, or its file's name where the id is computed; `message` may be empty.
    Revision { name: String, message: String },
    /// A parent that no file has.
    Missing { id: String },
    /// So many revisions, each of which follows the next.
    Folded { count: usize },
}

/// What is special about a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Head,
    Merge,
    Base,
    /// The chain is to end there.
    Parked,
    New,
    Missing,
    Circle,
    DuplicateId,
    ComputedId,
    ComputedParents,
    /// It begins a branch of this name.
    Label(String),
    /// It also needs this revision or branch.
    Needs(String),
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => out.write_str("head"),
            Self::Merge => out.write_str("merge"),
            Self::Base => out.write_str("base"),
            Self::Parked => out.write_str("parked here"),
            Self::New => out.write_str("new"),
            Self::Missing => out.write_str("no file has it"),
            Self::Circle => out.write_str("in a circle"),
            Self::DuplicateId => out.write_str("the id of several files"),
            Self::ComputedId => out.write_str("its id is computed"),
            Self::ComputedParents => out.write_str("its parents are computed"),
            Self::Label(name) => write!(out, "branch {name}"),
            Self::Needs(id) => write!(out, "needs {id}"),
        }
    }
}

impl Node {
    pub fn is(&self, mark: &Mark) -> bool {
        self.marks.contains(mark)
    }

    /// Whether it keeps the chain from running.
    pub fn is_broken(&self) -> bool {
        [Mark::Missing, Mark::Circle, Mark::DuplicateId].iter().any(|mark| self.is(mark))
    }

    /// What it is called.
    pub fn name(&self) -> String {
        match &self.what {
            What::Revision { name, .. } => name.clone(),
            What::Missing { id } => id.clone(),
            What::Folded { count } if self.is(&Mark::New) => format!("{count} new revisions"),
            What::Folded { count } => format!("{count} revisions"),
        }
    }
}

impl Graph {
    /// The drawing of a chain. Revisions that `base` has not are marked as new, where there is a base.
    pub fn new(track: impl Into<String>, chain: &Chain, base: Option<&HashSet<String>>) -> Self {
        let mut nodes = nodes(chain, base);
        let order = order(&nodes);
        let mut place = vec![0; order.len()];
        for (at, index) in order.iter().enumerate() {
            place[*index] = at;
        }
        for node in &mut nodes {
            for index in node.parents.iter_mut().chain(&mut node.needs) {
                *index = place[*index];
            }
        }
        let mut placed: Vec<(usize, Node)> = place.into_iter().zip(nodes).collect();
        placed.sort_by_key(|(at, _)| *at);
        let nodes: Vec<Node> = placed.into_iter().map(|(_, node)| node).collect();
        let new = nodes.iter().filter(|node| node.is(&Mark::New)).count();
        let heads = chain.is_known().then(|| chain.heads().len());
        Self { track: track.into(), nodes, revisions: chain.revisions.len(), heads, new }
    }

    /// The same with a mark at the revision at which the chain is to end, if one is named.
    #[must_use]
    pub fn parked_at(mut self, id: Option<&str>) -> Self {
        let is_it = |node: &&mut Node| matches!(&node.what, What::Revision { name, .. } if Some(name.as_str()) == id);
        for node in self.nodes.iter_mut().filter(is_it) {
            // Our own marks stand before the branches and dependencies.
            node.marks.insert(0, Mark::Parked);
        }
        self
    }

    /// The same with long straight stretches folded into one node each.
    #[must_use]
    pub fn folded(self) -> Self {
        let straight = self.straight();
        let mut kept: Vec<Node> = Vec::new();
        let mut place = vec![0; self.nodes.len()];
        let mut at = 0;
        while at < self.nodes.len() {
            let new = self.nodes[at].is(&Mark::New);
            let alike = |index: usize| straight[index] && self.nodes[index].is(&Mark::New) == new;
            let length = (at..self.nodes.len()).take_while(|index| alike(*index)).count();
            let hidden = if length >= 2 * KEPT + WORTH_FOLDING { length - 2 * KEPT } else { 0 };
            let end = at + length.max(1);
            while at < end {
                place[at] = kept.len();
                if hidden > 0 && at + KEPT + hidden == end {
                    place[at..at + hidden].fill(kept.len());
                    at += hidden - 1;
                    let marks = if new { vec![Mark::New] } else { Vec::new() };
                    let parents = self.nodes[at].parents.clone();
                    kept.push(Node { what: What::Folded { count: hidden }, marks, parents, needs: Vec::new() });
                } else {
                    kept.push(self.nodes[at].clone());
                }
                at += 1;
            }
        }
        for node in &mut kept {
            for index in node.parents.iter_mut().chain(&mut node.needs) {
                *index = place[*index];
            }
        }
        Self { nodes: kept, ..self }
    }

    /// Of each node, whether it stands alone between one child and the next node, its parent, and has nothing to be
    /// seen but that it may be new.
    fn straight(&self) -> Vec<bool> {
        let mut followed = vec![0_usize; self.nodes.len()];
        for node in &self.nodes {
            for index in &node.parents {
                followed[*index] += 1;
            }
            for index in &node.needs {
                followed[*index] += 2;
            }
        }
        let is_straight = |(index, node): (usize, &Node)| {
            let plain = node.marks.is_empty() || node.marks == [Mark::New];
            plain && node.needs.is_empty() && node.parents == [index + 1] && followed[index] == 1
        };
        self.nodes.iter().enumerate().map(is_straight).collect()
    }
}

/// A node for each revision, in path order, and for each parent that is nowhere.
fn nodes(chain: &Chain, base: Option<&HashSet<String>>) -> Vec<Node> {
    let mut index: HashMap<&str, usize> = HashMap::new();
    for (at, revision) in chain.revisions.iter().enumerate() {
        if let Some(id) = &revision.id {
            index.entry(id).or_insert(at);
        }
    }
    let heads: HashSet<*const Revision> =
        if chain.is_known() { chain.heads().into_iter().map(std::ptr::from_ref).collect() } else { HashSet::new() };
    let circle: HashSet<*const Revision> = chain.cycle().into_iter().map(std::ptr::from_ref).collect();
    let twice: HashSet<*const Revision> = chain.duplicates().into_iter().flatten().map(std::ptr::from_ref).collect();
    let mut missing: Vec<&str> = Vec::new();
    let mut nodes = Vec::with_capacity(chain.revisions.len());
    for revision in &chain.revisions {
        let mut parents: Vec<usize> = Vec::new();
        let mut seen = HashSet::new();
        for id in &revision.parents {
            let at = *index.entry(id).or_insert_with(|| {
                missing.push(id);
                chain.revisions.len() + missing.len() - 1
            });
            if seen.insert(at) {
                parents.push(at);
            }
        }
        let this = std::ptr::from_ref(&**revision);
        let mut marks = Vec::new();
        let mut mark = |is: bool, mark: Mark| {
            if is {
                marks.push(mark);
            }
        };
        mark(heads.contains(&this), Mark::Head);
        mark(parents.len() > 1, Mark::Merge);
        mark(parents.is_empty() && !revision.computed_parents, Mark::Base);
        mark(base.is_some_and(|base| revision.id.as_ref().is_none_or(|id| !base.contains(id))), Mark::New);
        mark(circle.contains(&this), Mark::Circle);
        mark(twice.contains(&this), Mark::DuplicateId);
        mark(revision.id.is_none(), Mark::ComputedId);
        mark(revision.computed_parents, Mark::ComputedParents);
        marks.extend(revision.labels.iter().cloned().map(Mark::Label));
        marks.extend(revision.depends_on.iter().cloned().map(Mark::Needs));
        let name = revision.id.clone().unwrap_or_else(|| revision.stem().to_owned());
        let message = message(revision.location.source.text()).to_owned();
        nodes.push(Node { what: What::Revision { name, message }, marks, parents, needs: Vec::new() });
    }
    for (node, revision) in nodes.iter_mut().zip(&chain.revisions) {
        let needs = revision.depends_on.iter().filter_map(|id| index.get(id.as_str()).copied());
        node.needs = needs.filter(|at| *at < chain.revisions.len()).collect();
    }
    nodes.extend(missing.into_iter().map(|id| Node {
        what: What::Missing { id: id.to_owned() },
        marks: vec![Mark::Missing],
        parents: Vec::new(),
        needs: Vec::new(),
    }));
    nodes
}

/// The nodes with every child before its parents, and each branch in one piece as far as that goes. A circle is cut at
/// one of its revisions.
fn order(nodes: &[Node]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for parent in &node.parents {
            children[*parent].push(index);
        }
    }
    let mut waiting: Vec<usize> = children.iter().map(Vec::len).collect();
    let mut placed = vec![false; nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    // The last is taken first. What is followed by nothing is taken by its name: the highest number is the newest.
    let mut free: Vec<usize> = (0..nodes.len()).filter(|index| waiting[*index] == 0).collect();
    free.sort_by_cached_key(|index| (nodes[*index].name(), *index));
    let mut first_left = 0;
    loop {
        while let Some(index) = free.pop() {
            placed[index] = true;
            order.push(index);
            for parent in nodes[index].parents.iter().rev() {
                waiting[*parent] = waiting[*parent].saturating_sub(1);
                if waiting[*parent] == 0 && !placed[*parent] {
                    free.push(*parent);
                }
            }
        }
        while placed.get(first_left).is_some_and(|placed| *placed) {
            first_left += 1;
        }
        if first_left == nodes.len() {
            return order;
        }
        free.push(in_circle(first_left, &children, &placed));
    }
}

/// Each node that is left has a child that is left: upwards from any of them there is a circle.
fn in_circle(start: usize, children: &[Vec<usize>], placed: &[bool]) -> usize {
    let mut seen = HashSet::new();
    let mut at = start;
    while seen.insert(at) {
        match children[at].iter().find(|child| !placed[**child]) {
            Some(child) => at = *child,
            None => break,
        }
    }
    at
}

/// The first line of the text that a file begins with: what `alembic revision -m` writes there. Empty where it has none.
fn message(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    let rest = rest.strip_prefix(['r', 'R', 'u', 'U']).unwrap_or(rest);
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        let Some(inner) = rest.strip_prefix(quote) else { continue };
        let inner = inner.split_once(quote).map_or(inner, |(inner, _)| inner);
        return inner.trim_start().lines().next().unwrap_or_default().trim_end();
    }
    ""
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::Source;

    fn chain(revisions: &[(String, String)]) -> Chain {
        let read = |(id, parent): &(String, String)| {
            let text = format!("\"\"\"What {id} does.\n\nMore.\n\"\"\"\nrevision = '{id}'\ndown_revision = {parent}\n");
            Arc::new(Revision::parse(&Source::new(format!("{id}.py"), text)).unwrap())
        };
        Chain::new(revisions.iter().map(read).collect())
    }

    fn graph(revisions: &[(&str, &str)]) -> Graph {
        let owned: Vec<_> = revisions.iter().map(|(id, parent)| ((*id).to_owned(), (*parent).to_owned())).collect();
        Graph::new("t", &chain(&owned), None)
    }

    fn names(graph: &Graph) -> Vec<String> {
        graph.nodes.iter().map(Node::name).collect()
    }

    /// A chain in which each revision follows the one before.
    fn long(count: usize) -> Chain {
        let parent = |n: usize| if n == 0 { "None".to_owned() } else { format!("'r{:05}'", n - 1) };
        chain(&(0..count).map(|n| (format!("r{n:05}"), parent(n))).collect::<Vec<_>>())
    }

    #[test]
    fn each_branch_stays_in_one_piece_with_the_newest_first() {
        let graph =
            graph(&[("a", "None"), ("b", "'a'"), ("c", "'b'"), ("d", "'a'"), ("e", "'d'"), ("m", "('c', 'e')")]);
        assert_eq!(names(&graph), ["m", "c", "b", "e", "d", "a"]);
        assert_eq!(graph.nodes[0].marks, [Mark::Head, Mark::Merge]);
        assert_eq!(graph.nodes[5].marks, [Mark::Base]);
        assert_eq!((graph.heads, graph.nodes[0].parents.as_slice()), (Some(1), &[1, 3][..]));
    }

    #[test]
    fn the_revision_at_which_a_chain_is_parked_is_marked_and_not_folded_away() {
        let graph = Graph::new("t", &long(60), None).parked_at(Some("r00030")).folded();
        let marked: Vec<String> = graph.nodes.iter().filter(|node| node.is(&Mark::Parked)).map(Node::name).collect();
        assert_eq!(marked, ["r00030"]);
    }

    #[test]
    fn a_parent_that_is_nowhere_has_a_node_of_its_own() {
        let graph = graph(&[("a", "None"), ("b", "'gone'"), ("c", "'gone'")]);
        assert_eq!(names(&graph), ["c", "b", "gone", "a"]);
        assert!(graph.nodes[2].is(&Mark::Missing) && graph.heads == Some(3));
    }

    #[test]
    fn circles_are_drawn_and_end() {
        let graph = graph(&[("a", "'c'"), ("b", "'a'"), ("c", "'b'"), ("s", "'s'"), ("x", "'a'")]);
        assert_eq!(graph.nodes.len(), 5);
        assert_eq!(graph.nodes.iter().filter(|node| node.is(&Mark::Circle)).count(), 3);
    }

    #[test]
    fn a_straight_chain_of_many_revisions_is_folded_to_a_few_nodes() {
        let whole = Graph::new("t", &long(20_000), Some(&HashSet::new()));
        assert_eq!((whole.nodes.len(), whole.new), (20_000, 20_000));
        let folded = whole.folded();
        assert_eq!(names(&folded)[..5], ["r19999", "r19998", "r19997", "r19996", "19992 new revisions"]);
        assert_eq!(names(&folded)[5..], ["r00003", "r00002", "r00001", "r00000"]);
        for (index, node) in folded.nodes.iter().enumerate().take(8) {
            assert_eq!(node.parents, [index + 1]);
        }
    }

    #[test]
    fn what_is_new_and_what_is_not_are_folded_apart() {
        let base = (0..50).map(|n| format!("r{n:05}")).collect();
        let folded = Graph::new("t", &long(100), Some(&base)).folded();
        let counts: Vec<String> = names(&folded).into_iter().filter(|name| name.contains(' ')).collect();
        assert_eq!(counts, ["43 new revisions", "43 revisions"]);
    }

    #[test]
    fn a_short_chain_is_not_folded() {
        let whole = Graph::new("t", &long(13), None);
        assert_eq!(names(&whole.clone().folded()), names(&whole));
    }

    #[test]
    fn a_message_is_the_first_line_of_the_docstring() {
        assert_eq!(message("# -*- coding -*-\n\"\"\"add x\n\nRevision ID: 1\n\"\"\"\n"), "add x");
        assert_eq!(message("r'''\n  add x  \n'''"), "add x");
        assert_eq!(message("'add x'; y = 1"), "add x");
        assert_eq!(message("revision = 'a'"), "");
        assert_eq!(message("#"), "");
    }
}
