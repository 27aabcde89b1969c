//! Imports: modules of the repository at one commit, those of ours, and those that lead outside.

use std::rc::Rc;

use ruff_python_ast::{StmtImport, StmtImportFrom};

use super::function::Scope;
use super::interpreter::{Eval, Interpreter, Stop};
use super::library;
use super::module::{ModuleValue, Origin};
use super::value::{Args, Unknown, Value};
use crate::path;
use crate::python::bindings::{module_files, module_stem};
use crate::source::Location;

/// What a module is called, by its path from the top of the repository.
pub(super) fn module_name(path: &str) -> String {
    module_stem(path).replace('/', ".")
}

impl<'a> Interpreter<'a> {
    /// Runs the module at a path; `None` where there is no such file.
    pub fn run_file(&mut self, path: &str) -> Eval<'a, Option<Rc<ModuleValue<'a>>>> {
        if let Some(known) = self.files.get(path).cloned() {
            self.setup.is_used |= !self.setup.running && known.is_some() && self.setup.files.contains(path);
            return Ok(known);
        }
        let Some(syntax) = self.host.module(path) else {
            self.files.insert(path.to_owned(), None);
            return Ok(None);
        };
        let syntax: &'a Rc<crate::python::Module> = self.shelf.alloc(syntax);
        if self.here.is_none() && self.home.path() != path {
            self.home = Location::line(&syntax.source, 1, "");
        }
        // Alembic loads its environment under a name of its own.
        let is_environment = self.setup.running && self.environment.as_deref() == Some(path);
        let name = if is_environment { "env_py".to_owned() } else { module_name(path) };
        let module = ModuleValue::new(name, Origin::File(syntax));
        // An import cycle meets the module as far as it has come.
        self.files.insert(path.to_owned(), Some(module.clone()));
        module.running.set(true);
        let scope = Scope::of_module(&module);
        self.enter_call()?;
        let here = self.here;
        let doubt = self.doubt.take();
        let mark = self.mark();
        let result = self.block(syntax.body(), &scope);
        self.doubt = doubt;
        module.running.set(false);
        match result {
            Ok(_) => {}
            Err(Stop::Raise(exception)) => {
                self.reset(mark);
                if self.surely_raised(&exception).is_some() {
                    *module.raised.borrow_mut() = Some(exception.clone());
                }
                let raised = Value::Instance(exception.clone());
                let text = self.str(&raised)?;
                let text = text.as_str().unwrap_or_default();
                let location = self.place();
                let line = location.start().line;
                let place = match location.path() {
                    "" => String::new(),
                    own if own == path => format!(" at line {line}"),
                    other => format!(" at line {line} of `{other}`"),
                };
                let reason = format!("fails to load ({}: {text}){place}", exception.class.name);
                let why =
                    |reason: String| Rc::new(Unknown { reason: reason.into(), location: location.clone(), text: None });
                // What comes after the place where it failed is not known.
                let depends = why(format!("depends on `{path}`, which {reason}"));
                module.names.borrow_mut().insert("*".into(), Value::Unknown(depends));
                *module.failure.borrow_mut() = Some(why(reason));
            }
            Err(stop) => return Err(stop),
        }
        self.here = here;
        self.calls -= 1;
        Ok(Some(module))
    }

    pub(super) fn import(&mut self, import: &'a StmtImport, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        for alias in &import.names {
            let dotted = alias.name.as_str();
            let parts: Vec<String> = dotted.split('.').map(str::to_owned).collect();
            let module = self.import_module(scope, 0, &parts)?;
            match &alias.asname {
                Some(name) => self.bind(scope, name.as_str(), module),
                None => {
                    let first = match parts.len() {
                        1 => module,
                        _ => {
                            let top = self.import_module(scope, 0, &parts[..1])?;
                            self.hang(&top, &parts[1..], scope)?;
                            top
                        }
                    };
                    let name = dotted.split('.').next().unwrap_or(dotted);
                    self.bind(scope, name, first);
                }
            }
        }
        Ok(())
    }

    /// Makes `a.b.c` reachable from `a`.
    fn hang(&mut self, top: &Value<'a>, rest: &[String], scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        let mut parent = top.clone();
        let mut parts = match &parent {
            Value::Module(module) => vec![module.name.rsplit('.').next().unwrap_or_default().to_owned()],
            _ => return Ok(()),
        };
        for part in rest {
            parts.push(part.clone());
            let child = self.import_module(scope, 0, &parts)?;
            if let Value::Module(parent) = &parent {
                let has = parent.names.borrow().contains_key(part.as_str());
                if !has {
                    parent.names.borrow_mut().insert(part.clone().into(), child.clone());
                }
            }
            parent = child;
        }
        Ok(())
    }

    pub(super) fn import_from(&mut self, import: &'a StmtImportFrom, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        let dotted = import.module.as_ref().map_or("", |module| module.as_str());
        if dotted == "__future__" {
            return Ok(());
        }
        let parts: Vec<String> = dotted.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let module = self.import_module(scope, import.level, &parts)?;
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.import_all(&module, scope)?;
                continue;
            }
            let Some(value) = self.attribute(&module, name)? else {
                if import.level == 0 && self.is_beside_by_name_alone(&module, &parts) {
                    let outside = self.unknown(format!("depends on `{dotted}`, which is not in the repository"));
                    self.bind(scope, alias.asname.as_ref().map_or(name, |name| name.as_str()), outside);
                    continue;
                }
                let message = format!("cannot import name '{name}' from '{dotted}'");
                if library::surely_lacks(&module, name) || self.surely_binds_not(&module, name, import.level, &parts) {
                    if let Some(module) = scope.syntax() {
                        self.at(module, alias);
                    }
                    let left_out = self.raise_surely("ImportError", message)?;
                    self.bind(scope, alias.asname.as_ref().map_or(name, |name| name.as_str()), left_out);
                    continue;
                }
                return self.raise("ImportError", message);
            };
            let local = alias.asname.as_ref().map_or(name, |name| name.as_str());
            self.bind(scope, local, value);
        }
        Ok(())
    }

    fn import_all(&mut self, module: &Value<'a>, scope: &Rc<Scope<'a>>) -> Eval<'a, ()> {
        let Value::Module(module) = module else {
            self.bind(scope, "*", module.clone());
            return Ok(());
        };
        if let Origin::Outside(why) = &module.origin {
            self.bind(scope, "*", Value::Unknown(why.clone()));
            return Ok(());
        }
        let names = module.names.borrow().clone();
        let listed: Option<Vec<String>> = match names.get("__all__") {
            Some(Value::List(list)) => {
                Some(list.0.borrow().iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
            }
            Some(Value::Tuple(list)) => {
                Some(list.items.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
            }
            _ => None,
        };
        // A package may list modules that nothing has loaded so far.
        for name in listed.iter().flatten().filter(|name| !names.contains_key(name.as_str())) {
            if let Some(inner) = self.submodule(module, name)? {
                self.bind(scope, name.clone(), inner);
            }
        }
        for (name, value) in names {
            let wanted = match &listed {
                Some(listed) => listed.iter().any(|listed| *listed == name),
                None => !name.starts_with('_'),
            };
            if wanted || name == "*" {
                self.bind(scope, name, value);
            }
        }
        Ok(())
    }

    /// The module that an import means.
    fn import_module(&mut self, scope: &Rc<Scope<'a>>, level: u32, parts: &[String]) -> Eval<'a> {
        let dotted = parts.join(".");
        if level == 0 {
            if let Some(known) = self.libraries.get(&dotted) {
                return Ok(Value::Module(known.clone()));
            }
            if let Some(text) = library::stub(&dotted) {
                return self.run_stub(&dotted, text);
            }
            // A folder of the repository that is called like a library never shadows it.
            if let Some(attributes) = library::module(&dotted) {
                let module = ModuleValue::new(dotted.clone(), Origin::Library(attributes));
                self.libraries.insert(dotted, module.clone());
                return Ok(Value::Module(module));
            }
        }
        let from = scope.syntax().map_or("", |module| module.source.path()).to_owned();
        if level > 0 || !library::is_standard(&parts[0]) {
            let mut files = module_files(&from, level, parts);
            if level == 0 {
                files.drain(..(2 * self.folders_not_searched(&from)).min(files.len()));
            }
            if level == 0 && files.len() > 2 {
                // A folder that is a package is nowhere that Python looks by itself.
                let (within, roots): (Vec<String>, Vec<String>) =
                    files.into_iter().partition(|file| self.is_within_a_package(file, parts));
                files = roots.into_iter().chain(within).collect();
            }
            for file in &files {
                if self.runs_packages && self.host.module(file).is_some() {
                    self.run_packages(file, parts)?;
                }
                if let Some(module) = self.run_file(file)? {
                    module.loaded()?;
                    return Ok(Value::Module(module));
                }
            }
            for file in &files {
                let Some(folder) = file.strip_suffix("/__init__.py") else { continue };
                if self.has_folder(folder) {
                    let module = ModuleValue::new(folder.replace('/', "."), Origin::Folder(folder.to_owned()));
                    return Ok(Value::Module(module));
                }
            }
            if level == 0 {
                let found = self.package(&dotted, parts)?;
                return Ok(match &found {
                    Value::Module(module) if matches!(module.origin, Origin::Outside(_)) => {
                        self.misses_module(&files, parts)?.unwrap_or(found)
                    }
                    _ => found,
                });
            }
        }
        Ok(self.outside(&dotted))
    }

    /// Runs the packages that a module lies in, as Python does before it runs the module.
    fn run_packages(&mut self, file: &str, parts: &[String]) -> Eval<'a, ()> {
        let stem = module_stem(file);
        let root = stem.strip_suffix(&parts.join("/")).unwrap_or_default().to_owned();
        for length in 1..parts.len() {
            self.run_file(&format!("{root}{}/__init__.py", parts[..length].join("/")))?;
        }
        Ok(())
    }

    /// Runs the packages that a file lies in, the outermost first, as Python does whatever the file is imported as.
    pub(super) fn run_packages_around(&mut self, file: &str) -> Eval<'a, ()> {
        let own = path::folder(file);
        let folder = if file.ends_with("/__init__.py") { path::folder(own) } else { own };
        let mut packages = Vec::new();
        let mut folder = folder;
        while !folder.is_empty() {
            let package = path::join(folder, "__init__.py");
            if self.host.module(&package).is_none() {
                break;
            }
            packages.push(package);
            folder = path::folder(folder);
        }
        for package in packages.iter().rev() {
            self.run_file(package)?;
        }
        Ok(())
    }

    /// Whether a file that an absolute import may mean lies in a package.
    fn is_within_a_package(&mut self, file: &str, parts: &[String]) -> bool {
        let stem = module_stem(file);
        let root = stem.strip_suffix(&parts.join("/")).unwrap_or_default().trim_end_matches('/');
        !root.is_empty() && self.file_text(&format!("{root}/__init__.py")).is_some()
    }

    /// Whether a module was found beside the one that imports it, inside of a package: Python looks there only where somebody
    /// has said so, and else takes a library of that name.
    fn is_beside_by_name_alone(&mut self, module: &Value<'a>, parts: &[String]) -> bool {
        match module {
            Value::Module(module) => match &module.origin {
                Origin::File(file) => self.is_within_a_package(file.source.path(), parts),
                _ => false,
            },
            _ => false,
        }
    }

    /// A module of a library that is kept here in Python.
    pub(super) fn kept_module(&mut self, dotted: &str) -> Eval<'a> {
        match (self.libraries.get(dotted), library::stub(dotted)) {
            (Some(known), _) => Ok(Value::Module(known.clone())),
            (None, Some(text)) => self.run_stub(dotted, text),
            (None, None) => Ok(self.outside(dotted)),
        }
    }

    /// A module of a library of which a part is kept here in Python; what else it has is not known.
    fn run_stub(&mut self, dotted: &str, text: &str) -> Eval<'a> {
        let Ok(syntax) = crate::python::Module::parse(&crate::source::Source::new("", text)) else {
            return Ok(self.outside(dotted));
        };
        let syntax: &'a Rc<crate::python::Module> = self.shelf.alloc(Rc::new(syntax));
        let module = ModuleValue::new(dotted, Origin::File(syntax));
        self.libraries.insert(dotted.to_owned(), module.clone());
        let reason = format!("depends on `{dotted}`, which is not in the repository");
        let why = Rc::new(Unknown { reason: reason.into(), location: self.place(), text: None });
        module.names.borrow_mut().insert("*".into(), Value::Unknown(why));
        let (here, doubt) = (self.here, self.doubt.take());
        self.enter_call()?;
        self.block(syntax.body(), &Scope::of_module(&module))?;
        self.calls -= 1;
        (self.here, self.doubt) = (here, doubt);
        Ok(Value::Module(module))
    }

    /// How many of the folders around a file, from its own one up, Python does not look into: Alembic loads an environment
    /// and its revisions by their paths, so that what lies beside them is no module of its own.
    fn folders_not_searched(&mut self, from: &str) -> usize {
        let Some(environment) = self.environment.clone() else { return 0 };
        let home = path::folder(&environment);
        let is_beside = from.strip_prefix(home).is_some_and(|rest| rest.starts_with('/'));
        if home.is_empty() || !is_beside {
            return 0;
        }
        let changes_path = |text: Option<String>| text.is_some_and(|text| text.contains("sys.path"));
        // Where it is run from its own folder, or says so itself, Python does look there.
        let is_run_there = self.file_text(&path::join(home, "alembic.ini")).is_some();
        if is_run_there || changes_path(self.file_text(&environment)) || changes_path(self.file_text(from)) {
            return 0;
        }
        let depth = |path: &str| path.split('/').count();
        depth(from).saturating_sub(depth(home))
    }

    /// A module of a package that a project of the repository declares elsewhere.
    fn package(&mut self, dotted: &str, parts: &[String]) -> Eval<'a> {
        let mut roots = self.host.package_roots(&parts[0]);
        if roots.len() > 1 {
            // Parts of one package may lie in several projects.
            let rest = parts.join("/");
            let mut has = |root: &String| {
                let stem = path::join(root, &rest);
                self.file_text(&format!("{stem}.py")).is_some()
                    || self.file_text(&format!("{stem}/__init__.py")).is_some()
            };
            let own: Vec<String> = roots.iter().filter(|root| has(root)).cloned().collect();
            if own.len() == 1 {
                roots = own;
            }
        }
        // Where projects lie is no matter of single files.
        self.folders_listed |= !roots.is_empty();
        if roots.is_empty() {
            roots.extend(self.root_on_path(&parts[0]));
        }
        let [root] = roots.as_slice() else {
            if roots.len() > 1 {
                let reason = format!("depends on `{dotted}`, which is in several folders of the repository");
                return Ok(self.unknown(reason));
            }
            return Ok(self.outside(dotted));
        };
        let stem: Vec<&str> = Some(root.as_str()).filter(|root| !root.is_empty()).into_iter().collect();
        let stem = stem.into_iter().chain(parts.iter().map(String::as_str)).collect::<Vec<_>>().join("/");
        // A package comes before a module of its name.
        for file in [format!("{stem}/__init__.py"), format!("{stem}.py")] {
            if let Some(module) = self.run_file(&file)? {
                return Ok(Value::Module(module));
            }
        }
        if self.has_folder(&stem) {
            return Ok(Value::Module(ModuleValue::new(stem.replace('/', "."), Origin::Folder(stem))));
        }
        Ok(self.outside(dotted))
    }

    /// The first folder that code has put on `sys.path` and that has a module or a package of this name.
    fn root_on_path(&mut self, top: &str) -> Option<String> {
        let known = self.libraries.get("sys")?.names.borrow().get("path").cloned()?;
        let Value::List(folders) = known else { return None };
        let folders: Vec<String> =
            folders.0.borrow().iter().filter_map(|folder| folder.as_str().map(library::normal_path)).collect();
        folders.into_iter().find(|folder| {
            let stem = path::join(folder, top);
            self.file_text(&format!("{stem}.py")).is_some() || self.has_folder(&stem)
        })
    }

    /// A module that is not in the repository.
    fn outside(&mut self, dotted: &str) -> Value<'a> {
        if let Some(known) = self.libraries.get(dotted) {
            return Value::Module(known.clone());
        }
        let reason = match library::reason(dotted) {
            Some(reason) => reason.to_owned(),
            None => format!("depends on `{dotted}`, which is not in the repository"),
        };
        let why = Rc::new(Unknown { reason: reason.into(), location: self.place(), text: None });
        let module = ModuleValue::new(dotted, Origin::Outside(why));
        self.libraries.insert(dotted.to_owned(), module.clone());
        Value::Module(module)
    }

    /// A module inside a package.
    pub(super) fn submodule(&mut self, module: &Rc<ModuleValue<'a>>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        let folder = match &module.origin {
            Origin::File(file) => match file.source.path().strip_suffix("/__init__.py") {
                Some(folder) => folder.to_owned(),
                None => return Ok(None),
            },
            Origin::Folder(folder) => folder.clone(),
            // What is called like a class is none.
            Origin::Library(_) if name.starts_with(char::is_uppercase) => return Ok(None),
            Origin::Library(_) => {
                let dotted = format!("{}.{name}", module.name);
                if let Some(known) = self.libraries.get(&dotted) {
                    return Ok(Some(Value::Module(known.clone())));
                }
                if let Some(text) = library::stub(&dotted) {
                    return self.run_stub(&dotted, text).map(Some);
                }
                return Ok(library::module(&dotted).map(|attributes| {
                    let module = ModuleValue::new(dotted.clone(), Origin::Library(attributes));
                    self.libraries.insert(dotted, module.clone());
                    Value::Module(module)
                }));
            }
            Origin::Outside(_) => return Ok(None),
        };
        for path in [format!("{folder}/{name}/__init__.py"), format!("{folder}/{name}.py")] {
            if let Some(inner) = self.run_file(&path)? {
                return Ok(Some(Value::Module(inner)));
            }
        }
        let inner = format!("{folder}/{name}");
        Ok(self
            .has_folder(&inner)
            .then(|| Value::Module(ModuleValue::new(inner.replace('/', "."), Origin::Folder(inner)))))
    }

    /// `importlib.import_module("a.b")`.
    pub(super) fn import_by_name(&mut self, args: &Args<'a>) -> Eval<'a> {
        let Some(name) = args.positional.first().and_then(Value::as_str).map(str::to_owned) else {
            return Ok(match Self::first_unknown(&args.positional) {
                Some(why) => Value::Unknown(why),
                None => self.unknown("imports a module by a name that is not known"),
            });
        };
        let level = name.len() - name.trim_start_matches('.').len();
        let parts: Vec<String> = name.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let Some((module, _)) = self.here else { return Ok(self.outside(&name)) };
        if parts.is_empty() {
            return Ok(self.outside(&name));
        }
        let path = module.source.path().to_owned();
        let Some(module) = self.run_file(&path)? else { return Ok(self.outside(&name)) };
        let scope = Scope::of_module(&module);
        self.import_module(&scope, u32::try_from(level).unwrap_or(0), &parts)
    }
}
