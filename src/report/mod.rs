//! From findings to a verdict: severity, suppression, order, exit code; and one file per output format.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};

use crate::finding::{Finding, Rule};
use crate::severity::Severity;
use crate::track::Track;
use crate::track::graph::Graph;
use crate::track::kind::Kind;

pub mod azure;
pub mod concise;
pub mod exempt;
mod frame;
pub mod github;
pub mod gitlab;
pub mod graph;
mod join;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod plain;
pub mod rdjson;
pub mod sarif;
pub mod suppress;
#[cfg(test)]
mod testing;
pub mod text;

/// The page of a rule.
fn page_of(rule: &Rule) -> String {
    format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), rule.name)
}

/// What every format says of a finding that the merge base has too.
const PRE_EXISTING: &str = "already on the base: this change did not bring it";

/// Everything that an output format may show, in its final order.
#[derive(Clone, Debug)]
pub struct Report {
    pub range: RangeSummary,
    pub tracks: Vec<Track>,
    /// Errors before warnings, then by path, place and rule; suppressed ones last.
    pub findings: Vec<Reported>,
    pub judged: Vec<Judged>,
    /// The change touches no file of any track, as far as that is known.
    pub untouched: bool,
    /// What a reader should know that is no finding: a new track, a base that does not parse.
    pub notes: Vec<String>,
    /// The chains whose revisions do not follow each other as they should, with what is new marked.
    pub chains: Vec<Graph>,
    /// The one line that says what was judged, or why nothing had to be.
    pub verdict: String,
    /// The file with the configuration; `None` where there is none, so that the tracks were detected.
    pub configuration: Option<String>,
    /// Why nothing was compared on a track that the change touches, a sentence for each. A strict check does not pass then.
    pub unjudged: Vec<String>,
}

/// The commits that were compared.
#[derive(Clone, Debug)]
pub struct RangeSummary {
    pub base: Revision,
    pub head: Revision,
    /// The full id of the merge base.
    pub merge_base: String,
}

/// One end of the range.
#[derive(Clone, Debug)]
pub struct Revision {
    /// As the user or the environment named it.
    pub name: String,
    /// A full commit id, or `index` or `worktree` for what is not committed.
    pub id: String,
}

/// How much of one track was looked at.
#[derive(Clone, Debug)]
pub struct Judged {
    pub track: String,
    pub kind: Kind,
    pub migrations: usize,
    pub new_migrations: usize,
}

/// A finding with what the configuration and the comments make of it.
#[derive(Clone, Debug)]
pub struct Reported {
    pub finding: Finding,
    pub severity: Severity,
    /// The reason of the comment or exemption that suppresses it.
    pub suppressed: Option<String>,
    /// The configuration suppresses it, and not a comment.
    pub exempt: bool,
    /// The findings that are told with it: what follows from it, or is about the same.
    pub parts: Vec<Finding>,
}

impl Reported {
    pub fn new(finding: Finding, severity: Severity) -> Self {
        Self { finding, severity, suppressed: None, exempt: false, parts: Vec::new() }
    }

    /// The finding, and those that are told with it.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(&self.finding).chain(&self.parts)
    }
}

/// How many findings there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub errors: usize,
    pub warnings: usize,
    pub suppressed: usize,
}

/// In words: "1 error, 2 warnings, 1 suppressed", or "no findings".
impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match (self.errors, self.warnings) {
            (0, 0) => write!(out, "no findings")?,
            (errors, 0) => write!(out, "{errors} error{}", plural(errors))?,
            (0, warnings) => write!(out, "{warnings} warning{}", plural(warnings))?,
            (errors, warnings) => {
                write!(out, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))?;
            }
        }
        if self.suppressed > 0 { write!(out, ", {} suppressed", self.suppressed) } else { Ok(()) }
    }
}

impl Report {
    /// The findings that nothing suppresses, in their order.
    pub fn counting(&self) -> impl Iterator<Item = &Reported> {
        self.findings.iter().filter(|reported| reported.suppressed.is_none())
    }

    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for reported in &self.findings {
            match (&reported.suppressed, reported.severity) {
                (Some(_), _) => summary.suppressed += 1,
                (None, Severity::Error) => summary.errors += 1,
                (None, Severity::Warning) => summary.warnings += 1,
            }
        }
        summary
    }

    /// Whether the check passes; `strict` makes warnings count, and tracks on which nothing was compared.
    pub fn passes(&self, strict: bool) -> bool {
        let summary = self.summary();
        summary.errors == 0 && !(strict && (summary.warnings > 0 || !self.unjudged.is_empty()))
    }
}

/// What the configuration makes of a rule: its severity, or `None` where it is off.
pub type Severities = HashMap<&'static str, Option<Severity>>;

/// Applies severities to findings and drops those of rules that are off. What the merge base has too is a warning at
/// the most: a change answers for what it changes.
pub fn apply_severities(findings: Vec<Finding>, severities: &Severities) -> Vec<Reported> {
    findings
        .into_iter()
        .filter_map(|finding| {
            let by_default = if finding.weak { Severity::Warning } else { finding.rule.severity };
            let configured = severities.get(finding.rule.name).copied().unwrap_or(Some(by_default))?;
            let severity = if finding.pre_existing { Severity::Warning } else { configured };
            Some(Reported::new(finding, severity))
        })
        .collect()
}

pub use join::join;

/// Puts findings into the order in which every format shows them.
pub fn sort(findings: &mut [Reported]) {
    findings.sort_by_cached_key(|reported| {
        let finding = &reported.finding;
        (
            reported.suppressed.is_some(),
            reported.severity,
            finding.pre_existing,
            finding.primary.path().to_owned(),
            finding.primary.range.start,
            finding.rule.name,
            finding.key.clone(),
        )
    });
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Source frames for people
    #[value(alias = "full")]
    Text,
    /// One line a finding, for editors and `grep`
    Concise,
    /// Version 1 of the machine-readable report
    Json,
    /// Workflow commands that annotate the diff on GitHub
    Github,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// A step summary
    Markdown,
    /// GitLab's Code Quality report
    Gitlab,
    /// Reviewdog's diagnostics, for comments on any code host
    Rdjson,
    /// The XML of `JUnit`, in which each rule is a test
    Junit,
    /// Logging commands of Azure Pipelines
    Azure,
}

/// How the text format looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    pub color: bool,
    /// Whether the names of rules are links, which a terminal opens.
    pub links: bool,
    /// The width to wrap and cut lines at, in columns.
    pub width: usize,
    pub verbosity: Verbosity,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Findings alone.
    Quiet,
    #[default]
    Normal,
    /// Also what was compared, which tracks there are and what is suppressed.
    Verbose,
}

impl Format {
    /// Writes the report; fails only where the writer does.
    pub fn write(self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(report, style, out),
            Self::Json => json::write(report, out),
            Self::Github => github::write(report, out),
            Self::Sarif => sarif::write(report, out),
            Self::Markdown => markdown::write(report, out),
            Self::Concise => concise::write(report, style, out),
            Self::Gitlab => gitlab::write(report, out),
            Self::Rdjson => rdjson::write(report, out),
            Self::Junit => junit::write(report, out),
            Self::Azure => azure::write(report, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{finding, sample};
    use super::*;
    use crate::source::{Location, Source};

    fn at(path: &str, rule: &str) -> Finding {
        finding(rule, "m", Location::line(&Source::new(path, "x\n"), 1, ""))
    }

    fn old(finding: Finding) -> Finding {
        Finding { pre_existing: true, ..finding }
    }

    #[test]
    fn what_the_base_has_too_is_a_warning_at_the_most() {
        let reported = apply_severities(vec![old(at("a.py", "missing-revision"))], &Severities::new());
        assert_eq!(reported[0].severity, Severity::Warning);
    }

    #[test]
    fn a_rule_that_is_off_finds_nothing_even_on_the_base() {
        let severities = Severities::from([("missing-revision", None)]);
        let findings = vec![at("a.py", "missing-revision"), old(at("a.py", "missing-revision"))];
        assert!(apply_severities(findings, &severities).is_empty());
    }

    #[test]
    fn new_errors_come_first_and_suppressed_findings_last() {
        let mut reported = apply_severities(
            vec![
                at("c.py", "missing-revision"),
                old(at("a.py", "missing-revision")),
                at("b.py", "unevaluated"),
                at("b.py", "missing-revision"),
                at("a.py", "missing-revision"),
            ],
            &Severities::new(),
        );
        reported[4].suppressed = Some("why".to_owned());
        sort(&mut reported);
        let order: Vec<_> = reported.iter().map(|one| (one.severity.as_str(), one.finding.primary.path())).collect();
        let (error, warning) = ("error", "warning");
        let expected = [(error, "b.py"), (error, "c.py"), (warning, "b.py"), (warning, "a.py"), (error, "a.py")];
        assert_eq!(order, expected);
    }

    #[test]
    fn warnings_fail_the_check_only_when_it_is_strict() {
        let mut report = sample();
        assert!(!report.passes(false));
        report.findings.remove(0);
        assert!(report.passes(false) && !report.passes(true));
        report.findings.remove(0);
        assert!(report.passes(true), "a suppressed error does not count");
    }

    #[test]
    fn a_summary_counts_in_words() {
        let words = |errors, warnings, suppressed| Summary { errors, warnings, suppressed }.to_string();
        assert_eq!(words(0, 0, 0), "no findings");
        assert_eq!(words(0, 0, 3), "no findings, 3 suppressed");
        assert_eq!(words(1, 0, 0), "1 error");
        assert_eq!(words(0, 2, 0), "2 warnings");
        assert_eq!(words(2, 1, 1), "2 errors, 1 warning, 1 suppressed");
    }
}
