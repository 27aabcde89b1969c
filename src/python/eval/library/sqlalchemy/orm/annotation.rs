//! What the annotation of a mapped attribute says: `Mapped[str | None]`, `Mapped[intpk]`, `Optional[int]`.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{Expr, Operator, Stmt};

use super::super::super::super::classes::Annotation;
use super::super::super::super::function::Scope;
use super::super::super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::super::super::value::{Args, Class, Instance, Key, Role, Value};
use super::super::types;
use super::bases::TYPE_MAP;
use crate::python::Module;
use crate::python::bindings::last_name;
use crate::source::Source;

/// Annotations lie in each other at most as deep.
const DEEPEST: u32 = 16;

/// One in quotes is at most as long.
const LONGEST: usize = 1_000;

/// What an annotation says.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    /// `Mapped[…]` stands around it.
    pub mapped: bool,
    /// It may be `None`.
    pub optional: bool,
    /// The classes that its values may have, `None` aside; of what is not known the unknown.
    pub classes: Vec<Value<'a>>,
    /// The names that stand for it, such as `Annotated[str, 50]`, outermost first.
    pub aliases: Vec<Value<'a>>,
    /// The columns that `Annotated[…]` gives.
    pub columns: Vec<Rc<Instance<'a>>>,
}

/// Reads an annotation; `None` for what is no column, such as `ClassVar[…]` and `DynamicMapped[…]`.
pub(super) fn read<'a>(vm: &mut Interpreter<'a>, annotation: &Annotation<'a>) -> Eval<'a, Option<Said<'a>>> {
    let mut said = Said::default();
    let Some(mut expression) = unquoted(vm, annotation.expression, &annotation.scope) else { return Ok(Some(said)) };
    if let Expr::Subscript(subscript) = expression {
        match last_name(&subscript.value) {
            Some("Mapped") => {
                said.mapped = true;
                expression = &subscript.slice;
            }
            Some("ClassVar" | "DynamicMapped" | "WriteOnlyMapped" | "AssociationProxy") => return Ok(None),
            _ => {}
        }
    }
    walk(vm, expression, &annotation.scope, &mut said, DEEPEST)?;
    Ok(Some(said))
}

/// The expression in quotes, where one is; `None` where that does not parse.
fn unquoted<'a>(vm: &Interpreter<'a>, expression: &'a Expr, scope: &Rc<Scope<'a>>) -> Option<&'a Expr> {
    let Expr::StringLiteral(text) = expression else { return Some(expression) };
    let text = text.value.to_str();
    if text.len() > LONGEST {
        return None;
    }
    let path = scope.syntax().map_or("", |module| module.source.path());
    let module = Module::parse(&Source::new(path, text)).ok()?;
    let module: &'a Rc<Module> = vm.shelf.alloc(Rc::new(module));
    match module.body() {
        [Stmt::Expr(only)] => Some(&only.value),
        _ => None,
    }
}

fn walk<'a>(
    vm: &mut Interpreter<'a>,
    expression: &'a Expr,
    scope: &Rc<Scope<'a>>,
    said: &mut Said<'a>,
    depth: u32,
) -> Eval<'a, ()> {
    vm.step()?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    match expression {
        Expr::StringLiteral(_) => match unquoted(vm, expression, scope) {
            Some(inner) => walk(vm, inner, scope, said, depth)?,
            None => said.classes.push(vm.unknown("has an annotation that is not followed")),
        },
        Expr::NoneLiteral(_) => said.optional = true,
        Expr::BinOp(both) if both.op == Operator::BitOr => {
            walk(vm, &both.left, scope, said, depth)?;
            walk(vm, &both.right, scope, said, depth)?;
        }
        Expr::Subscript(subscript) => {
            let parts = || match &*subscript.slice {
                Expr::Tuple(parts) => parts.elts.iter().collect(),
                only => vec![only],
            };
            match last_name(&subscript.value) {
                Some("Optional") => {
                    said.optional = true;
                    walk(vm, &subscript.slice, scope, said, depth)?;
                }
                Some("Union") => {
                    for part in parts() {
                        walk(vm, part, scope, said, depth)?;
                    }
                }
                Some("Annotated") => {
                    let mut parts = parts().into_iter();
                    if let Some(first) = parts.next() {
                        walk(vm, first, scope, said, depth)?;
                    }
                    for part in parts {
                        let value = evaluated(vm, part, scope)?;
                        said.take_part(&value);
                    }
                }
                Some("Literal") => {
                    let value = evaluated(vm, expression, scope)?;
                    said.take(value, depth);
                }
                // Of a list or a dict it does not matter of what.
                _ => {
                    let value = evaluated(vm, &subscript.value, scope)?;
                    said.take(value, depth);
                }
            }
        }
        other => {
            let value = evaluated(vm, other, scope)?;
            said.take(value, depth);
        }
    }
    Ok(())
}

/// The value of an expression; one that is not bound yet is not known.
fn evaluated<'a>(vm: &mut Interpreter<'a>, expression: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a> {
    let mark = vm.mark();
    match vm.expr(expression, scope) {
        Err(Stop::Raise(_)) => {
            vm.reset(mark);
            Ok(vm.unknown("has an annotation that is not followed"))
        }
        result => result,
    }
}

impl<'a> Said<'a> {
    fn take_part(&mut self, value: &Value<'a>) {
        if let Value::Instance(record) = value
            && record.class.is_named("Column")
        {
            self.columns.push(record.clone());
        }
    }

    /// Takes up what a name stands for.
    fn take(&mut self, value: Value<'a>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match &value {
            Value::None => self.optional = true,
            Value::Tuple(parts) if parts.class.is_none() => {
                for part in &parts.items {
                    self.take(part.clone(), depth);
                }
            }
            Value::Instance(record) if record.class.name == "Annotated" => {
                let mut parts = record.positional().into_iter();
                self.aliases.push(value.clone());
                if let Some(first) = parts.next() {
                    self.take(first, depth);
                }
                parts.for_each(|part| self.take_part(&part));
            }
            _ => self.classes.push(value),
        }
    }
}

/// The type of SQLAlchemy's that an annotation stands for, for a class with these bases; `None` where it stands for none
/// (<https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html#mapped-column-derives-the-datatype-and-nullability-from-the-mapped-annotation>).
pub(super) fn data_type<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    said: &Said<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    let mut maps: Vec<Value<'a>> = class.find(TYPE_MAP).into_iter().collect();
    if let Some(registry @ Value::Object(_)) = class.find("registry") {
        maps.extend(vm.attribute(&registry, TYPE_MAP)?);
    }
    let (untold, told): (Vec<Value<'a>>, Vec<Value<'a>>) = maps.into_iter().partition(|map| vm.taint_of(map).is_some());
    let listed = |wanted: &Value<'a>| {
        told.iter().find_map(|map| match map {
            Value::Dict(map) => map.items.borrow().get(&Key(wanted.clone())).cloned(),
            _ => None,
        })
    };
    if let Some(found) = said.aliases.iter().find_map(listed) {
        return Ok(Some(found));
    }
    let [python] = said.classes.as_slice() else { return Ok(None) };
    let lineage: Vec<Value<'a>> = match python {
        Value::Class(class) => class.lineage().map(Value::Class).collect(),
        other => vec![other.clone()],
    };
    for part in &lineage {
        if let Some(found) = listed(part) {
            return match python {
                Value::Class(class) if class.role == Role::Enum => of_enum(vm, class, &found).map(Some),
                _ => Ok(Some(found)),
            };
        }
    }
    if !untold.is_empty() || told.iter().any(|map| !matches!(map, Value::Dict(_))) {
        return Ok(None);
    }
    match python {
        Value::Class(class) if class.role == Role::Enum => {
            let general = Value::Class(types::class_of(vm, "Enum"));
            of_enum(vm, class, &general).map(Some)
        }
        Value::Instance(record) if record.class.name == "Literal" => {
            let general = Value::Class(types::class_of(vm, "Enum"));
            let labels = record.positional();
            if labels.iter().any(|label| label.as_str().is_none()) {
                return Ok(None);
            }
            let keyword = vec![(Cow::Borrowed("native_enum"), Value::Bool(false))];
            vm.call(&general, Args { positional: labels, keyword }).map(Some)
        }
        Value::Class(_) => {
            let known = lineage.iter().find_map(|part| match part {
                Value::Class(part) if part.location.is_none() => default_type(&part.name),
                _ => None,
            });
            Ok(known.map(|known| Value::Class(types::class_of(vm, known))))
        }
        Value::Object(object) => {
            let known = object.standard_type().and_then(|(name, _)| default_type(name));
            Ok(known.map(|known| Value::Class(types::class_of(vm, known))))
        }
        _ => Ok(None),
    }
}

/// `Enum(class)`, with what the table of types says of enums besides.
fn of_enum<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>, general: &Value<'a>) -> Eval<'a> {
    let (callee, keyword) = match general {
        Value::Instance(record) if record.class.is_named("Enum") => {
            let given = record.keywords().into_iter();
            let keyword = given.filter_map(|(key, value)| Some((Cow::Owned(key.0.as_str()?.to_owned()), value)));
            (Value::Class(record.class.clone()), keyword.collect())
        }
        Value::Class(known) if known.is_named("Enum") => (general.clone(), Vec::new()),
        // A text or a number, as the table says.
        other => return Ok(other.clone()),
    };
    vm.call(&callee, Args { positional: vec![Value::Class(class.clone())], keyword })
}

/// The type that SQLAlchemy takes for a class of Python's where nobody says otherwise.
pub(super) fn default_type(python: &str) -> Option<&'static str> {
    Some(match python {
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
