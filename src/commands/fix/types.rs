//! What SQLite's types and defaults are called in PostgreSQL.
//!
//! <https://www.sqlite.org/datatype3.html>, <https://www.postgresql.org/docs/current/datatype.html> and
//! <https://docs.sqlalchemy.org/en/20/core/type_basics.html>.

use std::collections::BTreeMap;

use super::python::string;
use crate::schema::model::{Column, Name, Schema};
use crate::schema::token::{self, Kind};
use crate::schema::types::{Affinity, coarse, interchangeable, same};
use crate::schema::{postgres, render, sqlite};

/// Names of SQLite's types, and the type as PostgreSQL's catalog calls it. Those with a length or a precision come
/// besides.
const TYPES: &[(&[&str], &str)] = &[
    (&["INTEGER", "INT", "TINYINT", "SMALLINT", "MEDIUMINT", "INT2", "INT4"], "integer"),
    (&["BIGINT", "INT8", "UNSIGNED BIG INT"], "bigint"),
    (&["BOOLEAN", "BOOL"], "boolean"),
    (&["", "TEXT", "CLOB"], "text"),
    (&["REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION"], "double precision"),
    (&["BLOB"], "bytea"),
    (&["DATE"], "date"),
    (&["DATETIME", "TIMESTAMP"], "timestamp without time zone"),
    (&["TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"], "timestamp with time zone"),
    (&["TIME"], "time without time zone"),
    (&["JSON"], "json"),
    (&["JSONB"], "jsonb"),
];

const VARYING: &[&str] =
    &["VARCHAR", "CHARACTER VARYING", "VARYING CHARACTER", "CHARACTER", "CHAR", "NVARCHAR", "NCHAR"];

/// PostgreSQL's types, as the catalog calls them, and SQLAlchemy's.
const SQLALCHEMY: &[(&str, &str)] = &[
    ("smallint", "sa.SmallInteger()"),
    ("integer", "sa.Integer()"),
    ("bigint", "sa.BigInteger()"),
    ("serial", "sa.Integer()"),
    ("bigserial", "sa.BigInteger()"),
    ("boolean", "sa.Boolean()"),
    ("text", "sa.Text()"),
    ("character varying", "sa.String()"),
    ("real", "sa.REAL()"),
    ("double precision", "sa.Float()"),
    ("numeric", "sa.Numeric()"),
    ("bytea", "sa.LargeBinary()"),
    ("date", "sa.Date()"),
    ("timestamp without time zone", "sa.DateTime()"),
    ("timestamp with time zone", "sa.DateTime(timezone=True)"),
    ("time without time zone", "sa.Time()"),
    ("time with time zone", "sa.Time(timezone=True)"),
    ("json", "sa.JSON()"),
    ("jsonb", "postgresql.JSONB()"),
    ("uuid", "postgresql.UUID()"),
    ("interval", "sa.Interval()"),
    ("inet", "postgresql.INET()"),
    ("cidr", "postgresql.CIDR()"),
    ("macaddr", "postgresql.MACADDR()"),
    ("tsvector", "postgresql.TSVECTOR()"),
    ("int4range", "postgresql.INT4RANGE()"),
    ("int8range", "postgresql.INT8RANGE()"),
    ("numrange", "postgresql.NUMRANGE()"),
    ("daterange", "postgresql.DATERANGE()"),
    ("tsrange", "postgresql.TSRANGE()"),
    ("tstzrange", "postgresql.TSTZRANGE()"),
];

/// The enum types that a step may name, with their values.
pub type Enums = BTreeMap<Name, Vec<String>>;

/// The enum that a type of a column is, or is a list of.
pub fn enum_of<'e>(data_type: &str, enums: &'e Enums) -> Option<(&'e Name, &'e [String])> {
    let own = data_type.strip_suffix("[]").unwrap_or(data_type).replace('"', "");
    let (name, values) = enums.get_key_value(&Name::from(own.as_str()))?;
    Some((name, values))
}

/// PostgreSQL's type for one of SQLite's, by its name alone.
pub fn translated(declared: &str) -> String {
    let upper = declared.trim().to_ascii_uppercase();
    let (base, arguments) = parts(&upper);
    if let Some((_, known)) = TYPES.iter().find(|(names, _)| names.contains(&base)) {
        return (*known).to_owned();
    }
    if VARYING.contains(&base) {
        return match arguments.as_slice() {
            [length] if *length > 0 => format!("character varying({length})"),
            _ => "text".to_owned(),
        };
    }
    if matches!(base, "NUMERIC" | "DECIMAL") {
        return match arguments.as_slice() {
            [precision, scale] => format!("numeric({precision},{scale})"),
            [precision] => format!("numeric({precision},0)"),
            _ => "numeric".to_owned(),
        };
    }
    match coarse(declared) {
        Affinity::Integer => "integer",
        Affinity::Text => "text",
        Affinity::Blob => "bytea",
        Affinity::Real => "double precision",
        Affinity::Numeric => "numeric",
    }
    .to_owned()
}

/// A type's name, and the numbers in its brackets.
fn parts(declared: &str) -> (&str, Vec<u32>) {
    let Some((base, rest)) = declared.split_once('(') else { return (declared, Vec::new()) };
    let inner = rest.split(')').next().unwrap_or_default();
    let numbers: Option<Vec<u32>> = inner.split(',').map(|number| number.trim().parse().ok()).collect();
    (base.trim(), numbers.unwrap_or_default())
}

/// The two sides by which a project shows what it takes for what.
#[derive(Clone, Copy, Debug)]
pub struct Habits<'s> {
    pub sqlite: &'s Schema,
    pub postgres: &'s Schema,
    /// Types must be the same on both, and not only keep the same.
    pub exact: bool,
}

impl Habits<'_> {
    /// PostgreSQL's type for a column of SQLite's: what the same table has for others of that type, else what all tables
    /// have, else what it is called there.
    pub fn data_type(&self, table: &str, declared: &str) -> String {
        let mut usual = translated(declared);
        if self.exact && !same(declared, sqlite::DIALECT, &usual, postgres::DIALECT) {
            // What both call by one name.
            let own = postgres::type_name(declared);
            if sqlalchemy(&own, &Enums::new()).is_some() {
                usual = own;
            }
        }
        let fits = if self.exact { same } else { interchangeable };
        let is_near = |found: &str| {
            fits(declared, sqlite::DIALECT, found, postgres::DIALECT)
                // A text may be an id on the other side, and a number a truth value: of those the next need not be one.
                && match usual.as_str() {
                    "text" => matches!(found, "text" | "character varying"),
                    "integer" | "bigint" => matches!(found, "integer" | "bigint" | "smallint"),
                    _ => !found.contains("serial"),
                }
        };
        let found = self.seen(Some(table), declared, &is_near).or_else(|| self.seen(None, declared, &is_near));
        found.unwrap_or(usual)
    }

    /// The type of a key that numbers its rows by itself, as most tables have it.
    pub fn key(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for table in self.sqlite.tables.values() {
            let other = self.postgres.tables.get(&table.name);
            let found = table.rowid_alias().and_then(|key| other?.column(&key.name));
            let counted = found.map(|column| column.data_type.as_str());
            if let Some(counted) = counted.filter(|name| name.contains("serial") || name.contains("IDENTITY")) {
                *counts.entry(counted).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(name, count)| (*count, *name == "serial"));
        let own = most.map_or("serial", |(name, _)| name);
        let fits = !self.exact || same("INTEGER", sqlite::DIALECT, own, postgres::DIALECT);
        if fits { own } else { "serial" }.to_owned()
    }

    /// The type that most columns have on the other side.
    fn seen(&self, only: Option<&str>, declared: &str, fits: &dyn Fn(&str) -> bool) -> Option<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for table in self.sqlite.tables.values() {
            let Some(other) = self.postgres.tables.get(&table.name) else { continue };
            if only.is_some_and(|only| !table.name.as_str().eq_ignore_ascii_case(only)) {
                continue;
            }
            let same = |column: &&Column| token::normal(&column.data_type) == token::normal(declared);
            for column in table.columns.iter().filter(same) {
                if let Some(found) = other.column(&column.name).filter(|found| fits(&found.data_type)) {
                    *counts.entry(&found.data_type).or_default() += 1;
                }
            }
        }
        let most = counts.values().max().copied()?;
        let usual = translated(declared);
        let mut best = counts.iter().filter(|(_, count)| **count == most).map(|(found, _)| (*found).to_owned());
        let first = best.next()?;
        Some(if first != usual && best.any(|other| other == usual) { usual } else { first })
    }
}

/// The type in SQLAlchemy's terms; `None` where it has none that needs no imports of its own.
pub fn sqlalchemy(data_type: &str, enums: &Enums) -> Option<String> {
    if let Some(element) = data_type.strip_suffix("[]") {
        return Some(format!("postgresql.ARRAY({})", sqlalchemy(element, enums)?));
    }
    if let Some((name, _)) = enum_of(data_type, enums) {
        // It is made beside its table.
        let (schema, own) = of_schema(name);
        let schema = schema.map(|schema| format!(", schema={}", string(schema))).unwrap_or_default();
        return Some(format!("postgresql.ENUM(name={}{schema}, create_type=False)", string(own)));
    }
    if let Some((_, known)) = SQLALCHEMY.iter().find(|(name, _)| *name == data_type) {
        return Some((*known).to_owned());
    }
    let (base, numbers) = parts(data_type);
    if format!("{base}({})", numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")) != data_type {
        return None;
    }
    match (base, numbers.as_slice()) {
        ("character varying", [length]) => Some(format!("sa.String(length={length})")),
        ("character", [length]) => Some(format!("sa.CHAR(length={length})")),
        ("numeric", [precision, scale]) => Some(format!("sa.Numeric(precision={precision}, scale={scale})")),
        _ => None,
    }
}

/// The type in SQL.
pub fn sql(data_type: &str) -> String {
    match data_type {
        "timestamp without time zone" => return "TIMESTAMP".to_owned(),
        "timestamp with time zone" => return "TIMESTAMPTZ".to_owned(),
        "time without time zone" => return "TIME".to_owned(),
        _ => {}
    }
    let (base, numbers) = parts(data_type);
    let own = SQLALCHEMY.iter().any(|(name, _)| *name == base);
    let words = || data_type.bytes().all(|byte| byte.is_ascii_lowercase() || b" (),[]0123456789".contains(&byte));
    if own && (numbers.is_empty() && data_type == base || !numbers.is_empty()) {
        return data_type.replacen("character varying", "varchar", 1).to_ascii_uppercase();
    }
    if words() && data_type.contains([' ', '(']) || data_type.contains("AS IDENTITY") {
        return data_type.to_owned();
    }
    // A type of the project's own.
    let (name, array) = data_type.strip_suffix("[]").map_or((data_type, ""), |name| (name, "[]"));
    name.split('.').map(identifier).collect::<Vec<_>>().join(".") + array
}

/// The schema that the name of a table or a type says, and the name in it.
pub fn of_schema(table: &Name) -> (Option<&str>, &str) {
    let whole = table.as_str();
    match whole.split_once('.') {
        Some((schema, own)) if !schema.is_empty() && !own.is_empty() => (Some(schema), own),
        _ => (None, whole),
    }
}

/// A name as PostgreSQL needs it: in quotes where it would be folded.
pub fn identifier(name: &str) -> String {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return format!("\"{}\"", name.replace('"', "\"\""));
    }
    render::quoted(&name.into())
}

/// A default of SQLite's for a column of this type. Fails where nothing says the same.
pub fn default(written: &str, data_type: &str) -> Result<Option<String>, ()> {
    let mut text = written.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    let tokens: Vec<token::Token<'_>> = token::tokens(text).collect();
    let is_boolean = data_type == "boolean";
    let truth = |on: bool| {
        let (yes, no) = if is_boolean { ("true", "false") } else { ("1", "0") };
        if on { yes } else { no }.to_owned()
    };
    Ok(Some(match tokens.as_slice() {
        [only] if only.is("null") => return Ok(None),
        [only] if only.is("true") => truth(true),
        [only] if only.is("false") => truth(false),
        [only] if only.is("current_timestamp") => moment(data_type),
        [only] if only.is("current_date") || only.is("current_time") => only.text.to_ascii_uppercase(),
        [only] if only.kind == Kind::Text || only.kind == Kind::Quoted => {
            let value = only.value();
            match value.as_str() {
                "0" | "1" if is_boolean => truth(value == "1"),
                // A list that is empty, as JSON and as PostgreSQL writes it.
                "[]" if data_type.ends_with("[]") => "'{}'".to_owned(),
                // A moment that never was, which MySQL alone keeps.
                _ if value.starts_with("0000-00-00") => return Err(()),
                _ => format!("'{}'", value.replace('\'', "''")),
            }
        }
        [only] if only.kind == Kind::Literal => match only.text.strip_prefix(['x', 'X']) {
            Some(bytes) => format!("'\\x{}'", bytes.trim_matches('\'')),
            None if is_boolean && matches!(only.text, "0" | "1") => truth(only.text == "1"),
            None if only.text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)) => {
                only.text.to_owned()
            }
            None => return Err(()),
        },
        [sign, number] if (sign.is_symbol("-") || sign.is_symbol("+")) && number.kind == Kind::Literal => {
            format!("{}{}", sign.text, number.text)
        }
        [function, open, now, close]
            if open.is_symbol("(") && close.is_symbol(")") && now.value().eq_ignore_ascii_case("now") =>
        {
            match function.text.to_ascii_lowercase().as_str() {
                "datetime" => moment(data_type),
                "date" => "CURRENT_DATE".to_owned(),
                "time" => "CURRENT_TIME".to_owned(),
                _ => return Err(()),
            }
        }
        _ => return Err(()),
    }))
}

/// What the clock says, as a column of this type takes it.
fn moment(data_type: &str) -> String {
    match data_type {
        "date" => "CURRENT_DATE".to_owned(),
        _ if data_type.starts_with("timestamp") => "now()".to_owned(),
        _ if data_type.starts_with("time") => "CURRENT_TIME".to_owned(),
        _ => "CURRENT_TIMESTAMP".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_names_in_both_libraries() {
        for (sqlite, postgres, library) in [
            ("INTEGER", "integer", "sa.Integer()"),
            ("bigint", "bigint", "sa.BigInteger()"),
            ("BOOLEAN", "boolean", "sa.Boolean()"),
            ("TEXT", "text", "sa.Text()"),
            ("", "text", "sa.Text()"),
            ("VARCHAR(80)", "character varying(80)", "sa.String(length=80)"),
            ("VARCHAR", "text", "sa.Text()"),
            ("REAL", "double precision", "sa.Float()"),
            ("NUMERIC", "numeric", "sa.Numeric()"),
            ("DECIMAL(10, 2)", "numeric(10,2)", "sa.Numeric(precision=10, scale=2)"),
            ("BLOB", "bytea", "sa.LargeBinary()"),
            ("DATE", "date", "sa.Date()"),
            ("DATETIME", "timestamp without time zone", "sa.DateTime()"),
            ("TIME", "time without time zone", "sa.Time()"),
            ("JSON", "json", "sa.JSON()"),
            ("STRING", "text", "sa.Text()"),
        ] {
            assert_eq!(translated(sqlite), postgres, "{sqlite}");
            assert_eq!(sqlalchemy(postgres, &Enums::new()).as_deref(), Some(library), "{postgres}");
        }
        for own in ["mood", "mood[]", "timestamp(3) without time zone", "integer GENERATED ALWAYS AS IDENTITY"] {
            assert_eq!(sqlalchemy(own, &Enums::new()), None);
        }
        let enums = Enums::from([("shop.mood".into(), vec!["glad".to_owned()])]);
        for (known, library) in [
            ("text[]", "postgresql.ARRAY(sa.Text())"),
            ("shop.mood", "postgresql.ENUM(name=\"mood\", schema=\"shop\", create_type=False)"),
        ] {
            assert_eq!(sqlalchemy(known, &enums).as_deref(), Some(library));
        }
        assert_eq!(sql("mood\" ; DROP TABLE x"), "\"mood\"\" ; DROP TABLE x\"");
        assert_eq!(sql("text[]"), "text[]");
    }

    #[test]
    fn defaults_say_the_same() {
        for (written, data_type, expected) in [
            ("0", "boolean", "false"),
            ("'1'", "boolean", "true"),
            ("TRUE", "integer", "1"),
            ("-1.5", "numeric", "-1.5"),
            ("\"it's\"", "text", "'it''s'"),
            ("x'0aff'", "bytea", "'\\x0aff'"),
            ("CURRENT_TIMESTAMP", "timestamp without time zone", "now()"),
            ("(datetime('now'))", "text", "CURRENT_TIMESTAMP"),
            ("(date('now'))", "date", "CURRENT_DATE"),
        ] {
            assert_eq!(default(written, data_type), Ok(Some(expected.to_owned())), "{written}");
        }
        assert_eq!(default("NULL", "text"), Ok(None));
        for unknown in ["(random())", "(strftime('%s', 'now'))", "1 + 1", "0x10", ":x"] {
            assert_eq!(default(unknown, "integer"), Err(()), "{unknown}");
        }
    }
}
