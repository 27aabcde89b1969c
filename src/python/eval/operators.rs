//! Operators, comparisons and truth.

use std::cmp::Ordering;
use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::{CmpOp, ExprCompare, Operator, UnaryOp};

use super::formatting::{finish, push_hole};
use super::function::Scope;
use super::interpreter::{Eval, Interpreter};
use super::value::{Args, Key, MAX_NESTING, Role, Unknown, Value};

/// The result of a question about values that may not be known.
pub(super) type Known<T> = Result<T, Rc<Unknown>>;

impl<'a> Interpreter<'a> {
    /// Whether a value is true.
    pub fn truth(&mut self, value: &Value<'a>) -> Eval<'a, Known<bool>> {
        if let Some(why) = self.taint_of(value) {
            return Ok(Err(why));
        }
        Ok(Ok(match value {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.0.borrow().is_empty(),
            Value::Tuple(tuple) => !tuple.items.is_empty(),
            Value::Set(set) => !set.items.borrow().is_empty(),
            Value::Dict(dict) => !dict.items.borrow().is_empty(),
            Value::Range(range) => range.length() > 0,
            Value::Object(object) => object.length() != Some(0),
            Value::Instance(instance) if instance.class.role == Role::Plain => {
                for name in ["__bool__", "__len__"] {
                    if let Some(method) = instance.class.find(name) {
                        let args = Args { positional: vec![value.clone()], keyword: Vec::new() };
                        let result = self.call(&method, args)?;
                        return self.truth(&result);
                    }
                }
                true
            }
            Value::Unknown(unknown) => match &unknown.text {
                // Something of the text is known, so that it is not empty.
                Some(text) if text.chars().any(|part| part != super::value::HOLE) => true,
                _ => return Ok(Err(unknown.clone())),
            },
            _ => true,
        }))
    }

    /// Why a value is not known that the database computes, if one of these is such a value.
    fn expression_of(&self, values: [&Value<'a>; 2]) -> Option<Rc<Unknown>> {
        let is_expression = |value: &&Value<'a>| match value {
            Value::Object(object) => object.is_expression(),
            Value::Instance(record) => record.class.role == Role::Record && record.class.is_named("Column"),
            _ => false,
        };
        values.iter().any(is_expression).then(|| self.why("is computed by the database"))
    }

    /// `left op right`.
    pub(super) fn binary(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a> {
        let (left, right) = (&*left.plain(), &*right.plain());
        if left.as_unknown().is_some() || right.as_unknown().is_some() {
            return self.binary_unknown(op, left, right);
        }
        if let Some(made) = super::library::conjunction(self, op, left, right)? {
            return Ok(made);
        }
        if let Some(why) = self.expression_of([left, right]) {
            return Ok(Value::Unknown(why));
        }
        match (op, left, right) {
            (Operator::Add, Value::Str(a), Value::Str(b)) => self.new_text(format!("{a}{b}")),
            (Operator::Mod, Value::Str(format), _) => self.percent(format, right),
            (Operator::Mult, Value::Str(text), _) => match right.as_int() {
                Some(times) => self.repeat_text(text, times),
                None => self.unsupported(op, left, right),
            },
            (Operator::Mult, _, Value::Str(text)) => match left.as_int() {
                Some(times) => self.repeat_text(text, times),
                None => self.unsupported(op, left, right),
            },
            (Operator::Add, Value::Bytes(a), Value::Bytes(b)) => {
                self.allocate(a.len() + b.len())?;
                Ok(Value::Bytes([&**a, &**b].concat().into()))
            }
            (Operator::Add, Value::List(a), Value::List(b)) => {
                let joined = [&a.0.borrow()[..], &b.0.borrow()[..]].concat();
                let why = self.taint_of(left).or_else(|| self.taint_of(right));
                let list = self.new_list(joined)?;
                if let Some(why) = why {
                    self.taint(&list, &why);
                }
                Ok(list)
            }
            (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => {
                self.allocate((a.items.len() + b.items.len()) * size_of::<Value<'_>>())?;
                Ok(Value::tuple([&a.items[..], &b.items[..]].concat()))
            }
            (Operator::Mult, Value::List(_) | Value::Tuple(_), _) => self.repeat_items(left, right),
            (Operator::Mult, _, Value::List(_) | Value::Tuple(_)) => self.repeat_items(right, left),
            (Operator::Sub | Operator::BitOr | Operator::BitAnd | Operator::BitXor, Value::Set(_), Value::Set(_)) => {
                self.set_operation(op, left, right)
            }
            (Operator::BitOr, Value::Dict(a), Value::Dict(b)) => {
                let mut joined: IndexMap<Key<'a>, Value<'a>> = a.items.borrow().clone();
                joined.extend(b.items.borrow().iter().map(|(key, value)| (key.clone(), value.clone())));
                self.allocate(joined.len() * 2 * size_of::<Value<'_>>())?;
                let joined = Value::dict(joined);
                if let Some(why) = self.taint_of(left).or_else(|| self.taint_of(right)) {
                    self.taint(&joined, &why);
                }
                Ok(joined)
            }
            // `str | None` in an annotation or an `isinstance`.
            (Operator::BitOr, one, other)
                if is_annotation(one)
                    && is_annotation(other)
                    && !matches!((one, other), (Value::None, Value::None)) =>
            {
                Ok(Value::tuple(vec![left.clone(), right.clone()]))
            }
            _ => {
                if let Some(result) = self.special(op, left, right)? {
                    return Ok(result);
                }
                self.arithmetic(op, left, right)
            }
        }
    }

    fn binary_unknown(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a> {
        let why = Self::first_unknown([left, right]);
        let is_text = |value: &Value<'a>| match value {
            Value::Str(_) => true,
            _ => value.as_unknown().is_some_and(|unknown| unknown.text.is_some()),
        };
        // `"CREATE TABLE " + name` is as known as `f"CREATE TABLE {name}"`.
        if op == Operator::Add && (is_text(left) || is_text(right)) {
            let mut text = String::new();
            for value in [left, right] {
                match value {
                    Value::Str(part) => text.push_str(part),
                    other => push_hole(other, &mut text),
                }
            }
            self.allocate(text.len())?;
            return Ok(finish(text, why));
        }
        if let (Operator::Mod, Value::Str(format)) = (op, left) {
            return self.percent(format, right);
        }
        Ok(why.map_or(Value::None, |why| Value::Unknown(forget_text(&why))))
    }

    fn repeat_text(&mut self, text: &str, times: i64) -> Eval<'a> {
        let times = usize::try_from(times).unwrap_or(0);
        self.allocate(text.len().saturating_mul(times))?;
        Ok(Value::text(text.repeat(times)))
    }

    fn repeat_items(&mut self, items: &Value<'a>, times: &Value<'a>) -> Eval<'a> {
        let Some(times) = times.as_int() else {
            return self.raise("TypeError", "can't multiply sequence by non-int");
        };
        let times = usize::try_from(times).unwrap_or(0);
        let (items, list) = match items {
            Value::List(list) => (list.0.borrow().clone(), true),
            Value::Tuple(tuple) => (tuple.items.clone(), false),
            _ => (Vec::new(), false),
        };
        self.allocate(items.len().saturating_mul(times).saturating_mul(size_of::<Value<'_>>()))?;
        let all: Vec<Value<'a>> = items.iter().cycle().take(items.len() * times).cloned().collect();
        Ok(if list { Value::list(all) } else { Value::tuple(all) })
    }

    /// `a += b`: changes a list or a set itself.
    pub(super) fn in_place(&mut self, op: Operator, old: Value<'a>, value: Value<'a>) -> Eval<'a> {
        let method = match (op, &old) {
            (Operator::Add, Value::List(_)) => "extend",
            (Operator::BitOr, Value::Set(_) | Value::Dict(_)) => "update",
            (Operator::Sub, Value::Set(_)) => "difference_update",
            (Operator::BitAnd, Value::Set(_)) => "intersection_update",
            _ => return self.binary(op, &old, &value),
        };
        self.call_method(&old, method, Args { positional: vec![value], keyword: Vec::new() })?;
        Ok(old)
    }

    /// An operator that a class of the checked code defines.
    fn special(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        let name = match op {
            Operator::Add => "__add__",
            Operator::Sub => "__sub__",
            Operator::Mult => "__mul__",
            Operator::Div => "__truediv__",
            Operator::Mod => "__mod__",
            Operator::BitOr => "__or__",
            Operator::BitAnd => "__and__",
            _ => return Ok(None),
        };
        match left {
            Value::Instance(_) => match self.attribute(left, name)? {
                Some(method) => {
                    let args = Args { positional: vec![right.clone()], keyword: Vec::new() };
                    Ok(Some(self.call(&method, args)?))
                }
                None => Ok(None),
            },
            Value::Object(object) => {
                let args = Args { positional: vec![right.clone()], keyword: Vec::new() };
                object.clone().method(self, name, args)
            }
            _ => Ok(None),
        }
    }

    fn arithmetic(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a> {
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int())
            && op != Operator::Div
        {
            return self.whole(op, a, b);
        }
        let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
            return self.unsupported(op, left, right);
        };
        if b == 0.0 && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            return self.raise("ZeroDivisionError", "division by zero");
        }
        Ok(match op {
            Operator::Add => Value::Float(a + b),
            Operator::Sub => Value::Float(a - b),
            Operator::Mult => Value::Float(a * b),
            Operator::Div => Value::Float(a / b),
            Operator::FloorDiv => Value::Float((a / b).floor()),
            Operator::Mod => Value::Float(a - b * (a / b).floor()),
            Operator::Pow => Value::Float(a.powf(b)),
            _ => return self.unsupported(op, left, right),
        })
    }

    fn whole(&mut self, op: Operator, a: i64, b: i64) -> Eval<'a> {
        if b == 0 && matches!(op, Operator::FloorDiv | Operator::Mod) {
            return self.raise("ZeroDivisionError", "integer division or modulo by zero");
        }
        let shift = u32::try_from(b).ok().filter(|shift| *shift < 63);
        let result = match op {
            Operator::Add => a.checked_add(b),
            Operator::Sub => a.checked_sub(b),
            Operator::Mult => a.checked_mul(b),
            Operator::FloorDiv => {
                a.checked_div_euclid(b).map(|result| if b < 0 && a.rem_euclid(b) != 0 { result - 1 } else { result })
            }
            Operator::Mod => {
                a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
            }
            Operator::Pow if b < 0 => {
                #[allow(clippy::cast_precision_loss, reason = "the result is a fraction")]
                return Ok(Value::Float((a as f64).powf(b as f64)));
            }
            Operator::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
            Operator::LShift => shift.and_then(|shift| a.checked_mul(1 << shift)),
            Operator::RShift => shift.map(|shift| a >> shift),
            Operator::BitOr => Some(a | b),
            Operator::BitAnd => Some(a & b),
            Operator::BitXor => Some(a ^ b),
            Operator::Div | Operator::MatMult => None,
        };
        Ok(result.map_or_else(|| self.unknown("is a number too large to compute with"), Value::Int))
    }

    fn unsupported(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a> {
        let (left, right) = (left.type_name(), right.type_name());
        self.raise("TypeError", format!("unsupported operand type(s) for {}: '{left}' and '{right}'", op.as_str()))
    }

    pub(super) fn unary(&mut self, op: UnaryOp, value: &Value<'a>) -> Eval<'a> {
        if op == UnaryOp::Not {
            return Ok(match self.truth(value)? {
                Ok(truth) => Value::Bool(!truth),
                Err(why) => Value::Unknown(why),
            });
        }
        if let Value::Unknown(_) = value {
            return Ok(value.clone());
        }
        if let Some(expression) = super::library::unary(self, op, value)? {
            return Ok(expression);
        }
        match (op, value) {
            (UnaryOp::USub, Value::Float(number)) => return Ok(Value::Float(-number)),
            (UnaryOp::UAdd, Value::Float(_)) => return Ok(value.clone()),
            _ => {}
        }
        let Some(number) = value.as_int() else {
            return self.raise("TypeError", format!("bad operand type for unary operator: '{}'", value.type_name()));
        };
        let result = match op {
            UnaryOp::USub => number.checked_neg(),
            UnaryOp::Invert => Some(!number),
            UnaryOp::UAdd | UnaryOp::Not => Some(number),
        };
        Ok(result.map_or_else(|| self.unknown("is a number too large to compute with"), Value::Int))
    }

    pub(super) fn compare_chain(&mut self, compare: &'a ExprCompare, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let mut left = self.expr(&compare.left, scope)?;
        let mut unknown = None;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.expr(right, scope)?;
            if compare.ops.len() == 1
                && let Some(comparison) = super::library::comparison(self, *op, &left, &right)?
            {
                return Ok(comparison);
            }
            match self.compare(*op, &left, &right)? {
                Ok(true) => {}
                Ok(false) => return Ok(Value::Bool(false)),
                Err(why) => unknown = unknown.or(Some(why)),
            }
            left = right;
        }
        Ok(unknown.map_or(Value::Bool(true), Value::Unknown))
    }

    /// `left op right`.
    pub(super) fn compare(&mut self, op: CmpOp, left: &Value<'a>, right: &Value<'a>) -> Eval<'a, Known<bool>> {
        let negate = matches!(op, CmpOp::NotEq | CmpOp::NotIn | CmpOp::IsNot);
        let result = match op {
            CmpOp::In | CmpOp::NotIn => self.contains(right, left)?,
            CmpOp::Is | CmpOp::IsNot => match Self::first_unknown([left, right]) {
                Some(_) if left.address().is_some() && left.is(right) => Ok(true),
                // A text of which something is known is not `None`.
                Some(why) if why.text.is_some() => Ok(false),
                Some(why) => Err(why),
                None => Ok(left.is(right)),
            },
            CmpOp::Eq | CmpOp::NotEq => self.equal(left, right)?,
            _ => match Self::first_unknown([left, right]) {
                Some(why) => Err(why),
                None => match self.order(left, right)? {
                    Ok(order) => Ok(match op {
                        CmpOp::Lt => order == Some(Ordering::Less),
                        CmpOp::LtE => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                        CmpOp::Gt => order == Some(Ordering::Greater),
                        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
                    }),
                    Err(why) => Err(why),
                },
            },
        };
        Ok(result.map(|result| result != negate))
    }

    pub(super) fn equal(&mut self, left: &Value<'a>, right: &Value<'a>) -> Eval<'a, Known<bool>> {
        let taint = self.taint_of(left).or_else(|| self.taint_of(right));
        if let Some(why) = self.expression_of([left, right]) {
            return Ok(Err(why));
        }
        if let Some(why) = Self::first_unknown([left, right]).or(taint) {
            return Ok(Err(why));
        }
        self.steps(1)?;
        if let Value::Instance(instance) = left
            && let Some(method) = instance.class.find("__eq__")
        {
            let args = Args { positional: vec![left.clone(), right.clone()], keyword: Vec::new() };
            let result = self.call(&method, args)?;
            return self.truth(&result);
        }
        let (is_equal, cost) = left.equals_at_cost(right);
        self.steps(cost)?;
        Ok(Ok(is_equal))
    }

    /// How two values are ordered; `None` for numbers that are not, as NaN.
    pub(super) fn order(&mut self, left: &Value<'a>, right: &Value<'a>) -> Eval<'a, Known<Option<Ordering>>> {
        self.order_at(left, right, MAX_NESTING)
    }

    fn order_at(&mut self, left: &Value<'a>, right: &Value<'a>, depth: u32) -> Eval<'a, Known<Option<Ordering>>> {
        self.step()?;
        let (left, right) = (&*left.plain(), &*right.plain());
        self.steps(size(left).min(size(right)) / 64)?;
        if let Some(why) = Self::first_unknown([left, right]).or_else(|| self.expression_of([left, right])) {
            return Ok(Err(why));
        }
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            return Ok(Ok(Some(a.cmp(&b))));
        }
        if let (Some(a), Some(b)) = (left.as_number(), right.as_number()) {
            return Ok(Ok(a.partial_cmp(&b)));
        }
        let items = |value: &Value<'a>| match value {
            Value::List(list) => Some(list.0.borrow().clone()),
            Value::Tuple(tuple) => Some(tuple.items.clone()),
            _ => None,
        };
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => return Ok(Ok(Some(a.chars().cmp(b.chars())))),
            (Value::Bytes(a), Value::Bytes(b)) => return Ok(Ok(Some(a.cmp(b)))),
            // Paths, part by part.
            (Value::Object(a), Value::Object(b)) if let (Some(a), Some(b)) = (a.path(), b.path()) => {
                return Ok(Ok(Some(a.split('/').cmp(b.split('/')))));
            }
            (Value::Set(a), Value::Set(b)) => {
                let (a, b) = (a.items.borrow(), b.items.borrow());
                let order = match (a.is_subset(&b), b.is_subset(&a)) {
                    (true, true) => Some(Ordering::Equal),
                    (true, false) => Some(Ordering::Less),
                    (false, true) => Some(Ordering::Greater),
                    (false, false) => None,
                };
                return Ok(Ok(order));
            }
            (Value::Instance(instance), _) if instance.class.find("__lt__").is_some() => {
                let Some(less) = instance.class.find("__lt__") else { return Ok(Ok(None)) };
                let args = Args { positional: vec![left.clone(), right.clone()], keyword: Vec::new() };
                let result = self.call(&less, args)?;
                return Ok(match self.truth(&result)? {
                    Ok(true) => Ok(Some(Ordering::Less)),
                    Ok(false) if left.equals(right) => Ok(Some(Ordering::Equal)),
                    Ok(false) => Ok(Some(Ordering::Greater)),
                    Err(why) => Err(why),
                });
            }
            _ => {}
        }
        if let (Some(a), Some(b)) = (items(left), items(right))
            && let Some(depth) = depth.checked_sub(1)
        {
            for (a, b) in a.iter().zip(&b) {
                if Self::first_unknown([a, b]).is_none() && a.equals(b) {
                    continue;
                }
                return self.order_at(a, b, depth);
            }
            return Ok(Ok(Some(a.len().cmp(&b.len()))));
        }
        let (left, right) = (left.type_name(), right.type_name());
        self.raise("TypeError", format!("'<' not supported between instances of '{left}' and '{right}'"))
    }

    /// `item in container`.
    pub(super) fn contains(&mut self, container: &Value<'a>, item: &Value<'a>) -> Eval<'a, Known<bool>> {
        if let Some(why) = self.taint_of(container) {
            return Ok(Err(why));
        }
        match (container, item) {
            (Value::Unknown(unknown), Value::Str(part)) => {
                // What is known of a text may already say it.
                let known = unknown.text.as_ref().is_some_and(|text| text.contains(&**part));
                return Ok(if known { Ok(true) } else { Err(unknown.clone()) });
            }
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => {
                // Nothing is in what is empty.
                let empty = matches!(self.truth(container)?, Ok(false));
                return Ok(if empty { Ok(false) } else { Err(why.clone()) });
            }
            (Value::Str(text), Value::Str(part)) => {
                self.steps(text.len() / 64)?;
                return Ok(Ok(text.contains(&**part)));
            }
            (Value::Bytes(bytes), Value::Bytes(part)) => {
                self.steps(bytes.len() / 64)?;
                return Ok(Ok(memchr::memmem::find(bytes, part).is_some()));
            }
            (Value::Object(object), _) if let Some(is_in) = object.contains(item) => return Ok(Ok(is_in)),
            (Value::Object(object), _) if object.is_address() => return Ok(Err(self.why(super::object::CONNECTS))),
            (Value::Set(set), _) => {
                self.hashable(item)?;
                return Ok(Ok(set.items.borrow().contains(&Key(item.clone()))));
            }
            (Value::Dict(dict), _) => {
                self.hashable(item)?;
                return Ok(Ok(dict.items.borrow().contains_key(&Key(item.clone()))));
            }
            (Value::Range(range), _) => {
                return Ok(Ok(item.as_int().is_some_and(|value| {
                    let inside = if range.step > 0 {
                        (range.start..range.stop).contains(&value)
                    } else {
                        value <= range.start && value > range.stop
                    };
                    inside && value.abs_diff(range.start) % range.step.unsigned_abs() == 0
                })));
            }
            (Value::Instance(instance), _) => {
                if let Some(method) = instance.class.find("__contains__") {
                    let args = Args { positional: vec![container.clone(), item.clone()], keyword: Vec::new() };
                    let result = self.call(&method, args)?;
                    return self.truth(&result);
                }
            }
            _ => {}
        }
        let items = match self.iterate(container)? {
            Ok(items) => items,
            Err(why) => return Ok(Err(why)),
        };
        self.steps(items.len())?;
        let mut unknown = None;
        for candidate in &items {
            match self.equal(candidate, item)? {
                Ok(true) => return Ok(Ok(true)),
                Ok(false) => {}
                Err(why) => unknown = Some(why),
            }
        }
        Ok(unknown.map_or(Ok(false), Err))
    }
}

/// How many bytes or items a value has that all are gone through.
fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.0.borrow().len() * 64,
        Value::Tuple(tuple) => tuple.items.len() * 64,
        Value::Set(set) => set.items.borrow().len() * 64,
        _ => 0,
    }
}

/// The same reason, for a value of which nothing is known.
pub(super) fn forget_text(why: &Rc<Unknown>) -> Rc<Unknown> {
    if why.text.is_none() { why.clone() } else { Rc::new(Unknown { text: None, ..(**why).clone() }) }
}

/// Whether a value stands for a type in an annotation, alone or as one of several.
fn is_annotation(value: &Value<'_>) -> bool {
    match value {
        Value::Class(_) | Value::None => true,
        Value::Tuple(parts) => parts.class.is_none(),
        Value::Object(object) => object.standard_type().is_some(),
        Value::Instance(record) => {
            record.class.location.is_none() && matches!(&*record.class.name, "Annotated" | "Literal")
        }
        _ => false,
    }
}
