//! The methods and operations of lists, dicts and sets.

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use ruff_python_ast::Operator;

use super::interpreter::{Eval, Interpreter, Stop};
use super::items::bound;
use super::operators::Known;
use super::value::{Args, Dict, Key, Set, Value};

impl<'a> Interpreter<'a> {
    /// A set of these items; not known where one of them is not.
    pub(super) fn new_set(&mut self, items: Vec<Value<'a>>) -> Eval<'a> {
        self.allocate(items.len() * size_of::<Value<'_>>())?;
        let unknown = Self::first_unknown(&items);
        let mut set = IndexSet::with_capacity(items.len());
        for item in items {
            if item.as_unknown().is_none() {
                self.hashable(&item)?;
                set.insert(Key(item));
            }
        }
        let set = Value::set(set);
        if let Some(why) = unknown {
            self.taint(&set, &why);
        }
        Ok(set)
    }

    /// A dict with text keys.
    pub fn text_dict(items: impl IntoIterator<Item = (String, Value<'a>)>) -> Value<'a> {
        Value::dict(items.into_iter().map(|(key, value)| (Key(Value::text(key)), value)).collect())
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
                match (found.or_else(|| positional.next()), taint) {
                    (_, Some(why)) => Value::Unknown(why),
                    (Some(value), None) => value,
                    (None, None) => {
                        let exception = self.exception("KeyError", vec![key]);
                        return Err(Stop::Raise(exception));
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
                    return Err(Stop::Raise(exception));
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
