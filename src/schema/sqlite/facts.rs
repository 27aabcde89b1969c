//! What is said of SQLite.

use crate::schema::database::{Sort as Of, Thing};
use crate::schema::dialect::{
    Dialect, Facts, Fork, Indexes, Libraries, Signs, Statements, Strict, Tables, Transactions, Types,
};
use crate::schema::literals::{Literals, hexadecimal, quoted};
use crate::schema::statement::{Effect, Words, first_word};
use crate::schema::token;
use crate::schema::types::{Affinity, Sort, Spelled, is_geometry, is_never_made};

pub const DIALECT: Dialect = Dialect::of(&FACTS);

static FACTS: Facts = Facts {
    name: "sqlite",
    title: "SQLite",
    own_schema: Some("main"),
    is_embedded: true,
    longest_name: None,
    // <https://www.sqlite.org/lang_keywords.html>
    takes_backticks: true,
    signs: Signs {
        aliases: &["sqlite", "sqlite3", "libsql", "turso", "sqlitedb", "rqlite", "hiqlite", "modernc"],
        inside: &["sqlite3", "sqlite"],
        schemes: &["sqlite", "sqlite3"],
        images: &[],
        words: &["sqlite", "autoincrement", "pragma "],
        alone: &[],
        environment: &["sqlite:", "aiosqlite"],
        needed: &["aiosqlite", "sqlite:"],
        python: &["sqlite", "pragma"],
        go_names: &["sqlite", "sqlite3"],
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
        server: None,
    },
    statements: Statements {
        effect,
        unless_there,
        // <https://github.com/tursodatabase/libsql/blob/main/libsql-sqlite3/doc/libsql_extensions.md>
        refuses_rows: |_| None,
        fork: Some(Fork { package: "libsql", takes: alters_column }),
        literals: Literals { text: quoted, bytes: |bytes| format!("X'{}'", hexadecimal(bytes)), truth: ["0", "1"] },
    },
    types: Types {
        affinity: Some(affinity),
        sort,
        names: &[("datetime", "timestamp")],
        is_made: is_never_made,
        ignores_case: false,
        has_zero_dates: false,
    },
    // <https://www.sqlite.org/lang_altertable.html>, <https://www.sqlite.org/autoinc.html>,
    // <https://www.sqlite.org/foreignkeys.html#fk_enable>, <https://www.sqlite.org/quirks.html>
    tables: Tables {
        counts_by: "AUTOINCREMENT",
        adds_any_column: false,
        adds_constraints: false,
        are_made_anew: true,
        counts_in_keys_alone: true,
        enforces_foreign_keys: false,
        takes_any_schema: true,
        have_options: false,
        have_sequences: false,
        makes_schemas: false,
        takes_null_in_keys: true,
        keeps_rows: true,
        knows_elsewhere: false,
    },
    indexes: Indexes {
        have_conditions: true,
        have_expressions: true,
        come_with_foreign_keys: false,
        are_constraints: false,
        belong_to_tables: false,
        own_methods: &[],
    },
    // <https://www.sqlite.org/lang_transaction.html>,
    // <https://github.com/golang-migrate/migrate/tree/master/database/sqlite3>
    transactions: Transactions {
        hold_definitions: true,
        hold_texts: false,
        strict: Some(Strict {
            begins_within: "cannot start a transaction within a transaction",
            none_to_end: "cannot commit - no transaction is active",
        }),
        left_open: None,
        wrap_files: true,
    },
    libraries: Libraries {
        sqlalchemy: &["sqlite"],
        transactional_ddl: false,
        implementation: "SQLiteImpl",
        alters_columns_itself: false,
        makes_enums: false,
        reflects_expressions: false,
        reflects_carriers: false,
        replaces_routines: false,
        one_statement: &[],
        several_statements: &[],
    },
    open: super::database::open,
};

/// Words that SQLite does not know are refused there, as a definition is.
const WORDS: Words = Words {
    rows: &["insert", "update", "delete", "replace"],
    reads: &["select", "with", "values", "explain", "pragma"],
    transaction: &["begin", "commit", "end", "rollback", "savepoint", "release"],
    control: &["vacuum", "analyze", "reindex", "attach", "detach"],
};

fn effect(sql: &str) -> Effect {
    first_word(sql).map_or(Effect::Control, |first| WORDS.effect(first))
}

fn unless_there(thing: &Thing) -> &'static str {
    if thing.sort == Of::Column {
        "ask `PRAGMA table_info` for it first (`ADD COLUMN` has no `IF NOT EXISTS` in SQLite)"
    } else {
        "say `IF NOT EXISTS`"
    }
}

/// Whether a statement is libSQL's `ALTER TABLE … ALTER COLUMN … TO …`.
fn alters_column(sql: &str) -> bool {
    let words: Vec<String> = token::tokens(sql).map(|token| token.value().to_ascii_lowercase()).collect();
    words.first().is_some_and(|word| word == "alter")
        && words.windows(2).skip(2).any(|pair| pair == ["alter", "column"])
}

fn sort(of: &Spelled<'_>) -> Option<Sort> {
    match of.base {
        // `ANY` is a word of strict tables (https://www.sqlite.org/stricttables.html).
        "" | "ANY" => Some(Sort::Any),
        base if is_geometry(base) => Some(Sort::Structured),
        _ => None,
    }
}

/// The affinity that SQLite gives a column of this type, by the rules of section 3.1.
pub fn affinity(data_type: &str) -> Affinity {
    let upper = data_type.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    match () {
        () if has(&["INT"]) => Affinity::Integer,
        () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
        () if upper.trim().is_empty() || has(&["BLOB"]) => Affinity::Blob,
        () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
        () => Affinity::Numeric,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_documentation_hold() {
        for (types, expected) in [
            ("INT,INTEGER,TINYINT,BIGINT,UNSIGNED BIG INT,INT8,FLOATING POINT,CHARINT", Affinity::Integer),
            ("CHARACTER(20),VARCHAR(255),NATIVE CHARACTER(70),TEXT,CLOB", Affinity::Text),
            ("BLOB,", Affinity::Blob),
            ("REAL,DOUBLE,DOUBLE PRECISION,FLOAT", Affinity::Real),
            ("NUMERIC,DECIMAL(10.5),BOOLEAN,DATE,DATETIME,STRING", Affinity::Numeric),
        ] {
            for data_type in types.split(',') {
                assert_eq!(affinity(data_type), expected, "{data_type}");
            }
        }
    }
}
