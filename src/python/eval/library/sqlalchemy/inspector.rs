//! `inspect(bind)`: answers from the catalog as it is.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::{Bind, Object};
use super::super::super::value::{Args, Value};
use super::types;
use crate::schema::dialect::{Dialect, USUAL_OF_CHAINS};
use crate::schema::model::{Index, IndexTerm, Name, Table};

/// An inspector. It keeps its answers, as SQLAlchemy's does.
#[derive(Debug)]
pub(super) struct Inspector<'a> {
    pub bind: Value<'a>,
    pub known: RefCell<HashMap<String, Value<'a>>>,
}

const METHODS: &[&str] = &[
    "get_table_names",
    "get_view_names",
    "get_schema_names",
    "has_table",
    "has_schema",
    "has_index",
    "has_sequence",
    "get_columns",
    "get_indexes",
    "get_unique_constraints",
    "get_foreign_keys",
    "get_pk_constraint",
    "get_check_constraints",
    "get_enums",
    "get_sequence_names",
    "get_table_comment",
    "get_temp_table_names",
    "clear_cache",
];

impl<'a> Inspector<'a> {
    fn answer(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let Value::Object(object) = &self.bind else { return Ok(None) };
        let object = object.clone();
        let Some(bind) = object.bind() else { return Ok(None) };
        let Some(schema) = bind.schema() else { return Ok(Some(vm.unknown("asks a database that is not known"))) };
        let first = args.positional.first().or_else(|| args.get("table_name")).cloned();
        if let Some(Value::Unknown(why)) = &first {
            return Ok(Some(Value::Unknown(super::super::super::operators::forget_text(why))));
        }
        let subject = first.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let within = match name {
            "get_table_names" | "get_view_names" | "get_sequence_names" | "get_enums" => args.at(0, "schema"),
            "has_index" => args.at(2, "schema"),
            _ => args.at(1, "schema"),
        };
        let within =
            within.and_then(Value::as_str).filter(|within| !["public", "main"].contains(within)).map(str::to_owned);
        let full = match &within {
            Some(within) => format!("{within}.{subject}"),
            None => subject.clone(),
        };
        let table = schema.table(&full);
        let needs_table = name.starts_with("get_")
            && !matches!(
                name,
                "get_table_names"
                    | "get_view_names"
                    | "get_schema_names"
                    | "get_enums"
                    | "get_sequence_names"
                    | "get_temp_table_names"
            );
        if needs_table && table.is_none() && !schema.views.contains_key(&Name::new(full.as_str())) {
            return vm.raise("NoSuchTableError", full);
        }
        let names = |names: &mut dyn Iterator<Item = &Name>| -> Vec<Value<'a>> {
            let prefix = within.as_deref().map(|within| format!("{within}."));
            names
                .filter_map(|name| match &prefix {
                    Some(prefix) => name.as_str().strip_prefix(prefix.as_str()),
                    None => Some(name.as_str()).filter(|name| !name.contains('.')),
                })
                .map(Value::text)
                .collect()
        };
        let empty = Table::default();
        let table = table.unwrap_or(&empty);
        Ok(Some(match name {
            "get_table_names" => vm.new_list(names(&mut schema.tables.keys()))?,
            "get_view_names" => vm.new_list(names(&mut schema.views.keys()))?,
            "get_temp_table_names" => vm.new_list(Vec::new())?,
            "get_schema_names" => {
                let Some(first) = bind.dialect().own_schema() else {
                    return Ok(Some(vm.unknown("depends on the name of a database")));
                };
                let mut found = vec![first.to_owned()];
                found.extend(schema.tables.keys().filter_map(|name| Some(name.as_str().split_once('.')?.0.to_owned())));
                found.dedup();
                vm.new_list(found.into_iter().map(Value::text).collect())?
            }
            "has_table" => {
                let key = Name::new(full.as_str());
                Value::Bool(schema.tables.contains_key(&key) || schema.views.contains_key(&key))
            }
            "has_schema" | "has_sequence" | "get_sequence_names" => {
                vm.unknown(format!("asks `{name}` of an inspector"))
            }
            "has_index" => {
                let index = args.at(1, "index_name").and_then(Value::as_str).unwrap_or_default();
                let unique = table.uniques.iter().any(|unique| unique.name.as_ref() == Some(&Name::from(index)));
                Value::Bool(table.indexes.contains_key(&Name::from(index)) || unique)
            }
            "get_columns" => columns(vm, table, bind.dialect())?,
            "get_indexes" => indexes(vm, table, bind.dialect())?,
            "get_unique_constraints" => {
                let are_both = bind.dialect().facts().indexes.are_constraints;
                let indexes = table.indexes.values().filter(|index| index.unique && are_both);
                let columns = |index: &Index| {
                    let names = index.parts.iter().filter_map(|part| match &part.term {
                        IndexTerm::Column(name) => Some(name.clone()),
                        IndexTerm::Expression(_) => None,
                    });
                    names.collect::<Vec<Name>>()
                };
                let of_indexes = indexes.map(|index| (Some(&index.name), columns(index)));
                let own = table.uniques.iter().map(|unique| (unique.name.as_ref(), unique.columns.clone()));
                let found = own.chain(of_indexes).map(|(name, columns)| {
                    Interpreter::text_dict([
                        ("name".to_owned(), name_or_none(name)),
                        ("column_names".to_owned(), list(&columns)),
                    ])
                });
                let found = found.collect();
                vm.new_list(found)?
            }
            "get_foreign_keys" => foreign_keys(vm, table)?,
            "get_pk_constraint" => {
                let key: Vec<Name> = table.primary_key().into_iter().cloned().collect();
                let own = bind.primary_key(&full).map_or(Value::None, Value::text);
                Interpreter::text_dict([("constrained_columns".to_owned(), list(&key)), ("name".to_owned(), own)])
            }
            "get_check_constraints" => {
                let found = table.checks.iter().map(|check| {
                    Interpreter::text_dict([
                        ("name".to_owned(), name_or_none(check.name.as_ref())),
                        ("sqltext".to_owned(), Value::text(check.expression.as_str())),
                    ])
                });
                let found = found.collect();
                vm.new_list(found)?
            }
            "get_enums" => {
                let found = bind.enums().into_iter().map(|(name, labels)| {
                    let labels = Value::list(labels.into_iter().map(Value::text).collect());
                    Interpreter::text_dict([
                        ("name".to_owned(), Value::text(name)),
                        ("schema".to_owned(), Value::text("public")),
                        ("labels".to_owned(), labels),
                    ])
                });
                let found = found.collect();
                vm.new_list(found)?
            }
            "get_table_comment" => Interpreter::text_dict([("text".to_owned(), Value::None)]),
            _ => return Ok(None),
        }))
    }
}

fn list<'a>(names: &[Name]) -> Value<'a> {
    Value::list(names.iter().map(|name| Value::text(name.as_str())).collect())
}

fn name_or_none<'a>(name: Option<&Name>) -> Value<'a> {
    name.map_or(Value::None, |name| Value::text(name.as_str()))
}

fn columns<'a>(vm: &mut Interpreter<'a>, table: &Table, dialect: Dialect) -> Eval<'a> {
    let mut found = Vec::new();
    for column in &table.columns {
        let data_type = types::reflected(vm, &column.data_type)?;
        found.push(Interpreter::text_dict([
            ("name".to_owned(), Value::text(column.name.as_str())),
            ("type".to_owned(), data_type),
            (
                "nullable".to_owned(),
                Value::Bool(
                    column.nullable && (column.primary_key.is_none() || dialect.facts().tables.takes_null_in_keys),
                ),
            ),
            ("default".to_owned(), column.default.as_deref().map_or(Value::None, Value::text)),
            ("primary_key".to_owned(), Value::Int(column.primary_key.map_or(0, i64::from))),
            ("autoincrement".to_owned(), vm.unknown("depends on a reflected column")),
            ("comment".to_owned(), Value::None),
        ]));
    }
    vm.new_list(found)
}

fn indexes<'a>(vm: &mut Interpreter<'a>, table: &Table, dialect: Dialect) -> Eval<'a> {
    let mut found = Vec::new();
    for index in table.indexes.values() {
        let is_on_columns = index.parts.iter().all(|part| matches!(part.term, IndexTerm::Column(_)));
        if !dialect.facts().libraries.reflects_expressions && !is_on_columns {
            continue;
        }
        let names = index.parts.iter().map(|part| match &part.term {
            IndexTerm::Column(name) => Value::text(name.as_str()),
            IndexTerm::Expression(_) => Value::None,
        });
        found.push(Interpreter::text_dict([
            ("name".to_owned(), Value::text(index.name.as_str())),
            ("column_names".to_owned(), Value::list(names.collect())),
            ("unique".to_owned(), Value::Bool(index.unique)),
        ]));
    }
    if dialect.facts().libraries.reflects_carriers {
        for unique in &table.uniques {
            found.push(Interpreter::text_dict([
                ("name".to_owned(), name_or_none(unique.name.as_ref())),
                ("column_names".to_owned(), list(&unique.columns)),
                ("unique".to_owned(), Value::Bool(true)),
                ("duplicates_constraint".to_owned(), name_or_none(unique.name.as_ref())),
            ]));
        }
    }
    vm.new_list(found)
}

fn foreign_keys<'a>(vm: &mut Interpreter<'a>, table: &Table) -> Eval<'a> {
    let mut found = Vec::new();
    for key in &table.foreign_keys {
        let (schema, name) = match key.table.as_str().rsplit_once('.') {
            Some((schema, name)) => (Value::text(schema), name),
            None => (Value::None, key.table.as_str()),
        };
        let mut options = Vec::new();
        for (option, action) in [("ondelete", &key.on_delete), ("onupdate", &key.on_update)] {
            if let Some(action) = action {
                options.push((option.to_owned(), Value::text(action.as_str())));
            }
        }
        found.push(Interpreter::text_dict([
            ("name".to_owned(), name_or_none(key.name.as_ref())),
            ("constrained_columns".to_owned(), list(&key.columns)),
            ("referred_schema".to_owned(), schema),
            ("referred_table".to_owned(), Value::text(name)),
            ("referred_columns".to_owned(), list(&key.references)),
            ("options".to_owned(), Interpreter::text_dict(options)),
        ]));
    }
    vm.new_list(found)
}

impl<'a> Object<'a> for Inspector<'a> {
    fn type_name(&self) -> &'static str {
        "Inspector"
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name == "clear_cache" {
            self.known.borrow_mut().clear();
            return Ok(Some(Value::None));
        }
        if !METHODS.contains(&name) {
            return Ok(Some(vm.unknown(format!("asks `{name}` of an inspector"))));
        }
        let given = vm.repr(&Value::tuple(args.values().cloned().collect()))?;
        let key = format!("{name}{}", given.as_str().unwrap_or_default());
        // Whether a table is there is asked anew each time.
        let keeps = name != "has_table" && name != "has_index";
        if keeps && let Some(known) = self.known.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        let answer = self.answer(vm, name, &args)?;
        if let (Some(answer), true) = (&answer, keeps) {
            self.known.borrow_mut().insert(key, answer.clone());
        }
        Ok(answer)
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(match name {
            "bind" | "engine" => Some(self.bind.clone()),
            "dialect" => vm.attribute(&self.bind.clone(), name)?,
            "default_schema_name" => {
                let dialect = match &self.bind {
                    Value::Object(bind) => bind.bind().map_or(USUAL_OF_CHAINS, Bind::dialect),
                    _ => USUAL_OF_CHAINS,
                };
                let name = dialect.own_schema();
                Some(name.map_or_else(|| vm.unknown("depends on the name of a database"), Value::text))
            }
            _ => None,
        })
    }
}

/// The catalog of a schema that nobody asked for yet.
pub(super) fn inspector(bind: Value<'_>) -> Value<'_> {
    Value::Object(Rc::new(Inspector { bind, known: RefCell::default() }))
}
