//! Stops the merge when a schema change reaches one database track and not the other.

pub mod cli;
pub mod finding;
pub mod python;
pub mod report;
pub mod rules;
pub mod source;
pub mod track;
