//! The pre-push hook, with a real `git push` to a real remote in another folder.

#![allow(clippy::print_stderr, reason = "it says what is not there to be tested against")]

// What helps a test is as free as the test itself; clippy.toml knows only `#[test]` functions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::project::{PROGRAM, Project, crate_dir, said};
use tempfile::TempDir;

/// A clone of a bare remote, with the base of the project on both.
struct Pushed {
    project: Project,
    folder: TempDir,
}

impl Pushed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::new(folder.path(), "work");
        project.git(["init", "--quiet", "--bare", "--initial-branch=main", "../remote.git"]);
        project.git(["remote", "add", "origin", "../remote.git"]);
        project.git(["push", "--quiet", "--set-upstream", "origin", "main"]);
        Self { project, folder }
    }

    fn with_hook() -> Self {
        let pushed = Self::new();
        assert_installed(&pushed.project.path);
        pushed
    }

    /// Pushes, with the program on `PATH` as an installed one would be.
    fn push(&self, arguments: &[&str]) -> Output {
        let mut command = self.project.command("git");
        command.arg("push").args(arguments).env("PATH", path_with(Path::new(PROGRAM).parent().unwrap()));
        command.output().unwrap()
    }

    /// What a branch or tag is on the remote.
    fn on_remote(&self, name: &str) -> Option<String> {
        let listed = self.project.git(["ls-remote", "origin", name]);
        listed.split_whitespace().next().map(str::to_owned)
    }

    #[track_caller]
    fn assert_goes_through(&self, arguments: &[&str]) -> String {
        let output = self.push(arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[track_caller]
    fn assert_refused(&self, arguments: &[&str]) -> String {
        let output = self.push(arguments);
        assert!(!output.status.success(), "{}", said(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

fn path_with(folder: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path))).unwrap()
}

fn install_hook(repository: &Path, more: &[&str]) -> Output {
    Command::new(PROGRAM).arg("install-hook").arg("--repo").arg(repository).args(more).output().unwrap()
}

#[track_caller]
fn assert_installed(repository: &Path) {
    let output = install_hook(repository, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

fn hook_in(repository: &Path) -> PathBuf {
    repository.join(".git/hooks/pre-push")
}

// --- what the hook does with a push

#[test]
fn a_push_with_a_forgotten_revision_is_refused_and_the_fix_goes_through() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    let message = pushed.assert_refused(&["origin", "feature"]);
    assert!(message.contains("missing-revision"), "{message}");
    assert!(message.contains("git push --no-verify"), "{message}");
    assert_eq!(pushed.on_remote("refs/heads/feature"), None);

    let fixed = pushed.project.commit("revision", "Pin notes on PostgreSQL too");
    pushed.assert_goes_through(&["origin", "feature"]);
    assert_eq!(pushed.on_remote("refs/heads/feature"), Some(fixed));
}

#[test]
fn a_push_to_the_default_branch_is_judged_by_what_it_adds() {
    let pushed = Pushed::with_hook();
    pushed.project.commit("forgotten", "Pin notes");
    pushed.assert_refused(&["origin", "main"]);
    let fixed = pushed.project.commit("revision", "Pin notes on PostgreSQL too");
    pushed.assert_goes_through(&["origin", "main"]);
    assert_eq!(pushed.on_remote("refs/heads/main"), Some(fixed));
}

#[test]
fn a_forgotten_revision_that_was_pushed_before_still_refuses_the_next_push() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    pushed.assert_goes_through(&["--no-verify", "origin", "feature"]);
    pushed.project.git(["commit", "--quiet", "--allow-empty", "--message", "Something else"]);
    pushed.assert_refused(&["origin", "feature"]);
}

#[test]
fn a_revision_that_was_pushed_before_its_migration_counts() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("revision", "Pin notes on PostgreSQL");
    // PostgreSQL alone would have the column.
    pushed.assert_refused(&["origin", "feature"]);
    pushed.assert_goes_through(&["--no-verify", "origin", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    pushed.assert_goes_through(&["origin", "feature"]);
}

#[test]
fn a_new_branch_a_tag_and_a_deletion_go_through() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    pushed.project.git(["tag", "light"]);
    pushed.project.git(["tag", "--annotate", "--message", "A release", "annotated"]);
    pushed.assert_goes_through(&["origin", "light", "annotated"]);
    assert!(pushed.on_remote("refs/tags/light").is_some());
    assert!(pushed.on_remote("refs/tags/annotated").is_some());

    pushed.project.git(["branch", "other", "main"]);
    pushed.assert_goes_through(&["origin", "other"]);
    assert!(pushed.on_remote("refs/heads/other").is_some());
    pushed.assert_goes_through(&["origin", "--delete", "other"]);
    assert_eq!(pushed.on_remote("refs/heads/other"), None);
}

#[test]
fn one_bad_branch_among_good_ones_refuses_the_push() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["branch", "a-good-one"]);
    pushed.project.git(["branch", "z-good-one"]);
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    let message = pushed.assert_refused(&["--all", "origin"]);
    assert!(message.contains("the push of feature is refused"), "{message}");
    assert_eq!(pushed.on_remote("refs/heads/a-good-one"), None);
}

#[test]
fn the_pushed_commit_is_judged_and_not_the_checked_out_one() {
    let pushed = Pushed::with_hook();
    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    pushed.project.git(["switch", "--quiet", "main"]);
    pushed.assert_refused(&["origin", "feature:refs/heads/renamed"]);
}

#[test]
fn the_first_push_to_an_empty_remote_goes_through_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::new(folder.path(), "work");
    project.git(["init", "--quiet", "--bare", "--initial-branch=main", "../remote.git"]);
    project.git(["remote", "add", "origin", "../remote.git"]);
    assert_installed(&project.path);
    let pushed = Pushed { project, folder };
    let message = pushed.assert_goes_through(&["origin", "main"]);
    assert!(message.contains("nothing of origin is known here yet"), "{message}");
}

#[test]
fn a_first_push_with_a_broken_configuration_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::init(folder.path(), "work");
    fs::write(project.path.join("parity.toml"), "bsae = 1\n").unwrap();
    project.commit("base", "Start");
    project.git(["init", "--quiet", "--bare", "--initial-branch=main", "../remote.git"]);
    project.git(["remote", "add", "origin", "../remote.git"]);
    assert_installed(&project.path);
    let pushed = Pushed { project, folder };
    let message = pushed.assert_refused(&["origin", "main"]);
    assert!(message.contains("bsae"), "{message}");
    assert!(message.contains("could not be checked"), "{message}");
}

#[test]
fn without_a_default_branch_a_push_is_judged_by_what_it_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::init(folder.path(), "work");
    project.git(["switch", "--quiet", "--create", "production"]);
    project.commit("base", "Start");
    project.git(["init", "--quiet", "--bare", "--initial-branch=production", "../remote.git"]);
    project.git(["remote", "add", "origin", "../remote.git"]);
    project.git(["push", "--quiet", "origin", "production"]);
    project.git(["config", "remote.origin.followRemoteHEAD", "never"]);
    assert_installed(&project.path);
    let pushed = Pushed { project, folder };
    pushed.project.commit("forgotten", "Pin notes");
    let message = pushed.assert_refused(&["origin", "production"]);
    assert!(message.contains("missing-revision"), "{message}");
    pushed.project.commit("revision", "Pin notes on PostgreSQL too");
    pushed.assert_goes_through(&["origin", "production"]);
}

#[test]
fn the_hook_works_in_a_linked_work_tree_and_in_a_bare_repository() {
    let pushed = Pushed::with_hook();
    let linked = Project { path: pushed.folder.path().join("linked"), home: pushed.folder.path().to_owned() };
    pushed.project.git(["worktree", "add", "--quiet", "-b", "feature", "../linked"]);
    linked.commit("forgotten", "Pin notes");
    let path = path_with(Path::new(PROGRAM).parent().unwrap());
    let output = linked.command("git").args(["push", "origin", "feature"]).env("PATH", &path).output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));

    pushed.project.git(["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = Project { path: pushed.folder.path().join("bare.git"), home: pushed.folder.path().to_owned() };
    assert_installed(&bare.path);
    bare.git(["remote", "set-url", "origin", "../remote.git"]);
    bare.git(["fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*"]);
    let output = bare.command("git").args(["push", "origin", "feature"]).env("PATH", &path).output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing-revision"), "{}", said(&output));
}

#[test]
fn a_program_that_is_not_on_path_is_run_from_where_it_installed_the_hook() {
    let pushed = Pushed::with_hook();
    pushed.project.commit("forgotten", "Pin notes");
    let output = pushed.project.command("git").args(["push", "origin", "main"]).output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing-revision"), "{}", said(&output));
}

#[test]
fn a_program_that_is_nowhere_refuses_the_push_and_says_how_to_install_it() {
    let pushed = Pushed::with_hook();
    let hook = hook_in(&pushed.project.path);
    let gone = fs::read_to_string(&hook).unwrap().replace("parity-check'", "parity-check-gone'");
    let gone = gone.replace("parity-check.exe'", "parity-check-gone.exe'");
    // As on a machine where it was never installed.
    let gone = gone.replace("command -v parity-check ", "command -v parity-check-gone ");
    fs::write(&hook, gone).unwrap();
    pushed.project.git(["commit", "--quiet", "--allow-empty", "--message", "Something"]);
    let message = pushed.assert_refused(&["origin", "main"]);
    assert!(message.contains("cargo install"), "{message}");
    assert!(message.contains("git push --no-verify"), "{message}");
}

#[test]
fn a_check_that_cannot_run_refuses_the_push() {
    let pushed = Pushed::with_hook();
    fs::write(pushed.project.path.join("parity.toml"), "bsae = 1\n").unwrap();
    pushed.project.git(["add", "--all"]);
    pushed.project.git(["commit", "--quiet", "--message", "Configure"]);
    let message = pushed.assert_refused(&["origin", "main"]);
    assert!(message.contains("main could not be checked"), "{message}");
}

// --- installing and uninstalling

#[test]
fn installing_twice_leaves_one_executable_hook_and_uninstalling_leaves_none() {
    let pushed = Pushed::with_hook();
    let hook = hook_in(&pushed.project.path);
    let first = fs::read(&hook).unwrap();
    assert_installed(&pushed.project.path.join("src"));
    assert_eq!(fs::read(&hook).unwrap(), first);
    assert_mode(&hook);
    for _ in 0..2 {
        let output = install_hook(&pushed.project.path, &["--uninstall"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(!hook.exists());
    }
}

#[cfg(unix)]
fn assert_mode(hook: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(hook).unwrap().permissions().mode() & 0o777, 0o755);
}

#[cfg(not(unix))]
fn assert_mode(_: &Path) {}

#[test]
fn an_older_hook_of_its_own_is_brought_up_to_date() {
    let pushed = Pushed::with_hook();
    let hook = hook_in(&pushed.project.path);
    let current = fs::read_to_string(&hook).unwrap();
    let older: Vec<&str> = current.lines().take(2).collect();
    fs::write(&hook, older.join("\n") + "\nexit 0\n").unwrap();
    assert_installed(&pushed.project.path);
    assert_eq!(fs::read_to_string(&hook).unwrap(), current);
    assert_mode(&hook);
}

#[test]
fn a_foreign_hook_is_never_overwritten_nor_deleted() {
    let pushed = Pushed::new();
    let hook = hook_in(&pushed.project.path);
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let foreign = "#!/bin/sh\n# runs parity-check too\nexit 0\n";
    fs::write(&hook, foreign).unwrap();
    for more in [&[][..], &["--uninstall"][..]] {
        let output = install_hook(&pushed.project.path, more);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains("pre-push"), "{}", said(&output));
        assert_eq!(fs::read_to_string(&hook).unwrap(), foreign);
    }
    let message = install_hook(&pushed.project.path, &[]).stderr;
    assert!(String::from_utf8_lossy(&message).contains("parity-check --head HEAD || exit 1"));
}

#[test]
fn the_line_to_add_to_a_foreign_hook_by_hand_refuses_a_bad_push() {
    let pushed = Pushed::with_hook();
    let hook = hook_in(&pushed.project.path);
    fs::write(&hook, "#!/bin/sh\nparity-check --head HEAD || exit 1\nexit 0\n").unwrap();
    pushed.project.git(["commit", "--quiet", "--allow-empty", "--message", "Something"]);
    pushed.assert_goes_through(&["origin", "main"]);
    pushed.project.commit("forgotten", "Pin notes");
    pushed.assert_refused(&["origin", "main"]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_hooks_place_is_foreign_even_when_it_leads_nowhere() {
    let pushed = Pushed::new();
    let hook = hook_in(&pushed.project.path);
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("../../scripts/pre-push", &hook).unwrap();
    let output = install_hook(&pushed.project.path, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(hook.is_symlink());
}

#[test]
fn core_hooks_path_is_where_the_hook_goes_and_it_works_there() {
    let pushed = Pushed::new();
    pushed.project.git(["config", "core.hooksPath", ".githooks"]);
    assert_installed(&pushed.project.path.join("src"));
    assert!(!hook_in(&pushed.project.path).exists());
    assert!(pushed.project.path.join(".githooks/pre-push").is_file());
    pushed.project.commit("forgotten", "Pin notes");
    pushed.assert_refused(&["origin", "main"]);
    install_hook(&pushed.project.path, &["--uninstall"]);
    pushed.assert_goes_through(&["origin", "main"]);
}

#[test]
fn linked_work_trees_share_the_hook() {
    let pushed = Pushed::new();
    pushed.project.git(["worktree", "add", "--quiet", "-b", "feature", "../linked"]);
    assert_installed(&pushed.folder.path().join("linked"));
    assert!(hook_in(&pushed.project.path).is_file());
}

#[test]
fn a_hooks_folder_that_is_none_is_an_error_that_names_it() {
    let pushed = Pushed::new();
    fs::write(pushed.project.path.join("occupied"), "").unwrap();
    pushed.project.git(["config", "core.hooksPath", "occupied"]);
    let output = install_hook(&pushed.project.path, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("occupied") && message.contains("core.hooksPath"), "{message}");
}

#[test]
fn outside_a_repository_there_is_nowhere_to_install_a_hook() {
    let folder = tempfile::tempdir().unwrap();
    let output = install_hook(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

// --- pre-commit

/// The one hook of `.pre-commit-hooks.yaml`.
fn pre_commit_hook() -> serde_json::Value {
    let text = fs::read_to_string(crate_dir().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: Vec<serde_json::Value> = serde_saphyr::from_str(&text).unwrap();
    let [hook] = <[_; 1]>::try_from(hooks).unwrap();
    hook
}

#[test]
fn the_pre_commit_hook_runs_the_program_once_for_each_push() {
    let hook = pre_commit_hook();
    assert_eq!(hook["id"], "parity-check");
    assert_eq!(hook["language"], "rust");
    assert_eq!(hook["entry"], env!("CARGO_PKG_NAME"));
    assert_eq!(hook["stages"], serde_json::json!(["pre-push"]));
    assert_eq!(hook["pass_filenames"], false);
    assert_eq!(hook["always_run"], true);
}

/// The pre-commit program, or `None` where a developer has not installed it. On CI it must be there.
fn pre_commit() -> Option<()> {
    let there = Command::new("pre-commit").arg("--version").output().is_ok_and(|output| output.status.success());
    if there {
        return Some(());
    }
    let on_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!on_ci, "pre-commit is not on PATH: `pip install pre-commit`");
    eprintln!("skipped: pre-commit is not on PATH (`pip install pre-commit`)");
    None
}

#[test]
fn pre_commit_refuses_a_bad_push_and_lets_the_others_through() {
    let Some(()) = pre_commit() else { return };
    let pushed = Pushed::new();
    // The hook as it is published, but for the build: the program is here already.
    let mut hook = pre_commit_hook();
    hook["language"] = "system".into();
    hook["entry"] = serde_json::Value::from(PROGRAM.replace('\\', "/"));
    let config = serde_json::json!({"repos": [{"repo": "local", "hooks": [hook]}]});
    fs::write(pushed.project.path.join(".pre-commit-config.yaml"), config.to_string()).unwrap();
    pushed.project.commit("base", "Use pre-commit");
    pushed.assert_goes_through(&["origin", "main"]);
    let cache = pushed.folder.path().join("pre-commit");
    let output = pushed
        .project
        .command("pre-commit")
        .args(["install", "--hook-type", "pre-push"])
        .env("PRE_COMMIT_HOME", &cache)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));

    pushed.project.git(["switch", "--quiet", "--create", "feature"]);
    pushed.project.commit("forgotten", "Pin notes");
    let output = pushed.push(&["origin", "feature"]);
    assert!(!output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("missing-revision"), "{}", said(&output));
    assert_eq!(pushed.on_remote("refs/heads/feature"), None);
    pushed.project.commit("revision", "Pin notes on PostgreSQL too");
    pushed.assert_goes_through(&["origin", "feature"]);
    pushed.project.git(["tag", "release"]);
    pushed.assert_goes_through(&["origin", "release"]);
    pushed.project.git(["switch", "--quiet", "--create", "other", "main"]);
    pushed.project.commit("base", "Something else");
    pushed.assert_goes_through(&["origin", "other"]);
    pushed.assert_goes_through(&["origin", "--delete", "other"]);
}
