//! Judges the steps of a history on several threads, each with the repository opened anew.

use std::io::IsTerminal as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::outcome::Outcome;
use super::text::date;
use crate::Learned;
use crate::commands::Failure;
use crate::git::{Address, GitError, Parent, Repository, Step};
use crate::threads::{STACK_BYTES, wait_for, work_on};

/// Each worker takes so many runs of neighbouring steps, if all take equally long.
const RUNS: usize = 4;

/// What is to be judged.
#[derive(Debug)]
pub struct Plan {
    pub address: Address,
    /// A configuration to use instead of each commit's own.
    pub config: Option<PathBuf>,
    pub steps: Vec<Step>,
    /// The day of a commit that has none.
    pub today: jiff::civil::Date,
}

/// Judges every step, and answers in the plan's order.
pub fn judge(plan: Plan, jobs: usize) -> Result<Vec<(Step, Outcome)>, Failure> {
    let count = plan.steps.len();
    let plan = Arc::new(plan);
    let next = Arc::new(AtomicUsize::new(0));
    let (sender, results) = mpsc::channel();
    // Neighbours share most of what is evaluated, so each worker takes several in a row; in the end all shall end at once.
    let run = (count / (jobs * RUNS)).max(1);
    for job in 0..jobs.min(count) {
        let (plan, next, sender) = (Arc::clone(&plan), Arc::clone(&next), sender.clone());
        let work = move || work(&plan, &next, run, &sender);
        // They are not waited for: one that hangs must not keep the program from saying so.
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
        if let (Err(error), 0) = (thread, job) {
            return Err(Failure::Other(format!("cannot start a thread: {error}")));
        }
    }
    drop(sender);
    let bar = bar(count);
    let mut outcomes: Vec<Option<Outcome>> = vec![None; count];
    loop {
        match wait_for(&results, jobs) {
            Ok(Some((index, outcome))) => {
                bar.inc(1);
                outcomes[index] = Some(outcome);
            }
            Ok(None) => break,
            Err(message) => {
                bar.finish_and_clear();
                return Err(Failure::Other(message));
            }
        }
    }
    bar.finish_and_clear();
    let steps = plan.steps.iter().cloned();
    Ok(steps.zip(outcomes).map(|(step, outcome)| (step, outcome.unwrap_or_else(stopped))).collect())
}

/// On standard error, and only where a person looks at it.
fn bar(count: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:40} {pos}/{len} commits, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Takes one run of steps after the other until none is left.
fn work(plan: &Plan, next: &AtomicUsize, run: usize, results: &Sender<(usize, Outcome)>) {
    let mut repository = plan.address.open();
    let mut learned = Learned::default();
    let runs = std::iter::from_fn(|| {
        let first = next.fetch_add(run, Ordering::Relaxed);
        (first < plan.steps.len()).then(|| first..first + run)
    });
    for (index, step) in runs.flatten().filter_map(|index| Some((index, plan.steps.get(index)?))) {
        let outcome =
            catch_unwind(AssertUnwindSafe(|| outcome(&repository, plan, step, &mut learned))).unwrap_or_else(|_| {
                // What was open may be in any state.
                repository = plan.address.open();
                learned = Learned::default();
                stopped()
            });
        // Nobody listens once the patience is over.
        if results.send((index, outcome)).is_err() {
            return;
        }
    }
}

fn stopped() -> Outcome {
    Outcome::NotJudged { reason: "the check ended unexpectedly, which is a mistake in it".to_owned() }
}

fn outcome(repository: &Result<Repository, GitError>, plan: &Plan, step: &Step, learned: &mut Learned) -> Outcome {
    let not_judged = |reason: String| Outcome::NotJudged { reason };
    let repository = match repository {
        Ok(repository) => repository,
        Err(error) => return not_judged(error.to_string()),
    };
    let parent = match step.parent {
        Parent::Here(parent) => parent,
        Parent::None => return not_judged("it is the first commit: there is none to compare it with".to_owned()),
        Parent::LeftOut => {
            let reason = "the clone is shallow and its history begins here: `git fetch --unshallow` brings the rest";
            return not_judged(reason.to_owned());
        }
    };
    work_on(format!("judging the commit {}", step.commit.id));
    // What is suppressed until a day was so on the day of the commit.
    let day = date(step.committed).map_or(plan.today, |date| date.date());
    match crate::run_step(repository, parent, step.commit, plan.config.as_deref(), day, learned) {
        Ok(report) => Outcome::from(&report),
        Err(error) => not_judged(error.to_string()),
    }
}
