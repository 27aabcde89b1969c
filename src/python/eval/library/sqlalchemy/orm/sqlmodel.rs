//! `SQLModel`'s fields as columns (`sqlmodel.main.get_column_from_field`).

use std::borrow::Cow;
use std::rc::Rc;

use super::super::super::super::classes::{IS_TABLE, PLACE};
use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::value::{Args, Class, Instance, Role, Value};
use super::super::types;
use super::annotation::{Said, default_type};

/// The class of what `Field(…)` of `SQLModel`'s makes.
pub(super) const FIELD: &str = "SQLModelField";

/// The same of `Relationship(…)`, which is no column.
pub(super) const RELATIONSHIP: &str = "SQLModelRelationship";

/// What `SQLModel` has of its own.
pub(in super::super::super::super) fn field<'a>(vm: &mut Interpreter<'a>, name: &str) -> Option<Value<'a>> {
    match name {
        "SQLModel" => Some(Value::Class(super::bases::sqlmodel(vm))),
        "Field" => Some(Value::Class(vm.record_class(FIELD))),
        "Relationship" => Some(Value::Class(vm.record_class(RELATIONSHIP))),
        _ => None,
    }
}

/// The column of a field.
pub(super) fn column<'a>(
    vm: &mut Interpreter<'a>,
    attribute: &str,
    value: &Value<'a>,
    said: &Said<'a>,
) -> Eval<'a, Option<Rc<Instance<'a>>>> {
    let field = match value {
        Value::Instance(record) if record.class.name == FIELD => Some(record.clone()),
        _ => None,
    };
    let given =
        |name: &str| field.as_ref().and_then(|field| field.keyword(name)).filter(|value| !matches!(value, Value::None));
    if let Some(Value::Instance(own)) = given("sa_column") {
        return Ok(Some(own));
    }
    let mut args = vec![Value::text(attribute)];
    args.push(match given("sa_type") {
        Some(own) => own,
        None => data_type(vm, field.as_ref(), said)?,
    });
    let mut keyword: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
    let is_key = matches!(given("primary_key"), Some(Value::Bool(true)));
    if is_key {
        keyword.push(("primary_key".into(), Value::Bool(true)));
    }
    let nullable = match given("nullable") {
        Some(Value::Bool(nullable)) => Some(nullable),
        Some(_) => None,
        None => Some(said.optional),
    };
    if let Some(nullable) = nullable {
        keyword.push(("nullable".into(), Value::Bool(!is_key && nullable)));
    }
    for name in ["index", "unique"] {
        if let Some(value) = given(name) {
            keyword.push((name.into(), value));
        }
    }
    for name in ["default", "default_factory"] {
        if let Some(value) = given(name) {
            keyword.push(("default".into(), value));
        }
    }
    if let Some(target) = given("foreign_key") {
        let options = given("ondelete").map(|value| ("ondelete".into(), value)).into_iter().collect();
        let class = Value::Class(vm.record_class("ForeignKey"));
        args.push(vm.call(&class, Args { positional: vec![target], keyword: options })?);
    }
    if let Some(more) = given("sa_column_args")
        && let Ok(more) = vm.iterate(&more)?
    {
        args.extend(more);
    }
    if let Some(Value::Dict(more)) = given("sa_column_kwargs") {
        for (key, value) in &*more.items.borrow() {
            if let Some(key) = key.0.as_str() {
                keyword.retain(|(known, _)| known != key);
                keyword.push((Cow::Owned(key.to_owned()), value.clone()));
            }
        }
    }
    let class = Value::Class(vm.record_class("Column"));
    Ok(match vm.call(&class, Args { positional: args, keyword })? {
        Value::Instance(column) => {
            // That of an annotation alone is told by the annotation.
            match field.and_then(|field| field.get(PLACE)) {
                Some(place) => column.names.borrow_mut().insert(PLACE.into(), place),
                None => column.names.borrow_mut().shift_remove(PLACE),
            };
            Some(column)
        }
        _ => None,
    })
}

/// The type for what an annotation says (`sqlmodel.main.get_sqlalchemy_type`).
fn data_type<'a>(vm: &mut Interpreter<'a>, field: Option<&Rc<Instance<'a>>>, said: &Said<'a>) -> Eval<'a> {
    let unknown = |vm: &mut Interpreter<'a>| vm.unknown("has a field whose type is not followed");
    let [python] = said.classes.as_slice() else { return Ok(unknown(vm)) };
    let option = |name: &str| field.and_then(|field| field.keyword(name));
    let text = |vm: &mut Interpreter<'a>| {
        let keyword = option("max_length").map(|length| ("length".into(), length)).into_iter().collect();
        let class = Value::Class(vm.record_class("AutoString"));
        vm.call(&class, Args { positional: Vec::new(), keyword })
    };
    let name = match python {
        Value::Class(class) if class.role == Role::Enum => {
            let general = Value::Class(types::class_of(vm, "Enum"));
            return vm.call(&general, Args { positional: vec![python.clone()], keyword: Vec::new() });
        }
        Value::Class(class) => {
            let known = class.lineage().find_map(|part: Rc<Class<'a>>| {
                let is_python = part.location.is_none();
                is_python.then(|| part.name.to_string()).filter(|name| default_type(name).is_some())
            });
            match known {
                Some(known) => known,
                None if &*class.name == "Path" => return text(vm),
                None => return Ok(unknown(vm)),
            }
        }
        Value::Instance(record) if record.class.name == "Literal" => return text(vm),
        Value::Object(object) => match object.standard_type() {
            Some((name, _)) => name.to_owned(),
            None => return Ok(unknown(vm)),
        },
        _ => return Ok(unknown(vm)),
    };
    if name == "str" || name.starts_with("IPv") {
        return text(vm);
    }
    // Newer versions keep the zone, older ones do not.
    if name == "datetime" {
        return Ok(unknown(vm));
    }
    let Some(known) = default_type(&name) else { return Ok(unknown(vm)) };
    let class = Value::Class(types::class_of(vm, known));
    if known == "Numeric" {
        let sizes = [("precision", "max_digits"), ("scale", "decimal_places")];
        let keyword = sizes.into_iter().filter_map(|(own, given)| Some((Cow::Borrowed(own), option(given)?)));
        return vm.call(&class, Args { positional: Vec::new(), keyword: keyword.collect() });
    }
    Ok(class)
}

/// Whether a class is a table: `class Hero(SQLModel, table=True)`.
pub(super) fn is_table(class: &Class<'_>) -> bool {
    matches!(class.names.borrow().get(IS_TABLE), Some(Value::Bool(true)))
}

/// Whether a class is one of `SQLModel`'s.
pub(super) fn is_sqlmodel(class: &Class<'_>) -> bool {
    class.bases.iter().any(|base| base.name == "SQLModel" && base.location.is_none())
}
