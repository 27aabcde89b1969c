//! For which database an Alembic chain is, where neither its environment nor its settings name one.

use std::collections::{BTreeSet, HashSet};

use memchr::memmem;

use super::deployment;
use crate::git::{EntryKind, Snapshot};
use crate::path;
use crate::python::bindings::{module_files, module_stem};
use crate::schema::dialect::Dialect;
use crate::source::Source;
use crate::track::ends::ReadError;
use crate::track::feeders::imported;
use crate::track::revision::is_loaded;

/// So many modules are looked into for the address of a database.
const MOST_MODULES: usize = 24;

/// A larger file is none of these.
const LONGEST: usize = 1 << 18;

/// What a file is called that may say where the database is.
const TELLING: [&str; 11] =
    ["conf", "setting", "database", "db", "session", "engine", "connection", "core", "base", "constant", "env"];

/// Files in which a project says what it is installed and run with.
const FILES: [&str; 20] = [
    "requirements.txt",
    "requirements.in",
    "requirements-dev.txt",
    "dev-requirements.txt",
    "test-requirements.txt",
    "requirements/base.txt",
    "requirements/main.txt",
    "requirements/prod.txt",
    "requirements/production.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.py",
    "setup.cfg",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    ".env.example",
    ".env.sample",
    ".env",
];

const POSTGRES: [&str; 4] = ["postgres", "psycopg", "asyncpg", "pg8000"];
const MYSQL: [&str; 8] =
    ["pymysql", "mysqlclient", "aiomysql", "asyncmy", "mysql-connector", "mysql-python", "mysql:", "mariadb:"];

/// A database, and whether it was only chosen among several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub dialect: Dialect,
    pub is_assumed: bool,
}

impl From<Dialect> for Told {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, is_assumed: false }
    }
}

/// The database that the surroundings of an environment tell of; PostgreSQL where none of them tells of another: the
/// addresses in the modules that it imports, the drivers that the project asks for, the dialect that its revisions import.
pub(super) fn of_surroundings(
    environment: &Source,
    versions: &[String],
    snapshot: &Snapshot<'_>,
) -> Result<Told, ReadError> {
    let (addressed, compared) = addressed(environment, snapshot);
    if addressed.contains(&Dialect::Postgres) {
        return Ok(Dialect::Postgres.into());
    }
    let drivers = drivers(environment.path(), snapshot)?;
    let found = match (addressed.contains(&Dialect::Mysql), addressed.contains(&Dialect::Sqlite)) {
        _ if drivers.contains(&Dialect::Postgres) && drivers.contains(&Dialect::Mysql) => {
            return of_several(&addressed, versions, snapshot);
        }
        _ if drivers.contains(&Dialect::Postgres) => return Ok(Dialect::Postgres.into()),
        (true, _) => Dialect::Mysql,
        (false, true) => Dialect::Sqlite,
        (false, false) if drivers.contains(&Dialect::Mysql) => Dialect::Mysql,
        (false, false) if drivers.contains(&Dialect::Sqlite) => Dialect::Sqlite,
        (false, false) => match only(&deployment::databases(snapshot)?) {
            Some(found) => found,
            // What code asks an address for is one of those that it may be.
            None => match only(&compared) {
                Some(dialect) => return Ok(Told { dialect, is_assumed: dialect != Dialect::Postgres }),
                None => return Ok(Dialect::Postgres.into()),
            },
        },
    };
    let is_postgres = speak(versions, snapshot, names_postgres)?;
    Ok(if is_postgres { Dialect::Postgres } else { found }.into())
}

/// The one that a project which asks for several servers' drivers runs with: the only one of which its code, or else its
/// deployment, has an address or an image. Where that does not tell either, any of them may be.
fn of_several(addressed: &BTreeSet<Dialect>, versions: &[String], snapshot: &Snapshot<'_>) -> Result<Told, ReadError> {
    let told = if addressed.is_empty() { deployment::databases(snapshot)? } else { addressed.clone() };
    Ok(match only(&told) {
        Some(Dialect::Postgres) => Dialect::Postgres.into(),
        _ if speak(versions, snapshot, names_postgres)? => Dialect::Postgres.into(),
        Some(only) => only.into(),
        None if speak(versions, snapshot, names_mysql)? => Dialect::Mysql.into(),
        None => Told { dialect: Dialect::Postgres, is_assumed: true },
    })
}

fn only(found: &BTreeSet<Dialect>) -> Option<Dialect> {
    found.first().copied().filter(|_| found.len() == 1)
}

/// The databases whose addresses stand in the modules that an environment imports, itself or through others; then those
/// with whose schemes an address is only compared there.
fn addressed(environment: &Source, snapshot: &Snapshot<'_>) -> (BTreeSet<Dialect>, BTreeSet<Dialect>) {
    let (mut found, mut compared) = (BTreeSet::new(), BTreeSet::new());
    let mut seen = HashSet::new();
    let mut open = vec![environment.clone()];
    let mut next = 0;
    while let Some(source) = open.get(next).cloned() {
        next += 1;
        for (dialect, is_compared) in addresses(source.text()) {
            if is_compared { &mut compared } else { &mut found }.insert(dialect);
        }
        for (level, parts) in imported(source.text()) {
            for file in module_files(source.path(), level, &parts) {
                if seen.len() >= MOST_MODULES || !is_telling(&file) || seen.contains(&file) {
                    continue;
                }
                if let Ok(Some(module)) = snapshot.source(&file) {
                    seen.insert(file);
                    open.push(module);
                }
            }
        }
    }
    (found, compared)
}

/// Whether a module is called after what says where a database is.
fn is_telling(path: &str) -> bool {
    let stem = module_stem(path);
    let name = stem.rsplit('/').next().unwrap_or(stem).to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// The databases of addresses in texts of code: `"sqlite:///db"`, `'mysql+pymysql://…'`; and whether one is a scheme that
/// another address is compared with.
fn addresses(text: &str) -> Vec<(Dialect, bool)> {
    let of = |at: usize| {
        let front = text.get(..at)?;
        let start = front.rfind(['"', '\''])? + 1;
        let scheme = &front[start..];
        let is_scheme = scheme.chars().all(|part| part.is_ascii_alphanumeric() || matches!(part, '+' | '_'));
        let dialect = is_scheme.then(|| super::chains::dialect_of_scheme(scheme))??;
        Some((dialect, is_compared(&front[..start], &text[at + "://".len()..])))
    };
    memmem::find_iter(text.as_bytes(), b"://").filter_map(of).collect()
}

/// Whether what stands around a scheme only asks whether another address begins with it: `"sqlite://" in url`,
/// `url.startswith("sqlite://")`, `url == "sqlite://"`.
fn is_compared(before: &str, after: &str) -> bool {
    let Some(rest) = after.strip_prefix(['"', '\'']) else { return false };
    let rest = rest.trim_start_matches(' ');
    let before = before.trim_end_matches(['"', '\'', ' ', '(']);
    rest.starts_with("in ") || rest.starts_with("not in ") || ["startswith", "==", "!="].iter().any(|one| before.ends_with(one))
}

/// The databases whose drivers, or which themselves, the files name that lie beside or above an environment.
fn drivers(environment: &str, snapshot: &Snapshot<'_>) -> Result<BTreeSet<Dialect>, ReadError> {
    let mut found = BTreeSet::new();
    let mut folder = path::folder(environment);
    loop {
        for name in FILES {
            let file = path::join(folder, name);
            let Some(entry) = snapshot.entry(&file)?.filter(|entry| entry.kind == EntryKind::File) else { continue };
            let Some(source) = snapshot.read_text(&file, &entry)?.filter(|source| source.text().len() <= LONGEST)
            else {
                continue;
            };
            let text = source.text().to_ascii_lowercase();
            let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
            found.extend(has(&POSTGRES).then_some(Dialect::Postgres));
            found.extend(has(&MYSQL).then_some(Dialect::Mysql));
            found.extend(has(&["aiosqlite", "sqlite:"]).then_some(Dialect::Sqlite));
        }
        if folder.is_empty() {
            return Ok(found);
        }
        folder = path::folder(folder);
    }
}

/// Whether the text of a revision is one of these.
fn speak(versions: &[String], snapshot: &Snapshot<'_>, names: fn(&str) -> bool) -> Result<bool, ReadError> {
    for folder in versions {
        for entry in snapshot.list(folder)? {
            if entry.kind != EntryKind::File || !is_loaded(&entry.name) {
                continue;
            }
            let source = snapshot.read_text(&path::join(folder, &entry.name), &entry)?;
            if source.is_some_and(|source| names(source.text())) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a revision takes something from SQLAlchemy's dialect for PostgreSQL, or asks whether it is that. A word for
/// PostgreSQL alone, such as `postgresql_using`, costs other databases nothing, and says nothing of which it is.
fn names_postgres(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"postgresql").any(|at| {
        let (before, after) = (&text[..at], &text[at + "postgresql".len()..]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_compared = before.ends_with(['"', '\'']) && after.starts_with(['"', '\'']);
        is_compared || line.contains("import") || before.ends_with("dialects.")
    })
}

/// Whether a revision takes something from SQLAlchemy's dialect for MySQL, or says what no other database takes.
fn names_mysql(text: &str) -> bool {
    let imports = |line: &str| line.contains("import") && line.contains("mysql");
    let says = |line: &str| line.contains("ALTER TABLE `") || line.contains(" MODIFY COLUMN ");
    text.lines().any(|line| imports(line) || says(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_database_by_its_scheme() {
        let of = |text: &str| addresses(text).into_iter().map(|(dialect, _)| dialect).collect::<Vec<_>>();
        let compared = |text: &str| addresses(text).into_iter().any(|(_, is_compared)| is_compared);
        assert_eq!(of("URL = config('URL', default=\"sqlite:///db.sqlite3\")"), [Dialect::Sqlite]);
        assert_eq!(of("f'mysql+pymysql://{user}@{host}'"), [Dialect::Mysql]);
        assert_eq!(of("x = \"postgresql+asyncpg://a\" or 'sqlite://'"), [Dialect::Postgres, Dialect::Sqlite]);
        assert!(of("# see https://mysql.example/ and \"a mysql://\"").is_empty());
        assert!(of("url.startswith('sqlite')").is_empty());
        assert!(compared("if 'sqlite://' in url:"));
        assert!(compared("if url.startswith((\"sqlite://\", 'x')):"));
        assert!(!compared("create_engine('sqlite://')"));
        assert!(!compared("url = url or \"sqlite://\""));
    }
}
