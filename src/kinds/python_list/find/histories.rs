//! Which lists of a module are histories of their own.

use std::collections::BTreeSet;

use super::assigned;
use crate::python::Module;
use crate::python::fresh::speakers;
use crate::python::lists::{self, List, scopes};
use crate::track::ends::Modules;

/// No module of a program has more lists of migrations.
const MOST_LISTS: usize = 24;

/// The names of the lists of migrations that a file has, the one that speaks most clearly for itself first. In front of one
/// that a function or a class binds stands the name of that, where several do.
pub fn names(path: &str, text: &str, modules: &mut Modules<'_>) -> Vec<String> {
    if !text.contains("igrations") && !text.contains("IGRATIONS") {
        return Vec::new();
    }
    let names = assigned(text);
    if names.is_empty() {
        return Vec::new();
    }
    // A file that does not parse is still a track where its list has the usual name: an error, not a silence.
    let module = match modules.module(path) {
        Ok(Some(module)) => module,
        Ok(None) => return Vec::new(),
        Err(_) => return names.contains("MIGRATIONS").then(|| "MIGRATIONS".to_owned()).into_iter().collect(),
    };
    let mut found: Vec<(String, List)> = Vec::new();
    for name in names.into_iter().take(MOST_LISTS) {
        for name in in_scopes(&module, name, modules) {
            let Some(list) = lists::list(&module, &name, modules) else { continue };
            let acting = list.entries.iter().filter(|entry| entry.acts).count();
            // An empty list, or one that code puts together, is told by its name alone.
            let by_name = name == "MIGRATIONS" && list.entries.is_empty() && path.contains("migrat");
            if by_name || acting > 0 && acting == list.entries.len() {
                found.push((name, list));
            }
        }
    }
    // The first of several that functions bind stays the first when others follow it in the text.
    let begin = |list: &List| list.location.as_ref().map_or(0, |location| location.range.start);
    found.sort_by_key(|(name, list)| {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let (is_usual, is_bound) = (name == "MIGRATIONS", name.contains('.'));
        let size = if is_bound { 0 } else { list.entries.len() };
        (!is_usual, std::cmp::Reverse(size), std::cmp::Reverse(bare.to_owned()), begin(list))
    });
    found.truncate(MOST_LISTS);
    apart(&module, found)
}

/// A name as it is, or with each of the functions or classes in front that bind it, where no single place does.
fn in_scopes(module: &Module, name: &str, modules: &mut Modules<'_>) -> Vec<String> {
    let scopes = scopes::binding(module, name);
    if scopes.len() < 2 || lists::is_bound(module, name, modules) {
        return vec![name.to_owned()];
    }
    scopes.into_iter().map(|scope| format!("{scope}.{name}")).collect()
}

/// A list that is a history of its own.
struct Kept {
    name: String,
    /// The places of its entries.
    places: BTreeSet<(String, usize)>,
    /// The functions that run it.
    runners: BTreeSet<String>,
    /// The numbers that its entries are called, where all are.
    numbers: BTreeSet<i64>,
}

impl Kept {
    fn of(module: &Module, name: String, list: &List) -> Self {
        let places = list.entries.iter().map(|entry| (entry.location.path().to_owned(), entry.location.range.start));
        let runners = match name.split_once('.') {
            Some((scope, _)) => BTreeSet::from([scope.to_owned()]),
            None => speakers(module, &name),
        };
        let numbers: Option<BTreeSet<i64>> = list.entries.iter().map(|entry| entry.name.parse().ok()).collect();
        Self { places: places.collect(), runners, numbers: numbers.unwrap_or_default(), name }
    }

    /// Whether it has nothing in common with another one: no entry, and nobody who runs both. Where nobody here runs it, its
    /// numbers say so that the other one has, too: no history has one twice.
    fn is_apart(&self, other: &Self) -> bool {
        let has_another_runner = !self.runners.is_empty() && self.runners.is_disjoint(&other.runners);
        let counts_anew = self.runners.is_empty() && !self.numbers.is_disjoint(&other.numbers);
        self.places.is_disjoint(&other.places) && (has_another_runner || counts_anew)
    }
}

/// Those lists that have nothing in common with one before.
fn apart(module: &Module, found: Vec<(String, List)>) -> Vec<String> {
    let mut kept: Vec<Kept> = Vec::new();
    for (name, list) in found {
        let own = Kept::of(module, name, &list);
        // What is empty is only told by being the first.
        if kept.is_empty() || !own.places.is_empty() && kept.iter().all(|other| own.is_apart(other)) {
            kept.push(own);
        }
    }
    kept.into_iter().map(|own| own.name).collect()
}
