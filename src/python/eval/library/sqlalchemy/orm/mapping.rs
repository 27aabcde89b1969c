//! Mapped classes as the tables that `metadata.create_all()` makes of them
//! (`sqlalchemy.orm.decl_base`, <https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html>).

use std::rc::Rc;

use super::super::super::super::classes::DOUBTED;
use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::object::Object;
use super::super::super::super::value::{Args, Class, Instance, Value};
use super::super::records;
use super::bases::BASE;
use super::building::Building;

/// `@declared_attr`: what a mixin makes for each class of its own.
#[derive(Debug)]
pub(in super::super) struct DeclaredAttribute;

impl<'a> Object<'a> for DeclaredAttribute {
    fn type_name(&self) -> &'static str {
        "declared_attr"
    }

    fn has_method(&self, _name: &str) -> bool {
        false
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if matches!(name, "directive" | "cascading") { self.call(vm, args) } else { Ok(None) }
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(matches!(name, "directive" | "cascading").then(|| Value::Object(Rc::new(Self))))
    }

    fn call(&self, vm: &mut Interpreter<'a>, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let class = Value::Class(vm.record_class("declared_attr"));
        vm.call(&class, args).map(Some)
    }
}

/// What a class makes of a table.
#[derive(Clone, Debug)]
pub struct Mapping<'a> {
    /// Its table: its own, or that of the class above it.
    pub table: Option<Rc<Instance<'a>>>,
    /// What it calls its columns, those of the classes above it included.
    pub(super) attributes: Vec<String>,
    /// Its own columns by what it calls them.
    pub(super) own: Vec<(String, Value<'a>)>,
    /// What of the table is not known.
    pub doubt: Doubt,
}

/// What of a table is not known.
#[derive(Clone, Debug, Default)]
pub struct Doubt {
    /// Attributes that may be columns, or columns of which no more is known.
    pub columns: Vec<String>,
    /// Why it may have columns that are not known at all.
    pub open: Option<&'static str>,
    /// Why its constraints and indexes are not all known.
    pub keys: Option<&'static str>,
    /// Why it is not known whether there is such a table, or what it is called.
    pub table: Option<&'static str>,
}

impl Doubt {
    /// Why the table is not wholly known; `None` where it is.
    fn reason(&self) -> Option<&'static str> {
        let column = (!self.columns.is_empty()).then_some("has a column that is computed");
        self.table.or(self.open).or(column).or(self.keys)
    }
}

/// A class whose table is not wholly known.
pub(in super::super) struct Doubted {
    pub class: String,
    pub reason: &'static str,
}

/// The tables of a `MetaData`, those of mapped classes included, and the classes whose tables are not wholly known.
pub(in super::super) fn tables<'a>(
    vm: &mut Interpreter<'a>,
    metadata: &Value<'a>,
) -> Eval<'a, (Vec<Value<'a>>, Vec<Doubted>)> {
    let mut doubts = Vec::new();
    for class in of_metadata(vm, metadata) {
        vm.step()?;
        let Some(mapping) = mapping(vm, &class)? else { continue };
        match (mapping.doubt.reason(), &mapping.table) {
            (Some(reason), _) => doubts.push(Doubted { class: class.name.to_string(), reason }),
            (None, Some(table)) => {
                let table = Value::Instance(table.clone());
                // What has made them once knows them already.
                let is_of_it = |known: &Value<'a>| is_in(known, metadata) && records::is_same_table(known, &table);
                if !vm.tables.iter().any(is_of_it) {
                    vm.tables.push(table);
                }
            }
            (None, None) => {}
        }
    }
    let mut tables = vm.tables.clone();
    tables.retain(|table| is_in(table, metadata));
    Ok((tables, doubts))
}

/// Every table of a `MetaData`; those of which not all is known are marked. `None` where there may be one without a name.
pub(in super::super) fn all_tables<'a>(
    vm: &mut Interpreter<'a>,
    metadata: &Value<'a>,
) -> Eval<'a, Option<Vec<Value<'a>>>> {
    let (mut all, _) = tables(vm, metadata)?;
    for class in of_metadata(vm, metadata) {
        vm.step()?;
        let Some(mapping) = mapping(vm, &class)? else { continue };
        if mapping.doubt.reason().is_none() {
            continue;
        }
        let (Some(table), None) = (&mapping.table, mapping.doubt.table) else { return Ok(None) };
        table.names.borrow_mut().insert(DOUBTED.into(), Value::Bool(true));
        let table = Value::Instance(table.clone());
        if !all.iter().any(|known| records::is_same_table(known, &table)) {
            all.push(table);
        }
    }
    Ok(Some(all))
}

/// The mapped classes of a `MetaData`.
pub(super) fn of_metadata<'a>(vm: &Interpreter<'a>, metadata: &Value<'a>) -> Vec<Rc<Class<'a>>> {
    let is_own =
        |class: &&Rc<Class<'a>>| class.is_named(BASE) && class.find("metadata").is_some_and(|own| own.is(metadata));
    vm.classes.iter().filter(is_own).cloned().collect()
}

/// Whether a table is declared in a `MetaData`.
pub(super) fn is_in<'a>(table: &Value<'a>, metadata: &Value<'a>) -> bool {
    match table {
        Value::Instance(record) => record.positional().get(1).is_some_and(|own| own.is(metadata)),
        _ => false,
    }
}

/// The table of a class, where all of it is known.
pub(in super::super) fn table<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Eval<'a, Option<Value<'a>>> {
    let mapping = mapping(vm, class)?.filter(|mapping| mapping.doubt.reason().is_none());
    Ok(mapping.and_then(|mapping| mapping.table.clone()).map(Value::Instance))
}

/// `Model.__table__`: not known where not all of it is.
pub(in super::super::super) fn own_table<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
) -> Eval<'a, Option<Value<'a>>> {
    if !class.is_named(BASE) {
        return Ok(None);
    }
    let Some(found) = mapping(vm, class)? else { return Ok(None) };
    Ok(Some(match (&found.table, found.doubt.reason()) {
        (Some(table), None) => Value::Instance(table.clone()),
        (_, reason) => vm.unknown(reason.unwrap_or("has a table that is not known")),
    }))
}

/// The column that a mapped class has by an annotation alone, or from a mixin.
pub(in super::super::super) fn attribute<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    name: &str,
) -> Eval<'a, Option<Value<'a>>> {
    if !class.is_named(BASE) {
        return Ok(None);
    }
    let Some(found) = mapping(vm, class)? else { return Ok(None) };
    Ok(found.own.iter().find(|(known, _)| known == name).map(|(_, column)| column.clone()))
}

/// Whether a class has a table.
pub(in super::super) fn is_mapped<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Eval<'a, bool> {
    Ok(mapping(vm, class)?.is_some_and(|mapping| mapping.table.is_some()))
}

/// Whether a class shares rows with a mapped class that it derives from.
pub(in super::super) fn extends_another(class: &Rc<Class<'_>>) -> bool {
    let is_mapped = |base: &Rc<Class<'_>>| base.is_named(BASE) && base.find("__tablename__").is_some();
    class.bases.iter().any(|base| base.names.borrow().contains_key("__tablename__") && is_mapped(base))
}

/// What a class maps, found out once; `None` where it is no more than a base or a mixin.
pub(super) fn mapping<'a>(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Eval<'a, Option<Rc<Mapping<'a>>>> {
    let address = Rc::as_ptr(class) as usize;
    if let Some((_, known)) = vm.mappings.get(&address) {
        return Ok(known.clone());
    }
    // Whoever asks for its own table while it is made gets none.
    vm.mappings.insert(address, (class.clone(), None));
    vm.enter_call()?;
    let found = Building::of(vm, class)?.map(Rc::new);
    vm.calls -= 1;
    vm.mappings.insert(address, (class.clone(), found.clone()));
    Ok(found)
}
