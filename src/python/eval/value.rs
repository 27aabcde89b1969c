//! The values of evaluated code: Python's own, and `Unknown` for what the text does not tell.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};

use super::function::Function;
use super::interpreter::{Eval, Interpreter};
use super::module::ModuleValue;
use super::object::Object;
use crate::source::Location;

/// Names and what they are bound to, in the order in which they were bound.
pub type Names<'a> = IndexMap<Cow<'a, str>, Value<'a>, foldhash::fast::RandomState>;

/// A Python value.
#[derive(Clone)]
pub enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    List(Rc<List<'a>>),
    Tuple(Rc<Tuple<'a>>),
    Set(Rc<Set<'a>>),
    Dict(Rc<Dict<'a>>),
    Range(Rc<RangeValue>),
    /// `start:stop:step` between square brackets.
    Slice(Rc<[Value<'a>; 3]>),
    Iterator(Rc<Iter<'a>>),
    Function(Rc<Function<'a>>),
    /// A function or a native taken from an instance: its receiver comes first.
    Bound(Rc<(Value<'a>, Value<'a>)>),
    /// A method of a built-in type, taken from a value without being called.
    Method(Rc<(Value<'a>, String)>),
    Native(Native),
    Class(Rc<Class<'a>>),
    Instance(Rc<Instance<'a>>),
    Module(Rc<ModuleValue<'a>>),
    Object(Rc<dyn Object<'a> + 'a>),
    Unknown(Rc<Unknown>),
}

/// Why a value is not known, and where that began.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// A clause in a user's words: "depends on an environment variable".
    pub reason: Cow<'static, str>,
    pub location: Location,
    /// Of a text, what is known of it, with U+FFFC for each part that is not.
    pub text: Option<Rc<str>>,
}

/// Stands for a part of a text that is not known.
pub use crate::schema::literals::HOLE;

/// A function that is ours.
#[derive(Clone, Copy)]
pub struct Native {
    pub name: &'static str,
    pub run: for<'v> fn(&mut Interpreter<'v>, Args<'v>) -> Eval<'v>,
}

/// What a call passes.
#[derive(Clone, Debug, Default)]
pub struct Args<'a> {
    pub positional: Vec<Value<'a>>,
    pub keyword: Vec<(Cow<'a, str>, Value<'a>)>,
}

pub struct List<'a>(pub RefCell<Vec<Value<'a>>>);

pub struct Tuple<'a> {
    pub items: Vec<Value<'a>>,
    /// The names of a named tuple's fields.
    pub class: Option<Rc<Class<'a>>>,
}

pub struct Set<'a> {
    pub items: RefCell<IndexSet<Key<'a>>>,
    pub frozen: bool,
}

pub struct Dict<'a> {
    pub items: RefCell<IndexMap<Key<'a>, Value<'a>>>,
    /// What makes the value of a key that is missing: `defaultdict`.
    pub default: Option<Value<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct RangeValue {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

/// An iterator: what is left of it, and how far it has come.
pub struct Iter<'a> {
    pub items: RefCell<Vec<Value<'a>>>,
    pub next: Cell<usize>,
}

pub struct Class<'a> {
    pub name: Cow<'a, str>,
    /// Itself and all it inherits from, nearest first; filled when the class is made.
    pub bases: Vec<Rc<Class<'a>>>,
    pub names: RefCell<Names<'a>>,
    pub role: Role,
    pub location: Option<Location>,
    /// A base class that is not known, so that any attribute may be there.
    pub open: Option<Rc<Unknown>>,
    /// Names and annotations in its body without a method, in order: the fields of a record.
    pub fields: RefCell<Vec<Cow<'a, str>>>,
}

/// What calling a class makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An instance with `__init__`.
    Plain,
    /// An instance with the fields as arguments.
    Dataclass,
    NamedTuple,
    Enum,
    Exception,
    /// A value of a built-in type.
    Builtin,
    /// An instance that keeps all its arguments, for the host to read.
    Record,
}

pub struct Instance<'a> {
    pub class: Rc<Class<'a>>,
    pub names: RefCell<Names<'a>>,
}

/// A value as a key of a dict or a member of a set: equal and hashed as in Python.
#[derive(Clone)]
pub struct Key<'a>(pub Value<'a>);

impl<'a> Value<'a> {
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Str(text.into())
    }

    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(List(RefCell::new(items))))
    }

    pub fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Rc::new(Tuple { items, class: None }))
    }

    pub fn set(items: IndexSet<Key<'a>>) -> Self {
        Self::Set(Rc::new(Set { items: RefCell::new(items), frozen: false }))
    }

    pub fn dict(items: IndexMap<Key<'a>, Self>) -> Self {
        Self::Dict(Rc::new(Dict { items: RefCell::new(items), default: None }))
    }

    pub fn iterator(items: Vec<Self>) -> Self {
        Self::Iterator(Rc::new(Iter { items: RefCell::new(items), next: Cell::new(0) }))
    }

    pub fn native(name: &'static str, run: for<'v> fn(&mut Interpreter<'v>, Args<'v>) -> Eval<'v>) -> Self {
        Self::Native(Native { name, run })
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_unknown(&self) -> Option<&Rc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// A `bool` is a number, too.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            #[allow(clippy::cast_precision_loss, reason = "as Python's own comparison of mixed numbers, nearly")]
            _ => self.as_int().map(|value| value as f64),
        }
    }

    /// The name of its type, as error messages say it.
    pub fn type_name(&self) -> String {
        match self {
            Self::None => "NoneType",
            Self::Ellipsis => "ellipsis",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Tuple(tuple) => tuple.class.as_ref().map_or("tuple", |class| &class.name),
            Self::Set(set) if set.frozen => "frozenset",
            Self::Set(_) => "set",
            Self::Dict(_) => "dict",
            Self::Range(_) => "range",
            Self::Slice(_) => "slice",
            Self::Iterator(_) => "generator",
            Self::Function(_) => "function",
            Self::Bound(_) | Self::Method(_) => "method",
            Self::Native(_) => "builtin_function_or_method",
            Self::Class(_) => "type",
            Self::Instance(instance) => &instance.class.name,
            Self::Module(_) => "module",
            Self::Object(object) => object.type_name(),
            Self::Unknown(_) => "unknown",
        }
        .to_owned()
    }

    /// Where a value that can change lives: equal for the same object only. `None` for values without identity.
    pub fn address(&self) -> Option<usize> {
        fn of<T: ?Sized>(pointer: &Rc<T>) -> usize {
            Rc::as_ptr(pointer).cast::<()>() as usize
        }
        Some(match self {
            Self::List(value) => of(value),
            Self::Tuple(value) => of(value),
            Self::Set(value) => of(value),
            Self::Dict(value) => of(value),
            Self::Iterator(value) => of(value),
            Self::Function(value) => of(value),
            Self::Class(value) => of(value),
            Self::Instance(value) => of(value),
            Self::Module(value) => of(value),
            Self::Object(value) => of(value),
            Self::Unknown(value) => of(value),
            _ => return None,
        })
    }

    /// `a is b`.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Native(a), Self::Native(b)) => a.name == b.name,
            _ => self.address().is_some() && self.address() == other.address(),
        }
    }

    /// `a == b` where no method of the checked code decides. What nests too deeply, or is too large, is taken for unequal.
    pub fn equals(&self, other: &Self) -> bool {
        self.equals_at_cost(other).0
    }

    /// The same, and how many steps it takes to tell.
    pub fn equals_at_cost(&self, other: &Self) -> (bool, usize) {
        const MOST: u32 = 100_000;
        let mut budget = MOST;
        let is_equal = self.same(other, MAX_NESTING, &mut budget);
        (is_equal, (MOST - budget) as usize)
    }

    /// The value that a member of `class Status(str, Enum)` is besides; other values are themselves.
    pub fn plain(&self) -> Cow<'_, Self> {
        if let Self::Instance(member) = self
            && member.class.role == Role::Enum
            && ["str", "int", "StrEnum", "IntEnum"].iter().any(|base| member.class.is_named(base))
            && let Some(value) = member.get("value")
        {
            return Cow::Owned(value);
        }
        Cow::Borrowed(self)
    }

    fn same(&self, other: &Self, depth: u32, budget: &mut u32) -> bool {
        if let (Self::Instance(_), _) | (_, Self::Instance(_)) = (self, other)
            && let (left, right) = (self.plain(), other.plain())
            && (matches!(left, Cow::Owned(_)) || matches!(right, Cow::Owned(_)))
        {
            return left.same(&right, depth.saturating_sub(1), budget) && depth > 0;
        }
        let cost = match (self, other) {
            (Self::Str(a), Self::Str(b)) if a.len() == b.len() => cost_of_text(a.len()),
            (Self::Bytes(a), Self::Bytes(b)) if a.len() == b.len() => cost_of_text(a.len()),
            _ => 1,
        };
        let (Some(depth), Some(left)) = (depth.checked_sub(1), budget.checked_sub(cost)) else { return false };
        *budget = left;
        let mut all =
            |a: &[Self], b: &[Self]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b, depth, budget));
        match (self, other) {
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b) || all(&a.0.borrow(), &b.0.borrow()),
            (Self::Tuple(a), Self::Tuple(b)) => Rc::ptr_eq(a, b) || all(&a.items, &b.items),
            (Self::Set(a), Self::Set(b)) => *a.items.borrow() == *b.items.borrow(),
            (Self::Dict(a), Self::Dict(b)) => {
                let (a, b) = (a.items.borrow(), b.items.borrow());
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| a.same(b, depth, budget)))
            }
            (Self::Range(a), Self::Range(b)) => a.items().eq(b.items()),
            (Self::Instance(a), Self::Instance(b)) if a.class.role == Role::Dataclass => {
                Rc::ptr_eq(&a.class, &b.class)
                    && a.names
                        .borrow()
                        .iter()
                        .all(|(name, a)| b.names.borrow().get(name).is_some_and(|b| a.same(b, depth, budget)))
            }
            (Self::Bound(a), Self::Bound(b)) => a.0.is(&b.0) && a.1.is(&b.1),
            (Self::Method(a), Self::Method(b)) => a.1 == b.1 && a.0.is(&b.0),
            _ => match (self.as_int(), other.as_int()) {
                (Some(a), Some(b)) => a == b,
                _ => match (self.as_number(), other.as_number()) {
                    #[allow(clippy::float_cmp, reason = "Python compares them exactly, too")]
                    (Some(a), Some(b)) => a == b,
                    _ => self.is(other),
                },
            },
        }
    }
}

/// How many steps it takes to go through a text.
pub fn cost_of_text(bytes: usize) -> u32 {
    u32::try_from(1 + bytes / 64).unwrap_or(u32::MAX)
}

/// The deepest nesting that a comparison, a hash or a text of a value follows.
pub const MAX_NESTING: u32 = 50;

impl<'a> Args<'a> {
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.keyword.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The argument at a position, or of a name.
    pub fn at(&self, index: usize, name: &str) -> Option<&Value<'a>> {
        self.positional.get(index).or_else(|| self.get(name))
    }

    /// All values, by position and by name.
    pub fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.positional.iter().chain(self.keyword.iter().map(|(_, value)| value))
    }
}

impl RangeValue {
    pub fn items(self) -> impl Iterator<Item = i64> {
        let Self { start, stop, step } = self;
        let ended = move |value: &i64| if step > 0 { *value < stop } else { *value > stop };
        std::iter::successors(Some(start), move |value| value.checked_add(step)).take_while(ended)
    }

    pub fn length(self) -> u64 {
        let (from, to) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if to <= from { 0 } else { (to.abs_diff(from) - 1) / self.step.unsigned_abs() + 1 }
    }
}

impl<'a> Class<'a> {
    /// Itself, then what it inherits from, nearest first.
    pub fn lineage(self: &Rc<Self>) -> impl Iterator<Item = Rc<Self>> {
        std::iter::once(self.clone()).chain(self.bases.iter().cloned())
    }

    /// The attribute of this name, of itself or inherited.
    pub fn find(&self, name: &str) -> Option<Value<'a>> {
        let own = self.names.borrow().get(name).cloned();
        own.or_else(|| self.bases.iter().find_map(|base| base.names.borrow().get(name).cloned()))
    }

    pub fn inherits(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        Rc::ptr_eq(self, other) || self.bases.iter().any(|base| Rc::ptr_eq(base, other))
    }

    /// Whether it or what it inherits from has this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.bases.iter().any(|base| base.name == name)
    }
}

impl<'a> Instance<'a> {
    /// Of a record: the arguments by position.
    pub fn positional(&self) -> Vec<Value<'a>> {
        match self.get("args") {
            Some(Value::Tuple(args)) => args.items.clone(),
            _ => Vec::new(),
        }
    }

    /// Of a record: its arguments that have names.
    pub fn keywords(&self) -> IndexMap<Key<'a>, Value<'a>> {
        match self.get("kwargs") {
            Some(Value::Dict(given)) => given.items.borrow().clone(),
            _ => IndexMap::new(),
        }
    }

    /// Of a record: an argument by its name.
    pub fn keyword(&self, name: &str) -> Option<Value<'a>> {
        match self.get("kwargs")? {
            Value::Dict(dict) => {
                let items = dict.items.borrow();
                items.iter().find(|(key, _)| key.0.as_str() == Some(name)).map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    /// The same where it is true or false.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.keyword(name) {
            Some(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }

    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.names.borrow().get(name).cloned()
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&other.0)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state, MAX_NESTING, &mut 10_000);
    }
}

fn hash<H: Hasher>(value: &Value<'_>, state: &mut H, depth: u32, budget: &mut u32) {
    let (Some(depth), Some(left)) = (depth.checked_sub(1), budget.checked_sub(1)) else { return };
    *budget = left;
    if let Cow::Owned(value) = value.plain() {
        return hash(&value, state, depth, budget);
    }
    match value {
        Value::Str(text) => text.hash(state),
        Value::Bytes(bytes) => bytes.hash(state),
        Value::Tuple(tuple) => tuple.items.iter().for_each(|item| hash(item, state, depth, budget)),
        Value::Set(set) => set.items.borrow().len().hash(state),
        // Equal dataclasses may be different objects.
        Value::Instance(instance) if instance.class.role == Role::Dataclass => instance.class.name.hash(state),
        _ => match value.as_number() {
            // Equal numbers of different types have one hash; adding 0 makes both zeros one.
            Some(number) => (number + 0.0).to_bits().hash(state),
            None => value.address().hash(state),
        },
    }
}

impl Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => write!(f, "{text:?}"),
            Self::Int(value) => write!(f, "{value}"),
            _ => write!(f, "<{}>", self.type_name()),
        }
    }
}

macro_rules! debug_by_name {
    ($($name:ident),*) => {$(
        impl Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

debug_by_name!(List, Tuple, Set, Dict, Iter, Class, Instance, Key);

impl Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Values that nest without end would overflow the stack when they are dropped one inside the other: what a container
/// alone holds is moved out first.
fn drop_flat(mut queue: Vec<Value<'_>>) {
    while let Some(value) = queue.pop() {
        match value {
            Value::List(list) => {
                if let Ok(mut list) = Rc::try_unwrap(list) {
                    queue.append(list.0.get_mut());
                }
            }
            Value::Tuple(tuple) => {
                if let Ok(mut tuple) = Rc::try_unwrap(tuple) {
                    queue.append(&mut tuple.items);
                }
            }
            Value::Dict(dict) => {
                if let Ok(mut dict) = Rc::try_unwrap(dict) {
                    queue.extend(dict.items.get_mut().drain(..).map(|(_, value)| value));
                }
            }
            Value::Instance(instance) => {
                if let Ok(mut instance) = Rc::try_unwrap(instance) {
                    queue.extend(instance.names.get_mut().drain(..).map(|(_, value)| value));
                }
            }
            Value::Bound(bound) => {
                if let Ok((receiver, function)) = Rc::try_unwrap(bound) {
                    queue.extend([receiver, function]);
                }
            }
            Value::Iterator(iterator) => {
                if let Ok(mut iterator) = Rc::try_unwrap(iterator) {
                    queue.append(iterator.items.get_mut());
                }
            }
            _ => {}
        }
    }
}

macro_rules! drop_flat {
    ($($name:ident => |$this:ident| $take:expr;)*) => {$(
        impl Drop for $name<'_> {
            fn drop(&mut self) {
                let $this = self;
                let inner: Vec<Value<'_>> = $take;
                if !inner.is_empty() {
                    drop_flat(inner);
                }
            }
        }
    )*};
}

drop_flat! {
    List => |this| std::mem::take(this.0.get_mut());
    Tuple => |this| std::mem::take(&mut this.items);
    Dict => |this| this.items.get_mut().drain(..).map(|(_, value)| value).collect();
    Instance => |this| this.names.get_mut().drain(..).map(|(_, value)| value).collect();
    Iter => |this| std::mem::take(this.items.get_mut());
}
