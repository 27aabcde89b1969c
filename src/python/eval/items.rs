//! What stands inside a value: iteration, `container[index]`, and what can be a key.

use std::rc::Rc;

use super::interpreter::{Eval, Interpreter, Stop};
use super::operators::{Known, forget_text};
use super::value::{Args, Class, Key, MAX_NESTING, Role, Value, cost_of_text};

impl<'a> Interpreter<'a> {
    /// All that iteration over a value yields; iterators are used up by it.
    pub fn iterate(&mut self, value: &Value<'a>) -> Eval<'a, Known<Vec<Value<'a>>>> {
        if let Some(why) = self.taint_of(value) {
            return Ok(Err(why));
        }
        let items = match value {
            Value::List(list) => list.0.borrow().clone(),
            Value::Tuple(tuple) => tuple.items.clone(),
            Value::Set(set) => set.items.borrow().iter().map(|key| key.0.clone()).collect(),
            Value::Dict(dict) => dict.items.borrow().keys().map(|key| key.0.clone()).collect(),
            Value::Str(text) => {
                self.allocate(text.len() * size_of::<Value<'_>>())?;
                text.chars().map(|part| Value::text(part.to_string())).collect()
            }
            Value::Bytes(bytes) => bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect(),
            Value::Range(range) => {
                let length = usize::try_from(range.length()).unwrap_or(usize::MAX);
                self.allocate(length.saturating_mul(size_of::<Value<'_>>()))?;
                range.items().map(Value::Int).collect()
            }
            Value::Iterator(iterator) => {
                let mut items = iterator.items.borrow_mut();
                let used = iterator.next.replace(0).min(items.len());
                items.drain(..used);
                std::mem::take(&mut *items)
            }
            Value::Unknown(why) => return Ok(Err(forget_text(why))),
            Value::Object(object) if object.is_expression() => {
                object.clone().iterate(self)?;
                return Ok(Err(self.why("depends on the rows of a database")));
            }
            Value::Object(object) => match object.clone().iterate(self)? {
                Some(items) => items,
                None => return self.not_iterable(value),
            },
            Value::Instance(instance) => return self.iterate_instance(value, &instance.class.clone()),
            Value::Class(class) if class.role == Role::Enum => self.enum_members(class),
            Value::Class(class) if class.open.is_some() => {
                return Ok(class.open.clone().map_or_else(|| Ok(Vec::new()), Err));
            }
            _ => return self.not_iterable(value),
        };
        self.allocate(items.len() * size_of::<Value<'_>>())?;
        Ok(Ok(items))
    }

    fn iterate_instance(&mut self, value: &Value<'a>, class: &Rc<Class<'a>>) -> Eval<'a, Known<Vec<Value<'a>>>> {
        let receiver = || Args { positional: vec![value.clone()], keyword: Vec::new() };
        if let Some(method) = class.find("__iter__").or_else(|| class.find("__aiter__")) {
            let over = self.call(&method, receiver())?;
            if !over.is(value) {
                return self.iterate(&over);
            }
        }
        if let Some(next) = class.find("__next__") {
            let mut items = Vec::new();
            loop {
                let mark = self.mark();
                match self.call(&next, receiver()) {
                    Ok(item) => {
                        self.allocate(size_of::<Value<'_>>())?;
                        items.push(item);
                    }
                    Err(Stop::Raise(stop)) if stop.class.is_named("StopIteration") => {
                        self.reset(mark);
                        return Ok(Ok(items));
                    }
                    Err(stop) => return Err(stop),
                }
            }
        }
        if let Some(why) = class.lineage().find_map(|class| class.open.clone()) {
            return Ok(Err(why));
        }
        self.not_iterable(value)
    }

    fn not_iterable<T>(&mut self, value: &Value<'a>) -> Eval<'a, T> {
        self.raise("TypeError", format!("'{}' object is not iterable", value.type_name()))
    }

    /// The pairs of a mapping, or of an iterable of pairs.
    pub(super) fn pairs(&mut self, value: &Value<'a>) -> Eval<'a, Known<Vec<(Value<'a>, Value<'a>)>>> {
        if let Some(why) = self.taint_of(value) {
            return Ok(Err(why));
        }
        if let Value::Dict(dict) = value {
            let pairs: Vec<_> = dict.items.borrow().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
            self.allocate(pairs.len() * 2 * size_of::<Value<'_>>())?;
            return Ok(Ok(pairs));
        }
        let items = match self.iterate(value)? {
            Ok(items) => items,
            Err(why) => return Ok(Err(why)),
        };
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            match self.iterate(&item)? {
                Ok(pair) if pair.len() == 2 => pairs.push((pair[0].clone(), pair[1].clone())),
                Ok(_) => return self.raise("ValueError", "dictionary update sequence element has the wrong length"),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(pairs))
    }

    /// Raises `TypeError` where a value can be no key.
    pub(super) fn hashable(&mut self, value: &Value<'a>) -> Eval<'a, ()> {
        let mutable = match value {
            Value::List(_) | Value::Dict(_) => true,
            Value::Set(set) => !set.frozen,
            _ => false,
        };
        if let Value::Instance(instance) = value
            && instance.class.role == Role::Plain
            && instance.class.find("__eq__").is_some()
        {
            return self.abandon("keeps objects as keys that compare in a way of their own");
        }
        if mutable {
            return self.raise("TypeError", format!("unhashable type: '{}'", value.type_name()));
        }
        self.steps(cost_of_key(value, MAX_NESTING))
    }

    /// `container[index]`.
    pub fn item(&mut self, container: &Value<'a>, index: &Value<'a>) -> Eval<'a> {
        if let Some(why) = self.taint_of(container) {
            return Ok(Value::Unknown(why));
        }
        if let Some(why) = Self::first_unknown([container, index]) {
            return Ok(Value::Unknown(forget_text(&why)));
        }
        if let Value::Slice(bounds) = index {
            return self.slice(container, bounds);
        }
        match container {
            Value::Dict(dict) => {
                self.hashable(index)?;
                let found = dict.items.borrow().get(&Key(index.clone())).cloned();
                match (found, &dict.default) {
                    (Some(value), _) => Ok(value),
                    (None, Some(factory)) => {
                        let value = self.call(factory, Args::default())?;
                        dict.items.borrow_mut().insert(Key(index.clone()), value.clone());
                        Ok(value)
                    }
                    (None, None) => {
                        let exception = self.exception("KeyError", vec![index.clone()]);
                        Err(Stop::Raise(exception))
                    }
                }
            }
            Value::Object(object) if object.standard_type().is_some() => Ok(container.clone()),
            Value::Object(object) => match object.clone().item(self, index)? {
                Some(value) => Ok(value),
                None => self.no_items(container),
            },
            Value::Instance(instance) => match instance.class.find("__getitem__") {
                Some(method) => {
                    let args = Args { positional: vec![container.clone(), index.clone()], keyword: Vec::new() };
                    self.call(&method, args)
                }
                None => match instance.class.lineage().find_map(|class| class.open.clone()) {
                    Some(why) => Ok(Value::Unknown(why)),
                    // A part of what a column has, such as a key of JSON.
                    None if instance.class.role == Role::Record && instance.class.is_named("Column") => {
                        Ok(self.unknown("is computed by the database"))
                    }
                    None => self.no_items(container),
                },
            },
            // `list[str]` in an annotation, `Status["NEW"]` of an enumeration.
            Value::Class(class) if class.role == Role::Enum => match index.as_str().and_then(|name| class.find(name)) {
                Some(member) => Ok(member),
                None => self.no_items(container),
            },
            Value::Class(class) if class.location.is_none() && class.role == Role::Plain => {
                self.typing_form(class, container, index)
            }
            Value::Class(_) | Value::Native(_) => Ok(container.clone()),
            _ => {
                let Some(index) = index.as_int() else {
                    let kind = container.type_name();
                    let message = format!("{kind} indices must be integers or slices, not {}", index.type_name());
                    return self.raise("TypeError", message);
                };
                self.element(container, index)
            }
        }
    }

    /// `Optional[str]` is a union, as `str | None` is one; `Annotated[…]` and `Literal[…]` keep what they are given.
    fn typing_form(&mut self, class: &Rc<Class<'a>>, container: &Value<'a>, index: &Value<'a>) -> Eval<'a> {
        let parts = || match index {
            Value::Tuple(parts) if parts.class.is_none() => parts.items.clone(),
            only => vec![only.clone()],
        };
        let kept = match &*class.name {
            "Optional" => return Ok(Value::tuple(vec![index.clone(), Value::None])),
            "Union" => return Ok(Value::tuple(parts())),
            "Annotated" => self.record_class("Annotated"),
            "Literal" => self.record_class("Literal"),
            _ => return Ok(container.clone()),
        };
        self.call(&Value::Class(kept), Args { positional: parts(), keyword: Vec::new() })
    }

    fn element(&mut self, container: &Value<'a>, index: i64) -> Eval<'a> {
        let at = |length: usize| {
            let length = i64::try_from(length).unwrap_or(i64::MAX);
            let index = if index < 0 { index + length } else { index };
            usize::try_from(index).ok()
        };
        let found = match container {
            Value::List(list) => {
                let list = list.0.borrow();
                at(list.len()).and_then(|index| list.get(index).cloned())
            }
            Value::Tuple(tuple) => at(tuple.items.len()).and_then(|index| tuple.items.get(index).cloned()),
            Value::Str(text) => {
                self.steps(text.len() / 16)?;
                at(text.chars().count())
                    .and_then(|index| text.chars().nth(index))
                    .map(|part| Value::text(part.to_string()))
            }
            Value::Bytes(bytes) => {
                at(bytes.len()).and_then(|index| bytes.get(index)).map(|byte| Value::Int(i64::from(*byte)))
            }
            Value::Range(range) => {
                let length = usize::try_from(range.length()).unwrap_or(usize::MAX);
                at(length)
                    .filter(|index| *index < length)
                    .map(|index| Value::Int(range.start + range.step * i64::try_from(index).unwrap_or(i64::MAX)))
            }
            _ => return self.no_items(container),
        };
        match found {
            Some(value) => Ok(value),
            None => self.raise("IndexError", format!("{} index out of range", container.type_name())),
        }
    }

    fn no_items(&mut self, container: &Value<'a>) -> Eval<'a> {
        if let Value::Object(object) = container
            && object.type_name() == "Connection"
        {
            // Whoever asks a connection for a table by its name has wrapped it.
            return self.abandon("works through a library that wraps the connection, such as sqlite-utils");
        }
        self.raise("TypeError", format!("'{}' object is not subscriptable", container.type_name()))
    }

    fn slice(&mut self, container: &Value<'a>, bounds: &[Value<'a>; 3]) -> Eval<'a> {
        if let Some(why) = Self::first_unknown(bounds) {
            return Ok(Value::Unknown(why));
        }
        match container {
            Value::Str(text) => {
                let parts: Vec<char> = text.chars().collect();
                let cut: String = pick(&parts, bounds).into_iter().collect();
                self.new_text(cut)
            }
            Value::Bytes(bytes) => Ok(Value::Bytes(pick(bytes, bounds).into())),
            Value::List(list) => {
                let cut = pick(&list.0.borrow(), bounds);
                self.new_list(cut)
            }
            Value::Tuple(tuple) => {
                self.allocate(tuple.items.len() * size_of::<Value<'_>>())?;
                Ok(Value::tuple(pick(&tuple.items, bounds)))
            }
            Value::Range(_) | Value::Object(_) => match self.iterate(container)? {
                Ok(items) => self.new_list(pick(&items, bounds)),
                Err(why) => Ok(Value::Unknown(why)),
            },
            _ => self.no_items(container),
        }
    }

    /// `container[index] = value`.
    pub(super) fn set_item(&mut self, container: &Value<'a>, index: Value<'a>, value: Value<'a>) -> Eval<'a, ()> {
        if let Some(why) = index.as_unknown() {
            self.taint(container, why);
            return Ok(());
        }
        match container {
            Value::Dict(dict) => {
                self.hashable(&index)?;
                self.allocate(2 * size_of::<Value<'_>>())?;
                let value = self.doubt.clone().map_or(value, Value::Unknown);
                dict.items.borrow_mut().insert(Key(index), value);
            }
            Value::List(list) => {
                if !self.may_change(container) {
                    return Ok(());
                }
                if let Value::Slice(bounds) = &index {
                    let items = match self.iterate(&value)? {
                        Ok(items) => items,
                        Err(why) => {
                            self.taint(container, &why);
                            return Ok(());
                        }
                    };
                    let length = list.0.borrow().len();
                    let (from, to, _) = span(length, bounds);
                    list.0.borrow_mut().splice(from..to.max(from), items);
                    return Ok(());
                }
                let length = i64::try_from(list.0.borrow().len()).unwrap_or(i64::MAX);
                let at = index.as_int().map(|index| if index < 0 { index + length } else { index });
                let place = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < list.0.borrow().len());
                match place {
                    Some(at) => list.0.borrow_mut()[at] = value,
                    None => return self.raise("IndexError", "list assignment index out of range"),
                }
            }
            Value::Instance(instance) => {
                if let Some(method) = instance.class.find("__setitem__") {
                    let args = Args { positional: vec![container.clone(), index, value], keyword: Vec::new() };
                    self.call(&method, args)?;
                }
            }
            Value::Unknown(_) | Value::Object(_) => {}
            _ => {
                let message = format!("'{}' object does not support item assignment", container.type_name());
                return self.raise("TypeError", message);
            }
        }
        Ok(())
    }

    pub(super) fn delete_item(&mut self, container: &Value<'a>, index: &Value<'a>) -> Eval<'a, ()> {
        if !self.may_change(container) {
            return Ok(());
        }
        let args = Args { positional: vec![index.clone()], keyword: Vec::new() };
        match (container, index) {
            (Value::List(list), Value::Slice(bounds)) => {
                let length = list.0.borrow().len();
                let (from, to, _) = span(length, bounds);
                list.0.borrow_mut().drain(from..to.max(from));
            }
            (Value::Dict(_) | Value::List(_), _) => {
                self.call_method(container, "pop", args)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// An index within a sequence of this length, from its end where it is negative.
pub(super) fn bound(index: i64, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if index < 0 { index.saturating_add(length) } else { index };
    usize::try_from(index.clamp(0, length)).unwrap_or(0)
}

/// Where a slice begins and ends, and its step.
fn span(length: usize, bounds: &[Value<'_>; 3]) -> (usize, usize, i64) {
    let step = bounds[2].as_int().filter(|step| *step != 0).unwrap_or(1);
    let from = bounds[0].as_int().map_or(0, |from| bound(from, length));
    let to = bounds[1].as_int().map_or(length, |to| bound(to, length));
    (from, to, step)
}

/// The elements that a slice picks.
fn pick<T: Clone>(items: &[T], bounds: &[Value<'_>; 3]) -> Vec<T> {
    let (from, to, step) = span(items.len(), bounds);
    if step > 0 {
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        return items.get(from..to).unwrap_or_default().iter().step_by(step).cloned().collect();
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    // Backwards: from the last, or the given one, down to the one after the end.
    let from =
        bounds[0].as_int().map_or(length - 1, |from| if from < 0 { from + length } else { from.min(length - 1) });
    let to = bounds[1].as_int().map_or(-1, |to| if to < 0 { (to + length).max(-1) } else { to });
    let mut picked = Vec::new();
    let mut at = from;
    while at > to {
        picked.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    picked
}

/// How many steps a value takes as a key: all of it is gone through.
fn cost_of_key(value: &Value<'_>, depth: u32) -> usize {
    match (value, depth.checked_sub(1)) {
        (Value::Str(text), _) => cost_of_text(text.len()) as usize,
        (Value::Bytes(bytes), _) => cost_of_text(bytes.len()) as usize,
        (Value::Tuple(tuple), Some(depth)) => {
            // What has one part many times over is not gone through without an end.
            const MOST: usize = 10_000;
            let parts = tuple.items.iter();
            parts.fold(1, |sum, part| if sum > MOST { sum } else { sum + cost_of_key(part, depth) })
        }
        _ => 1,
    }
}
