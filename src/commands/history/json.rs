//! Version 1 of a history for programs: own types, so that internals can change.

use serde::Serialize;

use super::History;
use super::outcome::{Broken, Counts, Outcome};
use super::text::date;
use crate::commands::Failure;
use crate::git::{Parent, Step};
use crate::report::{Summary, plain};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct DocumentV1<'a> {
    version: u32,
    tool: ToolV1,
    range: RangeV1,
    /// The newest first.
    steps: Vec<StepV1<'a>>,
    summary: CountsV1,
}

#[derive(Serialize)]
struct ToolV1 {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct RangeV1 {
    from: Option<String>,
    to: String,
}

#[derive(Serialize)]
struct StepV1<'a> {
    commit: String,
    parent: Option<String>,
    date: Option<String>,
    subject: &'a str,
    /// `blocked`, `passed`, `untouched` or `not-judged`.
    outcome: &'static str,
    reason: Option<&'a str>,
    errors: usize,
    warnings: usize,
    suppressed: usize,
    rules: Vec<RuleV1<'a>>,
}

#[derive(Serialize)]
struct RuleV1<'a> {
    rule: &'static str,
    severity: &'static str,
    count: usize,
    first: FirstV1<'a>,
}

#[derive(Serialize)]
struct FirstV1<'a> {
    message: &'a str,
    path: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct CountsV1 {
    steps: usize,
    blocked: usize,
    passed: usize,
    untouched: usize,
    not_judged: usize,
}

pub fn json(history: &History) -> Result<String, Failure> {
    let Counts { steps, blocked, passed, untouched, not_judged } =
        Counts::of(history.steps.iter().map(|(_, outcome)| outcome));
    let document = DocumentV1 {
        version: VERSION,
        tool: ToolV1 { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        range: RangeV1 { from: history.from.map(|commit| commit.id.to_string()), to: history.to.id.to_string() },
        steps: history.steps.iter().map(|(step, outcome)| StepV1::new(step, outcome)).collect(),
        summary: CountsV1 { steps, blocked, passed, untouched, not_judged },
    };
    let text = serde_json::to_string_pretty(&document).map_err(std::io::Error::from)?;
    Ok(plain::json(&text) + "\n")
}

impl<'a> StepV1<'a> {
    fn new(step: &'a Step, outcome: &'a Outcome) -> Self {
        let (name, reason, summary, rules) = match outcome {
            Outcome::Untouched => ("untouched", None, Summary::default(), &[][..]),
            Outcome::NotJudged { reason } => ("not-judged", Some(reason.as_str()), Summary::default(), &[][..]),
            Outcome::Judged { summary, rules } => {
                (if outcome.is_blocked() { "blocked" } else { "passed" }, None, *summary, rules.as_slice())
            }
        };
        Self {
            commit: step.commit.id.to_string(),
            parent: match step.parent {
                Parent::Here(parent) => Some(parent.id.to_string()),
                Parent::None | Parent::LeftOut => None,
            },
            date: date(step.committed).map(|date| date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            subject: &step.subject,
            outcome: name,
            reason,
            errors: summary.errors,
            warnings: summary.warnings,
            suppressed: summary.suppressed,
            rules: rules.iter().map(RuleV1::new).collect(),
        }
    }
}

impl<'a> RuleV1<'a> {
    fn new(broken: &'a Broken) -> Self {
        let first = &broken.first;
        Self {
            rule: broken.rule,
            severity: broken.severity.as_str(),
            count: broken.count,
            first: FirstV1 { message: &first.message, path: &first.path, line: first.line },
        }
    }
}
