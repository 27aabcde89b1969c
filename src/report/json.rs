use std::io::{self, Write};

use super::Report;

pub fn write(_report: &Report, _out: &mut dyn Write) -> io::Result<()> {
    Ok(())
}
