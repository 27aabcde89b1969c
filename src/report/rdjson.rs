//! Reviewdog's diagnostic format, which it turns into comments on any code host
//! (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, Reported, page_of};
use crate::severity::Severity;
use crate::source::Location;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = json!({
        "source": { "name": env!("CARGO_PKG_NAME"), "url": env!("CARGO_PKG_REPOSITORY") },
        "diagnostics": report.counting().map(diagnostic).collect::<Vec<_>>(),
    });
    super::json::write_value(&document, out)
}

fn diagnostic(reported: &Reported) -> Value {
    let finding = &reported.finding;
    let help = (!finding.help.is_empty()).then(|| format!("help: {}", finding.help));
    let lines = std::iter::once(finding.message.clone()).chain(finding.notes.iter().cloned()).chain(help);
    let related =
        finding.related.iter().map(|related| json!({ "message": related.label, "location": location(related) }));
    json!({
        "message": lines.collect::<Vec<_>>().join("\n"),
        "location": location(&finding.primary),
        "severity": match reported.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
        },
        "code": { "value": finding.rule.name, "url": page_of(finding.rule) },
        "related_locations": related.collect::<Vec<_>>(),
    })
}

/// Lines and columns count from 1, columns in bytes of UTF-8.
fn location(location: &Location) -> Value {
    let (start, end) = (location.start(), location.end());
    let point = |line: usize, column: usize| json!({ "line": line, "column": column });
    json!({
        "path": location.path(),
        "range": {
            "start": point(start.line, byte_column(location, location.range.start)),
            "end": point(end.line, byte_column(location, location.range.end)),
        },
    })
}

fn byte_column(location: &Location, at: usize) -> usize {
    let before = &location.source.text()[..at];
    before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_harmless, hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> String {
        written(|out| write(report, out))
    }

    #[test]
    fn every_report_fits_the_schema_of_reviewdog() {
        let schema: Value = serde_json::from_str(include_str!("../../tests/schemas/rdjson.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for report in [sample(), hostile(), Report { findings: Vec::new(), ..sample() }] {
            let shown = output(&report);
            assert_harmless(&shown);
            let value: Value = serde_json::from_str(&shown).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn findings_are_diagnostics() {
        insta::assert_snapshot!(output(&sample()));
    }
}
