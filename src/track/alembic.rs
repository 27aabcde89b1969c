//! The track kind `alembic`: revision files in a versions directory.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::chain::{Chain, ChainChange, Home};
use super::ends::{Ends, Modules, ReadError};
use super::revision::{Revision, is_loaded};
use super::{Track, Unread, ddl, models};
use crate::git::{Entry, EntryKind, GitError, ObjectId, Snapshot};
use crate::path;
use crate::source::Source;
use crate::threads::shared_out;

/// A revision, or why Alembic would not load the file as one.
pub(crate) type Loaded = Result<Arc<Revision>, Unread>;

/// A revision with an id that Alembic takes.
pub(crate) fn allowed(loaded: Loaded) -> Loaded {
    let revision = loaded?;
    match revision.refused() {
        Some(unread) => Err(unread),
        None => Ok(revision),
    }
}

/// Fewer files are read before another thread has opened the repository.
const MANY: usize = 200;

/// Revision files by their paths.
pub(crate) type Files = BTreeMap<String, Entry>;

/// Whether the base branch has a file, or a change wants it to.
#[derive(Clone, Copy)]
pub(crate) enum Standing {
    Merged,
    Proposed,
}

/// Reads revisions, each text once.
pub(crate) struct Loader<'t> {
    track: &'t Track,
    loaded: foldhash::HashMap<ObjectId, Vec<(String, Loaded)>>,
    chains: Vec<(Rc<Files>, Arc<Chain>)>,
}

impl<'t> Loader<'t> {
    pub(crate) fn of(track: &'t Track) -> Self {
        Self { track, loaded: foldhash::HashMap::default(), chains: Vec::new() }
    }

    /// What a file is that the change touched, so that it may not even parse.
    pub(crate) fn parse(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Loaded, ReadError> {
        self.load(path, entry, from, Revision::parse)
    }

    /// What a file is that was there before.
    pub(crate) fn read(&mut self, path: &str, entry: &Entry, from: &Modules<'_>) -> Result<Loaded, ReadError> {
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
    pub(crate) fn read_many(&mut self, files: &Files, from: &Modules<'_>, standing: Standing) {
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
    pub(crate) fn chain(
        &mut self,
        files: &Rc<Files>,
        from: &Modules<'_>,
        standing: Standing,
    ) -> Result<Arc<Chain>, ReadError> {
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
pub(crate) fn chain_change(
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

/// The files beside or above a folder that may be Alembic's settings, the nearest first.
pub fn settings_above(folder: &str, snapshot: &Snapshot<'_>) -> Result<Vec<Source>, ReadError> {
    let mut found = Vec::new();
    for folder in path::and_above(folder) {
        for entry in snapshot.list(folder)? {
            if entry.kind == EntryKind::File && entry.name.strip_suffix(".ini").is_some() {
                found.extend(snapshot.read_text(&path::join(folder, &entry.name), &entry)?);
            }
        }
    }
    Ok(found)
}

/// The characters that the column of Alembic's table holds as it makes it (`alembic.ddl.impl.DefaultImpl`).
pub const DEFAULT_ID_LENGTH: usize = 32;

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
pub(crate) fn files(track: &Track, modules: &Modules<'_>) -> Result<Files, ReadError> {
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
pub(crate) fn is_beside(track: &Track, path: &str) -> bool {
    let environment = path::folder(&track.path);
    let inner = path.strip_prefix(environment).and_then(|rest| rest.strip_prefix('/'));
    let is_read = ddl::is_python(path) || ddl::is_sql(path);
    let is_environment = track.environment.as_deref() == Some(path);
    is_environment || !environment.is_empty() && is_read && inner.is_some()
}

pub fn is_revision_path(track: &Track, path: &str) -> bool {
    let folder = path::folder(path);
    track.directories().any(|directory| directory == folder) && is_loaded(path)
}
