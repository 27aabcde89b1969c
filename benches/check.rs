//! What a check costs beside `git diff --name-status` of the same range: whole processes, in turn, in one run.
//!
//! Judges generated repositories, and those that `PARITY_CHECK_BENCH` names: `<git dir> <base> <head>`, one a line.
//! It times and never fails on a time: machines differ.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark speaks, and ends on errors"
)]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Counted runs of each command.
const RUNS: usize = 31;

/// How large a generated repository is.
struct Size {
    name: &'static str,
    files: usize,
    migrations: usize,
    revisions: usize,
    commits: usize,
}

const SIZES: [Size; 5] = [
    Size { name: "small", files: 200, migrations: 10, revisions: 20, commits: 100 },
    Size { name: "large", files: 20_000, migrations: 500, revisions: 1_000, commits: 10_000 },
    Size { name: "100 migrations", files: 200, migrations: 100, revisions: 20, commits: 100 },
    Size { name: "1000 migrations", files: 200, migrations: 1_000, revisions: 20, commits: 100 },
    Size { name: "10000 revisions", files: 200, migrations: 10, revisions: 10_000, commits: 100 },
];

const CONFIGURATION: &str = "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"src/db/migrations.py\"\n\
                             declared = [\"src/db/schema.py\"]\n\n[track.postgres]\nkind = \"alembic\"\n\
                             migrations = \"src/alembic/versions\"\n";

struct Case {
    name: String,
    repository: PathBuf,
    base: String,
    head: String,
    /// The exit code that the check must end with; `None` where nobody knows it.
    exit: Option<i32>,
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut cases = Vec::new();
    for size in &SIZES {
        for configured in [false, true] {
            let with = if configured { ", parity.toml" } else { "" };
            let repository = generated(&folder, size, configured);
            for (what, head, exit) in [
                ("no watched file changed", "elsewhere", 0),
                ("a feature on both tracks", "feature", 0),
                ("a forgotten revision", "miss", 1),
            ] {
                let name = format!("{}{with}: {what}", size.name);
                let (repository, base, head) = (repository.clone(), "main".to_owned(), head.to_owned());
                cases.push(Case { name, repository, base, head, exit: Some(exit) });
            }
        }
    }
    for line in std::env::var("PARITY_CHECK_BENCH").unwrap_or_default().lines() {
        if let [repository, base, head] = line.split_whitespace().collect::<Vec<_>>()[..] {
            let short = |name: &str| name.chars().take(12).collect::<String>();
            let name = format!("{}...{}", short(base), short(head));
            cases.push(Case { name, repository: repository.into(), base: base.into(), head: head.into(), exit: None });
        }
    }
    println!("| case | git diff, ms | parity-check, ms | ratio | memory, MiB |\n| --- | --- | --- | --- | --- |");
    for case in &cases {
        println!("{}", measure(case));
    }
}

/// Runs both commands in turn and answers with a row of the table: medians, and the median of the pairs' ratios.
fn measure(case: &Case) -> String {
    let (mut git, mut own, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let (theirs, ours) = (time(&mut git_diff(case), Some(0)), time(&mut check(case), case.exit));
        // The first is the warm-up.
        if run > 0 {
            git.push(theirs);
            own.push(ours);
            ratios.push(ours / theirs);
        }
    }
    let memory = memory(case).map_or_else(|| "n/a".to_owned(), |mib| format!("{mib:.0}"));
    let (git, own, ratio) = (median(git), median(own), median(ratios));
    format!("| {} | {git:.1} | {own:.1} | {ratio:.1} | {memory} |", case.name)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Milliseconds that a whole process takes. It must end as it should: what fails early is fast for nothing.
fn time(command: &mut Command, exit: Option<i32>) -> f64 {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let milliseconds = start.elapsed().as_secs_f64() * 1_000.0;
    let right = exit.map_or(matches!(status.code(), Some(0 | 1)), |exit| status.code() == Some(exit));
    assert!(right, "{command:?}: {status}");
    milliseconds
}

fn git_diff(case: &Case) -> Command {
    let mut command = Command::new("git");
    let range = format!("{}...{}", case.base, case.head);
    command.arg("-C").arg(&case.repository).args(["diff", "--name-status", &range]);
    command
}

fn check(case: &Case) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parity-check"));
    command.arg("--repo").arg(&case.repository).args(["--base", &case.base, "--head", &case.head]);
    command
}

/// Peak memory of one run, where GNU time is there to tell.
fn memory(case: &Case) -> Option<f64> {
    let own = check(case);
    let arguments = own.get_args();
    let output =
        Command::new("/usr/bin/time").args(["-f", "%M"]).arg(own.get_program()).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(text.lines().last()?.trim().parse::<f64>().ok()? / 1024.0)
}

/// A repository of this size, made once and kept for the next run, until what it is made of changes.
fn generated(folder: &Path, size: &Size, configured: bool) -> PathBuf {
    let name = format!("bench-{}-{}.git", size.name.replace(' ', "-"), if configured { "configured" } else { "plain" });
    let path = folder.join(name);
    let stream = stream(size, configured);
    let mut hasher = DefaultHasher::new();
    stream.hash(&mut hasher);
    let made_of = format!("{:016x}", hasher.finish());
    if std::fs::read_to_string(path.join("made-of")).is_ok_and(|text| text == made_of) {
        return path;
    }
    let _ = std::fs::remove_dir_all(&path);
    let init = Command::new("git").args(["init", "--quiet", "--bare"]).arg(&path).status().unwrap();
    assert!(init.success());
    let mut import = Command::new("git");
    let import = import.arg("-C").arg(&path).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut process = import.spawn().unwrap();
    process.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(process.wait().unwrap().success());
    std::fs::write(path.join("made-of"), made_of).unwrap();
    path
}

/// The history as `git fast-import` reads it: `main`, and three branches that each change it.
fn stream(size: &Size, configured: bool) -> String {
    let mut stream = String::new();
    commit(&mut stream, "main", None, 0);
    for index in 0..size.files {
        let path = format!("src/app/part{}/module{index}.py", index / 50);
        file(&mut stream, &path, &format!("VALUE = {index}\n\n\ndef work():\n    return VALUE\n"));
    }
    file(&mut stream, "src/db/migrations.py", &list(size.migrations, false));
    file(&mut stream, "src/db/schema.py", &schema(size.migrations, false));
    file(&mut stream, "src/alembic/env.py", "from alembic import context\n");
    for index in 0..size.revisions {
        file(&mut stream, &format!("src/alembic/versions/{index:04}_step.py"), &revision(index, &step(index)));
    }
    if configured {
        file(&mut stream, "parity.toml", CONFIGURATION);
    }
    for index in 1..size.commits {
        commit(&mut stream, "main", None, index);
        file(&mut stream, &format!("docs/page{}.md", index % 100), &format!("Written {index} times.\n"));
    }
    commit(&mut stream, "elsewhere", Some("main"), size.commits);
    file(&mut stream, "src/app/part0/module0.py", "VALUE = -1\n");
    for branch in ["feature", "miss"] {
        commit(&mut stream, branch, Some("main"), size.commits);
        file(&mut stream, "src/db/migrations.py", &list(size.migrations, true));
        file(&mut stream, "src/db/schema.py", &schema(size.migrations, true));
        if branch == "feature" {
            let path = format!("src/alembic/versions/{:04}_step.py", size.revisions);
            let step = "op.add_column(\"t0\", sa.Column(\"added\", sa.Text()))";
            file(&mut stream, &path, &revision(size.revisions, step));
        }
    }
    stream
}

/// Begins a commit so many minutes after the first: where all were of one second, git would walk the whole history for
/// a merge base.
fn commit(stream: &mut String, branch: &str, from: Option<&str>, minute: usize) {
    let second = 1_767_225_600 + 60 * minute;
    writeln!(
        stream,
        "commit refs/heads/{branch}
committer Bench <bench@example.invalid> {second} +0000"
    )
    .unwrap();
    stream.push_str("data 0\n");
    if let Some(from) = from {
        writeln!(stream, "from refs/heads/{from}").unwrap();
    }
}

fn file(stream: &mut String, path: &str, text: &str) {
    writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len()).unwrap();
}

/// Columns that the migrations add, to one table for each ten of them, as real ones do: where they are not there yet.
fn list(count: usize, added: bool) -> String {
    let mut text = "def _add(cursor, table, column):\n    cursor.execute(f\"PRAGMA table_info({table})\")\n    \
         if column not in {row[1] for row in cursor.fetchall()}:\n        \
         cursor.execute(f\"ALTER TABLE {table} ADD COLUMN {column} TEXT\")\n\n\n"
        .to_owned();
    for index in 0..count {
        let table = index / 10;
        writeln!(text, "def _migrate_{index}(cursor, conn):\n    _add(cursor, \"t{table}\", \"c{index}\")\n\n")
            .unwrap();
    }
    if added {
        text.push_str(
            "def _migrate_added(cursor, conn):\n    cursor.execute(\"PRAGMA table_info(t0)\")\n    \
             if \"added\" not in [row[1] for row in cursor]:\n        \
             cursor.execute(\"ALTER TABLE t0 ADD COLUMN added TEXT\")\n\n\n",
        );
    }
    text.push_str("MIGRATIONS = [\n");
    for index in 0..count {
        writeln!(text, "    (\"step_{index}\", _migrate_{index}),").unwrap();
    }
    text + if added { "    (\"added\", _migrate_added),\n]\n" } else { "]\n" }
}

fn schema(migrations: usize, added: bool) -> String {
    let mut text = "TABLES = {\n".to_owned();
    for table in 0..migrations.div_ceil(10) {
        let columns =
            (table * 10..migrations.min(table * 10 + 10)).map(|index| format!(",\n            c{index} TEXT"));
        let more = if added && table == 0 { ",\n            added TEXT" } else { "" };
        let columns = columns.collect::<String>() + more;
        writeln!(
            text,
            "    \"t{table}\": \"\"\"\n        CREATE TABLE IF NOT EXISTS t{table} (\n            \
             id INTEGER PRIMARY KEY{columns}\n        )\n    \"\"\","
        )
        .unwrap();
    }
    text + "}\n\n\ndef init_schema(cursor, conn):\n    for sql in TABLES.values():\n        cursor.execute(sql)\n"
}

/// Every tenth makes a table, and those after it add a column each.
fn step(index: usize) -> String {
    let table = index / 10;
    if index.is_multiple_of(10) {
        format!("op.create_table(\"t{table}\", sa.Column(\"id\", sa.Integer(), primary_key=True))")
    } else {
        format!("op.add_column(\"t{table}\", sa.Column(\"c{index}\", sa.Text()))")
    }
}

fn revision(index: usize, step: &str) -> String {
    let parent = if index == 0 { "None".to_owned() } else { format!("\"{:04}\"", index - 1) };
    format!(
        "\"\"\"Step {index}.\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"{index:04}\"\n\
         down_revision = {parent}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    \
         {step}\n\n\ndef downgrade():\n    raise NotImplementedError\n"
    )
}
