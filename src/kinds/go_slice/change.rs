//! The track kind `go-slice`: `var migrations = []migration{{id: 1, name: "users", up: createUsers}}` in a Go file.

use std::collections::{BTreeSet, HashMap};

use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::{Edit, Edited, Executed, does_otherwise, goes_by_the_highest};
use crate::kinds::python_list::change::ddl_in;
use crate::track::python_list::is_own_sql;
use crate::change::numbers::{Problem, VersionChange};
use crate::change::{Notes, Presence, Repeated, TrackChange};
use crate::track::{AddedDdl, Migration, Track, Unread, ddl, go_packages};
use crate::evaluate::golang;
use crate::git::LineSet;
use crate::go::lists::{Action, Element, Id, Library, List, are_counted, longest};
use crate::go::{File, is_go};
use crate::path;
use crate::source::{Location, Source};

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    let own = own_changes(track, ends);
    if own.is_empty() && !track.declared.iter().any(|file| ends.change_of(&file.path).is_some()) {
        return Ok(change);
    }
    parse_changed(&own, ends)?;
    let head = golang::list(track, &mut ends.head)?;
    let base = read_base(track, head.as_ref(), ends, notes)?;
    let Some(head) = head else {
        // A list that other code fills has nothing to lose.
        if let Some((_, list)) = base.filter(|(_, list)| !list.elements.is_empty()) {
            let place = list.location.or_else(|| list.elements.into_iter().next().map(|element| element.location));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
            change.touched = true;
        }
        return Ok(change);
    };
    change.migrations = Some(head.elements.len());
    change.settle(head.location.as_ref());
    change.touched = true;
    if ends.list_objects {
        change.objects = objects(track, &own, &head, ends)?;
    }
    change.unread = unread(&head, base.as_ref().map(|(_, list)| list));
    change.versions = Some(VersionChange {
        head: out_of_order(&head),
        base: base.as_ref().map(|(_, list)| out_of_order(list)).unwrap_or_default(),
    });
    change.repeated = repeated(&head, base.as_ref().map(|(_, list)| list));
    let Some((base_path, base)) = base else {
        change.presence = Presence::New;
        change.new = migrations(&head, |_| true);
        return Ok(change);
    };
    if !base.unread.is_empty() && head.unread.is_empty() {
        // Every element would look new. Which of them are is for nobody to tell from the text.
        let reason =
            "the merge base puts this list together by code, so which elements are new is not known".to_owned();
        change.unread.extend(head.location.clone().map(|location| Unread { reason, location }));
        return Ok(change);
    }
    change.base_path = Some(base_path.clone());
    let kept = Matched::new(&base, &head).kept();
    change.new = migrations(&head, |at| !kept.contains(&at));
    if !change.new.is_empty() {
        change.ddl = added_ddl(track, &base_path, &own, &head, ends)?;
    }
    Ok(change)
}

/// The changed files that the track may take something from: those of its package and of others that its functions are in,
/// and SQL beside them.
fn own_changes(track: &Track, ends: &mut Ends<'_>) -> Vec<String> {
    let own = path::folder(&track.path).to_owned();
    let changed: Vec<String> = ends.changed.iter().map(|change| change.path.clone()).collect();
    let go = changed.iter().filter(|path| is_go(path)).map(|path| path::folder(path).to_owned());
    let elsewhere: BTreeSet<String> = go.filter(|folder| *folder != own).collect();
    let mut folders = BTreeSet::from([own]);
    for modules in [&mut ends.head, &mut ends.base] {
        folders.extend(folders_of_functions(track, &elsewhere, modules));
    }
    let is_own = |path: &String| is_go(path) && folders.contains(path::folder(path)) || is_own_sql(track, path);
    changed.into_iter().filter(is_own).collect()
}

/// Those of these folders that functions of the list are in. It is read only where its file imports one of them.
fn folders_of_functions(track: &Track, folders: &BTreeSet<String>, modules: &mut Modules<'_>) -> BTreeSet<String> {
    let Some(file) = modules.go_file(&track.path).ok().flatten().filter(|_| !folders.is_empty()) else {
        return BTreeSet::new();
    };
    let mut imported = file.imports.iter().filter_map(|(_, path)| go_packages::folder(&track.path, path, modules));
    if !imported.any(|folder| folders.contains(&folder)) {
        return BTreeSet::new();
    }
    let list = golang::list(track, modules).ok().flatten().unwrap_or_default();
    let actions = list.elements.iter().flat_map(|element| &element.actions);
    let of = actions.filter_map(|action| match action {
        Action::Call(closure) => Some(path::folder(closure.file.source.path()).to_owned()),
        Action::Sql(..) | Action::Unknown(_) => None,
    });
    of.filter(|folder| folders.contains(folder)).collect()
}

/// A file of the package that this change breaks is an error: what does not parse would be judged by nobody. One that was
/// no better before is not its doing.
fn parse_changed(own: &[String], ends: &mut Ends<'_>) -> Result<(), ReadError> {
    for path in own.iter().filter(|path| is_go(path)) {
        let Err(error) = ends.head.go_file(path) else { continue };
        let was_broken = matches!(error, ReadError::GoSyntax(_)) && ends.base.go_file(path).is_err();
        if !was_broken {
            return Err(error);
        }
    }
    Ok(())
}

/// The merge base's list and the file it was in: at the same path, or in a changed file that had elements which head's
/// list has. Where the base cannot be read, head alone is to answer.
fn read_base(
    track: &Track,
    head: Option<&List>,
    ends: &mut Ends<'_>,
    notes: &mut Notes,
) -> Result<Option<(String, List)>, ReadError> {
    match golang::list(track, &mut ends.base) {
        Ok(Some(list)) => return Ok(Some((track.path.clone(), list))),
        Ok(None) => {}
        Err(ReadError::Git(error)) if !error.is_not_text() => return Err(error.into()),
        Err(error) => {
            notes.unread_at_base(&track.path, error);
            return Ok(None);
        }
    }
    let Some(head) = head else { return Ok(None) };
    let candidates: Vec<String> =
        ends.changed_in_base().map(|change| change.path.clone()).filter(|path| is_go(path)).collect();
    let mut best: Option<(usize, String, List)> = None;
    for path in candidates {
        for list in [track.list.clone(), None] {
            let old = Track { path: path.clone(), list, ..track.clone() };
            let Ok(Some(list)) = golang::list(&old, &mut ends.base) else { continue };
            let shared = Matched::new(&list, head).pairs.len();
            // One that head still has in its place has not moved here.
            let now = golang::list(&old, &mut ends.head).ok().flatten();
            if now.is_some_and(|now| Matched::new(&list, &now).pairs.len() >= shared) {
                continue;
            }
            if shared > best.as_ref().map_or(0, |(shared, ..)| *shared) {
                best = Some((shared, path.clone(), list));
            }
        }
    }
    Ok(best.map(|(_, path, list)| (path, list)))
}

/// Which elements of two lists are the same migration.
struct Matched {
    /// The positions in the old list and in the new one.
    pairs: Vec<(usize, usize)>,
}

impl Matched {
    /// The same number, name and function first, then the same number and name, the same name, the same number: so that one
    /// which is put in between makes none of the others new, and of two with one number it is known which is new. Where
    /// places alone tell them apart at one of the ends, it is the same function or the same text, then the same place.
    fn new(old: &List, new: &List) -> Self {
        let mut matched = Self { pairs: Vec::new() };
        let name = |element: &Element| element.name.as_ref().map(|(name, _)| name.to_string());
        let id = |element: &Element| element.id.as_ref().map(|(id, _)| id.to_string());
        let code = |element: &Element| match element.function() {
            Some(function) => Some(function.to_owned()),
            None => element.texts().filter(|text| !text.is_empty()),
        };
        let by_place = old.is_told_by_place() || new.is_told_by_place();
        if by_place {
            matched.by(old, new, code);
        }
        matched.by(old, new, |element| Some((id(element), name(element), element.told(), element.written())));
        matched.by(old, new, |element| Some((id(element), name(element), element.told())));
        matched.by(old, new, name);
        matched.by(old, new, id);
        if by_place {
            matched.by(old, new, |element| Some(element.position));
        }
        matched.pairs.sort_by_key(|(_, new)| *new);
        matched
    }

    fn by<K: std::hash::Hash + Eq>(&mut self, old: &List, new: &List, key: impl Fn(&Element) -> Option<K>) {
        let mut open: HashMap<K, Vec<usize>> = HashMap::new();
        let (olds, news): (BTreeSet<usize>, BTreeSet<usize>) = self.pairs.iter().copied().unzip();
        for (at, element) in old.elements.iter().enumerate().rev().filter(|(at, _)| !olds.contains(at)) {
            if let Some(key) = key(element) {
                open.entry(key).or_default().push(at);
            }
        }
        for (at, element) in new.elements.iter().enumerate().filter(|(at, _)| !news.contains(at)) {
            if let Some(before) = key(element).and_then(|key| open.get_mut(&key)?.pop()) {
                self.pairs.push((before, at));
            }
        }
    }

    /// The positions in the new list of those that the old one has.
    fn kept(&self) -> BTreeSet<usize> {
        self.pairs.iter().map(|(_, new)| *new).collect()
    }
}

/// What head's elements are told by that the merge base has.
pub fn known(track: &Track, base: &Track, old: &mut Modules<'_>, new: &mut Modules<'_>) -> BTreeSet<String> {
    let (Ok(Some(before)), Ok(Some(after))) = (golang::list(base, old), golang::list(track, new)) else {
        return BTreeSet::new();
    };
    let matched = Matched::new(&before, &after);
    let names = golang::names(&after);
    matched.pairs.iter().filter_map(|(_, at)| names.get(*at).cloned()).collect()
}

fn migrations(list: &List, wanted: impl Fn(usize) -> bool) -> Vec<Migration> {
    let named = golang::names(list).into_iter().zip(&list.elements).enumerate();
    named
        .filter(|(at, _)| wanted(*at))
        .map(|(_, (name, element))| Migration { name, location: element.location.clone() })
        .collect()
}

/// The parts of head's list that cannot be read and that the merge base's list has not.
fn unread(list: &List, base: Option<&List>) -> Vec<Unread> {
    let text = |location: &Location| location.source.text().get(location.range.clone()).map(str::to_owned);
    let before: BTreeSet<Option<String>> =
        base.iter().flat_map(|list| &list.unread).map(|(_, location)| text(location)).collect();
    let parts = list.unread.iter().filter(|(_, location)| !before.contains(&text(location)));
    parts.map(|(reason, location)| Unread { reason: reason.clone(), location: location.clone() }).collect()
}

/// The numbers that are not higher than all before them.
fn out_of_order(list: &List) -> Vec<Problem> {
    let mut problems = Vec::new();
    let is_free = list.library.is_some_and(Library::is_free_in_its_order);
    let mut highest: Option<(i64, &Location)> = None;
    let mut seen: HashMap<i64, &Location> = HashMap::new();
    for element in &list.elements {
        let Some((Id::Number(number), place)) = &element.id else { continue };
        let (number, location) = (*number, place.clone());
        if let Some(first) = seen.get(&number) {
            problems.push(Problem::Repeat {
                number,
                first: (*first).clone(),
                location,
                why: "databases record the number that has run: what comes second under it is skipped, or fails",
                help: "give the newer one the next number",
            });
        } else if let Some((before, first)) = highest.filter(|(before, _)| *before > number && !is_free) {
            problems.push(Problem::Decreasing { number, before, first: first.clone(), location });
        }
        seen.entry(number).or_insert(place);
        if highest.is_none_or(|(before, _)| before < number) {
            highest = Some((number, place));
        }
    }
    problems
}

/// Names, and ids that are no numbers, which a second element has.
fn repeated(head: &List, base: Option<&List>) -> Vec<Repeated> {
    let before: BTreeSet<(&str, String)> =
        base.iter().flat_map(|list| twice(list)).map(|(what, text, ..)| (what, text)).collect();
    let found = twice(head).into_iter();
    found
        .map(|(what, text, first, location)| {
            let pre_existing = before.contains(&(what, text.clone()));
            Repeated { what, text, first, location, pre_existing, note: None }
        })
        .collect()
}

fn twice(list: &List) -> Vec<(&'static str, String, Location, Location)> {
    let mut found = Vec::new();
    let mut seen: HashMap<(&'static str, String), Location> = HashMap::new();
    for element in &list.elements {
        let name = element.name.as_ref().map(|(name, place)| ("name", name.to_string(), place));
        let id = element.id.as_ref().and_then(|(id, place)| match id {
            Id::Text(text) => Some(("id", text.to_string(), place)),
            // A number that repeats is told by the rule for numbers.
            Id::Number(_) => None,
        });
        for (what, text, place) in name.into_iter().chain(id) {
            match seen.get(&(what, text.clone())) {
                Some(first) => found.push((what, text, first.clone(), place.clone())),
                None => drop(seen.insert((what, text), place.clone())),
            }
        }
    }
    found
}

/// The DDL keywords on added lines of the track's package, of the SQL files beside it, and of its declared schemas.
fn added_ddl(
    track: &Track,
    base_path: &str,
    own: &[String],
    head: &List,
    ends: &mut Ends<'_>,
) -> Result<Vec<AddedDdl>, ReadError> {
    let declared = track.declared.iter().map(|file| file.path.clone()).filter(|path| !own.contains(path));
    let files = own.iter().cloned().chain(declared);
    ddl_in(track, base_path, files, ends, |source, lines, ends| on_lines(source, lines, head, ends))
}

fn on_lines(source: &Source, lines: &LineSet, list: &List, ends: &mut Ends<'_>) -> Result<Vec<AddedDdl>, ReadError> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let mentions = if is_go(source.path()) {
        let labels = list.elements.iter().flat_map(|element| {
            element.name.iter().map(|(_, place)| place).chain(element.id.iter().map(|(_, place)| place))
        });
        let own = labels.filter(|place| place.path() == source.path());
        let labels: Vec<std::ops::Range<usize>> = own.map(|place| place.range.clone()).collect();
        // What does not parse, and did not before, is read as far as it goes.
        let file = match ends.head.go_file(source.path()) {
            Ok(file) => file,
            Err(_) => File::parse_leniently(source).map(std::rc::Rc::new),
        };
        file.map(|file| ddl::in_go(&file, lines, &labels)).unwrap_or_default()
    } else {
        ddl::mentions_on(source, lines).map_err(ReadError::Syntax)?
    };
    Ok(mentions.into_iter().map(|mention| mention.added(source)).collect())
}

/// Every table and index that the track's files name in DDL at head.
fn objects(track: &Track, own: &[String], list: &List, ends: &mut Ends<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut objects = BTreeSet::new();
    let files: BTreeSet<String> = track.files().map(str::to_owned).chain(own.iter().cloned()).collect();
    for path in files {
        let Some(source) = ends.head.source(&path)? else { continue };
        let found = on_lines(&source, &LineSet::all(), list, ends)?;
        objects.extend(found.into_iter().flat_map(|mention| mention.objects));
    }
    Ok(objects)
}

/// Whether the code of the list's package counts its elements: what they are about may tell them apart, too.
fn counts_places(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let Some(file) = ends.head.go_file(&track.path)? else { return Ok(false) };
    let name = track.list.clone().or_else(|| longest(&file).map(|list| list.name.to_string()));
    let package = ends.head.go_package(&track.path)?;
    Ok(package.zip(name).is_some_and(|(package, name)| are_counted(&package, &name)))
}

/// The first new element that stands before one which the merge base has, in a list that tells them by their places.
fn inserted(list: &List, matched: &Matched, names: &[String]) -> Option<Edit> {
    let kept = matched.kept();
    let end = kept.last().filter(|_| list.is_told_by_place())?;
    let at = (0..*end).find(|at| !kept.contains(at))?;
    let after = (at..=*end).find(|at| kept.contains(at))?;
    let what = Edited::Shifted(names.get(after)?.clone());
    Some(Edit { name: names.get(at)?.clone(), what, location: list.elements.get(at)?.location.clone() })
}

/// The first new element whose number is below the highest one that the merge base has, where what runs the list goes by
/// that.
fn below(list: &List, matched: &Matched, names: &[String], package: &crate::go::Package) -> Option<Edit> {
    let number = |at: usize| match list.elements.get(at)?.id {
        Some((Id::Number(number), _)) => Some(number),
        _ => None,
    };
    let kept = matched.kept();
    let (highest, other) = kept.iter().filter_map(|at| Some((number(*at)?, *at))).max()?;
    let is_below = |at: &usize| !kept.contains(at) && number(*at).is_some_and(|number| number < highest);
    let at = (0..list.elements.len()).find(is_below)?;
    if list.library.is_some() || !package.sources().any(|source| goes_by_the_highest(source.text())) {
        return None;
    }
    let what = Edited::Below(names.get(other)?.clone());
    Some(Edit { name: names.get(at)?.clone(), what, location: list.elements.get(at)?.location.clone() })
}

/// How an element is written in another way where that matters: a script whose checksum is recorded, or one of which it is
/// not wholly known at either end what it does.
fn rewritten(library: Option<Library>, (was, is): (&Element, &Element), is_known: bool) -> Option<Edited> {
    let (before, after) = match library {
        Some(library) if library.keeps_checksums() => (was.texts()?, is.texts()?),
        _ if is_known => return None,
        // What says nothing may have moved to where it is not seen.
        _ => (was.traces()?, is.traces()?),
    };
    (before != after && !before.is_empty() && !after.is_empty()).then_some(Edited::Text { before, after })
}

/// The code of the list's package at head, without comments and white space.
fn code_of_package(track: &Track, ends: &mut Ends<'_>) -> Result<String, ReadError> {
    let Some(package) = ends.head.go_package(&track.path)? else { return Ok(String::new()) };
    let mut code = String::new();
    for source in package.sources() {
        let Ok(Some(file)) = ends.head.go_file(source.path()) else { continue };
        let mut from = 0;
        let text = source.text();
        for comment in file.comments.iter().cloned().chain(std::iter::once(text.len()..text.len())) {
            code.extend(text.get(from..comment.start).unwrap_or_default().split_whitespace());
            from = comment.end;
        }
    }
    Ok(code)
}

fn without_space(element: &Element) -> String {
    let place = &element.location;
    place.source.text().get(place.range.clone()).unwrap_or_default().split_whitespace().collect()
}

/// What the change does to elements that the merge base has.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let track = &change.track;
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let base = Track { path: base_path.clone(), ..track.clone() };
    let (Some(old), Some(new)) = (golang::list(&base, &mut ends.base)?, golang::list(track, &mut ends.head)?) else {
        return Ok(Vec::new());
    };
    if !old.unread.is_empty() || !new.unread.is_empty() {
        return Ok(Vec::new());
    }
    let matched = Matched::new(&old, &new);
    let (old_names, new_names) = (golang::names(&old), golang::names(&new));
    let evaluated = match &change.outcome {
        Some(outcome) => (outcome.before.clone(), outcome.fresh.clone()),
        // Of a database that no engine knows, what is executed is known all the same.
        None => (golang::fresh(&base, &mut ends.base)?.evaluated, golang::fresh(track, &mut ends.head)?.evaluated),
    };
    let executed = (Executed::new(&evaluated.0), Executed::new(&evaluated.1));
    // No database has run what comes after one that every database refuses.
    let failed = |name: &String| {
        evaluated.0.failures.iter().any(|failure| failure.by.migration().is_some_and(|by| **by == **name))
    };
    let released = old_names.iter().position(failed).unwrap_or(old_names.len());
    let mut edits = Vec::new();
    let mut last: Option<usize> = None;
    for (before, after) in matched.pairs.iter().filter(|(before, _)| *before < released) {
        let (was, is) = (&old.elements[*before], &new.elements[*after]);
        let (name, new_name) = (&old_names[*before], &new_names[*after]);
        let mut note = |what| edits.push(Edit { name: name.clone(), what, location: is.location.clone() });
        if let Some(last) = last.filter(|last| before < last && new.library.is_none()) {
            note(Edited::Reordered(old_names[last].clone()));
        }
        last = Some(last.map_or(*before, |last| last.max(*before)));
        if let (Some((from, _)), Some((to, _))) = (&was.id, &is.id)
            && from != to
        {
            note(Edited::Renumbered { from: from.to_string(), to: to.to_string() });
        }
        if was.name.as_ref().map(|(name, _)| name) != is.name.as_ref().map(|(name, _)| name) {
            note(Edited::Renamed(new_name.clone()));
        }
        let does = does_otherwise((&executed.0, name), (&executed.1, new_name));
        let is_known = executed.0.is_known(name) || executed.1.is_known(new_name);
        // A checksum is another whatever the script does.
        if let Some(what) = rewritten(new.library, (was, is), is_known).or(does) {
            note(what);
        }
    }
    let is_described = new.elements.iter().any(|element| element.is_described);
    if !is_described || counts_places(track, ends)? {
        edits.extend(inserted(&new, &matched, &new_names));
    }
    if let Some(package) = ends.head.go_package(&track.path)? {
        edits.extend(below(&new, &matched, &new_names, &package));
    }
    let kept: BTreeSet<usize> = matched.pairs.iter().map(|(before, _)| *before).collect();
    let gone = old.elements.iter().enumerate().filter(|(at, _)| !kept.contains(at) && *at < released);
    let mut gone: Vec<(usize, &Element)> = gone.collect();
    if !gone.is_empty() {
        // One that is written elsewhere now is put into the list by code.
        let code = code_of_package(track, ends)?;
        gone.retain(|(_, element)| element.id.is_none() || !code.contains(&without_space(element)));
    }
    edits.extend(gone.into_iter().map(|(at, element)| {
        let location = element.location.clone();
        Edit { name: old_names[at].clone(), what: Edited::Removed, location }
    }));
    Ok(edits)
}
