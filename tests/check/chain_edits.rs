//! Hundreds of seeded random edits to a chain (drop, duplicate, re-parent, rename, renumber, swap): every break found by
//! the right rule, every harmless edit silent.
//!
//! What must be found is worked out from the graph that the files were written from. `PARITY_CHECK_SEED` gives other
//! chains.

#![allow(clippy::unnecessary_wraps, reason = "not every edit suits every chain, and all are of one type")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common;
use crate::common::Files;
use crate::common::random::Random;
use crate::random_chain::{Effect, Project, Step, chain, look};
use parity_check::git::{Environment, HeadChoice};
use parity_check::report::Report;

/// Sixteen of each kind.
const CASES: usize = 16 * KINDS.len();
const SEED: u64 = 20_260_101;

/// An edit of a chain: its name, how it is done, and what must be found; nothing where it is harmless. It answers with
/// nothing where the chain is not of the shape that it needs.
struct Kind {
    name: &'static str,
    edit: fn(&mut Project, &mut Random) -> Option<()>,
    finds: &'static [&'static str],
}

const fn kind(
    name: &'static str,
    edit: fn(&mut Project, &mut Random) -> Option<()>,
    finds: &'static [&'static str],
) -> Kind {
    Kind { name, edit, finds }
}

const KINDS: &[Kind] = &[
    kind("drop_a_leaf", drop_leaf, &["edited-history"]),
    kind("drop_an_inner_revision", drop_inner, &["broken-chain", "edited-history"]),
    kind("duplicate_a_file", duplicate, &["duplicate-id"]),
    kind("copy_beside_the_head", |project, random| copy_beside(project, random, true), &["multiple-heads"]),
    kind("copy_on_an_older_parent", |project, random| copy_beside(project, random, false), &["multiple-heads"]),
    kind("re_parent", re_parent, &["edited-history"]),
    kind("re_parent_into_a_circle", re_parent_into_circle, &["broken-chain", "edited-history"]),
    kind("re_parent_to_nowhere", re_parent_to_nowhere, &["broken-chain", "edited-history"]),
    kind("swap_two_neighbours", swap, &["edited-history"]),
    kind("rename_an_id", rename_id, &["edited-history"]),
    kind("renumber_all_ids", renumber, &["edited-history"]),
    kind("another_effect", another_effect, &["edited-history"]),
    kind("no_effect_any_more", no_effect, &["edited-history"]),
    kind("a_long_id", |project, random| append(project, random, 33), &["revision-id-too-long"]),
    kind("an_id_that_is_refused", refused_id, &["invalid-revision"]),
    kind("lose_the_parents", lose_parents, &["invalid-revision"]),
    kind("append_to_a_parked_chain", |project, random| append(project, random, 9), &["parked-chain"]),
    kind("append", |project, random| append(project, random, 32), &[]),
    kind("rename_files", rename_files, &[]),
    kind("other_comments", other_comments, &[]),
    kind("other_spelling", other_spelling, &[]),
    kind("other_order_of_parents", other_order_of_parents, &[]),
    kind("windows_line_ends", windows_line_ends, &[]),
    kind("move_the_directory", move_directory, &[]),
    kind("join_two_heads", join, &[]),
    kind("repair_two_heads", repair, &[]),
];

impl Project {
    /// One of the revisions that are like this.
    fn any(&self, random: &mut Random, wanted: impl Fn(&Step) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.steps.len()).filter(|at| wanted(&self.steps[*at])).collect();
        (!all.is_empty()).then(|| all[random.below(all.len())])
    }
}

fn drop_leaf(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = project.any(random, |step| !project.is_followed(&step.id))?;
    project.steps.remove(at);
    Some(())
}

fn drop_inner(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = project.any(random, |step| project.is_followed(&step.id))?;
    project.steps.remove(at);
    Some(())
}

fn duplicate(project: &mut Project, random: &mut Random) -> Option<()> {
    let mut copy = project.steps[random.below(project.steps.len())].clone();
    copy.file = format!("{}_copy.py", ["aaa", "zzz"][random.below(2)]);
    project.steps.push(copy);
    Some(())
}

/// A copy under a new id, of the head with its parents or on an older revision.
fn copy_beside(project: &mut Project, random: &mut Random, of_head: bool) -> Option<()> {
    let at = project.any(random, |step| step.labels.is_empty() && of_head != project.is_followed(&step.id))?;
    let mut copy = project.steps[at].clone();
    if !of_head {
        copy.parents = vec![copy.id];
    }
    copy.id = "copied".to_owned();
    copy.file = "copied.py".to_owned();
    project.steps.push(copy);
    // Beside labelled branches, one without a label is told apart.
    clash(project).then_some(())
}

fn re_parent(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = random.below(project.steps.len());
    let old = project.steps[at].parents.clone();
    let later = |other: &Step| project.before(&other.id).contains(&project.steps[at].id);
    let to = project.any(random, |other| !later(other) && old != [other.id.clone()])?;
    project.steps[at].parents = vec![project.steps[to].id.clone()];
    Some(())
}

fn re_parent_into_circle(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = random.below(project.steps.len());
    let own = project.steps[at].id.clone();
    let to = project.any(random, |other| project.before(&other.id).contains(&own))?;
    project.steps[at].parents = vec![project.steps[to].id.clone()];
    Some(())
}

fn re_parent_to_nowhere(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = random.below(project.steps.len());
    project.steps[at].parents = vec!["nowhere".to_owned()];
    Some(())
}

/// The revision and the one that it follows take each other's place.
fn swap(project: &mut Project, random: &mut Random) -> Option<()> {
    let child = project.any(random, |step| step.parents.len() == 1)?;
    let parent = project.at(&project.steps[child].parents[0])?;
    let (child, parent) = (project.steps[child].id.clone(), project.steps[parent].id.clone());
    let swapped = |id: &String| match id {
        id if *id == child => parent.clone(),
        id if *id == parent => child.clone(),
        other => other.clone(),
    };
    let (mine, its) = (project.at(&child)?, project.at(&parent)?);
    let parents = |at: usize| project.steps[at].parents.clone();
    let (of_child, of_parent) = (parents(mine), parents(its));
    for step in &mut project.steps {
        step.parents = step.parents.iter().map(swapped).collect();
    }
    project.steps[mine].parents = of_parent;
    project.steps[its].parents = of_child.iter().map(swapped).collect();
    Some(())
}

fn rename_id(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = random.below(project.steps.len());
    let old = std::mem::replace(&mut project.steps[at].id, "renamed".to_owned());
    for parent in project.steps.iter_mut().flat_map(|step| &mut step.parents).filter(|parent| **parent == old) {
        "renamed".clone_into(parent);
    }
    if random.chance(50) {
        project.steps[at].file = "renamed.py".to_owned();
    }
    Some(())
}

fn renumber(project: &mut Project, _: &mut Random) -> Option<()> {
    let all = project.steps.iter_mut().flat_map(|step| step.parents.iter_mut().chain([&mut step.id]));
    all.for_each(|id| id.insert_str(0, "n_"));
    Some(())
}

fn another_effect(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = project.any(random, |step| step.effect != Effect::Nothing)?;
    if random.chance(50) {
        project.steps[at].column = "TEXT";
    } else {
        project.steps[at].table += "_2";
    }
    Some(())
}

fn no_effect(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = project.any(random, |step| step.effect != Effect::Nothing)?;
    project.steps[at].effect = Effect::Nothing;
    Some(())
}

/// A new revision on the head, with an id of so many characters.
fn append(project: &mut Project, random: &mut Random, length: usize) -> Option<()> {
    let heads = project.heads();
    let head = heads[random.below(heads.len())].clone();
    project.add(vec![head], random);
    let step = project.steps.last_mut()?;
    step.id = "é".repeat(length);
    Some(())
}

/// A new revision on the head, with an id that Alembic does not take.
fn refused_id(project: &mut Project, random: &mut Random) -> Option<()> {
    append(project, random, 9)?;
    let step = project.steps.last_mut()?;
    step.id = format!("2026{}01", ["-", "+", "@", ":"][random.below(4)]);
    step.is_loaded = false;
    Some(())
}

/// The line with the parents is lost.
fn lose_parents(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = random.below(project.steps.len());
    project.steps[at].is_loaded = false;
    Some(())
}

fn rename_files(project: &mut Project, random: &mut Random) -> Option<()> {
    let whole = random.chance(30);
    let only = random.below(project.steps.len());
    for (at, step) in project.steps.iter_mut().enumerate().filter(|(at, _)| whole || *at == only) {
        step.file = format!("moved_{at:03}.py");
    }
    Some(())
}

fn other_comments(project: &mut Project, random: &mut Random) -> Option<()> {
    let step = random.below(project.steps.len());
    let look = &mut project.steps[step].look;
    match random.below(4) {
        0 => look.comment = "# revision = \"old\"; op.drop_table('users')".to_owned(),
        1 => look.docstring = "Another text.\n\nrevision = 'no'\ndown_revision = \"no\"".to_owned(),
        2 => look.downgrade = "op.drop_table(\"users\")",
        _ => look.wide = true,
    }
    Some(())
}

fn other_spelling(project: &mut Project, random: &mut Random) -> Option<()> {
    for step in &mut project.steps {
        step.look = look(random);
    }
    Some(())
}

fn other_order_of_parents(project: &mut Project, random: &mut Random) -> Option<()> {
    let at = project.any(random, |step| step.parents.len() > 1)?;
    project.steps[at].parents.reverse();
    Some(())
}

fn windows_line_ends(project: &mut Project, _: &mut Random) -> Option<()> {
    project.windows = true;
    Some(())
}

fn move_directory(project: &mut Project, _: &mut Random) -> Option<()> {
    project.folder = "backend/db/migrations";
    Some(())
}

/// A revision that follows all heads.
fn join(project: &mut Project, random: &mut Random) -> Option<()> {
    let heads = project.heads();
    (heads.len() > 1).then(|| drop(project.add(heads, random)))
}

/// The one head is put behind the other.
fn repair(project: &mut Project, _: &mut Random) -> Option<()> {
    let heads = project.heads();
    let at = project.at("beside").filter(|_| heads.len() == 2)?;
    project.steps[at].parents = vec![heads.into_iter().find(|head| head != "beside")?];
    Some(())
}

/// Whether the base's chain is parked.
fn begins_parked(name: &str) -> bool {
    name == "append_to_a_parked_chain"
}

/// Whether the base has two heads that nothing tells apart, for an edit to mend.
fn begins_broken(name: &str) -> bool {
    ["join_two_heads", "repair_two_heads"].contains(&name)
}

/// The heads can't be told apart by their labels.
fn clash(project: &Project) -> bool {
    let heads = project.heads();
    let labels = |id: &String| -> BTreeSet<String> {
        let before = project.before(id);
        project.steps.iter().filter(|step| before.contains(&step.id)).flat_map(|step| step.labels.clone()).collect()
    };
    let labels: Vec<BTreeSet<String>> = heads.iter().map(labels).collect();
    let shared = |at: usize| labels[..at].iter().any(|other| !other.is_disjoint(&labels[at]));
    heads.len() > 1 && ((0..labels.len()).any(shared) || labels.iter().filter(|labels| labels.is_empty()).count() > 1)
}

/// The rules that must find something, from the graphs alone.
fn oracle(base: &Project, head: &Project) -> BTreeSet<&'static str> {
    let mut rules = BTreeSet::new();
    let (lost, loaded): (Vec<Step>, Vec<Step>) = head.steps.iter().cloned().partition(|step| !step.is_loaded);
    let head = &Project { steps: loaded, ..head.clone() };
    let mut found = |is: bool, rule: &'static str| is && rules.insert(rule);
    let ids = |project: &Project| -> BTreeSet<String> { project.steps.iter().map(|step| step.id.clone()).collect() };
    let (old, new) = (ids(base), ids(head));
    let dangles = head.steps.iter().any(|step| step.parents.iter().any(|parent| !new.contains(parent)));
    let in_circle = |step: &Step| step.parents.iter().any(|parent| head.before(parent).contains(&step.id));
    let broken = found(dangles || head.steps.iter().any(in_circle), "broken-chain");
    let twice = found(new.len() < head.steps.len(), "duplicate-id");
    found(!lost.is_empty(), "invalid-revision");
    found(head.parked.is_none() && clash(head), "multiple-heads");
    let parked = head.parked.as_ref().map(|parked| head.before(parked));
    found(parked.is_some_and(|before| !new.is_subset(&before)), "parked-chain");
    found(new.difference(&old).any(|id| id.chars().count() > 32), "revision-id-too-long");
    let mends = clash(base) && !clash(head);
    let edited = |was: &Step| {
        let Some(is) = head.at(&was.id).map(|at| &head.steps[at]) else {
            return !lost.iter().any(|step| step.id == was.id);
        };
        let parents = |step: &Step| step.parents.iter().cloned().collect::<BTreeSet<_>>();
        let does = |step: &Step| match step.effect {
            Effect::Nothing => String::new(),
            Effect::Table => format!("{} {}", step.table, step.column),
            Effect::TableIfMissing => format!("if missing {} {}", step.table, step.column),
        };
        does(was) != does(is) || !mends && parents(was) != parents(is)
    };
    found(base.steps.iter().any(edited), "edited-history");
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for step in head.steps.iter().filter(|step| step.effect == Effect::Table) {
        *tables.entry(&step.table).or_default() += 1;
    }
    found(!broken && !twice && tables.values().any(|count| *count > 1), "failing-migration");
    rules
}

struct Case {
    name: String,
    wanted: BTreeSet<&'static str>,
    trees: [Files; 3],
}

fn case(number: usize, seed: u64) -> Case {
    let kind = &KINDS[number % KINDS.len()];
    let random = &mut Random::new(seed);
    for _ in 0..200 {
        let mut base = chain(random);
        if begins_broken(kind.name) {
            let older = base.any(random, |step| base.is_followed(&step.id)).unwrap();
            let older = base.steps[older].id.clone();
            base.add(vec![older], random);
            base.steps.last_mut().unwrap().id = "beside".to_owned();
        }
        if begins_parked(kind.name) {
            base.parked = Some(base.heads()[0].clone()).filter(|_| base.heads().len() == 1);
        }
        let mut head = base.clone();
        let suits = begins_broken(kind.name) == clash(&base) && begins_parked(kind.name) == base.parked.is_some();
        if !suits || (kind.edit)(&mut head, random).is_none() {
            continue;
        }
        // What Alembic stumbles over in a revision that joins two of one line is held against Alembic itself.
        let stumbles = |step: &Step| {
            step.parents
                .iter()
                .any(|one| step.parents.iter().any(|other| one != other && head.before(other).contains(one)))
        };
        if head.steps.iter().any(stumbles) {
            continue;
        }
        let wanted = oracle(&base, &head);
        let name = format!("seed{seed}_{}", kind.name);
        let agrees = kind.finds.iter().all(|rule| wanted.contains(rule)) && kind.finds.is_empty() == wanted.is_empty();
        assert!(agrees, "{name}: the graphs demand {wanted:?}, and the edit {:?}", kind.finds);
        let mut after = head.clone();
        after.steps.last_mut().unwrap().look.comment = "# Another comment.".to_owned();
        return Case { name, wanted, trees: [base.files(), head.files(), after.files()] };
    }
    panic!("seed {seed}: no chain suits {}", kind.name);
}

fn judge(repository: &Path, base: &str, head: &str) -> Result<Report, String> {
    let choice = HeadChoice::Committed(Some(head));
    let report = common::check(repository, Some(base), choice, &Environment::default());
    report.map_err(|error| format!("({base}, {head}) cannot be checked: {error}"))
}

fn said(report: &Report) -> String {
    let findings =
        report.findings.iter().map(|one| format!("\n    {}: {}", one.finding.rule.name, one.finding.message));
    findings.collect()
}

fn check(repository: &Path, case: &Case) -> Result<(), String> {
    let end = |end: &str| format!("{}/{end}", case.name);
    let (base, head, later) = (end("base"), end("head"), format!("{}_later/head", case.name));
    let report = judge(repository, &base, &head)?;
    // What is told with its cause counts, too.
    let parts = report.findings.iter().flat_map(|reported| &reported.parts).map(|part| part.rule.name);
    let found: BTreeSet<&str> = common::rules(&report).into_iter().chain(parts).collect();
    if found != case.wanted || report.passes(false) != case.wanted.is_empty() {
        return Err(format!("{found:?}, not {:?}:{}", case.wanted, said(&report)));
    }
    for end in [&base, &head] {
        let report = judge(repository, end, end)?;
        if !report.findings.is_empty() {
            return Err(format!("({end}, {end}) finds{}", said(&report)));
        }
    }
    // What is there already is no news to a change that leaves it alone.
    let report = judge(repository, &format!("{}_later/base", case.name), &later)?;
    if !report.passes(false) || report.judged.is_empty() {
        return Err(format!("a comment later there is news:{}", said(&report)));
    }
    Ok(())
}

#[test]
fn every_break_is_found_by_its_rule_and_every_harmless_edit_is_silent() {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let cases: Vec<Case> = (0..CASES).map(|number| case(number, seed + number as u64)).collect();
    let later: Vec<String> = cases.iter().map(|case| format!("{}_later", case.name)).collect();
    let pairs: Vec<(&str, Files, Files)> = cases
        .iter()
        .zip(&later)
        .flat_map(|(case, later)| {
            let [base, head, after] = &case.trees;
            [(case.name.as_str(), base.clone(), head.clone()), (later.as_str(), head.clone(), after.clone())]
        })
        .collect();
    let repository = common::import(&pairs);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = check(repository.path(), case) {
                        failures.lock().unwrap().push(format!("{}: {why}", case.name));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
