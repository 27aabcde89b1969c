//! Lists of migrations: `var migrations = []migration{{id: 1, name: "users", up: createUsers}}`.

use std::rc::Rc;

use super::eval::{Closure, Interpreter, Unknown, Value};
use super::syntax::{Block, Expr, ExprKind, File, StmtKind, Type};
use crate::schema::token;
use crate::source::Location;

/// A list of migrations at one commit.
#[derive(Debug, Default)]
pub struct List {
    pub elements: Vec<Element>,
    /// Parts that cannot be read, with the reason: a clause without a full stop.
    pub unread: Vec<(String, Location)>,
    /// What it is called where it is declared.
    pub location: Option<Location>,
}

/// A migration.
#[derive(Clone, Debug)]
pub struct Element {
    pub id: Option<(Id, Location)>,
    /// Its name; a description is none.
    pub name: Option<(Rc<str>, Location)>,
    /// What it does, in its order.
    pub actions: Vec<Action>,
    pub location: Location,
    /// The place of its number in the list, from 0.
    pub position: usize,
}

/// What the project tells a migration by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    Number(i64),
    Text(Rc<str>),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[derive(Clone, Debug)]
pub enum Action {
    Call(Rc<Closure>),
    Sql(Rc<str>, Location),
    /// Not known what it does.
    Unknown(Rc<Unknown>),
}

impl Element {
    /// One of which nothing is known but its place.
    fn at(location: Location, position: usize) -> Self {
        Self { id: None, name: None, actions: Vec::new(), location, position }
    }

    /// What people tell it by: its name, else its number, else its function's name.
    pub fn told(&self) -> String {
        if let Some((name, _)) = &self.name {
            return name.to_string();
        }
        if let Some((id, _)) = &self.id {
            return id.to_string();
        }
        let function = self.actions.iter().find_map(|action| match action {
            Action::Call(closure) if !closure.function.name.is_empty() => Some(closure.function.name.to_string()),
            _ => None,
        });
        function.unwrap_or_else(|| format!("#{}", self.position + 1))
    }
}

/// What a field of a migration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Id,
    Name,
    Description,
    Up,
    Down,
    Other,
}

const IDS: [&str; 16] = [
    "id",
    "version",
    "number",
    "num",
    "seq",
    "sequence",
    "v",
    "ver",
    "n",
    "index",
    "order",
    "revision",
    "migrationid",
    "versionid",
    "to",
    "toversion",
];
const NAMES: [&str; 6] = ["name", "title", "label", "slug", "key", "filename"];
const DESCRIPTIONS: [&str; 7] = ["description", "desc", "comment", "summary", "note", "notes", "message"];
const UPS: [&str; 35] = [
    "up",
    "upgrade",
    "migrate",
    "apply",
    "run",
    "fn",
    "func",
    "f",
    "do",
    "exec",
    "execute",
    "forward",
    "migration",
    "action",
    "handler",
    "step",
    "steps",
    "sql",
    "sqls",
    "stmt",
    "stmts",
    "statement",
    "statements",
    "query",
    "queries",
    "ddl",
    "script",
    "schema",
    "code",
    "upsql",
    "sqlup",
    "upfn",
    "upfunc",
    "upstatements",
    "body",
];
const DOWNS: [&str; 12] = [
    "down",
    "downgrade",
    "rollback",
    "revert",
    "backward",
    "undo",
    "downsql",
    "sqldown",
    "downfn",
    "downfunc",
    "check",
    "downstatements",
];

/// Whether a field of this name says what a migration is called or is about.
pub fn is_label(field: &str) -> bool {
    matches!(role(field, ""), Role::Name | Role::Description)
}

/// What a field is for, by its name. One that names a database is for that database alone.
fn role(field: &str, dialect: &str) -> Role {
    let mut name: String = field.chars().filter(|part| *part != '_').flat_map(char::to_lowercase).collect();
    for (words, of) in [
        (&["sqlite3", "sqlite"][..], "sqlite"),
        (&["postgresql", "postgres", "pgsql"], "postgres"),
        (&["mysql", "mariadb"], "mysql"),
    ] {
        if let Some(word) = words.iter().find(|word| name.contains(*word)) {
            if of != dialect {
                return Role::Other;
            }
            name = name.replacen(word, "", 1);
            if name.is_empty() {
                return Role::Up;
            }
            break;
        }
    }
    let is = |words: &[&str]| words.contains(&name.as_str());
    match () {
        () if is(&IDS) => Role::Id,
        () if is(&NAMES) => Role::Name,
        () if is(&DESCRIPTIONS) => Role::Description,
        () if is(&UPS) => Role::Up,
        () if is(&DOWNS) => Role::Down,
        () => Role::Other,
    }
}

/// Whether a text is SQL, and no name.
fn is_sql(text: &str) -> bool {
    const FIRST: [&str; 13] = [
        "create", "alter", "drop", "insert", "update", "delete", "replace", "pragma", "begin", "select", "with",
        "reindex", "comment",
    ];
    let mut tokens = token::tokens(text);
    let first = tokens.next();
    first.is_some_and(|first| FIRST.iter().any(|word| first.is(word))) && tokens.next().is_some()
}

/// The list of this name: a variable of the package, what a function of it returns, or a variable of a function in the
/// first file. `None` where there is none.
pub fn list(vm: &mut Interpreter<'_>, file: &Rc<File>, name: &str, dialect: &str) -> Option<List> {
    let (value, location) = value(vm, file, name)?;
    let mut list = List { location: Some(location), ..List::default() };
    read(&value, dialect, &literals(vm, name), &mut list);
    Some(list)
}

/// Where the elements of a variable of the package stand in the text.
fn literals(vm: &Interpreter<'_>, name: &str) -> Vec<Location> {
    let Some((file, at)) = vm.package().variable(name) else { return Vec::new() };
    match file.variables.get(at).and_then(|variable| variable.value.as_ref()) {
        Some(Expr { kind: ExprKind::Composite(_, elements), .. }) => {
            elements.iter().map(|element| file.location(&element.value.range)).collect()
        }
        _ => Vec::new(),
    }
}

fn value(vm: &mut Interpreter<'_>, file: &Rc<File>, name: &str) -> Option<(Value, Location)> {
    let package = vm.package();
    if let Some((of, at)) = package.variable(name) {
        let location = of.location(&of.variables.get(at)?.range);
        let value = vm.global(name)?;
        if let Err(stop) = vm.initialize(name) {
            return Some((stop.into(), location));
        }
        return Some((vm.global(name).unwrap_or(value), location));
    }
    if let Some(declared) = package.function(name).or_else(|| package.method(name)) {
        let start = declared.function.range.start;
        let location = declared.file.location(&(start..start + "func ".len() + name.len()));
        let closure =
            Rc::new(Closure { file: declared.file, function: declared.function, scope: None, receiver: None });
        let value = match vm.call(&closure) {
            // `([]migration, error)`
            Ok(Value::Tuple(parts)) => parts.first().cloned().unwrap_or(Value::Nil),
            Ok(value) => value,
            Err(stop) => stop.into(),
        };
        return Some((value, location));
    }
    let mut found = file.functions.iter().filter_map(|function| {
        let (value, range) = local(&function.body, name)?;
        Some((function, value, range))
    });
    let (function, expr, range) = found.next()?;
    let location = file.location(range);
    Some((vm.local_value(file, function, expr).unwrap_or_else(Value::from), location))
}

/// The value of a variable that a function declares, and its place.
fn local<'f>(body: &'f Block, name: &str) -> Option<(&'f Expr, &'f std::ops::Range<usize>)> {
    body.iter().find_map(|statement| match &statement.kind {
        StmtKind::Assign { declares: true, targets, values, .. } if values.len() == 1 => {
            let target = targets.first()?;
            matches!(&target.kind, ExprKind::Name(known) if **known == *name).then_some((&values[0], &target.range))
        }
        StmtKind::Declare(variables) => {
            let variable = variables.iter().find(|variable| *variable.name == *name)?;
            Some((variable.value.as_ref()?, &variable.range))
        }
        _ => None,
    })
}

fn read(value: &Value, dialect: &str, places: &[Location], list: &mut List) {
    let items: Vec<Value> = match value {
        Value::List(items) => items.to_vec(),
        Value::Nil => Vec::new(),
        // A source of migrations that keeps them in one of its fields, or a slice of a type of another package.
        Value::Struct(known) => {
            let lists: Vec<&Rc<Vec<Value>>> = known
                .fields
                .iter()
                .filter_map(|(_, value, _)| if let Value::List(items) = value { Some(items) } else { None })
                .collect();
            match lists.as_slice() {
                [only] => only.to_vec(),
                _ => known.fields.iter().map(|(_, value, _)| value.clone()).collect(),
            }
        }
        Value::Unknown(why) => {
            list.unread.push((format!("it {}", why.reason), why.location.clone()));
            return;
        }
        _ => {
            let place = list.location.clone();
            list.unread.extend(place.map(|place| ("it is no slice that the text tells".to_owned(), place)));
            return;
        }
    };
    for (position, item) in items.iter().enumerate() {
        match item {
            Value::Unknown(why) => list.unread.push((format!("an element {}", why.reason), why.location.clone())),
            Value::Struct(known) => {
                let mut element = Element::at(known.location.clone(), position);
                for (field, value, location) in &known.fields {
                    add(&mut element, field.as_deref(), value, location, dialect);
                }
                element.location = head(&element);
                list.elements.push(element);
            }
            Value::Function(closure) => {
                let mut element = Element::at(closure.file.location(&closure.function.range), position);
                element.actions.push(Action::Call(Rc::clone(closure)));
                list.elements.push(element);
            }
            Value::Text(text) if is_sql(text) => {
                let whole = places.get(position).filter(|_| places.len() == items.len()).or(list.location.as_ref());
                let Some(whole) = whole.cloned() else { return };
                let mut element = Element::at(whole.clone(), position);
                element.actions.push(Action::Sql(Rc::clone(text), whole));
                element.location = head(&element);
                list.elements.push(element);
            }
            _ => {
                let place = list.location.clone();
                let reason = "it has an element that is no struct".to_owned();
                list.unread.extend(place.map(|place| (reason, place)));
                return;
            }
        }
    }
}

/// Where an element begins: over several lines, what it is told by is enough of it.
fn head(element: &Element) -> Location {
    let Location { source, range, .. } = &element.location;
    let line = source.line_range(source.line_at(range.start));
    if range.end <= line.end {
        return element.location.clone();
    }
    let labels = element.id.iter().map(|(_, place)| place).chain(element.name.iter().map(|(_, place)| place));
    let inside = labels.filter(|place| place.path() == source.path() && range.contains(&place.range.start));
    let end = inside.map(|place| place.range.end).max().unwrap_or(line.end);
    Location::new(source, range.start..end, "")
}

/// Adds what one field of an element says.
fn add(element: &mut Element, field: Option<&str>, value: &Value, location: &Location, dialect: &str) {
    let role = match field {
        Some(field) => role(field, dialect),
        // The fields of a type of another package are told by what stands in them.
        None => match value {
            Value::Int(_) if element.id.is_none() => Role::Id,
            Value::Text(text) if !is_sql(text) && element.name.is_none() => Role::Name,
            Value::Text(_) | Value::List(_) | Value::Function(_) if element.actions.is_empty() => Role::Up,
            Value::Unknown(_) if element.actions.is_empty() && (element.id.is_some() || element.name.is_some()) => {
                Role::Up
            }
            _ => Role::Other,
        },
    };
    match (role, value) {
        (Role::Id, Value::Int(number)) => element.id = Some((Id::Number(*number), location.clone())),
        (Role::Id, Value::Text(text)) => element.id = Some((id_of(text), location.clone())),
        (Role::Name, Value::Text(text)) if !text.is_empty() => element.name = Some((Rc::clone(text), location.clone())),
        (Role::Up, _) => actions(value, location, &mut element.actions),
        // Of a function without a telling name nobody else says what it is for.
        (Role::Other, Value::Function(_)) if element.actions.is_empty() => {
            actions(value, location, &mut element.actions);
        }
        _ => {}
    }
}

/// A number that is written as a text is one where nothing else stands in it.
fn id_of(text: &Rc<str>) -> Id {
    match text.parse::<i64>() {
        Ok(number) if number >= 0 => Id::Number(number),
        _ => Id::Text(Rc::clone(text)),
    }
}

fn actions(value: &Value, location: &Location, found: &mut Vec<Action>) {
    match value {
        Value::Function(closure) => found.push(Action::Call(Rc::clone(closure))),
        Value::Text(text) => found.push(Action::Sql(Rc::clone(text), location.clone())),
        Value::List(items) => items.iter().for_each(|item| actions(item, location, found)),
        Value::Unknown(why) => found.push(Action::Unknown(Rc::clone(why))),
        _ => {}
    }
}

/// The names under which a file declares what looks like a list of migrations, each with how many it has. A variable of
/// the package may have none yet.
pub fn candidates(file: &File) -> Vec<(Rc<str>, usize)> {
    let mut found = Vec::new();
    for variable in &file.variables {
        let Some(value) = &variable.value else { continue };
        let is_empty = matches!(&value.kind, ExprKind::Composite(Type::Slice(_), elements) if elements.is_empty());
        let is_named = || variable.name.to_ascii_lowercase().ends_with("migrations");
        let count = if is_empty { is_named().then_some(0) } else { migrations_in(value, &variable.name, file) };
        found.extend(count.map(|count| (Rc::clone(&variable.name), count)));
    }
    for function in &file.functions {
        for statement in &function.body {
            match &statement.kind {
                StmtKind::Return(values) => {
                    let count = values.first().and_then(|value| migrations_in(value, &function.name, file));
                    found.extend(count.map(|count| (Rc::clone(&function.name), count)));
                }
                StmtKind::Assign { declares: true, targets, values, .. } if values.len() == 1 => {
                    if let Some(Expr { kind: ExprKind::Name(name), .. }) = targets.first()
                        && let Some(count) = migrations_in(&values[0], name, file)
                    {
                        found.push((Rc::clone(name), count));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether values of a type are called.
fn is_function(of: &Type, file: &File) -> bool {
    let is_declared =
        |name: &Rc<str>| file.types.iter().any(|(known, kind)| known == name && matches!(kind, Type::Function));
    match of {
        Type::Function => true,
        Type::Named(name) => is_declared(name),
        _ => false,
    }
}

/// How many migrations a literal has; `None` where it does not look like a list of them.
fn migrations_in(value: &Expr, name: &str, file: &File) -> Option<usize> {
    let ExprKind::Composite(Type::Slice(of), elements) = &value.kind else { return None };
    let mut of = (**of).clone();
    if let Type::Pointer(inner) = of {
        of = (*inner).clone();
    }
    let says = |name: &str| name.to_ascii_lowercase().contains("migration");
    let of_type = matches!(&of, Type::Named(known) if says(known));
    if !says(name) && !of_type {
        return None;
    }
    let declared = match &of {
        Type::Struct(fields) => Some(Rc::clone(fields)),
        Type::Named(known) => file.types.iter().find(|(name, _)| name == known).and_then(|(_, kind)| match kind {
            Type::Struct(fields) => Some(Rc::clone(fields)),
            _ => None,
        }),
        _ => None,
    };
    let holds_functions = is_function(&of, file);
    let is_migration = |element: &super::syntax::Element| {
        let mut inner = &element.value;
        if let ExprKind::Unary("&", of) = &inner.kind {
            inner = of;
        }
        let fields = match &inner.kind {
            ExprKind::Composite(_, fields) => fields,
            // One that is told by its place alone.
            ExprKind::Function(_) | ExprKind::Name(_) | ExprKind::Select(..) => return holds_functions,
            _ => return false,
        };
        let (mut acts, mut is_told) = (false, false);
        for (at, field) in fields.iter().enumerate() {
            let name = match &field.key {
                Some(Expr { kind: ExprKind::Name(name), .. }) => Some(Rc::clone(name)),
                _ => declared.as_ref().and_then(|fields| fields.get(at)).map(|(name, _)| Rc::clone(name)),
            };
            let by_value = match &field.value.kind {
                ExprKind::Int(_) => Role::Id,
                ExprKind::Text(text) if !is_sql(&text.text) => Role::Name,
                ExprKind::Text(_) | ExprKind::Function(_) | ExprKind::Sum(_) => Role::Up,
                ExprKind::Name(_) | ExprKind::Select(..) | ExprKind::Call(_) | ExprKind::Other if at > 0 => Role::Up,
                ExprKind::Composite(Type::Slice(_), _) | ExprKind::Unary(..) | ExprKind::Binary(..) if at > 0 => {
                    Role::Up
                }
                _ => Role::Other,
            };
            let by_name = |name: Rc<str>| ["sqlite", "postgres", "mysql"].map(|dialect| role(&name, dialect));
            let roles = name.map_or([by_value; 3], by_name);
            acts |= roles.contains(&Role::Up) || matches!(field.value.kind, ExprKind::Function(_));
            is_told |= roles.iter().any(|role| matches!(role, Role::Id | Role::Name | Role::Description));
        }
        acts && is_told
    };
    let count = elements.iter().filter(|element| is_migration(element)).count();
    (count > 0 && count * 2 >= elements.len()).then_some(elements.len())
}
