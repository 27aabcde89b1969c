//! The constant that says which version data have to be brought to: found by its name near the scripts, or configured.

use std::collections::{BTreeMap, BTreeSet};

use super::name::Version;
use super::script;
use crate::git::EntryKind;
use crate::path;
use crate::python::Module;
use crate::python::bindings::{Constant, binding, names};
use crate::python::registry::Names;
use crate::source::Location;
use crate::track::{Track, ddl};
use crate::track::ends::{Modules, ReadError};
use crate::track::kind::Wrong;

/// What the constant is called by everybody.
const USUAL: &str = "CURRENT_SCHEMA_VERSION";

/// A constant at one commit.
#[derive(Clone, Debug)]
pub struct Found {
    pub name: String,
    /// `None` where it is computed.
    pub version: Option<Version>,
    /// How its value is written: `3` or `"3.0"`.
    pub written: String,
    pub location: Location,
    /// Nobody configured it, and its name alone does not make it certain.
    pub is_guess: bool,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Constants {
    None,
    One(Found),
    /// Several that could be it, none before the others.
    Several(Vec<Found>),
}

impl Constants {
    pub fn one(&self) -> Option<&Found> {
        match self {
            Self::One(found) => Some(found),
            _ => None,
        }
    }

    /// The files that the constants stand in.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::One(found) => vec![found.location.path()],
            Self::Several(found) => found.iter().map(|found| found.location.path()).collect(),
        }
    }
}

/// The configured file and name: `path.py:NAME`, or a name alone.
pub fn configured(track: &Track) -> Option<(Option<&str>, &str)> {
    let text = track.version.as_deref()?;
    Some(match text.rsplit_once(':') {
        Some((path, name)) => (Some(path), name),
        None => (None, text),
    })
}

/// Finds the constant of a track whose scripts are in `directory` at this commit. The nearest wins, then the clearest
/// name; in folders above the scripts' parent only the usual name counts.
pub fn find(track: &Track, directory: &str, modules: &mut Modules<'_>) -> Result<Constants, ReadError> {
    let configured = configured(track);
    if let Some((Some(path), name)) = configured {
        let module = match modules.text(path)? {
            Some(_) => modules.module(path).ok().flatten(),
            None => None,
        };
        return Ok(module.and_then(|module| read(&module, name)).map_or(Constants::None, Constants::One));
    }
    let wanted = configured.map(|(_, name)| name);
    let mut folder = Some(directory);
    let mut steps = 0;
    while let Some(here) = folder {
        let mut ranked: BTreeMap<(usize, bool), Vec<Found>> = BTreeMap::new();
        for path in modules_in(here, modules)? {
            let may_have = |text: &str| text.contains(wanted.unwrap_or("VERSION"));
            let text = modules.text(&path)?;
            if !text.is_some_and(|source| may_have(source.text())) {
                continue;
            }
            // One that does not parse is for others to tell.
            let Ok(Some(module)) = modules.module(&path) else { continue };
            let known: BTreeSet<String> = names(&module).into_iter().collect();
            let clear = |name: &String| rank(name, wanted).filter(|rank| steps < 2 || *rank == 0);
            let Some(best) = known.iter().filter_map(clear).min() else { continue };
            // Two are as many as any number: none of them is certain.
            for name in known.iter().filter(|name| clear(name) == Some(best)).take(2) {
                if let Some(mut found) = read(&module, name) {
                    found.is_guess = best > 0;
                    ranked.entry((best, !path.ends_with("/__init__.py"))).or_default().push(found);
                }
            }
        }
        if let Some((_, found)) = ranked.pop_first() {
            return Ok(if found.len() > 1 { Constants::Several(found) } else { one(found) });
        }
        steps += 1;
        folder = if here.is_empty() { None } else { Some(path::folder(here)) };
    }
    Ok(Constants::None)
}

/// Whether the configured constant may be there at this commit: in the file that is named with it, or else in one beside
/// the scripts or above them. It is there unless the text says that it is not.
pub fn may_exist(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let Some((path, name)) = configured(track) else { return Ok(true) };
    if let Some(path) = path {
        return may_have(path, name, modules);
    }
    let mut folder = Some(track.path.as_str());
    while let Some(here) = folder {
        for path in modules_in(here, modules)? {
            if may_have(&path, name, modules)? {
                return Ok(true);
            }
        }
        folder = if here.is_empty() { None } else { Some(path::folder(here)) };
    }
    Ok(false)
}

/// Whether a Python file may bind a name; one that is not there binds none, and of one that does not parse it is not known.
pub fn may_have(path: &str, name: &str, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    if !may_say(path, name, modules)? {
        return Ok(false);
    }
    Ok(modules.module(path).map_or(true, |module| module.is_some_and(|module| !Names::of(&module).lacks(name))))
}

/// The same as far as the text alone tells.
pub fn may_say(path: &str, name: &str, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let text = modules.text(path)?;
    Ok(text.is_some_and(|source| source.text().contains(name) || source.text().contains("import *")))
}

/// The name in a file that is most like this one.
pub fn nearest(path: &str, name: &str, modules: &mut Modules<'_>) -> Option<String> {
    let module = modules.module(path).ok().flatten()?;
    let near = names(&module).into_iter().map(|known| (strsim::jaro_winkler(name, &known), known));
    let near = near.filter(|(likeness, _)| *likeness > 0.85).max_by(|one, other| one.0.total_cmp(&other.0));
    near.map(|(_, known)| known)
}

/// What is wrong with a `version` that names a constant which this file does not have.
pub fn misnamed(path: &str, name: &str, modules: Option<&mut Modules<'_>>) -> Wrong {
    let help = match modules.and_then(|modules| nearest(path, name, modules)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name the constant that has the highest version, or take `version` away".to_owned(),
    };
    Wrong::new(format!("`version` names `{name}`, which `{path}` does not have"), help)
}

fn one(found: Vec<Found>) -> Constants {
    found.into_iter().next().map_or(Constants::None, Constants::One)
}

/// The Python files of a folder that are no migration scripts.
fn modules_in(folder: &str, modules: &Modules<'_>) -> Result<Vec<String>, ReadError> {
    let entries = match modules.snapshot.list(folder) {
        Ok(entries) => entries,
        Err(error) if error.is_not_text() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let files = entries.into_iter().filter(|entry| entry.kind == EntryKind::File && ddl::is_python(&entry.name));
    let others = files.filter(|entry| !super::name::is_step(&entry.name));
    Ok(others.map(|entry| path::join(folder, &entry.name)).collect())
}

/// How clearly a name says that this is the constant, the clearest first; `None` for other names.
fn rank(name: &str, wanted: Option<&str>) -> Option<usize> {
    if let Some(wanted) = wanted {
        return (name == wanted).then_some(0);
    }
    if name == USUAL {
        return Some(0);
    }
    if !name.ends_with("VERSION") || script::LEFT_OUT.contains(&name) {
        return None;
    }
    let signs: [&[&str]; 3] = [&["CURRENT", "SCHEMA"], &["LATEST", "SCHEMA"], &["SCHEMA"]];
    let others = ["MIN", "LEGACY", "INITIAL", "OLD", "BASE", "FIRST", "DEFAULT"];
    if others.iter().any(|other| name.contains(other)) {
        return None;
    }
    signs.iter().position(|sign| sign.iter().all(|word| name.contains(word))).map(|at| at + 1)
}

/// The constant of this name in a module; `None` where it has none.
fn read(module: &Module, name: &str) -> Option<Found> {
    let found = binding(module, name)?;
    let location = Location::new(&module.source, found.range, "");
    let (version, written) = match found.value {
        Constant::Int(value) => (Version::parse(&value.to_string()), value.to_string()),
        Constant::Text(text) => (Version::parse(&text), format!("{text:?}")),
        _ => (None, String::new()),
    };
    Some(Found { name: name.to_owned(), version, written, location, is_guess: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_name_comes_first_and_others_by_what_they_say() {
        let clearest =
            ["CURRENT_SCHEMA_VERSION", "CURRENT_NOTES_SCHEMA_VERSION", "LATEST_SCHEMA_VERSION", "SCHEMA_VERSION"];
        let ranks: Vec<usize> = clearest.iter().map(|name| rank(name, None).unwrap()).collect();
        assert_eq!(ranks, [0, 1, 2, 3]);
        for other in
            ["API_VERSION", "FROM_VERSION", "MIN_SCHEMA_VERSION", "LEGACY_SCHEMA_VERSION", "schema_version", "X"]
        {
            assert_eq!(rank(other, None), None, "{other}");
        }
        assert_eq!((rank("LEVEL", Some("LEVEL")), rank("SCHEMA_VERSION", Some("LEVEL"))), (Some(0), None));
    }
}
