//! What the README shows is what the program does. After a change on purpose: `UPDATE=1 cargo test --test check readme`.

use crate::common;
use crate::generated::assert_between;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use parity_check::config::Config;
use parity_check::report::Format;
use parity_check::source::Source;
use serde_json::Value;

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    std::fs::read_to_string(path()).unwrap().replace("\r\n", "\n")
}

#[test]
fn the_output_in_the_readme_is_up_to_date() {
    let demo = Command::new(env!("CARGO_BIN_EXE_parity-check")).args(["demo", "--color", "never"]).output().unwrap();
    assert_eq!(demo.status.code(), Some(0), "{}", String::from_utf8_lossy(&demo.stderr));
    let demo = String::from_utf8(demo.stdout).unwrap();
    let demo = demo.trim_end();
    assert_between("docs/getting-started.md", "<!-- demo -->\n```text\n", "```\n<!-- end", &format!("{demo}\n"));
    let first = &demo[demo.find("$ parity-check").unwrap()..demo.find("exit code 1").unwrap()];
    assert_between("README.md", "<!-- finding -->\n```text\n", "```\n<!-- end", first);
    let (code, graph, err) = common::answer(common::program(&forked().path()).arg("graph"));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_between("docs/commands.md", "<!-- graph -->\n```text\n", "```\n", &format!("$ parity-check graph\n{graph}"));
    let repo = nicknamed();
    let (code, sql, err) =
        common::answer(common::program(&repo.path()).args(["sql", "--track", "postgres", "--base", "HEAD"]));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let shown = format!("$ parity-check sql --track postgres\n{sql}");
    assert_between("docs/commands.md", "<!-- sql -->\n```text\n", "```\n", &shown);
}

/// A revision that is not committed, with operations, a value that is bound and one that is not known.
fn nicknamed() -> common::Repo {
    let repo = common::Repo::with_project();
    repo.write(
        "alembic/versions/0002_nick.py",
        "import os\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"0002_nick\"\n\
         down_revision = \"0001_baseline\"\n\n\ndef upgrade():\n    \
         op.add_column(\"users\", sa.Column(\"nick\", sa.String(40)))\n    \
         op.create_index(\"ix_users_nick\", \"users\", [\"nick\"], unique=True)\n    \
         op.get_bind().execute(sa.text(\"UPDATE users SET nick = :nick WHERE id = 1\"), {\"nick\": \"root\"})\n    \
         op.execute(f\"DELETE FROM users WHERE nick = '{os.environ['NOBODY']}'\")\n",
    );
    repo
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
fn every_configuration_that_the_documents_show_is_right() {
    let mut shown = 0;
    for (path, text) in documents().into_iter().filter(|(path, _)| !path.ends_with("CONTRIBUTING.md")) {
        for block in text.split("```toml\n").skip(1) {
            let block = &block[..block.find("```").unwrap()];
            let config = Config::parse(&Source::new("parity.toml", block));
            assert!(config.is_ok(), "{}: {config:?}", path.display());
            shown += 1;
        }
    }
    assert!(shown > 3, "{shown}");
}

#[test]
fn the_readme_is_read_in_one_sitting() {
    assert!(readme().lines().count() <= 180, "a page in docs/ is the place for more");
}

/// A page of the documentation.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The README and every page of the documentation, by their paths.
fn documents() -> Vec<(std::path::PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let mut open = vec![root.join("docs")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_table_of_configuration_keys_has_every_key_and_every_value() {
    let section = page("configuration.md");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let shown: BTreeSet<&str> = rows.iter().filter_map(|row| row.split('`').nth(1)).collect();
    let schema: Value = serde_json::from_str(include_str!("../../schemas/parity-toml.schema.json")).unwrap();
    let track = schema["$defs"]["track"]["properties"].as_object().unwrap();
    let pair = schema["properties"]["parity"]["items"]["properties"].as_object().unwrap();
    let known = track.keys().map(|key| format!("track.<name>.{key}"));
    let known = known.chain(pair.keys().map(|key| format!("parity.{key}")));
    let known: BTreeSet<String> = known.chain(["base", "rules.<rule>", "exempt"].map(str::to_owned)).collect();
    assert_eq!(shown, known.iter().map(String::as_str).collect());
    let row = |key: &str| rows.iter().find(|row| row.contains(key)).copied().unwrap_or_default();
    for key in schema["properties"]["exempt"]["items"]["properties"].as_object().unwrap().keys() {
        assert!(row("`exempt`").contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn every_output_format_is_named() {
    use clap::ValueEnum as _;
    let section = page("output.md");
    for format in Format::value_variants() {
        let value = format.to_possible_value().unwrap();
        let name = value.get_name();
        assert!(section.contains(&format!("`{name}`")) || section.contains(&format!("--format {name}`")), "{name}");
    }
}

#[test]
fn every_option_and_command_that_the_documents_name_is_there() {
    let cli = <parity_check::cli::Cli as clap::CommandFactory>::command();
    let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    let mut options: Vec<&str> = cli.get_arguments().filter_map(clap::Arg::get_long).collect();
    options.extend(cli.get_subcommands().flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long));
    for (path, text) in documents() {
        let path = path.display();
        for code in text.split("`parity-check ").skip(1) {
            let word = code.split(['`', ' ']).next().unwrap();
            assert!(
                commands.contains(&word) || word.starts_with("--") || word == "<command>",
                "{path}: there is no command `{word}`"
            );
        }
        for option in text.split("`--").skip(1) {
            let name = option.split(['`', ' ']).next().unwrap();
            assert!(options.contains(&name), "{path}: there is no option --{name}");
        }
    }
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|part| part.is_alphanumeric() || " -_".contains(*part))
        .collect::<String>();
    kept.replace(' ', "-")
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let documents = documents();
    let headings = |path: &Path| -> Vec<String> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| anchor(line.trim_start_matches('#').trim()))
            .collect()
    };
    for (path, text) in &documents {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: there is no {link}", path.display());
            assert!(
                heading.is_empty() || headings(&target).iter().any(|known| known == heading),
                "{}: no heading is {link}",
                path.display()
            );
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
