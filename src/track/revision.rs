//! One revision file of Alembic's.
//!
//! What counts as a revision follows `alembic.script.base` of Alembic 1.19: every `.py` file of the directory is
//! loaded but `__init__.py` and those that start with `.#`, and one without a `revision` is an error unless its name is
//! an id of the oldest style.

use super::{Dialect, Unread};
use crate::path;
use crate::python::bindings::{Binding, Constant, binding};
use crate::python::{Module, acts, header, shape};
use crate::source::{Location, Source};

/// What a revision file says of itself.
pub const NAMES: [&str; 4] = ["revision", "down_revision", "branch_labels", "depends_on"];

/// What no id may have, for it would be taken for `branch@id`, `id+1` or `id:id`
/// (`alembic.script.revision.Revision.verify_rev_id`).
const REFUSED: [char; 4] = ['@', '-', '+', ':'];

/// A revision, as far as its text tells what Alembic would load.
#[derive(Clone, Debug)]
pub struct Revision {
    /// `None` where the id is computed.
    pub id: Option<String>,
    /// The ids that it follows; empty for a base.
    pub parents: Vec<String>,
    /// The parents are not in the text.
    pub computed_parents: bool,
    pub depends_on: Vec<String>,
    /// What it depends on is not in the text.
    pub computed_depends_on: bool,
    /// Its labels are not in the text.
    pub computed_labels: bool,
    pub labels: Vec<String>,
    /// Where the id is assigned.
    pub location: Location,
    /// Where the parents are assigned.
    pub parents_location: Location,
    /// Where it says what it depends on; where the id is assigned, if it says nothing.
    pub depends_on_location: Location,
}

impl Revision {
    /// Reads a revision from its syntax tree, or says why Alembic would not load the file as one.
    pub fn parse(source: &Source) -> Result<Self, Unread> {
        let module = Module::parse(source).map_err(|error| Unread {
            reason: format!("it does not parse: {}", error.message),
            location: error.location,
        })?;
        Self::from_bindings(source, NAMES.map(|name| binding(&module, name)))
    }

    /// The same for a file that is known to parse, most often without parsing it.
    pub fn read(source: &Source) -> Result<Self, Unread> {
        match header::bindings(source.text(), NAMES) {
            Some(bindings) if bindings[0].is_some() && bindings[1].is_some() => Self::from_bindings(source, bindings),
            _ => Self::parse(source),
        }
    }

    /// A file that may be a revision, of which nothing is known.
    pub fn unreadable(path: &str) -> Self {
        let location = Location::line(&Source::new(path, ""), 1, "");
        Self {
            id: None,
            parents: Vec::new(),
            computed_parents: true,
            depends_on: Vec::new(),
            computed_depends_on: false,
            computed_labels: false,
            labels: Vec::new(),
            parents_location: location.clone(),
            depends_on_location: location.clone(),
            location,
        }
    }

    fn from_bindings(source: &Source, bindings: [Option<Binding>; 4]) -> Result<Self, Unread> {
        let [own, down, labels, depends_on] = bindings;
        let (id, location) = id(source, own)?;
        let Some(down) = down else {
            return Err(Unread { reason: "it assigns no `down_revision`".to_owned(), location });
        };
        let is_computed = |bound: &Option<Binding>| bound.as_ref().is_some_and(|bound| bound.value == Constant::Other);
        let depends_on_location = depends_on
            .as_ref()
            .map_or_else(|| location.clone(), |bound| Location::new(source, bound.range.clone(), ""));
        let names = |bound: Option<Binding>| bound.map_or(Vec::new(), |bound| texts(bound.value));
        Ok(Self {
            id,
            computed_parents: down.value == Constant::Other,
            parents_location: Location::new(source, down.range, ""),
            parents: texts(down.value),
            computed_depends_on: is_computed(&depends_on),
            computed_labels: is_computed(&labels),
            depends_on: names(depends_on),
            labels: names(labels),
            depends_on_location,
            location,
        })
    }

    /// The syntax tree, where the text is known and parses.
    pub fn module(&self) -> Option<Module> {
        let source = &self.location.source;
        // That of a file which could not be read is empty.
        if source.text().is_empty() { None } else { Module::parse(source).ok() }
    }

    /// Why Alembic refuses the id, where it does.
    pub fn refused(&self) -> Option<Unread> {
        let refused = self.id.as_deref()?.chars().find(|character| REFUSED.contains(character))?;
        let reason = format!("its `revision` has the character `{refused}`, which Alembic does not allow in an id");
        Some(Unread { reason, location: self.location.clone() })
    }

    /// What `upgrade()` does, without comments, docstrings and formatting; empty where the text does not tell.
    pub fn upgrade(&self) -> String {
        Module::parse(&self.location.source).map_or(String::new(), |module| shape::of_function(&module, "upgrade"))
    }

    /// Whether the code of `upgrade()` is the same, with what it names of its file: what it does otherwise comes from
    /// other files, or from what has run before it.
    pub fn upgrades_like(&self, other: &Self) -> bool {
        let parse = |revision: &Self| Module::parse(&revision.location.source).ok();
        match (parse(self), parse(other)) {
            (Some(one), Some(other)) => shape::does_the_same(&one, &other, &["upgrade"], &NAMES),
            _ => false,
        }
    }

    /// What `upgrade()` does to the schema of such a database, as the text tells it; its code where that is too large to tell.
    pub fn acts(&self, dialect: Dialect) -> String {
        let module = Module::parse(&self.location.source).ok();
        let acts = module.and_then(|module| acts::of_function(&module, "upgrade", dialect.sqlalchemy_names()));
        acts.map_or_else(|| self.upgrade(), |acts| acts.join("\n"))
    }

    /// The file's name without its ending.
    pub fn stem(&self) -> &str {
        stem(self.location.path())
    }
}

/// The id and where it is assigned.
fn id(source: &Source, bound: Option<Binding>) -> Result<(Option<String>, Location), Unread> {
    let first_line = || Location::line(source, 1, "");
    let name = stem(source.path());
    let legacy = !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9'));
    let Some(bound) = bound else {
        // `alembic.script.base.Script._from_filename`: an id of the oldest style is taken from the file's name.
        return if legacy {
            Ok((Some(name.to_owned()), first_line()))
        } else {
            Err(Unread { reason: "it assigns no `revision`".to_owned(), location: first_line() })
        };
    };
    let location = Location::new(source, bound.range, "");
    match bound.value {
        Constant::Text(id) => Ok((Some(id), location)),
        Constant::None => Err(Unread { reason: "its `revision` is None".to_owned(), location }),
        _ => Ok((None, location)),
    }
}

fn texts(value: Constant) -> Vec<String> {
    match value {
        Constant::Text(text) => vec![text],
        Constant::Texts(texts) => texts,
        Constant::None | Constant::Int(_) | Constant::Other => Vec::new(),
    }
}

/// Whether Alembic loads a file of this name.
pub fn is_loaded(path: &str) -> bool {
    let name = path::name(path);
    name.strip_suffix(".py").is_some() && !name.starts_with("__init__") && !name.starts_with(".#")
}

fn stem(path: &str) -> &str {
    let name = path::name(path);
    name.strip_suffix(".py").unwrap_or(name)
}
