use std::io::{self, Write};

use super::{Report, Style};

pub fn write(_report: &Report, _style: Style, _out: &mut dyn Write) -> io::Result<()> {
    Ok(())
}

/// Why the check could not be carried out, with the place it is about.
pub fn failure(message: &str, place: Option<&crate::source::Location>, help: Option<&str>, color: bool) -> String {
    let _ = color;
    let place = place.map(|place| format!("  --> {}:{}\n", place.path(), place.start().line)).unwrap_or_default();
    let help = help.map(|help| format!("  help: {help}\n")).unwrap_or_default();
    format!("error: {message}\n{place}{help}")
}
