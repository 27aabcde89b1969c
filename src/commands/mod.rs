//! What the program can be asked to do: one file per command, and the way from a command to an exit code.

use std::io::{self, Write};
use std::sync::mpsc::Sender;

use crate::cli::{Cli, ColorWhen, Command};
use crate::git::{Commit, Environment, GitError, HeadChoice, ObjectId, Repository, tree_to_judge};
use crate::report::{Style, text};

mod check;
mod demo;
mod failure;
mod fix;
mod graph;
mod heads;
mod history;
mod hook;
mod init;
mod rules;
mod schema;
mod sql;

pub use failure::Failure;

/// Everything is in order.
pub const PASSED: u8 = 0;
/// There are findings that count.
pub const FOUND: u8 = 1;
/// The command could not be carried out.
pub const FAILED: u8 = 2;

/// Carries out what the arguments ask for and answers with the exit code. A closed pipe is not an error: who has read
/// enough may stop reading, and the verdict stands.
///
/// `answered` is told when the first output is written, or when the command has ended.
pub fn dispatch(cli: &Cli, answered: Sender<()>) -> u8 {
    let mut out = Answer { inner: io::stdout().lock(), first: Some(answered) };
    let common = &cli.common;
    let outcome = match &cli.command {
        None => check::run(&cli.check, common, &mut out),
        Some(Command::Check(arguments)) => check::run(arguments, common, &mut out),
        Some(Command::Init(arguments)) => init::run(arguments, common, &mut out),
        Some(Command::Explain { rule }) => rules::explain(rule, &mut out),
        Some(Command::Rules) => rules::list(&mut out),
        Some(Command::Heads(arguments)) => heads::run(arguments, common, &mut out),
        Some(Command::Graph(arguments)) => graph::run(arguments, common, &mut out),
        Some(Command::History(arguments)) => history::run(arguments, common, &mut out),
        Some(Command::Fix(arguments)) => fix::run(arguments, common, &mut out),
        Some(Command::Schema(arguments)) => schema::run(arguments, common, &mut out),
        Some(Command::Sql(arguments)) => sql::run(arguments, common, &mut out),
        Some(Command::InstallHook(arguments)) => hook::run(arguments, common, &mut out),
        Some(Command::Completions { shell }) => completions(*shell, &mut out),
        Some(Command::Man) => man(&mut out),
        Some(Command::Demo) => demo::run(common.color, &mut out),
    };
    let outcome = outcome.and_then(|code| match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::from(error)),
        _ => Ok(code),
    });
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let (place, help) = failure.place();
            let style = Style { color: colored(common.color, &io::stderr()), ..Style::default() };
            let text = text::failure(&failure.to_string(), place, help.as_deref(), style);
            // Nobody is left to tell when standard error is closed too.
            let _ = io::stderr().lock().write_all(text.as_bytes());
            FAILED
        }
    }
}

/// Standard output that tells when something is written to it, or when it is flushed.
struct Answer<W> {
    inner: W,
    first: Option<Sender<()>>,
}

impl<W> Answer<W> {
    fn tell(&mut self) {
        if let Some(first) = self.first.take() {
            // Whoever waited has given up already.
            let _ = first.send(());
        }
    }
}

impl<W: Write> Write for Answer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tell();
        self.inner.write(bytes)
    }

    /// Also tells: who flushes before the first output watches over its own progress from there on.
    fn flush(&mut self) -> io::Result<()> {
        self.tell();
        self.inner.flush()
    }
}

fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<u8, Failure> {
    use clap::CommandFactory as _;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "parity-check", &mut script);
    piped(out.write_all(&script))?;
    Ok(PASSED)
}

fn man(out: &mut dyn Write) -> Result<u8, Failure> {
    use clap::CommandFactory as _;
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    piped(out.write_all(&page))?;
    Ok(PASSED)
}

/// Whether to colour what goes to this stream.
fn colored(when: ColorWhen, stream: &dyn IsTerminal) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            set("CLICOLOR_FORCE") || stream.is_terminal() && !set("NO_COLOR") && !dumb
        }
    }
}

/// What [`std::io::IsTerminal`] is, as far as a trait object can be it.
trait IsTerminal {
    fn is_terminal(&self) -> bool;
}

impl<T: io::IsTerminal> IsTerminal for T {
    fn is_terminal(&self) -> bool {
        io::IsTerminal::is_terminal(self)
    }
}

/// The commit that a command reads: the one named, else HEAD.
fn commit_at(repository: &Repository, at: Option<&str>) -> Result<Commit, GitError> {
    repository.commit(at.unwrap_or("HEAD"))
}

/// The tree that a command reads: that of the commit named, else by hand what the work tree has, in CI and in hooks HEAD's.
fn tree_at(repository: &Repository, at: Option<&str>) -> Result<ObjectId, GitError> {
    let environment = Environment::from_process();
    let choice = at.map_or(HeadChoice::Unsaid, |at| HeadChoice::Committed(Some(at)));
    let choice = choice.in_surroundings(repository, &environment);
    Ok(tree_to_judge(repository, commit_at(repository, at)?, choice, &environment)?.1)
}

/// Takes a closed pipe for success.
fn piped(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
