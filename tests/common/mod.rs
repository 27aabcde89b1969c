//! Real git repositories in temporary folders, built by the `git` command with nothing of the machine's own settings.

// Each of the test programs uses its own part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub mod oracles;
pub mod random;
pub mod random_operations;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use parity_check::Request;
use parity_check::git::{Environment, HeadChoice};
use parity_check::project::ProjectError;
use parity_check::report::Report;
use tempfile::TempDir;

/// A git command that answers the same on every machine.
pub fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder);
    isolate(&mut command);
    command
}

/// Cuts a process off from the machine's git settings and from the CI that runs these tests.
pub fn isolate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name == "CI" || ["GIT_", "GITHUB_", "PRE_COMMIT"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command.env("GIT_CONFIG_GLOBAL", nothing).env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Tester").env(format!("GIT_{who}_EMAIL"), "tester@example.invalid");
        command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
    }
}

/// Runs git and answers with what it prints, without the last line break.
pub fn git<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> String {
    let output = git_command(folder).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A repository with a work tree.
pub struct Repo {
    root: TempDir,
    name: &'static str,
}

impl Repo {
    pub fn new() -> Self {
        let repo = Self { root: tempfile::tempdir().expect("a temporary folder"), name: "repo" };
        std::fs::create_dir(repo.path()).unwrap();
        git(&repo.path(), &["init", "--quiet", "--initial-branch=main", "."]);
        git(&repo.path(), &["config", "core.autocrlf", "false"]);
        repo
    }

    /// The small project with both tracks, committed on `main`.
    pub fn with_project() -> Self {
        let repo = Self::new();
        repo.write_all(&project());
        repo.commit("base");
        repo
    }

    pub fn path(&self) -> PathBuf {
        self.root.path().join(self.name)
    }

    /// A place in the same temporary folder, outside the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        git(&self.path(), arguments)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub fn write_all(&self, files: &[(&str, String)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.path().join(path)).unwrap();
    }

    /// Commits the work tree as it is and answers with the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Commits a new migration with DDL: what needs a revision.
    pub fn commit_entry(&self, name: &str) -> String {
        self.add_entry(name);
        self.commit(&format!("entry {name}"))
    }

    /// Registers a new migration with DDL in the work tree.
    pub fn add_entry(&self, name: &str) {
        let text = std::fs::read_to_string(self.path().join(MIGRATIONS)).unwrap();
        self.write(MIGRATIONS, text + &entry(name));
    }

    /// Judges `base...head` with nothing said by the surroundings.
    pub fn check(&self, base: &str, head: &str) -> Result<Report, ProjectError> {
        check(&self.path(), Some(base), HeadChoice::Committed(Some(head)), &Environment::default())
    }
}

/// The day on which everything is judged.
pub const TODAY: jiff::civil::Date = jiff::civil::date(2026, 1, 1);

pub const MIGRATIONS: &str = "db/migrations.py";
pub const BASELINE: &str = "alembic/versions/0001_baseline.py";

/// The text that registers one more migration with DDL.
pub fn entry(name: &str) -> String {
    format!("MIGRATIONS += [({name:?}, lambda conn: conn.execute(\"ALTER TABLE users ADD COLUMN {name} TEXT\"))]\n")
}

/// The text of a revision file that adds a column: `age` for `0002_age`, as the entry of that name does.
pub fn revision(id: &str, parent: &str) -> String {
    let own = id.split_once('_').filter(|(number, _)| number.parse::<u32>().is_ok());
    let column = own.map_or_else(|| format!("c_{id}"), |(_, name)| name.to_owned());
    format!(
        "from alembic import op\n\nrevision = {id:?}\ndown_revision = {parent:?}\n\n\ndef upgrade():\n    \
         op.execute(\"ALTER TABLE users ADD COLUMN {column} TEXT\")\n"
    )
}

/// A list of migrations beside an Alembic chain, in as few lines as show them.
pub fn project() -> Vec<(&'static str, String)> {
    let list = "MIGRATIONS = [\n    (\"users\", lambda conn: conn.execute(\"CREATE TABLE users (id INTEGER)\")),\n]\n";
    let baseline = "from alembic import op\n\nrevision = \"0001_baseline\"\ndown_revision = None\n\n\n\
                    def upgrade():\n    op.execute(\"CREATE TABLE users (id INTEGER)\")\n";
    vec![
        (MIGRATIONS, list.to_owned()),
        ("alembic/env.py", "from alembic import context\n".to_owned()),
        (BASELINE, baseline.to_owned()),
        ("README.md", "# A project\n".to_owned()),
    ]
}

/// Runs the check through the library.
pub fn check(
    repository: &Path,
    base: Option<&str>,
    head: HeadChoice<'_>,
    environment: &Environment,
) -> Result<Report, ProjectError> {
    parity_check::run(&Request {
        repository,
        base,
        head,
        config: None,
        config_from_base: false,
        rules: &[],
        environment,
        today: TODAY,
    })
}

/// The rules of the findings that count, sorted.
pub fn rules(report: &Report) -> Vec<&'static str> {
    let counting = report.findings.iter().filter(|reported| reported.suppressed.is_none());
    let mut rules: Vec<_> = counting.map(|reported| reported.finding.rule.name).collect();
    rules.sort_unstable();
    rules
}

/// The program itself, cut off from the machine's settings.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parity-check"));
    command.current_dir(folder).stdin(Stdio::null());
    isolate(&mut command);
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// What the program answers: its exit code, standard output, standard error.
pub fn answer(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// Files by their path from a tree's root.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files under a folder; empty where there is none.
pub fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in std::fs::read_dir(&current).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let parts = path.strip_prefix(folder).unwrap().components();
            let parts: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            files.insert(parts.join("/"), std::fs::read(&path).unwrap());
        }
    }
    files
}

/// One of the pairs of trees in `fixtures/<rule>/<kind of track>/<name>`.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub folder: PathBuf,
    /// The rule that it shows, or `cannot-be-checked`.
    pub rule: String,
    /// The kind of track in which the finding is.
    pub kind: String,
    /// A sentence, which no other fixture has.
    pub name: String,
}

impl Fixture {
    pub fn end(&self, end: &str) -> Files {
        files(&self.folder.join(end))
    }
}

/// Every fixture, by its name.
pub fn fixtures() -> &'static [Fixture] {
    static FIXTURES: OnceLock<Vec<Fixture>> = OnceLock::new();
    FIXTURES.get_or_init(read_fixtures)
}

fn read_fixtures() -> Vec<Fixture> {
    let inside = |folder: &Path| -> Vec<(String, PathBuf)> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path())).collect()
    };
    let mut found = Vec::new();
    for (rule, folder) in inside(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")) {
        for (kind, folder) in inside(&folder) {
            let all = inside(&folder).into_iter();
            found.extend(all.map(|(name, folder)| Fixture { folder, rule: rule.clone(), kind: kind.clone(), name }));
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// The fixture of this name.
pub fn fixture(name: &str) -> &'static Fixture {
    fixtures().iter().find(|fixture| fixture.name == name).unwrap_or_else(|| panic!("there is no fixture {name}"))
}

/// A bare repository with a branch `<name>/base` and, one commit after it, a branch `<name>/head` for each pair of
/// trees. One process builds them all.
pub fn import(pairs: &[(&str, Files, Files)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    let mut stream = Vec::new();
    for (name, base, head) in pairs {
        append_commit(&mut stream, &format!("{name}/base"), base, None);
        append_commit(&mut stream, &format!("{name}/head"), head, Some(&format!("{name}/base")));
    }
    fast_import(root.path(), &stream);
    root
}

/// A bare repository with `main`, and with a branch for each of some changes that only add files to it.
pub fn import_additions(base: &Files, changes: &[(String, Files)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    git(root.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    let mut stream = Vec::new();
    append_commit(&mut stream, "main", base, None);
    for (name, added) in changes {
        append_head(&mut stream, name, Some("main"));
        append_files(&mut stream, added);
    }
    fast_import(root.path(), &stream);
    root
}

fn fast_import(folder: &Path, stream: &[u8]) {
    let mut process = git_command(folder)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git fast-import runs");
    process.stdin.take().unwrap().write_all(stream).unwrap();
    assert!(process.wait().unwrap().success());
}

fn append_commit(stream: &mut Vec<u8>, branch: &str, files: &Files, parent: Option<&str>) {
    append_head(stream, branch, parent);
    stream.extend_from_slice(b"deleteall\n");
    append_files(stream, files);
}

fn append_head(stream: &mut Vec<u8>, branch: &str, parent: Option<&str>) {
    let mut line = |text: String| stream.extend_from_slice(text.as_bytes());
    line(format!("commit refs/heads/{branch}\ncommitter Tester <tester@example.invalid> 1767225600 +0000\n"));
    line("data 0\n".to_owned());
    if let Some(parent) = parent {
        line(format!("from refs/heads/{parent}\n"));
    }
}

fn append_files(stream: &mut Vec<u8>, files: &Files) {
    for (path, text) in files {
        stream.extend_from_slice(format!("M 100644 inline {path}\ndata {}\n", text.len()).as_bytes());
        stream.extend_from_slice(text);
        stream.push(b'\n');
    }
}
