//! Files outside of a chain's folder that its revisions take something from: models, helpers, constants, SQL.

use std::collections::{BTreeSet, HashSet};

use memchr::memmem;

use self::names::Names;
use super::ends::{Ends, Modules, ReadError};
use super::{Track, alembic, ddl};
use crate::folders::is_skipped;
use crate::path;
use crate::python::bindings::module_files;

mod names;

/// So many modules are followed; a chain that imports more may import anything.
const MOST_MODULES: usize = 3_000;

/// What revisions import that is no code of the project.
const OUTSIDE: [&str; 18] = [
    "alembic",
    "sqlalchemy",
    "typing",
    "datetime",
    "uuid",
    "json",
    "os",
    "re",
    "logging",
    "enum",
    "pathlib",
    "sys",
    "__future__",
    "collections",
    "decimal",
    "itertools",
    "functools",
    "geoalchemy2",
];

/// Whether a changed file is one that revisions of the chain may import, themselves or through others, or read. Found out
/// once for a chain.
pub fn change(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    if let Some((_, known)) = ends.fed.iter().find(|(folders, _)| track.directories().eq(folders)) {
        return Ok(*known);
    }
    let found = is_fed(track, ends)?;
    ends.fed.push((track.directories().map(str::to_owned).collect(), found));
    Ok(found)
}

fn is_fed(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let is_own = |path: &str| alembic::is_revision_path(track, path);
    let texts: Vec<String> = ends
        .changed
        .iter()
        .filter(|file| ddl::is_sql(&file.path) && !is_own(&file.path))
        .map(|file| file.path.rsplit('/').next().unwrap_or(&file.path).to_owned())
        .collect();
    let changed = changed_code(track, ends);
    if changed.is_empty() && texts.is_empty() {
        return Ok(false);
    }
    let names_text = |text: &str| texts.iter().any(|name| memmem::find(text.as_bytes(), name.as_bytes()).is_some());
    // Most revisions take nothing from the project, and need only be looked over.
    let tells = |text: &str| names_text(text) || !changed.is_empty() && imports_the_project(text);
    let gone = gone(&changed, ends)?;
    let (mut roads, mut names) = (Roads { gone: gone.clone(), ..Roads::default() }, Names::beside(gone));
    for source in alembic::revisions_that(track, ends, &tells)? {
        if names_text(source.text()) {
            return Ok(true);
        }
        // What hangs on a metadata is there by whatever was loaded.
        if ["metadata", "create_all"].iter().any(|word| source.text().contains(word)) {
            roads.follow(source.path(), source.text(), &mut ends.head)?;
        } else {
            names.begin(source.path(), source.text(), &mut ends.head)?;
        }
    }
    // What the environment alone imports, revisions find through what they import, or get their names from.
    let environment = alembic::environment(track, &ends.head)?;
    if tells_environment(&environment, &changed, ends)? {
        return Ok(true);
    }
    if (!roads.open.is_empty() || tells_names(&changed, ends)?)
        && let Some(source) = ends.head.text(&environment)?
    {
        roads.follow(&environment, source.text(), &mut ends.head)?;
    }
    Ok(roads.lead_to(&changed, &mut ends.head)?.is_some() || names.lead_to(&changed, ends)?)
}

/// Whether the environment of a chain, or what is declared beside it, imports a changed module, itself or through others, at
/// the merge base.
pub fn leads_to_models(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let changed = changed_code(track, ends);
    let environment = alembic::environment(track, &ends.base)?;
    let mut roads = Roads::default();
    if let Some(source) = ends.base.text(&environment)? {
        roads.follow(&environment, source.text(), &mut ends.base)?;
    }
    for file in &track.declared {
        if let Some(source) = ends.base.text(&file.path)? {
            roads.follow(&file.path, source.text(), &mut ends.base)?;
        }
    }
    Ok(changed.contains(&environment) || roads.lead_to(&changed, &mut ends.base)?.is_some())
}

/// Whether an environment that does something to a database before the migrations takes something from a changed module itself.
fn tells_environment(path: &str, changed: &HashSet<String>, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let Some(source) = ends.head.text(path)? else { return Ok(false) };
    if !["execute(", "search_path", "exec_driver_sql("].iter().any(|word| source.text().contains(word)) {
        return Ok(false);
    }
    for (level, parts) in imported(source.text()) {
        if files_of(path, level, &parts, &mut ends.head).iter().any(|file| changed.contains(file)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a changed module, at either end, says how what has no name is called, or where Alembic notes revisions.
fn tells_names(changed: &HashSet<String>, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let speaks = |text: &str| text.contains("naming_convention") || text.contains("version_table");
    for path in changed {
        for modules in [&mut ends.base, &mut ends.head] {
            if modules.text(path)?.is_some_and(|source| speaks(source.text())) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The first changed module that a revision imports, itself or through others.
pub fn changed_import(track: &Track, revision: &str, ends: &mut Ends<'_>) -> Result<Option<String>, ReadError> {
    let changed = changed_code(track, ends);
    let mut roads = Roads { gone: gone(&changed, ends)?, ..Roads::default() };
    if !changed.is_empty()
        && let Some(source) = ends.head.text(revision)?
    {
        roads.follow(revision, source.text(), &mut ends.head)?;
    }
    Ok(roads.lead_to(&changed, &mut ends.head)?.filter(|path| changed.contains(path)))
}

/// The changed modules that are no revisions of the track and no tests.
fn changed_code(track: &Track, ends: &Ends<'_>) -> HashSet<String> {
    let is_code = |path: &str| ddl::is_python(path) && !path.split('/').any(is_skipped);
    let changed = ends.changed.iter().map(|file| &file.path);
    changed.filter(|path| is_code(path) && !alembic::is_revision_path(track, path)).cloned().collect()
}

/// Those of some changed modules that head has no more: what imports them stops.
fn gone(changed: &HashSet<String>, ends: &mut Ends<'_>) -> Result<HashSet<String>, ReadError> {
    let mut gone = HashSet::new();
    for path in changed {
        if ends.head.snapshot.entry(path)?.is_none() {
            gone.insert(path.clone());
        }
    }
    Ok(gone)
}

/// Modules of the project that were met, and those that are still to be looked into.
#[derive(Default)]
struct Roads {
    seen: HashSet<String>,
    open: Vec<String>,
    /// Those that are met though they are not there any more.
    gone: HashSet<String>,
}

impl Roads {
    /// The first of some modules that is met; where too many are, the one at which that was given up.
    fn lead_to(&mut self, wanted: &HashSet<String>, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
        let mut next = 0;
        while let Some(path) = self.open.get(next).cloned() {
            next += 1;
            if wanted.contains(&path) || next > MOST_MODULES {
                return Ok(Some(path));
            }
            if let Some(source) = modules.text(&path)? {
                self.follow(&path, source.text(), modules)?;
            }
        }
        Ok(None)
    }

    /// Takes up the modules of the project that a file imports.
    fn follow(&mut self, path: &str, text: &str, modules: &mut Modules<'_>) -> Result<(), ReadError> {
        for (level, parts) in imported(text) {
            // A module is loaded after the packages that it lies in.
            for length in usize::from(level == 0)..=parts.len() {
                let part = &parts[..length];
                for file in files_of(path, level, part, modules) {
                    let is_met = self.gone.contains(&file) || modules.snapshot.entry(&file)?.is_some();
                    if is_met && !self.seen.contains(&file) {
                        self.seen.insert(file.clone());
                        self.open.push(file);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The files that an import may mean, the likeliest first; those of packages that projects of the repository declare last.
fn files_of(path: &str, level: u32, parts: &[String], modules: &mut Modules<'_>) -> Vec<String> {
    let mut files = module_files(path, level, parts);
    if let (0, Some(first)) = (level, parts.first()) {
        let below = parts.join("/");
        for root in modules.package_roots(first) {
            files.extend(["/__init__.py", ".py"].map(|end| path::join(&root, &format!("{below}{end}"))));
        }
    }
    files
}

/// Whether a line of a text may import something of the project: told by the first name after `import` or `from`, before
/// anything is taken apart.
fn imports_the_project(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"import").any(|at| {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let code = text[start..].trim_start();
        let module = code.strip_prefix("from ").or_else(|| code.strip_prefix("import "));
        let line = module.map(|module| module.split('\n').next().unwrap_or_default().trim_start());
        line.is_some_and(|line| {
            let first = line.split([' ', '\t', '.', ',', ';', '#', '\r']).next().unwrap_or_default();
            // Of several modules only the first is looked at.
            line.contains(',') || !OUTSIDE.contains(&first)
        })
    })
}

/// What the lines of a text import: how many folders up, and the names. Too much rather than too little: of
/// `from a import b` it is not known whether `b` is a module.
pub fn imported(text: &str) -> BTreeSet<(u32, Vec<String>)> {
    let mut found = BTreeSet::new();
    let names = |dotted: &str| {
        dotted.split('.').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let first_word = |text: &str| text.trim().split([' ', '\t', '#', ';']).next().unwrap_or_default().to_owned();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let code = line.trim_start();
        if let Some(rest) = code.strip_prefix("import ") {
            for module in rest.split(',') {
                let parts = names(&first_word(module));
                if parts.first().is_some_and(|first| !OUTSIDE.contains(&first.as_str())) {
                    found.insert((0, parts));
                }
            }
        } else if let Some(rest) = code.strip_prefix("from ") {
            let Some((module, rest_of_line)) = rest.split_once(" import") else { continue };
            let dots = module.trim().bytes().take_while(|byte| *byte == b'.').count();
            let level = u32::try_from(dots).unwrap_or(u32::MAX);
            let parts = names(module);
            if level == 0 && parts.first().is_none_or(|first| OUTSIDE.contains(&first.as_str())) {
                continue;
            }
            // Names in brackets go on over lines.
            let listed = if rest_of_line.trim_start().starts_with('(') {
                let rest = &text[at + (line.len() - rest_of_line.len())..];
                rest.split(')').next().unwrap_or_default()
            } else {
                rest_of_line
            };
            for name in listed.trim_start_matches([' ', '\t', '(']).split(',') {
                let name = first_word(name.trim_start_matches(['\n', '\r']));
                let is_name = !name.is_empty() && name.chars().all(|part| part.is_alphanumeric() || part == '_');
                if is_name {
                    found.insert((level, [parts.clone(), vec![name]].concat()));
                }
            }
            found.insert((level, parts));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_import_is_followed() {
        let of = |text: &str| {
            imported(text).into_iter().map(|(level, parts)| format!("{level} {}", parts.join("."))).collect::<Vec<_>>()
        };
        assert_eq!(of("import app.models as m, kit\n"), ["0 app.models", "0 kit"]);
        assert_eq!(of("def upgrade():\n    from app import models  # why\n"), ["0 app", "0 app.models"]);
        assert_eq!(of("from ..kit import (\n    one,\n    two as three,\n)\n"), ["2 kit", "2 kit.one", "2 kit.two"]);
        assert_eq!(of("from . import sql\r\n"), ["1 ", "1 sql"]);
        assert!(
            of("import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n")
                .is_empty()
        );
        assert!(of("from here on it is text").is_empty());
    }
}
