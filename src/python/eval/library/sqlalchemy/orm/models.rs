//! Everything that is declared in some `MetaData`, made in an empty database: what the models of a chain say.

use std::borrow::Cow;
use std::rc::Rc;

use indexmap::IndexMap;

use super::super::super::super::classes::{DOUBTED, PLACE};
use super::super::super::super::interpreter::{Eval, Fuel, Interpreter};
use super::super::super::super::module::Origin;
use super::super::super::super::object::Bind;
use super::super::super::super::value::{Args, Instance, Key, Names, Unknown, Value};
use super::super::creation;
use super::super::ddl::identifier;
use super::super::records::{self, own_name};
use super::additions;
use super::mapping::{self, Doubt};
use super::reduced::reduced;
use crate::source::Location;

/// The tables that models declare.
#[derive(Clone, Debug, Default)]
pub struct Models {
    pub tables: Vec<ModelTable>,
    /// A class may have a table of which not even the name is known.
    pub has_nameless: bool,
}

/// A table that models declare.
#[derive(Clone, Debug)]
pub struct ModelTable {
    /// With its schema in front, where it has one.
    pub name: String,
    pub schema: Option<String>,
    pub place: Option<Location>,
    pub columns: Vec<ModelColumn>,
    /// Its indexes and keys, as far as each is declared by itself.
    pub parts: Vec<ModelPart>,
    pub doubt: Doubt,
    /// How many foreign keys it has.
    pub foreign_keys: usize,
    /// Why nothing of it is known but its name.
    pub unknown: Option<Rc<Unknown>>,
}

/// A column of such a table.
#[derive(Clone, Debug)]
pub struct ModelColumn {
    pub name: String,
    pub place: Option<Location>,
    /// Python gives it a value where a statement does not.
    pub filled: bool,
}

/// An index or a key that is declared by itself.
#[derive(Clone, Debug)]
pub struct ModelPart {
    pub sort: PartSort,
    /// What it is called, where the declaration says so.
    pub name: Option<String>,
    pub columns: Vec<String>,
    pub place: Location,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartSort {
    Index,
    Unique,
    ForeignKey,
}

/// What an environment compares.
#[derive(Clone, Debug)]
pub enum Target<'a> {
    /// It does not say.
    Nothing,
    /// And whether there are more that are not known.
    Known(Vec<Value<'a>>, bool),
    Unknown(Rc<Unknown>),
}

/// Why what an environment compares is not known.
const NOT_FOLLOWED: &str = "gives Alembic a metadata that is not followed";

/// What `include_object` and `include_name` are asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub table: String,
    pub schema: Option<String>,
    pub part: Part,
    /// It is in the database, and no model has it.
    pub reflected: bool,
}

/// What of a table something is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// All of it.
    Whole,
    Column(String),
    /// The type of a column, of which only `compare_type` is asked.
    Type(String),
    /// One of what Alembic calls `index`, `unique_constraint` and `foreign_key_constraint`, with its name.
    Other(&'static str, Option<String>),
}

impl Part {
    /// As Alembic calls it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Whole => "table",
            Self::Column(_) | Self::Type(_) => "column",
            Self::Other(kind, _) => kind,
        }
    }
}

impl<'a> Interpreter<'a> {
    /// What the environment that was taken up gives Alembic to compare.
    pub fn target_metadata(&mut self) -> Target<'a> {
        let own = || {
            let path = self.environment.as_deref()?;
            let module = self.files.get(path)?.clone()?;

            module.names.borrow().get("target_metadata").cloned()
        };
        let Some(given) = self.setup.option("target_metadata").or_else(own) else { return Target::Nothing };
        let parts = match &given {
            Value::None => return Target::Nothing,
            Value::Object(_) => vec![given.clone()],
            Value::Unknown(why) => return Target::Unknown(why.clone()),
            Value::Dict(all) => all.items.borrow().values().cloned().collect(),
            other => match self.iterate(other) {
                Ok(Ok(parts)) => parts,
                Ok(Err(why)) => return Target::Unknown(why),
                Err(_) => {
                    self.recover();
                    return Target::Unknown(self.why(NOT_FOLLOWED));
                }
            },
        };
        let (mut known, mut unknown) = (Vec::new(), None);
        for part in parts {
            match &part {
                Value::Object(object) if object.type_name() == "MetaData" => known.push(part),
                Value::None => {}
                // Its tables may be any.
                _ => unknown = unknown.or_else(|| part.as_unknown().cloned()).or_else(|| Some(self.why(NOT_FOLLOWED))),
            }
        }
        match unknown {
            Some(why) if known.is_empty() => Target::Unknown(why),
            None | Some(_) => Target::Known(known, unknown.is_some()),
        }
    }

    /// The `MetaData` of every `SQLAlchemy()` of Flask-SQLAlchemy's that a module has: of the modules nearest to the environment,
    /// where a repository has several applications.
    pub fn metadata_of_flask(&mut self) -> Vec<Value<'a>> {
        let mut modules: Vec<_> =
            self.files.iter().filter_map(|(path, module)| Some((path, module.clone()?))).collect();
        modules.sort_by_key(|(path, _)| path.as_str());
        let modules: Vec<_> = modules.into_iter().map(|(path, module)| (path.clone(), module)).collect();
        let mut found: Vec<Value<'a>> = Vec::new();
        let (mut databases, mut paths): (Vec<Value<'a>>, Vec<String>) = (Vec::new(), Vec::new());
        for (path, module) in modules {
            let names: Vec<Value<'a>> = module.names.borrow().values().cloned().collect();
            for value in names {
                let is_flask = matches!(&value, Value::Object(object) if object.type_name() == "SQLAlchemy");
                if is_flask
                    && let Ok(Some(metadata)) = self.attribute(&value, "metadata")
                    && !found.iter().any(|known| known.is(&metadata))
                {
                    found.push(metadata);
                    databases.push(value);
                    paths.push(path.clone());
                }
            }
        }
        if found.len() > 1 {
            let kept = self.of_applications(&databases, &paths);
            let mut each = kept.iter();
            found.retain(|_| each.next() == Some(&true));
            let mut each = kept.iter();
            paths.retain(|_| each.next() == Some(&true));
        }
        let mut around = self.environment.clone().unwrap_or_default();
        while let Some((folder, _)) = around.rsplit_once('/') {
            around = folder.to_owned();
            let is_below = |path: &String| path.strip_prefix(&around).is_some_and(|rest| rest.starts_with('/'));
            if paths.iter().any(is_below) {
                let mut is_below = paths.iter().map(is_below);
                found.retain(|_| is_below.next() == Some(true));
                break;
            }
        }
        found
    }

    /// Which of several `SQLAlchemy()` are an application's: those that other modules import, else those of modules that are
    /// not run as a script.
    fn of_applications(&self, databases: &[Value<'a>], paths: &[String]) -> Vec<bool> {
        let is_shared = |database: &Value<'a>| {
            let modules = self.files.values().flatten();
            modules.filter(|module| module.names.borrow().values().any(|value| value.is(database))).count() > 1
        };
        let is_no_script = |path: &String| {
            let module = self.files.get(path).and_then(Option::as_ref);
            !matches!(module.map(|module| &module.origin), Some(Origin::File(file)) if file.text().contains("__name__ == "))
        };
        let shared: Vec<bool> = databases.iter().map(is_shared).collect();
        let plain: Vec<bool> = paths.iter().map(is_no_script).collect();
        let all = vec![true; paths.len()];
        [shared, plain].into_iter().find(|kept| kept.contains(&true)).unwrap_or(all)
    }

    /// Every `MetaData` that classes and tables of some files are declared in.
    pub fn metadata_in(&mut self, files: &[String]) -> Vec<Value<'a>> {
        let is_of_them = |location: &Location| files.iter().any(|file| file == location.path());
        let of_classes = self.classes.iter().filter_map(|class| {
            class.location.as_ref().filter(|location| is_of_them(location))?;
            class.find("metadata").filter(|_| class.is_named(super::bases::BASE))
        });
        let of_tables = self.tables.iter().filter_map(|table| match table {
            Value::Instance(record) => {
                place(record).filter(is_of_them)?;
                record.positional().get(1).cloned()
            }
            _ => None,
        });
        // What they import from others is theirs, too.
        let modules = files.iter().filter_map(|file| self.files.get(file)?.clone());
        let imported = modules.flat_map(|module| module.names.borrow().values().cloned().collect::<Vec<_>>());
        let of_imported = imported.filter_map(|value| match &value {
            Value::Class(class) if class.is_named(super::bases::BASE) => class.find("metadata"),
            Value::Instance(record) if record.class.is_named("Table") => record.positional().get(1).cloned(),
            Value::Object(object) if object.type_name() == "MetaData" => Some(value),
            _ => None,
        });
        let mut found: Vec<Value<'a>> = Vec::new();
        for metadata in of_classes.chain(of_tables).chain(of_imported) {
            let is_one = matches!(&metadata, Value::Object(object) if object.type_name() == "MetaData");
            if is_one && !found.iter().any(|known| known.is(&metadata)) {
                found.push(metadata);
            }
        }
        found
    }

    /// Whether anything is declared in these.
    pub fn declares(&self, metadata: &[Value<'a>]) -> bool {
        metadata.iter().any(|own| {
            self.tables.iter().any(|table| mapping::is_in(table, own))
                || mapping::of_metadata(self, own).iter().any(|class| {
                    let names = class.names.borrow();
                    !names.contains_key(super::bases::OWN_BASE)
                        && (names.contains_key("__tablename__")
                            || names.contains_key("__table__")
                            || class.bases.len() > 1)
                })
        })
    }

    /// Loads a module besides, for what it declares.
    pub fn load_besides(&mut self, path: &str) {
        self.refuel(Fuel::default());
        // A module that a package imports while this one has only begun would meet it half made.
        if self.run_packages_around(path).is_err() {
            self.recover();
            self.refuel(Fuel::default());
        }
        if self.run_file(path).is_err() {
            self.recover();
        }
    }

    /// The files that were loaded, there or not.
    pub fn loaded_files(&self) -> Vec<String> {
        self.files.keys().chain(&self.looked_for).cloned().collect()
    }

    /// What modules that were loaded say after the place at which they stopped.
    pub fn not_run(&self) -> Vec<&'a str> {
        let loaded = self.files.iter().filter_map(|(path, module)| Some((path, module.as_ref()?)));
        let rest = loaded.filter_map(|(path, module)| {
            let why = module.failure.borrow().clone()?;
            let Origin::File(syntax) = module.origin else { return None };
            let from = if why.location.path() == path { why.location.range.start } else { 0 };
            syntax.text().get(from..)
        });
        rest.collect()
    }

    /// Whether a folder's content decided what was loaded.
    pub fn has_listed_folders(&self) -> bool {
        self.folders_listed
    }

    /// Makes everything that is declared in these.
    pub fn models(&mut self, metadata: &[Value<'a>], bind: &dyn Bind<'a>) -> Models {
        let mut models = Models::default();
        let mut later = Vec::new();
        self.keys_later = true;
        for own in metadata {
            self.refuel(Fuel::default());
            if self.models_of(own, bind, &mut models, &mut later).is_err() {
                self.recover();
                models.has_nameless = true;
            }
        }
        self.keys_later = false;
        for key in later {
            if bind.define(self, &key).is_err() {
                self.recover();
            }
        }
        models
    }

    fn models_of(
        &mut self,
        metadata: &Value<'a>,
        bind: &dyn Bind<'a>,
        models: &mut Models,
        later: &mut Vec<String>,
    ) -> Eval<'a, ()> {
        let mut found: Vec<(Rc<Instance<'a>>, Doubt)> = Vec::new();
        let mut schemas: Vec<String> = Vec::new();
        for class in mapping::of_metadata(self, metadata) {
            self.step()?;
            // What one class says takes nothing with it of the others.
            let Ok(mapping) = mapping::mapping(self, &class) else {
                self.recover();
                models.has_nameless = true;
                continue;
            };
            let Some(mapping) = mapping else { continue };
            let Some(table) = &mapping.table else {
                models.has_nameless |= mapping.doubt.table.is_some();
                continue;
            };
            let record = Value::Instance(table.clone());
            match found.iter_mut().find(|(known, _)| records::is_same_table(&Value::Instance(known.clone()), &record)) {
                Some((_, doubt)) => doubt.add(&mapping.doubt),
                None => found.push((table.clone(), mapping.doubt.clone())),
            }
        }
        for table in self.tables.clone() {
            let Value::Instance(record) = &table else { continue };
            let is_known = |(known, _): &(Rc<Instance<'a>>, Doubt)| {
                records::is_same_table(&Value::Instance(known.clone()), &table)
            };
            if mapping::is_in(&table, metadata) && !found.iter().any(is_known) {
                found.push((record.clone(), copied_doubt(record)));
            }
        }
        additions::note_what_is_not_run(self, &mut found);
        models.tables.extend(additions::versions(self, metadata));
        for (table, doubt) in &found {
            if !self.tables.iter().any(|known| known.is(&Value::Instance(table.clone()))) && doubt.table.is_none() {
                self.tables.push(Value::Instance(table.clone()));
            }
        }
        for (table, doubt) in found {
            self.steps(self.tables.len() + 16)?;
            let name = records::name_of_table(&table);
            if name.name.is_empty() {
                models.has_nameless = true;
                continue;
            }
            let mut model = ModelTable {
                name: name.plain(),
                schema: name.schema.clone(),
                place: place(&table),
                columns: records::column_records(&table).iter().filter_map(|column| model_column(column)).collect(),
                parts: model_parts(self, &table),
                doubt,
                foreign_keys: 0,
                unknown: None,
            };
            if let Some(schema) = &name.schema
                && bind.dialect().facts().tables.makes_schemas
                && !schemas.contains(schema)
            {
                schemas.push(schema.clone());
                bind.define(self, &format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(schema)))?;
            }
            let making = match creation::making(self, &table, bind.dialect())? {
                Err(why) => match reduced(self, &table, bind.dialect())? {
                    Some((left, doubt)) => {
                        model.doubt.add(&doubt);
                        creation::making(self, &left, bind.dialect())?
                    }
                    None => Err(why),
                },
                made => made,
            };
            match making {
                Ok(making) => {
                    for native in &making.enums {
                        if !bind.has_type(&native.plain) {
                            bind.define(self, &native.create())?;
                        }
                    }
                    bind.define(self, &making.table)?;
                    for index in &making.indexes {
                        bind.define(self, index)?;
                    }
                    model.foreign_keys = making.later.len();
                    later.extend(making.later);
                }
                Err(why) => model.unknown = Some(why),
            }
            models.tables.push(model);
        }
        Ok(())
    }

    /// Whether the environment keeps autogenerate from something; `None` where that is not known.
    pub fn leaves_out(&mut self, asked: &Asked, metadata: &[Value<'a>]) -> Option<bool> {
        if let Part::Type(column) = &asked.part {
            return self.takes_types_for_one(asked, column, metadata);
        }
        let by_name = self.setup.option("include_name").filter(|value| !matches!(value, Value::None));
        if let Some(function) = by_name
            && (asked.reflected || asked.part == Part::Whole)
        {
            let schema = || asked.schema.clone().map_or(Value::None, Value::text);
            if asked.reflected && self.autogenerate_flag("include_schemas") == Some(true) {
                let none = Value::dict(IndexMap::new());
                if !self.answer(&function, vec![schema(), Value::text("schema"), none])? {
                    return Some(true);
                }
            }
            let parents = Value::dict(
                [
                    ("schema_name", schema()),
                    ("table_name", Value::text(bare(asked))),
                    ("schema_qualified_table_name", Value::text(asked.table.as_str())),
                ]
                .into_iter()
                .map(|(key, value)| (Key(Value::text(key)), value))
                .collect(),
            );
            let positional = vec![name_of(asked), Value::text(asked.part.kind()), parents];
            if !self.answer(&function, positional)? {
                return Some(true);
            }
        }
        let by_object = self.setup.option("include_object").filter(|value| !matches!(value, Value::None));
        let Some(function) = by_object else { return Some(false) };
        let object = self.asked_object(asked, metadata)?;
        let (name, kind) = (name_of(asked), Value::text(asked.part.kind()));
        let positional = vec![object, name, kind, Value::Bool(asked.reflected), Value::None];
        self.answer(&function, positional).map(|is_included| !is_included)
    }

    /// Whether `compare_type` of the environment says that the type of a column is what the database has, whatever that is.
    fn takes_types_for_one(&mut self, asked: &Asked, column: &str, metadata: &[Value<'a>]) -> Option<bool> {
        let function = self.setup.option("compare_type");
        let Some(function) = function.filter(|value| !matches!(value, Value::None | Value::Bool(_))) else {
            return Some(false);
        };
        let Value::Instance(table) = self.asked_table(asked, metadata)? else { return None };
        let known = records::column_records(&table);
        let own = known.into_iter().find(|known| own_name(known).as_deref() == Some(column))?;
        let data_type = match records::column_type(&own)? {
            class @ Value::Class(_) => self.call(&class, Args::default()).ok()?,
            made => made,
        };
        let unknown = self.unknown("depends on what the database has");
        let positional = vec![unknown.clone(), unknown.clone(), Value::Instance(own), unknown, data_type];
        self.refuel(Fuel::default());
        match self.call(&function, Args { positional, keyword: Vec::new() }) {
            Ok(Value::Bool(differs)) => Some(!differs),
            // Alembic compares them itself.
            Ok(Value::None) => Some(false),
            Ok(_) => None,
            Err(_) => {
                self.recover();
                None
            }
        }
    }

    /// What is asked about, as the function gets it.
    fn asked_object(&mut self, asked: &Asked, metadata: &[Value<'a>]) -> Option<Value<'a>> {
        let table = self.asked_table(asked, metadata)?;
        let Value::Instance(record) = &table else { return (asked.part == Part::Whole).then_some(table) };
        let (class, name) = match &asked.part {
            Part::Whole => return Some(table),
            Part::Column(column) | Part::Type(column) => {
                let known = records::column_records(record);
                if let Some(own) = known.into_iter().find(|known| own_name(known).as_deref() == Some(column)) {
                    records::settle(&own, record);
                    return Some(Value::Instance(own));
                }
                ("Column", Value::text(column.as_str()))
            }
            Part::Other("index", name) => ("Index", name.clone().map_or(Value::None, Value::text)),
            Part::Other(kind, name) => {
                let class = if *kind == "unique_constraint" { "UniqueConstraint" } else { "ForeignKeyConstraint" };
                let made = Instance { class: self.record_class(class), names: Names::default().into() };
                let name = name.clone().map_or(Value::None, Value::text);
                made.names.borrow_mut().extend([("name".into(), name), ("table".into(), table.clone())]);
                return Some(Value::Instance(Rc::new(made)));
            }
        };
        let class = Value::Class(self.record_class(class));
        let made = self.call(&class, Args { positional: vec![name], keyword: Vec::new() }).ok()?;
        if let Value::Instance(own) = &made {
            records::settle(own, record);
        }
        Some(made)
    }

    /// The table that is asked about: a model's, or one that stands for what the database has.
    fn asked_table(&mut self, asked: &Asked, metadata: &[Value<'a>]) -> Option<Value<'a>> {
        for table in self.tables.clone() {
            let Value::Instance(record) = &table else { continue };
            if metadata.iter().any(|own| mapping::is_in(&table, own))
                && records::name_of_table(record).plain() == asked.table
            {
                return Some(table);
            }
        }
        let class = Value::Class(self.record_class("Table"));
        let schema = asked.schema.clone().map_or(Value::None, Value::text);
        let args = Args {
            positional: vec![Value::text(bare(asked)), metadata.first().cloned().unwrap_or(Value::None)],
            keyword: vec![(Cow::Borrowed("schema"), schema)],
        };
        self.call(&class, args).ok()
    }

    /// Whether a function of the environment says yes; `None` where that is not known.
    fn answer(&mut self, function: &Value<'a>, positional: Vec<Value<'a>>) -> Option<bool> {
        self.refuel(Fuel::default());
        let answer = self.call(function, Args { positional, keyword: Vec::new() });
        let truth = answer.and_then(|answer| self.truth(&answer));
        match truth {
            Ok(known) => known.ok(),
            Err(_) => {
                self.recover();
                None
            }
        }
    }

    /// A setting of `context.configure(…)` that is true or false; `None` where it says neither.
    pub fn autogenerate_flag(&self, name: &str) -> Option<bool> {
        match self.setup.option(name) {
            Some(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether the environment gives autogenerate a function to ask for a setting.
    pub fn asks_a_function(&self, name: &str) -> bool {
        self.setup.option(name).is_some_and(|value| !matches!(value, Value::None | Value::Bool(_)))
    }

    /// Whether the environment tells autogenerate what to leave out.
    pub fn chooses_objects(&self) -> bool {
        ["include_object", "include_name", "compare_type"].iter().any(|name| self.asks_a_function(name))
    }
}

impl Doubt {
    /// Takes up what is not known of the same table by another class.
    fn add(&mut self, other: &Self) {
        for column in &other.columns {
            if !self.columns.contains(column) {
                self.columns.push(column.clone());
            }
        }
        self.open = self.open.or(other.open);
        self.keys = self.keys.or(other.keys);
        self.table = self.table.or(other.table);
    }
}

/// What is not known of a table that is a copy of one of which not all is known.
fn copied_doubt(record: &Instance<'_>) -> Doubt {
    let why = record.get(DOUBTED).map(|_| "is a copy of a table of which not all is known");
    Doubt { open: why, keys: why, ..Doubt::default() }
}

/// The name of what is asked about.
fn name_of<'a>(asked: &Asked) -> Value<'a> {
    match &asked.part {
        Part::Whole => Value::text(bare(asked)),
        Part::Column(name) | Part::Type(name) => Value::text(name.as_str()),
        Part::Other(_, name) => name.clone().map_or(Value::None, Value::text),
    }
}

fn bare(asked: &Asked) -> &str {
    asked.table.rsplit('.').next().unwrap_or(&asked.table)
}

fn place(record: &Instance<'_>) -> Option<Location> {
    match record.get(PLACE) {
        // A mixin that a package brings is in no file.
        Some(Value::Unknown(unknown)) => Some(unknown.location.clone()).filter(|place| !place.path().is_empty()),
        _ => None,
    }
}

/// The indexes and keys of a table that are declared by themselves, in it or beside it.
fn model_parts<'a>(vm: &Interpreter<'a>, table: &Rc<Instance<'a>>) -> Vec<ModelPart> {
    let beside = records::indexes_beside(vm, table);
    records::parts(table).iter().chain(&beside).filter_map(model_part).collect()
}

fn model_part(part: &Value<'_>) -> Option<ModelPart> {
    let Value::Instance(record) = part else { return None };
    let given = record.positional();
    let columns = |parts: &[Value<'_>]| parts.iter().filter_map(records::name_of_column).collect();
    let named = record.keyword("name").and_then(|name| name.as_str().map(str::to_owned));
    let (sort, name, own) = match &*record.class.name {
        "Index" => (PartSort::Index, named.or_else(|| own_name(record)), columns(given.get(1..).unwrap_or_default())),
        "UniqueConstraint" => (PartSort::Unique, named, columns(&given)),
        "ForeignKeyConstraint" => {
            let first = match given.first() {
                Some(Value::List(own)) => columns(&own.0.borrow()),
                Some(Value::Tuple(own)) => columns(&own.items),
                _ => Vec::new(),
            };
            (PartSort::ForeignKey, named, first)
        }
        _ => return None,
    };
    Some(ModelPart { sort, name, columns: own, place: place(record)? })
}

fn model_column(column: &Instance<'_>) -> Option<ModelColumn> {
    let is_given = |name: &&str| column.keyword(name).is_some_and(|value| !matches!(value, Value::None));
    Some(ModelColumn {
        name: own_name(column)?,
        place: place(column),
        filled: ["default", "default_factory", "insert_default"].iter().any(is_given),
    })
}
