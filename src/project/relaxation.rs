//! How head's configuration asks for less than the merge base's.

use super::{Project, ProjectError, config};
use crate::change::relaxed::{Left, Relaxation, Relaxed};
use crate::config::Config;
use crate::kinds::{detect, keeper};
use crate::report::exempt::Exemption;
use crate::rules::RULES;
use crate::schema::delta::Level;
use crate::severity::Severity;
use crate::source::Location;
use crate::track::ends::{Ends, ReadError};
use crate::track::{Territory, Track};

/// What head's configuration asks for no more, in the order of the merge base's; nothing where neither file changed, or
/// where another file is the configuration.
pub fn relaxations(in_force: &Config, ends: &mut Ends<'_>) -> Result<Vec<Relaxation>, ProjectError> {
    if in_force.is_foreign || !ends.is_configured_anew {
        return Ok(Vec::new());
    }
    let head = config(&ends.head.snapshot, None)?;
    let base = match config(&ends.base.snapshot, None) {
        Err(ProjectError::Config(error)) => {
            let unknown = Relaxed::Unknown { reason: error.message };
            return Ok(head.first_place().map(|location| Relaxation { what: unknown, location }).into_iter().collect());
        }
        Err(ProjectError::Read(ReadError::Git(error))) if error.is_not_text() => {
            let unknown = Relaxed::Unknown { reason: error.to_string() };
            return Ok(head.first_place().map(|location| Relaxation { what: unknown, location }).into_iter().collect());
        }
        base => base?,
    };
    if base.source.is_none() && head.source.is_none() {
        return Ok(Vec::new());
    }
    let before = watched(&base, &head, ends)?;
    let project = Project::at_head(&head, ends)?;
    let Some(anywhere) = anywhere(&head, &project, ends)? else { return Ok(Vec::new()) };
    let mut found = Found { head: &head, anywhere, relaxations: Vec::new() };
    found.rules(&base);
    found.exemptions(&base);
    found.base(&base);
    if let Some(before) = before {
        found.tracks(&before, &base, &project, ends)?;
    }
    Ok(found.relaxations)
}

/// The merge base's tracks and pairs; `None` where both ends detect them, for what is gone is told by the tracks themselves
/// then, and where detection could not decide, so that nothing was judged.
fn watched(base: &Config, head: &Config, ends: &mut Ends<'_>) -> Result<Option<Project>, ProjectError> {
    if !base.tracks.is_empty() {
        return match Project::configured(base) {
            Err(ProjectError::Ambiguous { .. }) => Ok(None),
            project => project.map(Some),
        };
    }
    if head.tracks.is_empty() {
        return Ok(None);
    }
    let tracks = match detect::tracks(&mut ends.base, &mut ends.folders) {
        // What could not be read was not judged.
        Err(ReadError::Syntax(_) | ReadError::GoSyntax(_)) => return Ok(None),
        tracks => tracks?,
    };
    let pairs = detect::pairs(&tracks).ok();
    Ok(pairs.map(|pairs| Project { tracks, pairs, ..Project::default() }))
}

/// A place for what head's configuration does not say: its first line, or that of a track where there is no
/// configuration any more.
fn anywhere(head: &Config, project: &Project, ends: &mut Ends<'_>) -> Result<Option<Location>, ReadError> {
    if let Some(place) = head.first_place() {
        return Ok(Some(place));
    }
    for track in &project.tracks {
        let path = keeper(track.kind).first_file(track, &mut ends.head)?;
        let source = path.map(|path| ends.head.snapshot.source(&path)).transpose()?.flatten();
        if let Some(source) = source {
            return Ok(Some(Location::line(&source, 1, "")));
        }
    }
    Ok(None)
}

/// What was found so far.
struct Found<'c> {
    head: &'c Config,
    /// Where the configuration does not say it.
    anywhere: Location,
    relaxations: Vec<Relaxation>,
}

impl Found<'_> {
    fn note(&mut self, what: Relaxed, place: Option<&Location>) {
        let location = place.unwrap_or(&self.anywhere).clone();
        self.relaxations.push(Relaxation { what, location });
    }

    fn rules(&mut self, base: &Config) {
        for rule in RULES {
            let of = |config: &Config| config.severities.get(rule.name).copied().unwrap_or(Some(rule.severity));
            let weight = |severity| match severity {
                None => 0,
                Some(Severity::Warning) => 1,
                Some(Severity::Error) => 2,
            };
            let (from, to) = (of(base), of(self.head));
            if weight(to) < weight(from) {
                let place = self.head.severity_places.get(rule.name);
                self.note(Relaxed::Rule { rule: rule.name, from, to }, place);
            }
        }
    }

    /// An exemption that names what one engine has by intent is what exemptions are for.
    fn exemptions(&mut self, base: &Config) {
        let same = |one: &Exemption, other: &Exemption| one.track == other.track && one.pattern == other.pattern;
        for exemption in &self.head.exemptions {
            let (track, pattern) = (exemption.track.clone(), exemption.pattern.spelled.clone());
            if let Some(old) = base.exemptions.iter().find(|old| same(old, exemption)) {
                let is_longer = old.until.is_some_and(|old| exemption.until.is_none_or(|now| now > old));
                if is_longer {
                    let until = exemption.until;
                    self.note(Relaxed::Until { track, pattern, until }, Some(&exemption.location));
                }
                continue;
            }
            let covers = |old: &&Exemption| {
                let sample = old.pattern.spelled.replace('*', "xyz").replace('?', "x");
                old.track == exemption.track && exemption.pattern.matches(&sample)
            };
            let instead_of = base.exemptions.iter().find(covers).map(|old| old.pattern.spelled.clone());
            if instead_of.is_some() || is_for_everything(exemption) {
                self.note(Relaxed::Exemption { track, pattern, instead_of }, Some(&exemption.location));
            }
        }
    }

    /// A base that moves along with head leaves nothing between the two.
    fn base(&mut self, base: &Config) {
        let Some(name) = self.head.base.as_ref().filter(|name| base.base.as_ref() != Some(name)) else { return };
        if name.starts_with("HEAD") || name.starts_with('@') {
            let place = self.head.base_location.clone();
            self.note(Relaxed::Base { base: name.clone() }, place.as_ref());
        }
    }

    fn tracks(
        &mut self,
        before: &Project,
        base: &Config,
        project: &Project,
        ends: &mut Ends<'_>,
    ) -> Result<(), ReadError> {
        let Project { tracks, pairs, .. } = before;
        let now: Vec<Option<usize>> = tracks.iter().map(|old| continuation(old, tracks, &project.tracks)).collect();
        for (at, (old, new)) in tracks.iter().zip(&now).enumerate() {
            let new = new.and_then(|new| project.tracks.get(new));
            match new {
                Some(new) => self.track(old, new, ends)?,
                None => {
                    let is_there = is_there(old, ends)?;
                    let is_asked_for =
                        !base.tracks.is_empty() || pairs.iter().any(|(first, second)| *first == at || *second == at);
                    let is_lost = is_there && is_asked_for;
                    let (track, path) = (old.name.clone(), old.path.clone());
                    self.note(Relaxed::Track(Left { track, kind: old.kind, path, is_lost, is_there }), None);
                }
            }
        }
        let pair_now = |(first, second): &(usize, usize)| {
            let now = |at: &usize| now.get(*at).copied().flatten();
            Some((now(first)?, now(second)?))
        };
        let has = |pairs: &[(usize, usize)], (one, other): (usize, usize)| {
            pairs.contains(&(one, other)) || pairs.contains(&(other, one))
        };
        for pair in pairs {
            // That of a track which left is told with that.
            let Some((one, other)) = pair_now(pair) else { continue };
            let (Some(first), Some(second)) = (project.tracks.get(one), project.tracks.get(other)) else { continue };
            let names = (first.name.clone(), second.name.clone());
            let place = self.head.tracks.get(one).map(|track| track.path_location.clone());
            if !has(&project.pairs, (one, other)) {
                self.note(Relaxed::Pair { one: names.0, other: names.1 }, place.as_ref());
            } else if before.exact.contains(pair) && !has(&project.exact, (one, other)) {
                self.note(Relaxed::Exact { one: names.0, other: names.1 }, place.as_ref());
            } else if project.weight((one, other)) < before.weight(*pair) {
                self.note(Relaxed::Defaults { one: names.0, other: names.1 }, place.as_ref());
            }
        }
        Ok(())
    }

    /// What is asked of one track.
    fn track(&mut self, old: &Track, new: &Track, ends: &mut Ends<'_>) -> Result<(), ReadError> {
        let configured = self.head.tracks.iter().find(|configured| configured.track.name == new.name);
        let place = configured.map(|configured| configured.path_location.clone());
        let place = place.as_ref();
        let name = || new.name.clone();
        for path in old.directories() {
            if new.directories().any(|own| own == path) {
                continue;
            }
            let alone = Track { path: path.to_owned(), more_paths: Vec::new(), ..old.clone() };
            if is_there(&alone, ends)? {
                let what = Relaxed::Path { track: name(), path: path.to_owned(), instead: new.path.clone() };
                self.note(what, place);
            }
        }
        if let (Some(list), true) = (&old.list, old.path == new.path)
            && new.list.as_ref() != Some(list)
            && is_there(old, ends)?
        {
            let place = configured.and_then(|configured| configured.list_location.clone());
            self.note(Relaxed::List { track: name(), list: list.clone(), path: old.path.clone() }, place.as_ref());
        }
        for file in &old.declared {
            let is_kept = new.declared.iter().any(|kept| kept.path == file.path);
            if !is_kept && ends.head.snapshot.entry(&file.path)?.is_some() {
                self.note(Relaxed::Declared { track: name(), path: file.path.clone() }, place);
            }
        }
        let closeness = |track: &Track| match track.compare {
            Some(Level::Names) => 0,
            Some(Level::Coarse) => 1,
            None => 2,
            Some(Level::Full) => 3,
        };
        if !new.declared.is_empty() && new.compare.is_some() && closeness(new) < closeness(old) {
            self.note(Relaxed::Compare { track: name() }, place);
        }
        if old.is_evaluated() && !new.is_evaluated() {
            let what = Relaxed::Evaluated { track: name(), kind: new.kind, dialect: new.database_title() };
            self.note(what, place);
        }
        if old.parked.is_some() && new.parked.is_none() {
            self.note(Relaxed::Parked { track: name() }, place);
        }
        if is_wider(old.territory.as_ref(), new.territory.as_ref()) {
            self.note(Relaxed::Territory { track: name() }, place);
        }
        Ok(())
    }
}

/// Whether an exemption's pattern has every name that a table may have.
fn is_for_everything(exemption: &Exemption) -> bool {
    ["users", "a", "zz_9_top", "Q"].iter().all(|name| exemption.pattern.matches(name))
}

/// Whether a track may touch tables that it might not touch before.
fn is_wider(old: Option<&Territory>, new: Option<&Territory>) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return old.is_some() && new.is_none() };
    let owns_more = new.owns.iter().any(|pattern| !old.owns.contains(pattern) && pattern.spelled.contains('*'));
    let refers_more = match (&old.may_reference, &new.may_reference) {
        (Some(_), None) => true,
        (Some(old), Some(new)) => new.iter().any(|pattern| !old.contains(pattern) && pattern.spelled.contains('*')),
        (None, _) => false,
    };
    owns_more || refers_more
}

/// What a track of the merge base is at head: that of the same place, or else of the same name.
fn continuation(old: &Track, all: &[Track], tracks: &[Track]) -> Option<usize> {
    let shares_a_file = all.iter().filter(|other| other.path == old.path).count() > 1;
    let is_same = |new: &Track| {
        let same_list = !shares_a_file || new.list == old.list;
        same_list && new.kind.is_list() == old.kind.is_list() && new.path == old.path
    };
    let at = tracks.iter().position(is_same);
    let of_name = || tracks.iter().position(|new| new.name == old.name && new.kind.is_list() == old.kind.is_list());
    let inside = || tracks.iter().position(|new| new.directories().any(|own| own == old.path));
    at.or_else(of_name).or_else(inside)
}

/// Whether head still has the migrations of a track.
fn is_there(track: &Track, ends: &mut Ends<'_>) -> Result<bool, ReadError> {
    match keeper(track.kind).is_there(track, &mut ends.head) {
        // What is there and cannot be read is there.
        Err(ReadError::Syntax(_) | ReadError::GoSyntax(_)) => Ok(true),
        Err(ReadError::Git(error)) if error.is_not_text() => Ok(false),
        has => has,
    }
}
