//! The track kind `alembic`: revision files in a versions directory.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::chain::{Chain, ChainChange, Home};
use super::ends::{Ends, Modules, ReadError};
use super::revision::{Revision, is_loaded};
use super::{
    AddedDdl, Dialect, Migration, Notes, Presence, Track, TrackChange, Unloadable, Unread, ddl, feeders, models,
    python_list,
};
use crate::config::{FILE_NAME, PYPROJECT};
use crate::git::{Entry, EntryKind, GitError, ObjectId, Snapshot};
use crate::path;
use crate::python::{Module, acts};
use crate::source::{Location, Source};
use crate::threads::shared_out;

/// What the change does to such a track.
pub fn change(track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError> {
    let mut change = TrackChange::untouched(track.clone());
    let head = Rc::new(files(track, &ends.head)?);
    change.migrations = Some(head.len());
    change.configured_anew = ends.changed.iter().any(|file| [FILE_NAME, PYPROJECT].contains(&file.path.as_str()));
    let may_be_parked = track.parked.is_some() && change.configured_anew;
    let is_own = |path: &str| is_revision_path(track, path) || track.is_evaluated() && is_beside(track, path);
    let is_fed = |ends: &mut Ends<'_>| Ok::<_, ReadError>(track.is_evaluated() && feeders::change(track, ends)?);
    let is_touched = ends.changed.iter().any(|file| is_own(&file.path) || head.contains_key(&file.path));
    if !may_be_parked && !is_touched && !is_fed(ends)? && !python_list::declared_may_have_moved(track, ends)? {
        return Ok(change);
    }
    change.touched = true;
    let base = match files(track, &ends.base) {
        Err(ReadError::Git(error)) if error.is_not_text() => {
            notes.unread_at_base(&track.path, error);
            Files::new()
        }
        files => files?,
    };
    let base = Rc::new(base);
    if head.is_empty() {
        if let Some((path, entry)) = base.first_key_value() {
            let place = ends.base.snapshot.read(path, entry).map(|source| Location::line(&source, 1, "was here"));
            change.presence = place.map_or(Presence::Kept, Presence::Lost);
        }
        return Ok(change);
    }
    let mut loader = Loader::of(track);
    let mut new = Vec::new();
    for (path, entry) in &*head {
        let Some(old) = base.get(path) else {
            match allowed(loader.parse(path, entry, &ends.head)?) {
                Ok(revision) => new.push(revision),
                Err(unread) => change.invalid.push(Unloadable::Revision(unread)),
            }
            continue;
        };
        if old.id != entry.id
            && let Err(unread) = allowed(loader.parse(path, entry, &ends.head)?)
            && loader.read(path, old, &ends.base).is_ok_and(|loaded| allowed(loaded).is_ok())
        {
            change.invalid.push(Unloadable::Revision(unread));
        }
    }
    let mut added = None;
    if !new.is_empty() {
        let known = Known::read(&base, ends, &mut loader, notes)?;
        if known.revisions.is_empty() {
            change.presence = Presence::New;
        }
        added = Some((new, known));
    }
    let chain = chain_change(track, ends, (base, head), &mut loader)?;
    if let Some((new, known)) = added {
        let ids = chain.head.revisions.iter().filter_map(|revision| revision.id.as_deref()).collect();
        change.new = net_new(&new, &known, &ids);
        change.ddl = change.new.iter().filter_map(|new| added_ddl(&new.location, track.dialect)).collect();
    }
    change.unread = chain.added().filter_map(computed).collect();
    change.chain = Some(chain);
    Ok(change)
}

/// What a new revision does to the schema first, as its text tells it.
fn added_ddl(location: &Location, dialect: Dialect) -> Option<AddedDdl> {
    let module = Module::parse(&location.source).ok()?;
    let (keyword, table) = acts::first_of_schema(&acts::of_function(&module, "upgrade", dialect.sqlalchemy_names())?)?;
    Some(AddedDdl { keyword, objects: table.into_iter().collect(), location: location.clone() })
}

/// What keeps a revision's place in the chain from being known.
fn computed(revision: &Revision) -> Option<Unread> {
    let (name, location, unknown) = if revision.computed_parents {
        ("down_revision", &revision.parents_location, "the order of the chain")
    } else if revision.computed_depends_on {
        ("depends_on", &revision.depends_on_location, "the order of the chain")
    } else if revision.computed_labels {
        ("branch_labels", &revision.location, "the branch that it begins")
    } else {
        return None;
    };
    let reason = format!("its `{name}` is computed, so {unknown} is not known");
    Some(Unread { reason, location: location.clone() })
}

/// A revision, or why Alembic would not load the file as one.
type Loaded = Result<Arc<Revision>, Unread>;

/// A revision with an id that Alembic takes.
fn allowed(loaded: Loaded) -> Loaded {
    let revision = loaded?;
    match revision.refused() {
        Some(unread) => Err(unread),
        None => Ok(revision),
    }
}

/// Fewer files are read before another thread has opened the repository.
const MANY: usize = 200;

/// Revision files by their paths.
type Files = BTreeMap<String, Entry>;

/// Whether the base branch has a file, or a change wants it to.
#[derive(Clone, Copy)]
enum Standing {
    Merged,
    Proposed,
}

/// Reads revisions, each text once.
struct Loader<'t> {
    track: &'t Track,
    loaded: foldhash::HashMap<ObjectId, Vec<(String, Loaded)>>,
    chains: Vec<(Rc<Files>, Arc<Chain>)>,
}

impl<'t> Loader<'t> {
    fn of(track: &'t Track) -> Self {
        Self { track, loaded: foldhash::HashMap::default(), chains: Vec::new() }
    }

    /// What a file is that the change touched, so that it may not even parse.
    fn parse(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Loaded, ReadError> {
        self.load(path, entry, from, Revision::parse)
    }

    /// What a file is that was there before.
    fn read(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Loaded, ReadError> {
        self.load(path, entry, from, Revision::read)
    }

    /// Fails on what is no text: whether Alembic would load what a link leads to, or text in another encoding, is not
    /// known.
    fn load(
        &mut self,
        path: &str,
        entry: &Entry,
        from: &Modules<'_>,
        by: fn(&Source) -> Result<Revision, Unread>,
    ) -> Result<Loaded, ReadError> {
        let known = self.loaded.entry(entry.id).or_default();
        if let Some((_, loaded)) = known.iter().find(|(known, _)| known == path) {
            return Ok(loaded.clone());
        }
        let loaded = by(&from.snapshot.read(path, entry)?).map(Arc::new);
        known.push((path.to_owned(), loaded.clone()));
        Ok(loaded)
    }

    /// Reads those of many files that are not known yet on several threads. What cannot be read stays unknown.
    fn read_many(&mut self, files: &Files, from: &Modules<'_>, standing: Standing) {
        let is_known = |path: &str, entry: &Entry| {
            self.loaded.get(&entry.id).is_some_and(|known| known.iter().any(|(known, _)| known == path))
        };
        let unknown: Vec<(&String, &Entry)> = files.iter().filter(|(path, entry)| !is_known(path, entry)).collect();
        if unknown.len() < MANY {
            return;
        }
        let address = from.snapshot.address();
        let load = |files: &[(&String, &Entry)]| {
            let Ok(repository) = address.open() else { return Vec::new() };
            let snapshot = repository.snapshot(address.tree);
            let one = |(path, entry): &(&String, &Entry)| {
                let source = match standing {
                    Standing::Merged => snapshot.read_merged(path, entry),
                    Standing::Proposed => snapshot.read(path, entry),
                };
                let source = source.ok()?;
                Some((entry.id, (*path).clone(), Revision::read(&source).map(Arc::new)))
            };
            files.iter().filter_map(one).collect()
        };
        self.loaded.reserve(unknown.len());
        for (id, path, loaded) in shared_out(&unknown, load) {
            self.loaded.entry(id).or_default().push((path, loaded));
        }
    }

    /// The chain of these files, without those that are no revisions.
    fn chain(&mut self, files: &Rc<Files>, from: &Modules<'_>, standing: Standing) -> Result<Arc<Chain>, ReadError> {
        if let Some((_, known)) = self.chains.iter().find(|(known, _)| known == files) {
            return Ok(known.clone());
        }
        self.read_many(files, from, standing);
        let mut revisions = Vec::with_capacity(files.len());
        for (path, entry) in &**files {
            match self.read(path, entry, from) {
                Ok(revision) => revisions.extend(revision),
                // An old file that cannot be read may be the head, or what comes before it.
                Err(ReadError::Git(error)) if error.is_not_text() => {
                    revisions.push(Arc::new(Revision::unreadable(path)));
                }
                Err(error) => return Err(error),
            }
        }
        let home = Home {
            environment: Some(environment(self.track, from)?),
            locations: self.track.directories().map(str::to_owned).collect(),
            continues_elsewhere: self.track.continues_elsewhere,
            dialect: Some(self.track.dialect),
            flavour: self.track.flavour,
        };
        let mut chain = Chain::at(revisions, home);
        if !chain.home.continues_elsewhere
            && !chain.dangling().is_empty()
            && models::takes_revisions_of_packages(self.track, from)?
        {
            // What is not here may well be there.
            let home = Home { continues_elsewhere: true, ..chain.home };
            chain = Chain::at(chain.revisions, home);
        }
        let chain = Arc::new(chain);
        self.chains.push((files.clone(), chain.clone()));
        Ok(chain)
    }
}

/// The chain as it will be when head is merged into the tip of base, beside the one at that tip.
fn chain_change(
    track: &Track,
    ends: &Ends<'_>,
    (base, head): (Rc<Files>, Rc<Files>),
    loader: &mut Loader<'_>,
) -> Result<ChainChange, ReadError> {
    let tip = if ends.tip.snapshot.is_same(&ends.base.snapshot) { base.clone() } else { old_files(track, &ends.tip)? };
    let merged = merged_files(&base, &head, &tip);
    let conflict = merged.is_none();
    let base = loader.chain(&base, &ends.base, Standing::Merged)?;
    let tip = loader.chain(&tip, &ends.tip, Standing::Merged)?;
    let head = loader.chain(&head, &ends.head, Standing::Proposed)?;
    let merged = match merged {
        Some(files) => loader.chain(&files, &ends.head, Standing::Proposed)?,
        None => head.clone(),
    };
    Ok(ChainChange { base, head, tip, merged, conflict })
}

/// The files as they will be when head is merged into the tip of base; `None` where both changed one of them.
fn merged_files(base: &Rc<Files>, head: &Rc<Files>, tip: &Rc<Files>) -> Option<Rc<Files>> {
    if base == tip {
        return Some(head.clone());
    }
    let paths: BTreeSet<&String> = base.keys().chain(head.keys()).chain(tip.keys()).collect();
    let mut merged = Files::new();
    for path in paths {
        let id = |files: &Files| files.get(path).map(|entry| entry.id);
        let (at_base, at_head, at_tip) = (id(base), id(head), id(tip));
        if at_head != at_base && at_tip != at_base && at_head != at_tip {
            return None;
        }
        let side = if at_head == at_base { tip } else { head };
        merged.extend(side.get(path).map(|entry| (path.clone(), entry.clone())));
    }
    Some(Rc::new(merged))
}

/// So many folders above its revisions an environment is looked for.
const MOST_LEVELS: usize = 3;

/// The `env.py` of a chain: what Alembic's settings name, else the one beside its versions directory, or above the folders
/// that this is divided into.
pub fn environment(track: &Track, modules: &Modules<'_>) -> Result<String, ReadError> {
    if let Some(environment) = &track.environment
        && modules.snapshot.entry(environment)?.is_some()
    {
        return Ok(environment.clone());
    }
    let versions = track.path.as_str();
    let mut folder = versions;
    for _ in 0..MOST_LEVELS {
        folder = path::folder(folder);
        if let Some(env) = modules.snapshot.real_path(&path::join(folder, "env.py"))? {
            return Ok(env);
        }
    }
    Ok(path::join(path::folder(versions), "env.py"))
}

/// The characters that the column of Alembic's table holds as it makes it (`alembic.ddl.impl.DefaultImpl`).
pub const DEFAULT_ID_LENGTH: usize = 32;

/// What the merge base has, in the directory or in files that are gone from wherever they were.
#[derive(Default)]
struct Known {
    revisions: Vec<Arc<Revision>>,
}

impl Known {
    fn read(
        base: &BTreeMap<String, Entry>,
        ends: &Ends<'_>,
        loader: &mut Loader<'_>,
        notes: &mut Notes,
    ) -> Result<Self, ReadError> {
        let gone = ends.changed.iter().filter(|file| file.new.is_none() && !base.contains_key(&file.path));
        let moved = gone.filter_map(|file| Some((file.path.clone(), file.old.clone()?)));
        let mut paths: Files = moved.filter(|(path, _)| is_loaded(path)).collect();
        paths.extend(base.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        loader.read_many(&paths, &ends.base, Standing::Merged);
        let mut known = Self::default();
        // What was broken before and is left so is no news.
        let is_touched = |path: &str| ends.change_of(path).is_some();
        for (path, entry) in paths {
            let revision = match loader.read(&path, &entry, &ends.base) {
                Ok(Ok(revision)) => revision,
                Ok(Err(unread)) if base.contains_key(&path) => {
                    if is_touched(&path) {
                        notes.unread_at_base(&path, format!("`{path}` is no revision there: {}", unread.reason));
                    }
                    continue;
                }
                Err(ReadError::Git(error)) if !error.is_not_text() => return Err(error.into()),
                Err(error) if base.contains_key(&path) => {
                    if is_touched(&path) {
                        notes.unread_at_base(&path, error);
                    }
                    continue;
                }
                _ => continue,
            };
            known.revisions.push(revision);
        }
        Ok(known)
    }

    /// Whether a file is a revision of the merge base under another name or id: one with that id, or one that does the same
    /// in the place of one that head has no more. What does the same as one that is still there runs after it, and is new.
    fn has(&self, revision: &Revision, ids: &HashSet<&str>) -> bool {
        if revision.id.is_some() && self.revisions.iter().any(|known| known.id == revision.id) {
            return true;
        }
        let is_gone = |known: &&Arc<Revision>| known.id.as_deref().is_none_or(|id| !ids.contains(id));
        let gone: Vec<&Arc<Revision>> = self.revisions.iter().filter(is_gone).collect();
        if gone.is_empty() {
            return false;
        }
        let upgrade = revision.upgrade();
        if upgrade.is_empty() {
            return false;
        }
        // A copy has every word of it, and most others lack one: that spares parsing them.
        let words = || upgrade.split(|character: char| character.is_whitespace() || matches!(character, '\'' | '"'));
        let may_be = |known: &&&Arc<Revision>| {
            let text = known.location.source.text();
            words().all(|word| text.contains(word))
        };
        gone.iter().filter(may_be).any(|known| known.upgrade() == upgrade)
    }
}

/// Those of new files that are no revisions of the merge base under another name or id.
fn net_new(revisions: &[Arc<Revision>], known: &Known, ids: &HashSet<&str>) -> Vec<Migration> {
    let new = revisions.iter().filter(|revision| !known.has(revision, ids));
    new.map(|revision| Migration {
        name: revision.id.clone().unwrap_or_else(|| revision.stem().to_owned()),
        location: revision.location.clone(),
    })
    .collect()
}

/// The ids that no other revision follows when head is merged, sorted. Empty where an id or a parent is computed.
pub fn heads(track: &Track, ends: &Ends<'_>) -> Result<Vec<String>, ReadError> {
    let chain = merged(track, ends)?.merged;
    let heads = if chain.is_known() { chain.heads() } else { Vec::new() };
    Ok(heads.into_iter().filter_map(|head| head.id.clone()).collect())
}

/// The chain as it will be when head is merged into the tip of base, touched by the change or not.
pub fn merged(track: &Track, ends: &Ends<'_>) -> Result<ChainChange, ReadError> {
    let head = Rc::new(files(track, &ends.head)?);
    let mut loader = Loader::of(track);
    loader.chains.extend(ends.head.known_chain(track).map(|chain| (head.clone(), chain)));
    chain_change(track, ends, (old_files(track, &ends.base)?, head), &mut loader)
}

/// The chain at one commit, without files that are no revisions.
pub fn chain(track: &Track, modules: &Modules<'_>) -> Result<Arc<Chain>, ReadError> {
    chain_of(track, modules, Standing::Proposed)
}

/// The same of a track that the change leaves alone, so that the base branch has all of it.
pub fn untouched_chain(track: &Track, modules: &Modules<'_>) -> Result<Arc<Chain>, ReadError> {
    chain_of(track, modules, Standing::Merged)
}

fn chain_of(track: &Track, modules: &Modules<'_>, standing: Standing) -> Result<Arc<Chain>, ReadError> {
    if let Some(known) = modules.known_chain(track) {
        return Ok(known);
    }
    let chain = Loader::of(track).chain(&Rc::new(files(track, modules)?), modules, standing)?;
    modules.keep_chain(track, &chain);
    Ok(chain)
}

/// Fails on the first file that does not parse: then Alembic loads nothing at all.
pub fn must_parse(track: &Track, modules: &mut Modules<'_>) -> Result<(), ReadError> {
    files(track, modules)?.into_keys().try_for_each(|path| modules.module(&path).map(drop))
}

/// The path of a revision file, for a place to point to.
pub fn first_file(track: &Track, modules: &Modules<'_>) -> Result<Option<String>, ReadError> {
    Ok(files(track, modules)?.into_keys().next())
}

/// The texts of those revisions that `tells` picks, in path order; what is no text is left out. Many are looked over on
/// several threads, and what is not picked is not kept.
pub fn revisions_that(
    track: &Track,
    ends: &Ends<'_>,
    tells: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<Source>, ReadError> {
    let files = files(track, &ends.head)?;
    let all: Vec<(&String, &Entry)> = files.iter().collect();
    let changed: HashSet<&String> = ends.changed.iter().map(|file| &file.path).collect();
    let one = |snapshot: &Snapshot<'_>, (path, entry): &(&String, &Entry)| {
        let picked = if changed.contains(path) {
            snapshot.read(path, entry).map(Some)
        } else {
            snapshot.pick(path, entry, tells)
        };
        match picked {
            Err(error) if error.is_not_text() => Ok(None),
            picked => picked,
        }
    };
    let mut picked: Vec<Result<Option<Source>, GitError>> = Vec::new();
    if all.len() >= MANY {
        let address = ends.head.snapshot.address();
        picked = shared_out(&all, |part| {
            let Ok(repository) = address.open() else { return Vec::new() };
            let snapshot = repository.snapshot(address.tree);
            part.iter().map(|file| one(&snapshot, file)).collect()
        });
    }
    // What no thread could open is read here.
    if picked.len() < all.len() {
        picked = all.iter().map(|file| one(&ends.head.snapshot, file)).collect();
    }
    let picked = picked.into_iter().filter_map(Result::transpose);
    Ok(picked.collect::<Result<_, GitError>>()?)
}

/// The files that Alembic would load, by path.
fn files(track: &Track, modules: &Modules<'_>) -> Result<Files, ReadError> {
    let mut files = Vec::new();
    for directory in track.directories() {
        for entry in modules.snapshot.list(directory)? {
            if entry.kind == EntryKind::Directory || !is_loaded(&entry.name) {
                continue;
            }
            let path = path::join(directory, &entry.name);
            // Alembic loads what a link leads to, and each file once.
            let real = if entry.kind == EntryKind::Link { modules.snapshot.real_path(&path)? } else { None };
            let target = match &real {
                Some(real) => modules.snapshot.entry(real)?.filter(|entry| entry.kind == EntryKind::File),
                None => None,
            };
            files.push(real.zip(target).unwrap_or((path, entry)));
        }
    }
    Ok(files.into_iter().collect())
}

/// The same at the merge base or at the tip of base; none where something else is in their place.
fn old_files(track: &Track, modules: &Modules<'_>) -> Result<Rc<Files>, ReadError> {
    match files(track, modules) {
        Err(ReadError::Git(error)) if error.is_not_text() => Ok(Rc::default()),
        files => files.map(Rc::new),
    }
}

/// Whether a file lies in a chain's environment, so that revisions may take what they do from it.
fn is_beside(track: &Track, path: &str) -> bool {
    let environment = path::folder(&track.path);
    let inner = path.strip_prefix(environment).and_then(|rest| rest.strip_prefix('/'));
    let is_read = ddl::is_python(path) || ddl::is_sql(path);
    let is_environment = track.environment.as_deref() == Some(path);
    is_environment || !environment.is_empty() && is_read && inner.is_some()
}

pub(super) fn is_revision_path(track: &Track, path: &str) -> bool {
    let folder = path::folder(path);
    track.directories().any(|directory| directory == folder) && is_loaded(path)
}
