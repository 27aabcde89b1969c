//! A small project with both tracks, as a real repository in a temporary folder, and the real check on its story.

use std::io::Write;

use super::{FAILED, Failure, PASSED, colored, piped};
use crate::Request;
use crate::cli::ColorWhen;
use crate::git::{Environment, HeadChoice, ScratchRepository};
use crate::report::{Format, Style};

/// A path in the project and the text of the file there.
type File = (&'static str, &'static str);

struct Step {
    title: &'static str,
    told: &'static str,
    files: &'static [File],
    /// The steps before are merged: this one is a change of its own.
    merged_before: bool,
    passes: bool,
}

const START: &[File] = &[
    ("app/db/migrations.py", include_str!("project/migrations.py")),
    ("app/db/schema.py", include_str!("project/schema.py")),
    ("app/alembic/env.py", include_str!("project/env.py")),
    ("app/alembic/versions/0001_notes.py", include_str!("project/0001_notes.py")),
];

const STEPS: [Step; 3] = [
    Step {
        title: "1. The forgotten revision",
        told: "Somebody adds `notes.pinned` to SQLite. Its tests pass, and PostgreSQL is forgotten.",
        files: &[
            ("app/db/migrations.py", include_str!("project/migrations_pinned.py")),
            ("app/db/schema.py", include_str!("project/schema_pinned.py")),
        ],
        merged_before: false,
        passes: false,
    },
    Step {
        title: "2. The fix",
        told: "The revision is added, with the `down_revision` that the finding names.",
        files: &[("app/alembic/versions/0002_notes_pinned.py", include_str!("project/0002_notes_pinned.py"))],
        merged_before: false,
        passes: true,
    },
    Step {
        title: "3. A refactor",
        told: "The next change writes CREATE TABLE and ALTER TABLE anew, and migrates nothing.",
        files: &[("app/db/migrations.py", include_str!("project/migrations_refactored.py"))],
        merged_before: true,
        passes: true,
    },
];

/// Answers with [`FAILED`] where a step's verdict is not what the story says: the program is broken then.
pub fn run(color: ColorWhen, out: &mut dyn Write) -> Result<u8, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::File { path: std::env::temp_dir(), error })?;
    let repository = ScratchRepository::create(folder.path())?;
    let mut files: Vec<File> = START.to_vec();
    let mut base = repository.commit(&files, "Keep notes", &[])?;
    let mut head = base;
    let mut as_told = true;
    let color = colored(color, &std::io::stdout());
    for step in &STEPS {
        if step.merged_before {
            base = head;
        }
        for file in step.files {
            files.retain(|(path, _)| path != &file.0);
            files.push(*file);
        }
        head = repository.commit(&files, step.title, &[head])?;
        as_told &= tell(step, folder.path(), &base.to_string(), &head.to_string(), color, out)?;
    }
    Ok(if as_told { PASSED } else { FAILED })
}

/// Runs the check as the command line does, and says whether its verdict is the story's.
fn tell(
    step: &Step,
    repository: &std::path::Path,
    base: &str,
    head: &str,
    color: bool,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let environment = Environment::default();
    let report = crate::run(&Request {
        repository,
        base: Some(base),
        head: HeadChoice::Committed(Some(head)),
        config: None,
        config_from_base: false,
        rules: &[],
        environment: &environment,
        today: jiff::Zoned::now().date(),
    })?;
    let mut text = Vec::new();
    let style = Style { color, width: 120, ..Style::default() };
    Format::Text.write(&report, style, &mut text)?;
    let (base, head) = (&base[..7], &head[..7]);
    let title = format!("{}\n{}\n\n$ parity-check --base {base} --head {head}\n", step.title, step.told);
    let passes = report.passes(false);
    let code = u8::from(!passes);
    piped(out.write_all(title.as_bytes()))?;
    piped(out.write_all(&text))?;
    piped(out.write_all(format!("exit code {code}\n\n").as_bytes()))?;
    Ok(passes == step.passes)
}
