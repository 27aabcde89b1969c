//! What the environment of a chain says about transactions and the driver where its evaluation does not tell: its text does.

use crate::path;
use crate::python::eval::{Interpreter, Manner, Value};
use crate::schema::dialect::{Dialect, Libraries};

/// How an environment that was evaluated sends statements to its database, as far as that makes a difference there.
pub(super) fn manner(vm: &mut Interpreter<'_>, dialect: Dialect) -> Manner {
    let libraries = &dialect.facts().libraries;
    if libraries.transactional_ddl {
        return in_transactions(vm);
    }
    Manner { single: sends_one_statement(vm, libraries), ..Manner::default() }
}

/// The same where a definition waits for the end of its transaction.
fn in_transactions(vm: &mut Interpreter<'_>) -> Manner {
    // Where that is not known, either may be.
    let said = vm.setup.option("transaction_per_migration");
    let said = matches!(said, Some(Value::Bool(true) | Value::Unknown(_)));
    let Some(environment) = vm.environment.clone() else {
        return Manner { commits_each: said, ..Manner::default() };
    };
    let text = vm.file_text(&environment).unwrap_or_default();
    let commits_each = said || !vm.setup.configured && commits_each(&text);
    let is_transactional = match vm.setup.option("transactional_ddl") {
        Some(value) => matches!(value, Value::Bool(true) | Value::None),
        None => !text.contains("transactional_ddl"),
    };
    let autocommits = !is_transactional || text.contains("AUTOCOMMIT");
    let said = Said::of(vm, &environment, &text);
    let prepares = is_async(&text) && prepares(&said);
    Manner { commits_each, autocommits, prepares, reopens: reopens(&said), single: false }
}

/// Whether the driver sends one statement at a time, by the address or by what the project depends on.
fn sends_one_statement(vm: &mut Interpreter<'_>, libraries: &Libraries) -> bool {
    let Some(environment) = vm.environment.clone().filter(|_| !libraries.one_statement.is_empty()) else {
        return false;
    };
    let text = vm.file_text(&environment).unwrap_or_default();
    let Said { addresses, needed } = Said::of(vm, &environment, &text);
    let texts: Vec<String> = addresses.iter().chain(&needed).map(|text| text.to_lowercase()).collect();
    let names = |signs: &[&str]| texts.iter().any(|text| signs.iter().any(|sign| text.contains(sign)));
    names(libraries.one_statement) && !names(libraries.several_statements)
}

/// Whether each migration is committed before the next one begins.
fn commits_each(text: &str) -> bool {
    text.split("transaction_per_migration").skip(1).any(|rest| {
        let value = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(['=', ':']);
        value.is_some_and(|value| value.trim_start().starts_with("True"))
    })
}

/// Whether migrations run on a connection of SQLAlchemy's asyncio extension.
fn is_async(text: &str) -> bool {
    ["async_engine_from_config", "create_async_engine", "AsyncEngine(", ".run_sync("]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Whether the driver is asyncpg, by the address or by what the project depends on: psycopg can be used so, too.
fn prepares(said: &Said) -> bool {
    if names(&said.addresses, "+psycopg") {
        return false;
    }
    names(&said.addresses, "+asyncpg")
        || names(&said.needed, "asyncpg") && !said.needed.iter().any(|text| has_psycopg(text))
}

/// Whether the driver is surely the third psycopg: after a transaction that a statement ended it begins another one, which
/// the second and asyncpg do not.
fn reopens(said: &Said) -> bool {
    if names(&said.addresses, "+psycopg2") || names(&said.addresses, "+asyncpg") {
        return false;
    }
    let has_another = ["psycopg2", "asyncpg", "pg8000"].iter().any(|driver| names(&said.needed, driver));
    names(&said.addresses, "+psycopg") || !has_another && said.needed.iter().any(|text| has_psycopg(text))
}

/// What a project says of its driver.
struct Said {
    /// The texts in which the address of a database may stand.
    addresses: Vec<String>,
    /// The texts that say what the project depends on.
    needed: Vec<String>,
}

impl Said {
    fn of(vm: &mut Interpreter<'_>, environment: &str, text: &str) -> Self {
        let mut addresses = vec![text.to_owned()];
        addresses.extend(around(vm, environment, &["alembic.ini"]));
        Self { addresses, needed: around(vm, environment, &MANIFESTS) }
    }
}

/// What says which packages a project depends on.
const MANIFESTS: [&str; 5] = ["pyproject.toml", "requirements.txt", "requirements/base.txt", "setup.cfg", "Pipfile"];

fn names(texts: &[String], sign: &str) -> bool {
    texts.iter().any(|text| text.contains(sign))
}

/// The texts of files in the folders above the environment.
fn around(vm: &mut Interpreter<'_>, environment: &str, files: &[&str]) -> Vec<String> {
    let mut folder = environment;
    let mut texts = Vec::new();
    for _ in 0..MOST_FOLDERS {
        folder = path::folder(folder);
        for file in files {
            texts.extend(vm.file_text(&path::join(folder, file)));
        }
        if folder.is_empty() {
            break;
        }
    }
    texts
}

/// How many folders above the environment are looked into.
const MOST_FOLDERS: usize = 6;

/// Whether a project depends on the third psycopg, which is another package than the second.
fn has_psycopg(text: &str) -> bool {
    text.match_indices("psycopg").any(|(at, name)| {
        let rest = &text[at + name.len()..];
        !rest.starts_with('2')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_migrations_are_committed() {
        assert!(commits_each("context.configure(transaction_per_migration=True)"));
        assert!(commits_each("options = {\"transaction_per_migration\": True}"));
        assert!(!commits_each("context.configure(transaction_per_migration=False)"));
    }

    #[test]
    fn the_third_psycopg_is_told_from_the_second() {
        assert!(has_psycopg("psycopg[binary]>=3.1"));
        assert!(!has_psycopg("psycopg2-binary==2.9"));
    }
}
