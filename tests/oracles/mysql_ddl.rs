//! Definitions one by one, beside what MariaDB says of each: `tests/mysql/*.sql` has that above every statement. As MariaDB
//! the model takes what it takes and refuses what it refuses, and has the same tables afterwards; where it does not know
//! which server it is, it refuses nothing that MariaDB takes.
//!
//! What is written there is held against a server where one is; `PARITY_CHECK_MARIADB` demands it.

use std::path::{Path, PathBuf};

use parity_check::schema::mysql::Flavour;

use crate::mysql::{Answer, compare, database, oracle, said};

/// How much of what MariaDB refuses is told, of a hundred.
const TOLD: usize = 95;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/mysql");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn answers(path: &Path) -> Vec<Answer> {
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("\n\n").skip(1).filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let (said, statement) = block.trim().split_once('\n').expect("an answer and a statement");
            Answer { statement: statement.to_owned(), said: said.strip_prefix("-- ").unwrap().to_owned() }
        })
        .collect()
}

#[test]
fn the_model_of_mariadb_says_what_mariadb_says() {
    let (mut refused, mut told, mut all) = (0, 0, 0);
    let mut wrong = Vec::new();
    for path in files() {
        let mut database = database(Flavour::MariaDb);
        for Answer { statement, said: wanted } in answers(&path) {
            all += 1;
            let before = database.clone();
            let found = said(&mut database, &statement);
            if let Some(difference) = compare(&wanted, found.as_deref()) {
                wrong.push(format!("{statement}\n    {difference}"));
            }
            if wanted != "ok" {
                refused += 1;
                if found.is_none() || found.as_deref() == Some("ok") {
                    println!("not told ({found:?}): {wanted}: {statement}");
                    database = before;
                } else {
                    told += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all >= 300, "{all} statements");
    assert!(told * 100 >= refused * TOLD, "{told} of {refused} are told");
}

#[test]
fn what_mariadb_takes_is_refused_by_no_model_that_does_not_know_which_server_it_is() {
    let mut wrong = Vec::new();
    for path in files() {
        let mut database = database(Flavour::Unknown);
        for Answer { statement, said: wanted } in answers(&path) {
            let before = database.clone();
            let found = said(&mut database, &statement);
            match (wanted.as_str(), found) {
                ("ok", Some(found)) if found != "ok" => {
                    wrong.push(format!("{statement}\n    is taken, and refused with {found}"));
                }
                ("ok", _) => {}
                _ => database = before,
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mariadb_says_what_is_written_and_has_what_the_model_has() {
    let all: Vec<Vec<Answer>> = files().iter().map(|path| answers(path)).collect();
    let statements: Vec<Vec<String>> =
        all.iter().map(|answers| answers.iter().map(|answer| answer.statement.clone()).collect()).collect();
    let Some(found) = oracle(&statements) else { return };
    let mut wrong = Vec::new();
    for (answers, found) in all.iter().zip(found) {
        let mut database = database(Flavour::MariaDb);
        for (Answer { statement, said: written }, real) in answers.iter().zip(&found.said) {
            if written != real {
                wrong.push(format!("{statement}\n    {written:?} is written, and MariaDB says {real:?}"));
            }
            let before = database.clone();
            let found = said(&mut database, statement);
            // What is not told of a refusal is not carried out all the same.
            if real != "ok" && found.as_deref().is_none_or(|found| found == "ok") {
                database = before;
            }
        }
        wrong.extend(crate::mysql::differences(&found.catalog, &crate::mysql::catalog(database.state())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
