//! Which commits are compared: real repositories, named in every way that a user or a CI runner names them.

use std::path::{Path, PathBuf};

use crate::common::{self, BASELINE, MIGRATIONS, Repo, answer, check, entry, git, program, revision, rules};
use parity_check::Request;
use parity_check::git::{Environment, HeadChoice};
use parity_check::report::Report;

const MISSING: [&str; 1] = ["missing-revision"];

/// Judges HEAD with what the surroundings say.
fn by_environment(folder: &Path, environment: &Environment) -> Result<Report, String> {
    check(folder, None, HeadChoice::Committed(None), environment).map_err(|error| error.to_string())
}

/// What a GitHub runner sets for an event with this payload.
fn event(repo: &Repo, name: &str, payload: &str) -> Environment {
    let path = repo.beside("event.json");
    std::fs::write(&path, payload).unwrap();
    Environment { github_event_name: Some(name.to_owned()), github_event_path: Some(path), ..Environment::default() }
}

/// Every file under `.git/objects`.
fn objects(repo: &Repo) -> Vec<PathBuf> {
    let files = common::files(&repo.path().join(".git/objects"));
    files.into_keys().map(PathBuf::from).collect()
}

/// `main` with the project, `feature` with an entry that lacks its revision, checked out.
fn with_feature() -> Repo {
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.commit_entry("age");
    repo
}

/// A clone, whose `origin/HEAD` is set, with an entry that lacks its revision.
fn clone_with_feature() -> Repo {
    let repo = with_feature();
    repo.git(&["switch", "--quiet", "main"]);
    git(repo.path().parent().unwrap(), &["clone", "--quiet", "repo", "clone"]);
    git(&repo.beside("clone"), &["switch", "--quiet", "feature"]);
    repo
}

#[test]
fn what_the_base_got_since_the_merge_base_does_not_count() {
    let repo = with_feature();
    repo.git(&["switch", "--quiet", "main"]);
    // The revision on the base branch is not the one that the feature needs.
    repo.write("alembic/versions/0002_base.py", revision("0002_base", "0001_baseline"));
    repo.commit("a revision on the base");
    assert_eq!(rules(&repo.check("main", "feature").unwrap()), MISSING);
    // And an entry on the base branch is not the feature's to answer for.
    repo.git(&["switch", "--quiet", "--create", "other", "main~1"]);
    repo.write("README.md", "# Changed\n");
    repo.commit("elsewhere");
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit_entry("on_main");
    assert!(rules(&repo.check("main", "other").unwrap()).is_empty());
}

#[test]
fn a_revision_in_another_commit_of_the_range_answers() {
    let repo = with_feature();
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    repo.commit("its revision");
    assert!(rules(&repo.check("main", "feature").unwrap()).is_empty());
    assert_eq!(rules(&repo.check("main", "feature~1").unwrap()), MISSING);
}

#[test]
fn a_commit_can_be_named_in_every_way_that_git_knows() {
    let repo = with_feature();
    repo.git(&["tag", "light", "main"]);
    repo.git(&["tag", "--annotate", "heavy", "-m", "a release", "main"]);
    repo.write("README.md", "# More\n");
    repo.commit("more");
    let full = repo.git(&["rev-parse", "main"]);
    for base in ["main", "refs/heads/main", "light", "heavy", &full, &full[..9], "HEAD~2", "HEAD^^", "@~2", "feature~2"]
    {
        assert_eq!(rules(&repo.check(base, "HEAD").unwrap()), MISSING, "{base}");
        assert_eq!(repo.check(base, "HEAD").unwrap().range.merge_base, full, "{base}");
    }
    assert!(rules(&repo.check("HEAD~1", "HEAD").unwrap()).is_empty());
}

#[test]
fn the_report_names_what_was_compared() {
    let repo = with_feature();
    let range = repo.check("main", "feature").unwrap().range;
    assert_eq!((range.base.name.as_str(), range.head.name.as_str()), ("main", "feature"));
    assert_eq!(range.base.id, repo.git(&["rev-parse", "main"]));
    assert_eq!(range.head.id, repo.git(&["rev-parse", "feature"]));
}

#[test]
fn a_linked_worktree_a_folder_inside_and_a_bare_repository_are_read() {
    let repo = with_feature();
    let range = (Some("main"), HeadChoice::Committed(Some("feature")), Environment::default());
    repo.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    git(&repo.beside(""), &["clone", "--quiet", "--bare", "repo", "bare.git"]);
    for folder in [repo.beside("linked"), repo.path().join("db"), repo.path().join(".git"), repo.beside("bare.git")] {
        let report = check(&folder, range.0, range.1, &range.2).unwrap();
        assert_eq!(rules(&report), MISSING, "{}", folder.display());
    }
    // HEAD is the linked work tree's own.
    let linked = check(&repo.beside("linked"), Some("main"), HeadChoice::Committed(None), &range.2).unwrap();
    assert!(rules(&linked).is_empty() && linked.verdict.contains("same commit"), "{}", linked.verdict);
}

#[test]
fn what_is_staged_is_judged_and_what_is_not_is_not() {
    let repo = Repo::with_project();
    repo.add_entry("age");
    let staged = || check(&repo.path(), None, HeadChoice::Staged, &Environment::default()).unwrap();
    assert!(rules(&staged()).is_empty());
    repo.git(&["add", "--all"]);
    assert_eq!(rules(&staged()), MISSING);
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    assert_eq!(rules(&staged()), MISSING);
    repo.git(&["add", "--all"]);
    assert!(rules(&staged()).is_empty());
    assert_eq!(staged().range.head.id, "index");
}

#[test]
fn the_work_tree_is_judged_with_files_that_git_does_not_know_yet() {
    let repo = Repo::with_project();
    repo.write(".gitignore", "ignored_*.py\n");
    repo.commit("ignore");
    repo.add_entry("age");
    let worktree = || check(&repo.path(), None, HeadChoice::Worktree, &Environment::default()).unwrap();
    assert_eq!(rules(&worktree()), MISSING);
    repo.write("alembic/versions/ignored_age.py", revision("0002_age", "0001_baseline"));
    assert_eq!(rules(&worktree()), MISSING);
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    assert!(rules(&worktree()).is_empty());
    assert_eq!(worktree().range.head.id, "worktree");
}

#[test]
fn a_file_that_is_deleted_in_the_work_tree_is_gone() {
    let repo = Repo::with_project();
    repo.remove(BASELINE);
    let report = check(&repo.path(), None, HeadChoice::Worktree, &Environment::default()).unwrap();
    assert_eq!(rules(&report), ["lost-track"]);
}

#[test]
fn nothing_is_written_to_the_repository() {
    let repo = Repo::with_project();
    repo.add_entry("age");
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    repo.git(&["add", "--all"]);
    repo.add_entry("name");
    let index = || std::fs::read(repo.path().join(".git/index")).unwrap();
    let before = (objects(&repo), index());
    for choice in [HeadChoice::Staged, HeadChoice::Worktree, HeadChoice::Committed(None)] {
        check(&repo.path(), Some("HEAD"), choice, &Environment::default()).unwrap();
    }
    assert_eq!((objects(&repo), index()), before);
}

#[test]
fn what_is_not_committed_is_judged_together_with_the_branch() {
    let repo = with_feature();
    let worktree = |base| check(&repo.path(), base, HeadChoice::Worktree, &Environment::default()).unwrap();
    assert_eq!(rules(&worktree(Some("main"))), MISSING);
    assert!(rules(&worktree(Some("HEAD"))).is_empty());
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    assert!(rules(&worktree(Some("main"))).is_empty());
}

#[test]
fn the_configured_base_is_compared_with() {
    let repo = Repo::with_project();
    repo.git(&["branch", "dev"]);
    repo.commit_entry("age");
    repo.write("parity.toml", "base = \"dev\"\n");
    repo.commit("configuration");
    let report = by_environment(&repo.path(), &Environment::default()).unwrap();
    assert_eq!((report.range.base.name.as_str(), rules(&report)), ("dev", MISSING.to_vec()));
    // What the user names goes before it.
    assert!(rules(&repo.check("HEAD~1", "HEAD").unwrap()).is_empty());
}

#[test]
fn the_default_branch_of_the_remote_is_the_base_where_nobody_says_another() {
    let repo = clone_with_feature();
    let clone = repo.beside("clone");
    let report = by_environment(&clone, &Environment::default()).unwrap();
    assert_eq!((report.range.base.name.as_str(), rules(&report)), ("origin/main", MISSING.to_vec()));
    // A CI checkout has no `origin/HEAD`: the usual names are looked for.
    git(&clone, &["remote", "set-head", "origin", "--delete"]);
    assert_eq!(by_environment(&clone, &Environment::default()).unwrap().range.base.name, "origin/main");
}

#[test]
fn the_default_branch_may_have_any_name() {
    let repo = with_feature();
    repo.git(&["branch", "--quiet", "--move", "main", "stable/next"]);
    repo.git(&["switch", "--quiet", "stable/next"]);
    git(&repo.beside(""), &["clone", "--quiet", "repo", "clone"]);
    git(&repo.beside("clone"), &["switch", "--quiet", "feature"]);
    let report = by_environment(&repo.beside("clone"), &Environment::default()).unwrap();
    assert_eq!((report.range.base.name.as_str(), rules(&report)), ("origin/stable/next", MISSING.to_vec()));
}

#[test]
fn a_remote_of_any_name_has_a_default_branch_and_upstream_goes_first() {
    let repo = clone_with_feature();
    let clone = repo.beside("clone");
    git(&clone, &["remote", "rename", "origin", "company"]);
    assert_eq!(by_environment(&clone, &Environment::default()).unwrap().range.base.name, "company/main");
    git(&clone, &["remote", "add", "-f", "upstream", "../repo"]);
    assert_eq!(by_environment(&clone, &Environment::default()).unwrap().range.base.name, "upstream/main");
}

#[test]
fn a_repository_without_a_base_asks_for_one() {
    let repo = Repo::with_project();
    repo.git(&["branch", "--quiet", "--move", "main", "work"]);
    let error = by_environment(&repo.path(), &Environment::default()).unwrap_err();
    assert!(error.contains("--base") && error.contains("parity.toml"), "{error}");
}

#[test]
fn a_pull_request_is_judged_from_its_payload() {
    let repo = clone_with_feature();
    let clone = repo.beside("clone");
    let (base, head) = (git(&clone, &["rev-parse", "origin/main"]), git(&clone, &["rev-parse", "feature"]));
    // The runner checks a merge commit out, which is not what the pull request says of itself.
    git(&clone, &["switch", "--quiet", "--detach", "origin/main"]);
    let payload = format!(r#"{{"pull_request":{{"base":{{"sha":"{base}","ref":"main"}},"head":{{"sha":"{head}"}}}}}}"#);
    for name in ["pull_request", "pull_request_target"] {
        let report = by_environment(&clone, &event(&repo, name, &payload)).unwrap();
        assert_eq!(rules(&report), MISSING, "{name}");
        assert_eq!((report.range.base.id.as_str(), report.range.head.id.as_str()), (base.as_str(), head.as_str()));
    }
}

#[test]
fn a_merge_group_is_judged_from_its_payload() {
    let repo = with_feature();
    let (base, head) = (repo.git(&["rev-parse", "main"]), repo.git(&["rev-parse", "feature"]));
    let payload = format!(r#"{{"merge_group":{{"base_sha":"{base}","head_sha":"{head}"}}}}"#);
    assert_eq!(rules(&by_environment(&repo.path(), &event(&repo, "merge_group", &payload)).unwrap()), MISSING);
}

#[test]
fn a_push_is_judged_from_what_was_there_before() {
    let repo = with_feature();
    let (base, head) = (repo.git(&["rev-parse", "main"]), repo.git(&["rev-parse", "feature"]));
    let payload = format!(r#"{{"before":"{base}","after":"{head}"}}"#);
    assert_eq!(rules(&by_environment(&repo.path(), &event(&repo, "push", &payload)).unwrap()), MISSING);
}

#[test]
fn a_push_of_a_new_or_rewritten_branch_is_judged_from_the_default_branch() {
    let repo = clone_with_feature();
    let clone = repo.beside("clone");
    let head = git(&clone, &["rev-parse", "feature"]);
    for before in ["0".repeat(40), "1234567890".repeat(4)] {
        let payload = format!(r#"{{"before":"{before}","after":"{head}","repository":{{"default_branch":"main"}}}}"#);
        let report = by_environment(&clone, &event(&repo, "push", &payload)).unwrap();
        assert_eq!((report.range.base.name.as_str(), rules(&report)), ("origin/main", MISSING.to_vec()), "{before}");
    }
}

#[test]
fn a_push_to_the_configured_base_itself_is_judged_from_what_was_there_before() {
    let repo = Repo::new();
    repo.write_all(&common::project());
    repo.write("parity.toml", "base = \"main\"\n");
    let before = repo.commit("base");
    let after = repo.commit_entry("age");
    let payload = format!(r#"{{"before":"{before}","after":"{after}"}}"#);
    assert_eq!(rules(&by_environment(&repo.path(), &event(&repo, "push", &payload)).unwrap()), MISSING);
}

#[test]
fn a_run_by_hand_is_judged_from_the_default_branch() {
    let repo = clone_with_feature();
    let clone = repo.beside("clone");
    for (name, payload) in [
        ("workflow_dispatch", r#"{"inputs":{},"repository":{"default_branch":"main"}}"#),
        ("schedule", r#"{"schedule":"0 0 * * *"}"#),
    ] {
        let report = by_environment(&clone, &event(&repo, name, payload)).unwrap();
        assert_eq!((report.range.base.name.as_str(), rules(&report)), ("origin/main", MISSING.to_vec()), "{name}");
    }
}

#[test]
fn a_payload_that_cannot_be_used_says_why() {
    let repo = with_feature();
    let gone = "1234567890".repeat(4);
    let elsewhere = format!(r#"{{"pull_request":{{"base":{{"sha":"{gone}"}},"head":{{"sha":"{gone}"}}}}}}"#);
    for (payload, words) in [
        ("not json", "--base"),
        ("{}", "pull_request.head.sha"),
        (r#"{"pull_request":{"base":{"sha":"main"},"head":{"sha":"--upload-pack=x"}}}"#, "no commit id"),
        (elsewhere.as_str(), "fetch-depth: 0"),
    ] {
        let error = by_environment(&repo.path(), &event(&repo, "pull_request", payload)).unwrap_err();
        assert!(error.contains(words) && error.contains("event.json"), "{payload}: {error}");
    }
}

#[test]
fn what_the_user_names_goes_before_the_event() {
    let repo = with_feature();
    let environment = event(&repo, "pull_request", "{}");
    let report = check(&repo.path(), Some("main"), HeadChoice::Committed(Some("feature")), &environment).unwrap();
    assert_eq!(rules(&report), MISSING);
    let staged = check(&repo.path(), Some("main"), HeadChoice::Staged, &environment).unwrap();
    assert_eq!(rules(&staged), MISSING);
}

#[test]
fn pre_commit_says_what_is_pushed() {
    let repo = with_feature();
    let refs = |from: &str, to: &str| Environment {
        pre_commit_from: Some(from.to_owned()),
        pre_commit_to: Some(to.to_owned()),
        ..Environment::default()
    };
    let (base, head) = (repo.git(&["rev-parse", "main"]), repo.git(&["rev-parse", "feature"]));
    repo.git(&["switch", "--quiet", "main"]);
    assert_eq!(rules(&by_environment(&repo.path(), &refs(&base, &head)).unwrap()), MISSING);
    // A new branch has nothing before it.
    assert_eq!(rules(&by_environment(&repo.path(), &refs(&"0".repeat(40), &head)).unwrap()), MISSING);
}

#[test]
fn the_configuration_of_head_is_the_one_that_holds() {
    let repo = Repo::with_project();
    repo.write(MIGRATIONS, common::project()[0].1.clone() + &entry("age"));
    repo.write("parity.toml", "[rules]\nmissing-revision = \"off\"\n");
    repo.commit("both");
    // That it asks for less is told.
    assert_eq!(rules(&repo.check("HEAD~1", "HEAD").unwrap()), ["relaxed-configuration"]);
}

#[test]
fn a_configuration_that_could_not_be_read_at_the_merge_base_is_told() {
    let repo = Repo::with_project();
    repo.write("parity.toml", "bsae = \"main\"\n");
    repo.commit("broken");
    repo.write("parity.toml", "base = \"main\"\n");
    repo.commit("mended");
    let report = repo.check("HEAD~1", "HEAD").unwrap();
    assert_eq!(rules(&report), ["relaxed-configuration"]);
    assert!(report.findings[0].finding.message.contains("asked for is not known: unknown field `bsae`"));
}

#[test]
fn the_configuration_of_the_merge_base_holds_where_that_is_asked_for() {
    let repo = Repo::with_project();
    repo.write("parity.toml", "base = \"main\"\n");
    repo.commit("configuration");
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.add_entry("age");
    repo.write("parity.toml", "base = \"HEAD\"\n\n[rules]\nmissing-revision = \"off\"\n");
    repo.commit("disarmed");
    let judged = |base: Option<&str>| {
        let (head, environment) = (HeadChoice::Committed(Some("feature")), Environment::default());
        let (path, today) = (repo.path(), common::TODAY);
        let repository = path.as_path();
        let request = Request {
            repository,
            base,
            head,
            config: None,
            config_from_base: true,
            rules: &[],
            environment: &environment,
            today,
        };
        parity_check::run(&request).unwrap()
    };
    for base in [Some("main"), None] {
        let report = judged(base);
        assert_eq!(rules(&report), ["missing-revision", "relaxed-configuration", "relaxed-configuration"], "{base:?}");
        assert_eq!(report.range.base.name, "main");
    }
    let (code, out, _) = answer(program(&repo.path()).args(["--base", "main", "--config-from", "base"]));
    assert_eq!(code, Some(1), "{out}");
    let (code, out, _) = answer(program(&repo.path()).args(["--base", "main"]));
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("--config-from base"), "{out}");
}

#[test]
fn by_hand_the_work_tree_and_its_configuration_are_judged() {
    let repo = Repo::with_project();
    let said = |arguments: &[&str]| answer(program(&repo.path()).args(arguments));
    let (code, out, _) = said(&[]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("base and head are the same commit"), "{out}");
    repo.add_entry("age");
    let (code, out, _) = said(&[]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("missing-revision"), "{out}");
    assert_eq!(said(&["--head", "HEAD"]).0, Some(0));
    assert_eq!(said(&["--staged"]).0, Some(0));
    assert_eq!(said(&["--worktree"]).0, Some(1));
    // A configuration that nobody has committed yet counts, too.
    repo.write("parity.toml", "[rules]\nmissing-revision = \"warn\"\n");
    let (code, out, _) = said(&[]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("warning[missing-revision]"), "{out}");
    repo.write("parity.toml", "bsae = 1\n");
    let (code, _, error) = said(&[]);
    assert_eq!(code, Some(2));
    assert!(error.contains("parity.toml:1"), "{error}");
}

#[test]
fn in_ci_and_in_hooks_the_commits_are_judged() {
    let repo = Repo::with_project();
    repo.add_entry("age");
    for (name, value) in
        [("CI", "true"), ("GITHUB_ACTIONS", "true"), ("PRE_COMMIT", "1"), ("GIT_EXEC_PATH", "/usr/lib/git-core")]
    {
        let (code, out, error) = answer(program(&repo.path()).env(name, value));
        assert_eq!(code, Some(0), "{name}: {out}{error}");
        assert!(out.contains("base and head are the same commit"), "{name}: {out}");
    }
    let (code, out, _) = answer(program(&repo.path()).env("CI", "false"));
    assert_eq!(code, Some(1), "{out}");
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_not_deleted() {
    let repo = Repo::with_project();
    repo.git(&["sparse-checkout", "set", "--no-cone", "/db/"]);
    assert!(!repo.path().join(BASELINE).exists());
    let (code, out, error) = answer(&mut program(&repo.path()));
    assert_eq!(code, Some(0), "{out}{error}");
    repo.add_entry("age");
    let (code, out, error) = answer(&mut program(&repo.path()));
    assert_eq!(code, Some(1), "{out}{error}");
    assert!(out.contains("missing-revision") && !out.contains("lost-track"), "{out}{error}");
}

#[test]
fn heads_graph_and_schema_read_the_work_tree_by_hand() {
    let repo = Repo::with_project();
    repo.write("alembic/versions/0002_age.py", revision("0002_age", "0001_baseline"));
    for command in ["heads", "graph"] {
        let (_, out, _) = answer(program(&repo.path()).arg(command));
        assert!(out.contains("0002_age"), "{out}");
        let (_, out, _) = answer(program(&repo.path()).args([command, "--at", "HEAD"]));
        assert!(!out.contains("0002_age"), "{out}");
        let (_, out, _) = answer(program(&repo.path()).arg(command).env("CI", "1"));
        assert!(!out.contains("0002_age"), "{out}");
    }
    let (_, out, _) = answer(program(&repo.path()).args(["schema", "--track", "postgres"]));
    assert!(out.contains("age"), "{out}");
}

#[test]
fn a_merge_commit_on_the_branch_does_not_bring_the_bases_changes() {
    let repo = with_feature();
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("alembic/versions/0002_base.py", revision("0002_base", "0001_baseline"));
    repo.commit("a revision on the base");
    repo.git(&["switch", "--quiet", "feature"]);
    repo.git(&["merge", "--quiet", "--no-edit", "--no-gpg-sign", "main"]);
    assert_eq!(rules(&repo.check("main", "feature").unwrap()), MISSING);
}

#[test]
fn the_changed_files_are_those_that_git_lists() {
    let repo = Repo::with_project();
    repo.write("a/b/c.txt", "1");
    repo.write("a/b.txt", "1");
    repo.write("becomes_a_folder", "1");
    repo.write("becomes_a_file/x/y", "1");
    repo.write("stays/deep/down/here", "1");
    let base = repo.commit("before");
    repo.write("a/b/c.txt", "2");
    repo.write("a/b/é \" new.txt", "1");
    repo.remove("a/b.txt");
    repo.remove("becomes_a_folder");
    repo.write("becomes_a_folder/in/it", "1");
    std::fs::remove_dir_all(repo.path().join("becomes_a_file")).unwrap();
    repo.write("becomes_a_file", "1");
    let head = repo.commit("after");
    let git = repo.git(&["diff", "--no-renames", "--name-only", "-z", &base, &head]);
    let mut expected: Vec<&str> = git.split('\0').filter(|path| !path.is_empty()).collect();
    expected.sort_unstable();
    let repository = parity_check::git::Repository::open(&repo.path()).unwrap();
    let tree = |name: &str| repository.commit(name).unwrap().tree;
    let changed = repository.changed_files(tree(&base), tree(&head)).unwrap();
    let ours: Vec<&str> = changed.iter().map(|file| file.path.as_str()).collect();
    // A file that gives way to a folder is one entry of each side's own.
    assert_eq!(ours, expected);
    assert!(repository.changed_files(tree(&head), tree(&head)).unwrap().is_empty());
}
