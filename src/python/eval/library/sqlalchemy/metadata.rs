//! `MetaData`: what is declared in it, and what it makes of that.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, Key, Value};
use super::super::arg;
use super::creation;
use super::naming::Convention;
use super::orm::mapping;
use super::records;

/// `MetaData(…)`: its tables are known by who made them.
#[derive(Debug, Default)]
pub(super) struct MetaData<'a> {
    naming: RefCell<Option<Rc<Convention>>>,
    /// Where tables lie that do not say so themselves.
    schema: Option<String>,
    /// `reflect` was called: its tables are those of the database.
    reflected: Cell<bool>,
    /// What it runs on by itself, as it could before SQLAlchemy 2.0.
    bind: RefCell<Option<Value<'a>>>,
}

/// What `MetaData(…)` makes.
pub(super) fn made<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Value<'a> {
    let naming = args.at(3, "naming_convention").map(|given| Rc::new(Convention::of(vm, given)));
    let schema = args.at(0, "schema").and_then(|schema| schema.as_str().map(str::to_owned));
    let bind = RefCell::new(args.at(0, "bind").filter(|given| is_bind(given)).cloned());
    Value::Object(Rc::new(MetaData { naming: RefCell::new(naming), schema, reflected: Cell::new(false), bind }))
}

/// Whether a value is something that statements can be sent to.
pub(super) fn is_bind(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(object) if object.bind().is_some())
}

/// What a method of a table or of a `MetaData` runs on: what it is given, else what the `MetaData` is bound to.
pub(super) fn bind_of<'a>(
    vm: &mut Interpreter<'a>,
    given: Option<&Value<'a>>,
    metadata: Option<&Value<'a>>,
) -> Eval<'a, Option<Value<'a>>> {
    match (given, metadata) {
        (Some(given), _) if !matches!(given, Value::None) => Ok(Some(given.clone())),
        (_, Some(metadata @ Value::Object(object))) if object.type_name() == "MetaData" => {
            Ok(vm.attribute(metadata, "bind")?.filter(is_bind))
        }
        _ => Ok(None),
    }
}

/// One of which nothing was said.
pub(super) fn plain<'a>() -> Value<'a> {
    Value::Object(Rc::new(MetaData::default()))
}

/// The tables of a `MetaData`, those of mapped classes included. A class whose table is not known as a whole is a gap.
pub(super) fn tables<'a>(vm: &mut Interpreter<'a>, metadata: &Value<'a>) -> Eval<'a, Vec<Value<'a>>> {
    let (tables, doubts) = mapping::tables(vm, metadata)?;
    for doubt in doubts {
        let why = vm.why(format!("makes the table of the class `{}`, which {}", doubt.class, doubt.reason));
        vm.gap(&why);
    }
    Ok(tables)
}

impl<'a> Object<'a> for MetaData<'a> {
    fn type_name(&self) -> &'static str {
        "MetaData"
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create_all" | "drop_all" | "reflect" | "clear")
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if !<Self as Object<'a>>::has_method(self, name) {
            return Ok(None);
        }
        let bind = args.at(0, "bind").filter(|given| !matches!(given, Value::None)).cloned();
        let bind = bind.or_else(|| self.bind.borrow().clone());
        match (name, bind) {
            ("create_all", Some(bind)) if is_bind(&bind) => {
                let only = match args.at(1, "tables") {
                    Some(tables) => Some(vm.iterate(&tables.clone())?),
                    None => None,
                };
                if let Some(Err(why)) = only {
                    vm.gap(&why);
                    return Ok(Some(Value::None));
                }
                let mut tables = match own_value(vm, self) {
                    Some(own) => tables(vm, &own)?,
                    None => Vec::new(),
                };
                // They are sorted, and each is looked for in the database.
                vm.steps(tables.len() * (16 + tables.len() / 16))?;
                if let Some(Ok(only)) = only {
                    tables.retain(|table| only.iter().any(|known| records::is_same_table(known, table)));
                }
                let mut later = Vec::new();
                for table in creation::in_order(tables) {
                    if let Value::Instance(record) = &table {
                        later.extend(creation::create(vm, record, &bind, true)?);
                    }
                }
                if let Value::Object(object) = &bind
                    && let Some(bind) = object.clone().bind()
                {
                    later.iter().try_for_each(|key| bind.define(vm, key))?;
                }
            }
            ("reflect", _) => self.reflected.set(true),
            ("create_all" | "drop_all", _) => {
                let why = vm.why("makes its tables with SQLAlchemy");
                vm.gap(&why);
            }
            _ => {}
        }
        Ok(Some(Value::None))
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "tables" if self.reflected.get() => Some(Value::Object(Rc::new(Reflected))),
            "schema" => Some(self.schema.as_deref().map_or(Value::None, Value::text)),
            "tables" | "sorted_tables" if let Some(own) = own_value(vm, self) => {
                let Some(tables) = mapping::all_tables(vm, &own)? else {
                    return Ok(Some(vm.unknown("asks for tables of which not all are known")));
                };
                vm.steps(tables.len() + 1)?;
                Some(if name == "sorted_tables" {
                    vm.new_list(creation::in_order(tables))?
                } else {
                    let named = |table: Value<'a>| match &table {
                        Value::Instance(record) => {
                            let name = records::name_of_table(record).plain();
                            Some((Key(Value::text(name)), table))
                        }
                        _ => None,
                    };
                    Value::dict(tables.into_iter().filter_map(named).collect())
                })
            }
            "bind" if let Some(bind) = &*self.bind.borrow() => Some(bind.clone()),
            "tables" | "sorted_tables" | "naming_convention" | "bind" | "info" => {
                Some(vm.unknown("comes from SQLAlchemy"))
            }
            _ => None,
        })
    }

    fn set_attribute(&self, vm: &mut Interpreter<'a>, name: &str, value: Value<'a>) -> Eval<'a, ()> {
        if name == "naming_convention" {
            *self.naming.borrow_mut() = Some(Rc::new(Convention::of(vm, &value)));
        }
        if name == "bind" {
            *self.bind.borrow_mut() = Some(value).filter(is_bind);
        }
        Ok(())
    }

    fn naming(&self) -> Option<Rc<Convention>> {
        self.naming.borrow().clone()
    }

    fn default_schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

/// `metadata.tables` after `metadata.reflect()`: each as the database has it.
#[derive(Debug)]
struct Reflected;

impl<'a> Object<'a> for Reflected {
    fn type_name(&self) -> &'static str {
        "FacadeDict"
    }

    fn has_method(&self, name: &str) -> bool {
        name == "get"
    }

    fn method(&self, vm: &mut Interpreter<'a>, _name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let of = arg(vm, &args, 0)?;
        self.item(vm, &of)
    }

    fn item(&self, vm: &mut Interpreter<'a>, index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        let autoload = vec![("autoload".into(), Value::Bool(true))];
        let args = Args { positional: vec![index.clone(), Value::None], keyword: autoload };
        let args = records::with_reflected(vm, args)?;
        // One that is not there is for the statement that names it to tell.
        let class = Value::Class(vm.record_class("Table"));
        vm.call(&class, args).map(Some)
    }
}

/// A `MetaData` as a value, found by what was declared in it; `None` where nothing was.
fn own_value<'a>(vm: &Interpreter<'a>, metadata: &MetaData<'a>) -> Option<Value<'a>> {
    let is_mine = |value: &Value<'a>| match value {
        Value::Object(own) => std::ptr::addr_eq(Rc::as_ptr(own), std::ptr::from_ref(metadata)),
        _ => false,
    };
    let of_table = |table: &Value<'a>| match table {
        Value::Instance(record) => record.positional().get(1).cloned().filter(is_mine),
        _ => None,
    };
    vm.tables
        .iter()
        .find_map(of_table)
        .or_else(|| vm.classes.iter().find_map(|class| class.find("metadata").filter(is_mine)))
}
