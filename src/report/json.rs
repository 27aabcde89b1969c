//! Version 1 of the machine-readable report: own types, so that internals can change. Its schema is
//! `schemas/report-v1.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Judged, RangeSummary, Report, Reported, Summary, plain};
use crate::source::{Location, Point};
use crate::track::Track;

const VERSION: u32 = 1;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_value(&Document::new(report), out)
}

/// Writes indented JSON that ends with a line break and is safe to print.
pub(super) fn write_value(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
    writeln!(out, "{}", plain::json(&text))
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: ToolV1,
    range: RangeV1<'a>,
    tracks: Vec<TrackV1<'a>>,
    findings: Vec<FindingV1<'a>>,
    judged: Vec<JudgedV1<'a>>,
    summary: SummaryV1,
    notes: &'a [String],
    verdict: &'a str,
}

#[derive(Serialize)]
struct ToolV1 {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct RangeV1<'a> {
    base: &'a str,
    head: &'a str,
    merge_base: &'a str,
}

#[derive(Serialize)]
struct TrackV1<'a> {
    name: &'a str,
    kind: &'static str,
    dialect: &'static str,
    path: &'a str,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    rule: &'static str,
    severity: &'static str,
    track: Option<&'a str>,
    message: &'a str,
    help: &'a str,
    pre_existing: bool,
    suppressed: Option<SuppressedV1<'a>>,
    fingerprint: String,
    locations: Vec<LocationV1<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct SuppressedV1<'a> {
    reason: &'a str,
}

#[derive(Serialize)]
struct LocationV1<'a> {
    path: &'a str,
    start: PointV1,
    end: PointV1,
    label: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct PointV1 {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct JudgedV1<'a> {
    track: &'a str,
    migrations: usize,
    new_migrations: usize,
}

#[derive(Serialize)]
struct SummaryV1 {
    errors: usize,
    warnings: usize,
    suppressed: usize,
}

impl<'a> Document<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            version: VERSION,
            tool: ToolV1 { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            range: RangeV1::new(&report.range),
            tracks: report.tracks.iter().map(TrackV1::new).collect(),
            findings: report.findings.iter().map(FindingV1::new).collect(),
            judged: report.judged.iter().map(JudgedV1::new).collect(),
            summary: SummaryV1::new(report.summary()),
            notes: &report.notes,
            verdict: &report.verdict,
        }
    }
}

impl<'a> RangeV1<'a> {
    fn new(range: &'a RangeSummary) -> Self {
        Self { base: &range.base.id, head: &range.head.id, merge_base: &range.merge_base }
    }
}

impl<'a> TrackV1<'a> {
    fn new(track: &'a Track) -> Self {
        Self { name: &track.name, kind: track.kind.as_str(), dialect: track.dialect.as_str(), path: &track.path }
    }
}

impl<'a> FindingV1<'a> {
    fn new(reported: &'a Reported) -> Self {
        let finding = &reported.finding;
        Self {
            rule: finding.rule.name,
            severity: reported.severity.as_str(),
            track: finding.track.as_deref(),
            message: &finding.message,
            help: &finding.help,
            pre_existing: finding.pre_existing,
            suppressed: reported.suppressed.as_deref().map(|reason| SuppressedV1 { reason }),
            fingerprint: finding.fingerprint(),
            locations: finding.locations().map(|(location, primary)| LocationV1::new(location, primary)).collect(),
            notes: &finding.notes,
        }
    }
}

impl<'a> LocationV1<'a> {
    fn new(location: &'a Location, primary: bool) -> Self {
        let (start, end) = (PointV1::new(location.start()), PointV1::new(location.end()));
        Self { path: location.path(), start, end, label: &location.label, primary }
    }
}

impl PointV1 {
    fn new(Point { line, column }: Point) -> Self {
        Self { line, column }
    }
}

impl<'a> JudgedV1<'a> {
    fn new(judged: &'a Judged) -> Self {
        Self { track: &judged.track, migrations: judged.migrations, new_migrations: judged.new_migrations }
    }
}

impl SummaryV1 {
    fn new(Summary { errors, warnings, suppressed }: Summary) -> Self {
        Self { errors, warnings, suppressed }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{hostile, sample, written};
    use super::*;

    fn output(report: &Report) -> String {
        written(|out| write(report, out))
    }

    fn schema() -> Value {
        serde_json::from_str(include_str!("../../schemas/report-v1.schema.json")).unwrap()
    }

    #[test]
    fn the_keys_and_their_order_are_those_of_version_1() {
        let shown = output(&sample()).replace(env!("CARGO_PKG_VERSION"), "0.0.0");
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn every_report_fits_the_schema() {
        let schema = schema();
        assert!(jsonschema::draft202012::meta::is_valid(&schema));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for report in [sample(), hostile(), Report { findings: Vec::new(), ..sample() }] {
            let value: Value = serde_json::from_str(&output(&report)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn the_schema_refuses_what_version_1_does_not_have() {
        let schema = schema();
        let value: Value = serde_json::from_str(&output(&sample())).unwrap();
        for path in ["", "/tool", "/findings/0", "/findings/0/locations/0/start", "/summary"] {
            let mut extra = value.clone();
            extra.pointer_mut(path).unwrap()["surprise"] = Value::Bool(true);
            assert!(!jsonschema::draft202012::is_valid(&schema, &extra), "{path}");
        }
    }

    #[test]
    fn hostile_text_keeps_its_value_and_is_harmless_in_a_log() {
        let report = hostile();
        let shown = output(&report);
        super::super::testing::assert_harmless(&shown);
        let value: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(value["findings"][0]["locations"][0]["path"], report.findings[0].finding.primary.path());
    }
}
