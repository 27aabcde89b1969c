//! Long chains, of which only a part is evaluated: what is found, and what a change does, is the same as where all of it
//! is.
//!
//! `PARITY_CHECK_SEED` gives other chains.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;
mod random_operations;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use common::Files;
use common::random::Random;
use parity_check::compare;
use parity_check::config::Config;
use parity_check::detect::FolderCache;
use parity_check::evaluate::memory::Memory;
use parity_check::evaluate::outcome::Outcome;
use parity_check::evaluate::part::LONG;
use parity_check::git::Repository;
use parity_check::project::Project;
use parity_check::rules;
use parity_check::schema::delta::{self, Level};
use parity_check::track::Change;
use parity_check::track::ends::{Ends, Modules};
use random_operations::{World, operation, revision, wrong};

const SEED: u64 = 20_260_101;
const CHAINS: u64 = 2;
/// How many changes to each chain are judged.
const CHANGES: usize = 40;
/// So many revisions in a row are about tables that have nothing to do with others.
const OF_A_WORLD: usize = 8;

/// The revisions of one chain: the lines that each carries out, in order.
struct Chain {
    worlds: Vec<World>,
    steps: Vec<Vec<String>>,
}

fn file(number: usize, lines: &[String]) -> (String, Vec<u8>) {
    let parent = number.checked_sub(1).map(|number| format!("r{number}"));
    let text = revision(&format!("r{number}"), parent.as_deref(), lines);
    (format!("alembic/versions/r{number:05}.py"), text.into_bytes())
}

fn files(steps: &[Vec<String>]) -> Files {
    let mut files: Files = steps.iter().enumerate().map(|(number, lines)| file(number, lines)).collect();
    files.insert("alembic/env.py".to_owned(), b"from alembic import context\n".to_vec());
    files
}

/// What an operation does to other tables than those that it names, or what its text does not tell.
fn is_involved(line: &str) -> bool {
    let far = ["VIEW", "get_bind", "DROP TABLE"];
    far.iter().any(|word| line.contains(word))
}

/// A few revisions about tables of their own that PostgreSQL takes; some with what the text does not tell.
fn world(number: usize, seed: u64) -> (World, Vec<Vec<String>>) {
    for attempt in 0.. {
        let random = &mut Random::new(seed + 1_000_000 * attempt);
        let may_be_involved = random.chance(10);
        let mut world = World::beside(number);
        let mut steps = Vec::new();
        while steps.len() < OF_A_WORLD {
            let mut next = world.clone();
            let Some(line) = operation(&mut next, random) else { continue };
            if may_be_involved || !is_involved(&line) {
                world = next;
                steps.push(vec![line]);
            }
        }
        let repository = common::import_additions(&files(&steps), &[]);
        if is_sound(repository.path()) {
            return (world, steps);
        }
    }
    unreachable!()
}

fn is_sound(repository: &Path) -> bool {
    let repository = Repository::open(repository).unwrap();
    let commit = repository.commit("main").unwrap();
    let mut modules = Modules::new(repository.snapshot(commit.tree));
    let tracks = parity_check::detect::tracks(&mut modules, &mut FolderCache::new()).unwrap();
    let chain = parity_check::track::alembic::chain(&tracks[0], &modules).unwrap();
    let built = parity_check::evaluate::chain::fresh(&chain, &mut modules, false);
    built.is_certain()
}

fn chain(seed: u64) -> Chain {
    let random = &mut Random::new(seed);
    let (mut worlds, mut left) = (Vec::new(), Vec::new());
    for number in 0..LONG.div_ceil(OF_A_WORLD) {
        let (world, steps) = world(number + 1, seed + number as u64);
        worlds.push(world);
        left.push(steps.into_iter());
    }
    let mut steps = Vec::new();
    while !left.is_empty() {
        let at = random.below(left.len());
        match left[at].next() {
            Some(lines) => steps.push(lines),
            None => drop(left.swap_remove(at)),
        }
    }
    // Now and then one world refers to another, or a revision goes over several tables.
    for number in 0..12 {
        let (one, other) = (random.below(worlds.len()), random.below(worlds.len()));
        if let (Some(one), Some(other)) = (worlds[one].a_table(random), worlds[other].a_table(random)) {
            steps.push(vec![match number % 3 {
                0 => format!("for name in [\"{one}\"]:\n    op.add_column(name, sa.Column(\"x{number}\", sa.Text()))"),
                1 => format!(
                    "op.add_column(\"{one}\", sa.Column(\"x{number}\", sa.Integer(), sa.ForeignKey(\"{other}.id\")))"
                ),
                _ => format!(
                    "op.execute('ALTER TABLE \"{one}\" ADD COLUMN x{number} INTEGER REFERENCES \"{other}\" (id)')"
                ),
            }]);
        }
    }
    Chain { worlds, steps }
}

/// What a new revision does to the tables of one world, and hardly ever of two.
fn change(chain: &Chain, random: &mut Random) -> Vec<String> {
    let mut world = chain.worlds[random.below(chain.worlds.len())].clone();
    let is_wrong = random.chance(30);
    let mut lines: Vec<String> = (0..=random.below(2)).filter_map(|_| operation(&mut world, random)).collect();
    if is_wrong {
        lines.extend(wrong(&mut world, random));
    }
    if random.chance(10) {
        let mut other = chain.worlds[random.below(chain.worlds.len())].clone();
        lines.extend(operation(&mut other, random));
    }
    if lines.is_empty() { vec!["pass".to_owned()] } else { lines }
}

/// What a change does; with a memory, all of the chain is evaluated for that.
fn compared(repository: &Repository, branch: &str, memory: Option<&Rc<RefCell<Memory>>>) -> Change {
    let (base, head) = (repository.commit("main").unwrap(), repository.commit(branch).unwrap());
    let modules = |tree| match memory {
        Some(memory) => Modules::with_memory(repository.snapshot(tree), memory),
        None => Modules::new(repository.snapshot(tree)),
    };
    let mut ends = Ends {
        base: modules(base.tree),
        head: modules(head.tree),
        tip: modules(base.tree),
        changed: repository.changed_files(base.tree, head.tree).unwrap(),
        folders: FolderCache::new(),
        list_objects: false,
    };
    let project = Project::at_head(&Config::default(), &mut ends).unwrap();
    compare::compare(&project, &mut ends).unwrap().0
}

/// What is found of a change, but for what the base has already.
fn found(change: &Change) -> Vec<String> {
    let findings = rules::check(change).into_iter().filter(|finding| !finding.pre_existing);
    findings.map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect()
}

/// What is judged by a part and what is refused, by counts, and where a part says something else than the whole.
#[derive(Default)]
struct Judged {
    in_part: usize,
    refused: usize,
    failures: Vec<String>,
}

fn judge_changes(seed: u64) -> Judged {
    let mut judged = Judged::default();
    let chain = chain(seed);
    let random = &mut Random::new(seed + 7);
    let changes: Vec<(String, Files)> = (0..CHANGES)
        .map(|number| {
            let added = file(chain.steps.len(), &change(&chain, random));
            (format!("change{number}"), Files::from([added]))
        })
        .collect();
    let repository = common::import_additions(&files(&chain.steps), &changes);
    let opened = Repository::open(repository.path()).unwrap();
    // What is remembered is evaluated whole.
    let memory = Rc::new(RefCell::new(Memory::default()));
    for (branch, added) in &changes {
        let (part, whole) = (compared(&opened, branch, None), compared(&opened, branch, Some(&memory)));
        let (one, other) = (part.tracks[0].outcome.as_ref().unwrap(), whole.tracks[0].outcome.as_ref().unwrap());
        assert!(other.part.is_none());
        judged.in_part += usize::from(one.part.is_some());
        let (found, wanted) = (found(&part), found(&whole));
        judged.refused += usize::from(!wanted.is_empty());
        let does = |outcome: &Outcome| {
            format!("{:?}", delta::diff(&outcome.before.schema, &outcome.after.schema, Level::Full))
        };
        if found != wanted || does(one) != does(other) {
            let text = String::from_utf8_lossy(added.values().next().unwrap()).into_owned();
            judged.failures.push(format!("{text}\npart: {found:?} {}\nwhole: {wanted:?} {}", does(one), does(other)));
        }
    }
    judged
}

#[test]
fn a_part_of_a_long_chain_tells_what_all_of_it_does() {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let (mut all, mut in_part, mut refused, mut failures) = (0, 0, 0, Vec::new());
    std::thread::scope(|scope| {
        let chains: Vec<_> =
            (0..CHAINS).map(|number| scope.spawn(move || judge_changes(seed + 10_000 * number))).collect();
        for judged in chains.into_iter().map(|chain| chain.join().unwrap()) {
            all += CHANGES;
            in_part += judged.in_part;
            refused += judged.refused;
            failures.extend(judged.failures);
        }
    });
    println!("{in_part} of {all} changes were judged by a part, {refused} are refused");
    assert!(failures.is_empty(), "{} of {all}:\n{}", failures.len(), failures.join("\n\n"));
    assert!(in_part * 5 > all && refused * 10 > all, "{in_part} of {all} by a part, {refused} refused");
}
