//! The XML of `JUnit`, which every CI system shows as a list of tests: each rule is one, and fails where it finds an error.

use std::io::{self, Write};

use super::{Report, Reported, plain};
use crate::rules::RULES;
use crate::severity::Severity;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let counting: Vec<&Reported> = report.counting().collect();
    let is_failing = |rule: &str| of(&counting, rule).any(|reported| reported.severity == Severity::Error);
    let failures = RULES.iter().filter(|rule| is_failing(rule.name)).count();
    let name = env!("CARGO_PKG_NAME");
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", RULES.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{name}\" {counts} time=\"0\">")?;
    writeln!(out, "  <testsuite name=\"{name}\" {counts} skipped=\"0\" time=\"0\">")?;
    for rule in RULES {
        write!(out, "    <testcase name=\"{}\" classname=\"{name}\" time=\"0\"", rule.name)?;
        let of_rule: Vec<&Reported> = of(&counting, rule.name).collect();
        if of_rule.is_empty() {
            writeln!(out, "/>")?;
            continue;
        }
        writeln!(out, ">")?;
        let text: Vec<String> = of_rule.iter().map(|reported| told(reported)).collect();
        let text = escaped(&text.join("\n\n"));
        if is_failing(rule.name) {
            let message = escaped(&plain::line(&of_rule[0].finding.message));
            writeln!(out, "      <failure type=\"{}\" message=\"{message}\">{text}</failure>", rule.name)?;
        } else {
            // A warning fails nothing.
            writeln!(out, "      <system-out>{text}</system-out>")?;
        }
        writeln!(out, "    </testcase>")?;
    }
    let verdict = escaped(&format!("{}: {}", report.summary(), plain::line(&report.verdict)));
    writeln!(out, "    <system-out>{verdict}</system-out>\n  </testsuite>\n</testsuites>")
}

fn of<'r>(all: &'r [&Reported], rule: &'r str) -> impl Iterator<Item = &'r Reported> {
    all.iter().copied().filter(move |reported| reported.finding.rule.name == rule)
}

/// A finding in a few lines, the place first.
fn told(reported: &Reported) -> String {
    let finding = &reported.finding;
    let (path, line) = (plain::line(finding.primary.path()), finding.primary.start().line);
    let mut lines = vec![format!("{path}:{line}: {}: {}", reported.severity.as_str(), plain::line(&finding.message))];
    lines.extend(finding.notes.iter().map(|note| format!("note: {}", plain::line(note))));
    if !finding.help.is_empty() {
        lines.push(format!("help: {}", plain::line(&finding.help)));
    }
    lines.join("\n")
}

/// Text of XML. Control characters are visible text by now, and U+FFFE and U+FFFF are none of XML's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for part in text.chars() {
        match part {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_harmless, hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> String {
        written(|out| write(report, out))
    }

    #[test]
    fn a_rule_is_a_test_that_its_errors_fail() {
        insta::assert_snapshot!(output(&sample()));
    }

    #[test]
    fn no_text_of_a_repository_opens_or_ends_an_element() {
        let shown = output(&hostile());
        assert_harmless(&shown);
        let elements = |text: &str| text.matches('<').count();
        let harmless = Report {
            findings: hostile()
                .findings
                .into_iter()
                .map(|mut reported| {
                    reported.finding.message = "m".to_owned();
                    reported
                })
                .collect(),
            ..sample()
        };
        assert_eq!(elements(&shown), elements(&output(&harmless)));
    }
}
