//! What was evaluated at other commits, for those that have the same files: neighbouring commits share most of it.

use std::rc::Rc;

use super::models::stated::Reading;
use super::{chain, lifecycle, sql_files};
use crate::git::ObjectId;
use crate::schema::database::Elsewhere;
use crate::schema::dialect::Dialect;
use crate::schema::mysql::Flavour;
use crate::track::ends::Modules;
use crate::track::packages::Packages;
use crate::track::{Declared, Track};

/// As many evaluations of each sort are kept: those of a few tracks and their declared schemas.
const KEPT: usize = 16;

/// What was evaluated.
#[derive(Debug, Default)]
pub struct Evaluations {
    pub lists: Shelf<lifecycle::Built>,
    pub chains: Shelf<chain::Built>,
    pub sql_files: Shelf<sql_files::Built>,
    pub models: Shelf<Reading>,
}

/// What an evaluation is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Fresh(Track),
    Declared(Track, Declared),
    /// What models state, with what these files declare besides.
    Models {
        track: Track,
        more: Vec<String>,
    },
    Chain {
        /// The revision files in their order.
        paths: Vec<String>,
        dialect: Option<Dialect>,
        flavour: Flavour,
        shared: bool,
        elsewhere: Elsewhere,
    },
}

/// Evaluations of one sort, the last one that was asked for first.
#[derive(Debug)]
pub struct Shelf<T> {
    known: Vec<Known<T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { known: Vec::new() }
    }
}

#[derive(Debug)]
struct Known<T> {
    subject: Subject,
    /// The files that decide what it is, there or not.
    files: Vec<(String, Option<ObjectId>)>,
    /// Where other projects of the repository keep their packages, if that was asked for.
    packages: Option<Rc<Packages>>,
    built: Rc<T>,
}

impl<T> Shelf<T> {
    fn recall(&mut self, subject: &Subject, modules: &mut Modules<'_>) -> Option<Rc<T>> {
        let at = self.known.iter().position(|known| {
            known.subject == *subject
                && known.files.iter().all(|(path, id)| id_of(modules, path) == *id)
                && known.packages.as_ref().is_none_or(|packages| *packages == modules.packages())
        })?;
        let known = self.known.remove(at);
        let built = known.built.clone();
        self.known.insert(0, known);
        Some(built)
    }

    fn keep(&mut self, subject: Subject, files: Vec<String>, built: Rc<T>, modules: &Modules<'_>) {
        let with_id = |path: String| {
            let id = id_of(modules, &path);
            (path, id)
        };
        let files = files.into_iter().map(with_id).collect();
        self.known.truncate(KEPT - 1);
        self.known.insert(0, Known { subject, files, packages: modules.packages_asked_for(), built });
    }
}

fn id_of(modules: &Modules<'_>, path: &str) -> Option<ObjectId> {
    modules.snapshot.entry(path).ok().flatten().map(|entry| entry.id)
}

/// What was made of the same files before, or is made now. `files` says which ones decide; `None` where that is not known.
pub fn remembered<T, E>(
    modules: &mut Modules<'_>,
    shelf: fn(&mut Evaluations) -> &mut Shelf<T>,
    subject: impl FnOnce() -> Subject,
    files: impl FnOnce(&T) -> Option<Vec<String>>,
    make: impl FnOnce(&mut Modules<'_>) -> Result<T, E>,
) -> Result<Rc<T>, E> {
    let Some(memory) = modules.memory.clone() else { return make(modules).map(Rc::new) };
    let subject = subject();
    if let Some(known) = shelf(memory.borrow_mut().evaluated()).recall(&subject, modules) {
        return Ok(known);
    }
    let built = Rc::new(make(modules)?);
    if let Some(files) = files(&built) {
        shelf(memory.borrow_mut().evaluated()).keep(subject, files, built.clone(), modules);
    }
    Ok(built)
}
