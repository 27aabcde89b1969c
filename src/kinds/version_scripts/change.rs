//! The track kind `version-scripts`: a directory of Python files, each of which leads from one version to the next.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::source::{words, Location};
use crate::track::chain::Chain;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::{Edit, Edited};
use crate::track::python_list::imported_files;
use crate::track::revision::Revision;
use crate::change::numbers::VersionChange;
use crate::kinds::python_list::change as python_list;
use crate::kinds::python_versions::change as versions;
use crate::change::{Notes, Presence, TrackChange, Unloadable};
use crate::track::{AddedDdl, Migration, Track, Unread, ddl};
use crate::evaluate::drift::Drift;
use crate::evaluate::lifecycle::Which;
use crate::git::{Entry, EntryKind, ObjectId};
use crate::path;
use crate::python::shape;
use super::constant::{self, Constants, Found};
use super::name::{self, Version};
use super::script::{ENTRIES, File, LEFT_OUT, Script};
use super::steps::Directory;

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    if !may_be_touched(track, ends) {
        return Ok(change);
    }
    let base_path = base_path(track, ends)?;
    let constants = Both {
        base: constant::find(track, &base_path, &mut ends.base)?,
        head: constant::find(track, &track.path, &mut ends.head)?,
    };
    if !is_touched(track, &base_path, &constants, ends) {
        return Ok(change);
    }
    change.touched = true;
    let mut loader = Loader::default();
    let base = loader.at_base(&base_path, ends, notes)?;
    let head = loader.directory(&files(&track.path, &ends.head)?, &ends.head)?;
    change.migrations = Some(head.steps().len());
    if head.files.iter().all(|file| file.script().is_none()) && head.untold().next().is_none() {
        if let Some(script) = base.scripts().next() {
            change.presence = Presence::Lost(script.location.clone());
        }
        return Ok(change);
    }
    if base.scripts().next().is_none() {
        change.presence = Presence::New;
    } else {
        change.base_path = Some(base_path.clone());
    }
    change.new = net_new(&base, &head);
    change.invalid = invalid(&base, &head, ends).into_iter().map(Unloadable::Script).collect();
    change.unread = unread(track, &head, &constants, ends);
    if !change.new.is_empty() && matches!(change.presence, Presence::Kept) {
        change.ddl = added_ddl(track, &base_path, &head, &change.new, ends)?;
    }
    if track.dialect.facts().tables.takes_any_schema && change.base_path.is_some() {
        change.drift = Some(drift(track, &change.new, ends)?);
    }
    if let Constants::Several(found) = &constants.head {
        let places: Vec<String> =
            found.iter().map(|one| format!("`{}` in {}", one.name, one.location.path())).collect();
        notes.push(format!(
            "the highest version of `{}` is held against no constant: {} could be it; say which with `version`",
            track.name,
            places.join(", ")
        ));
    }
    change.versions = Some(judged(track, &base_path, (&base, &head), &constants, &mut loader, ends)?);
    Ok(change)
}

/// Something at both ends.
struct Both<T> {
    base: T,
    head: T,
}

/// Whether a changed file lies where one of the track's can be: its constant is only looked for then.
fn may_be_touched(track: &Track, ends: &Ends<'_>) -> bool {
    ends.changed.iter().any(|file| {
        path::folder(&file.path) == track.path
            || is_above(track, &file.path)
            || track.declared.iter().any(|declared| declared.path == file.path)
    })
}

/// Whether a Python file of the directory changed, or one that has the constant.
fn is_touched(track: &Track, base_path: &str, constants: &Both<Constants>, ends: &Ends<'_>) -> bool {
    let paths: Vec<&str> = constants.base.paths().into_iter().chain(constants.head.paths()).collect();
    ends.changed.iter().any(|file| {
        let folder = path::folder(&file.path);
        let is_inside = folder == track.path || folder == base_path;
        is_inside && ddl::is_python(&file.path)
            || paths.contains(&file.path.as_str())
            || track.declared.iter().any(|declared| declared.path == file.path)
    })
}

/// Whether a change to this file may raise the version of a track: it lies in a folder above the scripts.
pub fn is_above(track: &Track, path: &str) -> bool {
    let folder = path::folder(path);
    let inside = folder.is_empty() || track.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let configured = constant::configured(track).and_then(|(path, _)| path);
    configured == Some(path) || (inside && ddl::is_python(path))
}

/// The configured file of the constant.
pub fn constant_file(track: &Track) -> Option<&str> {
    constant::configured(track).and_then(|(path, _)| path)
}

/// The Python files of a directory, by path.
fn files(directory: &str, modules: &Modules<'_>) -> Result<BTreeMap<String, Entry>, ReadError> {
    let entries = modules.snapshot.list(directory)?.into_iter();
    let python = entries.filter(|entry| entry.kind != EntryKind::Directory && ddl::is_python(&entry.name));
    Ok(python.map(|entry| (path::join(directory, &entry.name), entry)).collect())
}

/// Whether a directory has a migration script, or a file that may be one.
pub fn has_scripts(directory: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
    let files = match files(directory, modules) {
        Err(ReadError::Git(error)) if error.is_not_text() => return Ok(false),
        files => files?,
    };
    if files.keys().any(|path| name::is_step(path)) {
        return Ok(true);
    }
    for (path, entry) in &files {
        let source = modules.snapshot.read_text(path, entry)?;
        if source
            .is_none_or(|source| matches!(File::read(&source), File::Script(_) | File::Untold(_) | File::Broken { .. }))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the merge base keeps the scripts: in the same directory, or in the one that most of them were moved from.
fn base_path(track: &Track, ends: &Ends<'_>) -> Result<String, ReadError> {
    let there = match files(&track.path, &ends.base) {
        Err(ReadError::Git(error)) if error.is_not_text() => return Ok(track.path.clone()),
        files => files?.keys().any(|path| name::is_step(path)),
    };
    if there {
        return Ok(track.path.clone());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let head: BTreeSet<String> =
        files(&track.path, &ends.head)?.into_keys().filter_map(|path| name::stem(&path).map(str::to_owned)).collect();
    for file in ends.changed.iter().filter(|file| file.new.is_none() && name::is_step(&file.path)) {
        if name::stem(&file.path).is_some_and(|stem| head.contains(stem)) {
            *counts.entry(path::folder(&file.path)).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    Ok(most.map_or_else(|| track.path.clone(), |(folder, _)| folder.to_owned()))
}

/// Reads files, each text once.
#[derive(Default)]
struct Loader {
    known: HashMap<(String, ObjectId), Rc<File>>,
}

impl Loader {
    fn directory(&mut self, files: &BTreeMap<String, Entry>, from: &Modules<'_>) -> Result<Directory, ReadError> {
        let files = files.iter().map(|(path, entry)| self.file(path, entry, from));
        Ok(Directory { files: files.collect::<Result<_, _>>()? })
    }

    fn file(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Rc<File>, ReadError> {
        let key = (path.to_owned(), entry.id);
        if let Some(known) = self.known.get(&key) {
            return Ok(Rc::clone(known));
        }
        let file = match from.snapshot.read(path, entry) {
            Ok(source) => File::read(&source),
            Err(error) if error.is_not_text() => {
                let location = Location::line(&crate::source::Source::new(path, ""), 1, "");
                File::broken(path, Unread { reason: error.to_string(), location })
            }
            Err(error) => return Err(error.into()),
        };
        let file = Rc::new(file);
        self.known.insert(key, Rc::clone(&file));
        Ok(file)
    }

    /// The directory at the merge base; one that is no directory there has no scripts, and head alone is to answer.
    fn at_base(&mut self, path: &str, ends: &Ends<'_>, notes: &mut Notes) -> Result<Directory, ReadError> {
        match files(path, &ends.base) {
            Err(ReadError::Git(error)) if error.is_not_text() => {
                notes.unread_at_base(path, error);
                Ok(Directory::default())
            }
            files => self.directory(&files?, &ends.base),
        }
    }
}

/// The migrations to versions that no script of the merge base leads to, the lowest first.
fn net_new(base: &Directory, head: &Directory) -> Vec<Migration> {
    let known: BTreeSet<&Version> = base.steps().into_iter().map(|script| &script.to).collect();
    let mut seen = BTreeSet::new();
    let new = head.steps().into_iter().filter(|script| !known.contains(&script.to) && seen.insert(&script.to));
    new.map(|script| Migration { name: script.to.to_string(), location: script.location.clone() }).collect()
}

/// Changed scripts that do not parse, and those that lack a name which all others have, or the template.
fn invalid(base: &Directory, head: &Directory, ends: &Ends<'_>) -> Vec<Unread> {
    let is_changed = |location: &Location| ends.change_of(location.path()).is_some();
    let known: HashMap<&str, &Script> = base.scripts().map(|script| (script.location.path(), script)).collect();
    let before = |path: &str| known.get(path).copied();
    let (base, own) = (Names::of(base), Names::of(head));
    let templates = head.files.iter().filter_map(|file| match &**file {
        File::Template(template) => Some(&template.names),
        _ => None,
    });
    let template: BTreeSet<&'static str> = templates.flatten().copied().collect();
    let mut found = Vec::new();
    for file in &head.files {
        match &**file {
            File::Broken { script, unread } if is_changed(&script.location) => {
                let was_broken = before(script.location.path()).is_some_and(|script| script.module.is_none());
                if !was_broken {
                    found.push(unread.clone());
                }
            }
            File::Script(script) if is_changed(&script.location) && !script.required.is_open => {
                let old = before(script.location.path()).filter(|old| old.module.is_some());
                let was_there = |name: &&&str| old.is_none_or(|old| old.required.names.contains(**name));
                let needed = needed(script, &base, &own, &template);
                let lacking: Vec<&&str> =
                    needed.iter().filter(|name| !script.required.names.contains(**name)).filter(was_there).collect();
                if !lacking.is_empty() {
                    let names = lacking.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                    let reason = format!("it has no {names}, which the others have");
                    found.push(Unread { reason, location: Location::line(&script.location.source, 1, "") });
                }
            }
            _ => {}
        }
    }
    found
}

/// What the scripts of a directory have of the names that they may need.
#[derive(Default)]
struct Names<'d> {
    /// Those whose text tells it, by the name of the file.
    told: HashMap<&'d str, &'d Script>,
    counts: BTreeMap<&'static str, usize>,
}

impl<'d> Names<'d> {
    fn of(directory: &'d Directory) -> Self {
        let mut names = Self::default();
        let told = directory.scripts().filter(|script| script.module.is_some() && !script.required.is_open);
        for script in told {
            for name in &script.required.names {
                *names.counts.entry(name).or_default() += 1;
            }
            names.told.insert(name::stem(script.location.path()).unwrap_or_default(), script);
        }
        names
    }

    /// How many scripts there are besides this one, and the names that all of them have.
    fn of_others(&self, script: &Script) -> (usize, BTreeSet<&'static str>) {
        let own = name::stem(script.location.path()).and_then(|stem| self.told.get(stem));
        let others = self.told.len() - usize::from(own.is_some());
        let has = |name: &str| usize::from(own.is_some_and(|own| own.required.names.contains(name)));
        let all = self.counts.iter().filter(|(name, count)| others > 0 && **count - has(name) == others);
        (others, all.map(|(name, _)| *name).collect())
    }
}

/// The names that a script needs: those that every other one has which the merge base knows, or head where it knows none,
/// and those of the template.
fn needed(
    script: &Script,
    base: &Names<'_>,
    head: &Names<'_>,
    template: &BTreeSet<&'static str>,
) -> BTreeSet<&'static str> {
    let needed = match base.of_others(script) {
        (0, _) => head.of_others(script).1,
        (_, needed) => needed,
    };
    &needed | template
}

/// What could not be read and concerns the change.
fn unread(track: &Track, head: &Directory, constants: &Both<Constants>, ends: &Ends<'_>) -> Vec<Unread> {
    let is_changed = |unread: &&Unread| ends.change_of(unread.location.path()).is_some();
    let mut unread: Vec<Unread> = head.untold().filter(is_changed).cloned().collect();
    // One that is computed is the highest version by its making, as far as nobody demands more.
    let wanted = match (constant::configured(track), constants.base.one()) {
        (Some((_, name)), _) if constants.head.one().is_none_or(|found| found.version.is_none()) => Some(name),
        (None, Some(old)) if matches!(constants.head, Constants::None) && !old.is_guess => Some(old.name.as_str()),
        // What the merge base wrote out and head computes is not known any more.
        (None, Some(old)) if old.version.is_some() && constants.head.one().is_some_and(|now| now.version.is_none()) => {
            Some(old.name.as_str())
        }
        _ => None,
    };
    if let (Some(name), Some(highest)) = (wanted, head.highest()) {
        let why = if constants.head.one().is_some() { "is computed" } else { "is not found" };
        let reason = format!("`{name}` {why}, so whether it is the highest version is not known");
        let location = constants.head.one().map_or_else(|| highest.location.clone(), |found| found.location.clone());
        unread.push(Unread { reason, location });
    }
    unread
}

/// The DDL keywords on added lines of the new scripts, of what they import and of the declared schemas.
fn added_ddl(
    track: &Track,
    base_path: &str,
    head: &Directory,
    new: &[Migration],
    ends: &mut Ends<'_>,
) -> Result<Vec<AddedDdl>, ReadError> {
    let changed: BTreeSet<String> = ends.changed.iter().map(|change| change.path.clone()).collect();
    let mut paths: BTreeSet<String> = new.iter().map(|migration| migration.location.path().to_owned()).collect();
    for path in paths.clone() {
        let readable = head.scripts().any(|script| script.location.path() == path && script.module.is_some());
        if readable {
            paths.extend(imported_files(&path, &mut ends.head, &changed)?);
        }
    }
    let in_folder = |path: &str| path.strip_prefix(&track.path).is_some_and(|rest| rest.starts_with('/'));
    paths.extend(changed.into_iter().filter(|path| in_folder(path) && ddl::is_sql(path)));
    paths.extend(track.declared.iter().map(|declared| declared.path.clone()));
    let broken: BTreeSet<&str> =
        head.scripts().filter(|script| script.module.is_none()).map(|script| script.location.path()).collect();
    let files = paths.into_iter().filter(|path| !broken.contains(path.as_str()));
    python_list::ddl_in(track, base_path, files, ends, python_list::on_lines)
}

/// The columns that declared tables gained and that no new script adds.
fn drift(track: &Track, new: &[Migration], ends: &mut Ends<'_>) -> Result<Drift, ReadError> {
    let words = |migration: &Migration| {
        words(migration.location.source.text()).map(|(_, word)| word.to_owned()).collect::<Vec<_>>()
    };
    let told = new.iter().flat_map(words).collect();
    let path = |migration: &Migration| (migration.name.clone(), migration.location.path().to_owned());
    let files: Vec<(String, String)> = new.iter().map(path).collect();
    versions::drift(track, &told, Which::Files(&files), ends)
}

/// What is wrong with the scripts as they are when head is merged into the tip of base, and what was wrong before.
fn judged(
    track: &Track,
    base_path: &str,
    (base, head): (&Directory, &Directory),
    constants: &Both<Constants>,
    loader: &mut Loader,
    ends: &mut Ends<'_>,
) -> Result<VersionChange, ReadError> {
    let (known, own) =
        (certain(&constants.base, base, None), certain(&constants.head, head, Some((&constants.base, base))));
    let mut before = base.problems(known);
    let is_alone = ends.tip.snapshot.address().tree == ends.base.snapshot.address().tree || base_path != track.path;
    if is_alone {
        return Ok(VersionChange { head: head.problems(own), base: before });
    }
    let (tip_files, merged_files) = merged(track, ends)?;
    let tip = loader.directory(&tip_files, &ends.tip)?;
    let tip_constants = constant::find(track, &track.path, &mut ends.tip)?;
    before.extend(tip.problems(tip_constants.one()));
    let merged = match merged_files {
        Some(files) => loader.directory(&files, &ends.head)?,
        None => return Ok(VersionChange { head: head.problems(own), base: before }),
    };
    let constant = own.and_then(|own| merged_constant(own, &constants.base, &tip_constants));
    Ok(VersionChange { head: merged.problems(constant), base: before })
}

/// A constant that is the one which the scripts go by: one that was configured or has the usual name, or one that said
/// the highest version before.
fn certain<'c>(
    constants: &'c Constants,
    directory: &Directory,
    before: Option<(&Constants, &Directory)>,
) -> Option<&'c Found> {
    let found = constants.one()?;
    if !found.is_guess {
        return Some(found);
    }
    let agrees = |found: &Found, directory: &Directory| {
        let highest = directory.highest().map(|script| &script.to);
        found.version.as_ref().zip(highest).is_some_and(|(version, highest)| version.is_meant_by(highest))
    };
    let is_it = match before {
        Some((constants, directory)) => {
            constants.one().is_some_and(|before| before.name == found.name && agrees(before, directory))
        }
        None => agrees(found, directory),
    };
    is_it.then_some(found)
}

/// Head's constant where the merge keeps it, or the tip's where only that moved; `None` where both did, differently.
fn merged_constant<'c>(head: &'c Found, base: &'c Constants, tip: &'c Constants) -> Option<&'c Found> {
    let (Some(base), Some(tip)) = (base.one(), tip.one()) else { return Some(head) };
    if head.version == base.version || head.version == tip.version {
        return Some(tip);
    }
    (tip.version == base.version).then_some(head)
}

/// The files of the tip of base, and those of head merged into it; the latter are `None` where both changed one file.
type Merged = (BTreeMap<String, Entry>, Option<BTreeMap<String, Entry>>);

fn merged(track: &Track, ends: &Ends<'_>) -> Result<Merged, ReadError> {
    let read = |modules: &Modules<'_>| match files(&track.path, modules) {
        Err(ReadError::Git(error)) if error.is_not_text() => Ok(BTreeMap::new()),
        files => files,
    };
    let (base, head, tip) = (read(&ends.base)?, files(&track.path, &ends.head)?, read(&ends.tip)?);
    let paths: BTreeSet<&String> = base.keys().chain(head.keys()).chain(tip.keys()).collect();
    let mut merged = BTreeMap::new();
    let mut conflict = false;
    for path in paths {
        let id = |files: &BTreeMap<String, Entry>| files.get(path).map(|entry| entry.id);
        let (at_base, at_head, at_tip) = (id(&base), id(&head), id(&tip));
        conflict |= at_head != at_base && at_tip != at_base && at_head != at_tip;
        let side = if at_head == at_base { &tip } else { &head };
        if let Some(entry) = side.get(path) {
            merged.insert(path.clone(), entry.clone());
        }
    }
    Ok((tip, (!conflict).then_some(merged)))
}

/// What the change does to scripts that the merge base has.
pub fn edits(change: &TrackChange, ends: &Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let mut loader = Loader::default();
    let base = loader.directory(&files(base_path, &ends.base)?, &ends.base)?;
    let head = loader.directory(&files(&change.track.path, &ends.head)?, &ends.head)?;
    if base.untold().next().is_some() || head.untold().next().is_some() {
        return Ok(Vec::new());
    }
    let (old, new) = (by_target(&base), by_target(&head));
    // What was out of order before is mended by another number.
    let broken = !base.problems(None).is_empty();
    let copies = copies(new.iter().filter(|(to, _)| broken || !old.contains_key(*to)).flat_map(|(_, scripts)| scripts));
    let copy = |was: &Script| shape_of(was).and_then(|shape| copies.get(&shape).copied());
    let renumbered = |was: &Script| {
        let copy = copy(was).filter(|_| !broken)?;
        Some((Edited::Renamed(copy.to.to_string()), copy.location.clone()))
    };
    let mut edits = Vec::new();
    for (to, script) in &new {
        let [script] = script.as_slice() else { continue };
        let Some([was]) = old.get(to).map(Vec::as_slice) else { continue };
        let name = to.to_string();
        if script.from != was.from && !broken {
            let what = Edited::Reparented { from: vec![was.from.to_string()], to: vec![script.from.to_string()] };
            edits.push(Edit { name: name.clone(), what, location: script.location.clone() });
        }
        if let (Some(before), Some(after)) = (&was.module, &script.module)
            && before.text() != after.text()
            && !shape::does_the_same(before, after, &ENTRIES, &LEFT_OUT)
        {
            let (before, after) = (before.text().to_owned(), after.text().to_owned());
            let text = || (Edited::Text { before, after }, script.location.clone());
            let (what, location) = renumbered(was).unwrap_or_else(text);
            edits.push(Edit { name, what, location });
        }
    }
    for (to, scripts) in old.iter().filter(|(to, _)| !new.contains_key(*to)) {
        let Some(was) = scripts.first() else { continue };
        if broken && copy(was).is_some() {
            continue;
        }
        let (what, location) = renumbered(was).unwrap_or_else(|| (Edited::Removed, was.location.clone()));
        edits.push(Edit { name: to.to_string(), what, location });
    }
    Ok(edits)
}

fn by_target(directory: &Directory) -> BTreeMap<&Version, Vec<&Script>> {
    let mut found: BTreeMap<&Version, Vec<&Script>> = BTreeMap::new();
    for script in directory.steps() {
        found.entry(&script.to).or_default().push(script);
    }
    found
}

/// Scripts by what they do.
fn copies<'s>(scripts: impl Iterator<Item = &'s &'s Script>) -> HashMap<u64, &'s Script> {
    scripts.filter_map(|script| Some((shape_of(script)?, *script))).collect()
}

/// What tells a script from others by what it does; `None` for one that does nothing, or cannot be read.
fn shape_of(script: &Script) -> Option<u64> {
    script.module.as_ref().and_then(|module| shape::of_module(module, &ENTRIES, &LEFT_OUT))
}

/// The path of a script, for a place to point to.
pub fn first_file(track: &Track, modules: &Modules<'_>) -> Result<Option<String>, ReadError> {
    Ok(files(&track.path, modules)?.into_keys().find(|path| name::is_step(path)))
}

/// The scripts at one commit as a chain: each is told by the version that it leads to, and follows the one that it begins
/// at.
pub fn chain(track: &Track, modules: &Modules<'_>) -> Result<Chain, ReadError> {
    let directory = Loader::default().directory(&files(&track.path, modules)?, modules)?;
    let steps = directory.steps();
    let first = steps.first().map(|script| &script.from);
    // One version may be written in several ways: `2` and `2.0`.
    let mut ids: BTreeMap<&Version, String> = BTreeMap::new();
    for script in &steps {
        ids.entry(&script.to).or_insert_with(|| script.to.to_string());
    }
    let id = |version: &Version| ids.get(version).cloned().unwrap_or_else(|| version.to_string());
    let revisions = steps.iter().map(|script| {
        let is_first = first == Some(&script.from);
        Arc::new(Revision {
            id: Some(id(&script.to)),
            parents: if is_first { Vec::new() } else { vec![id(&script.from)] },
            computed_parents: false,
            depends_on: Vec::new(),
            computed_depends_on: false,
            computed_labels: false,
            labels: Vec::new(),
            location: script.location.clone(),
            parents_location: script.location.clone(),
            depends_on_location: script.location.clone(),
        })
    });
    Ok(Chain::new(revisions.collect()))
}

/// The script to the highest version alone, as a chain.
pub fn highest(track: &Track, modules: &Modules<'_>) -> Result<Chain, ReadError> {
    let chain = chain(track, modules)?;
    let version = |revision: &Arc<Revision>| revision.id.as_deref().and_then(Version::parse);
    Ok(Chain::new(chain.revisions.into_iter().max_by_key(version).into_iter().collect()))
}

/// Whether a directory looks like one of scripts: one of them has both constants, or several follow each other in a folder
/// that is named after migrations.
pub fn is_one(directory: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
    let read = Loader::default().directory(&files(directory, modules)?, modules)?;
    let named: Vec<&Script> = read.scripts().filter(|script| name::is_step(script.location.path())).collect();
    let has_both = |script: &&Script| {
        let has = |pair: &[&str]| pair.iter().all(|name| script.required.names.contains(name));
        LEFT_OUT.chunks(2).any(has)
    };
    let targets: BTreeSet<&Version> = named.iter().map(|script| &script.to).collect();
    let follow = |script: &&Script| targets.contains(&script.from);
    let own = path::name(directory);
    Ok(named.iter().any(has_both) || (is_named_after_migrations(own) && named.iter().any(follow)))
}

/// The text of all scripts of a directory.
pub fn text(directory: &str, modules: &mut Modules<'_>) -> Result<String, ReadError> {
    let mut text = String::new();
    for path in files(directory, modules)?.into_keys().filter(|path| name::is_step(path)) {
        text += modules.text(&path)?.as_ref().map_or("", crate::source::Source::text);
    }
    Ok(text)
}

/// Whether a folder's name says that migrations are in it.
fn is_named_after_migrations(name: &str) -> bool {
    crate::source::has_word(name, &["migrat", "upgrade"])
}
