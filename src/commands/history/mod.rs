//! What the check would have blocked: it is run over every step of a branch's history.

use std::io::Write;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use super::{FAILED, Failure, PASSED, piped};
use crate::cli::{CommonArgs, HistoryArgs, ListFormat};
use crate::git::{Commit, GitError, Repository, Step};
use crate::report::plain;
use outcome::Outcome;
use workers::Plan;

mod json;
mod outcome;
mod text;
mod workers;

/// How many commits are judged where nobody says from which on.
const LAST: usize = 100;

/// The commits that were asked for, the newest first, and what became of each.
#[derive(Debug)]
struct History {
    /// The commit that ends the range at its older end, where one was named.
    from: Option<Commit>,
    to: Commit,
    steps: Vec<(Step, Outcome)>,
}

pub fn run(arguments: &HistoryArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&common.repo)?;
    let range = Range::parse(&arguments.range)?;
    let (from, to) = range.resolve(&repository)?;
    let is_open = from.is_some() || arguments.number.is_some();
    let steps = repository.first_parents(from, to, if is_open { usize::MAX } else { LAST })?;
    let jobs = arguments.jobs.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    // From here on the workers are watched over, however long all of it takes.
    piped(out.flush())?;
    let address = repository.snapshot(to.tree).address();
    let today = jiff::Zoned::now().date();
    let plan = |steps| Plan { address: address.clone(), config: common.config.clone(), steps, today };
    let steps = match arguments.number {
        Some(number) => last_touching(steps, number.get(), |steps| workers::judge(plan(steps), jobs))?,
        None => workers::judge(plan(steps), jobs)?,
    };
    let history = History { from, to, steps };
    let text = match arguments.format {
        ListFormat::Text => text::text(&history),
        ListFormat::Json => json::json(&history)?,
    };
    piped(out.write_all(text.as_bytes()))?;
    let is_unjudged = |(_, outcome): &(Step, Outcome)| matches!(outcome, Outcome::NotJudged { .. });
    let nothing = !history.steps.is_empty() && history.steps.iter().all(is_unjudged);
    Ok(if nothing { FAILED } else { PASSED })
}

/// The newest steps up to that which is the `number`th to touch a track; no more are judged than it takes, a batch at a time.
fn last_touching(
    steps: Vec<Step>,
    number: usize,
    judge: impl Fn(Vec<Step>) -> Result<Vec<(Step, Outcome)>, Failure>,
) -> Result<Vec<(Step, Outcome)>, Failure> {
    let mut judged = Vec::new();
    let mut touching = 0;
    let mut open = steps.into_iter().peekable();
    while open.peek().is_some() && touching < number {
        for (step, outcome) in judge(open.by_ref().take(number.max(LAST)).collect())? {
            if touching == number {
                break;
            }
            touching += usize::from(!matches!(outcome, Outcome::Untouched));
            judged.push((step, outcome));
        }
    }
    Ok(judged)
}

/// The range as it was written.
#[derive(Debug, PartialEq, Eq)]
struct Range<'a> {
    from: Option<&'a str>,
    to: &'a str,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Result<Self, Failure> {
        let or_head = |name: &'a str| if name.is_empty() { "HEAD" } else { name };
        match text.split_once("..") {
            Some((_, to)) if to.starts_with('.') || to.contains("..") => {
                let message = "`{}` is no range of commits: write `A..B`, or the commit to end with";
                Err(Failure::Other(message.replace("{}", &plain::line(text))))
            }
            Some((from, to)) => Ok(Self { from: Some(or_head(from)), to: or_head(to) }),
            None => Ok(Self { from: None, to: or_head(text) }),
        }
    }

    fn resolve(&self, repository: &Repository) -> Result<(Option<Commit>, Commit), GitError> {
        Ok((self.from.map(|name| repository.commit(name)).transpose()?, repository.commit(self.to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_commits_or_one() {
        let parsed = |text| Range::parse(text).ok().map(|range| (range.from, range.to));
        assert_eq!(parsed("a..b"), Some((Some("a"), "b")));
        assert_eq!(parsed("a.."), Some((Some("a"), "HEAD")));
        assert_eq!(parsed("..b"), Some((Some("HEAD"), "b")));
        assert_eq!(parsed("b"), Some((None, "b")));
        assert_eq!(parsed("a...b"), None);
        assert_eq!(parsed("a..b..c"), None);
    }
}
