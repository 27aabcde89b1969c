//! Go packages of the repository, by the paths that its files import them by.

use std::rc::Rc;

use super::ends::Modules;
use crate::git::EntryKind;
use crate::go::{Package, is_go};
use crate::path;

/// The package that a file imports; `None` where it is none of the repository's.
pub fn imported(from: &str, import: &str, modules: &mut Modules<'_>) -> Option<Rc<Package>> {
    let folder = folder(from, import, modules)?;
    let entries = modules.snapshot.list(&folder).ok()?;
    let files = entries.into_iter().filter(|entry| entry.kind == EntryKind::File && is_go(&entry.name));
    let mut files = files.map(|entry| path::join(&folder, &entry.name));
    files.find_map(|path| modules.go_package(&path).ok().flatten())
}

/// The folder of the package that a file imports, whether it is there or not: the path begins with that of the module.
pub fn folder(from: &str, import: &str, modules: &mut Modules<'_>) -> Option<String> {
    let mut above = from;
    loop {
        above = path::folder(above);
        if let Ok(Some(module)) = modules.text(&path::join(above, "go.mod")) {
            let inside = import.strip_prefix(module_path(module.text())?)?;
            let inside = inside.strip_prefix('/').or(inside.is_empty().then_some(""))?;
            return Some(if inside.is_empty() { above.to_owned() } else { path::join(above, inside) });
        }
        if above.is_empty() {
            return None;
        }
    }
}

/// What `go.mod` says that the module is called.
fn module_path(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    let name = line.split("//").next().unwrap_or_default().trim().trim_matches('"');
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_its_path() {
        assert_eq!(module_path("// a\nmodule example.org/shop/v2 // b\n\ngo 1.22\n"), Some("example.org/shop/v2"));
        assert_eq!(module_path("go 1.22\n"), None);
    }
}
