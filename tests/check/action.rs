//! action.yml, its steps carried out as a runner would: the same shell, the same files and variables, the payloads of
//! the events, and a release in a folder.

// What helps a test is as free as the test itself; clippy.toml knows only `#[test]` functions.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::project::{PROGRAM, Project, crate_dir, said};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const PROGRAM_NAME: &str = if cfg!(windows) { "parity-check.exe" } else { "parity-check" };

// --- the runner

#[derive(Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    outputs: BTreeMap<String, Output>,
    runs: Runs,
}

#[derive(Deserialize)]
struct Input {
    default: String,
}

#[derive(Deserialize)]
struct Output {
    value: String,
}

#[derive(Deserialize)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    name: Option<String>,
    id: Option<String>,
    shell: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    run: Option<String>,
}

fn yaml<T: DeserializeOwned>(path: &str) -> T {
    serde_saphyr::from_str(&fs::read_to_string(crate_dir().join(path)).unwrap()).unwrap()
}

fn action() -> Action {
    let action: Action = yaml("action.yml");
    assert_eq!(action.runs.using, "composite");
    action
}

/// One job on a runner, up to the step that uses the action.
struct Runner {
    project: Project,
    temp: PathBuf,
    action_path: PathBuf,
    /// What the runner says that the action's repository is.
    action_repository: String,
    inputs: BTreeMap<String, String>,
    variables: Vec<(String, String)>,
    folder: TempDir,
}

/// What became of the action.
#[derive(Debug)]
struct Outcome {
    exit_code: i32,
    outputs: BTreeMap<String, String>,
    log: String,
    summary: String,
}

impl Runner {
    /// With a checked-out project and this version's release on a mirror.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::new(folder.path(), "workspace");
        let temp = folder.path().join("temp");
        fs::create_dir(&temp).unwrap();
        let releases = folder.path().join("releases");
        publish_program(&releases);
        Self {
            project,
            temp,
            action_path: crate_dir().to_owned(),
            action_repository: "owner/action".to_owned(),
            inputs: BTreeMap::new(),
            variables: Vec::new(),
            folder,
        }
        .with_variable("PARITY_CHECK_RELEASES", &url(&releases))
    }

    fn with(mut self, input: &str, value: &str) -> Self {
        self.inputs.insert(input.to_owned(), value.to_owned());
        self
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves an event's payload, as the runner does, for a change that is made of these layers.
    fn with_event(self, name: &str, layers: &[&str]) -> Self {
        let base = self.project.id("HEAD");
        self.project.git(["switch", "--quiet", "--create", "feature"]);
        for layer in layers {
            self.project.commit(layer, layer);
        }
        let head = self.project.id("HEAD");
        // What a runner checks out for each of these events is the merge.
        self.project.git(["switch", "--quiet", "main"]);
        self.project.git(["merge", "--quiet", "--no-ff", "--message", "Merge", "feature"]);
        let merge = self.project.id("HEAD");
        self.project.git(["checkout", "--quiet", "--detach", &merge]);
        let template = fs::read_to_string(crate_dir().join(format!("tests/check/events/{name}.json"))).unwrap();
        let payload = template.replace("@BASE@", &base).replace("@HEAD@", &head).replace("@MERGE@", &merge);
        let path = self.folder.path().join("event.json");
        fs::write(&path, payload).unwrap();
        self.with_variable("GITHUB_EVENT_NAME", name).with_variable("GITHUB_EVENT_PATH", path.to_str().unwrap())
    }

    fn run(&self) -> Outcome {
        let action = action();
        for name in self.inputs.keys() {
            assert!(action.inputs.contains_key(name), "action.yml has no input {name}");
        }
        let mut steps = BTreeMap::new();
        let mut outcome = self.run_steps(&action.runs.steps, &action, &mut steps);
        for (name, output) in &action.outputs {
            outcome.outputs.insert(name.clone(), self.resolve(&output.value, &action, &steps));
        }
        outcome
    }

    /// Runs steps until one fails.
    fn run_steps(&self, list: &[Step], action: &Action, steps: &mut BTreeMap<String, String>) -> Outcome {
        let mut outcome =
            Outcome { exit_code: 0, outputs: BTreeMap::new(), log: String::new(), summary: String::new() };
        for (number, step) in list.iter().enumerate() {
            let files = self.folder.path().join(format!("step-{number}"));
            fs::create_dir_all(&files).unwrap();
            for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"] {
                fs::write(files.join(name), "").unwrap();
            }
            let mut command = self.step_command(step, &files);
            for (name, value) in &step.env {
                command.env(name, self.resolve(value, action, steps));
            }
            let output = command.output().unwrap();
            outcome.log.push_str(&said(&output));
            outcome.summary.push_str(&fs::read_to_string(files.join("GITHUB_STEP_SUMMARY")).unwrap());
            for line in fs::read_to_string(files.join("GITHUB_OUTPUT")).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                let id = step.id.as_deref().unwrap();
                steps.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
            outcome.exit_code = output.status.code().unwrap();
            if outcome.exit_code != 0 {
                break;
            }
        }
        outcome
    }

    fn step_command(&self, step: &Step, files: &Path) -> Command {
        let script = files.join("script.sh");
        let run = step.run.as_deref().unwrap();
        assert!(!run.contains("${{"), "values go through the environment: {run}");
        assert_eq!(step.shell.as_deref(), Some("bash"));
        fs::write(&script, run).unwrap();
        let mut command = self.project.command(bash());
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script);
        command.env("GITHUB_ACTIONS", "true").env("CI", "true").env("NO_PROXY", "*");
        command.env("GITHUB_WORKSPACE", &self.project.path).env("GITHUB_ACTION_PATH", &self.action_path);
        command.env("RUNNER_TEMP", &self.temp).env("RUNNER_OS", runner_os()).env("RUNNER_ARCH", "X64");
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"] {
            command.env(name, files.join(name));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Puts values where a string has expressions: the few that action.yml uses.
    fn resolve(&self, text: &str, action: &Action, steps: &BTreeMap<String, String>) -> String {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap();
            resolved.push_str(before);
            resolved.push_str(&self.evaluate(expression.trim(), action, steps));
            rest = after;
        }
        resolved + rest
    }

    fn evaluate(&self, expression: &str, action: &Action, steps: &BTreeMap<String, String>) -> String {
        if let Some(name) = expression.strip_prefix("inputs.") {
            let default = &action.inputs.get(name).unwrap_or_else(|| panic!("no input {name}")).default;
            return self.inputs.get(name).unwrap_or(default).clone();
        }
        if let Some(step) = expression.strip_prefix("steps.") {
            let (id, _) = step.split_once(".outputs.").unwrap();
            assert!(action.runs.steps.iter().any(|step| step.id.as_deref() == Some(id)), "no step {id}");
            return steps.get(expression).cloned().unwrap_or_default();
        }
        assert_eq!(expression, "github.action_repository", "an expression that this runner does not know");
        self.action_repository.clone()
    }
}

impl Outcome {
    #[track_caller]
    fn assert(&self, exit_code: i32, findings: &str) -> &Self {
        assert_eq!(self.exit_code, exit_code, "{}", self.log);
        assert_eq!(self.outputs["exit-code"], exit_code.to_string(), "{}", self.log);
        assert_eq!(self.outputs["findings"], findings, "{}", self.log);
        self
    }

    #[track_caller]
    fn assert_logs(&self, text: &str) -> &Self {
        assert!(self.log.contains(text), "{text} is not in {}", self.log);
        self
    }
}

/// On Windows a bare `bash` is that of the subsystem for Linux; a runner takes Git's.
fn bash() -> PathBuf {
    if cfg!(windows) { PathBuf::from(r"C:\Program Files\Git\bin\bash.exe") } else { PathBuf::from("bash") }
}

fn runner_os() -> &'static str {
    match std::env::consts::OS {
        "windows" => "Windows",
        "macos" => "macOS",
        _ => "Linux",
    }
}

fn target() -> &'static str {
    match std::env::consts::OS {
        "windows" => "x86_64-pc-windows-msvc",
        "macos" => "x86_64-apple-darwin",
        _ => "x86_64-unknown-linux-musl",
    }
}

fn url(folder: &Path) -> String {
    let path = folder.to_str().unwrap().replace('\\', "/");
    if path.starts_with('/') { format!("file://{path}") } else { format!("file:///{path}") }
}

// --- releases

#[derive(Deserialize)]
struct Workflow {
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    strategy: Option<serde_json::Value>,
    steps: Vec<Step>,
}

/// Publishes the real program; where a script can stand for it, the debug build's many megabytes need no packing.
fn publish_program(releases: &Path) {
    publish(releases, |path| {
        if cfg!(unix) {
            write_executable(path, &format!("#!/bin/sh\nexec '{PROGRAM}' \"$@\"\n"));
        } else {
            fs::copy(PROGRAM, path).unwrap();
        }
    });
}

fn write_executable(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Packs a program and publishes it into a folder of releases, by the scripts of release.yml.
fn publish(releases: &Path, write_program: impl FnOnce(&Path)) {
    let work = tempfile::tempdir().unwrap();
    let built = work.path().join("target").join(target()).join("release");
    fs::create_dir_all(&built).unwrap();
    write_program(&built.join(PROGRAM_NAME));
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::write(work.path().join(name), "terms\n").unwrap();
    }
    let workflow: Workflow = yaml(".github/workflows/release.yml");
    run_script(script_of(&workflow.jobs["build"], "Pack"), work.path(), &[("TARGET", target())]);
    let version = releases.join(format!("v{VERSION}"));
    fs::create_dir_all(&version).unwrap();
    let archive = format!("parity-check-{}.tar.gz", target());
    fs::copy(work.path().join(&archive), version.join(&archive)).unwrap();
    // All of that step but the upload.
    let publishing = script_of(&workflow.jobs["publish"], "Create the release");
    let sums = publishing.lines().find(|line| line.contains("SHA256SUMS")).unwrap();
    run_script(sums, &version, &[]);
}

fn script_of<'a>(job: &'a Job, name: &str) -> &'a str {
    let step = job.steps.iter().find(|step| step.name.as_deref() == Some(name));
    step.unwrap_or_else(|| panic!("no step {name}")).run.as_deref().unwrap()
}

fn run_script(script: &str, folder: &Path, variables: &[(&str, &str)]) {
    // macOS has the same under another name.
    let script = format!("command -v sha256sum >/dev/null || sha256sum() {{ shasum -a 256 \"$@\"; }}\n{script}");
    let mut command = Command::new(bash());
    command.args(["-eo", "pipefail", "-c", &script]).current_dir(folder).env("RUNNER_OS", runner_os());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Puts a `cargo` before all others that notes where it was started and how, and installs the program that is here.
fn with_cargo_stub(runner: Runner) -> (Runner, PathBuf) {
    let bin = runner.folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let notes = runner.folder.path().join("cargo-notes");
    let script = format!(
        r#"#!/usr/bin/env bash
pwd >"$CARGO_NOTES"
printf '%s\n' "$@" >>"$CARGO_NOTES"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin"
cp "$BUILT" "$2/bin/{PROGRAM_NAME}"
"#
    );
    let stub = bin.join("cargo");
    write_executable(&stub, &script);
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path))).unwrap();
    let runner = runner
        .with_variable("PATH", path.to_str().unwrap())
        .with_variable("CARGO_NOTES", notes.to_str().unwrap())
        .with_variable("BUILT", PROGRAM);
    (runner, notes)
}

/// A server that has nothing, and the paths that it was asked for.
fn empty_server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            paths.lock().unwrap().push(request.split(' ').nth(1).unwrap_or_default().to_owned());
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, asked)
}

// --- the verdict

#[track_caller]
fn assert_fails_on_the_forgotten_revision(event: &str) {
    let outcome = Runner::new().with_event(event, &["forgotten"]).run();
    outcome.assert(1, "1").assert_logs("::error file=src/db/migrations.py,");
    assert!(outcome.summary.contains("missing-revision"), "{}", outcome.summary);
}

#[track_caller]
fn assert_passes_with_the_revision(event: &str) {
    let outcome = Runner::new().with_event(event, &["forgotten", "revision"]).run();
    outcome.assert(0, "0");
    assert!(!outcome.log.contains("::error"), "{}", outcome.log);
    assert!(outcome.summary.contains("1 new"), "{}", outcome.summary);
}

#[test]
fn a_pull_request_with_a_forgotten_revision_fails() {
    assert_fails_on_the_forgotten_revision("pull_request");
}

#[test]
fn a_pull_request_with_its_revision_passes() {
    assert_passes_with_the_revision("pull_request");
}

#[test]
fn a_merge_group_with_a_forgotten_revision_fails() {
    assert_fails_on_the_forgotten_revision("merge_group");
}

#[test]
fn a_merge_group_with_its_revision_passes() {
    assert_passes_with_the_revision("merge_group");
}

#[test]
fn a_push_with_a_forgotten_revision_fails() {
    assert_fails_on_the_forgotten_revision("push");
}

#[test]
fn a_push_with_its_revision_passes() {
    assert_passes_with_the_revision("push");
}

#[test]
fn a_change_that_touches_no_track_passes_and_says_so_in_the_summary() {
    let outcome = Runner::new().with_event("pull_request", &[]).run();
    outcome.assert(0, "0");
    assert!(!outcome.summary.trim().is_empty());
}

#[test]
fn base_and_head_go_before_what_the_event_says() {
    let runner = Runner::new().with_event("push", &["forgotten", "revision"]);
    let runner = runner.with("base", "HEAD^1").with("head", "feature~1");
    runner.run().assert(1, "1");
}

#[test]
fn sarif_is_left_where_it_is_asked_for_although_the_check_fails() {
    let runner = Runner::new().with_event("pull_request", &["forgotten"]).with("sarif", "reports/of it/parity.sarif");
    runner.run().assert(1, "1");
    let text = fs::read_to_string(runner.project.path.join("reports/of it/parity.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "missing-revision");
}

#[test]
fn a_check_that_cannot_be_carried_out_ends_with_2_and_says_why_in_the_summary() {
    let runner = Runner::new().with_event("pull_request", &["forgotten"]).with("base", "no-such-branch");
    let outcome = runner.run();
    outcome
        .assert(2, "")
        .assert_logs("::error title=parity-check::the check could not be carried out: unknown revision");
    assert!(outcome.summary.contains("    error: unknown revision `no-such-branch`"), "{}", outcome.summary);
}

#[test]
fn no_input_can_run_a_command() {
    for input in action().inputs.keys() {
        let runner = Runner::new().with_event("pull_request", &["forgotten"]);
        let runner = runner.with(input, "x\"; touch pwned; $(touch pwned) `touch pwned` '");
        let outcome = runner.run();
        assert_ne!(outcome.exit_code, 0, "{input}: {}", outcome.log);
        assert!(!runner.project.path.join("pwned").exists(), "{input}");
        assert!(!runner.temp.join("parity-check/pwned").exists(), "{input}");
    }
}

// --- the check's step, with a program that answers what the test wants

/// Notes its arguments, writes the reports that it is asked for, one of them with a text that looks like a summary, and exits as
/// told.
#[cfg(unix)]
const STUB: &str = r#"#!/bin/sh
for argument; do
  case "$argument" in
  --report=*) file=${argument#--report=*=}; printf '<%s>' "${argument%"$file"}" >>"$STUB_NOTES" ;;
  *) printf '<%s>' "$argument" >>"$STUB_NOTES" ;;
  esac
  case "$argument" in
  --report=json=*) printf '{"findings": [{"message": "\\"summary\\":{\\"errors\\":90,\\"warnings\\":9,"}],
  "summary": { "errors": 2, "warnings": 3, "suppressed": 4 }, "notes": ["\\"summary\\":{\\"errors\\":90,"]}\n' >"$file" ;;
  --report=*) printf 'a report\n' >"$file" ;;
  esac
done
printf '\n' >>"$STUB_NOTES"
exit "$STUB_EXIT"
"#;

#[cfg(unix)]
fn run_stub(exit: &str, configure: impl FnOnce(Runner) -> Runner) -> (Outcome, String) {
    let releases = tempfile::tempdir().unwrap();
    publish(releases.path(), |path| write_executable(path, STUB));
    let runner = Runner::new();
    let notes = runner.folder.path().join("notes");
    let runner = runner
        .with_variable("PARITY_CHECK_RELEASES", &url(releases.path()))
        .with_variable("STUB_EXIT", exit)
        .with_variable("STUB_NOTES", notes.to_str().unwrap());
    let runner = configure(runner);
    let outcome = runner.run();
    (outcome, fs::read_to_string(notes).unwrap())
}

#[cfg(unix)]
#[test]
fn inputs_become_arguments_and_args_is_split_at_white_space_alone() {
    let (outcome, notes) = run_stub("0", |runner| {
        let args = "  --strict\t--repo  *\n\"a b\" $HOME\n";
        runner.with("base", "a b").with("head", "-x").with("config", "c;d.toml").with("args", args)
    });
    outcome.assert(0, "5");
    let given = "<--base=a b><--head=-x><--config=c;d.toml><--strict><--repo><*><\"a><b\"><$HOME>";
    assert_eq!(notes, format!("{given}<--format><github><--report=markdown=><--report=json=>\n"));
}

#[cfg(unix)]
#[test]
fn without_inputs_the_program_is_asked_for_nothing_but_formats() {
    let (outcome, notes) = run_stub("1", |runner| runner.with("args", " \n"));
    outcome.assert(1, "5");
    assert_eq!(notes, "<--format><github><--report=markdown=><--report=json=>\n");
}

#[cfg(unix)]
#[test]
fn a_program_that_crashes_is_a_check_that_could_not_be_carried_out() {
    let (outcome, notes) = run_stub("101", |runner| runner);
    outcome.assert(2, "");
    assert_eq!(notes.lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn one_run_writes_what_code_scanning_reads_too() {
    let (outcome, notes) = run_stub("1", |runner| runner.with("sarif", "a/b.sarif"));
    outcome.assert(1, "5");
    assert_eq!(notes, "<--format><github><--report=markdown=><--report=json=><--report=sarif=>\n");
    assert!(outcome.summary.contains("a report"), "{}", outcome.summary);
}

// --- the install step

#[test]
fn the_released_program_is_taken_and_nothing_is_built() {
    let (runner, notes) = with_cargo_stub(Runner::new().with_event("push", &["forgotten"]));
    runner.run().assert(1, "1").assert_logs("as released");
    assert!(!notes.exists());
}

#[test]
fn the_version_may_be_asked_for_as_its_tag() {
    let runner = Runner::new().with_event("push", &["forgotten"]).with("version", &format!("v{VERSION}"));
    runner.run().assert(1, "1").assert_logs("as released");
}

#[test]
fn an_archive_that_is_not_the_released_one_ends_the_job_and_nothing_is_built_instead() {
    let releases = tempfile::tempdir().unwrap();
    publish_program(releases.path());
    let archive = releases.path().join(format!("v{VERSION}/parity-check-{}.tar.gz", target()));
    let mut bytes = fs::read(&archive).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&archive, bytes).unwrap();
    let runner = Runner::new().with_variable("PARITY_CHECK_RELEASES", &url(releases.path()));
    let (runner, notes) = with_cargo_stub(runner);
    let outcome = runner.run();
    assert_eq!(outcome.exit_code, 2, "{}", outcome.log);
    outcome.assert_logs("is not the file that was released");
    assert!(!notes.exists());
    assert!(!runner.temp.join("parity-check").join(PROGRAM_NAME).exists());
    assert_eq!(outcome.outputs["exit-code"], "");
}

#[test]
fn without_a_release_it_is_built_from_the_actions_folder_and_never_from_the_pull_requests() {
    let (address, asked) = empty_server();
    let runner = Runner::new().with_event("push", &["forgotten"]).with_variable("PARITY_CHECK_RELEASES", &address);
    let (runner, notes) = with_cargo_stub(runner);
    runner.run().assert(1, "1").assert_logs("building parity-check");
    assert_eq!(*asked.lock().unwrap(), [format!("/v{VERSION}/SHA256SUMS")]);
    let notes = fs::read_to_string(notes).unwrap();
    let (started_in, arguments) = notes.split_once('\n').unwrap();
    assert!(Path::new(started_in).ends_with(crate_dir().file_name().unwrap()), "{notes}");
    assert!(arguments.starts_with("install\n--locked\n--path\n.\n--root\n"), "{notes}");
}

#[test]
fn a_release_without_this_machines_archive_is_built() {
    let releases = tempfile::tempdir().unwrap();
    let version = releases.path().join(format!("v{VERSION}"));
    fs::create_dir(&version).unwrap();
    fs::write(version.join("SHA256SUMS"), format!("{}  parity-check-other.tar.gz\n", "0".repeat(64))).unwrap();
    let runner = Runner::new().with_event("push", &["forgotten"]);
    let (runner, notes) = with_cargo_stub(runner.with_variable("PARITY_CHECK_RELEASES", &url(releases.path())));
    runner.run().assert(1, "1");
    assert!(notes.exists());
}

#[test]
fn another_version_than_the_folders_is_never_built_from_the_folder() {
    let (runner, notes) = with_cargo_stub(Runner::new().with("version", "99.0.0"));
    let outcome = runner.run();
    assert_eq!(outcome.exit_code, 2, "{}", outcome.log);
    outcome.assert_logs("version 99.0.0 is not released for this machine");
    assert!(!notes.exists());
}

/// With the mirror taken away.
fn from_server(mut runner: Runner, address: &str) -> Runner {
    runner.variables.retain(|(name, _)| name != "PARITY_CHECK_RELEASES");
    runner.with_variable("GITHUB_SERVER_URL", address)
}

#[test]
fn the_release_is_looked_for_in_the_actions_repository() {
    let (address, asked) = empty_server();
    let (runner, _) = with_cargo_stub(from_server(Runner::new(), &address));
    runner.run();
    assert_eq!(*asked.lock().unwrap(), [format!("/owner/action/releases/download/v{VERSION}/SHA256SUMS")]);
}

#[cfg(unix)]
#[test]
fn where_the_runner_does_not_name_the_actions_repository_its_folder_does() {
    let (address, asked) = empty_server();
    let (mut runner, _) = with_cargo_stub(from_server(Runner::new(), &address));
    let folder = runner.folder.path().join("_actions/somebody/fork");
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(crate_dir(), folder.join("v1")).unwrap();
    runner.action_path = folder.join("v1");
    runner.action_repository = String::new();
    runner.run();
    assert_eq!(*asked.lock().unwrap(), [format!("/somebody/fork/releases/download/v{VERSION}/SHA256SUMS")]);
}

#[test]
fn the_repositorys_own_action_is_built_as_it_stands() {
    let (address, asked) = empty_server();
    let (mut runner, notes) = with_cargo_stub(from_server(Runner::new(), &address));
    runner.action_repository = String::new();
    runner.run();
    assert!(notes.exists());
    assert!(asked.lock().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn without_a_release_and_without_cargo_the_message_says_to_install_rust() {
    let (address, _) = empty_server();
    let runner = Runner::new().with_variable("PARITY_CHECK_RELEASES", &address);
    let bin = runner.folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for tool in ["bash", "sed", "head", "rm", "mkdir", "curl", "awk", "tr", "cut"] {
        let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
            .map(|folder| folder.join(tool))
            .find(|path| path.is_file())
            .unwrap();
        std::os::unix::fs::symlink(found, bin.join(tool)).unwrap();
    }
    let outcome = runner.with_variable("PATH", bin.to_str().unwrap()).run();
    assert_eq!(outcome.exit_code, 2, "{}", outcome.log);
    outcome.assert_logs("install Rust in a step before this one");
}

#[test]
fn every_target_that_the_action_asks_for_is_released() {
    let install = fs::read_to_string(crate_dir().join(".github/action/install.sh")).unwrap();
    let mut asked: Vec<&str> =
        install.lines().filter_map(|line| line.split_once(") echo ")?.1.strip_suffix(" ;;")).collect();
    asked.sort_unstable();
    let workflow: Workflow = yaml(".github/workflows/release.yml");
    let matrix = workflow.jobs["build"].strategy.as_ref().unwrap()["matrix"]["include"].as_array().unwrap();
    let mut released: Vec<&str> = matrix.iter().map(|entry| entry["target"].as_str().unwrap()).collect();
    released.sort_unstable();
    assert_eq!(asked, released);
    assert!(asked.contains(&target()));
}
