//! What is meant by a name or a path that is not there.

use crate::git::EntryKind;
use crate::path;
use crate::track::ends::{Modules, ReadError};
use crate::track::kind::Wrong;

/// Whether nothing is at a path at any end.
pub fn missing(path: &str, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
    for modules in at.iter() {
        if modules.snapshot.entry(path)?.is_some() {
            return Ok(None);
        }
    }
    let near = match at.first() {
        Some(modules) => near_path(path, modules)?,
        None => None,
    };
    let help =
        near.map_or_else(|| "paths are relative to the repository's root".to_owned(), |near| did_you_mean(&near));
    Ok(Some(Wrong::new(format!("there is no `{path}` in the repository"), help)))
}

/// What lies in the same folder under a name that is spelt alike.
fn near_path(path: &str, modules: &Modules<'_>) -> Result<Option<String>, ReadError> {
    let folder = path::folder(path);
    let is_folder = modules.snapshot.entry(folder)?.is_some_and(|entry| entry.kind == EntryKind::Directory);
    if !is_folder {
        return Ok(None);
    }
    let entries = modules.snapshot.list(folder)?;
    let name = path::name(path);
    Ok(nearest(name, entries.iter().map(|entry| entry.name.as_str())).map(|near| path::join(folder, near)))
}

pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = known.map(|known| (strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()), known));
    near.filter(|(likeness, _)| *likeness > 0.85).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}

pub fn did_you_mean(path: &str) -> String {
    format!("did you mean `{path}`?")
}
