//! The interpreter's state: its fuel, what is in doubt, and what it could not compute.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_text_size::{Ranged, TextRange};
use typed_arena::Arena;

use super::function::Scope;
use super::library::alembic::environment::Setup;
use super::library::{Convention, Mapping, Registered};
use super::module::ModuleValue;
use super::transcript::Transcript;
use super::value::{Class, HOLE, Instance, Unknown, Value};
use crate::python::Module;
use crate::schema::statement::is_statement;
use crate::source::Location;

/// What evaluation yields, unless it stops.
pub type Eval<'a, T = Value<'a>> = Result<T, Stop<'a>>;

/// Why evaluation does not go on.
#[derive(Clone)]
pub enum Stop<'a> {
    /// An exception, which evaluated code can catch.
    Raise(Rc<Instance<'a>>),
    /// The evaluation is given up: a limit is reached, or what comes next is not known at all.
    Abandon(Rc<Unknown>),
}

impl std::fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Raise(exception) => write!(f, "Raise({})", exception.class.name),
            Self::Abandon(unknown) => write!(f, "Abandon({})", unknown.reason),
        }
    }
}

/// Where control goes after a statement.
#[derive(Clone, Debug)]
pub enum Flow<'a> {
    Next,
    Break,
    Continue,
    Return(Value<'a>),
    /// Not known: it may have left the loop, or the function where `function` says so.
    Maybe {
        why: Rc<Unknown>,
        function: bool,
    },
}

/// How much one evaluation may cost.
#[derive(Clone, Copy, Debug)]
pub struct Fuel {
    /// Statements, expressions and rounds of loops.
    pub steps: u64,
    /// The bytes of all values that are made, whether they are kept or not.
    pub bytes: u64,
    /// Calls inside calls.
    pub calls: u32,
    /// Statements and expressions inside each other, over all calls.
    pub depth: u32,
}

impl Default for Fuel {
    fn default() -> Self {
        Self { steps: 3_000_000, bytes: 128 << 20, calls: 200, depth: 4_000 }
    }
}

/// How many times the fuel of one migration all of them may use up together.
const RESERVE: u64 = 10;

/// Finds the modules of the repository at one commit.
pub trait Modules {
    /// The module at a path; `None` where there is none.
    fn module(&mut self, path: &str) -> Option<Rc<Module>>;

    /// The folders that hold a package of this name which no import reaches by its path alone.
    fn package_roots(&mut self, name: &str) -> Vec<String>;

    /// Whether there is a folder with this path.
    fn has_folder(&mut self, path: &str) -> bool;

    /// The text of a file; `None` where there is none.
    fn text(&mut self, path: &str) -> Option<String>;

    /// The names in a folder.
    fn list(&mut self, path: &str) -> Vec<String>;

    /// Whether a file of the repository has this name as a word, besides those at these paths.
    fn mentions(&mut self, name: &str, besides: &dyn Fn(&str) -> bool) -> bool;

    /// Whether somebody wants to read what is sent to a database.
    fn keeps_transcript(&self) -> bool {
        false
    }
}

/// Keeps the syntax trees that evaluated code is made of. It outlives the interpreter.
pub type Shelf = Arena<Rc<Module>>;

/// Something that could not be computed and decides what the schema becomes.
#[derive(Clone, Debug)]
pub struct Gap {
    /// A clause in a user's words: "depends on an environment variable".
    pub reason: String,
    /// Where that began.
    pub origin: Location,
    /// What was to be done with it.
    pub location: Location,
    /// The statement, with a character of its own (U+FFFC) for what of it is not known.
    pub sql: Option<String>,
}

impl Gap {
    /// The place to show: where something was to be done with it, or where it began.
    pub fn place(&self) -> &Location {
        if self.location.path().is_empty() { &self.origin } else { &self.location }
    }
}

/// How deep evaluation is somewhere.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    depth: u32,
    calls: u32,
    callers: usize,
    handled: usize,
}

/// A statement or call, if there is one.
pub(super) type Here<'a> = Option<(&'a Module, TextRange)>;

/// A name that was bound in doubt, and what it was before.
type Bound<'a> = (Rc<Scope<'a>>, Cow<'a, str>, Option<Value<'a>>);

/// A class, kept for its address, and what it maps.
pub(super) type Mapped<'a> = (Rc<Class<'a>>, Option<Rc<Mapping<'a>>>);

/// A partial evaluator of Python.
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Interpreter<'a> {
    pub(super) shelf: &'a Shelf,
    pub(super) host: &'a mut dyn Modules,
    pub(super) files: HashMap<String, Option<Rc<ModuleValue<'a>>>>,
    pub(super) libraries: HashMap<String, Rc<ModuleValue<'a>>>,
    pub(super) builtins: HashMap<&'static str, Value<'a>>,
    pub(super) exceptions: HashMap<&'static str, Rc<Class<'a>>>,
    /// The files and folders that were looked for besides modules, and whether a folder was listed.
    pub(super) looked_for: Vec<String>,
    pub(super) folders_listed: bool,
    /// Classes of the evaluated code, in the order in which they were made.
    pub classes: Vec<Rc<Class<'a>>>,
    /// What mapped classes make of tables, by the addresses of the classes that were asked for.
    pub(super) mappings: HashMap<usize, Mapped<'a>>,
    /// Every `Table` of SQLAlchemy that was made.
    pub tables: Vec<Value<'a>>,
    /// Every `Index` of SQLAlchemy that was made, in a table or beside it.
    pub indexes: Vec<Value<'a>>,
    /// The exception that was raised last for which the evaluation is not at fault.
    pub(super) sure: Option<super::sure::Sure<'a>>,
    /// What was taken for so of what a deployment decides: the text of a condition, and whether it holds.
    pub guards: HashMap<String, bool>,
    /// What surely stops is left out, so that what comes after it is still known.
    pub leaves_out: bool,
    /// Whether the call that is made now may have more arguments than are known.
    pub(super) open_arguments: bool,
    /// The exceptions that are being handled, innermost last.
    pub(super) handled: Vec<Rc<Instance<'a>>>,
    fuel: Fuel,
    /// What may be used up over all calls: so many times the fuel of one.
    reserve: Fuel,
    pub(super) depth: u32,
    pub(super) calls: u32,
    /// Why it is not known whether what runs now would run.
    pub doubt: Option<Rc<Unknown>>,
    /// The names that were bound in doubt, one list for each branch.
    bound_in_doubt: Vec<Vec<Bound<'a>>>,
    /// Containers whose content is not known any more, by their address.
    tainted: HashMap<usize, (Value<'a>, Rc<Unknown>)>,
    /// What could not be computed and decides what the schema becomes.
    pub gaps: Vec<Gap>,
    /// The statement or call that runs now.
    pub(super) here: Here<'a>,
    /// Where the calls that run now were made, outermost first.
    pub(super) callers: Vec<Here<'a>>,
    /// The bodies of the functions that run now, by their addresses, outermost first.
    pub(super) bodies: Vec<usize>,
    /// Where it is while no code runs: what is evaluated, as far as that is known.
    pub home: Location,
    /// The operations of Alembic's that evaluated code has registered.
    pub(super) operations: Registered<'a>,
    /// What opening a database yields.
    pub database: Option<Value<'a>>,
    /// How constraints and indexes without a name are named now.
    pub(super) naming: Option<Rc<Convention>>,
    /// The packages above a module are run before it, as Python does. Where migrations alone are of interest, what an
    /// application does when it is loaded is left aside.
    pub runs_packages: bool,
    /// Foreign keys are made when all tables are there.
    pub(super) keys_later: bool,
    /// Names that no convention changes any more: `op.f("…")`.
    pub(super) finished_names: HashSet<String>,
    /// The least version of SQLAlchemy that the project asks for, once that was looked for.
    #[expect(clippy::option_option, reason = "not looked for, and found to be none")]
    pub(super) sqlalchemy: Option<Option<(u32, u32)>>,
    /// The file that tells Alembic which database that is: `env.py`.
    pub environment: Option<String>,
    /// What that says to Alembic.
    pub setup: Setup<'a>,
    /// What is sent to a database, where somebody wants to read it.
    pub transcript: Transcript,
}

impl std::fmt::Debug for Interpreter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interpreter").field("fuel", &self.fuel).finish_non_exhaustive()
    }
}

impl<'a> Interpreter<'a> {
    pub fn new(shelf: &'a Shelf, host: &'a mut dyn Modules, fuel: Fuel) -> Self {
        let transcript = Transcript::new(host.keeps_transcript());
        Self {
            shelf,
            host,
            files: HashMap::new(),
            libraries: HashMap::new(),
            builtins: HashMap::new(),
            exceptions: HashMap::new(),
            looked_for: Vec::new(),
            folders_listed: false,
            classes: Vec::new(),
            mappings: HashMap::new(),
            tables: Vec::new(),
            indexes: Vec::new(),
            sure: None,
            guards: HashMap::new(),
            leaves_out: false,
            open_arguments: false,
            handled: Vec::new(),
            fuel: Fuel { steps: 0, bytes: 0, ..fuel },
            reserve: Fuel { steps: fuel.steps * RESERVE, bytes: fuel.bytes * RESERVE, ..fuel },
            depth: 0,
            calls: 0,
            doubt: None,
            bound_in_doubt: Vec::new(),
            tainted: HashMap::new(),
            gaps: Vec::new(),
            here: None,
            callers: Vec::new(),
            bodies: Vec::new(),
            home: Location::line(&crate::source::Source::new("", ""), 1, ""),
            operations: Registered::default(),
            database: None,
            naming: None,
            runs_packages: false,
            keys_later: false,
            finished_names: HashSet::new(),
            sqlalchemy: None,
            environment: None,
            setup: Setup::default(),
            transcript,
        }
    }

    /// Fills the fuel up again, as far as there is a reserve: each migration has its own.
    pub fn refuel(&mut self, fuel: Fuel) {
        let fill = |left: &mut u64, reserve: &mut u64, full: u64| {
            let missing = full.saturating_sub(*left).min(*reserve);
            *left += missing;
            *reserve -= missing;
        };
        fill(&mut self.fuel.steps, &mut self.reserve.steps, fuel.steps);
        fill(&mut self.fuel.bytes, &mut self.reserve.bytes, fuel.bytes);
    }

    /// What is left over all calls, for the interpreter that goes on.
    pub fn left(&self) -> Fuel {
        let (own, reserve) = (&self.fuel, &self.reserve);
        Fuel { steps: own.steps + reserve.steps, bytes: own.bytes + reserve.bytes, ..*reserve }
    }

    /// Goes on with what another interpreter left.
    pub fn take_over(&mut self, left: Fuel) {
        self.reserve = left;
    }

    /// The text of a file of the repository.
    pub fn file_text(&mut self, path: &str) -> Option<String> {
        self.looked_for.push(path.to_owned());
        self.host.text(path)
    }

    /// The module at a path, for its text alone.
    pub(super) fn read_module(&mut self, path: &str) -> Option<Rc<Module>> {
        self.looked_for.push(path.to_owned());
        self.host.module(path)
    }

    pub(super) fn has_folder(&mut self, path: &str) -> bool {
        self.looked_for.push(path.to_owned());
        self.host.has_folder(path)
    }

    /// The place that runs now.
    pub fn place(&self) -> Location {
        self.location(self.here)
    }

    /// The places that run now: the innermost first, then the calls that led there.
    pub fn places(&self) -> Vec<Location> {
        let callers = self.callers.iter().rev().filter(|place| place.is_some());
        std::iter::once(self.place()).chain(callers.map(|place| self.location(*place))).collect()
    }

    fn location(&self, place: Here<'a>) -> Location {
        match place {
            Some((module, range)) => Location::new(&module.source, range.into(), ""),
            None => self.home.clone(),
        }
    }

    pub(super) fn at(&mut self, module: &'a Module, node: &impl Ranged) {
        self.here = Some((module, node.range()));
    }

    /// Why something is not known, for a reason that arises here.
    pub fn why(&self, reason: impl Into<Cow<'static, str>>) -> Rc<Unknown> {
        Rc::new(Unknown { reason: reason.into(), location: self.place(), text: None })
    }

    /// A value that is not known, for a reason that arises here.
    pub fn unknown(&self, reason: impl Into<Cow<'static, str>>) -> Value<'a> {
        Value::Unknown(self.why(reason))
    }

    /// Gives up, for a reason that arises here.
    pub fn abandon<T>(&self, reason: impl Into<Cow<'static, str>>) -> Eval<'a, T> {
        Err(Stop::Abandon(self.why(reason)))
    }

    /// Uses up one step.
    pub fn step(&mut self) -> Eval<'a, ()> {
        self.steps(1)
    }

    /// Uses up steps: for work that grows with a value.
    pub fn steps(&mut self, count: usize) -> Eval<'a, ()> {
        match self.fuel.steps.checked_sub(count as u64) {
            Some(left) => {
                self.fuel.steps = left;
                Ok(())
            }
            None => self.abandon("takes more steps than a check allows"),
        }
    }

    /// Uses up memory.
    pub fn allocate(&mut self, bytes: usize) -> Eval<'a, ()> {
        match self.fuel.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                self.fuel.bytes = left;
                Ok(())
            }
            None => self.abandon("needs more memory than a check allows"),
        }
    }

    /// A text, paid for.
    pub fn new_text(&mut self, text: String) -> Eval<'a> {
        self.allocate(text.len())?;
        Ok(Value::text(text))
    }

    /// A list, paid for.
    pub fn new_list(&mut self, items: Vec<Value<'a>>) -> Eval<'a> {
        self.allocate(items.len() * size_of::<Value<'_>>())?;
        Ok(Value::list(items))
    }

    pub(super) fn enter(&mut self) -> Eval<'a, ()> {
        self.step()?;
        if self.depth >= self.fuel.depth {
            return self.abandon("nests deeper than a check allows");
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn enter_call(&mut self) -> Eval<'a, ()> {
        if self.calls >= self.fuel.calls {
            return self.abandon("calls itself deeper than a check allows");
        }
        self.calls += 1;
        Ok(())
    }

    /// How deep evaluation is here: to come back to when an exception is caught.
    pub(super) fn mark(&self) -> Mark {
        Mark { depth: self.depth, calls: self.calls, callers: self.callers.len(), handled: self.handled.len() }
    }

    pub(super) fn reset(&mut self, mark: Mark) {
        self.depth = mark.depth;
        self.calls = mark.calls;
        self.callers.truncate(mark.callers);
        self.bodies.truncate(mark.callers);
        self.handled.truncate(mark.handled);
    }

    /// How much was looked for besides modules.
    pub fn lookups(&self) -> usize {
        self.looked_for.len()
    }

    /// What was looked for besides modules after so many lookups: files that were read, there or not.
    pub fn looked_for_since(&self, lookups: usize) -> &[String] {
        self.looked_for.get(lookups..).unwrap_or_default()
    }

    /// Whether a file of the repository that is not evaluated has this name as a word.
    pub fn is_mentioned(&mut self, name: &str) -> bool {
        let evaluated = &self.files;
        self.host.mentions(name, &|path| evaluated.contains_key(path))
    }

    /// The files and folders that evaluation looked for, there or not; `None` where it listed a folder, too.
    pub fn files_read(&self) -> Option<Vec<String>> {
        let paths = self.files.keys().chain(&self.looked_for).cloned();
        (!self.folders_listed).then(|| paths.collect())
    }

    /// Forgets the modules that surely do not load, so that they are run again.
    pub fn forget_stopped(&mut self) {
        self.files.retain(|_, module| module.as_ref().is_none_or(|module| module.raised.borrow().is_none()));
    }

    /// The same without those that the environment alone looked for.
    pub fn files_of_migrations(&self) -> Option<Vec<String>> {
        let mut paths = self.files_read()?;
        if !self.setup.is_used {
            paths.retain(|path| !self.setup.files.contains(path));
        }
        Some(paths)
    }

    /// Makes ready for the next call after an evaluation that stopped.
    pub fn recover(&mut self) {
        self.reset(Mark { depth: 0, calls: 0, callers: 0, handled: 0 });
        self.doubt = None;
        self.bound_in_doubt.clear();
        self.here = None;
    }

    /// Runs something of which it is not known whether it would run. What it binds is not known afterwards; an exception
    /// ends it, and nothing else.
    pub(super) fn in_doubt<T>(
        &mut self,
        why: &Rc<Unknown>,
        run: impl FnOnce(&mut Self) -> Eval<'a, T>,
    ) -> Eval<'a, Option<T>> {
        let outer = self.doubt.clone();
        if outer.is_none() {
            self.doubt = Some(why.clone());
        }
        self.bound_in_doubt.push(Vec::new());
        let mark = self.mark();
        let result = run(self);
        self.reset(mark);
        self.doubt = outer;
        let bound = self.bound_in_doubt.pop().unwrap_or_default();
        for (scope, name, before) in bound {
            let value = either(before.as_ref(), scope.get(&name), why);
            scope.set(name.clone(), value);
            if let Some(log) = self.bound_in_doubt.last_mut() {
                log.push((scope, name, before));
            }
        }
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Raise(_)) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    pub(super) fn bind(&mut self, scope: &Rc<Scope<'a>>, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let name = name.into();
        if let Some(log) = self.bound_in_doubt.last_mut() {
            log.push((scope.clone(), name.clone(), scope.get(&name)));
        }
        scope.set(name, value);
    }

    /// Marks a container as no longer known.
    pub fn taint(&mut self, container: &Value<'a>, why: &Rc<Unknown>) {
        if let Some(address) = container.address() {
            self.tainted.insert(address, (container.clone(), why.clone()));
        }
    }

    /// Why a container's content is not known, if so.
    pub fn taint_of(&self, container: &Value<'a>) -> Option<Rc<Unknown>> {
        if self.tainted.is_empty() {
            return None;
        }
        Some(self.tainted.get(&container.address()?)?.1.clone())
    }

    /// Whether a container may be changed now; in doubt it is marked instead.
    pub fn may_change(&mut self, container: &Value<'a>) -> bool {
        match self.doubt.clone() {
            Some(why) => {
                self.taint(container, &why);
                false
            }
            None => true,
        }
    }

    /// Notes that something which decides what the schema becomes could not be computed.
    pub fn gap(&mut self, why: &Rc<Unknown>) {
        self.add_gap(why, None);
    }

    /// The same for a statement of which at least a part is known.
    pub fn gap_about(&mut self, why: &Rc<Unknown>, sql: &str) {
        self.add_gap(why, Some(sql.to_owned()));
    }

    /// Notes for a reader that a statement is sent, or may be.
    pub(super) fn sends(&mut self, sql: &str) {
        if self.transcript.is_kept() {
            let places = self.places();
            match self.doubt.clone() {
                Some(why) => self.transcript.may_send(&why.reason, Some(sql), places),
                None => self.transcript.sends(sql, places),
            }
        }
    }

    /// The same of a statement that is not known whole.
    pub(super) fn sends_in_part(&mut self, why: &str, sql: Option<&str>) {
        if self.transcript.is_kept() {
            let places = self.places();
            self.transcript.may_send(why, sql, places);
        }
    }

    fn add_gap(&mut self, why: &Unknown, sql: Option<String>) {
        if self.transcript.is_kept() {
            let places = self.places();
            let statement = sql.as_deref().filter(|sql| is_statement(sql));
            self.transcript.leaves(&why.reason, statement, places);
        }
        let location = self.place();
        let known = |gap: &Gap| {
            gap.location.range == location.range && gap.location.path() == location.path() && gap.sql == sql
        };
        // A loop in doubt would say the same again and again.
        if !self.gaps.iter().rev().take(8).any(known) {
            let (reason, origin) = (why.reason.to_string(), why.location.clone());
            self.gaps.push(Gap { reason, origin, location, sql });
        }
    }
}

/// One of two values, and it is not known which: of two queries on rows, whichever it is; of texts that are about rows alone,
/// what they have in common.
fn either<'a>(before: Option<&Value<'a>>, after: Option<Value<'a>>, why: &Rc<Unknown>) -> Value<'a> {
    let is_query =
        |value: &Value<'a>| matches!(value, Value::Object(object) if object.is_expression() && object.sql().is_none());
    match after {
        Some(after) if is_query(&after) && before.is_some_and(is_query) => after,
        // A name that was bound to nothing before is only of use where it is this now.
        Some(after) => {
            text_about_rows(before.unwrap_or(&after), &after, why).unwrap_or_else(|| Value::Unknown(why.clone()))
        }
        None => Value::Unknown(why.clone()),
    }
}

/// One of two texts that are statements about rows: what they have in common, word by word, at both ends.
pub(super) fn text_about_rows<'a>(one: &Value<'a>, other: &Value<'a>, why: &Rc<Unknown>) -> Option<Value<'a>> {
    const ROWS: [&str; 5] = ["select ", "insert ", "update ", "delete ", "with "];
    let (one, other) = (known_text(one)?, known_text(other)?);
    let is_about_rows = |text: &str| {
        let start = text.trim_start().get(..7).unwrap_or_default().to_ascii_lowercase();
        ROWS.iter().any(|verb| start.starts_with(verb))
    };
    // Behind the first statement there may be another.
    if !is_about_rows(&one) || !is_about_rows(&other) || one.contains(';') || other.contains(';') {
        return None;
    }
    let text = if one == other { one.to_string() } else { in_common(&one, &other) };
    Some(Value::Unknown(Rc::new(Unknown { text: Some(text.into()), ..(**why).clone() })))
}

/// What is known of a text.
fn known_text(value: &Value<'_>) -> Option<Rc<str>> {
    match &*value.plain() {
        Value::Str(text) => Some(text.clone()),
        Value::Unknown(why) => why.text.clone(),
        _ => None,
    }
}

/// The words that two texts begin with, and that they end with, with something that is not known between them.
fn in_common(one: &str, other: &str) -> String {
    fn words(text: &str) -> Vec<&str> {
        text.split_inclusive(char::is_whitespace).collect()
    }
    let (one, other) = (words(one), words(other));
    let start = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let most = one.len().min(other.len()) - start;
    let end = one.iter().rev().zip(other.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    format!("{}{HOLE} {}", one[..start].concat(), one[one.len() - end..].concat())
}
