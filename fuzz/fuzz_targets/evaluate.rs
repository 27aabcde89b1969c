//! The evaluator and the SQLite engine on any text: no panic, no overflow, no hang.
#![no_main]

mod fragments;

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use parity_check::python::Module;
use parity_check::python::eval::{Args, Fuel, Interpreter, Modules, Shelf, Value, driver_session};
use parity_check::schema::sqlite::{Database, Limits};
use parity_check::source::Source;

/// One file, and nothing else.
struct One(Option<Rc<Module>>);

impl Modules for One {
    fn mentions(&mut self, _: &str, _: &dyn Fn(&str) -> bool) -> bool {
        false
    }

    fn module(&mut self, path: &str) -> Option<Rc<Module>> {
        self.0.clone().filter(|_| path == "m.py")
    }

    fn has_folder(&mut self, _path: &str) -> bool {
        false
    }

    fn package_roots(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn text(&mut self, _path: &str) -> Option<String> {
        None
    }

    fn list(&mut self, _path: &str) -> Vec<String> {
        Vec::new()
    }
}

fuzz_target!(|data: &[u8]| {
    // Half of the inputs are text as it is, half choose among fragments.
    let text = match data.split_first() {
        Some((first, rest)) if first % 2 == 0 => fragments::module(rest),
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => return,
    };
    let Ok(module) = Module::parse(&Source::new("m.py", text)) else { return };
    let mut host = One(Some(Rc::new(module)));
    let shelf = Shelf::new();
    let fuel = Fuel { steps: 20_000, bytes: 4 << 20, calls: 60, depth: 400 };
    let limits = Limits { operations: 200_000, ..Limits::default() };
    let session = driver_session(Box::new(Database::new(limits).expect("memory")));
    let mut vm = Interpreter::new(&shelf, &mut host, fuel);
    vm.refuel(fuel);
    let Ok(Some(module)) = vm.run_file("m.py") else { return };
    let functions: Vec<Value<'_>> =
        module.names.borrow().values().filter(|value| matches!(value, Value::Function(_))).cloned().collect();
    for function in functions.into_iter().take(4) {
        let args = Args { positional: vec![session.clone().cursor(), session.clone().connection()], keyword: Vec::new() };
        let _ = vm.call(&function, args);
        vm.recover();
    }
});
