//! Definitions one by one, beside what PostgreSQL says of each: `tests/ddl/*.sql` has that above every statement. What it
//! takes is never refused, and of what it refuses most is told, in its words.
//!
//! What is written there is held against a server where one is; `PARITY_CHECK_POSTGRES` demands it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::oracles;
use parity_check::schema::postgres::{Database, ErrorClass, pieces};

/// How much of what PostgreSQL refuses is told, of a hundred.
const TOLD: usize = 80;

struct Answer {
    statement: String,
    /// `ok`, or the condition and the message.
    said: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/postgres_ddl")
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
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

/// What the model says in the same form; `None` where it does not know.
fn said(database: &mut Database, statement: &str) -> Option<String> {
    let pieces = pieces(statement);
    let [piece] = pieces.as_slice() else { panic!("one statement: {statement}") };
    match database.statement(piece) {
        Ok(()) => Some("ok".to_owned()),
        Err(error) if error.class == ErrorClass::Unsupported => None,
        Err(error) => Some(format!("{}: {}", error.condition, error.message)),
    }
}

#[test]
fn what_postgresql_takes_is_never_refused_and_most_of_what_it_refuses_is_told() {
    let (mut refused, mut told) = (0, 0);
    let mut wrong = Vec::new();
    for path in files() {
        let mut database = Database::default();
        database.misses_extensions = true;
        for Answer { statement, said: wanted } in answers(&path) {
            let before = database.clone();
            let found = said(&mut database, &statement);
            if wanted == "ok" {
                if found.as_deref() != Some("ok") {
                    wrong.push(format!("{statement}\n    is taken, and the model says {found:?}"));
                }
                continue;
            }
            database = before;
            refused += 1;
            match found {
                // What PostgreSQL has as a detail may follow.
                Some(found) if found.starts_with(&wanted) => told += 1,
                Some(found) if found != "ok" => {
                    wrong.push(format!("{statement}\n    is refused with {wanted:?}, and by the model with {found:?}"));
                }
                other => println!("not told ({other:?}): {wanted}: {statement}"),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told * 100 >= refused * TOLD, "{told} of {refused} are told");
}

#[test]
fn postgresql_says_what_is_written() {
    if !oracles::are_there("python3", oracles::POSTGRES) {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let all: Vec<Vec<Answer>> = files().iter().map(|path| answers(path)).collect();
    let mut arguments = Vec::new();
    for (index, answers) in all.iter().enumerate() {
        let path = scratch.path().join(format!("{index}.json"));
        let statements: Vec<&str> = answers.iter().map(|answer| answer.statement.as_str()).collect();
        std::fs::write(&path, serde_json::to_string(&statements).unwrap()).unwrap();
        arguments.push(path);
    }
    let script = folder().join("oracle.py");
    let output = Command::new("python3").arg("-B").arg(script).args(&arguments).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut wrong = Vec::new();
    for (answers, line) in all.iter().zip(text.lines()) {
        let found: Vec<String> = serde_json::from_str(line).unwrap();
        assert_eq!(answers.len(), found.len());
        for (Answer { statement, said }, found) in answers.iter().zip(found) {
            if *said != found {
                wrong.push(format!("{statement}\n    {said:?} is written, and PostgreSQL says {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
