//! What the ini file beside a chain says, for an environment that asks for it.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Args, Value};
use crate::path;

/// The section that Alembic itself reads.
const MAIN: &str = "alembic";

/// What `get_section`, `get_section_option` or `get_main_option` answers; `None` where the file does not tell: how a program
/// connects is said elsewhere, and what is put together from other settings is not followed.
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
    let Some(entries) = entries(&text, &section) else { return Ok(default.filter(|_| option.is_none())) };
    let Some(option) = option else {
        let is_plain = entries.iter().all(|(_, value)| !value.contains('%'));
        return Ok(
            is_plain.then(|| Interpreter::text_dict(entries.into_iter().map(|(key, value)| (key, Value::text(value)))))
        );
    };
    Ok(match entries.into_iter().find(|(key, _)| *key == option) {
        Some((_, value)) => (!value.contains('%')).then(|| Value::text(value)),
        // A program may set it before it runs the environment.
        None => default,
    })
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

/// What a section says, in its order; `None` where there is no such section.
fn entries(text: &str, section: &str) -> Option<Vec<(String, String)>> {
    let mut found: Option<Vec<(String, String)>> = None;
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = name == section;
            if inside {
                found.get_or_insert_default();
            }
            continue;
        }
        let Some(entries) = found.as_mut().filter(|_| inside) else { continue };
        // What is indented goes on with the value before it.
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = entries.last_mut()
        {
            value.push('\n');
            value.push_str(trimmed);
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            entries.push((key.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_as_configparser_reads_it() {
        let text =
            "[alembic]\nscript_location = a\n\n[alembic:exclude]\n# why\nTables = a,\n    b\nother: c\n[x]\ny = 1\n";
        let found = entries(text, "alembic:exclude").unwrap_or_default();
        let wanted = [("tables".to_owned(), "a,\nb".to_owned()), ("other".to_owned(), "c".to_owned())];
        assert_eq!(found, wanted);
        assert!(entries(text, "missing").is_none());
    }
}
