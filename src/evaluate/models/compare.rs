//! Models beside a database of the same engine: what the one has and the other has not, as far as that breaks something.
//!
//! Names of indexes and constraints, comments, checks and triggers are nobody's to compare; a length that one side alone says
//! is no difference.

use super::stated::{Stated, StatedTable};
use crate::evaluate::Evaluated;
use crate::evaluate::drift::is_bookkeeping;
use crate::evaluate::parity::default_form;
use crate::schema::delta::{Attribute, Change, Kind, Level, Object};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Column, ForeignKey, Index, IndexTerm, Name, Schema, Table};
use crate::schema::{form, render, types};
use crate::track::Track;

/// One thing in which models and a database are apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    pub object: Object,
    pub how: How,
    /// It counts only where both sides had the object before.
    pub of_old_ones: bool,
    pub weak: bool,
}

/// In what way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The models have it, with its definition.
    Missing(String),
    /// The database has it.
    Extra(String),
    /// What the models say, and what the database has.
    Differs { attribute: Attribute, stated: String, made: String },
    /// The models call it so.
    Renamed(Name),
}

impl Manner {
    /// As a track and its environment want it.
    pub fn of(track: &Track, stated: &Stated) -> Self {
        Self {
            dialect: track.dialect,
            level: track.compare.unwrap_or(Level::Full),
            types: stated.settings.compare_type != Some(false),
            defaults: stated.settings.compare_server_default != Some(false),
            defaults_demanded: stated.settings.compare_server_default == Some(true),
        }
    }
}

impl Apart {
    /// What turns the models into the database in this, or the other way round. `None` where that is no change of a schema.
    pub fn change(self, is_reversed: bool) -> Option<Change> {
        let kind = match (self.how, is_reversed) {
            (How::Missing(definition), false) | (How::Extra(definition), true) => Kind::Removed { definition },
            (How::Missing(definition), true) | (How::Extra(definition), false) => Kind::Added { definition },
            (How::Differs { attribute, stated, made }, false) => {
                Kind::Changed { attribute, before: stated, after: made }
            }
            (How::Differs { attribute, stated, made }, true) => {
                Kind::Changed { attribute, before: made, after: stated }
            }
            (How::Renamed(_), _) => return None,
        };
        Some(Change { object: self.object, kind })
    }

    /// Whether two are about the same, whatever the values are.
    pub fn is_like(&self, other: &Self) -> bool {
        self.object == other.object
            && match (&self.how, &other.how) {
                (How::Missing(_), How::Missing(_)) | (How::Extra(_), How::Extra(_)) => true,
                (How::Differs { attribute: one, .. }, How::Differs { attribute: other, .. }) => one == other,
                (one, other) => one == other,
            }
    }
}

/// How the two are compared.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub dialect: Dialect,
    pub level: Level,
    pub types: bool,
    pub defaults: bool,
    /// The environment asks autogenerate to compare defaults.
    pub defaults_demanded: bool,
}

/// Everything in which models and a database are apart.
pub fn apart(stated: &Stated, database: &Evaluated, manner: Manner) -> Vec<Apart> {
    let made = &database.schema;
    let mut found = Vec::new();
    for (name, told) in &stated.tables {
        let (Some(own), false) = (stated.schema.tables.get(name), told.unknown) else { continue };
        match made.tables.get(name) {
            Some(their) => Pair { told, lacks_key: false, own, their, manner, found: &mut found }.run(),
            // A class that stands for a view.
            None if made.views.contains_key(name) => {}
            None => found.push(missing(Object::Table(name.clone()), String::new())),
        }
    }
    if !stated.has_nameless {
        for name in made.tables.keys() {
            if !stated.tables.contains_key(name)
                && !is_bookkeeping(name.as_str())
                && !may_be_beside_a_model(name, stated)
            {
                found.push(extra(Object::Table(name.clone()), String::new()));
            }
        }
    }
    if manner.level == Level::Full {
        enums(stated, made, &mut found);
    }
    found.retain(|apart| {
        let names = crate::evaluate::drift::names(&apart.object);
        !names.iter().any(|name| database.is_in_doubt(name))
    });
    found
}

/// Whether a model has a base that is not known and a table after whose name this one is called: such a base may declare
/// one beside it, as `orders_history` beside `orders`.
fn may_be_beside_a_model(name: &Name, stated: &Stated) -> bool {
    let bare = |name: &Name| name.as_str().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let own = bare(name);
    let is_part = |model: &Name| {
        own.split_once(&bare(model)).is_some_and(|(before, after)| {
            before.is_empty() && after.starts_with('_') || before.ends_with('_') && after.is_empty()
        })
    };
    stated.tables.iter().any(|(model, told)| told.open && is_part(model))
}

fn missing(object: Object, definition: String) -> Apart {
    Apart { object, how: How::Missing(definition), of_old_ones: false, weak: false }
}

fn extra(object: Object, definition: String) -> Apart {
    Apart { object, how: How::Extra(definition), of_old_ones: false, weak: false }
}

/// The values of the enum types that columns of both have.
fn enums(stated: &Stated, made: &Schema, found: &mut Vec<Apart>) {
    for (name, labels) in &stated.schema.enums {
        let Some(their) = made.enums.get(name) else { continue };
        let said = |labels: &[String]| labels.join(", ");
        let lacks = |labels: &[String], of: &[String]| labels.iter().any(|label| !of.contains(label));
        if labels.is_empty() || their.is_empty() {
            continue;
        }
        let object = Object::Type(name.clone());
        if lacks(labels, their) {
            let how = How::Differs { attribute: Attribute::Definition, stated: said(labels), made: said(their) };
            found.push(Apart { object, how, of_old_ones: false, weak: false });
        } else if lacks(their, labels) {
            found.push(Apart { object, how: How::Extra(said(their)), of_old_ones: false, weak: false });
        }
    }
}

/// A table that both have.
struct Pair<'p> {
    told: &'p StatedTable,
    /// The database lacks the primary key of the models: then its columns count for nobody, which is not told again.
    lacks_key: bool,
    own: &'p Table,
    their: &'p Table,
    manner: Manner,
    found: &'p mut Vec<Apart>,
}

impl Pair<'_> {
    fn run(mut self) {
        let table = self.own.name.clone();
        let object = |name: &Name| Object::Column { table: table.clone(), name: name.clone() };
        let are_keys_known =
            self.manner.level == Level::Full && !self.told.keys_unknown && !self.told.open && !self.their.open;
        if are_keys_known {
            self.primary_key();
        }
        for column in &self.own.columns {
            match self.their.column(&column.name) {
                Some(their) => self.column(column, their),
                None if self.their.open => {}
                None => self.found.push(missing(object(&column.name), render::column_definition(column))),
            }
        }
        for column in &self.their.columns {
            let is_known = self.own.column(&column.name).is_some() || self.told.maybe.contains(&column.name);
            if !is_known && !self.told.open {
                self.found.push(extra(object(&column.name), render::column_definition(column)));
            }
        }
        if are_keys_known {
            self.uniques();
            self.indexes();
            if !self.told.foreign_keys_unknown {
                self.foreign_keys();
            }
        }
    }

    /// A database without the key of the models takes the same row twice. Autogenerate does not compare it.
    fn primary_key(&mut self) {
        let columns = |table: &Table| table.primary_key().into_iter().cloned().collect::<Vec<Name>>();
        let (own, their) = (columns(self.own), columns(self.their));
        if own.is_empty() || self.is_over_others(&own) || has_unique(self.their, &own) {
            return;
        }
        self.lacks_key = true;
        let object = Object::PrimaryKey { table: self.own.name.clone() };
        let (stated, made) = (render::names(&own), render::names(&their));
        self.found.push(if their.is_empty() {
            missing(object, stated)
        } else {
            let how = How::Differs { attribute: Attribute::Columns, stated, made };
            Apart { object, how, of_old_ones: false, weak: false }
        });
    }

    fn column(&mut self, own: &Column, their: &Column) {
        let object = Object::Column { table: self.own.name.clone(), name: own.name.clone() };
        let mut differs = |attribute, stated: String, made: String, of_old_ones, weak| {
            let how = How::Differs { attribute, stated, made };
            self.found.push(Apart { object: object.clone(), how, of_old_ones, weak });
        };
        if self.manner.level == Level::Names {
            return;
        }
        let dialect = self.manner.dialect;
        if self.manner.types
            && let Some(kind) = types_apart(&own.data_type, &their.data_type, dialect, self.manner.level)
            && !are_apart_in_counting_alone(own, their)
            && !(self.lacks_key && own.primary_key.is_some() && kept(&own.data_type) == kept(&their.data_type))
        {
            let of_old_ones = kind == TypesApart::Narrower;
            differs(Attribute::Type, own.data_type.clone(), their.data_type.clone(), of_old_ones, false);
        }
        if self.manner.level != Level::Full {
            return;
        }
        let is_key = own.primary_key.is_some() || their.primary_key.is_some();
        if own.nullable != their.nullable && !is_key {
            let word = |column: &Column| if column.nullable { "NULL" } else { "NOT NULL" }.to_owned();
            differs(Attribute::Nullability, word(own), word(their), false, false);
        }
        if self.manner.defaults && own.default.is_some() && !counts(own) && !counts(their) {
            let (stated, made) = (default_form(own.default.as_deref()), default_form(their.default.as_deref()));
            if stated != made {
                let filled = self.told.columns.get(&own.name).is_some_and(|told| told.filled);
                let text = |column: &Column| column.default.clone().unwrap_or_else(|| "none".to_owned());
                // A row without a value is refused where the database has none of its own; else it gets another one.
                let is_refused = their.default.is_none() && !own.nullable && !filled;
                differs(
                    Attribute::Default,
                    text(own),
                    text(their),
                    false,
                    !is_refused && !self.manner.defaults_demanded,
                );
            }
        }
    }

    fn uniques(&mut self) {
        for (mine, theirs, is_missing) in [(self.own, self.their, true), (self.their, self.own, false)] {
            let plain = mine.indexes.values().filter(|index| index.unique && is_plain(index)).map(columns);
            let all: Vec<Vec<Name>> = mine.uniques.iter().map(|unique| unique.columns.clone()).chain(plain).collect();
            let mut told: Vec<Vec<Name>> = Vec::new();
            for columns in all {
                if has_unique(theirs, &columns) || told.contains(&columns) || self.is_over_others(&columns) {
                    continue;
                }
                let object = Object::Unique { table: self.own.name.clone(), columns: columns.clone() };
                let index = mine.uniques.iter().all(|unique| unique.columns != columns).then(|| {
                    mine.indexes
                        .values()
                        .find(|index| index.unique && is_plain(index) && self::columns(index) == columns)
                });
                let definition = index.flatten().map_or_else(String::new, |index| format!("index `{}`", index.name));
                self.found.push(if is_missing { missing(object, definition) } else { extra(object, definition) });
                told.push(columns);
            }
        }
    }

    fn indexes(&mut self) {
        for (mine, theirs, is_missing) in [(self.own, self.their, true), (self.their, self.own, false)] {
            for (name, index) in &mine.indexes {
                let plain = is_plain(index);
                if plain && index.unique || index.by_itself || self.is_over_others(&columns(index)) {
                    continue;
                }
                let parts = form::index_parts(mine, index);
                let is_like = |their: &Index| form::index_parts(theirs, their) == parts;
                if let Some(their) = theirs.indexes.get(name)
                    && plain
                    && is_plain(their)
                    && !their.unique
                    && !is_like(their)
                {
                    if is_missing {
                        let object = Object::Index { table: self.own.name.clone(), name: name.clone() };
                        let (stated, made) = (render::index_definition(index), render::index_definition(their));
                        let how = How::Differs { attribute: Attribute::Definition, stated, made };
                        self.found.push(Apart { object, how, of_old_ones: false, weak: false });
                    }
                    continue;
                }
                let is_there = theirs.indexes.contains_key(name) || theirs.indexes.values().any(is_like);
                if is_there || plain && has_key(theirs, &columns(index)) || self.is_of_a_key(mine, index) {
                    continue;
                }
                let object = Object::Index { table: self.own.name.clone(), name: name.clone() };
                let definition = render::index_definition(index);
                // What SQL alone can say is often in no model by intent, but it does no harm only where it refuses no row.
                let weak = !is_missing && !plain && !index.unique;
                let apart = if is_missing { missing(object, definition) } else { extra(object, definition) };
                self.found.push(Apart { weak, ..apart });
            }
        }
    }

    /// Whether the database makes an index for a foreign key by itself.
    fn is_of_a_key(&self, table: &Table, index: &Index) -> bool {
        let columns = columns(index);
        self.manner.dialect.facts().indexes.come_with_foreign_keys
            && table.foreign_keys.iter().any(|key| columns.starts_with(&key.columns) || key.columns == columns)
    }

    fn foreign_keys(&mut self) {
        for (mine, theirs, is_missing) in [(self.own, self.their, true), (self.their, self.own, false)] {
            for key in &mine.foreign_keys {
                if self.is_over_others(&key.columns) {
                    continue;
                }
                let leads_there = |other: &&ForeignKey| other.columns == key.columns && other.table == key.table;
                // A key of these columns that leads elsewhere, and that no key of this side is.
                let leads_elsewhere = |other: &&ForeignKey| {
                    let is_mine = |mine: &ForeignKey| mine.columns == other.columns && mine.table == other.table;
                    other.columns == key.columns && !mine.foreign_keys.iter().any(is_mine)
                };
                let other = theirs.foreign_keys.iter().find(leads_there);
                let other = other.or_else(|| theirs.foreign_keys.iter().find(leads_elsewhere));
                let object = Object::ForeignKey { table: self.own.name.clone(), columns: key.columns.clone() };
                match other {
                    None => {
                        let definition = render::foreign_key_definition(key);
                        self.found.push(if is_missing {
                            missing(object, definition)
                        } else {
                            extra(object, definition)
                        });
                    }
                    Some(other) if is_missing && (key.table != other.table || actions(key) != actions(other)) => {
                        let (stated, made) =
                            (render::foreign_key_definition(key), render::foreign_key_definition(other));
                        let how = How::Differs { attribute: Attribute::Definition, stated, made };
                        self.found.push(Apart { object, how, of_old_ones: false, weak: false });
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// Whether a key is over a column that one side has not: that says it all.
    fn is_over_others(&self, columns: &[Name]) -> bool {
        columns.iter().any(|name| self.own.column(name).is_none() || self.their.column(name).is_none())
    }
}

/// Whether a column takes its values from a sequence, or nobody knows from where.
fn counts(column: &Column) -> bool {
    let default = column.default.as_deref();
    default.is_some_and(|text| text.starts_with("nextval")) || types::is_unknown_default(default)
}

/// Whether two columns keep the same numbers, and the models count on none that the database does not make: a sequence that
/// nobody asks does no harm.
fn are_apart_in_counting_alone(own: &Column, their: &Column) -> bool {
    match (counted(&own.data_type), counted(&their.data_type)) {
        (None, Some(kept)) => split(&own.data_type).0 == kept,
        (Some(kept), None) => split(&their.data_type).0 == kept && counts(their),
        _ => false,
    }
}

/// What a type of numbers that count by themselves keeps; `None` for every other one.
fn counted(data_type: &str) -> Option<&'static str> {
    match split(data_type).0.as_str() {
        "serial" | "serial4" => Some("integer"),
        "bigserial" | "serial8" => Some("bigint"),
        "smallserial" | "serial2" => Some("smallint"),
        _ => None,
    }
}

/// What a type keeps, whether it counts by itself or not.
fn kept(data_type: &str) -> String {
    counted(data_type).map_or_else(|| split(data_type).0, str::to_owned)
}

/// What a foreign key does besides leading to its table.
fn actions(key: &ForeignKey) -> ([Option<String>; 2], bool, bool) {
    // The two differ only in when they are checked.
    let said = |action: &Option<String>| action.clone().filter(|action| action != "NO ACTION" && action != "RESTRICT");
    ([said(&key.on_delete), said(&key.on_update)], key.deferrable, key.deferred)
}

/// The columns of an index; an expression of it is none.
pub fn columns(index: &Index) -> Vec<Name> {
    let column = |part: &crate::schema::model::IndexPart| match &part.term {
        IndexTerm::Column(name) => Some(name.clone()),
        IndexTerm::Expression(_) => None,
    };
    index.parts.iter().filter_map(column).collect()
}

/// Whether an index has no more than columns.
fn is_plain(index: &Index) -> bool {
    index.predicate.is_none()
        && index.options.is_plain()
        && index.parts.iter().all(|part| matches!(part.term, IndexTerm::Column(_)) && !part.descending)
}

fn is_same_set(one: &[Name], other: &[Name]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.contains(name))
}

/// Whether a table takes no two rows that are alike in these columns.
fn has_unique(table: &Table, wanted: &[Name]) -> bool {
    let key: Vec<Name> = table.primary_key().into_iter().cloned().collect();
    is_same_set(&key, wanted)
        || table.uniques.iter().any(|unique| is_same_set(&unique.columns, wanted))
        || table.indexes.values().any(|index| index.unique && is_plain(index) && is_same_set(&columns(index), wanted))
}

/// Whether a table is sorted by these columns, in this order.
fn has_key(table: &Table, wanted: &[Name]) -> bool {
    let key: Vec<Name> = table.primary_key().into_iter().cloned().collect();
    key == wanted
        || table.uniques.iter().any(|unique| unique.columns == wanted)
        || table.indexes.values().any(|index| index.predicate.is_none() && columns(index) == wanted)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TypesApart {
    /// They keep different things.
    Kinds,
    /// The database has a bound where the models have none.
    Narrower,
}

/// How two types of one engine are apart; `None` where a program cannot tell them apart.
fn types_apart(stated: &str, made: &str, dialect: Dialect, level: Level) -> Option<TypesApart> {
    if types::is_unknown(stated) || types::is_unknown(made) || form::data_type(stated) == form::data_type(made) {
        return None;
    }
    let ((one, one_args), (other, other_args)) = (split(stated), split(made));
    let is_text = |base: &str| {
        matches!(
            base,
            "varchar" | "character varying" | "text" | "char" | "character" | "bpchar" | "nvarchar" | "nchar"
        )
    };
    if is_text(&one) && is_text(&other) {
        if dialect.is_loose() || level == Level::Coarse {
            return None;
        }
        // What is shorter than a `CHAR` comes back with blanks behind it.
        let is_padded = |base: &str| matches!(base, "char" | "character" | "bpchar" | "nchar");
        if is_padded(&one) != is_padded(&other) {
            return Some(TypesApart::Kinds);
        }
        return match (one_args.as_deref(), other_args.as_deref()) {
            (Some(stated), Some(made)) => (stated != made).then_some(TypesApart::Kinds),
            (None, Some(_)) => Some(TypesApart::Narrower),
            _ => None,
        };
    }
    if one == other {
        let both = one_args.is_some() && other_args.is_some() && level == Level::Full && !dialect.is_loose();
        return (both && one_args != other_args).then_some(TypesApart::Kinds);
    }
    let is_fraction =
        |base: &str| matches!(base, "real" | "double precision" | "double" | "float" | "float4" | "float8");
    if is_fraction(&one) && is_fraction(&other) {
        return None;
    }
    if dialect.is_loose() {
        return (types::coarse(stated) != types::coarse(made)).then_some(TypesApart::Kinds);
    }
    let is_numeric = |base: &str| matches!(base, "numeric" | "decimal");
    if is_numeric(&one) && is_numeric(&other) {
        let both = one_args.is_some() && other_args.is_some();
        return (both && one_args != other_args).then_some(TypesApart::Kinds);
    }
    if level == Level::Coarse {
        return (types::coarse(stated) != types::coarse(made)).then_some(TypesApart::Kinds);
    }
    Some(TypesApart::Kinds)
}

/// `("varchar", Some("50"))`.
fn split(data_type: &str) -> (String, Option<String>) {
    let text = form::data_type(data_type).to_ascii_lowercase();
    match text.split_once('(') {
        Some((base, rest)) => {
            let (args, after) = rest.split_once(')').unwrap_or((rest, ""));
            let args: String = args.chars().filter(|sign| !sign.is_whitespace()).collect();
            (format!("{}{}", base.trim(), after.trim_end()), Some(args))
        }
        None => (text.trim().to_owned(), None),
    }
}
