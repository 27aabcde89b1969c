//! Other packages of the repository: their code runs with what they declare.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::value::{Cell, Closure, Value};
use super::{Eval, Frame, Interpreter, Stop};
use crate::go::package::Package;
use crate::go::syntax::{File, Type};
use crate::path;

/// The variables of a package, kept while code of another one runs.
#[derive(Default)]
pub(super) struct Kept {
    globals: HashMap<Rc<str>, Cell>,
    open: HashSet<Rc<str>>,
}

/// The packages that have been asked for.
#[derive(Default)]
pub(super) struct Packages {
    /// By their folders.
    known: HashMap<String, Option<Rc<Package>>>,
    /// By their path and the folder of the file that imports them.
    imported: HashMap<(String, String), Option<Rc<Package>>>,
    kept: HashMap<String, Kept>,
}

impl Interpreter<'_> {
    /// Runs something with the names of the package that a file belongs to.
    pub(super) fn at_home<T>(&mut self, file: &File, run: impl FnOnce(&mut Self) -> T) -> T {
        let path = file.source.path();
        let folder = path::folder(path);
        if folder == self.package.folder() {
            return run(self);
        }
        let package = match self.packages.known.get(folder) {
            Some(known) => known.clone(),
            None => {
                let found = self.host.package(path);
                self.packages.known.insert(folder.to_owned(), found.clone());
                found
            }
        };
        match package {
            Some(package) => self.inside(&package, run),
            None => run(self),
        }
    }

    fn inside<T>(&mut self, package: &Rc<Package>, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = Rc::clone(&self.package);
        self.enter_package(package);
        let result = run(self);
        self.enter_package(&outer);
        result
    }

    fn enter_package(&mut self, package: &Rc<Package>) {
        let own = self.packages.kept.remove(package.folder()).unwrap_or_default();
        let left = Kept {
            globals: std::mem::replace(&mut self.globals, own.globals),
            open: std::mem::replace(&mut self.open, own.open),
        };
        let before = std::mem::replace(&mut self.package, Rc::clone(package));
        self.packages.known.entry(before.folder().to_owned()).or_insert_with(|| Some(Rc::clone(&before)));
        self.packages.kept.insert(before.folder().to_owned(), left);
    }

    /// The package of the repository that a file calls by this name.
    fn imported(&mut self, name: &str, frame: &Frame) -> Option<Rc<Package>> {
        let (_, import) = frame.file.imports.iter().find(|(known, _)| **known == *name)?;
        self.at_path(frame.file.source.path(), import)
    }

    /// The package of the repository at a path that a file imports.
    fn at_path(&mut self, from: &str, import: &str) -> Option<Rc<Package>> {
        let key = (import.to_owned(), path::folder(from).to_owned());
        if let Some(known) = self.packages.imported.get(&key) {
            return known.clone();
        }
        let found = self.host.imported(from, import).map(|found| {
            // One folder is one package, however often it is read.
            let known = self.packages.known.entry(found.folder().to_owned()).or_insert_with(|| Some(Rc::clone(&found)));
            known.clone().unwrap_or(found)
        });
        self.packages.imported.insert(key, found.clone());
        found
    }

    /// What another package of the repository has under a name: a function, a constant or a variable.
    pub(super) fn exported(&mut self, package: &str, name: &str, frame: &Frame) -> Option<Value> {
        let package = self.imported(package, frame)?;
        if let Some(declared) = package.function(name) {
            let (file, function) = (declared.file, declared.function);
            return Some(Value::Function(Rc::new(Closure { file, function, scope: None, receiver: None })));
        }
        self.inside(&package, |vm| vm.global(name))
    }

    /// A type that a package names by that of another one of the repository, with the other one.
    pub(super) fn type_beside(&mut self, package: &Package, name: &str) -> Option<(Type, Rc<Package>)> {
        let (alias, name) = name.split_once('.')?;
        let (file, import) = package.import(alias)?;
        let package = self.at_path(file.source.path(), &import)?;
        Some((package.type_of(name)?, package))
    }

    /// A type of another package of the repository, with the package.
    pub(super) fn exported_type(&mut self, name: &str, frame: &Frame) -> Option<(Type, Rc<Package>)> {
        let (package, name) = name.split_once('.')?;
        let package = self.imported(package, frame)?;
        Some((package.type_of(name)?, package))
    }

    /// Calls a function of another package of the repository. Where no database is handed over, what cannot be followed of
    /// it is one value that is not known.
    pub(super) fn call_exported(
        &mut self,
        callee: &Value,
        arguments: Vec<Value>,
        here: crate::source::Location,
    ) -> Eval<Option<Value>> {
        let Value::Function(closure) = callee else { return Ok(None) };
        let reaches = Self::reaches_a_database(&arguments);
        match self.call_closure(closure, arguments, Some(here)) {
            Err(Stop(why)) if !reaches => Ok(Some(Value::Unknown(why))),
            result => result.map(Some),
        }
    }
}
