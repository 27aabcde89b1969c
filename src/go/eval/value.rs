//! The values of the partial evaluator.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::go::package::Package;
use crate::go::syntax::{Field, File, Function, Type};
use crate::schema::database;
use crate::schema::dialect::Dialect;
use crate::source::Location;

/// A variable.
pub type Cell = Rc<RefCell<Value>>;

#[derive(Clone, Debug)]
pub enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    List(Rc<Vec<Value>>),
    Map(Rc<Vec<(Value, Value)>>),
    Struct(Rc<Struct>),
    Function(Rc<Closure>),
    Error(Rc<Error>),
    Pointer(Cell),
    /// The result of a query, and how many rows have been taken from it.
    Rows(Rc<Rows>),
    /// A statement that has been prepared.
    Prepared(Rc<str>),
    /// The results of a call that has several.
    Tuple(Rc<Vec<Value>>),
    /// The name that a program has for its database: it is of this one, however it is called.
    Driver(&'static str),
    /// The files that are embedded beside a Go file.
    Files(Rc<str>),
    /// What the runner of the migrations hands over.
    Handle(Handle),
    Unknown(Rc<Unknown>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// A database, a connection or a transaction.
    Database,
    /// A context, a logger, a receiver: nothing that SQL is known to be sent to.
    Other,
}

/// A value of a struct type.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its type, as far as that has a name, and the fields that it declares.
    pub of: Option<Rc<Named>>,
    /// By name; by position where the type's fields are not known.
    pub fields: Vec<(Option<Rc<str>>, Value, Location)>,
    /// The literal that made it.
    pub location: Location,
}

/// A type with a name.
#[derive(Clone, Debug)]
pub struct Named {
    /// As it is written, with its package: `gormigrate.Migration`.
    pub name: Rc<str>,
    /// None where the type is declared outside of the repository.
    pub declared: Option<Rc<Vec<Field>>>,
    /// It is declared in the function that uses it, so that it stays as it is.
    pub is_local: bool,
    /// The package that declares it, where that is another one of the repository.
    pub home: Option<Rc<Package>>,
}

impl Named {
    /// What it is called in the package that declares it.
    pub fn own_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

impl Struct {
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, ..)| known.as_deref() == Some(name)).map(|(_, value, _)| value)
    }
}

/// A function with what it sees.
#[derive(Debug)]
pub struct Closure {
    pub file: Rc<File>,
    pub function: Rc<Function>,
    /// `None` for one of the package.
    pub scope: Option<Rc<Scope>>,
    /// What a method was taken from.
    pub receiver: Option<Value>,
}

/// An error, and the refusal of the database that it is about.
#[derive(Clone, Debug)]
pub struct Error {
    pub text: String,
    pub refusal: Option<Rc<Refusal>>,
}

/// A statement that a database refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub refusal: database::Refusal,
    pub sql: Rc<str>,
    /// Where it was executed: the innermost place first, then the calls that led there.
    pub places: Vec<Location>,
}

#[derive(Debug, Default)]
pub struct Rows {
    pub rows: Vec<Vec<Value>>,
    pub taken: std::cell::Cell<usize>,
}

/// Something that the text does not tell.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// A clause: "depends on what `os.Getenv` returns".
    pub reason: String,
    pub location: Location,
    /// What is known of a text, with a character of its own for the rest.
    pub text: Option<Rc<str>>,
}

/// Names and their variables.
#[derive(Debug, Default)]
pub struct Scope {
    pub names: RefCell<HashMap<Rc<str>, Cell>>,
    pub types: RefCell<HashMap<Rc<str>, Type>>,
    pub parent: Option<Rc<Scope>>,
}

impl Scope {
    pub fn inside(parent: Option<&Rc<Self>>) -> Rc<Self> {
        Rc::new(Self { parent: parent.cloned(), ..Self::default() })
    }

    pub fn find(&self, name: &str) -> Option<Cell> {
        let mut scope = Some(self);
        while let Some(known) = scope {
            if let Some(cell) = known.names.borrow().get(name) {
                return Some(Rc::clone(cell));
            }
            scope = known.parent.as_deref();
        }
        None
    }

    /// What a type that is declared in a function stands for.
    pub fn type_of(&self, name: &str) -> Option<Type> {
        let mut scope = Some(self);
        while let Some(known) = scope {
            if let Some(kind) = known.types.borrow().get(name) {
                return Some(kind.clone());
            }
            scope = known.parent.as_deref();
        }
        None
    }

    pub fn declare(&self, name: &Rc<str>, value: Value) {
        if &**name != "_" {
            self.names.borrow_mut().insert(Rc::clone(name), Rc::new(RefCell::new(value)));
        }
    }
}

impl Value {
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub fn error(text: impl Into<String>) -> Self {
        Self::Error(Rc::new(Error { text: text.into(), refusal: None }))
    }

    pub fn as_text(&self) -> Option<&Rc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The last of several results: where only one is looked at, it is the error.
    #[must_use]
    pub fn last(self) -> Self {
        match self {
            Self::Tuple(parts) => parts.last().cloned().unwrap_or(Self::Nil),
            other => other,
        }
    }

    /// Whether two values are equal; `None` where that is not known.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        Some(match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one.to_bits() == other.to_bits(),
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Driver(own), Self::Text(name)) | (Self::Text(name), Self::Driver(own)) => database(name)? == *own,
            (Self::Error(one), Self::Error(other)) => one.text == other.text,
            (Self::Unknown(_) | Self::Handle(Handle::Other), _)
            | (_, Self::Unknown(_) | Self::Handle(Handle::Other)) => {
                return None;
            }
            (Self::Nil, _) | (_, Self::Nil) => false,
            _ => return None,
        })
    }

    /// As `%v` prints it; `None` where that is not known or not of use.
    pub fn shown(&self) -> Option<String> {
        Some(match self {
            Self::Nil => "<nil>".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Error(error) => error.text.clone(),
            _ => return None,
        })
    }
}

/// The database that a driver's name means.
fn database(name: &str) -> Option<&'static str> {
    const OTHERS: [&str; 6] = ["mssql", "sqlserver", "oracle", "cockroach", "cockroachdb", "tidb"];
    let name = name.to_ascii_lowercase();
    let known = Dialect::ALL.into_iter().find(|dialect| dialect.facts().signs.go_names.contains(&name.as_str()));
    known.map(Dialect::as_str).or_else(|| OTHERS.contains(&name.as_str()).then_some(""))
}
