//! The migrations of a directory of SQL files at one commit: which files they are, in their runner's order.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::journal::{self, Journal};
use super::marks;
use super::name::{Name, Part, Version};
use super::pattern::Pattern;
use super::runner::{self, Looks, Order, Runner};
use super::{snapshots, split_database};
use crate::git::{Entry, EntryKind, ObjectId};
use crate::go::is_go;
use crate::path;
use crate::schema::dialect::{Dialect, Named as Database};
use crate::source::{Location, Source};
use crate::track::Track;
use crate::track::ends::{Modules, ReadError};

/// The migrations of a track at one commit.
#[derive(Clone, Debug)]
pub struct History {
    pub runner: Runner,
    /// In the order in which a new database runs them.
    pub steps: Vec<Step>,
    /// Files that look like migrations and that the runner does not see.
    pub skipped: Vec<Skipped>,
    /// What is wrong with drizzle's journal.
    pub journal: Option<Journal>,
    /// Beside the files lies a whole schema that says where new databases begin.
    has_snapshot: bool,
}

/// One migration.
#[derive(Clone, Debug)]
pub struct Step {
    /// The file below the track's folder, without what every name has: `0007_x`, `0.3/00__x`.
    pub name: String,
    /// What its runner records; the name where that has no number.
    pub version: String,
    pub numbers: Vec<u128>,
    pub path: String,
    pub id: ObjectId,
    pub is_repeatable: bool,
    /// It runs whatever has run: refinery's `U2__x.sql`.
    pub is_unordered: bool,
    /// Flyway's `B3__x.sql`: what a new database gets in place of all up to its number, and no other database.
    pub is_baseline: bool,
}

/// A file that a runner does not see.
#[derive(Clone, Debug)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
}

/// A file of a directory, before it is known whether it is a migration.
#[derive(Clone, Debug)]
struct Found {
    /// Below the track's folder.
    relative: String,
    entry: Entry,
    /// What the folder says that it lies in: a version, or the migration that it is.
    folder: Option<Name>,
    name: Name,
}

/// The files of a track whose names have a form of its own, and those beside them that have another.
fn files_by(
    pattern: &Pattern,
    track_folder: &str,
    modules: &Modules<'_>,
) -> Result<(Vec<Found>, Vec<String>), ReadError> {
    let (mut found, mut strange) = (Vec::new(), Vec::new());
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        for entry in modules.snapshot.list(&path::join(track_folder, &folder))? {
            let relative = path::join(&folder, &entry.name);
            let depth = relative.matches('/').count();
            match entry.kind {
                EntryKind::Directory if depth < pattern.depth() => open.push(relative),
                EntryKind::File => match pattern.read(&relative) {
                    Some(name) => found.push(Found { relative, entry, folder: None, name }),
                    None if depth == pattern.depth() && means_sql(&entry.name) && !is_snapshot(&entry.name) => {
                        strange.push(relative);
                    }
                    None => {}
                },
                _ => {}
            }
        }
    }
    Ok((found, strange))
}

/// The migrations in Go that lie between a directory's files of SQL: goose runs both.
fn code(track_folder: &str, modules: &mut Modules<'_>) -> Result<Vec<Found>, ReadError> {
    let mut found = Vec::new();
    for entry in modules.snapshot.list(track_folder)? {
        let Some(name) = Name::of_code(&entry.name).filter(|_| entry.kind == EntryKind::File) else { continue };
        let source = modules.text(&path::join(track_folder, &entry.name))?;
        if source.is_some_and(|source| source.text().contains("goose.")) {
            found.push(Found { relative: entry.name.clone(), entry, folder: None, name });
        }
    }
    Ok(found)
}

/// The files of golang-migrate that do not end in `.sql`: it takes any ending behind the way.
fn with_any_ending(track_folder: &str, modules: &Modules<'_>) -> Result<Vec<Found>, ReadError> {
    let entries = modules.snapshot.list(track_folder)?.into_iter();
    let found = entries.filter(|entry| entry.kind == EntryKind::File).filter_map(|entry| {
        let front = runner::before_any_ending(&entry.name)?;
        let name = Name::of_folder(&format!("{front}.up"));
        Some(Found { relative: entry.name.clone(), entry, folder: None, name })
    });
    Ok(found.collect())
}

/// The file names of a directory and of the folders in it that are versions or migrations.
fn files(track_folder: &str, modules: &Modules<'_>) -> Result<(Vec<Found>, Vec<String>), ReadError> {
    let mut found = Vec::new();
    let mut strange = Vec::new();
    let mut take = |folder: Option<&str>, entry: Entry, found: &mut Vec<Found>| {
        let relative = folder.map_or_else(|| entry.name.clone(), |folder| path::join(folder, &entry.name));
        match Name::of_file(&entry.name) {
            Some(name) => found.push(Found { relative, entry, folder: folder.map(Name::of_folder), name }),
            None if means_sql(&entry.name) => strange.push(relative),
            None => {}
        }
    };
    for entry in modules.snapshot.list(track_folder)? {
        match entry.kind {
            EntryKind::File => take(None, entry, &mut found),
            EntryKind::Directory if Name::of_folder(&entry.name).version.is_some() => {
                let folder = path::join(track_folder, &entry.name);
                for inner in modules.snapshot.list_tree(entry.id, &folder)? {
                    match database_folder(&inner) {
                        _ if inner.kind == EntryKind::File => take(Some(&entry.name), inner, &mut found),
                        Some(database) => {
                            let inside = modules.snapshot.list_tree(inner.id, &path::join(&folder, &inner.name))?;
                            found.extend(
                                inside.into_iter().filter_map(|file| of_version(&entry, &inner, database, file)),
                            );
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok((found, strange))
}

/// The `schema.sql` of the first of several folders of versions, where it is alone there: what the others begin with is no
/// snapshot of what they come to.
fn first_schema(files: &[Found]) -> Option<String> {
    let version = |file: &Found| file.folder.as_ref()?.version.as_ref().map(|version| version.numbers.clone());
    let first = files.iter().filter_map(version).min()?;
    let (own, others): (Vec<&Found>, Vec<&Found>) =
        files.iter().filter(|file| version(file).is_some()).partition(|file| version(file).as_ref() == Some(&first));
    match own.as_slice() {
        [only] if only.entry.name == "schema.sql" && others.iter().any(|file| file.is_step()) => {
            Some(only.relative.clone())
        }
        _ => None,
    }
}

/// The database that a folder is called after, and after nothing else.
fn database_folder(entry: &Entry) -> Option<Database> {
    let (front, behind, database) = split_database(&entry.name).filter(|_| entry.kind == EntryKind::Directory)?;
    (front.is_empty() && behind.is_empty()).then_some(database)
}

/// A file for one database in the folder of a version: `3.2.0/mysql/ddl.sql`.
fn of_version(version: &Entry, folder: &Entry, database: Database, entry: Entry) -> Option<Found> {
    let name = Name::of_file(&entry.name).filter(|_| entry.kind == EntryKind::File)?;
    let name = Name { database: Some(database), is_loose: false, ..name };
    let relative = path::join(&path::join(&version.name, &folder.name), &entry.name);
    Some(Found { relative, entry, folder: Some(Name::of_folder(&version.name)), name })
}

/// Whether somebody meant a file to be SQL: `x.sql`, and `x.sql ` or `x.SQL`, too.
pub(super) fn means_sql(name: &str) -> bool {
    let trimmed = name.trim_end();
    trimmed.get(trimmed.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".sql"))
}

/// Whether a file states a whole schema: the end of the migrations, or their beginning.
pub(crate) fn is_snapshot(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".sql") else { return false };
    let lower = stem.to_ascii_lowercase();
    // What begins with a number is a step, whatever it is called: `1_initial.sql`.
    if lower.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    // `V1__initial.sql`
    if Name::of_file(name).is_some_and(|name| name.version.is_some()) {
        return false;
    }
    let words = lower.split(['.', '_', '-']).filter(|word| !word.is_empty() && Database::of_word(word).is_none());
    let mut words = words.peekable();
    let is_one = |word: &str| matches!(word, "latest" | "schema" | "structure" | "initial" | "full");
    // `LATEST__SCHEMA.sql`
    if words.peek().is_some() && words.clone().all(is_one) {
        return true;
    }
    let (first, second) = (words.next(), words.next());
    match (first, second) {
        // `mysql.sql`
        (None, _) => !lower.is_empty(),
        (Some(first), None) => is_one(first),
        (Some(_), Some(second)) => matches!(second, "initial" | "latest") && words.next().is_none(),
    }
}

/// How the files of a directory say which database they are for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Databases {
    /// By a dot, or by a word that others have another of in its place.
    pub named: BTreeSet<Dialect>,
    /// Some are for databases that nothing is known of.
    pub others: bool,
    loose_counts: bool,
}

impl Databases {
    fn of(files: &[Found]) -> Self {
        let mut databases = Self::default();
        let mut loose: HashMap<&str, HashSet<Option<Database>>> = HashMap::new();
        let steps = || files.iter().filter(|file| !is_snapshot(&file.entry.name) && file.name.part != Part::Down);
        for file in steps().filter(|file| file.name.is_loose) {
            let rest = if file.folder.is_some() { file.name.slug.as_str() } else { "" };
            loose.entry(rest).or_default().insert(file.name.database);
        }
        databases.loose_counts = loose.values().any(|found| found.len() > 1);
        for file in steps() {
            match file.database(databases.loose_counts) {
                Some(Database::Known(dialect)) => drop(databases.named.insert(dialect)),
                Some(Database::Other(_)) => databases.others = true,
                None => {}
            }
        }
        databases
    }
}

impl Found {
    fn database(&self, loose_counts: bool) -> Option<Database> {
        self.name.database.filter(|_| !self.name.is_loose || loose_counts)
    }

    fn is_step(&self) -> bool {
        let is_numbered = self.version().is_some();
        self.name.part != Part::Down
            && (is_numbered || self.name.part == Part::Repeatable)
            && !(is_snapshot(&self.entry.name) && self.name.version.is_none() && self.name.part != Part::Up)
    }

    fn version(&self) -> Option<&Version> {
        self.name.version.as_ref().or_else(|| self.folder.as_ref()?.version.as_ref())
    }

    /// The folder that it lies in, below the track's.
    fn within(&self) -> Option<&str> {
        self.folder.as_ref().map(|_| path::folder(&self.relative))
    }

    /// A folder that is one migration.
    fn is_folder_of_one(&self) -> bool {
        self.folder.is_some() && matches!(self.entry.name.as_str(), "up.sql" | "migration.sql")
    }

    fn numbers(&self) -> Vec<u128> {
        let folder = self.folder.iter().filter_map(|folder| folder.version.as_ref());
        folder.chain(&self.name.version).flat_map(|version| version.numbers.iter().copied()).collect()
    }
}

/// How the files below a folder say which database they are for.
pub(crate) fn databases(folder: &str, modules: &Modules<'_>) -> Result<Databases, ReadError> {
    Ok(Databases::of(&files(folder, modules)?.0))
}

/// Whether a folder holds a file that can be a migration.
pub fn has_steps(track: &Track, folder: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
    let found = match &track.pattern {
        Some(pattern) => files_by(pattern, folder, modules),
        None => files(folder, modules),
    };
    match found {
        Err(ReadError::Git(error)) if error.is_not_text() => Ok(false),
        found => Ok(found?.0.iter().any(Found::is_step)),
    }
}

/// The migrations of a track at a commit, read once for all who ask.
pub fn read(track: &Track, modules: &mut Modules<'_>) -> Result<Rc<History>, ReadError> {
    if let Some(known) = modules.known_history(track) {
        return Ok(known);
    }
    let history = Rc::new(read_anew(track, modules)?);
    modules.keep_history(track, &history);
    Ok(history)
}

fn read_anew(track: &Track, modules: &mut Modules<'_>) -> Result<History, ReadError> {
    let listed = match &track.pattern {
        Some(pattern) => files_by(pattern, &track.path, modules),
        None => files(&track.path, modules),
    };
    let (found, strange) = match listed {
        Err(ReadError::Git(error)) if error.is_not_text() => (Vec::new(), Vec::new()),
        found => found?,
    };
    let databases = Databases::of(&found);
    let has_snapshot = found.iter().any(|file| file.folder.is_none() && is_snapshot(&file.entry.name));
    let mut own: Vec<Found> = Vec::new();
    let first = first_schema(&found);
    for file in found.into_iter().filter(|file| file.is_step() || first.as_deref() == Some(&*file.relative)) {
        match file.database(databases.loose_counts) {
            Some(Database::Known(dialect)) if dialect == track.dialect => own.push(file),
            None => own.push(file),
            _ => {}
        }
    }
    // A file of its own stands before the one for all.
    let is_own = |file: &Found| file.database(databases.loose_counts).is_some();
    let mut overridden: BTreeSet<(Vec<u128>, Option<String>)> = BTreeSet::new();
    for file in own.iter().filter(|file| is_own(file)) {
        // A dot says it surely, so that the number is enough; the last word of a name may be part of what it is about.
        overridden.insert((file.numbers(), file.name.is_loose.then(|| file.name.slug.clone())));
    }
    own.retain(|file| {
        let numbers = file.numbers();
        let slug = Some(file.name.slug.clone());
        is_own(file) || !overridden.contains(&(numbers.clone(), None)) && !overridden.contains(&(numbers, slug))
    });
    leave_companions_out(&mut own, snapshots::are_versioned(track));
    let runner = told(track, &own, &databases, modules)?;
    if runner == Runner::Goose {
        own.extend(code(&track.path, modules)?);
    }
    if runner == Runner::GolangMigrate {
        own.extend(with_any_ending(&track.path, modules)?);
    }
    let (mut steps, mut skipped) = (Vec::new(), Vec::new());
    let outside = Outside::new(&own, runner);
    let is_run =
        |file: &Found| (file.name.part != Part::Undo || runner == Runner::Refinery) && !outside.is_companion(file);
    for file in own.into_iter().filter(is_run) {
        let path = path::join(&track.path, &file.relative);
        let is_seen = file.is_folder_of_one() || is_go(&file.entry.name);
        let reason = outside.why(&file).or_else(|| if is_seen { None } else { runner.skips(&file.entry.name) });
        match reason {
            Some(reason) => skipped.push(Skipped { path, reason }),
            None => steps.push(Step {
                name: told_by(&file),
                version: recorded(&file, runner),
                numbers: compared(file.numbers(), runner),
                path,
                id: file.entry.id,
                is_repeatable: file.name.part == Part::Repeatable,
                is_unordered: file.name.part == Part::Undo,
                is_baseline: runner == Runner::Flyway && file.entry.name.starts_with('B'),
            }),
        }
    }
    if let Some(pattern) = &track.pattern {
        let is_declared = |path: &String| track.declared.iter().any(|file| file.path == *path);
        let others = strange.iter().map(|relative| path::join(&track.path, relative)).filter(|path| !is_declared(path));
        let reason = format!("its name has not the form `{}`", pattern.as_str());
        skipped.extend(others.map(|path| Skipped { path, reason: reason.clone() }));
    }
    for relative in strange.into_iter().filter(|_| track.pattern.is_none()) {
        let name = relative.rsplit('/').next().unwrap_or(&relative);
        let named =
            Name::of_file(&format!("{}.sql", name.trim_end().get(..name.trim_end().len() - 4).unwrap_or_default()));
        let is_ours = named.is_some_and(|named| {
            let is_for = |database| database == Database::Known(track.dialect);
            named.part != Part::Down && named.version.is_some() && named.database.is_none_or(is_for)
        });
        if let Some(reason) = runner.skips(name).filter(|_| is_ours) {
            skipped.push(Skipped { path: path::join(&track.path, &relative), reason });
        }
    }
    steps.sort_by(|one, other| ordered(runner, one, other));
    let journal = match runner {
        Runner::Drizzle => journal::read(track, &mut steps, modules)?,
        _ => None,
    };
    Ok(History { runner, steps, skipped, journal, has_snapshot })
}

/// What a runner of folders, each with one file of a name that it looks for, makes of other files.
struct Outside {
    /// The name, where it is such a runner.
    looked_for: Option<&'static str>,
    /// The folders that have a file of that name.
    whole: BTreeSet<String>,
}

impl Outside {
    fn new(files: &[Found], runner: Runner) -> Self {
        let looked_for = runner.file_of_folder();
        let is_it = |file: &&Found| looked_for == Some(file.entry.name.as_str());
        let whole = files.iter().filter(is_it).filter_map(Found::within).map(str::to_owned).collect();
        Self { looked_for, whole }
    }

    /// Whether a file lies beside the one that is run, in the same folder.
    fn is_companion(&self, file: &Found) -> bool {
        let is_other = self.looked_for.is_some_and(|name| name != file.entry.name);
        is_other && file.within().is_some_and(|folder| self.whole.contains(folder))
    }

    /// Why a file is not run.
    fn why(&self, file: &Found) -> Option<String> {
        let name = self.looked_for.filter(|name| *name != file.entry.name || file.folder.is_none())?;
        Some(match file.folder {
            Some(_) => format!("its folder has no `{name}`"),
            None => format!("it is no `{name}` in a folder of its own"),
        })
    }
}

/// The numbers by which a runner tells versions apart and puts them in order: to Flyway `3.0` is `3`.
fn compared(mut numbers: Vec<u128>, runner: Runner) -> Vec<u128> {
    while runner == Runner::Flyway && numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

/// Leaves out what lies beside files of upgrades and is none: the program's queries and the set-up of a new database in a
/// version's folder, a whole schema of each version, and what is for MariaDB where MySQL has a file of its own. `versioned`
/// where such schemas are known to be snapshots, before the first upgrade, too.
fn leave_companions_out(own: &mut Vec<Found>, versioned: bool) {
    const QUERIES: [&str; 6] = ["select", "insert", "update", "delete", "setup", "get"];
    let word = |file: &Found| {
        let lower = file.entry.name.to_ascii_lowercase();
        lower.split(['_', '-', '.']).next().unwrap_or_default().to_owned()
    };
    let upgrades =
        |in_folder: bool| own.iter().any(|file| file.folder.is_some() == in_folder && word(file) == "upgrade");
    let (in_folders, beside) = (upgrades(true), upgrades(false));
    own.retain(|file| match &file.folder {
        Some(_) => !in_folders || !QUERIES.contains(&word(file).as_str()),
        None => !(beside || versioned) || word(file) != "schema",
    });
    let is_of_mariadb = |file: &Found| file.entry.name.to_ascii_lowercase().contains("mariadb");
    let key = |file: &Found| (file.numbers(), file.name.slug.clone());
    let others: HashSet<(Vec<u128>, String)> =
        own.iter().filter(|file| file.name.database.is_some() && !is_of_mariadb(file)).map(key).collect();
    own.retain(|file| !is_of_mariadb(file) || !others.contains(&key(file)));
}

fn ordered(runner: Runner, one: &Step, other: &Step) -> Ordering {
    let by_number = || one.numbers.cmp(&other.numbers);
    let order = match runner.facts().order {
        Order::Name => Ordering::Equal,
        Order::Version => one.key().cmp(&other.key()),
        Order::Number | Order::Journal => by_number(),
    };
    // Where nobody says how two of one number are put in order, `2-x.sql` stands before `2-x-after.sql`.
    let by_name = || if runner == Runner::Unknown { one.name.cmp(&other.name) } else { Ordering::Equal };
    let by_path = || one.path.cmp(&other.path);
    one.is_repeatable.cmp(&other.is_repeatable).then(order).then_with(by_name).then_with(by_path)
}

/// What a reader calls a migration: its file without its ending, or its folder.
fn told_by(file: &Found) -> String {
    if file.is_folder_of_one() {
        return path::folder(&file.relative).to_owned();
    }
    if let Some(front) = runner::before_any_ending(&file.relative) {
        return front.to_owned();
    }
    let stem = [".sql", ".go"].iter().find_map(|ending| file.relative.strip_suffix(ending)).unwrap_or(&file.relative);
    stem.strip_suffix(".up").unwrap_or(stem).to_owned()
}

/// What a runner records of a migration.
fn recorded(file: &Found, runner: Runner) -> String {
    let facts = runner.facts();
    let folder = file.folder.as_ref().and_then(|folder| folder.version.as_ref()).filter(|_| !file.is_folder_of_one());
    let version = match (facts.by_number, file.version()) {
        (true, Some(version)) => version.text.clone(),
        _ => told_by(file),
    };
    match folder.filter(|_| file.name.version.is_some()) {
        Some(folder) => format!("{}/{version}", folder.text),
        None if file.folder.is_some() && !file.is_folder_of_one() => told_by(file),
        None => version,
    }
}

/// How many files are looked into for marks.
const LOOKED_AT: usize = 3;

/// The runner of a directory: by the marks in its files, by its form, by what the project's manifests name.
fn told(track: &Track, files: &[Found], databases: &Databases, modules: &mut Modules<'_>) -> Result<Runner, ReadError> {
    // Whoever has a form of its own runs its files itself.
    if track.pattern.is_some() {
        return Ok(Runner::Unknown);
    }
    let has_folders = files.iter().any(Found::is_folder_of_one);
    let has_journal = modules.snapshot.entry(&path::join(&track.path, journal::FILE))?.is_some();
    if has_journal {
        return Ok(Runner::Drizzle);
    }
    if let Some(file) = files.iter().find(|file| file.is_folder_of_one() && file.entry.name == "migration.sql") {
        // Drizzle has folders, too, from its first version on, and other rules for them.
        let snapshot = path::join(&track.path, path::join(path::folder(&file.relative), "snapshot.json").as_str());
        let is_drizzle = modules.snapshot.entry(&snapshot)?.is_some();
        return Ok(if is_drizzle { Runner::Unknown } else { Runner::Prisma });
    }
    // The last ones say what runs today.
    for file in files.iter().rev().take(LOOKED_AT) {
        if let Some(source) = modules.text(&path::join(&track.path, &file.relative))?
            && let Some(runner) = marks::upgrade(source.text()).runner
        {
            return Ok(runner);
        }
    }
    let is_version_letter = |file: &Found| {
        let name = file.entry.name.as_bytes();
        name.first().is_some_and(|letter| b"VvUBR".contains(letter)) && file.entry.name.contains("__")
    };
    let looks = Looks {
        has_ways: files.iter().any(|file| file.name.part == Part::Up && file.folder.is_none()),
        has_letters: files.iter().any(is_version_letter),
        has_folders,
        has_databases: !databases.named.is_empty(),
        has_numbers: files.iter().all(|file| file.entry.name.starts_with(|first: char| first.is_ascii_digit())),
    };
    if has_folders {
        // Nobody else has folders with `up.sql`.
        return Ok(Runner::Diesel);
    }
    if files.iter().any(|file| file.folder.is_some()) {
        return Ok(Runner::Unknown);
    }
    Ok(runner::named(&track.path, looks, modules)?.unwrap_or(Runner::Unknown))
}

impl History {
    /// What a new database gets: the newest baseline, where there is one, and what comes after it.
    pub fn of_new(&self) -> impl Iterator<Item = &Step> {
        let baseline = self.baseline();
        let is_run = move |step: &&Step| match baseline {
            Some(baseline) if step.is_baseline => step.path == baseline.path,
            Some(baseline) => step.is_repeatable || step.numbers > baseline.numbers,
            None => true,
        };
        self.steps.iter().filter(is_run)
    }

    /// Whether all files lie in folders of releases beside a whole schema: whoever made a database with that knows its release
    /// alone, and runs what comes after it.
    pub fn is_by_release(&self) -> bool {
        let is_in_folder = |step: &Step| step.name.contains('/');
        self.runner == Runner::Unknown && self.has_snapshot && self.steps.iter().all(is_in_folder)
    }

    /// Flyway's newest baseline.
    pub fn baseline(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| step.is_baseline).max_by_key(|step| &step.numbers)
    }
}

impl Step {
    /// Its version as a text that versions are told and sorted by.
    pub fn key(&self) -> String {
        self.version.replace('-', "")
    }

    /// The first line of its file.
    pub fn location(&self, modules: &mut Modules<'_>) -> Result<Location, ReadError> {
        Ok(first_line(&self.path, modules)?)
    }
}

/// The first line of a file that is no comment and not blank; its first line where there is none, or where it can't be read.
pub(crate) fn first_line(path: &str, modules: &mut Modules<'_>) -> Result<Location, crate::git::GitError> {
    let source = modules.text(path)?.unwrap_or_else(|| Source::new(path, ""));
    if is_go(path) {
        let at = source.text().find("goose.Add").unwrap_or_default();
        return Ok(Location::line(&source, source.line_at(at), ""));
    }
    let upgrade = marks::upgrade(source.text()).text;
    let at = crate::schema::token::tokens(&upgrade).next().map(|token| token.start);
    let line =
        at.or_else(|| source.text().find(|letter: char| !letter.is_whitespace())).map_or(1, |at| source.line_at(at));
    Ok(Location::line(&source, line, ""))
}
