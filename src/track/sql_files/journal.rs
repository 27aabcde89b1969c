//! Drizzle's journal: the list of what runs, beside the files (`meta/_journal.json`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::history::Step;
use crate::path;
use crate::source::{Location, Source};
use crate::track::Track;
use crate::track::ends::{Modules, ReadError};

/// The journal below the folder of the files.
pub const FILE: &str = "meta/_journal.json";

/// What is wrong with a journal, and what it says.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// Why it cannot be read, with the place.
    pub broken: Option<(String, Location)>,
    /// Entries without their file: drizzle stops there.
    pub missing: Vec<(String, Location)>,
    /// Entries that stand there once more: drizzle runs their file again.
    pub twice: Vec<(String, Location)>,
    /// Files that no entry names: never run.
    pub unlisted: Vec<Step>,
    /// When each entry was made: what is no later than the last one that has run never runs.
    pub when: BTreeMap<String, u64>,
    /// Those that are no later than one before them: databases that had that never ran them.
    pub late: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Raw {
    entries: Vec<RawEntry>,
}

#[derive(Deserialize)]
struct RawEntry {
    tag: String,
    when: u64,
}

/// Puts steps into the order of the journal, and takes out those that it does not list.
pub(super) fn read(
    track: &Track,
    steps: &mut Vec<Step>,
    modules: &mut Modules<'_>,
) -> Result<Option<Journal>, ReadError> {
    let path = path::join(&track.path, FILE);
    let Some(source) = modules.text(&path)? else { return Ok(None) };
    let raw: Raw = match serde_json::from_str(source.text()) {
        Ok(raw) => raw,
        Err(error) => {
            let place = Location::line(&source, error.line().max(1), "");
            return Ok(Some(Journal { broken: Some((error.to_string(), place)), ..Journal::default() }));
        }
    };
    let mut journal = Journal::default();
    let mut listed = Vec::new();
    for entry in &raw.entries {
        journal.when.insert(entry.tag.clone(), entry.when);
        match steps.iter().position(|step| step.name == entry.tag) {
            // What it records is the moment; number and name are for people.
            Some(at) => listed.push(Step { version: entry.when.to_string(), ..steps.remove(at) }),
            None if listed.iter().any(|step: &Step| step.name == entry.tag) => {
                journal.twice.push((entry.tag.clone(), last_place_of(&source, &entry.tag)));
            }
            None => journal.missing.push((entry.tag.clone(), place_of(&source, &entry.tag))),
        }
    }
    journal.unlisted = std::mem::replace(steps, listed);
    let mut latest = 0;
    for entry in &raw.entries {
        if entry.when <= latest {
            journal.late.insert(entry.tag.clone());
        }
        latest = latest.max(entry.when);
    }
    Ok(Some(journal))
}

/// The line that names an entry.
fn place_of(source: &Source, tag: &str) -> Location {
    let at = source.text().find(&format!("\"{tag}\"")).unwrap_or_default();
    Location::line(source, source.line_at(at), "")
}

/// The last line that does.
fn last_place_of(source: &Source, tag: &str) -> Location {
    let at = source.text().rfind(&format!("\"{tag}\"")).unwrap_or_default();
    Location::line(source, source.line_at(at), "")
}
