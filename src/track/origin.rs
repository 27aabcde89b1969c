//! Who makes the tables of a new database: the migrations, or something that the migrations only move on.

use std::ops::Range;

use super::ends::Modules;
use super::{Declared, Track, python_list, versions};
use crate::python::Module;
use crate::python::bindings::imports;
use crate::python::fresh;

/// Who makes the tables of a new database.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Origin {
    /// The migrations, beside what declared schemas make at every start.
    #[default]
    Migrations,
    /// The migrations, on tables that something else has made before.
    MigrationsOn(Maker),
    /// Something that makes them as they are to be: the migrations run on older databases alone. Where none is named, it is
    /// what the declared schemas say.
    Declared(Option<Maker>),
    /// Nothing that the repository tells of: what the migrations run on is not known.
    Unknown,
}

impl Origin {
    /// What makes tables besides the migrations and the declared schemas.
    pub fn maker(&self) -> Option<&Maker> {
        match self {
            Self::MigrationsOn(maker) | Self::Declared(Some(maker)) => Some(maker),
            Self::Migrations | Self::Declared(None) | Self::Unknown => None,
        }
    }
}

/// What makes tables beside a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    /// The file, and the function or text in it.
    pub declared: Declared,
    /// Where the expressions stand that are executed; none where a function or a text is named.
    pub texts: Vec<Range<usize>>,
    /// It is carried out on databases that have tables already, too.
    pub at_every_start: bool,
    /// The text says that it makes new databases as they are to be.
    pub is_certain: bool,
}

/// What makes tables beside the track's list, as far as its text tells.
pub fn maker(track: &Track, modules: &mut Modules<'_>) -> Option<Maker> {
    let list = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let module = modules.module(&track.path).ok()??;
    let entries = python_list::read(modules, &track.path, list).ok()??.entries;
    let own = entries.iter().filter(|entry| entry.location.path() == track.path || entry.location.path().is_empty());
    let entries: Vec<String> = own.map(|entry| versions::entry_text(&entry.location)).collect();
    let found = fresh::makers(&module, list, &entries);
    let is_certain = found.handed.is_some() || found.stamps;
    let at_every_start = !is_certain && !found.in_branch;
    let texts: Vec<Range<usize>> = found.texts.iter().map(|text| fresh::place(text)).collect();
    let function = found.handed.or(found.function);
    let (declared, texts) = match (function, texts.as_slice()) {
        (Some(function), _) => (named(&track.path, &function), Vec::new()),
        (None, []) => return None,
        (None, [only]) => match imported(&module, only, modules) {
            Some((path, name)) => (named(&path, &name), Vec::new()),
            None => (Declared::detected(&track.path), texts),
        },
        (None, _) => (Declared::detected(&track.path), texts),
    };
    Some(Maker { declared, texts, at_every_start, is_certain })
}

fn named(path: &str, name: &str) -> Declared {
    Declared { entry: Some(name.to_owned()), ..Declared::detected(path) }
}

/// The file and the name there of what an expression names, where it is imported.
fn imported(module: &Module, place: &Range<usize>, modules: &Modules<'_>) -> Option<(String, String)> {
    let text = module.text().get(place.clone())?;
    let import = imports(module).into_iter().find(|import| import.local == text)?;
    let file = import.files(module.source.path()).into_iter().find(|file| python_list::has_file(modules, file))?;
    Some((file, import.name?))
}
