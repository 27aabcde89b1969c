//! A small project with both tracks, as a real repository in a temporary folder, and the real check on its story.

use std::io::Write;

use super::Failure;
use crate::cli::ColorWhen;

pub fn run(_color: ColorWhen, _out: &mut dyn Write) -> Result<u8, Failure> {
    Ok(super::FAILED)
}
