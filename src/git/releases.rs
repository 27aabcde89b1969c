//! Release tags: what was given out, and when.

use git2::ObjectType;

use super::{GitError, ObjectId, Repository};

/// More tags than these are not looked at: the newest come first.
const MOST: usize = 500;

/// A project that has tagged nothing for so long, in seconds, gives out its branch.
const STALE: i64 = 366 * 24 * 60 * 60;

/// What a project had given out when a commit was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Releases {
    /// It tags no versions, or none for long: what is on its branch is deployed.
    Untagged,
    /// The trees of its releases, the newest first: none before the first one.
    Tagged(Vec<ObjectId>),
}

impl Releases {
    /// The trees of the releases, the newest first.
    pub fn trees(&self) -> &[ObjectId] {
        match self {
            Self::Untagged => &[],
            Self::Tagged(trees) => trees,
        }
    }
}

impl Repository {
    /// The releases that were there when a commit was made.
    pub fn releases_before(&self, commit: ObjectId) -> Result<Releases, GitError> {
        let failed = |error: git2::Error| self.unreadable("the tags", &error);
        let now = self.inner.find_commit(commit.0).map_err(failed)?.time().seconds();
        let mut tags = Vec::new();
        let mut has_versions = false;
        for reference in self.inner.references_glob("refs/tags/*").map_err(failed)? {
            // A tag that leads nowhere is no release.
            let Ok(reference) = reference else { continue };
            let name = reference.name().ok().and_then(|name| name.strip_prefix("refs/tags/"));
            let Some(standing) = name.and_then(standing) else { continue };
            has_versions = true;
            if standing == Standing::Aside {
                continue;
            }
            let Ok(tagged) = reference.peel(ObjectType::Commit) else { continue };
            let Ok(tagged) = tagged.peel_to_commit() else { continue };
            let at = tagged.time().seconds();
            // A branch that was put on another one has one moment for all of its commits.
            let is_before =
                || tagged.id() == commit.0 || self.inner.graph_descendant_of(commit.0, tagged.id()).unwrap_or_default();
            if at < now || at == now && is_before() {
                tags.push((standing, at, ObjectId(tagged.tree_id())));
            }
        }
        // Where the whole has versions, those of its parts and its candidates are none that databases were made with.
        let best = tags.iter().map(|(standing, ..)| *standing).filter(|standing| *standing != Standing::Trial).min();
        let newest = |is_meant: &dyn Fn(Standing) -> bool| {
            tags.iter().filter(|(standing, ..)| is_meant(*standing)).map(|(_, at, _)| *at).max()
        };
        let is_stale = |newest: Option<i64>| newest.is_some_and(|newest| now - newest > STALE);
        let is_early = |standing: Standing| matches!(standing, Standing::Candidate | Standing::Trial);
        let is_best_stale = is_stale(newest(&|standing| Some(standing) == best));
        let early = newest(&is_early);
        if !has_versions || is_best_stale && (early.is_none() || is_stale(early)) {
            return Ok(Releases::Untagged);
        }
        // Where the last whole version is old and candidates of the next one are young, those are what people have, too.
        tags.retain(|(standing, ..)| Some(*standing) == best || is_best_stale && is_early(*standing));
        tags.sort_unstable_by_key(|(_, at, tree)| std::cmp::Reverse((*at, *tree)));
        tags.truncate(MOST);
        Ok(Releases::Tagged(tags.into_iter().map(|(.., tree)| tree).collect()))
    }
}

/// What a tag that is named after a version says of what was given out: the first tell more than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// `v1.2`, `release_3`.
    Whole,
    /// `backend-1.4.0`.
    Part,
    /// `2.0.1-rc1`: counts where nothing else was given out.
    Candidate,
    /// `4.12.0-test.1`: nobody keeps a database that it made, where there is anything better.
    Trial,
    /// `app-ci-v0.1`, `app-1.0-alpha`: it is about something else.
    Aside,
}

/// What a tag says of releases; `None` where it is not named after a version.
fn standing(name: &str) -> Option<Standing> {
    let at = name.find(|character: char| character.is_ascii_digit())?;
    let (front, rest) = name.split_at_checked(at)?;
    let front = front.to_ascii_lowercase();
    let is_front = front.is_empty() || front.ends_with(['v', '-', '_', '/', '.']) || front.ends_with("release");
    if front.is_empty() && is_day(rest) {
        return Some(Standing::Whole);
    }
    let number =
        rest.split(|character: char| !character.is_ascii_digit() && character != '.').next().unwrap_or_default();
    if !is_front || !(number.contains('.') || front.contains('v') || front.contains("release")) {
        return None;
    }
    let front = front.trim_end_matches(['-', '_', '/', '.']);
    let front = front.strip_suffix('v').unwrap_or(front);
    let mut words = front.split(['-', '_', '/', '.']).filter(|word| !word.is_empty());
    let is_whole = words.clone().all(|word| WHOLE.contains(&word));
    if words.any(|word| ASIDE.contains(&word)) {
        return Some(Standing::Aside);
    }
    if is_of(&TRIALS, &rest.to_ascii_lowercase()) {
        return Some(if is_whole { Standing::Trial } else { Standing::Aside });
    }
    if is_of(&CANDIDATES, &rest.to_ascii_lowercase()) {
        return Some(Standing::Candidate);
    }
    Some(if is_whole { Standing::Whole } else { Standing::Part })
}

/// Whether a tag is named after the day of a release, alone or with the commit behind it: `20240131`, `240131-1a2b3c4d`.
fn is_day(name: &str) -> bool {
    let end = name.find(|character: char| !character.is_ascii_digit()).unwrap_or(name.len());
    let (digits, rest) = name.split_at(end);
    if !matches!(digits.len(), 6 | 8) {
        return false;
    }
    let number = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (year, month, day) = (digits.len() - 4, number(digits.len() - 4), number(digits.len() - 2));
    let is_of_our_time = year == 2 || ["19", "20"].iter().any(|century| digits.starts_with(century));
    let is_commit = |rest: &str| (7..=40).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_ended = rest.is_empty() || rest.strip_prefix('-').is_some_and(is_commit);
    is_of_our_time && (1..=12).contains(&month) && (1..=31).contains(&day) && is_ended
}

/// What is published beside a program and makes no database.
const ASIDE: [&str; 12] =
    ["chart", "charts", "ci", "client", "doc", "docker", "docs", "helm", "image", "openapi", "playground", "sdk"];
/// Words before the version of a whole project.
const WHOLE: [&str; 5] = ["rel", "release", "releases", "ver", "version"];
const TRIALS: [&str; 6] = ["test", "dev", "alpha", "nightly", "snapshot", "canary"];
const CANDIDATES: [&str; 4] = ["rc", "beta", "preview", "pre"];

/// Whether what follows a version begins one of its parts with a word.
fn is_of(words: &[&str], version: &str) -> bool {
    let letters = version.split(|character: char| !character.is_ascii_alphabetic());
    letters.into_iter().any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_versions_are_releases_and_others_are_not() {
        for name in ["v1.2", "2.0.1", "release_3", "v7", "releases/v1.0", "release-2.1", "v0.6.0-incubating"] {
            assert_eq!(standing(name), Some(Standing::Whole), "{name}");
        }
        for name in ["app-1.4.0", "backend-v1.0.0", "tools/go/v1.2.0"] {
            assert_eq!(standing(name), Some(Standing::Part), "{name}");
        }
        for name in ["2.0.1-rc1", "v1.0.0-rc.2", "v2.0b-beta", "v1.0-beta.3"] {
            assert_eq!(standing(name), Some(Standing::Candidate), "{name}");
        }
        for name in ["v4.12.0-test.1", "2.0.0-alpha", "v1.0.dev3"] {
            assert_eq!(standing(name), Some(Standing::Trial), "{name}");
        }
        for name in ["hive-ci-v0.1.15", "chart-1.2.0", "docs/v1.0", "app-1.0-alpha"] {
            assert_eq!(standing(name), Some(Standing::Aside), "{name}");
        }
        for name in ["20240131", "240131-1a2b3c4d5", "20240131-1a2b3c4"] {
            assert_eq!(standing(name), Some(Standing::Whole), "{name}");
        }
        for name in ["20241301", "240131-before", "1234567", "240131-12"] {
            assert_eq!(standing(name), None, "{name}");
        }
        for name in ["nightly", "deploy-20240101", "before_the_rewrite", "python3", "latest"] {
            assert_eq!(standing(name), None, "{name}");
        }
    }
}
