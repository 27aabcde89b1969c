//! Parses arguments, runs what they ask for, and maps the outcome to an exit code.

use std::process::ExitCode;

use clap::Parser as _;

use parity_check::cli::Cli;
use parity_check::commands;

/// Everything that walks a syntax tree does so recursively; the parser's own bound on nesting is made for this stack.
/// Only what is touched of it is ever mapped.
const STACK_BYTES: usize = 256 << 20;

/// The check could not be carried out.
const CANNOT_CHECK: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || commands::dispatch(&cli));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        // The panic has printed what happened; that is no verdict.
        Ok(Err(_)) | Err(_) => ExitCode::from(CANNOT_CHECK),
    }
}
