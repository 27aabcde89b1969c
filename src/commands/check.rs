//! The check itself.

use std::io::{IsTerminal as _, Write};
use std::path::Path;

use super::{FOUND, Failure, PASSED, colored, piped};
use crate::Request;
use crate::cli::{CheckArgs, CommonArgs, ConfigFrom};
use crate::git::{Environment, HeadChoice};
use crate::report::{Format, Report, Style};

/// The width of the text where nobody says another.
const WIDTH: usize = 140;

pub fn run(arguments: &CheckArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let environment = Environment::from_process();
    let mut report = crate::run(&Request {
        repository: &common.repo,
        base: arguments.base.as_deref(),
        head: match (arguments.staged, arguments.worktree) {
            (true, _) => HeadChoice::Staged,
            (_, true) => HeadChoice::Worktree,
            _ => arguments.head.as_deref().map_or(HeadChoice::Unsaid, |head| HeadChoice::Committed(Some(head))),
        },
        config: common.config.as_deref(),
        config_from_base: arguments.config_from == ConfigFrom::Base,
        rules: &arguments.rules,
        environment: &environment,
        today: jiff::Zoned::now().date(),
    })?;
    if arguments.strict && !report.unjudged.is_empty() {
        let asked = "`--strict` asks that something is compared on every track that a change touches, so the check does not pass";
        report.notes.push(asked.to_owned());
    }
    // Files first: whoever reads the output may stop reading.
    for (format, path) in &arguments.report {
        write_whole(path, &text(&report, *format, Style { width: WIDTH, ..Style::default() })?)?;
    }
    write(&report, arguments, common, out)?;
    Ok(if report.passes(arguments.strict) || arguments.exit_zero { PASSED } else { FOUND })
}

fn write(report: &Report, arguments: &CheckArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let verbosity = common.verbosity();
    match &arguments.output {
        Some(path) => {
            let style = Style { width: WIDTH, verbosity, ..Style::default() };
            write_whole(path, &text(report, arguments.format, style)?)
        }
        None => {
            let color = colored(common.color, &std::io::stdout());
            let links = color && std::io::stdout().is_terminal();
            let style = Style { color, links, width: width(), verbosity };
            Ok(piped(out.write_all(&text(report, arguments.format, style)?))?)
        }
    }
}

fn text(report: &Report, format: Format, style: Style) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    format.write(report, style, &mut text)?;
    Ok(text)
}

/// What `COLUMNS` says, else as wide as the terminal is.
fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let seen = || {
        let size = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(size.0.0))
    };
    said.or_else(seen).unwrap_or(WIDTH)
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
