//! Whether the repository holds what a configuration names: at head, or at the merge base, whose tracks this change may
//! lose. What neither has would be judged by nobody for ever.

use crate::config::{Config, ConfigError, ConfiguredTrack};
use crate::git::{Entry, EntryKind};
use crate::kinds::near::{did_you_mean, missing};
use crate::kinds::version_scripts::constant;
use crate::kinds::{Heads, keeper};
use crate::path;
use crate::python::idle;
use crate::schema::token;
use crate::source::Location;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::kind::{Lies, Wrong};
use crate::track::{Declared, Track, ddl};

/// So long is a file of Python at most that may make nothing.
const SHORT: usize = 4 << 10;

/// The first thing that the configuration names and neither end holds. Of files that are the same at both ends, as most
/// are, only the text is asked, and nothing is parsed.
pub fn verify(config: &Config, ends: &mut Ends<'_>) -> Result<Option<ConfigError>, ReadError> {
    let is_new = ends.is_configured_anew;
    for configured in &config.tracks {
        let is_own = |path: &str| configured.track.has_file(path);
        let is_whole = is_new || config.is_foreign || ends.changed.iter().any(|file| is_own(&file.path));
        let mut at = [&mut ends.head, &mut ends.base];
        let is_alone = config.tracks.len() == 1;
        if let Some(error) = (Asked { configured, is_whole, is_alone }).of(&mut at)? {
            return Ok(Some(error));
        }
    }
    Ok(None)
}

/// The same of one commit alone.
pub fn verify_at(config: &Config, modules: &mut Modules<'_>) -> Result<Option<ConfigError>, ReadError> {
    for configured in &config.tracks {
        let is_alone = config.tracks.len() == 1;
        if let Some(error) = (Asked { configured, is_whole: true, is_alone }).of(&mut [&mut *modules])? {
            return Ok(Some(error));
        }
    }
    Ok(None)
}

/// A track that is asked for, and how closely.
struct Asked<'c> {
    configured: &'c ConfiguredTrack,
    /// Whether files are parsed, too.
    is_whole: bool,
    /// Nothing else is configured, so that nothing would be watched without it.
    is_alone: bool,
}

impl Asked<'_> {
    fn of(&self, at: &mut [&mut Modules<'_>]) -> Result<Option<ConfigError>, ReadError> {
        let track = &self.configured.track;
        let error = |Wrong { message, help }, place: &Location| {
            let location = place.clone();
            Some(ConfigError { message, help: Some(help), location })
        };
        for path in track.directories() {
            let wrong = match missing(path, at)? {
                Some(wrong) => Some(wrong),
                None if track.kind.is_file() => no_file(track, path, at)?,
                None => no_steps(track, path, at)?,
            };
            let wrong = match wrong {
                None if track.kind.is_sql() => no_statement(track, path, at)?,
                wrong => wrong,
            };
            if let Some(wrong) = wrong {
                return Ok(error(wrong, &self.configured.path_location));
            }
        }
        if track.kind.is_list()
            && let Some(wrong) = self.no_list(at)?
        {
            let place = self.configured.list_location.as_ref().unwrap_or(&self.configured.path_location);
            return Ok(error(wrong, place));
        }
        for (file, place) in track.declared.iter().zip(&self.configured.declared_locations) {
            if let Some(wrong) = self.declares_nothing(file, at)? {
                return Ok(error(wrong, place));
            }
        }
        let Some(place) = &self.configured.version_location else { return Ok(None) };
        let wrong = keeper(track.kind).misnamed_constant(track, at, self.is_whole)?;
        Ok(wrong.and_then(|wrong| error(wrong, place)))
    }

    /// Whether no end has the list; the text has its name, or a star by which it may come from elsewhere.
    fn no_list(&self, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
        let track = &self.configured.track;
        for (position, modules) in at.iter_mut().enumerate() {
            let is_unread = match self.has_list(modules) {
                Ok(true) => return Ok(None),
                Ok(false) => false,
                Err(ReadError::Syntax(_) | ReadError::GoSyntax(_)) => true,
                Err(ReadError::Git(error)) if error.is_not_text() => true,
                Err(error) => return Err(error),
            };
            // What head cannot load is told of where it is judged.
            if is_unread && position == 0 {
                return Ok(None);
            }
        }
        let here = at.first_mut().map(|modules| &mut **modules);
        if let Some(modules) = here.filter(|_| self.is_alone)
            && self.is_computed(modules)?
        {
            let message = format!("code puts the list of `{}` together, so nothing of it is read", track.path);
            let help = "name a list whose entries are written out, or take this track away".to_owned();
            return Ok(Some(Wrong::new(message, help)));
        }
        let here = at.first_mut().map(|modules| &mut **modules);
        Ok(Some(keeper(track.kind).no_list(track, here)))
    }

    /// Whether a list is there, and code alone tells what it has.
    fn is_computed(&self, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        let track = &self.configured.track;
        let keeper = keeper(track.kind);
        Ok(keeper.is_there(track, modules)? && matches!(keeper.heads(track, modules)?, Heads::Computed(_)))
    }

    fn has_list(&self, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        let track = &self.configured.track;
        let name = track.list.as_deref().or(track.kind.facts().list).unwrap_or_default();
        let Some(source) = modules.source(&track.path)? else { return Ok(false) };
        let is_written = !self.is_alone || is_written_out(source.text(), name);
        // A slice that nobody names is found by its form alone.
        if !self.is_whole && !name.is_empty() && is_written && has_name(source.text(), name) {
            return Ok(true);
        }
        Ok(keeper(track.kind).is_there(track, modules)? && (is_written || !self.is_computed(modules)?))
    }

    /// Whether a declared schema is nowhere, is no file, or does not have what is named of it.
    fn declares_nothing(&self, file: &Declared, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
        if let Some(wrong) = missing(&file.path, at)? {
            return Ok(Some(wrong));
        }
        let path = &file.path;
        let mut is_folder = true;
        for modules in at.iter_mut() {
            let kind = modules.snapshot.entry(path)?.map(|entry| entry.kind);
            is_folder &= matches!(kind, None | Some(EntryKind::Directory));
            if matches!(kind, Some(EntryKind::Link | EntryKind::Submodule)) || self.states(file, modules)? {
                return Ok(None);
            }
        }
        if is_folder {
            let help = "name the file that states the schema".to_owned();
            return Ok(Some(Wrong::new(format!("`{path}` is a folder, and a declared schema is a file"), help)));
        }
        let Some(entry) = &file.entry else {
            let help = "name the file that states the schema, or take this one away".to_owned();
            return Ok(Some(Wrong::new(format!("`{path}` has no statement, so it declares no schema"), help)));
        };
        let is_named = at.iter_mut().any(|modules| constant::may_have(path, entry, modules).unwrap_or(false));
        if ddl::is_python(path) && is_named {
            let help = "name what makes the tables, or take this one away".to_owned();
            return Ok(Some(Wrong::new(format!("`{path}:{entry}` makes nothing, so it declares no schema"), help)));
        }
        let near = at.first_mut().and_then(|modules| constant::nearest(path, entry, modules));
        let help = match near {
            Some(near) => format!("did you mean `{path}:{near}`?"),
            None => "name what makes the schema: a function, a list or a text of the file".to_owned(),
        };
        Ok(Some(Wrong::new(format!("`{path}` has no `{entry}`"), help)))
    }

    /// Whether a file has what is named of it, or at least a statement. It has, as far as its text is not understood.
    fn states(&self, file: &Declared, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
        let path = &file.path;
        let source = match modules.source(path) {
            Err(error) if error.is_not_text() => {
                let is_file = modules.snapshot.entry(path)?.is_some_and(|entry| entry.kind == EntryKind::File);
                return Ok(is_file);
            }
            source => source?,
        };
        let Some(source) = source else { return Ok(false) };
        match &file.entry {
            // So short a one is parsed in no time, and a longer one does something.
            entry if ddl::is_python(path) && source.text().len() <= SHORT => {
                let has = entry.as_ref().map_or(Ok(true), |entry| constant::may_have(path, entry, modules));
                let module = modules.module(path).ok().flatten();
                Ok(has? && !module.is_some_and(|module| idle::is_idle(&module, entry.as_deref())))
            }
            Some(entry) if ddl::is_python(path) && self.is_whole => constant::may_have(path, entry, modules),
            Some(entry) => Ok(has_name(source.text(), entry) || source.text().contains("import *")),
            None => Ok(!ddl::is_sql(path) || token::tokens(source.text()).next().is_some()),
        }
    }
}

/// Whether the list of this name is assigned what is written out, as far as a text tells: a value in brackets, or one that it
/// does not show.
fn is_written_out(text: &str, name: &str) -> bool {
    let value = |line: &'_ str| {
        let rest = line.trim_start();
        let rest = rest.strip_prefix("var ").unwrap_or(rest).strip_prefix(name)?;
        let (annotation, value) = rest.split_once('=')?;
        let is_whole = !annotation.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '[' | '('));
        let value = value.trim();
        (is_whole && !value.starts_with('=')).then(|| value.starts_with(['[', '(', '{', '\\', '#']) || value.is_empty())
    };
    let mut values = text.lines().filter_map(value).peekable();
    name.is_empty() || values.peek().is_none() || values.any(|is_written| is_written)
}

/// Whether a text has a name, whole.
fn has_name(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// Whether a list is named by a path that is no file at any end.
fn no_file(track: &Track, path: &str, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
    for modules in at.iter() {
        // What a link or a submodule stands for is told of where it is read.
        if modules.snapshot.entry(path)?.is_some_and(|entry| entry.kind != EntryKind::Directory) {
            return Ok(None);
        }
    }
    let kind = track.kind.as_str();
    let message = format!("`{path}` is a folder, and a track of kind `{kind}` is read from a file");
    let inside = match at.first_mut() {
        Some(modules) => file_with_list(track, path, modules)?,
        None => None,
    };
    let what = if track.kind.is_list() { "name the file with the list" } else { "name the file" };
    Ok(Some(Wrong::new(message, inside.map_or_else(|| what.to_owned(), |path| did_you_mean(&path)))))
}

/// The file of a folder that has the list.
fn file_with_list(track: &Track, folder: &str, modules: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
    let keeper = keeper(track.kind);
    for entry in modules.snapshot.list(folder)? {
        if entry.kind != EntryKind::File || !keeper.may_list(&entry.name) {
            continue;
        }
        let other = Track { path: path::join(folder, &entry.name), ..track.clone() };
        if keeper.is_there(&other, modules).unwrap_or(false) {
            return Ok(Some(other.path));
        }
    }
    Ok(None)
}

/// Whether no SQL file of a track has a statement at any end.
fn no_statement(track: &Track, path: &str, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
    for modules in at.iter() {
        if may_have_statement(path, modules)? {
            return Ok(None);
        }
    }
    let help = format!("name what has the {}, or take this track away", track.kind.noun(2));
    Ok(Some(Wrong::new(format!("`{path}` has no statement, so that nothing of it is compared"), help)))
}

/// Whether a SQL file, or one of those that lie in a folder, has a statement, as far as these are all that is there.
fn may_have_statement(path: &str, modules: &Modules<'_>) -> Result<bool, ReadError> {
    let Some(entry) = modules.snapshot.entry(path)? else { return Ok(false) };
    let has = |path: &str, entry: &Entry| -> Result<bool, ReadError> {
        let source = modules.snapshot.read_text(path, entry)?;
        Ok(source.is_none_or(|source| token::tokens(source.text()).next().is_some()))
    };
    match entry.kind {
        EntryKind::File => has(path, &entry),
        EntryKind::Directory => {
            let mut is_empty = false;
            for entry in modules.snapshot.list(path)? {
                let inner = path::join(path, &entry.name);
                let is_sql = entry.kind == EntryKind::File && ddl::is_sql(&inner);
                if is_sql && has(&inner, &entry)? || entry.kind != EntryKind::File {
                    return Ok(true);
                }
                is_empty |= is_sql;
            }
            Ok(!is_empty)
        }
        EntryKind::Link | EntryKind::Submodule => Ok(true),
    }
}

/// Whether a folder of revisions or scripts is none, or holds none at any end.
fn no_steps(track: &Track, path: &str, at: &mut [&mut Modules<'_>]) -> Result<Option<Wrong>, ReadError> {
    let mut is_file = true;
    for modules in at.iter() {
        match modules.snapshot.entry(path)?.map(|entry| entry.kind) {
            Some(EntryKind::Directory) => is_file = false,
            // What a link or a submodule stands for is told of where it is read.
            Some(EntryKind::Link | EntryKind::Submodule) => return Ok(None),
            Some(EntryKind::File) | None => {}
        }
        if keeper(track.kind).holds_steps(track, path, modules)? {
            return Ok(None);
        }
    }
    let kind = track.kind.as_str();
    let what = match track.kind.facts().lies {
        Lies::InFolder(what) => what,
        Lies::InFile => track.kind.noun(1),
    };
    let message = if is_file {
        format!("`{path}` is a file, and a track of kind `{kind}` is read from a folder")
    } else {
        format!("`{path}` holds no {what}")
    };
    let near = match at.first() {
        Some(modules) => near_folder(track, path, modules)?,
        None => None,
    };
    let help = near.map_or_else(|| format!("name the folder that the {what}s lie in"), |near| did_you_mean(&near));
    Ok(Some(Wrong::new(message, help)))
}

/// The nearest folder that holds what this one does not: one inside, or the one around.
fn near_folder(track: &Track, path: &str, modules: &Modules<'_>) -> Result<Option<String>, ReadError> {
    let folder = if modules.snapshot.entry(path)?.is_some_and(|entry| entry.kind == EntryKind::Directory) {
        path
    } else {
        path::folder(path)
    };
    let mut near = vec![folder.to_owned()];
    for entry in modules.snapshot.list(folder)?.into_iter().filter(|entry| entry.kind == EntryKind::Directory) {
        near.push(path::join(folder, &entry.name));
    }
    near.push(path::folder(folder).to_owned());
    for folder in near {
        if keeper(track.kind).holds_steps(track, &folder, modules)? {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}
