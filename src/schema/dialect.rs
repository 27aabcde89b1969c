//! What is said of the databases that tracks are for. Each is a folder beside this file, whose `FACTS` are all that anybody
//! knows of it, and a line in `dialects!`: nobody else asks which one it is.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::database::{Database, Refusal, Setup, Thing};
use super::literals::Literals;
use super::mysql::Flavour;
use super::statement::Effect;
use super::types::{Affinity, Sort, Spelled};
use super::{postgres, sqlite};

/// The database that a track is for. Two are the same where they have one name.
#[derive(Clone, Copy)]
pub struct Dialect(&'static Facts);

/// What is said of a database.
#[derive(Debug)]
pub struct Facts {
    /// As the configuration and the reports say it.
    pub name: &'static str,
    /// The database's own name, for sentences.
    pub title: &'static str,
    /// The schema that names without one are in; `None` where that is a database of any name.
    pub own_schema: Option<&'static str>,
    /// Whether it is a part of the program that uses it. Projects run such a one in tests and for a single user beside the
    /// server that they are written for, so that a sign of a server counts more.
    pub is_embedded: bool,
    /// How many characters a name may have; `None` where any number.
    pub longest_name: Option<usize>,
    /// Whether a name may stand in backticks.
    pub takes_backticks: bool,
    pub signs: Signs,
    pub statements: Statements,
    pub types: Types,
    pub tables: Tables,
    pub indexes: Indexes,
    pub transactions: Transactions,
    pub libraries: Libraries,
    /// Opens an empty database.
    pub open: fn(Setup) -> Result<Box<dyn Database>, Refusal>,
}

/// By what it is told that a project uses a database. All of these are in lower case.
#[derive(Debug)]
pub struct Signs {
    /// By what words folders and files are named after it.
    pub aliases: &'static [&'static str],
    /// The same where they are a part of a word, the longer ones first: `riverpgxv5`.
    pub inside: &'static [&'static str],
    /// Schemes of its addresses, without a driver; images and folders of revisions are called so, too.
    pub schemes: &'static [&'static str],
    /// What else the name of an image has in it.
    pub images: &'static [&'static str],
    /// Words that its SQL alone has.
    pub words: &'static [&'static str],
    /// What no other database takes, as it is usually written.
    pub alone: &'static [&'static str],
    /// What an environment of Alembic's for it has in it, or in its settings.
    pub environment: &'static [&'static str],
    /// What a file has in it that says what a project is installed and run with.
    pub needed: &'static [&'static str],
    /// What Python that works on it has in it.
    pub python: &'static [&'static str],
    /// What Go's drivers are registered as.
    pub go_names: &'static [&'static str],
    /// Modules of Go's drivers.
    pub go_drivers: &'static [&'static str],
    /// Which server an image is for, by its name and its tag, where one dialect is that of several; `None` where it is for
    /// none of them. A dialect of one server has no such question.
    pub server: Option<fn(&str, &str) -> Option<Flavour>>,
}

/// What statements do there.
#[derive(Debug)]
pub struct Statements {
    /// What one may change.
    pub effect: fn(&str) -> Effect,
    /// How to make something only where it is not there.
    pub unless_there: fn(&Thing) -> &'static str,
    /// The table and the column of a statement that every table with rows refuses, though an empty one takes it.
    pub refuses_rows: fn(&str) -> Option<(String, String)>,
    /// Another database that takes what this one refuses.
    pub fork: Option<Fork>,
    /// How values are written in them.
    pub literals: Literals,
}

/// A database that was made from another one.
#[derive(Debug)]
pub struct Fork {
    /// What the manifest of a project has in it that has this one.
    pub package: &'static str,
    /// Whether it takes a statement that the other one refuses.
    pub takes: fn(&str) -> bool,
}

/// What its types keep.
#[derive(Debug)]
pub struct Types {
    /// The sort of value that it would rather keep in a column of a type, where a type is no more than such a wish: any name
    /// is one, no length bounds a text, and no column has to be altered for another sort of value.
    pub affinity: Option<fn(&str) -> Affinity>,
    /// What a type of its own keeps; `None` for those that every database has.
    pub sort: fn(&Spelled<'_>) -> Option<Sort>,
    /// Its own names, and by which PostgreSQL's catalog knows the like.
    pub names: &'static [(&'static str, &'static str)],
    /// Whether a type is one that a project makes, so that its name does not say what it keeps.
    pub is_made: fn(&str) -> bool,
    /// Whether texts are the same whatever the case of their letters.
    pub ignores_case: bool,
    /// Whether a moment that never was stands for none: `'0000-00-00'`.
    pub has_zero_dates: bool,
}

/// What its tables can have, and how they can be altered.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Tables {
    /// The word behind a primary key that counts by itself, where a schema has one.
    pub counts_by: &'static str,
    /// Whether `ADD COLUMN` takes whatever `CREATE TABLE` does: a column that must not be NULL without a constant default.
    pub adds_any_column: bool,
    /// Whether a table gets constraints after it is made.
    pub adds_constraints: bool,
    /// Whether what `ALTER TABLE` cannot do is done by making the table anew.
    pub are_made_anew: bool,
    /// Whether a column that counts by itself has to be the primary key.
    pub counts_in_keys_alone: bool,
    /// Whether foreign keys are enforced without being asked for.
    pub enforces_foreign_keys: bool,
    /// Whether tables can be made from the shared schema value, which has types of any name.
    pub takes_any_schema: bool,
    /// Whether the options of a new table say how its rows are kept, and nothing of the schema.
    pub have_options: bool,
    /// Whether SQLAlchemy makes sequences there.
    pub have_sequences: bool,
    /// Whether a database has several schemas, which statements make.
    pub makes_schemas: bool,
    /// Whether a column of the primary key may be NULL.
    pub takes_null_in_keys: bool,
    /// Whether rows are kept, and a statement that adds some is held against them.
    pub keeps_rows: bool,
    /// Whether its model can take for there what something else may have made.
    pub knows_elsewhere: bool,
}

/// What its indexes can be.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Indexes {
    /// Whether they can have a condition: `WHERE …`.
    pub have_conditions: bool,
    /// Whether each of its versions has them over expressions.
    pub have_expressions: bool,
    /// Whether one comes by itself with a foreign key.
    pub come_with_foreign_keys: bool,
    /// Whether a unique one is a unique constraint, too.
    pub are_constraints: bool,
    /// Whether a name is one of a single table, so that an index is dropped from its table.
    pub belong_to_tables: bool,
    /// Methods that no other database has.
    pub own_methods: &'static [&'static str],
}

/// What transactions do there.
#[derive(Debug)]
pub struct Transactions {
    /// Whether a definition is part of one; else it commits by itself.
    pub hold_definitions: bool,
    /// Whether several statements that are sent as one text are one, too.
    pub hold_texts: bool,
    /// What is said where one does not begin or end; `None` where a warning is all that comes of it.
    pub strict: Option<Strict>,
    /// What its driver in Go says where one is to begin on a connection that is in one, where that is known.
    pub left_open: Option<&'static str>,
    /// Whether golang-migrate has drivers for it that put a file into one, unless they are told not to.
    pub wrap_files: bool,
}

/// What a database says of a transaction that can't begin or end.
#[derive(Debug)]
pub struct Strict {
    pub begins_within: &'static str,
    pub none_to_end: &'static str,
}

/// What is for it in SQLAlchemy, in Alembic and in drivers.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Libraries {
    /// What SQLAlchemy's `dialect.name` is there; the first is what it is called otherwise.
    pub sqlalchemy: &'static [&'static str],
    /// Whether a definition waits for the end of its transaction, as `transactional_ddl` of Alembic's implementation says
    /// (<https://alembic.sqlalchemy.org/en/latest/api/ddl.html>).
    pub transactional_ddl: bool,
    /// Alembic's class for it.
    pub implementation: &'static str,
    /// Whether that class has an `alter_column` of its own, which has a parameter `name`.
    pub alters_columns_itself: bool,
    /// Whether an enum is a type of the schema there, made before the tables that use it.
    pub makes_enums: bool,
    /// Whether an inspector tells indexes that are over expressions.
    pub reflects_expressions: bool,
    /// Whether an inspector tells the indexes that carry a unique constraint beside the constraint.
    pub reflects_carriers: bool,
    /// Whether packages beside Alembic replace functions, views and triggers there.
    pub replaces_routines: bool,
    /// Drivers that send one statement at a time, and those that send several.
    pub one_statement: &'static [&'static str],
    pub several_statements: &'static [&'static str],
}

/// The database of a track of which nothing says it.
pub const USUAL: Dialect = sqlite::DIALECT;

/// The same of a chain of Alembic's.
pub const USUAL_OF_CHAINS: Dialect = postgres::DIALECT;

/// Databases of which nothing is known but how folders are named after them.
const OTHERS: [&str; 37] = [
    "h2",
    "hsqldb",
    "hsql",
    "derby",
    "mssql",
    "sqlserver",
    "oracle",
    "db2",
    "cockroach",
    "cockroachdb",
    "crdb",
    "yugabyte",
    "clickhouse",
    "tidb",
    "ydb",
    "duckdb",
    "cassandra",
    "scylla",
    "spanner",
    "redshift",
    "snowflake",
    "bigquery",
    "firebird",
    "mongodb",
    "opengauss",
    "dm",
    "dameng",
    "oceanbase",
    "kingbase",
    "kingbasees",
    "gaussdb",
    "vastbase",
    "highgo",
    "sybase",
    "informix",
    "hana",
    "sqlsrv",
];

/// What files of such databases are called after at their end: `V3-og.sql`. Elsewhere the words are too short to say so.
const SHORT: [&str; 2] = ["og", "ob"];

/// What a word of a path says of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    Known(Dialect),
    /// It is named after a database that nothing is known of.
    Other(&'static str),
}

/// An empty database where none can be had: a model needs nothing.
pub fn stand_in() -> Box<dyn Database> {
    Box::<postgres::Database>::default()
}

impl Dialect {
    pub const fn of(facts: &'static Facts) -> Self {
        Self(facts)
    }

    pub fn facts(self) -> &'static Facts {
        self.0
    }

    /// Every one, those first whose signs count more.
    pub fn by_weight() -> impl Iterator<Item = Self> {
        let of = |embedded: bool| Self::ALL.into_iter().filter(move |dialect| dialect.0.is_embedded == embedded);
        of(false).chain(of(true))
    }

    /// As the configuration and the reports say it.
    pub fn as_str(self) -> &'static str {
        self.0.name
    }

    /// What SQLAlchemy's `dialect.name` is there.
    pub fn sqlalchemy_names(self) -> &'static [&'static str] {
        self.0.libraries.sqlalchemy
    }

    /// The first of those.
    pub fn sqlalchemy_name(self) -> &'static str {
        self.0.libraries.sqlalchemy[0]
    }

    /// The schema that names without one are in; `None` where that is a database of any name.
    pub fn own_schema(self) -> Option<&'static str> {
        self.0.own_schema
    }

    /// The database's own name, for sentences.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// Whether it keeps values of any sort in a column, whatever its type.
    pub fn is_loose(self) -> bool {
        self.0.types.affinity.is_some()
    }

    /// The sort of value that it would rather keep in a column of a type, where a type is no more than that.
    pub fn affinity(self, data_type: &str) -> Option<Affinity> {
        self.0.types.affinity.map(|affinity| affinity(data_type))
    }

    /// An empty database; fails only where there is no memory for it.
    pub fn open(self, setup: Setup) -> Result<Box<dyn Database>, Refusal> {
        (self.0.open)(setup)
    }

    /// The one of whose driver a text of Go names a module, where it is one alone.
    pub fn of_go_drivers(texts: &[&str]) -> Option<Self> {
        let named = |dialect: &Self| {
            dialect.0.signs.go_drivers.iter().any(|module| texts.iter().any(|text| text.contains(module)))
        };
        let mut found = Self::ALL.into_iter().filter(named);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The one whose own words SQL in lower case has most of; the usual one where it has none.
    pub fn of_words(texts: &[String]) -> Self {
        Self::by_words(texts).unwrap_or(USUAL)
    }

    /// The same; `None` where it has none.
    pub fn by_words(texts: &[String]) -> Option<Self> {
        let count = |dialect: Self| {
            let words = dialect.0.signs.words;
            texts.iter().map(|text| words.iter().map(|word| text.matches(word).count()).sum::<usize>()).sum()
        };
        let mut best = (USUAL, 0_usize);
        for dialect in Self::ALL {
            let count: usize = count(dialect);
            if count > best.1 {
                best = (dialect, count);
            }
        }
        (best.1 > 0).then_some(best.0)
    }

    /// The one that the configuration calls so.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.0.name == name)
    }

    /// The one that the scheme of an address names, or an image, or a folder of revisions.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        let scheme = scheme.to_ascii_lowercase();
        Self::ALL.into_iter().find(|dialect| dialect.0.signs.schemes.contains(&scheme.as_str()))
    }

    /// The one that a word in lower case names in a part of itself, and that part.
    pub fn inside(word: &str) -> Option<(Self, &'static str)> {
        let part = |dialect: Self| dialect.0.signs.inside.iter().find(|part| word.contains(**part));
        Self::ALL.into_iter().find_map(|dialect| Some((dialect, *part(dialect)?)))
    }

    /// The same where that part is a name of it, and not one of a driver's.
    pub fn named_inside(word: &str) -> Option<(Self, &'static str)> {
        Self::inside(word).filter(|(dialect, part)| dialect.0.signs.aliases.contains(part))
    }

    fn position(self) -> usize {
        Self::ALL.iter().position(|known| *known == self).unwrap_or(Self::ALL.len())
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl PartialEq for Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Dialect {}

impl Hash for Dialect {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

/// In the order of the registry.
impl Ord for Dialect {
    fn cmp(&self, other: &Self) -> Ordering {
        self.position().cmp(&other.position())
    }
}

impl PartialOrd for Dialect {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Named {
    /// What the last word of a file's name says.
    pub fn of_ending(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        let of_short = || SHORT.iter().find(|short| **short == lower).map(|short| Self::Other(short));
        Self::of_word(word).or_else(of_short)
    }

    /// What one word of a path says.
    pub fn of_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let known = Dialect::ALL.into_iter().find(|dialect| dialect.0.signs.aliases.contains(&word.as_str()));
        known.map(Self::Known).or_else(|| OTHERS.iter().find(|other| **other == word).map(|other| Self::Other(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_has_a_name_of_its_own() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::ALL.iter().filter(|known| **known == dialect).count(), 1);
            assert_eq!(Named::of_word(dialect.as_str()), Some(Named::Known(dialect)));
        }
    }

    #[test]
    fn signs_are_in_lower_case_and_the_longer_ones_come_first() {
        for dialect in Dialect::ALL {
            let signs = &dialect.facts().signs;
            for all in [signs.aliases, signs.inside, signs.schemes, signs.images, signs.words, signs.environment] {
                assert!(all.iter().all(|sign| *sign == sign.to_lowercase()), "{all:?}");
            }
            for (at, sign) in signs.inside.iter().enumerate() {
                assert!(!signs.inside[at + 1..].iter().any(|other| other.contains(sign)), "{sign} hides another");
            }
        }
    }

    #[test]
    fn one_driver_says_which_database_it_is_and_two_do_not() {
        assert_eq!(Dialect::of_go_drivers(&["import _ \"modernc.org/sqlite\""]), Some(sqlite::DIALECT));
        assert_eq!(Dialect::of_go_drivers(&["a", "require github.com/jackc/pgx/v5"]), Some(postgres::DIALECT));
        assert_eq!(Dialect::of_go_drivers(&["lib/pq", "mattn/go-sqlite3"]), None);
    }
}
