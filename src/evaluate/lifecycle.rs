//! The databases of a track: fresh ones, deployed ones, and those that its declared schema makes.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::declared::{self, Declared};
use super::entry::{self, Action, Entry};
use super::memory::{Subject, remembered};
use super::session::Base;
use super::{By, Evaluated, Failure, Form, How, Missing, fork, open, origin, tables};
use crate::python::eval::{Args, Eval, Fuel, Gap, Interpreter, Session, Shelf, Stop, Value, refusal_of};
use crate::python::lists::{newcomers, places};
use crate::schema::database::{Answer, Refusal, Setup};
use crate::schema::dialect::USUAL;
use crate::schema::model::Schema;
use crate::schema::render;
use crate::schema::statement::is_statement;
use crate::source::{Location, Source, has_word};
use crate::track::ends::Modules;
use crate::track::origin::{Maker, Origin};
use crate::track::{Declared as DeclaredFile, Track, python_list};

pub use super::tables::ANY_TYPE;

/// Which entries of a list are carried out.
#[derive(Clone, Copy, Debug)]
pub enum Which<'s> {
    All,
    /// Only those that are not among these, told by their places where these decide.
    NotIn {
        known: &'s [Known],
        places_decide: bool,
    },
    /// No list's, but those of these files: the name of each migration, and the path of its module.
    Files(&'s [(String, String)]),
}

/// An entry of a list that a database has run: its name, and what tells it from another of that name.
pub type Known = (String, String);

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    pub database: Base,
    pub evaluated: Arc<Evaluated>,
    /// The entries that the list has.
    pub entries: Vec<Known>,
    /// The tables that migrations missed when they ran for the first time.
    pub needed: BTreeSet<String>,
    /// Who makes new databases of its track.
    pub origin: Origin,
    /// The files that decide what it is, there or not; `None` where a whole folder does.
    pub files: Option<Vec<String>>,
}

fn files(built: &Built) -> Option<Vec<String>> {
    built.files.clone()
}

/// A fresh database as the project makes it: by the migrations, or by what the track says makes it instead of them. Where it
/// says nothing, that is decided.
pub fn fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Rc<Built>, Refusal> {
    let subject = || Subject::Fresh(track.clone());
    remembered(
        modules,
        |memory| &mut memory.lists,
        subject,
        files,
        |modules| match track.origin {
            Some(_) => build_fresh(track, modules),
            None => origin::settled(track, modules),
        },
    )
}

/// A fresh database of a track that says who makes it. Where the migrations do: all of them, then the declared schemas, then
/// the migrations that met no table before.
pub(super) fn build_fresh(track: &Track, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    build(track, modules, Base::of(open(track)?), |run| {
        if let Some(maker) = track.origin.as_ref().and_then(Origin::maker) {
            run.make(maker);
        }
        if let Some(Origin::Declared(maker)) = &track.origin {
            if maker.is_none() {
                run.declare(&track.declared);
            }
            run.know();
            return;
        }
        let waiting = run.migrations(Which::All, true);
        run.declare(&track.declared);
        if run.keeps_record() {
            run.again(waiting);
        } else {
            // Whoever keeps no record of what has run runs everything at every start.
            let told = (run.evaluated.failures.len(), run.evaluated.gaps.len());
            run.migrations(Which::All, false);
            run.evaluated.failures.truncate(told.0);
            run.evaluated.gaps.truncate(told.1);
        }
    })
}

/// What a declared schema says alone.
pub fn declared(track: &Track, which: &DeclaredFile, modules: &mut Modules<'_>) -> Result<Rc<Built>, Refusal> {
    let subject = || Subject::Declared(track.clone(), which.clone());
    remembered(modules, |memory| &mut memory.lists, subject, files, |modules| build_declared(track, which, modules))
}

fn build_declared(track: &Track, which: &DeclaredFile, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    let mut stated = None;
    let mut built = build(track, modules, Base::of(open(track)?), |run| {
        run.declare(std::slice::from_ref(which));
        stated = run.stated.take();
    })?;
    if let Some(schema) = stated {
        Arc::make_mut(&mut built.evaluated).schema = schema;
    }
    Ok(built)
}

/// What makes tables beside the list, alone.
pub fn made(track: &Track, maker: &Maker, modules: &mut Modules<'_>) -> Result<Built, Refusal> {
    build(track, modules, Base::of(open(track)?), |run| run.make(maker))
}

/// A deployed database after its upgrade: the migrations whose names the merge base has not, then the declared schemas
/// where a start of the program can carry them out on a database that has tables already (`IF NOT EXISTS`), then the
/// migrations that met no table before.
pub fn upgraded(track: &Track, modules: &mut Modules<'_>, deployed: &Base, known: &[Known]) -> Result<Built, Refusal> {
    let places_decide = python_list::places_decide(track, modules);
    build(track, modules, Base::of(fork(&**deployed, track)?), |run| {
        let waiting = run.migrations(Which::NotIn { known, places_decide }, true);
        match track.origin.as_ref().and_then(Origin::maker) {
            Some(maker) if !maker.at_every_start => {}
            maker => run.start(maker),
        }
        run.again(waiting);
    })
}

/// A database that has what `deployed` says, after the new migrations: for tracks whose tables something else makes and
/// whose migrations add what those gained.
pub fn moved_on(track: &Track, modules: &mut Modules<'_>, deployed: &Schema, new: Which<'_>) -> Result<Built, Refusal> {
    // It takes types of any name, as this database writes them.
    let mut database = USUAL.open(Setup::default())?;
    for (_, sql) in database.split(&render::to_sql(deployed).replace(ANY_TYPE, "")) {
        if let Answer::Refused(refusal) = database.execute(&sql, Some(&[])) {
            return Err(refusal);
        }
    }
    build(track, modules, Base::of(database), |run| {
        run.migrations(new, false);
    })
}

fn build(
    track: &Track,
    modules: &mut Modules<'_>,
    database: Base,
    steps: impl FnOnce(&mut Run<'_, '_>),
) -> Result<Built, Refusal> {
    let session = database.driver_session();
    let mut evaluated = Evaluated::default();
    let mut entries = Vec::new();
    let mut needed = BTreeSet::new();
    let files = {
        let shelf = Shelf::new();
        let mut vm = Interpreter::new(&shelf, modules, Fuel::default());
        vm.refuel(Fuel::default());
        let connection = session.clone().connection();
        vm.database = Some(connection.clone());
        let mut run = Run {
            track,
            session: &session,
            connection,
            vm: &mut vm,
            evaluated: &mut evaluated,
            entries: &mut entries,
            needed: &mut needed,
            stated: None,
        };
        steps(&mut run);
        vm.files_read()
    };
    let database = match Base::after(session) {
        Ok((database, schema)) => {
            evaluated.schema = schema;
            database
        }
        // It is used up, and what it holds is not known.
        Err(Refusal { message: reason, .. }) => {
            let by = By::File(Arc::from(track.path.as_str()));
            let place = Location::line(&Source::new(track.path.as_str(), ""), 1, "");
            let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
            evaluated.gaps.push(Missing { gap, by });
            Base::of(open(track)?)
        }
    };
    let origin = track.origin.clone().unwrap_or_default();
    Ok(Built { database, evaluated: Arc::new(evaluated), entries, needed, origin, files })
}

/// One evaluation under way.
struct Run<'r, 'a> {
    track: &'r Track,
    session: &'r Rc<dyn Session>,
    connection: Value<'a>,
    vm: &'r mut Interpreter<'a>,
    evaluated: &'r mut Evaluated,
    entries: &'r mut Vec<Known>,
    needed: &'r mut BTreeSet<String>,
    /// What the declared schema says, where it says it in a library's terms.
    stated: Option<Schema>,
}

impl<'a> Run<'_, 'a> {
    /// Notes which entries the list has, and runs none of them.
    fn know(&mut self) {
        match self.list() {
            Ok(entries) => self.note_entries(&entries),
            // Whoever runs the new ones meets the same.
            Err(_) => self.vm.recover(),
        }
        self.vm.gaps.clear();
    }

    fn note_entries(&mut self, entries: &[Entry<'a>]) {
        *self.entries = entries.iter().map(|entry| (entry.name.to_string(), entry.code.clone())).collect();
    }

    /// Carries migrations out; answers with those that met no table and wait for their second turn.
    fn migrations(&mut self, which: Which<'_>, may_wait: bool) -> Vec<Entry<'a>> {
        let by = By::File(self.track.path.as_str().into());
        let entries = match which {
            Which::Files(files) => self.modules(files),
            _ => self.list(),
        };
        let entries = match entries {
            Ok(entries) => entries,
            Err(stop) => {
                self.stopped(stop, &by);
                self.end(&by, false);
                return Vec::new();
            }
        };
        self.note_entries(&entries);
        let wanted = match which {
            Which::All | Which::Files(_) => vec![true; entries.len()],
            Which::NotIn { known, places_decide } => newcomers(known, self.entries, places_decide),
        };
        let mut waiting = Vec::new();
        for (entry, wanted) in entries.into_iter().zip(wanted) {
            if wanted && !self.migration(&entry, may_wait) {
                waiting.push(entry);
            }
        }
        waiting
    }

    /// Whether the project seems to record which migrations have run.
    fn keeps_record(&mut self) -> bool {
        const WORDS: &[&str] = &[
            "applied",
            "schema_migrations",
            "schema_version",
            "user_version",
            "migration_history",
            "migration_version",
            "executed_migrations",
            "current_version",
        ];
        let text = self.vm.file_text(&self.track.path).unwrap_or_default();
        let list = self.track.bare_list();
        let runs_here = text.contains(&format!(" in {list}")) || text.contains(&format!("enumerate({list}"));
        has_word(&text, WORDS) || !runs_here
    }

    fn again(&mut self, waiting: Vec<Entry<'a>>) {
        for entry in waiting {
            self.migration(&entry, false);
        }
    }

    /// The entries of modules that are one migration each.
    fn modules(&mut self, files: &[(String, String)]) -> Eval<'a, Vec<Entry<'a>>> {
        let mut entries = Vec::new();
        for (name, path) in files {
            if let Some(module) = self.vm.run_file(path)? {
                entries.push(entry::of_module(self.vm, name, &Value::Module(module))?);
            }
        }
        Ok(entries)
    }

    /// The entries of the track's list.
    fn list(&mut self) -> Eval<'a, Vec<Entry<'a>>> {
        let Some(module) = self.vm.run_file(&self.track.path)? else { return Ok(Vec::new()) };
        let name = self.track.bare_list();
        self.vm.home = module.place_of(name).unwrap_or_else(|| self.vm.home.clone());
        let scope = self.track.list.as_deref().and_then(|list| list.rsplit_once('.')).map(|(scope, _)| scope);
        let mut list = if scope.is_none() { module.names.borrow().get(name).cloned() } else { None };
        if list.is_none() {
            let mut classes =
                self.vm.classes.iter().filter(|class| scope.is_none_or(|scope| class.name.as_ref() == scope));
            list = classes.find_map(|class| class.names.borrow().get(name).cloned());
        }
        if list.is_none() {
            let mut callers = Vec::new();
            for file in &self.track.declared {
                callers.extend(self.vm.run_file(&file.path)?);
            }
            list = self.vm.value_in_function(&module, (scope, name), &callers)?;
        }
        let Some(list) = list else {
            return match module.untold() {
                Some(why) => Err(Stop::Abandon(why)),
                None => self.vm.abandon(format!("keeps `{name}` where it is only made while the program runs")),
            };
        };
        match entry::entries(self.vm, &list, &module)? {
            Ok(mut entries) => {
                let code = self.vm.file_text(&self.track.path).unwrap_or_default();
                let is_bare = entries.iter().all(|entry| is_statement(&entry.name));
                if is_bare && places::are_counted(&code, name) {
                    (0..).zip(&mut entries).for_each(|(at, entry)| entry.name = places::name(at).into());
                }
                Ok(entries)
            }
            Err(Value::Unknown(why)) => Err(Stop::Abandon(why)),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Carries one migration out; `false` where it has to wait for a table.
    fn migration(&mut self, entry: &Entry<'a>, may_wait: bool) -> bool {
        let by = By::Migration(Arc::from(&*entry.name));
        self.vm.refuel(Fuel::default());
        let lookups = self.vm.lookups();
        let mut result = Ok(());
        for action in &entry.actions {
            result = self.act(action);
            if result.is_err() {
                break;
            }
        }
        let read = self.vm.looked_for_since(lookups).iter().map(|path| (by.clone(), path.clone()));
        self.evaluated.read.extend(read);
        if let Err(Stop::Raise(exception)) = &result
            && may_wait
            && let Some(refusal) = refusal_of(exception)
            && let Some(table) = refusal.kind.missing_table()
        {
            self.needed.insert(table.to_owned());
            self.vm.recover();
            self.vm.transcript.take();
            self.end(&by, false);
            return false;
        }
        let finished = result.is_ok();
        if let Err(stop) = result {
            self.stopped(stop, &by);
        }
        self.end(&by, finished);
        true
    }

    fn act(&mut self, action: &Action<'a>) -> Eval<'a, ()> {
        match action {
            Action::Call(callee) => {
                if let Value::Function(function) = callee
                    && let Some(place) = function.scope.module.place_of(&function.name)
                {
                    self.vm.home = place;
                }
                let args = entry::arguments(self.vm, callee, self.session, &self.connection);
                self.vm.call(callee, args)?;
                Ok(())
            }
            Action::Sql(sql) => {
                let args = Args { positional: vec![Value::Str(sql.clone())], keyword: Vec::new() };
                self.vm.call_method(&self.connection.clone(), "executescript", args)?;
                Ok(())
            }
            Action::Unknown(value) => match value {
                Value::Unknown(why) => Err(Stop::Abandon(why.clone())),
                _ => Ok(()),
            },
        }
    }

    /// Carries declared schemas out.
    fn declare(&mut self, files: &[DeclaredFile]) {
        let found = files.iter().map(|file| self.find_declared(file)).collect();
        self.declare_found(found);
    }

    /// Carries out what makes tables beside the list.
    fn make(&mut self, maker: &Maker) {
        let found = if maker.texts.is_empty() { self.find_declared(&maker.declared) } else { self.find_texts(maker) };
        self.declare_found(vec![found]);
    }

    fn declare_found(&mut self, found: Vec<(By, Eval<'a, Declared<'a>>)>) {
        let is_sql =
            |found: &Eval<'a, Declared<'a>>| matches!(found, Ok(Declared::Function(_) | Declared::Statements(_)));
        // Where SQL makes the tables, those of a library only describe them.
        let has_sql = found.iter().any(|(_, found)| is_sql(found));
        for (by, found) in found {
            if let Ok(Declared::Tables(schema)) = &found {
                self.evaluated.places.extend(tables::locations(self.vm));
                self.stated = Some((**schema).clone());
                if has_sql {
                    continue;
                }
            }
            self.evaluated.form = Some(match &found {
                Ok(Declared::Nothing) => Form::Nothing,
                Ok(Declared::Tables(_)) => Form::Tables,
                _ => Form::Sql,
            });
            self.vm.refuel(Fuel::default());
            let result = found.and_then(|found| declared::apply(self.vm, &found, self.session, &self.connection));
            let finished = result.is_ok();
            if let Err(stop) = result {
                self.stopped(stop, &by);
            }
            self.end(&by, finished);
        }
    }

    /// Finds what a declared schema does.
    fn find_declared(&mut self, file: &DeclaredFile) -> (By, Eval<'a, Declared<'a>>) {
        let (path, name) = (file.path.as_str(), file.entry.as_deref());
        self.vm.refuel(Fuel::default());
        let found = if path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("sql")) {
            let text = self.vm.file_text(path).unwrap_or_default();
            self.vm.home = Location::line(&Source::new(path, text.as_str()), 1, "");
            Ok(Declared::Statements(vec![text.into()]))
        } else {
            match self.vm.run_file(path) {
                Ok(Some(module)) => declared::find(self.vm, &module, name),
                Ok(None) => Ok(Declared::Nothing),
                Err(stop) => Err(stop),
            }
        };
        (By::File(path.into()), found)
    }

    /// Finds the texts that are executed beside the list.
    fn find_texts(&mut self, maker: &Maker) -> (By, Eval<'a, Declared<'a>>) {
        let path = maker.declared.path.as_str();
        self.vm.refuel(Fuel::default());
        let found = match self.vm.run_file(path) {
            Ok(Some(module)) => {
                let values = self.vm.values_at(&module, &maker.texts);
                declared::of_values(self.vm, &values)
            }
            Ok(None) => Ok(Declared::Nothing),
            Err(stop) => Err(stop),
        };
        (By::File(path.into()), found)
    }

    /// Carries the declared schemas out as a start of the program does on a database that has tables; where they can't
    /// be, nothing of them is kept: then they are for new databases only.
    fn start(&mut self, maker: Option<&Maker>) {
        let Ok(before) = self.session.database().fork() else { return };
        let told = (self.evaluated.failures.len(), self.evaluated.gaps.len(), self.evaluated.log.len());
        if let Some(maker) = maker {
            self.make(maker);
        }
        self.declare(&self.track.declared);
        if self.evaluated.failures.len() > told.0 {
            self.session.restore(before);
            self.evaluated.failures.truncate(told.0);
            self.evaluated.gaps.truncate(told.1);
            self.evaluated.log.truncate(told.2);
        }
    }

    /// Ends a migration: what it did is kept or taken back, and what it told is noted.
    fn end(&mut self, by: &By, commit: bool) {
        if let Err(refusal) = self.session.end(commit) {
            self.evaluated.failures.push(Failure::of(by, refusal, Vec::new()));
        }
        let log = self.session.log().take();
        self.evaluated.note(by, log, std::mem::take(&mut self.vm.gaps));
        self.evaluated.note_sent(by, &mut self.vm.transcript);
    }

    /// Notes why a migration did not come to its end.
    fn stopped(&mut self, stop: Stop<'a>, by: &By) {
        match stop {
            Stop::Abandon(why) => self.vm.gap(&why),
            Stop::Raise(exception) => {
                let (class, text) = self.error_text(&exception);
                let error = if text.is_empty() { class.clone() } else { format!("{class}: {text}") };
                let sure = self.vm.surely_raised(&exception).map(<[_]>::to_vec);
                if sure.is_some() || exception.class.is_named("DatabaseError") || exception.class.is_named("Error") {
                    let places = sure.unwrap_or_else(|| self.vm.places());
                    let kind = refusal_of(&exception).map(|refusal| refusal.kind).unwrap_or_default();
                    let how = if self.vm.is_own_raise(&exception) { How::Raised } else { How::Refused };
                    self.evaluated.failures.push(Failure { by: by.clone(), error, kind, places, how });
                } else {
                    // It may be the evaluation that is at fault.
                    let why = self.vm.why(format!("stops with {error}"));
                    self.vm.gap(&why);
                }
            }
        }
        self.vm.recover();
    }

    /// The class of an exception, and its text.
    fn error_text(&mut self, exception: &Rc<crate::python::eval::Instance<'a>>) -> (String, String) {
        let text = match self.vm.str(&Value::Instance(exception.clone())) {
            Ok(Value::Str(text)) => text.to_string(),
            _ => String::new(),
        };
        // What a library says has its class in front already.
        let refusal = refusal_of(exception).filter(|_| exception.class.is_named("DatabaseError"));
        let text = refusal.map_or(text, |refusal| refusal.message);
        (exception.class.name.to_string(), text)
    }
}
