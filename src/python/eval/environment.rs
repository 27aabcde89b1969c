//! What Alembic's `env.py` tells of the migrations that it runs, and does before them: evaluated, never run.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged as _;

use super::interpreter::{Eval, Fuel, Interpreter, Stop};
use super::module::Origin;
use super::value::{Args, Value};
use crate::python::Module;
use crate::python::bindings::{imports, module_files, value_of};
use crate::source::Location;

/// The file that binds a name, and the name with its attributes: `("app/settings.py", "settings.database.url")`.
type Setting = (String, String);

/// How many modules hand a name on at most.
const DEEPEST: u32 = 8;

impl<'a> Interpreter<'a> {
    /// Evaluates the environment as far as to the migrations: what it tells Alembic is known then, and what it does to the
    /// database is done. What of it can't be computed is in the gaps.
    pub fn take_up_environment(&mut self, path: String) {
        self.environment = Some(path.clone());
        self.setup.running = true;
        self.refuel(Fuel::default());
        let result = self.run_file(&path).map(drop);
        self.note_stop(result);
        if !self.setup.reached {
            self.call_what_migrates(&path);
        }
        self.setup.running = false;
        self.setup.files = self.files.keys().chain(&self.looked_for).cloned().collect();
        if !self.setup.configured {
            self.take_up_naming(&path);
        }
    }

    /// Keeps why the environment was not followed further.
    fn note_stop(&mut self, result: Eval<'a, ()>) {
        let why = match result {
            Err(Stop::Abandon(why)) if !self.setup.reached => Some(why),
            Err(Stop::Raise(exception)) => Some(self.why(format!("stops with {}", exception.class.name))),
            _ => None,
        };
        self.recover();
        if let Some(why) = why {
            self.gap(&why);
        }
    }

    /// Where nothing led to the migrations, or it is not known what does, calls the functions that run them, the first that
    /// gets there.
    fn call_what_migrates(&mut self, path: &str) {
        let Some(module) = self.files.get(path).cloned().flatten() else { return };
        let Origin::File(syntax) = module.origin else { return };
        let mut functions: Vec<&StmtFunctionDef> = syntax
            .body()
            .iter()
            .filter_map(|statement| match statement {
                Stmt::FunctionDef(function) => Some(function),
                _ => None,
            })
            .filter(|function| migrates(&function.body))
            .collect();
        functions.sort_by_key(|function| function.name.contains("offline"));
        let database = self.database.clone().unwrap_or(Value::None);
        for function in functions {
            let Some(callee) = module.names.borrow().get(function.name.as_str()).cloned() else { continue };
            // What they are given is the connection, whatever they call it.
            let given = function.parameters.iter_non_variadic_params().filter(|one| one.default.is_none()).count();
            let args = Args { positional: vec![database.clone(); given], keyword: Vec::new() };
            self.refuel(Fuel::default());
            let result = self.call(&callee, args).map(drop);
            self.note_stop(result);
            if self.setup.reached || self.setup.configured {
                break;
            }
        }
    }

    /// Takes up what the text says of names, where evaluation did not get to it: Alembic gives what has none a name by the
    /// naming convention of the `target_metadata`.
    fn take_up_naming(&mut self, path: &str) {
        let Some(environment) = self.read_module(path) else { return };
        let Some((file, name)) =
            target_metadata(&environment).and_then(|given| self.setting(&environment, given, DEEPEST))
        else {
            return;
        };
        if !self.file_text(&file).is_some_and(|text| text.contains("naming_convention")) {
            return;
        }
        self.refuel(Fuel::default());
        if let Ok(Some(module)) = self.run_file(&file) {
            let mut value = Some(Value::Module(module));
            for part in name.split('.') {
                value = value.and_then(|value| self.attribute(&value, part).ok().flatten());
            }
            self.naming = match value {
                Some(Value::Object(metadata)) => metadata.naming(),
                _ => None,
            };
        }
        self.recover();
    }

    /// Where the environment says what the migrations' metadata is, else its first line.
    pub fn place_of_metadata(&mut self) -> Option<Location> {
        let path = self.environment.clone()?;
        let environment = self.read_module(&path)?;
        Some(match target_metadata(&environment) {
            Some(given) => Location::new(&environment.source, given.range().into(), ""),
            None => Location::line(&environment.source, 1, ""),
        })
    }

    /// How what has no name is called, and why not all of that is known; empty where SQLAlchemy does not say.
    pub fn naming_told(&self) -> String {
        self.naming.as_ref().map_or(String::new(), |naming| format!("{:?}", naming.forms()))
    }

    /// Whether what has no name is called by a convention of the project's own.
    pub fn has_naming(&self) -> bool {
        self.naming.is_some()
    }

    /// Whether the call that runs now is given the very setting that Alembic's environment connects with.
    pub(super) fn is_given_the_migrations_address(&mut self) -> bool {
        let (Some((module, range)), Some(path)) = (self.here, self.environment.clone()) else { return false };
        let mut calls = Calls { wanted: &|call| call.range() == range, found: Vec::new() };
        calls.visit_body(module.body());
        let Some(given) = calls.found.first().and_then(|call| address_of(call)) else { return false };
        let Some(own) = self.setting(module, given, DEEPEST) else { return false };
        let Some(environment) = self.read_module(&path) else { return false };
        let given = addresses(&environment);
        !given.is_empty()
            && given.into_iter().all(|given| {
                let other = given.and_then(|given| self.setting(&environment, given, DEEPEST));
                other.as_ref() == Some(&own)
            })
    }

    /// Where a setting is kept that an expression names by attributes alone.
    fn setting(&mut self, module: &Module, expression: &Expr, depth: u32) -> Option<Setting> {
        let depth = depth.checked_sub(1)?;
        match expression {
            Expr::Attribute(attribute) => {
                let (path, name) = self.setting(module, &attribute.value, depth)?;
                let dot = if name.is_empty() { "" } else { "." };
                Some((path, format!("{name}{dot}{}", attribute.attr)))
            }
            // Another driver, or a sign that the settings' file needs: the same database.
            Expr::Call(call) if called(call) == Some("replace") => match &*call.func {
                Expr::Attribute(attribute) => self.setting(module, &attribute.value, depth),
                _ => None,
            },
            Expr::Call(call) if called(call) == Some("str") => {
                self.setting(module, call.arguments.args.first()?, depth)
            }
            Expr::Name(name) => self.setting_of(module, name.id.as_str(), depth),
            _ => None,
        }
    }

    /// Where a name of a module comes from.
    fn setting_of(&mut self, module: &Module, name: &str, depth: u32) -> Option<Setting> {
        let depth = depth.checked_sub(1)?;
        let path = module.source.path();
        if let Some(value) = value_of(module, name) {
            return match value {
                Expr::Name(_) | Expr::Attribute(_) => self.setting(module, value, depth),
                _ => Some((path.to_owned(), name.to_owned())),
            };
        }
        let Some(import) = imports(module).into_iter().find(|import| import.local == name) else {
            return Some((path.to_owned(), name.to_owned()));
        };
        let inner = import.name.clone().unwrap_or_default();
        for file in module_files(path, import.level, &import.module) {
            let Some(found) = self.read_module(&file) else { continue };
            return if inner.is_empty() { Some((file, inner)) } else { self.setting_of(&found, &inner, depth) };
        }
        None
    }
}

/// Whether a block calls `run_migrations`.
fn migrates(body: &[Stmt]) -> bool {
    let mut calls = Calls { wanted: &|call| called(call) == Some("run_migrations"), found: Vec::new() };
    calls.visit_body(body);
    !calls.found.is_empty()
}

/// What an environment gives Alembic as its metadata.
fn target_metadata(environment: &Module) -> Option<&Expr> {
    let mut calls = Calls { wanted: &|call| called(call) == Some("configure"), found: Vec::new() };
    calls.visit_body(environment.body());
    calls.found.iter().find_map(|call| {
        let keyword = |keyword: &&ruff_python_ast::Keyword| keyword.arg.as_deref() == Some("target_metadata");
        call.arguments.keywords.iter().find(keyword).map(|keyword| &keyword.value)
    })
}

/// What an environment says to be the address: what it sets for Alembic, else what it makes its engines with.
fn addresses(environment: &Module) -> Vec<Option<&Expr>> {
    let is_url = |first: &Expr| matches!(first, Expr::StringLiteral(text) if text.value.to_str() == "sqlalchemy.url");
    let sets =
        |call: &ExprCall| called(call) == Some("set_main_option") && call.arguments.args.first().is_some_and(is_url);
    let makes = |call: &ExprCall| matches!(called(call), Some("create_engine" | "create_async_engine"));
    let mut set = Calls { wanted: &sets, found: Vec::new() };
    set.visit_body(environment.body());
    if !set.found.is_empty() {
        return set.found.into_iter().map(|call| call.arguments.args.get(1)).collect();
    }
    let mut made = Calls { wanted: &makes, found: Vec::new() };
    made.visit_body(environment.body());
    made.found.into_iter().map(address_of).collect()
}

fn address_of(call: &ExprCall) -> Option<&Expr> {
    let by_name = call.arguments.keywords.iter().find(|keyword| keyword.arg.as_deref() == Some("url"));
    call.arguments.args.first().or_else(|| by_name.map(|keyword| &keyword.value))
}

/// The last name of what is called.
fn called(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Finds the calls that are wanted.
struct Calls<'f, 'm> {
    wanted: &'f dyn Fn(&ExprCall) -> bool,
    found: Vec<&'m ExprCall>,
}

impl<'m> Visitor<'m> for Calls<'_, 'm> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Call(call) = expression
            && (self.wanted)(call)
        {
            self.found.push(call);
        }
        visitor::walk_expr(self, expression);
    }
}
