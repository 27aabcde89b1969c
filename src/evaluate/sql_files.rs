//! The databases of a track whose migrations are SQL files: fresh ones, and deployed ones.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::engine::{Engine, Outcome};
use super::golang::tables_made;
use super::memory::{Subject, remembered};
use super::{By, Evaluated, Failure, Form, Missing, missing_table};
use crate::python::eval::{Gap, Statement};
use crate::schema::model::{Name, Schema, Table};
use crate::schema::sqlite::SqlError;
use crate::schema::token;
use crate::source::{Location, Source, is_near};
use crate::track::ends::Modules;
use crate::track::sql_files::history::{self, History, Step};
use crate::track::sql_files::marks;
use crate::track::{Declared, Track, ddl};

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    engine: Engine,
    pub evaluated: Arc<Evaluated>,
    /// The tables that files need and none of them makes, in lower case: something else makes them.
    elsewhere: BTreeSet<String>,
    /// A snapshot made it, and no file did.
    pub is_of_snapshot: bool,
}

impl Built {
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

/// The only column of a table of which nothing is known: it is taken out of the schema.
const UNKNOWN_COLUMN: &str = "parity_check_unknown";

/// A fresh database: every file from nothing, or the snapshot where the files only upgrade what that made.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Rc<Built>, SqlError> {
    let subject = || Subject::Fresh(track.clone());
    // The folder's tree has every file in it.
    let files = |_: &Built| {
        let declared = track.declared.iter().map(|file| file.path.clone());
        Some(declared.chain([track.path.clone()]).collect())
    };
    remembered(modules, |memory| &mut memory.sql_files, subject, files, |modules| build(track, modules))
}

fn build(track: &Track, modules: &mut Modules<'_>) -> Result<Built, SqlError> {
    let built = Run::new(Engine::of(track)?, BTreeSet::new()).steps(track, modules, &BTreeSet::new());
    let evaluated = &built.evaluated;
    let upgrades_only = evaluated.schema.tables.is_empty() || !built.elsewhere.is_empty();
    let is_snapshot = |file: &&Declared| ddl::is_sql(&file.path);
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

/// A deployed database after its upgrade: the files that the merge base has not.
pub fn upgraded(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
) -> Result<Built, SqlError> {
    let mut run = Run::new(deployed.engine.fork(track.dialect)?, deployed.elsewhere.clone());
    run.deployed = Some(Arc::clone(&deployed.evaluated));
    Ok(run.steps(track, modules, known))
}

/// What a snapshot says alone.
pub fn declared(track: &Track, which: &Declared, modules: &mut Modules<'_>) -> Result<Built, SqlError> {
    let by = By::File(which.path.as_str().into());
    let mut run = Run::new(Engine::of(track)?, BTreeSet::new());
    let source = modules.text(&which.path).ok().flatten();
    run.evaluated.form = Some(if source.is_some() { Form::Sql } else { Form::Nothing });
    if let Some(source) = source {
        run.file(&source, &by, false, modules);
    }
    Ok(run.built(&which.path))
}

/// One evaluation under way.
struct Run {
    engine: Engine,
    evaluated: Evaluated,
    log: Vec<Statement>,
    gaps: Vec<Gap>,
    elsewhere: BTreeSet<String>,
    /// The files of the track; none for a snapshot.
    history: Option<Rc<History>>,
    /// The tables that some file of the track makes, in lower case; `None` until one is missing.
    made: Option<HashSet<String>>,
    /// What is known of the database that is upgraded; `None` for a new one.
    deployed: Option<Arc<Evaluated>>,
    /// The runner begins a transaction for each file that does not say otherwise.
    opens_transaction: bool,
}

impl Run {
    fn new(engine: Engine, elsewhere: BTreeSet<String>) -> Self {
        let (log, gaps) = (Vec::new(), Vec::new());
        let evaluated = Evaluated::default();
        let (history, made, deployed) = (None, None, None);
        Self { engine, evaluated, log, gaps, elsewhere, history, made, deployed, opens_transaction: false }
    }

    fn steps(mut self, track: &Track, modules: &mut Modules<'_>, known: &BTreeSet<String>) -> Built {
        let Ok(history) = history::read(track, modules) else { return self.built(&track.path) };
        self.opens_transaction = history.runner.facts().opens_transaction;
        self.history = Some(history.clone());
        for step in history.steps.iter().filter(|step| !known.contains(&step.name)) {
            self.step(step, modules);
        }
        self.built(&track.path)
    }

    fn step(&mut self, step: &Step, modules: &mut Modules<'_>) {
        let by = By::Migration(Arc::from(step.name.as_str()));
        match modules.text(&step.path) {
            Ok(Some(source)) => {
                let in_transaction = self.opens_transaction && !is_alone(&source, modules);
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

    fn file(&mut self, source: &Source, by: &By, in_transaction: bool, modules: &mut Modules<'_>) {
        let upgrade = marks::upgrade(source.text());
        let in_transaction = in_transaction && !upgrade.no_transaction;
        self.engine.begin();
        let mut finished = true;
        for (start, sql) in self.pieces(&upgrade) {
            if token::tokens(&sql).next().is_none() {
                continue;
            }
            let blank = sql.len() - sql.trim_start().len();
            let place = Location::new(source, start + blank..start + sql.trim_end().len(), "");
            finished = match self.engine.runs_alone(&sql).filter(|_| in_transaction) {
                Some(what) => {
                    let message = format!("{what} cannot run inside a transaction block");
                    self.refused(&message, &sql, &place, by, modules)
                }
                None => self.statement(&sql, &place, by, modules),
            };
            if !finished {
                break;
            }
        }
        self.end(by, finished);
    }

    /// The statements of what runs, with where they begin.
    fn pieces(&self, upgrade: &marks::Upgrade) -> Vec<(usize, String)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for whole in &upgrade.whole {
            let before = upgrade.text.get(at..whole.start).unwrap_or_default();
            pieces.extend(self.engine.split_at(before).into_iter().map(|(start, sql)| (at + start, sql)));
            pieces.extend(upgrade.text.get(whole.clone()).map(|sql| (whole.start, sql.to_owned())));
            at = whole.end;
        }
        let rest = upgrade.text.get(at..).unwrap_or_default();
        pieces.extend(self.engine.split_at(rest).into_iter().map(|(start, sql)| (at + start, sql)));
        pieces
    }

    /// Carries one statement out; whether the next one runs.
    fn statement(&mut self, sql: &str, place: &Location, by: &By, modules: &mut Modules<'_>) -> bool {
        if has_placeholder(sql) {
            self.gap("has a placeholder, which the text does not fill", place, Some(sql.to_owned()));
            return true;
        }
        match self.engine.execute(sql, &[], false) {
            Outcome::Done { schema, .. } => {
                if schema {
                    let statement = Statement { sql: Arc::from(sql.trim()), places: vec![place.clone()] };
                    self.log.push(statement);
                }
                true
            }
            Outcome::Unknown(reason) => {
                let about = self.engine.about().map_or_else(|| sql.to_owned(), |about| format!("{sql}; {about}"));
                self.gap(&reason, place, Some(about));
                true
            }
            Outcome::Refused(message) => self.refused(&message, sql, place, by, modules),
        }
    }

    fn gap(&mut self, reason: &str, place: &Location, sql: Option<String>) {
        let (origin, location) = (place.clone(), place.clone());
        self.gaps.push(Gap { reason: reason.to_owned(), origin, location, sql });
    }

    /// What the database refuses; whether the next statement runs all the same. A table that nothing of the track makes is
    /// made by a program: nothing is known of it but what the files do to it.
    fn refused(&mut self, message: &str, sql: &str, place: &Location, by: &By, modules: &mut Modules<'_>) -> bool {
        if let Some(table) = missing_table(message).map(str::to_owned)
            && self.is_made_elsewhere(&table, modules)
        {
            self.elsewhere.insert(table.to_ascii_lowercase());
            let stub = format!("CREATE TABLE \"{}\" ({UNKNOWN_COLUMN} INTEGER)", table.replace('"', "\"\""));
            let reason = format!("needs the table `{table}`, which no migration makes");
            if matches!(self.engine.execute(&stub, &[], false), Outcome::Done { .. }) {
                // What the files do to it is known all the same.
                self.gap(&reason, place, Some(String::new()));
                return self.statement(sql, place, by, modules);
            }
            self.gap(&reason, place, Some(sql.to_owned()));
            return true;
        }
        if names_one_of(sql, &self.elsewhere) {
            let reason = format!("is about a table that no migration makes ({message})");
            self.gap(&reason, place, Some(sql.to_owned()));
            return true;
        }
        if self.names_what_is_in_doubt(sql) {
            self.gap(&format!("comes after something that is not known ({message})"), place, Some(sql.to_owned()));
            return true;
        }
        let places = vec![place.clone()];
        self.evaluated.failures.push(Failure { by: by.clone(), error: message.to_owned(), places });
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
        let there = self.engine.snapshot().map(|schema| schema.tables).unwrap_or_default();
        !there.keys().any(|known| is_near(&lower, &known.as_str().to_ascii_lowercase()))
    }

    fn names_what_is_in_doubt(&self, sql: &str) -> bool {
        let deployed = self.deployed.iter().flat_map(|deployed| &deployed.gaps);
        let unknown = deployed.chain(&self.evaluated.gaps).map(|missing| &missing.gap).chain(&self.gaps);
        let mut texts = unknown.map(|gap| gap.sql.as_deref());
        texts.any(|text| text.is_none_or(|text| share_a_name(text, sql)))
    }

    /// Ends a file: what it did is kept or taken back, and what it told is noted.
    fn end(&mut self, by: &By, commit: bool) {
        if let Some(message) = self.engine.end(commit) {
            self.evaluated.failures.push(Failure { by: by.clone(), error: message, places: Vec::new() });
        }
        self.evaluated.note(by, std::mem::take(&mut self.log), std::mem::take(&mut self.gaps));
    }

    fn built(mut self, path: &str) -> Built {
        match self.engine.snapshot() {
            Ok(mut schema) => {
                for table in schema.tables.values_mut() {
                    table.columns.retain(|column| column.name.as_str() != UNKNOWN_COLUMN);
                }
                self.evaluated.schema = schema;
            }
            Err(reason) => {
                let place = Location::line(&Source::new(path, ""), 1, "");
                let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
                self.evaluated.gaps.push(Missing { gap, by: By::File(Arc::from(path)) });
                self.evaluated.schema = Schema::default();
            }
        }
        let evaluated = Arc::new(self.evaluated);
        Built { engine: self.engine, evaluated, elsewhere: self.elsewhere, is_of_snapshot: false }
    }
}

/// Whether a statement names one of some tables.
fn names_one_of(sql: &str, tables: &BTreeSet<String>) -> bool {
    !tables.is_empty() && token::tokens(sql).any(|token| tables.contains(&token.value().to_ascii_lowercase()))
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
