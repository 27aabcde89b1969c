//! What `[track.…]` says: the keys of a track, and which of them a kind of track has.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, ConfiguredTrack, Reader, config_error};
use crate::kinds;
use crate::pattern::Pattern;
use crate::schema::delta::Level;
use crate::schema::dialect::{self, Dialect, Named};
use crate::schema::mysql::Flavour;
use crate::source::Location;
use crate::track::kind::{Kind, Usual, VersionKey};
use crate::track::sql_files::pattern::Pattern as NamePattern;
use crate::track::{Declared, Territory, Track, sql_files};

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
        must_have(self.kind(&raw.kind)?, "dialects", &place)?;
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
        let kind = self.kind(&raw.kind)?;
        let dialects = Dialect::ALL.map(|dialect| (dialect.as_str(), dialect));
        let dialect = match &raw.dialect {
            // `postgresql`, `mariadb`: what everybody else calls it.
            Some(name) if let Some(Named::Known(dialect)) = Named::of_word(name.as_ref()) => dialect,
            Some(dialect) => self.choice(dialect, "dialect", &dialects)?,
            None => match kind.facts().usual {
                Usual::ByPath => Self::dialect_of(&raw.migrations),
                Usual::Always(dialect) => dialect,
            },
        };
        let path_location = self.place(raw.migrations.span());
        let (path, more_paths) = Self::paths(raw.migrations.into_inner(), kind, &path_location)?;
        let list_location = raw.list.as_ref().map(|list| self.place(list.span()));
        let list = self.list(raw.list, kind)?;
        let declared_locations: Vec<Location> = raw.declared.iter().map(|path| self.place(path.span())).collect();
        let declared = raw.declared.iter().zip(&declared_locations).map(|(path, place)| {
            let file = Self::declared(path.as_ref(), place)?;
            let fits = (kind.facts().declares)(&file);
            fits.map_err(|wrong| config_error(place.clone(), wrong.message, Some(wrong.help)))?;
            Ok(file)
        });
        let declared = declared.collect::<Result<Vec<_>, _>>()?;
        let levels = Level::ALL.map(|level| (level.as_str(), level));
        if let Some(level) = &raw.compare {
            must_have(kind, "compare", &self.place(level.span()))?;
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

    /// The database that a path is named after; the usual one where it is none.
    fn dialect_of(migrations: &Spanned<OneOrMore>) -> Dialect {
        let path = match migrations.as_ref() {
            OneOrMore::One(path) => path.as_str(),
            OneOrMore::More(paths) => paths.first().map_or("", String::as_str),
        };
        let stem = path.strip_suffix(".sql").unwrap_or(path);
        match stem.rsplit('/').find_map(sql_files::split_database) {
            Some((_, _, Named::Known(dialect))) => dialect,
            _ => dialect::USUAL,
        }
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
        if kind.facts().has_one_path && !more_paths.is_empty() {
            let what = if kind.is_file() { "file" } else { "directory" };
            let message = format!("a track of kind `{}` has one {what}", kind.as_str());
            let help = Some(format!("write a track for each {what}"));
            return Err(config_error(place.clone(), message, help));
        }
        Ok((path, more_paths))
    }

    fn list(&self, raw: Option<Spanned<String>>, kind: Kind) -> Result<Option<String>, ConfigError> {
        let Some(list) = raw else { return Ok(kind.facts().list.map(str::to_owned)) };
        must_have(kind, "list", &self.place(list.span()))?;
        self.filled(list, "list").map(Some)
    }

    fn kind(&self, name: &Spanned<String>) -> Result<Kind, ConfigError> {
        let kinds: Vec<(&str, Kind)> = kinds::all().map(|kind| (kind.as_str(), kind)).collect();
        self.choice(name, "kind of track", &kinds)
    }

    /// The form of the names of SQL files.
    fn name_pattern(&self, raw: &Spanned<String>, kind: Kind) -> Result<NamePattern, ConfigError> {
        let place = self.place(raw.span());
        must_have(kind, "pattern", &place)?;
        NamePattern::parse(raw.as_ref()).map_err(|why| {
            let help = "write the path of a file below `migrations`, with its parts in braces: \
                        `{version}_{slug}.{dialect}.{direction}.sql`";
            config_error(place, format!("the pattern `{}` {why}", raw.as_ref()), Some(help.to_owned()))
        })
    }

    fn parked(&self, raw: Spanned<String>, kind: Kind) -> Result<String, ConfigError> {
        must_have(kind, "parked", &self.place(raw.span()))?;
        self.filled(raw, "parked")
    }

    /// The constant with the highest version: its name, for scripts with its file in front if need be.
    fn version(&self, raw: Spanned<String>, kind: Kind) -> Result<String, ConfigError> {
        let place = self.place(raw.span());
        let text = self.filled(raw, "version")?;
        match kind.facts().version {
            VersionKey::Constant => Ok(text),
            VersionKey::ConstantOfFile if text.contains(':') => {
                let Declared { path, entry, .. } = Self::declared(&text, &place)?;
                Ok(format!("{path}:{}", entry.unwrap_or_default()))
            }
            VersionKey::ConstantOfFile if !text.contains(['/', '.']) => Ok(text),
            VersionKey::ConstantOfFile => {
                let help = Some("name the constant behind the file: `schema.py:CURRENT_SCHEMA_VERSION`".to_owned());
                Err(config_error(place, format!("`{text}` is no name in Python"), help))
            }
            VersionKey::Nothing => must_have(kind, "version", &place).map(|()| text),
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

/// Fails where a track of this kind does not have a key.
fn must_have(kind: Kind, key: &str, place: &Location) -> Result<(), ConfigError> {
    if kind.has_key(key) {
        return Ok(());
    }
    let having: Vec<String> =
        kinds::all().filter(|kind| kind.has_key(key)).map(|kind| format!("`{}`", kind.as_str())).collect();
    let message = format!("`{key}` means nothing for a track of kind `{}`", kind.as_str());
    let help = format!("it is for tracks of kind {}", having.join(", "));
    Err(config_error(place.clone(), message, Some(help)))
}
