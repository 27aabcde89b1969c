//! What a file of SQL asks of the program that carries it out, and of the one database that knows a statement.

use super::{By, Run};
use crate::path;
use crate::schema::token;
use crate::source::Location;
use crate::track::ends::Modules;
use crate::track::sql_files::marks;

/// So many files are read for commands of the client's: each may read several that read several.
const MOST_READ: usize = 1_000;

impl Run {
    /// Carries out the file that a command of the client's names, as it is looked for from the folder of the one that says
    /// it upwards; whether the next statement runs.
    pub(super) fn read_in(&mut self, file: &str, place: &Location, by: &By, modules: &mut Modules<'_>) -> bool {
        // It is looked for upwards in any case.
        let mut sought = file;
        while let Some(rest) = sought.strip_prefix("../").or_else(|| sought.strip_prefix("./")) {
            sought = rest;
        }
        let mut folder = place.path().to_owned();
        let mut found = None;
        while found.is_none() && !folder.is_empty() {
            folder = path::folder(&folder).to_owned();
            found = modules.text(&path::join(&folder, sought)).ok().flatten();
        }
        self.read_in += 1;
        if self.read_in > MOST_READ {
            // Once is enough.
            if self.read_in == MOST_READ + 1 {
                self.gap("reads more files than a check does", place, None);
            }
            return true;
        }
        let Some(source) = found.filter(|source| !self.reading.iter().any(|known| known == source.path())) else {
            self.gap(&format!("reads `{file}`, which is no file of the repository"), place, None);
            return true;
        };
        self.reading.push(source.path().to_owned());
        let mut finished = true;
        for (start, sql) in self.pieces(&marks::upgrade(source.text()), modules) {
            let blank = sql.len() - sql.trim_start().len();
            let place = Location::new(&source, start + blank..start + sql.trim_end().len(), "");
            finished = match marks::client_file(&sql) {
                _ if token::tokens(&sql).next().is_none() => continue,
                Some(file) => self.read_in(file, &place, by, modules),
                None => self.statement(&sql, &place, by, modules),
            };
            if !finished && !self.goes_on {
                break;
            }
        }
        self.reading.pop();
        finished
    }

    /// Whether a statement that the database refuses is taken by another one that was made from it, as libSQL was from SQLite,
    /// in a project that has that one.
    pub(super) fn is_of_fork(&self, sql: &str, place: &Location, modules: &mut Modules<'_>) -> bool {
        const MANIFESTS: [&str; 4] = ["package.json", "Cargo.toml", "go.mod", "pyproject.toml"];
        let fork = self.dialect.facts().statements.fork.as_ref();
        let Some(fork) = fork.filter(|fork| (fork.takes)(sql)) else { return false };
        let mut folder = place.path();
        while !folder.is_empty() {
            folder = path::folder(folder);
            let names_it = |name: &&str| {
                let manifest = modules.text(&path::join(folder, name)).ok().flatten();
                manifest.is_some_and(|manifest| manifest.text().contains(fork.package))
            };
            if MANIFESTS.iter().any(names_it) {
                return true;
            }
        }
        false
    }
}
