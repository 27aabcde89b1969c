//! The whole check, on a repository whose two commits the input chooses.
#![no_main]

mod fragments;

use std::process::Command;

use libfuzzer_sys::fuzz_target;
use parity_check::git::{Environment, HeadChoice};

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=f", "-c", "user.email=f@example.invalid"]);
        assert!(command.args(arguments).output().expect("git").status.success());
    };
    git(&["init", "--quiet", "."]);
    std::fs::create_dir(folder.path().join("db")).expect("a folder");
    let (one, two) = data.split_at(data.len() / 2);
    for (index, part) in [one, data].into_iter().enumerate() {
        std::fs::write(folder.path().join("db/migrations.py"), fragments::module(part)).expect("a file");
        let schema = fragments::module(two).replace("def one(", "def init_schema(");
        std::fs::write(folder.path().join("db/schema.py"), schema).expect("a file");
        git(&["add", "-A"]);
        git(&["commit", "--quiet", "--allow-empty", "-m", if index == 0 { "base" } else { "head" }]);
    }
    let request = parity_check::Request {
        repository: folder.path(),
        base: Some("HEAD~1"),
        head: HeadChoice::Committed(Some("HEAD")),
        config: None,
        config_from_base: false,
        rules: &[],
        environment: &Environment::default(),
        today: parity_check_day(),
    };
    // Any answer will do.
    let _ = parity_check::run(&request);
});

fn parity_check_day() -> jiff::civil::Date {
    jiff::civil::Date::constant(2026, 1, 1)
}
