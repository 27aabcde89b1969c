//! The databases that tracks are for, and every name that they go by. One line in `TABLE` is a dialect.

use super::database::{Database, Refusal, Setup};
use super::{mysql, postgres, sqlite};

/// The database that a track is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    Sqlite,
    Postgres,
    Mysql,
}

/// What is known of a dialect.
struct Facts {
    dialect: Dialect,
    /// As the configuration and the reports say it.
    name: &'static str,
    /// The database's own name, for sentences.
    title: &'static str,
    /// What SQLAlchemy's `dialect.name` is there.
    sqlalchemy: &'static [&'static str],
    /// The schema that names without one are in; `None` where that is a database of any name.
    own_schema: Option<&'static str>,
    /// By what words folders and files are named after it, in lower case.
    aliases: &'static [&'static str],
    /// Modules of Go's drivers.
    go_drivers: &'static [&'static str],
    /// Words that its SQL alone has, in lower case.
    words: &'static [&'static str],
    /// Opens an empty database.
    open: fn(Setup) -> Result<Box<dyn Database>, Refusal>,
}

const TABLE: [Facts; 3] = [
    Facts {
        dialect: Dialect::Sqlite,
        name: "sqlite",
        title: "SQLite",
        sqlalchemy: &["sqlite"],
        own_schema: Some("main"),
        aliases: &["sqlite", "sqlite3", "libsql", "turso", "sqlitedb", "rqlite", "hiqlite"],
        go_drivers: &[
            "mattn/go-sqlite3",
            "modernc.org/sqlite",
            "ncruces/go-sqlite3",
            "glebarez/sqlite",
            "glebarez/go-sqlite",
            "zombiezen.com/go/sqlite",
            "crawshaw.io/sqlite",
            "gorm.io/driver/sqlite",
            "tursodatabase",
            "mutecomm/go-sqlcipher",
        ],
        words: &["sqlite", "autoincrement", "pragma "],
        open: sqlite::database::open,
    },
    Facts {
        dialect: Dialect::Postgres,
        name: "postgres",
        title: "PostgreSQL",
        sqlalchemy: &["postgresql"],
        own_schema: Some("public"),
        aliases: &["postgres", "postgresql", "postgre", "pgsql", "pg", "psql", "postgresdb", "pgdb", "pglite"],
        go_drivers: &["lib/pq", "jackc/pgx", "go-pg/pg", "gorm.io/driver/postgres"],
        words: &["postgres", "timestamptz", "bigserial", " serial", "jsonb", "pg_", "plpgsql"],
        open: postgres::database::open,
    },
    Facts {
        dialect: Dialect::Mysql,
        name: "mysql",
        title: "MySQL",
        sqlalchemy: &["mysql", "mariadb"],
        own_schema: None,
        aliases: &["mysql", "mariadb", "mysql8", "maria", "mysqldb"],
        go_drivers: &["go-sql-driver/mysql", "gorm.io/driver/mysql"],
        words: &["mysql", "auto_increment", "engine=innodb", "engine = innodb"],
        open: mysql::database::open,
    },
];

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
    pub const ALL: [Self; TABLE.len()] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    fn facts(self) -> &'static Facts {
        // The table has a line for each, as a test says.
        TABLE.iter().find(|facts| facts.dialect == self).unwrap_or(&TABLE[0])
    }

    /// As the configuration and the reports say it.
    pub fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// What SQLAlchemy's `dialect.name` is there.
    pub fn sqlalchemy_names(self) -> &'static [&'static str] {
        self.facts().sqlalchemy
    }

    /// The first of those.
    pub fn sqlalchemy_name(self) -> &'static str {
        self.facts().sqlalchemy[0]
    }

    /// The schema that names without one are in; `None` where that is a database of any name.
    pub fn own_schema(self) -> Option<&'static str> {
        self.facts().own_schema
    }

    /// The database's own name, for sentences.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// An empty database; fails only where there is no memory for it.
    pub fn open(self, setup: Setup) -> Result<Box<dyn Database>, Refusal> {
        (self.facts().open)(setup)
    }

    /// The one of whose driver a text of Go names a module, where it is one alone.
    pub fn of_go_drivers(texts: &[&str]) -> Option<Self> {
        let named =
            |facts: &Facts| facts.go_drivers.iter().any(|module| texts.iter().any(|text| text.contains(module)));
        let mut found = TABLE.iter().filter(|facts| named(facts));
        let first = found.next()?;
        found.next().is_none().then_some(first.dialect)
    }

    /// The one whose own words SQL in lower case has most of; SQLite where it has none.
    pub fn of_words(texts: &[String]) -> Self {
        Self::by_words(texts).unwrap_or(Self::Sqlite)
    }

    /// The same; `None` where it has none.
    pub fn by_words(texts: &[String]) -> Option<Self> {
        let count = |facts: &Facts| {
            texts.iter().map(|text| facts.words.iter().map(|word| text.matches(word).count()).sum::<usize>()).sum()
        };
        let mut best = (Self::Sqlite, 0_usize);
        for facts in &TABLE {
            let count: usize = count(facts);
            if count > best.1 {
                best = (facts.dialect, count);
            }
        }
        (best.1 > 0).then_some(best.0)
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
        let known = TABLE.iter().find(|facts| facts.aliases.contains(&word.as_str()));
        known
            .map(|facts| Self::Known(facts.dialect))
            .or_else(|| OTHERS.iter().find(|other| **other == word).map(|other| Self::Other(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_has_a_line_of_its_own() {
        for dialect in Dialect::ALL {
            assert_eq!(TABLE.iter().filter(|facts| facts.dialect == dialect).count(), 1);
            assert_eq!(Named::of_word(dialect.as_str()), Some(Named::Known(dialect)));
        }
    }

    #[test]
    fn one_driver_says_which_database_it_is_and_two_do_not() {
        assert_eq!(Dialect::of_go_drivers(&["import _ \"modernc.org/sqlite\""]), Some(Dialect::Sqlite));
        assert_eq!(Dialect::of_go_drivers(&["a", "require github.com/jackc/pgx/v5"]), Some(Dialect::Postgres));
        assert_eq!(Dialect::of_go_drivers(&["lib/pq", "mattn/go-sqlite3"]), None);
    }
}
