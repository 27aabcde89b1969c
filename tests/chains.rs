//! Chains of revisions: judged on the merge result, and held against Alembic itself.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fmt::Write as _;
use std::process::Command;

use common::{Repo, answer, program, revision, rules};

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

/// A small generator of random numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // Knuth's MMIX constants.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A chain with merges, branches, labels and dependencies, in the spellings that Alembic's templates have had.
fn random_chain(seed: u64) -> Vec<(String, String)> {
    let mut random = Random(seed);
    let count = 1 + random.below(25);
    let mut files = Vec::new();
    for index in 0..count {
        let mut parents: Vec<String> = Vec::new();
        for _ in 0..random.below(4).min(index) {
            let parent = format!("r{:03}", random.below(index));
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let parents = match parents.as_slice() {
            [] => "None".to_owned(),
            [only] if random.below(2) == 0 => format!("'{only}'"),
            several => format!("({},)", several.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ")),
        };
        let mut text = String::from("\"\"\"A revision.\"\"\"\n");
        let annotated = random.below(3) == 0;
        let (id_type, parents_type) = if annotated { (": str", ": tuple | str | None") } else { ("", "") };
        writeln!(text, "revision{id_type} = 'r{index:03}'\ndown_revision{parents_type} = {parents}").unwrap();
        if random.below(5) == 0 {
            writeln!(text, "branch_labels = ('label{index}',)").unwrap();
        }
        if index > 0 && random.below(6) == 0 {
            writeln!(text, "depends_on = 'r{:03}'", random.below(index)).unwrap();
        }
        text.push_str("\n\ndef upgrade():\n    pass\n");
        files.push((format!("{index:03}_step.py"), text));
    }
    files
}

const REAL: &str = r#"
import sys, warnings
from alembic.script import ScriptDirectory
warnings.simplefilter("ignore")
for folder in sys.argv[1:]:
    print(",".join(sorted(ScriptDirectory(folder).get_heads())))
"#;

/// Whether Alembic is there; on CI it must be.
fn has_alembic() -> bool {
    let there =
        Command::new("python3").args(["-c", "import alembic"]).output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("CI").is_none(), "CI must install Alembic");
    there
}

#[test]
fn heads_are_those_that_alembic_lists() {
    if !has_alembic() {
        println!("skipped: Alembic is not installed");
        return;
    }
    let repo = Repo::new();
    let seeds = 120_u64;
    for seed in 0..seeds {
        repo.write(&format!("chain{seed:03}/env.py"), "from alembic import context\n");
        for (name, text) in random_chain(seed) {
            repo.write(&format!("chain{seed:03}/versions/{name}"), text);
        }
    }
    repo.commit("chains");
    let folders = (0..seeds).map(|seed| repo.path().join(format!("chain{seed:03}")));
    let real = Command::new("python3").args(["-c", REAL]).args(folders).output().unwrap();
    assert!(real.status.success(), "{}", String::from_utf8_lossy(&real.stderr));
    let real: Vec<String> = String::from_utf8(real.stdout).unwrap().lines().map(str::to_owned).collect();
    let (code, out, err) = answer(program(&repo.path()).args(["heads", "--format", "json"]));
    assert_eq!(code, Some(0), "{err}");
    let listing: serde_json::Value = serde_json::from_str(&out).unwrap();
    let tracks = listing["tracks"].as_array().unwrap();
    assert_eq!((tracks.len(), real.len()), (120, 120));
    for (track, real) in tracks.iter().zip(real) {
        let ours: Vec<&str> = track["heads"].as_array().unwrap().iter().map(|head| head.as_str().unwrap()).collect();
        assert_eq!(ours.join(","), real, "{}", track["path"]);
    }
}
