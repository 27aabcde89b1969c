//! Lists in Go that a generator writes from directories of SQL files.

use std::collections::BTreeSet;

use crate::go::lists::longest;
use crate::go::{is_go, texts};
use crate::schema::token::{normal, statement_end, tokens};
use crate::track::Track;
use crate::track::ends::{Modules, ReadError};
use crate::track::sql_files::{history, marks};

/// Whether a list says that it is generated, and says the same as one of some directories of SQL files: as many migrations,
/// each called after its file, and its statements. One that was forgotten is a track of its own.
pub fn is_generated_from(list: &Track, found: &[Track], modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let Some(source) = modules.text(&list.path)? else { return Ok(false) };
    let of_sql: Vec<&Track> = found.iter().filter(|track| track.kind.is_sql()).collect();
    if of_sql.is_empty() || !is_go(&list.path) || !says_so(source.text()) {
        return Ok(false);
    }
    let Ok(Some(file)) = modules.go_file(&list.path) else { return Ok(false) };
    let Some(count) = longest(&file).map(|list| list.count) else { return Ok(false) };
    let said: BTreeSet<String> = texts::read(&file).iter().flat_map(|text| statements(&text.text)).collect();
    for track in of_sql {
        let history = history::read(track, modules)?;
        let mut is_same = history.steps.len() == count;
        for step in &history.steps {
            let Some(text) = modules.text(&step.path)?.filter(|_| is_same) else {
                is_same = false;
                break;
            };
            is_same &= source.text().contains(&format!("\"{}\"", step.name));
            is_same &= statements(&marks::upgrade(text.text()).text).iter().all(|sql| said.contains(sql));
        }
        if is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a file has the line by which tools of Go tell what is generated (<https://go.dev/s/generatedcode>).
fn says_so(text: &str) -> bool {
    let is_sign = |line: &str| line.starts_with("// Code generated ") && line.ends_with(" DO NOT EDIT.");
    text.lines().take_while(|line| !line.starts_with("package ")).any(|line| is_sign(line.trim_end()))
}

/// The statements of a text, each in a form of its own.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (statement, behind) = rest.split_at(statement_end(rest));
        if tokens(statement).any(|token| !token.is_symbol(";")) {
            found.push(normal(statement.trim().trim_end_matches(';')));
        }
        rest = behind;
    }
    found
}
