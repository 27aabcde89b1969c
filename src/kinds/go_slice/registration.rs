//! Whether a slice of migrations in Go and the functions beside it fit together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::stray::{Misfit, Stray};
use crate::change::TrackChange;
use crate::track::Track;
use crate::evaluate::golang;
use crate::go::lists::{Action, List};
use crate::go::syntax::Function;
use crate::go::{File, Package, is_go};

/// What the change leaves without its other half.
pub fn strays(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
    let (track, Some(base_path)) = (&change.track, &change.base_path) else { return Ok(Vec::new()) };
    let Some(list) = golang::list(track, &mut ends.head)? else { return Ok(Vec::new()) };
    let Some(package) = ends.head.go_package(&track.path)? else { return Ok(Vec::new()) };
    // Where code puts the list together, it is not known what it takes.
    if !list.unread.is_empty() {
        return Ok(Vec::new());
    }
    let base = Track { path: base_path.clone(), ..track.clone() };
    let before: BTreeSet<String> = known_before(&base, &mut ends.base).into_iter().map(|stray| stray.name).collect();
    let mut found = undefined(&list, &package);
    for stray in &mut found {
        stray.pre_existing = before.contains(&stray.name);
    }
    found.extend(unregistered(&list, &package, ends));
    Ok(found)
}

fn known_before(base: &Track, modules: &mut Modules<'_>) -> Vec<Stray> {
    match (golang::list(base, modules), modules.go_package(&base.path)) {
        (Ok(Some(list)), Ok(Some(package))) => undefined(&list, &package),
        _ => Vec::new(),
    }
}

/// The names in elements that nothing in the package declares.
fn undefined(list: &List, package: &Package) -> Vec<Stray> {
    let mut found: Vec<Stray> = Vec::new();
    // A literal in a function may name what that function declares.
    if list.is_local {
        return found;
    }
    for (element, entry) in list.elements.iter().zip(golang::names(list)) {
        for action in &element.actions {
            let Action::Unknown(why) = action else { continue };
            let name = why.location.source.text().get(why.location.range.clone()).unwrap_or_default();
            let is_name = !name.is_empty() && name.chars().all(|part| part.is_alphanumeric() || part == '_');
            let is_declared = package.function(name).is_some() || package.variable(name).is_some();
            if is_name && !is_declared && found.iter().all(|stray| stray.name != name) {
                found.push(Stray {
                    name: name.to_owned(),
                    what: Misfit::Undefined { entry: entry.clone(), what_happens: "Go does not compile it" },
                    location: why.location.clone(),
                    pre_existing: false,
                });
            }
        }
    }
    found
}

/// The functions that the change adds to the package under such a name and with the same parameters as the registered
/// ones, and that nothing in the package speaks of. Those that other packages can call are let be.
fn unregistered(list: &List, package: &Package, ends: &mut Ends<'_>) -> Vec<Stray> {
    let (families, taken) = (families(list), all_take(list));
    let changed: Vec<String> =
        ends.changed.iter().filter(|change| change.new.is_some()).map(|change| change.path.clone()).collect();
    let own: BTreeSet<&str> = package.sources().map(crate::source::Source::path).collect();
    let words = std::cell::LazyCell::new(|| package.words());
    let mut found = Vec::new();
    for path in changed.iter().filter(|path| is_go(path) && own.contains(path.as_str())) {
        // One that does not parse is nobody's migration yet.
        let Ok(Some(file)) = ends.head.go_file(path) else { continue };
        let old: BTreeSet<String> = match ends.base.go_file(path) {
            Ok(Some(old)) => old.functions.iter().map(|function| function.name.to_string()).collect(),
            _ => BTreeSet::new(),
        };
        for function in &file.functions {
            let text = file.source.text().get(function.range.clone()).unwrap_or_default();
            let what = match (families.get(&family(function)), &taken) {
                (Some(like), _) => Misfit::Unregistered { like: like.clone() },
                (None, Some((kind, like))) if taken_by(function) == *kind && defines(text) => {
                    Misfit::Unnamed { like: like.clone() }
                }
                _ => continue,
            };
            // A function of tests' may stand outside of them.
            if matches!(what, Misfit::Unnamed { .. }) && tests_name(path, &function.name, &ends.head) {
                continue;
            }
            let is_exported = function.name.starts_with(char::is_uppercase);
            let acts = !function.body.is_empty();
            // Where it is declared it stands once.
            let is_mentioned = || words.get(&*function.name).is_some_and(|count| *count > 1);
            if is_exported || !acts || old.contains(&*function.name) || is_mentioned() {
                continue;
            }
            let at = function.range.start + text.find(&*function.name).unwrap_or_default();
            found.push(Stray {
                name: function.name.to_string(),
                what,
                location: file.location(&(at..at + function.name.len())),
                pre_existing: false,
            });
        }
        found.extend(unnamed_variables(list, &file, &words, ends));
    }
    found
}

/// The variables that are migrations of gormigrate's, are new, and are named nowhere in the package.
fn unnamed_variables(list: &List, file: &File, words: &HashMap<String, usize>, ends: &mut Ends<'_>) -> Vec<Stray> {
    let path = file.source.path();
    let old: BTreeSet<String> = match ends.base.go_file(path) {
        Ok(Some(old)) => old.variables.iter().map(|variable| variable.name.to_string()).collect(),
        _ => BTreeSet::new(),
    };
    let is_migration = |text: &str| {
        let value = text.split_once('=').map_or("", |(_, value)| value.trim_start().trim_start_matches('&'));
        value.starts_with("gormigrate.Migration{")
    };
    let mut found = Vec::new();
    for variable in &file.variables {
        let text = file.source.text().get(variable.range.start..).unwrap_or_default();
        let is_hidden = !variable.name.starts_with(char::is_uppercase) && &*variable.name != "_";
        let is_mentioned = words.get(&*variable.name).is_some_and(|count| *count > 1);
        let is_new = is_hidden && !old.contains(&*variable.name) && is_migration(text);
        if !is_new || is_mentioned || tests_name(path, &variable.name, &ends.head) {
            continue;
        }
        let Some(like) = golang::names(list).pop() else { continue };
        let at = variable.range.start + text.find(&*variable.name).unwrap_or_default();
        found.push(Stray {
            name: variable.name.to_string(),
            what: Misfit::Unnamed { like },
            location: file.location(&(at..at + variable.name.len())),
            pre_existing: false,
        });
    }
    found
}

/// Whether a function is a method, and the types of its parameters.
type Taken = (bool, Vec<String>);

fn taken_by(function: &Function) -> Taken {
    (function.receiver.is_some(), function.parameters.iter().map(|parameter| parameter.written.to_string()).collect())
}

/// What all registered functions take, with the last of them; `None` where they differ, or take nothing.
fn all_take(list: &List) -> Option<(Taken, String)> {
    let functions = list.elements.iter().flat_map(|element| &element.actions).filter_map(|action| match action {
        Action::Call(closure) if !closure.function.name.is_empty() => Some(&closure.function),
        _ => None,
    });
    let mut found: Option<(Taken, String)> = None;
    for function in functions {
        let taken = taken_by(function);
        if taken.1.is_empty() || found.as_ref().is_some_and(|(known, _)| *known != taken) {
            return None;
        }
        found = Some((taken, function.name.to_string()));
    }
    found
}

/// Whether a text of code says what defines tables.
fn defines(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let signs =
        ["ALTER TABLE ", "CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP TABLE ", "DROP COLUMN "];
    signs.iter().any(|sign| text.contains(sign))
}

/// Whether a test beside a file names something.
fn tests_name(path: &str, name: &str, modules: &Modules<'_>) -> bool {
    let folder = crate::path::folder(path);
    let entries = modules.snapshot.list(folder).unwrap_or_default();
    entries.iter().filter(|entry| entry.name.ends_with("_test.go")).any(|entry| {
        let text = modules.snapshot.read_text(&crate::path::join(folder, &entry.name), entry).ok().flatten();
        text.is_some_and(|source| source.text().contains(name))
    })
}

/// What tells a migration's function: the first word of its name, whether it is a method, and its parameters' types.
type Family = (String, bool, Vec<String>);

fn family(function: &Function) -> Family {
    let parameters = function.parameters.iter().map(|parameter| parameter.written.to_string()).collect();
    (stem(&function.name), function.receiver.is_some(), parameters)
}

/// The families of the registered functions, each with one of them. A word that only one of them begins with says nothing,
/// unless it says that it is a migration.
fn families(list: &List) -> BTreeMap<Family, String> {
    let mut counts: BTreeMap<Family, BTreeSet<String>> = BTreeMap::new();
    for action in list.elements.iter().flat_map(|element| &element.actions) {
        if let Action::Call(closure) = action
            && !closure.function.name.is_empty()
        {
            counts.entry(family(&closure.function)).or_default().insert(closure.function.name.to_string());
        }
    }
    let tells = |stem: &str| ["migrat", "upgrade"].iter().any(|word| stem.contains(word));
    let families = counts.into_iter().filter(|((stem, ..), names)| names.len() > 1 || tells(stem));
    families.filter_map(|(family, names)| Some((family, names.last()?.clone()))).collect()
}

/// The first word of a name in camel case or with underscores; numbers are alike.
fn stem(name: &str) -> String {
    let mut stem = String::new();
    for (at, part) in name.char_indices() {
        if at > 0 && (part == '_' || part.is_uppercase()) {
            break;
        }
        if part.is_ascii_digit() {
            if !stem.ends_with('0') {
                stem.push('0');
            }
        } else {
            stem.push(part);
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_the_first_word_with_numbers_alike() {
        for (name, wanted) in [
            ("migrateUsersAge", "migrate"),
            ("migrate", "migrate"),
            ("m012Age", "m0"),
            ("v10", "v0"),
            ("add_age", "add"),
        ] {
            assert_eq!(stem(name), wanted, "{name}");
        }
    }
}
