//! `op.get_context().script`: the revisions of a chain, by their ids.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::module::ModuleValue;
use super::super::super::object::Object;
use super::super::super::value::{Args, Value};
use crate::path;

/// So many files are looked through for a revision.
const MOST_FILES: usize = 2_000;

/// The directory of a chain's scripts.
#[derive(Debug)]
pub(super) struct Script;

impl<'a> Object<'a> for Script {
    fn type_name(&self) -> &'static str {
        "ScriptDirectory"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "get_revision"
    }

    fn method(&self, vm: &mut Interpreter<'a>, _name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let wanted = args.at(0, "id_").and_then(Value::as_str).map(str::to_owned);
        let found = match wanted {
            Some(id) => revision(vm, &id)?,
            None => None,
        };
        Ok(Some(match found {
            Some(module) => Value::Object(Rc::new(Revision(module))),
            None => vm.unknown("depends on Alembic's settings"),
        }))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((!<Self as Object<'a>>::has_method(self, name)).then(|| vm.unknown("depends on Alembic's settings")))
    }
}

/// The module of a revision, which lies beside the one that runs.
fn revision<'a>(vm: &mut Interpreter<'a>, id: &str) -> Eval<'a, Option<Rc<ModuleValue<'a>>>> {
    let folder = path::folder(vm.home.path()).to_owned();
    vm.folders_listed = true;
    let names = vm.host.list(&folder);
    vm.steps(names.len())?;
    let quoted = [format!("\"{id}\""), format!("'{id}'")];
    for name in names.iter().filter(|name| matches!(name.rsplit_once('.'), Some((_, "py")))).take(MOST_FILES) {
        let file = path::join(&folder, name);
        let text = vm.host.text(&file).unwrap_or_default();
        if !quoted.iter().any(|quoted| text.contains(quoted)) {
            continue;
        }
        let Some(module) = vm.run_file(&file)? else { continue };
        let is_it = module.names.borrow().get("revision").and_then(Value::as_str) == Some(id);
        if is_it {
            return Ok(Some(module));
        }
    }
    Ok(None)
}

/// One of them.
#[derive(Debug)]
struct Revision<'a>(Rc<ModuleValue<'a>>);

impl<'a> Object<'a> for Revision<'a> {
    fn type_name(&self) -> &'static str {
        "Script"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, _vm: &mut Interpreter<'a>, _name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(Some(match name {
            "module" => Value::Module(self.0.clone()),
            "revision" | "down_revision" => self.0.names.borrow().get(name).cloned().unwrap_or(Value::None),
            _ => vm.unknown("depends on Alembic's settings"),
        }))
    }
}
