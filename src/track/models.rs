//! The files that models beside a chain may be in: told by their text, before anything is evaluated.

use std::ops::ControlFlow;

use memchr::memmem;

use super::ends::{Ends, Modules, ReadError};
use super::{Track, alembic, ddl, feeders};
use crate::folders::{Walk, is_skipped};
use crate::python::bindings::imports;
use crate::source::Source;

/// What only a text has that declares tables, columns or the types of columns.
const WORDS: [&str; 24] = [
    "Column(",
    "mapped_column",
    "Mapped[",
    "__tablename__",
    "__table_args__",
    "__abstract__",
    "declared_attr",
    "Table(",
    "table=True",
    "DeclarativeBase",
    "declarative_base",
    "as_declarative",
    "TypeDecorator",
    "UserDefinedType",
    "type_annotation_map",
    "naming_convention",
    "MetaData",
    "SQLAlchemy(",
    ".Model)",
    "SQLModel",
    "Index(",
    "UniqueConstraint(",
    "ForeignKey",
    "append_column",
];

/// Of other texts: enumerations, whose members a column may keep.
const ENUMERATIONS: [&str; 3] = ["(Enum)", "Enum)", "Enum("];

/// So many files of a project are looked over for models.
const MOST_FILES: usize = 20_000;

/// Whether a text may declare something of a table.
pub fn speaks_of_tables(text: &str) -> bool {
    WORDS.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

fn may_count(text: &str) -> bool {
    let has = |word: &&str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    speaks_of_tables(text) || ENUMERATIONS.iter().any(has)
}

/// Whether a file is one of tests, by the names of its folders and its own.
pub fn is_of_tests(path: &str) -> bool {
    let mut parts = path.split('/');
    let file = parts.next_back().unwrap_or_default();
    let is_test = |part: &str| part == "test" || part == "tests" || part == "testing" || part.starts_with("test_");
    is_test(file.trim_end_matches(".py")) || file == "conftest.py" || file.ends_with("_test.py") || parts.any(is_test)
}

/// Whether a path is that of code which may declare a chain's models.
pub fn is_code(track: &Track, path: &str) -> bool {
    ddl::is_python(path)
        && !path.split('/').any(is_skipped)
        && !is_of_tests(path)
        && !alembic::is_revision_path(track, path)
}

/// The changed files that may declare something of a table at either end.
pub fn changed(track: &Track, ends: &mut Ends<'_>) -> Result<Vec<String>, ReadError> {
    let paths: Vec<String> =
        ends.changed.iter().map(|file| &file.path).filter(|path| is_code(track, path)).cloned().collect();
    let mut found = Vec::new();
    for path in paths {
        let mut counts = false;
        for modules in [&mut ends.head, &mut ends.base] {
            counts = counts || modules.text(&path)?.is_some_and(|source| may_count(source.text()));
        }
        if counts {
            found.push(path);
        }
    }
    Ok(found)
}

/// Whether the change may touch the models that a chain's environment compares with its database: a file that speaks of
/// tables, or one that those take a value from.
pub fn may_have_changed(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    if !ends.changed.iter().any(|file| is_code(track, &file.path)) {
        return Ok(false);
    }
    if !changed(track, ends)?.is_empty() {
        return Ok(true);
    }
    if !has_models(track, ends)? {
        return Ok(false);
    }
    feeders::leads_to_models(track, ends)
}

/// Whether the change may touch what the revisions of an evaluated chain take from the project, or the models beside them.
pub fn or_feeders_may_have_changed(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    Ok(track.is_evaluated() && (feeders::change(track, ends)? || may_have_changed(track, ends)?))
}

/// Whether the environment of a chain gives Alembic models to compare, or the configuration names some.
pub fn has_models(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    if !track.declared.is_empty() {
        return Ok(true);
    }
    let environment = alembic::environment(track, &ends.head)?;
    let Some(source) = ends.head.text(&environment)? else { return Ok(false) };
    let said = |line: &str| {
        let rest = line.trim_start().strip_prefix("target_metadata")?.trim_start().strip_prefix('=')?;
        Some(rest.split('#').next().unwrap_or_default().trim() != "None")
    };
    if !source.text().contains("target_metadata") {
        return is_given_by_a_helper(&environment, ends);
    }
    let own = source.text().lines().filter_map(said).any(|is_given| is_given);
    Ok(own || source.text().contains("target_metadata=") && !source.text().contains("target_metadata = None"))
}

/// Whether an environment that says nothing of models itself leaves that to a module of the project that it imports.
fn is_given_by_a_helper(environment: &str, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    let Some(module) = ends.head.module(environment)? else { return Ok(false) };
    for file in imports(&module).iter().flat_map(|import| import.files(environment)) {
        if ends.head.text(&file)?.is_some_and(|helper| helper.text().contains("target_metadata")) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every file of a project that may declare tables, in the order of their paths.
pub fn all(track: &Track, modules: &mut Modules<'_>) -> Result<Vec<String>, ReadError> {
    let mut found = Vec::new();
    each(track, modules, &mut |path, text| {
        if speaks_of_tables(text) {
            found.push(path.to_owned());
        }
        true
    })?;
    found.sort();
    Ok(found)
}

/// Whether code of a project, revisions and tests aside, has `SQLAlchemy` make the tables of its models.
pub fn are_made_by_code(track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let mut found = false;
    each(track, modules, &mut |_, text| {
        // `run_sync(Base.metadata.create_all)` names it alone.
        found |= memmem::find(text.as_bytes(), b".create_all").is_some();
        !found
    })?;
    Ok(found)
}

/// Whether code of a project adds the folders of revisions that installed packages bring.
pub fn takes_revisions_of_packages(track: &Track, modules: &Modules<'_>) -> Result<bool, ReadError> {
    let mut found = false;
    each(track, modules, &mut |_, text| {
        let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        found |= has("version_locations") && has("entry_points");
        !found
    })?;
    Ok(found)
}

/// The revisions of the project that are in none of its tracks.
pub fn revisions_of_nobody(tracks: &[Track], modules: &Modules<'_>) -> Result<Vec<Source>, ReadError> {
    let is_of_track = |path: &str| tracks.iter().any(|track| track.has_file(path));
    let is_code = |path: &str| ddl::is_python(path) && !is_of_tests(path) && !is_of_track(path);
    let mut found = Vec::new();
    each_file(&is_code, modules, &mut |source| {
        if is_revision(source.text()) {
            found.push(source);
        }
        true
    })?;
    Ok(found)
}

/// Shows each file of code that is no revision and no test, until that says that it has seen enough.
fn each(track: &Track, modules: &Modules<'_>, see: &mut dyn FnMut(&str, &str) -> bool) -> Result<(), ReadError> {
    each_file(&|path| is_code(track, path), modules, &mut |source| {
        is_revision(source.text()) || see(source.path(), source.text())
    })
}

/// Shows each of these files, until that says that it has seen enough.
fn each_file(
    is_wanted: &dyn Fn(&str) -> bool,
    modules: &Modules<'_>,
    see: &mut dyn FnMut(Source) -> bool,
) -> Result<(), ReadError> {
    let mut left = MOST_FILES;
    let all: Result<_, ReadError> = Walk::own().each(&modules.snapshot, |path, entry| {
        if left == 0 || !is_wanted(path) {
            return Ok(ControlFlow::Continue(()));
        }
        left -= 1;
        let is_enough = modules.snapshot.read_text(path, entry)?.is_some_and(|source| !see(source));
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    all.map(drop)
}

/// Whether a text is that of a revision, of whatever chain.
fn is_revision(text: &str) -> bool {
    ["down_revision", "def upgrade("].iter().all(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}
