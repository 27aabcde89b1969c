//! The parts of Go's syntax that a list of migrations is written in, as plain values. What is none of them is `Other`.

use std::ops::Range;
use std::rc::Rc;

use crate::python::texts::Text;
use crate::source::{Location, Source};

/// A file, as far as it has been understood.
#[derive(Debug)]
pub struct File {
    pub source: Source,
    pub package: String,
    /// The paths that it imports, each with the name that it is called by in the file.
    pub imports: Vec<(Rc<str>, String)>,
    /// Functions and methods, in their order.
    pub functions: Vec<Rc<Function>>,
    /// Constants and variables of the package, in their order.
    pub variables: Vec<Variable>,
    pub types: Vec<(Rc<str>, Type)>,
    /// The ranges of all comments, in their order.
    pub comments: Vec<Range<usize>>,
}

impl File {
    pub fn location(&self, range: &Range<usize>) -> Location {
        Location::new(&self.source, range.clone(), "")
    }
}

/// A constant or a variable of a package.
#[derive(Debug)]
pub struct Variable {
    pub name: Rc<str>,
    pub range: Range<usize>,
    /// The type that it is declared with.
    pub declared: Option<Type>,
    pub value: Option<Expr>,
    /// The file that `//go:embed` names above it.
    pub embedded: Option<String>,
}

/// A function, a method or a function literal.
#[derive(Debug)]
pub struct Function {
    /// Empty for a literal.
    pub name: Rc<str>,
    /// The receiver of a method.
    pub receiver: Option<Parameter>,
    pub parameters: Vec<Parameter>,
    /// Results that have names.
    pub results: Vec<Rc<str>>,
    pub body: Block,
    pub range: Range<usize>,
}

#[derive(Debug)]
pub struct Parameter {
    /// Empty where it has none.
    pub name: Rc<str>,
    /// Its type as it is written.
    pub written: Rc<str>,
    pub variadic: bool,
}

pub type Block = Vec<Stmt>;

#[derive(Clone, Debug)]
pub enum Type {
    Named(Rc<str>),
    Slice(Rc<Type>),
    Map(Rc<Type>),
    Pointer(Rc<Type>),
    /// Its fields, in their order.
    Struct(Rc<Vec<Field>>),
    Function,
    Other,
}

/// A field of a struct type.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Rc<str>,
    pub kind: Type,
    /// Where its type is written.
    pub written: Option<Range<usize>>,
    /// What stands behind it: `gorm:"primaryKey" json:"id"`.
    pub tag: Option<Rc<str>>,
    /// It has no name of its own: the type's fields are fields of the struct.
    pub embedded: bool,
}

#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub range: Range<usize>,
}

#[derive(Debug)]
pub enum ExprKind {
    Text(Box<Text>),
    Int(i64),
    Float(f64),
    Name(Rc<str>),
    /// Terms that are joined with `+`.
    Sum(Vec<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Unary(&'static str, Box<Expr>),
    Call(Box<Call>),
    Select(Box<Expr>, Rc<str>),
    Index(Box<Expr>, Box<Expr>),
    Composite(Type, Vec<Element>),
    Function(Rc<Function>),
    /// `[]byte(x)`, `x.(T)`: the value under another type.
    Convert(Box<Expr>),
    /// The first argument of `make` and `new`.
    Type(Type),
    Other,
}

#[derive(Debug)]
pub struct Call {
    pub callee: Expr,
    pub arguments: Vec<Expr>,
    /// The last argument is a slice that is handed over as it is: `f(list...)`.
    pub spread: bool,
}

/// An element of a composite literal.
#[derive(Debug)]
pub struct Element {
    pub key: Option<Expr>,
    pub value: Expr,
}

#[derive(Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub range: Range<usize>,
}

#[derive(Debug)]
pub enum StmtKind {
    Expr(Expr),
    /// `:=` declares, `=` sets, and another operator joins first.
    Assign {
        declares: bool,
        operator: &'static str,
        targets: Vec<Expr>,
        values: Vec<Expr>,
    },
    /// `var a, b T = 1, 2`, and `const`.
    Declare(Vec<Variable>),
    /// `type T struct { … }` inside of a function.
    Types(Vec<(Rc<str>, Type)>),
    If(Box<If>),
    For(Box<For>),
    Switch(Box<Switch>),
    Return(Vec<Expr>),
    Block(Block),
    Break,
    Continue,
    Defer(Expr),
    /// Nothing that changes what comes after it.
    Empty,
    /// What is not followed: `go`, `select`, `goto`, labels, type switches.
    Other,
}

#[derive(Debug)]
pub struct If {
    pub init: Option<Stmt>,
    pub condition: Expr,
    pub then: Block,
    pub otherwise: Option<Stmt>,
}

#[derive(Debug)]
pub struct For {
    pub head: ForHead,
    pub body: Block,
}

#[derive(Debug)]
pub enum ForHead {
    /// `for key, value := range over`.
    Range { key: Option<Expr>, value: Option<Expr>, over: Expr },
    /// `for init; condition; update`; any of them may be missing.
    Clause { init: Option<Stmt>, condition: Option<Expr>, update: Option<Stmt> },
}

#[derive(Debug)]
pub struct Switch {
    pub init: Option<Stmt>,
    pub subject: Option<Expr>,
    /// The values of each case, none for the default, and what it does.
    pub cases: Vec<(Option<Vec<Expr>>, Block)>,
}
