//! Where the migrations and the declared schemas speak of an object.

use std::ops::Range;
use std::sync::Arc;

use super::{names, table_of};
use crate::evaluate::renames::Renames;
use crate::evaluate::{By, Evaluated, Form, Ran};
use crate::schema::delta::{Attribute, Change, Object};
use crate::schema::model::Name;
use crate::schema::token;
use crate::source::Location;
use crate::track::ends::Modules;

/// Where a declared schema speaks of an object.
pub(super) fn stated_at(object: &Object, stated: &Evaluated, modules: &mut Modules<'_>) -> Option<Location> {
    let by_library = || declared_at(object, stated);
    let by_statement = |modules: &mut Modules<'_>| {
        let (ran, called) = best_statement(object, None, stated.log.iter())?;
        locate(ran, &called, modules)
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
    let (ran, called) = best_statement(&change.object, None, log)?;
    locate(ran, &called, modules)
}

/// The names by which a statement speaks of an object; the last one is its own.
fn wanted(object: &Object) -> Vec<&str> {
    match object {
        Object::Column { table, name } => vec![table.as_str(), name.as_str()],
        Object::Index { name, .. } | Object::Trigger { name, .. } | Object::View(name) | Object::Type(name) => {
            vec![name.as_str()]
        }
        object => names(object),
    }
}

/// The statement that speaks of an object, or of one attribute of it, and the object as it was called there.
pub(super) fn best_statement<'r>(
    object: &Object,
    attribute: Option<Attribute>,
    log: impl DoubleEndedIterator<Item = &'r Ran>,
) -> Option<(&'r Ran, Object)> {
    let mut called = object.clone();
    let mut best: Option<(u8, &Ran, Object)> = None;
    for ran in log.rev() {
        let sql = &ran.statement.sql;
        if wanted(&called).iter().all(|name| mentions(sql, name)) {
            let rank = rank(&called, attribute, sql);
            if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
                best = Some((rank, ran, called.clone()));
            }
        }
        if let Some(before) = Renames::in_statement(sql) {
            called = before.undone(called);
        }
    }
    best.map(|(_, ran, called)| (ran, called))
}

/// Where a track speaks of an object, and which migration does.
pub(in crate::evaluate) fn said(
    evaluated: &Evaluated,
    object: &Object,
    modules: &mut Modules<'_>,
) -> (Option<Location>, Option<Arc<str>>) {
    said_of(evaluated, object, None, modules)
}

/// The same of one attribute of the object.
pub(in crate::evaluate) fn said_of(
    evaluated: &Evaluated,
    object: &Object,
    attribute: Option<Attribute>,
    modules: &mut Modules<'_>,
) -> (Option<Location>, Option<Arc<str>>) {
    match best_statement(object, attribute, evaluated.log.iter()) {
        Some((ran, called)) => (locate(ran, &called, modules), ran.by.migration().cloned()),
        None => (None, None),
    }
}

/// What is added to the rank of a statement that speaks of the table of a key, and not of the key.
const OF_ANOTHER: u8 = 5;

/// How well a statement tells what an object is, or what an attribute of it is; less is better.
pub(super) fn rank(object: &Object, attribute: Option<Attribute>, sql: &str) -> u8 {
    const NOISE: &[&str] = &["temp", "temporary", "unique", "virtual", "if", "not", "exists"];
    let mut tokens = token::tokens(sql).filter(|token| !NOISE.iter().any(|word| token.is(word)));
    let (Some(verb), Some(what), Some(name)) = (tokens.next(), tokens.next(), tokens.next()) else { return 9 };
    let table = table_of(object).map_or("", Name::as_str);
    let is_table = what.is("table") && name.value().eq_ignore_ascii_case(table);
    let of_table = || match () {
        () if is_table && verb.is("alter") => 0,
        () if is_table && verb.is("create") => 1,
        // A rebuild makes the table under another name.
        () if what.is("table") && verb.is("create") => 2,
        () => 3,
    };
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
        Object::Column { name, .. } if is_table && verb.is("alter") => {
            // A key over a column says nothing of it.
            let is_told = !is_in_brackets(sql, name.as_str()) && attribute.is_none_or(|one| says(sql, name, one));
            if is_told { 0 } else { 3 }
        }
        Object::Column { .. } => of_table(),
        Object::Unique { columns, .. } | Object::ForeignKey { columns, .. } => {
            match () {
                () if lists(sql, columns) => of_table(),
                // Who takes it away says its name, and nothing else of it.
                () if is_table && verb.is("alter") && mentions(sql, "drop") => 2,
                () => of_table() + OF_ANOTHER,
            }
        }
        Object::PrimaryKey { .. } => of_table() + if mentions(sql, "primary") { 0 } else { OF_ANOTHER },
        Object::Check { expression, .. } => {
            let is_said = token::normal(sql).contains(&token::normal(expression));
            of_table() + if is_said { 0 } else { OF_ANOTHER }
        }
    }
}

/// Whether an `ALTER TABLE` says what an attribute of a column is. One that gives the column another name does not.
fn says(sql: &str, column: &Name, attribute: Attribute) -> bool {
    let tokens: Vec<token::Token<'_>> = token::tokens(sql).collect();
    let is_name = |token: &token::Token<'_>| Name::new(token.value()) == *column;
    let has = |action: &[token::Token<'_>], words: &[&str]| {
        action.iter().any(|token| words.iter().any(|word| token.is(word)))
    };
    token::split_commas(&tokens).filter(|action| action.iter().any(is_name)).any(|action| {
        let is_of_one = has(action, &["rename", "drop", "set", "type"]) && !has(action, &["add", "modify", "change"]);
        !is_of_one
            || match attribute {
                Attribute::Nullability => has(action, &["null"]),
                Attribute::Default => has(action, &["default"]),
                Attribute::Type => has(action, &["type"]),
                _ => !has(action, &["rename"]),
            }
    })
}

/// Whether a statement has these columns and no others in a pair of brackets, or names the only one.
fn lists(sql: &str, columns: &[Name]) -> bool {
    if let [only] = columns {
        return mentions(sql, only.as_str());
    }
    let tokens: Vec<token::Token<'_>> = token::tokens(sql).collect();
    let is_it = |at: usize| {
        let names = columns.iter().enumerate().all(|(index, column)| {
            let name = tokens.get(at + 1 + 2 * index).map(|token| Name::new(token.value()));
            let after = tokens.get(at + 2 + 2 * index);
            let end = if index + 1 == columns.len() { ")" } else { "," };
            name.as_ref() == Some(column) && after.is_some_and(|token| token.is_symbol(end))
        });
        tokens[at].is_symbol("(") && names
    };
    (0..tokens.len()).any(is_it)
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

/// Whether SQL has this name, its comments aside.
fn mentions(sql: &str, name: &str) -> bool {
    offset_in_sql(sql, name).is_some()
}

/// Where in SQL a name stands: outside of comments, and of texts where it stands outside of one.
fn offset_in_sql(sql: &str, name: &str) -> Option<usize> {
    let mut found = occurrences(sql, name).peekable();
    found.peek()?;
    let comments = token::comments(sql);
    let texts = token::tokens(sql).filter(|token| token.kind == token::Kind::Text);
    let texts: Vec<Range<usize>> = texts.map(|token| token.start..token.end()).collect();
    let is_in = |ranges: &[Range<usize>], at: usize| {
        let next = ranges.partition_point(|range| range.start <= at);
        next.checked_sub(1).is_some_and(|before| ranges[before].contains(&at))
    };
    let mut in_text = None;
    for at in found.filter(|at| !is_in(&comments, *at)) {
        if !is_in(&texts, at) {
            return Some(at);
        }
        in_text = in_text.or(Some(at));
    }
    in_text
}

/// Where in SQL an object is defined: of a column's name that place which begins its definition, if one does.
fn offset_of_object(sql: &str, object: &Object) -> Option<usize> {
    const BEFORE: [&str; 7] = ["add", "column", "exists", "alter", "modify", "change", "to"];
    let own = *wanted(object).last()?;
    let begins = || {
        let mut depth = 0_i32;
        let mut before: Option<token::Token<'_>> = None;
        for token in token::tokens(sql) {
            let is_first = before.is_some_and(|before| {
                BEFORE.iter().any(|word| before.is(word)) || depth == 1 && ["(", ","].contains(&before.text)
            });
            if is_first && token.value().eq_ignore_ascii_case(own) {
                return Some(token.start + usize::from(token.kind == token::Kind::Quoted));
            }
            depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
            before = Some(token);
        }
        None
    };
    let defined = if let Object::Column { .. } = object { begins() } else { None };
    defined.or_else(|| offset_in_sql(sql, own))
}

/// Where in a text a name stands first.
fn offset_of(text: &str, name: &str) -> Option<usize> {
    occurrences(text, name).next()
}

/// Where in a text a name stands, as a whole.
fn occurrences(text: &str, name: &str) -> impl Iterator<Item = usize> {
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut from = 0;
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    std::iter::from_fn(move || {
        while let Some(at) = lower.get(from..)?.find(&name) {
            let at = from + at;
            let end = at + name.len();
            from = at + name.len().max(1);
            let before = at.checked_sub(1).and_then(|before| lower.as_bytes().get(before));
            if !is_part(before) && !is_part(lower.as_bytes().get(end)) {
                return Some(at);
            }
        }
        None
    })
}

/// The place of an object in the text of a statement where the source has that text as it is; else where it was executed.
fn locate(ran: &Ran, object: &Object, modules: &mut Modules<'_>) -> Option<Location> {
    let name = *wanted(object).last()?;
    let sql = ran.statement.sql.trim();
    let innermost = ran.statement.places.first()?;
    let mut sources = vec![innermost.source.clone()];
    if let By::File(path) = &ran.by
        && let Ok(Some(source)) = modules.source(path)
    {
        sources.push(source);
    }
    for source in sources {
        // Of a text that is written twice its own place tells which was executed, else nothing does.
        let text = source.text();
        let is_at = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(sql));
        let own = Some(innermost.range.start).filter(|at| source.path() == innermost.path() && is_at(at));
        let Some(at) = own.or_else(|| text.find(sql)) else { continue };
        let start = at + offset_of_object(sql, object)?;
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
