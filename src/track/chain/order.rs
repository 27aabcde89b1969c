//! The order in which Alembic carries revisions out, and how it notes which ones a database has: what
//! `RevisionMap._topological_sort` and `HeadMaintainer` of its 1.20 do.

use std::collections::BTreeSet;

/// How revisions hang together, by their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    /// Of each, those that its `down_revision` names.
    pub parents: Vec<Vec<usize>>,
    /// Of each, those that its `depends_on` names and that none of its ancestors depends on.
    pub needs: Vec<Vec<usize>>,
    /// Of each, how early Alembic loads it.
    pub rank: Vec<usize>,
}

/// A revision at which Alembic stops because what it should replace in the version table is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stumble {
    pub revision: usize,
    pub missing: usize,
}

/// What a walk may cost: in a chain of merges every step looks at all that came before.
const MOST_STEPS: usize = 40_000_000;

impl Map {
    /// `depends_on` as the revisions name it; nothing follows itself.
    pub fn new(parents: Vec<Vec<usize>>, depends_on: &[Vec<usize>], rank: Vec<usize>) -> Option<Self> {
        let mut map = Self { parents, needs: depends_on.to_vec(), rank };
        let mut left = MOST_STEPS;
        for (at, own) in depends_on.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            left = left.checked_sub(map.parents.len())?;
            let mut needs: Vec<usize> = Vec::new();
            let mut of_ancestors = BTreeSet::new();
            for (ancestor, _) in closed(&map.parents[at], |at| map.parents[at].iter().copied(), map.parents.len()) {
                of_ancestors.extend(depends_on[ancestor].iter().copied());
            }
            for other in own {
                if !of_ancestors.contains(other) && !needs.contains(other) {
                    needs.push(*other);
                }
            }
            map.needs[at] = needs;
        }
        Some(map)
    }

    /// Of a revision, those that come right before it.
    fn before(&self, at: usize) -> Vec<usize> {
        let mut before: Vec<usize> = Vec::new();
        for other in self.parents[at].iter().chain(&self.needs[at]) {
            if !before.contains(other) {
                before.push(*other);
            }
        }
        before
    }

    /// A revision and everything that comes before it.
    fn ancestors(&self, of: &[usize], left: &mut usize) -> Option<Vec<bool>> {
        let mut found = vec![false; self.parents.len()];
        for (at, steps) in closed(of, |at| self.before(at).into_iter(), self.parents.len()) {
            found[at] = true;
            *left = left.checked_sub(steps)?;
        }
        *left = left.checked_sub(found.len() / 64 + 1)?;
        Some(found)
    }

    /// The wanted ones in the order in which `upgrade heads` carries them out, after all others; `None` where that takes too
    /// long to tell. There must be no circle.
    pub fn order(&self, wanted: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
        let mut todo: Vec<bool> = (0..self.parents.len()).map(wanted).collect();
        let mut is_head = todo.clone();
        for at in 0..todo.len() {
            for before in self.before(at) {
                is_head[before] = false;
            }
        }
        let mut heads: Vec<usize> = (0..todo.len()).filter(|at| is_head[*at]).collect();
        heads.sort_by_key(|at| self.rank[*at]);
        let mut left = MOST_STEPS;
        let mut ancestors =
            heads.iter().map(|head| self.ancestors(&[*head], &mut left)).collect::<Option<Vec<Vec<bool>>>>()?;
        let mut order = Vec::with_capacity(todo.len());
        let mut at = 0;
        while let Some(candidate) = heads.get(at).copied() {
            left = left.checked_sub(heads.len())?;
            // Another head needs it: that one has to be walked down first.
            let needing = ancestors.iter().enumerate().position(|(other, known)| other != at && known[candidate]);
            if let Some(other) = needing {
                at = other;
                continue;
            }
            if std::mem::take(&mut todo[candidate]) {
                order.push(candidate);
            }
            let mut next = self.before(candidate);
            next.retain(|before| todo[*before] && !heads.contains(before));
            let Some((first, others)) = next.split_first() else {
                heads.remove(at);
                ancestors.remove(at);
                at = at.saturating_sub(1);
                continue;
            };
            heads[at] = *first;
            if self.needs[candidate].is_empty() && self.parents[candidate].len() == 1 {
                ancestors[at][candidate] = false;
            } else {
                ancestors[at] = self.ancestors(&[*first], &mut left)?;
                for other in others {
                    ancestors.push(self.ancestors(&[*other], &mut left)?);
                    heads.push(*other);
                }
            }
        }
        order.reverse();
        Some(order)
    }

    /// Where Alembic stops when it notes revisions in this order, one after the other, in a version table that is empty.
    pub fn stumble(&self, order: impl IntoIterator<Item = usize>) -> Option<Stumble> {
        let mut heads: BTreeSet<usize> = BTreeSet::new();
        let mut left = MOST_STEPS;
        for revision in order {
            let before = self.before(revision);
            let present: Vec<usize> = before.iter().copied().filter(|at| heads.contains(at)).collect();
            let replaced = if present.len() > 1 { self.replaced(&before, &heads, &mut left)? } else { present };
            for missing in replaced {
                if !heads.remove(&missing) {
                    return Some(Stumble { revision, missing });
                }
            }
            heads.insert(revision);
        }
        None
    }

    /// Of those right before a revision, one that comes after another of them.
    pub fn follower(&self, revision: usize, parent: usize) -> Option<usize> {
        let mut left = MOST_STEPS;
        let others = self.before(revision).into_iter().filter(|other| *other != parent);
        others.into_iter().find(|other| self.ancestors(&[*other], &mut left).is_some_and(|known| known[parent]))
    }

    /// What a revision that joins several takes the place of (`RevisionStep.merge_branch_idents`).
    fn replaced(&self, before: &[usize], heads: &BTreeSet<usize>, left: &mut usize) -> Option<Vec<usize>> {
        let others: Vec<usize> = heads.iter().copied().filter(|head| !before.contains(head)).collect();
        if others.is_empty() {
            return Some(before.to_vec());
        }
        let covered = self.ancestors(&others, left)?;
        Some(before.iter().copied().filter(|at| !covered[*at]).collect())
    }
}

/// Everything that is reached from some places, those included, each with what it took to get on from it.
fn closed<I: Iterator<Item = usize>>(
    from: &[usize],
    next: impl Fn(usize) -> I,
    length: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let mut seen = vec![false; length];
    let mut open = from.to_vec();
    std::iter::from_fn(move || {
        loop {
            let at = open.pop()?;
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            let before = open.len();
            open.extend(next(at));
            return Some((at, 1 + open.len() - before));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(parents: &[&[usize]], depends_on: &[(usize, usize)]) -> Map {
        let parents: Vec<Vec<usize>> = parents.iter().map(|own| own.to_vec()).collect();
        let mut needs = vec![Vec::new(); parents.len()];
        for (at, other) in depends_on {
            needs[*at].push(*other);
        }
        let rank = (0..parents.len()).collect();
        Map::new(parents, &needs, rank).unwrap()
    }

    #[test]
    fn a_dependency_that_an_ancestor_has_is_none_of_its_own() {
        let map = map(&[&[], &[], &[1], &[2]], &[(2, 0), (3, 0)]);
        assert_eq!(map.needs, [vec![], vec![], vec![0], vec![]]);
    }

    #[test]
    fn of_two_branches_the_one_that_is_loaded_last_comes_first() {
        let map = map(&[&[], &[0], &[], &[2]], &[]);
        assert_eq!(map.order(|_| true).unwrap(), [2, 3, 0, 1]);
        assert_eq!(map.order(|at| at % 2 == 1).unwrap(), [3, 1]);
    }

    #[test]
    fn a_merge_stumbles_over_a_parent_that_another_parent_follows() {
        // 0 ← 1 ← 2, 0 ← 3, and 4 joins 1, 2 and 3.
        let both = map(&[&[], &[0], &[1], &[0], &[1, 2, 3]], &[]);
        let order = both.order(|_| true).unwrap();
        assert_eq!(both.stumble(order), Some(Stumble { revision: 4, missing: 1 }));
        // With one head alone it is an update like any other.
        let one = map(&[&[], &[0], &[0, 1]], &[]);
        assert_eq!(one.stumble(one.order(|_| true).unwrap()), None);
    }
}
