//! The configuration: `parity.toml`, or `[tool.parity-check]` in `pyproject.toml`. Every error points into the file.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::evaluate::parity::weight::Weight;
use crate::git::ChangedFile;
use crate::pattern::Pattern;
use crate::report::Severities;
use crate::report::exempt::Exemption;
use crate::rules;
use crate::severity::Severity;
use crate::source::{Location, Source};
use crate::track::Track;

mod comments;
mod track;

pub use comments::comments;
use track::RawTrack;

/// The file's name at the repository's root.
pub const FILE_NAME: &str = "parity.toml";
/// The other place, under `[tool.parity-check]`.
pub const PYPROJECT: &str = "pyproject.toml";

/// Whether a path is that of a configuration of the repository's own.
pub fn is_configuration(path: &str) -> bool {
    [FILE_NAME, PYPROJECT].contains(&path)
}

/// Whether one of these files is such a configuration.
pub fn is_configuration_among(changed: &[ChangedFile]) -> bool {
    changed.iter().any(|file| is_configuration(&file.path))
}

/// What a project says of its tracks and rules.
#[derive(Debug, Default)]
pub struct Config {
    pub base: Option<String>,
    /// Empty where the tracks are to be detected.
    pub tracks: Vec<ConfiguredTrack>,
    /// Indexes into `tracks`.
    pub pairs: Vec<(usize, usize)>,
    /// Of those, the ones whose types must be the same and not only keep the same.
    pub exact: Vec<(usize, usize)>,
    /// Of those, the ones on which nullability and defaults alone count for more or for less.
    pub weights: Vec<((usize, usize), Weight)>,
    pub severities: Severities,
    /// Those that go before them, which no file of the repository says.
    pub asked_for: Severities,
    pub exemptions: Vec<Exemption>,
    /// It is another file than the repository's own.
    pub is_foreign: bool,
    /// The file that says it; `None` where there is none.
    pub source: Option<Source>,
    pub base_location: Option<Location>,
    /// Where the severity of a rule is said.
    pub severity_places: HashMap<&'static str, Location>,
}

/// A track, with the places in the file that its paths stand in.
#[derive(Debug)]
pub struct ConfiguredTrack {
    pub track: Track,
    pub path_location: Location,
    /// Where the list is named, if it is.
    pub list_location: Option<Location>,
    pub declared_locations: Vec<Location>,
    /// Where the constant with the highest version is named, if it is.
    pub version_location: Option<Location>,
}

/// What is wrong with a configuration, where, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    pub message: String,
    pub help: Option<String>,
    pub location: Location,
}

impl Config {
    /// Reads `parity.toml`'s text.
    pub fn parse(source: &Source) -> Result<Self, ConfigError> {
        let raw: RawConfig = toml::from_str(source.text()).map_err(|error| syntax_error(source, &error))?;
        Reader { source }.config(raw)
    }

    /// The first line that is the configuration's; `None` where there is none.
    pub fn first_place(&self) -> Option<Location> {
        let source = self.source.as_ref()?;
        let own = source.text().lines().position(|line| line.trim_start().starts_with("[tool.parity-check"));
        let line = own.filter(|_| source.path() == PYPROJECT).map_or(1, |at| at + 1);
        Some(Location::line(source, line, ""))
    }

    /// Reads `[tool.parity-check]` of `pyproject.toml`; `None` where there is no such table.
    pub fn parse_pyproject(source: &Source) -> Result<Option<Self>, ConfigError> {
        if !source.text().contains("parity-check") {
            return Ok(None);
        }
        let raw: Pyproject = toml::from_str(source.text()).map_err(|error| syntax_error(source, &error))?;
        raw.tool.and_then(|tool| tool.parity_check).map(|raw| Reader { source }.config(raw)).transpose()
    }
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    #[serde(rename = "parity-check")]
    parity_check: Option<RawConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    base: Option<Spanned<String>>,
    #[serde(default)]
    track: IndexMap<String, Spanned<RawTrack>>,
    #[serde(default)]
    parity: Vec<RawParity>,
    #[serde(default)]
    rules: IndexMap<Spanned<String>, Spanned<RawSeverity>>,
    #[serde(default)]
    exempt: Vec<Spanned<RawExemption>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParity {
    tracks: Spanned<Vec<Spanned<String>>>,
    types: Option<Spanned<String>>,
    defaults: Option<Spanned<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawSeverity {
    Error,
    #[serde(alias = "warning")]
    Warn,
    Off,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExemption {
    track: Spanned<String>,
    object: Spanned<String>,
    reason: Spanned<String>,
    until: Option<Spanned<toml::value::Datetime>>,
}

struct Reader<'a> {
    source: &'a Source,
}

impl Reader<'_> {
    fn config(&self, raw: RawConfig) -> Result<Config, ConfigError> {
        let mut tracks = Vec::new();
        let mut of_one_chain = Vec::new();
        for (name, raw) in raw.track {
            let first = tracks.len();
            tracks.extend(self.tracks(name, raw)?);
            // What one chain does to two databases has to agree.
            let own = first..tracks.len();
            of_one_chain.extend(own.clone().flat_map(|one| (one + 1..own.end).map(move |other| (one, other))));
        }
        let (mut pairs, mut exact, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for raw in raw.parity {
            let pair = self.pair(&raw.tracks, &tracks)?;
            pairs.push(pair);
            if let Some(types) = raw.types
                && self.choice(&types, "comparison of types", &[("stored", false), ("exact", true)])?
            {
                exact.push(pair);
            }
            if let Some(defaults) = raw.defaults {
                weights.push((pair, self.choice(&defaults, "weight of defaults", &Weight::ALL)?));
            }
        }
        for pair in of_one_chain {
            if !pairs.iter().any(|known| *known == pair || *known == (pair.1, pair.0)) {
                pairs.push(pair);
            }
        }
        let (severities, severity_places) = self.severities(raw.rules)?;
        let exemptions = raw
            .exempt
            .into_iter()
            .map(|exemption| self.exemption(exemption, &tracks))
            .collect::<Result<Vec<_>, _>>()?;
        let base_location = raw.base.as_ref().map(|base| self.place(base.span()));
        let base = raw.base.map(|base| self.filled(base, "base")).transpose()?;
        Ok(Config {
            base,
            tracks,
            pairs,
            exact,
            weights,
            severities,
            asked_for: Severities::new(),
            exemptions,
            is_foreign: false,
            source: Some(self.source.clone()),
            base_location,
            severity_places,
        })
    }

    fn pair(
        &self,
        names: &Spanned<Vec<Spanned<String>>>,
        tracks: &[ConfiguredTrack],
    ) -> Result<(usize, usize), ConfigError> {
        let indexes =
            names.as_ref().iter().map(|name| self.track_index(name, tracks)).collect::<Result<Vec<_>, _>>()?;
        match indexes.as_slice() {
            [first, second] if first != second => {
                let is_parked = |at: &usize| tracks.get(*at).is_some_and(|track| track.track.parked.is_some());
                let Some(parked) = names.as_ref().iter().zip([first, second]).find(|(_, at)| is_parked(at)) else {
                    return Ok((*first, *second));
                };
                let (name, _) = parked;
                let help = "take the pair out, or `parked` from the track".to_owned();
                let message = format!("`{}` is parked, so nothing can stay in step with it", name.as_ref());
                Err(config_error(self.place(name.span()), message, Some(help)))
            }
            _ => {
                let place = self.place(names.span());
                let help = "for three tracks write one [[parity]] for each two".to_owned();
                Err(config_error(place, "a parity needs two different tracks", Some(help)))
            }
        }
    }

    fn track_index(&self, name: &Spanned<String>, tracks: &[ConfiguredTrack]) -> Result<usize, ConfigError> {
        let names: Vec<(&str, usize)> =
            tracks.iter().enumerate().map(|(index, track)| (track.track.name.as_str(), index)).collect();
        self.choice(name, "track", &names)
    }

    /// The severity of each rule that is named, and where that is.
    fn severities(
        &self,
        raw: IndexMap<Spanned<String>, Spanned<RawSeverity>>,
    ) -> Result<(Severities, HashMap<&'static str, Location>), ConfigError> {
        let mut places = HashMap::new();
        let names: Vec<(&str, &'static str)> = rules::RULES.iter().map(|rule| (rule.name, rule.name)).collect();
        let mut severities = HashMap::new();
        for (name, severity) in raw {
            let rule = self.choice(&name, "rule", &names)?;
            let severity = match severity.into_inner() {
                RawSeverity::Error => Some(Severity::Error),
                RawSeverity::Warn => Some(Severity::Warning),
                RawSeverity::Off => None,
            };
            severities.insert(rule, severity);
            places.insert(rule, self.place(name.span()));
        }
        Ok((severities, places))
    }

    fn exemption(&self, raw: Spanned<RawExemption>, tracks: &[ConfiguredTrack]) -> Result<Exemption, ConfigError> {
        let raw = raw.into_inner();
        // With detected tracks the names are not known yet.
        if !tracks.is_empty() {
            self.track_index(&raw.track, tracks)?;
        }
        let location = self.place(raw.object.span());
        let until = raw.until.map(|until| self.date(&until)).transpose()?;
        Ok(Exemption {
            track: raw.track.into_inner(),
            pattern: self.pattern(raw.object)?,
            reason: self.filled(raw.reason, "reason")?,
            until,
            location,
        })
    }

    fn pattern(&self, spelled: Spanned<String>) -> Result<Pattern, ConfigError> {
        let location = self.place(spelled.span());
        Pattern::new(spelled.into_inner()).map_err(|message| config_error(location, message, None))
    }

    fn date(&self, until: &Spanned<toml::value::Datetime>) -> Result<Date, ConfigError> {
        let date = until.as_ref().date.and_then(|date| {
            Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
        });
        date.ok_or_else(|| {
            let help = Some("write it as `until = 2027-01-31`".to_owned());
            config_error(self.place(until.span()), "`until` needs a date", help)
        })
    }

    /// One of the known values, or an error that names the nearest of them.
    fn choice<T: Copy>(&self, given: &Spanned<String>, what: &str, known: &[(&str, T)]) -> Result<T, ConfigError> {
        let text = given.as_ref();
        if let Some((_, value)) = known.iter().find(|(name, _)| name == text) {
            return Ok(*value);
        }
        let near = known.iter().map(|(name, _)| (strsim::jaro_winkler(text, name), *name));
        let near = near.filter(|(likeness, _)| *likeness > 0.75).max_by(|a, b| a.0.total_cmp(&b.0));
        let help = if let Some((_, name)) = near {
            format!("did you mean `{name}`?")
        } else {
            let names: Vec<String> = known.iter().map(|(name, _)| format!("`{name}`")).collect();
            format!("known are {}", names.join(", "))
        };
        Err(config_error(self.place(given.span()), format!("there is no {what} `{text}`"), Some(help)))
    }

    fn filled(&self, text: Spanned<String>, key: &str) -> Result<String, ConfigError> {
        if text.as_ref().trim().is_empty() {
            return Err(config_error(self.place(text.span()), format!("`{key}` is empty"), None));
        }
        Ok(text.into_inner())
    }

    fn place(&self, span: std::ops::Range<usize>) -> Location {
        Location::new(self.source, span, "")
    }
}

fn config_error(location: Location, message: impl Into<String>, help: Option<String>) -> ConfigError {
    ConfigError { message: message.into(), help, location }
}

fn syntax_error(source: &Source, error: &toml::de::Error) -> ConfigError {
    let location = Location::new(source, error.span().unwrap_or(0..0), "");
    ConfigError { message: error.message().replace('\n', "; "), help: None, location }
}

#[cfg(test)]
mod tests;
