//! The schema value that every engine produces, the difference of two, and the engines themselves.

pub mod database;
pub mod delta;
pub mod dialect;
pub mod form;
pub mod model;
pub mod mysql;
pub mod postgres;
pub mod render;
pub mod sqlite;
pub mod statement;
pub mod token;
pub mod types;
