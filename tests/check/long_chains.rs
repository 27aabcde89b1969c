//! Long chains, of which only a part is evaluated: what is found, and what a change does, is the same as where all of it
//! is.
//!
//! `PARITY_CHECK_SEED` gives other chains.

use std::cell::{OnceCell, RefCell};
use std::path::Path;
use std::rc::Rc;

use crate::common;
use crate::common::Files;
use crate::common::random::Random;
use crate::common::random_operations::{World, operation, revision, wrong};
use parity_check::change::Change;
use parity_check::compare;
use parity_check::config::Config;
use parity_check::evaluate::outcome::Outcome;
use parity_check::folders::FolderCache;
use parity_check::git::Repository;
use parity_check::kinds::alembic::part::LONG;
use parity_check::project::Project;
use parity_check::rules;
use parity_check::schema::delta::{self, Level};
use parity_check::track::ends::{Ends, Modules};
use parity_check::track::footprint;
use parity_check::track::memory::Memory;

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
    files.insert("alembic/env.py".to_owned(), b"from alembic import context\n\n# postgresql\n".to_vec());
    files
}

/// Whether the text of a revision tells what it touches: where one of a chain does not, all of it is evaluated.
fn is_plain(line: &str) -> bool {
    footprint::of_revision(&revision("r", None, &[line.to_owned()])).is_some()
}

/// A few revisions about tables of their own that PostgreSQL takes.
fn world(number: usize, seed: u64) -> (World, Vec<Vec<String>>) {
    for attempt in 0.. {
        let random = &mut Random::new(seed + 1_000_000 * attempt);
        let mut world = World::beside(number);
        let mut steps = Vec::new();
        while steps.len() < OF_A_WORLD {
            let mut next = world.clone();
            let Some(line) = operation(&mut next, random) else { continue };
            if is_plain(&line) {
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
    let tracks = parity_check::kinds::detect::tracks(&mut modules, &mut FolderCache::new()).unwrap();
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
    // Now and then one world refers to another.
    for number in 0..12 {
        let (one, other) = (random.below(worlds.len()), random.below(worlds.len()));
        if let (Some(one), Some(other)) = (worlds[one].a_table(random), worlds[other].a_table(random)) {
            steps.push(vec![if number % 2 == 0 {
                format!(
                    "op.add_column(\"{one}\", sa.Column(\"x{number}\", sa.Integer(), sa.ForeignKey(\"{other}.id\")))"
                )
            } else {
                format!("op.execute('ALTER TABLE \"{one}\" ADD COLUMN x{number} INTEGER REFERENCES \"{other}\" (id)')")
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
        merge_base: base.id,
        base: modules(base.tree),
        head: modules(head.tree),
        tip: modules(base.tree),
        changed: repository.changed_files(base.tree, head.tree).unwrap(),
        folders: FolderCache::new(),
        list_objects: false,
        is_by_hand: false,
        is_configured_anew: false,
        fed: Vec::new(),
        releases: OnceCell::new(),
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
    all: usize,
    in_part: usize,
    refused: usize,
    failures: Vec<String>,
}

/// Judges changes to one base by a part and by the whole.
fn judge(base: &Files, changes: &[(String, Files)]) -> Judged {
    let mut judged = Judged { all: changes.len(), ..Judged::default() };
    let repository = common::import_additions(base, changes);
    let opened = Repository::open(repository.path()).unwrap();
    // What is remembered is evaluated whole.
    let memory = Rc::new(RefCell::new(Memory::default()));
    for (branch, added) in changes {
        let (part, whole) = (compared(&opened, branch, None), compared(&opened, branch, Some(&memory)));
        let outcome = |change: &Change| change.tracks.iter().find(|one| one.chain.is_some()).unwrap().outcome.clone();
        let (one, other) = (outcome(&part).unwrap(), outcome(&whole).unwrap());
        assert!(other.part.is_none());
        judged.in_part += usize::from(one.part.is_some());
        let (found, wanted) = (found(&part), found(&whole));
        judged.refused += usize::from(!wanted.is_empty());
        let does = |outcome: &Outcome| {
            format!("{:?}", delta::diff(&outcome.before.schema, &outcome.after.schema, Level::Full))
        };
        if found != wanted || does(&one) != does(&other) {
            let text = String::from_utf8_lossy(added.values().next().unwrap()).into_owned();
            judged.failures.push(format!("{text}\npart: {found:?} {}\nwhole: {wanted:?} {}", does(&one), does(&other)));
        }
    }
    judged
}

fn judge_random(seed: u64) -> Judged {
    let chain = chain(seed);
    let random = &mut Random::new(seed + 7);
    let changes: Vec<(String, Files)> = (0..CHANGES)
        .map(|number| {
            let added = file(chain.steps.len(), &change(&chain, random));
            (format!("change{number}"), Files::from([added]))
        })
        .collect();
    judge(&files(&chain.steps), &changes)
}

#[test]
fn a_part_of_a_long_chain_tells_what_all_of_it_does() {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let (mut all, mut in_part, mut refused, mut failures) = (0, 0, 0, Vec::new());
    std::thread::scope(|scope| {
        let chains: Vec<_> =
            (0..CHAINS).map(|number| scope.spawn(move || judge_random(seed + 10_000 * number))).collect();
        for judged in chains.into_iter().map(|chain| chain.join().unwrap()) {
            all += judged.all;
            in_part += judged.in_part;
            refused += judged.refused;
            failures.extend(judged.failures);
        }
    });
    println!("{in_part} of {all} changes were judged by a part, {refused} are refused");
    assert!(failures.is_empty(), "{} of {all}:\n{}", failures.len(), failures.join("\n\n"));
    assert!(in_part * 5 > all && refused * 10 > all, "{in_part} of {all} by a part, {refused} refused");
}

/// Revisions of nothing but a table each, and `setup` among them.
fn filled(setup: &[&str]) -> Vec<Vec<String>> {
    let filler =
        |number: usize| format!("op.create_table(\"f{number}\", sa.Column(\"id\", sa.Integer(), primary_key=True))");
    let mut steps: Vec<Vec<String>> = (0..LONG).map(|number| vec![filler(number)]).collect();
    for (at, lines) in setup.iter().enumerate() {
        steps.insert(at * 7, vec![(*lines).to_owned()]);
    }
    steps
}

fn additions(base: &[Vec<String>], changes: &[&str]) -> Vec<(String, Files)> {
    let one = |(number, line): (usize, &&str)| {
        (format!("change{number}"), Files::from([file(base.len(), &[(*line).to_owned()])]))
    };
    changes.iter().enumerate().map(one).collect()
}

/// Tables, types and names that the changes below run into: they are hard to tell from the text of either.
const SETUP: &[&str] = &[
    "op.create_table('a_d', sa.Column('c', sa.Text(), index=True))",
    "op.create_table('a', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('d_c', sa.Text()))",
    "op.create_table('ia', sa.Column('c', sa.Text(), index=True))",
    "op.create_table('ib', sa.Column('x', sa.Text()))",
    "op.create_table('lp_a', sa.Column('id', sa.Integer()))",
    "op.create_table('dc_p', sa.Column('id', sa.Integer(), primary_key=True))",
    "op.create_table('dc_c', sa.Column('p', sa.Integer(), sa.ForeignKey('dc_p.id')))",
    "op.create_table('an', sa.Column('a', sa.Text()))",
    "op.add_column('an', sa.Column('c', sa.Text()))",
    "op.create_table('g_b', sa.Column('c', sa.Text(), unique=True))",
    "op.create_table('g', sa.Column('b_c', sa.Text(), unique=True))",
    "op.create_table('x', sa.Column('q', sa.Text(), sa.ForeignKey('g.b_c')))",
    "op.execute(\"CREATE TYPE mood AS ENUM ('low')\")",
    "op.execute('CREATE TABLE m (id INTEGER, m mood)')",
    "op.create_table('bb', sa.Column('id', sa.Integer()))",
    "op.add_column('bb', sa.Column('c', sa.Enum('a', 'b', native_enum=False, create_constraint=True)))",
    "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))",
    "op.add_column('t', sa.Column('d', sa.Text()))",
    "op.rename_table('t', 'u')",
];

const CHANGES_TO_SETUP: &[&str] = &[
    "op.create_check_constraint('bb_c_check', 'bb', '1 = 1')",
    "op.create_table('n', sa.Column('id', sa.Integer()))",
    "op.create_index('ix_a_d_c', 'a', ['d_c'])",
    "op.create_index(None, 'a', ['d_c'])",
    "op.create_index('ix_ia_c', 'ib', ['x'])",
    "op.drop_index('ix_ia_c')",
    "for n in ('a', 'b'):\n    op.create_table(f'lp_{n}', sa.Column('id', sa.Integer()))",
    "op.execute('CREATE TABLE %s_a (id int)' % 'lp')",
    "op.execute('DROP TABLE IF EXISTS dc_p')",
    "op.drop_table('dc_p')",
    "op.drop_column('dc_p', 'id')",
    "for t in sa.inspect(op.get_bind()).get_table_names():\n    op.add_column(t, sa.Column('c', sa.Text()))",
    "op.add_column('an', sa.Column(name='c', type_=sa.Text()))",
    "op.add_column('an', sa.Column(sa.quoted_name('c', True), sa.Text()))",
    "op.alter_column('an', 'a', name='c')",
    "op.alter_column('an', 'a', new_column_name='c')",
    "op.execute('ALTER TABLE g DROP CONSTRAINT IF EXISTS g_b_c_key1')",
    "op.drop_constraint('g_b_c_key1', 'g')",
    "op.execute('DROP TYPE IF EXISTS mood')",
    "op.execute('DROP TYPE mood')",
    "op.execute(\"CREATE TYPE mood AS ENUM ('x')\")",
    "op.add_column('u', sa.Column('d', sa.Text()))",
    "op.rename_table('u', 'w')",
    "op.drop_column('u', 'd')",
    "op.create_table('t', sa.Column('id', sa.Integer()))",
    "op.execute('CREATE TABLE IF NOT EXISTS u (y int); CREATE INDEX uy ON u (y)')",
    "op.execute('ALTER TABLE m ALTER COLUMN m TYPE text, ADD COLUMN id integer')",
];

#[test]
fn what_is_hard_to_tell_from_the_text_is_found_in_a_part_too() {
    let base = filled(SETUP);
    let judged = judge(&files(&base), &additions(&base, CHANGES_TO_SETUP));
    assert!(judged.failures.is_empty(), "{}", judged.failures.join("\n\n"));
    assert!(judged.in_part >= 3 && judged.refused >= 15, "{} in part, {} refused", judged.in_part, judged.refused);
}

/// Statements whose names SQL has for keywords: told from the text or not, nothing of them may be lost.
#[test]
fn names_that_are_keywords_are_found_in_a_part_too() {
    for (setup, change) in [
        ("CREATE TABLE IF NOT EXISTS action (id serial primary key)", "CREATE TABLE action (id int)"),
        ("CREATE TABLE IF NOT EXISTS hash (x int)", "ALTER TABLE IF EXISTS hash ADD COLUMN x int"),
        ("CREATE TYPE key AS ENUM ('a')", "CREATE TYPE key AS ENUM ('x')"),
        ("CREATE TYPE hash AS ENUM ('a'); CREATE TABLE kh (id int, h hash)", "DROP TYPE IF EXISTS hash"),
        ("CREATE TABLE ka (x int); CREATE INDEX hash ON ka (x)", "CREATE TABLE hash (id int)"),
        ("CREATE TABLE ma (x text[] DEFAULT ARRAY['x]y']); CREATE TABLE mh (id int)", "CREATE TABLE mh (id int)"),
    ] {
        let execute = |sql: &str| format!("op.execute(\"{sql}\")");
        let base = filled(&[&execute(setup)]);
        let judged = judge(&files(&base), &additions(&base, &[&execute(change)]));
        assert!(judged.failures.is_empty(), "{}", judged.failures.join("\n\n"));
        assert_eq!(judged.refused, 1, "{change}");
    }
}

/// A list for SQLite beside the chain: what the one renames, the other has with all its columns.
#[test]
fn pairs_are_compared_by_all_that_a_part_knows() {
    let list = |renames: &str, columns: &str| {
        format!(
            "def _u(conn):\n    conn.execute(\"CREATE TABLE u ({columns})\")\n\n\ndef _w(conn):\n    \
             conn.execute(\"{renames}\")\n\n\nMIGRATIONS = [\n    (\"u\", _u),\n"
        )
    };
    let steps = filled(&SETUP[SETUP.len() - 3..]);
    for columns in ["id INTEGER PRIMARY KEY, d TEXT", "id INTEGER PRIMARY KEY"] {
        let path = "db/migrations.py".to_owned();
        let text = list("ALTER TABLE u RENAME TO w", columns);
        let mut base = files(&steps);
        base.insert(path.clone(), format!("{text}]\n").into_bytes());
        let revision = file(steps.len(), &["op.rename_table('u', 'w')".to_owned()]);
        let added = Files::from([revision, (path, format!("{text}    (\"w\", _w),\n]\n").into_bytes())]);
        let judged = judge(&base, &[("change".to_owned(), added)]);
        assert!(judged.failures.is_empty(), "{}", judged.failures.join("\n\n"));
    }
}
