//! For which database an Alembic chain is, where neither its environment nor its settings name one.

use std::collections::{BTreeSet, HashSet};

use memchr::memmem;

use super::deployment;
use crate::folders::is_skipped;
use crate::git::{EntryKind, Snapshot};
use crate::kinds::detect::Told;
use crate::path;
use crate::python::bindings::{module_files, module_stem};
use crate::schema::dialect::{Dialect, USUAL_OF_CHAINS};
use crate::schema::outside::Outside;
use crate::source::Source;
use crate::track::ddl;
use crate::track::ends::ReadError;
use crate::track::feeders::imported;
use crate::track::revision::is_loaded;

/// So many modules are looked into for the address of a database.
const MOST_MODULES: usize = 24;

/// So many folders of a project, and files in them, are looked into for a place that opens a database.
const MOST_FOLDERS: usize = 200;
const MOST_FILES: usize = 600;

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

/// The database that the surroundings of an environment tell of: the addresses in the modules that it imports, the drivers that the
/// project asks for, the dialect that its revisions import. Where they tell of none it is the usual one of chains. `default` is
/// what the environment takes where a deployment says nothing.
pub(super) fn of_surroundings(
    environment: &Source,
    versions: &[String],
    snapshot: &Snapshot<'_>,
    default: Option<Dialect>,
) -> Result<Told, ReadError> {
    let modules = telling_modules(environment, snapshot);
    let addressed: BTreeSet<Dialect> = modules.iter().flat_map(|module| addresses(module.text())).collect();
    if addressed.contains(&USUAL_OF_CHAINS) {
        return Ok(USUAL_OF_CHAINS.into());
    }
    let needs = needs(environment.path(), snapshot)?;
    let mut drivers = drivers(&needs);
    if drivers.remove(&USUAL_OF_CHAINS) {
        if drivers.iter().any(|driver| is_server(*driver)) {
            return of_several(&addressed, versions, snapshot);
        }
        return Ok(USUAL_OF_CHAINS.into());
    }
    let first = |found: &BTreeSet<Dialect>| Dialect::by_weight().find(|dialect| found.contains(dialect));
    let near = first(&addressed).filter(|told| Some(*told) != default).or_else(|| first(&drivers));
    let outside = || {
        let addressed = modules.iter().find_map(|module| outside_in(module.text()));
        addressed.or_else(|| needs.iter().find_map(|text| Outside::needed_by(text)))
    };
    let told = match (near.filter(|near| is_server(*near)), outside()) {
        (Some(server), _) => Some(server.into()),
        (None, Some(outside)) => Some(Told { outside: Some(outside), ..USUAL_OF_CHAINS.into() }),
        (None, None) => match (near, default) {
            (Some(near), _) if Some(near) != default => Some(near.into()),
            (_, Some(default)) => Some(deployed(default, snapshot)?),
            _ => match only(&deployment::databases(snapshot)?) {
                Some(found) => Some(found.into()),
                None => in_code(environment.path(), snapshot)?,
            },
        },
    };
    Ok(match told {
        _ if speak_of(USUAL_OF_CHAINS, versions, snapshot)? => USUAL_OF_CHAINS.into(),
        Some(told) => told,
        // Where nothing tells of another one, there is nothing to choose from.
        None => only_server(versions, snapshot)?.map_or(USUAL_OF_CHAINS.into(), Told::assumed),
    })
}

/// The only server that revisions take types of from SQLAlchemy.
fn only_server(versions: &[String], snapshot: &Snapshot<'_>) -> Result<Option<Dialect>, ReadError> {
    let mut found = BTreeSet::new();
    for dialect in Dialect::ALL.into_iter().filter(|dialect| is_server(*dialect)) {
        if speak_of(dialect, versions, snapshot)? {
            found.insert(dialect);
        }
    }
    Ok(only(&found))
}

/// The server that a project is deployed with, where that is one alone; else what stands in for it, which may be all there is.
fn deployed(default: Dialect, snapshot: &Snapshot<'_>) -> Result<Told, ReadError> {
    let servers = deployment::databases(snapshot)?.into_iter().filter(|found| is_server(*found)).collect();
    Ok(only(&servers).map_or(Told::assumed(default), Told::from))
}

fn is_server(dialect: Dialect) -> bool {
    !dialect.facts().is_embedded
}

/// The one that a project which asks for several servers' drivers runs with: the only one of which its code, or else its
/// deployment, has an address or an image. Where that does not tell either, any of them may be.
fn of_several(addressed: &BTreeSet<Dialect>, versions: &[String], snapshot: &Snapshot<'_>) -> Result<Told, ReadError> {
    let told = if addressed.is_empty() { deployment::databases(snapshot)? } else { addressed.clone() };
    Ok(match only(&told) {
        Some(only) if only == USUAL_OF_CHAINS => only.into(),
        None if let Some(spoken) = spoken(versions, snapshot)? => spoken.into(),
        _ if speak_of(USUAL_OF_CHAINS, versions, snapshot)? => USUAL_OF_CHAINS.into(),
        Some(only) => only.into(),
        None => Told::assumed(USUAL_OF_CHAINS),
    })
}

fn only(found: &BTreeSet<Dialect>) -> Option<Dialect> {
    found.first().copied().filter(|_| found.len() == 1)
}

/// An environment, and the modules that it imports, itself or through others, and that may have an address.
fn telling_modules(environment: &Source, snapshot: &Snapshot<'_>) -> Vec<Source> {
    let mut seen = HashSet::new();
    let mut open = vec![environment.clone()];
    let mut next = 0;
    while let Some(source) = open.get(next).cloned() {
        next += 1;
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
    open
}

/// The only database of whose addresses the application's code has some, where it opens one: an environment that asks the
/// running application names none of its modules. What only stands in for a setting is assumed.
fn in_code(environment: &str, snapshot: &Snapshot<'_>) -> Result<Option<Told>, ReadError> {
    const OPENS: [&str; 3] = ["SQLALCHEMY_DATABASE_URI", "create_engine", "create_async_engine"];
    const SETTINGS: [&str; 5] = ["environ", "getenv", "get(", "env(", "default"];
    let own = path::folder(environment);
    let mut found = BTreeSet::new();
    let mut folders = vec![path::folder(own).to_owned()];
    let (mut next, mut read, mut is_written) = (0, 0, false);
    while let Some(folder) = folders.get(next).filter(|_| next < MOST_FOLDERS).cloned() {
        next += 1;
        for entry in snapshot.list(&folder)? {
            let path = path::join(&folder, &entry.name);
            let is_code = entry.kind == EntryKind::File && ddl::is_python(&path) && !entry.name.starts_with("test_");
            if entry.kind == EntryKind::Directory && path != own && !is_skipped(&entry.name) && entry.name != "tests" {
                folders.push(path);
            } else if is_code && read < MOST_FILES {
                read += 1;
                let source = snapshot.read_text(&path, &entry)?.filter(|source| source.text().len() <= LONGEST);
                let text = source.as_ref().map_or("", |source| source.text());
                if !OPENS.iter().any(|word| text.contains(word)) {
                    continue;
                }
                for line in text.lines() {
                    let told = addresses(line);
                    is_written |= !told.is_empty() && !SETTINGS.iter().any(|word| line.contains(word));
                    found.extend(told);
                }
            }
        }
    }
    Ok(only(&found).map(|dialect| Told { is_assumed: !is_written, ..dialect.into() }))
}

/// Whether a module is called after what says where a database is.
fn is_telling(path: &str) -> bool {
    let stem = module_stem(path);
    let name = path::name(stem).to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// The databases of addresses in texts of code: `"sqlite:///db"`, `'mysql+pymysql://…'`.
fn addresses(text: &str) -> BTreeSet<Dialect> {
    let of = |at: usize| {
        let front = text.get(..at)?;
        let start = front.rfind(['"', '\''])? + 1;
        let scheme = &front[start..];
        let is_scheme = scheme.chars().all(|part| part.is_ascii_alphanumeric() || matches!(part, '+' | '_'));
        let is_asked_for = is_compared(&front[..start - 1], &text[at..]);
        (is_scheme && !is_asked_for).then(|| super::dialect_of_scheme(scheme))?
    };
    memmem::find_iter(text.as_bytes(), b"://").filter_map(of).collect()
}

/// The database without an engine that a text of code in quotes is an address of, or the name of its driver for SQLAlchemy:
/// `"oracle+oracledb://…"`, `URL.create("mssql+pyodbc")`.
pub(super) fn outside_in(text: &str) -> Option<&'static Outside> {
    let mut from = 0;
    while let Some(at) = text[from..].find(['"', '\'']).map(|at| from + at) {
        from = at + 1;
        let rest = &text[from..];
        let end = rest.find(|part: char| !part.is_ascii_alphanumeric() && part != '_').unwrap_or(rest.len());
        let is_address = rest[end..].starts_with('+') || rest[end..].starts_with("://");
        if let Some(outside) = Outside::of_scheme(&rest[..end]).filter(|_| is_address)
            && !is_compared(&text[..at], rest)
        {
            return Some(outside);
        }
    }
    None
}

/// Whether a text between these is only compared with another: `"sqlite://" in url`, `url.startswith("sqlite://")`.
fn is_compared(before: &str, after: &str) -> bool {
    let before = before.trim_end_matches(['f', 'r', 'b']).trim_end();
    let line = after.lines().next().unwrap_or_default();
    let behind = line.split_once(['"', '\'']).map_or("", |(_, behind)| behind.trim_start());
    ["startswith(", "==", "!=", " in"].iter().any(|sign| before.ends_with(sign)) || behind.starts_with("in ")
}

/// The texts, in lower case, of the files beside or above an environment that say what a project is installed and run with.
fn needs(environment: &str, snapshot: &Snapshot<'_>) -> Result<Vec<String>, ReadError> {
    let mut found = Vec::new();
    for folder in path::and_above(path::folder(environment)) {
        for name in FILES {
            let file = path::join(folder, name);
            let Some(entry) = snapshot.entry(&file)?.filter(|entry| entry.kind == EntryKind::File) else { continue };
            let source = snapshot.read_text(&file, &entry)?.filter(|source| source.text().len() <= LONGEST);
            found.extend(source.map(|source| source.text().to_ascii_lowercase()));
        }
    }
    Ok(found)
}

/// The databases whose drivers, or which themselves, such texts name.
fn drivers(needs: &[String]) -> BTreeSet<Dialect> {
    let is_named = |dialect: &Dialect| {
        let signs = dialect.facts().signs.needed;
        needs.iter().any(|text| signs.iter().any(|word| text.contains(word)))
    };
    Dialect::ALL.into_iter().filter(is_named).collect()
}

/// Whether revisions take something from SQLAlchemy's dialect for a database, or ask whether it is that.
fn speak_of(dialect: Dialect, versions: &[String], snapshot: &Snapshot<'_>) -> Result<bool, ReadError> {
    any_revision(versions, snapshot, |text| names(text, dialect.sqlalchemy_name()))
}

/// The database that alone takes something which the SQL of a revision has.
fn spoken(versions: &[String], snapshot: &Snapshot<'_>) -> Result<Option<Dialect>, ReadError> {
    for dialect in Dialect::by_weight() {
        let alone = dialect.facts().signs.alone;
        if any_revision(versions, snapshot, |text| alone.iter().any(|sign| text.contains(sign)))? {
            return Ok(Some(dialect));
        }
    }
    Ok(None)
}

/// Whether something is so of the text of a revision.
fn any_revision(versions: &[String], snapshot: &Snapshot<'_>, is_so: impl Fn(&str) -> bool) -> Result<bool, ReadError> {
    for folder in versions {
        for entry in snapshot.list(folder)? {
            if entry.kind != EntryKind::File || !is_loaded(&entry.name) {
                continue;
            }
            let source = snapshot.read_text(&path::join(folder, &entry.name), &entry)?;
            if source.is_some_and(|source| is_so(source.text())) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// A word for one database alone, such as `postgresql_using`, costs the others nothing, and says nothing of which it is.
fn names(text: &str, dialect: &str) -> bool {
    memmem::find_iter(text.as_bytes(), dialect.as_bytes()).any(|at| {
        let (before, after) = (&text[..at], &text[at + dialect.len()..]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_compared = before.ends_with(['"', '\'']) && after.starts_with(['"', '\'']);
        is_compared || line.contains("import") || before.ends_with("dialects.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{mysql, postgres, sqlite};

    #[test]
    fn an_address_tells_its_database_by_its_scheme() {
        let of = |text: &str| addresses(text).into_iter().collect::<Vec<_>>();
        assert_eq!(of("URL = config('URL', default=\"sqlite:///db.sqlite3\")"), [sqlite::DIALECT]);
        assert_eq!(of("f'mysql+pymysql://{user}@{host}'"), [mysql::DIALECT]);
        assert_eq!(of("x = \"postgresql+asyncpg://a\" or 'sqlite://'"), [sqlite::DIALECT, postgres::DIALECT]);
        assert!(of("# see https://mysql.example/ and \"a mysql://\"").is_empty());
        assert!(of("url.startswith('sqlite')").is_empty());
        let outside = |text: &str| outside_in(text).map(|outside| outside.name);
        assert_eq!(outside("create_engine(f\"oracle+oracledb://{user}@db\")"), Some("oracle"));
        assert_eq!(outside("URL.create('mssql+pyodbc', host=host)"), Some("mssql"));
        assert_eq!(outside("if url.startswith('mssql+pyodbc://') or \"it's oracle\":"), None);
        assert!(of("if \"sqlite://\" in url or url.startswith('mysql://'):").is_empty());
    }
}
