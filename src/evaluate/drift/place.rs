//! Where the migrations and the declared schemas speak of an object.

use std::sync::Arc;

use super::{names, table_of};
use crate::evaluate::{By, Evaluated, Form, Ran};
use crate::schema::delta::{Change, Object};
use crate::schema::model::Name;
use crate::schema::token;
use crate::source::Location;
use crate::track::ends::Modules;

/// Where a declared schema speaks of an object.
pub(super) fn stated_at(object: &Object, stated: &Evaluated, modules: &mut Modules<'_>) -> Option<Location> {
    let by_library = || declared_at(object, stated);
    let by_statement = |modules: &mut Modules<'_>| {
        let (ran, name) = best_statement(object, stated.log.iter())?;
        locate(ran, name, modules)
    };
    // The statements that make a library's tables are not in the file.
    match stated.form {
        Some(Form::Tables) => by_library(),
        _ => by_statement(modules).or_else(by_library),
    }
}

/// Where a statement speaks of an object: the last one that names it and its table.
pub(super) fn statement_about<'r>(
    change: &Change,
    log: impl DoubleEndedIterator<Item = &'r Ran>,
    modules: &mut Modules<'_>,
) -> Option<Location> {
    let (ran, name) = best_statement(&change.object, log)?;
    locate(ran, name, modules)
}

/// The statement that speaks of an object, and the name in it to point to.
pub(super) fn best_statement<'r, 'o>(
    object: &'o Object,
    log: impl DoubleEndedIterator<Item = &'r Ran>,
) -> Option<(&'r Ran, &'o str)> {
    let wanted: Vec<&str> = match object {
        Object::Column { table, name } => vec![table.as_str(), name.as_str()],
        Object::Index { name, .. } | Object::Trigger { name, .. } | Object::View(name) | Object::Type(name) => {
            vec![name.as_str()]
        }
        object => names(object),
    };
    let last = *wanted.last()?;
    let table = table_of(object).map_or("", Name::as_str);
    let mut best: Option<(u8, &Ran)> = None;
    for ran in log.rev().filter(|ran| wanted.iter().all(|name| mentions(&ran.statement.sql, name))) {
        let rank = rank(object, table, &ran.statement.sql);
        if best.is_none_or(|(known, _)| rank < known) {
            best = Some((rank, ran));
        }
    }
    let (_, ran) = best?;
    Some((ran, last))
}

/// Where a track speaks of an object, and which migration does.
pub(in crate::evaluate) fn said(
    evaluated: &Evaluated,
    object: &Object,
    modules: &mut Modules<'_>,
) -> (Option<Location>, Option<Arc<str>>) {
    match best_statement(object, evaluated.log.iter()) {
        Some((ran, name)) => (locate(ran, name, modules), ran.by.migration().cloned()),
        None => (None, None),
    }
}

/// How well a statement tells what an object is; less is better.
pub(super) fn rank(object: &Object, table: &str, sql: &str) -> u8 {
    const NOISE: &[&str] = &["temp", "temporary", "unique", "virtual", "if", "not", "exists"];
    let mut tokens = token::tokens(sql).filter(|token| !NOISE.iter().any(|word| token.is(word)));
    let (Some(verb), Some(what), Some(name)) = (tokens.next(), tokens.next(), tokens.next()) else { return 9 };
    let is_table = what.is("table") && name.value().eq_ignore_ascii_case(table);
    match object {
        Object::Index { .. } if what.is("index") => 0,
        Object::Index { name, .. } if is_table && names_key(sql, name.as_str()) => 1,
        Object::Index { .. } if is_table => 2,
        Object::Index { .. } => 3,
        Object::Trigger { .. } => u8::from(!what.is("trigger")),
        Object::View(_) => u8::from(!what.is("view")),
        Object::Type(_) => u8::from(!what.is("type")),
        // The statement that made the table says all of it; a later one that altered it says the column.
        Object::Table(_) | Object::VirtualTable(_) => u8::from(!(is_table && verb.is("create"))),
        // A key over a column says nothing of it.
        Object::Column { name, .. } if is_table && verb.is("alter") && is_in_brackets(sql, name.as_str()) => 3,
        _ if is_table && verb.is("alter") => 0,
        _ if is_table && verb.is("create") => 1,
        // A rebuild makes the table under another name.
        _ if what.is("table") && verb.is("create") => 2,
        _ => 3,
    }
}

/// Whether a statement names an index as such: `ADD INDEX x`, `KEY x (a)`.
fn names_key(sql: &str, name: &str) -> bool {
    let all: Vec<token::Token<'_>> = token::tokens(sql).collect();
    let is_key = |token: &token::Token<'_>| token.is("index") || token.is("key");
    all.windows(2).any(|pair| is_key(&pair[0]) && pair[1].value().eq_ignore_ascii_case(name))
}

/// Whether a name stands in brackets alone.
fn is_in_brackets(sql: &str, name: &str) -> bool {
    let mut depth = 0_i32;
    let mut found = false;
    for token in token::tokens(sql) {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        if token.value().eq_ignore_ascii_case(name) {
            if depth == 0 {
                return false;
            }
            found = true;
        }
    }
    found
}

/// Where a library's tables declare an object.
pub(in crate::evaluate) fn declared_at(object: &Object, stated: &Evaluated) -> Option<Location> {
    let table = table_of(object)?;
    let (_, place) = stated.places.iter().find(|(name, _)| name == table)?;
    let first_line = || Location::line(&place.source, place.source.line_at(place.range.start), "");
    let Object::Column { name, .. } = object else { return Some(first_line()) };
    // A class's place is its name, a table's is the whole call: the column stands behind it.
    let text = place.source.text();
    let end = stated.places.iter().map(|(_, other)| other.range.start).filter(|start| *start > place.range.start).min();
    let inside = text.get(place.range.start..end.unwrap_or(text.len()))?;
    let at = place.range.start + offset_of(inside, name.as_str())?;
    Some(Location::new(&place.source, at..at + name.as_str().len(), ""))
}

/// Whether SQL has this name among its tokens.
fn mentions(sql: &str, name: &str) -> bool {
    offset_of(sql, name).is_some()
}

/// Where in the SQL a name stands.
fn offset_of(sql: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    let lower = sql.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    while let Some(at) = lower.get(from..)?.find(&name) {
        let at = from + at;
        let end = at + name.len();
        let before = at.checked_sub(1).and_then(|before| lower.as_bytes().get(before));
        if !is_part(before) && !is_part(lower.as_bytes().get(end)) {
            return Some(at);
        }
        from = at + name.len().max(1);
    }
    None
}

/// The place of a name in the text of a statement where the source has that text as it is; else where it was executed.
fn locate(ran: &Ran, name: &str, modules: &mut Modules<'_>) -> Option<Location> {
    let sql = ran.statement.sql.trim();
    let innermost = ran.statement.places.first()?;
    let mut sources = vec![innermost.source.clone()];
    if let By::File(path) = &ran.by
        && let Ok(Some(source)) = modules.source(path)
    {
        sources.push(source);
    }
    for source in sources {
        // A text that is written twice does not say which of them was executed.
        let Some(at) = source.text().find(sql) else { continue };
        let start = at + offset_of(sql, name)?;
        return Some(Location::new(&source, start..start + name.len(), ""));
    }
    // The innermost call may be a helper's: the place that names the object says more.
    let tells = |place: &&Location| {
        let text = place.source.text().get(place.range.clone()).unwrap_or_default();
        offset_of(text, name).is_some()
    };
    let place = ran.statement.places.iter().find(tells).unwrap_or(innermost);
    let text = place.source.text().get(place.range.clone()).unwrap_or_default();
    if let Some(at) = offset_of(text, name) {
        let start = place.range.start + at;
        return Some(Location::new(&place.source, start..start + name.len(), ""));
    }
    // Nothing near names it: the first line of the call is enough.
    let line = place.source.line_at(place.range.start);
    Some(Location::line(&place.source, line, ""))
}
