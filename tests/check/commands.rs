//! What the program does besides the check, as a person at a terminal meets it.

use crate::common::{self, Repo, answer, program};

fn run(repo: &Repo, arguments: &[&str]) -> (Option<i32>, String, String) {
    answer(program(&repo.path()).args(arguments))
}

#[test]
fn init_writes_what_the_check_then_reads() {
    let repo = Repo::with_project();
    let (code, out, err) = run(&repo, &["init"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let text = std::fs::read_to_string(repo.path().join("parity.toml")).unwrap();
    assert!(text.contains("[track.\"sqlite\"]") || text.contains("[track.sqlite]"), "{text}");
    repo.commit("configuration");
    repo.commit_entry("age");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--quiet"]);
    assert_eq!(code, Some(1), "{out}");
}

#[test]
fn init_leaves_a_configuration_that_is_there_and_shows_what_it_would_write() {
    let repo = Repo::with_project();
    repo.write("parity.toml", "base = \"main\"\n");
    let (code, out, err) = run(&repo, &["init"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("left as it is"), "{err}");
    assert!(out.contains("\n+kind = \"alembic\"\n"), "{out}");
    assert_eq!(std::fs::read_to_string(repo.path().join("parity.toml")).unwrap(), "base = \"main\"\n");
    let (code, out, _) = run(&repo, &["init", "--dry-run"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("tracks = [\"sqlite\", \"postgres\"]"), "{out}");
}

#[test]
fn a_configuration_that_names_what_nobody_holds_points_into_the_file() {
    let tracks = "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n\n\
                  [track.postgres]\nkind = \"alembic\"\nmigrations = \"alembic/versions\"\n";
    let list = "migrations = \"db/migrations.py\"\n";
    for (text, place, words) in [
        (
            tracks.replace(list, &format!("{list}list = \"MIGRATION\"\n")),
            "parity.toml:4:8",
            "did you mean `MIGRATIONS`?",
        ),
        (tracks.replace("db/migrations.py", "db/migration.py"), "parity.toml:3:14", "did you mean `db/migrations.py`?"),
        (tracks.replace("db/migrations.py", "db"), "parity.toml:3:14", "did you mean `db/migrations.py`?"),
        (tracks.replace("alembic/versions", "alembic"), "parity.toml:7:14", "did you mean `alembic/versions`?"),
        (tracks.replace("alembic/versions", common::BASELINE), "parity.toml:7:14", "did you mean `alembic/versions`?"),
        (tracks.replace("alembic/versions", "alembic/version"), "parity.toml:7:14", "did you mean `alembic/versions`?"),
        (
            tracks.replace(list, &format!("{list}declared = [\"db/migrations.py:MIGRATION\"]\n")),
            "parity.toml:4:13",
            "did you mean `db/migrations.py:MIGRATIONS`?",
        ),
    ] {
        let repo = Repo::with_project();
        repo.write("parity.toml", &text);
        repo.commit("configuration");
        repo.write("README.md", "# More\n");
        repo.commit("elsewhere");
        // Whether or not anything that is watched changed, and for whatever reads the configuration.
        for arguments in [&["--base", "HEAD~1"][..], &["--base", "HEAD~2"], &["--base", "HEAD"], &["heads"], &["fix"]] {
            let (code, out, err) = run(&repo, arguments);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{text}");
            assert!(err.contains(place) && err.contains(words), "{err}");
        }
    }
}

#[test]
fn explain_shows_a_page_and_names_a_near_rule() {
    let repo = Repo::with_project();
    let (code, out, _) = run(&repo, &["explain", "missing-revision"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("# missing-revision (error)\n\n## What it does\n"), "{out}");
    let (code, _, err) = run(&repo, &["explain", "mising-revision"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean `missing-revision`?"), "{err}");
}

#[test]
fn rules_lists_every_rule() {
    let (code, out, _) = run(&Repo::with_project(), &["rules"]);
    assert_eq!(code, Some(0));
    for rule in parity_check::rules::RULES {
        assert!(out.lines().any(|line| line.starts_with(rule.name)), "{}", rule.name);
    }
}

#[test]
fn completions_are_printed_for_every_shell() {
    let repo = Repo::with_project();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, out, _) = run(&repo, &["completions", shell]);
        assert_eq!(code, Some(0));
        assert!(out.contains("install-hook"), "{shell}");
    }
}

#[test]
fn the_heads_of_a_chain_are_listed_at_any_commit() {
    let repo = Repo::with_project();
    repo.write("alembic/versions/0002_age.py", common::revision("0002_age", "0001_baseline"));
    repo.commit("a revision");
    let list = "sqlite: users (db/migrations.py)\n";
    let heads = |arguments: &[&str]| run(&repo, arguments).1;
    assert_eq!(heads(&["heads"]), format!("{list}postgres: 0002_age (alembic/versions/0002_age.py)\n"));
    let before = format!("{list}postgres: 0001_baseline (alembic/versions/0001_baseline.py)\n");
    assert_eq!(heads(&["heads", "--at", "HEAD~1"]), before);
}

#[test]
fn what_every_command_takes_stands_before_its_name_or_behind_it() {
    let repo = Repo::with_project();
    let elsewhere = tempfile::tempdir().unwrap();
    let path = repo.path();
    let path = path.to_str().unwrap();
    let expected = run(&repo, &["heads"]);
    for arguments in [["--repo", path, "heads"], ["heads", "--repo", path]] {
        assert_eq!(common::answer(program(elsewhere.path()).args(arguments)), expected);
    }
    let by_variable = common::answer(program(elsewhere.path()).arg("heads").env("PARITY_CHECK_REPO", path));
    assert_eq!(by_variable, expected);
    let (code, _, err) = run(&repo, &["--base", "HEAD", "heads"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("`--base` stands before `heads`"), "{err}");
}

#[test]
fn the_check_has_a_name_of_its_own() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    let expected = run(&repo, &["--base", "HEAD~1"]);
    assert_eq!(expected.0, Some(1));
    assert_eq!(run(&repo, &["check", "--base", "HEAD~1"]), expected);
}

#[test]
fn a_base_that_is_a_range_or_nothing_is_explained() {
    let repo = Repo::with_project();
    for (base, why) in
        [("a..b", "write `--base a --head b`"), ("a...", "write `--base a --head HEAD`"), ("", "it is empty")]
    {
        let (code, out, err) = run(&repo, &["--base", base]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains(why), "{err}");
    }
    let (code, _, err) = common::answer(program(&repo.path()).env("PARITY_CHECK_BASE", ""));
    assert_eq!(code, Some(2));
    assert!(err.contains("it is empty"), "{err}");
}

#[test]
fn a_rule_counts_as_the_command_line_says() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    let check = |rule: &str| run(&repo, &["--base", "HEAD~1", "--rule", rule]);
    assert_eq!(check("missing-revision=off").0, Some(0));
    let (code, out, _) = check("missing-revision=warning");
    assert!(code == Some(0) && out.contains("warning[missing-revision]"), "{out}");
    let (code, _, err) = check("mising-revision=off");
    assert!(code == Some(2) && err.contains("did you mean `missing-revision`?"), "{err}");
    let (code, _, err) = check("missing-revision=fatal");
    assert!(code == Some(2) && err.contains("write `missing-revision=error`, `=warn` or `=off`"), "{err}");
}

#[test]
fn findings_fail_nothing_where_nobody_wants_it() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--exit-zero"]);
    assert!(code == Some(0) && out.contains("error[missing-revision]"), "{out}");
    assert_eq!(run(&repo, &["--base", "nowhere", "--exit-zero"]).0, Some(2));
}

#[test]
fn one_run_writes_a_report_in_each_format_that_is_asked_for() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    let (sarif, xml) = (repo.beside("a.sarif"), repo.beside("b.xml"));
    let reports = [format!("--report=sarif={}", sarif.display()), format!("--report=junit={}", xml.display())];
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--format", "concise", &reports[0], &reports[1]]);
    assert_eq!(code, Some(1));
    assert!(out.starts_with("db/migrations.py:") && out.lines().count() == 2, "{out}");
    assert!(std::fs::read_to_string(sarif).unwrap().contains("missing-revision"));
    assert!(std::fs::read_to_string(xml).unwrap().contains("<failure type=\"missing-revision\""));
    let (code, _, err) = run(&repo, &["--base", "HEAD~1", "--report", "yaml=x"]);
    assert!(code == Some(2) && err.contains("there is no format `yaml`; there are text, concise"), "{err}");
}

#[test]
fn history_counts_what_touches_a_track() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    repo.write("README.md", "# Another\n");
    repo.commit("elsewhere");
    let (code, out, _) = run(&repo, &["history", "-n", "1"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("2 commits: 1 would have been blocked"), "{out}");
}

#[test]
fn a_manual_page_is_printed() {
    let (code, out, _) = run(&Repo::with_project(), &["man"]);
    assert!(code == Some(0) && out.contains(".TH parity-check 1"), "{out}");
}

#[test]
fn the_report_is_written_whole_or_not_at_all() {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    let file = repo.beside("report.json");
    let path = file.to_str().unwrap();
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--format", "json", "--output", path]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(report["summary"]["errors"], 1);
    let nowhere = repo.beside("no/such/folder/report.json");
    let (code, _, err) = run(&repo, &["--base", "HEAD~1", "--output", nowhere.to_str().unwrap()]);
    assert_eq!(code, Some(2), "a report that cannot be written is no verdict");
    assert!(err.contains("cannot write"), "{err}");
}

#[test]
fn strict_lets_warnings_fail_the_check() {
    let repo = Repo::with_project();
    repo.write(common::MIGRATIONS, "MIGRATIONS = [(\"users\", f), *discover()]\n");
    repo.commit("part of the list is dynamic");
    assert_eq!(run(&repo, &["--base", "HEAD~1"]).0, Some(0));
    assert_eq!(run(&repo, &["--base", "HEAD~1", "--strict"]).0, Some(1));
}

#[test]
fn strict_asks_that_something_is_compared() {
    let repo = Repo::with_project();
    let text = "[track.my]\nkind = \"alembic\"\nmigrations = \"alembic/versions\"\n";
    repo.write("parity.toml", text);
    let baseline = "from alembic import op\nfrom elsewhere import make\n\nrevision = \"0001_baseline\"\ndown_revision = None\n\n\n\
                    def upgrade():\n    make(op.get_bind())\n";
    repo.write(common::BASELINE, baseline);
    repo.commit("configuration");
    repo.write("alembic/versions/0002_age.py", common::revision("0002_age", "0001_baseline"));
    repo.commit("a revision");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1"]);
    assert_eq!(code, Some(0));
    let reason = "nothing on `my` was compared: the migration `0001_baseline` depends on `elsewhere`, which is not in the \
                  repository\n";
    assert!(out.ends_with(reason), "{out}");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--strict"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("so the check does not pass") && out.ends_with(reason), "{out}");
    repo.write("README.md", "# Changed\n");
    repo.commit("elsewhere");
    assert_eq!(run(&repo, &["--base", "HEAD~1", "--strict"]).0, Some(0), "nothing had to be compared");
}

#[test]
fn a_first_run_shows_what_is_watched() {
    let repo = Repo::with_project();
    let watching = "watching sqlite (python-list, db/migrations.py) and postgres (alembic, alembic/versions)\n";
    let (code, out, _) = run(&repo, &[]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with(watching) && out.contains("nothing to judge"), "{out}");
    let (_, out, _) = run(&repo, &["--verbose"]);
    assert!(out.contains("configuration: none, so the tracks are detected\n"), "{out}");
    assert!(out.contains("track postgres: alembic, PostgreSQL, alembic/versions\n"), "{out}");
    assert!(!run(&repo, &["--quiet"]).1.contains("watching"));
    repo.commit_entry("age");
    assert!(run(&repo, &["--base", "HEAD~1"]).1.contains(watching));
    // What the configuration says is told where nothing else is.
    let tracks = "[track.lite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n";
    repo.write("parity.toml", tracks);
    let (_, out, _) = run(&repo, &["--verbose"]);
    assert!(out.contains("configuration: parity.toml\n"), "{out}");
    repo.commit("configuration");
    assert!(run(&repo, &["--head", "HEAD"]).1.contains("watching lite (python-list, db/migrations.py)\n"));
    repo.write("pyproject.toml", "[tool.parity-check]\nbase = \"main\"\n");
    repo.remove("parity.toml");
    assert!(run(&repo, &["-v"]).1.contains("configuration: pyproject.toml\n"));
}

#[test]
fn a_first_run_says_what_keeps_a_change_from_being_judged() {
    let repo = Repo::with_project();
    repo.write("other/migrations.py", common::project()[0].1.replace("users", "notes"));
    repo.commit("another list");
    let (code, out, _) = run(&repo, &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("could be paired in more than one way") && out.contains("parity-check init"), "{out}");
}

#[test]
fn quiet_prints_findings_alone() {
    let repo = Repo::with_project();
    repo.write("README.md", "# Changed\n");
    repo.commit("elsewhere");
    assert_eq!(run(&repo, &["--base", "HEAD~1", "--quiet"]).1, "");
    assert!(run(&repo, &["--base", "HEAD~1"]).1.contains("no watched file changed (1 file did)"));
}

#[test]
fn paths_of_a_configuration_are_the_repositorys_wherever_the_file_lies() {
    let repo = Repo::with_project();
    repo.git(&["mv", "db/migrations.py", "db/steps.py"]);
    repo.commit("a file that detection would not read");
    let text = std::fs::read_to_string(repo.path().join("db/steps.py")).unwrap();
    repo.write("db/steps.py", text + &common::entry("age"));
    repo.commit("an entry");
    let file = repo.beside("elsewhere.toml");
    let tracks = "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/steps.py\"\n\n\
                  [track.postgres]\nkind = \"alembic\"\nmigrations = \"alembic/versions\"\n";
    std::fs::write(&file, tracks).unwrap();
    let (code, out, err) = run(&repo, &["--base", "HEAD~1", "--config", file.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(out.contains("db/steps.py"), "{out}");
}

#[test]
fn a_chain_is_drawn_with_what_is_new_since_the_base() {
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    for (id, parent) in [("0002_age", "0001_baseline"), ("0002_name", "0001_baseline"), ("0003_city", "0002_age")] {
        repo.write(&format!("alembic/versions/{id}.py"), common::revision(id, parent));
    }
    repo.commit("revisions");
    let (code, out, err) = run(&repo, &["graph"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let expected = "postgres: 4 revisions, 2 heads, 3 new\n● 0003_city (head, new)\n● 0002_age (new)\n\
                    │ ● 0002_name (head, new)\n├─╯\n● 0001_baseline (base)\n";
    assert_eq!(out, expected);
    let (_, out, _) = run(&repo, &["graph", "--base", "HEAD", "--track", "postgres"]);
    assert!(out.starts_with("postgres: 4 revisions, 2 heads\n"), "{out}");
    let (_, out, _) = run(&repo, &["graph", "--at", "main"]);
    assert_eq!(out, "postgres: 1 revision, 1 head\n● 0001_baseline (head, base)\n");
    let (_, out, _) = run(&repo, &["graph", "--format", "mermaid"]);
    assert!(out.starts_with("```mermaid\nflowchart BT\n") && out.ends_with("```\n"), "{out}");
    assert!(out.contains("[\"0003_city<br>#40;head#44; new#41;\"]:::new\n"), "{out}");
    let (_, out, _) = run(&repo, &["graph", "--format", "dot"]);
    assert!(out.starts_with("digraph chains {\n") && out.contains("0003_city\\n(head, new)"), "{out}");
}

#[test]
fn a_summary_draws_the_chain_that_would_fork() {
    let repo = Repo::with_project();
    for name in ["first", "second"] {
        let id = format!("0002_{name}");
        repo.write(&format!("alembic/versions/{id}.py"), common::revision(&id, "0001_baseline"));
        repo.commit(name);
    }
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--format", "markdown"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("```mermaid\nflowchart BT\n"), "{out}");
    assert!(out.contains("[\"0002_second<br>#40;head#44; new#41;\"]:::new\n"), "{out}");
    assert!(out.contains("[\"0002_first<br>#40;head#41;\"]:::head\n"), "{out}");
    assert!(!run(&repo, &["--base", "HEAD~2", "--head", "HEAD~1", "--format", "markdown"]).1.contains("mermaid"));
}

#[test]
fn a_graph_that_cannot_be_drawn_says_why() {
    let repo = Repo::with_project();
    for (arguments, reason) in [
        (
            ["graph", "--track", "sqlite"],
            "`sqlite` is a track of kind `python-list`: only `alembic` and `version-scripts` are chains",
        ),
        (["graph", "--track", "none"], "there is no track `none`; there are `sqlite`, `postgres`"),
        (["graph", "--at", "none"], "unknown revision `none`"),
        (["graph", "--base", "none"], "unknown revision `none`"),
    ] {
        let (code, out, err) = run(&repo, &arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains(reason), "{err}");
    }
}

#[test]
fn a_long_chain_is_folded_and_a_broken_one_shows_where() {
    let repo = Repo::with_project();
    let mut parent = "0001_baseline".to_owned();
    for number in 2..60 {
        let id = format!("{number:04}");
        repo.write(&format!("alembic/versions/{id}.py"), common::revision(&id, &parent));
        parent = id;
    }
    repo.write("alembic/versions/lost.py", common::revision("lost", "gone"));
    let message = format!("\"\"\"red \u{1b}[31m \"]; ::error:: ##[x] `\n\"\"\"\n{}", common::revision("told", "lost"));
    repo.write("alembic/versions/told.py", message);
    repo.commit("revisions");
    let (_, out, _) = run(&repo, &["graph", "--base", "HEAD"]);
    assert!(out.contains("┊ 51 revisions\n") && out.lines().count() < 15, "{out}");
    assert!(out.contains("● lost\n") && out.contains("✗ gone (no file has it)\n"), "{out}");
    assert!(out.contains(r"red \u{1b}[31m") && out.contains(r"##\u{5b}x]"), "{out}");
    assert_eq!(run(&repo, &["graph", "--base", "HEAD", "--all"]).1.lines().count(), 63);
    let (_, out, _) = run(&repo, &["graph", "--base", "HEAD", "--format", "mermaid"]);
    assert_eq!(out.matches('`').count(), 6, "{out}");
    assert!(out.lines().all(|line| line.matches('"').count() % 2 == 0), "{out}");
}

/// The project, then a forgotten revision, the revision, a change elsewhere, and what does not parse.
fn story() -> Repo {
    let repo = Repo::with_project();
    repo.commit_entry("age");
    repo.write("alembic/versions/0002_age.py", common::revision("0002_age", "0001_baseline"));
    repo.commit("the revision");
    repo.write("README.md", "# Changed\n");
    repo.commit("elsewhere");
    let text = std::fs::read_to_string(repo.path().join(common::MIGRATIONS)).unwrap();
    repo.write(common::MIGRATIONS, "def broken(:\n");
    repo.commit("::error::\u{1b}[31m ##[x] that does not parse");
    repo.write(common::MIGRATIONS, text);
    repo.commit("repaired");
    repo
}

#[test]
fn a_history_says_what_would_have_been_blocked_and_what_could_not_be_judged() {
    let repo = story();
    let (code, out, err) = run(&repo, &["history"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let id = |revision: &str| repo.git(&["rev-parse", revision])[..7].to_owned();
    let expected = format!(
        "2026-01-01 {} ::error::\\u{{1b}}[31m ##\\u{{5b}}x] that does not parse\n    not judged: `db/migrations.py` does not \
         parse as Python: Expected a parameter or the end of the parameter list\n\n\
         2026-01-01 {} entry age\n    missing-revision: new migration `age` changes the schema on `sqlite`, and \
         `postgres` gets no new revision\n\n\
         2026-01-01 {} base\n    not judged: it is the first commit: there is none to compare it with\n\n\
         6 commits: 1 would have been blocked, 2 passed, 1 changed no watched file, 2 could not be judged\n",
        id("HEAD~1"),
        id("HEAD~4"),
        id("HEAD~5"),
    );
    assert_eq!(out, expected);
}

#[test]
fn a_history_is_the_same_however_many_threads_judge_it() {
    let repo = story();
    for format in ["text", "json"] {
        let with = |jobs| run(&repo, &["history", "--format", format, "--jobs", jobs]);
        let one = with("1");
        assert_eq!(one.0, Some(0));
        assert_eq!(one, with("2"));
        assert_eq!(one, with("32"));
    }
    assert_eq!(run(&repo, &["history", "--jobs", "0"]).0, Some(2));
}

#[test]
fn a_history_for_programs_has_every_step_of_its_range() {
    let repo = story();
    let (code, out, _) = run(&repo, &["history", "HEAD~5..HEAD~2", "--format", "json"]);
    assert_eq!(code, Some(0));
    let history: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(history["version"], 1);
    assert_eq!(history["range"]["from"], repo.git(&["rev-parse", "HEAD~5"]));
    let steps = history["steps"].as_array().unwrap();
    let outcomes: Vec<&str> = steps.iter().map(|step| step["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["untouched", "passed", "blocked"]);
    let blocked = &steps[2];
    assert_eq!(blocked["parent"], repo.git(&["rev-parse", "HEAD~5"]));
    assert_eq!(blocked["date"], "2026-01-01T00:00:00+00:00");
    assert_eq!(blocked["rules"][0]["rule"], "missing-revision");
    assert_eq!(blocked["rules"][0]["first"]["path"], "db/migrations.py");
    let summary = serde_json::json!({ "steps": 3, "blocked": 1, "passed": 1, "untouched": 1, "not_judged": 0 });
    assert_eq!(history["summary"], summary);
}

#[test]
fn a_history_counts_no_step_that_changes_code_beside_the_files_alone() {
    let repo = Repo::new();
    repo.write("go.mod", "module app\n\ngo 1.22\n");
    for database in ["mysql", "sqlite"] {
        repo.write(&format!("migrations/{database}/001_rooms.sql"), "CREATE TABLE rooms (id INT PRIMARY KEY);\n");
    }
    repo.commit("rooms");
    repo.write("store/rooms.go", "package store\n\nfunc Rooms() {}\n");
    repo.commit("code");
    let (code, out, _) = run(&repo, &["history", "HEAD~1..", "--format", "json"]);
    let history: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(code == Some(0) && history["steps"][0]["outcome"] == "untouched", "{out}");
}

#[test]
fn a_schema_is_in_the_words_of_its_database() {
    let repo = Repo::new();
    let table = |id: &str| format!("CREATE TABLE rooms (id {id}, name VARCHAR(9));\n");
    repo.write("migrations/mysql/001_rooms.sql", table("INT NOT NULL AUTO_INCREMENT PRIMARY KEY"));
    repo.write("migrations/sqlite/001_rooms.sql", table("INTEGER PRIMARY KEY AUTOINCREMENT"));
    repo.commit("rooms");
    let schema = |track: &str| run(&repo, &["schema", track]).1;
    assert!(schema("mysql").contains("id int NOT NULL PRIMARY KEY AUTO_INCREMENT"), "{}", schema("mysql"));
    assert!(schema("sqlite").contains("id INTEGER PRIMARY KEY AUTOINCREMENT"), "{}", schema("sqlite"));
}

#[test]
fn a_history_follows_first_parents_and_judges_a_merge_as_one_step() {
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.commit_entry("age");
    repo.write("alembic/versions/0002_age.py", common::revision("0002_age", "0001_baseline"));
    repo.commit("the revision");
    repo.git(&["switch", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", "the feature", "feature"]);
    let summary = |range: &str| run(&repo, &["history", range]).1.lines().last().unwrap().to_owned();
    assert_eq!(summary("main~1..main"), "1 commit: 0 would have been blocked, 1 passed, 0 changed no watched file");
    assert_eq!(summary("main~1..feature"), "2 commits: 1 would have been blocked, 1 passed, 0 changed no watched file");
    assert_eq!(summary("main..main"), "there is no commit in this range");
}

#[test]
fn a_history_judges_a_branch_that_took_the_main_one_in_against_that() {
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.write("notes.txt", "what comes next");
    repo.commit("a note");
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit_entry("age");
    repo.git(&["switch", "--quiet", "feature"]);
    let merge = |message: &str| {
        repo.git(&["merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", message, "main"]);
        let summary = run(&repo, &["history", "feature~1..feature"]).1.lines().last().unwrap().to_owned();
        repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        summary
    };
    let blocked = |count: usize| format!("1 commit: {count} would have been blocked, ");
    let taken_in = merge("Merge branch 'main' into feature");
    assert!(taken_in.starts_with(&blocked(0)), "{taken_in}");
    let other = merge("Merge branch 'other' into feature");
    assert!(other.starts_with(&blocked(1)), "{other}");
}

#[test]
fn a_history_that_cannot_be_judged_is_no_success() {
    let repo = Repo::new();
    for name in ["one", "two", "three"] {
        repo.write("a.txt", name);
        repo.commit(name);
    }
    let (code, out, _) = run(&repo, &["history"]);
    assert_eq!(code, Some(2), "{out}");
    assert!(
        out.contains("    and 1 commit before it, down to ") && out.contains("not judged: no tracks found"),
        "{out}"
    );
    for (range, reason) in [("none", "unknown revision `none`"), ("HEAD...HEAD", "is no range of commits")] {
        let (code, out, err) = run(&repo, &["history", range]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains(reason), "{err}");
    }
}

#[test]
fn a_history_says_where_a_shallow_clone_ends() {
    let repo = story();
    let (from, to) = (format!("file://{}", repo.path().display()), repo.beside("shallow"));
    repo.git(&["clone", "--quiet", "--depth", "3", &from, to.to_str().unwrap()]);
    let (code, out, _) = answer(program(&to).arg("history"));
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("the clone is shallow and its history begins here") && out.contains("\n3 commits: "), "{out}");
}

#[test]
fn init_counts_one_track_and_says_how_to_begin_without_any() {
    let repo = Repo::new();
    repo.write("README.md", "# Notes\n");
    repo.commit("base");
    let (code, out, err) = run(&repo, &["init"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("no tracks found") && err.contains("kind = \"python-list\""), "{err}");
    assert!(!repo.path().join("parity.toml").exists());
    repo.write(common::MIGRATIONS, "MIGRATIONS = [(\"users\", lambda conn: None)]\n");
    repo.commit("a list");
    let (code, out, _) = run(&repo, &["init"]);
    assert_eq!(code, Some(0));
    assert!(out.ends_with("parity.toml with 1 track; commit it\n"), "{out}");
}

#[test]
fn the_head_of_a_list_alone_is_its_last_entry() {
    let repo = Repo::new();
    repo.write(
        common::MIGRATIONS,
        "MIGRATIONS = [(\"users\", lambda conn: None)]\n".to_owned() + &common::entry("age"),
    );
    repo.commit("a list");
    assert_eq!(run(&repo, &["heads"]).1, "sqlite: age (db/migrations.py)\n");
    let (_, out, _) = run(&repo, &["heads", "--format", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&out).unwrap();
    let expected = serde_json::json!({ "tracks": [
        { "name": "sqlite", "kind": "python-list", "path": "db/migrations.py", "heads": ["age"] }
    ] });
    assert_eq!(listing, expected);
    repo.write(common::MIGRATIONS, "MIGRATIONS = []\n");
    repo.commit("an empty list");
    assert_eq!(run(&repo, &["heads"]).1, "sqlite: no migration\n");
    repo.write(common::MIGRATIONS, "MIGRATIONS = discover()\n");
    repo.commit("a list that code makes");
    let (code, _, err) = run(&repo, &["heads"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("its last entry is not known"), "{err}");
}

#[test]
fn the_head_of_a_dict_of_versions_is_its_highest() {
    let repo = Repo::new();
    let text = "CURRENT_SCHEMA_VERSION = 10\nMIGRATIONS = {10: lambda c: None, 9: lambda c: None}\n";
    repo.write(common::MIGRATIONS, text);
    repo.commit("a dict");
    assert_eq!(run(&repo, &["heads"]).1, "sqlite: 10 (db/migrations.py)\n");
}

#[test]
fn the_schema_of_sql_files_has_all_that_its_statements_need() {
    let repo = Repo::new();
    let made = "CREATE VIEW aa AS SELECT id FROM people;\n";
    let first = "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE people (id BIGINT PRIMARY KEY, now mood);\n";
    repo.write("migrations/0001_people.up.sql", first);
    repo.write("migrations/0002_view.up.sql", made);
    repo.write(
        "parity.toml",
        "[track.pg]\nkind = \"sql-files\"\ndialect = \"postgres\"\nmigrations = \"migrations\"\n",
    );
    repo.commit("files");
    let (code, out, err) = run(&repo, &["schema"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let at = |words: &str| out.find(words).unwrap_or_else(|| panic!("no `{words}`: {out}"));
    assert!(
        at("CREATE TYPE mood AS ENUM") < at("CREATE TABLE people") && at("CREATE TABLE people") < at("CREATE VIEW aa")
    );
}

#[test]
fn two_tracks_differ_in_what_the_check_would_call_a_drift() {
    let repo = Repo::new();
    let list = |more: &str| {
        format!(
            "MIGRATIONS = [\n    (\"users\", \"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x', \
             seen TIMESTAMP DEFAULT CURRENT_TIMESTAMP, UNIQUE (name))\"),\n{more}]\n"
        )
    };
    let revision = "from alembic import op\n\nrevision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    \
                    op.execute(\"CREATE TABLE users (id SERIAL PRIMARY KEY, name VARCHAR(80) NOT NULL DEFAULT 'x', \
                    seen TIMESTAMPTZ DEFAULT now())\")\n    \
                    op.execute(\"CREATE UNIQUE INDEX by_name ON users (name)\")\n";
    repo.write("db/migrations.py", list(""));
    repo.write("alembic/env.py", "from alembic import context  # postgresql\n");
    repo.write(common::BASELINE, revision);
    repo.commit("two tracks that keep the same");
    for pair in [["sqlite", "postgres"], ["postgres", "sqlite"]] {
        let (code, out, err) = run(&repo, &["schema", "--diff", pair[0], pair[1]]);
        assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "", ""));
    }
    let more = "    (\"age\", \"ALTER TABLE users ADD COLUMN age INTEGER\"),\n    \
                (\"search\", \"CREATE TABLE search (word TEXT)\"),\n";
    repo.write("db/migrations.py", list(more));
    repo.commit("SQLite has more");
    let expected = "table `search` is removed\ncolumn `users.age` (INTEGER) is removed\n";
    let (code, out, _) = run(&repo, &["schema", "--diff", "sqlite", "postgres"]);
    assert_eq!((code, out.as_str()), (Some(1), expected));
    let (_, out, _) = run(&repo, &["schema", "--diff", "postgres", "sqlite"]);
    assert_eq!(out, expected.replace("removed", "added"));
    // One track at two commits is compared in full.
    let (_, out, _) = run(&repo, &["schema", "--diff", "sqlite@HEAD~1", "sqlite"]);
    assert_eq!(out, expected.replace("removed", "added"));
    repo.write(
        "parity.toml",
        "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n\n[track.postgres]\n\
         kind = \"alembic\"\nmigrations = \"alembic/versions\"\n\n[[parity]]\ntracks = [\"sqlite\", \"postgres\"]\n\
         types = \"exact\"\n\n[[exempt]]\ntrack = \"sqlite\"\nobject = \"search\"\nreason = \"SQLite only\"\n",
    );
    repo.commit("types are the same, and a table is exempt");
    let (code, out, _) = run(&repo, &["schema", "--diff", "sqlite", "postgres"]);
    assert_eq!(code, Some(1));
    assert!(out.starts_with("-- table `search` is exempt: SQLite only\n"), "{out}");
    assert!(
        out.contains("type of column `users.seen` changes from `TIMESTAMP` to `timestamp with time zone`"),
        "{out}"
    );
}

#[test]
fn an_edit_of_what_no_release_has_is_a_warning() {
    let repo = Repo::with_project();
    repo.git(&["tag", "v1.0"]);
    repo.commit_entry("age");
    let edit = |from: &str, to: &str| {
        let path = repo.path().join(common::MIGRATIONS);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        repo.write(common::MIGRATIONS, text.replacen(from, to, 1));
    };
    edit("age", "size");
    repo.commit("what no release has");
    let (_, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(out.contains("warning[edited-history]") && out.contains("no release tag has it"), "{out}");
    repo.git(&["tag", "v1.1", "HEAD~1"]);
    let (_, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(out.contains("error[edited-history]") && !out.contains("no release tag has it"), "{out}");
}

#[test]
fn a_revision_that_follows_again_what_it_follows_in_the_release_is_no_edit() {
    let repo = Repo::new();
    let revision = |id: &str, parent: &str, body: &str| {
        let text = format!(
            "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"{id}\"\ndown_revision = {parent}\n\n\n\
             def upgrade():\n    op.{body}\n"
        );
        repo.write(&format!("alembic/versions/{id}.py"), &text);
    };
    let column = |name: &str| format!("add_column(\"t\", sa.Column(\"{name}\", sa.Integer))");
    repo.write("alembic/env.py", "from alembic import context\n# postgresql\ncontext.run_migrations()\n");
    revision("a1", "None", "create_table(\"t\", sa.Column(\"id\", sa.Integer, primary_key=True))");
    revision("e3", "\"a1\"", &column("x"));
    repo.commit("released");
    repo.git(&["tag", "v1.0"]);
    revision("p7", "\"a1\"", &column("y"));
    revision("e3", "\"p7\"", &column("x"));
    repo.commit("a new one below the released one");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("revision `e3` follows `p7` now"), "{out}");
    revision("p7", "\"e3\"", &column("y"));
    revision("e3", "\"a1\"", &column("x"));
    repo.commit("it comes after it");
    let (code, out, _) = judge();
    assert!(
        code == Some(0) && out.contains("revision `p7` follows `e3` now") && !out.contains("`e3` follows"),
        "{out}"
    );
}

#[test]
fn an_unreleased_revision_edited_with_its_model_is_one_warning() {
    let repo = Repo::new();
    let column = |null: &str| {
        let column = format!("op.add_column(\"t\", sa.Column(\"off\", sa.Boolean(), nullable={null}))");
        repo.write(
            "alembic/versions/a2.py",
            format!(
                "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"a2\"\ndown_revision = \"a1\"\n\n\n\
                 def upgrade():\n    {column}\n"
            ),
        );
        repo.write(
            "models.py",
            format!(
                "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\n\
                 class T(Base):\n    __tablename__ = \"t\"\n    id = sa.Column(sa.Integer, primary_key=True)\n    \
                 off = sa.Column(sa.Boolean(), nullable={null})\n"
            ),
        );
    };
    repo.write(
        "alembic/env.py",
        "from alembic import context\nfrom models import Base\n\n# postgresql\n\
         context.configure(target_metadata=Base.metadata)\ncontext.run_migrations()\n",
    );
    repo.write(
        "alembic/versions/a1.py",
        "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"a1\"\ndown_revision = None\n\n\n\
         def upgrade():\n    op.create_table(\"t\", sa.Column(\"id\", sa.Integer, primary_key=True))\n",
    );
    repo.commit("released");
    repo.git(&["tag", "v1.0"]);
    column("True");
    repo.commit("not released");
    column("False");
    repo.commit("the edit");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(0) && out.contains("warning[edited-history]") && !out.contains("[model-drift]"), "{out}");
    repo.git(&["tag", "v1.1", "HEAD~1"]);
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(1) && out.contains("error[edited-history]") && !out.contains("[model-drift]"), "{out}");
}

#[test]
fn a_project_that_is_taken_away_gives_its_track_up() {
    let repo = Repo::new();
    repo.write("alembic/env.py", "from alembic import context\n# postgresql\ncontext.run_migrations()\n");
    repo.write("alembic/versions/a1.py", "revision = \"a1\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n");
    repo.write("README.md", "A project.\n");
    repo.commit("a chain");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    repo.git(&["mv", "alembic/versions", "revisions"]);
    repo.git(&["rm", "-q", "alembic/env.py"]);
    repo.commit("it moves");
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[lost-track]"), "{out}");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["rm", "-rq", "alembic"]);
    repo.commit("it is archived");
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("warning[lost-track]"), "{out}");
}

#[test]
fn a_file_of_sql_that_is_put_back_as_it_was_released_is_no_edit() {
    let repo = Repo::new();
    let all = |version: &str, sql: &str| {
        for database in ["sqlite", "postgres"] {
            repo.write(&format!("migrations/{database}/{version}.up.sql"), sql);
        }
    };
    all("0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    all("0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, size INTEGER);\n");
    repo.commit("an edit that no release has");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (_, out, _) = judge();
    assert!(out.contains("error[edited-history]"), "{out}");
    all("0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    repo.commit("it is put back");
    let (code, out, _) = judge();
    assert!(code == Some(0) && !out.contains("edited-history"), "{out}");
    all("0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, height INTEGER);\n");
    repo.commit("and edited once more");
    let (_, out, _) = judge();
    assert!(out.contains("error[edited-history]"), "{out}");
}

#[test]
fn models_differ_from_their_chain_in_what_the_check_would_call_a_drift() {
    let repo = Repo::new();
    repo.write(
        "alembic/env.py",
        "from alembic import context  # postgresql\nfrom models import Base\n\ntarget_metadata = Base.metadata\n",
    );
    repo.write(
        "models.py",
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n\
         class User(Base):\n    __tablename__ = \"users\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    \
         nick: Mapped[str | None]\n",
    );
    repo.write(
        common::BASELINE,
        "from alembic import op\n\nrevision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    \
         op.execute(\"CREATE TABLE users (id SERIAL PRIMARY KEY, age INTEGER)\")\n",
    );
    repo.commit("models and a chain that are apart");
    let (code, out, err) = run(&repo, &["schema", "--diff", "models", "postgres"]);
    let expected = "column `users.nick` (character varying) is removed\ncolumn `users.age` (integer) is added\n";
    assert_eq!((code, out.as_str(), err.as_str()), (Some(1), expected, ""));
    let (_, out, _) = run(&repo, &["schema", "--diff", "postgres@HEAD", "models@HEAD"]);
    assert_eq!(out, "column `users.nick` (character varying) is added\ncolumn `users.age` (integer) is removed\n");
    repo.write("alembic/env.py", "from alembic import context  # postgresql\n");
    repo.commit("no models");
    let (code, _, err) = run(&repo, &["schema", "--diff", "models", "postgres"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("the environment of `postgres` names no models"), "{err}");
}
