//! Lists of migrations: `var migrations = []migration{{id: 1, name: "users", up: createUsers}}`.

mod candidates;
mod library;
mod roles;
mod traces;

use std::rc::Rc;

use self::candidates::Site;
pub use self::candidates::{Bare, Candidate, candidates, longest};
pub use self::library::Library;
pub use self::roles::is_label;
use self::roles::{Role, picks_databases, role};
use super::eval::{Closure, Interpreter, Unknown, Value};
use super::package::Package;
use super::syntax::{Expr, ExprKind, File};
use crate::schema::dialect::Dialect;
use crate::schema::statement::is_statement;
use crate::source::Location;

/// A list of migrations at one commit.
#[derive(Debug, Default)]
pub struct List {
    pub elements: Vec<Element>,
    /// Parts that cannot be read, with the reason: a clause without a full stop.
    pub unread: Vec<(String, Location)>,
    /// What it is called where it is declared.
    pub location: Option<Location>,
    /// The library whose migrations they are.
    pub library: Option<Library>,
    /// It is a literal in a function, which may name what that declares.
    pub is_local: bool,
    /// The function that it stands in may return more than it.
    pub is_partial: bool,
}

impl List {
    /// Whether nothing but their places tells its migrations apart.
    pub fn is_told_by_place(&self) -> bool {
        self.elements.iter().all(|element| element.id.is_none() && element.name.is_none())
    }
}

/// A migration.
#[derive(Clone, Debug)]
pub struct Element {
    pub id: Option<(Id, Location)>,
    /// Its name; a description is none.
    pub name: Option<(Rc<str>, Location)>,
    /// It says what it is about.
    pub is_described: bool,
    /// What it does, in its order.
    pub actions: Vec<Action>,
    /// It says that it is for databases of another kind.
    pub is_for_others: bool,
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
        let actions = Vec::new();
        Self { id: None, name: None, is_described: false, actions, is_for_others: false, location, position }
    }

    /// What people tell it by: its name, else its number, else its function's name.
    pub fn told(&self) -> String {
        if let Some((name, _)) = &self.name {
            return name.to_string();
        }
        if let Some((id, _)) = &self.id {
            return id.to_string();
        }
        self.function().map_or_else(|| format!("#{}", self.position + 1), str::to_owned)
    }

    /// The name of its function, where that has one.
    pub fn function(&self) -> Option<&str> {
        self.actions.iter().find_map(|action| match action {
            Action::Call(closure) if !closure.function.name.is_empty() => Some(&*closure.function.name),
            _ => None,
        })
    }

    /// What it does, as it is named where it is listed: the name of its function, of the package's or of another.
    pub fn written(&self) -> Option<String> {
        self.actions.iter().find_map(|action| match action {
            Action::Call(closure) => Some(closure.function.name.to_string()),
            Action::Unknown(why) => why.location.source.text().get(why.location.range.clone()).map(str::to_owned),
            Action::Sql(..) => None,
        })
    }

    /// Its texts as they are; `None` where it does something else.
    pub fn texts(&self) -> Option<String> {
        let mut texts = String::new();
        for action in &self.actions {
            let Action::Sql(text, _) = action else { return None };
            texts.push_str(text);
        }
        Some(texts)
    }

    /// What its code says of the schema, a line each; `None` where its code is elsewhere.
    pub fn traces(&self) -> Option<String> {
        let mut lines = Vec::new();
        for action in &self.actions {
            match action {
                Action::Call(closure) => traces::of(&closure.file, &closure.function, &mut lines),
                Action::Sql(text, _) => lines.push(traces::plain(text)),
                Action::Unknown(_) => return None,
            }
        }
        Some(lines.join("\n"))
    }
}

/// The list of this name: a variable of the package, what a function of it returns, or a literal that a function or a
/// variable of the first file has somewhere. `None` where there is none.
pub fn list(vm: &mut Interpreter<'_>, file: &Rc<File>, name: &str, dialect: &str) -> Option<List> {
    let own = candidates(file).into_iter().filter(|candidate| *candidate.name == *name);
    let inside = own.clone().filter(|candidate| !matches!(candidate.site, Site::Variable));
    let inside = inside.max_by_key(|candidate| candidate.count);
    let of_package = own.clone().any(|candidate| matches!(candidate.site, Site::Variable));
    if let Some(Candidate { site: Site::Value(literal) | Site::Local(_, literal) | Site::Inside(_, literal), .. }) =
        &inside
        && !of_package
    {
        // What a function returns may be more than the literal in it.
        let called = vm.package().function(name).and_then(|_| value(vm, name)).map(|(value, location)| {
            let mut list = List { location: Some(location), ..List::default() };
            read(&value, file, dialect, &[], &mut list);
            list
        });
        let count = inside.as_ref().map_or(0, |candidate| candidate.count);
        let is_partial = called.is_some();
        if let Some(called) = called.filter(|list| list.unread.is_empty() && list.elements.len() >= count) {
            return Some(called);
        }
        let function = match &inside {
            Some(Candidate { site: Site::Local(function, _) | Site::Inside(function, _), .. }) => Some(*function),
            _ => None,
        };
        let location = file.location(&literal_head(file, literal));
        let mut list = List { location: Some(location), is_local: function.is_some(), is_partial, ..List::default() };
        let value = match function {
            Some(function) => vm.local_value(file, function, literal),
            None => vm.value_of(file, literal),
        };
        read(&value.unwrap_or_else(Value::from), file, dialect, &places(file, literal), &mut list);
        return Some(list);
    }
    let (value, location) = value(vm, name)?;
    let mut list = List { location: Some(location), ..List::default() };
    let places = literals(vm, name);
    read(&value, file, dialect, &places, &mut list);
    Some(list)
}

/// The first line of a literal.
fn literal_head(file: &File, literal: &Expr) -> std::ops::Range<usize> {
    let line = file.source.line_range(file.source.line_at(literal.range.start));
    literal.range.start..literal.range.end.min(line.end.max(literal.range.start))
}

/// Whether a package tells the elements of a list by their places: it keeps how many have run, or takes them by an index.
pub fn are_counted(package: &Package, name: &str) -> bool {
    let signs = [format!("{name}["), format!("len({name})"), format!("{name}()[")];
    let has = |text: &str| {
        let by_name = signs.iter().any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some());
        by_name || memchr::memmem::find(text.as_bytes(), b"user_version").is_some()
    };
    package.sources().any(|source| has(source.text()))
}

/// Where the elements of a variable of the package stand in the text.
fn literals(vm: &Interpreter<'_>, name: &str) -> Vec<Location> {
    let Some((file, at)) = vm.package().variable(name) else { return Vec::new() };
    let value = file.variables.get(at).and_then(|variable| variable.value.as_ref());
    value.map(|value| places(&file, value)).unwrap_or_default()
}

fn places(file: &File, value: &Expr) -> Vec<Location> {
    match &value.kind {
        ExprKind::Composite(_, elements) => {
            elements.iter().map(|element| file.location(&element.value.range)).collect()
        }
        _ => Vec::new(),
    }
}

/// The value of a variable of the package, or of what a function of it returns.
fn value(vm: &mut Interpreter<'_>, name: &str) -> Option<(Value, Location)> {
    let package = vm.package();
    if let Some((of, at)) = package.variable(name) {
        let location = of.location(&of.variables.get(at)?.range);
        let value = vm.global(name)?;
        if let Err(stop) = vm.initialize(name) {
            return Some((stop.into(), location));
        }
        return Some((vm.global(name).unwrap_or(value), location));
    }
    let declared = package.function(name).or_else(|| package.method(name))?;
    let start = declared.function.range.start;
    let location = declared.file.location(&(start..start + "func ".len() + name.len()));
    let closure = Rc::new(Closure { file: declared.file, function: declared.function, scope: None, receiver: None });
    let value = match vm.call(&closure) {
        // `([]migration, error)`
        Ok(Value::Tuple(parts)) => parts.first().cloned().unwrap_or(Value::Nil),
        Ok(value) => value,
        Err(stop) => stop.into(),
    };
    Some((value, location))
}

fn read(value: &Value, file: &File, dialect: &str, places: &[Location], list: &mut List) {
    let items: Vec<Value> = match value {
        Value::List(items) => items.to_vec(),
        Value::Map(items) if items.iter().all(|(key, _)| matches!(key, Value::Int(_))) => {
            numbered(items, list);
            return;
        }
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
        let pointed = match item {
            Value::Pointer(cell) => Some(cell.borrow().clone()),
            _ => None,
        };
        match pointed.as_ref().unwrap_or(item) {
            Value::Unknown(why) => list.unread.push((format!("an element {}", why.reason), why.location.clone())),
            // What goes back stands beside what goes forth, under the same number.
            Value::Struct(known) if is_way_back(&known.fields) => {}
            Value::Struct(known) => {
                let library = known.of.as_ref().and_then(|of| Library::of(&of.name, file));
                list.library = list.library.or(library);
                let mut element = Element::at(known.location.clone(), position);
                for (field, value, location) in &known.fields {
                    add(&mut element, field.as_deref(), value, location, dialect);
                }
                if library.is_some_and(Library::keeps_ids_as_texts)
                    && let Some((Id::Number(number), place)) = &element.id
                {
                    element.id = Some((Id::Text(number.to_string().into()), place.clone()));
                }
                element.location = head(&element);
                list.elements.push(element);
            }
            Value::Function(closure) => {
                let mut element = Element::at(closure.file.location(&closure.function.range), position);
                element.actions.push(Action::Call(Rc::clone(closure)));
                list.elements.push(element);
            }
            // A place that is kept free: `""` stands where new databases are made in another way.
            Value::Text(text) if is_statement(text) || text.is_empty() => {
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
    if let Some(library) = list.library {
        library.sort(&mut list.elements);
    }
}

/// Whether a struct says that it is the way back: `Direction: "down"`.
fn is_way_back(fields: &[(Option<Rc<str>>, Value, Location)]) -> bool {
    fields.iter().any(|(field, value, _)| {
        field.as_ref().is_some_and(|field| field.eq_ignore_ascii_case("direction"))
            && matches!(value, Value::Text(way) if way.eq_ignore_ascii_case("down"))
    })
}

/// The functions of a map from versions to them, in the order of those.
fn numbered(items: &[(Value, Value)], list: &mut List) {
    let mut items: Vec<&(Value, Value)> = items.iter().collect();
    items.sort_by_key(|(key, _)| if let Value::Int(number) = key { *number } else { i64::MAX });
    for (position, (key, value)) in items.into_iter().enumerate() {
        match (key, value) {
            (Value::Int(number), Value::Function(closure)) => {
                let location = closure.file.location(&closure.function.range);
                let mut element = Element::at(location.clone(), position);
                element.id = Some((Id::Number(*number), location));
                element.actions.push(Action::Call(Rc::clone(closure)));
                element.location = head(&element);
                list.elements.push(element);
            }
            (_, Value::Unknown(why)) => {
                list.unread.push((format!("an element {}", why.reason), why.location.clone()));
            }
            _ => {}
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

/// Whether the value of a field that picks databases names others than this one.
fn picks_others(value: &Value, location: &Location, dialect: &str) -> bool {
    let text = match value {
        Value::Text(text) => text.to_ascii_lowercase(),
        _ => location.source.text().get(location.range.clone()).unwrap_or_default().to_ascii_lowercase(),
    };
    let words = text.split(|part: char| !part.is_alphanumeric());
    let mut named = words.filter_map(Dialect::named_inside).map(|(named, _)| named).peekable();
    named.peek().is_some() && !named.any(|named| named.as_str() == dialect)
}

/// Adds what one field of an element says.
fn add(element: &mut Element, field: Option<&str>, value: &Value, location: &Location, dialect: &str) {
    element.is_for_others |= field.is_some_and(picks_databases) && picks_others(value, location, dialect);
    let role = match field {
        Some(field) => role(field, dialect),
        // The fields of a type of another package are told by what stands in them.
        None => match value {
            Value::Int(_) | Value::Float(_) if element.id.is_none() => Role::Id,
            Value::Text(text) if !is_statement(text) && element.name.is_none() => Role::Name,
            Value::Text(_) | Value::List(_) | Value::Function(_) if element.actions.is_empty() => Role::Up,
            Value::Unknown(_) if element.actions.is_empty() && (element.id.is_some() || element.name.is_some()) => {
                Role::Up
            }
            _ => Role::Other,
        },
    };
    match (role, value) {
        (Role::Id, Value::Int(number)) => element.id = Some((Id::Number(*number), location.clone())),
        // `1.0` is the number 1.
        (Role::Id, Value::Float(number)) => {
            let text: Rc<str> = number.to_string().into();
            element.id = Some((id_of(&text), location.clone()));
        }
        (Role::Id, Value::Text(text)) => element.id = Some((id_of(text), location.clone())),
        (Role::Name, Value::Text(text)) if !text.is_empty() => element.name = Some((Rc::clone(text), location.clone())),
        (Role::Description, Value::Text(text)) => element.is_described |= !text.is_empty(),
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
