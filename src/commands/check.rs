//! The check itself.

use std::io::{IsTerminal as _, Write};
use std::path::Path;

use super::{FOUND, Failure, PASSED, colored, piped};
use crate::Request;
use crate::cli::{CheckArgs, ConfigFrom};
use crate::git::{Environment, HeadChoice};
use crate::report::{Report, Style};

/// The width of the text where nobody says another.
const WIDTH: usize = 140;

pub fn run(arguments: &CheckArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let environment = Environment::from_process();
    let mut report = crate::run(&Request {
        repository: &arguments.project.repo,
        base: arguments.base.as_deref(),
        head: match (arguments.staged, arguments.worktree) {
            (true, _) => HeadChoice::Staged,
            (_, true) => HeadChoice::Worktree,
            _ => arguments.head.as_deref().map_or(HeadChoice::Unsaid, |head| HeadChoice::Committed(Some(head))),
        },
        config: arguments.project.config.as_deref(),
        config_from_base: arguments.config_from == ConfigFrom::Base,
        environment: &environment,
        today: jiff::Zoned::now().date(),
    })?;
    if arguments.strict && !report.unjudged.is_empty() {
        let asked = "`--strict` asks that something is compared on every track that a change touches, so the check does not pass";
        report.notes.push(asked.to_owned());
    }
    write(&report, arguments, out)?;
    Ok(if report.passes(arguments.strict) { PASSED } else { FOUND })
}

fn write(report: &Report, arguments: &CheckArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let to_terminal = arguments.output.is_none() && std::io::stdout().is_terminal();
    let style = Style {
        color: arguments.output.is_none() && colored(arguments.look.color, &std::io::stdout()),
        width: if to_terminal { terminal_width() } else { WIDTH },
        verbosity: arguments.look.verbosity(),
    };
    let mut text = Vec::new();
    arguments.format.write(report, style, &mut text)?;
    match &arguments.output {
        Some(path) => write_whole(path, &text),
        None => Ok(piped(out.write_all(&text))?),
    }
}

fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH)
}

/// Writes a file whole or not at all: what was there before stays until the new text is on the disk.
pub fn write_whole(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::File { path: path.to_owned(), error };
    // A pipe or a device cannot be replaced, and must not be.
    if path.exists() && !path.is_file() {
        return std::fs::write(path, text).map_err(fail);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".parity-check-").tempfile_in(folder).map_err(fail)?;
    file.write_all(text).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}
