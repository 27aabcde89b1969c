//! Directories of migration scripts: judged on the merge result, drawn, written down, and hostile.

use crate::common::{Repo, answer, program, rules};

fn script(from: u32, to: u32, key: &str) -> String {
    format!(
        "\"\"\"Add {key}.\"\"\"\n\nFROM_VERSION = {from}\nTO_VERSION = {to}\n\n\ndef migrate(document):\n    \
         document[\"{key}\"] = 1\n    return document\n"
    )
}

fn constant(version: u32) -> String {
    format!("CURRENT_SCHEMA_VERSION = {version}\n")
}

/// Scripts to version 3, and the constant in a module above them.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("notes/migrations/v1_to_v2.py", script(1, 2, "tags"));
    repo.write("notes/migrations/v2_to_v3.py", script(2, 3, "links"));
    repo.write("notes/core.py", constant(3));
    repo.commit("the base");
    repo
}

/// Two branches that each add a script from version 3, and raise the constant.
fn two_branches() -> Repo {
    let repo = repo();
    for name in ["first", "second"] {
        repo.git(&["switch", "--quiet", "--create", name, "main"]);
        repo.write(&format!("notes/migrations/v3_to_v4_{name}.py"), script(3, 4, name));
        repo.write("notes/core.py", constant(4));
        repo.commit(name);
    }
    repo
}

#[test]
fn of_two_branches_from_one_version_each_passes_until_the_other_is_merged() {
    let repo = two_branches();
    assert!(rules(&repo.check("main", "first").unwrap()).is_empty());
    assert!(rules(&repo.check("main", "second").unwrap()).is_empty());
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--ff-only", "first"]);
    let report = repo.check("main", "second").unwrap();
    assert_eq!(rules(&report), ["version-gap"]);
    assert_eq!(report.findings[0].finding.message, "two scripts on `notes` begin at version 3");
    assert!(!report.passes(false));
}

#[test]
fn a_script_after_one_that_was_merged_meanwhile_passes_with_the_constant_of_both() {
    let repo = two_branches();
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--ff-only", "first"]);
    repo.git(&["switch", "--quiet", "second"]);
    repo.git(&["mv", "notes/migrations/v3_to_v4_second.py", "notes/migrations/v4_to_v5_second.py"]);
    repo.write("notes/migrations/v4_to_v5_second.py", script(4, 5, "second"));
    repo.write("notes/core.py", constant(5));
    repo.commit("renumber");
    // Both changed the constant, in different ways: what the merge makes of it is for whoever resolves that.
    assert!(rules(&repo.check("main", "second").unwrap()).is_empty());
}

#[test]
fn a_constant_that_is_raised_alone_in_any_module_above_is_told() {
    let repo = repo();
    repo.write("notes/core.py", constant(4));
    repo.commit("raise it");
    assert_eq!(rules(&repo.check("HEAD~1", "HEAD").unwrap()), ["version-gap"]);
}

#[test]
fn a_change_beside_the_scripts_touches_nothing() {
    let repo = repo();
    repo.write("notes/other.py", "X = 1\n");
    repo.commit("another module");
    let report = repo.check("HEAD~1", "HEAD").unwrap();
    assert!(report.findings.is_empty() && report.verdict.contains("nothing to judge"), "{}", report.verdict);
}

#[test]
fn the_commands_know_the_scripts() {
    let repo = repo();
    repo.write("notes/migrations/v3_to_v4.py", script(3, 4, "authors"));
    repo.commit("another");
    let run = |arguments: &[&str]| answer(program(&repo.path()).args(arguments));
    let (code, out, _) = run(&["heads"]);
    assert_eq!((code, out.as_str()), (Some(0), "notes: 4 (notes/migrations/v3_to_v4.py)\n"));
    let (_, out, _) = run(&["heads", "--format", "json"]);
    assert!(out.contains("\"kind\": \"version-scripts\"") && out.contains("\"4\""), "{out}");
    let (_, out, _) = run(&["graph", "--base", "HEAD~1"]);
    assert_eq!(
        out,
        "notes: 3 revisions, 1 head, 1 new\n● 4 (head, new) Add authors.\n● 3 Add links.\n● 2 (base) Add tags.\n"
    );
    let (code, out, _) = run(&["init", "--dry-run"]);
    assert!(code == Some(0) && out.contains("kind = \"version-scripts\""), "{out}");
    assert!(out.contains("migrations = \"notes/migrations\""), "{out}");
    let (code, _, err) = run(&["schema", "--track", "notes"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("of a track of kind `version-scripts` for SQLite is not evaluated"), "{err}");
    let (code, out, _) = run(&["history"]);
    assert!(code == Some(0) && out.contains("2 commits"), "{out}");
}

#[test]
fn a_gap_is_drawn() {
    let repo = repo();
    repo.write("notes/migrations/v5_to_v6.py", script(5, 6, "authors"));
    repo.commit("another");
    let (_, out, _) = answer(program(&repo.path()).args(["graph"]));
    assert!(out.contains("✗ 5 (no file has it)"), "{out}");
    assert!(answer(program(&repo.path()).args(["heads"])).1.starts_with("notes: 6 "));
}

#[test]
fn hostile_scripts_are_told_or_left_alone_and_never_a_crash() {
    for (path, text) in [
        ("notes/migrations/v3_to_v4.py", "(".repeat(300_000)),
        ("notes/migrations/v3_to_v4.py", format!("FROM_VERSION = {}1\nTO_VERSION = 4\n", "-".repeat(100_000))),
        ("notes/migrations/v3_to_v4.py", "\u{0}".to_owned()),
    ] {
        let repo = repo();
        repo.write(path, text);
        repo.write("notes/core.py", constant(4));
        repo.commit("hostile");
        assert_eq!(rules(&repo.check("HEAD~1", "HEAD").unwrap()), ["invalid-revision"]);
    }
    for text in [
        format!("FROM_VERSION = {}\nTO_VERSION = {}\n", "9".repeat(5_000), "9".repeat(5_000)),
        "FROM_VERSION = '1.2.3.4.5.6.7.8.9.10'\nTO_VERSION = 'ü'\n".to_owned(),
        (0..20_000).fold(String::new(), |text, n| text + &format!("def f{n}(): f{}()\n", n + 1))
            + "def migrate(d): f0()\n",
    ] {
        let repo = repo();
        repo.write("notes/migrations/v3_to_v4.py", text);
        repo.write("notes/core.py", constant(4));
        repo.commit("odd");
        repo.write("notes/migrations/v3_to_v4.py", "def migrate(d): ...\n");
        repo.commit("odder");
        for (base, head) in [("HEAD~2", "HEAD~1"), ("HEAD~1", "HEAD"), ("HEAD", "HEAD~1")] {
            repo.check(base, head).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_script_is_told() {
    let repo = repo();
    std::os::unix::fs::symlink("/etc/passwd", repo.path().join("notes/migrations/v3_to_v4.py")).unwrap();
    repo.write("notes/core.py", constant(4));
    repo.commit("a link");
    let report = repo.check("HEAD~1", "HEAD").unwrap();
    assert_eq!(rules(&report), ["invalid-revision"]);
    assert!(report.findings[0].finding.message.contains("it is a symbolic link"), "{:?}", report.findings[0].finding);
}
