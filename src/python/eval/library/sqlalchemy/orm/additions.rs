//! What the tables of models get from beside them: from a part of a module that was not run, and from a package that keeps
//! versions of rows.

use std::rc::Rc;

use super::super::super::super::interpreter::Interpreter;
use super::super::super::super::value::{Class, Instance, Value};
use super::super::records::own_name;
use super::mapping::{self, Doubt};
use super::models::ModelTable;

/// Doubts the tables that a part of a module which was not run may add something to: by a class below the one that is mapped
/// to a table, or by what is set, listed or indexed beside it.
pub(super) fn note_what_is_not_run<'a>(vm: &Interpreter<'a>, found: &mut [(Rc<Instance<'a>>, Doubt)]) {
    let rest = vm.not_run();
    if rest.is_empty() {
        return;
    }
    for (table, doubt) in found {
        let names = names_of(vm, table);
        if rest.iter().flat_map(|text| text.lines()).any(|line| names.iter().any(|name| adds_to(line, name))) {
            doubt.open = doubt.open.or(Some("may get more from what is not run"));
        }
    }
}

/// The names by which a module adds to a table: of the classes that are mapped to it, and of the table itself.
fn names_of<'a>(vm: &Interpreter<'a>, table: &Rc<Instance<'a>>) -> Vec<String> {
    let own = Value::Instance(table.clone());
    let is_mapped = |class: &&Rc<Class<'a>>| {
        vm.mappings.get(&(Rc::as_ptr(class) as usize)).is_some_and(|(_, mapping)| {
            mapping.as_ref().and_then(|mapping| mapping.table.as_ref()).is_some_and(|mapped| Rc::ptr_eq(mapped, table))
        })
    };
    let mut names: Vec<String> = vm.classes.iter().filter(is_mapped).map(|class| class.name.to_string()).collect();
    for module in vm.files.values().flatten() {
        let bound = module.names.borrow();
        names.extend(bound.iter().filter(|(_, value)| value.is(&own)).map(|(name, _)| name.to_string()));
    }
    names
}

/// Whether a line adds something to the class or table of a name.
fn adds_to(line: &str, name: &str) -> bool {
    let is_word = |part: char| part.is_alphanumeric() || part == '_';
    let is_named = line
        .match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + name.len()..].starts_with(is_word));
    let start = line.trim_start();
    is_named
        && (start.starts_with("class ")
            || start.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
            || ["Index(", "append_", "listen"].iter().any(|word| line.contains(word)))
}

/// What SQLAlchemy-Continuum looks for in a class.
const VERSIONED: &str = "__versioned__";

/// The tables that SQLAlchemy-Continuum makes for classes whose rows it keeps the versions of: their names are known alone.
pub(super) fn versions<'a>(vm: &mut Interpreter<'a>, metadata: &Value<'a>) -> Vec<ModelTable> {
    let mut found: Vec<ModelTable> = Vec::new();
    for class in mapping::of_metadata(vm, metadata) {
        if class.find(VERSIONED).is_none() {
            continue;
        }
        let Ok(Some(mapping)) = mapping::mapping(vm, &class) else { continue };
        let Some(name) = mapping.table.as_ref().and_then(|table| own_name(table)) else { continue };
        let names = [format!("{name}_version"), "transaction".to_owned(), "transaction_changes".to_owned()];
        for name in names {
            if !found.iter().any(|known| known.name == name) {
                found.push(ModelTable {
                    name,
                    schema: None,
                    place: class.location.clone(),
                    columns: Vec::new(),
                    parts: Vec::new(),
                    doubt: Doubt::default(),
                    foreign_keys: 0,
                    unknown: Some(vm.why("is made by a package that keeps versions")),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_adds_to_a_table_by_a_class_below_it_or_beside_it() {
        for line in ["class Special(Run):", "Run.kind = Column()", "Index('ix', Run.name)", "listen(Run, 'load', f)"] {
            assert!(adds_to(line, "Run"), "{line}");
        }
        for line in ["x = Run(name)", "class Runner(Base):", "def f(run: Run):", "Index('ix', Runner.name)"] {
            assert!(!adds_to(line, "Run"), "{line}");
        }
    }
}
