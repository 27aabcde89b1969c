//! Edits of the entries of a list or a dict in Python.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::track::python_list::entry_text;
use crate::source::{words, Location};
use crate::change::history::effects::{Effects, converges, does_otherwise, fed_otherwise};
use crate::change::history::{Edit, Edited, highest};
use crate::evaluate::outcome::Outcome;
use crate::python::bindings::{functions, imports, module_files};
use crate::python::lists::{Entry, List};
use crate::python::{acts, shape};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::TrackChange;
use crate::track::{Track, python_list};

/// The edits of a list's entries, in head's order; those that are gone come last.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let track = &change.track;
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let Some(old) = python_list::read(&mut ends.base, base_path, name)? else { return Ok(Vec::new()) };
    let Some(new) = python_list::read(&mut ends.head, &track.path, name)? else { return Ok(Vec::new()) };
    if !old.unread.is_empty() || !new.unread.is_empty() {
        return Ok(Vec::new());
    }
    let mut positions: BTreeMap<&str, usize> =
        old.entries.iter().enumerate().rev().map(|(at, entry)| (entry.name.as_str(), at)).collect();
    let mut present: BTreeSet<&str> = new.entries.iter().map(|entry| entry.name.as_str()).collect();
    for at in python_list::renamed(track, &old, &new, &mut ends.head) {
        positions.insert(new.entries[at].name.as_str(), at);
        present.insert(old.entries[at].name.as_str());
    }
    if let Some(edit) = shifted(&old, &new) {
        return Ok(vec![edit]);
    }
    let mut edits = Vec::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for entry in &new.entries {
        *counts.entry(entry.name.as_str()).or_default() += 1;
    }
    let mut last: Option<(usize, &str)> = None;
    for entry in new.entries.iter().filter(|entry| counts.get(entry.name.as_str()) == Some(&1)) {
        let Some(at) = positions.get(entry.name.as_str()).copied() else { continue };
        if let Some((before, other)) = last
            && at < before
        {
            let what = Edited::Reordered(other.to_owned());
            edits.push(Edit { name: entry.name.clone(), what, location: entry.location.clone() });
        }
        last = Some(last.map_or((at, entry.name.as_str()), |(before, name)| {
            if at > before { (at, entry.name.as_str()) } else { (before, name) }
        }));
    }
    if let Some(inserted) = inserted(change, &new.entries, &positions) {
        if is_below(&inserted, &new.entries) && goes_by_the_highest(track, ends)? {
            edits.push(Edit { what: below(inserted.what), ..inserted });
        } else if order_matters(change) || counts_places(track, name, ends)? {
            edits.push(inserted);
        }
    }
    let old_track = Track { path: base_path.clone(), ..track.clone() };
    let (mut old_functions, mut new_functions) = (Functions::default(), Functions::default());
    let effects = Effects::of(change);
    let mut indirect = Vec::new();
    for entry in &new.entries {
        // Of two with one name it is not known which is which.
        if counts.get(entry.name.as_str()).is_some_and(|count| *count > 1) {
            continue;
        }
        let Some(at) = positions.get(entry.name.as_str()).copied() else { continue };
        let Some(was) = old.entries.get(at) else { continue };
        let before = old_functions.written(&old_track, &was.location, &mut ends.base)?;
        let after = new_functions.written(track, &entry.location, &mut ends.head)?;
        let acts = || {
            if is_written_alike((&old_track, was), (track, entry), ends)? {
                return Ok((String::new(), String::new()));
            }
            let old = acts_of(&old_track, &was.location, &mut ends.base)?.unwrap_or_else(|| before.text.clone());
            let new = acts_of(track, &entry.location, &mut ends.head)?.unwrap_or_else(|| after.text.clone());
            Ok((old, new))
        };
        let is_same = before.code.is_some() && before.code == after.code;
        if is_same && matches!(effects, Effects::Executed(..)) {
            indirect.push((was, entry));
        } else if before.text != after.text
            && let Some(what) = effects.edit((&was.name, &entry.name), acts)?
        {
            edits.push(Edit { name: entry.name.clone(), what, location: entry.location.clone() });
        } else if before.text != after.text
            && effects.shows_nothing((&was.name, &entry.name))
            && let Some(what) = of_hidden((&old_track, was), (track, entry), ends)?
        {
            edits.push(Edit { name: entry.name.clone(), what, location: entry.location.clone() });
        }
    }
    edits.extend(of_other_code(change, &old_track, &indirect, &effects, ends)?);
    let gone = old.entries.iter().filter(|entry| !present.contains(entry.name.as_str()));
    edits.extend(gone.map(|entry| Edit {
        name: entry.name.clone(),
        what: Edited::Removed,
        location: entry.location.clone(),
    }));
    Ok(edits)
}

/// Whether an entry and the functions of its module that it names do the same by their code, however it is written.
fn is_written_alike(
    (old_track, was): (&Track, &Entry),
    (track, entry): (&Track, &Entry),
    ends: &mut Ends<'_>,
) -> Result<bool, ReadError> {
    if was.code() != entry.code() {
        return Ok(false);
    }
    let old = ends.base.module(file_of(old_track, &was.location))?;
    let (Some(old), Some(new)) = (old, ends.head.module(file_of(track, &entry.location))?) else { return Ok(false) };
    let known = functions(&new);
    let code = entry.code();
    let named: Vec<&str> =
        words(&code).map(|(_, word)| word).filter(|word| known.contains_key(*word)).collect();
    Ok(!named.is_empty() && shape::does_the_same(&old, &new, &named, &[]))
}

/// The edits of entries that are written as they were: what they take from elsewhere is another.
fn of_other_code(
    change: &TrackChange,
    old_track: &Track,
    entries: &[(&Entry, &Entry)],
    effects: &Effects<'_>,
    ends: &mut Ends<'_>,
) -> Result<Vec<Edit>, ReadError> {
    let Effects::Executed(before, after) = effects else { return Ok(Vec::new()) };
    let mut edits = Vec::new();
    let mut fed = None;
    for (was, entry) in entries {
        let Some(what) = does_otherwise((before, &was.name), (after, &entry.name)) else { continue };
        let fed = fed.get_or_insert_with(|| fed_otherwise(change, ends, |path| path == change.track.path));
        let location = match fed.get(entry.name.as_str()) {
            Some(place) => place.as_ref().unwrap_or(&entry.location),
            None if names_other_code(change, old_track, (was, entry), ends)? => &entry.location,
            // It only follows from what came before it.
            None => continue,
        };
        edits.push(Edit { name: entry.name.clone(), what: what.fed(), location: location.clone() });
    }
    Ok(if edits.is_empty() || converges(change) { Vec::new() } else { edits })
}

/// Whether what an entry names has changed, in its own module or where that imports it from. Declared schemas may: a
/// baseline takes them as they are today.
fn names_other_code(
    change: &TrackChange,
    old_track: &Track,
    (was, entry): (&Entry, &Entry),
    ends: &mut Ends<'_>,
) -> Result<bool, ReadError> {
    let old = ends.base.module(file_of(old_track, &was.location))?;
    let (Some(old), Some(new)) = (old, ends.head.module(file_of(&change.track, &entry.location))?) else {
        return Ok(false);
    };
    let own = entry.location.source.text().get(entry.location.range.clone()).unwrap_or_default();
    let known = functions(&new);
    let words = |text| words(text).map(|(_, word)| word);
    let named: Vec<&str> = words(own).filter(|word| known.contains_key(*word)).collect();
    if !named.is_empty() && !shape::does_the_same(&old, &new, &named, &[]) {
        return Ok(true);
    }
    let code = named.iter().filter_map(|name| new.text().get(known.get(*name)?.clone()));
    let used: HashSet<&str> = code.chain([own]).flat_map(words).collect();
    for import in imports(&new).iter().filter(|import| used.contains(import.local.as_str())) {
        let files = module_files(new.source.path(), import.level, &import.module);
        let declared = |file: &&String| change.track.declared.iter().any(|declared| declared.path == **file);
        let Some(file) = files.iter().find(|file| ends.change_of(file).is_some() && !declared(file)) else { continue };
        if let (Some(name), Ok(Some(old)), Ok(Some(new))) =
            (import.name.as_deref(), ends.base.module(file), ends.head.module(file))
            && !shape::does_the_same(&old, &new, &[name], &[])
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first new entry that stands before one which the merge base has.
fn inserted(change: &TrackChange, entries: &[Entry], known: &BTreeMap<&str, usize>) -> Option<Edit> {
    let is_new = |entry: &&Entry| change.new.iter().any(|new| new.location.is_at(&entry.location));
    let at = entries.iter().position(|entry| is_new(&entry))?;
    let after =
        entries[at..].iter().filter(|entry| !is_new(entry)).find(|entry| known.contains_key(entry.name.as_str()))?;
    let what = Edited::Inserted(after.name.clone());
    Some(Edit { name: entries[at].name.clone(), what, location: entries[at].location.clone() })
}

/// Whether a new entry has a lower number than the old one that it stands before.
fn is_below(edit: &Edit, entries: &[Entry]) -> bool {
    let Edited::Inserted(other) = &edit.what else { return false };
    let number = |name: &str| entries.iter().find(|entry| entry.name == name).and_then(|entry| entry.number);
    number(&edit.name).zip(number(other)).is_some_and(|(own, other)| own < other)
}

fn below(inserted: Edited) -> Edited {
    match inserted {
        Edited::Inserted(other) => Edited::Below(other),
        other => other,
    }
}

/// Whether the list's file runs what is above the highest number that a database has.
fn goes_by_the_highest(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    Ok(ends.head.source(&track.path)?.is_some_and(|source| highest::goes_by_the_highest(source.text())))
}

/// The first of some new texts that stand before old ones, or the one that is gone before others, in a list whose entries
/// have nothing but their places.
fn shifted(old: &List, new: &List) -> Option<Edit> {
    let is_by_place = |list: &List| {
        list.entries.len() > 1
            && list
                .entries
                .iter()
                .all(|entry| entry.name.strip_prefix('#').is_some_and(|rest| rest.parse::<u32>().is_ok()))
    };
    if !is_by_place(old) || !is_by_place(new) || old.entries.len() >= new.entries.len() {
        return None;
    }
    let is_same = |(one, other): &(&Entry, &Entry)| one.code() == other.code();
    let start = old.entries.iter().zip(&new.entries).take_while(is_same).count();
    let end = old.entries.iter().rev().zip(new.entries.iter().rev()).take_while(is_same).count();
    if start >= old.entries.len() || start + end < old.entries.len() {
        return None;
    }
    let entry = new.entries.get(start)?;
    let other = new.entries.get(start + new.entries.len() - old.entries.len())?;
    let what = Edited::Shifted(other.name.clone());
    Some(Edit { name: entry.name.clone(), what, location: entry.location.clone() })
}

/// Whether a new database, which runs everything in the list's order, comes out otherwise than a deployed one.
fn order_matters(change: &TrackChange) -> bool {
    let is_known = |outcome: &Outcome| !outcome.after.is_partial() && !outcome.fresh.is_partial();
    change.outcome.as_ref().is_none_or(is_known) && !converges(change)
}

/// Whether the list's file tells its entries by their places.
fn counts_places(track: &Track, name: &str, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let text = ends.head.source(&track.path)?;
    let name = name.rsplit('.').next().unwrap_or(name);
    let signs = [format!("enumerate({name}"), format!("{name}[")];
    Ok(text.is_some_and(|source| signs.iter().any(|sign| source.text().contains(sign))))
}

/// The file that an entry stands in: the track's own where its place does not say.
fn file_of<'p>(track: &'p Track, entry: &'p Location) -> &'p str {
    if entry.path().is_empty() { &track.path } else { entry.path() }
}

/// The functions of modules at one commit, found once.
#[derive(Default)]
struct Functions {
    known: HashMap<String, HashMap<String, Range<usize>>>,
}

impl Functions {
    fn written(&mut self, track: &Track, entry: &Location, modules: &mut Modules<'_>) -> Result<Written, ReadError> {
        let path = file_of(track, entry);
        let Some(module) = modules.module(path)? else { return Ok(Written::default()) };
        let known = self.known.entry(path.to_owned()).or_insert_with(|| functions(&module));
        let with_functions = |own: &str| {
            let mut text = own.split_whitespace().collect::<Vec<_>>().join(" ");
            for (_, word) in words(own) {
                if let Some(range) = known.get(word) {
                    text += "\n";
                    text += module.text().get(range.clone()).unwrap_or_default();
                }
            }
            text
        };
        let own = entry.source.text().get(entry.range.clone()).unwrap_or_default();
        let code = track.kind.is_evaluated().then(|| with_functions(own));
        Ok(Written { text: with_functions(&entry_text(entry)), code })
    }
}

/// The text of an entry with that of the functions of its module which it names.
#[derive(Default)]
struct Written {
    /// With what stands beside the entry on its line.
    text: String,
    /// The entry alone; `None` where its place is only that of its number.
    code: Option<String>,
}

/// The edit of an entry that does nothing on new databases, because those have what it would make: what it does on older
/// ones is told by the statements that it is written to send.
fn of_hidden(
    (old_track, was): (&Track, &Entry),
    (track, entry): (&Track, &Entry),
    ends: &mut Ends<'_>,
) -> Result<Option<Edited>, ReadError> {
    let (Some(before), Some(after)) =
        (sent(old_track, &was.location, &mut ends.base)?, sent(track, &entry.location, &mut ends.head)?)
    else {
        return Ok(None);
    };
    let is_known = !before.is_empty() && !after.is_empty();
    Ok((is_known && before != after).then(|| Edited::Text { before: before.join("\n"), after: after.join("\n") }))
}

/// What an entry is written to alter of the schema, in its order; `None` where its text does not tell.
fn sent(track: &Track, entry: &Location, modules: &mut Modules<'_>) -> Result<Option<Vec<String>>, ReadError> {
    let Some(module) = modules.module(file_of(track, entry))? else { return Ok(None) };
    let alters = |act: &String| {
        let act = act.to_ascii_lowercase();
        ["alter table", "create table", "create index", "create unique", "drop "].iter().any(|sign| act.contains(sign))
    };
    let own = entry.source.text().get(entry.range.clone()).unwrap_or_default().to_owned();
    // The place of an entry of a dict is only that of its key.
    let found = [own, entry_text(entry)].into_iter().find_map(|text| {
        let mut acts = acts::of_entry(&module, &text, track.dialect.sqlalchemy_names())?;
        // The first is the entry itself: where it names no function, it is the statement.
        if acts.len() > 1 {
            acts.remove(0);
        }
        acts.retain(alters);
        (!acts.is_empty()).then_some(acts)
    });
    Ok(found)
}

/// What an entry does to the schema, as its text and the functions that it names tell it; `None` where they do not.
fn acts_of(track: &Track, entry: &Location, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
    let Some(module) = modules.module(file_of(track, entry))? else { return Ok(None) };
    Ok(acts::of_entry(&module, &entry_text(entry), track.dialect.sqlalchemy_names())
        .map(|acts| acts.join("\n")))
}
