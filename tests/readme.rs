//! What the README shows is what the program does. After a change on purpose: `UPDATE_README=1 cargo test --test readme`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use parity_check::config::Config;
use parity_check::rules::RULES;
use parity_check::source::Source;

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    std::fs::read_to_string(path()).unwrap().replace("\r\n", "\n")
}

/// Holds what stands between two marks against what should.
fn assert_between(start: &str, end: &str, expected: &str) {
    let text = readme();
    let from = text.find(start).unwrap_or_else(|| panic!("the README lacks {start}")) + start.len();
    let to = from + text[from..].find(end).unwrap();
    if text[from..to] == *expected {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path(), format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert_eq!(&text[from..to], expected, "run `UPDATE_README=1 cargo test --test readme` if that is on purpose");
}

#[test]
fn the_readme_is_up_to_date() {
    let demo = Command::new(env!("CARGO_BIN_EXE_parity-check")).args(["demo", "--color", "never"]).output().unwrap();
    assert_eq!(demo.status.code(), Some(0), "{}", String::from_utf8_lossy(&demo.stderr));
    let demo = String::from_utf8(demo.stdout).unwrap();
    assert_between("<!-- demo -->\n```text\n", "```\n", &format!("{}\n", demo.trim_end()));
    let rows =
        RULES.iter().map(|rule| format!("| `{}` | {} | {} |\n", rule.name, rule.severity.as_str(), rule.summary()));
    let table = format!("| rule | severity | what it does |\n| --- | --- | --- |\n{}", rows.collect::<String>());
    assert_between("<!-- rules -->\n", "<!-- end -->", &table);
}

#[test]
fn the_configuration_that_the_readme_shows_is_right() {
    let text = readme();
    let start = text.find("```toml\n").unwrap() + "```toml\n".len();
    let shown = &text[start..start + text[start..].find("```").unwrap()];
    let config = Config::parse(&Source::new("parity.toml", shown)).unwrap();
    assert_eq!((config.tracks.len(), config.pairs.as_slice()), (2, &[(0, 1)][..]));
}

#[test]
fn the_workflow_that_the_readme_shows_fetches_everything_and_filters_nothing() {
    let text = readme();
    let start = text.find("```yaml\n").unwrap();
    let shown = &text[start..start + text[start..].find("\n```\n").unwrap()];
    assert!(shown.contains("fetch-depth: 0") && shown.contains("contents: read") && !shown.contains("\n    paths:"));
}
