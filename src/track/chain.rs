//! A chain of revisions: who follows whom, and what keeps it from running.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::revision::Revision;

/// The revisions of one track at one commit, in path order.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    pub revisions: Vec<Rc<Revision>>,
}

/// What a change makes of a chain.
#[derive(Clone, Debug)]
pub struct ChainChange {
    /// At the merge base; empty where that could not be read.
    pub base: Chain,
    pub head: Chain,
    /// At the tip of base, without the change.
    pub tip: Chain,
    /// As it is when head is merged into the tip of base; head's own where both changed one file.
    pub merged: Chain,
    /// Both changed one file, so that the merge result is not known.
    pub conflict: bool,
    /// The characters that an id may have; `None` where nothing bounds it.
    pub id_limit: Option<usize>,
}

impl ChainChange {
    /// The revisions that the change adds to the tip of base, in path order.
    pub fn added(&self) -> impl Iterator<Item = &Revision> {
        let known: HashSet<&str> = self.tip.revisions.iter().filter_map(|revision| revision.id.as_deref()).collect();
        let is_new = move |revision: &&Rc<Revision>| revision.id.as_deref().is_some_and(|id| !known.contains(id));
        self.merged.revisions.iter().filter(is_new).map(|revision| &**revision)
    }
}

impl Chain {
    /// Whether every id and every parent is in the text: where one is computed, what follows what is not known.
    pub fn is_known(&self) -> bool {
        self.revisions.iter().all(|revision| revision.id.is_some() && !revision.computed_parents)
    }

    /// Whether Alembic can put the revisions into an order, with one head or with several.
    pub fn runs(&self) -> bool {
        self.is_known() && self.cycle().is_empty() && self.dangling().is_empty() && self.duplicates().is_empty()
    }

    /// The revisions in an order in which each comes after those that it follows or depends on, by path where that leaves
    /// a choice. Those that are part of a cycle or follow one are left out.
    pub fn in_order(&self) -> Vec<&Rc<Revision>> {
        let known: HashMap<&str, usize> =
            self.revisions.iter().enumerate().rev().filter_map(|(at, one)| Some((one.id.as_deref()?, at))).collect();
        let before = |revision: &Revision| -> Vec<usize> {
            let named = revision.parents.iter().chain(&revision.depends_on);
            named.filter_map(|id| known.get(id.as_str()).copied()).collect()
        };
        let mut waits: Vec<usize> = self.revisions.iter().map(|revision| before(revision).len()).collect();
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); self.revisions.len()];
        for (at, revision) in self.revisions.iter().enumerate() {
            for parent in before(revision) {
                followers[parent].push(at);
            }
        }
        let mut ready: BTreeSet<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
        let mut ordered = Vec::with_capacity(waits.len());
        while let Some(at) = ready.pop_first() {
            ordered.push(&self.revisions[at]);
            for follower in &followers[at] {
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    ready.insert(*follower);
                }
            }
        }
        ordered
    }

    /// The revisions by their id; the first by path where several have one id.
    pub fn by_id(&self) -> HashMap<&str, &Revision> {
        let mut by_id = HashMap::new();
        for revision in &self.revisions {
            if let Some(id) = &revision.id {
                by_id.entry(id.as_str()).or_insert(&**revision);
            }
        }
        by_id
    }

    /// The revisions that no other follows, sorted by id: what `alembic heads` lists.
    pub fn heads(&self) -> Vec<&Revision> {
        let followed: HashSet<&str> = self.revisions.iter().flat_map(|one| &one.parents).map(String::as_str).collect();
        let mut heads: BTreeMap<&str, &Revision> = BTreeMap::new();
        for revision in &self.revisions {
            if let Some(id) = revision.id.as_deref().filter(|id| !followed.contains(id)) {
                heads.entry(id).or_insert(revision);
            }
        }
        heads.into_values().collect()
    }

    /// Groups of files that have one id, sorted by id.
    pub fn duplicates(&self) -> Vec<Vec<&Revision>> {
        let mut by_id: BTreeMap<&str, Vec<&Revision>> = BTreeMap::new();
        for revision in &self.revisions {
            if let Some(id) = &revision.id {
                by_id.entry(id).or_default().push(revision);
            }
        }
        by_id.into_values().filter(|group| group.len() > 1).collect()
    }

    /// Revisions with a parent or a dependency that no file has, and that id. In path order.
    pub fn dangling(&self) -> Vec<(&Revision, &str)> {
        let known = self.by_id();
        let labels: HashSet<&str> = self.revisions.iter().flat_map(|one| &one.labels).map(String::as_str).collect();
        let mut dangling = Vec::new();
        for revision in &self.revisions {
            let parents = revision.parents.iter().map(|parent| (parent, false));
            let dependencies = revision.depends_on.iter().map(|dependency| (dependency, true));
            for (id, is_dependency) in parents.chain(dependencies) {
                // A dependency may also name a branch, as `label` or `label@head`.
                let names_branch = is_dependency && (labels.contains(id.as_str()) || id.contains('@'));
                if !names_branch && !known.contains_key(id.as_str()) {
                    dangling.push((&**revision, id.as_str()));
                }
            }
        }
        dangling
    }

    /// The revisions of one cycle, in the order in which they follow each other; empty where there is none.
    pub fn cycle(&self) -> Vec<&Revision> {
        let by_id = self.by_id();
        // Every revision whose ancestors are all in order is taken away; what stays is in a cycle or follows one.
        let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, revision) in &by_id {
            let parents: BTreeSet<&str> = revision
                .parents
                .iter()
                .chain(&revision.depends_on)
                .map(String::as_str)
                .filter(|parent| by_id.contains_key(parent))
                .collect();
            waiting.insert(id, parents.len());
            for parent in parents {
                children.entry(parent).or_default().push(id);
            }
        }
        let mut free: Vec<&str> = waiting.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
        while let Some(id) = free.pop() {
            waiting.remove(id);
            for child in children.get(id).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(child) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(child);
                    }
                }
            }
        }
        walk_back(&by_id, &waiting.into_keys().collect())
    }
}

/// Follows parents among `stuck`, each of which has one there, until a revision comes again.
fn walk_back<'a>(by_id: &HashMap<&'a str, &'a Revision>, stuck: &BTreeSet<&'a str>) -> Vec<&'a Revision> {
    let Some(mut at) = stuck.first().copied() else { return Vec::new() };
    let mut path: Vec<&str> = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    while let std::collections::hash_map::Entry::Vacant(entry) = seen.entry(at) {
        entry.insert(path.len());
        path.push(at);
        let Some(revision) = by_id.get(at) else { break };
        let parents = revision.parents.iter().chain(&revision.depends_on);
        let Some(next) = parents.map(String::as_str).find_map(|parent| stuck.get(parent)) else { return Vec::new() };
        at = next;
    }
    let start = seen.get(at).copied().unwrap_or_default();
    path[start..].iter().rev().filter_map(|id| by_id.get(id).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn chain(revisions: &[(&str, &str)]) -> Chain {
        let read = |(id, parent): &(&str, &str)| {
            let text = format!("revision = '{id}'\ndown_revision = {parent}\n");
            Rc::new(Revision::parse(&Source::new(format!("{id}.py"), text)).unwrap())
        };
        Chain { revisions: revisions.iter().map(read).collect() }
    }

    fn ids(revisions: &[&Revision]) -> Vec<String> {
        revisions.iter().filter_map(|revision| revision.id.clone()).collect()
    }

    #[test]
    fn heads_are_what_nobody_follows() {
        let chain = chain(&[("a", "None"), ("b", "'a'"), ("c", "'a'"), ("d", "('b', 'c')"), ("e", "'b'")]);
        assert_eq!(ids(&chain.heads()), ["d", "e"]);
        assert!(chain.cycle().is_empty() && chain.dangling().is_empty() && chain.duplicates().is_empty());
    }

    #[test]
    fn a_cycle_is_named_in_its_order() {
        let broken = chain(&[("a", "None"), ("b", "'d'"), ("c", "'b'"), ("d", "'c'"), ("e", "'d'")]);
        let found = ids(&broken.cycle());
        assert_eq!(found.len(), 3);
        let at = found.iter().position(|id| id == "b").unwrap();
        assert_eq!([&found[at], &found[(at + 1) % 3], &found[(at + 2) % 3]], ["b", "c", "d"]);
        assert_eq!(ids(&chain(&[("a", "'a'")]).cycle()), ["a"]);
    }

    #[test]
    fn a_parent_that_is_nowhere_is_named() {
        let chain = chain(&[("a", "None"), ("b", "'x'")]);
        let found: Vec<&str> = chain.dangling().into_iter().map(|(_, id)| id).collect();
        assert_eq!(found, ["x"]);
    }

    #[test]
    fn a_chain_of_many_revisions_is_walked_without_recursion() {
        let long: Vec<(String, String)> = (0..20_000)
            .map(|n| (format!("r{n}"), if n == 0 { "None".into() } else { format!("'r{}'", n - 1) }))
            .collect();
        let long: Vec<(&str, &str)> = long.iter().map(|(id, parent)| (id.as_str(), parent.as_str())).collect();
        let chain = chain(&long);
        assert_eq!(ids(&chain.heads()), ["r19999"]);
        assert!(chain.cycle().is_empty());
    }
}
