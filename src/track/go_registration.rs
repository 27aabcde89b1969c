//! Whether a slice of migrations in Go and the functions beside it fit together.

use std::collections::{BTreeMap, BTreeSet};

use super::ends::{Ends, Modules, ReadError};
use super::registration::{Misfit, Stray};
use super::{Track, TrackChange};
use crate::evaluate::golang;
use crate::go::lists::{Action, List};
use crate::go::syntax::Function;
use crate::go::{Package, is_go};

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
                    what: Misfit::Undefined { entry: entry.clone() },
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
    let families = families(list);
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
            let Some(like) = families.get(&family(function)) else { continue };
            let is_exported = function.name.starts_with(char::is_uppercase);
            let acts = !function.body.is_empty();
            // Where it is declared it stands once.
            let is_mentioned = || words.get(&*function.name).is_some_and(|count| *count > 1);
            if is_exported || !acts || old.contains(&*function.name) || is_mentioned() {
                continue;
            }
            let text = file.source.text().get(function.range.clone()).unwrap_or_default();
            let at = function.range.start + text.find(&*function.name).unwrap_or_default();
            found.push(Stray {
                name: function.name.to_string(),
                what: Misfit::Unregistered { like: like.clone() },
                location: file.location(&(at..at + function.name.len())),
                pre_existing: false,
            });
        }
    }
    found
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
