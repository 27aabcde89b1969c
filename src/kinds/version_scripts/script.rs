//! One migration script: what its name, its constants and its syntax tree say.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::name::{self, Named, Version};
use crate::python::Module;
use crate::python::bindings::{Binding, Constant, binding, class_bindings, has_untold_names};
use crate::source::{Location, Source};
use crate::track::Unread;

/// What the constants are called, in the spellings that are about: where a migration begins, and where it leads.
const CONSTANTS: [[&str; 2]; 4] = [
    ["FROM_VERSION", "TO_VERSION"],
    ["SOURCE_VERSION", "TARGET_VERSION"],
    ["from_version", "to_version"],
    ["source_version", "target_version"],
];

/// The functions by which a script is entered.
pub const ENTRIES: [&str; 5] = ["migrate", "upgrade", "apply", "up", "run"];

/// The names that every script may be required to have.
const REQUIRED: [&str; 10] = [
    "FROM_VERSION",
    "TO_VERSION",
    "SOURCE_VERSION",
    "TARGET_VERSION",
    "from_version",
    "to_version",
    "applies_to",
    "migrate",
    "upgrade",
    "apply",
];

/// The names that say a version, which are nothing that a migration does.
pub const LEFT_OUT: [&str; 8] = [
    "FROM_VERSION",
    "TO_VERSION",
    "SOURCE_VERSION",
    "TARGET_VERSION",
    "from_version",
    "to_version",
    "source_version",
    "target_version",
];

/// A migration from one version to another.
#[derive(Clone, Debug)]
pub struct Script {
    pub from: Version,
    pub to: Version,
    /// What its constants say and its name does not.
    pub disagreement: Option<Disagreement>,
    /// Where it says what it leads to.
    pub location: Location,
    pub required: Required,
    /// `None` for a file that is no text or does not parse.
    pub module: Option<Rc<Module>>,
}

/// The name of a file and its constants say different versions.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// As `1 to 2`.
    pub stated: String,
    pub location: Location,
}

/// Which of the names that scripts need a file has.
#[derive(Clone, Debug, Default)]
pub struct Required {
    pub names: BTreeSet<&'static str>,
    /// It may have more, which its text does not tell.
    pub is_open: bool,
}

/// What a Python file of the directory is.
#[derive(Clone, Debug)]
pub enum File {
    Script(Script),
    /// A model for scripts to come: what it has, they need.
    Template(Required),
    /// A script of which it is not known what it leads to.
    Untold(Unread),
    /// A file named as a script that is no text or does not parse.
    Broken {
        script: Script,
        unread: Unread,
    },
    Helper,
}

impl File {
    /// The script that a file is, whether or not it can be read.
    pub fn script(&self) -> Option<&Script> {
        match self {
            Self::Script(script) | Self::Broken { script, .. } => Some(script),
            _ => None,
        }
    }

    /// Reads a Python file of the directory.
    pub fn read(source: &Source) -> Self {
        let path = source.path();
        let module = match Module::parse(source) {
            Ok(module) => Rc::new(module),
            Err(error) => {
                let reason = format!("it does not parse: {}", error.message);
                return Self::broken(path, Unread { reason, location: error.location });
            }
        };
        let stem = name::stem(path).unwrap_or_default();
        if stem.starts_with('_') {
            let has_constants = CONSTANTS.iter().any(|names| names.iter().all(|name| binding(&module, name).is_some()));
            let is_template = stem != "__init__" && (has_constants || stem.contains("template"));
            return if is_template { Self::Template(required(&module)) } else { Self::Helper };
        }
        script(path, &module)
    }

    /// A file of which only the name is known.
    pub fn broken(path: &str, unread: Unread) -> Self {
        let Some(Named { from: Some(from), to }) = name::named(path) else { return Self::Helper };
        let required = Required { names: BTreeSet::new(), is_open: true };
        let location = Location::line(&unread.location.source, 1, "");
        let script = Script { from, to, disagreement: None, location, required, module: None };
        Self::Broken { script, unread }
    }
}

/// One version as a constant says it.
enum Stated {
    Nothing,
    Computed,
    Told(Version),
}

impl Stated {
    fn new(binding: Option<&Binding>) -> Self {
        let version = match binding.map(|binding| &binding.value) {
            None => return Self::Nothing,
            Some(Constant::Int(value)) => Version::parse(&value.to_string()),
            Some(Constant::Text(text)) => Version::parse(text),
            Some(_) => None,
        };
        version.map_or(Self::Computed, Self::Told)
    }

    fn told(&self) -> Option<&Version> {
        match self {
            Self::Told(version) => Some(version),
            _ => None,
        }
    }

    /// Whether a name may mean what is stated; what is not known is taken for it.
    fn is_meant_by(&self, named: &Version) -> bool {
        self.told().is_none_or(|version| version.is_meant_by(named))
    }
}

/// The two constants of a module: of its top level, or of the only class that has both.
fn constants(module: &Module) -> [Option<Binding>; 2] {
    for names in CONSTANTS {
        let bound = names.map(|name| binding(module, name));
        if bound.iter().any(Option::is_some) {
            return bound;
        }
    }
    for names in CONSTANTS {
        let classes = class_bindings(module, names);
        let mut both = classes.into_iter().filter(|bound| bound.iter().all(Option::is_some));
        if let (Some(bound), None) = (both.next(), both.next()) {
            return bound;
        }
    }
    [None, None]
}

fn script(path: &str, module: &Rc<Module>) -> File {
    let bound = constants(module);
    let [from, to] = [&bound[0], &bound[1]].map(|bound| Stated::new(bound.as_ref()));
    let location = match bound.iter().rev().flatten().next() {
        Some(bound) => Location::new(&module.source, bound.range.clone(), ""),
        None => Location::line(&module.source, 1, ""),
    };
    let named = name::named(path).filter(|named| named.from.is_some() || bound.iter().all(Option::is_some));
    let is_absent = [&from, &to].into_iter().any(|stated| matches!(stated, Stated::Nothing));
    if named.is_none() && is_absent {
        return File::Helper;
    }
    let (named_from, named_to) = named.map_or((None, None), |named| (named.from, Some(named.to)));
    let agrees = [(&from, &named_from), (&to, &named_to)]
        .into_iter()
        .all(|(stated, named)| named.as_ref().is_none_or(|named| stated.is_meant_by(named)));
    // Where they say different things, the name is what puts the files into their order.
    let version = |stated: &Stated, named: Option<&Version>| {
        let (first, second) = if agrees { (stated.told(), named) } else { (named, stated.told()) };
        first.or(second).cloned()
    };
    let own = version(&from, named_from.as_ref()).zip(version(&to, named_to.as_ref()));
    let Some((own_from, own_to)) = own else {
        let reason = "its versions are computed, so where it stands among the scripts is not known".to_owned();
        return File::Untold(Unread { reason, location });
    };
    let shown = |stated: &Stated| stated.told().map_or_else(|| "something computed".to_owned(), Version::to_string);
    let stated = format!("{} to {}", shown(&from), shown(&to));
    let disagreement = (!agrees).then(|| Disagreement { stated, location: location.clone() });
    let required = required(module);
    File::Script(Script {
        from: own_from,
        to: own_to,
        disagreement,
        location,
        required,
        module: Some(Rc::clone(module)),
    })
}

/// Which of the required names a module has, at its top level or in a class.
fn required(module: &Module) -> Required {
    let in_classes = class_bindings(module, REQUIRED);
    let has = |(at, name): (usize, &&'static str)| {
        let bound = binding(module, name).is_some() || in_classes.iter().any(|class| class[at].is_some());
        bound.then_some(*name)
    };
    let names = REQUIRED.iter().enumerate().filter_map(has).collect();
    Required { names, is_open: has_untold_names(module) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> File {
        File::read(&Source::new(path, text))
    }

    fn step(path: &str, text: &str) -> String {
        match read(path, text) {
            File::Script(script) => {
                let against = script.disagreement.map_or(String::new(), |other| format!(", not {}", other.stated));
                format!("{} to {}{against}", script.from, script.to)
            }
            File::Template(_) => "a template".to_owned(),
            File::Untold(_) => "untold".to_owned(),
            File::Broken { script, .. } => format!("broken {} to {}", script.from, script.to),
            File::Helper => "a helper".to_owned(),
        }
    }

    #[test]
    fn versions_are_read_from_the_name_and_from_constants() {
        for (path, text, wanted) in [
            ("v1_to_v2.py", "", "1 to 2"),
            ("v1_to_v2.py", "FROM_VERSION: int = 1\nTO_VERSION: Final = 2\n", "1 to 2"),
            ("v1_to_v2.py", "FROM_VERSION = '1.0.0'\nTO_VERSION = '2.0.0'\n", "1.0.0 to 2.0.0"),
            ("v10_to_v11.py", "class M:\n    from_version = '1.0'\n    to_version = '1.1'\n", "1.0 to 1.1"),
            ("v1_to_v2.py", "TO_VERSION = FROM_VERSION + 1\n", "1 to 2"),
            ("v002.py", "FROM_VERSION = 1\nTO_VERSION = 2\n", "1 to 2"),
            ("add_age.py", "SOURCE_VERSION = 1\nTARGET_VERSION = 2\n", "1 to 2"),
        ] {
            assert_eq!(step(path, text), wanted, "{path}: {text}");
        }
    }

    #[test]
    fn a_name_and_constants_that_say_different_things_disagree() {
        assert_eq!(step("v2_to_v3.py", "FROM_VERSION = 1\nTO_VERSION = 2\n"), "2 to 3, not 1 to 2");
        assert_eq!(step("v2_to_v3.py", "TO_VERSION = 4\n"), "2 to 3, not something computed to 4");
        assert_eq!(step("v003.py", "FROM_VERSION = 1\nTO_VERSION = 2\n"), "1 to 3, not 1 to 2");
    }

    #[test]
    fn other_files_of_the_directory_are_no_scripts() {
        assert_eq!(step("__init__.py", "FROM_VERSION = 1\nTO_VERSION = 2\n"), "a helper");
        assert_eq!(step("_template.py", "def migrate(doc): ...\n"), "a template");
        assert_eq!(step("_base.py", "FROM_VERSION = 0\nTO_VERSION = 0\n"), "a template");
        assert_eq!(step("_base.py", "def help(): ...\n"), "a helper");
        assert_eq!(step("common.py", "FROM_VERSION = 1\n"), "a helper");
        assert_eq!(step("v002.py", "X = 1\n"), "a helper");
        assert_eq!(step("add_age.py", "FROM_VERSION = 1\nTO_VERSION = latest()\n"), "untold");
        assert_eq!(step("v1_to_v2.py", "def (:\n"), "broken 1 to 2");
        assert_eq!(step("common.py", "def (:\n"), "a helper");
    }

    #[test]
    fn the_names_that_a_script_has_are_those_of_its_classes_too() {
        let File::Script(script) = read("v1_to_v2.py", "class M:\n    to_version = 2\n    def migrate(self): ...\n")
        else {
            panic!("a script");
        };
        assert_eq!(script.required.names.into_iter().collect::<Vec<_>>(), ["migrate", "to_version"]);
        assert!(!script.required.is_open);
    }
}
