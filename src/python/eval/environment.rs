//! What Alembic's `env.py` tells of the migrations that it runs, and does before them: evaluated, never run.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged as _;

use super::function::Scope;
use super::interpreter::{Eval, Fuel, Interpreter, Stop};
use super::module::{ModuleValue, Origin};
use super::value::{Args, Value};
use crate::python::Module;
use crate::python::bindings::{imports, last_name, module_files, value_of};
use crate::source::Location;

/// The file that binds a name, and the name with its attributes: `("app/settings.py", "settings.database.url")`.
type Setting = (String, String);

/// How many modules hand a name on at most.
const DEEPEST: u32 = 8;

/// How deep options of a connection lie in each other, how many of them are looked at, and how long one is at most.
const DEEPEST_OPTION: u32 = 3;
const MOST_OPTIONS: usize = 32;
const LONGEST: usize = 1000;

impl<'a> Interpreter<'a> {
    /// Evaluates the environment as far as to the migrations: what it tells Alembic is known then, and what it does to the
    /// database is done. What of it can't be computed is in the gaps.
    pub fn take_up_environment(&mut self, path: String) {
        self.environment = Some(path.clone());
        self.setup.running = true;
        self.refuel(Fuel::default());
        match self.run_file(&path) {
            Ok(Some(module)) => self.take_up_the_rest(&module),
            result => self.note_stop(result.map(drop)),
        }
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

    /// Where the environment did not come to its end, takes up what it says further down: what the functions that run the
    /// migrations need is known, whatever it was that could not be evaluated.
    fn take_up_the_rest(&mut self, module: &Rc<ModuleValue<'a>>) {
        self.recover();
        let Some(why) = module.failure.borrow().clone() else { return };
        self.gap(&why);
        let Origin::File(syntax) = module.origin else { return };
        let scope = Scope::of_module(module);
        for statement in syntax.body() {
            if self.setup.reached || !is_left_out(statement, module) {
                continue;
            }
            let result = self.block(std::slice::from_ref(statement), &scope);
            self.recover();
            if let Err(Stop::Abandon(_)) = result {
                return;
            }
        }
    }

    /// Whether a method of something that is not known gives an environment a connection.
    pub(super) fn leads_to_database(&self, name: &str) -> bool {
        self.setup.running && self.database.is_some() && matches!(name, "connect" | "begin" | "raw_connection")
    }

    /// Whether it executes a statement there.
    pub(super) fn sends_to_database(&self, name: &str, args: &Args<'a>) -> bool {
        let is_statement = |value: &Value<'a>| match value {
            Value::Str(_) => true,
            Value::Unknown(why) => why.text.is_some(),
            Value::Object(object) => object.sql().is_some(),
            _ => false,
        };
        self.setup.running
            && matches!(name, "execute" | "exec_driver_sql")
            && args.positional.first().is_some_and(is_statement)
    }

    pub(super) fn send_to_database(&mut self, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        match self.database.clone() {
            Some(database) => self.call_method(&database, "execute", args).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a call of something that is not known may make what migrations find in the database, by what it is called and
    /// given: `ensure_schemas()`, `prepare(engine)`.
    pub(super) fn may_prepare_database(&self, args: &Args<'a>) -> bool {
        let Some((module, range)) = self.here.filter(|_| self.setup.running) else { return false };
        let text = module.text().get(std::ops::Range::<usize>::from(range)).unwrap_or_default();
        let text: String = text.chars().take(LONGEST).map(|sign| sign.to_ascii_lowercase()).collect();
        let (callee, given) = text.split_once('(').unwrap_or((&text, ""));
        let speaks_of = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        let is_given_unknown = args.values().any(|value| value.as_unknown().is_some());
        speaks_of(callee, &["schema", "search_path", "tenant"])
            || is_given_unknown && speaks_of(given, &["engine", "connect", "session"])
    }

    /// Takes up what a connection or an engine is told of schemas: a search path of its own; with others for those that are
    /// written, it is not known where anything is.
    pub(super) fn note_options(&mut self, args: &Args<'a>) -> Eval<'a, ()> {
        if !self.setup.running {
            return Ok(());
        }
        let by_name = args.keyword.iter().any(|(name, _)| name == "schema_translate_map");
        if !by_name && !args.values().any(|value| speaks_of_schemas(value, DEEPEST_OPTION)) {
            return Ok(());
        }
        // An engine of other modules may be for something else.
        let is_own = self.here.is_some_and(|(module, _)| Some(module.source.path()) == self.environment.as_deref());
        let path = args.values().find_map(|value| path_of_options(value, DEEPEST_OPTION));
        match path.filter(|_| is_own && !by_name && self.doubt.is_none()) {
            Some(path) => {
                let statement = Value::text(format!("SET search_path TO {path}"));
                self.send_to_database(Args { positional: vec![statement], keyword: Vec::new() })?;
            }
            None => {
                let why = self.why("connects with schemas of its own");
                self.gap_about(&why, "SET search_path");
            }
        }
        Ok(())
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

    /// Whether the tables that the environment hands on come from a package, so that what has no name may have any.
    pub fn has_unknown_naming(&self) -> bool {
        self.naming.is_none() && matches!(self.setup.option("target_metadata"), Some(Value::Unknown(_)))
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
            Expr::Call(call) if last_name(&call.func) == Some("replace") => match &*call.func {
                Expr::Attribute(attribute) => self.setting(module, &attribute.value, depth),
                _ => None,
            },
            Expr::Call(call) if last_name(&call.func) == Some("str") => {
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

/// Whether a statement binds a name which a module does not have, and does nothing else.
fn is_left_out(statement: &Stmt, module: &ModuleValue<'_>) -> bool {
    let names = module.names.borrow();
    let lacks = |name: &str| !names.contains_key(name);
    match statement {
        Stmt::FunctionDef(function) => lacks(&function.name),
        Stmt::ClassDef(class) => lacks(&class.name),
        Stmt::Assign(assign) => {
            assign.targets.iter().all(|target| matches!(target, Expr::Name(name) if lacks(name.id.as_str())))
        }
        Stmt::Import(import) => import.names.iter().any(|alias| {
            let first = alias.name.split('.').next().unwrap_or_default();
            lacks(alias.asname.as_ref().map_or(first, |name| name.as_str()))
        }),
        Stmt::ImportFrom(import) => {
            import.names.iter().any(|alias| lacks(alias.asname.as_ref().unwrap_or(&alias.name).as_str()))
        }
        _ => false,
    }
}

/// Whether an option of a connection says where tables are: `{"options": "-csearch_path=shop"}`.
fn speaks_of_schemas(option: &Value<'_>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match option {
        Value::Str(text) => {
            text.len() < LONGEST && (text.contains("search_path") || text.contains("schema_translate_map"))
        }
        Value::Dict(dict) => {
            let items = dict.items.borrow();
            let mut first = items.iter().take(MOST_OPTIONS);
            first.any(|(key, value)| speaks_of_schemas(&key.0, depth) || speaks_of_schemas(value, depth))
        }
        _ => false,
    }
}

/// The search path that an option says: `{"options": "-csearch_path=shop"}`, `{"search_path": "shop"}`.
fn path_of_options(option: &Value<'_>, depth: u32) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let is_plain = |path: &&str| {
        let is_of_names = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | ',' | '"' | '$' | ' ');
        !path.is_empty() && path.len() < LONGEST && path.chars().all(is_of_names)
    };
    match option {
        Value::Str(text) => {
            let (_, rest) = text.split_once("search_path=")?;
            rest.split_whitespace().next().filter(is_plain).map(str::to_owned)
        }
        Value::Dict(dict) => dict.items.borrow().iter().take(MOST_OPTIONS).find_map(|(key, value)| {
            if key.0.as_str() == Some("search_path") {
                return value.as_str().filter(is_plain).map(str::to_owned);
            }
            path_of_options(value, depth)
        }),
        _ => None,
    }
}

/// Whether a block calls `run_migrations`.
fn migrates(body: &[Stmt]) -> bool {
    let mut calls = Calls { wanted: &|call| last_name(&call.func) == Some("run_migrations"), found: Vec::new() };
    calls.visit_body(body);
    !calls.found.is_empty()
}

/// What an environment gives Alembic as its metadata.
fn target_metadata(environment: &Module) -> Option<&Expr> {
    let mut calls = Calls { wanted: &|call| last_name(&call.func) == Some("configure"), found: Vec::new() };
    calls.visit_body(environment.body());
    calls.found.iter().find_map(|call| {
        let keyword = |keyword: &&ruff_python_ast::Keyword| keyword.arg.as_deref() == Some("target_metadata");
        call.arguments.keywords.iter().find(keyword).map(|keyword| &keyword.value)
    })
}

/// What an environment says to be the address: what it sets for Alembic, else what it makes its engines with.
fn addresses(environment: &Module) -> Vec<Option<&Expr>> {
    let is_url = |first: &Expr| matches!(first, Expr::StringLiteral(text) if text.value.to_str() == "sqlalchemy.url");
    let sets = |call: &ExprCall| {
        last_name(&call.func) == Some("set_main_option") && call.arguments.args.first().is_some_and(is_url)
    };
    let makes = |call: &ExprCall| matches!(last_name(&call.func), Some("create_engine" | "create_async_engine"));
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
