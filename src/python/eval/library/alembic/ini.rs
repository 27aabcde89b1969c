//! What the ini file beside a chain says, for an environment that asks for it.

use std::collections::BTreeMap;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, HOLE, Value};
use crate::path;
use crate::python::settings::Ini;

/// The section that Alembic itself reads.
const MAIN: &str = "alembic";

/// What `get_section`, `get_section_option` or `get_main_option` answers; `None` where the file does not tell: how a program
/// connects is said elsewhere.
pub(super) fn setting<'a>(vm: &mut Interpreter<'a>, method: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
    let first = args.positional.first().and_then(Value::as_str);
    let (section, option, default) = match (method, first) {
        ("get_section", Some(section)) => (section, None, args.at(1, "default")),
        ("get_section_option", Some(section)) => {
            let Some(option) = args.positional.get(1).and_then(Value::as_str) else { return Ok(None) };
            (section, Some(option), args.at(2, "default"))
        }
        ("get_main_option", Some(option)) => (MAIN, Some(option), args.at(1, "default")),
        _ => return Ok(None),
    };
    // An address is what a deployment decides.
    if section == MAIN && option.is_none() || option == Some("sqlalchemy.url") {
        return Ok(None);
    }
    let (section, option) = (section.to_owned(), option.map(str::to_owned));
    let default = default.cloned();
    let Some(text) = file(vm) else { return Ok(None) };
    vm.steps(text.len() / 16)?;
    let Some(read) = Ini::parse(&text) else { return Ok(None) };
    if !read.has_section(&section) {
        return Ok(default.filter(|_| option.is_none()));
    }
    let settings = read.settings(&section, None);
    // Where the file lies is not known.
    let is_known = |text: &String| !text.contains(HOLE);
    let Some(option) = option else {
        let all = settings.options().filter(|all| all.values().all(is_known));
        let dict = |all: BTreeMap<String, String>| {
            Interpreter::text_dict(all.into_iter().map(|(name, text)| (name, Value::text(text))))
        };
        return Ok(all.map(dict));
    };
    // A program may set it before it runs the environment.
    Ok(if settings.has(&option) { settings.text(&option).filter(is_known).map(Value::text) } else { default })
}

/// The text of the nearest `alembic.ini` above the environment.
fn file(vm: &mut Interpreter<'_>) -> Option<std::rc::Rc<str>> {
    let mut folder = path::folder(vm.environment.as_deref()?).to_owned();
    loop {
        if let Some(text) = vm.file_text(&path::join(&folder, "alembic.ini")) {
            return Some(text.as_str().into());
        }
        if folder.is_empty() {
            return None;
        }
        folder = path::folder(&folder).to_owned();
    }
}
