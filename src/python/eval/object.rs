//! Objects with behaviour of their own, and those of them that are databases.

use std::borrow::Cow;
use std::fmt::Debug;
use std::rc::Rc;

use super::classes::Annotation;
use super::interpreter::{Eval, Interpreter};
use super::value::{Args, Unknown, Value};
use crate::schema::database::Refusal;
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::mysql::Flavour;

/// Why nothing is known of what the address of a database says.
pub(super) const CONNECTS: &str = "depends on how a program connects";

/// A thing with behaviour of its own, such as a cursor of a database.
pub trait Object<'a>: Debug {
    /// The name of its class.
    fn type_name(&self) -> &'static str;

    /// Calls a method; `None` where it has none of this name.
    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>>;

    /// Reads an attribute that is no method; `None` where it has none of this name.
    fn attribute(&self, _vm: &mut Interpreter<'a>, _name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    /// Whether it has a method of this name.
    fn has_method(&self, name: &str) -> bool;

    fn set_attribute(&self, _vm: &mut Interpreter<'a>, _name: &str, _value: Value<'a>) -> Eval<'a, ()> {
        Ok(())
    }

    /// What calling it does; `None` where it can't be called.
    fn call(&self, _vm: &mut Interpreter<'a>, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    /// The function that it calls, how many of its first arguments are given already, and the names of others that are.
    fn calls(&self) -> Option<(Value<'a>, usize, Vec<String>)> {
        None
    }

    /// What iteration over it yields; `None` where that is no use of it.
    fn iterate(&self, _vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        Ok(None)
    }

    /// `self[index]`; `None` where that is no use of it.
    fn item(&self, _vm: &mut Interpreter<'a>, _index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(None)
    }

    /// `item in self`; `None` where iteration tells.
    fn contains(&self, _item: &Value<'a>) -> Option<bool> {
        None
    }

    /// `len(self)`; `None` where it has none.
    fn length(&self) -> Option<usize> {
        None
    }

    /// Ends a `with` statement: `raised` says whether by an exception. `true` swallows it.
    fn exit(&self, _vm: &mut Interpreter<'a>, _raised: bool) -> Eval<'a, bool> {
        Ok(false)
    }

    /// Whether what is done with it may change a database.
    fn is_database(&self) -> bool {
        false
    }

    /// The database that it is a connection to, for libraries that define tables through it.
    fn bind(&self) -> Option<&dyn Bind<'a>> {
        None
    }

    /// The SQL that it stands for: a text, or an unknown one.
    fn sql(&self) -> Option<Value<'a>> {
        None
    }

    /// The path of a file that it is.
    fn path(&self) -> Option<&str> {
        None
    }

    /// What is printed of it; `None` where that is not known.
    fn printed(&self) -> Option<Value<'a>> {
        self.sql()
    }

    /// The parameters that its SQL names and that are not given yet.
    fn parameters(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the SQL of a statement about rows is all that it does, with such values.
    fn is_told(&self, _given: Option<&Value<'a>>) -> bool {
        false
    }

    /// The columns that it names, where it is part of a statement.
    fn uses(&self) -> Cow<'_, [super::library::Use]> {
        Cow::Borrowed(&[])
    }

    /// Which values it keeps as they are, where it is a column.
    fn keeps(&self) -> super::library::Keeps {
        super::library::Keeps::default()
    }

    /// The table that it stands for.
    fn source(&self) -> Option<Rc<super::library::Source>> {
        None
    }

    /// SQL that names what it does to rows, with these parameters; `None` where it is no such statement.
    fn statements(&self, _vm: &mut Interpreter<'a>, _given: Option<&Value<'a>>) -> Eval<'a, Option<Vec<String>>> {
        Ok(None)
    }

    /// The name of the class of Python's library that it is, where nothing of that class's objects is computed, and why not.
    fn standard_type(&self) -> Option<(&'static str, Rc<Unknown>)> {
        None
    }

    /// The annotation that it is.
    #[allow(private_interfaces, reason = "nobody outside asks for it")]
    fn annotation(&self) -> Option<Annotation<'a>> {
        None
    }

    /// Where tables lie that do not say so themselves, where it is a `MetaData` that says so.
    fn default_schema(&self) -> Option<&str> {
        None
    }

    /// How what has no name is named in it, where it is a `MetaData` that says so.
    fn naming(&self) -> Option<Rc<super::library::Convention>> {
        None
    }

    /// What a database refused, where an exception has it.
    fn refusal(&self) -> Option<&Refusal> {
        None
    }

    /// Whether it says how to reach the database that migrations run on.
    fn is_address(&self) -> bool {
        false
    }

    /// Whether the database computes it, so that comparing it makes another one.
    fn is_expression(&self) -> bool {
        false
    }
}

/// A database as a library sees it that defines tables: its dialect, its catalog and a way to send it DDL.
pub trait Bind<'a> {
    fn dialect(&self) -> Dialect;

    /// What it holds; `None` where that is not known.
    fn schema(&self) -> Option<Rc<Schema>>;

    /// Carries out a definition.
    fn define(&self, vm: &mut Interpreter<'a>, sql: &str) -> Eval<'a, ()>;

    /// A library refuses to write a definition, in these words: raised, or left out where what is refused is.
    fn refuse(&self, vm: &mut Interpreter<'a>, sql: &str, class: &str, said: &str) -> Eval<'a, ()> {
        let why = vm.why(format!("stops with {class}: {said}"));
        vm.gap_about(&why, sql);
        Ok(())
    }

    /// Holds a statement about rows against what is there.
    fn rows(&self, _vm: &mut Interpreter<'a>, _sql: &str) -> Eval<'a, ()> {
        Ok(())
    }

    /// Whether it has a type of this name.
    fn has_type(&self, _name: &str) -> bool {
        false
    }

    /// The labels of its enum types.
    fn enums(&self) -> Vec<(String, Vec<String>)> {
        Vec::new()
    }

    /// The name of a table's primary key.
    fn primary_key(&self, _table: &str) -> Option<String> {
        None
    }

    /// Whether a native enum has to be made before the first table that uses it in this run; asks only once.
    fn needs_enum(&self, _name: &str) -> bool {
        false
    }

    /// Another connection: to the same database, of which it sees what is committed, or to one that is not known.
    fn another(&self, _same: bool) -> Option<Value<'a>> {
        None
    }

    /// Enters or leaves a part without a transaction.
    fn autocommit(&self, _enter: bool) {}

    /// Which server it is, where its dialect is MySQL's.
    fn flavour(&self) -> Option<Flavour> {
        None
    }

    /// The session on a SQLite database that SQLAlchemy reads tables back from.
    fn sqlite(&self) -> Option<&super::library::sqlite::SqliteSession> {
        None
    }
}
