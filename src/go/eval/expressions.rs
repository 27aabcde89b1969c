//! What an expression is.

use std::rc::Rc;

use super::value::{Cell, Closure, Handle, Named, Struct, Unknown, Value};
use super::{Eval, Frame, Interpreter, LONGEST_TEXT, unknown};
use crate::go::syntax::{Element, Expr, ExprKind, Type};
use crate::python::texts::UNKNOWN;
use crate::schema::dialect::Dialect;

impl Interpreter<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, frame: &Frame) -> Eval<Value> {
        self.enter(frame, &expr.range)?;
        let value = self.expr_kind(expr, frame);
        self.leave();
        value
    }

    fn expr_kind(&mut self, expr: &Expr, frame: &Frame) -> Eval<Value> {
        let here = || frame.file.location(&expr.range);
        Ok(match &expr.kind {
            ExprKind::Text(text) => Value::text(text.text.as_str()),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Float(value) => Value::Float(*value),
            ExprKind::Name(name) => self.name(name, expr, frame),
            ExprKind::Sum(terms) => self.sum(terms, expr, frame)?,
            ExprKind::Binary(operator, left, right) => self.binary(operator, left, right, frame)?,
            ExprKind::Unary("&", operand) => match &operand.kind {
                ExprKind::Name(name) => match self.variable(name, frame) {
                    Some(cell) => Value::Pointer(cell),
                    None => unknown("points to what is not known", here()),
                },
                _ => self.expr(operand, frame)?,
            },
            ExprKind::Unary(operator, operand) => match (*operator, self.expr(operand, frame)?.last()) {
                ("!", Value::Bool(value)) => Value::Bool(!value),
                ("-", Value::Int(value)) => {
                    value.checked_neg().map_or_else(|| unknown("overflows", here()), Value::Int)
                }
                ("*", Value::Pointer(cell)) => cell.borrow().clone(),
                ("*", value @ (Value::Struct(_) | Value::Handle(_) | Value::Unknown(_))) => value,
                (_, Value::Unknown(why)) => Value::Unknown(why),
                _ => unknown("is an operation that is not followed", here()),
            },
            ExprKind::Call(call) => self.call_expr(call, expr, frame)?,
            ExprKind::Select(operand, field) => self.select(operand, field, expr, frame)?,
            ExprKind::Index(operand, index) => {
                let (list, index) = (self.expr(operand, frame)?.last(), self.expr(index, frame)?.last());
                Self::index(&list, &index, expr, frame)
            }
            ExprKind::Composite(kind, elements) => self.composite(kind, elements, expr, frame)?,
            ExprKind::Function(function) => Value::Function(Rc::new(Closure {
                file: Rc::clone(&frame.file),
                function: Rc::clone(function),
                scope: Some(Rc::clone(&frame.scope)),
                receiver: None,
            })),
            ExprKind::Convert(inner) => self.expr(inner, frame)?.last(),
            ExprKind::Type(_) | ExprKind::Other => unknown("is written in a way that is not followed", here()),
        })
    }

    /// The variable that a name stands for, wherever it is declared.
    pub(super) fn variable(&mut self, name: &str, frame: &Frame) -> Option<Cell> {
        frame.scope.find(name).or_else(|| self.global_cell(name))
    }

    fn name(&mut self, name: &Rc<str>, expr: &Expr, frame: &Frame) -> Value {
        if let Some(cell) = self.variable(name, frame) {
            return cell.borrow().clone();
        }
        match &**name {
            "nil" => return Value::Nil,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        match self.package.function(name) {
            Some(declared) => Value::Function(Rc::new(Closure {
                file: declared.file,
                function: declared.function,
                scope: None,
                receiver: None,
            })),
            None => {
                let reason = format!("names `{name}`, which is not declared in the package");
                unknown(reason, frame.file.location(&expr.range))
            }
        }
    }

    fn sum(&mut self, terms: &[Expr], expr: &Expr, frame: &Frame) -> Eval<Value> {
        let mut values = Vec::with_capacity(terms.len());
        for term in terms {
            values.push(self.expr(term, frame)?.last());
        }
        if values.iter().all(|value| matches!(value, Value::Int(_))) {
            let numbers = values.iter().map(|value| if let Value::Int(number) = value { *number } else { 0 });
            let mut numbers = numbers;
            let sum = numbers.try_fold(0_i64, i64::checked_add);
            return Ok(sum.map_or_else(|| unknown("overflows", frame.file.location(&expr.range)), Value::Int));
        }
        self.joined(&values, expr, frame)
    }

    /// Texts one after the other; what is not known of them leaves a sign.
    pub(super) fn joined(&mut self, values: &[Value], expr: &Expr, frame: &Frame) -> Eval<Value> {
        let location = frame.file.location(&expr.range);
        let mut text = String::new();
        let mut why: Option<Rc<Unknown>> = None;
        for value in values {
            match value {
                Value::Text(part) => text.push_str(part),
                Value::Unknown(unknown) => {
                    text.push_str(unknown.text.as_deref().unwrap_or(UNKNOWN.encode_utf8(&mut [0; 4])));
                    why.get_or_insert_with(|| Rc::clone(unknown));
                }
                _ => {
                    text.push(UNKNOWN);
                    why.get_or_insert_with(|| {
                        let reason = "is put together in a way that is not followed".to_owned();
                        Rc::new(Unknown { reason, location: location.clone(), text: None })
                    });
                }
            }
            if text.len() > LONGEST_TEXT {
                return Ok(unknown("is a longer text than a check allows", location));
            }
        }
        self.allocate(text.len(), &location)?;
        Ok(match why {
            None => Value::text(text),
            Some(why) => Value::Unknown(Rc::new(Unknown { text: Some(text.into()), ..(*why).clone() })),
        })
    }

    fn binary(&mut self, operator: &'static str, left: &Expr, right: &Expr, frame: &Frame) -> Eval<Value> {
        let first = self.expr(left, frame)?.last();
        match (operator, &first) {
            ("&&", Value::Bool(false)) | ("||", Value::Bool(true)) => return Ok(first),
            _ => {}
        }
        let second = self.expr(right, frame)?.last();
        let location = || frame.file.location(&(left.range.start..right.range.end));
        let known = match operator {
            "==" | "!=" => {
                let equal = is_no_error(left, &first, &second).or_else(|| first.equals(&second));
                equal.map(|equal| Value::Bool(equal == (operator == "==")))
            }
            "&&" | "||" => match (&first, &second) {
                (Value::Bool(_), Value::Bool(value)) => Some(Value::Bool(*value)),
                // Whatever the first is.
                (_, Value::Bool(value)) if *value == (operator == "||") => Some(Value::Bool(*value)),
                _ => None,
            },
            _ => match (&first, &second) {
                (Value::Int(one), Value::Int(other)) => arithmetic(operator, *one, *other),
                _ => None,
            },
        };
        Ok(known.unwrap_or_else(|| match (first, second) {
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => {
                Value::Unknown(Rc::new(Unknown { text: None, ..(*why).clone() }))
            }
            _ => unknown("depends on a comparison that is not followed", location()),
        }))
    }

    fn select(&mut self, operand: &Expr, field: &Rc<str>, expr: &Expr, frame: &Frame) -> Eval<Value> {
        let here = || frame.file.location(&expr.range);
        if let ExprKind::Name(package) = &operand.kind
            && self.variable(package, frame).is_none()
        {
            if let Some(own) = self.exported(package, field, frame) {
                return Ok(own);
            }
            // `(*Store).migrate` and `Store.migrate` are methods of a type.
            return Ok(match (&**package, &**field) {
                // The names of databases in xorm.
                ("schemas", name) if let Some(of) = in_capitals(name) => Value::text(of.as_str()),
                ("sql" | "pgx", "ErrNoRows") => Value::error(super::database::NO_ROWS),
                _ if self.package.type_of(package).is_some() => self.method(field, None, here),
                _ => unknown(format!("depends on `{package}.{field}`, which is not in the package"), here()),
            });
        }
        let value = self.expr(operand, frame)?;
        Ok(match value {
            Value::Struct(known) => match known.field(field) {
                Some(value) => value.clone(),
                None => self.method(field, Some(Value::Struct(known)), here),
            },
            Value::Pointer(cell) => {
                let inner = cell.borrow().clone();
                match &inner {
                    Value::Struct(known) => {
                        known.field(field).cloned().unwrap_or_else(|| unknown("is not set", here()))
                    }
                    _ => self.method(field, Some(inner), here),
                }
            }
            // What a library's call returns says how it ended in a field.
            Value::Tuple(parts) if &**field == "Error" => parts.last().cloned().unwrap_or(Value::Nil),
            Value::Handle(kind) => match self.package.method(field) {
                Some(_) if kind == Handle::Other => self.method(field, Some(Value::Handle(kind)), here),
                _ if &**field == "Error" => Value::Nil,
                _ if names_driver(field) && !self.host.dialect().is_empty() => Value::Driver(self.host.dialect()),
                // A store's own database.
                _ => Value::Handle(if is_database(field) { Handle::Database } else { kind }),
            },
            Value::Unknown(why) if is_database(field) => {
                drop(why);
                Value::Handle(Handle::Database)
            }
            Value::Unknown(why) => match self.package.method(field) {
                Some(_) => self.method(field, Some(Value::Handle(Handle::Other)), here),
                None => Value::Unknown(why),
            },
            _ => self.method(field, None, here),
        })
    }

    fn method(&self, name: &str, receiver: Option<Value>, here: impl Fn() -> crate::source::Location) -> Value {
        match self.package.method(name) {
            Some(declared) => Value::Function(Rc::new(Closure {
                file: declared.file,
                function: declared.function,
                scope: None,
                receiver: Some(receiver.unwrap_or(Value::Handle(Handle::Other))),
            })),
            None => unknown(format!("depends on `{name}`, which is not found in the package"), here()),
        }
    }

    fn index(list: &Value, index: &Value, expr: &Expr, frame: &Frame) -> Value {
        let found = match (list, index) {
            (Value::List(items), Value::Int(at)) => usize::try_from(*at).ok().and_then(|at| items.get(at)).cloned(),
            (Value::Map(items), key) => {
                items.iter().find(|(known, _)| known.equals(key) == Some(true)).map(|(_, value)| value.clone())
            }
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Some(Value::Unknown(Rc::clone(why))),
            _ => None,
        };
        found.unwrap_or_else(|| unknown("takes an element that is not there", frame.file.location(&expr.range)))
    }

    fn composite(&mut self, kind: &Type, elements: &[Element], expr: &Expr, frame: &Frame) -> Eval<Value> {
        let location = frame.file.location(&expr.range);
        self.allocate(elements.len() * 64, &location)?;
        match self.resolved(kind, frame) {
            Type::Slice(of) => {
                let mut items = Vec::with_capacity(elements.len());
                for element in elements {
                    items.push(self.element(&element.value, &of, frame)?);
                }
                Ok(Value::List(Rc::new(items)))
            }
            Type::Map(of) => {
                let mut items = Vec::with_capacity(elements.len());
                for element in elements {
                    let Some(key) = &element.key else { continue };
                    let key = self.expr(key, frame)?.last();
                    items.push((key, self.element(&element.value, &of, frame)?));
                }
                Ok(Value::Map(Rc::new(items)))
            }
            Type::Pointer(of) => {
                // A type may point to itself.
                self.enter(frame, &expr.range)?;
                let value = self.composite(&of, elements, expr, frame);
                self.leave();
                value
            }
            of => {
                let named = self.named(kind, frame);
                let declared = if let Type::Struct(fields) = of { fields } else { Rc::default() };
                let mut fields = Vec::with_capacity(elements.len());
                for (at, element) in elements.iter().enumerate() {
                    let (name, of) = match &element.key {
                        Some(Expr { kind: ExprKind::Name(name), .. }) => {
                            (Some(Rc::clone(name)), declared.iter().find(|field| field.name == *name))
                        }
                        Some(_) => (None, None),
                        None => (declared.get(at).map(|field| Rc::clone(&field.name)), declared.get(at)),
                    };
                    let of = of.map_or(Type::Other, |field| field.kind.clone());
                    let value = self.element(&element.value, &of, frame)?;
                    fields.push((name, value, frame.file.location(&element.value.range)));
                }
                Ok(Value::Struct(Rc::new(Struct { of: named, fields, location })))
            }
        }
    }

    /// An element, which leaves its type out where the literal around it says it.
    fn element(&mut self, value: &Expr, of: &Type, frame: &Frame) -> Eval<Value> {
        match &value.kind {
            ExprKind::Composite(Type::Other, elements) => {
                self.enter(frame, &value.range)?;
                let found = self.composite(of, elements, value, frame);
                self.leave();
                found
            }
            // What cannot be followed is one element that is not known, and not the end of the list.
            _ => Ok(self.expr(value, frame)?.last()),
        }
    }

    /// What a type's name stands for.
    pub(super) fn resolved(&mut self, kind: &Type, frame: &Frame) -> Type {
        let mut kind = kind.clone();
        for _ in 0..4 {
            let Type::Named(name) = &kind else { break };
            let own = frame.scope.type_of(name).or_else(|| self.package.type_of(name));
            let Some(next) = own.or_else(|| Some(self.exported_type(name, frame)?.0)) else { break };
            kind = next;
        }
        kind
    }

    /// A type by its name; `None` where it has none.
    pub(super) fn named(&mut self, kind: &Type, frame: &Frame) -> Option<Rc<Named>> {
        let Type::Named(name) = kind else { return None };
        let is_local = frame.scope.type_of(name).is_some();
        let declared = match self.resolved(kind, frame) {
            Type::Struct(fields) => Some(fields),
            _ => None,
        };
        let home = self.exported_type(name, frame).map(|(_, home)| home);
        Some(Rc::new(Named { name: Rc::clone(name), declared, is_local, home }))
    }
}

/// `err != nil` where the error is that of something that is not followed: then it went well, or nothing is known at all.
fn is_no_error(left: &Expr, first: &Value, second: &Value) -> Option<bool> {
    let ExprKind::Name(name) = &left.kind else { return None };
    let is_error = is_error_name(name) && matches!(second, Value::Nil);
    (is_error && matches!(first, Value::Unknown(_) | Value::Handle(_))).then_some(true)
}

/// Whether a variable of this name keeps an error.
pub(super) fn is_error_name(name: &str) -> bool {
    name == "e" || name.ends_with("err") || name.ends_with("Err") || name.starts_with("err")
}

/// Whether a field of this name says which database it is.
fn names_driver(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    ["drivername", "driver", "dbtype", "dialect", "databasetype", "flavor"].contains(&field.as_str())
}

/// Whether a field of this name is a database.
fn is_database(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    ["db", "tx", "conn", "pool", "database", "sql"].iter().any(|sign| field == *sign || field.ends_with("db"))
}

fn arithmetic(operator: &str, one: i64, other: i64) -> Option<Value> {
    Some(match operator {
        "<" => Value::Bool(one < other),
        "<=" => Value::Bool(one <= other),
        ">" => Value::Bool(one > other),
        ">=" => Value::Bool(one >= other),
        "-" => Value::Int(one.checked_sub(other)?),
        "*" => Value::Int(one.checked_mul(other)?),
        "/" => Value::Int(one.checked_div(other)?),
        "%" => Value::Int(one.checked_rem(other)?),
        _ => return None,
    })
}

/// The database of this name in capitals.
fn in_capitals(name: &str) -> Option<Dialect> {
    Dialect::ALL.into_iter().find(|dialect| dialect.as_str().to_uppercase() == name)
}
