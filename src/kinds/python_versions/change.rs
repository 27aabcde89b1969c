//! The track kind `python-versions`: a dict from version number to callable, and a constant with the highest number.

use std::collections::{BTreeSet, HashMap};

use crate::track::python_list::entry_text;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::{Notes, TrackChange};
use super::constant;
use crate::change::numbers::{Problem, VersionChange, VersionConstant};
use crate::kinds::python_list::change as list;
use crate::track::{Track, origin, python_list};
use crate::evaluate::drift::{self, Difference, Drift};
use crate::evaluate::lifecycle::{self, Known, Which};
use crate::kinds;
use crate::python::bindings::{Constant, binding, functions};
use crate::python::lists::Entry;
use crate::schema::delta::{self, Kind, Level, Object};
use crate::source::{Location, words};

/// The numbers of a track's migrations at one commit.
#[derive(Clone, Debug)]
pub struct Versions {
    /// In the order of the text.
    pub numbers: Vec<(i64, Location)>,
    /// With its value; `None` where no constant was found, or where it is computed.
    pub constant: Option<(i64, VersionConstant)>,
}

impl Versions {
    /// What is wrong with them after `known`, the merge base's: where that begins later, older ones were thrown away, and
    /// where its constant was the next number, its keys are the versions that migrations start from.
    pub fn problems(&self, known: Option<&Self>) -> Vec<Problem> {
        let lowest = |versions: &Self| versions.numbers.iter().map(|(number, _)| *number).min();
        let begins_at = known.and_then(lowest).filter(|first| Some(*first) == lowest(self)).unwrap_or(1);
        let is_next = |versions: &Self| match (versions.highest(), &versions.constant) {
            (Some(highest), Some((value, _))) => highest.checked_add(1) == Some(*value),
            _ => false,
        };
        let leads_on = is_next(self) && known.is_some_and(is_next);
        let mut problems = Vec::new();
        let mut sorted: Vec<&(i64, Location)> = self.numbers.iter().collect();
        sorted.sort_by_key(|(number, _)| *number);
        let mut before: Option<&(i64, Location)> = None;
        for entry in &sorted {
            let (number, location) = entry;
            match before {
                Some((last, first)) if last == number => {
                    problems.push(Problem::Repeat {
                        number: *number,
                        first: first.clone(),
                        location: location.clone(),
                        why: "of two entries with one key Python keeps the last and drops the other",
                        help: "give the newer one the next number, and raise the version constant",
                    });
                }
                _ => {
                    let wanted = before.map_or(begins_at, |(last, _)| last.saturating_add(1));
                    if *number > wanted {
                        let (missing, next) = (wanted.to_string(), number.to_string());
                        problems.push(Problem::Gap { missing, next, step: None, location: location.clone() });
                    }
                }
            }
            before = Some(entry);
        }
        if let (Some((highest, last)), Some((value, constant))) = (before, &self.constant)
            && value != highest
            && !leads_on
        {
            problems.push(Problem::Constant {
                highest: highest.to_string(),
                last: last.clone(),
                constant: constant.clone(),
                is_behind: value < highest,
            });
        }
        problems
    }

    fn highest(&self) -> Option<i64> {
        self.numbers.iter().map(|(number, _)| *number).max()
    }
}

/// Whether a list that was found is a dict of versions: all its entries are numbers, and a constant says which is the
/// highest.
pub fn is_one(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let Some(source) = modules.text(&track.path)? else { return Ok(false) };
    if !source.text().contains("VERSION") || constant(track, modules).is_none() {
        return Ok(false);
    }
    Ok(read(track, modules).is_some_and(|versions| !versions.numbers.is_empty()))
}

/// The numbers of a track; `None` where there is no such dict, or an entry that is no number.
fn read(track: &Track, modules: &mut Modules<'_>) -> Option<Versions> {
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let Ok(Some(list)) = python_list::read(modules, &track.path, name) else { return None };
    if !list.unread.is_empty() {
        return None;
    }
    let numbers = list.entries.iter().map(|entry| Some((entry.name.parse().ok()?, entry.location.clone())));
    let numbers = numbers.collect::<Option<_>>()?;
    let constant = constant(track, modules).and_then(|(name, value, location)| {
        let value = value?;
        Some((value, VersionConstant { name, value: value.to_string(), location }))
    });
    Some(Versions { numbers, constant })
}

/// The constant with the highest version, and its value where the text tells it.
fn constant(track: &Track, modules: &mut Modules<'_>) -> Option<(String, Option<i64>, Location)> {
    let module = modules.module(&track.path).ok().flatten()?;
    let name = constant::name(track, &module)?;
    let found = binding(&module, &name)?;
    let value = match found.value {
        Constant::Int(value) => Some(value),
        _ => None,
    };
    let location = Location::new(&module.source, found.range, "");
    Some((name, value, location))
}

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = list::change(track, ends, notes)?;
    if !change.touched {
        return Ok(change);
    }
    let Some(head) = read(track, &mut ends.head) else { return Ok(change) };
    let base = match &change.base_path {
        Some(path) => read(&Track { path: path.clone(), ..track.clone() }, &mut ends.base),
        None => None,
    };
    // The rule about versions says that one is taken twice.
    change.repeated.retain(|repeated| repeated.what != "number");
    let known = known(track, &change, &mut ends.head);
    change.drift = Some(match drift_from_maker(&change, ends)? {
        Some(drift) => drift,
        None => {
            let told = told(track, &change, ends)?;
            self::drift(track, &told, Which::NotIn { known: &known, places_decide: false }, ends)?
        }
    });
    let head = head.problems(base.as_ref());
    let base = base.map(|base| base.problems(None)).unwrap_or_default();
    change.versions = Some(VersionChange { head, base });
    Ok(change)
}

/// What deployed databases lack of new ones, or have besides, where something in the module or beside it makes those;
/// `None` where nothing does.
fn drift_from_maker(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Option<Drift>, ReadError> {
    let Some(path) = &change.base_path else { return Ok(None) };
    let track = Track { kind: kinds::python_list::KIND, ..change.track.clone() };
    let base = Track { path: path.clone(), ..track.clone() };
    if !track.dialect.facts().tables.takes_any_schema || origin::maker(&base, &mut ends.base).is_none() {
        return Ok(None);
    }
    let made = lifecycle::fresh(&base, &mut ends.base)?;
    if made.origin.maker().is_none() {
        return Ok(None);
    }
    let (mut drift, _) = drift::of_history(kinds::keeper(track.kind), &track, Some(&base), ends)?;
    drift.notes.clear();
    drift.gaps.clear();
    Ok(Some(drift))
}

/// The columns that declared tables gained and that no new migration adds; `told` is every word of those.
pub fn drift(
    track: &Track,
    told: &BTreeSet<String>,
    new: Which<'_>,
    ends: &mut Ends<'_>,
) -> Result<Drift, ReadError> {
    let mut drift = Drift::default();
    for file in &track.declared {
        if ends.base.snapshot.entry(&file.path)?.is_none() || ends.change_of(&file.path).is_none() {
            continue;
        }
        let before = lifecycle::declared(track, file, &mut ends.base)?.evaluated.clone();
        let after = lifecycle::declared(track, file, &mut ends.head)?.evaluated.clone();
        if before.is_partial() || after.is_partial() {
            continue;
        }
        let moved = lifecycle::moved_on(track, &mut ends.head, &before.schema, new)?.evaluated;
        for mut gained in delta::diff(&before.schema, &after.schema, Level::Full) {
            let Kind::Added { definition } = &gained.kind else { continue };
            let (Object::Column { table, name } | Object::Index { table, name }) = &gained.object else { continue };
            let is_there = moved.schema.tables.get(table).is_some_and(|table| match &gained.object {
                Object::Column { .. } => table.column(name).is_some(),
                _ => table.indexes.contains_key(name),
            });
            // Where the migrations are not known, it is enough that they speak of it.
            let in_doubt = moved.is_partial() || moved.is_in_doubt(table.as_str());
            if is_there || (in_doubt && told.contains(name.as_str())) {
                continue;
            }
            let place = after.places.iter().find(|(known, _)| known == table).map(|(_, place)| place.clone());
            let column = place.as_ref().map(|place| column_at(place, name.as_str()));
            let definition = definition.replace(lifecycle::ANY_TYPE, "").trim().to_owned();
            gained.kind = Kind::Removed { definition };
            drift.differences.push(Difference {
                declared: file.path.clone(),
                change: gained,
                fresh: false,
                deployed: true,
                by_migrations: None,
                by_declared: column.or_else(|| first_line(&file.path, ends)),
                table_declared: place,
                pre_existing: false,
                by: None,
                is_dropped: false,
                is_executed: true,
                agreeing: Vec::new(),
                elsewhere: Vec::new(),
            });
        }
    }
    Ok(drift)
}

/// The migrations that head has and that are not new.
fn known(track: &Track, change: &TrackChange, modules: &mut Modules<'_>) -> Vec<Known> {
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let Ok(Some(list)) = python_list::read(modules, &track.path, name) else { return Vec::new() };
    let is_known = |entry: &Entry| !change.new.iter().any(|new| new.location.is_at(&entry.location));
    list.entries.into_iter().filter(is_known).map(|entry| (entry.name, String::new())).collect()
}

fn first_line(path: &str, ends: &mut Ends<'_>) -> Option<Location> {
    ends.head.source(path).ok().flatten().map(|source| Location::line(&source, 1, ""))
}

/// Where a column stands in the declaration of its table.
fn column_at(table: &Location, name: &str) -> Location {
    let text = table.source.text();
    let rest = text.get(table.range.start..).unwrap_or_default();
    match words(rest).find(|(_, word)| *word == name) {
        Some((at, word)) => {
            let start = table.range.start + at;
            Location::new(&table.source, start..start + word.len(), "")
        }
        None => table.clone(),
    }
}

/// Every word in the text of the new migrations: of their entries, and of the functions that these call.
fn told(track: &Track, change: &TrackChange, ends: &mut Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let Some(module) = ends.head.module(&track.path)? else { return Ok(BTreeSet::new()) };
    let functions: HashMap<String, std::ops::Range<usize>> = functions(&module);
    let mut open: Vec<String> = change.new.iter().map(|migration| entry_text(&migration.location)).collect();
    let mut seen = BTreeSet::new();
    while let Some(text) = open.pop() {
        for (_, word) in words(&text) {
            if seen.insert(word.to_owned())
                && let Some(range) = functions.get(word)
            {
                open.extend(module.text().get(range.clone()).map(str::to_owned));
            }
        }
    }
    Ok(seen)
}



#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn versions(numbers: &[i64], constant: Option<i64>) -> Vec<String> {
        let nowhere = Location::new(&Source::new("m.py", ""), 0..0, "");
        let constant = constant.map(|value| {
            let (name, location) = ("CURRENT_VERSION".to_owned(), nowhere.clone());
            (value, VersionConstant { name, value: value.to_string(), location })
        });
        let numbers = numbers.iter().map(|number| (*number, nowhere.clone())).collect();
        Versions { numbers, constant }.problems(None).iter().map(Problem::key).collect()
    }

    #[test]
    fn numbers_without_gap_from_one_are_in_order() {
        assert!(versions(&[], Some(1)).is_empty());
        assert!(versions(&[1, 2, 3], Some(3)).is_empty());
        assert!(versions(&[3, 1, 2], None).is_empty());
    }

    #[test]
    fn gaps_repeats_and_another_constant_are_problems() {
        assert_eq!(versions(&[2, 3], Some(3)), ["gap 1"]);
        assert_eq!(versions(&[1, 3], Some(3)), ["gap 2"]);
        assert_eq!(versions(&[1, 2, 2], Some(2)), ["repeat 2"]);
        assert_eq!(versions(&[1, 2], Some(1)), ["CURRENT_VERSION 1 2"]);
        assert_eq!(versions(&[1, i64::MAX, i64::MAX], Some(3)).len(), 3);
    }

    #[test]
    fn words_are_found_with_their_places() {
        assert_eq!(words("a_b(\"c\")").collect::<Vec<_>>(), [(0, "a_b"), (5, "c")]);
        assert_eq!(words(" é ").count(), 1);
    }
}
