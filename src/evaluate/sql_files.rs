//! The databases of a track whose migrations are SQL files: fresh ones, and deployed ones.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::engine::{Engine, Outcome};
use super::{By, Evaluated, Failure, Form, Missing, missing_table};
use crate::python::eval::{Gap, Statement};
use crate::schema::model::Schema;
use crate::schema::sqlite::SqlError;
use crate::schema::token;
use crate::source::{Location, Source};
use crate::track::ends::Modules;
use crate::track::sql_files::history::{self, Step};
use crate::track::sql_files::marks;
use crate::track::{Declared, Track};

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    engine: Engine,
    pub evaluated: Arc<Evaluated>,
    /// The tables that old files need and none of them makes, in lower case: something else makes tables, too.
    elsewhere: HashSet<String>,
}

/// A fresh database: every file from nothing, or the snapshot where the files only upgrade what that made.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Built, SqlError> {
    let built = Run::new(Engine::new(track.dialect)?, HashSet::new()).steps(track, modules, &BTreeSet::new());
    if built.elsewhere.is_empty() && !built.evaluated.schema.tables.is_empty() {
        return Ok(built);
    }
    let upgrades_only = built.evaluated.schema.tables.is_empty() || !built.elsewhere.is_empty();
    let snapshot = track.declared.iter().find(|file| upgrades_only && file.path.ends_with(".sql"));
    match snapshot {
        Some(file) => declared(track, file, modules),
        None => Ok(built),
    }
}

/// A deployed database after its upgrade: the files that the merge base has not.
pub fn upgraded(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
) -> Result<Built, SqlError> {
    let run = Run::new(deployed.engine.fork(track.dialect)?, deployed.elsewhere.clone());
    Ok(run.steps(track, modules, known))
}

/// What a snapshot says alone.
pub fn declared(track: &Track, which: &Declared, modules: &mut Modules<'_>) -> Result<Built, SqlError> {
    let by = By::File(which.path.as_str().into());
    let mut run = Run::new(Engine::new(track.dialect)?, HashSet::new());
    let source = modules.text(&which.path).ok().flatten();
    run.evaluated.form = Some(if source.is_some() { Form::Sql } else { Form::Nothing });
    if let Some(source) = source {
        run.file(&source, &by);
    }
    Ok(run.built(&which.path))
}

/// One evaluation under way.
struct Run {
    engine: Engine,
    evaluated: Evaluated,
    log: Vec<Statement>,
    gaps: Vec<Gap>,
    elsewhere: HashSet<String>,
}

impl Run {
    fn new(engine: Engine, elsewhere: HashSet<String>) -> Self {
        let (log, gaps) = (Vec::new(), Vec::new());
        Self { engine, evaluated: Evaluated::default(), log, gaps, elsewhere }
    }

    fn steps(mut self, track: &Track, modules: &mut Modules<'_>, known: &BTreeSet<String>) -> Built {
        let Ok(history) = history::read(track, modules) else { return self.built(&track.path) };
        for step in history.steps.iter().filter(|step| !known.contains(&step.name)) {
            self.step(step, modules);
        }
        self.built(&track.path)
    }

    fn step(&mut self, step: &Step, modules: &mut Modules<'_>) {
        let by = By::Migration(Arc::from(step.name.as_str()));
        match modules.text(&step.path) {
            Ok(Some(source)) => self.file(&source, &by),
            // What cannot be read may do anything.
            _ => {
                let place = Location::line(&Source::new(step.path.as_str(), ""), 1, "");
                self.gap("is no text in UTF-8 that could be read", &place, None);
                self.end(&by, false);
            }
        }
    }

    fn file(&mut self, source: &Source, by: &By) {
        let upgrade = marks::upgrade(source.text());
        self.engine.begin();
        let mut finished = true;
        for (start, sql) in self.pieces(&upgrade) {
            if token::tokens(&sql).next().is_none() {
                continue;
            }
            let blank = sql.len() - sql.trim_start().len();
            let place = Location::new(source, start + blank..start + sql.trim_end().len(), "");
            finished = self.statement(&sql, &place, by);
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
    fn statement(&mut self, sql: &str, place: &Location, by: &By) -> bool {
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
                self.gap(&reason, place, Some(sql.to_owned()));
                true
            }
            Outcome::Refused(message) => {
                self.refused(&message, sql, place, by);
                false
            }
        }
    }

    fn gap(&mut self, reason: &str, place: &Location, sql: Option<String>) {
        let (origin, location) = (place.clone(), place.clone());
        self.gaps.push(Gap { reason: reason.to_owned(), origin, location, sql });
    }

    /// A file that the database refuses. A table that nothing of the track makes may be made by a program.
    fn refused(&mut self, message: &str, sql: &str, place: &Location, by: &By) {
        let doubts = !self.evaluated.gaps.is_empty() || !self.gaps.is_empty();
        if let Some(table) = missing_table(message) {
            let table = table.to_owned();
            let is_first = self.evaluated.log.is_empty() && self.log.is_empty();
            if doubts || is_first || self.elsewhere.contains(&table.to_ascii_lowercase()) {
                self.elsewhere.insert(table.to_ascii_lowercase());
                let reason = format!("needs the table `{table}`, which no migration before it is known to make");
                self.gap(&reason, place, Some(sql.to_owned()));
                return;
            }
        }
        if doubts && self.names_what_is_in_doubt(sql) {
            self.gap(&format!("comes after something that is not known ({message})"), place, Some(sql.to_owned()));
            return;
        }
        let places = vec![place.clone()];
        self.evaluated.failures.push(Failure { by: by.clone(), error: message.to_owned(), places });
    }

    fn names_what_is_in_doubt(&self, sql: &str) -> bool {
        let unknown = self.evaluated.gaps.iter().map(|missing| &missing.gap).chain(&self.gaps);
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
            Ok(schema) => self.evaluated.schema = schema,
            Err(reason) => {
                let place = Location::line(&Source::new(path, ""), 1, "");
                let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
                self.evaluated.gaps.push(Missing { gap, by: By::File(Arc::from(path)) });
                self.evaluated.schema = Schema::default();
            }
        }
        Built { engine: self.engine, evaluated: Arc::new(self.evaluated), elsewhere: self.elsewhere }
    }
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
        words.map(|token| token.value().to_ascii_lowercase()).filter(|word| !KEYWORDS.contains(&word.as_str())).collect()
    };
    !names(one).is_disjoint(&names(other))
}
