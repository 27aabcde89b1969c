//! One line a finding, as compilers write them: an editor, `grep` and a person in a hurry read it.

use std::io::{self, Write};

use super::{Report, Style, Verbosity, plain};

pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for reported in &report.findings {
        let finding = &reported.finding;
        let level = match &reported.suppressed {
            Some(_) if style.verbosity != Verbosity::Verbose => continue,
            Some(_) => "suppressed",
            None => reported.severity.as_str(),
        };
        let (path, start) = (plain::line(finding.primary.path()), finding.primary.start());
        let (rule, message) = (finding.rule.name, plain::line(&finding.message));
        writeln!(out, "{path}:{}:{}: {level}[{rule}]: {message}", start.line, start.column)?;
    }
    if style.verbosity == Verbosity::Quiet {
        return Ok(());
    }
    writeln!(out, "{}: {}", report.summary(), plain::line(&report.verdict))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_harmless, hostile, sample, written};
    use super::*;

    fn output(report: &Report, verbosity: Verbosity) -> String {
        written(|out| write(report, Style { verbosity, ..Style::default() }, out))
    }

    #[test]
    fn a_finding_is_a_line_and_so_is_the_verdict() {
        insta::assert_snapshot!(output(&sample(), Verbosity::Normal));
        assert_eq!(output(&sample(), Verbosity::Quiet).lines().count(), 2);
        assert_eq!(output(&sample(), Verbosity::Verbose).lines().count(), 4);
    }

    #[test]
    fn no_text_of_a_repository_makes_a_line_of_its_own() {
        let shown = output(&hostile(), Verbosity::Verbose);
        assert_harmless(&shown);
        assert_eq!(shown.lines().count(), 3);
    }
}
