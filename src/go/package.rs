//! The files of one folder, and what is declared in them. A file is parsed when something that its text names is asked for.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::syntax::{File, Function, Type};
use crate::path;
use crate::source::Source;

/// The package that one file belongs to.
#[derive(Debug)]
pub struct Package {
    /// The file that the package is looked at from comes first.
    units: Vec<Unit>,
    name: String,
    /// How often the texts have been looked through for a name.
    searches: Cell<u32>,
}

/// After so many searches it is cheaper to parse everything.
const SEARCHES: u32 = 64;

#[derive(Debug)]
struct Unit {
    source: Source,
    parsed: OnceCell<Option<Parsed>>,
}

/// A file of the package, and where in it names are declared.
#[derive(Debug)]
struct Parsed {
    file: Rc<File>,
    functions: HashMap<Rc<str>, usize>,
    methods: HashMap<Rc<str>, Vec<usize>>,
    variables: HashMap<Rc<str>, usize>,
    types: HashMap<Rc<str>, usize>,
}

impl Parsed {
    fn new(file: Rc<File>) -> Self {
        let (mut functions, mut methods) = (HashMap::new(), HashMap::<Rc<str>, Vec<usize>>::new());
        for (at, function) in file.functions.iter().enumerate() {
            match function.receiver {
                Some(_) => methods.entry(Rc::clone(&function.name)).or_default().push(at),
                None => drop(functions.insert(Rc::clone(&function.name), at)),
            }
        }
        let variables = file.variables.iter().enumerate().map(|(at, known)| (Rc::clone(&known.name), at)).collect();
        let types = file.types.iter().enumerate().map(|(at, (name, _))| (Rc::clone(name), at)).collect();
        Self { file, functions, methods, variables, types }
    }
}

impl Unit {
    fn parse(&self, package: &str) -> Option<&Parsed> {
        let parse = || {
            let file = File::parse_leniently(&self.source).filter(|file| file.package == package);
            file.map(|file| Parsed::new(Rc::new(file)))
        };
        self.parsed.get_or_init(parse).as_ref()
    }

    fn names(&self, name: &str) -> bool {
        memchr::memmem::find(self.source.text().as_bytes(), name.as_bytes()).is_some()
    }
}

/// A function and the file that it is in.
#[derive(Clone, Debug)]
pub struct Declared {
    pub file: Rc<File>,
    pub function: Rc<Function>,
}

impl Package {
    /// `others` are the texts of the other files of the folder.
    pub fn new(file: Rc<File>, others: Vec<Source>) -> Self {
        let name = file.package.clone();
        let own = Unit { source: file.source.clone(), parsed: OnceCell::from(Some(Parsed::new(file))) };
        let others = others.into_iter().map(|source| Unit { source, parsed: OnceCell::new() });
        Self { units: std::iter::once(own).chain(others).collect(), name, searches: Cell::new(0) }
    }

    /// The folder that its files are in.
    pub fn folder(&self) -> &str {
        self.units.first().map_or("", |unit| path::folder(unit.source.path()))
    }

    /// The texts of all files, the first one's before the others.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.units.iter().map(|unit| &unit.source)
    }

    fn parsed(&self) -> impl Iterator<Item = &Parsed> {
        self.units.iter().filter_map(|unit| unit.parsed.get()?.as_ref())
    }

    /// Parses the files whose text has a name in it.
    fn prepare(&self, name: &str) {
        let searches = self.searches.get();
        let open = || self.units.iter().filter(|unit| unit.parsed.get().is_none());
        if open().next().is_none() {
            return;
        }
        self.searches.set(searches.saturating_add(1));
        for unit in open().filter(|unit| searches > SEARCHES || unit.names(name)) {
            unit.parse(&self.name);
        }
    }

    /// What is found in the files that are parsed, else in those that name it.
    fn find<T>(&self, name: &str, find: impl Fn(&Parsed) -> Option<T>) -> Option<T> {
        self.parsed().find_map(&find).or_else(|| {
            self.prepare(name);
            self.parsed().find_map(find)
        })
    }

    /// The function of this name that is no method.
    pub fn function(&self, name: &str) -> Option<Declared> {
        self.find(name, |parsed| declared(parsed, *parsed.functions.get(name)?))
    }

    /// The method of this name, where only one type of the package has such a one.
    pub fn method(&self, name: &str) -> Option<Declared> {
        self.prepare(name);
        let mut found = self
            .parsed()
            .flat_map(|parsed| parsed.methods.get(name).into_iter().flatten().filter_map(|at| declared(parsed, *at)));
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    /// The method of this name that a type of the package has.
    pub fn method_of(&self, of: &str, name: &str) -> Option<Declared> {
        self.prepare(name);
        let is_own = |declared: &Declared| {
            let receiver = declared.function.receiver.as_ref();
            receiver.is_some_and(|receiver| receiver.written.trim_start_matches('*') == of)
        };
        let all = self
            .parsed()
            .flat_map(|parsed| parsed.methods.get(name).into_iter().flatten().filter_map(|at| declared(parsed, *at)));
        all.into_iter().find(is_own)
    }

    /// The functions that run before everything else and whose text sets a variable.
    pub fn initializers(&self, name: &str) -> Vec<Declared> {
        self.prepare("func init()");
        let mut files: Vec<&Parsed> = self.parsed().filter(|parsed| parsed.functions.contains_key("init")).collect();
        // The order in which Go is given the files of a package.
        files.sort_by(|one, other| one.file.source.path().cmp(other.file.source.path()));
        let of = |parsed: &Parsed| {
            let text = parsed.file.source.text();
            let told = |function: &&Rc<Function>| text.get(function.range.clone()).is_some_and(|text| sets(text, name));
            let own = parsed.file.functions.iter().filter(|function| &*function.name == "init").filter(told);
            own.map(|function| Declared { file: Rc::clone(&parsed.file), function: Rc::clone(function) })
                .collect::<Vec<_>>()
        };
        files.into_iter().flat_map(of).collect()
    }

    /// How often each word stands in the files of the package, comments aside.
    pub fn words(&self) -> HashMap<String, usize> {
        let mut words: HashMap<String, usize> = HashMap::new();
        for unit in &self.units {
            let Some(parsed) = unit.parse(&self.name) else { continue };
            let text = unit.source.text();
            let mut from = 0;
            for comment in parsed.file.comments.iter().cloned().chain(std::iter::once(text.len()..text.len())) {
                let code = text.get(from..comment.start).unwrap_or_default();
                for word in
                    code.split(|part: char| !part.is_alphanumeric() && part != '_').filter(|word| !word.is_empty())
                {
                    *words.entry(word.to_owned()).or_default() += 1;
                }
                from = comment.end;
            }
        }
        words
    }

    /// The constant or variable of this name, by its file and its place in that.
    pub fn variable(&self, name: &str) -> Option<(Rc<File>, usize)> {
        self.find(name, |parsed| Some((Rc::clone(&parsed.file), *parsed.variables.get(name)?)))
    }

    /// The path that a file imports under a name, with the file.
    pub fn import(&self, name: &str) -> Option<(Rc<File>, String)> {
        self.find(name, |parsed| {
            let (_, import) = parsed.file.imports.iter().find(|(known, _)| **known == *name)?;
            Some((Rc::clone(&parsed.file), import.clone()))
        })
    }

    /// What a type of the package stands for: one more name is not followed.
    pub fn type_of(&self, name: &str) -> Option<Type> {
        self.find(name, |parsed| parsed.file.types.get(*parsed.types.get(name)?).map(|(_, kind)| kind.clone()))
    }
}

/// Whether code may set a variable: something is assigned to it or to a part of it, or it is handed on by its address.
fn sets(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], text[at + name.len()..].trim_start());
        let assigned = after.strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
        let element =
            after.starts_with('[') && after.split(['\n', ';']).next().is_some_and(|line| line.contains(" = "));
        assigned || element || before.ends_with('&')
    })
}

fn declared(parsed: &Parsed, at: usize) -> Option<Declared> {
    let function = Rc::clone(parsed.file.functions.get(at)?);
    Some(Declared { file: Rc::clone(&parsed.file), function })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_sets_what_it_assigns_to() {
        for text in ["list = append(list, a)", "register(&list, a)", "list[0] = a"] {
            assert!(sets(text, "list"), "{text}");
        }
        for text in ["run(list[len(list)-1].version, db)", "if list == nil {}", "len(list)"] {
            assert!(!sets(text, "list"), "{text}");
        }
    }
}
