//! Where a repository keeps the Python packages that its projects install from it, as their `pyproject.toml` say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use toml::{Table, Value};

use crate::folders::is_skipped;
use crate::git::{EntryKind, Snapshot};

/// The folders that hold a package or a module, by its name.
pub type Packages = BTreeMap<String, BTreeSet<String>>;

/// How far down a project lies at most, and how many folders are looked into.
const DEEPEST: usize = 4;
const MOST_FOLDERS: usize = 2_000;

/// How many projects are read, and how many packages and folders of packages each of them has.
const MOST_PROJECTS: usize = 200;
const MOST_DECLARED: usize = 16;

/// How many entries of a folder of packages are looked at.
const MOST_NAMESPACES: usize = 64;

/// A larger file is no list of settings.
const LONGEST: usize = 1 << 20;

/// Every package that a project of the repository declares. What cannot be read declares nothing.
pub fn packages(snapshot: &Snapshot<'_>) -> Packages {
    let mut found = Packages::new();
    let Ok(Some(root)) = snapshot.entry("") else { return found };
    let mut open = VecDeque::from([(String::new(), root.id, 0)]);
    let (mut left, mut projects) = (MOST_FOLDERS, 0);
    while let Some((folder, id, depth)) = open.pop_front() {
        if left == 0 {
            break;
        }
        left -= 1;
        for entry in snapshot.list_wanted(id, &folder, |name| name == "pyproject.toml").unwrap_or_default() {
            let path = joined(&folder, &entry.name);
            if entry.kind == EntryKind::Directory {
                if depth < DEEPEST && !is_skipped(&entry.name) {
                    open.push_back((path, entry.id, depth + 1));
                }
            } else if projects < MOST_PROJECTS {
                projects += 1;
                project(snapshot, &folder, &path, &mut found);
            }
        }
    }
    found
}

fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "" | ".") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// Notes the packages of one project that are where it says.
fn project(snapshot: &Snapshot<'_>, folder: &str, path: &str, found: &mut Packages) {
    let Ok(Some(source)) = snapshot.source(path) else { return };
    if source.text().len() > LONGEST {
        return;
    }
    let Ok(settings) = source.text().parse::<Table>() else { return };
    let declared = Declared::of(&settings);
    let is_there = |path: &str| matches!(snapshot.entry(path), Ok(Some(entry)) if entry.kind == EntryKind::File);
    for root in &declared.roots {
        let is_own = matches!(root.as_str(), "" | ".");
        let root = joined(folder, root.trim_start_matches("./").trim_end_matches('/'));
        for module in &declared.modules {
            let stem = joined(&root, module);
            let is_module = is_there(&format!("{stem}/__init__.py")) || is_there(&format!("{stem}.py"));
            // A package needs no `__init__.py`, where its project names it.
            let is_namespace = || {
                declared.named.contains(module)
                    && matches!(snapshot.entry(&stem), Ok(Some(entry)) if entry.kind == EntryKind::Directory)
            };
            if is_module || is_namespace() {
                found.entry(module.clone()).or_default().insert(root.clone());
            }
        }
        if is_own {
            continue;
        }
        // What is kept for packages alone has folders of modules that need no `__init__.py` (PEP 420).
        for entry in snapshot.list(&root).unwrap_or_default().into_iter().take(MOST_NAMESPACES) {
            let is_name = entry.name.chars().all(|part| part.is_alphanumeric() || part == '_');
            let stem = joined(&root, &entry.name);
            if entry.kind == EntryKind::Directory && is_name && !is_there(&format!("{stem}/__init__.py")) {
                found.entry(entry.name).or_default().insert(root.clone());
            }
        }
    }
}

/// What a project says of its packages.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    modules: BTreeSet<String>,
    /// Of those, the ones that it names itself.
    named: BTreeSet<String>,
    /// The folders under the project's own in which they lie.
    roots: BTreeSet<String>,
}

impl Declared {
    fn of(settings: &Table) -> Self {
        let mut declared = Self {
            modules: BTreeSet::new(),
            named: BTreeSet::new(),
            roots: ["", "src"].into_iter().map(str::to_owned).collect(),
        };
        for path in [&["project", "name"][..], &["tool", "poetry", "name"]] {
            if let Some(name) = at(settings, path).and_then(Value::as_str) {
                // A distribution's name is that of its package, spelled freely.
                declared.modules.insert(name.to_lowercase().replace(['-', '.'], "_"));
            }
        }
        let by_name = declared.modules.clone();
        let tool = |path: &[&str]| texts(at(settings, &[&["tool"], path].concat()));
        declared.modules.extend(tool(&["uv", "build-backend", "module-name"]));
        declared.modules.extend(tool(&["flit", "module", "name"]));
        declared.modules.extend(tool(&["setuptools", "packages"]));
        declared.roots.extend(tool(&["uv", "build-backend", "module-root"]));
        declared.roots.extend(tool(&["setuptools", "package-dir", ""]));
        declared.roots.extend(tool(&["setuptools", "packages", "find", "where"]));
        for path in tool(&["hatch", "build", "targets", "wheel", "packages"]) {
            let (root, module) = path.rsplit_once('/').unwrap_or(("", &path));
            declared.roots.insert(root.to_owned());
            declared.modules.insert(module.to_owned());
        }
        let listed = at(settings, &["tool", "poetry", "packages"]).and_then(Value::as_array);
        for package in listed.into_iter().flatten() {
            let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
            // `shop/db`, of which the package is `shop`.
            let first = |path: String| path.split('/').next().unwrap_or_default().to_owned();
            declared.modules.extend(text("include").map(first));
            declared.roots.extend(text("from"));
        }
        // What leads out of the project, or into a package, is no name of one.
        declared
            .modules
            .retain(|module| !module.is_empty() && module.chars().all(|part| part.is_alphanumeric() || part == '_'));
        declared.roots.retain(|root| !root.split('/').any(|part| part == "..") && !root.starts_with('/'));
        declared.modules = declared.modules.into_iter().take(MOST_DECLARED).collect();
        declared.named = declared.modules.difference(&by_name).cloned().collect();
        declared.roots = declared.roots.into_iter().take(MOST_DECLARED).collect();
        declared
    }
}

/// The value at a path of keys.
fn at<'t>(settings: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(settings.get(*first)?, |value, key| value.get(*key))
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_build_tool_says_where_its_packages_are() {
        for (settings, module, root) in [
            ("[project]\nname = 'My-Kit'", "my_kit", "src"),
            ("[tool.poetry]\nname = 'kit'\npackages = [{ include = 'kit', from = 'lib' }]", "kit", "lib"),
            ("[tool.uv.build-backend]\nmodule-name = 'kit'\nmodule-root = 'python'", "kit", "python"),
            ("[tool.hatch.build.targets.wheel]\npackages = ['source/kit']", "kit", "source"),
            ("[tool.setuptools]\npackages = ['kit']\npackage-dir = { '' = 'code' }", "kit", "code"),
        ] {
            let declared = Declared::of(&settings.parse().unwrap());
            assert!(declared.modules.contains(module) && declared.roots.contains(root), "{settings}: {declared:?}");
        }
        let outside = Declared::of(&"[tool.setuptools]\npackage-dir = { '' = '../x' }".parse().unwrap());
        assert!(outside.modules.is_empty() && !outside.roots.contains("../x"));
    }
}
