//! The entries of a list of migrations as values: what each is called, and what it does.

use std::rc::Rc;

use crate::python::eval::{Args, Eval, Interpreter, ModuleValue, Parameter, Session, Value};
use crate::schema::statement::is_statement;

/// One step of a migration.
#[derive(Clone, Debug)]
pub enum Action<'a> {
    Call(Value<'a>),
    Sql(Rc<str>),
    /// Not known what it does.
    Unknown(Value<'a>),
}

/// A migration as the list holds it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub name: Rc<str>,
    /// What tells it from another of its name.
    pub code: String,
    pub actions: Vec<Action<'a>>,
}

/// What a migration's step that goes forward is called, and what goes back.
const FORWARD: &[&str] = &[
    "up",
    "upgrade",
    "forward",
    "forwards",
    "apply",
    "migrate",
    "run",
    "execute",
    "fn",
    "func",
    "function",
    "callable",
    "handler",
    "migration",
    "action",
    "sql",
    "statements",
    "statement",
    "queries",
    "query",
    "up_sql",
    "upgrade_sql",
    "ddl",
    "steps",
    "commands",
    "script",
    "__call__",
];
const BACK: &[&str] =
    &["down", "downgrade", "backward", "backwards", "rollback", "revert", "undo", "down_sql", "check"];

/// The entries of a list or dict. A function that one names by a text is looked up in `module`.
pub fn entries<'a>(
    vm: &mut Interpreter<'a>,
    list: &Value<'a>,
    module: &ModuleValue<'a>,
) -> Eval<'a, Result<Vec<Entry<'a>>, Value<'a>>> {
    let pairs = match list {
        Value::Dict(dict) => {
            let items = dict.items.borrow().clone();
            items.into_iter().map(|(key, value)| Value::tuple(vec![key.0, value])).collect()
        }
        _ => Vec::new(),
    };
    let items = match (list, vm.iterate(list)?) {
        (_, Err(why)) => return Ok(Err(Value::Unknown(why))),
        (Value::Dict(_), Ok(_)) => pairs,
        (_, Ok(items)) => items,
    };
    let items = ungrouped(vm, items)?;
    let mut entries: Vec<Entry<'a>> = Vec::with_capacity(items.len());
    let mut elsewhere = Vec::new();
    for item in items {
        let name = name(vm, &item)?;
        let mut actions = Vec::new();
        collect(vm, &item, &mut actions, 4)?;
        if actions.is_empty() {
            let texts = texts(vm, &item, &name)?;
            actions.extend(named_function(module, &texts).map(Action::Call));
            // One that says more may say that there is nothing to do.
            let is_pair = matches!(&item, Value::Tuple(tuple) if tuple.items.len() == 2);
            if let (true, true, Some(text)) = (is_pair, actions.is_empty(), texts.into_iter().find(may_be_function)) {
                elsewhere.push((entries.len(), text));
            }
        }
        if actions.is_empty() && is_data(vm, &item)? {
            actions.push(Action::Unknown(vm.unknown("is data that only the code which runs it understands")));
        }
        entries.push(Entry { name, code: code(&actions), actions });
    }
    // Beside entries with functions, one with something like the name of a function has that for it.
    if entries.iter().any(|entry| matches!(entry.actions.as_slice(), [Action::Call(_), ..])) {
        for (at, text) in elsewhere {
            let why = vm.unknown(format!("names `{text}`, which is no function of `{}`", module.name));
            entries[at].actions.push(Action::Unknown(why));
        }
    }
    Ok(Ok(entries))
}

/// The migrations of a list of lists, such as those of one release each; other items as they are.
fn ungrouped<'a>(vm: &mut Interpreter<'a>, items: Vec<Value<'a>>) -> Eval<'a, Vec<Value<'a>>> {
    let is_one = |item: &Value<'a>| matches!(item, Value::Function(_) | Value::Class(_) | Value::Bound(_));
    let is_group = |item: &Value<'a>| match item {
        Value::List(list) => list.0.borrow().iter().all(is_one),
        _ => false,
    };
    if items.is_empty() || !items.iter().all(is_group) {
        return Ok(items);
    }
    let mut all = Vec::new();
    for group in &items {
        all.extend(vm.iterate(group)?.unwrap_or_default());
    }
    Ok(all)
}

/// The texts and the names of the functions that an entry consists of.
fn code(actions: &[Action<'_>]) -> String {
    let parts = actions.iter().map(|action| match action {
        Action::Sql(sql) => sql.to_string(),
        Action::Call(Value::Function(function)) => function.name.to_string(),
        Action::Call(_) | Action::Unknown(_) => String::new(),
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// Whether a text may be the name of a function somewhere: `_migrate_users`, `steps.users`, `steps:users`.
fn may_be_function(text: &Rc<str>) -> bool {
    let is_name = |part: &str| {
        part.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            && !part.starts_with(|first: char| first.is_ascii_digit())
    };
    text.contains(['_', '.', ':']) && text.split(['.', ':']).all(|part| !part.is_empty() && is_name(part))
}

/// The texts of an entry that may name what it does: those behind what it is itself told by, what goes back aside.
fn texts<'a>(vm: &mut Interpreter<'a>, item: &Value<'a>, name: &str) -> Eval<'a, Vec<Rc<str>>> {
    let goes_on = |key: &str| !BACK.contains(&key);
    let is_other = |part: &Value<'a>| part.as_str() != Some(name);
    let parts: Vec<Value<'a>> = match item {
        Value::Str(_) => vec![item.clone()],
        Value::Tuple(_) | Value::List(_) => vm.iterate(item)?.unwrap_or_default().into_iter().skip(1).collect(),
        Value::Dict(dict) => {
            let items = dict.items.borrow();
            let forward = items.iter().filter(|(key, _)| key.0.as_str().is_some_and(goes_on));
            forward.map(|(_, value)| value.clone()).filter(is_other).collect()
        }
        Value::Instance(instance) => {
            let names = instance.names.borrow();
            let forward = names.iter().filter(|(name, _)| goes_on(name));
            forward.map(|(_, value)| value.clone()).filter(is_other).collect()
        }
        _ => Vec::new(),
    };
    let texts = parts.into_iter().filter_map(|part| match part {
        Value::Str(text) => Some(text),
        _ => None,
    });
    Ok(texts.collect())
}

/// The function of a module that one of these texts names.
fn named_function<'a>(module: &ModuleValue<'a>, texts: &[Rc<str>]) -> Option<Value<'a>> {
    let names = module.names.borrow();
    let function = |text: &Rc<str>| names.get(&**text).filter(|value| matches!(value, Value::Function(_))).cloned();
    texts.iter().find_map(function)
}

/// The entry of a module that is one migration.
pub fn of_module<'a>(vm: &mut Interpreter<'a>, name: &str, module: &Value<'a>) -> Eval<'a, Entry<'a>> {
    let mut actions = Vec::new();
    collect(vm, module, &mut actions, 4)?;
    if actions.is_empty() {
        actions.push(Action::Unknown(vm.unknown("has no function that it is known to be entered by")));
    }
    Ok(Entry { name: name.into(), code: code(&actions), actions })
}

/// Whether an entry that does nothing by itself says what is to be done: a table, a column and its type. A name, a number
/// and a description say nothing.
fn is_data<'a>(vm: &mut Interpreter<'a>, item: &Value<'a>) -> Eval<'a, bool> {
    let parts = match item {
        Value::Tuple(_) | Value::List(_) => vm.iterate(item)?.unwrap_or_default(),
        Value::Dict(dict) => dict.items.borrow().values().cloned().collect(),
        Value::Instance(instance) => instance.names.borrow().values().cloned().collect(),
        _ => return Ok(false),
    };
    let texts = parts.iter().filter(|part| part.as_str().is_some_and(|text| !text.is_empty())).count();
    let nested = parts.iter().any(|part| match part {
        Value::Tuple(tuple) => !tuple.items.is_empty(),
        Value::List(list) => !list.0.borrow().is_empty(),
        Value::Dict(dict) => !dict.items.borrow().is_empty(),
        _ => false,
    });
    Ok(nested || texts > 2)
}

/// What an entry is told by: its first text that looks like a name, else its number, else its function's name.
fn name<'a>(vm: &mut Interpreter<'a>, item: &Value<'a>) -> Eval<'a, Rc<str>> {
    let parts = match item {
        Value::Tuple(_) | Value::List(_) => vm.iterate(item)?.unwrap_or_default(),
        Value::Dict(dict) => dict.items.borrow().values().cloned().collect(),
        Value::Instance(instance) => instance.names.borrow().values().cloned().collect(),
        Value::Module(module) => return Ok(module.name.as_str().into()),
        other => vec![other.clone()],
    };
    let texts = || parts.iter().filter_map(Value::as_str).filter(|text| !is_statement(text));
    let is_number = |part: &Value<'a>| !matches!(part, Value::Bool(_)) && part.as_int().is_some();
    // As the list is read from its text: a description tells an entry only where nothing better does.
    let is_described = matches!(item, Value::Instance(_)) && parts.iter().any(is_number);
    let is_name = |text: &&str| !is_described || !text.contains(char::is_whitespace);
    if let Some(text) = texts().find(is_name) {
        return Ok(text.into());
    }
    if let Some(number) =
        parts.iter().find_map(|part| if matches!(part, Value::Bool(_)) { None } else { part.as_int() })
    {
        return Ok(number.to_string().into());
    }
    for part in &parts {
        if let Some(Value::Str(name)) = vm.attribute(part, "__name__")? {
            return Ok(name);
        }
    }
    Ok(parts.iter().find_map(Value::as_str).unwrap_or_default().into())
}

/// What an entry does, in its order.
fn collect<'a>(vm: &mut Interpreter<'a>, item: &Value<'a>, actions: &mut Vec<Action<'a>>, depth: u32) -> Eval<'a, ()> {
    vm.step()?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    match item {
        Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Object(_) => {
            actions.push(Action::Call(item.clone()));
        }
        Value::Str(text) if is_statement(text) => actions.push(Action::Sql(text.clone())),
        Value::Tuple(tuple) => {
            // What goes back stands after what goes forward.
            for part in &tuple.items {
                let before = actions.len();
                collect(vm, part, actions, depth)?;
                if actions.len() > before {
                    break;
                }
            }
        }
        Value::List(_) => {
            for part in vm.iterate(item)?.unwrap_or_default() {
                collect(vm, &part, actions, depth)?;
            }
        }
        Value::Dict(dict) => {
            let items = dict.items.borrow().clone();
            let named = |wanted: &&str| {
                items.iter().find(|(key, _)| key.0.as_str() == Some(*wanted)).map(|(_, value)| value.clone())
            };
            if let Some(forward) = FORWARD.iter().find_map(named) {
                return collect(vm, &forward, actions, depth);
            }
            for (key, value) in items {
                if !key.0.as_str().is_some_and(|key| BACK.contains(&key)) {
                    collect(vm, &value, actions, depth)?;
                }
            }
        }
        Value::Class(_) => {
            let instance = vm.call(item, Args::default())?;
            collect(vm, &instance, actions, depth)?;
        }
        Value::Instance(_) | Value::Module(_) => {
            for name in FORWARD {
                match vm.attribute(item, name)? {
                    None | Some(Value::None) => {}
                    Some(found) => {
                        let before = actions.len();
                        collect(vm, &found, actions, depth)?;
                        if actions.len() > before {
                            return Ok(());
                        }
                    }
                }
            }
        }
        Value::Unknown(_) => actions.push(Action::Unknown(item.clone())),
        _ => {}
    }
    Ok(())
}

/// The arguments that a migration or a declared schema's function is called with: each parameter gets what its name and
/// annotation ask for.
pub(super) fn arguments<'a>(
    vm: &Interpreter<'a>,
    callee: &Value<'a>,
    session: &Rc<dyn Session>,
    connection: &Value<'a>,
) -> Args<'a> {
    let cursor = || session.clone().cursor();
    let Some(signature) = Interpreter::signature(callee) else {
        return Args { positional: vec![connection.clone()], keyword: Vec::new() };
    };
    let given = signature.parameters.iter().enumerate().map_while(|(index, parameter)| {
        let handle = handle(parameter);
        match handle {
            Some(Handle::Connection) => Some(connection.clone()),
            Some(Handle::Cursor) => Some(cursor()),
            Some(Handle::Execute) if !parameter.optional => {
                Some(Value::Method(std::rc::Rc::new((connection.clone(), "execute".to_owned()))))
            }
            Some(Handle::Execute) => None,
            // An optional parameter keeps its default, and so do those after it.
            None if parameter.optional => None,
            None if index == 0 => Some(cursor()),
            None => Some(vm.unknown("is given by whoever runs the migrations")),
        }
    });
    let mut positional: Vec<Value<'a>> = given.collect();
    if positional.is_empty() && signature.variadic {
        positional.push(connection.clone());
    }
    Args { positional, keyword: Vec::new() }
}

enum Handle {
    Connection,
    Cursor,
    /// A function that executes a text.
    Execute,
}

fn handle(parameter: &Parameter) -> Option<Handle> {
    let says = |text: &str, words: &[&str]| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    if let Some(annotation) = &parameter.annotation {
        if says(annotation, &["cursor"]) {
            return Some(Handle::Cursor);
        }
        if says(annotation, &["connection", "database", "engine", "session"]) {
            return Some(Handle::Connection);
        }
    }
    let name = parameter.name.as_str();
    let may_be_called = parameter.annotation.as_ref().is_none_or(|annotation| says(annotation, &["callable", "any"]));
    if may_be_called && ["execute", "exec", "run", "sql", "run_sql", "execute_sql"].contains(&name) {
        return Some(Handle::Execute);
    }
    if says(name, &["cur"]) || name == "c" {
        return Some(Handle::Cursor);
    }
    let connection = says(name, &["conn", "database", "engine", "session", "bind", "sqlite"]);
    (connection || name == "db" || name.ends_with("_db") || name == "con").then_some(Handle::Connection)
}
