//! What is said of PostgreSQL.

use super::nulls::refuses_rows;
use super::types::is_of_catalog;
use crate::schema::database::{Sort as Of, Thing};
use crate::schema::dialect::{
    Dialect, Facts, Indexes, Libraries, Signs, Statements, Tables, Transactions, Types,
};
use crate::schema::literals::{Literals, hexadecimal, quoted};
use crate::schema::statement::{self, Effect, first_word};
use crate::schema::token::Token;
use crate::schema::types::{Sort, Spelled};

pub const DIALECT: Dialect = Dialect::of(&FACTS);

static FACTS: Facts = Facts {
    name: "postgres",
    title: "PostgreSQL",
    own_schema: Some("public"),
    is_embedded: false,
    longest_name: Some(super::LONGEST_NAME),
    takes_backticks: false,
    signs: Signs {
        aliases: &["postgres", "postgresql", "postgre", "pgsql", "pg", "psql", "postgresdb", "pgdb", "pglite", "pgx", "pgx5", "pq", "libpq"],
        inside: &["postgresql", "postgres", "pgsql", "pgx"],
        schemes: &["postgres", "postgresql", "pg", "psql"],
        images: &["postgis", "pgvector", "timescale", "postgresql"],
        words: &["postgres", "timestamptz", "bigserial", " serial", "jsonb", "pg_", "plpgsql"],
        alone: &[],
        environment: &["postgres", "psycopg", "asyncpg"],
        needed: &["postgres", "psycopg", "asyncpg", "pg8000"],
        python: &["psycopg", "asyncpg"],
        go_names: &["postgres", "postgresql", "pgx", "pg"],
        go_drivers: &["lib/pq", "jackc/pgx", "go-pg/pg", "gorm.io/driver/postgres"],
        server: None,
    },
    statements: Statements {
        effect,
        unless_there,
        refuses_rows,
        fork: None,
        literals: Literals {
            text: quoted,
            bytes: |bytes| format!("'\\x{}'::bytea", hexadecimal(bytes)),
            truth: ["false", "true"],
        },
    },
    types: Types {
        affinity: None,
        sort,
        names: &[("serial", "integer"), ("bigserial", "bigint"), ("smallserial", "smallint")],
        is_made: |data_type| !is_of_catalog(data_type),
        ignores_case: false,
        has_zero_dates: false,
    },
    tables: Tables {
        counts_by: "AUTOINCREMENT",
        adds_any_column: true,
        adds_constraints: true,
        are_made_anew: false,
        counts_in_keys_alone: false,
        enforces_foreign_keys: true,
        takes_any_schema: false,
        have_options: false,
        have_sequences: true,
        makes_schemas: true,
        takes_null_in_keys: false,
        keeps_rows: false,
        knows_elsewhere: true,
    },
    indexes: Indexes {
        have_conditions: true,
        have_expressions: true,
        come_with_foreign_keys: false,
        are_constraints: false,
        belong_to_tables: false,
        own_methods: &[],
    },
    // <https://github.com/lib/pq/blob/master/conn.go>: `checkIsInTransaction`
    transactions: Transactions {
        hold_definitions: true,
        hold_texts: true,
        strict: None,
        left_open: Some("lib/pq: unexpected transaction status in transaction"),
        wrap_files: false,
    },
    libraries: Libraries {
        sqlalchemy: &["postgresql"],
        transactional_ddl: true,
        implementation: "PostgresqlImpl",
        alters_columns_itself: true,
        makes_enums: true,
        reflects_expressions: true,
        reflects_carriers: true,
        replaces_routines: true,
        one_statement: &[],
        several_statements: &[],
    },
    open: super::database::open,
};

/// Words of definitions: it has more words than these that change no schema.
const DEFINITIONS: [&str; 7] = ["create", "alter", "drop", "do", "call", "execute", "import"];

fn effect(sql: &str) -> Effect {
    let Some(first) = first_word(sql) else { return Effect::Control };
    match statement::effect(sql) {
        _ if statement::is(first, &DEFINITIONS) || decides_names(sql, first) => Effect::Schema,
        Effect::Schema => Effect::Control,
        effect => effect,
    }
}

/// Whether a statement that is no definition decides what is in the schema: where names lie, or a table that is made of a
/// query.
fn decides_names(sql: &str, first: Token<'_>) -> bool {
    let says = |words: &str| sql.to_ascii_lowercase().contains(words);
    first.is("set") && says("search_path") || first.is("select") && says(" into ")
}

fn unless_there(thing: &Thing) -> &'static str {
    match thing.sort {
        // `CREATE TYPE` and `ADD CONSTRAINT` have no such words.
        Of::Type => "make the type with `checkfirst=True`, and let columns name it with `create_type=False`",
        Of::Constraint | Of::Other => "ask the catalog for it first",
        Of::Table | Of::Dropped | Of::Column | Of::Index | Of::Schema | Of::Extension => "say `IF NOT EXISTS`",
    }
}

fn sort(of: &Spelled<'_>) -> Option<Sort> {
    match of.base {
        base if base.ends_with("[]") => None,
        base if base.starts_with("INTERVAL") => Some(Sort::Span),
        base if base.ends_with("RANGE") => Some(Sort::Structured),
        "INET" | "CIDR" | "MACADDR" | "MACADDR8" => Some(Sort::Address),
        "OID" => Some(Sort::Integer),
        _ => None,
    }
}
