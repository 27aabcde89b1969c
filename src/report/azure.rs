//! Logging commands of Azure Pipelines, which show findings as issues of the run
//! (<https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>).

use std::io::{self, Write};

use super::{Report, Reported, plain};

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.counting() {
        writeln!(out, "{}", issue(reported))?;
    }
    for note in &report.notes {
        writeln!(out, "note: {}", plain::line(note))?;
    }
    writeln!(out, "{}: {}", report.summary(), plain::line(&report.verdict))
}

fn issue(reported: &Reported) -> String {
    let finding = &reported.finding;
    let start = finding.primary.start();
    let help = if finding.help.is_empty() { String::new() } else { format!(" (help: {})", finding.help) };
    format!(
        "##vso[task.logissue type={};sourcepath={};linenumber={};columnnumber={};code={}]{}",
        reported.severity.as_str(),
        property(finding.primary.path()),
        start.line,
        start.column,
        finding.rule.name,
        data(&plain::line(&format!("{}{help}", finding.message))),
    )
}

/// As the agent's own library escapes text behind a command: a percent sign first, so that nothing is decoded twice.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&plain::line(text)).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_harmless, hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> String {
        written(|out| write(report, out))
    }

    #[test]
    fn findings_are_issues_of_the_run() {
        insta::assert_snapshot!(output(&sample()));
    }

    #[test]
    fn no_text_of_a_repository_is_a_command() {
        let report = hostile();
        let shown = output(&report);
        let (issues, others): (Vec<&str>, Vec<&str>) = shown.lines().partition(|line| line.starts_with("##vso["));
        assert_eq!(issues.len(), 1, "{shown}");
        assert_harmless(&others.join("\n"));
        let (command, text) = issues[0]["##vso[".len()..].split_once(']').unwrap();
        assert!(command.starts_with("task.logissue type=error;sourcepath="), "{command}");
        // A property ends at `;`, and so many are ours.
        assert_eq!(command.matches(';').count(), 4, "{command}");
        assert_harmless(text);
    }
}
