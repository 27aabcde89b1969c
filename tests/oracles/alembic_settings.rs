//! Settings of Alembic, held against Alembic's own reading of them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::random::Random;
use parity_check::python::settings::{Ini, Settings};
use serde_json::{Value as Json, json};
use toml::Table;

/// One environment's settings.
struct Asked {
    ini: String,
    toml: String,
    section: &'static str,
}

fn one_of<'t>(random: &mut Random, texts: &[&'t str]) -> &'t str {
    texts[random.below(texts.len())]
}

/// Paths as projects write them, and what stands between them.
fn locations(random: &mut Random) -> String {
    let separator =
        one_of(random, &[" ", ", ", ",", ":", ";", "\n    ", "\n\n    ", " : ", "  ", "\n  # a note\n    "]);
    let mut paths = Vec::new();
    for _ in 0..random.below(4) {
        paths.push(one_of(
            random,
            &[
                "%(here)s/versions",
                "migrations/versions",
                "shop:migrations/revs",
                "my plugins/pay",
                "%(root)s/a",
                "%%x",
                "",
                "../b",
            ],
        ));
    }
    let start = one_of(random, &["", "", "\n    ", " "]);
    format!("{start}{}", paths.join(separator))
}

fn asked(seed: u64) -> Asked {
    let mut random = Random::new(seed);
    let mut ini = String::new();
    if random.below(3) == 0 {
        ini.push_str("[DEFAULT]\nroot = %(here)s/db\n\n");
    }
    let section = one_of(&mut random, &["alembic", "alembic", "alembic:other"]);
    ini.push_str(&format!("[{section}]\n"));
    for (name, often) in [("script_location", 4), ("version_locations", 4), ("prepend_sys_path", 2)] {
        if random.below(5) < often {
            let sign = one_of(&mut random, &[" = ", "=", ": ", " : "]);
            let value = if name == "script_location" { "%(here)s/db".to_owned() } else { locations(&mut random) };
            ini.push_str(&format!("{name}{sign}{value}\n"));
        }
    }
    for name in ["path_separator", "version_path_separator"] {
        if random.below(3) == 0 {
            let value = one_of(&mut random, &["os", "space", "newline", ":", ";", "comma"]);
            ini.push_str(&format!("{name} = {value}\n"));
        }
    }
    if random.below(4) == 0 {
        let value = one_of(&mut random, &["true", "True", "false", "1"]);
        ini.push_str(&format!("recursive_version_locations = {value}\n"));
    }
    let mut toml = String::from("[tool.other]\na = 1\n");
    if random.below(2) == 0 {
        toml.push_str("\n[tool.alembic]\nscript_location = \"%(here)s/toml\"\n");
        toml.push_str("version_locations = [\"%(here)s/one two\", 'b%%c']\nprepend_sys_path = ['.', 'src']\n");
        let value = one_of(&mut random, &["true", "false"]);
        toml.push_str(&format!("recursive_version_locations = {value}\n"));
    }
    Asked { ini, toml, section }
}

/// What Alembic reads of each.
fn oracle(all: &[Asked]) -> Vec<Json> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_settings/oracle.py");
    let mut process = Command::new("python3")
        .args(["-B".as_ref(), script.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = all
        .iter()
        .map(|one| json!({"ini": one.ini, "toml": one.toml, "section": one.section}).to_string() + "\n")
        .collect();
    let mut input = process.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(lines.as_bytes()).unwrap());
        process.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn settings(asked: &Asked) -> Settings {
    let toml: Table = asked.toml.parse().unwrap();
    let own = toml.get("tool").and_then(|tool| tool.get("alembic")).and_then(|own| own.as_table());
    Ini::parse(&asked.ini).unwrap().settings(asked.section, own)
}

#[test]
fn settings_are_read_as_alembic_reads_them() {
    let there =
        Command::new("python3").args(["-c", "import alembic"]).output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("CI").is_none(), "CI must install Alembic");
    if !there {
        println!("skipped: Alembic is not installed");
        return;
    }
    let all: Vec<Asked> = (0..600).map(asked).collect();
    let real = oracle(&all);
    assert_eq!(real.len(), all.len());
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (asked, real) in all.iter().zip(&real) {
        let ours = settings(asked);
        let mut compare = |what: &str, ours: Json| {
            // Where Alembic stops, nothing is read.
            let is_refused = real[what].get("error").is_some();
            refused += usize::from(is_refused);
            let is_nothing = is_refused || what == "paths" && real[what] == json!([]);
            let told = if is_nothing { Json::Null } else { real[what].clone() };
            if ours != told {
                wrong.push(format!("{what}: {ours}, and Alembic {}\n{}\n{}", real[what], asked.ini, asked.toml));
            }
        };
        compare("script_location", json!(ours.text("script_location")));
        compare("versions", json!(ours.version_locations()));
        compare("paths", json!(Some(ours.python_paths()).filter(|paths| !paths.is_empty())));
        compare("recursive", json!(ours.is_set("recursive_version_locations")));
    }
    assert!(refused > 20, "Alembic refuses {refused}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.into_iter().take(5).collect::<Vec<_>>().join("\n"));
}
