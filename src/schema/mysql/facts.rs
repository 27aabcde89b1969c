//! What is said of MySQL and MariaDB.

use super::Flavour;
use crate::schema::dialect::{
    Dialect, Facts, Indexes, Libraries, Signs, Statements, Tables, Transactions, Types,
};
use crate::schema::literals::{Literals, hexadecimal, quoted};
use crate::schema::statement::{Effect, Words};
use crate::schema::token;
use crate::schema::types::{Sort, Spelled, is_geometry, is_never_made};

pub const DIALECT: Dialect = Dialect::of(&FACTS);

static FACTS: Facts = Facts {
    name: "mysql",
    title: "MySQL",
    own_schema: None,
    is_embedded: false,
    longest_name: Some(super::LONGEST_NAME),
    takes_backticks: true,
    signs: Signs {
        aliases: &["mysql", "mariadb", "mysql8", "mysql5", "maria", "mysqldb"],
        inside: &["mysql", "mariadb"],
        schemes: &["mysql", "mariadb"],
        images: &[],
        words: &["mysql", "auto_increment", "engine=innodb", "engine = innodb"],
        alone: &["ALTER TABLE `", "CREATE TABLE `", "UPDATE `", " MODIFY COLUMN "],
        environment: &["mysql", "mariadb", "asyncmy"],
        needed: &[
            "pymysql",
            "mysqlclient",
            "aiomysql",
            "asyncmy",
            "mysql-connector",
            "mysql-python",
            "mysql:",
            "mariadb:",
        ],
        python: &["pymysql", "mysqldb", "mysql.connector", "aiomysql", "asyncmy", "import mariadb"],
        go_names: &["mysql", "mariadb"],
        go_drivers: &["go-sql-driver/mysql", "gorm.io/driver/mysql"],
        server: Some(server),
    },
    statements: Statements {
        effect,
        unless_there: |_| "ask the catalog for it first",
        refuses_rows: |_| None,
        fork: None,
        // A backslash means something there.
        literals: Literals {
            text: |text| quoted(&text.replace('\\', "\\\\")),
            bytes: |bytes| format!("X'{}'", hexadecimal(bytes)),
            truth: ["false", "true"],
        },
    },
    types: Types {
        affinity: None,
        sort,
        names: &[
            ("tinyint(1)", "boolean"),
            ("double", "double precision"),
            ("tinytext", "text"),
            ("mediumtext", "text"),
            ("longtext", "text"),
            ("mediumint", "integer"),
            ("tinyint", "smallint"),
            ("blob", "bytea"),
            ("tinyblob", "bytea"),
            ("mediumblob", "bytea"),
            ("longblob", "bytea"),
            ("binary", "bytea"),
            ("varbinary", "bytea"),
        ],
        is_made: is_never_made,
        // <https://dev.mysql.com/doc/refman/8.4/en/case-sensitivity.html>
        ignores_case: true,
        // <https://dev.mysql.com/doc/refman/8.4/en/datetime.html>
        has_zero_dates: true,
    },
    tables: Tables {
        counts_by: "AUTO_INCREMENT",
        adds_any_column: true,
        adds_constraints: true,
        are_made_anew: false,
        counts_in_keys_alone: false,
        enforces_foreign_keys: true,
        takes_any_schema: false,
        have_options: true,
        have_sequences: false,
        makes_schemas: false,
        takes_null_in_keys: false,
        keeps_rows: false,
        knows_elsewhere: false,
    },
    // <https://dev.mysql.com/doc/refman/8.4/en/create-index.html>, and of foreign keys
    // <https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>
    indexes: Indexes {
        have_conditions: false,
        have_expressions: false,
        come_with_foreign_keys: true,
        are_constraints: true,
        belong_to_tables: true,
        own_methods: &["fulltext", "spatial"],
    },
    // <https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>
    transactions: Transactions { hold_definitions: false, hold_texts: false, strict: None, left_open: None, wrap_files: false },
    libraries: Libraries {
        sqlalchemy: &["mysql", "mariadb"],
        transactional_ddl: false,
        implementation: "MySQLImpl",
        alters_columns_itself: true,
        makes_enums: false,
        reflects_expressions: true,
        reflects_carriers: false,
        replaces_routines: false,
        // PyMySQL does, and those that are made of it.
        one_statement: &["pymysql", "aiomysql", "asyncmy"],
        several_statements: &["mysqldb", "mysqlclient", "mysqlconnector"],
    },
    open: super::database::open,
};

/// It reads settings as it reads definitions; a block of MariaDB's begins with `BEGIN NOT ATOMIC`.
const WORDS: Words = Words {
    rows: &["insert", "update", "delete", "replace", "load"],
    reads: &["select", "with", "values", "table", "explain", "show", "describe", "desc"],
    transaction: &["commit", "rollback", "savepoint", "release", "start"],
    control: &["lock", "unlock", "analyze", "optimize"],
};

fn effect(sql: &str) -> Effect {
    let first = token::tokens(sql).find(|token| !token.is_symbol(";") && !token.is_symbol("("));
    first.map_or(Effect::Control, |first| WORDS.effect(first))
}

fn sort(of: &Spelled<'_>) -> Option<Sort> {
    match (of.base, of.argument) {
        // It has no other truth value.
        ("TINYINT" | "BIT", "1") => Some(Sort::Boolean),
        (base, _) if is_geometry(base) => Some(Sort::Structured),
        _ => None,
    }
}

/// Which of the two an image is for, and of what is like one of them; an image of an old MySQL is told by no model here.
fn server(image: &str, tag: &str) -> Option<Flavour> {
    match image {
        "mariadb" => Some(Flavour::MariaDb),
        "mysql" | "mysql-server" | "percona" => {
            let is_new = tag.starts_with(['8', '9']) || matches!(tag, "latest" | "lts" | "innovation");
            Some(if is_new { Flavour::MySql } else { Flavour::Unknown })
        }
        _ => None,
    }
}
