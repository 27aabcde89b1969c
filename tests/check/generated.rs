//! What is made of the registries of rules, kinds and dialects: the pages of rules, tables in `docs/`, lists in the JSON Schemas. After a change
//! of one: `UPDATE=1 cargo test --test check generated`.

use std::path::{Path, PathBuf};

use parity_check::kinds;
use parity_check::rules::RULES;
use parity_check::schema::dialect::Dialect;
use parity_check::track::kind::Kind;
use serde_json::Value;

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn text(file: &str) -> String {
    std::fs::read_to_string(path(file)).unwrap().replace("\r\n", "\n")
}

/// Holds a file of the project against what it should be, or writes that where it is asked for.
fn assert_is(file: &str, expected: &str) {
    let found = std::fs::read_to_string(path(file)).unwrap_or_default().replace("\r\n", "\n");
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(file), expected).unwrap();
        return;
    }
    let diff = similar::TextDiff::from_lines(found.as_str(), expected).unified_diff().to_string();
    panic!("run `UPDATE=1 cargo test --test check` if {file} is to change like this:\n{diff}");
}

/// The same of what stands between two marks.
pub fn assert_between(file: &str, start: &str, end: &str, expected: &str) {
    let text = text(file);
    let from = text.find(start).unwrap_or_else(|| panic!("{file} lacks {start}")) + start.len();
    let to = from + text[from..].find(end).unwrap_or_else(|| panic!("{file} lacks {end}"));
    assert_is(file, &format!("{}{expected}{}", &text[..from], &text[to..]));
}

/// "`a`, `b` or `c`".
fn any_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}

// One test, because two that write one file would undo each other.
#[test]
fn tables_and_lists_are_those_of_the_registries() {
    let rules = RULES.iter().map(|rule| rule.name).collect::<Vec<_>>();
    let kinds = kinds::all().map(Kind::as_str).collect::<Vec<_>>();
    let dialects = Dialect::ALL.iter().map(|dialect| dialect.as_str()).collect::<Vec<_>>();

    let rows = RULES.iter().map(|rule| {
        let (name, severity) = (rule.name, rule.severity.as_str());
        format!("| [`{name}`]({name}.md) | {severity} | {} |\n", rule.summary())
    });
    let table = format!("| rule | severity | what it does |\n| --- | --- | --- |\n{}", rows.collect::<String>());
    let index = format!(
        "# Rules\n\n`parity-check explain <rule>` prints the page of a rule. Severities are the usual ones; the \
         [configuration](../configuration.md) can change them.\n\n{table}"
    );
    assert_is("docs/rules/index.md", &index);
    for rule in RULES {
        let page = format!("# {}\n\nSeverity: {}.\n\n{}\n", rule.name, rule.severity.as_str(), rule.page().trim());
        assert_is(&format!("docs/rules/{}.md", rule.name), &page);
    }
    assert_between("docs/configuration.md", "| `track.<name>.kind` | ", " | required |", &any_of(&kinds));
    assert_between("docs/configuration.md", "| `track.<name>.dialect` | ", " | by the path", &any_of(&dialects));

    let schema = "schemas/parity-toml.schema.json";
    let mut value: Value = serde_json::from_str(&text(schema)).unwrap();
    value["properties"]["rules"]["propertyNames"]["enum"] = rules.into();
    let track = &mut value["$defs"]["track"]["properties"];
    track["kind"]["enum"] = kinds.clone().into();
    track["dialect"]["enum"] = dialects.clone().into();
    track["dialects"]["items"]["enum"] = dialects.clone().into();
    assert_is(schema, &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));

    let schema = "schemas/report-v1.schema.json";
    let mut value: Value = serde_json::from_str(&text(schema)).unwrap();
    let track = &mut value["properties"]["tracks"]["items"]["properties"];
    track["kind"]["enum"] = kinds.into();
    track["dialect"]["enum"] = dialects.clone().into();
    assert_is(schema, &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));

    let schema = "schemas/sql-v1.schema.json";
    let mut value: Value = serde_json::from_str(&text(schema)).unwrap();
    value["properties"]["statements"]["items"]["properties"]["dialect"]["enum"] = dialects.into();
    assert_is(schema, &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));
}
