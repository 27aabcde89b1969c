//! SARIF 2.1.0 for code scanning. Section numbers are those of the OASIS standard.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Report, Reported};
use crate::finding::Rule;
use crate::rules::RULES;
use crate::source::Location;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Versioned, so that a better fingerprint can be added beside the one that consumers know.
const FINGERPRINT: &str = "parityCheck/v1";
/// The name by which code scanning knows the repository's root.
const ROOT: &str = "%SRCROOT%";

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let run = json!({
        "tool": { "driver": driver() },
        "invocations": [{
            // Findings do not make a run unsuccessful; a check that could not run writes no report.
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications(report),
        }],
        // 3.14.14: without a URI, the consumer knows best where the root is.
        "originalUriBaseIds": { ROOT: { "description": text("The root of the repository.") } },
        "columnKind": "unicodeCodePoints",
        "results": report.findings.iter().map(result).collect::<Vec<_>>(),
        "properties": {
            "base": report.range.base.id,
            "head": report.range.head.id,
            "mergeBase": report.range.merge_base,
            "verdict": report.verdict,
        },
    });
    super::json::write_value(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }), out)
}

fn driver() -> Value {
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
    })
}

fn descriptor(rule: &Rule) -> Value {
    let page = rule.page();
    let doc = page.trim();
    let summary = first_paragraph(doc);
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.name.replace('-', " ") },
        "fullDescription": { "text": summary },
        "help": { "text": doc, "markdown": doc },
        "defaultConfiguration": { "level": rule.severity.as_str() },
    })
}

fn first_paragraph(page: &str) -> String {
    let lines = page.lines().skip_while(|line| line.is_empty() || line.starts_with('#'));
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn notifications(report: &Report) -> Vec<Value> {
    report.notes.iter().map(|note| json!({ "level": "note", "message": text(note) })).collect()
}

fn result(reported: &Reported) -> Value {
    let finding = &reported.finding;
    let related = finding.related.iter().zip(1_usize..).map(|(related, id)| {
        let mut location = location(related);
        location.insert("id".to_owned(), id.into());
        Value::Object(location)
    });
    let mut result = json!({
        "ruleId": finding.rule.name,
        "level": reported.severity.as_str(),
        "message": text(&message(reported)),
        "locations": [location(&finding.primary)],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: finding.fingerprint() },
        "baselineState": if finding.pre_existing { "unchanged" } else { "new" },
    });
    if let Some(index) = RULES.iter().position(|rule| rule.name == finding.rule.name) {
        result["ruleIndex"] = index.into();
    }
    if let Some(reason) = &reported.suppressed {
        result["suppressions"] = json!([{ "kind": if reported.exempt { "external" } else { "inSource" }, "status": "accepted", "justification": reason }]);
    }
    if let Some(track) = &finding.track {
        result["properties"] = json!({ "track": track });
    }
    result
}

fn message(reported: &Reported) -> String {
    let finding = &reported.finding;
    let help = (!finding.help.is_empty()).then(|| format!("Help: {}", finding.help));
    let parts = std::iter::once(finding.message.clone()).chain(finding.notes.iter().cloned()).chain(help);
    parts.collect::<Vec<_>>().join("\n\n")
}

fn location(location: &Location) -> Map<String, Value> {
    let (start, end) = (location.start(), location.end());
    let mut object = Map::new();
    let region = json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    });
    let artifact = json!({ "uri": uri(location.path()), "uriBaseId": ROOT });
    object.insert("physicalLocation".to_owned(), json!({ "artifactLocation": artifact, "region": region }));
    if !location.label.is_empty() {
        object.insert("message".to_owned(), text(&location.label));
    }
    object
}

/// A plain text message. `[text](1)` in one is a link to a place (3.11.6), so brackets that could be one are escaped;
/// only those, because many viewers show the backslash.
fn text(text: &str) -> Value {
    let escaped = if text.contains("](") {
        text.replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]")
    } else {
        text.to_owned()
    };
    json!({ "text": escaped })
}

/// A path as a relative URI: everything but unreserved characters and `/` is percent-encoded (RFC 3986, 2.3).
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => _ = write!(uri, "%{byte:02X}"),
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> Value {
        serde_json::from_str(&written(|out| write(report, out))).unwrap()
    }

    #[test]
    fn every_report_fits_the_standard_schema() {
        let schema = include_str!("../../tests/schemas/sarif-2.1.0.schema.json");
        let mut schema: Value = serde_json::from_str(schema).unwrap();
        // The published pattern of a language has a bracket too many for ECMA's Unicode mode; no report has a language.
        for owner in ["run", "toolComponent"] {
            let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
            language.as_object_mut().unwrap().remove("pattern").unwrap();
        }
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        for report in [sample(), hostile(), Report { findings: Vec::new(), ..sample() }] {
            let value = output(&report);
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn results_carry_rule_place_fingerprint_and_state() {
        let value = output(&sample());
        insta::assert_snapshot!(serde_json::to_string_pretty(&value["runs"][0]["results"]).unwrap());
    }

    #[test]
    fn a_rule_index_points_at_its_rule() {
        let value = output(&sample());
        let run = &value["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn any_file_name_is_a_legal_uri() {
        assert_eq!(uri("a b/é%\n:#?.py"), "a%20b/%C3%A9%25%0A%3A%23%3F.py");
    }

    #[test]
    fn a_message_cannot_be_a_link() {
        assert_eq!(text("see [x](http://example.com)")["text"], r"see \[x\](http://example.com)");
        assert_eq!(text("MIGRATIONS[0]")["text"], "MIGRATIONS[0]");
    }

    #[test]
    fn hostile_text_is_harmless_in_a_log() {
        testing::assert_harmless(&written(|out| write(&hostile(), out)));
    }

    #[test]
    fn a_rules_description_is_the_first_paragraph_of_its_page() {
        assert_eq!(first_paragraph("## What it does\nOne\ntwo.\n\nThree."), "One two.");
        assert!(RULES.iter().all(|rule| !first_paragraph(rule.page().trim()).is_empty()));
    }
}
