//! Indexes, unique constraints, foreign keys and checks of two tracks: what each does, whatever it is called.

use super::conditions::spelled;
use super::{Dialects, What, definition};
use crate::schema::delta::{Attribute, Object};
use crate::schema::dialect::Dialect;
use crate::schema::model::{ForeignKey, Index, IndexTerm, KeyOptions, Name, Table, Unique};
use crate::schema::{form, render};

/// What an index or a unique constraint does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    unique: bool,
    parts: Vec<String>,
    partial: bool,
    nulls: Nulls,
    /// The columns of its condition.
    needs: Vec<String>,
    /// What else it does on its engine, where both tracks are for that one; its definition for a reader.
    own: Option<(String, String)>,
}

/// What a unique key makes of rows without a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Nulls {
    /// Any number of them is taken.
    #[default]
    Distinct,
    /// One is taken: `NULLS NOT DISTINCT`.
    Alike,
    /// One is taken, for another value stands for it: `IFNULL(a, '')`. The columns.
    Filled(Vec<String>),
}

impl Nulls {
    fn of(index: &Index) -> Self {
        let filled = |part: &crate::schema::model::IndexPart| match &part.term {
            IndexTerm::Column(name) => Some((lower(name), false)),
            IndexTerm::Expression(text) => Some((filled_column(text)?, true)),
        };
        let all: Option<Vec<(String, bool)>> = index.parts.iter().map(filled).collect();
        match all {
            _ if !index.unique => Self::Distinct,
            Some(all) if all.iter().any(|(_, filled)| *filled) => {
                Self::Filled(all.into_iter().map(|(name, _)| name).collect())
            }
            _ if index.options.nulls_not_distinct => Self::Alike,
            _ => Self::Distinct,
        }
    }
}

/// The column of `IFNULL(a, '')` or `COALESCE(a, 0)`.
fn filled_column(text: &str) -> Option<String> {
    use crate::schema::token::{Kind, tokens};
    let all: Vec<_> = tokens(text).filter(|token| !token.is_symbol("(") && !token.is_symbol(")")).collect();
    match all.as_slice() {
        [call, name, comma, value, ..]
            if (call.is("ifnull") || call.is("coalesce"))
                && comma.is_symbol(",")
                && matches!(name.kind, Kind::Word | Kind::Quoted)
                && matches!(value.kind, Kind::Text | Kind::Literal) =>
        {
            Some(name.value().to_ascii_lowercase())
        }
        _ => None,
    }
}

/// The names in a condition.
fn names_in(predicate: &str) -> Vec<String> {
    use crate::schema::token::{Kind, tokens};
    let names = tokens(predicate).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
    names.map(|token| token.value().to_ascii_lowercase()).collect()
}

impl Key {
    /// As far as any two engines can be compared.
    pub(super) fn plain(index: &Index) -> Self {
        let parts = index.parts.iter().map(|part| match &part.term {
            IndexTerm::Column(name) => lower(name),
            // Dialects write expressions in their own ways.
            IndexTerm::Expression(_) => "\u{1a}".to_owned(),
        });
        let parts: Vec<String> = parts.collect();
        // A unique key takes any number of rows without a value: to leave them out is no condition.
        let is_partial = |predicate: &String| !(index.unique && demands_values(predicate, &parts));
        let partial = index.predicate.as_ref().is_some_and(is_partial);
        let needs = index.predicate.as_deref().map(names_in).unwrap_or_default();
        Self { unique: index.unique, parts, partial, nulls: Nulls::of(index), needs, own: None }
    }

    /// Unique columns.
    pub(super) fn over(columns: &[Name]) -> Self {
        Self { unique: true, parts: columns.iter().map(lower).collect(), partial: false, ..Self::default() }
    }

    pub(super) fn of(index: &Index, table: &Table, dialects: Dialects) -> Self {
        let plain = Self::plain(index);
        if !dialects.are_one() {
            return plain;
        }
        let (parts, predicate) = (form::index_parts(table, index), form::predicate(table, index));
        let form = format!("{parts:?} {predicate:?} {}", options_form(index));
        Self { own: Some((form, render::index_definition(index))), ..plain }
    }

    /// Whether it is unique over these columns, for all rows or for some.
    pub(super) fn is_unique_in(&self, columns: &[Name]) -> bool {
        self.unique && is_same_set(&self.parts, &columns.iter().map(lower).collect::<Vec<_>>())
    }

    /// Whether two keys do the same, as far as any two engines can be compared.
    fn is_like(&self, other: &Self) -> bool {
        self.unique == other.unique && self.parts == other.parts && self.partial == other.partial
    }

    /// The same for two engines, which say some of it in ways of their own: the columns of a unique key in any order, rows
    /// without a value, and, beside an engine that has no conditions, a condition of what need not be unique.
    fn is_like_on(&self, other: &Self, dialects: Dialects) -> bool {
        if dialects.are_one() {
            let form = |key: &Self| key.own.as_ref().map(|(form, _)| form.clone());
            return self.is_like(other) && form(self) == form(other);
        }
        let fills = |one: &Self, other: &Self| match (&one.nulls, &other.nulls) {
            (Nulls::Filled(columns), Nulls::Alike) => is_same_set(columns, &other.parts),
            (Nulls::Filled(one), Nulls::Filled(other)) => is_same_set(one, other),
            _ => false,
        };
        let is_one_set = self.unique && is_same_set(&self.parts, &other.parts);
        let is_filled = self.unique && (fills(self, other) || fills(other, self));
        if self.unique == other.unique && self.partial == other.partial && (is_one_set || is_filled) {
            return true;
        }
        self.is_like(other) || !self.unique && !dialects.have_conditions() && self.is_narrowed(other)
    }

    /// Whether one of two keys narrows by a condition what the other has whole, or with the columns of the condition.
    fn is_narrowed(&self, other: &Self) -> bool {
        if self.unique != other.unique || self.partial == other.partial {
            return false;
        }
        let (narrow, whole) = if self.partial { (self, other) } else { (other, self) };
        let rest = whole.parts.strip_prefix(narrow.parts.as_slice());
        rest.is_some_and(|rest| rest.iter().all(|column| narrow.needs.contains(column)))
            || whole.unique
                && narrow.parts.iter().all(|part| whole.parts.contains(part))
                && whole.parts.iter().all(|part| narrow.parts.contains(part) || narrow.needs.contains(part))
    }
}

fn is_same_set(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|part| part != "\u{1a}" && other.contains(part))
}

/// Whether a key is on one engine otherwise than on the other because that one cannot have it so: MySQL has no conditions,
/// and keys over expressions in its newer versions alone.
pub(super) fn is_forced(object: &Object, own: &Table, their: &Table, dialects: Dialects) -> bool {
    if dialects.are_one() || dialects.have_conditions() {
        return false;
    }
    let key = match object {
        Object::Index { name, .. } => {
            let Some(index) = own.indexes.get(name) else { return false };
            let is_expression = index.parts.iter().any(|part| matches!(part.term, IndexTerm::Expression(_)));
            if is_expression && !index.unique && !dialects.not_on.facts().indexes.have_expressions {
                return true;
            }
            Key::plain(index)
        }
        Object::Unique { columns, .. } => Key::over(columns),
        _ => return false,
    };
    key.unique && all_keys(their, None).iter().any(|known| key.is_narrowed(known))
}

/// Whether an index of the one is compared with those of the other: not what one engine has alone, and not what MySQL makes
/// for a foreign key by itself, which is there whether it is written or not.
pub(super) fn counts(index: &Index, own: &Table, their: &Table, dialects: Dialects) -> bool {
    let parts = Key::plain(index).parts;
    let is_made = |table: &Table, dialect: Dialect| {
        let leads = |key: &ForeignKey| {
            key.columns.len() == parts.len() && key.columns.iter().map(lower).eq(parts.iter().cloned())
        };
        dialect.facts().indexes.come_with_foreign_keys
            && !index.unique
            && index.predicate.is_none()
            && table.foreign_keys.iter().any(leads)
    };
    if is_made(own, dialects.on) || is_made(their, dialects.not_on) {
        return false;
    }
    if dialects.are_one() {
        return true;
    }
    let has_method = |dialect: Dialect, method: &str| dialect.facts().indexes.own_methods.contains(&method);
    let method = index.options.method.as_deref();
    let by_method = method.is_some_and(|method| Dialect::ALL.into_iter().any(|dialect| has_method(dialect, method)));
    !by_method && !is_of_one_engine(index, own)
}

/// Whether a condition says no more than that columns of the index have a value: `a IS NOT NULL AND b IS NOT NULL`.
fn demands_values(predicate: &str, parts: &[String]) -> bool {
    use crate::schema::token::tokens;
    let all: Vec<_> = tokens(predicate).filter(|token| !token.is_symbol("(") && !token.is_symbol(")")).collect();
    all.split(|token| token.is("and")).all(|conjunct| match conjunct {
        [name, is, not, null] => {
            is.is("is") && not.is("not") && null.is("null") && parts.contains(&name.value().to_ascii_lowercase())
        }
        _ => false,
    })
}

/// What an index has besides, by which two of them are equal; empty where it has nothing.
fn options_form(index: &Index) -> String {
    let options = &index.options;
    let mut form = String::new();
    if let Some(method) = &options.method {
        form += method;
    }
    if options.classes.iter().any(Option::is_some) {
        form += &format!(" {:?}", options.classes);
    }
    if options.nulls_first.iter().any(Option::is_some) {
        form += &format!(" {:?}", options.nulls_first);
    }
    if !options.include.is_empty() {
        form += &format!(" include {}", options.include.iter().map(lower).collect::<Vec<_>>().join(","));
    }
    if options.nulls_not_distinct {
        form += " nulls not distinct";
    }
    form
}

pub(super) fn lower(name: &Name) -> String {
    name.as_str().to_ascii_lowercase()
}

/// Whether an index is of a kind that the other engine has nothing for: PostgreSQL's indexes over documents, texts and
/// places, those that a class of operators makes for patterns, and whatever is over a column for searching texts.
fn is_of_one_engine(index: &Index, table: &Table) -> bool {
    let is_own = |method: &str| !matches!(method.to_ascii_lowercase().as_str(), "btree" | "hash");
    let options = &index.options;
    let searches = |part: &crate::schema::model::IndexPart| match &part.term {
        IndexTerm::Column(name) => table.column(name).is_some_and(super::searches_texts),
        // MySQL's keys over every value of a list.
        IndexTerm::Expression(text) => {
            let lower = text.to_ascii_lowercase();
            lower.contains("cast") && lower.trim_end().trim_end_matches(')').trim_end().ends_with(" array")
        }
    };
    let is_own = options.method.as_deref().is_some_and(is_own)
        || options.classes.iter().any(Option::is_some)
        || index.parts.iter().any(searches);
    !index.unique && is_own
}

/// The index that a unique constraint is kept in.
fn index_of(unique: &Unique) -> Index {
    let part = |name: &Name| crate::schema::model::IndexPart {
        term: IndexTerm::Column(name.clone()),
        collation: None,
        descending: false,
    };
    let mut index = Index { unique: true, parts: unique.columns.iter().map(part).collect(), ..Index::default() };
    index.options.include.clone_from(&unique.options.include);
    index.options.nulls_not_distinct = unique.options.nulls_not_distinct;
    index
}

fn all_keys(table: &Table, dialects: Option<Dialects>) -> Vec<Key> {
    let key = |index: &Index| match dialects {
        Some(dialects) => Key::of(index, table, dialects),
        None => Key::plain(index),
    };
    let primary: Vec<Name> = table.primary_key().into_iter().cloned().collect();
    let primary = (!primary.is_empty()).then(|| index_of(&Unique { columns: primary, ..Unique::default() }));
    let constraints = table.uniques.iter().map(index_of).chain(primary);
    table.indexes.values().map(key).chain(constraints.map(|index| key(&index))).collect()
}

/// Whether a table has an index or a constraint that does this, as far as any two engines can be compared.
pub(super) fn has_key(table: &Table, key: &Key) -> bool {
    all_keys(table, None).iter().any(|known| known.is_like(key))
}

/// Whether a table takes no two rows that are alike in these columns, in whichever order it says so.
pub(super) fn is_unique_over(table: &Table, columns: &[&Name]) -> bool {
    let wanted: Vec<String> = columns.iter().map(|name| lower(name)).collect();
    all_keys(table, None).iter().any(|key| key.unique && !key.partial && is_same_set(&key.parts, &wanted))
}

/// Whether a key does nothing beside a unique one that a table has over the same columns.
pub(super) fn is_doubled(table: &Table, key: &Key) -> bool {
    let is_unique = |known: &Key| known.unique && known.parts == key.parts && !known.partial;
    !key.unique && !key.partial && all_keys(table, None).iter().any(is_unique)
}

/// Whether what one table has and the other has not is there all the same: a unique constraint as a unique index, an index
/// under another name or beside a unique key over the same columns.
pub(in crate::evaluate) fn is_kept_otherwise(object: &Object, on: &Table, not_on: &Table) -> bool {
    match object {
        Object::Index { name, .. } => on.indexes.get(name).is_some_and(|index| {
            let key = Key::plain(index);
            let is_plain = index.options.is_plain() && index.predicate.is_none();
            let is_listed = index.parts.iter().all(|part| matches!(part.term, IndexTerm::Column(_)));
            is_plain && is_listed && (has_key(not_on, &key) || is_doubled(not_on, &key) && is_doubled(on, &key))
        }),
        Object::Unique { columns, .. } => {
            let is_plain = |unique: &&Unique| unique.columns == *columns && unique.options == KeyOptions::default();
            on.uniques.iter().any(|unique| is_plain(&unique)) && has_key(not_on, &Key::over(columns))
        }
        _ => false,
    }
}

/// An index that the one has: whether the other has one that does the same, whatever its name.
pub(super) fn keys(
    own: &Table,
    their: &Table,
    key: &Key,
    name: &Name,
    dialects: Dialects,
    found: &mut Vec<(Object, What)>,
) {
    let all = all_keys(their, Some(dialects));
    let is_same = |known: &Key| known.is_like_on(key, dialects);
    // An index beside a unique one over the same columns does nothing.
    let is_nothing = is_doubled(own, key) && is_doubled(their, key);
    if is_nothing || all.iter().any(is_same) {
        return;
    }
    let object = Object::Index { table: own.name.clone(), name: name.clone() };
    let listed = |key: &Key| format!("({})", key.parts.join(", "));
    // Expressions are told as they stand there, for a key only holds that there is one.
    let terms = |table: &Table, key: &Key| table.indexes.get(name).map_or_else(|| listed(key), render::index_terms);
    let condition = |table: &Table| {
        let predicate = table.indexes.get(name).and_then(|index| index.predicate.clone());
        predicate.unwrap_or_else(|| "none".to_owned())
    };
    let word = |key: &Key| if key.unique { "UNIQUE" } else { "not UNIQUE" }.to_owned();
    let like = all.iter().filter(|known| known.parts == key.parts && known.partial == key.partial);
    let like = like.max_by_key(|known| known.unique == key.unique);
    let named = their.indexes.get(name).map(Key::plain);
    found.push((
        object,
        match (like, named) {
            (Some(like), _) if like.unique != key.unique => {
                What::Differs { attribute: Attribute::Unique, on: word(key), not_on: word(like) }
            }
            (Some(like), _) => {
                let said = |key: &Key| key.own.as_ref().map_or_else(|| listed(key), |(_, said)| said.clone());
                definition(said(key), said(like))
            }
            (None, Some(named)) if named.parts != key.parts => {
                What::Differs { attribute: Attribute::Columns, on: terms(own, key), not_on: terms(their, &named) }
            }
            (None, Some(_)) => {
                What::Differs { attribute: Attribute::Predicate, on: condition(own), not_on: condition(their) }
            }
            (None, None) => What::Added(terms(own, key)),
        },
    ));
}

/// A unique constraint that the one has.
pub(super) fn uniques(
    own: &Table,
    their: &Table,
    unique: &Unique,
    dialects: Dialects,
    found: &mut Vec<(Object, What)>,
) {
    let object = || Object::Unique { table: own.name.clone(), columns: unique.columns.clone() };
    let key = Key { nulls: Nulls::of(&index_of(unique)), ..Key::over(&unique.columns) };
    let has_it = |known: &Key| if dialects.are_one() { known.is_like(&key) } else { known.is_like_on(&key, dialects) };
    if !all_keys(their, None).iter().any(has_it) {
        found.push((object(), What::Added(String::new())));
        return;
    }
    if !dialects.are_one() {
        return;
    }
    let same = |options: &KeyOptions| *options == unique.options;
    let others: Vec<&Unique> = their.uniques.iter().filter(|other| other.columns == unique.columns).collect();
    let said = |unique: &Unique| render::unique_definition(&Unique { name: None, ..unique.clone() });
    match others.first() {
        Some(other) if !others.iter().any(|other| same(&other.options)) => {
            found.push((object(), definition(said(unique), said(other))));
        }
        Some(_) => {}
        // An index does as well, where it takes the same rows.
        None => {
            let key = Key::of(&index_of(unique), own, dialects);
            let all = all_keys(their, Some(dialects));
            let like = all.iter().filter(|known| known.unique && known.parts == key.parts && !known.partial);
            let form = |key: &Key| key.own.as_ref().map(|(form, _)| form.clone());
            let mut like = like.peekable();
            if let Some(first) = like.peek().copied()
                && !like.any(|known| form(known) == form(&key))
            {
                let other = first.own.as_ref().map(|(_, said)| said.clone()).unwrap_or_default();
                found.push((object(), definition(said(unique), format!("UNIQUE {other}"))));
            }
        }
    }
}

/// A foreign key that the one has: what it does when the row that it refers to goes or changes counts on every engine.
pub(super) fn foreign_keys(
    own: &Table,
    their: &Table,
    key: &ForeignKey,
    dialects: Dialects,
    found: &mut Vec<(Object, What)>,
) {
    let object = || Object::ForeignKey { table: own.name.clone(), columns: key.columns.clone() };
    let is_like = |known: &&ForeignKey| known.columns == key.columns && known.table == key.table;
    let like: Vec<&ForeignKey> = their.foreign_keys.iter().filter(is_like).collect();
    let Some(first) = like.first() else {
        found.push((object(), What::Added(format!("to `{}`", key.table))));
        return;
    };
    let acts = |key: &ForeignKey| {
        let action = |action: &Option<String>| match action.as_deref().map(str::to_ascii_uppercase) {
            // Both refuse; only when they do differs.
            Some(action) if !dialects.are_one() && action == "RESTRICT" => None,
            Some(action) if action == "NO ACTION" => None,
            action => action,
        };
        let own = dialects.are_one().then_some((key.deferrable, key.deferred));
        (action(&key.on_delete), action(&key.on_update), own)
    };
    if like.iter().any(|known| acts(known) == acts(key)) {
        return;
    }
    let said = |key: &ForeignKey| render::foreign_key_definition(&ForeignKey { name: None, ..key.clone() });
    found.push((object(), definition(said(key), said(first))));
}

/// A check that the one has.
pub(super) fn checks(own: &Table, their: &Table, expression: &str, found: &mut Vec<(Object, What)>) {
    let (wanted, words) = (form::expression(own, expression), spelled(expression));
    let is_like = |known: &str| form::expression(their, known) == wanted || spelled(known) == words;
    if !their.checks.iter().any(|check| is_like(&check.expression)) {
        let object = Object::Check { table: own.name.clone(), expression: expression.to_owned() };
        found.push((object, What::Added(String::new())));
    }
}
