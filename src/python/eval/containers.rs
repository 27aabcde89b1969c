//! Lists, tuples, sets and dicts: items, iteration and methods.

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use ruff_python_ast::Operator;

use super::interpreter::{Eval, Interpreter};
use super::operators::Known;
use super::value::{Args, Dict, Key, Role, Set, Value};

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
            Value::Unknown(why) => return Ok(Err(super::operators::forget_text(why))),
            Value::Object(object) if object.is_expression() => {
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

    fn iterate_instance(
        &mut self,
        value: &Value<'a>,
        class: &Rc<super::value::Class<'a>>,
    ) -> Eval<'a, Known<Vec<Value<'a>>>> {
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
                    Err(super::interpreter::Stop::Raise(stop)) if stop.class.is_named("StopIteration") => {
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
        self.step()
    }

    /// `container[index]`.
    pub fn item(&mut self, container: &Value<'a>, index: &Value<'a>) -> Eval<'a> {
        if let Some(why) = self.taint_of(container) {
            return Ok(Value::Unknown(why));
        }
        if let Some(why) = Self::first_unknown([container, index]) {
            return Ok(Value::Unknown(super::operators::forget_text(&why)));
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
                        Err(super::interpreter::Stop::Raise(exception))
                    }
                }
            }
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
                    None => self.no_items(container),
                },
            },
            // `list[str]` in an annotation, `Status["NEW"]` of an enumeration.
            Value::Class(class) if class.role == Role::Enum => match index.as_str().and_then(|name| class.find(name)) {
                Some(member) => Ok(member),
                None => self.no_items(container),
            },
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

    pub(super) fn set_operation(&mut self, op: Operator, left: &Value<'a>, right: &Value<'a>) -> Eval<'a> {
        let (Value::Set(a), Value::Set(b)) = (left, right) else { return Ok(Value::None) };
        let (a, b) = (a.items.borrow(), b.items.borrow());
        self.allocate((a.len() + b.len()) * size_of::<Value<'_>>())?;
        let items: IndexSet<Key<'a>> = match op {
            Operator::Sub => a.difference(&b).cloned().collect(),
            Operator::BitAnd => a.intersection(&b).cloned().collect(),
            Operator::BitXor => a.symmetric_difference(&b).cloned().collect(),
            _ => a.union(&b).cloned().collect(),
        };
        let set = Value::set(items);
        if let Some(why) = self.taint_of(left).or_else(|| self.taint_of(right)) {
            self.taint(&set, &why);
        }
        Ok(set)
    }

    /// A method of a list; `None` where lists have none of this name.
    pub(super) fn list_method(
        &mut self,
        value: &Value<'a>,
        name: &str,
        mut args: Args<'a>,
    ) -> Eval<'a, Option<Value<'a>>> {
        let Value::List(list) = value else { return Ok(None) };
        let first = (!args.positional.is_empty()).then(|| args.positional.remove(0));
        let changes = matches!(name, "append" | "extend" | "insert" | "pop" | "remove" | "clear" | "sort" | "reverse");
        if changes && !self.may_change(value) {
            let why = self.doubt.clone();
            return Ok(Some(why.map_or(Value::None, Value::Unknown)));
        }
        Ok(Some(match (name, first) {
            ("append", Some(item)) => {
                self.allocate(size_of::<Value<'_>>())?;
                list.0.borrow_mut().push(item);
                Value::None
            }
            ("extend", Some(items)) => {
                match self.iterate(&items)? {
                    Ok(items) => list.0.borrow_mut().extend(items),
                    Err(why) => self.taint(value, &why),
                }
                Value::None
            }
            ("insert", Some(at)) => {
                let length = list.0.borrow().len();
                let at = bound(at.as_int().unwrap_or(0), length);
                self.steps(length / 64 + 1)?;
                list.0.borrow_mut().insert(at, args.positional.pop().unwrap_or(Value::None));
                Value::None
            }
            ("pop", at) => {
                let length = list.0.borrow().len();
                let at = at.and_then(|at| at.as_int()).unwrap_or(-1);
                let index = if at < 0 { at + i64::try_from(length).unwrap_or(i64::MAX) } else { at };
                match usize::try_from(index).ok().filter(|index| *index < length) {
                    Some(index) => {
                        self.steps((length - index) / 64)?;
                        list.0.borrow_mut().remove(index)
                    }
                    None => return self.raise("IndexError", "pop index out of range"),
                }
            }
            ("remove", Some(item)) => {
                let items = list.0.borrow().clone();
                self.steps(items.len())?;
                match items.iter().position(|candidate| candidate.equals(&item)) {
                    Some(at) => {
                        list.0.borrow_mut().remove(at);
                        Value::None
                    }
                    None => return self.raise("ValueError", "list.remove(x): x not in list"),
                }
            }
            ("index", Some(item)) => {
                let items = list.0.borrow().clone();
                self.steps(items.len())?;
                match items.iter().position(|candidate| candidate.equals(&item)) {
                    Some(at) => Value::Int(i64::try_from(at).unwrap_or(0)),
                    None => return self.raise("ValueError", "value is not in list"),
                }
            }
            ("count", Some(item)) => {
                let items = list.0.borrow().clone();
                self.steps(items.len())?;
                let count = items.iter().filter(|candidate| candidate.equals(&item)).count();
                Value::Int(i64::try_from(count).unwrap_or(0))
            }
            ("copy", None) => {
                let copy = list.0.borrow().clone();
                let copy = self.new_list(copy)?;
                if let Some(why) = self.taint_of(value) {
                    self.taint(&copy, &why);
                }
                copy
            }
            ("clear", None) => {
                list.0.borrow_mut().clear();
                Value::None
            }
            ("reverse", None) => {
                list.0.borrow_mut().reverse();
                Value::None
            }
            ("sort", None) => {
                let items = std::mem::take(&mut *list.0.borrow_mut());
                match self.sorted(items, &args)? {
                    Ok(items) => *list.0.borrow_mut() = items,
                    Err(why) => self.taint(value, &why),
                }
                Value::None
            }
            _ => return Ok(None),
        }))
    }

    /// Sorts by `key` and `reverse`, as `sorted` does.
    pub(super) fn sorted(&mut self, items: Vec<Value<'a>>, args: &Args<'a>) -> Eval<'a, Known<Vec<Value<'a>>>> {
        let key = args.get("key").filter(|key| !matches!(key, Value::None)).cloned();
        let reverse = match args.get("reverse").cloned() {
            Some(reverse) => matches!(self.truth(&reverse)?, Ok(true)),
            None => false,
        };
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let by = match &key {
                Some(key) => self.call(key, Args { positional: vec![item.clone()], keyword: Vec::new() })?,
                None => item.clone(),
            };
            keyed.push((by, item));
        }
        if reverse {
            keyed.reverse();
        }
        let mut sorted = match self.merge_sort(keyed)? {
            Ok(sorted) => sorted,
            Err(why) => return Ok(Err(why)),
        };
        if reverse {
            sorted.reverse();
        }
        Ok(Ok(sorted.into_iter().map(|(_, item)| item).collect()))
    }

    /// A sort that an order without sense can't upset.
    fn merge_sort(&mut self, mut items: Vec<(Value<'a>, Value<'a>)>) -> Eval<'a, Known<Vec<(Value<'a>, Value<'a>)>>> {
        if items.len() < 2 {
            return Ok(Ok(items));
        }
        let right = items.split_off(items.len() / 2);
        let (left, right) = match (self.merge_sort(items)?, self.merge_sort(right)?) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
        };
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let take_right = match self.order(&b.0, &a.0)? {
                Ok(order) => order == Some(std::cmp::Ordering::Less),
                Err(why) => return Ok(Err(why)),
            };
            merged.extend(if take_right { right.next() } else { left.next() });
        }
        merged.extend(left);
        merged.extend(right);
        Ok(Ok(merged))
    }

    /// A method of a dict; `None` where dicts have none of this name.
    pub(super) fn dict_method(
        &mut self,
        value: &Value<'a>,
        name: &str,
        mut args: Args<'a>,
    ) -> Eval<'a, Option<Value<'a>>> {
        let Value::Dict(dict) = value else { return Ok(None) };
        let taint = self.taint_of(value);
        let reads = matches!(name, "keys" | "values" | "items" | "get" | "copy");
        if let (Some(why), true) = (&taint, reads) {
            return Ok(Some(Value::Unknown(why.clone())));
        }
        let changes = matches!(name, "pop" | "popitem" | "clear" | "setdefault" | "update" | "move_to_end");
        if changes && !self.may_change(value) {
            let why = self.doubt.clone();
            return Ok(Some(why.map_or(Value::None, Value::Unknown)));
        }
        let keyword = std::mem::take(&mut args.keyword);
        let mut positional = args.positional.into_iter();
        let first = positional.next();
        if let (Some(why), "get" | "pop" | "setdefault") = (first.as_ref().and_then(Value::as_unknown), name) {
            return Ok(Some(Value::Unknown(why.clone())));
        }
        let length = dict.items.borrow().len();
        Ok(Some(match (name, first) {
            ("keys", None) => {
                let keys = dict.items.borrow().keys().cloned().collect();
                self.allocate(length * size_of::<Value<'_>>())?;
                Value::set(keys)
            }
            ("values", None) => {
                let values = dict.items.borrow().values().cloned().collect();
                self.new_list(values)?
            }
            ("items", None) => {
                let pairs: Vec<_> = dict
                    .items
                    .borrow()
                    .iter()
                    .map(|(key, value)| Value::tuple(vec![key.0.clone(), value.clone()]))
                    .collect();
                self.allocate(length * 4 * size_of::<Value<'_>>())?;
                self.new_list(pairs)?
            }
            ("get", Some(key)) => {
                self.hashable(&key)?;
                let found = dict.items.borrow().get(&Key(key)).cloned();
                found.or_else(|| positional.next()).unwrap_or(Value::None)
            }
            ("pop", Some(key)) => {
                self.hashable(&key)?;
                let found = dict.items.borrow_mut().shift_remove(&Key(key.clone()));
                match found.or_else(|| positional.next()) {
                    Some(value) => value,
                    None => {
                        let exception = self.exception("KeyError", vec![key]);
                        return Err(super::interpreter::Stop::Raise(exception));
                    }
                }
            }
            ("popitem", _) => match dict.items.borrow_mut().pop() {
                Some((key, value)) => Value::tuple(vec![key.0, value]),
                None => return self.raise("KeyError", "popitem(): dictionary is empty"),
            },
            ("setdefault", Some(key)) => {
                self.hashable(&key)?;
                self.allocate(2 * size_of::<Value<'_>>())?;
                let default = positional.next().unwrap_or(Value::None);
                dict.items.borrow_mut().entry(Key(key)).or_insert(default).clone()
            }
            ("update", first) => {
                if let Some(more) = first {
                    match self.pairs(&more)? {
                        Ok(pairs) => {
                            dict.items.borrow_mut().extend(pairs.into_iter().map(|(key, value)| (Key(key), value)));
                        }
                        Err(why) => self.taint(value, &why),
                    }
                }
                let named = keyword.into_iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value));
                dict.items.borrow_mut().extend(named);
                Value::None
            }
            ("copy", None) => {
                self.allocate(length * 2 * size_of::<Value<'_>>())?;
                let copy = dict.items.borrow().clone();
                Value::Dict(Rc::new(Dict { items: copy.into(), default: dict.default.clone() }))
            }
            ("clear", None) => {
                dict.items.borrow_mut().clear();
                Value::None
            }
            ("move_to_end", Some(key)) => {
                let mut items = dict.items.borrow_mut();
                if let Some(value) = items.shift_remove(&Key(key.clone())) {
                    items.insert(Key(key), value);
                }
                Value::None
            }
            ("fromkeys", Some(keys)) => {
                let default = positional.next().unwrap_or(Value::None);
                return self.from_keys(&keys, &default).map(Some);
            }
            _ => return Ok(None),
        }))
    }

    pub(super) fn from_keys(&mut self, keys: &Value<'a>, value: &Value<'a>) -> Eval<'a> {
        Ok(match self.iterate(keys)? {
            Ok(keys) => {
                let mut items = IndexMap::new();
                for key in keys {
                    self.hashable(&key)?;
                    items.insert(Key(key), value.clone());
                }
                Value::dict(items)
            }
            Err(why) => Value::Unknown(why),
        })
    }

    /// A method of a set; `None` where sets have none of this name.
    pub(super) fn set_method(&mut self, value: &Value<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let Value::Set(set) = value else { return Ok(None) };
        let changes = matches!(
            name,
            "add" | "discard" | "remove" | "update" | "pop" | "clear" | "difference_update" | "intersection_update"
        );
        if changes && !self.may_change(value) {
            return Ok(Some(Value::None));
        }
        let other = |vm: &mut Self, wanted: &Value<'a>| -> Eval<'a, Known<Value<'a>>> {
            match vm.iterate(wanted)? {
                Ok(items) => Ok(Ok(vm.new_set(items)?)),
                Err(why) => Ok(Err(why)),
            }
        };
        let op = match name {
            "union" | "update" => Some(Operator::BitOr),
            "difference" | "difference_update" => Some(Operator::Sub),
            "intersection" | "intersection_update" => Some(Operator::BitAnd),
            "symmetric_difference" => Some(Operator::BitXor),
            _ => None,
        };
        if let Some(op) = op {
            let mut result = value.clone();
            for wanted in &args.positional {
                match other(self, wanted)? {
                    Ok(more) => result = self.set_operation(op, &result, &more)?,
                    Err(why) => {
                        self.taint(value, &why);
                        return Ok(Some(Value::Unknown(why)));
                    }
                }
            }
            if changes {
                if let Value::Set(result) = &result
                    && !Rc::ptr_eq(result, set)
                {
                    let items = result.items.borrow().clone();
                    *set.items.borrow_mut() = items;
                }
                return Ok(Some(Value::None));
            }
            return Ok(Some(result));
        }
        let first = args.positional.into_iter().next();
        if let Some(why) = first.as_ref().and_then(Value::as_unknown)
            && changes
        {
            self.taint(value, why);
            return Ok(Some(Value::None));
        }
        Ok(Some(match (name, first) {
            ("add", Some(item)) => {
                self.hashable(&item)?;
                self.allocate(size_of::<Value<'_>>())?;
                set.items.borrow_mut().insert(Key(item));
                Value::None
            }
            ("discard", Some(item)) => {
                set.items.borrow_mut().shift_remove(&Key(item));
                Value::None
            }
            ("remove", Some(item)) => {
                if !set.items.borrow_mut().shift_remove(&Key(item.clone())) {
                    let exception = self.exception("KeyError", vec![item]);
                    return Err(super::interpreter::Stop::Raise(exception));
                }
                Value::None
            }
            ("pop", None) => match set.items.borrow_mut().shift_remove_index(0) {
                Some(item) => item.0,
                None => return self.raise("KeyError", "pop from an empty set"),
            },
            ("clear", None) => {
                set.items.borrow_mut().clear();
                Value::None
            }
            ("copy", None) => {
                let copy = Value::Set(Rc::new(Set { items: set.items.clone(), frozen: set.frozen }));
                if let Some(why) = self.taint_of(value) {
                    self.taint(&copy, &why);
                }
                copy
            }
            ("issubset" | "issuperset" | "isdisjoint", Some(wanted)) => {
                let wanted = match other(self, &wanted)? {
                    Ok(Value::Set(wanted)) => wanted,
                    Ok(_) => return Ok(None),
                    Err(why) => return Ok(Some(Value::Unknown(why))),
                };
                if let Some(why) = self.taint_of(value) {
                    return Ok(Some(Value::Unknown(why)));
                }
                let (own, wanted) = (set.items.borrow(), wanted.items.borrow());
                Value::Bool(match name {
                    "issubset" => own.is_subset(&wanted),
                    "issuperset" => own.is_superset(&wanted),
                    _ => own.is_disjoint(&wanted),
                })
            }
            _ => return Ok(None),
        }))
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
