//! The databases of a track whose migrations are SQL files: fresh ones, and deployed ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{By, Evaluated, Failure, Missing};
use crate::go::is_go;
use crate::python::eval::{Gap, Statement, Transcript};
use crate::schema::database::{Answer, Database, Refusal, RefusalKind};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Name, Schema, Table};
use crate::schema::statement::{Boundary, Effect, boundary, changes_rows, is_about_rights};
use crate::schema::token;
use crate::source::{Location, Source};
use crate::track::Track;
use crate::track::ends::Modules;
use crate::track::sql_files::history::{self, History, Step};
use crate::track::sql_files::runner::Runner;
use crate::track::sql_files::{code, marks, named, unread};

mod alone;
mod client;
mod databases;
mod doubt;
mod golang;
mod transaction;
mod undo;

pub use self::databases::{again, declared, fresh, part, upgraded, upgraded_with, with_forgotten};

use self::transaction::Transaction;

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

    /// Every statement that makes the database, in an order in which they run.
    pub fn to_sql(&self) -> String {
        let others: Vec<String> = self.elsewhere.iter().cloned().collect();
        self.database.to_sql(&others)
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

/// One evaluation under way.
struct Run {
    dialect: Dialect,
    database: Box<dyn Database>,
    evaluated: Evaluated,
    log: Vec<Statement>,
    transcript: Transcript,
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
    /// Each file is taken back after it.
    undoes: bool,
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
            transcript: Transcript::default(),
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
            undoes: false,
        }
    }

    fn steps(mut self, track: &Track, modules: &mut Modules<'_>, known: &BTreeSet<String>) -> Built {
        self.transcript = Transcript::new(modules.asked.transcript);
        let Ok(history) = history::read(track, modules) else { return self.built(&track.path) };
        self.opens_transaction = history.runner.facts().opens_transaction;
        self.history = Some(history.clone());
        if self.deployed.is_none() {
            history.of_new().for_each(|step| self.step(step, modules));
            return self.built(&track.path);
        }
        self.undoes = modules.asked.way_back;
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
                let eve = self.eve(&by);
                self.file(&source, &by, in_transaction, modules);
                if let Some(eve) = eve {
                    self.undo(&source, &by, &eve, modules);
                }
            }
            // What cannot be read may do anything.
            _ => {
                let place = Location::line(&Source::new(step.path.as_str(), ""), 1, "");
                self.gap("is no text in UTF-8 that could be read", &place, None);
                self.end(&by, false);
            }
        }
    }

    fn runner(&self) -> Runner {
        self.history.as_ref().map_or(Runner::Unknown, |history| history.runner)
    }

    /// Whether the runner begins a transaction for a file.
    fn begins_transaction(&self, source: &Source, modules: &mut Modules<'_>) -> bool {
        let runner = self.runner();
        let is_wrapped = || runner == Runner::GolangMigrate && self.dialect.facts().transactions.wrap_files;
        let opens = self.opens_transaction
            // What it matters to is all that it takes to look for.
            || is_wrapped() && transaction::is_meant(source.text()) && code::wraps_on_sqlite(modules).unwrap_or(false);
        opens && !is_alone(source, modules)
    }

    fn file(&mut self, source: &Source, by: &By, in_transaction: bool, modules: &mut Modules<'_>) {
        // Where nobody is known who sends the text to a driver, a client may be told more than SQL.
        let is_of_client = self.runner() == Runner::Unknown;
        let sent = is_of_client.then(|| marks::without_words_to_a_client(source.text()));
        let mut upgrade = marks::upgrade(sent.as_deref().unwrap_or(source.text()));
        if let Ok(Some(unread)) = unread::refused(self.runner(), source.text(), modules) {
            self.text = Arc::from(upgrade.text.as_str());
            let place = Location::line(source, source.line_at(unread.at), "");
            self.stopped(Refusal { kind: RefusalKind::Unread, message: unread.said }, &place, by);
            return self.end(by, false);
        }
        let named = named::sections(source.text());
        if named.is_some() {
            // Who reads statements by their names drops the lines of comments, whatever the database takes for one.
            upgrade.text = without_lines_of_comments(&upgrade.text);
        }
        let mut pieces = self.pieces(&upgrade, modules);
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
        let runner = self.runner();
        // Projects run diesel with files that begin and end transactions of their own.
        let is_strict = runner != Runner::Unknown && runner != Runner::Diesel;
        let sending = self.sending(upgrade, &pieces);
        let mut told = 0;
        for piece in &pieces {
            let (start, sql) = (piece.0, piece.1.as_str());
            if token::tokens(sql).next().is_none() {
                continue;
            }
            let blank = sql.len() - sql.trim_start().len();
            let place = Location::new(source, start + blank..start + sql.trim_end().len(), "");
            let before = upgrade.text.get(told..start).unwrap_or_default();
            told = start + sql.len();
            self.sends(before, sql, &place);
            if let Some(file) = marks::client_file(sql) {
                finished = self.read_in(file, &place, by, modules);
                if !finished && !self.goes_on {
                    break;
                }
                continue;
            }
            if let Some(message) = transaction.refuses(sql, &place).filter(|_| in_transaction && is_strict) {
                finished = self.refused(Refusal::other(message), sql, &place, by, modules);
                if !finished && !self.goes_on {
                    break;
                }
                continue;
            }
            finished = match self.refuses_beside(piece, transaction.is_open(), &sending, modules) {
                Some(refusal) => self.refused(refusal, sql, &place, by, modules),
                None => self.statement(sql, &place, by, modules),
            };
            // Whoever began the transaction: what it made can be used by what follows.
            if boundary(sql) == Some(Boundary::Commit) {
                self.database.end_transaction();
            }
            if !finished && !self.goes_on {
                break;
            }
        }
        // golang-migrate notes in a transaction that it begins after the file.
        if let Some((said, place)) = transaction.left_open().filter(|_| finished && runner == Runner::GolangMigrate)
            && code::migrates_by_pq(modules).unwrap_or(false)
        {
            let refusal = Refusal { kind: RefusalKind::LeftOpen, message: said.to_owned() };
            finished = self.refused(refusal, "", place, by, modules);
        }
        // Whoever runs the files notes in a transaction that it has.
        if let Some((message, place)) = transaction.ends(in_transaction).filter(|_| finished && is_strict) {
            finished = self.refused(Refusal::other(message), "", &place, by, modules);
        }
        self.end(by, finished || self.goes_on);
    }

    /// The statements of what runs, with where they begin.
    fn pieces(&self, upgrade: &marks::Upgrade, modules: &mut Modules<'_>) -> Vec<(usize, String)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for whole in &upgrade.whole {
            let before = upgrade.text.get(at..whole.start).unwrap_or_default();
            pieces.extend(self.unmarked(before, modules).into_iter().map(|(start, sql)| (at + start, sql)));
            let block = upgrade.text.get(whole.clone()).unwrap_or_default();
            pieces.extend(self.block(block).into_iter().map(|(start, sql)| (whole.start + start, sql)));
            at = whole.end;
        }
        let rest = upgrade.text.get(at..).unwrap_or_default();
        pieces.extend(self.unmarked(rest, modules).into_iter().map(|(start, sql)| (at + start, sql)));
        pieces
    }

    /// The statements of a part that no marks stand around, as they are sent: some runners end one at the end of a line,
    /// whatever the database would take it for.
    fn unmarked(&self, part: &str, modules: &mut Modules<'_>) -> Vec<(usize, String)> {
        let statements = self.database.split(part);
        let runner = self.runner();
        let Some(ends) = unread::line_ends(runner, part) else { return statements };
        let is_torn = |(start, sql): &(usize, String)| {
            let begins = token::tokens(sql).next().map_or(sql.len(), |token| token.start);
            ends.iter().any(|end| (start + begins..start + sql.len()).contains(end))
        };
        if !statements.iter().any(is_torn) || !unread::is_told(runner, modules).unwrap_or(false) {
            return statements;
        }
        let mut sent = Vec::new();
        let mut from = 0;
        for end in ends.into_iter().chain([part.len()]) {
            let split = self.database.split(&part[from..end]);
            sent.extend(split.into_iter().map(|(start, sql)| (from + start, sql)));
            from = end;
        }
        sent
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
            // Whatever is filled in, the schema stays as it is.
            if changes_rows(sql) || is_about_rights(sql) {
                return true;
            }
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
            Answer::Refused(_) if self.is_of_fork(sql, place, modules) => {
                self.gap("has a statement of libSQL's own", place, Some(sql.to_owned()));
                true
            }
            Answer::Refused(refusal) => self.refused(refusal, sql, place, by, modules),
        }
    }

    /// Notes a statement of a file for a reader: as it is, with the comments before it, but for what a program fills in.
    fn sends(&mut self, before: &str, sql: &str, place: &Location) {
        if !self.transcript.is_kept() || marks::client_file(sql).is_some() {
            return;
        }
        let is_comment = token::tokens(before).all(|token| token.is_symbol(";"));
        let before =
            if is_comment { before.trim_start_matches(|part: char| part == ';' || part.is_whitespace()) } else { "" };
        let text = format!("{before}{sql}");
        let blank = token::tokens(sql).next().map_or(0, |first| first.start) - (sql.len() - sql.trim_start().len());
        let start = place.range.start + blank;
        let places = vec![Location::new(&place.source, start..place.range.end, "")];
        if has_placeholder(sql) {
            self.transcript.may_send("has a placeholder, which the text does not fill", Some(&text), places);
        } else {
            self.transcript.sends(&text, places);
        }
    }

    fn gap(&mut self, reason: &str, place: &Location, sql: Option<String>) {
        self.transcript.leaves(reason, None, vec![place.clone()]);
        let (origin, location) = (place.clone(), place.clone());
        self.gaps.push(Gap { reason: reason.to_owned(), origin, location, sql });
    }

    /// Ends a file: what it did is kept or taken back, and what it told is noted.
    fn end(&mut self, by: &By, commit: bool) {
        if let Err(refusal) = self.database.end(commit) {
            self.evaluated.failures.push(Failure::of(by, refusal, Vec::new()));
        }
        self.needed.clear();
        self.evaluated.note(by, std::mem::take(&mut self.log), std::mem::take(&mut self.gaps));
        self.evaluated.note_sent(by, &mut self.transcript);
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
