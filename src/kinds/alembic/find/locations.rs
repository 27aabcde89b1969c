//! Where Alembic's settings say that an environment and its revisions are.

use std::collections::BTreeSet;
use std::rc::Rc;

use toml::Table;

use crate::git::{Entry, EntryKind, Snapshot};
use crate::kinds::detect::Folders;
use crate::path;
use crate::python::settings::{HERE, Ini, Settings};
use crate::track::ends::ReadError;

/// An environment as one section of settings names it.
#[derive(Debug)]
pub(super) struct Named {
    /// The folder of its `env.py`.
    pub folder: String,
    /// The folders of its revisions; `None` where nothing names them.
    pub versions: Option<Vec<String>>,
    /// There are further ones, which are not in the repository.
    pub elsewhere: bool,
    /// The address of its database, where the settings have it.
    pub url: Option<String>,
    /// The text of the ini file.
    pub text: String,
}

/// How many folders are looked into below one that is searched to the bottom.
const MOST_BELOW: usize = 2_000;

/// Every environment that an ini file or a `pyproject.toml` names, as far as it lies inside the repository.
pub(super) fn named(folders: &Folders, snapshot: &Snapshot<'_>) -> Result<Vec<Named>, ReadError> {
    let mut found: Vec<Named> = Vec::new();
    for (folder, entries) in folders {
        let toml = project(folder, entries, snapshot)?;
        let inis = inis(folder, entries, snapshot)?;
        let place = Place { folder, folders, snapshot };
        for (ini, text) in &inis {
            for section in ini.sections() {
                let settings = ini.settings(section, toml.as_ref());
                if section == "alembic" || ini.settings(section, None).text("script_location").is_some() {
                    found.extend(place.named(&settings, text)?);
                }
            }
        }
        if let Some(toml) = toml.as_ref().filter(|_| inis.is_empty()) {
            found.extend(place.named(&Settings::of_toml(toml), "")?);
        }
    }
    Ok(found)
}

/// The ini files of a folder that have to do with Alembic.
fn inis(folder: &str, entries: &Rc<[Entry]>, snapshot: &Snapshot<'_>) -> Result<Vec<(Ini, String)>, ReadError> {
    let mut inis = Vec::new();
    for entry in entries.iter().filter(|entry| entry.name.strip_suffix(".ini").is_some()) {
        let Some(source) = snapshot.read_text(&path::join(folder, &entry.name), entry)? else { continue };
        let text = source.text();
        if (text.contains("script_location") || text.contains("[alembic]"))
            && let Some(ini) = Ini::parse(text)
        {
            inis.push((ini, text.to_owned()));
        }
    }
    Ok(inis)
}

/// `[tool.alembic]` in a folder's `pyproject.toml`.
fn project(folder: &str, entries: &Rc<[Entry]>, snapshot: &Snapshot<'_>) -> Result<Option<Table>, ReadError> {
    let Some(entry) = entries.iter().find(|entry| entry.name == "pyproject.toml") else { return Ok(None) };
    let Some(source) = snapshot.read_text(&path::join(folder, &entry.name), entry)? else { return Ok(None) };
    if !source.text().contains("alembic") {
        return Ok(None);
    }
    let table: Option<Table> = source.text().parse().ok();
    let own = table.as_ref().and_then(|table| table.get("tool")?.get("alembic")?.as_table());
    Ok(own.cloned())
}

/// The folder of a file with settings.
pub(super) struct Place<'p, 'repo> {
    pub folder: &'p str,
    pub folders: &'p Folders,
    pub snapshot: &'p Snapshot<'repo>,
}

impl Place<'_, '_> {
    /// The environment that settings name; `None` where they name none that is here.
    pub fn named(&self, settings: &Settings, text: &str) -> Result<Option<Named>, ReadError> {
        let Some(location) = settings.text("script_location") else { return Ok(None) };
        let roots = self.roots(settings);
        let mut found = None;
        for from in self.working_folders(&location) {
            for folder in self.meant(&location, from, &roots)? {
                let env = self.snapshot.real_path(&path::join(&folder, "env.py"))?;
                if found.is_none() && env.is_some() {
                    found = self.snapshot.real_path(&folder)?.map(|folder| (folder, from));
                }
            }
        }
        let Some((folder, from)) = found else { return Ok(None) };
        let mut named = Named {
            folder,
            versions: None,
            elsewhere: false,
            url: settings.text("sqlalchemy.url"),
            text: text.to_owned(),
        };
        let listed = settings.version_locations();
        if let Some(locations) = listed {
            named.versions = Some(Vec::new());
            for location in locations {
                self.add(&mut named, &location, from, &roots)?;
            }
        }
        if settings.is_set("recursive_version_locations") {
            let versions = named.versions.get_or_insert_with(|| vec![path::join(&named.folder, "versions")]);
            let below = versions.iter().map(|folder| self.below(folder)).collect::<Result<Vec<_>, _>>()?;
            versions.extend(below.into_iter().flatten());
        }
        if let Some(versions) = &mut named.versions {
            let mut seen = BTreeSet::new();
            versions.retain(|folder| seen.insert(folder.clone()));
        }
        Ok(Some(named))
    }

    /// Notes one of the folders of revisions.
    fn add(&self, named: &mut Named, location: &str, from: &str, roots: &[String]) -> Result<(), ReadError> {
        let mut meant = Vec::new();
        // Where it is run is only told by what is there.
        for from in
            self.working_folders(location).filter(|folder| *folder == from).chain(self.working_folders(location))
        {
            meant.extend(self.meant(location, from, roots)?);
        }
        let mut there = None;
        for folder in &meant {
            if there.is_none() {
                there = self.snapshot.real_path(folder)?;
            }
        }
        match there.or_else(|| meant.into_iter().next()) {
            Some(folder) => named.versions.get_or_insert_default().push(folder),
            None => named.elsewhere = true,
        }
        Ok(())
    }

    /// The folders from which Alembic may be run: the one with the settings, then those above it.
    fn working_folders(&self, location: &str) -> impl Iterator<Item = &str> {
        let is_absolute = location.starts_with('/');
        let above =
            std::iter::successors(Some(self.folder), |folder| (!folder.is_empty()).then(|| path::folder(folder)));
        above.take(if is_absolute { 1 } else { usize::MAX })
    }

    /// The folders, from the repository's root, that hold the packages which a location can name.
    fn roots(&self, settings: &Settings) -> Vec<String> {
        let mut roots: Vec<String> = Vec::new();
        for from in self.working_folders("") {
            roots.extend(settings.python_paths().iter().filter_map(|path| self.inside(path, from)));
            roots.extend(
                ["", "src", "lib"]
                    .map(|below| if below.is_empty() { from.to_owned() } else { path::join(from, below) }),
            );
        }
        roots
    }

    /// What a location can mean; nothing where that is outside of the repository (`coerce_resource_to_filename`).
    fn meant(&self, location: &str, from: &str, roots: &[String]) -> Result<Vec<String>, ReadError> {
        let Some((package, inner)) = location.split_once(':').filter(|_| !location.starts_with('/')) else {
            return Ok(self.inside(location, from).into_iter().collect());
        };
        let below = format!("{}/{}", package.replace('.', "/"), inner.replace(':', "/"));
        let top = package.split('.').next().unwrap_or(package);
        for root in roots {
            if self.snapshot.real_path(&path::join(root, top))?.is_some() {
                return Ok(normal(&path::join(root, &below)).into_iter().collect());
            }
        }
        // Installed from a folder of the repository that nothing names: where there is one alone, it is that.
        let ending = format!("/{}", below.trim_end_matches('/'));
        let mut alike = self.folders.keys().filter(|folder| folder.ends_with(&ending));
        Ok(match (alike.next(), alike.next()) {
            (Some(only), None) => vec![only.clone()],
            _ => Vec::new(),
        })
    }

    /// A path as settings in this folder write it, from the repository's root; `None` for one that leads outside.
    fn inside(&self, location: &str, from: &str) -> Option<String> {
        match location.strip_prefix(HERE) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => normal(&format!("{}/{rest}", self.folder)),
            Some(_) => None,
            None if location.starts_with('/') => None,
            None => normal(&format!("{from}/{location}")),
        }
    }

    /// The folders inside a folder, at any depth.
    fn below(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let mut found = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            let Some(entry) = self.snapshot.entry(&folder)?.filter(|entry| entry.kind == EntryKind::Directory) else {
                continue;
            };
            for inner in self.snapshot.list_wanted(entry.id, &folder, |_| false)? {
                if !inner.name.ends_with("__pycache__") && found.len() < MOST_BELOW {
                    let inner = path::join(&folder, &inner.name);
                    found.push(inner.clone());
                    open.push(inner);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// A path without `.` and `..`; `None` where it leads out of the repository.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_of_the_repository_are_none() {
        assert_eq!(normal("api/../alembic/./x//").as_deref(), Some("alembic/x"));
        assert_eq!(normal("").as_deref(), Some(""));
        assert_eq!(normal("api/../../x"), None);
    }
}
