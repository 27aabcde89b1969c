//! The databases of a track whose migrations are SQL files: fresh ones, and deployed ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::golang::tables_made;
use super::memory::{Subject, remembered};
use super::sql_part::{self, Piece};
use super::{By, Evaluated, Failure, Form, Missing, fork, open};
use crate::go::is_go;
use crate::python::eval::{Gap, Statement};
use crate::schema::database::{Answer, Database, Refusal, RefusalKind, Setup};
use crate::schema::delta::{self, Level};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Name, Schema, Table};
use crate::schema::statement::{Effect, changes_rows};
use crate::schema::token;
use crate::source::{Location, Source, is_near};
use crate::track::ends::Modules;
use crate::track::sql_files::history::{self, History, Step};
use crate::track::sql_files::runner::Runner;
use crate::track::sql_files::{code, marks, named};
use crate::track::{Declared, Track, ddl};

mod client;
mod golang;
mod transaction;

use self::transaction::{LEFT_OPEN, Transaction};

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    database: Box<dyn Database>,
    pub evaluated: Arc<Evaluated>,
    /// The tables that files need and none of them makes, in lower case: something else makes them.
    elsewhere: BTreeSet<String>,
    /// A snapshot made it, and no file did.
    pub is_of_snapshot: bool,
}

impl Built {
    /// Whether nothing was refused and everything is known.
    pub fn is_sound(&self) -> bool {
        self.evaluated.failures.is_empty() && self.evaluated.gaps.is_empty() && self.elsewhere.is_empty()
    }

    /// What is known of it, where tables that a later upgrade turned out to need were there from the beginning.
    pub fn with_tables_of(&self, later: &Self) -> Arc<Evaluated> {
        let mut evaluated = self.evaluated.clone();
        for name in later.elsewhere.difference(&self.elsewhere) {
            let table = Table { name: Name::new(name.as_str()), ..Table::default() };
            Arc::make_mut(&mut evaluated).schema.tables.entry(table.name.clone()).or_insert(table);
        }
        evaluated
    }
}

/// Of files, names of statements in them.
type Names = BTreeMap<String, BTreeSet<String>>;

/// The only column of a table of which nothing is known: it is taken out of the schema.
const UNKNOWN_COLUMN: &str = "parity_check_unknown";

/// A fresh database: every file from nothing, or the snapshot where the files only upgrade what that made.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Rc<Built>, Refusal> {
    let subject = || Subject::Fresh(track.clone());
    // The folder's tree has every file in it.
    let files = |_: &Built| {
        let declared = track.declared.iter().map(|file| file.path.clone());
        Some(declared.chain([track.path.clone()]).collect())
    };
    remembered(modules, |memory| &mut memory.sql_files, subject, files, |modules| build(track, modules))
}

fn build(track: &Track, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    if track.kind.is_state() {
        return Ok(schema(Run::new(track.dialect, open(track)?, BTreeSet::new()), track, modules));
    }
    let built = Run::new(track.dialect, open(track)?, BTreeSet::new()).steps(track, modules, &BTreeSet::new());
    let evaluated = &built.evaluated;
    let upgrades_only = evaluated.schema.tables.is_empty() || !built.elsewhere.is_empty();
    let is_snapshot = |file: &&Declared| ddl::is_sql(&file.path);
    if let Some(whole) = latest(track, &built, modules)? {
        return Ok(Built { is_of_snapshot: true, ..whole });
    }
    if upgrades_only && let Some(file) = track.declared.iter().find(is_snapshot) {
        return Ok(Built { is_of_snapshot: true, ..declared(track, file, modules)? });
    }
    if !evaluated.failures.is_empty() {
        // Upgrades that make tables anew do not run from nothing either; a snapshot that does is what new databases get.
        for file in track.declared.iter().filter(is_snapshot) {
            let whole = declared(track, file, modules)?;
            if whole.evaluated.failures.is_empty() && !whole.evaluated.schema.tables.is_empty() {
                return Ok(Built { is_of_snapshot: true, ..whole });
            }
        }
    }
    Ok(built)
}

/// What the newest snapshot beside folders of versions makes, where it has tables that none of the files in them is about:
/// those upgrade only.
fn latest(track: &Track, built: &Built, modules: &mut Modules<'_>) -> Result<Option<Built>, Refusal> {
    let Ok(history) = history::read(track, modules) else { return Ok(None) };
    if history.steps.is_empty() || !history.steps.iter().all(|step| step.name.contains('/')) {
        return Ok(None);
    }
    let is_latest = |file: &&Declared| file.path.to_ascii_lowercase().ends_with("latest.sql");
    let Some(file) = track.declared.iter().find(is_latest) else { return Ok(None) };
    let whole = declared(track, file, modules)?;
    let is_new = |name: &Name| !built.evaluated.schema.tables.contains_key(name);
    let upgrades_only = whole.evaluated.schema.tables.keys().any(is_new) && whole.evaluated.failures.is_empty();
    Ok(upgrades_only.then_some(whole))
}

/// A database of a snapshot with what the files beside it made and the snapshot forgot, where head's has it: systems that
/// were upgraded have it. `None` where there is nothing of the kind.
pub fn with_forgotten(
    (track, base): (&Track, &Track),
    before: &Built,
    old: &mut Modules<'_>,
    new: &mut Modules<'_>,
) -> Result<Option<Built>, Refusal> {
    let mut forgotten = Vec::new();
    for file in &track.declared {
        let stated = declared(track, file, new)?;
        let changes = delta::diff(&before.evaluated.schema, &stated.evaluated.schema, Level::Full);
        let added = changes.into_iter().filter(|change| matches!(change.kind, delta::Kind::Added { .. }));
        forgotten.extend(added.map(|change| change.object));
    }
    if forgotten.is_empty() {
        return Ok(None);
    }
    let made = Run::new(base.dialect, open(base)?, BTreeSet::new()).steps(base, old, &BTreeSet::new());
    forgotten.retain(|object| made.evaluated.schema.has(object));
    let is_about = |sql: &str| forgotten.iter().any(|object| names_all(sql, object));
    let mut database = fork(&*before.database, base)?;
    let mut has_more = false;
    for ran in made.evaluated.log.iter().filter(|ran| is_about(&ran.statement.sql)) {
        has_more |= matches!(database.execute(&ran.statement.sql, Some(&[])), Answer::Done { .. });
    }
    let Some(schema) = database.snapshot().ok().filter(|_| has_more) else { return Ok(None) };
    let evaluated = Evaluated { schema, ..Evaluated::clone(&before.evaluated) };
    let elsewhere = before.elsewhere.clone();
    Ok(Some(Built { database, evaluated: Arc::new(evaluated), elsewhere, is_of_snapshot: true }))
}

/// Whether a statement names an object of a schema, and of a column its table, too.
fn names_all(sql: &str, object: &delta::Object) -> bool {
    let column = if let delta::Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
    let mut names = super::drift::names(object).into_iter().chain(column);
    names.all(|name| token::tokens(sql).any(|token| token.value().eq_ignore_ascii_case(name)))
}

/// A fresh database as far as the words ask for it that somebody noted; `None` where nobody did, where they do not tell what
/// that is, and where anything is wrong with it.
pub fn part(track: &Track, modules: &mut Modules<'_>) -> Result<Option<Built>, Refusal> {
    let Some(wanted) = modules.wanted.clone() else { return Ok(None) };
    let Ok(history) = history::read(track, modules) else { return Ok(None) };
    let mut run = Run::new(track.dialect, track.dialect.open(Setup::default())?, BTreeSet::new());
    run.opens_transaction = history.runner.facts().opens_transaction;
    run.history = Some(history.clone());
    let mut files = Vec::new();
    for step in history.of_new() {
        let Ok(Some(source)) = modules.text(&step.path) else { return Ok(None) };
        let upgrade = marks::upgrade(source.text());
        let pieces = run.pieces(&upgrade);
        files.push((step, source, upgrade, pieces));
    }
    let read = |pieces: &Vec<(usize, String)>| pieces.iter().map(|(_, sql)| Piece::read(sql)).collect();
    let told: Vec<Vec<Piece>> = files.iter().map(|(_, _, _, pieces)| read(pieces)).collect();
    let Some(chosen) = sql_part::chosen(&wanted, &told) else { return Ok(None) };
    for ((step, source, upgrade, pieces), chosen) in files.into_iter().zip(chosen) {
        let pieces: Vec<(usize, String)> =
            pieces.into_iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen).map(|(piece, _)| piece).collect();
        if !pieces.is_empty() {
            let by = By::Migration(Arc::from(step.name.as_str()));
            let in_transaction = run.begins_transaction(&source, modules);
            run.carry_out(&source, (&upgrade, pieces), &by, in_transaction, modules);
        }
    }
    let built = run.built(&track.path);
    Ok(Some(built).filter(Built::is_sound))
}

/// A deployed database after its upgrade: the files that the merge base has not.
pub fn upgraded(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
) -> Result<Built, Refusal> {
    upgraded_with(track, modules, deployed, (known, Names::new()))
}

/// The same, with what is new in old files of named statements: of each of those the names that have run.
pub fn upgraded_with(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    (known, grown): (&BTreeSet<String>, Names),
) -> Result<Built, Refusal> {
    let mut run = Run::new(track.dialect, fork(&*deployed.database, track)?, deployed.elsewhere.clone());
    run.deployed = Some(Arc::clone(&deployed.evaluated));
    run.known_by_snapshot = deployed.is_of_snapshot.then(|| known.clone());
    run.grown = grown;
    Ok(run.steps(track, modules, known))
}

/// A database that a schema made, after a start that carries head's schema out on it.
pub fn again(track: &Track, modules: &mut Modules<'_>, deployed: &Built) -> Result<Built, Refusal> {
    let mut run = Run::new(track.dialect, fork(&*deployed.database, track)?, deployed.elsewhere.clone());
    run.deployed = Some(Arc::clone(&deployed.evaluated));
    Ok(schema(run, track, modules))
}

/// Carries a schema out, statement by statement.
fn schema(mut run: Run, track: &Track, modules: &mut Modules<'_>) -> Built {
    let by = By::Migration(track.path.as_str().into());
    run.goes_on = true;
    match modules.text(&track.path) {
        Ok(Some(source)) => run.file(&source, &by, false, modules),
        _ => {
            let place = Location::line(&Source::new(track.path.as_str(), ""), 1, "");
            run.gap("is no text in UTF-8 that could be read", &place, None);
            run.end(&by, false);
        }
    }
    run.built(&track.path)
}

/// What a snapshot says alone.
pub fn declared(track: &Track, which: &Declared, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let by = By::File(which.path.as_str().into());
    let mut run = Run::new(track.dialect, open(track)?, BTreeSet::new());
    let source = modules.text(&which.path).ok().flatten();
    run.evaluated.form = Some(if source.is_some() { Form::Sql } else { Form::Nothing });
    if let Some(source) = source {
        run.file(&source, &by, false, modules);
    }
    Ok(run.built(&which.path))
}

/// One evaluation under way.
struct Run {
    dialect: Dialect,
    database: Box<dyn Database>,
    evaluated: Evaluated,
    log: Vec<Statement>,
    gaps: Vec<Gap>,
    elsewhere: BTreeSet<String>,
    /// Where the file that is carried out first needs each of these.
    needed: HashMap<String, Location>,
    /// The files of the track; none for a snapshot.
    history: Option<Rc<History>>,
    /// The tables that some file of the track makes, in lower case; `None` until one is missing.
    made: Option<HashSet<String>>,
    /// What is known of the database that is upgraded; `None` for a new one.
    deployed: Option<Arc<Evaluated>>,
    /// Of a database that a snapshot made: the names of the files that count as run on it.
    known_by_snapshot: Option<BTreeSet<String>>,
    /// The names of statements that have run, of old files that got others.
    grown: Names,
    /// The runner begins a transaction for each file that does not say otherwise.
    opens_transaction: bool,
    /// What runs of the file that is carried out.
    text: Arc<str>,
    /// A schema that is carried out at every start: what is there already is no refusal, and what comes after one runs.
    goes_on: bool,
    /// The files that are carried out, each for a command of the client's in the one before it.
    reading: Vec<String>,
    /// How many were.
    read_in: usize,
}

impl Run {
    fn new(dialect: Dialect, database: Box<dyn Database>, elsewhere: BTreeSet<String>) -> Self {
        let (log, gaps) = (Vec::new(), Vec::new());
        let evaluated = Evaluated::default();
        let (history, made, deployed) = (None, None, None);
        let (opens_transaction, goes_on, text) = (false, false, Arc::from(""));
        let (needed, reading) = (HashMap::new(), Vec::new());
        Self {
            dialect,
            database,
            evaluated,
            log,
            gaps,
            elsewhere,
            needed,
            history,
            made,
            deployed,
            known_by_snapshot: None,
            grown: Names::new(),
            opens_transaction,
            text,
            goes_on,
            reading,
            read_in: 0,
        }
    }

    fn steps(mut self, track: &Track, modules: &mut Modules<'_>, known: &BTreeSet<String>) -> Built {
        let Ok(history) = history::read(track, modules) else { return self.built(&track.path) };
        self.opens_transaction = history.runner.facts().opens_transaction;
        self.history = Some(history.clone());
        if self.deployed.is_none() {
            history.of_new().for_each(|step| self.step(step, modules));
            return self.built(&track.path);
        }
        // What the merge base's baseline stands for has run where that has.
        let baseline = history.steps.iter().filter(|step| step.is_baseline && known.contains(&step.name));
        let last = baseline.map(|step| &step.numbers).max();
        let is_run = |step: &&Step| {
            let is_covered = !step.is_repeatable && last.is_some_and(|last| step.numbers <= *last);
            let is_new = !known.contains(&step.name) || self.grown.contains_key(&step.name);
            is_new && !step.is_baseline && !is_covered
        };
        let steps: Vec<&Step> = history.steps.iter().filter(is_run).collect();
        for step in steps {
            self.step(step, modules);
        }
        self.built(&track.path)
    }

    fn step(&mut self, step: &Step, modules: &mut Modules<'_>) {
        let by = By::Migration(Arc::from(step.name.as_str()));
        if is_go(&step.path) {
            return self.code(step, &by, modules);
        }
        match modules.text(&step.path) {
            Ok(Some(source)) => {
                let in_transaction = self.begins_transaction(&source, modules);
                self.file(&source, &by, in_transaction, modules);
            }
            // What cannot be read may do anything.
            _ => {
                let place = Location::line(&Source::new(step.path.as_str(), ""), 1, "");
                self.gap("is no text in UTF-8 that could be read", &place, None);
                self.end(&by, false);
            }
        }
    }

    /// Whether the runner begins a transaction for a file.
    fn begins_transaction(&self, source: &Source, modules: &mut Modules<'_>) -> bool {
        let runner = self.history.as_ref().map_or(Runner::Unknown, |history| history.runner);
        let is_wrapped = || runner == Runner::GolangMigrate && self.dialect == Dialect::Sqlite;
        let opens = self.opens_transaction
            // What it matters to is all that it takes to look for.
            || is_wrapped() && transaction::is_meant(source.text()) && code::wraps_on_sqlite(modules).unwrap_or(false);
        opens && !is_alone(source, modules)
    }

    fn file(&mut self, source: &Source, by: &By, in_transaction: bool, modules: &mut Modules<'_>) {
        let mut upgrade = marks::upgrade(source.text());
        let named = named::sections(source.text());
        if named.is_some() {
            // Who reads statements by their names drops the lines of comments, whatever the database takes for one.
            upgrade.text = without_lines_of_comments(&upgrade.text);
        }
        let mut pieces = self.pieces(&upgrade);
        if let Some(run) = by.migration().and_then(|name| self.grown.get(&**name)) {
            let is_new = |at: usize| {
                let mut sections = named.iter().flatten();
                sections.any(|(name, range)| range.contains(&at) && !run.contains(name))
            };
            pieces.retain(|(start, sql)| is_new(start + sql.len() - sql.trim_start().len()));
        }
        self.carry_out(source, (&upgrade, pieces), by, in_transaction, modules);
    }

    /// Carries out statements of a file, each with where it begins.
    fn carry_out(
        &mut self,
        source: &Source,
        (upgrade, pieces): (&marks::Upgrade, Vec<(usize, String)>),
        by: &By,
        in_transaction: bool,
        modules: &mut Modules<'_>,
    ) {
        let in_transaction = in_transaction && !upgrade.no_transaction;
        self.text = Arc::from(upgrade.text.as_str());
        self.database.begin();
        let mut finished = true;
        let mut transaction = Transaction::new(self.dialect, in_transaction);
        let runner = self.history.as_ref().map_or(Runner::Unknown, |history| history.runner);
        // Projects run diesel with files that begin and end transactions of their own.
        let is_strict = runner != Runner::Unknown && runner != Runner::Diesel;
        for (start, sql) in pieces {
            if token::tokens(&sql).next().is_none() {
                continue;
            }
            let blank = sql.len() - sql.trim_start().len();
            let place = Location::new(source, start + blank..start + sql.trim_end().len(), "");
            if let Some(file) = marks::client_file(&sql) {
                finished = self.read_in(file, &place, by, modules);
                if !finished && !self.goes_on {
                    break;
                }
                continue;
            }
            if let Some(message) = transaction.refuses(&sql, &place).filter(|_| in_transaction && is_strict) {
                finished = self.refused(Refusal::other(message), &sql, &place, by, modules);
                if !finished && !self.goes_on {
                    break;
                }
                continue;
            }
            finished = match self.database.runs_alone(&sql).filter(|_| in_transaction) {
                Some(what) => {
                    let message = format!("{what} cannot run inside a transaction block");
                    self.refused(Refusal::other(message), &sql, &place, by, modules)
                }
                None => self.statement(&sql, &place, by, modules),
            };
            if !finished && !self.goes_on {
                break;
            }
        }
        // golang-migrate notes in a transaction that it begins after the file.
        if let Some(place) = transaction.left_open().filter(|_| finished && runner == Runner::GolangMigrate)
            && code::migrates_by_pq(modules).unwrap_or(false)
        {
            finished = self.refused(Refusal::other(LEFT_OPEN), "", place, by, modules);
        }
        // Whoever runs the files notes in a transaction that it has.
        if let Some((message, place)) = transaction.ends(in_transaction).filter(|_| finished && is_strict) {
            finished = self.refused(Refusal::other(message), "", &place, by, modules);
        }
        self.end(by, finished || self.goes_on);
    }

    /// The statements of what runs, with where they begin.
    fn pieces(&self, upgrade: &marks::Upgrade) -> Vec<(usize, String)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for whole in &upgrade.whole {
            let before = upgrade.text.get(at..whole.start).unwrap_or_default();
            pieces.extend(self.database.split(before).into_iter().map(|(start, sql)| (at + start, sql)));
            let block = upgrade.text.get(whole.clone()).unwrap_or_default();
            pieces.extend(self.block(block).into_iter().map(|(start, sql)| (whole.start + start, sql)));
            at = whole.end;
        }
        let rest = upgrade.text.get(at..).unwrap_or_default();
        pieces.extend(self.database.split(rest).into_iter().map(|(start, sql)| (at + start, sql)));
        pieces
    }

    /// The statements of what a runner sends as one text: the drivers run all that stand in it.
    fn block(&self, text: &str) -> Vec<(usize, String)> {
        if marks::client_file(text).is_some() {
            return vec![(0, text.to_owned())];
        }
        self.database.split_block(text)
    }

    /// Carries one statement out; whether the next one runs.
    fn statement(&mut self, sql: &str, place: &Location, by: &By, modules: &mut Modules<'_>) -> bool {
        if has_placeholder(sql) {
            self.gap("has a placeholder, which the text does not fill", place, Some(sql.to_owned()));
            return true;
        }
        match self.database.execute(sql, Some(&[])) {
            Answer::Done { effect, .. } => {
                if effect == Effect::Schema {
                    let statement = Statement { sql: Arc::from(sql.trim()), places: vec![place.clone()] };
                    self.log.push(statement);
                }
                true
            }
            Answer::Unknown(unknown) => {
                let about = match unknown.about {
                    Some(about) => format!("{sql}; {about}"),
                    None => sql.to_owned(),
                };
                self.gap(&unknown.reason, place, Some(about));
                true
            }
            Answer::Refused(_) if self.is_of_libsql(sql, place, modules) => {
                self.gap("has a statement of libSQL's own", place, Some(sql.to_owned()));
                true
            }
            Answer::Refused(refusal) => self.refused(refusal, sql, place, by, modules),
        }
    }

    fn gap(&mut self, reason: &str, place: &Location, sql: Option<String>) {
        let (origin, location) = (place.clone(), place.clone());
        self.gaps.push(Gap { reason: reason.to_owned(), origin, location, sql });
    }

    /// What the database refuses; whether the next statement runs all the same. A table that nothing of the track makes is
    /// made by a program: nothing is known of it but what the files do to it.
    fn refused(&mut self, refusal: Refusal, sql: &str, place: &Location, by: &By, modules: &mut Modules<'_>) -> bool {
        let message = &refusal.message;
        let missing = refusal.kind.missing_table().map(str::to_owned);
        let missing = missing.filter(|table| self.is_made_elsewhere(table, modules));
        // What changes rows alone leaves the schema as it is, whatever comes of it.
        if changes_rows(sql) && (missing.is_some() || self.is_in_doubt(sql)) {
            return true;
        }
        if let Some(table) = missing {
            self.elsewhere.insert(table.to_ascii_lowercase());
            self.needed.insert(table.to_ascii_lowercase(), place.clone());
            let stub = format!("CREATE TABLE \"{}\" ({UNKNOWN_COLUMN} INTEGER)", table.replace('"', "\"\""));
            let reason = needs(&table);
            if matches!(self.database.execute(&stub, Some(&[])), Answer::Done { .. }) {
                // What the files do to it is known all the same.
                self.gap(&reason, place, Some(String::new()));
                return self.statement(sql, place, by, modules);
            }
            self.gap(&reason, place, Some(sql.to_owned()));
            return true;
        }
        if self.drops_what_is_made_elsewhere(sql, modules) {
            return true;
        }
        // The snapshot was ahead of its upgrades: what these have made has it not.
        if refusal.kind == RefusalKind::Exists && self.is_of_snapshot_alone(message, modules) {
            return true;
        }
        if let Some(table) = one_of(sql, &self.elsewhere) {
            // Where the file needs it already that is the cause.
            let (reason, origin) = match self.needed.get(&table) {
                Some(origin) => (needs(&table), origin.clone()),
                None => (format!("is about a table that no migration makes ({message})"), place.clone()),
            };
            self.gaps.push(Gap { reason, origin, location: place.clone(), sql: Some(sql.to_owned()) });
            return true;
        }
        if self.names_what_is_in_doubt(sql) {
            self.gap(&format!("comes after something that is not known ({message})"), place, Some(sql.to_owned()));
            return true;
        }
        // Who carries a schema out at every start lets that be.
        if self.goes_on && refusal.kind == RefusalKind::Exists {
            return true;
        }
        if !self.goes_on {
            // What the file makes is missing here, and is there on databases that got past it.
            self.gap(&format!("stops with {message}"), place, Some(self.text.to_string()));
        }
        self.evaluated.failures.push(Failure::of(by, refusal, vec![place.clone()]));
        false
    }

    /// Whether a table that is not there is made by something else than the files: none of them makes it, and it is no slip
    /// of the pen for one that is there.
    fn is_made_elsewhere(&mut self, table: &str, modules: &mut Modules<'_>) -> bool {
        let lower = table.to_ascii_lowercase();
        let made = self.made.get_or_insert_with(|| {
            let steps = self.history.iter().flat_map(|history| &history.steps);
            let texts = steps.filter_map(|step| modules.text(&step.path).ok().flatten());
            texts.flat_map(|source| tables_made(source.text())).collect()
        });
        if made.contains(&lower) || self.elsewhere.contains(&lower) {
            return false;
        }
        let there = self.database.snapshot().map(|schema| schema.tables).unwrap_or_default();
        !there.keys().any(|known| is_near(&lower, &known.as_str().to_ascii_lowercase()))
    }

    /// Whether a statement drops what no file makes, between files that upgrade what something else makes.
    fn drops_what_is_made_elsewhere(&mut self, sql: &str, modules: &mut Modules<'_>) -> bool {
        const BESIDE: [&str; 8] = ["drop", "table", "index", "view", "if", "exists", "cascade", "concurrently"];
        let mut words = token::tokens(sql);
        let is_drop = words.next().is_some_and(|first| first.is("drop"))
            && words.next().is_some_and(|what| ["table", "index", "view"].iter().any(|word| what.is(word)));
        let name = words.find(|token| {
            matches!(token.kind, token::Kind::Word | token::Kind::Quoted) && !BESIDE.iter().any(|word| token.is(word))
        });
        let Some(name) = name.filter(|_| is_drop && !self.elsewhere.is_empty()) else { return false };
        let name = name.value().to_ascii_lowercase();
        let steps = self.history.iter().flat_map(|history| &history.steps);
        let texts: Vec<Source> = steps.filter_map(|step| modules.text(&step.path).ok().flatten()).collect();
        !texts.iter().any(|source| makes(source.text(), &name))
    }

    /// Whether what a snapshot has already no file names that counts as run on it.
    fn is_of_snapshot_alone(&self, message: &str, modules: &mut Modules<'_>) -> bool {
        let (Some(run), Some(history)) = (&self.known_by_snapshot, &self.history) else { return false };
        let Some(name) = name_in(message) else { return false };
        let steps: Vec<&Step> = history.steps.iter().filter(|step| run.contains(&step.name)).collect();
        let mut texts = steps.into_iter().filter_map(|step| modules.text(&step.path).ok().flatten());
        !texts.any(|source| token::tokens(source.text()).any(|token| token.value().eq_ignore_ascii_case(&name)))
    }

    /// Whether a statement names what no file makes, or what is not known.
    fn is_in_doubt(&self, sql: &str) -> bool {
        one_of(sql, &self.elsewhere).is_some() || self.names_what_is_in_doubt(sql)
    }

    fn names_what_is_in_doubt(&self, sql: &str) -> bool {
        let deployed = self.deployed.iter().flat_map(|deployed| &deployed.gaps);
        let unknown = deployed.chain(&self.evaluated.gaps).map(|missing| &missing.gap).chain(&self.gaps);
        let mut texts = unknown.map(|gap| gap.sql.as_deref());
        texts.any(|text| text.is_none_or(|text| share_a_name(text, sql)))
    }

    /// Ends a file: what it did is kept or taken back, and what it told is noted.
    fn end(&mut self, by: &By, commit: bool) {
        if let Err(refusal) = self.database.end(commit) {
            self.evaluated.failures.push(Failure::of(by, refusal, Vec::new()));
        }
        self.needed.clear();
        self.evaluated.note(by, std::mem::take(&mut self.log), std::mem::take(&mut self.gaps));
    }

    fn built(mut self, path: &str) -> Built {
        match self.database.snapshot() {
            Ok(mut schema) => {
                for table in schema.tables.values_mut() {
                    table.columns.retain(|column| column.name.as_str() != UNKNOWN_COLUMN);
                }
                self.evaluated.schema = schema;
            }
            Err(Refusal { message: reason, .. }) => {
                let place = Location::line(&Source::new(path, ""), 1, "");
                let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
                self.evaluated.gaps.push(Missing { gap, by: By::File(Arc::from(path)) });
                self.evaluated.schema = Schema::default();
            }
        }
        let evaluated = Arc::new(self.evaluated);
        Built { database: self.database, evaluated, elsewhere: self.elsewhere, is_of_snapshot: false }
    }
}

/// A text with blanks for the lines that begin with `--`.
fn without_lines_of_comments(text: &str) -> String {
    let blank = |line: &str| if line.trim_start().starts_with("--") { blanks(line) } else { line.to_owned() };
    text.split_inclusive('\n').map(blank).collect()
}

/// As many blanks as a line has bytes, and its end.
fn blanks(line: &str) -> String {
    let body = line.trim_end_matches(['\n', '\r']);
    " ".repeat(body.len()) + &line[body.len()..]
}

/// The name that a message is about: the first in quotes, or where SQLite quotes none what stands before `already exists` or
/// at the end.
fn name_in(message: &str) -> Option<String> {
    let quoted = ['"', '\''].iter().find_map(|quote| message.split(*quote).nth(1));
    let bare = || message.strip_suffix(" already exists").unwrap_or(message).rsplit(' ').next();
    quoted.or_else(bare).map(str::to_owned)
}

/// Whether a text makes a table, an index or a view of a name, in lower case.
fn makes(text: &str, name: &str) -> bool {
    /// So many words stand between `CREATE` and the name: `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x`.
    const WORDS: usize = 7;
    let all: Vec<token::Token<'_>> = token::tokens(text).collect();
    let named = (0..all.len()).filter(|at| all[*at].value().eq_ignore_ascii_case(name));
    let is_made = |at: usize| {
        let before = all[..at].iter().rev().take(WORDS).take_while(|token| !token.is_symbol(";"));
        before.into_iter().any(|token| ["create", "add", "to"].iter().any(|word| token.is(word)))
    };
    named.into_iter().any(is_made)
}

/// The first of some tables that a statement names.
fn one_of(sql: &str, tables: &BTreeSet<String>) -> Option<String> {
    if tables.is_empty() {
        return None;
    }
    token::tokens(sql).map(|token| token.value().to_ascii_lowercase()).find(|name| tables.contains(name))
}

fn needs(table: &str) -> String {
    format!("needs the table `{table}`, which no migration makes")
}

/// Whether a file runs without a transaction by its name (`x.autocommit.up.sql`) or by what diesel's `metadata.toml` beside it
/// says.
fn is_alone(source: &Source, modules: &mut Modules<'_>) -> bool {
    let name = source.path().rsplit('/').next().unwrap_or_default();
    if name.split('.').any(|word| matches!(word, "autocommit" | "notx" | "notransaction")) {
        return true;
    }
    let path = crate::path::join(crate::path::folder(source.path()), "metadata.toml");
    let said = if name == "up.sql" { modules.text(&path).ok().flatten() } else { None };
    said.is_some_and(|said| said.text().replace(' ', "").contains("run_in_transaction=false"))
}

/// Whether a statement has a part that a program fills in: `${…}`, `{{…}}`.
fn has_placeholder(sql: &str) -> bool {
    ["${", "{{"].iter().any(|sign| memchr::memmem::find(sql.as_bytes(), sign.as_bytes()).is_some())
}

/// Whether two statements name one thing.
fn share_a_name(one: &str, other: &str) -> bool {
    const KEYWORDS: [&str; 12] =
        ["alter", "table", "add", "column", "create", "index", "on", "drop", "not", "null", "default", "primary"];
    let names = |text: &str| -> HashSet<String> {
        let words = token::tokens(text).filter(|token| matches!(token.kind, token::Kind::Word | token::Kind::Quoted));
        words
            .map(|token| token.value().to_ascii_lowercase())
            .filter(|word| !KEYWORDS.contains(&word.as_str()))
            .collect()
    };
    !names(one).is_disjoint(&names(other))
}
