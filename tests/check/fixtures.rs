//! Every rule over every pair of trees in `fixtures/`: what `expect.toml` says is found, and nothing else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::common::{self, Files, Fixture};
use parity_check::Learned;
use parity_check::git::{EntryKind, Environment, HeadChoice, Repository};
use parity_check::kinds;
use parity_check::project::ProjectError;
use parity_check::report::{Report, Reported};
use parity_check::rules::RULES;
use parity_check::source::Location;
use serde::Deserialize;
use tempfile::TempDir;

/// What a case promises. A text is a part of what is said in that place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    exit: u8,
    /// The rules of the findings, one for each finding.
    #[serde(default)]
    findings: Vec<String>,
    /// The rules of the findings that a comment or an exemption suppresses.
    #[serde(default)]
    suppressed: Vec<String>,
    /// Where a finding stands, as `path:line`; of one that is suppressed, too.
    at: Option<String>,
    message: Option<String>,
    help: Option<String>,
    /// What a related place says.
    label: Option<String>,
    /// What a note of a finding or of the report says.
    note: Option<String>,
    /// What a finding shows of a text that changed.
    diff: Option<String>,
    verdict: Option<String>,
    /// Whether all that the program prints at 80 columns is kept beside it, in `output.snap`.
    #[serde(default)]
    output: bool,
    /// Why the check cannot be carried out.
    error: Option<String>,
    /// The same, with a place in the configuration.
    config_error: Option<String>,
}

struct Case {
    fixture: &'static Fixture,
    expect: Expect,
}

impl Case {
    fn name(&self) -> &str {
        &self.fixture.name
    }
}

struct Cases {
    all: Vec<Case>,
    repository: TempDir,
}

/// Every case, in one repository.
fn cases() -> &'static Cases {
    static CASES: OnceLock<Cases> = OnceLock::new();
    CASES.get_or_init(|| {
        let fixtures = common::fixtures();
        let trees: Vec<(&str, Files, Files)> =
            fixtures.iter().map(|one| (one.name.as_str(), one.end("base"), one.end("head"))).collect();
        let repository = common::import(&trees);
        let all = fixtures.iter().map(|fixture| Case { expect: expect(fixture), fixture }).collect();
        Cases { all, repository }
    })
}

fn expect(fixture: &Fixture) -> Expect {
    let text = std::fs::read_to_string(fixture.folder.join("expect.toml"));
    let text = text.unwrap_or_else(|error| panic!("{}: expect.toml: {error}", fixture.name));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: expect.toml: {error}", fixture.name))
}

fn judge(case: &Case, base: &str, head: &str) -> Result<Report, ProjectError> {
    let (base, head) = (format!("{}/{base}", case.name()), format!("{}/{head}", case.name()));
    let choice = HeadChoice::Committed(Some(&head));
    common::check(cases().repository.path(), Some(&base), choice, &Environment::default())
}

/// Runs a test over every case, each on its own, and names all that fail.
fn over_all(test: fn(&Case) -> Result<(), String>) {
    let all = &cases().all;
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = all
            .chunks(all.len().div_ceil(workers))
            .map(|part| {
                scope.spawn(move || {
                    let failed = part.iter().filter_map(|case| {
                        let why = test(case).err()?;
                        Some(format!("{}: {why}", case.name()))
                    });
                    failed.collect::<Vec<_>>()
                })
            })
            .collect();
        runs.into_iter().flat_map(|run| run.join().expect("no test panics")).collect()
    });
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), all.len(), failures.join("\n"));
}

fn has(what: &str, wanted: Option<&String>, said: &[String]) -> Result<(), String> {
    match wanted {
        Some(wanted) if !said.iter().any(|said| said.contains(wanted)) => {
            Err(format!("no {what} says {wanted:?}: {said:#?}"))
        }
        _ => Ok(()),
    }
}

fn as_expected(case: &Case) -> Result<(), String> {
    let expect = &case.expect;
    let report = match judge(case, "base", "head") {
        Ok(report) => report,
        Err(error) if expect.exit == 2 => {
            let said = [error.to_string()];
            has("error", expect.error.as_ref(), &said)?;
            if expect.config_error.is_some() && !matches!(error, ProjectError::Config(_)) {
                return Err(format!("this is no error of the configuration: {error}"));
            }
            return has("error of the configuration", expect.config_error.as_ref(), &said);
        }
        Err(error) => return Err(format!("cannot be checked: {error}")),
    };
    let exit = u8::from(!report.passes(false));
    let mut wanted: Vec<&str> = expect.findings.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    let found = common::rules(&report);
    let findings = report.findings.iter().map(|reported| &reported.finding);
    let messages: Vec<String> = findings.clone().map(|finding| finding.message.clone()).collect();
    if (exit, &found) != (expect.exit, &wanted) {
        return Err(format!("exit {exit} with {found:?}, not {} with {wanted:?}: {messages:#?}", expect.exit));
    }
    let suppressed = report.findings.iter().filter(|reported| reported.suppressed.is_some());
    let suppressed: Vec<&str> = suppressed.map(|reported| reported.finding.rule.name).collect();
    if suppressed != expect.suppressed {
        return Err(format!("suppressed are {suppressed:?}, not {:?}", expect.suppressed));
    }
    let labels: Vec<String> =
        findings.clone().flat_map(|finding| &finding.related).map(|place| place.label.clone()).collect();
    let places: Vec<String> = findings.clone().map(|finding| place(&finding.primary)).collect();
    if expect.at.as_ref().is_some_and(|at| !places.contains(at)) {
        return Err(format!("no finding is at {:?}: {places:?}", expect.at));
    }
    has("message", expect.message.as_ref(), &messages)?;
    let diffs: Vec<String> = findings.clone().filter_map(|finding| finding.diff.clone()).collect();
    has("diff", expect.diff.as_ref(), &diffs)?;
    has("help", expect.help.as_ref(), &findings.map(|finding| finding.help.clone()).collect::<Vec<_>>())?;
    has("related place", expect.label.as_ref(), &labels)?;
    let notes = report.findings.iter().flat_map(|reported| &reported.finding.notes).chain(&report.notes);
    has("note", expect.note.as_ref(), &notes.cloned().collect::<Vec<_>>())?;
    has("verdict", expect.verdict.as_ref(), &[report.verdict])
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.path(), location.start().line)
}

/// Whether each place of each finding is a line of a file that head has, or of one that head has not any more.
fn stands_in_its_files(case: &Case) -> Result<(), String> {
    let Ok(report) = judge(case, "base", "head") else { return Ok(()) };
    let repository = Repository::open(cases().repository.path()).unwrap();
    let lines = |end: &str, path: &str| {
        let tree = repository.commit(&format!("{}/{end}", case.name())).unwrap().tree;
        let snapshot = repository.snapshot(tree);
        let entry = snapshot.entry(path).unwrap().filter(|entry| entry.kind == EntryKind::File)?;
        // What is no text has a first line at least.
        Some(snapshot.read(path, &entry).map_or(1, |source| source.text().lines().count().max(1)))
    };
    for finding in report.findings.iter().map(|reported| &reported.finding) {
        for (location, _) in finding.locations() {
            let known = lines("head", location.path()).or_else(|| lines("base", location.path()));
            if known.is_none_or(|known| location.start().line > known) {
                return Err(format!("`{}` is at {}", finding.message, place(location)));
            }
        }
    }
    Ok(())
}

fn silent_on_the_same_tree(case: &Case) -> Result<(), String> {
    for end in ["base", "head"] {
        match judge(case, end, end) {
            Ok(report) if report.findings.is_empty() && report.passes(true) => {}
            Ok(report) => return Err(format!("({end}, {end}) finds {:?}", common::rules(&report))),
            Err(_) if case.expect.exit == 2 => {}
            // Once a track is lost, its configuration names what nobody holds.
            Err(ProjectError::Config(_))
                if end == "head" && case.expect.findings.iter().any(|rule| rule == "lost-track") => {}
            Err(error) => return Err(format!("({end}, {end}) cannot be checked: {error}")),
        }
    }
    Ok(())
}

#[test]
fn every_case_is_judged_as_it_expects() {
    over_all(as_expected);
}

#[test]
fn every_finding_stands_in_a_file_that_there_is() {
    over_all(stands_in_its_files);
}

#[test]
fn the_place_of_every_rule_is_shown_by_a_case() {
    let placed = cases().all.iter().filter(|case| case.expect.at.is_some());
    let shown: BTreeSet<&str> = placed.flat_map(|case| &case.expect.findings).map(String::as_str).collect();
    for rule in RULES {
        assert!(shown.contains(rule.name), "no case shows where `{}` stands", rule.name);
    }
}

#[test]
fn a_case_lies_in_the_folders_of_its_rule_and_of_its_kind() {
    for Case { fixture, expect } in &cases().all {
        let Fixture { rule, kind, name, .. } = fixture;
        match (expect.exit, expect.findings.is_empty()) {
            (2, _) => assert_eq!(rule, "cannot-be-checked", "{name}"),
            (_, false) => assert!(expect.findings.contains(rule), "{name} does not show `{rule}`"),
            (_, true) => assert!(parity_check::rules::find(rule).is_some(), "{name}: there is no rule `{rule}`"),
        }
        let is_kind = kinds::all().any(|known| known.as_str() == kind) || kind == "no-track";
        assert!(is_kind, "{name}: there is no kind `{kind}`");
    }
}

#[test]
fn every_rule_is_shown_to_be_silent_by_a_case() {
    for rule in RULES {
        let is_silent = |case: &&Case| case.expect.exit == 0 && case.expect.findings.is_empty();
        let shown = cases().all.iter().filter(is_silent).any(|case| case.fixture.rule == rule.name);
        assert!(shown, "no case in fixtures/{} passes without a finding", rule.name);
    }
}

#[test]
fn the_whole_output_of_a_case_of_every_rule_is_kept() {
    let mut shown = BTreeSet::new();
    for Case { fixture, expect } in cases().all.iter().filter(|case| case.expect.output) {
        let mut program = common::program(cases().repository.path());
        let ends = [format!("{}/base", fixture.name), format!("{}/head", fixture.name)];
        program.args(["--base", &ends[0], "--head", &ends[1], "--color", "never"]).env("COLUMNS", "80");
        let (code, out, err) = common::answer(&mut program);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&fixture.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        settings.bind(|| insta::assert_snapshot!("output", format!("{out}{err}exit code {code}")));
        shown.extend(expect.findings.iter().map(String::as_str));
    }
    for rule in RULES {
        assert!(shown.contains(rule.name), "no case keeps what is printed of `{}`: `output = true`", rule.name);
    }
}

#[test]
fn every_rule_is_silent_where_nothing_changed() {
    over_all(silent_on_the_same_tree);
}

#[test]
fn what_was_learned_of_other_commits_changes_no_finding() {
    let repository = Repository::open(cases().repository.path()).unwrap();
    let mut learned = Learned::default();
    let said = |report: Result<Report, ProjectError>| match report {
        Ok(report) => {
            let finding =
                |one: &Reported| format!("{} {} {:?}", one.finding.rule.name, one.finding.message, one.severity);
            (report.findings.iter().map(finding).collect(), report.verdict, report.notes)
        }
        Err(error) => (vec![error.to_string()], String::new(), Vec::new()),
    };
    // The second time all that can be is remembered.
    for _ in 0..2 {
        for case in &cases().all {
            let commit = |end: &str| repository.commit(&format!("{}/{end}", case.name())).unwrap();
            let (base, head) = (commit("base"), commit("head"));
            let step = parity_check::run_step(&repository, base, head, None, common::TODAY, &mut learned);
            assert_eq!(said(step), said(judge(case, "base", "head")), "{}", case.name());
        }
    }
}

#[test]
fn a_case_expects_only_rules_that_there_are() {
    for case in &cases().all {
        let Expect { findings, suppressed, exit, .. } = &case.expect;
        for rule in findings.iter().chain(suppressed) {
            assert!(parity_check::rules::find(rule).is_some(), "{}: there is no rule `{rule}`", case.name());
        }
        assert!(*exit <= 2 && (*exit != 2 || findings.is_empty()), "{}: exit {exit}", case.name());
        assert!(*exit != 1 || !findings.is_empty(), "{}: exit 1 without a finding", case.name());
    }
}

#[test]
fn every_rule_is_shown_by_a_case() {
    let shown: BTreeSet<&str> = cases().all.iter().flat_map(|case| &case.expect.findings).map(String::as_str).collect();
    for rule in RULES {
        assert!(shown.contains(rule.name), "no case shows `{}`", rule.name);
    }
}

#[test]
fn a_case_has_the_name_of_a_sentence_and_both_trees() {
    for case in &cases().all {
        let words = case.name().split('_').count();
        let plain = case.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(words >= 3 && plain, "`{}` is no sentence", case.name());
        for end in ["base", "head"] {
            assert!(case.fixture.folder.join(end).is_dir(), "{} has no {end}/", case.name());
        }
    }
}
