//! Parses arguments, runs what they ask for, and maps the outcome to an exit code.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::mpsc;

use parity_check::cli::Cli;
use parity_check::commands::{self, FAILED};
use parity_check::report::{Style, text};
use parity_check::threads::{STACK_BYTES, wait_for};

/// For SQLite and libgit2, too, which are linked in. An evaluation is made of small blocks: with the system's allocator it
/// takes a quarter longer.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A page of two megabytes takes longer to clear than most checks need of it.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let cli = Cli::from_process();
    let (answered, answer) = mpsc::channel();
    let work = move || commands::dispatch(&cli, answered);
    let Ok(worker) = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work) else {
        return ExitCode::from(FAILED);
    };
    // Once there is something to say, a reader may take all the time in the world.
    if let Err(message) = wait_for(&answer, 1) {
        // Nobody is left to tell when standard error is closed.
        let text = text::failure(&message, None, None, Style::default());
        let _ = std::io::stderr().write_all(text.as_bytes());
        return ExitCode::from(FAILED);
    }
    match worker.join() {
        Ok(code) => ExitCode::from(code),
        // The panic has printed what happened; that is no verdict.
        Err(_) => ExitCode::from(FAILED),
    }
}
