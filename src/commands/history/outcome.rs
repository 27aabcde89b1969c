//! What became of a step: plain values that can go from one thread to another.

use crate::report::{Report, Summary};
use crate::severity::Severity;

/// What the check makes of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changes no file of any track.
    Untouched,
    /// It was judged. With an error among the findings it would have been blocked.
    Judged { summary: Summary, rules: Vec<Broken> },
    /// The check could not be carried out.
    NotJudged { reason: String },
}

/// A rule that a step breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub rule: &'static str,
    pub severity: Severity,
    /// How many findings there are of it at that severity.
    pub count: usize,
    pub first: First,
}

/// The first finding of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    pub message: String,
    pub path: String,
    pub line: usize,
}

/// How many steps there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub steps: usize,
    pub blocked: usize,
    pub passed: usize,
    pub untouched: usize,
    pub not_judged: usize,
}

impl Outcome {
    pub fn is_blocked(&self) -> bool {
        matches!(self, Self::Judged { summary: Summary { errors: 1.., .. }, .. })
    }
}

impl From<&Report> for Outcome {
    /// Rules are in the order of their first findings, which has errors first.
    fn from(report: &Report) -> Self {
        if report.untouched {
            return Self::Untouched;
        }
        let mut rules: Vec<Broken> = Vec::new();
        for reported in report.counting() {
            let (finding, severity) = (&reported.finding, reported.severity);
            let rule = finding.rule.name;
            if let Some(known) = rules.iter_mut().find(|known| known.rule == rule && known.severity == severity) {
                known.count += 1;
                continue;
            }
            let place = &finding.primary;
            let (message, path, line) = (finding.message.clone(), place.path().to_owned(), place.start().line);
            rules.push(Broken { rule, severity, count: 1, first: First { message, path, line } });
        }
        Self::Judged { summary: report.summary(), rules }
    }
}

impl Counts {
    pub fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            counts.steps += 1;
            match outcome {
                Outcome::Untouched => counts.untouched += 1,
                Outcome::NotJudged { .. } => counts.not_judged += 1,
                Outcome::Judged { .. } if outcome.is_blocked() => counts.blocked += 1,
                Outcome::Judged { .. } => counts.passed += 1,
            }
        }
        counts
    }
}
