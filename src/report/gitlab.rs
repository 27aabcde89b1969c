//! GitLab's Code Quality report, which a merge request shows beside the lines
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, Reported};
use crate::severity::Severity;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    super::json::write_value(&report.counting().map(issue).collect::<Vec<_>>(), out)
}

fn issue(reported: &Reported) -> Value {
    let finding = &reported.finding;
    let (start, end) = (finding.primary.start(), finding.primary.end());
    let content = finding.notes.iter().cloned().chain((!finding.help.is_empty()).then(|| finding.help.clone()));
    json!({
        "type": "issue",
        "check_name": finding.rule.name,
        "description": finding.message,
        "content": { "body": content.collect::<Vec<_>>().join("\n\n") },
        "categories": ["Bug Risk"],
        "severity": match reported.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
        },
        "fingerprint": finding.fingerprint(),
        "location": {
            "path": finding.primary.path(),
            "lines": { "begin": start.line, "end": end.line },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_harmless, hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> String {
        written(|out| write(report, out))
    }

    /// What GitLab demands of each issue, by the page that is named above.
    #[test]
    fn every_issue_has_what_gitlab_demands() {
        for report in [sample(), hostile()] {
            let shown = output(&report);
            assert_harmless(&shown);
            let issues: Vec<Value> = serde_json::from_str(&shown).unwrap();
            assert_eq!(issues.len(), report.counting().count());
            for issue in issues {
                assert!(issue["description"].is_string() && issue["check_name"].is_string(), "{issue}");
                assert!(!issue["fingerprint"].as_str().unwrap().is_empty(), "{issue}");
                let severity = issue["severity"].as_str().unwrap();
                assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
                assert!(issue["location"]["path"].is_string(), "{issue}");
                assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0), "{issue}");
            }
        }
    }

    #[test]
    fn findings_are_issues() {
        insta::assert_snapshot!(output(&sample()));
    }
}
