//! Workflow commands that annotate the diff on GitHub, and the verdict as a line of the log.
//!
//! Values are escaped as `escapeData` and `escapeProperty` of actions/toolkit do, after control characters have become
//! visible text, so that no name can end a command or start one.

use std::io::{self, Write};

use super::{Report, Reported, plain};
use crate::finding::Finding;
use crate::severity::Severity;
use crate::source::Location;

/// GitHub shows so many annotations of each level for one step and drops the others silently.
const MAX_OF_LEVEL: usize = 10;
/// Related places that an annotation's text names.
const MAX_RELATED: usize = 5;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut dropped = [0, 0];
    for (severity, dropped) in [Severity::Error, Severity::Warning].into_iter().zip(&mut dropped) {
        // The report's order has the important ones first.
        let of_level = || report.counting().filter(|one| one.severity == severity);
        for reported in of_level().take(MAX_OF_LEVEL) {
            writeln!(out, "{}", annotation(reported))?;
        }
        *dropped = of_level().count().saturating_sub(MAX_OF_LEVEL);
    }
    if dropped != [0, 0] {
        writeln!(out, "{}", notice_of_dropped(dropped))?;
    }
    for note in &report.notes {
        writeln!(out, "note: {}", plain::line(note))?;
    }
    writeln!(out, "{}: {}", report.summary(), plain::line(&report.verdict))
}

fn notice_of_dropped([errors, warnings]: [usize; 2]) -> String {
    let more = super::Summary { errors, warnings, suppressed: 0 };
    let message = format!("{more} more than GitHub shows as annotations: the step summary has all of them");
    format!("::notice title={}::{}", property(env!("CARGO_PKG_NAME")), data(&message))
}

fn annotation(reported: &Reported) -> String {
    let finding = &reported.finding;
    let state = if finding.pre_existing { " (already on the base)" } else { "" };
    let title = format!("{}{state}", finding.rule.name);
    let level = reported.severity.as_str();
    format!("::{level} {},title={}::{}", place(&finding.primary), property(&title), data(&message(finding)))
}

/// The properties that say where; columns are legal only within one line.
fn place(location: &Location) -> String {
    let (start, end) = (location.start(), location.end());
    let lines = format!("file={},line={},endLine={}", property(location.path()), start.line, end.line);
    if start.line == end.line { format!("{lines},col={},endColumn={}", start.column, end.column) } else { lines }
}

/// What the annotation says, over several lines.
fn message(finding: &Finding) -> String {
    let mut lines = vec![plain::line(&finding.message)];
    lines.extend(finding.related.iter().take(MAX_RELATED).map(|location| {
        let label = if location.label.is_empty() { "see also" } else { &location.label };
        format!("{}:{}: {}", plain::line(location.path()), location.start().line, plain::line(label))
    }));
    if finding.related.len() > MAX_RELATED {
        lines.push(format!("and {} more", finding.related.len() - MAX_RELATED));
    }
    lines.extend(finding.notes.iter().map(|note| format!("note: {}", plain::line(note))));
    if !finding.help.is_empty() {
        lines.push(format!("help: {}", plain::line(&finding.help)));
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&plain::line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, finding, hostile, reported, sample};
    use super::*;
    use crate::source::Source;

    fn output(report: &Report) -> String {
        testing::written(|out| write(report, out))
    }

    type Properties = Vec<(String, String)>;

    /// What the runner makes of a line: its own parser, in short.
    fn command(line: &str) -> Option<(String, Properties, String)> {
        let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
        let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
        let unescape = |text: &str| {
            [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
                .iter()
                .fold(text.to_owned(), |text, (token, c)| text.replace(token, c))
        };
        let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
        let properties = properties.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
        Some((name.to_owned(), properties, unescape(data)))
    }

    fn many(errors: usize, warnings: usize) -> Report {
        let source = Source::new("m.py", "x\n".repeat(100));
        let findings = |count, rule: &'static str| {
            let source = source.clone();
            (1..=count)
                .map(move |line| reported(finding(rule, &format!("number {line}"), Location::line(&source, line, ""))))
        };
        let findings = findings(errors, "missing-revision").chain(findings(warnings, "unevaluated")).collect();
        Report { findings, ..sample() }
    }

    #[test]
    fn findings_are_annotations_and_the_verdict_is_a_line() {
        insta::assert_snapshot!(output(&sample()));
    }

    #[test]
    fn a_newline_in_a_file_name_cannot_forge_an_annotation() {
        let source = Source::new("a\n::error file=b,line=1::forged\r.py", "x\n");
        let report = Report {
            findings: vec![reported(finding("unevaluated", "m", Location::line(&source, 1, "")))],
            ..sample()
        };
        let shown = output(&report);
        let commands: Vec<_> = shown.lines().filter_map(command).collect();
        assert_eq!(commands.len(), 1, "{shown}");
        assert_eq!(commands[0].0, "warning");
        let keys: Vec<&str> = commands[0].1.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["file", "line", "endLine", "col", "endColumn", "title"]);
    }

    #[test]
    fn no_text_of_a_repository_forges_a_command_or_a_terminal_code() {
        let report = hostile();
        let shown = output(&report);
        let (annotations, plain): (Vec<&str>, Vec<&str>) =
            shown.lines().partition(|line| line.starts_with("::error file="));
        assert_eq!(annotations.len(), 1, "the suppressed one is not annotated: {shown}");
        testing::assert_harmless(&plain.join("\n"));
        testing::assert_harmless(annotations[0].strip_prefix("::").unwrap());
        let (_, properties, data) = command(annotations[0]).unwrap();
        assert_eq!(properties.len(), 6, "{properties:?}");
        assert_eq!(properties[0].1, plain::line(report.findings[0].finding.primary.path()));
        // The runner shows the lines of the message in its log.
        for line in data.lines() {
            testing::assert_harmless(line);
        }
    }

    #[test]
    fn a_percent_sign_survives_the_runners_decoding() {
        let source = Source::new("100%0A,b:c.py", "x\n");
        let line = annotation(&reported(finding("unevaluated", "100%25 %0A", Location::line(&source, 1, ""))));
        let (_, properties, data) = command(&line).unwrap();
        assert_eq!(properties[0], ("file".to_owned(), "100%0A,b:c.py".to_owned()));
        assert_eq!(data, "100%25 %0A");
    }

    #[test]
    fn columns_are_given_only_within_one_line() {
        let source = Source::new("m.py", "(\n)\n");
        let over_two = place(&Location::new(&source, 0..3, ""));
        assert_eq!(over_two, "file=m.py,line=1,endLine=2");
    }

    #[test]
    fn more_than_github_shows_is_said_not_dropped_silently() {
        let shown = output(&many(13, 11));
        let of = |level: &str| shown.lines().filter(|line| line.starts_with(level)).count();
        assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 10, 1));
        assert!(shown.contains("number 10") && !shown.contains("number 11"), "{shown}");
        assert!(shown.contains("::3 errors, 1 warning more than GitHub shows"), "{shown}");
        assert!(!output(&many(10, 10)).contains("::notice"));
    }
}
