//! What tells that SQL files which are kept for several databases belong together.

use std::collections::BTreeSet;

use crate::schema::token;
use crate::track::sql_files::split_database;

/// Folders whose SQL is no history of a schema.
const NO_HISTORIES: [&str; 32] = [
    "seed",
    "seeds",
    "seeders",
    "stub",
    "stubs",
    "dev",
    "optional",
    "legacy",
    "down",
    "queries",
    "query",
    "sqlc",
    "dump",
    "dumps",
    "backup",
    "backups",
    "demo",
    "sample",
    "samples",
    "bench",
    "benchmark",
    "snippets",
    "views",
    "procedures",
    "data-migrations",
    "data_migrations",
    "datamigrations",
    "e2e",
    "mock",
    "mocks",
    "initdb.d",
    "docker-entrypoint-initdb.d",
];

/// Words of a folder's name that say that it was given up: `mysql-legacy-changes`.
const GIVEN_UP: [&str; 6] = ["legacy", "old", "obsolete", "deprecated", "archive", "archived"];

/// Whether a folder of this name holds no history of a schema: by its whole name, with or without a database in it.
pub fn holds_no_history(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let is_none = |name: &str| NO_HISTORIES.contains(&name);
    let Some((front, behind, _)) = split_database(&lower) else { return is_none(&lower) };
    let separators = ['-', '_', '.', ' '];
    let rest = [front.trim_matches(separators), behind.trim_matches(separators)];
    let is_given_up = |part: &&str| part.split(separators).any(|word| GIVEN_UP.contains(&word));
    rest.iter().any(is_given_up) || rest.concat() != lower && is_none(&rest.concat())
}

/// Whether what lies at a path is what the image of a database runs at its first start: `docker/postgres/init`.
pub fn starts_an_image(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let is_of_image = |part: &str| part.starts_with("docker") || part == "compose";
    lower.split('/').any(is_of_image) && !lower.contains("migrat")
}

/// Whether at least half of the tables of the smaller set are in the other, and no fewer than `least`.
pub fn are_alike(one: &BTreeSet<String>, other: &BTreeSet<String>, least: usize) -> bool {
    let shared = one.intersection(other).count();
    shared >= least && shared * 2 >= one.len().min(other.len())
}

/// The tables that a text makes, in lower case.
pub fn made_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut tokens = token::tokens(text).peekable();
    while let Some(first) = tokens.next() {
        if !first.is("create") {
            continue;
        }
        let Some(_) = tokens.next_if(|token| token.is("table")) else { continue };
        while tokens.next_if(|token| ["if", "not", "exists"].iter().any(|word| token.is(word))).is_some() {}
        let mut name = tokens.next().map(|token| token.value().to_ascii_lowercase());
        while tokens.next_if(|token| token.is_symbol(".")).is_some() {
            name = tokens.next().map(|token| token.value().to_ascii_lowercase());
        }
        names.extend(name);
    }
    names
}
