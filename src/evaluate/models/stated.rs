//! What the models of a chain say at one commit: its environment is evaluated, and what that hands to Alembic is made in an
//! empty database.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::evaluate::drift;
use crate::evaluate::environment::Environment;
use crate::evaluate::memory::{self, Subject};
use crate::evaluate::session::{Base, beside};
use crate::python::eval::{
    Asked, DeclaredModels, Fuel, Interpreter, ModelPart, ModelTable, PartSort, Session, Shelf, Target, Value,
};
use crate::schema::database::{Budget, Setup};
use crate::schema::delta::Object;
use crate::schema::model::{Name, Schema};
use crate::source::Location;
use crate::track::ends::{Modules, ReadError};
use crate::track::{Track, alembic, models};

/// What was read at one commit.
#[derive(Clone, Debug)]
pub enum Reading {
    /// The environment hands nothing to Alembic.
    Nothing,
    /// Why it is not known, in a clause: "depends on `app`, which …".
    Unknown(String),
    Known(Box<Stated>),
}

/// What models say.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    pub schema: Schema,
    pub tables: BTreeMap<Name, StatedTable>,
    /// A class may have a table of which not even the name is known.
    pub has_nameless: bool,
    /// The files that were loaded, there or not.
    pub files: Vec<String>,
    /// A file that is not among them may change what was read: a whole folder was looked through.
    pub is_open: bool,
    /// The environment names no models: these are all that the project has.
    pub is_assumed: bool,
    pub settings: Settings,
}

/// What is known of one table besides the schema.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct StatedTable {
    pub place: Option<Location>,
    pub columns: BTreeMap<Name, StatedColumn>,
    /// Its indexes and keys, as far as each is declared by itself.
    pub parts: Vec<ModelPart>,
    /// Names that may be columns.
    pub maybe: Vec<Name>,
    /// It may have columns that are not known.
    pub open: bool,
    /// Not all of its indexes and constraints are known.
    pub keys_unknown: bool,
    /// Not all of its foreign keys are known.
    pub foreign_keys_unknown: bool,
    /// Nothing of it is known but its name.
    pub unknown: bool,
}

#[derive(Clone, Debug, Default)]
pub struct StatedColumn {
    pub place: Option<Location>,
    /// Python gives it a value where a statement does not.
    pub filled: bool,
}

/// What the environment tells autogenerate.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub compare_type: Option<bool>,
    pub compare_server_default: Option<bool>,
    pub include_schemas: Option<bool>,
    /// It has functions that choose what is compared.
    pub chooses: bool,
}

impl Stated {
    /// Where something is declared: a column, or its table.
    pub fn place_of(&self, table: &Name, column: Option<&Name>) -> Option<&Location> {
        let table = self.tables.get(table)?;
        match column {
            Some(column) => table.columns.get(column)?.place.as_ref(),
            None => table.place.as_ref(),
        }
    }

    /// Where an index or a key is declared, where that is done by itself.
    pub fn place_of_part(&self, object: &Object) -> Option<&Location> {
        let parts = &self.tables.get(drift::table_of(object)?)?.parts;
        let has = |part: &ModelPart, columns: &[Name]| {
            let is_in = |name: &String| columns.contains(&Name::from(name.as_str()));
            part.columns.len() == columns.len() && part.columns.iter().all(is_in)
        };
        let is_it = |part: &&ModelPart| match object {
            Object::Index { name, .. } => {
                part.sort == PartSort::Index && part.name.as_deref().is_some_and(|own| *name == Name::from(own))
            }
            Object::Unique { columns, .. } => part.sort != PartSort::ForeignKey && has(part, columns),
            Object::ForeignKey { columns, .. } => part.sort == PartSort::ForeignKey && has(part, columns),
            _ => false,
        };
        parts.iter().find(is_it).map(|part| &part.place)
    }
}

/// The models of a chain at one commit, with what `more` files declare besides; read once for commits that have the same
/// files.
pub fn remembered(track: &Track, modules: &mut Modules<'_>, more: &[String]) -> Result<Rc<Reading>, ReadError> {
    let subject = || Subject::Models { track: track.clone(), more: more.to_vec() };
    let files = |reading: &Reading| match reading {
        Reading::Known(stated) if !stated.is_open => Some(stated.files.clone()),
        _ => None,
    };
    let make = |modules: &mut Modules<'_>| Ok(read(track, modules, more, &[])?.0);
    memory::remembered(modules, |memory| &mut memory.models, subject, files, make)
}

/// Reads the models of a chain at one commit, with what `more` files declare besides; and answers what the environment's
/// own functions leave out of what is `asked`.
pub fn read(
    track: &Track,
    modules: &mut Modules<'_>,
    more: &[String],
    asked: &[Asked],
) -> Result<(Reading, Vec<Option<bool>>), ReadError> {
    match attempt(track, modules, (more, asked), None)? {
        Some(read) => Ok(read),
        // The application loads the models, not the environment.
        None => {
            let all = models::all(track, modules)?;
            let nothing = || (Reading::Unknown("declares no table that was found".to_owned()), Vec::new());
            Ok(attempt(track, modules, (more, asked), Some(&all))?.unwrap_or_else(nothing))
        }
    }
}

/// What was read, and the answers to what was asked.
type Read = (Reading, Vec<Option<bool>>);

/// The same with what is loaded besides; `None` where that has to be looked for first.
fn attempt(
    track: &Track,
    modules: &mut Modules<'_>,
    (more, asked): (&[String], &[Asked]),
    all: Option<&[String]>,
) -> Result<Option<Read>, ReadError> {
    let path = alembic::environment(track, modules)?;
    let source = modules.text(&path)?;
    // That of Flask-Migrate asks the running application.
    let is_flask = source.as_ref().is_some_and(|source| source.text().contains("current_app"));
    let unmakeable = || (Reading::Unknown("needs a database that cannot be made".to_owned()), Vec::new());
    let declared: Vec<String> = track.declared.iter().map(|file| file.path.clone()).collect();
    let shelf = Shelf::new();
    let mut vm = Interpreter::new(&shelf, modules, Fuel::default());
    vm.runs_packages = true;
    let setup = Setup { flavour: track.flavour, open: true, budget: Budget::Chain };
    let Ok(start) = Base::new(track.dialect, setup) else { return Ok(Some(unmakeable())) };
    let session = start.session();
    let mut environment = Environment::new(source.is_some().then(|| path.clone()), &[]);
    environment.take_up(&mut vm, &session, track.dialect);
    vm.gaps.clear();
    // Where the application loads the models before Alembic runs, the environment alone has none.
    if let (Target::Known(metadata, _), None) = (vm.target_metadata(), all)
        && !vm.declares(&metadata)
    {
        return Ok(None);
    }
    // Where the environment names none, those may be meant that are the only ones.
    let names_none = declared.is_empty() && matches!(vm.target_metadata(), Target::Nothing);
    if names_none && all.is_none() {
        return Ok(None);
    }
    for file in declared.iter().chain(more).chain(all.unwrap_or_default()) {
        vm.load_besides(file);
    }
    let target = match vm.target_metadata() {
        Target::Unknown(why) if is_flask => match all.map(|all| (vm.metadata_of_flask(), vm.metadata_in(all))) {
            Some((found, _)) if !found.is_empty() => Target::Known(found, false),
            // A base of the project's own, where it has one alone.
            Some((_, found)) if found.len() == 1 => Target::Known(found, false),
            _ => Target::Unknown(why),
        },
        Target::Nothing | Target::Unknown(_) if !declared.is_empty() => Target::Known(vm.metadata_in(&declared), false),
        Target::Nothing if let Some(all) = all => match vm.metadata_in(all) {
            found if found.len() == 1 => Target::Known(found, false),
            _ => Target::Nothing,
        },
        other => other,
    };
    let (metadata, has_more): (Vec<Value<'_>>, bool) = match target {
        Target::Nothing => return Ok(Some((Reading::Nothing, Vec::new()))),
        Target::Unknown(_) if all.is_none() && is_flask => return Ok(None),
        Target::Unknown(why) => return Ok(Some((Reading::Unknown(why.reason.to_string()), Vec::new()))),
        Target::Known(metadata, has_more) => (metadata, has_more),
    };
    let Some((mut found, schema)) = made(&mut vm, &*session, &metadata) else {
        return Ok(Some(unmakeable()));
    };
    found.has_nameless |= has_more || vm.not_run().into_iter().any(models::speaks_of_tables);
    let answers = asked.iter().map(|one| vm.leaves_out(one, &metadata)).collect();
    let settings = Settings {
        compare_type: vm.autogenerate_flag("compare_type"),
        // What a function says of defaults is not asked.
        compare_server_default: if vm.asks_a_function("compare_server_default") {
            Some(false)
        } else {
            vm.autogenerate_flag("compare_server_default")
        },
        include_schemas: vm.autogenerate_flag("include_schemas"),
        chooses: vm.chooses_objects(),
    };
    let mut files = vm.loaded_files();
    files.push(path);
    let is_open = vm.has_listed_folders() || all.is_some();
    if found.tables.is_empty() && !found.has_nameless {
        return Ok(Some((Reading::Unknown("declares no table that was found".to_owned()), answers)));
    }
    let mut stated = stated(found, schema, files, settings);
    stated.is_open = is_open;
    stated.is_assumed = names_none;
    Ok(Some((Reading::Known(Box::new(stated)), answers)))
}

/// Makes the models in an empty database that is as the environment leaves it.
fn made<'a>(
    vm: &mut Interpreter<'a>,
    around: &dyn Session,
    metadata: &[Value<'a>],
) -> Option<(DeclaredModels, Schema)> {
    let session = beside(around)?;
    session.refusals().lenient.set(true);
    let connection = session.clone().connection();
    vm.database = Some(connection.clone());
    let found = match &connection {
        Value::Object(object) => vm.models(metadata, object.bind()?),
        _ => return None,
    };
    vm.database = None;
    vm.gaps.clear();
    drop(connection);
    let (_, schema) = Base::after(session).ok()?;
    Some((found, schema))
}

fn stated(found: DeclaredModels, schema: Schema, files: Vec<String>, settings: Settings) -> Stated {
    let mut stated = Stated { has_nameless: found.has_nameless, files, settings, ..Stated::default() };
    for table in found.tables {
        let bare = table.name.rsplit('.').next().unwrap_or(&table.name);
        let key = [table.name.as_str(), bare].into_iter().map(Name::from).find(|name| schema.tables.contains_key(name));
        let known = key.as_ref().and_then(|key| schema.tables.get(key)).cloned();
        let name = key.unwrap_or_else(|| Name::from(table.name.as_str()));
        let told = told(&table, known.as_ref().map(|known| known.foreign_keys.len()));
        if let Some(known) = known {
            stated.schema.tables.insert(name.clone(), known);
        }
        stated.tables.insert(name, told);
    }
    stated.schema.enums = schema.enums;
    stated
}

fn told(table: &ModelTable, foreign_keys: Option<usize>) -> StatedTable {
    let columns = table.columns.iter().map(|column| {
        let told = StatedColumn { place: column.place.clone(), filled: column.filled };
        (Name::from(column.name.as_str()), told)
    });
    let doubt = &table.doubt;
    StatedTable {
        place: table.place.clone(),
        columns: columns.collect(),
        parts: table.parts.clone(),
        maybe: doubt.columns.iter().map(|name| Name::from(name.as_str())).collect(),
        open: doubt.open.is_some(),
        keys_unknown: doubt.keys.is_some(),
        foreign_keys_unknown: foreign_keys.is_none_or(|made| made < table.foreign_keys),
        unknown: doubt.table.is_some() || table.unknown.is_some() || foreign_keys.is_none(),
    }
}
