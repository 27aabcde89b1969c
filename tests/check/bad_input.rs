//! Bad input, through the program itself: exit code 2, and a message on standard error that names the way out.

use std::path::Path;
use std::process::Stdio;

use crate::common::{self, BASELINE, MIGRATIONS, Repo, answer, git, git_command, program, project, revision};

/// What the program says on standard error; its exit code must be 2, and nothing must look like a verdict.
fn failure(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, error) = answer(program(folder).args(arguments));
    assert_eq!(code, Some(2), "{arguments:?} in {}: {out}{error}", folder.display());
    assert!(out.is_empty(), "a failure is no report: {out}");
    assert!(error.starts_with("error") && !error.contains("panicked"), "{error}");
    error
}

fn assert_says(error: &str, words: &[&str]) {
    for words in words {
        assert!(error.contains(words), "{words:?} is not in: {error}");
    }
}

/// `main` with the project, and one commit after it in which `change` was made.
fn changed(change: impl Fn(&Repo)) -> Repo {
    let repo = Repo::with_project();
    change(&repo);
    repo.commit("head");
    repo
}

/// The failure to judge the last commit of a repository in which `change` was made.
fn failure_of(change: impl Fn(&Repo)) -> String {
    failure(&changed(change).path(), &["--base", "HEAD~1"])
}

fn head_with_entry() -> Repo {
    changed(|repo| repo.add_entry("age"))
}

/// The file of a loose object.
fn loose_object(repo: &Repo, name: &str) -> std::path::PathBuf {
    let id = repo.git(&["rev-parse", name]);
    let path = repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a temporary file")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&path, permissions).unwrap();
    path
}

#[test]
fn a_folder_that_is_no_repository_asks_for_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_says(&failure(folder.path(), &["--base", "main"]), &["no git repository", "--repo"]);
    assert_says(&failure(folder.path(), &["--repo", "nowhere"]), &["nowhere", "--repo"]);
}

#[test]
fn a_repository_without_a_commit_says_so() {
    let repo = Repo::new();
    assert_says(&failure(&repo.path(), &["--base", "main"]), &["no commit", "yet", "--head"]);
}

#[test]
fn an_unknown_revision_comes_with_near_ones() {
    let repo = head_with_entry();
    repo.git(&["branch", "release/2026"]);
    repo.git(&["tag", "v1.2.0"]);
    for (name, near) in
        [("mian", "`main`"), ("release/2025", "`release/2026`"), ("v1.2.1", "`v1.2.0`"), ("origin/main", "`main`")]
    {
        assert_says(&failure(&repo.path(), &["--base", name]), &["unknown revision", name, "did you mean", near]);
    }
    assert_says(&failure(&repo.path(), &["--base", "qqqq"]), &["unknown revision `qqqq`", "git branch --all"]);
    assert_says(&failure(&repo.path(), &["--base", "main", "--head", "HEAD~99"]), &["unknown revision `HEAD~99`"]);
}

#[test]
fn what_is_no_commit_and_no_revision_is_refused() {
    let repo = head_with_entry();
    for name in ["HEAD:db", "HEAD:db/migrations.py", "HEAD^{tree}"] {
        assert_says(&failure(&repo.path(), &["--base", name]), &["no commit", name]);
    }
    for name in ["", " ", "..", "HEAD..", "main...HEAD", "@{-9}", "HEAD^{/nothing}", ":/nothing", "^", "\u{1b}[31m"] {
        let error = failure(&repo.path(), &["--base", name]);
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
}

#[test]
fn histories_without_a_common_ancestor_ask_for_another_base() {
    let repo = head_with_entry();
    repo.git(&["switch", "--quiet", "--orphan", "other"]);
    repo.write_all(&project());
    repo.commit("another root");
    assert_says(&failure(&repo.path(), &["--base", "main"]), &["no common ancestor", "--base"]);
}

/// A repository with a feature that lacks its revision, four commits after it left `main`, which has four more.
fn long_feature() -> Repo {
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.commit_entry("age");
    for branch in ["feature", "main"] {
        repo.git(&["switch", "--quiet", branch]);
        for number in 0..4 {
            repo.write("README.md", format!("# {branch} {number}\n"));
            repo.commit("more");
        }
    }
    repo
}

fn clone(repo: &Repo, arguments: &[&str]) -> std::path::PathBuf {
    let origin = url(&repo.path());
    let all = [&["clone", "--quiet"], arguments, &[origin.as_str(), "clone"]].concat();
    git(&repo.beside(""), &all);
    repo.beside("clone")
}

fn url(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
}

#[test]
fn a_shallow_clone_names_fetch_depth() {
    let repo = long_feature();
    for depth in ["1", "3"] {
        let clone = clone(&repo, &["--depth", depth, "--no-single-branch"]);
        let error = failure(&clone, &["--base", "origin/main", "--head", "origin/feature"]);
        assert_says(&error, &["shallow", "fetch-depth: 0", "git fetch --unshallow"]);
        std::fs::remove_dir_all(clone).unwrap();
    }
    // As actions/checkout leaves it: one branch, one commit.
    let clone = clone(&repo, &["--depth", "1", "--branch", "feature"]);
    assert_says(&failure(&clone, &["--base", "origin/main"]), &["unknown revision", "fetch-depth: 0"]);
    assert_says(&failure(&clone, &["--base", "HEAD~1"]), &["unknown revision", "fetch-depth: 0"]);
}

#[test]
fn a_shallow_clone_that_holds_the_whole_range_is_judged() {
    let repo = long_feature();
    let clone = clone(&repo, &["--depth", "7", "--no-single-branch"]);
    let (code, ..) = answer(program(&clone).args(["--base", "origin/main", "--head", "origin/feature"]));
    assert_eq!(code, Some(1));
}

#[test]
fn a_shallow_clone_whose_base_is_its_head_names_fetch_depth() {
    let repo = long_feature();
    let clone = clone(&repo, &["--depth", "1"]);
    let error = failure(&clone, &[]);
    assert_says(&error, &["shallow", "nothing to compare", "fetch-depth: 0", "git fetch --unshallow"]);
    assert_says(&failure(&clone, &["--base", "origin/main"]), &["fetch-depth: 0"]);
    // Work that is not committed is a change to the one commit that there is.
    let list = std::fs::read_to_string(clone.join(MIGRATIONS)).unwrap();
    std::fs::write(clone.join(MIGRATIONS), list + &common::entry("name")).unwrap();
    let (code, out, error) = answer(&mut program(&clone));
    assert_eq!(code, Some(1), "{out}{error}");
}

#[test]
fn a_damaged_object_of_the_base_is_an_error() {
    let text = project()[0].1.clone();
    let length = text.len();
    for header in [
        format!("tree {length}"),
        format!("commit {length}"),
        "blob 5".to_owned(),
        "blob 999".to_owned(),
        "blob 999999999".to_owned(),
    ] {
        let repo = head_with_entry();
        let mut object = flate(format!("{header}\0{text}").as_bytes());
        std::fs::write(loose_object(&repo, "HEAD~1:db/migrations.py"), &mut object).unwrap();
        let error = failure(&repo.path(), &["--base", "HEAD~1"]);
        assert_says(&error, &["db/migrations.py", "git fsck"]);
    }
}

/// The bytes as a zlib stream that stores them as they are.
fn flate(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

#[test]
fn a_shallow_clone_never_judges_from_a_wrong_merge_base() {
    // The best common ancestor lies behind the cut of one side, an older one is reached by the other.
    //   root ── m1 ── m2 ── main      feature merges m2; its own line begins at root
    let repo = Repo::with_project();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.write("README.md", "# Feature\n");
    repo.commit("feature");
    repo.git(&["switch", "--quiet", "main"]);
    repo.commit_entry("on_main");
    repo.write("alembic/versions/0002_on_main.py", revision("0002_on_main", "0001_baseline"));
    let best = repo.commit("m2");
    repo.git(&["switch", "--quiet", "feature"]);
    repo.git(&["merge", "--quiet", "--no-edit", "--no-gpg-sign", "main"]);
    repo.commit_entry("age");
    repo.git(&["switch", "--quiet", "main"]);
    for number in 0..3 {
        repo.write("docs.md", format!("{number}"));
        repo.commit("more");
    }
    let clone = clone(&repo, &["--no-single-branch"]);
    // Cut where a fetch of main with a depth would have cut it: `main`'s line ends above the best common ancestor.
    let cut = git(&clone, &["rev-parse", "origin/main~1"]);
    let (code, out, _) =
        answer(program(&clone).args(["--base", "origin/main", "--head", "origin/feature", "--format", "json"]));
    assert_eq!(code, Some(1));
    assert!(out.contains(&best), "{out}");
    std::fs::write(clone.join(".git/shallow"), format!("{cut}\n")).unwrap();
    assert_says(&failure(&clone, &["--base", "origin/main", "--head", "origin/feature"]), &["fetch-depth: 0"]);
}

#[test]
fn a_partial_clone_that_lacks_an_object_says_how_to_get_it() {
    let repo = long_feature();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let clone = clone(&repo, &[filter, "--no-checkout"]);
        let error = failure(&clone, &["--base", "origin/main", "--head", "origin/feature"]);
        assert_says(&error, &["partial clone", "--filter", "git fetch --refetch"]);
        std::fs::remove_dir_all(clone).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_says_how_to_trust_it() {
    let repo = head_with_entry();
    let given = std::process::Command::new("chown").args(["-R", "12345:12345"]).arg(repo.path()).status();
    if !given.is_ok_and(|status| status.success()) {
        eprintln!("skipped: only the superuser can give files away");
        return;
    }
    let error = failure(&repo.path(), &["--base", "HEAD~1"]);
    assert_says(&error, &["belongs to another user", "safe.directory"]);
}

#[test]
fn a_corrupt_or_missing_object_names_git_fsck() {
    for (name, what) in [
        ("HEAD:db/migrations.py", "db/migrations.py"),
        ("HEAD^{tree}", "the root folder"),
        ("HEAD", "HEAD"),
        ("HEAD~1:db/migrations.py", "db/migrations.py"),
        ("HEAD:alembic/env.py", "alembic/env.py"),
    ] {
        let damages: [fn(&Path); 3] = [
            |path| std::fs::write(path, "garbage").unwrap(),
            |path| std::fs::write(path, "").unwrap(),
            |path| std::fs::remove_file(path).unwrap(),
        ];
        for damage in damages {
            let repo = head_with_entry();
            let base = repo.git(&["rev-parse", "HEAD~1"]);
            damage(&loose_object(&repo, name));
            let error = failure(&repo.path(), &["--base", &base]);
            assert_says(&error, &["git fsck", what]);
        }
    }
}

#[test]
fn a_configuration_error_points_into_the_file() {
    let tracks = "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n";
    for (text, place, words) in [
        ("bsae = \"main\"\n".to_owned(), "parity.toml:1", "bsae"),
        ("\nbase = 3\n".to_owned(), "parity.toml:2", "expected a string"),
        ("base = \n".to_owned(), "parity.toml:1", ""),
        (tracks.replace("python-list", "python-lst"), "parity.toml:2", "did you mean `python-list`?"),
        (tracks.replace("db/", "nowhere/"), "parity.toml:3", "there is no `nowhere/migrations.py`"),
        (tracks.replace("db/", "/db/"), "parity.toml:3", "relative to the repository's root"),
        (format!("{tracks}declared = [\"db/nowhere.py\"]\n"), "parity.toml:4", "there is no `db/nowhere.py`"),
        (format!("base = \"origin/mian\"\n{tracks}"), "parity.toml:1:8", "unknown revision `origin/mian`"),
        (format!("{tracks}\n[rules]\nmissing = \"off\"\n"), "parity.toml:6", "there is no rule `missing`"),
        (format!("{tracks}\n[rules]\nmissing-revision = \"of\"\n"), "parity.toml:6", "of"),
    ] {
        let repo = changed(|repo| repo.write("parity.toml", &text));
        let base: &[&str] = if text.starts_with("base = \"") { &[] } else { &["--base", "HEAD~1"] };
        assert_says(&failure(&repo.path(), base), &[place, words]);
    }
    let text = "[tool.parity-check]\nbsae = \"main\"\n";
    assert_says(&failure_of(|repo| repo.write("pyproject.toml", text)), &["pyproject.toml:2", "bsae"]);
}

#[test]
fn a_configuration_that_is_no_file_or_no_text_is_named() {
    let repo = head_with_entry();
    assert_says(&failure(&repo.path(), &["--base", "HEAD~1", "--config", "none.toml"]), &["none.toml"]);
    assert_says(&failure(&repo.path(), &["--base", "HEAD~1", "--config", "db"]), &["db"]);
    assert_says(&failure_of(|repo| repo.write("parity.toml", b"base = \"\xff\"\n")), &["parity.toml", "UTF-8"]);
    assert_says(&failure_of(|repo| repo.write("parity.toml/x", "")), &["parity.toml", "directory"]);
}

#[test]
fn python_that_does_not_parse_at_head_has_its_place() {
    let broken = "MIGRATIONS = [\n    (\"users\", lambda conn: None),\n    (\"age\" lambda conn: None),\n]\n";
    let error = failure_of(|repo| repo.write(MIGRATIONS, broken));
    assert_says(&error, &["does not parse", "db/migrations.py:3", "fix the syntax"]);
}

#[test]
fn python_that_did_not_parse_at_the_base_is_no_failure() {
    let repo = Repo::new();
    repo.write_all(&project());
    repo.write(MIGRATIONS, "MIGRATIONS = [\n");
    repo.commit("broken");
    repo.write_all(&project());
    repo.commit("fixed");
    let (code, out, error) = answer(program(&repo.path()).args(["--base", "HEAD~1"]));
    assert_eq!(code, Some(0), "{out}{error}");
    assert_says(&out, &["does not parse", "merge base"]);
}

#[test]
fn a_track_that_is_no_text_says_what_it_is() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    let enormous = vec![b'#'; (16 << 20) + 1];
    for (bytes, words) in [
        (&b"MIGRATIONS = ['\xe9']\n"[..], "not UTF-8"),
        (pointer.as_bytes(), "Git LFS pointer"),
        (&enormous, "16777216 is the most"),
    ] {
        for path in [MIGRATIONS, "db/schema.py", "alembic/versions/0002_age.py", BASELINE] {
            let error = failure_of(|repo| repo.write(path, bytes));
            assert_says(&error, &[path, words]);
        }
    }
}

#[test]
fn a_python_file_that_is_too_large_to_parse_is_refused() {
    let text = project()[0].1.clone() + &"# x\n".repeat(3 << 20);
    assert_says(&failure_of(|repo| repo.write(MIGRATIONS, &text)), &[MIGRATIONS, "8 MiB"]);
}

#[test]
fn python_that_nests_without_end_is_refused() {
    let text = format!("MIGRATIONS = {}\n", "[".repeat(100_000));
    assert_says(&failure_of(|repo| repo.write(MIGRATIONS, &text)), &[MIGRATIONS, "nests"]);
}

/// Puts an entry of this mode into the index in a path's place, and commits it.
fn commit_entry_of_mode(repo: &Repo, mode: &str, id: &str, path: &str) {
    repo.git(&["rm", "--quiet", "-r", "--cached", "--ignore-unmatch", path]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{id},{path}")]);
    repo.git(&["commit", "--quiet", "--no-gpg-sign", "-m", "head"]);
}

#[test]
fn a_link_or_a_submodule_in_the_place_of_a_track_is_named() {
    for path in [MIGRATIONS, BASELINE, "alembic/versions", "alembic/versions/0002_age.py"] {
        for (mode, words) in [("120000", "symbolic link"), ("160000", "submodule")] {
            let repo = Repo::with_project();
            let id = match mode {
                "120000" => repo.git(&["rev-parse", "HEAD:README.md"]),
                _ => repo.git(&["rev-parse", "HEAD"]),
            };
            commit_entry_of_mode(&repo, mode, &id, path);
            assert_says(&failure(&repo.path(), &["--base", "HEAD~1", "--head", "HEAD"]), &[path, words]);
        }
    }
}

#[test]
fn a_project_without_tracks_hears_what_was_looked_for() {
    let repo = Repo::new();
    repo.write("app.py", "print(1)\n");
    repo.commit("base");
    repo.write("app.py", "print(2)\n");
    repo.commit("head");
    let words = ["no tracks found", "MIGRATIONS", "env.py", "parity.toml"];
    assert_says(&failure(&repo.path(), &["--base", "HEAD~1"]), &words);
    assert_says(&failure(&repo.path(), &["init", "--dry-run"]), &words);
}

#[test]
fn migrations_of_another_tool_are_named_where_nothing_is_found() {
    let repo = Repo::new();
    repo.write("shop/migrations/0001_initial.py", "from django.db import migrations\n");
    repo.write("prisma/schema.prisma", "model User { id Int @id }\n");
    repo.commit("base");
    let seen = [
        "found Django's migrations in `shop/migrations`: this program does not read them",
        "found a schema of Prisma in `prisma`",
    ];
    assert_says(&failure(&repo.path(), &["heads"]), &seen);
    assert_says(&failure(&repo.path(), &["install-hook"]), &seen);
    assert!(!repo.path().join(".git/hooks/pre-push").exists());
}

#[test]
fn a_bare_repository_has_no_work_tree_to_judge() {
    let repo = head_with_entry();
    let clone = clone(&repo, &["--bare"]);
    for option in ["--staged", "--worktree"] {
        assert_says(&failure(&clone, &["--base", "HEAD~1", option]), &["bare", "--head"]);
    }
}

#[test]
fn an_index_with_conflicts_is_named() {
    let repo = head_with_entry();
    repo.git(&["switch", "--quiet", "--create", "other", "HEAD~1"]);
    repo.commit_entry("name");
    let merge = git_command(&repo.path()).args(["merge", "--quiet", "main"]).output().unwrap();
    assert!(!merge.status.success());
    assert_says(&failure(&repo.path(), &["--base", "main", "--staged"]), &["conflicts"]);
}

#[test]
fn an_output_that_cannot_be_written_is_no_pass() {
    let repo = head_with_entry();
    assert_says(&failure(&repo.path(), &["--base", "HEAD~1", "--output", "no/such/folder"]), &["no/such/folder"]);
}

const FORMATS: [&str; 5] = ["text", "json", "github", "sarif", "markdown"];

#[cfg(unix)]
#[test]
fn a_file_name_forges_no_annotation_no_log_line_and_no_terminal_code() {
    let names = [
        "x\n::error file=a.py,line=1::forged",
        "x\r::warning::forged",
        "x\u{1b}[31mred\u{1b}[0m",
        "x::set-output name=a::b",
        "x%0A::error::forged",
        "x\"'`<b>|\\,:;",
        "x\u{202e}yp.",
        "x\u{9b}31m",
    ];
    let repo = Repo::with_project();
    for name in names {
        repo.write(&format!("alembic/versions/{name}.py"), "def upgrade():\n    pass\n");
    }
    repo.add_entry("age");
    repo.commit("head");
    for format in FORMATS {
        let (code, out, error) =
            answer(program(&repo.path()).args(["--base", "HEAD~1", "--format", format, "--color", "never"]));
        assert_eq!((code, error.as_str()), (Some(1), ""), "{format}");
        assert!(!out.contains(['\u{1b}', '\r', '\u{9b}', '\u{202e}']), "{format}: {out:?}");
        let own_commands = ["::error file=", "::warning file=", "::notice", "::group", "::endgroup"];
        // The frame's own `::: path` is no command: its name would be `:`.
        let may_be = |line: &&str| line.trim_start().starts_with("::") && !line.trim_start().starts_with("::: ");
        for line in out.lines().filter(may_be) {
            assert!(format == "github" && own_commands.iter().any(|own| line.starts_with(own)), "{format}: {line}");
            assert!(!line.starts_with("::error file=a.py") && !line.ends_with("::forged"), "{format}: {line}");
        }
    }
}

#[test]
fn text_in_a_file_forges_nothing_either() {
    let name = "age\\n::error::forged\\x1b[31m\u{1b}[31m\u{202e}";
    let repo = changed(|repo| {
        let text = project()[0].1.clone();
        repo.write(MIGRATIONS, text + &format!("MIGRATIONS += [(\"{name}\", \"ALTER TABLE users ADD a\")]\n"));
    });
    for format in FORMATS {
        let (code, out, error) =
            answer(program(&repo.path()).args(["--base", "HEAD~1", "--format", format, "--color", "never"]));
        assert_eq!((code, error.as_str()), (Some(1), ""), "{format}");
        assert!(!out.contains(['\u{1b}', '\u{202e}']), "{format}: {out:?}");
        assert!(!out.lines().any(|line| line.trim_start().starts_with("::error::forged")), "{format}: {out}");
    }
}

#[test]
fn a_closed_pipe_changes_no_verdict() {
    let failing = head_with_entry();
    let passing = changed(|repo| repo.write("README.md", "# More\n"));
    for (repo, wanted) in [(failing, 1), (passing, 0)] {
        for format in FORMATS {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut child = program(&repo.path())
                .args(["--base", "HEAD~1", "--format", format])
                .stdout(writer)
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(reader);
            let mut error = String::new();
            std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut error).unwrap();
            assert_eq!((child.wait().unwrap().code(), error.as_str()), (Some(wanted), ""), "{format}");
        }
    }
}

const GO_SLICE: &str = "db/migrations.go";

/// A Go project whose list of migrations is this text at head, and what the check of that says.
fn judged_go(text: impl AsRef<[u8]>) -> (Option<i32>, String) {
    let repo = Repo::new();
    let list = "package db\n\nvar migrations = []migration{{1, \"users\", `CREATE TABLE users (id INTEGER)`}}\n";
    repo.write(GO_SLICE, list);
    repo.commit("base");
    repo.write(GO_SLICE, text);
    repo.commit("head");
    let (code, out, error) = answer(program(&repo.path()).args(["--base", "HEAD~1"]));
    assert!(!error.contains("panicked"), "{error}");
    (code, out + &error)
}

#[test]
fn go_that_does_not_parse_is_shown_at_its_place() {
    let (code, said) = judged_go("package db\n\nvar migrations = []migration{{1, \"users\", }, {\n");
    assert_eq!(code, Some(2), "{said}");
    assert_says(&said, &["does not parse as Go", "db/migrations.go:3", "fix the syntax first"]);
}

#[test]
fn broken_utf_8_in_go_is_an_error() {
    let (code, said) = judged_go(b"package db\n\nvar migrations = []migration{{1, \"\xff\xfe\", `x`}}\n");
    assert_eq!(code, Some(2), "{said}");
    assert_says(&said, &[GO_SLICE, "UTF-8"]);
}

#[test]
fn deep_nesting_in_go_neither_crashes_nor_hangs() {
    let deep = 20_000;
    for value in [
        format!("{}{}", "f(".repeat(deep), ")".repeat(deep)),
        format!("{}{}", "[]a{".repeat(deep), "}".repeat(deep)),
        format!("{}0", "-".repeat(deep)),
        format!("0{}", " * 1".repeat(deep)),
        format!("{}{}", "func() { ".repeat(deep), "}".repeat(deep)),
    ] {
        let (code, said) = judged_go(format!(
            "package db\n\nimport \"database/sql\"\n\nvar migrations = []migration{{{{1, \"users\", {value}}}}}\n"
        ));
        assert!(matches!(code, Some(0 | 1)), "{said}");
        assert!(said.contains("unevaluated") || said.contains("edited-history"), "{said}");
    }
}

#[test]
fn huge_and_endless_go_is_bounded() {
    let mut many = String::from(
        "package db\n\nvar migrations = []migration{\n\t{1, \"users\", `CREATE TABLE users (id INTEGER)`},\n",
    );
    for number in 2..5_000 {
        many.push_str(&format!("\t{{{number}, \"m{number}\", `UPDATE users SET id = {number}`}},\n"));
    }
    let (code, said) = judged_go(many + "}\n");
    assert_eq!(code, Some(0), "{said}");
    assert_says(&said, &["4999 migrations on sqlite, 4998 new"]);
    let mut functions = String::new();
    let mut named = String::from("package db\n\nvar migrations = []migration{\n");
    for number in 1..3_000 {
        named.push_str(&format!("\t{{{number}, \"m{number}\", migrate{number}}},\n"));
        functions.push_str(&format!(
            "func migrate{number}(tx *sql.Tx) error {{\n\t_, err := tx.Exec(`DROP TABLE a`)\n\treturn err\n}}\n"
        ));
    }
    let (code, said) = judged_go(named + "}\n" + &functions.replace("migrate", "migrate9") + &functions);
    assert_eq!(code, Some(1), "{said}");
    assert_says(&said, &["unregistered-migration"]);
    let endless = "package db\n\nvar migrations = []migration{{1, \"users\", `CREATE TABLE users (id INTEGER)`}, \
                   {2, \"more\", more}}\n\nfunc more(tx *sql.Tx) error {\n\tx := \"a\"\n\tfor {\n\t\tx += x\n\t}\n}\n";
    let (code, said) = judged_go(endless);
    assert_eq!(code, Some(0), "{said}");
    assert_says(&said, &["unevaluated", "than a check allows"]);
    let (_, said) = judged_go(
        "package db\n\ntype migration *migration\n\nvar migrations = []migration{{1, \"users\", `CREATE TABLE users (id INTEGER)`}}\n",
    );
    assert_says(&said, &["unevaluated", "deeper than a check allows"]);
    let nested = endless.replace("x := \"a\"", "var x any").replace("x += x", "x = []any{x}");
    let (_, said) = judged_go(nested);
    assert_says(&said, &["unevaluated", "more steps than a check allows"]);
    let recursive = endless.replace("for {\n\t\tx += x\n\t}", "return more(tx)");
    let (_, said) = judged_go(recursive);
    assert_says(&said, &["unevaluated", "deeper than a check allows"]);
    let (code, said) =
        judged_go(format!("package db\n\nvar migrations = []migration{{{{1, \"a\", `{}`}}}}\n", "x".repeat(9 << 20)));
    assert_eq!(code, Some(2), "{said}");
    assert_says(&said, &["8 MiB"]);
}

#[test]
fn a_schema_of_a_file_that_does_not_parse_is_an_error() {
    for path in ["db/migrations.py", common::BASELINE] {
        let repo = Repo::with_project();
        let text = std::fs::read_to_string(repo.path().join(path)).unwrap();
        repo.write(path, text + "\ndef (\n");
        repo.commit("broken");
        let track = if path == common::BASELINE { "postgres" } else { "sqlite" };
        let (code, out, err) = common::answer(program(&repo.path()).args(["schema", "--track", track]));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{path}");
        assert_says(&err, &["does not parse", path]);
    }
}
