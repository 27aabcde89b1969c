use std::rc::Rc;

use super::*;
use crate::python::bindings::module_files;
use crate::source::Source;

/// Files beside `m.py`.
struct Files(Vec<(&'static str, &'static str)>);

impl Loader for Files {
    fn load(&mut self, from: &Module, level: u32, parts: &[String]) -> Option<Rc<Module>> {
        let files = module_files(from.source.path(), level, parts);
        let (path, text) = files.iter().find_map(|file| self.0.iter().find(|(path, _)| path == file))?;
        Module::parse(&Source::new(*path, *text)).ok().map(Rc::new)
    }
}

fn read(text: &str, files: Vec<(&'static str, &'static str)>) -> List {
    let module = Module::parse(&Source::new("db/m.py", text)).unwrap();
    list(&module, "MIGRATIONS", &mut Files(files)).unwrap_or_default()
}

fn names(text: &str) -> Vec<String> {
    let list = read(text, Vec::new());
    assert!(list.unread.is_empty(), "{text}: {:?}", list.unread);
    list.entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn every_spelling_of_a_list_is_read() {
    for text in [
        "MIGRATIONS = [('a', f), ('b', g)]",
        "MIGRATIONS: list[tuple[str, Fn]] = [(\"a\", f), (\"b\", g)]",
        "MIGRATIONS = (('a', f), ('b', g))",
        "MIGRATIONS = [\n    (\n        'a',\n        f,\n    ),  # why\n    ('b', m.g),\n]",
        "MIGRATIONS = [('a', f)]\nMIGRATIONS += [('b', g)]",
        "MIGRATIONS = []\nMIGRATIONS.append(('a', f))\nMIGRATIONS.append(('b', g))",
        "MIGRATIONS = []\nMIGRATIONS.extend([('a', f), ('b', g)])",
        "A = [('a', f)]\nB = [('b', g)]\nMIGRATIONS = [*A, *B]",
        "A = [('a', f)]\nB = [('b', g)]\nMIGRATIONS = A + B",
        "A = [('a', f)]\nMIGRATIONS = A + [('b', g)]",
        "MIGRATIONS = [('a', lambda c, d: c.execute('x')), ('b', functools.partial(f, 1))]",
        "MIGRATIONS = [Migration('a', f), Migration(name='b', up=g)]",
        "MIGRATIONS = [{'name': 'a', 'fn': f}, dict(name='b', fn=g)]",
        "MIGRATIONS = {'a': f, 'b': g}",
        "MIGRATIONS = list(tuple([('a', f), ('b', g)]))",
        "MIGRATIONS = [a, b]",
        "MIGRATIONS = [(1, 'a', f), (2, 'b', g)]",
        "a = Migration('a', f)\nb = ('b', g)\nMIGRATIONS = [a, b]",
        "PAIRS = [('a', f), ('b', g)]\nMIGRATIONS = [Migration(n, fn) for n, fn in PAIRS]",
        "PAIRS = [('a', f), ('b', g)]\nMIGRATIONS = []\nfor n, fn in PAIRS:\n    MIGRATIONS.append((n, fn))",
        "if True:\n    MIGRATIONS = [('a', f)]\ntry:\n    MIGRATIONS += [('b', g)]\nexcept E:\n    pass",
        "def get():\n    out = [('a', f)]\n    out.append(('b', g))\n    return out\nMIGRATIONS = get()",
        "class Runner:\n    MIGRATIONS = [('a', f), ('b', g)]",
        "def run():\n    MIGRATIONS = [('a', f), ('b', g)]",
        "MIGRATIONS = []\ndef step(name):\n    def wrap(fn):\n        MIGRATIONS.append((name, fn))\n        return fn\n    \
         return wrap\n@step('a')\ndef f(c): pass\n@step('b')\ndef g(c): pass",
        "MIGRATIONS = []\ndef step(fn):\n    MIGRATIONS.append((fn.__name__, fn))\n    return fn\n@step\ndef a(c): \
         pass\n@step\ndef b(c): pass",
        "MIGRATIONS = []\ndef register(n, f):\n    MIGRATIONS.append((n, f))\nregister('a', f)\nregister('b', g)",
        "NAME = 'a'\nMIGRATIONS = [(NAME, f), ('b', g)]",
        "MIGRATIONS = [('a', f), ('b', g)]\r\n",
    ] {
        assert_eq!(names(text), ["a", "b"], "{text}");
    }
}

#[test]
fn an_entry_without_a_name_is_told_by_its_number_its_function_or_its_text() {
    assert_eq!(names("MIGRATIONS = [(1, f), (2, 'ALTER TABLE t')]"), ["1", "2"]);
    assert_eq!(names("MIGRATIONS = [steps.add_users, AddIndex()]"), ["steps.add_users", "AddIndex"]);
    assert_eq!(names("MIGRATIONS = [lambda c: c.go()]"), ["lambda c: c.go()"]);
    assert_eq!(names("MIGRATIONS = [partial(add, 'users', 'age')]"), ["partial(add, 'users', 'age')"]);
    assert_eq!(names("MIGRATIONS = ['ALTER TABLE t ADD COLUMN a']"), ["ALTER TABLE t ADD COLUMN a"]);
    assert_eq!(names("MIGRATIONS = {1: f, 2: g}"), ["1", "2"]);
}

#[test]
fn lists_in_other_modules_are_followed() {
    let files = vec![
        ("db/core.py", "MIGRATIONS = [('a', f)]"),
        ("db/extra/__init__.py", "from .deep import MORE"),
        ("db/extra/deep.py", "MORE = [('b', g)]"),
    ];
    for text in [
        "from .core import MIGRATIONS as CORE\nfrom .extra.deep import MORE\nMIGRATIONS = [*CORE, *MORE]",
        "from . import core\nimport db.extra.deep\nMIGRATIONS = core.MIGRATIONS + db.extra.deep.MORE",
        "from .core import *\nfrom db.extra.deep import MORE\nMIGRATIONS += MORE",
    ] {
        let list = read(text, files.clone());
        let names: Vec<&str> = list.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", "b"], "{text} {:?}", list.unread);
    }
}

#[test]
fn what_the_text_does_not_tell_is_said() {
    for text in [
        "MIGRATIONS = load_all(__file__)",
        "MIGRATIONS = [('a', f), *discover()]",
        "MIGRATIONS = []\nMIGRATIONS.extend(discover())",
        "MIGRATIONS = [f for f in X if f.name]",
    ] {
        assert!(!read(text, Vec::new()).unread.is_empty(), "{text}");
    }
}

#[test]
fn a_list_that_doubles_itself_stays_bounded() {
    let text = format!("MIGRATIONS = [('a', f)]\n{}", "MIGRATIONS = MIGRATIONS + MIGRATIONS\n".repeat(60));
    let list = read(&text, Vec::new());
    assert!(list.entries.len() <= MAX_ENTRIES && !list.unread.is_empty());
}

#[test]
fn modules_that_import_each_other_end() {
    let list = read("from .m2 import *\nMIGRATIONS = [('a', f)]", vec![("db/m2.py", "from .m2 import *")]);
    assert_eq!(list.entries.len(), 1);
}
