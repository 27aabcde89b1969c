//! What Alembic's `env.py` tells of the migrations that it runs: read from its text, never run.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged as _;

use super::interpreter::{Fuel, Interpreter};
use super::value::Value;
use crate::python::Module;
use crate::python::bindings::{imports, module_files, value_of};

/// The file that binds a name, and the name with its attributes: `("app/settings.py", "settings.database.url")`.
type Setting = (String, String);

/// How many modules hand a name on at most.
const DEEPEST: u32 = 8;

impl Interpreter<'_> {
    /// Takes up what the environment says of names: Alembic gives what has none a name by the naming convention of the
    /// `target_metadata`. Nothing is evaluated where no such convention is in sight.
    pub fn take_up_environment(&mut self, path: String) {
        self.environment = Some(path.clone());
        let Some(environment) = self.read_module(&path) else { return };
        let sets = |call: &ExprCall| called(call) == Some("configure");
        let mut calls = Calls { wanted: &sets, found: Vec::new() };
        calls.visit_body(environment.body());
        let given = calls.found.iter().find_map(|call| {
            let keyword = |keyword: &&ruff_python_ast::Keyword| keyword.arg.as_deref() == Some("target_metadata");
            call.arguments.keywords.iter().find(keyword).map(|keyword| &keyword.value)
        });
        let Some((file, name)) = given.and_then(|given| self.setting(&environment, given, DEEPEST)) else { return };
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
        // What it could not compute on the way is no part of a migration.
        self.recover();
        self.gaps.clear();
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
