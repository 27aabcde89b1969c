//! What a change does to migrations that deployed databases have run already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::chain::{Chain, ChainChange};
use super::ends::{Ends, Modules, ReadError};
use super::revision::Revision;
use super::{Kind, Track, TrackChange, alembic, python_list, version_scripts};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{By, Evaluated, Missing, replay};
use crate::python::bindings::{functions, imports, module_files};
use crate::python::lists::Entry;
use crate::python::{acts, shape};
use crate::schema::delta::{self, Level};
use crate::schema::token::normal;
use crate::source::Location;

/// One migration that the merge base has and that the change touches.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What it is told by at the merge base.
    pub name: String,
    pub what: Edited,
    /// Where it stands at head; where it stood, if it is gone.
    pub location: Location,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    Removed,
    /// It has another name or id now.
    Renamed(String),
    /// It has another number now.
    Renumbered {
        from: String,
        to: String,
    },
    /// It comes after one that it came before.
    Reordered(String),
    /// It is new, and comes before this one, which the merge base has: what new and deployed databases have then differs.
    Inserted(String),
    /// It follows other revisions now.
    Reparented {
        from: Vec<String>,
        to: Vec<String>,
    },
    /// It does something else: what it executed, and what it executes.
    Effect {
        before: Vec<String>,
        after: Vec<String>,
    },
    /// It does something else, by its text: what it said, and what it says.
    Text {
        before: String,
        after: String,
    },
}

/// The edits of a track's history, in head's order; those that are gone come last.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let edits = match change.track.kind {
        Kind::Alembic => of_chain(change, ends)?,
        Kind::PythonList | Kind::PythonVersions => of_list(change, ends)?,
        Kind::GoSlice => super::go_slice::edits(change, ends)?,
        Kind::VersionScripts => version_scripts::edits(change, ends)?,
    };
    Ok(without_rewritten(edits, change))
}

/// More than that are not looked at once more: for each, the whole schema is told twice.
const MOST_REWRITTEN: usize = 50;

/// Leaves out those that do the same to the schema by other statements: several alterations that became one, a guard.
fn without_rewritten(mut edits: Vec<Edit>, change: &TrackChange) -> Vec<Edit> {
    let Some(outcome) = &change.outcome else { return edits };
    let may_be: BTreeSet<&str> = edits.iter().filter(|edit| may_do_the_same(edit)).map(|edit| &*edit.name).collect();
    if may_be.is_empty() || may_be.len() > MOST_REWRITTEN {
        return edits;
    }
    let steps = |evaluated| replay::steps(evaluated, &may_be, change.track.dialect);
    let (Some(before), Some(after)) = (steps(&outcome.before), steps(&outcome.fresh)) else { return edits };
    let is_same = |name: &str| match (before.get(name), after.get(name)) {
        (Some(before), Some(after)) => before.does_the_same(after),
        _ => false,
    };
    let rewritten: HashSet<String> = may_be.into_iter().filter(|name| is_same(name)).map(str::to_owned).collect();
    edits.retain(|edit| !matches!(edit.what, Edited::Effect { .. }) || !rewritten.contains(&edit.name));
    edits
}

/// Whether the schema tells all of what an edit changes.
fn may_do_the_same(edit: &Edit) -> bool {
    let Edited::Effect { before, after } = &edit.what else { return false };
    let forms = |statements: &[String]| statements.iter().map(|sql| normal(sql)).collect::<HashSet<_>>();
    let (before, after) = (forms(before), forms(after));
    before.symmetric_difference(&after).all(|sql| replay::is_all_schema(sql))
}

fn of_chain(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let Some(ChainChange { base, head, .. }) = &change.chain else { return Ok(Vec::new()) };
    if base.revisions.is_empty() || !base.is_known() || !head.is_known() {
        return Ok(Vec::new());
    }
    let repairs = is_repair(base, head);
    let (before, after) = (base.by_id(), head.by_id());
    let heirs = heirs(base, head);
    let groups = base.duplicates().into_iter().chain(head.duplicates());
    let shared: HashSet<&str> = groups.filter_map(|group| group.first()?.id.as_deref()).collect();
    let effects = Effects::of(change);
    let mut fed = fed_otherwise(change, ends, |path| alembic::is_revision_path(&change.track, path));
    if !fed.is_empty() && converges(change) {
        fed.clear();
    }
    let mut edits = Vec::new();
    for revision in every(head) {
        let Some(id) = revision.id.as_deref() else { continue };
        let Some(mut old) = before.get(id).copied() else { continue };
        let is_shared = shared.contains(id);
        if is_shared {
            // Of several with one id, the one in its file is what it was.
            let own = base
                .revisions
                .iter()
                .find(|old| old.id.as_deref() == Some(id) && old.location.path() == revision.location.path());
            let Some(own) = own else { continue };
            old = own;
        }
        let is_same = std::ptr::eq(old, Arc::as_ptr(revision));
        let place = fed.get(id);
        if is_same && place.is_none() {
            continue;
        }
        // In what order the parents of a merge are named makes no difference, and what follows a renamed one still does.
        let heir = |id: &String| heirs.get(id.as_str()).and_then(|heir| heir.id.clone()).unwrap_or_else(|| id.clone());
        let followed: BTreeSet<String> = old.parents.iter().map(heir).collect();
        if !is_same && !repairs && followed != revision.parents.iter().cloned().collect() {
            let what = Edited::Reparented { from: old.parents.clone(), to: revision.parents.clone() };
            edits.push(Edit { name: id.to_owned(), what, location: revision.parents_location.clone() });
        }
        let is_alike =
            is_same || old.location.source.text() == revision.location.source.text() || old.upgrades_like(revision);
        let what = match (&effects, place) {
            (Effects::Executed(before, after), Some(_)) if is_alike => does_otherwise((before, id), (after, id)),
            _ if is_alike || is_shared => None,
            _ => effects.edit(id, || Ok((old.acts(), revision.acts())))?,
        };
        if let Some(what) = what {
            let location = place.filter(|_| is_alike).copied().flatten().unwrap_or(&revision.location);
            edits.push(Edit { name: id.to_owned(), what, location: location.clone() });
        }
    }
    for revision in every(base) {
        let Some(id) = revision.id.as_deref().filter(|id| !after.contains_key(id)) else { continue };
        if change.invalid.iter().any(|unread| unread.location.path() == revision.location.path()) {
            continue;
        }
        let name = id.to_owned();
        edits.push(match heirs.get(id).and_then(|heir| Some((heir.id.clone()?, heir.location.clone()))) {
            Some((id, location)) => Edit { name, what: Edited::Renamed(id), location },
            None => Edit { name, what: Edited::Removed, location: revision.location.clone() },
        });
    }
    Ok(edits)
}

/// The migrations that take what they execute from files which the change touches, by code or by reading them, and the
/// place there; `is_own` are those whose text tells itself what changed.
fn fed_otherwise<'c>(
    change: &'c TrackChange,
    ends: &mut Ends<'_>,
    is_own: impl Fn(&str) -> bool,
) -> HashMap<&'c str, Option<&'c Location>> {
    let Some(outcome) = &change.outcome else { return HashMap::new() };
    let others = ends.changed.iter().map(|file| file.path.clone());
    let others: HashSet<String> = others.filter(|path| !is_own(path)).collect();
    let mut fed = HashMap::new();
    if others.is_empty() {
        return fed;
    }
    for evaluated in [&outcome.before, &outcome.fresh] {
        // Many migrations call one helper.
        let mut judged: HashMap<(String, usize), bool> = HashMap::new();
        for (by, _) in evaluated.read.iter().filter(|(_, path)| others.contains(path.as_str())) {
            fed.extend(by.migration().map(|name| (&**name, None)));
        }
        for ran in &evaluated.log {
            let mut places = ran.statement.places.iter().filter(|place| others.contains(place.path()));
            let place = places.find(|place| {
                let start = (place.path().to_owned(), place.range.start);
                *judged.entry(start).or_insert_with(|| is_in_other_code(place, ends))
            });
            fed.extend(ran.by.migration().zip(place).map(|(name, place)| (&**name, Some(place))));
        }
    }
    fed
}

/// Whether the change mends a chain that does not run, which is no edit: one that Alembic can't order, or one with heads
/// that nothing tells apart and of which there are fewer now.
fn is_repair(base: &Chain, head: &Chain) -> bool {
    !base.runs() || base.heads_clash() && (!head.heads_clash() || head.heads().len() < base.heads().len())
}

/// The revisions in order, and then those that have none because they are part of a circle or follow one.
fn every(chain: &Chain) -> Vec<&Arc<Revision>> {
    let mut all = chain.in_order();
    if all.len() < chain.revisions.len() {
        let known: HashSet<*const Revision> = all.iter().map(|one| Arc::as_ptr(one)).collect();
        all.extend(chain.revisions.iter().filter(|one| !known.contains(&Arc::as_ptr(one))));
    }
    all
}

/// Of the ids that head does not have any more, the new revisions that do the same.
fn heirs<'c>(base: &'c Chain, head: &'c Chain) -> HashMap<&'c str, &'c Revision> {
    let (before, after) = (base.by_id(), head.by_id());
    let gone: Vec<(&str, &Revision)> =
        before.iter().filter(|(id, _)| !after.contains_key(*id)).map(|(id, one)| (*id, *one)).collect();
    if gone.is_empty() {
        return HashMap::new();
    }
    let mut new: HashMap<String, BTreeMap<&str, &Revision>> = HashMap::new();
    for (_, revision) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
        new.entry(revision.upgrade()).or_default().insert(revision.location.path(), revision);
    }
    // An upgrade that the text does not tell is like no other.
    new.remove("");
    let heir = |old: &Revision| {
        let same = new.get(&old.upgrade())?;
        // Of several that do the same, such as nothing, it is the one in its place.
        same.get(old.location.path()).or_else(|| same.values().next()).copied()
    };
    gone.into_iter().filter_map(|(id, old)| Some((id, heir(old)?))).collect()
}

fn of_list(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let track = &change.track;
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let Some(old) = python_list::read(&mut ends.base, base_path, name)? else { return Ok(Vec::new()) };
    let Some(new) = python_list::read(&mut ends.head, &track.path, name)? else { return Ok(Vec::new()) };
    if !old.unread.is_empty() || !new.unread.is_empty() {
        return Ok(Vec::new());
    }
    let positions: BTreeMap<&str, usize> =
        old.entries.iter().enumerate().rev().map(|(at, entry)| (entry.name.as_str(), at)).collect();
    let present: BTreeSet<&str> = new.entries.iter().map(|entry| entry.name.as_str()).collect();
    let mut edits = Vec::new();
    let mut last: Option<(usize, &str)> = None;
    for entry in &new.entries {
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
    if let Some(inserted) = inserted(change, &new.entries, &positions)
        && (order_matters(change) || counts_places(track, name, ends)?)
    {
        edits.push(inserted);
    }
    let old_track = Track { path: base_path.clone(), ..track.clone() };
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for entry in &new.entries {
        *counts.entry(entry.name.as_str()).or_default() += 1;
    }
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
            let old = acts_of(&old_track, &was.location, &mut ends.base)?.unwrap_or_else(|| before.text.clone());
            let new = acts_of(track, &entry.location, &mut ends.head)?.unwrap_or_else(|| after.text.clone());
            Ok((old, new))
        };
        let is_same = before.code.is_some() && before.code == after.code;
        if is_same && matches!(effects, Effects::Executed(..)) {
            indirect.push((was, entry));
        } else if before.text != after.text
            && let Some(what) = effects.edit(&entry.name, acts)?
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
            Some(place) => place.unwrap_or(&entry.location),
            None if names_other_code(change, old_track, (was, entry), ends)? => &entry.location,
            // It only follows from what came before it.
            None => continue,
        };
        edits.push(Edit { name: entry.name.clone(), what, location: location.clone() });
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
    let words = |text| super::versions::words(text).map(|(_, word)| word);
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

/// Whether the function around a place is another than at the merge base, with what it names of its file.
fn is_in_other_code(place: &Location, ends: &mut Ends<'_>) -> bool {
    let modules = (ends.base.module(place.path()), ends.head.module(place.path()));
    let (Ok(Some(old)), Ok(Some(new))) = modules else { return true };
    let own = if place.source.text() == new.text() { &new } else { &old };
    let around = functions(own).into_iter().find(|(_, range)| range.contains(&place.range.start));
    around.is_none_or(|(name, _)| !shape::does_the_same(&old, &new, &[&name], &[]))
}

/// Whether a new database and a deployed one come out the same.
fn converges(change: &TrackChange) -> bool {
    let is_same = |outcome: &Outcome| delta::equivalent(&outcome.fresh.schema, &outcome.after.schema, Level::Full);
    change.outcome.as_ref().is_some_and(is_same)
}

/// The first new entry that stands before one which the merge base has.
fn inserted(change: &TrackChange, entries: &[Entry], known: &BTreeMap<&str, usize>) -> Option<Edit> {
    let is_new = |entry: &&Entry| change.new.iter().any(|new| new.name == entry.name);
    let at = entries.iter().position(|entry| is_new(&entry))?;
    let after = entries[at..].iter().find(|entry| known.contains_key(entry.name.as_str()))?;
    let what = Edited::Inserted(after.name.clone());
    Some(Edit { name: entries[at].name.clone(), what, location: entries[at].location.clone() })
}

/// Whether a new database, which runs everything in the list's order, comes out otherwise than a deployed one.
fn order_matters(change: &TrackChange) -> bool {
    let is_known = |outcome: &Outcome| !outcome.after.is_partial() && !outcome.fresh.is_partial();
    change.outcome.as_ref().is_none_or(is_known) && !converges(change)
}

/// Whether the list's file tells its entries by their places.
fn counts_places(track: &Track, name: &str, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let text = ends.head.source(&track.path)?;
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
            for (_, word) in super::versions::words(own) {
                if let Some(range) = known.get(word) {
                    text += "\n";
                    text += module.text().get(range.clone()).unwrap_or_default();
                }
            }
            text
        };
        let own = entry.source.text().get(entry.range.clone()).unwrap_or_default();
        let code = (track.kind == Kind::PythonList).then(|| with_functions(own));
        Ok(Written { text: with_functions(&super::versions::entry_text(entry)), code })
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

/// What an entry does to the schema, as its text and the functions that it names tell it; `None` where they do not.
fn acts_of(track: &Track, entry: &Location, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
    let Some(module) = modules.module(file_of(track, entry))? else { return Ok(None) };
    Ok(acts::of_entry(&module, &super::versions::entry_text(entry)).map(|acts| acts.join("\n")))
}

/// What is not known any more of migrations that the merge base has, in files that the change touches: whether they do
/// something else is for nobody to tell.
pub fn newly_unknown(change: &TrackChange, ends: &Ends<'_>) -> Vec<Missing> {
    let Some(outcome) = &change.outcome else { return Vec::new() };
    let known: HashSet<&By> = outcome.before.gaps.iter().chain(&change.gaps).map(|missing| &missing.by).collect();
    let new: HashSet<&str> = change.new.iter().map(|migration| migration.name.as_str()).collect();
    let is_old = |by: &By| by.migration().is_some_and(|name| !name.is_empty() && !new.contains(&**name));
    let is_news = |missing: &&Missing| {
        let touched = ends.change_of(missing.gap.location.path()).is_some();
        touched && is_old(&missing.by) && !known.contains(&missing.by)
    };
    outcome.fresh.gaps.iter().filter(is_news).cloned().collect()
}

/// What tells whether a migration whose text changed does something else.
enum Effects<'c> {
    /// Nothing evaluates the track: its text.
    Text,
    /// Too little is known of it.
    Nothing,
    /// What it executes on a fresh database, at the merge base and at head.
    Executed(Executed<'c>, Executed<'c>),
}

impl<'c> Effects<'c> {
    fn of(change: &'c TrackChange) -> Self {
        match &change.outcome {
            None => Self::Text,
            Some(outcome) if outcome.before.is_partial() || outcome.fresh.is_partial() => Self::Nothing,
            Some(outcome) => Self::Executed(Executed::new(&outcome.before), Executed::new(&outcome.fresh)),
        }
    }

    /// What a migration does otherwise; `told` is what its text says of both ends.
    fn edit(
        &self,
        name: &str,
        told: impl FnOnce() -> Result<(String, String), ReadError>,
    ) -> Result<Option<Edited>, ReadError> {
        Ok(match self {
            Self::Text => {
                let (before, after) = told()?;
                (before != after).then_some(Edited::Text { before, after })
            }
            Self::Nothing => None,
            Self::Executed(before, after) => does_otherwise((before, name), (after, name)),
        })
    }
}

/// What each migration executed, and of which a part is not known.
pub(super) struct Executed<'e> {
    statements: HashMap<&'e str, Vec<&'e str>>,
    unknown: HashSet<&'e str>,
}

impl<'e> Executed<'e> {
    pub(super) fn new(evaluated: &'e Evaluated) -> Self {
        let name = |by: &'e By| by.migration().map(|name| &**name);
        let mut statements: HashMap<&str, Vec<&str>> = HashMap::new();
        for ran in &evaluated.log {
            if let Some(name) = name(&ran.by) {
                statements.entry(name).or_default().push(&ran.statement.sql);
            }
        }
        let unknown = evaluated.gaps.iter().filter_map(|missing| name(&missing.by)).collect();
        Self { statements, unknown }
    }

    /// The statements of a migration; `None` where a part of it is not known.
    fn by(&self, name: &str) -> Option<Vec<String>> {
        let known = self.statements.get(name).map(|own| own.iter().map(|sql| (*sql).to_owned()).collect());
        (!self.unknown.contains(name)).then(|| known.unwrap_or_default())
    }
}

/// What a migration executes on a fresh database now, where that is something else than before.
pub(super) fn does_otherwise(before: (&Executed<'_>, &str), after: (&Executed<'_>, &str)) -> Option<Edited> {
    if before.0.statements.get(before.1) == after.0.statements.get(after.1) {
        return None;
    }
    // Where a part is not known, a rewrite may well do the same.
    let (before, after) = (before.0.by(before.1)?, after.0.by(after.1)?);
    let forms = |statements: &[String]| statements.iter().map(|sql| normal(sql)).collect::<Vec<_>>();
    (forms(&before) != forms(&after)).then_some(Edited::Effect { before, after })
}
