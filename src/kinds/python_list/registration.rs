//! Whether a list of migrations and the functions beside it fit together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use crate::track::python_list::entry_text;
use crate::source::{words, Location};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::TrackChange;
use crate::change::stray::{Misfit, Stray};
use crate::track::{ddl, python_list};
use crate::folders::Walk;
use crate::path;
use crate::python::Module;
use crate::python::bindings::{Import, imports, module_files};
use crate::python::lists::List;
use crate::python::registry::{self, Function, Names, TopClass};

/// What the change leaves without its other half.
pub fn strays(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
    let (track, Some(base_path)) = (&change.track, &change.base_path) else { return Ok(Vec::new()) };
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let Some(list) = python_list::read(&mut ends.head, &track.path, name)? else { return Ok(Vec::new()) };
    // Where code puts the list together, it is not known what it takes.
    if !list.unread.is_empty() {
        return Ok(Vec::new());
    }
    let old = python_list::read(&mut ends.base, base_path, name)?.unwrap_or_default();
    let before: BTreeSet<String> =
        undefined(&Defined::all(&old, base_path, &mut ends.base)?, &old, base_path, &mut ends.base)
            .into_iter()
            .map(|stray| stray.name)
            .collect();
    let defined = Defined::all(&list, &track.path, &mut ends.head)?;
    let mut found = undefined(&defined, &list, &track.path, &mut ends.head);
    for stray in &mut found {
        stray.pre_existing = before.contains(&stray.name);
    }
    let registered = registered(&defined, &list, &track.path, &mut ends.head);
    found.extend(unregistered(&registered, (&track.path, name), ends)?);
    found.extend(unregistered_classes(&list, &track.path, ends)?);
    Ok(found)
}

/// The names in entries that are not there when the list is made.
fn undefined(all: &BTreeMap<String, Defined>, list: &List, path: &str, modules: &mut Modules<'_>) -> Vec<Stray> {
    let mut found: Vec<Stray> = Vec::new();
    for entry in &list.entries {
        let path = own_path(&entry.location, path);
        let Some(defined) = all.get(path) else { continue };
        for (name, place) in defined.names.loaded_in(&entry.location.range) {
            let entry = entry.name.clone();
            let what = if defined.names.leaves_undefined(name) {
                Misfit::Undefined { entry, what_happens: "Python stops with a NameError where it is asked for" }
            } else if defined.comes_later(name, &place) {
                Misfit::DefinedLater { entry }
            } else if let Some(module) = defined.imports.get(name).and_then(|import| missing(path, import, modules)) {
                Misfit::NotInModule { entry, module }
            } else {
                continue;
            };
            if found.iter().all(|stray| stray.name != *name) {
                let location = Location::new(&defined.module.source, place, "");
                found.push(Stray { name: name.to_owned(), what, location, pre_existing: false });
            }
        }
    }
    found
}

/// What the names of a module mean in which entries stand.
struct Defined {
    module: Rc<Module>,
    names: Names,
    /// A name may be defined several times.
    functions: HashMap<String, Vec<Function>>,
    imports: HashMap<String, Import>,
}

impl Defined {
    /// Those of every module that a list takes entries from, by its path.
    fn all(list: &List, path: &str, modules: &mut Modules<'_>) -> Result<BTreeMap<String, Self>, ReadError> {
        let mut all = BTreeMap::new();
        for path in list.entries.iter().map(|entry| own_path(&entry.location, path)) {
            if !all.contains_key(path)
                && let Some(module) = modules.module(path)?
            {
                all.insert(path.to_owned(), Self::of(&module));
            }
        }
        Ok(all)
    }

    fn of(module: &Rc<Module>) -> Self {
        let imports = imports(module).into_iter().map(|import| (import.local.clone(), import)).collect();
        let mut functions: HashMap<String, Vec<Function>> = HashMap::new();
        for function in registry::functions(module) {
            functions.entry(function.name.clone()).or_default().push(function);
        }
        Self { names: Names::of(module), functions, imports, module: module.clone() }
    }

    /// Whether a name is that of a function further down, where code at the top level asks for it as the module is loaded.
    fn comes_later(&self, name: &str, place: &Range<usize>) -> bool {
        let is_inside = |function: &Function| function.range.start < place.start && place.start < function.range.end;
        let is_later = |function: &Function| function.range.start > place.start;
        self.functions.get(name).is_some_and(|own| own.iter().all(is_later))
            && !self.module.source.line(self.module.source.line_at(place.start)).contains("lambda")
            && !self.functions.values().flatten().any(is_inside)
    }
}

/// The module that an import takes a name from, where the repository has it and it has no such name.
fn missing(path: &str, import: &Import, modules: &mut Modules<'_>) -> Option<String> {
    let name = import.name.as_ref().filter(|name| *name != "*")?;
    let inner: Vec<String> = import.module.iter().cloned().chain([name.clone()]).collect();
    let is_there = |file: &str| matches!(modules.snapshot.entry(file), Ok(Some(_)));
    // It may be a module or a folder of its own.
    let is_module = |file: &String| is_there(file) || file.strip_suffix("/__init__.py").is_some_and(is_there);
    if module_files(path, import.level, &inner).iter().any(is_module) {
        return None;
    }
    let files = module_files(path, import.level, &import.module).into_iter();
    let files: Vec<String> = files.filter(|file| is_there(file)).collect();
    let first = files.first()?.clone();
    let lack = |file: &String| matches!(modules.module(file), Ok(Some(module)) if Names::of(&module).lacks(name));
    files.iter().all(lack).then_some(first)
}

fn own_path<'p>(location: &'p Location, path: &'p str) -> &'p str {
    if location.path().is_empty() { path } else { location.path() }
}

/// The functions that the change adds beside registered ones, under such a name and with the same parameters, and that
/// nothing speaks of: no code of the module, and none of the project but its tests.
fn unregistered(
    registered: &[(String, Function)],
    (path, name): (&str, &str),
    ends: &mut Ends<'_>,
) -> Result<Vec<Stray>, ReadError> {
    let changed = ends.changed.iter().filter(|change| change.new.is_some() && ddl::is_python(&change.path));
    let changed: Vec<String> = changed.map(|change| change.path.clone()).collect();
    let families = families(registered);
    let bare = name.rsplit('.').next().unwrap_or(name);
    let folders: BTreeSet<&str> =
        registered.iter().map(|(path, _)| path::folder(path)).chain([path::folder(path)]).collect();
    let mut found = Vec::new();
    for path in changed.iter().filter(|path| folders.contains(path::folder(path))) {
        // One that does not parse is nobody's migration yet.
        let Ok(Some(module)) = ends.head.module(path) else { continue };
        let old: BTreeSet<String> = match ends.base.module(path) {
            Ok(Some(old)) => registry::functions(&old).into_iter().map(|function| function.name).collect(),
            _ => BTreeSet::new(),
        };
        for function in registry::functions(&module) {
            let Some(like) = families.get(&(stem(&function.name), function.parameters.len())) else { continue };
            let is_new = !old.contains(&function.name) && !function.decorated && function.acts;
            // What goes through the list is its runner.
            let runs_list = has_name(module.text().get(function.range.clone()).unwrap_or_default(), bare);
            let is_registered = registered.iter().any(|(_, known)| known.name == function.name);
            if is_new && !runs_list && !is_registered && !is_mentioned(&function, &module, &ends.head)? {
                found.push(Stray {
                    what: Misfit::Unregistered { like: like.clone() },
                    location: Location::new(&module.source, function.named.clone(), ""),
                    name: function.name,
                    pre_existing: false,
                });
            }
        }
    }
    Ok(found)
}

/// The classes that the change adds to the list's module on the same base as those of all entries, and that nothing speaks of.
fn unregistered_classes(list: &List, path: &str, ends: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
    /// How a base finds its classes by itself.
    const FINDS: [&str; 4] = ["__subclasses__", "__init_subclass__", "inspect", "globals("];
    let Some(module) = ends.head.module(path)? else { return Ok(Vec::new()) };
    let is_own = |location: &Location| location.path().is_empty() || location.path() == path;
    if list.entries.len() < 2 || !list.entries.iter().all(|entry| is_own(&entry.location)) {
        return Ok(Vec::new());
    }
    let classes = registry::classes(&module);
    let of_entry = |code: String| {
        let name = code.split('(').next().unwrap_or_default().trim().to_owned();
        classes.iter().find(|class| class.name == name)
    };
    let registered: Option<Vec<&TopClass>> = list.entries.iter().map(|entry| of_entry(entry.code())).collect();
    let Some([first, rest @ ..]) = registered.as_deref() else { return Ok(Vec::new()) };
    if first.base.is_none()
        || rest.iter().any(|class| class.base != first.base)
        || FINDS.iter().any(|word| module.text().contains(word))
    {
        return Ok(Vec::new());
    }
    let old: BTreeSet<String> = match ends.base.module(path) {
        Ok(Some(old)) => registry::classes(&old).into_iter().map(|class| class.name).collect(),
        _ => BTreeSet::new(),
    };
    let mut found = Vec::new();
    for class in classes.iter().filter(|class| class.base == first.base && !class.decorated) {
        let is_known = old.contains(&class.name) || is_spoken_of(&class.name, &class.range, &module, &ends.head)?;
        if !is_known {
            found.push(Stray {
                what: Misfit::Unnamed { like: first.name.clone() },
                location: Location::new(&module.source, class.named.clone(), ""),
                name: class.name.clone(),
                pre_existing: false,
            });
        }
    }
    Ok(found)
}

/// The functions that entries name, with the files that define them.
fn registered(
    all: &BTreeMap<String, Defined>,
    list: &List,
    path: &str,
    modules: &mut Modules<'_>,
) -> Vec<(String, Function)> {
    let mut elsewhere: BTreeMap<(&str, String), Option<(String, Function)>> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in &list.entries {
        let path = own_path(&entry.location, path);
        let Some(defined) = all.get(path) else { continue };
        let text = entry_text(&entry.location);
        for (_, word) in words(&text) {
            if let Some(function) = defined.functions.get(word).and_then(|own| own.last()) {
                found.push((path.to_owned(), function.clone()));
            } else if let Some(import) = defined.imports.get(word) {
                // Of those that come from elsewhere the file tells where their like may be.
                let function = elsewhere.entry((path, word.to_owned()));
                found.extend(function.or_insert_with(|| imported(path, import, modules)).clone());
            }
        }
    }
    found
}

/// The function that an import brings, with its file.
fn imported(path: &str, import: &Import, modules: &mut Modules<'_>) -> Option<(String, Function)> {
    let name = import.name.as_ref()?;
    module_files(path, import.level, &import.module).into_iter().find_map(|file| {
        let module = modules.module(&file).ok().flatten()?;
        let function = registry::functions(&module).into_iter().find(|function| function.name == *name)?;
        Some((file, function))
    })
}

/// What names and parameters the registered functions have in common, each with one of them. A word that only one of
/// them begins with says nothing, unless it says that it is a migration.
fn families(registered: &[(String, Function)]) -> BTreeMap<(String, usize), String> {
    let mut counts: BTreeMap<(String, usize), BTreeSet<&str>> = BTreeMap::new();
    for (_, function) in registered {
        counts.entry((stem(&function.name), function.parameters.len())).or_default().insert(&function.name);
    }
    let tells = |stem: &str| ["migrat", "upgrade"].iter().any(|word| stem.contains(word));
    let families = counts.into_iter().filter(|((stem, _), names)| names.len() > 1 || tells(stem));
    families.filter_map(|(family, names)| Some((family, (*names.last()?).to_owned()))).collect()
}

/// The first word of a name, its underscores before it included; numbers are alike.
fn stem(name: &str) -> String {
    let word = name.trim_start_matches('_');
    let lead = name.len() - word.len();
    let end = word.find('_').map_or(name.len(), |at| lead + at);
    let mut stem = String::new();
    for part in name[..end].chars() {
        let part = if part.is_ascii_digit() { '0' } else { part };
        if part != '0' || !stem.ends_with('0') {
            stem.push(part);
        }
    }
    stem
}

/// Whether any code of the project speaks of a function, its tests and itself aside.
fn is_mentioned(function: &Function, module: &Module, head: &Modules<'_>) -> Result<bool, ReadError> {
    is_spoken_of(&function.name, &function.range, module, head)
}

fn is_spoken_of(name: &str, own: &Range<usize>, module: &Module, head: &Modules<'_>) -> Result<bool, ReadError> {
    if registry::mentions(module, name, own) {
        return Ok(true);
    }
    let spoken: Result<_, ReadError> = Walk::own().any(&head.snapshot, |path, entry| {
        if !ddl::is_python(path) || path == module.source.path() || is_test(&entry.name) {
            return Ok(false);
        }
        let Some(source) = head.snapshot.read_text(path, entry)? else { return Ok(false) };
        // What does not parse may speak of it in code.
        let speaks = |module: &Module| registry::mentions(module, name, &(0..0));
        Ok(has_name(source.text(), name) && Module::parse(&source).map_or(true, |module| speaks(&module)))
    });
    Ok(spoken?.unwrap_or(true))
}

fn is_test(name: &str) -> bool {
    name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py"
}

fn has_name(text: &str, name: &str) -> bool {
    text.contains(name) && words(text).any(|(_, word)| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_the_first_word_with_numbers_alike() {
        for (name, wanted) in [
            ("_migrate_users_age", "_migrate"),
            ("migrate", "migrate"),
            ("_m012_age", "_m0"),
            ("__up", "__up"),
            ("migration_3", "migration"),
            ("v10to11", "v0to0"),
            ("_", "_"),
            ("", ""),
        ] {
            assert_eq!(stem(name), wanted, "{name}");
        }
    }
}
