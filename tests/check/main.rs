//! The whole program over projects of our own: what it finds, what its commands do, what it withstands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod action;
mod bad_input;
mod chain_edits;
mod commands;
mod config_schema;
mod drift_mutations;
mod evaluate_safety;
mod fix;
mod fixtures;
mod generated;
mod hooks;
mod house;
mod long_chains;
mod model_mutations;
mod project;
mod random_chain;
mod range;
mod readme;
mod releases;
mod schema_mutations;
mod scripts;
mod sql;
mod sqlite_safety;
