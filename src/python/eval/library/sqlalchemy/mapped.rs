//! Mapped classes as the tables that `metadata.create_all()` makes of them.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::super::classes::ANNOTATIONS;
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Class, Instance, Names, Value};
use super::records::own_name;
use super::types;

/// `@declared_attr`: what a mixin makes for each class of its own.
#[derive(Debug)]
pub(super) struct DeclaredAttribute;

impl<'a> Object<'a> for DeclaredAttribute {
    fn type_name(&self) -> &'static str {
        "declared_attr"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if matches!(name, "directive" | "cascading") { self.call(vm, args) } else { Ok(None) }
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(matches!(name, "directive" | "cascading").then(|| Value::Object(Rc::new(Self))))
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let class = Value::Class(vm.record_class("declared_attr"));
        vm.call(&class, args).map(Some)
    }
}

/// The tables of all mapped classes of a `MetaData`, as calls of `Table`. A class of which the table is not known is a
/// gap.
pub(super) fn tables<'a>(vm: &mut Interpreter<'a>, metadata: &Value<'a>) -> Eval<'a, Vec<Value<'a>>> {
    let mut found = Vec::new();
    for class in vm.classes.clone() {
        vm.step()?;
        let is_own = class.find("metadata").is_some_and(|own| own.is(metadata));
        if !is_own || !class.is_named("DeclarativeBase") {
            continue;
        }
        match table(vm, &class, metadata)? {
            Ok(table) => found.extend(table),
            Err(reason) => {
                let why = vm.why(format!("makes the table of the class `{}`, which {reason}", class.name));
                vm.gap(&why);
            }
        }
    }
    Ok(found)
}

/// The table of a class; `None` where it has none, and else why it is not known.
pub(super) fn table<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    metadata: &Value<'a>,
) -> Eval<'a, Result<Option<Value<'a>>, &'static str>> {
    if matches!(class.names.borrow().get("__abstract__"), Some(Value::Bool(true))) || class.find("__table__").is_some()
    {
        return Ok(Ok(None));
    }
    let above = class.bases.iter().any(|base| base.names.borrow().contains_key("__tablename__") && is_mapped(base));
    let has_own = class.names.borrow().contains_key("__tablename__");
    if above && !has_own {
        let adds = class
            .names
            .borrow()
            .values()
            .any(|value| matches!(value, Value::Instance(part) if part.class.is_named("Column")));
        return Ok(if adds { Err("shares the table of another") } else { Ok(None) });
    }
    let Some(name) = class.find("__tablename__") else { return Ok(Ok(None)) };
    let name = match resolved(vm, class, name)? {
        Value::Str(name) => Value::Str(name),
        _ => return Ok(Err("has a name that is computed")),
    };
    let mut columns: Vec<(String, Value<'a>)> = Vec::new();
    let lineage: Vec<Rc<Class<'a>>> = class.lineage().collect();
    for part in lineage.iter().filter(|part| Rc::ptr_eq(part, class) || !is_mapped(part)) {
        if part.open.is_some() {
            return Ok(Err("has a base that is not known"));
        }
        // A class has its own columns first; what a mixin computes comes last.
        let (computed, plain): (Vec<_>, Vec<_>) =
            attributes(part).into_iter().partition(|(_, value)| is_computed(value));
        for (attribute, value) in plain.into_iter().chain(computed) {
            vm.steps(8 + columns.len())?;
            if columns.iter().any(|(known, _)| *known == attribute) {
                continue;
            }
            let value = resolved(vm, class, value)?;
            if let Value::Unknown(_) = value {
                return Ok(Err("has a column that is computed"));
            }
            let column = match column(vm, part, &attribute, &value) {
                Ok(Some(column)) => column,
                Ok(None) => continue,
                Err(reason) => return Ok(Err(reason)),
            };
            columns.push((attribute, column));
        }
    }
    let mut args = Args { positional: vec![name, metadata.clone()], keyword: Vec::new() };
    args.positional.extend(columns.into_iter().map(|(_, column)| column));
    let given = class.find("__table_args__").unwrap_or(Value::None);
    let given = match resolved(vm, class, given)? {
        Value::Tuple(parts) => parts.items.clone(),
        Value::None => Vec::new(),
        other => vec![other],
    };
    for part in given {
        match part {
            Value::Dict(options) => {
                let options = options.items.borrow();
                args.keyword.extend(
                    options
                        .iter()
                        .filter_map(|(key, value)| Some((Cow::Owned(key.0.as_str()?.to_owned()), value.clone()))),
                );
            }
            Value::Instance(_) => args.positional.push(part),
            _ => return Ok(Err("has arguments that are computed")),
        }
    }
    let record = Value::Class(vm.record_class("Table"));
    vm.call(&record, args).map(|table| Ok(Some(table)))
}

/// Whether a class shares rows with a mapped class that it derives from.
pub(super) fn extends_another(class: &Rc<Class<'_>>) -> bool {
    class.bases.iter().any(|base| base.names.borrow().contains_key("__tablename__") && is_mapped(base))
}

fn is_mapped(class: &Rc<Class<'_>>) -> bool {
    class.is_named("DeclarativeBase") && class.find("__tablename__").is_some()
}

/// What a class binds, and what it has an annotation for alone, in the order of its text.
fn attributes<'a>(class: &Rc<Class<'a>>) -> Vec<(String, Value<'a>)> {
    let names = class.names.borrow();
    let mut found: Vec<(String, Value<'a>)> = Vec::new();
    for (name, _) in annotations(class) {
        let value = names.get(name.as_str()).cloned().unwrap_or(Value::Ellipsis);
        found.push((name, value));
    }
    for (name, value) in names.iter() {
        if !name.starts_with("__") && !name.starts_with('<') && !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_string(), value.clone()));
        }
    }
    found
}

fn annotations(class: &Class<'_>) -> Vec<(String, String)> {
    let Some(Value::Tuple(all)) = class.names.borrow().get(ANNOTATIONS).cloned() else { return Vec::new() };
    let pair = |value: &Value<'_>| match value {
        Value::Tuple(pair) => Some((pair.items.first()?.as_str()?.to_owned(), pair.items.get(1)?.as_str()?.to_owned())),
        _ => None,
    };
    all.items.iter().filter_map(pair).collect()
}

fn is_computed(value: &Value<'_>) -> bool {
    matches!(value, Value::Instance(record) if record.class.name == "declared_attr")
}

/// A value of a class, where a mixin computes it for each class of its own.
fn resolved<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>, value: Value<'a>) -> Eval<'a> {
    match &value {
        Value::Instance(record) if is_computed(&value) => match record.positional().into_iter().next() {
            Some(Value::Instance(inner)) if &*inner.class.name == "classmethod" => {
                let function = inner.get("function").unwrap_or(Value::None);
                vm.call(&function, Args { positional: vec![Value::Class(class.clone())], keyword: Vec::new() })
            }
            Some(function) => {
                vm.call(&function, Args { positional: vec![Value::Class(class.clone())], keyword: Vec::new() })
            }
            None => Ok(value),
        },
        _ => Ok(value),
    }
}

/// The column that an attribute is, with its name and its type; `None` where it is none.
fn column<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    attribute: &str,
    value: &Value<'a>,
) -> Result<Option<Value<'a>>, &'static str> {
    let annotation = annotations(class).into_iter().find(|(name, _)| name == attribute).map(|(_, text)| text);
    let mapped = annotation.as_deref().and_then(inner_type);
    let (names, class) = match value {
        Value::Instance(record) if record.class.is_named("Column") => {
            (record.names.borrow().clone(), record.class.clone())
        }
        Value::Ellipsis if mapped.is_some() => (Names::default(), vm.record_class("Column")),
        _ => return Ok(None),
    };
    let record = Instance { class, names: names.into() };
    let mut args = record.positional();
    if own_name(&record).is_none() {
        args.insert(0, Value::text(attribute));
    }
    let has_key = args.iter().any(|part| matches!(part, Value::Instance(part) if part.class.is_named("ForeignKey")));
    if super::records::column_type(&record).is_none() && !has_key {
        let Some(python) = mapped.as_ref().map(|(python, _)| python.as_str()) else {
            return Err("has a column without a type");
        };
        let Some(known) = type_of(python) else { return Err("has a column whose type its annotation says") };
        args.push(Value::Class(types::class_of(vm, known)));
    }
    let mut keywords = match record.get("kwargs") {
        Some(Value::Dict(given)) => given.items.borrow().clone(),
        _ => indexmap::IndexMap::new(),
    };
    if let Some((_, optional)) = mapped
        && record.keyword("nullable").is_none()
        && record.flag("primary_key") != Some(true)
    {
        let key = super::super::super::value::Key(Value::text("nullable"));
        keywords.insert(key, Value::Bool(optional));
    }
    let mut names = record.names.borrow_mut();
    names.insert("args".into(), Value::tuple(args));
    names.insert("kwargs".into(), Value::dict(keywords));
    drop(names);
    Ok(Some(Value::Instance(Rc::new(record))))
}

/// The type in `Mapped[…]`, and whether it may be null.
fn inner_type(annotation: &str) -> Option<(String, bool)> {
    let annotation = annotation.trim_matches(['"', '\'']);
    let inner = annotation.rsplit_once("Mapped[").filter(|(before, _)| !before.contains('['))?.1;
    let inner = inner.strip_suffix(']')?.trim().trim_matches(['"', '\'']);
    let optional = inner.strip_prefix("Optional[").or_else(|| inner.strip_prefix("typing.Optional["));
    let (inner, nullable) = match optional {
        Some(inner) => (inner.strip_suffix(']')?, true),
        None => (inner, false),
    };
    let mut parts: Vec<&str> = inner.split('|').map(str::trim).collect();
    let all = parts.len();
    parts.retain(|part| *part != "None");
    let nullable = nullable || parts.len() < all;
    Some((parts.first()?.trim_matches(['"', '\'']).to_owned(), nullable))
}

/// The type that SQLAlchemy takes for one of Python
/// (<https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html#mapped-column-derives-the-datatype-and-nullability-from-the-mapped-annotation>).
fn type_of(python: &str) -> Option<&'static str> {
    Some(match python.rsplit('.').next().unwrap_or(python) {
        "int" => "Integer",
        "str" => "String",
        "bool" => "Boolean",
        "float" => "Float",
        "bytes" => "LargeBinary",
        "Decimal" => "Numeric",
        "datetime" => "DateTime",
        "date" => "Date",
        "time" => "Time",
        "timedelta" => "Interval",
        "UUID" => "Uuid",
        _ => return None,
    })
}
