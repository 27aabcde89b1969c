//! What `[track.…]` says: the keys of a track, and which of them a kind of track has.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, ConfiguredTrack, Reader, config_error};
use crate::pattern::Pattern;
use crate::schema::delta::Level;
use crate::schema::dialect::Dialect;
use crate::schema::dialect::Named;
use crate::schema::mysql::Flavour;
use crate::source::Location;
use crate::track::sql_files::pattern::Pattern as NamePattern;
use crate::track::{Declared, Kind, Territory, Track, ddl, python_list::DEFAULT_LIST, sql_files};

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrack {
    kind: Spanned<String>,
    dialect: Option<Spanned<String>>,
    /// Of a chain that runs on several databases.
    dialects: Option<Spanned<Vec<Spanned<String>>>>,
    migrations: Spanned<OneOrMore>,
    list: Option<Spanned<String>>,
    pattern: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
    #[serde(default)]
    declared: Vec<Spanned<String>>,
    compare: Option<Spanned<String>>,
    parked: Option<Spanned<String>>,
    owns: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(rename = "may-reference")]
    may_reference: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected a path or a list of paths")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl Reader<'_> {
    /// A track for each database that a chain runs on: the first has the name, the others have their database behind it.
    pub(super) fn tracks(&self, name: String, raw: Spanned<RawTrack>) -> Result<Vec<ConfiguredTrack>, ConfigError> {
        let mut raw = raw.into_inner();
        let Some(dialects) = raw.dialects.take() else { return Ok(vec![self.track(name, raw)?]) };
        let place = self.place(dialects.span());
        if raw.kind.as_ref() != Kind::Alembic.as_str() {
            let kind = self.choice(&raw.kind, "kind of track", &Kind::ALL.map(|kind| (kind.as_str(), kind)))?;
            return Err(meaningless("dialects", kind, place, &[Kind::Alembic]));
        }
        if raw.dialect.is_some() {
            let help = "take one of the two away".to_owned();
            return Err(config_error(place, "a track has `dialect` or `dialects`", Some(help)));
        }
        let dialects = dialects.into_inner();
        if dialects.is_empty() {
            return Err(config_error(place, "`dialects` is empty", None));
        }
        let mut tracks: Vec<ConfiguredTrack> = Vec::new();
        for dialect in dialects {
            let of_dialect = RawTrack { dialect: Some(dialect.clone()), ..raw.clone() };
            let own = if tracks.is_empty() { name.clone() } else { format!("{name}-{}", dialect.as_ref()) };
            let track = self.track(own, of_dialect)?;
            if tracks.iter().any(|known| known.track.dialect == track.track.dialect) {
                let message = format!("`{}` is there twice", track.track.dialect.as_str());
                return Err(config_error(self.place(dialect.span()), message, None));
            }
            tracks.push(track);
        }
        Ok(tracks)
    }

    fn track(&self, name: String, raw: RawTrack) -> Result<ConfiguredTrack, ConfigError> {
        let kinds = Kind::ALL.map(|kind| (kind.as_str(), kind));
        let kind = self.choice(&raw.kind, "kind of track", &kinds)?;
        let dialects = Dialect::ALL.map(|dialect| (dialect.as_str(), dialect));
        let dialect = match &raw.dialect {
            // `postgresql`, `mariadb`: what everybody else calls it.
            Some(name) if let Some(Named::Known(dialect)) = Named::of_word(name.as_ref()) => dialect,
            Some(dialect) => self.choice(dialect, "dialect", &dialects)?,
            None => match kind {
                Kind::SqlFiles | Kind::SchemaFile => Self::dialect_of(&raw.migrations),
                Kind::PythonList | Kind::PythonVersions | Kind::GoSlice | Kind::VersionScripts => Dialect::Sqlite,
                Kind::Alembic => Dialect::Postgres,
            },
        };
        let path_location = self.place(raw.migrations.span());
        let (path, more_paths) = Self::paths(raw.migrations.into_inner(), kind, &path_location)?;
        let list_location = raw.list.as_ref().map(|list| self.place(list.span()));
        let list = self.list(raw.list, kind)?;
        let declared_locations: Vec<Location> = raw.declared.iter().map(|path| self.place(path.span())).collect();
        let declared = raw.declared.iter().zip(&declared_locations).map(|(path, place)| {
            let file = Self::declared(path.as_ref(), place)?;
            match kind {
                Kind::GoSlice => Self::declared_beside_go(&file, place)?,
                Kind::Alembic => Self::declared_beside_a_chain(&file, place)?,
                Kind::SchemaFile => return Err(Self::declared_beside_itself(place)),
                Kind::PythonList | Kind::PythonVersions | Kind::VersionScripts | Kind::SqlFiles => {}
            }
            Ok(file)
        });
        let declared = declared.collect::<Result<Vec<_>, _>>()?;
        let levels = Level::ALL.map(|level| (level.as_str(), level));
        if let Some(level) = raw.compare.as_ref().filter(|_| matches!(kind, Kind::Alembic | Kind::SchemaFile)) {
            let kinds = [Kind::PythonList, Kind::PythonVersions, Kind::GoSlice, Kind::VersionScripts, Kind::SqlFiles];
            return Err(meaningless("compare", kind, self.place(level.span()), &kinds));
        }
        let compare = raw.compare.map(|level| self.choice(&level, "level of comparison", &levels)).transpose()?;
        let version_location = raw.version.as_ref().map(|version| self.place(version.span()));
        let version = raw.version.map(|version| self.version(version, kind)).transpose()?;
        let pattern = raw.pattern.map(|pattern| self.name_pattern(&pattern, kind)).transpose()?;
        let parked = raw.parked.map(|parked| self.parked(parked, kind)).transpose()?;
        let owns_location = raw.owns.as_ref().map(|owns| self.place(owns.span()));
        let territory = self.territory(raw.owns.map(Spanned::into_inner), raw.may_reference)?;
        let track = Track {
            more_paths,
            list,
            version,
            declared,
            compare,
            parked,
            territory,
            flavour: raw.dialect.map_or(Flavour::Unknown, |word| Flavour::of_word(word.as_ref())),
            pattern,
            ..Track::new(name, kind, dialect, path)
        };
        if let Some(place) = owns_location.filter(|_| !track.is_evaluated()) {
            let (kind, dialect) = (kind.as_str(), dialect.title());
            let message = format!("`owns` cannot be judged: a track of kind `{kind}` is not evaluated for {dialect}");
            return Err(config_error(place, message, Some("take it away".to_owned())));
        }
        Ok(ConfiguredTrack { track, path_location, list_location, declared_locations, version_location })
    }

    /// The database that a path is named after; SQLite where it is none.
    fn dialect_of(migrations: &Spanned<OneOrMore>) -> Dialect {
        let path = match migrations.as_ref() {
            OneOrMore::One(path) => path.as_str(),
            OneOrMore::More(paths) => paths.first().map_or("", String::as_str),
        };
        let stem = path.strip_suffix(".sql").unwrap_or(path);
        match stem.rsplit('/').find_map(sql_files::split_database) {
            Some((_, _, Named::Known(dialect))) => dialect,
            _ => Dialect::Sqlite,
        }
    }

    /// A schema is what it is compared with.
    fn declared_beside_itself(place: &Location) -> ConfigError {
        let help = Some("take it away: the file of `migrations` is the schema".to_owned());
        config_error(place.clone(), "a track of kind `schema-file` declares its schema itself", help)
    }

    /// Where a track's migrations are: the first of its paths, and the others.
    fn paths(raw: OneOrMore, kind: Kind, place: &Location) -> Result<(String, Vec<String>), ConfigError> {
        let paths = match raw {
            OneOrMore::One(path) => vec![path],
            OneOrMore::More(paths) => paths,
        };
        let mut paths = paths.iter().map(|path| Self::path(path, place)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let Some(path) = paths.next() else {
            return Err(config_error(place.clone(), "a track needs a path to its migrations", None));
        };
        let more_paths: Vec<String> = paths.collect();
        if matches!(kind, Kind::VersionScripts | Kind::SqlFiles | Kind::SchemaFile) && !more_paths.is_empty() {
            let what = if kind == Kind::SchemaFile { "file" } else { "directory" };
            let message = format!("a track of kind `{}` has one {what}", kind.as_str());
            let help = Some(format!("write a track for each {what}"));
            return Err(config_error(place.clone(), message, help));
        }
        Ok((path, more_paths))
    }

    fn list(&self, raw: Option<Spanned<String>>, kind: Kind) -> Result<Option<String>, ConfigError> {
        match (kind, raw) {
            (Kind::PythonList | Kind::PythonVersions, None) => Ok(Some(DEFAULT_LIST.to_owned())),
            (Kind::PythonList | Kind::PythonVersions | Kind::GoSlice, Some(list)) => {
                self.filled(list, "list").map(Some)
            }
            (Kind::Alembic | Kind::VersionScripts | Kind::SqlFiles | Kind::SchemaFile, Some(list)) => Err(meaningless(
                "list",
                kind,
                self.place(list.span()),
                &[Kind::PythonList, Kind::PythonVersions, Kind::GoSlice],
            )),
            (Kind::GoSlice | Kind::Alembic | Kind::VersionScripts | Kind::SqlFiles | Kind::SchemaFile, None) => {
                Ok(None)
            }
        }
    }

    /// The form of the names of SQL files.
    fn name_pattern(&self, raw: &Spanned<String>, kind: Kind) -> Result<NamePattern, ConfigError> {
        let place = self.place(raw.span());
        if kind != Kind::SqlFiles {
            return Err(meaningless("pattern", kind, place, &[Kind::SqlFiles]));
        }
        NamePattern::parse(raw.as_ref()).map_err(|why| {
            let help = "write the path of a file below `migrations`, with its parts in braces: \
                        `{version}_{slug}.{dialect}.{direction}.sql`";
            config_error(place, format!("the pattern `{}` {why}", raw.as_ref()), Some(help.to_owned()))
        })
    }

    fn parked(&self, raw: Spanned<String>, kind: Kind) -> Result<String, ConfigError> {
        match kind {
            Kind::Alembic => self.filled(raw, "parked"),
            _ => Err(meaningless("parked", kind, self.place(raw.span()), &[Kind::Alembic])),
        }
    }

    /// The constant with the highest version: its name, for scripts with its file in front if need be.
    fn version(&self, raw: Spanned<String>, kind: Kind) -> Result<String, ConfigError> {
        let place = self.place(raw.span());
        let text = self.filled(raw, "version")?;
        match kind {
            Kind::PythonVersions => Ok(text),
            Kind::VersionScripts if text.contains(':') => {
                let Declared { path, entry, .. } = Self::declared(&text, &place)?;
                Ok(format!("{path}:{}", entry.unwrap_or_default()))
            }
            Kind::VersionScripts if !text.contains(['/', '.']) => Ok(text),
            Kind::VersionScripts => {
                let help = Some("name the constant behind the file: `schema.py:CURRENT_SCHEMA_VERSION`".to_owned());
                Err(config_error(place, format!("`{text}` is no name in Python"), help))
            }
            Kind::PythonList | Kind::Alembic | Kind::GoSlice | Kind::SqlFiles | Kind::SchemaFile => {
                Err(meaningless("version", kind, place, &[Kind::PythonVersions, Kind::VersionScripts]))
            }
        }
    }

    /// The tables that a track owns, and those of others that it may refer to.
    fn territory(
        &self,
        owns: Option<Vec<Spanned<String>>>,
        may_reference: Option<Spanned<Vec<Spanned<String>>>>,
    ) -> Result<Option<Territory>, ConfigError> {
        let patterns = |names: Vec<Spanned<String>>| -> Result<Vec<Pattern>, ConfigError> {
            names.into_iter().map(|name| self.pattern(name)).collect()
        };
        match (owns, may_reference) {
            (None, None) => Ok(None),
            (None, Some(names)) => {
                let help = "say which tables the track has: `owns = [\"billing_*\"]`".to_owned();
                Err(config_error(self.place(names.span()), "`may-reference` needs `owns` beside it", Some(help)))
            }
            (Some(owns), names) => {
                let may_reference = names.map(|names| patterns(names.into_inner())).transpose()?;
                Ok(Some(Territory { owns: patterns(owns)?, may_reference }))
            }
        }
    }

    /// A declared schema: a path, and behind a colon what in it makes the schema.
    fn declared(text: &str, place: &Location) -> Result<Declared, ConfigError> {
        let (path, entry) = match text.rsplit_once(':') {
            Some((path, entry)) => (path, Some(entry)),
            None => (text, None),
        };
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|part| part.is_alphanumeric() || part == '_');
        if let Some(entry) = entry.filter(|entry| !is_name(entry)) {
            let help = Some("name a function or a variable of the file: `schema.py:init_schema`".to_owned());
            return Err(config_error(place.clone(), format!("`{entry}` is no name in Python"), help));
        }
        Ok(Declared { path: Self::path(path, place)?, entry: entry.map(str::to_owned), detected: false })
    }

    /// What states a schema beside a chain: tables of SQLAlchemy in a Python file.
    fn declared_beside_a_chain(file: &Declared, place: &Location) -> Result<(), ConfigError> {
        let kind = Kind::Alembic.as_str();
        if ddl::is_python(&file.path) {
            return Ok(());
        }
        let message = format!("`{}` declares no schema that an `{kind}` track is compared with", file.path);
        let help = "name a Python file with tables of SQLAlchemy: `app/models.py`".to_owned();
        Err(config_error(place.clone(), message, Some(help)))
    }

    /// What states a schema beside migrations in Go: a file of SQL, or a text in a Go file.
    fn declared_beside_go(file: &Declared, place: &Location) -> Result<(), ConfigError> {
        let is_go = file.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "go");
        let is_sql = file.path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("sql"));
        if is_sql && file.entry.is_none() || is_go && file.entry.is_some() {
            return Ok(());
        }
        let help = "name a file of SQL, or a constant of a Go file: `schema.go:schema`".to_owned();
        let message = format!("`{}` declares no schema that a `go-slice` track is compared with", file.path);
        Err(config_error(place.clone(), message, Some(help)))
    }

    /// A path inside the repository, with `/` between its parts and none at its end.
    fn path(path: &str, place: &Location) -> Result<String, ConfigError> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if path.starts_with('/') || path.contains('\\') || parts.contains(&"..") {
            let help = "paths are relative to the repository's root, with `/` between their parts".to_owned();
            return Err(config_error(place.clone(), format!("`{path}` is no path in the repository"), Some(help)));
        }
        Ok(parts.join("/"))
    }
}

/// A key that a track of this kind does not have.
fn meaningless(key: &str, kind: Kind, place: Location, kinds: &[Kind]) -> ConfigError {
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    let message = format!("`{key}` means nothing for a track of kind `{}`", kind.as_str());
    config_error(place, message, Some(format!("it is for tracks of kind {}", kinds.join(", "))))
}
