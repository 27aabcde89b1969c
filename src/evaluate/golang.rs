//! The databases of a track whose migrations are elements of a slice in Go: fresh ones, and deployed ones.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use self::others::{is_mapped_beside, maps_structs};
use super::{By, Evaluated, Failure, Form, Missing, fork, open};
use crate::go::eval::{Answer, Host, Interpreter, Request, Unknown, Value};
use crate::go::lists::{self, Action, Element, List};
use crate::go::{self, Package};
use crate::path;
use crate::python::eval::{Gap, Statement, Transcript};
use crate::schema::database::{self, Database, Refusal};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::statement::is_statement;
use crate::schema::token;
use crate::source::Location;
use crate::track::ddl::is_sql;
use crate::track::ends::{Modules, ReadError};
use crate::track::{Declared, Track, go_packages};

mod others;
mod sent;

pub(super) use self::sent::{Noted, send};

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    database: Box<dyn Database>,
    pub evaluated: Arc<Evaluated>,
    /// What the elements of the list are told by.
    pub names: Vec<String>,
}

/// A fresh database: every migration from nothing.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    Ok(build(track, modules, open(track)?, &BTreeSet::new()))
}

/// A deployed database after its upgrade: the migrations that the merge base has not.
pub fn upgraded(
    track: &Track,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
) -> Result<Built, Refusal> {
    Ok(build(track, modules, fork(&*deployed.database, track)?, known))
}

/// What a declared schema says alone: a file of SQL, or a constant of a Go file.
pub fn declared(track: &Track, which: &Declared, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let by = By::File(which.path.as_str().into());
    let mut run = Run::new(open(track)?, track);
    let text = match (go::is_go(&which.path), &which.entry) {
        (false, _) => modules.text(&which.path).ok().flatten().map(|source| (source.text().to_owned(), source)),
        (true, Some(name)) => {
            let source = modules.text(&which.path).ok().flatten();
            let value = package(&which.path, modules).and_then(|package| {
                let mut host = Answering { run: &mut run, modules: &mut *modules };
                Interpreter::new(&package, &mut host).global(name)
            });
            match (value, source) {
                (Some(Value::Text(text)), Some(source)) => Some((text.to_string(), source)),
                _ => None,
            }
        }
        (true, None) => None,
    };
    run.evaluated.form = Some(if text.is_some() { Form::Sql } else { Form::Nothing });
    if let Some((text, source)) = text {
        let place = Location::new(&source, 0..source.text().len(), "");
        run.text(&text, &place, &by);
        run.end(&by, true);
    }
    Ok(run.built(Vec::new()))
}

/// The list of a track at one commit; `None` where the file or the list is not there.
pub fn list(track: &Track, modules: &mut Modules<'_>) -> Result<Option<List>, ReadError> {
    let Some(file) = modules.go_file(&track.path)? else { return Ok(None) };
    let Some(package) = modules.go_package(&track.path)? else { return Ok(None) };
    let mut nothing = Nothing(modules, track.dialect);
    let mut vm = Interpreter::new(&package, &mut nothing);
    Ok(listed(&mut vm, &file, track))
}

/// Reads the list by its name, or the longest where it has none.
fn listed(vm: &mut Interpreter<'_>, file: &Rc<go::File>, track: &Track) -> Option<List> {
    let name = match &track.list {
        Some(name) => Rc::from(name.as_str()),
        None => lists::longest(file)?.name,
    };
    lists::list(vm, file, &name, track.dialect.as_str())
}

/// What each element of a list is told by, in their order. Where two share it, the number tells them apart.
pub fn names(list: &List) -> Vec<String> {
    let told: Vec<String> = list.elements.iter().map(Element::told).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in &told {
        *counts.entry(name).or_default() += 1;
    }
    let is_shared = |name: &str| counts.get(name).is_some_and(|count| *count > 1);
    let unique = list.elements.iter().zip(&told).map(|(element, name)| match &element.id {
        Some((id, _)) if is_shared(name) && element.name.is_some() => format!("{name} ({id})"),
        _ => name.clone(),
    });
    let mut seen: HashMap<String, usize> = HashMap::new();
    let counted = unique.map(|name| {
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{name} (the {})", ordinal(*count)) } else { name }
    });
    counted.collect()
}

fn ordinal(count: usize) -> String {
    match count {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        other => format!("{other}th"),
    }
}

fn package(path: &str, modules: &mut Modules<'_>) -> Option<Rc<Package>> {
    modules.go_package(path).ok().flatten()
}

fn build(track: &Track, modules: &mut Modules<'_>, database: Box<dyn Database>, known: &BTreeSet<String>) -> Built {
    let mut run = Run::new(database, track);
    run.transcript = Transcript::new(modules.asked.transcript);
    // What cannot be read has been said where the list is read.
    let (Ok(Some(file)), Some(package)) = (modules.go_file(&track.path), package(&track.path, modules)) else {
        return run.built(Vec::new());
    };
    run.is_mapped = package.sources().any(|source| maps_structs(source.text())) && is_mapped_beside(&package, modules);
    run.elsewhere = package.sources().flat_map(|source| tables_made(source.text())).collect();
    run.elsewhere.extend(sql_around(track, modules).iter().flat_map(|text| tables_made(text)));
    run.has_others = package.sources().any(|source| source.text().contains(".InitSchema("));
    let forgives = |words: &str| package.sources().any(|source| source.text().contains(words));
    run.forgives = FORGIVEN.into_iter().filter(|words| forgives(words)).collect();
    let list = {
        let mut nothing = Nothing(modules, track.dialect);
        let mut vm = Interpreter::new(&package, &mut nothing);
        listed(&mut vm, &file, track)
    };
    let Some(list) = list else { return run.built(Vec::new()) };
    run.has_others |= list.is_partial;
    for (reason, location) in &list.unread {
        let gap = Gap { reason: reason.clone(), origin: location.clone(), location: location.clone(), sql: None };
        run.evaluated.gaps.push(Missing { gap, by: By::File(Arc::from(track.path.as_str())) });
    }
    let names = names(&list);
    for (element, name) in list.elements.iter().zip(&names) {
        if !known.contains(name) && !element.is_for_others {
            run.migration(element, &By::Migration(Arc::from(name.as_str())), &package, modules);
        }
    }
    run.built(names)
}

/// One evaluation under way.
struct Run {
    /// The file that is carried out.
    path: String,
    database: Box<dyn Database>,
    evaluated: Evaluated,
    /// What the migration that is under way has executed.
    log: Vec<Statement>,
    transcript: Transcript,
    gaps: Vec<Gap>,
    /// The tables that the texts of the package make, in lower case: some that no migration makes may be among them.
    elsewhere: HashSet<String>,
    /// The tables that a library keeps like structs of the program, in lower case: what they have is not known.
    open: HashSet<String>,
    /// A library makes tables of the program's structs: it may be the one that makes a table which is not there.
    is_mapped: bool,
    /// A library is told how to make a new database, which the migrations then never see, or there are more than the list has.
    has_others: bool,
    /// What the package looks for in errors: its runner may let a migration that fails so be.
    forgives: Vec<&'static str>,
    dialect: Dialect,
}

/// What a runner may look for in an error to go on after it.
const FORGIVEN: [&str; 2] = ["duplicate column", "already exists"];

/// How many files of SQL around a list are read.
const MOST_SQL: usize = 50;

/// The texts of the files of SQL beside a list and above it, up to where its module begins: some of them may make tables.
fn sql_around(track: &Track, modules: &mut Modules<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut folder = path::folder(&track.path);
    loop {
        let entries = modules.snapshot.list(folder).unwrap_or_default();
        let is_module = entries.iter().any(|entry| entry.name == "go.mod");
        let files = entries.iter().filter(|entry| is_sql(&entry.name));
        paths.extend(files.map(|entry| path::join(folder, &entry.name)));
        if is_module || folder.is_empty() {
            break;
        }
        folder = path::folder(folder);
    }
    paths.truncate(MOST_SQL);
    paths.iter().filter_map(|path| Some(modules.text(path).ok()??.text().to_owned())).collect()
}

impl Run {
    fn new(database: Box<dyn Database>, track: &Track) -> Self {
        let (log, gaps, elsewhere, open) = (Vec::new(), Vec::new(), HashSet::new(), HashSet::new());
        Self {
            path: track.path.clone(),
            database,
            evaluated: Evaluated::default(),
            log,
            transcript: Transcript::default(),
            gaps,
            elsewhere,
            open,
            is_mapped: false,
            has_others: false,
            forgives: Vec::new(),
            dialect: track.dialect,
        }
    }

    /// Where several migrations need tables that none of the list makes, the list does not make its tables itself.
    fn without_beginning(&mut self) {
        let is_of_others =
            |failure: &Failure| failure.by.migration().is_some() && failure.kind.missing_table().is_some();
        if self.evaluated.failures.iter().filter(|failure| is_of_others(failure)).count() < 2 {
            return;
        }
        for failure in std::mem::take(&mut self.evaluated.failures) {
            match failure.kind.missing_table().zip(failure.places.first().cloned()).filter(|_| is_of_others(&failure)) {
                Some((table, place)) => {
                    self.of_others(table, &place, table);
                    self.evaluated.note(&failure.by, Vec::new(), std::mem::take(&mut self.gaps));
                }
                None => self.evaluated.failures.push(failure),
            }
        }
    }

    fn built(mut self, names: Vec<String>) -> Built {
        self.without_beginning();
        match self.database.snapshot() {
            Ok(schema) => self.evaluated.schema = schema,
            // It is used up, and what it holds is not known.
            Err(Refusal { message: reason, .. }) => {
                let place = Location::line(&crate::source::Source::new(self.path.as_str(), ""), 1, "");
                let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
                self.evaluated.gaps.push(Missing { gap, by: By::File(Arc::from(self.path.as_str())) });
                self.evaluated.schema = Schema::default();
            }
        }
        Built { database: self.database, evaluated: Arc::new(self.evaluated), names }
    }

    fn migration(&mut self, element: &Element, by: &By, package: &Rc<Package>, modules: &mut Modules<'_>) {
        self.database.begin();
        let mut finished = true;
        let is_nothing =
            |action: &Action| matches!(action, Action::Sql(text, _) if token::tokens(text).next().is_none());
        // A bare text without anything in it keeps a place free.
        let is_free = !element.actions.is_empty() && element.id.is_none() && element.name.is_none();
        if element.actions.iter().all(is_nothing) && !is_free {
            let reason = "is data that only the code which runs it understands";
            self.gap(reason, &element.location, None);
        }
        for action in &element.actions {
            finished = match action {
                Action::Sql(text, place) => self.text(text, place, by),
                Action::Unknown(why) => {
                    self.unknown(why);
                    false
                }
                Action::Call(closure) => {
                    let result = {
                        let mut host = Answering { run: self, modules };
                        Interpreter::new(package, &mut host).call(closure).map(Value::last)
                    };
                    match result {
                        Err(go::eval::Stop(why)) => {
                            self.unknown(&why);
                            false
                        }
                        Ok(Value::Error(error)) => {
                            match &error.refusal {
                                Some(refusal) => {
                                    self.refused(refusal.refusal.clone(), &refusal.sql, refusal.places.clone(), by);
                                }
                                None => {
                                    let place = element.location.clone();
                                    self.gap(&format!("stops with the error {:?}", error.text), &place, None);
                                }
                            }
                            false
                        }
                        Ok(_) => true,
                    }
                }
            };
            if !finished {
                break;
            }
        }
        self.end(by, finished);
    }

    /// Carries a text of statements out; whether all of them are.
    fn text(&mut self, text: &str, place: &Location, by: &By) -> bool {
        let places = std::slice::from_ref(place);
        match self.statements(text, &[], places, false) {
            Answer::Rows(_) => true,
            Answer::Unknown(reason) => {
                self.gap(&reason, place, Some(text.to_owned()));
                false
            }
            Answer::Refused(refusal) => {
                self.refused(refusal, text, vec![place.clone()], by);
                false
            }
        }
    }

    /// Sends every statement of a text to the database, up to the first that it refuses.
    fn statements(&mut self, text: &str, parameters: &[Value], places: &[Location], is_query: bool) -> Answer {
        if is_query {
            let request = Request { sql: text, parameters, places, is_query };
            return self.send(&request);
        }
        for (_, sql) in self.database.split(text) {
            let request = Request { sql: &sql, parameters, places, is_query };
            match self.send(&request) {
                Answer::Rows(_) => {}
                // What the statement does to what others make is not known; the next one runs all the same.
                Answer::Refused(refusal) if self.drops_of_others(&refusal) => {
                    if let Some(place) = places.first() {
                        self.needs_of_others(&refusal.message, place, &sql);
                    }
                }
                answer => return answer,
            }
        }
        Answer::Rows(Vec::new())
    }

    fn send(&mut self, request: &Request<'_>) -> Answer {
        let (log, transcript, dialect) = (&mut self.log, &mut self.transcript, self.dialect);
        send(&mut *self.database, request, &mut Noted { log, transcript, dialect })
    }

    fn gap(&mut self, reason: &str, place: &Location, sql: Option<String>) {
        self.transcript.leaves(reason, sql.as_deref().filter(|sql| is_statement(sql)), vec![place.clone()]);
        let (origin, location) = (place.clone(), place.clone());
        self.gaps.push(Gap { reason: reason.to_owned(), origin, location, sql });
    }

    fn unknown(&mut self, why: &Unknown) {
        self.gap(&why.reason, &why.location, None);
    }

    /// Ends a migration: what it did is kept or taken back, and what it told is noted.
    fn end(&mut self, by: &By, commit: bool) {
        if let Err(refusal) = self.database.end(commit) {
            self.evaluated.failures.push(Failure::of(by, refusal, Vec::new()));
        }
        self.evaluated.note(by, std::mem::take(&mut self.log), std::mem::take(&mut self.gaps));
        self.evaluated.note_sent(by, &mut self.transcript);
    }
}

/// The tables that a text makes, in lower case.
pub(super) fn tables_made(text: &str) -> Vec<String> {
    const SIGN: &str = "create table";
    let text = text.to_ascii_lowercase();
    let names = text.match_indices(SIGN).map(|(at, _)| {
        let rest = text[at + SIGN.len()..].trim_start();
        let rest = rest.strip_prefix("if not exists").unwrap_or(rest).trim_start();
        let name = rest.trim_start_matches(['"', '`', '[', '\\']);
        name.split(|part: char| !part.is_alphanumeric() && part != '_').next().unwrap_or_default().to_owned()
    });
    names.collect()
}

/// Answers evaluated code from the database of a run.
struct Answering<'r, 'm, 'repo> {
    run: &'r mut Run,
    modules: &'m mut Modules<'repo>,
}

impl Host for Answering<'_, '_, '_> {
    fn execute(&mut self, request: &Request<'_>) -> Answer {
        self.run.statements(request.sql, request.parameters, request.places, request.is_query)
    }

    fn embedded(&mut self, from: &str, path: &str) -> Option<String> {
        embedded(self.modules, from, path)
    }

    fn package(&mut self, path: &str) -> Option<Rc<Package>> {
        package(path, self.modules)
    }

    fn imported(&mut self, from: &str, import: &str) -> Option<Rc<Package>> {
        go_packages::imported(from, import, self.modules)
    }

    fn dialect(&self) -> &'static str {
        self.run.dialect.as_str()
    }

    fn columns(&mut self, table: &str) -> Option<Vec<String>> {
        self.run.database.columns(table)
    }

    fn make(&mut self, sql: &str) -> bool {
        matches!(self.run.database.execute(sql, Some(&[])), database::Answer::Done { .. })
    }

    fn leave_open(&mut self, table: Option<&str>, unknown: Option<go::eval::Gap<'_>>) {
        if let Some(table) = table {
            self.run.open.insert(table.to_ascii_lowercase());
        }
        if let Some(unknown) = unknown {
            self.run.gap(unknown.reason, unknown.place, table.map(str::to_owned));
        }
    }
}

/// Answers where a list is only read.
struct Nothing<'m, 'repo>(&'m mut Modules<'repo>, Dialect);

impl Host for Nothing<'_, '_> {
    fn execute(&mut self, _request: &Request<'_>) -> Answer {
        Answer::Unknown("executes a statement while its list is put together".to_owned())
    }

    fn embedded(&mut self, from: &str, path: &str) -> Option<String> {
        embedded(self.0, from, path)
    }

    fn package(&mut self, path: &str) -> Option<Rc<Package>> {
        package(path, self.0)
    }

    fn imported(&mut self, from: &str, import: &str) -> Option<Rc<Package>> {
        go_packages::imported(from, import, self.0)
    }

    fn dialect(&self) -> &'static str {
        self.1.as_str()
    }
}

pub(super) fn embedded(modules: &mut Modules<'_>, from: &str, path: &str) -> Option<String> {
    if path.split('/').any(|part| part == ".." || part.is_empty()) {
        return None;
    }
    let path = match from.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    };
    modules.text(&path).ok().flatten().map(|source| source.text().to_owned())
}
