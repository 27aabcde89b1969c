//! Whether two tracks gain and lose the same: their deltas, compared by what they do and not by what they are called.

use std::sync::Arc;

use super::drift::{self, is_bookkeeping};
use super::outcome::Outcome;
use crate::schema::delta::{self, Attribute, Kind, Level, Object};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Column, Generated, Index, IndexTerm, Name, Schema, Table};
use crate::schema::{form, types};
use crate::source::Location;
use crate::track::ends::Modules;

mod conditions;
mod defaults;
mod keys;
mod letters;
mod own_table;
mod renamed;
mod spelling;
pub mod unlike;
pub mod weight;
pub mod whole;

pub(super) use self::defaults::default_form;
use self::defaults::{COMPUTED, Meant, is_list};
pub(super) use self::keys::is_kept_otherwise;
use self::keys::{Key, checks, counts, foreign_keys, has_key, is_doubled, keys, uniques};

/// What two tracks do differently.
#[derive(Clone, Debug)]
pub struct Parity {
    /// The two tracks, by index.
    pub pair: (usize, usize),
    pub differences: Vec<Difference>,
    /// What a reader should know besides.
    pub notes: Vec<String>,
    /// Whether the two have no table in common, so that nothing is compared.
    pub are_unlike: bool,
}

/// One thing that the one track does and the other doesn't.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The track that does it, by index.
    pub on: usize,
    /// The other one.
    pub not_on: usize,
    pub object: Object,
    pub what: What,
    /// The migration that does it.
    pub by: Option<Arc<str>>,
    pub place: Option<Location>,
    /// Where the other track makes the table.
    pub other: Option<Location>,
    /// Where the other track says what differs, and the migration that does, if something new does.
    pub theirs: Option<(Location, Option<Arc<str>>)>,
    /// It is by force or by intent so often that it is a warning.
    pub is_weak: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// With its definition.
    Added(String),
    Removed,
    /// Both have it: what it is on the one, and on the other.
    Differs {
        attribute: Attribute,
        on: String,
        not_on: String,
    },
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'o> {
    pub index: usize,
    pub name: &'o str,
    pub dialect: Dialect,
    pub outcome: &'o Outcome,
}

impl Side<'_> {
    fn is_in_doubt(&self, name: &str) -> bool {
        self.outcome.before.is_in_doubt(name) || self.outcome.after.is_in_doubt(name)
    }

    fn is_partial(&self) -> bool {
        self.outcome.before.is_partial() || self.outcome.after.is_partial()
    }
}

/// Compares what a change does to two tracks.
/// `exact` where types must be the same, and not only keep the same.
pub fn compare(first: Side<'_>, second: Side<'_>, exact: bool, modules: &mut Modules<'_>) -> Parity {
    let as_written = [first, second];
    let (one, other) = (letters::folded(first, second.dialect), letters::folded(second, first.dialect));
    let first = Side { outcome: one.as_ref().unwrap_or(first.outcome), ..first };
    let second = Side { outcome: other.as_ref().unwrap_or(second.outcome), ..second };
    let spelled = spelling::alike(first, second);
    let first = Side { outcome: spelled.as_ref().unwrap_or(first.outcome), ..first };
    let renamed = renamed::columns(first, second);
    let [first, second] = match &renamed {
        Some([one, other]) => [Side { outcome: one, ..first }, Side { outcome: other, ..second }],
        None => [first, second],
    };
    let mut parity =
        Parity { pair: (first.index, second.index), differences: Vec::new(), notes: Vec::new(), are_unlike: false };
    for side in [first, second] {
        if side.is_partial() {
            let unknown = side.outcome.after.gaps.iter().chain(&side.outcome.before.gaps);
            let missing = unknown.into_iter().find(|missing| missing.gap.sql.is_none());
            let why = missing.map(|missing| format!(": {} {}", missing.by, missing.gap.reason));
            parity.notes.push(format!(
                "what `{}` and `{}` do is not compared{}",
                first.name,
                second.name,
                why.unwrap_or_default()
            ));
            return parity;
        }
    }
    for (on, not_on) in [(first, second), (second, first)] {
        for (object, what) in one_way(&on, &not_on, exact) {
            let is_known = |known: &Difference| {
                known.object == object
                    && match (&known.what, &what) {
                        (What::Differs { attribute: one, .. }, What::Differs { attribute: other, .. }) => one == other,
                        _ => false,
                    }
            };
            if parity.differences.iter().any(is_known) {
                continue;
            }
            let attribute = match &what {
                What::Differs { attribute, .. } => Some(*attribute),
                What::Added(_) | What::Removed => None,
            };
            let (place, by) = drift::said_of(&on.outcome.after, &object, attribute, modules);
            let theirs = attribute.and_then(|attribute| {
                let (place, by) = drift::said_of(&not_on.outcome.after, &object, Some(attribute), modules);
                Some((place?, by))
            });
            let table = drift::table_of(&object).cloned();
            let other = table.and_then(|table| {
                let evaluated = &not_on.outcome.fresh;
                drift::said(evaluated, &Object::Table(table), modules).0
            });
            let is_late = [on, not_on].iter().any(|side| is_added_later(side, &object, modules));
            let [own, their] = if on.index == first.index { as_written } else { [as_written[1], as_written[0]] };
            let is_weak = weight::is_weak(&on, &not_on, &object, &what, is_late)
                || weight::is_weak(&own, &their, &object, &what, is_late);
            let what = as_it_stands(&own, &object, what);
            let (on, not_on) = (on.index, not_on.index);
            parity.differences.push(Difference { on, not_on, object, what, by, place, other, theirs, is_weak });
        }
    }
    without_replaced(&mut parity.differences, &first, &second);
    let in_doubt = |name: &str| first.is_in_doubt(name) || second.is_in_doubt(name);
    parity.differences.retain(|difference| !drift::names(&difference.object).iter().any(|name| in_doubt(name)));
    parity.notes.extend(own_table::join(&mut parity.differences, &first, &second));
    parity
}

/// Leaves out a unique constraint that the same track makes a unique index over the same columns of: that index tells it.
fn without_replaced(differences: &mut Vec<Difference>, first: &Side<'_>, second: &Side<'_>) {
    let mut made: Vec<(usize, Name, Key)> = Vec::new();
    for difference in &*differences {
        let side = if difference.on == first.index { first } else { second };
        if let Object::Index { table, name } = &difference.object
            && difference.what != What::Removed
            && let Some(index) = side.outcome.after.schema.tables.get(table).and_then(|table| table.indexes.get(name))
        {
            made.push((difference.on, table.clone(), Key::plain(index)));
        }
    }
    differences.retain(|difference| match &difference.object {
        Object::Unique { table, columns } if difference.what == What::Removed => {
            !made.iter().any(|(on, of, key)| *on == difference.on && of == table && key.is_unique_in(columns))
        }
        _ => true,
    });
}

/// What is added, with the terms of an index as its own track writes them.
fn as_it_stands(on: &Side<'_>, object: &Object, what: What) -> What {
    match (object, what) {
        (Object::Index { table, name }, What::Added(said)) => {
            let index = on.outcome.after.schema.tables.get(table).and_then(|table| table.indexes.get(name));
            What::Added(index.map_or(said, crate::schema::render::index_terms))
        }
        (_, what) => what,
    }
}

/// Whether SQLite gets a column after its table, by another migration: there `ADD COLUMN` cannot say all that `CREATE TABLE`
/// could.
fn is_added_later(side: &Side<'_>, object: &Object, modules: &mut Modules<'_>) -> bool {
    let Object::Column { table, .. } = object else { return false };
    if side.dialect.facts().tables.adds_any_column {
        return false;
    }
    let (_, column) = drift::said(&side.outcome.after, object, modules);
    let (_, table) = drift::said(&side.outcome.after, &Object::Table(table.clone()), modules);
    column.is_some() && table.is_some() && column != table
}

/// The engines of the two sides, and how closely their types are compared.
#[derive(Clone, Copy, Debug)]
struct Dialects {
    on: Dialect,
    not_on: Dialect,
    exact: bool,
}

impl Dialects {
    /// Whether both tracks are for one engine, so that everything that it has is compared.
    fn are_one(self) -> bool {
        self.on == self.not_on
    }

    /// Whether an index can have a condition on both.
    fn have_conditions(self) -> bool {
        self.on.facts().indexes.have_conditions && self.not_on.facts().indexes.have_conditions
    }
}

fn definition(on: String, not_on: String) -> What {
    What::Differs { attribute: Attribute::Definition, on, not_on }
}

/// What `on` does that `not_on` has not afterwards.
fn one_way(on: &Side<'_>, not_on: &Side<'_>, exact: bool) -> Vec<(Object, What)> {
    let (before, after) = (&on.outcome.before.schema, &on.outcome.after.schema);
    let (other_before, other) = (&not_on.outcome.before.schema, &not_on.outcome.after.schema);
    let dialects = Dialects { on: on.dialect, not_on: not_on.dialect, exact };
    let mut found = Vec::new();
    for change in delta::diff(before, after, Level::Full) {
        let object = change.object;
        let table = drift::table_of(&object).cloned();
        if table.as_ref().is_some_and(|table| is_bookkeeping(table.as_str())) {
            continue;
        }
        let both = |name: &Name| Some((after.tables.get(name)?, other.tables.get(name)?));
        match (&object, &change.kind) {
            (Object::Table(name), Kind::Added { .. }) => match both(name) {
                Some((own, their)) => {
                    let mut now = Vec::new();
                    tables(own, their, dialects, other_before.tables.get(name), &mut now);
                    if !now.is_empty()
                        && let Some(then) = renamed::before(own, (before, after), (other_before, other))
                    {
                        renamed::without_old(&mut now, then, dialects);
                    }
                    found.extend(now);
                }
                None if !dialects.are_one() && is_part_of_one(after.tables.get(name), other) => {}
                None => found.push((object, What::Added(String::new()))),
            },
            (Object::Table(name), Kind::Removed { .. }) => {
                if other.tables.contains_key(name) && other_before.tables.contains_key(name) {
                    found.push((object, What::Removed));
                }
            }
            (Object::View(name), Kind::Added { .. }) => {
                let is_of_one_engine =
                    !dialects.are_one() && after.views.get(name).is_some_and(|view| keeps_rows(&view.sql));
                if !other.views.contains_key(name) && !is_of_one_engine {
                    found.push((object, What::Added(String::new())));
                }
            }
            (Object::View(name), Kind::Changed { .. }) if dialects.are_one() => {
                if let (Some(own), Some(their)) = (after.views.get(name), other.views.get(name))
                    && form::definition(&own.sql) != form::definition(&their.sql)
                {
                    found.push((object.clone(), definition(own.sql.clone(), their.sql.clone())));
                }
            }
            (Object::Type(name), Kind::Added { .. } | Kind::Changed { .. }) if dialects.are_one() => {
                let said = |labels: &Vec<String>| labels.join(", ");
                match (after.enums.get(name), other.enums.get(name)) {
                    (Some(own), Some(their)) if own != their => {
                        found.push((object.clone(), definition(said(own), said(their))));
                    }
                    (Some(own), None) => found.push((object.clone(), What::Added(said(own)))),
                    _ => {}
                }
            }
            (Object::Type(_), _) => {}
            (Object::View(name), Kind::Removed { .. }) => {
                if other.views.contains_key(name) {
                    found.push((object, What::Removed));
                }
            }
            _ => {
                // A table that the other track never had is no news.
                let Some((own, their)) = table.as_ref().and_then(both) else { continue };
                part(&object, &change.kind, (before, own), (other_before, their), dialects, &mut found);
            }
        }
    }
    found
}

/// Whether a table is a part of one that another schema has as a whole: its rows are there.
fn is_part_of_one(table: Option<&Table>, other: &Schema) -> bool {
    table.and_then(|table| table.partition_of.as_ref()).is_some_and(|whole| other.tables.contains_key(whole))
}

/// A change to a part of a table that both tracks have.
fn part(
    object: &Object,
    kind: &Kind,
    (before, own): (&Schema, &Table),
    (other_before, their): (&Schema, &Table),
    dialects: Dialects,
    found: &mut Vec<(Object, What)>,
) {
    match (object, kind) {
        (Object::Column { name, .. }, Kind::Added { definition }) => match (own.column(name), their.column(name)) {
            (Some(one), Some(other)) => columns(own, one, other, dialects, found),
            (Some(one), None) if !dialects.are_one() && searches_texts(one) => {}
            _ => found.push((object.clone(), What::Added(definition.clone()))),
        },
        (Object::Column { table, name }, Kind::Removed { .. }) => {
            let had = other_before.tables.get(table).is_some_and(|table| table.column(name).is_some());
            if had && their.column(name).is_some() {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::Column { table, name }, Kind::Changed { attribute, .. }) => {
            let (Some(one), Some(other)) = (own.column(name), their.column(name)) else { return };
            let mut now = Vec::new();
            columns(own, one, other, dialects, &mut now);
            let mut then = Vec::new();
            let old = |schema: &Schema| schema.tables.get(table).cloned();
            if let (Some(old_own), Some(old_their)) = (old(before), old(other_before))
                && let (Some(one), Some(other)) = (old_own.column(name), old_their.column(name))
            {
                columns(&old_own, one, other, dialects, &mut then);
            }
            // What differed before is no news.
            now.retain(|(_, what)| {
                let is = |known: &What| matches!(known, What::Differs { attribute: known, .. } if known == attribute);
                is(what) && !then.iter().any(|(_, known)| is(known))
            });
            found.extend(now);
        }
        (Object::Index { name, .. }, Kind::Added { .. } | Kind::Changed { .. }) => {
            if let Some(index) = own.indexes.get(name).filter(|index| counts(index, own, their, dialects))
                && !is_over_others(index, before, own, their)
                && !had_key(before, own, index, dialects)
            {
                keys(own, their, &Key::of(index, own, dialects), name, dialects, found);
            }
        }
        (Object::Unique { columns, .. }, Kind::Added { .. } | Kind::Changed { .. }) => {
            for unique in own.uniques.iter().filter(|unique| unique.columns == *columns) {
                uniques(own, their, unique, dialects, found);
            }
        }
        (Object::Index { table, name }, Kind::Removed { .. }) => {
            let old = before.tables.get(table).and_then(|table| table.indexes.get(name));
            let Some(index) = old.filter(|index| counts(index, own, their, dialects)) else { return };
            let key = Key::plain(index);
            let had = other_before.tables.get(table).is_some_and(|table| has_key(table, &key));
            // One beside a unique key over the same columns did nothing.
            if had && has_key(their, &key) && !has_key(own, &key) && !is_doubled(own, &key) {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::Unique { table, columns }, Kind::Removed { .. }) => {
            let key = Key::over(columns);
            let had = other_before.tables.get(table).is_some_and(|table| has_key(table, &key));
            if had && has_key(their, &key) && !has_key(own, &key) {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::ForeignKey { columns, .. }, Kind::Added { .. } | Kind::Changed { .. }) => {
            for key in own.foreign_keys.iter().filter(|key| key.columns == *columns) {
                foreign_keys(own, their, key, dialects, found);
            }
        }
        (Object::ForeignKey { table, columns }, Kind::Removed { .. }) => {
            let has = |table: &Table| table.foreign_keys.iter().any(|key| key.columns == *columns);
            if other_before.tables.get(table).is_some_and(has) && has(their) && !has(own) {
                found.push((object.clone(), What::Removed));
            }
        }
        (Object::Check { .. }, Kind::Added { .. } | Kind::Changed { .. }) if dialects.are_one() => {
            if let Object::Check { expression, .. } = object {
                checks(own, their, expression, found);
            }
        }
        (Object::PrimaryKey { table }, _) => {
            let then = before.tables.get(table).zip(other_before.tables.get(table));
            // What differed before is no news.
            let is_news = |(old, old_their): (&Table, &Table)| {
                let mut known = Vec::new();
                primary_keys(old, old_their, dialects, &mut known);
                known.is_empty()
            };
            if dialects.are_one() || then.is_none_or(is_news) {
                primary_keys(own, their, dialects, found);
            }
        }
        _ => {}
    }
}

/// Primary keys over other columns. Between two engines a unique key over the same columns is as good.
fn primary_keys(own: &Table, their: &Table, dialects: Dialects, found: &mut Vec<(Object, What)>) {
    if own.open || their.open {
        return;
    }
    let (one, other) = (own.primary_key(), their.primary_key());
    let is_alone = |name: &&Name| own.column(name).is_none() || their.column(name).is_none();
    let is_told = one.iter().chain(&other).any(is_alone);
    let has = |table: &Table, key: &[&Name]| key.is_empty() || keys::is_unique_over(table, key);
    let is_same = if dialects.are_one() { one == other } else { is_told || has(their, &one) && has(own, &other) };
    if !is_same {
        let object = Object::PrimaryKey { table: own.name.clone() };
        let said = |key: Vec<&Name>| if key.is_empty() { "none".to_owned() } else { crate::schema::render::names(key) };
        let differs = What::Differs { attribute: Attribute::Columns, on: said(one), not_on: said(other) };
        found.push((object, differs));
    }
}

/// Whether a view keeps its rows, which PostgreSQL's alone do.
fn keeps_rows(sql: &str) -> bool {
    crate::schema::token::tokens(sql).take(4).any(|token| token.is("materialized"))
}

/// Whether an index is over a column that its table had before, and that the other track never had: that is no news.
fn is_over_others(index: &Index, before: &Schema, own: &Table, their: &Table) -> bool {
    let Some(old) = before.tables.get(&own.name) else { return false };
    index.parts.iter().any(|part| match &part.term {
        IndexTerm::Column(name) => old.column(name).is_some() && their.column(name).is_none(),
        IndexTerm::Expression(_) => false,
    })
}

/// Whether the table had an index that does the same under another name: a new name is no news.
fn had_key(before: &Schema, own: &Table, index: &Index, dialects: Dialects) -> bool {
    let Some(old) = before.tables.get(&own.name) else { return false };
    let key = Key::of(index, own, dialects);
    old.indexes.values().any(|other| Key::of(other, old, dialects) == key)
}

/// Two tables, of which one or both are new.
fn tables(own: &Table, their: &Table, dialects: Dialects, old: Option<&Table>, found: &mut Vec<(Object, What)>) {
    for column in &own.columns {
        match their.column(&column.name) {
            Some(other) => columns(own, column, other, dialects, found),
            None if !dialects.are_one() && searches_texts(column) => {}
            None => {
                let object = Object::Column { table: own.name.clone(), name: column.name.clone() };
                let definition = crate::schema::render::column_definition(column);
                found.push((object, What::Added(definition)));
            }
        }
    }
    // Where the other track had the table before, it is not this change that made its keys.
    if old.is_some() {
        return;
    }
    primary_keys(own, their, dialects, found);
    let is_asked_for = |index: &Index| !index.by_itself && counts(index, own, their, dialects);
    for (name, index) in own.indexes.iter().filter(|(_, index)| is_asked_for(index)) {
        keys(own, their, &Key::of(index, own, dialects), name, dialects, found);
    }
    for unique in &own.uniques {
        uniques(own, their, unique, dialects, found);
    }
    for key in &own.foreign_keys {
        if key.columns.iter().all(|column| their.column(column).is_some()) {
            foreign_keys(own, their, key, dialects, found);
        }
    }
    if dialects.are_one() {
        for check in &own.checks {
            checks(own, their, &check.expression, found);
        }
    }
}

/// Whether a column is of a kind that the other engine has nothing for: what PostgreSQL searches texts by.
fn searches_texts(column: &Column) -> bool {
    matches!(column.data_type.to_ascii_lowercase().as_str(), "tsvector" | "tsquery")
}

/// A column that both have.
fn columns(table: &Table, one: &Column, other: &Column, dialects: Dialects, found: &mut Vec<(Object, What)>) {
    let object = || Object::Column { table: table.name.clone(), name: one.name.clone() };
    let mut differs = |attribute: Attribute, on: String, not_on: String| {
        found.push((object(), What::Differs { attribute, on, not_on }));
    };
    let fits = if dialects.exact { types::same } else { types::interchangeable };
    // What a type of the project's own keeps, its name does not say.
    let is_own =
        |column: &Column, dialect: Dialect| !dialects.are_one() && (dialect.facts().types.is_made)(&column.data_type);
    let is_told = !is_own(one, dialects.on) && !is_own(other, dialects.not_on);
    if is_told && !fits(&one.data_type, dialects.on, &other.data_type, dialects.not_on) {
        differs(Attribute::Type, one.data_type.clone(), other.data_type.clone());
    }
    let is_key = one.primary_key.is_some() || other.primary_key.is_some();
    if one.nullable != other.nullable && !is_key {
        let word = |column: &Column| if column.nullable { "NULL" } else { "NOT NULL" }.to_owned();
        differs(Attribute::Nullability, word(one), word(other));
    }
    let meant = Meant::by([(one, dialects.on), (other, dialects.not_on)]);
    let form = |column: &Column| {
        let default = column.default.as_deref();
        // What a change of the row sets it to is MySQL's own.
        let default = default
            .map(|text| if dialects.are_one() { text } else { text.split(" ON UPDATE ").next().unwrap_or(text) });
        let form = meant.form(default);
        // Two engines write an empty list in two ways.
        if dialects.are_one() || !is_list(column, form.as_deref()) { form } else { Some("[]".to_owned()) }
    };
    let (own, their) = (form(one), form(other));
    let is_known = |column: &Column| !types::is_unknown_default(column.default.as_deref());
    if own != their && !is_key && is_known(one) && is_known(other) {
        let text = |column: &Column| column.default.clone().unwrap_or_else(|| "none".to_owned());
        differs(Attribute::Default, text(one), text(other));
    }
    if dialects.are_one() {
        let generated = |column: &Column| {
            let said = |generated: &Generated| format!("({})", generated.expression);
            column.generated.as_ref().map_or_else(|| "none".to_owned(), said)
        };
        let form = |column: &Column| form::generated(table, column.generated.as_ref());
        if form(one) != form(other) {
            differs(Attribute::Generated, generated(one), generated(other));
        }
        if one.collation != other.collation {
            let said = |column: &Column| column.collation.as_ref().map_or("default", Name::as_str).to_owned();
            differs(Attribute::Collation, said(one), said(other));
        }
    }
}
