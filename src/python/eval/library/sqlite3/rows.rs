//! The rows that a statement answers with, as Python gets them.

use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Value};
use super::cursor::Handle;
use crate::schema::sqlite;

/// How rows are handed out.
#[derive(Clone, Debug)]
pub(super) enum Factory<'a> {
    Tuple,
    Row,
    /// A function of the checked code.
    Call(Value<'a>),
}

impl<'a> Handle<'a> {
    /// The next row as the factory makes it.
    fn next_row(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Option<Value<'a>>> {
        let Some(row) = self.rows.borrow_mut().pop_front() else { return Ok(None) };
        let mut values = Vec::with_capacity(row.len());
        for value in row {
            values.push(python(vm, value)?);
        }
        let factory = self.factory.borrow().clone();
        Ok(Some(match factory {
            Factory::Tuple => Value::tuple(values),
            Factory::Row => Value::Object(Rc::new(Row { columns: self.columns.borrow().clone(), values })),
            Factory::Call(function) => {
                let cursor = self.another();
                *cursor.columns.borrow_mut() = self.columns.borrow().clone();
                let positional = vec![Value::Object(Rc::new(cursor)), Value::tuple(values)];
                vm.call(&function, Args { positional, keyword: Vec::new() })?
            }
        }))
    }

    pub(super) fn all_rows(&self, vm: &mut Interpreter<'a>, most: usize) -> Eval<'a, Vec<Value<'a>>> {
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = self.next_row(vm)?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    pub(super) fn fetch(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a> {
        if let Some(why) = self.unknown.borrow().clone() {
            return Ok(Value::Unknown(why));
        }
        Ok(match name {
            "fetchone" | "first" | "one" | "one_or_none" => self.next_row(vm)?.unwrap_or(Value::None),
            "__next__" => self.next_row(vm)?.unwrap_or(Value::Ellipsis),
            "scalar" | "scalar_one" | "scalar_one_or_none" => match self.next_row(vm)? {
                Some(row) => vm.item(&row, &Value::Int(0))?,
                None => Value::None,
            },
            "scalars" => {
                let mut values = Vec::new();
                for row in self.all_rows(vm, usize::MAX)? {
                    values.push(vm.item(&row, &Value::Int(0))?);
                }
                vm.new_list(values)?
            }
            "fetchmany" => {
                let most = args.at(0, "size").and_then(Value::as_int).unwrap_or(1);
                let rows = self.all_rows(vm, usize::try_from(most).unwrap_or(0))?;
                vm.new_list(rows)?
            }
            _ => {
                let rows = self.all_rows(vm, usize::MAX)?;
                vm.new_list(rows)?
            }
        })
    }
}

fn python<'a>(vm: &mut Interpreter<'a>, value: sqlite::Value) -> Eval<'a> {
    Ok(match value {
        sqlite::Value::Null => Value::None,
        sqlite::Value::Integer(value) => Value::Int(value),
        sqlite::Value::Real(value) => Value::Float(value),
        sqlite::Value::Text(text) => vm.new_text(text)?,
        sqlite::Value::Blob(bytes) => Value::Bytes(bytes.into()),
    })
}

/// A row that is read by position and by name.
#[derive(Debug)]
struct Row<'a> {
    columns: Rc<[String]>,
    values: Vec<Value<'a>>,
}

impl<'a> Object<'a> for Row<'a> {
    fn type_name(&self) -> &'static str {
        "Row"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "keys"
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, _args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "keys" => Some(vm.new_list(self.columns.iter().map(|name| Value::text(name.as_str())).collect())?),
            _ => None,
        })
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        if name == "_mapping" {
            return Ok(Some(Value::Object(Rc::new(Self {
                columns: self.columns.clone(),
                values: self.values.clone(),
            }))));
        }
        let at = self.columns.iter().position(|known| known.eq_ignore_ascii_case(name));
        Ok(at.and_then(|at| self.values.get(at)).cloned())
    }

    fn item(&self, vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        if let Some(name) = index.as_str() {
            let at = self.columns.iter().position(|known| known.eq_ignore_ascii_case(name));
            return match at {
                Some(at) => Ok(Some(self.values[at].clone())),
                None => vm.raise("IndexError", "No item with that key"),
            };
        }
        vm.item(&Value::tuple(self.values.clone()), index).map(Some)
    }

    fn iterate(&self, _vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        Ok(Some(self.values.clone()))
    }

    fn length(&self) -> Option<usize> {
        Some(self.values.len())
    }
}
