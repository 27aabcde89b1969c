//! A partial evaluator for the Go that migrations are written in: small and total. What the text does not tell is an
//! unknown value, which is harmless until it decides what is sent to the database.

mod calls;
mod database;
mod expressions;
mod library;
mod models;
mod orm;
mod packages;
mod skipped;
mod statements;
mod value;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use self::packages::Packages;
pub use self::value::{Cell, Closure, Error, Handle, Named, Refusal, Rows, Scope, Struct, Unknown, Value};
use super::package::Package;
use super::syntax::{Expr, File, Function};
use super::walk;
use crate::source::Location;

/// What a statement was answered with.
#[derive(Debug)]
pub enum Answer {
    /// The rows of a query; none for another statement.
    Rows(Vec<Vec<Value>>),
    Refused(crate::schema::database::Refusal),
    /// It cannot be told: a clause in a user's words.
    Unknown(String),
}

/// A statement for the database.
#[derive(Debug)]
pub struct Request<'r> {
    pub sql: &'r str,
    pub parameters: &'r [Value],
    /// Where it is executed: the innermost place first, then the calls that led there.
    pub places: &'r [Location],
    /// Its rows are wanted.
    pub is_query: bool,
}

/// What answers for the database, and for the other files of the repository.
pub trait Host {
    fn execute(&mut self, request: &Request<'_>) -> Answer;
    /// The text of a file beside the package's, as `//go:embed` names it.
    fn embedded(&mut self, from: &str, path: &str) -> Option<String>;
    /// The package that a file of the repository belongs to.
    fn package(&mut self, _path: &str) -> Option<Rc<Package>> {
        None
    }
    /// The package of the repository that a file imports by this path; `None` where it is none of the repository's.
    fn imported(&mut self, _from: &str, _import: &str) -> Option<Rc<Package>> {
        None
    }
    /// The name of the database, as drivers have it: `sqlite`, `postgres`, `mysql`.
    fn dialect(&self) -> &'static str {
        ""
    }
    /// The columns of a table, none where it is not there; `None` where that is not known.
    fn columns(&mut self, _table: &str) -> Option<Vec<String>> {
        None
    }
    /// Carries a statement out that is nobody's: what it makes follows a struct of the program. Whether it worked.
    fn make(&mut self, _sql: &str) -> bool {
        false
    }
    /// Notes that a library keeps a table like a struct of the program, or that it is not known what it makes of it.
    fn leave_open(&mut self, _table: Option<&str>, _unknown: Option<Gap<'_>>) {}
}

/// What is not known of a table that a library makes.
#[derive(Debug)]
pub struct Gap<'g> {
    /// A clause in a user's words.
    pub reason: &'g str,
    pub place: &'g Location,
}

/// Evaluation ends here: what comes after it is not known.
#[derive(Clone, Debug)]
pub struct Stop(pub Rc<Unknown>);

pub type Eval<T> = Result<T, Stop>;

/// How many steps one migration may take.
const STEPS: u32 = 200_000;
/// How many expressions, statements and calls may be open at once.
const DEPTH: u32 = 300;
/// The longest text that is put together.
const LONGEST_TEXT: usize = 1 << 20;
/// How many texts and elements of lists one migration may make, in bytes.
const MEMORY: usize = 64 << 20;

/// Where the evaluated code stands.
#[derive(Clone)]
struct Frame {
    file: Rc<File>,
    scope: Rc<Scope>,
}

pub struct Interpreter<'p> {
    /// The package whose code runs.
    package: Rc<Package>,
    packages: Packages,
    host: &'p mut dyn Host,
    /// The package's own variables, as far as they have been asked for.
    globals: HashMap<Rc<str>, Cell>,
    /// Those that are being evaluated.
    open: HashSet<Rc<str>>,
    /// The calls that led to where evaluation is, the outermost first.
    callers: Vec<Location>,
    /// The methods of types around a database that are being carried out.
    around: Vec<Rc<str>>,
    steps: u32,
    depth: u32,
    memory: usize,
}

impl std::fmt::Debug for Interpreter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interpreter").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl<'p> Interpreter<'p> {
    pub fn new(package: &Rc<Package>, host: &'p mut dyn Host) -> Self {
        Self {
            package: Rc::clone(package),
            packages: Packages::default(),
            host,
            globals: HashMap::new(),
            open: HashSet::new(),
            callers: Vec::new(),
            around: Vec::new(),
            steps: STEPS,
            depth: 0,
            memory: MEMORY,
        }
    }

    pub fn package(&self) -> Rc<Package> {
        Rc::clone(&self.package)
    }

    /// Fills up for the next migration.
    pub fn refuel(&mut self) {
        (self.steps, self.memory, self.depth) = (STEPS, MEMORY, 0);
        self.callers.clear();
    }

    /// The value of a constant or a variable of the package; `None` where there is no such one.
    pub fn global(&mut self, name: &str) -> Option<Value> {
        let cell = self.global_cell(name)?;
        let value = cell.borrow().clone();
        Some(value)
    }

    fn global_cell(&mut self, name: &str) -> Option<Cell> {
        if let Some(known) = self.globals.get(name) {
            return Some(Rc::clone(known));
        }
        let (file, at) = self.package.variable(name)?;
        let variable = file.variables.get(at)?;
        let location = file.location(&variable.range);
        let key = Rc::clone(&variable.name);
        if !self.open.insert(Rc::clone(&key)) {
            return Some(Self::cell(unknown("depends on itself", location)));
        }
        let frame = Frame { file: Rc::clone(&file), scope: Scope::inside(None) };
        let value = match (&variable.value, &variable.embedded) {
            (Some(value), _) => self.expr(value, &frame).unwrap_or_else(|Stop(why)| Value::Unknown(why)).last(),
            (None, _) if is_embedded(variable.declared.as_ref()) => Value::Files(file.source.path().into()),
            (None, Some(path)) => match self.host.embedded(file.source.path(), path) {
                Some(text) => Value::text(text),
                None => unknown(format!("embeds `{path}`, which is no text beside it"), location),
            },
            (None, None) => zero(variable.declared.as_ref(), location),
        };
        self.open.remove(&key);
        let cell = Self::cell(value);
        self.globals.insert(key, Rc::clone(&cell));
        Some(cell)
    }

    fn cell(value: Value) -> Cell {
        Rc::new(std::cell::RefCell::new(value))
    }

    /// Runs the functions that Go runs first, as far as they name a variable.
    pub fn initialize(&mut self, name: &str) -> Eval<()> {
        for declared in self.package.initializers(name) {
            let closure = Closure { file: declared.file, function: declared.function, scope: None, receiver: None };
            self.call_closure(&Rc::new(closure), Vec::new(), None)?;
        }
        Ok(())
    }

    /// Calls a function with what its parameters ask for.
    pub fn call(&mut self, closure: &Rc<Closure>) -> Eval<Value> {
        let given = closure.function.parameters.iter().map(|parameter| Value::Handle(handle(&parameter.written)));
        self.call_closure(closure, given.collect(), None)
    }

    /// The value of an expression that stands in no function.
    pub fn value_of(&mut self, file: &Rc<File>, expr: &Expr) -> Eval<Value> {
        self.expr(expr, &Frame { file: Rc::clone(file), scope: Scope::inside(None) })
    }

    /// The value of an expression inside of a function, after what is declared in front of it.
    pub fn local_value(&mut self, file: &Rc<File>, function: &Function, expr: &Expr) -> Eval<Value> {
        let scope = Scope::inside(None);
        for parameter in function.receiver.iter().chain(&function.parameters) {
            scope.declare(&parameter.name, Value::Handle(handle(&parameter.written)));
        }
        let frame = Frame { file: Rc::clone(file), scope };
        let mut before = Vec::new();
        walk::before(&function.body, &expr.range, &mut before);
        for statement in before {
            self.declared(statement, &frame);
        }
        self.expr(expr, &frame)
    }

    /// Takes a step; stops where there are too many.
    fn step(&mut self, at: &Location) -> Eval<()> {
        match self.steps.checked_sub(1) {
            Some(steps) => {
                self.steps = steps;
                Ok(())
            }
            None => Err(stop("takes more steps than a check allows", at.clone())),
        }
    }

    fn enter(&mut self, frame: &Frame, range: &std::ops::Range<usize>) -> Eval<()> {
        if self.steps == 0 {
            self.step(&frame.file.location(range))?;
        }
        self.steps -= 1;
        if self.depth >= DEPTH {
            return Err(stop("nests deeper than a check allows", frame.file.location(range)));
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Accounts for memory that a value takes.
    fn allocate(&mut self, bytes: usize, at: &Location) -> Eval<()> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(stop("needs more memory than a check allows", at.clone())),
        }
    }

    /// Where evaluation is: an expression, then the calls that led there, the innermost first.
    fn places(&self, at: Location) -> Vec<Location> {
        std::iter::once(at).chain(self.callers.iter().rev().cloned()).collect()
    }
}

/// Whether a variable of this type holds the files that are embedded beside it.
fn is_embedded(declared: Option<&super::syntax::Type>) -> bool {
    matches!(declared, Some(super::syntax::Type::Named(name)) if &**name == "embed.FS")
}

/// What a parameter of this type gets from the runner.
fn handle(written: &str) -> Handle {
    const OTHERS: [&str; 9] = ["Context", "Log", "log.", "slog", "string", "int", "bool", "Time", "Config"];
    if OTHERS.iter().any(|sign| written.contains(sign)) { Handle::Other } else { Handle::Database }
}

/// What a variable is before something is assigned to it.
fn zero(declared: Option<&super::syntax::Type>, at: Location) -> Value {
    use super::syntax::Type;
    match declared {
        Some(Type::Named(name)) => match &**name {
            "string" => Value::text(""),
            "bool" => Value::Bool(false),
            "error" | "any" => Value::Nil,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64" => {
                Value::Int(0)
            }
            _ => unknown("is not set where it is declared", at),
        },
        Some(Type::Slice(_)) => Value::List(Rc::default()),
        Some(Type::Map(_)) => Value::Map(Rc::default()),
        Some(Type::Pointer(_) | Type::Function) => Value::Nil,
        _ => unknown("is not set where it is declared", at),
    }
}

fn unknown(reason: impl Into<String>, location: Location) -> Value {
    Value::Unknown(Rc::new(Unknown { reason: reason.into(), location, text: None }))
}

fn stop(reason: impl Into<String>, location: Location) -> Stop {
    Stop(Rc::new(Unknown { reason: reason.into(), location, text: None }))
}
