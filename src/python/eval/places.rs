//! Which file an import surely means, and that a package of the project surely has no such module.

use std::rc::Rc;

use super::interpreter::{Eval, Interpreter};
use super::module::{ModuleValue, Origin};
use super::value::Value;
use crate::path;
use crate::python::bindings::module_stem;

/// What tells that Python is started in a folder, or that a project's packages are kept there.
const MARKS: [&str; 5] = ["alembic.ini", "pyproject.toml", "setup.py", "setup.cfg", "manage.py"];

/// Files from which a module is made that the repository does not have.
const MADE_FROM: [&str; 7] = ["pyx", "pyi", "c", "cpp", "so", "pyd", "pyc"];

/// What a package says that gets its modules from elsewhere, too.
const FINDS_ELSEWHERE: [&str; 5] = ["__path__", "extend_path", "sys.modules", "meta_path", "declare_namespace"];

impl<'a> Interpreter<'a> {
    /// Whether an absolute import surely means what is found below a folder: the top of the repository, or a folder in which
    /// a project of the repository lies, where no other one has such a package.
    pub(super) fn is_import_root(&mut self, root: &str, first: &str) -> bool {
        if root.is_empty() {
            return true;
        }
        let is_marked =
            |vm: &mut Self, folder: &str| MARKS.iter().any(|mark| vm.file_text(&path::join(folder, mark)).is_some());
        let is_of_project =
            is_marked(self, root) || root.rsplit('/').next() == Some("src") && is_marked(self, path::folder(root));
        is_of_project
            && self.file_text(&format!("{root}/__init__.py")).is_none()
            && !self.has_folder(first)
            && self.file_text(&format!("{first}.py")).is_none()
    }

    /// Whether the package in a folder surely has no module of this name, not even one that is made when it is built.
    pub(super) fn surely_has_no_module(&mut self, folder: &str, name: &str) -> bool {
        let Some(text) = self.file_text(&format!("{folder}/__init__.py")) else { return false };
        if FINDS_ELSEWHERE.iter().any(|word| text.contains(word)) || name.starts_with('_') || name.contains("pb2") {
            return false;
        }
        let stem = format!("{folder}/{name}");
        if self.has_folder(&stem) || self.file_text(&format!("{stem}.py")).is_some() {
            return false;
        }
        if MADE_FROM.iter().any(|end| self.file_text(&format!("{stem}.{end}")).is_some()) {
            return false;
        }
        // What git ignores is not in the repository, and may well be there.
        let mut above = folder.to_owned();
        loop {
            let ignored = self.file_text(&path::join(&above, ".gitignore")).unwrap_or_default();
            if ignored.lines().any(|line| may_ignore(line, name, folder)) {
                return false;
            }
            if above.is_empty() {
                return true;
            }
            above = path::folder(&above).to_owned();
        }
    }

    /// Stops where a module is imported that its package, which is in the repository, surely does not have.
    pub(super) fn misses_module(&mut self, files: &[String], parts: &[String]) -> Eval<'a, Option<Value<'a>>> {
        let [packages @ .., _] = parts else { return Ok(None) };
        let dotted = parts.join("/");
        let roots = files.iter().filter_map(|file| file.strip_suffix(".py")?.strip_suffix(&dotted));
        let roots: Vec<String> = roots.map(|root| root.trim_end_matches('/').to_owned()).collect();
        for root in roots {
            let mut known = 0;
            while known < packages.len() {
                let folder = path::join(&root, &packages[..=known].join("/"));
                if self.file_text(&format!("{folder}/__init__.py")).is_none() {
                    break;
                }
                known += 1;
            }
            if known == 0 {
                continue;
            }
            let folder = path::join(&root, &packages[..known].join("/"));
            if !self.is_import_root(&root, &parts[0]) || !self.surely_has_no_module(&folder, &parts[known]) {
                return Ok(None);
            }
            let message = format!("No module named '{}'", parts[..=known].join("."));
            return self.raise_surely("ModuleNotFoundError", message).map(Some);
        }
        Ok(None)
    }

    /// Whether a module of the project is surely the one that an import means: from its own package, or by its whole path
    /// from where Python begins to look.
    pub(super) fn is_meant(&mut self, module: &Rc<ModuleValue<'a>>, level: u32, parts: &[String]) -> bool {
        let Origin::File(file) = module.origin else { return false };
        let path = file.source.path();
        if level > 0 {
            return true;
        }
        let stem = module_stem(path);
        let root = match stem.strip_suffix(&parts.join("/")) {
            Some(root) if root.is_empty() || root.ends_with('/') => root.trim_end_matches('/').to_owned(),
            _ => return false,
        };
        parts.first().is_some_and(|first| self.is_import_root(&root, first))
    }
}

/// Whether a line of a `.gitignore` may leave a module of a package aside: it names the module, or a folder above it, or it
/// speaks of files of Python as a whole.
fn may_ignore(line: &str, name: &str, folder: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return false;
    }
    let last = line.trim_end_matches('/').rsplit('/').next().unwrap_or(line);
    let is_folder = folder.split('/').any(|part| part == last);
    is_folder
        || last.contains(name)
        || last == "*"
        || last.contains('*') && last.rsplit_once('.').is_some_and(|(_, end)| end == "py")
}

#[cfg(test)]
mod tests {
    use super::may_ignore;

    #[test]
    fn what_git_ignores_may_be_there() {
        for line in ["/app/built.py", "built.py", "app/", "*_gen.py", "built*"] {
            assert!(may_ignore(line, "built", "backend/app"), "{line}");
        }
        for line in ["# built", "*.pyc", "__pycache__/", "venv", ""] {
            assert!(!may_ignore(line, "built", "backend/app"), "{line}");
        }
    }
}
