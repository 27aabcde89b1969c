//! Which constant of a module says how far a dict of versions leads.

use std::collections::BTreeSet;

use crate::python::Module;
use crate::python::bindings::{functions, names};
use crate::python::fresh::speakers;
use crate::python::lists::scopes;
use crate::track::Track;
use crate::source::words;

/// What a constant with the highest version is called after; less is better.
const SIGNS: [&str; 4] = ["CURRENT", "LATEST", "TARGET", "SCHEMA"];

/// The name of the constant that belongs to a track's dict: the one that is configured; of several, the one that the code
/// which runs the dict names, or the one that is called like it.
pub(super) fn name(track: &Track, module: &Module) -> Option<String> {
    let all = names(module);
    if let Some(wanted) = &track.version {
        return all.into_iter().find(|name| name == wanted);
    }
    // One with more words is about something that the others are not about.
    let rank = |name: &String| Some((SIGNS.iter().position(|sign| name.contains(sign))?, name.matches('_').count()));
    let mut ranked: Vec<((usize, usize), String)> = all
        .into_iter()
        .filter(|name| name.ends_with("VERSION"))
        .filter_map(|name| Some((rank(&name)?, name)))
        .collect();
    ranked.sort();
    ranked.dedup();
    if ranked.len() > 1 {
        let spoken = spoken_of(track, module);
        let own = ranked.iter().find(|(_, name)| spoken.contains(name.as_str()));
        if let Some((_, name)) = own.or_else(|| ranked.iter().find(|(_, name)| is_called_like(name, track))) {
            return Some(name.clone());
        }
    }
    ranked.into_iter().next().map(|(_, name)| name)
}

/// The words of the function that binds the dict, or of those that name it.
fn spoken_of<'m>(track: &Track, module: &'m Module) -> BTreeSet<&'m str> {
    let text = |range: std::ops::Range<usize>| module.text().get(range).unwrap_or_default();
    if let Some((scope, _)) = track.list.as_deref().and_then(|list| list.rsplit_once('.')) {
        return scopes::place(module, scope)
            .into_iter()
            .flat_map(|range| words(text(range)))
            .map(|(_, word)| word)
            .collect();
    }
    let known = functions(module);
    let ranges = speakers(module, track.bare_list()).into_iter().filter_map(|name| known.get(&name).cloned());
    ranges.flat_map(|range| words(text(range))).map(|(_, word)| word).collect()
}

/// Whether every word that tells a dict from others is one of the constant's.
fn is_called_like(constant: &str, track: &Track) -> bool {
    const COMMON: [&str; 6] = ["migrate", "migrations", "migration", "run", "apply", "db"];
    let list = track.list.as_deref().unwrap_or_default().to_ascii_lowercase();
    let constant = constant.to_ascii_lowercase();
    let parts: BTreeSet<&str> = constant.split('_').map(|part| part.trim_end_matches('s')).collect();
    let own = list.split('.').next().unwrap_or_default().split('_');
    let own: Vec<&str> = own.filter(|part| !part.is_empty() && !COMMON.contains(part)).collect();
    !own.is_empty() && own.iter().all(|part| parts.contains(part.trim_end_matches('s')))
}
