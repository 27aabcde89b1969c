//! The types of PostgreSQL, by the names that its catalog has for them
//! (<https://www.postgresql.org/docs/current/datatype.html>).

use super::error::PgError;
use super::state::{State, UserType};
use crate::schema::types::is_unknown;

/// A type as a column has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// As `format_type` says it.
    pub name: String,
    /// `SERIAL` and its siblings: a sequence makes the default.
    pub serial: bool,
}

/// Reads a type as a statement spells it.
pub fn read(spelled: &str, state: &State) -> Result<ColumnType, PgError> {
    let serial = |name: &str| ColumnType { name: name.to_owned(), serial: true };
    let lower = spelled.trim().to_ascii_lowercase();
    Ok(match lower.as_str() {
        "serial" | "serial4" => serial("integer"),
        "bigserial" | "serial8" => serial("bigint"),
        "smallserial" | "serial2" => serial("smallint"),
        _ => {
            let name = canonical(spelled, state)?;
            state.check_type(&name)?;
            ColumnType { name, serial: false }
        }
    })
}

/// Whether a type is one that every database of PostgreSQL has, or that an extension is known to bring.
pub fn is_of_catalog(name: &str) -> bool {
    is_unknown(name) || read(name, &State::default()).map_or_else(|error| error.extension.is_some(), |_| true)
}

/// The name by which the catalog knows a type.
pub fn canonical(spelled: &str, state: &State) -> Result<String, PgError> {
    let text = spelled.trim();
    if let Some(element) = array_element(text) {
        return Ok(format!("{}[]", canonical(element, state)?.trim_end_matches("[]")));
    }
    // In quotes the catalog's own names are types, and no other spelling is.
    if let Some((name, rest)) = text.strip_prefix('"').and_then(|inner| inner.split_once('"'))
        && OF_CATALOG.contains(&name)
        && !state.types.contains_key(name)
    {
        return canonical(&format!("{name}{rest}"), state);
    }
    let (name, arguments, suffix) = parts(text);
    let words: Vec<&str> = name.split_whitespace().collect();
    let with = |base: &str| match &arguments {
        Some(arguments) => format!("{base}({arguments})"),
        None => base.to_owned(),
    };
    let timed = |base: &str, zone: bool| {
        let zone = if zone { "with time zone" } else { "without time zone" };
        match &arguments {
            Some(precision) => format!("{base}({precision}) {zone}"),
            None => format!("{base} {zone}"),
        }
    };
    if arguments.is_some() && WITHOUT_MODIFIER.contains(&name.as_str()) {
        return Err(PgError::malformed(format!("type modifier is not allowed for type \"{name}\"")));
    }
    let zoned = suffix == "with time zone";
    Ok(match words.join(" ").as_str() {
        "int" | "integer" | "int4" => "integer".to_owned(),
        "bigint" | "int8" => "bigint".to_owned(),
        "smallint" | "int2" => "smallint".to_owned(),
        "bool" | "boolean" => "boolean".to_owned(),
        "text" => "text".to_owned(),
        "varchar" | "character varying" | "char varying" => with("character varying"),
        "char" | "character" | "bpchar" | "nchar" => match &arguments {
            Some(length) => format!("character({length})"),
            None if name == "bpchar" => "bpchar".to_owned(),
            None => "character(1)".to_owned(),
        },
        "real" | "float4" => "real".to_owned(),
        "double precision" | "float8" => "double precision".to_owned(),
        // Up to 24 bits are a `real`.
        "float" => match arguments.as_deref().and_then(|bits| bits.parse::<u32>().ok()) {
            Some(bits) if bits <= 24 => "real".to_owned(),
            _ => "double precision".to_owned(),
        },
        "numeric" | "decimal" | "dec" => match &arguments {
            Some(arguments) if arguments.contains(',') => format!("numeric({arguments})"),
            Some(precision) => format!("numeric({precision},0)"),
            None => "numeric".to_owned(),
        },
        "timestamp" => timed("timestamp", zoned),
        "timestamptz" | "timestamp with time zone" => timed("timestamp", true),
        "timestamp without time zone" => timed("timestamp", false),
        "time" => timed("time", zoned),
        "timetz" | "time with time zone" => timed("time", true),
        "time without time zone" => timed("time", false),
        "bit varying" | "varbit" => with("bit varying"),
        "bit" => with("bit"),
        "interval" => with("interval"),
        "date" | "uuid" | "json" | "jsonb" | "bytea" | "inet" | "cidr" | "macaddr" | "macaddr8" | "money" | "xml"
        | "tsvector" | "tsquery" | "point" | "line" | "lseg" | "box" | "path" | "polygon" | "circle" | "oid"
        | "name" | "regclass" | "regtype" | "regproc" | "pg_lsn" | "int4range" | "int8range" | "numrange"
        | "tsrange" | "tstzrange" | "daterange" | "int4multirange" | "int8multirange" | "nummultirange"
        | "tsmultirange" | "tstzmultirange" | "datemultirange" | "jsonpath" | "txid_snapshot" | "pg_snapshot"
        | "xid" | "xid8" | "cid" | "tid" | "oidvector" | "int2vector" | "aclitem" | "refcursor" | "regoper"
        | "regoperator" | "regprocedure" | "regrole" | "regnamespace" | "regconfig" | "regdictionary"
        | "regcollation" | "gtsvector" | "pg_node_tree" => name.clone(),
        "\"char\"" => "\"char\"".to_owned(),
        // Types of extensions, which may be installed where no migration says so.
        _ if OF_EXTENSIONS.contains(&words.join(" ").as_str()) => with(&name),
        _ if words.first() == Some(&"interval") => name.clone(),
        _ => return user_type(text, state),
    })
}

/// Types that take nothing in brackets.
const WITHOUT_MODIFIER: [&str; 17] = [
    "bool", "bytea", "cidr", "date", "float4", "float8", "inet", "int2", "int4", "int8", "json", "jsonb", "macaddr",
    "money", "text", "uuid", "xml",
];

/// Types as `pg_type` lists them.
const OF_CATALOG: [&str; 27] = [
    "bit",
    "bool",
    "bpchar",
    "bytea",
    "cidr",
    "date",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "macaddr",
    "money",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varbit",
    "varchar",
    "xml",
];

const OF_EXTENSIONS: &[&str] = &[
    "citext",
    "hstore",
    "ltree",
    "lquery",
    "ltxtquery",
    "cube",
    "earth",
    "seg",
    "lo",
    "query_int",
    "ean13",
    "isbn",
    "isbn13",
    "ismn",
    "ismn13",
    "issn",
    "issn13",
    "upc",
    "geometry",
    "geography",
    "box2d",
    "box3d",
    "raster",
    "topogeometry",
    "vector",
    "halfvec",
    "sparsevec",
    "semver",
    "uint1",
    "uint2",
    "uint4",
    "uint8",
    "roaringbitmap",
    "hll",
    "h3index",
    "agtype",
    "mpz",
    "tdigest",
];

fn user_type(spelled: &str, state: &State) -> Result<String, PgError> {
    let name = identifier(spelled);
    let name = name.strip_prefix("public.").unwrap_or(&name);
    match state.types.get(name) {
        Some(UserType::Enum(_) | UserType::Other(_)) => Ok(name.to_owned()),
        None if name.rsplit('.').next().is_some_and(|last| OF_EXTENSIONS.contains(&last)) => Ok(name.to_owned()),
        None if is_unknown(name) => Ok(name.to_owned()),
        // The row type of a table.
        None if state.tables.contains_key(name) || state.tables.contains_key(&format!("pg_temp.{name}")) => {
            Ok(name.to_owned())
        }
        None => Err(PgError::undefined("type", without_brackets(name))),
    }
}

/// A name without what a statement gives it in brackets.
fn without_brackets(name: &str) -> &str {
    name.split_once('(').map_or(name, |(name, _)| name.trim_end())
}

/// A name as the catalog keeps it: without quotes, in lower case where it had none.
pub fn identifier(spelled: &str) -> String {
    let part = |part: &str| match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => part.to_lowercase(),
    };
    spelled.split('.').map(|one| part(one.trim())).collect::<Vec<_>>().join(".")
}

/// What an array holds, if it is one.
fn array_element(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_suffix(']') {
        let open = rest.rfind('[')?;
        return rest[open + 1..].trim().chars().all(|part| part.is_ascii_digit()).then(|| rest[..open].trim_end());
    }
    let lower = text.to_ascii_lowercase();
    lower.ends_with(" array").then(|| text[..text.len() - " array".len()].trim_end())
}

/// The name of a type in lower case, what stands in its brackets without blanks, and what comes after those.
fn parts(text: &str) -> (String, Option<String>, String) {
    let lower = text.to_ascii_lowercase();
    let Some((name, rest)) = lower.split_once('(') else { return (lower.clone(), None, String::new()) };
    let (arguments, suffix) = rest.split_once(')').unwrap_or((rest, ""));
    let arguments: String = arguments.chars().filter(|part| !part.is_whitespace()).collect();
    (name.trim().to_owned(), Some(arguments), suffix.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Types whose values can be compared, so that one may refer to the other, and that turn into each other by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Integer,
    /// With fractions.
    Number,
    Text,
    Boolean,
    /// A point in time.
    Moment,
    Time,
    Uuid,
    Json,
    Binary,
    /// Everything else is like itself alone.
    Other,
}

pub fn family(canonical: &str) -> Family {
    if canonical.ends_with("[]") {
        return Family::Other;
    }
    let base = canonical.split('(').next().unwrap_or(canonical).trim();
    match base {
        "smallint" | "integer" | "bigint" => Family::Integer,
        "real" | "double precision" | "numeric" => Family::Number,
        "text" | "character varying" | "character" | "bpchar" | "name" | "citext" => Family::Text,
        "boolean" => Family::Boolean,
        "uuid" => Family::Uuid,
        "json" | "jsonb" => Family::Json,
        "bytea" => Family::Binary,
        "date" => Family::Moment,
        _ if base.starts_with("timestamp") => Family::Moment,
        _ if base.starts_with("time") || base.starts_with("interval") => Family::Time,
        _ => Family::Other,
    }
}

/// Whether a column of the first type may refer to one of the second: the key's operators take both, or what refers
/// turns into the key's type by itself.
pub fn comparable(first: &str, second: &str) -> bool {
    let (one, two) = (family(first), family(second));
    match (one, two) {
        _ if is_unknown(first) || is_unknown(second) => true,
        (Family::Integer, Family::Number) => true,
        (Family::Number, Family::Number) => base(second) != "numeric" || base(first) == "numeric",
        (Family::Other | Family::Json, _) | (_, Family::Other | Family::Json) => first == second,
        _ => one == two,
    }
}

/// Whether a value is turned into another type on assignment, without `USING`
/// (<https://www.postgresql.org/docs/current/catalog-pg-cast.html>).
pub fn assignable(from: &str, to: &str) -> bool {
    // An array is turned into another one by its elements.
    if let (Some(from), Some(to)) = (array_element(from), array_element(to)) {
        return assignable(from, to);
    }
    let (one, two) = (family(from), family(to));
    let is_number = |family: Family| matches!(family, Family::Integer | Family::Number);
    match () {
        () if base(from) == base(to) || is_unknown(from) || is_unknown(to) => true,
        // Everything has a text.
        () if two == Family::Text => true,
        // Extensions bring casts of their own.
        () if is_of_extension(from) || is_of_extension(to) => true,
        () if one == Family::Moment && two == Family::Time => from.starts_with("timestamp") && to.starts_with("time"),
        () if is_one_of(from, to, OTHER_CASTS) => true,
        () if one == Family::Other || two == Family::Other => false,
        () if is_number(one) && is_number(two) => true,
        () => one == two,
    }
}

/// Casts on assignment between types that are like themselves alone: from those before the arrow to those after it.
const OTHER_CASTS: &[(&str, &str)] = &[
    ("integer bigint numeric", "money"),
    ("money", "numeric"),
    (
        "smallint integer bigint oid",
        "oid regclass regtype regproc regprocedure regoper regoperator regrole regnamespace regconfig regdictionary regcollation",
    ),
    (
        "oid regclass regtype regproc regprocedure regoper regoperator regrole regnamespace regconfig regdictionary regcollation",
        "integer bigint oid",
    ),
    ("text character varying", "regclass \"char\""),
    ("bit bit varying", "bit bit varying"),
    ("inet cidr", "inet cidr"),
    ("macaddr macaddr8", "macaddr macaddr8"),
    ("box path", "polygon"),
    ("polygon", "path"),
    ("point", "box"),
    ("regproc regprocedure", "regproc regprocedure"),
    ("regoper regoperator", "regoper regoperator"),
];

fn is_one_of(from: &str, to: &str, casts: &[(&str, &str)]) -> bool {
    let has = |words: &str, name: &str| format!(" {words} ").contains(&format!(" {name} "));
    casts.iter().any(|(sources, targets)| has(sources, &base(from)) && has(targets, &base(to)))
}

fn is_of_extension(data_type: &str) -> bool {
    OF_EXTENSIONS.contains(&base(data_type).as_str())
}

/// A type of the catalog without a length or a precision.
pub fn base(data_type: &str) -> String {
    let (base, _, suffix) = parts(data_type);
    if suffix.is_empty() || suffix.starts_with('[') { base + &suffix } else { format!("{base} {suffix}") }
}

/// The same, with what extensions bring.
pub fn check_default_class(data_type: &str, method: &str, state: &State) -> Result<(), PgError> {
    let Err(error) = check_class(data_type, method) else { return Ok(()) };
    let extension = match method {
        "gin" => "btree_gin",
        "gist" => "btree_gist",
        _ => return Err(error),
    };
    let has_it = !matches!(family(data_type), Family::Json | Family::Other);
    match has_it {
        true if state.has_extension(extension) => Ok(()),
        true => Err(error.of_extension(extension)),
        false => Err(error),
    }
}

/// Refuses an index over values that its method has no operators for by default.
pub fn check_class(data_type: &str, method: &str) -> Result<(), PgError> {
    let own = family(data_type);
    let has_none = match method {
        "btree" | "hash" => matches!(data_type, "json" | "xml" | "point" | "line" | "box" | "polygon" | "jsonpath"),
        "gin" | "gist" => own != Family::Other && data_type != "jsonb",
        _ => false,
    };
    if !has_none {
        return Ok(());
    }
    let message = format!("data type {} has no default operator class for access method \"{method}\"", base(data_type));
    Err(PgError { condition: "UndefinedObject", ..PgError::mismatch(message) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_of_the_catalog() {
        let mut state = State::default();
        state.types.insert("mood".to_owned(), UserType::Enum(Vec::new()));
        for (spelled, expected) in [
            ("INT", "integer"),
            ("VARCHAR(40)", "character varying(40)"),
            ("character varying", "character varying"),
            ("TIMESTAMP", "timestamp without time zone"),
            ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
            ("TIMESTAMP(3) WITH TIME ZONE", "timestamp(3) with time zone"),
            ("timestamptz", "timestamp with time zone"),
            ("NUMERIC(10, 2)", "numeric(10,2)"),
            ("NUMERIC(10)", "numeric(10,0)"),
            ("FLOAT", "double precision"),
            ("FLOAT(24)", "real"),
            ("TEXT[]", "text[]"),
            ("INTEGER[3][3]", "integer[]"),
            ("INTEGER ARRAY", "integer[]"),
            ("CHAR", "character(1)"),
            ("Mood", "mood"),
            ("\"mood\"", "mood"),
            ("public.mood", "mood"),
            ("\"bytea\"", "bytea"),
            ("\"varchar\"(10)", "character varying(10)"),
        ] {
            assert_eq!(canonical(spelled, &state).as_deref(), Ok(expected), "{spelled}");
        }
        let error = canonical("DATETIME", &state).unwrap_err();
        assert_eq!(error.message, "type \"datetime\" does not exist");
        assert!(canonical("\"integer\"", &state).is_err() && canonical("\"BYTEA\"", &state).is_err());
    }

    #[test]
    fn text_is_no_number_and_no_key_of_one() {
        assert!(comparable("integer", "bigint"));
        assert!(!comparable("text", "integer"));
        assert!(comparable("integer", "numeric(8,2)") && !comparable("numeric(8,2)", "integer"));
        assert!(comparable("numeric", "double precision") && !comparable("double precision", "numeric"));
        assert!(assignable("integer", "text"));
        assert!(!assignable("text", "integer"));
        assert!(!assignable("integer", "boolean"));
        assert!(!assignable("character varying", "mood"));
        assert!(assignable("timestamp with time zone", "time without time zone") && assignable("bit(3)", "bit(5)"));
        assert!(
            assignable("cidr", "inet") && assignable("numeric(8,2)", "money") && assignable("geometry", "geography")
        );
        assert!(!assignable("date", "time without time zone") && !assignable("interval", "date"));
        assert!(assignable("character varying(24)[]", "text[]") && assignable("integer[]", "bigint[]"));
        assert!(!assignable("text[]", "integer[]") && !assignable("text", "text[]"));
    }
}
