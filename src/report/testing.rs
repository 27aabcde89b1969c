//! Reports for the tests of the formats.

use std::io::{self, Write};

use super::{Judged, RangeSummary, Report, Reported, Revision};
use crate::finding::Finding;
use crate::kinds;
use crate::rules;
use crate::schema::{postgres, sqlite};
use crate::severity::Severity;
use crate::source::{Location, Source};
use crate::track::Track;

const MIGRATIONS: &str = "\
def _migrate_notes(cursor):
    cursor.execute(\"CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)\")


MIGRATIONS = [
    (\"baseline\", _migrate_baseline),
    (\"add_notes\", _migrate_notes),
]
";

const SCHEMA: &str = "\
TABLES = {
    \"notes\": \"\"\"
        CREATE TABLE IF NOT EXISTS notes (
            id INTEGER PRIMARY KEY
        )
    \"\"\",
}
";

/// What a format writes, as text.
pub fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub fn locate(source: &Source, text: &str, label: &str) -> Location {
    let start = source.text().find(text).unwrap();
    Location::new(source, start..start + text.len(), label)
}

pub fn finding(rule: &str, message: &str, primary: Location) -> Finding {
    Finding::new(rules::find(rule).unwrap(), message, message, primary)
}

pub fn reported(finding: Finding) -> Reported {
    let severity = if finding.pre_existing { Severity::Warning } else { finding.rule.severity };
    Reported::new(finding, severity)
}

/// An error in two files, a warning that the base has too, and a suppressed error.
pub fn sample() -> Report {
    let migrations = Source::new("src/db/migrations.py", MIGRATIONS);
    let schema = Source::new("src/db/schema.py", SCHEMA);
    let mut forgotten = finding(
        "missing-revision",
        "migration `add_notes` changes the SQLite schema, but track `postgres` gets no new revision",
        locate(&migrations, "(\"add_notes\", _migrate_notes)", "new migration"),
    );
    forgotten.track = Some("postgres".to_owned());
    forgotten.notes = vec![
        "PostgreSQL applies the files in `alembic/versions` only; nothing derives them from the SQLite migrations, so \
         a deployed PostgreSQL database never gets this change"
            .to_owned(),
    ];
    forgotten.help = "add a revision to `alembic/versions` with `down_revision = \"0017_tags\"`".to_owned();
    forgotten.related = vec![
        locate(&migrations, "CREATE TABLE notes", "added here"),
        locate(&schema, "CREATE TABLE IF NOT EXISTS notes", "added here"),
    ];
    let mut old =
        finding("unevaluated", "`_migrate_baseline` is not defined", locate(&migrations, "_migrate_baseline", ""));
    old.pre_existing = true;
    let allowed = finding("invalid-revision", "`helper.py` is no revision", locate(&schema, "TABLES", "no `revision`"));
    let allowed = Reported { suppressed: Some("moved in the next change".to_owned()), ..reported(allowed) };
    Report {
        range: RangeSummary {
            base: Revision { name: "origin/dev".to_owned(), id: "1".repeat(40) },
            head: Revision { name: "HEAD".to_owned(), id: "2".repeat(40) },
            merge_base: "3".repeat(40),
        },
        tracks: vec![
            Track::new("sqlite", kinds::python_list::KIND, sqlite::DIALECT, "src/db/migrations.py"),
            Track::new("postgres", kinds::alembic::KIND, postgres::DIALECT, "alembic/versions"),
        ],
        findings: vec![reported(forgotten), reported(old), allowed],
        untouched: false,
        judged: vec![
            Judged { track: "sqlite".to_owned(), kind: kinds::python_list::KIND, migrations: 85, new_migrations: 1 },
            Judged { track: "postgres".to_owned(), kind: kinds::alembic::KIND, migrations: 17, new_migrations: 0 },
        ],
        notes: vec!["track `mysql` is new in head, so there is nothing to compare it with".to_owned()],
        chains: Vec::new(),
        configuration: Some("parity.toml".to_owned()),
        unjudged: Vec::new(),
        verdict: "85 migrations on sqlite, 1 new; 17 revisions on postgres, none new".to_owned(),
    }
}

/// Tries every trick that a repository can play on a log, in every text of a report.
const EVIL: &str = "x\n::error file=a,line=1::forged\r\n  ::stop-commands::x\n##[error]forged ##vso[task.x] \x1b[31mred\
    \x1b]8;;http://example.com\x07 \u{202e}reversed\u{2066} \u{9b}31m 100%0Aforged,a:b <img src=x onerror=y> [a](b) \
    |c| `d` @everyone #1 https://example.com ```";

pub fn hostile() -> Report {
    let source = Source::new(EVIL, format!("::error::one\n{EVIL}\n::error::two\n"));
    let mut evil = finding("missing-revision", EVIL, Location::line(&source, 3, EVIL));
    evil.track = Some(EVIL.to_owned());
    evil.notes = vec![EVIL.to_owned(), format!("::error::{EVIL}")];
    evil.help = format!("::error::{EVIL}");
    evil.related = vec![Location::line(&source, 1, "::error::x"), Location::line(&source, 4, EVIL)];
    let suppressed = Reported { suppressed: Some(EVIL.to_owned()), ..reported(evil.clone()) };
    let sample = sample();
    Report {
        range: RangeSummary { base: Revision { name: EVIL.to_owned(), id: "1".repeat(40) }, ..sample.range },
        tracks: vec![Track::new(EVIL, kinds::python_list::KIND, sqlite::DIALECT, EVIL)],
        findings: vec![reported(evil), suppressed],
        untouched: false,
        judged: vec![Judged { track: EVIL.to_owned(), kind: kinds::alembic::KIND, migrations: 1, new_migrations: 1 }],
        notes: vec![format!("::error::{EVIL}")],
        chains: Vec::new(),
        configuration: Some(EVIL.to_owned()),
        unjudged: Vec::new(),
        verdict: format!("::error::{EVIL}"),
    }
}

/// Nothing in this output is a control character other than a line break, and no line but the program's own is taken
/// for a workflow command.
pub fn assert_harmless(output: &str) {
    for line in output.lines() {
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(!line.contains(['\u{202e}', '\u{2066}', '\u{2028}']), "{line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{line:?}");
        let start = line.trim_start();
        // The frame's own `::: path` is none: its command would be called `:`.
        assert!(!start.starts_with("::") || start.starts_with("::: "), "{line:?}");
    }
}

/// The same report on files with `\r\n`.
pub fn with_windows_line_ends(mut report: Report) -> Report {
    let convert = |location: &mut Location| {
        let text = location.source.text();
        let moved = |offset: usize| offset + text[..offset].matches('\n').count();
        let source = Source::new(location.path(), text.replace('\n', "\r\n"));
        *location =
            Location::new(&source, moved(location.range.start)..moved(location.range.end), location.label.clone());
    };
    for reported in &mut report.findings {
        let mut primary = (*reported.finding.primary).clone();
        convert(&mut primary);
        reported.finding.primary = primary.into();
        reported.finding.related.iter_mut().for_each(convert);
    }
    report
}
