//! The keys of a table: what they can be of, their names, and those that InnoDB makes for foreign keys.

use super::error::Error;
use super::parse::{ForeignDef, KeyDef};
use super::settings::{Flavour, Settings};
use super::state::{Key, KeyKind, Part, Table, Term, same};

/// The most bytes of an entry (<https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html>).
const LONGEST_KEY: u64 = 3072;

/// A key that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    def: KeyDef,
    implicit: bool,
}

impl Wanted {
    pub fn written(def: KeyDef) -> Self {
        Self { def, implicit: false }
    }

    pub fn of_column(column: &str, kind: KeyKind) -> Self {
        Self::written(KeyDef { kind, parts: vec![whole(column)], ..KeyDef::default() })
    }

    /// The one that a foreign key needs, unless another serves.
    pub fn for_foreign(def: &ForeignDef) -> Self {
        let name = def.name.clone().or_else(|| def.index.clone());
        let parts = def.columns.iter().map(|column| whole(column)).collect();
        Self { def: KeyDef { name, parts, ..KeyDef::default() }, implicit: true }
    }
}

fn whole(column: &str) -> Part {
    Part { term: Term::Column { name: column.to_owned(), length: None }, descending: false }
}

/// Adds keys to those that a table has. Of two that serve one foreign key, the implicit one is dropped.
pub(super) fn add(table: &mut Table, wanted: Vec<Wanted>, settings: &Settings) -> Result<(), Error> {
    let mut all: Vec<(KeyDef, bool, bool)> = Vec::new();
    for key in table.keys.drain(..) {
        let def = KeyDef { name: Some(key.name), kind: key.kind, parts: key.parts, if_not_exists: false };
        all.push((def, key.implicit, true));
    }
    for wanted in wanted {
        all.push((wanted.def, wanted.implicit, false));
    }
    let gone = superfluous(&all);
    for (index, (def, implicit, is_old)) in all.into_iter().enumerate() {
        if gone.contains(&index) {
            continue;
        }
        let key = if is_old {
            Key { name: def.name.unwrap_or_default(), kind: def.kind, parts: def.parts, implicit }
        } else {
            made(table, def, implicit)?
        };
        hold_key(table, &key, settings)?;
        table.keys.push(key);
    }
    hold(table, settings)
}

/// What holds of all keys of a table together.
fn hold(table: &mut Table, settings: &Settings) -> Result<(), Error> {
    cut(table, settings);
    let primary: Vec<String> =
        table.primary_key().map(|key| key.columns().map(str::to_owned).collect()).unwrap_or_default();
    for name in primary {
        if let Some(column) = table.column_mut(&name) {
            column.nullable = false;
        }
    }
    let mut auto = table.columns.iter().filter(|column| column.auto_increment);
    let Some(column) = auto.next() else { return Ok(()) };
    // The other engines let it be a later part.
    let any = !table.keeps_foreign_keys();
    let leads = |key: &Key| key.columns().take(if any { usize::MAX } else { 1 }).any(|first| same(first, &column.name));
    if auto.next().is_some() || !table.keys.iter().any(leads) { Err(Error::auto_column()) } else { Ok(()) }
}

/// The implicit keys that begin another key, by index.
fn superfluous(all: &[(KeyDef, bool, bool)]) -> Vec<usize> {
    let mut gone: Vec<usize> = Vec::new();
    for (later, (key, implicit, _)) in all.iter().enumerate() {
        for (earlier, (other, other_implicit, _)) in all.iter().enumerate().take(later) {
            if gone.contains(&earlier) || gone.contains(&later) {
                continue;
            }
            if *implicit && begins(key, other) && !(*other_implicit && key.parts.len() >= other.parts.len()) {
                gone.push(later);
            } else if *other_implicit && begins(other, key) {
                gone.push(earlier);
            }
        }
    }
    gone
}

fn begins(short: &KeyDef, long: &KeyDef) -> bool {
    let is_sorted = !matches!(long.kind, KeyKind::Fulltext | KeyKind::Spatial);
    is_sorted
        && short.parts.len() <= long.parts.len()
        && short.parts.iter().zip(&long.parts).all(|(one, other)| match (&one.term, &other.term) {
            (Term::Column { name, length: None }, Term::Column { name: other, length: None }) => same(name, other),
            _ => false,
        })
}

/// A new key with its name.
fn made(table: &Table, def: KeyDef, implicit: bool) -> Result<Key, Error> {
    let columns = def.parts.iter().filter_map(|part| match &part.term {
        Term::Column { name, .. } => Some(name),
        Term::Expression { .. } => None,
    });
    if let Some(missing) = columns.into_iter().find(|name| table.column(name).is_none()) {
        return Err(Error::key_column(missing));
    }
    if def.kind == KeyKind::Primary && table.primary_key().is_some() {
        return Err(Error::multiple_primary_keys());
    }
    let name = match (def.kind, def.name) {
        (KeyKind::Primary, _) => "PRIMARY".to_owned(),
        (_, Some(name)) => {
            if same(&name, "PRIMARY") {
                return Err(Error::new(1280, format!("Incorrect index name '{name}'")));
            }
            if table.key(&name).is_some() {
                return Err(Error::duplicate_key(&name));
            }
            name
        }
        (_, None) => free_name(table, &def.parts),
    };
    Ok(Key { name, kind: def.kind, parts: def.parts, implicit })
}

/// The name that a key without one gets: its first column's, with a number where that is taken.
fn free_name(table: &Table, parts: &[Part]) -> String {
    let first = match parts.first().map(|part| &part.term) {
        Some(Term::Column { name, .. }) => table.column(name).map_or(name.as_str(), |column| column.name.as_str()),
        _ => "functional_index",
    };
    if table.key(first).is_none() && !same(first, "PRIMARY") {
        return first.to_owned();
    }
    let mut names = (2_u32..).map(|number| format!("{first}_{number}"));
    names.find(|name| table.key(name).is_none()).unwrap_or_default()
}

fn hold_key(table: &Table, key: &Key, settings: &Settings) -> Result<(), Error> {
    let mut bytes = 0_u64;
    let mut seen: Vec<&str> = Vec::new();
    for part in &key.parts {
        match &part.term {
            Term::Expression { columns, .. } => {
                if let Some(missing) = columns.iter().find(|name| table.column(name).is_none()) {
                    return Err(Error::unknown_column(missing, "functional index"));
                }
                if key.kind == KeyKind::Primary {
                    let message = "The primary key cannot be a functional index";
                    return Err(Error::new(3756, message.to_owned()));
                }
            }
            Term::Column { name, length } => {
                bytes += hold_part(table, key, name, *length, settings)?;
                if seen.iter().any(|known| same(known, name)) {
                    return Err(Error::duplicate_column(name));
                }
                seen.push(name);
            }
        }
    }
    let by_hash = key.kind == KeyKind::Unique && settings.flavour != Flavour::MySql;
    let is_sorted = !matches!(key.kind, KeyKind::Fulltext | KeyKind::Spatial);
    if bytes > LONGEST_KEY && is_sorted && !by_hash && table.keeps_foreign_keys() {
        return Err(Error::key_too_long(LONGEST_KEY));
    }
    Ok(())
}

/// Whether a column can be in a key; how many bytes it takes of it.
fn hold_part(table: &Table, key: &Key, name: &str, length: Option<u64>, settings: &Settings) -> Result<u64, Error> {
    let Some(column) = table.column(name) else { return Err(Error::key_column(name)) };
    let data_type = &column.data_type;
    match key.kind {
        KeyKind::Fulltext => {
            return if data_type.is_text() || data_type.is(&["json"]) {
                Ok(0)
            } else {
                Err(Error::new(1283, format!("Column '{name}' cannot be part of FULLTEXT index")))
            };
        }
        KeyKind::Spatial if !data_type.is_geometry() => {
            return Err(match settings.flavour {
                Flavour::MariaDb => Error::new(1089, Error::incorrect_prefix().message),
                _ => Error::new(1687, "A SPATIAL index may only contain a geometrical type column".to_owned()),
            });
        }
        KeyKind::Spatial if column.nullable => {
            return Err(Error::new(1252, "All parts of a SPATIAL index must be NOT NULL".to_owned()));
        }
        KeyKind::Spatial => return Ok(0),
        _ => {}
    }
    if length == Some(0) {
        return Err(Error::new(1391, format!("Key part '{name}' length cannot be 0")));
    }
    if let Some(length) = length {
        let has_length =
            data_type.is_text() || data_type.is_bytes() || data_type.is_geometry() || data_type.is(&["json"]);
        let whole = data_type.arguments.first().copied().filter(|_| !data_type.is_lob());
        // All bytes of a number are the number.
        let is_whole = data_type.is_integer() && length == data_type.key_bytes(None, 1);
        if !has_length && !is_whole || has_length && whole.is_some_and(|whole| length > whole) {
            return Err(Error::incorrect_prefix());
        }
    }
    // MariaDB keeps a unique key over a long text as a hash, and cuts the only part of one that is not unique.
    let lenient = settings.flavour != Flavour::MySql;
    let by_hash = key.kind == KeyKind::Unique && lenient;
    let is_cut =
        key.kind == KeyKind::Plain && lenient && (key.parts.len() == 1 || settings.flavour == Flavour::MariaDb);
    if length.is_none() && data_type.is_lob() && !data_type.is_geometry() && !by_hash && !is_cut {
        return Err(match settings.flavour {
            Flavour::MySql if data_type.is(&["json"]) => Error::new(
                3152,
                format!("JSON column '{name}' supports indexing only via generated columns on a specified JSON path."),
            ),
            _ => Error::key_without_length(name),
        });
    }
    if length.is_none() && data_type.is_lob() && !data_type.is_geometry() {
        return Ok(LONGEST_KEY);
    }
    let bytes = data_type.key_bytes(length, settings.character_bytes());
    let is_cut = key.kind == KeyKind::Plain && lenient;
    Ok(if is_cut { bytes.min(LONGEST_KEY) } else { bytes })
}

/// A length that is all of a column is none; MariaDB cuts a part that is longer than a key can be.
fn cut(table: &mut Table, settings: &Settings) {
    let columns = &table.columns;
    for key in &mut table.keys {
        let cuts = settings.flavour == Flavour::MariaDb && key.kind == KeyKind::Plain;
        for part in &mut key.parts {
            let Term::Column { name, length } = &mut part.term else { continue };
            let Some(column) = columns.iter().find(|column| same(&column.name, name)) else { continue };
            let data_type = &column.data_type;
            let character = match &data_type.charset {
                _ if !data_type.is_text() => 1,
                Some(charset) => super::data_type::character_bytes(charset),
                None => settings.character_bytes(),
            };
            let has_length = data_type.is_text() || data_type.is_bytes() || data_type.is_lob();
            if !has_length {
                *length = None;
            }
            let is_long = data_type.is_long_text() || data_type.is_blob();
            if cuts
                && length.is_none()
                && (is_long || data_type.key_bytes(None, character) > LONGEST_KEY)
                && !data_type.is_geometry()
            {
                *length = Some(LONGEST_KEY / character);
            }
        }
    }
}
