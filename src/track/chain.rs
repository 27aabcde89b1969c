//! A chain of revisions: who follows whom, and what keeps it from running.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use self::order::Map;
use super::Dialect;
use super::revision::Revision;
use crate::path;
use crate::schema::mysql::Flavour;

mod order;

/// The revisions of one track at one commit, in path order.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    pub revisions: Vec<Arc<Revision>>,
    /// Where Alembic reads it from.
    pub home: Home,
    links: OnceLock<Links>,
}

/// Where Alembic reads a chain from.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// Its `env.py`; `None` where that is not known.
    pub environment: Option<String>,
    /// The folders of its revisions, in the order in which Alembic reads them.
    pub locations: Vec<String>,
    /// There are revisions besides, which the repository does not have.
    pub continues_elsewhere: bool,
    /// The database that it is evaluated for; PostgreSQL where that is not said.
    pub dialect: Option<Dialect>,
    /// Which server it is evaluated for, where there are several of one dialect.
    pub flavour: Flavour,
}

/// How the revisions hang together, by their places in path order: found once, for every rule asks.
#[derive(Clone, Debug)]
struct Links {
    /// Of each revision, those that it follows or depends on.
    before: Vec<Vec<usize>>,
    /// Each after all that are before it; without those that are part of a cycle or follow one.
    order: Vec<usize>,
    /// The same as Alembic walks it; `None` where it does not get that far.
    map: Option<Map>,
    /// Those that no other follows, sorted by id.
    heads: Vec<usize>,
    /// Whether a revision has everything that any other follows or depends on.
    is_complete: bool,
    /// Whether no two revisions have one id.
    is_unique: bool,
}

/// What a change makes of a chain.
#[derive(Clone, Debug)]
pub struct ChainChange {
    /// At the merge base; empty where that could not be read.
    pub base: Arc<Chain>,
    pub head: Arc<Chain>,
    /// At the tip of base, without the change.
    pub tip: Arc<Chain>,
    /// As it is when head is merged into the tip of base; head's own where both changed one file.
    pub merged: Arc<Chain>,
    /// Both changed one file, so that the merge result is not known.
    pub conflict: bool,
}

impl ChainChange {
    /// The revisions that the change adds to the tip of base, in path order.
    pub fn added(&self) -> impl Iterator<Item = &Revision> {
        let known: HashSet<&str> = self.tip.revisions.iter().filter_map(|revision| revision.id.as_deref()).collect();
        let is_new = move |revision: &&Arc<Revision>| revision.id.as_deref().is_some_and(|id| !known.contains(id));
        self.merged.revisions.iter().filter(is_new).map(|revision| &**revision)
    }
}

impl Chain {
    /// Whether its revisions have a function for each engine, as those of Alembic's `multidb` template have.
    pub fn is_by_engine(&self) -> bool {
        let has = |revision: &Arc<Revision>| revision.location.source.text().contains("def upgrade(engine_name");
        self.revisions.last().is_some_and(has)
    }

    pub fn new(revisions: Vec<Arc<Revision>>) -> Self {
        Self { revisions, ..Self::default() }
    }

    /// The same with where it is read from.
    pub fn at(revisions: Vec<Arc<Revision>>, home: Home) -> Self {
        Self { revisions, home, links: OnceLock::new() }
    }

    fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::of(&self.revisions, &self.home))
    }

    /// Whether every id and every parent is in the text: where one is computed, what follows what is not known.
    pub fn is_known(&self) -> bool {
        self.revisions.iter().all(|revision| revision.id.is_some() && !revision.computed_parents)
    }

    /// Whether Alembic can put the revisions into an order, with one head or with several.
    pub fn runs(&self) -> bool {
        let is_sound = self.cycle().is_empty() && self.dangling().is_empty() && self.duplicates().is_empty();
        self.is_known() && is_sound && self.taken_labels().is_empty() && self.stumble().is_none()
    }

    /// Of each revision, in path order, the places of those that it follows or depends on and that a file has.
    pub fn before(&self) -> &[Vec<usize>] {
        &self.links().before
    }

    /// The places of the revisions, in path order, in an order in which each comes after those that it follows or depends on.
    pub fn order(&self) -> &[usize] {
        &self.links().order
    }

    /// The revisions in the order in which Alembic carries them out on a new database, each after those that it follows or
    /// depends on. Those that are part of a cycle or follow one are left out.
    pub fn in_order(&self) -> Vec<&Arc<Revision>> {
        self.links().order.iter().map(|at| &self.revisions[*at]).collect()
    }

    /// The same of some of them: those that are wanted, in path order.
    pub fn in_order_of(&self, wanted: &[bool]) -> Vec<&Arc<Revision>> {
        let is_wanted = |at: &&usize| wanted.get(**at).is_some_and(|wanted| *wanted);
        self.links().order.iter().filter(is_wanted).map(|at| &self.revisions[*at]).collect()
    }

    /// Those that a database lacks which has some of them, in the order in which Alembic carries them out there: what
    /// comes before one that it has is taken for done.
    pub fn pending(&self, is_done: impl Fn(&Revision) -> bool) -> Vec<&Arc<Revision>> {
        let is_wanted = |at: usize| !is_done(&self.revisions[at]);
        let links = self.links();
        match links.map.as_ref().and_then(|map| map.order(is_wanted)) {
            Some(order) => order.into_iter().map(|at| &self.revisions[at]).collect(),
            None => links.order.iter().filter(|at| is_wanted(**at)).map(|at| &self.revisions[*at]).collect(),
        }
    }

    /// The revision at which Alembic stops on a new database because it cannot note it, and the one that should be noted
    /// then and is not any more: a parent that comes before another parent.
    pub fn stumble(&self) -> Option<(&Revision, &Revision)> {
        let links = self.links();
        let found = links.map.as_ref()?.stumble(links.order.iter().copied())?;
        Some((&self.revisions[found.revision], &self.revisions[found.missing]))
    }

    /// Of those that a revision joins, one that comes after `parent`, which it joins, too.
    pub fn follower(&self, revision: &Revision, parent: &Revision) -> Option<&Revision> {
        let place = |wanted: &Revision| self.revisions.iter().position(|one| std::ptr::eq(Arc::as_ptr(one), wanted));
        let (revision, parent) = (place(revision)?, place(parent)?);
        let found = self.links().map.as_ref()?.follower(revision, parent)?;
        Some(&self.revisions[found])
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
        self.links().heads.iter().map(|at| &*self.revisions[*at]).collect()
    }

    /// Groups of files that have one id, sorted by id.
    pub fn duplicates(&self) -> Vec<Vec<&Revision>> {
        if self.links().is_unique {
            return Vec::new();
        }
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
        if self.links().is_complete {
            return Vec::new();
        }
        let known = self.by_id();
        let labels: HashSet<&str> = self.revisions.iter().flat_map(|one| &one.labels).map(String::as_str).collect();
        // A label that is computed may be the one that is missed.
        let is_computed = self.revisions.iter().any(|one| one.computed_labels);
        let mut dangling = Vec::new();
        for revision in &self.revisions {
            let parents = revision.parents.iter().map(|parent| (parent, false));
            let dependencies = revision.depends_on.iter().map(|dependency| (dependency, true));
            for (id, is_dependency) in parents.chain(dependencies) {
                // A dependency may also name a branch, but not as `label@head`: Alembic writes the id for that.
                let names_branch = is_dependency && (labels.contains(id.as_str()) || is_computed);
                if !names_branch && !known.contains_key(id.as_str()) {
                    dangling.push((&**revision, id.as_str()));
                }
            }
        }
        dangling
    }

    /// Revisions with a label that is taken, that label, and the revision that has it for an id or a label. In path order.
    pub fn taken_labels(&self) -> Vec<(&Revision, &str, &Revision)> {
        if self.revisions.iter().all(|revision| revision.labels.is_empty()) {
            return Vec::new();
        }
        let mut owners = self.by_id();
        let mut taken = Vec::new();
        for revision in &self.revisions {
            for label in &revision.labels {
                match owners.get(label.as_str()) {
                    // Two files of one id have the same labels, and are one trouble.
                    Some(owner) if owner.id == revision.id && !std::ptr::eq(*owner, Arc::as_ptr(revision)) => {}
                    Some(owner) => taken.push((&**revision, label.as_str(), *owner)),
                    None => drop(owners.insert(label, revision)),
                }
            }
        }
        taken
    }

    /// Whether there are several heads and nothing tells them apart: labels do, where none is shared and at most one head
    /// has none.
    pub fn heads_clash(&self) -> bool {
        let heads = self.heads();
        // Elsewhere may be what joins them.
        if heads.len() < 2 || self.home.continues_elsewhere {
            return false;
        }
        let labels: Vec<BTreeSet<&str>> = heads.into_iter().map(|head| self.labels_of(head)).collect();
        let unlabelled = labels.iter().filter(|labels| labels.is_empty()).count();
        let all: BTreeSet<&str> = labels.iter().flatten().copied().collect();
        unlabelled > 1 || all.len() < labels.iter().map(BTreeSet::len).sum::<usize>()
    }

    /// The labels of a revision and of everything that it follows.
    pub fn labels_of<'c>(&'c self, revision: &'c Revision) -> BTreeSet<&'c str> {
        let by_id = self.by_id();
        let mut labels = BTreeSet::new();
        let mut seen = HashSet::new();
        let mut open = vec![revision];
        while let Some(revision) = open.pop() {
            labels.extend(revision.labels.iter().map(String::as_str));
            for parent in &revision.parents {
                if seen.insert(parent.as_str()) {
                    open.extend(by_id.get(parent.as_str()));
                }
            }
        }
        labels
    }

    /// The revisions of one cycle, in the order in which they follow each other; empty where there is none.
    pub fn cycle(&self) -> Vec<&Revision> {
        let Links { before, order, .. } = self.links();
        if order.len() == before.len() {
            return Vec::new();
        }
        // Every revision whose ancestors are all in order is taken away; what stays is in a cycle or follows one.
        let mut stuck: BTreeSet<usize> = (0..before.len()).collect();
        for at in order {
            stuck.remove(at);
        }
        walk_back(before, &stuck).into_iter().map(|at| &*self.revisions[at]).collect()
    }
}

impl Links {
    fn of(revisions: &[Arc<Revision>], home: &Home) -> Self {
        let mut by_id: foldhash::HashMap<&str, usize> = foldhash::HashMap::default();
        by_id.reserve(revisions.len());
        let mut by_label: HashMap<&str, usize> = HashMap::new();
        let mut is_unique = true;
        for (at, revision) in revisions.iter().enumerate() {
            if let Some(id) = &revision.id {
                is_unique &= *by_id.entry(id).or_insert(at) == at;
            }
            for label in &revision.labels {
                by_label.entry(label).or_insert(at);
            }
        }
        let mut is_complete = true;
        let (mut parents, mut needs) = (Vec::with_capacity(revisions.len()), Vec::with_capacity(revisions.len()));
        let mut followed = vec![false; revisions.len()];
        let mut before = Vec::with_capacity(revisions.len());
        for revision in revisions {
            let mut own = Vec::with_capacity(revision.parents.len() + revision.depends_on.len());
            for parent in &revision.parents {
                let at = by_id.get(parent.as_str()).copied();
                is_complete &= at.is_some();
                own.extend(at);
            }
            for at in &own {
                followed[*at] = true;
            }
            let mut needed = Vec::new();
            for name in &revision.depends_on {
                // A dependency may also be the name of a branch: it is on the revision that has the label.
                let at = by_id.get(name.as_str()).or_else(|| by_label.get(name.as_str())).copied();
                is_complete &= at.is_some();
                needed.extend(at);
            }
            parents.push(own.clone());
            own.extend(&needed);
            needs.push(needed);
            own.sort_unstable();
            own.dedup();
            before.push(own);
        }
        // Of several with one id, the first by path stands for all.
        let mut heads: Vec<usize> = by_id.into_values().filter(|at| !followed[*at]).collect();
        heads.sort_unstable_by_key(|at| revisions[*at].id.as_deref());
        let order = order(&before);
        let is_sound = is_unique && order.len() == revisions.len();
        let map = is_sound.then(|| Map::new(parents, &needs, ranks(revisions, home))).flatten();
        let order =
            map.as_ref().and_then(|map| map.order(|_| true)).filter(|all| all.len() == order.len()).unwrap_or(order);
        Self { before, order, map, heads, is_complete: is_complete || home.continues_elsewhere, is_unique }
    }
}

/// Of each revision, how early Alembic loads it: folder by folder, each by name.
fn ranks(revisions: &[Arc<Revision>], home: &Home) -> Vec<usize> {
    let key = |at: &usize| {
        let path = revisions[*at].location.path();
        let folder = home.locations.iter().position(|folder| folder == path::folder(path));
        (folder.unwrap_or(home.locations.len()), path)
    };
    let mut loaded: Vec<usize> = (0..revisions.len()).collect();
    loaded.sort_by_key(key);
    let mut ranks = vec![0; revisions.len()];
    for (rank, at) in loaded.into_iter().enumerate() {
        ranks[at] = rank;
    }
    ranks
}

/// The places in an order in which each comes after all that are before it, the first where that leaves a choice. Those
/// that are part of a cycle or follow one are left out.
fn order(before: &[Vec<usize>]) -> Vec<usize> {
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    for (at, before) in before.iter().enumerate() {
        for parent in before {
            followers[*parent].push(at);
        }
    }
    let mut ready: BTreeSet<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
    let mut ordered = Vec::with_capacity(waits.len());
    while let Some(at) = ready.pop_first() {
        ordered.push(at);
        for follower in &followers[at] {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                ready.insert(*follower);
            }
        }
    }
    ordered
}

/// Follows what is before among `stuck`, each of which has something there, until one comes again.
fn walk_back(before: &[Vec<usize>], stuck: &BTreeSet<usize>) -> Vec<usize> {
    let Some(mut at) = stuck.first().copied() else { return Vec::new() };
    let mut path: Vec<usize> = Vec::new();
    let mut seen: HashMap<usize, usize> = HashMap::new();
    while let std::collections::hash_map::Entry::Vacant(entry) = seen.entry(at) {
        entry.insert(path.len());
        path.push(at);
        let Some(next) = before[at].iter().find(|parent| stuck.contains(parent)) else { return Vec::new() };
        at = *next;
    }
    let start = seen.get(&at).copied().unwrap_or_default();
    path[start..].iter().rev().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn chain(revisions: &[(&str, &str)]) -> Chain {
        let read = |(id, parent): &(&str, &str)| {
            let text = format!("revision = '{id}'\ndown_revision = {parent}\n");
            Arc::new(Revision::parse(&Source::new(format!("{id}.py"), text)).unwrap())
        };
        Chain::new(revisions.iter().map(read).collect())
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
    fn what_depends_on_a_branch_comes_after_the_revision_with_its_label() {
        let chain = chain(&[
            ("a", "None\ndepends_on = 'core'"),
            ("b", "None\nbranch_labels = ('core',)"),
            ("c", "'b'\ndepends_on = 'core@head'"),
        ]);
        let order: Vec<&Revision> = chain.in_order().into_iter().map(|revision| &**revision).collect();
        assert_eq!(ids(&order), ["b", "c", "a"]);
        assert_eq!(chain.dangling().into_iter().map(|(_, id)| id).collect::<Vec<_>>(), ["core@head"]);
    }

    #[test]
    fn a_circle_through_a_label_is_one() {
        let chain = chain(&[("a", "None\ndepends_on = 'core'"), ("b", "'a'\nbranch_labels = 'core'")]);
        assert_eq!(chain.cycle().len(), 2);
    }

    #[test]
    fn a_label_is_taken_where_a_revision_has_it_for_a_label_or_an_id() {
        let chain = chain(&[
            ("a", "None\nbranch_labels = ('x', 'b')"),
            ("b", "'a'\nbranch_labels = 'x'"),
            ("c", "'a'\nbranch_labels = 'y'"),
        ]);
        let taken: Vec<&str> = chain.taken_labels().into_iter().map(|(_, label, _)| label).collect();
        assert_eq!(taken, ["b", "x"]);
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
