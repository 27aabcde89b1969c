//! Release tags: what was given out, and when.

use git2::ObjectType;

use super::{GitError, ObjectId, Repository};

/// More tags than these are not looked at: the newest come first.
const MOST: usize = 500;

/// A project that has tagged nothing for so long, in seconds, gives out its branch.
const STALE: i64 = 366 * 24 * 60 * 60;

impl Repository {
    /// The trees of the releases that were there when a commit was made, the newest first: tags that are named after a
    /// version. Empty where the last one was so long ago that what is given out must be something else.
    pub fn releases_before(&self, commit: ObjectId) -> Result<Vec<ObjectId>, GitError> {
        let failed = |error: git2::Error| self.unreadable("the tags", &error);
        let now = self.inner.find_commit(commit.0).map_err(failed)?.time().seconds();
        let mut tags = Vec::new();
        for reference in self.inner.references_glob("refs/tags/*").map_err(failed)? {
            // A tag that leads nowhere is no release.
            let Ok(reference) = reference else { continue };
            let name = reference.name().ok().and_then(|name| name.rsplit('/').next());
            if !name.is_some_and(|name| is_version(name) && !is_trial(name)) {
                continue;
            }
            let Ok(tagged) = reference.peel(ObjectType::Commit) else { continue };
            let Ok(tagged) = tagged.peel_to_commit() else { continue };
            let at = tagged.time().seconds();
            // A branch that was put on another one has one moment for all of its commits.
            let is_before =
                || tagged.id() == commit.0 || self.inner.graph_descendant_of(commit.0, tagged.id()).unwrap_or_default();
            if at < now || at == now && is_before() {
                tags.push((tagged.time().seconds(), ObjectId(tagged.tree_id())));
            }
        }
        tags.sort_unstable_by(|one, other| other.cmp(one));
        tags.truncate(MOST);
        let is_stale = tags.first().is_none_or(|(newest, _)| now - newest > STALE);
        Ok(if is_stale { Vec::new() } else { tags.into_iter().map(|(_, tree)| tree).collect() })
    }
}

/// Whether a tag is named after a version: `v1.2`, `2.0.1-rc1`, `app-1.4.0`, `release_3`.
fn is_version(name: &str) -> bool {
    let at = name.find(|character: char| character.is_ascii_digit());
    let Some((front, rest)) = at.and_then(|at| name.split_at_checked(at)) else { return false };
    let front = front.to_ascii_lowercase();
    let is_front = front.is_empty() || front.ends_with(['v', '-', '_', '/', '.']) || front.ends_with("release");
    let number =
        rest.split(|character: char| !character.is_ascii_digit() && character != '.').next().unwrap_or_default();
    is_front && (number.contains('.') || front.contains('v') || front.contains("release"))
}

/// Whether a version is named as one to be tried out: nobody keeps a database that it made.
fn is_trial(name: &str) -> bool {
    const TRIALS: [&str; 6] = ["-test", "-dev", "-alpha", "-nightly", "-snapshot", ".dev"];
    let lower = name.to_ascii_lowercase();
    TRIALS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_versions_are_releases_and_others_are_not() {
        for name in ["v1.2", "2.0.1-rc1", "app-1.4.0", "release_3", "v7", "backend-v1.0.0"] {
            assert!(is_version(name), "{name}");
        }
        for name in ["v4.12.0-test.1", "2.0.0-alpha", "v1.0.dev3"] {
            assert!(is_version(name) && is_trial(name), "{name}");
        }
        assert!(!is_trial("v2.0.1-rc1") && !is_trial("v2.0.1"));
        for name in ["nightly", "deploy-20240101", "before_the_rewrite", "python3", "latest"] {
            assert!(!is_version(name), "{name}");
        }
    }
}
