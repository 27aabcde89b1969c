//! What the README shows is what the program does. After a change on purpose: `UPDATE_README=1 cargo test --test readme`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::Command;

use std::collections::BTreeSet;

use parity_check::config::Config;
use parity_check::kinds;
use parity_check::report::Format;
use parity_check::rules::RULES;
use parity_check::schema::dialect::Dialect;
use parity_check::source::Source;
use serde_json::Value;

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
    let (code, graph, err) = common::answer(common::program(&forked().path()).arg("graph"));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_between("<!-- graph -->\n```text\n", "```\n", &format!("$ parity-check graph\n{graph}"));
}

/// A chain with a branch that is merged, and one that begins nowhere.
fn forked() -> common::Repo {
    let repo = common::Repo::with_project();
    let write = |id: &str, parent: &str, message: &str| {
        let text = format!("\"\"\"{message}\"\"\"\nrevision = {id:?}\ndown_revision = {parent}\n");
        repo.write(&format!("alembic/versions/{id}.py"), text);
    };
    let mut parent = "\"0001_baseline\"".to_owned();
    for number in 2..40 {
        let id = format!("{number:04}_notes");
        write(&id, &parent, &format!("step {number} of the notes"));
        parent = format!("{id:?}");
    }
    write("0040_tags", &parent, "add tags");
    repo.commit("the base");
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    write("0040_folders", &parent, "add folders");
    write("0041_merge", "(\"0040_tags\", \"0040_folders\")", "merge two branches");
    write("0042_pinned", "\"0041_merge\"", "add notes.pinned");
    write("0040_archive", "\"0039_lost\"", "add an archive");
    repo.commit("a feature");
    repo
}

#[test]
fn the_first_commands_are_the_demo_and_the_tests() {
    let text = readme();
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).take(2).collect();
    assert_eq!(commands, ["cargo run --release -- demo", "cargo test"]);
}

#[test]
fn the_configuration_that_the_readme_shows_is_right() {
    let text = readme();
    let start = text.find("```toml\n").unwrap() + "```toml\n".len();
    let shown = &text[start..start + text[start..].find("```").unwrap()];
    let config = Config::parse(&Source::new("parity.toml", shown)).unwrap();
    assert_eq!((config.tracks.len(), config.pairs.as_slice()), (2, &[(0, 1)][..]));
}

/// The part of the README under a heading.
fn section(heading: &str) -> String {
    let text = readme();
    let from = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("the README lacks {heading}")) + 1;
    let length = text[from + 1..].find("\n## ").map_or(text.len() - from, |at| at + 1);
    text[from..from + length].to_owned()
}

#[test]
fn the_table_of_configuration_keys_has_every_key_and_every_value() {
    let section = section("Configuration");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let shown: BTreeSet<&str> = rows.iter().filter_map(|row| row.split('`').nth(1)).collect();
    let schema: Value = serde_json::from_str(include_str!("../schemas/parity-toml.schema.json")).unwrap();
    let track = schema["$defs"]["track"]["properties"].as_object().unwrap();
    let pair = schema["properties"]["parity"]["items"]["properties"].as_object().unwrap();
    let known = track.keys().map(|key| format!("track.<name>.{key}"));
    let known = known.chain(pair.keys().map(|key| format!("parity.{key}")));
    let known: BTreeSet<String> = known.chain(["base", "rules.<rule>", "exempt"].map(str::to_owned)).collect();
    assert_eq!(shown, known.iter().map(String::as_str).collect());
    let row = |key: &str| rows.iter().find(|row| row.contains(key)).copied().unwrap_or_default();
    for kind in kinds::all() {
        assert!(row(".kind`").contains(kind.as_str()), "{}", kind.as_str());
    }
    for dialect in Dialect::ALL {
        assert!(row(".dialect`").contains(dialect.as_str()), "{}", dialect.as_str());
    }
    for key in schema["properties"]["exempt"]["items"]["properties"].as_object().unwrap().keys() {
        assert!(row("`exempt`").contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn every_output_format_is_named() {
    use clap::ValueEnum as _;
    let section = section("Output");
    for format in Format::value_variants() {
        let value = format.to_possible_value().unwrap();
        let name = value.get_name();
        assert!(section.contains(&format!("`{name}`")) || section.contains(&format!("--format {name}`")), "{name}");
    }
}

#[test]
fn every_option_and_command_that_the_readme_names_is_there() {
    let text = readme();
    let cli = <parity_check::cli::Cli as clap::CommandFactory>::command();
    let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    let mut options: Vec<&str> = cli.get_arguments().filter_map(clap::Arg::get_long).collect();
    options.extend(cli.get_subcommands().flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long));
    for code in text.split("`parity-check ").skip(1) {
        let word = code.split(['`', ' ']).next().unwrap();
        assert!(commands.contains(&word) || word.starts_with("--"), "there is no command `{word}`");
    }
    for option in text.split("`--").skip(1) {
        let name = option.split(['`', ' ']).next().unwrap();
        assert!(options.contains(&name), "there is no option --{name}");
    }
}

#[test]
fn every_file_that_the_documents_link_to_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for text in [readme(), std::fs::read_to_string(folder.join("CONTRIBUTING.md")).unwrap()] {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://") || folder.join(link).exists(), "there is no {link}");
        }
    }
}

#[test]
fn the_workflow_that_the_readme_shows_fetches_everything_and_filters_nothing() {
    let text = readme();
    let start = text.find("```yaml\n").unwrap();
    let shown = &text[start + "```yaml\n".len()..start + text[start..].find("\n```\n").unwrap()];
    let workflow: Value = serde_saphyr::from_str(shown).unwrap();
    let steps = workflow["jobs"]["parity"]["steps"].as_array().unwrap();
    assert_eq!(steps[0]["with"]["fetch-depth"], 0);
    assert!(steps[1]["uses"].as_str().unwrap().starts_with("parity-check/parity-check@v"));
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }));
    assert!(shown.contains("fetch-depth: 0") && shown.contains("contents: read") && !shown.contains("\n    paths:"));
}
