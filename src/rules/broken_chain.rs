//! The rule `broken-chain`.

use std::collections::HashSet;

use super::wording::{is_near, list, quoted};
use crate::path;
use crate::finding::{Cause, Explained, Finding, Note, Which};
use crate::track::revision::Revision;
use crate::track::chain::{Chain, ChainChange};
use crate::change::Change;
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Reports a parent that no revision file has, and revisions that follow each other in a circle. Judged are
    /// `down_revision` and `depends_on` on the merge of head into the tip of base. So are the names in `branch_labels`,
    /// each of which may be there once, and be no revision's id. A revision that joins others may not name one that
    /// another of them follows.
    ///
    /// ## Why is this bad?
    /// Alembic reads the whole chain before it does anything. A parent that is nowhere ends it with a `KeyError`, a
    /// circle with "Cycle is detected in revisions", a label that is taken with "Branch name … already used", and no
    /// revision is applied.
    ///
    /// ## Example
    /// ```python
    /// # 0002_users_age.py: the file's name is no id
    /// revision = "8f2c1d"
    /// down_revision = "0001_baseline.py"
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// revision = "8f2c1d"
    /// down_revision = "3ab41e"  # the `revision` in 0001_baseline.py
    /// ```
    ///
    /// ## References
    /// - [Alembic: `alembic.script.revision`](https://alembic.sqlalchemy.org/en/latest/api/script.html#alembic.script.revision.RevisionMap)
    "broken-chain", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(chain) = &change.chain else { continue };
        let before: HashSet<String> = problems(&change.track, &chain.tip).into_iter().map(|one| one.key).collect();
        let mut found = problems(&change.track, &chain.merged);
        let heads = heads_of_broken(&chain.merged, found.len());
        let elsewhere = needed_elsewhere(chain);
        for finding in &mut found {
            finding.pre_existing = before.contains(&finding.key);
            if elsewhere.contains(&finding.key) {
                finding.weak = true;
                finding.notes.push("base depends on what is not here already, so it may be in a package".to_owned());
            }
            finding.explains.extend(heads.clone());
        }
        findings.append(&mut found);
    }
    for finding in &mut findings {
        finding.cause = Cause::Hides;
        finding.is_of_order = true;
    }
    findings
}

/// What revisions depend on that is nowhere, where some of base do so, too: what brings that may bring this.
fn needed_elsewhere(chain: &ChainChange) -> HashSet<String> {
    let depends = |(revision, id): &(&Revision, &str)| revision.depends_on.iter().any(|one| one == id);
    if !chain.tip.dangling().iter().any(depends) {
        return HashSet::new();
    }
    chain.merged.dangling().into_iter().filter(depends).map(|(revision, id)| key(revision, id)).collect()
}

/// The heads that a chain has because something in it is broken: so many more than one as there are breaks.
pub(super) fn heads_of_broken(chain: &Chain, breaks: usize) -> Option<Explained> {
    let heads = chain.heads().len();
    let note = Note::Text(format!("so long the chain has {heads} heads, and `alembic upgrade head` has no single target"));
    (heads > 1 && heads <= breaks + 1).then_some(Explained { rule: "multiple-heads", which: Which::All, note })
}

fn problems(track: &Track, chain: &Chain) -> Vec<Finding> {
    // An id that is computed may be the one that is missed.
    let dangling = if chain.revisions.iter().all(|one| one.id.is_some()) { chain.dangling() } else { Vec::new() };
    let dangling = dangling.into_iter().map(|(revision, id)| dangling_finding(track, chain, revision, id));
    let taken = chain.taken_labels().into_iter().map(|(revision, label, owner)| taken_finding(track, revision, label, owner));
    let stumble = chain.stumble().map(|(revision, parent)| stumble_finding(track, chain, revision, parent));
    dangling.chain(cycle_finding(track, &chain.cycle())).chain(taken).chain(stumble).collect()
}

/// A revision that joins one with another that follows it.
fn stumble_finding(track: &Track, chain: &Chain, revision: &Revision, parent: &Revision) -> Finding {
    let id = |revision: &Revision| revision.id.clone().unwrap_or_else(|| revision.stem().to_owned());
    let (own, old) = (id(revision), id(parent));
    let message = match chain.follower(revision, parent) {
        Some(later) => format!("`{own}` on `{}` joins `{old}` and `{}`, which follows `{old}`", track.name, id(later)),
        None => format!("`{own}` on `{}` joins `{old}`, which is no head by then", track.name),
    };
    let place = revision.parents_location.clone().labelled("names both");
    let mut finding = Finding::new(&RULE, format!("{own} joins {old}"), message, place);
    finding.related = vec![parent.parents_location.clone().labelled("has been followed by then")];
    finding.track = Some(track.name.clone());
    finding.notes.push(format!(
        "Alembic takes `{old}` out of its version table when it notes `{own}`, does not find it there, and stops with a KeyError"
    ));
    finding.help = format!("take `{old}` out of `down_revision`: it comes before `{own}` without that");
    finding
}

fn taken_finding(track: &Track, revision: &Revision, label: &str, owner: &Revision) -> Finding {
    let name = |revision: &Revision| quoted(revision.id.as_deref().unwrap_or_else(|| revision.stem()));
    let (own, other) = (name(revision), name(owner));
    let message = format!("the branch label `{label}` of {own} on `{}` is taken by {other}", track.name);
    let mut finding = Finding::new(&RULE, format!("label {label} {own}"), message, revision.location.clone());
    finding.related = vec![owner.location.clone().labelled("has it already")];
    finding.track = Some(track.name.clone());
    finding.notes.push("Alembic stops at this with \"Branch name already used\" before it applies anything".to_owned());
    finding.help = "give it a label of its own; what follows a labelled revision is on that branch without one".to_owned();
    finding
}

fn dangling_finding(track: &Track, chain: &Chain, revision: &Revision, id: &str) -> Finding {
    let name = quoted(revision.id.as_deref().unwrap_or_default());
    let is_parent = revision.parents.iter().any(|parent| parent == id);
    let (verb, attribute, place) = if is_parent {
        ("follows", "down_revision", &revision.parents_location)
    } else {
        ("depends on", "depends_on", &revision.depends_on_location)
    };
    let message = format!("{name} on `{}` {verb} `{id}`, which no revision has for its id", track.name);
    let place = place.clone().labelled("is nowhere");
    let mut finding = Finding::new(&RULE, key(revision, id), message, place);
    finding.track = Some(track.name.clone());
    finding.notes.push("Alembic stops at this with a KeyError before it applies anything".to_owned());
    let note = Note::Own;
    finding.explains.push(Explained { rule: "edited-history", which: Which::Key(format!("removed {id}")), note });
    finding.help = match meant(chain, id) {
        Some((id, path)) => format!("set `{attribute} = {id:?}`: that is the id in `{path}`"),
        None => format!("let `{attribute}` name the `revision` of a file that is there, or bring that file back"),
    };
    finding
}

/// What tells that a revision names an id which is nowhere.
pub(super) fn key(revision: &Revision, id: &str) -> String {
    format!("{} {id}", quoted(revision.id.as_deref().unwrap_or_default()))
}

/// The revision that a wrong id means: one whose file is called so, or whose id begins or ends alike.
fn meant(chain: &Chain, id: &str) -> Option<(String, String)> {
    let wanted = id.strip_suffix(".py").unwrap_or(id);
    let stem = |path: &str| {
        let name = path::name(path);
        name.strip_suffix(".py").unwrap_or(name).to_owned()
    };
    let named = |revision: &Revision| {
        let own = revision.id.as_deref().unwrap_or_default();
        stem(revision.location.path()) == wanted || own.starts_with(wanted) && wanted.len() >= 4
    };
    let is_slip = |revision: &Revision| revision.id.as_deref().is_some_and(|own| is_near(own, wanted));
    let mut revisions = chain.revisions.iter();
    let found = revisions.clone().find(|revision| named(revision)).or_else(|| {
        let mut near = revisions.by_ref().filter(|revision| is_slip(revision));
        // Of ids that are all alike, such as numbers, nobody knows which is meant.
        near.next().filter(|_| near.next().is_none())
    })?;
    Some((found.id.clone()?, found.location.path().to_owned()))
}

fn cycle_finding(track: &Track, cycle: &[&Revision]) -> Option<Finding> {
    let first = cycle.first()?;
    let names: Vec<String> = cycle.iter().map(|one| quoted(one.id.as_deref().unwrap_or_default())).collect();
    let message = match names.as_slice() {
        [only] => format!("{only} on `{}` follows itself", track.name),
        _ => format!("{} on `{}` follow each other in a circle", list(&names), track.name),
    };
    let mut key: Vec<&String> = names.iter().collect();
    key.sort();
    let key = key.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
    let mut finding = Finding::new(&RULE, key, message, first.parents_location.clone());
    finding.related = cycle.iter().skip(1).map(|one| one.parents_location.clone()).collect();
    finding.track = Some(track.name.clone());
    // A circle between a base and a head gets past Alembic (`RevisionMap._detect_cycles`).
    finding.notes.push(match cycle.len() {
        1 => "Alembic stops at this with \"Self-loop is detected in revisions\"".to_owned(),
        _ => "Alembic stops at this with \"Cycle is detected in revisions\", or runs one before what it follows".to_owned(),
    });
    finding.help = "let the first of them follow the revision before the circle".to_owned();
    for id in cycle.iter().filter_map(|one| one.id.as_ref()) {
        let which = Which::Key(format!("reparented {id}"));
        finding.explains.push(Explained { rule: "edited-history", which, note: Note::Own });
    }
    Some(finding)
}
