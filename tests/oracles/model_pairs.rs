//! `model-drift` beside Alembic's own `compare_metadata`: on random pairs of models and chains, of which one side forgets
//! something, both say the same.
//!
//! Skipped where there is no PostgreSQL, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does. `PARITY_CHECK_PAIRS`
//! is a seed and a number: `7:1000`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::common;
use crate::common::oracles;
use parity_check::git::{Environment, HeadChoice};
use parity_check::report::Reported;
use serde_json::Value as Json;

/// Enough for each operation to be forgotten on each side several times.
const COUNT: &str = "110";

/// What Alembic says of each pair, with the name of its folder; `None` where PostgreSQL or Alembic are not there.
fn oracle(into: &Path) -> Option<Vec<(String, BTreeSet<String>)>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/model_pairs/oracle.py");
    if !oracles::are_there("python3", oracles::POSTGRES) {
        return None;
    }
    let named = std::env::var("PARITY_CHECK_PAIRS").unwrap_or_else(|_| format!("1:{COUNT}"));
    let (seed, count) = named.split_once(':').expect("a seed and a number");
    let output = Command::new("python3").arg("-B").arg(script).args([seed, count]).arg(into).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let one = |line: &str| {
        let pair: Json = serde_json::from_str(line).unwrap();
        let said = pair["differences"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
        (pair["name"].as_str().unwrap().to_owned(), said.collect())
    };
    Some(String::from_utf8(output.stdout).unwrap().lines().map(one).collect())
}

/// A finding's key, as the differences that Alembic tells apart: it takes a rename for one column that goes and one that
/// comes.
fn parts(key: &str) -> Vec<String> {
    match key.split_once(" renamed ") {
        Some((object, new)) => {
            let table = object.rsplit_once('.').map_or(object, |(table, _)| table);
            vec![format!("{object} without a model"), format!("{table}.{new}` missing")]
        }
        None => vec![key.to_owned()],
    }
}

#[test]
fn what_differs_is_what_alembic_says() {
    let home = tempfile::tempdir().unwrap();
    let Some(pairs) = oracle(home.path()) else { return };
    let folder = |name: &str, side: &str| common::files(&home.path().join(name).join(side));
    let trees: Vec<(&str, common::Files, common::Files)> =
        pairs.iter().map(|(name, _)| (name.as_str(), folder(name, "base"), folder(name, "head"))).collect();
    let repository = common::import(&trees);
    let mut failures = Vec::new();
    for (name, wanted) in &pairs {
        let (base, head) = (format!("{name}/base"), format!("{name}/head"));
        let choice = HeadChoice::Committed(Some(&head));
        let report = common::check(repository.path(), Some(&base), choice, &Environment::default()).unwrap();
        let all = report.findings.iter().flat_map(Reported::all);
        let found: BTreeSet<String> = all.flat_map(|finding| parts(&finding.key)).collect();
        if found != *wanted {
            failures.push(format!("{name}: Alembic says {wanted:?}, model-drift {found:?}; {}", report.verdict));
        }
    }
    assert!(pairs.iter().filter(|(_, wanted)| !wanted.is_empty()).count() > pairs.len() / 4, "too few pairs differ");
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), pairs.len(), failures.join("\n"));
}
