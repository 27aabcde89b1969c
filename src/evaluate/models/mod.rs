//! Whether the models beside a chain and its revisions change alike: what a change does to what the models state, beside
//! what it does to deployed databases.

use std::collections::BTreeSet;
use std::sync::Arc;

use self::adopted::{Adopted, Worth};
use self::compare::{Apart, How, Manner};
use self::stated::{Reading, Stated};
use super::drift;
use super::outcome::Outcome;
use super::renames::Renames;
use super::{Evaluated, Failure};
use crate::git::EntryKind;
use crate::path;
use crate::python::bindings::module_stem;
use crate::python::eval::{self, Asked, Part};
use crate::schema::delta::{self, Attribute, Level, Object};
use crate::schema::form;
use crate::schema::model::{Index, IndexTerm, Name, Schema};
use crate::source::Location;
use crate::track::ends::{Ends, ReadError};
use crate::track::{Track, ddl, models};

mod adopted;
pub mod compare;
pub mod stated;

/// How the models of a chain and its databases differ by a change.
#[derive(Clone, Debug, Default)]
pub struct ModelDrift {
    pub differences: Vec<Difference>,
    /// Why nothing was compared, in a clause.
    pub unknown: Option<String>,
    /// What the models state at head.
    pub stated: Schema,
    /// What deployed databases have then, and new ones.
    pub made: Schema,
    pub fresh: Schema,
    /// How many tables they state.
    pub tables: usize,
    /// The environment names no models: they are the only ones that there are.
    pub is_assumed: bool,
    /// The revisions of the chain have a function for each engine: what is missing on which of them nobody knows.
    pub is_by_engine: bool,
    /// In this project revisions come before their models.
    pub revisions_first: Option<RevisionsFirst>,
}

/// How many of a project's commits that bring a revision of something new come without its models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionsFirst {
    pub alone: usize,
    pub all: usize,
}

/// One thing that only one of the two gets.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Difference {
    pub object: Object,
    pub how: How,
    /// The keys and indexes that the models have over a column that is missing.
    pub parts: Vec<Object>,
    /// The side that lacks it had it before.
    pub is_dropped: bool,
    /// Revisions alone make an index that refuses no row.
    pub is_mere_index: bool,
    pub weak: bool,
    /// New databases have it, by a migration that reads the models.
    pub fresh: bool,
    /// New databases are as the models say: only deployed ones are not.
    pub only_deployed: bool,
    /// Where the models say it, or where they say its table.
    pub stated: Option<Location>,
    /// Where a migration says it.
    pub made: Option<Location>,
    /// The migration that does.
    pub by: Option<Arc<str>>,
}

/// A change of models, as it is read before anything of the chain is.
#[derive(Debug)]
pub struct Change {
    before: Stated,
    after: Stated,
}

/// What was read of the models at both ends.
#[derive(Debug)]
pub enum Read {
    /// There are none.
    Nothing,
    /// Why they are not known, in a clause.
    Unknown(String),
    Known(Box<Change>),
}

impl ModelDrift {
    /// Whether a revision makes something that no model has yet, and code that does not know of it goes on as before: a table, or
    /// a column that may be null or has a default.
    pub fn may_come_first(&self, difference: &Difference) -> bool {
        if !matches!(difference.how, How::Extra(_)) || difference.is_dropped {
            return false;
        }
        match &difference.object {
            Object::Table(_) => true,
            Object::Column { table, name } => {
                let column = self.made.tables.get(table).and_then(|table| table.column(name));
                column.is_some_and(|column| column.nullable || column.default.is_some())
            }
            _ => false,
        }
    }

    /// That nothing was compared, and why.
    pub fn unknown(why: String) -> Self {
        Self { unknown: Some(why), ..Self::default() }
    }
}

impl Change {
    /// That nothing of either side changed.
    pub fn unchanged(&self) -> ModelDrift {
        ModelDrift { tables: self.after.tables.len(), stated: self.after.schema.clone(), ..ModelDrift::default() }
    }

    /// Whether the environment names none, so that it is only assumed that these are the chain's.
    pub fn is_assumed(&self) -> bool {
        self.before.is_assumed || self.after.is_assumed
    }

    /// The files that their tables are declared in.
    pub fn files(&self) -> BTreeSet<String> {
        let tables = self.before.tables.values().chain(self.after.tables.values());
        tables.filter_map(|table| Some(table.place.as_ref()?.path().to_owned())).collect()
    }

    /// Whether they state the same at both.
    pub fn is_none(&self) -> bool {
        self.before.schema == self.after.schema && self.before.tables.keys().eq(self.after.tables.keys())
    }
}

/// What the models of a chain say at both ends; the same at both where the change touches none of them.
pub fn change(track: &Track, touched: bool, ends: &mut Ends<'_>) -> Result<Read, ReadError> {
    // Where the environment names none, a change of models is held against the chain that makes their tables, if it is that.
    let is_assumed = !models::has_models(track, ends)?;
    if is_assumed && !touched {
        return Ok(Read::Nothing);
    }
    let more = if touched { besides(track, ends)? } else { Vec::new() };
    let after = match &*stated::remembered(track, &mut ends.head, &more)? {
        Reading::Nothing => return Ok(Read::Nothing),
        Reading::Unknown(why) => return Ok(Read::Unknown(why.clone())),
        Reading::Known(after) => Stated::clone(after),
    };
    if !touched {
        return Ok(Read::Known(Box::new(Change { before: after.clone(), after })));
    }
    Ok(match &*stated::remembered(track, &mut ends.base, &more)? {
        Reading::Nothing => Read::Nothing,
        Reading::Unknown(why) => Read::Unknown(why.clone()),
        Reading::Known(before) => Read::Known(Box::new(Change { before: Stated::clone(before), after })),
    })
}

/// The changed files that declare tables and that something of the project, at head, imports.
fn besides(track: &Track, ends: &mut Ends<'_>) -> Result<Vec<String>, ReadError> {
    let changed = models::changed(track, ends)?;
    if changed.is_empty() {
        return Ok(changed);
    }
    // What lies in another package than everything that the environment loads has its own ways.
    let own: Option<BTreeSet<String>> = match &*stated::remembered(track, &mut ends.head, &[])? {
        Reading::Known(known) => Some(
            known.tables.values().filter_map(|table| table.place.as_ref()).map(|place| package(place.path())).collect(),
        ),
        _ => None,
    };
    let mut found = Vec::new();
    for path in changed {
        if own.as_ref().is_some_and(|own| !own.is_empty() && !own.contains(&package(&path))) {
            continue;
        }
        let is_there = ends.head.snapshot.entry(&path)?.is_some_and(|entry| entry.kind == EntryKind::File);
        let stem = module_stem(&path);
        let stem = path::name(stem).to_owned();
        // Every application of a project may have its `models.py`: what is asked for then is its package.
        let is_common =
            matches!(stem.as_str(), "models" | "model" | "tables" | "schema" | "schemas" | "entities" | "orm");
        let folder = path::folder(&path).to_owned();
        let package = folder.rsplit('/').next().filter(|package| is_common && !package.is_empty());
        let stem = package.map_or(stem, str::to_owned);
        let is_beside = |other: &str| package.is_some() && path::folder(other) == folder;
        let is_own = |other: &str| other == path || is_beside(other) || !models::is_code(track, other);
        if !is_there || eval::Modules::mentions(&mut ends.head, &stem, &is_own) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The first folder of a path, and the one below where that is no package by its name: `src/app`.
fn package(path: &str) -> String {
    let Some((first, rest)) = path.split_once('/') else { return String::new() };
    let mut parts = rest.split('/');
    let is_around = matches!(first, "src" | "lib" | "backend" | "server" | "packages" | "apps" | "plugins");
    let second = parts.next().filter(|second| is_around && !ddl::is_python(second));
    second.map_or_else(|| first.to_owned(), |second| format!("{first}/{second}"))
}

/// Compares what head changes of the models with what its revisions change.
pub fn drift(track: &Track, change: Change, outcome: &Outcome, ends: &mut Ends<'_>) -> Result<ModelDrift, ReadError> {
    let is_assumed = change.is_assumed();
    let Change { before, after } = change;
    let mut drift = ModelDrift { tables: after.tables.len(), is_assumed, ..ModelDrift::default() };
    let (old, new) = (&outcome.before, &outcome.after);
    let partial = [new, old].into_iter().find_map(|one| one.gaps.iter().find(|missing| missing.gap.sql.is_none()));
    if let Some(missing) = partial {
        return Ok(ModelDrift::unknown(format!("{} {}", missing.by, missing.gap.reason)));
    }
    let is_known = |failure: &Failure| old.failures.iter().any(|known| known.by == failure.by);
    if !new.failures.iter().all(is_known) {
        return Ok(ModelDrift::unknown(
            "what comes after a revision that is refused is missing for that reason".to_owned(),
        ));
    }
    // Models of something else may have a table of that name.
    if is_assumed && !before.tables.keys().all(|name| old.schema.tables.contains_key(name)) {
        return Ok(ModelDrift::unknown("not all of their tables are made by the chain".to_owned()));
    }
    let is_made = |stated: &Stated, schema: &Schema| stated.tables.keys().any(|name| schema.tables.contains_key(name));
    if !is_made(&before, &old.schema) && !is_made(&after, &new.schema) {
        return Ok(ModelDrift::unknown("no revision makes a table of theirs".to_owned()));
    }
    let manner = Manner::of(track, &after);
    let adopted = Adopted::new(old, new, &before);
    let (old, new) = (&adopted.old, &adopted.new);
    let touched = touched(&before, &after, &old.schema, &new.schema);
    let renames = Renames::of(&outcome.after, &old.schema);
    let then: Vec<Apart> = compare::apart(&before, old, manner).into_iter().map(|apart| renames.apply(apart)).collect();
    let on_new = compare::apart(&after, &outcome.fresh, manner);
    let mut now = compare::apart(&after, new, manner);
    now.retain(|apart| {
        let is_touched = whole(&apart.object).is_some_and(|whole| touched.contains(&whole));
        is_touched && !then.iter().any(|known| known.is_like(apart))
    });
    now.retain(|apart| !is_only_loaded(apart, &before, &after, ends));
    now.retain(|apart| !apart.of_old_ones || is_old(&apart.object, &before, old));
    // What was in doubt at the merge base is no news.
    now.retain(|apart| !is_unsure(apart, &before, &after, old, new));
    now.retain(|apart| adopted.worth(apart) != Worth::Nothing);
    leave_out(track, (&after, &new.schema), &mut now, ends)?;
    let mut now = renamed(now, &before, &after, new);
    // A label that is gone from the models stays in a type of PostgreSQL.
    now.retain(|apart| match (&apart.object, &apart.how) {
        (Object::Type(name), How::Extra(_)) => old.schema.enums.get(name) != new.schema.enums.get(name),
        _ => true,
    });
    for apart in now {
        let table = drift::table_of(&apart.object).cloned();
        let column = match &apart.how {
            How::Renamed(name) => Some(name.clone()),
            _ => column_of(&apart.object, [&after.schema, &new.schema]),
        };
        let place = |stated: &Stated| {
            let table = table.as_ref()?;
            let part = stated.place_of_part(&apart.object);
            part.or_else(|| stated.place_of(table, column.as_ref())).or_else(|| stated.place_of(table, None)).cloned()
        };
        let is_dropped = match &apart.how {
            How::Missing(_) => old.schema.has(&apart.object) || has_key(&old.schema, &apart.object),
            How::Extra(_) => before.schema.has(&apart.object) || has_key(&before.schema, &apart.object),
            _ => false,
        };
        // Where the application makes the tables of its models when it starts, one that is new may be made so.
        let is_new_table = matches!((&apart.how, &apart.object), (How::Missing(_), Object::Table(_)));
        // What SQL alone can say is often in no model by intent, but not what a model had.
        let is_index_of_models = is_dropped && matches!(apart.object, Object::Index { .. });
        let weak = apart.weak && !is_index_of_models
            || is_assumed
            || adopted.worth(&apart) == Worth::Assumed
            || is_new_table && !is_dropped && models::are_made_by_code(track, &mut ends.head)?;
        let fresh = matches!(apart.how, How::Missing(_)) && outcome.fresh.schema.has(&apart.object);
        let only_deployed = !matches!(apart.how, How::Renamed(_)) && !on_new.iter().any(|known| known.is_like(&apart));
        let (made, by) = drift::said(new, &apart.object, &mut ends.head);
        let is_mere_index = !is_dropped && is_mere_index(&apart, &new.schema);
        let stated = match &apart.how {
            How::Extra(_) if matches!(apart.object, Object::Table(_)) => None,
            _ => place(&after).or_else(|| enum_place(&apart.object, &after)),
        };
        let known = drift.differences.iter().flat_map(|known: &Difference| &known.parts);
        let parts = match &apart.how {
            How::Missing(_) => parts(&apart.object, &after.schema, new).into_iter(),
            _ => Vec::new().into_iter(),
        };
        let parts = parts.filter(|part| known.clone().all(|known| known != part)).collect();
        drift.differences.push(Difference {
            parts,
            object: apart.object,
            how: apart.how,
            is_dropped,
            is_mere_index,
            weak,
            fresh,
            only_deployed,
            stated,
            made,
            by,
        });
    }
    drift.stated = after.schema;
    drift.made = new.schema.clone();
    drift.fresh = outcome.fresh.schema.clone();
    Ok(drift)
}

/// The column that an object is, or that a key or an index of one of the schemas is over.
fn column_of(object: &Object, schemas: [&Schema; 2]) -> Option<Name> {
    match object {
        Object::Column { name, .. } => Some(name.clone()),
        Object::Unique { columns, .. } | Object::ForeignKey { columns, .. } => match columns.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        Object::Index { table, name } => {
            let index = schemas.into_iter().find_map(|schema| schema.tables.get(table)?.indexes.get(name))?;
            match compare::columns(index).as_slice() {
                [only] if index.parts.len() == 1 => Some(only.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The keys and indexes that the models have over a column, as far as the database lacks all of them.
fn parts(object: &Object, models: &Schema, made: &Evaluated) -> Vec<Object> {
    let Object::Column { table: name, name: column } = object else { return Vec::new() };
    let Some(table) = models.tables.get(name) else { return Vec::new() };
    let own = |columns: Vec<Name>| columns.contains(column).then_some(columns);
    let uniques = table.uniques.iter().filter_map(|unique| own(unique.columns.clone()));
    let keys = table.foreign_keys.iter().filter_map(|key| own(key.columns.clone()));
    let indexes = table.indexes.values().filter(|index| compare::columns(index).contains(column));
    let uniques = uniques.map(|columns| Object::Unique { table: name.clone(), columns });
    let keys = keys.map(|columns| Object::ForeignKey { table: name.clone(), columns });
    let indexes = indexes.map(|index| Object::Index { table: name.clone(), name: index.name.clone() });
    keys.chain(uniques).chain(indexes).filter(|part| !made.schema.has(part)).collect()
}

/// Where a column of an enum type is declared.
fn enum_place(object: &Object, stated: &Stated) -> Option<Location> {
    let Object::Type(wanted) = object else { return None };
    stated.schema.tables.iter().find_map(|(name, table)| {
        let column = table.columns.iter().find(|column| {
            let bare = column.data_type.trim_matches('"').rsplit('.').next().unwrap_or_default();
            Name::from(bare) == *wanted || column.data_type.eq_ignore_ascii_case(wanted.as_str())
        })?;
        stated.place_of(name, Some(&column.name)).cloned()
    })
}

fn has_key(schema: &Schema, object: &Object) -> bool {
    let table = drift::table_of(object).and_then(|table| schema.tables.get(table));
    match (object, table) {
        (Object::ForeignKey { columns, .. }, Some(table)) => {
            table.foreign_keys.iter().any(|key| key.columns == *columns)
        }
        (Object::Unique { columns, .. }, Some(table)) => {
            let is_it = |index: &Index| {
                let own = index.parts.iter().filter_map(|part| match &part.term {
                    IndexTerm::Column(name) => Some(name),
                    IndexTerm::Expression(_) => None,
                });
                index.unique && own.eq(columns.iter())
            };
            table.uniques.iter().any(|unique| unique.columns == *columns) || table.indexes.values().any(is_it)
        }
        _ => false,
    }
}

/// The tables and types that the change touches on either side.
fn touched(before: &Stated, after: &Stated, old: &Schema, new: &Schema) -> BTreeSet<Object> {
    let mut changes = delta::diff(&before.schema, &after.schema, Level::Full);
    changes.extend(delta::diff(old, new, Level::Full));
    changes.iter().filter_map(|change| whole(&change.object)).collect()
}

/// Whether a table is declared in a file that the change leaves alone, and was only not loaded at the merge base.
fn is_only_loaded(apart: &Apart, before: &Stated, after: &Stated, ends: &Ends<'_>) -> bool {
    let Some(table) = drift::table_of(&apart.object).filter(|table| !before.tables.contains_key(table)) else {
        return false;
    };
    // A class that a call makes is declared by whoever calls.
    let is_statement = |place: &&Location| {
        let text = place.source.text();
        let line = text.get(..place.range.start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        line.trim_start().starts_with("class ")
    };
    let place = after.place_of(table, None).filter(is_statement);
    place.is_some_and(|place| !place.path().is_empty() && ends.change_of(place.path()).is_none())
}

/// What an object is a part of: its table, or the type itself.
fn whole(object: &Object) -> Option<Object> {
    match object {
        Object::Type(_) => Some(object.clone()),
        part => drift::table_of(part).cloned().map(Object::Table),
    }
}

/// Whether both sides had something before.
fn is_old(object: &Object, before: &Stated, old: &Evaluated) -> bool {
    before.schema.has(object) && old.schema.has(object)
}

/// Whether what one side lacks may only not have been known of it.
fn is_unsure(apart: &Apart, before: &Stated, after: &Stated, old: &Evaluated, new: &Evaluated) -> bool {
    let Some(table) = drift::table_of(&apart.object) else { return false };
    let in_doubt = drift::names(&apart.object).iter().any(|name| old.is_in_doubt(name) || new.is_in_doubt(name));
    let told = [before, after].into_iter().filter_map(|stated| stated.tables.get(table));
    let is_vague = told.into_iter().any(|told| match &apart.object {
        Object::Table(_) => told.unknown,
        Object::Column { name, .. } => told.unknown || told.maybe.contains(name),
        Object::ForeignKey { .. } => told.unknown || told.keys_unknown || told.open || told.foreign_keys_unknown,
        _ => told.unknown || told.keys_unknown || told.open,
    });
    in_doubt || is_vague
}

/// Takes out what the environment keeps autogenerate from, and what other code may declare.
fn leave_out(
    track: &Track,
    (after, made): (&Stated, &Schema),
    now: &mut Vec<Apart>,
    ends: &mut Ends<'_>,
) -> Result<(), ReadError> {
    if after.settings.include_schemas != Some(true) {
        now.retain(|apart| match (&apart.object, &apart.how) {
            (Object::Table(name), How::Extra(_)) => !name.as_str().contains('.'),
            _ => true,
        });
    }
    if after.settings.chooses && !now.is_empty() {
        let asked: Vec<Vec<Asked>> = now.iter().map(|apart| asked(apart, after, made)).collect();
        let (_, answers) = stated::read(track, &mut ends.head, &[], &asked.concat())?;
        let mut answers = answers.into_iter();
        // What is not known may be left out.
        let is_kept: Vec<bool> = asked
            .iter()
            .map(|asked| {
                answers.by_ref().take(asked.len()).filter(|answer| *answer == Some(false)).count() == asked.len()
            })
            .collect();
        let mut is_kept = is_kept.into_iter();
        now.retain(|_| is_kept.next() == Some(true));
    }
    // A table that some code names, wherever it is declared, is no table without a model.
    let loaded: BTreeSet<&str> = after.files.iter().map(String::as_str).collect();
    let is_known = |path: &str| !models::is_code(track, path) || loaded.contains(path);
    now.retain(|apart| {
        let (Object::Table(name), How::Extra(_)) = (&apart.object, &apart.how) else { return true };
        let bare = name.as_str().rsplit('.').next().unwrap_or_default();
        !eval::Modules::mentions(&mut ends.head, bare, &is_known)
    });
    Ok(())
}

/// What the functions of an environment are asked of a difference: of the object, and of its table.
fn asked(apart: &Apart, after: &Stated, made: &Schema) -> Vec<Asked> {
    let Some(table) = drift::table_of(&apart.object) else { return Vec::new() };
    let schema = table.as_str().split_once('.').map(|(schema, _)| schema.to_owned());
    let is_extra = matches!(apart.how, How::Extra(_));
    let ask = |part: Part| {
        let reflected = is_extra && (part != Part::Whole || !after.tables.contains_key(table));
        Asked { table: table.as_str().to_owned(), schema: schema.clone(), part, reflected }
    };
    let own = if is_extra { made } else { &after.schema };
    let own = own.tables.get(table);
    let name = |name: Option<&Name>| name.map(|name| name.as_str().to_owned());
    let parts = match &apart.object {
        Object::Column { name, .. } => {
            let is_type = matches!(&apart.how, How::Differs { attribute: Attribute::Type, .. });
            let mut parts = vec![Part::Column(name.as_str().to_owned())];
            parts.extend(is_type.then(|| Part::Type(name.as_str().to_owned())));
            parts
        }
        Object::Index { name, .. } => vec![Part::Other("index", Some(name.as_str().to_owned()))],
        Object::Unique { columns, .. } => {
            let index =
                own.and_then(|table| table.indexes.iter().find(|(_, index)| compare::columns(index) == *columns));
            let unique = own.and_then(|table| table.uniques.iter().find(|unique| unique.columns == *columns));
            let mut parts = Vec::new();
            parts.extend(index.map(|(own, _)| Part::Other("index", name(Some(own)))));
            parts.extend(unique.map(|unique| Part::Other("unique_constraint", name(unique.name.as_ref()))));
            parts
        }
        Object::ForeignKey { columns, .. } => {
            let key = own.and_then(|table| table.foreign_keys.iter().find(|key| key.columns == *columns));
            vec![Part::Other("foreign_key_constraint", name(key.and_then(|key| key.name.as_ref())))]
        }
        _ => Vec::new(),
    };
    parts.into_iter().chain([Part::Whole]).map(ask).collect()
}

/// A column that the models call otherwise is told as one.
fn renamed(now: Vec<Apart>, before: &Stated, after: &Stated, new: &Evaluated) -> Vec<Apart> {
    let column = |schema: &Schema, object: &Object| match object {
        Object::Column { table, name } => schema.tables.get(table)?.column(name).cloned(),
        _ => None,
    };
    let mut all = now;
    let mut at = 0;
    while at < all.len() {
        let gone = all[at].clone();
        at += 1;
        let (Object::Column { table, .. }, How::Extra(_)) = (&gone.object, &gone.how) else { continue };
        // The models had it, and have another instead that databases have not.
        if !before.schema.has(&gone.object) {
            continue;
        }
        let news: Vec<usize> = all
            .iter()
            .enumerate()
            .filter(|(_, other)| {
                matches!(other.how, How::Missing(_))
                    && drift::table_of(&other.object) == Some(table)
                    && matches!(other.object, Object::Column { .. })
                    && !before.schema.has(&other.object)
            })
            .map(|(at, _)| at)
            .collect();
        let [only] = news.as_slice() else { continue };
        let (Some(old), Some(own)) = (column(&new.schema, &gone.object), column(&after.schema, &all[*only].object))
        else {
            continue;
        };
        if form::data_type(&old.data_type) != form::data_type(&own.data_type) {
            continue;
        }
        let (object, name) = (gone.object.clone(), own.name);
        if let Some(place) = all.iter().position(|one| one.object == object) {
            all[place].how = How::Renamed(name);
        }
        all.remove(*only);
        at = 0;
    }
    all
}

/// Whether revisions alone make an index that refuses no row, so that it is in nobody's way.
fn is_mere_index(apart: &Apart, made: &Schema) -> bool {
    let (How::Extra(_), Object::Index { name, .. }) = (&apart.how, &apart.object) else { return false };
    let table = drift::table_of(&apart.object).and_then(|table| made.tables.get(table));
    table.and_then(|table| table.indexes.get(name)).is_some_and(|index| !index.unique)
}
