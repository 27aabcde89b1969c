//! A small project with both tracks as a real repository, for tests that push it and check it on a runner.
//!
//! `base/` is the project; `forgotten/` lies over it and adds a `SQLite` migration; `revision/` lies over that and adds
//! what `PostgreSQL` was missing.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_parity-check");

/// The folder of this crate.
pub fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A repository that knows nothing of the machine's own git configuration, nor of the runner that the tests run on.
pub struct Project {
    pub path: PathBuf,
    pub home: PathBuf,
}

impl Project {
    /// An empty repository in `folder/name`.
    pub fn init(folder: &Path, name: &str) -> Self {
        let project = Self { path: folder.join(name), home: folder.to_owned() };
        fs::create_dir_all(&project.path).unwrap();
        project.git(["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [("user.name", "Test"), ("user.email", "test@example.invalid"), ("gc.auto", "0")] {
            project.git(["config", key, value]);
        }
        project.git(["config", "core.autocrlf", "false"]);
        project
    }

    /// The project with its base committed on `main`.
    pub fn new(folder: &Path, name: &str) -> Self {
        let project = Self::init(folder, name);
        project.commit("base", "Start");
        project
    }

    /// Lays one of the folders over the work tree, commits it and answers with the commit's id.
    pub fn commit(&self, layer: &str, message: &str) -> String {
        copy(&crate_dir().join("tests/check/project").join(layer), &self.path);
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    pub fn id(&self, revision: &str) -> String {
        self.git(["rev-parse", "--verify", revision])
    }

    /// Runs git, which must succeed, and answers with what it printed.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A program in the work tree.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        const OF_THE_SURROUNDINGS: [&str; 6] = ["GIT_", "GITHUB_", "INPUT_", "RUNNER_", "PRE_COMMIT_", "PARITY_"];
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if OF_THE_SURROUNDINGS.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.env_remove("XDG_CONFIG_HOME").env("GIT_CONFIG_NOSYSTEM", "1");
        command.current_dir(&self.path).env("HOME", &self.home).env("USERPROFILE", &self.home);
        command
    }
}

/// Copies what is in one folder into another.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All that a program printed, for a failed test to show.
pub fn said(output: &Output) -> String {
    format!(
        "{}\n--- stdout\n{}\n--- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
