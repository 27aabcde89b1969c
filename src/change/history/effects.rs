//! Whether a migration does something else than at the merge base: by what it executes, and by its text where that is not known.

use std::collections::{HashMap, HashSet};

use super::names::constraint_names;
use super::{Edit, Edited, may_do_the_same};
use crate::change::TrackChange;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::{By, Evaluated};
use crate::python::bindings::functions;
use crate::python::shape;
use crate::schema::delta::{self, Level};
use crate::schema::model::{Name, Schema};
use crate::schema::postgres;
use crate::schema::token::normal;
use crate::source::Location;
use crate::track::ends::{Ends, ReadError};

/// What tells whether a migration whose text changed does something else.
#[derive(Debug)]
pub enum Effects<'c> {
    /// Nothing evaluates the track: its text.
    Text,
    /// What it executes on a fresh database, at the merge base and at head; its text where a part of that is not known.
    Executed(Executed<'c>, Executed<'c>),
}

impl<'c> Effects<'c> {
    pub fn of(change: &'c TrackChange) -> Self {
        match &change.outcome {
            None => Self::Text,
            Some(outcome) => Self::Executed(Executed::new(&outcome.before), Executed::new(&outcome.fresh)),
        }
    }

    /// What a migration does otherwise: as `old` at the merge base, as `new` at head; `told` is what its text says of both
    /// ends.
    pub fn edit(
        &self,
        (old, new): (&str, &str),
        told: impl FnOnce() -> Result<(String, String), ReadError>,
    ) -> Result<Option<Edited>, ReadError> {
        if let Self::Executed(before, after) = self
            && before.is_known(old)
            && after.is_known(new)
        {
            return Ok(does_otherwise((before, old), (after, new)));
        }
        let (before, after) = told()?;
        Ok((before != after).then_some(Edited::Text { before, after }))
    }
}

impl Effects<'_> {
    /// Whether a migration does nothing at either end that is seen in the schema of a new database.
    pub fn shows_nothing(&self, (old, new): (&str, &str)) -> bool {
        let Self::Executed(before, after) = self else { return false };
        let none = |executed: &Executed<'_>, name| executed.is_known(name) && !executed.statements.contains_key(name);
        none(before, old) && none(after, new)
    }
}

/// What each migration executed, and of which a part is not known.
#[derive(Debug)]
pub struct Executed<'e> {
    statements: HashMap<&'e str, Vec<&'e str>>,
    unknown: HashSet<&'e str>,
}

impl<'e> Executed<'e> {
    pub fn new(evaluated: &'e Evaluated) -> Self {
        let name = |by: &'e By| by.migration().map(|name| &**name);
        let mut statements: HashMap<&str, Vec<&str>> = HashMap::new();
        for ran in &evaluated.log {
            if let Some(name) = name(&ran.by) {
                statements.entry(name).or_default().push(&ran.statement.sql);
            }
        }
        let unknown = evaluated.gaps.iter().filter_map(|missing| name(&missing.by)).collect();
        Self { statements, unknown }
    }

    /// Whether a statement says in which schema names without one are.
    fn sets_path(&self) -> bool {
        self.statements.values().flatten().any(|sql| sql.to_ascii_lowercase().contains("search_path"))
    }

    /// Whether all that a migration does is known.
    pub fn is_known(&self, name: &str) -> bool {
        !self.unknown.contains(name)
    }

    /// The statements of a migration; `None` where a part of it is not known.
    fn by(&self, name: &str) -> Option<Vec<String>> {
        let known = self.statements.get(name).map(|own| own.iter().map(|sql| (*sql).to_owned()).collect());
        self.is_known(name).then(|| known.unwrap_or_default())
    }
}

/// What a migration executes on a fresh database now, where that is something else than before.
pub fn does_otherwise(before: (&Executed<'_>, &str), after: (&Executed<'_>, &str)) -> Option<Edited> {
    if before.0.statements.get(before.1) == after.0.statements.get(after.1) {
        return None;
    }
    let has_path = before.0.sets_path() || after.0.sets_path();
    // Where a part is not known, a rewrite may well do the same.
    let (before, after) = (before.0.by(before.1)?, after.0.by(after.1)?);
    let form = |sql: &String| if has_path { form(sql) } else { form(&postgres::at_home(sql)) };
    let forms = |statements: &[String]| statements.iter().map(form).collect::<Vec<_>>();
    (forms(&before) != forms(&after)).then_some(Edited::Effect { before, after })
}

/// The migrations that take what they execute from files which the change touches, by code or by reading them, and the
/// place there; `is_own` are those whose text tells itself what changed.
pub fn fed_otherwise<'c>(
    change: &'c TrackChange,
    ends: &mut Ends<'_>,
    is_own: impl Fn(&str) -> bool,
) -> HashMap<&'c str, Option<Location>> {
    let Some(outcome) = &change.outcome else { return HashMap::new() };
    let others = ends.changed.iter().map(|file| file.path.clone());
    let others: HashSet<String> = others.filter(|path| !is_own(path)).collect();
    let mut fed = HashMap::new();
    if others.is_empty() {
        return fed;
    }
    for evaluated in [&outcome.before, &outcome.fresh] {
        // Many migrations call one helper.
        let mut judged: HashMap<(String, usize), bool> = HashMap::new();
        for (by, _) in evaluated.read.iter().filter(|(_, path)| others.contains(path.as_str())) {
            fed.extend(by.migration().map(|name| (&**name, None)));
        }
        for ran in &evaluated.log {
            let mut places = ran.statement.places.iter().filter(|place| others.contains(place.path()));
            let place = places.find(|place| {
                let start = (place.path().to_owned(), place.range.start);
                *judged.entry(start).or_insert_with(|| is_in_other_code(place, ends))
            });
            fed.extend(ran.by.migration().zip(place).map(|(name, place)| (&**name, Some(place.clone()))));
        }
    }
    fed
}

/// Whether the function around a place is another than at the merge base, with what it names of its file.
fn is_in_other_code(place: &Location, ends: &mut Ends<'_>) -> bool {
    let modules = (ends.base.module(place.path()), ends.head.module(place.path()));
    let (Ok(Some(old)), Ok(Some(new))) = modules else { return true };
    let own = if place.source.text() == new.text() { &new } else { &old };
    let around = functions(own).into_iter().find(|(_, range)| range.contains(&place.range.start));
    around.is_none_or(|(name, _)| !shape::does_the_same(&old, &new, &[&name], &[]))
}

/// That new migrations leave deployed databases as new ones are.
#[derive(Debug)]
pub struct CaughtUp {
    /// What the new migrations execute, each in the form in which it is compared.
    caught: HashSet<String>,
    /// The schema tells all of it: nothing new is refused, and no key or check has another name.
    is_all: bool,
}

impl CaughtUp {
    /// `None` where nothing is new, or where the two differ.
    pub fn of(change: &TrackChange, outcome: &Outcome) -> Option<Self> {
        if change.new.is_empty() || !outcome.converges() {
            return None;
        }
        let new: HashSet<&str> = change.new.iter().map(|migration| migration.name.as_str()).collect();
        let is_new = |by: &By| by.migration().is_some_and(|name| new.contains(&**name));
        let (fresh, after) = (&outcome.fresh, &outcome.after);
        let is_refused = fresh.failures.iter().chain(&after.failures).any(|failure| is_new(&failure.by));
        let is_all = !is_refused && constraint_names(&fresh.schema) == constraint_names(&after.schema);
        let ran = after.log.iter().filter(|ran| is_new(&ran.by));
        Some(Self { caught: ran.map(|ran| form(&ran.statement.sql)).collect(), is_all })
    }

    /// Whether they do what a migration does now and did not before: they execute the same, or the schema tells it.
    pub fn up_to(&self, edit: &Edit) -> bool {
        let Some((before, after)) = edit.what.statements() else { return false };
        let old: HashSet<String> = before.iter().map(|sql| form(sql)).collect();
        let added: HashSet<String> = after.iter().map(|sql| form(sql)).filter(|sql| !old.contains(sql)).collect();
        !added.is_empty() && added.is_subset(&self.caught) || self.is_all && may_do_the_same(edit)
    }
}

/// A statement in the form in which it is compared.
fn form(sql: &str) -> String {
    postgres::block_form(sql).unwrap_or_else(|| normal(sql))
}

/// Whether a new database of files of SQL and a deployed one come out the same but for the names of indexes.
pub fn differs_in_names(change: &TrackChange) -> bool {
    let Some(outcome) = change.outcome.as_ref().filter(|_| change.track.kind.is_sql() && !change.edits.is_empty())
    else {
        return false;
    };
    let nameless = |schema: &Schema| {
        let mut schema = schema.clone();
        for table in schema.tables.values_mut() {
            let indexes = std::mem::take(&mut table.indexes);
            for (_, mut index) in indexes {
                index.name = Name::default();
                let told = Name::from(format!("{index:?}").as_str());
                index.name = told.clone();
                table.indexes.insert(told, index);
            }
        }
        schema
    };
    let (fresh, after) = (&outcome.fresh, &outcome.after);
    fresh.failures.is_empty()
        && after.failures.is_empty()
        && !outcome.converges()
        && delta::equivalent(&nameless(&fresh.schema), &nameless(&after.schema), Level::Full)
}

/// Whether a new database and a deployed one come out the same.
pub fn converges(change: &TrackChange) -> bool {
    change.outcome.as_ref().is_some_and(Outcome::converges)
}
