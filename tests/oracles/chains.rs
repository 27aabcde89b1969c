//! Chains of revisions: judged on the merge result, and held against Alembic itself.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::common::random::Random;
use crate::common::{self, Repo, answer, git, git_command, program, revision, rules};
use parity_check::config::Config;
use parity_check::git::Repository;
use parity_check::kinds;
use parity_check::project::{Project, ProjectError};
use parity_check::track::chain::Chain;
use parity_check::track::ends::Modules;
use parity_check::track::revision::Revision;
use parity_check::track::{Track, alembic};
use serde_json::{Value as Json, json};

/// Longer than what is evaluated at once, many times over.
const LONG: usize = 2_500;

#[test]
fn every_revision_of_a_long_chain_is_evaluated() {
    let repo = Repo::new();
    repo.write("alembic/env.py", "from alembic import context\n");
    for number in 0..LONG {
        let parent = if number == 0 { "None".to_owned() } else { format!("'r{}'", number - 1) };
        let step = if number % 100 == 0 { "op.create_table" } else { "op.add_column" };
        let table = number / 100;
        let text = format!(
            "from alembic import op\nimport sqlalchemy as sa\n\nrevision = 'r{number}'\ndown_revision = {parent}\n\n\n\
             def upgrade():\n    {step}('t{table}', sa.Column('note{number}', sa.Text()))\n"
        );
        repo.write(&format!("alembic/versions/r{number}.py"), text);
    }
    repo.commit("a long chain");
    let (code, out, err) = answer(program(&repo.path()).args(["schema", "--format", "json"]));
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.matches("\"note").count(), LONG, "{err}");
}

/// `main` with the project, and two branches that each add a revision on its head.
fn two_branches() -> Repo {
    let repo = Repo::with_project();
    for name in ["first", "second"] {
        repo.git(&["switch", "--quiet", "--create", name, "main"]);
        repo.write(&format!("alembic/versions/0002_{name}.py"), revision(&format!("0002_{name}"), "0001_baseline"));
        repo.add_entry(name);
        repo.commit(name);
    }
    repo
}

#[test]
fn of_two_branches_on_one_parent_each_passes_until_the_other_is_merged() {
    let repo = two_branches();
    assert!(rules(&repo.check("main", "first").unwrap()).is_empty());
    assert!(rules(&repo.check("main", "second").unwrap()).is_empty());
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--ff-only", "first"]);
    let report = repo.check("main", "second").unwrap();
    assert_eq!(rules(&report), ["multiple-heads"]);
    let finding = &report.findings[0].finding;
    assert!(finding.message.contains("`0002_first`") && finding.message.contains("`0002_second`"), "{finding:?}");
    assert_eq!(finding.help, "set `down_revision = \"0002_first\"` in `alembic/versions/0002_second.py`");
    repo.git(&["switch", "--quiet", "second"]);
    repo.write("alembic/versions/0002_second.py", revision("0002_second", "0002_first"));
    repo.commit("repair");
    assert!(rules(&repo.check("main", "second").unwrap()).is_empty());
    assert!(repo.git(&["status", "--porcelain"]).is_empty(), "nothing is written");
}

#[test]
fn the_head_that_a_missing_revision_names_is_that_of_the_merge_result() {
    let repo = two_branches();
    repo.git(&["switch", "--quiet", "--create", "feature", "main"]);
    repo.commit_entry("age");
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--ff-only", "first"]);
    let report = repo.check("main", "feature").unwrap();
    assert_eq!(rules(&report), ["missing-revision"]);
    assert!(report.findings[0].finding.help.contains("\"0002_first\""), "{}", report.findings[0].finding.help);
}

#[test]
fn where_both_sides_changed_a_revision_head_alone_is_judged_and_says_so() {
    let repo = Repo::with_project();
    for (name, parent) in [("first", "a"), ("second", "b")] {
        repo.git(&["switch", "--quiet", "--create", name, "main"]);
        repo.write(common::BASELINE, revision("0001_baseline", parent));
        repo.write(&format!("alembic/versions/0002_{name}.py"), revision(&format!("0002_{name}"), "0001_baseline"));
        repo.write(&format!("alembic/versions/0003_{name}.py"), revision(&format!("0003_{name}"), "0001_baseline"));
        repo.commit(name);
    }
    let report = repo.check("first", "second").unwrap();
    let heads = report.findings.iter().find(|one| one.finding.rule.name == "multiple-heads").unwrap();
    assert!(heads.finding.notes[0].contains("head alone was judged"), "{:?}", heads.finding.notes);
    assert!(!heads.finding.message.contains("after the merge") && !heads.finding.message.contains("first"));
}

#[cfg(unix)]
#[test]
fn an_environment_and_its_revisions_are_found_over_links() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    repo.write("db/env.py", "from alembic import context\n");
    let users = "def upgrade():\n    op.execute(\"CREATE TABLE users (id int)\")\n";
    repo.write(
        "shared/revisions/0001_base.py",
        format!("from alembic import op\n\nrevision = '0001_base'\ndown_revision = None\n\n\n{users}"),
    );
    repo.write("kept/0002_one.py", revision("0002_one", "0001_base"));
    std::fs::create_dir(repo.path().join("db/config")).unwrap();
    symlink("../env.py", repo.path().join("db/config/env.py")).unwrap();
    symlink("../../shared/revisions", repo.path().join("db/config/versions")).unwrap();
    symlink("../../kept/0002_one.py", repo.path().join("shared/revisions/0002_one.py")).unwrap();
    // What leads out of the repository, or around in a circle, is not there.
    symlink("/etc", repo.path().join("db/outside")).unwrap();
    symlink("circle", repo.path().join("db/circle")).unwrap();
    repo.commit("base");
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.write("shared/revisions/0002_other.py", revision("0002_other", "0001_base"));
    repo.commit("a second head");
    let report = repo.check("main", "feature").unwrap();
    assert_eq!(rules(&report), ["multiple-heads"]);
    let message = &report.findings[0].finding.message;
    assert!(message.contains("`0002_one` and `0002_other`"), "{message}");
}

/// A chain with merges, branches, labels and dependencies, in the spellings that Alembic's templates have had. In some
/// there is what Alembic stops at.
fn random_chain(seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let count = 1 + random.below(25);
    let is_sound = random.below(4) > 0;
    let mut files = Vec::new();
    for index in 0..count {
        let mut parents: Vec<String> = Vec::new();
        for _ in 0..random.below(4).min(index) {
            parents.push(format!("r{:03}", random.below(index)));
        }
        let wrong = !is_sound && random.below(6) == 0;
        if wrong {
            parents.push(["nowhere", "label1", "r003", "r007"][random.below(4)].to_owned());
        }
        let mut text = String::from("\"\"\"A revision.\"\"\"\n");
        let annotated = random.below(3) == 0;
        let (id_type, parents_type) = if annotated { (": str", ": tuple | str | None") } else { ("", "") };
        let parents = parents_value(&parents, &mut random);
        let refused = if !is_sound && random.below(30) == 0 { "-" } else { "" };
        writeln!(text, "revision{id_type} = 'r{index:03}{refused}'\ndown_revision{parents_type} = {parents}").unwrap();
        if random.below(5) == 0 {
            let label = if !is_sound && random.below(4) == 0 { "taken".to_owned() } else { format!("label{index}") };
            writeln!(
                text,
                "branch_labels = {}",
                [format!("'{label}'"), format!("('{label}', '{label}_too')")][index % 2]
            )
            .unwrap();
        }
        if index > 0 && random.below(6) == 0 {
            let sort = if is_sound { random.below(2) } else { random.below(4) };
            let needed = match (sort, labels(&files).as_slice()) {
                (0, [first, ..]) => first.clone(),
                (2, [first, ..]) => format!("{first}@head"),
                (3, _) => format!("r{:03}", count - 1),
                _ => format!("r{:03}", random.below(index)),
            };
            writeln!(text, "depends_on = '{needed}'").unwrap();
        }
        text.push_str("\n\ndef upgrade():\n    pass\n");
        // What comes first by its path need not come first in the chain.
        files.push((format!("{:03}_step.py", (index * 7) % 31), text));
    }
    files
}

fn parents_value(parents: &[String], random: &mut Random) -> String {
    let quoted = parents.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ");
    match (parents, random.below(4)) {
        ([], 0) => "()".to_owned(),
        ([], _) => "None".to_owned(),
        ([only], 0 | 1) => format!("'{only}'"),
        (_, 2) => format!("[{quoted}]"),
        (_, 3) => format!("{{\n    {quoted}\n}}"),
        _ => format!("({quoted},)"),
    }
}

/// The labels that files have been given.
fn labels(files: &[(String, String)]) -> Vec<String> {
    let line = |text: &str| text.lines().find_map(|line| line.strip_prefix("branch_labels = ").map(str::to_owned));
    let first = |value: String| value.split('\'').nth(1).map(str::to_owned);
    files.iter().filter_map(|(_, text)| first(line(text)?)).collect()
}

/// The chain of one environment, as the program reads it, and where Alembic finds the same.
struct Read {
    name: String,
    chain: Chain,
    folder: PathBuf,
    versions: Vec<PathBuf>,
}

/// Whether Alembic is there; on CI it must be.
fn has_alembic() -> bool {
    let there =
        Command::new("python3").args(["-c", "import alembic"]).output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("CI").is_none(), "CI must install Alembic");
    there
}

/// What Alembic reads of each.
fn oracle(all: &[Read]) -> Vec<Json> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/chains/oracle.py");
    let mut process = Command::new("python3")
        .args(["-B".as_ref(), script.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = all.iter().map(|read| json!({"folder": read.folder, "versions": read.versions}).to_string() + "\n");
    let asked: String = asked.collect();
    let mut input = process.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(asked.as_bytes()).unwrap());
        process.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), all.len());
    answers
}

fn ids<'r>(revisions: impl IntoIterator<Item = &'r Revision>) -> Vec<&'r str> {
    revisions.into_iter().map(|revision| revision.id.as_deref().unwrap()).collect()
}

fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    all.into_iter().collect::<BTreeSet<T>>().into_iter().collect()
}

/// Whether Alembic would stop at it, or does not get that far.
fn stops(chain: &Chain) -> bool {
    let refused = chain.revisions.iter().any(|revision| revision.refused().is_some());
    refused || !chain.cycle().is_empty() || !chain.dangling().is_empty() || !chain.taken_labels().is_empty()
}

/// What the program and Alembic read apart.
fn apart(chain: &Chain, real: &Json) -> Vec<String> {
    if let Some(error) = real.get("error") {
        // Of two files with one id Alembic takes one, and may stop at what that makes of the chain.
        let is_found = stops(chain) || !chain.duplicates().is_empty();
        return if is_found { Vec::new() } else { vec![format!("Alembic stops: {error}")] };
    }
    if !chain.cycle().is_empty() {
        // Alembic does not see a circle that leads from a base to a head: then its order is none.
        let all = chain.revisions.len() == order_of(real).len();
        return if all && misplaced(&order_of(real), real).is_empty() {
            vec!["a circle in order".to_owned()]
        } else {
            Vec::new()
        };
    }
    if stops(chain) {
        let nowhere: Vec<&str> = chain.dangling().into_iter().map(|(_, id)| id).collect();
        let taken: Vec<&str> = chain.taken_labels().into_iter().map(|(_, label, _)| label).collect();
        return vec![format!("Alembic does not stop at {nowhere:?} or at the labels {taken:?}")];
    }
    let mut wrong = Vec::new();
    let mut compare = |what: &str, ours: Json, real: &Json| {
        if ours != *real {
            wrong.push(format!("{what}: {ours}, and Alembic {real}"));
        }
    };
    let heads = chain.heads();
    let bases = chain.revisions.iter().filter(|revision| revision.parents.is_empty()).map(|revision| &**revision);
    compare("heads", json!(ids(heads.iter().copied())), &real["heads"]);
    compare("bases", json!(sorted(ids(bases))), &real["bases"]);
    let branches: Vec<_> = heads.iter().map(|head| chain.labels_of(head)).collect();
    compare("branches", json!(branches), &real["branches"]);
    let before = chain.before();
    for (at, revision) in chain.revisions.iter().enumerate() {
        let id = revision.id.as_deref().unwrap();
        let real = &real["revisions"][id];
        compare(&format!("parents of {id}"), json!(sorted(&revision.parents)), &real["parents"]);
        compare(&format!("labels of {id}"), json!(sorted(&revision.labels)), &real["labels"]);
        let names = before[at].iter().map(|at| chain.revisions[*at].id.as_deref().unwrap());
        compare(&format!("what is before {id}"), json!(sorted(names)), &real["before"]);
    }
    let order = ids(chain.in_order().into_iter().map(|revision| &**revision));
    compare("revisions", json!(sorted(order.iter().copied())), &json!(sorted(order_of(real))));
    wrong.extend(misplaced(&order, real));
    // In what order Python goes through a set is not told.
    if chain.revisions.iter().all(|revision| !revision.location.source.text().contains('{')) {
        if order != order_of(real) {
            wrong.push(format!("the order is {order:?}, and Alembic's {:?}", order_of(real)));
        }
        let stumble = chain.stumble().and_then(|(revision, _)| revision.id.as_deref());
        if stumble != real["stumbles"].as_str() {
            wrong.push(format!("it stumbles at {stumble:?}, and Alembic at {}", real["stumbles"]));
        }
    }
    wrong
}

fn order_of(real: &Json) -> Vec<&str> {
    real["order"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

/// The revisions that an order does not have after all that they follow or depend on.
fn misplaced(order: &[&str], real: &Json) -> Vec<String> {
    let places: HashMap<&str, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut wrong = Vec::new();
    for (at, id) in order.iter().enumerate() {
        for before in real["revisions"][*id]["before"].as_array().into_iter().flatten() {
            if places.get(before.as_str().unwrap()).is_none_or(|place| *place >= at) {
                wrong.push(format!("{id} comes before {before}, which it needs"));
            }
        }
    }
    wrong
}

#[test]
fn chains_are_read_as_alembic_reads_them() {
    if !has_alembic() {
        println!("skipped: Alembic is not installed");
        return;
    }
    let repo = Repo::new();
    let seeds = 160_u64;
    for seed in 0..seeds {
        repo.write(&format!("chain{seed:03}/env.py"), "from alembic import context\n");
        for (name, text) in random_chain(seed) {
            repo.write(&format!("chain{seed:03}/versions/{name}"), text);
        }
    }
    repo.commit("chains");
    let all = read_at(&Repository::open(&repo.path()).unwrap(), "HEAD", &repo.path());
    let real = oracle(&all);
    let stopped = real.iter().filter(|real| real.get("error").is_some()).count();
    assert_eq!(all.len(), 160);
    assert!((15..80).contains(&stopped), "Alembic stops at {stopped}");
    let wrong: Vec<String> = all
        .iter()
        .zip(&real)
        .flat_map(|(read, real)| apart(&read.chain, real).into_iter().map(|wrong| format!("{}: {wrong}", read.name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (code, out, err) = answer(program(&repo.path()).args(["heads", "--format", "json"]));
    assert_eq!(code, Some(0), "{err}");
    let listing: Json = serde_json::from_str(&out).unwrap();
    for (track, real) in listing["tracks"].as_array().unwrap().iter().zip(&real) {
        assert!(real.get("error").is_some() || track["heads"] == real["heads"], "{}", track["path"]);
    }
}

/// Every chain that detection finds at a commit, whose files are below `root`.
fn read_at(repository: &Repository, commit: &str, root: &Path) -> Vec<Read> {
    let tree = repository.commit(commit).unwrap().tree;
    let mut modules = Modules::new(repository.snapshot(tree));
    let tracks = match Project::tracks_at(&Config::default(), &mut modules) {
        Err(ProjectError::NoTracks { .. }) => Vec::new(),
        tracks => tracks.unwrap(),
    };
    let chains = tracks.into_iter().filter(|track| track.kind == kinds::alembic::KIND);
    let read = |track: Track| Read {
        name: format!("{commit} {}", track.path),
        chain: Arc::unwrap_or_clone(alembic::chain(&track, &modules).unwrap()),
        folder: root.to_owned(),
        versions: track.directories().map(|directory| root.join(directory)).collect(),
    };
    chains.map(read).collect()
}

/// The tip, and at most so many of the commits before it that changed a versions directory, on branches that were merged
/// too, spread evenly.
fn commits(git_dir: &Path, most: usize) -> Vec<String> {
    let list = |more: &[&str]| -> Vec<String> {
        let arguments = [&["rev-list", "--full-history"], more].concat();
        git(git_dir, &arguments).lines().map(str::to_owned).collect()
    };
    let mut commits = list(&["--max-count=1", "HEAD"]);
    let all = list(&["HEAD", "--", ":(glob)**/versions/*.py"]);
    let chosen = (0..most.min(all.len())).map(|at| all[at * all.len() / most.min(all.len())].clone());
    commits.extend(chosen.filter(|commit| *commit != commits[0]).collect::<Vec<_>>());
    commits
}

/// Writes the folders of all chains at a commit.
fn export(git_dir: &Path, commit: &str, root: &Path, chains: &[Read]) {
    std::fs::create_dir_all(root).unwrap();
    let folders = chains.iter().flat_map(|read| &read.versions).map(|path| path.strip_prefix(root).unwrap());
    // Of a partial clone git says which other files it lacks.
    let mut archive = git_command(git_dir)
        .args(["archive", commit, "--"])
        .args(folders)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pipe = archive.stdout.take().unwrap();
    let tar = Command::new("tar").arg("-x").current_dir(root).stdin(pipe).status().unwrap();
    assert!(tar.success() && archive.wait().unwrap().success(), "{commit}");
}

#[test]
fn chains_of_real_projects_are_read_as_alembic_reads_them() {
    let Some(named) = std::env::var_os("PARITY_CHECK_CHAINS") else { return };
    for git_dir in std::env::split_paths(&named) {
        let repository = Repository::open(&git_dir).unwrap();
        let root = tempfile::tempdir().unwrap();
        let commits = commits(&git_dir, 200);
        let mut all = Vec::new();
        for (number, commit) in commits.iter().enumerate() {
            let folder = root.path().join(number.to_string());
            let chains = read_at(&repository, commit, &folder);
            if !chains.is_empty() {
                export(&git_dir, commit, &folder, &chains);
            }
            all.extend(chains);
        }
        let real = oracle(&all);
        let (mut wrong, mut revisions, mut unknown, mut stopped) = (Vec::new(), 0, 0, 0);
        for (read, real) in all.iter().zip(&real) {
            if !read.chain.is_known() {
                unknown += 1;
                continue;
            }
            revisions += read.chain.revisions.len();
            stopped += usize::from(real.get("error").is_some());
            wrong.extend(apart(&read.chain, real).into_iter().map(|wrong| format!("{}: {wrong}", read.name)));
        }
        println!(
            "{}: {} commits, {} chains ({unknown} computed, {stopped} at which Alembic stops), {revisions} revisions, {} \
             differences",
            git_dir.display(),
            commits.len(),
            all.len(),
            wrong.len()
        );
        assert!(!all.is_empty() && wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
