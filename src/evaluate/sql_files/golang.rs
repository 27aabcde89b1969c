//! Migrations in Go that stand between files of SQL.

use std::rc::Rc;
use std::sync::Arc;

use super::{By, Run};
use crate::evaluate::golang::{Noted, embedded, send};
use crate::go::eval::{Answer, Host, Interpreter, Request, Stop, Value};
use crate::go::{Package, goose};
use crate::source::{Location, Source};
use crate::track::ends::Modules;
use crate::track::go_packages;
use crate::track::sql_files::history::Step;

impl Run {
    /// Carries out a migration of goose's that is written in Go.
    pub(super) fn code(&mut self, step: &Step, by: &By, modules: &mut Modules<'_>) {
        self.database.begin();
        let known = modules.go_file(&step.path).ok().flatten().zip(modules.go_package(&step.path).ok().flatten());
        let result = known.map(|(file, package)| {
            let mut host = Answering { run: self, modules: &mut *modules };
            let mut vm = Interpreter::new(&package, &mut host);
            let (init, up) = goose::registered(&file)?;
            Some(vm.local_value(&file, init, up).and_then(|up| match up.last() {
                Value::Function(closure) => vm.call(&closure).map(Value::last),
                other => Ok(other),
            }))
        });
        let location =
            step.location(modules).unwrap_or_else(|_| Location::line(&Source::new(step.path.as_str(), ""), 1, ""));
        let (reason, place) = match result.flatten() {
            Some(Ok(Value::Error(error))) => match &error.refusal {
                Some(refusal) => {
                    let place = refusal.places.first().cloned().unwrap_or(location);
                    self.text = Arc::from(words_of(&step.path, modules));
                    if self.refused(refusal.refusal.clone(), &refusal.sql, &place, by, modules) {
                        // Code that stops half-way leaves all that it names in doubt.
                        let about = words_of(&step.path, modules);
                        self.gap("comes after something that is not known", &place, Some(about));
                    }
                    return self.end(by, false);
                }
                None => (format!("stops with the error {:?}", error.text), location),
            },
            Some(Ok(Value::Unknown(why)) | Err(Stop(why))) => (why.reason.clone(), why.location.clone()),
            Some(Ok(_)) => return self.end(by, true),
            None => ("registers nothing with goose that can be read".to_owned(), location),
        };
        // What it names is not known; the rest of the database is.
        let about = words_of(&step.path, modules);
        self.gap(&reason, &place, Some(about));
        self.end(by, false);
    }
}

/// The words of a file of code, those in its texts included.
fn words_of(path: &str, modules: &mut Modules<'_>) -> String {
    let source = modules.text(path).ok().flatten();
    source.map(|source| source.text().replace(['`', '"', '\''], " ")).unwrap_or_default()
}

/// Answers code between files of SQL from the database of a run.
struct Answering<'r, 'm, 'repo> {
    run: &'r mut Run,
    modules: &'m mut Modules<'repo>,
}

impl Host for Answering<'_, '_, '_> {
    fn execute(&mut self, request: &Request<'_>) -> Answer {
        let (log, transcript, dialect) = (&mut self.run.log, &mut self.run.transcript, self.run.dialect);
        send(&mut *self.run.database, request, &mut Noted { log, transcript, dialect })
    }

    fn embedded(&mut self, from: &str, path: &str) -> Option<String> {
        embedded(self.modules, from, path)
    }

    fn package(&mut self, path: &str) -> Option<Rc<Package>> {
        self.modules.go_package(path).ok().flatten()
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
}
