//! Who makes the tables of a new database: the migrations, or something that the migrations only move on.

use std::ops::Range;

use super::ends::Modules;
use super::{Declared, Track, ddl, python_list};
use crate::git::EntryKind;
use crate::path;
use crate::python::bindings::imports;
use crate::python::{Module, fresh};
use crate::track::python_list::entry_text;

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

/// What makes tables beside the track's list, as far as the text of its module tells, or that of one beside it.
pub fn maker(track: &Track, modules: &mut Modules<'_>) -> Option<Maker> {
    let list = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let entries = python_list::read(modules, &track.path, list).ok()??.entries;
    let own = entries.iter().filter(|entry| entry.location.path() == track.path || entry.location.path().is_empty());
    let entries: Vec<String> = own.map(|entry| entry_text(&entry.location)).collect();
    if let Some(maker) = maker_in(&track.path, list, &entries, modules) {
        return Some(maker);
    }
    let beside = runners_beside(track, modules);
    beside.iter().find_map(|path| maker_in(path, list, &entries, modules))
}

/// More files are not looked into for whoever runs a list.
const MOST_BESIDE: usize = 40;

/// The modules in the folder of a list, and in that above, that speak of the list.
pub(super) fn runners_beside(track: &Track, modules: &mut Modules<'_>) -> Vec<String> {
    let own = path::folder(&track.path);
    let mut paths = Vec::new();
    for folder in [own, path::folder(own)] {
        if paths.len() < MOST_BESIDE && (folder != own || paths.is_empty()) {
            let files = modules.snapshot.list(folder).unwrap_or_default().into_iter();
            let files = files.filter(|entry| entry.kind == EntryKind::File && ddl::is_python(&entry.name));
            paths.extend(files.map(|entry| path::join(folder, &entry.name)));
        }
    }
    paths.truncate(MOST_BESIDE);
    paths.retain(|path| *path != track.path && speaks_of(track, path, modules));
    paths
}

/// Whether a module has the list's name, and that of the module which has the list.
pub fn speaks_of(track: &Track, path: &str, modules: &mut Modules<'_>) -> bool {
    let list = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let list = list.rsplit('.').next().unwrap_or(list);
    let module = track.path.strip_suffix("/__init__.py").or_else(|| track.path.strip_suffix(".py"));
    let module = module.and_then(|module| module.rsplit('/').next()).unwrap_or_default();
    let Ok(Some(source)) = modules.text(path) else { return false };
    let text = source.text();
    text.contains(list) && text.contains(module) && text.contains("import")
}

/// What makes tables in a module besides the migrations.
fn maker_in(path: &str, list: &str, entries: &[String], modules: &mut Modules<'_>) -> Option<Maker> {
    let module = modules.module(path).ok()??;
    let found = fresh::makers(&module, list, entries);
    let is_certain = found.handed.is_some() || found.stamps;
    let at_every_start = !is_certain && !found.in_branch;
    let texts: Vec<Range<usize>> = found.texts.iter().map(|text| fresh::place(text)).collect();
    let function = found.handed.or(found.function);
    let (declared, texts) = match (function, texts.as_slice()) {
        (Some(function), _) => (named(path, &function), Vec::new()),
        (None, []) => return None,
        (None, [only]) => match imported(&module, only, modules) {
            Some((file, name)) => (named(&file, &name), Vec::new()),
            None => (Declared::detected(path), texts),
        },
        (None, _) => (Declared::detected(path), texts),
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
