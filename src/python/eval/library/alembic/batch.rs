//! `with op.batch_alter_table("t") as batch_op:`: what it is asked for waits for its end, where the table is changed where it
//! stands, or made anew.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Here, Interpreter};
use super::super::super::object::Bind;
use super::super::super::value::{Args, Value};
use super::super::Convention;
use super::super::sqlalchemy::ddl::TableName;
use super::implementation::Implementation;
use super::operation::Operation;
use super::sqlite;

/// When a batch makes its table anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recreate {
    Auto,
    Always,
    Never,
}

/// What a batch is asked for, and how it makes its table anew.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    implementation: &'static dyn Implementation,
    recreate: Recreate,
    pub(super) copy_from: Option<Value<'a>>,
    pub(super) table_args: Vec<Value<'a>>,
    pub(super) table_options: Option<Value<'a>>,
    /// Columns that stand for those that are read back.
    pub(super) reflected: Vec<Value<'a>>,
    pub(super) naming: Option<Rc<Convention>>,
    /// The order that is asked for, as pairs.
    pub(super) partial: Vec<(String, String)>,
    waiting: RefCell<Vec<(Here<'a>, Operation)>>,
    /// Something that it is given is not known, or not followed.
    is_open: bool,
}

impl<'a> Batch<'a> {
    pub fn new(
        vm: &mut Interpreter<'a>,
        args: &Args<'a>,
        implementation: &'static dyn Implementation,
    ) -> Eval<'a, Self> {
        let recreate = match args.at(2, "recreate").map(|recreate| recreate.as_str().map(str::to_owned)) {
            None => Some(Recreate::Auto),
            Some(Some(recreate)) => match recreate.as_str() {
                "auto" => Some(Recreate::Auto),
                "always" => Some(Recreate::Always),
                "never" => Some(Recreate::Never),
                _ => None,
            },
            Some(None) => None,
        };
        let given = |index, name| args.at(index, name).filter(|value| !matches!(value, Value::None)).cloned();
        let mut is_open = recreate.is_none() || given(8, "reflect_kwargs").is_some_and(|given| has_options(&given));
        let mut items = |vm: &mut Interpreter<'a>, value: Option<Value<'a>>| -> Eval<'a, Vec<Value<'a>>> {
            Ok(match value {
                None => Vec::new(),
                Some(value) => vm.iterate(&value)?.unwrap_or_else(|_| {
                    is_open = true;
                    Vec::new()
                }),
            })
        };
        let table_args = items(vm, given(5, "table_args"))?;
        let reflected = items(vm, given(7, "reflect_args"))?;
        let mut partial = Vec::new();
        for row in items(vm, given(3, "partial_reordering"))? {
            let names: Vec<String> =
                items(vm, Some(row))?.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
            partial.extend(names.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
        }
        let naming = given(9, "naming_convention").map(|naming| Rc::new(Convention::of(vm, &naming)));
        Ok(Self {
            implementation,
            recreate: recreate.unwrap_or(Recreate::Auto),
            copy_from: given(4, "copy_from"),
            table_args,
            table_options: given(6, "table_kwargs"),
            reflected,
            naming,
            partial,
            waiting: RefCell::default(),
            is_open,
        })
    }

    /// Whether the table is made anew for what waits so far.
    fn recreates(&self) -> bool {
        let needs = |operation: &Operation| self.implementation.recreates(operation);
        match self.recreate {
            Recreate::Always => true,
            Recreate::Never => false,
            Recreate::Auto => self.waiting.borrow().iter().any(|(_, operation)| needs(operation)),
        }
    }

    /// Takes up what the batch is asked for.
    pub fn ask(&self, vm: &mut Interpreter<'a>, operations: Vec<Operation>) -> Eval<'a, ()> {
        for operation in operations {
            if let Operation::AddColumn { before, after, .. } = &operation
                && (before.is_some() || after.is_some())
                && !self.recreates()
            {
                let message =
                    "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'";
                return vm.raise_surely("CommandError", message).map(drop);
            }
            let here = vm.here;
            self.waiting.borrow_mut().push((here, operation));
        }
        Ok(())
    }

    /// Does what waits.
    pub fn flush(&self, vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, table: &TableName) -> Eval<'a, ()> {
        let recreates = self.recreates();
        let waiting = self.waiting.take();
        let outer = vm.here;
        if let Some((here, _)) = waiting.first() {
            vm.here = *here;
        }
        let why = vm.doubt.clone().or_else(|| {
            let is_unknown = self.is_open || recreates && bind.sqlite().is_none();
            is_unknown.then(|| vm.why("makes a table anew in a way that is not followed"))
        });
        let result = match why {
            Some(why) if recreates || !waiting.is_empty() => {
                vm.gap_about(&why, &about(table, &waiting));
                Ok(())
            }
            Some(_) => Ok(()),
            None if recreates => {
                sqlite::recreate(vm, bind, table, self, waiting.into_iter().map(|(_, one)| one).collect())
            }
            None => waiting.into_iter().try_for_each(|(here, operation)| {
                vm.here = here;
                self.implementation.carry_out(vm, bind, table, &operation)
            }),
        };
        if result.is_ok() {
            vm.here = outer;
        }
        result
    }
}

/// What is known of statements that can't be carried out: the table, and the names in them.
fn about(table: &TableName, waiting: &[(Here<'_>, Operation)]) -> String {
    let name = |operation: &Operation| match operation {
        Operation::AddColumn { column, .. } => column.name.clone(),
        Operation::DropColumn { name, .. } | Operation::DropIndex { name, .. } => name.clone(),
        Operation::AlterColumn(change) => change.name.clone(),
        Operation::CreateIndex { index, .. } => index.name.clone(),
        _ => String::new(),
    };
    let names: Vec<String> = waiting.iter().map(|(_, operation)| name(operation)).collect();
    format!("ALTER TABLE {} {}", table.quoted(), names.join(" "))
}

/// Whether a dictionary of options has any.
fn has_options(value: &Value<'_>) -> bool {
    match value {
        Value::Dict(dict) => !dict.items.borrow().is_empty(),
        _ => true,
    }
}
