//! Both ends of a range, and what differs between them: what a track is read from.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::folders::FolderCache;
use crate::git::{Address, ChangedFile, EntryKind, GitError, ObjectId, Releases, Snapshot};
use crate::go;
use crate::path;
use crate::python::bindings::module_files;
use crate::python::lists::Loader;
use crate::python::{Module, SyntaxError};
use crate::schema::database::Refusal;
use crate::source::{Location, Source};
use crate::track::Track;
use crate::track::chain::Chain;
use crate::track::memory::Memory;
use crate::track::packages::{self, Packages};
use crate::track::sql_files::history::History;
use crate::track::sql_files::snapshots;

/// Why a track could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("`{}` does not parse as Python: {}", .0.location.path(), .0.message)]
    Syntax(SyntaxError),
    #[error("`{}` does not parse as Go: line {}, {}", .0.location.path(), .0.location.start().line, .0.message)]
    GoSyntax(go::SyntaxError),
    #[error("SQLite cannot keep a database in memory: {0}")]
    Engine(#[from] Refusal),
}

/// The merge base, head, and the files that differ between them.
#[derive(Debug)]
pub struct Ends<'repo> {
    /// The commit that `base` shows.
    pub merge_base: ObjectId,
    pub base: Modules<'repo>,
    pub head: Modules<'repo>,
    /// The tip of base, which may have moved on since the merge base.
    pub tip: Modules<'repo>,
    pub changed: Vec<ChangedFile>,
    /// What is known of folders: most are alike at every commit.
    pub folders: FolderCache,
    /// Whether somebody wants to know every object that the tracks name: an exemption does.
    pub list_objects: bool,
    /// The repository's configuration changed, too.
    pub is_configured_anew: bool,
    /// Somebody runs the check by hand, and wants to know what is watched.
    pub is_by_hand: bool,
    /// Of chains, by the folders of their revisions: whether the change touches what feeds them.
    pub fed: Vec<(Vec<String>, bool)>,
    /// What was given out before the merge base; read when it is first asked for.
    pub releases: OnceCell<Releases>,
}

/// Where both ends are, for another thread to read them for itself.
#[derive(Clone, Debug)]
pub struct EndsAddress {
    base: Address,
    head: Address,
    /// What is asked of head's migrations.
    asked: Asked,
}

/// What is asked of the migrations of a commit besides what they make.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Every statement that they send, for a reader.
    pub transcript: bool,
    /// Whether the way back of each new one leads back.
    pub way_back: bool,
}

impl EndsAddress {
    /// Opens the merge base and head. `None` where one was only put together in memory: it is not to be found from here.
    pub fn open<T>(&self, run: impl FnOnce(&mut Modules<'_>, &mut Modules<'_>) -> T) -> Option<T> {
        let (base, head) = (self.base.open().ok()?, self.head.open().ok()?);
        let (mut base, mut head) =
            (Modules::new(base.snapshot(self.base.tree)), Modules::new(head.snapshot(self.head.tree)));
        head.asked = self.asked;
        Some(run(&mut base, &mut head))
    }
}

impl Ends<'_> {
    pub fn address(&self) -> EndsAddress {
        let (base, head) = (self.base.snapshot.address(), self.head.snapshot.address());
        EndsAddress { base, head, asked: self.head.asked }
    }

    /// What was given out before the merge base.
    pub fn releases(&self) -> Result<&Releases, GitError> {
        if let Some(known) = self.releases.get() {
            return Ok(known);
        }
        let found = self.base.snapshot.repository().releases_before(self.merge_base)?;
        Ok(self.releases.get_or_init(|| found))
    }

    /// The tree of the newest release before the merge base.
    pub fn newest_release(&self) -> Result<Option<ObjectId>, GitError> {
        Ok(self.releases()?.trees().first().copied())
    }

    pub fn change_of(&self, path: &str) -> Option<&ChangedFile> {
        self.changed.iter().find(|file| file.path == path)
    }

    /// Changed files whose path the merge base has.
    pub fn changed_in_base(&self) -> impl Iterator<Item = &ChangedFile> {
        self.changed.iter().filter(|file| file.old.is_some())
    }
}

/// So many words and signs of Python are parsed at one commit: a tree takes about 75 bytes for each.
const MOST_TOKENS: usize = 4_000_000;

fn too_much(source: &Source) -> SyntaxError {
    let message =
        format!("files before it have more than {MOST_TOKENS} words and signs, the most that is read as Python");
    SyntaxError { message, location: Location::line(source, 1, "") }
}

/// The files of one commit, each read and parsed once.
#[derive(Debug)]
pub struct Modules<'repo> {
    pub snapshot: Snapshot<'repo>,
    texts: HashMap<String, Option<Source>>,
    parsed: HashMap<String, Option<Rc<Module>>>,
    /// How much there is of those.
    tokens: usize,
    /// The packages that the repository's projects declare; read when an import is not found without them.
    packages: Option<Rc<Packages>>,
    go_files: HashMap<String, Option<Rc<go::File>>>,
    go_packages: HashMap<String, Option<Rc<go::Package>>>,
    /// What was evaluated at other commits, where somebody keeps it.
    pub memory: Option<Rc<RefCell<Memory>>>,
    /// The chains that were asked for, with the directories of their files.
    chains: RefCell<Vec<(Vec<String>, Arc<Chain>)>>,
    /// The directories of SQL files that were asked for, each for its database.
    histories: Vec<(Track, Rc<History>)>,
    /// Of which names alone directories of SQL files have to be carried out; `None` where it is all of them.
    pub wanted: Option<Rc<HashSet<String>>>,
    pub asked: Asked,
    /// Imported files that could not be read, with the reason.
    failures: Vec<(String, ReadError)>,
}

impl<'repo> Modules<'repo> {
    pub fn new(snapshot: Snapshot<'repo>) -> Self {
        Self {
            snapshot,
            texts: HashMap::new(),
            parsed: HashMap::new(),
            tokens: 0,
            packages: None,
            go_files: HashMap::new(),
            go_packages: HashMap::new(),
            memory: None,
            chains: RefCell::default(),
            histories: Vec::new(),
            wanted: None,
            asked: Asked::default(),
            failures: Vec::new(),
        }
    }

    /// The same, with what was evaluated at other commits.
    pub fn with_memory(snapshot: Snapshot<'repo>, memory: &Rc<RefCell<Memory>>) -> Self {
        Self { memory: Some(memory.clone()), ..Self::new(snapshot) }
    }

    /// The chain of a track, where somebody has asked for it.
    pub fn known_chain(&self, track: &Track) -> Option<Arc<Chain>> {
        let chains = self.chains.borrow();
        let known = chains.iter().find(|(directories, _)| track.directories().eq(directories.iter()))?;
        Some(known.1.clone())
    }

    /// Keeps the chain of a track for whoever asks next.
    pub fn keep_chain(&self, track: &Track, chain: &Arc<Chain>) {
        let directories = track.directories().map(str::to_owned).collect();
        self.chains.borrow_mut().push((directories, chain.clone()));
    }

    /// The migrations of a directory of SQL files, where somebody has asked for them.
    pub fn known_history(&self, track: &Track) -> Option<Rc<History>> {
        let is_it = |known: &Track| {
            let are_alike = snapshots::are_versioned(known) == snapshots::are_versioned(track);
            are_alike && (&known.path, known.dialect, &known.pattern) == (&track.path, track.dialect, &track.pattern)
        };
        self.histories.iter().find(|(known, _)| is_it(known)).map(|(_, history)| history.clone())
    }

    /// Keeps them for whoever asks next.
    pub fn keep_history(&mut self, track: &Track, history: &Rc<History>) {
        self.histories.push((track.clone(), history.clone()));
    }

    /// Lets syntax trees go that nobody will ask for again soon.
    pub fn forget<'p>(&mut self, paths: impl Iterator<Item = &'p str>) {
        for path in paths {
            self.parsed.remove(path);
        }
    }

    /// Takes up a file that somebody has read and parsed.
    pub fn take_up(&mut self, module: Module) {
        let path = module.source.path();
        self.texts.insert(path.to_owned(), Some(module.source.clone()));
        self.parsed.insert(path.to_owned(), Some(Rc::new(module)));
    }

    /// The text at a path, as [`Snapshot::source`] answers it.
    pub fn source(&mut self, path: &str) -> Result<Option<Source>, GitError> {
        if let Some(known) = self.texts.get(path) {
            return Ok(known.clone());
        }
        let source = self.snapshot.source(path)?;
        self.texts.insert(path.to_owned(), source.clone());
        Ok(source)
    }

    /// The folders that hold a package of this name as a project of the repository declares it.
    pub fn package_roots(&mut self, name: &str) -> Vec<String> {
        self.packages().get(name).into_iter().flatten().cloned().collect()
    }

    /// The packages that the repository's projects declare.
    pub fn packages(&mut self) -> Rc<Packages> {
        self.packages.get_or_insert_with(|| Rc::new(packages::packages(&self.snapshot))).clone()
    }

    /// The same, if anybody has asked for them.
    pub fn packages_asked_for(&self) -> Option<Rc<Packages>> {
        self.packages.clone()
    }

    /// The same for a file that need not be any of ours: `None` for what is no text.
    pub fn text(&mut self, path: &str) -> Result<Option<Source>, GitError> {
        match self.source(path) {
            Err(error) if error.is_not_text() => Ok(None),
            source => source,
        }
    }

    /// The module at a path; `None` where no file is there. Fails where it is no text or does not parse.
    pub fn module(&mut self, path: &str) -> Result<Option<Rc<Module>>, ReadError> {
        if let Some(known) = self.parsed.get(path) {
            return Ok(known.clone());
        }
        let module = match self.source(path)? {
            Some(source) if self.tokens > MOST_TOKENS => return Err(ReadError::Syntax(too_much(&source))),
            Some(source) => Some(Rc::new(Module::parse(&source).map_err(ReadError::Syntax)?)),
            None => None,
        };
        self.tokens += module.as_ref().map_or(0, |module| module.size());
        self.parsed.insert(path.to_owned(), module.clone());
        Ok(module)
    }

    /// The Go file at a path; `None` where no file is there. Fails where it is no text or does not parse.
    pub fn go_file(&mut self, path: &str) -> Result<Option<Rc<go::File>>, ReadError> {
        if let Some(known) = self.go_files.get(path) {
            return Ok(known.clone());
        }
        let file = match self.source(path)? {
            Some(source) => Some(Rc::new(go::File::parse(&source).map_err(ReadError::GoSyntax)?)),
            None => None,
        };
        self.go_files.insert(path.to_owned(), file.clone());
        Ok(file)
    }

    /// The package that the Go file at a path belongs to: all files of its folder that are no tests. Fails as
    /// [`Self::go_file`]; of the other files what cannot be read is as if it were not there.
    pub fn go_package(&mut self, path: &str) -> Result<Option<Rc<go::Package>>, ReadError> {
        if let Some(known) = self.go_packages.get(path) {
            return Ok(known.clone());
        }
        let Some(file) = self.go_file(path)? else { return Ok(None) };
        let (folder, own) = path.rsplit_once('/').unwrap_or(("", path));
        let mut others = Vec::new();
        for entry in self.snapshot.list(folder)? {
            if entry.kind == EntryKind::File && go::is_go(&entry.name) && entry.name != own {
                let path = path::join(folder, &entry.name);
                others.extend(self.text(&path)?);
            }
        }
        let package = Some(Rc::new(go::Package::new(file, others)));
        self.go_packages.insert(path.to_owned(), package.clone());
        Ok(package)
    }
}

impl Modules<'_> {
    /// The imported files that could not be read since the last call.
    pub fn take_failures(&mut self) -> Vec<(String, ReadError)> {
        std::mem::take(&mut self.failures)
    }
}

impl Loader for Modules<'_> {
    /// What cannot be read is as if it were not there, so that the rest of a list is still read; whoever asks for the
    /// list decides on what failed.
    fn load(&mut self, from: &Module, level: u32, parts: &[String]) -> Option<Rc<Module>> {
        for file in module_files(from.source.path(), level, parts) {
            match self.module(&file) {
                Ok(Some(module)) => return Some(module),
                Ok(None) => {}
                Err(error) => {
                    self.failures.push((file, error));
                    return None;
                }
            }
        }
        None
    }
}
