//! What a declared type can store, whatever it is called.

use super::dialect::Dialect;
use super::token::{Kind, Token, normal, tokens};
use super::{postgres, sqlite};

/// The type of a column whose type is not known: it comes from a package that is not in the repository. It equals every
/// other.
pub const UNKNOWN_TYPE: &str = "unknown type";

/// The default of a column of which only that it has one is known, as a literal: a value that comes from a row.
pub const UNKNOWN_DEFAULT: &str = "'unknown default'";

/// Whether a default is not known. It equals every other.
pub fn is_unknown_default(default: Option<&str>) -> bool {
    default.is_some_and(|default| default.starts_with(UNKNOWN_DEFAULT))
}

/// Whether a type is not known.
pub fn is_unknown(data_type: &str) -> bool {
    data_type.trim_matches('"').starts_with(UNKNOWN_TYPE)
}

/// Whether two statements are the same but for types of columns that the first does not know.
pub fn are_alike_but_for_unknown(one: &str, other: &str) -> bool {
    let (one, other): (Vec<Token<'_>>, Vec<Token<'_>>) = (tokens(one).collect(), tokens(other).collect());
    let is_hole = |token: &Token<'_>| token.kind == Kind::Quoted && is_unknown(token.text);
    let (mut left, mut right, mut found) = (&one[..], &other[..], false);
    loop {
        match (left.first(), right.first()) {
            (None, None) => return found,
            (Some(a), Some(b)) if a.kind == b.kind && a.text.eq_ignore_ascii_case(b.text) => {
                (left, right) = (&left[1..], &right[1..]);
            }
            (Some(a), Some(_)) if is_hole(a) => {
                (left, right, found) = (after_type(left), after_type(right), true);
            }
            _ => return false,
        }
    }
}

/// What follows the type that some tokens begin with.
fn after_type<'t, 's>(all: &'t [Token<'s>]) -> &'t [Token<'s>] {
    const NEXT: [&str; 11] = [
        "not",
        "null",
        "default",
        "primary",
        "unique",
        "references",
        "check",
        "constraint",
        "collate",
        "generated",
        "using",
    ];
    let mut depth = 0_usize;
    for (at, token) in all.iter().enumerate() {
        let closes = token.is_symbol(")");
        let ends = closes || token.is_symbol(",") || NEXT.iter().any(|word| token.is(word));
        if depth == 0 && ends {
            return &all[at..];
        }
        depth = if token.is_symbol("(") { depth + 1 } else { depth - usize::from(closes) };
    }
    &[]
}

/// SQLite's type affinities (<https://www.sqlite.org/datatype3.html#type_affinity>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// The affinity of the values that projects keep in such a column. SQLite has no type for a truth value, a time or a
/// document, so that files which declare one mean the type in which it is stored
/// (<https://www.sqlite.org/datatype3.html#boolean_datatype>).
pub fn coarse(data_type: &str) -> Affinity {
    let upper = data_type.to_ascii_uppercase();
    let is = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    match sqlite::affinity(data_type) {
        Affinity::Numeric if is(&["BOOL"]) => Affinity::Integer,
        Affinity::Numeric if is(&["DATE", "TIME", "JSON", "UUID", "ENUM", "STRING"]) => Affinity::Text,
        Affinity::Numeric => Affinity::Real,
        affinity => affinity,
    }
}

/// What a type keeps, whatever it is called and whatever its engine: the sorts of value between which a copy of a row
/// loses nothing.
///
/// For SQLite these are its affinities (<https://www.sqlite.org/datatype3.html>) and what projects keep in them; for
/// PostgreSQL its types (<https://www.postgresql.org/docs/current/datatype.html>), for MySQL and MariaDB theirs
/// (<https://dev.mysql.com/doc/refman/8.4/en/data-types.html>, <https://mariadb.com/kb/en/data-types/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    Integer,
    Boolean,
    /// With fractions.
    Number,
    /// With digits for fractions, of which it has none: `numeric(20, 0)`.
    Whole,
    Text,
    /// A date, a time, a moment.
    Time,
    /// How long something lasts, which PostgreSQL alone has a type for.
    Span,
    /// An address of a network, which others keep as text or as its bytes.
    Address,
    /// A document, a list, a word of several: what SQLite keeps as text.
    Structured,
    /// An id of sixteen bytes.
    Uuid,
    Binary,
    /// Sixteen bytes, which may be an id.
    Sixteen,
    /// Anything.
    Any,
}

/// A type as it is written, in capitals.
#[derive(Clone, Copy, Debug)]
pub struct Spelled<'t> {
    /// What stands before its brackets.
    pub base: &'t str,
    /// The first of what stands in them.
    pub argument: &'t str,
}

/// Whether a type keeps points, lines and areas.
pub fn is_geometry(base: &str) -> bool {
    // SQLite takes `FLOATING POINT` for a number.
    !base.contains(' ')
        && ["POINT", "LINESTRING", "POLYGON", "GEOM", "GEOGRAPHY"].iter().any(|part| base.contains(part))
}

/// No type of a database is one that a project makes, as far as its name says.
pub fn is_never_made(_: &str) -> bool {
    false
}

fn sort(data_type: &str, dialect: Dialect) -> Sort {
    let upper = data_type.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    let (base, rest) = upper.split_once('(').unwrap_or((&upper, ""));
    let base = base.trim();
    let argument = rest.split([')', ',']).next().unwrap_or_default().trim();
    if let Some(own) = (dialect.facts().types.sort)(&Spelled { base, argument }) {
        return own;
    }
    match () {
        () if upper.ends_with("[]") => Sort::Structured,
        () if has(&["BOOL"]) => Sort::Boolean,
        () if has(&["INTERVAL", "TIMESTAMP", "DATETIME"]) || matches!(base, "DATE" | "TIME" | "TIMETZ") => Sort::Time,
        () if base.starts_with("TIME ") => Sort::Time,
        () if base == "UUID" => Sort::Uuid,
        // What they list may be any word.
        () if matches!(base, "ENUM" | "SET") && !dialect.is_loose() => Sort::Structured,
        () if has(&["JSON", "UUID", "INET", "CIDR", "MACADDR", "XML", "TSVECTOR", "HSTORE", "LTREE", "ENUM"]) => {
            Sort::Structured
        }
        () if has(&["BYTEA", "BLOB", "BINARY"]) => {
            if argument == "16" {
                Sort::Sixteen
            } else {
                Sort::Binary
            }
        }
        () if has(&["SERIAL"]) || (has(&["INT"]) && !has(&["POINT"])) || matches!(base, "BIT" | "YEAR") => {
            Sort::Integer
        }
        () if has(&["CHAR", "TEXT", "CLOB", "STRING"]) => Sort::Text,
        () if matches!(base, "NUMERIC" | "DECIMAL") && is_whole(rest) => Sort::Whole,
        () if has(&["REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL", "MONEY"]) => Sort::Number,
        () => match dialect.affinity(data_type) {
            // A type of the project's own, most often an enum.
            None => Sort::Structured,
            Some(own) => match coarse(data_type) {
                Affinity::Integer => Sort::Integer,
                Affinity::Text => Sort::Text,
                Affinity::Blob => Sort::Binary,
                // By a name that such a database does not know, such as `NUMBER`, whole numbers stay whole.
                Affinity::Real | Affinity::Numeric if own == Affinity::Numeric => Sort::Whole,
                Affinity::Real | Affinity::Numeric => Sort::Number,
            },
        },
    }
}

/// Whether a type keeps moments.
pub fn keeps_moments(data_type: &str, dialect: Dialect) -> bool {
    sort(data_type, dialect) == Sort::Time
}

/// Whether a type keeps bytes.
pub fn keeps_bytes(data_type: &str, dialect: Dialect) -> bool {
    matches!(sort(data_type, dialect), Sort::Binary | Sort::Sixteen)
}

/// Whether a type keeps numbers with fractions.
pub fn has_fractions(data_type: &str, dialect: Dialect) -> bool {
    sort(data_type, dialect) == Sort::Number
}

/// Whether a type keeps whole numbers that fit no number of SQLite's, which end at 2^63 - 1: `numeric(20, 0)`.
pub fn is_beyond_sqlite(data_type: &str, dialect: Dialect) -> bool {
    const FITTING: u32 = 18;
    let digits = data_type.split_once('(').and_then(|(_, rest)| rest.split([')', ',']).next()?.trim().parse().ok());
    !dialect.is_loose() && sort(data_type, dialect) == Sort::Whole && digits.is_some_and(|digits: u32| digits > FITTING)
}

/// Whether digits in brackets are those of whole numbers: `20)`, `20,0)`.
fn is_whole(digits: &str) -> bool {
    let mut parts = digits.trim_end_matches(|part: char| part != ')').trim_end_matches(')').split(',').map(str::trim);
    parts.next().is_some_and(|digits| digits.parse::<u32>().is_ok()) && parts.next().is_none_or(|scale| scale == "0")
}

/// Whether a column of the one type on the one engine keeps what a column of the other type keeps on the other.
pub fn interchangeable(one: &str, dialect: Dialect, other: &str, other_dialect: Dialect) -> bool {
    if is_unknown(one) || is_unknown(other) {
        return true;
    }
    if dialect == other_dialect {
        return normal(one) == normal(other);
    }
    let (left, right) = (sort(one, dialect), sort(other, other_dialect));
    match (dialect.is_loose(), other_dialect.is_loose()) {
        (true, _) => fits_loosely(left, right),
        (_, true) => fits_loosely(right, left),
        _ => is_alike(left, right) || is_alike(right, left),
    }
}

/// Whether values are of one kind on any two engines; the other way round is asked, too.
fn is_alike(one: Sort, other: Sort) -> bool {
    matches!(
        (one, other),
        (Sort::Integer, Sort::Boolean | Sort::Whole | Sort::Time)
            | (Sort::Whole, Sort::Number | Sort::Boolean)
            | (Sort::Text, Sort::Structured | Sort::Uuid | Sort::Span | Sort::Address)
            | (Sort::Time | Sort::Integer | Sort::Structured, Sort::Span)
            | (Sort::Binary | Sort::Sixteen | Sort::Structured, Sort::Address)
            | (Sort::Structured | Sort::Sixteen, Sort::Uuid)
            | (Sort::Binary, Sort::Sixteen)
    ) || one == other
}

/// Whether a database that keeps types loosely, as SQLite does, keeps the values of a server. A truth value is a number there,
/// and a moment may be one or a text; a document may be kept as bytes.
fn fits_loosely(loose: Sort, server: Sort) -> bool {
    let is_more = matches!(
        (loose, server),
        (Sort::Any, _)
            | (Sort::Text, Sort::Time)
            | (Sort::Time | Sort::Structured, Sort::Text)
            | (Sort::Number | Sort::Whole, Sort::Time | Sort::Span | Sort::Boolean | Sort::Whole | Sort::Number)
            | (Sort::Binary | Sort::Sixteen, Sort::Structured | Sort::Uuid)
    );
    // A number of the epoch's is told by its column on the server.
    let is_epoch = loose == Sort::Time && server == Sort::Integer;
    is_more || !is_epoch && (is_alike(loose, server) || is_alike(server, loose))
}

/// Whether the two are one type: the same sort of value by the same name, read as PostgreSQL reads it.
pub fn same(one: &str, dialect: Dialect, other: &str, other_dialect: Dialect) -> bool {
    if is_unknown(one) || is_unknown(other) {
        return true;
    }
    let name = |data_type: &str| {
        let lower = data_type.trim().to_ascii_lowercase();
        let lower = lower.split(" generated ").next().unwrap_or_default().trim().to_owned();
        let lower = lower.trim_end_matches(" zerofill").trim_end_matches(" unsigned").to_owned();
        let mut own = Dialect::ALL.into_iter().flat_map(|dialect| dialect.facts().types.names);
        let plain = own.find(|(name, _)| *name == lower).map_or(lower.as_str(), |(_, plain)| plain);
        postgres::type_name(plain)
    };
    interchangeable(one, dialect, other, other_dialect) && name(one) == name(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::mysql;

    #[test]
    fn statements_are_alike_but_for_a_type_that_is_not_known() {
        let unknown = "CREATE TABLE t (a \"unknown type\" NOT NULL, b TEXT)";
        assert!(are_alike_but_for_unknown(unknown, "CREATE TABLE t (a NUMERIC(4, 2) NOT NULL, b TEXT)"));
        assert!(are_alike_but_for_unknown(
            "ALTER TABLE t ADD COLUMN a \"unknown type\"",
            "ALTER TABLE t ADD COLUMN a JSON"
        ));
        assert!(!are_alike_but_for_unknown(
            "ALTER TABLE t ADD COLUMN a JSON",
            "ALTER TABLE t ADD COLUMN a \"unknown type\""
        ));
        for other in [
            "CREATE TABLE t (a TEXT, b TEXT)",
            "CREATE TABLE t (a TEXT NOT NULL, b JSON)",
            "CREATE TABLE t (a TEXT NOT NULL)",
            unknown,
        ] {
            assert!(!are_alike_but_for_unknown(unknown, other), "{other}");
        }
    }

    #[test]
    fn types_are_interchangeable_by_what_they_keep() {
        let fits = |sqlite: &str, postgres: &str| {
            let there = interchangeable(sqlite, sqlite::DIALECT, postgres, postgres::DIALECT);
            assert_eq!(there, interchangeable(postgres, postgres::DIALECT, sqlite, sqlite::DIALECT));
            there
        };
        for (sqlite, postgres) in [
            ("INTEGER", "bigint"),
            ("INTEGER", "serial"),
            ("INTEGER", "boolean"),
            ("BOOLEAN", "integer"),
            ("TEXT", "character varying(40)"),
            ("TEXT", "uuid"),
            ("TEXT", "jsonb"),
            ("TEXT", "timestamp with time zone"),
            ("TEXT", "mood"),
            ("TIMESTAMP", "text"),
            ("DATETIME", "timestamp without time zone"),
            ("REAL", "double precision"),
            ("REAL", "numeric(10,2)"),
            ("INTEGER", "numeric(20,0)"),
            ("BIGINT", "numeric(20)"),
            ("NUMERIC", "boolean"),
            ("NUMBER", "integer"),
            ("NUMBER", "numeric(10,2)"),
            ("INTEGER", "bit(1)"),
            ("BLOB", "bytea"),
            ("", "jsonb"),
        ] {
            assert!(fits(sqlite, postgres), "{sqlite} {postgres}");
        }
        for (sqlite, postgres) in
            [("TEXT", "integer"), ("INTEGER", "text"), ("REAL", "integer"), ("TEXT", "boolean"), ("BLOB", "text")]
        {
            assert!(!fits(sqlite, postgres), "{sqlite} {postgres}");
        }
        let alike = |mysql: &str, postgres: &str| {
            let there = interchangeable(mysql, mysql::DIALECT, postgres, postgres::DIALECT);
            assert_eq!(there, interchangeable(postgres, postgres::DIALECT, mysql, mysql::DIALECT));
            there
        };
        for (mysql, postgres) in [
            ("tinyint(1)", "boolean"),
            ("tinyint(1)", "integer"),
            ("bit(1)", "boolean"),
            ("int unsigned", "integer"),
            ("bigint unsigned", "numeric(20,0)"),
            ("year", "smallint"),
            ("char(36)", "uuid"),
            ("binary(16)", "uuid"),
            ("longtext", "jsonb"),
            ("json", "jsonb"),
            ("json", "text"),
            ("enum('a','int')", "mood"),
            ("enum('a','b')", "character varying(10)"),
            ("varchar(255)", "text"),
            ("datetime(6)", "timestamp with time zone"),
            ("timestamp", "date"),
            ("double", "numeric(10,2)"),
            ("varbinary(20)", "bytea"),
            ("mediumblob", "bytea"),
        ] {
            assert!(alike(mysql, postgres), "{mysql} {postgres}");
        }
        for (mysql, postgres) in [
            ("varchar(20)", "integer"),
            ("int", "text"),
            ("blob", "text"),
            ("double", "integer"),
            ("datetime", "text"),
            ("binary(20)", "uuid"),
            ("varchar(5)", "boolean"),
        ] {
            assert!(!alike(mysql, postgres), "{mysql} {postgres}");
        }
        let there = |sqlite: &str, mysql: &str| interchangeable(sqlite, sqlite::DIALECT, mysql, mysql::DIALECT);
        for (sqlite, mysql) in [
            ("INTEGER", "tinyint(1)"),
            ("BOOLEAN", "tinyint(1)"),
            ("NUMERIC", "tinyint(1)"),
            ("TEXT", "datetime(3)"),
            ("TEXT", "enum('a')"),
            ("DATETIME", "datetime"),
            ("BLOB", "binary(16)"),
            ("INTEGER", "bigint unsigned"),
            ("REAL", "decimal(10,2)"),
            ("INTEGER", "datetime"),
        ] {
            assert!(there(sqlite, mysql), "{sqlite} {mysql}");
        }
        assert!(!there("TEXT", "int") && !there("INTEGER", "varchar(9)") && !there("BLOB", "text"));
        assert!(same("DATETIME", sqlite::DIALECT, "timestamp without time zone", postgres::DIALECT));
        assert!(same("INTEGER", sqlite::DIALECT, "serial", postgres::DIALECT));
        assert!(!same("INTEGER", sqlite::DIALECT, "boolean", postgres::DIALECT));
        assert!(!same("TEXT", sqlite::DIALECT, "uuid", postgres::DIALECT));
        assert!(!interchangeable("integer", postgres::DIALECT, "bigint", postgres::DIALECT));
        assert!(interchangeable("VARCHAR(3)", sqlite::DIALECT, "varchar( 3 )", sqlite::DIALECT));
    }

    #[test]
    fn types_of_one_engine_are_kept_as_text_bytes_or_numbers_by_others() {
        let there = |own: &str, dialect: Dialect, postgres: &str| {
            let fits = interchangeable(own, dialect, postgres, postgres::DIALECT);
            assert_eq!(fits, interchangeable(postgres, postgres::DIALECT, own, dialect));
            fits
        };
        for (mysql, postgres) in [
            ("varchar(40)", "interval"),
            ("int", "interval"),
            ("varchar(40)", "int4range"),
            ("varbinary(16)", "inet"),
            ("varchar(45)", "inet"),
            ("int unsigned", "oid"),
            ("geometry", "geometry(point,4326)"),
        ] {
            assert!(there(mysql, mysql::DIALECT, postgres), "{mysql} {postgres}");
        }
        for (sqlite, postgres) in
            [("TEXT", "interval"), ("BLOB", "inet"), ("INTEGER", "oid"), ("POINT", "point"), ("GEOMETRY", "geometry")]
        {
            assert!(there(sqlite, sqlite::DIALECT, postgres), "{sqlite} {postgres}");
        }
        assert!(!there("int", mysql::DIALECT, "int4range") && !there("double", mysql::DIALECT, "inet"));
        assert!(!there("INTEGER", sqlite::DIALECT, "int4range"));
    }

    #[test]
    fn a_time_is_text_and_a_truth_value_a_number_where_types_are_coarse() {
        assert_eq!(coarse("DATETIME"), coarse("TEXT"));
        assert_eq!(coarse("BOOLEAN"), coarse("INTEGER"));
        assert_eq!(coarse("DECIMAL(10, 2)"), coarse("REAL"));
        assert_ne!(coarse("TEXT"), coarse("INTEGER"));
    }
}
