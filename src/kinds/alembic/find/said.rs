//! What an environment of Alembic's and its settings say themselves of their database.

use super::dialects::outside_in;
use super::locations::Named;
use super::{dialect_of_scheme, dialect_of_url};
use crate::git::{EntryKind, Snapshot};
use crate::kinds::detect::Told;
use crate::path;
use crate::python::Module;
use crate::python::addresses::addresses;
use crate::schema::dialect::{Dialect, Facts, USUAL_OF_CHAINS};
use crate::schema::outside::Outside;
use crate::source::Source;
use crate::track::ddl;
use crate::track::ends::ReadError;

/// What they say.
pub(super) enum Said {
    Plainly(Told),
    /// This database, where a deployment says no other one.
    AsDefault(Dialect),
    Nothing,
}

/// What an environment in a folder, and the settings that name it, say.
pub(super) fn by(
    environment: &Source,
    named: Option<&Named>,
    folder: &str,
    snapshot: &Snapshot<'_>,
) -> Result<Said, ReadError> {
    let beside = named.map_or("", |named| named.text.as_str());
    let told = of_words(&(environment.text().to_owned() + beside), folder);
    let is_server = told.is_some_and(|told| !told.facts().is_embedded);
    if let Some(outside) = outside(environment, named, is_server) {
        return Ok(Said::Plainly(Told { outside: Some(outside), ..USUAL_OF_CHAINS.into() }));
    }
    Ok(match told {
        Some(told) if is_default(told, environment, named, folder) => Said::AsDefault(told),
        Some(told) if is_replaceable(told, folder) && is_replaced_beside(told, folder, snapshot)? => Said::AsDefault(told),
        Some(told) => Said::Plainly(told.into()),
        None => Said::Nothing,
    })
}

/// Whether the program that the environment lies in puts another address in the place of the settings' own: what does so
/// stands in the folder around it, and does not speak of this database.
fn is_replaced_beside(dialect: Dialect, folder: &str, snapshot: &Snapshot<'_>) -> Result<bool, ReadError> {
    let around = path::folder(folder);
    for entry in snapshot.list(around)? {
        if entry.kind != EntryKind::File || !ddl::is_python(&entry.name) {
            continue;
        }
        let source = snapshot.read_text(&path::join(around, &entry.name), &entry)?;
        let replaces = |text: &str| {
            let speaks_of_it = || of_words(text, "") == Some(dialect);
            text.contains("set_main_option") && replaces_address(text) && !speaks_of_it()
        };
        if source.is_some_and(|source| replaces(source.text())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A database without an engine, whose address the settings have or, where no other server is spoken of, the environment.
fn outside(environment: &Source, named: Option<&Named>, speaks_of_server: bool) -> Option<&'static Outside> {
    let scheme = named.and_then(|named| named.url.as_deref()?.split([':', '+']).next());
    let own = || if speaks_of_server { None } else { outside_in(environment.text()) };
    scheme.and_then(Outside::of_scheme).or_else(own)
}

/// The one of which they have a word.
fn of_words(text: &str, folder: &str) -> Option<Dialect> {
    let (text, folder) = (text.to_ascii_lowercase(), folder.to_ascii_lowercase());
    let is_said = |dialect: &Dialect| {
        dialect.facts().signs.environment.iter().any(|word| text.contains(word)) || is_named(*dialect, &folder)
    };
    Dialect::by_weight().find(is_said)
}

/// Whether a folder is named after a database that is no server.
fn is_named(dialect: Dialect, folder: &str) -> bool {
    let Facts { name, is_embedded, .. } = dialect.facts();
    *is_embedded && folder.contains(name)
}

/// Whether projects use a database for a developer beside the server that they are written for, and this folder is not named
/// after it.
fn is_replaceable(dialect: Dialect, folder: &str) -> bool {
    dialect.facts().is_embedded && !is_named(dialect, &folder.to_ascii_lowercase())
}

/// Whether a database that projects use for a developer beside the server that they are written for is only what stands in
/// where a deployment says nothing: no address of it is written out, and the settings' own is replaced.
fn is_default(dialect: Dialect, environment: &Source, named: Option<&Named>, folder: &str) -> bool {
    if !is_replaceable(dialect, folder) {
        return false;
    }
    let Ok(module) = Module::parse(environment) else { return false };
    let is_own = |scheme: &str| dialect_of_scheme(scheme) == Some(dialect);
    let is_written = addresses(&module).iter().any(|address| !address.stands_in && is_own(&address.scheme));
    let is_set = named.and_then(|named| dialect_of_url(named.url.as_deref()?)) == Some(dialect);
    !is_written && (!is_set || replaces_address(environment.text()))
}

/// Whether an environment puts another address in the place of the settings' own, or does without that.
fn replaces_address(text: &str) -> bool {
    const KEY: &str = "sqlalchemy.url";
    let sets = |at: usize| {
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let call = text[..at].trim_end_matches(['"', '\'']).trim_end();
        let behind = text[at + KEY.len()..].trim_start_matches(['"', '\'']).trim_start();
        let assigned = behind.strip_prefix(']').map(str::trim_start).is_some_and(|rest| {
            rest.starts_with('=') && !rest.starts_with("==")
        });
        call.ends_with("set_main_option(") || line.contains("set_section_option") || assigned || behind.starts_with(':')
    };
    let is_read = text.contains(KEY) || text.contains("engine_from_config");
    let makes_its_own = text.contains("create_engine(") || text.contains("create_async_engine(");
    text.match_indices(KEY).any(|(at, _)| sets(at)) || makes_its_own && !is_read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_replaces_the_address_of_the_settings_or_takes_it() {
        for text in [
            "config.set_main_option(\"sqlalchemy.url\", os.environ[\"URL\"])",
            "config.set_main_option(\n    'sqlalchemy.url', url)",
            "section['sqlalchemy.url'] = url",
            "engine_from_config({'sqlalchemy.url': url})",
            "engine = create_engine(settings.url)",
        ] {
            assert!(replaces_address(text), "{text}");
        }
        for text in [
            "engine_from_config(config.get_section(config.config_ini_section))",
            "create_engine(config.get_main_option('sqlalchemy.url'))",
            "if section['sqlalchemy.url'] == url: pass",
        ] {
            assert!(!replaces_address(text), "{text}");
        }
    }
}
