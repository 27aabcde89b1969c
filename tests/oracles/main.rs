//! What is evaluated, held against the real thing: CPython, Alembic, SQLAlchemy, SQLite, PostgreSQL, MariaDB.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod alembic_idioms;
mod alembic_mysql;
mod alembic_random;
mod alembic_settings;
mod alembic_sqlite;
mod alembic_sqlite_random;
mod chains;
mod model_idioms;
mod model_pairs;
mod mysql;
mod mysql_ddl;
mod mysql_random;
mod postgres;
mod postgres_ddl;
mod python_idioms;
mod real_chain;
mod sql_command;
mod sql_files;
mod sqlite_engine;
